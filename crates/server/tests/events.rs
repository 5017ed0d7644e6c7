//! The stream of news, who is here, and rows by id.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt;

mod site;

use site::Site;

/// A stream as a page reads it.
struct Listener {
    body: Body,
    text: String,
}

#[derive(Debug)]
struct News {
    id: i64,
    kind: String,
    data: Value,
}

impl Listener {
    async fn open(site: &Site, role: &str, query: &str, last: Option<i64>) -> Self {
        let (status, listener) = Self::try_open(site, role, query, last).await;
        assert_eq!(status, StatusCode::OK);
        listener
    }

    async fn try_open(site: &Site, role: &str, query: &str, last: Option<i64>) -> (StatusCode, Self) {
        let mut r = Request::get(format!("/api/v1/events{query}"))
            .header(header::AUTHORIZATION, format!("Bearer {role}"))
            .header(header::ACCEPT_ENCODING, "gzip, zstd");
        if let Some(last) = last {
            r = r.header("last-event-id", last.to_string());
        }
        let app = server::router(Arc::clone(&site.app));
        let response = app.oneshot(r.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        if head.status == StatusCode::OK {
            assert_eq!(head.headers[header::CONTENT_TYPE], "text/event-stream");
            assert!(!head.headers.contains_key(header::CONTENT_ENCODING), "a compressed stream would wait for more");
        }
        (head.status, Self { body, text: String::new() })
    }

    /// The next news; None at the end of the stream, or when there are none for a while.
    async fn next(&mut self) -> Option<News> {
        loop {
            if let Some((one, rest)) = self.text.split_once("\n\n") {
                let part = |name: &str| one.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
                let news = part("event").map(|kind| News {
                    id: part("id").unwrap_or("0").parse().unwrap(),
                    kind: kind.to_owned(),
                    data: serde_json::from_str(part("data").unwrap_or("null")).unwrap(),
                });
                self.text = rest.to_owned();
                match news {
                    Some(news) => return Some(news),
                    None => continue,
                }
            }
            let frame = tokio::time::timeout(Duration::from_secs(3), self.body.frame()).await.ok()??;
            self.text.push_str(std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap());
        }
    }

    async fn wait(&mut self, kind: &str) -> News {
        let news = self.next().await.unwrap_or_else(|| panic!("{kind} is not heard"));
        assert_eq!(news.kind, kind, "{news:?}");
        news
    }
}

async fn customer(site: &Site, name: &str) -> i64 {
    let made = site.ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": name }] }))).await;
    made["ids"][0].as_i64().unwrap()
}

async fn edit(site: &Site, id: i64, city: &str) -> i64 {
    let body = json!({ "cells": [{ "id": id, "field": "city", "value": city }] });
    site.ok("PATCH", "/tables/customers/records", Some(body)).await["change"].as_i64().unwrap()
}

async fn edits_are_heard_at_once_and_caught_up_with(site: &Site) {
    let id = customer(site, "甲").await;
    let seq = site.ok("GET", "/status", None).await["seq"].as_i64().unwrap();
    let mut page = Listener::open(site, "reader", &format!("?page=a1&after={seq}"), None).await;
    assert_eq!(page.wait("hello").await.data, json!({ "seq": seq, "people": [] }));
    let mut last = seq;
    for city in ["苏州市", "杭州市", "上海市"] {
        let before = Instant::now();
        let change = edit(site, id, city).await;
        let news = page.wait("records").await;
        let took = before.elapsed();
        assert!(took < Duration::from_millis(500), "{took:?}");
        assert_eq!((&news.data["change"], &news.data["tables"]["customers"]["ids"]), (&json!(change), &json!([id])));
        assert!(news.id > last);
        last = news.id;
    }
    drop(page);

    // Where the browser says it was counts for more than the address it began with.
    let missed = |after: String, known: Option<i64>| async move {
        let mut page = Listener::open(site, "reader", &after, known).await;
        let mut kinds = Vec::new();
        while let Some(news) = page.next().await {
            kinds.push(news.kind);
            if kinds.last().is_some_and(|k| k == "hello") {
                break;
            }
        }
        kinds
    };
    assert_eq!(missed(format!("?after={seq}"), None).await, ["records", "records", "records", "hello"]);
    assert_eq!(missed(format!("?after={seq}"), Some(last - 1)).await, ["records", "hello"]);
    assert_eq!(missed(String::new(), None).await, ["hello"]);
    assert_eq!(missed(format!("?after={}", last + 1_000), None).await, ["reload", "hello"]);
}

async fn people_see_each_other_but_not_themselves(site: &Site) {
    let id = customer(site, "乙").await;
    let seq = site.ok("GET", "/status", None).await["seq"].as_i64().unwrap();
    let mut reader = Listener::open(site, "reader", &format!("?page=r1&after={seq}"), None).await;
    reader.wait("hello").await;
    let mut writer = Listener::open(site, "writer", &format!("?page=w1&after={seq}"), None).await;
    let hello = writer.wait("hello").await;
    assert_eq!(hello.data["people"][0]["name"], "reader");
    let here = reader.wait("here").await;
    assert_eq!(
        (&here.data["page"], &here.data["name"], &here.data["at"]),
        (&json!("w1"), &json!("writer"), &Value::Null)
    );

    let cell = json!({ "page": "w1", "table": "customers", "record": id, "field": "name" });
    assert_eq!(site.call("writer", "POST", "/presence", Some(cell.clone())).await.0, StatusCode::NO_CONTENT);
    assert_eq!(reader.wait("here").await.data["at"], json!({ "table": "customers", "record": id, "field": "name" }));
    let (status, _) = site.call("reader", "POST", "/presence", Some(cell)).await;
    assert_eq!(status, StatusCode::CONFLICT, "somebody else's page");
    for wrong in
        [json!({ "page": "w1", "table": "nothing" }), json!({ "page": "w1", "table": "customers", "field": "x" })]
    {
        assert_eq!(site.call("writer", "POST", "/presence", Some(wrong)).await.0, StatusCode::NOT_FOUND);
    }

    // Another page of the same person is no other person.
    let mut second = Listener::open(site, "writer", &format!("?page=w2&after={seq}"), None).await;
    let names: Vec<Value> = second.wait("hello").await.data["people"].as_array().unwrap().clone();
    assert_eq!(names.iter().map(|p| &p["name"]).collect::<Vec<_>>(), ["reader"]);
    reader.wait("here").await;
    drop((writer, second));
    let mut gone = [reader.wait("gone").await.data["page"].clone(), reader.wait("gone").await.data["page"].clone()];
    gone.sort_by_key(Value::to_string);
    assert_eq!(gone, ["w1", "w2"]);
}

async fn rows_come_by_id_in_the_order_of_the_view(site: &Site) {
    let (a, b) = (customer(site, "丙").await, customer(site, "丁").await);
    edit(site, a, "苏州市").await;
    let filter = json!({ "field": "city", "op": "eq", "values": ["苏州市"] });
    let asked = json!({ "table": "customers", "columns": ["city", "name"], "filter": filter });
    let view = site.ok("POST", "/views", Some(asked)).await["view"].as_str().unwrap().to_owned();
    site.ok("DELETE", "/tables/customers/records", Some(json!({ "ids": [b] }))).await;
    let c = customer(site, "戊").await;
    edit(site, c, "苏州市").await;
    let d = customer(site, "己").await;
    let some = site.ok("GET", &format!("/views/{view}/rows?ids={a},{b},{c}&fits={c},{d}"), None).await;
    assert_eq!(some, json!({ "rows": [[a, "苏州市", "丙"], [b], [c, "苏州市", "戊"]], "fits": [c] }));
    let (status, _) = site.call("owner", "GET", &format!("/views/{view}/rows?ids=1,x"), None).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, _) = site.call("reader", "GET", &format!("/views/{view}/rows?ids={a}"), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "somebody else's view");
}

macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")] async fn $test() { super::$test(&super::Site::new()).await; })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                let site = super::Site::on_postgres();
                super::$test(&site).await;
                // Closing connections waits for the server, which no async thread may.
                std::thread::spawn(move || drop(site)).join().expect("the site is closed");
            })*
        }
    };
}
on_both!(
    edits_are_heard_at_once_and_caught_up_with,
    people_see_each_other_but_not_themselves,
    rows_come_by_id_in_the_order_of_the_view,
);

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_session_and_streams_are_bounded() {
    let site = Site::new();
    let mut page = Listener::open(&site, "writer", "", None).await;
    page.wait("hello").await;
    assert_eq!(site.call("writer", "POST", "/logout", None).await.0, StatusCode::NO_CONTENT);
    let before = Instant::now();
    assert!(page.next().await.is_none() && before.elapsed() < Duration::from_secs(2), "it ends at once");
    let (status, _) = Listener::try_open(&site, "writer", "", None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    let mut open = Vec::new();
    for _ in 0..32 {
        open.push(Listener::open(&site, "reader", "", None).await);
    }
    assert_eq!(Listener::try_open(&site, "reader", "", None).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(Listener::try_open(&site, "owner", "", None).await.0, StatusCode::OK, "others are not held up");
    open.pop();
    assert_eq!(Listener::try_open(&site, "reader", "", None).await.0, StatusCode::OK);
}
