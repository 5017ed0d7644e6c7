//! Columns whose formulas can fail, and where their errors are kept.
//!
//! Beside such a column `k` stands `k!` with the number of its error (Excel's ERROR.TYPE), NULL where all is
//! well; `k` itself is blank where it is an error. Which columns can fail follows from the formulas alone.

use crate::conn::{Conn, params};
use crate::derive::{Derivation, LayerNames, too_complex};
use crate::dialect::{Dialect, quote};
use crate::expr::{Names, stored};
use crate::store::Shape;
use crate::{fill, layout, reshape};
use formula::Program;
use model::{FieldKey, Result, Schema, TableKey};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Fields whose cells can be errors, by table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fails(HashMap<TableKey, HashSet<FieldKey>>);

/// The name of the column of errors of a field. No field has such a key.
pub(crate) fn error_column(key: &str) -> String {
    [key, "!"].concat()
}

impl Fails {
    /// The columns of a program that can fail.
    ///
    /// # Errors
    /// `formula` on a column whose SQL would be out of all proportion.
    pub(crate) fn find(schema: &Schema, program: &Program, dialect: Dialect) -> Result<Self> {
        let mut out = Self::default();
        // A column reads only what comes before it.
        for column in program.columns() {
            let names = LayerNames::alone(schema, &column.table, &out);
            let Some(kind) = names.kind(&column.field) else { continue };
            let made = stored(dialect, &column.expr, kind, &names);
            if made.heavy() {
                return Err(too_complex().on(&column.field));
            }
            if made.e.is_some() {
                out.0.entry(column.table.clone()).or_default().insert(column.field.clone());
            }
        }
        Ok(out)
    }

    /// Whether cells of a field can be errors.
    pub(crate) fn has(&self, table: &str, field: &str) -> bool {
        self.0.get(table).is_some_and(|fields| fields.contains(field))
    }

    fn each(&self) -> impl Iterator<Item = (&TableKey, &FieldKey)> {
        self.0.iter().flat_map(|(t, fields)| fields.iter().map(move |f| (t, f)))
    }
}

/// Gives every column that can fail one for its errors, after a change of the schema in this transaction.
/// That of a column which no longer can is emptied and stays: open views go on reading it.
pub(crate) fn follow(conn: &Conn, before: &Shape) -> Result<()> {
    if layout::stamp(conn)?.0 == before.stamp() {
        return Ok(());
    }
    let schema = layout::load_schema(conn)?;
    let after = Fails::find(&schema, &Program::compile(&schema)?, conn.dialect())?;
    let before = &before.derivation.fails;
    for (table, field) in after.each().filter(|(t, f)| !before.has(t, f)) {
        add(conn, table, field)?;
    }
    for (table, field) in before.each().filter(|(t, f)| !after.has(t, f)) {
        if schema.table(table).is_some_and(|t| t.field(field).is_some()) {
            let column = error_column(field);
            if reshape::large(conn, table)? {
                fill::queue_work(conn, fill::Work::Empty, table, &column.into())?;
                continue;
            }
            let column = quote(&column);
            let sql = ["UPDATE ", &quote(table), " SET ", &column, " = NULL WHERE ", &column, " IS NOT NULL"].concat();
            conn.run(&sql, &[])?;
        }
    }
    Ok(())
}

fn add(conn: &Conn, table: &str, field: &str) -> Result<()> {
    let column = error_column(field);
    if there(conn, table, &column)? {
        // Perhaps it was to be emptied.
        return fill::forget(conn, table, &column);
    }
    reshape::add_column(conn, table, &column, "INTEGER")
}

/// Removes the column of errors of a field that is removed.
pub(crate) fn remove(conn: &Conn, table: &str, field: &str) -> Result<()> {
    let column = error_column(field);
    if !there(conn, table, &column)? {
        return Ok(());
    }
    fill::forget(conn, table, &column)?;
    reshape::discard(conn, table, &column)
}

fn there(conn: &Conn, table: &str, column: &str) -> Result<bool> {
    conn.one(conn.dialect().column_there(), params![table, column])
}

/// Migration 5: errors were stored as blanks. They get their columns now and are filled as time allows.
pub(crate) fn introduce(conn: &Conn) -> Result<()> {
    let derivation = Derivation::new(Arc::new(layout::load_schema(conn)?), conn.dialect())?;
    let mut list: Vec<(TableKey, FieldKey)> = Vec::new();
    for (table, field) in derivation.fails.each() {
        add(conn, table, field)?;
        list.push((table.clone(), field.clone()));
    }
    if list.is_empty() {
        return Ok(());
    }
    fill::queue(conn, &derivation, &list)?;
    layout::schema_changed(conn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, StoreOptions};
    use model::{Change, Date, ErrorValue, FieldDef, FieldKind, Label, Lang, Origin, RecordId, Scope, Value};

    fn cell(store: &Store, field: &str) -> Value {
        let cells = store.record(&Scope::system(Lang::Zh), "orders", RecordId(1)).expect("the order is there");
        cells.into_iter().find(|(k, _)| *k == *field).expect("the field is there").1
    }

    #[test]
    fn an_older_book_gets_its_errors() {
        let options = StoreOptions { today: Date(20_778), scratch: false };
        let folder = tempfile::tempdir().expect("a folder");
        let (file, schema) = (folder.path().join("book.db"), testkit::postgres::new_schema());
        let sqlite = || Store::open(&file, options).expect("a book");
        let postgres = || Store::connect(&testkit::postgres::address(), &schema, options).expect("a book");
        let open: [&dyn Fn() -> Store; 2] = [&sqlite, &postgres];
        for open in open {
            let (store, scope) = (open(), Scope::system(Lang::Zh));
            let formula = |name: &str, text: &str| {
                let field = FieldDef::new("", Label::same(name), FieldKind::number(2));
                store
                    .add_field(&scope, "orders", FieldDef { formula: Some(text.into()), ..field })
                    .expect("a field")
                    .key
            };
            let keys = [formula("a", "1/[@数量]"), formula("b", "IF(ISERROR([@a]),7,8)"), formula("c", "[@a]+1")];
            let records = vec![vec![("order_no".into(), Value::from("A"))]];
            let made = Change::Create { table: "orders".into(), records };
            store.apply(&scope, made, Origin::Edit).expect("an order");
            store.fill(&mut |_, _| Ok(())).expect("the fill runs");
            let now = || keys.clone().map(|k| cell(&store, &k));
            let error = Value::Error(ErrorValue::Div0);
            let expected = [error.clone(), Value::Number(7.0), error];
            assert_eq!(now(), expected);
            // As version 4 had it: no columns of errors, and blanks read on.
            let old = "ALTER TABLE orders DROP COLUMN \"u1!\"; ALTER TABLE orders DROP COLUMN \"u3!\";
                       UPDATE orders SET u2 = 8, u3 = 1; UPDATE _meta SET value = '4' WHERE key = 'version'";
            store
                .engine
                .write(|conn| {
                    conn.batch(old)?;
                    if conn.dialect() == Dialect::Sqlite { conn.batch("PRAGMA user_version = 4") } else { Ok(()) }
                })
                .expect("as version 4 was");
            let store = open();
            assert!(store.filling().expect("what is left").is_some());
            store.fill(&mut |_, _| Ok(())).expect("the fill runs");
            assert_eq!(keys.clone().map(|k| cell(&store, &k)), expected);
            let report = store.check(&scope, &mut |_, _| Ok(())).expect("the check runs");
            assert!(report.sound(), "{report:?}");
            // A wrong error is found as a wrong value is.
            let wrong = "UPDATE orders SET \"u1!\" = 7";
            store.engine.write(|conn| conn.batch(wrong)).expect("a wrong error");
            let found = store.check(&scope, &mut |_, _| Ok(())).expect("the check runs").differences;
            let error = Value::Error(ErrorValue::Na);
            assert_eq!(found[0], ("orders".into(), 1, "u1".into(), error, expected[0].clone()));
            // A column that cannot fail keeps no error; that of a removed field goes with it.
            let safe = "IFERROR(1/[@数量],0)";
            store.set_formula(&scope, "orders", "u1", safe, &mut |_, _| Ok(())).expect("a formula");
            store.remove_field(&scope, "orders", "u3", false).expect("a field");
            store
                .engine
                .write(|conn| {
                    let stale = conn.exists("SELECT 1 FROM orders WHERE \"u1!\" IS NOT NULL", &[])?;
                    let kept = [there(conn, "orders", "u1!")?, there(conn, "orders", "u3!")?];
                    assert_eq!((stale, kept), (false, [true, false]));
                    Ok(())
                })
                .expect("a look at the columns");
            let report = store.check(&scope, &mut |_, _| Ok(())).expect("the check runs");
            assert!(report.sound(), "{report:?}");
        }
    }
}
