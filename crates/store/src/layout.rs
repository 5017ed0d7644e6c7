//! The layout of a book in its database: tables, indexes, migrations.

use crate::conn::{Conn, params};
use crate::dialect::{Dialect, column_type, quote};
use crate::failure;
use model::{Date, Error, ErrorCode, FieldDef, Result, Schema, TableDef, builtin};

/// Marks a Kebu book in a SQLite file's header ("Kebu").
pub(crate) const APPLICATION_ID: i32 = 0x4b65_6275;
/// Number of the newest migration.
pub(crate) const VERSION: i32 = 17;

/// Makes a new book, or checks an old one and brings it up to date; the schema as stored.
///
/// # Errors
/// `conflict` for a file that is not a book or was written by a newer Kebu; it is left untouched.
pub(crate) fn open(conn: &Conn) -> Result<Schema> {
    let version = stored_version(conn)?;
    if version == Some(VERSION) {
        return load_schema(conn);
    }
    refuse_newer(version, VERSION)?;
    conn.begin_making()?;
    let made = match version {
        None => create(conn),
        Some(version) => migrate(conn, version),
    };
    match made {
        Ok(()) => conn.commit()?,
        Err(e) => {
            conn.rollback()?;
            return Err(e);
        }
    }
    load_schema(conn)
}

/// Checks a file before anything in it is touched.
///
/// # Errors
/// As [`open`].
pub(crate) fn check_file(path: &std::path::Path) -> Result<()> {
    refuse_newer(stored_version(&Conn::untouched(path)?)?, VERSION)
}

/// The version of the tables in a database; None when there are none.
fn stored_version(conn: &Conn) -> Result<Option<i32>> {
    match conn.dialect() {
        Dialect::Sqlite => {
            let id: i32 = conn.one("PRAGMA application_id", &[])?;
            let version: i32 = conn.one("PRAGMA user_version", &[])?;
            let empty: bool = conn.one("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", &[])?;
            if empty && version == 0 {
                return Ok(None);
            }
            if id != APPLICATION_ID {
                return Err(Error::new(
                    ErrorCode::Conflict,
                    "这个文件不是客簿的数据文件，没有动它",
                    "This file is not a Kebu book; it was left untouched",
                ));
            }
            Ok(Some(version))
        }
        Dialect::Postgres => server_version(conn),
    }
}

/// The version noted in a schema's `_meta`; None when the schema holds no such table.
pub(crate) fn server_version(conn: &Conn) -> Result<Option<i32>> {
    let made = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = '_meta')";
    if !conn.one::<bool>(made, &[])? {
        return Ok(None);
    }
    meta(conn, "version")?.map(|v| v.parse().map_err(failure)).transpose()
}

/// Refuses tables made by a newer program.
pub(crate) fn refuse_newer(version: Option<i32>, newest: i32) -> Result<()> {
    match version {
        Some(v) if v > newest => Err(Error::new(
            ErrorCode::Conflict,
            format!("数据由更新版本的客簿写成（格式 {v}），请升级程序；数据没有改动"),
            format!("The data was written by a newer Kebu (format {v}); upgrade the program. Nothing was changed"),
        )),
        _ => Ok(()),
    }
}

fn create(conn: &Conn) -> Result<()> {
    let (schema, dialect) = (builtin::schema(), conn.dialect());
    if dialect == Dialect::Sqlite {
        conn.batch(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
    }
    for table in &schema.tables {
        conn.batch(&create_table(dialect, table))?;
    }
    conn.batch(&dialect.ddl(SYSTEM_TABLES))?;
    conn.batch(search_table(dialect))?;
    conn.batch(INDEXES)?;
    conn.batch(BULK_INDEXES)?;
    conn.batch(TALK_INDEXES)?;
    for table in &schema.tables {
        for (position, field) in table.fields.iter().enumerate() {
            put_field(conn, table, field, position)?;
        }
    }
    tables_listed(conn, &schema.tables)?;
    conn.batch(&dialect.ddl(FILE_PARTS))?;
    crate::lookups::create(conn)?;
    links_indexed(conn)?;
    conn.batch(&dialect.ddl(crate::saved::TABLE))?;
    conn.batch(STACK_INDEXES)?;
    conn.batch(&dialect.ddl(crate::rows::TABLE))?;
    conn.batch(&dialect.ddl(crate::events::TABLE))?;
    conn.batch(&dialect.ddl(crate::forms::TABLE))?;
    conn.batch(&dialect.ddl(crate::comments::TABLE))?;
    conn.batch(&dialect.ddl(crate::moves::TABLE))?;
    conn.batch(BROUGHT_INDEXES)?;
    set_version(conn, VERSION)
}

/// Brings the tables of an older program up to date, one step a version. Steps are only ever appended.
fn migrate(conn: &Conn, from: i32) -> Result<()> {
    if from < 2 {
        // Those there were; later ones come by migrations of their own.
        tables_listed(conn, &builtin::schema().tables[..3])?;
    }
    if from < 3 {
        conn.batch(&conn.dialect().ddl(FILE_PARTS))?;
        built_in_rules(conn)?;
    }
    if from < 4 {
        // The months of the lunar calendar and the readings of characters.
        crate::lookups::create(conn)?;
    }
    if from < 5 {
        crate::fails::introduce(conn)?;
    }
    if from < 6 {
        links_indexed(conn)?;
    }
    if from < 7 {
        conn.batch(&conn.dialect().ddl(crate::saved::TABLE))?;
    }
    if from < 8 {
        conn.batch(STACK_INDEXES)?;
        crate::stack::mark_redos(conn)?;
    }
    if from < 9 {
        conn.batch(&conn.dialect().ddl(crate::rows::TABLE))?;
    }
    if from < 10 {
        conn.batch(&conn.dialect().ddl(crate::events::TABLE))?;
    }
    if from < 11 {
        // Search text was of customers alone, without their notes.
        let name = model::FieldKey::from("note");
        for table in load_schema(conn)?.tables {
            crate::fill::queue_work(conn, crate::fill::Work::Search, &table.key, &name)?;
        }
    }
    // 12 and 13 change no table: saved views may have kinds, and filters name views, which an older program would not
    // understand.
    if from < 14 {
        conn.batch(&conn.dialect().ddl(crate::forms::TABLE))?;
    }
    if from < 15 {
        crate::follow::introduce(conn)?;
    }
    if from < 16 {
        conn.batch(&conn.dialect().ddl(crate::comments::TABLE))?;
    }
    if from < 17 {
        conn.batch(&conn.dialect().ddl(crate::moves::TABLE))?;
        conn.batch(BROUGHT_INDEXES)?;
    }
    set_version(conn, VERSION)
}

fn set_version(conn: &Conn, version: i32) -> Result<()> {
    if conn.dialect() == Dialect::Sqlite {
        conn.batch(&format!("PRAGMA user_version = {version}"))?;
    }
    set_meta(conn, "version", &version.to_string())
}

/// Migration 2: the list of tables, so that there can be more than the built-in ones.
fn tables_listed(conn: &Conn, tables: &[TableDef]) -> Result<()> {
    conn.batch(&conn.dialect().ddl(TABLE_LIST))?;
    tables.iter().enumerate().try_for_each(|(position, table)| put_table(conn, table, position))
}

/// Migration 3: the rules that ship with the built-in fields, where a field has none of its own.
fn built_in_rules(conn: &Conn) -> Result<()> {
    let stored = load_schema(conn)?;
    for table in builtin::schema().tables {
        let Some(old) = stored.table(&table.key) else { continue };
        for field in table.fields.iter().filter(|f| !f.rules.is_empty()) {
            let Some((n, known)) = old.fields.iter().enumerate().find(|(_, f)| f.key == field.key) else { continue };
            if known.rules.is_empty() {
                put_field(conn, old, &FieldDef { rules: field.rules.clone(), ..known.clone() }, n)?;
            }
        }
    }
    Ok(())
}

/// Migration 6: the index of fields that link to several records, and one for each field that links to one.
fn links_indexed(conn: &Conn) -> Result<()> {
    conn.batch(&conn.dialect().ddl(crate::links::TABLE))?;
    for table in load_schema(conn)?.tables {
        for field in &table.fields {
            crate::reshape::keep_index(conn, &table.key, None, field)?;
        }
    }
    Ok(())
}

/// Stores the definition of a table, without its fields, at a place in the list.
pub(crate) fn put_table(conn: &Conn, table: &TableDef, position: usize) -> Result<()> {
    let bare = TableDef { fields: Vec::new(), ..table.clone() };
    let def = serde_json::to_string(&bare).map_err(failure)?;
    conn.run(
        "INSERT INTO _tables (key, position, def) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET def = excluded.def, position = excluded.position",
        params![table.key.as_str(), position as i64, def],
    )?;
    Ok(())
}

/// The statement that makes a table's own table.
pub(crate) fn create_table(dialect: Dialect, table: &TableDef) -> String {
    let mut sql = ["CREATE TABLE ", &quote(&table.key), " (id INTEGER PRIMARY KEY"].concat();
    for f in &table.fields {
        sql.push_str(", ");
        sql.push_str(&quote(&f.key));
        sql.push(' ');
        sql.push_str(column_type(&f.kind));
    }
    sql.push_str(") STRICT");
    dialect.ddl(&sql)
}

const SYSTEM_TABLES: &str = "
CREATE TABLE _meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE _fields (
  table_key TEXT NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL, def TEXT NOT NULL,
  PRIMARY KEY (table_key, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE _changes (
  id ROWNUMBER PRIMARY KEY, at INTEGER NOT NULL, \"user\" INTEGER NOT NULL, origin TEXT NOT NULL,
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
";

/// Contents of attachments, for a book on a server.
const FILE_PARTS: &str = "
CREATE TABLE _file_parts (
  id TEXT NOT NULL, part INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (id, part)
) STRICT, WITHOUT ROWID;
";

const TABLE_LIST: &str = "
CREATE TABLE _tables (key TEXT PRIMARY KEY, position INTEGER NOT NULL, def TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// Search text of records (`rowid`: see [`crate::search`]), and on PostgreSQL the order of logged cells, which SQLite
/// numbers by itself.
fn search_table(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "CREATE VIRTUAL TABLE _search USING fts5(
               tokens, content='', contentless_delete=1, detail=none, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_@.'\"
             );"
        }
        Dialect::Postgres => {
            "CREATE TABLE _search (rowid BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL);
             CREATE INDEX _search_tokens ON _search USING gin (tokens);
             ALTER TABLE _change_cells ADD COLUMN rowid BIGINT GENERATED ALWAYS AS IDENTITY;"
        }
    }
}

/// Indexes that matching needs while rows come in.
const INDEXES: &str = "
CREATE UNIQUE INDEX customers_code ON customers (code);
CREATE INDEX customers_name ON customers (name);
CREATE INDEX orders_order_no ON orders (order_no, line);
CREATE INDEX products_code ON products (code);
CREATE INDEX products_name ON products (name);
";

/// Indexes behind each user's own undo, from migration 8 on.
const STACK_INDEXES: &str = "
CREATE INDEX IF NOT EXISTS _changes_user ON _changes (\"user\", id);
CREATE INDEX IF NOT EXISTS _changes_undone ON _changes (undone_by);
";

/// Indexes of demonstration data and samples of templates among all changes, asked for whenever a page is opened; from
/// migration 17 on.
const BROUGHT_INDEXES: &str = "
CREATE INDEX IF NOT EXISTS _changes_demo ON _changes (id) WHERE origin = 'demo';
CREATE INDEX IF NOT EXISTS _changes_template ON _changes (id) WHERE origin = 'template';
";

/// Indexes behind a customer's timeline and what their interactions come to, from migration 15 on.
pub(crate) const TALK_INDEXES: &str = "
CREATE INDEX interactions_customer ON interactions (customer, time, pending, talked, follow_up);
CREATE INDEX _change_ranges_low ON _change_ranges (table_key, low, high);
";

/// The index behind roll-ups and a customer's list of orders. A large import drops it first and makes
/// it anew from sorted data, which costs a fifth of keeping it row by row.
pub(crate) const BULK_INDEXES: &str =
    "CREATE INDEX IF NOT EXISTS orders_customer ON orders (customer, time, counted, purchase, amount);";
/// Undoes [`BULK_INDEXES`].
pub(crate) const DROP_BULK_INDEXES: &str = "DROP INDEX IF EXISTS orders_customer;";

pub(crate) fn put_field(conn: &Conn, table: &TableDef, field: &FieldDef, position: usize) -> Result<()> {
    let def = serde_json::to_string(field).map_err(failure)?;
    conn.run(
        "INSERT INTO _fields (table_key, key, position, def) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (table_key, key) DO UPDATE SET def = excluded.def, position = excluded.position",
        params![table.key.as_str(), field.key.as_str(), position as i64, def],
    )?;
    Ok(())
}

pub(crate) fn load_schema(conn: &Conn) -> Result<Schema> {
    let parse = |def: String| serde_json::from_str(&def).map_err(failure);
    let mut tables: Vec<TableDef> =
        conn.all("SELECT def FROM _tables ORDER BY position, key", &[], |r| parse(r.get(0)?))?;
    for table in &mut tables {
        let fields = "SELECT def FROM _fields WHERE table_key = ?1 ORDER BY position, key";
        table.fields =
            conn.all(fields, params![table.key.as_str()], |r| serde_json::from_str(r.text(0)?).map_err(failure))?;
    }
    Ok(Schema { tables })
}

/// Adds a field at the end of a table, column and definition.
pub(crate) fn add_field(conn: &Conn, table: &TableDef, field: &FieldDef) -> Result<()> {
    if field.kind.stored() {
        crate::reshape::add_column(conn, &table.key, &field.key, column_type(&field.kind))?;
    }
    put_field(conn, table, field, table.fields.len())?;
    schema_changed(conn)
}

/// Stores a changed definition of a field.
pub(crate) fn update_field(conn: &Conn, table: &TableDef, field: &FieldDef) -> Result<()> {
    let position = table.fields.iter().position(|f| f.key == field.key).unwrap_or(table.fields.len());
    put_field(conn, table, field, position)?;
    schema_changed(conn)
}

/// Reads an entry of the book's own notes.
pub(crate) fn meta(conn: &Conn, key: &str) -> Result<Option<String>> {
    conn.first("SELECT value FROM _meta WHERE key = ?1", params![key], |r| r.get(0))
}

/// Writes an entry of the book's own notes.
pub(crate) fn set_meta(conn: &Conn, key: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO _meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    conn.run(sql, params![key, value])?;
    Ok(())
}

/// Marks the schema as changed, so that every process takes it anew.
pub(crate) fn schema_changed(conn: &Conn) -> Result<()> {
    let sql = "INSERT INTO _meta (key, value) VALUES ('shape', '1')
               ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(_meta.value AS BIGINT) + 1 AS TEXT)";
    conn.run(sql, &[]).map(drop)
}

/// What the book says of itself now: the stamp of its schema and its as-of day.
pub(crate) fn stamp(conn: &Conn) -> Result<(i64, Option<Date>)> {
    let (mut shape, mut today) = (0, None);
    conn.each("SELECT key, value FROM _meta WHERE key IN ('shape', 'today')", &[], &mut |r| {
        match r.text(0)? {
            "shape" => shape = r.text(1)?.parse().map_err(failure)?,
            _ => today = Date::from_iso(r.text(1)?),
        }
        Ok(())
    })?;
    Ok((shape, today))
}

/// A key for a field of a user's own. No key comes twice: the log would take the new field for the old.
pub(crate) fn new_key(conn: &Conn, table: &TableDef) -> Result<model::FieldKey> {
    let name = ["next_field.", &table.key].concat();
    let from: u64 = meta(conn, &name)?.map_or(Ok(1), |v| v.parse().map_err(failure))?;
    let n = (from..).find(|n| table.field(&format!("u{n}")).is_none()).unwrap_or(from);
    set_meta(conn, &name, &(n + 1).to_string())?;
    Ok(format!("u{n}").into())
}

/// A key for a table of a user's own; none comes twice.
pub(crate) fn new_table_key(conn: &Conn) -> Result<model::TableKey> {
    let n: u64 = meta(conn, "next_table")?.map_or(Ok(1), |v| v.parse().map_err(failure))?;
    set_meta(conn, "next_table", &(n + 1).to_string())?;
    Ok(format!("t{n}").into())
}

/// Remembers which fields a change made, so that its undo can take them away again.
pub(crate) fn note_new_fields(conn: &Conn, change: i64, fields: &[(String, String)]) -> Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    set_meta(conn, &format!("fields.{change}"), &serde_json::to_string(fields).map_err(failure)?)
}

/// What a change made: tables and fields, a table without a field meaning the table itself.
fn made_by(conn: &Conn, change: i64) -> Result<Vec<(String, String)>> {
    let json = meta(conn, &format!("fields.{change}"))?;
    json.map_or(Ok(Vec::new()), |json| serde_json::from_str(&json).map_err(failure))
}

/// The tables a change made.
pub(crate) fn new_tables(conn: &Conn, change: i64) -> Result<Vec<String>> {
    Ok(made_by(conn, change)?.into_iter().filter(|(_, f)| f.is_empty()).map(|(t, _)| t).collect())
}

/// Removes the fields a change made where no record fills them any more, and nothing names them; how many.
pub(crate) fn drop_new_fields(conn: &Conn, change: i64) -> Result<u64> {
    let mut removed = 0;
    for (table, key) in made_by(conn, change)?.into_iter().filter(|(_, f)| !f.is_empty()) {
        let schema = load_schema(conn)?;
        let filled = ["SELECT 1 FROM ", &quote(&table), " WHERE ", &quote(&key), " IS NOT NULL LIMIT 1"].concat();
        if conn.exists(&filled, &[])? || crate::reshape::in_use(&schema, &table, &key) {
            continue;
        }
        crate::reshape::take_away(conn, &table, &key)?;
        crate::links::forget(conn, &table, &key, 0, i64::MAX)?;
        crate::turn::forget(conn, &table, Some(&key))?;
        if let Some(field) = schema.table(&table).and_then(|def| def.field(&key)) {
            crate::comments::column_goes(conn, &table, field)?;
        }
        conn.run("DELETE FROM _fields WHERE table_key = ?1 AND key = ?2", params![&table, &key])?;
        removed += 1;
    }
    if removed > 0 {
        schema_changed(conn)?;
    }
    Ok(removed)
}
