//! A book as its users need it: grading, editing, deleting, undoing, matching, searching, paging.

use model::{Condition, Date, DateTime, ErrorCode, Filter, Money, Op, Query, RecordId, Sort, Value};
use store::{Store, StoreOptions};
use testkit::{Book, scope, today};

fn grades_follow_orders_in_the_same_change() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "王小华".into())]);
    assert_eq!(book.cell("customers", c, "code"), "K000001".into());
    assert_eq!(book.cell("customers", c, "grade"), "潜在客户".into());
    assert_eq!(book.cell("customers", c, "points"), Value::Int(3));
    assert_eq!(book.cell("customers", c, "total"), Value::Money(Money(0)));
    assert_eq!(book.cell("customers", c, "last_order"), Value::Null);

    for i in 0..12 {
        book.order(c, &format!("A{i}"), &format!("2026-10-{:02}", i + 1), 1_000, &[]);
    }
    for (field, want) in [
        ("order_count", Value::Int(12)),
        ("total", Value::Money(Money::new(12_000, 0))),
        ("average", Value::Money(Money::new(1_000, 0))),
        ("first_order", Value::DateTime(DateTime::from_iso("2026-10-01").unwrap())),
        ("last_order", Value::DateTime(DateTime::from_iso("2026-10-12").unwrap())),
        ("monthly", Value::Number(4.0)),
        ("monthly_since_first", Value::Number(12.0 / (52.0 / 30.0))),
        ("days_since", Value::Int(40)),
        ("repurchase_rate", Value::Number(11.0 / 12.0)),
        ("frequency_points", Value::Int(5)),
        ("amount_points", Value::Int(5)),
        ("loyalty_points", Value::Int(5)),
        ("grade", "VIP客户".into()),
        ("lifecycle", "忠实".into()),
    ] {
        assert_eq!(book.cell("customers", c, field), want, "{field}");
    }
    book.edit("customers", c, "recommend", "不愿意".into()).unwrap();
    assert_eq!(book.cell("customers", c, "loyalty_points"), Value::Int(1), "the lower of rate and willingness wins");
    assert_eq!(book.cell("customers", c, "grade"), "普通客户".into());
    book.create("customers", &[("name", "李四".into())]);
    let computed = book.store.computed_grades(&scope()).unwrap();
    let computed: Vec<(&str, u64)> = computed.iter().map(|(grade, n)| (grade.as_str(), *n)).collect();
    assert_eq!(computed, [("普通客户", 1), ("潜在客户", 1)], "as stored");
    book.assert_sound();
}

fn bands_meet_at_their_edges() {
    // Amount in yuan, orders in 90 days, older orders, willingness → points of each criterion.
    for (yuan, recent, older, willing, points) in [
        (0, 0, 0, "", (1, 1, 1)),
        (4_999, 1, 0, "", (1, 1, 1)),
        (5_000, 5, 0, "", (1, 3, 5)),
        (9_999, 6, 0, "", (3, 3, 5)),
        (10_000, 11, 0, "", (3, 5, 5)),
        (10_000, 12, 0, "一般", (5, 5, 3)),
        (10_000, 0, 2, "愿意", (1, 5, 3)),
        (10_000, 1, 1, "", (1, 5, 3)),
    ] {
        let book = Book::new();
        let mut cells: Vec<(&str, Value)> = vec![("name", "甲".into())];
        if !willing.is_empty() {
            cells.push(("recommend", willing.into()));
        }
        let c = book.create("customers", &cells);
        for i in 0..recent + older {
            let day = if i < recent { "2026-11-21" } else { "2026-01-05" };
            book.order(c, &format!("N{i}"), day, if i == 0 { yuan } else { 0 }, &[]);
        }
        let got = ["frequency_points", "amount_points", "loyalty_points"].map(|f| book.cell("customers", c, f));
        let (f, a, l) = points;
        assert_eq!(got, [f, a, l].map(Value::Int), "{yuan} {recent} {older} {willing}");
    }
}

fn the_ninety_days_include_today_and_exclude_the_ninety_first() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "乙".into())]);
    book.order(c, "1", "2026-11-21", 1, &[]);
    book.order(c, "2", "2026-08-24", 1, &[]); // 89 days before
    book.order(c, "3", "2026-08-23", 1, &[]); // 90 days before
    book.order(c, "4", "2026-11-22", 1, &[]); // tomorrow
    assert_eq!(book.cell("customers", c, "monthly"), Value::Number(2.0 / 3.0));
}

fn uncounted_orders_stay_and_count_for_nothing() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "丙".into())]);
    let o = book.order(c, "1", "2026-11-01", 100, &[("status", "交易成功".into())]);
    for (i, status) in
        ["交易关闭", "已取消", "退款成功", "已收货 · 退款成功", "待付款", "Cancelled", "refunded", "等待买家付款"]
            .iter()
            .enumerate()
    {
        book.order(c, &format!("x{i}"), "2026-11-02", 100, &[("status", (*status).into())]);
    }
    for (i, status) in ["已发货,待签收", "退款失败", "部分退款", "卖家已发货，等待买家确认"].iter().enumerate()
    {
        book.order(c, &format!("y{i}"), "2026-11-02", 100, &[("status", (*status).into())]);
    }
    let refund = book.order(c, "r", "2026-11-03", -100, &[]);
    assert_eq!(book.cell("orders", refund, "counted"), Value::Bool(false));
    assert_eq!(book.cell("customers", c, "order_count"), Value::Int(5));
    assert_eq!(book.cell("customers", c, "total"), Value::Money(Money::new(500, 0)));
    book.edit("orders", o, "status", "已退款".into()).unwrap();
    assert_eq!(book.cell("customers", c, "total"), Value::Money(Money::new(400, 0)));
    book.assert_sound();
}

fn several_lines_of_one_order_are_one_purchase() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "丁".into())]);
    let first = book.order(c, "L", "2026-11-01", 10, &[("line", Value::Int(1))]);
    let second = book.order(c, "L", "2026-11-01", 20, &[("line", Value::Int(2))]);
    book.order(c, "M", "2026-11-01", 30, &[]);
    assert_eq!(book.cell("customers", c, "order_count"), Value::Int(2));
    assert_eq!(book.cell("customers", c, "total"), Value::Money(Money::new(60, 0)));
    // The first line refunded: the second takes over as the purchase.
    book.edit("orders", first, "status", "退款成功".into()).unwrap();
    assert_eq!(book.cell("orders", second, "purchase"), Value::Int(1));
    assert_eq!(book.cell("customers", c, "order_count"), Value::Int(2));
    book.delete("orders", &[second]);
    assert_eq!(book.cell("customers", c, "order_count"), Value::Int(1));
    book.assert_sound();
}

fn an_order_moved_to_another_customer_counts_there() {
    let book = Book::new();
    let a = book.create("customers", &[("name", "甲".into())]);
    let b = book.create("customers", &[("name", "乙".into())]);
    let o = book.order(a, "1", "2026-11-01", 10, &[]);
    book.edit("orders", o, "customer", Value::Link(b)).unwrap();
    assert_eq!(book.cell("customers", a, "order_count"), Value::Int(0));
    assert_eq!(book.cell("customers", b, "order_count"), Value::Int(1));
    let e = book.edit("orders", o, "customer", Value::Link(RecordId(99))).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::NotFound, Some("customer")));
    book.assert_sound();
}

fn a_stated_figure_counts_until_there_are_orders() {
    let book = Book::new();
    let c = book.create(
        "customers",
        &[
            ("name", "戊".into()),
            ("stated_total", Value::Money(Money::new(12_000, 0))),
            ("stated_monthly", Value::Number(4.0)),
            ("stated_rate", Value::Number(0.8)),
        ],
    );
    assert_eq!(book.cell("customers", c, "grade"), "VIP客户".into());
    book.order(c, "1", "2026-11-01", 10, &[]);
    assert_eq!(book.cell("customers", c, "grade"), "潜在客户".into());
    book.assert_sound();
}

fn bad_cells_are_refused_and_change_nothing() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "己".into())]);
    for (field, value, code) in [
        ("total", Value::Money(Money(1)), ErrorCode::Invalid),
        ("nosuch", "x".into(), ErrorCode::NotFound),
        ("next_contact", "明天吧".into(), ErrorCode::Invalid),
        ("birthday", "1990-02-30".into(), ErrorCode::Invalid),
        ("code", Value::Null, ErrorCode::Invalid),
        ("age", Value::Number(1.5), ErrorCode::Invalid),
    ] {
        let e = book.edit("customers", c, field, value).unwrap_err();
        assert_eq!((e.code, e.field.as_deref()), (code, Some(field)));
    }
    let d = book.create("customers", &[("code", "X1".into())]);
    let e = book.edit("customers", d, "code", "K000001".into()).unwrap_err();
    assert_eq!(e.code, ErrorCode::Conflict);
    assert!(book.try_create("customers", &[("code", "X1".into())]).is_err());
    book.assert_sound();
}

fn edits_and_removals_can_be_undone_and_are_remembered() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "庚".into()), ("mobile", "13800138000".into())]);
    let o = book.order(c, "1", "2026-11-01", 10, &[]);
    let edit = book.edit("customers", c, "name", "辛".into()).unwrap().change;
    let removal = book.delete("customers", &[c]);
    assert_eq!(removal.deleted, 1);
    assert_eq!(book.cell("orders", o, "customer"), Value::Null, "the order stays, without its customer");
    book.assert_sound();

    let undone = book.store.undo(&scope(), removal.change, &mut |_, _| Ok(())).unwrap();
    assert_eq!((undone.revived, undone.kept), (1, 0));
    assert_eq!(book.cell("customers", c, "name"), "辛".into());
    assert_eq!(book.cell("orders", o, "customer"), Value::Link(c));
    assert_eq!(book.cell("customers", c, "order_count"), Value::Int(1));
    assert_eq!(book.find("13800138000"), [c.0]);

    book.store.undo(&scope(), edit, &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.cell("customers", c, "name"), "庚".into());
    assert_eq!(book.store.undo(&scope(), edit, &mut |_, _| Ok(())).unwrap_err().code, ErrorCode::Conflict);

    let kinds: Vec<_> = book.store.history(&scope(), "customers", c).unwrap().iter().map(|h| h.kind).collect();
    assert_eq!(kinds, ["edit", "create", "delete", "edit", "create"]);
    book.assert_sound();
}

fn undo_leaves_what_was_changed_since() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "壬".into())]);
    let first = book.edit("customers", c, "note", "一".into()).unwrap().change;
    book.edit("customers", c, "note", "二".into()).unwrap();
    let undone = book.store.undo(&scope(), first, &mut |_, _| Ok(())).unwrap();
    assert_eq!((undone.restored, undone.kept), (0, 1));
    assert_eq!(book.cell("customers", c, "note"), "二".into());
}

fn customers_are_found_as_people_search() {
    let book = Book::new();
    let names = ["王小华", "单晓欢", "李小华", "长沙华美贸易"];
    for (i, n) in names.iter().enumerate() {
        book.create("customers", &[("name", (*n).into()), ("mobile", format!("1380013800{i}").as_str().into())]);
    }
    book.edit("customers", RecordId(1), "wechat", "wx_Hua99".into()).unwrap();
    for (typed, want) in [
        ("王", vec![1]),
        ("小华", vec![1, 3]),
        ("王小华", vec![1]),
        ("xiaohua", vec![1, 2, 3]), // 晓欢 is xiaohuan
        ("wangxiao", vec![1]),
        ("wxh", vec![1]),
        ("shanxiaohuan", vec![2]),
        ("8001", vec![2]),
        ("13800138002", vec![3]),
        ("WX_hua99", vec![1]),
        ("华美", vec![4]),
        ("小华 8002", vec![3]),
        ("没有", vec![]),
        ("\"*", vec![]),
    ] {
        assert_eq!(book.find(typed), want, "{typed}");
    }
    book.edit("customers", RecordId(1), "name", "赵六".into()).unwrap();
    assert_eq!(book.find("王小华"), Vec::<i64>::new());
    assert_eq!(book.find("zhaoliu"), [1]);
}

fn views_filter_sort_and_keep_their_order() {
    let book = Book::new();
    for (name, city, yuan) in [("甲", "长沙", 3), ("乙", "北京", 1), ("丙", "", 2), ("丁", "长沙", 9)] {
        let mut cells: Vec<(&str, Value)> =
            vec![("name", name.into()), ("stated_total", Value::Money(Money::new(yuan, 0)))];
        if !city.is_empty() {
            cells.push(("city", city.into()));
        }
        book.create("customers", &cells);
    }
    let is = |field: &str, op, values: Vec<Value>| Filter::Is(Condition { field: field.into(), op, values });
    let sort = |field: &str, desc| vec![Sort { field: field.into(), desc }];
    let yuan = |n| Value::Money(Money::new(n, 0));
    for (filter, sort, want) in [
        (Filter::All(vec![]), vec![], vec![1, 2, 3, 4]),
        (Filter::Any(vec![]), vec![], vec![]),
        (Filter::All(vec![]), sort("total", true), vec![4, 1, 3, 2]),
        (Filter::All(vec![]), sort("city", false), vec![2, 1, 4, 3]),
        (Filter::All(vec![]), sort("city", true), vec![1, 4, 2, 3]),
        (is("city", Op::Eq, vec!["长沙".into()]), vec![], vec![1, 4]),
        (is("city", Op::In, vec!["北京".into(), Value::Null]), vec![], vec![2, 3]),
        (is("city", Op::Blank, vec![]), vec![], vec![3]),
        (is("city", Op::Filled, vec![]), vec![], vec![1, 2, 4]),
        (is("city", Op::Contains, vec!["沙".into()]), vec![], vec![1, 4]),
        (is("total", Op::Ge, vec![yuan(2)]), sort("total", false), vec![3, 1, 4]),
        (is("total", Op::Lt, vec![yuan(2)]), vec![], vec![2]),
        (
            Filter::Any(vec![is("name", Op::Eq, vec!["乙".into()]), is("total", Op::Gt, vec![yuan(8)])]),
            vec![],
            vec![2, 4],
        ),
    ] {
        let q = Query { filter: filter.clone(), sort, ..Query::all("customers") };
        assert_eq!(book.ids(&q), want, "{filter:?}");
    }

    let v = book.store.open_view(&scope(), &Query::all("customers"), &["name".into()]).unwrap();
    book.delete("customers", &[RecordId(2)]);
    book.edit("customers", RecordId(1), "name", "\"引号\"\n".into()).unwrap();
    let page = book.store.page(&scope(), &v.id, 0, 3).unwrap();
    let rows: serde_json::Value = serde_json::from_slice(&page).unwrap();
    assert_eq!(rows, serde_json::json!([[1, "\"引号\"\n"], [2], [3, "丙"]]));
    assert_eq!(book.store.page(&scope(), &v.id, 99, 3).unwrap(), b"[]");

    let bad = Query { filter: is("total", Op::Gt, vec!["x".into()]), ..Query::all("customers") };
    assert_eq!(book.store.open_view(&scope(), &bad, &[]).unwrap_err().code, ErrorCode::Invalid);
    let bad = Query { sort: sort("nosuch", false), ..Query::all("customers") };
    assert_eq!(book.store.open_view(&scope(), &bad, &[]).unwrap_err().code, ErrorCode::NotFound);
}

fn the_turn_of_the_day_recomputes_what_depends_on_it() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "甲".into())]);
    book.order(c, "1", "2026-11-20", 10, &[]);
    let later = Date(today().0 + 200);
    assert_eq!(book.store.turn_day(later, &mut |_, _| Ok(())).unwrap(), 1);
    assert_eq!(book.cell("customers", c, "days_since"), Value::Int(201));
    assert_eq!(book.cell("customers", c, "monthly"), Value::Number(0.0));
    assert_eq!(book.cell("customers", c, "lifecycle"), "沉睡".into());
    assert_eq!(book.store.turn_day(later, &mut |_, _| Ok(())).unwrap(), 0);
    book.assert_sound();
    let book = book.reopened();
    assert_eq!(book.store.today(), later, "the stored day is the day columns were computed for");
}

fn a_changed_rule_regrades_everyone() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "甲".into())]);
    book.order(c, "1", "2026-11-20", 600, &[]);
    let rule = "IF([@累计金额]>=500,5,IF([@累计金额]>=100,3,1))";
    book.store.set_formula(&scope(), "customers", "amount_points", rule, &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.cell("customers", c, "amount_points"), Value::Int(5));
    assert_eq!(book.cell("customers", c, "grade"), "普通客户".into());
    let e =
        book.store.set_formula(&scope(), "customers", "amount_points", "[@总评分]", &mut |_, _| Ok(())).unwrap_err();
    assert_eq!(e.code, ErrorCode::Formula);
    book.assert_sound();
    let book = book.reopened();
    assert_eq!(book.cell("customers", c, "amount_points"), Value::Int(5));
    book.assert_sound();
}

#[test]
fn foreign_and_newer_files_are_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions { today: today(), scratch: false };
    let other = folder.path().join("other.db");
    std::fs::write(&other, b"not a database at all, just some text that is long enough").unwrap();
    let before = std::fs::read(&other).unwrap();
    assert!(Store::open(&other, options).is_err());
    assert_eq!(std::fs::read(&other).unwrap(), before);

    let book = Book::on(testkit::Engine::Sqlite);
    let path = book.path().unwrap();
    book.create("customers", &[("name", "甲".into())]);
    let copy = folder.path().join("newer.db");
    drop(book.store);
    std::fs::copy(&path, &copy).unwrap();
    // The format number sits at byte 60 of the file, big-endian.
    let mut bytes = std::fs::read(&copy).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&copy, &bytes).unwrap();
    let e = Store::open(&copy, options).err().expect("a newer book is refused");
    assert_eq!(e.code, ErrorCode::Conflict);
    assert_eq!(std::fs::read(&copy).unwrap(), bytes);
}

fn undoing_the_undo_of_a_new_record_brings_it_back() {
    let book = Book::new();
    let made = book.try_create("customers", &[("name", "王芳".into()), ("mobile", "13800138000".into())]).unwrap();
    let undone = book.store.undo(&scope(), made.change, &mut |_, _| Ok(())).unwrap();
    assert_eq!((undone.removed, book.ids(&Query::all("customers")).len()), (1, 0));
    let redone = book.store.undo(&scope(), undone.change, &mut |_, _| Ok(())).unwrap();
    assert_eq!(redone.revived, 1);
    assert_eq!(book.find("wangfang"), [made.created[0].0]);
    assert_eq!(book.cell("customers", made.created[0], "grade"), "潜在客户".into());
    book.assert_sound();
}

testkit::on_both_engines!(
    grades_follow_orders_in_the_same_change,
    bands_meet_at_their_edges,
    the_ninety_days_include_today_and_exclude_the_ninety_first,
    uncounted_orders_stay_and_count_for_nothing,
    several_lines_of_one_order_are_one_purchase,
    an_order_moved_to_another_customer_counts_there,
    a_stated_figure_counts_until_there_are_orders,
    bad_cells_are_refused_and_change_nothing,
    edits_and_removals_can_be_undone_and_are_remembered,
    undo_leaves_what_was_changed_since,
    customers_are_found_as_people_search,
    views_filter_sort_and_keep_their_order,
    the_turn_of_the_day_recomputes_what_depends_on_it,
    a_changed_rule_regrades_everyone,
    undoing_the_undo_of_a_new_record_brings_it_back,
);
