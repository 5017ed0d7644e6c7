//! Files in and out: sheets of any usual kind are opened, recognised, converted row by row into
//! values of the model, and tables are written back as workbooks or CSV.
//!
//! The way in has three steps. [`read::open`] opens a file by its content and streams its rows;
//! [`recognise::recognise`] proposes a [`SheetPlan`] (which row is the header, which column is which
//! field); a [`convert::Converter`] turns each row into values and problems. The way out is [`mod@write`].
//! Nothing here knows a database.

pub mod convert;
mod plan;
pub mod read;
pub mod recognise;
pub mod write;

pub use model::parse::{Cell, Ctx, Note};
pub use plan::{ColumnPlan, Constant, Merged, NEW_TABLE, OwnTable, Profile, Role, SheetPlan, Target};
