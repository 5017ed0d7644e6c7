//! What a view names, and the same view with other keys.

use crate::kinds::{Board, Gallery, Month, ViewKind};
use crate::saved::{SavedColumn, SavedDef};
use crate::tint::ColourWhen;
use model::{FieldKey, Schema, TableKey};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What a view cannot do without.
#[derive(Debug, Default)]
pub(super) struct Needs {
    /// Fields of its table.
    pub fields: Vec<FieldKey>,
    /// Fields that formulas of colour rules name.
    pub named: Vec<(TableKey, FieldKey)>,
    /// Views whose filters it uses, as they are written.
    pub segments: Vec<Json>,
}

/// Calls `each` with every condition of a filter.
fn conditions<'f>(filter: &'f Json, each: &mut dyn FnMut(&'f Json)) {
    for word in ["all", "any"] {
        if let Some(parts) = filter.get(word).and_then(Json::as_array) {
            return parts.iter().for_each(|p| conditions(p, each));
        }
    }
    match filter.get("not") {
        Some(part) => conditions(part, each),
        None => each(filter),
    }
}

/// The conditions of a view: its filter's and those of its colour rules.
pub(super) fn filters(def: &SavedDef) -> Vec<&Json> {
    let colours = def.colours.iter().filter_map(|c| match &c.when {
        ColourWhen::Filter(f) => Some(f),
        ColourWhen::Formula(_) => None,
    });
    let mut out = Vec::new();
    def.filter.iter().chain(colours).for_each(|f| conditions(f, &mut |c| out.push(c)));
    out
}

/// What a view of a table cannot do without. What only one of its columns or cards shows can be left out.
pub(super) fn needs(world: &Schema, table: &TableKey, def: &SavedDef) -> Needs {
    let mut out = Needs::default();
    for c in filters(def) {
        match c.get("segment") {
            Some(view) => out.segments.push(view.clone()),
            None => out.fields.extend(c.get("field").and_then(Json::as_str).map(FieldKey::from)),
        }
    }
    out.fields.extend(def.group.iter().map(|l| l.field.clone()));
    out.fields.extend(def.colours.iter().filter_map(|c| c.field.clone()));
    for rule in &def.colours {
        let (ColourWhen::Formula(text), Some(own)) = (&rule.when, world.table(table)) else { continue };
        let named = formula::references(world, own, text).unwrap_or_default();
        out.named.extend(named.into_iter().filter_map(|(t, f)| Some((t, f?))));
    }
    match &def.kind {
        ViewKind::Kanban(Board { by, .. }) | ViewKind::Calendar(Month { by, .. }) => out.fields.push(by.clone()),
        ViewKind::Sheet | ViewKind::Gallery(_) | ViewKind::Form(_) => {}
    }
    out
}

/// Every field of its table that a view names, but for those in formulas.
pub(super) fn shown(def: &SavedDef) -> Vec<FieldKey> {
    let mut out: Vec<FieldKey> = def.columns.iter().flatten().map(|c| c.field.clone()).collect();
    out.extend(def.sort.iter().map(|s| s.field.clone()));
    out.extend(def.summaries.keys().map(|k| FieldKey::from(k.as_str())));
    match &def.kind {
        ViewKind::Sheet => {}
        ViewKind::Kanban(Board { cards, sum, .. }) => out.extend(cards.iter().chain(sum).cloned()),
        ViewKind::Calendar(Month { cards, tone, .. }) => out.extend(cards.iter().chain(tone).cloned()),
        ViewKind::Gallery(Gallery { cover, cards }) => out.extend(cards.iter().chain(cover).cloned()),
        ViewKind::Form(form) => out.extend(form.fields.iter().map(|f| f.field.clone())),
    }
    out
}

/// A view by other keys. What `field` does not know is left out where a view can do without it; the caller has seen
/// that it knows the rest, and that `segment` knows every view it names.
pub(super) fn rekeyed(
    def: &SavedDef,
    field: &dyn Fn(&FieldKey) -> Option<FieldKey>,
    segment: &dyn Fn(&Json) -> Option<Json>,
) -> SavedDef {
    let mut out = def.clone();
    if let Some(columns) = out.columns.take() {
        let column = |c: SavedColumn| Some(SavedColumn { field: field(&c.field)?, width: c.width });
        out.columns = Some(columns.into_iter().filter_map(column).collect());
    }
    if let Some(filter) = &mut out.filter {
        refilter(filter, field, segment);
    }
    let each = |key: &mut FieldKey| field(key).map(|k| *key = k).is_some();
    out.sort.retain_mut(|s| each(&mut s.field));
    out.group.retain_mut(|l| each(&mut l.field));
    for rule in &mut out.colours {
        if let ColourWhen::Filter(f) = &mut rule.when {
            refilter(f, field, segment);
        }
    }
    out.colours.retain_mut(|c| c.field.as_mut().is_none_or(each));
    let figures = std::mem::take(&mut out.summaries).into_iter();
    out.summaries = figures
        .filter_map(|(key, figure)| Some((field(&key.as_str().into())?.to_string(), figure)))
        .collect::<BTreeMap<_, _>>();
    rekind(&mut out.kind, &each);
    out
}

fn rekind(kind: &mut ViewKind, each: &dyn Fn(&mut FieldKey) -> bool) {
    let maybe = |key: &mut Option<FieldKey>| {
        key.take_if(|k| !each(k));
    };
    match kind {
        ViewKind::Sheet => {}
        ViewKind::Kanban(Board { by, cards, sum }) => {
            each(by);
            cards.retain_mut(|c| each(c));
            maybe(sum);
        }
        ViewKind::Calendar(Month { by, cards, tone }) => {
            each(by);
            cards.retain_mut(|c| each(c));
            maybe(tone);
        }
        ViewKind::Gallery(Gallery { cover, cards }) => {
            cards.retain_mut(|c| each(c));
            maybe(cover);
        }
        ViewKind::Form(form) => form.fields.retain_mut(|f| each(&mut f.field)),
    }
}

fn refilter(filter: &mut Json, field: &dyn Fn(&FieldKey) -> Option<FieldKey>, segment: &dyn Fn(&Json) -> Option<Json>) {
    for word in ["all", "any"] {
        if let Some(parts) = filter.get_mut(word).and_then(Json::as_array_mut) {
            return parts.iter_mut().for_each(|p| refilter(p, field, segment));
        }
    }
    if let Some(part) = filter.get_mut("not") {
        return refilter(part, field, segment);
    }
    if let Some(view) = filter.get_mut("segment") {
        if let Some(known) = segment(view) {
            *view = known;
        }
    } else if let Some(key) = filter.get_mut("field")
        && let Some(known) = key.as_str().and_then(|k| field(&k.into()))
    {
        *key = known.as_str().into();
    }
}
