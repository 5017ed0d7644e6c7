//! Live links and segments over HTTP: who makes and sees links, what they give, and when they give nothing.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};

#[macro_use]
mod site;

use site::Site;

const SAVED: &str = "/tables/customers/saved";

/// Asks an address as a program does that knows nothing of Kebu.
async fn fetch(site: &Site, path: &str, tag: Option<&str>) -> (StatusCode, HeaderMap, String) {
    let mut r = Request::get(path);
    if let Some(tag) = tag {
        r = r.header(header::IF_NONE_MATCH, tag);
    }
    let (status, headers, body) = site.send(r.body(Body::empty()).unwrap()).await;
    (status, headers, String::from_utf8(body).unwrap())
}

async fn customers(site: &Site) {
    let records = json!([
        { "name": "王小华", "city": "长沙市", "stated_total": { "text": "12.5" }, "note": "=HYPERLINK(\"x\")" },
        { "name": "李\"四", "city": "湘潭市", "note": "两行\n备注" },
        { "name": "赵六", "city": "长沙市", "stated_total": { "text": "300" } },
    ]);
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": records }))).await;
}

async fn view(site: &Site, role: &str, name: &str, shared: bool, filter: Value) -> i64 {
    let columns = json!([{ "field": "name" }, { "field": "stated_total" }, { "field": "note" }]);
    let mut body = json!({ "name": name, "shared": shared, "columns": columns,
        "sort": [{ "field": "stated_total", "desc": true }] });
    if !filter.is_null() {
        body["filter"] = filter;
    }
    let (status, made) = site.call(role, "POST", SAVED, Some(body)).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    made["id"].as_i64().unwrap()
}

/// Makes a link; its address without ending, and its id.
async fn link(site: &Site, role: &str, view: i64) -> (String, String) {
    let (status, made) = site.call(role, "POST", &format!("/saved/{view}/links"), Some(json!({}))).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    (made["path"].as_str().unwrap().to_owned(), made["link"]["id"].as_str().unwrap().to_owned())
}

async fn a_link_gives_the_view_as_csv_and_json(site: &Site) {
    customers(site).await;
    let city = json!({ "field": "city", "op": "eq", "values": ["长沙市"] });
    let id = view(site, "owner", "长沙", true, city).await;
    let (path, _) = link(site, "owner", id).await;
    assert_eq!(path.rsplit('/').next().unwrap().len(), 48);
    let (status, headers, csv) = fetch(site, &format!("{path}.csv"), None).await;
    assert_eq!(status, StatusCode::OK, "{csv}");
    assert_eq!(headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert_eq!(headers[header::CACHE_CONTROL], "private, no-cache");
    let rows: Vec<&str> = csv.strip_prefix('\u{feff}').unwrap().split("\r\n").collect();
    assert_eq!(rows[0], "客户名称,原表累计消费,备注", "{csv}");
    assert_eq!(rows[1], "赵六,300.00,");
    assert_eq!(rows[2], "王小华,12.50,\"'=HYPERLINK(\"\"x\"\")\"", "no cell begins a formula");
    assert_eq!(rows[3..], [""]);

    let (_, headers, text) = fetch(site, &format!("{path}.json"), None).await;
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    let rows: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(rows[0], json!({ "客户名称": "赵六", "原表累计消费": 300.0, "备注": null }));
    assert_eq!(rows[1]["备注"], "=HYPERLINK(\"x\")");
    for packing in ["gzip", "zstd"] {
        let r = Request::get(format!("{path}.csv")).header(header::ACCEPT_ENCODING, packing);
        let (status, headers, body) = site.send(r.body(Body::empty()).unwrap()).await;
        assert_eq!((status, &headers[header::CONTENT_ENCODING]), (StatusCode::OK, &packing.parse().unwrap()));
        assert!(!body.is_empty());
    }
    for wrong in ["", ".xlsx", "/x.csv"] {
        let (status, _, _) = fetch(site, &format!("{path}{wrong}"), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

async fn nothing_is_sent_again_until_something_changes(site: &Site) {
    customers(site).await;
    let id = view(site, "owner", "全部", true, Value::Null).await;
    let (path, _) = link(site, "owner", id).await;
    let path = format!("{path}.csv");
    let (_, headers, _) = fetch(site, &path, None).await;
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    let (status, headers, body) = fetch(site, &path, Some(&format!("W/\"x\", {tag}"))).await;
    assert_eq!((status, body.as_str(), headers[header::ETAG].to_str().unwrap()), (StatusCode::NOT_MODIFIED, "", &*tag));
    site.ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": "孙七" }] }))).await;
    let (status, headers, body) = fetch(site, &path, Some(&tag)).await;
    assert!(status == StatusCode::OK && body.contains("孙七"), "{status} {body}");
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    site.ok("PATCH", &format!("/saved/{id}"), Some(json!({ "def": { "columns": [{ "field": "code" }] } }))).await;
    let (status, _, body) = fetch(site, &path, Some(&tag)).await;
    assert!(status == StatusCode::OK && !body.contains("孙七"), "{status} {body}");
}

async fn links_are_seen_and_revoked_by_their_makers_and_owners(site: &Site) {
    customers(site).await;
    let shared = view(site, "owner", "共享", true, Value::Null).await;
    let own = view(site, "writer", "我的", false, Value::Null).await;
    let (by_reader, reader_id) = link(site, "reader", shared).await;
    let (by_writer, writer_id) = link(site, "writer", own).await;
    let (status, _) = site.call("owner", "POST", &format!("/saved/{own}/links"), Some(json!({}))).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "another's own view is not there");
    let names = |answer: &Value| -> Vec<Value> {
        answer["links"].as_array().unwrap().iter().map(|l| l["view_name"].clone()).collect()
    };
    let (_, seen) = site.call("reader", "GET", "/links", None).await;
    assert_eq!((names(&seen), &seen["links"][0]["owner_name"]), (vec![json!("共享")], &json!("reader")));
    let mut all = names(&site.ok("GET", "/links", None).await);
    all.sort_by_key(Value::is_null);
    assert_eq!(all, [json!("共享"), Value::Null], "an owner sees every link, not what others call their views");
    assert_eq!(site.ok("GET", &format!("/saved/{shared}/links"), None).await["links"].as_array().unwrap().len(), 1);

    assert_eq!(fetch(site, &format!("{by_reader}.csv"), None).await.0, StatusCode::OK);
    let used = async || site.ok("GET", "/links", None).await["links"].as_array().unwrap().clone();
    for _ in 0..100 {
        if used().await.iter().any(|l| l["uses"] == 1 && l["used"].is_i64()) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(used().await.iter().any(|l| l["uses"] == 1 && l["used"].is_i64()), "its use is noted");

    let (status, _) = site.call("reader", "DELETE", &format!("/links/{writer_id}"), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "a link of somebody else's");
    site.ok("DELETE", &format!("/links/{reader_id}"), None).await;
    assert_eq!(fetch(site, &format!("{by_reader}.csv"), None).await.0, StatusCode::NOT_FOUND);
    site.ok("DELETE", &format!("/links/{writer_id}"), None).await;
    assert_eq!(fetch(site, &format!("{by_writer}.csv"), None).await.0, StatusCode::NOT_FOUND);
}

async fn a_link_dies_with_its_view_and_gives_no_more_than_was_meant(site: &Site) {
    customers(site).await;
    let gone = |what: (StatusCode, HeaderMap, String)| {
        assert_eq!(what.0, StatusCode::NOT_FOUND);
        let e: Value = serde_json::from_str(&what.2).unwrap();
        e["error"]["message"].as_str().unwrap().to_owned()
    };
    let never = gone(fetch(site, "/api/v1/feeds/00.csv", None).await);
    // The view is the owner's alone from now on.
    let id = view(site, "owner", "共享", true, Value::Null).await;
    let (path, _) = link(site, "writer", id).await;
    let path = format!("{path}.csv");
    assert_eq!(fetch(site, &path, None).await.0, StatusCode::OK);
    let (_, headers, _) = fetch(site, &path, None).await;
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    site.ok("PATCH", &format!("/saved/{id}"), Some(json!({ "shared": false }))).await;
    assert_eq!(gone(fetch(site, &path, None).await), never, "it does not say what is gone");
    assert_eq!(gone(fetch(site, &path, Some(&tag)).await), never, "nor to one who has it already");
    site.ok("PATCH", &format!("/saved/{id}"), Some(json!({ "shared": true }))).await;
    assert_eq!(fetch(site, &path, None).await.0, StatusCode::OK);
    site.ok("DELETE", &format!("/saved/{id}"), None).await;
    assert_eq!(gone(fetch(site, &path, None).await), never);
    assert_eq!(site.ok("GET", "/links", None).await["links"], json!([]));

    // A field of the filter goes: the view would hold everybody.
    let field = json!({ "label": "密级", "kind": "text" });
    let field = site.ok("POST", "/tables/customers/fields", Some(field)).await["field"]["key"].clone();
    let id = view(site, "owner", "可公开", true, json!({ "field": field, "op": "eq", "values": ["公开"] })).await;
    let (path, _) = link(site, "owner", id).await;
    let path = format!("{path}.json");
    assert_eq!(fetch(site, &path, None).await.2.trim(), "[\n]");
    site.ok("DELETE", &format!("/tables/customers/fields/{}", field.as_str().unwrap()), None).await;
    assert_eq!(fetch(site, &path, None).await.0, StatusCode::CONFLICT, "nothing rather than too much");
    site.ok("PATCH", &format!("/saved/{id}"), Some(json!({ "def": {} }))).await;
    assert_eq!(fetch(site, &path, None).await.0, StatusCode::OK);
}

async fn a_link_asked_too_often_is_told_when_to_come_back(site: &Site) {
    let id = view(site, "owner", "全部", true, Value::Null).await;
    let (path, _) = link(site, "owner", id).await;
    let (other, _) = link(site, "owner", id).await;
    let (_, headers, _) = fetch(site, &format!("{path}.csv"), None).await;
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    for n in 1..120 {
        let (status, ..) = fetch(site, &format!("{path}.csv"), Some(&tag)).await;
        assert_eq!(status, StatusCode::NOT_MODIFIED, "{n}");
    }
    let (status, headers, body) = fetch(site, &format!("{path}.json"), None).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    let after: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=3_600).contains(&after) && body.contains("too_often"), "{after} {body}");
    assert_eq!(fetch(site, &format!("{other}.csv"), None).await.0, StatusCode::OK, "each link counts for itself");
}

async fn a_view_is_a_condition_wherever_filters_are(site: &Site) {
    customers(site).await;
    let city = json!({ "field": "city", "op": "eq", "values": ["长沙市"] });
    let changsha = view(site, "owner", "长沙", true, city).await;
    let large =
        json!({ "all": [{ "segment": changsha }, { "field": "stated_total", "op": "ge", "values": [10_000] }] });
    let large = view(site, "owner", "长沙大客", true, large).await;
    let ids = async |role: &str, filter: Value| {
        let body = json!({ "table": "customers", "columns": ["name"], "filter": filter });
        let (status, opened) = site.call(role, "POST", "/views", Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{opened}");
        opened["rows"].as_array().unwrap().iter().map(|r| r[0].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("reader", json!({ "segment": changsha })).await, [1, 3]);
    assert_eq!(ids("reader", json!({ "not": { "segment": changsha } })).await, [2]);
    assert_eq!(ids("reader", json!({ "segment": large })).await, [3]);
    let both = json!({ "all": [{ "segment": changsha }, { "not": { "segment": large } }] });
    assert_eq!(ids("reader", both.clone()).await, [1]);
    let query = format!(
        "/tables/customers/records?filter={}",
        both.to_string().replace(' ', "%20").replace('"', "%22").replace('{', "%7B").replace('}', "%7D")
    );
    assert_eq!(site.ok("GET", &query, None).await["records"][0]["id"], 1);
    let body = json!({ "table": "customers", "columns": ["name"], "filter": { "segment": large } });
    let opened = site.ok("POST", "/views", Some(body)).await;
    let act = json!({ "act": { "tag": { "field": "tags", "add": ["大客"] } } });
    let job = site.ok("POST", &format!("/views/{}/bulk", opened["view"].as_str().unwrap()), Some(act)).await;
    assert_eq!(site.job(&job).await["result"]["records"], 1);

    // Somebody else's own view, one of another table, what is none.
    let own = view(site, "writer", "我的", false, json!({ "segment": changsha })).await;
    assert_eq!(ids("writer", json!({ "segment": own })).await, [1, 3]);
    let orders = site.ok("POST", "/tables/orders/saved", Some(json!({ "name": "单" }))).await["id"].clone();
    for (filter, status) in [
        (json!({ "segment": own }), StatusCode::NOT_FOUND),
        (json!({ "segment": 999_999 }), StatusCode::NOT_FOUND),
        (json!({ "segment": orders }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "segment": "长沙" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "not": [] }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let body = json!({ "table": "customers", "columns": [], "filter": filter });
        assert_eq!(site.call("owner", "POST", "/views", Some(body)).await.0, status, "{filter}");
    }
    let circle = json!({ "def": { "filter": { "segment": large } } });
    let (status, e) = site.call("owner", "PATCH", &format!("/saved/{changsha}"), Some(circle)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(e["error"]["message"].as_str().unwrap().contains("长沙 → 长沙大客 → 长沙"), "{e}");
    let (status, e) = site.call("owner", "DELETE", &format!("/saved/{changsha}"), None).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(e["error"]["message"].as_str().unwrap().contains("长沙大客"), "{e}");

    // It goes all the same for a view that is the writer's alone: left out, and named.
    let (path, _) = link(site, "writer", own).await;
    site.ok("DELETE", &format!("/saved/{large}"), None).await;
    site.ok("DELETE", &format!("/saved/{changsha}"), None).await;
    let (_, list) = site.call("writer", "GET", SAVED, None).await;
    let left = &list["views"][0];
    assert_eq!((&left["missing"], &left["filter"]), (&json!([format!("segment {changsha}")]), &Value::Null));
    assert_eq!(fetch(site, &format!("{path}.csv"), None).await.0, StatusCode::CONFLICT, "nothing rather than too much");
}

on_both_engines!(
    a_link_asked_too_often_is_told_when_to_come_back,
    a_link_dies_with_its_view_and_gives_no_more_than_was_meant,
    a_link_gives_the_view_as_csv_and_json,
    a_view_is_a_condition_wherever_filters_are,
    links_are_seen_and_revoked_by_their_makers_and_owners,
    nothing_is_sent_again_until_something_changes,
);
