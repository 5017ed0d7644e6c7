//! What becomes of comments when what they are about goes.

use crate::conn::{Conn, params};
use crate::{failure, trash};
use model::{FieldDef, Result, Schema};

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
