//! Formulas of every form as columns of a book: right after each change, of whatever record.

use model::{ErrorValue, FieldKind, Money, RecordId, Value};
use testkit::{Book, scope};

/// Column, formula: look-ups, patterns, ranks and whole columns in place of shipped figures.
const FORMULAS: &[(&str, &str)] = &[
    ("frequency_points", "COUNTIFS(订单[客户],[@客户编号],订单[产品],\"*茶*\")"),
    ("amount_points", "RANK([@累计金额],客户[累计金额])"),
    ("loyalty_points", "QUINTILE([@累计金额])"),
    ("points", "SUM(订单[数量])+IFERROR(1/([@订单数]-1),0)"),
    ("average", "IFNA(XLOOKUP([@备注],产品[产品名称],产品[单价]),-1)"),
    ("monthly", "PERCENTRANK(客户[累计金额],[@累计金额])*100+[@总评分]"),
    ("lifecycle", "TEXTJOIN(\"/\",TRUE,[@城市],TEXT([@累计金额],\"#,##0.00\"),IF([@订单数]>1,\"回头\",\"\"))"),
];

fn book() -> (Book, Vec<RecordId>) {
    let book = Book::new();
    for (name, price) in [("红茶", 30), ("绿茶", 45)] {
        book.create("products", &[("name", name.into()), ("price", Value::Money(Money::new(price, 0)))]);
    }
    let ids: Vec<RecordId> = (0..6)
        .map(|i| {
            let note = if i % 2 == 0 { "红茶" } else { "没有" };
            book.create("customers", &[("name", format!("客户{i}").as_str().into()), ("note", note.into())])
        })
        .collect();
    for (i, id) in ids.iter().enumerate() {
        for n in 0..i {
            let product = Value::from(if n % 2 == 0 { "茶叶" } else { "杯子" });
            let more = [("product", product), ("quantity", Value::Int(n as i64 + 1))];
            book.order(*id, &format!("{i}-{n}"), "2026-11-01", 100 * (i as i64 + 1), &more);
        }
    }
    for (field, text) in FORMULAS {
        let done = book.store.set_formula(&scope(), "customers", field, text, &mut |_, _| Ok(()));
        done.unwrap_or_else(|e| panic!("{field}: {}", e.zh));
    }
    (book, ids)
}

fn columns_of_every_form_follow_every_change() {
    let (book, ids) = book();
    book.assert_sound();
    assert_eq!(book.cell("customers", ids[5], "amount_points"), Value::Int(1));
    assert_eq!(book.cell("customers", ids[0], "loyalty_points"), Value::Int(1));
    assert_eq!(book.cell("customers", ids[5], "loyalty_points"), Value::Int(5));
    assert_eq!(book.cell("customers", ids[0], "average"), Value::Money(Money::new(30, 0)));
    assert_eq!(book.cell("customers", ids[1], "average"), Value::Money(Money::new(-1, 0)));
    assert_eq!(book.cell("customers", ids[3], "lifecycle"), "1,200.00/回头".into());

    // A price changes: whoever looks it up follows.
    let tea = RecordId(1);
    edit(&book, "products", tea, "price", Value::Money(Money::new(33, 0)));
    assert_eq!(book.cell("customers", ids[2], "average"), Value::Money(Money::new(33, 0)));
    book.assert_sound();
    // A name changes: it is found no more.
    edit(&book, "products", tea, "name", "普洱".into());
    assert_eq!(book.cell("customers", ids[2], "average"), Value::Money(Money::new(-1, 0)));
    book.assert_sound();
    // One customer's total changes: everyone's place may.
    book.order(ids[0], "big", "2026-11-02", 9_999, &[]);
    assert_eq!(book.cell("customers", ids[0], "amount_points"), Value::Int(1));
    assert_eq!(book.cell("customers", ids[5], "amount_points"), Value::Int(2));
    book.assert_sound();
    // A record more, and one less.
    let new = book.create("customers", &[("name", "新".into())]);
    book.assert_sound();
    book.delete("customers", &[new]);
    book.assert_sound();
}

fn edit(book: &Book, table: &str, id: RecordId, field: &str, value: Value) {
    book.edit(table, id, field, value).expect("the edit is fine");
}

fn a_preview_shows_values_and_errors_and_stores_nothing() {
    let (book, ids) = book();
    let shown = book.store.check_formula(&scope(), "customers", "[@累计金额]/([@订单数]-1)", None).unwrap();
    assert_eq!(shown.kind, FieldKind::Money);
    // The five newest, newest first.
    let got: Vec<_> = shown.preview.into_iter().map(|(id, _, value)| (id, value)).collect();
    assert_eq!(got.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids[1..].iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(got[4], (ids[1], Value::Error(ErrorValue::Div0)));
    assert_eq!(got[3], (ids[2], Value::Money(Money::new(600, 0))));
    let e = book.store.check_formula(&scope(), "customers", "1+[@累计金鹅]", None).unwrap_err();
    assert_eq!(e.at, Some((4, 8)));
}

fn sums_beyond_every_number_stop_there() {
    let book = Book::new();
    let most = 9_007_199_254_740_991;
    let id = book.create("customers", &[("name", "甲".into())]);
    for n in 0..1_030 {
        book.create(
            "orders",
            &[
                ("order_no", format!("{n}").as_str().into()),
                ("customer", Value::Link(id)),
                ("time", Value::DateTime(model::DateTime::from_iso("2026-11-01").unwrap())),
                ("amount", Value::Money(Money(most))),
            ],
        );
    }
    assert_eq!(book.cell("customers", id, "total"), Value::Money(Money(9_000_000_000_000_000_000)));
    book.assert_sound();
}

testkit::on_both_engines!(
    sums_beyond_every_number_stop_there,
    columns_of_every_form_follow_every_change,
    a_preview_shows_values_and_errors_and_stores_nothing
);
