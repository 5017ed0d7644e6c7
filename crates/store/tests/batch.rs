//! Bulk writing: who is matched, what is merged, what is taken back.

use model::{ErrorCode, FieldKey, Money, Origin, Query, RecordId, Value};
use store::{BatchOptions, MatchKey, Upsert};
use testkit::{Book, scope};

fn batch_options(dry_run: bool) -> BatchOptions {
    BatchOptions { origin: Origin::Import, match_key: MatchKey::Identity, dry_run, expected_orders: 0 }
}

fn take(book: &Book, rows: &[(&str, &str, &str)], dry_run: bool) -> (Option<i64>, Vec<Upsert>) {
    let fields: Vec<FieldKey> = ["name", "mobile", "note"].map(FieldKey::from).into();
    let text = |s: &str| if s.is_empty() { Value::Null } else { Value::from(s) };
    book.store
        .batch(
            &scope(),
            batch_options(dry_run),
            |b| {
                let c = b.columns("customers", &fields)?;
                rows.iter().map(|(n, m, note)| b.customer(c, &mut [text(n), text(m), text(note)])).collect()
            },
            &mut |_, _, _| Ok(()),
        )
        .unwrap()
}

fn rows_are_matched_by_identity_and_never_blank_out() {
    let book = Book::new();
    let old =
        book.create("customers", &[("name", "王芳".into()), ("mobile", "138 0013 8000".into()), ("note", "旧".into())]);
    let rows = [
        ("王芳", "13800138000", ""),         // same, nothing new
        ("王女士", "+86 13800138000", "新"), // same person, new note, name kept
        ("李强", "13800138000", ""),         // shares the phone: another person
        ("赵敏", "139****1234", ""),         // masked: no identity
        ("赵敏", "139****1234", "再来"),     // the same row again: the same person
        ("赵敏", "", ""),                    // nothing contradicts, but the masked phone differs: a namesake
        ("", "13700000001", ""),
    ];
    let (none, dry) = take(&book, &rows, true);
    assert_eq!(none, None);
    assert_eq!(book.ids(&Query::all("customers")), [old.0], "a dry run leaves the book as it was");
    let (change, real) = take(&book, &rows, false);
    assert_eq!(dry, real, "a dry run tells what will happen");
    let id = |n| RecordId(n);
    assert_eq!(
        real,
        [
            Upsert::Unchanged(old).also_if_phone_rewritten(&real[0]),
            Upsert::Updated(old),
            Upsert::CreatedSharing(id(2), "王芳".into()),
            Upsert::Created(id(3)),
            Upsert::Unchanged(id(3)),
            Upsert::Created(id(4)),
            Upsert::Created(id(5)),
        ]
    );
    assert_eq!(book.cell("customers", old, "name"), "王芳".into());
    assert_eq!(book.cell("customers", old, "note"), "新".into());
    assert_eq!(book.cell("customers", id(3), "note"), "再来".into());
    book.assert_sound();

    book.edit("customers", id(5), "note", "改过".into()).unwrap();
    let undone = book.store.undo(&scope(), change.unwrap(), &mut |_, _| Ok(())).unwrap();
    assert_eq!((undone.removed, undone.kept), (3, 1), "a customer edited since is kept");
    assert_eq!(book.cell("customers", old, "note"), "旧".into());
    assert_eq!(book.ids(&Query::all("customers")), [old.0, 5]);
    book.assert_sound();
}

trait Also {
    fn also_if_phone_rewritten(self, got: &Upsert) -> Upsert;
}

impl Also for Upsert {
    /// A phone written otherwise is new content for the cell; either verdict is right for the first row.
    fn also_if_phone_rewritten(self, got: &Upsert) -> Upsert {
        if *got == Upsert::Updated(self.id()) { got.clone() } else { self }
    }
}

fn take_orders(book: &Book, rows: &[(&str, &str, i64)]) -> (i64, Vec<Upsert>) {
    let fields: Vec<FieldKey> = ["order_no", "product", "amount"].map(FieldKey::from).into();
    let (change, out) = book
        .store
        .batch(
            &scope(),
            batch_options(false),
            |b| {
                let c = b.columns("orders", &fields)?;
                let mut out = Vec::new();
                for (no, product, yuan) in rows {
                    let no = if no.is_empty() { Value::Null } else { Value::from(*no) };
                    let mut row = [no, Value::from(*product), Value::Money(Money::new(*yuan, 0))];
                    out.push(b.order(c, &mut row, Some(RecordId(1)), || format!("auto-{product}-{yuan}"))?);
                }
                Ok(out)
            },
            &mut |_, _, _| Ok(()),
        )
        .unwrap();
    (change.unwrap(), out)
}

fn orders_taken_twice_are_not_doubled() {
    let book = Book::new();
    book.create("customers", &[("name", "甲".into())]);
    let rows = [("A1", "面膜", 10), ("A1", "口红", 20), ("", "眼霜", 5), ("", "眼霜", 5), ("B2", "面膜", 7)];
    let (_, first) = take_orders(&book, &rows);
    assert!(first.iter().all(|u| matches!(u, Upsert::Created(_))), "{first:?}");
    assert_eq!(book.cell("customers", RecordId(1), "order_count"), Value::Int(4));
    let (_, again) = take_orders(&book, &rows);
    assert!(again.iter().all(|u| matches!(u, Upsert::Unchanged(_))), "{again:?}");
    let (change, mixed) = take_orders(&book, &[("A1", "口红", 25), ("A1", "面膜", 10), ("A1", "香水", 1)]);
    assert_eq!(mixed, [Upsert::Updated(RecordId(2)), Upsert::Unchanged(RecordId(1)), Upsert::Created(RecordId(6))]);
    assert_eq!(book.cell("orders", RecordId(6), "line"), Value::Int(3));
    assert_eq!(book.cell("customers", RecordId(1), "total"), Value::Money(Money::new(53, 0)));
    book.store.undo(&scope(), change, &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.cell("customers", RecordId(1), "total"), Value::Money(Money::new(47, 0)));
    book.assert_sound();
}

fn a_failed_batch_leaves_nothing() {
    let book = Book::new();
    let fields: Vec<FieldKey> = vec!["name".into()];
    let result: model::Result<(Option<i64>, ())> = book.store.batch(
        &scope(),
        batch_options(false),
        |b| {
            let c = b.columns("customers", &fields)?;
            b.customer(c, &mut [Value::from("甲")])?;
            Err(model::Error::new(ErrorCode::Cancelled, "已取消", "Cancelled"))
        },
        &mut |_, _, _| Ok(()),
    );
    assert_eq!(result.unwrap_err().code, ErrorCode::Cancelled);
    assert_eq!(book.ids(&Query::all("customers")), Vec::<i64>::new());
    book.assert_sound();
}

fn a_code_of_another_program_does_not_merge_two_people() {
    let book = Book::new();
    let ours = book.create("customers", &[("name", "王芳".into()), ("mobile", "13800138000".into())]);
    let fields: Vec<FieldKey> = ["code", "name", "mobile"].map(FieldKey::from).into();
    let take = |rows: &[[&str; 3]]| {
        let write = |b: &mut store::Batch<'_>| {
            let c = b.columns("customers", &fields)?;
            let taken = rows.iter().map(|r| b.customer(c, &mut r.map(Value::from)));
            let taken = taken.collect::<model::Result<Vec<_>>>()?;
            let key = store::CustomerKey { code: rows[0][0], ..Default::default() };
            Ok((taken, b.find_customer(&key)?))
        };
        book.store.batch(&scope(), batch_options(false), write, &mut |_, _, _| Ok(())).unwrap().1
    };
    // The same code, but neither name nor mobile agree; an order that names the code means the new one.
    let stranger = [["K000001", "李强", "13900139000"]];
    let (taken, buyer) = take(&stranger);
    assert_eq!(taken, [Upsert::CreatedRecoded(RecordId(2), "K000001".into())]);
    assert_eq!(buyer, store::Buyer::One(RecordId(2)));
    assert_eq!(book.cell("customers", ours, "name"), "王芳".into());
    assert_eq!(book.cell("customers", RecordId(2), "code"), "K000002".into());
    assert_eq!(take(&stranger).0, [Upsert::Unchanged(RecordId(2))], "known by the mobile the second time");
    // A corrected name under one's own code is an update.
    assert_eq!(take(&[["K000001", "王小芳", "13800138000"]]).0, [Upsert::Updated(ours)]);
    assert_eq!(book.cell("customers", ours, "name"), "王小芳".into());
    book.assert_sound();
}

fn rows_of_an_own_table_are_known_by_their_code_or_all_they_say() {
    let book = Book::new();
    let customer = book.create("customers", &[("name", "王芳".into())]);
    book.create("customers", &[("name", "李强".into())]);
    book.create("customers", &[("name", "李强".into())]);
    let take = |rows: &[[&str; 3]], coded: bool| {
        let write = |b: &mut store::Batch<'_>| {
            let table = b.add_table("跟进")?;
            let customers = || model::TableKey::from("customers");
            let link = b.add_field(&table, "谁", model::FieldKind::Link { table: customers() })?;
            let along = b.add_field(&table, "同行", model::FieldKind::Links { table: customers() })?;
            let fields: Vec<FieldKey> =
                if coded { vec!["code".into(), "name".into(), link] } else { vec!["name".into(), link, along] };
            let c = b.columns(&table, &fields)?;
            let (mut done, mut lost) = (Vec::new(), Vec::new());
            for row in rows {
                let text = |s: &&str| if s.is_empty() { Value::Null } else { Value::from(*s) };
                let mut row: Vec<Value> = row[usize::from(!coded)..].iter().map(text).collect();
                if !coded {
                    row.push("K000002、王芳; 无此人".into());
                }
                lost.extend(b.link(c, &mut row)?);
                done.push(b.own(c, &mut row)?);
            }
            Ok((table, done, lost))
        };
        let (change, out) = book.store.batch(&scope(), batch_options(false), write, &mut |_, _, _| Ok(())).unwrap();
        (change.unwrap(), out)
    };
    let made = |n| Upsert::Created(RecordId(n));
    let same = |n| Upsert::Unchanged(RecordId(n));
    let calls = [["", "电话", "王芳"], ["", "电话", "王芳"], ["", "短信", "K000001"], ["", "微信", "李强"]];
    let (first, (table, done, lost)) = take(&calls, false);
    assert_eq!(done, [made(1), made(2), made(3), made(4)], "two equal rows are two records");
    assert_eq!(lost, ["无此人", "无此人", "无此人", "李强", "无此人"], "two are called 李强");
    let along = book.store.schema().table(&table).unwrap().named("同行").unwrap().key.clone();
    assert_eq!(book.cell(&table, RecordId(1), &along), Value::Links(vec![RecordId(2), customer]));
    let link = book.store.schema().table(&table).unwrap().named("谁").unwrap().key.clone();
    assert_eq!(book.cell(&table, RecordId(3), &link), Value::Link(customer));
    assert_eq!(book.cell(&table, RecordId(4), &link), Value::Null);
    assert_eq!(book.cell(&table, RecordId(4), "code"), "000004".into());
    assert_eq!(take(&calls[..3], false).1.1, [same(1), same(2), same(3)], "the same sheet again adds nothing");
    assert_eq!(
        take(&[["", "电话", "王芳"], ["", "电话", "K000001"], calls[0]], false).1.1,
        [same(1), same(2), made(5)]
    );

    let coded = [["000002", "回访", ""], ["000002", "拜访", ""], ["X9", "新", ""]];
    let done = take(&coded, true).1.1;
    let twice = Upsert::CreatedRecoded(RecordId(6), "000002".into());
    assert_eq!(done, [Upsert::Updated(RecordId(2)), twice, made(7)]);
    assert_eq!(book.cell(&table, RecordId(2), &link), Value::Link(customer), "a blank cell keeps what is there");
    // The same again: the repeated code and what has none are known by what they say.
    let mixed = [["000002", "回访", ""], ["000002", "拜访", ""], ["X9", "新", ""], ["", "无号", ""]];
    assert_eq!(take(&mixed, true).1.1, [same(2), same(6), same(7), made(8)]);
    assert_eq!(take(&mixed, true).1.1, [same(2), same(6), same(7), same(8)]);
    book.assert_sound();

    // Undone from the last on, the table goes with the change that made it.
    let schema = || book.store.schema();
    for change in (first..=first + 5).rev() {
        assert!(schema().table(&table).is_some());
        book.store.undo(&scope(), change, &mut |_, _| Ok(())).unwrap();
    }
    assert!(schema().table(&table).is_none());
    book.assert_sound();
}

fn an_unreadable_cell_gets_no_default_and_a_default_is_known_again() {
    let book = Book::new();
    for (field, text) in [("city", "\"杭州市\""), ("wechat", "\"xiao_lin\"")] {
        let patch = store::FieldPatch { default: Some(Some(text.into())), ..Default::default() };
        book.store.change_field(&scope(), "customers", field, patch).unwrap();
    }
    let fields: Vec<FieldKey> = ["name", "city"].map(FieldKey::from).into();
    let work = |b: &mut store::Batch<'_>| {
        let c = b.columns("customers", &fields)?;
        let unread = b.customer(c, &mut ["甲".into(), Value::Null])?.id();
        b.leave_blank(&"customers".into(), unread, "city");
        Ok([unread, b.customer(c, &mut ["乙".into(), Value::Null])?.id()])
    };
    let (_, [unread, blank]) = book.store.batch(&scope(), batch_options(false), work, &mut |_, _, _| Ok(())).unwrap();
    assert_eq!(book.cell("customers", unread, "city"), Value::Null, "the file had something there");
    assert_eq!(book.cell("customers", blank, "city"), "杭州市".into());
    assert_eq!(book.cell("customers", unread, "wechat"), "xiao_lin".into());
    book.assert_sound();
}

testkit::on_both_engines!(
    an_unreadable_cell_gets_no_default_and_a_default_is_known_again,
    rows_of_an_own_table_are_known_by_their_code_or_all_they_say,
    rows_are_matched_by_identity_and_never_blank_out,
    orders_taken_twice_are_not_doubled,
    a_failed_batch_leaves_nothing,
    a_code_of_another_program_does_not_merge_two_people,
);
