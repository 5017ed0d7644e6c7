//! Taking a change back.

use crate::apply::{Writing, remove_identity};
use crate::cells::param;
use crate::clash::Names;
use crate::conn::{Conn, Param, params};
use crate::dialect::quote;
use crate::relink::listed;
use crate::store::{Now, Store, require};
use crate::{links, log, search};
use model::{
    Access, Check, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Lang, Level, Origin, RecordId, Result, Scope,
    TableDef, TableKey, Value, builtin,
};
use roaring::RoaringTreemap;
use std::collections::HashSet;
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

/// What to do where an undo meets what was changed since.
#[derive(Clone, Copy)]
pub enum Meeting<'n> {
    /// Leave it as it is, count it, and take back the rest.
    Keep,
    /// Take nothing back, and say whose change it is by these names.
    Refuse(&'n Names),
}

/// A removed record on its way back.
pub(crate) struct Kept<'t> {
    pub def: &'t TableDef,
    pub id: i64,
    /// The change that removed it.
    pub removal: i64,
    /// What it held, as its fields are now.
    pub cells: Vec<(&'t FieldDef, Value)>,
}

/// Records made by one change that can be brought back by undoing its undo.
const KEPT_FOR_REDO: i64 = 1_000;

/// An undo on its way.
struct Taking<'n> {
    /// The change that is taken back.
    change: i64,
    meeting: Meeting<'n>,
    out: Undone,
    /// Records removed without their content being kept.
    lost: u64,
}

impl Taking<'_> {
    /// Counts what stays as it is, or refuses the whole.
    fn meets(&mut self, refusal: impl FnOnce(&Names) -> Result<Error>) -> Result<()> {
        match self.meeting {
            Meeting::Keep => {
                self.out.kept += 1;
                Ok(())
            }
            Meeting::Refuse(names) => Err(refusal(names)?),
        }
    }
}

impl Store {
    /// Takes a change back: what it made is removed, what it edited or removed is put back. What was
    /// changed since is left alone and counted.
    ///
    /// # Errors
    /// `not_found`, or `conflict` when it was undone before.
    pub fn undo(&self, scope: &Scope, change: i64, progress: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<Undone> {
        require(scope, Access::Write)?;
        self.reshape(|conn, now| take_back(conn, now, scope, change, Meeting::Keep, progress))
    }

    /// As [`Store::undo`], whole or not at all; `names` are those of the users, for the refusal.
    ///
    /// # Errors
    /// As [`Store::undo`], and `conflict` when it would trample a later change, saying whose.
    pub fn undo_whole(&self, scope: &Scope, change: i64, names: &Names) -> Result<Undone> {
        require(scope, Access::Write)?;
        self.reshape(|conn, now| take_back(conn, now, scope, change, Meeting::Refuse(names), &mut |_, _| Ok(())))
    }

    /// The newest generation of demonstration data that was not undone.
    pub fn demo_change(&self) -> Result<Option<i64>> {
        let sql = "SELECT id FROM _changes WHERE origin = 'demo' AND undone_by IS NULL ORDER BY id DESC LIMIT 1";
        self.engine.read(|conn| conn.first(sql, &[], |r| r.get(0)))
    }
}

/// Takes a change back within a transaction.
pub(crate) fn take_back(
    conn: &Conn,
    now: Now,
    scope: &Scope,
    change: i64,
    meeting: Meeting<'_>,
    progress: &mut dyn FnMut(u64, u64) -> Result<()>,
) -> Result<Undone> {
    let sql = "SELECT origin, undone_by IS NOT NULL FROM _changes WHERE id = ?1";
    let state: Option<(String, bool)> = conn.first(sql, params![change], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let origin = match state {
        None => return Err(Error::new(ErrorCode::NotFound, "没有这次修改", "There is no such change")),
        Some((_, true)) => {
            return Err(Error::new(ErrorCode::Conflict, "这次修改已经撤销过了", "This change was undone before"));
        }
        Some((origin, false)) if origin == "undo" => Origin::Redo,
        Some(_) => Origin::Undo,
    };
    let shape = Arc::clone(&now.shape);
    let mut w = Writing::begin(conn, now, scope, origin)?;
    let mut taking = Taking { change, meeting, out: Undone { change: w.change, ..Undone::default() }, lost: 0 };
    // Links come back to records that are there again.
    w.revive(&mut taking)?;
    w.restore_cells(&mut taking)?;
    // Tables that link to others come later in the schema; their records go first.
    for def in shape.schema.tables.iter().rev() {
        w.remove_created(def, &mut taking)?;
    }
    w.finish(progress)?;
    let Taking { out, mut lost, .. } = taking;
    conn.run("UPDATE _changes SET undone_by = ?2 WHERE id = ?1", params![change, out.change])?;
    lost += crate::layout::drop_new_fields(conn, change)?;
    lost += crate::reshape::drop_new_tables(conn, &shape.schema, change)?;
    if lost > 0 {
        log::describe(conn, out.change, &serde_json::json!({ "lost": lost }).to_string())?;
    }
    Ok(out)
}

impl Writing<'_> {
    fn restore_cells(&mut self, taking: &mut Taking<'_>) -> Result<()> {
        const CELLS: &str =
            "SELECT table_key, record, field, before, after FROM _change_cells WHERE change = ?1 ORDER BY rowid DESC";
        let cells: Vec<(String, i64, String, String, String)> = self
            .conn
            .all(CELLS, params![taking.change], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
        let shape = Arc::clone(&self.shape);
        let change = taking.change;
        for (table, record, field, before, after) in cells {
            let Some((def, f)) = shape.schema.table(&table).and_then(|d| Some((d, d.field(&field)?))) else {
                taking.meets(|_| Ok(crate::clash::no_field()))?;
                continue;
            };
            let (before, after) = self.past().edit(&def.key, f, change, (&before, &after))?;
            let left = self.surviving(&f.kind, &before)?;
            let Some(now) = self.content(def, record, &[&f.key])? else {
                taking.meets(|names| self.removed_since(names, def, record, change))?;
                continue;
            };
            let refuses = matches!(taking.meeting, Meeting::Refuse(_));
            if refuses && now[0] == before {
                // Someone has put it back already.
            } else if now[0] != after && self.led(def, record, &f.key)? {
                // Follow-ups made since say what it is.
            } else if now[0] != after {
                taking.meets(|names| self.edited_since(names, def, record, Some(f), change))?;
            } else if refuses && left != before {
                taking.meets(|names| self.target_removed(names, def, record, f, &before))?;
            } else if now[0] == left || (left.is_blank() && !before.is_blank()) {
                taking.out.kept += 1;
            } else {
                if let (FieldKind::Code(_), Value::Text(code)) = (&f.kind, &left) {
                    self.refuse_taken(def, &f.key, code)?;
                }
                self.touched.remember(self.conn, &shape.derivation, &def.key, &[record])?;
                self.update(def, record, &[(&f.key, &now[0], &left)])?;
                taking.out.restored += 1;
            }
        }
        Ok(())
    }

    fn revive(&mut self, taking: &mut Taking<'_>) -> Result<()> {
        const ROWS: &str =
            "SELECT table_key, record, content FROM _change_rows WHERE change = ?1 ORDER BY table_key, record";
        let rows: Vec<(String, i64, String)> =
            self.conn.all(ROWS, params![taking.change], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        let shape = Arc::clone(&self.shape);
        let mut coming: Vec<Kept<'_>> = Vec::new();
        for (table, record, content) in rows {
            let Some(def) = shape.schema.table(&table) else {
                taking.meets(|_| Ok(crate::clash::no_field()))?;
                continue;
            };
            if content.is_empty() {
                taking.meets(|_| Ok(crate::clash::expired()))?;
            } else if self.exists(&table, RecordId(record))? {
                taking.meets(|_| self.there_again(def, record))?;
            } else {
                let kept = self.kept_of(def, record, taking.change, &content)?;
                // Those that went together were there together.
                match self.twice(&kept, &[], Some(taking.change))? {
                    Some(why) => taking.meets(|_| Ok(why))?,
                    None => coming.push(kept),
                }
            }
        }
        taking.out.revived += self.bring_back(&coming)?;
        Ok(())
    }

    /// Brings removed records back that nothing stands against; how many. Links to records that are gone since stay
    /// away.
    pub(crate) fn bring_back(&mut self, coming: &[Kept<'_>]) -> Result<u64> {
        let known: HashSet<(&TableKey, i64)> = coming.iter().map(|k| (&k.def.key, k.id)).collect();
        for Kept { def, id, cells, .. } in coming {
            let mut row: Vec<(FieldKey, Value)> = Vec::with_capacity(cells.len());
            for (f, value) in cells {
                let value = match f.kind.links_to() {
                    Some(to) => {
                        let present = links::present(self.conn, to, &listed(value))?;
                        let stays = |id: &RecordId| present.contains(id) || known.contains(&(to, id.0));
                        match value {
                            Value::Link(id) if stays(id) => Value::Link(*id),
                            Value::Links(list) => Value::Links(list.iter().copied().filter(stays).collect()),
                            _ => Value::Null,
                        }
                    }
                    None => value.clone(),
                };
                if !value.is_blank() {
                    row.push((f.key.clone(), value));
                }
            }
            self.insert(def, *id, &row)?;
            log::created(self.conn, self.change, &def.key, *id, *id)?;
        }
        Ok(coming.len() as u64)
    }

    /// A removed record as the log keeps it.
    pub(crate) fn kept_of<'t>(&self, def: &'t TableDef, id: i64, removal: i64, content: &str) -> Result<Kept<'t>> {
        Ok(Kept { def, id, removal, cells: self.past().row(def, removal, content)? })
    }

    /// Why a record cannot come back beside those that are there and those that come: it has what only one may have.
    /// What the change `undone` wrote is about to go again.
    pub(crate) fn twice(&self, kept: &Kept<'_>, coming: &[Kept<'_>], undone: Option<i64>) -> Result<Option<Error>> {
        let table = &kept.def.key;
        for (f, value) in kept.cells.iter().filter(|(_, v)| !v.is_blank()) {
            let code = matches!(f.kind, FieldKind::Code(_));
            if !code && !f.rules.iter().any(|r| r.check == Check::Unique && r.level == Level::Refuse) {
                continue;
            }
            let same = |k: &Kept<'_>| k.cells.iter().any(|(o, v)| o.key == f.key && v == value);
            let mut taken = coming.iter().any(|k| k.def.key == *table && same(k));
            let sql = ["SELECT id FROM ", &quote(table), " WHERE ", &quote(&f.key), " = ?1 LIMIT 100"].concat();
            for id in self.conn.all::<i64>(&sql, &[param(value)], |r| r.get(0))? {
                // Codes are unique at any moment.
                taken |= code || !undone.map_or(Ok(false), |change| self.wrote(change, table, id, &f.key))?;
            }
            if taken {
                let text = model::parse::written(value, &f.kind, Lang::Zh);
                return Ok(Some(crate::clash::taken(f, &text)));
            }
        }
        Ok(None)
    }

    /// Whether a change wrote a cell, or made its record.
    fn wrote(&self, change: i64, table: &TableKey, id: i64, field: &FieldKey) -> Result<bool> {
        let sql = "SELECT 1 FROM _change_cells WHERE change = ?1 AND table_key = ?2 AND record = ?3 AND field = ?4
                   UNION ALL SELECT 1 FROM _change_ranges WHERE change = ?1 AND table_key = ?2 AND low <= ?3 AND high >= ?3";
        self.conn.exists(sql, params![change, table.as_str(), id, field.as_str()])
    }

    fn remove_created(&mut self, def: &TableDef, taking: &mut Taking<'_>) -> Result<()> {
        let change = taking.change;
        let sql = "SELECT low, high FROM _change_ranges WHERE change = ?1 AND table_key = ?2 ORDER BY low DESC";
        let ranges: Vec<(i64, i64)> =
            self.conn.all(sql, params![change, def.key.as_str()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        for (low, high) in ranges {
            let keep = self.in_use(def, change, low, high)?;
            if matches!(taking.meeting, Meeting::Refuse(_)) {
                for id in keep.iter().map(|id| id as i64) {
                    // What is gone already is nobody's loss.
                    if self.exists(&def.key, RecordId(id))? {
                        taking.meets(|names| self.used_since(names, def, id, change))?;
                    }
                }
            }
            taking.out.kept += keep.len();
            let mut from = low;
            for kept in keep.iter().map(|k| k as i64).chain([high + 1]) {
                if kept > from {
                    let removed = self.remove_range(def, from, kept - 1)?;
                    taking.out.removed += removed;
                    if kept - 1 - from >= KEPT_FOR_REDO {
                        taking.lost += removed;
                    }
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
        // Those that go together may link to each other.
        let beside = |t: &TableDef| t.key == def.key;
        for (t, f) in links::into_table(&self.shape.schema, &def.key).filter(|(t, _)| !beside(t)) {
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
        self.keep_linked(def, low, high, &mut keep)?;
        Ok(keep)
    }

    /// Adds the records of a range that records of their own table link to and that stay: those outside of it, and those
    /// in `keep`.
    fn keep_linked(&self, def: &TableDef, low: i64, high: i64, keep: &mut RoaringTreemap) -> Result<()> {
        let mut ties: Vec<(i64, i64)> = Vec::new();
        for (_, f) in links::into_table(&self.shape.schema, &def.key).filter(|(t, _)| t.key == def.key) {
            if matches!(f.kind, FieldKind::Links { .. }) {
                let sql = "SELECT source, target FROM _links
                           WHERE table_key = ?3 AND field = ?4 AND target BETWEEN ?1 AND ?2";
                let of = params![low, high, def.key.as_str(), f.key.as_str()];
                ties.extend(self.conn.all(sql, of, |r| Ok((r.get(0)?, r.get(1)?)))?);
                continue;
            }
            let (table, column) = (quote(&def.key), quote(&f.key));
            let sql = ["SELECT id, ", &column, " FROM ", &table, " WHERE ", &column, " BETWEEN ?1 AND ?2"].concat();
            ties.extend(self.conn.all(&sql, params![low, high], |r| Ok((r.get(0)?, r.get(1)?)))?);
        }
        // What stays holds what it links to, and so on.
        loop {
            let before = keep.len();
            for (from, to) in &ties {
                if !(low..=high).contains(from) || keep.contains(from.unsigned_abs()) {
                    keep.insert(to.unsigned_abs());
                }
            }
            if keep.len() == before {
                return Ok(());
            }
        }
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
        search::forget_range(self.conn, &def.key, low, high)?;
        crate::comments::forget_range(self.conn, &def.key, low, high)?;
        if def.key == *builtin::CUSTOMERS {
            self.forget_people(def, low, high)?;
            crate::moves::forget_range(self.conn, low, high)?;
        }
        self.coming.gone(&def.key, low, high);
        let sql = ["DELETE FROM ", &quote(&def.key), " WHERE id BETWEEN ?1 AND ?2"].concat();
        self.conn.run(&sql, params![low, high])
    }

    fn forget_people(&mut self, def: &TableDef, low: i64, high: i64) -> Result<()> {
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
