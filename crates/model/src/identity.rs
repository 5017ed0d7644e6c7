//! What identifies a person: (kind, normalised value) pairs.

use serde::{Deserialize, Serialize};

/// The kind of an identity. The number is what is stored; never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum IdentityKind {
    /// A mainland mobile number, 11 digits.
    Mobile = 1,
    /// A WeChat id, lower-case.
    Wechat = 2,
    /// An e-mail address, lower-case.
    Email = 3,
    /// An account in a shop channel, `channel:name`, lower-case.
    Account = 4,
}

/// One identity of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// Its kind.
    pub kind: IdentityKind,
    /// Its normalised value.
    pub value: String,
}

impl Identity {
    /// The identity behind a customer's cell, if the text is one: a whole mobile number, a WeChat id,
    /// an e-mail address or a `channel:name` account. Masked and virtual numbers are none.
    pub fn of_field(field: &str, text: &str) -> Option<Self> {
        use crate::parse;
        let (kind, value) = match field {
            "mobile" => (IdentityKind::Mobile, parse::mobile_identity(text)?),
            "wechat" => (IdentityKind::Wechat, parse::account_identity(text)?),
            "email" => (IdentityKind::Email, parse::email_identity(text)?),
            "account" => (IdentityKind::Account, parse::account_identity(text)?),
            _ => return None,
        };
        Some(Self { kind, value })
    }
}

/// Customer fields whose text can be an identity.
pub const IDENTITY_FIELDS: [&str; 4] = ["mobile", "wechat", "email", "account"];
