//! The binary over PostgreSQL: the same books, several processes, addresses that are wrong.

use crate::support::{Place, Server, fixture};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

/// Every customer and order as text.
fn exported(place: &Place) -> [String; 2] {
    ["customers", "orders"].map(|table| {
        let file = place.at(&format!("{table}.csv"));
        place.kebu(&["export", table, "--out", &file]).exits(0);
        std::fs::read_to_string(file).expect("the export")
    })
}

#[test]
fn both_engines_make_the_same_book_of_the_same_sheets() {
    let (files, server) = (Place::new(), Place::on_postgres());
    let sheets = files.demo("sheets", 400, 3_000);
    for place in [&files, &server] {
        // The second run matches everything again.
        for _ in 0..2 {
            place.kebu(&["import", &sheets[0], &sheets[1]]).exits(0);
        }
        let report = place.kebu(&["import", &fixture("微商客户与订单一张表.xlsx")]);
        assert!(matches!(report.code, 0 | 3), "{}", report.err);
        assert_eq!(place.kebu(&["check"]).exits(0).json()["sound"], true);
    }
    let (a, b) = (exported(&files), exported(&server));
    for (a, b) in a.iter().zip(&b) {
        assert!(a.lines().count() > 400, "{}", a.lines().count());
        for (a, b) in a.lines().zip(b.lines()) {
            assert_eq!(a, b);
        }
        assert_eq!(a, b);
    }
}

#[test]
fn a_server_that_is_asked_to_stop_stops_cleanly() {
    for place in [Place::new(), Place::on_postgres()] {
        let server = Server::start(&place);
        let browser = server.kept_open();
        assert_eq!(server.stop(), Some(0));
        drop(browser);
    }
}

#[test]
fn what_was_acknowledged_survives_the_process() {
    let place = Place::on_postgres();
    let server = Server::start(&place);
    assert_eq!(server.said["created"], true);
    let code = server.said["setup_code"].as_str().expect("a code").to_owned();
    let setup = json!({ "code": code, "login": "boss", "password": "long enough" });
    assert_eq!(server.call("POST", "/setup", None, Some(&setup)).0, 200);
    server.kill();
    let again = Server::start(&place);
    assert_eq!(again.said["created"], false);
    let login = json!({ "login": "boss", "password": "long enough" });
    assert_eq!(again.call("POST", "/login", None, Some(&login)).0, 200);
}

#[test]
fn two_processes_write_to_one_book_without_treading_on_each_other() {
    let place = Place::on_postgres();
    place.kebu(&["user", "add", "boss"]).exits(0);
    let token = place.kebu(&["token", "create"]).exits(0).json()["token"].as_str().expect("a token").to_owned();
    let servers = [Server::start(&place), Server::start(&place)];
    std::thread::scope(|s| {
        for server in &servers {
            s.spawn(|| {
                for i in 0..25 {
                    let body = json!({ "records": [{ "name": format!("客户{i}") }] });
                    let (status, answer) = server.call("POST", "/tables/customers/records", Some(&token), Some(&body));
                    assert!((200..300).contains(&status), "{status} {answer}");
                }
            });
        }
    });
    let [customers, _] = exported(&place);
    let codes: BTreeSet<&str> = customers.lines().skip(1).filter_map(|l| l.split(',').next()).collect();
    assert_eq!(codes.len(), 50, "every customer has a code of its own");
    assert_eq!(place.kebu(&["check"]).exits(0).json()["sound"], true);
}

#[test]
fn a_killed_import_leaves_nothing() {
    let place = Place::on_postgres();
    let sheets = place.demo("sheets", 2_000, 20_000);
    let mut import = place.command(crate::support::TODAY);
    let mut child = import.args(["import", &sheets[0], &sheets[1]]).spawn().expect("the import starts");
    std::thread::sleep(Duration::from_millis(600));
    let finished = child.try_wait().expect("its state").is_some();
    child.kill().expect("it is killed");
    child.wait().expect("it ended");
    let [customers, orders] = exported(&place);
    if !finished {
        assert_eq!((customers.lines().count(), orders.lines().count()), (1, 1));
    }
    assert_eq!(place.kebu(&["check"]).exits(0).json()["sound"], true);
}

#[test]
fn wrong_addresses_are_told_plainly() {
    for (address, code) in [
        ("postgres://host:notaport/x", "invalid"),
        ("postgres://kebu@127.0.0.1:1/none", "busy"),
        ("postgres://kebu@localhost:1/none?sslrootcert=/nowhere.pem", "invalid"),
    ] {
        let error = Place::at_address(address.into()).kebu(&["check"]).exits(1).json();
        assert_eq!(error["error"]["code"], code, "{address}: {error}");
    }
}

#[test]
fn tls_is_used_and_its_certificate_verified() {
    let (address, authority) = testkit::postgres::tls_address();
    let good = Place::at_address(format!("{address}?sslmode=require&sslrootcert={}", authority.display()));
    assert_eq!(good.kebu(&["check"]).exits(0).json()["sound"], true);
    let unknown = Place::at_address(format!("{address}?sslmode=require"));
    let error = unknown.kebu(&["check"]).exits(1).json();
    assert_eq!(error["error"]["code"], "busy", "a certificate nobody vouches for is refused: {error}");
}
