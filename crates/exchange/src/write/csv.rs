//! CSV as Excel reads it: UTF-8 with byte order mark, CRLF.

use super::{cell, failed};
use model::{FieldDef, Lang, Result, Value};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// CSV text on its way to somewhere.
pub struct CsvText<W: Write> {
    lang: Lang,
    out: ::csv::Writer<W>,
}

impl<W: Write> CsvText<W> {
    /// Begins a text with its byte order mark and its header.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(mut out: W, fields: &[FieldDef], lang: Lang) -> io::Result<Self> {
        out.write_all(b"\xef\xbb\xbf")?;
        let mut text = Self::go_on(out, lang);
        let header = fields.iter().map(|f| model::parse::guard_formula(cell::label(f, lang)).into_owned());
        text.out.write_record(header)?;
        Ok(text)
    }

    /// Goes on with rows of a text begun elsewhere.
    pub fn go_on(out: W, lang: Lang) -> Self {
        Self { lang, out: ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out) }
    }

    /// Writes a row; values are aligned with the fields.
    ///
    /// # Errors
    /// Those of the writer behind it.
    pub fn row(&mut self, values: &[Value]) -> io::Result<()> {
        for v in values {
            self.out.write_field(cell::csv_text(v, self.lang).as_bytes())?;
        }
        self.out.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Hands over the rest; the writer behind it.
    ///
    /// # Errors
    /// Those of the writer behind it.
    pub fn finish(self) -> io::Result<W> {
        self.out.into_inner().map_err(::csv::IntoInnerError::into_error)
    }
}

/// A CSV file being written.
pub struct CsvTable {
    path: PathBuf,
    text: CsvText<BufWriter<File>>,
}

impl CsvTable {
    /// Creates the file and writes its header.
    ///
    /// # Errors
    /// `bad_file` if it cannot be written.
    pub fn create(path: &Path, fields: &[FieldDef], lang: Lang) -> Result<Self> {
        let begun = File::create(path)
            .and_then(|file| CsvText::begin(BufWriter::with_capacity(256 << 10, file), fields, lang))
            .map_err(|e| failed(path, e))?;
        Ok(Self { path: path.to_owned(), text: begun })
    }

    /// Writes a row; values are aligned with the fields.
    ///
    /// # Errors
    /// `bad_file` if it cannot be written.
    pub fn row(&mut self, values: &[Value]) -> Result<()> {
        self.text.row(values).map_err(|e| failed(&self.path, e))
    }

    /// Completes the file.
    ///
    /// # Errors
    /// `bad_file` if it cannot be written.
    pub fn finish(self) -> Result<()> {
        let Self { path, text } = self;
        text.finish().and_then(|mut file| file.flush()).map_err(|e| failed(&path, e))
    }
}
