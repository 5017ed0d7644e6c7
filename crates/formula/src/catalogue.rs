//! What there is to write in formulas, for the editor and the guide.

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, in capitals.
    pub name: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// How it is written, with Chinese names of arguments.
    pub syntax_zh: &'static str,
    /// How it is written, with English names of arguments.
    pub syntax_en: &'static str,
    /// What it does, in one Chinese sentence.
    pub help_zh: &'static str,
    /// What it does, in one English sentence.
    pub help_en: &'static str,
    /// A formula of the customers table that uses it.
    pub example: &'static str,
}

/// Groups of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Conditions.
    Logic,
    /// What a value is.
    Information,
    /// Arithmetic.
    Math,
    /// Texts.
    Text,
    /// Days and moments.
    Date,
    /// Columns and other tables.
    Lookup,
    /// Places among all records.
    Rank,
    /// Kebu's own.
    Kebu,
}

impl Group {
    /// Chinese and English names.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Logic => ("逻辑", "Logic"),
            Self::Information => ("信息", "Information"),
            Self::Math => ("数学", "Maths"),
            Self::Text => ("文本", "Text"),
            Self::Date => ("日期", "Dates"),
            Self::Lookup => ("汇总与查找", "Roll-ups and look-ups"),
            Self::Rank => ("排名", "Ranks"),
            Self::Kebu => ("客簿", "Kebu"),
        }
    }
}

/// Every function of the language.
pub fn catalogue() -> &'static [Entry] {
    ENTRIES
}

pub(crate) fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|e| e.name == name)
}

const fn e(
    group: Group,
    name: &'static str,
    syntax: (&'static str, &'static str),
    help: (&'static str, &'static str),
    example: &'static str,
) -> Entry {
    Entry { name, group, syntax_zh: syntax.0, syntax_en: syntax.1, help_zh: help.0, help_en: help.1, example }
}

use Group::{Date, Information, Kebu, Logic, Lookup, Math, Rank, Text};

include!("entries.rs");

#[cfg(test)]
mod tests {
    use super::*;
    use model::builtin;
    use std::collections::BTreeSet;

    #[test]
    fn the_catalogue_and_the_compiler_know_the_same_functions() {
        let told: BTreeSet<&str> = ENTRIES.iter().map(|e| e.name).collect();
        assert_eq!(told.len(), ENTRIES.len(), "a function is told twice");
        assert_eq!(told, crate::functions::names().collect());
    }

    #[test]
    fn every_example_compiles_and_uses_its_function() {
        let s = builtin::schema();
        let t = s.table("customers").unwrap();
        for e in ENTRIES {
            assert!(e.example.contains(&format!("{}(", e.name)), "{}", e.name);
            crate::check(&s, t, e.example).unwrap_or_else(|err| panic!("{}: {} {err}", e.name, err.zh));
            for text in [e.syntax_zh, e.syntax_en] {
                assert!(text.starts_with(e.name) && text.ends_with(')'), "{text}");
            }
        }
    }
}
