//! Comments: threads of what people say to one another about a cell or a record, and who is mentioned in them.
//!
//! A comment changes no record: it is in no change log, no derived column and no search text, and nobody's undo takes it
//! back. What it is said of stays where it is; of a record in the recycle bin it is kept and not shown.

use crate::conn::{Conn, Row, params};
use crate::dialect::quote;
use crate::log::now;
use crate::rows::{Once, keyed};
use crate::store::{Now, Store, require};
use crate::{events, failure};
use model::{Access, Error, ErrorCode, FieldKey, Label, RecordId, Result, Scope, TableDef, TableKey, UserId};
use std::collections::HashMap;

mod mentions;
mod stay;

pub use mentions::{Mention, Mentions};
pub(crate) use stay::{column_goes, faults, forget, forget_erased, forget_range};

use mentions::{mention, mentioned};

/// The tables, from migration 16 on.
///
/// `was` is what a removed column was called; `removed` is when the author took a comment away; a mention is `seen`
/// once its person has opened the thread.
pub(crate) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS _threads (
  id ROWNUMBER PRIMARY KEY, table_key TEXT NOT NULL, record INTEGER NOT NULL, field TEXT, was TEXT,
  resolved INTEGER, resolver INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS _threads_record ON _threads (table_key, record);
CREATE TABLE IF NOT EXISTS _comments (
  id ROWNUMBER PRIMARY KEY, thread INTEGER NOT NULL, \"user\" INTEGER NOT NULL, at INTEGER NOT NULL,
  content TEXT NOT NULL, edited INTEGER, removed INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS _comments_thread ON _comments (thread);
CREATE TABLE IF NOT EXISTS _mentions (
  \"user\" INTEGER NOT NULL, comment INTEGER NOT NULL, name TEXT NOT NULL, seen INTEGER,
  PRIMARY KEY (\"user\", comment)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS _mentions_comment ON _mentions (comment);
";

/// Longest comment, in characters.
const LONGEST: usize = 2_000;
/// Most comments of one record.
const MOST: u64 = 500;
/// Most records whose cells are asked about at once.
const MOST_ASKED: usize = 500;

/// What is said about a cell or a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Its number.
    pub id: i64,
    /// The field of the cell; None when it is about the record, or its column was removed.
    pub field: Option<FieldKey>,
    /// What the column was called that was removed since.
    pub was: Option<Label>,
    /// When it was resolved, in seconds since 1970 UTC, and by whom.
    pub resolved: Option<(i64, UserId)>,
    /// At least one, the oldest first.
    pub comments: Vec<Comment>,
}

/// One comment of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its number; later ones are larger.
    pub id: i64,
    /// Who wrote it.
    pub user: UserId,
    /// When, in seconds since 1970 UTC.
    pub at: i64,
    /// Plain text.
    pub text: String,
    /// When it was last edited.
    pub edited: Option<i64>,
    /// Who is mentioned, with their names as they stand in the text behind an `@`.
    pub mentions: Vec<(UserId, String)>,
}

/// What somebody wants to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewComment {
    /// Plain text, at most 2,000 characters.
    pub text: String,
    /// Who is mentioned. Whose name does not stand in the text behind an `@` is left out.
    pub mentions: Vec<(UserId, String)>,
}

/// Where a comment goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommentOn {
    /// A new thread about a cell, or without a field about the record.
    Record(TableKey, RecordId, Option<FieldKey>),
    /// A further comment of a thread; a resolved one is open again.
    Thread(i64),
}

/// A comment that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commented {
    /// The thread.
    pub thread: i64,
    /// The comment.
    pub comment: i64,
}

/// Open threads of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellComments {
    /// The record.
    pub record: RecordId,
    /// The field; None for threads about the record or a removed column.
    pub field: Option<FieldKey>,
    /// How many comments they hold together.
    pub count: u64,
}

/// Where a comment or thread stands.
struct Place {
    thread: i64,
    table: TableKey,
    record: i64,
}

impl Store {
    /// The threads of a record, the oldest first, resolved ones included.
    ///
    /// # Errors
    /// `not_found` when there is no such record.
    pub fn threads(&self, scope: &Scope, table: &str, record: RecordId) -> Result<Vec<Thread>> {
        require(scope, Access::Read)?;
        let schema = self.schema();
        let def = schema.require(table)?;
        self.engine.read(|conn| {
            require_record(conn, def, record.0)?;
            threads(conn, def, record.0)
        })
    }

    /// The cells of some records that carry open threads; at most 500 records.
    ///
    /// # Errors
    /// `not_found` for an unknown table, `too_large` for too many records.
    pub fn commented(&self, scope: &Scope, table: &str, ids: &[RecordId]) -> Result<Vec<CellComments>> {
        require(scope, Access::Read)?;
        if ids.len() > MOST_ASKED {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!("一次最多查 {MOST_ASKED} 条"),
                format!("At most {MOST_ASKED} records at once"),
            ));
        }
        let schema = self.schema();
        let def = schema.require(table)?;
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        self.engine.read(|conn| {
            let sql = [
                "SELECT t.record, CASE WHEN t.was IS NULL THEN t.field END AS cell, count(*)
                 FROM _threads t JOIN _comments c ON c.thread = t.id JOIN ",
                &quote(table),
                " r ON r.id = t.record WHERE t.table_key = ?2 AND t.resolved IS NULL AND c.removed IS NULL AND ",
                &conn.dialect().among_ids("t.record"),
                " GROUP BY 1, 2 ORDER BY 1, 2",
            ];
            conn.all(&sql.concat(), params![&ids[..], def.key.as_str()], |r| {
                Ok(CellComments { record: RecordId(r.get(0)?), field: field(r, 1)?, count: r.get(2)? })
            })
        })
    }

    /// Says something, and gives the answer made of it; keys as in [`Store::apply_once`].
    ///
    /// # Errors
    /// `forbidden`; `not_found` for a record, field or thread; `invalid` without text; `too_large` for a long text or
    /// a record with 500 comments.
    pub fn comment(
        &self,
        scope: &Scope,
        on: CommentOn,
        new: &NewComment,
        once: Option<&Once>,
        answer: impl FnOnce(Commented) -> String,
    ) -> Result<String> {
        require(scope, Access::Write)?;
        let text = readable(&new.text)?;
        self.write(|conn, now| {
            keyed(conn, scope, once, || {
                let place = match on {
                    CommentOn::Thread(id) => placed(conn, &now, "t.id", id)?.ok_or_else(gone)?,
                    CommentOn::Record(table, record, field) => begin(conn, &now, &table, record, field.as_deref())?,
                };
                refuse_full(conn, &place)?;
                let sql = "INSERT INTO _comments (thread, \"user\", at, content) VALUES (?1, ?2, ?3, ?4) RETURNING id";
                let comment = conn.one(sql, params![place.thread, scope.user.0, self::now(), text])?;
                let reopen =
                    "UPDATE _threads SET resolved = NULL, resolver = NULL WHERE id = ?1 AND resolved IS NOT NULL";
                conn.run(reopen, params![place.thread])?;
                let to = mention(conn, scope, comment, text, &new.mentions)?;
                tell(conn, scope, &place, &to)?;
                Ok(answer(Commented { thread: place.thread, comment }))
            })
        })
    }

    /// Gives a comment of one's own another text, and other mentions.
    ///
    /// # Errors
    /// As [`Store::comment`]; `forbidden` for somebody else's.
    pub fn edit_comment(&self, scope: &Scope, id: i64, new: &NewComment) -> Result<()> {
        require(scope, Access::Write)?;
        let text = readable(&new.text)?;
        self.write(|conn, now| {
            let place = own(conn, &now, scope, id, false)?;
            let before = mentioned(conn, id)?;
            let sql = "UPDATE _comments SET content = ?2, edited = ?3 WHERE id = ?1 AND content <> ?2";
            conn.run(sql, params![id, text, self::now()])?;
            let mut to = mention(conn, scope, id, text, &new.mentions)?;
            to.extend(before);
            to.sort_unstable();
            to.dedup();
            tell(conn, scope, &place, &to)
        })
    }

    /// Takes a comment of one's own away, or brings it back.
    ///
    /// # Errors
    /// `forbidden` for somebody else's; `not_found` when there is none, or its text is no longer kept.
    pub fn take_comment(&self, scope: &Scope, id: i64, away: bool) -> Result<()> {
        require(scope, Access::Write)?;
        self.write(|conn, now| {
            let place = own(conn, &now, scope, id, !away)?;
            if !away {
                refuse_full(conn, &place)?;
            }
            let at = away.then(self::now);
            conn.run("UPDATE _comments SET removed = ?2 WHERE id = ?1", params![id, at])?;
            tell(conn, scope, &place, &mentioned(conn, id)?)
        })
    }

    /// Resolves a thread, or opens it again. Nothing changes where it is so already.
    ///
    /// # Errors
    /// `forbidden`; `not_found` when there is no such thread.
    pub fn resolve_thread(&self, scope: &Scope, id: i64, resolved: bool) -> Result<()> {
        require(scope, Access::Write)?;
        self.write(|conn, now| {
            let place = placed(conn, &now, "t.id", id)?.ok_or_else(gone)?;
            let (at, by) = (resolved.then(self::now), resolved.then_some(scope.user.0));
            let sql = "UPDATE _threads SET resolved = ?2, resolver = ?3
                       WHERE id = ?1 AND (resolved IS NULL) <> (CAST(?2 AS BIGINT) IS NULL)";
            if conn.run(sql, params![id, at, by])? > 0 { tell(conn, scope, &place, &[]) } else { Ok(()) }
        })
    }
}

/// The text as it is kept.
fn readable(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::new(ErrorCode::Invalid, "先写点什么", "Write something first").on("text"));
    }
    if text.chars().count() > LONGEST {
        return Err(Error::new(
            ErrorCode::TooLarge,
            format!("一条批注最多 {LONGEST} 个字"),
            format!("A comment has at most {LONGEST} characters"),
        )
        .on("text"));
    }
    Ok(text)
}

fn gone() -> Error {
    Error::new(
        ErrorCode::NotFound,
        "没有这条批注（可能已被删除）",
        "There is no such comment (it may have been removed)",
    )
}

fn require_record(conn: &Conn, def: &TableDef, record: i64) -> Result<()> {
    let sql = ["SELECT 1 FROM ", &quote(&def.key), " WHERE id = ?1"].concat();
    if conn.exists(&sql, params![record])? { Ok(()) } else { Err(crate::apply::gone(def, record)) }
}

fn field(r: &Row<'_>, i: usize) -> Result<Option<FieldKey>> {
    Ok(r.get::<Option<String>>(i)?.map(FieldKey::from))
}

/// The threads of a record that is there, without those whose comments were all taken away.
fn threads(conn: &Conn, def: &TableDef, record: i64) -> Result<Vec<Thread>> {
    let key = params![def.key.as_str(), record];
    let named = "SELECT m.comment, m.\"user\", m.name FROM _mentions m JOIN _comments c ON c.id = m.comment
                 JOIN _threads t ON t.id = c.thread WHERE t.table_key = ?1 AND t.record = ?2 ORDER BY 1, 2";
    let mut mentions: HashMap<i64, Vec<(UserId, String)>> = HashMap::new();
    conn.each(named, key, &mut |r| {
        mentions.entry(r.get(0)?).or_default().push((UserId(r.get(1)?), r.get(2)?));
        Ok(())
    })?;
    let sql = "SELECT t.id, t.field, t.was, t.resolved, t.resolver, c.id, c.\"user\", c.at, c.content, c.edited
               FROM _threads t JOIN _comments c ON c.thread = t.id
               WHERE t.table_key = ?1 AND t.record = ?2 AND c.removed IS NULL ORDER BY t.id, c.id";
    let mut out: Vec<Thread> = Vec::new();
    conn.each(sql, key, &mut |r| {
        let id: i64 = r.get(0)?;
        if out.last().is_none_or(|t| t.id != id) {
            let was: Option<Label> =
                r.get::<Option<String>>(2)?.map(|was| serde_json::from_str(&was)).transpose().map_err(failure)?;
            let resolver = UserId(r.get::<Option<i64>>(4)?.unwrap_or(0));
            let resolved = r.get::<Option<i64>>(3)?.map(|at| (at, resolver));
            let field = if was.is_some() { None } else { field(r, 1)? };
            out.push(Thread { id, field, was, resolved, comments: Vec::new() });
        }
        let id: i64 = r.get(5)?;
        let comment = Comment {
            id,
            user: UserId(r.get(6)?),
            at: r.get(7)?,
            text: r.get(8)?,
            edited: r.get(9)?,
            mentions: mentions.remove(&id).unwrap_or_default(),
        };
        out.last_mut().ok_or_else(gone)?.comments.push(comment);
        Ok(())
    })?;
    Ok(out)
}

/// A new thread about a cell or a record that is there.
fn begin(conn: &Conn, now: &Now, table: &TableKey, record: RecordId, field: Option<&str>) -> Result<Place> {
    let def = now.shape.schema.require(table)?;
    field.map(|f| def.require(f)).transpose()?;
    require_record(conn, def, record.0)?;
    let sql = "INSERT INTO _threads (table_key, record, field) VALUES (?1, ?2, ?3) RETURNING id";
    let thread = conn.one(sql, params![table.as_str(), record.0, field])?;
    Ok(Place { thread, table: table.clone(), record: record.0 })
}

/// Where a thread stands, or that of a comment, found by a column; None where the record is not there.
fn placed(conn: &Conn, now: &Now, column: &str, id: i64) -> Result<Option<Place>> {
    let sql = format!(
        "SELECT t.id, t.table_key, t.record FROM _threads t JOIN _comments c ON c.thread = t.id WHERE {column} = ?1 LIMIT 1"
    );
    let found: Option<(i64, String, i64)> = conn.first(&sql, params![id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let Some((thread, table, record)) = found else { return Ok(None) };
    let Some(def) = now.shape.schema.table(&table) else { return Ok(None) };
    match require_record(conn, def, record) {
        Ok(()) => Ok(Some(Place { thread, table: def.key.clone(), record })),
        Err(e) if e.code == ErrorCode::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Where a comment of one's own stands: one that was taken away, or one that was not.
fn own(conn: &Conn, now: &Now, scope: &Scope, id: i64, removed: bool) -> Result<Place> {
    let place = placed(conn, now, "c.id", id)?.ok_or_else(gone)?;
    let sql = "SELECT \"user\", removed IS NOT NULL FROM _comments WHERE id = ?1";
    let (user, gone_now): (i64, bool) =
        conn.first(sql, params![id], |r| Ok((r.get(0)?, r.get(1)?)))?.ok_or_else(gone)?;
    if user != scope.user.0 {
        return Err(Error::new(
            ErrorCode::Forbidden,
            "只有写批注的人能改它、删它",
            "Only its author may edit or remove a comment",
        ));
    }
    // To bring back what is there is no mistake; to edit what was taken away is one.
    if gone_now && !removed { Err(gone()) } else { Ok(place) }
}

fn refuse_full(conn: &Conn, place: &Place) -> Result<()> {
    let sql = "SELECT count(*) FROM _threads t JOIN _comments c ON c.thread = t.id
               WHERE t.table_key = ?1 AND t.record = ?2 AND c.removed IS NULL";
    if conn.one::<u64>(sql, params![place.table.as_str(), place.record])? < MOST {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::TooLarge,
        format!("一条记录最多 {MOST} 条批注；请先删掉一些"),
        format!("A record has at most {MOST} comments; remove some first"),
    ))
}

fn tell(conn: &Conn, scope: &Scope, place: &Place, to: &[i64]) -> Result<()> {
    events::commented(conn, place.table.as_str(), place.record, scope.user, to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StoreOptions;
    use crate::dialect::Dialect;
    use model::{Change, Date, Lang, Origin};

    #[test]
    fn an_older_book_gets_the_tables() {
        let options = StoreOptions { today: Date(20_778), scratch: false };
        let folder = tempfile::tempdir().expect("a folder");
        let (file, schema) = (folder.path().join("book.db"), testkit::postgres::new_schema());
        let sqlite = || Store::open(&file, options).expect("a book");
        let postgres = || Store::connect(&testkit::postgres::address(), &schema, options).expect("a book");
        let open: [&dyn Fn() -> Store; 2] = [&sqlite, &postgres];
        for open in open {
            let (store, scope) = (open(), Scope::system(Lang::Zh));
            let change = Change::Create { table: "customers".into(), records: vec![vec![]] };
            let record = store.apply(&scope, change, Origin::Edit).expect("a record").created[0];
            let as_before = |conn: &Conn| {
                conn.batch("DROP TABLE _threads; DROP TABLE _comments; DROP TABLE _mentions")?;
                crate::layout::set_meta(conn, "version", "15")?;
                if conn.dialect() == Dialect::Sqlite { conn.batch("PRAGMA user_version = 15") } else { Ok(()) }
            };
            store.engine.write(as_before).expect("as format 15 was");
            drop(store);
            let store = open();
            let new = NewComment { text: "看".into(), mentions: Vec::new() };
            let on = CommentOn::Record("customers".into(), record, None);
            store.comment(&scope, on, &new, None, |_| String::new()).expect("it is said");
            assert_eq!(store.threads(&scope, "customers", record).expect("the threads").len(), 1);
        }
    }
}
