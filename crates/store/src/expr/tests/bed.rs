//! A book of two tables on SQLite and, where one can be started, on PostgreSQL.

use crate::dialect::{Dialect, column_type, quote};
use crate::preview::{kind_of, select};
use model::{FieldDef, FieldKind, Label, Schema, TableDef};
use postgres::types::{ToSql, Type as PgType};
use sea_query::Value as Bound;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A cell as a database holds it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
}

/// What a formula gave: the value and the number of an error.
pub(super) type Answer = (Cell, Option<i64>);

/// The as-of day of the tests, 2026-11-21.
pub(super) const TODAY: i64 = 20_778;

fn field(key: &str, zh: &str, kind: FieldKind) -> FieldDef {
    FieldDef {
        key: key.into(),
        label: Label::new(zh, key),
        kind,
        formula: None,
        group: "basic".into(),
        shown: true,
        builtin: false,
    }
}

/// `数据` with two fields of every kind, and `项目` to gather from.
pub(super) fn schema() -> Schema {
    let two = FieldKind::Number { decimals: 2 };
    let whole = FieldKind::Number { decimals: 0 };
    let mut cells = Vec::new();
    for (key, kind) in [
        ("n", two.clone()),
        ("i", whole.clone()),
        ("m", FieldKind::Money),
        ("t", FieldKind::Text),
        ("d", FieldKind::Date),
        ("s", FieldKind::DateTime),
        ("b", FieldKind::Bool),
    ] {
        for n in 1..=2 {
            let key = format!("{key}{n}");
            cells.push(field(&key, &key.to_uppercase(), kind.clone()));
        }
    }
    let items = vec![
        field("name", "名称", FieldKind::Text),
        field("price", "价格", FieldKind::Money),
        field("qty", "数量", whole),
        field("rate", "比率", two),
        field("day", "日期", FieldKind::Date),
        field("done", "完成", FieldKind::Bool),
    ];
    Schema {
        tables: vec![
            TableDef { key: "cells".into(), label: Label::new("数据", "Cells"), fields: cells },
            TableDef { key: "items".into(), label: Label::new("项目", "Items"), fields: items },
        ],
    }
}

/// Both engines with the same rows.
pub(super) struct Bed {
    pub schema: Schema,
    sqlite: rusqlite::Connection,
    postgres: Option<Server>,
}

impl Bed {
    /// Empty tables; PostgreSQL only when asked for and there is one.
    pub fn new(both: bool) -> Self {
        let schema = schema();
        let sqlite = rusqlite::Connection::open_in_memory().expect("a database in memory");
        rusqlite::vtab::array::load_module(&sqlite).expect("rarray");
        crate::dialect::register(&sqlite).expect("functions");
        let mut bed = Self { schema, sqlite, postgres: if both { Server::start() } else { None } };
        for table in &bed.schema.tables {
            let columns = |dialect: Dialect| {
                let list = table.fields.iter().map(|f| {
                    let ty = match (column_type(&f.kind), dialect) {
                        ("INTEGER", Dialect::Postgres) => "BIGINT",
                        ("REAL", Dialect::Postgres) => "DOUBLE PRECISION",
                        ("TEXT", Dialect::Postgres) => "TEXT COLLATE \"C\"",
                        (ty, _) => ty,
                    };
                    format!("{} {ty}", quote(&f.key))
                });
                list.collect::<Vec<_>>().join(", ")
            };
            let name = quote(&table.key);
            let sql = format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY, {})", columns(Dialect::Sqlite));
            bed.sqlite.execute_batch(&sql).expect("a table");
            if let Some(server) = &mut bed.postgres {
                let sql = format!("CREATE TABLE {name} (id BIGINT PRIMARY KEY, {})", columns(Dialect::Postgres));
                server.client.batch_execute(&sql).expect("a table");
            }
        }
        bed
    }

    /// Whether PostgreSQL takes part.
    pub fn both(&self) -> bool {
        self.postgres.is_some()
    }

    /// Adds a row.
    pub fn insert(&mut self, table: &str, id: i64, cells: &[Cell]) {
        let places: Vec<String> = (0..=cells.len()).map(|i| format!("?{}", i + 1)).collect();
        let sql = format!("INSERT INTO {} VALUES ({})", quote(table), places.join(", "));
        let values = std::iter::once(rusqlite::types::Value::Integer(id)).chain(cells.iter().map(|c| match c {
            Cell::Null => rusqlite::types::Value::Null,
            Cell::Int(n) => rusqlite::types::Value::Integer(*n),
            Cell::Real(x) => rusqlite::types::Value::Real(*x),
            Cell::Text(t) => rusqlite::types::Value::Text(t.clone()),
        }));
        self.sqlite.execute(&sql, rusqlite::params_from_iter(values)).expect("a row");
        if let Some(server) = &mut self.postgres {
            let kinds = &self.schema.tables.iter().find(|t| t.key == *table).expect("a table").fields;
            server.insert(table, id, cells, kinds);
        }
    }

    /// What a formula of `数据` gives for records: on SQLite, and on PostgreSQL if it takes part.
    pub fn ask(&mut self, text: &str, ids: &[i64]) -> Result<Vec<Vec<Answer>>, String> {
        let table = &self.schema.tables[0];
        let typed = formula::check(&self.schema, table, text).map_err(|e| format!("{} {e}", e.zh))?;
        let kind = kind_of(&typed, table);
        let made = |dialect| {
            let select = select(&self.schema, dialect, table, &typed, &kind).map_err(|e| e.to_string())?;
            Ok::<_, String>(select.build(crate::dialect::BUILDER))
        };
        let (sql, values) = made(Dialect::Sqlite)?;
        let mut out = vec![ask_sqlite(&self.sqlite, &sql, &values.0, ids).map_err(|e| format!("SQLite: {e}\n{sql}"))?];
        if let Some(server) = &mut self.postgres {
            let (sql, values) = made(Dialect::Postgres)?;
            out.push(server.ask(&sql, &values.0, ids).map_err(|e| format!("PostgreSQL: {e:?}\n{sql}"))?);
        }
        Ok(out)
    }
}

fn ask_sqlite(conn: &rusqlite::Connection, sql: &str, values: &[Bound], ids: &[i64]) -> rusqlite::Result<Vec<Answer>> {
    use rusqlite::types::ValueRef;
    let mut s = conn.prepare(sql)?;
    for (i, v) in values.iter().enumerate() {
        let n = i + 1;
        match v {
            Bound::Char(Some('\u{1}')) => s.raw_bind_parameter(n, crate::sql::id_list(ids))?,
            Bound::Char(_) => s.raw_bind_parameter(n, TODAY)?,
            Bound::BigInt(v) => s.raw_bind_parameter(n, v)?,
            Bound::Double(v) => s.raw_bind_parameter(n, v)?,
            Bound::String(v) => s.raw_bind_parameter(n, v)?,
            other => panic!("a value of no known kind: {other:?}"),
        }
    }
    let mut rows = s.raw_query();
    let mut out = Vec::new();
    while let Some(r) = rows.next()? {
        let cell = match r.get_ref(1)? {
            ValueRef::Integer(n) => Cell::Int(n),
            ValueRef::Real(x) => Cell::Real(x),
            ValueRef::Text(t) => Cell::Text(String::from_utf8_lossy(t).into_owned()),
            _ => Cell::Null,
        };
        out.push((cell, r.get(2)?));
    }
    Ok(out)
}

/// A private PostgreSQL that ends with the test.
struct Server {
    client: postgres::Client,
    folder: PathBuf,
    bin: PathBuf,
}

/// A command as a user PostgreSQL runs under: it refuses to be root.
fn as_user(program: &Path) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"));
    if !root {
        return Command::new(program);
    }
    let mut c = Command::new("runuser");
    c.args(["-u", "postgres", "--"]).arg(program);
    c
}

impl Server {
    fn start() -> Option<Self> {
        let bin =
            (10..=20).rev().map(|v| PathBuf::from(format!("/usr/lib/postgresql/{v}/bin"))).find(|p| p.exists())?;
        let folder = std::env::temp_dir().join(format!("kebu-formulas-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let quiet = |c: &mut Command| c.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success());
        let data = folder.join("data");
        let made = quiet(as_user(Path::new("mkdir")).arg(&folder))
            && quiet(
                as_user(&bin.join("initdb"))
                    .args(["-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-U", "kebu", "-D"])
                    .arg(&data),
            );
        let options = format!("-k {} -c listen_addresses='' -c fsync=off", folder.display());
        let up = made && quiet(as_user(&bin.join("pg_ctl")).args(["-w", "-o", &options, "-D"]).arg(&data).arg("start"));
        if !up {
            return None;
        }
        let mut config = postgres::Config::new();
        config.host_path(&folder).user("kebu").dbname("postgres");
        let client = config.connect(postgres::NoTls).ok()?;
        Some(Self { client, folder, bin })
    }

    fn insert(&mut self, table: &str, id: i64, cells: &[Cell], fields: &[FieldDef]) {
        let places: Vec<String> = (0..=cells.len()).map(|i| format!("${}", i + 1)).collect();
        let sql = format!("INSERT INTO {} VALUES ({})", quote(table), places.join(", "));
        let mut values: Vec<Box<dyn ToSql + Sync>> = vec![Box::new(id)];
        for (cell, field) in cells.iter().zip(fields) {
            values.push(match (cell, column_type(&field.kind)) {
                (Cell::Int(n), "REAL") => Box::new(*n as f64),
                (Cell::Int(n), _) => Box::new(*n),
                (Cell::Real(x), _) => Box::new(*x),
                (Cell::Text(t), _) => Box::new(t.clone()),
                (Cell::Null, "INTEGER") => Box::new(None::<i64>),
                (Cell::Null, "REAL") => Box::new(None::<f64>),
                (Cell::Null, _) => Box::new(None::<String>),
            });
        }
        let refs: Vec<&(dyn ToSql + Sync)> = values.iter().map(AsRef::as_ref).collect();
        self.client.execute(&sql, &refs).expect("a row");
    }

    fn ask(&mut self, sql: &str, values: &[Bound], ids: &[i64]) -> Result<Vec<Answer>, postgres::Error> {
        let mut bound: Vec<Box<dyn ToSql + Sync>> = Vec::new();
        let mut types = Vec::new();
        for v in values {
            let (value, ty): (Box<dyn ToSql + Sync>, PgType) = match v {
                Bound::Char(Some('\u{1}')) => (Box::new(ids.to_vec()), PgType::INT8_ARRAY),
                Bound::Char(_) => (Box::new(TODAY), PgType::INT8),
                Bound::BigInt(v) => (Box::new(*v), PgType::INT8),
                Bound::Double(v) => (Box::new(*v), PgType::FLOAT8),
                Bound::String(v) => (Box::new(v.clone()), PgType::TEXT),
                other => panic!("a value of no known kind: {other:?}"),
            };
            bound.push(value);
            types.push(ty);
        }
        let statement = self.client.prepare_typed(&numbered(sql), &types)?;
        let refs: Vec<&(dyn ToSql + Sync)> = bound.iter().map(AsRef::as_ref).collect();
        let rows = self.client.query(&statement, &refs)?;
        Ok(rows.iter().map(|r| (cell(r), r.get::<_, Option<i64>>(2))).collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = as_user(&self.bin.join("pg_ctl"));
        let stop = stop.args(["-m", "immediate", "-D"]).arg(self.folder.join("data")).arg("stop");
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn cell(r: &postgres::Row) -> Cell {
    match *r.columns()[1].type_() {
        PgType::INT8 => r.get::<_, Option<i64>>(1).map_or(Cell::Null, Cell::Int),
        PgType::INT4 => r.get::<_, Option<i32>>(1).map_or(Cell::Null, |n| Cell::Int(n.into())),
        PgType::FLOAT8 => r.get::<_, Option<f64>>(1).map_or(Cell::Null, Cell::Real),
        PgType::TEXT => r.get::<_, Option<String>>(1).map_or(Cell::Null, Cell::Text),
        ref other => panic!("a column of no known type: {other}"),
    }
}

/// `?` outside of quotes to `$1`, `$2` …
fn numbered(sql: &str) -> String {
    let (mut out, mut n, mut quoted) = (String::with_capacity(sql.len() + 32), 0, None);
    for c in sql.chars() {
        match (c, quoted) {
            ('\'' | '"', None) => quoted = Some(c),
            (c, Some(q)) if c == q => quoted = None,
            ('?', None) => {
                n += 1;
                out.push_str(&format!("${n}"));
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}
