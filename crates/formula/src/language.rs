//! A formula's text with the names of one language, for workbooks.

use crate::typing::fault;
use model::{Lang, Result, Schema, TableDef};

/// Rewrites the names in a formula's text to one language: `[@字段]`, `[@[字段]]` and `表[列]`. Everything
/// else, quoted text included, stays as it is; the result is what Excel takes.
///
/// # Errors
/// `formula` for a name that is not in the schema.
pub fn in_language(schema: &Schema, table: &TableDef, text: &str, lang: Lang) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '[']) {
        if rest[at..].starts_with('"') {
            let end = rest[at + 1..].find('"').map_or(rest.len(), |e| at + e + 2);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let close = rest[at..].find(']').map_or(rest.len(), |e| at + e);
        let inner = &rest[at + 1..close];
        let doubled = inner.starts_with("@[");
        let end = close + if doubled { 2 } else { 1 };
        let name = inner.trim_start_matches(['@', '[']);
        if inner.starts_with('@') {
            out.push_str(&rest[..at]);
            let field = table.named(name).ok_or_else(|| unknown(name))?;
            out.push_str(&this_row(field.label.get(lang)));
        } else {
            let start = rest[..at]
                .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
                .map_or(0, |i| i + rest[i..].chars().next().map_or(1, char::len_utf8));
            let other = schema.named(&rest[start..at]).ok_or_else(|| unknown(&rest[start..at]))?;
            let field = other.named(name).ok_or_else(|| unknown(name))?;
            out.push_str(&rest[..start]);
            out.push_str(other.label.get(lang));
            out.push('[');
            out.push_str(field.label.get(lang));
            out.push(']');
        }
        rest = rest.get(end..).unwrap_or("");
    }
    out.push_str(rest);
    Ok(out)
}

/// `[@name]`, with inner brackets where the name holds anything but letters and digits.
fn this_row(name: &str) -> String {
    if name.chars().all(char::is_alphanumeric) { format!("[@{name}]") } else { format!("[@[{name}]]") }
}

fn unknown(name: &str) -> model::Error {
    fault(format!("没有名为“{name}”的字段"), format!("There is no field called “{name}”"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::builtin;

    #[test]
    fn names_are_rewritten_and_texts_kept() {
        let s = builtin::schema();
        let t = s.table("customers").unwrap();
        for (text, lang, want) in [
            ("IF([@总评分]>=12,\"[@总评分]\",\"\")", Lang::En, "IF([@Points]>=12,\"[@总评分]\",\"\")"),
            (
                "SUMIFS(订单[金额],订单[客户],[@客户编号])",
                Lang::En,
                "SUMIFS(Orders[Amount],Orders[Customer],[@[Customer code]])",
            ),
            ("[@total]/[@[订单数]]", Lang::Zh, "[@累计金额]/[@订单数]"),
            ("1+2", Lang::En, "1+2"),
        ] {
            assert_eq!(in_language(&s, t, text, lang).unwrap(), want);
        }
        assert!(in_language(&s, t, "[@没有]", Lang::Zh).is_err());
    }

    #[test]
    fn every_builtin_formula_survives_translation() {
        let s = builtin::schema();
        for t in &s.tables {
            for f in &t.fields {
                let Some(text) = &f.formula else { continue };
                for lang in [Lang::Zh, Lang::En] {
                    let text = in_language(&s, t, text, lang).unwrap();
                    crate::compile(&s, t, &text, &f.kind).unwrap_or_else(|e| panic!("{text}: {e}"));
                }
            }
        }
    }
}
