//! Links on their way in and out: from either side, and when what they go to is removed.

use crate::apply::{Writing, gone};
use crate::cells::check;
use crate::conn::params;
use crate::dialect::quote;
use crate::links;
use model::{
    CellEdit, Error, ErrorCode, FieldDef, FieldKey, FieldKind, MAX_LINKS, RecordId, Result, TableDef, TableKey, Value,
};
use std::sync::Arc;

impl Writing<'_> {
    /// Adds records to what a cell names and takes others from it, on either side of a link; whether anything
    /// changed.
    pub(crate) fn relink(
        &mut self,
        table: &TableKey,
        id: RecordId,
        key: &FieldKey,
        add: &[RecordId],
        remove: &[RecordId],
    ) -> Result<Vec<RecordId>> {
        let def = self.shape.schema.require(table)?.clone();
        let field = def.require(key)?.clone();
        match &field.kind {
            FieldKind::Links { .. } => {
                let Some(now) = self.content(&def, id.0, &[key])? else { return Err(gone(&def, id.0)) };
                let value = with(&now[0], add, remove);
                self.edit_cells(table, vec![CellEdit { id, field: key.clone(), value }])
            }
            FieldKind::Backlinks { .. } => {
                if !self.exists(table, id)? {
                    return Err(gone(&def, id.0));
                }
                let changed = self.relink_others(&field, id, add, remove)?;
                Ok(if changed { vec![id] } else { Vec::new() })
            }
            _ => Err(Error::new(
                ErrorCode::Invalid,
                format!("“{}”不是多条关联", field.label.zh),
                format!("“{}” does not hold several linked records", field.label.en),
            )
            .on(key)),
        }
    }

    /// Makes the records that name this one through a field exactly the given ones; whether anything changed.
    ///
    /// # Errors
    /// `too_large` where more name it than a list can hold: those left out of the list would be meant to go.
    pub(crate) fn name_from(&mut self, field: &FieldDef, id: RecordId, wanted: &Value) -> Result<bool> {
        let wanted = match wanted {
            Value::Links(list) => list.clone(),
            _ => Vec::new(),
        };
        let Some((def, link)) = self.other_side(field)? else { return Ok(false) };
        let now = self.sources(&def, &link, id.0)?;
        if now.len() > MAX_LINKS {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!("关联到它的记录超过 {MAX_LINKS} 条，请逐条添加或移除"),
                format!("More than {MAX_LINKS} records link to it; add and remove them one by one"),
            )
            .on(&field.key));
        }
        let add: Vec<RecordId> = wanted.iter().filter(|w| !now.contains(&w.0)).copied().collect();
        let remove: Vec<RecordId> = now.into_iter().map(RecordId).filter(|n| !wanted.contains(n)).collect();
        self.relink_others(field, id, &add, &remove)
    }

    /// Edits the link field of other records, so that some name this one and others no more.
    fn relink_others(&mut self, field: &FieldDef, id: RecordId, add: &[RecordId], remove: &[RecordId]) -> Result<bool> {
        let Some((def, link)) = self.other_side(field)? else { return Ok(false) };
        let shape = Arc::clone(&self.shape);
        let mut changed = false;
        for (other, added) in add.iter().map(|o| (*o, true)).chain(remove.iter().map(|o| (*o, false))) {
            let Some(now) = self.content(&def, other.0, &[&link.key])? else {
                return Err(gone(&def, other.0).on(&field.key));
            };
            let value = match (&link.kind, added) {
                (FieldKind::Links { .. }, true) => with(&now[0], &[id], &[]),
                (FieldKind::Links { .. }, false) => with(&now[0], &[], &[id]),
                (_, true) => Value::Link(id),
                (_, false) if now[0] == Value::Link(id) => Value::Null,
                _ => continue,
            };
            let value = check(&link, value).map_err(|e| e.on(&field.key))?;
            self.touched.remember(self.conn, &shape.derivation, &def.key, &[other.0])?;
            changed |= self.edit(&def, other.0, &[(link.key.clone(), value)])?;
        }
        Ok(changed)
    }

    /// The table and link field that a field shows from the other side.
    fn other_side(&self, field: &FieldDef) -> Result<Option<(TableDef, FieldDef)>> {
        let FieldKind::Backlinks { table, field: key } = &field.kind else { return Ok(None) };
        let def = self.shape.schema.require(table)?;
        Ok(Some((def.clone(), def.require(key)?.clone())))
    }

    /// Records whose link field names one.
    fn sources(&self, def: &TableDef, link: &FieldDef, id: i64) -> Result<Vec<i64>> {
        if matches!(link.kind, FieldKind::Links { .. }) {
            return links::naming(self.conn, &def.key, &link.key, &[id]);
        }
        let sql = ["SELECT id FROM ", &quote(&def.key), " WHERE ", &quote(&link.key), " = ?1"].concat();
        self.conn.all(&sql, params![id], |r| r.get(0))
    }

    /// Refuses links to records that are not there.
    pub(crate) fn refuse_missing(&self, field: &FieldDef, value: &Value) -> Result<()> {
        let (Some(table), wanted) = (field.kind.links_to(), listed(value)) else { return Ok(()) };
        if wanted.is_empty() {
            return Ok(());
        }
        let present = links::present(self.conn, table, &wanted)?;
        match wanted.iter().find(|id| !present.contains(id)) {
            Some(id) => Err(gone(self.shape.schema.require(table)?, id.0).on(&field.key)),
            None => Ok(()),
        }
    }

    /// What is left of a content when links to records that are gone are taken out.
    pub(crate) fn surviving(&self, kind: &FieldKind, value: &Value) -> Result<Value> {
        let Some(table) = kind.links_to() else { return Ok(value.clone()) };
        let left = links::present(self.conn, table, &listed(value))?;
        Ok(match (value, left.is_empty()) {
            (Value::Links(_), false) => Value::Links(left),
            (Value::Link(_) | Value::Links(_), true) => Value::Null,
            (other, _) => other.clone(),
        })
    }

    /// Empties links to records about to be removed, as logged edits.
    pub(crate) fn unlink(&mut self, table: &TableKey, ids: &[i64]) -> Result<()> {
        let shape = Arc::clone(&self.shape);
        let going: Vec<RecordId> = ids.iter().map(|id| RecordId(*id)).collect();
        for (def, f) in links::into_table(&shape.schema, table) {
            if f.derived() {
                continue;
            }
            let sources = match f.kind {
                FieldKind::Links { .. } => links::naming(self.conn, &def.key, &f.key, ids)?,
                _ => {
                    let among = self.conn.dialect().among_ids(&quote(&f.key));
                    let sql = ["SELECT id FROM ", &quote(&def.key), " WHERE ", &among].concat();
                    self.conn.all(&sql, params![ids], |r| r.get(0))?
                }
            };
            for id in sources {
                let Some(now) = self.content(def, id, &[&f.key])? else { continue };
                let left = match &now[0] {
                    Value::Links(_) => with(&now[0], &[], &going),
                    _ => Value::Null,
                };
                self.update(def, id, &[(&f.key, &now[0], &left)])?;
            }
        }
        Ok(())
    }
}

/// The records a content names.
pub(crate) fn listed(value: &Value) -> Vec<RecordId> {
    match value {
        Value::Link(id) => vec![*id],
        Value::Links(list) => list.clone(),
        _ => Vec::new(),
    }
}

/// A list of records with some more and some less; blank when none is left.
pub(crate) fn with(now: &Value, add: &[RecordId], remove: &[RecordId]) -> Value {
    let mut list = listed(now);
    list.retain(|id| !remove.contains(id));
    for id in add {
        if !list.contains(id) {
            list.push(*id);
        }
    }
    if list.is_empty() { Value::Null } else { Value::Links(list) }
}
