//! Filters to SQL conditions.

use crate::dialect::{self, Dialect};
use crate::fails::error_column;
use crate::store::Shape;
use crate::within::within;
use model::{
    Condition, Date, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Filter, Holds, Op, Result, Schema, TableDef,
    TableKey, Value,
};
use sea_query::{Alias, BinOper, Expr, ExprTrait, Func, Query, SelectStatement};

/// The condition of a filter on a table.
///
/// # Errors
/// `not_found` for a field the table lacks, `invalid` for a value that does not fit it.
pub(crate) fn condition(dialect: Dialect, shape: &Shape, table: &TableDef, filter: &Filter) -> Result<Option<Expr>> {
    condition_scanning(dialect, shape, table, filter, &[])
}

/// As [`condition`], leaving the indexes of some fields alone (see [`crate::indexes`]).
pub(crate) fn condition_scanning(
    dialect: Dialect,
    shape: &Shape,
    table: &TableDef,
    filter: &Filter,
    scanned: &[FieldKey],
) -> Result<Option<Expr>> {
    Terms { dialect, shape, table, scanned }.of(filter)
}

/// What conditions are made from.
struct Terms<'a> {
    dialect: Dialect,
    shape: &'a Shape,
    table: &'a TableDef,
    scanned: &'a [FieldKey],
}

impl Terms<'_> {
    fn of(&self, filter: &Filter) -> Result<Option<Expr>> {
        match filter {
            Filter::All(parts) => self.join(parts, BinOper::And),
            Filter::Any(parts) if parts.is_empty() => Ok(Some(dialect::never())),
            Filter::Any(parts) => self.join(parts, BinOper::Or),
            Filter::Not(part) => Ok(Some(match self.of(part)? {
                // Comparisons with a blank cell are neither true nor false.
                Some(e) => Expr::cust_with_exprs("(?) IS NOT TRUE", [e]),
                None => dialect::never(),
            })),
            Filter::Is(c) => self.one(c).map(Some),
        }
    }

    fn join(&self, parts: &[Filter], op: BinOper) -> Result<Option<Expr>> {
        let mut out: Option<Expr> = None;
        for p in parts {
            if let Some(e) = self.of(p)? {
                out = Some(match out {
                    Some(before) => before.binary(op, e),
                    None => e,
                });
            }
        }
        Ok(out)
    }

    fn one(&self, c: &Condition) -> Result<Expr> {
        let field = self.table.require(&c.field)?;
        let cell = Cell {
            field,
            fails: self.shape.derivation.fails.has(&self.table.key, &field.key),
            scanned: self.scanned.contains(&field.key),
        };
        match &field.kind {
            FieldKind::Link { table: to } if c.op == Op::Contains => {
                let Some(Value::Text(part)) = c.values.first() else { return Err(unfit(field)) };
                Ok(cell.column().in_subquery(called(self.dialect, self.shape.schema.require(to)?, part)))
            }
            kind if kind.holds() == Holds::Links => listed(self.dialect, &self.shape.schema, self.table, field, c),
            _ => single(self.dialect, &cell, c),
        }
    }
}

/// A filter as it is on a day: conditions relative to today are given it as their second value.
pub(crate) fn on_day(filter: &mut Filter, today: Date) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter_mut().for_each(|p| on_day(p, today)),
        Filter::Not(part) => on_day(part, today),
        Filter::Is(c) if c.op == Op::Within => {
            c.values.truncate(1);
            c.values.push(Value::Date(today));
        }
        Filter::Is(_) => {}
    }
}

/// A cell in a condition.
struct Cell<'f> {
    field: &'f FieldDef,
    /// It can be an error.
    fails: bool,
    /// An index of it is left alone.
    scanned: bool,
}

impl Cell<'_> {
    fn column(&self) -> Expr {
        let column = Expr::col((Alias::new("c"), Alias::new(self.field.key.as_str())));
        // SQLite takes no index for an expression.
        if self.scanned { Expr::cust_with_exprs("+?", [column]) } else { column }
    }

    /// The number of its error.
    fn error(&self) -> Expr {
        Expr::col((Alias::new("c"), Alias::new(error_column(&self.field.key))))
    }
}

fn single(dialect: Dialect, cell: &Cell<'_>, c: &Condition) -> Result<Expr> {
    let (f, fails) = (cell.field, cell.fails);
    let column = || cell.column();
    let first = || c.values.first().ok_or_else(|| unfit(f));
    let text = is_text(&f.kind);
    let blank = || {
        let blank = if text { column().is_null().or(column().eq("")) } else { column().is_null() };
        // An error is something.
        if fails { blank.and(cell.error().is_null()) } else { blank }
    };
    let matches = |v: &Value| match v {
        Value::Error(e) if fails => Ok(cell.error().eq(e.code()).and(cell.error().is_not_null())),
        Value::Error(_) => Ok(dialect::never()),
        v => equals(dialect, cell, v),
    };
    Ok(match c.op {
        Op::Blank => blank(),
        Op::Filled => blank().not(),
        Op::Contains => {
            let Value::Text(part) = first()? else { return Err(unfit(f)) };
            let lower: Expr = Func::lower(column()).into();
            dialect.position_of(lower, Expr::val(part.to_ascii_lowercase())).gt(0)
        }
        Op::In => {
            let mut out: Option<Expr> = None;
            for v in &c.values {
                let one = if v.is_blank() { blank() } else { matches(v)? };
                out = Some(match out {
                    Some(before) => before.or(one),
                    None => one,
                });
            }
            out.unwrap_or_else(dialect::never)
        }
        Op::Eq => matches(first()?)?,
        Op::Ne => matches(first()?)?.not(),
        Op::Within => {
            let span = first()?.as_text().and_then(|t| t.parse().ok()).ok_or_else(|| unfit(f))?;
            let Some(Value::Date(today)) = c.values.get(1) else { return Err(unfit(f)) };
            within(dialect, &f.kind, column, span, *today).ok_or_else(|| unfit(f))?
        }
        Op::Lt => before(cell, first()?, false)?,
        Op::Le => before(cell, first()?, true)?,
        Op::Gt => after(cell, first()?, false)?,
        Op::Ge => after(cell, first()?, true)?,
    })
}

/// A condition on a cell of several records: it holds one of some, one whose code or name holds a text, any
/// at all, or none.
fn listed(dialect: Dialect, schema: &Schema, table: &TableDef, f: &FieldDef, c: &Condition) -> Result<Expr> {
    let own = || Expr::col((Alias::new("c"), Alias::new("id")));
    let all = Named::of(schema, table, f)?;
    let one = |v: &Value| match v {
        Value::Link(id) => Ok(own().in_subquery(all.with(Expr::val(id.0)))),
        Value::Text(part) => Ok(own().in_subquery(all.with_label(dialect, schema, part)?)),
        v if v.is_blank() => Ok(own().in_subquery(all.any()).not()),
        _ => Err(unfit(f)),
    };
    Ok(match c.op {
        Op::Blank => own().in_subquery(all.any()).not(),
        Op::Filled => own().in_subquery(all.any()),
        Op::Eq | Op::Contains => one(c.values.first().ok_or_else(|| unfit(f))?)?,
        Op::Ne => one(c.values.first().ok_or_else(|| unfit(f))?)?.not(),
        Op::In => {
            let parts = c.values.iter().map(one).collect::<Result<Vec<_>>>()?;
            parts.into_iter().reduce(ExprTrait::or).unwrap_or_else(dialect::never)
        }
        _ => return Err(unfit(f)),
    })
}

/// Where it is kept which records the cells of a field name.
struct Named {
    /// Rows of one link each.
    rows: SelectStatement,
    /// The other record of a row.
    other: Expr,
    /// The table of the others.
    table: TableKey,
}

impl Named {
    fn of(schema: &Schema, table: &TableDef, f: &FieldDef) -> Result<Self> {
        let column = |name: &str| Expr::col(Alias::new(name));
        Ok(match &f.kind {
            FieldKind::Backlinks { table: from, field } => {
                let def = schema.require(from)?;
                let (rows, other) = match def.require(field)?.kind {
                    FieldKind::Links { .. } => (naming(from, field, "target"), column("source")),
                    _ => {
                        let mut rows = Query::select();
                        rows.column(Alias::new(field.as_str())).from(Alias::new(from.as_str()));
                        rows.and_where(column(field).is_not_null());
                        (rows, column("id"))
                    }
                };
                Self { rows, other, table: from.clone() }
            }
            kind => Self {
                rows: naming(&table.key, &f.key, "source"),
                other: column("target"),
                table: kind.linked().unwrap_or(&table.key).clone(),
            },
        })
    }

    /// Records whose cell holds anything.
    fn any(&self) -> SelectStatement {
        self.rows.clone()
    }

    /// Records whose cell holds one.
    fn with(&self, id: Expr) -> SelectStatement {
        let mut rows = self.rows.clone();
        rows.and_where(self.other.clone().eq(id));
        rows
    }

    /// Records whose cell holds one whose code or name holds a text.
    fn with_label(&self, dialect: Dialect, schema: &Schema, part: &str) -> Result<SelectStatement> {
        let mut rows = self.rows.clone();
        rows.and_where(self.other.clone().in_subquery(called(dialect, schema.require(&self.table)?, part)));
        Ok(rows)
    }
}

/// Ids of the records whose code or name holds a text.
fn called(dialect: Dialect, table: &TableDef, part: &str) -> SelectStatement {
    let mut found = Query::select();
    found.column((Alias::new("o"), Alias::new("id"))).from_as(Alias::new(table.key.as_str()), Alias::new("o"));
    let [code, name] = crate::related::labels(table, "o").map(|label| {
        let lower: Expr = Func::lower(Expr::cust(label)).into();
        dialect.position_of(lower, Expr::val(part.to_ascii_lowercase())).gt(0)
    });
    found.and_where(code.or(name));
    found
}

/// One side of the index of a field that holds several records.
pub(crate) fn naming(table: &str, field: &str, side: &str) -> SelectStatement {
    let mut rows = Query::select();
    rows.column(Alias::new(side)).from(Alias::new("_links"));
    rows.and_where(Expr::col(Alias::new("table_key")).eq(table));
    rows.and_where(Expr::col(Alias::new("field")).eq(field));
    rows
}

/// Something where a cell without a column holds anything, NULL where it does not.
pub(crate) fn filled_or_null(schema: &Schema, table: &TableDef, f: &FieldDef) -> Result<Expr> {
    let any = Named::of(schema, table, f)?.any();
    let filled = Expr::col((Alias::new("c"), Alias::new("id"))).in_subquery(any);
    Ok(Expr::Case(Box::new(sea_query::CaseStatement::new().case(filled, 1))))
}

/// Equal; a day equals every moment in it, and a tag any list that holds it.
fn equals(dialect: Dialect, cell: &Cell<'_>, v: &Value) -> Result<Expr> {
    match (cell.field.kind.holds(), v) {
        (Holds::DateTime, Value::Date(d)) => {
            Ok(cell.column().gte(d.start().0).and(cell.column().lt(Date(d.0 + 1).start().0)))
        }
        (Holds::Texts, Value::Text(t)) => {
            let wrapped = Expr::val("\n")
                .binary(BinOper::Custom("||"), cell.column())
                .binary(BinOper::Custom("||"), Expr::val("\n"));
            Ok(dialect.position_of(wrapped, Expr::val(format!("\n{t}\n"))).gt(0))
        }
        _ => Ok(cell.column().eq(bound(cell.field, v)?)),
    }
}

fn before(cell: &Cell<'_>, v: &Value, or_same: bool) -> Result<Expr> {
    match (cell.field.kind.holds(), v) {
        (Holds::DateTime, Value::Date(d)) => {
            let day = if or_same { Date(d.0 + 1) } else { *d };
            Ok(cell.column().lt(day.start().0))
        }
        _ if or_same => Ok(cell.column().lte(bound(cell.field, v)?)),
        _ => Ok(cell.column().lt(bound(cell.field, v)?)),
    }
}

fn after(cell: &Cell<'_>, v: &Value, or_same: bool) -> Result<Expr> {
    match (cell.field.kind.holds(), v) {
        (Holds::DateTime, Value::Date(d)) => {
            let day = if or_same { *d } else { Date(d.0 + 1) };
            Ok(cell.column().gte(day.start().0))
        }
        _ if or_same => Ok(cell.column().gte(bound(cell.field, v)?)),
        _ => Ok(cell.column().gt(bound(cell.field, v)?)),
    }
}

/// Whether a kind is stored as text.
pub(crate) fn is_text(kind: &FieldKind) -> bool {
    crate::dialect::column_type(kind) == "TEXT"
}

fn bound(f: &FieldDef, v: &Value) -> Result<Expr> {
    Ok(match (v, is_text(&f.kind)) {
        (Value::Text(t), true) => Expr::val(t.clone()),
        (Value::Bool(b), false) => Expr::val(i64::from(*b)),
        (Value::Int(n), false) => Expr::val(*n),
        (Value::Number(n), false) => Expr::val(*n),
        (Value::Money(m), false) => Expr::val(m.0),
        (Value::Date(d), false) => Expr::val(i64::from(d.0)),
        (Value::DateTime(t), false) => Expr::val(t.0),
        (Value::Link(id), false) => Expr::val(id.0),
        (Value::Person(id), false) => Expr::val(id.0),
        _ => return Err(unfit(f)),
    })
}

fn unfit(f: &FieldDef) -> Error {
    Error::new(
        ErrorCode::Invalid,
        format!("筛选“{}”的值不合适", f.label.zh),
        format!("The value does not fit the filter on “{}”", f.label.en),
    )
    .on(&f.key)
}
