//! Users, tokens and the served book.

use crate::support::{Place, Server, TODAY, command, run};
use serde_json::json;
use std::io::Write;
use std::process::Stdio;

#[test]
fn a_new_book_is_served_with_a_set_up_code_and_answers() {
    let place = Place::new();
    let server = Server::start(&place);
    assert!(server.said["url"].as_str().is_some_and(|u| u.starts_with("http://127.0.0.1:")), "{}", server.said);
    assert_eq!(server.said["created"], true);
    let (status, answer) = server.call("GET", "/status", None, None);
    assert_eq!((status, &answer["setup_needed"], &answer["user"]), (200, &json!(true), &json!(null)), "{answer}");
    let code = server.said["setup_code"].as_str().expect("a code");
    let body = json!({ "code": code, "login": "boss", "password": "long enough" });
    let (status, answer) = server.call("POST", "/setup", None, Some(&body));
    assert_eq!((status, &answer["setup_needed"]), (200, &json!(false)), "{answer}");
    server.kill();

    let again = Server::start(&place);
    assert_eq!((&again.said["setup_code"], &again.said["created"]), (&json!(null), &json!(false)), "{}", again.said);
    let login = json!({ "login": "boss", "password": "long enough" });
    assert_eq!(again.call("POST", "/login", None, Some(&login)).0, 200, "what was acknowledged survives a kill");
}

#[test]
fn words_tell_the_address_and_the_code() {
    let place = Place::new();
    let mut child = command()
        .args(["--data", &place.at("data"), "serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let out = std::io::BufReader::new(child.stdout.take().expect("output"));
    let lines: Vec<String> = std::io::BufRead::lines(out).take(2).map_while(Result::ok).collect();
    child.kill().expect("it stops");
    child.wait().expect("it stopped");
    let text = lines.join("\n");
    assert!(text.contains("http://127.0.0.1:") && text.contains("设置码"), "{text}");
}

#[test]
fn users_and_tokens_are_made_on_the_command_line_and_bind_what_they_may_do() {
    let place = Place::new();
    assert!(place.kebu(&["token", "create"]).exits(1).json()["error"]["code"].is_string(), "a token is somebody's");
    let made = place.kebu(&["user", "add", "boss"]).exits(0).json();
    assert!(made["password"].as_str().is_some_and(|p| p.len() >= 12), "{made}");

    let mut child = command()
        .args([
            "--data",
            &place.at("data"),
            "--as-of",
            TODAY,
            "--json",
            "user",
            "add",
            "clerk",
            "--access",
            "read",
            "--password-stdin",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("input").write_all(b"a long password\n").expect("written");
    assert!(child.wait_with_output().expect("it ends").status.success());
    place.kebu(&["user", "add", "boss"]).exits(1);
    place.kebu(&["token", "create", "--user", "nobody"]).exits(1);

    let token = |user: &str| {
        let made = place.kebu(&["token", "create", "--user", user]).exits(0).json();
        made["token"].as_str().expect("a token").to_owned()
    };
    let (boss, clerk) = (token("boss"), token("clerk"));
    let server = Server::start(&place);
    assert_eq!(server.said["setup_code"], json!(null), "there are users already");
    let records = json!({ "records": [{ "name": "王小华" }] });
    let create = |t: Option<&str>| server.call("POST", "/tables/customers/records", t, Some(&records)).0;
    let schema = |t: Option<&str>| server.call("GET", "/schema", t, None).0;
    assert_eq!(
        (schema(None), schema(Some("kebu_wrong")), schema(Some(&clerk)), schema(Some(&boss))),
        (401, 401, 200, 200)
    );
    assert_eq!((create(None), create(Some(&clerk)), create(Some(&boss))), (401, 403, 200));
    for (login, password) in [("boss", made["password"].as_str().expect("one")), ("clerk", "a long password")] {
        let body = json!({ "login": login, "password": password });
        assert_eq!(server.call("POST", "/login", None, Some(&body)).0, 200, "{login}");
    }
    server.kill();
    assert_eq!(place.sound_counts(), (1, 0));
}

#[test]
fn an_address_that_cannot_be_listened_on_is_an_error() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let ran = run(&["--data", &place.at("data"), "--lang", "en", "serve", "--listen", &address]).exits(1);
    assert!(ran.err.contains(&address), "{}", ran.err);
}
