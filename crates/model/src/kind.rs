//! Kinds of fields: what a column holds.

use crate::{CodePattern, FieldKey, TableKey};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What a field holds. The stored form is given for each kind; see [`crate::Value`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// Text of several lines.
    LongText,
    /// A number with so many decimals shown; stored as a float, or as an integer when `decimals` is 0.
    Number {
        /// Decimals shown; 0 means whole numbers.
        decimals: u8,
        /// What is counted, shown behind the number (`件`, `kg`); may be empty.
        #[serde(default = "nothing", skip_serializing_if = "str::is_empty")]
        unit: Arc<str>,
    },
    /// An amount of money in 分 (1/100 yuan), an exact integer.
    Money,
    /// A fraction shown as a percentage: 0.8 is 80 %.
    Percent,
    /// A day: stored as days since 1970-01-01.
    Date,
    /// A wall-clock moment in the workspace's zone: stored as seconds since 1970-01-01T00:00:00.
    DateTime,
    /// Yes or no, stored as 1 or 0.
    Bool,
    /// One of a list of texts. Values outside the list are kept and shown, never refused on import.
    Choice {
        /// The list, in its order.
        options: Vec<ChoiceOption>,
    },
    /// Several of a list of texts; stored like tags. Values outside the list are kept.
    Choices {
        /// The list, in its order.
        options: Vec<ChoiceOption>,
    },
    /// Several short texts; stored joined by a line feed.
    Tags,
    /// A telephone number, stored as tidied text (see [`parse`](crate::parse)).
    Phone,
    /// An e-mail address, stored lower-case.
    Email,
    /// The address of a page, stored as text with its scheme.
    Url,
    /// A postal address, stored as `省 市 区 详细` separated by single spaces (see [`crate::place`]).
    Address,
    /// A solar or lunar birthday, with or without its year; stored as [`crate::Birthday`] text.
    Birthday,
    /// A member of the workspace, stored as the user's id.
    Person,
    /// A record of another table, stored as its id and shown by its code.
    Link {
        /// The other table.
        table: TableKey,
    },
    /// Several records of another table, stored as their ids joined by line feeds.
    Links {
        /// The other table.
        table: TableKey,
    },
    /// The other side of a link: the records of another table whose link field names this record. Nothing
    /// is stored for it.
    Backlinks {
        /// The other table.
        table: TableKey,
        /// Its field, a [`FieldKind::Link`] or [`FieldKind::Links`].
        field: FieldKey,
    },
    /// Files, stored as a JSON list of [`FileRef`].
    Attachment {
        /// Pictures only, shown as pictures.
        images: bool,
    },
    /// A number of stars, 1 to `max`, stored as an integer.
    Rating {
        /// The most stars.
        max: u8,
    },
    /// How much is done, from 0 to 1, stored as a float and shown as a bar.
    Progress,
    /// An automatic code such as K000001; unique in its table.
    Code(CodePattern),
    /// When the record was made; kept by Kebu.
    CreatedTime,
    /// When a person last changed the record; kept by Kebu.
    UpdatedTime,
    /// Who made the record, stored as the user's id; kept by Kebu.
    CreatedBy,
    /// Who last changed the record, stored as the user's id; kept by Kebu.
    UpdatedBy,
}

fn nothing() -> Arc<str> {
    "".into()
}

/// One entry of a choice list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChoiceOption {
    /// The stored text, which is also the Chinese one.
    pub value: Arc<str>,
    /// The English text.
    pub en: Arc<str>,
    /// The tone of its badge: one of [`TONES`].
    #[schema(value_type = crate::Tone)]
    pub tone: Arc<str>,
}

/// The tones of badges the page knows.
pub const TONES: [&str; 7] = ["gold", "slate", "sand", "green", "red", "blue", "grey"];

/// A file in an attachment field. Its content lies beside the book, under its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileRef {
    /// Name of the stored content: its digest.
    pub id: String,
    /// Name people gave it.
    pub name: String,
    /// Media type, found from the content.
    #[serde(rename = "type")]
    pub media: String,
    /// Bytes.
    pub size: u64,
}

/// What cells of a kind are, for those who compute with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holds {
    /// Yes or no.
    Bool,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// Money in 分.
    Money,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// Text.
    Text,
    /// Several texts, joined by line feeds.
    Texts,
    /// A record of another table.
    Link,
    /// Several records of another table.
    Links,
    /// A member of the workspace.
    Person,
    /// Files, as JSON.
    Files,
}

impl FieldKind {
    /// A number without unit.
    pub fn number(decimals: u8) -> Self {
        Self::Number { decimals, unit: nothing() }
    }

    /// Every kind once, with plain settings: the list that tests and pickers go through.
    pub fn all() -> Vec<Self> {
        use FieldKind as K;
        vec![
            K::Text,
            K::LongText,
            K::number(2),
            K::Money,
            K::Percent,
            K::Date,
            K::DateTime,
            K::Bool,
            K::Choice { options: Vec::new() },
            K::Choices { options: Vec::new() },
            K::Tags,
            K::Phone,
            K::Email,
            K::Url,
            K::Address,
            K::Birthday,
            K::Person,
            K::Link { table: crate::builtin::CUSTOMERS.into() },
            K::Links { table: crate::builtin::CUSTOMERS.into() },
            K::Backlinks { table: crate::builtin::ORDERS.into(), field: "customer".into() },
            K::Attachment { images: false },
            K::Rating { max: 5 },
            K::Progress,
            K::Code(CodePattern::simple("K", 6)),
            K::CreatedTime,
            K::UpdatedTime,
            K::CreatedBy,
            K::UpdatedBy,
        ]
    }

    /// The stable name, as in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Number { .. } => "number",
            Self::Money => "money",
            Self::Percent => "percent",
            Self::Date => "date",
            Self::DateTime => "date_time",
            Self::Bool => "bool",
            Self::Choice { .. } => "choice",
            Self::Choices { .. } => "choices",
            Self::Tags => "tags",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Url => "url",
            Self::Address => "address",
            Self::Birthday => "birthday",
            Self::Person => "person",
            Self::Link { .. } => "link",
            Self::Links { .. } => "links",
            Self::Backlinks { .. } => "backlinks",
            Self::Attachment { .. } => "attachment",
            Self::Rating { .. } => "rating",
            Self::Progress => "progress",
            Self::Code(_) => "code",
            Self::CreatedTime => "created_time",
            Self::UpdatedTime => "updated_time",
            Self::CreatedBy => "created_by",
            Self::UpdatedBy => "updated_by",
        }
    }

    /// What its cells are.
    pub fn holds(&self) -> Holds {
        match self {
            Self::Text | Self::LongText | Self::Phone | Self::Email | Self::Url | Self::Address => Holds::Text,
            Self::Birthday | Self::Code(_) | Self::Choice { .. } => Holds::Text,
            Self::Number { decimals: 0, .. } | Self::Rating { .. } => Holds::Whole,
            Self::Number { .. } | Self::Percent | Self::Progress => Holds::Number,
            Self::Money => Holds::Money,
            Self::Date => Holds::Date,
            Self::DateTime | Self::CreatedTime | Self::UpdatedTime => Holds::DateTime,
            Self::Bool => Holds::Bool,
            Self::Choices { .. } | Self::Tags => Holds::Texts,
            Self::Person | Self::CreatedBy | Self::UpdatedBy => Holds::Person,
            Self::Link { .. } => Holds::Link,
            Self::Links { .. } | Self::Backlinks { .. } => Holds::Links,
            Self::Attachment { .. } => Holds::Files,
        }
    }

    /// Whether Kebu itself fills the field, so that nobody edits it.
    pub fn system(&self) -> bool {
        matches!(self, Self::CreatedTime | Self::UpdatedTime | Self::CreatedBy | Self::UpdatedBy)
    }

    /// Whether its cells are kept in a column. The other side of a link is looked up instead.
    pub fn stored(&self) -> bool {
        !matches!(self, Self::Backlinks { .. })
    }

    /// The table whose records its cells name.
    pub fn linked(&self) -> Option<&TableKey> {
        match self {
            Self::Link { table } | Self::Links { table } | Self::Backlinks { table, .. } => Some(table),
            _ => None,
        }
    }

    /// The table that people link to by it: as [`FieldKind::linked`], for what is stored.
    pub fn links_to(&self) -> Option<&TableKey> {
        self.linked().filter(|_| self.stored())
    }

    /// The list of a choice field.
    pub fn options(&self) -> Option<&[ChoiceOption]> {
        match self {
            Self::Choice { options } | Self::Choices { options } => Some(options),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_as_written() {
        for kind in FieldKind::all() {
            let json = serde_json::to_value(&kind).unwrap();
            assert_eq!(json["kind"], kind.name());
            assert_eq!(serde_json::from_value::<FieldKind>(json).unwrap(), kind);
        }
    }

    #[test]
    fn forms_of_earlier_books_still_read() {
        for (json, expected) in [
            (r#"{"kind":"number","decimals":1}"#, FieldKind::number(1)),
            (r#"{"kind":"code","prefix":"K","width":6}"#, FieldKind::Code(CodePattern::simple("K", 6))),
        ] {
            assert_eq!(serde_json::from_str::<FieldKind>(json).unwrap(), expected);
        }
    }
}
