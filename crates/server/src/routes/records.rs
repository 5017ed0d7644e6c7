//! Records: read, write, history, the customer card.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::wire::{self, raw};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use model::{
    Access, CellEdit, Change, ChangeOutcome, Error, ErrorCode, FieldKey, FieldKind, Origin, RecordId, Schema, TableDef,
    UserId,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::to_json;

/// Most cells or records in one request.
const MOST: usize = 50_000;

pub(crate) async fn schema(State(app): State<Arc<App>>, _: Caller) -> ApiResult<Json<Schema>> {
    Ok(Json(blocking(&app, |app| Ok((*app.book().schema()).clone())).await?))
}

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

#[derive(Deserialize)]
pub(crate) struct Create {
    records: Vec<BTreeMap<FieldKey, Value>>,
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Result<Json<Create>, JsonRejection>,
) -> ApiResult<Json<Value>> {
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
        Ok(json!({ "ids": done.created, "change": done.change }))
    })
    .await?;
    Ok(Json(out))
}

#[derive(Deserialize)]
pub(crate) struct Edit {
    cells: Vec<EditCell>,
}

#[derive(Deserialize)]
pub(crate) struct EditCell {
    id: i64,
    field: FieldKey,
    value: Value,
}

/// Rows sent back after an edit; a larger paste is read again by its page.
const ROWS_BACK: usize = 500;

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

#[derive(Deserialize)]
pub(crate) struct Remove {
    ids: Vec<RecordId>,
}

pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Result<Json<Remove>, JsonRejection>,
) -> ApiResult<Json<Value>> {
    let Json(r) = body.map_err(malformed)?;
    caller.require(Access::Write)?;
    if r.ids.len() > MOST {
        return Err(too_many(r.ids.len()).into());
    }
    let out = blocking(&app, move |app| {
        let table = app.book().schema().require(&table)?.key.clone();
        let done = app.book().apply(&caller.scope, Change::Delete { table, ids: r.ids }, Origin::Edit)?;
        Ok(json!({ "deleted": done.deleted, "change": done.change }))
    })
    .await?;
    Ok(Json(out))
}

pub(crate) async fn history(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, id)): Path<(String, i64)>,
) -> ApiResult<Json<Value>> {
    let out = blocking(&app, move |app| {
        let names: BTreeMap<i64, String> = app.data.system.user_names()?.into_iter().map(|(id, n)| (id.0, n)).collect();
        let entries = app.book().history(&caller.scope, &table, RecordId(id))?;
        let list = entries
            .iter()
            .map(|e| {
                let mut j = json!({
                    "change": e.change, "at": e.at, "user": names.get(&e.user).map_or("Kebu", String::as_str),
                    "origin": e.origin, "kind": e.kind,
                });
                if let Some(field) = &e.field {
                    j["field"] = json!(field);
                    j["before"] = to_json(&e.before)?;
                    j["after"] = to_json(&e.after)?;
                }
                Ok(j)
            })
            .collect::<model::Result<Vec<_>>>()?;
        Ok(json!({ "entries": list }))
    })
    .await?;
    Ok(Json(out))
}

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
