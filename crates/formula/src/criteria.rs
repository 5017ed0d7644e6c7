//! Criteria of SUMIFS and its kin: `订单[金额],">="&TODAY()-89`, `产品[名称],"*礼盒*"`.

use crate::lex::fault;
use crate::parse::{Ast, Syntax};
use crate::tree::{CmpOp, Criterion, Expr, Func, Node, Type};
use crate::typing::Typer;
use crate::units::{align, blank, call, written_day};
use model::{FieldDef, Result, TableKey};

/// Types the pair (column, criterion) of a roll-up over `table`.
pub(crate) fn criterion(t: &Typer<'_>, table: &TableKey, column: &Ast, given: &Ast) -> Result<Criterion> {
    let (field, ty) = column_of(t, table, column)?;
    let (op, value) = split(t, given, ty)?;
    made(t, table, field, op, value).map_err(|e| e.within(given.at.0, given.at.1))
}

/// A column that equals a value whatever the value looks like, as look-ups want it.
pub(crate) fn equals(t: &Typer<'_>, table: &TableKey, column: &Ast, value: Expr) -> Result<Criterion> {
    let (field, _) = column_of(t, table, column)?;
    equal_to(t, table, field, value).map_err(|e| e.within(column.at.0, column.at.1))
}

/// As [`equals`], of a field.
pub(crate) fn equal_to(t: &Typer<'_>, table: &TableKey, field: &FieldDef, value: Expr) -> Result<Criterion> {
    if let Some(linked) = crate::links::criterion(t, table, field, CmpOp::Eq, &value)? {
        return Ok(linked);
    }
    let ty = Type::of(&field.kind);
    let value = right_side(field, ty, value)?;
    Ok(Criterion { field: field.key.clone(), ty, op: CmpOp::Eq, value })
}

fn column_of<'t>(t: &'t Typer<'_>, table: &TableKey, column: &Ast) -> Result<(&'t FieldDef, Type)> {
    let (of, field) = t.column(column)?;
    if of.key != *table {
        return Err(fault(
            format!("条件列要和汇总列在同一张表：“{}”不在表“{table}”里", field.label.zh),
            format!("Criteria must be columns of the gathered table: “{}” is not in “{table}”", field.label.en),
        )
        .within(column.at.0, column.at.1));
    }
    Ok((field, Type::of(&field.kind)))
}

fn made(t: &Typer<'_>, table: &TableKey, field: &FieldDef, op: CmpOp, value: Expr) -> Result<Criterion> {
    if let Some(linked) = crate::links::criterion(t, table, field, op, &value)? {
        return Ok(linked);
    }
    let ty = Type::of(&field.kind);
    let equality = matches!(op, CmpOp::Eq | CmpOp::Ne);
    if ty == Type::Text
        && equality
        && let Some(pattern) = pattern(&value)
    {
        let op = if op == CmpOp::Eq { CmpOp::Like } else { CmpOp::Unlike };
        return Ok(Criterion { field: field.key.clone(), ty, op, value: pattern });
    }
    let value = right_side(field, ty, value)?;
    Ok(Criterion { field: field.key.clone(), ty, op, value })
}

/// The comparison and right side of a criterion: `">="&x`, `">=5"`, `x`.
fn split(t: &Typer<'_>, given: &Ast, ty: Type) -> Result<(CmpOp, Expr)> {
    if let Syntax::Concat(parts) = &given.node
        && let [first, rest @ ..] = &parts[..]
        && let Syntax::Text(sign) = &first.node
        && let Some((op, "")) = strip_sign(sign)
    {
        if let [value] = rest {
            return Ok((op, t.expr(value)?));
        }
        let list = rest.iter().map(|p| crate::units::text(t.expr(p)?)).collect::<Result<_>>()?;
        return Ok((op, call(Func::Concat, list, Type::Text)));
    }
    let value = t.expr(given)?;
    if let Node::Text(text) = &value.node {
        let (op, rest) = strip_sign(text).unwrap_or((CmpOp::Eq, text));
        return Ok((op, literal(rest, ty)));
    }
    Ok((CmpOp::Eq, value))
}

/// A written criterion in the type of its column.
fn literal(text: &str, ty: Type) -> Expr {
    let as_text = Expr::new(Node::Text(text.to_owned()), Type::Text);
    if text.is_empty() {
        return blank();
    }
    match ty {
        Type::Text => as_text,
        Type::Bool if text.eq_ignore_ascii_case("TRUE") => Expr::new(Node::Bool(true), Type::Bool),
        Type::Bool if text.eq_ignore_ascii_case("FALSE") => Expr::new(Node::Bool(false), Type::Bool),
        Type::Date | Type::DateTime => written_day(&as_text).unwrap_or(as_text),
        _ => match number(text.trim()) {
            Ok(n) if n.fract() == 0.0 && n.abs() < 9e15 => Expr::new(Node::Int(n as i64), Type::Number),
            Ok(n) if n.abs() < 1e100 => Expr::new(Node::Number(n), Type::Number),
            _ => as_text,
        },
    }
}

/// A written number, a per cent among them.
fn number(text: &str) -> Result<f64, std::num::ParseFloatError> {
    match text.strip_suffix(['%', '％']) {
        Some(share) => share.trim_end().parse::<f64>().map(|n| n / 100.0),
        None => text.parse(),
    }
}

fn strip_sign(s: &str) -> Option<(CmpOp, &str)> {
    [(">=", CmpOp::Ge), ("<=", CmpOp::Le), ("<>", CmpOp::Ne), (">", CmpOp::Gt), ("<", CmpOp::Lt), ("=", CmpOp::Eq)]
        .into_iter()
        .find_map(|(sign, op)| s.strip_prefix(sign).map(|rest| (op, rest)))
}

/// The pattern of LIKE for a text with Excel's wildcards; None when it has none. Signs inside cells are
/// themselves: only what is written in the formula is a wildcard.
fn pattern(value: &Expr) -> Option<Expr> {
    match &value.node {
        Node::Text(t) => {
            let (pattern, wild) = like(t);
            wild.then(|| Expr::new(Node::Text(pattern), Type::Text))
        }
        Node::Call(Func::Concat, parts) => {
            let mut any = false;
            let list = parts
                .iter()
                .map(|p| match &p.node {
                    Node::Text(t) => {
                        let (pattern, wild) = like(t);
                        any |= wild;
                        Expr::new(Node::Text(pattern), Type::Text)
                    }
                    _ => call(Func::Escaped, vec![p.clone()], Type::Text),
                })
                .collect();
            any.then(|| call(Func::Concat, list, Type::Text))
        }
        _ => None,
    }
}

/// Excel's wildcards as LIKE's, with `\` as its escape; whether there were any (a `~` counts).
pub(crate) fn like(text: &str) -> (String, bool) {
    let (mut out, mut wild) = (String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let (c, special) = match c {
            '~' if matches!(chars.peek(), Some('*' | '?' | '~')) => {
                wild = true;
                (chars.next().unwrap_or('~'), false)
            }
            '*' => ('%', true),
            '?' => ('_', true),
            c => (c, false),
        };
        wild |= special;
        if !special && matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    (out, wild)
}

/// The right side in the unit of the field.
fn right_side(field: &FieldDef, ty: Type, value: Expr) -> Result<Expr> {
    if value.ty == Type::Blank {
        return Ok(value);
    }
    if ty == Type::Text && matches!(value.ty, Type::Number | Type::Money) {
        return crate::units::text(value);
    }
    let left = Expr::new(Node::Field(field.key.clone()), ty);
    let (kept, value) = align(left.clone(), value)?;
    if kept == left {
        return Ok(value);
    }
    crate::units::fit(value, ty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_become_those_of_like() {
        for (text, want, wild) in [
            ("礼盒", "礼盒", false),
            ("*礼盒?", "%礼盒_", true),
            ("5~*", "5*", true),
            ("100%_*", "100\\%\\_%", true),
            ("a~b", "a~b", false),
            ("~~", "~", true),
        ] {
            assert_eq!(like(text), (want.to_owned(), wild), "{text}");
        }
    }
}
