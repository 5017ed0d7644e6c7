//! A template added to a book: tables, fields and views in one transaction.

use super::plan::{FieldAt, FieldFate, Meeting, Places, TemplatePlan, ViewFate, in_order, own_fields, plan};
use super::remove::{Brought, note_brought};
use super::world::{self, Renaming, check_field};
use super::{Template, refs};
use crate::conn::Conn;
use crate::derive::Derivation;
use crate::reshape::{keep_index, make_table, refuse_field_name, refuse_name};
use crate::saved::{SavedDef, insert_view};
use crate::store::{Store, require};
use crate::{fill, layout};
use model::{Access, Date, FieldDef, FieldKey, FieldKind, Label, Result, Schema, Scope, TableKey};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How a template is added.
#[derive(Clone, Debug, Default)]
pub struct AddOptions {
    /// Fields to leave out, by table and key of the template.
    pub skip: Vec<FieldAt>,
}

/// A template in a book.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// What adding it came to.
    pub plan: TemplatePlan,
    /// The book's keys of its tables.
    pub tables: HashMap<TableKey, TableKey>,
    /// The book's keys of its fields, those of fields it found there included.
    pub fields: HashMap<FieldAt, FieldKey>,
    /// The numbers of its views, those it found there included.
    pub views: HashMap<(TableKey, String), i64>,
}

impl Store {
    /// Adds a template, kept under `id`: what the book lacks, and nothing twice. What its formulas compute comes to the
    /// records that are there by the next [`Store::fill`].
    ///
    /// # Errors
    /// `forbidden`; what is wrong with the document, with the place. The book is then as it was.
    pub fn add_template(&self, scope: &Scope, id: &str, template: &Template, options: &AddOptions) -> Result<Added> {
        require(scope, Access::Own)?;
        self.reshape(|conn, now| {
            let world = world::check(template, now.today)?;
            let schema = (*now.shape.schema).clone();
            let meeting = Meeting::of(conn, &schema, scope, id)?;
            let (plan, places) = plan(&meeting, template, &world, &options.skip);
            let brought = meeting.brought.unwrap_or_default();
            let mut adding = Adding { conn, scope, template, plan, places, schema, brought, today: now.today };
            adding.brought.label = Some(template.label.clone());
            adding.tables()?;
            let defs = adding.localised(world.clone())?;
            adding.fields(&defs.0)?;
            adding.views(&world, &defs.1)?;
            note_brought(conn, id, &adding.brought)?;
            let Adding { plan, places: Places { tables, fields, views }, .. } = adding;
            Ok(Added { plan, tables, fields, views })
        })
    }
}

/// The definition of a view, by table and key of the template.
type ViewDefs = Vec<((TableKey, String), SavedDef)>;

struct Adding<'a> {
    conn: &'a Conn,
    scope: &'a Scope,
    template: &'a Template,
    plan: TemplatePlan,
    places: Places,
    /// The book as it is after what was added so far.
    schema: Schema,
    brought: Brought,
    today: Date,
}

impl Adding<'_> {
    fn tables(&mut self) -> Result<()> {
        for t in self.plan.tables.iter().filter(|t| t.known.is_none()) {
            let described = self.template.tables.iter().find(|d| d.table == t.table);
            let description = described.and_then(|d| d.description.clone());
            let def = make_table(self.conn, &self.schema, t.label.clone(), description)?;
            self.places.tables.insert(t.table.clone(), def.key.clone());
            self.brought.tables.insert(t.table.clone(), def.key.clone());
            self.schema.tables.push(def);
        }
        Ok(())
    }

    /// The world of the template and its views with the names everything has in the book.
    fn localised(&self, mut world: Schema) -> Result<(Schema, ViewDefs)> {
        let own = own_fields(self.template);
        let mut names = Vec::new();
        for table in &world.tables {
            let key = self.places.tables.get(&table.key).unwrap_or(&table.key);
            let Some(book) = self.schema.table(key) else { continue };
            let mut name = |field: Option<&FieldKey>, is: &Label, to: &Label| {
                if is != to {
                    names.push(Renaming { table: table.key.clone(), field: field.cloned(), to: to.clone() });
                }
            };
            name(None, &table.label, &book.label);
            for f in &table.fields {
                let planned = self.plan.fields.iter().find(|p| p.table == table.key && p.field == f.key);
                match (planned, self.places.field(&world, &own, &table.key, &f.key).and_then(|k| book.field(&k))) {
                    (Some(p), _) => name(Some(&f.key), &f.label, &p.label),
                    (None, Some(known)) => name(Some(&f.key), &f.label, &known.label),
                    (None, None) => {}
                }
            }
        }
        let all = self.template.tables.iter().flat_map(|t| t.views.iter().map(move |v| (&t.table, v)));
        let mut defs: ViewDefs = all.map(|(t, v)| ((t.clone(), v.key.clone()), v.def.clone())).collect();
        let mut views: Vec<_> = defs.iter_mut().map(|((t, _), def)| (t.clone(), def)).collect();
        world::rename(&mut world, &mut views, &names)?;
        Ok((world, defs))
    }

    fn fields(&mut self, world: &Schema) -> Result<()> {
        let coming = |f: &&super::PlannedField| matches!(f.fate, FieldFate::New | FieldFate::Clash);
        let planned: Vec<_> = self.plan.fields.iter().filter(coming).cloned().collect();
        let mut fresh: Vec<(TableKey, FieldDef)> = Vec::new();
        for p in &planned {
            let key = self.places.tables.get(&p.table).unwrap_or(&p.table).clone();
            let (def, wanted) = (self.schema.require(&key)?, world.require(&p.table)?.require(&p.field)?);
            refuse_name(&p.label).and_then(|()| refuse_field_name(def, None, &p.label))?;
            let field = layout::new_key(self.conn, def)?;
            self.places.fields.insert((p.table.clone(), p.field.clone()), field.clone());
            self.brought.fields.push((p.table.clone(), p.field.clone(), key.clone(), field.clone()));
            let made = FieldDef { key: field, builtin: false, ..wanted.clone() };
            if let Some(t) = self.schema.tables.iter_mut().find(|t| t.key == key) {
                t.fields.push(made.clone());
            }
            fresh.push((key, made));
        }
        // Only now does every field have its key.
        for (table, made) in &mut fresh {
            made.kind = self.rekind(&made.kind);
            let slot = self.schema.tables.iter_mut().find(|t| t.key == *table);
            if let Some(f) = slot.and_then(|t| t.fields.iter_mut().find(|f| f.key == made.key)) {
                *f = made.clone();
            }
        }
        self.make(&fresh)
    }

    /// A kind with the book's keys.
    fn rekind(&self, kind: &FieldKind) -> FieldKind {
        let book = |t: &TableKey| self.places.tables.get(t).unwrap_or(t).clone();
        match kind {
            FieldKind::Link { table } => FieldKind::Link { table: book(table) },
            FieldKind::Links { table } => FieldKind::Links { table: book(table) },
            FieldKind::Backlinks { table, field } => {
                let at = (table.clone(), field.clone());
                let field = self.places.fields.get(&at).unwrap_or(field).clone();
                FieldKind::Backlinks { table: book(table), field }
            }
            kind => kind.clone(),
        }
    }

    /// Makes fields that the schema at hand holds already.
    fn make(&self, fresh: &[(TableKey, FieldDef)]) -> Result<()> {
        let derivation = Derivation::new(Arc::new(self.schema.clone()), self.conn.dialect())?;
        let before: HashMap<&TableKey, usize> = self.schema.tables.iter().map(|t| (&t.key, t.fields.len())).collect();
        let mut coming: HashMap<&TableKey, usize> = HashMap::new();
        fresh.iter().for_each(|(t, _)| *coming.entry(t).or_default() += 1);
        let mut seeds = Vec::new();
        for (table, field) in fresh {
            let def = self.schema.require(table)?;
            check_field(&self.schema, def, field, self.today)?;
            // Its place is behind those that were there and those made by now.
            let left = coming.entry(table).or_default();
            let so_far = before.get(table).copied().unwrap_or_default() - *left;
            *left -= 1;
            let mut at = def.clone();
            at.fields.truncate(so_far);
            layout::add_field(self.conn, &at, field)?;
            keep_index(self.conn, table, None, field)?;
            if matches!(field.kind, FieldKind::Code(_)) || field.kind.system() {
                fill::queue_work(self.conn, fill::Work::Automatic, table, &field.key)?;
            }
            if field.derived() {
                seeds.push((table.clone(), field.key.clone()));
            }
        }
        if seeds.is_empty() { Ok(()) } else { fill::queue(self.conn, &derivation, &seeds) }
    }

    fn views(&mut self, world: &Schema, defs: &ViewDefs) -> Result<()> {
        let own: HashSet<FieldAt> = own_fields(self.template);
        for t in &self.template.tables {
            let key = self.places.tables.get(&t.table).unwrap_or(&t.table).clone();
            for v in in_order(t).into_iter().flatten() {
                let at = (t.table.clone(), v.key.clone());
                let planned = self.plan.views.iter().find(|p| p.table == t.table && p.view == v.key);
                let Some(p) = planned.filter(|p| p.fate == ViewFate::New) else { continue };
                let Some((_, def)) = defs.iter().find(|(known, _)| *known == at) else { continue };
                let field = |f: &FieldKey| self.places.field(world, &own, &t.table, f);
                let segment = |s: &Json| {
                    let id = self.places.views.get(&(t.table.clone(), s.as_str()?.to_owned()));
                    id.map(|id| Json::from(*id))
                };
                let def = refs::rekeyed(def, &field, &segment);
                let (id, changed) = insert_view(self.conn, self.scope, &self.schema, &key, &p.name, true, &def)?;
                self.places.views.insert(at, id);
                self.brought.views.push((t.table.clone(), v.key.clone(), id, changed));
            }
        }
        Ok(())
    }
}
