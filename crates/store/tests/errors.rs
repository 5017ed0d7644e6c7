//! Errors of formulas: kept beside their columns, read on by whatever reads these.

use model::{
    Condition, ErrorValue, ErrorValue::*, FieldDef, FieldKind, Filter, Label, Money, Op, Query, RecordId, Sort, Value,
};
use store::FieldPatch;
use testkit::{Book, scope};

const fn error(e: ErrorValue) -> Value {
    Value::Error(e)
}

/// The same of every record.
fn all<const N: usize>(v: Value) -> [Value; N] {
    std::array::from_fn(|_| v.clone())
}

fn money(yuan: i64) -> Value {
    Value::Money(Money::new(yuan, 0))
}

fn add(book: &Book, table: &str, name: &str, kind: FieldKind, text: &str) -> String {
    let field = FieldDef { formula: Some(text.into()), ..FieldDef::new("", Label::same(name), kind) };
    let made = book.store.add_field(&scope(), table, field).unwrap_or_else(|e| panic!("{name}: {}", e.zh));
    book.store.fill(&mut |_, _| Ok(())).expect("the fill runs");
    made.key.to_string()
}

fn change(book: &Book, table: &str, key: &str, patch: FieldPatch) {
    book.store.change_field(&scope(), table, key, patch).unwrap_or_else(|e| panic!("{key}: {}", e.zh));
    book.store.fill(&mut |_, _| Ok(())).expect("the fill runs");
}

fn formula(book: &Book, table: &str, key: &str, text: &str) {
    change(book, table, key, FieldPatch { formula: Some(text.into()), ..FieldPatch::default() });
}

/// Orders whose 单件 is #DIV/0! without a quantity, whose 报价 is #N/A without a product.
struct Shop {
    book: Book,
    /// One whose orders hold errors, one whose do not, one without orders.
    customers: [RecordId; 3],
    /// A1 100 for 2, A2 for none, A3 of nothing known, B1 60 for 3, B2 10 for 1.
    orders: Vec<RecordId>,
    each: String,
}

fn shop() -> Shop {
    let book = Book::new();
    book.create("products", &[("name", "茶".into()), ("price", money(9))]);
    let customers = ["甲", "乙", "丙"].map(|name| book.create("customers", &[("name", name.into())]));
    let each = add(&book, "orders", "单件", FieldKind::Money, "[@金额]/[@数量]");
    add(&book, "orders", "报价", FieldKind::Money, "XLOOKUP([@产品],产品[产品名称],产品[单价])");
    add(&book, "orders", "档", FieldKind::Text, "IF([@单件]>=50,\"贵\",\"\")");
    let order = |n: usize, no: &str, yuan: i64, quantity: i64, product: &str| {
        let more = [("quantity", Value::Int(quantity)), ("product", product.into())];
        book.order(customers[n], no, "2026-11-01", yuan, &more)
    };
    let orders = vec![
        order(0, "A1", 100, 2, "茶"),
        order(0, "A2", 50, 0, "茶"),
        order(0, "A3", 8, 4, "米"),
        order(1, "B1", 60, 3, "茶"),
        order(1, "B2", 10, 1, "茶"),
    ];
    Shop { book, customers, orders, each }
}

/// What a formula gives on the newest records of a table, oldest first.
fn shown(book: &Book, table: &str, text: &str) -> Vec<Value> {
    let found = book.store.check_formula(&scope(), table, text, None).unwrap_or_else(|e| panic!("{text}: {}", e.zh));
    found.preview.into_iter().rev().map(|(_, _, value)| value).collect()
}

fn roll_ups_look_ups_and_tests_meet_errors_as_in_excel() {
    let shop = shop();
    let n = |x: f64| Value::Number(x);
    let i = Value::Int;
    let yes = Value::Bool;
    // Of 甲, 乙 and 丙.
    let customers: &[(&str, [Value; 3])] = &[
        ("SUMIFS(订单[单件],订单[客户],[@客户编号])", [error(Div0), money(30), money(0)]),
        ("AVERAGEIFS(订单[单件],订单[客户],[@客户编号])", [error(Div0), money(15), error(Div0)]),
        ("MINIFS(订单[单件],订单[客户],[@客户编号])", [error(Div0), money(10), Value::Null]),
        ("MAXIFS(订单[报价],订单[客户],[@客户编号])", [error(Na), money(9), Value::Null]),
        // What the criteria leave out does no harm.
        ("SUMIFS(订单[单件],订单[客户],[@客户编号],订单[数量],\">0\")", [money(52), money(30), money(0)]),
        ("SUMIFS(订单[数量],订单[客户],[@客户编号],订单[单件],\">0\")", [i(6), i(4), i(0)]),
        ("COUNTIFS(订单[客户],[@客户编号],订单[单件],\"<=50\")", [i(2), i(2), i(0)]),
        // Nothing but being different is true of an error.
        ("COUNTIFS(订单[客户],[@客户编号],订单[单件],\"<>50\")", [i(2), i(2), i(0)]),
        ("COUNTIFS(订单[客户],[@客户编号],订单[档],\"\")", [i(1), i(2), i(0)]),
        ("COUNTIFS(订单[客户],[@客户编号],订单[档],\"<>\")", [i(2), i(0), i(0)]),
        ("COUNTIFS(订单[客户],[@客户编号],订单[档],\"<>*贵*\")", [i(2), i(2), i(0)]),
        ("COUNTIFS(订单[客户],[@客户编号],订单[档],\"<>贵\")", [i(2), i(2), i(0)]),
        ("COUNTIFS(订单[客户],[@客户编号],订单[档],\"*\")", [i(1), i(0), i(0)]),
        // Criteria that differ from record to record, and whole columns.
        ("SUMIFS(订单[单件],订单[数量],\"<=\"&[@订单数])", all(error(Div0))),
        ("SUMIFS(订单[单件],订单[数量],\">\"&[@订单数])", [money(2), money(22), money(82)]),
        ("COUNT(订单[单件])", [i(4), i(4), i(4)]),
        ("COUNTA(订单[档])", [i(2), i(2), i(2)]),
        ("SUM(订单[单件])", all(error(Div0))),
        ("AVERAGE(订单[报价])", all(error(Na))),
        ("IFERROR(MAX(订单[单件]),-1)", all(money(-1))),
        // What is found, and what is not.
        ("XLOOKUP(\"A1\",订单[订单号],订单[单件],-1)", all(money(50))),
        ("XLOOKUP(\"A2\",订单[订单号],订单[单件],-1)", all(error(Div0))),
        ("XLOOKUP(\"A3\",订单[订单号],订单[报价],-1)", all(error(Na))),
        ("XLOOKUP(\"A9\",订单[订单号],订单[报价],-1)", all(money(-1))),
        ("XLOOKUP(\"A9\",订单[订单号],订单[报价])", all(error(Na))),
        ("INDEX(订单[单件],MATCH(\"A2\",订单[订单号],0))", all(error(Div0))),
        ("VLOOKUP(\"A2\",订单[[订单号]:[单件]],COLUMNS_TO_EACH,FALSE)", all(error(Div0))),
    ];
    for (text, expected) in customers {
        let def = shop.book.store.schema().require("orders").unwrap().clone();
        let place = def.fields.iter().position(|f| f.key == *shop.each).unwrap() + 1;
        let text = text.replace("COLUMNS_TO_EACH", &place.to_string());
        assert_eq!(shown(&shop.book, "customers", &text), expected, "{text}");
    }
    // Of the five orders.
    let orders: &[(&str, [Value; 5])] = &[
        ("[@单件]+1", [money(51), error(Div0), money(3), money(21), money(11)]),
        ("[@报价]*0", [money(0), money(0), error(Na), money(0), money(0)]),
        ("ISERROR([@单件])", [false, true, false, false, false].map(yes)),
        ("ISNA([@单件])", [false; 5].map(yes)),
        ("ISNA([@报价])", [false, false, true, false, false].map(yes)),
        ("ISBLANK([@档])", [false, false, true, true, true].map(yes)),
        ("ISNUMBER([@单件])", [true, false, true, true, true].map(yes)),
        ("IFERROR([@单件],[@报价])", [money(50), money(9), money(2), money(20), money(10)]),
        ("IFNA([@单件],0)", [money(50), error(Div0), money(2), money(20), money(10)]),
        ("[@档]=\"贵\"", [yes(true), error(Div0), yes(false), yes(false), yes(false)]),
        ("LEN([@档])", [n(1.0), error(Div0), n(0.0), n(0.0), n(0.0)]),
        ("IF([@数量]=0,0,[@单件])", [money(50), money(0), money(2), money(20), money(10)]),
        ("MAX([@单件],15)", [money(50), error(Div0), money(15), money(20), money(15)]),
        ("COUNT([@单件],[@报价])", [2.0, 1.0, 1.0, 2.0, 2.0].map(n)),
        ("COUNTA([@单件],[@档])", [2.0, 2.0, 1.0, 1.0, 1.0].map(n)),
        ("RANK([@单件],订单[单件])", [n(1.0), error(Div0), n(4.0), n(2.0), n(3.0)]),
        ("PERCENTRANK(订单[单件],[@单件])", [n(1.0), error(Div0), n(0.0), n(0.666), n(0.333)]),
        ("QUINTILE([@单件])", [n(4.0), error(Div0), n(1.0), n(3.0), n(2.0)]),
        ("IFERROR([@单件]+[@报价],7)", [money(59), money(7), money(7), money(29), money(19)]),
        ("COUNTIFS(订单[单件],[@单件])", [i(1), error(Div0), i(1), i(1), i(1)]),
    ];
    for (text, expected) in orders {
        assert_eq!(shown(&shop.book, "orders", text), expected, "{text}");
    }
    // Of errors of both kinds the least: the same on every engine.
    let both = add(&shop.book, "orders", "两种", FieldKind::number(2), "IF([@产品]=\"米\",[@报价],[@单件])");
    assert_eq!(shop.book.cell("orders", shop.orders[2], &both), error(Na));
    assert_eq!(shown(&shop.book, "customers", "SUMIFS(订单[两种],订单[客户],[@客户编号])")[0], error(Div0));
    assert_eq!(shown(&shop.book, "customers", "SUM(订单[两种])")[2], error(Div0));
    shop.book.assert_sound();
}

fn errors_follow_every_change() {
    let Shop { book, customers: [a, b, _], orders, each } = shop();
    let sum = add(&book, "customers", "件价和", FieldKind::Money, "SUMIFS(订单[单件],订单[客户],[@客户编号])");
    let safe = add(&book, "customers", "稳", FieldKind::Money, "IFERROR([@件价和],0)");
    let next = add(&book, "customers", "翻倍", FieldKind::Text, "[@件价和]*2&\"元\"");
    let row = |id| [&sum, &safe, &next].map(|f| book.cell("customers", id, f));
    let bad = [error(Div0), money(0), error(Div0)];
    assert_eq!(row(a), bad);
    assert_eq!(row(b), [money(30), money(30), "60元".into()]);
    book.assert_sound();
    // Mended, undone, broken elsewhere, removed.
    let mended = book.edit("orders", orders[1], "quantity", Value::Int(5)).unwrap().change;
    let good = [money(62), money(62), "124元".into()];
    assert_eq!(row(a), good);
    assert_eq!(book.cell("orders", orders[1], &each), money(10));
    book.assert_sound();
    book.store.undo(&scope(), mended, &mut |_, _| Ok(())).unwrap();
    assert_eq!(row(a), bad);
    book.edit("orders", orders[1], "customer", Value::Link(b)).unwrap();
    assert_eq!((row(a)[0].clone(), row(b)), (money(52), bad));
    book.assert_sound();
    book.delete("orders", &[orders[1]]);
    assert_eq!(row(b)[0], money(30));
    book.assert_sound();
    // Nobody writes an error.
    assert!(book.edit("orders", orders[0], &each, error(Na)).is_err());
    assert!(book.edit("orders", orders[0], "quantity", error(Na)).is_err());
    assert!(book.edit("orders", orders[0], "note", error(Na)).is_err());
    book.assert_sound();
}

fn columns_of_errors_follow_the_schema() {
    let Shop { book, customers: [a, ..], orders, each } = shop();
    let name = |label: &str| FieldPatch { label: Some(Label::same(label)), ..FieldPatch::default() };
    let kind = |kind| FieldPatch { kind: Some(kind), ..FieldPatch::default() };
    let sum = add(&book, "customers", "和", FieldKind::Money, "SUMIFS(订单[单件],订单[客户],[@客户编号])");
    change(&book, "orders", &each, name("每件"));
    assert_eq!(book.cell("customers", a, &sum), error(Div0));
    for (to, value) in [(FieldKind::number(2), Value::Number(50.0)), (FieldKind::Money, money(50))] {
        change(&book, "orders", &each, kind(to));
        assert_eq!(book.cell("orders", orders[0], &each), value);
        assert_eq!(book.cell("orders", orders[1], &each), error(Div0));
        book.assert_sound();
    }
    // A column that cannot fail any more is no error, nor is what reads it; and back again.
    let texts = ["IFERROR([@金额]/[@数量],0)", "[@金额]/[@数量]", "IF([@数量]=0,0,[@金额]/[@数量])", "[@金额]/[@数量]"];
    for (n, text) in texts.iter().enumerate() {
        formula(&book, "orders", &each, text);
        let expected = if n % 2 == 0 { [money(0), money(52)] } else { all(error(Div0)) };
        assert_eq!([book.cell("orders", orders[1], &each), book.cell("customers", a, &sum)], expected, "{text}");
        book.assert_sound();
    }
    // Another kind of error takes its place.
    formula(&book, "orders", &each, "IF([@数量]=0,SQRT(-1),[@金额]/[@数量])");
    assert_eq!(book.cell("customers", a, &sum), error(Num));
    book.assert_sound();
    book.store.remove_field(&scope(), "customers", &sum, false).unwrap();
    assert!(book.store.remove_field(&scope(), "orders", &each, false).is_err(), "档 reads it");
    let book = book.reopened();
    book.assert_sound();
}

fn views_know_errors_from_blanks() {
    let Shop { book, orders, each, .. } = shop();
    let is = |op, values| Filter::Is(Condition { field: each.as_str().into(), op, values });
    let ids = |filter: Filter| {
        let sort = vec![Sort { field: each.as_str().into(), desc: true }];
        let query = Query { filter, sort, ..Query::all("orders") };
        let view = book.store.open_view(&scope(), &query, &["order_no".into()]).unwrap();
        let page = book.store.page(&scope(), &view.id, 0, 500).unwrap();
        let rows: Vec<Vec<serde_json::Value>> = serde_json::from_slice(&page).unwrap();
        rows.iter().map(|r| r[1].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    // A blank amount for something is 0; of a blank day nothing is left.
    assert_eq!(ids(Filter::All(Vec::new())), ["A1", "B1", "B2", "A3", "A2"], "errors come last");
    assert_eq!(ids(is(Op::Blank, vec![])), Vec::<String>::new());
    assert_eq!(ids(is(Op::Filled, vec![])).len(), 5);
    assert_eq!(ids(is(Op::Gt, vec![money(0)])), ["A1", "B1", "B2", "A3"]);
    assert_eq!(ids(is(Op::In, vec![error(Div0), money(2)])), ["A3", "A2"]);
    assert_eq!(ids(is(Op::In, vec![error(Na)])), Vec::<String>::new());
    assert_eq!(ids(is(Op::Ne, vec![error(Div0)])).len(), 4);
    let (values, _) = book.store.field_values(&scope(), "orders", &each, "").unwrap();
    assert!(values.iter().any(|v| v.value == error(Div0) && v.count == 1), "{values:?}");
    let columns = [each.as_str().into(), "order_no".into()];
    let view = book.store.open_view(&scope(), &Query::all("orders"), &columns).unwrap();
    let page = String::from_utf8(book.store.page(&scope(), &view.id, 0, 2).unwrap()).unwrap();
    assert_eq!(page, r##"[[1,5000,"A1"],[2,{"error":"#DIV/0!"},"A2"]]"##);
    let figures = book.store.summary(&scope(), &view.id, &[]).unwrap();
    let f = &figures[each.as_str()];
    assert_eq!((f.filled, f.sum, f.min), (5, Some(8200.0), Some(200.0)));
    assert_eq!(figures["order_no"].filled, 5);
    let json = book.store.record_json(&scope(), "orders", orders[1]).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json[&each], serde_json::json!({ "error": "#DIV/0!" }));
}

testkit::on_both_engines!(
    roll_ups_look_ups_and_tests_meet_errors_as_in_excel,
    errors_follow_every_change,
    columns_of_errors_follow_the_schema,
    views_know_errors_from_blanks,
);
