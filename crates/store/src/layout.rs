//! The layout of a book on disk: tables, indexes, migrations.

use crate::dialect::{column_type, quote};
use crate::{failure, sqlite};
use model::{Error, ErrorCode, FieldDef, Result, Schema, TableDef, builtin};
use rusqlite::{Connection, OptionalExtension};

/// Marks a Kebu book in the file's header ("Kebu").
pub(crate) const APPLICATION_ID: i32 = 0x4b65_6275;
/// Number of the newest migration.
pub(crate) const VERSION: i32 = 1;

/// Makes a new book, or checks an old one and brings it up to date; the schema as stored.
///
/// # Errors
/// `conflict` for a file that is not a book or was written by a newer Kebu; it is left untouched.
pub(crate) fn open(conn: &mut Connection) -> Result<Schema> {
    let id: i32 = conn.query_row("PRAGMA application_id", [], |r| r.get(0)).map_err(not_a_book)?;
    let version: i32 = conn.query_row("PRAGMA user_version", [], |r| r.get(0)).map_err(sqlite)?;
    let empty: bool =
        conn.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |r| r.get(0)).map_err(not_a_book)?;
    if empty && version == 0 {
        return create(conn);
    }
    if id != APPLICATION_ID {
        return Err(Error::new(
            ErrorCode::Conflict,
            "这个文件不是客簿的数据文件，没有动它",
            "This file is not a Kebu book; it was left untouched",
        ));
    }
    if version > VERSION {
        return Err(Error::new(
            ErrorCode::Conflict,
            format!("数据由更新版本的客簿写成（格式 {version}），请升级程序；数据没有改动"),
            format!(
                "The book was written by a newer Kebu (format {version}); upgrade the program. Nothing was changed"
            ),
        ));
    }
    load_schema(conn)
}

fn not_a_book(e: rusqlite::Error) -> Error {
    if let rusqlite::Error::SqliteFailure(code, _) = &e
        && matches!(code.code, rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt)
    {
        return Error::new(
            ErrorCode::Conflict,
            "数据文件打不开：不是客簿数据或已损坏；请用备份恢复，文件没有改动",
            "The data file cannot be opened: it is not a Kebu book or is damaged; restore a backup. It was left untouched",
        );
    }
    sqlite(e)
}

fn create(conn: &mut Connection) -> Result<Schema> {
    let schema = builtin::schema();
    conn.pragma_update(None, "application_id", APPLICATION_ID).map_err(sqlite)?;
    let tx = conn.transaction().map_err(sqlite)?;
    for table in &schema.tables {
        tx.execute_batch(&create_table(table)).map_err(sqlite)?;
    }
    tx.execute_batch(SYSTEM_TABLES).map_err(sqlite)?;
    tx.execute_batch(INDEXES).map_err(sqlite)?;
    tx.execute_batch(BULK_INDEXES).map_err(sqlite)?;
    for table in &schema.tables {
        for (position, field) in table.fields.iter().enumerate() {
            insert_field(&tx, table, field, position)?;
        }
    }
    tx.pragma_update(None, "user_version", VERSION).map_err(sqlite)?;
    tx.commit().map_err(sqlite)?;
    Ok(schema)
}

fn create_table(table: &TableDef) -> String {
    let mut sql = ["CREATE TABLE ", &quote(&table.key), " (id INTEGER PRIMARY KEY"].concat();
    for f in &table.fields {
        sql.push_str(", ");
        sql.push_str(&quote(&f.key));
        sql.push(' ');
        sql.push_str(column_type(&f.kind));
    }
    sql.push_str(") STRICT");
    sql
}

const SYSTEM_TABLES: &str = "
CREATE TABLE _meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE _fields (
  table_key TEXT NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL, def TEXT NOT NULL,
  PRIMARY KEY (table_key, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE _changes (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, user INTEGER NOT NULL, origin TEXT NOT NULL,
  about TEXT, undone_by INTEGER
) STRICT;
CREATE TABLE _change_ranges (
  change INTEGER NOT NULL, table_key TEXT NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
  PRIMARY KEY (change, table_key, low)
) STRICT, WITHOUT ROWID;
CREATE TABLE _change_cells (
  change INTEGER NOT NULL, table_key TEXT NOT NULL, record INTEGER NOT NULL, field TEXT NOT NULL,
  before TEXT NOT NULL, after TEXT NOT NULL
) STRICT;
CREATE INDEX _change_cells_change ON _change_cells (change);
CREATE INDEX _change_cells_record ON _change_cells (table_key, record);
CREATE TABLE _change_rows (
  change INTEGER NOT NULL, table_key TEXT NOT NULL, record INTEGER NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (change, table_key, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX _change_rows_record ON _change_rows (table_key, record);
CREATE TABLE _identities (
  kind INTEGER NOT NULL, value TEXT NOT NULL, customer INTEGER NOT NULL,
  PRIMARY KEY (kind, value, customer)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE _search USING fts5(
  tokens, content='', contentless_delete=1, detail=none, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_@.'\"
);
";

/// Indexes that matching needs while rows come in.
const INDEXES: &str = "
CREATE UNIQUE INDEX customers_code ON customers (code);
CREATE INDEX customers_name ON customers (name);
CREATE INDEX orders_order_no ON orders (order_no, line);
CREATE INDEX products_code ON products (code);
CREATE INDEX products_name ON products (name);
";

/// The index behind roll-ups and a customer's list of orders. A large import drops it first and makes
/// it anew from sorted data, which costs a fifth of keeping it row by row.
pub(crate) const BULK_INDEXES: &str =
    "CREATE INDEX IF NOT EXISTS orders_customer ON orders (customer, time, counted, purchase, amount);";
/// Undoes [`BULK_INDEXES`].
pub(crate) const DROP_BULK_INDEXES: &str = "DROP INDEX IF EXISTS orders_customer;";

fn insert_field(conn: &Connection, table: &TableDef, field: &FieldDef, position: usize) -> Result<()> {
    let def = serde_json::to_string(field).map_err(failure)?;
    conn.execute(
        "INSERT INTO _fields (table_key, key, position, def) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (table_key, key) DO UPDATE SET def = excluded.def, position = excluded.position",
        (table.key.as_str(), field.key.as_str(), position as i64, def),
    )
    .map_err(sqlite)?;
    Ok(())
}

fn load_schema(conn: &Connection) -> Result<Schema> {
    let mut schema = builtin::schema();
    for table in &mut schema.tables {
        let mut s =
            conn.prepare_cached("SELECT def FROM _fields WHERE table_key = ?1 ORDER BY position").map_err(sqlite)?;
        let defs = s.query_map([table.key.as_str()], |r| r.get::<_, String>(0)).map_err(sqlite)?;
        table.fields =
            defs.map(|d| serde_json::from_str(&d.map_err(sqlite)?).map_err(failure)).collect::<Result<_>>()?;
    }
    Ok(schema)
}

/// Adds a field at the end of a table, column and definition.
pub(crate) fn add_field(conn: &Connection, table: &TableDef, field: &FieldDef) -> Result<()> {
    let sql = ["ALTER TABLE ", &quote(&table.key), " ADD COLUMN ", &quote(&field.key), " ", column_type(&field.kind)]
        .concat();
    conn.execute_batch(&sql).map_err(sqlite)?;
    insert_field(conn, table, field, table.fields.len())
}

/// Stores a changed definition of a field.
pub(crate) fn update_field(conn: &Connection, table: &TableDef, field: &FieldDef) -> Result<()> {
    let position = table.fields.iter().position(|f| f.key == field.key).unwrap_or(table.fields.len());
    insert_field(conn, table, field, position)
}

/// Reads an entry of the book's own notes.
pub(crate) fn meta(conn: &Connection, key: &str) -> Result<Option<String>> {
    conn.prepare_cached("SELECT value FROM _meta WHERE key = ?1")
        .map_err(sqlite)?
        .query_row([key], |r| r.get(0))
        .optional()
        .map_err(sqlite)
}

/// Writes an entry of the book's own notes.
pub(crate) fn set_meta(conn: &Connection, key: &str, value: &str) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO _meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .map_err(sqlite)?
    .execute((key, value))
    .map_err(sqlite)?;
    Ok(())
}

/// A key for a field of a user's own, free in a table.
pub(crate) fn free_key(table: &TableDef) -> model::FieldKey {
    (1..).map(|n| format!("u{n}")).find(|k| table.field(k).is_none()).unwrap_or_default().into()
}

/// Remembers which fields a change made, so that its undo can take them away again.
pub(crate) fn note_new_fields(conn: &Connection, change: i64, fields: &[(String, String)]) -> Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    set_meta(conn, &format!("fields.{change}"), &serde_json::to_string(fields).map_err(failure)?)
}

/// Removes the fields a change made where no record fills them any more; how many were removed.
pub(crate) fn drop_new_fields(conn: &Connection, change: i64) -> Result<usize> {
    let Some(json) = meta(conn, &format!("fields.{change}"))? else { return Ok(0) };
    let fields: Vec<(String, String)> = serde_json::from_str(&json).map_err(failure)?;
    let mut removed = 0;
    for (table, key) in fields {
        let filled =
            ["SELECT EXISTS (SELECT 1 FROM ", &quote(&table), " WHERE ", &quote(&key), " IS NOT NULL)"].concat();
        if conn.query_row(&filled, [], |r| r.get(0)).map_err(sqlite)? {
            continue;
        }
        conn.execute_batch(&["ALTER TABLE ", &quote(&table), " DROP COLUMN ", &quote(&key)].concat())
            .map_err(sqlite)?;
        conn.execute("DELETE FROM _fields WHERE table_key = ?1 AND key = ?2", (&table, &key)).map_err(sqlite)?;
        removed += 1;
    }
    Ok(removed)
}
