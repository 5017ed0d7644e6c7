//! SQLite behind [`Conn`](super::Conn).

use super::{Durability, Param, Row, ValueRef};
use crate::dialect::quote;
use crate::failure;
use model::{Error, ErrorCode, Result};
use rusqlite::types::{Null, Value as Owned, ValueRef as Raw};
use rusqlite::{CachedStatement, Connection, OpenFlags};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// Page cache of a connection, in KiB.
pub(crate) const CACHE: i64 = 32 * 1024;

/// What a user is told of a failure; the cause of an inner one goes to the log.
pub(super) fn error(e: rusqlite::Error) -> Error {
    if let rusqlite::Error::SqliteFailure(code, _) = &e {
        match code.code {
            rusqlite::ErrorCode::DiskFull => {
                return Error::new(
                    ErrorCode::Busy,
                    "磁盘已满，没有保存；请清理出空间后再试",
                    "The disk is full, nothing was saved; free some space and try again",
                );
            }
            rusqlite::ErrorCode::OperationInterrupted => {
                return Error::new(ErrorCode::Cancelled, "已取消", "Cancelled");
            }
            rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked => {
                return Error::new(
                    ErrorCode::Busy,
                    "客户簿正被另一个程序使用；请关掉它再试",
                    "The book is in use by another program; close it and try again",
                );
            }
            rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt => {
                return Error::new(
                    ErrorCode::Conflict,
                    "数据文件打不开：不是客簿数据或已损坏；请用备份恢复，文件没有改动",
                    "The data file cannot be opened: it is not a Kebu book or is damaged; restore a backup. It was left untouched",
                );
            }
            _ => {}
        }
    }
    failure(e)
}

pub(super) fn open(path: &Path, durability: Durability) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(error)?;
    prepare(&conn)?;
    let (journal, synchronous) = match durability {
        Durability::Full => ("WAL", "FULL"),
        Durability::Scratch => ("OFF", "OFF"),
    };
    conn.pragma_update_and_check(None, "journal_mode", journal, |_| Ok(())).map_err(error)?;
    conn.pragma_update(None, "synchronous", synchronous).map_err(error)?;
    conn.pragma_update(None, "cache_size", -CACHE).map_err(error)?;
    conn.pragma_update(None, "journal_size_limit", 64 << 20).map_err(error)?;
    Ok(conn)
}

pub(super) fn untouched(path: &Path) -> Result<Connection> {
    let conn = Connection::open(path).map_err(error)?;
    conn.busy_timeout(Duration::from_secs(10)).map_err(error)?;
    Ok(conn)
}

pub(super) fn memory() -> Result<Connection> {
    let conn = Connection::open_in_memory().map_err(error)?;
    prepare(&conn)?;
    Ok(conn)
}

fn prepare(conn: &Connection) -> Result<()> {
    rusqlite::vtab::array::load_module(conn).map_err(error)?;
    crate::dialect::register(conn).map_err(error)?;
    // Without this, statements compiled once are compiled again whenever a bound value changes.
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(error)?;
    conn.busy_timeout(Duration::from_secs(10)).map_err(error)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(())
}

/// A statement from the connection's cache, with its values.
fn bound<'c>(conn: &'c Connection, sql: &str, params: &[Param<'_>]) -> Result<CachedStatement<'c>> {
    let mut s = conn.prepare_cached(sql).map_err(error)?;
    for (i, p) in params.iter().enumerate() {
        let i = i + 1;
        match p {
            Param::Null => s.raw_bind_parameter(i, Null),
            Param::Int(n) => s.raw_bind_parameter(i, n),
            Param::Real(n) => s.raw_bind_parameter(i, n),
            Param::Text(t) => s.raw_bind_parameter(i, t),
            Param::Owned(t) => s.raw_bind_parameter(i, t),
            Param::Ids(ids) => {
                s.raw_bind_parameter(i, Rc::new(ids.iter().map(|id| Owned::Integer(*id)).collect::<Vec<_>>()))
            }
            Param::Texts(list) => {
                s.raw_bind_parameter(i, Rc::new(list.iter().map(|t| Owned::Text(t.clone())).collect::<Vec<_>>()))
            }
        }
        .map_err(error)?;
    }
    Ok(s)
}

pub(super) fn each(
    conn: &Connection,
    sql: &str,
    params: &[Param<'_>],
    work: &mut dyn FnMut(&Row<'_>) -> Result<()>,
) -> Result<()> {
    let mut s = bound(conn, sql, params)?;
    let mut rows = s.raw_query();
    while let Some(r) = rows.next().map_err(error)? {
        work(&Row::Sqlite(r))?;
    }
    Ok(())
}

pub(super) fn first<T>(
    conn: &Connection,
    sql: &str,
    params: &[Param<'_>],
    read: impl FnOnce(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let mut s = bound(conn, sql, params)?;
    let mut rows = s.raw_query();
    match rows.next().map_err(error)? {
        Some(r) => read(&Row::Sqlite(r)).map(Some),
        None => Ok(None),
    }
}

pub(super) fn run(conn: &Connection, sql: &str, params: &[Param<'_>]) -> Result<u64> {
    Ok(bound(conn, sql, params)?.raw_execute().map_err(error)? as u64)
}

/// Adds a column to a table of records, blank in every row, in the transaction at hand.
///
/// `ALTER TABLE` reads all of a strict table first, to see that its rows hold what the columns say. A blank column
/// leaves the content as it is, so this is the shorter way of
/// <https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes>.
pub(super) fn add_column(conn: &Connection, table: &str, column: &str, stored: &str) -> Result<()> {
    let version: i64 = conn.pragma_query_value(None, "schema_version", |r| r.get(0)).map_err(error)?;
    let more = [", ", &quote(column), " ", stored, STRICT].concat();
    let sql = "UPDATE sqlite_schema SET sql = substr(sql, 1, length(sql) - length(?3)) || ?2
               WHERE type = 'table' AND name = ?1 AND substr(sql, -length(?3)) = ?3";
    conn.execute_batch("PRAGMA writable_schema = ON").map_err(error)?;
    let written = conn.execute(sql, (table, more, STRICT)).map_err(error);
    // Whatever came of it; the schema is read anew, here and by every other connection.
    conn.execute_batch(&format!("PRAGMA schema_version = {}; PRAGMA writable_schema = RESET", version + 1))
        .map_err(error)?;
    if written? != 1 {
        return Err(failure(format!("the table {table} is not one of records")));
    }
    // Without the name before it, a column that is not there would be read as a text.
    let read = ["SELECT t.", &quote(column), " FROM ", &quote(table), " t LIMIT 0"].concat();
    conn.prepare(&read).map(drop).map_err(error)
}

/// How the definition of a table of records ends.
const STRICT: &str = ") STRICT";

pub(super) fn cell<'a>(row: &'a rusqlite::Row<'_>, i: usize) -> Result<ValueRef<'a>> {
    Ok(match row.get_ref(i).map_err(error)? {
        Raw::Integer(n) => ValueRef::Integer(n),
        Raw::Real(n) => ValueRef::Real(n),
        Raw::Text(t) => ValueRef::Text(t),
        Raw::Null | Raw::Blob(_) => ValueRef::Null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_added_without_reading_the_table() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || open(&folder.path().join("book.db"), Durability::Full).expect("a file");
        let (conn, other) = (open(), open());
        conn.execute_batch(
            "CREATE TABLE \"a \"\"b\" (id INTEGER PRIMARY KEY, x TEXT) STRICT; CREATE INDEX i ON \"a \"\"b\" (x)",
        )
        .expect("a table");
        conn.execute_batch("INSERT INTO \"a \"\"b\" VALUES (1, 'x')").expect("a row");
        let rows = |c: &Connection| {
            let count = |sql: &str| c.query_row(sql, [], |r| r.get::<_, i64>(0));
            count("SELECT count(*) FROM \"a \"\"b\" t WHERE t.\"y!\" IS NULL")
        };
        let add = |column: &str| add_column(&conn, "a \"b", column, "INTEGER");

        conn.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        add("y!").expect("a column");
        assert_eq!(rows(&conn), Ok(1));
        assert!(rows(&other).is_err(), "not committed yet");
        conn.execute_batch("ROLLBACK").expect("taken back");
        assert!(rows(&conn).is_err(), "gone with its transaction");

        conn.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        add("y!").expect("a column");
        conn.execute_batch("UPDATE \"a \"\"b\" SET \"y!\" = 7; COMMIT").expect("it is written to");
        assert_eq!(rows(&other), Ok(0), "others read the schema anew");
        conn.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        assert!(add("y!").is_err(), "a column that is there");
        conn.execute_batch("ROLLBACK").expect("taken back");
        assert!(conn.execute_batch("UPDATE \"a \"\"b\" SET \"y!\" = 'text'").is_err(), "it is strict too");
        assert_eq!(rows(&conn), Ok(0));
        assert!(add_column(&conn, "missing", "y", "TEXT").is_err());
        let sound: String = conn.query_row("PRAGMA integrity_check", [], |r| r.get(0)).expect("a check");
        assert_eq!(sound, "ok");
        let fixed = conn.execute("UPDATE sqlite_schema SET sql = ''", []);
        assert!(fixed.is_err(), "the schema is not left writable");
    }
}
