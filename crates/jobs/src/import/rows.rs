//! Reading and converting on a thread of its own, a chunk of rows at a time.

use super::Import;
use super::problems::ProblemRow;
use super::report::Problem;
use exchange::convert::{CellProblem, Converter, CustomerRef};
use exchange::{Cell, SheetPlan, Target, read};
use model::{FieldKey, Result, Schema, Value};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Rows in a chunk.
const CHUNK: usize = 512;
/// Chunks under way, which bounds memory.
const WAITING: usize = 8;

/// One row, ready to be written.
pub(super) struct Row {
    pub number: u32,
    pub customer: Option<Vec<Value>>,
    pub order: Option<Vec<Value>>,
    /// Of a product or a record of an own table.
    pub record: Option<Vec<Value>>,
    pub buyer: Option<CustomerRef>,
    /// Boxed because nearly no row has any.
    pub problems: Option<Box<RowProblems>>,
}

/// What is wrong with a row.
pub(super) struct RowProblems {
    pub rejected: bool,
    pub listed: Vec<Problem>,
    pub row: ProblemRow,
    /// Where the cells go that have problems.
    pub cells: Vec<Target>,
}

/// What comes through the channel.
pub(super) enum Step {
    /// A sheet begins: its number and the fields of its rows.
    Sheet { index: usize, customer: Vec<FieldKey>, order: Vec<FieldKey>, record: Vec<FieldKey> },
    /// Rows of the sheet.
    Rows(Vec<Row>),
    /// Reading failed.
    Failed(model::Error),
}

/// Starts reading all sheets in order; the thread ends by itself when the receiver is dropped.
pub(super) fn start(import: Import, plans: Vec<SheetPlan>, schema: std::sync::Arc<Schema>) -> Receiver<Step> {
    let (send, receive) = sync_channel(WAITING);
    std::thread::spawn(move || {
        for index in import.order() {
            if let Err(e) = sheet(&import, &plans[index], index, &schema, &send) {
                let _ = send.send(Step::Failed(e));
                return;
            }
        }
    });
    receive
}

fn sheet(import: &Import, plan: &SheetPlan, index: usize, schema: &Schema, send: &SyncSender<Step>) -> Result<()> {
    let file = &import.files[import.sources[index]];
    let mut book = read::open_named(&file.path, &file.name, &import.limits)?;
    let mut converter = Converter::new(plan, schema, import.ctx());
    let begin = Step::Sheet {
        index,
        customer: converter.customer_fields().to_vec(),
        order: converter.order_fields().to_vec(),
        record: converter.record_fields().to_vec(),
    };
    if send.send(begin).is_err() {
        return Ok(());
    }
    let mut chunk = Vec::with_capacity(CHUNK);
    book.for_each_row(plan.sheet_index, |row| {
        let out = converter.row(row);
        if out.skip.is_some() {
            return ControlFlow::Continue(());
        }
        let problems = if out.problems.is_empty() { None } else { Some(problems(plan, &out, row.number, row.cells)) };
        chunk.push(Row {
            number: row.number,
            customer: out.customer,
            order: out.order,
            record: out.record,
            buyer: out.customer_ref,
            problems,
        });
        if chunk.len() == CHUNK
            && send.send(Step::Rows(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)))).is_err()
        {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    // Whoever dropped the receiver has given up; nobody misses the rest.
    let _ = send.send(Step::Rows(chunk));
    Ok(())
}

fn problems(plan: &SheetPlan, out: &exchange::convert::RowOut, number: u32, cells: &[Cell<'_>]) -> Box<RowProblems> {
    let rejected = out.rejected();
    let listed = out
        .problems
        .iter()
        .map(|p| Problem {
            file: plan.file.clone(),
            sheet: plan.sheet.clone(),
            row: number,
            column: (!p.header.is_empty()).then(|| p.header.clone()),
            cell: (!p.text.is_empty()).then(|| p.text.clone()),
            rejected: p.fatal,
            reason: p.reason.clone(),
            cure: p.cure.clone(),
        })
        .collect();
    let row = ProblemRow {
        sheet: plan.index,
        row: number,
        rejected,
        cells: cells.iter().map(|c| c.to_text().into_owned()).collect(),
        problems: out
            .problems
            .iter()
            .map(|p| (p.header.clone(), ProblemRow::note(&p.reason), ProblemRow::note(&p.cure)))
            .collect(),
    };
    let of = |p: &CellProblem| plan.columns.iter().find(|c| Some(c.index) == p.column)?.target.clone();
    Box::new(RowProblems { rejected, listed, row, cells: out.problems.iter().filter_map(of).collect() })
}
