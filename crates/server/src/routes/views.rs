//! Views: opening, pages, figures, values for filters.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::wire::{QueryJson, raw};
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{ViewId, to_json};

/// Rows sent with an opened view.
const FIRST: u64 = 100;

pub(crate) async fn open(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Result<Json<QueryJson>, JsonRejection>,
) -> ApiResult<Response> {
    let Json(q) = body.map_err(malformed)?;
    let body = blocking(&app, move |app| {
        let schema = app.book().schema();
        let columns = q.columns.clone();
        let table = schema.require(&q.table)?;
        let query = q.read(table).map_err(|e| e.0)?;
        let view = app.book().open_view(&caller.scope, &query, &columns)?;
        let rows = app.book().page(&caller.scope, &view.id, 0, FIRST)?;
        let head = json!({ "view": view.id, "total": view.total, "columns": view.columns }).to_string();
        let mut out = head.into_bytes();
        out.pop();
        out.extend_from_slice(b",\"rows\":");
        out.extend_from_slice(&rows);
        out.push(b'}');
        Ok(out)
    })
    .await?;
    Ok(raw(body))
}

#[derive(Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    offset: u64,
    #[serde(default = "default_limit")]
    limit: u64,
    /// Some records instead of a page, between commas.
    #[serde(default)]
    ids: Option<String>,
    /// Records of which to say whether the view would hold them now, between commas.
    #[serde(default)]
    fits: String,
}

fn numbers(list: &str) -> ApiResult<Vec<i64>> {
    list.split(',').filter(|n| !n.is_empty()).map(|n| n.parse().map_err(malformed)).collect()
}

fn default_limit() -> u64 {
    100
}

pub(crate) async fn rows(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<String>,
    page: Result<Query<Page>, QueryRejection>,
) -> ApiResult<Response> {
    let Query(page) = page.map_err(malformed)?;
    if let Some(ids) = &page.ids {
        return some_rows(&app, caller, ViewId(view), numbers(ids)?, numbers(&page.fits)?).await;
    }
    let body = blocking(&app, move |app| {
        let rows = app.book().page(&caller.scope, &ViewId(view), page.offset, page.limit)?;
        let mut out = format!("{{\"offset\":{},\"rows\":", page.offset).into_bytes();
        out.extend_from_slice(&rows);
        out.push(b'}');
        Ok(out)
    })
    .await?;
    Ok(raw(body))
}

/// Rows of some records, and which of others would be in the view now.
async fn some_rows(app: &Arc<App>, caller: Caller, view: ViewId, ids: Vec<i64>, fits: Vec<i64>) -> ApiResult<Response> {
    let body = blocking(app, move |app| {
        let mut out = b"{\"rows\":".to_vec();
        out.extend(app.book().view_records(&caller.scope, &view, &ids)?);
        let fitting = if fits.is_empty() { fits } else { app.book().view_fits(&caller.scope, &view, &fits)? };
        out.extend(format!(",\"fits\":{}}}", json!(fitting)).into_bytes());
        Ok(out)
    })
    .await?;
    Ok(raw(body))
}

#[derive(Deserialize)]
pub(crate) struct Figures {
    /// Fields whose different contents are to be counted, between commas.
    #[serde(default)]
    distinct: String,
}

pub(crate) async fn summary(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<String>,
    figures: Result<Query<Figures>, QueryRejection>,
) -> ApiResult<Json<Value>> {
    let Query(figures) = figures.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let id = ViewId(view);
        let (_, _, total) = app.book().view_shape(&caller.scope, &id)?;
        let distinct: Vec<String> = figures.distinct.split(',').map(str::to_owned).collect();
        Ok(json!({ "total": total, "columns": app.book().summary(&caller.scope, &id, &distinct)? }))
    })
    .await?;
    Ok(Json(out))
}

#[derive(Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    search: String,
}

pub(crate) async fn values(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, field)): Path<(String, String)>,
    part: Result<Query<Part>, QueryRejection>,
) -> ApiResult<Json<Value>> {
    let Query(part) = part.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let (values, more) = app.book().field_values(&caller.scope, &table, &field, part.search.trim())?;
        let list = values
            .iter()
            .map(|v| Ok(json!({ "value": to_json(&v.value)?, "count": v.count })))
            .collect::<model::Result<Vec<_>>>()?;
        Ok(json!({ "values": list, "more": more }))
    })
    .await?;
    Ok(Json(out))
}
