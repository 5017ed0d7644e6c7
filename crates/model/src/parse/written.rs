//! Contents as text: the writers opposite the readers.

use super::number_text;
use crate::{FieldKind, Lang, Value};
use std::borrow::Cow;

/// The content of a field as the text a person would write, which [`super::cell`] reads back; empty for
/// nothing. Links and persons are their ids: whoever knows their names puts these instead. Files are
/// their names.
pub fn written<'v>(value: &'v Value, kind: &FieldKind, lang: Lang) -> Cow<'v, str> {
    match (value, kind) {
        (Value::Number(n), FieldKind::Percent | FieldKind::Progress) => Cow::Owned(percent(*n)),
        _ => plain(value, lang),
    }
}

/// A content as text, whatever its field.
pub fn plain(value: &Value, lang: Lang) -> Cow<'_, str> {
    let between = if lang == Lang::Zh { "、" } else { ", " };
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::Text(t) => Cow::Borrowed(t),
        Value::Bool(b) => Cow::Borrowed(match (lang, b) {
            (Lang::Zh, true) => "是",
            (Lang::Zh, false) => "否",
            (Lang::En, true) => "yes",
            (Lang::En, false) => "no",
        }),
        Value::Int(n) => Cow::Owned(n.to_string()),
        Value::Number(n) => Cow::Owned(number_text(*n)),
        Value::Money(m) => Cow::Owned(m.to_string()),
        Value::Date(d) => Cow::Owned(d.to_string()),
        Value::DateTime(d) => Cow::Owned(d.to_string()),
        Value::Tags(t) => Cow::Owned(t.join(between)),
        Value::Link(id) => Cow::Owned(id.0.to_string()),
        Value::Links(list) => {
            let ids: Vec<String> = list.iter().map(|id| id.0.to_string()).collect();
            Cow::Owned(ids.join(between))
        }
        Value::Person(id) => Cow::Owned(id.0.to_string()),
        Value::Files(f) => {
            let names: Vec<&str> = f.iter().map(|f| f.name.as_str()).collect();
            Cow::Owned(names.join(between))
        }
        Value::Error(e) => Cow::Borrowed(e.sign()),
    }
}

/// A fraction as a percentage; the noise of multiplying a float is no decimal.
fn percent(n: f64) -> String {
    let hundred = n * 100.0;
    let rounded = (hundred * 1e9).round() / 1e9;
    format!("{}%", number_text(if rounded.is_finite() { rounded } else { hundred }))
}
