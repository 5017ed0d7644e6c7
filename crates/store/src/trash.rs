//! The recycle bin: removed records, kept for a while and brought back one by one; and a record set back to what it
//! was before a change.

use crate::apply::Writing;
use crate::conn::params;
use crate::dialect::quote;
use crate::relink::{listed, with};
use crate::store::{Store, require};
use crate::turn::Past;
use crate::undo::Kept;
use crate::{clash, failure, log};
use model::{
    Access, Error, FieldDef, FieldKey, FieldKind, Origin, RecordId, Result, Schema, Scope, TableDef, TableKey, Value,
};
use std::sync::Arc;

/// Days that the content of a removed record is kept.
pub const KEPT_DAYS: i64 = 90;

/// A removed record.
#[derive(Clone, Debug, PartialEq)]
pub struct Removed {
    /// Its table.
    pub table: TableKey,
    /// Its id.
    pub id: RecordId,
    /// The change that removed it.
    pub change: i64,
    /// When, in seconds since 1970 UTC.
    pub at: i64,
    /// Who.
    pub user: i64,
    /// Its code, where it had one.
    pub code: Option<String>,
    /// Its name, where it had one.
    pub name: Option<String>,
}

/// A cell of a record as it is and as it would be.
#[derive(Clone, Debug, PartialEq)]
pub struct SetBack {
    /// The field.
    pub field: FieldKey,
    /// What it holds.
    pub now: Value,
    /// What it held then.
    pub then: Value,
}

/// What came back from the recycle bin.
#[derive(Debug, Default)]
pub struct Restored {
    /// Number of the change.
    pub change: i64,
    /// How many records came back.
    pub restored: u64,
    /// Those that could not, and why.
    pub refused: Vec<(TableKey, RecordId, Error)>,
}

impl Store {
    /// Removed records of a table that were not brought back and whose content is still kept, newest first, at most 200.
    pub fn trash(&self, scope: &Scope, table: &str) -> Result<Vec<Removed>> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let def = shape.schema.require(table)?;
        let sql = [
            "SELECT r.record, r.content, c.id, c.at, c.\"user\" FROM _change_rows r JOIN _changes c ON c.id = r.change
             WHERE r.table_key = ?1 AND r.content <> '' AND NOT EXISTS (SELECT 1 FROM ",
            &quote(table),
            " t WHERE t.id = r.record) AND NOT EXISTS (SELECT 1 FROM _change_rows n
               WHERE n.table_key = r.table_key AND n.record = r.record AND n.change > r.change)
             ORDER BY r.change DESC, r.record LIMIT 200",
        ];
        self.engine.read(|conn| {
            let rows: Vec<(i64, String, i64, i64, i64)> = conn
                .all(&sql.concat(), params![table], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
            let past = Past { conn, shape: &shape, today: self.today() };
            let code = def.fields.iter().find(|f| matches!(f.kind, FieldKind::Code(_)));
            let (code, name) = (code.or_else(|| def.field("order_no")), def.field("name"));
            let removed = |(id, content, change, at, user): (i64, String, i64, i64, i64)| {
                let content: Vec<(String, String)> = serde_json::from_str(&content).map_err(failure)?;
                let text = |field: Option<&FieldDef>| -> Result<Option<String>> {
                    let found = field.and_then(|f| Some((f, content.iter().find(|(k, _)| f.key == **k)?)));
                    let Some((f, (_, text))) = found else { return Ok(None) };
                    Ok(past.cell(&def.key, f, change, text)?.as_text().map(str::to_owned))
                };
                let (code, name) = (text(code)?, text(name)?);
                Ok(Removed { table: def.key.clone(), id: RecordId(id), change, at, user, code, name })
            };
            rows.into_iter().map(removed).collect()
        })
    }

    /// Brings removed records back with their ids, identities and links, as one change. One that cannot come
    /// back is refused on its own, with the reason.
    ///
    /// # Errors
    /// `forbidden`; `not_found` for a table that is not there.
    pub fn restore_removed(&self, scope: &Scope, records: &[(TableKey, RecordId)]) -> Result<Restored> {
        require(scope, Access::Write)?;
        self.write(|conn, now| {
            let mut w = Writing::begin(conn, now, scope, Origin::Restore)?;
            let shape = Arc::clone(&w.shape);
            let mut out = Restored { change: w.change, ..Restored::default() };
            let mut coming: Vec<Kept<'_>> = Vec::with_capacity(records.len());
            for (table, id) in records {
                let def = shape.schema.require(table)?;
                if coming.iter().any(|k| k.def.key == def.key && k.id == id.0) {
                    continue;
                }
                match w.kept(def, *id, &coming)? {
                    Ok(kept) => coming.push(kept),
                    Err(why) => out.refused.push((table.clone(), *id, why)),
                }
            }
            out.restored = w.bring_back(&coming)?;
            for k in &coming {
                w.link_again(&shape.schema, &k.def.key, k.id, k.removal)?;
            }
            w.finish(&mut |_, _| Ok(()))?;
            Ok(out)
        })
    }

    /// Forgets the content of records removed longer ago than so many days (see [`KEPT_DAYS`]); how many.
    /// The consents given for them and what was said about them go with it, and so do comments that were taken away
    /// before.
    pub fn empty_trash(&self, kept_days: i64) -> Result<u64> {
        let before = log::now() - kept_days * 86_400;
        let schema = self.schema();
        self.engine.transaction(|conn| {
            let sql = "UPDATE _change_rows SET content = '' WHERE content <> ''
                       AND change IN (SELECT id FROM _changes WHERE at < ?1)";
            let emptied = conn.run(sql, params![before])?;
            crate::forms::forget_erased(conn, &schema)?;
            crate::comments::forget_erased(conn, &schema, before)?;
            crate::moves::forget_erased(conn)?;
            Ok(emptied)
        })
    }

    /// What would change if a record were set back to just before a change.
    ///
    /// # Errors
    /// `not_found` when there is no such record.
    pub fn preview_restore(&self, scope: &Scope, table: &str, id: RecordId, change: i64) -> Result<Vec<SetBack>> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        self.engine.read(|conn| set_back(Past { conn, shape: &shape, today: self.today() }, table, id, change))
    }

    /// Sets a record back to just before a change, as one change; its number and how many cells changed.
    ///
    /// # Errors
    /// `not_found` when there is no such record, `conflict` when another has taken its code.
    pub fn restore_to(&self, scope: &Scope, table: &str, id: RecordId, change: i64) -> Result<(i64, u64)> {
        require(scope, Access::Write)?;
        self.write(|conn, now| {
            let mut w = Writing::begin(conn, now, scope, Origin::Restore)?;
            let shape = Arc::clone(&w.shape);
            let def = shape.schema.require(table)?;
            let cells = set_back(w.past(), table, id, change)?;
            w.touched.remember(conn, &shape.derivation, &def.key, &[id.0])?;
            let mut n = 0;
            for c in cells {
                let f = def.require(&c.field)?;
                let then = w.surviving(&f.kind, &c.then)?;
                if let (FieldKind::Code(_), Value::Text(code)) = (&f.kind, &then) {
                    w.refuse_taken(def, &f.key, code)?;
                }
                if then != c.now {
                    w.update(def, id.0, &[(&c.field, &c.now, &then)])?;
                    n += 1;
                }
            }
            w.finish(&mut |_, _| Ok(()))?;
            Ok((w.change, n))
        })
    }
}

/// A condition on a table of what belongs to records (`table_key`, `record`): those of a table (`?1`) that are neither
/// there nor in the recycle bin.
pub(crate) fn erased(def: &TableDef, of: &str) -> String {
    format!(
        "table_key = ?1 AND NOT EXISTS (SELECT 1 FROM {} t WHERE t.id = {of}.record)
         AND NOT EXISTS (SELECT 1 FROM _change_rows x
           WHERE x.table_key = ?1 AND x.record = {of}.record AND x.content <> '')",
        quote(&def.key)
    )
}

/// The cells of a record that were edited since just before a change, as they are and as they were.
fn set_back(past: Past<'_>, table: &str, id: RecordId, change: i64) -> Result<Vec<SetBack>> {
    let Past { conn, shape, .. } = past;
    let def = shape.schema.require(table)?;
    let sql = "SELECT field, before, change FROM _change_cells
               WHERE table_key = ?1 AND record = ?2 AND change >= ?3 ORDER BY rowid";
    let edits: Vec<(String, String, i64)> =
        conn.all(sql, params![table, id.0, change], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let mut out: Vec<SetBack> = Vec::new();
    for (key, before, at) in edits {
        // The oldest edit tells what was there; a field that is gone or became a formula has nothing to set.
        let Some(f) = def.field(&key).filter(|f| f.kind.stored() && !f.derived() && !f.kind.system()) else { continue };
        if !out.iter().any(|c| c.field == f.key) {
            let then = past.cell(&def.key, f, at, &before)?;
            out.push(SetBack { field: f.key.clone(), now: Value::Null, then });
        }
    }
    for c in &mut out {
        let kind = &def.require(&c.field)?.kind;
        let sql = ["SELECT ", &quote(&c.field), " FROM ", &quote(table), " WHERE id = ?1"].concat();
        let now = conn.first(&sql, params![id.0], |r| Ok(crate::cells::from_sql(kind, r.at(0)?)))?;
        c.now = now.ok_or_else(|| crate::apply::gone(def, id.0))?;
    }
    out.retain(|c| c.now != c.then);
    Ok(out)
}

impl Writing<'_> {
    /// A removed record as it is kept, or why it cannot come back beside those that come.
    fn kept<'t>(
        &self,
        def: &'t TableDef,
        id: RecordId,
        coming: &[Kept<'_>],
    ) -> Result<std::result::Result<Kept<'t>, Error>> {
        if self.exists(&def.key, id)? {
            return Ok(Err(self.there_again(def, id.0)?));
        }
        let sql = "SELECT change, content FROM _change_rows WHERE table_key = ?1 AND record = ?2
                   ORDER BY change DESC LIMIT 1";
        let kept: Option<(i64, String)> =
            self.conn.first(sql, params![def.key.as_str(), id.0], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let Some((removal, content)) = kept else { return Ok(Err(crate::apply::gone(def, id.0))) };
        if content.is_empty() {
            return Ok(Err(clash::expired()));
        }
        let kept = self.kept_of(def, id.0, removal, &content)?;
        Ok(match self.twice(&kept, coming, None)? {
            Some(why) => Err(why),
            None => Ok(kept),
        })
    }

    /// Puts a record that came back into the cells that named it until it was removed.
    fn link_again(&mut self, schema: &Schema, table: &TableKey, id: i64, removal: i64) -> Result<()> {
        let sql = "SELECT table_key, record, field, before, after FROM _change_cells WHERE change = ?1 ORDER BY rowid";
        let cells: Vec<(String, i64, String, String, String)> =
            self.conn.all(sql, params![removal], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
        let shape = Arc::clone(&self.shape);
        for (other, record, field, before, after) in cells {
            let Some((def, f)) = schema.table(&other).and_then(|d| Some((d, d.field(&field)?))) else { continue };
            if f.kind.links_to().is_none_or(|to| to != table) || f.derived() || !f.kind.stored() {
                continue;
            }
            let (before, after) = self.past().edit(&def.key, f, removal, (&before, &after))?;
            let id = RecordId(id);
            if !listed(&before).contains(&id) || listed(&after).contains(&id) {
                continue;
            }
            let Some(now) = self.content(def, record, &[&f.key])? else { continue };
            let again = match (&f.kind, now[0].is_blank()) {
                (FieldKind::Links { .. }, _) => with(&now[0], &[id], &[]),
                (_, true) => Value::Link(id),
                // It names another by now.
                (_, false) => continue,
            };
            if again != now[0] {
                self.touched.remember(self.conn, &shape.derivation, &def.key, &[record])?;
                self.update(def, record, &[(&f.key, &now[0], &again)])?;
            }
        }
        Ok(())
    }
}
