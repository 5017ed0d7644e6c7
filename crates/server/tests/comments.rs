//! Comments over HTTP: who hears of them, what a repeated request does, and what nobody may do.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

#[macro_use]
mod site;

use site::Site;

/// The next news of a kind that a stream tells; None when there are none for a while.
async fn heard(stream: &mut Body, text: &mut String, kind: &str) -> Option<Value> {
    loop {
        while let Some((one, rest)) = text.split_once("\n\n") {
            let part = |name: &str| one.lines().find_map(|l| l.strip_prefix(name)).map(str::to_owned);
            let (event, data) = (part("event: "), part("data: "));
            *text = rest.to_owned();
            if event.as_deref() == Some(kind) {
                return serde_json::from_str(&data?).ok();
            }
        }
        let frame = tokio::time::timeout(Duration::from_secs(3), stream.frame()).await.ok()??;
        text.push_str(std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap());
    }
}

async fn customer(site: &Site) -> i64 {
    let made = site.ok("POST", "/tables/customers/records", Some(json!({ "records": [{ "name": "王芳" }] }))).await;
    made["ids"][0].as_i64().unwrap()
}

async fn member(site: &Site, name: &str) -> i64 {
    let members = site.ok("GET", "/members", None).await;
    let found = members["members"].as_array().unwrap().iter().find(|m| m["name"] == name);
    found.unwrap()["id"].as_i64().unwrap()
}

async fn a_comment_reaches_the_one_it_mentions(site: &Site) {
    let (id, writer) = (customer(site).await, member(site, "writer").await);
    let request = Request::get("/api/v1/events?page=a1").header(header::AUTHORIZATION, "Bearer writer");
    let response = server::router(Arc::clone(&site.app)).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (mut stream, mut text) = (response.into_body(), String::new());
    heard(&mut stream, &mut text, "hello").await.unwrap();

    let path = format!("/tables/customers/records/{id}/comments");
    let new = json!({ "field": "city", "text": "@writer 地址对吗？", "mentions": [writer, 999_999] });
    let made = site.ok("POST", &path, Some(new)).await;
    let news = heard(&mut stream, &mut text, "comments").await.unwrap();
    assert_eq!((&news["table"], &news["record"], &news["to"]), (&json!("customers"), &json!(id), &json!([writer])));
    assert!(!news.to_string().contains("地址"), "what was said is asked for with one's own rights");

    let (_, told) = site.call("writer", "GET", "/mentions", None).await;
    assert_eq!((&told["unseen"], &told["mentions"][0]["author"]), (&json!(1), &json!("owner")), "{told}");
    assert_eq!(told["mentions"][0]["name"], "王芳");
    let (status, _) = site.call("writer", "POST", "/mentions/seen", Some(json!({ "thread": made["thread"] }))).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert!(heard(&mut stream, &mut text, "mentions").await.is_some(), "their other pages hear of it");
    assert_eq!(site.call("writer", "GET", "/mentions", None).await.1["unseen"], 0);

    let reply = format!("/threads/{}/comments", made["thread"]);
    let (status, _) = site.call("writer", "POST", &reply, Some(json!({ "text": "对" }))).await;
    assert_eq!(status, StatusCode::OK);
    let thread = format!("/threads/{}", made["thread"]);
    site.call("writer", "PATCH", &thread, Some(json!({ "resolved": true }))).await;
    let (_, found) = site.call("reader", "GET", &path, None).await;
    let thread = &found["threads"][0];
    assert_eq!((&thread["field"], &thread["resolved"]["by"]), (&json!("city"), &json!("writer")), "{found}");
    assert_eq!(thread["comments"][0]["mentions"], json!([{ "user": writer, "name": "writer" }]));
    assert_eq!(thread["comments"][1]["text"], "对");
    let open = site.ok("POST", "/tables/customers/commented", Some(json!({ "ids": [id] }))).await;
    assert_eq!(open["cells"], json!([]), "a resolved thread marks no cell");
}

async fn nobody_reads_or_marks_what_is_not_there_any_more(site: &Site) {
    let (id, writer) = (customer(site).await, member(site, "writer").await);
    let path = format!("/tables/customers/records/{id}/comments");
    let made = site.ok("POST", &path, Some(json!({ "text": "@writer 看", "mentions": [writer] }))).await;
    site.ok("DELETE", "/tables/customers/records", Some(json!({ "ids": [id] }))).await;
    assert_eq!(site.call("reader", "GET", &path, None).await.0, StatusCode::NOT_FOUND);
    let (_, told) = site.call("writer", "GET", "/mentions", None).await;
    assert_eq!(told, json!({ "unseen": 0, "mentions": [] }));
    let reply = format!("/threads/{}/comments", made["thread"]);
    let (status, answer) = site.call("writer", "POST", &reply, Some(json!({ "text": "x" }))).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{answer}");
    // Somebody else's is not theirs to change, whatever they may do otherwise.
    let other = customer(site).await;
    let path = format!("/tables/customers/records/{other}/comments");
    let (_, made) = site.call("writer", "POST", &path, Some(json!({ "text": "我的" }))).await;
    let comment = format!("/comments/{}", made["comment"]);
    assert_eq!(site.call("owner", "DELETE", &comment, None).await.0, StatusCode::FORBIDDEN);
    assert_eq!(site.call("writer", "DELETE", &comment, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(site.call("writer", "GET", &path, None).await.1["threads"], json!([]));
    assert_eq!(site.call("writer", "POST", &format!("{comment}/restore"), None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(site.call("writer", "GET", &path, None).await.1["threads"][0]["comments"][0]["text"], "我的");
}

on_both_engines!(a_comment_reaches_the_one_it_mentions, nobody_reads_or_marks_what_is_not_there_any_more);
