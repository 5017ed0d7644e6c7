//! What rules over more than one cell say of an import: they speak of records, the report of rows.

use super::ProblemRow;
use super::report::Problem;
use exchange::{Note, SheetPlan};
use model::{Schema, TableKey};
use std::collections::HashMap;
use store::Breach;

/// Where records came from: number of the plan and row, by table and record. Kept only for tables with
/// such rules.
#[derive(Default)]
pub(super) struct Origins(HashMap<(TableKey, i64), (usize, u32)>);

impl Origins {
    /// Notes the row that spoke of a record last.
    pub(super) fn note(&mut self, table: &TableKey, id: i64, plan: usize, row: u32) {
        self.0.insert((table.clone(), id), (plan, row));
    }

    /// A breach as a problem of its row, for the report and for the workbook.
    pub(super) fn problem(&self, plans: &[SheetPlan], schema: &Schema, b: Breach) -> (Problem, Option<ProblemRow>) {
        let from = self.0.get(&(b.table.clone(), b.id.0)).copied();
        let plan = from.and_then(|(plan, _)| plans.get(plan));
        let label = schema.table(&b.table).and_then(|t| t.field(&b.field)).map(|f| f.label.zh.to_string());
        let cure = if b.left_out {
            Note::new("这一格没有导入；改正后再导入", "The cell was left out; mend it and import again")
        } else {
            Note::new("已照原样导入，请核对", "Taken as written; look it over")
        };
        let reason = Note::new(b.message.zh.to_string(), b.message.en.to_string());
        // The column may be called otherwise in the sheet than in the book.
        let target =
            |c: &&exchange::ColumnPlan| c.target.as_ref().is_some_and(|t| t.table == b.table && t.field == b.field);
        let column = plan.and_then(|p| p.columns.iter().find(target));
        let mut cells = vec![String::new(); column.map_or(0, |c| c.index)];
        cells.extend(column.map(|_| b.content.clone()));
        let header = column.map(|c| c.header.clone());
        let kept = from.map(|(sheet, row)| ProblemRow {
            sheet,
            row,
            rejected: false,
            cells,
            problems: vec![(header.unwrap_or_default(), ProblemRow::note(&reason), ProblemRow::note(&cure))],
        });
        let problem = Problem {
            file: plan.map(|p| p.file.clone()).unwrap_or_default(),
            sheet: plan.map(|p| p.sheet.clone()).unwrap_or_default(),
            row: from.map_or(0, |(_, row)| row),
            column: label,
            cell: Some(b.content),
            rejected: false,
            reason,
            cure,
        };
        (problem, kept)
    }
}
