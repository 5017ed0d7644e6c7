//! One table as a workbook.

use super::fast::{self, FastSheet, Spec, SpecColumn};
use super::{MOST_ROWS, cell, failed, too_many_rows};
use model::{FieldDef, Lang, Result, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A workbook of one sheet being written in constant memory.
pub struct XlsxTable {
    path: PathBuf,
    spec: Spec,
    sheet: FastSheet,
}

impl XlsxTable {
    /// Begins the workbook. Rows spill to `temp` (the system's folder if none) until it is finished.
    ///
    /// # Errors
    /// `bad_file` if the spill cannot be written.
    pub fn create(path: &Path, name: &str, fields: &[FieldDef], lang: Lang, temp: Option<&Path>) -> Result<Self> {
        let columns = fields.iter().map(|f| SpecColumn {
            header: cell::label(f, lang).to_owned(),
            format: cell::format(&f.kind),
            width: cell::width(&f.kind, cell::label(f, lang)),
            formula: None,
        });
        let spec = Spec {
            name: sheet_name(name),
            columns: columns.collect(),
            table: false,
            frozen: 0,
            dress: Arc::new(|_, _| Ok(())),
        };
        let sheet = FastSheet::begin(&[(spec.clone(), 1)], lang, temp).map_err(|e| failed(path, e))?;
        Ok(Self { path: path.to_owned(), spec, sheet })
    }

    /// Writes a row; values are aligned with the fields, links given as text.
    ///
    /// # Errors
    /// `too_large` beyond the rows of a sheet, `bad_file` if it cannot be written.
    pub fn row(&mut self, values: &[Value]) -> Result<()> {
        if self.sheet.rows >= MOST_ROWS {
            return Err(too_many_rows());
        }
        self.sheet.row(values).map_err(|e| failed(&self.path, e))
    }

    /// Completes the file.
    ///
    /// # Errors
    /// `bad_file` if it cannot be written.
    pub fn finish(self) -> Result<()> {
        fast::assemble(&self.path, &[self.spec], vec![self.sheet], |_| Ok(())).map_err(|e| failed(&self.path, e))
    }
}

/// A name Excel takes for a sheet: 31 characters, none of `[]:*?/\`, no apostrophe at the ends.
pub(super) fn sheet_name(name: &str) -> String {
    let clean: String = name.chars().map(|c| if "[]:*?/\\".contains(c) { ' ' } else { c }).take(31).collect();
    let clean = clean.trim().trim_matches('\'').to_owned();
    if clean.is_empty() { "Sheet".into() } else { clean }
}
