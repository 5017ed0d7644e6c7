//! The rows an import could not take, with the reasons beside them.

use super::{cell, failed};
use crate::convert::CellProblem;
use model::parse::{Cell, Note};
use model::{Lang, Result};
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A row with problems, as read.
#[derive(Clone, Copy, Debug)]
pub struct ProblemRow<'a> {
    /// File the row came from.
    pub file: &'a str,
    /// Its sheet.
    pub sheet: &'a str,
    /// Row number as shown in a spreadsheet program.
    pub row: u32,
    /// The headers of the sheet.
    pub headers: &'a [String],
    /// The cells of the row.
    pub cells: &'a [Cell<'a>],
    /// What is wrong.
    pub problems: &'a [CellProblem],
}

/// A part of the workbook: the rows of one sheet of the source, of one kind.
struct Part {
    sheet: Worksheet,
    next: u32,
}

/// The workbook of problems: rejected rows first, then rows taken without some cell. Each sheet of the
/// source has its own pair of sheets, so that mended rows can be imported again as they are.
pub struct ProblemBook {
    path: PathBuf,
    lang: Lang,
    book: Workbook,
    parts: HashMap<(bool, String, String), Part>,
    order: Vec<(bool, String, String)>,
    marked: Format,
    plain: Format,
}

impl ProblemBook {
    /// Begins the workbook; rows spill to `temp` until it is finished.
    ///
    /// # Errors
    /// `bad_file` if the spill cannot be written.
    pub fn create(path: &Path, lang: Lang, temp: Option<&Path>) -> Result<Self> {
        let mut book = Workbook::new();
        book.set_zip_compression_level(1);
        if let Some(temp) = temp {
            book.set_tempdir(temp).map_err(|e| failed(path, e))?;
        }
        Ok(Self {
            path: path.to_owned(),
            lang,
            book,
            parts: HashMap::new(),
            order: Vec::new(),
            marked: Format::new().set_background_color(Color::RGB(0xF9_DE_D7)),
            plain: Format::new(),
        })
    }

    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    fn notes<'n>(&self, notes: impl Iterator<Item = (&'n str, &'n Note)>) -> String {
        let mut out: Vec<String> = Vec::new();
        for (header, note) in notes {
            let text = match self.lang {
                Lang::Zh => &note.zh,
                Lang::En => &note.en,
            };
            let line = if header.is_empty() { text.to_string() } else { format!("{header}：{text}") };
            if !out.contains(&line) {
                out.push(line);
            }
        }
        out.join("；")
    }

    /// Adds a row.
    ///
    /// # Errors
    /// `bad_file` if it cannot be written. Rows beyond what a sheet of Excel holds are left out.
    pub fn row(&mut self, row: &ProblemRow<'_>) -> Result<()> {
        let rejected = row.problems.iter().any(|p| p.fatal);
        let key = (!rejected, row.file.to_owned(), row.sheet.to_owned());
        if !self.parts.contains_key(&key) {
            let part = self.part(row).map_err(|e| failed(&self.path, e))?;
            self.order.push(key.clone());
            self.parts.insert(key.clone(), part);
        }
        let reasons = self.notes(row.problems.iter().map(|p| (p.header.as_str(), &p.reason)));
        let cures = self.notes(row.problems.iter().map(|p| (p.header.as_str(), &p.cure)));
        let Some(part) = self.parts.get_mut(&key) else { return Ok(()) };
        if part.next > super::MOST_ROWS {
            return Ok(());
        }
        let mut write = || -> Result<(), XlsxError> {
            let at = part.next;
            part.sheet.write_string(at, 0, &reasons)?.write_string(at, 1, &cures)?.write_number(at, 2, row.row)?;
            for (i, c) in row.cells.iter().enumerate().take(16_000) {
                let bad = row.problems.iter().any(|p| p.column == Some(i));
                write_cell(&mut part.sheet, at, i as u16 + 3, c, if bad { &self.marked } else { &self.plain })?;
            }
            part.next += 1;
            Ok(())
        };
        write().map_err(|e| failed(&self.path, e))
    }

    fn part(&mut self, row: &ProblemRow<'_>) -> Result<Part, XlsxError> {
        let mut sheet = self.book.new_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_column_width(0, 44)?.set_column_width(1, 44)?.set_column_width(2, 8)?;
        let header = cell::header_format();
        for (i, t) in
            [(0, self.say("原因", "Reason")), (1, self.say("怎么改", "How to mend")), (2, self.say("原行号", "Row"))]
        {
            sheet.write_string_with_format(0, i, t, &header)?;
        }
        for (i, h) in row.headers.iter().enumerate().take(16_000) {
            sheet.set_column_width(i as u16 + 3, 16)?;
            sheet.write_string_with_format(0, i as u16 + 3, h, &header)?;
        }
        Ok(Part { sheet, next: 1 })
    }

    /// Completes the file.
    ///
    /// # Errors
    /// `bad_file` if it cannot be written.
    pub fn finish(mut self) -> Result<()> {
        self.order.sort_by_key(|(taken, ..)| *taken);
        let several = self.order.len() > 2;
        let order = std::mem::take(&mut self.order);
        for (i, key) in order.iter().enumerate() {
            let Some(mut part) = self.parts.remove(key) else { continue };
            let title = if key.0 {
                self.say("缺了格的行", "Taken in part")
            } else {
                self.say("没有导入的行", "Rejected")
            };
            let name = if several { format!("{} {title} {}", i + 1, key.2) } else { title.to_owned() };
            part.sheet.set_name(super::table::sheet_name(&name)).map_err(|e| failed(&self.path, e))?;
            self.book.push_worksheet(part.sheet);
        }
        if order.is_empty() {
            let text = self.say("没有问题", "No problems");
            self.book.add_worksheet().write_string(0, 0, text).map_err(|e| failed(&self.path, e))?;
        }
        self.book.save(&self.path).map_err(|e| failed(&self.path, e))
    }
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, c: &Cell<'_>, format: &Format) -> Result<(), XlsxError> {
    match c {
        Cell::Empty => {}
        Cell::Number(n) if n.is_finite() => {
            sheet.write_number_with_format(row, column, *n, format)?;
        }
        Cell::Bool(b) => {
            sheet.write_boolean_with_format(row, column, *b, format)?;
        }
        other => {
            let t: String = other.to_text().chars().take(32_000).collect();
            sheet.write_string_with_format(row, column, t, format)?;
        }
    }
    Ok(())
}
