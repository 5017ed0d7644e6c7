//! Cells in the database and in the change log.

use crate::conn::{Param, ValueRef};
use model::{
    Date, DateTime, Error, ErrorCode, ErrorValue, FieldDef, FieldKind, Holds, Money, RecordId, Result, UserId, Value,
};

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
        Value::Links(l) if l.is_empty() => Param::Null,
        Value::Links(l) => Param::Owned(lines(l)),
        Value::Person(id) => Param::Int(id.0),
        Value::Files(f) if f.is_empty() => Param::Null,
        // Only formulas give errors, and these have a column of their own.
        Value::Error(_) => Param::Null,
        Value::Files(f) => Param::Owned(files_text(f)),
    }
}

/// A stored cell of a field.
pub(crate) fn from_sql(kind: &FieldKind, v: ValueRef<'_>) -> Value {
    match (v, kind.holds()) {
        (ValueRef::Null, _) => Value::Null,
        (ValueRef::Integer(n), Holds::Money) => Value::Money(Money(n)),
        (ValueRef::Integer(n), Holds::Date) => Value::Date(Date(n as i32)),
        (ValueRef::Integer(n), Holds::DateTime) => Value::DateTime(DateTime(n)),
        (ValueRef::Integer(n), Holds::Bool) => Value::Bool(n != 0),
        (ValueRef::Integer(n), Holds::Link) => Value::Link(RecordId(n)),
        (ValueRef::Integer(n), Holds::Links) => Value::Links(vec![RecordId(n)]),
        (ValueRef::Integer(n), Holds::Person) => Value::Person(UserId(n)),
        (ValueRef::Integer(n), Holds::Number) => Value::Number(n as f64),
        (ValueRef::Integer(n), _) => Value::Int(n),
        (ValueRef::Real(n), _) => Value::Number(n),
        (ValueRef::Text(t), Holds::Texts) => {
            Value::Tags(String::from_utf8_lossy(t).split('\n').map(str::to_owned).collect())
        }
        (ValueRef::Text(t), Holds::Links) => {
            let text = String::from_utf8_lossy(t);
            Value::Links(text.split('\n').filter_map(|id| id.parse().ok().map(RecordId)).collect())
        }
        (ValueRef::Text(t), Holds::Files) => Value::Files(serde_json::from_slice(t).unwrap_or_default()),
        (ValueRef::Text(t), _) => Value::Text(String::from_utf8_lossy(t).into_owned()),
    }
}

/// A stored cell of a field that can fail, with what its column of errors holds.
pub(crate) fn or_error(kind: &FieldKind, v: ValueRef<'_>, error: ValueRef<'_>) -> Value {
    match error {
        ValueRef::Integer(code) => ErrorValue::of(code).map_or(Value::Null, Value::Error),
        _ => from_sql(kind, v),
    }
}

/// Checks that a value fits a field people fill, and brings it to the field's stored form.
///
/// # Errors
/// `invalid` on the field, saying what is expected.
pub(crate) fn check(field: &FieldDef, value: Value) -> Result<Value> {
    if field.derived() {
        return Err(Error::new(
            ErrorCode::Invalid,
            format!("“{}”由公式自动计算，不能直接改", field.label.zh),
            format!("“{}” is computed by a formula and cannot be edited", field.label.en),
        )
        .on(&field.key));
    }
    if field.kind.system() {
        return Err(Error::new(
            ErrorCode::Invalid,
            format!("“{}”由客簿自动填写，不能直接改", field.label.zh),
            format!("“{}” is filled by Kebu and cannot be edited", field.label.en),
        )
        .on(&field.key));
    }
    let fit = if in_bounds(&value) { value.fit(&field.kind) } else { None };
    fit.ok_or_else(|| {
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

/// Linked records as they are stored.
fn lines(list: &[RecordId]) -> String {
    let ids: Vec<String> = list.iter().map(|id| id.0.to_string()).collect();
    ids.join("\n")
}

/// Files as they are stored.
fn files_text(files: &[model::FileRef]) -> String {
    // Names and numbers always make JSON.
    serde_json::to_string(files).unwrap_or_default()
}

/// A cell as the change log keeps it: JSON that tells types apart.
pub(crate) fn to_log(v: &Value) -> String {
    let json = match v {
        // Derived cells are not logged.
        Value::Null | Value::Error(_) => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::Int(n) => (*n).into(),
        Value::Number(n) => (*n).into(),
        Value::Money(m) => m.0.into(),
        Value::Date(d) => d.0.into(),
        Value::DateTime(t) => t.0.into(),
        Value::Link(id) => id.0.into(),
        Value::Text(t) => t.clone().into(),
        Value::Tags(t) => t.clone().into(),
        Value::Links(l) => l.iter().map(|id| id.0).collect(),
        Value::Person(id) => id.0.into(),
        // As text: a list would be tags.
        Value::Files(f) => files_text(f).into(),
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
        Ok(J::String(s)) => from_sql(kind, ValueRef::Text(s.as_bytes())),
        Ok(J::Array(a)) if kind.holds() == Holds::Links || a.first().is_some_and(J::is_number) => {
            Value::Links(a.iter().filter_map(|id| id.as_i64().map(RecordId)).collect())
        }
        Ok(J::Array(a)) => Value::Tags(a.iter().filter_map(|t| t.as_str().map(str::to_owned)).collect()),
        _ => Value::Null,
    }
}
