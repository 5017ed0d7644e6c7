//! Interactions, the follow-ups they leave, and what they say on the customer.

use model::{Change, Date, DateTime, ErrorCode, Origin, Query, RecordId, Value};
use store::{BatchOptions, MatchKey};
use testkit::{Book, scope};

fn moment(text: &str) -> Value {
    Value::DateTime(DateTime::from_iso(text).unwrap())
}

fn day(text: &str) -> Value {
    Value::Date(Date::from_iso(text).unwrap())
}

/// An interaction with a follow-up.
fn plan(book: &Book, customer: RecordId, at: &str) -> RecordId {
    book.create(
        "interactions",
        &[("customer", Value::Link(customer)), ("follow_up", moment(at)), ("content", "问".into())],
    )
}

fn next(book: &Book, customer: RecordId) -> Value {
    book.cell("customers", customer, "next_contact")
}

fn an_interaction_has_its_time_and_its_kind() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    let talk = book.create("interactions", &[("customer", Value::Link(c)), ("way", "电话".into())]);
    assert_eq!(book.cell("interactions", talk, "kind"), "沟通".into());
    assert!(matches!(book.cell("interactions", talk, "time"), Value::DateTime(_)), "now, unless someone says when");
    assert_eq!(book.cell("interactions", talk, "pending"), Value::Bool(false));
    let then = moment("2026-11-20T09:00");
    let told = book.create("interactions", &[("customer", Value::Link(c)), ("time", then.clone())]);
    assert_eq!(book.cell("interactions", told, "time"), then);
    book.assert_sound();
}

fn customers_know_their_last_contact_and_open_follow_ups() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    let figures = |book: &Book| ["last_talk", "open_follow_ups"].map(|f| book.cell("customers", c, f));
    assert_eq!(figures(&book), [Value::Null, Value::Int(0)]);
    let (early, late) = (moment("2026-11-01T09:00"), moment("2026-11-20T15:00"));
    for time in [&late, &early] {
        book.create("interactions", &[("customer", Value::Link(c)), ("time", time.clone())]);
    }
    assert_eq!(figures(&book), [late.clone(), Value::Int(0)]);
    let kind = ("kind", "计划".into());
    let cells = [("customer", Value::Link(c)), ("follow_up", moment("2026-11-25T09:00")), kind];
    let planned = book.create("interactions", &cells);
    assert_eq!(figures(&book), [late, Value::Int(1)], "a plan is no contact yet");
    book.edit("interactions", planned, "done", Value::Bool(true)).unwrap();
    let done = book.cell("interactions", planned, "done_at");
    assert!(matches!(done, Value::DateTime(_)), "{done:?}");
    assert_eq!(figures(&book), [done, Value::Int(0)], "once done it is one");
    book.edit("interactions", planned, "done", Value::Bool(false)).unwrap();
    assert_eq!(book.cell("interactions", planned, "done_at"), Value::Null);
    assert_eq!(figures(&book)[1], Value::Int(1));
    book.assert_sound();
}

fn the_earliest_open_follow_up_is_the_next_contact() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    let late = plan(&book, c, "2026-11-30T09:00");
    assert_eq!(next(&book, c), day("2026-11-30"));
    let early = plan(&book, c, "2026-11-25T14:00");
    assert_eq!(next(&book, c), day("2026-11-25"));
    book.edit("interactions", early, "follow_up", moment("2026-12-05T09:00")).unwrap();
    assert_eq!(next(&book, c), day("2026-11-30"), "moved behind the other");
    book.edit("interactions", late, "done", Value::Bool(true)).unwrap();
    assert_eq!(next(&book, c), day("2026-12-05"));
    book.delete("interactions", &[early]);
    assert_eq!(next(&book, c), Value::Null, "nothing is open");
    let other = book.create("customers", &[("name", "李".into())]);
    let moved = plan(&book, c, "2026-11-28T09:00");
    book.edit("interactions", moved, "customer", Value::Link(other)).unwrap();
    assert_eq!((next(&book, c), next(&book, other)), (Value::Null, day("2026-11-28")), "it goes along");
    book.assert_sound();
}

/// A customer of a file, with the day the file has.
fn imported(book: &Book, name: &str, next: &str) -> RecordId {
    let options =
        BatchOptions { origin: Origin::Import, match_key: MatchKey::None, dry_run: false, expected_orders: 0 };
    let work = |b: &mut store::Batch<'_>| {
        let columns = b.columns("customers", &["name".into(), "next_contact".into()])?;
        Ok(b.customer(columns, &mut [name.into(), day(next)])?.id())
    };
    book.store.batch(&scope(), options, work, &mut |_, _, _| Ok(())).unwrap().1
}

/// The follow-ups of all customers: whose, when, done.
fn follow_ups(book: &Book) -> Vec<(RecordId, String, bool)> {
    let ids = book.ids(&Query::all("interactions"));
    let read = |id: i64| {
        let [customer, at, done] =
            ["customer", "follow_up", "done"].map(|f| book.cell("interactions", RecordId(id), f));
        let (Value::Link(customer), Value::DateTime(at)) = (customer, at) else { panic!("{id} is a follow-up") };
        (customer, at.to_string(), done == Value::Bool(true))
    };
    ids.into_iter().map(read).collect()
}

fn a_day_of_a_file_stays_while_it_comes_sooner() {
    let book = Book::new();
    let c = imported(&book, "王小华", "2026-11-23");
    assert_eq!(follow_ups(&book), [], "a file plans nothing");
    let id = plan(&book, c, "2026-11-30T09:00");
    assert_eq!(next(&book, c), day("2026-11-23"), "sooner than the follow-up");
    book.edit("interactions", id, "done", Value::Bool(true)).unwrap();
    assert_eq!(next(&book, c), day("2026-11-23"), "no follow-up had put it there");
    let Value::DateTime(now) = book.cell("interactions", id, "done_at") else { panic!("it is done") };
    let c = imported(&book, "今天", &now.date().to_string());
    let id = plan(&book, c, "2099-11-20T09:00");
    book.edit("interactions", id, "done", Value::Bool(true)).unwrap();
    assert_eq!(next(&book, c), Value::Date(now.date()), "the day it was done is no follow-up's");
    let past = imported(&book, "李", "2026-11-01");
    plan(&book, past, "2026-12-02T09:00");
    assert_eq!(next(&book, past), day("2026-12-02"), "a past day is done with");
}

fn the_cell_plans_moves_and_completes_the_follow_up() {
    let book = Book::new();
    let c = imported(&book, "王小华", "2026-11-23");
    let write = |text: &str| {
        let value = if text.is_empty() { Value::Null } else { day(text) };
        book.edit("customers", c, "next_contact", value).unwrap().change
    };
    let at = |time: &str, done| (c, time.to_owned(), done);
    let planned = write("2026-11-25");
    assert_eq!(follow_ups(&book), [at("2026-11-25 09:00:00", false)], "planned");
    assert_eq!(book.cell("interactions", RecordId(1), "kind"), "计划".into());
    assert_eq!(book.cell("customers", c, "open_follow_ups"), Value::Int(1));
    book.edit("interactions", RecordId(1), "follow_up", moment("2026-11-25T15:30")).unwrap();
    let moved = write("2026-12-01");
    assert_eq!(follow_ups(&book), [at("2026-12-01 15:30:00", false)], "moved, with its time of day");
    let completed = write("");
    assert_eq!(follow_ups(&book), [at("2026-12-01 15:30:00", true)], "completed");
    assert!(matches!(book.cell("customers", c, "last_talk"), Value::DateTime(_)));
    assert_eq!(next(&book, c), Value::Null);
    book.assert_sound();
    for (change, day_after, rest) in [
        (completed, "2026-12-01", vec![at("2026-12-01 15:30:00", false)]),
        (moved, "2026-11-25", vec![at("2026-11-25 15:30:00", false)]),
    ] {
        book.store.undo_whole(&scope(), change, &[]).unwrap();
        assert_eq!((next(&book, c), follow_ups(&book)), (day(day_after), rest));
    }
    assert!(book.store.undo_whole(&scope(), planned, &[]).is_err(), "its time was changed since");
    book.assert_sound();
}

fn undoing_a_planned_day_takes_the_follow_up_along() {
    let book = Book::new();
    let c = imported(&book, "王小华", "2026-11-23");
    let planned = book.edit("customers", c, "next_contact", day("2026-11-25")).unwrap();
    let undone = book.store.undo_whole(&scope(), planned.change, &[]).unwrap();
    assert_eq!((next(&book, c), follow_ups(&book)), (day("2026-11-23"), vec![]));
    book.store.undo_whole(&scope(), undone.change, &[]).unwrap();
    assert_eq!(next(&book, c), day("2026-11-25"));
    assert_eq!(follow_ups(&book), [(c, "2026-11-25 09:00:00".to_owned(), false)]);
    book.assert_sound();
}

fn a_cell_leaves_the_plans_of_other_days_alone() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into()), ("next_contact", day("2026-11-25"))]);
    plan(&book, c, "2026-11-25T18:00");
    plan(&book, c, "2026-12-12T09:00");
    assert_eq!(follow_ups(&book).len(), 3, "a new customer with a day is planned too");
    book.edit("customers", c, "next_contact", day("2026-12-20")).unwrap();
    let at = |time: &str| (c, time.to_owned(), false);
    let all = ["2026-12-20 09:00:00", "2026-12-20 18:00:00", "2026-12-12 09:00:00"].map(at);
    assert_eq!(follow_ups(&book), all, "both of that day, and no other");
    assert_eq!(next(&book, c), day("2026-12-12"), "the other one comes sooner");
    book.edit("customers", c, "next_contact", day("2026-12-20")).unwrap();
    let all = ["2026-12-20 09:00:00", "2026-12-20 18:00:00", "2026-12-20 09:00:00"].map(at);
    assert_eq!((follow_ups(&book), next(&book, c)), (all.to_vec(), day("2026-12-20")));
    book.assert_sound();
}

fn undo_puts_both_back() {
    let book = Book::new();
    let c = imported(&book, "王小华", "2026-12-20");
    let cells = vec![("customer".into(), Value::Link(c)), ("follow_up".into(), moment("2026-11-30T09:00"))];
    let made = Change::Create { table: "interactions".into(), records: vec![cells] };
    let made = book.store.apply(&scope(), made, Origin::Edit).unwrap();
    assert_eq!(next(&book, c), day("2026-11-30"));
    let done = book.edit("interactions", made.created[0], "done", Value::Bool(true)).unwrap();
    assert_eq!(next(&book, c), Value::Null);
    let names = [];
    book.store.undo_whole(&scope(), done.change, &names).unwrap();
    assert_eq!(book.cell("interactions", made.created[0], "done_at"), Value::Null);
    assert_eq!(next(&book, c), day("2026-11-30"));
    // Someone else plans something sooner: taking the first away tramples nothing.
    plan(&book, c, "2026-11-24T09:00");
    book.store.undo_whole(&scope(), made.change, &names).unwrap();
    assert_eq!(next(&book, c), day("2026-11-24"));
    assert_eq!(book.cell("customers", c, "open_follow_ups"), Value::Int(1));
    book.assert_sound();
}

fn a_customer_who_goes_leaves_the_interactions() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    let id = plan(&book, c, "2026-11-30T09:00");
    let gone = book.delete("customers", &[c]).change;
    assert_eq!(book.cell("interactions", id, "customer"), Value::Null);
    book.store.undo(&scope(), gone, &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.cell("interactions", id, "customer"), Value::Link(c));
    assert_eq!(next(&book, c), day("2026-11-30"));
    book.assert_sound();
}

fn rows_of_a_file_lead_too_and_are_found() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    let options =
        BatchOptions { origin: Origin::Import, match_key: MatchKey::None, dry_run: false, expected_orders: 0 };
    let rows = |book: &Book| {
        let work = |b: &mut store::Batch<'_>| {
            let fields = ["customer", "time", "content", "follow_up"].map(Into::into);
            let columns = b.columns("interactions", &fields)?;
            let mut made = 0;
            for (text, at) in [("试用装寄出", "2026-11-26T09:00"), ("嫌贵", "2026-11-29T09:00")] {
                let mut row = ["王小华".into(), moment("2026-11-20T10:00"), text.into(), moment(at)];
                assert!(b.link(columns, &mut row)?.is_empty());
                made += u32::from(matches!(b.own(columns, &mut row)?, store::Upsert::Created(_)));
            }
            Ok(made)
        };
        book.store.batch(&scope(), options, work, &mut |_, _, _| Ok(())).unwrap()
    };
    let (change, made) = rows(&book);
    assert_eq!((made, next(&book, c)), (2, day("2026-11-26")));
    assert_eq!(book.cell("customers", c, "open_follow_ups"), Value::Int(2));
    assert_eq!(rows(&book).1, 0, "the same rows are the same interactions");
    let found = book.store.find(&scope(), "试用装", 5).unwrap();
    assert_eq!((found.len(), &*found[0].table, &*found[0].hits[0].field), (1, "interactions", "content"));
    let search = Query { search: "嫌贵".into(), ..Query::all("interactions") };
    assert_eq!(book.ids(&search), [2]);
    book.assert_sound();
    book.store.undo(&scope(), change.unwrap(), &mut |_, _| Ok(())).unwrap();
    assert_eq!(next(&book, c), Value::Null);
}

fn a_rating_has_its_stars_and_the_customer_must_be_there() {
    let book = Book::new();
    for (field, value, code) in [
        ("satisfaction", Value::Int(6), ErrorCode::Invalid),
        ("customer", Value::Link(RecordId(9)), ErrorCode::NotFound),
    ] {
        let e = book.try_create("interactions", &[(field, value)]).unwrap_err();
        assert_eq!((e.code, e.field.as_deref()), (code, Some(field)));
    }
}

testkit::on_both_engines!(
    an_interaction_has_its_time_and_its_kind,
    customers_know_their_last_contact_and_open_follow_ups,
    the_earliest_open_follow_up_is_the_next_contact,
    a_day_of_a_file_stays_while_it_comes_sooner,
    the_cell_plans_moves_and_completes_the_follow_up,
    undoing_a_planned_day_takes_the_follow_up_along,
    a_cell_leaves_the_plans_of_other_days_alone,
    undo_puts_both_back,
    a_customer_who_goes_leaves_the_interactions,
    rows_of_a_file_lead_too_and_are_found,
    a_rating_has_its_stars_and_the_customer_must_be_there,
);
