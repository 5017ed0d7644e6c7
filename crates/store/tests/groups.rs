//! Views in groups, on both engines: what is a group, in which order, and its figures against a count done here.

use model::{
    Change, Date, DateTime, ErrorCode, FieldDef, FieldKey, FieldKind, Filter, GroupLevel, Label, Money, Origin, Period,
    Query, RecordId, Sort, Value,
};
use serde_json::{Value as Json, json};
use store::RecordGroup;
use testkit::{Book, Random, scope};

fn level(field: &str) -> GroupLevel {
    GroupLevel { field: field.into(), desc: false, by: Period::Month }
}

fn desc(field: &str) -> GroupLevel {
    GroupLevel { desc: true, ..level(field) }
}

fn by(field: &str, by: Period) -> GroupLevel {
    GroupLevel { by, ..level(field) }
}

fn grouped(table: &str, group: Vec<GroupLevel>) -> Query {
    Query { group, ..Query::all(table) }
}

/// Values and counts of the outermost level, and the ids in order.
fn opened(book: &Book, query: &Query) -> (Vec<(Json, u64)>, Vec<i64>) {
    let view = book.store.open_view(&scope(), query, &[]).unwrap();
    (view.groups.into_iter().map(|g| (g.value, g.count)).collect(), book.ids(query))
}

/// A table of a user's own with a field of each kind.
fn own_table(book: &Book, fields: &[(&str, FieldKind)]) -> (String, Vec<FieldKey>) {
    let table = book.store.add_table(&scope(), Label::same("回访"), None).unwrap().key;
    let add = |(name, kind): &(&str, FieldKind)| {
        book.store.add_field(&scope(), &table, FieldDef::new("", Label::same(name), kind.clone())).unwrap().key
    };
    let keys = fields.iter().map(add).collect();
    (table.to_string(), keys)
}

fn day(iso: &str) -> Value {
    Value::Date(Date::from_iso(iso).unwrap())
}

fn moment(iso: &str) -> Value {
    Value::DateTime(DateTime::from_iso(iso).unwrap())
}

fn each_kind_has_its_groups_in_its_order() {
    let book = Book::new();
    let (table, keys) = own_table(
        &book,
        &[
            ("城市", FieldKind::Text),
            ("日期", FieldKind::Date),
            ("时间", FieldKind::DateTime),
            ("金额", FieldKind::Money),
            ("完成", FieldKind::Bool),
            ("得分", FieldKind::number(1)),
        ],
    );
    let [city, date, time, money, done, score] = &keys[..] else { panic!("six fields") };
    let rows = [
        ["杭州", "2026-11-03", "2026-11-03 23:59:59", "5", "1", "1.5"],
        ["北京", "2026-11-30", "1969-12-31 10:00:00", "-2", "0", "0"],
        ["", "2025-11-03", "2026-11-04 00:00:00", "5", "", ""],
        ["杭州", "1969-01-31", "", "", "1", "1.5"],
        ["", "", "2025-02-03 08:00:00", "100", "0", "-3"],
    ];
    for r in rows {
        let cells = [
            (&**city, Value::from(r[0])),
            (date, if r[1].is_empty() { Value::Null } else { day(r[1]) }),
            (time, if r[2].is_empty() { Value::Null } else { moment(r[2]) }),
            (money, r[3].parse().map_or(Value::Null, |n| Value::Money(Money::new(n, 0)))),
            (
                done,
                match r[4] {
                    "1" => Value::Bool(true),
                    "0" => Value::Bool(false),
                    _ => Value::Null,
                },
            ),
            (score, r[5].parse().map_or(Value::Null, Value::Number)),
        ];
        book.create(&table, &cells.into_iter().filter(|(_, v)| !v.is_blank()).collect::<Vec<_>>());
    }
    let cases: [(GroupLevel, Json, &[i64]); 11] = [
        (level(city), json!([["北京", 1], ["杭州", 2], [null, 2]]), &[2, 1, 4, 3, 5]),
        (desc(city), json!([["杭州", 2], ["北京", 1], [null, 2]]), &[1, 4, 2, 3, 5]),
        (level(date), json!([["1969-01-01", 1], ["2025-11-01", 1], ["2026-11-01", 2], [null, 1]]), &[4, 3, 1, 2, 5]),
        (
            by(date, Period::Day),
            json!([["1969-01-31", 1], ["2025-11-03", 1], ["2026-11-03", 1], ["2026-11-30", 1], [null, 1]]),
            &[4, 3, 1, 2, 5],
        ),
        (
            by(date, Period::Year),
            json!([["1969-01-01", 1], ["2025-01-01", 1], ["2026-01-01", 2], [null, 1]]),
            &[4, 3, 1, 2, 5],
        ),
        (
            by(time, Period::Day),
            json!([["1969-12-31", 1], ["2025-02-03", 1], ["2026-11-03", 1], ["2026-11-04", 1], [null, 1]]),
            &[2, 5, 1, 3, 4],
        ),
        (level(time), json!([["1969-12-01", 1], ["2025-02-01", 1], ["2026-11-01", 2], [null, 1]]), &[2, 5, 1, 3, 4]),
        (level(money), json!([[-200, 1], [500, 2], [10000, 1], [null, 1]]), &[2, 1, 3, 5, 4]),
        (desc(money), json!([[10000, 1], [500, 2], [-200, 1], [null, 1]]), &[5, 1, 3, 2, 4]),
        (level(done), json!([[false, 2], [true, 2], [null, 1]]), &[2, 5, 1, 4, 3]),
        (level(score), json!([[-3, 1], [0, 1], [1.5, 2], [null, 1]]), &[5, 2, 1, 4, 3]),
    ];
    for (level, groups, ids) in cases {
        let (got, order) = opened(&book, &grouped(&table, vec![level.clone()]));
        let got: Vec<Json> = got.into_iter().map(|(v, n)| json!([plain(v), n])).collect();
        assert_eq!((Json::from(got), &order[..]), (groups, ids), "{level:?}");
    }
}

/// Whole numbers as whole numbers, whatever the column.
fn plain(v: Json) -> Json {
    match v.as_f64() {
        Some(x) if x.fract() == 0.0 => json!(x as i64),
        _ => v,
    }
}

fn choices_links_and_errors_are_groups_too() {
    let book = Book::new();
    let people: Vec<RecordId> =
        ["王芳", "阿欢", "王芳"].iter().map(|n| book.create("customers", &[("name", (*n).into())])).collect();
    for (n, (id, status)) in people.iter().zip(["老客户", "潜在客户", "另类"]).enumerate() {
        book.edit("customers", *id, "status", status.into()).unwrap();
        book.order(*id, &format!("A{n}"), "2026-11-01", n as i64, &[]);
    }
    book.create("orders", &[("order_no", "B".into())]);
    let (groups, ids) = opened(&book, &grouped("customers", vec![level("status")]));
    let want = [("潜在客户", 1), ("老客户", 1), ("另类", 1)].map(|(s, n)| (json!(s), n));
    assert_eq!((groups, ids), (want.to_vec(), vec![2, 1, 3]), "choices come in the order of their list");

    // Two of one name are two groups, told apart by their codes.
    let (groups, ids) = opened(&book, &grouped("orders", vec![level("customer")]));
    let named = |id: i64, name: &str| (json!([id, format!("K{id:06}"), name]), 1);
    assert_eq!(groups, [named(2, "阿欢"), named(1, "王芳"), named(3, "王芳"), (Json::Null, 1)]);
    assert_eq!(ids, [2, 1, 3, 4]);

    let inverse = FieldDef {
        formula: Some("100/[@金额]".into()),
        ..FieldDef::new("", Label::same("倒数"), FieldKind::number(2))
    };
    let inverse = book.store.add_field(&scope(), "orders", inverse).unwrap().key;
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    let (groups, ids) = opened(&book, &grouped("orders", vec![level(&inverse)]));
    let values: Vec<Json> = groups.into_iter().map(|(v, _)| plain(v)).collect();
    assert_eq!(values.len(), 3, "{values:?}");
    assert_eq!(values[2], json!({ "error": "#DIV/0!" }), "errors come behind");
    assert_eq!(&ids[2..], [1, 4]);
}

const CITIES: [&str; 5] = ["杭州", "宁波", "上海", "苏州", ""];

fn figures_are_those_counted_one_by_one() {
    let book = Book::new();
    let (table, keys) = own_table(
        &book,
        &[("城市", FieldKind::Text), ("日期", FieldKind::Date), ("金额", FieldKind::Money), ("备注", FieldKind::Text)],
    );
    let [city, date, money, note] = &keys[..] else { panic!("four fields") };
    let mut random = Random::new(22);
    let mut cells: Vec<(String, Option<Date>, Option<i64>, bool)> = Vec::new();
    for _ in 0..400 {
        let at = Date::from_iso("2025-10-20").unwrap().0 + (random.bits() % 120) as i32;
        cells.push((
            CITIES[(random.bits() % 5) as usize].to_owned(),
            (!random.bits().is_multiple_of(9)).then_some(Date(at)),
            (!random.bits().is_multiple_of(4)).then_some((random.bits() % 2_000) as i64 - 500),
            random.bits().is_multiple_of(3),
        ));
    }
    let record = |(c, d, m, n): &(String, Option<Date>, Option<i64>, bool)| {
        let all = [
            (city.clone(), Value::from(c.as_str())),
            (date.clone(), d.map_or(Value::Null, Value::Date)),
            (money.clone(), m.map_or(Value::Null, |m| Value::Money(Money(m)))),
            (note.clone(), if *n { "记".into() } else { Value::Null }),
        ];
        all.into_iter().filter(|(_, v)| !v.is_blank()).collect()
    };
    let change = Change::Create { table: table.as_str().into(), records: cells.iter().map(record).collect() };
    book.store.apply(&scope(), change, Origin::Edit).unwrap();

    let query = Query {
        sort: vec![Sort { field: money.clone(), desc: true }],
        ..grouped(&table, vec![desc(city), level(date), by(note, Period::Day)])
    };
    let view = book.store.open_grouped(&scope(), &query, &[], &[date.clone(), money.clone(), note.clone()]).unwrap();
    let ids = book.ids(&query);
    assert_eq!(ids.len(), 400);
    let row = |id: i64| &cells[id as usize - 1];
    let mut at = 0;
    let mut seen = 0;
    let mut walk = vec![(view.groups.as_slice(), 0_usize, 0_usize)];
    // Depth first: each group's records stand together, from where the ones before end.
    while let Some((groups, depth, from)) = walk.pop() {
        let mut start = from;
        for g in groups {
            seen += 1;
            let part: Vec<_> = ids[start..start + g.count as usize].iter().map(|id| row(*id)).collect();
            check(g, depth, &part, [date, money, note]);
            if depth == 2 {
                at += part.len();
                let sorted: Vec<_> = part.iter().map(|r| r.2.map_or((1, 0), |m| (0, -m))).collect();
                assert!(sorted.is_sorted(), "the view's own order holds inside a group: {sorted:?}");
            } else {
                walk.push((&g.groups, depth + 1, start));
            }
            start += part.len();
        }
    }
    assert_eq!(at, 400);
    assert!(seen > 50, "{seen}");
    let cities: Vec<Json> = view.groups.iter().map(|g| g.value.clone()).collect();
    assert_eq!(cities, [json!("苏州"), json!("上海"), json!("宁波"), json!("杭州"), Json::Null]);
}

/// Compares a group with its records.
fn check(g: &RecordGroup, depth: usize, part: &[&(String, Option<Date>, Option<i64>, bool)], keys: [&FieldKey; 3]) {
    let [date, money, note] = keys.map(|k| &**k);
    for (c, d, _, n) in part.iter().copied() {
        let value = match depth {
            0 if c.is_empty() => Json::Null,
            0 => json!(c),
            1 => d.map_or(Json::Null, |d| json!(format!("{}-01", &d.to_string()[..7]))),
            _ => {
                if *n {
                    json!("记")
                } else {
                    Json::Null
                }
            }
        };
        assert_eq!(g.value, value);
    }
    let amounts: Vec<f64> = part.iter().filter_map(|r| r.2).map(|m| m as f64).collect();
    let figures = &g.figures[money];
    assert_eq!(figures.filled, amounts.len() as u64);
    let some = |x: f64| (!amounts.is_empty()).then_some(x);
    assert_eq!(figures.sum, some(amounts.iter().sum()));
    assert_eq!(figures.min, some(amounts.iter().copied().fold(f64::MAX, f64::min)));
    assert_eq!(figures.max, some(amounts.iter().copied().fold(f64::MIN, f64::max)));
    let mean = some(amounts.iter().sum::<f64>() / amounts.len() as f64);
    assert!(figures.average.zip(mean).is_none_or(|(a, b)| (a - b).abs() < 1e-9), "{:?} {mean:?}", figures.average);
    let days = || part.iter().filter_map(|r| r.1).map(|d| d.to_string());
    let figures = &g.figures[date];
    assert_eq!((figures.earliest.clone(), figures.latest.clone(), figures.min), (days().min(), days().max(), None));
    assert_eq!(g.figures[note].filled, part.iter().filter(|r| r.3).count() as u64);
    assert_eq!(g.figures[note].sum, None);
}

fn the_first_and_the_last_of_days_and_moments() {
    let book = Book::new();
    let (table, keys) = own_table(&book, &[("日期", FieldKind::Date), ("时间", FieldKind::DateTime)]);
    let [date, time] = &keys[..] else { panic!("two fields") };
    let query = Query::all(table.as_str());
    let figures = || {
        let view = book.store.open_view(&scope(), &query, &keys).unwrap();
        let all = book.store.summary(&scope(), &view.id, &[]).unwrap();
        [date, time].map(|k| (all[k].filled, all[k].earliest.clone(), all[k].latest.clone()))
    };
    assert_eq!(figures(), [(0, None, None), (0, None, None)]);
    for (day, moment) in [("2026-02-01", "2026-02-01T09:05:00"), ("1990-12-31", "2026-02-01T23:00:00"), ("", "")] {
        let moment = model::DateTime::from_iso(moment).map_or(Value::Null, Value::DateTime);
        let day = Date::from_iso(day).map_or(Value::Null, Value::Date);
        book.create(&table, &[(date, day), (time, moment)]);
    }
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(figures()[0], (2, some("1990-12-31"), some("2026-02-01")));
    assert_eq!(figures()[1], (2, some("2026-02-01T09:05:00"), some("2026-02-01T23:00:00")));
}

fn groups_hold_what_the_view_holds() {
    let book = Book::new();
    for (name, province) in [("甲", "浙江"), ("乙", "江苏"), ("丙", "浙江"), ("丁", "")] {
        book.create("customers", &[("name", name.into()), ("province", province.into())]);
    }
    let filter = Filter::Is(model::Condition { field: "name".into(), op: model::Op::Ne, values: vec!["丙".into()] });
    let query = Query { filter, ..grouped("customers", vec![level("province")]) };
    let (groups, ids) = opened(&book, &query);
    assert_eq!(groups, [(json!("江苏"), 1), (json!("浙江"), 1), (Json::Null, 1)]);
    assert_eq!(ids, [2, 1, 4]);
    let none = Query { search: "没有这个人".into(), ..grouped("customers", vec![level("province")]) };
    assert_eq!(opened(&book, &none), (vec![], vec![]));
    // Edits move nothing until the view is opened again.
    let view = book.store.open_view(&scope(), &query, &["province".into()]).unwrap();
    book.edit("customers", RecordId(1), "province", "上海".into()).unwrap();
    let page = book.store.page(&scope(), &view.id, 0, 9).unwrap();
    assert_eq!(serde_json::from_slice::<Json>(&page).unwrap(), json!([[2, "江苏"], [1, "上海"], [4, null]]));
}

fn what_gives_no_groups_is_refused() {
    let book = Book::new();
    let refused = |group: Vec<GroupLevel>| {
        let e = book.store.open_view(&scope(), &grouped("customers", group), &[]).unwrap_err();
        (e.code, e.field.unwrap_or_default())
    };
    let invalid = |field: &str| (ErrorCode::Invalid, field.to_owned());
    assert_eq!(refused(vec![level("tags")]), invalid("tags"));
    assert_eq!(refused(vec![level("name"), level("name")]), invalid("name"));
    assert_eq!(refused(["name", "province", "city", "grade"].map(level).to_vec()), invalid("group"));
    assert_eq!(refused(vec![level("nothing")]).0, ErrorCode::NotFound);
}

/// The bound is the same on both engines, and ten thousand records take their time.
#[test]
fn more_groups_than_can_be_shown_are_refused_with_a_cure() {
    let book = Book::new();
    let (table, keys) = own_table(&book, &[("号", FieldKind::Text), ("类", FieldKind::Text)]);
    let record = |n: u32| vec![(keys[0].clone(), format!("号{n}").as_str().into()), (keys[1].clone(), "同".into())];
    let records = (0..10_001).map(|n| record(n).into_iter().collect()).collect();
    book.store.apply(&scope(), Change::Create { table: table.as_str().into(), records }, Origin::Edit).unwrap();
    let open = |group| book.store.open_view(&scope(), &grouped(&table, group), &[]);
    let e = open(vec![level(&keys[1]), level(&keys[0])]).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::TooLarge, Some(&*keys[0])), "{}", e.zh);
    assert!(e.zh.contains("号") && e.zh.contains("10000"), "{}", e.zh);
    book.delete(&table, &[RecordId(1)]);
    assert_eq!(open(vec![level(&keys[0])]).unwrap().groups.len(), 10_000);
    let e = open(vec![level(&keys[1]), level(&keys[0])]).unwrap_err();
    assert_eq!(e.code, ErrorCode::TooLarge, "the outer groups count as well");
}

testkit::on_both_engines!(
    each_kind_has_its_groups_in_its_order,
    choices_links_and_errors_are_groups_too,
    figures_are_those_counted_one_by_one,
    the_first_and_the_last_of_days_and_moments,
    groups_hold_what_the_view_holds,
    what_gives_no_groups_is_refused,
);
