//! Figures for charts.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::ApiResult;
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

/// Figures for the overview.
#[utoipa::path(
    get, path = "/charts/overview", tag = "charts", operation_id = "overview",
    responses((status = 200, description = "The answer.", body = store::Overview)),
)]
pub(crate) async fn overview(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<Json<store::Overview>> {
    Ok(Json(blocking(&app, move |app| app.book().overview(&caller.scope)).await?))
}
