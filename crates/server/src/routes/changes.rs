//! The change log, the recycle bin, and records set back to an earlier moment.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::shapes;
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use model::{Access, FieldKey, Label, RecordId, TableKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{LogQuery, to_json};
use utoipa::{IntoParams, ToSchema};

/// Most records brought back at once.
const MOST: usize = 1_000;

fn who(app: &App) -> model::Result<BTreeMap<i64, String>> {
    Ok(app.data.system.user_names()?.into_iter().map(|(id, name)| (id.0, name)).collect())
}

/// The name of a user; Kebu itself has none.
fn named(names: &BTreeMap<i64, String>, user: i64) -> String {
    names.get(&user).map_or("Kebu", String::as_str).to_owned()
}

/// An entry of the change log.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogEntry {
    change: i64,
    /// Seconds since 1970 UTC.
    at: i64,
    user: String,
    user_id: i64,
    /// `edit`, `import`, `demo`, `template`, `undo`, `redo`, `restore`, or `form` for what came through a form's public address.
    origin: String,
    /// The form it was entered through, by its name then.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<String>,
    undone: bool,
    /// Cells edited.
    cells: u64,
    /// Records made, by table.
    created: BTreeMap<String, u64>,
    /// Records removed, by table.
    deleted: BTreeMap<String, u64>,
    label: Label,
}

fn entry(e: &store::LogEntry, names: &BTreeMap<i64, String>) -> LogEntry {
    let counted = |list: &[(String, Label, u64)]| -> BTreeMap<String, u64> {
        list.iter().map(|(table, _, n)| (table.clone(), *n)).collect()
    };
    LogEntry {
        change: e.change,
        at: e.at,
        user: named(names, e.user),
        user_id: e.user,
        origin: e.origin.clone(),
        form: e.form.clone(),
        undone: e.undone,
        cells: e.summary.cells,
        created: counted(&e.summary.created),
        deleted: counted(&e.summary.deleted),
        label: e.summary.label(),
    }
}

/// What of the change log is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogWanted {
    /// Only what touched this table.
    table: Option<String>,
    /// Only what touched this record of the table.
    record: Option<i64>,
    /// Only edits of this field of the table.
    field: Option<String>,
    /// Only changes by this user.
    user: Option<i64>,
    /// `create`, `edit` or `delete`, or an origin.
    action: Option<String>,
    /// Only older changes: `next` of the page before.
    before: Option<i64>,
    /// 50 when left out, at most 200.
    limit: Option<usize>,
}

/// A page of the change log, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogPage {
    changes: Vec<LogEntry>,
    /// Where to go on; null at the end.
    #[schema(required)]
    next: Option<i64>,
}

/// An edited cell of a change.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogCell {
    table: TableKey,
    id: i64,
    field: FieldKey,
    #[schema(value_type = shapes::Cell)]
    before: Value,
    #[schema(value_type = shapes::Cell)]
    after: Value,
}

/// A change with the cells it edited, at most 500 of them.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogEntryWhole {
    #[serde(flatten)]
    entry: LogEntry,
    edits: Vec<LogCell>,
}

/// The change log.
#[utoipa::path(
    get, path = "/changes", tag = "changes", operation_id = "changes",
    params(LogWanted),
    responses((status = 200, description = "The answer.", body = LogPage)),
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    wanted: Result<Query<LogWanted>, QueryRejection>,
) -> ApiResult<Json<LogPage>> {
    let Query(w) = wanted.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let limit = w.limit.unwrap_or(50).clamp(1, 200);
        let LogWanted { table, record, field, user, action, before, .. } = w;
        let query = LogQuery { table, record, field, user, action, before, limit };
        let found = app.book().changes(&caller.scope, &query)?;
        let names = who(app)?;
        let next = if found.len() == limit { found.last().map(|e| e.change) } else { None };
        Ok(LogPage { changes: found.iter().map(|e| entry(e, &names)).collect(), next })
    })
    .await?;
    Ok(Json(out))
}

/// A change with the cells it edited.
#[utoipa::path(
    get, path = "/changes/{change}", tag = "changes", operation_id = "change",
    params(("change" = i64, Path)),
    responses((status = 200, description = "The answer.", body = LogEntryWhole)),
)]
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(change): Path<i64>,
) -> ApiResult<Json<LogEntryWhole>> {
    let out = blocking(&app, move |app| {
        let (e, cells) = app.book().change(&caller.scope, change)?;
        let shown = |c: store::LogCell| {
            let (before, after) = (to_json(&c.before)?, to_json(&c.after)?);
            Ok(LogCell { table: c.table.into(), id: c.record, field: c.field.into(), before, after })
        };
        let edits = cells.into_iter().map(shown).collect::<model::Result<_>>()?;
        Ok(LogEntryWhole { entry: entry(&e, &who(app)?), edits })
    })
    .await?;
    Ok(Json(out))
}

/// A removed record.
#[derive(Serialize, ToSchema)]
pub(crate) struct Removed {
    table: TableKey,
    id: RecordId,
    /// The change that removed it.
    change: i64,
    /// Seconds since 1970 UTC.
    at: i64,
    user: String,
    #[schema(required)]
    code: Option<String>,
    #[schema(required)]
    name: Option<String>,
}

/// The recycle bin of a table.
#[derive(Serialize, ToSchema)]
pub(crate) struct Trash {
    /// Newest first, at most 200.
    records: Vec<Removed>,
    /// After so many days the content of a removed record is cleared.
    kept_days: i64,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfTable {
    /// The key of the table.
    table: String,
}

/// The recycle bin of a table.
#[utoipa::path(
    get, path = "/trash", tag = "changes", operation_id = "trash",
    params(OfTable),
    responses((status = 200, description = "The answer.", body = Trash)),
)]
pub(crate) async fn trash(
    State(app): State<Arc<App>>,
    caller: Caller,
    of: Result<Query<OfTable>, QueryRejection>,
) -> ApiResult<Json<Trash>> {
    let Query(of) = of.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let names = who(app)?;
        let shown = |r: store::Removed| {
            let user = named(&names, r.user);
            Removed { table: r.table, id: r.id, change: r.change, at: r.at, user, code: r.code, name: r.name }
        };
        let records = app.book().trash(&caller.scope, &of.table)?.into_iter().map(shown).collect();
        Ok(Trash { records, kept_days: store::KEPT_DAYS })
    })
    .await?;
    Ok(Json(out))
}

/// A removed record to be brought back.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Wanting {
    table: TableKey,
    id: RecordId,
}

/// A record that could not be brought back, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotRestored {
    table: TableKey,
    id: RecordId,
    message: String,
}

/// What came back.
#[derive(Serialize, ToSchema)]
pub(crate) struct Restored {
    change: i64,
    restored: u64,
    refused: Vec<NotRestored>,
}

/// Removed records to be brought back, as one change.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Restore {
    /// At most 1,000.
    records: Vec<Wanting>,
}

/// Brings removed records back.
#[utoipa::path(
    post, path = "/trash/restore", tag = "changes", operation_id = "restore",
    request_body = Restore,
    responses((status = 200, description = "The answer.", body = Restored)),
)]
pub(crate) async fn restore(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Result<Json<Restore>, JsonRejection>,
) -> ApiResult<Json<Restored>> {
    let Json(r) = body.map_err(malformed)?;
    caller.require(Access::Write)?;
    if r.records.len() > MOST {
        return Err(malformed("records"));
    }
    let out = blocking(&app, move |app| {
        let records: Vec<_> = r.records.into_iter().map(|r| (r.table, r.id)).collect();
        let done = app.book().restore_removed(&caller.scope, &records)?;
        let lang = caller.scope.lang;
        let refused = done.refused.into_iter().map(|(table, id, why)| {
            let message = why.message(lang).to_owned();
            NotRestored { table, id, message }
        });
        Ok(Restored { change: done.change, restored: done.restored, refused: refused.collect() })
    })
    .await?;
    Ok(Json(out))
}

/// The moment a record is set back to.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Moment {
    /// Just before this change.
    change: i64,
    /// Only say what would change.
    #[serde(default)]
    preview: bool,
}

/// A cell as it is and as it would be.
#[derive(Serialize, ToSchema)]
pub(crate) struct SetBack {
    field: FieldKey,
    #[schema(value_type = shapes::Cell)]
    now: Value,
    #[schema(value_type = shapes::Cell)]
    then: Value,
}

/// What setting a record back did, or with `preview` what it would do.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum SetBackAnswer {
    /// Without `preview`.
    Done {
        change: i64,
        /// Cells that changed.
        restored: u64,
    },
    /// With `preview`.
    Preview { cells: Vec<SetBack> },
}

/// Sets a record back to just before a change.
#[utoipa::path(
    post, path = "/tables/{table}/records/{id}/restore", tag = "changes", operation_id = "setBack",
    params(("table" = String, Path, description = "The key of a table."), ("id" = i64, Path)),
    request_body = Moment,
    responses((status = 200, description = "The answer.", body = SetBackAnswer)),
)]
pub(crate) async fn set_back(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, id)): Path<(String, i64)>,
    body: Result<Json<Moment>, JsonRejection>,
) -> ApiResult<Json<SetBackAnswer>> {
    let Json(m) = body.map_err(malformed)?;
    caller.require(Access::Write)?;
    let out = blocking(&app, move |app| {
        let (book, id) = (app.book(), RecordId(id));
        if m.preview {
            let shown =
                |c: store::SetBack| Ok(SetBack { field: c.field, now: to_json(&c.now)?, then: to_json(&c.then)? });
            let cells = book.preview_restore(&caller.scope, &table, id, m.change)?;
            let cells = cells.into_iter().map(shown).collect::<model::Result<_>>()?;
            return Ok(SetBackAnswer::Preview { cells });
        }
        let (change, restored) = book.restore_to(&caller.scope, &table, id, m.change)?;
        Ok(SetBackAnswer::Done { change, restored })
    })
    .await?;
    Ok(Json(out))
}
