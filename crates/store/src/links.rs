//! The index of linked records (`_links`): which record names which, for fields that hold several. It is kept
//! in the transaction of every write and serves whatever asks from the other side.

use crate::conn::{Conn, params};
use crate::dialect::quote;
use model::{FieldDef, FieldKind, RecordId, Result, Schema, TableDef, Value};

/// Where the index is kept. Books of a format that lacks it get it when they are opened.
pub(crate) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS _links (
  table_key TEXT NOT NULL, field TEXT NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL,
  PRIMARY KEY (table_key, field, source, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS _links_target ON _links (table_key, field, target, source);
";

fn ids(v: &Value) -> Vec<i64> {
    match v {
        Value::Links(list) => list.iter().map(|id| id.0).collect(),
        _ => Vec::new(),
    }
}

/// Carries a changed cell into the index; cells of other kinds are left alone.
pub(crate) fn follow(conn: &Conn, table: &str, field: &str, id: i64, old: &Value, new: &Value) -> Result<()> {
    let (old, new) = (ids(old), ids(new));
    let gone: Vec<i64> = old.iter().filter(|i| !new.contains(i)).copied().collect();
    if !gone.is_empty() {
        let among = conn.dialect().among_ids("target");
        let sql = ["DELETE FROM _links WHERE table_key = ?2 AND field = ?3 AND source = ?4 AND ", &among].concat();
        conn.run(&sql, params![&gone[..], table, field, id])?;
    }
    let come: Vec<i64> = new.iter().filter(|i| !old.contains(i)).copied().collect();
    if !come.is_empty() {
        let sql = [
            "INSERT INTO _links (table_key, field, source, target) \
             SELECT ?2, ?3, ?4, r.value FROM ",
            conn.dialect().id_list(),
        ]
        .concat();
        conn.run(&sql, params![&come[..], table, field, id])?;
    }
    Ok(())
}

/// Forgets a field, or what a range of its records names.
pub(crate) fn forget(conn: &Conn, table: &str, field: &str, low: i64, high: i64) -> Result<()> {
    let sql = "DELETE FROM _links WHERE table_key = ?1 AND field = ?2 AND source BETWEEN ?3 AND ?4";
    conn.run(sql, params![table, field, low, high]).map(drop)
}

/// Makes the index of a range of records of a field anew from its cells.
pub(crate) fn index(conn: &Conn, table: &str, field: &str, low: i64, high: i64) -> Result<()> {
    forget(conn, table, field, low, high)?;
    let (column, [rows, value]) = lines(conn, field);
    let sql = [
        "INSERT INTO _links (table_key, field, source, target) SELECT ?1, ?2, t.id, ",
        &value,
        " FROM ",
        &quote(table),
        " t CROSS JOIN ",
        &rows,
        " WHERE t.id BETWEEN ?3 AND ?4 AND ",
        &column,
        " IS NOT NULL",
    ]
    .concat();
    conn.run(&sql, params![table, field, low, high]).map(drop)
}

/// A column of the table called `t`, and its lines as rows.
fn lines(conn: &Conn, field: &str) -> (String, [String; 2]) {
    let column = ["t.", &quote(field)].concat();
    let parts = conn.dialect().numbers_in_lines(&column);
    (column, parts)
}

/// Records of a table whose field names one of some records.
pub(crate) fn naming(conn: &Conn, table: &str, field: &str, targets: &[i64]) -> Result<Vec<i64>> {
    let among = conn.dialect().among_ids("target");
    let sql = ["SELECT DISTINCT source FROM _links WHERE table_key = ?2 AND field = ?3 AND ", &among].concat();
    conn.all(&sql, params![targets, table, field], |r| r.get(0))
}

/// Records that a field of some records names.
pub(crate) fn named(conn: &Conn, table: &str, field: &str, sources: &[i64]) -> Result<Vec<i64>> {
    let among = conn.dialect().among_ids("source");
    let sql = ["SELECT DISTINCT target FROM _links WHERE table_key = ?2 AND field = ?3 AND ", &among].concat();
    conn.all(&sql, params![sources, table, field], |r| r.get(0))
}

/// Fields of a table that hold several records.
pub(crate) fn lists(def: &TableDef) -> impl Iterator<Item = &FieldDef> {
    def.fields.iter().filter(|f| matches!(f.kind, FieldKind::Links { .. }))
}

/// Fields of the whole book that link to a table, each with its own.
pub(crate) fn into_table<'s>(schema: &'s Schema, table: &'s str) -> impl Iterator<Item = (&'s TableDef, &'s FieldDef)> {
    let of = move |t: &'s TableDef| {
        t.fields.iter().filter(move |f| f.kind.links_to().is_some_and(|to| *to == *table)).map(move |f| (t, f))
    };
    schema.tables.iter().flat_map(of)
}

/// The fields that show a link field from its other side, each with its table.
pub(crate) fn other_sides<'s>(
    schema: &'s Schema,
    table: &'s str,
    key: &'s str,
) -> impl Iterator<Item = (&'s TableDef, &'s FieldDef)> {
    let shows = move |f: &FieldDef| matches!(&f.kind, FieldKind::Backlinks { table: t, field } if *t == *table && *field == *key);
    schema.tables.iter().flat_map(move |t| t.fields.iter().filter(move |f| shows(f)).map(move |f| (t, f)))
}

/// Those of some records of a table that are there.
pub(crate) fn present(conn: &Conn, table: &str, list: &[RecordId]) -> Result<Vec<RecordId>> {
    let wanted: Vec<i64> = list.iter().map(|id| id.0).collect();
    let sql = ["SELECT id FROM ", &quote(table), " WHERE ", &conn.dialect().among_ids("id")].concat();
    let found: std::collections::HashSet<i64> =
        conn.all(&sql, params![&wanted[..]], |r| r.get(0))?.into_iter().collect();
    Ok(list.iter().filter(|id| found.contains(&id.0)).copied().collect())
}

/// Links to records that are gone, and places where the index and the cells differ.
pub(crate) fn faults(conn: &Conn, schema: &Schema) -> Result<Vec<String>> {
    let (mut out, mut known) = (Vec::new(), 0);
    for def in &schema.tables {
        for f in &def.fields {
            let Some(target) = f.kind.links_to() else { continue };
            let (column, [rows, value]) = lines(conn, &f.key);
            let table = quote(&def.key);
            let gone = ["NOT EXISTS (SELECT 1 FROM ", &quote(target), " o WHERE o.id = "].concat();
            if !matches!(f.kind, FieldKind::Links { .. }) {
                let sql =
                    ["SELECT count(*) FROM ", &table, " t WHERE ", &column, " IS NOT NULL AND ", &gone, &column, ")"];
                let n: i64 = conn.one(&sql.concat(), &[])?;
                if n > 0 {
                    out.push(format!("{n} {} have a {} that does not exist", def.key, f.key));
                }
                continue;
            }
            let cells = [" FROM ", &table, " t CROSS JOIN ", &rows, " WHERE ", &column, " IS NOT NULL"].concat();
            let there = "x.table_key = ?1 AND x.field = ?2";
            let sql = [
                "SELECT count(*), count(CASE WHEN NOT EXISTS (SELECT 1 FROM _links x WHERE ",
                there,
                " AND x.source = t.id AND x.target = ",
                &value,
                ") THEN 1 END), count(CASE WHEN ",
                &gone,
                &value,
                ") THEN 1 END)",
                &cells,
            ];
            let (all, missing, orphans): (i64, i64, i64) = conn
                .first(&sql.concat(), params![def.key.as_str(), f.key.as_str()], |r| {
                    Ok((r.get(0)?, r.get(1)?, r.get(2)?))
                })?
                .unwrap_or_default();
            known += all - missing;
            if missing > 0 {
                out.push(format!("{missing} links of {}.{} are not indexed", def.key, f.key));
            }
            if orphans > 0 {
                out.push(format!("{orphans} links of {}.{} go to records that do not exist", def.key, f.key));
            }
        }
    }
    let kept: i64 = conn.one("SELECT count(*) FROM _links", &[])?;
    if kept != known {
        out.push(format!("{kept} links are indexed where the cells have {known}"));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conn::Server;
    use model::{FieldDef, Label, builtin};

    #[test]
    fn a_check_finds_what_the_index_lacks_and_what_it_has_too_much() {
        let server = Server::parse(&testkit::postgres::address()).expect("an address");
        let postgres = Conn::server(&server, &testkit::postgres::new_schema()).expect("PostgreSQL");
        for conn in [Conn::memory().expect("a database in memory"), postgres] {
            crate::layout::open(&conn).expect("a new book");
            let mut schema = builtin::schema();
            let kind = FieldKind::Links { table: "products".into() };
            let field = FieldDef::new("u1", Label::same("商品"), kind);
            crate::layout::add_field(&conn, schema.require("orders").expect("orders"), &field).expect("a column");
            schema.tables.iter_mut().filter(|t| t.key == "orders").for_each(|t| t.fields.push(field.clone()));
            let made = "INSERT INTO products (id, code) VALUES (1, 'P1'), (2, 'P2');
                        INSERT INTO orders (id, u1) VALUES (1, '1'), (2, '1' || chr(10) || '2'), (3, NULL), (4, '3');";
            let made = match conn.dialect() {
                crate::dialect::Dialect::Sqlite => made.replace("chr(10)", "char(10)"),
                crate::dialect::Dialect::Postgres => made.to_owned(),
            };
            conn.batch(&made).expect("rows");
            let found = || faults(&conn, &schema).expect("the check runs").join("; ");
            assert_eq!(
                found(),
                "4 links of orders.u1 are not indexed; 1 links of orders.u1 go to records that do not exist"
            );
            index(&conn, "orders", "u1", 2, i64::MAX).expect("indexed");
            assert!(found().starts_with("1 links of orders.u1 are not indexed"), "{}", found());
            index(&conn, "orders", "u1", 0, i64::MAX).expect("indexed");
            conn.batch("UPDATE orders SET u1 = NULL WHERE id = 4").expect("a row");
            assert_eq!(found(), "4 links are indexed where the cells have 3");
            index(&conn, "orders", "u1", 4, 4).expect("indexed");
            assert_eq!(found(), "");
            assert_eq!(naming(&conn, "orders", "u1", &[2]).expect("found"), [2]);
            assert_eq!(named(&conn, "orders", "u1", &[1, 2]).expect("found"), [1, 2]);

            // As a book of an older format: the cells are there, the index is made when it is opened.
            conn.batch("DROP TABLE _links; UPDATE _meta SET value = '4' WHERE key = 'version'").expect("as before");
            if conn.dialect() == crate::dialect::Dialect::Sqlite {
                conn.batch("PRAGMA user_version = 4").expect("as before");
            }
            crate::layout::open(&conn).expect("an older book");
            assert_eq!(conn.one::<i64>("SELECT count(*) FROM _links", &[]).expect("a count"), 0);
        }
    }
}
