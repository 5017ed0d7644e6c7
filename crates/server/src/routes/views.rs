//! Views: opening, pages, figures, values for filters.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::shapes;
use crate::wire::{QueryJson, raw};
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use model::{Date, FieldKey, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use store::{ColumnSummary, PlaceInView, ViewId, to_json};
use utoipa::{IntoParams, ToSchema};

/// Rows sent with an opened view.
const FIRST: u64 = 100;

/// Opens a view: fixes the order of its records.
#[utoipa::path(
    post, path = "/views", tag = "views", operation_id = "openView",
    request_body = QueryJson,
    responses((status = 200, description = "The answer.", body = shapes::ViewOpened)),
)]
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Result<Json<QueryJson>, JsonRejection>,
) -> ApiResult<Response> {
    let Json(q) = body.map_err(malformed)?;
    let body = blocking(&app, move |app| {
        let schema = app.book().schema();
        let (columns, figures) = (q.columns.clone(), q.figures.clone());
        let table = schema.require(&q.table)?;
        let query = q.read(app.book(), &caller.scope, table).map_err(|e| e.0)?;
        let view = app.book().open_grouped(&caller.scope, &query, &columns, &figures)?;
        let rows = app.book().page(&caller.scope, &view.id, 0, FIRST)?;
        let mut head = json!({ "view": view.id, "total": view.total, "columns": view.columns });
        if !query.group.is_empty() {
            head["groups"] = serde_json::to_value(&view.groups).map_err(model::Error::internal)?;
        }
        let head = head.to_string();
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

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Place of the first row, from 0.
    #[serde(default)]
    offset: u64,
    /// At most 500.
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

/// Rows of an open view.
#[utoipa::path(
    get, path = "/views/{view}/rows", tag = "views", operation_id = "viewRows",
    params(("view" = String, Path, description = "The name of an open view."), Page),
    responses((status = 200, description = "The answer.", body = shapes::RowsOfView)),
)]
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

/// Where a record stands in an open view, and which records stand beside it.
#[utoipa::path(
    get, path = "/views/{view}/place/{id}", tag = "views", operation_id = "viewPlace",
    params(("view" = String, Path, description = "The name of an open view."), ("id" = i64, Path, description = "The id of a record.")),
    responses((status = 200, description = "The answer.", body = PlaceInView)),
)]
pub(crate) async fn place(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((view, id)): Path<(String, i64)>,
) -> ApiResult<Json<PlaceInView>> {
    let place = blocking(&app, move |app| app.book().place_in_view(&caller.scope, &ViewId(view), RecordId(id))).await?;
    Ok(Json(place))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DaysWanted {
    /// A field that holds days or moments.
    field: String,
    /// The first day, as 2026-11-30.
    from: String,
    /// The day after the last; at most 70 days.
    to: String,
    /// Rows of each day, at most 20.
    #[serde(default = "default_each")]
    each: usize,
}

fn default_each() -> usize {
    4
}

/// How many records of a view stand on each day, and the first of every day: a calendar. As the book is now.
#[utoipa::path(
    get, path = "/views/{view}/days", tag = "views", operation_id = "viewDays",
    params(("view" = String, Path, description = "The name of an open view."), DaysWanted),
    responses((status = 200, description = "The answer.", body = shapes::DaysOfView)),
)]
pub(crate) async fn days(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<String>,
    wanted: Result<Query<DaysWanted>, QueryRejection>,
) -> ApiResult<Response> {
    let Query(w) = wanted.map_err(malformed)?;
    let day = |text: &str| Date::from_iso(text).ok_or_else(|| malformed(text));
    let (from, to) = (day(&w.from)?, day(&w.to)?);
    let body = blocking(&app, move |app| {
        let found = app.book().days(&caller.scope, &ViewId(view), &w.field, from, to, w.each)?;
        let days: Vec<Value> =
            found.days.iter().map(|(day, n)| json!({ "day": day.to_string(), "count": n })).collect();
        let mut out = format!("{{\"days\":{},\"rows\":", Value::from(days)).into_bytes();
        out.extend_from_slice(&found.rows);
        out.push(b'}');
        Ok(out)
    })
    .await?;
    Ok(raw(body))
}

/// Figures of the columns of a view.
#[derive(Serialize, ToSchema)]
pub(crate) struct ViewSummary {
    total: u64,
    columns: HashMap<FieldKey, ColumnSummary>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Figures {
    /// Fields whose different contents are to be counted, between commas.
    #[serde(default)]
    distinct: String,
}

/// Figures of the columns of an open view.
#[utoipa::path(
    get, path = "/views/{view}/summary", tag = "views", operation_id = "viewSummary",
    params(("view" = String, Path, description = "The name of an open view."), Figures),
    responses((status = 200, description = "The answer.", body = ViewSummary)),
)]
pub(crate) async fn summary(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<String>,
    figures: Result<Query<Figures>, QueryRejection>,
) -> ApiResult<Json<ViewSummary>> {
    let Query(figures) = figures.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let id = ViewId(view);
        let (_, _, total) = app.book().view_shape(&caller.scope, &id)?;
        let distinct: Vec<String> = figures.distinct.split(',').map(str::to_owned).collect();
        Ok(ViewSummary { total, columns: app.book().summary(&caller.scope, &id, &distinct)? })
    })
    .await?;
    Ok(Json(out))
}

/// A value and how many records have it.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldValue {
    #[schema(value_type = shapes::Cell)]
    value: Value,
    count: u64,
}

/// The commonest values of a field.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldValues {
    /// At most 500, commonest first.
    values: Vec<FieldValue>,
    /// Whether there are more.
    more: bool,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Only values that hold this text.
    #[serde(default)]
    search: String,
}

/// The commonest values of a field.
#[utoipa::path(
    get, path = "/tables/{table}/fields/{field}/values", tag = "views", operation_id = "fieldValues",
    params(("table" = String, Path, description = "The key of a table."), ("field" = String, Path, description = "The key of a field."), Part),
    responses((status = 200, description = "The answer.", body = FieldValues)),
)]
pub(crate) async fn values(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, field)): Path<(String, String)>,
    part: Result<Query<Part>, QueryRejection>,
) -> ApiResult<Json<FieldValues>> {
    let Query(part) = part.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let (values, more) = app.book().field_values(&caller.scope, &table, &field, part.search.trim())?;
        let list = values
            .iter()
            .map(|v| Ok(FieldValue { value: to_json(&v.value)?, count: v.count }))
            .collect::<model::Result<_>>()?;
        Ok(FieldValues { values: list, more })
    })
    .await?;
    Ok(Json(out))
}
