//! An open book.

use crate::conn::{Conn, Durability, Server};
use crate::derive::Derivation;
use crate::engine::{Engine, in_transaction};
use crate::events::{self, Bell, Coming};
use crate::failure;
use crate::indexes::Indexes;
use crate::layout;
use crate::log::now;
use crate::recalc::{Touched, recalculate};
use crate::snapshots::Views;
use crate::turn::Turns;
use crate::validate::Checks;
use model::{Access, Date, Error, ErrorCode, FieldDef, FieldKind, Label, Result, Schema, Scope, TableKey, builtin};
use roaring::RoaringTreemap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

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
    /// What fields were before they were turned, for whoever reads the log.
    pub turns: Turns,
    /// The book's own mark of it, see [`layout::stamp`].
    stamp: i64,
    /// The rules of fields as they are on a day.
    checks: Mutex<Option<(Date, Arc<Checks>)>>,
}

/// What a write goes by: the shape and the as-of day as they are in its transaction.
pub(crate) struct Now {
    pub shape: Arc<Shape>,
    pub today: Date,
}

impl Shape {
    fn load(conn: &Conn, stamp: i64) -> Result<Self> {
        let schema = Arc::new(layout::load_schema(conn)?);
        Ok(Self {
            derivation: Derivation::new(Arc::clone(&schema), conn.dialect())?,
            turns: Turns::load(conn)?,
            schema,
            stamp,
            checks: Mutex::default(),
        })
    }
}

impl Shape {
    /// The book's own mark of this shape.
    pub(crate) fn stamp(&self) -> i64 {
        self.stamp
    }

    /// The rules of fields as they are on a day, made when first needed.
    pub(crate) fn checks(&self, today: Date) -> Arc<Checks> {
        let mut kept = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((day, checks)) if *day == today => Arc::clone(checks),
            _ => {
                let made = Arc::new(Checks::new(&self.schema, today, self.derivation.dialect));
                *kept = Some((today, Arc::clone(&made)));
                made
            }
        }
    }
}

/// What is known of the book, and since when.
struct Known {
    shape: Arc<Shape>,
    today: Date,
    at: Instant,
}

/// How long readers go by what is known before they look whether another process changed it.
const TRUSTED: Duration = Duration::from_secs(1);

/// An open book.
pub struct Store {
    pub(crate) engine: Engine,
    known: RwLock<Known>,
    pub(crate) views: Views,
    pub(crate) indexes: Indexes,
    pub(crate) scratch: bool,
    /// Where contents of attachments lie, for a book in a file.
    pub(crate) files: Option<PathBuf>,
    /// Rung behind every commit of this process.
    pub(crate) bell: Bell,
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
            layout::check_file(path)?;
        }
        let durability = if options.scratch { Durability::Scratch } else { Durability::Full };
        let opened = Self::over(Engine::file(path, durability)?, options)?;
        Ok(Self { files: Some(path.with_extension("files")), ..opened })
    }

    /// Opens a book in a schema of the PostgreSQL server at a `postgres://` address, making the tables if
    /// there are none. The schema must be there.
    ///
    /// # Errors
    /// `invalid` for a wrong address, `busy` when the server cannot be reached, `conflict` for a book newer
    /// than this program.
    pub fn connect(address: &str, schema: &str, options: StoreOptions) -> Result<Self> {
        Self::over(Engine::server(&Server::parse(address)?, schema)?, options)
    }

    fn over(engine: Engine, options: StoreOptions) -> Result<Self> {
        engine.write(layout::open)?;
        let (shape, today) = engine.transaction(|conn| {
            if layout::meta(conn, "today")?.is_none() {
                layout::set_meta(conn, "today", &options.today.to_string())?;
            }
            let (stamp, today) = layout::stamp(conn)?;
            Ok((Shape::load(conn, stamp)?, today.unwrap_or(options.today)))
        })?;
        let store = Self {
            engine,
            known: RwLock::new(Known { shape: Arc::new(shape), today, at: Instant::now() }),
            views: Views::default(),
            indexes: Indexes::default(),
            scratch: options.scratch,
            files: None,
            overview: Mutex::default(),
            bell: Bell::default(),
        };
        store.indexes_there()?;
        Ok(store)
    }

    /// The tables and fields.
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.shape().schema)
    }

    /// The shape for readers: at most a second old where another process changed it.
    pub(crate) fn shape(&self) -> Arc<Shape> {
        let (shape, at) = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            (Arc::clone(&known.shape), known.at)
        };
        if at.elapsed() < TRUSTED {
            return shape;
        }
        // A book that cannot be read now says so at the read itself.
        self.engine.read(|conn| self.current(conn)).map_or(shape, |now| now.shape)
    }

    /// The day derived columns are computed for.
    pub fn today(&self) -> Date {
        self.known.read().unwrap_or_else(PoisonError::into_inner).today
    }

    /// What the book says of itself on a connection; kept for those to come.
    pub(crate) fn current(&self, conn: &Conn) -> Result<Now> {
        let (stamp, today) = layout::stamp(conn)?;
        conn.shaped(stamp);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // A slow reader may bring an older stamp than a writer has left.
        if stamp > known.shape.stamp {
            known.shape = Arc::new(Shape::load(conn, stamp)?);
        }
        known.today = today.unwrap_or(known.today);
        known.at = Instant::now();
        Ok(Now { shape: Arc::clone(&known.shape), today: known.today })
    }

    /// The rules of fields as they are on a day.
    pub(crate) fn checks(&self, shape: &Shape, today: Date) -> Arc<Checks> {
        shape.checks(today)
    }

    /// Writes records in one transaction, by the shape and day as they are inside of it.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Conn, Now) -> Result<T>) -> Result<T> {
        let out = self.engine.transaction(|conn| work(conn, self.current(conn)?))?;
        self.bell.ring();
        Ok(out)
    }

    /// As [`Store::write`], for work that may change the schema or the day: what it leaves is known before
    /// the next writer comes.
    pub(crate) fn reshape<T>(&self, work: impl FnOnce(&Conn, Now) -> Result<T>) -> Result<T> {
        let out = self.engine.write(|conn| {
            let out = in_transaction(conn, || {
                let now = self.current(conn)?;
                let before = Arc::clone(&now.shape);
                events::telling(conn, before.stamp, || {
                    let out = work(conn, now)?;
                    crate::fails::follow(conn, &before)?;
                    Ok(out)
                })
            })?;
            self.known_anew(conn)?;
            Ok(out)
        })?;
        self.bell.ring();
        Ok(out)
    }

    /// Takes what a write left of schema, day and figures, before the next writer comes.
    pub(crate) fn known_anew(&self, conn: &Conn) -> Result<()> {
        self.current(conn)?;
        *self.overview.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    /// Brings every column that depends on the day to another day; how many records were looked at.
    /// Does nothing when the book is there already.
    ///
    /// # Errors
    /// Whatever `progress` returns stops the work and leaves the book on a day as a whole.
    pub fn turn_day(&self, today: Date, progress: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<u64> {
        if self.today() == today {
            return Ok(0);
        }
        // What was done until the day ended, then what the new day brings by itself.
        self.note_moves(self.today(), progress)?;
        let looked = self.reshape(|conn, now| {
            // Another process may have done it meanwhile.
            if now.today == today {
                return Ok(0);
            }
            let (shape, mut looked, mut touched) = (now.shape, 0, Touched::default());
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
            events::changed(conn, 0, model::UserId(0), &touched, &Coming::default())?;
            Ok(looked)
        })?;
        self.note_moves(today, progress)?;
        Ok(looked)
    }

    /// Adds a field of a user's own to a table; its key is made here. What it computes or fills by itself
    /// comes to the records that are there by the next [`Store::fill`].
    ///
    /// # Errors
    /// `forbidden` without the right; `conflict` when a field of that name exists, `formula` for a wrong one.
    pub fn add_field(&self, scope: &Scope, table: &str, field: FieldDef) -> Result<FieldDef> {
        self.add_link(scope, table, field, None)
    }

    /// As [`Store::add_field`], of a link; under the name `other_side` it shows in the other table too.
    ///
    /// # Errors
    /// As [`Store::add_field`]; those about the name in the other table are on `other_side`.
    pub fn add_link(
        &self,
        scope: &Scope,
        table: &str,
        mut field: FieldDef,
        other_side: Option<Label>,
    ) -> Result<FieldDef> {
        require(scope, Access::Own)?;
        self.reshape(|conn, now| {
            let def = now.shape.schema.require(table)?;
            field.builtin = false;
            field.key = layout::new_key(conn, def)?;
            crate::reshape::refuse_unfit(&now, def, &field, conn.dialect())?;
            layout::add_field(conn, def, &field)?;
            crate::reshape::keep_index(conn, table, None, &field)?;
            if matches!(field.kind, FieldKind::Code(_)) || field.kind.system() {
                crate::fill::queue_work(conn, crate::fill::Work::Automatic, &def.key, &field.key)?;
            }
            if let Some(label) = &other_side {
                crate::reshape::show_other_side(conn, &now, def, &field, label)?;
            }
            if field.derived() {
                let mut next = (*now.shape.schema).clone();
                if let Some(t) = next.tables.iter_mut().find(|t| t.key == *table) {
                    t.fields.push(field.clone());
                }
                let derivation = Derivation::new(Arc::new(next), conn.dialect())?;
                crate::fill::queue(conn, &derivation, &[(def.key.clone(), field.key.clone())])?;
            }
            Ok(field)
        })
    }

    /// Replaces the formula of a derived column and recomputes all that follows from it; people go on
    /// editing meanwhile (see [`Store::fill`]).
    ///
    /// # Errors
    /// `formula` when it is wrong or circular; nothing is changed then. When `progress` stops it, the new
    /// formula is kept and the next [`Store::fill`] goes on.
    pub fn set_formula(
        &self,
        scope: &Scope,
        table: &str,
        field: &str,
        formula: &str,
        progress: &mut dyn FnMut(u64, u64) -> Result<()>,
    ) -> Result<()> {
        require(scope, Access::Own)?;
        self.reshape(|conn, now| {
            let mut next = (*now.shape.schema).clone();
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
            let derivation = Derivation::new(Arc::new(next), conn.dialect())?;
            let table_def = now.shape.schema.require(table)?;
            layout::update_field(conn, table_def, &def)?;
            crate::fill::queue(conn, &derivation, &[(table_def.key.clone(), def.key)])
        })?;
        self.fill(progress)
    }

    /// How much the book holds.
    pub fn counts(&self, _: &Scope) -> Result<Counts> {
        self.engine.read(|conn| {
            let n = |table: &str| -> Result<u64> {
                let sql = ["SELECT count(*) FROM ", &crate::dialect::quote(table)].concat();
                conn.one(&sql, &[])
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
pub(crate) fn all_ids(conn: &Conn, table: &str) -> Result<RoaringTreemap> {
    let sql = ["SELECT id FROM ", &crate::dialect::quote(table)].concat();
    let mut out = RoaringTreemap::new();
    conn.each(&sql, &[], &mut |r| {
        out.insert(r.get(0)?);
        Ok(())
    })?;
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
pub(crate) fn counter(conn: &Conn, name: &str) -> Result<i64> {
    layout::meta(conn, name)?.map_or(Ok(1), |v| v.parse().map_err(failure))
}

/// The key of a table's id counter.
pub(crate) fn id_counter(table: &TableKey) -> String {
    ["next_id.", table].concat()
}

/// The key of a table's code counter; `run` is what the dates of the pattern are now.
pub(crate) fn code_counter(table: &TableKey, run: &str) -> String {
    if run.is_empty() { ["next_code.", table].concat() } else { ["next_code.", table, ".", run].concat() }
}
