//! Text: trimmed, without control characters and without the wrappers spreadsheets put around text.

use super::{Cell, Problem, Read};
use crate::Value;
use std::borrow::Cow;

/// Whether a character at the edge of a text means nothing: spaces of any kind, control characters,
/// byte order mark, zero-width characters.
fn is_edge(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
}

/// The text without spaces, tabs, control and zero-width characters at its ends, without the
/// `="…"` that keeps digits from becoming numbers, and without the apostrophe that marks text.
pub fn tidy(s: &str) -> &str {
    let s = trim(s);
    let s = match s.strip_prefix("=\"").and_then(|r| r.strip_suffix('"')) {
        Some(inner) if !inner.contains('"') => trim(inner),
        _ => s,
    };
    match s.as_bytes().first() {
        Some(b'\'') => trim(unguard_formula(s)),
        _ => s,
    }
}

fn trim(s: &str) -> &str {
    let b = s.as_bytes();
    match (b.first(), b.last()) {
        // Printable ASCII at both ends needs no look at characters.
        (Some(0x21..=0x7e), Some(0x21..=0x7e)) => s,
        (None, _) => s,
        _ => s.trim_matches(is_edge),
    }
}

/// Whether a spreadsheet program could take a text that starts with this character for a formula.
fn starts_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

/// The text as it may stand in a CSV file: with an apostrophe in front if a spreadsheet program could
/// take it for a formula, or if it starts with an apostrophe that [`unguard_formula`] would take away.
/// Plain negative numbers and `+` with digits (foreign phone numbers) are left as they are.
pub fn guard_formula(s: &str) -> Cow<'_, str> {
    let Some(first) = s.trim_start_matches(is_edge).chars().next() else { return Cow::Borrowed(s) };
    if first != '\'' && !starts_formula(first) {
        return Cow::Borrowed(s);
    }
    if first != '\'' && is_signed_number(s) {
        return Cow::Borrowed(s);
    }
    if first == '\'' && !strippable(s.trim_start_matches(is_edge)) {
        return Cow::Borrowed(s);
    }
    Cow::Owned(format!("'{s}"))
}

/// `-12.5` or `+8613800138000`: harmless and better left readable.
fn is_signed_number(s: &str) -> bool {
    let Some(rest) = s.strip_prefix(['-', '+']) else { return false };
    rest.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && rest.bytes().filter(|b| *b == b'.').count() <= 1
}

/// Takes away the apostrophe that [`guard_formula`] put in front, or that a person typed to keep
/// digits as text.
pub fn unguard_formula(s: &str) -> &str {
    if strippable(s) { &s[1..] } else { s }
}

fn strippable(s: &str) -> bool {
    s.starts_with('\'')
        && s.trim_start_matches('\'')
            .trim_start_matches(is_edge)
            .trim_start_matches('\'')
            .chars()
            .next()
            .is_some_and(|c| starts_formula(c) || c.is_ascii_digit())
}

/// A number of a spreadsheet as the text a person meant: whole numbers without `.0`, never with an
/// exponent.
pub fn number_text(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 9.0e15 { (n as i64).to_string() } else { n.to_string() }
}

/// Reads a text cell.
pub(super) fn read(cell: &Cell<'_>) -> Result<Read, Problem> {
    let Cell::Text(raw) = cell else {
        return Read::plain(Value::Text(cell.to_text().into_owned()));
    };
    let t = tidy(raw);
    if t.is_empty() || matches!(t, "-" | "—" | "--" | "——") {
        return Ok(Read::NULL);
    }
    Read::plain(Value::Text(clean(t)))
}

/// The text without control characters; a tab becomes a space, line ends become `\n`.
pub(super) fn clean(t: &str) -> String {
    if !t.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return t.to_owned();
    }
    let mut out = String::with_capacity(t.len());
    let mut chars = t.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\t' => out.push(' '),
            '\n' => out.push('\n'),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Whether the text is a sign for "nothing" in a field that holds no free text.
pub(super) fn is_nothing(t: &str) -> bool {
    if t.len() > 12 {
        return false;
    }
    match t.as_bytes().first() {
        None => true,
        Some(b'0'..=b'9') => false,
        Some(b'-' | b'/' | b'\\' | b'*') => t.bytes().all(|b| matches!(b, b'-' | b'/' | b'\\')),
        Some(b'#' | b'n' | b'N' | b'u' | b'U') => {
            let is = |x: &str| t.eq_ignore_ascii_case(x);
            is("n/a") || is("na") || is("null") || is("none") || is("nil") || is("nan") || is("#n/a") || is("unknown")
        }
        Some(_) => {
            matches!(t, "—" | "——" | "－" | "–" | "无" | "暂无" | "未知" | "未填" | "未填写" | "空" | "没有" | "不详")
        }
    }
}

/// Full-width forms to ASCII and CJK marks to their ASCII likes; other characters as they are.
pub(super) fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '￥' => '¥',
        '。' => '.',
        '、' => ',',
        '–' | '—' | '−' | '‐' | '‑' => '-',
        _ => c,
    }
}

/// The whole text narrowed.
pub(super) fn narrowed(t: &str) -> Cow<'_, str> {
    if t.is_ascii() { Cow::Borrowed(t) } else { Cow::Owned(t.chars().map(narrow).collect()) }
}
