//! The shape of a book under its owner's hands: tables and fields made, changed, ordered, removed.
//!
//! Every change of the shape is one short transaction. What has to be computed or converted for the
//! records that are there follows in parts (see [`crate::fill`] and [`crate::turn`]).

use crate::conn::{Conn, params};
use crate::derive::Derivation;
use crate::dialect::{column_type, quote};
use crate::store::{Now, Store, require};
use crate::turn::{self, Turn};
use crate::{fill, layout, links, saved_filters, search, tint};
use model::{
    Access, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Label, Result, Rule, Schema, Scope, TableDef, Way, way,
};
use std::collections::BTreeMap;
use std::sync::Arc;

mod automatic;
mod check;
mod columns;
mod names;
mod sense;

pub(crate) use automatic::{give_automatic, give_codes};
pub use check::FormulaCheck;
pub(crate) use check::refuse_formulas;
pub(crate) use columns::{
    add_column, discard, drop_column, drop_index, index, index_name, keep_index, keep_spare, large, looked_up,
    new_names, rename_column, take_away,
};
pub(crate) use names::{refuse_broken, rename_in_formulas, renamed};
pub(crate) use sense::{refuse_field_name, refuse_name, refuse_senseless, refuse_table_name, refuse_unfit};

use columns::rename_options;
use names::{named, refuse_used, users_of};

/// What of a field is to change; None stays.
#[derive(Clone, Debug, Default)]
pub struct FieldPatch {
    /// Names.
    pub label: Option<Label>,
    /// What it is for; `Some(None)` takes it away.
    pub description: Option<Option<Label>>,
    /// Shown in the table unless a view says otherwise.
    pub shown: Option<bool>,
    /// Other settings of the same kind; of a computed field another kind too.
    pub kind: Option<FieldKind>,
    /// Options whose stored text changes, old to new.
    pub renamed: BTreeMap<String, String>,
    /// Rules, all of them.
    pub rules: Option<Vec<Rule>>,
    /// Default; `Some(None)` takes it away.
    pub default: Option<Option<Arc<str>>>,
    /// Formula of a computed field.
    pub formula: Option<Arc<str>>,
}

/// What became of a changed field.
#[derive(Clone, Debug, PartialEq)]
pub struct Patched {
    /// The field as it is now.
    pub field: FieldDef,
    /// What it is still to be turned into, where cells change too that are not written while the caller waits.
    pub turn: Option<Turn>,
}

/// Makes a table of a user's own in the transaction at hand.
pub(crate) fn make_table(conn: &Conn, schema: &Schema, label: Label, description: Option<Label>) -> Result<TableDef> {
    refuse_name(&label)?;
    refuse_table_name(schema, None, &label)?;
    let def = TableDef { description, ..TableDef::own(layout::new_table_key(conn)?, label) };
    conn.batch(&layout::create_table(conn.dialect(), &def))?;
    columns::index(conn, &def)?;
    layout::put_table(conn, &def, schema.tables.len())?;
    for (n, field) in def.fields.iter().enumerate() {
        layout::put_field(conn, &def, field, n)?;
    }
    layout::set_meta(conn, &["next_field.", &def.key].concat(), "3")?;
    layout::schema_changed(conn)?;
    Ok(def)
}

/// Fields of other tables that link to a table or compute with it, named in both languages.
fn users_of_table(schema: &Schema, def: &TableDef) -> Vec<(String, String)> {
    let others = links::into_table(schema, &def.key).filter(|(t, _)| t.key != def.key);
    let mut users: Vec<(String, String)> = others.map(|(t, f)| named(t, f)).collect();
    users.extend(users_of(schema, &def.key, None));
    users
}

/// Removes a table that nothing uses, with its records.
fn drop_table(conn: &Conn, def: &TableDef) -> Result<()> {
    conn.run("DELETE FROM _links WHERE table_key = ?1", params![def.key.as_str()])?;
    conn.batch(&["DROP TABLE ", &quote(&def.key)].concat())?;
    conn.run("DELETE FROM _fields WHERE table_key = ?1", params![def.key.as_str()])?;
    conn.run("DELETE FROM _tables WHERE key = ?1", params![def.key.as_str()])?;
    crate::saved::forget(conn, &def.key)?;
    crate::forms::forget(conn, &def.key)?;
    turn::forget(conn, &def.key, None)?;
    crate::comments::forget(conn, &def.key)?;
    fill::forget_table(conn, &def.key)?;
    search::forget_table(conn, &def.key)?;
    layout::schema_changed(conn)
}

/// Removes the tables a change made where they are empty again and nothing uses them.
pub(crate) fn drop_new_tables(conn: &Conn, schema: &Schema, change: i64) -> Result<u64> {
    let mut dropped = 0;
    for key in layout::new_tables(conn, change)? {
        let Some(def) = schema.table(&key) else { continue };
        dropped += u64::from(drop_table_if_unused(conn, schema, def)?);
    }
    Ok(dropped)
}

/// Removes a table where it is empty and nothing uses it; whether it was.
pub(crate) fn drop_table_if_unused(conn: &Conn, schema: &Schema, def: &TableDef) -> Result<bool> {
    let filled = conn.exists(&["SELECT 1 FROM ", &quote(&def.key), " LIMIT 1"].concat(), &[])?;
    let unused = !filled && users_of_table(schema, def).is_empty();
    if unused {
        drop_table(conn, def)?;
    }
    Ok(unused)
}

impl Store {
    /// Makes a table of a user's own, with a code, a name, and when records were made and changed.
    ///
    /// # Errors
    /// `forbidden`; `invalid` or `conflict` for the name.
    pub fn add_table(&self, scope: &Scope, label: Label, description: Option<Label>) -> Result<TableDef> {
        require(scope, Access::Own)?;
        self.reshape(|conn, now| make_table(conn, &now.shape.schema, label, description))
    }

    /// Renames or describes a table; formulas that name it follow.
    ///
    /// # Errors
    /// `forbidden`, `not_found`; `invalid` or `conflict` for the name.
    pub fn change_table(
        &self,
        scope: &Scope,
        table: &str,
        label: Option<Label>,
        description: Option<Option<Label>>,
    ) -> Result<TableDef> {
        require(scope, Access::Own)?;
        self.reshape(|conn, now| {
            let mut next = (*now.shape.schema).clone();
            let at = place(&next, table)?;
            if let Some(label) = label {
                refuse_name(&label)?;
                refuse_table_name(&next, Some(table), &label)?;
                rename_in_formulas(&mut next, &table.into(), None, &label)?;
                tint::rename(conn, &now.shape.schema, &table.into(), None, &label)?;
                next.tables[at].label = label;
            }
            if let Some(description) = description {
                next.tables[at].description = description;
            }
            put(conn, &now.shape.schema, &next)?;
            Ok(next.tables[at].clone())
        })
    }

    /// Removes a table of a user's own with its records; `with_other_side` takes along the fields that show its
    /// links in other tables.
    ///
    /// # Errors
    /// `forbidden`, `not_found`; `invalid` for a built-in one; `conflict` while something uses it.
    pub fn remove_table(&self, scope: &Scope, table: &str, with_other_side: bool) -> Result<()> {
        require(scope, Access::Own)?;
        self.reshape(|conn, now| {
            let schema = &now.shape.schema;
            let def = schema.require(table)?;
            if def.builtin {
                return Err(invalid("自带的表不能移除", "A built-in table cannot be removed"));
            }
            refuse_used(&def.label, &users_of_table(schema, def))?;
            for f in &def.fields {
                let shown = links::other_sides(schema, table, &f.key).filter(|(t, _)| t.key != *table);
                remove_other_sides(conn, schema, f, &shown.collect::<Vec<_>>(), with_other_side)?;
            }
            drop_table(conn, def)
        })
    }

    /// Changes a field. New settings that store cells otherwise, and new names of options in a large table, are
    /// left to [`Store::turn`]; what has to be computed anew is left to [`Store::fill`].
    ///
    /// # Errors
    /// `forbidden`, `not_found`; `invalid`, `conflict` or `formula`, saying what is wrong with what.
    pub fn change_field(&self, scope: &Scope, table: &str, key: &str, patch: FieldPatch) -> Result<Patched> {
        require(scope, Access::Own)?;
        self.reshape(|conn, now| {
            let mut next = (*now.shape.schema).clone();
            let at = place(&next, table)?;
            let before = next.tables[at].require(key)?.clone();
            if let Some(label) = &patch.label {
                refuse_name(label)?;
                refuse_field_name(&next.tables[at], Some(key), label)?;
                rename_in_formulas(&mut next, &table.into(), Some(&before.key), label)?;
                tint::rename(conn, &now.shape.schema, &table.into(), Some(&before.key), label)?;
            }
            // Renaming may have changed its own rules.
            let mut field = next.tables[at].require(key)?.clone();
            let mut turn = patched(&mut field, &patch)?.map(Turn::from);
            let mut names = columns::new_names(&field, &patch.renamed)?;
            if turn.is_some() && !names.is_empty() {
                return Err(invalid("先改选项的名称，再转换类型", "Rename the options first, then convert the field")
                    .on("renamed"));
            }
            refuse_senseless(&next, &next.tables[at], &field, now.today)?;
            // What a formula gives is computed anew.
            if !names.is_empty() && !field.derived() && large(conn, table)? {
                let kind = std::mem::replace(&mut field.kind, before.kind.clone());
                turn = Some(Turn { kind, renamed: std::mem::take(&mut names) });
            }
            let slot = next.tables[at].fields.iter_mut().find(|f| f.key == *key);
            if let Some(slot) = slot {
                *slot = field.clone();
            }
            let derivation = Derivation::new(Arc::new(next.clone()), conn.dialect())?;
            check::refuse_formulas(&next, &next.tables[at], &field, conn.dialect())?;
            if before.kind != field.kind {
                refuse_broken(&now.shape.schema, &next, &table.into(), &field.key)?;
            }
            // A column made anew has lost its index.
            let anew = column_type(&before.kind) != column_type(&field.kind);
            if anew {
                drop_column(conn, table, key)?;
                add_column(conn, table, key, column_type(&field.kind))?;
            }
            rename_options(conn, table, &field, &names)?;
            saved_filters::rename(conn, table, key, &names)?;
            keep_index(conn, table, (!anew).then_some(&before), &field)?;
            put(conn, &now.shape.schema, &next)?;
            if before.formula != field.formula || before.kind != field.kind || !names.is_empty() {
                fill::queue(conn, &derivation, &[(table.into(), field.key.clone())])?;
            }
            Ok(Patched { field, turn })
        })
    }

    /// Puts the fields of a table into another order.
    ///
    /// # Errors
    /// `forbidden`, `not_found`; `invalid` unless every field is named once.
    pub fn order_fields(&self, scope: &Scope, table: &str, keys: &[FieldKey]) -> Result<()> {
        require(scope, Access::Own)?;
        self.reshape(|conn, now| {
            let mut next = (*now.shape.schema).clone();
            let at = place(&next, table)?;
            let def = &mut next.tables[at];
            let whole = keys.len() == def.fields.len() && keys.iter().all(|k| def.field(k).is_some());
            let mut seen = std::collections::HashSet::new();
            if !whole || !keys.iter().all(|k| seen.insert(k)) {
                return Err(invalid("要列出这张表的全部字段，每个一次", "Every field of the table is wanted, once"));
            }
            def.fields.sort_by_key(|f| keys.iter().position(|k| *k == f.key));
            def.ordered = true;
            put(conn, &now.shape.schema, &next)
        })
    }

    /// Removes a field of a user's own with its content; `with_other_side` takes along the fields that show a
    /// link in the other table. On SQLite the column of a large table is emptied by [`Store::fill`].
    ///
    /// # Errors
    /// `forbidden`, `not_found`; `invalid` for a built-in one; `conflict` while formulas use it, or it is shown
    /// in the other table.
    pub fn remove_field(&self, scope: &Scope, table: &str, key: &str, with_other_side: bool) -> Result<()> {
        require(scope, Access::Own)?;
        self.reshape(|conn, now| {
            let schema = &now.shape.schema;
            let def = schema.require(table)?;
            let field = def.require(key)?;
            if field.builtin {
                return Err(
                    invalid("自带的字段不能移除，可以隐藏", "A built-in field cannot be removed; hide it").on(key)
                );
            }
            refuse_used(&field.label, &users_of(schema, &def.key, Some(&field.key)))?;
            let shown: Vec<_> = links::other_sides(schema, table, key).collect();
            remove_other_sides(conn, schema, field, &shown, with_other_side)?;
            drop_field(conn, schema, table, key)
        })
    }
}

/// Removes a field that nothing names, with its content.
pub(crate) fn drop_field(conn: &Conn, schema: &Schema, table: &str, key: &str) -> Result<()> {
    let field = schema.require(table)?.require(key)?;
    links::forget(conn, table, key, 0, i64::MAX)?;
    crate::comments::column_goes(conn, table, field)?;
    conn.run("DELETE FROM _fields WHERE table_key = ?1 AND key = ?2", params![table, key])?;
    fill::forget(conn, table, key)?;
    turn::forget(conn, table, Some(key))?;
    if field.kind.stored() {
        take_away(conn, table, key)?;
    }
    layout::schema_changed(conn)
}

/// Whether formulas name a field, or another table shows it.
pub(crate) fn in_use(schema: &Schema, table: &str, key: &str) -> bool {
    let named = !users_of(schema, &table.into(), Some(&key.into())).is_empty();
    named || links::other_sides(schema, table, key).next().is_some()
}

/// Makes the field that shows a new link in the other table.
pub(crate) fn show_other_side(conn: &Conn, now: &Now, def: &TableDef, link: &FieldDef, label: &Label) -> Result<()> {
    let Some(to) = link.kind.links_to() else {
        return Err(invalid("只有关联字段能在另一张表里显示", "Only a link shows in another table").on("other_side"));
    };
    let mut next = (*now.shape.schema).clone();
    let at = place(&next, &def.key)?;
    next.tables[at].fields.push(link.clone());
    let other = next.require(to)?.clone();
    let kind = FieldKind::Backlinks { table: def.key.clone(), field: link.key.clone() };
    let field = FieldDef::new(layout::new_key(conn, &other)?, label.clone(), kind);
    refuse_name(label).and_then(|()| refuse_field_name(&other, None, label)).map_err(|e| e.on("other_side"))?;
    layout::add_field(conn, &other, &field)
}

/// Refuses to change a link that is shown in the other table.
pub(crate) fn refuse_shown(schema: &Schema, def: &TableDef, field: &FieldDef) -> Result<()> {
    let users: Vec<_> = links::other_sides(schema, &def.key, &field.key).map(|(t, f)| named(t, f)).collect();
    refuse_used(&field.label, &users)
}

/// Takes away the fields that show a link field in another table, or refuses while there are any. A formula
/// that counts by one of them goes first.
fn remove_other_sides(
    conn: &Conn,
    schema: &Schema,
    field: &FieldDef,
    shown: &[(&TableDef, &FieldDef)],
    wanted: bool,
) -> Result<()> {
    if !wanted {
        refuse_used(&field.label, &shown.iter().map(|(t, f)| named(t, f)).collect::<Vec<_>>())?;
    }
    for (t, f) in shown {
        refuse_used(&f.label, &users_of(schema, &t.key, Some(&f.key)))?;
        crate::comments::column_goes(conn, &t.key, f)?;
        conn.run("DELETE FROM _fields WHERE table_key = ?1 AND key = ?2", params![t.key.as_str(), f.key.as_str()])?;
    }
    Ok(())
}

fn invalid(zh: &str, en: &str) -> Error {
    Error::new(ErrorCode::Invalid, zh, en)
}

fn place(schema: &Schema, table: &str) -> Result<usize> {
    schema.require(table)?;
    Ok(schema.tables.iter().position(|t| t.key == *table).unwrap_or_default())
}

/// Puts a patch into a field; the kind that only a conversion can bring about.
fn patched(field: &mut FieldDef, patch: &FieldPatch) -> Result<Option<FieldKind>> {
    if let Some(label) = &patch.label {
        field.label = label.clone();
    }
    if let Some(d) = &patch.description {
        field.description = d.clone();
    }
    if let Some(shown) = patch.shown {
        field.shown = shown;
    }
    if let Some(rules) = &patch.rules {
        field.rules = rules.clone();
    }
    if let Some(default) = &patch.default {
        field.default = default.clone().filter(|d| !d.trim().is_empty());
    }
    if let Some(formula) = &patch.formula {
        if !field.derived() {
            return Err(invalid("这个字段不是公式字段", "This is not a formula field").on("formula"));
        }
        field.formula = Some(formula.clone());
    }
    let Some(kind) = &patch.kind else { return Ok(None) };
    let fixed_values = field.builtin && !patch.renamed.is_empty();
    if fixed_values || field.builtin && field.kind.name() != kind.name() {
        return Err(invalid(
            "自带字段的类型和已有选项的名称不能改",
            "The kind of a built-in field and the names of its options are fixed",
        )
        .on("kind"));
    }
    if field.builtin && column_type(&field.kind) != column_type(kind) {
        return Err(
            invalid("自带字段不能在整数和小数之间改", "A built-in field keeps whether it has decimals").on("decimals")
        );
    }
    if field.derived() || way(&field.kind, kind) == Way::Same {
        field.kind = kind.clone();
        return Ok(None);
    }
    Ok(Some(kind.clone()))
}

/// Stores what differs between two schemas of the same tables and fields.
pub(crate) fn put(conn: &Conn, before: &Schema, next: &Schema) -> Result<()> {
    for (n, (old, new)) in before.tables.iter().zip(&next.tables).enumerate() {
        if old.label != new.label || old.description != new.description || old.ordered != new.ordered {
            layout::put_table(conn, new, n)?;
        }
        for (i, f) in new.fields.iter().enumerate() {
            if old.fields.get(i) != Some(f) {
                layout::put_field(conn, new, f, i)?;
            }
        }
    }
    layout::schema_changed(conn)
}
