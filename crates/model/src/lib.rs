//! The vocabulary of Kebu: tables, fields, values, records, queries, changes, scopes.
//!
//! Pure: no input or output, no clock, no database. Every other crate speaks in these types.

mod birthday;
pub mod builtin;
mod change;
mod date;
mod error;
mod field;
mod identity;
pub mod parse;
mod query;
mod schema;
mod scope;
mod value;

pub use birthday::Birthday;
pub use change::{CellEdit, Change, ChangeOutcome, Origin};
pub use date::{Date, DateTime};
pub use error::{Error, ErrorCode, Result};
pub use field::{ChoiceOption, FieldDef, FieldKey, FieldKind, Label, Lang, TableKey};
pub use identity::{IDENTITY_FIELDS, Identity, IdentityKind};
pub use query::{Condition, Filter, Op, Query, Sort};
pub use schema::{Schema, TableDef};
pub use scope::{Access, Scope, UserId};
pub use value::{Money, RecordId, Value};
