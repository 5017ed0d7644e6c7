//! The schema as it changes under people's hands: new formulas, other processes.

use model::{
    Change, Check, ChoiceOption, Condition, ErrorCode, FieldDef, FieldKey, FieldKind, Filter, Label, Level, Op, Origin,
    Query, Rule, Value,
};
use std::time::Duration;
use store::{FieldPatch, IndexPolicy};
use testkit::{Book, scope};

fn formula(name: &str, kind: FieldKind, text: &str) -> FieldDef {
    FieldDef { formula: Some(text.into()), ..FieldDef::new("", Label::same(name), kind) }
}

fn a_new_formula_is_filled_in_parts_while_people_edit() {
    let book = Book::new();
    let a = book.create("customers", &[("name", "甲".into())]);
    let b = book.create("customers", &[("name", "乙".into())]);
    let f = book.store.add_field(&scope(), "customers", formula("全名", FieldKind::Text, "[@客户名称]&\"!\"")).unwrap();
    assert_eq!(book.cell("customers", a, &f.key), Value::Null, "nothing is filled yet");
    assert_eq!(book.store.filling().unwrap().unwrap().left, 2);

    book.edit("customers", b, "name", "丙".into()).unwrap();
    assert_eq!(book.cell("customers", b, &f.key), "丙!".into(), "an edit computes the new column at once");

    let book = book.reopened();
    let mut seen = Vec::new();
    book.store
        .fill(&mut |done, total| {
            seen.push((done, total));
            Ok(())
        })
        .unwrap();
    assert_eq!(seen.last(), Some(&(2, 2)));
    assert_eq!(book.cell("customers", a, &f.key), "甲!".into());
    assert_eq!(book.store.filling().unwrap(), None);
    book.assert_sound();
}

fn a_changed_rule_reaches_other_tables() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "甲".into())]);
    book.order(c, "A1", "2026-11-01", 100, &[("status", "寄存".into())]);
    assert_eq!(book.cell("customers", c, "total"), Value::Money(model::Money::new(100, 0)));
    let rule = "[@订单状态]<>\"寄存\"";
    book.store.set_formula(&scope(), "orders", "counted", rule, &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.cell("customers", c, "order_count"), Value::Int(0));
    assert_eq!(book.cell("customers", c, "total"), Value::Money(model::Money(0)));
    book.assert_sound();
}

fn another_process_sees_a_new_field_with_its_next_write() {
    let book = Book::new();
    let other = book.second();
    let a = book.create("customers", &[("name", "甲".into())]);
    let f = other.add_field(&scope(), "customers", formula("长", FieldKind::number(0), "LEN([@客户名称])"));
    let f = f.unwrap();
    book.edit("customers", a, "name", "甲乙".into()).unwrap();
    assert_eq!(book.cell("customers", a, &f.key), Value::Int(2));
    other.fill(&mut |_, _| Ok(())).unwrap();
    book.assert_sound();
}

fn ages_and_birthdays_follow_the_day() {
    let book = Book::new();
    let people = [("单晓", "1990-11-22"), ("王小华", "农历1990-10-15"), ("甲", "05-06"), ("乙", "")];
    let ids: Vec<_> = people
        .iter()
        .map(|(name, birthday)| book.create("customers", &[("name", (*name).into()), ("birthday", (*birthday).into())]))
        .collect();
    let add = |name: &str, kind, text: &str| {
        book.store
            .add_field(&scope(), "customers", formula(name, kind, text))
            .unwrap_or_else(|e| panic!("{}", e.zh))
            .key
    };
    let age = add("周岁", FieldKind::number(0), "AGE([@生日])");
    let next = add("下个生日", FieldKind::Date, "NEXTBIRTHDAY([@生日])");
    let lunar = add("农历", FieldKind::Text, "IF([@下个生日]=\"\",\"\",LUNAR([@下个生日]))");
    let spelt = add("拼音", FieldKind::Text, "PINYIN([@客户名称])&\"/\"&INITIALS([@客户名称])");
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    let row = |id| [&age, &next, &lunar, &spelt].map(|f| book.cell("customers", id, f));
    let date = |text| Value::Date(model::Date::from_iso(text).unwrap());
    assert_eq!(row(ids[0]), [Value::Int(35), date("2026-11-22"), "十月十四".into(), "shanxiao/sx".into()]);
    assert_eq!(row(ids[1]), [Value::Int(35), date("2026-11-23"), "十月十五".into(), "wangxiaohua/wxh".into()]);
    assert_eq!(row(ids[2]), [Value::Null, date("2027-05-06"), "四月初一".into(), "jia/j".into()]);
    assert_eq!(row(ids[3])[..2], [Value::Null, Value::Null]);
    book.assert_sound();
    for (today, expected) in [("2026-11-22", [36, 35]), ("2026-11-23", [36, 36])] {
        book.store.turn_day(model::Date::from_iso(today).unwrap(), &mut |_, _| Ok(())).unwrap();
        assert_eq!([ids[0], ids[1]].map(|id| book.cell("customers", id, &age)), expected.map(Value::Int), "{today}");
        book.assert_sound();
    }
    assert_eq!(book.cell("customers", ids[0], &next), date("2027-11-22"));
    book.edit("customers", ids[3], "birthday", "2000-02-29".into()).unwrap();
    assert_eq!(row(ids[3])[..2], [Value::Int(26), date("2027-02-28")]);
    book.assert_sound();
}

/// A book with more orders than are changed while the caller waits.
fn many_orders() -> Book {
    let book = Book::new();
    many_with(&book, &[], |_| Vec::new());
    book
}

/// Puts so many orders into a book, with some more cells each.
fn many_with(book: &Book, fields: &[&FieldKey], cells: impl Fn(i64) -> Vec<Value>) {
    let options = store::BatchOptions {
        origin: Origin::Import,
        match_key: store::MatchKey::Identity,
        dry_run: false,
        expected_orders: 0,
    };
    let rows = |b: &mut store::Batch<'_>| {
        let columns: Vec<FieldKey> = [&"order_no".into()].iter().chain(fields).map(|f| (*f).clone()).collect();
        let c = b.columns("orders", &columns)?;
        (0..20_500).try_for_each(|n| {
            let mut row = vec![Value::Text(format!("第{n}号"))];
            row.extend(cells(n));
            b.order(c, &mut row, None, String::new).map(drop)
        })
    };
    book.store.batch(&scope(), options, rows, &mut |_, _, _| Ok(())).unwrap();
}

/// The records of each part of what is left to do, as it is done.
fn parts(book: &Book) -> Vec<u64> {
    let mut seen = vec![0];
    let mut follow = |done, _| {
        seen.push(done);
        Ok(())
    };
    book.store.fill(&mut follow).unwrap();
    seen.windows(2).map(|w| w[1] - w[0]).filter(|n| *n > 0).collect()
}

fn a_formula_of_many_records_becomes_another_kind_at_once() {
    let book = many_orders();
    let field = formula("长", FieldKind::number(2), "10/(LEN([@订单号])-3)");
    let key = book.store.add_field(&scope(), "orders", field).unwrap().key;
    assert_eq!(parts(&book), [20_000, 500]);
    let at = |n| book.cell("orders", model::RecordId(n), &key);
    assert_eq!((at(5), at(20_500)), (Value::Error(model::ErrorValue::Div0), Value::Number(2.5)));
    let change = |kind, text: &str| {
        let patch = FieldPatch { kind: Some(kind), formula: Some(text.into()), ..FieldPatch::default() };
        book.store.change_field(&scope(), "orders", &key, patch).unwrap()
    };

    change(FieldKind::Text, "LEN([@订单号])&\"字\"");
    assert_eq!(at(20_500), Value::Null, "the change writes no record");
    book.edit("orders", model::RecordId(20_500), "order_no", "甲".into()).unwrap();
    assert_eq!(at(20_500), "1字".into(), "an edit computes it as it is now");
    let emptied = if testkit::engine() == testkit::Engine::Sqlite { 2 } else { 1 };
    assert_eq!(parts(&book), [20_000, 500].repeat(1 + emptied), "computed; the column before and its errors emptied");
    assert_eq!((at(5), at(20_499)), ("3字".into(), "7字".into()));
    book.assert_sound();

    // It can fail again while its errors are still to be emptied.
    change(FieldKind::number(2), "10/(LEN([@订单号])-3)");
    change(FieldKind::Text, "[@订单号]");
    change(FieldKind::number(2), "10/(LEN([@订单号])-4)");
    let book = book.reopened();
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    let at = |n| book.cell("orders", model::RecordId(n), &key);
    assert_eq!((at(5), at(11)), (Value::Number(-10.0), Value::Error(model::ErrorValue::Div0)));
    book.assert_sound();
}

fn options_of_many_records_are_renamed_while_people_work_on() {
    let book = Book::new();
    let other = book.second();
    let options = |names: &[&str]| -> Vec<ChoiceOption> {
        names.iter().map(|n| ChoiceOption { value: (*n).into(), en: (*n).into(), tone: "grey".into() }).collect()
    };
    let choice = |names: &[&str]| FieldKind::Choice { options: options(names) };
    let choices = |names: &[&str]| FieldKind::Choices { options: options(names) };
    let several = |names: &[&str]| Value::Tags(names.iter().map(|n| (*n).to_owned()).collect());
    let add =
        |name, kind| book.store.add_field(&scope(), "orders", FieldDef::new("", Label::same(name), kind)).unwrap();
    let (one, many) = (add("一个", choice(&["甲", "乙", "丙"])).key, add("几个", choices(&["甲", "乙"])).key);
    many_with(&book, &[&one, &many], |n| {
        let name = ["甲", "乙", "丙"][n.unsigned_abs() as usize % 3];
        vec![name.into(), if n == 0 { several(&["乙", "甲"]) } else { Value::Null }]
    });
    let at = |n, field: &FieldKey| book.cell("orders", model::RecordId(n), field);
    let swapped = || [("甲".to_owned(), "乙".to_owned()), ("乙".to_owned(), "甲".to_owned())].into();
    let rename = |field, kind| {
        let patch = FieldPatch { kind: Some(kind), renamed: swapped(), ..FieldPatch::default() };
        book.store.change_field(&scope(), "orders", field, patch)
    };

    let turn = rename(&one, choice(&["乙", "甲", "丙"])).unwrap().turn.unwrap();
    assert_eq!(at(1, &one), "甲".into(), "nothing is written while the caller waits");
    let mut edited = false;
    let mut between = |_, _| {
        // By the names that people still see.
        if !std::mem::replace(&mut edited, true) {
            let cell = model::CellEdit { id: model::RecordId(3), field: one.clone(), value: "甲".into() };
            other.apply(&scope(), Change::Edit { table: "orders".into(), cells: vec![cell] }, Origin::Edit)?;
        }
        Ok(())
    };
    book.store.turn(&scope(), "orders", &one, turn, &[], &mut between).unwrap();
    for (n, name) in [(1, "乙"), (2, "甲"), (3, "乙"), (6, "丙"), (20_499, "丙"), (20_500, "乙")] {
        assert_eq!(at(n, &one), name.into(), "record {n}");
    }
    let kind = book.store.schema().require("orders").unwrap().require(&one).unwrap().kind.clone();
    assert_eq!(kind, choice(&["乙", "甲", "丙"]));

    let turn = rename(&many, choices(&["乙", "甲"])).unwrap().turn.unwrap();
    book.store.turn(&scope(), "orders", &many, turn, &[], &mut |_, _| Ok(())).unwrap();
    assert_eq!(at(1, &many), several(&["甲", "乙"]));
    let e = rename(&many, FieldKind::Text).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::Invalid, Some("renamed")), "one after the other");
    book.assert_sound();
}

fn a_rule_that_many_records_are_unique_is_indexed_behind_the_scenes() {
    let book = many_orders();
    let unique = Rule { check: Check::Unique, level: Level::Refuse, message: None };
    let rules = |rules| {
        let patch = FieldPatch { rules: Some(rules), ..FieldPatch::default() };
        book.store.change_field(&scope(), "orders", "note", patch).unwrap();
    };
    book.edit("orders", model::RecordId(5), "note", "一".into()).unwrap();
    rules(vec![unique.clone()]);
    assert!(book.store.filling().unwrap().is_some(), "the index is still to be made");
    let e = book.edit("orders", model::RecordId(6), "note", "一".into());
    assert!(e.is_err(), "the rule holds at once");
    assert_eq!(parts(&book), [20_500]);
    assert_eq!(book.store.filling().unwrap(), None);

    // A view that asks for few notes finds an index there.
    let asked = |text: &str| {
        let is = Condition { field: "note".into(), op: Op::Eq, values: vec![text.into()] };
        book.ids(&Query { filter: Filter::Is(is), ..Query::all("orders") }).len()
    };
    let eager = IndexPolicy { waited_each: Duration::ZERO, waited: Duration::ZERO, ..IndexPolicy::default() };
    assert_eq!(asked("一"), 1);
    assert_eq!(book.store.tend_indexes(&eager).unwrap().made, []);
    rules(Vec::new());
    assert_eq!(asked("一"), 1);
    assert_eq!(book.store.tend_indexes(&eager).unwrap().made.len(), 1, "the rule took its own away");

    // What is no longer wanted when its turn comes is not made.
    rules(vec![unique]);
    rules(Vec::new());
    assert_eq!(book.store.fill(&mut |_, _| Ok(())), Ok(()));
    book.assert_sound();
}

fn the_heavy_part_of_fields_comes_and_goes_in_parts() {
    let book = many_orders();
    let own = FieldDef::new("", Label::same("货号"), FieldKind::Code(model::CodePattern::simple("P", 5)));
    let code = book.store.add_field(&scope(), "orders", own).unwrap().key;
    let made = FieldDef::new("", Label::same("建于"), FieldKind::CreatedTime);
    let made = book.store.add_field(&scope(), "orders", made).unwrap().key;
    let last = book.create("orders", &[("product", "新".into())]);
    assert_eq!(book.cell("orders", last, &code), "P00001".into(), "a new record has its code at once");
    let mut parts = Vec::new();
    let mut stop = |done, total| {
        parts.push((done, total));
        if parts.len() == 1 { Err(model::Error::new(model::ErrorCode::Cancelled, "停", "stop")) } else { Ok(()) }
    };
    assert!(book.store.fill(&mut stop).is_err());
    let book = book.reopened();
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    assert_eq!(parts, [(20_501, 61_503)], "its index goes first, or each code would be sought in the whole table");
    let at = |n| book.cell("orders", model::RecordId(n), &code);
    assert_eq!((at(1), at(20_500)), ("P00002".into(), "P20501".into()), "stopped and gone on with, none twice");
    assert!(matches!(book.cell("orders", model::RecordId(20_500), &made), Value::DateTime(_)));

    book.store.remove_field(&scope(), "orders", &code, false).unwrap();
    assert!(book.store.schema().table("orders").unwrap().field(&code).is_none(), "gone for people at once");
    book.edit("orders", last, "product", "改".into()).unwrap();
    let again = FieldDef::new("", Label::same("货号"), FieldKind::Text);
    let again = book.store.add_field(&scope(), "orders", again).unwrap().key;
    assert_ne!(again, code, "no key comes twice");
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    assert_eq!(book.store.filling().unwrap(), None);
    book.assert_sound();
    let another = FieldDef::new("", Label::same("备用"), FieldKind::Text);
    let another = book.store.add_field(&scope(), "orders", another).unwrap().key;
    assert_eq!(book.cell("orders", model::RecordId(1), &another), Value::Null, "nothing of a field that is gone");
}

testkit::on_both_engines!(
    a_formula_of_many_records_becomes_another_kind_at_once,
    options_of_many_records_are_renamed_while_people_work_on,
    a_rule_that_many_records_are_unique_is_indexed_behind_the_scenes,
    the_heavy_part_of_fields_comes_and_goes_in_parts,
    ages_and_birthdays_follow_the_day,
    a_new_formula_is_filled_in_parts_while_people_edit,
    a_changed_rule_reaches_other_tables,
    another_process_sees_a_new_field_with_its_next_write,
);
