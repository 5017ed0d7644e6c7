//! SQLite: exactly one writing connection, several reading ones, WAL with full synchronisation.

use crate::{failure, sqlite};
use model::{Error, ErrorCode, Result};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Most readers at once.
const READERS: usize = 4;
/// Page cache of a connection, in KiB.
pub(crate) const CACHE: i64 = 32 * 1024;
/// How long a caller waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a database keeps what it acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Every commit reaches the disk before it is acknowledged.
    Full,
    /// A scratch book that is thrown away: nothing is synchronised or journalled.
    Scratch,
}

/// An open database.
pub(crate) struct Engine {
    writer: Pool,
    readers: Pool,
}

impl Engine {
    /// Opens a database file, creating it if need be.
    pub(crate) fn open(path: &Path, durability: Durability) -> Result<Self> {
        let open = move |path: &Path| {
            let flags =
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let conn = Connection::open_with_flags(path, flags).map_err(sqlite)?;
            prepare(&conn, durability)?;
            Ok(conn)
        };
        let writer = Pool::new(path, 1, Box::new(open));
        // The first connection settles the journal mode, so it is made at once.
        writer.with(|_| Ok(()))?;
        let read = move |path: &Path| {
            let conn = open(path)?;
            conn.pragma_update(None, "query_only", true).map_err(sqlite)?;
            Ok(conn)
        };
        Ok(Self { writer, readers: Pool::new(path, READERS, Box::new(read)) })
    }

    /// Runs work on the one writing connection.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        self.writer.with(work)
    }

    /// Runs work in one transaction: committed when it succeeds, rolled back otherwise.
    pub(crate) fn transaction<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.write(|conn| {
            let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(sqlite)?;
            let out = work(&tx)?;
            tx.commit().map_err(sqlite)?;
            Ok(out)
        })
    }

    /// Runs work on a reading connection; it sees one state of the book throughout when it asks for a
    /// transaction, else the newest at each statement.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.readers.with(|conn| work(conn))
    }
}

fn prepare(conn: &Connection, durability: Durability) -> Result<()> {
    rusqlite::vtab::array::load_module(conn).map_err(sqlite)?;
    crate::dialect::register(conn).map_err(sqlite)?;
    // Without this, statements compiled once are compiled again whenever a bound value changes.
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(sqlite)?;
    conn.busy_timeout(Duration::from_secs(10)).map_err(sqlite)?;
    let (journal, synchronous) = match durability {
        Durability::Full => ("WAL", "FULL"),
        Durability::Scratch => ("OFF", "OFF"),
    };
    conn.pragma_update_and_check(None, "journal_mode", journal, |_| Ok(())).map_err(sqlite)?;
    conn.pragma_update(None, "synchronous", synchronous).map_err(sqlite)?;
    conn.pragma_update(None, "cache_size", -CACHE).map_err(sqlite)?;
    conn.pragma_update(None, "journal_size_limit", 64 << 20).map_err(sqlite)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(())
}

type Open = Box<dyn Fn(&Path) -> Result<Connection> + Send + Sync>;

/// Connections lent one caller at a time, opened when first needed.
struct Pool {
    path: PathBuf,
    open: Open,
    most: usize,
    idle: Mutex<(Vec<Connection>, usize)>,
    freed: Condvar,
}

impl Pool {
    fn new(path: &Path, most: usize, open: Open) -> Self {
        Self { path: path.to_owned(), open, most, idle: Mutex::default(), freed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, (Vec<Connection>, usize)> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut lent = Lent { pool: self, conn: Some(self.take()?) };
        match &mut lent.conn {
            Some(conn) => work(conn),
            None => Err(failure("a connection was lent twice")),
        }
    }

    fn take(&self) -> Result<Connection> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.lock();
        loop {
            if let Some(conn) = state.0.pop() {
                return Ok(conn);
            }
            if state.1 < self.most {
                state.1 += 1;
                drop(state);
                return (self.open)(&self.path).inspect_err(|_| self.lock().1 -= 1);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::new(
                    ErrorCode::Busy,
                    "客户簿正忙（可能在导入），请稍后再试",
                    "The book is busy (an import may be running); try again shortly",
                ));
            }
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// A connection on loan; it goes back even when the work panics.
struct Lent<'a> {
    pool: &'a Pool,
    conn: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            let mut state = self.pool.lock();
            // A panic in the middle of a transaction leaves it open: drop the connection, which rolls back.
            if conn.is_autocommit() {
                state.0.push(conn)
            } else {
                state.1 -= 1
            }
            drop(state);
            self.pool.freed.notify_one();
        }
    }
}
