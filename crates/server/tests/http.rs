//! What the parts of the API do over HTTP; who may ask which is told in `roles.rs`.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

#[macro_use]
mod site;

use site::Site;

#[tokio::test]
async fn first_set_up_needs_the_code_and_happens_once() {
    let site = Site::fresh();
    let code = site.app.setup_code().unwrap();
    let status = site.call("nobody", "GET", "/status", None).await.1;
    assert_eq!((&status["setup_needed"], &status["user"], &status["book"]), (&json!(true), &Value::Null, &Value::Null));

    let body =
        |code: &str, password: &str| json!({ "code": code, "login": "Boss", "password": password, "book": "小美的店" });
    for (code, password, field) in [("WRONG", "long enough", "code"), (code.as_str(), "short", "password")] {
        let (status, answer) = site.call("nobody", "POST", "/setup", Some(body(code, password))).await;
        assert_eq!((status, answer["error"]["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)));
    }
    let request = Request::post("/api/v1/setup")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body(&code.to_lowercase().replace('-', " "), "long enough").to_string()))
        .unwrap();
    let (status, headers, bytes) = site.send(request).await;
    assert_eq!(status, StatusCode::OK);
    let answer: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((answer["user"]["login"].as_str(), answer["book"]["name"].as_str()), (Some("boss"), Some("小美的店")));
    let cookie = headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();

    let (status, _) = site.call("nobody", "POST", "/setup", Some(body(&code, "long enough"))).await;
    assert_eq!(status, StatusCode::CONFLICT, "the code works once");

    let with = |origin: Option<&str>, path: &str, method: Method| {
        let mut r = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, &cookie)
            .header(header::HOST, "kebu.lan:8080");
        if let Some(o) = origin {
            r = r.header(header::ORIGIN, o);
        }
        r.body(Body::empty()).unwrap()
    };
    for (origin, want) in [
        (Some("http://evil.example"), StatusCode::FORBIDDEN),
        (Some("null"), StatusCode::FORBIDDEN),
        (Some("http://kebu.lan:8080"), StatusCode::NOT_FOUND),
        (None, StatusCode::NOT_FOUND),
    ] {
        let (status, ..) = site.send(with(origin, "/api/v1/changes/99/undo", Method::POST)).await;
        assert_eq!(status, want, "{origin:?}");
    }
    let (status, ..) = site.send(with(None, "/api/v1/logout", Method::POST)).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, ..) = site.send(with(None, "/api/v1/schema", Method::GET)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "a session that was ended is no good");
}

#[tokio::test]
async fn log_in_is_checked_and_guessing_is_slowed() {
    let site = Site::fresh();
    let code = site.app.setup_code().unwrap();
    let setup = json!({ "code": code, "login": "boss", "password": "long enough" });
    assert_eq!(site.call("nobody", "POST", "/setup", Some(setup)).await.0, StatusCode::OK);
    let login = |l: &str, p: &str| Some(json!({ "login": l, "password": p }));
    assert_eq!(site.call("nobody", "POST", "/login", login("BOSS ", "long enough")).await.0, StatusCode::OK);
    assert_eq!(site.call("nobody", "POST", "/login", login("nobody", "long enough")).await.0, StatusCode::UNAUTHORIZED);
    for _ in 0..10 {
        assert_eq!(site.call("nobody", "POST", "/login", login("boss", "wrong")).await.0, StatusCode::UNAUTHORIZED);
    }
    let (status, answer) = site.call("nobody", "POST", "/login", login("boss", "long enough")).await;
    assert_eq!((status, answer["error"]["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("busy")));
}

async fn records_are_made_edited_read_and_undone(site: &Site) {
    let made = site.ok("POST", "/tables/customers/records", Some(json!({ "records": [
        { "name": "王小华", "mobile": { "text": "138 0013 8000" }, "birthday": { "text": "农历八月十五" }, "tags": ["送礼"] },
    ] }))).await;
    let id = made["ids"][0].as_i64().unwrap();
    let path = format!("/tables/customers/records/{id}");
    let values = site.ok("GET", &path, None).await["values"].clone();
    assert_eq!(
        (&values["code"], &values["mobile"], &values["birthday"], &values["tags"], &values["grade"]),
        (&json!("K000001"), &json!("13800138000"), &json!("农历08-15"), &json!(["送礼"]), &json!("潜在客户"))
    );
    let orders = json!({ "records": [
        { "customer": id, "time": "2026-11-20T10:30:00", "amount": { "text": "1.2万" }, "product": "礼盒" },
        { "customer": { "text": "K000001" }, "time": { "text": "2026年11月1日" }, "amount": 550, "quantity": 2 },
    ] });
    site.ok("POST", "/tables/orders/records", Some(orders)).await;
    let card = site.ok("GET", &format!("/customers/{id}/card"), None).await;
    assert_eq!((&card["order_total"], &card["values"]["total"]), (&json!(2), &json!(1_200_550)));
    assert_eq!(card["orders"][0]["values"]["customer"], json!([id, "K000001", "王小华"]));
    assert_eq!(card["reasons"][0]["text"]["zh"], "频率 1 分：近 90 天月均 0.7 次");

    let cell = |value: Value| Some(json!({ "cells": [{ "id": id, "field": "stated_total", "value": value }] }));
    let (status, answer) =
        site.call("owner", "PATCH", "/tables/customers/records", cell(json!({ "text": "很多钱" }))).await;
    assert_eq!((status, answer["error"]["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("stated_total")));
    let edited = site.ok("PATCH", "/tables/customers/records", cell(json!({ "text": "￥3,000元" }))).await;
    assert_eq!(edited["rows"][id.to_string()]["stated_total"], 300_000);
    let undone = site.ok("POST", &format!("/changes/{}/undo", edited["change"]), None).await;
    assert_eq!(undone["restored"], 1);
    let entries = site.ok("GET", &format!("{path}/history"), None).await["entries"].clone();
    assert_eq!(entries.as_array().unwrap().len(), 3);
    assert_eq!(
        (&entries[1]["field"], &entries[1]["after"], &entries[1]["user"]),
        (&json!("stated_total"), &json!(300_000), &json!("owner"))
    );

    let removed = site.ok("DELETE", "/tables/customers/records", Some(json!({ "ids": [id] }))).await;
    assert_eq!(removed["deleted"], 1);
    let (status, answer) = site.call("owner", "GET", &path, None).await;
    assert_eq!((status, answer["error"]["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")));
}

async fn views_are_paged_filtered_summed_and_exported(site: &Site) {
    let started = site.ok("POST", "/demo", Some(json!({ "customers": 300, "orders": 2_000 }))).await;
    assert_eq!(site.job(&started).await["state"], "done");
    let open = json!({ "table": "customers", "columns": ["code", "name", "grade", "total"],
        "sort": [{ "field": "total", "desc": true }], "filter": { "field": "total", "op": "gt", "values": [0] } });
    let view = site.ok("POST", "/views", Some(open)).await;
    let (id, total) = (view["view"].as_str().unwrap(), view["total"].as_u64().unwrap());
    assert!(total > 100 && view["rows"].as_array().unwrap().len() == 100);
    let rows = site.ok("GET", &format!("/views/{id}/rows?offset=90&limit=20"), None).await["rows"].clone();
    assert_eq!(rows[0], view["rows"][90]);
    assert!(rows[0][4].as_i64() >= rows[1][4].as_i64());
    let summary = site.ok("GET", &format!("/views/{id}/summary?distinct=grade"), None).await;
    assert_eq!(summary["columns"]["total"]["filled"], total);
    let grades = summary["columns"]["grade"]["distinct"].as_u64().unwrap();
    assert!((1..10).contains(&grades) && summary["columns"]["name"]["distinct"].is_null(), "{summary}");

    // A view belongs to who opened it.
    let (status, _) = site.call("reader", "GET", &format!("/views/{id}/rows"), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    for (format, start) in [("csv", &b"\xef\xbb\xbf"[..]), ("xlsx", b"PK")] {
        let r = Request::get(format!("/api/v1/views/{id}/export?format={format}"))
            .header(header::AUTHORIZATION, "Bearer owner")
            .body(Body::empty())
            .unwrap();
        let (status, headers, bytes) = site.send(r).await;
        assert_eq!(status, StatusCode::OK);
        assert!(bytes.starts_with(start));
        assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains(format));
    }
    let chart = site.ok("GET", "/charts/overview", None).await;
    assert_eq!(chart["customers"], 300);
    assert_eq!(chart["months"].as_array().unwrap().len(), 24);
    let values = site.ok("GET", "/tables/customers/fields/grade/values", None).await;
    let counted: u64 = values["values"].as_array().unwrap().iter().map(|v| v["count"].as_u64().unwrap()).sum();
    assert_eq!(counted, 300);
    let talks = site.ok("POST", "/views", Some(json!({ "table": "interactions", "columns": ["content"] }))).await;
    let talks = talks["total"].as_u64().unwrap();
    assert!(talks > 100, "{talks}");
    assert_eq!(site.ok("DELETE", "/demo", None).await["deleted"], 2_300 + talks);
}

async fn a_whole_view_is_changed_by_a_job_and_put_back(site: &Site) {
    let record = |n: usize| json!({ "name": format!("客{n}"), "city": "长沙市" });
    for part in 0..3 {
        let records: Vec<_> = (0..8_000).map(|n| record(part * 8_000 + n)).collect();
        site.ok("POST", "/tables/customers/records", Some(json!({ "records": records }))).await;
    }
    let view = site.ok("POST", "/views", Some(json!({ "table": "customers", "columns": ["name"] }))).await;
    let path = format!("/views/{}/bulk", view["view"].as_str().unwrap());
    let sought = json!({ "find": "长沙", "with": "湘潭" });
    let seen = site.ok("POST", &format!("{path}/preview"), Some(json!({ "replace": sought, "rows": [[0, 7]] }))).await;
    assert_eq!((&seen["cells"], &seen["samples"][0]["after"]), (&json!(7), &json!("湘潭市")));

    let job = site.ok("POST", &path, Some(json!({ "act": { "edit": { "city": { "text": "株洲市" } } } }))).await;
    let done = site.job(&job).await;
    assert_eq!(done["result"]["records"], 24_000, "{done}");
    assert_eq!(site.ok("GET", "/tables/customers/records/24000", None).await["values"]["city"], "株洲市");
    // So many cells are put back by a job too.
    let undo = site.ok("POST", "/undo", None).await;
    assert_eq!(site.job(&undo).await["result"]["undone"], 24_000);
    assert_eq!(site.ok("GET", "/tables/customers/records/24000", None).await["values"]["city"], "长沙市");

    let tag = json!({ "act": { "tag": { "field": "tags", "add": [" 年会 "] } }, "rows": [[0, 2], [5, 6]] });
    assert_eq!(site.job(&site.ok("POST", &path, Some(tag)).await).await["result"]["records"], 3);
    assert_eq!(site.ok("GET", "/tables/customers/records/6", None).await["values"]["tags"], json!(["年会"]));
    for (act, field) in [
        (json!({ "edit": { "city": 7 } }), json!("city")),
        (json!({ "edit": { "nothing": "x" } }), json!(null)),
        (json!({ "what": {} }), json!(null)),
    ] {
        let (status, e) = site.call("owner", "POST", &path, Some(json!({ "act": act }))).await;
        assert!(status.is_client_error(), "{act}: {e}");
        assert!(field.is_null() || e["error"]["field"] == field, "{e}");
    }
    // What the formula gives cannot be given.
    let given = site.ok("POST", &path, Some(json!({ "act": { "edit": { "total": 7 } }, "rows": [[0, 1]] }))).await;
    let given = site.job(&given).await;
    assert_eq!((&given["result"]["records"], &given["result"]["refused"]), (&json!(0), &json!(1)), "{given}");
}

async fn one_search_asks_every_table(site: &Site) {
    let note = json!([{ "name": "王小华", "mobile": "13800138000", "note": "要大码" }]);
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": note }))).await;
    let orders = json!([{ "order_no": "TB7", "customer": 1, "note": "大码加急" }]);
    site.ok("POST", "/tables/orders/records", Some(json!({ "records": orders }))).await;
    let found = site.ok("GET", "/search?q=%E5%A4%A7%E7%A0%81", None).await;
    let customers = json!({
        "table": "customers", "more": false,
        "columns": ["name", "code", "grade", "mobile", "city"],
        "rows": [[1, "王小华", "K000001", "潜在客户", "13800138000", null]],
        "found": [{ "field": "note", "text": "要大码" }],
    });
    assert_eq!(found["groups"][0], customers);
    assert_eq!(found["groups"][1]["rows"][0][2], json!([1, "K000001", "王小华"]), "{found}");
    assert_eq!(site.ok("GET", "/search?q=%20", None).await, json!({ "groups": [] }));
    let (status, _) = site.call("owner", "GET", "/search", None).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn views_have_groups_and_colours(site: &Site) {
    for (name, province, total) in [("甲", "浙江", 5), ("乙", "江苏", 2_000), ("丙", "浙江", 3_000), ("丁", "", 1)]
    {
        let record = json!({ "name": name, "province": province, "stated_total": total * 100 });
        site.ok("POST", "/tables/customers/records", Some(json!({ "records": [record] }))).await;
    }
    let asked = json!({ "table": "customers", "columns": ["name"], "figures": ["stated_total"],
        "group": [{ "field": "province" }, { "field": "name", "desc": true }],
        "colours": [{ "formula": "[@原表累计消费]>1000" }, { "filter": { "field": "name", "op": "eq", "values": ["丁"] } }] });
    let (status, view) = site.call("reader", "POST", "/views", Some(asked.clone())).await;
    assert_eq!(status, StatusCode::OK, "{view}");
    assert_eq!(view["rows"], json!([[2, "乙", 1], [1, "甲", 0], [3, "丙", 1], [4, "丁", 2]]));
    let heads: Vec<_> = view["groups"].as_array().unwrap().iter().map(|g| (&g["value"], &g["count"])).collect();
    assert_eq!(heads, [(&json!("江苏"), &json!(1)), (&json!("浙江"), &json!(2)), (&Value::Null, &json!(1))]);
    assert_eq!(view["groups"][1]["figures"]["stated_total"]["sum"], json!(300_500.0));
    assert_eq!(view["groups"][1]["groups"][0]["value"], "甲");
    let plain = json!({ "table": "customers", "columns": ["name"] });
    assert_eq!(site.ok("POST", "/views", Some(plain)).await["groups"], Value::Null);
    for (part, wrong, field) in [
        ("group", json!([{ "field": "tags" }]), "tags"),
        ("colours", json!([{ "formula": "1=1" }, { "formula": "[@没有]" }]), "colours.1"),
        ("figures", json!(["nothing"]), "nothing"),
    ] {
        let mut asked = asked.clone();
        asked[part] = wrong;
        let (status, answer) = site.call("owner", "POST", "/views", Some(asked)).await;
        assert!(status.is_client_error(), "{part}");
        assert_eq!(answer["error"]["field"].as_str().unwrap_or(field), field, "{answer}");
    }

    let field = json!({ "label": "热度", "kind": "number", "decimals": 0 });
    let heat = site.ok("POST", "/tables/customers/fields", Some(field)).await["field"]["key"].clone();
    let by = |op: &str| json!({ "filter": { "field": heat, "op": op, "values": [3] } });
    let rules = json!([{ "when": { "formula": "[@热度]>1" }, "field": "name", "tone": "gold" },
        { "when": by("gt"), "tone": "red" }, { "when": { "formula": "1=1" }, "tone": "grey" }]);
    let def =
        json!({ "name": "热", "group": [{ "field": "province", "desc": true }, { "field": heat }], "colours": rules });
    let made = site.ok("POST", "/tables/customers/saved", Some(def.clone())).await;
    assert_eq!((&made["group"], &made["colours"]), (&def["group"], &def["colours"]));
    let path = format!("/tables/customers/fields/{}", heat.as_str().unwrap());
    site.ok("PATCH", &path, Some(json!({ "label": "温度" }))).await;
    let view = site.ok("GET", "/tables/customers/saved", None).await["views"][0].clone();
    assert_eq!(view["colours"][0]["when"]["formula"], "[@温度]>1");
    // As a text it takes the comparison no more; the view opens without that rule and says so.
    let to = json!({ "to": { "kind": "text" }, "preview": false });
    let job = site.ok("POST", &format!("{path}/convert"), Some(to)).await;
    assert_eq!(site.job(&job).await["state"], "done");
    let view = site.ok("GET", "/tables/customers/saved", None).await["views"][0].clone();
    assert_eq!(view["group"], def["group"]);
    assert!(view["colours"].as_array().unwrap().iter().all(|r| r["when"]["filter"].is_null()), "{view}");
    assert!(view["missing"].as_array().unwrap().contains(&heat), "{view}");
}

async fn views_are_saved_shared_and_keep_what_still_fits(site: &Site) {
    let path = "/tables/customers/saved";
    let field = json!({ "label": "回访那天", "kind": "date" });
    let field = site.ok("POST", "/tables/customers/fields", Some(field)).await["field"]["key"].clone();
    let key = field.as_str().unwrap();
    let def = json!({ "name": "本周要联系", "shared": true, "frozen": 1, "height": "high",
        "columns": [{ "field": "name", "width": 180 }, { "field": key }],
        "filter": { "all": [{ "field": key, "op": "within", "values": ["this_week"] },
            { "field": "total", "op": "gt", "values": [0] }] },
        "sort": [{ "field": key, "desc": true }], "summaries": { "total": "sum" } });
    let (status, _) = site.call("writer", "POST", path, Some(def.clone())).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "sharing takes the owner");
    let made = site.ok("POST", path, Some(def.clone())).await;
    let one = format!("/saved/{}", made["id"]);
    for part in ["columns", "filter", "sort", "summaries", "frozen", "height", "name", "shared"] {
        let sorted = if part == "sort" { json!([{ "field": key, "desc": true }]) } else { def[part].clone() };
        assert_eq!(made[part], sorted, "{part}");
    }
    let (status, answer) = site.call("owner", "POST", path, Some(def)).await;
    assert_eq!((status, answer["error"]["field"].as_str()), (StatusCode::CONFLICT, Some("name")));

    let board =
        json!({ "name": "按等级", "kind": { "kanban": { "by": "grade", "cards": ["mobile"], "sum": "total" } } });
    let made = site.ok("POST", path, Some(board.clone())).await;
    assert_eq!(made["kind"], board["kind"]);
    site.ok("DELETE", &format!("/saved/{}", made["id"]), None).await;

    let own = json!({ "name": "我的", "filter": { "field": "grade", "op": "filled" } });
    let (status, own) = site.call("writer", "POST", path, Some(own)).await;
    assert_eq!((status, own["editable"].as_bool()), (StatusCode::OK, Some(true)));
    let (_, list) = site.call("reader", "GET", path, None).await;
    assert_eq!(list["views"].as_array().unwrap().len(), 1);
    assert_eq!((&list["views"][0]["editable"], &list["may"]["save"]), (&json!(false), &json!(false)));
    let (status, _) = site.call("owner", "DELETE", &format!("/saved/{}", own["id"]), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "another's own view is not there");

    let wrong = [
        json!({ "name": "x", "filter": { "field": "total", "op": "within", "values": ["today"] } }),
        json!({ "name": "x", "sort": [{ "field": "nothing" }] }),
        json!({ "name": "x", "columns": [{ "field": "name", "width": 1 }] }),
        json!({ "name": "x", "height": "huge" }),
        json!({ "name": "x", "group": [{ "field": "tags" }] }),
        json!({ "name": "x", "group": [{ "field": "name", "by": "week" }] }),
        json!({ "name": "x", "colours": [{ "when": { "formula": "[@没有]>1" }, "tone": "red" }] }),
        json!({ "name": "x", "colours": [{ "when": { "filter": { "field": "total", "op": "within", "values": ["today"] } }, "tone": "red" }] }),
        json!({ "name": "x", "colours": [{ "when": { "formula": "1=1" }, "tone": "pink" }] }),
        json!({ "name": "x", "colours": [{ "when": { "formula": "1=1" }, "field": "nothing", "tone": "red" }] }),
        json!({ "name": "x", "kind": { "kanban": { "by": "name" } } }),
        json!({ "name": "x", "kind": { "kanban": { "by": "grade", "sum": "grade" } } }),
        json!({ "name": "x", "kind": { "kanban": { "by": "grade", "unknown": 1 } } }),
        json!({ "name": "x", "kind": "calendar" }),
        json!({ "name": " " }),
        json!({ "name": "x", "unknown": 1 }),
    ];
    for body in wrong {
        let (status, answer) = site.call("owner", "POST", path, Some(body.clone())).await;
        assert!(status.is_client_error() && !answer["error"]["message"].as_str().unwrap().is_empty(), "{body}");
    }

    // A field that turns into another kind drops the condition it no longer takes, not the view.
    let to = json!({ "to": { "kind": "text" }, "preview": false });
    let job = site.ok("POST", &format!("/tables/customers/fields/{key}/convert"), Some(to)).await;
    assert_eq!(site.job(&job).await["state"], "done");
    let view = site.ok("GET", path, None).await["views"][0].clone();
    assert_eq!((&view["missing"], view["filter"]["all"].as_array().unwrap().len()), (&json!([key]), 1));
    site.ok("DELETE", &format!("/tables/customers/fields/{key}"), None).await;
    let view = site.ok("GET", path, None).await["views"][0].clone();
    assert_eq!((&view["columns"], &view["sort"]), (&json!([{ "field": "name", "width": 180 }]), &Value::Null));

    let renamed = site.ok("PATCH", &one, Some(json!({ "name": "要联系", "shared": false }))).await;
    assert_eq!((&renamed["name"], &renamed["shared"]), (&json!("要联系"), &json!(false)));
    let (_, list) = site.call("reader", "GET", path, None).await;
    assert_eq!(list["views"], json!([]));
    site.ok("PUT", &format!("{path}/order"), Some(json!({ "views": [renamed["id"]] }))).await;
    site.ok("DELETE", &one, None).await;
    let (status, _) = site.call("owner", "PATCH", &one, Some(json!({ "name": "y" }))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

async fn files_are_recognised_checked_imported_and_taken_back(site: &Site) {
    let customers = "客户姓名,手机,备注\n王芳,13800138000,\n李强,138****1234,熟客\n,,\n".as_bytes();
    let orders = "订单号,手机号,下单时间,金额\nA1,13800138000,2026-11-01,1.2万\nA2,13800138000,没有日期,5\n".as_bytes();
    let (status, import) = site
        .upload(&[("客户.csv", customers), ("订单.csv", orders), ("坏.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")])
        .await;
    assert_eq!(status, StatusCode::OK, "{import}");
    assert!(import["files"][2]["error"].is_string(), "{import}");
    let roles: Vec<_> = import["sheets"].as_array().unwrap().iter().map(|s| s["role"].clone()).collect();
    assert_eq!(roles[0], "customers", "{import}");
    let id = import["import"].as_str().unwrap();

    let check = site.job(&site.ok("POST", &format!("/imports/{id}/check"), None).await).await;
    assert_eq!(check["state"], "done", "{check}");
    assert_eq!(check["result"]["tables"]["customers"]["created"], 2, "{check}");
    assert_eq!(site.ok("GET", "/status", None).await["book"]["customers"], 0, "a check keeps nothing");

    let run = site.job(&site.ok("POST", &format!("/imports/{id}/run"), None).await).await;
    let result = &run["result"];
    assert_eq!(result["tables"], check["result"]["tables"], "the check told the truth");
    assert_eq!(
        (&result["tables"]["orders"]["created"], &result["tables"]["orders"]["rejected"]),
        (&json!(1), &json!(1)),
        "{run}"
    );
    assert_eq!(site.ok("GET", "/imports", None).await["imports"][0]["files"], json!(["客户.csv", "订单.csv"]));

    let r = Request::get(format!("/api/v1/imports/{id}/problems.xlsx"))
        .header(header::AUTHORIZATION, "Bearer owner")
        .body(Body::empty())
        .unwrap();
    assert!(site.send(r).await.2.starts_with(b"PK"));

    let undone = site.ok("POST", &format!("/changes/{}/undo", result["change"]), None).await;
    assert_eq!((&undone["removed"], &undone["kept"]), (&json!(3), &json!(0)));
    let book = site.ok("GET", "/status", None).await["book"].clone();
    assert_eq!((&book["customers"], &book["orders"]), (&json!(0), &json!(0)));
    site.ok("DELETE", &format!("/imports/{id}"), None).await;
    assert!(site.folder.path().join("data/tmp").read_dir().unwrap().next().is_none(), "uploads are removed");
}

async fn bad_requests_are_answered_in_the_callers_language(site: &Site) {
    for (method, path, body) in [
        ("POST", "/views", r#"{"table":"customers"}"#),
        ("POST", "/views", r#"{"table":"nosuch","columns":[]}"#),
        ("POST", "/views", r#"{"table":"customers","columns":["x"]}"#),
        ("POST", "/views", r#"{"table":"customers","columns":[],"filter":{"field":"name","op":"like"}}"#),
        ("POST", "/views", "not json"),
        ("GET", "/views/v0/rows?offset=-1", ""),
        ("GET", "/nosuch", ""),
        ("PUT", "/views", ""),
        ("GET", "/tables/customers/records/abc", ""),
    ] {
        let mut messages = Vec::new();
        for lang in ["zh-CN", "en"] {
            let r = Request::builder()
                .method(method)
                .uri(format!("/api/v1{path}"))
                .header(header::AUTHORIZATION, "Bearer owner")
                .header(header::ACCEPT_LANGUAGE, lang)
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body))
                .unwrap();
            let (status, _, bytes) = site.send(r).await;
            assert!(status.is_client_error(), "{method} {path} {body}: {status}");
            let answer: Value =
                serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("{method} {path} {body}: {status}"));
            messages.push(answer["error"]["message"].as_str().unwrap().to_owned());
        }
        assert_ne!(messages[0], messages[1], "{method} {path}");
    }
}

#[tokio::test]
async fn the_page_is_served_with_a_strict_policy() {
    let site = Site::new();
    let (_, headers, _) = site.send(Request::get("/customers").body(Body::empty()).unwrap()).await;
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let (status, ..) = site.send(Request::get("/assets/nosuch.js").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn files_larger_than_a_form_are_taken() {
    let site = Site::new();
    let mut csv = String::from("姓名,手机\n");
    for n in 0..150_000 {
        csv.push_str(&format!("王{n},139{n:08}\n"));
    }
    assert!(csv.len() > 3_000_000);
    let (status, import) = site.upload(&[("大.csv", csv.as_bytes())]).await;
    assert_eq!(status, StatusCode::OK, "{import}");
    assert_eq!(import["sheets"][0]["role"], "customers");
}

on_both_engines!(
    records_are_made_edited_read_and_undone,
    views_are_paged_filtered_summed_and_exported,
    a_whole_view_is_changed_by_a_job_and_put_back,
    one_search_asks_every_table,
    views_have_groups_and_colours,
    views_are_saved_shared_and_keep_what_still_fits,
    files_are_recognised_checked_imported_and_taken_back,
    bad_requests_are_answered_in_the_callers_language,
);
