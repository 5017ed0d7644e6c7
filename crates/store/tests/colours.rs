//! Colour rules, on both engines: which hold of which records, and what becomes of kept ones.

use model::{Condition, ErrorCode, FieldDef, FieldKey, FieldKind, Filter, Label, Op, Query, RecordId, Value, When};
use serde_json::{Value as Json, json};
use store::{ColourRule, ColourWhen, FieldPatch, SavedDef, ViewId};
use testkit::{Book, scope};

fn formula(text: &str) -> When {
    When::Formula(text.into())
}

fn is(field: &str, op: Op, values: Vec<Value>) -> When {
    When::Filter(Filter::Is(Condition { field: field.into(), op, values }))
}

fn coloured(table: &str, colours: Vec<When>) -> Query {
    Query { colours, ..Query::all(table) }
}

fn rows(book: &Book, view: &ViewId) -> Json {
    serde_json::from_slice(&book.store.page(&scope(), view, 0, 100).unwrap()).unwrap()
}

/// Id and bits of every record.
fn bits(book: &Book, query: &Query) -> Vec<(i64, i64)> {
    let view = book.store.open_view(&scope(), query, &[]).unwrap();
    let rows = rows(book, &view.id);
    rows.as_array().unwrap().iter().map(|r| (r[0].as_i64().unwrap(), r[1].as_i64().unwrap())).collect()
}

fn rules_hold_as_filters_and_formulas_do() {
    let book = Book::new();
    let people: Vec<RecordId> =
        ["甲", "乙", "丙"].iter().map(|n| book.create("customers", &[("name", (*n).into())])).collect();
    book.order(people[0], "A", "2026-11-01", 1_500, &[]);
    book.order(people[1], "B", "2026-11-20", 500, &[]);
    let today =
        Filter::Is(Condition { field: "last_order".into(), op: Op::Within, values: vec!["last_7_days".into()] });
    let query = coloured(
        "customers",
        vec![
            formula("[@累计金额]>1000"),
            is("name", Op::Eq, vec!["乙".into()]),
            formula("COUNTIFS(订单[客户],[@客户编号],订单[金额],\">=500\")>0"),
            When::Filter(today),
            formula("AND([@最近购买]<>\"\",TODAY()-[@最近购买]<5)"),
            formula("[@客户名称]=\"丙\""),
        ],
    );
    assert_eq!(bits(&book, &query), [(1, 0b000_101), (2, 0b011_110), (3, 0b100_000)]);

    // Columns come before the bits, and what was edited comes with what holds now.
    let view = book.store.open_view(&scope(), &query, &["name".into()]).unwrap();
    book.edit("customers", people[2], "name", "乙".into()).unwrap();
    book.delete("customers", &[people[0]]);
    assert_eq!(rows(&book, &view.id), json!([[1], [2, "乙", 0b011_110], [3, "乙", 0b000_010]]));
    let some = book.store.view_records(&scope(), &view.id, &[3]).unwrap();
    assert_eq!(serde_json::from_slice::<Json>(&some).unwrap(), json!([[3, "乙", 0b000_010]]));
    let plain = book.store.open_view(&scope(), &Query::all("customers"), &["name".into()]).unwrap();
    assert_eq!(rows(&book, &plain.id)[0], json!([2, "乙"]), "without rules there is no number");
}

fn errors_and_blanks_count_as_no() {
    let book = Book::new();
    let table = book.store.add_table(&scope(), Label::same("试"), None).unwrap().key;
    let field = |name: &str, formula: Option<&str>| {
        let made =
            FieldDef { formula: formula.map(Into::into), ..FieldDef::new("", Label::same(name), FieldKind::number(2)) };
        book.store.add_field(&scope(), &table, made).unwrap().key
    };
    let n = field("数", None);
    let inverse = field("倒数", Some("1/[@数]"));
    for value in [Value::Number(0.5), Value::Number(0.0), Value::Null] {
        book.create(&table, &[(&n, value)]);
    }
    let query = coloured(
        &table,
        vec![
            formula("1/[@数]>1"),
            formula("[@倒数]>1"),
            formula("ISERROR([@倒数])"),
            formula("[@数]=\"\""),
            is(&n, Op::Blank, vec![]),
            is(&inverse, Op::Filled, vec![]),
        ],
    );
    let got = bits(&book, &query);
    assert_eq!(got[0], (1, 0b100_011));
    assert_eq!(got[1], (2, 0b100_100), "an error is something, and not more than 1");
    assert_eq!(got[2].1 & 0b011_011, 0b011_000, "{got:?}");
}

fn wrong_rules_are_refused_by_number() {
    let book = Book::new();
    let refused = |colours: Vec<When>| {
        let e = book.store.open_view(&scope(), &coloured("customers", colours), &[]).unwrap_err();
        (e.code, e.field.unwrap_or_default(), e.zh)
    };
    let good = formula("[@累计金额]>1");
    let (code, field, zh) = refused(vec![good.clone(), formula("[@没有]>1")]);
    assert_eq!((code, field.as_str()), (ErrorCode::Formula, "colours.1"));
    assert!(zh.starts_with("第 2 条颜色规则：") && zh.contains("没有"), "{zh}");
    for text in ["[@累计金额]", "", "1+", "\"是\""] {
        assert_eq!(refused(vec![formula(text)]).0, ErrorCode::Formula, "{text}");
    }
    assert_eq!(refused(vec![is("total", Op::Eq, vec!["x".into()])]).0, ErrorCode::Invalid);
    assert_eq!(refused(vec![is("nothing", Op::Filled, vec![])]).0, ErrorCode::NotFound);
    assert_eq!(refused(vec![good.clone(); 21]).1, "colours");
    assert_eq!(bits(&book, &coloured("customers", vec![good; 20])), []);
}

fn rule(when: ColourWhen, field: Option<&str>, tone: &str) -> ColourRule {
    ColourRule { when, field: field.map(Into::into), tone: tone.into() }
}

fn kept_rules_follow_renames_and_are_skipped_when_their_field_goes() {
    let book = Book::new();
    let table = book.store.add_table(&scope(), Label::same("拜访"), None).unwrap().key;
    let add = |name: &str| {
        let made = FieldDef::new("", Label::same(name), FieldKind::number(0));
        book.store.add_field(&scope(), &table, made).unwrap().key
    };
    let (stays, goes) = (add("次数"), add("分数"));
    let by_formula = |text: &str| ColourWhen::Formula(text.into());
    let by_filter = |field: &FieldKey| {
        ColourWhen::Filter(json!({ "all": [
        { "field": field, "op": "gt", "values": [1] }, { "field": stays, "op": "filled" }] }))
    };
    let def = |rules: &[ColourRule]| SavedDef { colours: rules.to_vec(), ..SavedDef::default() };
    let rules = [
        rule(by_formula("[@次数]>[@分数]"), None, "red"),
        rule(by_formula("[@次数]>1"), Some(&goes), "gold"),
        rule(by_filter(&goes), None, "blue"),
        rule(by_formula("[@次数]>3"), Some(&stays), "green"),
        rule(by_filter(&stays), None, "grey"),
    ];
    let saved = book.store.save_view(&scope(), &table, "热度", true, &def(&rules)).unwrap();
    assert_eq!((saved.def.colours.as_slice(), saved.missing.len()), (&rules[..], 0));

    let named = FieldPatch { label: Some(Label::same("来访次数")), ..FieldPatch::default() };
    book.store.change_field(&scope(), &table, &stays, named).unwrap();
    let colours = book.store.saved_view(&scope(), saved.id).unwrap().def.colours;
    assert_eq!(colours[0].when, by_formula("[@来访次数]>[@分数]"));
    assert_eq!(colours[3].when, by_formula("[@来访次数]>3"));

    book.store.remove_field(&scope(), &table, &goes, false).unwrap();
    let view = book.store.saved_view(&scope(), saved.id).unwrap();
    let left = [rule(by_formula("[@来访次数]>3"), Some(&stays), "green"), rule(by_filter(&stays), None, "grey")];
    assert_eq!(view.def.colours, left);
    assert_eq!(view.missing, ["[@来访次数]>[@分数]".to_owned(), goes.to_string()]);

    let save = |rules: &[ColourRule]| book.store.save_view(&scope(), &table, "又", true, &def(rules));
    let e = save(&[rule(by_formula("1=1"), Some(&goes), "red")]).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::NotFound, Some("colours.0")));
    let e = save(&[rule(by_formula("1=1"), None, "pink")]).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::Invalid, Some("colours.0")));
    let many = vec![rule(by_formula("1=1"), None, "red"); 21];
    assert_eq!(save(&many).unwrap_err().field.as_deref(), Some("colours"));
}

testkit::on_both_engines!(
    rules_hold_as_filters_and_formulas_do,
    errors_and_blanks_count_as_no,
    wrong_rules_are_refused_by_number,
    kept_rules_follow_renames_and_are_skipped_when_their_field_goes,
);
