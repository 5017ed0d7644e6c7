//! How values look in workbooks and text files.

use model::parse::{self, guard_formula};
use model::{FieldDef, FieldKind, Lang, Value};
use rust_xlsxwriter::{Color, Format, FormatAlign};
use std::borrow::Cow;

/// Day number of Excel for 1970-01-01.
const EPOCH: f64 = 25_569.0;

/// The label of a field in one language.
pub(super) fn label(field: &FieldDef, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &field.label.zh,
        Lang::En => &field.label.en,
    }
}

/// The cell format of a kind of field.
pub(super) fn format(kind: &FieldKind) -> Format {
    let f = Format::new();
    match kind {
        FieldKind::Money => f.set_num_format("#,##0.00"),
        FieldKind::Percent => f.set_num_format("0.0%"),
        FieldKind::Progress => f.set_num_format("0%"),
        FieldKind::Date => f.set_num_format("yyyy-mm-dd"),
        FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::UpdatedTime => {
            f.set_num_format("yyyy-mm-dd hh:mm:ss")
        }
        FieldKind::Rating { .. } => f.set_num_format("0"),
        FieldKind::Number { decimals, unit } => f.set_num_format(number_format(*decimals, unit)),
        // The text format keeps digits text when a person edits the cell.
        FieldKind::Phone | FieldKind::Code(_) | FieldKind::Birthday | FieldKind::Link { .. } => f.set_num_format("@"),
        FieldKind::Links { .. } | FieldKind::Backlinks { .. } => f.set_num_format("@"),
        _ => f,
    }
}

/// So many decimals and a unit behind: the cell stays a number.
fn number_format(decimals: u8, unit: &str) -> String {
    let mut out = String::from("0");
    if decimals > 0 {
        out.push('.');
        out.push_str(&"0".repeat(usize::from(decimals)));
    }
    // A quoted text cannot hold a quote.
    let unit: String = unit.chars().filter(|c| *c != '"' && !c.is_control()).collect();
    if !unit.is_empty() {
        out.push_str(&format!("\"{unit}\""));
    }
    out
}

/// The format of a header cell.
pub(super) fn header_format() -> Format {
    Format::new().set_bold().set_align(FormatAlign::VerticalCenter).set_background_color(Color::RGB(0xEF_EA_E0))
}

/// Column width in characters that suits a kind of field and its header.
pub(super) fn width(kind: &FieldKind, header: &str) -> f64 {
    let base: f64 = match kind {
        FieldKind::LongText => 30.0,
        FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::UpdatedTime => 19.0,
        FieldKind::Address | FieldKind::Url | FieldKind::Attachment { .. } => 30.0,
        FieldKind::Date | FieldKind::Birthday => 13.0,
        FieldKind::Phone => 14.0,
        FieldKind::Email => 22.0,
        FieldKind::Money => 13.0,
        FieldKind::Text | FieldKind::Tags | FieldKind::Choices { .. } => 14.0,
        FieldKind::Code(_) | FieldKind::Link { .. } => 14.0,
        FieldKind::Links { .. } | FieldKind::Backlinks { .. } => 20.0,
        _ => 10.0,
    };
    // A Chinese character takes two; the filter button takes three.
    let of_header: usize = header.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    base.max(of_header as f64 + 4.0).min(60.0)
}

/// A value as the number Excel stores, if it stores one.
pub(super) fn number(value: &Value) -> Option<f64> {
    Some(match value {
        Value::Int(n) => *n as f64,
        Value::Number(n) => *n,
        Value::Money(m) => m.0 as f64 / 100.0,
        Value::Date(d) => f64::from(d.0) + EPOCH,
        Value::DateTime(d) => d.0 as f64 / 86_400.0 + EPOCH,
        _ => return None,
    })
}

/// A value as text; empty for null. Links are to be given as the text that names the record.
pub(super) fn text(value: &Value, lang: Lang) -> Cow<'_, str> {
    parse::plain(value, lang)
}

/// A value as the text of a CSV cell: choices in Chinese as stored, formulas made harmless.
pub(super) fn csv_text(value: &Value, lang: Lang) -> Cow<'_, str> {
    match text(value, lang) {
        Cow::Borrowed(t) if matches!(value, Value::Text(_) | Value::Tags(_)) => guard_formula(t),
        Cow::Owned(t) if matches!(value, Value::Tags(_) | Value::Files(_)) => {
            Cow::Owned(guard_formula(&t).into_owned())
        }
        t => t,
    }
}

/// The most characters a cell of Excel holds.
const MOST_CHARACTERS: usize = 32_767;

/// The text cut to what a cell of Excel holds.
pub(super) fn shortened(t: &str) -> &str {
    if t.len() <= MOST_CHARACTERS {
        return t;
    }
    t.char_indices().nth(MOST_CHARACTERS).map_or(t, |(end, _)| &t[..end])
}
