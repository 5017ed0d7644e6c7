//! Recalculation: which derived columns of which records a change calls for, and computing them.

use crate::conn::{Conn, Param, ValueRef, params};
use crate::derive::{Derivation, Goal, Reach};
use crate::dialect::{Dialect, quote};
use crate::links;
use crate::relations::Relation;
use crate::sql::Fill;
use formula::{Local, Phase};
use model::{Date, FieldKey, Result, TableKey};
use roaring::RoaringTreemap;
use std::collections::{HashMap, HashSet};

/// Records of one table that a change touched.
#[derive(Default, Debug)]
pub(crate) struct Dirty {
    /// Which records.
    pub ids: RoaringTreemap,
    /// Fields whose content changed; None for all of them (new records).
    pub fields: Option<HashSet<FieldKey>>,
    /// Columns to compute whatever changed.
    pub forced: HashSet<FieldKey>,
    /// Values of tie fields before the change, by field.
    pub old_ties: HashMap<FieldKey, HashSet<Tied>>,
}

/// The content of a tie field; of a list of links, one of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Tied {
    Id(i64),
    Text(String),
}

/// All records a change touched.
#[derive(Default, Debug)]
pub(crate) struct Touched(pub HashMap<TableKey, Dirty>);

impl Touched {
    /// New records, or ones to be computed whole.
    pub(crate) fn whole(&mut self, table: &TableKey, ids: impl IntoIterator<Item = i64>) {
        // A bitmap takes runs of neighbours cheaply, one by one.
        let d =
            self.0.entry(table.clone()).or_insert_with(|| Dirty { fields: Some(HashSet::new()), ..Dirty::default() });
        d.ids.extend(ids.into_iter().map(i64::unsigned_abs));
        d.fields = None;
    }

    /// Edited records.
    pub(crate) fn edited(&mut self, table: &TableKey, id: i64, fields: impl IntoIterator<Item = FieldKey>) {
        let d =
            self.0.entry(table.clone()).or_insert_with(|| Dirty { fields: Some(HashSet::new()), ..Dirty::default() });
        d.ids.insert(id.unsigned_abs());
        if let Some(f) = &mut d.fields {
            f.extend(fields);
        }
    }

    fn dirty(&mut self, table: &TableKey) -> &mut Dirty {
        self.0.entry(table.clone()).or_insert_with(|| Dirty { fields: Some(HashSet::new()), ..Dirty::default() })
    }

    /// Remembers what tied records to others before they change.
    pub(crate) fn remember(&mut self, conn: &Conn, d: &Derivation, table: &TableKey, ids: &[i64]) -> Result<()> {
        let mut known: HashSet<&FieldKey> = HashSet::new();
        for r in d.relations.iter().filter(|r| r.from == *table) {
            if known.insert(&r.tie.field) {
                let values = tie_values(conn, r, ids)?;
                self.dirty(table).old_ties.entry(r.tie.field.clone()).or_default().extend(values);
            }
        }
        Ok(())
    }
}

/// Reports work done inside a recalculation: (records done, records in all); an error stops it.
pub(crate) type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> Result<()>;

/// How many ids one statement handles.
const CHUNK: u64 = 8_000;

/// Recomputes what the touched records call for, phase by phase.
pub(crate) fn recalculate(
    conn: &Conn,
    d: &Derivation,
    today: Date,
    touched: &mut Touched,
    progress: Progress<'_>,
) -> Result<()> {
    recalculate_with(conn, d, today, touched, progress, &mut |_| Ok(()))
}

/// As [`recalculate`], calling `before` with the table of each phase before it runs.
pub(crate) fn recalculate_with(
    conn: &Conn,
    d: &Derivation,
    today: Date,
    touched: &mut Touched,
    progress: Progress<'_>,
    before: &mut dyn FnMut(&TableKey) -> Result<()>,
) -> Result<()> {
    for (i, phase) in d.program.phases.iter().enumerate() {
        before(&phase.table)?;
        spread(conn, d, phase, touched)?;
        let Some(dirty) = touched.0.get_mut(&phase.table) else { continue };
        let wanted = match &dirty.fields {
            None => Derivation::all(phase),
            Some(fields) => {
                let changed = fields.union(&dirty.forced).cloned().collect();
                let mut w = d.program.dependents(&phase.table, &changed, false);
                w.extend(dirty.forced.iter().cloned());
                w.retain(|f| phase.columns.iter().any(|c| c.field == *f));
                w
            }
        };
        if wanted.is_empty() || dirty.ids.is_empty() {
            continue;
        }
        if let Some(f) = &mut dirty.fields {
            f.extend(wanted.iter().cloned());
        }
        for_chunks(&dirty.ids, false, progress, |reach, fill_ids, range| {
            let fill = match reach {
                Reach::Ids => Fill::ids(today, fill_ids),
                Reach::Range => Fill::range(today, range.0, range.1),
            };
            d.statement(i, &wanted, reach, Goal::Store).run(conn, &fill).map(drop)
        })?;
    }
    Ok(())
}

/// Carries dirt along the relations into the table of a phase.
fn spread(conn: &Conn, d: &Derivation, phase: &Phase, touched: &mut Touched) -> Result<()> {
    let here = Derivation::all(phase);
    for r in d.relations.iter().filter(|r| r.to == phase.table && !r.columns.is_disjoint(&here)) {
        let Some(dirty) = touched.0.get(&r.from) else { continue };
        let matters = dirty.fields.as_ref().is_none_or(|f| !f.is_disjoint(&r.reads));
        if !matters || dirty.ids.is_empty() && dirty.old_ties.is_empty() {
            continue;
        }
        if r.from == r.to && dirty.old_ties.is_empty() && is_whole_table(conn, &r.from, &dirty.ids)? {
            continue;
        }
        let mut ties: HashSet<Tied> = dirty.old_ties.get(&r.tie.field).cloned().unwrap_or_default();
        let mut targets = RoaringTreemap::new();
        let ids = dirty.ids.clone();
        for_chunks(&ids, true, &mut |_, _| Ok(()), |reach, list, range| {
            match reach {
                // New records in a row: their ties are read straight into the set.
                Reach::Range => targets |= tied_to_range(conn, r, range.0, range.1)?,
                Reach::Ids => ties.extend(tie_values(conn, r, list)?),
            }
            Ok(())
        })?;
        let mut named: Vec<i64> = Vec::new();
        for tie in &ties {
            match (&r.tie.local, tie) {
                (Local::Id, Tied::Id(id)) => {
                    targets.insert(id.unsigned_abs());
                }
                (Local::Field(f), tie) => targets.extend(records_with(conn, &r.to, f, tie)?),
                (Local::Links(_), Tied::Id(id)) => named.push(*id),
                (Local::Id | Local::Links(_), Tied::Text(_)) => {}
            }
        }
        if let Local::Links(f) = &r.tie.local {
            for part in named.chunks(CHUNK as usize) {
                targets.extend(links::naming(conn, &r.to, f, part)?.into_iter().map(i64::unsigned_abs));
            }
        }
        let to = touched.dirty(&r.to);
        to.ids |= targets;
        to.forced.extend(r.columns.iter().cloned());
    }
    // What reads a column as a whole follows any change of it, everywhere.
    for o in d.overalls.iter().filter(|o| o.to == phase.table && !o.columns.is_disjoint(&here)) {
        let Some(dirty) = touched.0.get(&o.from) else { continue };
        if dirty.fields.as_ref().is_none_or(|f| !f.is_disjoint(&o.reads)) {
            touched.force(&o.to, crate::store::all_ids(conn, &o.to)?, o.columns.clone());
        }
    }
    Ok(())
}

fn tie_sql(table: &str, tie: &str, condition: &str) -> String {
    ["SELECT ", &quote(tie), " FROM ", &quote(table), " WHERE ", condition].concat()
}

/// Records of `to` that share a tie with records of `from` in a range of ids. Inside one table every
/// record shares with itself, which is left out: those in range are computed anyway.
fn shared_tie_sql(dialect: Dialect, from: &str, tie: &str, to: &str, local: &str) -> String {
    let mut sql = [
        "SELECT b.id FROM ",
        &quote(from),
        " a",
        dialect.join_in_order(),
        &quote(to),
        " b ON b.",
        &quote(local),
        " = a.",
        &quote(tie),
        " WHERE a.id BETWEEN ?1 AND ?2",
    ]
    .concat();
    if from == to {
        sql.push_str(" AND b.id NOT BETWEEN ?1 AND ?2");
    }
    sql
}

/// Records that name records of a range, whose tie is what they name.
fn listing_range_sql(r: &Relation) -> String {
    [
        "SELECT x.source FROM ",
        &quote(&r.from),
        " a JOIN _links x ON x.target = a.",
        &quote(&r.tie.field),
        " WHERE a.id BETWEEN ?1 AND ?2 AND x.table_key = ?3 AND x.field = ?4",
    ]
    .concat()
}

/// Records that records of a range name, or that share with them what these name.
fn listed_by_range_sql(r: &Relation) -> String {
    const RANGE: &str = "x.source BETWEEN ?1 AND ?2 AND x.table_key = ?3 AND x.field = ?4";
    match &r.tie.local {
        Local::Field(f) => {
            let join = [" b JOIN _links x ON x.target = b.", &quote(f), " WHERE "].concat();
            ["SELECT b.id FROM ", &quote(&r.to), &join, RANGE].concat()
        }
        _ => ["SELECT x.target FROM _links x WHERE ", RANGE].concat(),
    }
}

fn tie_values(conn: &Conn, r: &Relation, ids: &[i64]) -> Result<Vec<Tied>> {
    if r.tie.listed {
        return Ok(links::named(conn, &r.from, &r.tie.field, ids)?.into_iter().map(Tied::Id).collect());
    }
    let sql = tie_sql(&r.from, &r.tie.field, &conn.dialect().among_ids("id"));
    let mut out = Vec::new();
    conn.each(&sql, params![ids], &mut |row| {
        match row.at(0)? {
            ValueRef::Integer(id) => out.push(Tied::Id(id)),
            ValueRef::Text(t) => out.push(Tied::Text(String::from_utf8_lossy(t).into_owned())),
            ValueRef::Null | ValueRef::Real(_) => {}
        }
        Ok(())
    })?;
    Ok(out)
}

fn records_with(conn: &Conn, table: &str, field: &str, tie: &Tied) -> Result<Vec<u64>> {
    let sql = ["SELECT id FROM ", &quote(table), " WHERE ", &quote(field), " = ?1"].concat();
    let tie = match tie {
        Tied::Id(id) => Param::Int(*id),
        Tied::Text(t) => Param::Text(t),
    };
    conn.all(&sql, &[tie], |r| r.get(0))
}

/// Calls `work` for parts of a set of ids: dense parts as a range, sparse ones as a list. A range may
/// hold ids outside the set unless `exact`.
pub(crate) fn for_chunks(
    ids: &RoaringTreemap,
    exact: bool,
    progress: Progress<'_>,
    mut work: impl FnMut(Reach, &[i64], (i64, i64)) -> Result<()>,
) -> Result<()> {
    let total = ids.len();
    let mut done = 0;
    let mut list: Vec<i64> = Vec::new();
    let mut it = ids.iter().peekable();
    while let Some(id) = it.next() {
        list.push(id as i64);
        if list.len() as u64 == CHUNK || it.peek().is_none() {
            let (from, to) = (list[0], id as i64);
            let span = (to - from + 1) as u64;
            let filled = list.len() as u64;
            let dense = filled > 64 && (span == filled || !exact && span <= 2 * filled);
            work(if dense { Reach::Range } else { Reach::Ids }, &list, (from, to))?;
            done += list.len() as u64;
            progress(done, total)?;
            list.clear();
        }
    }
    Ok(())
}

impl Touched {
    /// Records whose given columns are to be computed whatever changed.
    pub(crate) fn force(&mut self, table: &TableKey, ids: RoaringTreemap, columns: HashSet<FieldKey>) {
        let d = self.dirty(table);
        d.ids |= ids;
        d.forced.extend(columns);
    }
}

impl Touched {
    /// Records of a table were removed: everything tied to them is touched.
    pub(crate) fn removed(&mut self, table: &TableKey) {
        self.dirty(table).fields = None;
    }
}

impl Touched {
    /// Marks what is tied to a range of records, before they are removed.
    pub(crate) fn tied_to_range(
        &mut self,
        conn: &Conn,
        d: &Derivation,
        table: &TableKey,
        low: i64,
        high: i64,
    ) -> Result<()> {
        for r in d.relations.iter().filter(|r| r.from == *table) {
            let targets = tied_to_range(conn, r, low, high)?;
            self.force(&r.to, targets, r.columns.clone());
        }
        Ok(())
    }
}

/// Records of `r.to` tied to records of `r.from` in a range of ids; inside one table, others only.
fn tied_to_range(conn: &Conn, r: &Relation, low: i64, high: i64) -> Result<RoaringTreemap> {
    let tie = &r.tie.field;
    let sql = match &r.tie.local {
        Local::Links(_) => listing_range_sql(r),
        _ if r.tie.listed => listed_by_range_sql(r),
        Local::Id => tie_sql(&r.from, tie, "id BETWEEN ?1 AND ?2"),
        Local::Field(f) => shared_tie_sql(conn.dialect(), &r.from, tie, &r.to, f),
    };
    let of_index = match &r.tie.local {
        Local::Links(f) => Some((&r.to, f)),
        _ => r.tie.listed.then_some((&r.from, tie)),
    };
    let mut values = params![low, high].to_vec();
    if let Some((table, field)) = of_index {
        values.extend_from_slice(params![table.as_str(), field.as_str()]);
    }
    let mut out = RoaringTreemap::new();
    conn.each(&sql, &values, &mut |row| {
        if let ValueRef::Integer(id) = row.at(0)? {
            out.insert(id.unsigned_abs());
        }
        Ok(())
    })?;
    Ok(out)
}

/// Whether a set of new records is all there is in their table, so that none shares a tie with another
/// outside of it.
fn is_whole_table(conn: &Conn, table: &str, ids: &RoaringTreemap) -> Result<bool> {
    let (Some(low), Some(high)) = (ids.min(), ids.max()) else { return Ok(false) };
    if high - low + 1 != ids.len() {
        return Ok(false);
    }
    let sql = ["SELECT NOT EXISTS (SELECT 1 FROM ", &quote(table), " WHERE id < ?1 OR id > ?2)"].concat();
    conn.one(&sql, params![low as i64, high as i64])
}
