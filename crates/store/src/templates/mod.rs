//! Templates: a way of working as one document. Fields of one's own, views and sample rows over the tables every book
//! has, and tables beside them. A template adds and never changes what is there.
//!
//! A document names fields by keys of its own and tables by theirs ([`world`]); what they are in a book is settled
//! when it is added ([`plan`], [`add`]).

mod add;
mod export;
mod plan;
mod read;
mod refs;
mod remove;
mod world;

pub use add::{AddOptions, Added};
pub use export::{ExportTable, Exported};
pub use plan::{FieldFate, PlannedField, PlannedRule, PlannedTable, PlannedView, RuleFate, TemplatePlan, ViewFate};
pub use remove::{Brought, TemplateRemoved};

use crate::saved::SavedDef;
use model::{FieldDef, FieldKey, FieldKind, Label, Rule, TableKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The version of the form of documents that is written; older ones are read as well.
pub const TEMPLATE_FORMAT: u32 = 1;
/// Most bytes of a document.
pub const MOST_TEMPLATE_BYTES: usize = 1 << 20;

/// A template as it is kept in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The version of its form, [`TEMPLATE_FORMAT`].
    pub kebu_template: u32,
    /// What it is called, at most 40 characters.
    pub label: Label,
    /// Who it is for, in one line.
    #[serde(default = "nothing", skip_serializing_if = "is_nothing")]
    pub description: Label,
    /// The view that pictures it, by its key; when left out, the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    /// What it brings to each table.
    pub tables: Vec<TemplateTable>,
}

/// What a template brings to a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateTable {
    /// The key of a table every book has, or one by which the template calls a table of its own.
    pub table: TableKey,
    /// What a table of its own is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Label>,
    /// Fields to add.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<TemplateField>,
    /// Rules of fields every book has that the template counts on. A book that has lost one keeps it so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<KeptRule>,
    /// Views to add, for everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<TemplateView>,
    /// Sample rows: cells as a person writes them, by field. `today`, `today+3` and `today-20 18:30` stand for days
    /// and moments around the day they are added, `1992 today+3` for a birthday.
    /// A link names the `name` of the sample row it means.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<BTreeMap<FieldKey, Label>>,
}

/// A field a template adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TemplateField {
    /// By which the template calls it.
    pub key: FieldKey,
    /// What it is called.
    pub label: Label,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Label>,
    /// What it holds; tables and fields by the keys of the template.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// The formula of a computed one, with the names of the template and the built-in ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<Arc<str>>,
    /// What fills it in a new record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Arc<str>>,
    /// What its content must be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Shown in the table unless a view says otherwise.
    #[serde(default = "yes")]
    pub shown: bool,
}

/// A rule of a built-in field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptRule {
    /// The field.
    pub field: FieldKey,
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
}

/// A view a template adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateView {
    /// By which conditions of other views name it.
    pub key: String,
    /// What it is called, 1 to 40 characters.
    pub label: Label,
    /// What it shows; a condition on another view names its key: `{"segment": "vip"}`.
    #[serde(default)]
    pub def: SavedDef,
}

impl Template {
    /// The view that pictures it, with the key of its table.
    pub fn cover(&self) -> Option<(&TableKey, &TemplateView)> {
        let mut views = self.tables.iter().flat_map(|t| t.views.iter().map(move |v| (&t.table, v)));
        match &self.cover {
            Some(key) => views.find(|(_, v)| v.key == *key),
            None => views.next(),
        }
    }

    /// How many fields, views, rules and sample rows it names.
    pub fn counts(&self) -> TemplateCounts {
        let sum = |of: fn(&TemplateTable) -> usize| self.tables.iter().map(of).sum();
        TemplateCounts {
            tables: self.tables.iter().filter(|t| t.label.is_some()).count(),
            fields: sum(|t| t.fields.len()),
            views: sum(|t| t.views.len()),
            rules: sum(|t| t.rules.len() + t.fields.iter().map(|f| f.rules.len()).sum::<usize>()),
            rows: sum(|t| t.rows.len()),
        }
    }
}

/// How much a template brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TemplateCounts {
    /// Tables of its own.
    pub tables: usize,
    /// Fields.
    pub fields: usize,
    /// Views.
    pub views: usize,
    /// Rules, those of built-in fields included.
    pub rules: usize,
    /// Sample rows.
    pub rows: usize,
}

impl TemplateField {
    fn def(&self) -> FieldDef {
        FieldDef {
            description: self.description.clone(),
            formula: self.formula.clone(),
            default: self.default.clone(),
            rules: self.rules.clone(),
            shown: self.shown,
            ..FieldDef::new(self.key.clone(), self.label.clone(), self.kind.clone())
        }
    }

    fn of(def: &FieldDef) -> Self {
        let FieldDef { key, label, description, kind, formula, default, rules, shown, .. } = def.clone();
        Self { key, label, description, kind, formula, default, rules, shown }
    }
}

fn nothing() -> Label {
    Label::same("")
}

fn is_nothing(l: &Label) -> bool {
    l.zh.is_empty() && l.en.is_empty()
}

fn yes() -> bool {
    true
}
