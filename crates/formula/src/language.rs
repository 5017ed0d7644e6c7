//! The names in a formula's text: rewritten to one language or after a rename, and listed.

use crate::lex::{Kind, Name, fault, tokens};
use crate::parse::{Syntax, parse};
use model::{FieldDef, FieldKey, Lang, Result, Schema, TableDef, TableKey};

/// What a formula names: a table, and a field of it unless the table is named as a whole.
pub type Named = (TableKey, Option<FieldKey>);

/// A name in a text: where it stands, and what it means.
struct Place<'a> {
    at: (usize, usize),
    table: &'a TableDef,
    /// The field; None where the table itself is named.
    field: Option<&'a FieldDef>,
    /// How it is set: a bare word, or between brackets.
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Word,
    /// Inside brackets that take any name.
    Bracketed,
    /// After `[@`, where odd names need brackets of their own.
    ThisRow,
}

/// Rewrites the names in a formula's text to one language: `[@字段]`, `[@[字段]]` and `表[列]`. Everything
/// else, quoted text included, stays as it is; the result is what Excel takes.
///
/// # Errors
/// `formula` for a name that is not in the schema, or a text that is no formula.
pub fn in_language(schema: &Schema, table: &TableDef, text: &str, lang: Lang) -> Result<String> {
    rewritten(schema, table, text, |p| Some(p.field.map_or(&p.table.label, |f| &f.label).get(lang).to_owned()))
}

/// A formula's text after a field, or with no `field` a table, is renamed: `schema` is as before, `to` the
/// new name. Names written by key or in the other language stay as they are.
///
/// # Errors
/// `formula` for a name that is not in the schema, or a text that is no formula.
pub fn rename(
    schema: &Schema,
    table: &TableDef,
    text: &str,
    of: &TableKey,
    field: Option<&FieldKey>,
    old: &str,
    to: &str,
) -> Result<String> {
    let chars: Vec<char> = text.chars().collect();
    rewritten(schema, table, text, |p| {
        let same = p.table.key == *of && p.field.map(|f| &f.key) == field;
        let written: String = chars[p.at.0..p.at.1].iter().filter(|c| **c != '\'').collect();
        (same && written.eq_ignore_ascii_case(old)).then(|| to.to_owned())
    })
}

/// The tables and fields a formula names, each once, in the order of the text.
///
/// # Errors
/// `formula` for a name that is not in the schema, or a text that is no formula.
pub fn references(schema: &Schema, table: &TableDef, text: &str) -> Result<Vec<Named>> {
    let mut out: Vec<Named> = Vec::new();
    for p in places(schema, table, text)? {
        let named = (p.table.key.clone(), p.field.map(|f| f.key.clone()));
        if !out.contains(&named) {
            out.push(named);
        }
    }
    for named in spans(schema, text)? {
        if !out.contains(&named) {
            out.push(named);
        }
    }
    Ok(out)
}

/// Fields that are meant without being named: those between the ends of `表[[列]:[列]]`, or all of a table.
fn spans(schema: &Schema, text: &str) -> Result<Vec<Named>> {
    fn walk(schema: &Schema, ast: &crate::parse::Ast, out: &mut Vec<Named>) {
        match &ast.node {
            Syntax::Call { name, args } => {
                if name.eq_ignore_ascii_case("VLOOKUP")
                    && let Some(Syntax::Reference(r)) = args.get(1).map(|a| &a.node)
                    && let Some(table) = r.table.as_ref().and_then(|t| schema.named(&t.text))
                {
                    let place = |n: &Name| {
                        table.fields.iter().position(|f| table.named(&n.text).is_some_and(|x| x.key == f.key))
                    };
                    let ends: Vec<usize> = r.columns.iter().filter_map(place).collect();
                    if let (Some(a), Some(b)) = (ends.iter().min(), ends.iter().max()) {
                        out.extend(table.fields[*a..=*b].iter().map(|f| (table.key.clone(), Some(f.key.clone()))));
                    }
                }
                if name.eq_ignore_ascii_case("VLOOKUP")
                    && let Some(Syntax::Table(t)) = args.get(1).map(|a| &a.node)
                    && let Some(table) = schema.named(t)
                {
                    out.extend(table.fields.iter().map(|f| (table.key.clone(), Some(f.key.clone()))));
                }
                args.iter().for_each(|a| walk(schema, a, out));
            }
            Syntax::Negative(a) | Syntax::Percent(a) => walk(schema, a, out),
            Syntax::Binary(_, a, b) => {
                walk(schema, a, out);
                walk(schema, b, out);
            }
            Syntax::Concat(parts) => parts.iter().for_each(|a| walk(schema, a, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(schema, &parse(text)?, &mut out);
    Ok(out)
}

fn rewritten(
    schema: &Schema,
    table: &TableDef,
    text: &str,
    to: impl Fn(&Place<'_>) -> Option<String>,
) -> Result<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for p in places(schema, table, text)? {
        let Some(name) = to(&p) else { continue };
        let plain = name.chars().all(char::is_alphanumeric);
        // `[@[旧名]]` has brackets of its own already; a plain name does without them.
        let inner =
            p.form == Form::ThisRow && p.at.0 >= 1 && chars[p.at.0 - 1] == '[' && chars.get(p.at.1) == Some(&']');
        let doubled = inner && p.at.0 >= 2 && chars[p.at.0 - 2] == '@';
        let (from, to) = if doubled { (p.at.0 - 1, p.at.1 + 1) } else { p.at };
        out.extend(&chars[done..from]);
        match p.form {
            Form::Word => out.push_str(&name),
            Form::ThisRow if !plain && (doubled || !inner) => {
                out.push('[');
                out.push_str(&escaped(&name));
                out.push(']');
            }
            _ => out.push_str(&escaped(&name)),
        }
        done = to;
    }
    out.extend(&chars[done..]);
    Ok(out)
}

/// A name as it stands between brackets: Excel's `'` before signs with a meaning there.
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '[' | ']' | '#' | '\'' | '@') {
            out.push('\'');
        }
        out.push(c);
    }
    out
}

/// All names of a text in their order, resolved.
fn places<'a>(schema: &'a Schema, table: &'a TableDef, text: &str) -> Result<Vec<Place<'a>>> {
    let mut out = Vec::new();
    let list = tokens(text)?;
    let chars: Vec<char> = text.chars().collect();
    for (i, token) in list.iter().enumerate() {
        match &token.kind {
            Kind::Reference(r) => {
                let of = match &r.table {
                    Some(name) => {
                        let of = schema.named(&name.text).ok_or_else(|| unknown(name))?;
                        out.push(Place { at: name.at, table: of, field: None, form: Form::Word });
                        of
                    }
                    None => table,
                };
                for name in &r.columns {
                    let field = of.named(&name.text).ok_or_else(|| unknown(name))?;
                    let after = name.at.0.checked_sub(1).map(|i| chars[i]);
                    let this = r.columns.len() == 1 && matches!(after, Some('@' | '[')) && r.this_row;
                    let form = if this { Form::ThisRow } else { Form::Bracketed };
                    out.push(Place { at: name.at, table: of, field: Some(field), form });
                }
            }
            Kind::Name(name) if !matches!(list.get(i + 1).map(|t| &t.kind), Some(Kind::Sign("("))) => {
                if let Some(of) = schema.named(name) {
                    out.push(Place { at: token.at, table: of, field: None, form: Form::Word });
                }
            }
            _ => {}
        }
    }
    Ok(out)
}

fn unknown(name: &Name) -> model::Error {
    fault(format!("没有名为“{}”的字段或表", name.text), format!("There is no field or table called “{}”", name.text))
        .within(name.at.0, name.at.1)
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
            (
                "VLOOKUP([@备注],产品[[产品名称]:[单价]],3,FALSE)",
                Lang::En,
                "VLOOKUP([@Note],Products[[Name]:[Price]],3,FALSE)",
            ),
        ] {
            assert_eq!(in_language(&s, t, text, lang).unwrap(), want);
        }
        assert!(in_language(&s, t, "[@没有]", Lang::Zh).is_err());
    }

    #[test]
    fn renames_touch_only_what_was_renamed() {
        let s = builtin::schema();
        let t = s.table("customers").unwrap();
        let customers: TableKey = "customers".into();
        let orders: TableKey = "orders".into();
        let total: FieldKey = "total".into();
        for (text, of, field, old, to, want) in [
            ("[@累计金额]+\"累计金额\"", &customers, Some(&total), "累计金额", "消费", "[@消费]+\"累计金额\""),
            ("[@累计金额]", &customers, Some(&total), "累计金额", "总 额", "[@[总 额]]"),
            ("[@[累计金额]]*2", &customers, Some(&total), "累计金额", "消费", "[@消费]*2"),
            ("{累计金额}", &customers, Some(&total), "累计金额", "消费", "{消费}"),
            ("[@total]", &customers, Some(&total), "累计金额", "消费", "[@total]"),
            ("SUM(订单[金额])", &orders, None, "订单", "单子", "SUM(单子[金额])"),
            ("SUM(订单[金额])", &customers, Some(&total), "金额", "消费", "SUM(订单[金额])"),
        ] {
            assert_eq!(rename(&s, t, text, of, field, old, to).unwrap(), want, "{text}");
        }
    }

    #[test]
    fn references_are_listed_once() {
        let s = builtin::schema();
        let t = s.table("customers").unwrap();
        let got = references(&s, t, "[@累计金额]+[@total]+SUMIFS(订单[金额],订单[客户],[@客户编号])").unwrap();
        let names: Vec<String> = got.iter().map(|(t, f)| format!("{t}.{}", f.as_deref().unwrap_or("*"))).collect();
        assert_eq!(names, ["customers.total", "orders.*", "orders.amount", "orders.customer", "customers.code"]);
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
