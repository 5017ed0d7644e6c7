//! The stream of news, and who is where.

use crate::app::{App, blocking};
use crate::auth::{Caller, digest, secret};
use crate::error::{ApiResult, malformed};
use crate::live::{Stream, Told, say};
use crate::people::{Place, Spoken};
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Most characters of the name a page gives itself.
const LONGEST: usize = 40;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct From {
    /// The page's own name, of letters and digits; without one it is not shown to others.
    page: Option<String>,
    /// The number of the last event known.
    after: Option<i64>,
}

fn page_name(page: &str) -> bool {
    !page.is_empty() && page.len() <= LONGEST && page.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The news of the book as server-sent events, without an end: `records` (`{"change","by","tables":{"<table>":{"ids":[…]|null,
/// "new":[…],"created":n,"deleted":n}}}`), `schema`, `views`, `comments` (`{"table","record","by","to":[…]}`, without
/// what was said), `mentions` (the caller saw some), `reload` (too much was missed), `hello`, `here` and `gone` (who
/// else is where). The number of the last event goes into `Last-Event-ID` or `after`.
#[utoipa::path(
    get, path = "/events", tag = "live", operation_id = "events",
    params(From),
    responses((status = 200, description = "The stream.", body = String, content_type = "text/event-stream")),
)]
pub(crate) async fn stream(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    from: Result<Query<From>, QueryRejection>,
) -> ApiResult<Response> {
    let Query(from) = from.map_err(malformed)?;
    if from.page.as_deref().is_some_and(|p| !page_name(p)) {
        return Err(malformed("page"));
    }
    // A browser that connects anew by itself says where it was; the address still says where it began.
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()?.parse().ok());
    let digest = secret(&headers).map(digest).unwrap_or_default();
    let stream = Stream::open(app, caller.user, caller.scope, digest, from.page, last.or(from.after)).await?;
    let mut response = Sse::new(futures_util::stream::unfold(stream, Stream::next)).into_response();
    // What stands between must not wait for more before it passes something on.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// Where a person is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Presence {
    /// The name the page gave itself with its stream: letters and digits.
    page: String,
    #[serde(default)]
    table: Option<String>,
    #[serde(default)]
    record: Option<i64>,
    #[serde(default)]
    field: Option<String>,
}

/// Says in which cell a person is; others see it.
#[utoipa::path(
    post, path = "/presence", tag = "live", operation_id = "presence",
    request_body = Presence,
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn presence(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Result<Json<Presence>, JsonRejection>,
) -> ApiResult<StatusCode> {
    let Json(p) = body.map_err(malformed)?;
    if !page_name(&p.page) {
        return Err(malformed("page"));
    }
    let schema = blocking(&app, |app| Ok(app.book().schema())).await?;
    let at = match p.table {
        Some(table) => {
            let def = schema.require(&table)?;
            let field = p.field.map(|f| def.require(&f).map(|f| f.key.to_string())).transpose()?;
            Some(Place { table, record: p.record, field })
        }
        None => None,
    };
    if let Some(person) = app.live.people.go(&caller.user, &p.page, at)? {
        app.live.tell(Told::Here(Arc::clone(&person)));
        say(&app, Spoken::Here(person));
    }
    Ok(StatusCode::NO_CONTENT)
}
