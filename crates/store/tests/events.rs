//! What others hear of a change: after its commit, once, in order, and again when they come back.

use model::{Access, Date, FieldDef, FieldKind, Label, Lang, Origin, RecordId, Scope, UserId, Value};
use serde_json::{Value as Json, json};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use store::{BatchOptions, Event, Heard, MatchKey, SavedDef, Since};
use testkit::{Book, scope};

testkit::on_both_engines!(
    every_way_to_change_records_is_told,
    what_was_taken_back_or_changed_nothing_is_not_told,
    shape_and_views_are_told_to_those_they_concern,
    who_was_away_too_long_is_told_so,
    another_process_hears_at_once,
);

fn since(book: &Book, after: i64) -> Vec<Event> {
    match book.store.events_since(&scope(), after, 1_000).expect("the events are read") {
        Since::Events(list) => list,
        Since::TooOld => panic!("{after} is too old"),
    }
}

fn newest(book: &Book) -> i64 {
    book.store.newest_event().expect("there is a newest")
}

/// What is told of an act, as JSON.
fn told(book: &Book, act: impl FnOnce()) -> Vec<(String, Json)> {
    let before = newest(book);
    act();
    let news = |e: Event| (e.kind, serde_json::from_str(&e.news).expect("news are JSON"));
    since(book, before).into_iter().map(news).collect()
}

fn import(book: &Book, customers: u32, dry_run: bool) {
    let options = BatchOptions { origin: Origin::Import, match_key: MatchKey::Identity, dry_run, expected_orders: 0 };
    let rows = |batch: &mut store::Batch<'_>| {
        let columns = batch.columns("customers", &["name".into()])?;
        (0..customers).try_for_each(|n| batch.customer(columns, &mut [Value::Text(format!("客{n}"))]).map(drop))
    };
    book.store.batch(&scope(), options, rows, &mut |_, _, _| Ok(())).expect("an import");
}

fn every_way_to_change_records_is_told() {
    let book = Book::new();
    let mut id = RecordId(0);
    let made = told(&book, || id = book.create("customers", &[("name", "甲".into())]));
    assert_eq!(made.len(), 1);
    let of = |told: &[(String, Json)], table: &str| told[0].1["tables"][table].clone();
    assert_eq!(of(&made, "customers"), json!({ "ids": [id.0], "new": [id.0], "created": 1, "deleted": 0 }));
    assert_eq!(made[0].1["by"], scope().user.0);

    // An order changes its customer's figures as well.
    let ordered = told(&book, || {
        book.order(id, "A1", "2026-11-01", 100, &[]);
    });
    assert_eq!(of(&ordered, "customers")["ids"], json!([id.0]));
    assert_eq!(of(&ordered, "orders")["created"], 1);

    let edited = told(&book, || drop(book.edit("customers", id, "city", "苏州市".into()).expect("an edit")));
    assert_eq!(of(&edited, "customers"), json!({ "ids": [id.0], "new": [], "created": 0, "deleted": 0 }));
    assert!(edited[0].1["change"].as_i64() > Some(0));

    let undone = told(&book, || {
        book.store.undo_last(&scope(), store::Meeting::Keep).expect("an undo");
    });
    assert_eq!(of(&undone, "customers")["ids"], json!([id.0]));
    let again = told(&book, || {
        book.store.redo_last(&scope(), store::Meeting::Keep).expect("a redo");
    });
    assert_eq!(of(&again, "customers")["ids"], json!([id.0]));

    let other = book.create("customers", &[("name", "乙".into())]);
    let gone = told(&book, || drop(book.delete("customers", &[other])));
    assert_eq!(of(&gone, "customers"), json!({ "ids": [other.0], "new": [], "created": 0, "deleted": 1 }));
    let back = told(&book, || {
        book.store.restore_removed(&scope(), &[("customers".into(), other)]).expect("it comes back");
    });
    assert_eq!(of(&back, "customers")["created"], 1);

    let imported = told(&book, || {
        import(&book, 300, false);
    });
    assert_eq!(of(&imported, "customers"), json!({ "ids": null, "new": [], "created": 300, "deleted": 0 }));

    let turned = told(&book, || {
        book.store.turn_day(Date(testkit::today().0 + 1), &mut |_, _| Ok(())).expect("the day turns");
    });
    assert_eq!(of(&turned, "customers")["ids"], Json::Null, "there are many by now");
}

fn what_was_taken_back_or_changed_nothing_is_not_told() {
    let book = Book::new();
    let id = book.create("customers", &[("name", "甲".into()), ("code", "K1".into())]);
    let nothing = told(&book, || {
        book.edit("customers", id, "name", "甲".into()).expect("an edit");
        book.try_create("customers", &[("code", "K1".into())]).expect_err("the code is taken");
        book.edit("customers", RecordId(99), "name", "乙".into()).expect_err("there is none");
        import(&book, 3, true);
    });
    assert_eq!(nothing, []);
}

fn shape_and_views_are_told_to_those_they_concern() {
    let book = Book::new();
    book.create("customers", &[("name", "甲".into())]);
    let shaped = told(&book, || {
        let field = FieldDef::new("", Label::same("备注二"), FieldKind::Text);
        book.store.add_field(&scope(), "customers", field).expect("a field");
    });
    assert_eq!(shaped, [("schema".into(), json!({}))]);

    let filled = told(&book, || {
        let sum = FieldDef { formula: Some("1+1".into()), ..FieldDef::new("", Label::same("二"), number()) };
        book.store.add_field(&scope(), "customers", sum).expect("a formula");
        book.store.fill(&mut |_, _| Ok(())).expect("it is filled");
    });
    assert_eq!(filled.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["schema", "records"]);

    let person = |user: i64| Scope { user: UserId(user), access: Access::Write, lang: Lang::Zh };
    let before = newest(&book);
    book.store.save_view(&person(7), "customers", "我的", false, &SavedDef::default()).expect("a view");
    let hears = |user: i64| match book.store.events_since(&person(user), before, 10).expect("the events") {
        Since::Events(list) => list.len(),
        Since::TooOld => panic!("too old"),
    };
    assert_eq!((hears(7), hears(8)), (1, 0), "a personal view is nobody else's news");
}

fn number() -> FieldKind {
    FieldKind::Number { decimals: 0, unit: "".into() }
}

fn who_was_away_too_long_is_told_so() {
    let book = Book::new();
    assert_eq!(book.store.events_since(&scope(), 0, 10), Ok(Since::Events(Vec::new())));
    assert_eq!(book.store.events_since(&scope(), 5, 10), Ok(Since::TooOld), "a number of another book");
    let id = book.create("customers", &[("name", "甲".into())]);
    let first = newest(&book);
    book.edit("customers", id, "city", "苏州市".into()).expect("an edit");
    let seen: Vec<i64> = since(&book, 0).iter().map(|e| e.seq).collect();
    assert_eq!(seen, [first, newest(&book)]);
    assert_eq!(since(&book, first).len(), 1);
    assert_eq!(book.store.events_since(&scope(), 0, 1), Ok(Since::TooOld), "more than whoever asks can take");
    assert_eq!(book.store.events_since(&scope(), newest(&book) + 1, 10), Ok(Since::TooOld));
    let nobody = Scope { access: Access::Read, ..scope() };
    assert!(book.store.events_since(&nobody, 0, 10).is_ok(), "who may read may hear");
}

fn another_process_hears_at_once() {
    let book = Book::new();
    let on_server = book.path().is_none();
    let id = book.create("customers", &[("name", "甲".into())]);
    // One process has a file to itself; a server's book is heard through another store.
    let second = on_server.then(|| book.second());
    let (send, heard) = mpsc::channel();
    std::thread::scope(|s| {
        let store = second.as_ref().unwrap_or(&book.store);
        let from = newest(&book);
        s.spawn(move || {
            store.follow(from, &mut |h| {
                let last = matches!(&h, Heard::Said(text) if text == "bye")
                    || matches!(&h, Heard::Event(e) if e.news.contains("\"deleted\":1"));
                if h != Heard::Quiet && h != Heard::Listening {
                    send.send((h, Instant::now())).expect("the test listens");
                }
                !last
            });
        });
        std::thread::sleep(Duration::from_millis(300));
        for city in ["苏州市", "杭州市", "上海市"] {
            let before = Instant::now();
            book.edit("customers", id, "city", Value::from(city)).expect("an edit");
            let (event, at) = heard.recv_timeout(Duration::from_secs(10)).expect("it is heard");
            assert!(matches!(&event, Heard::Event(e) if e.kind == "records"), "{event:?}");
            let took = at - before;
            assert!(took < Duration::from_millis(500), "heard after {took:?}");
        }
        if on_server {
            book.store.say("bye").expect("it is said");
            assert_eq!(heard.recv_timeout(Duration::from_secs(10)).expect("heard").0, Heard::Said("bye".into()));
        } else {
            book.delete("customers", &[id]);
        }
    });
}
