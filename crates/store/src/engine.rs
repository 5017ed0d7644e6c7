//! A database of Kebu's: one writing connection at a time and several reading ones.
//!
//! On PostgreSQL several processes may write to one book. They take turns by a lock on a row of the
//! book's own (see [`Conn::begin`]), so that counters, codes and derived columns need no further
//! care there.

use crate::conn::{Conn, Durability, Server};
use crate::dialect::Dialect;
use crate::events::Ear;
use crate::failure;
use model::{Error, ErrorCode, Result};
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Most readers at once.
const READERS: usize = 4;
/// How long a caller waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open database.
pub(crate) struct Engine {
    writer: Pool,
    readers: Pool,
    dialect: Dialect,
}

impl Engine {
    /// Opens a SQLite file, creating it if need be.
    pub(crate) fn file(path: &Path, durability: Durability) -> Result<Self> {
        let path = path.to_owned();
        let reader = {
            let path = path.clone();
            move || {
                let conn = Conn::file(&path, durability)?;
                conn.batch("PRAGMA query_only = ON")?;
                Ok(conn)
            }
        };
        Self::new(Dialect::Sqlite, Box::new(move || Conn::file(&path, durability)), Box::new(reader))
    }

    /// Connects to a schema of a PostgreSQL server.
    pub(crate) fn server(server: &Server, schema: &str) -> Result<Self> {
        let open = |server: Server, schema: String| move || Conn::server(&server, &schema);
        let writer = open(server.clone(), schema.to_owned());
        Self::new(Dialect::Postgres, Box::new(writer), Box::new(open(server.clone(), schema.to_owned())))
    }

    fn new(dialect: Dialect, writer: Open, reader: Open) -> Result<Self> {
        let writer = Pool::new(1, writer);
        // The first connection settles SQLite's journal mode, so it is made at once.
        writer.with(|_| Ok(()))?;
        Ok(Self { writer, readers: Pool::new(READERS, reader), dialect })
    }

    /// Which engine it is.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A connection of its own that hears what other processes say; None where there are no others.
    pub(crate) fn ear(&self) -> Result<Option<Ear>> {
        match self.dialect {
            Dialect::Sqlite => Ok(None),
            Dialect::Postgres => Ear::new(self.apart()?).map(Some),
        }
    }

    /// A connection of its own, for what takes long and hinders nobody.
    pub(crate) fn apart(&self) -> Result<Conn> {
        (self.readers.open)()
    }

    /// Runs work on the one writing connection.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Conn) -> Result<T>) -> Result<T> {
        self.writer.with(work)
    }

    /// Runs work in one transaction: committed when it succeeds, rolled back otherwise. Writers of other
    /// processes wait.
    pub(crate) fn transaction<T>(&self, work: impl FnOnce(&Conn) -> Result<T>) -> Result<T> {
        self.write(|conn| in_transaction(conn, || work(conn)))
    }

    /// Runs work on a reading connection; each statement sees the newest state of the book.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Conn) -> Result<T>) -> Result<T> {
        self.readers.with(work)
    }

    /// Runs work on a reading connection that sees one state of the book throughout.
    pub(crate) fn snapshot<T>(&self, work: impl FnOnce(&Conn) -> Result<T>) -> Result<T> {
        self.read(|conn| {
            conn.begin_reading()?;
            let out = work(conn);
            let ended = if out.is_ok() { conn.commit() } else { conn.rollback() };
            out.and_then(|out| ended.map(|()| out))
        })
    }
}

/// Runs work in one transaction of a connection.
pub(crate) fn in_transaction<T>(conn: &Conn, work: impl FnOnce() -> Result<T>) -> Result<T> {
    conn.begin()?;
    let out = work().and_then(|out| conn.commit().map(|()| out));
    if out.is_err() {
        // A connection that cannot roll back is not lent again, which rolls back too.
        let _ = conn.rollback();
    }
    out
}

type Open = Box<dyn Fn() -> Result<Conn> + Send + Sync>;

/// Connections lent one caller at a time, opened when first needed.
struct Pool {
    open: Open,
    most: usize,
    idle: Mutex<(Vec<Conn>, usize)>,
    freed: Condvar,
}

impl Pool {
    fn new(most: usize, open: Open) -> Self {
        Self { open, most, idle: Mutex::default(), freed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, (Vec<Conn>, usize)> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, work: impl FnOnce(&Conn) -> Result<T>) -> Result<T> {
        let lent = Lent { pool: self, conn: Some(self.take()?) };
        match &lent.conn {
            Some(conn) => work(conn),
            None => Err(failure("a connection was lent twice")),
        }
    }

    fn take(&self) -> Result<Conn> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.lock();
        loop {
            if let Some(conn) = state.0.pop() {
                return Ok(conn);
            }
            if state.1 < self.most {
                state.1 += 1;
                drop(state);
                return (self.open)().inspect_err(|_| {
                    self.lock().1 -= 1;
                    self.freed.notify_one();
                });
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
    conn: Option<Conn>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            let mut state = self.pool.lock();
            // Closing a connection in the middle of a transaction rolls it back; a lost one is made anew.
            if conn.reusable() {
                state.0.push(conn)
            } else {
                state.1 -= 1
            }
            drop(state);
            self.pool.freed.notify_one();
        }
    }
}
