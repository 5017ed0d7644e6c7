//! Which records a query asks for, and in which order.

use crate::conn::{Conn, ValueRef};
use crate::dialect::{self, Dialect};
use crate::group::{Grouping, RecordGroup};
use crate::sql::{Fill, Stmt};
use crate::store::Shape;
use crate::{collate, failure, filter, search};
use model::{Error, ErrorCode, FieldDef, FieldKey, FieldKind, Holds, Query, Result, TableDef, builtin};
use sea_query::{Alias, Expr, ExprTrait, Query as Sql, SelectStatement};
use std::cmp::Ordering;

/// `SELECT c.id FROM table c WHERE …` of a query, unordered.
pub(crate) fn select_ids(dialect: Dialect, shape: &Shape, table: &TableDef, query: &Query) -> Result<SelectStatement> {
    select_scanning(dialect, shape, table, query, &[])
}

/// As [`select_ids`], leaving the indexes of some fields alone (see [`crate::indexes`]).
pub(crate) fn select_scanning(
    dialect: Dialect,
    shape: &Shape,
    table: &TableDef,
    query: &Query,
    scanned: &[FieldKey],
) -> Result<SelectStatement> {
    let mut select = Sql::select();
    let id = || Expr::col((Alias::new("c"), Alias::new("id")));
    select.expr(id()).from_as(Alias::new(table.key.as_str()), Alias::new("c"));
    if let Some(e) = filter::condition_scanning(dialect, shape, table, &query.filter, scanned)? {
        select.and_where(e);
    }
    if !query.search.trim().is_empty() {
        select.and_where(match table.key.as_str() {
            builtin::CUSTOMERS => customer_search(dialect, &query.search),
            _ => plain_search(dialect, table, &query.search),
        });
    }
    Ok(select)
}

fn customer_search(dialect: Dialect, typed: &str) -> Expr {
    let Some(wanted) = search::wanted(typed) else { return dialect::never() };
    let hits = customer_hits(dialect, &wanted);
    let mut out = Expr::col((Alias::new("c"), Alias::new("id"))).in_subquery(hits);
    for text in wanted.recheck {
        let held = |f: &str| {
            let lower: Expr = sea_query::Func::lower(Expr::col((Alias::new("c"), Alias::new(f)))).into();
            dialect.position_of(lower, Expr::val(text.clone())).gt(0)
        };
        out = out.and(held("name").or(held("company")).or(held("note")));
    }
    out
}

/// The answer of the index of search texts, where nothing but a search is asked: the index is kept with the table in
/// every transaction, so that no row of the table needs to be looked at.
fn found_alone(dialect: Dialect, table: &TableDef, query: &Query) -> Option<SelectStatement> {
    let plain = matches!(&query.filter, model::Filter::All(list) if list.is_empty());
    if table.key != *builtin::CUSTOMERS || !plain || !query.sort.is_empty() || !query.group.is_empty() {
        return None;
    }
    let wanted = search::wanted(&query.search).filter(|w| w.recheck.is_empty())?;
    Some(customer_hits(dialect, &wanted))
}

/// Ids of customers whose search text answers a question.
fn customer_hits(dialect: Dialect, wanted: &search::Wanted) -> SelectStatement {
    let mut hits = Sql::select();
    hits.column(Alias::new("rowid"))
        .from(Alias::new("_search"))
        .and_where(Expr::cust_with_values(dialect.search_match(), [wanted.expression(dialect)]));
    if let Some((_, last)) = search::rows_of(builtin::CUSTOMERS) {
        hits.and_where(Expr::col(Alias::new("rowid")).lte(last));
    }
    hits
}

/// Other tables are searched by what their text columns hold; a linked customer by name, pinyin and all.
fn plain_search(dialect: Dialect, table: &TableDef, typed: &str) -> Expr {
    let text = typed.trim().to_lowercase();
    let mut out = dialect::never();
    for f in &table.fields {
        let col = Expr::col((Alias::new("c"), Alias::new(f.key.as_str())));
        match &f.kind {
            kind if kind.holds() == Holds::Text || kind.holds() == Holds::Texts => {
                let lower: Expr = sea_query::Func::lower(col).into();
                out = out.or(dialect.position_of(lower, Expr::val(text.clone())).gt(0));
            }
            FieldKind::Link { table } if *table == *builtin::CUSTOMERS => {
                if let Some(w) = search::wanted(typed) {
                    out = out.or(col.in_subquery(customer_hits(dialect, &w)));
                }
            }
            FieldKind::Links { table: to } if *to == *builtin::CUSTOMERS => {
                if let Some(w) = search::wanted(typed) {
                    let mut naming = filter::naming(&table.key, &f.key, "source");
                    let target = Expr::col(Alias::new("target"));
                    naming.and_where(target.in_subquery(customer_hits(dialect, &w)));
                    out = out.or(Expr::col((Alias::new("c"), Alias::new("id"))).in_subquery(naming));
                }
            }
            _ => {}
        }
    }
    out
}

/// A sort key.
#[derive(Debug, PartialEq)]
pub(crate) enum Key {
    Number(f64),
    /// See [`crate::collate`].
    Text(Box<[u8]>),
    Blank,
}

impl Key {
    pub(crate) fn read(kind: &FieldKind, v: ValueRef<'_>) -> Self {
        // Choices come in the order of their list, others behind them.
        if let (FieldKind::Choice { options }, Some(text)) = (kind, v.text())
            && let Some(place) = options.iter().position(|o| *o.value == *text)
        {
            return Self::Number(place as f64);
        }
        match v {
            ValueRef::Integer(n) => Self::Number(n as f64),
            ValueRef::Real(n) => Self::Number(n),
            ValueRef::Text(t) if !t.is_empty() => Self::Text(collate::key(&String::from_utf8_lossy(t))),
            _ => Self::Blank,
        }
    }

    /// The order of two keys; blanks come last either way.
    pub(crate) fn compare(&self, other: &Self, desc: bool) -> Ordering {
        let order = match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Blank, Self::Blank) => return Ordering::Equal,
            (Self::Blank, _) => return Ordering::Greater,
            (_, Self::Blank) => return Ordering::Less,
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        };
        if desc { order.reverse() } else { order }
    }

    /// The beginning of a key as a number in the same order: of two keys that differ in it, the lesser comes first.
    /// Sorting looks at it alone for most pairs, without following the key to where it lies.
    fn beginning(&self, desc: bool) -> u64 {
        const TEXT: u64 = 1 << 63;
        let begins = match self {
            Self::Number(n) => {
                let bits = n.to_bits();
                // Negative numbers have all bits turned, others the sign, as in `f64::total_cmp`.
                (if bits & TEXT == 0 { bits | TEXT } else { !bits }) >> 1
            }
            Self::Text(key) => {
                let mut bytes = [0; 8];
                let n = key.len().min(8);
                bytes[..n].copy_from_slice(&key[..n]);
                TEXT | (u64::from_be_bytes(bytes) >> 1)
            }
            Self::Blank => return u64::MAX,
        };
        if desc { !begins } else { begins }
    }
}

/// The ids of a query in its order, and their groups where it has any. Keys are read once and sorted here, which
/// is several times quicker than in the database for any order without an index of its own.
pub(crate) fn ordered_ids(
    conn: &Conn,
    shape: &Shape,
    table: &TableDef,
    query: &Query,
    figures: &[FieldDef],
    scanned: &[FieldKey],
) -> Result<(Vec<i64>, Vec<RecordGroup>)> {
    let mut select = match found_alone(conn.dialect(), table, query) {
        Some(hits) => hits,
        None => select_scanning(conn.dialect(), shape, table, query, scanned)?,
    };
    let fill = Fill::today(model::Date(0));
    if query.sort.is_empty() && query.group.is_empty() {
        let mut ids = read_ids(conn, &select, &fill)?;
        ids.sort_unstable();
        return Ok((ids, Vec::new()));
    }
    let kinds = sort_kinds(table, query)?;
    let mut grouping = Grouping::new(shape, table, &query.group)?;
    grouping.select(conn.dialect(), &mut select);
    for key in &query.sort {
        select.column((Alias::new("c"), Alias::new(key.field.as_str())));
    }
    let (width, first) = (query.sort.len(), 1 + grouping.width());
    let mut ids: Vec<i64> = Vec::new();
    let mut keys: Vec<Key> = Vec::new();
    let mut leaves: Vec<u32> = Vec::new();
    Stmt::select(&select).each(conn, &fill, &mut |r| {
        ids.push(r.get(0)?);
        if !query.group.is_empty() {
            leaves.push(grouping.leaf(r, 1)?);
        }
        for (k, kind) in kinds.iter().enumerate() {
            keys.push(Key::read(kind, r.at(first + k)?));
        }
        Ok(())
    })?;
    let sorted = grouping.sorted(conn, shape)?;
    leaves.iter_mut().for_each(|leaf| *leaf = sorted.places[*leaf as usize]);
    let begins = |at: usize| query.sort.first().map_or(0, |s| keys[at * width].beginning(s.desc));
    let count = u32::try_from(ids.len()).map_err(failure)?;
    let mut places: Vec<(u64, u32)> = (0..count).map(|at| (begins(at as usize), at)).collect();
    places.sort_unstable_by(|(x, a), (y, b)| {
        let (a, b) = (*a as usize, *b as usize);
        let by_keys =
            query.sort.iter().enumerate().map(|(k, s)| keys[a * width + k].compare(&keys[b * width + k], s.desc));
        let later = || by_keys.reduce(Ordering::then).unwrap_or(Ordering::Equal).then(ids[a].cmp(&ids[b]));
        leaves.get(a).cmp(&leaves.get(b)).then(x.cmp(y)).then_with(later)
    });
    let groups = grouping.tree(conn, shape, query, &sorted, figures, scanned)?;
    Ok((places.into_iter().map(|(_, at)| ids[at as usize]).collect(), groups))
}

/// The kinds of the fields a query is sorted by.
pub(crate) fn sort_kinds<'a>(table: &'a TableDef, query: &Query) -> Result<Vec<&'a FieldKind>> {
    let kind = |key: &model::Sort| {
        let field = table.require(&key.field)?;
        if field.kind.holds() != Holds::Links {
            return Ok(&field.kind);
        }
        Err(Error::new(
            ErrorCode::Invalid,
            format!("不能按“{}”排序，一格里有多条记录", field.label.zh),
            format!("“{}” holds several records in a cell and gives no order", field.label.en),
        )
        .on(&field.key))
    };
    query.sort.iter().map(kind).collect()
}

pub(crate) fn read_ids(conn: &Conn, select: &SelectStatement, fill: &Fill) -> Result<Vec<i64>> {
    let mut out = Vec::new();
    Stmt::select(select).each(conn, fill, &mut |r| {
        out.push(r.get(0)?);
        Ok(())
    })?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_in_the_order_of_their_keys() {
        let text = |t: &[u8]| Key::Text(t.into());
        let numbers = [f64::MIN, -1e9, -2.5, -1.0, -0.0, 0.0, 1e-9, 1.0, 1.000_000_000_000_000_2, 2.0, 1e18, f64::MAX];
        let mut keys: Vec<Key> = numbers.into_iter().map(Key::Number).collect();
        keys.extend(
            [&b"a"[..], b"ab", b"abcdefgh", b"abcdefgi", b"abcdefgh long", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff"]
                .map(text),
        );
        keys.push(Key::Blank);
        let mut told_apart = 0;
        for desc in [false, true] {
            for (a, b) in keys.iter().flat_map(|a| keys.iter().map(move |b| (a, b))) {
                let by_beginning = a.beginning(desc).cmp(&b.beginning(desc));
                if by_beginning != Ordering::Equal {
                    assert_eq!(by_beginning, a.compare(b, desc), "{a:?} {b:?} {desc}");
                    told_apart += 1;
                }
            }
        }
        assert!(told_apart > 600, "{told_apart} of {} pairs", 2 * keys.len() * keys.len());
    }
}
