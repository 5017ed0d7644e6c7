use super::*;
use std::io::Write as _;
use std::path::Path;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

fn file(dir: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn rows(path: &Path) -> Vec<(u32, Vec<String>)> {
    let mut book = open(path, &Limits::default()).unwrap();
    let mut out = Vec::new();
    book.for_each_row(0, |row| {
        out.push((row.number, row.cells.iter().map(|c| c.to_text().into_owned()).collect()));
        ControlFlow::Continue(())
    })
    .unwrap();
    out
}

fn refused(path: &Path, limits: &Limits) -> Error {
    match open(path, limits) {
        Err(e) => e,
        Ok(mut book) => book.for_each_row(0, |_| ControlFlow::Continue(())).unwrap_err(),
    }
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
}

#[test]
fn texts_of_every_encoding_and_delimiter_read_alike() {
    let dir = TempDir::new().unwrap();
    let text = "姓名,手机,备注\r\n张三,13800138000,\"一,\n二\"\r\n\r\n李四,13900139000,\r\n";
    let expected = [
        (1, vec!["姓名", "手机", "备注"]),
        (2, vec!["张三", "13800138000", "一,\n二"]),
        (4, vec!["李四", "13900139000", ""]),
    ];
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("utf8.csv", text.into()),
        ("mark.csv", ["\u{feff}", text].concat().into()),
        ("gb18030.csv", gb),
        ("utf16le.csv", utf16(text, true, false)),
        ("utf16be.csv", utf16(text, true, true)),
        ("utf16 without mark.txt", utf16(text, false, false)),
        ("named.xlsx", text.into()),
        ("lf.csv", text.replace("\r\n", "\n").into()),
    ];
    for (name, bytes) in forms {
        let found = rows(&file(&dir, name, &bytes));
        assert_eq!(found.len(), 3, "{name}");
        for ((n, cells), (m, wanted)) in found.iter().zip(&expected) {
            assert_eq!((n, cells.iter().map(String::as_str).collect::<Vec<_>>()), (m, wanted.clone()), "{name}");
        }
    }
    for d in ['\t', ';', '|'] {
        let line = format!("姓名{d}金额{d}日期\n张三{d}1,234.50{d}2024-01-02\n李四{d}5{d}2024-01-03\n");
        assert_eq!(rows(&file(&dir, "d.txt", line.as_bytes()))[1].1, ["张三", "1,234.50", "2024-01-02"], "{d:?}");
    }
}

#[test]
fn a_late_chinese_character_still_tells_the_encoding() {
    let dir = TempDir::new().unwrap();
    let mut text = "name,note\n".to_owned();
    while text.len() < 3 << 20 {
        text.push_str("abcdefgh,ijklmnop\n");
    }
    text.push_str("张三,客户\n");
    for bytes in [text.clone().into_bytes(), encoding_rs::GB18030.encode(&text).0.into_owned()] {
        let found = rows(&file(&dir, "late.csv", &bytes));
        assert_eq!(found.last().unwrap().1, ["张三", "客户"]);
    }
}

#[test]
fn what_is_no_sheet_is_refused_with_its_kind() {
    let dir = TempDir::new().unwrap();
    let mut encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    encrypted.extend(utf16("EncryptedPackage", false, false));
    let good =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sheets/有赞客户导出.xlsx")).unwrap();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("空.csv", vec![], "空文件"),
        ("blank.csv", b" \r\n \n".to_vec(), "没有内容"),
        ("page.xls", b"\xef\xbb\xbf<html><table><tr><td>1</td></tr></table></html>".to_vec(), "网页"),
        ("old.xls", b"<?xml version=\"1.0\"?><Workbook/>".to_vec(), "网页"),
        ("a.pdf", b"%PDF-1.7 abc".to_vec(), "PDF"),
        ("a.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "图片"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), "图片"),
        ("a.gz", b"\x1f\x8b\x08\0\0\0".to_vec(), "压缩包"),
        ("bin.csv", (0..=255).cycle().take(5000).collect(), "不是能识别的表格"),
        ("a.zip", packed(&[("readme.txt", b"hi")]), "压缩包"),
        ("a.docx", packed(&[("word/document.xml", b"<w/>")]), "Word"),
        ("a.xlsb", packed(&[("xl/workbook.bin", b"..")]), "xlsb"),
        ("locked.xlsx", encrypted, "密码"),
        ("cut.xlsx", good[..good.len() / 2].to_vec(), "损坏"),
        ("hollow.xlsx", packed(&[("xl/workbook.xml", b"<workbook")]), "损坏"),
        ("hollow.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing".to_vec(), "损坏"),
    ];
    for (name, bytes, word) in cases {
        let e = refused(&file(&dir, name, &bytes), &Limits::default());
        assert!(e.zh.contains(word) && e.zh.contains(name), "{name}: {}", e.zh);
        assert_eq!(e.code, ErrorCode::BadFile, "{name}");
        assert!(!e.en.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c) && !name.contains(c)), "{}", e.en);
    }
    assert_eq!(refused(&dir.path().join("missing.csv"), &Limits::default()).code, ErrorCode::NotFound);
}

#[test]
fn every_cut_of_a_workbook_is_an_error_or_a_sheet_but_never_a_crash() {
    let dir = TempDir::new().unwrap();
    for name in ["有赞客户导出.xlsx", "客户追踪表.xls"] {
        let good =
            std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sheets").join(name)).unwrap();
        for part in 1..24 {
            let path = file(&dir, "cut", &good[..good.len() * part / 24]);
            if let Ok(mut book) = open(&path, &Limits::default()) {
                for sheet in 0..book.sheets().len() {
                    let _ = book.for_each_row(sheet, |_| ControlFlow::Continue(()));
                }
            }
        }
    }
}

#[test]
fn limits_hold() {
    let dir = TempDir::new().unwrap();
    let long = file(&dir, "long.csv", "a,b\n1,2\n3,4\n".as_bytes());
    assert_eq!(refused(&long, &Limits { rows: 2, ..Limits::default() }).code, ErrorCode::TooLarge);
    assert_eq!(refused(&long, &Limits { columns: 1, ..Limits::default() }).code, ErrorCode::TooLarge);
    assert_eq!(refused(&long, &Limits { file_bytes: 5, ..Limits::default() }).code, ErrorCode::TooLarge);
    let zeros = vec![b' '; 70 << 20];
    let bomb = packed(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &zeros)]);
    let e = refused(&file(&dir, "bomb.xlsx", &bomb), &Limits::default());
    assert!(e.zh.contains("解压"), "{}", e.zh);
    let strings = packed(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &zeros)]);
    let small = Limits { loaded_bytes: 1 << 20, ..Limits::default() };
    assert_eq!(refused(&file(&dir, "strings.xlsx", &strings), &small).code, ErrorCode::TooLarge);
    let quote = format!("a,b\n1,\"{}", "x,y\n".repeat(2 << 20));
    let e = refused(&file(&dir, "quote.csv", quote.as_bytes()), &Limits::default());
    assert!(e.zh.contains("引号"), "{}", e.zh);
}

#[test]
fn the_1904_system_and_progress() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sheets/带公式的客户表.xlsx");
    let found = rows(&path);
    assert_eq!(found[1].1[6], "2025-01-06");
    let mut book = open(&path, &Limits::default()).unwrap();
    assert_eq!(book.formulas_without_value(0, 100), [3, 4, 5]);
    let progress = book.progress();
    book.for_each_row(1, |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(progress.fraction(), Some(1.0));
    let mut seen = 0;
    book.for_each_row(1, |_| {
        seen += 1;
        if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .unwrap();
    assert_eq!(seen, 3);
    assert!(book.for_each_row(9, |_| ControlFlow::Continue(())).is_err());
}
