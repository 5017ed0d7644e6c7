//! One thing done to many records: in parts, as one step.

use model::{
    Check, Error, ErrorCode, FieldDef, FieldKind, Label, Level, Origin, Query, RecordId, Rule, Value, builtin,
};
use store::{Batch, BatchOptions, Bulk, BulkDone, MatchKey, Meeting, Replace, ViewId};
use testkit::{Book, scope};

const MANY: usize = 2_300;

fn full(book: &Book) {
    let record = |n: usize| {
        let city = if n.is_multiple_of(2) { "长沙市" } else { "株洲市" };
        [Value::Text(format!("客{n}")), city.into()]
    };
    let options =
        BatchOptions { origin: Origin::Import, match_key: MatchKey::Identity, dry_run: false, expected_orders: 0 };
    let rows = |b: &mut Batch<'_>| {
        let c = b.columns(builtin::CUSTOMERS, &["name".into(), "city".into()])?;
        (0..MANY).try_for_each(|n| b.customer(c, &mut record(n)).map(drop))
    };
    book.store.batch(&scope(), options, rows, &mut |_, _, _| Ok(())).unwrap();
}

fn view(book: &Book) -> ViewId {
    book.store.open_view(&scope(), &Query::all(builtin::CUSTOMERS), &[]).unwrap().id
}

fn bulk(book: &Book, act: &Bulk) -> BulkDone {
    book.store.bulk(&scope(), &view(book), None, act, &mut |_, _| Ok(())).unwrap_or_else(|e| panic!("{}", e.zh))
}

fn cities(book: &Book) -> Vec<String> {
    let ids = [1, 2, 2_100, MANY as i64];
    ids.map(|id| match book.cell("customers", RecordId(id), "city") {
        Value::Text(t) => t,
        _ => String::new(),
    })
    .to_vec()
}

fn every_record_is_edited_and_put_back_by_one_undo() {
    let book = Book::new();
    full(&book);
    let before = cities(&book);
    let mut told = Vec::new();
    let edit = Bulk::Edit(vec![("city".into(), "湘潭市".into())]);
    let progress = &mut |done, total| {
        told.push((done, total));
        Ok(())
    };
    let done = book.store.bulk(&scope(), &view(&book), None, &edit, progress).unwrap();
    assert_eq!((done.records, done.refused.len(), done.stopped), (MANY as u64, 0, false));
    assert_eq!(told, [(0, 2_300), (2_000, 2_300)]);
    assert_eq!(cities(&book), ["湘潭市"; 4]);
    assert_eq!(book.store.step_size(&scope(), true).unwrap(), MANY as u64);
    book.assert_sound();
    let step = book.store.undo_last(&scope(), Meeting::Keep).unwrap();
    assert_eq!((step.done.restored, step.label.zh.as_ref()), (MANY as u64, "改了 2300 格"));
    assert_eq!(cities(&book), before);
    assert_eq!(bulk(&book, &Bulk::Edit(vec![("kind".into(), Value::Null)])).records, 0);
    book.assert_sound();
}

fn some_rows_alone_are_taken() {
    let book = Book::new();
    full(&book);
    let edit = Bulk::Edit(vec![("note".into(), "选中".into())]);
    let rows = [1..3, 2_299..9_999];
    let done = book.store.bulk(&scope(), &view(&book), Some(&rows), &edit, &mut |_, _| Ok(())).unwrap();
    assert_eq!(done.records, 3);
    assert_eq!(book.find("选中"), [2, 3, MANY as i64]);
}

fn labels_come_and_go() {
    let book = Book::new();
    for tags in [vec!["老客"], vec![], vec!["老客", "大码"]] {
        let tags = Value::Tags(tags.into_iter().map(str::to_owned).collect());
        book.create("customers", &[("name", "甲".into()), ("tags", tags)]);
    }
    let act = Bulk::Tag { field: "tags".into(), add: vec!["年会".into()], remove: vec!["老客".into()] };
    assert_eq!(bulk(&book, &act).records, 3);
    let tags = |id| book.cell("customers", RecordId(id), "tags");
    assert_eq!(tags(1), Value::Tags(vec!["年会".into()]));
    assert_eq!(tags(3), Value::Tags(vec!["大码".into(), "年会".into()]));
    assert_eq!(bulk(&book, &act).records, 0, "done twice changes nothing");
    let gone = Bulk::Tag { field: "tags".into(), add: vec![], remove: vec!["年会".into()] };
    bulk(&book, &gone);
    assert_eq!(tags(1), Value::Null);
    let wrong = Bulk::Tag { field: "city".into(), add: vec!["x".into()], remove: vec![] };
    let e = book.store.bulk(&scope(), &view(&book), None, &wrong, &mut |_, _| Ok(())).unwrap_err();
    assert_eq!((e.code, e.zh.as_str()), (ErrorCode::Invalid, "“城市”不是标签或多选字段"));
    book.assert_sound();
}

fn texts_are_found_counted_and_replaced() {
    let book = Book::new();
    full(&book);
    let replace = Replace {
        fields: vec!["city".into(), "name".into()],
        find: "株洲".into(),
        with: "湘潭".into(),
        whole: false,
        case: false,
    };
    let preview = book.store.preview_replace(&scope(), &view(&book), None, &replace).unwrap();
    assert_eq!((preview.records, preview.cells, preview.samples.len()), (1_150, 1_150, 5));
    assert_eq!(preview.samples[0], (RecordId(2), "city".into(), "株洲市".into(), "湘潭市".into()));
    assert_eq!(bulk(&book, &Bulk::Replace(replace.clone())).records, 1_150);
    assert_eq!(cities(&book)[1], "湘潭市");
    assert_eq!(book.store.preview_replace(&scope(), &view(&book), None, &replace).unwrap().cells, 0);
    let wrong = Replace { fields: vec!["total".into()], ..replace };
    let e = book.store.preview_replace(&scope(), &view(&book), None, &wrong).unwrap_err();
    assert_eq!(e.zh, "“累计金额”的内容不能替换");
    book.assert_sound();
}

fn records_are_removed_and_brought_back() {
    let book = Book::new();
    full(&book);
    let done = bulk(&book, &Bulk::Delete);
    assert_eq!((done.records, book.ids(&Query::all("customers")).len()), (MANY as u64, 0));
    assert_eq!(book.store.undo_last(&scope(), Meeting::Keep).unwrap().done.revived, MANY as u64);
    assert_eq!(book.find("客2299"), [MANY as i64]);
    book.assert_sound();
}

fn what_a_rule_refuses_stays_and_is_told() {
    let book = Book::new();
    full(&book);
    let rule = Rule {
        check: Check::Expression { formula: "OR([@城市]<>\"禁区\",MOD([@序号],500)<>0)".into() },
        level: Level::Refuse,
        message: Some(Label::same("整五百的不许")),
    };
    let number = FieldDef::new("", Label::same("序号"), FieldKind::number(0));
    let number = book.store.add_field(&scope(), "customers", number).unwrap().key;
    for id in [1_000, 1_500, 2_000] {
        book.edit("customers", RecordId(id), &number, Value::Int(id)).unwrap();
    }
    book.edit("customers", RecordId(1), &number, Value::Int(1)).unwrap();
    let patch = store::FieldPatch { rules: Some(vec![rule]), ..store::FieldPatch::default() };
    book.store.change_field(&scope(), "customers", "city", patch).unwrap();
    // Blank numbers are multiples too; only those with a number of their own count here.
    let rows = [0..1, 999..1_000, 1_499..1_500, 1_999..2_000];
    let edit = Bulk::Edit(vec![("city".into(), "禁区".into())]);
    let done = book.store.bulk(&scope(), &view(&book), Some(&rows), &edit, &mut |_, _| Ok(())).unwrap();
    assert_eq!(done.records, 1);
    let refused: Vec<_> = done.refused.iter().map(|(id, e)| (id.0, e.zh.as_str())).collect();
    assert_eq!(
        refused,
        [(1_000, "整五百的不许（K001000）"), (1_500, "整五百的不许（K001500）"), (2_000, "整五百的不许（K002000）"),]
    );
    assert_eq!(cities(&book)[0], "禁区");
    // All wrong: it does not go through all of them one by one.
    let all = book.store.bulk(&scope(), &view(&book), None, &edit, &mut |_, _| Ok(())).unwrap();
    assert!(all.stopped && all.refused.len() == 100, "{} refused", all.refused.len());
    book.assert_sound();
}

fn stopped_on_the_way_what_is_done_stays_one_step() {
    let book = Book::new();
    full(&book);
    let edit = Bulk::Edit(vec![("note".into(), "一半".into())]);
    let stop = |done: u64, _| if done == 0 { Ok(()) } else { Err(Error::new(ErrorCode::Cancelled, "停", "stop")) };
    let done = book.store.bulk(&scope(), &view(&book), None, &edit, &mut { stop }).unwrap();
    assert_eq!((done.records, done.stopped), (2_000, true));
    // Its undo on the way stops it too.
    let undo = |done: u64, _| {
        if done == 2_000 {
            book.store.undo_last(&scope(), Meeting::Keep)?;
        }
        Ok(())
    };
    let edit = Bulk::Edit(vec![("note".into(), "撤了".into())]);
    let done = book.store.bulk(&scope(), &view(&book), None, &edit, &mut { undo }).unwrap();
    assert!(done.stopped);
    assert_eq!(book.cell("customers", RecordId(1), "note"), "一半".into());
    assert_eq!(book.store.undo_last(&scope(), Meeting::Keep).unwrap().done.restored, 2_000);
    assert_eq!(book.find("一半"), Vec::<i64>::new());
    book.assert_sound();
}

testkit::on_both_engines!(
    every_record_is_edited_and_put_back_by_one_undo,
    some_rows_alone_are_taken,
    labels_come_and_go,
    texts_are_found_counted_and_replaced,
    records_are_removed_and_brought_back,
    what_a_rule_refuses_stays_and_is_told,
    stopped_on_the_way_what_is_done_stays_one_step,
);
