//! Progress of jobs.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::ApiResult;
use crate::tasks::Job;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use std::sync::Arc;

/// A job and how far it is.
#[utoipa::path(
    get, path = "/jobs/{job}", tag = "jobs", operation_id = "job",
    params(("job" = String, Path)),
    responses((status = 200, description = "The answer.", body = Job)),
)]
pub(crate) async fn state(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(job): Path<String>,
) -> ApiResult<Json<Job>> {
    Ok(Json(blocking(&app, move |app| app.tasks.show(&caller.scope, &job)).await?))
}

/// Asks a job to stop.
#[utoipa::path(
    post, path = "/jobs/{job}/cancel", tag = "jobs", operation_id = "cancelJob",
    params(("job" = String, Path)),
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(job): Path<String>,
) -> ApiResult<StatusCode> {
    blocking(&app, move |app| app.tasks.cancel(&caller.scope, &job)).await?;
    Ok(StatusCode::NO_CONTENT)
}
