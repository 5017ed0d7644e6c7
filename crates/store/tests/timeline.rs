//! The timeline of a customer.

use model::{DateTime, ErrorCode, RecordId, Value};
use std::collections::BTreeSet;
use store::{Happening, Timeline, TimelineItem, TimelineKind, TimelineWanted};
use testkit::{Book, scope, today};

fn moment(text: &str) -> Value {
    Value::DateTime(DateTime::from_iso(text).unwrap())
}

fn page(book: &Book, c: RecordId, kinds: &[TimelineKind], limit: usize, cursor: Option<String>) -> Timeline {
    let wanted = TimelineWanted { kinds: BTreeSet::from_iter(kinds.iter().copied()), limit, cursor };
    book.store.timeline(&scope(), c, &wanted).unwrap()
}

/// An item in a few letters.
fn said(item: &TimelineItem) -> String {
    let cell = |cells: &[(model::FieldKey, Value)], key: &str| {
        cells.iter().find(|(k, _)| *k == *key).and_then(|(_, v)| v.as_text().map(str::to_owned)).unwrap_or_default()
    };
    match &item.what {
        Happening::Order(_, cells) => format!("order {}", cell(cells, "order_no")),
        Happening::Talk(_, cells) => format!("talk {}", cell(cells, "content")),
        Happening::Edit(done, cells) => {
            let fields: Vec<&str> = cells.iter().map(|(f, ..)| f.as_str()).collect();
            format!("{} {}", done.origin, fields.join("+"))
        }
        Happening::Made(done) => format!("made {}", done.origin),
        Happening::Moved(day, cells) => {
            let text = |v: &Value| v.as_text().unwrap_or("-").to_owned();
            let moves: Vec<String> = cells.iter().map(|(f, a, b)| format!("{f} {}→{}", text(a), text(b))).collect();
            format!("{day} {}", moves.join(", "))
        }
    }
}

fn all(t: &Timeline) -> Vec<String> {
    t.items.iter().map(said).collect()
}

fn talk(book: &Book, c: RecordId, time: &str, kind: &str, content: &str) -> RecordId {
    let cells =
        [("customer", Value::Link(c)), ("time", moment(time)), ("kind", kind.into()), ("content", content.into())];
    book.create("interactions", &cells)
}

fn everything_comes_newest_first_and_page_by_page() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    let other = book.create("customers", &[("name", "李".into())]);
    book.edit("customers", c, "city", "杭州市".into()).unwrap();
    for (no, day) in [("A", "2026-01-05"), ("B", "2026-03-05"), ("C", "2026-03-05")] {
        book.order(c, no, day, 10, &[]);
    }
    book.create("orders", &[("customer", Value::Link(c)), ("order_no", "无".into())]);
    book.order(other, "X", "2026-03-05", 10, &[]);
    talk(&book, c, "2026-03-05T00:00", "沟通", "同时");
    talk(&book, c, "2026-02-01T10:00", "反馈", "好用");
    talk(&book, c, "2026-02-02T10:00", "投诉", "破了");
    talk(&book, other, "2026-02-02T10:00", "投诉", "别人");
    let want =
        ["edit city", "made edit", "talk 同时", "order C", "order B", "talk 破了", "talk 好用", "order A", "order 无"];
    assert_eq!(all(&page(&book, c, &[], 50, None)), want);
    for limit in 1..=9 {
        let (mut got, mut cursor) = (Vec::new(), None);
        loop {
            let part = page(&book, c, &[], limit, cursor);
            got.extend(all(&part));
            cursor = part.next;
            if cursor.is_none() {
                break;
            }
            assert_eq!(part.items.len(), limit);
        }
        assert_eq!(got, want, "{limit} a page");
    }
    for (kinds, want) in [
        (&[TimelineKind::Order][..], &["order C", "order B", "order A", "order 无"][..]),
        (&[TimelineKind::Talk], &["talk 同时", "talk 破了", "talk 好用"]),
        (&[TimelineKind::Feedback], &["talk 破了", "talk 好用"]),
        (&[TimelineKind::Change], &["edit city", "made edit"]),
        (
            &[TimelineKind::Order, TimelineKind::Feedback],
            &["order C", "order B", "talk 破了", "talk 好用", "order A", "order 无"],
        ),
    ] {
        assert_eq!(all(&page(&book, c, kinds, 50, None)), want, "{kinds:?}");
    }
}

fn open_follow_ups_stand_on_the_first_page() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    let plan = |content: &str, at: &str| {
        let cells = [("customer", Value::Link(c)), ("content", content.into()), ("follow_up", moment(at))];
        book.create("interactions", &cells)
    };
    plan("晚", "2026-12-05T09:00");
    plan("早", "2026-11-25T09:00");
    let done = plan("完", "2026-11-24T09:00");
    book.edit("interactions", done, "done", Value::Bool(true)).unwrap();
    let first = page(&book, c, &[TimelineKind::Order], 50, None);
    assert_eq!(first.open.iter().map(said).collect::<Vec<_>>(), ["talk 早", "talk 晚"]);
    let part = page(&book, c, &[], 1, None);
    assert!(page(&book, c, &[], 1, part.next).open.is_empty());
}

fn what_was_undone_or_follows_by_itself_is_left_out() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    let undone = book.edit("customers", c, "city", "杭州市".into()).unwrap().change;
    book.store.undo(&scope(), undone, &mut |_, _| Ok(())).unwrap();
    let id = book.create("interactions", &[("customer", Value::Link(c)), ("follow_up", moment("2026-11-30T09:00"))]);
    book.edit("interactions", id, "done", Value::Bool(true)).unwrap();
    assert_eq!(all(&page(&book, c, &[TimelineKind::Change], 50, None)), ["made edit"]);
    book.edit("customers", c, "next_contact", Value::Date(model::Date(20_800))).unwrap();
    let shown = page(&book, c, &[TimelineKind::Change], 50, None);
    assert_eq!((all(&shown), shown.open.len()), (vec!["made edit".to_owned()], 1), "its follow-up tells it");
}

fn moves_between_grades_and_stages_are_told_by_day() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    book.order(c, "A", "2026-11-01", 10, &[]);
    // The log keeps real time and the book's day is made up: only moves are looked at.
    let told = |limit| -> Vec<String> {
        let (mut out, mut cursor) = (Vec::new(), None);
        loop {
            let part = page(&book, c, &[TimelineKind::Change], limit, cursor);
            out.extend(all(&part).into_iter().filter(|said| said.contains('→')));
            cursor = part.next;
            if cursor.is_none() {
                return out;
            }
        }
    };
    let day = |n| model::Date(today().0 + n);
    let turn = |n| book.store.turn_day(day(n), &mut |_, _| Ok(())).unwrap();
    assert_eq!(told(9), [""; 0], "coming is no move");
    turn(1);
    assert_eq!(told(9), [""; 0]);

    // The moves of the day at hand are told at once; what is put right leaves no trace.
    let order = book.order(c, "B", "2026-11-02", 30_000, &[]);
    let active = format!("{} grade 潜在客户→普通客户, lifecycle 新客→活跃", day(1));
    assert_eq!(told(9), [active.as_str()]);
    book.edit("orders", order, "status", "已取消".into()).unwrap();
    assert_eq!(told(9), [""; 0]);
    book.edit("orders", order, "status", "已完成".into()).unwrap();
    turn(2);
    assert_eq!(told(9), [active.as_str()], "noted, and no move of the next day");
    turn(3);
    assert_eq!(told(9), [active.as_str()], "once");

    // What the day alone brings is of the day it comes.
    turn(300);
    let asleep = format!("{} lifecycle 活跃→沉睡", day(300));
    for limit in [1, 2, 9] {
        assert_eq!(told(limit), [asleep.as_str(), &active], "by {limit}");
    }
    // Several moves of a field in one day are one, or none.
    book.edit("customers", c, "lifecycle_set", "活跃".into()).unwrap();
    assert_eq!(told(9), [active.as_str()]);
    book.edit("customers", c, "lifecycle_set", "忠实".into()).unwrap();
    let back = format!("{} lifecycle 活跃→忠实", day(300));
    assert_eq!(told(9), [back.as_str(), &active]);

    // Brought back from the bin, they have their past again.
    let removed = book.delete("customers", &[c]).change;
    book.store.undo(&scope(), removed, &mut |_, _| Ok(())).unwrap();
    turn(301);
    assert_eq!(told(9), [back.as_str(), &active]);
    book.assert_sound();
}

fn a_wrong_cursor_and_a_missing_customer_are_refused() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    let wanted = |cursor: &str| TimelineWanted { limit: 5, cursor: Some(cursor.into()), ..TimelineWanted::default() };
    let e = book.store.timeline(&scope(), c, &wanted("x")).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::Invalid, Some("cursor")));
    let e = book.store.timeline(&scope(), RecordId(77), &TimelineWanted::default()).unwrap_err();
    assert_eq!(e.code, ErrorCode::NotFound);
}

testkit::on_both_engines!(
    everything_comes_newest_first_and_page_by_page,
    open_follow_ups_stand_on_the_first_page,
    what_was_undone_or_follows_by_itself_is_left_out,
    moves_between_grades_and_stages_are_told_by_day,
    a_wrong_cursor_and_a_missing_customer_are_refused,
);
