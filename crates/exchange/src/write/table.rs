//! One table as a workbook.

use super::fast::{self, FastSheet, Spec, SpecColumn};
use super::{MOST_ROWS, cell, failed, formula, too_many_rows};
use model::{Date, FieldDef, Lang, Result, Value};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A formula that is to live in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveFormula {
    /// In Excel's structured form: `[@[单价]]*2`.
    pub text: String,
    /// Columns it reads that hold days or moments: where one of them holds none that Excel knows, the cell
    /// keeps its plain value, because Excel would take a blank day for the 0th of January 1900.
    pub days: Vec<usize>,
    /// Where it gives nothing, Excel gives the empty text; otherwise such cells are left blank.
    pub empty_text: bool,
}

/// A workbook of one sheet being written in constant memory.
pub struct XlsxTable {
    path: PathBuf,
    spec: Spec,
    sheet: FastSheet,
    live: Vec<Option<LiveFormula>>,
}

impl XlsxTable {
    /// Begins the workbook; `live` are the formulas of its columns, where they have one. Rows spill to
    /// `temp` (the system's folder if none) until it is finished.
    ///
    /// # Errors
    /// `bad_file` if the spill cannot be written.
    pub fn create(
        path: &Path,
        name: &str,
        fields: &[FieldDef],
        mut live: Vec<Option<LiveFormula>>,
        lang: Lang,
        temp: Option<&Path>,
    ) -> Result<Self> {
        let headers: Vec<&str> = fields.iter().map(|f| cell::label(f, lang)).collect();
        if !may_be_table(&headers) {
            live.clear();
        }
        live.resize(fields.len(), None);
        let table = live.iter().any(Option::is_some).then(|| table_name(name));
        let stored = |l: &Option<LiveFormula>| Some(formula::stored(&l.as_ref()?.text, table.as_ref()?));
        let columns = fields.iter().zip(&headers).zip(&live).map(|((f, header), live)| SpecColumn {
            header: (*header).to_owned(),
            format: cell::format(&f.kind),
            width: cell::width(&f.kind, header),
            formula: stored(live),
        });
        let columns = columns.collect();
        let spec = Spec { name: sheet_name(name), columns, table, frozen: 0, dress: Arc::new(|_, _| Ok(())) };
        let sheet = FastSheet::begin(&[(spec.clone(), 1)], lang, temp).map_err(|e| failed(path, e))?;
        Ok(Self { path: path.to_owned(), spec, sheet, live })
    }

    /// Writes a row; values are aligned with the fields, links given as text.
    ///
    /// # Errors
    /// `too_large` beyond the rows of a sheet, `bad_file` if it cannot be written.
    pub fn row(&mut self, values: &[Value]) -> Result<()> {
        if self.sheet.rows >= MOST_ROWS {
            return Err(too_many_rows());
        }
        let live = &self.live;
        let written = if self.spec.table.is_some() {
            self.sheet.row_with(values, |i| live[i].as_ref().is_some_and(|f| lives(f, &values[i], values)))
        } else {
            self.sheet.row(values)
        };
        written.map_err(|e| failed(&self.path, e))
    }

    /// Completes the file.
    ///
    /// # Errors
    /// `bad_file` if it cannot be written.
    pub fn finish(self) -> Result<()> {
        fast::assemble(&self.path, &[self.spec], vec![self.sheet], |_| Ok(())).map_err(|e| failed(&self.path, e))
    }
}

/// Whether Excel computes the value of a cell as it is.
fn lives(formula: &LiveFormula, value: &Value, row: &[Value]) -> bool {
    let there = formula.empty_text || !value.is_blank();
    there && (known_day(value) || value.is_blank()) && formula.days.iter().all(|i| row.get(*i).is_some_and(known_day))
}

/// Whether a value is no day, or one that Excel counts right: 1900 has no 29th of February.
fn known_day(value: &Value) -> bool {
    /// 1900-03-01.
    const FIRST: Date = Date(-25_508);
    match value {
        Value::Date(d) => *d >= FIRST,
        Value::DateTime(t) => t.date() >= FIRST,
        Value::Null => false,
        _ => true,
    }
}

/// The columns of an Excel table have names, each its own.
fn may_be_table(headers: &[&str]) -> bool {
    let mut seen = HashSet::new();
    headers.iter().all(|h| !h.trim().is_empty() && h.chars().count() <= 255 && seen.insert(h.to_lowercase()))
}

/// A name Excel takes for a table: letters, digits and `_`, nothing that could be a cell.
fn table_name(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).take(200).collect();
    let odd = clean.is_ascii() || clean.starts_with(char::is_numeric);
    if odd { format!("T_{clean}") } else { clean }
}

/// A name Excel takes for a sheet: 31 characters, none of `[]:*?/\`, no apostrophe at the ends.
pub(super) fn sheet_name(name: &str) -> String {
    let clean: String = name.chars().map(|c| if "[]:*?/\\".contains(c) { ' ' } else { c }).take(31).collect();
    let clean = clean.trim().trim_matches('\'').to_owned();
    if clean.is_empty() { "Sheet".into() } else { clean }
}
