//! Pages for programs: records of a query by a cursor, without anything remembered between two pages.
//!
//! A cursor holds what the last record of a page was ordered by. The next page begins behind that place, so
//! records made, edited and removed meanwhile neither repeat others nor hide them.

use crate::conn::{Conn, ValueRef};
use crate::dialect::column_type;
use crate::order::{select_scanning, sort_kinds};
use crate::related;
use crate::sql::{Fill, Stmt};
use crate::store::{Shape, Store, require};
use crate::view::{View, write_row};
use crate::{failure, filter, json, tint};
use model::{Access, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Query, Result, Scope, TableDef};
use sea_query::{Alias, Expr, ExprTrait, NullOrdering, Order, SelectStatement};
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A page that is asked for.
#[derive(Clone, Debug)]
pub struct PageWanted {
    /// Which records, in which order. Texts are in the order of their characters' numbers.
    pub query: Query,
    /// A formula that must be true of each record, besides the query's own filter.
    pub formula: Option<String>,
    /// The fields; all of the table when there are none.
    pub fields: Vec<FieldKey>,
    /// At most so many records, up to [`MOST_PAGE`].
    pub limit: u64,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// A page of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPage {
    /// A JSON array of `{"id","values":{field: value}}`.
    pub records: Vec<u8>,
    /// Where to go on; None at the end.
    pub next: Option<String>,
}

/// Most records of a page.
pub const MOST_PAGE: u64 = 500;
/// Most fields a page is ordered by.
const MOST_KEYS: usize = 4;
/// Longest cursor; it goes into an address.
const LONGEST: usize = 4_000;

/// What a record is ordered by, in one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Key {
    #[serde(rename = "n")]
    Null,
    #[serde(rename = "i")]
    Int(i64),
    /// The bits of a float, so that it is the same when read again.
    #[serde(rename = "r")]
    Real(u64),
    #[serde(rename = "t")]
    Text(String),
}

impl Key {
    fn read(v: ValueRef<'_>) -> Self {
        match v {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(n) => Self::Int(n),
            ValueRef::Real(n) => Self::Real(n.to_bits()),
            ValueRef::Text(t) => Self::Text(String::from_utf8_lossy(t).into_owned()),
        }
    }

    /// Whether a column of this kind can hold it.
    fn fits(&self, kind: &FieldKind) -> bool {
        match self {
            Self::Null => true,
            Self::Int(_) => column_type(kind) == "INTEGER",
            Self::Real(bits) => column_type(kind) == "REAL" && f64::from_bits(*bits).is_finite(),
            Self::Text(t) => column_type(kind) == "TEXT" && !t.contains('\0'),
        }
    }

    fn bound(&self) -> Option<Expr> {
        match self {
            Self::Null => None,
            Self::Int(n) => Some(Expr::val(*n)),
            Self::Real(bits) => Some(Expr::val(f64::from_bits(*bits))),
            Self::Text(t) => Some(Expr::val(t.clone())),
        }
    }
}

/// Where a page ended.
#[derive(Serialize, Deserialize)]
struct Place {
    /// Tells the cursors of one question from those of others.
    of: u64,
    keys: Vec<Key>,
    id: i64,
}

impl Place {
    fn write(&self) -> Result<String> {
        let text = serde_json::to_vec(self).map_err(failure)?;
        let cursor = text.iter().fold(String::with_capacity(text.len() * 2), |s, b| s + &format!("{b:02x}"));
        if cursor.len() <= LONGEST {
            return Ok(cursor);
        }
        Err(Error::new(
            ErrorCode::TooLarge,
            "排序的文字太长，不能分页；请换一个字段排序",
            "The texts it is sorted by are too long to page through; sort by another field",
        )
        .on("sort"))
    }

    fn read(cursor: &str, of: u64, kinds: &[&FieldKind]) -> Result<Self> {
        let bytes = (cursor.is_ascii() && cursor.len() <= LONGEST && cursor.len().is_multiple_of(2))
            .then(|| (0..cursor.len()).step_by(2).map(|i| u8::from_str_radix(&cursor[i..i + 2], 16).ok()).collect())
            .and_then(|bytes: Option<Vec<u8>>| bytes);
        let place: Option<Self> = bytes.and_then(|b| serde_json::from_slice(&b).ok());
        let fits = |p: &Self| {
            p.of == of && p.keys.len() == kinds.len() && p.keys.iter().zip(kinds).all(|(k, kind)| k.fits(kind))
        };
        place.filter(fits).ok_or_else(|| {
            Error::new(
                ErrorCode::Invalid,
                "游标不是这次查询给出的；请从第一页重新开始",
                "The cursor is not of this query; start again from the first page",
            )
            .on("cursor")
        })
    }
}

impl Store {
    /// A page of records by cursor.
    ///
    /// # Errors
    /// `not_found` for a field the table lacks, `invalid` for a filter, order or cursor that does not fit,
    /// `formula` for a wrong formula.
    pub fn records(&self, scope: &Scope, wanted: &PageWanted) -> Result<RecordPage> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let table = shape.schema.require(&wanted.query.table)?;
        let kinds = sort_kinds(table, &wanted.query)?;
        if kinds.len() > MOST_KEYS {
            return Err(too_many_keys());
        }
        let of = mark(wanted);
        let after = wanted.cursor.as_deref().map(|c| Place::read(c, of, &kinds)).transpose()?;
        let limit = wanted.limit.clamp(1, MOST_PAGE);
        let (ids, next) = self.engine.read(|conn| {
            let select = self.page_of(conn, &shape, table, wanted, after.as_ref(), limit)?;
            self.places(conn, &select, of, kinds.len(), limit)
        })?;
        let chosen: Vec<FieldDef> = match wanted.fields.is_empty() {
            true => table.fields.clone(),
            false => wanted.fields.iter().map(|k| table.require(k).cloned()).collect::<Result<_>>()?,
        };
        let view = View::passing(self, &shape, table, chosen, ids, scope, wanted.query.clone());
        let mut records = vec![b'['];
        self.rows(&view, &view.ids, related::SHOWN, |id, row, related| {
            // One that went a moment ago is left out.
            let Some(row) = row else { return Ok(()) };
            if records.len() > 1 {
                records.push(b',');
            }
            records.extend_from_slice(b"{\"id\":");
            json::integer(&mut records, id);
            records.extend_from_slice(b",\"values\":{");
            write_row(&mut records, &view, row, id, related, true)?;
            records.extend_from_slice(b"}}");
            Ok(())
        })?;
        records.push(b']');
        Ok(RecordPage { records, next })
    }

    /// The statement of a page: ids and what they are ordered by, one more than asked for.
    fn page_of(
        &self,
        conn: &Conn,
        shape: &Shape,
        table: &TableDef,
        wanted: &PageWanted,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<SelectStatement> {
        let (dialect, mut query) = (self.engine.dialect(), wanted.query.clone());
        filter::on_day(&mut query.filter, self.today());
        let plan = self.plan(conn, shape, table, &query.filter)?;
        let mut select = select_scanning(dialect, shape, table, &query, &plan.scanned)?;
        if let Some(text) = &wanted.formula {
            select.and_where(tint::holds(dialect, shape, table, text).map_err(|e| e.on("filter"))?);
        }
        let col = |name: &str| Expr::col((Alias::new("c"), Alias::new(name)));
        for s in &query.sort {
            select.expr(col(&s.field));
            let order = if s.desc { Order::Desc } else { Order::Asc };
            select.order_by_expr_with_nulls(col(&s.field), order, NullOrdering::Last);
        }
        select.order_by_expr(col("id"), Order::Asc);
        if let Some(place) = after {
            select.and_where(behind(&query, place));
        }
        select.limit(limit + 1);
        Ok(select)
    }

    /// The ids of a page, and where the next one begins.
    fn places(
        &self,
        conn: &Conn,
        select: &SelectStatement,
        of: u64,
        width: usize,
        limit: u64,
    ) -> Result<(Vec<i64>, Option<String>)> {
        let (mut ids, mut keys, mut more) = (Vec::new(), Vec::new(), false);
        Stmt::select(select).each(conn, &Fill::today(self.today()), &mut |r| {
            more = ids.len() as u64 == limit;
            if !more {
                ids.push(r.get(0)?);
                keys = (1..=width).map(|i| r.at(i).map(Key::read)).collect::<Result<_>>()?;
            }
            Ok(())
        })?;
        let next = match ids.last() {
            Some(&id) if more => Some(Place { of, keys, id }.write()?),
            _ => None,
        };
        Ok((ids, next))
    }
}

/// Records that come after a place: later by the first key, or the same there and later by the next, and so on.
fn behind(query: &Query, place: &Place) -> Expr {
    let col = |name: &str| Expr::col((Alias::new("c"), Alias::new(name)));
    let mut same: Option<Expr> = None;
    let and = |same: &Option<Expr>, e: Expr| same.clone().map_or(e.clone(), |s| s.and(e));
    let mut out: Option<Expr> = None;
    for (sort, key) in query.sort.iter().zip(&place.keys) {
        // Nothing comes after a blank but other blanks.
        if let Some(v) = key.bound() {
            let later = if sort.desc { col(&sort.field).lt(v) } else { col(&sort.field).gt(v) };
            let part = and(&same, later.or(col(&sort.field).is_null()));
            out = Some(out.map_or(part.clone(), |o| o.or(part)));
        }
        let equal = key.bound().map_or_else(|| col(&sort.field).is_null(), |v| col(&sort.field).eq(v));
        same = Some(and(&same, equal));
    }
    let last = and(&same, col("id").gt(place.id));
    out.map_or(last.clone(), |o| o.or(last))
}

/// What tells one question from another.
fn mark(wanted: &PageWanted) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{:?} {:?}", wanted.query, wanted.formula).hash(&mut hasher);
    hasher.finish()
}

fn too_many_keys() -> Error {
    Error::new(
        ErrorCode::Invalid,
        format!("最多按 {MOST_KEYS} 个字段排序"),
        format!("Sort by at most {MOST_KEYS} fields"),
    )
    .on("sort")
}
