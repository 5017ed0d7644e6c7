//! The functions of the language and their typing. What each does is told in the catalogue.

use crate::dates;
use crate::gather;
use crate::lex::fault;
use crate::parse::{Ast, Syntax};
use crate::suggest;
use crate::tree::{Aggregate, ArithOp, Caught, ErrorValue, Expr, Func, Node, Type};
use crate::typing::{Typer, conditional};
use crate::units::{align, blank, call as made, condition, day, instant, int, text, unify_two};
use model::Result;

/// What an argument of a plain function is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arg {
    Number,
    /// A number, 1 or 0 when left out.
    One,
    Zero,
    Ten,
    Text,
    Day,
    Moment,
}

/// A function whose arguments and result have fixed types: name, function, least arguments, arguments, result.
type Plain = (&'static str, Func, usize, &'static [Arg], Type);

use Arg::{Day as D, Moment as M, Number as N, One, Ten, Text as T, Zero};

const PLAIN: &[Plain] = &[
    ("SIGN", Func::Sign, 1, &[N], Type::Number),
    ("SQRT", Func::Sqrt, 1, &[N], Type::Number),
    ("EXP", Func::Exp, 1, &[N], Type::Number),
    ("LN", Func::Ln, 1, &[N], Type::Number),
    ("LOG", Func::Log, 1, &[N, Ten], Type::Number),
    ("LOG10", Func::Log10, 1, &[N], Type::Number),
    ("POWER", Func::Power, 2, &[N, N], Type::Number),
    ("MOD", Func::Mod, 2, &[N, N], Type::Number),
    ("PI", Func::Pi, 0, &[], Type::Number),
    ("TRUNC", Func::RoundDown, 1, &[N, Zero], Type::Number),
    ("CEILING", Func::CeilTo, 1, &[N, One], Type::Number),
    ("FLOOR", Func::FloorTo, 1, &[N, One], Type::Number),
    ("LEN", Func::Len, 1, &[T], Type::Number),
    ("LEFT", Func::Left, 1, &[T, One], Type::Text),
    ("RIGHT", Func::Right, 1, &[T, One], Type::Text),
    ("MID", Func::Mid, 3, &[T, N, N], Type::Text),
    ("LOWER", Func::Lower, 1, &[T], Type::Text),
    ("UPPER", Func::Upper, 1, &[T], Type::Text),
    ("PROPER", Func::Proper, 1, &[T], Type::Text),
    ("TRIM", Func::Trim, 1, &[T], Type::Text),
    ("CLEAN", Func::Clean, 1, &[T], Type::Text),
    ("FIND", Func::Find, 2, &[T, T, One], Type::Number),
    ("SEARCH", Func::Search, 2, &[T, T, One], Type::Number),
    ("EXACT", Func::Exact, 2, &[T, T], Type::Bool),
    ("REPT", Func::Rept, 2, &[T, N], Type::Text),
    ("REPLACE", Func::Replace, 4, &[T, N, N, T], Type::Text),
    ("MASK", Func::Mask, 1, &[T], Type::Text),
    ("PINYIN", Func::Pinyin, 1, &[T], Type::Text),
    ("INITIALS", Func::Initials, 1, &[T], Type::Text),
    ("LUNAR", Func::Lunar, 1, &[D], Type::Text),
    ("DATE", Func::Date, 3, &[N, N, N], Type::Date),
    ("YEAR", Func::Year, 1, &[D], Type::Number),
    ("MONTH", Func::Month, 1, &[D], Type::Number),
    ("DAY", Func::Day, 1, &[D], Type::Number),
    ("HOUR", Func::Hour, 1, &[M], Type::Number),
    ("MINUTE", Func::Minute, 1, &[M], Type::Number),
    ("SECOND", Func::Second, 1, &[M], Type::Number),
    ("EDATE", Func::EDate, 2, &[D, N], Type::Date),
    ("EOMONTH", Func::EoMonth, 2, &[D, N], Type::Date),
    ("DATEVALUE", Func::DateValue, 1, &[T], Type::Date),
    ("NETWORKDAYS", Func::NetworkDays, 2, &[D, D], Type::Number),
];

pub(crate) type Build = fn(&Typer<'_>, &str, &[Ast]) -> Result<Expr>;

/// Functions with a typing of their own: name, least and most arguments.
const SPECIAL: &[(&str, usize, usize, Build)] = &[
    ("IF", 2, 3, if_),
    ("IFS", 2, 120, ifs),
    ("SWITCH", 3, 120, switch),
    ("AND", 1, 120, all_any),
    ("OR", 1, 120, all_any),
    ("XOR", 1, 120, all_any),
    ("NOT", 1, 1, not),
    ("IFERROR", 2, 2, if_error),
    ("IFNA", 2, 2, if_error),
    ("ISERROR", 1, 1, is_error),
    ("ISERR", 1, 1, is_error),
    ("ISNA", 1, 1, is_error),
    ("ISBLANK", 1, 1, is_blank),
    ("ISNUMBER", 1, 1, is_number),
    ("ISTEXT", 1, 1, is_text),
    ("NA", 0, 0, na),
    ("TRUE", 0, 0, truth),
    ("FALSE", 0, 0, truth),
    ("N", 1, 1, n),
    ("T", 1, 1, t_),
    ("TODAY", 0, 0, today),
    ("NOW", 0, 0, today),
    ("SUM", 1, 120, sum),
    ("MIN", 1, 120, extreme),
    ("MAX", 1, 120, extreme),
    ("AVERAGE", 1, 120, average),
    ("COUNT", 1, 120, count),
    ("COUNTA", 1, 120, count),
    ("INT", 1, 1, int_),
    ("ROUND", 2, 2, round),
    ("ROUNDUP", 2, 2, round),
    ("ROUNDDOWN", 2, 2, round),
    ("ABS", 1, 1, abs),
    ("CONCAT", 1, 120, concat),
    ("CONCATENATE", 1, 120, concat),
    ("TEXTJOIN", 3, 120, textjoin),
    ("SUBSTITUTE", 3, 4, substitute),
    ("VALUE", 1, 1, value),
    ("TEXT", 2, 2, text_),
    ("DAYS", 2, 2, dates::days),
    ("DATEDIF", 3, 3, dates::datedif),
    ("WEEKDAY", 1, 2, dates::weekday),
    ("WEEKNUM", 1, 2, dates::weekday),
    ("AGE", 1, 1, dates::birthday),
    ("NEXTBIRTHDAY", 1, 1, dates::birthday),
    ("COUNTIFS", 2, 60, gather::ifs),
    ("SUMIFS", 3, 61, gather::ifs),
    ("AVERAGEIFS", 3, 61, gather::ifs),
    ("MINIFS", 3, 61, gather::ifs),
    ("MAXIFS", 3, 61, gather::ifs),
    ("COUNTIF", 2, 2, gather::single_if),
    ("SUMIF", 2, 3, gather::single_if),
    ("AVERAGEIF", 2, 3, gather::single_if),
    ("XLOOKUP", 3, 5, gather::xlookup),
    ("VLOOKUP", 3, 4, gather::vlookup),
    ("INDEX", 2, 2, gather::index),
    ("MATCH", 2, 3, gather::match_),
    ("RANK", 2, 3, gather::rank),
    ("RANK.EQ", 2, 3, gather::rank),
    ("PERCENTRANK", 2, 2, gather::rank),
    ("PERCENTRANK.INC", 2, 2, gather::rank),
    ("QUINTILE", 1, 1, gather::quintile),
];

/// The names of all functions.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PLAIN.iter().map(|f| f.0).chain(SPECIAL.iter().map(|f| f.0))
}

/// Whether a function is called so.
pub(crate) fn known(name: &str) -> bool {
    names().any(|n| n.eq_ignore_ascii_case(name))
}

/// Types a call.
pub(crate) fn call(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let upper = name.to_ascii_uppercase();
    let upper = upper.strip_prefix("_XLFN.").unwrap_or(&upper);
    if let Some(f) = PLAIN.iter().find(|f| f.0 == upper) {
        return plain(t, f, args);
    }
    if let Some((name, min, max, build)) = SPECIAL.iter().find(|f| f.0 == upper) {
        arity(name, args.len(), *min, *max)?;
        return build(t, name, args);
    }
    let (zh, en) = suggest::cure(upper, names(), ("请检查拼写", "check the spelling"));
    Err(fault(format!("没有名为 {name} 的函数；{zh}"), format!("There is no function {name}; {en}")))
}

fn arity(name: &str, got: usize, min: usize, max: usize) -> Result<()> {
    if (min..=max).contains(&got) { Ok(()) } else { Err(arity_error(name)) }
}

pub(crate) fn arity_error(name: &str) -> model::Error {
    let form = crate::catalogue::find(name);
    let (zh, en) = form.map_or(("", ""), |f| (f.syntax_zh, f.syntax_en));
    fault(
        format!("{name} 的参数个数不对；写法是 {zh}"),
        format!("{name} has the wrong number of arguments; it is written {en}"),
    )
}

fn plain(t: &Typer<'_>, (name, func, min, kinds, ty): &Plain, args: &[Ast]) -> Result<Expr> {
    arity(name, args.len(), *min, kinds.len())?;
    let list = kinds.iter().enumerate().map(|(i, kind)| match (args.get(i), kind) {
        (Some(a), kind) => argument(t, a, *kind).map_err(|e| e.within(a.at.0, a.at.1)),
        (None, Arg::One) => Ok(int(1)),
        (None, Arg::Ten) => Ok(int(10)),
        (None, _) => Ok(int(0)),
    });
    Ok(made(*func, list.collect::<Result<_>>()?, *ty))
}

fn argument(t: &Typer<'_>, ast: &Ast, kind: Arg) -> Result<Expr> {
    let e = t.expr(ast)?;
    match kind {
        Arg::Text => text(e),
        Arg::Day => day(e),
        Arg::Moment => instant(e),
        Arg::Number | Arg::One | Arg::Zero | Arg::Ten => t.number(e),
    }
}

/// Each argument typed, with errors placed on it.
pub(crate) fn each(t: &Typer<'_>, args: &[Ast], f: impl Fn(Expr) -> Result<Expr>) -> Result<Vec<Expr>> {
    args.iter().map(|a| f(t.expr(a)?).map_err(|e| e.within(a.at.0, a.at.1))).collect()
}

fn if_(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let c = each(t, &args[..1], condition)?.pop().unwrap_or_else(blank);
    let otherwise = args.get(2).map_or(Ok(blank()), |a| t.expr(a))?;
    conditional(vec![(c, t.expr(&args[1])?)], otherwise)
}

fn ifs(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    if !args.len().is_multiple_of(2) {
        return Err(arity_error(name));
    }
    let cases = args.chunks(2).map(|p| {
        let c = each(t, &p[..1], condition)?.pop().unwrap_or_else(blank);
        Ok((c, t.expr(&p[1])?))
    });
    let mut cases: Vec<(Expr, Expr)> = cases.collect::<Result<_>>()?;
    // With TRUE for all the rest nothing is left to be #N/A.
    let rest = match cases.last() {
        Some((Expr { node: Node::Bool(true), .. }, _)) if cases.len() > 1 => cases.pop().map(|(_, value)| value),
        _ => None,
    };
    conditional(cases, rest.unwrap_or_else(|| error(ErrorValue::Na)))
}

fn error(e: ErrorValue) -> Expr {
    Expr::new(Node::Error(e), Type::Blank)
}

fn switch(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let mut on = crate::units::zero_if_blank(t.expr(&args[0])?);
    if matches!(on.node, Node::Blank) {
        on = Expr::new(Node::Text(String::new()), Type::Text);
    }
    let pairs = args[1..].chunks_exact(2);
    let otherwise = match pairs.remainder() {
        [last] => t.expr(last)?,
        _ => error(ErrorValue::Na),
    };
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    for pair in pairs {
        let (kept, key) = align(on.clone(), t.expr(&pair[0])?).map_err(|e| e.within(pair[0].at.0, pair[0].at.1))?;
        if kept != on {
            return Err(crate::units::mismatch(on.ty, key.ty).within(pair[0].at.0, pair[0].at.1));
        }
        keys.push(key);
        values.push(t.expr(&pair[1])?);
    }
    values.push(otherwise);
    let (mut values, ty) = unify_two(values)?;
    let otherwise = values.pop().unwrap_or_else(blank);
    let cases = keys.into_iter().zip(values).collect();
    Ok(Expr::new(Node::Switch(on.boxed(), cases, otherwise.boxed()), ty))
}

fn all_any(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let list = each(t, args, condition)?;
    let node = match name {
        "AND" => Node::All(list),
        "OR" => Node::Any(list),
        _ => Node::Call(Func::Xor, list),
    };
    Ok(Expr::new(node, Type::Bool))
}

fn not(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let e = each(t, args, condition)?.pop().unwrap_or_else(blank);
    Ok(Expr::new(Node::Not(e.boxed()), Type::Bool))
}

fn if_error(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let (mut list, ty) = unify_two(vec![t.expr(&args[0])?, t.expr(&args[1])?])?;
    let otherwise = list.pop().unwrap_or_else(blank);
    let value = list.pop().unwrap_or_else(blank);
    let caught = if name == "IFNA" { Caught::Na } else { Caught::Any };
    Ok(Expr::new(Node::IfError(value.boxed(), otherwise.boxed(), caught), ty))
}

fn is_error(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let caught = match name {
        "ISNA" => Caught::Na,
        "ISERR" => Caught::NotNa,
        _ => Caught::Any,
    };
    Ok(Expr::new(Node::IsError(t.expr(&args[0])?.boxed(), caught), Type::Bool))
}

fn is_blank(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    Ok(crate::units::is_blank(t.expr(&args[0])?))
}

fn is_number(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let e = t.expr(&args[0])?;
    Ok(match e.ty {
        Type::Text | Type::Bool | Type::Blank | Type::Link | Type::Links => Expr::new(Node::Bool(false), Type::Bool),
        _ => made(Func::IsNumber, vec![e], Type::Bool),
    })
}

fn is_text(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let e = t.expr(&args[0])?;
    Ok(match e.ty {
        Type::Text => made(Func::IsText, vec![e], Type::Bool),
        _ => Expr::new(Node::Bool(false), Type::Bool),
    })
}

fn na(_: &Typer<'_>, _: &str, _: &[Ast]) -> Result<Expr> {
    Ok(error(ErrorValue::Na))
}

fn truth(_: &Typer<'_>, name: &str, _: &[Ast]) -> Result<Expr> {
    Ok(Expr::new(Node::Bool(name == "TRUE"), Type::Bool))
}

fn n(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let e = t.expr(&args[0])?;
    Ok(match e.ty {
        Type::Text | Type::Blank if !matches!(e.node, Node::Error(_)) => int(0),
        Type::Number | Type::Money => {
            let ty = e.ty;
            Expr::new(Node::OrElse(e.boxed(), 0), ty)
        }
        _ => {
            let e = t.number(e)?;
            Expr::new(Node::OrElse(e.boxed(), 0), Type::Number)
        }
    })
}

fn t_(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let e = t.expr(&args[0])?;
    Ok(if e.ty == Type::Text || matches!(e.node, Node::Error(_)) { e } else { blank() })
}

/// NOW is the beginning of the as-of day: stored columns are computed when the day turns, not each second.
fn today(_: &Typer<'_>, name: &str, _: &[Ast]) -> Result<Expr> {
    let day = Expr::new(Node::Today, Type::Date);
    Ok(if name == "NOW" { crate::units::moment(day) } else { day })
}

fn sum(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let mut list = gather::values(t, args, Aggregate::Sum)?.into_iter();
    let first = t.quantity(list.next().unwrap_or_else(blank))?;
    list.try_fold(first, |acc, e| t.binary(crate::parse::Binary::Add, acc, e))
}

fn extreme(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let (aggregate, func) = if name == "MIN" { (Aggregate::Min, Func::Min) } else { (Aggregate::Max, Func::Max) };
    let list = gather::values(t, args, aggregate)?;
    let list = list.into_iter().map(|e| match e.ty {
        Type::Text => t.number(e),
        Type::Bool => t.number(e),
        _ => Ok(e),
    });
    let (list, ty) = unify_two(list.collect::<Result<_>>()?)?;
    Ok(if list.len() == 1 { list.into_iter().next().unwrap_or_else(blank) } else { made(func, list, ty) })
}

fn average(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    if let [one] = args
        && gather::is_column(one)
    {
        return gather::whole(t, one, Aggregate::Average);
    }
    let list = args.iter().map(|a| {
        let e = t.expr(a)?;
        match e.ty {
            Type::Number | Type::Money | Type::Blank => Ok(e),
            _ => t.number(e),
        }
        .map_err(|e| e.within(a.at.0, a.at.1))
    });
    let (list, ty) = unify_two(list.collect::<Result<_>>()?)?;
    Ok(made(Func::Average, list, if ty == Type::Money { ty } else { Type::Number }))
}

fn count(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let (aggregate, func) = match name {
        "COUNT" => (Aggregate::CountNumbers, Func::CountNumbers),
        _ => (Aggregate::CountFilled, Func::CountFilled),
    };
    let (columns, cells): (Vec<_>, Vec<_>) = args.iter().partition(|a| gather::is_column(a));
    let cells = cells.into_iter().map(|a| t.expr(a)).collect::<Result<Vec<_>>>()?;
    // Of a cell with several records each counts, as they would in cells of their own.
    let (lists, cells): (Vec<_>, Vec<_>) = cells.into_iter().partition(|e| e.ty == Type::Links);
    let lists = lists.into_iter().filter(|_| func == Func::CountFilled).map(crate::links::counted);
    let mut out = (!cells.is_empty()).then(|| made(func, cells, Type::Number));
    let columns = columns.into_iter().map(|c| gather::whole(t, c, aggregate)).collect::<Result<Vec<_>>>()?;
    for one in lists.chain(columns) {
        out = Some(match out {
            Some(sum) => Expr::new(Node::Arith(ArithOp::Add, sum.boxed(), one.boxed()), Type::Number),
            None => one,
        });
    }
    Ok(out.unwrap_or_else(|| int(0)))
}

fn int_(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let e = t.quantity(t.expr(&args[0])?)?;
    Ok(match e.ty {
        Type::DateTime => Expr::new(Node::DayOf(e.boxed()), Type::Date),
        Type::Date => e,
        _ => made(Func::Floor, vec![t.number(e)?], Type::Number),
    })
}

fn round(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let e = t.expr(&args[0])?;
    let digits = t.number(t.expr(&args[1])?)?;
    let func = match name {
        "ROUND" => Func::Round,
        "ROUNDUP" => Func::RoundUp,
        _ => Func::RoundDown,
    };
    let money = e.ty == Type::Money;
    let rounded = made(func, vec![t.number(e)?, digits], Type::Number);
    if money { crate::units::fit(rounded, Type::Money) } else { Ok(rounded) }
}

fn abs(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let e = t.quantity(t.expr(&args[0])?)?;
    let e = if matches!(e.ty, Type::Date | Type::DateTime) { t.number(e)? } else { e };
    let ty = e.ty;
    Ok(made(Func::Abs, vec![e], ty))
}

fn concat(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    Ok(made(Func::Concat, each(t, args, text)?, Type::Text))
}

fn textjoin(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let mut list = each(t, &args[..1], text)?;
    list.extend(each(t, &args[1..2], condition)?);
    list.extend(each(t, &args[2..], text)?);
    Ok(made(Func::TextJoin, list, Type::Text))
}

fn substitute(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let mut list = each(t, &args[..3], text)?;
    list.extend(each(t, &args[3..], |e| t.number(e))?);
    Ok(made(Func::Substitute, list, Type::Text))
}

fn value(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    t.number(t.expr(&args[0])?)
}

fn text_(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let Syntax::Text(format) = &args[1].node else {
        return Err(fault(
            "TEXT 的格式要直接写出来，例如 \"0.00\" 或 \"yyyy-mm-dd\"".into(),
            "The format of TEXT must be written out, such as \"0.00\" or \"yyyy-mm-dd\"".into(),
        )
        .within(args[1].at.0, args[1].at.1));
    };
    let e = t.expr(&args[0])?;
    let shown = Expr::new(Node::Text(format.clone()), Type::Text);
    if crate::format::number_format(format).is_some() {
        return Ok(made(Func::FormatNumber, vec![t.number(e)?, shown], Type::Text));
    }
    if crate::format::moment_format(format).is_some() {
        return Ok(made(Func::FormatMoment, vec![instant(e)?, shown], Type::Text));
    }
    Err(fault(
        format!("看不懂格式“{format}”；可用 0、0.00、#,##0.00、0%、yyyy-mm-dd、yyyy年m月d日、hh:mm 等"),
        format!("The format “{format}” is not understood; use 0, 0.00, #,##0.00, 0%, yyyy-mm-dd, hh:mm and the like"),
    )
    .within(args[1].at.0, args[1].at.1))
}
