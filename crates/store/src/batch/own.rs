//! Rows of the seller's own tables: known by their code, or else by all they say.

use super::{Batch, Codes, Upsert};
use crate::cells::from_sql;
use crate::conn::params;
use crate::dialect::quote;
use crate::reshape::make_table;
use model::{FieldDef, FieldKey, FieldKind, Label, RecordId, Result, TableKey, Value, builtin};
use roaring::RoaringTreemap;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The records of a table that were there before the batch, as its rows look for them.
pub(super) struct Known {
    codes: HashMap<String, i64>,
    /// Records by a digest of what they say in the fields the rows bring, the oldest first.
    alike: HashMap<u64, VecDeque<i64>>,
    /// Records a row of the batch spoke of.
    matched: RoaringTreemap,
}

/// Records that texts were found to name: by table and text.
pub(super) type Named = HashMap<(TableKey, String), Option<i64>>;

/// What a row says, its code left out: a record without one in the sheet got one in the book.
fn digest(row: &[Value], code: Option<usize>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (_, value) in row.iter().enumerate().filter(|(i, _)| Some(*i) != code) {
        crate::cells::to_log(value).hash(&mut hasher);
    }
    hasher.finish()
}

impl Known {
    /// Takes a record for a row; false when another row has it.
    fn take(&mut self, id: i64) -> bool {
        self.matched.insert(id.unsigned_abs())
    }

    /// The oldest record that says the same and no row has yet; it is taken.
    fn alike(&mut self, digest: u64) -> Option<i64> {
        let matched = &mut self.matched;
        let list = self.alike.get_mut(&digest)?;
        std::iter::from_fn(|| list.pop_front()).find(|id| matched.insert(id.unsigned_abs()))
    }
}

impl Batch<'_> {
    /// Makes a table of the seller's own as part of the batch; its key. One of that name is taken as it is.
    ///
    /// # Errors
    /// `invalid` or `conflict` for the name.
    pub fn add_table(&mut self, name: &str) -> Result<TableKey> {
        let same = |t: &&model::TableDef| !t.builtin && (*t.label.zh == *name || *t.label.en == *name);
        if let Some(known) = self.schema.tables.iter().find(same) {
            return Ok(known.key.clone());
        }
        let def = make_table(self.conn(), &self.schema, Label::same(name), None)?;
        let key = def.key.clone();
        self.next.insert(key.clone(), (1, 1));
        self.codes.insert(key.clone(), Codes::from(1));
        self.schema.tables.push(def);
        self.new_fields.push((key.to_string(), String::new()));
        Ok(key)
    }

    /// Calls a field of a table the batch made otherwise.
    ///
    /// # Errors
    /// `not_found` for a field that is not there.
    pub fn rename_field(&mut self, table: &str, field: &str, name: &str) -> Result<()> {
        let def = self.schema.require(table)?.clone();
        let renamed = FieldDef { label: Label::same(name), ..def.require(field)?.clone() };
        crate::layout::update_field(self.conn(), &def, &renamed)?;
        let slot = self.schema.tables.iter_mut().find(|t| t.key == def.key);
        if let Some(f) = slot.and_then(|t| t.fields.iter_mut().find(|f| f.key == renamed.key)) {
            *f = renamed;
        }
        Ok(())
    }

    /// Takes a row of an own table: new content for the record of its code, nothing for a record that says
    /// the same in all of these fields where the row has no code of its own, else a new record. No record is
    /// taken for two rows.
    pub fn own(&mut self, columns: usize, row: &mut [Value]) -> Result<Upsert> {
        let place = self.columns[columns].places.get("code").copied();
        if !self.known.contains_key(&columns) {
            let known = self.know(columns)?;
            self.known.insert(columns, known);
        }
        let code = place.and_then(|i| row[i].as_text()).map(str::to_owned);
        let first = self.first_new(columns);
        let known = code.as_ref().and_then(|code| self.known[&columns].codes.get(code).copied());
        if let Some(id) = known.filter(|id| *id < first && self.known.get_mut(&columns).is_some_and(|k| k.take(*id))) {
            return self.merge(columns, id, row, false);
        }
        // Without a code of its own, what a record says is all there is to know it by.
        if code.is_none() || known.is_some() {
            let digest = digest(row, place);
            if let Some(id) = self.known.get_mut(&columns).and_then(|k| k.alike(digest)) {
                return Ok(Upsert::Unchanged(RecordId(id)));
            }
        }
        match (code, known) {
            // Two rows of one code are two records.
            (Some(code), Some(_)) => {
                if let Some(i) = place {
                    row[i] = Value::Null;
                }
                Ok(Upsert::CreatedRecoded(self.create(columns, row, &[])?, code))
            }
            (code, _) => {
                let id = self.create(columns, row, &[])?;
                if let (Some(code), Some(known)) = (code, self.known.get_mut(&columns)) {
                    known.codes.insert(code, id.0);
                }
                Ok(Upsert::Created(id))
            }
        }
    }

    fn first_new(&self, columns: usize) -> i64 {
        self.next.get(&self.columns[columns].def.key).map_or(i64::MAX, |(first, _)| *first)
    }

    fn know(&mut self, columns: usize) -> Result<Known> {
        self.flush()?;
        let c = &self.columns[columns];
        let code = c.places.get("code").copied();
        let mut known = Known { codes: HashMap::new(), alike: HashMap::new(), matched: RoaringTreemap::new() };
        let fields: Vec<String> = c.fields.iter().map(|f| [", ", &quote(f)].concat()).collect();
        let sql = ["SELECT id", &fields.concat(), " FROM ", &quote(&c.def.key), " WHERE id < ?1 ORDER BY id"].concat();
        let (kinds, before) = (&c.kinds, self.first_new(columns));
        let mut row: Vec<Value> = Vec::with_capacity(kinds.len());
        self.conn().each(&sql, params![before], &mut |r| {
            row.clear();
            for (i, kind) in kinds.iter().enumerate() {
                row.push(from_sql(kind, r.at(i + 1)?));
            }
            let id: i64 = r.get(0)?;
            if let Some(Value::Text(code)) = code.map(|i| &row[i]) {
                known.codes.insert(code.clone(), id);
            }
            known.alike.entry(digest(&row, code)).or_default().push_back(id);
            Ok(())
        })?;
        Ok(known)
    }

    /// Turns texts in link fields into the records they name, by code or else by a name nobody else has;
    /// what names none, or several, is emptied and its text returned.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn link(&mut self, columns: usize, row: &mut [Value]) -> Result<Vec<String>> {
        let mut lost = Vec::new();
        let links: Vec<(usize, TableKey)> = self.columns[columns].links.clone();
        for (i, table) in links {
            let Value::Text(text) = &row[i] else { continue };
            let text = text.clone();
            let several = matches!(self.columns[columns].kinds[i], FieldKind::Links { .. });
            let mut found: Vec<RecordId> = self.named(&table, &text)?.into_iter().collect();
            // A name may itself hold what stands between two.
            if found.is_empty() && several {
                for part in text.split(model::parse::BETWEEN).map(str::trim).filter(|p| !p.is_empty()) {
                    match self.named(&table, part)? {
                        Some(id) if !found.contains(&id) && found.len() < model::MAX_LINKS => found.push(id),
                        Some(_) => {}
                        None => lost.push(part.to_owned()),
                    }
                }
            } else if found.is_empty() {
                lost.push(text);
            }
            row[i] = match found[..] {
                [] => Value::Null,
                [id, ..] if !several => Value::Link(id),
                _ => Value::Links(found),
            };
        }
        Ok(lost)
    }

    fn named(&mut self, table: &TableKey, text: &str) -> Result<Option<RecordId>> {
        let key = (table.clone(), text.to_owned());
        if let Some(found) = self.named.get(&key) {
            return Ok(found.map(RecordId));
        }
        let found = self.record_named(table, text)?;
        self.named.insert(key, found);
        Ok(found.map(RecordId))
    }

    fn record_named(&mut self, table: &TableKey, text: &str) -> Result<Option<i64>> {
        self.flush()?;
        let def = self.schema.require(table)?;
        for field in ["code", "order_no", "name"].into_iter().filter(|f| def.field(f).is_some()) {
            let sql =
                ["SELECT id FROM ", &quote(table), " WHERE ", &quote(field), " = ?1 ORDER BY id LIMIT 2"].concat();
            let found: Vec<i64> = self.conn().all(&sql, params![text], |r| r.get(0))?;
            if let [id] = found[..] {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}

/// The link fields among some fields: place and table.
pub(super) fn links(table: &str, fields: &[FieldKey], kinds: &[FieldKind]) -> Vec<(usize, TableKey)> {
    let linked = |kind: &FieldKind| match kind {
        FieldKind::Link { table } | FieldKind::Links { table } => Some(table.clone()),
        _ => None,
    };
    // Whose order it is is found out with more than a text.
    let open = |i: &usize| table != builtin::ORDERS || fields[*i] != "customer";
    (0..fields.len()).filter(open).filter_map(|i| Some((i, linked(&kinds[i])?))).collect()
}
