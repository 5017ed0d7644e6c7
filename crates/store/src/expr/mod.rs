//! Typed expressions to SQL.
//!
//! Every node becomes a pair: its value, and its error where it can have one. A value is NULL when blank;
//! an error is the number of an [`ErrorValue`], NULL where all is well. Nodes that cannot fail have no
//! error, so the SQL of a plain formula is as plain.

mod day;
mod ir;
mod kebu;
mod known;
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
    /// The number of its error, NULL of none; None when it cannot fail.
    fn error(&self, key: &str) -> Option<Expr>;
    /// Whether cells of a field of some table can be errors.
    fn fails(&self, table: &str, key: &str) -> bool;
    /// What that field holds.
    fn kind(&self, key: &str) -> Option<&FieldKind>;
    /// A roll-up already gathered: its bare aggregate, which is NULL of no records.
    fn gathered(&self, rollup: &Rollup) -> Option<Expr>;
    /// The least error among the cells of a roll-up already gathered, where they can be errors.
    fn gathered_error(&self, rollup: &Rollup) -> Option<Expr>;
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
    /// What is known not to be 0 in the branch at hand.
    known: known::Known,
}

impl<'a> Lower<'a> {
    pub(crate) fn new(dialect: Dialect, names: &'a dyn Names) -> Self {
        Self { dialect, names, known: known::Known::default() }
    }
}

/// A value and its error as finished expressions.
pub(crate) struct Rendered {
    pub value: Expr,
    /// The form of the value.
    pub rep: Rep,
    pub error: Option<Expr>,
}

/// The stored form of an expression in a field of some kind: blank where there is an error.
pub(crate) fn stored(dialect: Dialect, e: &Typed, kind: &FieldKind, names: &dyn Names) -> Out {
    let lower = Lower::new(dialect, names);
    lower.stored(lower.expr(e), Type::of(kind), dialect.rep(kind))
}

/// A condition for WHERE; blank and errors count as no.
pub(crate) fn condition(dialect: Dialect, e: &Typed, names: &dyn Names) -> Expr {
    let lower = Lower::new(dialect, names);
    let out = lower.expr(e);
    lower.cond(&Out { v: out.masked(), e: None, strict: true }).finish()
}

/// Most levels of sub-selects in the SQL of one expression, and most pieces: far below what engines refuse.
const MOST: (usize, usize) = (60, 60_000);

impl Out {
    pub(crate) fn sure(v: Sql) -> Self {
        Self { v, e: None, strict: true }
    }

    /// Value and error as finished expressions.
    pub(crate) fn rendered(&self) -> Rendered {
        Rendered { value: self.masked().finish(), rep: self.v.rep(), error: self.e.as_ref().map(Sql::finish) }
    }

    /// Whether the SQL would be out of all proportion.
    pub(crate) fn heavy(&self) -> bool {
        let (levels, pieces) = self.masked().weight();
        let (more, others) = self.e.as_ref().map_or((0, 0), Sql::weight);
        levels.max(more) > MOST.0 || pieces + others > MOST.1
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
