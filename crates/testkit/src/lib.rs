//! Test support: a scratch book on either engine, builders for records, and a quick look at cells.

pub mod postgres;

use model::{Change, ChangeOutcome, Date, FieldKey, Lang, Money, Origin, Query, RecordId, Result, Scope, Value};
use store::{Store, StoreOptions};

/// The as-of day of tests.
pub fn today() -> Date {
    Date::from_iso("2026-11-21").expect("a valid date")
}

/// The scope of tests: everything allowed.
pub fn scope() -> Scope {
    Scope::system(Lang::Zh)
}

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a temporary folder.
    Sqlite,
    /// A schema of a private PostgreSQL server.
    Postgres,
}

thread_local! {
    static ENGINE: std::cell::Cell<Engine> = const { std::cell::Cell::new(Engine::Sqlite) };
}

/// Runs a test whose new books are on an engine.
pub fn on(engine: Engine, test: impl FnOnce()) {
    ENGINE.set(engine);
    test();
}

/// The engine new books of this test are on.
pub fn engine() -> Engine {
    ENGINE.get()
}

/// Makes two tests of each function: one whose books are on SQLite, one on PostgreSQL.
#[macro_export]
macro_rules! on_both_engines {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                $crate::on($crate::Engine::Sqlite, super::$test);
            })*
        }
        mod postgres {
            $(#[test]
            fn $test() {
                $crate::on($crate::Engine::Postgres, super::$test);
            })*
        }
    };
}

/// A book of its own that goes away with it.
pub struct Book {
    /// The store.
    pub store: Store,
    place: Place,
}

enum Place {
    File(tempfile::TempDir),
    Schema(String),
}

impl Place {
    fn open(&self) -> Store {
        let opened = match self {
            Self::File(folder) => Store::open(&folder.path().join("book.db"), options()),
            Self::Schema(name) => Store::connect(&postgres::address(), name, options()),
        };
        opened.expect("the book opens")
    }
}

impl Default for Book {
    fn default() -> Self {
        Self::new()
    }
}

impl Book {
    /// An empty book on the engine of the test (see [`on`]), SQLite unless it says otherwise.
    pub fn new() -> Self {
        Self::on(ENGINE.get())
    }

    /// An empty book on an engine.
    pub fn on(engine: Engine) -> Self {
        let place = match engine {
            Engine::Sqlite => Place::File(tempfile::tempdir().expect("a temporary folder")),
            Engine::Postgres => Place::Schema(postgres::new_schema()),
        };
        Self { store: place.open(), place }
    }

    /// The book's file, on SQLite.
    pub fn path(&self) -> Option<std::path::PathBuf> {
        match &self.place {
            Place::File(folder) => Some(folder.path().join("book.db")),
            Place::Schema(_) => None,
        }
    }

    /// Another store over the same book, as a second process has.
    pub fn second(&self) -> Store {
        self.place.open()
    }

    /// Closes the book and opens it again.
    pub fn reopened(self) -> Self {
        let Self { store, place } = self;
        drop(store);
        Self { store: place.open(), place }
    }

    /// Makes one record.
    pub fn create(&self, table: &str, cells: &[(&str, Value)]) -> RecordId {
        self.try_create(table, cells).expect("the record is fine").created[0]
    }

    /// Makes one record, or says why not.
    pub fn try_create(&self, table: &str, cells: &[(&str, Value)]) -> Result<ChangeOutcome> {
        let records = vec![cells.iter().map(|(k, v)| (FieldKey::from(*k), v.clone())).collect()];
        self.store.apply(&scope(), Change::Create { table: table.into(), records }, Origin::Edit)
    }

    /// Makes an order of a customer: number, day, whole yuan, and further cells.
    pub fn order(&self, customer: RecordId, no: &str, day: &str, yuan: i64, more: &[(&str, Value)]) -> RecordId {
        let day = Date::from_iso(day).expect("a valid date");
        let mut cells = vec![
            ("customer", Value::Link(customer)),
            ("order_no", no.into()),
            ("time", Value::DateTime(day.start())),
            ("amount", Value::Money(Money::new(yuan, 0))),
        ];
        cells.extend_from_slice(more);
        self.create("orders", &cells)
    }

    /// Ids of the customers a search finds.
    pub fn find(&self, typed: &str) -> Vec<i64> {
        self.ids(&Query { search: typed.into(), ..Query::all("customers") })
    }

    /// The first 500 ids of a query, in its order.
    pub fn ids(&self, query: &Query) -> Vec<i64> {
        let view = self.store.open_view(&scope(), query, &[]).expect("the view opens");
        let page = self.store.page(&scope(), &view.id, 0, 500).expect("the page is read");
        let rows: Vec<Vec<serde_json::Value>> = serde_json::from_slice(&page).expect("a page is JSON");
        assert_eq!(view.total as usize, rows.len());
        rows.iter().filter_map(|r| r[0].as_i64()).collect()
    }

    /// Edits one cell.
    pub fn edit(&self, table: &str, id: RecordId, field: &str, value: Value) -> Result<ChangeOutcome> {
        let cell = model::CellEdit { id, field: field.into(), value };
        self.store.apply(&scope(), Change::Edit { table: table.into(), cells: vec![cell] }, Origin::Edit)
    }

    /// Removes records.
    pub fn delete(&self, table: &str, ids: &[RecordId]) -> ChangeOutcome {
        let change = Change::Delete { table: table.into(), ids: ids.to_vec() };
        self.store.apply(&scope(), change, Origin::Edit).expect("the records can be removed")
    }

    /// One cell.
    pub fn cell(&self, table: &str, id: RecordId, field: &str) -> Value {
        let cells = self.store.record(&scope(), table, id).expect("the record exists");
        cells.into_iter().find(|(k, _)| *k == *field).expect("the field exists").1
    }

    /// Fails with the report when `kebu check` would find anything.
    pub fn assert_sound(&self) {
        let report = self.store.check(&scope(), &mut |_, _| Ok(())).expect("the check runs");
        assert!(report.sound(), "{report:#?}");
    }
}

/// Random numbers from a seed, the same on every machine (splitmix64: Steele, Lea and Flood 2014).
pub struct Random(u64);

impl Random {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.bits() % n
    }

    /// Yes, once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// One of a list, if it holds any.
    pub fn some<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        if list.is_empty() { None } else { Some(*self.pick(list)) }
    }
}

fn options() -> StoreOptions {
    StoreOptions { today: today(), scratch: false }
}
