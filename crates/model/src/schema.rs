//! The shape of a book: its tables and their fields.

use crate::{CodePattern, Error, ErrorCode, FieldDef, FieldKind, Label, Result, TableKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A table of typed fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Table)]
pub struct TableDef {
    /// Stable name; the table in the database.
    pub key: TableKey,
    /// Names shown to people.
    pub label: Label,
    /// What the table is for, in the seller's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Label>,
    /// Ships with Kebu: can be renamed, never removed.
    #[serde(default)]
    pub builtin: bool,
    /// Someone has put the fields into an order of their own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ordered: bool,
    /// Fields in their order.
    pub fields: Vec<FieldDef>,
}

impl TableDef {
    /// A table that ships with Kebu.
    pub fn builtin(key: &str, label: Label, fields: Vec<FieldDef>) -> Self {
        Self { key: key.into(), label, description: None, builtin: true, ordered: false, fields }
    }

    /// A table of a user's own: a code, a name, and when records were made and changed.
    pub fn own(key: TableKey, label: Label) -> Self {
        let field = |key: &str, zh: &str, en: &str, kind| FieldDef {
            group: "basic".into(),
            ..FieldDef::new(key, Label::new(zh, en), kind)
        };
        let hidden = |f: FieldDef| FieldDef { shown: false, ..f };
        let fields = vec![
            FieldDef { builtin: true, ..field("code", "编号", "Code", FieldKind::Code(CodePattern::simple("", 6))) },
            FieldDef { builtin: true, ..field("name", "名称", "Name", FieldKind::Text) },
            hidden(field("u1", "创建时间", "Created", FieldKind::CreatedTime)),
            hidden(field("u2", "更新时间", "Updated", FieldKind::UpdatedTime)),
        ];
        Self { key, label, description: None, builtin: false, ordered: false, fields }
    }

    /// Whether sheets of a file may go into it as they are: no customers, orders or products are looked for in them.
    pub fn takes_sheets(&self) -> bool {
        !self.builtin || self.key == *crate::builtin::INTERACTIONS
    }

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
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
