//! A question read through once, from its first record to its last, without being kept open for anybody: what a
//! file on its way out holds meanwhile is the order of its records, 8 bytes each.

use crate::order::ordered_ids;
use crate::store::{Store, require};
use crate::view::{self, MOST_ROWS, View};
use crate::{events, filter, layout};
use model::{Access, FieldDef, FieldKey, Query, RecordId, Result, Scope, TableDef, Value};

/// Most records read at once.
pub const MOST_PART: u64 = MOST_ROWS as u64;

/// What is done with a row: the record, its values, and its links as (code, name).
pub type RowWork<'w> = dyn FnMut(RecordId, &[Value], &[Option<(String, String)>]) -> Result<()> + 'w;

/// A question whose records are in their order.
pub struct Through {
    view: View,
}

impl Through {
    /// The table.
    pub fn table(&self) -> &TableDef {
        &self.view.table
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[FieldDef] {
        &self.view.columns
    }

    /// How many records.
    pub fn total(&self) -> u64 {
        self.view.ids.len() as u64
    }
}

impl Store {
    /// Asks a question to be read through.
    ///
    /// # Errors
    /// As [`Store::open_view`].
    pub fn through(&self, scope: &Scope, query: &Query, columns: &[FieldKey]) -> Result<Through> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let table = shape.schema.require(&query.table)?;
        let fields = columns.iter().map(|c| table.require(c).cloned()).collect::<Result<Vec<_>>>()?;
        let mut query = query.clone();
        filter::on_day(&mut query.filter, self.today());
        let (ids, _) = self.engine.read(|conn| {
            let plan = self.plan(conn, &shape, table, &query.filter)?;
            ordered_ids(conn, &shape, table, &query, &[], &plan.scanned)
        })?;
        Ok(Through { view: View::passing(self, &shape, table, fields, ids, scope, query) })
    }

    /// Calls `each` with the values of the next records from a place on, at most [`MOST_PART`]; links as in
    /// [`Store::each_row`]. Records removed since are left out.
    ///
    /// # Errors
    /// Whatever `each` returns.
    pub fn through_part(&self, through: &Through, offset: u64, each: &mut RowWork<'_>) -> Result<()> {
        self.values_of(&through.view, view::part(&through.view, offset, MOST_PART), each)
    }

    /// A mark of everything answers are made of: two equal marks of a book mean equal answers.
    pub fn state_mark(&self) -> Result<String> {
        self.engine.read(|conn| {
            let (shape, today) = layout::stamp(conn)?;
            let event: i64 = conn.one(events::NEWEST, &[])?;
            // Numbers of events begin anew in a book that was moved; those of changes go on.
            let change: i64 = conn.one("SELECT COALESCE(max(id), 0) FROM _changes", &[])?;
            Ok(format!("{shape}-{event}-{change}-{}", today.map_or(0, |d| d.0)))
        })
    }
}
