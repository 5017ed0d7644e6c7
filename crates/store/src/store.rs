//! An open book.

use crate::derive::Derivation;
use crate::dialect::Dialect;
use crate::engine::{Durability, Engine};
use crate::layout;
use crate::log::now;
use crate::recalc::{Touched, recalculate};
use crate::view::Views;
use crate::{failure, sqlite};
use model::{Access, Date, Error, ErrorCode, FieldDef, FieldKey, Result, Schema, Scope, TableKey, builtin};
use roaring::RoaringTreemap;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// How a book is opened. A key for an encrypted book will be given here.
#[derive(Clone, Copy, Debug)]
pub struct StoreOptions {
    /// The as-of day for whatever depends on today.
    pub today: Date,
    /// A scratch book that is thrown away: nothing is synchronised, and no search text is kept.
    pub scratch: bool,
}

/// How much a book holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Customers.
    pub customers: u64,
    /// Orders (lines).
    pub orders: u64,
    /// Products.
    pub products: u64,
}

/// The shape of a book at one moment.
pub(crate) struct Shape {
    pub schema: Arc<Schema>,
    pub derivation: Derivation,
}

impl Shape {
    fn new(schema: Schema) -> Result<Self> {
        let schema = Arc::new(schema);
        Ok(Self { derivation: Derivation::new(Arc::clone(&schema), Dialect::Sqlite)?, schema })
    }
}

/// An open book.
pub struct Store {
    pub(crate) engine: Engine,
    shape: RwLock<Arc<Shape>>,
    today: RwLock<Date>,
    pub(crate) views: Views,
    pub(crate) scratch: bool,
    /// The overview as last counted, with the change and day it is of.
    pub(crate) overview: Mutex<Option<((i64, Date), crate::figures::Overview)>>,
}

impl Store {
    /// Opens a book file, making a new one if there is none. Derived columns that depend on the day are
    /// brought to `options.today` by [`Store::turn_day`], not here.
    ///
    /// # Errors
    /// `conflict` for a file that is not a book or is newer than this program; it is left untouched.
    pub fn open(path: &Path, options: StoreOptions) -> Result<Self> {
        if path.exists() {
            layout::open(&mut Connection::open(path).map_err(sqlite)?)?;
        }
        let durability = if options.scratch { Durability::Scratch } else { Durability::Full };
        let engine = Engine::open(path, durability)?;
        let schema = engine.write(|conn| {
            let schema = layout::open(conn)?;
            if layout::meta(conn, "today")?.is_none() {
                layout::set_meta(conn, "today", &options.today.to_string())?;
            }
            Ok(schema)
        })?;
        let stored = engine.read(|conn| layout::meta(conn, "today"))?;
        let today = stored.as_deref().and_then(Date::from_iso).unwrap_or(options.today);
        Ok(Self {
            engine,
            shape: RwLock::new(Arc::new(Shape::new(schema)?)),
            today: RwLock::new(today),
            views: Views::default(),
            scratch: options.scratch,
            overview: Mutex::default(),
        })
    }

    /// The tables and fields.
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.shape().schema)
    }

    pub(crate) fn shape(&self) -> Arc<Shape> {
        Arc::clone(&self.shape.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The day derived columns are computed for.
    pub fn today(&self) -> Date {
        *self.today.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings every column that depends on the day to another day; how many records were looked at.
    /// Does nothing when the book is there already.
    ///
    /// # Errors
    /// Whatever `progress` returns stops the work and leaves the book as it was.
    pub fn turn_day(&self, today: Date, progress: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<u64> {
        if self.today() == today {
            return Ok(0);
        }
        let shape = self.shape();
        let looked = self.engine.transaction(|conn| {
            let mut looked = 0;
            let mut touched = Touched::default();
            for table in &shape.schema.tables {
                let ids = all_ids(conn, &table.key)?;
                let forced = shape.derivation.program.dependents(&table.key, &Default::default(), true);
                if !forced.is_empty() && !ids.is_empty() {
                    looked += ids.len();
                    touched.force(&table.key, ids, forced);
                }
            }
            recalculate(conn, &shape.derivation, today, &mut touched, progress)?;
            layout::set_meta(conn, "today", &today.to_string())?;
            Ok(looked)
        })?;
        *self.today.write().unwrap_or_else(PoisonError::into_inner) = today;
        Ok(looked)
    }

    /// Adds a field of a user's own to a table; its key is made here.
    ///
    /// # Errors
    /// `forbidden` without the right; `conflict` when a field of that name exists.
    pub fn add_field(&self, scope: &Scope, table: &str, mut field: FieldDef) -> Result<FieldDef> {
        require(scope, Access::Own)?;
        self.reshape(|conn, schema| {
            let def = schema.require(table)?;
            if def.named(&field.label.zh).is_some() || def.named(&field.label.en).is_some() {
                return Err(Error::new(
                    ErrorCode::Conflict,
                    format!("已有名为“{}”的字段", field.label.zh),
                    format!("There is a field called “{}” already", field.label.en),
                ));
            }
            field.key = layout::free_key(def);
            field.builtin = false;
            layout::add_field(conn, def, &field)?;
            Ok(field)
        })
    }

    /// Replaces the formula of a derived column and recomputes all that follows from it.
    ///
    /// # Errors
    /// `formula` when it is wrong or circular; nothing is changed then.
    pub fn set_formula(
        &self,
        scope: &Scope,
        table: &str,
        field: &str,
        formula: &str,
        progress: &mut dyn FnMut(u64, u64) -> Result<()>,
    ) -> Result<()> {
        require(scope, Access::Own)?;
        let today = self.today();
        self.reshape(|conn, schema| {
            let mut next = (*schema).clone();
            let def = next
                .tables
                .iter_mut()
                .find(|t| t.key == *table)
                .and_then(|t| t.fields.iter_mut().find(|f| f.key == *field && f.derived()));
            let Some(def) = def else {
                return Err(Error::new(
                    ErrorCode::Invalid,
                    format!("“{field}”不是公式字段"),
                    format!("“{field}” is not a formula field"),
                )
                .on(field));
            };
            def.formula = Some(formula.into());
            let def = def.clone();
            let derivation = Derivation::new(Arc::new(next), Dialect::Sqlite)?;
            let table_def = schema.require(table)?;
            layout::update_field(conn, table_def, &def)?;
            let mut touched = Touched::default();
            touched.force(&table_def.key, all_ids(conn, table)?, [FieldKey::from(field)].into());
            recalculate(conn, &derivation, today, &mut touched, progress)
        })
    }

    /// Changes the schema in one transaction and takes the stored one as the new shape.
    fn reshape<T>(&self, work: impl FnOnce(&Connection, &Schema) -> Result<T>) -> Result<T> {
        let before = self.schema();
        let out = self.engine.transaction(|conn| work(conn, &before))?;
        self.reload_shape()?;
        Ok(out)
    }

    /// Takes the stored schema as the shape of the book.
    pub(crate) fn reload_shape(&self) -> Result<()> {
        let shape = self.engine.write(|conn| Shape::new(layout::open(conn)?))?;
        *self.overview.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.shape.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shape);
        Ok(())
    }

    /// How much the book holds.
    pub fn counts(&self, _: &Scope) -> Result<Counts> {
        self.engine.read(|conn| {
            let n = |table: &str| -> Result<u64> {
                let sql = ["SELECT count(*) FROM ", &crate::dialect::quote(table)].concat();
                conn.prepare_cached(&sql).and_then(|mut s| s.query_row([], |r| r.get(0))).map_err(sqlite)
            };
            Ok(Counts {
                customers: n(builtin::CUSTOMERS)?,
                orders: n(builtin::ORDERS)?,
                products: n(builtin::PRODUCTS)?,
            })
        })
    }

    /// A note the book keeps about itself.
    pub fn note(&self, key: &str) -> Result<Option<String>> {
        self.engine.read(|conn| layout::meta(conn, &["note.", key].concat()))
    }

    /// Writes a note the book keeps about itself.
    pub fn set_note(&self, key: &str, value: &str) -> Result<()> {
        self.engine.transaction(|conn| layout::set_meta(conn, &["note.", key].concat(), value))
    }

    /// Seconds since 1970 in UTC, as the change log dates entries.
    pub fn now() -> i64 {
        now()
    }
}

/// Every id of a table.
pub(crate) fn all_ids(conn: &Connection, table: &str) -> Result<RoaringTreemap> {
    let sql = ["SELECT id FROM ", &crate::dialect::quote(table)].concat();
    let mut s = conn.prepare_cached(&sql).map_err(sqlite)?;
    let mut rows = s.query([]).map_err(sqlite)?;
    let mut out = RoaringTreemap::new();
    while let Some(r) = rows.next().map_err(sqlite)? {
        out.insert(r.get::<_, i64>(0).map_err(sqlite)?.unsigned_abs());
    }
    Ok(out)
}

/// Refuses a scope without an access.
pub(crate) fn require(scope: &Scope, access: Access) -> Result<()> {
    if scope.access >= access {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::Forbidden,
        "没有权限做这件事；请联系客簿的主人",
        "You may not do this; ask the owner of the book",
    ))
}

/// A counter kept in the book, such as the next id of a table.
pub(crate) fn counter(conn: &Connection, name: &str) -> Result<i64> {
    layout::meta(conn, name)?.map_or(Ok(1), |v| v.parse().map_err(failure))
}

/// The key of a table's id counter.
pub(crate) fn id_counter(table: &TableKey) -> String {
    ["next_id.", table].concat()
}

/// The key of a table's code counter.
pub(crate) fn code_counter(table: &TableKey) -> String {
    ["next_code.", table].concat()
}
