//! Values of cells.

use crate::{Date, DateTime};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The id of a record inside its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub i64);

/// An exact amount of money in 分 (1/100 yuan).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
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
}

impl Value {
    /// Whether there is nothing in it: null, empty text or no tags.
    pub fn is_blank(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(t) => t.is_empty(),
            Value::Tags(t) => t.is_empty(),
            _ => false,
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
