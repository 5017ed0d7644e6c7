//! The shape of the book: tables, fields, formulas, and what the page needs to offer them.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::upkeep::start_fill;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::{
    Access, Error, FieldDef, FieldKey, FieldKind, Label, Lang, Loss, RecordId, Rule, Scope, TableDef, Way, way,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::FieldPatch;

type Body<T> = Result<Json<T>, JsonRejection>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTable {
    label: Label,
    #[serde(default)]
    description: Option<Label>,
}

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableChange {
    #[serde(default)]
    label: Option<Label>,
    #[serde(default, deserialize_with = "given")]
    description: Option<Option<Label>>,
}

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
#[derive(Deserialize)]
pub(crate) struct Along {
    /// The fields that show its links in other tables.
    #[serde(default)]
    other_side: bool,
}

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

#[derive(Deserialize)]
pub(crate) struct NewField {
    label: Label,
    #[serde(flatten)]
    kind: FieldKind,
    #[serde(default)]
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
    other_side: Option<Label>,
}

fn yes() -> bool {
    true
}

pub(crate) async fn add_field(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<NewField>,
) -> ApiResult<Json<Value>> {
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
async fn settled(app: &Arc<App>, scope: &Scope, field: FieldDef) -> ApiResult<Json<Value>> {
    let much = blocking(app, |app| {
        let Some(filling) = app.book().filling()? else { return Ok(false) };
        if filling.left <= AT_ONCE {
            app.book().fill(&mut |_, _| Ok(()))?;
        }
        Ok(filling.left > AT_ONCE)
    })
    .await?;
    if !much {
        return Ok(Json(json!({ "field": field })));
    }
    Ok(Json(json!({ "field": field, "job": start_fill(app, scope) })))
}

/// So many records are computed while the caller waits.
const AT_ONCE: u64 = 5_000;

/// Settings of kinds, as they may come in a change of a field.
const SETTINGS: [&str; 9] = ["kind", "decimals", "unit", "options", "table", "field", "images", "max", "pattern"];

#[derive(Deserialize)]
pub(crate) struct FieldChange {
    #[serde(default)]
    label: Option<Label>,
    #[serde(default, deserialize_with = "given")]
    description: Option<Option<Label>>,
    #[serde(default)]
    shown: Option<bool>,
    #[serde(default)]
    rules: Option<Vec<Rule>>,
    #[serde(default, deserialize_with = "given")]
    default: Option<Option<Arc<str>>>,
    #[serde(default)]
    formula: Option<Arc<str>>,
    #[serde(default)]
    renamed: BTreeMap<String, String>,
    #[serde(flatten)]
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

pub(crate) async fn change_field(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, key)): Path<(String, String)>,
    body: Body<FieldChange>,
) -> ApiResult<Json<Value>> {
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
        return Ok(Json(json!({ "field": done.field, "job": job })));
    }
    settled(&app, &caller.scope, done.field).await
}

fn start_turn(app: &Arc<App>, scope: &Scope, table: String, key: String, to: FieldKind) -> String {
    let (inner, own) = (Arc::clone(app), scope.clone());
    app.tasks.start(scope, "convert", move |control| {
        let members = inner.data.system.user_names()?;
        let progress = &mut |done, total| control.report("write", done, total);
        let field = inner.book().turn(&own, &table, &key, to, &members, progress)?;
        Ok(json!({ "field": field }))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Convert {
    to: FieldKind,
    preview: bool,
}

pub(crate) async fn convert(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, key)): Path<(String, String)>,
    body: Body<Convert>,
) -> ApiResult<Json<Value>> {
    caller.require(Access::Own)?;
    let Json(c) = body.map_err(malformed)?;
    if !c.preview {
        let schema = app.book().schema();
        let field = schema.require(&table)?.require(&key)?;
        if way(&field.kind, &c.to) == Way::Same && field.kind == c.to {
            return Err(malformed("to"));
        }
        let job = start_turn(&app, &caller.scope, table, key, c.to);
        return Ok(Json(json!({ "job": job })));
    }
    let p = blocking(&app, move |app| {
        let members = app.data.system.user_names()?;
        app.book().preview_turn(&caller.scope, &table, &key, &c.to, &members)
    })
    .await?;
    let loss = |l: Option<Loss>| match l {
        Some(Loss::Part) => json!("part"),
        Some(Loss::All) => json!("all"),
        None => Value::Null,
    };
    let samples: Vec<Value> =
        p.samples.iter().map(|s| json!({ "before": s.before, "after": s.after, "loss": loss(s.loss) })).collect();
    Ok(Json(json!({ "total": p.total, "changed": p.changed, "partly": p.partly, "lost": p.lost, "samples": samples })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    fields: Vec<FieldKey>,
}

pub(crate) async fn order_fields(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<Order>,
) -> ApiResult<StatusCode> {
    caller.require(Access::Own)?;
    let Json(o) = body.map_err(malformed)?;
    blocking(&app, move |app| app.book().order_fields(&caller.scope, &table, &o.fields)).await?;
    Ok(StatusCode::NO_CONTENT)
}

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

pub(crate) async fn functions(caller: Caller) -> Json<Value> {
    let zh = caller.scope.lang == Lang::Zh;
    let list: Vec<Value> = formula::catalogue()
        .iter()
        .map(|e| {
            let (syntax, help) = if zh { (e.syntax_zh, e.help_zh) } else { (e.syntax_en, e.help_en) };
            let (group_zh, group_en) = e.group.names();
            json!({ "name": e.name, "group": if zh { group_zh } else { group_en }, "syntax": syntax, "help": help })
        })
        .collect();
    Json(json!({ "functions": list }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Formula {
    formula: String,
    #[serde(default)]
    field: Option<String>,
}

pub(crate) async fn check_formula(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<Formula>,
) -> ApiResult<Json<Value>> {
    let Json(f) = body.map_err(malformed)?;
    let lang = caller.scope.lang;
    let out = blocking(&app, move |app| {
        // A wrong formula is an answer here, not a failure; a missing table is one.
        app.book().schema().require(&table)?;
        match app.book().check_formula(&caller.scope, &table, &f.formula, f.field.as_deref()) {
            Ok(c) => {
                let preview = c
                    .preview
                    .iter()
                    .map(|(id, label, v)| Ok(json!({ "id": id, "label": label, "value": store::to_json(v)? })))
                    .collect::<model::Result<Vec<_>>>()?;
                let (kind, name) = (c.kind, c.type_name.get(lang).to_owned());
                Ok(json!({ "ok": true, "type": name, "kind": kind, "error": null, "preview": preview }))
            }
            Err(e) if e.code == model::ErrorCode::Formula => Ok(json!({
                "ok": false, "type": "", "error": fault(&e, lang, &f.formula), "preview": [],
            })),
            Err(e) => Err(e),
        }
    })
    .await?;
    Ok(Json(out))
}

/// A fault of a formula: what, where in UTF-16 units, and the cure, which stands behind the last semicolon.
fn fault(e: &Error, lang: Lang, text: &str) -> Value {
    let message = e.message(lang);
    let (what, cure) = message.rsplit_once(if lang == Lang::Zh { "；" } else { "; " }).unwrap_or((message, ""));
    let units = |chars: usize| text.chars().take(chars).map(char::len_utf16).sum::<usize>();
    let (from, to) = e.at.map_or((0, text.chars().count()), |at| at);
    json!({ "message": what, "from": units(from), "to": units(to), "cure": cure })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ids {
    ids: Vec<RecordId>,
}

pub(crate) async fn marks(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<Ids>,
) -> ApiResult<Json<Value>> {
    let Json(i) = body.map_err(malformed)?;
    let lang = caller.scope.lang;
    let marks = blocking(&app, move |app| app.book().marks(&caller.scope, &table, &i.ids)).await?;
    let list: Vec<Value> = marks
        .iter()
        .map(|m| json!({ "id": m.id, "field": m.field, "level": m.level, "message": m.message.get(lang) }))
        .collect();
    Ok(Json(json!({ "marks": list })))
}

pub(crate) async fn members(State(app): State<Arc<App>>, _: Caller) -> ApiResult<Json<Value>> {
    let names = blocking(&app, |app| app.data.system.user_names()).await?;
    let list: Vec<Value> = names.iter().map(|(id, name)| json!({ "id": id.0, "name": name })).collect();
    Ok(Json(json!({ "members": list })))
}

pub(crate) async fn places(_: Caller) -> Json<Value> {
    let list: Vec<Value> = model::place::provinces()
        .iter()
        .map(|p| {
            let cities: Vec<Value> = p.cities.iter().map(|c| json!([c.name, c.districts])).collect();
            json!([p.name, cities])
        })
        .collect();
    Json(json!({ "provinces": list }))
}
