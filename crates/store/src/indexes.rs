//! Indexes that come with views: a field that views ask a few records by again and again gets one, and loses it
//! once nobody asks any more.
//!
//! An index is built when the views that lacked it have waited as long as building it takes, so that it never
//! costs more than twice what the best decision beforehand would have cost. Only few records pay: read through an index,
//! each is sought for itself, and from some share on reading the table in a row is quicker. So it is counted in the index
//! just before the question is asked, up to that share; what is more, SQLite is told to read in a row, and PostgreSQL does.
//!
//! What views wait for is kept in memory, by each process; on which day an index last served stands in the book's notes.

use crate::conn::{Conn, params};
use crate::dialect::{Dialect, quote};
use crate::order::select_ids;
use crate::sql::{Fill, Stmt};
use crate::store::{Shape, Store};
use crate::{failure, layout};
use model::{Condition, Date, FieldDef, FieldKey, FieldKind, Filter, Holds, Op, Query, Result, TableDef, TableKey};
use sea_query::Expr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// When an index comes and goes.
#[derive(Clone, Copy, Debug)]
pub struct IndexPolicy {
    /// A table with fewer records is read in a row.
    pub least_rows: u64,
    /// A table with more is indexed only while nobody writes, as SQLite lets nobody write meanwhile.
    pub most_at_once: u64,
    /// What views must have waited for an index, for each record of the table.
    pub waited_each: Duration,
    /// What views must have waited for an index at least.
    pub waited: Duration,
    /// An index that served nobody for so many days goes.
    pub idle_days: i32,
    /// Most indexes of a table.
    pub most: usize,
}

impl Default for IndexPolicy {
    fn default() -> Self {
        Self {
            least_rows: 20_000,
            most_at_once: 2_000_000,
            // SQLite sorts and writes a column of a million records in 0.4 to 0.75 s.
            waited_each: Duration::from_nanos(700),
            waited: Duration::from_millis(300),
            idle_days: 30,
            most: 8,
        }
    }
}

/// What became of the indexes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct IndexesTended {
    /// Table and field of each that was made.
    pub made: Vec<(TableKey, FieldKey)>,
    /// Table and field of each that went.
    pub dropped: Vec<(TableKey, FieldKey)>,
}

/// One in so many records is few: more are read in a row. At a million customers on SQLite both ways take equally
/// long at about a tenth.
const FEW: u64 = 20;
/// The note of the day each index last served.
const NOTE: &str = "view_indexes";

type Place = (TableKey, FieldKey);

/// What this process knows of indexes and of the views that want some.
#[derive(Debug, Default)]
pub(crate) struct Indexes(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    there: BTreeSet<Place>,
    served: BTreeSet<Place>,
    wanted: BTreeMap<Place, Wanted>,
    /// The newest change when last looked.
    newest: Option<i64>,
}

/// An index that some views would have been quicker with.
#[derive(Clone, Debug)]
struct Wanted {
    waited: Duration,
    /// What was asked of the field last.
    asked: Filter,
}

/// How the filter of a view is asked.
pub(crate) struct Plan {
    /// Fields whose index is left alone.
    pub scanned: Vec<FieldKey>,
    /// What is asked of each field that an index could serve, where none did.
    unserved: Vec<(FieldKey, Filter)>,
}

impl Store {
    /// How a filter is asked at best, with the indexes there are.
    pub(crate) fn plan(&self, conn: &Conn, shape: &Shape, table: &TableDef, filter: &Filter) -> Result<Plan> {
        let mut plan = Plan { scanned: Vec::new(), unserved: Vec::new() };
        let mut serving = Vec::new();
        for (field, asked) in servable(table, filter) {
            let place = (table.key.clone(), field);
            if !self.indexes.there(&place) {
                plan.unserved.push((place.1, asked));
            } else if few(conn, shape, table, &asked)? {
                serving.push(place);
            } else if conn.dialect() == Dialect::Sqlite {
                plan.scanned.push(place.1);
            }
        }
        if !serving.is_empty() {
            plan.unserved.clear();
            self.indexes.lock().served.extend(serving);
        }
        Ok(plan)
    }

    /// Notes how long a view took for which no index was there.
    pub(crate) fn opened_in(&self, table: &TableDef, plan: Plan, took: Duration) {
        let mut state = self.indexes.lock();
        for (field, asked) in plan.unserved {
            let none = Wanted { waited: Duration::ZERO, asked: Filter::All(Vec::new()) };
            let wanted = state.wanted.entry((table.key.clone(), field)).or_insert(none);
            wanted.waited += took;
            wanted.asked = asked;
        }
    }

    /// Makes the indexes that views have waited for, drops those that nobody uses, and notes which ones served.
    /// Called every now and then by one process. On PostgreSQL people go on writing meanwhile; on SQLite they wait,
    /// about 0.7 s for a million records.
    ///
    /// # Errors
    /// What the database says, `busy` when it has other things to do; what views wait for is not forgotten then.
    pub fn tend_indexes(&self, policy: &IndexPolicy) -> Result<IndexesTended> {
        let mut out = IndexesTended::default();
        let (shape, today) = (self.shape(), self.today());
        let (mut last, mut taken) = (BTreeMap::new(), BTreeSet::new());
        let (newest, noted) = self.engine.read(|conn| {
            for table in &shape.schema.tables {
                for index in indexes_of(conn, &table.key)? {
                    let place = (table.key.clone(), FieldKey::from(index.column.as_str()));
                    if index.name != name(&place) {
                        taken.insert(place);
                    } else if index.valid {
                        last.insert(place, today);
                    }
                }
            }
            Ok((conn.one("SELECT COALESCE(MAX(id), 0) FROM _changes", &[])?, notes(conn)?))
        })?;
        let (served, wanted, quiet) = self.indexes.take(newest);
        for (place, day) in &mut last {
            let kept = noted.get(place).copied().filter(|_| !served.contains(place));
            *day = kept.unwrap_or(today);
        }
        for (place, day) in last.clone() {
            if today.0 - day.0 > policy.idle_days {
                self.engine.transaction(|conn| forget(conn, &place.0, &place.1))?;
                last.remove(&place);
                out.dropped.push(place);
            }
        }
        let mut failed = None;
        for (place, wanted) in wanted {
            if last.contains_key(&place) || taken.contains(&place) {
                continue;
            }
            // Behind one that failed the others wait for the next time.
            let made = match failed {
                None => self.make(&shape, &place, &wanted, policy, quiet, &mut last),
                Some(_) => Ok(Made::Later),
            };
            match made {
                Ok(Made::Yes) => {
                    last.insert(place.clone(), today);
                    out.made.push(place);
                }
                Ok(Made::Later) => self.indexes.want(place, wanted),
                Ok(Made::Never) => {}
                Err(e) => {
                    self.indexes.want(place, wanted);
                    failed = Some(e);
                }
            }
        }
        if last != noted {
            self.engine.transaction(|conn| note(conn, &last))?;
        }
        self.indexes.lock().there = last.into_keys().collect();
        failed.map_or(Ok(out), Err)
    }

    /// Takes up the indexes that an opened book has.
    pub(crate) fn indexes_there(&self) -> Result<()> {
        let there = self.engine.read(notes)?.into_keys().collect();
        self.indexes.lock().there = there;
        Ok(())
    }

    fn make(
        &self,
        shape: &Shape,
        place: &Place,
        wanted: &Wanted,
        policy: &IndexPolicy,
        quiet: bool,
        last: &mut BTreeMap<Place, Date>,
    ) -> Result<Made> {
        let Some(table) = shape.schema.table(&place.0) else { return Ok(Made::Never) };
        let rows = self.engine.read(|conn| rows(conn, table))?;
        let price = policy.waited_each * u32::try_from(rows).unwrap_or(u32::MAX);
        if rows < policy.least_rows {
            return Ok(Made::Never);
        }
        let waits = self.engine.dialect() == Dialect::Sqlite && rows > policy.most_at_once && !quiet;
        if waits || wanted.waited < price.max(policy.waited) {
            return Ok(Made::Later);
        }
        // The field may be gone, or hold something else by now.
        let few = self.engine.read(|conn| few(conn, shape, table, &wanted.asked));
        if !few.unwrap_or(false) {
            return Ok(Made::Never);
        }
        let here: Vec<(Date, Place)> =
            last.iter().filter(|(p, _)| p.0 == place.0).map(|(p, d)| (*d, p.clone())).collect();
        if here.len() >= policy.most {
            match here.into_iter().min() {
                Some((day, oldest)) if day < self.today() => {
                    self.engine.transaction(|conn| forget(conn, &oldest.0, &oldest.1))?;
                    last.remove(&oldest);
                }
                _ => return Ok(Made::Never),
            }
        }
        self.build(place)?;
        Ok(Made::Yes)
    }

    fn build(&self, place: &Place) -> Result<()> {
        self.build_index(&quote(&name(place)), &place.0, &place.1)
    }

    /// Builds an index over a column of a large table, unless it is there; on PostgreSQL while people go on writing.
    pub(crate) fn build_index(&self, index: &str, table: &str, column: &str) -> Result<()> {
        let on = [" ", index, " ON ", &quote(table), " (", &quote(column), ")"].concat();
        match self.engine.dialect() {
            Dialect::Sqlite => {
                self.engine.transaction(|conn| conn.batch(&["CREATE INDEX IF NOT EXISTS", &on].concat()))
            }
            Dialect::Postgres => {
                let conn = self.engine.apart()?;
                // One that was broken off is left invalid.
                conn.batch(&["DROP INDEX IF EXISTS ", index].concat())?;
                conn.batch(&["CREATE INDEX CONCURRENTLY", &on].concat())
            }
        }
    }
}

enum Made {
    Yes,
    /// It has not been waited for long enough, or somebody writes.
    Later,
    Never,
}

impl Indexes {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn there(&self, place: &Place) -> bool {
        self.lock().there.contains(place)
    }

    /// Takes what was noted since, and whether nothing was written since.
    fn take(&self, newest: i64) -> (BTreeSet<Place>, BTreeMap<Place, Wanted>, bool) {
        let mut state = self.lock();
        let quiet = state.newest.replace(newest) == Some(newest);
        (std::mem::take(&mut state.served), std::mem::take(&mut state.wanted), quiet)
    }

    /// Goes on wanting what could not be had.
    fn want(&self, place: Place, wanted: Wanted) {
        self.lock().wanted.entry(place).and_modify(|w| w.waited += wanted.waited).or_insert(wanted);
    }
}

/// What a filter asks of each field that an index of the field could answer: conditions that all records
/// of the view meet, on a value or a range of one.
fn servable(table: &TableDef, filter: &Filter) -> BTreeMap<FieldKey, Filter> {
    let mut parts: BTreeMap<FieldKey, Vec<Filter>> = BTreeMap::new();
    let mut open = vec![filter];
    while let Some(part) = open.pop() {
        match part {
            Filter::All(parts) => open.extend(parts),
            Filter::Is(c) if table.field(&c.field).is_some_and(|f| serves(f, c)) => {
                parts.entry(c.field.clone()).or_default().push(part.clone());
            }
            _ => {}
        }
    }
    parts.into_iter().map(|(field, asked)| (field, Filter::All(asked))).collect()
}

fn serves(field: &FieldDef, c: &Condition) -> bool {
    let looked_up = matches!(field.kind, FieldKind::Link { .. }) || field.key == *"code";
    if looked_up || !field.kind.stored() || matches!(field.kind.holds(), Holds::Texts | Holds::Links) {
        return false;
    }
    let value = |v: &model::Value| !v.is_blank() && !matches!(v, model::Value::Error(_));
    match c.op {
        Op::Eq | Op::Lt | Op::Le | Op::Gt | Op::Ge => c.values.first().is_some_and(value),
        Op::In => !c.values.is_empty() && c.values.iter().all(value),
        Op::Within => matches!(field.kind.holds(), Holds::Date | Holds::DateTime),
        _ => false,
    }
}

/// Whether few enough records meet a condition to be sought one by one. Where an index holds the field, it is
/// counted there.
fn few(conn: &Conn, shape: &Shape, table: &TableDef, asked: &Filter) -> Result<bool> {
    let most = rows(conn, table)? / FEW;
    let query = Query { filter: asked.clone(), ..Query::all(table.key.clone()) };
    let mut select = select_ids(conn.dialect(), shape, table, &query)?;
    select.clear_selects().expr(Expr::val(1)).limit(most + 1);
    let mut found = 0;
    Stmt::select(&select).each(conn, &Fill::today(Date(0)), &mut |_| {
        found += 1;
        Ok(())
    })?;
    Ok(found <= most)
}

/// About how many records a table has.
fn rows(conn: &Conn, table: &TableDef) -> Result<u64> {
    let sql = ["SELECT COALESCE(MAX(id) - MIN(id) + 1, 0) FROM ", &quote(&table.key)].concat();
    conn.one(&sql, &[])
}

fn name((table, field): &Place) -> String {
    ["v_", table.as_str(), "_", field.as_str()].concat()
}

/// Drops the index that came with views on a field, if there is one.
pub(crate) fn forget(conn: &Conn, table: &str, field: &str) -> Result<()> {
    conn.batch(&["DROP INDEX IF EXISTS ", &quote(&name(&(table.into(), field.into())))].concat())
}

/// An index and the column it begins with.
struct Index {
    name: String,
    column: String,
    valid: bool,
}

fn indexes_of(conn: &Conn, table: &str) -> Result<Vec<Index>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "SELECT l.name, i.name, 1 FROM pragma_index_list(?1) l, pragma_index_info(l.name) i
             WHERE i.seqno = 0 AND i.name IS NOT NULL"
        }
        Dialect::Postgres => {
            "SELECT CAST(i.relname AS TEXT), CAST(a.attname AS TEXT), CAST(CAST(x.indisvalid AS INTEGER) AS BIGINT)
             FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
             JOIN pg_catalog.pg_class t ON t.oid = x.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
             JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
             WHERE n.nspname = current_schema() AND t.relname = CAST(?1 AS TEXT)"
        }
    };
    let index = |r: &crate::conn::Row<'_>| Ok(Index { name: r.get(0)?, column: r.get(1)?, valid: r.get(2)? });
    conn.all(sql, params![table], index)
}

/// On which day each index last served.
fn notes(conn: &Conn) -> Result<BTreeMap<Place, Date>> {
    let Some(text) = layout::meta(conn, NOTE)? else { return Ok(BTreeMap::new()) };
    let list: Vec<(TableKey, FieldKey, i32)> = serde_json::from_str(&text).map_err(failure)?;
    Ok(list.into_iter().map(|(table, field, day)| ((table, field), Date(day))).collect())
}

fn note(conn: &Conn, days: &BTreeMap<Place, Date>) -> Result<()> {
    let list: Vec<_> = days.iter().map(|((table, field), day)| (table, field, day.0)).collect();
    layout::set_meta(conn, NOTE, &serde_json::to_string(&list).map_err(failure)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StoreOptions;
    use model::{Change, Lang, Origin, Scope, Value};

    /// The way SQLite takes to a question, in its own words.
    fn way(store: &Store, filter: &Filter) -> String {
        let shape = store.shape();
        let table = shape.schema.require("customers").unwrap();
        let query = Query { filter: filter.clone(), ..Query::all("customers") };
        // A connection keeps the plan of a statement it has explained before.
        let conn = store.engine.apart().unwrap();
        let plan = store.plan(&conn, &shape, table, filter).unwrap();
        let select = crate::order::select_scanning(conn.dialect(), &shape, table, &query, &plan.scanned).unwrap();
        let mut way = String::new();
        let read = Stmt::select(&select).explained().each(&conn, &Fill::today(Date(0)), &mut |r| {
            way.push_str(r.text(3)?);
            Ok(())
        });
        read.unwrap();
        way
    }

    #[test]
    fn few_records_are_sought_and_many_read_in_a_row() {
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions { today: Date(20_000), scratch: true };
        let store = Store::open(&folder.path().join("book.db"), options).unwrap();
        let city = |n| [("city".into(), Value::from(if n < 2 { "长沙" } else { "广州" }))].into_iter().collect();
        let change = Change::Create { table: "customers".into(), records: (0..200).map(city).collect() };
        store.apply(&Scope::system(Lang::Zh), change, Origin::Edit).unwrap();
        let of = |name: &str| Filter::Is(Condition { field: "city".into(), op: Op::Eq, values: vec![name.into()] });
        assert_eq!(way(&store, &of("长沙")), "SCAN c");
        let policy =
            IndexPolicy { least_rows: 1, waited_each: Duration::ZERO, waited: Duration::ZERO, ..Default::default() };
        store
            .open_view(&Scope::system(Lang::Zh), &Query { filter: of("长沙"), ..Query::all("customers") }, &[])
            .unwrap();
        assert_eq!(store.tend_indexes(&policy).unwrap().made.len(), 1);
        assert_eq!(way(&store, &of("长沙")), "SEARCH c USING COVERING INDEX v_customers_city (city=?)");
        assert_eq!(way(&store, &of("广州")), "SCAN c USING COVERING INDEX v_customers_city");
    }
}
