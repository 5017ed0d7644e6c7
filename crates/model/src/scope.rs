//! Who asks: every call to the store carries a scope, which narrows the SQL itself.

use crate::Lang;

/// The id of a user; 0 is Kebu itself (command line, turn of the day).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserId(pub i64);

/// What the caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Read only.
    Read,
    /// Read and write records.
    Write,
    /// All, the schema and imports included.
    Own,
}

/// The caller of the store: who, with which access, in which language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Who.
    pub user: UserId,
    /// May do what.
    pub access: Access,
    /// Language for messages and for labels in files.
    pub lang: Lang,
}

impl Scope {
    /// Kebu itself, or whoever holds the data folder on the command line.
    pub fn system(lang: Lang) -> Self {
        Self { user: UserId(0), access: Access::Own, lang }
    }
}
