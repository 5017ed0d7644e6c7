//! Tables, fields, formulas, rules and files over HTTP.

mod site;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use site::Site;

async fn field(site: &Site, table: &str, body: Value) -> String {
    let made = site.ok("POST", &format!("/tables/{table}/fields"), Some(body)).await;
    assert_eq!(made["job"], Value::Null, "{made}");
    made["field"]["key"].as_str().unwrap().to_owned()
}

async fn cell(site: &Site, table: &str, id: i64, key: &str) -> Value {
    site.ok("GET", &format!("/tables/{table}/records/{id}"), None).await["values"][key].clone()
}

#[tokio::test]
async fn a_table_with_fields_is_made_filled_changed_and_removed() {
    let site = Site::new();
    let table = site.ok("POST", "/tables", Some(json!({ "label": "样品" }))).await;
    assert_eq!(
        (&table["key"], &table["builtin"], &table["label"]["en"]),
        (&json!("t1"), &json!(false), &json!("样品"))
    );
    let price = field(
        &site,
        "t1",
        json!({
            "label": "价", "kind": "money", "description": "含税",
            "rules": [{ "check": "range", "min": "0", "level": "refuse", "message": "价不能是负数" }],
        }),
    )
    .await;
    let many = field(
        &site,
        "t1",
        json!({ "label": "口味", "kind": "choices", "options": [{ "value": "甜", "en": "Sweet", "tone": "red" }] }),
    )
    .await;
    let who = field(&site, "t1", json!({ "label": "跟进人", "kind": "person" })).await;
    let place = field(&site, "t1", json!({ "label": "地址", "kind": "address" })).await;
    let stars = field(&site, "t1", json!({ "label": "评分", "kind": "rating", "max": 5 })).await;

    let record = json!({ &price: {"text": "1.2万"}, &many: ["甜", "酸"], &who: {"text": "owner"}, &place: {"text": "杭州市西湖区文三路1号"}, &stars: 4 });
    let made = site.ok("POST", "/tables/t1/records", Some(json!({ "records": [record] }))).await;
    let id = made["ids"][0].as_i64().unwrap();
    for (key, value) in [
        (&*price, json!(1_200_000)),
        (&*many, json!(["甜", "酸"])),
        (&*place, json!("浙江省 杭州市 西湖区 文三路1号")),
        (&*stars, json!(4)),
        ("code", json!("000001")),
    ] {
        assert_eq!(cell(&site, "t1", id, key).await, value, "{key}");
    }
    let members = site.ok("GET", "/members", None).await;
    let owner = members["members"].as_array().unwrap().iter().find(|m| m["name"] == "owner").unwrap();
    assert_eq!(cell(&site, "t1", id, &who).await, owner["id"]);

    let write = |key: &str, value: Value| json!({ "cells": [{ "id": id, "field": key, "value": value }] });
    for (key, value, says) in [
        (&price, json!({"text": "-5"}), "价不能是负数"),
        (&who, json!({"text": "没有这人"}), "成员"),
        (&stars, json!(9), "评分"),
    ] {
        let (status, answer) = site.call("owner", "PATCH", "/tables/t1/records", Some(write(key, value))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        assert_eq!(answer["error"]["field"], json!(key));
        assert!(answer["error"]["message"].as_str().unwrap().contains(says), "{answer}");
    }

    let path = format!("/tables/t1/fields/{price}");
    let changed = site.ok("PATCH", &path, Some(json!({ "label": "价格", "description": null, "shown": false }))).await;
    assert_eq!(changed["field"]["label"]["zh"], "价格");
    assert_eq!((&changed["field"]["description"], &changed["field"]["shown"]), (&Value::Null, &json!(false)));
    let (status, answer) = site.call("owner", "PATCH", &path, Some(json!({ "colour": "red" }))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");

    let schema = site.ok("GET", "/schema", None).await;
    let fields = schema["tables"].as_array().unwrap().iter().find(|t| t["key"] == "t1").unwrap()["fields"].clone();
    let mut keys: Vec<Value> = fields.as_array().unwrap().iter().map(|f| f["key"].clone()).collect();
    keys.reverse();
    site.ok("PUT", "/tables/t1/fields/order", Some(json!({ "fields": keys }))).await;
    site.ok("PATCH", "/tables/t1", Some(json!({ "label": "小样" }))).await;
    site.ok("DELETE", &format!("/tables/t1/fields/{stars}"), None).await;
    site.ok("DELETE", "/tables/t1", None).await;
    assert_eq!(site.call("owner", "GET", "/tables/t1/records/1", None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(site.call("owner", "DELETE", "/tables/orders", None).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_field_is_converted_after_a_preview() {
    let site = Site::new();
    let key = field(&site, "customers", json!({ "label": "预算", "kind": "text" })).await;
    let records: Vec<Value> = ["1.2万", "面议", "12.345"].iter().map(|v| json!({ "name": "某", &key: v })).collect();
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": records }))).await;
    let path = format!("/tables/customers/fields/{key}/convert");
    let to = json!({ "kind": "money" });
    let preview = site.ok("POST", &path, Some(json!({ "to": to, "preview": true }))).await;
    assert_eq!((&preview["lost"], &preview["partly"], &preview["changed"]), (&json!(1), &json!(1), &json!(3)));
    assert_eq!(preview["samples"][0], json!({ "before": "面议", "after": null, "loss": "all" }));
    let started = site.ok("POST", &path, Some(json!({ "to": to, "preview": false }))).await;
    let job = site.job(&started).await;
    assert_eq!((&job["kind"], &job["state"]), (&json!("convert"), &json!("done")), "{job}");
    assert_eq!(cell(&site, "customers", 1, &key).await, json!(1_200_000));
    assert_eq!(cell(&site, "customers", 2, &key).await, Value::Null);

    // Decimals where there were none are stored otherwise: the change is a conversion by itself.
    let whole = field(&site, "customers", json!({ "label": "件数", "kind": "number", "decimals": 0 })).await;
    let edit = json!({ "cells": [{ "id": 1, "field": whole, "value": 3 }] });
    site.ok("PATCH", "/tables/customers/records", Some(edit)).await;
    let path = format!("/tables/customers/fields/{whole}");
    let started = site.ok("PATCH", &path, Some(json!({ "decimals": 1, "unit": "件" }))).await;
    assert_eq!(site.job(&started).await["state"], "done");
    assert_eq!(cell(&site, "customers", 1, &whole).await, json!(3));
    let (status, _) = site
        .call("owner", "POST", "/tables/customers/fields/name/convert", Some(json!({ "to": to, "preview": true })))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn formulas_are_checked_with_place_and_cure() {
    let site = Site::new();
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": "甲" }] }))).await;
    let check = async |formula: &str| {
        site.ok("POST", "/tables/customers/formula/check", Some(json!({ "formula": formula }))).await
    };
    let good = check("[@客户名称]&\"😀\"").await;
    assert_eq!((&good["ok"], &good["kind"]["kind"], &good["error"]), (&json!(true), &json!("text"), &Value::Null));
    assert_eq!(good["preview"][0], json!({ "id": 1, "label": "甲", "value": "甲😀" }));
    let divided = check("1/[@订单数]").await;
    assert_eq!(
        (&divided["ok"], &divided["preview"][0]["value"]),
        (&json!(true), &json!({ "error": "#DIV/0!" })),
        "{divided}"
    );
    // The sign before the fault takes two UTF-16 units.
    let bad = check("\"😀\"&[@累积金额]").await;
    assert_eq!(
        (&bad["ok"], &bad["error"]["from"], &bad["error"]["to"]),
        (&json!(false), &json!(7), &json!(11)),
        "{bad}"
    );
    assert!(bad["error"]["cure"].as_str().unwrap().contains("累计金额"), "{bad}");
    let (status, answer) = site
        .call(
            "owner",
            "POST",
            "/tables/customers/fields",
            Some(json!({ "label": "错", "kind": "text", "formula": "[@没有]" })),
        )
        .await;
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("formula")));
    let functions = site.ok("GET", "/functions", None).await;
    assert!(functions["functions"].as_array().unwrap().iter().any(|f| f["name"] == "SUMIFS" && f["help"] != ""));
    let places = site.ok("GET", "/places", None).await;
    assert_eq!(places["provinces"][0][0], "北京市");
}

#[tokio::test]
async fn errors_travel_as_cells_and_cannot_be_written() {
    let site = Site::new();
    let error = |sign: &str| json!({ "error": sign });
    for record in [json!({ "order_no": "A", "amount": 900, "quantity": 3 }), json!({ "order_no": "B", "amount": 900 })]
    {
        site.ok("POST", "/tables/orders/records", Some(json!({ "records": [record] }))).await;
    }
    let body = json!({ "label": "单件", "kind": "money", "formula": "[@金额]/[@数量]" });
    let key = field(&site, "orders", body).await;
    assert_eq!(cell(&site, "orders", 1, &key).await, json!(300));
    assert_eq!(cell(&site, "orders", 2, &key).await, error("#DIV/0!"));
    let open = async |op: &str, values: Value| {
        let filter = json!({ "field": key, "op": op, "values": values });
        let query = json!({ "table": "orders", "columns": ["order_no", key], "filter": filter });
        site.ok("POST", "/views", Some(query)).await
    };
    assert_eq!(open("blank", json!([])).await["total"], json!(0));
    let view = open("in", json!([error("#DIV/0!")])).await;
    assert_eq!(view["rows"], json!([[2, "B", error("#DIV/0!")]]));
    let path = format!("/tables/orders/fields/{key}/values?search=div");
    assert_eq!(site.ok("GET", &path, None).await["values"], json!([{ "value": error("#DIV/0!"), "count": 1 }]));
    // Neither computed fields nor others take one.
    for field in [&*key, "note", "quantity", "amount"] {
        let cells = json!({ "cells": [{ "id": 2, "field": field, "value": error("#N/A") }] });
        let (status, _) = site.call("owner", "PATCH", "/tables/orders/records", Some(cells)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
    }
    let fix = json!({ "cells": [{ "id": 2, "field": "quantity", "value": 9 }] });
    let out = site.ok("PATCH", "/tables/orders/records", Some(fix)).await;
    assert_eq!(out["rows"]["2"][&key], json!(100));
}

#[tokio::test]
async fn warnings_are_told_and_marked() {
    let site = Site::new();
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": "甲" }] }))).await;
    let write = |value: &str| json!({ "cells": [{ "id": 1, "field": "mobile", "value": {"text": value} }] });
    let out = site.ok("PATCH", "/tables/customers/records", Some(write("0571-88886666"))).await;
    assert_eq!(out["notes"][0]["message"], "手机号应为 11 位数字");
    let marks = site.ok("POST", "/tables/customers/marks", Some(json!({ "ids": [1] }))).await;
    let mark = json!({ "id": 1, "field": "mobile", "level": "warn", "message": "手机号应为 11 位数字" });
    assert_eq!(marks["marks"], json!([mark]));
    let out = site.ok("PATCH", "/tables/customers/records", Some(write("138 0013 8000"))).await;
    assert_eq!(out["notes"], json!([]));
    assert_eq!(site.ok("POST", "/tables/customers/marks", Some(json!({ "ids": [1] }))).await["marks"], json!([]));
}

#[tokio::test]
async fn files_go_up_into_cells_and_down_again() {
    let site = Site::new();
    let png = b"\x89PNG\r\n\x1a\nrest";
    let (status, file) = site.upload_to("/files", &[("照片.png", png)]).await;
    assert_eq!((status, &file["type"], &file["size"]), (StatusCode::OK, &json!("image/png"), &json!(12)), "{file}");
    let (status, answer) = site.upload_to("/files", &[("a.png", b"MZ\x90\x00")]).await;
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("bad_file")));

    let key = field(&site, "customers", json!({ "label": "照片", "kind": "attachment", "images": true })).await;
    // What is said of a file counts for nothing; what is kept does.
    let said = json!({ "id": file["id"], "name": "照片.png", "type": "text/html", "size": 1 });
    let made = site
        .ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": "甲", &key: [said] }] })))
        .await;
    let id = made["ids"][0].as_i64().unwrap();
    assert_eq!(cell(&site, "customers", id, &key).await, json!([file]));
    let gone = json!([{ "id": "0".repeat(64), "name": "b.png", "type": "image/png", "size": 1 }]);
    let (status, _) = site
        .call(
            "owner",
            "PATCH",
            "/tables/customers/records",
            Some(json!({ "cells": [{ "id": id, "field": key, "value": gone }] })),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);

    let get = |id: &Value, role: &str| {
        let uri = format!("/api/v1/files/{}?name=%E7%85%A7.png", id.as_str().unwrap());
        Request::get(uri).header(header::AUTHORIZATION, format!("Bearer {role}")).body(Body::empty()).unwrap()
    };
    let (status, headers, bytes) = site.send(get(&file["id"], "reader")).await;
    assert_eq!((status, bytes.as_slice()), (StatusCode::OK, &png[..]));
    assert_eq!(headers[header::CONTENT_TYPE], "image/png");
    let (_, page) = site.upload_to("/files", &[("a.png", b"<script>alert(1)</script>")]).await;
    let (_, headers, _) = site.send(get(&page["id"], "reader")).await;
    assert_eq!(headers[header::CONTENT_TYPE], "application/octet-stream");
    assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
}

#[tokio::test]
async fn rules_over_several_cells_speak_of_the_rows_of_an_import() {
    let site = Site::new();
    let rule = |check: Value| json!({ "rules": [check] });
    let unique = json!({ "check": "unique", "level": "refuse", "message": "微信号重复" });
    site.ok("PATCH", "/tables/customers/fields/wechat", Some(rule(unique))).await;
    let known = json!({ "check": "expression", "formula": "[@备注]<>[@客户名称]", "level": "warn", "message": "备注写的是名字" });
    site.ok("PATCH", "/tables/customers/fields/note", Some(rule(known))).await;
    let sheet = "姓名,微信,手机,备注\n张三,wx_1,13800138001,老客\n李四,wx_1,13800138002,李四\n王五,wx_3,13800138003,\n";
    let (status, import) = site.upload(&[("客户.csv", sheet.as_bytes())]).await;
    assert_eq!(status, StatusCode::OK, "{import}");
    // Two people may share what identifies one; matched by mobile they stay two.
    let path = format!("/imports/{}", import["import"].as_str().unwrap());
    site.ok("PUT", &path, Some(json!({ "match": "mobile", "sheets": [] }))).await;
    let mut told = Vec::new();
    for act in ["check", "run"] {
        let started = site.ok("POST", &format!("{path}/{act}"), None).await;
        let report = site.job(&started).await["result"].clone();
        assert_eq!(report["tables"]["customers"]["created"], 3, "{report}");
        assert_eq!(report["problem_count"], 2, "{report}");
        told.push(report["problems"].clone());
    }
    assert_eq!(told[0], told[1], "a trial tells what will happen");
    let get = Request::get(format!("/api/v1{path}/problems.xlsx")).header(header::AUTHORIZATION, "Bearer owner");
    let (_, _, workbook) = site.send(get.body(Body::empty()).unwrap()).await;
    let file = site.folder.path().join("problems.xlsx");
    std::fs::write(&file, workbook).unwrap();
    let mut book = exchange::read::open(&file, &exchange::read::Limits::default()).unwrap();
    let mut rows = Vec::new();
    book.for_each_row(0, |r| {
        rows.push(r.cells.iter().map(|c| c.to_text().into_owned()).collect::<Vec<_>>().join("|"));
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert!(rows.iter().any(|r| r.starts_with("微信：微信号重复|") && r.contains("|3||wx_1")), "{rows:?}");
    let find = |says: &str| told[1].as_array().unwrap().iter().find(|p| p["reason"]["zh"] == says).unwrap().clone();
    let doubled = find("微信号重复");
    assert_eq!((&doubled["row"], &doubled["column"], &doubled["cell"]), (&json!(3), &json!("微信"), &json!("wx_1")));
    assert_eq!(find("备注写的是名字")["row"], 3);
    assert_eq!(cell(&site, "customers", 1, "wechat").await, "wx_1");
    assert_eq!(cell(&site, "customers", 2, "wechat").await, Value::Null);
    assert_eq!(cell(&site, "customers", 2, "note").await, "李四");
}

#[tokio::test]
async fn a_sheet_that_is_nothing_known_becomes_a_table_of_its_own() {
    let site = Site::new();
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": "王芳" }] }))).await;
    let sheet = "课程,老师,开课日,学费,学员\n瑜伽,王老师,2026-03-01,199,王芳\n普拉提,李老师,2026-03-08,299,\n";
    let import = |files: Vec<(&'static str, &'static str)>| {
        let site = &site;
        async move {
            let files: Vec<(&str, &[u8])> = files.iter().map(|(n, t)| (*n, t.as_bytes())).collect();
            let (status, import) = site.upload(&files).await;
            assert_eq!(status, StatusCode::OK, "{import}");
            import
        }
    };
    let before = site.ok("GET", "/schema", None).await["tables"].as_array().unwrap().len();
    let first = import(vec![("课程表.csv", sheet)]).await;
    let path = format!("/imports/{}", first["import"].as_str().unwrap());
    let plan = json!({ "sheets": [{ "index": 0, "role": "own" }] });
    let planned = site.ok("PUT", &path, Some(plan)).await["sheets"][0].clone();
    assert_eq!(planned["own"], json!({ "table": "new", "name": "课程表" }), "{planned}");
    let named = json!({ "sheets": [{ "index": 0, "role": "own", "own": { "table": "new", "name": "瑜伽课" } }] });
    assert_eq!(site.ok("PUT", &path, Some(named)).await["sheets"][0]["own"]["name"], "瑜伽课");
    let checked = site.job(&site.ok("POST", &format!("{path}/check"), None).await).await["result"].clone();
    assert_eq!(
        (&checked["tables"]["t1"]["created"], &checked["own_tables"]["t1"]),
        (&json!(2), &json!("瑜伽课")),
        "{checked}"
    );
    let tables = |schema: &Value| schema["tables"].as_array().unwrap().len();
    assert_eq!(tables(&site.ok("GET", "/schema", None).await), before, "a check makes no table");
    let ran = site.job(&site.ok("POST", &format!("{path}/run"), None).await).await["result"].clone();
    let schema = site.ok("GET", "/schema", None).await;
    let table = schema["tables"].as_array().unwrap().iter().find(|t| t["key"] == "t1").unwrap();
    let kinds: Vec<(&str, &str)> = table["fields"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["shown"] == true)
        .map(|f| (f["label"]["zh"].as_str().unwrap(), f["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(
        kinds,
        [("编号", "code"), ("课程", "text"), ("老师", "text"), ("开课日", "date"), ("学费", "money"), ("学员", "text")]
    );
    assert_eq!(cell(&site, "t1", 2, "name").await, "普拉提");
    assert_eq!(site.ok("GET", "/imports", None).await["imports"][0]["own_tables"]["t1"], "瑜伽课");

    // Its own sheet is known the next time, and adds nothing twice.
    let second = import(vec![("课程表.csv", sheet)]).await;
    assert_eq!(
        (&second["sheets"][0]["role"], &second["sheets"][0]["own"]["table"]),
        (&json!("own"), &json!("t1")),
        "{second}"
    );
    let path = format!("/imports/{}", second["import"].as_str().unwrap());
    let again = site.job(&site.ok("POST", &format!("{path}/run"), None).await).await["result"].clone();
    assert_eq!(
        (&again["tables"]["t1"]["created"], &again["tables"]["t1"]["unchanged"]),
        (&json!(0), &json!(2)),
        "{again}"
    );

    site.ok("POST", &format!("/changes/{}/undo", ran["change"]), None).await;
    assert_eq!(tables(&site.ok("GET", "/schema", None).await), before, "an undone import takes its table along");
}

#[tokio::test]
async fn links_of_several_go_both_ways_by_role() {
    let site = Site::new();
    site.ok("POST", "/tables", Some(json!({ "label": "活动" }))).await;
    let body = json!({ "label": "参加者", "kind": "links", "table": "customers", "other_side": "活动" });
    for (role, status) in
        [("nobody", StatusCode::UNAUTHORIZED), ("reader", StatusCode::FORBIDDEN), ("writer", StatusCode::FORBIDDEN)]
    {
        assert_eq!(site.call(role, "POST", "/tables/t1/fields", Some(body.clone())).await.0, status, "{role}");
    }
    let guests = field(&site, "t1", body).await;
    let schema = site.ok("GET", "/schema", None).await;
    let tables = schema["tables"].as_array().unwrap();
    let customers = tables.iter().find(|t| t["key"] == "customers").unwrap();
    let back = customers["fields"].as_array().unwrap().iter().find(|f| f["label"]["zh"] == "活动").unwrap();
    assert_eq!((&back["kind"], &back["table"], &back["field"]), (&json!("backlinks"), &json!("t1"), &json!(guests)));
    let back = back["key"].as_str().unwrap();

    let people = json!({ "records": [{ "name": "甲" }, { "name": "乙、丙" }, { "name": "同名" }, { "name": "同名" }] });
    site.ok("POST", "/tables/customers/records", Some(people)).await;
    let record = json!({ "records": [{ "name": "茶会", &guests: {"text": "甲，K000003"} }] });
    for (role, status) in [("nobody", StatusCode::UNAUTHORIZED), ("reader", StatusCode::FORBIDDEN)] {
        assert_eq!(site.call(role, "POST", "/tables/t1/records", Some(record.clone())).await.0, status, "{role}");
    }
    let (status, made) = site.call("writer", "POST", "/tables/t1/records", Some(record)).await;
    assert_eq!((status, &made["ids"]), (StatusCode::OK, &json!([1])));
    let (first, second) = (json!([1, "K000001", "甲"]), json!([2, "K000002", "乙、丙"]));
    assert_eq!(cell(&site, "t1", 1, &guests).await, json!([first, [3, "K000003", "同名"]]));

    let put = async |value: Value| {
        let edit = json!({ "cells": [{ "id": 1, "field": guests, "value": value }] });
        site.call("writer", "PATCH", "/tables/t1/records", Some(edit)).await
    };
    for (value, want) in [
        (json!({"text": "乙、丙"}), json!([second])),
        (json!([2, 1]), json!([second, first])),
        (json!([first, "K000002"]), json!([first, second])),
        (json!({"add": [3], "remove": [2]}), json!([first, [3, "K000003", "同名"]])),
        (json!({"add": ["乙、丙"], "remove": [3]}), json!([first, second])),
        (json!({"remove": [1, 2]}), Value::Null),
        (json!({"text": "甲; "}), json!([first])),
    ] {
        let (status, body) = put(value.clone()).await;
        assert_eq!((status, &body["rows"]["1"][&guests]), (StatusCode::OK, &want), "{value}");
    }
    for value in [json!({"text": "同名"}), json!({"text": "没有"}), json!("甲"), json!([99]), json!([true])] {
        let (status, body) = put(value.clone()).await;
        assert!(status.is_client_error() && body["error"]["field"] == *guests, "{value}: {status} {body}");
    }

    // From the other side: one change, which undo takes back.
    let edit = json!({ "cells": [
        { "id": 2, "field": "note", "value": "常客" }, { "id": 2, "field": back, "value": {"add": [1]} },
    ] });
    assert_eq!(
        site.call("reader", "PATCH", "/tables/customers/records", Some(edit.clone())).await.0,
        StatusCode::FORBIDDEN
    );
    let (_, body) = site.call("writer", "PATCH", "/tables/customers/records", Some(edit)).await;
    assert_eq!(body["rows"]["2"][back], json!({ "count": 1, "first": [[1, "000001", "茶会"]] }));
    assert_eq!(cell(&site, "t1", 1, &guests).await, json!([first, second]));
    site.ok("POST", &format!("/changes/{}/undo", body["change"]), None).await;
    assert_eq!(cell(&site, "t1", 1, &guests).await, json!([first]));
    assert_eq!(cell(&site, "customers", 2, "note").await, Value::Null);
    let made = json!({ "records": [{ "name": "丁", back: {"add": [1]} }] });
    site.ok("POST", "/tables/customers/records", Some(made)).await;
    assert_eq!(cell(&site, "t1", 1, &guests).await, json!([first, [5, "K000005", "丁"]]));

    let view = site.ok("POST", "/views", Some(json!({ "table": "t1", "columns": ["code", guests] }))).await;
    let path = format!("/api/v1/views/{}/export?format=csv", view["view"].as_str().unwrap());
    let asked = Request::builder().uri(path).header(header::AUTHORIZATION, "Bearer owner");
    let (_, _, file) = site.send(asked.body(Body::empty()).unwrap()).await;
    let file = String::from_utf8(file).unwrap();
    assert!(file.contains("参加者,参加者名称") && file.contains("000001,K000001、K000005,甲、丁"), "{file}");

    let with = |filter: Value| json!({ "table": "t1", "columns": [guests], "filter": filter });
    for (filter, n) in [
        (json!({ "field": guests, "op": "contains", "values": [1] }), 1),
        (json!({ "field": guests, "op": "contains", "values": ["丙"] }), 0),
        (json!({ "field": guests, "op": "in", "values": [[2, "K000002", "乙、丙"], null] }), 0),
        (json!({ "field": guests, "op": "filled" }), 1),
    ] {
        let view = site.ok("POST", "/views", Some(with(filter.clone()))).await;
        assert_eq!(view["total"], n, "{filter}");
    }
    let e = site.call("owner", "DELETE", &format!("/tables/t1/fields/{guests}"), None).await;
    assert_eq!(e.0, StatusCode::CONFLICT, "{}", e.1);
    site.ok("DELETE", &format!("/tables/t1/fields/{guests}?other_side=true"), None).await;
    let schema = site.ok("GET", "/schema", None).await.to_string();
    assert!(!schema.contains("backlinks"));
}
