//! Two tables with the same rows on SQLite and on PostgreSQL.

use crate::conn::{Conn, Param, Server, ValueRef};
use crate::dialect::{Dialect, column_type, quote};
use crate::fails::Fails;
use crate::preview::select;
use crate::sql::{Fill, Stmt};
use formula::Type;
use model::{Date, FieldDef, FieldKind, Label, Schema, TableDef};

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
const TODAY: Date = Date(20_778);

fn field(key: &str, zh: &str, kind: FieldKind) -> FieldDef {
    FieldDef { group: "basic".into(), ..FieldDef::new(key, Label::new(zh, key), kind) }
}

/// `数据` with two fields of every kind, and `项目` to gather from.
pub(super) fn schema() -> Schema {
    let two = FieldKind::number(2);
    let whole = FieldKind::number(0);
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
            TableDef { fields: cells, ..TableDef::own("cells".into(), Label::new("数据", "Cells")) },
            TableDef { fields: items, ..TableDef::own("items".into(), Label::new("项目", "Items")) },
        ],
    }
}

/// Both engines with the same rows.
pub(super) struct Bed {
    pub schema: Schema,
    engines: [Conn; 2],
}

impl Bed {
    /// Empty tables.
    pub fn new() -> Self {
        let schema = schema();
        let server = Server::parse(&testkit::postgres::address()).expect("an address");
        let postgres = Conn::server(&server, &testkit::postgres::new_schema()).expect("PostgreSQL");
        let engines = [Conn::memory().expect("a database in memory"), postgres];
        for conn in &engines {
            crate::lookups::create(conn).expect("the tables formulas look up");
            for table in &schema.tables {
                let list = table.fields.iter().map(|f| format!(", {} {}", quote(&f.key), column_type(&f.kind)));
                let columns: String = list.collect();
                let sql = format!("CREATE TABLE {} (id INTEGER PRIMARY KEY{columns}) STRICT", quote(&table.key));
                conn.batch(&conn.dialect().ddl(&sql)).expect("a table");
            }
        }
        Self { schema, engines }
    }

    /// Adds a row.
    pub fn insert(&self, table: &str, id: i64, cells: &[Cell]) {
        let places: Vec<String> = (0..=cells.len()).map(|i| format!("?{}", i + 1)).collect();
        let sql = format!("INSERT INTO {} VALUES ({})", quote(table), places.join(", "));
        let mut values = vec![Param::Int(id)];
        values.extend(cells.iter().map(|c| match c {
            Cell::Null => Param::Null,
            Cell::Int(n) => Param::Int(*n),
            Cell::Real(x) => Param::Real(*x),
            Cell::Text(t) => Param::Text(t),
        }));
        for conn in &self.engines {
            conn.run(&sql, &values).expect("a row");
        }
    }

    /// What a formula of `数据` gives for records, on SQLite and on PostgreSQL.
    pub fn ask(&self, text: &str, ids: &[i64]) -> Result<[Vec<Answer>; 2], String> {
        self.ask_on(TODAY, text, ids)
    }

    /// The same as of another day.
    pub fn ask_on(&self, today: Date, text: &str, ids: &[i64]) -> Result<[Vec<Answer>; 2], String> {
        let table = &self.schema.tables[0];
        let typed = formula::check(&self.schema, table, text).map_err(|e| format!("{} {e}", e.zh))?;
        let kind = kind_of(&typed, table);
        let made = |dialect: Dialect| {
            select(&self.schema, &Fails::default(), dialect, table, &typed, &kind)
                .map(|s| Stmt::select(&s))
                .map_err(|e| e.zh)
        };
        let [sqlite, postgres] = &self.engines;
        let answers = |conn: &Conn| {
            let stmt = made(conn.dialect())?;
            let mut out = Vec::new();
            let done = stmt.each(conn, &Fill::ids(today, ids), &mut |r| {
                let cell = match r.at(1)? {
                    ValueRef::Null => Cell::Null,
                    ValueRef::Integer(n) => Cell::Int(n),
                    ValueRef::Real(x) => Cell::Real(x),
                    ValueRef::Text(t) => Cell::Text(String::from_utf8_lossy(t).into_owned()),
                };
                out.push((cell, r.get(2)?));
                Ok(())
            });
            done.map_err(|e| format!("{:?}: {e}\n{}", conn.dialect(), stmt.text))?;
            Ok::<_, String>(out)
        };
        Ok([answers(sqlite)?, answers(postgres)?])
    }
}

/// The kind of field that holds an expression as it is.
pub(super) fn kind_of(typed: &formula::Expr, table: &TableDef) -> FieldKind {
    match typed.ty {
        Type::Bool => FieldKind::Bool,
        Type::Number => FieldKind::number(2),
        Type::Money => FieldKind::Money,
        Type::Date => FieldKind::Date,
        Type::DateTime => FieldKind::DateTime,
        Type::Link | Type::Links => FieldKind::Link { table: table.key.clone() },
        Type::Text | Type::Blank => FieldKind::Text,
    }
}
