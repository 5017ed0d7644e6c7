//! Figures of the columns of a view.

use crate::fails::error_column;
use crate::filter;
use crate::snapshots::ViewId;
use crate::sql::{Fill, Stmt};
use crate::store::Store;
use crate::view::select_ids;
use model::{FieldDef, FieldKey, Holds, Result, Scope};
use sea_query::{Alias, Expr, ExprTrait};
use std::collections::HashMap;

/// Figures of one column of a view.
#[derive(Clone, Debug, PartialEq, serde::Serialize, utoipa::ToSchema)]
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
    /// How many different contents, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distinct: Option<u64>,
}

impl Store {
    /// Figures of a view's columns, computed on the book as it is now. Different contents are counted where asked
    /// for alone, as that takes longest.
    pub fn summary(&self, scope: &Scope, id: &ViewId, distinct: &[String]) -> Result<HashMap<FieldKey, ColumnSummary>> {
        let view = self.views.find(scope, id)?;
        let shape = self.shape();
        self.engine.read(|conn| {
            let mut select = select_ids(conn.dialect(), &shape, &view.table, &view.query)?;
            select.clear_selects();
            let col = |f: &FieldDef| Expr::col((Alias::new("c"), Alias::new(f.key.as_str())));
            let mut places = Vec::new();
            for (f, fails) in view.columns.iter().zip(&view.fails) {
                let numeric = matches!(f.kind.holds(), Holds::Whole | Holds::Number | Holds::Money);
                for name in if numeric { &["count", "sum", "avg", "min", "max"][..] } else { &["count"][..] } {
                    let of =
                        if f.kind.stored() { col(f) } else { filter::filled_or_null(&shape.schema, &view.table, f)? };
                    select.expr(sea_query::Func::cust(Alias::new(*name)).arg(of));
                }
                // Errors are counted and left out of the other figures.
                if *fails {
                    let errors = Expr::col((Alias::new("c"), Alias::new(error_column(&f.key))));
                    select.expr(sea_query::Func::cust(Alias::new("count")).arg(errors));
                }
                let counted = f.kind.stored() && distinct.iter().any(|d| f.key == **d);
                if counted {
                    select.expr(Expr::expr(col(f)).count_distinct());
                }
                places.push((f.key.clone(), numeric, *fails, counted));
            }
            if places.is_empty() {
                return Ok(HashMap::new());
            }
            let mut out = HashMap::new();
            Stmt::select(&select).each(conn, &Fill::today(self.today()), &mut |row| {
                let mut at = 0;
                for (key, numeric, fails, counted) in places.drain(..) {
                    let width = if numeric { 5 } else { 1 };
                    let errors: u64 = if fails { row.get(at + width)? } else { 0 };
                    let filled = row.get::<u64>(at)? + errors;
                    let figure = |i: usize| -> Result<Option<f64>> { if numeric { row.get(at + i) } else { Ok(None) } };
                    let summary = ColumnSummary {
                        filled,
                        sum: figure(1)?,
                        average: figure(2)?,
                        min: figure(3)?,
                        max: figure(4)?,
                        distinct: if counted { Some(row.get(at + width + usize::from(fails))?) } else { None },
                    };
                    at += width + usize::from(fails) + usize::from(counted);
                    out.insert(key, summary);
                }
                Ok(())
            })?;
            Ok(out)
        })
    }
}
