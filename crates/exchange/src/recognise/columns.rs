//! Columns of a sheet: header, samples, and what their contents look like.

use super::head::{Head, Kept};
use super::header::{self, Candidate};
use model::parse::{self, Ctx, ProblemKind, tidy};
use model::{FieldKind, Schema};

/// Samples shown of a column.
const SAMPLES: usize = 5;

/// A column as found in the head of a sheet.
pub(super) struct Column {
    pub index: usize,
    pub header: String,
    /// The header normalised.
    pub key: String,
    pub candidates: Vec<Candidate>,
    pub samples: Vec<String>,
    /// Rows that hold something.
    pub filled: usize,
    /// Different contents, counted up to 50.
    pub distinct: usize,
}

/// The columns under a header row (None for no header).
pub(super) fn columns(head: &Head, header: Option<usize>, first_data: usize, schema: &Schema) -> Vec<Column> {
    let data = head.rows.get(first_data..).unwrap_or_default();
    let width = head.rows.iter().skip(header.unwrap_or(0)).map(|r| r.cells.len()).max().unwrap_or(0);
    (0..width)
        .map(|index| {
            let title = header.and_then(|h| head.rows.get(h)).and_then(|r| r.cells.get(index));
            let header_text = title.map(|c| tidy(&c.cell().to_text()).split_whitespace().collect::<Vec<_>>().join(" "));
            let header_text = header_text.unwrap_or_default();
            let mut column = Column {
                index,
                key: if header_text.is_empty() { String::new() } else { header::normal(&header_text) },
                candidates: header::candidates(&header_text, schema),
                header: header_text,
                samples: Vec::new(),
                filled: 0,
                distinct: 0,
            };
            look(&mut column, data.iter().filter_map(|r| r.cells.get(index)));
            column
        })
        .collect()
}

fn look<'a>(column: &mut Column, cells: impl Iterator<Item = &'a Kept>) {
    let mut seen = std::collections::HashSet::new();
    for kept in cells {
        let cell = kept.cell();
        if cell.is_blank() {
            continue;
        }
        column.filled += 1;
        let text = cell.to_text();
        let text = tidy(&text);
        if seen.len() < 50 && seen.insert(text.to_owned()) && column.samples.len() < SAMPLES {
            column.samples.push(text.chars().take(60).collect());
        }
    }
    column.distinct = seen.len();
}

/// The contents of one column below the header.
pub(super) fn cells(head: &Head, first_data: usize, index: usize) -> impl Iterator<Item = &Kept> {
    head.rows
        .get(first_data..)
        .unwrap_or_default()
        .iter()
        .filter_map(move |r| r.cells.get(index))
        .filter(|c| !c.cell().is_blank())
}

/// The share of a column's contents that the field could hold; None for an empty column.
pub(super) fn fit<'a>(kind: &FieldKind, field: &str, cells: impl Iterator<Item = &'a Kept>, ctx: &Ctx) -> Option<f32> {
    let (mut good, mut all) = (0u32, 0u32);
    for kept in cells.take(200) {
        all += 1;
        let cell = kept.cell();
        let fits = match kind {
            FieldKind::Phone => is_phone(&cell.to_text()),
            _ if field == "stated_monthly" => parse::purchases_a_month(&cell.to_text()).is_some(),
            _ => match parse::cell(kind, &cell, ctx) {
                Ok(_) => true,
                Err(p) => p.kind == ProblemKind::YearMissing,
            },
        };
        good += u32::from(fits);
    }
    (all > 0).then(|| good as f32 / all as f32)
}

/// Mobile numbers, masked ones and fixed lines; not words and not other codes.
fn is_phone(t: &str) -> bool {
    let t = tidy(t);
    if parse::mobile_identity(t).is_some() {
        return true;
    }
    let digits = t.chars().filter(char::is_ascii_digit).count();
    let masks = t.chars().filter(|c| matches!(c, '*' | 'x' | 'X')).count();
    let others = t.chars().filter(|c| !c.is_ascii_digit() && !"*xX+-() ,转/".contains(*c)).count();
    others == 0 && (digits >= 7 || (digits >= 2 && masks >= 3) || t.chars().all(|c| c == '*'))
}

/// The share of mobile numbers in a column.
pub(super) fn mobile_share<'a>(cells: impl Iterator<Item = &'a Kept>) -> f32 {
    let (mut good, mut all) = (0u32, 0u32);
    for kept in cells.take(200) {
        all += 1;
        good += u32::from(parse::mobile_identity(&kept.cell().to_text()).is_some());
    }
    if all == 0 { 0.0 } else { good as f32 / all as f32 }
}

/// Whether a text column holds dates without a year.
pub(super) fn lacks_year<'a>(mut cells: impl Iterator<Item = &'a Kept>, ctx: &Ctx) -> bool {
    let ctx = Ctx { year: None, ..*ctx };
    cells.any(|c| parse::cell(&FieldKind::DateTime, &c.cell(), &ctx).is_err_and(|p| p.kind == ProblemKind::YearMissing))
}
