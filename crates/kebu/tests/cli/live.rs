//! Two server processes on one PostgreSQL: what one changes the other tells, and what one leaves the other finishes.

use crate::support::{Place, Server};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::time::{Duration, Instant};

/// Puts a figure into the output of the test.
fn say(figure: &str) {
    writeln!(std::io::stdout(), "{figure}").expect("it is said");
}

struct Pair {
    place: Place,
    token: String,
    servers: Vec<Server>,
}

fn pair() -> Pair {
    let place = Place::on_postgres();
    place.kebu(&["user", "add", "boss"]).exits(0);
    let token = place.kebu(&["token", "create"]).exits(0).json()["token"].as_str().expect("a token").to_owned();
    let servers = vec![Server::start(&place), Server::start(&place)];
    Pair { place, token, servers }
}

impl Pair {
    fn ok(&self, server: usize, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.servers[server].call(method, path, Some(&self.token), body.as_ref());
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    fn customer(&self, server: usize, name: &str) -> i64 {
        let body = json!({ "records": [{ "name": name }] });
        self.ok(server, "POST", "/tables/customers/records", Some(body))["ids"][0].as_i64().expect("an id")
    }
}

#[test]
fn what_one_process_changes_the_other_tells_within_half_a_second() {
    let pair = pair();
    let id = pair.customer(0, "甲");
    let mut news = pair.servers[1].listen(&pair.token, "");
    let mut took: Vec<Duration> = (0..20)
        .map(|n| {
            let before = Instant::now();
            let body = json!({ "cells": [{ "id": id, "field": "city", "value": format!("城{n}") }] });
            let change = pair.ok(0, "PATCH", "/tables/customers/records", Some(body))["change"].clone();
            let told = news.wait("records");
            assert_eq!((&told["change"], &told["tables"]["customers"]["ids"]), (&change, &json!([id])));
            before.elapsed()
        })
        .collect();
    took.sort();
    say(&format!(
        "an edit through one process is told by the other after {:?} (median), {:?} (slowest)",
        took[10], took[19]
    ));
    assert!(took[19] < Duration::from_millis(500), "{took:?}");

    // Who is here crosses too, and so does the shape.
    let place = &pair.place;
    place.kebu(&["user", "add", "clerk"]).exits(0);
    let made = place.kebu(&["token", "create", "--user", "clerk"]).exits(0).json();
    let clerk = made["token"].as_str().expect("a token");
    let here = pair.servers[0].listen(clerk, "?page=c1");
    assert_eq!(news.wait("here")["name"], "clerk");
    let cell = json!({ "page": "c1", "table": "customers", "record": id, "field": "city" });
    assert_eq!(pair.servers[0].call("POST", "/presence", Some(clerk), Some(&cell)).0, 204);
    assert_eq!(news.wait("here")["at"]["record"], id);
    // A process that begins to listen later asks who is here.
    let third = Server::start(place);
    let mut late = third.listen(&pair.token, "");
    // It may hear before it has said hello.
    let known = late.hello["people"][0].clone();
    assert_eq!(if known.is_null() { late.wait("here") } else { known }["at"]["record"], id);
    drop(here);
    assert_eq!(news.wait("gone")["page"], "c1");
    pair.ok(0, "POST", "/tables", Some(json!({ "label": "样品" })));
    news.wait("schema");
}

#[test]
fn a_killed_process_loses_no_acknowledged_edit() {
    let mut pair = pair();
    let doomed = pair.servers.remove(0);
    let token = pair.token.clone();
    let mut acknowledged = BTreeSet::new();
    let begun = Instant::now();
    std::thread::scope(|s| {
        let writers: Vec<_> = (0..3)
            .map(|w| {
                let (doomed, token) = (&doomed, &token);
                s.spawn(move || {
                    let mut done = Vec::new();
                    for n in 0.. {
                        let name = format!("客{w}-{n}");
                        let body = json!({ "records": [{ "name": name }] });
                        let answer = doomed.try_call("POST", "/tables/customers/records", Some(token), Some(&body));
                        match answer {
                            Some((200, _)) => done.push(name),
                            _ => break,
                        }
                    }
                    done
                })
            })
            .collect();
        while begun.elapsed() < Duration::from_millis(1_500) {
            std::thread::sleep(Duration::from_millis(10));
        }
        doomed.kill_now();
        for w in writers {
            acknowledged.extend(w.join().expect("a writer"));
        }
    });
    assert!(acknowledged.len() > 20, "{}", acknowledged.len());
    let asked = json!({ "table": "customers", "columns": ["name"] });
    let view = pair.ok(0, "POST", "/views", Some(asked));
    let mut there = BTreeSet::new();
    for offset in (0..view["total"].as_u64().expect("a total")).step_by(500) {
        let path = format!("/views/{}/rows?offset={offset}&limit=500", view["view"].as_str().expect("a view"));
        let rows = pair.ok(0, "GET", &path, None);
        let names = rows["rows"].as_array().expect("rows").iter().filter_map(|r| r[1].as_str().map(str::to_owned));
        there.extend(names);
    }
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "{lost:?}");
    say(&format!("{} acknowledged records, none lost", acknowledged.len()));
    assert_eq!(pair.place.kebu(&["check"]).exits(0).json()["sound"], true);
}

#[test]
fn work_of_a_killed_process_is_finished_by_the_other() {
    let mut pair = pair();
    let sheets = pair.place.demo("sheets", 6_000, 50);
    pair.place.kebu(&["import", &sheets[0], &sheets[1]]).exits(0);
    let mut news = pair.servers[1].listen(&pair.token, "");
    // The new column reads orders, which somebody else holds: the filling cannot end before its process does.
    let held = testkit::postgres::hold(&pair.place.address(), "LOCK TABLE book_1.orders IN ACCESS EXCLUSIVE MODE");
    let field = json!({
        "label": "笔数", "kind": "number", "decimals": 0, "unit": "", "formula": "COUNTIFS(订单[客户],[@客户编号])",
    });
    let made = pair.ok(0, "POST", "/tables/customers/fields", Some(field));
    let fill = format!("/jobs/{}", made["job"].as_str().expect("6,000 records are a job"));
    let demo = pair.ok(0, "POST", "/demo", Some(json!({ "customers": 10, "orders": 10 })));
    let demo = format!("/jobs/{}", demo["job"].as_str().expect("a job"));
    for job in [&fill, &demo] {
        assert_eq!(pair.ok(1, "GET", job, None)["state"], "running", "a job is seen by the other process");
    }
    let killed = Instant::now();
    pair.servers.remove(0).kill();
    drop(held);
    let state = |job: &str| pair.ok(0, "GET", job, None);
    while state(&fill)["state"] == "running" {
        assert!(killed.elapsed() < Duration::from_secs(30), "nobody took the filling over: {}", state(&fill));
        std::thread::sleep(Duration::from_millis(100));
    }
    say(&format!("a filling was taken over and finished {:?} after its process was killed", killed.elapsed()));
    assert_eq!(state(&fill)["state"], "done");
    // The other page hears that rows were computed anew.
    while news.wait("records")["change"] != 0 {}
    while state(&demo)["state"] == "running" {
        assert!(killed.elapsed() < Duration::from_secs(40), "{}", state(&demo));
        std::thread::sleep(Duration::from_millis(100));
    }
    let failed = state(&demo);
    assert_eq!((&failed["state"], &failed["error"]["code"]), (&json!("failed"), &json!("internal")));
    assert!(failed["error"]["message"].as_str().is_some_and(|m| m.contains("服务进程停了")), "{failed}");
    assert_eq!(pair.place.kebu(&["check"]).exits(0).json()["sound"], true);
}
