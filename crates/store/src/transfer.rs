//! Carrying everything from one place to another, between engines: every row as it is, told apart by
//! digests of what was read there and what stands here.

use crate::conn::{Conn, Copy, Param, Row, ValueRef, params};
use crate::dialect::{Dialect, quote};
use crate::folder::DataFolder;
use crate::store::all_ids;
use crate::{failure, layout, reshape, search};
use model::{Error, ErrorCode, Result, Scope};
use std::hash::{DefaultHasher, Hash, Hasher};

/// One table that was carried.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Carried {
    /// Its name in the database.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// Digest of all rows, whatever their order: 16 hexadecimal digits, the same on both engines.
    pub digest: String,
}

/// Tables that are made anew in every book: the search text, the news of late, and contents of files, which
/// are carried by themselves.
const MADE: [&str; 3] = ["_search", "_events", "_file_parts"];
/// Rows sent at once.
const PART: usize = 5_000;

/// Carries users and book from one place into another that is empty. The place they come from stays as
/// it is. `progress` gets the rows done so far and the table at hand.
///
/// # Errors
/// `conflict` when the other place holds anything, `internal` when what arrived differs from what was read;
/// nothing is kept there then. Whatever `progress` returns stops it likewise.
pub fn carry(
    from: &DataFolder,
    to: &DataFolder,
    progress: &mut dyn FnMut(u64, &str) -> Result<()>,
) -> Result<Vec<Carried>> {
    refuse_filled(to)?;
    // Contents first: a book never names one that is not there.
    let scope = Scope::system(model::Lang::Zh);
    for id in from.book.kept_files()? {
        let bytes = from.book.file(&scope, &id)?.ok_or_else(|| failure("a file is gone"))?;
        to.book.put_file(&scope, &id, &bytes)?;
        if to.book.file(&scope, &id)?.as_deref() != Some(&bytes[..]) {
            return Err(differs("_file_parts"));
        }
        progress(0, "_file_parts")?;
    }
    let mut done = 0;
    let book = from.book.engine.snapshot(|source| {
        to.book.engine.transaction(|target| {
            let mut out = Vec::new();
            for table in tables(source)?.into_iter().filter(|t| !MADE.iter().any(|m| t.starts_with(m))) {
                out.push(copy(source, target, &table, &mut done, progress)?);
            }
            let schema = layout::load_schema(target)?;
            for def in &schema.tables {
                reshape::index(target, def)?;
            }
            let ids = schema.tables.iter().map(|def| all_ids(target, &def.key)).collect::<Result<Vec<_>>>()?;
            let many = search::many_come(target, ids.iter().map(|ids| ids.len()).sum(), 0)?;
            for (def, ids) in schema.tables.iter().zip(&ids) {
                search::index(target, def, ids, true, &mut |n, _| progress(done + n, "_search"))?;
            }
            if many {
                search::settle(target, &mut || progress(done, "_search"))?;
            }
            counters(target)?;
            // Whoever has the new place open takes the schema anew.
            layout::schema_changed(target)?;
            Ok(out)
        })
    })?;
    let mut out = from.system.engine.snapshot(|source| {
        to.system.engine.transaction(|target| {
            // Sessions and secrets name users, who name nobody.
            let out = ["books", "users", "sessions", "secrets"].map(|t| copy(source, target, t, &mut done, progress));
            counters(target)?;
            out.into_iter().collect::<Result<Vec<_>>>()
        })
    })?;
    out.extend(book);
    to.book.engine.write(|conn| to.book.known_anew(conn))?;
    Ok(out)
}

fn refuse_filled(to: &DataFolder) -> Result<()> {
    let filled = to.system.has_users()?
        || to.book.engine.read(|conn| {
            let any = |t: &str| conn.exists(&["SELECT 1 FROM ", t, " LIMIT 1"].concat(), &[]);
            Ok(any("_changes")? || any("customers")? || any("orders")? || any("products")?)
        })?;
    if !filled {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::Conflict,
        "要搬去的地方已经有客簿数据；请换一个空的文件夹或数据库，那里没有改动",
        "The place to move to holds a book already; give an empty folder or database. Nothing was changed there",
    ))
}

fn differs(table: &str) -> Error {
    failure(format!("what arrived in {table} differs from what was read"))
}

/// The tables of a book.
fn tables(conn: &Conn) -> Result<Vec<String>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1",
        Dialect::Postgres => {
            "SELECT CAST(tablename AS TEXT) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        }
    };
    conn.all(sql, &[], |r| r.get(0))
}

/// A column and its type as SQLite writes it. What orders logged cells on PostgreSQL is left out, and emptied
/// columns of SQLite that wait to be used again.
fn columns(conn: &Conn, table: &str) -> Result<Vec<(String, &'static str)>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "SELECT name, type FROM pragma_table_info(?1) WHERE name NOT LIKE 'spare %' ORDER BY name",
        Dialect::Postgres => {
            "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = CAST(?1 AS TEXT) AND column_name <> 'rowid'
             ORDER BY column_name COLLATE \"C\""
        }
    };
    conn.all(sql, params![table], |r| {
        let kind = match r.text(1)? {
            "INTEGER" | "bigint" => "INTEGER",
            "REAL" | "double precision" => "REAL",
            _ => "TEXT",
        };
        Ok((r.get(0)?, kind))
    })
}

/// Makes a table here what it is there.
fn copy(
    source: &Conn,
    target: &Conn,
    table: &str,
    done: &mut u64,
    progress: &mut dyn FnMut(u64, &str) -> Result<()>,
) -> Result<Carried> {
    let columns = columns(source, table)?;
    make(target, table, &columns)?;
    let own_version = if table == "_meta" { " WHERE key <> 'version'" } else { "" };
    target.run(&["DELETE FROM ", &quote(table), own_version].concat(), &[])?;
    let names: Vec<String> = columns.iter().map(|(n, _)| quote(n)).collect();
    let list = names.join(", ");
    // Logged cells are undone in the opposite order of their writing.
    let order = match columns.iter().find(|(n, _)| n == "id") {
        Some(_) => " ORDER BY id",
        None if table == "_change_cells" => " ORDER BY rowid",
        None => "",
    };
    let select = ["SELECT ", &list, " FROM ", &quote(table), own_version].concat();
    let mut sent = Digest::default();
    let mut load = target.as_postgres().map(|_| Copy::new(table, &columns));
    let insert = format!("INSERT INTO {} ({list}) VALUES ({})", quote(table), vec!["?"; columns.len()].join(", "));
    source.each(&[&select, order].concat(), &[], &mut |r| {
        sent.add(r, columns.len())?;
        let row = (0..columns.len()).map(|i| Ok(param(r.at(i)?))).collect::<Result<Vec<_>>>()?;
        *done += 1;
        match &mut load {
            None => target.run(&insert, &row).map(drop)?,
            Some(load) => {
                load.push_params(row)?;
                if load.rows >= PART {
                    send(target, load)?;
                }
            }
        }
        if done.is_multiple_of(PART as u64) { progress(*done, table) } else { Ok(()) }
    })?;
    if let Some(load) = &mut load {
        send(target, load)?;
    }
    let mut arrived = Digest::default();
    target.each(&select, &[], &mut |r| arrived.add(r, columns.len()))?;
    if arrived != sent {
        return Err(differs(table));
    }
    Ok(Carried { table: table.to_owned(), rows: sent.rows, digest: format!("{:016x}", sent.sum) })
}

fn send(target: &Conn, load: &mut Copy) -> Result<()> {
    match target.as_postgres() {
        Some(session) if load.rows > 0 => session.copy(load.take()),
        _ => Ok(()),
    }
}

/// Makes a table of one's own, or the columns of one's own in a table that is there.
fn make(target: &Conn, table: &str, wanted: &[(String, &str)]) -> Result<()> {
    let there = columns(target, table)?;
    if there.is_empty() {
        let list: Vec<String> =
            wanted.iter().filter(|(n, _)| n != "id").map(|(n, t)| [", ", &quote(n), " ", t].concat()).collect();
        let sql = format!("CREATE TABLE {} (id INTEGER PRIMARY KEY{}) STRICT", quote(table), list.concat());
        return target.batch(&target.dialect().ddl(&sql));
    }
    for (name, kind) in wanted.iter().filter(|(n, _)| !there.iter().any(|(t, _)| t == n)) {
        target.add_column(table, name, kind)?;
    }
    Ok(())
}

/// PostgreSQL counts ids of its own on from those that were carried.
fn counters(target: &Conn) -> Result<()> {
    if target.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let counted = "SELECT CAST(table_name AS TEXT) FROM information_schema.columns
                   WHERE table_schema = current_schema() AND column_name = 'id' AND is_identity = 'YES'";
    for table in target.all(counted, &[], |r| r.get::<String>(0))? {
        let next = format!("(SELECT coalesce(max(id), 0) + 1 FROM {table})");
        target.batch(&format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), {next}, false)"))?;
    }
    Ok(())
}

fn param(v: ValueRef<'_>) -> Param<'static> {
    match v {
        ValueRef::Null => Param::Null,
        ValueRef::Integer(n) => Param::Int(n),
        ValueRef::Real(n) => Param::Real(n),
        ValueRef::Text(t) => Param::Owned(String::from_utf8_lossy(t).into_owned()),
    }
}

/// The digest of a table: the sum of those of its rows.
#[derive(Default, PartialEq)]
struct Digest {
    rows: u64,
    sum: u64,
}

impl Digest {
    fn add(&mut self, row: &Row<'_>, width: usize) -> Result<()> {
        let mut hasher = DefaultHasher::new();
        for i in 0..width {
            match row.at(i)? {
                ValueRef::Null => 0_u8.hash(&mut hasher),
                ValueRef::Integer(n) => (1_u8, n).hash(&mut hasher),
                ValueRef::Real(n) => (2_u8, n.to_bits()).hash(&mut hasher),
                ValueRef::Text(t) => (3_u8, t).hash(&mut hasher),
            }
        }
        self.rows += 1;
        self.sum = self.sum.wrapping_add(hasher.finish());
        Ok(())
    }
}
