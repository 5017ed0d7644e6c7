//! One connection to either database engine, with one way to ask it. Only this folder names the libraries.
//!
//! Statements are written once, with SQLite's marks (`?` or `?1`); what the engines spell differently sits
//! in [`crate::dialect`].

mod copy;
mod postgres;
mod sqlite;

pub(crate) use self::copy::Copy;
pub(crate) use self::postgres::Server;
pub(crate) use self::sqlite::CACHE;

use crate::dialect::{Dialect, quote};
use crate::failure;
use model::Result;
use std::path::Path;

/// How a SQLite file keeps what it acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Every commit reaches the disk before it is acknowledged.
    Full,
    /// A scratch book that is thrown away: nothing is synchronised or journalled.
    Scratch,
}

/// A value bound to a statement.
#[derive(Clone, Debug)]
pub(crate) enum Param<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Owned(String),
    /// A list of ids for [`Dialect::id_list`].
    Ids(&'a [i64]),
    /// A list of texts, for PostgreSQL only: `= ANY (?)`.
    Texts(&'a [String]),
}

impl From<i64> for Param<'_> {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}
impl From<bool> for Param<'_> {
    fn from(b: bool) -> Self {
        Self::Int(b.into())
    }
}
impl<'a> From<&'a str> for Param<'a> {
    fn from(s: &'a str) -> Self {
        Self::Text(s)
    }
}
impl<'a> From<&'a String> for Param<'a> {
    fn from(s: &'a String) -> Self {
        Self::Text(s)
    }
}
impl From<String> for Param<'_> {
    fn from(s: String) -> Self {
        Self::Owned(s)
    }
}
impl<'a> From<&'a [i64]> for Param<'a> {
    fn from(ids: &'a [i64]) -> Self {
        Self::Ids(ids)
    }
}
impl<'a> From<&'a [String]> for Param<'a> {
    fn from(list: &'a [String]) -> Self {
        Self::Texts(list)
    }
}
impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement: `params![id, name]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::conn::Param::from($value)),*][..] };
}
pub(crate) use params;

/// A stored cell as the engine hands it over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ValueRef<'a> {
    Null,
    Integer(i64),
    Real(f64),
    /// UTF-8.
    Text(&'a [u8]),
}

impl<'a> ValueRef<'a> {
    /// The text inside, if it is text.
    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(t) => std::str::from_utf8(t).ok(),
            _ => None,
        }
    }
}

/// A row of an answer.
pub(crate) enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

impl Row<'_> {
    /// A cell.
    pub(crate) fn at(&self, i: usize) -> Result<ValueRef<'_>> {
        match self {
            Self::Sqlite(r) => sqlite::cell(r, i),
            Self::Postgres(r) => postgres::cell(r, i),
        }
    }

    /// A cell as a Rust value.
    pub(crate) fn get<T: FromCell>(&self, i: usize) -> Result<T> {
        T::from_cell(self.at(i)?).ok_or_else(|| failure(format!("column {i} holds something unexpected")))
    }

    /// A text cell, blank when empty.
    pub(crate) fn text(&self, i: usize) -> Result<&str> {
        Ok(self.at(i)?.text().unwrap_or(""))
    }
}

/// What a cell can be read as.
pub(crate) trait FromCell: Sized {
    fn from_cell(v: ValueRef<'_>) -> Option<Self>;
}

impl FromCell for i64 {
    fn from_cell(v: ValueRef<'_>) -> Option<Self> {
        match v {
            ValueRef::Integer(n) => Some(n),
            ValueRef::Real(n) if n.fract() == 0.0 && n.abs() < 9e18 => Some(n as i64),
            _ => None,
        }
    }
}
impl FromCell for u64 {
    fn from_cell(v: ValueRef<'_>) -> Option<Self> {
        i64::from_cell(v).and_then(|n| n.try_into().ok())
    }
}
impl FromCell for i32 {
    fn from_cell(v: ValueRef<'_>) -> Option<Self> {
        i64::from_cell(v).and_then(|n| n.try_into().ok())
    }
}
impl FromCell for bool {
    fn from_cell(v: ValueRef<'_>) -> Option<Self> {
        i64::from_cell(v).map(|n| n != 0)
    }
}
impl FromCell for f64 {
    fn from_cell(v: ValueRef<'_>) -> Option<Self> {
        match v {
            ValueRef::Integer(n) => Some(n as f64),
            ValueRef::Real(n) => Some(n),
            _ => None,
        }
    }
}
impl FromCell for String {
    fn from_cell(v: ValueRef<'_>) -> Option<Self> {
        v.text().map(str::to_owned)
    }
}
impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(v: ValueRef<'_>) -> Option<Self> {
        match v {
            ValueRef::Null => Some(None),
            v => T::from_cell(v).map(Some),
        }
    }
}

/// A connection.
pub(crate) enum Conn {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Session>),
}

impl Conn {
    /// Opens a SQLite file, making it if need be.
    pub(crate) fn file(path: &Path, durability: Durability) -> Result<Self> {
        sqlite::open(path, durability).map(Self::Sqlite)
    }

    /// Opens a SQLite file to look at it, changing nothing.
    pub(crate) fn untouched(path: &Path) -> Result<Self> {
        sqlite::untouched(path).map(Self::Sqlite)
    }

    /// A SQLite database in memory that goes away with the connection.
    pub(crate) fn memory() -> Result<Self> {
        sqlite::memory().map(Self::Sqlite)
    }

    /// Connects to a PostgreSQL server; unnamed tables mean those of `schema`.
    pub(crate) fn server(server: &Server, schema: &str) -> Result<Self> {
        postgres::connect(server, schema).map(|s| Self::Postgres(Box::new(s)))
    }

    /// Which engine it speaks to.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Calls `work` with every row as it comes. It must not ask the same connection meanwhile; what has to
    /// goes through [`Conn::all`].
    pub(crate) fn each(
        &self,
        sql: &str,
        params: &[Param<'_>],
        work: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        match self {
            Self::Sqlite(c) => sqlite::each(c, sql, params, work),
            Self::Postgres(c) => c.each(sql, params, work),
        }
    }

    /// Every row as a value.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        self.each(sql, params, &mut |r| {
            out.push(read(r)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// The first row as a value; None when there is none.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        match self {
            Self::Sqlite(c) => sqlite::first(c, sql, params, read),
            Self::Postgres(c) => c.first(sql, params, read),
        }
    }

    /// The first cell of the first row.
    pub(crate) fn one<T: FromCell>(&self, sql: &str, params: &[Param<'_>]) -> Result<T> {
        self.first(sql, params, |r| r.get(0))?.ok_or_else(|| failure("an answer without a row"))
    }

    /// Whether there is any row.
    pub(crate) fn exists(&self, sql: &str, params: &[Param<'_>]) -> Result<bool> {
        Ok(self.first(sql, params, |_| Ok(()))?.is_some())
    }

    /// Runs a statement that returns no rows; how many records it changed.
    pub(crate) fn run(&self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        match self {
            Self::Sqlite(c) => sqlite::run(c, sql, params),
            Self::Postgres(c) => c.run(sql, params),
        }
    }

    /// Runs several statements without values.
    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(c) => c.execute_batch(sql).map_err(sqlite::error),
            Self::Postgres(c) => c.batch(sql),
        }
    }

    /// Adds a column to a table of records, of a type as SQLite writes it, blank in every row and at once however
    /// large the table is. To be called in a transaction.
    pub(crate) fn add_column(&self, table: &str, column: &str, stored: &str) -> Result<()> {
        match self {
            Self::Sqlite(c) => sqlite::add_column(c, table, column, stored),
            Self::Postgres(_) => {
                let sql = ["ALTER TABLE ", &quote(table), " ADD COLUMN ", &quote(column), " ", stored].concat();
                self.batch(&self.dialect().ddl(&sql))
            }
        }
    }

    /// Begins a transaction that will write, once the writers before it are done.
    pub(crate) fn begin(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.batch("BEGIN IMMEDIATE"),
            Self::Postgres(c) => c.begin("BEGIN; SELECT 1 FROM _meta WHERE key = 'version' FOR UPDATE"),
        }
    }

    /// Begins the transaction that makes or migrates the tables themselves.
    pub(crate) fn begin_making(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.batch("BEGIN IMMEDIATE"),
            Self::Postgres(c) => c.begin("BEGIN"),
        }
    }

    /// Begins a transaction that reads one state of the book throughout.
    pub(crate) fn begin_reading(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.batch("BEGIN"),
            Self::Postgres(c) => c.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }

    pub(crate) fn commit(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.batch("COMMIT"),
            Self::Postgres(c) => c.end("COMMIT"),
        }
    }

    pub(crate) fn rollback(&self) -> Result<()> {
        match self {
            // Some failures, a full disk among them, have rolled back already.
            Self::Sqlite(c) if c.is_autocommit() => Ok(()),
            Self::Sqlite(_) => self.batch("ROLLBACK"),
            Self::Postgres(c) => c.end("ROLLBACK"),
        }
    }

    /// Whether it can be lent to the next caller: open, and not in the middle of a transaction.
    pub(crate) fn reusable(&self) -> bool {
        match self {
            Self::Sqlite(c) => c.is_autocommit(),
            Self::Postgres(c) => c.reusable(),
        }
    }

    /// Says which schema the statements to come are for (see [`crate::layout::stamp`]).
    pub(crate) fn shaped(&self, stamp: i64) {
        if let Self::Postgres(c) = self {
            c.shaped(stamp);
        }
    }

    /// The PostgreSQL session, for what only PostgreSQL has.
    pub(crate) fn as_postgres(&self) -> Option<&postgres::Session> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(c) => Some(c),
        }
    }
}
