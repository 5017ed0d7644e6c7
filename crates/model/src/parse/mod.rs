//! Lenient readers of what people write in cells: one reader for files, paste and typing.
//!
//! [`cell`] reads one cell for one kind of field. It is called for every cell of every import, so
//! plain contents (ISO dates, digits, plain decimals, clean phone numbers) take short paths that
//! allocate nothing but the resulting text.

mod birthday;
mod choice;
mod contact;
mod date;
mod frequency;
pub mod note;
mod number;
mod share;
mod text;
mod written;

#[cfg(test)]
mod tests;

pub use contact::{account_identity, email_identity, mobile_identity};
pub use frequency::purchases_a_month;
pub use text::{guard_formula, number_text, tidy, unguard_formula};
pub use written::{plain, written};

use crate::{Date, DateTime, FieldKind, Value};
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// A cell as a file or a person gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text, as written.
    Text(&'a str),
    /// A number of a spreadsheet.
    Number(f64),
    /// A date or time of a spreadsheet, on the wall clock.
    DateTime(DateTime),
    /// TRUE or FALSE of a spreadsheet.
    Bool(bool),
    /// An error of a spreadsheet, such as `#REF!`.
    Error(&'a str),
}

impl Cell<'_> {
    /// The content as text, as a person would read it; empty for an empty cell.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(t) | Cell::Error(t) => Cow::Borrowed(t),
            Cell::Number(n) => Cow::Owned(number_text(*n)),
            Cell::DateTime(d) => Cow::Owned(moment_text(*d)),
            Cell::Bool(b) => Cow::Borrowed(if *b { "是" } else { "否" }),
        }
    }

    /// Whether there is nothing in it, or only spaces.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(t) => t.is_empty() || tidy(t).is_empty(),
            _ => false,
        }
    }
}

/// A moment as text; the time is left out at midnight, where spreadsheets keep plain days.
fn moment_text(d: DateTime) -> String {
    if d.0.rem_euclid(86_400) == 0 { d.date().to_string() } else { d.to_string() }
}

/// What reading depends on besides the cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ctx {
    /// Today, for words such as 昨天.
    pub today: Date,
    /// The year of dates written without one, if known.
    pub year: Option<i32>,
}

/// A remark in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Note {
    /// 简体中文
    pub zh: Cow<'static, str>,
    /// English
    pub en: Cow<'static, str>,
}

impl Note {
    /// A remark from its two texts.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// What kind of problem a cell has, for those who act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A date without its year, and nobody said which year.
    YearMissing,
    /// Anything else that cannot be read.
    Unreadable,
}

/// Why a cell could not be read, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its kind.
    pub kind: ProblemKind,
    /// Why.
    pub reason: Note,
    /// How to mend it.
    pub cure: Note,
}

impl Problem {
    pub(crate) fn new(zh: &'static str, en: &'static str, cure_zh: &'static str, cure_en: &'static str) -> Self {
        Self { kind: ProblemKind::Unreadable, reason: Note::new(zh, en), cure: Note::new(cure_zh, cure_en) }
    }
}

/// What was read from a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The value, of the kind that belongs to the field, or null.
    pub value: Value,
    /// What was dropped, rounded or looks odd.
    pub note: Option<Note>,
}

impl Read {
    const NULL: Self = Self { value: Value::Null, note: None };

    fn plain(value: Value) -> Result<Self, Problem> {
        Ok(Self { value, note: None })
    }

    fn noted(value: Value, note: Note) -> Result<Self, Problem> {
        Ok(Self { value, note: Some(note) })
    }
}

/// What may stand between the codes or names of several records.
pub const BETWEEN: [char; 8] = ['、', '，', ',', '；', ';', '\n', '\r', '\t'];

/// Reads one cell for a kind of field.
///
/// The value is null for an empty cell and for the signs people write for "nothing" (`-`, `无`,
/// `N/A` …). A link or a person is read as the text
/// that names the record or the member.
///
/// # Errors
/// A [`Problem`] if the content cannot be what the field holds.
pub fn cell(kind: &FieldKind, cell: &Cell<'_>, ctx: &Ctx) -> Result<Read, Problem> {
    match cell {
        Cell::Empty => return Ok(Read::NULL),
        Cell::Text("") | Cell::Error("#N/A") => return Ok(Read::NULL),
        Cell::Error(_) => return Err(error_cell()),
        _ => {}
    }
    match kind {
        FieldKind::Text | FieldKind::LongText | FieldKind::Code(_) => text::read(cell),
        FieldKind::Link { .. } | FieldKind::Links { .. } | FieldKind::Backlinks { .. } => text::read(cell),
        FieldKind::Person | FieldKind::CreatedBy | FieldKind::UpdatedBy => text::read(cell),
        FieldKind::Number { decimals, .. } => number::number(cell, *decimals),
        FieldKind::Money => number::money(cell),
        FieldKind::Percent => number::percent(cell),
        FieldKind::Date => date::day(cell, ctx),
        FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::UpdatedTime => date::moment(cell, ctx),
        FieldKind::Bool => choice::yes_no(cell),
        FieldKind::Choice { options } => choice::choice(cell, options),
        FieldKind::Choices { options } => choice::choices(cell, options),
        FieldKind::Tags => choice::tags(cell),
        FieldKind::Phone => contact::phone(cell),
        FieldKind::Email => contact::email(cell),
        FieldKind::Birthday => birthday::birthday(cell),
        FieldKind::Url => share::url(cell),
        FieldKind::Address => share::address(cell),
        FieldKind::Rating { max } => share::rating(cell, *max),
        FieldKind::Progress => share::progress(cell),
        FieldKind::Attachment { .. } => share::files(cell),
    }
}

fn error_cell() -> Problem {
    Problem::new(
        "单元格里是公式错误",
        "The cell holds a formula error",
        "在原表中改正公式，或把结果粘贴为值",
        "Mend the formula in the sheet, or paste its result as a value",
    )
}
