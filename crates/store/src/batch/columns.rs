//! The columns of rows handed to a batch.

use crate::conn::Copy;
use crate::matching::{CustomerKey, text};
use model::{FieldKey, FieldKind, TableDef, TableKey, Value};
use std::collections::HashMap;

/// The columns of rows to come, prepared once.
pub(super) struct Columns {
    pub def: TableDef,
    pub fields: Vec<FieldKey>,
    pub kinds: Vec<FieldKind>,
    pub select: String,
    pub insert: String,
    /// Place of well-known fields among `fields`.
    pub places: HashMap<&'static str, usize>,
    /// Columns the batch fills itself when the rows do not bring them.
    pub own: Vec<&'static str>,
    /// New rows not yet sent, where they are sent many at once.
    pub load: Option<Copy>,
    /// Fields that name records of other tables: place and table.
    pub links: Vec<(usize, TableKey)>,
}

/// Well-known fields whose place matters.
pub(super) const KNOWN: [&str; 12] = [
    "code", "name", "mobile", "wechat", "email", "account", "order_no", "line", "customer", "product", "time", "amount",
];

impl Columns {
    /// The text of a well-known field in a row, blank when the rows do not bring it.
    pub(super) fn text<'r>(&self, field: &str, row: &'r [Value]) -> &'r str {
        text(self.places.get(field).and_then(|i| row.get(*i)))
    }

    /// How a row names its customer.
    pub(super) fn key<'r>(&self, row: &'r [Value]) -> CustomerKey<'r> {
        let at = |k: &str| self.text(k, row);
        CustomerKey {
            code: at("code"),
            name: at("name"),
            mobile: at("mobile"),
            wechat: at("wechat"),
            email: at("email"),
            account: at("account"),
        }
    }
}
