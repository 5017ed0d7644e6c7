//! Values of cells.

use crate::{Birthday, Date, DateTime, FieldKind, FileRef, UserId};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;
use utoipa::ToSchema;

/// The id of a record inside its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct RecordId(pub i64);

/// An exact amount of money in 分 (1/100 yuan).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default, ToSchema)]
#[serde(transparent)]
pub struct Money(pub i64);

impl Money {
    /// Whole yuan and 分, for instance `(12, 50)` is 12.50 元.
    pub const fn new(yuan: i64, fen: i64) -> Self {
        Self(yuan * 100 + fen)
    }
}

impl fmt::Display for Money {
    /// Plain decimal text in yuan with two decimals, `-12.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let abs = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", abs / 100, abs % 100)
    }
}

/// An error as a value, as Excel shows it in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorValue {
    /// Division by zero.
    Div0,
    /// A value of the wrong kind.
    Value,
    /// A reference to something that is gone.
    Ref,
    /// A number that cannot be, or is too large.
    Num,
    /// Not found.
    Na,
}

impl ErrorValue {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Div0, Self::Value, Self::Ref, Self::Num, Self::Na];

    /// As it is shown: `#DIV/0!`.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Div0 => "#DIV/0!",
            Self::Value => "#VALUE!",
            Self::Ref => "#REF!",
            Self::Num => "#NUM!",
            Self::Na => "#N/A",
        }
    }

    /// Its number, as Excel's ERROR.TYPE gives it.
    pub fn code(self) -> i64 {
        match self {
            Self::Div0 => 2,
            Self::Value => 3,
            Self::Ref => 4,
            Self::Num => 6,
            Self::Na => 7,
        }
    }

    /// The error of a number.
    pub fn of(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.code() == code)
    }

    /// The error that is shown so.
    pub fn signed(sign: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.sign() == sign)
    }
}

/// The content of a cell.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// Money.
    Money(Money),
    /// A day.
    Date(Date),
    /// A wall-clock moment.
    DateTime(DateTime),
    /// Text; also choices, phones, e-mails, birthdays and codes, in their stored form.
    Text(String),
    /// Several short texts.
    Tags(Vec<String>),
    /// A record of another table.
    Link(RecordId),
    /// Several records of another table, each once, in the order given.
    Links(Vec<RecordId>),
    /// A member of the workspace.
    Person(UserId),
    /// Files.
    Files(Vec<FileRef>),
    /// What a formula gives in place of a value; nobody can write one.
    Error(ErrorValue),
}

/// Longest text in a cell, in bytes.
const MAX_TEXT: usize = 100_000;
/// Most files in a cell.
const MAX_FILES: usize = 50;
/// Most records a cell links to.
pub const MAX_LINKS: usize = 500;

impl Value {
    /// Whether there is nothing in it: null, empty text or no tags.
    pub fn is_blank(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(t) => t.is_empty(),
            Value::Tags(t) => t.is_empty(),
            Value::Links(l) => l.is_empty(),
            Value::Files(f) => f.is_empty(),
            _ => false,
        }
    }

    /// The content in the stored form of a kind of field; None when it does not fit.
    pub fn fit(self, kind: &FieldKind) -> Option<Value> {
        use FieldKind as K;
        if self.is_blank() {
            return Some(Value::Null);
        }
        match (kind, self) {
            (K::Number { decimals: 0, .. }, Value::Number(n)) if n.fract() == 0.0 && n.abs() < 9e15 => {
                Some(Value::Int(n as i64))
            }
            (K::Number { decimals: 0, .. }, v @ Value::Int(_)) => Some(v),
            (K::Number { decimals: 0, .. }, _) => None,
            (K::Number { .. } | K::Percent, Value::Int(n)) => Some(Value::Number(n as f64)),
            (K::Number { .. } | K::Percent, Value::Number(n)) if n.is_finite() => Some(Value::Number(n)),
            (K::Progress, Value::Int(n @ 0..=1)) => Some(Value::Number(n as f64)),
            (K::Progress, Value::Number(n)) if (0.0..=1.0).contains(&n) => Some(Value::Number(n)),
            (K::Rating { max }, Value::Int(n)) if (1..=i64::from(*max)).contains(&n) => Some(Value::Int(n)),
            (K::Rating { .. }, Value::Number(n)) if n.fract() == 0.0 => Value::Int(n as i64).fit(kind),
            (K::Money, v @ Value::Money(_))
            | (K::Date, v @ Value::Date(_))
            | (K::DateTime | K::CreatedTime | K::UpdatedTime, v @ Value::DateTime(_))
            | (K::Bool, v @ Value::Bool(_))
            | (K::Link { .. }, v @ Value::Link(_))
            | (K::Person | K::CreatedBy | K::UpdatedBy, v @ Value::Person(_)) => Some(v),
            (K::Links { .. } | K::Backlinks { .. }, Value::Link(id)) => Some(Value::Links(vec![id])),
            (K::Links { .. } | K::Backlinks { .. }, Value::Links(mut list)) => {
                let mut seen = HashSet::new();
                list.retain(|id| seen.insert(*id));
                (list.len() <= MAX_LINKS).then_some(Value::Links(list))
            }
            (K::Tags | K::Choices { .. }, Value::Tags(t)) => {
                let fits = t.iter().map(String::len).sum::<usize>() <= MAX_TEXT && !t.iter().any(|t| t.contains('\n'));
                fits.then_some(Value::Tags(t))
            }
            (K::Attachment { images }, Value::Files(f)) => {
                let fits = f.len() <= MAX_FILES && (!images || f.iter().all(|f| f.media.starts_with("image/")));
                fits.then_some(Value::Files(f))
            }
            (K::DateTime, Value::Date(d)) => Some(Value::DateTime(d.start())),
            (K::Date, Value::DateTime(t)) => Some(Value::Date(t.date())),
            (K::Birthday, Value::Text(t)) => Birthday::from_stored(&t).map(|b| Value::Text(b.to_string())),
            (
                K::Text | K::LongText | K::Phone | K::Email | K::Url | K::Address | K::Choice { .. } | K::Code(_),
                Value::Text(t),
            ) => (t.len() <= MAX_TEXT).then_some(Value::Text(t)),
            _ => None,
        }
    }

    /// The text inside, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(t) => Some(t),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Value::Text(s.to_owned())
    }
}
