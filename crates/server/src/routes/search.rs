//! One question to all tables.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::shapes;
use crate::wire::raw;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use model::{FieldKey, RecordId, TableDef, builtin};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::IntoParams;

/// Most records of one table.
const MOST: usize = 50;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// What a person typed.
    q: String,
    /// Most records of one table, at most 50.
    #[serde(default = "few")]
    limit: usize,
}

fn few() -> usize {
    5
}

/// The records of every table that answer what a person typed: name, pinyin, initials, end of a phone number, code,
/// order number, note.
#[utoipa::path(
    get, path = "/search", tag = "records", operation_id = "search",
    params(Asked),
    responses((status = 200, description = "The answer.", body = shapes::SearchAnswer)),
)]
pub(crate) async fn all(
    State(app): State<Arc<App>>,
    caller: Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> ApiResult<Response> {
    let Query(asked) = asked.map_err(malformed)?;
    let body = blocking(&app, move |app| {
        let schema = app.book().schema();
        let mut out = b"{\"groups\":[".to_vec();
        for group in app.book().find(&caller.scope, &asked.q, asked.limit.clamp(1, MOST))? {
            let columns = told(schema.require(&group.table)?);
            let ids: Vec<RecordId> = group.hits.iter().map(|h| h.id).collect();
            let rows = app.book().rows_of(&caller.scope, &group.table, &ids, &columns)?;
            let found: Vec<_> = group.hits.iter().map(|h| json!({ "field": h.field, "text": h.text })).collect();
            let head = json!({ "table": group.table, "columns": columns, "found": found, "more": group.more });
            if !out.ends_with(b"[") {
                out.push(b',');
            }
            out.extend_from_slice(head.to_string().as_bytes());
            out.pop();
            out.extend_from_slice(b",\"rows\":");
            out.extend_from_slice(&rows);
            out.push(b'}');
        }
        out.extend_from_slice(b"]}");
        Ok(out)
    })
    .await?;
    Ok(raw(body))
}

/// What tells one record of a table from another: its name first.
fn told(table: &TableDef) -> Vec<FieldKey> {
    let keys: &[&str] = match &*table.key {
        builtin::CUSTOMERS => &["name", "code", "grade", "mobile", "city"],
        builtin::ORDERS => &["order_no", "customer", "product", "amount", "time"],
        builtin::PRODUCTS => &["name", "code", "category", "price"],
        builtin::INTERACTIONS => &["content", "customer", "kind", "way", "time"],
        _ => &["name", "code"],
    };
    keys.iter().filter_map(|k| table.field(k)).map(|f| f.key.clone()).collect()
}
