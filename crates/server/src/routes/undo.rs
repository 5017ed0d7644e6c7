//! Undo and redo: the caller's own steps, and any change by its number.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::shapes::Started;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use model::{Access, Error, Label, Scope};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{Meeting, Step, Store};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Keeping {
    /// Leave alone what was changed since, instead of refusing.
    #[serde(default)]
    keep: bool,
}

fn meeting(keep: bool, names: &store::Names) -> Meeting<'_> {
    if keep { Meeting::Keep } else { Meeting::Refuse(names) }
}

/// A step taken back or done again, and what it was.
#[derive(Serialize, ToSchema)]
pub(crate) struct Stepped {
    change: i64,
    /// Cells and records taken back, of an undo.
    #[serde(skip_serializing_if = "Option::is_none")]
    undone: Option<u64>,
    /// Cells and records done again, of a redo.
    #[serde(skip_serializing_if = "Option::is_none")]
    redone: Option<u64>,
    /// Left alone because they were changed since.
    kept: u64,
    /// Whether records came or went.
    rows: bool,
    label: Label,
}

/// Which way a step goes.
#[derive(Clone, Copy)]
enum Direction {
    Undo,
    Redo,
}

fn said(step: Step, direction: Direction) -> Stepped {
    let d = &step.done;
    let n = d.removed + d.restored + d.revived;
    let (undone, redone) = match direction {
        Direction::Undo => (Some(n), None),
        Direction::Redo => (None, Some(n)),
    };
    Stepped { change: d.change, undone, redone, kept: d.kept, rows: d.removed + d.revived > 0, label: step.label }
}

/// What the undo of one change did.
#[derive(Serialize, ToSchema)]
pub(crate) struct Undone {
    /// The undo itself; undoing that is a redo.
    change: i64,
    /// Records removed.
    removed: u64,
    /// Cells put back.
    restored: u64,
    /// Records brought back.
    revived: u64,
    /// Cells or records left alone because they were changed since.
    kept: u64,
}

/// So many cells and records are taken back while the caller waits; more is a job's work.
const AT_ONCE: u64 = 20_000;

/// What was asked for, or the job that does it, whose result it will be.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum SteppedOrJob {
    /// It is done.
    Done(Stepped),
    /// It is much.
    Job(Started),
}

/// What was asked for, or the job that does it, whose result it will be.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum UndoneOrJob {
    /// It is done.
    Done(Undone),
    /// It is much.
    Job(Started),
}

/// Takes a step of this many cells and records now, or has it taken by a job.
fn stepped<T: Serialize>(
    app: &Arc<App>,
    scope: &Scope,
    size: u64,
    kind: &'static str,
    work: impl FnOnce(&App) -> model::Result<T> + Send + 'static,
) -> model::Result<Result<T, Started>> {
    if size <= AT_ONCE {
        return work(app).map(Ok);
    }
    let own = Arc::clone(app);
    let job = app.tasks.start(scope, kind, move |control| {
        // How far one transaction has come is not known; that it is at work is.
        control.report("write", 0, 0)?;
        serde_json::to_value(work(&own)?).map_err(Error::internal)
    });
    Ok(Err(Started { job }))
}

/// Undoes one change by its number; a large one by a job.
#[utoipa::path(
    post, path = "/changes/{change}/undo", tag = "changes", operation_id = "undo",
    params(("change" = i64, Path), Keeping),
    responses((status = 200, description = "The answer.", body = UndoneOrJob)),
)]
pub(crate) async fn any(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(change): Path<i64>,
    keeping: Kept,
) -> ApiResult<Json<UndoneOrJob>> {
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
            Ok(Undone { change: u.change, removed: u.removed, restored: u.restored, revived: u.revived, kept: u.kept })
        })
    })
    .await?;
    Ok(Json(out.map_or_else(UndoneOrJob::Job, UndoneOrJob::Done)))
}

/// Takes back the caller's newest step.
#[utoipa::path(
    post, path = "/undo", tag = "changes", operation_id = "undoLast",
    params(Keeping),
    responses((status = 200, description = "The answer.", body = SteppedOrJob)),
)]
pub(crate) async fn last(State(app): State<Arc<App>>, caller: Caller, keeping: Kept) -> ApiResult<Json<SteppedOrJob>> {
    step(app, caller, keeping, Direction::Undo).await
}

/// Does again what the caller's last undo took back.
#[utoipa::path(
    post, path = "/redo", tag = "changes", operation_id = "redoLast",
    params(Keeping),
    responses((status = 200, description = "The answer.", body = SteppedOrJob)),
)]
pub(crate) async fn redo(State(app): State<Arc<App>>, caller: Caller, keeping: Kept) -> ApiResult<Json<SteppedOrJob>> {
    step(app, caller, keeping, Direction::Redo).await
}

type Kept = Result<Query<Keeping>, QueryRejection>;

async fn step(app: Arc<App>, caller: Caller, keeping: Kept, direction: Direction) -> ApiResult<Json<SteppedOrJob>> {
    let Query(Keeping { keep }) = keeping.map_err(malformed)?;
    caller.require(Access::Write)?;
    let own = Arc::clone(&app);
    let out = blocking(&app, move |app| {
        let back = matches!(direction, Direction::Undo);
        let (size, scope) = (app.book().step_size(&caller.scope, back)?, caller.scope.clone());
        stepped(&own, &caller.scope, size, if back { "undo" } else { "redo" }, move |app| {
            let names = app.data.system.user_names()?;
            let act = if back { Store::undo_last } else { Store::redo_last };
            Ok(said(act(app.book(), &scope, meeting(keep, &names))?, direction))
        })
    })
    .await?;
    Ok(Json(out.map_or_else(SteppedOrJob::Job, SteppedOrJob::Done)))
}
