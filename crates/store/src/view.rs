//! Views: the ordered ids of a query, fixed once, so that any page is a look-up by key.

use crate::conn::{Conn, Row, ValueRef, params};
use crate::dialect::{self, Dialect, quote};
use crate::fails::error_column;
use crate::json;
use crate::related::{self, Related};
use crate::snapshots::ViewId;
use crate::sql::{Fill, Stmt};
use crate::store::{Shape, Store, require};
use crate::through::RowWork;
use crate::{collate, filter};
use crate::{failure, search};
use model::{
    Access, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Holds, MAX_LINKS, Query, RecordId, Result, Scope,
    TableDef, UserId, Value, builtin,
};
use sea_query::{Alias, Expr, ExprTrait, Query as Sql, SelectStatement};
use std::cmp::Ordering;
use std::sync::Arc;

/// A view just opened.
#[derive(Clone, Debug)]
pub struct OpenedView {
    /// Its name.
    pub id: ViewId,
    /// How many records.
    pub total: u64,
    /// Its columns, in order.
    pub columns: Vec<FieldKey>,
}

/// Most rows answered at once.
pub(crate) const MOST_ROWS: usize = 500;

pub(crate) struct View {
    pub table: TableDef,
    pub columns: Vec<FieldDef>,
    /// Which of the columns can be errors.
    pub fails: Vec<bool>,
    pub ids: Box<[i64]>,
    page: String,
    pub user: UserId,
    pub query: Query,
}

impl View {
    /// A view of some records that nobody opens again.
    pub(crate) fn passing(
        store: &Store,
        shape: &Shape,
        table: &TableDef,
        columns: Vec<FieldDef>,
        ids: Vec<i64>,
        scope: &Scope,
        query: Query,
    ) -> Self {
        let known = &shape.derivation.fails;
        let fails: Vec<bool> = columns.iter().map(|f| known.has(&table.key, &f.key)).collect();
        let page = page_sql(store.engine.dialect(), table, &columns, &fails);
        Self { table: table.clone(), columns, fails, ids: ids.into_boxed_slice(), page, user: scope.user, query }
    }
}

impl Store {
    /// Opens a view: runs the query and fixes the order of its records.
    ///
    /// # Errors
    /// `not_found` for an unknown table or field, `invalid` for a filter value that does not fit.
    pub fn open_view(&self, scope: &Scope, query: &Query, columns: &[FieldKey]) -> Result<OpenedView> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let table = shape.schema.require(&query.table)?;
        let fields = columns.iter().map(|c| table.require(c).cloned()).collect::<Result<Vec<_>>>()?;
        let mut query = query.clone();
        filter::on_day(&mut query.filter, self.today());
        let ids = self.engine.read(|conn| ordered_ids(conn, &shape, table, &query))?;
        let total = ids.len() as u64;
        let view = View::passing(self, &shape, table, fields, ids, scope, query);
        Ok(OpenedView { id: self.views.keep(Arc::new(view))?, total, columns: columns.to_vec() })
    }

    /// The definition of an open view's table and columns, and how many records it has.
    pub fn view_shape(&self, scope: &Scope, id: &ViewId) -> Result<(TableDef, Vec<FieldDef>, u64)> {
        let v = self.views.find(scope, id)?;
        Ok((v.table.clone(), v.columns.clone(), v.ids.len() as u64))
    }

    /// A page of a view as JSON: an array of `[id, value, …]` in the order of its columns. A record
    /// removed since is `[id]` alone.
    pub fn page(&self, scope: &Scope, id: &ViewId, offset: u64, limit: u64) -> Result<Vec<u8>> {
        let view = self.views.find(scope, id)?;
        self.json_rows(&view, part(&view, offset, limit))
    }

    /// Some records as JSON, as [`Store::page`] gives them, at most 500.
    ///
    /// # Errors
    /// `not_found` for an unknown table or field.
    pub fn rows_of(&self, scope: &Scope, table: &str, ids: &[RecordId], columns: &[FieldKey]) -> Result<Vec<u8>> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let table = shape.schema.require(table)?;
        let fields = columns.iter().map(|c| table.require(c).cloned()).collect::<Result<Vec<_>>>()?;
        let ids = ids.iter().map(|id| id.0).collect();
        let view = View::passing(self, &shape, table, fields, ids, scope, Query::all(table.key.clone()));
        self.json_rows(&view, &view.ids[..view.ids.len().min(MOST_ROWS)])
    }

    /// Rows of some records (at most 500) in the form of [`Store::page`], whether the view holds them or not:
    /// those that changed since it was opened, or came. One that is not there is `[id]` alone.
    ///
    /// # Errors
    /// `not_found` when the view has been dropped.
    pub fn view_records(&self, scope: &Scope, id: &ViewId, ids: &[i64]) -> Result<Vec<u8>> {
        let view = self.views.find(scope, id)?;
        self.json_rows(&view, &ids[..ids.len().min(MOST_ROWS)])
    }

    /// Which of some records (at most 500) a view would hold if it were opened now, in ascending order.
    ///
    /// # Errors
    /// `not_found` when the view has been dropped, or its question names what is gone.
    pub fn view_fits(&self, scope: &Scope, id: &ViewId, ids: &[i64]) -> Result<Vec<i64>> {
        let view = self.views.find(scope, id)?;
        let shape = self.shape();
        let table = shape.schema.require(&view.table.key)?;
        let mut select = select_ids(self.engine.dialect(), &shape, table, &view.query)?;
        let wanted = ids.iter().take(MOST_ROWS).copied();
        select.and_where(Expr::col((Alias::new("c"), Alias::new("id"))).is_in(wanted));
        let mut found = self.engine.read(|conn| read_ids(conn, &select, &Fill::today(model::Date(0))))?;
        found.sort_unstable();
        Ok(found)
    }

    /// Rows in the form of [`Store::page`].
    pub(crate) fn json_rows(&self, view: &View, ids: &[i64]) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(256 * ids.len());
        out.push(b'[');
        self.rows(view, ids, related::SHOWN, |id, row, related| {
            if out.len() > 1 {
                out.push(b',');
            }
            out.push(b'[');
            json::integer(&mut out, id);
            if let Some(row) = row {
                if !view.columns.is_empty() {
                    out.push(b',');
                }
                write_row(&mut out, view, row, id, related, false)?;
            }
            out.push(b']');
            Ok(())
        })?;
        out.push(b']');
        Ok(out)
    }

    /// Calls `each` with the values of every record of a view, in order; links as (code, name), those of several
    /// joined.
    pub fn each_row(
        &self,
        scope: &Scope,
        id: &ViewId,
        mut each: impl FnMut(RecordId, &[Value], &[Option<(String, String)>]) -> Result<()>,
    ) -> Result<()> {
        let view = self.views.find(scope, id)?;
        for offset in (0..view.ids.len() as u64).step_by(MOST_ROWS) {
            self.values_of(&view, part(&view, offset, MOST_ROWS as u64), &mut each)?;
        }
        Ok(())
    }

    /// [`Store::each_row`] of some records of a view.
    pub(crate) fn values_of(&self, view: &View, ids: &[i64], each: &mut RowWork<'_>) -> Result<()> {
        let (mut values, mut links) = (Vec::new(), Vec::new());
        self.rows(view, ids, MAX_LINKS as u64, |id, row, related| {
            let Some(row) = row else { return Ok(()) };
            values.clear();
            links.clear();
            let mut at = 2;
            for (f, fails) in view.columns.iter().zip(&view.fails) {
                let error = if *fails { row.at(at + 1)? } else { ValueRef::Null };
                values.push(crate::cells::or_error(&f.kind, row.at(at)?, error));
                at += 1 + usize::from(*fails);
                if matches!(f.kind, FieldKind::Link { .. }) {
                    let (code, name): (Option<String>, Option<String>) = (row.get(at)?, row.get(at + 1)?);
                    links.push(code.map(|c| (c, name.unwrap_or_default())));
                    at += 2;
                } else if f.kind.holds() == Holds::Links {
                    links.push(related::joined(&related.cell(f, id, row.at(at - 1)?).1));
                }
            }
            each(RecordId(id), &values, &links)
        })
    }

    pub(crate) fn rows(
        &self,
        view: &View,
        ids: &[i64],
        most: u64,
        mut each: impl FnMut(i64, Option<&Row<'_>>, &Related) -> Result<()>,
    ) -> Result<()> {
        let schema = self.schema();
        self.engine.read(|conn| {
            let related = Related::load(conn, &schema, &view.table, view.columns.iter(), ids, most)?;
            conn.each(&view.page, params![ids], &mut |r| {
                let there = r.at(1)? != ValueRef::Null;
                each(r.get(0)?, there.then_some(r), &related)
            })
        })
    }

    /// Whether a query can be asked: its fields are there, and what it compares with fits them.
    ///
    /// # Errors
    /// As [`Store::open_view`].
    pub fn check_query(&self, query: &Query) -> Result<()> {
        let shape = self.shape();
        let table = shape.schema.require(&query.table)?;
        let mut query = query.clone();
        filter::on_day(&mut query.filter, self.today());
        select_ids(self.engine.dialect(), &shape, table, &query)?;
        sort_kinds(table, &query).map(drop)
    }
}

/// The ids of a page.
pub(crate) fn part(view: &View, offset: u64, limit: u64) -> &[i64] {
    let from = usize::try_from(offset).unwrap_or(usize::MAX).min(view.ids.len());
    let limit = usize::try_from(limit).unwrap_or(usize::MAX).min(MOST_ROWS);
    &view.ids[from..from.saturating_add(limit).min(view.ids.len())]
}

/// Writes the cells of a row with commas between them, each under the key of its field if `keyed`.
pub(crate) fn write_row(
    out: &mut Vec<u8>,
    view: &View,
    row: &Row<'_>,
    id: i64,
    related: &Related,
    keyed: bool,
) -> Result<()> {
    let mut at = 2;
    for (n, (f, fails)) in view.columns.iter().zip(&view.fails).enumerate() {
        if n > 0 {
            out.push(b',');
        }
        if keyed {
            json::string(out, &f.key);
            out.push(b':');
        }
        let v = row.at(at)?;
        at += 1;
        if *fails {
            let error = row.at(at)?;
            at += 1;
            if error != ValueRef::Null {
                json::cell_or_error(out, &f.kind, v, error);
                at += if matches!(f.kind, FieldKind::Link { .. }) { 2 } else { 0 };
                continue;
            }
        }
        if f.kind.holds() == Holds::Links {
            related.write(out, f, id, v);
            continue;
        }
        if !matches!(f.kind, FieldKind::Link { .. }) {
            json::cell(out, &f.kind, v);
            continue;
        }
        match v {
            ValueRef::Integer(id) => {
                out.push(b'[');
                json::integer(out, id);
                for i in 0..2 {
                    out.push(b',');
                    json::cell(out, &FieldKind::Text, row.at(at + i)?);
                }
                out.push(b']');
            }
            _ => out.extend_from_slice(b"null"),
        }
        at += 2;
    }
    Ok(())
}

/// The statement of a page: asked id, found id, then the columns; one that can fail brings its error, a link
/// code and name.
fn page_sql(dialect: Dialect, table: &TableDef, columns: &[FieldDef], fails: &[bool]) -> String {
    let mut list = String::from("SELECT r.value, c.id");
    let mut joins = String::new();
    for (n, (f, fails)) in columns.iter().zip(fails).enumerate() {
        let col = if f.kind.stored() { ["c.", &quote(&f.key)].concat() } else { "NULL".to_owned() };
        list.push_str(", ");
        list.push_str(&col);
        if *fails {
            list.push_str(&[", c.", &quote(&error_column(&f.key))].concat());
        }
        if let FieldKind::Link { table } = &f.kind {
            let l = format!("l{n}");
            list.push_str(&[", ", &l, ".code, ", &l, ".name"].concat());
            joins.push_str(&[" LEFT JOIN ", &quote(table), " ", &l, " ON ", &l, ".id = ", &col].concat());
        }
    }
    let rows = ["c ON c.id = r.value", &joins, dialect.in_list_order()].concat();
    [&list, " FROM ", dialect.id_list(), " LEFT JOIN ", &quote(&table.key), " ", &rows].concat()
}

/// `SELECT c.id FROM table c WHERE …` of a query, unordered.
pub(crate) fn select_ids(dialect: Dialect, shape: &Shape, table: &TableDef, query: &Query) -> Result<SelectStatement> {
    let mut select = Sql::select();
    let id = || Expr::col((Alias::new("c"), Alias::new("id")));
    select.expr(id()).from_as(Alias::new(table.key.as_str()), Alias::new("c"));
    if let Some(e) = filter::condition(dialect, shape, table, &query.filter)? {
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
enum Key {
    Number(f64),
    /// See [`crate::collate`].
    Text(Box<[u8]>),
    Blank,
}

impl Key {
    fn read(kind: &FieldKind, v: ValueRef<'_>) -> Self {
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
    fn compare(&self, other: &Self, desc: bool) -> Ordering {
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
}

/// The ids of a query in its order. Keys are read once and sorted here, which is several times quicker
/// than in the database for any order without an index of its own.
pub(crate) fn ordered_ids(conn: &Conn, shape: &Shape, table: &TableDef, query: &Query) -> Result<Vec<i64>> {
    let mut select = select_ids(conn.dialect(), shape, table, query)?;
    let fill = Fill::today(model::Date(0));
    if query.sort.is_empty() {
        let mut ids = read_ids(conn, &select, &fill)?;
        ids.sort_unstable();
        return Ok(ids);
    }
    let kinds = sort_kinds(table, query)?;
    for key in &query.sort {
        select.column((Alias::new("c"), Alias::new(key.field.as_str())));
    }
    let width = query.sort.len();
    let mut ids: Vec<i64> = Vec::new();
    let mut keys: Vec<Key> = Vec::new();
    Stmt::select(&select).each(conn, &fill, &mut |r| {
        ids.push(r.get(0)?);
        for (k, kind) in kinds.iter().enumerate() {
            keys.push(Key::read(kind, r.at(k + 1)?));
        }
        Ok(())
    })?;
    let mut places: Vec<u32> = (0..u32::try_from(ids.len()).map_err(failure)?).collect();
    places.sort_unstable_by(|a, b| {
        let (a, b) = (*a as usize, *b as usize);
        let by_keys =
            query.sort.iter().enumerate().map(|(k, s)| keys[a * width + k].compare(&keys[b * width + k], s.desc));
        by_keys.reduce(Ordering::then).unwrap_or(Ordering::Equal).then(ids[a].cmp(&ids[b]))
    });
    Ok(places.into_iter().map(|p| ids[p as usize]).collect())
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

fn read_ids(conn: &Conn, select: &SelectStatement, fill: &Fill) -> Result<Vec<i64>> {
    let mut out = Vec::new();
    Stmt::select(select).each(conn, fill, &mut |r| {
        out.push(r.get(0)?);
        Ok(())
    })?;
    Ok(out)
}
