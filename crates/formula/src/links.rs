//! Linked records in formulas: what ties them to the record at hand, and how many there are.
//!
//! `订单[客户]` shows a customer's code and holds the customer's id, so a comparison of a link with a code is
//! one of ids. A cell of several records has no value of its own; as a criterion it means “is one of”.

use crate::lex::fault;
use crate::tree::{Aggregate, CmpOp, Criterion, Expr, ID, Node, Rollup, Type};
use crate::typing::Typer;
use crate::units::expected;
use model::{Error, FieldDef, FieldKey, FieldKind, Result, Schema, TableKey};

/// What to write instead of a cell of several records, in Chinese and English.
pub(crate) const CURE: (&str, &str) = (
    "；数条数用 COUNTA([@字段])，汇总用 SUMIFS(表[列],表[编号],[@字段])",
    "; count them by COUNTA([@Field]), sum up by SUMIFS(Table[Column],Table[Code],[@Field])",
);

/// The refusal of several records where one value is wanted.
pub(crate) fn no_value() -> Error {
    fault(format!("多条关联记录不能直接当作一个值{}", CURE.0), format!("Several linked records are no value{}", CURE.1))
}

/// The refusal of the other side of a link as a whole column.
pub(crate) fn no_column(field: &FieldDef) -> Error {
    fault(
        format!("“{}”是反向关联，没有整列；请在另一张表的关联字段上汇总", field.label.zh),
        format!("“{}” is the other side of a link and no column; gather over the link itself", field.label.en),
    )
}

/// A cell of several records: how many there are, of a type that nothing but counts and criteria takes. Its one
/// criterion is what ties the records to the one at hand.
pub(crate) fn cell(schema: &Schema, field: &FieldDef) -> Result<Option<Expr>> {
    let (table, tie, ty, value) = match &field.kind {
        FieldKind::Links { table } => {
            let own = Expr::new(Node::Field(field.key.clone()), Type::Links);
            (table, ID.into(), Type::Link, own)
        }
        FieldKind::Backlinks { table, field } => {
            let ty = Type::of(&schema.require(table)?.require(field)?.kind);
            (table, field.clone(), ty, Expr::new(Node::RecordId, Type::Link))
        }
        _ => return Ok(None),
    };
    let criteria = vec![Criterion { field: tie, ty, op: CmpOp::Eq, value }];
    let count = Rollup { table: table.clone(), aggregate: Aggregate::Count, value: None, criteria };
    Ok(Some(Expr::new(Node::Rollup(Box::new(count)), Type::Links)))
}

/// How many records a cell of several names.
pub(crate) fn counted(cell: Expr) -> Expr {
    Expr::new(cell.node, Type::Number)
}

/// The criterion that a field of the gathered table meets a link; None where no link is meant.
pub(crate) fn criterion(
    t: &Typer<'_>,
    table: &TableKey,
    field: &FieldDef,
    op: CmpOp,
    value: &Expr,
) -> Result<Option<Criterion>> {
    let ty = Type::of(&field.kind);
    if (value.ty == Type::Links || ty == Type::Links) && !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Err(no_value());
    }
    let made = |field: FieldKey, ty, value: Expr| Ok(Some(Criterion { field, ty, op, value }));
    // What ties the records of a list to the one at hand, and whose records they are.
    let list = match &value.node {
        Node::Rollup(r) if value.ty == Type::Links => r.criteria.first().map(|tie| (&r.table, tie)),
        _ => None,
    };
    if let Some(target) = field.kind.links_to() {
        return match (&value.node, value.ty) {
            (_, Type::Link | Type::Blank) => made(field.key.clone(), ty, value.clone()),
            (_, Type::Links) => match list {
                Some((of, tie)) if of == target && ty == Type::Link && tie.field == *ID => {
                    made(field.key.clone(), ty, tie.value.clone())
                }
                _ => Err(no_value()),
            },
            (Node::Field(key), _) if *target == t.table.key && is_code(t.table.field(key)) => {
                made(field.key.clone(), ty, Expr::new(Node::RecordId, Type::Link))
            }
            (_, other) => Err(expected(Type::Link, other)),
        };
    }
    match (value.ty, list) {
        // A code that looks for linked records of this one: their ids are what the link holds.
        (Type::Link, _) if is_code(Some(field)) => made(ID.into(), Type::Link, value.clone()),
        (_, Some((of, tie))) if is_code(Some(field)) && of == table => {
            made(tie.field.clone(), tie.ty, tie.value.clone())
        }
        (Type::Links, _) => Err(no_value()),
        _ => Ok(None),
    }
}

fn is_code(field: Option<&FieldDef>) -> bool {
    field.is_some_and(|f| matches!(f.kind, FieldKind::Code(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Local, Tie};
    use model::{Label, builtin};

    /// Orders name products (`商品`), which show them (`订单们`); customers name products too (`爱好`).
    fn schema() -> Schema {
        let mut s = builtin::schema();
        let field = |name: &str, kind| FieldDef::new(name, Label::same(name), kind);
        let add = |s: &mut Schema, table: &str, f: FieldDef| {
            s.tables.iter_mut().find(|t| t.key == *table).unwrap().fields.push(f);
        };
        add(&mut s, "orders", field("商品", FieldKind::Links { table: "products".into() }));
        add(&mut s, "customers", field("爱好", FieldKind::Links { table: "products".into() }));
        let shown = FieldKind::Backlinks { table: "orders".into(), field: "商品".into() };
        add(&mut s, "products", field("订单们", shown));
        s
    }

    #[test]
    fn ties_are_found_on_both_sides() {
        let s = schema();
        for (table, text, field, listed, local) in [
            ("orders", "SUMIFS(产品[单价],产品[产品编号],[@商品])", ID, false, Local::Links("商品".into())),
            ("products", "SUMIFS(订单[金额],订单[商品],[@产品编号])", "商品", true, Local::Id),
            ("products", "COUNTA([@订单们])", "商品", true, Local::Id),
            ("orders", "COUNTA([@商品])", ID, false, Local::Links("商品".into())),
            ("orders", "XLOOKUP([@客户],客户[客户编号],客户[城市])", ID, false, Local::Field("customer".into())),
            ("customers", "SUMIFS(订单[金额],订单[客户],[@客户编号])", "customer", false, Local::Id),
        ] {
            let e = crate::check(&s, s.table(table).unwrap(), text).unwrap_or_else(|e| panic!("{text}: {}", e.zh));
            let Node::Rollup(r) = &e.node else { panic!("{text} is {e:?}") };
            assert_eq!(r.tie(), Some(Tie { field: field.into(), listed, local }), "{text}");
        }
    }

    #[test]
    fn several_records_are_no_value() {
        let s = schema();
        for (table, text, at) in [
            ("orders", "[@商品]", "[@商品]"),
            ("orders", "IF(TRUE,[@商品],\"\")", "IF(TRUE,[@商品],\"\")"),
            ("orders", "[@商品]&\"\"", "[@商品]"),
            ("orders", "[@商品]+1", "[@商品]+1"),
            ("orders", "[@商品]=\"红茶\"", "[@商品]=\"红茶\""),
            ("orders", "TEXTJOIN(\",\",TRUE,[@商品])", "[@商品]"),
            ("products", "[@订单们]*2", "[@订单们]*2"),
            ("products", "SUM(产品[订单们])", "产品[订单们]"),
            ("customers", "COUNTIFS(订单[商品],[@爱好])", "[@爱好]"),
            ("customers", "COUNTIFS(产品[产品名称],[@爱好])", "[@爱好]"),
            ("customers", "COUNTIFS(客户[客户编号],[@爱好])", "[@爱好]"),
            ("customers", "COUNTIFS(产品[产品编号],\">\"&[@爱好])", "\">\"&[@爱好]"),
            ("customers", "XLOOKUP([@城市],客户[城市],客户[爱好])", "XLOOKUP([@城市],客户[城市],客户[爱好])"),
        ] {
            let e = crate::check(&s, s.table(table).unwrap(), text).expect_err(text);
            let (from, to) = e.at.unwrap_or_else(|| panic!("{text} has no place"));
            let found: String = text.chars().skip(from).take(to - from).collect();
            assert_eq!(found, at, "{text}: {}", e.zh);
        }
    }
}
