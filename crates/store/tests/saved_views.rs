//! Saved views, on both engines: who sees and changes them, and what becomes of them when fields and tables go.

use model::{Access, ErrorCode, FieldDef, FieldKind, Label, Lang, Scope, UserId};
use model::{GroupLevel, Period};
use serde_json::json;
use store::{Board, ColourRule, ColourWhen, Figure, SavedColumn, SavedDef, SavedPatch, SavedSort, ViewKind};
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

testkit::on_both_engines!(
    a_board_keeps_its_settings_and_falls_back_to_the_sheet,
    views_are_shared_or_ones_own,
    views_come_in_their_order_and_survive_reopening,
    what_is_gone_is_left_out_and_named,
);
