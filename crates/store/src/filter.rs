//! Filters to SQL conditions.

use crate::dialect::{self, Dialect};
use crate::fails::{Fails, error_column};
use crate::within::within;
use model::{Condition, Date, Error, ErrorCode, FieldDef, FieldKind, Filter, Holds, Op, Result, TableDef, Value};
use sea_query::{Alias, BinOper, Expr, ExprTrait, Func};

/// The condition of a filter on a table.
///
/// # Errors
/// `not_found` for a field the table lacks, `invalid` for a value that does not fit it.
pub(crate) fn condition(dialect: Dialect, fails: &Fails, table: &TableDef, filter: &Filter) -> Result<Option<Expr>> {
    match filter {
        Filter::All(parts) => join(dialect, fails, table, parts, BinOper::And),
        Filter::Any(parts) if parts.is_empty() => Ok(Some(dialect::never())),
        Filter::Any(parts) => join(dialect, fails, table, parts, BinOper::Or),
        Filter::Is(c) => {
            let field = table.require(&c.field)?;
            single(dialect, field, fails.has(&table.key, &field.key), c).map(Some)
        }
    }
}

/// A filter as it is on a day: conditions relative to today are given it as their second value.
pub(crate) fn on_day(filter: &mut Filter, today: Date) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter_mut().for_each(|p| on_day(p, today)),
        Filter::Is(c) if c.op == Op::Within => {
            c.values.truncate(1);
            c.values.push(Value::Date(today));
        }
        Filter::Is(_) => {}
    }
}

fn join(dialect: Dialect, fails: &Fails, table: &TableDef, parts: &[Filter], op: BinOper) -> Result<Option<Expr>> {
    let mut out: Option<Expr> = None;
    for p in parts {
        if let Some(e) = condition(dialect, fails, table, p)? {
            out = Some(match out {
                Some(before) => before.binary(op, e),
                None => e,
            });
        }
    }
    Ok(out)
}

fn column(f: &FieldDef) -> Expr {
    Expr::col((Alias::new("c"), Alias::new(f.key.as_str())))
}

/// The number of a cell's error.
fn error(f: &FieldDef) -> Expr {
    Expr::col((Alias::new("c"), Alias::new(error_column(&f.key))))
}

fn single(dialect: Dialect, f: &FieldDef, fails: bool, c: &Condition) -> Result<Expr> {
    let first = || c.values.first().ok_or_else(|| unfit(f));
    let text = is_text(&f.kind);
    let blank = || {
        let blank = if text { column(f).is_null().or(column(f).eq("")) } else { column(f).is_null() };
        // An error is something.
        if fails { blank.and(error(f).is_null()) } else { blank }
    };
    let matches = |dialect, f, v: &Value| match v {
        Value::Error(e) if fails => Ok(error(f).eq(e.code()).and(error(f).is_not_null())),
        Value::Error(_) => Ok(dialect::never()),
        v => matches(dialect, f, v),
    };
    Ok(match c.op {
        Op::Blank => blank(),
        Op::Filled => blank().not(),
        Op::Contains => {
            let Value::Text(part) = first()? else { return Err(unfit(f)) };
            let lower: Expr = Func::lower(column(f)).into();
            dialect.position_of(lower, Expr::val(part.to_ascii_lowercase())).gt(0)
        }
        Op::In => {
            let mut out: Option<Expr> = None;
            for v in &c.values {
                let one = if v.is_blank() { blank() } else { matches(dialect, f, v)? };
                out = Some(match out {
                    Some(before) => before.or(one),
                    None => one,
                });
            }
            out.unwrap_or_else(dialect::never)
        }
        Op::Eq => matches(dialect, f, first()?)?,
        Op::Ne => matches(dialect, f, first()?)?.not(),
        Op::Within => {
            let span = first()?.as_text().and_then(|t| t.parse().ok()).ok_or_else(|| unfit(f))?;
            let Some(Value::Date(today)) = c.values.get(1) else { return Err(unfit(f)) };
            within(dialect, &f.kind, || column(f), span, *today).ok_or_else(|| unfit(f))?
        }
        Op::Lt => before(f, first()?, false)?,
        Op::Le => before(f, first()?, true)?,
        Op::Gt => after(f, first()?, false)?,
        Op::Ge => after(f, first()?, true)?,
    })
}

/// Equal; a day equals every moment in it, and a tag any list that holds it.
fn matches(dialect: Dialect, f: &FieldDef, v: &Value) -> Result<Expr> {
    match (f.kind.holds(), v) {
        (Holds::DateTime, Value::Date(d)) => Ok(column(f).gte(d.start().0).and(column(f).lt(Date(d.0 + 1).start().0))),
        (Holds::Texts, Value::Text(t)) => {
            let wrapped =
                Expr::val("\n").binary(BinOper::Custom("||"), column(f)).binary(BinOper::Custom("||"), Expr::val("\n"));
            Ok(dialect.position_of(wrapped, Expr::val(format!("\n{t}\n"))).gt(0))
        }
        _ => Ok(column(f).eq(bound(f, v)?)),
    }
}

fn before(f: &FieldDef, v: &Value, or_same: bool) -> Result<Expr> {
    match (f.kind.holds(), v) {
        (Holds::DateTime, Value::Date(d)) => {
            let day = if or_same { Date(d.0 + 1) } else { *d };
            Ok(column(f).lt(day.start().0))
        }
        _ if or_same => Ok(column(f).lte(bound(f, v)?)),
        _ => Ok(column(f).lt(bound(f, v)?)),
    }
}

fn after(f: &FieldDef, v: &Value, or_same: bool) -> Result<Expr> {
    match (f.kind.holds(), v) {
        (Holds::DateTime, Value::Date(d)) => {
            let day = if or_same { *d } else { Date(d.0 + 1) };
            Ok(column(f).gte(day.start().0))
        }
        _ if or_same => Ok(column(f).gte(bound(f, v)?)),
        _ => Ok(column(f).gt(bound(f, v)?)),
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
