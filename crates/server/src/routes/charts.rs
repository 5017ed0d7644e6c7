//! Figures for charts.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::ApiResult;
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

pub(crate) async fn overview(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<Json<store::Overview>> {
    Ok(Json(blocking(&app, move |app| app.book().overview(&caller.scope)).await?))
}
