//! The consents given with entries through forms.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::routes::exports::percent;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use exchange::write::CsvText;
use model::{DateTime, Error, FieldDef, FieldKind, Label, Lang, RecordId, Result, Scope, TableKey, Value as Cell};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::Consent;
use utoipa::{IntoParams, ToSchema};

/// A consent that was given through a form.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentGiven {
    id: i64,
    record: RecordId,
    /// The record's code; null when it has none, or was removed.
    #[schema(required)]
    code: Option<String>,
    /// The record's name likewise.
    #[schema(required)]
    name: Option<String>,
    /// Seconds since 1970 UTC.
    at: i64,
    /// The number of the form's view.
    form: i64,
    /// What the form was called then.
    form_name: String,
    /// The number of the wording; every wording has its own.
    wording: i64,
    /// What was agreed to.
    text: String,
}

impl From<Consent> for ConsentGiven {
    fn from(c: Consent) -> Self {
        let Consent { id, record, code, name, at, form, form_name, wording, text } = c;
        Self { id, record, code, name, at, form, form_name, wording, text }
    }
}

/// Consents, newest first, at most 500.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentPage {
    consents: Vec<ConsentGiven>,
    /// Where to go on; null at the end.
    #[schema(required)]
    next: Option<i64>,
}

/// Which consents are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConsentsWanted {
    /// Only those given for this record.
    record: Option<i64>,
    /// Only older ones: `next` of the page before.
    before: Option<i64>,
}

/// The consents given for records of a table.
#[utoipa::path(
    get, path = "/tables/{table}/consents", tag = "forms", operation_id = "consents",
    params(("table" = String, Path, description = "The key of a table."), ConsentsWanted),
    responses((status = 200, description = "The answer.", body = ConsentPage)),
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    wanted: std::result::Result<Query<ConsentsWanted>, QueryRejection>,
) -> ApiResult<Json<ConsentPage>> {
    let Query(w) = wanted.map_err(malformed)?;
    let page = blocking(&app, move |app| {
        let found = app.book().consents(&caller.scope, &table, w.record.map(RecordId), w.before)?;
        let next = found.last().map(|c| c.id).filter(|_| found.len() >= store::MOST_CONSENTS);
        Ok(ConsentPage { consents: found.into_iter().map(Into::into).collect(), next })
    })
    .await?;
    Ok(Json(page))
}

/// All consents given for records of a table, newest first, as CSV in UTF-8 with a byte order mark.
#[utoipa::path(
    get, path = "/tables/{table}/consents.csv", tag = "forms", operation_id = "consentsFile",
    params(("table" = String, Path, description = "The key of a table.")),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")),
)]
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<TableKey>,
) -> ApiResult<Response> {
    let lang = caller.scope.lang;
    let (name, bytes) = blocking(&app, move |app| {
        let name = app.book().schema().require(&table)?.label.get(lang).to_owned();
        Ok((name, written(app, &caller.scope, &table)?))
    })
    .await?;
    let name = if lang == Lang::En { format!("{name} consents") } else { format!("{name}同意记录") };
    let mut response = bytes.into_response();
    let h = response.headers_mut();
    h.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let shown = format!("attachment; filename*=UTF-8''{}.csv", percent(&name));
    h.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&shown).map_err(Error::internal)?);
    Ok(response)
}

fn written(app: &App, scope: &Scope, table: &TableKey) -> Result<Vec<u8>> {
    let column = |key: &str, zh: &str, en: &str, kind| FieldDef::new(key, Label::new(zh, en), kind);
    let columns = [
        column("at", "同意时间", "Agreed at", FieldKind::DateTime),
        column("code", "记录编号", "Record", FieldKind::Text),
        column("name", "名称", "Name", FieldKind::Text),
        column("form", "表单", "Form", FieldKind::Text),
        column("wording", "文本编号", "Wording no.", FieldKind::number(0)),
        column("text", "同意的内容", "What was agreed to", FieldKind::LongText),
    ];
    let mut out = CsvText::begin(Vec::new(), &columns, scope.lang).map_err(Error::internal)?;
    let mut before = None;
    loop {
        let part = app.book().consents(scope, table, None, before)?;
        let Some(last) = part.last() else { break };
        before = Some(last.id);
        for c in part {
            let text = |t: Option<String>| t.map_or(Cell::Null, Cell::Text);
            let row = [
                Cell::DateTime(DateTime(c.at + store::ZONE_SECONDS)),
                text(c.code.or_else(|| Some(format!("#{}", c.record.0)))),
                text(c.name),
                Cell::Text(c.form_name),
                Cell::Int(c.wording),
                Cell::Text(c.text),
            ];
            out.row(&row).map_err(Error::internal)?;
        }
    }
    out.finish().map_err(Error::internal)
}
