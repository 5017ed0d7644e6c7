//! Cells as the API writes them: straight from the database's row into JSON text.

use crate::conn::ValueRef;
use model::{Date, DateTime, ErrorValue, FieldKind, Holds, Value};
use std::io::Write;

/// Writes a stored cell. A link is written by the caller, which knows the linked record.
pub(crate) fn cell(out: &mut Vec<u8>, kind: &FieldKind, v: ValueRef<'_>) {
    match (v, kind.holds()) {
        (ValueRef::Null, _) => out.extend_from_slice(b"null"),
        (ValueRef::Integer(n), Holds::Date) => quoted(out, &Date(n as i32)),
        (ValueRef::Integer(n), Holds::DateTime) => moment(out, DateTime(n)),
        (ValueRef::Integer(n), Holds::Bool) => out.extend_from_slice(if n == 0 { b"false" } else { b"true" }),
        (ValueRef::Integer(n), _) => integer(out, n),
        (ValueRef::Real(n), _) => number(out, n),
        // JSON already.
        (ValueRef::Text(t), Holds::Files) => out.extend_from_slice(t),
        (ValueRef::Text(t), Holds::Texts) => {
            let text = String::from_utf8_lossy(t);
            out.push(b'[');
            for (i, tag) in text.split('\n').enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                string(out, tag);
            }
            out.push(b']');
        }
        (ValueRef::Text(t), _) => match std::str::from_utf8(t) {
            Ok(s) => string(out, s),
            Err(_) => string(out, &String::from_utf8_lossy(t)),
        },
    }
}

/// Writes a stored cell of a field that can fail, with what its column of errors holds.
pub(crate) fn cell_or_error(out: &mut Vec<u8>, kind: &FieldKind, v: ValueRef<'_>, code: ValueRef<'_>) {
    match code {
        ValueRef::Integer(n) => match ErrorValue::of(n) {
            Some(e) => error(out, e),
            None => out.extend_from_slice(b"null"),
        },
        _ => cell(out, kind, v),
    }
}

/// Writes an error: `{"error":"#N/A"}`.
fn error(out: &mut Vec<u8>, e: ErrorValue) {
    let _ = write!(out, "{{\"error\":\"{}\"}}", e.sign());
}

/// Writes a value of a field.
pub(crate) fn value(out: &mut Vec<u8>, v: &Value) {
    match v {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(b) => out.extend_from_slice(if *b { b"true" } else { b"false" }),
        Value::Int(n) => integer(out, *n),
        Value::Number(n) => number(out, *n),
        Value::Money(m) => integer(out, m.0),
        Value::Date(d) => quoted(out, d),
        Value::DateTime(t) => moment(out, *t),
        Value::Text(t) => string(out, t),
        Value::Tags(t) => {
            out.push(b'[');
            for (i, tag) in t.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                string(out, tag);
            }
            out.push(b']');
        }
        Value::Link(id) => integer(out, id.0),
        Value::Links(list) => {
            let _ = serde_json::to_writer(out, list);
        }
        Value::Person(id) => integer(out, id.0),
        Value::Files(f) => {
            let _ = serde_json::to_writer(out, f);
        }
        Value::Error(e) => error(out, *e),
    }
}

pub(crate) fn integer(out: &mut Vec<u8>, n: i64) {
    // Writing to a vector cannot fail.
    let _ = write!(out, "{n}");
}

fn number(out: &mut Vec<u8>, n: f64) {
    if n.is_finite() {
        let _ = write!(out, "{n}");
    } else {
        out.extend_from_slice(b"null");
    }
}

fn quoted(out: &mut Vec<u8>, d: &Date) {
    let _ = write!(out, "\"{d}\"");
}

fn moment(out: &mut Vec<u8>, t: DateTime) {
    let _ = write!(out, "\"{}\"", iso(t));
}

fn iso(t: DateTime) -> String {
    let (h, m, s) = t.hms();
    format!("{}T{h:02}:{m:02}:{s:02}", t.date())
}

/// A stored day or moment as the API writes it, without quotes.
pub(crate) fn day(kind: &FieldKind, v: ValueRef<'_>) -> Option<String> {
    match (v, kind.holds()) {
        (ValueRef::Integer(n), Holds::Date) => Some(Date(n as i32).to_string()),
        (ValueRef::Integer(n), Holds::DateTime) => Some(iso(DateTime(n))),
        _ => None,
    }
}

/// Writes a text with JSON's escapes.
pub(crate) fn string(out: &mut Vec<u8>, s: &str) {
    let _ = serde_json::to_writer(out, s);
}
