//! The authorisation matrix: what nobody, a reader, a writer and an owner may ask, route by route.

use axum::http::StatusCode;

#[macro_use]
mod site;

use site::{ROLES, Site};

/// (method, path, an address of it, a body, the least role that may).
const MATRIX: &[(&str, &str, &str, &str, &str)] = &[
    ("GET", "/openapi.json", "/openapi.json", "", "nobody"),
    ("GET", "/status", "/status", "", "nobody"),
    ("POST", "/setup", "/setup", "{}", "nobody"),
    ("POST", "/login", "/login", "{}", "nobody"),
    ("POST", "/logout", "/logout", "", "reader"),
    ("GET", "/schema", "/schema", "", "reader"),
    ("POST", "/tables", "/tables", "{}", "owner"),
    ("PATCH", "/tables/{table}", "/tables/t0", "{}", "owner"),
    ("DELETE", "/tables/{table}", "/tables/t0", "", "owner"),
    ("POST", "/tables/{table}/fields", "/tables/t0/fields", "{}", "owner"),
    ("PUT", "/tables/{table}/fields/order", "/tables/t0/fields/order", r#"{"fields":[]}"#, "owner"),
    ("PATCH", "/tables/{table}/fields/{field}", "/tables/t0/fields/u0", "{}", "owner"),
    ("DELETE", "/tables/{table}/fields/{field}", "/tables/t0/fields/u0", "", "owner"),
    (
        "POST",
        "/tables/{table}/fields/{field}/convert",
        "/tables/t0/fields/u0/convert",
        r#"{"to":{"kind":"text"},"preview":true}"#,
        "owner",
    ),
    ("POST", "/tables/{table}/formula/check", "/tables/customers/formula/check", r#"{"formula":"1"}"#, "reader"),
    ("POST", "/tables/{table}/marks", "/tables/customers/marks", r#"{"ids":[1]}"#, "reader"),
    ("GET", "/functions", "/functions", "", "reader"),
    ("GET", "/members", "/members", "", "reader"),
    ("GET", "/places", "/places", "", "reader"),
    ("POST", "/files", "/files", "", "writer"),
    ("GET", "/files/{id}", "/files/0", "", "reader"),
    ("POST", "/views", "/views", r#"{"table":"customers","columns":["name"]}"#, "reader"),
    ("GET", "/views/{view}/rows", "/views/v0/rows", "", "reader"),
    ("GET", "/views/{view}/place/{id}", "/views/v0/place/1", "", "reader"),
    ("GET", "/views/{view}/days", "/views/v0/days?field=time&from=2026-11-01&to=2026-12-01", "", "reader"),
    ("GET", "/views/{view}/summary", "/views/v0/summary", "", "reader"),
    ("GET", "/views/{view}/export", "/views/v0/export", "", "reader"),
    ("POST", "/views/{view}/bulk", "/views/v0/bulk", r#"{"act":{"delete":{}}}"#, "writer"),
    (
        "POST",
        "/views/{view}/bulk/preview",
        "/views/v0/bulk/preview",
        r#"{"replace":{"find":"a","with":"b"}}"#,
        "reader",
    ),
    ("GET", "/tables/{table}/saved", "/tables/customers/saved", "", "reader"),
    ("POST", "/tables/{table}/saved", "/tables/customers/saved", r#"{"name":""}"#, "writer"),
    ("PUT", "/tables/{table}/saved/order", "/tables/customers/saved/order", r#"{"views":[]}"#, "writer"),
    ("PATCH", "/saved/{id}", "/saved/999999", "{}", "writer"),
    ("DELETE", "/saved/{id}", "/saved/999999", "", "writer"),
    ("GET", "/saved/{id}/links", "/saved/999999/links", "", "reader"),
    ("POST", "/saved/{id}/links", "/saved/999999/links", "{}", "reader"),
    ("GET", "/links", "/links", "", "reader"),
    ("DELETE", "/links/{id}", "/links/0", "", "reader"),
    ("GET", "/feeds/{file}", "/feeds/0.csv", "", "nobody"),
    ("POST", "/saved/{id}/entries", "/saved/999999/entries", r#"{"values":{}}"#, "writer"),
    ("GET", "/forms/{secret}", "/forms/0", "", "nobody"),
    ("POST", "/forms/{secret}", "/forms/0", r#"{"values":{}}"#, "nobody"),
    ("GET", "/tables/{table}/consents", "/tables/customers/consents", "", "reader"),
    ("GET", "/tables/{table}/consents.csv", "/tables/customers/consents.csv", "", "reader"),
    ("GET", "/tables/{table}/fields/{field}/values", "/tables/customers/fields/city/values", "", "reader"),
    ("GET", "/tables/{table}/records/{id}", "/tables/customers/records/1", "", "reader"),
    ("GET", "/tables/{table}/records/{id}/history", "/tables/customers/records/1/history", "", "reader"),
    (
        "GET",
        "/tables/{table}/records",
        "/tables/customers/records?filter=%5B%40%E6%80%BB%E9%87%91%E9%A2%9D%5D%3E1&sort=-total,name",
        "",
        "reader",
    ),
    ("POST", "/tables/{table}/records", "/tables/customers/records", r#"{"records":[]}"#, "writer"),
    ("PATCH", "/tables/{table}/records", "/tables/customers/records", r#"{"cells":[]}"#, "writer"),
    ("DELETE", "/tables/{table}/records", "/tables/customers/records", r#"{"ids":[]}"#, "writer"),
    (
        "POST",
        "/tables/{table}/records/{id}/restore",
        "/tables/customers/records/1/restore",
        r#"{"change":1,"preview":true}"#,
        "writer",
    ),
    ("POST", "/undo", "/undo", "", "writer"),
    ("POST", "/redo", "/redo", "", "writer"),
    ("GET", "/changes", "/changes?table=customers", "", "reader"),
    ("GET", "/changes/{change}", "/changes/1", "", "reader"),
    ("POST", "/changes/{change}/undo", "/changes/999999/undo", "", "writer"),
    ("GET", "/trash", "/trash?table=customers", "", "reader"),
    ("POST", "/trash/restore", "/trash/restore", r#"{"records":[]}"#, "writer"),
    ("GET", "/customers/{id}/card", "/customers/1/card", "", "reader"),
    ("GET", "/customers/{id}/timeline", "/customers/1/timeline?kinds=order,talk", "", "reader"),
    ("POST", "/customers/{id}/notes", "/customers/1/notes", r#"{"text":"明天电话","preview":true}"#, "writer"),
    ("GET", "/tables/{table}/records/{id}/comments", "/tables/customers/records/1/comments", "", "reader"),
    (
        "POST",
        "/tables/{table}/records/{id}/comments",
        "/tables/customers/records/1/comments",
        r#"{"text":"看"}"#,
        "writer",
    ),
    ("POST", "/tables/{table}/commented", "/tables/customers/commented", r#"{"ids":[1]}"#, "reader"),
    ("POST", "/threads/{id}/comments", "/threads/999999/comments", r#"{"text":"看"}"#, "writer"),
    ("PATCH", "/threads/{id}", "/threads/999999", r#"{"resolved":true}"#, "writer"),
    ("PATCH", "/comments/{id}", "/comments/999999", r#"{"text":"看"}"#, "writer"),
    ("DELETE", "/comments/{id}", "/comments/999999", "", "writer"),
    ("POST", "/comments/{id}/restore", "/comments/999999/restore", "", "writer"),
    ("GET", "/mentions", "/mentions", "", "reader"),
    // Whoever can be mentioned can have seen it.
    ("POST", "/mentions/seen", "/mentions/seen", "{}", "reader"),
    ("GET", "/imports", "/imports", "", "reader"),
    ("POST", "/imports", "/imports", "", "owner"),
    ("PUT", "/imports/{id}", "/imports/i0", "{}", "owner"),
    ("DELETE", "/imports/{id}", "/imports/i0", "", "reader"),
    ("POST", "/imports/{id}/check", "/imports/i0/check", "", "owner"),
    ("POST", "/imports/{id}/run", "/imports/i0/run", "", "owner"),
    ("GET", "/imports/{id}/problems.xlsx", "/imports/i0/problems.xlsx", "", "reader"),
    ("GET", "/jobs/{job}", "/jobs/j0", "", "reader"),
    ("POST", "/jobs/{job}/cancel", "/jobs/j0/cancel", "", "reader"),
    ("GET", "/search", "/search?q=8000", "", "reader"),
    // Refused, as the stream itself has no end.
    ("GET", "/events", "/events?page=%21", "", "reader"),
    ("POST", "/presence", "/presence", r#"{"page":"p0"}"#, "reader"),
    ("GET", "/charts/overview", "/charts/overview", "", "reader"),
    ("GET", "/tokens", "/tokens", "", "reader"),
    ("POST", "/tokens", "/tokens", r#"{"name":"x","scope":"read"}"#, "reader"),
    ("DELETE", "/tokens/{id}", "/tokens/0", "", "reader"),
    ("GET", "/templates", "/templates", "", "reader"),
    ("GET", "/templates/{id}", "/templates/grades", "", "reader"),
    ("DELETE", "/templates/{id}", "/templates/none", "", "owner"),
    ("DELETE", "/templates/{id}/samples", "/templates/none/samples", "", "owner"),
    ("POST", "/templates/check", "/templates/check", r#"{"document":{}}"#, "owner"),
    ("POST", "/templates/add", "/templates/add", r#"{"id":"none"}"#, "owner"),
    ("POST", "/templates/export", "/templates/export", r#"{"label":"","description":"","tables":[]}"#, "owner"),
    ("POST", "/demo", "/demo", r#"{"customers":0,"orders":0}"#, "owner"),
    ("DELETE", "/demo", "/demo", "", "owner"),
];

#[test]
fn every_route_has_its_row_and_fails_closed() {
    let doc = server::document().unwrap();
    let mut routes = 0;
    for (path, operations) in doc["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            routes += 1;
            let known = MATRIX.iter().any(|m| m.0.eq_ignore_ascii_case(method) && m.1 == path);
            assert!(known, "{method} {path} has no row in the authorisation matrix");
        }
    }
    assert_eq!(routes, MATRIX.len(), "a row of the matrix has no route");
}

async fn roles_may_do_what_the_matrix_says(site: &Site) {
    for (method, _, path, body, least) in MATRIX {
        let rank = |role: &str| ROLES.iter().position(|(r, _)| *r == role).unwrap();
        for (role, _) in ROLES {
            // Logging out would end the session the other calls use.
            if *path == "/logout" && role != "nobody" {
                continue;
            }
            let body = (!body.is_empty()).then(|| serde_json::from_str(body).unwrap());
            let (status, answer) = site.call(role, method, path, body).await;
            let refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
            let wrong_login = *path == "/login";
            assert_eq!(refused && !wrong_login, rank(role) < rank(least), "{role} {method} {path}: {status} {answer}");
            if status.is_client_error() {
                assert!(answer["error"]["code"].is_string(), "{role} {method} {path}: {status} {answer}");
                assert!(answer["error"]["request_id"].is_string());
            }
            assert!(!status.is_server_error(), "{role} {method} {path}: {status} {answer}");
        }
    }
}

on_both_engines!(roles_may_do_what_the_matrix_says);
