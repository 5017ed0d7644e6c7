//! Control data: users, sessions, tokens and the list of books. A file of its own, `system.db`.

use crate::engine::{Durability, Engine};
use crate::log::now;
use crate::{failure, layout, sqlite};
use model::{Access, Error, ErrorCode, Result, UserId};
use rusqlite::OptionalExtension;
use std::path::Path;

/// A person or program that may log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// What they type to log in, lower-case.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Access.
    pub access: Access,
}

/// A session or token, found by the digest of its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub user: User,
    /// A token of the API rather than a browser's session.
    pub token: bool,
}

/// A book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookInfo {
    /// Id: the file is `books/<id>.db`.
    pub id: i64,
    /// Name shown.
    pub name: String,
}

/// The control database.
pub struct System {
    engine: Engine,
}

const VERSION: i32 = 1;

const TABLES: &str = "
CREATE TABLE users (
  id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT NOT NULL,
  access INTEGER NOT NULL, created INTEGER NOT NULL
) STRICT;
CREATE TABLE sessions (
  digest TEXT PRIMARY KEY, user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token INTEGER NOT NULL, label TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE books (id INTEGER PRIMARY KEY, name TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
";

impl System {
    /// Opens or makes the control database.
    ///
    /// # Errors
    /// `conflict` when it was written by a newer program.
    pub fn open(path: &Path) -> Result<Self> {
        let engine = Engine::open(path, Durability::Full)?;
        engine.transaction(|conn| {
            let version: i32 = conn.query_row("PRAGMA user_version", [], |r| r.get(0)).map_err(sqlite)?;
            match version {
                0 => {
                    conn.execute_batch(TABLES).map_err(sqlite)?;
                    conn.pragma_update(None, "application_id", layout::APPLICATION_ID).map_err(sqlite)?;
                    conn.pragma_update(None, "user_version", VERSION).map_err(sqlite)
                }
                VERSION => Ok(()),
                newer => Err(Error::new(
                    ErrorCode::Conflict,
                    format!("数据由更新版本的客簿写成（格式 {newer}），请升级程序；数据没有改动"),
                    format!("The data was written by a newer Kebu (format {newer}); upgrade the program. Nothing was changed"),
                )),
            }
        })?;
        Ok(Self { engine })
    }

    /// Whether anybody can log in yet.
    pub fn has_users(&self) -> Result<bool> {
        self.engine.read(|c| c.query_row("SELECT EXISTS (SELECT 1 FROM users)", [], |r| r.get(0)).map_err(sqlite))
    }

    /// Adds a user; `password` is its hash.
    ///
    /// # Errors
    /// `conflict` when the login is taken; with `first`, also when there is any user.
    pub fn add_user(&self, login: &str, name: &str, password: &str, access: Access, first: bool) -> Result<UserId> {
        let login = login.trim().to_lowercase();
        if login.is_empty() || login.chars().count() > 64 {
            return Err(Error::new(
                ErrorCode::Invalid,
                "请填登录名（最多 64 个字）",
                "Enter a login (at most 64 characters)",
            )
            .on("login"));
        }
        self.engine.transaction(|c| {
            let any: bool = c.query_row("SELECT EXISTS (SELECT 1 FROM users)", [], |r| r.get(0)).map_err(sqlite)?;
            if first && any {
                return Err(Error::new(
                    ErrorCode::Conflict,
                    "已经设置过了，请直接登录",
                    "Set-up was done before; log in",
                ));
            }
            let taken: bool = c
                .query_row("SELECT EXISTS (SELECT 1 FROM users WHERE login = ?1)", [&login], |r| r.get(0))
                .map_err(sqlite)?;
            if taken {
                return Err(Error::new(ErrorCode::Conflict, "这个登录名已有人用", "This login is taken").on("login"));
            }
            let shown = if name.trim().is_empty() { &login } else { name.trim() };
            c.execute(
                "INSERT INTO users (login, name, password, access, created) VALUES (?1, ?2, ?3, ?4, ?5)",
                (&login, shown, password, rank(access), now()),
            )
            .map_err(sqlite)?;
            Ok(UserId(c.last_insert_rowid()))
        })
    }

    /// The user of a login with the hash of the password.
    pub fn user(&self, login: &str) -> Result<Option<(User, String)>> {
        self.engine.read(|c| {
            c.query_row(
                "SELECT id, login, name, access, password FROM users WHERE login = ?1",
                [login.trim().to_lowercase()],
                |r| Ok((read_user(r)?, r.get(4)?)),
            )
            .optional()
            .map_err(sqlite)
        })
    }

    /// Names of users by id.
    pub fn user_names(&self) -> Result<Vec<(UserId, String)>> {
        self.engine.read(|c| {
            let mut s = c.prepare_cached("SELECT id, name FROM users").map_err(sqlite)?;
            let rows = s.query_map([], |r| Ok((UserId(r.get(0)?), r.get(1)?))).map_err(sqlite)?;
            rows.collect::<rusqlite::Result<_>>().map_err(sqlite)
        })
    }

    /// Keeps a session or token by the digest of its secret. `seconds` is how long it lasts, None for ever.
    pub fn add_session(
        &self,
        digest: &str,
        user: UserId,
        token: bool,
        label: &str,
        seconds: Option<i64>,
    ) -> Result<()> {
        self.engine.transaction(|c| {
            c.execute("DELETE FROM sessions WHERE expires < ?1", [now()]).map_err(sqlite)?;
            c.execute(
                "INSERT INTO sessions (digest, user, token, label, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (digest, user.0, token, label, now(), seconds.map(|s| now() + s)),
            )
            .map_err(sqlite)?;
            Ok(())
        })
    }

    /// The session or token of a digest, if it is still good.
    pub fn session(&self, digest: &str) -> Result<Option<Session>> {
        self.engine.read(|c| {
            c.prepare_cached(
                "SELECT u.id, u.login, u.name, u.access, s.token FROM sessions s JOIN users u ON u.id = s.user
                 WHERE s.digest = ?1 AND (s.expires IS NULL OR s.expires >= ?2)",
            )
            .map_err(sqlite)?
            .query_row((digest, now()), |r| Ok(Session { user: read_user(r)?, token: r.get(4)? }))
            .optional()
            .map_err(sqlite)
        })
    }

    /// Ends a session.
    pub fn end_session(&self, digest: &str) -> Result<()> {
        self.engine.transaction(|c| {
            c.execute("DELETE FROM sessions WHERE digest = ?1", [digest]).map_err(sqlite)?;
            Ok(())
        })
    }

    /// The books.
    pub fn books(&self) -> Result<Vec<BookInfo>> {
        self.engine.read(|c| {
            let mut s = c.prepare_cached("SELECT id, name FROM books ORDER BY id").map_err(sqlite)?;
            let rows = s.query_map([], |r| Ok(BookInfo { id: r.get(0)?, name: r.get(1)? })).map_err(sqlite)?;
            rows.collect::<rusqlite::Result<_>>().map_err(sqlite)
        })
    }

    /// Adds a book to the list.
    pub fn add_book(&self, name: &str) -> Result<BookInfo> {
        self.engine.transaction(|c| {
            c.execute("INSERT INTO books (name, created) VALUES (?1, ?2)", (name, now())).map_err(sqlite)?;
            Ok(BookInfo { id: c.last_insert_rowid(), name: name.to_owned() })
        })
    }

    /// Renames a book.
    pub fn rename_book(&self, id: i64, name: &str) -> Result<()> {
        self.engine.transaction(|c| {
            let n = c.execute("UPDATE books SET name = ?2 WHERE id = ?1", (id, name)).map_err(sqlite)?;
            if n == 1 { Ok(()) } else { Err(failure("no such book")) }
        })
    }
}

fn rank(access: Access) -> i64 {
    match access {
        Access::Read => 1,
        Access::Write => 2,
        Access::Own => 3,
    }
}

fn read_user(r: &rusqlite::Row<'_>) -> rusqlite::Result<User> {
    let access = match r.get::<_, i64>(3)? {
        3 => Access::Own,
        2 => Access::Write,
        _ => Access::Read,
    };
    Ok(User { id: UserId(r.get(0)?), login: r.get(1)?, name: r.get(2)?, access })
}
