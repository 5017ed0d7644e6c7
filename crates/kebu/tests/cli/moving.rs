//! `kebu move`: there and back between the engines, nothing lost on the way.

use crate::support::{Place, Server, run};
use serde_json::{Value, json};

/// The digests of the tables by name; what a move itself counts on is left out.
fn digests(moved: &Value) -> Vec<(String, String)> {
    let tables = moved["tables"].as_array().expect("the tables").iter();
    let text = |t: &Value, k: &str| t[k].as_str().expect("a text").to_owned();
    tables.filter(|t| t["table"] != "_meta").map(|t| (text(t, "table"), text(t, "digest"))).collect()
}

fn moved(from: &str, to: &str) -> Value {
    run(&["--json", "move", "--from", from, "--to", to]).exits(0).json()
}

#[test]
fn a_book_goes_to_a_database_and_back_with_everything_in_it() {
    let (files, server, again) = (Place::new(), Place::on_postgres(), Place::new());
    let sheets = files.demo("sheets", 300, 2_000);
    files.kebu(&["import", &sheets[0], &sheets[1]]).exits(0);
    files.kebu(&["user", "add", "boss"]).exits(0);
    let token = files.kebu(&["token", "create"]).exits(0).json()["token"].as_str().expect("a token").to_owned();
    // A table, links both ways, a formula that fails, a file in a cell, something undone.
    let running = Server::start(&files);
    let call = |server: &Server, method: &str, path: &str, body: Value| {
        let (status, answer) = server.call(method, path, Some(&token), Some(&body));
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer
    };
    call(&running, "POST", "/tables", json!({ "label": "活动" }));
    let links = json!({ "label": "名单", "kind": "links", "table": "customers", "other_side": "活动" });
    call(&running, "POST", "/tables/t1/fields", links);
    let fails = json!({ "label": "除零", "kind": "number", "decimals": 2, "formula": "1/([@订单数]-[@订单数])" });
    call(&running, "POST", "/tables/customers/fields", fails);
    call(&running, "POST", "/tables/t1/records", json!({ "records": [{ "name": "茶会", "u3": [1, 2] }] }));
    call(&running, "POST", "/tables/t1/saved", json!({ "name": "全部活动" }));
    let form = json!({ "form": { "fields": [{ "field": "name" }], "consent": "同意保存" } });
    let form = call(&running, "POST", "/tables/customers/saved", json!({ "name": "登记", "kind": form }))["id"].clone();
    let entry = json!({ "values": { "name": "填表人" }, "consent": "同意保存" });
    call(&running, "POST", &format!("/saved/{form}/entries"), entry.clone());
    let said = json!({ "field": "name", "text": "是这个名字吗" });
    let thread = call(&running, "POST", "/tables/customers/records/1/comments", said)["thread"].clone();
    let edit = |name: &str| json!({ "cells": [{ "id": 1, "field": "name", "value": name }] });
    call(&running, "PATCH", "/tables/customers/records", edit("改过"));
    let change = call(&running, "PATCH", "/tables/customers/records", edit("又改"))["change"].clone();
    drop(running);

    let (here, there, back) = (files.address(), server.address(), again.address());
    let first = moved(&here, &there);
    let second = moved(&there, &back);
    assert_eq!(digests(&first), digests(&second));
    for place in [&server, &again] {
        assert_eq!(place.kebu(&["check"]).exits(0).json()["sound"], true);
        let running = Server::start(place);
        let (_, record) = running.call("GET", "/tables/t1/records/1", Some(&token), None);
        assert_eq!(record["values"]["u3"][1][0], 2, "{record}");
        let (_, card) = running.call("GET", "/customers/1/card", Some(&token), None);
        assert_eq!(card["values"]["u2"], json!({ "error": "#DIV/0!" }), "{card}");
        let view = json!({ "table": "customers", "columns": ["name"], "search": "又改" });
        assert_eq!(call(&running, "POST", "/views", view)["total"], 1, "search text is made anew");
        let given = || running.call("GET", "/tables/customers/consents", Some(&token), None).1["consents"].clone();
        assert_eq!((&given()[0]["text"], &given()[0]["name"]), (&json!("同意保存"), &json!("填表人")));
        call(&running, "POST", &format!("/saved/{form}/entries"), entry.clone());
        assert_eq!((&given()[0]["wording"], given().as_array().map(Vec::len)), (&json!(1), Some(2)), "{}", given());
        call(&running, "POST", &format!("/threads/{thread}/comments"), json!({ "text": "是" }));
        let (_, talk) = running.call("GET", "/tables/customers/records/1/comments", Some(&token), None);
        assert_eq!(talk["threads"][0]["comments"][1]["text"], "是", "{talk}");
        call(&running, "POST", &format!("/changes/{change}/undo"), json!({}));
        let (_, record) = running.call("GET", "/tables/customers/records/1", Some(&token), None);
        assert_eq!(record["values"]["name"], "改过");
        let made = call(&running, "POST", "/tables/t1/records", json!({ "records": [{ "name": "新" }] }));
        assert_eq!(made["ids"], json!([2]), "ids go on where they were");
        call(&running, "POST", "/tables/t1/saved", json!({ "name": "又一个" }));
    }
}

#[test]
fn a_place_that_holds_something_is_left_alone() {
    let (files, other) = (Place::new(), Place::new());
    let sheets = files.demo("sheets", 20, 100);
    for place in [&files, &other] {
        place.kebu(&["import", &sheets[0]]).exits(0);
    }
    let (here, there) = (files.address(), other.address());
    let refused = run(&["move", "--from", &here, "--to", &there]);
    assert!(refused.code != 0 && refused.err.contains("已经有客簿数据"), "{}", refused.err);
    let nothing = run(&["move", "--from", &files.at("nowhere"), "--to", &files.at("new")]);
    assert!(nothing.code != 0 && nothing.err.contains("没有客簿数据"), "{}", nothing.err);
    assert!(!std::path::Path::new(&files.at("nowhere")).exists() && !std::path::Path::new(&files.at("new")).exists());
}
