//! The first rows of a sheet, kept to find the header and to look at the contents of columns.

use super::header;
use crate::read::Book;
use model::parse::{Cell, tidy};
use model::{DateTime, Result, Schema};
use std::ops::ControlFlow;

/// The header is looked for in so many rows.
const HEADER_WITHIN: u32 = 20;
/// Rows looked at.
const ROWS: usize = 320;

/// A cell that outlives its row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kept {
    Empty,
    Text(String),
    Number(f64),
    DateTime(DateTime),
    Bool(bool),
    Error(String),
}

impl Kept {
    fn of(cell: &Cell<'_>) -> Self {
        match cell {
            Cell::Empty => Self::Empty,
            Cell::Text(t) => Self::Text((*t).into()),
            Cell::Number(n) => Self::Number(*n),
            Cell::DateTime(d) => Self::DateTime(*d),
            Cell::Bool(b) => Self::Bool(*b),
            Cell::Error(e) => Self::Error((*e).into()),
        }
    }

    /// As a cell again.
    pub(super) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Text(t) => Cell::Text(t),
            Self::Number(n) => Cell::Number(*n),
            Self::DateTime(d) => Cell::DateTime(*d),
            Self::Bool(b) => Cell::Bool(*b),
            Self::Error(e) => Cell::Error(e),
        }
    }
}

/// A row that outlives its reading.
pub(super) struct KeptRow {
    pub number: u32,
    pub cells: Vec<Kept>,
}

impl KeptRow {
    fn text(&self, column: usize) -> &str {
        match self.cells.get(column) {
            Some(Kept::Text(t)) => tidy(t),
            _ => "",
        }
    }

    fn filled(&self) -> usize {
        self.cells.iter().filter(|c| !c.cell().is_blank()).count()
    }
}

/// The first rows, and whether the sheet ends with them.
pub(super) struct Head {
    pub rows: Vec<KeptRow>,
    pub complete: bool,
}

impl Head {
    /// Reads the first rows of a sheet.
    pub(super) fn read(book: &mut Book, sheet: usize) -> Result<Self> {
        let mut rows: Vec<KeptRow> = Vec::new();
        let mut complete = true;
        book.for_each_row(sheet, |row| {
            if rows.len() == ROWS {
                complete = false;
                return ControlFlow::Break(());
            }
            let cells: Vec<Kept> = row.cells.iter().map(Kept::of).collect();
            if cells.iter().any(|c| !c.cell().is_blank()) {
                rows.push(KeptRow { number: row.number, cells });
            }
            ControlFlow::Continue(())
        })?;
        Ok(Self { rows, complete })
    }

    /// Position (in `rows`) of the header, if there is one.
    pub(super) fn find_header(&self, schema: &Schema) -> Option<usize> {
        let mut best: Option<(f32, usize)> = None;
        let widest = self.rows.iter().map(KeptRow::filled).max().unwrap_or(0).max(1);
        for (i, row) in self.rows.iter().enumerate().take_while(|(_, r)| r.number <= HEADER_WITHIN) {
            let score = header_score(row, widest, schema);
            if score > 0.0 && best.is_none_or(|(s, _)| score > s * 1.05) {
                best = Some((score, i));
            }
        }
        best.map(|(_, i)| i)
    }

    /// Position of the first row of different short words, as wide as most: the header of a sheet of which
    /// nothing is known.
    pub(super) fn heading(&self) -> Option<usize> {
        let widest = self.rows.iter().map(KeptRow::filled).max().unwrap_or(0);
        let words = |row: &KeptRow| {
            let mut seen = std::collections::HashSet::new();
            row.cells.iter().filter(|c| !c.cell().is_blank()).all(|c| {
                let text = c.cell().to_text().into_owned();
                let text = tidy(&text);
                let word = text.chars().any(char::is_alphabetic) && text.chars().count() <= 30;
                matches!(c, Kept::Text(_)) && word && seen.insert(text.to_owned())
            })
        };
        let rows = self.rows.iter().take_while(|r| r.number <= HEADER_WITHIN);
        let wide = |r: &KeptRow| r.filled() >= 2 && r.filled() * 3 >= widest * 2;
        rows.enumerate().find(|(_, r)| wide(r) && words(r)).map(|(i, _)| i)
    }

    /// Position of the row shown under a number.
    pub(super) fn position(&self, number: u32) -> Option<usize> {
        self.rows.iter().position(|r| r.number == number)
    }

    /// Whether the row after the header repeats it in other words, such as English field names.
    pub(super) fn second_head(&self, header: usize, schema: &Schema) -> bool {
        let (Some(first), Some(second)) = (self.rows.get(header), self.rows.get(header + 1)) else {
            return false;
        };
        let columns = first.cells.len().max(second.cells.len());
        let (mut same, mut other) = (0, 0);
        for c in 0..columns {
            let (a, b) = (first.text(c), second.text(c));
            if b.is_empty() {
                other += usize::from(second.cells.get(c).is_some_and(|x| !x.cell().is_blank()));
                continue;
            }
            let of = |t: &str| header::candidates(t, schema).into_iter().map(|x| x.field).collect::<Vec<_>>();
            let fields = of(a);
            let is_same = of(b).iter().any(|f| fields.contains(f)) || (fields.is_empty() && is_identifier(b));
            same += usize::from(is_same);
            other += usize::from(!is_same);
        }
        same >= 2 && same > 3 * other
    }
}

/// `customer_name`: a field name of a program.
fn is_identifier(t: &str) -> bool {
    t.contains('_') && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// How much a row looks like a header; 0 if it cannot be one.
fn header_score(row: &KeptRow, widest: usize, schema: &Schema) -> f32 {
    let (mut known, mut texts, mut data) = (0.0f32, 0usize, 0usize);
    for cell in &row.cells {
        match cell {
            Kept::Text(t) => {
                let t = tidy(t);
                if t.is_empty() {
                    continue;
                }
                let sure = if t.chars().count() <= 30 { header::headerness(t, schema) } else { 0.0 };
                known += sure;
                let digits = t.chars().filter(char::is_ascii_digit).count();
                if sure > 0.0 || (digits * 2 < t.chars().count() && t.chars().count() <= 30) {
                    texts += 1;
                } else {
                    data += 1;
                }
            }
            Kept::Empty => {}
            _ => data += 1,
        }
    }
    if texts == 0 || known < 0.5 || data * 2 > texts {
        return 0.0;
    }
    // One cell alone is a title unless the sheet has one column.
    if texts + data == 1 && widest > 1 {
        return 0.0;
    }
    known + 0.1 * texts as f32 - 0.5 * data as f32
}
