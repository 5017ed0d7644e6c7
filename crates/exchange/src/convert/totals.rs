//! Rows of totals below the data.

use model::parse::{Cell, tidy};

/// Words a row of totals begins with.
const TOTALS: &[&str] = &[
    "合计",
    "总计",
    "小计",
    "汇总",
    "共计",
    "总合计",
    "本页小计",
    "本页合计",
    "累计",
    "平均",
    "平均值",
    "合计金额",
    "合计数量",
    "合计人数",
    "总计金额",
    "总计人数",
];

/// Whether a row is one of totals: its first cell says so.
pub(crate) fn is_total<'a>(mut cells: impl Iterator<Item = Cell<'a>>) -> bool {
    let Some(Cell::Text(raw)) = cells.find(|c| !c.is_blank()) else { return false };
    // Nearly all rows end here: no total begins with ASCII but "Total".
    match raw.as_bytes().first() {
        Some(b'0'..=b'9' | b'A'..=b'F') => return false,
        None => return false,
        _ => {}
    }
    let t = tidy(raw).trim_end_matches(['：', ':', ' ']);
    let plain: String = if t.len() > 40 { return false } else { t.chars().filter(|c| !c.is_whitespace()).collect() };
    TOTALS.iter().any(|w| {
        plain.strip_prefix(w).is_some_and(|r| {
            r.is_empty() || r.starts_with(['：', ':', '(', '（']) || r.starts_with(|c: char| c.is_ascii_digit())
        })
    }) || plain.eq_ignore_ascii_case("total")
        || plain.eq_ignore_ascii_case("grandtotal")
        || plain.eq_ignore_ascii_case("subtotal")
}
