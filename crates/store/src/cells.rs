//! Cells in the database and in the change log.

use crate::conn::{Param, ValueRef};
use model::{Birthday, Date, DateTime, Error, ErrorCode, FieldDef, FieldKind, Money, RecordId, Result, Value};

/// A cell on its way into the database.
pub(crate) fn param(v: &Value) -> Param<'_> {
    match v {
        Value::Null => Param::Null,
        Value::Bool(b) => Param::Int((*b).into()),
        Value::Int(n) => Param::Int(*n),
        Value::Number(n) => Param::Real(*n),
        Value::Money(m) => Param::Int(m.0),
        Value::Date(d) => Param::Int(d.0.into()),
        Value::DateTime(t) => Param::Int(t.0),
        Value::Link(id) => Param::Int(id.0),
        Value::Text(t) if t.is_empty() => Param::Null,
        Value::Text(t) => Param::Text(t),
        Value::Tags(t) if t.is_empty() => Param::Null,
        Value::Tags(t) => Param::Owned(t.join("\n")),
    }
}

/// A stored cell of a field.
pub(crate) fn from_sql(kind: &FieldKind, v: ValueRef<'_>) -> Value {
    match (v, kind) {
        (ValueRef::Null, _) => Value::Null,
        (ValueRef::Integer(n), FieldKind::Money) => Value::Money(Money(n)),
        (ValueRef::Integer(n), FieldKind::Date) => Value::Date(Date(n as i32)),
        (ValueRef::Integer(n), FieldKind::DateTime) => Value::DateTime(DateTime(n)),
        (ValueRef::Integer(n), FieldKind::Bool) => Value::Bool(n != 0),
        (ValueRef::Integer(n), FieldKind::Link { .. }) => Value::Link(RecordId(n)),
        (ValueRef::Integer(n), FieldKind::Percent) => Value::Number(n as f64),
        (ValueRef::Integer(n), FieldKind::Number { decimals }) if *decimals > 0 => Value::Number(n as f64),
        (ValueRef::Integer(n), _) => Value::Int(n),
        (ValueRef::Real(n), _) => Value::Number(n),
        (ValueRef::Text(t), FieldKind::Tags) => {
            Value::Tags(String::from_utf8_lossy(t).split('\n').map(str::to_owned).collect())
        }
        (ValueRef::Text(t), _) => Value::Text(String::from_utf8_lossy(t).into_owned()),
    }
}

/// Checks that a value fits a field people fill, and brings it to the field's stored form.
///
/// # Errors
/// `invalid` on the field, saying what is expected.
pub(crate) fn check(field: &FieldDef, value: Value) -> Result<Value> {
    use FieldKind as K;
    if field.derived() {
        return Err(Error::new(
            ErrorCode::Invalid,
            format!("“{}”由公式自动计算，不能直接改", field.label.zh),
            format!("“{}” is computed by a formula and cannot be edited", field.label.en),
        )
        .on(&field.key));
    }
    if value.is_blank() {
        return Ok(Value::Null);
    }
    let fits = match (&field.kind, value) {
        (_, v) if !in_bounds(&v) => None,
        (K::Number { decimals: 0 }, Value::Number(n)) if n.fract() == 0.0 && n.abs() < 9e15 => {
            Some(Value::Int(n as i64))
        }
        (K::Number { decimals: 0 }, v @ Value::Int(_)) => Some(v),
        (K::Number { .. } | K::Percent, Value::Int(n)) => Some(Value::Number(n as f64)),
        (K::Number { decimals }, Value::Number(n)) if *decimals > 0 && n.is_finite() => Some(Value::Number(n)),
        (K::Percent, Value::Number(n)) if n.is_finite() => Some(Value::Number(n)),
        (K::Money, v @ Value::Money(_))
        | (K::Date, v @ Value::Date(_))
        | (K::DateTime, v @ Value::DateTime(_))
        | (K::Bool, v @ Value::Bool(_))
        | (K::Link { .. }, v @ Value::Link(_))
        | (K::Tags, v @ Value::Tags(_)) => Some(v),
        (K::DateTime, Value::Date(d)) => Some(Value::DateTime(d.start())),
        (K::Date, Value::DateTime(t)) => Some(Value::Date(t.date())),
        (K::Birthday, Value::Text(t)) => Birthday::from_stored(&t).map(|b| Value::Text(b.to_string())),
        (K::Text | K::LongText | K::Phone | K::Email | K::Choice { .. } | K::Code { .. }, Value::Text(t)) => {
            (t.len() <= MAX_TEXT).then_some(Value::Text(t))
        }
        _ => None,
    };
    fits.ok_or_else(|| {
        Error::new(
            ErrorCode::Invalid,
            format!("“{}”填的内容不合适，请检查格式", field.label.zh),
            format!("The content does not fit “{}”; check its form", field.label.en),
        )
        .on(&field.key)
    })
}

/// Whether a number, amount, day or moment is within what formulas count on (docs/decisions/0012-language.md).
fn in_bounds(v: &Value) -> bool {
    const WHOLE: u64 = 9_007_199_254_740_991;
    const DAYS: std::ops::RangeInclusive<i64> = -719_162..=2_932_896;
    match v {
        Value::Int(n) => n.unsigned_abs() <= WHOLE,
        Value::Money(m) => m.0.unsigned_abs() <= WHOLE,
        Value::Number(x) => *x == 0.0 || (1e-100..=1e100).contains(&x.abs()),
        Value::Date(d) => DAYS.contains(&d.0.into()),
        Value::DateTime(t) => DAYS.contains(&t.0.div_euclid(86_400)),
        _ => true,
    }
}

/// Longest text in a cell, in bytes.
const MAX_TEXT: usize = 100_000;

/// A cell as the change log keeps it: JSON that tells types apart.
pub(crate) fn to_log(v: &Value) -> String {
    let json = match v {
        Value::Null => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::Int(n) => (*n).into(),
        Value::Number(n) => (*n).into(),
        Value::Money(m) => m.0.into(),
        Value::Date(d) => d.0.into(),
        Value::DateTime(t) => t.0.into(),
        Value::Link(id) => id.0.into(),
        Value::Text(t) => t.clone().into(),
        Value::Tags(t) => t.clone().into(),
    };
    json.to_string()
}

/// A cell of the change log as a value of its field.
pub(crate) fn from_log(kind: &FieldKind, text: &str) -> Value {
    use serde_json::Value as J;
    match serde_json::from_str::<J>(text) {
        Ok(J::Bool(b)) => Value::Bool(b),
        Ok(J::Number(n)) => match n.as_i64() {
            Some(i) => from_sql(kind, ValueRef::Integer(i)),
            None => Value::Number(n.as_f64().unwrap_or_default()),
        },
        Ok(J::String(s)) => Value::Text(s),
        Ok(J::Array(a)) => Value::Tags(a.iter().filter_map(|t| t.as_str().map(str::to_owned)).collect()),
        _ => Value::Null,
    }
}
