//! One question to all tables.

use model::{FieldDef, FieldKind, Label, RecordId, Value};
use store::{BatchOptions, MatchKey};
use testkit::{Book, scope};

/// What is found: table, record, field.
fn found(book: &Book, typed: &str) -> Vec<(String, i64, String)> {
    let groups = book.store.find(&scope(), typed, 5).unwrap_or_else(|e| panic!("{typed}: {}", e.zh));
    let hits = groups.iter().flat_map(|g| g.hits.iter().map(|h| (g.table.to_string(), h.id.0, h.field.to_string())));
    hits.collect()
}

fn is(book: &Book, typed: &str, want: &[(&str, i64, &str)]) {
    let want: Vec<_> = want.iter().map(|(t, id, f)| ((*t).to_owned(), *id, (*f).to_owned())).collect();
    assert_eq!(found(book, typed), want, "{typed}");
}

fn own_table(book: &Book) -> (model::TableKey, model::FieldKey) {
    let table = book.store.add_table(&scope(), Label::same("跟进"), None).unwrap().key;
    let said = FieldDef::new("", Label::same("内容"), FieldKind::LongText);
    let field = book.store.add_field(&scope(), &table, said).unwrap().key;
    (table, field)
}

fn every_table_answers() {
    let book = Book::new();
    let (table, said) = own_table(&book);
    let wang = book.create(
        "customers",
        &[("name", "王小华".into()), ("mobile", "13800138000".into()), ("note", "喜欢大码，李姐介绍".into())],
    );
    book.create("customers", &[("name", "李大码".into())]);
    book.order(wang, "TB20261101", "2026-11-01", 100, &[("note", "送大码围巾".into())]);
    book.order(wang, "TB20261102", "2026-11-02", 100, &[]);
    book.create("products", &[("name", "羊绒围巾".into())]);
    book.create(&table, &[("name", "电话".into()), (&said, "问了大码围巾的颜色".into())]);
    for (typed, want) in [
        (
            "大码",
            &[("customers", 2, "name"), ("customers", 1, "note"), ("orders", 1, "note"), (&*table, 1, &*said)][..],
        ),
        ("wxh", &[("customers", 1, "name")]),
        ("8000", &[("customers", 1, "mobile")]),
        ("TB2026110", &[("orders", 2, "order_no"), ("orders", 1, "order_no")]),
        ("TB20261102", &[("orders", 2, "order_no")]),
        ("围巾", &[("orders", 1, "note"), ("products", 1, "name"), (&*table, 1, &*said)]),
        ("yangrong", &[("products", 1, "name")]),
        ("大码围", &[("orders", 1, "note"), (&*table, 1, &*said)]),
        ("大码 李姐", &[("customers", 1, "note")]),
        ("dianhua", &[(&*table, 1, "name")]),
        ("k000002", &[("customers", 2, "code")]),
        ("没有", &[]),
        (" ", &[]),
    ] {
        is(&book, typed, want);
    }
    assert_eq!(book.find("李姐"), [1], "the customers' own box finds notes too");
    book.assert_sound();
}

fn the_answer_follows_every_change() {
    let book = Book::new();
    let (table, said) = own_table(&book);
    let id = book.create(&table, &[(&said, "旧话".into())]);
    let none: &[(&str, i64, &str)] = &[];
    let hit = [(&*table, 1, &*said)];
    is(&book, "旧话", &hit);
    book.edit(&table, id, &said, "新话".into()).unwrap();
    is(&book, "旧话", none);
    is(&book, "新话", &hit);
    book.edit(&table, id, &said, Value::Null).unwrap();
    is(&book, "新话", none);
    let edit = |text: &str| book.edit(&table, id, &said, text.into()).unwrap().change;
    let change = edit("再来");
    book.store.undo(&scope(), change, &mut |_, _| Ok(())).unwrap();
    is(&book, "再来", none);
    edit("又来");
    let gone = book.delete(&table, &[id]).change;
    is(&book, "又来", none);
    book.store.undo(&scope(), gone, &mut |_, _| Ok(())).unwrap();
    is(&book, "又来", &hit);
    // A number that becomes text is searched from then on.
    let number = FieldDef::new("", Label::same("件数"), FieldKind::number(0));
    let field = book.store.add_field(&scope(), &table, number).unwrap().key;
    book.edit(&table, id, &field, Value::Int(4711)).unwrap();
    is(&book, "4711", none);
    book.store.turn(&scope(), &table, &field, FieldKind::Text, &[], &mut |_, _| Ok(())).unwrap();
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    is(&book, "4711", &[(&*table, 1, &*field)]);
    // What a removed field said is no answer any more.
    book.store.remove_field(&scope(), &table, &field, false).unwrap();
    is(&book, "4711", none);
    book.store.remove_table(&scope(), &table, false).unwrap();
    is(&book, "又来", none);
    book.assert_sound();
}

fn imported_rows_are_found_and_forgotten() {
    let book = Book::new();
    let (table, said) = own_table(&book);
    let options = BatchOptions {
        origin: model::Origin::Import,
        match_key: MatchKey::Identity,
        dry_run: false,
        expected_orders: 0,
    };
    let rows = |b: &mut store::Batch<'_>| {
        let orders = b.columns("orders", &["order_no".into(), "note".into()])?;
        let own = b.columns(&table, &["name".into(), said.clone()])?;
        for n in 0..1_200 {
            let note = if n == 700 { "急件".into() } else { Value::Null };
            b.order(orders, &mut [Value::Text(format!("N{n:05}")), note], None, String::new)?;
            b.own(own, &mut [Value::Text(format!("名{n}")), "话多".into()])?;
        }
        Ok(())
    };
    let (change, ()) = book.store.batch(&scope(), options, rows, &mut |_, _, _| Ok(())).unwrap();
    is(&book, "急件", &[("orders", 701, "note")]);
    is(&book, "N00042", &[("orders", 43, "order_no")]);
    let many = book.store.find(&scope(), "话多", 5).unwrap();
    assert_eq!((many.len(), many[0].hits.len(), many[0].more), (1, 5, true));
    book.store.undo(&scope(), change.unwrap(), &mut |_, _| Ok(())).unwrap();
    for typed in ["急件", "N00042", "话多"] {
        assert_eq!(found(&book, typed), [], "{typed}");
    }
    book.assert_sound();
}

fn the_closest_comes_first_however_many_there_are() {
    let book = Book::new();
    let rows = (0..400).map(|n| vec![("name".into(), Value::Text(format!("王小{n}")))]).collect();
    let change = model::Change::Create { table: "customers".into(), records: rows };
    book.store.apply(&scope(), change, model::Origin::Edit).unwrap();
    let wang = book.create("customers", &[("name", "王小".into())]);
    let first = |typed: &str| book.store.find(&scope(), typed, 5).unwrap()[0].hits[0].clone();
    assert_eq!(first("王小").id, wang);
    let long = ["前".repeat(100), "要找的话".into(), "后".repeat(100)].concat();
    book.edit("customers", RecordId(7), "note", long.as_str().into()).unwrap();
    assert_eq!(first("要找的话").text, "…前前前前前前前前要找的话".to_owned() + &"后".repeat(28) + "…");
}

testkit::on_both_engines!(
    every_table_answers,
    the_answer_follows_every_change,
    imported_rows_are_found_and_forgotten,
    the_closest_comes_first_however_many_there_are,
);
