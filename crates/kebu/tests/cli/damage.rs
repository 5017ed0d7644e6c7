//! What can go wrong: damaged and foreign files, lost books, spoiled columns, a kill in the middle.

use crate::support::{Place, TODAY, command, content, fixture, python, run};
use serde_json::json;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A book with some of a seller's customers in it.
fn started() -> Place {
    let place = Place::new();
    place.kebu(&["import", &fixture("客户追踪表.xls")]).exits(0);
    place
}

/// Bytes of a fixture.
fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).expect("the fixture")
}

/// Files that no import may take: name and content.
fn bad_files() -> Vec<(&'static str, Vec<u8>)> {
    let good = bytes("带公式的客户表.xlsx");
    let mut spoiled = good.clone();
    let middle = spoiled.len() / 2;
    spoiled[middle..middle + 400].fill(0x5a);
    vec![
        ("empty.xlsx", Vec::new()),
        ("empty.csv", Vec::new()),
        ("blank.csv", b"\n\n  \n".to_vec()),
        ("cut.xlsx", good[..good.len() * 2 / 3].to_vec()),
        ("head.xlsx", good[..64].to_vec()),
        ("spoiled.xlsx", spoiled),
        ("cut.xls", bytes("客户追踪表.xls")[..3_000].to_vec()),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10".repeat(50)),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x01\x02\x03".repeat(50)),
        ("letter.docx", b"PK\x03\x04 no workbook in here".to_vec()),
        ("program.csv", [b"\x7fELF\x02\x01\x01\x00".to_vec(), vec![0; 4_000]].concat()),
        ("notes.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec()),
    ]
}

#[test]
fn damaged_empty_and_wrong_files_are_refused_and_the_book_stays_as_it_was() {
    let place = started();
    let before = place.sound_counts();
    for (name, content) in bad_files() {
        let file = place.at(name);
        std::fs::write(&file, content).expect("a file");
        let ran = run(&["--data", &place.at("data"), "--as-of", TODAY, "--lang", "en", "import", &file]);
        assert_eq!(ran.code, 1, "{name}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains("error: ") && ran.err.len() > 30, "{name} says too little: {}", ran.err);
        assert!(!ran.err.contains("panicked"), "{name}: {}", ran.err);
    }
    assert_eq!(place.sound_counts(), before);
}

#[test]
fn a_sheet_in_which_nothing_is_recognised_is_refused_rather_than_passed_over() {
    let place = started();
    let file = place.at("strange.csv");
    std::fs::write(&file, "颜色,形状\n红,圆\n绿,方\n").expect("a file");
    let ran = place.kebu(&["import", &file]).exits(1);
    assert!(ran.json()["error"]["message"].is_string());
}

#[test]
fn one_bad_file_among_good_ones_stops_the_whole_import() {
    let place = started();
    let before = place.sound_counts();
    let bad = place.at("cut.xlsx");
    std::fs::write(&bad, &bytes("带公式的客户表.xlsx")[..2_000]).expect("a file");
    place.kebu(&["import", &fixture("客户等级表.csv"), &bad]).exits(1);
    assert_eq!(place.sound_counts(), before);
}

#[test]
fn an_enormous_row_is_refused_with_its_place() {
    let place = started();
    let before = place.sound_counts();
    let cell = "x".repeat(40 << 20);
    let wide = ",x".repeat(500_000);
    for (name, row) in
        [("long.csv", format!("王小华,13800138000,{cell}")), ("wide.csv", format!("王小华,13800138000,{wide}"))]
    {
        let file = place.at(name);
        std::fs::write(&file, format!("姓名,手机,备注\n{row}\n")).expect("a file");
        let started = Instant::now();
        let ran = place.kebu(&["import", &file]).exits(1);
        assert!(ran.json()["error"]["message"].as_str().is_some_and(|m| !m.is_empty()), "{name}");
        assert!(started.elapsed() < Duration::from_secs(20), "{name} took {:?}", started.elapsed());
    }
    assert_eq!(place.sound_counts(), before);
}

#[test]
fn a_spoiled_derived_column_is_found() {
    for (field, value) in [("grade", json!("VIP客户")), ("total", json!(123_456_789)), ("order_count", json!(null))] {
        let place = started();
        let book = place.book().display().to_string();
        assert_eq!(python("book.py", &["tamper", &book, field, &value.to_string()])["rows"], 1);
        let report = run(&["--data", &place.at("data"), "--json", "check"]).exits(1).json();
        assert_eq!(report["sound"], false);
        assert!(report["different"].as_u64() >= Some(1), "{report}");
        assert!(report["differences"].to_string().contains(field), "{report}");
    }
}

#[test]
fn a_folder_that_lost_its_book_is_an_error_and_a_foreign_one_is_refused() {
    let place = started();
    std::fs::remove_file(place.book()).expect("the book goes");
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(place.path(&format!("data/books/1.db{suffix}")));
    }
    let ran = place.kebu(&["check"]).exits(1);
    assert_eq!(ran.json()["error"]["code"], "conflict");
    assert!(std::fs::read_dir(place.path("data/books")).expect("books").next().is_none(), "no empty book in its place");

    let lost = started();
    std::fs::remove_file(lost.path("data/system.db")).expect("the list of books goes");
    lost.kebu(&["check"]).exits(1);
    assert!(!lost.path("data/system.db").exists());

    let foreign = Place::new();
    std::fs::create_dir(foreign.path("data")).expect("a folder");
    std::fs::write(foreign.path("data/holiday.txt"), "no book").expect("a file");
    let before = content(&foreign.path("data"));
    for command in [&["check"][..], &["demo", "--customers", "5", "--orders", "5"]] {
        foreign.kebu(command).exits(1);
    }
    assert!(content(&foreign.path("data")) == before, "a foreign folder is left alone");

    let other = started();
    std::fs::write(other.book(), "this is no database at all, only words".repeat(200)).expect("spoiled");
    let ran = other.kebu(&["check"]).exits(1);
    assert_eq!(ran.json()["error"]["code"], "conflict", "{}", ran.out);
}

#[test]
fn a_book_of_a_newer_program_is_refused_untouched() {
    let place = started();
    let mut bytes = std::fs::read(place.book()).expect("the book");
    // The format's number stands in the file's header at offset 60, most significant byte first.
    bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    std::fs::write(place.book(), &bytes).expect("written");
    let ran = place.kebu(&["check"]).exits(1);
    assert_eq!(ran.json()["error"]["code"], "conflict", "{}", ran.out);
    assert!(std::fs::read(place.book()).expect("the book") == bytes, "it was touched");
}

#[test]
fn a_kill_in_the_middle_of_an_import_leaves_all_of_it_or_nothing() {
    const CUSTOMERS: u64 = 20_000;
    const ORDERS: u64 = 200_000;
    let place = started();
    let before = place.sound_counts();
    let [customers, orders] = place.demo("csv", CUSTOMERS as u32, ORDERS as u32);
    let clock = Instant::now();
    place.kebu(&["import", &customers, &orders]).exits(0);
    let whole = clock.elapsed();
    let after = place.sound_counts();
    assert_eq!(after, (before.0 + CUSTOMERS, before.1 + ORDERS));
    for percent in [5, 30, 60, 90] {
        let place = started();
        let mut child = command()
            .args(["--data", &place.at("data"), "--as-of", TODAY, "--json", "import", &customers, &orders])
            .stdout(Stdio::null())
            .spawn()
            .expect("the import starts");
        std::thread::sleep(whole * percent / 100);
        child.kill().expect("killed");
        child.wait().expect("gone");
        let counts = place.sound_counts();
        assert!(counts == before || counts == after, "killed at {percent} % the book holds {counts:?}");
    }
}
