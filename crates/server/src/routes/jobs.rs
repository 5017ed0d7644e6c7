//! Progress of jobs.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::ApiResult;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;
use std::sync::Arc;

pub(crate) async fn state(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(job): Path<String>,
) -> ApiResult<Json<Value>> {
    Ok(Json(blocking(&app, move |app| app.tasks.show(&caller.scope, &job)).await?))
}

pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(job): Path<String>,
) -> ApiResult<StatusCode> {
    blocking(&app, move |app| app.tasks.cancel(&caller.scope, &job)).await?;
    Ok(StatusCode::NO_CONTENT)
}
