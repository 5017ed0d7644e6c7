//! Formulas computed for some records without being stored: previews, expression rules, defaults.

use crate::cells::from_sql;
use crate::conn::Conn;
use crate::derive::{Derivation, Goal, Reach};
use crate::dialect::Dialect;
use crate::sql::Fill;
use model::{Date, FieldDef, FieldKey, FieldKind, Label, Result, Schema, TableKey, Value};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Formulas of one table, compiled as if they were fields of it.
pub(crate) struct Probe {
    derivation: Derivation,
    table: TableKey,
    columns: Vec<(FieldKey, FieldKind)>,
}

impl Probe {
    /// Compiles formulas, each with the kind of its result.
    ///
    /// # Errors
    /// `formula` when one is wrong.
    pub(crate) fn new(
        schema: &Schema,
        table: &TableKey,
        formulas: &[(Arc<str>, FieldKind)],
        dialect: Dialect,
    ) -> Result<Self> {
        let mut schema = schema.clone();
        let mut columns = Vec::with_capacity(formulas.len());
        if let Some(def) = schema.tables.iter_mut().find(|t| t.key == *table) {
            for (n, (text, kind)) in formulas.iter().enumerate() {
                // No field has such a name, so no formula can mean it.
                let key = FieldKey::from(format!("probe {n}"));
                let field = FieldDef {
                    formula: Some(text.clone()),
                    ..FieldDef::new(key.clone(), Label::same(&key), kind.clone())
                };
                def.fields.push(field);
                columns.push((key, kind.clone()));
            }
        }
        Ok(Self { derivation: Derivation::new(Arc::new(schema), dialect)?, table: table.clone(), columns })
    }

    /// Fields of the record that a formula reads.
    pub(crate) fn reads(&self, n: usize) -> HashSet<FieldKey> {
        let mut out = HashSet::new();
        for column in self.derivation.program.columns().filter(|c| c.field == self.columns[n].0) {
            column.expr.visit(&mut |e| {
                if let formula::Node::Field(f) = &e.node {
                    out.insert(f.clone());
                }
            });
        }
        out
    }

    /// The values of every formula for some records.
    pub(crate) fn read(&self, conn: &Conn, today: Date, ids: &[i64]) -> Result<HashMap<i64, Vec<Value>>> {
        let mut out: HashMap<i64, Vec<Value>> =
            ids.iter().map(|id| (*id, vec![Value::Null; self.columns.len()])).collect();
        let fill = Fill::ids(today, ids);
        for (i, phase) in self.derivation.program.phases.iter().enumerate().filter(|(_, p)| p.table == self.table) {
            let wanted: Vec<(usize, &FieldKey, &FieldKind)> = phase
                .columns
                .iter()
                .filter_map(|c| {
                    let n = self.columns.iter().position(|(k, _)| *k == c.field)?;
                    Some((n, &c.field, &self.columns[n].1))
                })
                .collect();
            if wanted.is_empty() {
                continue;
            }
            let keys: HashSet<FieldKey> = wanted.iter().map(|(_, k, _)| (*k).clone()).collect();
            self.derivation.statement(i, &keys, Reach::Ids, Goal::Read).each(conn, &fill, &mut |r| {
                let id: i64 = r.get(0)?;
                if let Some(values) = out.get_mut(&id) {
                    for (at, (n, _, kind)) in wanted.iter().enumerate() {
                        values[*n] = from_sql(kind, r.at(at + 1)?);
                    }
                }
                Ok(())
            })?;
        }
        Ok(out)
    }
}
