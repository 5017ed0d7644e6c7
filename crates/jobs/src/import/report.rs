//! What an import did, or would do.

use super::made::Made;
use exchange::Note;
use model::{TableKey, builtin};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A file's name.
pub type FileName = String;

/// Counts of one table. Each record is counted once, however many rows speak of it; rejected are rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Counts)]
pub struct TableCounts {
    /// New records.
    pub created: u64,
    /// Records in the book that got new content.
    pub updated: u64,
    /// Records in the book that held all of it already.
    pub unchanged: u64,
    /// Rows that were not taken.
    pub rejected: u64,
}

/// One problem, as a person reads it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Problem {
    /// File.
    pub file: FileName,
    /// Sheet.
    pub sheet: String,
    /// Row as a spreadsheet program shows it, from 1.
    pub row: u32,
    /// Header of the column, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Content as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The row was not taken; otherwise it was, without the cell or with it as written.
    pub rejected: bool,
    /// Why.
    pub reason: Note,
    /// How to mend it.
    pub cure: Note,
}

/// Problems listed in a report; all of them are in the workbook.
pub const LISTED: usize = 500;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Report {
    /// Nothing was kept.
    pub dry_run: bool,
    /// Number of the change, for undo.
    #[schema(required)]
    pub change: Option<i64>,
    /// Counts by table.
    pub tables: BTreeMap<TableKey, TableCounts>,
    /// The seller's own tables that take rows, those made for it included: key and name.
    pub own_tables: BTreeMap<TableKey, String>,
    /// Fields that were made, by name.
    pub new_fields: Vec<String>,
    /// The first problems.
    pub problems: Vec<Problem>,
    /// How many there are.
    pub problem_count: u64,
    /// Wall time.
    pub seconds: f64,
}

impl Report {
    /// An empty report that names every table.
    pub(super) fn new(dry_run: bool, made: Made) -> Self {
        let builtin = [builtin::CUSTOMERS, builtin::ORDERS, builtin::PRODUCTS];
        let tables = builtin.map(|t| (TableKey::from(t), TableCounts::default()));
        Self { dry_run, new_fields: made.fields, own_tables: made.tables, tables: tables.into(), ..Self::default() }
    }

    /// Rows that were not taken.
    pub fn rejected(&self) -> u64 {
        self.tables.values().map(|t| t.rejected).sum()
    }
}
