//! Saved views: questions with a name.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::wire;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Access, Filter, Query, Result, Sort, TableDef};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{SavedDef, SavedPatch, SavedView};

type Body<T> = std::result::Result<Json<T>, JsonRejection>;

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
) -> ApiResult<Json<Value>> {
    let out = blocking(&app, move |app| {
        let mut views = app.book().saved_views(&caller.scope, &table)?;
        views.iter_mut().try_for_each(|v| fitting(app, v))?;
        let may = json!({ "save": caller.scope.access >= Access::Write, "share": caller.scope.access >= Access::Own });
        Ok(json!({ "views": views, "may": may }))
    })
    .await?;
    Ok(Json(out))
}

#[derive(Deserialize)]
pub(crate) struct NewView {
    name: String,
    #[serde(default)]
    shared: bool,
    #[serde(flatten)]
    def: Value,
}

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<NewView>,
) -> ApiResult<Json<SavedView>> {
    caller.require(Access::Write)?;
    let Json(new) = body.map_err(malformed)?;
    let def: SavedDef = serde_json::from_value(new.def).map_err(malformed)?;
    let work = move |app: &App| {
        check(app, &table, &def)?;
        app.book().save_view(&caller.scope, &table, &new.name, new.shared, &def)
    };
    Ok(Json(blocking(&app, work).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    shared: Option<bool>,
    #[serde(default)]
    def: Option<SavedDef>,
}

pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<i64>,
    body: Body<Change>,
) -> ApiResult<Json<SavedView>> {
    caller.require(Access::Write)?;
    let Json(c) = body.map_err(malformed)?;
    let work = move |app: &App| {
        if let Some(def) = &c.def {
            check(app, &app.book().saved_view(&caller.scope, view)?.table, def)?;
        }
        let patch = SavedPatch { name: c.name, shared: c.shared, def: c.def };
        let mut view = app.book().change_view(&caller.scope, view, &patch)?;
        fitting(app, &mut view)?;
        Ok(view)
    };
    Ok(Json(blocking(&app, work).await?))
}

pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<i64>,
) -> ApiResult<StatusCode> {
    caller.require(Access::Write)?;
    blocking(&app, move |app| app.book().delete_view(&caller.scope, view)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    views: Vec<i64>,
}

pub(crate) async fn order(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<Order>,
) -> ApiResult<StatusCode> {
    caller.require(Access::Write)?;
    let Json(o) = body.map_err(malformed)?;
    blocking(&app, move |app| app.book().order_views(&caller.scope, &table, &o.views)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses what could not be asked: a condition its field does not take, an order it does not give.
fn check(app: &App, table: &str, def: &SavedDef) -> Result<()> {
    let schema = app.book().schema();
    let table = schema.require(table)?;
    asked(app, table, def.filter.as_ref(), &def.sort)
}

fn asked(app: &App, table: &TableDef, filter: Option<&Value>, sort: &[store::SavedSort]) -> Result<()> {
    let filter = filter.map_or(Ok(Filter::All(Vec::new())), |f| wire::filter(table, f, 0)).map_err(|e| e.0)?;
    let sort = sort.iter().map(|s| Sort { field: s.field.clone(), desc: s.desc }).collect();
    app.book().check_query(&Query { table: table.key.clone(), filter, search: String::new(), sort })
}

/// Leaves out conditions and orders that a field no longer takes since its kind was changed.
fn fitting(app: &App, view: &mut SavedView) -> Result<()> {
    let schema = app.book().schema();
    // A table that went a moment ago: its views are about to go too.
    let Some(table) = schema.table(&view.table) else { return Ok(()) };
    if asked(app, table, view.def.filter.as_ref(), &view.def.sort).is_ok() {
        return Ok(());
    }
    let fits = |_: &str, condition: &Value| asked(app, table, Some(condition), &[]).is_ok();
    view.def.filter = view.def.filter.take().and_then(|f| store::prune(&f, &fits, &mut view.missing));
    view.def.sort.retain(|s| {
        let kept = asked(app, table, None, std::slice::from_ref(s)).is_ok();
        if !kept && !view.missing.iter().any(|m| s.field == **m) {
            view.missing.push(s.field.to_string());
        }
        kept
    });
    Ok(())
}
