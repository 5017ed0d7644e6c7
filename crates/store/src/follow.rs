//! Follow-ups: what is still to be done after an interaction leads the customer's next contact.
//!
//! The day of the earliest open follow-up is the customer's `next_contact`. A day a file
//! brought stays when it is not past and comes sooner. When no follow-up is open any more, the day it had left there
//! is cleared. Only writes of interactions do this; what a person writes over the day is in [`crate::plan`].

use crate::apply::Writing;
use crate::conn::{Conn, params};
use crate::derive::Derivation;
use crate::{layout, log};
use model::builtin::{CUSTOMERS, INTERACTIONS};
use model::{Date, DateTime, FieldDef, FieldKey, Label, Result, TableDef, Value, builtin};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Customers whose follow-ups a change touched, with the days these had before or have now.
pub(crate) type Followed = BTreeMap<i64, BTreeSet<Date>>;

/// Fields of an interaction that say when whom to talk to next.
const LEADING: [&str; 3] = ["customer", "follow_up", "done"];

/// The cells to be written, with the moment when something was done or is open again.
pub(crate) fn with_moment<'c>(def: &TableDef, cells: &'c [(FieldKey, Value)]) -> Cow<'c, [(FieldKey, Value)]> {
    let given = |key: &str| cells.iter().find(|(k, _)| *k == *key);
    match given("done") {
        Some((_, done)) if def.key == *INTERACTIONS && given("done_at").is_none() => {
            let at = if *done == Value::Bool(true) { Value::DateTime(log::wall_clock()) } else { Value::Null };
            let mut cells = cells.to_vec();
            cells.push(("done_at".into(), at));
            Cow::Owned(cells)
        }
        _ => Cow::Borrowed(cells),
    }
}

impl Writing<'_> {
    /// What a new interaction has that nobody wrote: its time, and when it was done.
    pub(crate) fn complete_talk(def: &TableDef, row: &mut Vec<(FieldKey, Value)>) {
        if def.key != *INTERACTIONS {
            return;
        }
        if !row.iter().any(|(k, _)| *k == *"time") {
            row.push(("time".into(), Value::DateTime(log::wall_clock())));
        }
        if let Cow::Owned(with) = with_moment(def, row) {
            *row = with.into_iter().filter(|(_, v)| !v.is_blank()).collect();
        }
    }

    /// Notes that an interaction came or went.
    pub(crate) fn follow_row(&mut self, def: &TableDef, row: &[(FieldKey, Value)]) {
        if def.key != *INTERACTIONS {
            return;
        }
        let cell = |key: &str| row.iter().find(|(k, _)| *k == *key).map(|(_, v)| v);
        if let (Some(Value::Link(customer)), Some(Value::DateTime(at))) = (cell("customer"), cell("follow_up")) {
            self.followed.entry(customer.0).or_default().insert(at.date());
        }
    }

    /// Notes that an interaction was edited (field, before, after).
    pub(crate) fn follow_edit(
        &mut self,
        def: &TableDef,
        id: i64,
        changes: &[(&FieldKey, &Value, &Value)],
    ) -> Result<()> {
        if def.key != *INTERACTIONS || !changes.iter().any(|(k, ..)| LEADING.contains(&k.as_str())) {
            return Ok(());
        }
        let now = self.content(def, id, &[&"customer".into(), &"follow_up".into()])?.unwrap_or_default();
        let mut cells: Vec<&Value> = now.iter().collect();
        // When it was done is no day of a follow-up.
        let leading = changes.iter().filter(|(k, ..)| **k == *"customer" || **k == *"follow_up");
        cells.extend(leading.flat_map(|(_, old, new)| [*old, *new]));
        // Blank or not, every customer concerned is looked at with every day concerned.
        let days: BTreeSet<Date> = cells.iter().filter_map(|v| day_of(v)).collect();
        for cell in cells {
            if let Value::Link(customer) = cell {
                self.followed.entry(customer.0).or_default().extend(&days);
            }
        }
        Ok(())
    }

    /// Notes the interactions of a range that a batch brought.
    pub(crate) fn follow_range(&mut self, low: i64, high: i64) -> Result<()> {
        let sql = "SELECT customer, follow_up FROM interactions
                   WHERE id BETWEEN ?1 AND ?2 AND customer IS NOT NULL AND follow_up IS NOT NULL";
        let found: Vec<(i64, i64)> = self.conn.all(sql, params![low, high], |r| Ok((r.get(0)?, r.get(1)?)))?;
        for (customer, at) in found {
            self.followed.entry(customer).or_default().insert(DateTime(at).date());
        }
        Ok(())
    }

    /// Lets the follow-ups lead the next contact of the customers concerned.
    pub(crate) fn lead(&mut self) -> Result<()> {
        let followed = std::mem::take(&mut self.followed);
        if followed.is_empty() {
            return Ok(());
        }
        let shape = Arc::clone(&self.shape);
        let def = shape.schema.require(CUSTOMERS)?;
        let field = def.require("next_contact")?;
        for (customer, days) in followed {
            let Some(stored) = self.content(def, customer, &[&field.key])?.and_then(|c| c.into_iter().next()) else {
                continue;
            };
            let Some(next) = next_contact(&stored, earliest(self.conn, customer)?, &days, self.today) else { continue };
            self.touched.remember(self.conn, &shape.derivation, &def.key, &[customer])?;
            self.update(def, customer, &[(&field.key, &stored, &next)])?;
        }
        Ok(())
    }

    /// Whether a cell is one that follow-ups lead now, so that an undo leaves it to them.
    pub(crate) fn led(&self, def: &TableDef, record: i64, field: &FieldKey) -> Result<bool> {
        Ok(def.key == *CUSTOMERS && *field == *"next_contact" && earliest(self.conn, record)?.is_some())
    }
}

fn day_of(v: &Value) -> Option<Date> {
    match v {
        Value::DateTime(t) => Some(t.date()),
        _ => None,
    }
}

/// The day of a customer's earliest open follow-up. The flag is not computed yet when this is asked.
fn earliest(conn: &Conn, customer: i64) -> Result<Option<Date>> {
    let sql = "SELECT min(follow_up) FROM interactions
               WHERE customer = ?1 AND follow_up IS NOT NULL AND coalesce(done, 0) = 0";
    Ok(conn.one::<Option<i64>>(sql, params![customer])?.map(|at| DateTime(at).date()))
}

/// What the next contact becomes; None when it stays. `days` are those of the follow-ups that changed.
fn next_contact(stored: &Value, earliest: Option<Date>, days: &BTreeSet<Date>, today: Date) -> Option<Value> {
    let by_hand = match stored {
        Value::Date(day) if !days.contains(day) => Some(*day),
        _ => None,
    };
    let next = match (earliest, by_hand) {
        (Some(first), Some(hand)) if hand >= today && hand < first => return None,
        (Some(first), _) => Value::Date(first),
        (None, Some(_)) => return None,
        (None, None) => Value::Null,
    };
    (next != *stored).then_some(next)
}

/// Migration 15: the table of interactions, and what it comes to on the customer.
pub(crate) fn introduce(conn: &Conn) -> Result<()> {
    let stored = layout::load_schema(conn)?;
    if stored.table(INTERACTIONS).is_some() {
        // Like the other steps it bears being taken again.
        return Ok(());
    }
    let new = builtin::schema();
    let mut table = new.require(INTERACTIONS)?.clone();
    let before = table.label.clone();
    table.label = free(&before, "记录", " log", |l| stored.named(l).is_some());
    let own = new.tables.iter().position(|t| t.key == table.key).unwrap_or_default();
    conn.batch(&layout::create_table(conn.dialect(), &table))?;
    conn.batch(layout::TALK_INDEXES)?;
    layout::put_table(conn, &table, own)?;
    for (n, field) in table.fields.iter().enumerate() {
        layout::put_field(conn, &table, field, n)?;
    }
    let mut customers = stored.require(CUSTOMERS)?.clone();
    let mut seeds = Vec::new();
    for field in ["last_talk", "open_follow_ups"] {
        let field = new.require(CUSTOMERS)?.require(field)?;
        // Formulas name tables as they are called here.
        let named = |text: &str| text.replace(&format!("{}[", before.zh), &format!("{}[", table.label.zh)).into();
        let field = FieldDef {
            label: free(&field.label, "（互动）", " (interactions)", |l| customers.named(l).is_some()),
            formula: field.formula.as_deref().map(named),
            ..field.clone()
        };
        layout::add_field(conn, &customers, &field)?;
        seeds.push((customers.key.clone(), field.key.clone()));
        customers.fields.push(field);
    }
    let derivation = Derivation::new(Arc::new(layout::load_schema(conn)?), conn.dialect())?;
    crate::fill::queue(conn, &derivation, &seeds)
}

/// A name that nothing else has.
fn free(label: &Label, zh: &str, en: &str, taken: impl Fn(&str) -> bool) -> Label {
    let mut label = label.clone();
    while taken(&label.zh) || taken(&label.en) {
        label = Label::new(&[&label.zh, zh].concat(), &[&label.en, en].concat());
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;
    use crate::{Store, StoreOptions};
    use model::{Change, FieldKind, Lang, Origin, RecordId, Scope};

    /// What format 13 lacked, and a table and field of a seller's own under the new names.
    const BEFORE: &str = "
        DROP TABLE interactions; DROP INDEX _change_ranges_low;
        ALTER TABLE customers DROP COLUMN last_talk; ALTER TABLE customers DROP COLUMN open_follow_ups;
        DELETE FROM _tables WHERE key = 'interactions';
        DELETE FROM _fields WHERE table_key = 'interactions' OR key IN ('last_talk', 'open_follow_ups');
        UPDATE _tables SET def = replace(def, '回访表', '互动') WHERE key = 't1';
        UPDATE _fields SET def = replace(def, '我的', '待跟进数') WHERE key = 'u1' AND table_key = 'customers';
        UPDATE _meta SET value = '13' WHERE key = 'version';";

    #[test]
    fn an_older_book_gets_the_table() {
        let options = StoreOptions { today: Date(20_778), scratch: false };
        let folder = tempfile::tempdir().expect("a folder");
        let (file, schema) = (folder.path().join("book.db"), testkit::postgres::new_schema());
        let sqlite = || Store::open(&file, options).expect("a book");
        let postgres = || Store::connect(&testkit::postgres::address(), &schema, options).expect("a book");
        let open: [&dyn Fn() -> Store; 2] = [&sqlite, &postgres];
        for open in open {
            let (store, scope) = (open(), Scope::system(Lang::Zh));
            store.add_table(&scope, Label::same("回访表"), None).expect("a table");
            let own = FieldDef::new("", Label::same("我的"), FieldKind::Text);
            store.add_field(&scope, CUSTOMERS, own).expect("a field");
            let make = |store: &Store, table: &str, cells: Vec<(FieldKey, Value)>| {
                let change = Change::Create { table: table.into(), records: vec![cells] };
                store.apply(&scope, change, Origin::Edit).expect("a record").created[0]
            };
            let customer = make(&store, CUSTOMERS, vec![("name".into(), "王".into())]);
            let as_before = |conn: &Conn| {
                conn.batch(BEFORE)?;
                if conn.dialect() == Dialect::Sqlite { conn.batch("PRAGMA user_version = 13") } else { Ok(()) }
            };
            store.engine.write(as_before).expect("as format 13 was");
            drop(store);
            let store = open();
            store.fill(&mut |_, _| Ok(())).expect("the fill runs");
            let cell = |field: &str| {
                let cells = store.record(&scope, CUSTOMERS, RecordId(customer.0)).expect("the customer");
                cells.into_iter().find(|(k, _)| *k == *field).expect("the field is there").1
            };
            assert_eq!([cell("last_talk"), cell("open_follow_ups")], [Value::Null, Value::Int(0)]);
            let made = store.schema();
            let labels = |t: &TableDef| (t.key.to_string(), t.label.zh.to_string());
            let tables: Vec<_> = made.tables.iter().skip(3).map(labels).collect();
            let want = [("interactions", "互动记录"), ("t1", "互动")].map(|(k, l)| (k.to_owned(), l.to_owned()));
            assert_eq!(tables, want, "the seller's own keeps its name");
            let at = Value::DateTime(DateTime::from_iso("2026-11-30T09:00").expect("a moment"));
            make(&store, INTERACTIONS, vec![("customer".into(), Value::Link(customer)), ("follow_up".into(), at)]);
            assert_eq!(cell("open_follow_ups"), Value::Int(1));
            assert_eq!(cell("next_contact"), Value::Date(Date::from_iso("2026-11-30").expect("a day")));
            let report = store.check(&scope, &mut |_, _| Ok(())).expect("the check runs");
            assert!(report.sound(), "{report:?}");
        }
    }

    #[test]
    fn the_earliest_follow_up_leads_unless_a_hand_came_sooner() {
        let d = Date;
        let (today, date) = (d(100), |n| Value::Date(Date(n)));
        for (stored, earliest, days, want) in [
            // (stored, earliest open, days that changed, what it becomes)
            (Value::Null, Some(105), vec![105], Some(date(105))),
            (date(120), Some(105), vec![105], Some(date(105))),
            (date(102), Some(105), vec![105], None),
            (date(99), Some(105), vec![105], Some(date(105))),
            (date(105), Some(109), vec![105, 109], Some(date(109))),
            (date(105), None, vec![105], Some(Value::Null)),
            (date(102), None, vec![105], None),
            (Value::Null, None, vec![105], None),
            (date(105), Some(105), vec![105], None),
        ] {
            let days = days.into_iter().map(d).collect();
            assert_eq!(next_contact(&stored, earliest.map(d), &days, today), want, "{stored:?} {earliest:?} {days:?}");
        }
    }
}
