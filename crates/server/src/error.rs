//! Errors as HTTP answers: stable code, message in the caller's language, field, request id.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::{Error, ErrorCode, Lang};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};

/// An error on its way to the caller.
pub(crate) struct ApiError(pub Error);

/// What handlers return.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

impl From<Error> for ApiError {
    fn from(e: Error) -> Self {
        Self(e)
    }
}

/// Carried from the handler to the layer that knows the caller's language.
#[derive(Clone)]
struct Pending(Error);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self.0.code {
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::Forbidden => StatusCode::FORBIDDEN,
            ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
            ErrorCode::Invalid | ErrorCode::Formula | ErrorCode::BadFile => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::Conflict | ErrorCode::Cancelled => StatusCode::CONFLICT,
            ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Pending(self.0));
        response
    }
}

/// A request that is not of its form: bad JSON, a missing part, an unknown value.
pub(crate) fn malformed(why: impl std::fmt::Display) -> ApiError {
    ApiError(Error::new(
        ErrorCode::Invalid,
        format!("请求的格式不对：{why}"),
        format!("The request is not of its form: {why}"),
    ))
}

/// The language a caller asks for.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or("");
    if asked.trim_start().to_ascii_lowercase().starts_with("en") { Lang::En } else { Lang::Zh }
}

static REQUESTS: AtomicU64 = AtomicU64::new(1);

/// Gives every error answer its body, and every answer a request id.
pub(crate) async fn answer_errors(request: Request, next: Next) -> Response {
    let lang = language(request.headers());
    let api = request.uri().path().starts_with("/api/");
    let id = format!("r{}", REQUESTS.fetch_add(1, Ordering::Relaxed));
    let response = next.run(request).await;
    let status = response.status();
    let pending = response.extensions().get::<Pending>().cloned();
    let error = match pending {
        Some(Pending(e)) => e,
        // Answers the framework makes itself: unknown routes, wrong methods, bodies it cannot read.
        None if api && status.is_client_error() => framework_error(status),
        None => return response,
    };
    if error.code == ErrorCode::Internal {
        tracing::error!(request = id, cause = error.en, "request failed");
    }
    let message = if error.code == ErrorCode::Internal {
        match lang {
            Lang::Zh => "程序内部出错，没有保存；请把请求编号告诉管理员",
            Lang::En => "Something failed inside, nothing was saved; give the request id to your administrator",
        }
        .to_owned()
    } else {
        error.message(lang).to_owned()
    };
    let mut body = json!({ "code": error.code.as_str(), "message": message, "request_id": id });
    if let Some(field) = &error.field {
        body["field"] = json!(field);
    }
    (status, Json(json!({ "error": body }))).into_response()
}

fn framework_error(status: StatusCode) -> Error {
    match status {
        StatusCode::NOT_FOUND => Error::new(ErrorCode::NotFound, "没有这个接口", "There is no such endpoint"),
        StatusCode::METHOD_NOT_ALLOWED => {
            Error::new(ErrorCode::Invalid, "这个接口不支持这种请求方法", "The endpoint does not take this method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Error::new(ErrorCode::TooLarge, "请求太大", "The request is too large"),
        _ => Error::new(ErrorCode::Invalid, "请求的格式不对", "The request is not of its form"),
    }
}
