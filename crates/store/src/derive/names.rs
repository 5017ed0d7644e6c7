//! Names of columns inside the statement that computes them.

use super::{Gather, RANK_PARTS, alias, computed, rank_column};
use crate::expr::{Names, Subselects};
use crate::fails::{Fails, error_column};
use formula::{Column, Rank, Rollup};
use model::{FieldKind, Schema, TableKey};
use sea_query::{Alias, Expr};

/// Names inside one layer.
pub(crate) struct LayerNames<'a> {
    pub(super) schema: &'a Schema,
    pub(super) fails: &'a Fails,
    pub(super) table: &'a TableKey,
    pub(super) columns: &'a [&'a Column],
    pub(super) layer: usize,
    pub(super) source: Alias,
    pub(super) gathers: &'a [Gather<'a>],
    pub(super) ranks: &'a [&'a Rank],
}

impl<'a> LayerNames<'a> {
    /// Names of a table read by itself, under its own name.
    pub(crate) fn alone(schema: &'a Schema, table: &'a TableKey, fails: &'a Fails) -> Self {
        Self { schema, fails, table, columns: &[], layer: 0, source: alias(table), gathers: &[], ranks: &[] }
    }

    /// Names of a table read by itself, under another name.
    pub(crate) fn of_row(schema: &'a Schema, table: &'a TableKey, fails: &'a Fails, name: &str) -> Self {
        Self { source: alias(name), ..Self::alone(schema, table, fails) }
    }

    /// Where the aggregate of a roll-up is gathered.
    fn place(&self, r: &Rollup) -> Option<String> {
        self.gathers.iter().enumerate().find_map(|(g, gather)| {
            let i = gather.rollups.iter().position(|x| **x == *r)?;
            Some(format!("g{g}_{i}"))
        })
    }

    /// A column of the record at hand, as a lower layer has computed it or as it is stored; `key` is the
    /// field it belongs to.
    fn column(&self, key: &str, column: &str) -> Expr {
        let below = self.columns.iter().any(|c| c.field == *key && c.layer < self.layer);
        let name = if below { computed(column) } else { alias(column) };
        Expr::col((self.source.clone(), name))
    }
}

impl Names for LayerNames<'_> {
    fn field(&self, key: &str) -> Expr {
        self.column(key, key)
    }

    fn error(&self, key: &str) -> Option<Expr> {
        self.fails.has(self.table, key).then(|| self.column(key, &error_column(key)))
    }

    fn fails(&self, table: &str, key: &str) -> bool {
        self.fails.has(table, key)
    }

    fn id(&self) -> Expr {
        Expr::col((self.source.clone(), alias("id")))
    }

    fn kind(&self, key: &str) -> Option<&FieldKind> {
        self.schema.table(self.table)?.field(key).map(|f| &f.kind)
    }

    fn gathered(&self, r: &Rollup) -> Option<Expr> {
        self.place(r).map(|place| Expr::col((self.source.clone(), alias(&place))))
    }

    fn gathered_error(&self, r: &Rollup) -> Option<Expr> {
        Subselects::errors(self, r, "t")?;
        self.place(r).map(|place| Expr::col((self.source.clone(), alias(&error_column(&place)))))
    }

    fn ranked(&self, r: &Rank) -> Option<[Expr; 3]> {
        let i = self.ranks.iter().position(|x| x.table == r.table && x.field == r.field && x.of == r.of)?;
        Some(RANK_PARTS.map(|part| Expr::col((self.source.clone(), rank_column(i, part)))))
    }

    fn schema(&self) -> &Schema {
        self.schema
    }

    fn table(&self) -> &TableKey {
        self.table
    }
}
