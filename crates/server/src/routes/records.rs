//! Records: read, write, history, the customer card.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::ApiResult;
use crate::shapes;
use crate::wire::raw;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use model::{Error, FieldKey, RecordId, Schema};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::to_json;
use utoipa::ToSchema;

/// The tables and their fields.
#[utoipa::path(
    get, path = "/schema", tag = "schema", operation_id = "schema",
    responses((status = 200, description = "The answer.", body = Schema)),
)]
pub(crate) async fn schema(State(app): State<Arc<App>>, _: Caller) -> ApiResult<Json<Schema>> {
    Ok(Json(blocking(&app, |app| Ok((*app.book().schema()).clone())).await?))
}

/// A record.
#[utoipa::path(
    get, path = "/tables/{table}/records/{id}", tag = "records", operation_id = "record",
    params(("table" = String, Path, description = "The key of a table."), ("id" = i64, Path)),
    responses((status = 200, description = "The answer.", body = shapes::RecordOut)),
)]
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, id)): Path<(String, i64)>,
) -> ApiResult<Response> {
    let body = blocking(&app, move |app| {
        let values = app.book().record_json(&caller.scope, &table, RecordId(id))?;
        let mut out = format!("{{\"id\":{id},\"values\":").into_bytes();
        out.extend(values);
        out.push(b'}');
        Ok(out)
    })
    .await?;
    Ok(raw(body))
}

/// A line of a record's history.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryEntry {
    change: i64,
    /// Seconds since 1970 UTC.
    at: i64,
    user: String,
    /// `edit`, `import`, `demo`, `template`, `undo`, `redo`, `restore`, or `form` for what came through a form's public address.
    origin: String,
    #[schema(value_type = shapes::HistoryKind)]
    kind: &'static str,
    /// The form it was entered through, by its name then.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<String>,
    /// Of an edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<FieldKey>,
    /// Of an edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = shapes::Cell, required = false)]
    before: Option<Value>,
    /// Of an edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = shapes::Cell, required = false)]
    after: Option<Value>,
}

/// The history of a record, newest first, at most 200 lines.
#[derive(Serialize, ToSchema)]
pub(crate) struct History {
    entries: Vec<HistoryEntry>,
}

/// The history of a record.
#[utoipa::path(
    get, path = "/tables/{table}/records/{id}/history", tag = "changes", operation_id = "history",
    params(("table" = String, Path, description = "The key of a table."), ("id" = i64, Path)),
    responses((status = 200, description = "The answer.", body = History)),
)]
pub(crate) async fn history(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, id)): Path<(String, i64)>,
) -> ApiResult<Json<History>> {
    let out = blocking(&app, move |app| {
        let names: BTreeMap<i64, String> = app.data.system.user_names()?.into_iter().map(|(id, n)| (id.0, n)).collect();
        let entries = app.book().history(&caller.scope, &table, RecordId(id))?;
        let list = entries
            .into_iter()
            .map(|e| {
                let user = names.get(&e.user).map_or("Kebu", String::as_str).to_owned();
                let edit = e.field.is_some();
                let shown = |v| if edit { to_json(v).map(Some) } else { Ok(None) };
                let (before, after) = (shown(&e.before)?, shown(&e.after)?);
                Ok(HistoryEntry {
                    change: e.change,
                    at: e.at,
                    user,
                    origin: e.origin,
                    kind: e.kind,
                    form: e.form,
                    field: e.field,
                    before,
                    after,
                })
            })
            .collect::<model::Result<_>>()?;
        Ok(History { entries: list })
    })
    .await?;
    Ok(Json(out))
}

/// What the customer panel shows.
#[utoipa::path(
    get, path = "/customers/{id}/card", tag = "records", operation_id = "card",
    params(("id" = i64, Path)),
    responses((status = 200, description = "The answer.", body = shapes::Card)),
)]
pub(crate) async fn card(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<i64>) -> ApiResult<Response> {
    let body = blocking(&app, move |app| {
        let card = app.book().card(&caller.scope, RecordId(id))?;
        let reasons = serde_json::to_vec(&card.reasons).map_err(Error::internal)?;
        let mut out = format!("{{\"id\":{id},\"order_total\":{},\"values\":", card.order_total).into_bytes();
        out.extend(card.values);
        out.extend_from_slice(b",\"reasons\":");
        out.extend(reasons);
        out.extend_from_slice(b",\"orders\":");
        out.extend(card.orders);
        out.push(b'}');
        Ok(out)
    })
    .await?;
    Ok(raw(body))
}
