//! Forms over HTTP: entered by members, and by anybody who knows an address; what such an address shows, takes, refuses,
//! and when it is gone.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};

#[macro_use]
mod site;

use site::Site;
use tower::ServiceExt;

const SAVED: &str = "/tables/customers/saved";
const CONSENT: &str = "同意把资料用于送货";

/// A form of customers, saved by a role; its number.
async fn form(site: &Site, role: &str, shared: bool, more: Value) -> i64 {
    let mut kind = json!({ "title": "会员登记", "intro": "两分钟填好", "thanks": "收到啦", "consent": CONSENT, "fields": [
        { "field": "name", "label": "怎么称呼您", "required": true },
        { "field": "mobile", "help": "送货时联系" },
        { "field": "gender" }, { "field": "birthday" }, { "field": "tags" },
    ] });
    for (key, value) in more.as_object().unwrap() {
        kind[key] = value.clone();
    }
    let body = json!({ "name": "登记", "shared": shared, "kind": { "form": kind } });
    let (status, made) = site.call(role, "POST", SAVED, Some(body)).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    made["id"].as_i64().unwrap()
}

/// Shares a form; the path of its API, and the id of the link.
async fn share(site: &Site, role: &str, view: i64) -> (String, String) {
    let (status, made) =
        site.call(role, "POST", &format!("/saved/{view}/links"), Some(json!({ "kind": "form" }))).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    assert_eq!((&made["link"]["kind"], made["link"]["view"].as_i64()), (&json!("form"), Some(view)));
    let secret = made["path"].as_str().unwrap().strip_prefix("/f/").unwrap();
    assert_eq!(secret.len(), 48);
    (format!("/forms/{secret}"), made["link"]["id"].as_str().unwrap().to_owned())
}

/// Sends as a stranger's browser does, from an address.
async fn send(site: &Site, path: &str, from: &str, key: Option<&str>, body: &str) -> (StatusCode, HeaderMap, Value) {
    let mut r = Request::post(format!("/api/v1{path}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-forwarded-for", from);
    if let Some(key) = key {
        r = r.header("idempotency-key", key);
    }
    let (status, headers, bytes) = site.send(r.body(Body::from(body.to_owned())).unwrap()).await;
    (status, headers, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn filled(name: &str) -> Value {
    json!({ "values": { "name": name }, "consent": CONSENT })
}

async fn names(site: &Site) -> Vec<String> {
    let list = site.ok("GET", "/tables/customers/records?fields=name", None).await;
    let name = |r: &Value| r["values"]["name"].as_str().unwrap_or_default().to_owned();
    list["records"].as_array().unwrap().iter().map(name).collect()
}

async fn anybody_fills_in_a_form_and_sees_nothing_else(site: &Site) {
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": "老客户" }] }))).await;
    let view = form(site, "writer", false, json!({})).await;
    let (path, _) = share(site, "writer", view).await;
    let (status, shown) = site.call("nobody", "GET", &path, None).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    let keys: Vec<&str> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["button", "consent", "fields", "intro", "title"]);
    let labels: Vec<&str> = shown["fields"].as_array().unwrap().iter().map(|f| f["label"].as_str().unwrap()).collect();
    assert_eq!(labels[..2], ["怎么称呼您", "手机"]);
    assert_eq!(shown["fields"][2]["options"][0], json!({ "value": "男", "label": "男" }));
    assert!(!shown.to_string().contains("老客户"));

    let body = json!({ "consent": CONSENT, "values": { "name": " 王小华 ", "mobile": "138 0013 8000", "gender": "女",
        "birthday": "农历八月十五", "tags": ["茶", "酒"] } });
    let (status, headers, sent) = send(site, &path, "198.51.100.1", None, &body.to_string()).await;
    assert_eq!((status, &sent), (StatusCode::OK, &json!({ "thanks": "收到啦" })));
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    let record = site.ok("GET", "/tables/customers/records/2", None).await["values"].clone();
    assert_eq!(
        (&record["name"], &record["mobile"], &record["tags"]),
        (&json!("王小华"), &json!("13800138000"), &json!(["茶", "酒"]))
    );
    let given = site.ok("GET", "/tables/customers/consents?record=2", None).await;
    assert_eq!((&given["consents"][0]["text"], &given["consents"][0]["form_name"]), (&json!(CONSENT), &json!("登记")));
    let history = site.ok("GET", "/tables/customers/records/2/history", None).await["entries"][0].clone();
    assert_eq!(
        (&history["origin"], &history["form"], &history["user"]),
        (&json!("form"), &json!("登记"), &json!("writer"))
    );
    let change = history["change"].as_i64().unwrap();
    let file = Request::get("/api/v1/tables/customers/consents.csv").header(header::AUTHORIZATION, "Bearer reader");
    let (status, headers, csv) = site.send(file.body(Body::empty()).unwrap()).await;
    assert_eq!((status, &headers[header::CONTENT_TYPE]), (StatusCode::OK, &"text/csv; charset=utf-8".parse().unwrap()));
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.contains(&format!("K000002,王小华,登记,1,{CONSENT}")), "{csv}");
    let (_, undone) = site.call("writer", "POST", "/undo", None).await;
    assert_eq!(undone["error"]["code"], "not_found", "no step of the maker's");
    let (status, _) = site.call("writer", "POST", &format!("/changes/{change}/undo"), None).await;
    assert_eq!(status, StatusCode::OK, "who may undo takes it back from the log");
    assert_eq!(names(site).await, ["老客户"]);
}

async fn only_what_the_form_asks_for_is_taken(site: &Site) {
    let view = form(site, "owner", true, json!({})).await;
    let (path, _) = share(site, "owner", view).await;
    let stars = json!({ "label": "满意度", "kind": "rating", "max": 5 });
    site.ok("POST", "/tables/customers/fields", Some(stars)).await;
    for (body, status, on) in [
        (json!({ "values": { "name": "甲", "note": "x" }, "consent": CONSENT }), 422, "note"),
        (json!({ "values": { "name": "甲", "grade": "VIP客户" }, "consent": CONSENT }), 422, "grade"),
        (json!({ "values": { "name": " ", "mobile": "123" }, "consent": CONSENT }), 422, "name"),
        (json!({ "values": { "name": "甲", "gender": "别的" }, "consent": CONSENT }), 422, "gender"),
        (json!({ "values": { "name": "甲" } }), 422, "consent"),
        (json!({ "values": { "name": "甲" }, "consent": "别的" }), 409, "consent"),
        (json!({ "values": { "name": "甲" }, "consent": CONSENT, "more": 1 }), 422, ""),
        (json!({ "values": { "name": { "text": "甲" } }, "consent": CONSENT }), 422, ""),
        (json!({ "values": { "name": "长".repeat(5_001) }, "consent": CONSENT }), 422, "name"),
    ] {
        let (code, _, e) = send(site, &path, "198.51.100.1", None, &body.to_string()).await;
        assert_eq!((code.as_u16(), e["error"]["field"].as_str().unwrap_or("")), (status, on), "{body} {e}");
    }
    let wrong = json!({ "values": { "birthday": "x" } }).to_string();
    let (_, _, e) = send(site, &path, "198.51.100.2", None, &wrong).await;
    let fields = e["error"]["fields"].as_object().unwrap();
    assert_eq!(fields.keys().map(String::as_str).collect::<Vec<_>>(), ["birthday", "consent", "name"], "{e}");
    for (body, status) in
        [("{", 422), ("", 422), (&*format!("{{\"values\":{{\"name\":\"{}\"}}}}", "x".repeat(70_000)), 413)]
    {
        let (code, _, e) = send(site, &path, "198.51.100.3", None, body).await;
        assert_eq!(code.as_u16(), status, "{e}");
    }
    let r = Request::post(format!("/api/v1{path}")).header(header::CONTENT_TYPE, "text/plain");
    let (status, ..) = site.send(r.body(Body::from(filled("甲").to_string())).unwrap()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a page of another site sends this without asking");
    assert_eq!(names(site).await, Vec::<String>::new(), "nothing of it was kept");

    let english = Request::get(format!("/api/v1{path}")).header(header::ACCEPT_LANGUAGE, "en-GB,en");
    let (_, _, shown) = site.send(english.body(Body::empty()).unwrap()).await;
    let shown: Value = serde_json::from_slice(&shown).unwrap();
    assert_eq!(
        (&shown["fields"][1]["label"], &shown["fields"][2]["options"][0]["label"]),
        (&json!("Mobile"), &json!("Male"))
    );
}

async fn a_bot_is_thanked_and_a_double_tap_is_one_entry(site: &Site) {
    let view = form(site, "owner", true, json!({})).await;
    let (path, _) = share(site, "owner", view).await;
    let mut bot = filled("机器人");
    bot["homepage"] = json!("https://spam.example");
    let (status, _, sent) = send(site, &path, "198.51.100.1", None, &bot.to_string()).await;
    assert_eq!((status, sent), (StatusCode::OK, json!({ "thanks": "收到啦" })));
    assert_eq!(names(site).await, Vec::<String>::new());
    for _ in 0..2 {
        let (status, ..) = send(site, &path, "198.51.100.1", Some("a"), &filled("甲").to_string()).await;
        assert_eq!(status, StatusCode::OK);
    }
    let (status, _, e) = send(site, &path, "198.51.100.1", Some("a"), &filled("乙").to_string()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(e["error"]["message"].as_str().unwrap().contains("已经收到"), "{e}");
    let own = json!({ "records": [{ "name": "丙" }] });
    site.ok("POST", "/tables/customers/records", Some(own)).await;
    assert_eq!(names(site).await, ["甲", "丙"]);
}

async fn a_form_does_not_tell_who_is_a_customer(site: &Site) {
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": "老客户", "wechat": "abc" }] })))
        .await;
    let unique = json!({ "rules": [{ "check": "unique", "level": "refuse" }] });
    site.ok("PATCH", "/tables/customers/fields/wechat", Some(unique)).await;
    let warned = json!({ "rules": [{ "check": "length", "min": 3, "level": "warn" }] });
    site.ok("PATCH", "/tables/customers/fields/name", Some(warned)).await;
    let view = form(site, "owner", true, json!({ "fields": [{ "field": "name" }, { "field": "wechat" }] })).await;
    let (path, _) = share(site, "owner", view).await;
    let known = json!({ "values": { "name": "甲", "wechat": "abc" }, "consent": CONSENT }).to_string();
    for n in 0..5 {
        let (status, _, e) = send(site, &path, "198.51.100.1", None, &known).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{n}");
        assert!(e["error"]["field"].is_null() && e["error"]["fields"].is_null(), "{e}");
        assert!(!e.to_string().contains("K000001") && !e.to_string().contains("微信"), "{e}");
    }
    let (status, headers, _) = send(site, &path, "198.51.100.1", None, &filled("甲").to_string()).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "whoever tries further waits");
    assert!(headers.contains_key(header::RETRY_AFTER));
    let (status, ..) = send(site, &path, "198.51.100.2", None, &filled("甲").to_string()).await;
    assert_eq!(status, StatusCode::OK, "others do not, and a warning refuses nobody");
}

// Paces are the server's own: one engine tells as much as two.
#[tokio::test]
async fn whoever_sends_too_often_waits() {
    let site = &Site::new();
    let service = server::router(std::sync::Arc::clone(&site.app));
    let view = form(site, "owner", true, json!({})).await;
    let (path, _) = share(site, "owner", view).await;
    // One router for all of them: making it takes longer than an answer.
    let send = async |from: &str| {
        let r = Request::post(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-forwarded-for", from);
        let answer = service.clone().oneshot(r.body(Body::from(r#"{"values":{}}"#)).unwrap()).await.unwrap();
        (answer.status(), answer.headers().clone())
    };
    for n in 0..30 {
        let from = format!("2001:db8::{n:x}");
        let (status, _) = send(&from).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{n}");
    }
    let (status, headers) = send("2001:db8::ffff").await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "one network");
    let after: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=600).contains(&after), "{after}");
    for n in 30..500 {
        let from = format!("198.51.{}.{}", n / 200, n % 200);
        let (status, _) = send(&from).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{n}");
    }
    let (status, _) = send("203.0.113.1").await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "the address as a whole");
}

async fn an_address_is_gone_with_what_it_stands_on(site: &Site) {
    let never = site.call("nobody", "GET", "/forms/00", None).await;
    assert_eq!(never.0, StatusCode::NOT_FOUND);
    let gone = async |path: &str| {
        for (method, body) in [("GET", None), ("POST", Some(filled("甲")))] {
            let (status, e) = site.call("nobody", method, path, body).await;
            assert_eq!(
                (status, &e["error"]["message"]),
                (StatusCode::NOT_FOUND, &never.1["error"]["message"]),
                "{method}"
            );
        }
    };
    let shared = form(site, "owner", true, json!({})).await;
    // Who may only read makes no address through which records are made.
    let wanted = Some(json!({ "kind": "form" }));
    let (status, _) = site.call("reader", "POST", &format!("/saved/{shared}/links"), wanted.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (path, id) = share(site, "writer", shared).await;
    assert_eq!(site.call("nobody", "GET", &path, None).await.0, StatusCode::OK);
    // Nor does one give anything whose maker may only read by now.
    let data = std::sync::Arc::clone(&site.data);
    let found = tokio::task::spawn_blocking(move || data.system.user("reader")).await.unwrap();
    let reader = found.unwrap().unwrap().0.id;
    let (name, lang) = ("登记".to_owned(), model::Lang::Zh);
    let secret = store::NewSecret { kind: "form", about: shared, owner: reader, name, lang };
    let data = std::sync::Arc::clone(&site.data);
    tokio::task::spawn_blocking(move || data.system.add_secret(&site::digest("ff"), &secret)).await.unwrap().unwrap();
    gone("/forms/ff").await;
    site.ok("PATCH", &format!("/saved/{shared}"), Some(json!({ "shared": false }))).await;
    gone(&path).await;
    site.ok("PATCH", &format!("/saved/{shared}"), Some(json!({ "shared": true }))).await;
    let (status, _) = site.call("reader", "DELETE", &format!("/links/{id}"), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "not theirs");
    site.ok("DELETE", &format!("/links/{id}"), None).await;
    gone(&path).await;

    // It becomes a sheet, asks for nothing any more, is deleted.
    let (path, _) = share(site, "owner", shared).await;
    site.ok("PATCH", &format!("/saved/{shared}"), Some(json!({ "def": {} }))).await;
    gone(&path).await;
    let (status, e) = site.call("owner", "POST", &format!("/saved/{shared}/links"), wanted.clone()).await;
    assert_eq!((status, &e["error"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("kind")));
    let inside = json!({ "def": { "kind": { "form": { "fields": [] } } } });
    site.ok("PATCH", &format!("/saved/{shared}"), Some(inside)).await;
    gone(&path).await;
    let (status, _) = site.call("owner", "POST", &format!("/saved/{shared}/links"), wanted).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    site.ok("DELETE", &format!("/saved/{shared}"), None).await;
    gone(&path).await;
    assert_eq!(site.ok("GET", "/links", None).await["links"], json!([]));
}

async fn a_member_enters_with_every_rule_and_links(site: &Site) {
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": "甲" }] }))).await;
    let fields = json!([{ "field": "customer", "required": true }, { "field": "amount" }, { "field": "time" }]);
    let body =
        json!({ "name": "下单", "shared": true, "kind": { "form": { "fields": fields, "consent": "客户已同意" } } });
    let view = site.ok("POST", "/tables/orders/saved", Some(body)).await["id"].clone();
    let path = format!("/saved/{view}/entries");
    let (status, e) =
        site.call("writer", "POST", &path, Some(json!({ "values": { "amount": { "text": "x" } } }))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = e["error"]["fields"].as_object().unwrap();
    assert_eq!(fields.keys().map(String::as_str).collect::<Vec<_>>(), ["amount", "consent", "customer"], "{e}");
    let values = json!({ "customer": [1, "甲", "K000001"], "amount": { "text": "12.5" } });
    let entry = json!({ "values": values, "consent": "客户已同意" });
    let (status, made) = site.call("writer", "POST", &path, Some(entry.clone())).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let order = site.ok("GET", &format!("/tables/orders/records/{}", made["id"]), None).await;
    assert_eq!((&order["values"]["amount"], &order["values"]["customer"][0]), (&json!(1250), &json!(1)));
    let log = site.ok("GET", "/changes?table=orders", None).await["changes"][0].clone();
    assert_eq!((&log["origin"], &log["form"], &log["user"]), (&json!("edit"), &json!("下单"), &json!("writer")));
    let (status, _) = site.call("writer", "POST", "/undo", None).await;
    assert_eq!(status, StatusCode::OK, "it is a step of theirs");
    // At a public address the link is not asked for, nor taken.
    let (public, _) = share(site, "owner", view.as_i64().unwrap()).await;
    let shown = site.call("nobody", "GET", &public, None).await.1;
    assert_eq!(shown["fields"].as_array().unwrap().len(), 2, "{shown}");
    let taken = json!({ "values": { "customer": "K000001" }, "consent": "客户已同意" }).to_string();
    let (_, _, e) = send(site, &public, "198.51.100.1", None, &taken).await;
    assert_eq!(e["error"]["field"], "customer", "{e}");
    let (status, _) = site.call("reader", "POST", &path, Some(entry)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

async fn the_page_of_a_form_may_less_than_the_page(site: &Site) {
    let (_, headers, _) = site.send(Request::get("/f/0").body(Body::empty()).unwrap()).await;
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
    assert_eq!(headers["x-robots-tag"], "noindex");
}

on_both_engines!(
    a_bot_is_thanked_and_a_double_tap_is_one_entry,
    a_form_does_not_tell_who_is_a_customer,
    a_member_enters_with_every_rule_and_links,
    an_address_is_gone_with_what_it_stands_on,
    anybody_fills_in_a_form_and_sees_nothing_else,
    only_what_the_form_asks_for_is_taken,
    the_page_of_a_form_may_less_than_the_page,
);
