//! News of a book: a numbered line of `_events` for every change, written in the transaction of the change, so
//! that nobody hears of what did not come to be and nobody who comes back later misses what did.
//!
//! On PostgreSQL the same statement notifies the other processes, which the server does when the transaction
//! commits; in one process a bell is rung behind the commit. Writers take turns, so numbers grow in the order of
//! the commits and "everything after number n" is complete.

use crate::conn::{Conn, params};
use crate::recalc::Touched;
use crate::store::{Store, require};
use crate::{failure, layout};
use model::{Access, Result, Scope, TableKey, UserId};
use roaring::RoaringTreemap;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The table, from migration 10 on.
pub(crate) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS _events (id ROWNUMBER PRIMARY KEY, kind TEXT NOT NULL, owner INTEGER, news TEXT NOT NULL) STRICT;
";

/// Events kept for those who come back; about an hour of ten people typing all the time.
const KEPT: i64 = 20_000;
/// Old events are removed once in so many.
const SWEPT: i64 = 500;
/// Most records an event names; of more it says only that there were many.
const NAMED: u64 = 200;
/// How long a follower waits before it looks for itself: a notification may be lost with its connection.
const LOOK: Duration = Duration::from_secs(2);

pub(crate) const NEWEST: &str = "SELECT coalesce(max(id), 0) FROM _events";

/// Something that happened in a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number; later ones have greater numbers.
    pub seq: i64,
    /// `records`, `schema`, `views`, `comments` or `mentions`.
    pub kind: String,
    /// What happened, as JSON. Of `records`: `{"change","by","tables":{key:{"ids","new","created","deleted"}}}`, where
    /// `ids` is null when there were many; of `views`: `{"table"}`; of `comments`: `{"table","record","by","to"}`,
    /// where `to` are those whose mentions it touches; of `schema` and `mentions`: `{}`.
    pub news: String,
    owner: Option<i64>,
}

impl Event {
    /// Whether a caller may hear of it: what happens to personal views, and that mentions were seen, is their owner's
    /// alone.
    pub fn concerns(&self, scope: &Scope) -> bool {
        scope.access >= Access::Read && self.owner.is_none_or(|owner| owner == scope.user.0)
    }
}

/// What happened after an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// These events, in order.
    Events(Vec<Event>),
    /// More than is kept, or the number is not of this book.
    TooOld,
}

/// What a follower hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// From now on whatever is said is heard; again after a lost connection.
    Listening,
    /// An event.
    Event(Event),
    /// What another process, or this one, said by [`Store::say`].
    Said(String),
    /// Events were missed that are no longer kept.
    Missed,
    /// Nothing for a while.
    Quiet,
}

/// What one change did to the records of a table.
#[derive(Serialize)]
struct TableNews {
    ids: Option<Vec<u64>>,
    new: Vec<u64>,
    created: u64,
    deleted: u64,
}

/// Records a change made and removed.
#[derive(Default)]
pub(crate) struct Coming {
    made: HashMap<TableKey, RoaringTreemap>,
    gone: HashMap<TableKey, RoaringTreemap>,
}

impl Coming {
    pub(crate) fn made(&mut self, table: &TableKey, low: i64, high: i64) {
        self.made.entry(table.clone()).or_default().insert_range(low.unsigned_abs()..=high.unsigned_abs());
    }

    pub(crate) fn gone(&mut self, table: &TableKey, low: i64, high: i64) {
        self.gone.entry(table.clone()).or_default().insert_range(low.unsigned_abs()..=high.unsigned_abs());
    }
}

/// Tells of a change of records, if it changed any.
pub(crate) fn changed(conn: &Conn, change: i64, by: UserId, touched: &Touched, coming: &Coming) -> Result<()> {
    let none = RoaringTreemap::new();
    let mut tables: BTreeMap<&TableKey, TableNews> = BTreeMap::new();
    let dirty = touched.0.iter().map(|(table, dirty)| (table, &dirty.ids));
    let came = coming.made.keys().chain(coming.gone.keys()).map(|table| (table, &none));
    for (table, ids) in dirty.chain(came) {
        let (made, gone) = (coming.made.get(table).unwrap_or(&none), coming.gone.get(table).unwrap_or(&none));
        let many = [ids, made, gone].iter().any(|set| set.len() > NAMED);
        let named = if many { RoaringTreemap::new() } else { ids | made | gone };
        if tables.contains_key(table) || !many && named.is_empty() {
            continue;
        }
        tables.insert(
            table,
            TableNews {
                ids: (!many).then(|| named.iter().collect()),
                new: if many { Vec::new() } else { made.iter().collect() },
                created: made.len(),
                deleted: gone.len(),
            },
        );
    }
    if tables.is_empty() {
        return Ok(());
    }
    let news = serde_json::json!({ "change": change, "by": by.0, "tables": tables });
    tell(conn, "records", None, &news)
}

/// Tells that many records of some tables were computed anew.
pub(crate) fn recomputed<'a>(conn: &Conn, tables: impl IntoIterator<Item = &'a TableKey>) -> Result<()> {
    let many = |table| (table, TableNews { ids: None, new: Vec::new(), created: 0, deleted: 0 });
    let tables: BTreeMap<&TableKey, TableNews> = tables.into_iter().map(many).collect();
    if tables.is_empty() {
        return Ok(());
    }
    tell(conn, "records", None, &serde_json::json!({ "change": 0, "by": 0, "tables": tables }))
}

/// Tells that tables or fields changed.
pub(crate) fn reshaped(conn: &Conn) -> Result<()> {
    tell(conn, "schema", None, &serde_json::json!({}))
}

/// Tells that the saved views of a table changed: those of everybody, or of one person.
pub(crate) fn views_changed(conn: &Conn, table: &str, owner: Option<i64>) -> Result<()> {
    tell(conn, "views", owner, &serde_json::json!({ "table": table }))
}

/// Tells that something was said about a record, or is said no more. What was said is not part of it.
pub(crate) fn commented(conn: &Conn, table: &str, record: i64, by: UserId, to: &[i64]) -> Result<()> {
    tell(conn, "comments", None, &serde_json::json!({ "table": table, "record": record, "by": by.0, "to": to }))
}

/// Tells somebody's other pages that they have seen mentions.
pub(crate) fn mentions_seen(conn: &Conn, by: UserId) -> Result<()> {
    tell(conn, "mentions", Some(by.0), &serde_json::json!({}))
}

fn tell(conn: &Conn, kind: &str, owner: Option<i64>, news: &serde_json::Value) -> Result<()> {
    let seq: i64 = conn.one(conn.dialect().event(), params![kind, owner, news.to_string()])?;
    if seq % SWEPT == 0 {
        conn.run("DELETE FROM _events WHERE id <= ?1", params![seq - KEPT])?;
    }
    Ok(())
}

/// Wakes those of this process who wait for a commit.
#[derive(Default)]
pub(crate) struct Bell {
    rung: Mutex<u64>,
    heard: Condvar,
}

impl Bell {
    pub(crate) fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.heard.notify_all();
    }

    fn count(&self) -> u64 {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it was rung more often than `known`, or for [`LOOK`].
    fn wait(&self, known: u64) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.heard.wait_timeout_while(rung, LOOK, |now| *now == known));
    }
}

impl Store {
    /// The number of the newest event, 0 before the first.
    pub fn newest_event(&self) -> Result<i64> {
        self.engine.read(|conn| conn.one(NEWEST, &[]))
    }

    /// What a caller may know of the events after a number; [`Since::TooOld`] also when there are more than `most`.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn events_since(&self, scope: &Scope, after: i64, most: u64) -> Result<Since> {
        require(scope, Access::Read)?;
        Ok(match self.events(after, most + 1)? {
            Since::Events(list) if list.len() as u64 > most => Since::TooOld,
            Since::Events(list) => Since::Events(list.into_iter().filter(|e| e.concerns(scope)).collect()),
            Since::TooOld => Since::TooOld,
        })
    }

    fn events(&self, after: i64, limit: u64) -> Result<Since> {
        self.engine.read(|conn| {
            let sql = "SELECT id, kind, owner, news FROM _events WHERE id > ?1 ORDER BY id LIMIT ?2";
            let list = conn.all(sql, params![after, limit as i64], |r| {
                Ok(Event { seq: r.get(0)?, kind: r.get(1)?, owner: r.get(2)?, news: r.get(3)? })
            })?;
            let complete = match list.first() {
                Some(first) if first.seq == after + 1 => true,
                // Numbers of transactions that came to nothing are missing; those no longer kept are the oldest.
                Some(_) => conn.exists("SELECT 1 FROM _events WHERE id <= ?1 LIMIT 1", params![after])?,
                None => conn.one::<i64>(NEWEST, &[])? == after,
            };
            Ok(if complete { Since::Events(list) } else { Since::TooOld })
        })
    }

    /// Says something to all who follow the book in other processes; at most a few hundred characters, not
    /// kept. Does nothing where one process has the book to itself.
    pub fn say(&self, text: &str) -> Result<()> {
        let Some(sql) = self.engine.dialect().notify() else { return Ok(()) };
        self.engine.read(|conn| conn.run(sql, params![text]).map(drop))
    }

    /// Follows the book from an event on: `hear` gets whatever happens, and that nothing did at least every two
    /// seconds; `false` from it ends the following. A lost connection is made anew, and what happened meanwhile
    /// is read from the book. Blocks its thread.
    pub fn follow(&self, after: i64, hear: &mut dyn FnMut(Heard) -> bool) {
        let mut at = after;
        let mut pause = Duration::from_millis(100);
        loop {
            match self.follow_on(&mut at, hear, &mut pause) {
                Ok(()) => return,
                Err(e) => tracing::warn!(cause = %e, "events are not heard; trying again"),
            }
            if !hear(Heard::Quiet) {
                return;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    fn follow_on(&self, at: &mut i64, hear: &mut dyn FnMut(Heard) -> bool, pause: &mut Duration) -> Result<()> {
        let ear = self.engine.ear()?;
        if !hear(Heard::Listening) {
            return Ok(());
        }
        loop {
            // Counted before looking, so that what comes in between is not slept over.
            let rung = self.bell.count();
            if !self.look(at, hear)? {
                return Ok(());
            }
            *pause = Duration::from_millis(100);
            let heard = match &ear {
                Some(ear) => ear.hear(LOOK)?,
                None => {
                    self.bell.wait(rung);
                    Vec::new()
                }
            };
            // Numbers only say that there is something to read.
            for said in heard.into_iter().filter(|text| text.parse::<i64>().is_err()) {
                if !hear(Heard::Said(said)) {
                    return Ok(());
                }
            }
            if !hear(Heard::Quiet) {
                return Ok(());
            }
        }
    }

    /// Passes on what happened since the last look; whether to go on.
    fn look(&self, at: &mut i64, hear: &mut dyn FnMut(Heard) -> bool) -> Result<bool> {
        const PART: u64 = 500;
        loop {
            let events = match self.events(*at, PART)? {
                Since::Events(events) => events,
                Since::TooOld => {
                    *at = self.newest_event()?;
                    return Ok(hear(Heard::Missed));
                }
            };
            let last = (events.len() as u64) < PART;
            for event in events {
                *at = event.seq;
                if !hear(Heard::Event(event)) {
                    return Ok(false);
                }
            }
            if last {
                return Ok(true);
            }
        }
    }
}

/// Runs work that may change the schema and tells so when it did.
pub(crate) fn telling<T>(conn: &Conn, before: i64, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let out = work()?;
    if layout::stamp(conn)?.0 != before {
        reshaped(conn)?;
    }
    Ok(out)
}

/// A connection that listens to what is said of its schema.
pub(crate) struct Ear(Conn);

impl Ear {
    pub(crate) fn new(conn: Conn) -> Result<Self> {
        let schema: String = conn.one("SELECT CAST(current_schema() AS TEXT)", &[])?;
        conn.batch(&["LISTEN ", &crate::dialect::quote(&schema)].concat())?;
        Ok(Self(conn))
    }

    /// What was said, as soon as there is anything; nothing after `most`.
    fn hear(&self, most: Duration) -> Result<Vec<String>> {
        self.0.as_postgres().ok_or_else(|| failure("only a server notifies"))?.hear(most)
    }
}
