//! Statements: sea-query's text and values, with places for what is known only when they run.

use crate::conn::{Conn, Param, Row};
use model::{Date, Result};
use sea_query::{Expr, SelectStatement, UpdateStatement, Value};
use std::rc::Rc;

// Places in a statement's values. `Char` is used for nothing else.
const IDS: char = '\u{1}';
const TODAY: char = '\u{2}';
const FROM: char = '\u{3}';
const TO: char = '\u{4}';

/// A place for a list of record ids.
pub(crate) fn ids_place() -> Expr {
    Expr::val(IDS)
}

/// A place for the as-of day.
pub(crate) fn today_place() -> Expr {
    Expr::val(TODAY)
}

/// Places for the bounds of a range of ids.
pub(crate) fn range_places() -> (Expr, Expr) {
    (Expr::val(FROM), Expr::val(TO))
}

/// What fills the places.
#[derive(Clone)]
pub(crate) struct Fill {
    pub today: Date,
    pub ids: Rc<[i64]>,
    pub range: (i64, i64),
}

impl Fill {
    pub(crate) fn today(today: Date) -> Self {
        Self { today, ids: Rc::new([]), range: (0, 0) }
    }

    pub(crate) fn ids(today: Date, ids: &[i64]) -> Self {
        Self { ids: ids.into(), ..Self::today(today) }
    }

    pub(crate) fn range(today: Date, from: i64, to: i64) -> Self {
        Self { range: (from, to), ..Self::today(today) }
    }
}

/// A statement ready to be prepared, with its values.
#[derive(Clone, Debug)]
pub(crate) struct Stmt {
    pub text: String,
    values: Vec<Value>,
}

impl Stmt {
    pub(crate) fn select(s: &SelectStatement) -> Self {
        let (text, values) = s.build(crate::dialect::BUILDER);
        Self { text, values: values.0 }
    }

    pub(crate) fn update(s: &UpdateStatement) -> Self {
        let (text, values) = s.build(crate::dialect::BUILDER);
        Self { text, values: values.0 }
    }

    pub(crate) fn with(s: &sea_query::WithQuery) -> Self {
        let (text, values) = s.build(crate::dialect::BUILDER);
        Self { text, values: values.0 }
    }

    /// The question how SQLite would answer this one.
    #[cfg(test)]
    pub(crate) fn explained(self) -> Self {
        Self { text: ["EXPLAIN QUERY PLAN ", &self.text].concat(), ..self }
    }

    fn params<'a>(&'a self, fill: &'a Fill) -> Vec<Param<'a>> {
        self.values.iter().map(|v| param(v, fill)).collect()
    }

    /// Calls `work` with every row as it comes; see [`Conn::each`].
    pub(crate) fn each(&self, conn: &Conn, fill: &Fill, work: &mut dyn FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        conn.each(&self.text, &self.params(fill), work)
    }

    /// Runs a statement that returns no rows; how many records it changed.
    pub(crate) fn run(&self, conn: &Conn, fill: &Fill) -> Result<u64> {
        conn.run(&self.text, &self.params(fill))
    }
}

fn param<'a>(v: &'a Value, fill: &'a Fill) -> Param<'a> {
    match v {
        Value::Char(Some(IDS)) => Param::Ids(&fill.ids),
        Value::Char(Some(TODAY)) => Param::Int(fill.today.0.into()),
        Value::Char(Some(FROM)) => Param::Int(fill.range.0),
        Value::Char(Some(TO)) => Param::Int(fill.range.1),
        Value::Bool(Some(b)) => Param::Int((*b).into()),
        Value::Int(Some(n)) => Param::Int((*n).into()),
        Value::BigInt(Some(n)) => Param::Int(*n),
        Value::BigUnsigned(Some(n)) => Param::Int(i64::try_from(*n).unwrap_or(i64::MAX)),
        Value::Unsigned(Some(n)) => Param::Int((*n).into()),
        Value::Double(Some(n)) => Param::Real(*n),
        Value::String(Some(s)) => Param::Text(s),
        _ => Param::Null,
    }
}
