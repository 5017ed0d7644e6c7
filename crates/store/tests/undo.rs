//! Undo and redo of each user's own steps: every kind of change there and back, refusals in words, and three users
//! at random.

use model::{
    Access, CellEdit, Change, ErrorCode, FieldDef, FieldKind, Label, Lang, Origin, RecordId, Scope, UserId, Value,
};
use store::{Meeting, Step};
use testkit::{Book, Random};

fn user(n: i64) -> Scope {
    Scope { user: UserId(n), access: Access::Write, lang: Lang::Zh }
}

fn names() -> Vec<(UserId, String)> {
    vec![(UserId(1), "小美".into()), (UserId(2), "小李".into()), (UserId(3), "老张".into())]
}

fn apply(book: &Book, by: i64, change: Change) -> model::ChangeOutcome {
    book.store.apply(&user(by), change, Origin::Edit).unwrap_or_else(|e| panic!("{}", e.zh))
}

fn create(book: &Book, by: i64, table: &str, cells: &[(&str, Value)]) -> RecordId {
    let records = vec![cells.iter().map(|(k, v)| ((*k).into(), v.clone())).collect()];
    apply(book, by, Change::Create { table: table.into(), records }).created[0]
}

fn edit(book: &Book, by: i64, table: &str, id: RecordId, field: &str, value: impl Into<Value>) {
    let cells = vec![CellEdit { id, field: field.into(), value: value.into() }];
    apply(book, by, Change::Edit { table: table.into(), cells });
}

fn remove(book: &Book, by: i64, table: &str, ids: &[RecordId]) {
    apply(book, by, Change::Delete { table: table.into(), ids: ids.to_vec() });
}

fn undo(book: &Book, by: i64) -> model::Result<Step> {
    book.store.undo_last(&user(by), Meeting::Refuse(&names()))
}

fn redo(book: &Book, by: i64) -> model::Result<Step> {
    book.store.redo_last(&user(by), Meeting::Refuse(&names()))
}

/// Everything the tables hold, derived columns included.
fn contents(book: &Book) -> Vec<String> {
    let mut out = Vec::new();
    for table in ["customers", "orders", "products"] {
        let mut ids = book.ids(&model::Query::all(table));
        ids.sort_unstable();
        for id in ids {
            let json = book.store.record_json(&user(1), table, RecordId(id)).unwrap();
            out.push(format!("{table} {id} {}", String::from_utf8(json).unwrap()));
        }
    }
    out
}

/// A step by user 1 on a book, and what it is called.
type Kind = (&'static str, fn(&Book, [RecordId; 3]));

const KINDS: [Kind; 8] = [
    ("改了 1 格", |b, [c, ..]| edit(b, 1, "customers", c, "city", "长沙市")),
    ("新建 1 条客户", |b, _| {
        create(b, 1, "customers", &[("name", "新".into()), ("mobile", "13900139000".into())]);
    }),
    ("新建 2 条订单", |b, [c, ..]| {
        let order = |n: &str| vec![("order_no".into(), Value::from(n)), ("customer".into(), Value::Link(c))];
        apply(b, 1, Change::Create { table: "orders".into(), records: vec![order("X"), order("Y")] });
    }),
    ("删除 1 条客户、改了 2 格", |b, [c, ..]| remove(b, 1, "customers", &[c])),
    ("删除 1 条产品、改了 1 格", |b, [_, _, p]| remove(b, 1, "products", &[p])),
    ("改了 2 格", |b, [c, o, _]| {
        let cell = |table: &str, id, field: &str, value: &str| Change::Edit {
            table: table.into(),
            cells: vec![CellEdit { id, field: field.into(), value: value.into() }],
        };
        let list = vec![cell("customers", c, "note", "熟客"), cell("orders", o, "status", "已取消")];
        apply(b, 1, Change::Several(list));
    }),
    ("改了 1 格", |b, [_, o, _]| edit(b, 1, "orders", o, "customer", Value::Null)),
    ("改了 1 格", |b, [_, o, p]| {
        let (table, field) = ("orders".into(), "u1".into());
        apply(b, 1, Change::Relink { table, id: o, field, add: vec![], remove: vec![p] });
    }),
];

/// A customer with two orders, one of which names a product.
fn furnished() -> (Book, RecordId, RecordId, RecordId) {
    let book = Book::new();
    let goods = FieldDef::new("", Label::same("商品"), FieldKind::Links { table: "products".into() });
    book.store.add_link(&testkit::scope(), "orders", goods, Some(Label::same("订单"))).unwrap();
    let c = create(&book, 2, "customers", &[("name", "王芳".into()), ("mobile", "13800138000".into())]);
    let p = create(&book, 2, "products", &[("name", "茶".into())]);
    let of = |no: &str| vec![("order_no", Value::from(no)), ("customer", Value::Link(c))];
    let mut cells = of("A");
    cells.push(("u1", Value::Links(vec![p])));
    let o = create(&book, 2, "orders", &cells);
    create(&book, 2, "orders", &of("B"));
    (book, c, o, p)
}

fn every_kind_of_change_goes_back_and_comes_again() {
    for (label, step) in KINDS {
        let (book, c, o, p) = furnished();
        let before = contents(&book);
        step(&book, [c, o, p]);
        let after = contents(&book);
        assert_ne!(before, after, "{label}");
        // A second process and a restart know the same stack.
        for _ in 0..2 {
            let undone = undo(&book, 1).unwrap_or_else(|e| panic!("{label}: {}", e.zh));
            assert_eq!(undone.label.zh.as_ref(), label);
            assert_eq!(contents(&book), before, "{label} undone");
            let redone = redo(&book, 1).unwrap_or_else(|e| panic!("{label}: {}", e.zh));
            assert_eq!(redone.label.zh.as_ref(), label);
            assert_eq!(contents(&book), after, "{label} done again");
        }
        book.assert_sound();
        assert_eq!(redo(&book, 1).unwrap_err().code, ErrorCode::NotFound);
        let book = book.reopened();
        undo(&book, 1).unwrap();
        assert_eq!(contents(&book), before);
        assert_eq!(undo(&book, 1).unwrap_err().code, ErrorCode::NotFound, "the rest was made by another");
        book.assert_sound();
    }
}

fn a_step_that_would_trample_is_refused_and_says_whose() {
    let trampling: [(&str, Kind); 4] = [
        ("“王芳”的“城市”小李 在 ", ("", |b, [c, ..]| edit(b, 2, "customers", c, "city", "株洲市"))),
        ("“客户”里的第 1 号记录小李 在 ", ("", |b, [c, ..]| remove(b, 2, "customers", &[c]))),
        ("", ("", |b, [c, ..]| edit(b, 2, "customers", c, "note", "另一格"))),
        ("", ("", |b, [c, ..]| edit(b, 2, "customers", c, "city", Value::Null))),
    ];
    for (wanted, (_, trample)) in trampling {
        let (book, c, o, p) = furnished();
        edit(&book, 1, "customers", c, "city", "长沙市");
        trample(&book, [c, o, p]);
        let before = contents(&book);
        match undo(&book, 1) {
            Ok(_) => assert_eq!(wanted, ""),
            Err(e) => {
                assert!(e.code == ErrorCode::Conflict && !wanted.is_empty() && e.zh.starts_with(wanted), "{}", e.zh);
                assert_eq!(contents(&book), before, "nothing was touched");
                // What is left of it can be taken back all the same, and the step is done with.
                assert_eq!(book.store.undo_last(&user(1), Meeting::Keep).unwrap().done.kept, 1);
                assert_eq!(undo(&book, 1).unwrap_err().code, ErrorCode::NotFound);
            }
        }
        book.assert_sound();
    }
    // Records that others changed or link to.
    let (book, ..) = furnished();
    let c = create(&book, 1, "customers", &[("name", "李强".into())]);
    let o = create(&book, 3, "orders", &[("customer", Value::Link(c))]);
    assert_eq!(undo(&book, 1).unwrap_err().zh.as_str(), "“李强”后来被别的记录关联了；为了不断开它们，这一步没有动");
    remove(&book, 3, "orders", &[o]);
    edit(&book, 3, "customers", c, "note", "老张写的");
    let refused = undo(&book, 1).unwrap_err().zh;
    assert!(refused.starts_with("“李强”老张 在 "), "{refused}");
    undo(&book, 3).unwrap();
    undo(&book, 1).unwrap();
    // The field is gone.
    let (book, _, o, p) = furnished();
    (KINDS[7].1)(&book, [o, o, p]);
    book.store.remove_field(&testkit::scope(), "orders", "u1", true).unwrap();
    let refused = undo(&book, 1).unwrap_err();
    assert!(refused.zh.contains("后来被删除了"), "{}", refused.zh);
}

fn a_hundred_steps_and_more_go_back_and_a_new_one_ends_what_could_be_redone() {
    let (book, c, ..) = furnished();
    let states: Vec<_> = (0..120)
        .map(|n| {
            let before = contents(&book);
            edit(&book, 1, "customers", c, "note", format!("第 {n} 步").as_str());
            edit(&book, 2, "customers", c, "city", format!("城 {n}").as_str());
            before
        })
        .collect();
    for _ in 0..120 {
        undo(&book, 1).unwrap();
    }
    assert_eq!(book.cell("customers", c, "note"), Value::Null);
    for n in 0..60 {
        redo(&book, 1).unwrap();
        assert_eq!(book.cell("customers", c, "note"), format!("第 {n} 步").as_str().into());
    }
    edit(&book, 1, "customers", c, "note", "新的");
    assert_eq!(redo(&book, 1).unwrap_err().code, ErrorCode::NotFound);
    undo(&book, 1).unwrap();
    redo(&book, 1).unwrap();
    assert_eq!(redo(&book, 1).unwrap_err().code, ErrorCode::NotFound);
    for _ in 0..61 {
        undo(&book, 1).unwrap();
    }
    assert_eq!(undo(&book, 1).unwrap_err().code, ErrorCode::NotFound);
    for _ in 0..120 {
        undo(&book, 2).unwrap();
    }
    assert_eq!(contents(&book), states[0]);
    book.assert_sound();
}

struct Play {
    book: Book,
    random: Random,
    alive: [Vec<RecordId>; 3],
    gone: [Vec<RecordId>; 3],
}

const TABLES: [&str; 3] = ["customers", "orders", "products"];

impl Play {
    fn cells(&mut self, t: usize) -> Vec<(&'static str, Value)> {
        let r = &mut self.random;
        match t {
            0 => vec![
                ("name", Value::from(*r.pick(&["王芳", "李强", "张伟"]))),
                ("mobile", Value::Text(format!("1380013{:04}", r.below(50)))),
                ("note", Value::Text(format!("{}", r.below(5)))),
            ],
            1 => {
                let customer = r.some(&self.alive[0]).map_or(Value::Null, Value::Link);
                let product = r.some(&self.alive[2]).map_or(Value::Null, |p| Value::Links(vec![p]));
                let amount = Value::Money(model::Money(r.below(90_000) as i64));
                vec![("customer", customer), ("u1", product), ("amount", amount)]
            }
            _ => vec![
                ("name", Value::Text(format!("茶{}", r.below(9)))),
                ("price", Value::Money(model::Money(r.below(900) as i64))),
            ],
        }
    }

    fn apply(&mut self, by: i64, change: Change) -> Option<model::ChangeOutcome> {
        self.book.store.apply(&user(by), change, Origin::Edit).ok()
    }

    fn step(&mut self, by: i64) {
        let t = self.random.below(3) as usize;
        let table = TABLES[t];
        let some = self.random.some(&self.alive[t]);
        match (self.random.below(10), some) {
            (0..3, _) | (_, None) => {
                let records = vec![self.cells(t).into_iter().map(|(k, v)| (k.into(), v)).collect()];
                if let Some(done) = self.apply(by, Change::Create { table: table.into(), records }) {
                    self.alive[t].extend(done.created);
                }
            }
            (3..6, Some(id)) => {
                let cells = self.cells(t);
                let cells = cells.into_iter().map(|(k, value)| CellEdit { id, field: k.into(), value }).collect();
                self.apply(by, Change::Edit { table: table.into(), cells });
            }
            (6, Some(id)) => {
                self.apply(by, Change::Delete { table: table.into(), ids: vec![id] });
            }
            (7, _) => {
                let _ = redo(&self.book, by);
            }
            (8, _) => {
                let lost = self.random.some(&self.gone[t]).map(|id| (table.into(), id));
                let _ = self.book.store.restore_removed(&user(by), &lost.into_iter().collect::<Vec<_>>());
            }
            _ => {
                let _ = undo(&self.book, by);
            }
        }
    }

    /// What the log says of each record is what it holds.
    fn history_tells_the_state(&self) {
        for table in TABLES {
            for id in self.book.ids(&model::Query::all(table)) {
                let mut seen = Vec::new();
                for line in self.book.store.history(&user(1), table, RecordId(id)).unwrap() {
                    let Some(field) = line.field else { break };
                    if !seen.contains(&field) {
                        assert_eq!(self.book.cell(table, RecordId(id), &field), line.after, "{table} {id} {field}");
                        seen.push(field);
                    }
                }
            }
        }
    }
}

fn three_users_at_random_and_undo_then_redo_changes_nothing() {
    let (book, c, o, p) = furnished();
    let mut play = Play {
        book,
        random: Random::new(20_261_122),
        alive: [vec![c], vec![o], vec![p]],
        gone: [vec![], vec![], vec![]],
    };
    let mut there_and_back = 0;
    for n in 1..=160 {
        let by = 1 + play.random.below(3) as i64;
        play.step(by);
        for (t, table) in TABLES.iter().enumerate() {
            let now: Vec<RecordId> = play.book.ids(&model::Query::all(*table)).into_iter().map(RecordId).collect();
            let left: Vec<RecordId> = play.alive[t].iter().filter(|id| !now.contains(id)).copied().collect();
            play.gone[t].extend(left);
            play.alive[t] = now;
        }
        let by = 1 + play.random.below(3) as i64;
        let before = contents(&play.book);
        match undo(&play.book, by) {
            Ok(step) => {
                let again = redo(&play.book, by).unwrap_or_else(|e| panic!("step {n}, {}: {}", step.label.zh, e.zh));
                assert_eq!(
                    contents(&play.book),
                    before,
                    "step {n}, {} {:?} {:?}",
                    step.label.zh,
                    step.done,
                    again.done
                );
                there_and_back += 1;
            }
            Err(e) => {
                assert!(matches!(e.code, ErrorCode::Conflict | ErrorCode::NotFound), "step {n}: {}", e.zh);
                assert_eq!(contents(&play.book), before, "a refused step touches nothing");
            }
        }
        if n % 40 == 0 {
            play.history_tells_the_state();
            play.book.assert_sound();
        }
    }
    assert!(there_and_back > 40, "only {there_and_back} steps went there and back");
}

fn removed_records_are_forgotten_after_their_time() {
    let book = Book::new();
    let keeps = create(&book, 1, "customers", &[("name", "甲".into())]);
    let goes = create(&book, 1, "customers", &[("name", "乙".into())]);
    remove(&book, 1, "customers", &[goes]);
    let bin = || -> Vec<RecordId> {
        book.store.trash(&user(1), "customers").unwrap().iter().map(|removed| removed.id).collect()
    };
    // Longer ago than minus one day is whatever was removed before tomorrow.
    assert_eq!(book.store.empty_trash(store::KEPT_DAYS).unwrap(), 0);
    assert_eq!(book.store.empty_trash(1).unwrap(), 0);
    assert_eq!(bin(), [goes]);
    assert_eq!(book.store.empty_trash(-1).unwrap(), 1);
    assert_eq!(book.store.empty_trash(-1).unwrap(), 0, "once");
    assert_eq!(bin(), []);
    let back = book.store.restore_removed(&user(1), &[("customers".into(), goes)]).unwrap();
    assert_eq!((back.restored, back.refused[0].2.code), (0, ErrorCode::Conflict));
    let refused = undo(&book, 1).unwrap_err();
    assert!(refused.zh.contains("90"), "{}", refused.zh);
    assert_eq!(book.cell("customers", keeps, "name"), "甲".into());
    book.assert_sound();
}

fn a_step_in_a_table_that_is_gone_is_told_without_its_key() {
    let book = Book::new();
    let table = book.store.add_table(&testkit::scope(), Label::same("样品"), None).unwrap().key;
    create(&book, 1, &table, &[("name", "一".into())]);
    book.store.remove_table(&testkit::scope(), &table, false).unwrap();
    let step = book.store.undo_last(&user(1), Meeting::Keep).unwrap();
    assert_eq!((&*step.label.zh, &*step.label.en), ("新建 1 条记录", "1 made in a removed table"));
}

testkit::on_both_engines!(
    a_step_in_a_table_that_is_gone_is_told_without_its_key,
    every_kind_of_change_goes_back_and_comes_again,
    a_step_that_would_trample_is_refused_and_says_whose,
    a_hundred_steps_and_more_go_back_and_a_new_one_ends_what_could_be_redone,
    three_users_at_random_and_undo_then_redo_changes_nothing,
    removed_records_are_forgotten_after_their_time,
);
