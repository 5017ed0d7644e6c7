//! Views: the ordered ids of a query, fixed once, so that any page is a look-up by key.

use crate::conn::{Row, ValueRef, params};
use crate::dialect::{Dialect, quote};
use crate::fails::error_column;
use crate::group::{self, RecordGroup};
use crate::order::{ordered_ids, read_ids, select_ids, sort_kinds};
use crate::related::{self, Related};
use crate::snapshots::ViewId;
use crate::sql::Fill;
use crate::store::{Shape, Store, require};
use crate::through::RowWork;
use crate::tint::Tints;
use crate::{filter, json};
use model::{
    Access, FieldDef, FieldKey, FieldKind, Holds, MAX_LINKS, Query, RecordId, Result, Scope, TableDef, UserId, Value,
    When,
};
use sea_query::{Alias, Expr, ExprTrait};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

/// A view just opened.
#[derive(Clone, Debug)]
pub struct OpenedView {
    /// Its name.
    pub id: ViewId,
    /// How many records.
    pub total: u64,
    /// Its columns, in order.
    pub columns: Vec<FieldKey>,
    /// Its groups, the outermost level; none where the query has no groups.
    pub groups: Vec<RecordGroup>,
}

/// Where a record stands in a view, and who stands beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct PlaceInView {
    /// From 0; absent when the view does not hold the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<u64>,
    /// How many records the view holds.
    pub total: u64,
    /// The nearest record before it that has not been removed since the view was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<i64>,
    /// The nearest one after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// Most rows answered at once.
pub(crate) const MOST_ROWS: usize = 500;

/// Records beside one that are looked at together: rarely is even the nearest gone.
const NEAR: usize = 32;

pub(crate) struct View {
    pub table: TableDef,
    pub columns: Vec<FieldDef>,
    /// Which of the columns can be errors.
    pub fails: Vec<bool>,
    pub ids: Box<[i64]>,
    page: String,
    /// The conditions that come with its rows.
    pub tints: Option<Tints>,
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
        Self {
            table: table.clone(),
            columns,
            fails,
            ids: ids.into_boxed_slice(),
            page,
            tints: None,
            user: scope.user,
            query,
        }
    }
}

impl Store {
    /// Opens a view: runs the query and fixes the order of its records.
    ///
    /// # Errors
    /// `not_found` for an unknown table or field, `invalid` for a filter value or groups that do not fit, `formula`
    /// for a wrong colour rule, `too_large` for more groups than can be shown.
    pub fn open_view(&self, scope: &Scope, query: &Query, columns: &[FieldKey]) -> Result<OpenedView> {
        self.open_grouped(scope, query, columns, &[])
    }

    /// As [`Store::open_view`]; every group has figures of some fields.
    ///
    /// # Errors
    /// As [`Store::open_view`].
    pub fn open_grouped(
        &self,
        scope: &Scope,
        query: &Query,
        columns: &[FieldKey],
        figures: &[FieldKey],
    ) -> Result<OpenedView> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let table = shape.schema.require(&query.table)?;
        let named = |keys: &[FieldKey]| keys.iter().map(|c| table.require(c).cloned()).collect::<Result<Vec<_>>>();
        let (fields, figures) = (named(columns)?, named(figures)?);
        let mut query = query.clone();
        self.as_of_today(&mut query);
        let tints = Tints::new(self.engine.dialect(), &shape, table, &query.colours)?;
        let (ids, groups) = self.engine.read(|conn| {
            let plan = self.plan(conn, &shape, table, &query.filter)?;
            let from = Instant::now();
            let out = ordered_ids(conn, &shape, table, &query, &figures, &plan.scanned)?;
            self.opened_in(table, plan, from.elapsed());
            Ok(out)
        })?;
        let total = ids.len() as u64;
        let mut view = View::passing(self, &shape, table, fields, ids, scope, query);
        view.tints = tints;
        Ok(OpenedView { id: self.views.keep(Arc::new(view))?, total, columns: columns.to_vec(), groups })
    }

    /// Gives the conditions of a query that are relative to today their day.
    fn as_of_today(&self, query: &mut Query) {
        let today = self.today();
        filter::on_day(&mut query.filter, today);
        for rule in &mut query.colours {
            if let When::Filter(f) = rule {
                filter::on_day(f, today);
            }
        }
    }

    /// The definition of an open view's table and columns, and how many records it has.
    pub fn view_shape(&self, scope: &Scope, id: &ViewId) -> Result<(TableDef, Vec<FieldDef>, u64)> {
        let v = self.views.find(scope, id)?;
        Ok((v.table.clone(), v.columns.clone(), v.ids.len() as u64))
    }

    /// A page of a view as JSON: an array of `[id, value, …]` in the order of its columns, and last, where the
    /// view has colour rules, which of them hold (see [`Query::colours`]): 1 for the first, 2 for the second, 4
    /// for the third, added up. A record removed since is `[id]` alone.
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

    /// Where a record stands in a view, and the nearest that are still there on both sides.
    ///
    /// # Errors
    /// `not_found` when the view has been dropped.
    pub fn place_in_view(&self, scope: &Scope, id: &ViewId, record: RecordId) -> Result<PlaceInView> {
        let view = self.views.find(scope, id)?;
        let total = view.ids.len() as u64;
        let Some(at) = view.ids.iter().position(|id| *id == record.0) else {
            return Ok(PlaceInView { total, ..PlaceInView::default() });
        };
        let (before, after) = (&view.ids[..at], &view.ids[at + 1..]);
        Ok(PlaceInView {
            place: Some(at as u64),
            total,
            previous: self.there(&view, before.rchunks(NEAR), true)?,
            next: self.there(&view, after.chunks(NEAR), false)?,
        })
    }

    /// The first record, or the last, of some parts of a view that has not been removed.
    fn there<'a>(&self, view: &View, mut parts: impl Iterator<Item = &'a [i64]>, last: bool) -> Result<Option<i64>> {
        let dialect = self.engine.dialect();
        let sql = format!("SELECT id FROM {} WHERE {}", quote(&view.table.key), dialect.among_ids("id"));
        parts.find_map(|part| self.there_of(&sql, part, last).transpose()).transpose()
    }

    fn there_of(&self, sql: &str, part: &[i64], last: bool) -> Result<Option<i64>> {
        let mut there = HashSet::new();
        self.engine.read(|conn| {
            conn.each(sql, params![part], &mut |r| {
                there.insert(r.get::<i64>(0)?);
                Ok(())
            })
        })?;
        let mut found = part.iter().copied().filter(|id| there.contains(id));
        Ok(if last { found.next_back() } else { found.next() })
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
        let tints = match &view.tints {
            Some(t) => Some(self.engine.read(|conn| t.of(conn, self.today(), ids))?),
            None => None,
        };
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
                if let Some(tints) = &tints {
                    out.push(b',');
                    json::integer(&mut out, tints.get(&id).copied().unwrap_or(0));
                }
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
        self.as_of_today(&mut query);
        let dialect = self.engine.dialect();
        select_ids(dialect, &shape, table, &query)?;
        group::check(table, &query.group)?;
        Tints::new(dialect, &shape, table, &query.colours)?;
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
