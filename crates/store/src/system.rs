//! Control data: users, sessions, tokens and the list of books. A file of its own, `system.db`, or the
//! schema `kebu` of a PostgreSQL database.

use crate::conn::{Conn, Durability, Row, Server, params};
use crate::dialect::Dialect;
use crate::engine::Engine;
use crate::log::now;
use crate::{failure, layout};
use model::{Access, Error, ErrorCode, Result, UserId};
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
    /// A token of the API rather than a browser's session. Its user's access is narrowed to its own.
    pub token: bool,
    /// When it ends, in seconds since 1970 UTC; None for never.
    pub expires: Option<i64>,
    /// A token whose use was not noted for a minute; see [`System::note_use`].
    pub stale: bool,
}

/// A book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookInfo {
    /// Id: the file is `books/<id>.db`, the schema `book_<id>`.
    pub id: i64,
    /// Name shown.
    pub name: String,
}

/// The control database.
pub struct System {
    pub(crate) engine: Engine,
}

const VERSION: i32 = 4;

const TABLES: &str = "
CREATE TABLE users (
  id ROWNUMBER PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT NOT NULL,
  access INTEGER NOT NULL, created INTEGER NOT NULL
) STRICT;
CREATE TABLE sessions (
  digest TEXT PRIMARY KEY, \"user\" INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token INTEGER NOT NULL, label TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER, access INTEGER, used INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE books (id ROWNUMBER PRIMARY KEY, name TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
";

/// The schema's own notes, on PostgreSQL: SQLite keeps the version in the file's header.
const NOTES: &str = "CREATE TABLE _meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)";

impl System {
    /// Opens or makes the control database in a file.
    ///
    /// # Errors
    /// `conflict` when it was written by a newer program.
    pub fn open(path: &Path) -> Result<Self> {
        Self::over(Engine::file(path, Durability::Full)?)
    }

    /// Opens or makes the control data in the schema `kebu` of a server.
    pub(crate) fn connect(server: &Server) -> Result<Self> {
        Self::over(Engine::server(server, "kebu")?)
    }

    fn over(engine: Engine) -> Result<Self> {
        engine.write(|conn| {
            let version = match conn.dialect() {
                Dialect::Sqlite => Some(conn.one("PRAGMA user_version", &[])?).filter(|v| *v != 0),
                Dialect::Postgres => layout::server_version(conn)?,
            };
            layout::refuse_newer(version, VERSION)?;
            if version == Some(VERSION) {
                return Ok(());
            }
            conn.begin_making()?;
            let made = match version {
                None => create(conn),
                Some(version) => migrate(conn, version),
            };
            let made = made.and_then(|()| conn.commit());
            if made.is_err() {
                conn.rollback()?;
            }
            made
        })?;
        Ok(Self { engine })
    }

    /// Makes the schema of a book on a server; `false` when there is one.
    pub(crate) fn make_schema(&self, name: &str) -> Result<bool> {
        self.engine.write(|conn| {
            let sql = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?1";
            if conn.exists(sql, params![name])? {
                return Ok(false);
            }
            conn.batch(&["CREATE SCHEMA ", &crate::dialect::quote(name)].concat())?;
            Ok(true)
        })
    }

    /// Whether answers come from a file on this machine, in microseconds, rather than from a server.
    pub fn at_hand(&self) -> bool {
        self.engine.dialect() == Dialect::Sqlite
    }

    /// Whether anybody can log in yet.
    pub fn has_users(&self) -> Result<bool> {
        self.engine.read(|c| c.exists("SELECT 1 FROM users LIMIT 1", &[]))
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
            if first && c.exists("SELECT 1 FROM users LIMIT 1", &[])? {
                return Err(Error::new(
                    ErrorCode::Conflict,
                    "已经设置过了，请直接登录",
                    "Set-up was done before; log in",
                ));
            }
            if c.exists("SELECT 1 FROM users WHERE login = ?1", params![&login])? {
                return Err(Error::new(ErrorCode::Conflict, "这个登录名已有人用", "This login is taken").on("login"));
            }
            let shown = if name.trim().is_empty() { &login } else { name.trim() };
            let sql =
                "INSERT INTO users (login, name, password, access, created) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id";
            c.one(sql, params![&login, shown, password, rank(access), now()]).map(UserId)
        })
    }

    /// The user of a login with the hash of the password.
    pub fn user(&self, login: &str) -> Result<Option<(User, String)>> {
        self.engine.read(|c| {
            let sql = "SELECT id, login, name, access, password FROM users WHERE login = ?1";
            c.first(sql, params![login.trim().to_lowercase()], |r| Ok((read_user(r)?, r.get(4)?)))
        })
    }

    /// Names of users by id.
    pub fn user_names(&self) -> Result<Vec<(UserId, String)>> {
        self.engine.read(|c| c.all("SELECT id, name FROM users", &[], |r| Ok((UserId(r.get(0)?), r.get(1)?))))
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
            c.run("DELETE FROM sessions WHERE expires < ?1", params![now()])?;
            c.run(
                "INSERT INTO sessions (digest, \"user\", token, label, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![digest, user.0, token, label, now(), seconds.map(|s| now() + s)],
            )?;
            Ok(())
        })
    }

    /// The session or token of a digest, if it is still good.
    pub fn session(&self, digest: &str) -> Result<Option<Session>> {
        self.engine.read(|c| {
            let sql =
                "SELECT u.id, u.login, u.name, u.access, s.token, s.access, s.expires, s.used FROM sessions s JOIN users u ON u.id = s.\"user\"
                       WHERE s.digest = ?1 AND (s.expires IS NULL OR s.expires >= ?2)";
            c.first(sql, params![digest, now()], |r| {
                let (mut user, token) = (read_user(r)?, r.get(4)?);
                if let Some(access) = r.get::<Option<i64>>(5)? {
                    user.access = user.access.min(access_of(access));
                }
                let used: Option<i64> = r.get(7)?;
                let stale = token && used.is_none_or(|at| now() - at > 60);
                Ok(Session { user, token, expires: r.get(6)?, stale })
            })
        })
    }

    /// Ends a session.
    pub fn end_session(&self, digest: &str) -> Result<()> {
        self.engine.transaction(|c| {
            c.run("DELETE FROM sessions WHERE digest = ?1", params![digest])?;
            Ok(())
        })
    }

    /// The books.
    pub fn books(&self) -> Result<Vec<BookInfo>> {
        self.engine.read(|c| {
            c.all("SELECT id, name FROM books ORDER BY id", &[], |r| Ok(BookInfo { id: r.get(0)?, name: r.get(1)? }))
        })
    }

    /// Adds a book to the list.
    pub fn add_book(&self, name: &str) -> Result<BookInfo> {
        self.engine.transaction(|c| {
            let sql = "INSERT INTO books (name, created) VALUES (?1, ?2) RETURNING id";
            Ok(BookInfo { id: c.one(sql, params![name, now()])?, name: name.to_owned() })
        })
    }

    /// Renames a book.
    pub fn rename_book(&self, id: i64, name: &str) -> Result<()> {
        self.engine.transaction(|c| {
            let n = c.run("UPDATE books SET name = ?2 WHERE id = ?1", params![id, name])?;
            if n == 1 { Ok(()) } else { Err(failure("no such book")) }
        })
    }
}

pub(crate) fn rank(access: Access) -> i64 {
    match access {
        Access::Read => 1,
        Access::Write => 2,
        Access::Own => 3,
    }
}

pub(crate) fn access_of(rank: i64) -> Access {
    match rank {
        3 => Access::Own,
        2 => Access::Write,
        _ => Access::Read,
    }
}

fn read_user(r: &Row<'_>) -> Result<User> {
    Ok(User { id: UserId(r.get(0)?), login: r.get(1)?, name: r.get(2)?, access: access_of(r.get(3)?) })
}

fn create(conn: &Conn) -> Result<()> {
    let dialect = conn.dialect();
    conn.batch(&dialect.ddl(TABLES))?;
    match dialect {
        Dialect::Sqlite => conn.batch(&format!("PRAGMA application_id = {}", layout::APPLICATION_ID))?,
        Dialect::Postgres => conn.batch(&dialect.ddl(NOTES))?,
    }
    conn.batch(&dialect.ddl(crate::jobs::TABLES))?;
    conn.batch(&dialect.ddl(crate::secrets::TABLE))?;
    set_version(conn)
}

/// Brings the tables of an older program up to date, one step a version. Steps are only ever appended.
fn migrate(conn: &Conn, from: i32) -> Result<()> {
    if from < 2 {
        // What a token may do, and when it was last used.
        for column in ["access", "used"] {
            conn.batch(&conn.dialect().ddl(&format!("ALTER TABLE sessions ADD COLUMN {column} INTEGER")))?;
        }
    }
    if from < 3 {
        conn.batch(&conn.dialect().ddl(crate::jobs::TABLES))?;
    }
    if from < 4 {
        conn.batch(&conn.dialect().ddl(crate::secrets::TABLE))?;
    }
    set_version(conn)
}

fn set_version(conn: &Conn) -> Result<()> {
    match conn.dialect() {
        Dialect::Sqlite => conn.batch(&format!("PRAGMA user_version = {VERSION}")),
        Dialect::Postgres => layout::set_meta(conn, "version", &VERSION.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_control_database_is_brought_up_to_date() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("system.db");
        let system = System::open(&path).expect("it is made");
        system.add_user("boss", "", "hash", Access::Own, true).expect("a user");
        let old = "DROP TABLE jobs; DROP TABLE leases; DROP TABLE secrets; ALTER TABLE sessions DROP COLUMN access;
                   ALTER TABLE sessions DROP COLUMN used; PRAGMA user_version = 1";
        system.engine.write(|c| c.batch(old)).expect("it is as version 1 left it");
        drop(system);
        let system = System::open(&path).expect("it opens");
        assert!(system.claim("day", "p1").expect("the tables are there") && system.has_users().expect("so are users"));
        assert_eq!(system.secrets(&model::Scope::system(model::Lang::Zh), "feed", None).expect("it is there"), []);
        system.engine.write(|c| c.batch("PRAGMA user_version = 99")).expect("as a newer program leaves it");
        drop(system);
        assert_eq!(System::open(&path).err().expect("it is refused").code, ErrorCode::Conflict);
    }
}
