//! The world of a template: a new book with what it brings, under the keys and names it uses itself.

use super::{Template, TemplateTable};
use crate::derive::Derivation;
use crate::dialect::Dialect;
use crate::reshape::{
    refuse_field_name, refuse_formulas, refuse_name, refuse_senseless, refuse_table_name, rename_in_formulas, renamed,
};
use crate::saved::{SavedDef, fit_name};
use crate::tint::ColourWhen;
use crate::{segments, tint};
use model::{Date, Error, ErrorCode, FieldDef, FieldKey, Label, Result, Schema, TableDef, TableKey, builtin};
use std::collections::HashSet;
use std::sync::Arc;

/// Most tables, and most fields or views of one, and sample rows of one.
const MOST: (usize, usize, usize) = (20, 200, 500);
/// Most characters of the name of a template and of what it is for.
const LONGEST: (usize, usize) = (40, 300);

/// An error with the place in the document it is of.
pub(super) fn at(place: &str, e: Error) -> Error {
    Error { zh: format!("{place}：{}", e.zh), en: format!("{place}: {}", e.en), field: Some(place.to_owned()), ..e }
}

fn invalid(zh: impl Into<String>, en: impl Into<String>) -> Error {
    Error::new(ErrorCode::Invalid, zh, en)
}

/// A new book with the tables and fields of a template, under its own keys.
pub(super) fn world(template: &Template) -> Result<Schema> {
    let mut out = builtin::schema();
    let fresh = template.tables.iter().enumerate().filter(|(_, t)| out.table(&t.table).is_none());
    for (n, t) in fresh.collect::<Vec<_>>() {
        let place = format!("tables[{n}]");
        let label = t.label.clone().ok_or_else(|| {
            at(&place, invalid(format!("没有表“{}”", t.table), format!("There is no table “{}”", t.table)))
        })?;
        refuse_name(&label).and_then(|()| refuse_table_name(&out, None, &label)).map_err(|e| at(&place, e))?;
        out.tables.push(TableDef { description: t.description.clone(), ..TableDef::own(t.table.clone(), label) });
    }
    for (n, t) in template.tables.iter().enumerate() {
        for (i, f) in t.fields.iter().enumerate() {
            let place = format!("tables[{n}].fields[{i}]");
            let Some(def) = out.tables.iter_mut().find(|d| d.key == t.table) else { continue };
            refuse_name(&f.label).and_then(|()| refuse_field_name(def, None, &f.label)).map_err(|e| at(&place, e))?;
            if f.key.is_empty() || def.field(&f.key).is_some() {
                let (zh, en) = (format!("“{}”已被用作键", f.key), format!("“{}” is a key already", f.key));
                return Err(at(&place, invalid(zh, en)));
            }
            def.fields.push(f.def());
        }
    }
    Ok(out)
}

/// Checks everything a document says, as far as it can be known without a book: names, settings, formulas, rules,
/// what views name. Whether their questions can be asked is seen when they are.
///
/// # Errors
/// `invalid`, `conflict`, `formula` or `too_large`, with the place.
pub(super) fn check(template: &Template, today: Date) -> Result<Schema> {
    let sizes = |t: &TemplateTable| t.fields.len() <= MOST.1 && t.views.len() <= MOST.1 && t.rows.len() <= MOST.2;
    if template.tables.len() > MOST.0 || !template.tables.iter().all(sizes) {
        let (tables, each, rows) = MOST;
        return Err(Error::new(
            ErrorCode::TooLarge,
            format!("一个模板最多 {tables} 张表，每张表最多 {each} 个字段、{each} 个视图、{rows} 行示例"),
            format!(
                "A template has at most {tables} tables, each with {each} fields, {each} views and {rows} sample rows"
            ),
        ));
    }
    for text in [&template.label.zh, &template.label.en] {
        if text.trim().is_empty() || text.chars().count() > LONGEST.0 {
            let (zh, en) = ("模板名称要有 1 到 40 个字", "A template has a name of 1 to 40 characters");
            return Err(at("label", invalid(zh, en)));
        }
    }
    if [&template.description.zh, &template.description.en].iter().any(|t| t.chars().count() > LONGEST.1) {
        let (zh, en) = ("模板说明最多 300 个字", "What a template is for has at most 300 characters");
        return Err(at("description", invalid(zh, en)));
    }
    if template.cover.is_some() && template.cover().is_none() {
        return Err(at("cover", segments::unknown()));
    }
    let mut seen = HashSet::new();
    if let Some(twice) = template.tables.iter().find(|t| !seen.insert(&t.table)) {
        let (zh, en) = (format!("表“{}”写了两次", twice.table), format!("“{}” is there twice", twice.table));
        return Err(at("tables", invalid(zh, en)));
    }
    let world = world(template)?;
    let whole = Derivation::new(Arc::new(world.clone()), Dialect::Sqlite);
    for (n, t) in template.tables.iter().enumerate() {
        check_table(&world, t, &format!("tables[{n}]"), today)?;
    }
    // Each formula by itself is right by now: what is wrong is a circle.
    whole.map_err(|e| at("tables", e))?;
    Ok(world)
}

fn check_table(world: &Schema, t: &TemplateTable, place: &str, today: Date) -> Result<()> {
    let within = |part: String| move |e| at(&format!("{place}.{part}"), e);
    let def = world.require(&t.table).map_err(within("table".to_owned()))?;
    for (i, f) in t.fields.iter().enumerate() {
        check_field(world, def, &f.def(), today).map_err(within(format!("fields[{i}]")))?;
    }
    for (i, kept) in t.rules.iter().enumerate() {
        let checked = def.require(&kept.field).and_then(|f| kept.rule.validate(f, today));
        checked.map_err(within(format!("rules[{i}]")))?;
    }
    let mut seen = HashSet::new();
    for (i, v) in t.views.iter().enumerate() {
        let wrong = |e| at(&format!("{place}.views[{i}]"), e);
        if v.key.is_empty() || !seen.insert(&v.key) {
            let (zh, en) = (format!("视图的键“{}”写了两次", v.key), format!("The key “{}” is there twice", v.key));
            return Err(wrong(invalid(zh, en)));
        }
        [&v.label.zh, &v.label.en].into_iter().try_for_each(|name| fit_name(name).map(drop)).map_err(wrong)?;
        check_view(world, def, t, &v.def).map_err(wrong)?;
    }
    if let Err(view) = super::plan::in_order(t) {
        let (zh, en) = (&view.label.zh, &view.label.en);
        let (zh, en) = (format!("视图“{zh}”的筛选绕回自己"), format!("The filter of “{en}” leads back to itself"));
        return Err(at(&format!("{place}.views"), invalid(zh, en)));
    }
    for (i, row) in t.rows.iter().enumerate() {
        for key in row.keys() {
            let writable = |f: &FieldDef| (!f.fixed() && f.kind.stored()).then_some(());
            let (zh, en) = (format!("“{key}”不由人填写"), format!("Nobody fills in “{key}”"));
            let fit = def.require(key).and_then(|f| writable(f).ok_or_else(|| invalid(zh, en)));
            fit.map_err(within(format!("rows[{i}].{key}")))?;
        }
    }
    Ok(())
}

/// Checks a field of a schema that holds it already, but for its name.
pub(super) fn check_field(world: &Schema, table: &TableDef, field: &FieldDef, today: Date) -> Result<()> {
    refuse_senseless(world, table, field, today)?;
    if let Some(formula) = &field.formula {
        formula::check(world, table, formula)?;
    }
    // Whether formulas lead in a circle is seen over all of them at once.
    refuse_formulas(world, table, &FieldDef { formula: None, ..field.clone() }, Dialect::Sqlite)
}

fn check_view(world: &Schema, table: &TableDef, of: &TemplateTable, def: &SavedDef) -> Result<()> {
    def.check(table)?;
    for rule in &def.colours {
        if let ColourWhen::Formula(text) = &rule.when {
            formula::check(world, table, text)?;
        }
    }
    for view in super::refs::needs(world, &table.key, def).segments {
        if !view.as_str().is_some_and(|key| of.views.iter().any(|v| v.key == key)) {
            return Err(segments::unknown());
        }
    }
    tint::check(table, &def.colours)
}

/// A name that changes: of a field, or without one of a table.
pub(super) struct Renaming {
    pub table: TableKey,
    pub field: Option<FieldKey>,
    pub to: Label,
}

/// Gives tables and fields of a schema other names, in every formula and in the colour rules of views. All change at
/// once: two may swap their names.
pub(super) fn rename(schema: &mut Schema, views: &mut [(TableKey, &mut SavedDef)], names: &[Renaming]) -> Result<()> {
    let passing = |n: usize| Label::same(&format!("passing {n}"));
    for (n, r) in names.iter().enumerate() {
        rename_one(schema, views, r, &passing(n))?;
    }
    names.iter().try_for_each(|r| rename_one(schema, views, r, &r.to))
}

fn rename_one(schema: &mut Schema, views: &mut [(TableKey, &mut SavedDef)], r: &Renaming, to: &Label) -> Result<()> {
    let before = schema.clone();
    rename_in_formulas(schema, &r.table, r.field.as_ref(), to)?;
    for (table, def) in views.iter_mut() {
        let Some(own) = before.table(table) else { continue };
        for rule in &mut def.colours {
            if let ColourWhen::Formula(text) = &mut rule.when
                && let Some(next) = renamed(&before, own, text, &r.table, r.field.as_ref(), to)?
            {
                *text = next;
            }
        }
    }
    let Some(def) = schema.tables.iter_mut().find(|t| t.key == r.table) else { return Ok(()) };
    match &r.field {
        None => def.label = to.clone(),
        Some(key) => {
            if let Some(f) = def.fields.iter_mut().find(|f| f.key == *key) {
                f.label = to.clone();
            }
        }
    }
    Ok(())
}
