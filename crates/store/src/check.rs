//! `kebu check`: everything stored is computed again and compared.

use crate::apply::text_of;
use crate::cells::from_sql;
use crate::derive::{Derivation, Goal, Reach};
use crate::sql::Fill;
use crate::store::{Store, all_ids, require};
use crate::{layout, sqlite};
use model::{Access, FieldKey, IDENTITY_FIELDS, Identity, Result, Scope, Value};
use rusqlite::Connection;

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
        self.engine.read(|conn| {
            conn.execute_batch("BEGIN").map_err(sqlite)?;
            let result = (|| {
                let mut report = CheckReport::default();
                for (i, phase) in shape.derivation.program.phases.iter().enumerate() {
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
                        let mut s = stmt.bound(conn, &fill)?;
                        let mut rows = s.raw_query();
                        while let Some(r) = rows.next().map_err(sqlite)? {
                            let id: i64 = r.get(0).map_err(sqlite)?;
                            let def = shape.schema.require(&phase.table)?;
                            for (c, column) in phase.columns.iter().enumerate() {
                                let kind = &def.require(&column.field)?.kind;
                                let stored = from_sql(kind, r.get_ref(1 + 2 * c).map_err(sqlite)?);
                                let computed = from_sql(kind, r.get_ref(2 + 2 * c).map_err(sqlite)?);
                                if stored != computed {
                                    report.different += 1;
                                    if report.differences.len() < 50 {
                                        let table = phase.table.to_string();
                                        report.differences.push((table, id, column.field.clone(), stored, computed));
                                    }
                                }
                            }
                        }
                        Ok(())
                    })?;
                }
                report.faults.extend(faults(conn)?);
                Ok(report)
            })();
            conn.execute_batch("COMMIT").map_err(sqlite)?;
            result
        })
    }
}

fn faults(conn: &Connection) -> Result<Vec<String>> {
    let mut out = Vec::new();
    let mut s = conn.prepare("PRAGMA quick_check(20)").map_err(sqlite)?;
    let mut rows = s.query([]).map_err(sqlite)?;
    while let Some(r) = rows.next().map_err(sqlite)? {
        let line: String = r.get(0).map_err(sqlite)?;
        if line != "ok" {
            out.push(line);
        }
    }
    let orphans: i64 = conn
        .query_row(
            "SELECT count(*) FROM orders o WHERE o.customer IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer)",
            [],
            |r| r.get(0),
        )
        .map_err(sqlite)?;
    if orphans > 0 {
        out.push(format!("{orphans} orders belong to customers that do not exist"));
    }
    out.extend(identity_faults(conn)?);
    if layout::meta(conn, "next_id.customers")?.is_some() {
        out.extend(counter_faults(conn)?);
    }
    Ok(out)
}

fn counter_faults(conn: &Connection) -> Result<Option<String>> {
    let next = crate::store::counter(conn, "next_id.customers")?;
    let max: Option<i64> = conn.query_row("SELECT max(id) FROM customers", [], |r| r.get(0)).map_err(sqlite)?;
    Ok(max.filter(|m| *m >= next).map(|m| format!("customer {m} is beyond the next id {next}")))
}

/// Identities must be exactly those of the customers' cells.
fn identity_faults(conn: &Connection) -> Result<Vec<String>> {
    let mut s = conn.prepare("SELECT id, mobile, wechat, email, account FROM customers").map_err(sqlite)?;
    let mut known =
        conn.prepare("SELECT 1 FROM _identities WHERE kind = ?1 AND value = ?2 AND customer = ?3").map_err(sqlite)?;
    let mut rows = s.query([]).map_err(sqlite)?;
    let (mut wanted, mut missing) = (0_i64, 0_u64);
    while let Some(r) = rows.next().map_err(sqlite)? {
        let id: i64 = r.get(0).map_err(sqlite)?;
        for (i, field) in IDENTITY_FIELDS.iter().enumerate() {
            let text = text_of(r.get_ref(i + 1).map_err(sqlite)?).unwrap_or("");
            if let Some(identity) = Identity::of_field(field, text) {
                wanted += 1;
                if !known.exists((identity.kind as i64, &identity.value, id)).map_err(sqlite)? {
                    missing += 1;
                }
            }
        }
    }
    let stored: i64 = conn.query_row("SELECT count(*) FROM _identities", [], |r| r.get(0)).map_err(sqlite)?;
    let mut out = Vec::new();
    if missing > 0 {
        out.push(format!("{missing} identities are missing"));
    }
    if stored != wanted {
        out.push(format!("{stored} identities are kept where the customers have {wanted}"));
    }
    Ok(out)
}
