//! What new records of a batch get besides what their rows bring.

use super::Batch;
use crate::apply::stamps;
use crate::cells::param;
use crate::dialect::quote;
use model::{RecordId, Result, TableKey};

impl Batch<'_> {
    /// Leaves a cell of a record made by the batch blank, whatever its default: the file had content there that could
    /// not be taken.
    pub fn leave_blank(&mut self, table: &TableKey, id: RecordId, field: &str) {
        let made = self.next.get(table).is_some_and(|(first, _)| id.0 >= *first);
        let field = self.schema.table(table).and_then(|t| t.field(field)).filter(|f| made && f.default.is_some());
        if let Some(f) = field {
            self.blank.entry(table.clone()).or_default().insert((id.0, f.key.clone()));
        }
    }

    /// Who made the new records and when, their codes beside the first, and the defaults of their fields.
    pub(super) fn stamp_new(&mut self) -> Result<()> {
        let (conn, user) = (self.conn(), self.writing.user);
        let schema = self.schema.clone();
        let fresh: Vec<(TableKey, i64, i64)> =
            self.next.iter().filter(|(_, (a, b))| b > a).map(|(t, (a, b))| (t.clone(), *a, *b - 1)).collect();
        for (table, low, high) in fresh {
            let def = schema.require(&table)?;
            for (key, value) in stamps(def, user, true) {
                let sql =
                    ["UPDATE ", &quote(&table), " SET ", &quote(&key), " = ?1 WHERE id BETWEEN ?2 AND ?3"].concat();
                conn.run(&sql, &[param(&value), low.into(), high.into()])?;
            }
            crate::reshape::give_codes(conn, def, self.writing.today, low, high)?;
            if def.fields.iter().any(|f| f.default.is_some()) {
                let blank = self.blank.remove(&table).unwrap_or_default();
                self.writing.fill_defaults(def, &(low..=high).collect::<Vec<_>>(), &blank)?;
            }
        }
        Ok(())
    }
}
