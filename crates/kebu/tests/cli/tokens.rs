//! API tokens from the command line, and those of earlier programs.

use crate::support::{Place, python};
use serde_json::{Value, json};

fn listed(place: &Place) -> Vec<Value> {
    let list = place.kebu(&["token", "list"]).exits(0).json();
    list["tokens"].as_array().expect("a list").clone()
}

#[test]
fn tokens_are_made_with_a_scope_listed_and_revoked() {
    let place = Place::new();
    place.kebu(&["user", "add", "mei", "--access", "write"]).exits(0);
    let made = place.kebu(&["token", "create", "--label", "报表", "--scope", "read", "--days", "3"]);
    let made = made.exits(0).json();
    let secret = made["token"].as_str().expect("a secret");
    let [token] = &listed(&place)[..] else { panic!("one token") };
    assert_eq!((&token["id"], &token["name"], &token["scope"]), (&made["id"], &json!("报表"), &json!("read")));
    assert!(token["expires"].is_i64() && token["used"].is_null() && !token.to_string().contains(&secret[5..]));
    let id = made["id"].as_str().expect("an id");
    place.kebu(&["token", "revoke", id]).exits(0);
    place.kebu(&["token", "revoke", id]).exits(1);
    assert_eq!(listed(&place), Vec::<Value>::new());
}

#[test]
fn tokens_of_an_earlier_program_stay_good_for_what_their_user_may() {
    let place = Place::new();
    place.kebu(&["user", "add", "mei", "--access", "write"]).exits(0);
    place.kebu(&["token", "create", "--label", "旧的"]).exits(0);
    let system = place.path("data/system.db").display().to_string();
    let drop = |column: &str| format!("ALTER TABLE sessions DROP COLUMN {column}");
    let later = ["DROP TABLE jobs", "DROP TABLE leases"];
    python("book.py", &["run", &system, &drop("access"), &drop("used"), later[0], later[1], "PRAGMA user_version = 1"]);
    let [token] = &listed(&place)[..] else { panic!("one token") };
    assert_eq!((&token["name"], &token["scope"], &token["expires"]), (&json!("旧的"), &json!("write"), &Value::Null));
}
