//! How customers moved between grades, lifecycle stages and whatever else a formula sorts them into.
//!
//! What a formula gives is in no change log. Instead the book remembers where each customer stood when a day ended
//! (`_standing`) and notes who stands elsewhere at the end of the next (`_moves`). So no edit costs anything for it, what
//! is put right within the day leaves no trace, and the moves of the day at hand are seen by comparing.

use crate::conn::{Conn, params};
use crate::dialect::quote;
use crate::failure;
use crate::fill::part_of;
use crate::store::Store;
use model::builtin::CUSTOMERS;
use model::{Date, FieldDef, FieldKey, FieldKind, Result, TableDef};

/// The tables, from migration 17 on. `day` is the one in which the customer moved.
pub(crate) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS _standing (
  record INTEGER NOT NULL, field TEXT NOT NULL, value TEXT, PRIMARY KEY (record, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _moves (
  id ROWNUMBER PRIMARY KEY, record INTEGER NOT NULL, field TEXT NOT NULL, day INTEGER NOT NULL, before TEXT, after TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS _moves_record ON _moves (record, day);
";

/// A customer's move of one field: before and after.
pub(crate) type Move = (FieldKey, Option<String>, Option<String>);

/// Fields whose moves are noted: choices made by a formula.
fn followed(customers: &TableDef) -> impl Iterator<Item = &FieldDef> {
    customers.fields.iter().filter(|f| f.derived() && matches!(f.kind, FieldKind::Choice { .. }))
}

impl Store {
    /// Notes who stands elsewhere than when this was called last, as moves of a day; part by part.
    pub(crate) fn note_moves(&self, day: Date, progress: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<()> {
        let mut next = 0;
        loop {
            let part = self.engine.transaction(|conn| {
                let Some((last, count)) = part_of(conn, CUSTOMERS, next)? else { return Ok(None) };
                for field in followed(self.shape().schema.require(CUSTOMERS)?) {
                    note(conn, field, day, next, last)?;
                }
                next = last + 1;
                Ok(Some(count))
            })?;
            let Some(count) = part else { return Ok(()) };
            progress(count, count)?;
        }
    }
}

/// Notes the moves of one field among a range of customers. Whoever is new, moved nowhere.
fn note(conn: &Conn, field: &FieldDef, day: Date, low: i64, high: i64) -> Result<()> {
    let column = ["c.", &quote(&field.key)].concat();
    let elsewhere =
        [" ON s.field = ?1 AND s.record = c.id WHERE c.id BETWEEN ?2 AND ?3 AND s.value IS DISTINCT FROM ", &column];
    let elsewhere = elsewhere.concat();
    let moves = [
        "INSERT INTO _moves (record, field, day, before, after) SELECT c.id, s.field, CAST(?4 AS BIGINT), s.value, ",
        &column,
        " FROM customers c JOIN _standing s",
        &elsewhere,
    ];
    let day = i64::from(day.0);
    conn.run(&moves.concat(), params![field.key.as_str(), low, high, day])?;
    let stand = [
        "INSERT INTO _standing (record, field, value) SELECT c.id, CAST(?1 AS TEXT), ",
        &column,
        " FROM customers c LEFT JOIN _standing s",
        &elsewhere,
        " ON CONFLICT (record, field) DO UPDATE SET value = excluded.value",
    ];
    conn.run(&stand.concat(), params![field.key.as_str(), low, high]).map(drop)
}

/// The newest moves of a customer before a day, at most so many days of them; of one field in one day they are one
/// move. Those of the day at hand are found by comparing.
pub(crate) fn of(
    conn: &Conn,
    customers: &TableDef,
    id: i64,
    today: Date,
    before: i64,
    days: i64,
) -> Result<Vec<(Date, Vec<Move>)>> {
    let mut out: Vec<(Date, Vec<Move>)> = Vec::new();
    let sql = "SELECT day, field, before, after FROM _moves WHERE record = ?1 AND day < ?2 AND day IN (
                 SELECT DISTINCT day FROM _moves WHERE record = ?1 AND day < ?2 ORDER BY day DESC LIMIT ?3)
               ORDER BY day DESC, id";
    conn.each(sql, params![id, before, days], &mut |r| {
        let day = Date(i32::try_from(r.get::<i64>(0)?).map_err(failure)?);
        let key = FieldKey::from(r.text(1)?);
        // Of a field that is gone nothing can be told.
        if customers.field(&key).is_some() {
            if out.last().is_none_or(|(last, _)| *last != day) {
                out.push((day, Vec::new()));
            }
            join(&mut out, (key, r.get(2)?, r.get(3)?));
        }
        Ok(())
    })?;
    if before > i64::from(today.0) {
        if out.first().is_none_or(|(newest, _)| *newest != today) {
            out.insert(0, (today, Vec::new()));
        }
        for moved in at_hand(conn, customers, id)? {
            join(&mut out[..1], moved);
        }
    }
    out.retain(|(_, moves)| !moves.is_empty());
    Ok(out)
}

/// Adds a move to those of the last day; back where it began, there was none.
fn join(days: &mut [(Date, Vec<Move>)], (field, from, to): Move) {
    let Some((_, moves)) = days.last_mut() else { return };
    match moves.iter_mut().find(|(known, ..)| *known == field) {
        Some((_, _, after)) => *after = to,
        None => moves.push((field, from, to)),
    }
    moves.retain(|(_, from, to)| from != to);
}

/// The moves of a customer that are not noted yet.
fn at_hand(conn: &Conn, customers: &TableDef, id: i64) -> Result<Vec<Move>> {
    let mut out = Vec::new();
    for field in followed(customers) {
        let column = ["c.", &quote(&field.key)].concat();
        let sql = [
            "SELECT s.value, ",
            &column,
            " FROM customers c JOIN _standing s ON s.record = c.id AND s.field = ?2
             WHERE c.id = ?1 AND s.value IS DISTINCT FROM ",
            &column,
        ];
        let moved = conn.first(&sql.concat(), params![id, field.key.as_str()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        out.extend(moved.map(|(from, to)| (field.key.clone(), from, to)));
    }
    Ok(out)
}

/// Removes what is known of customers that go for good.
pub(crate) fn forget_range(conn: &Conn, low: i64, high: i64) -> Result<()> {
    conn.run("DELETE FROM _moves WHERE record BETWEEN ?1 AND ?2", params![low, high])?;
    conn.run("DELETE FROM _standing WHERE record BETWEEN ?1 AND ?2", params![low, high]).map(drop)
}

/// Removes what is known of customers whose content is gone for good.
pub(crate) fn forget_erased(conn: &Conn) -> Result<()> {
    for table in ["_moves", "_standing"] {
        let sql = [
            "DELETE FROM ",
            table,
            " WHERE record IN (SELECT record FROM _change_rows WHERE table_key = 'customers' AND content = '')
                AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = ",
            table,
            ".record) AND NOT EXISTS (SELECT 1 FROM _change_rows x
                WHERE x.table_key = 'customers' AND x.content <> '' AND x.record = ",
            table,
            ".record)",
        ];
        conn.run(&sql.concat(), &[])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, StoreOptions};
    use model::{Change, Lang, Origin, Scope};

    #[test]
    fn nothing_is_left_of_customers_who_go_for_good() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = StoreOptions { today: Date(20_778), scratch: false };
        let store = Store::open(&folder.path().join("book.db"), options).expect("a book");
        let scope = Scope::system(Lang::Zh);
        let records = ["甲", "乙"].map(|n| vec![("name".into(), n.into())]).into();
        let made = store.apply(&scope, Change::Create { table: CUSTOMERS.into(), records }, Origin::Edit).expect("two");
        let run = |sql: &str| store.engine.write(|conn| conn.batch(sql)).expect("it works");
        store.note_moves(Date(20_778), &mut |_, _| Ok(())).expect("where they stand");
        run("UPDATE _standing SET value = '新客' WHERE field = 'lifecycle'");
        store.note_moves(Date(20_779), &mut |_, _| Ok(())).expect("they moved");
        let known = || {
            let count = |t: &str| ["SELECT count(DISTINCT record) FROM ", t].concat();
            store
                .engine
                .read(|c| Ok((c.one(&count("_standing"), &[])?, c.one(&count("_moves"), &[])?)))
                .expect("counts")
        };
        assert_eq!(known(), (2_u64, 2_u64));
        let gone = Change::Delete { table: CUSTOMERS.into(), ids: vec![made.created[0]] };
        store.apply(&scope, gone, Origin::Edit).expect("removed");
        store.empty_trash(1).expect("nothing is old");
        assert_eq!(known(), (2, 2), "it may come back");
        store.empty_trash(-1).expect("emptied");
        assert_eq!(known(), (1, 1));
        store.engine.write(|conn| forget_range(conn, 1, 9)).expect("an import is undone");
        assert_eq!(known(), (0, 0));
    }
}
