//! From the text of a header to the fields it may stand for.

use super::synonyms::{self, Names};
use model::builtin::{CUSTOMERS, ORDERS, PRODUCTS};
use model::{FieldDef, FieldKind, Schema};
use std::collections::HashMap;
use std::sync::OnceLock;

/// A field a header may stand for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    pub table: &'static str,
    pub field: String,
    /// 0 to 1.
    pub confidence: f32,
}

/// The header without what differs from sheet to sheet: spaces, case, width, brackets and what is in
/// them, marks for required columns.
pub(crate) fn normal(header: &str) -> String {
    let mut out = String::with_capacity(header.len());
    let mut depth = 0u32;
    for c in header.chars() {
        let c = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            c => c,
        };
        match c {
            '(' | '[' | '【' | '{' => depth += 1,
            ')' | ']' | '】' | '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '*' | ':' | '_' | '…' | '·' | '"' | '\'' | '=' | '、' | '★' | '。' => {}
            c if c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}') => {}
            c => out.extend(c.to_lowercase()),
        }
    }
    if out.is_empty() { header.trim().to_lowercase() } else { out }
}

type Map = HashMap<&'static str, Vec<Candidate>>;

fn map() -> &'static Map {
    static MAP: OnceLock<Map> = OnceLock::new();
    MAP.get_or_init(|| {
        let mut map = Map::new();
        let tables: [(&'static str, Names); 3] =
            [(CUSTOMERS, synonyms::CUSTOMERS), (ORDERS, synonyms::ORDERS), (PRODUCTS, synonyms::PRODUCTS)];
        for (table, names) in tables {
            for (field, names) in names {
                for (rank, name) in names.iter().enumerate() {
                    let general = synonyms::GENERAL.contains(name);
                    let confidence = if general { 0.85 } else { 0.97 } - 0.01 * rank.min(40) as f32;
                    map.entry(name).or_default().push(Candidate { table, field: (*field).into(), confidence });
                }
            }
        }
        map
    })
}

/// Words that may stand around a known name, as in 您的手机号 or 手机号必填.
const AROUND: &[&str] =
    &["客户", "会员", "顾客", "用户", "买家", "您的", "我的", "收货人", "收件人", "必填", "选填", "信息", "填写"];

/// Roots that betray a field inside a longer header.
const ROOTS: &[(&str, &str)] = &[
    ("手机", "mobile"),
    ("微信", "wechat"),
    ("邮箱", "email"),
    ("email", "email"),
    ("生日", "birthday"),
    ("电话", "mobile"),
    ("地址", "address"),
    ("姓名", "name"),
];

fn static_table(key: &str) -> Option<&'static str> {
    [CUSTOMERS, ORDERS, PRODUCTS].into_iter().find(|t| *t == key)
}

/// The fields a header may stand for, in any table.
pub(super) fn candidates(header: &str, schema: &Schema) -> Vec<Candidate> {
    let key = normal(header);
    if key.is_empty() {
        return Vec::new();
    }
    let mut found = labelled(header, &key, schema);
    for c in map().get(key.as_str()).into_iter().flatten() {
        if !found.iter().any(|f| f.table == c.table && f.field == c.field) {
            found.push(c.clone());
        }
    }
    if found.is_empty() {
        found = inside(&key);
    }
    found
}

/// Whether a column of a file can fill a field: not what Kebu fills, and not what a text cannot name.
pub(super) fn written_in_files(f: &FieldDef) -> bool {
    let unnamed = matches!(f.kind, FieldKind::Backlinks { .. } | FieldKind::Person | FieldKind::Attachment { .. });
    !f.fixed() && !unnamed
}

/// Fields whose own label the header is; derived ones too, for the caller to leave out.
fn labelled(header: &str, key: &str, schema: &Schema) -> Vec<Candidate> {
    let is =
        |f: &&FieldDef| *f.label.zh == *header.trim() || normal(&f.label.zh) == *key || normal(&f.label.en) == *key;
    let general = synonyms::GENERAL.contains(&key);
    schema
        .tables
        .iter()
        .filter_map(|t| Some((static_table(&t.key)?, t.fields.iter().find(is)?)))
        .filter(|(_, f)| written_in_files(f))
        .map(|(table, f)| Candidate { table, field: f.key.to_string(), confidence: if general { 0.8 } else { 1.0 } })
        .collect()
}

/// A looser look: known names with words around them, then roots.
fn inside(key: &str) -> Vec<Candidate> {
    for word in AROUND {
        let rest = key.strip_prefix(word).or_else(|| key.strip_suffix(word)).filter(|r| r.chars().count() >= 2);
        if let Some(found) = rest.and_then(|r| map().get(r)) {
            return found.iter().map(|c| Candidate { confidence: c.confidence * 0.85, ..c.clone() }).collect();
        }
    }
    if key.chars().count() > 12 || key.contains("是否") || key.contains("店铺") || key.contains("卖家") {
        return Vec::new();
    }
    let root = ROOTS.iter().find(|(root, _)| key.contains(root));
    root.map(|(_, field)| Candidate { table: CUSTOMERS, field: (*field).into(), confidence: 0.55 })
        .into_iter()
        .collect()
}

/// How surely the text is a header at all, 0 to 1.
pub(super) fn headerness(text: &str, schema: &Schema) -> f32 {
    let key = normal(text);
    let own =
        schema.tables.iter().flat_map(|t| &t.fields).any(|f| normal(&f.label.zh) == key || normal(&f.label.en) == key);
    if own || synonyms::JUNK.contains(&key.as_str()) {
        return 1.0;
    }
    candidates(text, schema).iter().map(|c| c.confidence).fold(0.0, f32::max)
}

/// Whether a normalised header calls the customer's code.
pub(super) fn named_code(key: &str) -> bool {
    map().get(key).is_some_and(|found| found.iter().any(|c| c.table == CUSTOMERS && c.field == "code"))
}
