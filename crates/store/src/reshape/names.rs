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

/// Carries a new name into every formula that names the table or field by an old one.
pub(super) fn rename_in_formulas(
    schema: &mut Schema,
    table: &TableKey,
    field: Option<&FieldKey>,
    to: &Label,
) -> Result<()> {
    let before = schema.clone();
    let def = before.require(table)?;
    let old = match field {
        Some(key) => def.require(key)?.label.clone(),
        None => def.label.clone(),
    };
    for t in &mut schema.tables {
        let Some(own) = before.table(&t.key) else { continue };
        let follow = |text: &mut Arc<str>| {
            // Who wrote the Chinese name reads the new Chinese name; the English one likewise.
            for (old, new) in [(&old.zh, &to.zh), (&old.en, &to.en)] {
                if old == new {
                    continue;
                }
                if let Ok(next) = formula::rename(&before, own, text, table, field, old, new)
                    && next != **text
                {
                    *text = next.into();
                    return;
                }
            }
        };
        for f in &mut t.fields {
            f.formula.iter_mut().chain(&mut f.default).for_each(&follow);
            for r in &mut f.rules {
                if let Check::Expression { formula } = &mut r.check {
                    follow(formula);
                }
            }
        }
    }
    Ok(())
}
