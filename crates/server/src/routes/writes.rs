//! Writes of records: all or none, or each row with a result of its own; repeated safely under a key.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, ErrorCodeName};
use crate::keyed::Keyed;
use crate::shapes;
use crate::wire::{self, raw};
use axum::extract::{Path, State};
use axum::response::Response;
use model::{
    Access, CellEdit, Change, ChangeOutcome, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Lang, RecordId, Result,
    TableDef, UserId, Value as Cell, Warning,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Once, RowDone, RowWrite, Rows, RowsDone};
use utoipa::{IntoParams, ToSchema};

/// Most cells or records in one request.
const MOST: usize = 50_000;
/// Most rows with results of their own in one request.
const MOST_ROWS: usize = 1_000;
/// Rows sent back after an edit; a larger paste is read again by its page.
const ROWS_BACK: usize = 500;

/// The header that lets a write be sent twice.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)] // Read by `Keyed`.
pub(crate) struct Key {
    /// Chosen by the caller, 1 to 200 ASCII characters. The same request under the same key is done once: sent again
    /// within 48 hours it gets the first answer (of an edit the rows as they are now). With another request it is 409.
    #[param(rename = "Idempotency-Key", required = false, min_length = 1, max_length = 200)]
    key: Option<String>,
}

/// Why a row was not written.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowError {
    code: ErrorCodeName,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// What became of a row: `ok` with its record, or `error`.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowResult {
    ok: bool,
    /// The record; absent where none was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<RecordId>,
    /// It was made, not edited or removed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    created: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<RowError>,
}

/// What became of rows that have results of their own, in the order they were given.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowResults {
    /// The change that holds all that was written; null when nothing was.
    #[schema(required)]
    change: Option<i64>,
    results: Vec<RowResult>,
    /// What was dropped or assumed in reading cells, and rules that warn.
    #[schema(value_type = Vec<shapes::CellNote>)]
    notes: Vec<Value>,
}

fn refuse_more(n: usize, most: usize) -> Result<()> {
    if n <= most {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::TooLarge,
        format!("一次最多 {most} 个，这次有 {n} 个；请分几次"),
        format!("At most {most} at once, not {n}; split the change"),
    ))
}

/// What reading the cells of a request needs.
struct Reading<'a> {
    app: &'a App,
    caller: &'a Caller,
    def: &'a TableDef,
    members: Vec<(UserId, String)>,
    notes: Vec<Value>,
    /// Several cells are written, so that an error has to say which one.
    many: bool,
}

/// What could not be read among several cells, with its text and its record.
fn among(mut error: Error, id: Option<i64>, json: &Value) -> Error {
    if let Some(text) = json.get("text").unwrap_or(json).as_str() {
        let shown: String = text.chars().take(40).collect();
        error.zh = format!("“{shown}”：{}", error.zh);
        error.en = format!("“{shown}”: {}", error.en);
    }
    match id {
        Some(id) => error.of(id),
        None => error,
    }
}

impl<'a> Reading<'a> {
    fn new(app: &'a App, caller: &'a Caller, def: &'a TableDef) -> Result<Self> {
        // Names of members, where the table has cells that hold one.
        let wanted = def.fields.iter().any(|f| matches!(f.kind, FieldKind::Person));
        let members = if wanted { app.data.system.user_names()? } else { Vec::new() };
        Ok(Self { app, caller, def, members, notes: Vec::new(), many: false })
    }

    fn cell(&mut self, id: Option<i64>, field: &FieldDef, json: &Value) -> Result<Cell> {
        let read = wire::cell(self.app.book(), &self.caller.scope, &self.members, field, json)
            .map_err(|e| if self.many { among(e, id, json) } else { e })?;
        if let (Some(n), Some(id)) = (read.note, id) {
            let text = if self.caller.scope.lang == Lang::Zh { n.zh } else { n.en };
            self.notes.push(json!({ "id": id, "field": field.key, "message": text }));
        }
        Ok(read.value)
    }

    /// The cells of a new record.
    fn record(&mut self, record: BTreeMap<FieldKey, Value>) -> Result<Vec<(FieldKey, Cell)>> {
        let def = self.def;
        let mut cell = |(key, v): (FieldKey, Value)| {
            let value = self.cell(None, def.require(&key)?, &v)?;
            Ok((key, value))
        };
        record.into_iter().map(&mut cell).collect()
    }

    /// Edits of cells as changes: one for the cells, one for each change of links.
    fn edits(&mut self, cells: Vec<EditCell>) -> Result<Vec<Change>> {
        let (mut changes, mut edits) = (Vec::new(), Vec::with_capacity(cells.len()));
        let def = self.def;
        for c in cells {
            let (field, id) = (def.require(&c.field)?, RecordId(c.id));
            if let Some((add, remove)) = wire::relinked(self.app.book(), &self.caller.scope, field, &c.value)? {
                changes.push(Change::Relink { table: def.key.clone(), id, field: c.field, add, remove });
                continue;
            }
            let value = self.cell(Some(c.id), field, &c.value)?;
            edits.push(CellEdit { id, field: c.field, value });
        }
        changes.insert(0, Change::Edit { table: def.key.clone(), cells: edits });
        Ok(changes)
    }
}

/// Adds rules that warn to what is said of cells; a cell that something is said of is left at that.
fn with_warnings(mut notes: Vec<Value>, warnings: &[Warning], lang: Lang) -> Vec<Value> {
    for w in warnings {
        if !notes.iter().any(|n| n["id"] == w.id.0 && n["field"] == w.field.as_str()) {
            notes.push(json!({ "id": w.id, "field": w.field, "message": w.message.get(lang) }));
        }
    }
    notes
}

/// Writes rows with results of their own; `ids` are the records they are about, where that is known.
fn results(
    reading: Reading<'_>,
    rows: Vec<Result<RowWrite>>,
    partial: bool,
    ids: &[i64],
    once: Option<&Once>,
) -> Result<Vec<u8>> {
    let Reading { app, caller, def, notes, .. } = reading;
    let lang = caller.scope.lang;
    let shown = |(n, row): (usize, &Result<RowDone>)| match row {
        Ok(done) => RowResult { ok: true, id: Some(done.id), created: done.created, error: None },
        Err(e) => {
            let code = ErrorCodeName::of(e.code);
            let error = RowError { code, message: e.message(lang).to_owned(), field: e.field.clone() };
            RowResult { ok: false, id: ids.get(n).copied().map(RecordId), created: false, error: Some(error) }
        }
    };
    let answer = |done: &RowsDone| {
        let results = done.rows.iter().enumerate().map(shown).collect();
        let notes = with_warnings(notes, &done.warnings, lang);
        serde_json::to_string(&RowResults { change: done.change, results, notes }).unwrap_or_default()
    };
    let rows = Rows { table: def.key.clone(), rows, partial };
    app.book().write_rows(&caller.scope, rows, once, answer).map(String::into_bytes)
}

/// New records.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Create {
    /// Cells by field; at most 50,000 records, 1,000 with `partial` or `match`.
    #[schema(value_type = Vec<BTreeMap<String, shapes::Written>>)]
    records: Vec<BTreeMap<FieldKey, Value>>,
    /// Rows that fail leave the others alone; the answer then tells of each row.
    #[serde(default)]
    partial: bool,
    /// A field no two records agree in: a record that holds what a row gives for it is edited, and a new one made
    /// only where there is none. The answer then tells of each row.
    #[serde(default, rename = "match")]
    by: Option<FieldKey>,
}

/// What was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct Created {
    /// In the order given.
    ids: Vec<RecordId>,
    change: i64,
}

/// What was made; with `partial` or `match` what became of each row.
#[derive(ToSchema)]
#[serde(untagged)]
#[allow(dead_code)] // Its text is made inside the change.
pub(crate) enum CreateAnswer {
    /// All of them were made.
    Created(Created),
    /// With `partial` or `match`.
    Rows(RowResults),
}

/// Makes records, all or none; with `partial` as many as can be, with `match` only those that are not there yet.
#[utoipa::path(
    post, path = "/tables/{table}/records", tag = "records", operation_id = "createRecords",
    params(("table" = String, Path, description = "The key of a table."), Key),
    request_body = Create,
    responses((status = 200, description = "The answer.", body = CreateAnswer)),
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    Keyed { body: c, once }: Keyed<Create>,
) -> ApiResult<Response> {
    caller.require(Access::Write)?;
    let single = c.partial || c.by.is_some();
    refuse_more(c.records.len(), if single { MOST_ROWS } else { MOST })?;
    let body = blocking(&app, move |app| {
        let schema = app.book().schema();
        let reading = Reading::new(app, &caller, schema.require(&table)?)?;
        if single { create_rows(reading, c, once.as_ref()) } else { create_all(reading, c, once.as_ref()) }
    })
    .await?;
    Ok(raw(body))
}

fn create_rows(mut reading: Reading<'_>, c: Create, once: Option<&Once>) -> Result<Vec<u8>> {
    let mut row = |record| {
        let cells = reading.record(record)?;
        Ok(match &c.by {
            Some(by) => RowWrite::Match(by.clone(), cells),
            None => RowWrite::Create(cells),
        })
    };
    // Of rows that are written all or none, the first that cannot be read is the answer.
    let kept = |row: Result<RowWrite>| if c.partial { Ok(row) } else { row.map(Ok) };
    let rows = c.records.into_iter().map(|r| kept(row(r))).collect::<Result<_>>()?;
    results(reading, rows, c.partial, &[], once)
}

fn create_all(mut reading: Reading<'_>, c: Create, once: Option<&Once>) -> Result<Vec<u8>> {
    let records = c.records.into_iter().map(|r| reading.record(r)).collect::<Result<_>>()?;
    let Reading { app, caller, def, .. } = reading;
    let change = Change::Create { table: def.key.clone(), records };
    let answer = |done: &ChangeOutcome| json!(Created { ids: done.created.clone(), change: done.change }).to_string();
    app.book().apply_once(&caller.scope, change, once, answer).map(String::into_bytes)
}

/// Edits of cells.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Edit {
    /// At most 50,000; of at most 1,000 records with `partial`.
    cells: Vec<EditCell>,
    /// New records made in the same change, as a paste past the end does; not with `partial`. Cells and records are at
    /// most 50,000 together.
    #[serde(default)]
    #[schema(value_type = Vec<BTreeMap<String, shapes::Written>>, required = false)]
    records: Vec<BTreeMap<FieldKey, Value>>,
    /// Records that fail leave the others alone; the answer then tells of each record.
    #[serde(default)]
    partial: bool,
}

/// New content for a cell.
#[derive(Deserialize, ToSchema)]
#[schema(as = CellWrite)]
pub(crate) struct EditCell {
    id: i64,
    field: FieldKey,
    #[schema(value_type = shapes::Written)]
    value: Value,
}

/// What an edit did; with `partial` what became of each record, in the order they are first named.
#[derive(ToSchema)]
#[serde(untagged)]
#[allow(dead_code)] // Its text is made inside the change.
pub(crate) enum EditAnswer {
    /// All cells were written.
    Patched(shapes::Patched),
    /// With `partial`.
    Rows(RowResults),
}

/// Edits cells, all or none; with `partial` those of each record by itself.
#[utoipa::path(
    patch, path = "/tables/{table}/records", tag = "records", operation_id = "patchCells",
    params(("table" = String, Path, description = "The key of a table."), Key),
    request_body = Edit,
    responses((status = 200, description = "The answer.", body = EditAnswer)),
)]
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    Keyed { body: e, once }: Keyed<Edit>,
) -> ApiResult<Response> {
    caller.require(Access::Write)?;
    refuse_more(e.cells.len() + e.records.len(), MOST)?;
    if e.partial && !e.records.is_empty() {
        let (zh, en) = ("新记录不能和 partial 一起用", "New records cannot be made with partial");
        return Err(Error::new(ErrorCode::Invalid, zh, en).into());
    }
    let body = blocking(&app, move |app| {
        let schema = app.book().schema();
        let reading = Reading::new(app, &caller, schema.require(&table)?)?;
        if e.partial { edit_rows(reading, e.cells, once.as_ref()) } else { edit_all(reading, e, once.as_ref()) }
    })
    .await?;
    Ok(raw(body))
}

fn edit_rows(mut reading: Reading<'_>, cells: Vec<EditCell>, once: Option<&Once>) -> Result<Vec<u8>> {
    let (mut ids, mut records) = (Vec::new(), BTreeMap::<i64, Vec<EditCell>>::new());
    for c in cells {
        let cells = records.entry(c.id).or_default();
        if cells.is_empty() {
            ids.push(c.id);
        }
        cells.push(c);
    }
    refuse_more(ids.len(), MOST_ROWS)?;
    let mut row = |id: &i64| {
        let cells = records.remove(id).unwrap_or_default();
        Ok(RowWrite::Edit(RecordId(*id), reading.edits(cells)?))
    };
    let rows = ids.iter().map(&mut row).collect();
    results(reading, rows, true, &ids, once)
}

/// What an edit did: its number, what was made, what is to be said of the cells, and the rows as they are now.
fn edit_all(mut reading: Reading<'_>, Edit { cells, records, .. }: Edit, once: Option<&Once>) -> Result<Vec<u8>> {
    let mut ids: Vec<i64> = cells.iter().map(|c| c.id).collect();
    ids.sort_unstable();
    ids.dedup();
    reading.many = cells.len() + records.len() > 1;
    let mut changes = reading.edits(cells)?;
    if !records.is_empty() {
        let records = records.into_iter().map(|r| reading.record(r)).collect::<Result<_>>()?;
        changes.push(Change::Create { table: reading.def.key.clone(), records });
    }
    let Reading { app, caller, def, notes, .. } = reading;
    let answer = |done: &ChangeOutcome| {
        let notes = with_warnings(notes, &done.warnings, caller.scope.lang);
        json!({ "change": done.change, "ids": done.created, "notes": notes }).to_string()
    };
    let mut out = app.book().apply_once(&caller.scope, Change::Several(changes), once, answer)?.into_bytes();
    out.pop();
    out.extend_from_slice(b",\"rows\":{");
    let start = out.len();
    for id in ids.into_iter().take(ROWS_BACK) {
        // One that another has removed a moment ago is left out.
        let Ok(row) = app.book().record_json(&caller.scope, &def.key, RecordId(id)) else { continue };
        if out.len() > start {
            out.push(b',');
        }
        out.extend(format!("\"{id}\":").into_bytes());
        out.extend(row);
    }
    out.extend_from_slice(b"}}");
    Ok(out)
}

/// Records to be removed.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Remove {
    /// At most 50,000; 1,000 with `partial`.
    ids: Vec<RecordId>,
    /// Tell of each record; one that is not there is an error of its own. Otherwise such are passed over.
    #[serde(default)]
    partial: bool,
}

/// What was removed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Deleted {
    deleted: u64,
    change: i64,
}

/// What was removed; with `partial` what became of each record.
#[derive(ToSchema)]
#[serde(untagged)]
#[allow(dead_code)] // Its text is made inside the change.
pub(crate) enum DeleteAnswer {
    /// Without `partial`.
    Deleted(Deleted),
    /// With it.
    Rows(RowResults),
}

/// Removes records. What linked to them stays, without the link.
#[utoipa::path(
    delete, path = "/tables/{table}/records", tag = "records", operation_id = "deleteRecords",
    params(("table" = String, Path, description = "The key of a table."), Key),
    request_body = Remove,
    responses((status = 200, description = "The answer.", body = DeleteAnswer)),
)]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    Keyed { body: r, once }: Keyed<Remove>,
) -> ApiResult<Response> {
    caller.require(Access::Write)?;
    refuse_more(r.ids.len(), if r.partial { MOST_ROWS } else { MOST })?;
    let body = blocking(&app, move |app| {
        let schema = app.book().schema();
        let def = schema.require(&table)?;
        if r.partial {
            let ids: Vec<i64> = r.ids.iter().map(|id| id.0).collect();
            let rows = r.ids.into_iter().map(|id| Ok(RowWrite::Delete(id))).collect();
            return results(Reading::new(app, &caller, def)?, rows, true, &ids, once.as_ref());
        }
        let change = Change::Delete { table: def.key.clone(), ids: r.ids };
        let answer = |done: &ChangeOutcome| json!(Deleted { deleted: done.deleted, change: done.change }).to_string();
        app.book().apply_once(&caller.scope, change, once.as_ref(), answer).map(String::into_bytes)
    })
    .await?;
    Ok(raw(body))
}
