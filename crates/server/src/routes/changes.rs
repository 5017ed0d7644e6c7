//! The change log, undo and redo, the recycle bin, and records set back to an earlier moment.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use model::{Access, RecordId, Scope, TableKey};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{LogEntry, LogQuery, Meeting, Step, Store, to_json};

/// Most records brought back at once.
const MOST: usize = 1_000;

#[derive(Deserialize, Default)]
pub(crate) struct Keeping {
    /// Leave alone what was changed since, instead of refusing.
    #[serde(default)]
    keep: bool,
}

fn meeting(keep: bool, names: &store::Names) -> Meeting<'_> {
    if keep { Meeting::Keep } else { Meeting::Refuse(names) }
}

fn said(step: &Step, what: &str) -> Value {
    let d = &step.done;
    let n = d.removed + d.restored + d.revived;
    let rows = d.removed + d.revived > 0;
    json!({ "change": d.change, what: n, "kept": d.kept, "rows": rows, "label": step.label })
}

/// So many cells and records are taken back while the caller waits; more is a job's work.
const AT_ONCE: u64 = 20_000;

/// What a step answers with: itself, or the job that does it.
fn stepped(
    app: &Arc<App>,
    scope: &Scope,
    size: u64,
    kind: &'static str,
    work: impl FnOnce(&App) -> model::Result<Value> + Send + 'static,
) -> model::Result<Value> {
    if size <= AT_ONCE {
        return work(app);
    }
    let own = Arc::clone(app);
    Ok(json!({ "job": app.tasks.start(scope, kind, move |_| work(&own)) }))
}

/// Undoes one change by its number; a large one by a job with the same result.
pub(crate) async fn undo_one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(change): Path<i64>,
    keeping: Kept,
) -> ApiResult<Json<Value>> {
    let Query(Keeping { keep }) = keeping.map_err(malformed)?;
    caller.require(Access::Write)?;
    let own = Arc::clone(&app);
    let out = blocking(&app, move |app| {
        let (size, scope) = (app.book().change_size(change)?, caller.scope.clone());
        stepped(&own, &caller.scope, size, "undo", move |app| {
            let u = if keep {
                app.book().undo(&scope, change, &mut |_, _| Ok(()))?
            } else {
                app.book().undo_whole(&scope, change, &app.data.system.user_names()?)?
            };
            Ok(json!({ "change": u.change, "removed": u.removed, "restored": u.restored, "revived": u.revived, "kept": u.kept }))
        })
    })
    .await?;
    Ok(Json(out))
}

/// Takes back the caller's newest step.
pub(crate) async fn undo(State(app): State<Arc<App>>, caller: Caller, keeping: Kept) -> ApiResult<Json<Value>> {
    step(app, caller, keeping, true).await
}

/// Does again what the caller's last undo took back.
pub(crate) async fn redo(State(app): State<Arc<App>>, caller: Caller, keeping: Kept) -> ApiResult<Json<Value>> {
    step(app, caller, keeping, false).await
}

type Kept = Result<Query<Keeping>, QueryRejection>;

async fn step(app: Arc<App>, caller: Caller, keeping: Kept, back: bool) -> ApiResult<Json<Value>> {
    let Query(Keeping { keep }) = keeping.map_err(malformed)?;
    caller.require(Access::Write)?;
    let own = Arc::clone(&app);
    let out = blocking(&app, move |app| {
        let (size, scope) = (app.book().step_size(&caller.scope, back)?, caller.scope.clone());
        stepped(&own, &caller.scope, size, if back { "undo" } else { "redo" }, move |app| {
            let names = app.data.system.user_names()?;
            let (act, what): (fn(&Store, &Scope, Meeting<'_>) -> model::Result<Step>, _) =
                if back { (Store::undo_last, "undone") } else { (Store::redo_last, "redone") };
            Ok(said(&act(app.book(), &scope, meeting(keep, &names))?, what))
        })
    })
    .await?;
    Ok(Json(out))
}

fn who(app: &App) -> model::Result<BTreeMap<i64, String>> {
    Ok(app.data.system.user_names()?.into_iter().map(|(id, name)| (id.0, name)).collect())
}

fn entry(e: &LogEntry, names: &BTreeMap<i64, String>) -> Value {
    let counted = |list: &[(String, model::Label, u64)]| -> BTreeMap<String, u64> {
        list.iter().map(|(table, _, n)| (table.clone(), *n)).collect()
    };
    json!({
        "change": e.change, "at": e.at, "user": names.get(&e.user).map_or("Kebu", String::as_str), "user_id": e.user,
        "origin": e.origin, "undone": e.undone, "cells": e.summary.cells, "created": counted(&e.summary.created),
        "deleted": counted(&e.summary.deleted), "label": e.summary.label(),
    })
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    table: Option<String>,
    record: Option<i64>,
    field: Option<String>,
    user: Option<i64>,
    action: Option<String>,
    before: Option<i64>,
    limit: Option<usize>,
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> ApiResult<Json<Value>> {
    let Query(w) = wanted.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let limit = w.limit.unwrap_or(50).clamp(1, 200);
        let Wanted { table, record, field, user, action, before, .. } = w;
        let query = LogQuery { table, record, field, user, action, before, limit };
        let found = app.book().changes(&caller.scope, &query)?;
        let names = who(app)?;
        let next = if found.len() == limit { found.last().map(|e| e.change) } else { None };
        let list: Vec<Value> = found.iter().map(|e| entry(e, &names)).collect();
        Ok(json!({ "changes": list, "next": next }))
    })
    .await?;
    Ok(Json(out))
}

pub(crate) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(change): Path<i64>,
) -> ApiResult<Json<Value>> {
    let out = blocking(&app, move |app| {
        let (e, cells) = app.book().change(&caller.scope, change)?;
        let mut out = entry(&e, &who(app)?);
        let shown = |c: &store::LogCell| {
            let (before, after) = (to_json(&c.before)?, to_json(&c.after)?);
            Ok(json!({ "table": c.table, "id": c.record, "field": c.field, "before": before, "after": after }))
        };
        out["edits"] = cells.iter().map(shown).collect::<model::Result<_>>()?;
        Ok(out)
    })
    .await?;
    Ok(Json(out))
}

#[derive(Deserialize)]
pub(crate) struct OfTable {
    table: String,
}

pub(crate) async fn trash(
    State(app): State<Arc<App>>,
    caller: Caller,
    of: Result<Query<OfTable>, QueryRejection>,
) -> ApiResult<Json<Value>> {
    let Query(of) = of.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let names = who(app)?;
        let shown = |r: &store::Removed| {
            json!({
                "table": r.table, "id": r.id, "change": r.change, "at": r.at,
                "user": names.get(&r.user).map_or("Kebu", String::as_str), "code": r.code, "name": r.name,
            })
        };
        let list: Vec<Value> = app.book().trash(&caller.scope, &of.table)?.iter().map(shown).collect();
        Ok(json!({ "records": list, "kept_days": store::KEPT_DAYS }))
    })
    .await?;
    Ok(Json(out))
}

#[derive(Deserialize)]
pub(crate) struct Wanting {
    table: TableKey,
    id: RecordId,
}

#[derive(Deserialize)]
pub(crate) struct Restore {
    records: Vec<Wanting>,
}

pub(crate) async fn restore(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Result<Json<Restore>, JsonRejection>,
) -> ApiResult<Json<Value>> {
    let Json(r) = body.map_err(malformed)?;
    caller.require(Access::Write)?;
    if r.records.len() > MOST {
        return Err(malformed("records"));
    }
    let out = blocking(&app, move |app| {
        let records: Vec<_> = r.records.into_iter().map(|r| (r.table, r.id)).collect();
        let done = app.book().restore_removed(&caller.scope, &records)?;
        let lang = caller.scope.lang;
        let refused: Vec<Value> = done
            .refused
            .iter()
            .map(|(table, id, why)| json!({ "table": table, "id": id, "message": why.message(lang) }))
            .collect();
        Ok(json!({ "change": done.change, "restored": done.restored, "refused": refused }))
    })
    .await?;
    Ok(Json(out))
}

#[derive(Deserialize)]
pub(crate) struct Moment {
    change: i64,
    /// Only say what would change.
    #[serde(default)]
    preview: bool,
}

/// Sets a record back to just before a change.
pub(crate) async fn set_back(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, id)): Path<(String, i64)>,
    body: Result<Json<Moment>, JsonRejection>,
) -> ApiResult<Json<Value>> {
    let Json(m) = body.map_err(malformed)?;
    caller.require(Access::Write)?;
    let out = blocking(&app, move |app| {
        let (book, id) = (app.book(), RecordId(id));
        if m.preview {
            let shown = |c: &store::SetBack| {
                Ok(json!({ "field": c.field, "now": to_json(&c.now)?, "then": to_json(&c.then)? }))
            };
            let cells = book.preview_restore(&caller.scope, &table, id, m.change)?;
            return Ok(json!({ "cells": cells.iter().map(shown).collect::<model::Result<Vec<_>>>()? }));
        }
        let (change, restored) = book.restore_to(&caller.scope, &table, id, m.change)?;
        Ok(json!({ "change": change, "restored": restored }))
    })
    .await?;
    Ok(Json(out))
}
