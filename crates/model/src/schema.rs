//! The shape of a book: its tables and their fields.

use crate::{Error, ErrorCode, FieldDef, Label, Result, TableKey};
use serde::{Deserialize, Serialize};

/// A table of typed fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableDef {
    /// Stable name; the table in the database.
    pub key: TableKey,
    /// Names shown to people.
    pub label: Label,
    /// Fields in their order.
    pub fields: Vec<FieldDef>,
}

impl TableDef {
    /// A field by its key.
    pub fn field(&self, key: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|f| f.key == *key)
    }

    /// A field by its key, or a `not_found` error that names it.
    pub fn require(&self, key: &str) -> Result<&FieldDef> {
        self.field(key).ok_or_else(|| {
            Error::new(
                ErrorCode::NotFound,
                format!("表“{}”没有字段“{key}”", self.label.zh),
                format!("Table “{}” has no field “{key}”", self.label.en),
            )
            .on(key)
        })
    }

    /// A field by its key or either of its labels, as formulas and headers name it.
    pub fn named(&self, name: &str) -> Option<&FieldDef> {
        self.fields
            .iter()
            .find(|f| *f.label.zh == *name || f.key == *name)
            .or_else(|| self.fields.iter().find(|f| f.label.en.eq_ignore_ascii_case(name)))
    }
}

/// All tables of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// Tables in their order.
    pub tables: Vec<TableDef>,
}

impl Schema {
    /// A table by its key.
    pub fn table(&self, key: &str) -> Option<&TableDef> {
        self.tables.iter().find(|t| t.key == *key)
    }

    /// A table by its key, or a `not_found` error that names it.
    pub fn require(&self, key: &str) -> Result<&TableDef> {
        self.table(key).ok_or_else(|| {
            Error::new(ErrorCode::NotFound, format!("没有名为“{key}”的表"), format!("There is no table called “{key}”"))
        })
    }

    /// A table by its key or either of its labels, as formulas name it.
    pub fn named(&self, name: &str) -> Option<&TableDef> {
        self.tables.iter().find(|t| *t.label.zh == *name || t.key == *name || t.label.en.eq_ignore_ascii_case(name))
    }
}
