//! What to read.

use crate::{FieldKey, TableKey, Value};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Most levels of groups.
pub const MOST_LEVELS: usize = 3;
/// Most colour rules of a view.
pub const MOST_COLOURS: usize = 20;

/// A question to one table: which records, in which order. It is what a view saves.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The table.
    pub table: TableKey,
    /// Which records.
    pub filter: Filter,
    /// What a person typed into the search box; blank for none.
    pub search: String,
    /// What they are grouped by, the outermost first, at most [`MOST_LEVELS`]; groups come before the order.
    pub group: Vec<GroupLevel>,
    /// Order of the records; ties, and no sort at all, go by id.
    pub sort: Vec<Sort>,
    /// Conditions whose outcome comes with every row, at most [`MOST_COLOURS`].
    pub colours: Vec<When>,
}

impl Query {
    /// Every record of a table by id.
    pub fn all(table: impl Into<TableKey>) -> Self {
        Self {
            table: table.into(),
            filter: Filter::All(Vec::new()),
            search: String::new(),
            group: Vec::new(),
            sort: Vec::new(),
            colours: Vec::new(),
        }
    }
}

/// One level of groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupLevel {
    /// Records of the same content are a group.
    pub field: FieldKey,
    /// The largest first; blanks come last either way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub desc: bool,
    /// How long a group of days is; nothing to other fields.
    #[serde(default, skip_serializing_if = "Period::is_month")]
    pub by: Period,
}

/// A stretch of the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A day.
    Day,
    /// A month.
    #[default]
    Month,
    /// A year.
    Year,
}

impl Period {
    fn is_month(&self) -> bool {
        *self == Self::Month
    }
}

/// When a colour rule holds of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// The text of a formula; blank and errors count as no.
    Formula(Arc<str>),
    /// Conditions on fields.
    Filter(Filter),
}

/// One key of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    /// Field to sort by; blanks come last either way.
    pub field: FieldKey,
    /// Largest first.
    pub desc: bool,
}

/// A tree of conditions.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every part holds; an empty list holds for all records.
    All(Vec<Filter>),
    /// Some part holds; an empty list holds for none.
    Any(Vec<Filter>),
    /// The part does not hold; of a record of which it is unknown, for a blank cell say, it does not.
    Not(Box<Filter>),
    /// One condition.
    Is(Condition),
}

/// A condition on one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The field.
    pub field: FieldKey,
    /// How to compare.
    pub op: Op,
    /// What to compare with: one value, several for [`Op::In`], none for [`Op::Blank`] and its opposite.
    pub values: Vec<Value>,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal; blanks are not equal to anything.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Text contains, without regard to ASCII case.
    Contains,
    /// One of several values; a null among them stands for blank.
    In,
    /// Empty.
    Blank,
    /// Not empty.
    Filled,
    /// A day or moment within a [`crate::Span`] of today, given as its text; of a birthday its next or last
    /// coming round, solar or lunar.
    Within,
}
