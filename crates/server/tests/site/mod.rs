//! What the tests of the API share.

#![allow(dead_code)] // Not every test needs all of it.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use model::{Access, Date};
use serde_json::Value;
use server::{App, Clock, router};
use std::sync::Arc;
use store::DataFolder;
use tower::ServiceExt;

/// A server over a scratch folder, and a client of every role.
pub struct Site {
    pub app: Arc<App>,
    pub data: Arc<DataFolder>,
    pub folder: tempfile::TempDir,
}

/// Role → token; the empty token is nobody.
pub const ROLES: [(&str, Option<Access>); 4] =
    [("nobody", None), ("reader", Some(Access::Read)), ("writer", Some(Access::Write)), ("owner", Some(Access::Own))];

impl Site {
    pub fn new() -> Self {
        Self::over(None)
    }

    /// On a PostgreSQL server. Made on a thread of its own: nothing may wait for a server on an async one.
    pub fn on_postgres() -> Self {
        let made = std::thread::spawn(|| Self::over(Some(testkit::postgres::new_database())));
        made.join().expect("the site is made")
    }

    fn over(database: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let today = Date::from_iso("2026-11-21").unwrap();
        let data = DataFolder::open(&folder.path().join("data"), database.as_deref(), today).unwrap();
        for (login, access) in ROLES.iter().filter_map(|(l, a)| a.map(|a| (*l, a))) {
            let id = data.system.add_user(login, "", "unused", access, false).unwrap();
            data.system.add_session(&digest(login), id, true, "test", None).unwrap();
        }
        let data = Arc::new(data);
        Self { app: App::new(Arc::clone(&data), Clock::Fixed(today)).unwrap(), data, folder }
    }

    pub fn fresh() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let today = Date::from_iso("2026-11-21").unwrap();
        let data = DataFolder::open(&folder.path().join("data"), None, today).unwrap();
        let data = Arc::new(data);
        Self { app: App::new(Arc::clone(&data), Clock::Fixed(today)).unwrap(), data, folder }
    }

    pub async fn send(&self, request: Request<Body>) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
        let response = router(Arc::clone(&self.app)).oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        (status, headers, response.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    pub async fn call(&self, role: &str, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let mut r = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if role != "nobody" {
            r = r.header(header::AUTHORIZATION, format!("Bearer {role}"));
        }
        let body = match body {
            Some(b) => {
                r = r.header(header::CONTENT_TYPE, "application/json");
                Body::from(b.to_string())
            }
            None => Body::empty(),
        };
        let (status, _, bytes) = self.send(r.body(body).unwrap()).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub async fn ok(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, body) = self.call("owner", method, path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {body}");
        body
    }

    pub async fn job(&self, started: &Value) -> Value {
        let path = format!("/jobs/{}", started["job"].as_str().unwrap());
        for _ in 0..600 {
            let state = self.ok("GET", &path, None).await;
            if state["state"] != "running" {
                return state;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the job does not end");
    }

    pub async fn upload(&self, files: &[(&str, &[u8])]) -> (StatusCode, Value) {
        self.upload_to("/imports", files).await
    }

    pub async fn upload_to(&self, path: &str, files: &[(&str, &[u8])]) -> (StatusCode, Value) {
        let mut body = Vec::new();
        for (name, content) in files {
            body.extend(
                format!("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
                    .into_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--XX--\r\n");
        let r = Request::builder()
            .method("POST")
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, "Bearer owner")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
            .body(Body::from(body))
            .unwrap();
        let (status, _, bytes) = self.send(r).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

pub fn digest(secret: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(secret.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Two tests of each function: a site on files, and one on PostgreSQL.
#[allow(unused_macros)] // Not every test runs on both.
macro_rules! on_both_engines {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(&super::Site::new()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                let site = super::Site::on_postgres();
                super::$test(&site).await;
                // Closing connections waits for the server, which no async thread may.
                std::thread::spawn(move || drop(site)).join().expect("the site is closed");
            })*
        }
    };
}
