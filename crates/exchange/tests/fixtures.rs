//! Every sheet of the fixtures comes in with the counts its facts state.

use exchange::convert::{Converter, CustomerRef, RowOut};
use exchange::read::{self, Book, Limits};
use exchange::recognise::{self, Override};
use exchange::{Ctx, Role, SheetPlan};
use model::{Date, Schema, Value, builtin};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::PathBuf;

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

fn ctx() -> Ctx {
    Ctx { today: Date::from_iso("2026-11-21").unwrap(), year: None }
}

/// What a whole file gave.
#[derive(Default)]
struct Taken {
    plans: Vec<SheetPlan>,
    customers: HashSet<String>,
    orders: usize,
    not_counted: usize,
    rejected: Vec<u32>,
    problems: Vec<(u32, String, bool)>,
    rows: Vec<(u32, RowOut)>,
    fields: Vec<(Vec<String>, Vec<String>)>,
}

/// One name for one person: the first identity, code or name.
fn who(r: &CustomerRef) -> String {
    let identity = r.identities.first().map(|i| format!("{:?}:{}", i.kind, i.value));
    r.code.clone().or(identity).or_else(|| r.name.clone()).unwrap_or_default()
}

fn counted(fields: &[String], order: &[Value]) -> bool {
    let at = |f: &str| fields.iter().position(|x| x == f).map(|i| &order[i]);
    let status = at("status").and_then(Value::as_text).unwrap_or("");
    let out = ["取消", "交易关闭", "退款成功", "等待买家付款"].iter().any(|w| status.contains(w));
    let negative = matches!(at("amount"), Some(Value::Money(m)) if m.0 < 0);
    !out && !negative
}

fn take(book: &mut Book, schema: &Schema, year: Option<i32>) -> Taken {
    let mut taken = Taken::default();
    for sheet in 0..book.sheets().len() {
        let plan = recognise::recognise(book, sheet, schema, &ctx()).unwrap();
        let change = Override { year, ..Override::default() };
        let plan = recognise::replan(book, &plan, &change, schema, &ctx()).unwrap();
        let mut converter = Converter::new(&plan, schema, ctx());
        let names = |keys: &[model::FieldKey]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (customers, orders) = (names(converter.customer_fields()), names(converter.order_fields()));
        book.for_each_row(sheet, |row| {
            let out = converter.row(row);
            if out.skip.is_some() {
                return ControlFlow::Continue(());
            }
            if out.rejected() {
                taken.rejected.push(row.number);
            }
            for p in &out.problems {
                taken.problems.push((row.number, p.header.clone(), p.fatal));
            }
            if let (Some(values), Some(r)) = (&out.customer, &out.customer_ref) {
                assert_eq!(values.len(), customers.len());
                taken.customers.insert(who(r));
            }
            if let Some(order) = &out.order {
                taken.orders += 1;
                taken.not_counted += usize::from(!counted(&orders, order));
            }
            taken.rows.push((row.number, out));
            ControlFlow::Continue(())
        })
        .unwrap();
        taken.plans.push(plan);
        taken.fields.push((customers, orders));
    }
    taken
}

fn load(name: &str, year: Option<i32>) -> Taken {
    let mut book = read::open(&fixture(name), &Limits::default()).unwrap();
    take(&mut book, &builtin::schema(), year)
}

fn targets(plan: &SheetPlan) -> Vec<String> {
    plan.columns
        .iter()
        .map(|c| match &c.target {
            Some(t) if t.new_field => format!("{}=+{}", c.header, t.table),
            Some(t) => format!("{}={}.{}", c.header, t.table, t.field),
            None => format!("{}=", c.header),
        })
        .collect()
}

/// Position of a field, and the value of an order or customer row.
fn customer(t: &Taken, sheet: usize, row: u32, field: &str) -> Value {
    let at = t.fields[sheet].0.iter().position(|f| f == field).unwrap();
    let out = t.rows.iter().find(|(n, r)| *n == row && r.customer.is_some()).unwrap();
    out.1.customer.as_ref().unwrap()[at].clone()
}

fn order(t: &Taken, sheet: usize, row: u32, field: &str) -> Value {
    let at = t.fields[sheet].1.iter().position(|f| f == field).unwrap();
    let out = t.rows.iter().find(|(n, r)| *n == row && r.order.is_some()).unwrap();
    out.1.order.as_ref().unwrap()[at].clone()
}

#[test]
fn every_sheet_holds_what_its_facts_say() {
    let facts: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(fixture("sheets/facts.json")).unwrap()).unwrap();
    for (name, fact) in facts.as_object().unwrap() {
        let t = load(&format!("sheets/{name}"), Some(2025));
        let wanted = |key: &str| fact.get(key).and_then(serde_json::Value::as_u64);
        assert_eq!(wanted("customers"), Some(t.customers.len() as u64), "{name}");
        assert_eq!(wanted("orders").unwrap_or(0), t.orders as u64, "{name}");
        if let Some(n) = wanted("not_counted") {
            assert_eq!(n, t.not_counted as u64, "{name}");
        }
        assert_eq!(t.rejected, Vec::<u32>::new(), "{name}");
        let planned: u64 = t.plans.iter().filter_map(|p| p.rows_estimate).sum();
        assert_eq!(planned, t.rows.len() as u64, "{name}");
    }
}

#[test]
fn roles_profiles_and_problems_of_the_sheets() {
    use exchange::Profile::*;
    // name, roles, profile, problems (row, header)
    type Case = (&'static str, &'static [Role], Option<exchange::Profile>, &'static [(u32, &'static str)]);
    let cases: [Case; 6] = [
        ("电商客户管理分类表.xlsx", &[Role::Customers], None, &[(11, "联系方式"), (13, "邮箱")]),
        ("微商客户与订单一张表.xlsx", &[Role::Both], None, &[]),
        ("客户等级表.csv", &[Role::Customers], None, &[]),
        ("ExportOrderList202409.csv", &[Role::Both], Some(Taobao), &[]),
        ("客户追踪表.xls", &[Role::Customers, Role::Orders], None, &[]),
        ("拼多多订单.csv", &[Role::Orders], Some(Pdd), &[(2, ""), (19, ""), (36, ""), (53, "")]),
    ];
    for (name, roles, profile, problems) in cases {
        let t = load(&format!("sheets/{name}"), Some(2025));
        assert_eq!(t.plans.iter().map(|p| p.role).collect::<Vec<_>>(), roles, "{name}");
        assert_eq!(t.plans[0].profile, profile, "{name}");
        let found: Vec<(u32, &str)> = t.problems.iter().map(|(row, header, _)| (*row, header.as_str())).collect();
        assert_eq!(found, problems, "{name}");
    }
    let t = load("sheets/有赞客户导出.xlsx", None);
    assert_eq!(t.problems.iter().filter(|(_, h, _)| h == "客户手机号").count(), 12);
    assert_eq!(t.problems.iter().filter(|(_, h, _)| h == "客户生日").count(), 1);
}

#[test]
fn values_of_the_sheets() {
    let money = |yuan, fen| Value::Money(model::Money::new(yuan, fen));
    let time = |s: &str| Value::DateTime(model::DateTime::from_iso(s).unwrap());
    let t = load("sheets/微商客户与订单一张表.xlsx", Some(2025));
    assert_eq!(customer(&t, 0, 3, "mobile"), Value::from("13815908301"));
    assert_eq!(customer(&t, 0, 6, "birthday"), Value::from("农历08-15"));
    assert_eq!(order(&t, 0, 7, "time"), time("2025-01-12"));
    assert!(targets(&t.plans[0]).contains(&"肤质=+customers".to_owned()), "{:?}", targets(&t.plans[0]));
    let t = load("sheets/ExportOrderList202409.csv", None);
    assert_eq!(order(&t, 0, 2, "order_no"), Value::from("3300000000000007000"));
    assert_eq!(order(&t, 0, 8, "time"), time("2025-07-13T10:27:19"));
    assert_eq!(order(&t, 0, 12, "amount"), money(119, 70));
    assert_eq!(customer(&t, 0, 2, "account"), Value::from("淘宝:tb_wx_6cmhnj7"));
    assert_eq!(customer(&t, 0, 2, "city"), Value::from("长沙市"));
    let t = load("sheets/客户等级表.csv", None);
    assert_eq!(customer(&t, 0, 2, "stated_total"), money(12_000, 0));
    assert_eq!(customer(&t, 0, 3, "stated_rate"), Value::Number(0.95));
    let t = load("sheets/带公式的客户表.xlsx", None);
    assert_eq!(customer(&t, 0, 2, "stated_last"), Value::Date(Date::from_iso("2025-01-06").unwrap()));
    assert_eq!(order(&t, 1, 3, "order_no"), Value::from("000001"));
    assert!(t.plans[0].notes.iter().any(|n| n.zh.contains("没有存计算结果")));
    let t = load("sheets/拼多多订单.csv", None);
    assert_eq!(order(&t, 0, 2, "time"), time("2024-01-10"));
    assert_eq!(order(&t, 0, 7, "status"), Value::from("已取消 · 退款成功"));
    assert!(t.plans[0].notes.iter().any(|n| n.zh.contains("没有买家")));
    let mut book = read::open(&fixture("sheets/微商客户与订单一张表.xlsx"), &Limits::default()).unwrap();
    let plan = recognise::recognise(&mut book, 0, &builtin::schema(), &ctx()).unwrap();
    assert!(plan.year_needed);
}

#[test]
fn foreign_sheets_of_every_shape_are_read_without_harm() {
    for entry in std::fs::read_dir(fixture("easyexcel")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "LICENSE" {
            continue;
        }
        let mut book = read::open(&path, &Limits::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let t = take(&mut book, &builtin::schema(), None);
        let role = t.plans[0].role;
        let expected = match name.as_str() {
            "no_bom.csv" | "office_bom.csv" => Role::Customers,
            _ => Role::Ignore,
        };
        assert_eq!(role, expected, "{name} {:?}", targets(&t.plans[0]));
    }
}

#[test]
fn a_plan_goes_over_the_wire_as_documented() {
    let t = load("sheets/微商客户与订单一张表.xlsx", None);
    let json = serde_json::to_value(&t.plans[0]).unwrap();
    assert_eq!(json["role"], "both");
    assert_eq!(json["rows"], 69);
    assert_eq!(json["columns"][1]["table"], "customers");
    assert_eq!(json["columns"][1]["field"], "mobile");
    assert_eq!(json["columns"][4]["new_field"], true);
    assert!(json["notes"][0]["zh"].is_string());
    let change: Override = serde_json::from_str(r#"{"role":"both","header_row":1,"columns":[{"index":4}]}"#).unwrap();
    assert_eq!(change.columns[0].table, None);
}

#[test]
fn a_date_without_its_year_is_the_latest_such_day_and_says_so() {
    let t = load("sheets/微商客户与订单一张表.xlsx", None);
    assert_eq!((t.customers.len(), t.orders, t.rejected.len()), (25, 69, 0));
    // Row 7 says 1月12日; today is 21 November 2026.
    let time = |day: &str| Value::DateTime(Date::from_iso(day).unwrap().start());
    assert_eq!(order(&t, 0, 7, "time"), time("2026-01-12"));
    // Row 20 says 12月7日, which this year has not come yet.
    assert_eq!(order(&t, 0, 20, "time"), time("2025-12-07"));
    let remarks = t.problems.iter().filter(|(_, header, fatal)| header == "下单日期" && !fatal).count();
    assert_eq!(remarks, 12);
}
