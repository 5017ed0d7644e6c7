//! The change log: who changed what, when, from what to what.

use crate::cells::to_log;
use crate::conn::{Conn, params};
use crate::failure;
use crate::store::{Store, require};
use crate::turn::Past;
use model::{Access, DateTime, FieldKey, Origin, RecordId, Result, Scope, TableKey, Value};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970 in UTC.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64)
}

/// Seconds that the wall clock of the book is ahead of UTC: Asia/Shanghai, without daylight saving since 1991.
pub const AHEAD: i64 = 8 * 3600;

/// The moment on the wall clock of the book.
pub(crate) fn wall_clock() -> DateTime {
    DateTime(now() + AHEAD)
}

/// Opens an entry; its number.
pub(crate) fn open(conn: &Conn, scope: &Scope, origin: Origin) -> Result<i64> {
    let sql = "INSERT INTO _changes (at, \"user\", origin) VALUES (?1, ?2, ?3) RETURNING id";
    conn.one(sql, params![now(), scope.user.0, origin.as_str()])
}

/// Notes what an entry is about, as JSON.
pub(crate) fn describe(conn: &Conn, change: i64, about: &str) -> Result<()> {
    conn.run("UPDATE _changes SET about = ?2 WHERE id = ?1", params![change, about])?;
    Ok(())
}

/// Logs records made with consecutive ids, both ends included.
pub(crate) fn created(conn: &Conn, change: i64, table: &TableKey, low: i64, high: i64) -> Result<()> {
    let sql = "INSERT INTO _change_ranges (change, table_key, low, high) VALUES (?1, ?2, ?3, ?4)";
    conn.run(sql, params![change, table.as_str(), low, high])?;
    Ok(())
}

/// Logs one edited cell.
pub(crate) fn edited(
    conn: &Conn,
    change: i64,
    table: &TableKey,
    record: i64,
    field: &FieldKey,
    before: &Value,
    after: &Value,
) -> Result<()> {
    conn.run(
        "INSERT INTO _change_cells (change, table_key, record, field, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![change, table.as_str(), record, field.as_str(), to_log(before), to_log(after)],
    )?;
    Ok(())
}

/// Logs a removed record with its content.
pub(crate) fn deleted(
    conn: &Conn,
    change: i64,
    table: &TableKey,
    record: i64,
    content: &[(FieldKey, Value)],
) -> Result<()> {
    let content: Vec<(&str, String)> =
        content.iter().filter(|(_, v)| !v.is_blank()).map(|(f, v)| (f.as_str(), to_log(v))).collect();
    let json = serde_json::to_string(&content).map_err(failure)?;
    let sql = "INSERT INTO _change_rows (change, table_key, record, content) VALUES (?1, ?2, ?3, ?4)";
    conn.run(sql, params![change, table.as_str(), record, json])?;
    Ok(())
}

/// One line of a record's history.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEntry {
    /// Number of the change.
    pub change: i64,
    /// When, in seconds since 1970 UTC.
    pub at: i64,
    /// Who (0 is Kebu itself).
    pub user: i64,
    /// Where it came from.
    pub origin: String,
    /// The form it was entered through, by its name then.
    pub form: Option<String>,
    /// `create`, `edit` or `delete`.
    pub kind: &'static str,
    /// The field, for an edit.
    pub field: Option<FieldKey>,
    /// Content before, for an edit.
    pub before: Value,
    /// Content after, for an edit.
    pub after: Value,
}

/// One import or generation of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportEntry {
    /// Number of the change.
    pub change: i64,
    /// When, in seconds since 1970 UTC.
    pub at: i64,
    /// `import` or `demo`.
    pub origin: String,
    /// What was said of it, as JSON text.
    pub about: Option<String>,
    /// Whether it was undone.
    pub undone: bool,
}

impl Store {
    /// The history of a record, newest first, at most 200 lines.
    pub fn history(&self, scope: &Scope, table: &str, id: RecordId) -> Result<Vec<HistoryEntry>> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let def = shape.schema.require(table)?;
        const LINES: &str =
            "SELECT c.id, c.at, c.\"user\", c.origin, x.kind, x.field, x.before, x.after, c.about FROM (
               SELECT change, 'edit' AS kind, field, before, after FROM _change_cells WHERE table_key = ?1 AND record = ?2
               UNION ALL SELECT change, 'delete', NULL, NULL, NULL FROM _change_rows WHERE table_key = ?1 AND record = ?2
               UNION ALL SELECT change, 'create', NULL, NULL, NULL FROM _change_ranges
                 WHERE table_key = ?1 AND low <= ?2 AND high >= ?2
             ) x JOIN _changes c ON c.id = x.change ORDER BY c.id DESC LIMIT 200";
        self.engine.read(|conn| {
            let lines = conn.all(LINES, params![table, id.0], |r| {
                let (before, after): (Option<String>, Option<String>) = (r.get(6)?, r.get(7)?);
                let entry = HistoryEntry {
                    change: r.get(0)?,
                    at: r.get(1)?,
                    user: r.get(2)?,
                    origin: r.get(3)?,
                    form: crate::forms::form_of(r.get::<Option<String>>(8)?.as_deref()),
                    kind: match r.text(4)? {
                        "edit" => "edit",
                        "delete" => "delete",
                        _ => "create",
                    },
                    before: Value::Null,
                    after: Value::Null,
                    field: r.get::<Option<String>>(5)?.map(Into::into),
                };
                Ok((entry, before.zip(after)))
            })?;
            let past = Past { conn, shape: &shape, today: self.today() };
            let line = |(mut e, sides): (HistoryEntry, Option<(String, String)>)| {
                if let (Some(f), Some((a, b))) = (e.field.as_ref().and_then(|f| def.field(f)), &sides) {
                    (e.before, e.after) = past.edit(&def.key, f, e.change, (a, b))?;
                }
                Ok(e)
            };
            lines.into_iter().map(line).collect()
        })
    }

    /// Imports and generated data, newest first, at most 100.
    pub fn imports(&self, scope: &Scope) -> Result<Vec<ImportEntry>> {
        require(scope, Access::Read)?;
        self.engine.read(|conn| {
            let sql = "SELECT id, at, origin, about, undone_by IS NOT NULL FROM _changes
                       WHERE origin IN ('import', 'demo') ORDER BY id DESC LIMIT 100";
            conn.all(sql, &[], |r| {
                Ok(ImportEntry {
                    change: r.get(0)?,
                    at: r.get(1)?,
                    origin: r.get(2)?,
                    about: r.get(3)?,
                    undone: r.get(4)?,
                })
            })
        })
    }
}
