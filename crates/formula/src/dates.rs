//! Functions of days and birthdays with a typing of their own.

use crate::functions::each;
use crate::lex::fault;
use crate::parse::{Ast, Syntax};
use crate::tree::{ArithOp, Expr, Func, Node, Type};
use crate::typing::{Typer, constant};
use crate::units::{blank, call as made, day, expected, instant, int};
use model::Result;

pub(crate) fn days(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let mut list = each(t, args, day)?;
    let (start, end) = (list.pop().unwrap_or_else(blank), list.pop().unwrap_or_else(blank));
    Ok(Expr::new(Node::Arith(ArithOp::Sub, end.boxed(), start.boxed()), Type::Number))
}

pub(crate) fn datedif(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let unit = match &args[2].node {
        Syntax::Text(u) => u.to_ascii_uppercase(),
        _ => String::new(),
    };
    if !["Y", "M", "D", "MD", "YM", "YD"].contains(&unit.as_str()) {
        return Err(fault(
            "DATEDIF 的单位要写 \"Y\"、\"M\"、\"D\"、\"MD\"、\"YM\" 或 \"YD\"".into(),
            "The unit of DATEDIF is \"Y\", \"M\", \"D\", \"MD\", \"YM\" or \"YD\"".into(),
        )
        .within(args[2].at.0, args[2].at.1));
    }
    let mut list = each(t, &args[..2], day)?;
    list.push(Expr::new(Node::Text(unit), Type::Text));
    Ok(made(Func::DateDif, list, Type::Number))
}

pub(crate) fn weekday(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let kind = args.get(1).map_or(Ok(int(1)), |a| t.expr(a))?;
    let (func, known): (_, &[i64]) = match name {
        "WEEKDAY" => (Func::Weekday, &[1, 2, 3, 11, 12, 13, 14, 15, 16, 17]),
        _ => (Func::Weeknum, &[1, 2, 11, 12, 13, 14, 15, 16, 17, 21]),
    };
    let Some(kind) = constant(&kind).filter(|k| known.contains(k)) else {
        let list = known.iter().map(i64::to_string).collect::<Vec<_>>().join("、");
        return Err(fault(
            format!("{name} 的第二个参数要直接写 {list} 之一"),
            format!("The second argument of {name} is one of {}", list.replace('、', ", ")),
        ));
    };
    let mut list = each(t, &args[..1], day)?;
    list.push(int(kind));
    Ok(made(func, list, Type::Number))
}

/// AGE and NEXTBIRTHDAY: a birthday as it is stored, or a day, as of today.
pub(crate) fn birthday(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let (func, ty) = if name == "AGE" { (Func::Age, Type::Number) } else { (Func::NextBirthday, Type::Date) };
    let mut list = each(t, args, |e| match e.ty {
        Type::Text => Ok(e),
        Type::Blank => Ok(Expr::new(e.node, Type::Text)),
        Type::Date | Type::DateTime => {
            let form = Expr::new(Node::Text("yyyy-mm-dd".into()), Type::Text);
            Ok(made(Func::FormatMoment, vec![instant(e)?, form], Type::Text))
        }
        other => Err(expected(Type::Date, other)),
    })?;
    list.push(Expr::new(Node::Today, Type::Date));
    Ok(made(func, list, ty))
}
