//! Gives every column its field.

use super::columns::{self, Column};
use super::head::Head;
use super::role;
use super::synonyms;
use crate::{ColumnPlan, Profile, Role, Target};
use model::builtin::{CUSTOMERS, ORDERS, PRODUCTS};
use model::parse::Ctx;
use model::{FieldKind, Schema, TableKey};
use std::collections::HashSet;

/// Fields that several columns may fill: the first that is not blank counts, or they are joined.
const SHARED: &[(&str, &str)] = &[
    (CUSTOMERS, "name"),
    (CUSTOMERS, "note"),
    (ORDERS, "time"),
    (ORDERS, "note"),
    (ORDERS, "status"),
    (CUSTOMERS, "tags"),
];

pub(super) struct Sheet<'a> {
    pub head: &'a Head,
    pub first_data: usize,
    pub role: Role,
    pub profile: Option<Profile>,
    pub schema: &'a Schema,
    pub ctx: &'a Ctx,
}

/// What came of the columns, for the notes.
#[derive(Default)]
pub(super) struct Left {
    /// Derived columns of Kebu's own exports.
    pub derived: Vec<String>,
    /// Columns of the same meaning as one taken.
    pub doubles: Vec<String>,
    /// Columns whose contents are not what their header says.
    pub misfits: Vec<String>,
    /// Columns of a shop export that have no place in the book.
    pub shop: Vec<String>,
}

struct Choice {
    column: usize,
    table: &'static str,
    field: String,
    confidence: f32,
}

impl Sheet<'_> {
    fn kind(&self, table: &str, field: &str) -> Option<&FieldKind> {
        self.schema.table(table)?.field(field).map(|f| &f.kind)
    }

    pub(super) fn is_derived(&self, key: &str) -> bool {
        let derived = |t: &model::TableDef| {
            t.fields.iter().any(|f| {
                f.fixed() && (super::header::normal(&f.label.zh) == key || super::header::normal(&f.label.en) == key)
            })
        };
        self.schema.tables.iter().any(derived)
    }

    /// Assigns the columns.
    pub(super) fn assign(&self, columns: &[Column]) -> (Vec<ColumnPlan>, Left) {
        let mut left = Left::default();
        let mut taken = self.contest(self.choices(columns));
        kind_as_product(&mut taken, columns);
        let first_order = taken.iter().filter(|c| c.table == ORDERS).map(|c| c.column).min().unwrap_or(usize::MAX);
        let mut plans: Vec<ColumnPlan> = Vec::with_capacity(columns.len());
        let mut new_keys: Vec<(String, Target)> = Vec::new();
        for c in columns {
            let choice = taken.iter().find(|t| t.column == c.index);
            let (target, confidence) = match choice {
                Some(t) => (Some(Target::field(t.table, &t.field)), t.confidence),
                None => self.unassigned(c, first_order, &taken, &mut new_keys, &mut left),
            };
            plans.push(ColumnPlan {
                index: c.index,
                header: c.header.clone(),
                samples: c.samples.clone(),
                target,
                confidence,
                new_kind: None,
            });
        }
        // Empty columns without header at the end are nothing to ask about.
        while plans.last().is_some_and(|p| p.header.is_empty() && p.samples.is_empty()) {
            plans.pop();
        }
        (plans, left)
    }

    /// Every possible field of every column, with its confidence after a look at the contents.
    fn choices(&self, columns: &[Column]) -> Vec<Choice> {
        let first_order = columns
            .iter()
            .filter(|c| !synonyms::GENERAL.contains(&c.key.as_str()))
            .filter(|c| {
                c.candidates.iter().any(|k| {
                    k.table == ORDERS
                        && !c.candidates.iter().any(|o| o.table == CUSTOMERS && o.confidence > k.confidence)
                })
            })
            .map(|c| c.index)
            .min()
            .unwrap_or(usize::MAX);
        let mut out = Vec::new();
        for c in columns {
            if self.profile == Some(Profile::Kebu)
                && self.is_derived(&c.key)
                && !c.candidates.iter().any(|k| k.confidence == 1.0)
            {
                continue;
            }
            if let Some(meaning) = self.profile.and_then(|p| p.meaning(&c.key)) {
                out.extend(meaning.map(|(table, field)| Choice {
                    column: c.index,
                    table,
                    field: field.into(),
                    confidence: 0.98,
                }));
                continue;
            }
            for k in &c.candidates {
                let Some((table, field)) = self.allowed(k.table, &k.field, c) else { continue };
                let Some(kind) = self.kind(table, &field) else { continue };
                let fit = columns::fit(kind, &field, columns::cells(self.head, self.first_data, c.index), self.ctx);
                let Some(confidence) = weigh(k.confidence, fit, kind) else { continue };
                // A header of both tables describes the customer to the left of the order's columns.
                let left_side = self.role == Role::Both && c.index < first_order;
                let bonus = if self.role == Role::Both && (table == CUSTOMERS) == left_side { 0.0 } else { -0.02 };
                out.push(Choice { column: c.index, table, field, confidence: confidence + bonus });
            }
            out.extend(self.by_content(c));
        }
        out
    }

    /// A column without a known header may still show what it is.
    fn by_content(&self, c: &Column) -> Option<Choice> {
        let takes_customers = matches!(self.role, Role::Customers | Role::Both);
        if !takes_customers || !c.candidates.is_empty() || c.filled < 3 {
            return None;
        }
        let share = columns::mobile_share(columns::cells(self.head, self.first_data, c.index));
        (share > 0.8).then(|| Choice { column: c.index, table: CUSTOMERS, field: "mobile".into(), confidence: 0.5 })
    }

    /// The field a candidate means under the role of the sheet, if any.
    fn allowed(&self, table: &'static str, field: &str, c: &Column) -> Option<(&'static str, String)> {
        let stated = field.starts_with("stated_") && field != "stated_grade";
        let keep = match (self.role, table) {
            (Role::Customers, CUSTOMERS) | (Role::Products, PRODUCTS) => true,
            (Role::Orders, ORDERS) => true,
            (Role::Both, CUSTOMERS) => !stated,
            (Role::Both, ORDERS) => field != "customer",
            (Role::Orders, CUSTOMERS) => {
                // The customer is referred to, not described.
                let refers = matches!(field, "code" | "name") && c.key != "编号" && c.key != "id" && c.key != "name";
                return refers.then(|| (ORDERS, "customer".to_owned()));
            }
            _ => false,
        };
        keep.then(|| (table, field.to_owned()))
    }

    /// Lets the surest column have each field; others get their next choice.
    fn contest(&self, mut choices: Vec<Choice>) -> Vec<Choice> {
        choices.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.column.cmp(&b.column)));
        let mut columns = HashSet::new();
        let mut fields: HashSet<(&str, String)> = HashSet::new();
        let mut out: Vec<Choice> = Vec::new();
        for mut c in choices {
            if columns.contains(&c.column) {
                continue;
            }
            let shared = SHARED.contains(&(c.table, c.field.as_str()));
            if !shared && fields.contains(&(c.table, c.field.clone())) {
                if (c.table, c.field.as_str()) != (CUSTOMERS, "mobile")
                    || fields.contains(&(CUSTOMERS, "phone".to_owned()))
                {
                    continue;
                }
                // A second number is the other phone.
                c.field = "phone".into();
                c.confidence *= 0.9;
            }
            fields.insert((c.table, c.field.clone()));
            columns.insert(c.column);
            out.push(c);
        }
        out
    }

    /// What becomes of a column no field was found for.
    fn unassigned(
        &self,
        c: &Column,
        first_order: usize,
        taken: &[Choice],
        new: &mut Vec<(String, Target)>,
        left: &mut Left,
    ) -> (Option<Target>, f32) {
        if self.role == Role::Ignore || c.filled == 0 || synonyms::JUNK.contains(&c.key.as_str()) {
            return (None, 0.0);
        }
        if self.is_derived(&c.key) {
            left.derived.push(c.header.clone());
            return (None, 1.0);
        }
        if self.profile.is_some_and(Profile::has_orders) {
            left.shop.push(c.header.clone());
            return (None, 0.5);
        }
        // The name beside a code says nothing more about whose order it is.
        let names_buyer = self.role == Role::Orders
            && c.candidates.iter().any(|k| (k.table, k.field.as_str()) == (CUSTOMERS, "name"));
        if names_buyer && taken.iter().any(|t| (t.table, t.field.as_str()) == (ORDERS, "customer")) {
            left.doubles.push(c.header.clone());
            return (None, 0.5);
        }
        let table = self.table_of_unknown(c, first_order);
        if let Some(field) = self.labelled(&table, &c.key) {
            let taken = taken.iter().any(|t| table == *t.table && t.field == field);
            if taken { &mut left.doubles } else { &mut left.misfits }.push(c.header.clone());
            return (None, 0.5);
        }
        if c.filled >= 20 && c.distinct == 1 {
            return (None, 0.3);
        }
        if let Some((_, target)) = new.iter().find(|(key, _)| !key.is_empty() && *key == c.key) {
            return (Some(target.clone()), 0.5);
        }
        let target = Target { table, field: format!("new_{}", c.index).into(), new_field: true };
        new.push((c.key.clone(), target.clone()));
        (Some(target), 0.5)
    }

    /// The field of a table that bears the name already: a new one would clash with it.
    fn labelled(&self, table: &str, key: &str) -> Option<&str> {
        let same = |l: &model::Label| super::header::normal(&l.zh) == key || super::header::normal(&l.en) == key;
        self.schema.table(table)?.fields.iter().find(|f| same(&f.label)).map(|f| f.key.as_str())
    }

    fn table_of_unknown(&self, c: &Column, first_order: usize) -> TableKey {
        let customer_words = ["客户", "会员", "顾客", "买家"];
        match self.role {
            Role::Orders => ORDERS.into(),
            Role::Products => PRODUCTS.into(),
            Role::Both if c.index > first_order && !customer_words.iter().any(|w| c.key.contains(w)) => ORDERS.into(),
            _ => CUSTOMERS.into(),
        }
    }
}

/// Where orders say only what kind of product was bought, that is the product.
fn kind_as_product(taken: &mut [Choice], columns: &[Column]) {
    if taken.iter().any(|c| c.table == ORDERS && c.field == "product") {
        return;
    }
    let is_kind = |c: &&mut Choice| {
        let key = columns.iter().find(|x| x.index == c.column).map(|x| x.key.as_str());
        c.table == ORDERS && c.field == "category" && matches!(key, Some("产品类型" | "商品类型" | "producttype"))
    };
    if let Some(choice) = taken.iter_mut().find(is_kind) {
        choice.field = "product".into();
        choice.confidence *= 0.8;
    }
}

/// Confidence after a look at the contents; None if they cannot be the field's.
fn weigh(confidence: f32, fit: Option<f32>, kind: &FieldKind) -> Option<f32> {
    let Some(fit) = fit else { return Some(confidence * 0.9) };
    let strict = !matches!(
        kind,
        FieldKind::Text
            | FieldKind::LongText
            | FieldKind::Choice { .. }
            | FieldKind::Choices { .. }
            | FieldKind::Tags
            | FieldKind::Address
    );
    if strict && fit < 0.5 {
        return None;
    }
    Some(confidence * (0.6 + 0.4 * fit))
}

/// Whether the column of an order sheet that refers to customers holds codes.
pub(super) fn refers_by_code(samples: &[String]) -> bool {
    !samples.is_empty() && samples.iter().all(|s| role::is_code(s))
}
