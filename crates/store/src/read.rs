//! Reading single records, the customer card and the values of a field.

use crate::apply::gone;
use crate::cells::{from_sql, or_error};
use crate::conn::{Conn, ValueRef, params};
use crate::dialect::quote;
use crate::fails::{Fails, error_column};
use crate::failure;
use crate::json;
use crate::related::{self, Related};
use crate::store::{Shape, Store, require};
use model::{
    Access, FieldDef, FieldKey, FieldKind, Holds, Label, MAX_LINKS, RecordId, Result, Scope, TableDef, Value, builtin,
};
use std::collections::HashMap;

/// One reason of a grade, in words.
#[derive(Clone, Debug, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct Reason {
    /// The points field.
    pub field: FieldKey,
    /// The points.
    pub points: i64,
    /// The reason.
    pub text: Label,
}

/// What the customer panel shows.
#[derive(Clone, Debug)]
pub struct Card {
    /// The customer's cells as a JSON object.
    pub values: Vec<u8>,
    /// Why this grade.
    pub reasons: Vec<Reason>,
    /// The newest orders (at most 200) as a JSON array of `{"id","values"}`.
    pub orders: Vec<u8>,
    /// How many orders (lines) there are.
    pub order_total: u64,
}

/// A value of a field and how many records have it.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldValue {
    /// The value; null for blank.
    pub value: Value,
    /// Records.
    pub count: u64,
}

impl Store {
    /// The cells of a record, in the order of the table's fields.
    ///
    /// # Errors
    /// `not_found`.
    pub fn record(&self, scope: &Scope, table: &str, id: RecordId) -> Result<Vec<(FieldKey, Value)>> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let def = shape.schema.require(table)?;
        let values = self.engine.read(|conn| values(conn, &shape, def, id.0))?;
        Ok(def.fields.iter().map(|f| f.key.clone()).zip(values).collect())
    }

    /// The cells of a record as a JSON object.
    ///
    /// # Errors
    /// `not_found`.
    pub fn record_json(&self, scope: &Scope, table: &str, id: RecordId) -> Result<Vec<u8>> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let def = shape.schema.require(table)?;
        self.engine.read(|conn| object(conn, &shape, def, id.0))
    }

    /// The record people mean by a text: the one of that code, or the only one of that name.
    ///
    /// # Errors
    /// `not_found` for the table.
    pub fn meant(&self, scope: &Scope, table: &str, text: &str) -> Result<Option<RecordId>> {
        require(scope, Access::Read)?;
        let schema = self.schema();
        let [code, name] = related::labels(schema.require(table)?, "t");
        self.engine.read(|conn| {
            let with = |column: &str| -> Result<Vec<RecordId>> {
                if column == "NULL" {
                    return Ok(Vec::new());
                }
                let sql = ["SELECT t.id FROM ", &quote(table), " t WHERE ", column, " = ?1 ORDER BY t.id LIMIT 2"];
                conn.all(&sql.concat(), params![text.trim()], |r| r.get(0).map(RecordId))
            };
            match (&with(&code)?[..], &with(&name)?[..]) {
                ([id, ..], _) | ([], [id]) => Ok(Some(*id)),
                _ => Ok(None),
            }
        })
    }

    /// What the customer panel shows.
    ///
    /// # Errors
    /// `not_found`.
    pub fn card(&self, scope: &Scope, id: RecordId) -> Result<Card> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let schema = &shape.schema;
        let (customers, orders) = (schema.require(builtin::CUSTOMERS)?, schema.require(builtin::ORDERS)?);
        self.engine.read(|conn| {
            let cells = values(conn, &shape, customers, id.0)?;
            let ids = order_ids(conn, id.0)?;
            let mut list = vec![b'['];
            for order in &ids {
                if list.len() > 1 {
                    list.push(b',');
                }
                list.extend_from_slice(b"{\"id\":");
                json::integer(&mut list, *order);
                list.extend_from_slice(b",\"values\":");
                list.extend(object(conn, &shape, orders, *order)?);
                list.push(b'}');
            }
            list.push(b']');
            let order_total = conn.one("SELECT count(*) FROM orders WHERE customer = ?1", params![id.0])?;
            Ok(Card {
                values: object(conn, &shape, customers, id.0)?,
                reasons: reasons(&customers.fields, &cells),
                orders: list,
                order_total,
            })
        })
    }

    /// The commonest values of a field with their counts, those holding `part` only; at most 500, and
    /// whether there are more.
    pub fn field_values(&self, scope: &Scope, table: &str, field: &str, part: &str) -> Result<(Vec<FieldValue>, bool)> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let def = shape.schema.require(table)?;
        let f = def.require(field)?;
        if f.kind.holds() == Holds::Links {
            return Ok((self.engine.read(|conn| linked_counts(conn, def, f))?, false));
        }
        let fails = shape.derivation.fails.has(table, field);
        let error = if fails { quote(&error_column(field)) } else { "NULL".to_owned() };
        let groups = if fails { " GROUP BY 1, 3" } else { " GROUP BY 1" };
        let list = ["SELECT ", &quote(field), ", count(*), ", &error, " FROM ", &quote(table)].concat();
        let sql = [&list, groups, " ORDER BY 2 DESC, 1"].concat();
        self.engine.read(|conn| {
            let mut counts: Vec<FieldValue> = Vec::new();
            let mut tags: HashMap<String, u64> = HashMap::new();
            conn.each(&sql, &[], &mut |r| {
                let count: u64 = r.get(1)?;
                match or_error(&f.kind, r.at(0)?, r.at(2)?) {
                    Value::Tags(list) => list.into_iter().for_each(|t| *tags.entry(t).or_default() += count),
                    value if counts.len() <= 500 && holds(&value, part) => counts.push(FieldValue { value, count }),
                    _ => {}
                }
                Ok(())
            })?;
            counts.extend(
                tags.into_iter()
                    .map(|(t, count)| FieldValue { value: Value::Text(t), count })
                    .filter(|v| holds(&v.value, part)),
            );
            counts.sort_by_key(|v| std::cmp::Reverse(v.count));
            let more = counts.len() > 500;
            counts.truncate(500);
            Ok((counts, more))
        })
    }
}

/// The records named most by a list of links, with how many name each; none for the other side of a link.
fn linked_counts(conn: &Conn, def: &TableDef, f: &FieldDef) -> Result<Vec<FieldValue>> {
    let sql = "SELECT target, count(*) FROM _links WHERE table_key = ?1 AND field = ?2
               GROUP BY target ORDER BY 2 DESC, 1 LIMIT 500";
    conn.all(sql, params![def.key.as_str(), f.key.as_str()], |r| {
        Ok(FieldValue { value: Value::Link(RecordId(r.get(0)?)), count: r.get(1)? })
    })
}

fn holds(v: &Value, part: &str) -> bool {
    if part.is_empty() {
        return true;
    }
    let text = match v {
        Value::Text(t) => t.to_lowercase(),
        Value::Error(e) => e.sign().to_lowercase(),
        Value::Null => return false,
        other => {
            let mut out = Vec::new();
            json::value(&mut out, other);
            String::from_utf8(out).unwrap_or_default()
        }
    };
    text.contains(&part.to_lowercase())
}

/// Every cell of a record; behind those that can fail, their errors.
fn select_all(fails: &Fails, def: &TableDef) -> String {
    let mut sql = String::from("SELECT id");
    for f in &def.fields {
        sql.push_str(", ");
        sql.push_str(&if f.kind.stored() { quote(&f.key) } else { "NULL".to_owned() });
        if fails.has(&def.key, &f.key) {
            sql.push_str(", ");
            sql.push_str(&quote(&error_column(&f.key)));
        }
    }
    sql.push_str(&[" FROM ", &quote(&def.key), " WHERE id = ?1"].concat());
    sql
}

fn values(conn: &Conn, shape: &Shape, def: &TableDef, id: i64) -> Result<Vec<Value>> {
    let fails = &shape.derivation.fails;
    let shown = def.fields.iter().filter(|f| !f.kind.stored());
    let related = Related::load(conn, &shape.schema, def, shown, &[id], MAX_LINKS as u64)?;
    conn.first(&select_all(fails, def), params![id], |r| {
        let mut at = 0;
        let cell = |f: &FieldDef| {
            at += 1;
            if !f.kind.stored() {
                return Ok(related::ids(&related.cell(f, id, r.at(at)?).1));
            }
            if !fails.has(&def.key, &f.key) {
                return Ok(from_sql(&f.kind, r.at(at)?));
            }
            at += 1;
            Ok(or_error(&f.kind, r.at(at - 1)?, r.at(at)?))
        };
        def.fields.iter().map(cell).collect()
    })?
    .ok_or_else(|| gone(def, id))
}

/// A record's cells as a JSON object; a link as `[id, code, name]`, several as a list of these.
fn object(conn: &Conn, shape: &Shape, def: &TableDef, id: i64) -> Result<Vec<u8>> {
    let fails = &shape.derivation.fails;
    let related = Related::load(conn, &shape.schema, def, def.fields.iter(), &[id], related::SHOWN)?;
    let mut out = vec![b'{'];
    // Where a link goes in the text, and to what; it is filled in when the row has been read.
    let mut links: Vec<(usize, &str, i64)> = Vec::new();
    let found = conn.first(&select_all(fails, def), params![id], |row| {
        let mut at = 0;
        for f in &def.fields {
            if at > 0 {
                out.push(b',');
            }
            at += 1;
            json::string(&mut out, &f.key);
            out.push(b':');
            let value = row.at(at)?;
            if fails.has(&def.key, &f.key) {
                at += 1;
                if let error @ ValueRef::Integer(_) = row.at(at)? {
                    json::cell_or_error(&mut out, &f.kind, value, error);
                    continue;
                }
            }
            match (&f.kind, value) {
                (FieldKind::Link { table }, ValueRef::Integer(to)) => links.push((out.len(), table, to)),
                (kind, v) if kind.holds() == Holds::Links => related.write(&mut out, f, id, v),
                (kind, v) => json::cell(&mut out, kind, v),
            }
        }
        Ok(())
    })?;
    if found.is_none() {
        return Err(gone(def, id));
    }
    out.push(b'}');
    for (at, table, to) in links.into_iter().rev() {
        out.splice(at..at, link(conn, table, to)?);
    }
    Ok(out)
}

/// A linked record as `[id, code, name]`.
fn link(conn: &Conn, table: &str, id: i64) -> Result<Vec<u8>> {
    let sql = ["SELECT code, name FROM ", &quote(table), " WHERE id = ?1"].concat();
    let mut out = vec![b'['];
    json::integer(&mut out, id);
    conn.first(&sql, params![id], |r| {
        for i in 0..2 {
            out.push(b',');
            json::cell(&mut out, &FieldKind::Text, r.at(i)?);
        }
        Ok(())
    })?;
    out.push(b']');
    Ok(out)
}

fn order_ids(conn: &Conn, customer: i64) -> Result<Vec<i64>> {
    let sql = "SELECT id FROM orders WHERE customer = ?1 ORDER BY time DESC NULLS LAST, id DESC LIMIT 200";
    conn.all(sql, params![customer], |r| r.get(0))
}

/// The grade in words: each criterion's points with the figure behind it.
fn reasons(fields: &[FieldDef], cells: &[Value]) -> Vec<Reason> {
    let cell = |key: &str| fields.iter().position(|f| f.key == *key).and_then(|i| cells.get(i));
    let number = |key: &str| match cell(key) {
        Some(Value::Int(n)) => *n as f64,
        Some(Value::Number(n)) => *n,
        Some(Value::Money(m)) => m.0 as f64 / 100.0,
        _ => 0.0,
    };
    let stated = number("order_count") == 0.0;
    let from_sheet = if stated && (number("total") > 0.0 || number("monthly") > 0.0) {
        ("（按原表）", " (from the sheet)")
    } else {
        ("", "")
    };
    let monthly = number("monthly");
    let total = number("total");
    let rate = number("repurchase_rate") * 100.0;
    let willing = cell("recommend").and_then(Value::as_text).unwrap_or("");
    let willing_zh =
        if willing.is_empty() { "推荐意愿未知".to_owned() } else { format!("推荐意愿：{willing}") };
    let willing_en = match willing {
        "" => "recommendation unknown",
        "愿意" => "would recommend",
        "一般" => "might recommend",
        _ => "would not recommend",
    };
    let texts = [
        (
            "frequency_points",
            format!("近 90 天月均 {monthly:.1} 次{}", from_sheet.0),
            format!("{monthly:.1} purchases a month over the last 90 days{}", from_sheet.1),
        ),
        (
            "amount_points",
            format!("累计消费 {} 元{}", grouped(total), from_sheet.0),
            format!("{} yuan in total{}", grouped(total), from_sheet.1),
        ),
        (
            "loyalty_points",
            format!("复购率 {rate:.0}%,{willing_zh}{}", from_sheet.0),
            format!("{}% repurchase rate, {willing_en}{}", one_decimal(rate), from_sheet.1),
        ),
    ];
    texts
        .into_iter()
        .filter_map(|(key, zh, en)| {
            let f = fields.iter().find(|f| f.key == *key)?;
            let points = number(key) as i64;
            let name_zh = f.label.zh.trim_end_matches('分');
            let name_en = f.label.en.trim_end_matches(" points");
            let text =
                Label::new(&format!("{name_zh} {points} 分：{zh}"), &format!("{name_en}, {points} points: {en}"));
            Some(Reason { field: f.key.clone(), points, text })
        })
        .collect()
}

/// At most one decimal, as the page shows percentages.
fn one_decimal(n: f64) -> String {
    let text = format!("{n:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// A number with thousands separators, two decimals unless whole.
fn grouped(n: f64) -> String {
    let text = if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n:.2}") };
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(w, r)| (w, Some(r)));
    let digits: Vec<char> = whole.chars().collect();
    let mut out = String::new();
    for (i, c) in digits.iter().enumerate() {
        let left = digits.len() - i;
        if i > 0 && left.is_multiple_of(3) && digits[i - 1] != '-' {
            out.push(',');
        }
        out.push(*c);
    }
    match rest {
        Some(r) => [&out, ".", r].concat(),
        None => out,
    }
}

/// A value as JSON text, for answers built outside of the store.
pub fn to_json(v: &Value) -> Result<serde_json::Value> {
    let mut out = Vec::new();
    json::value(&mut out, v);
    serde_json::from_slice(&out).map_err(failure)
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_grouped() {
        for (n, text) in
            [(0.0, "0"), (999.0, "999"), (1000.0, "1,000"), (1234567.5, "1,234,567.50"), (-1500.0, "-1,500")]
        {
            assert_eq!(super::grouped(n), text);
        }
    }
}
