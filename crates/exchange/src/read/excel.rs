//! Workbooks, read by calamine: .xlsx cell by cell, .xls and .ods by sheet.

use super::{Context, Each, Kind, Limits, Row, Source, check, recycle};
use crate::Merged;
use calamine::{Data, DataRef, Dimensions, Ods, Reader, SheetType, SheetVisible, Xls, Xlsx, XlsxError};
use model::parse::Cell;
use model::{DateTime, Result};
use std::io::{BufReader, Read};
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use zip::ZipArchive;

/// Days from the 1904 system to the 1900 system.
const SHIFT_1904: f64 = 1_462.0;
/// Day number of the 1900 system for 1970-01-01.
const EPOCH: f64 = 25_569.0;
/// Day numbers that are dates; smaller ones are times of day or numbers that look like dates.
const DATES: RangeInclusive<f64> = 10_000.0..=2_958_465.99;

fn source(path: &Path, file: &str) -> Result<Source> {
    Ok(BufReader::new(check::open_file(path, file)?))
}

/// Runs foreign reading code on untrusted bytes: a panic in it is a damaged file, not our end.
fn guarded<T, E: std::fmt::Display>(file: &str, read: impl FnOnce() -> Result<T, E>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(e)) => {
            let text = e.to_string();
            Err(if text.contains("password") { check::encrypted(file) } else { check::damaged(file, text) })
        }
        Err(_) => Err(check::damaged(file, "unexpected content")),
    }
}

/// Opens a packed file: .xlsx or .ods.
pub(super) fn open_zip(path: &Path, file: &str, limits: &Limits) -> Result<Kind> {
    let mut zip = ZipArchive::new(source(path, file)?).map_err(|e| check::damaged(file, e))?;
    let has = |start: &str| zip.file_names().flatten().any(|n| n.to_ascii_lowercase().starts_with(start));
    let is_xlsx = has("xl/workbook.xml");
    let is_binary = has("xl/workbook.bin");
    let other = if has("word/") {
        Some(("是 Word 文档", "is a Word document"))
    } else if has("ppt/") {
        Some(("是演示文稿", "is a presentation"))
    } else if has("index/") {
        Some(("是 Numbers 表格", "is a Numbers sheet"))
    } else if is_binary {
        Some(("是 .xlsb 二进制表格", "is a binary .xlsb workbook"))
    } else {
        None
    };
    let mut kind = String::new();
    if let Ok(part) = zip.by_name("mimetype") {
        // A damaged part leaves the kind unknown, which is said below.
        let _ = part.take(100).read_to_string(&mut kind);
    }
    let is_ods = kind.contains("opendocument.spreadsheet");
    if !is_xlsx && !is_ods {
        let (zh, en) = other.unwrap_or(("是压缩包", "is an archive"));
        return Err(check::bad(
            file,
            zh,
            en,
            "请另存为 .xlsx 或 .csv，或先解压",
            "save it as .xlsx or .csv, or unpack it first",
        ));
    }
    check::archive(file, &mut zip, limits)?;
    drop(zip);
    let source = source(path, file)?;
    if is_xlsx {
        return Ok(Kind::Xlsx(Box::new(guarded(file, || Xlsx::new(source))?)));
    }
    Ok(Kind::Ods(Box::new(guarded(file, || Ods::new(source))?)))
}

/// Opens a compound file: .xls, or an .xlsx inside an encrypted envelope.
pub(super) fn open_compound(path: &Path, file: &str) -> Result<Kind> {
    let bytes = {
        let mut head = Vec::new();
        source(path, file)?.take(16 << 20).read_to_end(&mut head).map_err(|e| check::io(file, &e))?;
        head
    };
    let utf16 = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let holds = |name: &str| bytes.windows(2 * name.len()).any(|w| w == utf16(name).as_slice());
    if holds("EncryptedPackage") {
        return Err(check::encrypted(file));
    }
    if holds("WordDocument") {
        return Err(check::bad(file, "是 Word 文档", "is a Word document", "请选择表格文件", "choose a sheet"));
    }
    let source = source(path, file)?;
    Ok(Kind::Xls(Box::new(guarded(file, || Xls::new(source))?)))
}

/// Names of the sheets that hold cells; hidden ones are kept out only if very hidden.
pub(super) fn sheet_names<RS: std::io::Read + std::io::Seek>(book: &impl Reader<RS>) -> Vec<String> {
    let sheets = book.sheets_metadata();
    sheets
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet && s.visible != SheetVisible::VeryHidden)
        .map(|s| s.name.clone())
        .collect()
}

/// A day number as a cell: a moment if it is one, else the number.
fn moment(days: f64) -> Cell<'static> {
    if !DATES.contains(&days) {
        return Cell::Number(days);
    }
    Cell::DateTime(DateTime(((days - EPOCH) * 86_400.0).round() as i64))
}

fn iso_cell(t: &str) -> Cell<'_> {
    DateTime::from_iso(t.split('.').next().unwrap_or(t)).map_or(Cell::Text(t), Cell::DateTime)
}

fn error_cell(e: &calamine::CellErrorType) -> Cell<'static> {
    use calamine::CellErrorType as E;
    Cell::Error(match e {
        E::Div0 => "#DIV/0!",
        E::NA => "#N/A",
        E::Name => "#NAME?",
        E::Null => "#NULL!",
        E::Num => "#NUM!",
        E::Ref => "#REF!",
        E::Value => "#VALUE!",
        _ => "#ERROR!",
    })
}

fn cell_of_ref<'c>(data: &'c DataRef<'_>, shift: f64) -> Cell<'c> {
    match data {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(n) => Cell::Number(*n as f64),
        DataRef::Float(n) => Cell::Number(*n),
        DataRef::String(t) => text(t),
        DataRef::SharedString(t) => text(t),
        DataRef::Bool(b) => Cell::Bool(*b),
        DataRef::DateTime(d) if d.is_duration() => Cell::Number(d.as_f64()),
        DataRef::DateTime(d) => moment(d.as_f64() + shift),
        DataRef::DateTimeIso(t) => iso_cell(t),
        DataRef::DurationIso(t) => Cell::Text(t),
        DataRef::Error(e) => error_cell(e),
    }
}

fn cell_of(data: &Data, shift: f64) -> Cell<'_> {
    match data {
        Data::Empty => Cell::Empty,
        Data::Int(n) => Cell::Number(*n as f64),
        Data::Float(n) => Cell::Number(*n),
        Data::String(t) => text(t),
        Data::Bool(b) => Cell::Bool(*b),
        Data::DateTime(d) if d.is_duration() => Cell::Number(d.as_f64()),
        Data::DateTime(d) => moment(d.as_f64() + shift),
        Data::DateTimeIso(t) => iso_cell(t),
        Data::DurationIso(t) => Cell::Text(t),
        Data::Error(e) => error_cell(e),
    }
}

fn text(t: &str) -> Cell<'_> {
    if t.is_empty() { Cell::Empty } else { Cell::Text(t) }
}

/// Streams the rows of an .xlsx sheet.
pub(super) fn stream(book: &mut Xlsx<Source>, name: &str, context: &Context<'_>, each: Each<'_>) -> Result<()> {
    let shift = if book.has_1904_epoch() { SHIFT_1904 } else { 0.0 };
    let fail = |e: XlsxError| check::damaged(context.file, e);
    let mut reader = match book.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(e) => return Err(fail(e)),
    };
    // A sheet that does not say its size has one of a single cell.
    let last = u64::from(reader.dimensions().end.0);
    context.progress.start(if last > 0 { last + 1 } else { 0 });
    let mut row: Vec<DataRef<'_>> = Vec::new();
    let mut cells: Vec<Cell<'_>> = Vec::new();
    let (mut current, mut count) = (0u32, 0u64);
    let mut give = |at: u32, row: &mut Vec<DataRef<'_>>, cells: &mut Vec<Cell<'_>>| {
        let mut shown: Vec<Cell<'_>> = recycle(std::mem::take(cells));
        shown.extend(row.iter().map(|d| cell_of_ref(d, shift)));
        let flow = each(Row { number: at + 1, cells: &shown });
        *cells = recycle(shown);
        row.clear();
        context.progress.set(u64::from(at) + 1);
        flow
    };
    // This reader, unlike the plain one, gives its values away instead of lending them.
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(fail)? {
        let (at, column) = cell.pos;
        if at != current {
            if !row.is_empty() {
                if give(current, &mut row, &mut cells).is_break() {
                    return Ok(());
                }
                count += 1;
            }
            current = at;
            if count > context.limits.rows {
                return Err(check::too_many(context.file, "行", "rows", context.limits.rows));
            }
        }
        let column = column as usize;
        if matches!(cell.value, DataRef::Empty) {
            continue;
        }
        if column >= context.limits.columns {
            return Err(check::too_many(context.file, "列", "columns", context.limits.columns as u64));
        }
        if row.len() <= column {
            row.resize(column + 1, DataRef::Empty);
        }
        row[column] = cell.value;
    }
    if !row.is_empty() {
        // The last row: whether to stop no longer matters.
        let _ = give(current, &mut row, &mut cells);
    }
    Ok(())
}

/// Gives the rows of a sheet that is loaded whole.
pub(super) fn range_rows<RS, R>(
    book: &mut R,
    name: &str,
    is_1904: bool,
    context: &Context<'_>,
    each: Each<'_>,
) -> Result<()>
where
    RS: std::io::Read + std::io::Seek,
    R: Reader<RS>,
    R::Error: std::fmt::Display,
{
    let shift = if is_1904 { SHIFT_1904 } else { 0.0 };
    let range = guarded(context.file, || book.worksheet_range(name))?;
    let Some((first_row, first_column)) = range.start() else { return Ok(()) };
    if range.width() + first_column as usize > 16_384 {
        return Err(check::too_many(context.file, "列", "columns", context.limits.columns as u64));
    }
    context.progress.start(range.height() as u64);
    let mut cells: Vec<Cell<'_>> = Vec::new();
    for (i, row) in range.rows().enumerate() {
        context.progress.set(i as u64 + 1);
        let used = row.iter().rposition(|d| *d != Data::Empty).map_or(0, |last| last + 1);
        if used == 0 {
            continue;
        }
        if used + first_column as usize > context.limits.columns {
            return Err(check::too_many(context.file, "列", "columns", context.limits.columns as u64));
        }
        cells.clear();
        cells.resize(first_column as usize, Cell::Empty);
        cells.extend(row[..used].iter().map(|d| cell_of(d, shift)));
        if each(Row { number: first_row + i as u32 + 1, cells: &cells }).is_break() {
            break;
        }
    }
    Ok(())
}

/// Rows the sheet declares, if it does.
pub(super) fn declared_rows(book: &mut Xlsx<Source>, name: &str) -> Option<u64> {
    let end = book.worksheet_cells_reader(name).ok()?.dimensions().end.0;
    (end > 0).then(|| u64::from(end) + 1)
}

/// Columns whose formulas in the first rows have no stored value.
pub(super) fn valueless_formulas(book: &mut Xlsx<Source>, name: &str, rows: u32) -> Vec<usize> {
    let mut found = Vec::new();
    let Ok(mut reader) = book.worksheet_cells_reader(name) else { return found };
    while let Ok(Some(cell)) = reader.next_cell_with_formula_metadata() {
        if cell.pos.0 > rows {
            break;
        }
        let column = cell.pos.1 as usize;
        if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) && !found.contains(&column) {
            found.push(column);
        }
    }
    found.sort_unstable();
    found
}

fn spanning(regions: impl IntoIterator<Item = Dimensions>) -> Vec<Merged> {
    let mut out: Vec<Merged> = regions
        .into_iter()
        .filter(|r| r.end.0 > r.start.0 && r.end.1 - r.start.1 < 100)
        .flat_map(|r| {
            (r.start.1..=r.end.1).map(move |c| Merged {
                column: c as usize,
                first_row: r.start.0 + 1,
                last_row: r.end.0 + 1,
            })
        })
        .collect();
    out.sort_unstable_by_key(|m| (m.column, m.first_row));
    out
}

/// Merged regions of an .xlsx sheet. They stand behind all cells, so the unpacked sheet is searched
/// for them before it is read as XML a second time.
pub(super) fn xlsx_merged(book: &mut Xlsx<Source>, path: &Path, name: &str) -> Vec<Merged> {
    if !mentions_merges(path) {
        return Vec::new();
    }
    book.merge_cells_by_sheet_name(name).map(spanning).unwrap_or_default()
}

/// Sheets that unpack beyond this are made by programs, which seldom merge, and cost too long to search.
const SEARCHED: u64 = 256 << 20;

/// Whether any sheet of the workbook has merged cells.
fn mentions_merges(path: &Path) -> bool {
    let Ok(file) = std::fs::File::open(path) else { return false };
    let Ok(mut zip) = ZipArchive::new(BufReader::new(file)) else { return false };
    let is_sheet = |i: &usize| zip.name_for_index(*i).is_some_and(|n| n.is_ok_and(|n| n.starts_with("xl/worksheets/")));
    let sheets: Vec<usize> = (0..zip.len()).filter(is_sheet).collect();
    sheets
        .into_iter()
        .any(|i| zip.by_index(i).is_ok_and(|part| part.size() <= SEARCHED && contains(part, b"mergeCell ")))
}

/// Whether a stream holds some bytes.
fn contains(mut from: impl Read, wanted: &[u8]) -> bool {
    let finder = memchr::memmem::Finder::new(wanted);
    let mut buf = vec![0u8; 256 << 10];
    let mut kept = 0;
    loop {
        match from.read(&mut buf[kept..]) {
            Ok(n) if n > 0 => {
                let end = kept + n;
                if finder.find(&buf[..end]).is_some() {
                    return true;
                }
                kept = end.min(wanted.len() - 1);
                buf.copy_within(end - kept..end, 0);
            }
            _ => return false,
        }
    }
}

/// Merged regions of an .xls sheet.
pub(super) fn xls_merged(book: &Xls<Source>, name: &str) -> Vec<Merged> {
    book.merge_cells_by_sheet_name(name).map(spanning).unwrap_or_default()
}
