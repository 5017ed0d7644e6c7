//! Applying changes: rows, identities, search text, derived columns and log in one transaction.

use crate::cells::{check, from_sql, param};
use crate::conn::{Conn, Param, params};
use crate::dialect::quote;
use crate::events::{self, Coming};
use crate::follow::{self, Followed};
use crate::recalc::{Touched, recalculate};
use crate::store::{Now, Shape, Store, code_counter, counter, id_counter, require};
use crate::validate::{Checks, Written};
use crate::{layout, links, log, plan, search};
use model::{
    Access, CellEdit, Change, ChangeOutcome, CodePattern, Date, Error, ErrorCode, FieldDef, FieldKey, FieldKind,
    IDENTITY_FIELDS, Identity, Origin, RecordId, Result, Scope, TableDef, TableKey, UserId, Value, builtin,
};
use roaring::RoaringTreemap;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Store {
    /// Applies a change whole or not at all.
    ///
    /// # Errors
    /// `forbidden`, or `invalid`, `not_found` or `conflict` on a field, saying which and why.
    pub fn apply(&self, scope: &Scope, change: Change, origin: Origin) -> Result<ChangeOutcome> {
        require(scope, Access::Write)?;
        self.write(|conn, now| applied(conn, now, scope, change, origin))
    }
}

/// Applies a change inside a transaction.
pub(crate) fn applied(conn: &Conn, now: Now, scope: &Scope, change: Change, origin: Origin) -> Result<ChangeOutcome> {
    let mut w = Writing::begin(conn, now, scope, origin)?;
    let mut outcome = ChangeOutcome { change: w.change, ..ChangeOutcome::default() };
    w.carry_out(change, &mut outcome)?;
    w.finish(&mut |_, _| Ok(()))?;
    w.check_written()?;
    outcome.warnings = std::mem::take(&mut w.written.warnings);
    Ok(outcome)
}

/// A change being written inside a transaction.
pub(crate) struct Writing<'c> {
    pub conn: &'c Conn,
    pub shape: Arc<Shape>,
    pub today: Date,
    pub change: i64,
    pub touched: Touched,
    /// Records made and removed.
    pub coming: Coming,
    pub searchable: search::Searchable,
    /// Who changes.
    pub user: UserId,
    pub checks: Arc<Checks>,
    pub written: Written,
    /// Customers whose follow-ups were touched.
    pub followed: Followed,
    /// Next contacts a person wrote.
    pub planned: plan::Written,
}

impl<'c> Writing<'c> {
    /// Opens an entry in the log.
    pub(crate) fn begin(conn: &'c Conn, now: Now, scope: &Scope, origin: Origin) -> Result<Self> {
        Ok(Self::over(conn, now, scope, log::open(conn, scope, origin)?))
    }

    /// Goes on with an entry that an earlier transaction opened; None when it was undone since.
    pub(crate) fn go_on(conn: &'c Conn, now: Now, scope: &Scope, change: i64) -> Result<Option<Self>> {
        let sql = "SELECT 1 FROM _changes WHERE id = ?1 AND undone_by IS NULL";
        Ok(conn.exists(sql, params![change])?.then(|| Self::over(conn, now, scope, change)))
    }

    /// As [`Writing::begin`], of a change whose entry in the log is open.
    pub(crate) fn over(conn: &'c Conn, now: Now, scope: &Scope, change: i64) -> Self {
        let Now { shape, today } = now;
        let checks = shape.checks(today);
        Self {
            conn,
            shape,
            today,
            change,
            touched: Touched::default(),
            coming: Coming::default(),
            searchable: search::Searchable::new(),
            user: scope.user,
            checks,
            written: Written::default(),
            followed: Followed::default(),
            planned: plan::Written::default(),
        }
    }

    /// Writes what a change asks for.
    pub(crate) fn carry_out(&mut self, change: Change, outcome: &mut ChangeOutcome) -> Result<()> {
        match change {
            Change::Create { table, records } => {
                let mut created = Vec::with_capacity(records.len());
                for cells in records {
                    created.push(RecordId(self.create(&table, cells)?));
                }
                self.complete_new(&table, &created)?;
                self.plan_new(&self.table(&table)?, &created)?;
                if let (Some(low), Some(high)) = (created.first(), created.last()) {
                    log::created(self.conn, self.change, &table, low.0, high.0)?;
                }
                outcome.created.extend(created);
            }
            Change::Edit { table, cells } => outcome.edited.extend(self.edit_cells(&table, cells)?),
            Change::Relink { table, id, field, add, remove } => {
                outcome.edited.extend(self.relink(&table, id, &field, &add, &remove)?);
            }
            Change::Delete { table, ids } => {
                let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
                outcome.deleted += self.delete(&table, &ids)?;
            }
            Change::Several(list) => list.into_iter().try_for_each(|c| self.carry_out(c, outcome))?,
        }
        Ok(())
    }

    /// Next contacts, search text and derived columns of everything touched, and the news of it.
    pub(crate) fn finish(&mut self, progress: crate::recalc::Progress<'_>) -> Result<()> {
        self.plan()?;
        self.lead()?;
        for (table, ids) in std::mem::take(&mut self.searchable) {
            if let Some(def) = self.shape.schema.table(&table) {
                search::index(self.conn, def, &ids, false, progress)?;
            }
        }
        recalculate(self.conn, &self.shape.derivation, self.today, &mut self.touched, progress)?;
        self.tell()
    }

    /// Tells others what was touched, once nothing more will be.
    pub(crate) fn tell(&self) -> Result<()> {
        events::changed(self.conn, self.change, self.user, &self.touched, &self.coming)
    }

    fn table(&self, table: &str) -> Result<TableDef> {
        Ok(self.shape.schema.require(table)?.clone())
    }

    /// Writes a new record with the next id; the caller logs it.
    pub(crate) fn create(&mut self, table: &TableKey, cells: Vec<(FieldKey, Value)>) -> Result<i64> {
        let def = self.table(table)?;
        let mut row: Vec<(FieldKey, Value)> = Vec::with_capacity(cells.len() + 1);
        let mut named_by = Vec::new();
        for (key, value) in cells {
            let field = def.require(&key)?;
            let value = check(field, value)?;
            self.refuse_missing(field, &value)?;
            if value.is_blank() {
                continue;
            }
            if field.kind.stored() { row.push((key, value)) } else { named_by.push((field, value)) }
        }
        self.complete(&def, &mut row)?;
        Self::complete_talk(&def, &mut row);
        row.extend(stamps(&def, self.user, true));
        let name = id_counter(table);
        let id = counter(self.conn, &name)?;
        layout::set_meta(self.conn, &name, &(id + 1).to_string())?;
        self.insert(&def, id, &row)?;
        for (field, value) in named_by {
            self.name_from(field, RecordId(id), &value)?;
        }
        Ok(id)
    }

    /// Defaults of new records, then their rules: a default may satisfy what nobody filled in.
    fn complete_new(&mut self, table: &TableKey, created: &[RecordId]) -> Result<()> {
        let def = self.table(table)?;
        let ids: Vec<i64> = created.iter().map(|id| id.0).collect();
        self.fill_defaults(&def, &ids, &Default::default())?;
        self.check_new(&def, &ids)
    }

    /// Gives what a new record must have: a code of its own, an order number, a line.
    fn complete(&mut self, def: &TableDef, row: &mut Vec<(FieldKey, Value)>) -> Result<()> {
        for f in &def.fields {
            let FieldKind::Code(pattern) = &f.kind else { continue };
            match row.iter().find(|(k, _)| *k == f.key) {
                Some((_, Value::Text(code))) => {
                    let code = code.clone();
                    self.refuse_taken(def, &f.key, &code)?;
                }
                _ => {
                    let code = next_code(self.conn, def, &f.key, pattern, self.today)?;
                    row.push((f.key.clone(), Value::Text(code)));
                }
            }
        }
        if def.key == *builtin::ORDERS {
            let has = |row: &[(FieldKey, Value)], k: &str| row.iter().any(|(f, _)| *f == *k);
            if !has(row, "order_no") {
                let n = counter(self.conn, "next_order")?;
                layout::set_meta(self.conn, "next_order", &(n + 1).to_string())?;
                row.push(("order_no".into(), Value::Text(format!("D{n:08}"))));
            }
            if !has(row, "line") {
                row.push(("line".into(), Value::Int(1)));
            }
        }
        Ok(())
    }

    pub(crate) fn refuse_taken(&self, def: &TableDef, field: &FieldKey, code: &str) -> Result<()> {
        let sql = ["SELECT 1 FROM ", &quote(&def.key), " WHERE ", &quote(field), " = ?1"].concat();
        if !self.conn.exists(&sql, params![code])? {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::Conflict,
            format!("编号“{code}”已经有了，请换一个"),
            format!("The code “{code}” is taken; choose another"),
        )
        .on(field))
    }

    /// Inserts a row as it is.
    pub(crate) fn insert(&mut self, def: &TableDef, id: i64, row: &[(FieldKey, Value)]) -> Result<()> {
        let mut sql = ["INSERT INTO ", &quote(&def.key), " (id"].concat();
        for (k, _) in row {
            sql.push_str(", ");
            sql.push_str(&quote(k));
        }
        sql.push_str(") VALUES (?");
        sql.push_str(&", ?".repeat(row.len()));
        sql.push(')');
        let values: Vec<Param<'_>> = std::iter::once(Param::Int(id)).chain(row.iter().map(|(_, v)| param(v))).collect();
        self.conn.run(&sql, &values)?;
        for (k, v) in row {
            links::follow(self.conn, &def.key, k, id, &Value::Null, v)?;
        }
        if def.key == *builtin::CUSTOMERS {
            for (k, v) in row {
                add_identity(self.conn, id, k, v)?;
            }
        }
        if row.iter().any(|(k, _)| def.field(k).is_some_and(|f| search::part(def, f).is_some())) {
            self.searched(def, id);
        }
        self.follow_row(def, row);
        self.touched.whole(&def.key, [id]);
        self.coming.made(&def.key, id, id);
        Ok(())
    }

    /// Edits cells; records whose content changed.
    pub(crate) fn edit_cells(&mut self, table: &TableKey, cells: Vec<CellEdit>) -> Result<Vec<RecordId>> {
        let def = self.table(table)?;
        let mut by_record: BTreeMap<i64, Vec<(FieldKey, Value)>> = BTreeMap::new();
        for c in cells {
            let value = check(def.require(&c.field)?, c.value)?;
            // Of several edits of one cell the last counts.
            let cells = by_record.entry(c.id.0).or_default();
            cells.retain(|(field, _)| *field != c.field);
            cells.push((c.field, value));
        }
        let ids: Vec<i64> = by_record.keys().copied().collect();
        self.touched.remember(self.conn, &self.shape.derivation, table, &ids)?;
        let mut edited = Vec::new();
        for (id, mut cells) in by_record {
            let named_by: Vec<_> =
                cells.extract_if(.., |(k, _)| def.field(k).is_some_and(|f| !f.kind.stored())).collect();
            let mut changed = self.edit(&def, id, &cells)?;
            for (key, value) in named_by {
                changed |= self.name_from(def.require(&key)?, RecordId(id), &value)?;
            }
            if changed {
                edited.push(RecordId(id));
            }
        }
        Ok(edited)
    }

    /// Edits one record's cells, already checked; whether anything changed. The caller has remembered
    /// the record's ties.
    pub(crate) fn edit(&mut self, def: &TableDef, id: i64, cells: &[(FieldKey, Value)]) -> Result<bool> {
        let cells = follow::with_moment(def, cells);
        let keys: Vec<&FieldKey> = cells.iter().map(|(k, _)| k).collect();
        let Some(before) = self.content(def, id, &keys)? else {
            return Err(gone(def, id));
        };
        let changes: Vec<(&FieldKey, &Value, &Value)> = cells
            .iter()
            .zip(&before)
            .filter(|((_, new), old)| new != *old)
            .map(|((k, new), old)| (k, old, new))
            .collect();
        if changes.is_empty() {
            return Ok(false);
        }
        for (k, _, new) in &changes {
            let field = def.require(k)?;
            match (&field.kind, new) {
                (FieldKind::Code { .. }, Value::Text(code)) => self.refuse_taken(def, k, code)?,
                (FieldKind::Code { .. }, _) => return Err(needed(def, k)),
                _ => self.refuse_missing(field, new)?,
            }
        }
        self.check_changes(def, id, &changes)?;
        self.plan_edit(def, id, &changes);
        self.update(def, id, &changes)?;
        Ok(true)
    }

    pub(crate) fn exists(&self, table: &str, id: RecordId) -> Result<bool> {
        let sql = ["SELECT 1 FROM ", &quote(table), " WHERE id = ?1"].concat();
        self.conn.exists(&sql, params![id.0])
    }

    /// Writes changed cells (field, before, after), with log, identities and what follows.
    pub(crate) fn update(&mut self, def: &TableDef, id: i64, changes: &[(&FieldKey, &Value, &Value)]) -> Result<()> {
        let mut sql = ["UPDATE ", &quote(&def.key), " SET "].concat();
        for (i, (k, ..)) in changes.iter().enumerate() {
            if i > 0 {
                sql.push_str(", ");
            }
            sql.push_str(&quote(k));
            sql.push_str(" = ?");
        }
        let stamps = stamps(def, self.user, false);
        for (k, _) in &stamps {
            sql.push_str(", ");
            sql.push_str(&quote(k));
            sql.push_str(" = ?");
        }
        sql.push_str(" WHERE id = ?");
        let mut values: Vec<Param<'_>> = changes.iter().map(|(_, _, new)| param(new)).collect();
        values.extend(stamps.iter().map(|(_, v)| param(v)));
        values.push(Param::Int(id));
        self.conn.run(&sql, &values)?;
        for (k, old, new) in changes {
            log::edited(self.conn, self.change, &def.key, id, k, old, new)?;
            links::follow(self.conn, &def.key, k, id, old, new)?;
            if def.key == *builtin::CUSTOMERS {
                remove_identity(self.conn, id, k, old)?;
                add_identity(self.conn, id, k, new)?;
            }
            if def.field(k).is_some_and(|f| search::part(def, f).is_some()) {
                self.searched(def, id);
            }
        }
        self.follow_edit(def, id, changes)?;
        let written = changes.iter().map(|(k, ..)| (*k).clone()).chain(stamps.into_iter().map(|(k, _)| k));
        self.touched.edited(&def.key, id, written);
        Ok(())
    }

    /// The search text of a record is to be made anew.
    pub(crate) fn searched(&mut self, def: &TableDef, id: i64) {
        if let Some(ids) = self.searchable.get_mut(&def.key) {
            ids.insert(id.unsigned_abs());
        } else {
            self.searchable.insert(def.key.clone(), RoaringTreemap::from_iter([id.unsigned_abs()]));
        }
    }

    /// The content of some fields of a record; None when there is no such record.
    pub(crate) fn content(&self, def: &TableDef, id: i64, keys: &[&FieldKey]) -> Result<Option<Vec<Value>>> {
        let mut sql = String::from("SELECT ");
        for (i, k) in keys.iter().enumerate() {
            if i > 0 {
                sql.push_str(", ");
            }
            sql.push_str(&quote(k));
        }
        if keys.is_empty() {
            sql.push('1');
        }
        sql.push_str(" FROM ");
        sql.push_str(&quote(&def.key));
        sql.push_str(" WHERE id = ?1");
        let kinds = keys.iter().map(|k| def.require(k).map(|f| &f.kind)).collect::<Result<Vec<_>>>()?;
        self.conn
            .first(&sql, params![id], |r| kinds.iter().enumerate().map(|(i, k)| Ok(from_sql(k, r.at(i)?))).collect())
    }

    /// Removes records; how many there were. Records that link to them stay, without the link.
    pub(crate) fn delete(&mut self, table: &TableKey, ids: &[i64]) -> Result<u64> {
        let def = self.table(table)?;
        self.touched.remember(self.conn, &self.shape.derivation, table, ids)?;
        self.unlink(table, ids)?;
        let keys: Vec<&FieldKey> =
            def.fields.iter().filter(|f| !f.derived() && f.kind.stored()).map(|f| &f.key).collect();
        let sql = ["DELETE FROM ", &quote(table), " WHERE id = ?1"].concat();
        let mut n = 0;
        for &id in ids {
            let Some(content) = self.content(&def, id, &keys)? else { continue };
            let content: Vec<_> = keys.iter().map(|k| (*k).clone()).zip(content).collect();
            log::deleted(self.conn, self.change, table, id, &content)?;
            self.follow_row(&def, &content);
            for (k, v) in &content {
                links::follow(self.conn, table, k, id, v, &Value::Null)?;
            }
            if *table == *builtin::CUSTOMERS {
                for (k, v) in &content {
                    remove_identity(self.conn, id, k, v)?;
                }
            }
            self.conn.run(&sql, params![id])?;
            self.coming.gone(table, id, id);
            n += 1;
        }
        search::forget(self.conn, table, ids)?;
        // Others tied to the removed records are recomputed through the remembered ties.
        self.touched.removed(table);
        Ok(n)
    }
}

/// What Kebu itself writes about a record that is made or changed.
pub(crate) fn stamps(def: &TableDef, user: UserId, new: bool) -> Vec<(FieldKey, Value)> {
    let stamp = |f: &FieldDef| match f.kind {
        FieldKind::UpdatedTime => Some(Value::DateTime(log::wall_clock())),
        FieldKind::UpdatedBy => Some(Value::Person(user)),
        FieldKind::CreatedTime if new => Some(Value::DateTime(log::wall_clock())),
        FieldKind::CreatedBy if new => Some(Value::Person(user)),
        _ => None,
    };
    def.fields.iter().filter_map(|f| Some((f.key.clone(), stamp(f)?))).collect()
}

/// The next free automatic code of a table.
pub(crate) fn next_code(
    conn: &Conn,
    def: &TableDef,
    field: &str,
    pattern: &CodePattern,
    today: Date,
) -> Result<String> {
    let name = code_counter(&def.key, &pattern.run(today));
    let mut n = counter(conn, &name)?;
    let sql = ["SELECT 1 FROM ", &quote(&def.key), " WHERE ", &quote(field), " = ?1"].concat();
    loop {
        let code = pattern.render(n, today);
        n += 1;
        if !conn.exists(&sql, params![&code])? {
            layout::set_meta(conn, &name, &n.to_string())?;
            return Ok(code);
        }
    }
}

/// Keeps the identity behind a customer's cell.
pub(crate) fn add_identity(conn: &Conn, customer: i64, field: &str, value: &Value) -> Result<()> {
    let Some(i) = identity(field, value) else { return Ok(()) };
    let sql = "INSERT INTO _identities (kind, value, customer) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    conn.run(sql, params![i.kind as i64, i.value, customer])?;
    Ok(())
}

pub(crate) fn remove_identity(conn: &Conn, customer: i64, field: &str, value: &Value) -> Result<()> {
    let Some(i) = identity(field, value) else { return Ok(()) };
    let sql = "DELETE FROM _identities WHERE kind = ?1 AND value = ?2 AND customer = ?3";
    conn.run(sql, params![i.kind as i64, i.value, customer])?;
    Ok(())
}

fn identity(field: &str, value: &Value) -> Option<Identity> {
    if !IDENTITY_FIELDS.contains(&field) {
        return None;
    }
    Identity::of_field(field, value.as_text()?)
}

pub(crate) fn gone(def: &TableDef, id: i64) -> Error {
    Error::new(
        ErrorCode::NotFound,
        format!("“{}”里没有这条记录（可能已被删除），编号 {id}", def.label.zh),
        format!("There is no such record in “{}” (it may have been removed), id {id}", def.label.en),
    )
}

fn needed(def: &TableDef, field: &FieldKey) -> Error {
    let label = def.field(field).map(|f| f.label.clone());
    let (zh, en) = label.map_or_else(Default::default, |l| (l.zh.to_string(), l.en.to_string()));
    Error::new(ErrorCode::Invalid, format!("“{zh}”不能为空"), format!("“{en}” cannot be empty")).on(field)
}
