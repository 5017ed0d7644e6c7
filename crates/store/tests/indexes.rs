//! Indexes that come with views, on both engines.

use model::{Change, Condition, Date, FieldDef, FieldKind, Filter, Label, Op, Origin, Query, Value};
use std::time::Duration;
use store::{IndexPolicy, IndexesTended};
use testkit::{Book, scope, today};

/// As for a large book, but at once.
fn eager() -> IndexPolicy {
    let at_once = Duration::ZERO;
    IndexPolicy { least_rows: 100, waited_each: at_once, waited: at_once, most: 2, ..IndexPolicy::default() }
}

/// 200 customers, one a day to be contacted, each of a source of its own; two are of 长沙, the others of 广州.
fn book() -> Book {
    let book = Book::new();
    let record = |n: i32| {
        let city = if n < 2 { "长沙" } else { "广州" };
        let source = format!("来源{n}");
        let cells = [("city", city.into()), ("source", source.as_str().into()), ("next_contact", day(n))];
        cells.into_iter().map(|(k, v): (&str, Value)| (k.into(), v)).collect()
    };
    let change = Change::Create { table: "customers".into(), records: (0..200).map(record).collect() };
    book.store.apply(&scope(), change, Origin::Edit).unwrap();
    book
}

fn day(n: i32) -> Value {
    Value::Date(Date(today().0 + n))
}

fn is(field: &str, op: Op, values: &[Value]) -> Filter {
    Filter::Is(Condition { field: field.into(), op, values: values.to_vec() })
}

fn eq(field: &str, text: &str) -> Filter {
    is(field, Op::Eq, &[text.into()])
}

fn found(book: &Book, filter: Filter) -> usize {
    book.ids(&Query { filter, ..Query::all("customers") }).len()
}

fn tended(book: &Book) -> IndexesTended {
    book.store.tend_indexes(&eager()).unwrap()
}

/// The fields of customers that got an index.
fn made(book: &Book) -> Vec<String> {
    let tended = tended(book);
    assert_eq!(tended.dropped, []);
    tended.made.iter().map(|(table, field)| format!("{table}.{field}")).collect()
}

fn a_field_asked_for_gets_an_index_and_loses_it_when_nobody_asks() {
    let book = book();
    assert_eq!(tended(&book), IndexesTended::default(), "nobody asked");
    assert_eq!(found(&book, eq("city", "长沙")), 2);
    assert_eq!(made(&book), ["customers.city"]);
    assert_eq!(found(&book, eq("city", "长沙")), 2);
    assert_eq!(found(&book, eq("city", "广州")), 198, "and of what is not rare");
    assert_eq!(tended(&book), IndexesTended::default(), "it is there");

    let later = |book: &Book, days| book.store.turn_day(Date(today().0 + days), &mut |_, _| Ok(())).unwrap();
    later(&book, 20);
    assert_eq!(found(&book, eq("city", "长沙")), 2);
    assert_eq!(tended(&book), IndexesTended::default(), "it served on the 20th day");
    let book = book.reopened();
    later(&book, 50);
    assert_eq!(tended(&book), IndexesTended::default(), "30 days later it is still there");
    later(&book, 51);
    let gone = IndexesTended { dropped: vec![("customers".into(), "city".into())], ..IndexesTended::default() };
    assert_eq!(tended(&book), gone);
    assert_eq!(found(&book, eq("city", "长沙")), 2);
    assert_eq!(made(&book), ["customers.city"], "it comes again");
    book.assert_sound();
}

fn only_few_records_are_worth_an_index() {
    let book = book();
    found(&book, eq("city", "广州"));
    found(&book, Filter::Any(vec![eq("city", "长沙"), eq("source", "来源1")]));
    found(&book, Filter::Not(Box::new(eq("city", "长沙"))));
    found(&book, is("city", Op::Blank, &[]));
    found(&book, is("city", Op::Contains, &["长".into()]));
    found(&book, eq("code", "K0001"));
    assert_eq!(made(&book), Vec::<String>::new());
    // A range is asked of a field by two conditions.
    let week = |from| {
        Filter::All(vec![is("next_contact", Op::Ge, &[day(from)]), is("next_contact", Op::Lt, &[day(from + 7)])])
    };
    assert_eq!(found(&book, is("next_contact", Op::Ge, &[day(7)])), 193);
    assert_eq!(made(&book), Vec::<String>::new());
    assert_eq!(found(&book, Filter::All(vec![week(20), eq("city", "广州")])), 7);
    assert_eq!(made(&book), ["customers.next_contact"]);
    assert_eq!(found(&book, week(100)), 7);
    assert_eq!(found(&book, is("next_contact", Op::Within, &["next_7_days".into()])), 7);
}

fn a_calendar_asks_for_its_days() {
    let book = book();
    let view = book.store.open_view(&scope(), &Query::all("customers"), &["code".into()]).unwrap();
    let week = |from: i32| {
        let (from, to) = (Date(today().0 + from), Date(today().0 + from + 7));
        book.store.days(&scope(), &view.id, "next_contact", from, to, 3).unwrap().days
    };
    let before = week(30);
    assert_eq!(before.len(), 7);
    assert_eq!(made(&book), ["customers.next_contact"]);
    assert_eq!(week(30), before);
}

fn a_table_has_only_so_many_and_small_ones_none() {
    let book = book();
    let strict = IndexPolicy { least_rows: 201, ..eager() };
    found(&book, eq("city", "长沙"));
    assert_eq!(book.store.tend_indexes(&strict).unwrap(), IndexesTended::default());
    let patient = IndexPolicy { waited: Duration::from_secs(3600), ..eager() };
    found(&book, eq("city", "长沙"));
    assert_eq!(book.store.tend_indexes(&patient).unwrap(), IndexesTended::default());
    assert_eq!(made(&book), ["customers.city"], "it was waited for before");
    found(&book, eq("source", "来源7"));
    assert_eq!(made(&book), ["customers.source"]);
    found(&book, is("next_contact", Op::Eq, &[day(3)]));
    assert_eq!(made(&book), Vec::<String>::new(), "two served today");
    book.store.turn_day(Date(today().0 + 1), &mut |_, _| Ok(())).unwrap();
    found(&book, eq("city", "长沙"));
    found(&book, is("next_contact", Op::Eq, &[day(3)]));
    assert_eq!(made(&book), ["customers.next_contact"], "in place of the one that served yesterday");
    found(&book, eq("source", "来源7"));
    assert_eq!(made(&book), Vec::<String>::new(), "two served today");
}

fn all_indexes_that_serve_a_question_are_kept() {
    let book = book();
    for (field, text) in [("city", "长沙"), ("source", "来源1")] {
        found(&book, eq(field, text));
        assert_eq!(made(&book).len(), 1);
    }
    let later = |days| book.store.turn_day(Date(today().0 + days), &mut |_, _| Ok(())).unwrap();
    later(20);
    assert_eq!(found(&book, Filter::All(vec![eq("city", "长沙"), eq("source", "来源1")])), 1);
    assert_eq!(tended(&book), IndexesTended::default());
    later(50);
    assert_eq!(tended(&book), IndexesTended::default());
}

fn a_large_table_waits_until_nobody_writes() {
    let book = book();
    let large = IndexPolicy { most_at_once: 150, ..eager() };
    let tend = || book.store.tend_indexes(&large).unwrap().made.len();
    let at_once = book.path().is_none();
    found(&book, eq("city", "长沙"));
    // PostgreSQL lets people write meanwhile.
    assert_eq!(tend(), usize::from(at_once));
    book.create("customers", &[("name", "新".into())]);
    assert_eq!(tend(), 0);
    assert_eq!(tend(), usize::from(!at_once));
}

fn an_indexed_field_turns_into_another_kind_and_is_removed() {
    let book = book();
    let field = FieldDef::new("", Label::same("尺码"), FieldKind::Text);
    let key = book.store.add_field(&scope(), "customers", field).unwrap().key;
    let ids = book.ids(&Query::all("customers"));
    book.edit("customers", model::RecordId(ids[5]), &key, "38".into()).unwrap();
    assert_eq!(found(&book, eq(&key, "38")), 1);
    assert_eq!(made(&book), [format!("customers.{key}")]);
    book.store.turn(&scope(), "customers", &key, FieldKind::number(0), &[], &mut |_, _| Ok(())).unwrap();
    assert_eq!(found(&book, is(&key, Op::Eq, &[Value::Number(38.0)])), 1);
    tended(&book);
    book.store.remove_field(&scope(), "customers", &key, false).unwrap();
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    assert_eq!(tended(&book).made, []);
    book.assert_sound();
}

testkit::on_both_engines!(
    a_field_asked_for_gets_an_index_and_loses_it_when_nobody_asks,
    only_few_records_are_worth_an_index,
    a_calendar_asks_for_its_days,
    a_table_has_only_so_many_and_small_ones_none,
    all_indexes_that_serve_a_question_are_kept,
    a_large_table_waits_until_nobody_writes,
    an_indexed_field_turns_into_another_kind_and_is_removed,
);
