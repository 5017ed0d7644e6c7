//! Templates over HTTP: the five that ship, added to an empty and to a filled book, their views, rules and formulas;
//! sample rows; taken away; one's own as a file and back.

use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[macro_use]
mod site;

use site::Site;

const SHIPPED: [&str; 5] = ["marketing", "grades", "tracking", "shop", "wechat"];

async fn add(site: &Site, id: &str, samples: bool) -> Value {
    site.ok("POST", "/templates/add", Some(json!({ "id": id, "samples": samples }))).await
}

/// Every stored derived value is what its formula gives.
fn proven(site: &Site) {
    let data = std::sync::Arc::clone(&site.data);
    let checked =
        std::thread::spawn(move || data.book.check(&model::Scope::system(model::Lang::Zh), &mut |_, _| Ok(())));
    let report = checked.join().unwrap().unwrap();
    assert!(report.sound(), "{report:?}");
}

/// How many of a plan's parts have a fate.
fn fates(plan: &Value, part: &str, fate: &str) -> usize {
    plan[part].as_array().unwrap().iter().filter(|p| p["fate"] == fate).count()
}

/// Every saved view of the built-in tables: table, name and view.
async fn views(site: &Site) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    for table in ["customers", "orders", "products", "interactions"] {
        let list = site.ok("GET", &format!("/tables/{table}/saved"), None).await;
        out.extend(list["views"].as_array().unwrap().iter().map(|v| (table.to_owned(), v.clone())));
    }
    out
}

/// Opens a saved view as the page does; how many records it holds.
async fn opened(site: &Site, table: &str, view: &Value) -> u64 {
    assert_eq!(view["missing"], json!([]), "{view}");
    let when: Vec<Value> = view["colours"].as_array().into_iter().flatten().map(|c| c["when"].clone()).collect();
    let named = match table {
        "orders" => "order_no",
        "interactions" => "content",
        _ => "name",
    };
    let mut body = json!({ "table": table, "columns": [named], "colours": when });
    if let Some(columns) = view["columns"].as_array() {
        body["columns"] = columns.iter().map(|c| c["field"].clone()).collect();
    }
    for part in ["filter", "sort", "group"] {
        if !view[part].is_null() {
            body[part] = view[part].clone();
        }
    }
    let answer = site.ok("POST", "/views", Some(body)).await;
    if let Some(summaries) = view["summaries"].as_object() {
        let path = format!("/views/{}/summary", answer["view"].as_str().unwrap());
        let figures = site.ok("GET", &path, None).await;
        assert!(figures.is_object() || figures.is_array(), "{summaries:?}: {figures}");
    }
    answer["total"].as_u64().unwrap()
}

async fn every_template_is_whole_in_both_languages(site: &Site) {
    let cards = site.ok("GET", "/templates", None).await;
    assert_eq!((cards["may"].as_bool(), cards["customers"].as_u64()), (Some(true), Some(0)));
    let ids: Vec<&str> = cards["templates"].as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap()).collect();
    assert_eq!(ids, SHIPPED);
    for id in SHIPPED {
        let detail = site.ok("GET", &format!("/templates/{id}"), None).await;
        let mut labels = Vec::new();
        words(&detail["template"], &mut labels);
        assert!(labels.len() > 50);
        for (zh, en) in labels {
            assert!(!zh.trim().is_empty() && !en.trim().is_empty(), "{id}: {zh} / {en}");
            let chinese = |t: &str| t.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(!chinese(&en) || zh == en, "{id}: {zh} / {en}");
        }
        // What a member reads in the gallery: names of fields and views, options, rules.
        let doc = &detail["template"];
        for t in doc["tables"].as_array().unwrap() {
            let named = |part: &str| t[part].as_array().cloned().unwrap_or_default();
            for part in named("fields").iter().chain(&named("views")) {
                assert_ne!(part["label"]["zh"], part["label"]["en"], "{id}: {part}");
            }
            for option in named("fields").iter().flat_map(|f| f["options"].as_array().cloned().unwrap_or_default()) {
                assert_ne!(option["value"], option["en"], "{id}: {option}");
            }
        }
        // Every view holds some of the sample rows, so that its picture says something.
        for p in detail["pictures"].as_array().unwrap().iter().filter(|p| p["kind"] != "form") {
            let may_be_empty = ["back", "silent", "unhappy"].contains(&p["view"].as_str().unwrap());
            assert!(may_be_empty || p["total"].as_u64() > Some(0), "{id}: {} has no rows", p["label"]);
        }
        let kinds: BTreeSet<&str> =
            detail["pictures"].as_array().unwrap().iter().map(|p| p["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds.len(), 5, "{id} has views of every kind");
    }
}

/// Every text in two languages.
fn words(part: &Value, out: &mut Vec<(String, String)>) {
    match part {
        Value::Object(map) => {
            if let (Some(zh), Some(en)) = (map.get("zh").and_then(Value::as_str), map.get("en").and_then(Value::as_str))
            {
                out.push((zh.to_owned(), en.to_owned()));
            }
            map.values().for_each(|v| words(v, out));
        }
        Value::Array(list) => list.iter().for_each(|v| words(v, out)),
        _ => {}
    }
}

async fn all_five_come_into_an_empty_book_and_twice_is_once(site: &Site) {
    for id in SHIPPED {
        let done = add(site, id, true).await;
        assert_eq!(fates(&done["plan"], "fields", "clash") + fates(&done["plan"], "fields", "left"), 0, "{id}: {done}");
        assert!(done["samples"].as_u64() > Some(0) && done["view"].is_i64() && done["table"] == "customers", "{done}");
    }
    let (schema, before) = (site.ok("GET", "/schema", None).await, views(site).await);
    let mut filled = 0;
    for (table, view) in &before {
        filled += u64::from(opened(site, table, view).await > 0);
    }
    assert!(before.len() > 45 && filled > 40, "{filled} of {} views hold records", before.len());
    assert_eq!(site.ok("GET", "/status", None).await["book"]["samples"], json!(SHIPPED));
    for id in SHIPPED {
        let again = add(site, id, true).await;
        let fresh = ["fields", "views", "rules"].map(|part| fates(&again["plan"], part, "new"));
        assert_eq!((fresh, again["samples"].as_u64()), ([0; 3], Some(0)), "{id}: {again}");
    }
    assert_eq!(site.ok("GET", "/schema", None).await, schema);
    assert_eq!(views(site).await.len(), before.len());
    proven(site);
}

async fn formulas_compute_and_rules_refuse(site: &Site) {
    add(site, "marketing", true).await;
    add(site, "wechat", true).await;
    let schema = site.ok("GET", "/schema", None).await;
    let key = |table: &str, label: &str| {
        let t = schema["tables"].as_array().unwrap().iter().find(|t| t["key"] == table).unwrap();
        let f = t["fields"].as_array().unwrap().iter().find(|f| f["label"]["zh"] == label);
        f.unwrap_or_else(|| panic!("{label}"))["key"].as_str().unwrap().to_owned()
    };
    let record = |list: &Value, name: &str| {
        let found = list["records"].as_array().unwrap().iter().find(|r| r["values"]["name"] == name);
        found.unwrap_or_else(|| panic!("{name}"))["values"].clone()
    };
    let customers = site.ok("GET", "/tables/customers/records", None).await;
    let (chen, zhou) = (record(&customers, "陈雨欣"), record(&customers, "周文博"));
    assert_eq!((&chen[key("customers", "营销策略")], &chen["grade"]), (&json!("专属优惠"), &json!("VIP客户")));
    assert_eq!(zhou[key("customers", "营销策略")], "培育");
    assert_eq!(
        (&chen[key("customers", "需要核对")], &zhou[key("customers", "需要核对")]),
        (&json!(false), &json!(true))
    );
    let su = record(&customers, "苏婉清");
    assert_eq!(su[key("customers", "推荐人")], Value::Null);
    let gu = record(&customers, "顾小北");
    assert!(gu[key("customers", "推荐人")].to_string().contains("苏婉清"), "{gu}");
    let products = site.ok("GET", "/tables/products/records", None).await;
    let cream = record(&products, "舒缓修护面霜");
    assert_eq!(
        (&cream[key("products", "累计销量")], &cream[key("products", "累计销售额")]),
        (&json!(5), &json!(134_000))
    );
    let orders = site.ok("GET", "/tables/orders/records", None).await;
    let lip = orders["records"].as_array().unwrap().iter().find(|r| r["values"]["product"] == "丝绒口红").unwrap();
    assert_eq!(lip["values"][key("orders", "产品单价")], 16_800, "looked up in the products");
    let night = orders["records"].as_array().unwrap().iter().any(|r| r["values"][key("orders", "购买时段")] == "晚上");
    assert!(night);
    // The four rules sellers are told to keep, and one of the template's own.
    let write = |table: &str, field: String, value: &str| {
        let (path, body) = (format!("/tables/{table}/records"), json!({ "records": [{ field: { "text": value } }] }));
        async move { site.call("owner", "POST", &path, Some(body)).await }
    };
    for (field, value) in [("birthday".to_owned(), "2999-01-01"), (key("customers", "资料核对日期"), "2999-01-01")]
    {
        let (status, why) = write("customers", field, value).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
    }
    let code = chen["code"].as_str().unwrap();
    assert!(write("customers", "code".to_owned(), code).await.0.is_client_error(), "codes are unique");
    for (table, field, value) in [("customers", "mobile", "12345"), ("orders", "time", "2999-01-01")] {
        let (status, made) = write(table, field.to_owned(), value).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let marks = site.ok("POST", &format!("/tables/{table}/marks"), Some(json!({ "ids": made["ids"] }))).await;
        assert_eq!(
            (&marks["marks"][0]["field"], &marks["marks"][0]["level"]),
            (&json!(field), &json!("warn")),
            "{marks}"
        );
    }
}

async fn a_filled_book_keeps_what_it_has(site: &Site) {
    let field = json!({ "label": "潜在需求", "kind": "number", "decimals": 0 });
    let mine = site.ok("POST", "/tables/customers/fields", Some(field)).await["field"]["key"].clone();
    let campaigns = json!({ "label": "参与的活动", "kind": "choices", "options": [] });
    let there = site.ok("POST", "/tables/customers/fields", Some(campaigns)).await["field"]["key"].clone();
    site.ok("POST", "/tables/customers/saved", Some(json!({ "name": "高价值客户", "shared": true }))).await;
    site.ok("PATCH", "/tables/customers/fields/grade", Some(json!({ "label": "会员等级" }))).await;
    site.ok("PATCH", "/tables/orders", Some(json!({ "label": "销售单" }))).await;
    let body = json!({ "records": [{ "name": "老王", mine.as_str().unwrap(): 7 }] });
    site.ok("POST", "/tables/customers/records", Some(body)).await;

    let plan = site.ok("GET", "/templates/marketing", None).await["plan"].clone();
    let of = |plan: &Value, key: &str| {
        plan["fields"].as_array().unwrap().iter().find(|f| f["field"] == key).unwrap().clone()
    };
    assert_eq!(of(&plan, "needs")["fate"], "clash");
    assert_eq!((&of(&plan, "needs")["label"]["zh"], &of(&plan, "needs")["known"]), (&json!("潜在需求（模板）"), &mine));
    assert_eq!((&of(&plan, "campaigns")["fate"], &of(&plan, "campaigns")["known"]), (&json!("there"), &there));
    let high = plan["views"].as_array().unwrap().iter().find(|v| v["view"] == "high").unwrap();
    assert_eq!((&high["fate"], &high["name"]), (&json!("new"), &json!("高价值客户 2")));

    // Left out on purpose, a field takes its place in views along and no view is lost that can do without.
    let skip = json!([{ "table": "customers", "field": "needs" }, { "table": "customers", "field": "to_check" }]);
    let done = site.ok("POST", "/templates/add", Some(json!({ "id": "marketing", "skip": skip }))).await;
    let fate = |part: &str, key: &str, id: &str| {
        done["plan"][part].as_array().unwrap().iter().find(|v| v[key] == id).unwrap()["fate"].clone()
    };
    assert_eq!((fate("fields", "field", "needs"), fate("fields", "field", "to_check")), (json!("left"), json!("left")));
    assert_eq!((fate("views", "view", "check"), fate("views", "view", "entry")), (json!("left"), json!("new")));
    for (table, view) in views(site).await {
        opened(site, &table, &view).await;
    }
    // Added once more without leaving anything out, the rest comes.
    let done = add(site, "marketing", false).await;
    assert_eq!(fates(&done["plan"], "fields", "new") + fates(&done["plan"], "fields", "clash"), 2, "{done}");
    let customers = site.ok("GET", "/tables/customers/records", None).await;
    assert_eq!(customers["records"].as_array().unwrap().len(), 1, "no sample rows without being asked");
    assert_eq!(customers["records"][0]["values"][mine.as_str().unwrap()], 7);
    let schema = site.ok("GET", "/schema", None).await;
    let strategy =
        schema["tables"][0]["fields"].as_array().unwrap().iter().find(|f| f["label"]["zh"] == "营销策略").unwrap();
    assert!(
        strategy["formula"].as_str().unwrap().contains("[@会员等级]"),
        "formulas go by the names of the book: {strategy}"
    );
    proven(site);
}

async fn samples_and_templates_go_and_what_was_filled_stays(site: &Site) {
    let before = (site.ok("GET", "/schema", None).await, views(site).await);
    for id in SHIPPED {
        add(site, id, true).await;
    }
    let customers = site.ok("GET", "/tables/customers/records", None).await;
    let edited =
        customers["records"].as_array().unwrap().iter().find(|r| r["values"]["name"] == "赵敏").unwrap()["id"].clone();
    let cells = json!({ "cells": [{ "id": edited, "field": "note", "value": "真的是客户" }] });
    site.ok("PATCH", "/tables/customers/records", Some(cells)).await;
    let gone = site.ok("DELETE", "/templates/marketing/samples", None).await;
    assert_eq!((gone["kept"].as_u64(), gone["deleted"].as_u64()), (Some(1), Some(17)), "{gone}");
    assert_eq!(site.call("owner", "DELETE", "/templates/marketing/samples", None).await.0, StatusCode::NOT_FOUND);

    let out = site.ok("DELETE", "/templates/marketing", None).await;
    let kept: Vec<&str> = out["kept"].as_array().unwrap().iter().map(|l| l["zh"].as_str().unwrap()).collect();
    // 赵敏 keeps what she was given, so three fields stay with her; other templates compute with the first.
    assert_eq!(kept, ["年岁", "潜在需求", "参与的活动", "活动反应"], "{out}");
    let card = |cards: &Value| cards["templates"][0]["added"].clone();
    assert_eq!(card(&site.ok("GET", "/templates", None).await), true, "some of it is still there");
    site.ok("DELETE", "/tables/customers/records", Some(json!({ "ids": [edited] }))).await;
    let out = site.ok("DELETE", "/templates/marketing", None).await;
    assert_eq!((out["kept"].as_array().unwrap().len(), &out["kept"][0]["zh"]), (1, &json!("年岁")), "{out}");
    for id in SHIPPED[1..].iter().chain(&SHIPPED[..1]) {
        let out = site.ok("DELETE", &format!("/templates/{id}"), None).await;
        assert_eq!(out["kept"], json!([]), "{id}: {out}");
    }
    assert_eq!(card(&site.ok("GET", "/templates", None).await), false);
    assert_eq!((site.ok("GET", "/schema", None).await, views(site).await), before, "as if nothing had been");
    proven(site);
}

async fn one_of_ones_own_goes_to_a_file_and_back(site: &Site) {
    let table = site.ok("POST", "/tables", Some(json!({ "label": "会销场次" }))).await["key"].clone();
    let path = format!("/tables/{}/fields", table.as_str().unwrap());
    let host = json!({ "label": "主讲", "kind": "text" });
    let host = site.ok("POST", &path, Some(host)).await["field"]["key"].clone();
    let fields = "/tables/customers/fields";
    let link = json!({ "label": "来自场次", "kind": "link", "table": table, "other_side": "到场客户" });
    let link = site.ok("POST", fields, Some(link)).await["field"]["key"].clone();
    let formula = json!({ "label": "每单", "kind": "money", "formula": "IF([@会员积分]>0,[@累计金额]/[@会员积分],0)" });
    let points = json!({ "label": "会员积分", "kind": "number", "decimals": 0, "default": "0",
        "rules": [{ "check": "range", "min": "0", "level": "refuse" }] });
    let points = site.ok("POST", fields, Some(points)).await["field"]["key"].clone();
    let each = site.ok("POST", fields, Some(formula)).await["field"]["key"].clone();
    let save = |table: &str, body: Value| {
        let path = format!("/tables/{table}/saved");
        async move { site.ok("POST", &path, Some(body)).await["id"].clone() }
    };
    let rich = json!({ "name": "积分多", "shared": true, "columns": [{ "field": "name", "width": 180 }, { "field": each }],
        "filter": { "field": points, "op": "gt", "values": [100] }, "sort": [{ "field": points, "desc": true }],
        "colours": [{ "when": { "formula": "[@会员积分]>500" }, "tone": "gold" }], "summaries": { each.as_str().unwrap(): "sum" } });
    let rich = save("customers", rich).await;
    let both = json!({ "name": "积分多的VIP", "shared": true,
        "filter": { "all": [{ "segment": rich }, { "field": "grade", "op": "eq", "values": ["VIP客户"] }] } });
    let both = save("customers", both).await;
    let one = json!({ "name": "某场", "shared": true, "filter": { "field": link, "op": "eq", "values": [1] } });
    let one = save("customers", one).await;
    let form = json!({ "name": "场次登记", "shared": true, "kind": { "form": { "fields": [{ "field": "name" }, { "field": host }] } } });
    let form = save(table.as_str().unwrap(), form).await;
    let wanted = |table: &Value, both: &Value, form: &Value, extra: &[&Value]| {
        let views: Vec<&Value> = [both].into_iter().chain(extra.iter().copied()).collect();
        json!({ "label": "我的做法", "description": "给分店用", "tables": [
            { "table": "customers", "fields": [], "views": views }, { "table": table, "views": [form] } ] })
    };
    let made = site.ok("POST", "/templates/export", Some(wanted(&table, &both, &form, &[&one]))).await;
    assert_eq!(made["left"], json!(["某场"]), "asks for a certain record");
    let doc = made["template"].clone();
    assert!(!doc.to_string().contains("\"u3\"") && doc.to_string().contains("会员积分"), "{doc}");
    assert_eq!(
        doc["tables"].as_array().unwrap().iter().map(|t| t["fields"].as_array().map_or(0, Vec::len)).sum::<usize>(),
        3
    );

    // Into the same book: everything is there.
    let same = site.ok("POST", "/templates/check", Some(json!({ "document": doc }))).await;
    assert_eq!(["fields", "views"].map(|p| fates(&same["plan"], p, "new")), [0, 0], "{}", same["plan"]);

    let other = Site::new();
    let done = other.ok("POST", "/templates/add", Some(json!({ "document": doc }))).await;
    assert_eq!(fates(&done["plan"], "views", "new"), 3, "{done}");
    let list = other.ok("GET", "/tables/customers/saved", None).await;
    let id = |list: &Value, name: &str| {
        list["views"].as_array().unwrap().iter().find(|v| v["name"] == name).unwrap()["id"].clone()
    };
    let schema = other.ok("GET", "/schema", None).await;
    let own =
        schema["tables"].as_array().unwrap().iter().find(|t| t["label"]["zh"] == "会销场次").unwrap()["key"].clone();
    let forms = other.ok("GET", &format!("/tables/{}/saved", own.as_str().unwrap()), None).await;
    let body = wanted(&own, &id(&list, "积分多的VIP"), &id(&forms, "场次登记"), &[]);
    let again = other.ok("POST", "/templates/export", Some(body)).await;
    assert_eq!(again["template"], doc, "there and back again");
    let cards = other.ok("GET", "/templates", None).await;
    let from_file =
        cards["templates"].as_array().unwrap().iter().find(|t| t["label"]["zh"] == "我的做法").unwrap().clone();
    assert_eq!(from_file["added"], true);
    let gone = other.ok("DELETE", &format!("/templates/{}", from_file["id"].as_str().unwrap()), None).await;
    assert_eq!((gone["kept"].clone(), gone["tables"].as_u64()), (json!([]), Some(1)), "{gone}");
}

async fn documents_are_refused_with_what_and_where(site: &Site) {
    let table = |part: Value| json!({ "kebu_template": 1, "label": "甲", "tables": [part] });
    let field = |f: Value| table(json!({ "table": "customers", "fields": [f] }));
    let view =
        |def: Value| table(json!({ "table": "customers", "views": [{ "key": "a", "label": "甲", "def": def }] }));
    let cases = [
        (json!({}), "不是客簿的模板"),
        (json!({ "kebu_template": 9, "label": "甲", "tables": [] }), "格式 9"),
        (json!({ "kebu_template": 1, "label": "甲", "tables": [], "charts": [] }), "charts"),
        (json!({ "kebu_template": 1, "label": "", "tables": [] }), "模板名称"),
        (table(json!({ "table": "gone" })), "tables[0]"),
        (field(json!({ "key": "a", "label": "甲", "kind": "hologram" })), "tables[0].fields[0]"),
        (field(json!({ "key": "a", "label": "甲", "kind": "text", "colour": "red" })), "tables[0].fields[0].colour"),
        (field(json!({ "key": "a", "label": "客户状态", "kind": "text" })), "客户状态"),
        (field(json!({ "key": "name", "label": "甲", "kind": "text" })), "tables[0].fields[0]"),
        (
            field(json!({ "key": "a", "label": "甲", "kind": "number", "decimals": 0, "formula": "[@没有]" })),
            "tables[0].fields[0]",
        ),
        (field(json!({ "key": "a", "label": "甲", "kind": "number", "decimals": 0, "formula": "[@甲]+1" })), "tables"),
        (view(json!({ "columns": [{ "field": "nothing" }] })), "tables[0].views[0]"),
        (view(json!({ "filter": { "field": "name", "op": "between", "values": ["a"] } })), "tables[0].views[0]"),
        (view(json!({ "filter": { "segment": "b" } })), "tables[0].views[0]"),
        (table(json!({ "table": "customers", "rows": [{ "order_count": "3" }] })), "tables[0].rows[0]"),
        (table(json!({ "table": "orders", "rows": [{ "customer": "没有这人" }] })), "没有这人"),
        (table(json!({ "table": "customers", "rows": [{ "next_contact": "不是日期" }] })), "不是日期"),
    ];
    for (document, says) in cases {
        for path in ["/templates/check", "/templates/add"] {
            let (status, why) = site.call("owner", "POST", path, Some(json!({ "document": document }))).await;
            let message = why["error"]["message"].as_str().unwrap_or_default();
            assert!(status.is_client_error() && message.contains(says), "{document}: {status} {why}");
        }
    }
    let large =
        json!({ "document": { "kebu_template": 1, "label": "甲", "description": "a".repeat(1 << 20), "tables": [] } });
    let (status, _) = site.call("owner", "POST", "/templates/check", Some(large)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(site.ok("GET", "/templates", None).await["templates"].as_array().unwrap().len(), 5, "nothing was kept");
}

on_both_engines!(
    every_template_is_whole_in_both_languages,
    all_five_come_into_an_empty_book_and_twice_is_once,
    formulas_compute_and_rules_refuse,
    a_filled_book_keeps_what_it_has,
    samples_and_templates_go_and_what_was_filled_stays,
    one_of_ones_own_goes_to_a_file_and_back,
    documents_are_refused_with_what_and_where,
);
