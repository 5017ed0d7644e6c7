//! The vocabulary of Kebu: tables, fields, values, records, queries, changes, scopes.
//!
//! Pure: no input or output, no clock, no database. Every other crate speaks in these types.

mod birthday;
pub mod builtin;
mod change;
mod code;
mod convert;
mod date;
mod describe;
mod error;
mod field;
mod identity;
mod kind;
pub mod parse;
pub mod place;
mod query;
mod rule;
mod schema;
mod scope;
mod span;
mod value;

pub use birthday::Birthday;
pub use change::{CellEdit, Change, ChangeOutcome, Origin, Warning};
pub use code::CodePattern;
pub use convert::{Converted, Loss, Way, convert, way};
pub use date::{Date, DateTime};
pub use describe::Tone;
pub use error::{Error, ErrorCode, Result};
pub use field::{FieldDef, FieldKey, Label, LabelWrite, Lang, TableKey};
pub use identity::{IDENTITY_FIELDS, Identity, IdentityKind};
pub use kind::{ChoiceOption, FieldKind, FileRef, Holds, TONES};
pub use query::{Condition, Filter, GroupLevel, MOST_COLOURS, MOST_LEVELS, Op, Period, Query, Sort, When};
pub use rule::{Check, Checker, Level, Rule, Violation, check_value};
pub use schema::{Schema, TableDef};
pub use scope::{Access, Scope, UserId};
pub use span::Span;
pub use value::{ErrorValue, MAX_LINKS, Money, RecordId, Value};
