//! Errors with a stable code and a message in the user's language.

use crate::Lang;
use std::fmt;
use std::num::NonZeroI64;

/// A stable code, part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// What was asked for does not exist.
    NotFound,
    /// The caller may not do this.
    Forbidden,
    /// No valid session or token.
    Unauthorized,
    /// A value does not fit its field, or a request its form.
    Invalid,
    /// A formula is wrong.
    Formula,
    /// It clashes with what is stored.
    Conflict,
    /// A file cannot be read as a sheet.
    BadFile,
    /// Too large, too many or too long.
    TooLarge,
    /// Cancelled by a person.
    Cancelled,
    /// The book is in use or busy; try again.
    Busy,
    /// Asked more often than is allowed.
    TooOften,
    /// Something failed inside; the cause is in the log.
    Internal,
}

impl ErrorCode {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::NotFound,
        Self::Forbidden,
        Self::Unauthorized,
        Self::Invalid,
        Self::Formula,
        Self::Conflict,
        Self::BadFile,
        Self::TooLarge,
        Self::Cancelled,
        Self::Busy,
        Self::TooOften,
        Self::Internal,
    ];

    /// What it tells a program, for the API's document.
    pub fn means(self) -> &'static str {
        match self {
            Self::NotFound => "what was asked for does not exist, or is not the caller's to see",
            Self::Forbidden => "the caller may not do this",
            Self::Unauthorized => "no valid session or token",
            Self::Invalid => "a value does not fit its field, or the request its form; `field` says where",
            Self::Formula => "a formula is wrong; the message says where",
            Self::Conflict => "it clashes with what is stored; read again, then decide",
            Self::BadFile => "a file cannot be read, or is of no use here",
            Self::TooLarge => "too large, too many or too long; split it",
            Self::Cancelled => "a person cancelled it",
            Self::Busy => "too much at once; try again a little later",
            Self::TooOften => "asked more often than is allowed; `Retry-After` says when to ask again",
            Self::Internal => "something failed inside; give `request_id` to whoever runs the server",
        }
    }

    /// The code as it appears in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forbidden => "forbidden",
            Self::Unauthorized => "unauthorized",
            Self::Invalid => "invalid",
            Self::Formula => "formula",
            Self::Conflict => "conflict",
            Self::BadFile => "bad_file",
            Self::TooLarge => "too_large",
            Self::Cancelled => "cancelled",
            Self::Busy => "busy",
            Self::TooOften => "too_often",
            Self::Internal => "internal",
        }
    }
}

/// An error a user may see: what went wrong, where, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Stable code.
    pub code: ErrorCode,
    /// 简体中文 message.
    pub zh: String,
    /// English message.
    pub en: String,
    /// The field it is about, if one.
    pub field: Option<String>,
    /// The record it is about, if it was one of several.
    pub record: Option<NonZeroI64>,
    /// Where in a formula's text, as (first character, one past the last), counted from 0.
    pub at: Option<(usize, usize)>,
}

/// Result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error from its code and its two messages.
    pub fn new(code: ErrorCode, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, zh: zh.into(), en: en.into(), field: None, record: None, at: None }
    }

    /// The same error about one field.
    pub fn on(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// The same error about one record of several.
    pub fn of(mut self, record: i64) -> Self {
        self.record = NonZeroI64::new(record);
        self
    }

    /// The same error about a range of characters of a formula's text; a narrower place already known stays.
    pub fn within(mut self, from: usize, to: usize) -> Self {
        self.at.get_or_insert((from, to));
        self
    }

    /// An inner failure whose cause is for the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(ErrorCode::Internal, format!("程序内部出错：{cause}"), format!("Something failed inside: {cause}"))
    }

    /// The message in one language.
    pub fn message(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.en, self.code.as_str())
    }
}

impl std::error::Error for Error {}
