//! Cells as sheet XML.

use super::cell;
use model::{Lang, Value};
use std::io::Write;

/// How cells of a column begin, and their formula as it is stored.
pub(super) struct Column {
    /// ` s="3"`, or nothing.
    pub style: String,
    /// `A`, `B`, …
    pub letters: String,
    pub formula: Option<String>,
}

/// A number in ASCII digits.
pub(super) fn ascii(mut n: u32, digits: &mut [u8; 10]) -> &[u8] {
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            return &digits[at..];
        }
    }
}

/// Writes a cell, with its column's formula where it is `live`; blank ones without are left out.
pub(super) fn write_cell(buf: &mut Vec<u8>, column: &Column, row: &[u8], value: &Value, live: bool, lang: Lang) {
    let formula = column.formula.as_ref().filter(|_| live);
    if value.is_blank() && formula.is_none() {
        return;
    }
    buf.extend_from_slice(b"<c r=\"");
    buf.extend_from_slice(column.letters.as_bytes());
    buf.extend_from_slice(row);
    buf.push(b'"');
    buf.extend_from_slice(column.style.as_bytes());
    match formula {
        Some(formula) => write_formula(buf, formula, value, lang),
        None => write_value(buf, value, lang),
    }
    buf.extend_from_slice(b"</c>");
}

fn write_formula(buf: &mut Vec<u8>, formula: &str, value: &Value, lang: Lang) {
    let kind: &[u8] = match value {
        Value::Bool(_) => b" t=\"b\"",
        v if cell::number(v).is_some() => b"",
        Value::Error(_) => b" t=\"e\"",
        _ => b" t=\"str\"",
    };
    buf.extend_from_slice(kind);
    buf.extend_from_slice(b"><f>");
    buf.extend_from_slice(formula.as_bytes());
    buf.extend_from_slice(b"</f><v>");
    if !write_plain(buf, value) {
        escape(buf, &cell::text(value, lang));
    }
    buf.extend_from_slice(b"</v>");
}

fn write_value(buf: &mut Vec<u8>, value: &Value, lang: Lang) {
    if cell::number(value).is_some_and(|n| n.is_finite() && n >= -1e300) && !before_excel(value) {
        buf.extend_from_slice(b"><v>");
        write_plain(buf, value);
        buf.extend_from_slice(b"</v>");
        return;
    }
    if matches!(value, Value::Bool(_)) {
        buf.extend_from_slice(b" t=\"b\"><v>");
        write_plain(buf, value);
        buf.extend_from_slice(b"</v>");
        return;
    }
    let text = cell::text(value, lang);
    if matches!(value, Value::Error(_)) {
        // As an error: formulas of the file that read the cell go on as in the book.
        buf.extend_from_slice(b" t=\"e\"><v>");
        escape(buf, &text);
        buf.extend_from_slice(b"</v>");
        return;
    }
    let text = cell::shortened(&text);
    let edge = |c: Option<char>| c.is_some_and(char::is_whitespace);
    if edge(text.chars().next()) || edge(text.chars().next_back()) || text.contains('\n') {
        buf.extend_from_slice(b" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    } else {
        buf.extend_from_slice(b" t=\"inlineStr\"><is><t>");
    }
    escape(buf, text);
    buf.extend_from_slice(b"</t></is>");
}

/// Excel has no days before 1900.
fn before_excel(value: &Value) -> bool {
    matches!(value, Value::Date(_) | Value::DateTime(_)) && cell::number(value).is_some_and(|n| n < 0.0)
}

/// A number or truth value as XML holds it; false if it is neither.
fn write_plain(buf: &mut Vec<u8>, value: &Value) -> bool {
    // Writing to a vector cannot fail.
    let _ = match value {
        Value::Bool(b) => write!(buf, "{}", u8::from(*b)),
        Value::Int(n) => write!(buf, "{n}"),
        Value::Money(m) if m.0 % 100 == 0 => write!(buf, "{}", m.0 / 100),
        Value::Money(m) => write!(buf, "{m}"),
        other => match cell::number(other) {
            Some(n) => write!(buf, "{n}"),
            None => return false,
        },
    };
    true
}

/// Text as XML: markup escaped, characters XML cannot hold left out, and Excel's own `_x000D_` notation
/// kept from being read into plain text.
fn escape(buf: &mut Vec<u8>, text: &str) {
    let plain = |b: &u8| !matches!(b, 0..=0x1f | b'&' | b'<' | b'>' | b'_' | 0xef);
    if text.as_bytes().iter().all(plain) {
        buf.extend_from_slice(text.as_bytes());
        return;
    }
    for (i, c) in text.char_indices() {
        match c {
            '&' => buf.extend_from_slice(b"&amp;"),
            '<' => buf.extend_from_slice(b"&lt;"),
            '>' => buf.extend_from_slice(b"&gt;"),
            '_' if is_notation(&text[i..]) => buf.extend_from_slice(b"_x005F_"),
            '\t' | '\n' => buf.push(c as u8),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => buf.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

fn is_notation(t: &str) -> bool {
    let b = t.as_bytes();
    b.len() >= 7 && matches!(b[1], b'x' | b'X') && b[6] == b'_' && b[2..6].iter().all(u8::is_ascii_hexdigit)
}
