//! Next contacts written by hand: the cell on the customer's row plans, moves or completes the follow-up behind it.
//!
//! A day written where no follow-up is due on the day before it plans one. A day written over that of open
//! follow-ups moves these, which keep their time of day; a cleared cell completes them. Files that are imported
//! plan nothing: their days stand alone until somebody changes them.

use crate::apply::Writing;
use crate::conn::params;
use crate::log;
use model::builtin::{CUSTOMERS, INTERACTIONS, PLAN};
use model::parse::note::DAY_HOUR;
use model::{Date, DateTime, FieldKey, RecordId, Result, TableDef, Value};
use std::collections::BTreeMap;

/// Next contacts that were written, before and after, by customer.
pub(crate) type Written = BTreeMap<i64, (Option<Date>, Option<Date>)>;

const NEXT: &str = "next_contact";

fn day(v: &Value) -> Option<Date> {
    match v {
        Value::Date(day) => Some(*day),
        _ => None,
    }
}

impl Writing<'_> {
    /// Notes that a person wrote cells of a record (field, before, after).
    pub(crate) fn plan_edit(&mut self, def: &TableDef, id: i64, changes: &[(&FieldKey, &Value, &Value)]) {
        if def.key != *CUSTOMERS {
            return;
        }
        if let Some((_, old, new)) = changes.iter().find(|(k, ..)| ***k == *NEXT) {
            let before = self.planned.get(&id).map_or(day(old), |(first, _)| *first);
            self.planned.insert(id, (before, day(new)));
        }
    }

    /// Notes the days new customers came with, of their own or by default.
    pub(crate) fn plan_new(&mut self, def: &TableDef, created: &[RecordId]) -> Result<()> {
        if def.key != *CUSTOMERS {
            return Ok(());
        }
        // Their ids are in a row.
        let (Some(first), Some(last)) = (created.first(), created.last()) else { return Ok(()) };
        let sql = "SELECT id, next_contact FROM customers WHERE id BETWEEN ?1 AND ?2 AND next_contact IS NOT NULL";
        let found: Vec<(i64, i32)> = self.conn.all(sql, params![first.0, last.0], |r| Ok((r.get(0)?, r.get(1)?)))?;
        self.planned.extend(found.into_iter().map(|(id, day)| (id, (None, Some(Date(day))))));
        Ok(())
    }

    /// Plans, moves or completes the follow-ups behind the days that were written.
    pub(crate) fn plan(&mut self) -> Result<()> {
        let planned = std::mem::take(&mut self.planned);
        if planned.is_empty() {
            return Ok(());
        }
        let talks = self.shape.schema.require(INTERACTIONS)?.clone();
        let mut made = Vec::new();
        for (customer, (before, after)) in planned {
            let due = before.map_or(Ok(Vec::new()), |day| self.due(customer, day))?;
            match after {
                Some(day) if due.is_empty() => made.extend(self.plan_one(&talks, customer, day)?),
                Some(day) => {
                    for (id, at) in due {
                        let at = DateTime(at.0 + i64::from(day.0 - at.date().0) * 86_400);
                        self.edit_talk(&talks, id, "follow_up", Value::DateTime(at))?;
                    }
                }
                None => {
                    for (id, _) in due {
                        self.edit_talk(&talks, id, "done", Value::Bool(true))?;
                    }
                }
            }
            // Other follow-ups may come sooner, or be left.
            self.followed.entry(customer).or_default().extend(before.into_iter().chain(after));
        }
        if let (Some(low), Some(high)) = (made.first(), made.last()) {
            self.fill_defaults(&talks, &made, &Default::default())?;
            log::created(self.conn, self.change, &talks.key, *low, *high)?;
        }
        Ok(())
    }

    /// The open follow-ups of a customer on a day.
    fn due(&self, customer: i64, day: Date) -> Result<Vec<(i64, DateTime)>> {
        let sql = "SELECT id, follow_up FROM interactions
                   WHERE customer = ?1 AND follow_up BETWEEN ?2 AND ?3 AND coalesce(done, 0) = 0 ORDER BY id";
        let from = i64::from(day.0) * 86_400;
        self.conn.all(sql, params![customer, from, from + 86_399], |r| Ok((r.get(0)?, DateTime(r.get(1)?))))
    }

    /// A follow-up on a day that has none.
    fn plan_one(&mut self, talks: &TableDef, customer: i64, day: Date) -> Result<Option<i64>> {
        let Some(at) = DateTime::new(day, DAY_HOUR, 0, 0) else { return Ok(None) };
        if !self.due(customer, day)?.is_empty() {
            return Ok(None);
        }
        let cells = vec![
            ("customer".into(), Value::Link(RecordId(customer))),
            ("kind".into(), PLAN.into()),
            ("follow_up".into(), Value::DateTime(at)),
        ];
        self.create(&talks.key, cells).map(Some)
    }

    fn edit_talk(&mut self, talks: &TableDef, id: i64, field: &str, value: Value) -> Result<()> {
        self.touched.remember(self.conn, &self.shape.derivation, &talks.key, &[id])?;
        self.edit(talks, id, &[(field.into(), value)]).map(drop)
    }
}
