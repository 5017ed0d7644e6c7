//! Contents of attachments: kept once, for as long as something names them.

use model::{FieldDef, FieldKind, FileRef, Label, Value};
use testkit::{Book, scope};

fn files_are_kept_by_their_digest() {
    let book = Book::new();
    let id = "a".repeat(64);
    let bytes: Vec<u8> = (0..=255).cycle().take(2_000_000).collect();
    book.store.put_file(&scope(), &id, &bytes).unwrap();
    book.store.put_file(&scope(), &id, &bytes).unwrap();
    let book = book.reopened();
    assert!(book.store.file(&scope(), &id).unwrap().unwrap() == bytes);
    for other in ["b".repeat(64), "../../etc/passwd".into(), String::new()] {
        assert_eq!(book.store.file(&scope(), &other).unwrap(), None);
    }
}

fn contents_nothing_names_go_after_a_day() {
    let book = Book::new();
    let contract = FieldDef::new("", Label::same("合同"), FieldKind::Attachment { images: false });
    let key = book.store.add_field(&scope(), "customers", contract).unwrap().key;
    let ids = ["a", "b", "c", "d"].map(|d| d.repeat(64));
    for id in &ids {
        book.store.put_file(&scope(), id, id.as_bytes()).unwrap();
    }
    let cell = |id: &str| {
        let file = FileRef { id: id.to_owned(), name: "合同.pdf".into(), media: "application/pdf".into(), size: 64 };
        Value::Files(vec![file])
    };
    let c = book.create("customers", &[("name", "甲".into()), (&key, cell(&ids[0]))]);
    // Replaced: the log still has it.
    book.edit("customers", c, &key, cell(&ids[1])).unwrap();
    let next_day = |n: i32| {
        let today = book.store.today();
        book.store.turn_day(model::Date(today.0 + n), &mut |_, _| Ok(())).unwrap();
    };
    assert_eq!(book.store.sweep_files().unwrap(), 0, "nothing goes the first time");
    assert_eq!(book.store.sweep_files().unwrap(), 0, "nor the same day");
    book.store.put_file(&scope(), &ids[3], ids[3].as_bytes()).unwrap();
    next_day(1);
    assert_eq!(book.store.sweep_files().unwrap(), 1);
    let there = ids.each_ref().map(|id| book.store.file(&scope(), id).unwrap().is_some());
    assert_eq!(there, [true, true, false, true], "what came again is waited for again");
    next_day(1);
    assert_eq!(book.store.sweep_files().unwrap(), 1);
}

testkit::on_both_engines!(files_are_kept_by_their_digest, contents_nothing_names_go_after_a_day);
