//! Tables, fields of every kind, conversions and rules, on both engines.

use model::{
    Change, Check, ChoiceOption, DateTime, ErrorCode, FieldDef, FieldKey, FieldKind, FileRef, Label, Level, Loss,
    Money, Op, Origin, Query, RecordId, Rule, UserId, Value,
};
use store::FieldPatch;
use testkit::{Book, scope};

fn add(book: &Book, table: &str, name: &str, kind: FieldKind) -> FieldKey {
    add_field(book, table, FieldDef::new("", Label::same(name), kind))
}

fn add_field(book: &Book, table: &str, field: FieldDef) -> FieldKey {
    let made = book.store.add_field(&scope(), table, field).unwrap();
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    made.key
}

fn rule(check: Check, level: Level, says: &str) -> Rule {
    Rule { check, level, message: Some(Label::same(says)) }
}

fn options(names: &[&str]) -> Vec<ChoiceOption> {
    names.iter().map(|n| ChoiceOption { value: (*n).into(), en: (*n).into(), tone: "grey".into() }).collect()
}

/// What each kind usually holds.
fn content(kind: &FieldKind, customer: RecordId) -> Value {
    use FieldKind as K;
    match kind {
        K::Text | K::LongText | K::Choice { .. } => "某某".into(),
        K::Number { .. } => Value::Number(12.5),
        K::Money => Value::Money(Money(1250)),
        K::Percent => Value::Number(0.8),
        K::Date => Value::Date(model::Date(19_787)),
        K::DateTime => Value::DateTime(DateTime::from_iso("2024-03-05T14:20:07").unwrap()),
        K::Bool => Value::Bool(true),
        K::Choices { .. } | K::Tags => Value::Tags(vec!["老客".into(), "宝妈".into()]),
        K::Phone => "13800138000".into(),
        K::Email => "a@example.com".into(),
        K::Url => "https://example.com".into(),
        K::Address => "浙江省 杭州市 文三路1号".into(),
        K::Birthday => "1990-05-06".into(),
        K::Person => Value::Person(UserId(7)),
        K::Link { .. } => Value::Link(customer),
        K::Links { .. } => Value::Links(vec![customer]),
        // Of a customer, an order: the first there is.
        K::Backlinks { .. } => Value::Links(vec![RecordId(1)]),
        K::Attachment { .. } => {
            Value::Files(vec![FileRef { id: "0".into(), name: "a.png".into(), media: "image/png".into(), size: 1 }])
        }
        K::Rating { .. } => Value::Int(4),
        K::Progress => Value::Number(0.6),
        K::Code(_) | K::CreatedTime | K::UpdatedTime | K::CreatedBy | K::UpdatedBy => Value::Null,
    }
}

fn a_field_of_every_kind_is_written_read_found_undone_and_removed() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "甲".into())]);
    let t = book.store.add_table(&scope(), Label::same("样品"), None).unwrap();
    let id = book.create(&t.key, &[("name", "一".into())]);
    assert_eq!(book.cell(&t.key, id, "code"), "000001".into());
    book.create("orders", &[("order_no", "A1".into())]);
    let (sample, customers) = ((t.key.clone(), id), ("customers".into(), c));
    for kind in FieldKind::all() {
        if matches!(kind, FieldKind::Code(_)) {
            continue;
        }
        // The other side of a link belongs to the table linked to.
        let (table, id) = if kind.stored() { sample.clone() } else { customers.clone() };
        let key = add(&book, &table, &format!("字段 {}", kind.name()), kind.clone());
        let value = content(&kind, c);
        if kind.system() {
            assert_ne!(book.cell(&table, id, &key), Value::Null, "{}", kind.name());
            let e = book.edit(&table, id, &key, "x".into()).unwrap_err();
            assert_eq!(e.code, ErrorCode::Invalid, "nobody edits {}", kind.name());
        } else {
            let change = book.edit(&table, id, &key, value.clone()).unwrap().change;
            assert_eq!(book.cell(&table, id, &key), value, "{}", kind.name());
            let filter = |op, values| Query {
                filter: model::Filter::Is(model::Condition { field: key.clone(), op, values }),
                ..Query::all(table.clone())
            };
            assert_eq!(book.ids(&filter(Op::Filled, vec![])), [id.0], "{}", kind.name());
            let asked = match &value {
                Value::Links(list) => Value::Link(list[0]),
                Value::Tags(list) => list[0].as_str().into(),
                other => other.clone(),
            };
            if !matches!(kind, FieldKind::Attachment { .. }) {
                assert_eq!(book.ids(&filter(Op::Eq, vec![asked])), [id.0], "{}", kind.name());
            }
            book.store.undo(&scope(), change, &mut |_, _| Ok(())).unwrap();
            assert_eq!(book.cell(&table, id, &key), Value::Null, "{}", kind.name());
        }
        book.store.remove_field(&scope(), &table, &key, false).unwrap();
        assert!(book.store.schema().table(&table).unwrap().field(&key).is_none());
    }
    book.assert_sound();
    let again = add(&book, &t.key, "再来", FieldKind::Text);
    assert_eq!(again, "u29", "a key is never used again");
}

fn tables_of_ones_own_are_made_linked_renamed_and_removed() {
    let book = Book::new();
    let t = book.store.add_table(&scope(), Label::same("供应商"), None).unwrap();
    assert_eq!((t.key.as_str(), t.builtin), ("t1", false));
    let e = book.store.add_table(&scope(), Label::same("客户"), None).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::Conflict, Some("label")));
    for bad in ["", " 前有空格", "带[括号", "带\"引号"] {
        assert_eq!(book.store.add_table(&scope(), Label::same(bad), None).unwrap_err().code, ErrorCode::Invalid);
    }

    let s = book.create(&t.key, &[("name", "某厂".into())]);
    let link = add(&book, "products", "供应商", FieldKind::Link { table: t.key.clone() });
    let p = book.create("products", &[("name", "茶".into()), (&link, Value::Link(s))]);
    let count = FieldDef {
        formula: Some("COUNTIFS(产品[供应商],[@编号])".into()),
        ..FieldDef::new("", Label::same("产品数"), FieldKind::number(0))
    };
    let count = add_field(&book, &t.key, count);
    assert_eq!(book.cell(&t.key, s, &count), Value::Int(1));

    let e = book.store.remove_table(&scope(), &t.key, false).unwrap_err();
    assert_eq!(e.code, ErrorCode::Conflict);
    assert!(e.zh.contains("产品·供应商"), "{}", e.zh);
    book.store.change_table(&scope(), "products", Some(Label::new("商品", "Goods")), None).unwrap();
    let schema = book.store.schema();
    let formula = schema.table(&t.key).unwrap().field(&count).unwrap().formula.clone();
    assert_eq!(formula.as_deref(), Some("COUNTIFS(商品[供应商],[@编号])"), "a rename reaches formulas");
    book.delete("products", &[p]);
    assert_eq!(book.cell(&t.key, s, &count), Value::Int(0));
    book.assert_sound();

    book.store.remove_field(&scope(), &t.key, &count, false).unwrap();
    book.store.remove_field(&scope(), "products", &link, false).unwrap();
    book.store.remove_table(&scope(), &t.key, false).unwrap();
    assert!(book.store.schema().table("t1").is_none());
    assert_eq!(book.store.remove_table(&scope(), "orders", false).unwrap_err().code, ErrorCode::Invalid);
    let next = book.store.add_table(&scope(), Label::same("供应商"), None).unwrap();
    assert_eq!(next.key, "t2");
    book.reopened().assert_sound();
}

fn fields_are_renamed_ordered_hidden_and_guarded() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "甲".into())]);
    let years = add(&book, "customers", "年限", FieldKind::number(0));
    let double = FieldDef {
        formula: Some("[@年限]*2".into()),
        ..FieldDef::new("", Label::same("两倍"), FieldKind::number(0))
    };
    let double = add_field(&book, "customers", double);
    book.edit("customers", c, &years, Value::Int(3)).unwrap();
    let e = book.store.remove_field(&scope(), "customers", &years, false).unwrap_err();
    assert!(e.code == ErrorCode::Conflict && e.zh.contains("两倍"), "{}", e.zh);

    let patch = FieldPatch { label: Some(Label::same("合作 年限")), shown: Some(false), ..FieldPatch::default() };
    book.store.change_field(&scope(), "customers", &years, patch).unwrap();
    let schema = book.store.schema();
    let t = schema.table("customers").unwrap();
    assert_eq!(t.field(&double).unwrap().formula.as_deref(), Some("[@[合作 年限]]*2"));
    assert!(!t.field(&years).unwrap().shown);
    book.edit("customers", c, &years, Value::Int(4)).unwrap();
    assert_eq!(book.cell("customers", c, &double), Value::Int(8));

    // A built-in field is renamed, and formulas that name it in either language follow.
    let patch = FieldPatch { label: Some(Label::new("累计消费额", "Spent")), ..FieldPatch::default() };
    book.store.change_field(&scope(), "customers", "total", patch).unwrap();
    book.order(c, "A1", "2026-11-01", 100, &[]);
    assert_eq!(book.cell("customers", c, "average"), Value::Money(Money::new(100, 0)));
    for (key, patch) in [
        ("name", FieldPatch { kind: Some(FieldKind::Money), ..FieldPatch::default() }),
        ("name", FieldPatch { label: Some(Label::same("手机")), ..FieldPatch::default() }),
        ("name", FieldPatch { formula: Some("1".into()), ..FieldPatch::default() }),
        (&*double, FieldPatch { formula: Some("[@两倍]+1".into()), ..FieldPatch::default() }),
        (&*double, FieldPatch { formula: Some("[@没有]".into()), ..FieldPatch::default() }),
        (&*years, FieldPatch { default: Some(Some("[@没有]".into())), ..FieldPatch::default() }),
    ] {
        assert!(book.store.change_field(&scope(), "customers", key, patch.clone()).is_err(), "{key} {patch:?}");
    }
    let mut keys: Vec<FieldKey> = t.fields.iter().map(|f| f.key.clone()).collect();
    keys.reverse();
    book.store.order_fields(&scope(), "customers", &keys).unwrap();
    let stored: Vec<FieldKey> =
        book.store.schema().table("customers").unwrap().fields.iter().map(|f| f.key.clone()).collect();
    assert_eq!(stored, keys);
    assert!(book.store.order_fields(&scope(), "customers", &keys[1..]).is_err());
    book.assert_sound();
}

fn options_are_renamed_in_the_cells_too() {
    let book = Book::new();
    let t = book.store.add_table(&scope(), Label::same("样品"), None).unwrap();
    let one = add(&book, &t.key, "一个", FieldKind::Choice { options: options(&["甲", "乙"]) });
    let many = add(&book, &t.key, "几个", FieldKind::Choices { options: options(&["甲", "甲乙", "乙"]) });
    let several = |list: &[&str]| Value::Tags(list.iter().map(|t| (*t).to_owned()).collect());
    let id = book.create(&t.key, &[(&one, "甲".into()), (&many, several(&["乙", "甲", "甲乙"]))]);
    for (key, kind) in [
        (&one, FieldKind::Choice { options: options(&["丙", "乙"]) }),
        (&many, FieldKind::Choices { options: options(&["丙", "甲乙", "乙"]) }),
    ] {
        let renamed = [("甲".to_owned(), "丙".to_owned())].into();
        let patch = FieldPatch { kind: Some(kind), renamed, ..FieldPatch::default() };
        book.store.change_field(&scope(), &t.key, key, patch).unwrap();
    }
    assert_eq!(book.cell(&t.key, id, &one), "丙".into());
    assert_eq!(book.cell(&t.key, id, &many), several(&["乙", "丙", "甲乙"]));
}

fn a_field_turns_into_another_kind_with_a_preview_of_what_is_lost() {
    let book = Book::new();
    let t = book.store.add_table(&scope(), Label::same("样品"), None).unwrap();
    let key = add(&book, &t.key, "价", FieldKind::Text);
    let ids: Vec<RecordId> =
        ["1.2万", "￥980", "面议", "12.345"].map(|v| book.create(&t.key, &[(&key, v.into())])).into();
    let blank = book.create(&t.key, &[("name", "空".into())]);
    let double = FieldDef {
        formula: Some("N([@价])*2".into()),
        ..FieldDef::new("", Label::same("两倍"), FieldKind::number(2))
    };
    let double = add_field(&book, &t.key, double);

    let p = book.store.preview_turn(&scope(), &t.key, &key, &FieldKind::Money, &[]).unwrap();
    assert_eq!((p.total, p.changed, p.partly, p.lost), (4, 4, 1, 1));
    assert_eq!((p.samples[0].before.as_str(), p.samples[0].loss), ("面议", Some(Loss::All)));
    let turned = book.store.turn(&scope(), &t.key, &key, FieldKind::Money, &[], &mut |_, _| Ok(())).unwrap();
    assert_eq!((turned.kind, turned.key.clone()), (FieldKind::Money, key.clone()));
    let cells: Vec<Value> = ids.iter().map(|id| book.cell(&t.key, *id, &key)).collect();
    let money = |fen| Value::Money(Money(fen));
    assert_eq!(cells, [money(1_200_000), money(98_000), Value::Null, money(1_235)]);
    assert_eq!(book.cell(&t.key, blank, &key), Value::Null);
    assert_eq!(book.cell(&t.key, ids[1], &double), Value::Number(1960.0), "what follows is computed anew");
    book.assert_sound();

    // Back to text, then to a choice, whose options are what is there.
    for to in [FieldKind::Text, FieldKind::Choice { options: Vec::new() }] {
        book.store.turn(&scope(), &t.key, &key, to, &[], &mut |_, _| Ok(())).unwrap();
    }
    let schema = book.store.schema();
    let found = schema.table(&t.key).unwrap().field(&key).unwrap().kind.options().unwrap().len();
    assert_eq!(found, 3);
    assert_eq!(book.cell(&t.key, ids[0], &key), "12000.00".into());
}

fn names_become_links_and_members_and_back() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "张三".into())]);
    for name in ["李四", "李四"] {
        book.create("customers", &[("name", name.into())]);
    }
    let t = book.store.add_table(&scope(), Label::same("样品"), None).unwrap();
    let key = add(&book, &t.key, "谁", FieldKind::Text);
    let ids: Vec<RecordId> =
        ["张三", "K000002", "李四", "小林"].map(|v| book.create(&t.key, &[(&key, v.into())])).into();
    let members = [(UserId(5), "小林".to_owned())];
    let link = FieldKind::Link { table: "customers".into() };
    let p = book.store.preview_turn(&scope(), &t.key, &key, &link, &members).unwrap();
    assert_eq!(p.lost, 2, "a name two have, and nobody's name");
    let p = book.store.preview_turn(&scope(), &t.key, &key, &FieldKind::Person, &members).unwrap();
    assert_eq!(p.lost, 3);
    book.store.turn(&scope(), &t.key, &key, link, &members, &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.cell(&t.key, ids[0], &key), Value::Link(c));
    assert_eq!(book.cell(&t.key, ids[1], &key), Value::Link(RecordId(c.0 + 1)));
    book.store.turn(&scope(), &t.key, &key, FieldKind::Text, &members, &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.cell(&t.key, ids[0], &key), "张三".into());
}

fn people_work_on_while_a_field_turns_and_a_stopped_one_stays() {
    let book = Book::new();
    let other = book.second();
    let t = book.store.add_table(&scope(), Label::same("样品"), None).unwrap();
    let key = add(&book, &t.key, "数", FieldKind::Text);
    let a = book.create(&t.key, &[(&key, "1".into())]);
    let b = book.create(&t.key, &[(&key, "2".into())]);

    let stop = |_, _| Err(model::Error::new(ErrorCode::Cancelled, "停", "stop"));
    let e = book.store.turn(&scope(), &t.key, &key, FieldKind::number(0), &[], &mut { stop }).unwrap_err();
    assert_eq!(e.code, ErrorCode::Cancelled);
    assert_eq!(book.cell(&t.key, a, &key), "1".into(), "nothing has changed");

    let mut made = None;
    book.store
        .turn(&scope(), &t.key, &key, FieldKind::number(0), &[], &mut |_, _| {
            // Between the parts: an edit of what is turned already, and a new record.
            if made.is_none() {
                let cell = model::CellEdit { id: a, field: key.clone(), value: "10".into() };
                let edit = Change::Edit { table: t.key.clone(), cells: vec![cell] };
                other.apply(&scope(), edit, Origin::Edit).unwrap();
                let record = vec![(key.clone(), "30".into())];
                let create = Change::Create { table: t.key.clone(), records: vec![record] };
                made = Some(other.apply(&scope(), create, Origin::Edit).unwrap().created[0]);
            }
            Ok(())
        })
        .unwrap();
    for (id, n) in [(a, 10), (b, 2), (made.unwrap(), 30)] {
        assert_eq!(book.cell(&t.key, id, &key), Value::Int(n));
    }
    book.assert_sound();
}

fn what_cannot_be_turned_is_refused() {
    let book = Book::new();
    let t = book.store.add_table(&scope(), Label::same("样品"), None).unwrap();
    let key = add(&book, &t.key, "数", FieldKind::number(0));
    add_field(
        &book,
        &t.key,
        FieldDef { formula: Some("[@数]+1".into()), ..FieldDef::new("", Label::same("加一"), FieldKind::number(0)) },
    );
    for (table, field, to, code) in [
        ("customers", "name", FieldKind::Money, ErrorCode::Invalid),
        (&*t.key, &*key, FieldKind::CreatedTime, ErrorCode::Invalid),
        (&*t.key, &*key, FieldKind::Attachment { images: false }, ErrorCode::Invalid),
        (&*t.key, &*key, FieldKind::Link { table: "customers".into() }, ErrorCode::Formula),
        (&*t.key, "gone", FieldKind::Text, ErrorCode::NotFound),
    ] {
        let e = book.store.turn(&scope(), table, field, to.clone(), &[], &mut |_, _| Ok(())).unwrap_err();
        assert_eq!(e.code, code, "{field} as {}: {}", to.name(), e.zh);
    }
    book.edit(&t.key, book.create(&t.key, &[("name", "一".into())]), &key, Value::Int(1)).unwrap();
    book.assert_sound();
}

fn rules_refuse_and_warn_on_every_way_in() {
    let book = Book::new();
    let t = book.store.add_table(&scope(), Label::same("样品"), None).unwrap();
    let ruled = |name: &str, kind, rules| {
        add_field(&book, &t.key, FieldDef { rules, ..FieldDef::new("", Label::same(name), kind) })
    };
    let price = ruled(
        "价",
        FieldKind::Money,
        vec![rule(Check::Range { min: Some("0".into()), max: None }, Level::Refuse, "价不能是负数")],
    );
    let cost = add(&book, &t.key, "成本", FieldKind::Money);
    let gain = ruled(
        "售价",
        FieldKind::Money,
        vec![rule(Check::Expression { formula: "[@售价]>=[@成本]".into() }, Level::Refuse, "售价低于成本")],
    );
    let serial = ruled("序列号", FieldKind::Text, vec![rule(Check::Unique, Level::Refuse, "序列号重复")]);
    let note =
        ruled("说明", FieldKind::Text, vec![rule(Check::Length { min: None, max: Some(4) }, Level::Warn, "太长")]);
    let yuan = |n| Value::Money(Money::new(n, 0));

    let a = book.create(&t.key, &[(&cost, yuan(10)), (&gain, yuan(12)), (&serial, "S1".into())]);
    for (cells, says) in [
        (vec![(&*price, yuan(-1))], "价不能是负数"),
        (vec![(&*cost, yuan(10)), (&*gain, yuan(9))], "售价低于成本"),
        (vec![(&*serial, "S1".into())], "序列号重复"),
    ] {
        let e = book.try_create(&t.key, &cells).unwrap_err();
        assert_eq!((e.code, e.zh.starts_with(says)), (ErrorCode::Invalid, true), "{}", e.zh);
    }
    let e = book.edit(&t.key, a, &cost, yuan(20)).unwrap_err();
    assert!(e.zh.contains("售价低于成本") && e.zh.contains("000001"), "the other side of a rule counts: {}", e.zh);
    assert_eq!(e.field.as_deref(), Some(&*gain));
    assert_eq!(book.cell(&t.key, a, &cost), yuan(10), "a refused edit leaves nothing");

    let warned = book.edit(&t.key, a, &note, "说来话长了".into()).unwrap();
    assert_eq!(warned.warnings.len(), 1);
    assert_eq!((&*warned.warnings[0].message.zh, &warned.warnings[0].field), ("太长", &note));
    let marks = book.store.marks(&scope(), &t.key, &[a]).unwrap();
    assert_eq!((marks.len(), marks[0].level, &marks[0].field), (1, Level::Warn, &note));

    // A record that breaks a rule set later is left alone until that cell is touched.
    let patch =
        FieldPatch { rules: Some(vec![rule(Check::Required, Level::Refuse, "要填价")]), ..FieldPatch::default() };
    book.store.change_field(&scope(), &t.key, &price, patch).unwrap();
    book.edit(&t.key, a, "name", "改名".into()).unwrap();
    assert_eq!(book.store.marks(&scope(), &t.key, &[a]).unwrap().len(), 2);
    assert!(book.try_create(&t.key, &[("name", "无价".into())]).unwrap_err().zh.contains("要填价"));
    let undone = book.edit(&t.key, a, &note, Value::Null).unwrap().change;
    book.store.undo(&scope(), undone, &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.cell(&t.key, a, &note), "说来话长了".into(), "an undo is never refused");
    book.assert_sound();
}

fn built_in_rules_hold() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "甲".into())]);
    let warned = book.edit("customers", c, "mobile", "138****8000".into()).unwrap().warnings;
    assert_eq!(&*warned[0].message.zh, "手机号应为 11 位数字");
    assert!(book.edit("customers", c, "birthday", "2027-01-01".into()).unwrap_err().zh.contains("生日"));
    assert_eq!(book.edit("customers", c, "birthday", "1990-01-01".into()).unwrap().warnings, []);
    let o = book.order(c, "A1", "2026-12-24", 5, &[]);
    assert_eq!(book.store.marks(&scope(), "orders", &[o]).unwrap().len(), 1, "an order of a later day is doubted");
}

fn defaults_fill_new_records_before_rules_look() {
    let book = Book::new();
    let t = book.store.add_table(&scope(), Label::same("样品"), None).unwrap();
    let with = |name: &str, kind, default: &str, rules| {
        let field = FieldDef { default: Some(default.into()), rules, ..FieldDef::new("", Label::same(name), kind) };
        add_field(&book, &t.key, field)
    };
    let from = with("来源", FieldKind::Text, "\"微信\"", vec![rule(Check::Required, Level::Refuse, "要填来源")]);
    let day = with("日期", FieldKind::Date, "TODAY()+1", vec![]);
    let long = with("长", FieldKind::number(0), "LEN([@名称])", vec![]);
    let id = book.create(&t.key, &[("name", "三个字".into()), (&day, Value::Date(model::Date(1)))]);
    assert_eq!(book.cell(&t.key, id, &from), "微信".into());
    assert_eq!(book.cell(&t.key, id, &day), Value::Date(model::Date(1)), "what is given stays");
    assert_eq!(book.cell(&t.key, id, &long), Value::Int(3));
    book.assert_sound();
}

fn who_and_when_are_kept_by_the_book() {
    let book = Book::new();
    let t = book.store.add_table(&scope(), Label::same("样品"), None).unwrap();
    let id = book.create(&t.key, &[("name", "一".into())]);
    let by = add(&book, &t.key, "改的人", FieldKind::UpdatedBy);
    let made = book.cell(&t.key, id, "u1");
    assert!(matches!(made, Value::DateTime(_)));
    assert_eq!(book.cell(&t.key, id, &by), Value::Person(UserId(0)), "the log knows who made it");
    let mine = model::Scope { user: UserId(3), ..scope() };
    let cell = model::CellEdit { id, field: "name".into(), value: "二".into() };
    book.store.apply(&mine, Change::Edit { table: t.key.clone(), cells: vec![cell] }, Origin::Edit).unwrap();
    assert_eq!(book.cell(&t.key, id, &by), Value::Person(UserId(3)));
    assert_eq!(book.cell(&t.key, id, "u1"), made);
}

fn codes_follow_their_pattern() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "甲".into())]);
    let before = book.order(c, "A1", "2026-11-01", 1, &[]);
    let pattern = model::CodePattern::parse("DD{yyyyMMdd}-{000}").unwrap();
    let key = add(&book, "orders", "单号", FieldKind::Code(pattern));
    assert_eq!(book.cell("orders", before, &key), "DD20261121-001".into(), "orders that are there get one too");
    let after = book.order(c, "A2", "2026-11-02", 1, &[]);
    assert_eq!(book.cell("orders", after, &key), "DD20261121-002".into());
    let second = FieldDef::new("", Label::same("又一个"), FieldKind::Code(model::CodePattern::simple("X", 3)));
    assert_eq!(book.store.add_field(&scope(), "orders", second).unwrap_err().code, ErrorCode::Invalid);
}

fn a_formula_is_checked_and_shown_on_real_records() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "甲".into())]);
    book.order(c, "A1", "2026-11-01", 100, &[]);
    let check = |text: &str| book.store.check_formula(&scope(), "customers", text, None);
    for (text, kind, value) in [
        ("[@累计金额]*2", FieldKind::Money, Value::Money(Money::new(200, 0))),
        ("[@客户名称]&\"!\"", FieldKind::Text, "甲!".into()),
        ("COUNTIFS(订单[客户],[@客户编号])", FieldKind::number(0), Value::Int(1)),
        ("[@复购率]", FieldKind::Percent, Value::Number(0.0)),
        ("[@累计金额]>50", FieldKind::Bool, Value::Bool(true)),
        ("DATE(2026,1,5)", FieldKind::Date, Value::Date(model::Date::from_iso("2026-01-05").unwrap())),
    ] {
        let found = check(text).unwrap_or_else(|e| panic!("{text}: {}", e.zh));
        assert_eq!((found.kind, &found.preview[0].2), (kind, &value), "{text}");
        assert_eq!(found.preview[0].1, "甲");
    }
    let e = check("[@没有]*2").unwrap_err();
    assert_eq!((e.code, e.at), (ErrorCode::Formula, Some((2, 4))));
    let cycle = book.store.check_formula(&scope(), "customers", "[@客单价]+1", Some("total"));
    assert_eq!(cycle.unwrap_err().code, ErrorCode::Formula, "its own average leads back to the total");
}

testkit::on_both_engines!(
    a_field_of_every_kind_is_written_read_found_undone_and_removed,
    tables_of_ones_own_are_made_linked_renamed_and_removed,
    fields_are_renamed_ordered_hidden_and_guarded,
    options_are_renamed_in_the_cells_too,
    a_field_turns_into_another_kind_with_a_preview_of_what_is_lost,
    names_become_links_and_members_and_back,
    people_work_on_while_a_field_turns_and_a_stopped_one_stays,
    what_cannot_be_turned_is_refused,
    rules_refuse_and_warn_on_every_way_in,
    built_in_rules_hold,
    defaults_fill_new_records_before_rules_look,
    who_and_when_are_kept_by_the_book,
    codes_follow_their_pattern,
    a_formula_is_checked_and_shown_on_real_records,
);
