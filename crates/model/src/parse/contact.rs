//! Telephone numbers, e-mail addresses, and the identities behind them.

use super::text::{clean, is_nothing, narrow, narrowed, tidy};
use super::{Cell, Note, Problem, Read, number_text};
use crate::Value;

/// Whether it is a mainland mobile number: 11 digits, 1 and then 3 to 9.
fn is_mobile(b: &[u8]) -> bool {
    b.len() == 11 && b[0] == b'1' && (b'3'..=b'9').contains(&b[1]) && b.iter().all(u8::is_ascii_digit)
}

/// Reads a telephone number. A mobile number comes out as its 11 digits; anything else is kept as
/// tidied text, with a note where it cannot be called or compared.
pub(super) fn phone(cell: &Cell<'_>) -> Result<Read, Problem> {
    match cell {
        Cell::Text(raw) => {
            let t = tidy(raw);
            if is_mobile(t.as_bytes()) {
                return Read::plain(Value::Text(t.to_owned()));
            }
            if is_nothing(t) {
                return Ok(Read::NULL);
            }
            written_phone(t)
        }
        Cell::Number(n) if *n > 0.0 && *n < 1e15 => written_phone(&number_text(*n)),
        _ => Err(Problem::new(
            "看不懂这个电话",
            "This is not a telephone number",
            "写电话号码，例如 13800138000",
            "Write a telephone number, for example 13800138000",
        )),
    }
}

fn written_phone(t: &str) -> Result<Read, Problem> {
    if let Some(mobile) = mobile_digits(t) {
        return Read::plain(Value::Text(mobile));
    }
    let kept = Value::Text(clean(narrowed(t).trim()));
    match oddity(t) {
        Some(note) => Read::noted(kept, note),
        None => Read::plain(kept),
    }
}

/// What is wrong with a number that is not a mobile one, if anything.
fn oddity(t: &str) -> Option<Note> {
    let digits = t.chars().filter(|c| narrow(*c).is_ascii_digit()).count();
    if t.contains(['*', '＊', 'x', 'X', '#', '$', '●', '•']) {
        return Some(Note::new(
            "号码被遮盖，保留原样，不用来识别客户",
            "The number is masked: kept, but nobody is recognised by it",
        ));
    }
    if t.contains(['e', 'E']) && digits > 0 {
        return Some(Note::new(
            "号码被表格写成了科学计数法，位数可能已丢失",
            "The spreadsheet wrote the number with an exponent; digits may be lost",
        ));
    }
    if has_extension(t) {
        return Some(Note::new(
            "这是带分机的虚拟号码，不用来识别客户",
            "A virtual number with an extension: nobody is recognised by it",
        ));
    }
    let first = t.chars().map(narrow).find(char::is_ascii_digit);
    if digits < 5 || (first == Some('1') && digits != 11 && !t.starts_with(['+', '＋'])) {
        return Some(Note::new("不是 11 位手机号，保留原样", "Not a mobile number of 11 digits: kept as written"));
    }
    None
}

/// A mobile number followed by an extension: shops give these numbers for some days only.
fn has_extension(t: &str) -> bool {
    let n: String = t.chars().map(narrow).filter(|c| *c != ' ').collect();
    let rest = n.strip_prefix("+86").or_else(|| n.strip_prefix("86-")).unwrap_or(&n);
    rest.len() > 11
        && rest.is_char_boundary(11)
        && is_mobile(&rest.as_bytes()[..11])
        && rest[11..].starts_with(['-', ',', '#', '转', '_', '('])
}

/// The 11 digits of a mobile number however it is written, or None.
fn mobile_digits(t: &str) -> Option<String> {
    if has_extension(t) {
        return None;
    }
    let abroad = t.trim_start().strip_prefix(['+', '＋']).is_some_and(|r| !r.trim_start().starts_with(['8', '８']));
    if abroad {
        return None;
    }
    let mut out = String::with_capacity(15);
    for c in t.chars().map(narrow) {
        match c {
            '0'..='9' => out.push(c),
            ' ' | '-' | '(' | ')' | '+' | '.' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}' => {}
            c if c.is_control() => {}
            // Exact only if no digit was lost.
            'e' | 'E' => return exponent_digits(t),
            _ => return None,
        }
        if out.len() > 15 {
            return None;
        }
    }
    let digits = ["0086", "86", "0"].iter().find_map(|p| out.strip_prefix(p).filter(|r| is_mobile(r.as_bytes())));
    let digits = digits.unwrap_or(&out);
    is_mobile(digits.as_bytes()).then(|| digits.to_owned())
}

fn exponent_digits(t: &str) -> Option<String> {
    let digits = t.split(['e', 'E']).next()?.bytes().filter(u8::is_ascii_digit).count();
    let n: f64 = t.parse().ok()?;
    (digits == 11 && n.fract() == 0.0).then(|| number_text(n)).filter(|d| is_mobile(d.as_bytes()))
}

/// The identity of a mobile number, its 11 digits; None for masked, virtual, fixed and foreign ones.
pub fn mobile_identity(text: &str) -> Option<String> {
    let t = tidy(text);
    if is_mobile(t.as_bytes()) { Some(t.to_owned()) } else { mobile_digits(t) }
}

/// Whether the characters make an address: one `@`, a name before it, a domain with a dot behind it.
fn is_email(t: &str) -> bool {
    let Some((name, domain)) = t.split_once('@') else { return false };
    let fits =
        |s: &str| !s.is_empty() && !s.contains(|c: char| c.is_whitespace() || c.is_control() || ",;:<>()@".contains(c));
    fits(name)
        && fits(domain)
        && name.len() <= 64
        && domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
        && !name.starts_with('.')
        && !name.ends_with('.')
}

/// Reads an e-mail address, lower-case.
pub(super) fn email(cell: &Cell<'_>) -> Result<Read, Problem> {
    let text = cell.to_text();
    let t = tidy(&text);
    if is_nothing(t) {
        return Ok(Read::NULL);
    }
    let plain = narrowed(t).trim().trim_start_matches("mailto:").to_lowercase();
    if plain.contains('*') {
        let note = Note::new(
            "邮箱被遮盖，保留原样，不用来识别客户",
            "The address is masked: kept, but nobody is recognised by it",
        );
        return Read::noted(Value::Text(plain), note);
    }
    if is_email(&plain) {
        return Read::plain(Value::Text(plain));
    }
    Err(Problem::new(
        "邮箱格式不对",
        "This is not an e-mail address",
        "写成 name@example.com 这样的邮箱",
        "Write an address such as name@example.com",
    ))
}

/// The identity of an e-mail address, lower-case; None if it is none or masked.
pub fn email_identity(text: &str) -> Option<String> {
    let plain = narrowed(tidy(text)).trim().to_lowercase();
    (!plain.contains('*') && is_email(&plain)).then_some(plain)
}

/// The identity of an account or WeChat id, trimmed and lower-case; None for masked and blank ones and
/// for words that only say that there is one.
pub fn account_identity(text: &str) -> Option<String> {
    let t = tidy(text);
    let name = t.rsplit_once(':').map_or(t, |(_, name)| name);
    if name.len() < 2 || is_nothing(name) || t.contains(['*', '＊']) || t.contains(char::is_control) {
        return None;
    }
    if matches!(
        name,
        "是" | "否"
            | "有"
            | "已加"
            | "未加"
            | "已添加"
            | "未添加"
            | "同手机"
            | "同手机号"
            | "同电话"
            | "同上"
            | "手机号"
    ) {
        return None;
    }
    Some(t.to_lowercase())
}
