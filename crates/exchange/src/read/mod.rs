//! Opens sheets by their content, whatever their name says, and streams their rows.
//!
//! .xlsx and text files are read in constant memory (shared strings aside); .xls and .ods are loaded
//! one sheet at a time. Sizes are checked before anything is unpacked.

mod check;
mod excel;
mod sniff;
mod text;

#[cfg(test)]
mod tests;

use crate::Merged;
use calamine::{Ods, Xls, Xlsx};
use model::parse::Cell;
use model::{Error, ErrorCode, Result};
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes of all parts of a workbook unpacked; sheets are streamed, so this bounds time, not memory.
    pub unpacked_bytes: u64,
    /// Bytes of one unpacked part that has to be held in memory (shared strings, styles, .ods content).
    pub loaded_bytes: u64,
    /// How many times larger than packed a part above 64 MiB may unpack.
    pub ratio: u64,
    /// Rows of a sheet.
    pub rows: u64,
    /// Columns of a sheet that hold something.
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 512 << 20,
            unpacked_bytes: 8 << 30,
            loaded_bytes: 512 << 20,
            ratio: 200,
            rows: 20_000_000,
            columns: 2_000,
        }
    }
}

impl Limits {
    /// For files of the person at the machine: no bound on the file itself, for ten million orders as
    /// text are larger than an upload may be.
    pub fn local() -> Self {
        Self { file_bytes: u64::MAX, unpacked_bytes: 64 << 30, ..Self::default() }
    }
}

/// One sheet of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetInfo {
    /// Its name; for text files the file name without its ending.
    pub name: String,
    /// Position in the file, from 0.
    pub index: usize,
}

/// One row of a sheet.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its number as a spreadsheet program shows it, from 1.
    pub number: u32,
    /// Its cells from column A on; cells behind the last filled one may be missing.
    pub cells: &'a [Cell<'a>],
}

/// How far reading has come, for a progress bar; cheap to clone and to ask from another thread.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<[AtomicU64; 2]>);

impl Progress {
    /// Done so far, in bytes for text files and in rows for workbooks.
    pub fn done(&self) -> u64 {
        self.0[0].load(Ordering::Relaxed)
    }

    /// All there is to do in the same unit; 0 if unknown.
    pub fn total(&self) -> u64 {
        self.0[1].load(Ordering::Relaxed)
    }

    /// The part done, 0 to 1; None if unknown.
    pub fn fraction(&self) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| (self.done() as f64 / total as f64).min(1.0))
    }

    fn start(&self, total: u64) {
        self.0[0].store(0, Ordering::Relaxed);
        self.0[1].store(total, Ordering::Relaxed);
    }

    fn set(&self, done: u64) {
        self.0[0].store(done, Ordering::Relaxed);
    }
}

type Source = BufReader<File>;

enum Kind {
    Text(text::Format),
    Xlsx(Box<Xlsx<Source>>),
    Xls(Box<Xls<Source>>),
    Ods(Box<Ods<Source>>),
}

/// An open file.
pub struct Book {
    path: PathBuf,
    file: String,
    bytes: u64,
    limits: Limits,
    kind: Kind,
    sheets: Vec<SheetInfo>,
    progress: Progress,
}

/// Opens a file.
///
/// # Errors
/// `bad_file` for what is no sheet, damaged, empty or encrypted, `too_large` for what exceeds the
/// limits, `not_found` if there is no such file.
pub fn open(path: &Path, limits: &Limits) -> Result<Book> {
    let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    open_named(path, &file, limits)
}

/// Opens a file that a person knows under another name, such as an upload.
///
/// # Errors
/// As [`open`].
pub fn open_named(path: &Path, name: &str, limits: &Limits) -> Result<Book> {
    let meta = std::fs::metadata(path).map_err(|e| check::io(name, &e))?;
    let bytes = meta.len();
    if !meta.is_file() {
        return Err(check::bad(name, "不是文件", "is not a file", "请选择一个表格文件", "choose a sheet file"));
    }
    if bytes == 0 {
        return Err(check::bad(
            name,
            "是空文件",
            "is empty",
            "检查文件是否保存或下载完整",
            "check that it was saved or downloaded whole",
        ));
    }
    if bytes > limits.file_bytes {
        return Err(check::too_large(name, limits.file_bytes));
    }
    let kind = match sniff::container(path, name)? {
        sniff::Container::Text => Kind::Text(text::Format::of(path, name)?),
        sniff::Container::Zip => excel::open_zip(path, name, limits)?,
        sniff::Container::Compound => excel::open_compound(path, name)?,
    };
    let mut book = Book {
        path: path.to_owned(),
        file: name.to_owned(),
        bytes,
        limits: *limits,
        kind,
        sheets: Vec::new(),
        progress: Progress::default(),
    };
    book.sheets = book.list();
    Ok(book)
}

impl Book {
    /// File name without folder.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Size of the file in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its sheets.
    pub fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    /// How far [`Book::for_each_row`] has come.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Whether the file kind tells which cells were merged.
    pub fn knows_merges(&self) -> bool {
        matches!(self.kind, Kind::Xlsx(_) | Kind::Xls(_))
    }

    fn list(&self) -> Vec<SheetInfo> {
        let names = match &self.kind {
            Kind::Text(_) => {
                vec![
                    Path::new(&self.file)
                        .file_stem()
                        .map_or_else(|| self.file.clone(), |s| s.to_string_lossy().into_owned()),
                ]
            }
            Kind::Xlsx(b) => excel::sheet_names(&**b),
            Kind::Xls(b) => excel::sheet_names(&**b),
            Kind::Ods(b) => excel::sheet_names(&**b),
        };
        names.into_iter().enumerate().map(|(index, name)| SheetInfo { name, index }).collect()
    }

    fn sheet_name(&self, sheet: usize) -> Result<String> {
        self.sheets.get(sheet).map(|s| s.name.clone()).ok_or_else(|| {
            Error::new(
                ErrorCode::NotFound,
                format!("文件“{}”没有第 {} 张表", self.file, sheet + 1),
                format!("File “{}” has no sheet number {}", self.file, sheet + 1),
            )
        })
    }

    /// Calls back for every row that holds something, in order, until told to stop.
    ///
    /// # Errors
    /// `bad_file` where the sheet is damaged, `too_large` beyond the limits; rows before it were given.
    pub fn for_each_row(&mut self, sheet: usize, mut each: impl FnMut(Row<'_>) -> ControlFlow<()>) -> Result<()> {
        let name = self.sheet_name(sheet)?;
        let context = Context { file: &self.file, limits: &self.limits, progress: &self.progress };
        match &mut self.kind {
            Kind::Text(format) => text::rows(&self.path, format, &context, &mut each),
            Kind::Xlsx(book) => excel::stream(book, &name, &context, &mut each),
            Kind::Xls(book) => {
                let shift = book.has_1904_epoch();
                excel::range_rows(&mut **book, &name, shift, &context, &mut each)
            }
            Kind::Ods(book) => excel::range_rows(&mut **book, &name, false, &context, &mut each),
        }
    }

    /// Rows of the sheet, if it can be told without reading it all; estimated for text files.
    pub fn rows_estimate(&mut self, sheet: usize) -> Option<u64> {
        let name = self.sheet_name(sheet).ok()?;
        match &mut self.kind {
            Kind::Text(format) => text::rows_estimate(&self.path, format, self.bytes),
            Kind::Xlsx(book) => excel::declared_rows(book, &name),
            Kind::Xls(_) | Kind::Ods(_) => {
                let mut last = 0;
                self.for_each_row(sheet, |row| {
                    last = u64::from(row.number);
                    ControlFlow::Continue(())
                })
                .ok()?;
                Some(last)
            }
        }
    }

    /// Merged regions that span rows, one entry a column; none for file kinds that do not tell.
    pub fn merged(&mut self, sheet: usize) -> Vec<Merged> {
        let Ok(name) = self.sheet_name(sheet) else { return Vec::new() };
        match &mut self.kind {
            Kind::Xlsx(book) => excel::xlsx_merged(book, &self.path, &name),
            Kind::Xls(book) => excel::xls_merged(book, &name),
            Kind::Text(_) | Kind::Ods(_) => Vec::new(),
        }
    }

    /// Columns (from 0) of the first rows that hold formulas without a stored value: files written by
    /// programs that cannot calculate.
    pub fn formulas_without_value(&mut self, sheet: usize, rows: u32) -> Vec<usize> {
        let Ok(name) = self.sheet_name(sheet) else { return Vec::new() };
        match &mut self.kind {
            Kind::Xlsx(book) => excel::valueless_formulas(book, &name, rows),
            _ => Vec::new(),
        }
    }
}

struct Context<'a> {
    file: &'a str,
    limits: &'a Limits,
    progress: &'a Progress,
}

type Each<'a> = &'a mut dyn FnMut(Row<'_>) -> ControlFlow<()>;

/// Empties a vector and gives its memory to one of another lifetime, so that a row costs no allocation.
fn recycle<'b>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'b>> {
    cells.clear();
    cells.into_iter().map(|_| Cell::Empty).collect()
}
