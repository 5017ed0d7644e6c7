//! Records: read, write, history, the customer card.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::shapes;
use crate::wire::{self, raw};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use model::{
    Access, CellEdit, Change, ChangeOutcome, Error, ErrorCode, FieldKey, FieldKind, Origin, RecordId, Schema, TableDef,
    UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::to_json;
use utoipa::ToSchema;

/// Most cells or records in one request.
const MOST: usize = 50_000;

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

/// Names of members, where a table has cells that hold one.
fn members(app: &App, def: &TableDef) -> model::Result<Vec<(UserId, String)>> {
    let wanted = def.fields.iter().any(|f| matches!(f.kind, FieldKind::Person));
    if wanted { app.data.system.user_names() } else { Ok(Vec::new()) }
}

fn too_many(n: usize) -> Error {
    Error::new(
        ErrorCode::TooLarge,
        format!("一次最多改 {MOST} 格，这次有 {n} 格；请分几次"),
        format!("At most {MOST} cells at once, not {n}; split the change"),
    )
}

/// New records.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Create {
    /// Cells by field; at most 50,000 records.
    #[schema(value_type = Vec<BTreeMap<String, shapes::Written>>)]
    records: Vec<BTreeMap<FieldKey, Value>>,
}

/// What was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct Created {
    /// In the order given.
    ids: Vec<RecordId>,
    change: i64,
}

/// Makes records, all or none.
#[utoipa::path(
    post, path = "/tables/{table}/records", tag = "records", operation_id = "createRecords",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = Create,
    responses((status = 200, description = "The answer.", body = Created)),
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Result<Json<Create>, JsonRejection>,
) -> ApiResult<Json<Created>> {
    let Json(c) = body.map_err(malformed)?;
    caller.require(Access::Write)?;
    if c.records.len() > MOST {
        return Err(too_many(c.records.len()).into());
    }
    let out = blocking(&app, move |app| {
        let schema = app.book().schema();
        let def = schema.require(&table)?;
        let members = members(app, def)?;
        let read = |record: BTreeMap<FieldKey, Value>| {
            let cell = |(k, v): (FieldKey, Value)| {
                let read = wire::cell(app.book(), &caller.scope, &members, def.require(&k)?, &v)?;
                Ok((k, read.value))
            };
            record.into_iter().map(cell).collect::<model::Result<Vec<_>>>()
        };
        let records = c.records.into_iter().map(read).collect::<model::Result<_>>()?;
        let done = app.book().apply(&caller.scope, Change::Create { table: def.key.clone(), records }, Origin::Edit)?;
        Ok(Created { ids: done.created, change: done.change })
    })
    .await?;
    Ok(Json(out))
}

/// Edits of cells.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Edit {
    /// At most 50,000.
    cells: Vec<EditCell>,
}

/// New content for a cell.
#[derive(Deserialize, ToSchema)]
#[schema(as = CellWrite)]
pub(crate) struct EditCell {
    id: i64,
    field: FieldKey,
    #[schema(value_type = shapes::Written)]
    value: Value,
}

/// Rows sent back after an edit; a larger paste is read again by its page.
const ROWS_BACK: usize = 500;

/// Edits cells, all or none.
#[utoipa::path(
    patch, path = "/tables/{table}/records", tag = "records", operation_id = "patchCells",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = Edit,
    responses((status = 200, description = "The answer.", body = shapes::Patched)),
)]
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Result<Json<Edit>, JsonRejection>,
) -> ApiResult<Response> {
    let Json(e) = body.map_err(malformed)?;
    caller.require(Access::Write)?;
    if e.cells.len() > MOST {
        return Err(too_many(e.cells.len()).into());
    }
    let body = blocking(&app, move |app| {
        let schema = app.book().schema();
        let def = schema.require(&table)?;
        let members = members(app, def)?;
        let mut changes = Vec::new();
        let mut notes = Vec::new();
        let mut cells = Vec::with_capacity(e.cells.len());
        let mut ids: Vec<i64> = Vec::new();
        for c in e.cells {
            if ids.last() != Some(&c.id) {
                ids.push(c.id);
            }
            let field = def.require(&c.field)?;
            if let Some((add, remove)) = wire::relinked(app.book(), &caller.scope, field, &c.value)? {
                let (table, id) = (def.key.clone(), RecordId(c.id));
                changes.push(Change::Relink { table, id, field: c.field, add, remove });
                continue;
            }
            let read = wire::cell(app.book(), &caller.scope, &members, field, &c.value)?;
            if let Some(n) = read.note {
                let text = if caller.scope.lang == model::Lang::Zh { n.zh } else { n.en };
                notes.push(json!({ "id": c.id, "field": c.field, "message": text }));
            }
            cells.push(CellEdit { id: RecordId(c.id), field: c.field, value: read.value });
        }
        changes.insert(0, Change::Edit { table: def.key.clone(), cells });
        let done = app.book().apply(&caller.scope, Change::Several(changes), Origin::Edit)?;
        edited(app, &caller, def, &done, notes, ids)
    })
    .await?;
    Ok(raw(body))
}

/// What an edit did: its number, what is to be said of the cells, and the rows as they are now.
fn edited(
    app: &App,
    caller: &Caller,
    def: &TableDef,
    done: &ChangeOutcome,
    mut notes: Vec<Value>,
    mut ids: Vec<i64>,
) -> model::Result<Vec<u8>> {
    for w in &done.warnings {
        let message = w.message.get(caller.scope.lang);
        if !notes.iter().any(|n| n["id"] == w.id.0 && n["field"] == w.field.as_str()) {
            notes.push(json!({ "id": w.id, "field": w.field, "message": message }));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    let mut out = format!("{{\"change\":{},\"notes\":{},\"rows\":{{", done.change, Value::from(notes)).into_bytes();
    for (i, id) in ids.iter().take(ROWS_BACK).enumerate() {
        if i > 0 {
            out.push(b',');
        }
        out.extend(format!("\"{id}\":").into_bytes());
        out.extend(app.book().record_json(&caller.scope, &def.key, RecordId(*id))?);
    }
    out.extend_from_slice(b"}}");
    Ok(out)
}

/// Records to be removed.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Remove {
    /// At most 50,000.
    ids: Vec<RecordId>,
}

/// What was removed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Deleted {
    deleted: u64,
    change: i64,
}

/// Removes records. What linked to them stays, without the link.
#[utoipa::path(
    delete, path = "/tables/{table}/records", tag = "records", operation_id = "deleteRecords",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = Remove,
    responses((status = 200, description = "The answer.", body = Deleted)),
)]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Result<Json<Remove>, JsonRejection>,
) -> ApiResult<Json<Deleted>> {
    let Json(r) = body.map_err(malformed)?;
    caller.require(Access::Write)?;
    if r.ids.len() > MOST {
        return Err(too_many(r.ids.len()).into());
    }
    let out = blocking(&app, move |app| {
        let table = app.book().schema().require(&table)?.key.clone();
        let done = app.book().apply(&caller.scope, Change::Delete { table, ids: r.ids }, Origin::Edit)?;
        Ok(Deleted { deleted: done.deleted, change: done.change })
    })
    .await?;
    Ok(Json(out))
}

/// A line of a record's history.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryEntry {
    change: i64,
    /// Seconds since 1970 UTC.
    at: i64,
    user: String,
    /// `edit`, `import`, `demo`, `undo`, `redo` or `restore`.
    origin: String,
    /// `create`, `edit` or `delete`.
    kind: &'static str,
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
