//! Columns and indexes behind fields.

use super::invalid;
use crate::conn::{Conn, params};
use crate::dialect::{column_type, quote};
use model::{Check, FieldDef, FieldKind, Result, TableDef};
use std::collections::BTreeMap;

pub(crate) fn add_column(conn: &Conn, table: &str, key: &str, kind: &FieldKind) -> Result<()> {
    let sql = ["ALTER TABLE ", &quote(table), " ADD COLUMN ", &quote(key), " ", column_type(kind)].concat();
    conn.batch(&conn.dialect().ddl(&sql))
}

pub(crate) fn drop_column(conn: &Conn, table: &str, key: &str) -> Result<()> {
    drop_index(conn, table, key)?;
    crate::indexes::forget(conn, table, key)?;
    conn.batch(&["ALTER TABLE ", &quote(table), " DROP COLUMN ", &quote(key)].concat())
}

/// Drops all columns of a field that is gone.
pub(crate) fn take_away(conn: &Conn, table: &str, key: &str) -> Result<()> {
    drop_column(conn, table, key)?;
    crate::fails::remove(conn, table, key)
}

fn index_name(table: &str, key: &str) -> String {
    quote(&["x_", table, "_", key].concat())
}

pub(crate) fn drop_index(conn: &Conn, table: &str, key: &str) -> Result<()> {
    conn.batch(&["DROP INDEX IF EXISTS ", &index_name(table, key)].concat())
}

/// Makes the indexes of a table that are missing, but for those every book has.
pub(crate) fn index(conn: &Conn, def: &TableDef) -> Result<()> {
    if !def.builtin {
        let code = quote(&["x_", &def.key, "_code"].concat());
        conn.batch(&["CREATE UNIQUE INDEX IF NOT EXISTS ", &code, " ON ", &quote(&def.key), " (code)"].concat())?;
    }
    def.fields.iter().try_for_each(|f| keep_index(conn, &def.key, None, f))
}

/// A field that must be unique, and a code, is looked up with every write, a link from its other side: they
/// have an index. `before` is None where the column has none yet.
pub(crate) fn keep_index(conn: &Conn, table: &str, before: Option<&FieldDef>, field: &FieldDef) -> Result<()> {
    let looked_up = |f: &FieldDef| match f.kind {
        FieldKind::Code(_) => f.key != *"code",
        // Orders of a customer have an index of their own.
        FieldKind::Link { .. } if !f.builtin => true,
        _ => f.rules.iter().any(|r| r.check == Check::Unique),
    };
    match (before.is_some_and(looked_up), looked_up(field)) {
        (false, true) => {
            let (index, column) = (index_name(table, &field.key), quote(&field.key));
            conn.batch(&["CREATE INDEX IF NOT EXISTS ", &index, " ON ", &quote(table), " (", &column, ")"].concat())
        }
        (true, false) => drop_index(conn, table, &field.key),
        _ => Ok(()),
    }
}

/// Carries new names of options into the cells. Among several they stand between line feeds.
pub(super) fn rename_options(
    conn: &Conn,
    table: &str,
    field: &FieldDef,
    renamed: &BTreeMap<String, String>,
) -> Result<()> {
    let (table, column) = (quote(table), quote(&field.key));
    let names: Vec<(&String, &String)> = renamed.iter().filter(|(a, b)| a != b).collect();
    for (_, new) in &names {
        if field.kind.options().is_none_or(|o| !o.iter().any(|o| *o.value == ***new)) {
            return Err(invalid("改名的选项不在列表里", "A renamed option is not in the list").on("renamed"));
        }
    }
    // An option that hands its name to another one goes first, under a passing name that nobody can type; else
    // the two would become one.
    let passing = |old: &str| format!("\u{1}{old}");
    let (first, rest): (Vec<_>, Vec<_>) = names.iter().partition(|(old, _)| names.iter().any(|(_, new)| new == old));
    let steps: Vec<(String, String)> = (first.iter().map(|(old, _)| ((*old).clone(), passing(old))))
        .chain(rest.iter().map(|(old, new)| ((*old).clone(), (*new).clone())))
        .chain(first.iter().map(|(old, new)| (passing(old), (*new).clone())))
        .collect();
    for (old, new) in &steps {
        if matches!(field.kind, FieldKind::Choice { .. }) {
            let sql = ["UPDATE ", &table, " SET ", &column, " = ?1 WHERE ", &column, " = ?2"].concat();
            conn.run(&sql, params![new, old])?;
            continue;
        }
        let wrapped = ["'\n' || ", &column, " || '\n'"].concat();
        let replaced = ["replace(", &wrapped, ", ?1, ?2)"].concat();
        let sql = [
            "UPDATE ",
            &table,
            " SET ",
            &column,
            " = substr(",
            &replaced,
            ", 2, length(",
            &replaced,
            ") - 2) WHERE replace(",
            &wrapped,
            ", ?1, '') <> ",
            &wrapped,
        ]
        .concat();
        conn.run(&sql, params![format!("\n{old}\n"), format!("\n{new}\n")])?;
    }
    Ok(())
}
