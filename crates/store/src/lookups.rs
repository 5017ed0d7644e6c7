//! Small tables in every book that formulas look up: the months of the lunar calendar and the readings of
//! Chinese characters, which SQL cannot say by itself on either engine.
//!
//! Readings stand 64 to a row, one after another in as many letters as the longest has: 400 rows, made
//! in a few milliseconds, in place of 28,000.

use crate::conn::Conn;
use crate::tokens::{HEADS, reading};
use model::Result;
use std::fmt::Write;

/// How many characters a row of `_chars` holds; their code points are its block times this and on.
pub(crate) const BLOCK: u32 = 64;
/// How many letters a reading has in `_chars`; blanks fill it up.
pub(crate) const WIDTH: usize = 6;
/// Characters beyond this are too rare to keep readings of: they stay as they are.
const MOST: u32 = 0x1_0000;

/// `_heads` are readings of the first characters of a text that differ from the common ones, by their
/// place from 1.
const TABLES: &str = "
CREATE TABLE _months (
  year INTEGER NOT NULL, month INTEGER NOT NULL, leap INTEGER NOT NULL, first INTEGER NOT NULL, days INTEGER NOT NULL,
  PRIMARY KEY (year, month, leap)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX _months_first ON _months (first);
CREATE TABLE _chars (block INTEGER PRIMARY KEY, readings TEXT NOT NULL) STRICT;
CREATE TABLE _heads (
  head TEXT NOT NULL, place INTEGER NOT NULL, reading TEXT NOT NULL, PRIMARY KEY (head, place)
) STRICT, WITHOUT ROWID;
";

/// Makes and fills the tables. All of it is constant, so the rows are written into the statements.
pub(crate) fn create(conn: &Conn) -> Result<()> {
    conn.batch(&conn.dialect().ddl(TABLES))?;
    conn.batch(&months())?;
    conn.batch(&readings())?;
    conn.batch(&heads())
}

/// One statement that adds many rows.
fn rows(into: &str, list: impl Iterator<Item = String>) -> String {
    let mut sql = format!("INSERT INTO {into} VALUES ");
    for (i, row) in list.enumerate() {
        let separator = if i == 0 { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(sql, "{separator}({row})");
    }
    sql
}

fn months() -> String {
    let list =
        calendar::months().map(|m| format!("{}, {}, {}, {}, {}", m.year, m.month, u8::from(m.leap), m.first.0, m.days));
    rows("_months (year, month, leap, first, days)", list)
}

fn readings() -> String {
    let list = (0..MOST / BLOCK).filter_map(|block| {
        let of = |i| char::from_u32(block * BLOCK + i).and_then(reading).unwrap_or("");
        let cells: String = (0..BLOCK).map(|i| format!("{:<WIDTH$}", of(i))).collect();
        let cells = cells.trim_end_matches(' ');
        (!cells.is_empty()).then(|| format!("{block}, '{cells}'"))
    });
    rows("_chars (block, readings)", list)
}

fn heads() -> String {
    let list = HEADS.iter().flat_map(|(head, readings)| {
        (1..).zip(*readings).map(move |(place, reading)| format!("'{head}', {place}, '{reading}'"))
    });
    rows("_heads (head, place, reading)", list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_book_gets_the_tables() {
        use crate::conn::{Conn, Server};
        let server = Server::parse(&testkit::postgres::address()).expect("an address");
        let postgres = Conn::server(&server, &testkit::postgres::new_schema()).expect("PostgreSQL");
        for conn in [Conn::memory().expect("a database in memory"), postgres] {
            crate::layout::open(&conn).expect("a new book");
            let counts = || {
                ["_months", "_chars", "_heads"].map(|t| conn.one::<i64>(&format!("SELECT count(*) FROM {t}"), &[]).ok())
            };
            let new = counts();
            assert_eq!(new[0], Some(2_486));
            assert!(new[1].is_some_and(|n| (300..1_000).contains(&n)) && new[2] > Some(30), "{new:?}");
            let sql = "DROP TABLE _months; DROP TABLE _chars; DROP TABLE _heads; UPDATE _meta SET value = '3' WHERE key = 'version'";
            conn.batch(sql).expect("as version 3 was");
            if conn.dialect() == crate::dialect::Dialect::Sqlite {
                conn.batch("PRAGMA user_version = 3").expect("as version 3 was");
            }
            crate::layout::open(&conn).expect("an older book");
            assert_eq!(counts(), new);
        }
    }

    #[test]
    fn readings_fit_their_cells() {
        let known: Vec<&str> = (0..MOST).filter_map(char::from_u32).filter_map(reading).collect();
        assert!(known.len() > 20_000, "{}", known.len());
        for r in known {
            assert!((1..=WIDTH).contains(&r.chars().count()) && r.chars().all(|c| c.is_lowercase()), "{r}");
        }
        for (head, readings) in HEADS {
            assert_eq!(head.chars().count(), readings.len(), "{head}");
            assert!(head.chars().count() <= 2, "{head}: formulas look at two characters");
        }
    }
}
