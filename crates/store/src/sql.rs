//! Statements: sea-query's text and values, with places for what is known only when they run.

use crate::sqlite;
use model::{Date, Result};
use rusqlite::types::{ToSqlOutput, Value as SqlValue};
use rusqlite::{CachedStatement, Connection, ToSql};
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
    pub ids: Rc<Vec<SqlValue>>,
    pub range: (i64, i64),
}

impl Fill {
    pub(crate) fn today(today: Date) -> Self {
        Self { today, ids: Rc::new(Vec::new()), range: (0, 0) }
    }

    pub(crate) fn ids(today: Date, ids: &[i64]) -> Self {
        Self { ids: id_list(ids), ..Self::today(today) }
    }

    pub(crate) fn range(today: Date, from: i64, to: i64) -> Self {
        Self { range: (from, to), ..Self::today(today) }
    }
}

/// Ids as a value for `rarray`.
pub(crate) fn id_list(ids: &[i64]) -> Rc<Vec<SqlValue>> {
    Rc::new(ids.iter().map(|id| SqlValue::Integer(*id)).collect())
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

    /// The statement prepared, from the connection's cache if it ran before, with everything bound.
    pub(crate) fn bound<'c>(&self, conn: &'c Connection, fill: &Fill) -> Result<CachedStatement<'c>> {
        let mut prepared = conn.prepare_cached(&self.text).map_err(sqlite)?;
        for (i, v) in self.values.iter().enumerate() {
            prepared.raw_bind_parameter(i + 1, Bound(v, fill)).map_err(sqlite)?;
        }
        Ok(prepared)
    }

    /// Runs a statement that returns no rows; how many records it changed.
    pub(crate) fn run(&self, conn: &Connection, fill: &Fill) -> Result<usize> {
        self.bound(conn, fill)?.raw_execute().map_err(sqlite)
    }
}

struct Bound<'a>(&'a Value, &'a Fill);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let v = match self.0 {
            Value::Char(Some(IDS)) => return self.1.ids.to_sql(),
            Value::Char(Some(TODAY)) => SqlValue::Integer(self.1.today.0.into()),
            Value::Char(Some(FROM)) => SqlValue::Integer(self.1.range.0),
            Value::Char(Some(TO)) => SqlValue::Integer(self.1.range.1),
            Value::Bool(Some(b)) => SqlValue::Integer((*b).into()),
            Value::Int(Some(n)) => SqlValue::Integer((*n).into()),
            Value::BigInt(Some(n)) => SqlValue::Integer(*n),
            Value::BigUnsigned(Some(n)) => SqlValue::Integer(i64::try_from(*n).unwrap_or(i64::MAX)),
            Value::Unsigned(Some(n)) => SqlValue::Integer((*n).into()),
            Value::Double(Some(n)) => SqlValue::Real(*n),
            Value::String(Some(s)) => return Ok(ToSqlOutput::from(s.as_str())),
            _ => SqlValue::Null,
        };
        Ok(ToSqlOutput::Owned(v))
    }
}
