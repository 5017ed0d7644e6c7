//! The functions of the language and their typing.

use crate::criteria::criterion;
use crate::tree::{Aggregate, CmpOp, Expr, Func, Node, Rollup, Type};
use crate::typing::{Typer, blank, expected, fault, int, unify};
use formualizer_parse::parser::ASTNode;
use model::Result;

/// Types a call.
pub(crate) fn call(t: &Typer<'_>, name: &str, args: &[ASTNode]) -> Result<Expr> {
    let upper = name.to_ascii_uppercase();
    if let Some(aggregate) = rollup_aggregate(&upper) {
        return rollup(t, &upper, aggregate, args);
    }
    let count = |min: usize, max: usize| arity(&upper, args.len(), min, max);
    match upper.as_str() {
        "IF" => {
            count(2, 3)?;
            let otherwise = args.get(2).map_or(Ok(blank()), |a| t.expr(a))?;
            conditional(t, t.expr(&args[0])?, t.expr(&args[1])?, otherwise)
        }
        "IFS" => {
            count(2, 64)?;
            args.chunks(2).rev().try_fold(blank(), |rest, pair| match pair {
                [c, v] => conditional(t, t.expr(c)?, t.expr(v)?, rest),
                _ => Err(arity_error(&upper)),
            })
        }
        "AND" | "OR" => {
            count(1, 64)?;
            let list = args.iter().map(|a| t.condition(t.expr(a)?)).collect::<Result<Vec<_>>>()?;
            let node = if upper == "AND" { Node::All(list) } else { Node::Any(list) };
            Ok(Expr::new(node, Type::Bool))
        }
        "NOT" => {
            count(1, 1)?;
            let e = t.condition(t.expr(&args[0])?)?;
            Ok(Expr::new(Node::Not(e.boxed()), Type::Bool))
        }
        "ISBLANK" => {
            count(1, 1)?;
            Ok(Expr::new(Node::IsBlank(t.expr(&args[0])?.boxed()), Type::Bool))
        }
        "ISNUMBER" => {
            count(1, 1)?;
            let e = t.expr(&args[0])?;
            if matches!(e.ty, Type::Text | Type::Bool | Type::Blank) {
                return Ok(Expr::new(Node::Bool(false), Type::Bool));
            }
            let is = Expr::new(Node::IsBlank(e.boxed()), Type::Bool);
            Ok(Expr::new(Node::Not(is.boxed()), Type::Bool))
        }
        "N" => {
            count(1, 1)?;
            let e = t.expr(&args[0])?;
            match e.ty {
                Type::Text | Type::Blank => Ok(int(0)),
                _ => {
                    let ty = e.ty;
                    Ok(Expr::new(Node::OrElse(e.boxed(), 0), ty))
                }
            }
        }
        "TRUE" | "FALSE" => Ok(Expr::new(Node::Bool(upper == "TRUE"), Type::Bool)),
        "TODAY" => {
            count(0, 0)?;
            Ok(Expr::new(Node::Today, Type::Date))
        }
        "MIN" | "MAX" => {
            count(1, 64)?;
            let list = args.iter().map(|a| t.expr(a)).collect::<Result<Vec<_>>>()?;
            let (list, ty) = unify(list)?;
            let func = if upper == "MIN" { Func::Min } else { Func::Max };
            Ok(if list.len() == 1 {
                list.into_iter().next().unwrap_or_else(blank)
            } else {
                Expr::new(Node::Call(func, list), ty)
            })
        }
        "SUM" => {
            count(1, 64)?;
            let mut list = args.iter().map(|a| t.expr(a)).collect::<Result<Vec<_>>>()?.into_iter();
            let first = t.quantity(list.next().unwrap_or_else(blank))?;
            list.try_fold(first, |acc, e| t.binary(&formualizer_parse::BinaryOperator::Add, acc, e))
        }
        "INT" => {
            count(1, 1)?;
            let e = t.quantity(t.expr(&args[0])?)?;
            match e.ty {
                Type::DateTime => Ok(Expr::new(Node::DayOf(e.boxed()), Type::Date)),
                Type::Date => Ok(e),
                _ => Ok(Expr::new(Node::Call(Func::Floor, vec![t.number(e)?]), Type::Number)),
            }
        }
        "ROUND" => {
            count(2, 2)?;
            let e = t.expr(&args[0])?;
            let digits = t.number(t.expr(&args[1])?)?;
            let money = e.ty == Type::Money;
            let rounded = Expr::new(Node::Call(Func::Round, vec![t.number(e)?, digits]), Type::Number);
            if money { t.fit(rounded, Type::Money) } else { Ok(rounded) }
        }
        "ABS" => {
            count(1, 1)?;
            let e = t.quantity(t.expr(&args[0])?)?;
            let ty = e.ty;
            Ok(Expr::new(Node::Call(Func::Abs, vec![e]), ty))
        }
        _ => text_call(t, &upper, args),
    }
}

fn text_call(t: &Typer<'_>, name: &str, args: &[ASTNode]) -> Result<Expr> {
    let text = |i: usize| t.text(t.expr(&args[i])?);
    let number = |i: usize| args.get(i).map_or(Ok(int(1)), |a| t.number(t.expr(a)?));
    let (func, list, ty) = match name {
        "CONCAT" | "CONCATENATE" => {
            arity(name, args.len(), 1, 64)?;
            let list = (0..args.len()).map(text).collect::<Result<Vec<_>>>()?;
            (Func::Concat, list, Type::Text)
        }
        "LEN" => {
            arity(name, args.len(), 1, 1)?;
            (Func::Len, vec![text(0)?], Type::Number)
        }
        "LEFT" | "RIGHT" => {
            arity(name, args.len(), 1, 2)?;
            let func = if name == "LEFT" { Func::Left } else { Func::Right };
            (func, vec![text(0)?, number(1)?], Type::Text)
        }
        "LOWER" | "UPPER" | "TRIM" => {
            arity(name, args.len(), 1, 1)?;
            let func = match name {
                "LOWER" => Func::Lower,
                "UPPER" => Func::Upper,
                _ => Func::Trim,
            };
            (func, vec![text(0)?], Type::Text)
        }
        "SEARCH" => {
            arity(name, args.len(), 2, 2)?;
            (Func::Search, vec![text(0)?, text(1)?], Type::Number)
        }
        _ => {
            return Err(fault(
                format!("没有名为 {name} 的函数；请检查拼写"),
                format!("There is no function {name}; check the spelling"),
            ));
        }
    };
    Ok(Expr::new(Node::Call(func, list), ty))
}

fn conditional(t: &Typer<'_>, condition: Expr, then: Expr, otherwise: Expr) -> Result<Expr> {
    let condition = t.condition(condition)?;
    let (mut branches, ty) = unify(vec![then, otherwise])?;
    let otherwise = branches.pop().unwrap_or_else(blank);
    let then = branches.pop().unwrap_or_else(blank);
    Ok(Expr::new(Node::If(condition.boxed(), then.boxed(), otherwise.boxed()), ty))
}

fn rollup_aggregate(name: &str) -> Option<Aggregate> {
    Some(match name {
        "COUNTIFS" | "COUNTIF" => Aggregate::Count,
        "SUMIFS" => Aggregate::Sum,
        "AVERAGEIFS" => Aggregate::Average,
        "MINIFS" => Aggregate::Min,
        "MAXIFS" => Aggregate::Max,
        _ => return None,
    })
}

fn rollup(t: &Typer<'_>, name: &str, aggregate: Aggregate, args: &[ASTNode]) -> Result<Expr> {
    let (value, pairs) = match (aggregate, args) {
        (Aggregate::Count, pairs) => (None, pairs),
        (_, [value, pairs @ ..]) => (Some(t.column(value)?), pairs),
        (_, []) => return Err(arity_error(name)),
    };
    if pairs.is_empty() || pairs.len() % 2 != 0 {
        return Err(arity_error(name));
    }
    let table = match value {
        Some((table, _)) => table.key.clone(),
        None => t.column(&pairs[0])?.0.key.clone(),
    };
    let ty = match (aggregate, value) {
        (Aggregate::Count, _) | (_, None) => Type::Number,
        (_, Some((_, f))) => match Type::of(&f.kind) {
            ty @ (Type::Number | Type::Money) => ty,
            ty @ (Type::Date | Type::DateTime) if matches!(aggregate, Aggregate::Min | Aggregate::Max) => ty,
            other => return Err(expected(Type::Number, other)),
        },
    };
    let criteria = pairs.chunks(2).map(|p| criterion(t, &table, &p[0], &p[1])).collect::<Result<Vec<_>>>()?;
    if !criteria.iter().any(|c| c.op == CmpOp::Eq) {
        return Err(fault(
            format!("{name} 至少要有一个“等于”条件，说明汇总哪些记录"),
            format!("{name} needs at least one equality that says which records to gather"),
        ));
    }
    let value = value.map(|(_, f)| f.key.clone());
    Ok(Expr::new(Node::Rollup(Box::new(Rollup { table, aggregate, value, criteria })), ty))
}

fn arity(name: &str, got: usize, min: usize, max: usize) -> Result<()> {
    if (min..=max).contains(&got) { Ok(()) } else { Err(arity_error(name)) }
}

fn arity_error(name: &str) -> model::Error {
    fault(
        format!("{name} 的参数个数不对；请检查逗号和括号"),
        format!("{name} has the wrong number of arguments; check commas and brackets"),
    )
}
