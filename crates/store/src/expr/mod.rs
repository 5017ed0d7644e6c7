//! Typed expressions to SQL.
//!
//! Every node becomes a pair: its value, and its error where it can have one. A value is NULL when blank;
//! an error is the number of an [`ErrorValue`], NULL where all is well. Nodes that cannot fail have no
//! error, so the SQL of a plain formula is as plain.

mod day;
mod ir;
mod kebu;
mod logic;
mod lookup;
mod lower;
mod number;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use ir::{Rep, Sql};
pub(crate) use lookup::{Subselects, constant_for_all};

use crate::dialect::Dialect;
use formula::{Expr as Typed, Rank, Rollup, Type};
use model::{FieldKind, Schema, TableKey};
use sea_query::{CaseStatement, Expr, Value};

/// How the parts of an expression are named in the statement around it.
pub(crate) trait Names {
    /// A field of the record at hand.
    fn field(&self, key: &str) -> Expr;
    /// The id of the record at hand.
    fn id(&self) -> Expr;
    /// What that field holds.
    fn kind(&self, key: &str) -> Option<&FieldKind>;
    /// A roll-up already gathered: its bare aggregate, which is NULL of no records.
    fn gathered(&self, rollup: &Rollup) -> Option<Expr>;
    /// A rank already gathered: how many numbers of the column are smaller, larger, and are there at all.
    fn ranked(&self, rank: &Rank) -> Option<[Expr; 3]>;
    /// The tables of the book.
    fn schema(&self) -> &Schema;
    /// The table of the record at hand.
    fn table(&self) -> &TableKey;
}

/// A value and its error.
#[derive(Clone)]
pub(crate) struct Out {
    pub v: Sql,
    /// The number of an error, NULL of none; None when it cannot fail.
    pub e: Option<Sql>,
    /// The value is NULL wherever there is an error.
    pub strict: bool,
}

/// Turns typed expressions into SQL for one engine.
pub(crate) struct Lower<'a> {
    pub dialect: Dialect,
    pub names: &'a dyn Names,
}

/// A value and its error as finished expressions.
pub(crate) struct Rendered {
    pub value: Expr,
    /// The form of the value.
    pub rep: Rep,
    pub error: Option<Expr>,
}

/// The stored form of an expression in a field of some kind: blank where there is an error.
pub(crate) fn render(dialect: Dialect, e: &Typed, kind: &FieldKind, names: &dyn Names) -> Rendered {
    let lower = Lower { dialect, names };
    let out = lower.stored(lower.expr(e), Type::of(kind), dialect.rep(kind));
    Rendered { value: out.masked().finish(), rep: out.v.rep(), error: out.e.map(|e| e.finish()) }
}

/// A condition for WHERE; blank and errors count as no.
#[allow(dead_code)] // Validation and filters by expression build on it.
pub(crate) fn condition(dialect: Dialect, e: &Typed, names: &dyn Names) -> Expr {
    let lower = Lower { dialect, names };
    let out = lower.expr(e);
    lower.cond(&Out { v: out.masked(), e: None, strict: true }).finish()
}

/// Most levels of sub-selects in the SQL of one expression, and most pieces: far below what engines refuse.
const MOST: (usize, usize) = (60, 60_000);

/// Whether the SQL of an expression would be out of all proportion.
pub(crate) fn heavy(dialect: Dialect, e: &Typed, kind: &FieldKind, names: &dyn Names) -> bool {
    let lower = Lower { dialect, names };
    let out = lower.stored(lower.expr(e), Type::of(kind), dialect.rep(kind));
    let (levels, pieces) = out.masked().weight();
    let (more, others) = out.e.map_or((0, 0), |e| e.weight());
    levels.max(more) > MOST.0 || pieces + others > MOST.1
}

impl Out {
    pub(crate) fn sure(v: Sql) -> Self {
        Self { v, e: None, strict: true }
    }

    /// The value, NULL where there is an error.
    pub(crate) fn masked(&self) -> Sql {
        match &self.e {
            Some(e) if !self.strict => {
                let (value, rep) = (self.v.clone(), self.v.rep());
                let text = if rep == Rep::Cond { "{0} IS NULL AND {1}" } else { "CASE WHEN {0} IS NULL THEN {1} END" };
                Sql::made(text, vec![e.clone(), value], rep, true).bounded(self.v.bounds())
            }
            _ => self.v.clone(),
        }
    }
}

/// A constant written into the statement's text, so that equal formulas give equal texts.
pub(crate) fn whole(n: i64) -> Expr {
    Expr::Constant(Value::BigInt(Some(n)))
}

/// 1 where a condition holds, else 0.
pub(crate) fn as_value(condition: Expr) -> Expr {
    // As a condition it is left at the first part that settles it; as a value all would be computed.
    Expr::Case(Box::new(CaseStatement::new().case(condition, whole(1)).finally(whole(0))))
}
