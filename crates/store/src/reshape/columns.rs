//! Columns and indexes behind fields.

use super::invalid;
use crate::conn::{Conn, params};
use crate::dialect::{Dialect, quote};
use crate::fill;
use crate::store::{counter, id_counter};
use model::{Check, FieldDef, FieldKind, Result, TableDef};
use std::collections::BTreeMap;

/// Tables of so many records are changed while the caller waits.
const AT_ONCE: i64 = 20_000;

/// Adds a column to a table, of a type as SQLite writes it. One that was set aside and emptied serves again.
pub(crate) fn add_column(conn: &Conn, table: &str, key: &str, stored: &str) -> Result<()> {
    let spare = match conn.dialect() {
        Dialect::Postgres => None,
        Dialect::Sqlite => conn.first(SPARE, params![table, stored], |r| r.get::<String>(0))?,
    };
    if let Some(spare) = spare {
        return rename_column(conn, table, &spare, key);
    }
    conn.add_column(table, key, stored)
}

/// An emptied column of a type, of a table.
const SPARE: &str = "SELECT name FROM pragma_table_info(?1) WHERE name LIKE 'spare %' AND type = ?2 LIMIT 1";

/// Gives a column another name.
pub(crate) fn rename_column(conn: &Conn, table: &str, from: &str, to: &str) -> Result<()> {
    conn.batch(&["ALTER TABLE ", &quote(table), " RENAME COLUMN ", &quote(from), " TO ", &quote(to)].concat())
}

/// Takes a column out of use, with its indexes.
pub(crate) fn drop_column(conn: &Conn, table: &str, key: &str) -> Result<()> {
    drop_index(conn, table, key)?;
    crate::indexes::forget(conn, table, key)?;
    discard(conn, table, key)
}

/// Drops a column. SQLite writes the whole table anew for that, while nobody else can write: of a large table
/// the column is set aside instead, under a name no field has, for [`crate::fill`] to empty it part by part.
pub(crate) fn discard(conn: &Conn, table: &str, column: &str) -> Result<()> {
    if conn.dialect() == Dialect::Postgres || !large(conn, table)? {
        return conn.batch(&["ALTER TABLE ", &quote(table), " DROP COLUMN ", &quote(column)].concat());
    }
    let aside = free_name(conn, table, "aside")?;
    rename_column(conn, table, column, &aside)?;
    fill::queue_work(conn, fill::Work::Empty, &table.into(), &aside.into())
}

/// Keeps an emptied column of no field for the next one that is wanted.
pub(crate) fn keep_spare(conn: &Conn, table: &str, column: &str) -> Result<()> {
    // Set aside on SQLite, and the book was moved.
    if conn.dialect() == Dialect::Postgres {
        return discard(conn, table, column);
    }
    rename_column(conn, table, column, &free_name(conn, table, "spare")?)
}

/// A name no column of the table has. Keys of fields hold no space.
fn free_name(conn: &Conn, table: &str, word: &str) -> Result<String> {
    let mut n = 1_u32;
    loop {
        let name = format!("{word} {n}");
        if !conn.one(conn.dialect().column_there(), params![table, &name])? {
            return Ok(name);
        }
        n += 1;
    }
}

/// Whether a table holds more than is changed while the caller waits.
pub(crate) fn large(conn: &Conn, table: &str) -> Result<bool> {
    Ok(counter(conn, &id_counter(&table.into()))? > AT_ONCE)
}

/// Takes all columns of a field out of use that is gone.
pub(crate) fn take_away(conn: &Conn, table: &str, key: &str) -> Result<()> {
    drop_column(conn, table, key)?;
    crate::fails::remove(conn, table, key)
}

/// The name of the index of a field, as it stands in a statement.
pub(crate) fn index_name(table: &str, key: &str) -> String {
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
    def.fields.iter().filter(|f| looked_up(f)).try_for_each(|f| make_index(conn, &def.key, &f.key))
}

/// Whether a field is looked up with every write, and so has an index: one that must be unique, a code, a link
/// from its other side.
pub(crate) fn looked_up(field: &FieldDef) -> bool {
    match field.kind {
        FieldKind::Code(_) => field.key != *"code",
        // Orders of a customer have an index of their own.
        FieldKind::Link { .. } if !field.builtin => true,
        _ => field.rules.iter().any(|r| r.check == Check::Unique),
    }
}

/// Gives a field the index it needs, or takes away what it no longer needs. `before` is None where the column
/// has none yet. That of a large table is left to [`crate::fill`].
pub(crate) fn keep_index(conn: &Conn, table: &str, before: Option<&FieldDef>, field: &FieldDef) -> Result<()> {
    match (before.is_some_and(looked_up), looked_up(field)) {
        (false, true) if large(conn, table)? => fill::queue_work(conn, fill::Work::Index, &table.into(), &field.key),
        (false, true) => make_index(conn, table, &field.key),
        (true, false) => drop_index(conn, table, &field.key),
        _ => Ok(()),
    }
}

fn make_index(conn: &Conn, table: &str, key: &str) -> Result<()> {
    let (index, column) = (index_name(table, key), quote(key));
    conn.batch(&["CREATE INDEX IF NOT EXISTS ", &index, " ON ", &quote(table), " (", &column, ")"].concat())
}

/// The options whose names change. Each new one has to be among those of the field.
pub(crate) fn new_names(field: &FieldDef, renamed: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let names: BTreeMap<_, _> = renamed.iter().filter(|(a, b)| a != b).map(|(a, b)| (a.clone(), b.clone())).collect();
    for new in names.values() {
        if field.kind.options().is_none_or(|o| !o.iter().any(|o| *o.value == **new)) {
            return Err(invalid("改名的选项不在列表里", "A renamed option is not in the list").on("renamed"));
        }
    }
    Ok(names)
}

/// Carries new names of options into the cells of a small table. Among several they stand between line feeds.
pub(super) fn rename_options(
    conn: &Conn,
    table: &str,
    field: &FieldDef,
    names: &BTreeMap<String, String>,
) -> Result<()> {
    let (table, column) = (quote(table), quote(&field.key));
    // An option that hands its name to another one goes first, under a passing name that nobody can type; else
    // the two would become one.
    let passing = |old: &str| format!("\u{1}{old}");
    let (first, rest): (Vec<_>, Vec<_>) = names.iter().partition(|(old, _)| names.values().any(|new| new == *old));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, StoreOptions};
    use model::Date;

    #[test]
    fn a_column_of_a_large_table_is_emptied_and_used_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = StoreOptions { today: Date(20_778), scratch: false };
        let store = Store::open(&folder.path().join("book.db"), options).expect("a book");
        let columns = || {
            let names = "SELECT name FROM pragma_table_info('orders') WHERE name LIKE '% %' ORDER BY name";
            store.engine.read(|conn| conn.all::<String>(names, &[], |r| r.get(0))).expect("columns")
        };
        let run = |work: fn(&Conn) -> Result<()>| store.engine.write(work).expect("it works");
        run(|conn| {
            add_column(conn, "orders", "u1", "TEXT")?;
            add_column(conn, "orders", "u2", "INTEGER")?;
            discard(conn, "orders", "u2")
        });
        assert_eq!(columns(), [""; 0], "of a small table it is dropped");
        run(|conn| {
            conn.batch("INSERT INTO orders (id, order_no, u1) VALUES (1, 'A', '红')")?;
            crate::layout::set_meta(conn, &id_counter(&"orders".into()), "30000")?;
            discard(conn, "orders", "u1")
        });
        assert_eq!(columns(), ["aside 1"]);
        run(|conn| add_column(conn, "orders", "u3", "TEXT"));
        assert_eq!(columns(), ["aside 1"], "it is not empty yet");
        store.fill(&mut |_, _| Ok(())).expect("it is emptied");
        assert_eq!(columns(), ["spare 1"]);
        run(|conn| add_column(conn, "orders", "u4", "INTEGER"));
        assert_eq!(columns(), ["spare 1"], "of another type");
        run(|conn| add_column(conn, "orders", "u5", "TEXT"));
        assert_eq!(columns(), [""; 0]);
        let content = "SELECT u5 IS NULL FROM orders";
        assert!(store.engine.read(|conn| conn.one::<bool>(content, &[])).expect("a row"), "nothing is left in it");
    }
}
