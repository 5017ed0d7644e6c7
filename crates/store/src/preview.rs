//! A formula tried on real records, before it is anybody's field.

use crate::cells::from_sql;
use crate::derive::{LayerNames, too_complex};
use crate::dialect::Dialect;
use crate::expr::{Rep, as_value, heavy, render};
use crate::sql::{Fill, Stmt, ids_place};
use crate::store::{Store, require};
use formula::{ErrorValue, Expr as Typed, Type};
use model::{Access, FieldKind, RecordId, Result, Schema, Scope, TableDef, Value};
use sea_query::{Alias, Expr, Query, SelectStatement};

/// What a formula gives for some records.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// The type of its result.
    pub ty: Type,
    /// What a field that shows it would hold.
    pub kind: FieldKind,
    /// Record, value, and the error where there is one (the value is blank then); in the order of ids.
    pub rows: Vec<(RecordId, Value, Option<ErrorValue>)>,
}

impl Store {
    /// Computes a formula of a table for some records, storing nothing.
    ///
    /// # Errors
    /// `formula` with its place and a cure when the text is wrong; `not_found` for an unknown table.
    pub fn preview(&self, scope: &Scope, table: &str, text: &str, ids: &[RecordId]) -> Result<Preview> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let def = shape.schema.require(table)?;
        let typed = formula::check(&shape.schema, def, text)?;
        let kind = kind_of(&typed, def);
        let stmt = Stmt::select(&select(&shape.schema, shape.derivation.dialect, def, &typed, &kind)?);
        let list: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let rows = self.engine.read(|conn| {
            let mut out = Vec::new();
            stmt.each(conn, &Fill::ids(self.today(), &list), &mut |r| {
                let error: Option<i64> = r.get(2)?;
                out.push((RecordId(r.get(0)?), from_sql(&kind, r.at(1)?), error.and_then(ErrorValue::of)));
                Ok(())
            })?;
            Ok(out)
        })?;
        Ok(Preview { ty: typed.ty, kind, rows })
    }
}

/// The kind of field that holds an expression as it is.
pub(crate) fn kind_of(typed: &Typed, table: &TableDef) -> FieldKind {
    match typed.ty {
        Type::Bool => FieldKind::Bool,
        Type::Number => FieldKind::number(2),
        Type::Money => FieldKind::Money,
        Type::Date => FieldKind::Date,
        Type::DateTime => FieldKind::DateTime,
        Type::Link => FieldKind::Link { table: table.key.clone() },
        Type::Text | Type::Blank => FieldKind::Text,
    }
}

/// Id, value and error of the records with bound ids, in the order of ids.
pub(crate) fn select(
    schema: &Schema,
    dialect: Dialect,
    table: &TableDef,
    typed: &Typed,
    kind: &FieldKind,
) -> Result<SelectStatement> {
    let names = LayerNames::alone(schema, &table.key);
    if heavy(dialect, typed, kind, &names) {
        return Err(too_complex());
    }
    let made = render(dialect, typed, kind, &names);
    let value = if made.rep == Rep::Cond { as_value(made.value) } else { made.value };
    let error = made.error.unwrap_or_else(|| Expr::cust(dialect.null(Rep::Int)));
    let id = || Expr::col((Alias::new(table.key.as_str()), Alias::new("id")));
    let mut out = Query::select();
    out.expr_as(id(), Alias::new("id")).expr_as(value, Alias::new("v")).expr_as(error, Alias::new("e"));
    out.from(Alias::new(table.key.as_str())).and_where(dialect.among(id(), ids_place()));
    out.order_by_expr(id(), sea_query::Order::Asc);
    Ok(out)
}
