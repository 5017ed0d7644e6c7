//! Numbers, money and percentages. Text goes from decimal digits to integers and never through a
//! float, so that every amount is exact.

use super::text::{is_nothing, narrow, tidy};
use super::{Cell, Note, Problem, Read};
use crate::{Money, Value};

/// Largest amount kept, in 分: what a JSON number holds exactly.
const MAX_FEN: i128 = 9_007_199_254_740_991;

/// A decimal number: `digits × 10^-scale`, with what stood behind it.
struct Decimal<'a> {
    digits: i128,
    scale: u32,
    rest: &'a str,
}

fn not_a_number() -> Problem {
    Problem::new(
        "看不懂这个数",
        "This is not a number",
        "只写数字，例如 1234.5",
        "Write digits only, for example 1234.5",
    )
}

fn not_money() -> Problem {
    Problem::new(
        "看不懂这个金额",
        "This is not an amount of money",
        "写成 1234.50、1.2万 或 ¥99 这样的金额",
        "Write an amount such as 1234.50, 1.2万 or ¥99",
    )
}

fn too_large() -> Problem {
    Problem::new(
        "这个数太大",
        "This number is too large",
        "检查是否多写了几位，或把编号误填在这一列",
        "Check for extra digits, or for a code in the wrong column",
    )
}

/// Reads `-12.50` and nothing else, in 分. None means: take the long way.
fn plain_money(t: &str) -> Option<i64> {
    let (negative, b) = match t.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        b => (false, b),
    };
    if b.is_empty() || b.len() > 15 || !b[0].is_ascii_digit() {
        return None;
    }
    let (mut fen, mut decimals, mut seen_point) = (0i64, 0, false);
    for &c in b {
        match c {
            b'0'..=b'9' if !seen_point || decimals < 2 => {
                fen = fen * 10 + i64::from(c - b'0');
                decimals += u32::from(seen_point);
            }
            b'.' if !seen_point => seen_point = true,
            _ => return None,
        }
    }
    fen *= [100, 10, 1][decimals as usize];
    Some(if negative { -fen } else { fen })
}

/// Reads an amount of money.
pub(super) fn money(cell: &Cell<'_>) -> Result<Read, Problem> {
    match cell {
        Cell::Number(n) => money_from_float(*n),
        Cell::Text(raw) => {
            let t = tidy(raw);
            if let Some(fen) = plain_money(t) {
                return Read::plain(Value::Money(Money(fen)));
            }
            if is_nothing(t) {
                return Ok(Read::NULL);
            }
            money_text(t)
        }
        _ => Err(not_money()),
    }
}

fn money_from_float(n: f64) -> Result<Read, Problem> {
    let fen = n * 100.0;
    if !fen.is_finite() || fen.abs() > MAX_FEN as f64 {
        return Err(too_large());
    }
    // Half a 分 is rounded as it is written: 1.005 is less than that as a float.
    let half = (fen.abs().fract() - 0.5).abs() < 1e-6;
    let exact = half.then(|| format!("{:.8}", n.abs())).and_then(|t| {
        let number = decimal(&t)?;
        scaled(number.digits, number.scale, 2).map(|(fen, _)| if n < 0.0 { -fen } else { fen })
    });
    let value = Value::Money(Money(exact.unwrap_or(fen.round() as i64)));
    // Sums such as 119.69999999999999 are float noise, not a third decimal.
    if (fen - fen.round()).abs() > 1e-6 * fen.abs().clamp(1.0, 1e4) {
        return Read::noted(value, rounded_to_fen());
    }
    Read::plain(value)
}

fn rounded_to_fen() -> Note {
    Note::new("金额超过两位小数，已四舍五入到分", "More than two decimals: rounded to 0.01")
}

fn money_text(t: &str) -> Result<Read, Problem> {
    let narrowed = compact(t).ok_or_else(not_money)?;
    let (negative, body) = unsigned(&narrowed);
    let number = decimal(body).ok_or_else(not_money)?;
    let (power, rest) = unit(number.rest);
    let rest = rest.strip_prefix(['元', '块', '圆']).unwrap_or(rest);
    let rest = strip_word(rest, &["整", "人民币", "rmb", "cny", "yuan"]);
    let note = match rest {
        "" => None,
        r if is_digit_at(r, 1) && r.starts_with(',') => return Err(not_money()),
        r if r.starts_with(['(', '[', '/', ',', ';', '起']) => Some(r),
        _ => return Err(not_money()),
    };
    let (fen, rounded) = scaled(number.digits, number.scale, power + 2).ok_or_else(too_large)?;
    let value = Value::Money(Money(if negative { -fen } else { fen }));
    match note {
        Some(dropped) => {
            let dropped: String = dropped.chars().take(40).collect();
            Read::noted(
                value,
                Note::new(
                    format!("金额后的附注“{dropped}”没有读入"),
                    format!("The remark “{dropped}” behind the amount was left out"),
                ),
            )
        }
        None if rounded => Read::noted(value, rounded_to_fen()),
        None => Read::plain(value),
    }
}

/// Narrowed, lower-case, without spaces; None for two numbers, which are not one for standing in one cell.
fn compact(t: &str) -> Option<String> {
    let mut out = String::with_capacity(t.len());
    let mut apart = None;
    let narrowed: Vec<char> = t.chars().map(narrow).collect();
    for (i, c) in narrowed.iter().enumerate() {
        if c.is_whitespace() || c.is_control() {
            // A space may part thousands; a line break parts numbers.
            apart = Some(apart.unwrap_or(true) && *c == ' ');
            continue;
        }
        if let Some(spaces) = apart.take()
            && c.is_ascii_digit()
            && out.ends_with(|b: char| b.is_ascii_digit())
        {
            let group = narrowed[i..].iter().take_while(|c| c.is_ascii_digit()).count();
            if !spaces || group != 3 {
                return None;
            }
        }
        out.extend(c.to_lowercase());
    }
    Some(out)
}

fn is_digit_at(t: &str, at: usize) -> bool {
    t.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
}

/// Takes sign, currency signs and accountants' parentheses off: (negative, the rest).
fn unsigned(t: &str) -> (bool, &str) {
    let (mut negative, mut t) = (false, t);
    if let Some(inner) = t.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        (negative, t) = (true, inner);
    }
    loop {
        let before = t;
        t = t.trim_start_matches(['¥', '$', '€', '£', '约', '+', '共']);
        t = strip_word(t, &["人民币", "rmb", "cny", "cn"]);
        if let Some(r) = t.strip_prefix('-') {
            (negative, t) = (!negative, r);
        }
        if t == before {
            return (negative, t);
        }
    }
}

fn strip_word<'a>(t: &'a str, words: &[&str]) -> &'a str {
    words.iter().find_map(|w| t.strip_prefix(w)).unwrap_or(t)
}

/// The power of ten of a Chinese unit, and what follows it.
fn unit(t: &str) -> (i32, &str) {
    for (word, power) in [("亿", 8), ("千万", 7), ("百万", 6), ("万", 4), ("千", 3), ("百", 2), ("w", 4), ("k", 3)]
    {
        if let Some(rest) = t.strip_prefix(word) {
            return (power, rest);
        }
    }
    (0, t)
}

/// Reads digits with thousands separators and a decimal point from the start of a narrowed text.
fn decimal(t: &str) -> Option<Decimal<'_>> {
    let (mut digits, mut scale, mut point, mut seen, mut end) = (0i128, 0u32, false, false, 0);
    for (i, c) in t.bytes().enumerate() {
        match c {
            b'0'..=b'9' => {
                if digits > i128::MAX / 1_000 || scale > 20 {
                    return None;
                }
                digits = digits * 10 + i128::from(c - b'0');
                scale += u32::from(point);
                seen = true;
            }
            b'.' if !point => point = true,
            // A separator stands before three digits, or four as 万 are parted; otherwise it begins a remark.
            b',' | b'\'' if !point && seen && (3..=4).contains(&digits_from(t, i + 1)) => {}
            _ => break,
        }
        end = i + 1;
    }
    seen.then(|| Decimal { digits, scale, rest: &t[end..] })
}

fn digits_from(t: &str, at: usize) -> usize {
    t.as_bytes()[at..].iter().take_while(|b| b.is_ascii_digit()).count()
}

/// `digits × 10^(power - scale)` as an integer rounded half away from zero, and whether it was rounded.
fn scaled(digits: i128, scale: u32, power: i32) -> Option<(i64, bool)> {
    let shift = power - i32::try_from(scale).ok()?;
    // Sums of programs end in float noise such as 119.69999999999999: that is no third decimal.
    let noise = if scale >= 9 { 10i128.checked_pow(scale - 6)? } else { 0 };
    let (value, rounded) = if shift >= 0 {
        (digits.checked_mul(10i128.checked_pow(shift.unsigned_abs())?)?, false)
    } else {
        let by = 10i128.checked_pow(shift.unsigned_abs())?;
        let rest = digits % by;
        ((digits + by / 2) / by, rest > noise && by - rest > noise)
    };
    (value <= MAX_FEN).then_some((value as i64, rounded))
}

/// Reads a number with a fixed count of decimals; an integer when there are none.
pub(super) fn number(cell: &Cell<'_>, decimals: u8) -> Result<Read, Problem> {
    let n = match cell {
        Cell::Number(n) => *n,
        Cell::Text(raw) => {
            let t = tidy(raw);
            if let Some(n) = plain_int(t) {
                return Read::plain(if decimals == 0 { Value::Int(n) } else { Value::Number(n as f64) });
            }
            if is_nothing(t) {
                return Ok(Read::NULL);
            }
            number_in(t).ok_or_else(not_a_number)?
        }
        Cell::Bool(b) => f64::from(u8::from(*b)),
        _ => return Err(not_a_number()),
    };
    if !n.is_finite() || n.abs() > MAX_FEN as f64 {
        return Err(too_large());
    }
    if decimals > 0 {
        return Read::plain(Value::Number(n));
    }
    let whole = Value::Int(n.round() as i64);
    if n.fract() == 0.0 {
        return Read::plain(whole);
    }
    Read::noted(whole, Note::new("这一列是整数，小数已四舍五入", "Whole numbers only: rounded"))
}

fn plain_int(t: &str) -> Option<i64> {
    let b = t.as_bytes();
    if b.is_empty() || b.len() > 15 || !b.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(b.iter().fold(0, |n, c| n * 10 + i64::from(c - b'0')))
}

/// Counting words people write behind a number.
const COUNTERS: &[&str] = &[
    "件", "个", "盒", "瓶", "支", "袋", "箱", "套", "次", "单", "笔", "岁", "人", "包", "条", "双", "斤", "公斤", "kg",
    "天", "份", "罐", "台", "只", "张", "片", "组", "提", "分", "元", "pcs",
];

/// A number in a text, with units and counting words.
pub(super) fn number_in(t: &str) -> Option<f64> {
    let narrowed = compact(t)?;
    let (negative, body) = unsigned(&narrowed);
    let number = decimal(body)?;
    let (power, rest) = unit(number.rest);
    if !rest.is_empty() && !COUNTERS.contains(&rest) {
        // 1.5e3 of programs.
        return body.parse().ok().map(|n: f64| if negative { -n } else { n });
    }
    // The standard parser rounds a decimal text to the nearest float, which dividing would not.
    let exact: f64 = format!("{}e{}", number.digits, power - number.scale as i32).parse().ok()?;
    Some(if negative { -exact } else { exact })
}

/// Reads a percentage as a fraction: `80%`, `0.8` and `80` are all 0.8.
pub(super) fn percent(cell: &Cell<'_>) -> Result<Read, Problem> {
    let n = match cell {
        Cell::Number(n) => *n,
        Cell::Text(raw) => {
            let t = tidy(raw);
            if is_nothing(t) {
                return Ok(Read::NULL);
            }
            let narrowed = compact(t).ok_or_else(not_a_number)?;
            if let Some(body) = narrowed.strip_suffix(['%', '％']) {
                let n = number_in(body).ok_or_else(not_a_number)?;
                return Read::plain(Value::Number(hundredth(n)));
            }
            number_in(&narrowed).ok_or_else(not_a_number)?
        }
        _ => return Err(not_a_number()),
    };
    if !n.is_finite() {
        return Err(not_a_number());
    }
    Read::plain(Value::Number(if n.abs() > 1.0 { hundredth(n) } else { n }))
}

/// A hundredth, rounded to the nearest float of the decimal digits: 12.3 gives 0.123, which dividing would not.
fn hundredth(n: f64) -> f64 {
    format!("{n}e-2").parse().unwrap_or(n / 100.0)
}
