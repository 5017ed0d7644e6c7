//! Saved views, on both engines: who sees and changes them, and what becomes of them when fields and tables go.

use model::{Access, ChoiceOption, ErrorCode, FieldDef, FieldKind, GroupLevel, Label, Lang, Period, Scope, UserId};
use serde_json::json;
use store::{
    Board, ColourRule, ColourWhen, FieldPatch, Figure, Gallery, Month, SavedColumn, SavedDef, SavedPatch, SavedSort,
    ViewKind,
};
use testkit::{Book, scope};

fn member(user: i64, access: Access) -> Scope {
    Scope { user: UserId(user), access, lang: Lang::Zh }
}

fn named(name: &str) -> SavedPatch {
    SavedPatch { name: Some(name.into()), ..SavedPatch::default() }
}

fn names(book: &Book, scope: &Scope) -> Vec<String> {
    book.store.saved_views(scope, "customers").unwrap().into_iter().map(|v| v.name).collect()
}

fn views_are_shared_or_ones_own() {
    let book = Book::new();
    let (owner, writer, reader) = (member(1, Access::Own), member(2, Access::Write), member(3, Access::Read));
    let blank = SavedDef::default();
    let save = |who: &Scope, name: &str, shared| book.store.save_view(who, "customers", name, shared, &blank);
    let shared = save(&owner, "全体", true).unwrap();
    assert!(shared.shared && shared.editable && shared.missing.is_empty());
    let own = save(&writer, " 我的 ", false).unwrap();
    assert_eq!((own.name.as_str(), own.shared), ("我的", false));
    save(&owner, "我的", false).unwrap();

    let code = |r: model::Result<store::SavedView>| r.unwrap_err().code;
    assert_eq!(code(save(&writer, "给大家", true)), ErrorCode::Forbidden);
    assert_eq!(code(save(&reader, "x", false)), ErrorCode::Forbidden);
    assert_eq!(code(save(&writer, "我的", false)), ErrorCode::Conflict, "a name comes once for an owner");
    assert_eq!(code(save(&owner, "全体", true)), ErrorCode::Conflict);
    for bad in ["", "  ", &"长".repeat(41)] {
        let e = save(&owner, bad, false).unwrap_err();
        assert_eq!((e.code, e.field.as_deref()), (ErrorCode::Invalid, Some("name")));
    }
    assert!(save(&owner, &"长".repeat(40), false).is_ok());

    assert_eq!(names(&book, &reader), ["全体"]);
    assert_eq!(names(&book, &writer), ["全体", "我的"]);
    let change = |who: &Scope, id, patch: &SavedPatch| book.store.change_view(who, id, patch);
    assert_eq!(code(change(&writer, shared.id, &named("改"))), ErrorCode::Forbidden);
    assert_eq!(code(change(&owner, own.id, &named("改"))), ErrorCode::NotFound, "not even an owner sees another's");
    let share = SavedPatch { shared: Some(true), ..SavedPatch::default() };
    assert_eq!(code(change(&writer, own.id, &share)), ErrorCode::Forbidden);
    assert_eq!(change(&writer, own.id, &named("我的二")).unwrap().name, "我的二");
    assert_eq!(code(change(&owner, shared.id, &named(""))), ErrorCode::Invalid);
    let e = book.store.delete_view(&writer, shared.id).unwrap_err();
    assert_eq!(e.code, ErrorCode::Forbidden);
    book.store.delete_view(&writer, own.id).unwrap();
    assert_eq!(names(&book, &writer), ["全体"]);
}

fn views_come_in_their_order_and_survive_reopening() {
    let book = Book::new();
    let def = SavedDef {
        kind: ViewKind::Sheet,
        columns: Some(vec![SavedColumn { field: "name".into(), width: Some(200) }]),
        frozen: Some(1),
        filter: Some(json!({ "any": [{ "field": "name", "op": "filled" }] })),
        sort: vec![SavedSort { field: "name".into(), desc: true }],
        group: vec![GroupLevel { field: "last_order".into(), desc: true, by: Period::Year }],
        colours: vec![ColourRule {
            when: ColourWhen::Formula("[@累计金额]>1000".into()),
            field: Some("total".into()),
            tone: "gold".into(),
        }],
        height: Some(store::RowHeight::Low),
        summaries: [("total".to_owned(), Figure::Average)].into(),
    };
    let ids: Vec<i64> = ["一", "二", "三"]
        .iter()
        .map(|n| book.store.save_view(&scope(), "customers", n, true, &def).unwrap().id)
        .collect();
    book.store.order_views(&scope(), "customers", &[ids[2], ids[0], ids[1]]).unwrap();
    let e = book.store.order_views(&scope(), "orders", &ids).unwrap_err();
    assert_eq!(e.code, ErrorCode::NotFound);
    let book = book.reopened();
    assert_eq!(names(&book, &scope()), ["三", "一", "二"]);
    assert_eq!(book.store.saved_view(&scope(), ids[0]).unwrap().def, def);
    let other = SavedPatch { def: Some(SavedDef::default()), ..SavedPatch::default() };
    let changed = book.store.change_view(&scope(), ids[0], &other).unwrap();
    assert_eq!((changed.name.as_str(), changed.def), ("一", SavedDef::default()));
    let wide = SavedDef { columns: Some(vec![SavedColumn { field: "name".into(), width: Some(9_999) }]), ..def };
    let e = book.store.save_view(&scope(), "customers", "宽", true, &wide).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::Invalid, Some("name")));
}

fn what_is_gone_is_left_out_and_named() {
    let book = Book::new();
    let table = book.store.add_table(&scope(), Label::same("拜访"), None).unwrap().key;
    let add = |name: &str| {
        let field = FieldDef::new("", Label::same(name), FieldKind::Text);
        book.store.add_field(&scope(), &table, field).unwrap().key
    };
    let (stays, goes) = (add("地点"), add("结果"));
    let is = |field: &str| json!({ "field": field, "op": "filled" });
    let def = SavedDef {
        columns: Some([&stays, &goes].map(|f| SavedColumn { field: (*f).clone(), width: None }).to_vec()),
        filter: Some(json!({ "all": [is(&goes), { "any": [is(&goes)] }, { "any": [is(&goes), is(&stays)] }] })),
        sort: [&goes, &stays].map(|f| SavedSort { field: (*f).clone(), desc: false }).to_vec(),
        summaries: [(goes.to_string(), Figure::Distinct), (stays.to_string(), Figure::Filled)].into(),
        ..SavedDef::default()
    };
    let id = book.store.save_view(&scope(), &table, "看结果", true, &def).unwrap().id;
    book.store.remove_field(&scope(), &table, &goes, false).unwrap();
    let view = book.store.saved_view(&scope(), id).unwrap();
    assert_eq!(view.missing, [goes.to_string()]);
    let left = SavedDef {
        columns: Some(vec![SavedColumn { field: stays.clone(), width: None }]),
        filter: Some(json!({ "all": [{ "any": [is(&stays)] }] })),
        sort: vec![SavedSort { field: stays.clone(), desc: false }],
        summaries: [(stays.to_string(), Figure::Filled)].into(),
        ..SavedDef::default()
    };
    assert_eq!(view.def, left);
    let e = book.store.save_view(&scope(), &table, "又", true, &def).unwrap_err();
    assert_eq!(e.code, ErrorCode::NotFound, "a new view names only what is there");

    book.store.remove_table(&scope(), &table, false).unwrap();
    assert_eq!(book.store.saved_view(&scope(), id).unwrap_err().code, ErrorCode::NotFound);
}

fn a_board_keeps_its_settings_and_falls_back_to_the_sheet() {
    let book = Book::new();
    let table = book.store.add_table(&scope(), Label::same("商机"), None).unwrap().key;
    let add = |name: &str, kind| {
        book.store.add_field(&scope(), &table, FieldDef::new("", Label::same(name), kind)).unwrap().key
    };
    let (stage, place) = (add("阶段", FieldKind::Choice { options: vec![] }), add("地点", FieldKind::Text));
    let worth = add("金额", FieldKind::Money);
    let board = |by: &model::FieldKey, cards: Vec<model::FieldKey>, sum: Option<&model::FieldKey>| SavedDef {
        kind: ViewKind::Kanban(Board { by: by.clone(), cards, sum: sum.cloned() }),
        ..SavedDef::default()
    };
    let def = board(&stage, vec![place.clone(), worth.clone()], Some(&worth));
    let save = |name: &str, def: &SavedDef| book.store.save_view(&scope(), &table, name, true, def);
    let id = save("进展", &def).unwrap().id;
    assert_eq!(book.store.saved_view(&scope(), id).unwrap().def, def);

    let text = serde_json::to_value(&def).unwrap();
    assert_eq!(text["kind"]["kanban"]["by"], stage.to_string());
    assert_eq!(serde_json::to_value(SavedDef::default()).unwrap().get("kind"), None, "a sheet says nothing");
    let gone = model::FieldKey::from("nothing");
    for (wrong, code, field) in [
        (board(&place, vec![], None), ErrorCode::Invalid, Some(&place)),
        (board(&stage, vec![], Some(&place)), ErrorCode::Invalid, Some(&place)),
        (board(&stage, vec![place.clone(); 5], None), ErrorCode::Invalid, None),
        (board(&gone, vec![], None), ErrorCode::NotFound, None),
        (board(&stage, vec![gone.clone()], None), ErrorCode::NotFound, None),
    ] {
        let e = save("错", &wrong).unwrap_err();
        assert_eq!(e.code, code);
        if let Some(field) = field {
            assert_eq!(e.field.as_deref(), Some(&**field));
        }
    }

    book.store.remove_field(&scope(), &table, &worth, false).unwrap();
    let view = book.store.saved_view(&scope(), id).unwrap();
    assert_eq!(view.def, board(&stage, vec![place], None));
    assert_eq!(view.missing, [worth.to_string()]);
    book.store.remove_field(&scope(), &table, &stage, false).unwrap();
    assert_eq!(book.store.saved_view(&scope(), id).unwrap().def.kind, ViewKind::Sheet);
}

fn filters_follow_options_that_get_another_name() {
    let book = Book::new();
    let table = book.store.add_table(&scope(), Label::same("线索"), None).unwrap().key;
    let option = |v: &str| ChoiceOption { value: v.into(), en: v.into(), tone: "grey".into() };
    let kind = |names: &[&str]| FieldKind::Choice { options: names.iter().map(|n| option(n)).collect() };
    let def = FieldDef::new("", Label::same("阶段"), kind(&["谈", "成", "丢"]));
    let stage = book.store.add_field(&scope(), &table, def).unwrap().key;
    let row = |v: &str| book.create(&table, &[(&*stage, v.into())]);
    let (talk, won, lost) = (row("谈"), row("成"), row("丢"));
    let is = |op: &str, values: &[&str]| json!({ "field": stage, "op": op, "values": values });
    let filter = |first: &[&str], second: &[&str]| json!({ "any": [is("in", first), { "all": [{ "not": is("eq", second) }, { "field": "name", "op": "eq", "values": ["谈"] }] }] });
    let asking = |filter: serde_json::Value| {
        let when = ColourWhen::Filter(filter.clone());
        let colours = vec![ColourRule { when, field: None, tone: "red".into() }];
        SavedDef { filter: Some(filter), colours, ..SavedDef::default() }
    };
    let def = asking(filter(&["谈", "丢"], &["成"]));
    let (mine, theirs) = (member(1, Access::Own), member(2, Access::Write));
    let shared = book.store.save_view(&mine, &table, "在谈", true, &def).unwrap().id;
    let own = book.store.save_view(&theirs, &table, "我的", false, &def).unwrap().id;

    // Two options change names with each other, a third gets a new one.
    let renamed = [("谈", "成"), ("成", "谈"), ("丢", "失")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
    let patch = FieldPatch { kind: Some(kind(&["成", "谈", "失"])), renamed, ..FieldPatch::default() };
    book.store.change_field(&scope(), &table, &stage, patch).unwrap();
    for (id, now) in [(talk, "成"), (won, "谈"), (lost, "失")] {
        assert_eq!(book.cell(&table, id, &stage), now.into());
    }
    let now = asking(filter(&["成", "失"], &["谈"]));
    assert_eq!(book.store.saved_view(&mine, shared).unwrap().def, now, "the name of a record stays");
    assert_eq!(book.store.saved_view(&theirs, own).unwrap().def, now);
}

fn calendars_and_galleries_take_what_fits_them() {
    let book = Book::new();
    let table = book.store.add_table(&scope(), Label::same("活动"), None).unwrap().key;
    let add = |name: &str, kind| {
        book.store.add_field(&scope(), &table, FieldDef::new("", Label::same(name), kind)).unwrap().key
    };
    let (day, place) = (add("日期", FieldKind::Date), add("地点", FieldKind::Text));
    let (stage, photo) =
        (add("阶段", FieldKind::Choice { options: vec![] }), add("照片", FieldKind::Attachment { images: false }));
    let save = |name: &str, kind: &ViewKind| {
        let def = SavedDef { kind: kind.clone(), ..SavedDef::default() };
        book.store.save_view(&scope(), &table, name, true, &def)
    };
    let month = |by: &model::FieldKey, cards: Vec<model::FieldKey>, tone: Option<&model::FieldKey>| {
        ViewKind::Calendar(Month { by: by.clone(), cards, tone: tone.cloned() })
    };
    let gallery = |cover: Option<&model::FieldKey>, cards| ViewKind::Gallery(Gallery { cover: cover.cloned(), cards });
    let calendar = save("日程", &month(&day, vec![place.clone()], Some(&stage))).unwrap().id;
    let pictures = save("相册", &gallery(Some(&photo), vec![place.clone()])).unwrap().id;
    let kept = |id| book.store.saved_view(&scope(), id).unwrap();
    assert_eq!(kept(calendar).def.kind, month(&day, vec![place.clone()], Some(&stage)));
    assert_eq!(kept(pictures).def.kind, gallery(Some(&photo), vec![place.clone()]));
    for (wrong, on) in [
        (month(&place, vec![], None), Some(&place)),
        (month(&day, vec![], Some(&place)), Some(&place)),
        (month(&day, vec![place.clone(); 3], None), None),
        (gallery(Some(&place), vec![]), Some(&place)),
        (gallery(None, vec![place.clone(); 7]), None),
    ] {
        let e = save("错", &wrong).unwrap_err();
        assert_eq!((e.code, e.field.as_deref()), (ErrorCode::Invalid, on.map(|f| &**f)), "{wrong:?}");
    }
    for gone in [&place, &stage, &photo] {
        book.store.remove_field(&scope(), &table, gone, false).unwrap();
    }
    assert_eq!(kept(calendar).def.kind, month(&day, vec![], None));
    assert_eq!(kept(calendar).missing, [place.to_string(), stage.to_string()]);
    assert_eq!(kept(pictures).def.kind, gallery(None, vec![]), "a gallery needs no picture");
    book.store.remove_field(&scope(), &table, &day, false).unwrap();
    assert_eq!(kept(calendar).def.kind, ViewKind::Sheet);
}

fn filtering(filter: serde_json::Value) -> SavedDef {
    SavedDef { filter: Some(filter), ..SavedDef::default() }
}

fn redefined(def: SavedDef) -> SavedPatch {
    SavedPatch { def: Some(def), ..SavedPatch::default() }
}

fn a_number_of_a_view_never_comes_twice() {
    let book = Book::new();
    let save = |name: &str| book.store.save_view(&scope(), "customers", name, true, &SavedDef::default()).unwrap().id;
    let (first, last) = (save("一"), save("二"));
    book.store.delete_view(&scope(), last).unwrap();
    assert!(save("三") > last, "what named the one that is gone must not find another");
    let book = book.reopened();
    let names = book.store.view_names(&scope(), &[first, last]).unwrap();
    assert_eq!(names, [(first, "customers".into(), Some("一".to_owned()))]);
}

fn a_view_is_named_by_those_that_may_and_not_in_circles() {
    let book = Book::new();
    let (owner, writer) = (member(1, Access::Own), member(2, Access::Write));
    let plain = json!({ "field": "name", "op": "filled" });
    let of = |id: i64| filtering(json!({ "all": [{ "not": { "segment": id } }, plain] }));
    let save =
        |who: &Scope, name: &str, shared, def: &SavedDef| book.store.save_view(who, "customers", name, shared, def);
    let a = save(&owner, "甲", true, &filtering(plain.clone())).unwrap().id;
    let b = save(&owner, "乙", true, &of(a)).unwrap().id;
    let c = save(&owner, "丙", true, &of(b)).unwrap().id;

    let refused = |r: model::Result<store::SavedView>| {
        let e = r.unwrap_err();
        assert_eq!((e.code, e.field.as_deref()), (ErrorCode::Invalid, Some("filter")), "{e:?}");
        e.zh
    };
    let circle = refused(book.store.change_view(&owner, a, &redefined(of(c))));
    assert!(circle.contains("甲 → 丙 → 乙 → 甲"), "{circle}");
    refused(book.store.change_view(&owner, a, &redefined(of(a))));

    let own = save(&writer, "私", false, &of(a)).unwrap().id;
    let other = refused(save(&owner, "x", true, &of(own)));
    assert!(!other.contains('私'), "another's own view is not told of");
    refused(save(&writer, "x", false, &of(999)));
    let orders = book.store.save_view(&owner, "orders", "单", true, &SavedDef::default()).unwrap().id;
    refused(save(&owner, "x", true, &of(orders)));
    let mine = save(&owner, "自用", false, &filtering(plain.clone())).unwrap().id;
    assert!(refused(save(&owner, "x", true, &of(mine))).contains("自用"), "everybody must see what it names");
    let uses = save(&owner, "自用二", false, &of(mine)).unwrap().id;
    let share = SavedPatch { shared: Some(true), ..SavedPatch::default() };
    refused(book.store.change_view(&owner, uses, &share));

    let used = |r: model::Result<()>| {
        let e = r.unwrap_err();
        assert_eq!(e.code, ErrorCode::Conflict, "{e:?}");
        e.zh
    };
    let users = used(book.store.delete_view(&owner, a));
    assert!(users.contains('乙') && !users.contains('私'), "{users}");
    let unshare = SavedPatch { shared: Some(false), ..SavedPatch::default() };
    assert!(used(book.store.change_view(&owner, a, &unshare).map(drop)).contains('乙'));
    used(book.store.delete_view(&owner, mine));
    book.store.delete_view(&owner, c).unwrap();
    book.store.change_view(&owner, b, &redefined(SavedDef::default())).unwrap();
    book.store.delete_view(&owner, a).expect("another's own view holds nobody up");
    let left = book.store.saved_view(&writer, own).unwrap();
    assert!(!left.loose && left.missing.is_empty(), "whoever asks its question finds out");
}

fn a_colour_rule_may_name_a_view_too() {
    let book = Book::new();
    let save = |name: &str, def: &SavedDef| book.store.save_view(&scope(), "customers", name, true, def).unwrap().id;
    let named = save("甲", &filtering(json!({ "field": "name", "op": "filled" })));
    let rule = ColourRule {
        when: ColourWhen::Filter(json!({ "not": { "segment": named } })),
        field: None,
        tone: "red".into(),
    };
    let def = SavedDef { colours: vec![rule], ..filtering(json!({ "segment": named })) };
    let read = book.store.saved_view(&scope(), save("乙", &def)).unwrap();
    assert_eq!((read.def, read.missing), (def, Vec::new()));
}

fn what_a_filter_says_can_be_denied() {
    use model::{Condition, Filter, Op, Query};
    let book = Book::new();
    for (name, city) in [("甲", "长沙市"), ("乙", "湘潭市"), ("丙", "")] {
        book.create("customers", &[("name", name.into()), ("city", city.into())]);
    }
    let is = Filter::Is(Condition { field: "city".into(), op: Op::Eq, values: vec!["长沙市".into()] });
    let not = |filter: Filter| Query { filter: Filter::Not(Box::new(filter)), ..Query::all("customers") };
    assert_eq!(book.ids(&not(is.clone())), [2, 3], "a blank cell is not in what it is compared with");
    assert_eq!(book.ids(&not(Filter::Not(Box::new(is)))), [1]);
    assert_eq!(book.ids(&not(Filter::All(vec![]))), [] as [i64; 0]);
    assert_eq!(book.ids(&not(Filter::Any(vec![]))), [1, 2, 3]);
}

fn a_question_is_read_through_in_parts() {
    let book = Book::new();
    let records = (0..1_203).map(|n| vec![("name".into(), format!("货{n}").as_str().into())]).collect();
    let made = model::Change::Create { table: "products".into(), records };
    book.store.apply(&scope(), made, model::Origin::Edit).unwrap();
    let mark = book.store.state_mark().unwrap();
    let query =
        model::Query { sort: vec![model::Sort { field: "code".into(), desc: true }], ..model::Query::all("products") };
    let through = book.store.through(&scope(), &query, &["name".into()]).unwrap();
    book.delete("products", &[model::RecordId(7)]);
    let (mut names, mut at) = (Vec::new(), 0);
    while at < through.total() {
        let each = &mut |_, values: &[model::Value], _: &[Option<(String, String)>]| {
            names.push(values[0].as_text().unwrap().to_owned());
            Ok(())
        };
        book.store.through_part(&through, at, each).unwrap();
        at += store::MOST_PART;
    }
    assert_eq!((names.len(), names[0].as_str(), names[1_201].as_str()), (1_202, "货1202", "货0"));
    assert_ne!(book.store.state_mark().unwrap(), mark);
    assert_eq!(book.store.state_mark().unwrap(), book.second().state_mark().unwrap());
}

testkit::on_both_engines!(
    a_colour_rule_may_name_a_view_too,
    filters_follow_options_that_get_another_name,
    calendars_and_galleries_take_what_fits_them,
    a_number_of_a_view_never_comes_twice,
    a_view_is_named_by_those_that_may_and_not_in_circles,
    a_question_is_read_through_in_parts,
    what_a_filter_says_can_be_denied,
    a_board_keeps_its_settings_and_falls_back_to_the_sheet,
    views_are_shared_or_ones_own,
    views_come_in_their_order_and_survive_reopening,
    what_is_gone_is_left_out_and_named,
);
