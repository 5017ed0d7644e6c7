//! Criteria of SUMIFS and its kin: `订单[金额],">="&TODAY()-89`.

use crate::tree::{CmpOp, Criterion, Expr, Node, Type};
use crate::typing::{Typer, align, expected, fault};
use formualizer_parse::BinaryOperator;
use formualizer_parse::LiteralValue;
use formualizer_parse::parser::{ASTNode, ASTNodeType};
use model::{FieldDef, FieldKind, Result, TableKey};

/// Types the pair (column, criterion) of a roll-up over `table`.
pub(crate) fn criterion(t: &Typer<'_>, table: &TableKey, column: &ASTNode, given: &ASTNode) -> Result<Criterion> {
    let (of, field) = t.column(column)?;
    if of.key != *table {
        return Err(fault(
            format!("条件列要和汇总列在同一张表：“{}”不在表“{table}”里", field.label.zh),
            format!("Criteria must be columns of the gathered table: “{}” is not in “{table}”", field.label.en),
        ));
    }
    let (op, value) = split(t, given)?;
    let ty = Type::of(&field.kind);
    let value = right_side(t, field, ty, value)?;
    Ok(Criterion { field: field.key.clone(), ty, op, value })
}

/// The comparison and right side of a criterion: `">="&x`, `">=5"`, `x`.
fn split(t: &Typer<'_>, given: &ASTNode) -> Result<(CmpOp, Expr)> {
    if let ASTNodeType::BinaryOp { op: BinaryOperator::Concat, left, right } = &given.node_type
        && let ASTNodeType::Literal(LiteralValue::Text(sign)) = &left.node_type
        && let Some((op, "")) = strip_sign(sign)
    {
        return Ok((op, t.expr(right)?));
    }
    let value = t.expr(given)?;
    if let Node::Text(text) = &value.node
        && let Some((op, rest)) = strip_sign(text)
    {
        let right = match rest.trim().parse::<f64>() {
            Ok(n) => Expr::new(Node::Number(n), Type::Number),
            Err(_) if rest.is_empty() => Expr::new(Node::Blank, Type::Blank),
            Err(_) => Expr::new(Node::Text(rest.to_owned()), Type::Text),
        };
        return Ok((op, right));
    }
    Ok((CmpOp::Eq, value))
}

fn strip_sign(s: &str) -> Option<(CmpOp, &str)> {
    [(">=", CmpOp::Ge), ("<=", CmpOp::Le), ("<>", CmpOp::Ne), (">", CmpOp::Gt), ("<", CmpOp::Lt), ("=", CmpOp::Eq)]
        .into_iter()
        .find_map(|(sign, op)| s.strip_prefix(sign).map(|rest| (op, rest)))
}

/// The right side in the unit of the field. A link compared with the code of the record at hand is a
/// comparison of ids: `订单[客户]` shows the customer's code and holds the customer's id.
fn right_side(t: &Typer<'_>, field: &FieldDef, ty: Type, value: Expr) -> Result<Expr> {
    if let FieldKind::Link { table } = &field.kind {
        if let Node::Field(key) = &value.node
            && *table == t.table.key
            && t.table.field(key).is_some_and(|f| matches!(f.kind, FieldKind::Code { .. }))
        {
            return Ok(Expr::new(Node::RecordId, Type::Link));
        }
        if value.ty != Type::Link && value.ty != Type::Blank {
            return Err(expected(Type::Link, value.ty));
        }
        return Ok(value);
    }
    let left = Expr::new(Node::Field(field.key.clone()), ty);
    Ok(align(left, value)?.1)
}
