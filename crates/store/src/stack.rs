//! Undo and redo of each user's own steps. The stack is the change log itself, so it outlasts restarts and is
//! the same for every process: what can be undone is the newest change of the user that nothing has undone, what
//! can be done again is the newest undo since the user's last new change. What strangers sent through a form of the
//! user's is in the user's name and no step of theirs.

use crate::conn::{Conn, params};
use crate::store::{Store, require};
use crate::undo::{Meeting, Undone, take_back};
use model::{Access, Error, ErrorCode, Label, Result, Schema, Scope};

/// A step taken back or done again.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was done.
    pub done: Undone,
    /// What the step was, in words.
    pub label: Label,
}

/// A change `c` that did something: an edit that found everything as it wanted leaves an empty entry.
pub(crate) const NOT_EMPTY: &str = "(EXISTS (SELECT 1 FROM _change_cells x WHERE x.change = c.id)
    OR EXISTS (SELECT 1 FROM _change_ranges x WHERE x.change = c.id)
    OR EXISTS (SELECT 1 FROM _change_rows x WHERE x.change = c.id))";

impl Store {
    /// How many cells and records the next undo of this user (`back`), or the next redo, has to do with.
    pub fn step_size(&self, scope: &Scope, back: bool) -> Result<u64> {
        self.engine.read(|conn| {
            let change = if back { to_undo(conn, scope)? } else { to_redo(conn, scope)?.map(|(change, _)| change) };
            change.map_or(Ok(0), |change| change_size(conn, change))
        })
    }

    /// How many cells and records a change has to do with.
    pub fn change_size(&self, change: i64) -> Result<u64> {
        self.engine.read(|conn| change_size(conn, change))
    }

    /// Takes back the newest step of this user.
    ///
    /// # Errors
    /// `not_found` when there is none, `conflict` when it would trample a later change and is to refuse.
    pub fn undo_last(&self, scope: &Scope, meeting: Meeting<'_>) -> Result<Step> {
        require(scope, Access::Write)?;
        self.reshape(|conn, now| {
            let Some(change) = to_undo(conn, scope)? else {
                return Err(Error::new(ErrorCode::NotFound, "没有可以撤销的操作", "There is nothing to undo"));
            };
            let label = summary(conn, &now.shape.schema, original(conn, change)?)?.label();
            let done = take_back(conn, now, scope, change, meeting, &mut |_, _| Ok(()))?;
            Ok(Step { done, label })
        })
    }

    /// Does again what this user's last undo took back, as long as the user made no new change since.
    ///
    /// # Errors
    /// As [`Store::undo_last`]; `conflict` too where the undo removed more than the log keeps.
    pub fn redo_last(&self, scope: &Scope, meeting: Meeting<'_>) -> Result<Step> {
        require(scope, Access::Write)?;
        self.reshape(|conn, now| {
            let Some((undo, lost)) = to_redo(conn, scope)? else {
                return Err(Error::new(ErrorCode::NotFound, "没有可以重做的操作", "There is nothing to do again"));
            };
            if lost {
                return Err(Error::new(
                    ErrorCode::Conflict,
                    "撤销的是一次大导入，它的行没有保留，不能重做；请重新导入文件",
                    "What was undone is a large import whose rows are not kept; import the files again",
                ));
            }
            let label = summary(conn, &now.shape.schema, original(conn, undo)?)?.label();
            let done = take_back(conn, now, scope, undo, meeting, &mut |_, _| Ok(()))?;
            Ok(Step { done, label })
        })
    }
}

fn change_size(conn: &Conn, change: i64) -> Result<u64> {
    let sql = "SELECT (SELECT count(*) FROM _change_cells WHERE change = ?1)
        + (SELECT count(*) FROM _change_rows WHERE change = ?1)
        + CAST(coalesce((SELECT sum(high - low + 1) FROM _change_ranges WHERE change = ?1), 0) AS BIGINT)";
    conn.one(sql, params![change])
}

/// The newest change of a user that nothing has undone.
fn to_undo(conn: &Conn, scope: &Scope) -> Result<Option<i64>> {
    let sql = [
        "SELECT c.id FROM _changes c WHERE c.\"user\" = ?1 AND c.undone_by IS NULL AND c.origin NOT IN ('undo', 'form') AND ",
        NOT_EMPTY,
        " ORDER BY c.id DESC LIMIT 1",
    ];
    conn.first(&sql.concat(), params![scope.user.0], |r| r.get(0))
}

/// The newest undo of a user since the last new change, and whether it removed more than the log keeps.
fn to_redo(conn: &Conn, scope: &Scope) -> Result<Option<(i64, bool)>> {
    let newer = NOT_EMPTY.replace("c.id", "n.id");
    let sql = [
        "SELECT c.id, c.about IS NOT NULL FROM _changes c
         WHERE c.\"user\" = ?1 AND c.undone_by IS NULL AND c.origin = 'undo' AND (c.about IS NOT NULL OR ",
        NOT_EMPTY,
        ") AND NOT EXISTS (SELECT 1 FROM _changes n WHERE n.\"user\" = ?1 AND n.id > c.id
           AND n.origin NOT IN ('undo', 'redo', 'form') AND ",
        &newer,
        ") ORDER BY c.id DESC LIMIT 1",
    ];
    conn.first(&sql.concat(), params![scope.user.0], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// The step that a chain of undo and redo began with.
fn original(conn: &Conn, change: i64) -> Result<i64> {
    let mut step = change;
    while let Some(earlier) =
        conn.first::<i64>("SELECT id FROM _changes WHERE undone_by = ?1 ORDER BY id LIMIT 1", params![step], |r| {
            r.get(0)
        })?
    {
        step = earlier;
    }
    Ok(step)
}

/// What a change did, counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Whether records that were made had been there before: an undo, a redo or a restoring.
    pub again: bool,
    /// Cells edited.
    pub cells: u64,
    /// Records made, by table and its label where it is still there.
    pub created: Vec<(String, Label, u64)>,
    /// Records removed, by table and its label where it is still there.
    pub deleted: Vec<(String, Label, u64)>,
}

impl Summary {
    /// In words.
    pub fn label(&self) -> Label {
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        for (_, table, n) in &self.created {
            let (made_zh, made_en) = if self.again { ("找回", "brought back to") } else { ("新建", "made in") };
            zh.push(format!("{made_zh} {n} 条{}", table.zh));
            en.push(format!("{n} {made_en} {}", table.en));
        }
        for (_, table, n) in &self.deleted {
            zh.push(format!("删除 {n} 条{}", table.zh));
            en.push(format!("{n} removed from {}", table.en));
        }
        if self.cells > 0 {
            zh.push(format!("改了 {} 格", self.cells));
            en.push(format!("{} cell{} edited", self.cells, if self.cells == 1 { "" } else { "s" }));
        }
        Label { zh: zh.join("、").into(), en: en.join(", ").into() }
    }
}

/// Counts what a change did.
pub(crate) fn summary(conn: &Conn, schema: &Schema, change: i64) -> Result<Summary> {
    let cells: i64 = conn.one("SELECT count(*) FROM _change_cells WHERE change = ?1", params![change])?;
    let by_table = |sql: &str| -> Result<Vec<(String, Label, u64)>> {
        conn.all(sql, params![change], |r| {
            let (table, n): (String, i64) = (r.get(0)?, r.get(1)?);
            // What a table that is gone was called nobody knows any more.
            let gone = || Label::new("记录", "a removed table");
            let label = schema.table(&table).map_or_else(gone, |def| def.label.clone());
            Ok((table, label, n.unsigned_abs()))
        })
    };
    let again = "SELECT 1 FROM _changes WHERE id = ?1 AND origin IN ('undo', 'redo', 'restore')";
    Ok(Summary {
        again: conn.exists(again, params![change])?,
        cells: cells.unsigned_abs(),
        created: by_table(
            "SELECT table_key, CAST(sum(high - low + 1) AS BIGINT) FROM _change_ranges WHERE change = ?1
             GROUP BY table_key ORDER BY table_key",
        )?,
        deleted: by_table(
            "SELECT table_key, count(*) FROM _change_rows WHERE change = ?1 GROUP BY table_key ORDER BY table_key",
        )?,
    })
}

/// Migration 8: an undo of an undo is a redo; older books call both undo.
pub(crate) fn mark_redos(conn: &Conn) -> Result<()> {
    let sql = "SELECT id, origin, undone_by FROM _changes WHERE undone_by IS NOT NULL ORDER BY id";
    let undone: Vec<(i64, String, i64)> = conn.all(sql, &[], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let mut redos = std::collections::HashSet::new();
    for (id, origin, by) in undone {
        if origin == "undo" && !redos.contains(&id) {
            redos.insert(by);
            conn.run("UPDATE _changes SET origin = 'redo' WHERE id = ?1", params![by])?;
        }
    }
    Ok(())
}
