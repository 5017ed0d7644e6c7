//! What views ask and in which order: days relative to today, pinyin, lists of choices.

use model::{Change, Condition, Date, DateTime, Filter, Op, Origin, Query, RecordId, Sort, Value};
use testkit::{Book, scope};

fn is(field: &str, op: Op, values: Vec<Value>) -> Filter {
    Filter::Is(Condition { field: field.into(), op, values })
}

fn within(table: &str, field: &str, span: &str) -> Query {
    Query { filter: is(field, Op::Within, vec![span.into()]), ..Query::all(table) }
}

fn days_relative_to_today_follow_the_day() {
    let book = Book::new();
    // Today is Saturday, 2026-11-21.
    let c = book.create("customers", &[("name", "甲".into()), ("next_contact", day("2026-11-22"))]);
    let other = book.create("customers", &[("name", "乙".into()), ("next_contact", day("2026-11-23"))]);
    for (no, at) in [("A", "2026-11-21"), ("B", "2026-11-15"), ("C", "2026-10-31"), ("D", "2025-11-21")] {
        book.order(c, no, at, 1, &[]);
    }
    let late = DateTime::from_iso("2026-11-21 23:59:59").unwrap();
    book.create("orders", &[("order_no", "E".into()), ("time", Value::DateTime(late))]);
    for (span, ids) in [
        ("today", vec![1, 5]),
        ("this_week", vec![1, 5]),
        ("last_week", vec![2]),
        ("this_month", vec![1, 2, 5]),
        ("last_month", vec![3]),
        ("last_7_days", vec![1, 2, 5]),
        ("this_year", vec![1, 2, 3, 5]),
        ("last_year", vec![4]),
        ("next_30_days", vec![1, 5]),
    ] {
        assert_eq!(book.ids(&within("orders", "time", span)), ids, "{span}");
    }
    assert_eq!(book.ids(&within("customers", "next_contact", "this_week")), [c.0]);
    assert_eq!(book.ids(&within("customers", "next_contact", "next_week")), [other.0]);
    book.store.turn_day(Date(book.store.today().0 + 2), &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.ids(&within("customers", "next_contact", "this_week")), [other.0], "on Monday it is another week");
    for (field, span) in [("name", "today"), ("next_contact", "someday"), ("next_contact", "last_0_days")] {
        let query = within("customers", field, span);
        assert!(book.store.open_view(&scope(), &query, &[]).is_err(), "{field} {span}");
    }
}

fn birthdays_come_round_by_their_own_calendar() {
    let book = Book::new();
    let birthdays = [
        "1990-11-21",     // solar, today
        "11-30",          // without its year
        "农历1985-10-13", // 2026-11-21 is the 13th of the tenth lunar month
        "农历10-22",      // the 30th of November
        "1990-12-01",
        "2000-02-29",
        "农历2020-闰04-01", // no leap fourth month in 2027: comes round with the plain one
        "",
    ];
    for b in birthdays {
        book.create(
            "customers",
            &[("name", "人".into()), ("birthday", if b.is_empty() { Value::Null } else { b.into() })],
        );
    }
    let ids = |span: &str| book.ids(&within("customers", "birthday", span));
    assert_eq!(ids("today"), [1, 3]);
    assert_eq!(ids("this_month"), [1, 2, 3, 4]);
    assert_eq!(ids("next_10_days"), [1, 2, 3, 4]);
    assert_eq!(ids("next_month"), [5]);
    assert_eq!(ids("this_year"), [1, 2, 3, 4, 5, 6, 7], "every birthday comes round in a year");
    let turn = |iso: &str| book.store.turn_day(Date::from_iso(iso).unwrap(), &mut |_, _| Ok(())).unwrap();
    turn("2027-02-28");
    assert_eq!(ids("today"), [6], "the 29th of February in a common year");
    turn("2027-05-06");
    assert_eq!(ids("today"), [7]);
}

fn names_come_by_pinyin_and_choices_by_their_list() {
    let book = Book::new();
    let people = [
        ("张三", "老客户"),
        ("阿欢", "意向客户"),
        ("Anna", "潜在客户"),
        ("曾国", "意向客户"),
        ("", "另类"),
        ("王芳", ""),
    ];
    for (name, status) in people {
        let cells = [("name", Value::from(name)), ("status", Value::from(status)), ("note", "x".into())];
        book.create("customers", &cells.into_iter().filter(|(_, v)| !v.is_blank()).collect::<Vec<_>>());
    }
    let by = |field: &str, desc: bool| {
        let sort = vec![Sort { field: field.into(), desc }];
        let text = |id| book.cell("customers", RecordId(id), field).as_text().unwrap_or("").to_owned();
        let ids = book.ids(&Query { sort, ..Query::all("customers") });
        ids.into_iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(by("name", false), ["Anna", "阿欢", "王芳", "曾国", "张三", ""]);
    assert_eq!(by("name", true), ["张三", "曾国", "王芳", "阿欢", "Anna", ""], "blanks come last either way");
    assert_eq!(by("status", false), ["潜在客户", "意向客户", "意向客户", "老客户", "另类", ""]);
}

fn day(iso: &str) -> Value {
    Value::Date(Date::from_iso(iso).unwrap())
}

fn records_stand_on_their_days() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "甲".into())]);
    let at = |no: &str, at: &str| {
        let at = Value::DateTime(DateTime::from_iso(at).unwrap());
        book.create("orders", &[("order_no", no.into()), ("time", at), ("customer", Value::Link(c))])
    };
    at("C", "2026-11-03 18:00:00");
    at("A", "2026-11-03 00:00:00");
    at("B", "2026-11-03 09:30:00");
    at("D", "2026-11-30 23:59:59");
    at("E", "2026-12-01 00:00:00");
    at("F", "2026-10-31 23:59:59");
    book.create("orders", &[("order_no", "G".into())]);
    let open = |query: &Query| book.store.open_view(&scope(), query, &["order_no".into(), "time".into()]).unwrap();
    let date = |text: &str| Date::from_iso(text).unwrap();
    let days = |query: &Query, from: &str, to: &str, each| {
        let days = book.store.days(&scope(), &open(query).id, "time", date(from), date(to), each).unwrap();
        let rows: Vec<serde_json::Value> = serde_json::from_slice(&days.rows).unwrap();
        let names: Vec<String> = rows.iter().map(|r| r[1].as_str().unwrap().to_owned()).collect();
        (days.days.into_iter().map(|(d, n)| (d.to_string(), n)).collect::<Vec<_>>(), names.join(""))
    };
    let on = |list: &[(&str, u64)]| list.iter().map(|(d, n)| ((*d).to_owned(), *n)).collect::<Vec<_>>();
    let all = Query::all("orders");
    let november = on(&[("2026-11-03", 3), ("2026-11-30", 1)]);
    assert_eq!(days(&all, "2026-11-01", "2026-12-01", 9), (november.clone(), "ABCD".into()));
    assert_eq!(days(&all, "2026-11-01", "2026-12-01", 2), (november.clone(), "ABD".into()), "the earliest of each day");
    assert_eq!(days(&all, "2026-11-01", "2026-12-01", 0), (november, String::new()));
    assert_eq!(days(&all, "2026-10-26", "2026-11-03", 9), (on(&[("2026-10-31", 1)]), "F".into()));
    let some = Query { filter: is("order_no", Op::In, vec!["B".into(), "E".into()]), ..Query::all("orders") };
    assert_eq!(days(&some, "2026-11-01", "2026-12-02", 9), (on(&[("2026-11-03", 1), ("2026-12-01", 1)]), "BE".into()));

    // Days without a time, among them one before 1970.
    book.create("customers", &[("name", "乙".into()), ("next_contact", day("1969-12-31"))]);
    let view = book.store.open_view(&scope(), &Query::all("customers"), &[]).unwrap().id;
    let ask = |field: &str, from: &str, to: &str| book.store.days(&scope(), &view, field, date(from), date(to), 9);
    let found = ask("next_contact", "1969-12-01", "1970-01-05").unwrap();
    assert_eq!(found.days, [(date("1969-12-31"), 1)]);
    for (field, from, to) in [
        ("name", "2026-11-01", "2026-12-01"),
        ("next_contact", "2026-11-02", "2026-11-02"),
        ("next_contact", "2026-11-02", "2026-11-01"),
        ("next_contact", "2026-01-01", "2026-03-13"),
    ] {
        assert!(ask(field, from, to).is_err(), "{field} {from} {to}");
    }
}

fn a_record_knows_its_place_and_who_stands_beside_it() {
    let book = Book::new();
    let ids: Vec<RecordId> =
        (0..90).map(|n| book.create("customers", &[("name", format!("客{n:02}").as_str().into())])).collect();
    let down = Query { sort: vec![Sort { field: "name".into(), desc: true }], ..Query::all("customers") };
    let view = book.store.open_view(&scope(), &down, &[]).unwrap().id;
    let place = |n: usize| {
        let p = book.store.place_in_view(&scope(), &view, ids[n]).unwrap();
        assert_eq!(p.total, 90);
        (p.place, p.previous, p.next)
    };
    let id = |n: usize| Some(ids[n].0);
    assert_eq!(place(89), (Some(0), None, id(88)), "the first has nobody before it");
    assert_eq!(place(40), (Some(49), id(41), id(39)));
    assert_eq!(place(0), (Some(89), id(1), None));
    // Those removed since are passed over, however many they are.
    let gone: Vec<RecordId> = ids[1..80].to_vec();
    let removal = Change::Delete { table: "customers".into(), ids: gone };
    book.store.apply(&scope(), removal, Origin::Edit).unwrap();
    assert_eq!(place(80), (Some(9), id(81), id(0)));
    assert_eq!(place(0), (Some(89), id(80), None));
    let some = Query { filter: is("name", Op::Eq, vec!["客00".into()]), ..Query::all("customers") };
    let narrow = book.store.open_view(&scope(), &some, &[]).unwrap().id;
    let outside = book.store.place_in_view(&scope(), &narrow, ids[89]).unwrap();
    assert_eq!((outside.place, outside.total, outside.previous), (None, 1, None));
    let lost = store::ViewId("v0".into());
    assert!(book.store.place_in_view(&scope(), &lost, ids[0]).is_err(), "a view that was dropped");
}

testkit::on_both_engines!(
    a_record_knows_its_place_and_who_stands_beside_it,
    records_stand_on_their_days,
    days_relative_to_today_follow_the_day,
    birthdays_come_round_by_their_own_calendar,
    names_come_by_pinyin_and_choices_by_their_list,
);
