//! Saved views: questions with a name.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::wire;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Access, Filter, Query, Result, Scope, Sort, TableDef};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use store::{ColourRule, ColourWhen, SavedDef, SavedPatch, SavedView, Store};
use utoipa::ToSchema;

type Body<T> = std::result::Result<Json<T>, JsonRejection>;

/// What the caller may do with saved views.
#[derive(Serialize, ToSchema)]
pub(crate) struct SavedMay {
    save: bool,
    share: bool,
}

/// The saved views of a table the caller sees, shared ones first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SavedViews {
    views: Vec<SavedView>,
    may: SavedMay,
}

/// The saved views of a table.
#[utoipa::path(
    get, path = "/tables/{table}/saved", tag = "views", operation_id = "savedViews",
    params(("table" = String, Path, description = "The key of a table.")),
    responses((status = 200, description = "The answer.", body = SavedViews)),
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
) -> ApiResult<Json<SavedViews>> {
    let out = blocking(&app, move |app| {
        let mut views = app.book().saved_views(&caller.scope, &table)?;
        views.iter_mut().try_for_each(|v| fitting(app, &caller.scope, v))?;
        let access = caller.scope.access;
        Ok(SavedViews { views, may: SavedMay { save: access >= Access::Write, share: access >= Access::Own } })
    })
    .await?;
    Ok(Json(out))
}

/// A view to be saved.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewView {
    /// 1 to 40 characters.
    name: String,
    /// Everybody sees it.
    #[serde(default)]
    shared: bool,
    #[serde(flatten)]
    #[schema(value_type = SavedDef)]
    def: Value,
}

/// Saves a view.
#[utoipa::path(
    post, path = "/tables/{table}/saved", tag = "views", operation_id = "saveView",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = NewView,
    responses((status = 200, description = "The answer.", body = SavedView)),
)]
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
        check(app.book(), &caller.scope, &table, &def)?;
        app.book().save_view(&caller.scope, &table, &new.name, new.shared, &def)
    };
    Ok(Json(blocking(&app, work).await?))
}

/// Changes of a saved view; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedChange {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    shared: Option<bool>,
    #[serde(default)]
    def: Option<SavedDef>,
}

/// Changes a saved view.
#[utoipa::path(
    patch, path = "/saved/{id}", tag = "views", operation_id = "changeView",
    params(("id" = i64, Path)),
    request_body = SavedChange,
    responses((status = 200, description = "The answer.", body = SavedView)),
)]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<i64>,
    body: Body<SavedChange>,
) -> ApiResult<Json<SavedView>> {
    caller.require(Access::Write)?;
    let Json(c) = body.map_err(malformed)?;
    let work = move |app: &App| {
        if let Some(def) = &c.def {
            check(app.book(), &caller.scope, &app.book().saved_view(&caller.scope, view)?.table, def)?;
        }
        let patch = SavedPatch { name: c.name, shared: c.shared, def: c.def };
        let mut view = app.book().change_view(&caller.scope, view, &patch)?;
        fitting(app, &caller.scope, &mut view)?;
        Ok(view)
    };
    Ok(Json(blocking(&app, work).await?))
}

/// Deletes a saved view.
#[utoipa::path(
    delete, path = "/saved/{id}", tag = "views", operation_id = "deleteView",
    params(("id" = i64, Path)),
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<i64>,
) -> ApiResult<StatusCode> {
    caller.require(Access::Write)?;
    blocking(&app, move |app| {
        app.book().delete_view(&caller.scope, view)?;
        // A link whose view is gone gives nothing; it need not be in any list either.
        app.data.system.forget_secrets(super::feeds::KIND, view)?;
        app.data.system.forget_secrets(super::forms::KIND, view)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The saved views of a table in another order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ViewOrder {
    views: Vec<i64>,
}

/// Puts the saved views of a table into another order.
#[utoipa::path(
    put, path = "/tables/{table}/saved/order", tag = "views", operation_id = "orderViews",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = ViewOrder,
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn order(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<ViewOrder>,
) -> ApiResult<StatusCode> {
    caller.require(Access::Write)?;
    let Json(o) = body.map_err(malformed)?;
    blocking(&app, move |app| app.book().order_views(&caller.scope, &table, &o.views)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses what could not be asked: a condition its field does not take, an order it does not give, a colour rule
/// that does not compile.
pub(crate) fn check(book: &Store, scope: &Scope, table: &str, def: &SavedDef) -> Result<()> {
    let schema = book.schema();
    let table = schema.require(table)?;
    asked(book, scope, table, def.filter.as_ref(), &def.sort)?;
    coloured(book, scope, table, &def.colours)
}

/// The question of a view that fits its table (see [`fitting`]).
pub(crate) fn question(book: &Store, scope: &Scope, table: &TableDef, view: &SavedView) -> Result<Query> {
    asked(book, scope, table, view.def.filter.as_ref(), &view.def.sort)
}

fn asked(
    book: &Store,
    scope: &Scope,
    table: &TableDef,
    filter: Option<&Value>,
    sort: &[store::SavedSort],
) -> Result<Query> {
    let read = |f| wire::filter(book, scope, table, f);
    let filter = filter.map_or(Ok(Filter::All(Vec::new())), read).map_err(|e| e.0)?;
    let sort = sort.iter().map(|s| Sort { field: s.field.clone(), desc: s.desc }).collect();
    let query = Query { filter, sort, ..Query::all(table.key.clone()) };
    book.check_query(&query)?;
    Ok(query)
}

fn coloured(book: &Store, scope: &Scope, table: &TableDef, rules: &[ColourRule]) -> Result<()> {
    let read = |r: &ColourRule| wire::when(book, scope, table, &r.when);
    let colours = rules.iter().map(read).collect::<ApiResult<_>>().map_err(|e| e.0)?;
    book.check_query(&Query { colours, ..Query::all(table.key.clone()) })
}

/// Leaves out conditions, orders and colour rules that a field no longer takes since its kind was changed.
pub(crate) fn fitting(app: &App, scope: &Scope, view: &mut SavedView) -> Result<()> {
    let schema = app.book().schema();
    // A table that went a moment ago: its views are about to go too.
    let Some(table) = schema.table(&view.table) else { return Ok(()) };
    let book = app.book();
    fitting_colours(book, scope, table, view);
    if asked(book, scope, table, view.def.filter.as_ref(), &view.def.sort).is_ok() {
        return Ok(());
    }
    let fits = |_: &str, condition: &Value| asked(book, scope, table, Some(condition), &[]).is_ok();
    let before = view.def.filter.clone();
    view.def.filter = view.def.filter.take().and_then(|f| store::prune(&f, &fits, &mut view.missing));
    view.loose |= view.def.filter != before;
    view.def.sort.retain(|s| {
        let kept = asked(book, scope, table, None, std::slice::from_ref(s)).is_ok();
        if !kept {
            miss(&mut view.missing, &s.field);
        }
        kept
    });
    Ok(())
}

fn fitting_colours(book: &Store, scope: &Scope, table: &TableDef, view: &mut SavedView) {
    view.def.colours.retain(|rule| {
        let kept = coloured(book, scope, table, std::slice::from_ref(rule)).is_ok();
        match &rule.when {
            _ if kept => {}
            ColourWhen::Formula(text) => miss(&mut view.missing, text),
            ColourWhen::Filter(filter) => {
                let fits = |_: &str, condition: &Value| asked(book, scope, table, Some(condition), &[]).is_ok();
                store::prune(filter, &fits, &mut view.missing);
            }
        }
        kept
    });
}

fn miss(missing: &mut Vec<String>, what: &str) {
    if !missing.iter().any(|m| m == what) {
        missing.push(what.to_owned());
    }
}
