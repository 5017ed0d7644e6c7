//! What a turned field leaves behind: the log of before, and the rules, defaults and formulas that name it.

use model::{
    CellEdit, Change, Check, DateTime, ErrorCode, FieldDef, FieldKey, FieldKind, FileRef, Label, Level, Money, Origin,
    Rule, UserId, Value,
};
use model::{RecordId, TableKey};
use store::FieldPatch;
use testkit::{Book, scope};

fn add(book: &Book, table: &TableKey, field: FieldDef) -> FieldKey {
    let made = book.store.add_field(&scope(), table, field).unwrap();
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    made.key
}

fn plain(name: &str, kind: FieldKind) -> FieldDef {
    FieldDef::new("", Label::same(name), kind)
}

fn turn(book: &Book, table: &TableKey, key: &FieldKey, to: FieldKind) -> model::Result<FieldDef> {
    book.store.turn(&scope(), table, key, to, &[(UserId(5), "小林".to_owned())], &mut |_, _| Ok(()))
}

/// A table with one field.
fn bed(book: &Book, kind: FieldKind) -> (TableKey, FieldKey) {
    let table = book.store.add_table(&scope(), Label::same("样品"), None).unwrap().key;
    let key = add(book, &table, plain("甲", kind));
    (table, key)
}

/// Kind, content, the kinds it is turned into one after another, what the content is then.
fn turns() -> Vec<(FieldKind, Value, Vec<FieldKind>, Value)> {
    use FieldKind as K;
    let money = |fen| Value::Money(Money(fen));
    let moment = DateTime::from_iso("2024-03-05T14:20:00").unwrap();
    let file = FileRef { id: "0".into(), name: "a.png".into(), media: "image/png".into(), size: 1 };
    vec![
        (K::number(2), Value::Number(90.0), vec![K::Money], money(9_000)),
        (K::number(0), Value::Int(90), vec![K::Money], money(9_000)),
        (K::Money, money(8_000), vec![K::number(0)], Value::Int(80)),
        (K::DateTime, Value::DateTime(moment), vec![K::Date], Value::Date(moment.date())),
        (K::Attachment { images: false }, Value::Files(vec![file]), vec![K::Text], "a.png".into()),
        (K::Bool, Value::Bool(true), vec![K::Text], "是".into()),
        (K::Link { table: "customers".into() }, Value::Link(RecordId(1)), vec![K::Text], "王芳".into()),
        (K::Text, "王芳".into(), vec![K::Links { table: "customers".into() }], Value::Links(vec![RecordId(1)])),
        (K::Person, Value::Person(UserId(5)), vec![K::Text], "小林".into()),
        (K::Text, "abc".into(), vec![K::number(0)], Value::Null),
        (K::Text, "12".into(), vec![K::number(2), K::Money, K::Text], "12.00".into()),
        (K::Text, "12".into(), vec![K::LongText], "12".into()),
    ]
}

fn what_the_log_keeps_is_read_as_what_the_field_is_now() {
    for (n, (kind, value, kinds, now)) in turns().into_iter().enumerate() {
        let book = Book::new();
        book.create("customers", &[("name", "王芳".into())]);
        let (table, key) = bed(&book, kind);
        let binned = book.create(&table, &[("name", "一".into()), (&key, value.clone())]);
        let edited = book.create(&table, &[("name", "二".into()), (&key, value.clone())]);
        let blanked = book.edit(&table, edited, &key, Value::Null).unwrap().change;
        let removal = book.delete(&table, &[binned]).change;
        for to in kinds {
            turn(&book, &table, &key, to).unwrap_or_else(|e| panic!("{n}: {}", e.zh));
        }
        // A second process has nothing but what is stored.
        let other = book.second();
        let past = other.history(&scope(), &table, edited).unwrap();
        assert_eq!(past[0].before, now, "{n}: the history");
        assert_eq!(other.change(&scope(), blanked).unwrap().1[0].before, now, "{n}: the log");
        assert_eq!(other.trash(&scope(), &table).unwrap()[0].name.as_deref(), Some("一"), "{n}: the bin");

        let back = book.store.restore_removed(&scope(), &[(table.clone(), binned)]).unwrap();
        assert_eq!((back.restored, back.refused.len()), (1, 0), "{n}");
        assert_eq!(book.cell(&table, binned, &key), now, "{n}: from the bin");
        book.delete(&table, &[binned]);
        book.store.restore_removed(&scope(), &[(table.clone(), binned)]).unwrap();
        assert_eq!(book.cell(&table, binned, &key), now, "{n}: removed after the turn");
        book.delete(&table, &[binned]);
        book.store.undo(&scope(), removal, &mut |_, _| Ok(())).unwrap();
        assert_eq!(book.cell(&table, binned, &key), now, "{n}: by undo");

        book.store.restore_to(&scope(), &table, edited, blanked).unwrap();
        assert_eq!(book.cell(&table, edited, &key), now, "{n}: to before the change");
        book.edit(&table, edited, &key, Value::Null).unwrap();
        if !now.is_blank() {
            let done = book.store.undo_whole(&scope(), blanked, &[]).unwrap_or_else(|e| panic!("{n}: {}", e.zh));
            assert_eq!((done.restored, book.cell(&table, edited, &key)), (1, now), "{n}: by undo of the edit");
        }
        book.assert_sound();
        // Nothing is left of the notes once the field is gone.
        book.store.remove_field(&scope(), &table, &key, false).unwrap();
        assert_eq!(book.store.restore_removed(&scope(), &[(table.clone(), binned)]).unwrap().restored, 0);
    }
}

fn expression(formula: &str, says: &str) -> Rule {
    Rule {
        check: Check::Expression { formula: formula.into() },
        level: Level::Refuse,
        message: Some(Label::same(says)),
    }
}

fn a_turn_that_would_break_a_rule_a_default_or_a_formula_is_refused_in_its_preview_too() {
    let with = |rule: &str, default: &str, formula: &str| FieldDef {
        rules: if rule.is_empty() { Vec::new() } else { vec![expression(rule, "太大")] },
        default: (!default.is_empty()).then(|| default.into()),
        formula: (!formula.is_empty()).then(|| formula.into()),
        ..plain("乙", FieldKind::number(0))
    };
    let link = FieldKind::Links { table: "customers".into() };
    for (field, word) in
        [(with("[@甲]*2<100", "", ""), "规则"), (with("", "[@甲]+1", ""), "默认值"), (with("", "", "[@甲]+1"), "公式")]
    {
        let book = Book::new();
        let (table, key) = bed(&book, FieldKind::number(0));
        add(&book, &table, field);
        let says = |e: model::Error| {
            assert_eq!(e.code, ErrorCode::Formula, "{}", e.zh);
            assert!(e.zh.contains("样品·乙") && e.zh.contains(word), "{word}: {}", e.zh);
        };
        says(book.store.preview_turn(&scope(), &table, &key, &link, &[]).unwrap_err());
        says(turn(&book, &table, &key, link.clone()).unwrap_err());
        turn(&book, &table, &key, FieldKind::Money).unwrap();
    }
    // Its own default too.
    let book = Book::new();
    let (table, _) = bed(&book, FieldKind::number(0));
    let own = add(&book, &table, with("", "TODAY()-1", ""));
    assert!(turn(&book, &table, &own, link).is_err());
}

fn a_rule_stands_in_nobodys_way_elsewhere() {
    let book = Book::new();
    let (table, first) = bed(&book, FieldKind::number(0));
    let second = FieldDef { rules: vec![expression("[@乙]>0", "乙要正")], ..plain("乙", FieldKind::number(0)) };
    let second = add(&book, &table, second);
    let id = book.create(&table, &[("name", "一".into()), (&first, Value::Int(-1))]);
    let rules = Some(vec![expression("[@甲]>0", "甲要正")]);
    book.store.change_field(&scope(), &table, &first, FieldPatch { rules, ..FieldPatch::default() }).unwrap();
    book.edit(&table, id, &second, Value::Int(5)).unwrap();
    let e = book.edit(&table, id, &second, Value::Int(-5)).unwrap_err();
    assert!(e.zh.starts_with("乙要正"), "{}", e.zh);
    assert!(book.edit(&table, id, &first, Value::Int(-2)).is_err());
    assert_eq!(book.store.marks(&scope(), &table, &[id]).unwrap().len(), 1, "it is marked all the same");
}

fn what_only_one_may_have_does_not_come_back_twice() {
    let book = Book::new();
    let table = book.store.add_table(&scope(), Label::same("样品"), None).unwrap().key;
    let unique = Rule { check: Check::Unique, level: Level::Refuse, message: None };
    let key = add(&book, &table, FieldDef { rules: vec![unique], ..plain("序列号", FieldKind::Text) });
    let serial = |name: &str| book.create(&table, &[("name", name.into()), (&key, "S1".into())]);
    let first = serial("一");
    let removal = book.delete(&table, &[first]).change;
    let second = serial("二");
    book.delete(&table, &[second]);
    let both = [(table.clone(), first), (table.clone(), second)];
    let back = book.store.restore_removed(&scope(), &both).unwrap();
    assert_eq!((back.restored, back.refused.len()), (1, 1));
    let (_, id, why) = &back.refused[0];
    assert_eq!((*id, why.code), (second, ErrorCode::Conflict));
    assert!(why.zh.contains("序列号") && why.zh.contains("S1"), "{}", why.zh);

    book.delete(&table, &[first]);
    book.store.restore_removed(&scope(), &[(table.clone(), second)]).unwrap();
    let e = book.store.undo_whole(&scope(), removal, &[]).unwrap_err();
    assert_eq!(e.code, ErrorCode::Conflict, "{}", e.zh);
    book.assert_sound();

    // One change may hand it from a record it removes to another, and is taken back as one.
    let third = book.create(&table, &[("name", "三".into()), (&key, "S3".into())]);
    let cells = vec![CellEdit { id: third, field: key.clone(), value: "S1".into() }];
    let handed =
        vec![Change::Delete { table: table.clone(), ids: vec![second] }, Change::Edit { table: table.clone(), cells }];
    let handed = book.store.apply(&scope(), Change::Several(handed), Origin::Edit).unwrap().change;
    book.store.undo_whole(&scope(), handed, &[]).unwrap_or_else(|e| panic!("{}", e.zh));
    assert_eq!((book.cell(&table, second, &key), book.cell(&table, third, &key)), ("S1".into(), "S3".into()));
}

fn a_default_is_read_as_typed_and_known_again() {
    let book = Book::new();
    let default = |field: &str, text: &str| {
        let default = Some(Some(format!("\"{text}\"").into()));
        book.store.change_field(&scope(), "customers", field, FieldPatch { default, ..FieldPatch::default() }).unwrap();
    };
    default("mobile", "+86 138 0013 8000");
    default("wechat", "xiao_lin");
    default("email", "Not Mail");
    let id = book.create("customers", &[("name", "一".into())]);
    assert_eq!(book.cell("customers", id, "mobile"), "13800138000".into());
    assert_eq!(book.cell("customers", id, "email"), Value::Null);
    book.assert_sound();
    assert_eq!(book.find("xiao_lin"), [id.0]);
}

testkit::on_both_engines!(
    what_the_log_keeps_is_read_as_what_the_field_is_now,
    a_turn_that_would_break_a_rule_a_default_or_a_formula_is_refused_in_its_preview_too,
    a_rule_stands_in_nobodys_way_elsewhere,
    what_only_one_may_have_does_not_come_back_twice,
    a_default_is_read_as_typed_and_known_again,
);
