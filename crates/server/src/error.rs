//! Errors as HTTP answers: stable code, message in the caller's language, field, request id.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::{Error, ErrorCode, Label, Lang};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// An error on its way to the caller.
pub(crate) struct ApiError(pub Error);

impl ApiError {
    /// The same error about one field.
    pub(crate) fn on(self, field: &str) -> Self {
        Self(self.0.on(field))
    }
}

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

/// What is wrong with each of several fields, on its way to the caller.
#[derive(Clone)]
struct Faults(Vec<(String, Label)>);

/// The answer to what cannot be taken as it is: every field that is wrong, and why.
pub(crate) fn refused(faults: Vec<(String, Label)>) -> Response {
    let n = faults.len();
    let mut error = Error::new(
        ErrorCode::Invalid,
        format!("有 {n} 处需要修改"),
        format!("{n} {} to be mended", if n == 1 { "part has" } else { "parts have" }),
    );
    error.field = faults.first().map(|(field, _)| field.clone());
    let mut response = ApiError(error).into_response();
    response.extensions_mut().insert(Faults(faults));
    response
}

/// The status that goes with a code.
fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::Invalid | ErrorCode::Formula | ErrorCode::BadFile => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::Conflict | ErrorCode::Cancelled => StatusCode::CONFLICT,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::TooOften => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The stable codes of errors, for the API's document.
#[derive(Serialize)]
pub(crate) struct ErrorCodeName(&'static str);

impl ErrorCodeName {
    pub(crate) fn of(code: ErrorCode) -> Self {
        Self(code.as_str())
    }
}

impl PartialSchema for ErrorCodeName {
    fn schema() -> RefOr<Schema> {
        let line = |c: &ErrorCode| format!("- `{}` ({}): {}", c.as_str(), status(*c).as_u16(), c.means());
        let says: Vec<String> = ErrorCode::ALL.iter().map(line).collect();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(ErrorCode::ALL.map(ErrorCode::as_str)))
            .description(Some(format!("What went wrong, for programs; with its HTTP status:\n{}", says.join("\n"))))
            .into()
    }
}

impl ToSchema for ErrorCodeName {
    fn name() -> std::borrow::Cow<'static, str> {
        "ErrorCode".into()
    }
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    code: ErrorCodeName,
    /// What, where and how to mend it, in the caller's language.
    message: String,
    /// The field it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The record it is about, where several were written at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<i64>,
    /// Of a form: every field that is wrong, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<BTreeMap<String, String>>,
    /// Names the request in the server's log.
    request_id: String,
}

/// The answer to a request that failed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorAnswer {
    error: ErrorBody,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = status(self.0.code).into_response();
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

/// The answer to one who asks too often, with the seconds after which to ask again.
pub(crate) fn too_often(seconds: u64) -> Response {
    let minutes = seconds.div_ceil(60);
    let error = Error::new(
        ErrorCode::TooOften,
        format!("请求太频繁，请 {minutes} 分钟后再试"),
        format!("Asked too often; try again in {minutes} min"),
    );
    let mut response = ApiError(error).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
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
    let faults = response.extensions().get::<Faults>();
    let fields = faults.map(|f| f.0.iter().map(|(field, why)| (field.clone(), why.get(lang).to_owned())).collect());
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
    let code = ErrorCodeName::of(error.code);
    let body =
        ErrorBody { code, message, field: error.field, record: error.record.map(i64::from), fields, request_id: id };
    let body = Json(ErrorAnswer { error: body });
    let mut answer = (status, body).into_response();
    if let Some(after) = response.headers().get(header::RETRY_AFTER) {
        answer.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
    answer
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
