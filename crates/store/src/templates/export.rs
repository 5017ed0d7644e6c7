//! A template of one's own: fields and views of a book as a document. No record comes along.

use super::plan::{FieldAt, needs};
use super::world::{self, Renaming};
use super::{TEMPLATE_FORMAT, Template, TemplateField, TemplateTable, TemplateView, refs};
use crate::saved::{SavedDef, SavedView};
use crate::store::{Store, require};
use model::{
    Access, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Holds, Label, Result, Schema, Scope, TableDef, TableKey,
    builtin,
};
use serde_json::Value as Json;
use std::collections::{BTreeSet, HashMap};

/// What of a table goes into a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportTable {
    /// The table.
    pub table: TableKey,
    /// Fields of one's own.
    pub fields: Vec<FieldKey>,
    /// Views, by number.
    pub views: Vec<i64>,
}

/// A document made of a book.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// The document.
    pub template: Template,
    /// Names of views that are left out: they ask for certain records or members, which no other book has.
    pub left: Vec<String>,
}

impl Store {
    /// Makes a template of parts of the book. What they need comes along: fields that formulas and views name, views
    /// used as conditions, tables that links go to.
    ///
    /// # Errors
    /// `forbidden`; `not_found` for a table, field or view; `invalid` for the name.
    pub fn export_template(
        &self,
        scope: &Scope,
        label: Label,
        description: Label,
        wanted: &[ExportTable],
    ) -> Result<Exported> {
        require(scope, Access::Own)?;
        let schema = self.schema();
        let mut taking = Taking { schema: &schema, fields: BTreeSet::new(), tables: BTreeSet::new() };
        let mut views: Vec<(TableKey, Vec<SavedView>)> = Vec::new();
        let mut left = Vec::new();
        for t in wanted {
            let def = schema.require(&t.table)?;
            t.fields.iter().try_for_each(|f| def.require(f).map(|f| taking.field(def, f)))?;
            let chosen = chosen_views(&self.saved_views(scope, &t.table)?, &t.views)?;
            let (fit, unfit): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|v| fits_elsewhere(def, &v.def));
            left.extend(unfit.into_iter().map(|v| v.name));
            let fit = without_lost(fit, &mut left);
            fit.iter().for_each(|v| taking.view(def, &v.def));
            taking.table(def);
            views.push((t.table.clone(), fit));
        }
        let Taking { fields, tables, .. } = taking;
        let template = document(&schema, label, description, &fields, &tables, views)?;
        world::check(&template, self.today())?;
        Ok(Exported { template, left })
    }
}

/// The views asked for and those they name, in the order of the book.
fn chosen_views(all: &[SavedView], ids: &[i64]) -> Result<Vec<SavedView>> {
    let mut chosen: BTreeSet<i64> = BTreeSet::new();
    let mut next: Vec<i64> = ids.to_vec();
    while let Some(id) = next.pop() {
        let Some(view) = all.iter().find(|v| v.id == id) else {
            return Err(Error::new(ErrorCode::NotFound, "没有这个视图", "There is no such view"));
        };
        if chosen.insert(id) {
            next.extend(refs::filters(&view.def).into_iter().filter_map(|c| c.get("segment")?.as_i64()));
        }
    }
    Ok(all.iter().filter(|v| chosen.contains(&v.id)).cloned().collect())
}

/// Whether a view asks nothing of certain records or members.
fn fits_elsewhere(table: &TableDef, def: &SavedDef) -> bool {
    refs::filters(def).into_iter().all(|c| {
        let field = c.get("field").and_then(Json::as_str).and_then(|k| table.field(k));
        let named = field.is_some_and(|f| matches!(f.kind.holds(), Holds::Link | Holds::Links | Holds::Person));
        !named || c.get("values").and_then(Json::as_array).is_none_or(Vec::is_empty)
    })
}

/// Leaves out views whose conditions name one that is left out.
fn without_lost(mut views: Vec<SavedView>, left: &mut Vec<String>) -> Vec<SavedView> {
    loop {
        let ids: Vec<i64> = views.iter().map(|v| v.id).collect();
        let whole = |v: &SavedView| {
            let mut segments = refs::filters(&v.def).into_iter().filter_map(|c| c.get("segment")?.as_i64());
            segments.all(|id| ids.contains(&id))
        };
        let (kept, lost): (Vec<_>, Vec<_>) = views.into_iter().partition(whole);
        if lost.is_empty() {
            return kept;
        }
        left.extend(lost.into_iter().map(|v| v.name));
        views = kept;
    }
}

/// What is taken along.
struct Taking<'s> {
    schema: &'s Schema,
    fields: BTreeSet<FieldAt>,
    tables: BTreeSet<TableKey>,
}

impl Taking<'_> {
    fn table(&mut self, def: &TableDef) {
        self.tables.insert(def.key.clone());
    }

    fn field(&mut self, def: &TableDef, f: &FieldDef) {
        self.table(def);
        if f.builtin || by_itself(def, f) || !self.fields.insert((def.key.clone(), f.key.clone())) {
            return;
        }
        let linked = f.kind.linked().and_then(|t| self.schema.table(t));
        if let Some(other) = linked {
            self.table(other);
        }
        self.named(needs(self.schema, &def.key, f));
    }

    fn named(&mut self, list: Vec<FieldAt>) {
        for (table, key) in list {
            let known = self.schema.table(&table).and_then(|t| Some((t, t.field(&key)?)));
            if let Some((t, f)) = known {
                self.field(t, f);
            }
        }
    }

    fn view(&mut self, def: &TableDef, view: &SavedDef) {
        let needed = refs::needs(self.schema, &def.key, view);
        for key in needed.fields.iter().chain(&refs::shown(view)) {
            if let Some(f) = def.field(key) {
                self.field(def, f);
            }
        }
        self.named(needed.named);
    }
}

/// Whether a table of one's own has a field from the start.
fn by_itself(def: &TableDef, f: &FieldDef) -> bool {
    !def.builtin && matches!((&*f.key, &f.kind), ("u1", FieldKind::CreatedTime) | ("u2", FieldKind::UpdatedTime))
}

/// The document, with keys of its own that are the same whatever the book calls things.
fn document(
    schema: &Schema,
    label: Label,
    description: Label,
    fields: &BTreeSet<FieldAt>,
    tables: &BTreeSet<TableKey>,
    views: Vec<(TableKey, Vec<SavedView>)>,
) -> Result<Template> {
    let taken: Vec<&TableDef> = schema.tables.iter().filter(|t| tables.contains(&t.key)).collect();
    let own = |t: &&&TableDef| !t.builtin;
    let new_tables: HashMap<TableKey, TableKey> =
        taken.iter().filter(own).enumerate().map(|(n, t)| (t.key.clone(), format!("own{}", n + 1).into())).collect();
    let mut new_fields: HashMap<FieldAt, FieldKey> = HashMap::new();
    for t in &taken {
        let of = t.fields.iter().filter(|f| fields.contains(&(t.key.clone(), f.key.clone())));
        new_fields.extend(
            of.enumerate().map(|(n, f)| ((t.key.clone(), f.key.clone()), FieldKey::from(format!("f{}", n + 1)))),
        );
    }
    let (mut named, mut views) = (schema.clone(), views);
    let mut defs: Vec<_> =
        views.iter_mut().flat_map(|(t, list)| list.iter_mut().map(|v| (t.clone(), &mut v.def))).collect();
    world::rename(&mut named, &mut defs, &built_in_names(schema))?;
    let table_of = |t: &TableKey| new_tables.get(t).unwrap_or(t).clone();
    let field_of = |t: &TableKey, f: &FieldKey| new_fields.get(&(t.clone(), f.clone())).unwrap_or(f).clone();
    let mut out = Vec::new();
    for t in &taken {
        let def = named.require(&t.key)?;
        let chosen = def.fields.iter().filter(|f| new_fields.contains_key(&(t.key.clone(), f.key.clone())));
        let none = Vec::new();
        let list = views.iter().find(|(of, _)| *of == t.key).map_or(&none, |(_, list)| list);
        out.push(TemplateTable {
            table: table_of(&t.key),
            label: (!t.builtin).then(|| def.label.clone()),
            description: (!t.builtin).then(|| def.description.clone()).flatten(),
            fields: chosen.map(|f| field_as(f, &|k| field_of(&t.key, k), &table_of, &field_of)).collect(),
            rules: Vec::new(),
            views: views_as(list, &|k| Some(field_of(&t.key, k))),
            rows: Vec::new(),
        });
    }
    Ok(Template { kebu_template: TEMPLATE_FORMAT, label, description, cover: None, tables: out })
}

fn field_as(
    f: &FieldDef,
    key: &dyn Fn(&FieldKey) -> FieldKey,
    table_of: &dyn Fn(&TableKey) -> TableKey,
    field_of: &dyn Fn(&TableKey, &FieldKey) -> FieldKey,
) -> TemplateField {
    let kind = match &f.kind {
        FieldKind::Link { table } => FieldKind::Link { table: table_of(table) },
        FieldKind::Links { table } => FieldKind::Links { table: table_of(table) },
        FieldKind::Backlinks { table, field } => {
            FieldKind::Backlinks { table: table_of(table), field: field_of(table, field) }
        }
        kind => kind.clone(),
    };
    TemplateField { key: key(&f.key), kind, ..TemplateField::of(f) }
}

fn views_as(list: &[SavedView], field: &dyn Fn(&FieldKey) -> Option<FieldKey>) -> Vec<TemplateView> {
    let key = |id: i64| list.iter().position(|v| v.id == id).map(|n| format!("v{}", n + 1));
    let segment = |s: &Json| key(s.as_i64()?).map(Json::from);
    let view = |(n, v): (usize, &SavedView)| TemplateView {
        key: format!("v{}", n + 1),
        label: Label::same(&v.name),
        def: refs::rekeyed(&v.def, field, &segment),
    };
    list.iter().enumerate().map(view).collect()
}

/// Where the book calls what every book has otherwise than a new book does.
fn built_in_names(schema: &Schema) -> Vec<Renaming> {
    let mut out = Vec::new();
    for fresh in builtin::schema().tables {
        let Some(known) = schema.table(&fresh.key) else { continue };
        if known.label != fresh.label {
            out.push(Renaming { table: fresh.key.clone(), field: None, to: fresh.label });
        }
        for f in fresh.fields {
            if known.field(&f.key).is_some_and(|k| k.label != f.label) {
                out.push(Renaming { table: fresh.key.clone(), field: Some(f.key), to: f.label });
            }
        }
    }
    out
}
