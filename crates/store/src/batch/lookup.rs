//! What a batch looks up about records in the book.
//!
//! SQLite answers a look-up in microseconds, so rows ask the book itself. A PostgreSQL server is a round trip
//! away, so there a block of rows is announced, what it may match is fetched by a few statements into a
//! small database in memory, and the rows ask that. What was not announced is fetched when first asked for.

use crate::conn::{Conn, Row, params};
use crate::matching::CustomerKey;
use model::{Identity, IdentityKind, Result, Value};
use std::collections::HashSet;

pub(super) enum Lookup<'c> {
    /// The book itself.
    Direct(&'c Conn),
    /// What was fetched from it.
    Fetched(Box<Fetched<'c>>),
}

impl<'c> Lookup<'c> {
    pub(super) fn over(conn: &'c Conn) -> Result<Self> {
        match conn.as_postgres() {
            None => Ok(Self::Direct(conn)),
            Some(_) => Ok(Self::Fetched(Box::new(Fetched::new(conn)?))),
        }
    }

    /// The connection to ask once what is asked for was fetched.
    pub(super) fn conn(&self) -> &Conn {
        match self {
            Self::Direct(conn) => conn,
            Self::Fetched(f) => &f.memory,
        }
    }

    /// Begins a block of rows; all written before must be in the book by now.
    pub(super) fn begin_block(&mut self) -> Result<()> {
        match self {
            Self::Direct(_) => Ok(()),
            Self::Fetched(f) => f.forget(),
        }
    }

    pub(super) fn customers(&mut self, keys: &[CustomerKey<'_>]) -> Result<()> {
        match self {
            Self::Direct(_) => Ok(()),
            Self::Fetched(f) => f.customers(keys),
        }
    }

    pub(super) fn orders<'k>(&mut self, numbers: impl IntoIterator<Item = &'k str>) -> Result<()> {
        match self {
            Self::Direct(_) => Ok(()),
            Self::Fetched(f) => f.orders(numbers),
        }
    }

    pub(super) fn product(&mut self, code: &str, name: &str) -> Result<()> {
        match self {
            Self::Direct(_) => Ok(()),
            Self::Fetched(f) => f.product(code, name),
        }
    }

    /// A record was made, with the cells that matching looks at.
    pub(super) fn created(&mut self, table: &str, id: i64, cell: &dyn Fn(&str) -> Value) -> Result<()> {
        match self {
            Self::Direct(_) => Ok(()),
            Self::Fetched(f) => f.put(table, id, cell),
        }
    }

    /// A customer's identity was added.
    pub(super) fn identity(&mut self, identity: &Identity, customer: i64) -> Result<()> {
        match self {
            Self::Direct(_) => Ok(()),
            Self::Fetched(f) => f.put_identity(identity.kind as i64, &identity.value, customer),
        }
    }

    /// A record of the book was changed there.
    pub(super) fn changed(&mut self, table: &str, id: i64) -> Result<()> {
        match self {
            Self::Direct(_) => Ok(()),
            Self::Fetched(f) => f.again(table, id),
        }
    }
}

pub(super) struct Fetched<'c> {
    book: &'c Conn,
    memory: Conn,
    asked: HashSet<(Ask, String)>,
}

/// What records were asked for by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Ask {
    Code,
    Name,
    Identity(i64),
    Order,
    ProductCode,
    ProductName,
}

const TABLES: &str = "
CREATE TABLE customers (id INTEGER PRIMARY KEY, code TEXT, name TEXT, mobile TEXT);
CREATE INDEX customers_code ON customers (code);
CREATE INDEX customers_name ON customers (name);
CREATE TABLE _identities (kind INTEGER, value TEXT, customer INTEGER, PRIMARY KEY (kind, value, customer)) WITHOUT ROWID;
CREATE TABLE orders (id INTEGER PRIMARY KEY, order_no TEXT, line INTEGER, product TEXT);
CREATE INDEX orders_order_no ON orders (order_no, line);
CREATE TABLE products (id INTEGER PRIMARY KEY, code TEXT, name TEXT);
CREATE INDEX products_code ON products (code);
CREATE INDEX products_name ON products (name);
";

impl<'c> Fetched<'c> {
    fn new(book: &'c Conn) -> Result<Self> {
        let memory = Conn::memory()?;
        memory.batch(TABLES)?;
        Ok(Self { book, memory, asked: HashSet::new() })
    }

    fn forget(&mut self) -> Result<()> {
        self.asked.clear();
        self.memory.batch("DELETE FROM customers; DELETE FROM _identities; DELETE FROM orders; DELETE FROM products")
    }

    /// Those of a list that were not asked for before.
    fn fresh<'k>(&mut self, by: Ask, values: impl IntoIterator<Item = &'k str>) -> Vec<String> {
        let values = values.into_iter().filter(|v| !v.is_empty());
        values.map(str::to_owned).filter(|v| self.asked.insert((by, v.clone()))).collect()
    }

    fn customers(&mut self, keys: &[CustomerKey<'_>]) -> Result<()> {
        let codes = self.fresh(Ask::Code, keys.iter().map(|k| k.code));
        self.fetch("customers", "code", &codes)?;
        let names = self.fresh(Ask::Name, keys.iter().map(|k| k.name));
        self.fetch("customers", "name", &names)?;
        for kind in [IdentityKind::Mobile, IdentityKind::Wechat, IdentityKind::Email, IdentityKind::Account] {
            let values: Vec<String> =
                keys.iter().flat_map(|k| k.all_identities()).filter(|i| i.kind == kind).map(|i| i.value).collect();
            let values = self.fresh(Ask::Identity(kind as i64), values.iter().map(String::as_str));
            self.fetch_identities(kind, &values)?;
        }
        Ok(())
    }

    fn orders<'k>(&mut self, numbers: impl IntoIterator<Item = &'k str>) -> Result<()> {
        let numbers = self.fresh(Ask::Order, numbers);
        self.fetch("orders", "order_no", &numbers)
    }

    fn product(&mut self, code: &str, name: &str) -> Result<()> {
        let codes = self.fresh(Ask::ProductCode, [code]);
        self.fetch("products", "code", &codes)?;
        let names = self.fresh(Ask::ProductName, [name]);
        self.fetch("products", "name", &names)
    }

    fn fetch(&self, table: &str, by: &str, values: &[String]) -> Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        // One index look-up a value, whatever the server believes of a table that is being filled.
        let columns = columns(table).join(", ");
        let sql = format!(
            "SELECT x.* FROM unnest(?1) v (value) CROSS JOIN LATERAL \
             (SELECT id, {columns} FROM {table} WHERE {by} = v.value OFFSET 0) x"
        );
        self.book.each(&sql, params![values], &mut |r| self.keep(table, r))
    }

    fn keep(&self, table: &str, r: &Row<'_>) -> Result<()> {
        let marks = "?, ".repeat(columns(table).len());
        let sql = format!("INSERT OR IGNORE INTO {table} (id, {}) VALUES ({marks}?)", columns(table).join(", "));
        let text = |i| -> Result<Option<String>> { r.get(i) };
        match table {
            "orders" => {
                self.memory.run(&sql, params![r.get::<i64>(0)?, text(1)?, r.get::<Option<i64>>(2)?, text(3)?])?
            }
            "products" => self.memory.run(&sql, params![r.get::<i64>(0)?, text(1)?, text(2)?])?,
            _ => self.memory.run(&sql, params![r.get::<i64>(0)?, text(1)?, text(2)?, text(3)?])?,
        };
        Ok(())
    }

    fn fetch_identities(&self, kind: IdentityKind, values: &[String]) -> Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        let sql =
            "SELECT c.id, c.code, c.name, c.mobile, i.value FROM unnest(?2) v (value)
                   CROSS JOIN LATERAL (SELECT value, customer FROM _identities WHERE kind = ?1 AND value = v.value OFFSET 0) i
                   CROSS JOIN LATERAL (SELECT id, code, name, mobile FROM customers WHERE id = i.customer OFFSET 0) c";
        self.book.each(sql, params![kind as i64, values], &mut |r| {
            self.keep("customers", r)?;
            self.put_identity(kind as i64, r.text(4)?, r.get(0)?)
        })
    }

    fn put_identity(&self, kind: i64, value: &str, customer: i64) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO _identities (kind, value, customer) VALUES (?1, ?2, ?3)";
        self.memory.run(sql, params![kind, value, customer]).map(drop)
    }

    fn put(&self, table: &str, id: i64, cell: &dyn Fn(&str) -> Value) -> Result<()> {
        let columns = columns(table);
        if columns.is_empty() {
            return Ok(());
        }
        let sql = format!("INSERT INTO {table} (id, {}) VALUES ({}?)", columns.join(", "), "?, ".repeat(columns.len()));
        let cells: Vec<Value> = columns.iter().map(|c| cell(c)).collect();
        let mut values = vec![crate::conn::Param::Int(id)];
        values.extend(cells.iter().map(crate::cells::param));
        self.memory.run(&sql, &values).map(drop)
    }

    fn again(&mut self, table: &str, id: i64) -> Result<()> {
        if columns(table).is_empty() {
            return Ok(());
        }
        self.memory.run(&format!("DELETE FROM {table} WHERE id = ?1"), params![id])?;
        let sql = format!("SELECT id, {} FROM {table} WHERE id = ?1", columns(table).join(", "));
        self.book.each(&sql, params![id], &mut |r| self.keep(table, r))?;
        if table == "customers" {
            self.memory.run("DELETE FROM _identities WHERE customer = ?1", params![id])?;
            let sql = "SELECT kind, value FROM _identities WHERE customer = ?1";
            self.book.each(sql, params![id], &mut |r| self.put_identity(r.get(0)?, r.text(1)?, id))?;
        }
        Ok(())
    }
}

/// What matching looks at, besides the id.
fn columns(table: &str) -> &'static [&'static str] {
    match table {
        "customers" => &["code", "name", "mobile"],
        "orders" => &["order_no", "line", "product"],
        "products" => &["code", "name"],
        _ => &[],
    }
}
