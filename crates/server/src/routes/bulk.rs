//! One thing done to all records of a view, as a job.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::shapes::{Started, Written};
use crate::wire;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use model::{Access, Error, FieldKey, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use store::{Bulk, ViewId};
use utoipa::ToSchema;

/// What is to be done to which rows of a view.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkWrite {
    act: BulkAct,
    /// Rows from one place to before another, `[from, to]`; all when left out.
    rows: Option<Vec<[u64; 2]>>,
}

/// One thing done to many records.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum BulkAct {
    /// Contents by field, as an edit of a cell takes them.
    #[schema(value_type = BTreeMap<FieldKey, Written>)]
    Edit(BTreeMap<FieldKey, Value>),
    /// Labels added to a field of several, and labels taken from it.
    Tag(Tagging),
    /// A text replaced by another.
    Replace(Replacing),
    /// The records removed.
    Delete(Nothing),
}

/// Labels to add and to take away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tagging {
    field: FieldKey,
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

/// No settings.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// A text to look for, and what comes in its place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replacing {
    /// Where to look; every field of text when left out or empty.
    #[serde(default)]
    fields: Vec<FieldKey>,
    find: String,
    with: String,
    /// Only where it is the whole content.
    #[serde(default)]
    whole: bool,
    /// Capital and small letters differ.
    #[serde(default)]
    case: bool,
}

/// What the job of a bulk act leaves.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkDone {
    /// The change it became; null when there was nothing to change.
    #[schema(required)]
    change: Option<i64>,
    /// Records changed or removed.
    records: u64,
    /// Records left as they are because a rule refused.
    refused: usize,
    /// What the first refusal says.
    #[schema(required)]
    message: Option<String>,
    /// Whether it was stopped on the way.
    stopped: bool,
}

impl From<Replacing> for store::Replace {
    fn from(r: Replacing) -> Self {
        Self { fields: r.fields, find: r.find, with: r.with, whole: r.whole, case: r.case }
    }
}

fn ranges(rows: Option<Vec<[u64; 2]>>) -> Option<Vec<Range<u64>>> {
    rows.map(|list| list.into_iter().map(|[from, to]| from..to).collect())
}

/// Starts a job that does one thing to all records of a view, or to some of its rows; its result is a `BulkDone`.
#[utoipa::path(
    post, path = "/views/{view}/bulk", tag = "views", operation_id = "bulk",
    params(("view" = String, Path, description = "The name of an open view.")),
    request_body = BulkWrite,
    responses((status = 200, description = "The answer.", body = Started)),
)]
pub(crate) async fn run(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<String>,
    body: Result<Json<BulkWrite>, JsonRejection>,
) -> ApiResult<Json<Started>> {
    let Json(asked) = body.map_err(malformed)?;
    caller.require(Access::Write)?;
    let own = Arc::clone(&app);
    let job = blocking(&app, move |app| {
        let view = ViewId(view);
        let act = meant(app, &caller, &view, asked.act)?;
        let (rows, scope) = (ranges(asked.rows), caller.scope.clone());
        Ok(app.tasks.start(&caller.scope, "bulk", move |control| {
            let progress = &mut |done, total| control.report("write", done, total);
            let done = own.book().bulk(&scope, &view, rows.as_deref(), &act, progress)?;
            serde_json::to_value(told(&done, &scope)).map_err(Error::internal)
        }))
    })
    .await?;
    Ok(Json(Started { job }))
}

fn meant(app: &App, caller: &Caller, view: &ViewId, act: BulkAct) -> model::Result<Bulk> {
    let (table, _, _) = app.book().view_shape(&caller.scope, view)?;
    Ok(match act {
        BulkAct::Edit(cells) => {
            let members = app.data.system.user_names()?;
            let read = |(key, value): (FieldKey, Value)| {
                let read = wire::cell(app.book(), &caller.scope, &members, table.require(&key)?, &value)?;
                Ok((key, read.value))
            };
            Bulk::Edit(cells.into_iter().map(read).collect::<model::Result<_>>()?)
        }
        BulkAct::Tag(Tagging { field, add, remove }) => Bulk::Tag { field, add: trimmed(add), remove },
        BulkAct::Replace(replace) => Bulk::Replace(replace.into()),
        BulkAct::Delete(Nothing {}) => Bulk::Delete,
    })
}

fn trimmed(texts: Vec<String>) -> Vec<String> {
    texts.into_iter().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect()
}

fn told(done: &store::BulkDone, scope: &model::Scope) -> BulkDone {
    BulkDone {
        change: done.change,
        records: done.records,
        refused: done.refused.len(),
        message: done.refused.first().map(|(_, e)| e.message(scope.lang).to_owned()),
        stopped: done.stopped,
    }
}

/// A replacement to be counted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sought {
    replace: Replacing,
    /// As those of a bulk act.
    rows: Option<Vec<[u64; 2]>>,
}

/// A cell a replacement would change.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplaceSample {
    id: i64,
    field: FieldKey,
    before: String,
    after: String,
}

/// What a replacement would change.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkPreview {
    records: u64,
    cells: u64,
    /// The first cells.
    samples: Vec<ReplaceSample>,
}

/// What a replacement would change.
#[utoipa::path(
    post, path = "/views/{view}/bulk/preview", tag = "views", operation_id = "previewReplace",
    params(("view" = String, Path, description = "The name of an open view.")),
    request_body = Sought,
    responses((status = 200, description = "The answer.", body = BulkPreview)),
)]
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<String>,
    body: Result<Json<Sought>, JsonRejection>,
) -> ApiResult<Json<BulkPreview>> {
    let Json(sought) = body.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let rows = ranges(sought.rows);
        let replace = sought.replace.into();
        let seen = app.book().preview_replace(&caller.scope, &ViewId(view), rows.as_deref(), &replace)?;
        let sample = |(id, field, before, after): (RecordId, _, _, _)| ReplaceSample { id: id.0, field, before, after };
        let samples = seen.samples.into_iter().map(sample).collect();
        Ok(BulkPreview { records: seen.records, cells: seen.cells, samples })
    })
    .await?;
    Ok(Json(out))
}
