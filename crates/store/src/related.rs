//! What cells of linked records show: the records by code and name, looked up for many rows at once.

use crate::conn::{Conn, Param, ValueRef, params};
use crate::dialect::quote;
use crate::json;
use model::{FieldDef, FieldKey, FieldKind, RecordId, Result, Schema, TableDef};
use std::collections::HashMap;

/// How many records a cell of the other side of a link shows.
pub(crate) const SHOWN: u64 = 20;

/// A record by its code and name.
pub(crate) type Named = (Option<String>, Option<String>);

/// The linked records of some rows, by field.
#[derive(Default)]
pub(crate) struct Related(HashMap<FieldKey, Found>);

enum Found {
    /// The records that cells name; which ones stands in the cells.
    Named(HashMap<i64, Named>),
    /// The records that name a row: how many, and the first of them.
    Naming(HashMap<i64, (u64, Vec<(i64, Named)>)>),
}

/// The columns that call a record by its code and its name, where its table has them.
pub(crate) fn labels(def: &TableDef, of: &str) -> [String; 2] {
    let code = def.fields.iter().find(|f| matches!(f.kind, FieldKind::Code(_))).map(|f| f.key.as_str());
    let code = code.or_else(|| def.field("order_no").map(|f| f.key.as_str()));
    let name = def.field("name").map(|f| f.key.as_str());
    [code, name].map(|key| key.map_or_else(|| "NULL".to_owned(), |k| [of, ".", &quote(k)].concat()))
}

impl Related {
    /// What the cells of some fields show in rows with these ids; of the other side of a link the first `most`.
    pub(crate) fn load<'f>(
        conn: &Conn,
        schema: &Schema,
        table: &TableDef,
        fields: impl Iterator<Item = &'f FieldDef>,
        ids: &[i64],
        most: u64,
    ) -> Result<Self> {
        let mut out = Self::default();
        for f in fields {
            let found = match &f.kind {
                FieldKind::Links { table: to } => named(conn, schema.require(to)?, &table.key, &f.key, ids)?,
                FieldKind::Backlinks { table: from, field } => {
                    let def = schema.require(from)?;
                    naming(conn, def, def.require(field)?, ids, most)?
                }
                _ => continue,
            };
            out.0.insert(f.key.clone(), found);
        }
        Ok(out)
    }

    /// The records a cell shows and how many there are in all; `stored` is what its column holds.
    pub(crate) fn cell(&self, field: &FieldDef, row: i64, stored: ValueRef<'_>) -> (u64, Vec<(i64, Named)>) {
        match self.0.get(&field.key) {
            Some(Found::Named(known)) => {
                let ids = stored.text().unwrap_or("").split('\n').filter_map(|id| id.parse::<i64>().ok());
                let list: Vec<_> = ids.map(|id| (id, known.get(&id).cloned().unwrap_or_default())).collect();
                (list.len() as u64, list)
            }
            Some(Found::Naming(rows)) => rows.get(&row).cloned().unwrap_or_default(),
            None => (0, Vec::new()),
        }
    }

    /// Writes a cell as JSON: `[[id, code, name], …]`; of the other side of a link `{"count", "first"}`.
    pub(crate) fn write(&self, out: &mut Vec<u8>, field: &FieldDef, row: i64, stored: ValueRef<'_>) {
        let (count, list) = self.cell(field, row, stored);
        if list.is_empty() {
            return out.extend_from_slice(b"null");
        }
        if !field.kind.stored() {
            out.extend_from_slice(b"{\"count\":");
            json::integer(out, count as i64);
            out.extend_from_slice(b",\"first\":");
        }
        for (i, (id, (code, name))) in list.iter().enumerate() {
            out.extend_from_slice(if i == 0 { b"[[" } else { b",[" });
            json::integer(out, *id);
            for text in [code, name] {
                out.push(b',');
                match text {
                    Some(t) => json::string(out, t),
                    None => out.extend_from_slice(b"null"),
                }
            }
            out.push(b']');
        }
        out.push(b']');
        if !field.kind.stored() {
            out.push(b'}');
        }
    }
}

fn named(conn: &Conn, to: &TableDef, table: &str, field: &str, ids: &[i64]) -> Result<Found> {
    let [code, name] = labels(to, "t");
    let among = conn.dialect().among_ids("x.source");
    let sql = [
        "SELECT DISTINCT t.id, ",
        &code,
        ", ",
        &name,
        " FROM _links x JOIN ",
        &quote(&to.key),
        " t ON t.id = x.target WHERE x.table_key = ?2 AND x.field = ?3 AND ",
        &among,
    ]
    .concat();
    let list = conn.all(&sql, params![ids, table, field], |r| Ok((r.get(0)?, (r.get(1)?, r.get(2)?))))?;
    Ok(Found::Named(list.into_iter().collect()))
}

fn naming(conn: &Conn, def: &TableDef, link: &FieldDef, ids: &[i64], most: u64) -> Result<Found> {
    let [code, name] = labels(def, "t");
    let column = quote(&link.key);
    let (from, target, source, scope) = match link.kind {
        FieldKind::Links { .. } => {
            let scope = "table_key = ?3 AND field = ?4 AND ";
            ("_links".to_owned(), "target", "source", scope)
        }
        _ => (quote(&def.key), &*column, "id", ""),
    };
    let sql = [
        "SELECT x.target, x.n, t.id, ",
        &code,
        ", ",
        &name,
        " FROM (SELECT ",
        target,
        " AS target, ",
        source,
        " AS source, count(*) OVER (PARTITION BY ",
        target,
        ") AS n, row_number() OVER (PARTITION BY ",
        target,
        " ORDER BY ",
        source,
        ") AS place FROM ",
        &from,
        " WHERE ",
        scope,
        &conn.dialect().among_ids(target),
        ") x JOIN ",
        &quote(&def.key),
        " t ON t.id = x.source WHERE x.place <= ?2 ORDER BY x.target, x.place",
    ]
    .concat();
    let mut values = vec![Param::Ids(ids), Param::Int(most as i64)];
    if !scope.is_empty() {
        values.extend_from_slice(params![def.key.as_str(), link.key.as_str()]);
    }
    let mut rows: HashMap<i64, (u64, Vec<(i64, Named)>)> = HashMap::new();
    conn.each(&sql, &values, &mut |r| {
        let row = rows.entry(r.get(0)?).or_default();
        row.0 = r.get(1)?;
        row.1.push((r.get(2)?, (r.get(3)?, r.get(4)?)));
        Ok(())
    })?;
    Ok(Found::Naming(rows))
}

/// Records as their codes and names, each joined.
pub(crate) fn joined(list: &[(i64, Named)]) -> Option<(String, String)> {
    let texts = |pick: fn(&Named) -> &Option<String>| {
        let texts: Vec<&str> = list.iter().filter_map(|(_, named)| pick(named).as_deref()).collect();
        texts.join("、")
    };
    (!list.is_empty()).then(|| (texts(|n| &n.0), texts(|n| &n.1)))
}

/// The ids of records, as a content.
pub(crate) fn ids(list: &[(i64, Named)]) -> model::Value {
    if list.is_empty() {
        return model::Value::Null;
    }
    model::Value::Links(list.iter().map(|(id, _)| RecordId(*id)).collect())
}
