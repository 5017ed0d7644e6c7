//! The rules of fields on every way in: what needs only the cell in Rust, uniqueness and expressions
//! set-wise in SQL, inside the transaction of the change.

use crate::apply::{Writing, add_identity};
use crate::cells::or_error;
use crate::conn::{Conn, params};
use crate::dialect::quote;
use crate::fails::{Fails, error_column};
use crate::probe::Probe;
use crate::store::{Store, require};
use model::parse::{self, Cell, Ctx};
use model::{
    Access, Date, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Label, Lang, Level, RecordId, Result, Scope,
    TableDef, TableKey, Value, Violation, Warning, builtin,
};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

mod checks;

pub(crate) use checks::Checks;
use checks::{Expression, TableChecks};

/// A rule that does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Record.
    pub id: RecordId,
    /// Field.
    pub field: FieldKey,
    /// What happens to a new content like it.
    pub level: Level,
    /// What the rule says.
    pub message: Label,
}

/// Fields of a record that changed; None for a new one.
type Changed = Option<HashSet<FieldKey>>;

/// Cells of new records that get no default, by record and field.
pub(crate) type BlankCells = HashSet<(i64, FieldKey)>;

/// What a default gives, read as if somebody had typed it; None when the field cannot hold it.
fn typed(field: &FieldDef, value: Value, today: Date) -> Option<Value> {
    use FieldKind as K;
    let as_it_is = matches!(field.kind, K::Text | K::LongText | K::Code(_) | K::Choice { .. } | K::Person)
        || field.kind.linked().is_some();
    let value = match &value {
        Value::Text(text) if !as_it_is => {
            let ctx = Ctx { today, year: Some(today.ymd().0) };
            parse::cell(&field.kind, &Cell::Text(text), &ctx).ok()?.value
        }
        _ => value,
    };
    value.fit(&field.kind)
}

/// What a change wrote, as far as rules over more than the cell need it.
#[derive(Default)]
pub(crate) struct Written {
    pub warnings: Vec<Warning>,
    records: BTreeMap<(TableKey, i64), Changed>,
}

/// The refusal of a rule: what it says, on the field, with the record where there is one to name.
fn refusal(field: &FieldDef, message: &Label, record: Option<&str>) -> Error {
    let (zh, en) = match record {
        Some(r) => (format!("{}（{r}）", message.zh), format!("{} ({r})", message.en)),
        None => (message.zh.to_string(), message.en.to_string()),
    };
    Error::new(ErrorCode::Invalid, zh, en).on(&field.key)
}

impl Writing<'_> {
    /// Checks the cells of new records: absent ones are blank.
    pub(crate) fn check_new(&mut self, def: &TableDef, ids: &[i64]) -> Result<()> {
        let checks = Arc::clone(&self.checks);
        let Some(table) = checks.of(&def.key) else { return Ok(()) };
        let fields: Vec<&FieldKey> = table.cells.keys().collect();
        let mut found = Vec::new();
        each_cells(self.conn, &self.shape.derivation.fails, def, &fields, ids, &mut |id, values| {
            for (key, value) in fields.iter().zip(values) {
                for v in table.cells.get(*key).into_iter().flat_map(|c| c.check(value)) {
                    found.push((id, (*key).clone(), v));
                }
            }
        })?;
        for (id, key, v) in found {
            self.take(def, id, &key, v)?;
        }
        if table.more() {
            self.written.records.extend(ids.iter().map(|id| ((def.key.clone(), *id), None)));
        }
        Ok(())
    }

    /// Checks the new contents of cells that change.
    pub(crate) fn check_changes(
        &mut self,
        def: &TableDef,
        id: i64,
        changes: &[(&FieldKey, &Value, &Value)],
    ) -> Result<()> {
        let checks = Arc::clone(&self.checks);
        let Some(table) = checks.of(&def.key) else { return Ok(()) };
        for (key, _, new) in changes {
            for v in table.cells.get(*key).into_iter().flat_map(|c| c.check(new)) {
                self.take(def, id, key, v)?;
            }
        }
        if !table.more() {
            return Ok(());
        }
        let fields = changes.iter().map(|(k, ..)| (*k).clone());
        let record = self.written.records.entry((def.key.clone(), id));
        if let Some(known) = record.or_insert_with(|| Some(HashSet::new())) {
            known.extend(fields);
        }
        Ok(())
    }

    /// A rule does not hold: the change is refused, or somebody is told.
    fn take(&mut self, def: &TableDef, id: i64, key: &FieldKey, v: Violation) -> Result<()> {
        if v.level == Level::Refuse {
            return Err(refusal(def.require(key)?, &v.message, None));
        }
        self.written.warnings.push(Warning { id: RecordId(id), field: key.clone(), message: v.message });
        Ok(())
    }

    /// Fills what new records of a table lack by the defaults of their fields, but for cells that stay blank.
    pub(crate) fn fill_defaults(&mut self, def: &TableDef, ids: &[i64], blank: &BlankCells) -> Result<()> {
        let checks = Arc::clone(&self.checks);
        let Some((probe, keys)) = checks.of(&def.key).and_then(|t| t.defaults.as_ref()) else { return Ok(()) };
        let columns: Vec<&FieldKey> = keys.iter().collect();
        for part in ids.chunks(500) {
            let values = probe.read(self.conn, self.today, part)?;
            for id in part {
                let (Some(new), Some(old)) = (values.get(id), self.content(def, *id, &columns)?) else { continue };
                for ((key, new), old) in keys.iter().zip(new).zip(&old) {
                    let field = def.require(key)?;
                    if !old.is_blank() || !blank.is_empty() && blank.contains(&(*id, key.clone())) {
                        continue;
                    }
                    let Some(value) = typed(field, new.clone(), self.today) else { continue };
                    if !value.is_blank() {
                        let sql = ["UPDATE ", &quote(&def.key), " SET ", &quote(key), " = ?1 WHERE id = ?2"].concat();
                        self.conn.run(&sql, &[crate::cells::param(&value), (*id).into()])?;
                        if def.key == *builtin::CUSTOMERS {
                            add_identity(self.conn, *id, key, &value)?;
                        }
                        if crate::search::part(def, field).is_some() {
                            self.searched(def, *id);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Checks what needs more than the cell, once everything is written and computed.
    ///
    /// # Errors
    /// The first rule that refuses, on its field, naming the record.
    pub(crate) fn check_written(&mut self) -> Result<()> {
        let checks = Arc::clone(&self.checks);
        let shape = Arc::clone(&self.shape);
        let mut tables: BTreeMap<TableKey, Vec<Touch>> = BTreeMap::new();
        for ((table, id), fields) in std::mem::take(&mut self.written.records) {
            tables.entry(table).or_default().push((id, fields));
        }
        for (table, records) in tables {
            let (Some(rules), Some(def)) = (checks.of(&table), shape.schema.table(&table)) else { continue };
            let asked = |reads: &dyn Fn(&FieldKey) -> bool| -> Vec<i64> {
                let hit = |f: &Changed| f.as_ref().is_none_or(|f| f.iter().any(reads));
                records.iter().filter(|(_, f)| hit(f)).map(|(id, _)| *id).collect()
            };
            let mut marks = Vec::new();
            for (field, level, message) in &rules.unique {
                let ids = asked(&|f| f == field);
                marks.extend(doubles(self.conn, def, field, *level, message, &ids)?);
            }
            if let Some((probe, list)) = &rules.expressions {
                let ids = asked(&|f| list.iter().any(|e| e.reads.contains(f)));
                let found = untrue(self.conn, &shape.derivation.fails, def, probe, list, self.today, &ids)?;
                // What held no good content before stands in nobody's way elsewhere.
                let touched = |id: i64, e: &Expression| {
                    let at = records.binary_search_by_key(&id, |(r, _)| *r);
                    let of = at.ok().and_then(|at| records[at].1.as_ref());
                    of.is_none_or(|f| f.iter().any(|f| e.reads.contains(f)))
                };
                marks.extend(found.into_iter().filter(|(m, e)| touched(m.id.0, e)).map(|(m, _)| m));
            }
            if let Some(m) = marks.iter().find(|m| m.level == Level::Refuse) {
                return Err(refusal(def.require(&m.field)?, &m.message, name_of(self.conn, def, m.id.0)?.as_deref()));
            }
            let warned = marks.into_iter().map(|m| Warning { id: m.id, field: m.field, message: m.message });
            self.written.warnings.extend(warned);
        }
        Ok(())
    }
}

/// A cell of a batch that a rule over more than the cell speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Breach {
    /// Table.
    pub table: TableKey,
    /// Record.
    pub id: RecordId,
    /// Field.
    pub field: FieldKey,
    /// What it held, as text.
    pub content: String,
    /// What the rule says.
    pub message: Label,
    /// The content was left out, as the rule refuses it; otherwise it is kept.
    pub left_out: bool,
}

/// Records looked at together.
const PART: usize = 5_000;

impl Writing<'_> {
    /// Whether a table has rules that need more than the cell.
    pub(crate) fn wants_more(&self, table: &str) -> bool {
        self.checks.of(table).is_some_and(TableChecks::more)
    }

    /// Holds records of a batch to the rules over more than the cell, the last first, so that of several
    /// alike the first stays. What is refused is emptied; whether anything was.
    pub(crate) fn settle(&mut self, def: &TableDef, ids: &[i64], tell: &mut dyn FnMut(Breach)) -> Result<bool> {
        let checks = Arc::clone(&self.checks);
        let Some(rules) = checks.of(&def.key) else { return Ok(false) };
        let mut emptied = false;
        for part in ids.rchunks(PART) {
            let mut marks = Vec::new();
            for (field, level, message) in &rules.unique {
                marks.extend(doubles(self.conn, def, field, *level, message, part)?.into_iter().map(|m| (m, true)));
            }
            if let Some((probe, list)) = &rules.expressions {
                let fails = &self.shape.derivation.fails;
                let found = untrue(self.conn, fails, def, probe, list, self.today, part)?;
                marks.extend(found.into_iter().map(|(m, _)| (m, false)));
            }
            marks.sort_by_key(|(m, _)| std::cmp::Reverse(m.id));
            for (m, twice) in marks {
                // Its double may have been emptied since.
                if twice && doubles(self.conn, def, &m.field, m.level, &m.message, &[m.id.0])?.is_empty() {
                    continue;
                }
                emptied |= self.breach(def, m, tell)?;
            }
        }
        Ok(emptied)
    }

    fn breach(&mut self, def: &TableDef, m: Mark, tell: &mut dyn FnMut(Breach)) -> Result<bool> {
        let Some(values) = self.content(def, m.id.0, &[&m.field])? else { return Ok(false) };
        let left_out = m.level == Level::Refuse && !values[0].is_blank();
        let content = model::parse::written(&values[0], &def.require(&m.field)?.kind, Lang::Zh).into_owned();
        if left_out {
            let shape = Arc::clone(&self.shape);
            self.touched.remember(self.conn, &shape.derivation, &def.key, &[m.id.0])?;
            self.update(def, m.id.0, &[(&m.field, &values[0], &Value::Null)])?;
        }
        let (table, Mark { id, field, message, .. }) = (def.key.clone(), m);
        tell(Breach { table, id, field, content, message, left_out });
        Ok(left_out)
    }
}

/// A written record with the fields written; None for all of them.
type Touch = (i64, Changed);

/// The code of a record, by which people know it.
fn name_of(conn: &Conn, def: &TableDef, id: i64) -> Result<Option<String>> {
    let Some(code) = def.fields.iter().find(|f| matches!(f.kind, FieldKind::Code(_))) else { return Ok(None) };
    let sql = ["SELECT ", &quote(&code.key), " FROM ", &quote(&def.key), " WHERE id = ?1"].concat();
    Ok(conn.first(&sql, params![id], |r| r.get::<Option<String>>(0))?.flatten())
}

/// Records among some whose content of a field another record has too.
fn doubles(
    conn: &Conn,
    def: &TableDef,
    field: &FieldKey,
    level: Level,
    message: &Label,
    ids: &[i64],
) -> Result<Vec<Mark>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (table, column) = (quote(&def.key), quote(field));
    let sql = [
        "SELECT t.id FROM ",
        &table,
        " t WHERE ",
        &conn.dialect().among_ids("t.id"),
        " AND t.",
        &column,
        " IS NOT NULL AND EXISTS (SELECT 1 FROM ",
        &table,
        " o WHERE o.",
        &column,
        " = t.",
        &column,
        " AND o.id <> t.id)",
    ]
    .concat();
    let found: Vec<i64> = conn.all(&sql, params![ids], |r| r.get(0))?;
    let mark = |id| Mark { id: RecordId(id), field: field.clone(), level, message: message.clone() };
    Ok(found.into_iter().map(mark).collect())
}

/// Records among some for which a formula is not true; blank cells of the rule's own field are left alone.
fn untrue<'e>(
    conn: &Conn,
    fails: &Fails,
    def: &TableDef,
    probe: &Probe,
    list: &'e [Expression],
    today: Date,
    ids: &[i64],
) -> Result<Vec<(Mark, &'e Expression)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let filled = filled(conn, fails, def, list.iter().map(|e| &e.field), ids)?;
    let mut out = Vec::new();
    for (id, values) in probe.read(conn, today, ids)? {
        for (e, v) in list.iter().zip(&values) {
            if *v != Value::Bool(true) && filled.contains(&(id, e.field.clone())) {
                let (field, message) = (e.field.clone(), e.message.clone());
                out.push((Mark { id: RecordId(id), field, level: e.level, message }, e));
            }
        }
    }
    out.sort_by_key(|(m, _)| m.id);
    Ok(out)
}

/// Which of some cells hold anything.
fn filled<'a>(
    conn: &Conn,
    fails: &Fails,
    def: &TableDef,
    fields: impl Iterator<Item = &'a FieldKey>,
    ids: &[i64],
) -> Result<HashSet<(i64, FieldKey)>> {
    let fields: Vec<&FieldKey> = fields.collect();
    let mut out = HashSet::new();
    each_cells(conn, fails, def, &fields, ids, &mut |id, values| {
        for (f, v) in fields.iter().zip(values) {
            if !v.is_blank() {
                out.insert((id, (*f).clone()));
            }
        }
    })?;
    Ok(out)
}

fn each_cells(
    conn: &Conn,
    fails: &Fails,
    def: &TableDef,
    fields: &[&FieldKey],
    ids: &[i64],
    work: &mut dyn FnMut(i64, &[Value]),
) -> Result<()> {
    let kinds = fields.iter().map(|f| def.require(f).map(|f| &f.kind)).collect::<Result<Vec<_>>>()?;
    let error = |f: &str| if fails.has(&def.key, f) { quote(&error_column(f)) } else { "NULL".to_owned() };
    let list: Vec<String> = fields.iter().map(|f| format!(", {}, {}", quote(f), error(f))).collect();
    let among = conn.dialect().among_ids("id");
    let sql = ["SELECT id", &list.concat(), " FROM ", &quote(&def.key), " WHERE ", &among].concat();
    let mut values = Vec::with_capacity(fields.len());
    conn.each(&sql, params![ids], &mut |r| {
        values.clear();
        for (i, kind) in kinds.iter().enumerate() {
            values.push(or_error(kind, r.at(2 * i + 1)?, r.at(2 * i + 2)?));
        }
        work(r.get(0)?, &values);
        Ok(())
    })
}

/// Most records asked about at once.
const MOST: usize = 500;

impl Store {
    /// The rules that do not hold for some records, warnings and refusals alike; at most 500 records.
    ///
    /// # Errors
    /// `not_found` for an unknown table, `too_large` for too many records.
    pub fn marks(&self, scope: &Scope, table: &str, ids: &[RecordId]) -> Result<Vec<Mark>> {
        require(scope, Access::Read)?;
        if ids.len() > MOST {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!("一次最多查 {MOST} 条"),
                format!("At most {MOST} records at once"),
            ));
        }
        let (shape, today) = (self.shape(), self.today());
        let def = shape.schema.require(table)?;
        let checks = self.checks(&shape, today);
        let Some(rules) = checks.of(table) else { return Ok(Vec::new()) };
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        self.engine.read(|conn| {
            let mut out = Vec::new();
            let fields: Vec<&FieldKey> = rules.cells.keys().collect();
            each_cells(conn, &shape.derivation.fails, def, &fields, &ids, &mut |id, values| {
                for (f, value) in fields.iter().zip(values) {
                    for v in rules.cells.get(*f).into_iter().flat_map(|c| c.check(value)) {
                        let (field, id) = ((*f).clone(), RecordId(id));
                        out.push(Mark { id, field, level: v.level, message: v.message });
                    }
                }
            })?;
            for (field, level, message) in &rules.unique {
                out.extend(doubles(conn, def, field, *level, message, &ids)?);
            }
            if let Some((probe, list)) = &rules.expressions {
                let found = untrue(conn, &shape.derivation.fails, def, probe, list, today, &ids)?;
                out.extend(found.into_iter().map(|(m, _)| m));
            }
            Ok(out)
        })
    }
}
