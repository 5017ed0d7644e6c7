//! Fields: what a column holds and how it is called.

use crate::{FieldKind, Rule};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use utoipa::ToSchema;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String)]
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

/// A name shown to people, in each language of the interface. What a user names is one text, which stands
/// for both; it may be given as that text alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(from = "LabelWrite")]
pub struct Label {
    /// 简体中文
    pub zh: Arc<str>,
    /// English
    pub en: Arc<str>,
}

/// A label as it may be given: one text for both languages, or one for each.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum LabelWrite {
    /// One text for both.
    One(Arc<str>),
    /// One for each.
    Both {
        /// 简体中文
        zh: Arc<str>,
        /// English
        en: Arc<str>,
    },
}

impl From<LabelWrite> for Label {
    fn from(w: LabelWrite) -> Self {
        match w {
            LabelWrite::One(t) => Self { zh: t.clone(), en: t },
            LabelWrite::Both { zh, en } => Self { zh, en },
        }
    }
}

impl Label {
    /// One text for both languages, as a user names things.
    pub fn same(text: &str) -> Self {
        let text: Arc<str> = text.into();
        Self { zh: text.clone(), en: text }
    }

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

/// A field of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Field)]
pub struct FieldDef {
    /// Stable name; the column in the database.
    pub key: FieldKey,
    /// Names shown to people.
    pub label: Label,
    /// What the field is for, in the seller's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Label>,
    /// What it holds.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Expression of a derived field, in the formula language. None for fields people fill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<Arc<str>>,
    /// Expression that fills the field of a new record when nothing else does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Arc<str>>,
    /// What its content must be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Group on the record page: `basic`, `contact`, `place`, `profile`, `figures`, `grade`, `other`.
    pub group: Arc<str>,
    /// Shown in the table unless a view says otherwise.
    pub shown: bool,
    /// Ships with Kebu: can be renamed and hidden, never removed.
    pub builtin: bool,
}

impl FieldDef {
    /// A field of a user's own, shown, without formula, default or rules.
    pub fn new(key: impl Into<FieldKey>, label: Label, kind: FieldKind) -> Self {
        Self {
            key: key.into(),
            label,
            description: None,
            kind,
            formula: None,
            default: None,
            rules: Vec::new(),
            group: "other".into(),
            shown: true,
            builtin: false,
        }
    }

    /// Whether Kebu computes the field from a formula, so nobody edits it.
    pub fn derived(&self) -> bool {
        self.formula.is_some()
    }

    /// Whether nobody edits the field: computed from a formula, or kept by Kebu itself.
    pub fn fixed(&self) -> bool {
        self.derived() || self.kind.system()
    }
}
