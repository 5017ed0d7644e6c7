//! Bulk writing: the door imports come through. The same transaction rules as [`Store::apply`]; rows are
//! matched and inserted one by one, derived columns and search text follow set-wise at the end.

mod codes;
mod columns;
mod fresh;
mod lookup;
mod own;
mod rows;

pub(crate) use self::codes::Codes;
use self::columns::{Columns, KNOWN};
use self::lookup::Lookup;
use crate::apply::Writing;
use crate::conn::{Conn, Copy, params};
use crate::dialect::{Dialect, column_type, quote};
use crate::matching::{CustomerKey, Found, MatchKey, find};
use crate::store::{Store, code_counter, counter, id_counter, require};
use crate::validate::{BlankCells, Breach};
use crate::{failure, layout, log, search};
use model::{Access, FieldKey, FieldKind, Origin, RecordId, Result, Scope, TableDef, TableKey, Value, builtin};
use roaring::RoaringTreemap;
use std::collections::HashMap;

/// How a batch is written.
#[derive(Clone, Copy, Debug)]
pub struct BatchOptions {
    /// Where it comes from.
    pub origin: Origin,
    /// How customers are matched.
    pub match_key: MatchKey,
    /// Do everything, then leave the book as it was.
    pub dry_run: bool,
    /// About how many order rows will come, to decide what is made row by row and what at the end.
    pub expected_orders: u64,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upsert {
    /// A new record.
    Created(RecordId),
    /// A record in the book got new content.
    Updated(RecordId),
    /// The record in the book holds all of it already.
    Unchanged(RecordId),
    /// A new customer who shares a mobile with another person of this name.
    CreatedSharing(RecordId, String),
    /// A new customer under a code of the book's own, because the row's code is another person's.
    CreatedRecoded(RecordId, String),
}

impl Upsert {
    /// The record.
    pub fn id(&self) -> RecordId {
        match self {
            Self::Created(id) | Self::Updated(id) | Self::Unchanged(id) => *id,
            Self::CreatedSharing(id, _) | Self::CreatedRecoded(id, _) => *id,
        }
    }
}

/// Whose order it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buyer {
    /// This customer's.
    One(RecordId),
    /// Of nobody in the book.
    Nobody,
    /// Several customers have that name.
    Several,
}

/// A batch being written.
pub struct Batch<'c> {
    writing: Writing<'c>,
    options: BatchOptions,
    columns: Vec<Columns>,
    next: HashMap<TableKey, (i64, i64)>,
    codes: HashMap<TableKey, Codes>,
    lookup: Lookup<'c>,
    /// Identities of new customers not yet sent.
    identities: Option<Copy>,
    matched_orders: RoaringTreemap,
    dropped_indexes: bool,
    schema: model::Schema,
    /// Fields made by the batch: (table, field); without a field, the table.
    new_fields: Vec<(String, String)>,
    /// What rows of own tables may match, by the handle of their columns.
    known: HashMap<usize, own::Known>,
    /// Records that texts in link fields name.
    named: own::Named,
    /// Codes of the files that stand for customers made under another code.
    aliases: HashMap<String, i64>,
    /// Cells of new records that get no default, by table.
    blank: HashMap<TableKey, BlankCells>,
}

impl Store {
    /// Writes many rows in one transaction: `work` hands them over; what it returns is returned. A dry
    /// run does the same and takes it all back.
    ///
    /// # Errors
    /// Whatever `work` or `progress` returns; the book is then as it was.
    pub fn batch<T>(
        &self,
        scope: &Scope,
        options: BatchOptions,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T>,
        progress: &mut dyn FnMut(&'static str, u64, u64) -> Result<()>,
    ) -> Result<(Option<i64>, T)> {
        self.batch_telling(scope, options, work, &mut |_| {}, progress)
    }

    /// As [`Store::batch`]; `tell` gets what rules over more than one cell say of the rows, once all are
    /// written: what they refuse is left out of the batch.
    ///
    /// # Errors
    /// As [`Store::batch`].
    pub fn batch_telling<T>(
        &self,
        scope: &Scope,
        options: BatchOptions,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T>,
        tell: &mut dyn FnMut(Breach),
        progress: &mut dyn FnMut(&'static str, u64, u64) -> Result<()>,
    ) -> Result<(Option<i64>, T)> {
        require(scope, Access::Write)?;
        let scratch = self.scratch;
        self.engine.write(|conn| {
            cache(conn, BATCH_CACHE)?;
            conn.begin()?;
            let result = (|| {
                let now = self.current(conn)?;
                let stamp = now.shape.stamp();
                let mut batch = Batch::begin(Writing::begin(conn, now, scope, options.origin)?, options)?;
                let out = work(&mut batch)?;
                // A trial must tell what such rules say, for which everything has to be there.
                let ruled = batch.schema.tables.iter().any(|t| batch.keeps_rows(&t.key));
                if options.dry_run && !ruled {
                    return Ok((None, out));
                }
                let change = crate::events::telling(conn, stamp, || batch.finish(scratch, tell, progress))?;
                if options.dry_run {
                    return Ok((None, out));
                }
                progress("commit", 0, 0)?;
                conn.commit()?;
                Ok((Some(change), out))
            })();
            if !matches!(result, Ok((Some(_), _))) {
                conn.rollback()?;
            }
            cache(conn, CACHE)?;
            if conn.dialect() == Dialect::Sqlite {
                // Readers may hold the log; it is folded back later then.
                let _ = conn.batch("PRAGMA shrink_memory; PRAGMA wal_checkpoint(TRUNCATE);");
            }
            if result.is_ok() {
                self.known_anew(conn)?;
                self.bell.ring();
            }
            result
        })
    }
}

impl<'c> Batch<'c> {
    fn begin(writing: Writing<'c>, options: BatchOptions) -> Result<Self> {
        let conn = writing.conn;
        let schema = (*writing.shape.schema).clone();
        let mut next = HashMap::new();
        let mut codes = HashMap::new();
        for t in &writing.shape.schema.tables {
            let id = counter(conn, &id_counter(&t.key))?;
            next.insert(t.key.clone(), (id, id));
            let name = code_counter(&t.key, &run_of(t, writing.today));
            codes.insert(t.key.clone(), Codes::from(counter(conn, &name)?));
        }
        let stored = next.get(builtin::ORDERS).map_or(0, |(id, _)| id.unsigned_abs());
        // On PostgreSQL dropping an index would keep every reader waiting until the batch is done.
        let dropped_indexes = conn.dialect() == Dialect::Sqlite
            && !options.dry_run
            && options.expected_orders > 20_000
            && options.expected_orders > stored / 4;
        if dropped_indexes {
            conn.batch(layout::DROP_BULK_INDEXES)?;
        }
        if conn.dialect() == Dialect::Postgres {
            // A server knows nothing yet of rows that come in this transaction and would read whole tables
            // for each look-up.
            conn.batch(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off",
            )?;
        }
        let identities = conn.as_postgres().map(|_| {
            let columns = [("kind", "INTEGER"), ("value", "TEXT"), ("customer", "INTEGER")];
            Copy::new("_identities", &columns.map(|(n, t)| (n.to_owned(), t)))
        });
        Ok(Self {
            writing,
            options,
            columns: Vec::new(),
            next,
            codes,
            lookup: Lookup::over(conn)?,
            identities,
            matched_orders: RoaringTreemap::new(),
            dropped_indexes,
            schema,
            new_fields: Vec::new(),
            known: HashMap::new(),
            named: own::Named::new(),
            aliases: HashMap::new(),
            blank: HashMap::new(),
        })
    }

    /// The number of the change being written.
    pub fn change(&self) -> i64 {
        self.writing.change
    }

    /// The tables and fields as the batch sees them, fields it made included.
    pub fn schema(&self) -> &model::Schema {
        &self.schema
    }

    /// Announces rows of a table with these fields; the handle goes with each row.
    ///
    /// # Errors
    /// `not_found` for a field the table does not have.
    pub fn columns(&mut self, table: &str, fields: &[FieldKey]) -> Result<usize> {
        let def = self.schema.require(table)?.clone();
        let kinds = fields.iter().map(|f| def.require(f).map(|d| d.kind.clone())).collect::<Result<Vec<_>>>()?;
        let places: HashMap<&'static str, usize> =
            KNOWN.into_iter().filter_map(|k| fields.iter().position(|f| *f == *k).map(|i| (k, i))).collect();
        let wanted: &[&'static str] = match table {
            builtin::ORDERS => &["order_no", "line", "customer"],
            _ if def.field("code").is_none() => &[],
            _ => &["code"],
        };
        let own: Vec<&'static str> = wanted.iter().copied().filter(|k| !places.contains_key(k)).collect();
        let mut names: Vec<String> = vec![quote("id")];
        names.extend(fields.iter().map(|f| quote(f)));
        names.extend(own.iter().map(|f| quote(f)));
        let marks = vec!["?"; names.len()].join(", ");
        let insert = ["INSERT INTO ", &quote(table), " (", &names.join(", "), ") VALUES (", &marks, ")"].concat();
        let list: Vec<String> = fields.iter().map(|f| quote(f)).collect();
        let list = if list.is_empty() { "1".to_owned() } else { list.join(", ") };
        let select = ["SELECT ", &list, " FROM ", &quote(table), " WHERE id = ?1"].concat();
        let load = self.conn().as_postgres().map(|_| {
            let stored = |k: &FieldKey| def.field(k).map_or("TEXT", |f| column_type(&f.kind));
            let mut list = vec![("id".to_owned(), "INTEGER")];
            list.extend(fields.iter().map(|f| (f.to_string(), stored(f))));
            list.extend(own.iter().map(|f| ((*f).to_owned(), stored(&FieldKey::from(*f)))));
            Copy::new(table, &list)
        });
        let links = own::links(table, fields, &kinds);
        self.columns.push(Columns { def, fields: fields.to_vec(), kinds, select, insert, places, own, load, links });
        Ok(self.columns.len() - 1)
    }

    fn conn(&self) -> &'c Conn {
        self.writing.conn
    }

    /// Announces a block of rows about to be handed over, each with its columns' handle: what they may match
    /// is then fetched at once where the book is a round trip away. Rows that were not announced are taken
    /// all the same.
    pub fn announce(
        &mut self,
        customers: &[(usize, &[Value])],
        buyers: &[CustomerKey<'_>],
        orders: &[(usize, &[Value])],
    ) -> Result<()> {
        if self.conn().dialect() == Dialect::Sqlite {
            return Ok(());
        }
        self.flush()?;
        self.lookup.begin_block()?;
        let mut keys: Vec<CustomerKey<'_>> = customers.iter().map(|(c, row)| self.columns[*c].key(row)).collect();
        keys.extend_from_slice(buyers);
        let numbers = orders.iter().map(|(c, row)| self.columns[*c].text("order_no", row));
        self.lookup.customers(&keys)?;
        self.lookup.orders(numbers)
    }

    /// Search text of what is new and of what was changed.
    fn index_texts(&mut self, progress: &mut dyn FnMut(&'static str, u64, u64) -> Result<()>) -> Result<()> {
        let mut changed = std::mem::take(&mut self.writing.searchable);
        let mut tell = |d, t| progress("search", d, t);
        let fresh = self.next.values().map(|(first, next)| next.abs_diff(*first)).sum();
        let there = self.next.values().map(|(first, _)| first.unsigned_abs()).sum();
        let many = search::many_come(self.writing.conn, fresh, there)?;
        for table in &self.schema.tables {
            let (first, next) = self.next.get(&table.key).copied().unwrap_or_default();
            if next > first {
                let fresh = RoaringTreemap::from_sorted_iter(first.unsigned_abs()..next.unsigned_abs());
                search::index(self.writing.conn, table, &fresh.map_err(failure)?, true, &mut tell)?;
            }
            if let Some(mut ids) = changed.remove(&table.key) {
                ids.remove_range(first.unsigned_abs()..next.unsigned_abs());
                search::index(self.writing.conn, table, &ids, false, &mut tell)?;
            }
        }
        if many {
            search::settle(self.writing.conn, &mut || tell(fresh, fresh))?;
        }
        Ok(())
    }

    /// Sends new rows that wait to be sent.
    fn flush(&mut self) -> Result<()> {
        let Some(session) = self.writing.conn.as_postgres() else { return Ok(()) };
        let loads = self.columns.iter_mut().filter_map(|c| c.load.as_mut()).chain(self.identities.as_mut());
        for load in loads.filter(|l| l.rows > 0) {
            session.copy(load.take())?;
        }
        Ok(())
    }

    /// Finds the customer an order speaks of.
    pub fn find_customer(&mut self, key: &CustomerKey<'_>) -> Result<Buyer> {
        if let Some(id) = self.aliases.get(key.code) {
            return Ok(Buyer::One(RecordId(*id)));
        }
        self.lookup.customers(std::slice::from_ref(key))?;
        Ok(match find(self.lookup.conn(), key, MatchKey::Identity, false)? {
            Found::One(id) | Found::ByCode(id) => Buyer::One(RecordId(id)),
            Found::SeveralNames => Buyer::Several,
            Found::Nobody | Found::SharedMobile(_) | Found::CodeTaken => Buyer::Nobody,
        })
    }

    /// Adds a field to a table as part of the batch; its key. A field of that name is taken as it is.
    pub fn add_field(&mut self, table: &str, name: &str, kind: FieldKind) -> Result<FieldKey> {
        let def = self.schema.require(table)?;
        if let Some(known) = def.named(name) {
            return Ok(known.key.clone());
        }
        let key = layout::new_key(self.conn(), def)?;
        let field = model::FieldDef::new(key.clone(), model::Label::same(name), kind);
        layout::add_field(self.conn(), def, &field)?;
        if let Some(t) = self.schema.tables.iter_mut().find(|t| t.key == *table) {
            t.fields.push(field);
        }
        // With a table the batch made its fields go as well.
        if !self.new_fields.iter().any(|(t, f)| t == table && f.is_empty()) {
            self.new_fields.push((table.to_owned(), key.to_string()));
        }
        Ok(key)
    }

    /// Says what the batch was, as JSON, for the list of imports.
    pub fn describe(&self, about: &str) -> Result<()> {
        log::describe(self.conn(), self.change(), about)
    }

    /// Whether rules over more than one cell will speak of the rows of a table by their ids.
    pub fn keeps_rows(&self, table: &str) -> bool {
        self.writing.wants_more(table)
    }

    /// Holds what was written to the rules over more than one cell.
    fn settle(&mut self, tell: &mut dyn FnMut(Breach)) -> Result<()> {
        let shape = std::sync::Arc::clone(&self.writing.shape);
        let mut emptied = false;
        for def in &shape.schema.tables {
            if !self.keeps_rows(&def.key) {
                continue;
            }
            let sql = "SELECT DISTINCT record FROM _change_cells WHERE change = ?1 AND table_key = ?2 ORDER BY record";
            let change = self.change();
            let mut ids: Vec<i64> = self.conn().all(sql, params![change, def.key.as_str()], |r| r.get(0))?;
            let (first, next) = self.next.get(&def.key).copied().unwrap_or_default();
            ids.retain(|id| *id < first);
            ids.extend(first..next);
            emptied |= self.writing.settle(def, &ids, tell)?;
        }
        if emptied {
            let (conn, today) = (self.conn(), self.writing.today);
            let touched = &mut self.writing.touched;
            crate::recalc::recalculate(conn, &shape.derivation, today, touched, &mut |_, _| Ok(()))?;
        }
        Ok(())
    }

    fn finish(
        mut self,
        scratch: bool,
        tell: &mut dyn FnMut(Breach),
        progress: &mut dyn FnMut(&'static str, u64, u64) -> Result<()>,
    ) -> Result<i64> {
        self.flush()?;
        let conn = self.conn();
        if conn.dialect() == Dialect::Postgres {
            conn.batch(
                "SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on",
            )?;
            for (table, _) in self.next.iter().filter(|(_, (first, next))| next - first > 1_000) {
                conn.batch(&["ANALYZE ", &quote(table)].concat())?;
            }
        }
        self.index_links()?;
        let change = self.change();
        layout::note_new_fields(conn, change, &self.new_fields)?;
        for (table, (first, next)) in &self.next {
            if next > first {
                log::created(conn, change, table, *first, next - 1)?;
                self.writing.touched.whole(table, *first..*next);
                self.writing.coming.made(table, *first, next - 1);
                layout::set_meta(conn, &id_counter(table), &next.to_string())?;
            }
            if let Some(codes) = self.codes.get(table) {
                let run = self.schema.table(table).map(|t| run_of(t, self.writing.today)).unwrap_or_default();
                layout::set_meta(conn, &code_counter(table, &run), &codes.next.to_string())?;
            }
        }
        if let Some((first, next)) = self.next.get(builtin::INTERACTIONS).filter(|(first, next)| next > first) {
            self.writing.follow_range(*first, next - 1)?;
        }
        self.writing.lead()?;
        self.stamp_new()?;
        if !scratch {
            self.index_texts(progress)?;
        }
        let shape = std::sync::Arc::clone(&self.writing.shape);
        let (today, d) = (self.writing.today, &shape.derivation);
        // Columns of orders come first and change what the index holds; it is made between the two.
        let dropped = self.dropped_indexes;
        let mut indexed = !dropped;
        crate::recalc::recalculate_with(
            conn,
            d,
            today,
            &mut self.writing.touched,
            &mut |d, t| progress("derive", d, t),
            &mut |table| {
                if !indexed && ![builtin::ORDERS, builtin::INTERACTIONS].contains(&table.as_str()) {
                    bulk_indexes(conn)?;
                    indexed = true;
                }
                Ok(())
            },
        )?;
        if !indexed {
            bulk_indexes(conn)?;
        }
        self.settle(tell)?;
        self.writing.tell()?;
        Ok(change)
    }
}

/// What the dates in the pattern of a table's codes are now.
fn run_of(table: &TableDef, today: model::Date) -> String {
    match table.field("code").map(|f| &f.kind) {
        Some(FieldKind::Code(pattern)) => pattern.run(today),
        _ => String::new(),
    }
}

/// Page cache of the writing connection during a batch, in KiB.
const BATCH_CACHE: i64 = 144 * 1024;

/// Page cache of a connection outside of batches, in KiB.
const CACHE: i64 = crate::conn::CACHE;

fn cache(conn: &Conn, kib: i64) -> Result<()> {
    match conn.dialect() {
        Dialect::Sqlite => conn.batch(&format!("PRAGMA cache_size = -{kib}")),
        Dialect::Postgres => Ok(()),
    }
}

/// Makes the indexes dropped at the start. Sorting takes as much memory as the cache may, besides it.
fn bulk_indexes(conn: &Conn) -> Result<()> {
    cache(conn, BATCH_CACHE / 2)?;
    conn.batch(layout::BULK_INDEXES)?;
    cache(conn, BATCH_CACHE)
}
