//! One thing done to all records of a view, as a job.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::wire;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use model::{Access, FieldKey};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use store::{Bulk, BulkDone, ViewId};

/// What is to be done, and to which rows of the view: from one place to before another; to all when absent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    act: Act,
    rows: Option<Vec<(u64, u64)>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Act {
    /// Contents by field, as an edit of a cell takes them.
    Edit(BTreeMap<FieldKey, Value>),
    Tag {
        field: FieldKey,
        #[serde(default)]
        add: Vec<String>,
        #[serde(default)]
        remove: Vec<String>,
    },
    Replace(Replace),
    Delete {},
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replace {
    #[serde(default)]
    fields: Vec<FieldKey>,
    find: String,
    with: String,
    #[serde(default)]
    whole: bool,
    #[serde(default)]
    case: bool,
}

impl From<Replace> for store::Replace {
    fn from(r: Replace) -> Self {
        Self { fields: r.fields, find: r.find, with: r.with, whole: r.whole, case: r.case }
    }
}

fn ranges(rows: Option<Vec<(u64, u64)>>) -> Option<Vec<Range<u64>>> {
    rows.map(|list| list.into_iter().map(|(from, to)| from..to).collect())
}

/// Starts the job; its result is `{"change", "records", "refused", "message", "stopped"}`.
pub(crate) async fn run(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<String>,
    body: Result<Json<Asked>, JsonRejection>,
) -> ApiResult<Json<Value>> {
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
            Ok(told(&done, &scope))
        }))
    })
    .await?;
    Ok(Json(json!({ "job": job })))
}

fn meant(app: &App, caller: &Caller, view: &ViewId, act: Act) -> model::Result<Bulk> {
    let (table, _, _) = app.book().view_shape(&caller.scope, view)?;
    Ok(match act {
        Act::Edit(cells) => {
            let members = app.data.system.user_names()?;
            let read = |(key, value): (FieldKey, Value)| {
                let read = wire::cell(app.book(), &caller.scope, &members, table.require(&key)?, &value)?;
                Ok((key, read.value))
            };
            Bulk::Edit(cells.into_iter().map(read).collect::<model::Result<_>>()?)
        }
        Act::Tag { field, add, remove } => Bulk::Tag { field, add: trimmed(add), remove },
        Act::Replace(replace) => Bulk::Replace(replace.into()),
        Act::Delete {} => Bulk::Delete,
    })
}

fn trimmed(texts: Vec<String>) -> Vec<String> {
    texts.into_iter().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect()
}

fn told(done: &BulkDone, scope: &model::Scope) -> Value {
    json!({
        "change": done.change,
        "records": done.records,
        "refused": done.refused.len(),
        "message": done.refused.first().map(|(_, e)| e.message(scope.lang)),
        "stopped": done.stopped,
    })
}

/// What a replacement asks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sought {
    replace: Replace,
    rows: Option<Vec<(u64, u64)>>,
}

/// What a replacement would change: `{"records", "cells", "samples": [{"id", "field", "before", "after"}]}`.
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<String>,
    body: Result<Json<Sought>, JsonRejection>,
) -> ApiResult<Json<Value>> {
    let Json(sought) = body.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let rows = ranges(sought.rows);
        let replace = sought.replace.into();
        let seen = app.book().preview_replace(&caller.scope, &ViewId(view), rows.as_deref(), &replace)?;
        let samples: Vec<Value> = seen
            .samples
            .iter()
            .map(|(id, field, before, after)| json!({ "id": id, "field": field, "before": before, "after": after }))
            .collect();
        Ok(json!({ "records": seen.records, "cells": seen.cells, "samples": samples }))
    })
    .await?;
    Ok(Json(out))
}
