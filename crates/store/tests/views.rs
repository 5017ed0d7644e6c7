//! What views ask and in which order: days relative to today, pinyin, lists of choices.

use model::{Condition, Date, DateTime, Filter, Op, Query, RecordId, Sort, Value};
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

testkit::on_both_engines!(
    days_relative_to_today_follow_the_day,
    birthdays_come_round_by_their_own_calendar,
    names_come_by_pinyin_and_choices_by_their_list,
);
