//! Who names a table or field in a formula, and what becomes of them when it is renamed.

use model::{Check, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Label, Result, Schema, TableDef, TableKey};
use std::sync::Arc;

/// A field as messages name it: (Chinese, English).
pub(super) fn named(table: &TableDef, field: &FieldDef) -> (String, String) {
    (format!("{}·{}", table.label.zh, field.label.zh), format!("{}·{}", table.label.en, field.label.en))
}

/// Every formula text of a field: its own, its default, its rules.
fn texts(field: &FieldDef) -> impl Iterator<Item = &Arc<str>> {
    let rules = field.rules.iter().filter_map(|r| match &r.check {
        Check::Expression { formula } => Some(formula),
        _ => None,
    });
    field.formula.iter().chain(&field.default).chain(rules)
}

/// Fields whose formulas name a table or a field.
pub(super) fn users_of(schema: &Schema, table: &TableKey, field: Option<&FieldKey>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for t in &schema.tables {
        for f in &t.fields {
            let own = t.key == *table && field.is_none_or(|k| f.key == *k);
            let names = |text: &Arc<str>| {
                formula::references(schema, t, text).is_ok_and(|list| {
                    list.iter().any(|(to, key)| to == table && (field.is_none() || key.as_ref() == field))
                })
            };
            if !own && texts(f).any(names) {
                out.push(named(t, f));
            }
        }
    }
    out
}

/// Every formula text of a field with the kind it is to give, and what it is in both languages.
fn roles(field: &FieldDef) -> impl Iterator<Item = (&Arc<str>, &FieldKind, [&'static str; 2])> {
    let rules = field.rules.iter().filter_map(|r| match &r.check {
        Check::Expression { formula } => Some((formula, &FieldKind::Bool, ["规则", "rule"])),
        _ => None,
    });
    let formula = field.formula.iter().map(|f| (f, &field.kind, ["公式", "formula"]));
    formula.chain(field.default.iter().map(|d| (d, &field.kind, ["默认值", "default"]))).chain(rules)
}

/// Refuses another kind of a field where a formula, default or rule that reads it, or fills it, would no longer make
/// sense, naming whose it is.
///
/// # Errors
/// `formula`.
pub(crate) fn refuse_broken(before: &Schema, next: &Schema, table: &TableKey, field: &FieldKey) -> Result<()> {
    for t in &next.tables {
        for f in &t.fields {
            let own = t.key == *table && f.key == *field;
            for (text, kind, [zh, en]) in roles(f) {
                let reads = || {
                    let list = formula::references(next, t, text).unwrap_or_default();
                    list.iter().any(|(to, key)| to == table && key.as_ref() == Some(field))
                };
                if !own && !reads() {
                    continue;
                }
                let Err(e) = formula::compile(next, t, text, kind) else { continue };
                // What made no sense before is no fault of this.
                let was = before.table(&t.key).and_then(|t| Some((t, t.field(&f.key)?)));
                let sound = |(t, f): (&TableDef, &FieldDef)| {
                    roles(f)
                        .filter(|(was, ..)| *was == text)
                        .all(|(text, kind, _)| formula::compile(before, t, text, kind).is_ok())
                };
                if was.is_some_and(sound) {
                    let (of_zh, of_en) = named(t, f);
                    let zh = format!("转换后“{of_zh}”的{zh}就不成立了：{}；请先改它", e.zh);
                    let en = format!("The {en} of “{of_en}” would no longer hold: {}; change it first", e.en);
                    return Err(Error { zh, en, ..e }.on(&f.key));
                }
            }
        }
    }
    Ok(())
}

pub(super) fn refuse_used(what: &Label, users: &[(String, String)]) -> Result<()> {
    if users.is_empty() {
        return Ok(());
    }
    let list = |pick: fn(&(String, String)) -> &str| users.iter().map(pick).take(8).collect::<Vec<_>>();
    Err(Error::new(
        ErrorCode::Conflict,
        format!("“{}”还被这些字段用着：{}；先改掉它们再移除", what.zh, list(|u| &u.0).join("、")),
        format!("“{}” is used by {}; change these first", what.en, list(|u| &u.1).join(", ")),
    ))
}

/// A formula's text of a table `own` after a field, or with no `field` a table, is renamed; None when it stays.
/// `before` is the schema with the old name.
///
/// # Errors
/// `not_found` for what is to be renamed.
pub(crate) fn renamed(
    before: &Schema,
    own: &TableDef,
    text: &str,
    table: &TableKey,
    field: Option<&FieldKey>,
    to: &Label,
) -> Result<Option<String>> {
    let def = before.require(table)?;
    let old = match field {
        Some(key) => &def.require(key)?.label,
        None => &def.label,
    };
    // Who wrote the Chinese name reads the new Chinese name; the English one likewise.
    for (old, new) in [(&old.zh, &to.zh), (&old.en, &to.en)] {
        if old != new
            && let Ok(next) = formula::rename(before, own, text, table, field, old, new)
            && next != text
        {
            return Ok(Some(next));
        }
    }
    Ok(None)
}

/// Carries a new name into every formula that names the table or field by an old one.
pub(crate) fn rename_in_formulas(
    schema: &mut Schema,
    table: &TableKey,
    field: Option<&FieldKey>,
    to: &Label,
) -> Result<()> {
    let before = schema.clone();
    for t in &mut schema.tables {
        let Some(own) = before.table(&t.key) else { continue };
        for f in &mut t.fields {
            let rules = f.rules.iter_mut().filter_map(|r| match &mut r.check {
                Check::Expression { formula } => Some(formula),
                _ => None,
            });
            for text in f.formula.iter_mut().chain(&mut f.default).chain(rules) {
                if let Some(next) = renamed(&before, own, text, table, field, to)? {
                    *text = next.into();
                }
            }
        }
    }
    Ok(())
}
