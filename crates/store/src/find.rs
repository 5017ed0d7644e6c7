//! One question to all tables: by name, pinyin, initials, the end of a phone number, code, order number, note.

use crate::conn::{Conn, params};
use crate::dialect::quote;
use crate::search::{self, Wanted};
use crate::store::{Store, require};
use crate::tokens::Part;
use model::{Access, FieldKey, RecordId, Result, Scope, TableDef, TableKey, builtin};

/// What was found in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The table.
    pub table: TableKey,
    /// Records, the closest first.
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub more: bool,
}

/// A record that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The record.
    pub id: RecordId,
    /// The field that answers.
    pub field: FieldKey,
    /// What it says; of a long text the part that answers.
    pub text: String,
}

/// Records of a table that are looked at to find the closest.
const LOOKED_AT: u64 = 200;
/// Fewest characters of an order number to look for.
const LEAST_OF_NUMBER: usize = 3;
/// Characters of a text that are shown.
const SHOWN: usize = 40;

impl Store {
    /// The records of every table that answer what a person typed, at most `most` of each table; tables in
    /// their order, those without any left out.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn find(&self, scope: &Scope, typed: &str, most: usize) -> Result<Vec<Group>> {
        require(scope, Access::Read)?;
        let schema = self.schema();
        let Some(wanted) = search::wanted(typed) else { return Ok(Vec::new()) };
        self.engine.read(|conn| {
            let asked = Asked { conn, typed: typed.trim(), wanted: &wanted };
            let mut groups = Vec::new();
            for table in &schema.tables {
                let mut hits = asked.of(table)?;
                let more = hits.len() > most;
                hits.truncate(most);
                if !hits.is_empty() {
                    groups.push(Group { table: table.key.clone(), hits, more });
                }
            }
            Ok(groups)
        })
    }
}

struct Asked<'a> {
    conn: &'a Conn,
    typed: &'a str,
    wanted: &'a Wanted,
}

impl Asked<'_> {
    fn of(&self, table: &TableDef) -> Result<Vec<Hit>> {
        let mut fields = search::fields(table);
        let mut ids = self.indexed(table)?;
        match &*table.key {
            builtin::ORDERS => {
                // Order numbers have an index of their own; ten million of them are not worth another.
                fields.insert(0, ("order_no".into(), Part::Word));
                ids.extend(self.numbered()?);
            }
            builtin::CUSTOMERS | builtin::PRODUCTS => ids.extend(self.named(table)?),
            _ => {}
        }
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let columns: Vec<String> = fields.iter().map(|(key, _)| quote(key)).collect();
        let among = self.conn.dialect().among_ids("id");
        let sql = ["SELECT id, ", &columns.join(", "), " FROM ", &quote(&table.key), " WHERE ", &among].concat();
        let mut found: Vec<((u8, i64), Hit)> = Vec::new();
        self.conn.each(&sql, params![ids.as_slice()], &mut |row| {
            let id: i64 = row.get(0)?;
            let mut texts = Vec::with_capacity(fields.len());
            for (i, (_, part)) in fields.iter().enumerate() {
                texts.push((*part, row.text(i + 1)?));
            }
            if let Some(n) = self.wanted.answer(&texts) {
                let (part, text) = texts[n];
                let hit = Hit { id: RecordId(id), field: fields[n].0.clone(), text: self.around(text) };
                found.push(((self.distance(part, text), -id), hit));
            }
            Ok(())
        })?;
        found.sort_by_key(|(distance, _)| *distance);
        Ok(found.into_iter().map(|(_, hit)| hit).collect())
    }

    /// Ids whose search text answers.
    fn indexed(&self, table: &TableDef) -> Result<Vec<i64>> {
        let Some((first, last)) = search::rows_of(&table.key) else { return Ok(Vec::new()) };
        let dialect = self.conn.dialect();
        let matched = dialect.search_match().replacen('?', "?1", 1);
        let sql = ["SELECT rowid FROM _search WHERE ", &matched, " AND rowid BETWEEN ?2 AND ?3 LIMIT ?4"].concat();
        let expression = self.wanted.expression(dialect);
        self.conn.all(&sql, params![expression, first, last, LOOKED_AT as i64], |r| Ok(r.get::<i64>(0)? - first))
    }

    /// Ids of the very name: among many that merely answer they might not be looked at.
    fn named(&self, table: &TableDef) -> Result<Vec<i64>> {
        let sql = ["SELECT id FROM ", &quote(&table.key), " WHERE name = ?1 ORDER BY id DESC LIMIT 20"].concat();
        self.conn.all(&sql, params![self.typed], |r| r.get(0))
    }

    /// Ids of orders whose number begins so.
    fn numbered(&self) -> Result<Vec<i64>> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
        if self.typed.chars().count() < LEAST_OF_NUMBER || !self.typed.chars().all(plain) {
            return Ok(Vec::new());
        }
        let (from, to) = (self.typed.to_owned(), format!("{}\u{10ffff}", self.typed));
        let sql = "SELECT id FROM orders WHERE order_no >= ?1 AND order_no < ?2 ORDER BY order_no, line LIMIT 50";
        self.conn.all(sql, params![from, to], |r| r.get(0))
    }

    /// How far a text is from what was typed: the same, beginning so, and so on down to notes.
    fn distance(&self, part: Part, text: &str) -> u8 {
        let (text, typed) = (text.to_lowercase(), self.typed.to_lowercase());
        if text == typed {
            return 0;
        }
        let place = match part {
            Part::Name => 1,
            Part::Word | Part::Phone => 2,
            Part::Company => 3,
            Part::Text => 4,
        };
        place * 2 + u8::from(!text.starts_with(&typed))
    }

    /// The part of a text that answers, with a little before it.
    fn around(&self, text: &str) -> String {
        let chars: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if chars.len() <= SHOWN {
            return chars.into_iter().collect();
        }
        let lower: String = chars.iter().flat_map(|c| c.to_lowercase().next()).collect();
        let at = self.wanted.places_in(&lower).unwrap_or(0);
        let from = at.saturating_sub(8).min(chars.len() - SHOWN);
        let cut: String = chars[from..from + SHOWN].iter().collect();
        let (head, tail) = (if from > 0 { "…" } else { "" }, if from + SHOWN < chars.len() { "…" } else { "" });
        [head, &cut, tail].concat()
    }
}
