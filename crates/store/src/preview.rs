//! A formula tried on real records, before it is anybody's field.

use crate::derive::{LayerNames, too_complex};
use crate::dialect::Dialect;
use crate::expr::{Rep, as_value, stored};
use crate::fails::Fails;
use crate::sql::ids_place;
use formula::Expr as Typed;
use model::{FieldKind, Result, Schema, TableDef};
use sea_query::{Alias, Expr, Query, SelectStatement};

/// Id, value and error of the records with bound ids, in the order of ids. `fails` are the columns that can
/// fail in the book as it is stored.
pub(crate) fn select(
    schema: &Schema,
    fails: &Fails,
    dialect: Dialect,
    table: &TableDef,
    typed: &Typed,
    kind: &FieldKind,
) -> Result<SelectStatement> {
    let names = LayerNames::alone(schema, &table.key, fails);
    let made = stored(dialect, typed, kind, &names);
    if made.heavy() {
        return Err(too_complex());
    }
    let made = made.rendered();
    let value = if made.rep == Rep::Cond { as_value(made.value) } else { made.value };
    let error = made.error.unwrap_or_else(|| Expr::cust(dialect.null(Rep::Int)));
    let id = || Expr::col((Alias::new(table.key.as_str()), Alias::new("id")));
    let mut out = Query::select();
    out.expr_as(id(), Alias::new("id")).expr_as(value, Alias::new("v")).expr_as(error, Alias::new("e"));
    out.from(Alias::new(table.key.as_str())).and_where(dialect.among(id(), ids_place()));
    out.order_by_expr(id(), sea_query::Order::Asc);
    Ok(out)
}
