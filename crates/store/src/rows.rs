//! Rows written for programs: each row's own result where wanted, rows known again by a field, and answers
//! that a repeated request gets again.

use crate::apply::{Writing, applied};
use crate::cells::{check, param};
use crate::conn::{Conn, params};
use crate::dialect::quote;
use crate::log::{self, now};
use crate::store::{Now, Store, require};
use model::{
    Access, CellEdit, Change, ChangeOutcome, Check, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Level, Origin,
    RecordId, Result, Scope, TableDef, TableKey, Value, Warning,
};
use std::sync::Arc;

/// Answers of writes that carry a key. Books of a format that lacks it get it when they are opened.
pub(crate) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS _answers (
  \"user\" INTEGER NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (\"user\", key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS _answers_at ON _answers (at);
";

/// How long an answer is kept, in seconds.
const KEPT: i64 = 48 * 3_600;

/// One row of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum RowWrite {
    /// A new record.
    Create(Vec<(FieldKey, Value)>),
    /// The record whose field holds what the row gives for it is edited; a new one where there is none.
    Match(FieldKey, Vec<(FieldKey, Value)>),
    /// Edits of one record, and changes of its links.
    Edit(RecordId, Vec<Change>),
    /// A record removed.
    Delete(RecordId),
}

/// Rows to be written, as one change.
#[derive(Debug)]
pub struct Rows {
    /// The table.
    pub table: TableKey,
    /// The rows; one that could not be read stands as its error.
    pub rows: Vec<Result<RowWrite>>,
    /// Rows that fail leave the others alone; otherwise all or none.
    pub partial: bool,
}

/// The key of a request, under which its answer is kept with the change itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Chosen by the caller.
    pub key: String,
    /// What was asked.
    pub digest: String,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowDone {
    /// The record.
    pub id: RecordId,
    /// It was made.
    pub created: bool,
}

/// What became of all rows.
#[derive(Debug)]
pub struct RowsDone {
    /// The change; None when no row was written.
    pub change: Option<i64>,
    /// Each row's own result.
    pub rows: Vec<Result<RowDone>>,
    /// Rules that do not hold but only warn.
    pub warnings: Vec<Warning>,
}

impl Store {
    /// As [`Store::apply`], and gives the answer made of what became of it. With a key the answer is kept for two
    /// days in the same transaction; the same request under the same key gets it again and writes nothing.
    ///
    /// # Errors
    /// As [`Store::apply`]; `conflict` for a key that came with another request.
    pub fn apply_once(
        &self,
        scope: &Scope,
        change: Change,
        once: Option<&Once>,
        answer: impl FnOnce(&ChangeOutcome) -> String,
    ) -> Result<String> {
        require(scope, Access::Write)?;
        self.write(|conn, now| {
            keyed(conn, scope, once, || Ok(answer(&applied(conn, now, scope, change, Origin::Edit)?)))
        })
    }

    /// Writes rows, each with its own result, and gives the answer made of these; keys as in [`Store::apply_once`].
    ///
    /// # Errors
    /// Those of the first row that fails, unless the rows are written in part; `invalid` on `match` for a field
    /// that does not tell records apart.
    pub fn write_rows(
        &self,
        scope: &Scope,
        rows: Rows,
        once: Option<&Once>,
        answer: impl FnOnce(&RowsDone) -> String,
    ) -> Result<String> {
        require(scope, Access::Write)?;
        self.write(|conn, now| {
            let def = now.shape.schema.require(&rows.table)?.clone();
            refuse_match(&def, &rows.rows)?;
            keyed(conn, scope, once, || {
                let change = log::open(conn, scope, Origin::Edit)?;
                let mut done = match rows.partial {
                    false => whole(conn, &now, scope, change, &def, rows.rows)?,
                    true => each(conn, &now, scope, change, &def, rows.rows)?,
                };
                if done.rows.iter().all(Result::is_err) {
                    conn.run("DELETE FROM _changes WHERE id = ?1", params![change])?;
                    done.change = None;
                }
                Ok(answer(&done))
            })
        })
    }
}

/// The answer kept under a key, or that of the work, which is kept under it.
pub(crate) fn keyed(
    conn: &Conn,
    scope: &Scope,
    once: Option<&Once>,
    work: impl FnOnce() -> Result<String>,
) -> Result<String> {
    let Some(once) = once else { return work() };
    if let Some(kept) = claim(conn, scope, once)? {
        return Ok(kept);
    }
    let text = work()?;
    let sql = "UPDATE _answers SET answer = ?3 WHERE \"user\" = ?1 AND key = ?2";
    conn.run(sql, params![scope.user.0, &once.key, &text])?;
    Ok(text)
}

/// Refuses rows that are to be known again by a field that may repeat.
fn refuse_match(def: &TableDef, rows: &[Result<RowWrite>]) -> Result<()> {
    for row in rows {
        if let Ok(RowWrite::Match(by, _)) = row {
            let field = def.require(by)?;
            return if unique(field) { Ok(()) } else { Err(not_unique(field)) };
        }
    }
    Ok(())
}

/// Takes a key for a request; the answer it was given before, if it was.
fn claim(conn: &Conn, scope: &Scope, once: &Once) -> Result<Option<String>> {
    conn.run("DELETE FROM _answers WHERE at < ?1", params![now() - KEPT])?;
    let taken = conn.run(
        "INSERT INTO _answers (\"user\", key, digest, answer, at) VALUES (?1, ?2, ?3, '', ?4) ON CONFLICT DO NOTHING",
        params![scope.user.0, &once.key, &once.digest, now()],
    )?;
    if taken > 0 {
        return Ok(None);
    }
    let sql = "SELECT digest, answer FROM _answers WHERE \"user\" = ?1 AND key = ?2";
    let kept = conn.first(sql, params![scope.user.0, &once.key], |r| Ok((r.get::<String>(0)?, r.get(1)?)))?;
    match kept {
        Some((digest, answer)) if digest == once.digest => Ok(Some(answer)),
        _ => Err(Error::new(
            ErrorCode::Conflict,
            "这个 Idempotency-Key 已经用于另一个请求；请换一个",
            "This Idempotency-Key came with another request; use another key",
        )
        .on("Idempotency-Key")),
    }
}

fn whole(
    conn: &Conn,
    now: &Now,
    scope: &Scope,
    change: i64,
    def: &TableDef,
    rows: Vec<Result<RowWrite>>,
) -> Result<RowsDone> {
    let mut w = Writing::of(conn, now, scope, change);
    let rows = rows.into_iter().map(|row| w.row(def, row?)).collect::<Result<Vec<_>>>()?;
    w.finish(&mut |_, _| Ok(()))?;
    w.check_written()?;
    let warnings = std::mem::take(&mut w.written.warnings);
    Ok(RowsDone { change: Some(change), rows: rows.into_iter().map(Ok).collect(), warnings })
}

/// Each row with all that follows from it, inside a savepoint of its own: one that fails leaves nothing.
fn each(
    conn: &Conn,
    now: &Now,
    scope: &Scope,
    change: i64,
    def: &TableDef,
    rows: Vec<Result<RowWrite>>,
) -> Result<RowsDone> {
    let mut done = RowsDone { change: Some(change), rows: Vec::with_capacity(rows.len()), warnings: Vec::new() };
    for row in rows {
        let row = match row {
            Ok(row) => row,
            Err(e) => {
                done.rows.push(Err(e));
                continue;
            }
        };
        conn.batch("SAVEPOINT one_row")?;
        let mut w = Writing::of(conn, now, scope, change);
        let written = w.row(def, row).and_then(|out| {
            w.finish(&mut |_, _| Ok(()))?;
            w.check_written()?;
            Ok(out)
        });
        match written {
            Ok(_) => done.warnings.append(&mut w.written.warnings),
            // What failed inside fails the whole: it is no fault of the row.
            Err(e) if e.code == ErrorCode::Internal => return Err(e),
            Err(_) => conn.batch("ROLLBACK TO SAVEPOINT one_row")?,
        }
        conn.batch("RELEASE SAVEPOINT one_row")?;
        done.rows.push(written);
    }
    Ok(done)
}

impl<'c> Writing<'c> {
    /// A further part of a change whose entry in the log is open already.
    fn of(conn: &'c Conn, now: &Now, scope: &Scope, change: i64) -> Self {
        Self::over(conn, Now { shape: Arc::clone(&now.shape), today: now.today }, scope, change)
    }

    fn row(&mut self, def: &TableDef, row: RowWrite) -> Result<RowDone> {
        let mut outcome = ChangeOutcome::default();
        let table = def.key.clone();
        match row {
            RowWrite::Create(cells) => self.carry_out(Change::Create { table, records: vec![cells] }, &mut outcome)?,
            RowWrite::Match(by, cells) => return self.row_matched(def, &by, cells),
            RowWrite::Edit(id, changes) => {
                self.carry_out(Change::Several(changes), &mut outcome)?;
                return Ok(RowDone { id, created: false });
            }
            RowWrite::Delete(id) => {
                if !self.exists(&table, id)? {
                    return Err(crate::apply::gone(def, id.0));
                }
                self.carry_out(Change::Delete { table, ids: vec![id] }, &mut outcome)?;
                return Ok(RowDone { id, created: false });
            }
        }
        let id = outcome.created.first().copied().ok_or_else(|| Error::internal("no record was made"))?;
        Ok(RowDone { id, created: true })
    }

    fn row_matched(&mut self, def: &TableDef, by: &FieldKey, cells: Vec<(FieldKey, Value)>) -> Result<RowDone> {
        let field = def.require(by)?;
        let given = cells.iter().find(|(k, _)| k == by).map(|(_, v)| v.clone()).unwrap_or_default();
        let value = check(field, given)?;
        let sql = ["SELECT id FROM ", &quote(&def.key), " WHERE ", &quote(by), " = ?1 ORDER BY id LIMIT 1"].concat();
        let found = match value.is_blank() {
            true => None,
            false => self.conn.first(&sql, &[param(&value)], |r| r.get(0).map(RecordId))?,
        };
        let Some(id) = found else { return self.row(def, RowWrite::Create(cells)) };
        let cells = cells.into_iter().filter(|(k, _)| k != by);
        let cells = cells.map(|(field, value)| CellEdit { id, field, value }).collect();
        self.row(def, RowWrite::Edit(id, vec![Change::Edit { table: def.key.clone(), cells }]))
    }
}

/// Whether no two records hold the same in a field.
fn unique(field: &FieldDef) -> bool {
    let ruled = field.rules.iter().any(|r| r.check == Check::Unique && r.level == Level::Refuse);
    field.kind.stored() && (ruled || matches!(field.kind, FieldKind::Code(_)))
}

fn not_unique(field: &FieldDef) -> Error {
    Error::new(
        ErrorCode::Invalid,
        format!("“{}”可能有重复，不能用来认出记录；请给它加“不重复”规则，或用编号", field.label.zh),
        format!(
            "“{}” may repeat and does not tell records apart; give it the rule “unique”, or use the code",
            field.label.en
        ),
    )
    .on("match")
}
