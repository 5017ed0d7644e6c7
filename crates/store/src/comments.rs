//! Comments: threads of what people say to one another about a cell or a record, and who is mentioned in them.
//!
//! A comment changes no record: it is in no change log, no derived column and no search text, and nobody's undo takes it
//! back. What it is said of stays where it is; of a record in the recycle bin it is kept and not shown.

use crate::conn::{Conn, Row, params};
use crate::dialect::quote;
use crate::log::now;
use crate::related::labels;
use crate::rows::{Once, keyed};
use crate::store::{Now, Store, require};
use crate::{events, failure, trash};
use model::{
    Access, Error, ErrorCode, FieldDef, FieldKey, Label, RecordId, Result, Schema, Scope, TableDef, TableKey, UserId,
};
use std::collections::HashMap;

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
/// Mentions told of at once.
const MOST_MENTIONS: u64 = 50;

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

/// A mention of the one who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The comment.
    pub comment: i64,
    /// Its thread.
    pub thread: i64,
    /// The table.
    pub table: TableKey,
    /// The record.
    pub record: RecordId,
    /// The record's code, where it has one.
    pub code: Option<String>,
    /// The record's name likewise.
    pub name: Option<String>,
    /// The field, as in [`Thread::field`].
    pub field: Option<FieldKey>,
    /// Who wrote it.
    pub user: UserId,
    /// When, in seconds since 1970 UTC.
    pub at: i64,
    /// What was written.
    pub text: String,
    /// Whether the thread was opened since.
    pub seen: bool,
}

/// Mentions of the one who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// How many were not seen yet, of all.
    pub unseen: u64,
    /// The newest, at most 50.
    pub list: Vec<Mention>,
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

    /// Where the one who asks is mentioned, in what they may see now.
    pub fn mentions(&self, scope: &Scope) -> Result<Mentions> {
        require(scope, Access::Read)?;
        let schema = self.schema();
        self.engine.snapshot(|conn| {
            let mut out = Mentions::default();
            for def in &schema.tables {
                let theirs = params![scope.user.0, def.key.as_str()];
                out.unseen += conn.one::<u64>(&mentions_sql(def, "count(*)", "AND m.seen IS NULL"), theirs)?;
                let [code, name] = labels(def, "r");
                let wanted = format!(
                    "c.id, t.id, t.record, {code}, {name}, CASE WHEN t.was IS NULL THEN t.field END,
                     c.\"user\", c.at, c.content, m.seen IS NOT NULL"
                );
                let sql = mentions_sql(def, &wanted, &format!("ORDER BY c.id DESC LIMIT {MOST_MENTIONS}"));
                out.list.extend(conn.all(&sql, theirs, |r| read_mention(def, r))?);
            }
            out.list.sort_by_key(|m| std::cmp::Reverse(m.comment));
            out.list.truncate(MOST_MENTIONS as usize);
            Ok(out)
        })
    }

    /// Marks the mentions of the one who asks as seen: those of one thread, or all.
    pub fn see_mentions(&self, scope: &Scope, thread: Option<i64>) -> Result<()> {
        require(scope, Access::Read)?;
        self.write(|conn, _| {
            let sql = "UPDATE _mentions SET seen = ?2 WHERE \"user\" = ?1 AND seen IS NULL
                       AND (?3 = 0 OR comment IN (SELECT id FROM _comments WHERE thread = ?3))";
            let seen = conn.run(sql, params![scope.user.0, self::now(), thread.unwrap_or(0)])?;
            if seen > 0 { events::mentions_seen(conn, scope.user) } else { Ok(()) }
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

fn mentioned(conn: &Conn, comment: i64) -> Result<Vec<i64>> {
    conn.all("SELECT \"user\" FROM _mentions WHERE comment = ?1", params![comment], |r| r.get(0))
}

/// Keeps who is mentioned in a comment; who they are. One's own name is nothing one has to be told of, and what
/// somebody has seen stays seen when the text is edited.
fn mention(conn: &Conn, scope: &Scope, comment: i64, text: &str, people: &[(UserId, String)]) -> Result<Vec<i64>> {
    let mut to = Vec::new();
    for (user, name) in people.iter().filter(|(_, name)| text.contains(&["@", name].concat())) {
        let seen = (*user == scope.user).then(now);
        conn.run(
            "INSERT INTO _mentions (\"user\", comment, name, seen) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (\"user\", comment) DO UPDATE SET name = excluded.name",
            params![user.0, comment, name, seen],
        )?;
        to.push(user.0);
    }
    for user in mentioned(conn, comment)?.into_iter().filter(|user| !to.contains(user)) {
        conn.run("DELETE FROM _mentions WHERE \"user\" = ?1 AND comment = ?2", params![user, comment])?;
    }
    Ok(to)
}

fn tell(conn: &Conn, scope: &Scope, place: &Place, to: &[i64]) -> Result<()> {
    events::commented(conn, place.table.as_str(), place.record, scope.user, to)
}

/// A question about somebody's (`?1`) mentions in what is there of a table (`?2`).
fn mentions_sql(def: &TableDef, wanted: &str, rest: &str) -> String {
    format!(
        "SELECT {wanted} FROM _mentions m JOIN _comments c ON c.id = m.comment JOIN _threads t ON t.id = c.thread
         JOIN {} r ON r.id = t.record
         WHERE m.\"user\" = ?1 AND t.table_key = ?2 AND c.removed IS NULL AND c.\"user\" <> m.\"user\" {rest}",
        quote(&def.key)
    )
}

fn read_mention(def: &TableDef, r: &Row<'_>) -> Result<Mention> {
    Ok(Mention {
        comment: r.get(0)?,
        thread: r.get(1)?,
        table: def.key.clone(),
        record: RecordId(r.get(2)?),
        code: r.get(3)?,
        name: r.get(4)?,
        field: field(r, 5)?,
        user: UserId(r.get(6)?),
        at: r.get(7)?,
        text: r.get(8)?,
        seen: r.get(9)?,
    })
}

/// Remembers what a column was called that goes, for the threads about its cells.
pub(crate) fn column_goes(conn: &Conn, table: &str, field: &FieldDef) -> Result<()> {
    let was = serde_json::to_string(&field.label).map_err(failure)?;
    let sql = "UPDATE _threads SET was = ?3 WHERE table_key = ?1 AND field = ?2 AND was IS NULL";
    conn.run(sql, params![table, field.key.as_str(), was]).map(drop)
}

/// Removes what was said about a table that goes.
pub(crate) fn forget(conn: &Conn, table: &str) -> Result<()> {
    conn.run("DELETE FROM _threads WHERE table_key = ?1", params![table])?;
    sweep(conn)
}

/// Removes what was said about records that go for good.
pub(crate) fn forget_range(conn: &Conn, table: &str, low: i64, high: i64) -> Result<()> {
    let sql = "DELETE FROM _threads WHERE table_key = ?1 AND record BETWEEN ?2 AND ?3";
    if conn.run(sql, params![table, low, high])? > 0 { sweep(conn) } else { Ok(()) }
}

/// Removes what was said about records whose content is gone for good, and comments that their authors took away
/// before a moment.
pub(crate) fn forget_erased(conn: &Conn, schema: &Schema, before: i64) -> Result<()> {
    for def in &schema.tables {
        let erased = ["DELETE FROM _threads WHERE ", &trash::erased(def, "_threads")].concat();
        conn.run(&erased, params![def.key.as_str()])?;
    }
    conn.run("DELETE FROM _comments WHERE removed < ?1", params![before])?;
    let empty = "DELETE FROM _threads WHERE NOT EXISTS (SELECT 1 FROM _comments c WHERE c.thread = _threads.id)";
    conn.run(empty, &[])?;
    sweep(conn)
}

/// Removes comments without a thread and mentions without a comment.
fn sweep(conn: &Conn) -> Result<()> {
    ORPHANS.iter().try_for_each(|(table, lacks)| conn.run(&["DELETE FROM ", table, lacks].concat(), &[]).map(drop))
}

const ORPHANS: [(&str, &str); 2] = [
    ("_comments", " WHERE NOT EXISTS (SELECT 1 FROM _threads t WHERE t.id = _comments.thread)"),
    ("_mentions", " WHERE NOT EXISTS (SELECT 1 FROM _comments c WHERE c.id = _mentions.comment)"),
];

/// Comments that belong to nothing: their thread, comment, table or record is gone.
pub(crate) fn faults(conn: &Conn, schema: &Schema) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for (table, lacks) in ORPHANS {
        let n: u64 = conn.one(&["SELECT count(*) FROM ", table, lacks].concat(), &[])?;
        if n > 0 {
            out.push(format!("{n} rows of {table} belong to nothing"));
        }
    }
    let mut known = 0;
    for def in &schema.tables {
        let of_table = params![def.key.as_str()];
        known += conn.one::<u64>("SELECT count(*) FROM _threads WHERE table_key = ?1", of_table)?;
        let erased = ["SELECT count(*) FROM _threads WHERE ", &trash::erased(def, "_threads")].concat();
        let n: u64 = conn.one(&erased, of_table)?;
        if n > 0 {
            out.push(format!("{n} threads are about records of {} that were erased", def.key));
        }
    }
    let all: u64 = conn.one("SELECT count(*) FROM _threads", &[])?;
    if all > known {
        out.push(format!("{} threads are about tables that are gone", all - known));
    }
    Ok(out)
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
