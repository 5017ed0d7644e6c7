//! Sheets of a million rows, written as XML straight into a deflate stream.
//!
//! rust_xlsxwriter builds the workbook around them: a skeleton with header, one sample row, table,
//! validation and charts. The sample row shows which style number and which stored formula each column
//! has; real rows are then written with them into a packed temporary file, each sheet on its own
//! thread if wanted, and take the skeleton sheet's place in the finished package without being packed
//! again. The library's own streaming mode costs five times the time and loads each sheet whole when
//! it packs it.

use super::cell;
use super::xml::{Column, ascii, write_cell};
use model::{Lang, Value};
use rust_xlsxwriter::{Format, Formula, Table, TableColumn, TableStyle, Workbook, Worksheet, XlsxError};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Cursor, Read, Seek, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A column as the skeleton needs it.
#[derive(Clone)]
pub(super) struct SpecColumn {
    pub header: String,
    pub format: Format,
    pub width: f64,
    /// As Excel stores it.
    pub formula: Option<Formula>,
}

/// Adds to a sheet what belongs to so many rows: colours, validation.
pub(super) type Dress = std::sync::Arc<dyn Fn(&mut Worksheet, u32) -> Result<(), XlsxError> + Send + Sync>;

/// A sheet as the skeleton needs it.
#[derive(Clone)]
pub(super) struct Spec {
    pub name: String,
    pub columns: Vec<SpecColumn>,
    /// The name of the Excel table it is; otherwise it has only a filter.
    pub table: Option<String>,
    /// Columns frozen at the left.
    pub frozen: u16,
    pub dress: Dress,
}

impl Spec {
    fn last_column(&self) -> u16 {
        u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX)
    }

    /// Adds the skeleton of the sheet to a workbook.
    fn add(&self, book: &mut Workbook, rows: u32) -> Result<(), XlsxError> {
        let sheet = book.add_worksheet();
        sheet.set_name(&self.name)?;
        sheet.set_freeze_panes(1, self.frozen)?;
        let header = cell::header_format();
        let mut table_columns = Vec::with_capacity(self.columns.len());
        for (i, c) in (0u16..).zip(&self.columns) {
            sheet.set_column_width(i, c.width)?;
            sheet.write_string_with_format(0, i, &c.header, &header)?;
            let mut column = TableColumn::new().set_header(&c.header).set_header_format(&header);
            if let Some(f) = &c.formula {
                column = column.set_formula(f.clone());
            }
            table_columns.push(column);
        }
        if self.columns.is_empty() {
            return Ok(());
        }
        if let Some(name) = &self.table {
            let table = Table::new().set_name(name).set_columns(&table_columns).set_style(TableStyle::Light1);
            sheet.add_table(0, 0, 1, self.last_column(), &table)?;
        } else {
            sheet.autofilter(0, 0, rows, self.last_column())?;
        }
        if rows > 0 {
            (self.dress)(sheet, rows)?;
        }
        for (i, c) in (0u16..).zip(&self.columns) {
            match &c.formula {
                Some(f) => sheet.write_formula_with_format(1, i, f.clone(), &c.format)?,
                None => sheet.write_blank(1, i, &c.format)?,
            };
        }
        Ok(())
    }
}

/// A failure of either side.
pub(super) enum Failure {
    Xlsx(XlsxError),
    Io(io::Error),
    /// The skeleton does not look as expected.
    Shape(&'static str),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Xlsx(e) => e.fmt(f),
            Self::Io(e) => e.fmt(f),
            Self::Shape(what) => f.write_str(what),
        }
    }
}

impl From<XlsxError> for Failure {
    fn from(e: XlsxError) -> Self {
        Self::Xlsx(e)
    }
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

impl From<zip::result::ZipError> for Failure {
    fn from(e: zip::result::ZipError) -> Self {
        Self::Io(io::Error::other(e))
    }
}

/// The skeleton workbook as bytes; `more` adds sheets behind.
fn skeleton(
    specs: &[(Spec, u32)],
    more: impl FnOnce(&mut Workbook) -> Result<(), XlsxError>,
) -> Result<ZipArchive<Cursor<Vec<u8>>>, Failure> {
    let mut book = Workbook::new();
    for (spec, rows) in specs {
        spec.add(&mut book, *rows)?;
    }
    more(&mut book)?;
    Ok(ZipArchive::new(Cursor::new(book.save_to_buffer()?))?)
}

fn part(zip: &mut ZipArchive<impl Read + Seek>, name: &str) -> Result<String, Failure> {
    let mut text = String::new();
    zip.by_name(name)?.read_to_string(&mut text)?;
    Ok(text)
}

/// The parts of a skeleton sheet.
struct Shape<'a> {
    /// Up to the end of the header row.
    prefix: &'a str,
    /// The sample row.
    sample: &'a str,
    /// From the end of the rows.
    suffix: &'a str,
}

fn shape(xml: &str) -> Result<Shape<'_>, Failure> {
    let broken = || Failure::Shape("skeleton sheet");
    let header_end = xml.find("</row>").ok_or_else(broken)? + "</row>".len();
    let rows_end = xml.find("</sheetData>").ok_or_else(broken)?;
    let sample = xml.get(header_end..rows_end).ok_or_else(broken)?;
    Ok(Shape { prefix: &xml[..header_end], sample, suffix: &xml[rows_end..] })
}

/// The prefix without the size of the skeleton, which is not the size of the sheet.
fn without_dimension(prefix: &str) -> String {
    match (prefix.find("<dimension"), prefix.find("<sheetViews")) {
        (Some(a), Some(b)) if a < b => format!("{}{}", &prefix[..a], &prefix[b..]),
        _ => prefix.to_owned(),
    }
}

fn columns(sample: &str, count: usize) -> Result<Vec<Column>, Failure> {
    let mut out = Vec::with_capacity(count);
    for index in 0..count {
        let letters = letters(index);
        let start = format!("<c r=\"{letters}2\"");
        // A cell without format and content is not in the sample.
        let Some(at) = sample.find(&start) else {
            out.push(Column { style: String::new(), letters, formula: None });
            continue;
        };
        let rest = &sample[at + start.len()..];
        let tag_end = rest.find('>').ok_or(Failure::Shape("sample cell"))?;
        let tag = &rest[..tag_end];
        let style = tag.split(" s=\"").nth(1).and_then(|s| s.split('"').next());
        let body = if tag.ends_with('/') { "" } else { rest[tag_end + 1..].split("</c>").next().unwrap_or_default() };
        // The library takes SWITCH and XLOOKUP for functions of arrays; of one row they are like any other.
        let formula = body.split_once("<f").and_then(|(_, f)| f.split_once('>')?.1.split_once("</f>"));
        let formula = formula.map(|(f, _)| f.to_owned());
        out.push(Column { style: style.map(|s| format!(" s=\"{s}\"")).unwrap_or_default(), letters, formula });
    }
    Ok(out)
}

/// The name of a column from its position.
pub(super) fn letters(index: usize) -> String {
    let mut n = index + 1;
    let mut out = Vec::new();
    while n > 0 {
        out.push(b'A' + ((n - 1) % 26) as u8);
        n = (n - 1) / 26;
    }
    out.iter().rev().map(|b| char::from(*b)).collect()
}

/// How much XML is gathered before it is packed.
const CHUNK: usize = 64 << 10;

/// A sheet being written.
pub(super) struct FastSheet {
    out: ZipWriter<BufWriter<File>>,
    buf: Vec<u8>,
    columns: Vec<Column>,
    prefix: String,
    lang: Lang,
    /// Rows written below the header.
    pub rows: u32,
}

impl FastSheet {
    /// Begins the last of the sheets; those before it are needed for the numbering of styles.
    pub(super) fn begin(specs: &[(Spec, u32)], lang: Lang, temp: Option<&Path>) -> Result<Self, Failure> {
        let count = specs.last().map_or(0, |(s, _)| s.columns.len());
        let mut zip = skeleton(specs, |_| Ok(()))?;
        let xml = part(&mut zip, &sheet_part(specs.len()))?;
        let shape = shape(&xml)?;
        let prefix = without_dimension(shape.prefix);
        let file = match temp {
            Some(dir) => tempfile::tempfile_in(dir)?,
            None => tempfile::tempfile()?,
        };
        let mut out = ZipWriter::new(BufWriter::with_capacity(256 << 10, file));
        out.start_file("sheet", options())?;
        let mut buf = Vec::with_capacity(2 * CHUNK);
        buf.extend_from_slice(prefix.as_bytes());
        Ok(Self { out, buf, columns: columns(shape.sample, count)?, prefix, lang, rows: 0 })
    }

    /// Writes a row.
    pub(super) fn row(&mut self, values: &[Value]) -> io::Result<()> {
        self.row_with(values, |_| true)
    }

    /// Writes a row in which the cells of columns with a formula hold it where `live` says so.
    pub(super) fn row_with(&mut self, values: &[Value], live: impl Fn(usize) -> bool) -> io::Result<()> {
        let number = self.rows + 2;
        let mut digits = [0u8; 10];
        let number = ascii(number, &mut digits);
        let buf = &mut self.buf;
        buf.extend_from_slice(b"<row r=\"");
        buf.extend_from_slice(number);
        buf.extend_from_slice(b"\">");
        for (i, (column, value)) in self.columns.iter().zip(values).enumerate() {
            let live = column.formula.is_some() && live(i);
            write_cell(buf, column, number, value, live, self.lang);
        }
        buf.extend_from_slice(b"</row>");
        self.rows += 1;
        if self.buf.len() >= CHUNK {
            self.out.write_all(&self.buf)?;
            self.buf.clear();
        }
        Ok(())
    }
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        .large_file(true)
}

fn sheet_part(number: usize) -> String {
    format!("xl/worksheets/sheet{number}.xml")
}

/// Puts the written sheets into the skeleton and saves the workbook.
pub(super) fn assemble(
    path: &Path,
    specs: &[Spec],
    sheets: Vec<FastSheet>,
    more: impl FnOnce(&mut Workbook) -> Result<(), XlsxError>,
) -> Result<(), Failure> {
    let sized: Vec<(Spec, u32)> = specs.iter().cloned().zip(sheets.iter().map(|s| s.rows)).collect();
    let mut zip = skeleton(&sized, more)?;
    let mut packed = Vec::with_capacity(sheets.len());
    for (i, mut sheet) in sheets.into_iter().enumerate() {
        let xml = part(&mut zip, &sheet_part(i + 1))?;
        let shape = shape(&xml)?;
        // The sheet was begun with the styles of an earlier skeleton: they must still be the same. What
        // is selected in which tab is not part of that.
        if tabless(&without_dimension(shape.prefix)) != tabless(&sheet.prefix) {
            return Err(Failure::Shape("skeleton changed"));
        }
        sheet.buf.extend_from_slice(shape.suffix.as_bytes());
        sheet.out.write_all(&sheet.buf)?;
        let file = sheet.out.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        packed.push(ZipArchive::new(BufReader::new(file))?);
    }
    let mut out = ZipWriter::new(BufWriter::with_capacity(1 << 20, File::create(path)?));
    for i in 0..zip.len() {
        let name = zip.by_index_raw(i)?.name()?.into_owned();
        if let Some(at) = (1..=packed.len()).find(|n| sheet_part(*n) == name) {
            let source = packed[at - 1].by_index_raw(0)?;
            out.raw_copy_file_rename(source, &name)?;
        } else if name.starts_with("xl/tables/") {
            let xml = resized(&part(&mut zip, &name)?, &sized);
            out.start_file(&name, options().large_file(false))?;
            out.write_all(xml.as_bytes())?;
        } else {
            out.raw_copy_file(zip.by_index_raw(i)?)?;
        }
    }
    out.finish()?.flush()?;
    Ok(())
}

fn tabless(prefix: &str) -> String {
    prefix.replace(" tabSelected=\"1\"", "")
}

/// The table of the skeleton over all its rows.
fn resized(xml: &str, specs: &[(Spec, u32)]) -> String {
    let named = |s: &Spec| s.table.as_ref().is_some_and(|name| xml.contains(&format!("displayName=\"{name}\"")));
    let Some((spec, rows)) = specs.iter().find(|(s, _)| named(s)) else {
        return xml.to_owned();
    };
    let last = letters(usize::from(spec.last_column()));
    // A table has at least one row; an empty one keeps a blank row.
    xml.replace(&format!("ref=\"A1:{last}2\""), &format!("ref=\"A1:{last}{}\"", (*rows).max(1) + 1))
}
