//! Fields: what a column holds and how it is called.

use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The key as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(s: &str) -> Self {
                Self(s.into())
            }
        }
        impl From<String> for $name {
            fn from(s: String) -> Self {
                Self(s.into())
            }
        }
        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }
        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

key!(
    /// The stable name of a table: its name in the API and in the database (`customers`).
    TableKey
);
key!(
    /// The stable name of a field inside its table: its name in the API and its column (`mobile`).
    FieldKey
);

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum Lang {
    /// 简体中文
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    /// English
    #[serde(rename = "en")]
    En,
}

/// A name shown to people, in each language of the interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// 简体中文
    pub zh: Arc<str>,
    /// English
    pub en: Arc<str>,
}

impl Label {
    /// A label from its two texts.
    pub fn new(zh: &str, en: &str) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

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
    /// Several short texts; stored joined by a line feed.
    Tags,
    /// A telephone number, stored as tidied text (see [`parse::phone`](crate::parse)).
    Phone,
    /// An e-mail address, stored lower-case.
    Email,
    /// A solar or lunar birthday, with or without its year; stored as [`crate::Birthday`] text.
    Birthday,
    /// A record of another table, stored as its id and shown by its code.
    Link {
        /// The other table.
        table: TableKey,
    },
    /// An automatic code such as K000001; unique in its table.
    Code {
        /// What comes before the number.
        prefix: Arc<str>,
        /// Digits of the number, padded with zeros.
        width: u8,
    },
}

/// One entry of a choice list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// The stored text, which is also the Chinese one.
    pub value: Arc<str>,
    /// The English text.
    pub en: Arc<str>,
    /// The tone of its badge: a name the page knows (`gold`, `slate`, `sand`, `green`, `red`, `blue`, `grey`).
    pub tone: Arc<str>,
}

/// A field of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldDef {
    /// Stable name; the column in the database.
    pub key: FieldKey,
    /// Names shown to people.
    pub label: Label,
    /// What it holds.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Expression of a derived field, in the formula language. None for fields people fill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<Arc<str>>,
    /// Group on the record page: `basic`, `contact`, `place`, `profile`, `figures`, `grade`, `other`.
    pub group: Arc<str>,
    /// Shown in the table unless a view says otherwise.
    pub shown: bool,
    /// Ships with Kebu: can be renamed and hidden, never removed.
    pub builtin: bool,
}

impl FieldDef {
    /// Whether Kebu computes the field from a formula, so nobody edits it.
    pub fn derived(&self) -> bool {
        self.formula.is_some()
    }
}
