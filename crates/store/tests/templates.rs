//! Templates on both engines: fields that clash, names that differ, circles, what goes and what stays.

use model::{Change, ErrorCode, FieldDef, FieldKind, Label, Origin, Value};
use serde_json::json;
use store::{AddOptions, FieldFate, SavedDef, SavedPatch, Template, ViewFate};
use testkit::{Book, on_both_engines, scope};

/// A template with a choice, a formula over it, and views of which one uses another.
fn template() -> Template {
    let document = json!({ "kebu_template": 1, "label": { "zh": "样板", "en": "Pattern" }, "tables": [
        { "table": "visits", "label": { "zh": "到访", "en": "Visits" }, "fields": [
            { "key": "who", "label": { "zh": "谁来", "en": "Who" }, "kind": "link", "table": "customers" } ] },
        { "table": "customers",
          "fields": [
            { "key": "twice", "label": { "zh": "两倍", "en": "Twice" }, "kind": "number", "decimals": 0,
              "formula": "IF([@积分]=\"\",\"\",[@积分]*2)" },
            { "key": "score", "label": { "zh": "积分", "en": "Score" }, "kind": "number", "decimals": 0,
              "rules": [{ "check": "range", "min": "0", "level": "refuse" }] },
            { "key": "visits", "label": { "zh": "到访记录", "en": "Visits made" }, "kind": "backlinks",
              "table": "visits", "field": "who" } ],
          "views": [
            { "key": "best", "label": { "zh": "最好的", "en": "The best" },
              "def": { "filter": { "all": [{ "segment": "good" }, { "field": "grade", "op": "eq", "values": ["VIP客户"] }] } } },
            { "key": "good", "label": { "zh": "好的", "en": "Good" },
              "def": { "columns": [{ "field": "name" }, { "field": "twice" }],
                       "filter": { "field": "score", "op": "ge", "values": [10] },
                       "colours": [{ "when": { "formula": "[@两倍]>100" }, "tone": "gold" }],
                       "summaries": { "twice": "sum" } } } ] } ] });
    Template::read(&document).unwrap()
}

fn add(book: &Book, skip: &[&str]) -> store::Added {
    let skip = skip.iter().map(|f| ("customers".into(), (*f).into())).collect();
    let added = book.store.add_template(&scope(), "pattern", &template(), &AddOptions { skip }).unwrap();
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    added
}

fn fate(added: &store::Added, key: &str) -> FieldFate {
    added.plan.fields.iter().find(|f| f.field == *key).unwrap().fate
}

fn names(book: &Book) -> Vec<String> {
    book.store.saved_views(&scope(), "customers").unwrap().into_iter().map(|v| v.name).collect()
}

fn comes_whole_and_only_once() {
    let book = Book::new();
    book.create("customers", &[("name", "甲".into())]);
    let added = add(&book, &[]);
    let at = |key: &str| added.fields[&("customers".into(), key.into())].clone();
    let id = book.create("customers", &[("name", "乙".into()), (at("score").as_str(), Value::Int(60))]);
    assert_eq!(book.cell("customers", id, &at("twice")), Value::Int(120));
    let refused = book.try_create("customers", &[(at("score").as_str(), Value::Int(-1))]).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid);
    book.create(
        &added.tables["visits"],
        &[("name", "店里".into()), (added.fields[&("visits".into(), "who".into())].as_str(), Value::Link(id))],
    );
    let shown = book.store.record_json(&scope(), "customers", id).unwrap();
    assert!(String::from_utf8(shown).unwrap().contains("店里"), "the other side shows it");
    let views = book.store.saved_views(&scope(), "customers").unwrap();
    assert!(views.iter().all(|v| v.missing.is_empty()), "{views:?}");
    let schema = book.store.schema();
    let again = add(&book, &[]);
    assert!(again.plan.fields.iter().all(|f| f.fate == FieldFate::There));
    assert!(again.plan.views.iter().all(|v| v.fate == ViewFate::There));
    assert_eq!((again.fields, again.views, again.tables), (added.fields, added.views, added.tables));
    assert_eq!(book.store.schema(), schema);
    assert_eq!(names(&book), ["好的", "最好的"]);
    book.assert_sound();
}

fn a_field_of_the_same_name_stays_what_it_is() {
    let book = Book::new();
    let mine = FieldDef::new("", Label::same("积分"), FieldKind::Text);
    let mine = book.store.add_field(&scope(), "customers", mine).unwrap();
    let id = book.create("customers", &[("name", "甲".into()), (mine.key.as_str(), "很多".into())]);
    let added = add(&book, &[]);
    assert_eq!(fate(&added, "score"), FieldFate::Clash);
    let schema = book.store.schema();
    let points = schema.require("customers").unwrap().named("积分（模板）").unwrap().clone();
    assert_eq!((&*points.label.en, &points.kind), ("Score (template)", &FieldKind::number(0)));
    let twice = schema.require("customers").unwrap().named("两倍").unwrap().clone();
    assert_eq!(twice.formula.as_deref(), Some("IF([@[积分（模板）]]=\"\",\"\",[@[积分（模板）]]*2)"));
    assert_eq!(book.cell("customers", id, &mine.key), "很多".into());
}

fn what_is_left_out_takes_along_what_needs_it() {
    let book = Book::new();
    let added = add(&book, &["score"]);
    assert_eq!((fate(&added, "score"), fate(&added, "twice")), (FieldFate::Left, FieldFate::Left));
    assert_eq!(fate(&added, "visits"), FieldFate::New);
    assert!(added.plan.views.iter().all(|v| v.fate == ViewFate::Left), "{:?}", added.plan.views);
    // A column alone is no reason to lose a view; a colour by it is.
    let whole = add(&book, &[]);
    assert!(whole.plan.views.iter().all(|v| v.fate == ViewFate::New));
}

fn names_of_the_book_may_be_swapped() {
    let book = Book::new();
    let rename = |key: &str, to: &str| {
        let patch = store::FieldPatch { label: Some(Label::same(to)), ..Default::default() };
        book.store.change_field(&scope(), "customers", key, patch).unwrap();
    };
    rename("total", "别的");
    rename("order_count", "累计金额");
    rename("total", "订单数");
    let document = json!({ "kebu_template": 1, "label": "甲", "tables": [{ "table": "customers", "fields": [
        { "key": "each", "label": "每单", "kind": "money", "formula": "IF([@订单数]=0,0,[@累计金额]/[@订单数])" } ] }] });
    let template = Template::read(&document).unwrap();
    book.store.add_template(&scope(), "swap", &template, &AddOptions::default()).unwrap();
    let schema = book.store.schema();
    let each = schema.require("customers").unwrap().named("每单").unwrap();
    assert_eq!(each.formula.as_deref(), Some("IF([@累计金额]=0,0,[@订单数]/[@累计金额])"));
}

fn goes_again_but_for_what_was_filled_changed_or_used() {
    let book = Book::new();
    let (before, added) = (book.store.schema(), add(&book, &[]));
    let gone = book.store.remove_template(&scope(), "pattern", &[]).unwrap();
    assert_eq!((gone.fields, gone.tables, gone.views.len(), gone.kept), (4, 1, 2, vec![]));
    assert_eq!(book.store.schema(), before);
    assert_eq!(book.store.remove_template(&scope(), "pattern", &[]).unwrap_err().code, ErrorCode::NotFound);
    drop(added);

    let added = add(&book, &[]);
    let points = added.fields[&("customers".into(), "score".into())].clone();
    let id = book.create("customers", &[("name", "乙".into()), (points.as_str(), Value::Int(1))]);
    let best = added.views[&("customers".into(), "best".to_owned())];
    let good = added.views[&("customers".into(), "good".to_owned())];
    let mine = SavedDef { filter: Some(json!({ "segment": best })), ..SavedDef::default() };
    let mine = book.store.save_view(&scope(), "customers", "我的", true, &mine).unwrap();
    let gone = book.store.remove_template(&scope(), "pattern", &[]).unwrap();
    let kept: Vec<String> = gone.kept.iter().map(|l| l.zh.to_string()).collect();
    assert_eq!(kept, ["最好的", "好的", "两倍", "积分"], "used by mine, used by that, shown by that, filled in");
    assert_eq!(names(&book), ["好的", "最好的", "我的"]);
    // It is still known what is the template's, so the rest can go later.
    book.store.delete_view(&scope(), mine.id).unwrap();
    let patch = SavedPatch { name: Some("改过的".into()), ..SavedPatch::default() };
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    book.store.change_view(&scope(), good, &patch).unwrap();
    book.store.apply(&scope(), Change::Delete { table: "customers".into(), ids: vec![id] }, Origin::Edit).unwrap();
    let gone = book.store.remove_template(&scope(), "pattern", &[]).unwrap();
    assert_eq!(gone.kept.iter().map(|l| &*l.zh).collect::<Vec<_>>(), ["改过的", "两倍", "积分"]);
    assert_eq!((names(&book), gone.fields), (vec!["改过的".to_owned()], 0));
    book.store.delete_view(&scope(), good).unwrap();
    let gone = book.store.remove_template(&scope(), "pattern", &[]).unwrap();
    assert_eq!((gone.fields, gone.kept), (2, vec![]));
    assert_eq!(book.store.schema(), before);
}

fn a_template_that_fails_leaves_the_book_as_it_was() {
    let book = Book::new();
    let before = book.store.schema();
    let circle = json!({ "kebu_template": 1, "label": "甲", "tables": [{ "table": "customers",
        "fields": [{ "key": "a", "label": "甲数", "kind": "number", "decimals": 0 }],
        "views": [
            { "key": "x", "label": "一", "def": { "filter": { "segment": "y" } } },
            { "key": "y", "label": "二", "def": { "filter": { "segment": "x" } } } ] }] });
    let template = Template::read(&circle).unwrap();
    book.store.add_template(&scope(), "circle", &template, &AddOptions::default()).unwrap_err();
    assert_eq!((book.store.schema(), names(&book).len()), (before, 0));
    assert!(book.store.templates_added(&scope()).unwrap().is_empty());
}

on_both_engines!(
    comes_whole_and_only_once,
    a_field_of_the_same_name_stays_what_it_is,
    what_is_left_out_takes_along_what_needs_it,
    names_of_the_book_may_be_swapped,
    goes_again_but_for_what_was_filled_changed_or_used,
    a_template_that_fails_leaves_the_book_as_it_was,
);
