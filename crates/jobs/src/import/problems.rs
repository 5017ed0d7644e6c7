//! Rows with problems, kept in a file until someone asks for the workbook: there can be millions.

use exchange::Note;
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A row with problems, as written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProblemRow {
    /// Number of the sheet in the import.
    pub sheet: usize,
    /// Row as a spreadsheet program shows it, from 1.
    pub row: u32,
    /// The row was not taken.
    pub rejected: bool,
    /// Its cells as text.
    pub cells: Vec<String>,
    /// Each problem: header (may be empty), reason and cure in both languages.
    pub problems: Vec<(String, [String; 2], [String; 2])>,
}

impl ProblemRow {
    pub(super) fn note(n: &Note) -> [String; 2] {
        [n.zh.to_string(), n.en.to_string()]
    }
}

/// The file of problem rows, one JSON object a line.
pub struct Problems {
    path: PathBuf,
    out: BufWriter<File>,
    rows: u64,
}

impl Problems {
    /// Starts an empty file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn create(path: &Path) -> Result<Self> {
        let out = BufWriter::new(File::create(path).map_err(Error::internal)?);
        Ok(Self { path: path.to_owned(), out, rows: 0 })
    }

    pub(super) fn push(&mut self, row: &ProblemRow) -> Result<()> {
        serde_json::to_writer(&mut self.out, row).map_err(Error::internal)?;
        self.out.write_all(b"\n").map_err(Error::internal)?;
        self.rows += 1;
        Ok(())
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Completes the file; where it is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<PathBuf> {
        self.out.flush().map_err(Error::internal)?;
        Ok(self.path)
    }

    /// Reads a file of problem rows.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read_file(path: &Path) -> Result<impl Iterator<Item = Result<ProblemRow>> + use<>> {
        let file = BufReader::new(File::open(path).map_err(Error::internal)?);
        Ok(file.lines().map(|l| serde_json::from_str(&l.map_err(Error::internal)?).map_err(Error::internal)))
    }
}

/// Writes the problem rows of an import as a workbook: rejected rows first, reasons beside them.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write_problems(
    import: &super::Import,
    rows: &Path,
    out: &Path,
    lang: model::Lang,
    temp: Option<&Path>,
) -> Result<()> {
    use exchange::convert::CellProblem;
    use exchange::write::ProblemBook;
    let mut book = ProblemBook::create(out, lang, temp)?;
    for row in Problems::read_file(rows)? {
        let row = row?;
        let Some(plan) = import.sheets.get(row.sheet) else { continue };
        let width = plan.columns.iter().map(|c| c.index + 1).max().unwrap_or(0);
        let mut headers = vec![String::new(); width];
        for c in &plan.columns {
            headers[c.index].clone_from(&c.header);
        }
        let cells: Vec<exchange::Cell<'_>> = row.cells.iter().map(|c| exchange::Cell::Text(c)).collect();
        let note = |n: &[String; 2]| Note::new(n[0].clone(), n[1].clone());
        let problems: Vec<CellProblem> = row
            .problems
            .iter()
            .map(|(header, reason, cure)| {
                let column = headers.iter().position(|h| !h.is_empty() && h == header);
                let text = column.and_then(|c| row.cells.get(c)).cloned().unwrap_or_default();
                CellProblem {
                    column,
                    header: header.clone(),
                    text,
                    reason: note(reason),
                    cure: note(cure),
                    fatal: row.rejected,
                }
            })
            .collect();
        book.row(&exchange::write::ProblemRow {
            file: &plan.file,
            sheet: &plan.sheet,
            row: row.row,
            headers: &headers,
            cells: &cells,
            problems: &problems,
        })?;
    }
    book.finish()
}
