//! SQLite behind [`Conn`](super::Conn).

use super::{Durability, Param, Row, ValueRef};
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

pub(super) fn cell<'a>(row: &'a rusqlite::Row<'_>, i: usize) -> Result<ValueRef<'a>> {
    Ok(match row.get_ref(i).map_err(error)? {
        Raw::Integer(n) => ValueRef::Integer(n),
        Raw::Real(n) => ValueRef::Real(n),
        Raw::Text(t) => ValueRef::Text(t),
        Raw::Null | Raw::Blob(_) => ValueRef::Null,
    })
}
