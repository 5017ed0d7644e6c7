//! What those who shape a book look up: functions, formulas on trial, rules that do not hold, members, places.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::routes::shape::Body;
use crate::shapes;
use axum::Json;
use axum::extract::{Path, State};
use model::{Error, FieldKey, FieldKind, Lang, Level, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// A function of the expression language, in the caller's language.
#[derive(Serialize, ToSchema)]
pub(crate) struct FunctionHelp {
    name: &'static str,
    group: &'static str,
    syntax: &'static str,
    help: &'static str,
}

/// The functions of the expression language.
#[derive(Serialize, ToSchema)]
pub(crate) struct Functions {
    functions: Vec<FunctionHelp>,
}

/// The functions of the expression language.
#[utoipa::path(
    get, path = "/functions", tag = "schema", operation_id = "functions",
    responses((status = 200, description = "The answer.", body = Functions)),
)]
pub(crate) async fn functions(caller: Caller) -> Json<Functions> {
    let zh = caller.scope.lang == Lang::Zh;
    let functions = formula::catalogue()
        .iter()
        .map(|e| {
            let (syntax, help) = if zh { (e.syntax_zh, e.help_zh) } else { (e.syntax_en, e.help_en) };
            let (group_zh, group_en) = e.group.names();
            FunctionHelp { name: e.name, group: if zh { group_zh } else { group_en }, syntax, help }
        })
        .collect();
    Json(Functions { functions })
}

/// A formula to be tried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Formula {
    formula: String,
    /// The key of the field it is for, so that a cycle is found.
    #[serde(default)]
    field: Option<String>,
}

/// A formula's value for one record.
#[derive(Serialize, ToSchema)]
pub(crate) struct FormulaSample {
    id: RecordId,
    label: String,
    #[schema(value_type = shapes::Cell)]
    value: Value,
}

/// What is wrong with a formula.
#[derive(Serialize, ToSchema)]
pub(crate) struct FormulaFault {
    message: String,
    /// Where it begins in the formula, in UTF-16 units.
    from: usize,
    /// Where it ends.
    to: usize,
    cure: String,
}

/// What a formula gives, or what is wrong with it.
#[derive(Serialize, ToSchema)]
pub(crate) struct FormulaCheck {
    ok: bool,
    /// The type of the result, in words; empty when the formula is wrong.
    #[serde(rename = "type")]
    type_name: String,
    /// The kind that suits the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<FieldKind>,
    #[schema(required)]
    error: Option<FormulaFault>,
    /// At most 5.
    preview: Vec<FormulaSample>,
}

/// Tries a formula on some records.
#[utoipa::path(
    post, path = "/tables/{table}/formula/check", tag = "schema", operation_id = "checkFormula",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = Formula,
    responses((status = 200, description = "The answer.", body = FormulaCheck)),
)]
pub(crate) async fn check_formula(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<Formula>,
) -> ApiResult<Json<FormulaCheck>> {
    let Json(f) = body.map_err(malformed)?;
    let lang = caller.scope.lang;
    let out = blocking(&app, move |app| {
        // A wrong formula is an answer here, not a failure; a missing table is one.
        app.book().schema().require(&table)?;
        match app.book().check_formula(&caller.scope, &table, &f.formula, f.field.as_deref()) {
            Ok(c) => {
                let preview = c
                    .preview
                    .into_iter()
                    .map(|(id, label, v)| Ok(FormulaSample { id, label, value: store::to_json(&v)? }))
                    .collect::<model::Result<_>>()?;
                let type_name = c.type_name.get(lang).to_owned();
                Ok(FormulaCheck { ok: true, type_name, kind: Some(c.kind), error: None, preview })
            }
            Err(e) if e.code == model::ErrorCode::Formula => {
                let error = Some(fault(&e, lang, &f.formula));
                Ok(FormulaCheck { ok: false, type_name: String::new(), kind: None, error, preview: Vec::new() })
            }
            Err(e) => Err(e),
        }
    })
    .await?;
    Ok(Json(out))
}

/// A fault of a formula: what, where in UTF-16 units, and the cure, which stands behind the last semicolon.
fn fault(e: &Error, lang: Lang, text: &str) -> FormulaFault {
    let message = e.message(lang);
    let (what, cure) = message.rsplit_once(if lang == Lang::Zh { "；" } else { "; " }).unwrap_or((message, ""));
    let units = |chars: usize| text.chars().take(chars).map(char::len_utf16).sum::<usize>();
    let (from, to) = e.at.map_or((0, text.chars().count()), |at| at);
    FormulaFault { message: what.to_owned(), from: units(from), to: units(to), cure: cure.to_owned() }
}

/// Records, by their ids.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ids {
    /// At most 500.
    pub ids: Vec<RecordId>,
}

/// A rule that does not hold for a cell.
#[derive(Serialize, ToSchema)]
pub(crate) struct Mark {
    id: RecordId,
    field: FieldKey,
    level: Level,
    message: String,
}

/// The rules that do not hold.
#[derive(Serialize, ToSchema)]
pub(crate) struct Marks {
    marks: Vec<Mark>,
}

/// The rules that do not hold for some records.
#[utoipa::path(
    post, path = "/tables/{table}/marks", tag = "schema", operation_id = "marks",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = Ids,
    responses((status = 200, description = "The answer.", body = Marks)),
)]
pub(crate) async fn marks(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<Ids>,
) -> ApiResult<Json<Marks>> {
    let Json(i) = body.map_err(malformed)?;
    let lang = caller.scope.lang;
    let marks = blocking(&app, move |app| app.book().marks(&caller.scope, &table, &i.ids)).await?;
    let shown =
        |m: store::Mark| Mark { message: m.message.get(lang).to_owned(), id: m.id, field: m.field, level: m.level };
    Ok(Json(Marks { marks: marks.into_iter().map(shown).collect() }))
}

/// Somebody who can log in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Member {
    id: i64,
    name: String,
}

/// Everybody who can log in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    members: Vec<Member>,
}

/// Everybody who can log in.
#[utoipa::path(
    get, path = "/members", tag = "schema", operation_id = "members",
    responses((status = 200, description = "The answer.", body = Members)),
)]
pub(crate) async fn members(State(app): State<Arc<App>>, _: Caller) -> ApiResult<Json<Members>> {
    let names = blocking(&app, |app| app.data.system.user_names()).await?;
    Ok(Json(Members { members: names.into_iter().map(|(id, name)| Member { id: id.0, name }).collect() }))
}

/// The national list of places.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlaceList {
    #[schema(value_type = shapes::Places)]
    provinces: Value,
}

/// The national list of provinces, cities and districts.
#[utoipa::path(
    get, path = "/places", tag = "schema", operation_id = "places",
    responses((status = 200, description = "The answer.", body = PlaceList)),
)]
pub(crate) async fn places(_: Caller) -> Json<PlaceList> {
    let list: Vec<Value> = model::place::provinces()
        .iter()
        .map(|p| {
            let cities: Vec<Value> = p.cities.iter().map(|c| json!([c.name, c.districts])).collect();
            json!([p.name, cities])
        })
        .collect();
    Json(PlaceList { provinces: list.into() })
}
