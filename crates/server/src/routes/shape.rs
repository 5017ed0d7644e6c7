//! The shape of the book: tables and fields made, changed, turned, ordered and removed.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::shapes;
use crate::upkeep::start_fill;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::{Access, Error, FieldDef, FieldKey, FieldKind, Label, LabelWrite, Loss, Rule, Scope, TableDef, Way, way};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{FieldPatch, Turn};
use utoipa::{IntoParams, ToSchema};

pub(crate) type Body<T> = Result<Json<T>, JsonRejection>;

/// A table to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTable {
    #[schema(value_type = LabelWrite)]
    label: Label,
    #[serde(default)]
    #[schema(value_type = Option<LabelWrite>)]
    description: Option<Label>,
}

/// Makes a table.
#[utoipa::path(
    post, path = "/tables", tag = "schema", operation_id = "addTable",
    request_body = NewTable,
    responses((status = 200, description = "The answer.", body = TableDef)),
)]
pub(crate) async fn add_table(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Body<NewTable>,
) -> ApiResult<Json<TableDef>> {
    caller.require(Access::Own)?;
    let Json(t) = body.map_err(malformed)?;
    Ok(Json(blocking(&app, move |app| app.book().add_table(&caller.scope, t.label, t.description)).await?))
}

/// A part that may be left out, or be null to take something away.
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// Changes of a table; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableChange {
    #[serde(default)]
    #[schema(value_type = Option<LabelWrite>)]
    label: Option<Label>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<LabelWrite>)]
    description: Option<Option<Label>>,
}

/// Renames or describes a table.
#[utoipa::path(
    patch, path = "/tables/{table}", tag = "schema", operation_id = "changeTable",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = TableChange,
    responses((status = 200, description = "The answer.", body = TableDef)),
)]
pub(crate) async fn change_table(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<TableChange>,
) -> ApiResult<Json<TableDef>> {
    caller.require(Access::Own)?;
    let Json(t) = body.map_err(malformed)?;
    let work = move |app: &App| app.book().change_table(&caller.scope, &table, t.label, t.description);
    Ok(Json(blocking(&app, work).await?))
}

/// What else may go with a table or field.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Along {
    /// The fields that show its links in other tables.
    #[serde(default)]
    other_side: bool,
}

/// Removes a table of one's own; refused while something uses it.
#[utoipa::path(
    delete, path = "/tables/{table}", tag = "schema", operation_id = "removeTable",
    params(("table" = String, Path, description = "The key of a table."), Along),
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn remove_table(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    Query(with): Query<Along>,
) -> ApiResult<StatusCode> {
    caller.require(Access::Own)?;
    blocking(&app, move |app| app.book().remove_table(&caller.scope, &table, with.other_side)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A field to be made.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewField {
    #[schema(value_type = LabelWrite)]
    label: Label,
    #[serde(flatten)]
    kind: FieldKind,
    #[serde(default)]
    #[schema(value_type = Option<LabelWrite>)]
    description: Option<Label>,
    #[serde(default)]
    formula: Option<Arc<str>>,
    #[serde(default)]
    default: Option<Arc<str>>,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default = "yes")]
    shown: bool,
    /// Of a link: its name in the other table, where it is to be shown too.
    #[serde(default)]
    #[schema(value_type = Option<LabelWrite>)]
    other_side: Option<Label>,
}

/// A field made or changed.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldDone {
    field: FieldDef,
    /// The job that does what is still to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
}

fn yes() -> bool {
    true
}

/// Adds a field to a table.
#[utoipa::path(
    post, path = "/tables/{table}/fields", tag = "schema", operation_id = "addField",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = NewField,
    responses((status = 200, description = "The answer.", body = FieldDone)),
)]
pub(crate) async fn add_field(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<NewField>,
) -> ApiResult<Json<FieldDone>> {
    caller.require(Access::Own)?;
    let Json(f) = body.map_err(malformed)?;
    let scope = caller.scope.clone();
    let field = blocking(&app, move |app| {
        let field = FieldDef {
            description: f.description,
            formula: f.formula,
            default: f.default,
            rules: f.rules,
            shown: f.shown,
            ..FieldDef::new("", f.label, f.kind)
        };
        app.book().add_link(&scope, &table, field, f.other_side)
    })
    .await?;
    settled(&app, &caller.scope, field).await
}

/// The field, with a job where much is still to be computed.
async fn settled(app: &Arc<App>, scope: &Scope, field: FieldDef) -> ApiResult<Json<FieldDone>> {
    let much = blocking(app, |app| {
        let Some(filling) = app.book().filling()? else { return Ok(false) };
        if filling.left <= AT_ONCE {
            app.book().fill(&mut |_, _| Ok(()))?;
        }
        Ok(filling.left > AT_ONCE)
    })
    .await?;
    Ok(Json(FieldDone { field, job: much.then(|| start_fill(app, scope)) }))
}

/// So many records are computed while the caller waits.
const AT_ONCE: u64 = 5_000;

/// Settings of kinds, as they may come in a change of a field.
const SETTINGS: [&str; 9] = ["kind", "decimals", "unit", "options", "table", "field", "images", "max", "pattern"];

/// Changes of a field: what is left out stays. Settings of its kind come beside, as in a field.
#[derive(Deserialize, ToSchema)]
pub(crate) struct FieldChange {
    #[serde(default)]
    #[schema(value_type = Option<LabelWrite>)]
    label: Option<Label>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<LabelWrite>)]
    description: Option<Option<Label>>,
    #[serde(default)]
    shown: Option<bool>,
    #[serde(default)]
    rules: Option<Vec<Rule>>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    default: Option<Option<Arc<str>>>,
    #[serde(default)]
    formula: Option<Arc<str>>,
    /// Options whose text changes in the cells too, old to new.
    #[serde(default)]
    renamed: BTreeMap<String, String>,
    #[serde(flatten)]
    #[schema(value_type = shapes::KindChange)]
    settings: Map<String, Value>,
}

/// The kind of a field with other settings put over it.
fn kind_with(field: &FieldDef, settings: Map<String, Value>) -> ApiResult<Option<FieldKind>> {
    if settings.is_empty() {
        return Ok(None);
    }
    if let Some(unknown) = settings.keys().find(|k| !SETTINGS.contains(&k.as_str())) {
        return Err(malformed(unknown));
    }
    // Another kind brings all its settings.
    let mut whole = match settings.get("kind") {
        Some(kind) if kind != field.kind.name() => Value::Object(Map::new()),
        _ => serde_json::to_value(&field.kind).map_err(Error::internal)?,
    };
    if let Some(map) = whole.as_object_mut() {
        map.extend(settings);
    }
    serde_json::from_value(whole).map(Some).map_err(malformed)
}

/// Changes a field.
#[utoipa::path(
    patch, path = "/tables/{table}/fields/{field}", tag = "schema", operation_id = "changeField",
    params(("table" = String, Path, description = "The key of a table."), ("field" = String, Path, description = "The key of a field.")),
    request_body = FieldChange,
    responses((status = 200, description = "The answer.", body = FieldDone)),
)]
pub(crate) async fn change_field(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, key)): Path<(String, String)>,
    body: Body<FieldChange>,
) -> ApiResult<Json<FieldDone>> {
    caller.require(Access::Own)?;
    let Json(c) = body.map_err(malformed)?;
    let schema = app.book().schema();
    let kind = kind_with(schema.require(&table)?.require(&key)?, c.settings)?;
    let patch = FieldPatch {
        label: c.label,
        description: c.description,
        shown: c.shown,
        kind,
        renamed: c.renamed,
        rules: c.rules,
        default: c.default,
        formula: c.formula,
    };
    let (scope, place) = (caller.scope.clone(), (table.clone(), key.clone()));
    let done = blocking(&app, move |app| app.book().change_field(&scope, &place.0, &place.1, patch)).await?;
    if let Some(to) = done.turn {
        let job = start_turn(&app, &caller.scope, table, key, to);
        return Ok(Json(FieldDone { field: done.field, job: Some(job) }));
    }
    settled(&app, &caller.scope, done.field).await
}

fn start_turn(app: &Arc<App>, scope: &Scope, table: String, key: String, to: impl Into<Turn>) -> String {
    let to = to.into();
    let (inner, own) = (Arc::clone(app), scope.clone());
    app.tasks.start(scope, "convert", move |control| {
        let members = inner.data.system.user_names()?;
        let progress = &mut |done, total| control.report("write", done, total);
        let field = inner.book().turn(&own, &table, &key, to, &members, progress)?;
        Ok(json!({ "field": field }))
    })
}

/// A field to be turned into another kind.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Convert {
    to: FieldKind,
    /// Only say what would become of the cells.
    preview: bool,
}

/// A cell before and after.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConvertSample {
    before: String,
    #[schema(required)]
    after: Option<String>,
    /// Null when nothing is lost.
    #[schema(required, value_type = Option<shapes::LossName>)]
    loss: Option<&'static str>,
}

/// What would become of the cells.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConvertPreview {
    total: u64,
    changed: u64,
    partly: u64,
    lost: u64,
    /// At most 20, what is lost first.
    samples: Vec<ConvertSample>,
}

/// With `preview` what would become of the cells, otherwise the job that turns them.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum ConvertAnswer {
    /// With `preview`.
    Preview(ConvertPreview),
    /// Without it.
    Job(shapes::Started),
}

/// Turns a field into another kind, or says what would be lost.
#[utoipa::path(
    post, path = "/tables/{table}/fields/{field}/convert", tag = "schema", operation_id = "convertField",
    params(("table" = String, Path, description = "The key of a table."), ("field" = String, Path, description = "The key of a field.")),
    request_body = Convert,
    responses((status = 200, description = "The answer.", body = ConvertAnswer)),
)]
pub(crate) async fn convert(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, key)): Path<(String, String)>,
    body: Body<Convert>,
) -> ApiResult<Json<ConvertAnswer>> {
    caller.require(Access::Own)?;
    let Json(c) = body.map_err(malformed)?;
    if !c.preview {
        let schema = app.book().schema();
        let field = schema.require(&table)?.require(&key)?;
        if way(&field.kind, &c.to) == Way::Same && field.kind == c.to {
            return Err(malformed("to"));
        }
        let job = start_turn(&app, &caller.scope, table, key, c.to);
        return Ok(Json(ConvertAnswer::Job(shapes::Started { job })));
    }
    let p = blocking(&app, move |app| {
        let members = app.data.system.user_names()?;
        app.book().preview_turn(&caller.scope, &table, &key, &c.to, &members)
    })
    .await?;
    let loss = |l: Loss| match l {
        Loss::Part => "part",
        Loss::All => "all",
    };
    let sample = |s: store::Sample| ConvertSample { before: s.before, after: s.after, loss: s.loss.map(loss) };
    let samples = p.samples.into_iter().map(sample).collect();
    let (total, changed, partly, lost) = (p.total, p.changed, p.partly, p.lost);
    Ok(Json(ConvertAnswer::Preview(ConvertPreview { total, changed, partly, lost, samples })))
}

/// The fields of a table in another order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldOrder {
    /// All keys of the table.
    fields: Vec<FieldKey>,
}

/// Puts the fields of a table into another order.
#[utoipa::path(
    put, path = "/tables/{table}/fields/order", tag = "schema", operation_id = "orderFields",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = FieldOrder,
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn order_fields(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<FieldOrder>,
) -> ApiResult<StatusCode> {
    caller.require(Access::Own)?;
    let Json(o) = body.map_err(malformed)?;
    blocking(&app, move |app| app.book().order_fields(&caller.scope, &table, &o.fields)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a field of one's own; refused while something uses it.
#[utoipa::path(
    delete, path = "/tables/{table}/fields/{field}", tag = "schema", operation_id = "removeField",
    params(("table" = String, Path, description = "The key of a table."), ("field" = String, Path, description = "The key of a field."), Along),
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn remove_field(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, key)): Path<(String, String)>,
    Query(with): Query<Along>,
) -> ApiResult<StatusCode> {
    caller.require(Access::Own)?;
    let scope = caller.scope.clone();
    let left = blocking(&app, move |app| {
        app.book().remove_field(&caller.scope, &table, &key, with.other_side)?;
        app.book().filling()
    })
    .await?;
    if left.is_some() {
        start_fill(&app, &scope);
    }
    Ok(StatusCode::NO_CONTENT)
}
