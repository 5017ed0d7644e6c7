//! What the change log keeps of a field from before it was turned, read as the kind it has now: an entry holds the
//! stored form of its own time.

use super::{Turn, Turner, Work};
use crate::apply::Writing;
use crate::cells::from_log;
use crate::conn::{Conn, params};
use crate::failure;
use crate::layout;
use crate::store::Shape;
use model::{Date, FieldDef, FieldKey, FieldKind, Result, Schema, TableKey, UserId, Value};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The turns of a book's fields, each field's oldest first.
#[derive(Default)]
pub(crate) struct Turns(HashMap<String, Vec<Before>>);

/// What a field was before a turn.
#[derive(Serialize, Deserialize)]
struct Before {
    /// Entries up to this one are of that time.
    until: i64,
    kind: FieldKind,
    /// Members by id and name, where the turn went by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    people: Vec<(i64, String)>,
}

/// Where a book notes how a field was turned.
fn note(table: &str, key: &str) -> String {
    ["turned.", table, ".", key].concat()
}

impl Turns {
    pub(crate) fn load(conn: &Conn) -> Result<Self> {
        let notes: Vec<(String, String)> =
            conn.all("SELECT key, value FROM _meta WHERE key >= 'turned.' AND key < 'turned/'", &[], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })?;
        let read = |(key, text): (String, String)| Ok((key, serde_json::from_str(&text).map_err(failure)?));
        Ok(Self(notes.into_iter().map(read).collect::<Result<_>>()?))
    }
}

/// Notes a turn with the change of kind itself.
pub(super) fn turned(conn: &Conn, work: &Work, members: &[(UserId, String)]) -> Result<()> {
    let name = note(&work.table, &work.key);
    let mut list: Vec<Before> = match layout::meta(conn, &name)? {
        Some(text) => serde_json::from_str(&text).map_err(failure)?,
        None => Vec::new(),
    };
    let by_name = work.from == FieldKind::Person || work.to.kind == FieldKind::Person;
    list.push(Before {
        until: conn.one("SELECT coalesce(max(id), 0) FROM _changes", &[])?,
        kind: work.from.clone(),
        people: members.iter().filter(|_| by_name).map(|(id, name)| (id.0, name.clone())).collect(),
    });
    layout::set_meta(conn, &name, &serde_json::to_string(&list).map_err(failure)?)
}

/// Forgets the turns of a field that goes, or of a whole table.
pub(crate) fn forget(conn: &Conn, table: &str, key: Option<&str>) -> Result<()> {
    let (low, high) = match key {
        Some(key) => (note(table, key), note(table, key)),
        None => (note(table, ""), ["turned.", table, "/"].concat()),
    };
    conn.run("DELETE FROM _meta WHERE key >= ?1 AND key <= ?2", params![low, high]).map(drop)
}

/// The log as a reader of it goes by.
#[derive(Clone, Copy)]
pub(crate) struct Past<'a> {
    pub conn: &'a Conn,
    pub shape: &'a Shape,
    pub today: Date,
}

impl Past<'_> {
    /// A cell that the entry of a change keeps, as its field is now; blank when it can be nothing of that kind.
    /// It may ask the connection, so no other question may be open on it.
    pub(crate) fn cell(&self, table: &TableKey, field: &FieldDef, change: i64, text: &str) -> Result<Value> {
        let turns = &self.shape.turns.0;
        let turns = if turns.is_empty() { None } else { turns.get(&note(table, &field.key)) };
        let mut since = turns.into_iter().flatten().skip_while(|b| b.until < change).peekable();
        let first = since.peek().map_or(&field.kind, |b| &b.kind);
        let mut value = from_log(first, text).fit(first).unwrap_or_default();
        while let Some(before) = since.next() {
            let to = since.peek().map_or(&field.kind, |b| &b.kind);
            value = self.turn(before, to, &value)?;
        }
        Ok(value)
    }

    /// Both sides of an edit.
    pub(crate) fn edit(
        &self,
        table: &TableKey,
        field: &FieldDef,
        change: i64,
        sides: (&str, &str),
    ) -> Result<(Value, Value)> {
        Ok((self.cell(table, field, change, sides.0)?, self.cell(table, field, change, sides.1)?))
    }

    /// The cells that the log keeps of a removed record, by field; what is not filled in any more is left out.
    pub(crate) fn row<'t>(
        &self,
        table: &'t model::TableDef,
        removal: i64,
        content: &str,
    ) -> Result<Vec<(&'t FieldDef, Value)>> {
        let content: Vec<(FieldKey, String)> = serde_json::from_str(content).map_err(failure)?;
        let mut row = Vec::with_capacity(content.len());
        for (key, text) in content {
            if let Some(f) = table.field(&key).filter(|f| f.kind.stored() && !f.derived()) {
                row.push((f, self.cell(&table.key, f, removal, &text)?));
            }
        }
        Ok(row)
    }

    fn turn(&self, before: &Before, to: &FieldKind, value: &Value) -> Result<Value> {
        let there = |k: &FieldKind| linked(&self.shape.schema, k);
        if value.is_blank() || !there(&before.kind) || !there(to) {
            return Ok(Value::Null);
        }
        let people: Vec<(UserId, String)> = before.people.iter().map(|(id, n)| (UserId(*id), n.clone())).collect();
        let to = Turn::from(to.clone());
        let turned = Turner::new(&before.kind, &to, self.today, &people).turn(self.conn, value)?;
        Ok(turned.value.fit(&to.kind).unwrap_or_default())
    }
}

impl Writing<'_> {
    /// The log as it reads inside the change.
    pub(crate) fn past(&self) -> Past<'_> {
        Past { conn: self.conn, shape: &self.shape, today: self.today }
    }
}

/// Whether the table a kind links to, if any, is there to look names up in.
fn linked(schema: &Schema, kind: &FieldKind) -> bool {
    kind.links_to().is_none_or(|to| schema.table(to).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, StoreOptions};
    use model::Label;

    #[test]
    fn what_was_turned_before_turns_were_noted_is_blank_where_it_cannot_be_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = StoreOptions { today: Date(20_778), scratch: false };
        let store = Store::open(&folder.path().join("book.db"), options).expect("a book");
        let shape = store.shape();
        for (kind, text, is) in [
            (FieldKind::number(0), "\"abc\"", Value::Null),
            (FieldKind::Money, "90.5", Value::Null),
            (FieldKind::number(0), "90", Value::Int(90)),
            (FieldKind::Text, "\"abc\"", "abc".into()),
        ] {
            let field = FieldDef::new("u1", Label::same("甲"), kind);
            let read = store.engine.read(|conn| {
                Past { conn, shape: &shape, today: Date(20_778) }.cell(&"customers".into(), &field, 1, text)
            });
            assert_eq!(read.expect("it reads"), is, "{text}");
        }
    }
}
