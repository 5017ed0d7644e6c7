//! One content of a field as another kind.

use crate::conn::{Conn, params};
use crate::dialect::quote;
use crate::turn::Turn;
use model::parse::{Ctx, written};
use model::{Date, FieldKind, Lang, Loss, RecordId, Result, UserId, Value, Way, convert, way};
use std::collections::{BTreeMap, HashMap};

/// Reads contents of one kind as another, names of records and members looked up once.
pub(super) struct Turner<'a> {
    from: &'a FieldKind,
    to: &'a FieldKind,
    renamed: &'a BTreeMap<String, String>,
    how: Way,
    ctx: Ctx,
    members: &'a [(UserId, String)],
    known: HashMap<String, Value>,
}

/// A content turned: the value, how it reads before, what is lost.
pub(super) struct Turned {
    pub value: Value,
    pub before: String,
    pub loss: Option<Loss>,
}

impl<'a> Turner<'a> {
    pub(super) fn new(from: &'a FieldKind, to: &'a Turn, today: Date, members: &'a [(UserId, String)]) -> Self {
        // A date without its year is nobody's guess here: it shows as lost.
        let ctx = Ctx { today, year: None };
        let (to, renamed) = (&to.kind, &to.renamed);
        Self { from, to, renamed, how: way(from, to), ctx, members, known: HashMap::new() }
    }

    pub(super) fn turn(&mut self, conn: &Conn, value: &Value) -> Result<Turned> {
        let before = self.text(conn, value)?;
        if self.how != Way::Names {
            let c = convert(value, self.from, self.to, &self.ctx);
            return Ok(Turned { value: self.rename(c.value), before, loss: c.loss });
        }
        let value = match self.to {
            FieldKind::Link { table } => self.linked(conn, table, &before)?,
            FieldKind::Links { table } => return self.several(conn, table, before),
            FieldKind::Person => self.member(&before),
            _ => {
                let c = convert(&Value::Text(before.clone()), &FieldKind::Text, self.to, &self.ctx);
                return Ok(Turned { value: c.value, before, loss: c.loss });
            }
        };
        let loss = value.is_blank().then_some(Loss::All);
        Ok(Turned { value, before, loss })
    }

    /// Options under their new names.
    fn rename(&self, value: Value) -> Value {
        let name = |old: String| self.renamed.get(&old).cloned().unwrap_or(old);
        match value {
            _ if self.renamed.is_empty() => value,
            Value::Text(one) => Value::Text(name(one)),
            Value::Tags(list) => Value::Tags(list.into_iter().map(name).collect()),
            other => other,
        }
    }

    /// A content as people read it.
    fn text(&mut self, conn: &Conn, value: &Value) -> Result<String> {
        match (self.from, value) {
            (FieldKind::Links { table }, Value::Links(list)) => {
                let one = FieldKind::Link { table: table.clone() };
                let names = list.iter().map(|id| self.name(conn, &one, &Value::Link(*id)));
                Ok(names.collect::<Result<Vec<_>>>()?.join("、"))
            }
            _ => self.name(conn, self.from, value),
        }
    }

    /// One record or member as people read it, and what names neither.
    fn name(&self, conn: &Conn, from: &FieldKind, value: &Value) -> Result<String> {
        match (from, value) {
            (FieldKind::Link { table }, Value::Link(RecordId(id))) => {
                let sql = ["SELECT name, code FROM ", &quote(table), " WHERE id = ?1"].concat();
                let found = conn.first(&sql, params![*id], |r| {
                    let (name, code) = (r.text(0)?, r.text(1)?);
                    Ok(if name.is_empty() { code } else { name }.to_owned())
                })?;
                Ok(found.unwrap_or_default())
            }
            (_, Value::Person(id)) => {
                Ok(self.members.iter().find(|(m, _)| m == id).map_or_else(String::new, |(_, n)| n.clone()))
            }
            _ => Ok(written(value, from, Lang::Zh).into_owned()),
        }
    }

    /// The record of a code, or of a name only one has.
    fn linked(&mut self, conn: &Conn, table: &str, text: &str) -> Result<Value> {
        if let Some(v) = self.known.get(text) {
            return Ok(v.clone());
        }
        let t = quote(table);
        let by_code = ["SELECT id FROM ", &t, " WHERE code = ?1"].concat();
        let mut found = conn.first(&by_code, params![text.trim()], |r| r.get::<i64>(0))?;
        if found.is_none() {
            let by_name = ["SELECT id FROM ", &t, " WHERE name = ?1 LIMIT 2"].concat();
            let ids: Vec<i64> = conn.all(&by_name, params![text.trim()], |r| r.get(0))?;
            found = if let [id] = ids[..] { Some(id) } else { None };
        }
        let value = found.map_or(Value::Null, |id| Value::Link(RecordId(id)));
        self.known.insert(text.to_owned(), value.clone());
        Ok(value)
    }

    /// The records of several codes or names. A name may itself hold what stands between two.
    fn several(&mut self, conn: &Conn, table: &str, before: String) -> Result<Turned> {
        let mut parts = vec![before.as_str()];
        if self.linked(conn, table, &before)?.is_blank() {
            parts = before.split(model::parse::BETWEEN).map(str::trim).filter(|p| !p.is_empty()).collect();
        }
        let mut found = Vec::new();
        for part in &parts {
            if let Value::Link(id) = self.linked(conn, table, part)? {
                found.push(id);
            }
        }
        let loss = match found.len() {
            0 => Some(Loss::All),
            n if n < parts.len() => Some(Loss::Part),
            _ => None,
        };
        let value = Value::Links(found).fit(self.to).unwrap_or_default();
        let loss = if value.is_blank() { Some(Loss::All) } else { loss };
        Ok(Turned { value, before, loss })
    }

    fn member(&self, text: &str) -> Value {
        let mut found = self.members.iter().filter(|(_, name)| name.trim() == text.trim());
        match (found.next(), found.next()) {
            (Some((id, _)), None) => Value::Person(*id),
            _ => Value::Null,
        }
    }
}
