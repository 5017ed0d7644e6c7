//! Figures of the columns of a view.

use crate::conn::Row;
use crate::fails::error_column;
use crate::filter;
use crate::json;
use crate::order::select_scanning;
use crate::snapshots::ViewId;
use crate::sql::{Fill, Stmt};
use crate::store::Store;
use model::{FieldDef, FieldKey, Holds, Result, Schema, Scope, TableDef};
use sea_query::{Alias, Expr, ExprTrait, Func, SelectStatement};
use std::collections::HashMap;

/// Figures of one column of a view.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct ColumnSummary {
    /// Cells that are not blank.
    pub filled: u64,
    /// Sum, in the field's unit (分 for money).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<f64>,
    /// Mean of the filled cells that are no errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average: Option<f64>,
    /// Smallest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// First day or moment of a column of dates, as ISO 8601 writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest: Option<String>,
    /// Last day or moment of a column of dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<String>,
    /// How many different contents, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distinct: Option<u64>,
}

/// What is computed of one column.
pub(crate) struct Figured<'f> {
    field: &'f FieldDef,
    figures: &'static [&'static str],
    fails: bool,
    distinct: bool,
}

impl<'f> Figured<'f> {
    /// Figures of a field, whose cells may be errors; different contents are counted where asked for.
    pub(crate) fn new(field: &'f FieldDef, fails: bool, distinct: bool) -> Self {
        let figures: &[&str] = match field.kind.holds() {
            Holds::Whole | Holds::Number | Holds::Money => &["count", "sum", "avg", "min", "max"],
            Holds::Date | Holds::DateTime => &["count", "min", "max"],
            _ => &["count"],
        };
        Self { field, figures, fails, distinct: distinct && field.kind.stored() }
    }

    /// Adds what is to be computed to a statement over `c`.
    pub(crate) fn select(&self, schema: &Schema, table: &TableDef, select: &mut SelectStatement) -> Result<()> {
        let f = self.field;
        let col = |name: &str| Expr::col((Alias::new("c"), Alias::new(name)));
        for name in self.figures {
            let of = if f.kind.stored() { col(&f.key) } else { filter::filled_or_null(schema, table, f)? };
            select.expr(Func::cust(Alias::new(*name)).arg(of));
        }
        // Errors are counted and left out of the other figures.
        if self.fails {
            select.expr(Func::cust(Alias::new("count")).arg(col(&error_column(&f.key))));
        }
        if self.distinct {
            select.expr(Expr::expr(col(&f.key)).count_distinct());
        }
        Ok(())
    }

    /// Reads what was computed from a row, from column `at` on, which moves behind it: the figures, and how many
    /// cells they are of.
    pub(crate) fn read(&self, row: &Row<'_>, at: &mut usize) -> Result<(ColumnSummary, u64)> {
        let from = *at;
        let counted: u64 = row.get(from)?;
        let mut out = ColumnSummary::default();
        match self.figures.len() {
            5 => {
                let [sum, average, min, max] = [1, 2, 3, 4].map(|i| row.get(from + i));
                out = ColumnSummary { sum: sum?, average: average?, min: min?, max: max?, ..out };
            }
            3 => {
                let [earliest, latest] = [1, 2].map(|i| row.at(from + i).map(|v| json::day(&self.field.kind, v)));
                out = ColumnSummary { earliest: earliest?, latest: latest?, ..out };
            }
            _ => {}
        }
        *at += self.figures.len();
        let mut next = |there: bool| -> Result<Option<u64>> {
            if !there {
                return Ok(None);
            }
            *at += 1;
            row.get(*at - 1).map(Some)
        };
        out.filled = counted + next(self.fails)?.unwrap_or(0);
        out.distinct = next(self.distinct)?;
        Ok((out, counted))
    }

    /// The field.
    pub(crate) fn key(&self) -> &FieldKey {
        &self.field.key
    }
}

impl Store {
    /// Figures of a view's columns, computed on the book as it is now. Different contents are counted where asked
    /// for alone, as that takes longest.
    pub fn summary(&self, scope: &Scope, id: &ViewId, distinct: &[String]) -> Result<HashMap<FieldKey, ColumnSummary>> {
        let view = self.views.find(scope, id)?;
        let shape = self.shape();
        let figured: Vec<Figured<'_>> = view
            .columns
            .iter()
            .zip(&view.fails)
            .map(|(f, fails)| Figured::new(f, *fails, distinct.iter().any(|d| f.key == **d)))
            .collect();
        if figured.is_empty() {
            return Ok(HashMap::new());
        }
        self.engine.read(|conn| {
            let plan = self.plan(conn, &shape, &view.table, &view.query.filter)?;
            let mut select = select_scanning(conn.dialect(), &shape, &view.table, &view.query, &plan.scanned)?;
            select.clear_selects();
            figured.iter().try_for_each(|f| f.select(&shape.schema, &view.table, &mut select))?;
            let mut out = HashMap::new();
            Stmt::select(&select).each(conn, &Fill::today(self.today()), &mut |row| {
                let mut at = 0;
                for f in &figured {
                    out.insert(f.key().clone(), f.read(row, &mut at)?.0);
                }
                Ok(())
            })?;
            Ok(out)
        })
    }
}
