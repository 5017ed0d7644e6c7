//! Bodies of writes that may be sent twice: the header `Idempotency-Key` and what it stands for.

use crate::error::{ApiError, malformed};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::{Json, http};
use model::{Error, ErrorCode, Result};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use store::Once;

/// The name of the header.
const HEADER: &str = "idempotency-key";
/// Longest key.
const LONGEST: usize = 200;

/// A JSON body, with its key where the request carries one.
pub(crate) struct Keyed<T> {
    pub body: T,
    pub once: Option<Once>,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Keyed<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let key = key(request.headers())?;
        let json = request.headers().get(http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        if !json.is_some_and(|kind| kind.starts_with("application/json")) {
            return Err(malformed("Content-Type: application/json"));
        }
        let what = format!("{} {}\n", request.method(), request.uri());
        let bytes = Bytes::from_request(request, state).await.map_err(|e| match e.status() {
            http::StatusCode::PAYLOAD_TOO_LARGE => {
                Error::new(ErrorCode::TooLarge, "请求太大", "The request is too large").into()
            }
            _ => malformed(e),
        })?;
        let once = key.map(|key| {
            let mut digest = Sha256::new_with_prefix(what.as_bytes());
            digest.update(&bytes);
            Once { key, digest: crate::auth::hex(&digest.finalize()) }
        });
        let Json(body) = Json::from_bytes(&bytes).map_err(malformed)?;
        Ok(Self { body, once })
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let key = value.to_str().ok().map(str::trim).filter(|k| (1..=LONGEST).contains(&k.len()));
    key.map(|k| Some(k.to_owned())).ok_or_else(|| {
        Error::new(
            ErrorCode::Invalid,
            format!("Idempotency-Key 应为 1 到 {LONGEST} 个 ASCII 字符"),
            format!("An Idempotency-Key has 1 to {LONGEST} ASCII characters"),
        )
        .on("Idempotency-Key")
    })
}
