//! Pages of records by cursor, for programs.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult, malformed};
use crate::shapes;
use crate::wire::{self, raw};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use model::{FieldKey, Filter, Scope, Sort, TableDef};
use serde::Deserialize;
use std::sync::Arc;
use store::{PageWanted, Store};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Which records: a formula that must be true, such as `[@总金额]>1000`, or a `Filter` as JSON.
    #[serde(default)]
    filter: String,
    /// What a person would type into the search box.
    #[serde(default)]
    search: String,
    /// Fields between commas, at most 4; `-` before one for largest first. Blanks come last, texts in the order of
    /// their characters' numbers. By id when left out.
    #[serde(default)]
    sort: String,
    /// Fields between commas; all of them when left out.
    #[serde(default)]
    fields: String,
    /// At most 500; 100 when left out.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of records.
#[derive(ToSchema)]
#[allow(dead_code)] // Its text is made by the store.
pub(crate) struct RecordPage {
    records: Vec<shapes::RecordOut>,
    /// Where to go on; null at the end.
    #[schema(required)]
    next: Option<String>,
}

/// Records a page at a time, in an order that does not shift while people edit.
#[utoipa::path(
    get, path = "/tables/{table}/records", tag = "records", operation_id = "records",
    params(("table" = String, Path, description = "The key of a table."), Wanted),
    responses((status = 200, description = "The answer.", body = RecordPage)),
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> ApiResult<Response> {
    let Query(w) = wanted.map_err(malformed)?;
    if w.limit.is_some_and(|n| !(1..=store::MOST_PAGE).contains(&n)) {
        return Err(malformed("limit").on("limit"));
    }
    let body = blocking(&app, move |app| {
        let schema = app.book().schema();
        let wanted = read(w, app.book(), &caller.scope, schema.require(&table)?).map_err(|e| e.0)?;
        let page = app.book().records(&caller.scope, &wanted)?;
        let mut out = b"{\"records\":".to_vec();
        out.extend(page.records);
        out.extend(format!(",\"next\":{}}}", serde_json::Value::from(page.next)).into_bytes());
        Ok(out)
    })
    .await?;
    Ok(raw(body))
}

fn read(w: Wanted, store: &Store, scope: &Scope, table: &TableDef) -> Result<PageWanted, ApiError> {
    let (mut filter, mut formula) = (Filter::All(Vec::new()), None);
    let text = w.filter.trim();
    if text.starts_with('{') {
        let json = serde_json::from_str(text).map_err(|e| malformed(e).on("filter"))?;
        filter = wire::filter(store, scope, table, &json)?;
    } else if !text.is_empty() {
        formula = Some(text.to_owned());
    }
    let keys = |list: &str| list.split(',').map(str::trim).filter(|k| !k.is_empty()).map(str::to_owned).collect();
    let sort = Vec::into_iter(keys(&w.sort)).map(|key: String| match key.strip_prefix('-') {
        Some(key) => Sort { field: key.into(), desc: true },
        None => Sort { field: key.into(), desc: false },
    });
    let query = model::Query { filter, search: w.search, sort: sort.collect(), ..model::Query::all(table.key.clone()) };
    let fields: Vec<String> = keys(&w.fields);
    let fields = fields.into_iter().map(FieldKey::from).collect();
    Ok(PageWanted { query, formula, fields, limit: w.limit.unwrap_or(100), cursor: w.cursor })
}
