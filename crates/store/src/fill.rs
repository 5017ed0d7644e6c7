//! What a change of the schema leaves to be done for the records that are there: columns whose formula is
//! new or changed, automatic fields, columns no longer used. Part by part, so that nobody waits for a
//! million rows.
//!
//! The change of the schema is one short transaction that also notes what is to be done. From then on
//! every write computes the new formula for the records it touches; the rest follows in parts, each a
//! transaction of its own, and what is left is kept in the book, so that an interrupted filling goes on
//! where it stopped.

use crate::conn::{Conn, params};
use crate::derive::{Derivation, Goal, Reach};
use crate::dialect::quote;
use crate::sql::Fill;
use crate::store::{Now, Store};
use crate::{failure, layout, reshape, search};
use model::{FieldKey, Result, TableKey};
use roaring::RoaringTreemap;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// How many records one part holds.
const PART: u64 = 20_000;
/// Where the book notes what is left.
const NOTE: &str = "filling";

/// Columns of one table with which something is to be done for every record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Task {
    #[serde(default)]
    work: Work,
    table: TableKey,
    columns: Vec<FieldKey>,
    /// Records with smaller ids are done.
    next: i64,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Work {
    /// Computed by their formulas.
    #[default]
    Compute,
    /// Filled with codes, or with what the log knows of their making and changing.
    Automatic,
    /// Emptied: they belong to no field any more, or hold errors of a formula that cannot fail now.
    #[serde(alias = "drop")]
    Empty,
    /// Made part of the search text.
    Search,
    /// Indexed, as every write looks them up.
    Index,
}

/// How far a filling is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Filling {
    /// Records still to be computed.
    pub left: u64,
}

/// Notes that some columns are to be computed for every record, with all that follows from them.
pub(crate) fn queue(conn: &Conn, d: &Derivation, seeds: &[(TableKey, FieldKey)]) -> Result<()> {
    let mut tasks = tasks(conn)?;
    for (table, columns) in affected(d, seeds) {
        let same = |t: &&mut Task| t.work == Work::Compute && t.table == table && t.columns == columns;
        match tasks.iter_mut().find(same) {
            Some(same) => same.next = 0,
            None => tasks.push(Task { work: Work::Compute, table, columns, next: 0 }),
        }
    }
    note(conn, &tasks)
}

/// Notes other work on a column.
pub(crate) fn queue_work(conn: &Conn, work: Work, table: &TableKey, column: &FieldKey) -> Result<()> {
    let mut tasks = tasks(conn)?;
    let task = Task { work, table: table.clone(), columns: vec![column.clone()], next: 0 };
    // Until it is there, writes and the giving of codes read the table: an index goes first.
    let at = if work == Work::Index { 0 } else { tasks.len() };
    tasks.insert(at, task);
    note(conn, &tasks)
}

/// The columns that some columns change, themselves included, by phase.
fn affected(d: &Derivation, seeds: &[(TableKey, FieldKey)]) -> Vec<(TableKey, Vec<FieldKey>)> {
    let mut changed: HashMap<TableKey, HashSet<FieldKey>> = HashMap::new();
    for (table, field) in seeds {
        changed.entry(table.clone()).or_default().insert(field.clone());
    }
    let mut out = Vec::new();
    for phase in &d.program.phases {
        let gathered: Vec<FieldKey> = d
            .relations
            .iter()
            .filter(|r| r.to == phase.table && changed.get(&r.from).is_some_and(|c| !c.is_disjoint(&r.reads)))
            .flat_map(|r| r.columns.iter().cloned())
            .collect();
        let ranked: Vec<FieldKey> = d
            .overalls
            .iter()
            .filter(|o| o.to == phase.table && changed.get(&o.from).is_some_and(|c| !c.is_disjoint(&o.reads)))
            .flat_map(|o| o.columns.iter().cloned())
            .collect();
        let own = changed.entry(phase.table.clone()).or_default();
        own.extend(gathered.into_iter().chain(ranked));
        let follow = d.program.dependents(&phase.table, own, false);
        own.extend(follow);
        let columns: Vec<FieldKey> =
            phase.columns.iter().map(|c| &c.field).filter(|f| own.contains(*f)).cloned().collect();
        if !columns.is_empty() {
            out.push((phase.table.clone(), columns));
        }
    }
    out
}

fn tasks(conn: &Conn) -> Result<Vec<Task>> {
    layout::meta(conn, NOTE)?.map_or(Ok(Vec::new()), |json| serde_json::from_str(&json).map_err(failure))
}

fn note(conn: &Conn, tasks: &[Task]) -> Result<()> {
    if tasks.is_empty() {
        return conn.run("DELETE FROM _meta WHERE key = ?1", params![NOTE]).map(drop);
    }
    layout::set_meta(conn, NOTE, &serde_json::to_string(tasks).map_err(failure)?)
}

/// Forgets what was to be done with a column that is gone.
pub(crate) fn forget(conn: &Conn, table: &str, field: &str) -> Result<()> {
    let mut tasks = tasks(conn)?;
    for t in tasks.iter_mut().filter(|t| t.table == *table) {
        t.columns.retain(|c| *c != *field);
    }
    tasks.retain(|t| !t.columns.is_empty());
    note(conn, &tasks)
}

/// Forgets what was to be done with a table that is gone.
pub(crate) fn forget_table(conn: &Conn, table: &str) -> Result<()> {
    let mut tasks = tasks(conn)?;
    tasks.retain(|t| t.table != *table);
    note(conn, &tasks)
}

fn left(conn: &Conn, tasks: &[Task]) -> Result<u64> {
    tasks.iter().try_fold(0, |sum, t| {
        let sql = ["SELECT count(*) FROM ", &quote(&t.table), " WHERE id >= ?1"].concat();
        Ok(sum + conn.one::<u64>(&sql, params![t.next])?)
    })
}

impl Store {
    /// What is left to do; None when every stored column is as its formula says and belongs to a field.
    pub fn filling(&self) -> Result<Option<Filling>> {
        self.engine.read(|conn| {
            let tasks = tasks(conn)?;
            if tasks.is_empty() { Ok(None) } else { Ok(Some(Filling { left: left(conn, &tasks)? })) }
        })
    }

    /// Does what is left, part by part; edits go on in between. `progress` gets (done, total) records.
    ///
    /// # Errors
    /// Whatever `progress` returns stops the filling; the next call goes on from there.
    pub fn fill(&self, progress: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<()> {
        let Some(Filling { left: total }) = self.filling()? else { return Ok(()) };
        let mut done = 0;
        loop {
            if let Some(indexed) = self.index_first()? {
                done += indexed;
                progress(done.min(total), total)?;
                continue;
            }
            let part = self.write(|conn, now| {
                let mut tasks = tasks(conn)?;
                let Some(task) = tasks.first_mut() else { return Ok(None) };
                let computed = match task.work {
                    Work::Compute => fill_part(conn, &now.shape.derivation, now.today, task)?,
                    Work::Automatic => automatic_part(conn, &now, task)?,
                    Work::Search => search_part(conn, &now, task)?,
                    Work::Empty => empty_part(conn, &now, task)?,
                    // One that has come up since is built by the next part.
                    Work::Index => return Ok(Some(0)),
                };
                if computed == 0 {
                    tasks.remove(0);
                } else if task.work != Work::Empty {
                    // Nobody shows what is emptied.
                    crate::events::recomputed(conn, [&task.table])?;
                }
                note(conn, &tasks)?;
                Ok(Some(computed))
            })?;
            let Some(computed) = part else { return Ok(()) };
            done += computed;
            progress(done.min(total), total)?;
        }
    }

    /// Builds the index that is first in the list, in no transaction with other work; how many records it is over.
    fn index_first(&self) -> Result<Option<u64>> {
        let first = self.engine.read(tasks)?.into_iter().next();
        let Some(task) = first.filter(|t| t.work == Work::Index) else { return Ok(None) };
        let count = self.engine.read(|conn| left(conn, std::slice::from_ref(&task)))?;
        let wanted = |column: &FieldKey| {
            let shape = self.shape();
            let field = shape.schema.table(&task.table).and_then(|t| t.field(column));
            field.is_some_and(reshape::looked_up)
        };
        for column in task.columns.iter().filter(|c| wanted(c)) {
            self.build_index(&reshape::index_name(&task.table, column), &task.table, column)?;
        }
        self.write(|conn, now| {
            let mut tasks = tasks(conn)?;
            tasks.retain(|t| *t != task);
            note(conn, &tasks)?;
            // What made it needed may be gone meanwhile.
            let def = now.shape.schema.table(&task.table);
            let idle = |c: &&FieldKey| !def.and_then(|d| d.field(c)).is_some_and(reshape::looked_up);
            task.columns.iter().filter(idle).try_for_each(|c| reshape::drop_index(conn, &task.table, c))
        })?;
        Ok(Some(count))
    }
}

/// The last id of the next part of a table, from an id on, and how many records it holds.
pub(crate) fn part_of(conn: &Conn, table: &str, next: i64) -> Result<Option<(i64, u64)>> {
    let table = quote(table);
    let sql =
        ["SELECT max(id), count(*) FROM (SELECT id FROM ", &table, " WHERE id >= ?1 ORDER BY id LIMIT ?2) x"].concat();
    let end = conn.first(&sql, params![next, PART as i64], |r| Ok((r.get::<Option<i64>>(0)?, r.get::<u64>(1)?)))?;
    Ok(end.and_then(|(last, count)| Some((last?, count))))
}

/// Gives the next part of the records what an automatic field says of them.
fn automatic_part(conn: &Conn, now: &Now, task: &mut Task) -> Result<u64> {
    let Some((last, count)) = part_of(conn, &task.table, task.next)? else { return Ok(0) };
    let def = now.shape.schema.require(&task.table)?;
    for field in task.columns.iter().filter_map(|c| def.field(c)) {
        reshape::give_automatic(conn, def, field, now.today, task.next, last)?;
    }
    task.next = last + 1;
    Ok(count)
}

/// Makes the search text of the next part of the records anew.
fn search_part(conn: &Conn, now: &Now, task: &mut Task) -> Result<u64> {
    let Some((last, count)) = part_of(conn, &task.table, task.next)? else { return Ok(0) };
    let ids = RoaringTreemap::from_sorted_iter(task.next.unsigned_abs()..=last.unsigned_abs()).map_err(failure)?;
    search::index(conn, now.shape.schema.require(&task.table)?, &ids, false, &mut |_, _| Ok(()))?;
    task.next = last + 1;
    Ok(count)
}

/// Empties columns for the next part of the records. Those of no field are kept for another when that is done.
fn empty_part(conn: &Conn, now: &Now, task: &mut Task) -> Result<u64> {
    let table = quote(&task.table);
    let Some((last, count)) = part_of(conn, &task.table, task.next)? else {
        let def = now.shape.schema.require(&task.table)?;
        let used = |c: &str| def.field(c).is_some() || c.strip_suffix('!').is_some_and(|key| def.field(key).is_some());
        for column in task.columns.iter().filter(|c| !used(c)) {
            reshape::keep_spare(conn, &task.table, column)?;
        }
        return Ok(0);
    };
    for column in task.columns.iter().map(|c| quote(c)) {
        let range = " = NULL WHERE id BETWEEN ?1 AND ?2 AND ";
        let sql = ["UPDATE ", &table, " SET ", &column, range, &column, " IS NOT NULL"].concat();
        conn.run(&sql, params![task.next, last])?;
    }
    task.next = last + 1;
    Ok(count)
}

/// Computes the next part of a task; how many records it held.
fn fill_part(conn: &Conn, d: &Derivation, today: model::Date, task: &mut Task) -> Result<u64> {
    let Some((last, count)) = part_of(conn, &task.table, task.next)? else { return Ok(0) };
    let fill = Fill::range(today, task.next, last);
    for (i, phase) in d.program.phases.iter().enumerate().filter(|(_, p)| p.table == task.table) {
        let wanted: HashSet<FieldKey> =
            phase.columns.iter().map(|c| &c.field).filter(|f| task.columns.contains(f)).cloned().collect();
        if !wanted.is_empty() {
            d.statement(i, &wanted, Reach::Range, Goal::Store).run(conn, &fill)?;
        }
    }
    task.next = last + 1;
    Ok(count)
}
