//! What rules over more than one cell say of an import: they speak of records, the report of rows.

use super::report::Problem;
use exchange::{Note, SheetPlan};
use model::{Schema, builtin};
use std::collections::HashMap;
use store::Breach;

/// Where records came from: number of the plan and row, by table and record. Kept only for tables with
/// such rules.
#[derive(Default)]
pub(super) struct Origins(HashMap<(&'static str, i64), (usize, u32)>);

impl Origins {
    /// Notes the row that spoke of a record last.
    pub(super) fn note(&mut self, table: &'static str, id: i64, plan: usize, row: u32) {
        self.0.insert((table, id), (plan, row));
    }

    /// A breach as a problem of its row.
    pub(super) fn problem(&self, plans: &[SheetPlan], schema: &Schema, b: Breach) -> Problem {
        let tables = [builtin::CUSTOMERS, builtin::ORDERS, builtin::PRODUCTS];
        let table = tables.into_iter().find(|t| b.table == **t);
        let from = table.and_then(|t| self.0.get(&(t, b.id.0)).copied());
        let plan = from.and_then(|(plan, _)| plans.get(plan));
        let label = schema.table(&b.table).and_then(|t| t.field(&b.field)).map(|f| f.label.zh.to_string());
        let cure = if b.left_out {
            Note::new("这一格没有导入；改正后再导入", "The cell was left out; mend it and import again")
        } else {
            Note::new("已照原样导入，请核对", "Taken as written; look it over")
        };
        Problem {
            file: plan.map(|p| p.file.clone()).unwrap_or_default(),
            sheet: plan.map(|p| p.sheet.clone()).unwrap_or_default(),
            row: from.map_or(0, |(_, row)| row),
            column: label,
            cell: Some(b.content),
            rejected: false,
            reason: Note::new(b.message.zh.to_string(), b.message.en.to_string()),
            cure,
        }
    }
}
