//! Finding the customer a row speaks of.

use crate::conn::{Conn, params};
use model::{Identity, IdentityKind, Result, Value, parse};

/// What decides whether a row is a customer already in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = Match)]
#[serde(rename_all = "snake_case")]
pub enum MatchKey {
    /// Code, then identities (mobile, WeChat, e-mail, shop account); a name only where a row has no
    /// identity at all.
    #[default]
    Identity,
    /// The customer code alone.
    Code,
    /// The mobile number alone.
    Mobile,
    /// The name alone.
    Name,
    /// Every row is a new customer.
    None,
}

/// How a row names its customer.
#[derive(Clone, Copy, Debug, Default)]
pub struct CustomerKey<'a> {
    /// Customer code.
    pub code: &'a str,
    /// Name.
    pub name: &'a str,
    /// Mobile as written.
    pub mobile: &'a str,
    /// WeChat id.
    pub wechat: &'a str,
    /// E-mail address.
    pub email: &'a str,
    /// Shop account, `channel:name`.
    pub account: &'a str,
}

/// Who was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// This customer.
    One(i64),
    /// This customer, by the code.
    ByCode(i64),
    /// Nobody: the code is someone else's, of another name and another mobile.
    CodeTaken,
    /// Nobody.
    Nobody,
    /// Nobody, but the mobile belongs to someone of another name.
    SharedMobile(i64),
    /// Several customers of that name.
    SeveralNames,
}

impl CustomerKey<'_> {
    fn identities(&self) -> impl Iterator<Item = Identity> {
        [("account", self.account), ("wechat", self.wechat), ("email", self.email)]
            .into_iter()
            .filter_map(|(field, text)| if text.is_empty() { None } else { Identity::of_field(field, text) })
    }

    /// Every identity the row carries.
    pub(crate) fn all_identities(&self) -> impl Iterator<Item = Identity> {
        let mobile = self.mobile().map(|value| Identity { kind: IdentityKind::Mobile, value });
        self.identities().chain(mobile)
    }

    fn mobile(&self) -> Option<String> {
        if self.mobile.is_empty() { None } else { parse::mobile_identity(self.mobile) }
    }
}

/// Finds the customer a key speaks of. `strict` keeps people apart who share a mobile but not a name, and
/// takes a name alone only for rows that carry nothing else; orders look more leniently.
pub(crate) fn find(conn: &Conn, key: &CustomerKey<'_>, by: MatchKey, strict: bool) -> Result<Found> {
    match by {
        MatchKey::None => Ok(Found::Nobody),
        MatchKey::Code => by_code(conn, key.code),
        MatchKey::Name => by_name(conn, key, false),
        MatchKey::Mobile => match key.mobile() {
            Some(m) => {
                Ok(with_identity(conn, IdentityKind::Mobile, &m)?.first().map_or(Found::Nobody, |id| Found::One(*id)))
            }
            None => Ok(Found::Nobody),
        },
        MatchKey::Identity => by_identity(conn, key, strict),
    }
}

fn by_identity(conn: &Conn, key: &CustomerKey<'_>, strict: bool) -> Result<Found> {
    let mut otherwise = Found::Nobody;
    if let found @ Found::ByCode(id) = by_code(conn, key.code)? {
        if !strict || !contradicts(conn, id, key)? {
            return Ok(found);
        }
        otherwise = Found::CodeTaken;
    }
    let mut known = false;
    for i in key.identities() {
        known = true;
        if let Some(id) = with_identity(conn, i.kind, &i.value)?.first() {
            return Ok(Found::One(*id));
        }
    }
    if let Some(m) = key.mobile() {
        let holders = with_identity(conn, IdentityKind::Mobile, &m)?;
        for id in &holders {
            if !strict || key.name.is_empty() || same_name(key.name, &name_of(conn, *id)?) {
                return Ok(Found::One(*id));
            }
        }
        let shared = holders.first().map(|id| Found::SharedMobile(*id));
        return Ok(shared.filter(|_| otherwise == Found::Nobody).unwrap_or(otherwise));
    }
    // A code of its own tells a row apart from its namesakes.
    if known || key.name.is_empty() || strict && !key.code.is_empty() {
        return Ok(otherwise);
    }
    by_name(conn, key, strict)
}

fn by_code(conn: &Conn, code: &str) -> Result<Found> {
    if code.is_empty() {
        return Ok(Found::Nobody);
    }
    let id = conn.first("SELECT id FROM customers WHERE code = ?1", params![code], |r| r.get(0))?;
    Ok(id.map_or(Found::Nobody, Found::ByCode))
}

/// Whether a row with a customer's code is plainly about someone else: both the name and the mobile
/// differ. Codes of another program may look like ours.
fn contradicts(conn: &Conn, id: i64, key: &CustomerKey<'_>) -> Result<bool> {
    let Some(mobile) = key.mobile() else { return Ok(false) };
    if key.name.is_empty() {
        return Ok(false);
    }
    let differs = conn.first("SELECT name, mobile FROM customers WHERE id = ?1", params![id], |r| {
        let Some(known) = parse::mobile_identity(r.text(1)?) else { return Ok(false) };
        Ok(known != mobile && !same_name(key.name, r.text(0)?))
    })?;
    Ok(differs.unwrap_or(false))
}

/// The one customer of a name; when strict, only if neither row contradicts the other's (perhaps masked) mobile.
fn by_name(conn: &Conn, key: &CustomerKey<'_>, strict: bool) -> Result<Found> {
    let mut found = Found::Nobody;
    conn.each("SELECT id, mobile FROM customers WHERE name = ?1 ORDER BY id LIMIT 8", params![key.name], &mut |r| {
        if strict && r.text(1)? != key.mobile {
            return Ok(());
        }
        found = match found {
            Found::Nobody => Found::One(r.get(0)?),
            _ => Found::SeveralNames,
        };
        Ok(())
    })?;
    Ok(found)
}

fn with_identity(conn: &Conn, kind: IdentityKind, value: &str) -> Result<Vec<i64>> {
    let sql = "SELECT customer FROM _identities WHERE kind = ?1 AND value = ?2 ORDER BY customer LIMIT 8";
    conn.all(sql, params![kind as i64, value], |r| r.get(0))
}

pub(crate) fn name_of(conn: &Conn, id: i64) -> Result<String> {
    let name = conn.first("SELECT name FROM customers WHERE id = ?1", params![id], |r| Ok(r.text(0)?.to_owned()))?;
    Ok(name.unwrap_or_default())
}

/// Whether two names may be one person: equal, one inside the other, or a surname with a form of address.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (bare(a), bare(b));
    a.is_empty() || b.is_empty() || a.contains(&b) || b.contains(&a)
}

const ADDRESSES: [&str; 12] =
    ["先生", "女士", "小姐", "太太", "老板", "经理", "老师", "阿姨", "大姐", "姐", "哥", "总"];

/// A name without spaces and forms of address.
fn bare(name: &str) -> String {
    let mut n: String = name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    for a in ADDRESSES {
        if let Some(short) = n.strip_suffix(a)
            && !short.is_empty()
        {
            n.truncate(short.len());
            break;
        }
    }
    n
}

/// The text of a cell, blank for anything else.
pub(crate) fn text(v: Option<&Value>) -> &str {
    v.and_then(Value::as_text).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_be_one_person() {
        for (a, b, same) in [
            ("王芳", "王芳", true),
            ("王芳", "王 芳", true),
            ("王女士", "王芳", true),
            ("王芳", "李芳", false),
            ("王芳", "王小芳", false),
            ("", "王芳", true),
            ("张总", "张三", true),
            ("Tom", "tom li", true),
        ] {
            assert_eq!(same_name(a, b), same, "{a} {b}");
        }
    }
}
