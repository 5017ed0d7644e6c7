//! Text files: encoding and delimiter found from the content, rows streamed in constant memory.

use super::{Context, Each, Row, check, recycle, sniff};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use model::Result;
use model::parse::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// How a text file is written.
pub(super) struct Format {
    encoding: &'static Encoding,
    delimiter: u8,
}

/// Bytes of the longest row; more means a quotation mark that is never closed.
const LONGEST: usize = 4 << 20;
/// How much is looked at to choose the delimiter.
const SAMPLE: usize = 256 << 10;

impl Format {
    /// Finds encoding and delimiter of a file.
    pub(super) fn of(path: &Path, file: &str) -> Result<Self> {
        let encoding = encoding(path).map_err(|e| check::io(file, &e))?;
        let mut sample = Vec::with_capacity(SAMPLE);
        decoded(path, encoding)
            .and_then(|r| r.take(SAMPLE as u64).read_to_end(&mut sample))
            .map_err(|e| check::io(file, &e))?;
        if sample.iter().all(u8::is_ascii_whitespace) {
            return Err(check::bad(
                file,
                "里没有内容",
                "holds nothing",
                "检查文件是否保存完整",
                "check that it was saved whole",
            ));
        }
        Ok(Self { encoding, delimiter: delimiter(&sample) })
    }
}

/// UTF-8 if the text is valid UTF-8 from its start to well into its first Chinese, else GB18030.
fn encoding(path: &Path) -> io::Result<&'static Encoding> {
    let mut file = File::open(path)?;
    let mut chunk = vec![0u8; 1 << 20];
    let mut first = true;
    loop {
        let n = fill(&mut file, &mut chunk)?;
        let part = &chunk[..n];
        if first {
            if part.starts_with(b"\xef\xbb\xbf") {
                return Ok(UTF_8);
            }
            if let Some(big) = sniff::utf16_order(&part[..n.min(4_096)]) {
                return Ok(if big { UTF_16BE } else { UTF_16LE });
            }
            first = false;
        }
        if n == 0 {
            return Ok(UTF_8);
        }
        if part.is_ascii() {
            continue;
        }
        return Ok(match std::str::from_utf8(part) {
            Ok(_) => UTF_8,
            // A character cut by the end of the chunk is no error.
            Err(e) if e.error_len().is_none() && n == chunk.len() => UTF_8,
            Err(_) => GB18030,
        });
    }
}

fn fill(r: &mut impl Read, buf: &mut [u8]) -> io::Result<usize> {
    let mut n = 0;
    while n < buf.len() {
        match r.read(&mut buf[n..])? {
            0 => break,
            k => n += k,
        }
    }
    Ok(n)
}

/// The delimiter that cuts the most lines of the sample into the same number of cells, quotes heeded.
fn delimiter(sample: &[u8]) -> u8 {
    let mut best = (0.0, b',');
    for d in [b',', b'\t', b';', b'|'] {
        let mut reader = csv::ReaderBuilder::new().delimiter(d).has_headers(false).flexible(true).from_reader(sample);
        let mut widths = std::collections::HashMap::new();
        let mut rows = 0.0;
        for record in reader.byte_records().take(60).flatten() {
            *widths.entry(record.len()).or_insert(0.0) += 1.0;
            rows += 1.0;
        }
        let score = widths
            .iter()
            .filter(|(w, _)| **w > 1)
            .map(|(w, n)| n / rows * (1.0 + (*w as f64).ln()))
            .fold(0.0, f64::max);
        if score > best.0 * 1.05 {
            best = (score, d);
        }
    }
    best.1
}

/// The file as UTF-8 without byte order mark.
fn decoded(path: &Path, encoding: &'static Encoding) -> io::Result<Box<dyn Read>> {
    let mut file = File::open(path)?;
    if encoding == UTF_8 {
        let mut mark = [0u8; 3];
        let n = fill(&mut file, &mut mark)?;
        let start: &[u8] = if &mark[..n] == b"\xef\xbb\xbf" { b"" } else { &mark[..n] };
        return Ok(Box::new(io::Cursor::new(start.to_vec()).chain(file)));
    }
    Ok(Box::new(Transcode::new(file, encoding)))
}

/// Decodes a reader to UTF-8 piece by piece.
struct Transcode<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    /// Decoded bytes not yet given out.
    out: Vec<u8>,
    at: usize,
    done: bool,
}

impl<R: Read> Transcode<R> {
    fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; 64 << 10],
            out: Vec::new(),
            at: 0,
            done: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let n = fill(&mut self.inner, &mut self.raw)?;
        self.done = n < self.raw.len();
        let room = self.decoder.max_utf8_buffer_length(n).unwrap_or(4 * n + 16);
        self.out.resize(room, 0);
        let (_, _, written, _) = self.decoder.decode_to_utf8(&self.raw[..n], &mut self.out, self.done);
        self.out.truncate(written);
        self.at = 0;
        Ok(())
    }
}

impl<R: Read> Read for Transcode<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() {
            if self.done {
                return Ok(0);
            }
            self.refill()?;
        }
        let n = buf.len().min(self.out.len() - self.at);
        buf[..n].copy_from_slice(&self.out[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

fn reader(path: &Path, format: &Format) -> io::Result<csv::Reader<BufReader<Box<dyn Read>>>> {
    Ok(csv::ReaderBuilder::new()
        .delimiter(format.delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(256 << 10)
        .from_reader(BufReader::with_capacity(1, decoded(path, format.encoding)?)))
}

/// Streams the rows of a text file.
pub(super) fn rows(path: &Path, format: &Format, context: &Context<'_>, each: Each<'_>) -> Result<()> {
    let bytes = std::fs::metadata(path).map_or(0, |m| m.len());
    // Bytes are counted after decoding; the total is in the same measure, roughly, for the bar.
    let scale = if format.encoding == UTF_8 { 1.0 } else { 1.3 };
    context.progress.start((bytes as f64 * scale) as u64);
    let mut reader = reader(path, format).map_err(|e| check::io(context.file, &e))?;
    let mut record = csv::ByteRecord::new();
    let mut cells: Vec<Cell<'_>> = Vec::new();
    let mut lossy: Vec<(usize, String)> = Vec::new();
    let (mut number, mut count) = (0u64, 0u64);
    loop {
        let line = reader.position().line();
        if !reader.read_byte_record(&mut record).map_err(|e| check::damaged(context.file, e))? {
            break;
        }
        if record.as_slice().len() > LONGEST {
            return Err(check::bad(
                context.file,
                &format!("第 {} 行之后有没成对的引号", number + 1),
                &format!("has an unclosed quotation mark after row {}", number + 1),
                "请用 Excel 或 WPS 打开检查后另存",
                "open it in Excel or WPS, check it and save it again",
            ));
        }
        number += 1 + blank_lines(&record, reader.position().line().saturating_sub(line));
        count += 1;
        if count > context.limits.rows {
            return Err(check::too_many(context.file, "行", "rows", context.limits.rows));
        }
        if record.len() > context.limits.columns && record.iter().skip(context.limits.columns).any(|c| !c.is_empty()) {
            return Err(check::too_many(context.file, "列", "columns", context.limits.columns as u64));
        }
        lossy.clear();
        for (i, field) in record.iter().enumerate() {
            if std::str::from_utf8(field).is_err() {
                lossy.push((i, String::from_utf8_lossy(field).into_owned()));
            }
        }
        let mut row: Vec<Cell<'_>> = recycle(std::mem::take(&mut cells));
        let mut odd = lossy.iter();
        row.extend(record.iter().map(|field| match std::str::from_utf8(field) {
            Ok("") => Cell::Empty,
            Ok(t) => Cell::Text(t),
            Err(_) => odd.next().map_or(Cell::Empty, |(_, t)| Cell::Text(t)),
        }));
        let flow = each(Row { number: u32::try_from(number).unwrap_or(u32::MAX), cells: &row });
        cells = recycle(row);
        if count & 0x3ff == 0 {
            context.progress.set(reader.position().byte());
        }
        if flow.is_break() {
            break;
        }
    }
    context.progress.set(context.progress.total());
    Ok(())
}

/// Blank lines the reader passed over before a record that took so many line ends: a spreadsheet
/// program counts them as rows.
fn blank_lines(record: &csv::ByteRecord, lines: u64) -> u64 {
    if lines <= 1 {
        return 0;
    }
    let inside = record.as_slice().iter().filter(|b| **b == b'\n').count() as u64;
    lines.saturating_sub(1 + inside)
}

/// Rows of the file, counted in a sample and scaled to its size.
pub(super) fn rows_estimate(path: &Path, format: &Format, bytes: u64) -> Option<u64> {
    let mut file = File::open(path).ok()?;
    let mut sample = vec![0u8; SAMPLE];
    let n = fill(&mut file, &mut sample).ok()?;
    let lines = sample[..n].iter().filter(|b| **b == b'\n').count() as u64;
    if n < SAMPLE {
        let mut reader = reader(path, format).ok()?;
        return Some(reader.byte_records().flatten().count() as u64);
    }
    Some(bytes.saturating_mul(lines) / n as u64)
}
