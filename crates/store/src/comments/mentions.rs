//! Who is mentioned in comments, and who has seen it.

use super::field;
use crate::conn::{Conn, Row, params};
use crate::dialect::quote;
use crate::events;
use crate::log::now;
use crate::related::labels;
use crate::store::{Store, require};
use model::{Access, FieldKey, RecordId, Result, Scope, TableDef, TableKey, UserId};

/// Mentions told of at once.
const MOST_MENTIONS: u64 = 50;

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
    /// The field, as in [`Thread::field`](super::Thread::field).
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

impl Store {
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
            let seen = conn.run(sql, params![scope.user.0, now(), thread.unwrap_or(0)])?;
            if seen > 0 { events::mentions_seen(conn, scope.user) } else { Ok(()) }
        })
    }
}

pub(super) fn mentioned(conn: &Conn, comment: i64) -> Result<Vec<i64>> {
    conn.all("SELECT \"user\" FROM _mentions WHERE comment = ?1", params![comment], |r| r.get(0))
}

/// Keeps who is mentioned in a comment; who they are. One's own name is nothing one has to be told of, and what
/// somebody has seen stays seen when the text is edited.
pub(super) fn mention(
    conn: &Conn,
    scope: &Scope,
    comment: i64,
    text: &str,
    people: &[(UserId, String)],
) -> Result<Vec<i64>> {
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
