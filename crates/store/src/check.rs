//! `kebu check`: everything stored is computed again and compared.

use crate::cells::from_sql;
use crate::conn::Conn;
use crate::derive::{Derivation, Goal, Reach};
use crate::dialect::Dialect;
use crate::layout;
use crate::sql::Fill;
use crate::store::{Store, all_ids, require};
use model::{Access, ErrorValue, FieldKey, IDENTITY_FIELDS, Identity, Result, Scope, TableKey, Value};
use std::collections::HashSet;
use std::hash::BuildHasher;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckReport {
    /// Records whose derived columns were computed again.
    pub records: u64,
    /// Derived cells that were compared.
    pub cells: u64,
    /// Cells stored otherwise than computed: table, record, field, stored, computed. At most 50 are listed.
    pub differences: Vec<(String, i64, FieldKey, Value, Value)>,
    /// How many cells differ in all.
    pub different: u64,
    /// Other faults, in words: damaged pages, identities or search text that do not fit, broken links.
    pub faults: Vec<String>,
}

impl CheckReport {
    /// Whether the book is sound.
    pub fn sound(&self) -> bool {
        self.different == 0 && self.faults.is_empty()
    }
}

impl Store {
    /// Computes every derived column again and compares; verifies pages, identities, links and search text.
    pub fn check(&self, scope: &Scope, progress: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<CheckReport> {
        require(scope, Access::Read)?;
        let (shape, today) = (self.shape(), self.today());
        self.engine.snapshot(|conn| {
            conn.shaped(layout::stamp(conn)?.0);
            let mut report = CheckReport::default();
            for (i, phase) in shape.derivation.program.phases.iter().enumerate() {
                let def = shape.schema.require(&phase.table)?;
                let kinds =
                    phase.columns.iter().map(|c| def.require(&c.field).map(|f| &f.kind)).collect::<Result<Vec<_>>>()?;
                let ids = all_ids(conn, &phase.table)?;
                let columns = Derivation::all(phase);
                report.records += ids.len();
                report.cells += ids.len() * columns.len() as u64;
                crate::recalc::for_chunks(&ids, false, progress, |reach, list, range| {
                    let fill = match reach {
                        Reach::Ids => Fill::ids(today, list),
                        Reach::Range => Fill::range(today, range.0, range.1),
                    };
                    let stmt = shape.derivation.statement(i, &columns, reach, Goal::Compare);
                    stmt.each(conn, &fill, &mut |r| {
                        let id: i64 = r.get(0)?;
                        // The errors come behind all values.
                        let mut errors = 1 + 2 * kinds.len();
                        for (c, (column, kind)) in phase.columns.iter().zip(&kinds).enumerate() {
                            let fails = shape.derivation.fails.has(&phase.table, &column.field);
                            let cell = |i: usize| -> Result<Cell> {
                                let error = if fails { r.get(errors + i)? } else { None };
                                Ok(Cell { value: from_sql(kind, r.at(1 + 2 * c + i)?), error })
                            };
                            report.compare(&phase.table, id, &column.field, cell(0)?, cell(1)?);
                            errors += if fails { 2 } else { 0 };
                        }
                        Ok(())
                    })
                })?;
            }
            report.faults.extend(faults(conn)?);
            report.faults.extend(crate::links::faults(conn, &shape.schema)?);
            report.faults.extend(crate::forms::faults(conn, &shape.schema)?);
            report.faults.extend(crate::comments::faults(conn, &shape.schema)?);
            Ok(report)
        })
    }
}

/// A derived cell as its columns hold it.
#[derive(PartialEq)]
struct Cell {
    value: Value,
    error: Option<i64>,
}

impl Cell {
    fn shown(self) -> Value {
        match self.error {
            Some(code) => ErrorValue::of(code).map_or_else(|| Value::Text(format!("#{code}")), Value::Error),
            None => self.value,
        }
    }
}

/// Whether two numbers differ in their last digits alone: a sum of numbers depends on the order in which
/// a server meets them.
fn near(a: &Cell, b: &Cell) -> bool {
    match (&a.value, &b.value) {
        (Value::Number(x), Value::Number(y)) => a.error == b.error && (x - y).abs() <= 1e-12 * x.abs().max(y.abs()),
        _ => false,
    }
}

impl CheckReport {
    fn compare(&mut self, table: &TableKey, id: i64, field: &FieldKey, stored: Cell, computed: Cell) {
        if stored == computed || near(&stored, &computed) {
            return;
        }
        self.different += 1;
        if self.differences.len() < 50 {
            self.differences.push((table.to_string(), id, field.clone(), stored.shown(), computed.shown()));
        }
    }
}

fn faults(conn: &Conn) -> Result<Vec<String>> {
    let mut out = Vec::new();
    if conn.dialect() == Dialect::Sqlite {
        // SQLite's own check looks at the full-text index as this connection last knew it; a question to
        // the index makes it look anew.
        conn.exists("SELECT 1 FROM _search WHERE _search MATCH 'k' LIMIT 1", &[])?;
        let lines: Vec<String> = conn.all("PRAGMA quick_check(20)", &[], |r| r.get(0))?;
        out.extend(lines.into_iter().filter(|l| l != "ok"));
    }
    out.extend(identity_faults(conn)?);
    if layout::meta(conn, "next_id.customers")?.is_some() {
        out.extend(counter_faults(conn)?);
    }
    Ok(out)
}

fn counter_faults(conn: &Conn) -> Result<Option<String>> {
    let next = crate::store::counter(conn, "next_id.customers")?;
    let max: Option<i64> = conn.one("SELECT max(id) FROM customers", &[])?;
    Ok(max.filter(|m| *m >= next).map(|m| format!("customer {m} is beyond the next id {next}")))
}

/// Identities must be exactly those of the customers' cells.
fn identity_faults(conn: &Conn) -> Result<Vec<String>> {
    // Digests of 64 bits instead of the texts: a few megabytes for a million customers.
    let hasher = std::hash::RandomState::new();
    let digest = |kind: i64, value: &str, customer: i64| hasher.hash_one((kind, value, customer));
    let mut known: HashSet<u64> = HashSet::new();
    conn.each("SELECT kind, value, customer FROM _identities", &[], &mut |r| {
        known.insert(digest(r.get(0)?, r.text(1)?, r.get(2)?));
        Ok(())
    })?;
    let stored = known.len() as u64;
    let (mut wanted, mut missing) = (0_u64, 0_u64);
    conn.each("SELECT id, mobile, wechat, email, account FROM customers", &[], &mut |r| {
        let id: i64 = r.get(0)?;
        for (i, field) in IDENTITY_FIELDS.iter().enumerate() {
            if let Some(identity) = Identity::of_field(field, r.text(i + 1)?) {
                wanted += 1;
                missing += u64::from(!known.contains(&digest(identity.kind as i64, &identity.value, id)));
            }
        }
        Ok(())
    })?;
    let mut out = Vec::new();
    if missing > 0 {
        out.push(format!("{missing} identities are missing"));
    }
    if stored != wanted {
        out.push(format!("{stored} identities are kept where the customers have {wanted}"));
    }
    Ok(out)
}
