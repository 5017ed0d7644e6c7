//! What programs use: tokens, pages by cursor, rows with results of their own, writes sent twice.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[macro_use]
mod site;

use site::Site;

/// A call with a token of its own.
async fn with(site: &Site, secret: &str, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let r = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {secret}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.map_or(Body::empty(), |b| Body::from(b.to_string())))
        .unwrap();
    let (status, _, bytes) = site.send(r).await;
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn tokens_are_narrow_shown_once_and_revoked(site: &Site) {
    let make = |name: &str, scope: &str, days: Option<u32>| Some(json!({ "name": name, "scope": scope, "days": days }));
    let made = site.ok("POST", "/tokens", make("报表", "read", Some(30))).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    let list = site.ok("GET", "/tokens", None).await;
    assert!(!list.to_string().contains(&secret[5..]), "the secret is shown once");
    let mine = list["tokens"].as_array().unwrap().iter().find(|t| t["id"] == made["token"]["id"]).unwrap();
    assert_eq!((&mine["name"], &mine["scope"], &mine["used"]), (&json!("报表"), &json!("read"), &Value::Null));

    assert_eq!(with(site, &secret, "GET", "/schema", None).await.0, StatusCode::OK);
    let body = json!({ "records": [{ "name": "甲" }] });
    let (status, _) = with(site, &secret, "POST", "/tables/customers/records", Some(body)).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "an owner's token that may only read writes nothing");
    for (name, scope, days) in [("更大", "own", Some(1)), ("更久", "read", Some(60)), ("永远", "read", None)] {
        let (status, answer) = with(site, &secret, "POST", "/tokens", make(name, scope, days)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{name} {answer}");
    }
    let (status, _) = site.call("writer", "POST", "/tokens", make("x", "own", None)).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "no token exceeds its user");
    for (name, days) in [("", Some(1)), ("x", Some(0)), ("x", Some(9_999))] {
        let (status, answer) = site.call("owner", "POST", "/tokens", make(name, "read", days)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        assert!(answer["error"]["field"].is_string(), "{answer}");
    }

    let used = async || {
        let list = site.ok("GET", "/tokens", None).await;
        list["tokens"].as_array().unwrap().iter().find(|t| t["id"] == made["token"]["id"]).unwrap()["used"].clone()
    };
    for _ in 0..100 {
        if used().await.is_i64() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(used().await.is_i64(), "its last use is noted");

    let path = format!("/tokens/{}", made["token"]["id"].as_str().unwrap());
    assert_eq!(site.call("writer", "DELETE", &path, None).await.0, StatusCode::NOT_FOUND, "another's token");
    site.ok("DELETE", &path, None).await;
    assert_eq!(with(site, &secret, "GET", "/schema", None).await.0, StatusCode::UNAUTHORIZED);
}

/// What a part of an address looks like.
fn part(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// Every record of a query, by pages of three.
async fn all_pages(site: &Site, query: &str) -> Vec<Value> {
    let (mut out, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/tables/customers/records?limit=3&{query}{cursor}");
        let page = site.ok("GET", &path, None).await;
        out.extend(page["records"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { return out };
        cursor = format!("&cursor={next}");
        assert!(out.len() < 500, "pages without end");
    }
}

async fn pages_by_cursor_give_every_record_once(site: &Site) {
    let records: Vec<Value> = (0..20)
        .map(|n| {
            let mut r = json!({ "name": format!("客{:02}", n % 7), "stated_total": (n % 5) * 10_000 });
            if n % 4 > 0 {
                r["city"] = json!(["广州市", "杭州市", "北京市"][n % 4 - 1]);
            }
            r
        })
        .collect();
    let ids = site.ok("POST", "/tables/customers/records", Some(json!({ "records": records }))).await["ids"].clone();
    let ids: Vec<i64> = ids.as_array().unwrap().iter().map(|i| i.as_i64().unwrap()).collect();
    for sort in ["", "city", "-city", "-stated_total,name", "city,-stated_total,-name", "-repurchase_rate"] {
        let got = all_pages(site, &format!("sort={sort}&fields=name,city,stated_total")).await;
        let mut seen: Vec<i64> = got.iter().map(|r| r["id"].as_i64().unwrap()).collect();
        if sort.ends_with("city") {
            let blanks: Vec<bool> = got.iter().map(|r| r["values"]["city"].is_null()).collect();
            assert!(blanks.is_sorted(), "blanks come last either way");
            let cities: Vec<&str> = got.iter().filter_map(|r| r["values"]["city"].as_str()).collect();
            assert!(if sort == "city" { cities.is_sorted() } else { cities.iter().rev().is_sorted() }, "{sort}");
        }
        assert_eq!(got[0]["values"].as_object().unwrap().len(), 3);
        seen.sort_unstable();
        assert_eq!(seen, ids, "{sort}");
    }

    // A record edited or removed between two pages neither repeats others nor hides them.
    let path = "/tables/customers/records?limit=8&sort=-stated_total&fields=stated_total";
    let first = site.ok("GET", path, None).await;
    let (last, gone) = (&first["records"][7]["id"], &first["records"][0]["id"]);
    let cells = json!({ "cells": [{ "id": last, "field": "stated_total", "value": 1 }] });
    site.ok("PATCH", "/tables/customers/records", Some(cells)).await;
    site.ok("DELETE", "/tables/customers/records", Some(json!({ "ids": [gone] }))).await;
    let rest = site.ok("GET", &format!("{path}&cursor={}", first["next"].as_str().unwrap()), None).await;
    let mut count: BTreeMap<i64, usize> = BTreeMap::new();
    for r in first["records"].as_array().unwrap().iter().chain(rest["records"].as_array().unwrap()) {
        *count.entry(r["id"].as_i64().unwrap()).or_default() += 1;
    }
    let moved = last.as_i64().unwrap();
    assert!(count.iter().all(|(id, n)| *n == 1 || *id == moved), "{count:?}");

    // A formula and a filter in JSON ask the same.
    let formula = format!("filter={}", part("[@城市]=\"广州市\""));
    let json = format!("filter={}", part(r#"{"field":"city","op":"eq","values":["广州市"]}"#));
    let (by_formula, by_json) = (all_pages(site, &formula).await, all_pages(site, &json).await);
    assert!(!by_formula.is_empty() && by_formula == by_json);
    let rollup = format!("filter={}", part("SUMIFS(订单[金额],订单[客户],[@客户编号])>1"));
    assert_eq!(all_pages(site, &rollup).await, Vec::<Value>::new());

    let next = first["next"].as_str().unwrap();
    for (query, field) in [
        (format!("sort=name&cursor={next}"), "cursor"),
        ("cursor=7b7d".to_owned(), "cursor"),
        ("cursor=中".to_owned(), "cursor"),
        ("sort=nothing".to_owned(), "nothing"),
        ("sort=a,b,c,d,e".to_owned(), "a"),
        ("limit=0".to_owned(), "limit"),
        ("limit=501".to_owned(), "limit"),
        (format!("filter={}", part("[@总金额]+1")), "filter"),
        (format!("filter={}", part("{\"field\":")), "filter"),
        ("fields=x".to_owned(), "x"),
    ] {
        let path = format!("/tables/customers/records?{}", query.replace('中', "%E4%B8%AD"));
        let (status, answer) = site.call("owner", "GET", &path, None).await;
        assert!(status.is_client_error(), "{query}: {status}");
        assert_eq!(answer["error"]["field"], field, "{query}: {answer}");
    }
}

async fn rows_have_results_of_their_own(site: &Site) {
    let path = "/tables/customers/records";
    let records = json!([{ "name": "甲", "code": "A1" }, { "name": "乙", "stated_total": "x" }, { "nothing": 1 },
        { "name": "丙", "code": "A1" }, { "name": "丁", "mobile": { "text": "138 0013 8000" } }]);
    let (status, answer) = site.call("owner", "POST", path, Some(json!({ "records": records }))).await;
    assert!(status.is_client_error(), "all or none: {answer}");
    assert_eq!(site.ok("GET", path, None).await["records"], json!([]));

    let done = site.ok("POST", path, Some(json!({ "records": records, "partial": true }))).await;
    let codes: Vec<&str> =
        done["results"].as_array().unwrap().iter().map(|r| r["error"]["code"].as_str().unwrap_or("ok")).collect();
    assert_eq!(codes, ["ok", "invalid", "not_found", "conflict", "ok"], "{done}");
    assert_eq!(done["results"][1]["error"]["field"], "stated_total");
    let id = |n: usize| done["results"][n]["id"].as_i64().unwrap();
    assert_eq!(id(4), id(0) + 1, "a row that failed leaves nothing, no gap either");
    let listed = site.ok("GET", &format!("{path}?fields=name,grade,code"), None).await["records"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert!(listed[1]["values"]["grade"].is_string(), "what follows from a row is computed");
    let log = site.ok("GET", "/changes", None).await["changes"].clone();
    assert_eq!((log.as_array().unwrap().len(), &log[0]["created"]["customers"]), (1, &json!(2)), "one change: {log}");

    let cells = json!({ "partial": true, "cells": [{ "id": id(0), "field": "name", "value": "甲甲" },
        { "id": 999_999, "field": "name", "value": "x" }, { "id": id(4), "field": "code", "value": "A1" },
        { "id": id(0), "field": "stated_total", "value": { "text": "1.2万" } }] });
    let edited = site.ok("PATCH", path, Some(cells)).await;
    let ok: Vec<bool> = edited["results"].as_array().unwrap().iter().map(|r| r["ok"] == true).collect();
    assert_eq!((ok, &edited["results"][1]["id"]), (vec![true, false, false], &json!(999_999)), "{edited}");
    assert_eq!(site.ok("GET", &format!("{path}/{}", id(0)), None).await["values"]["stated_total"], 1_200_000);

    let upsert = json!({ "match": "code", "records": [{ "code": "A1", "name": "新名" }, { "code": "B2", "name": "新客" }, { "name": "无号" }] });
    let matched = site.ok("POST", path, Some(upsert)).await;
    let made: Vec<bool> = matched["results"].as_array().unwrap().iter().map(|r| r["created"] == true).collect();
    assert_eq!((made, &matched["results"][0]["id"]), (vec![false, true, true], &json!(id(0))), "{matched}");
    let (status, answer) =
        site.call("owner", "POST", path, Some(json!({ "match": "name", "records": [{ "name": "新名" }] }))).await;
    assert_eq!((status, &answer["error"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("match")));

    let removed = site.ok("DELETE", path, Some(json!({ "ids": [id(0), 999_999], "partial": true }))).await;
    assert_eq!(
        (&removed["results"][0]["ok"], &removed["results"][1]["error"]["code"]),
        (&json!(true), &json!("not_found"))
    );
    site.ok("POST", "/undo", None).await;
    site.ok("POST", "/undo", None).await;
    assert_eq!(site.ok("GET", &format!("{path}/{}", id(0)), None).await["values"]["name"], "甲甲");
    let none = site.ok("DELETE", path, Some(json!({ "ids": [999_999], "partial": true }))).await;
    assert_eq!(none["change"], Value::Null, "nothing written, nothing in the log");
    let many = json!({ "partial": true, "ids": (0..1_001).collect::<Vec<i64>>() });
    assert_eq!(site.call("owner", "DELETE", path, Some(many)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

/// A paste past the end: cells and new records are one change and one step of undo, all or none.
async fn cells_and_new_records_are_one_step(site: &Site) {
    let path = "/tables/products/records";
    let made = site.ok("POST", path, Some(json!({ "records": [{ "name": "茶" }] }))).await;
    let first = made["ids"][0].as_i64().unwrap();
    let body = json!({ "cells": [{ "id": first, "field": "name", "value": "新茶" }], "records": [{ "name": "米" }, { "name": "油" }] });
    let done = site.ok("PATCH", path, Some(body)).await;
    assert_eq!((done["ids"].as_array().unwrap().len(), &done["rows"][first.to_string()]["name"]), (2, &json!("新茶")));
    let listed = |answer: Value| answer["records"].as_array().unwrap().len();
    assert_eq!(listed(site.ok("GET", path, None).await), 3);
    site.ok("POST", "/undo", None).await;
    assert_eq!(listed(site.ok("GET", path, None).await), 1, "both go in one step");
    assert_eq!(site.ok("GET", &format!("{path}/{first}"), None).await["values"]["name"], "茶");

    let bad = json!({ "cells": [{ "id": first, "field": "name", "value": "坏" }], "records": [{ "price": { "text": "x" } }] });
    let (status, answer) = site.call("owner", "PATCH", path, Some(bad)).await;
    assert_eq!((status, &answer["error"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("price")));
    assert_eq!(site.ok("GET", &format!("{path}/{first}"), None).await["values"]["name"], "茶", "all or none");
    let second = site.ok("POST", path, Some(json!({ "records": [{ "name": "糖" }] }))).await["ids"][0].clone();
    let price = |id: &Value, text: &str| json!({ "id": id, "field": "price", "value": { "text": text } });
    let several = json!({ "cells": [price(&json!(first), "3"), price(&second, "三块多")] });
    let (_, answer) = site.call("owner", "PATCH", path, Some(several)).await;
    assert_eq!(answer["error"]["record"], second, "of several the record that is wrong is named, and its text");
    assert!(answer["error"]["message"].as_str().unwrap().starts_with("“三块多”：单价"), "{answer}");
    let one = site.call("owner", "PATCH", path, Some(json!({ "cells": [price(&second, "三块多")] }))).await.1;
    assert!(one["error"]["message"].as_str().unwrap().starts_with("单价"), "{one}");
    let partial = json!({ "cells": [], "records": [{ "name": "盐" }], "partial": true });
    assert!(site.call("owner", "PATCH", path, Some(partial)).await.0.is_client_error());
    assert!(
        site.call("reader", "PATCH", path, Some(json!({ "cells": [], "records": [{ "name": "盐" }] })))
            .await
            .0
            .is_client_error()
    );
}

async fn a_note_kept_on_a_phone_is_read_as_of_then(site: &Site) {
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": "甲" }] }))).await;
    let ago = |days: i64| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        now.as_secs() as i64 - days * 86_400
    };
    let send = async |key: &str, body: Value| {
        let r = Request::builder()
            .method("POST")
            .uri("/api/v1/customers/1/notes")
            .header(header::AUTHORIZATION, "Bearer owner")
            .header(header::CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", key)
            .body(Body::from(body.to_string()))
            .unwrap();
        serde_json::from_slice::<Value>(&site.send(r).await.2).unwrap()
    };
    let day = |read: &Value| model::Date::from_iso(&read["follow_up"].as_str().unwrap()[..10]).unwrap().0;
    let now = send("p", json!({ "text": "明天下午电话 确认尺码", "preview": true })).await;
    let kept = json!({ "text": "明天下午电话 确认尺码", "written": ago(2) });
    let read = send("n1", kept.clone()).await;
    assert_eq!(day(&read), day(&now) - 2, "the day after it was written");
    assert_eq!(send("n1", kept).await, read, "sent twice it is one");
    let records = site.ok("GET", "/tables/interactions/records?fields=time", None).await;
    let times: Vec<&str> =
        records["records"].as_array().unwrap().iter().filter_map(|r| r["values"]["time"].as_str()).collect();
    let [time] = times[..] else { panic!("{times:?}") };
    assert_eq!(model::Date::from_iso(&time[..10]).unwrap().0, day(&now) - 3, "when it was written down");
    let ahead = send("n2", json!({ "text": "明天下午电话", "written": ago(-9), "preview": true })).await;
    assert_eq!(day(&ahead), day(&now), "a phone whose clock is fast");
    assert_eq!(send("n3", json!({ "text": "x", "written": ago(500) })).await["error"]["field"], "written");
}

async fn a_write_sent_twice_is_done_once(site: &Site) {
    let send = async |role: &str, method: &str, key: &str, body: &Value| {
        let r = Request::builder()
            .method(method)
            .uri("/api/v1/tables/customers/records")
            .header(header::AUTHORIZATION, format!("Bearer {role}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", key)
            .body(Body::from(body.to_string()))
            .unwrap();
        let (status, _, bytes) = site.send(r).await;
        (status, serde_json::from_slice::<Value>(&bytes).unwrap())
    };
    let one = json!({ "records": [{ "name": "甲" }] });
    let first = send("owner", "POST", "k1", &one).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(send("owner", "POST", "k1", &one).await, first, "the first answer again");
    let (status, answer) = send("owner", "POST", "k1", &json!({ "records": [{ "name": "乙" }] })).await;
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::CONFLICT, &json!("conflict")));
    assert_ne!(send("writer", "POST", "k1", &one).await.1["ids"], first.1["ids"], "a key is its user's own");

    let id = first.1["ids"][0].as_i64().unwrap();
    let partial = json!({ "records": [{ "name": "丙" }, { "x": 1 }], "partial": true });
    assert_eq!(send("owner", "POST", "k2", &partial).await, send("owner", "POST", "k2", &partial).await);
    let cells = json!({ "cells": [{ "id": id, "field": "name", "value": "改" }] });
    let edited = send("owner", "PATCH", "k3", &cells).await;
    assert_eq!(send("owner", "PATCH", "k3", &cells).await, edited);
    let ids = json!({ "ids": [id] });
    let removed = send("owner", "DELETE", "k4", &ids).await;
    assert_eq!((&removed.1["deleted"], send("owner", "DELETE", "k4", &ids).await), (&json!(1), removed.clone()));
    let replayed = send("owner", "PATCH", "k3", &cells).await.1;
    assert_eq!((&replayed["change"], &replayed["rows"]), (&edited.1["change"], &json!({})), "the record is gone since");

    // What failed was not done: the key is free.
    let wrong = json!({ "records": [{ "stated_total": "x" }] });
    for _ in 0..2 {
        assert_eq!(send("owner", "POST", "k5", &wrong).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(send("owner", "POST", "k5", &one).await.0, StatusCode::OK);
    assert_eq!(send("owner", "POST", &"k".repeat(201), &one).await.1["error"]["field"], "Idempotency-Key");
    let names = all_pages(site, "fields=name").await.len();
    assert_eq!(names, 3, "writer's, 丙 and the last");
}

on_both_engines!(
    tokens_are_narrow_shown_once_and_revoked,
    pages_by_cursor_give_every_record_once,
    rows_have_results_of_their_own,
    cells_and_new_records_are_one_step,
    a_note_kept_on_a_phone_is_read_as_of_then,
    a_write_sent_twice_is_done_once,
);
