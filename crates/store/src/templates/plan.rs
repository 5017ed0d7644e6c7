//! What adding a template to a book comes to: what is new, what is there, what clashes, what is left out.

use super::remove::{Brought, brought};
use super::{Template, TemplateTable, TemplateView, refs, world};
use crate::conn::{Conn, params};
use crate::failure;
use crate::saved::SavedDef;
use crate::store::{Store, require};
use model::{Access, FieldDef, FieldKey, FieldKind, Label, Lang, Result, Rule, Schema, Scope, TableDef, TableKey};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;

/// A field of a template, by its table and its own key.
pub type FieldAt = (TableKey, FieldKey);

/// What adding a template comes to. Nothing that is there is changed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TemplatePlan {
    /// Tables of its own.
    pub tables: Vec<PlannedTable>,
    /// Its fields.
    pub fields: Vec<PlannedField>,
    /// Its views.
    pub views: Vec<PlannedView>,
    /// Its rules.
    pub rules: Vec<PlannedRule>,
}

/// A table of a template's own.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlannedTable {
    /// The template's key.
    pub table: TableKey,
    /// What it is called.
    pub label: Label,
    /// The table of that name in the book, which takes its part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<TableKey>,
}

/// What becomes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldFate {
    /// It is added.
    New,
    /// The book has it: one of that name and kind takes its part.
    There,
    /// The book has another of that name: it is added under another name, unless it is to be left out.
    Clash,
    /// It is left out, as was asked, or because what it needs is.
    Left,
}

/// A field of a template.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlannedField {
    /// The template's key of its table.
    pub table: TableKey,
    /// The template's key of it.
    pub field: FieldKey,
    /// What it is called in the book from then on.
    pub label: Label,
    /// What becomes of it.
    pub fate: FieldFate,
    /// The field in the book that is there, or clashes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<FieldKey>,
}

/// What becomes of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewFate {
    /// It is added.
    New,
    /// It is there.
    There,
    /// It is left out, because a field it needs is.
    Left,
}

/// A view of a template.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlannedView {
    /// The template's key of its table.
    pub table: TableKey,
    /// The template's key of it.
    pub view: String,
    /// What it is called in the book from then on.
    pub name: String,
    /// What becomes of it.
    pub fate: ViewFate,
    /// The view in the book that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<i64>,
}

/// What becomes of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleFate {
    /// It comes with its field.
    New,
    /// The book keeps it.
    There,
    /// Its field is there and does not have it; it stays as it is.
    Missing,
    /// Its field is left out.
    Left,
}

/// A rule of a template.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlannedRule {
    /// The template's key of its table.
    pub table: TableKey,
    /// The template's key of its field.
    pub field: FieldKey,
    /// What it says when it does not hold.
    pub says: Label,
    /// What becomes of it.
    pub fate: RuleFate,
}

/// A view for everybody that is in the book.
pub(super) struct Known {
    pub id: i64,
    pub name: String,
    pub def: SavedDef,
}

/// A book as a template meets it.
pub(super) struct Meeting {
    pub schema: Schema,
    pub views: HashMap<TableKey, Vec<Known>>,
    /// What the template brought before.
    pub brought: Option<Brought>,
    pub lang: Lang,
}

impl Meeting {
    pub fn of(conn: &Conn, schema: &Schema, scope: &Scope, id: &str) -> Result<Self> {
        let mut views: HashMap<TableKey, Vec<Known>> = HashMap::new();
        let sql = "SELECT id, table_key, name, def FROM _views WHERE owner IS NULL ORDER BY id";
        conn.each(sql, params![], &mut |r| {
            let def = serde_json::from_str(r.text(3)?).map_err(failure)?;
            views.entry(r.text(1)?.into()).or_default().push(Known { id: r.get(0)?, name: r.get(2)?, def });
            Ok(())
        })?;
        Ok(Self { schema: schema.clone(), views, brought: brought(conn, id)?, lang: scope.lang })
    }

    /// The table in the book that takes the part of a template's.
    fn table(&self, template: &Template, key: &TableKey) -> Option<&TableDef> {
        let own = template.tables.iter().find(|t| t.table == *key).and_then(|t| t.label.as_ref());
        // A key of the template's own may be that of quite another table in the book.
        let Some(label) = own.filter(|_| model::builtin::schema().table(key).is_none()) else {
            return self.schema.table(key).filter(|t| t.builtin);
        };
        let before = self.brought.as_ref().and_then(|b| b.tables.get(key)).and_then(|k| self.schema.table(k));
        before
            .or_else(|| self.schema.tables.iter().find(|t| !t.builtin && (t.label == *label || t.label.zh == label.zh)))
    }
}

/// What is where: tables, fields and views of a template and those of the book that take their part.
#[derive(Default)]
pub(super) struct Places {
    pub tables: HashMap<TableKey, TableKey>,
    pub fields: HashMap<FieldAt, FieldKey>,
    pub views: HashMap<(TableKey, String), i64>,
}

impl Places {
    /// The field of the book for one of the template.
    pub fn field(&self, world: &Schema, own: &HashSet<FieldAt>, table: &TableKey, key: &FieldKey) -> Option<FieldKey> {
        let at = (table.clone(), key.clone());
        match own.contains(&at) {
            true => self.fields.get(&at).cloned(),
            // Fields that every book has keep their keys.
            false => world.table(table)?.field(key).map(|f| f.key.clone()),
        }
    }
}

impl Store {
    /// What adding a template to this book would come to; `id` is what it is kept under, `skip` what is to be left out.
    ///
    /// # Errors
    /// What is wrong with the document, with the place.
    pub fn plan_template(
        &self,
        scope: &Scope,
        id: &str,
        template: &Template,
        skip: &[FieldAt],
    ) -> Result<TemplatePlan> {
        require(scope, Access::Read)?;
        let world = world::check(template, self.today())?;
        let schema = self.schema();
        let meeting = self.engine.read(|conn| Meeting::of(conn, &schema, scope, id))?;
        Ok(plan(&meeting, template, &world, skip).0)
    }
}

/// Every field a template adds, by table and key.
pub(super) fn own_fields(template: &Template) -> HashSet<FieldAt> {
    let of = |t: &TemplateTable| {
        let table = t.table.clone();
        t.fields.iter().map(move |f| (table.clone(), f.key.clone())).collect::<Vec<_>>()
    };
    template.tables.iter().flat_map(of).collect()
}

/// Compares a template with a book.
pub(super) fn plan(meeting: &Meeting, template: &Template, world: &Schema, skip: &[FieldAt]) -> (TemplatePlan, Places) {
    let mut places = Places::default();
    let mut tables = Vec::new();
    for t in &template.tables {
        let known = meeting.table(template, &t.table).map(|d| d.key.clone());
        if let Some(key) = &known {
            places.tables.insert(t.table.clone(), key.clone());
        }
        if let Some(label) = t.label.as_ref().filter(|_| world.table(&t.table).is_some_and(|d| !d.builtin)) {
            tables.push(PlannedTable { table: t.table.clone(), label: label.clone(), known });
        }
    }
    let fields = plan_fields(meeting, template, world, skip, &mut places);
    let left: HashSet<FieldAt> =
        (fields.iter().filter(|f| f.fate == FieldFate::Left)).map(|f| (f.table.clone(), f.field.clone())).collect();
    let views = plan_views(meeting, template, world, &left, &mut places);
    let rules = plan_rules(meeting, template, world, &fields, &places);
    (TemplatePlan { tables, fields, views, rules }, places)
}

fn plan_fields(
    meeting: &Meeting,
    template: &Template,
    world: &Schema,
    skip: &[FieldAt],
    places: &mut Places,
) -> Vec<PlannedField> {
    let left = left_out(world, template, skip);
    let mut out = Vec::new();
    for t in &template.tables {
        let def = places.tables.get(&t.table).and_then(|k| meeting.schema.table(k));
        let mut taken: Vec<Label> = Vec::new();
        for f in &t.fields {
            let at = (t.table.clone(), f.key.clone());
            let before = meeting.brought.as_ref().and_then(|b| b.field(&t.table, &f.key));
            let before = before.and_then(|(table, key)| meeting.schema.table(table)?.field(key));
            let named = def.and_then(|d| d.named(&f.label.zh).or_else(|| d.named(&f.label.en)));
            let mut label = f.label.clone();
            let (fate, known) = match (before, named) {
                (Some(b), _) if b.kind.name() == f.kind.name() => (FieldFate::There, Some(b)),
                (_, Some(n)) if alike(n, &f.def(), places) => (FieldFate::There, Some(n)),
                _ if left.contains(&at) => (FieldFate::Left, named),
                (_, Some(n)) => (FieldFate::Clash, Some(n)),
                (_, None) => (FieldFate::New, None),
            };
            if fate == FieldFate::Clash {
                label = free_label(def, &taken, &label);
            }
            if let (FieldFate::There, Some(k)) = (fate, known) {
                label = k.label.clone();
                places.fields.insert(at, k.key.clone());
            }
            taken.push(label.clone());
            let known = known.map(|k| k.key.clone());
            out.push(PlannedField { table: t.table.clone(), field: f.key.clone(), label, fate, known });
        }
    }
    out
}

/// Whether a field of the book can take the part of a template's.
fn alike(known: &FieldDef, wanted: &FieldDef, places: &Places) -> bool {
    let same = |a: &TableKey, b: &TableKey| places.tables.get(b).unwrap_or(b) == a;
    let linked = match (known.kind.linked(), wanted.kind.linked()) {
        (Some(a), Some(b)) => same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    known.kind.name() == wanted.kind.name() && known.derived() == wanted.derived() && linked
}

/// A name under which a field stands beside another: 客户状态（模板）.
fn free_label(def: Option<&TableDef>, taken: &[Label], label: &Label) -> Label {
    let free = |l: &Label| {
        let known = def.is_some_and(|d| d.named(&l.zh).is_some() || d.named(&l.en).is_some());
        !known && !taken.iter().any(|t| t.zh == l.zh || t.en == l.en)
    };
    let numbered = |n: u32| match n {
        1 => Label::new(&format!("{}（模板）", label.zh), &format!("{} (template)", label.en)),
        n => Label::new(&format!("{}（模板 {n}）", label.zh), &format!("{} (template {n})", label.en)),
    };
    (1..).map(numbered).find(free).unwrap_or_else(|| label.clone())
}

/// What is left out, with every field that needs some of it.
fn left_out(world: &Schema, template: &Template, skip: &[FieldAt]) -> HashSet<FieldAt> {
    let mut left: HashSet<FieldAt> = skip.iter().cloned().collect();
    loop {
        let before = left.len();
        for t in &template.tables {
            for f in &t.fields {
                if needs(world, &t.table, &f.def()).iter().any(|n| left.contains(n)) {
                    left.insert((t.table.clone(), f.key.clone()));
                }
            }
        }
        if left.len() == before {
            return left;
        }
    }
}

/// The fields that a field's formulas name and that it shows the other side of.
pub(super) fn needs(world: &Schema, table: &TableKey, f: &FieldDef) -> Vec<FieldAt> {
    let Some(own) = world.table(table) else { return Vec::new() };
    let rules = f.rules.iter().filter_map(|r| match &r.check {
        model::Check::Expression { formula } => Some(formula),
        _ => None,
    });
    let texts = f.formula.iter().chain(&f.default).chain(rules);
    let mut out: Vec<FieldAt> = texts
        .flat_map(|text| formula::references(world, own, text).unwrap_or_default())
        .filter_map(|(table, key)| Some((table, key?)))
        .filter(|(t, key)| (t, key) != (table, &f.key))
        .collect();
    if let FieldKind::Backlinks { table, field } = &f.kind {
        out.push((table.clone(), field.clone()));
    }
    out
}

fn plan_views(
    meeting: &Meeting,
    template: &Template,
    world: &Schema,
    left: &HashSet<FieldAt>,
    places: &mut Places,
) -> Vec<PlannedView> {
    let own = own_fields(template);
    let mut out = Vec::new();
    for t in &template.tables {
        let none = Vec::new();
        let views = places.tables.get(&t.table).and_then(|k| meeting.views.get(k)).unwrap_or(&none);
        let (mut gone, mut names): (HashSet<&str>, Vec<String>) = Default::default();
        for v in in_order(t).into_iter().flatten() {
            let needed = refs::needs(world, &t.table, &v.def);
            let lost = needed.fields.iter().any(|f| left.contains(&(t.table.clone(), f.clone())))
                || needed.named.iter().any(|f| left.contains(f))
                || needed.segments.iter().any(|s| s.as_str().is_some_and(|k| gone.contains(k)));
            let before = meeting.brought.as_ref().and_then(|b| b.view(&t.table, &v.key));
            let before = before.and_then(|id| views.iter().find(|k| k.id == id));
            let wanted = v.label.get(meeting.lang);
            let known = before.or_else(|| {
                let def = known_def(world, &own, places, &t.table, &v.def)?;
                views.iter().find(|k| k.def == def && (k.name == *v.label.zh || k.name == *v.label.en))
            });
            let (fate, name) = match known {
                Some(k) => (ViewFate::There, k.name.clone()),
                None if lost => (ViewFate::Left, wanted.to_owned()),
                None => (ViewFate::New, free_name(views, &names, wanted)),
            };
            match (fate, known) {
                (ViewFate::Left, _) => drop(gone.insert(&v.key)),
                (_, Some(k)) => drop(places.views.insert((t.table.clone(), v.key.clone()), k.id)),
                _ => names.push(name.clone()),
            }
            let known = known.map(|k| k.id);
            out.push(PlannedView { table: t.table.clone(), view: v.key.clone(), name, fate, known });
        }
    }
    out
}

/// The views of a table, those that others name first.
///
/// # Errors
/// A view whose filter leads back to itself by way of others; a template that was checked has none.
pub(super) fn in_order(t: &TemplateTable) -> Result<Vec<&TemplateView>, &TemplateView> {
    let mut out = Vec::new();
    let mut rest: Vec<&TemplateView> = t.views.iter().collect();
    while let Some(first) = rest.first() {
        let ready = |v: &&TemplateView| {
            let mut segments = refs::filters(&v.def).into_iter().filter_map(|c| c.get("segment")?.as_str());
            segments.all(|key| !rest.iter().any(|r| r.key == key))
        };
        let at = rest.iter().position(ready).ok_or(*first)?;
        out.push(rest.remove(at));
    }
    Ok(out)
}

/// What a view would be in the book, when all it names is there already.
fn known_def(
    world: &Schema,
    own: &HashSet<FieldAt>,
    places: &Places,
    table: &TableKey,
    def: &SavedDef,
) -> Option<SavedDef> {
    let needed = refs::needs(world, table, def);
    let field = |key: &FieldKey| places.field(world, own, table, key);
    let segment = |s: &Json| places.views.get(&(table.clone(), s.as_str()?.to_owned())).map(|id| (*id).into());
    let all = needed.fields.iter().chain(&refs::shown(def)).all(|f| field(f).is_some());
    (all && needed.segments.iter().all(|s| segment(s).is_some())).then(|| refs::rekeyed(def, &field, &segment))
}

/// A name no view for everybody has: 高价值客户 2.
fn free_name(views: &[Known], names: &[String], wanted: &str) -> String {
    let free = |n: &String| !views.iter().any(|v| v.name == *n) && !names.contains(n);
    // Room for a number within the longest name.
    let short: String = wanted.chars().take(36).collect();
    let numbered = |n: u32| if n == 1 { wanted.to_owned() } else { format!("{short} {n}") };
    (1..).map(numbered).find(free).unwrap_or_else(|| wanted.to_owned())
}

fn plan_rules(
    meeting: &Meeting,
    template: &Template,
    world: &Schema,
    fields: &[PlannedField],
    places: &Places,
) -> Vec<PlannedRule> {
    let mut out = Vec::new();
    for t in &template.tables {
        let book = |key: &FieldKey| meeting.schema.table(places.tables.get(&t.table)?)?.field(key);
        let kept = |known: Option<&FieldDef>, rule: &Rule| match known {
            Some(f) if f.rules.iter().any(|r| r.check == rule.check) => RuleFate::There,
            _ => RuleFate::Missing,
        };
        let mut add = |field: &FieldDef, rule: &Rule, fate: RuleFate| {
            out.push(PlannedRule { table: t.table.clone(), field: field.key.clone(), says: rule.says(field), fate });
        };
        for k in &t.rules {
            if let Some(f) = world.table(&t.table).and_then(|d| d.field(&k.field)) {
                add(f, &k.rule, kept(book(&k.field), &k.rule));
            }
        }
        for f in &t.fields {
            let planned = fields.iter().find(|p| p.table == t.table && p.field == f.key);
            for rule in &f.rules {
                let fate = match planned.map(|p| p.fate) {
                    Some(FieldFate::There) => kept(planned.and_then(|p| book(p.known.as_ref()?)), rule),
                    Some(FieldFate::Left) => RuleFate::Left,
                    _ => RuleFate::New,
                };
                add(&f.def(), rule, fate);
            }
        }
    }
    out
}
