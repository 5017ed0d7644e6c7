//! What a file is, by its first bytes.

use super::check;
use model::Result;
use std::io::Read;
use std::path::Path;

/// The outer form of a file.
pub(super) enum Container {
    Text,
    /// .xlsx, .ods and other packed kinds.
    Zip,
    /// .xls, or an encrypted .xlsx.
    Compound,
}

/// First bytes and what they are, in both languages.
const OTHER_KINDS: &[(&[u8], &str, &str)] = &[
    (b"%PDF", "是 PDF", "is a PDF"),
    (b"\x89PNG", "是图片", "is a picture"),
    (b"\xff\xd8\xff", "是图片", "is a picture"),
    (b"GIF8", "是图片", "is a picture"),
    (b"BM", "是图片", "is a picture"),
    (b"RIFF", "是图片或音视频", "is a picture, sound or film"),
    (b"Rar!", "是压缩包", "is an archive"),
    (b"7z\xbc\xaf", "是压缩包", "is an archive"),
    (b"\x1f\x8b", "是压缩包", "is an archive"),
    (b"{\\rtf", "是文字文档", "is a text document"),
    (b"SQLite format 3", "是数据库", "is a database"),
];

/// Tells the container of a file, refusing what is no sheet.
pub(super) fn container(path: &Path, file: &str) -> Result<Container> {
    let mut head = Vec::with_capacity(8_192);
    let opened = check::open_file(path, file)?;
    opened.take(8_192).read_to_end(&mut head).map_err(|e| check::io(file, &e))?;
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Container::Zip);
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Ok(Container::Compound);
    }
    // BM alone may begin a text: a picture has control characters behind it.
    let binary = head.iter().any(|b| *b < 9) && !looks_utf16(&head);
    for (magic, zh, en) in OTHER_KINDS {
        if head.starts_with(magic) && (binary || magic.len() > 2 || magic[0] > 127 || magic[0] < 32) {
            return Err(check::bad(
                file,
                zh,
                en,
                "请选择 .xlsx、.xls、.ods、.csv 或 .txt 表格",
                "choose a sheet (.xlsx, .xls, .ods, .csv or .txt)",
            ));
        }
    }
    if binary {
        return Err(check::bad(
            file,
            "不是能识别的表格",
            "is no kind of sheet known here",
            "请在 Excel 或 WPS 中另存为 .xlsx 或 .csv",
            "save it as .xlsx or .csv in Excel or WPS",
        ));
    }
    refuse_markup(&head, file)?;
    Ok(Container::Text)
}

/// Web pages and XML under the name of a sheet: many shop back ends call an HTML table `.xls`.
fn refuse_markup(head: &[u8], file: &str) -> Result<()> {
    let text = String::from_utf8_lossy(head).trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']).to_lowercase();
    let is_markup = ["<!doctype", "<html", "<table", "<?xml", "<head", "<meta", "<style", "<div"]
        .iter()
        .any(|m| text.starts_with(m));
    if is_markup {
        return Err(check::bad(
            file,
            "其实是网页（HTML/XML），不是表格",
            "is a web page (HTML/XML), not a sheet",
            "请用 Excel 或 WPS 打开后另存为 .xlsx",
            "open it in Excel or WPS and save it as .xlsx",
        ));
    }
    Ok(())
}

/// UTF-16 with or without a byte order mark: every other byte of Latin text and line ends is zero.
pub(super) fn looks_utf16(head: &[u8]) -> bool {
    utf16_order(head).is_some()
}

/// Whether the text is UTF-16, and if so whether big-endian.
pub(super) fn utf16_order(head: &[u8]) -> Option<bool> {
    if head.starts_with(b"\xff\xfe") {
        return Some(false);
    }
    if head.starts_with(b"\xfe\xff") {
        return Some(true);
    }
    let pairs = head.chunks_exact(2);
    let count = pairs.len();
    let (mut little, mut big) = (0, 0);
    for p in pairs {
        little += usize::from(p[1] == 0 && matches!(p[0], b'\t' | b'\n' | b'\r' | b' '..=b'~'));
        big += usize::from(p[0] == 0 && matches!(p[1], b'\t' | b'\n' | b'\r' | b' '..=b'~'));
    }
    // Separators and digits make up a good part of any sheet.
    // 一 and its likes have a zero byte too, in the other place.
    if count >= 4 && little * 8 > count && big * 4 < little {
        return Some(false);
    }
    (count >= 4 && big * 8 > count && little * 4 < big).then_some(true)
}
