//! What the rows of a sheet are, told from its headers and contents.

use super::columns::Column;
use super::synonyms;
use crate::{Profile, Role};
use model::builtin::{CUSTOMERS, ORDERS, PRODUCTS};

/// What a column contributes; ambiguous columns contribute to every reading.
struct Signs<'a> {
    columns: &'a [Column],
}

impl Signs<'_> {
    fn any(&self, table: &str, fields: &[&str]) -> bool {
        self.columns.iter().any(|c| stands_for(c, table, fields))
    }

    /// The same with names that say what the sheet is about.
    fn sure(&self, table: &str, fields: &[&str]) -> bool {
        self.columns.iter().any(|c| !synonyms::GENERAL.contains(&c.key.as_str()) && stands_for(c, table, fields))
    }
}

fn stands_for(c: &Column, table: &str, fields: &[&str]) -> bool {
    c.candidates.iter().any(|k| k.table == table && k.confidence >= 0.4 && fields.contains(&k.field.as_str()))
}

/// Fields that tell one customer from another.
const WHO: &[&str] = &["mobile", "wechat", "email", "account"];

/// Tells the role of a sheet.
pub(super) fn of(columns: &[Column], profile: Option<Profile>) -> Role {
    let s = Signs { columns };
    let number = s.any(ORDERS, &["order_no"])
        && columns.iter().any(|c| c.key != "order" && stands_for(c, ORDERS, &["order_no"]));
    let product = s.any(ORDERS, &["product", "quantity"]);
    let time = s.any(ORDERS, &["time"]);
    let amount = s.any(ORDERS, &["amount"]);
    let summary = s.sure(CUSTOMERS, &["stated_orders", "stated_monthly", "stated_rate", "stated_average"]);
    let is_orders = profile.is_some_and(Profile::has_orders)
        || (number && (time || amount || product))
        || (time && (amount || product) && !(summary && !number && !s.sure(ORDERS, &["product", "quantity"])));
    let names = s.sure(CUSTOMERS, &["name", "company"]);
    let who = s.any(CUSTOMERS, WHO);
    if is_orders {
        if profile == Some(Profile::Pdd) && !who {
            return Role::Orders;
        }
        return if who || buyer_by_name(columns) { Role::Both } else { Role::Orders };
    }
    if who || names || (s.sure(CUSTOMERS, &["code"]) && columns.len() > 1) {
        let only_products = s.sure(PRODUCTS, &["name", "code"]) && s.any(PRODUCTS, &["price"]) && !who;
        return if only_products { Role::Products } else { Role::Customers };
    }
    if s.sure(PRODUCTS, &["name", "code"]) && s.any(PRODUCTS, &["price", "category", "code"]) {
        return Role::Products;
    }
    if s.any(CUSTOMERS, &["name"])
        && s.any(CUSTOMERS, &["gender", "birthday", "age", "address", "city", "province", "stated_grade", "company"])
    {
        return Role::Customers;
    }
    Role::Ignore
}

/// Whether an order sheet names its buyers in words: a column of customer names, or one called 客户 that
/// holds names rather than codes, and no customer code.
fn buyer_by_name(columns: &[Column]) -> bool {
    let mostly_codes = |c: &Column| c.samples.iter().filter(|s| is_code(s)).count() * 2 > c.samples.len();
    let coded = columns.iter().any(|c| {
        c.key != "编号" && c.key != "id" && stands_for(c, CUSTOMERS, &["code"])
            || stands_for(c, ORDERS, &["customer"]) && mostly_codes(c)
    });
    let named = columns.iter().any(|c| {
        let sure = !synonyms::GENERAL.contains(&c.key.as_str()) && stands_for(c, CUSTOMERS, &["name"]);
        sure && c.filled > 0 && c.samples.iter().filter(|s| is_code(s)).count() * 2 < c.samples.len()
    });
    named && !coded
}

/// `KH0001`: ASCII with digits in it.
pub(super) fn is_code(t: &str) -> bool {
    t.is_ascii() && t.bytes().any(|b| b.is_ascii_digit()) && !t.contains(' ')
}
