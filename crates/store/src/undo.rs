//! Taking a change back.

use crate::apply::{Writing, gone, remove_identity};
use crate::cells::from_log;
use crate::conn::{Conn, Param, params};
use crate::dialect::quote;
use crate::store::{Store, require};
use crate::{failure, links, log};
use model::{Access, Error, ErrorCode, FieldKey, FieldKind, Origin, Result, Scope, TableDef, Value, builtin};
use roaring::RoaringTreemap;
use std::sync::Arc;

/// What an undo did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Undone {
    /// Number of the undoing change.
    pub change: i64,
    /// Records removed that the change had made.
    pub removed: u64,
    /// Cells put back.
    pub restored: u64,
    /// Records brought back that the change had removed.
    pub revived: u64,
    /// Records and cells left as they are because they were changed since or others depend on them.
    pub kept: u64,
}

/// Records made by one change that can be brought back by undoing its undo.
const KEPT_FOR_REDO: i64 = 1_000;

/// Whether a change was undone, and by which.
enum State {
    Missing,
    Open,
    Undone,
}

impl Store {
    /// Takes a change back: what it made is removed, what it edited or removed is put back. What was
    /// changed since is left alone and counted.
    ///
    /// # Errors
    /// `not_found`, or `conflict` when it was undone before.
    pub fn undo(&self, scope: &Scope, change: i64, progress: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<Undone> {
        require(scope, Access::Write)?;
        self.reshape(|conn, now| {
            match state(conn, change)? {
                State::Open => {}
                State::Missing => {
                    return Err(Error::new(ErrorCode::NotFound, "没有这次修改", "There is no such change"));
                }
                State::Undone => {
                    return Err(Error::new(
                        ErrorCode::Conflict,
                        "这次修改已经撤销过了",
                        "This change was undone before",
                    ));
                }
            }
            let shape = Arc::clone(&now.shape);
            let mut w = Writing::begin(conn, now, scope, Origin::Undo)?;
            let mut out = Undone { change: w.change, ..Undone::default() };
            // Links come back to records that are there again.
            w.revive(change, &mut out)?;
            w.restore_cells(change, &mut out)?;
            // Tables that link to others come later in the schema; their records go first.
            for def in shape.schema.tables.iter().rev() {
                w.remove_created(def, change, &mut out)?;
            }
            w.finish(progress)?;
            conn.run("UPDATE _changes SET undone_by = ?2 WHERE id = ?1", params![change, out.change])?;
            crate::layout::drop_new_fields(conn, change)?;
            crate::reshape::drop_new_tables(conn, &shape.schema, change)?;
            Ok(out)
        })
    }

    /// The newest generation of demonstration data that was not undone.
    pub fn demo_change(&self) -> Result<Option<i64>> {
        let sql = "SELECT id FROM _changes WHERE origin = 'demo' AND undone_by IS NULL ORDER BY id DESC LIMIT 1";
        self.engine.read(|conn| conn.first(sql, &[], |r| r.get(0)))
    }
}

fn state(conn: &Conn, change: i64) -> Result<State> {
    let sql = "SELECT undone_by IS NOT NULL FROM _changes WHERE id = ?1";
    let undone: Option<bool> = conn.first(sql, params![change], |r| r.get(0))?;
    Ok(match undone {
        None => State::Missing,
        Some(false) => State::Open,
        Some(true) => State::Undone,
    })
}

impl Writing<'_> {
    fn restore_cells(&mut self, change: i64, out: &mut Undone) -> Result<()> {
        const CELLS: &str =
            "SELECT table_key, record, field, before, after FROM _change_cells WHERE change = ?1 ORDER BY rowid DESC";
        let cells: Vec<(String, i64, String, String, String)> =
            self.conn.all(CELLS, params![change], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
        let shape = Arc::clone(&self.shape);
        for (table, record, field, before, after) in cells {
            let Some((def, f)) = shape.schema.table(&table).and_then(|d| Some((d, d.field(&field)?))) else {
                out.kept += 1;
                continue;
            };
            let (before, after) = (from_log(&f.kind, &before), from_log(&f.kind, &after));
            let left = self.surviving(&f.kind, &before)?;
            match self.content(def, record, &[&f.key])? {
                Some(now) if now[0] == after && now[0] != left && (before.is_blank() || !left.is_blank()) => {
                    self.touched.remember(self.conn, &shape.derivation, &def.key, &[record])?;
                    self.update(def, record, &[(&f.key, &now[0], &left)])?;
                    out.restored += 1;
                }
                _ => out.kept += 1,
            }
        }
        Ok(())
    }

    fn revive(&mut self, change: i64, out: &mut Undone) -> Result<()> {
        const ROWS: &str =
            "SELECT table_key, record, content FROM _change_rows WHERE change = ?1 ORDER BY table_key, record";
        let rows: Vec<(String, i64, String)> =
            self.conn.all(ROWS, params![change], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        let shape = Arc::clone(&self.shape);
        let mut revived = Vec::new();
        for (table, record, content) in rows {
            let Some(def) = shape.schema.table(&table) else {
                out.kept += 1;
                continue;
            };
            let content: Vec<(String, String)> = serde_json::from_str(&content).map_err(failure)?;
            let row: Vec<(FieldKey, Value)> = content
                .into_iter()
                .filter_map(|(k, v)| def.field(&k).map(|f| (f.key.clone(), from_log(&f.kind, &v))))
                .collect();
            if self.content(def, record, &[])?.is_some() {
                return Err(failure(gone(def, record)));
            }
            self.insert(def, record, &row)?;
            log::created(self.conn, self.change, &def.key, record, record)?;
            out.revived += 1;
            revived.push((def, record, row));
        }
        for (def, record, row) in revived {
            for (key, value) in &row {
                let left = self.surviving(&def.require(key)?.kind, value)?;
                if left != *value {
                    self.touched.remember(self.conn, &shape.derivation, &def.key, &[record])?;
                    self.update(def, record, &[(key, value, &left)])?;
                }
            }
        }
        Ok(())
    }

    fn remove_created(&mut self, def: &TableDef, change: i64, out: &mut Undone) -> Result<()> {
        let sql = "SELECT low, high FROM _change_ranges WHERE change = ?1 AND table_key = ?2 ORDER BY low DESC";
        let ranges: Vec<(i64, i64)> =
            self.conn.all(sql, params![change, def.key.as_str()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        for (low, high) in ranges {
            let keep = self.in_use(def, change, low, high)?;
            out.kept += keep.len();
            let mut from = low;
            for kept in keep.iter().map(|k| k as i64).chain([high + 1]) {
                if kept > from {
                    out.removed += self.remove_range(def, from, kept - 1)?;
                }
                from = kept + 1;
            }
        }
        Ok(())
    }

    /// Records of a range that were edited since, or that others link to.
    fn in_use(&self, def: &TableDef, change: i64, low: i64, high: i64) -> Result<RoaringTreemap> {
        let mut keep = RoaringTreemap::new();
        // Edits that were undone themselves do not count.
        let mut add = |sql: &str, params: &[Param<'_>]| -> Result<()> {
            self.conn.each(sql, params, &mut |r| {
                keep.insert(r.get(0)?);
                Ok(())
            })
        };
        add(
            "SELECT DISTINCT x.record FROM _change_cells x JOIN _changes c ON c.id = x.change
             WHERE x.table_key = ?1 AND x.record BETWEEN ?2 AND ?3 AND x.change > ?4
               AND c.undone_by IS NULL AND c.origin <> 'undo'",
            params![def.key.as_str(), low, high, change],
        )?;
        for (t, f) in links::into_table(&self.shape.schema, &def.key) {
            if matches!(f.kind, FieldKind::Links { .. }) {
                let sql = "SELECT DISTINCT target FROM _links
                           WHERE table_key = ?3 AND field = ?4 AND target BETWEEN ?1 AND ?2";
                add(sql, params![low, high, t.key.as_str(), f.key.as_str()])?;
                continue;
            }
            let column = quote(&f.key);
            let from = [" FROM ", &quote(&t.key), " WHERE ", &column, " BETWEEN ?1 AND ?2"].concat();
            add(&["SELECT DISTINCT ", &column, &from].concat(), params![low, high])?;
        }
        Ok(keep)
    }

    /// Removes a range of records that the undone change made. A few keep their content in the log, so
    /// that undoing the undo brings them back; the rows of a whole import do not.
    fn remove_range(&mut self, def: &TableDef, low: i64, high: i64) -> Result<u64> {
        if high - low < KEPT_FOR_REDO {
            return self.delete(&def.key, &(low..=high).collect::<Vec<_>>());
        }
        let shape = Arc::clone(&self.shape);
        self.touched.tied_to_range(self.conn, &shape.derivation, &def.key, low, high)?;
        for f in links::lists(def) {
            links::forget(self.conn, &def.key, &f.key, low, high)?;
        }
        if def.key == *builtin::CUSTOMERS {
            self.forget_people(def, low, high)?;
        }
        let sql = ["DELETE FROM ", &quote(&def.key), " WHERE id BETWEEN ?1 AND ?2"].concat();
        self.conn.run(&sql, params![low, high])
    }

    fn forget_people(&mut self, def: &TableDef, low: i64, high: i64) -> Result<()> {
        self.conn.run("DELETE FROM _search WHERE rowid BETWEEN ?1 AND ?2", params![low, high])?;
        if high - low > 1_000 {
            self.conn.run("DELETE FROM _identities WHERE customer BETWEEN ?1 AND ?2", params![low, high])?;
            return Ok(());
        }
        let keys: Vec<FieldKey> = model::IDENTITY_FIELDS.iter().map(|k| FieldKey::from(*k)).collect();
        let keys: Vec<&FieldKey> = keys.iter().collect();
        for id in low..=high {
            if let Some(values) = self.content(def, id, &keys)? {
                for (k, v) in keys.iter().zip(&values) {
                    remove_identity(self.conn, id, k, v)?;
                }
            }
        }
        Ok(())
    }
}
