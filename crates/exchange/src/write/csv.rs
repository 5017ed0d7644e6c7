//! CSV as Excel reads it: UTF-8 with byte order mark, CRLF.

use super::{cell, failed};
use model::{FieldDef, Lang, Result, Value};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// A CSV file being written.
pub struct CsvTable {
    path: PathBuf,
    lang: Lang,
    out: ::csv::Writer<BufWriter<File>>,
}

impl CsvTable {
    /// Creates the file and writes its header.
    ///
    /// # Errors
    /// `bad_file` if it cannot be written.
    pub fn create(path: &Path, fields: &[FieldDef], lang: Lang) -> Result<Self> {
        let mut file = BufWriter::with_capacity(256 << 10, File::create(path).map_err(|e| failed(path, e))?);
        file.write_all(b"\xef\xbb\xbf").map_err(|e| failed(path, e))?;
        let mut out = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(file);
        let header = fields.iter().map(|f| model::parse::guard_formula(cell::label(f, lang)).into_owned());
        out.write_record(header).map_err(|e| failed(path, e))?;
        Ok(Self { path: path.to_owned(), lang, out })
    }

    /// Writes a row; values are aligned with the fields.
    ///
    /// # Errors
    /// `bad_file` if it cannot be written.
    pub fn row(&mut self, values: &[Value]) -> Result<()> {
        for v in values {
            self.out.write_field(cell::csv_text(v, self.lang).as_bytes()).map_err(|e| failed(&self.path, e))?;
        }
        self.out.write_record(None::<&[u8]>).map_err(|e| failed(&self.path, e))
    }

    /// Completes the file.
    ///
    /// # Errors
    /// `bad_file` if it cannot be written.
    pub fn finish(mut self) -> Result<()> {
        self.out.flush().map_err(|e| failed(&self.path, e))
    }
}
