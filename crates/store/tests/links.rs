//! Links to several records and from their other side, on both engines: every way in and out keeps the index,
//! both sides read and edit the same, and nothing names what is gone.

use model::{
    Change, Condition, ErrorCode, FieldDef, FieldKey, FieldKind, Filter, Label, Loss, Op, Origin, Query, RecordId,
    Rule, Sort, TableKey, Value,
};
use testkit::{Book, scope};

/// A table of activities that name several customers, seen from the customers too.
struct Bed {
    book: Book,
    table: TableKey,
    link: FieldKey,
    back: FieldKey,
    customers: Vec<RecordId>,
}

impl Bed {
    fn new() -> Self {
        let book = Book::new();
        let customers = ["甲", "乙", "丙"].map(|n| book.create("customers", &[("name", n.into())])).to_vec();
        let t = book.store.add_table(&scope(), Label::same("活动"), None).unwrap();
        let field = FieldDef::new("", Label::same("参加者"), FieldKind::Links { table: "customers".into() });
        let link = book.store.add_link(&scope(), &t.key, field, Some(Label::same("活动"))).unwrap().key;
        let schema = book.store.schema();
        let back = schema.table("customers").unwrap().named("活动").unwrap().clone();
        assert_eq!(back.kind, FieldKind::Backlinks { table: t.key.clone(), field: link.clone() });
        Self { book, table: t.key, link, back: back.key, customers }
    }

    fn activity(&self, name: &str, customers: &[usize]) -> RecordId {
        self.book.create(&self.table, &[("name", name.into()), (&self.link, self.list(customers))])
    }

    fn list(&self, customers: &[usize]) -> Value {
        links(customers.iter().map(|i| self.customers[*i]))
    }

    fn named(&self, activity: RecordId) -> Value {
        self.book.cell(&self.table, activity, &self.link)
    }

    /// What a customer shows of the other side.
    fn naming(&self, i: usize) -> Value {
        self.book.cell("customers", self.customers[i], &self.back)
    }

    fn undo(&self, change: i64) -> store::Undone {
        self.book.store.undo(&scope(), change, &mut |_, _| Ok(())).unwrap()
    }

    fn relink(&self, table: &str, id: RecordId, field: &str, add: &[RecordId], remove: &[RecordId]) -> i64 {
        let (add, remove) = (add.to_vec(), remove.to_vec());
        let change = Change::Relink { table: table.into(), id, field: field.into(), add, remove };
        self.book.store.apply(&scope(), change, Origin::Edit).unwrap().change
    }
}

fn links(ids: impl IntoIterator<Item = RecordId>) -> Value {
    let list: Vec<RecordId> = ids.into_iter().collect();
    if list.is_empty() { Value::Null } else { Value::Links(list) }
}

fn every_way_in_and_out_keeps_both_sides_alike() {
    let bed = Bed::new();
    let (a, b) = (bed.activity("茶会", &[1, 0]), bed.activity("年会", &[0]));
    assert_eq!(bed.named(a), bed.list(&[1, 0]), "in the order given");
    assert_eq!((bed.naming(0), bed.naming(1), bed.naming(2)), (links([a, b]), links([a]), Value::Null));
    bed.book.assert_sound();

    let edit = bed.book.edit(&bed.table, a, &bed.link, bed.list(&[2, 2, 1])).unwrap().change;
    assert_eq!(bed.named(a), bed.list(&[2, 1]), "nobody twice");
    assert_eq!((bed.naming(0), bed.naming(2)), (links([b]), links([a])));
    bed.book.assert_sound();
    let undone = bed.undo(edit);
    assert_eq!((bed.named(a), bed.naming(2)), (bed.list(&[1, 0]), Value::Null));
    bed.undo(undone.change);
    assert_eq!((bed.named(a), bed.naming(2)), (bed.list(&[2, 1]), links([a])));
    bed.book.assert_sound();

    let e = bed.book.edit(&bed.table, a, &bed.link, links([RecordId(99)])).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::NotFound, Some(&*bed.link)));
    let e = bed.book.edit(&bed.table, a, &bed.link, links((0..501).map(RecordId))).unwrap_err();
    assert_eq!(e.code, ErrorCode::Invalid);

    let removed = bed.book.delete(&bed.table, &[a]).change;
    assert_eq!((bed.naming(0), bed.naming(1), bed.naming(2)), (links([b]), Value::Null, Value::Null));
    bed.book.assert_sound();
    bed.undo(removed);
    assert_eq!((bed.named(a), bed.naming(1)), (bed.list(&[2, 1]), links([a])));
    bed.book.assert_sound();
}

fn what_is_removed_leaves_the_cells_that_name_it() {
    let bed = Bed::new();
    let a = bed.activity("茶会", &[0, 1, 2]);
    let removed = bed.book.delete("customers", &[bed.customers[0], bed.customers[2]]).change;
    assert_eq!(bed.named(a), bed.list(&[1]));
    bed.book.assert_sound();
    bed.undo(removed);
    assert_eq!((bed.named(a), bed.naming(2)), (bed.list(&[0, 1, 2]), links([a])));
    bed.book.assert_sound();

    // Neither an undone edit nor a record brought back names what went meanwhile.
    let edit = bed.book.edit(&bed.table, a, &bed.link, bed.list(&[1])).unwrap().change;
    bed.book.delete("customers", &[bed.customers[0]]);
    bed.undo(edit);
    assert_eq!(bed.named(a), bed.list(&[1, 2]));
    let gone = bed.book.delete(&bed.table, &[a]).change;
    bed.book.delete("customers", &[bed.customers[1]]);
    bed.undo(gone);
    assert_eq!(bed.named(a), bed.list(&[2]));
    bed.book.assert_sound();

    // A new record that others name is not taken away by undoing its making.
    let name = vec![(FieldKey::from("name"), Value::from("丁"))];
    let create = Change::Create { table: "customers".into(), records: vec![name] };
    let made = bed.book.store.apply(&scope(), create, Origin::Edit).unwrap();
    bed.book.edit(&bed.table, a, &bed.link, links([made.created[0]])).unwrap();
    let undone = bed.undo(made.change);
    assert_eq!((undone.removed, undone.kept), (0, 1));
    bed.book.assert_sound();
}

fn the_other_side_is_edited_like_the_link() {
    let bed = Bed::new();
    let (a, b) = (bed.activity("茶会", &[1]), bed.activity("年会", &[]));
    let change = bed.book.edit("customers", bed.customers[0], &bed.back, links([b, a])).unwrap().change;
    assert_eq!((bed.named(a), bed.named(b)), (bed.list(&[1, 0]), bed.list(&[0])));
    assert_eq!(bed.naming(0), links([a, b]), "in the order of the records");
    bed.book.assert_sound();
    bed.undo(change);
    assert_eq!((bed.named(a), bed.named(b)), (bed.list(&[1]), Value::Null));

    let change = bed.relink("customers", bed.customers[1], &bed.back, &[b], &[a]);
    assert_eq!((bed.named(a), bed.named(b)), (Value::Null, bed.list(&[1])));
    bed.undo(change);
    bed.relink(&bed.table, a, &bed.link, &[bed.customers[2]], &[bed.customers[1]]);
    assert_eq!(bed.named(a), bed.list(&[2]));
    let new = bed.book.create("customers", &[("name", "丁".into()), (&bed.back, links([a]))]);
    assert_eq!(bed.named(a), links([bed.customers[2], new]));
    let e = bed.book.edit("customers", new, &bed.back, links([RecordId(99)])).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::NotFound, Some(&*bed.back)));
    bed.book.assert_sound();

    // Of a single link: who is added here leaves where they were.
    let book = &bed.book;
    let back = FieldDef::new(
        "",
        Label::same("订单"),
        FieldKind::Backlinks { table: "orders".into(), field: "customer".into() },
    );
    let orders = book.store.add_field(&scope(), "customers", back).unwrap().key;
    let o = book.order(bed.customers[1], "A1", "2026-11-01", 100, &[]);
    assert_eq!(book.cell("customers", bed.customers[1], &orders), links([o]));
    book.edit("customers", bed.customers[2], &orders, links([o])).unwrap();
    assert_eq!(book.cell("orders", o, "customer"), Value::Link(bed.customers[2]));
    assert_eq!(book.cell("customers", bed.customers[2], "order_count"), Value::Int(1));
    book.edit("customers", bed.customers[2], &orders, Value::Null).unwrap();
    assert_eq!(book.cell("orders", o, "customer"), Value::Null);
    book.assert_sound();
}

fn both_sides_are_filtered_listed_and_shown() {
    let bed = Bed::new();
    let (a, b) = (bed.activity("茶会", &[1, 0]), bed.activity("年会", &[0]));
    let c = bed.activity("讲座", &[]);
    let ask = |table: &str, field: &FieldKey, op, values| {
        let filter = Filter::Is(Condition { field: field.clone(), op, values });
        bed.book.ids(&Query { filter, ..Query::all(table) })
    };
    let of = |i: usize| Value::Link(bed.customers[i]);
    for (op, values, want) in [
        (Op::Eq, vec![of(0)], vec![a, b]),
        (Op::Contains, vec![of(1)], vec![a]),
        (Op::Contains, vec!["乙".into()], vec![a]),
        (Op::Ne, vec![of(1)], vec![b, c]),
        (Op::In, vec![of(1), Value::Null], vec![a, c]),
        (Op::Blank, vec![], vec![c]),
        (Op::Filled, vec![], vec![a, b]),
    ] {
        let want: Vec<i64> = want.iter().map(|id| id.0).collect();
        assert_eq!(ask(&bed.table, &bed.link, op, values.clone()), want, "{op:?} {values:?}");
    }
    for (op, values, want) in [
        (Op::Eq, vec![Value::Link(b)], vec![0]),
        (Op::Contains, vec!["茶".into()], vec![0, 1]),
        (Op::Blank, vec![], vec![2]),
        (Op::Filled, vec![], vec![0, 1]),
    ] {
        let want: Vec<i64> = want.iter().map(|i| bed.customers[*i].0).collect();
        assert_eq!(ask("customers", &bed.back, op, values.clone()), want, "{op:?} {values:?}");
    }
    bed.book.order(bed.customers[1], "A1", "2026-11-01", 1, &[]);
    assert_eq!(ask("orders", &"customer".into(), Op::Contains, vec!["k000002".into()]), [1]);
    assert_eq!(ask("orders", &"customer".into(), Op::Contains, vec!["甲".into()]), [0; 0]);
    let sorted = Query { sort: vec![Sort { field: bed.link.clone(), desc: false }], ..Query::all(bed.table.clone()) };
    let store = &bed.book.store;
    assert_eq!(store.open_view(&scope(), &sorted, &[]).unwrap_err().code, ErrorCode::Invalid);
    let (values, _) = store.field_values(&scope(), &bed.table, &bed.link, "").unwrap();
    assert_eq!(values.iter().map(|v| (v.value.clone(), v.count)).collect::<Vec<_>>(), [(of(0), 2), (of(1), 1)]);

    let page = |table: &str, field: &FieldKey| -> serde_json::Value {
        let view = store.open_view(&scope(), &Query::all(table), std::slice::from_ref(field)).unwrap();
        let summary = store.summary(&scope(), &view.id, &[]).unwrap();
        assert_eq!(summary[field].filled, 2, "{table}");
        serde_json::from_slice(&store.page(&scope(), &view.id, 0, 500).unwrap()).unwrap()
    };
    assert_eq!(
        page(&bed.table, &bed.link),
        serde_json::json!([[1, [[2, "K000002", "乙"], [1, "K000001", "甲"]]], [2, [[1, "K000001", "甲"]]], [3, null]])
    );
    assert_eq!(
        page("customers", &bed.back),
        serde_json::json!([
            [1, {"count": 2, "first": [[1, "000001", "茶会"], [2, "000002", "年会"]]}],
            [2, {"count": 1, "first": [[1, "000001", "茶会"]]}],
            [3, null]
        ])
    );
    let record = store.record_json(&scope(), "customers", bed.customers[1]).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    assert_eq!(record[&*bed.back]["count"], 1);
    for i in 0..25 {
        bed.activity(&format!("第{i}场"), &[2]);
    }
    let record = store.record_json(&scope(), "customers", bed.customers[2]).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    assert_eq!((&record[&*bed.back]["count"], record[&*bed.back]["first"].as_array().unwrap().len()), (&25.into(), 20));
}

fn kinds_turn_into_lists_and_back() {
    let bed = Bed::new();
    let (a, b) = (bed.activity("茶会", &[1, 0]), bed.activity("年会", &[0]));
    let store = &bed.book.store;
    let turn = |kind: FieldKind| store.turn(&scope(), &bed.table, &bed.link, kind, &[], &mut |_, _| Ok(()));
    let (one, many) = (FieldKind::Link { table: "customers".into() }, FieldKind::Links { table: "customers".into() });
    let p = store.preview_turn(&scope(), &bed.table, &bed.link, &one, &[]).unwrap();
    assert_eq!((p.total, p.partly, p.lost), (2, 1, 0));
    assert_eq!((p.samples[0].before.as_str(), p.samples[0].loss), ("乙、甲", Some(Loss::Part)));
    turn(one).unwrap();
    assert_eq!((bed.named(a), bed.named(b)), (Value::Link(bed.customers[1]), Value::Link(bed.customers[0])));
    assert_eq!((bed.naming(0), bed.naming(1)), (links([b]), links([a])), "the other side goes on");
    bed.book.assert_sound();
    turn(many.clone()).unwrap();
    assert_eq!(bed.named(a), bed.list(&[1]));
    bed.book.assert_sound();

    let e = turn(FieldKind::Text).unwrap_err();
    assert_eq!(e.code, ErrorCode::Conflict, "{}", e.zh);
    store.remove_field(&scope(), "customers", &bed.back, false).unwrap();
    bed.book.edit(&bed.table, a, &bed.link, bed.list(&[1, 2])).unwrap();
    turn(FieldKind::Text).unwrap();
    assert_eq!(bed.named(a), "乙、丙".into());
    bed.book.assert_sound();
    bed.book.edit(&bed.table, b, &bed.link, "甲，没有".into()).unwrap();
    let p = store.preview_turn(&scope(), &bed.table, &bed.link, &many, &[]).unwrap();
    assert_eq!((p.total, p.partly, p.lost), (2, 1, 0));
    turn(many).unwrap();
    assert_eq!((bed.named(a), bed.named(b)), (bed.list(&[1, 2]), bed.list(&[0])));
    bed.book.assert_sound();
}

fn fields_and_tables_go_with_their_other_side() {
    let bed = Bed::new();
    bed.activity("茶会", &[1, 0]);
    let store = &bed.book.store;
    let e = store.remove_field(&scope(), &bed.table, &bed.link, false).unwrap_err();
    assert!(e.code == ErrorCode::Conflict && e.zh.contains("客户·活动"), "{}", e.zh);
    let e = store.remove_table(&scope(), &bed.table, false).unwrap_err();
    assert_eq!(e.code, ErrorCode::Conflict);
    store.remove_field(&scope(), &bed.table, &bed.link, true).unwrap();
    assert!(store.schema().table("customers").unwrap().field(&bed.back).is_none());
    bed.book.assert_sound();

    let bed = Bed::new();
    bed.activity("茶会", &[1, 0]);
    bed.book.store.remove_table(&scope(), &bed.table, true).unwrap();
    assert!(bed.book.store.schema().table("customers").unwrap().field(&bed.back).is_none());
    bed.book.assert_sound();
}

fn settings_that_make_no_sense_are_refused() {
    let bed = Bed::new();
    let many = FieldKind::Links { table: "customers".into() };
    let new = |kind: FieldKind| FieldDef::new("", Label::same("新"), kind);
    let rule = |text: &str| serde_json::from_str::<Rule>(text).unwrap();
    let length = rule(r#"{"check":"length","max":1,"level":"refuse"}"#);
    let required = rule(r#"{"check":"required","level":"refuse"}"#);
    for (table, field) in [
        ("customers", new(FieldKind::Links { table: "orders".into() })),
        ("customers", FieldDef { formula: Some("1".into()), ..new(many.clone()) }),
        ("customers", FieldDef { default: Some("1".into()), ..new(many.clone()) }),
        ("orders", new(FieldKind::Backlinks { table: "orders".into(), field: "customer".into() })),
        ("customers", new(FieldKind::Backlinks { table: "orders".into(), field: "amount".into() })),
        (
            "customers",
            FieldDef {
                rules: vec![required.clone()],
                ..new(FieldKind::Backlinks { table: "orders".into(), field: "customer".into() })
            },
        ),
    ] {
        let e = bed.book.store.add_field(&scope(), table, field.clone()).unwrap_err();
        assert_eq!(e.code, ErrorCode::Invalid, "{field:?}: {}", e.zh);
    }
    let e = bed.book.store.add_link(&scope(), "orders", new(many.clone()), Some(Label::same("手机"))).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::Conflict, Some("other_side")));
    let ruled = FieldDef { rules: vec![length, required], ..new(many) };
    let key = bed.book.store.add_field(&scope(), &bed.table, ruled).unwrap().key;
    let with = |list: Value| bed.book.try_create(&bed.table, &[(&key, list)]);
    assert!(with(bed.list(&[0])).is_ok());
    assert!(with(bed.list(&[0, 1])).is_err());
    assert!(with(Value::Null).is_err());
}

testkit::on_both_engines!(
    every_way_in_and_out_keeps_both_sides_alike,
    what_is_removed_leaves_the_cells_that_name_it,
    the_other_side_is_edited_like_the_link,
    both_sides_are_filtered_listed_and_shown,
    kinds_turn_into_lists_and_back,
    fields_and_tables_go_with_their_other_side,
    settings_that_make_no_sense_are_refused,
);
