//! Yes or no, choices and tags.

use super::text::{clean, is_nothing, tidy};
use super::{Cell, Problem, Read};
use crate::ChoiceOption;
use crate::Value;

const YES: &[&str] = &["是", "√", "✓", "✔", "对", "有", "yes", "y", "true", "1", "t", "已", "☑"];
const NO: &[&str] =
    &["否", "×", "✗", "✘", "不", "没有", "无", "no", "n", "false", "0", "f", "x", "未", "☐", "不是", "错"];

/// Reads yes or no.
pub(super) fn yes_no(cell: &Cell<'_>) -> Result<Read, Problem> {
    let problem = || Problem::new("看不懂是或否", "This is neither yes nor no", "写“是”或“否”", "Write yes or no");
    match cell {
        Cell::Bool(b) => Read::plain(Value::Bool(*b)),
        Cell::Number(n) if *n == 1.0 || *n == 0.0 => Read::plain(Value::Bool(*n == 1.0)),
        Cell::Text(raw) => {
            let t = tidy(raw);
            let is = |list: &[&str]| list.iter().any(|w| t.eq_ignore_ascii_case(w));
            if is(YES) {
                Read::plain(Value::Bool(true))
            } else if is(NO) {
                Read::plain(Value::Bool(false))
            } else if is_nothing(t) {
                Ok(Read::NULL)
            } else {
                Err(problem())
            }
        }
        _ => Err(problem()),
    }
}

/// What people write for an option; taken only if the field has that option.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("男", &["先生", "男士", "男性", "男生", "m", "man", "♂", "mr", "mr."]),
    ("女", &["女士", "小姐", "女性", "女生", "太太", "f", "woman", "♀", "ms", "mrs", "ms.", "mrs."]),
    ("愿意", &["会", "是", "愿意推荐", "会推荐", "非常愿意", "肯定会", "推荐", "y", "true", "√", "愿", "强"]),
    ("一般", &["看情况", "可能", "不确定", "也许", "maybe", "中立", "有些", "部分愿意", "有点", "还行", "中"]),
    ("不愿意", &["不会", "否", "不推荐", "不愿", "不愿意推荐", "n", "false", "×", "弱"]),
    ("潜在客户", &["潜客", "线索", "lead", "prospect", "未成交"]),
    ("意向客户", &["有意向", "跟进中", "意向中"]),
    ("成交客户", &["已成交", "已购买", "customer", "已下单"]),
    ("老客户", &["老客", "老顾客", "回头客", "熟客"]),
    ("潜在", &["潜客"]),
    ("新客", &["新客户", "新顾客", "首购"]),
    ("忠实", &["忠诚", "忠诚客户", "忠实粉丝"]),
    ("沉睡", &["休眠", "休眠客户", "静默"]),
    ("流失", &["已流失", "lost"]),
    ("个人", &["个体", "散客", "consumer", "individual"]),
    ("公司", &["企业", "单位", "机构", "business", "organization"]),
];

/// Reads one of a list; a text outside the list is kept as it is.
pub(super) fn choice(cell: &Cell<'_>, options: &[ChoiceOption]) -> Result<Read, Problem> {
    let text = cell.to_text();
    let t = tidy(&text);
    let found = |wanted: &str| options.iter().find(|o| *o.value == *wanted);
    if let Some(o) = found(t) {
        return Read::plain(Value::Text(o.value.to_string()));
    }
    if is_nothing(t) {
        return Ok(Read::NULL);
    }
    let by_english = || options.iter().find(|o| o.en.eq_ignore_ascii_case(t));
    // 忠实客户 and 忠实, 潜在 and 潜在客户 are one.
    let core = t.strip_suffix("客户").unwrap_or(t);
    let by_core = || options.iter().find(|o| o.value.strip_suffix("客户").unwrap_or(&o.value) == core);
    let by_synonym = || {
        SYNONYMS
            .iter()
            .filter(|(_, words)| words.iter().any(|w| w.eq_ignore_ascii_case(t)))
            .find_map(|(value, _)| found(value))
    };
    match by_english().or_else(by_core).or_else(by_synonym) {
        Some(o) => Read::plain(Value::Text(o.value.to_string())),
        None => Read::plain(Value::Text(clean(t))),
    }
}

/// Reads several of a list; texts outside the list are kept as they are.
pub(super) fn choices(cell: &Cell<'_>, options: &[ChoiceOption]) -> Result<Read, Problem> {
    // An option may itself hold what separates others.
    let text = cell.to_text();
    let t = tidy(&text);
    if options.iter().any(|o| *o.value == *t) {
        return Read::plain(Value::Tags(vec![t.to_owned()]));
    }
    let read = tags(cell)?;
    let Value::Tags(tags) = read.value else { return Ok(read) };
    let mut out: Vec<String> = Vec::with_capacity(tags.len());
    for t in tags {
        let one = choice(&Cell::Text(&t), options)?;
        if let Value::Text(v) = one.value
            && !out.contains(&v)
        {
            out.push(v);
        }
    }
    Read::plain(if out.is_empty() { Value::Null } else { Value::Tags(out) })
}

/// Reads several short texts; each once, in their order.
pub(super) fn tags(cell: &Cell<'_>) -> Result<Read, Problem> {
    let text = cell.to_text();
    let t = tidy(&text);
    if is_nothing(t) {
        return Ok(Read::NULL);
    }
    let mut tags: Vec<String> = Vec::new();
    for part in t.split(['、', '，', ',', '；', ';', '|', '｜', '/', '\n', '\r', '\t']) {
        let part = part.trim().trim_start_matches('#').trim();
        if !part.is_empty() && !tags.iter().any(|x| x == part) {
            tags.push(clean(part));
        }
    }
    Read::plain(if tags.is_empty() { Value::Null } else { Value::Tags(tags) })
}
