//! What happened with a customer, newest first: orders, interactions, edits, and how they came into the book.
//!
//! Each source is read by an index that holds the customer, in the order of time, and only as far as a page goes;
//! the pages are merged here. A cursor says where the page before ended.

use crate::cells::from_sql;
use crate::conn::{Conn, Param, Row, params};
use crate::dialect::quote;
use crate::log::AHEAD;
use crate::moves;
use crate::store::{Store, require};
use crate::turn::Past;
use model::builtin::{CUSTOMERS, FEEDBACK, INTERACTIONS, ORDERS};
use model::{Access, Date, DateTime, Error, ErrorCode, FieldKey, RecordId, Result, Schema, Scope, TableDef, Value};
use std::collections::BTreeSet;

/// What a timeline shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimelineKind {
    /// Orders.
    Order,
    /// Interactions of every kind.
    Talk,
    /// Interactions that say what the customer thinks.
    Feedback,
    /// Edits of the customer, moves between grades and stages, and how they came into the book.
    Change,
}

impl TimelineKind {
    /// Its name in the API.
    pub fn named(name: &str) -> Option<Self> {
        [("order", Self::Order), ("talk", Self::Talk), ("feedback", Self::Feedback), ("change", Self::Change)]
            .into_iter()
            .find_map(|(n, kind)| (n == name).then_some(kind))
    }
}

/// A page of a timeline that is asked for.
#[derive(Clone, Debug, Default)]
pub struct TimelineWanted {
    /// Only these; everything when there are none.
    pub kinds: BTreeSet<TimelineKind>,
    /// At most so many, up to 100.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// A page of a timeline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// Open follow-ups, the earliest first, at most 50; on the first page only.
    pub open: Vec<TimelineItem>,
    /// Newest first.
    pub items: Vec<TimelineItem>,
    /// Where to go on; None at the end.
    pub next: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineItem {
    /// When, on the wall clock of the book; None for an order without a time.
    pub at: Option<DateTime>,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// An order: its id and cells.
    Order(RecordId, Vec<(FieldKey, Value)>),
    /// An interaction: its id and cells.
    Talk(RecordId, Vec<(FieldKey, Value)>),
    /// Cells of the customer were edited: field, before, after.
    Edit(Done, Vec<(FieldKey, Value, Value)>),
    /// The customer came into the book.
    Made(Done),
    /// The customer moved in the course of a day: fields that a formula gives, before, after.
    Moved(Date, Vec<(FieldKey, Value, Value)>),
}

/// A change in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its number.
    pub change: i64,
    /// Who (0 is Kebu itself).
    pub user: i64,
    /// Where it came from: `edit`, `import`, `demo` and so on.
    pub origin: String,
}

/// Most items of a page.
const MOST: usize = 100;
/// Open follow-ups shown.
const OPEN: i64 = 50;
/// Cells of an order that a timeline shows.
const ORDER_CELLS: [&str; 7] = ["order_no", "product", "quantity", "amount", "channel", "status", "counted"];
/// Cells of an interaction that a timeline shows.
const TALK_CELLS: [&str; 9] =
    ["kind", "way", "content", "satisfaction", "follow_up", "follow_up_way", "done", "done_at", "author"];

/// The sources, in the order in which what happened at one moment is shown.
const MOVES: i64 = 4;
const TALKS: i64 = 3;
const ORDER: i64 = 2;
const EDITS: i64 = 1;
const MAKING: i64 = 0;

/// The place of an item: later moments first, then by source and number. No moment is the earliest of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: i64,
    source: i64,
    id: i64,
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Stands for no moment.
const NEVER: i64 = i64::MIN / 4;

impl Place {
    const FIRST: Self = Self { at: i64::MAX / 4, source: i64::MAX, id: i64::MAX };

    fn write(self) -> String {
        format!("{}.{}.{}", self.at, self.source, self.id)
    }

    fn read(cursor: &str) -> Result<Self> {
        let mut parts = cursor.split('.').map(|p| p.parse::<i64>().ok());
        let mut part = || parts.next().flatten();
        let place = part().zip(part()).zip(part()).map(|((at, source), id)| Self { at, source, id });
        place.filter(|p| (NEVER..=Self::FIRST.at).contains(&p.at)).ok_or_else(|| {
            let (zh, en) = ("游标不是时间线给出的；请从头开始", "The cursor is not of this timeline; start again");
            Error::new(ErrorCode::Invalid, zh, en).on("cursor")
        })
    }

    /// The bound that a source is read below: items at the same moment with smaller numbers come too.
    fn bound(self, source: i64) -> (i64, i64) {
        match source.cmp(&self.source) {
            std::cmp::Ordering::Less => (self.at, i64::MAX),
            std::cmp::Ordering::Equal => (self.at, self.id),
            std::cmp::Ordering::Greater => (self.at, i64::MIN),
        }
    }
}

type Found = Vec<(Place, Happening)>;

impl Store {
    /// A page of what happened with a customer. Changes that were undone, and what follows a follow-up by itself,
    /// are left out.
    ///
    /// # Errors
    /// `not_found` for a customer that is not there, `invalid` for a cursor that is not of a timeline.
    pub fn timeline(&self, scope: &Scope, customer: RecordId, wanted: &TimelineWanted) -> Result<Timeline> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let schema = &shape.schema;
        let after = wanted.cursor.as_deref().map_or(Ok(Place::FIRST), Place::read)?;
        let limit = wanted.limit.clamp(1, MOST);
        let all = wanted.kinds.is_empty();
        let wants = |kind| all || wanted.kinds.contains(&kind);
        self.engine.read(|conn| {
            if !conn.exists("SELECT 1 FROM customers WHERE id = ?1", params![customer.0])? {
                return Err(crate::apply::gone(schema.require(CUSTOMERS)?, customer.0));
            }
            let source = Source { conn, schema, customer: customer.0, after, limit: limit as i64 + 1 };
            let mut found = Vec::new();
            if wants(TimelineKind::Order) {
                found.extend(source.orders()?);
            }
            if wants(TimelineKind::Talk) || wants(TimelineKind::Feedback) {
                found.extend(source.talks(!wants(TimelineKind::Talk))?);
            }
            if wants(TimelineKind::Change) {
                found.extend(source.edits(Past { conn, shape: &shape, today: self.today() })?);
                found.extend(source.moves(self.today())?);
                found.extend(source.making()?);
            }
            found.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
            let more = found.len() > limit;
            found.truncate(limit);
            let next = found.last().filter(|_| more).map(|(place, _)| place.write());
            let open = if wanted.cursor.is_none() { source.open()? } else { Vec::new() };
            let item = |(place, what): (Place, Happening)| TimelineItem {
                at: (place.at != NEVER).then_some(DateTime(place.at)),
                what,
            };
            Ok(Timeline { open, items: found.into_iter().map(item).collect(), next })
        })
    }
}

struct Source<'a> {
    conn: &'a Conn,
    schema: &'a Schema,
    customer: i64,
    after: Place,
    limit: i64,
}

impl Source<'_> {
    /// Rows of a table that names the customer: place, id and cells; those without a moment come last. With `kinds` only
    /// those of these kinds.
    fn rows(&self, table: &str, keys: &[&str], source: i64, kinds: &[&str]) -> Result<Vec<(Place, RecordId, Cells)>> {
        let def = self.schema.require(table)?;
        let (at, id) = self.after.bound(source);
        let among = if kinds.is_empty() {
            String::new()
        } else {
            [" AND kind IN (?", &", ?".repeat(kinds.len() - 1), ")"].concat()
        };
        let head =
            ["SELECT id, time", &columns(keys), " FROM ", &quote(&def.key), " WHERE customer = ?", &among].concat();
        let mut named: Vec<Param<'_>> = vec![self.customer.into()];
        named.extend(kinds.iter().map(|k| Param::Text(k)));
        let mut out = Vec::new();
        let mut read = |tail: &str, values: &[Param<'_>]| {
            let values: Vec<Param<'_>> = named.iter().chain(values).cloned().collect();
            self.conn.each(&[&head, tail].concat(), &values, &mut |r| {
                let (id, at): (i64, Option<i64>) = (r.get(0)?, r.get(1)?);
                out.push((Place { at: at.unwrap_or(NEVER), source, id }, RecordId(id), cells(def, keys, r, 2)?));
                Ok(())
            })
        };
        let timed = self.after.at > NEVER;
        if timed {
            let tail = " AND time <= ? AND (time < ? OR id < ?) ORDER BY time DESC, id DESC LIMIT ?";
            read(tail, params![at, at, id, self.limit])?;
        }
        let tail = " AND time IS NULL AND id < ? ORDER BY id DESC LIMIT ?";
        read(tail, params![if timed { i64::MAX } else { id }, self.limit])?;
        Ok(out)
    }

    fn orders(&self) -> Result<Found> {
        let rows = self.rows(ORDERS, &ORDER_CELLS, ORDER, &[])?;
        Ok(rows.into_iter().map(|(place, id, cells)| (place, Happening::Order(id, cells))).collect())
    }

    fn talks(&self, feedback: bool) -> Result<Found> {
        let rows = self.rows(INTERACTIONS, &TALK_CELLS, TALKS, if feedback { &FEEDBACK } else { &[] })?;
        Ok(rows.into_iter().map(|(place, id, cells)| (place, Happening::Talk(id, cells))).collect())
    }

    /// Open follow-ups, the earliest first.
    fn open(&self) -> Result<Vec<TimelineItem>> {
        let def = self.schema.require(INTERACTIONS)?;
        let sql = [
            "SELECT id, time",
            &columns(&TALK_CELLS),
            " FROM interactions WHERE customer = ?1 AND pending = 1 ORDER BY follow_up, id LIMIT ?2",
        ];
        self.conn.all(&sql.concat(), params![self.customer, OPEN], |r| {
            let (id, at): (i64, Option<i64>) = (r.get(0)?, r.get(1)?);
            let what = Happening::Talk(RecordId(id), cells(def, &TALK_CELLS, r, 2)?);
            Ok(TimelineItem { at: at.map(DateTime), what })
        })
    }

    /// Edits of the customer that stand, each with its cells.
    fn edits(&self, past: Past<'_>) -> Result<Found> {
        // What a follow-up did to the next contact is told by the interaction.
        const CHANGES: &str = "SELECT DISTINCT c.at, c.id, c.\"user\", c.origin
             FROM _change_cells x JOIN _changes c ON c.id = x.change
             WHERE x.table_key = 'customers' AND x.record = ?1 AND c.undone_by IS NULL AND c.origin <> 'undo'
               AND c.at <= ?2 AND (c.at < ?2 OR c.id < ?3)
               AND NOT (x.field = 'next_contact' AND (
                 EXISTS (SELECT 1 FROM _change_cells i WHERE i.change = x.change AND i.table_key = 'interactions')
                 OR EXISTS (SELECT 1 FROM _change_ranges i WHERE i.change = x.change AND i.table_key = 'interactions')))
             ORDER BY c.at DESC, c.id DESC LIMIT ?4";
        let def = self.schema.require(CUSTOMERS)?;
        let (at, id) = self.after.bound(EDITS);
        let changes: Vec<(i64, Done)> =
            self.conn.all(CHANGES, params![self.customer, at - AHEAD, id, self.limit], |r| {
                Ok((r.get(0)?, Done { change: r.get(1)?, user: r.get(2)?, origin: r.get(3)? }))
            })?;
        let sql = "SELECT field, before, after FROM _change_cells
                   WHERE table_key = 'customers' AND record = ?1 AND change = ?2 ORDER BY rowid";
        let mut out = Vec::with_capacity(changes.len());
        for (at, done) in changes {
            let mut cells = Vec::new();
            let edits: Vec<(String, String, String)> =
                self.conn.all(sql, params![self.customer, done.change], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
            for (field, before, after) in edits {
                // Of a field that is gone nothing can be told.
                let Some(f) = def.field(&field) else { continue };
                let (before, after) = past.edit(&def.key, f, done.change, (&before, &after))?;
                cells.push((f.key.clone(), before, after));
            }
            let place = Place { at: at + AHEAD, source: EDITS, id: done.change };
            out.push((place, Happening::Edit(done, cells)));
        }
        Ok(out)
    }

    /// Where the customer moved, at the end of the day.
    fn moves(&self, today: Date) -> Result<Found> {
        let def = self.schema.require(CUSTOMERS)?;
        let (at, id) = self.after.bound(MOVES);
        // The earliest day whose moves are not wanted.
        let told = at.div_euclid(DAY) + i64::from(id > 0);
        let moved = moves::of(self.conn, def, self.customer, today, told, self.limit)?;
        let value = |text: Option<String>| text.map_or(Value::Null, Value::Text);
        let item = |(day, list): (Date, Vec<moves::Move>)| {
            let cells = list.into_iter().map(|(f, a, b)| (f, value(a), value(b))).collect();
            let place = Place { at: (i64::from(day.0) + 1) * DAY - 1, source: MOVES, id: 0 };
            (place, Happening::Moved(day, cells))
        };
        Ok(moved.into_iter().map(item).collect())
    }

    /// How the customer came into the book, which is at most a few ranges of the log below their own number.
    fn making(&self) -> Result<Found> {
        const RANGES: &str = "SELECT c.at, c.id, c.\"user\", c.origin FROM (
               SELECT change, high FROM _change_ranges WHERE table_key = 'customers' AND low <= ?1
               ORDER BY low DESC, high DESC LIMIT 8
             ) x JOIN _changes c ON c.id = x.change
             WHERE x.high >= ?1 AND c.at <= ?2 AND (c.at < ?2 OR c.id < ?3) AND c.undone_by IS NULL
             ORDER BY c.id DESC LIMIT 1";
        let (at, id) = self.after.bound(MAKING);
        let made = self.conn.first(RANGES, params![self.customer, at - AHEAD, id], |r| {
            let at: i64 = r.get(0)?;
            let done = Done { change: r.get(1)?, user: r.get(2)?, origin: r.get(3)? };
            Ok((Place { at: at + AHEAD, source: MAKING, id: done.change }, Happening::Made(done)))
        })?;
        Ok(made.into_iter().collect())
    }
}

type Cells = Vec<(FieldKey, Value)>;

fn columns(keys: &[&str]) -> String {
    keys.iter().map(|k| [", ", &quote(k)].concat()).collect()
}

/// The cells of a row that hold something, from a column on.
fn cells(def: &TableDef, keys: &[&str], r: &Row<'_>, from: usize) -> Result<Cells> {
    let mut out = Vec::with_capacity(keys.len());
    for (i, key) in keys.iter().enumerate() {
        let field = def.require(key)?;
        let value = from_sql(&field.kind, r.at(from + i)?);
        if !value.is_blank() {
            out.push((field.key.clone(), value));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_others_are_refused() {
        for place in [Place::FIRST, Place { at: NEVER, source: ORDER, id: 7 }, Place { at: 5, source: TALKS, id: -1 }] {
            assert_eq!(Place::read(&place.write()).unwrap(), place);
        }
        for bad in ["", "1", "1.2", "a.b.c", "9223372036854775807.1.1", "-9223372036854775808.1.1"] {
            assert!(Place::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sources_go_on_behind_the_last_item() {
        let last = Place { at: 10, source: ORDER, id: 4 };
        assert_eq!([TALKS, ORDER, EDITS].map(|s| last.bound(s)), [(10, i64::MIN), (10, 4), (10, i64::MAX)]);
    }
}
