//! Stars, progress, pages, postal addresses.

use super::number::{number, percent};
use super::text::{is_nothing, narrow, tidy};
use super::{Cell, Note, Problem, Read};
use crate::Value;
use crate::place::Address;

/// Reads a number of stars: `4`, `4星`, `★★★★☆`, `4/5`.
pub(super) fn rating(cell: &Cell<'_>, max: u8) -> Result<Read, Problem> {
    let problem = || {
        Problem::new(
            "看不懂这个评分",
            "This is not a rating",
            "填星数，例如 4 或 ★★★★",
            "Write the number of stars, such as 4 or ★★★★",
        )
    };
    let stars = match cell {
        Cell::Text(raw) => {
            let t = tidy(raw);
            if is_nothing(t) {
                return Ok(Read::NULL);
            }
            let drawn = t.chars().filter(|c| matches!(c, '★' | '⭐' | '✮' | '🌟')).count();
            if drawn > 0 {
                Value::Int(drawn as i64)
            } else {
                let t: String = t.chars().map(narrow).collect();
                let t = t.split_once('/').filter(|(_, of)| of.trim() == max.to_string()).map_or(&*t, |(n, _)| n);
                let t = ["颗星", "星", "分", "stars", "star"].iter().find_map(|w| t.strip_suffix(w)).unwrap_or(t);
                number(&Cell::Text(t), 0).map_err(|_| problem())?.value
            }
        }
        Cell::Number(_) => number(cell, 0).map_err(|_| problem())?.value,
        _ => return Err(problem()),
    };
    match stars {
        Value::Int(0) => Ok(Read::NULL),
        Value::Int(n) if (1..=i64::from(max)).contains(&n) => Read::plain(Value::Int(n)),
        Value::Int(n) if n > i64::from(max) => Err(Problem::new(
            "评分超过了最高星数",
            "More stars than the field has",
            "填不超过最高星数的整数",
            "Write no more stars than the field has",
        )),
        _ => Err(problem()),
    }
}

/// Reads how much is done: `60%`, `60`, `0.6`.
pub(super) fn progress(cell: &Cell<'_>) -> Result<Read, Problem> {
    let read = percent(cell)?;
    match read.value {
        Value::Number(n) if !(0.0..=1.0).contains(&n) => Err(Problem::new(
            "进度应在 0% 到 100% 之间",
            "Progress is between 0% and 100%",
            "写成 60% 这样",
            "Write it like 60%",
        )),
        _ => Ok(read),
    }
}

/// Reads the address of a page; `https://` is put in front where there is no scheme.
pub(super) fn url(cell: &Cell<'_>) -> Result<Read, Problem> {
    let problem = || {
        Problem::new(
            "看不懂这个网址",
            "This is not the address of a page",
            "写成 https://example.com 这样的网址",
            "Write an address such as https://example.com",
        )
    };
    let Cell::Text(raw) = cell else { return Err(problem()) };
    let t = tidy(raw);
    if is_nothing(t) {
        return Ok(Read::NULL);
    }
    if t.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\')) {
        return Err(problem());
    }
    let scheme = t.find(':').filter(|at| t[..*at].bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b)));
    // example.com:8080 has a port, no scheme.
    let scheme = scheme.filter(|at| !t[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    let (scheme, rest) = match scheme {
        Some(at) => (t[..at].to_ascii_lowercase(), t[at + 1..].trim_start_matches('/')),
        None => ("https".to_owned(), t.trim_start_matches('/')),
    };
    // Others, javascript: above all, have no place behind a link.
    if !matches!(&*scheme, "http" | "https" | "ftp") {
        return Err(problem());
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !is_host(host) {
        return Err(problem());
    }
    Read::plain(Value::Text(format!("{scheme}://{rest}")))
}

/// A name with a dot and letters at its end, four numbers, or `localhost`; a port may follow.
fn is_host(host: &str) -> bool {
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    let last = name.rsplit('.').next().unwrap_or_default();
    let numbers = name.split('.').filter(|p| p.parse::<u8>().is_ok()).count();
    name == "localhost"
        || numbers == 4
        || (name.contains('.')
            && name.split('.').all(|p| !p.is_empty())
            && last.chars().all(|c| c.is_alphabetic() || c == '-' || c.is_ascii_digit())
            && last.chars().any(char::is_alphabetic)
            && !name.contains(['@', '、', '，', '%']))
}

/// Reads a postal address into its parts; one that names no known place is kept as written.
pub(super) fn address(cell: &Cell<'_>) -> Result<Read, Problem> {
    let text = cell.to_text();
    let t = tidy(&text);
    if is_nothing(t) {
        return Ok(Read::NULL);
    }
    let a = Address::read(t);
    let known = !a.province.is_empty();
    let value = Value::Text(a.to_string());
    if known {
        return Read::plain(value);
    }
    Read::noted(
        value,
        Note::new("没有认出省市，地址保留原样", "No province or city was recognised: the address is kept as written"),
    )
}

/// Files come by upload, not in the text of a cell.
pub(super) fn files(cell: &Cell<'_>) -> Result<Read, Problem> {
    if cell.is_blank() {
        return Ok(Read::NULL);
    }
    Err(Problem::new(
        "附件不能用文字填写",
        "Files cannot be written as text",
        "在表格里打开单元格，选择文件上传",
        "Open the cell in the table and choose files to upload",
    ))
}
