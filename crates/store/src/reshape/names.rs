//! Who names a table or field in a formula, and what becomes of them when it is renamed.

use model::{Check, Error, ErrorCode, FieldDef, FieldKey, Label, Result, Schema, TableDef, TableKey};
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
