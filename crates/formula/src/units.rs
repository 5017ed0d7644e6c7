//! Bringing typed values to one unit, and text and numbers to each other, as Excel does.

use crate::lex::fault;
use crate::tree::{CmpOp, Expr, Func, Node, Type};
use model::{Error, Result};

pub(crate) fn int(n: i64) -> Expr {
    Expr::new(Node::Int(n), Type::Number)
}

pub(crate) fn blank() -> Expr {
    Expr::new(Node::Blank, Type::Blank)
}

pub(crate) fn call(f: Func, args: Vec<Expr>, ty: Type) -> Expr {
    Expr::new(Node::Call(f, args), ty)
}

/// A constant whole number.
pub(crate) fn whole(e: &Expr) -> Option<i64> {
    match e.node {
        Node::Int(n) => Some(n),
        Node::Bool(b) => Some(b.into()),
        Node::Blank => Some(0),
        _ => None,
    }
}

pub(crate) fn scale(e: Expr, factor: i64, ty: Type) -> Expr {
    match e.node {
        Node::Int(n) => Expr::new(Node::Int(n.saturating_mul(factor)), ty),
        _ => Expr::new(Node::Scale(e.boxed(), factor), ty),
    }
}

pub(crate) fn moment(e: Expr) -> Expr {
    if e.ty == Type::Date { Expr::new(Node::Scale(e.boxed(), 86_400), Type::DateTime) } else { e }
}

/// The number, 0 where it is blank.
pub(crate) fn zero_if_blank(e: Expr) -> Expr {
    if !matches!(e.ty, Type::Number | Type::Money | Type::Bool) {
        return e;
    }
    match &e.node {
        Node::Field(_) | Node::Cases(..) | Node::Switch(..) | Node::Rollup(_) | Node::IfError(..) | Node::Rank(_) => {}
        Node::Call(f, _) if !matches!(f, Func::Len | Func::Round | Func::Floor | Func::Power | Func::Value) => {}
        Node::Arith(_, a, b) if dated(a) || dated(b) => {}
        Node::Unscale(a, _) if dated(a) => {}
        _ => return e,
    }
    let ty = e.ty;
    Expr::new(Node::OrElse(e.boxed(), 0), ty)
}

/// Whether a part is made of dates, where blank stays blank.
fn dated(e: &Expr) -> bool {
    matches!(e.ty, Type::Date | Type::DateTime)
        || matches!(&e.node, Node::Arith(_, a, b) if dated(a) || dated(b))
        || matches!(&e.node, Node::Scale(a, _) if dated(a))
}

/// An operand of sums: a number, money, date or moment.
pub(crate) fn quantity(e: Expr) -> Result<Expr> {
    match e.ty {
        Type::Number | Type::Money => Ok(zero_if_blank(e)),
        Type::Date | Type::DateTime => Ok(e),
        Type::Blank if matches!(e.node, Node::Error(_)) => Ok(Expr::new(e.node, Type::Number)),
        Type::Blank => Ok(int(0)),
        Type::Bool => Ok(Expr::new(Node::OrElse(e.boxed(), 0), Type::Number)),
        Type::Text => Ok(call(Func::Value, vec![e], Type::Number)),
        Type::Link | Type::Links => Err(expected(Type::Number, e.ty)),
    }
}

/// A plain number: money in yuan, a date as Excel's serial number.
pub(crate) fn number(e: Expr) -> Result<Expr> {
    let e = quantity(e)?;
    Ok(match e.ty {
        Type::Money => Expr::new(Node::Unscale(e.boxed(), 100), Type::Number),
        Type::Date | Type::DateTime => call(Func::Serial, vec![e], Type::Number),
        _ => e,
    })
}

/// A condition.
pub(crate) fn condition(e: Expr) -> Result<Expr> {
    match e.ty {
        Type::Bool => Ok(e),
        Type::Number | Type::Money => compare(CmpOp::Ne, e, int(0)),
        Type::Blank if matches!(e.node, Node::Error(_)) => Ok(Expr::new(e.node, Type::Bool)),
        Type::Blank => Ok(Expr::new(Node::Bool(false), Type::Bool)),
        other => Err(expected(Type::Bool, other)),
    }
}

/// Text; numbers and yes/no become text as Excel joins them.
pub(crate) fn text(e: Expr) -> Result<Expr> {
    match e.ty {
        Type::Text => Ok(e),
        Type::Blank => Ok(Expr::new(e.node, Type::Text)),
        Type::Number | Type::Bool => Ok(call(Func::TextOf, vec![e], Type::Text)),
        Type::Money => {
            let yuan = Expr::new(Node::Unscale(e.boxed(), 100), Type::Number);
            Ok(call(Func::TextOf, vec![yuan], Type::Text))
        }
        Type::Date | Type::DateTime => Err(fault(
            "日期要先变成文字，例如 TEXT([@日期],\"yyyy-mm-dd\")".into(),
            "A date must be turned into text first, such as TEXT([@Date],\"yyyy-mm-dd\")".into(),
        )),
        Type::Link | Type::Links => Err(expected(Type::Text, e.ty)),
    }
}

/// A day; serial numbers and texts become days.
pub(crate) fn day(e: Expr) -> Result<Expr> {
    Ok(match e.ty {
        Type::Date | Type::Blank => e,
        Type::DateTime => Expr::new(Node::DayOf(e.boxed()), Type::Date),
        Type::Text => call(Func::DateValue, vec![e], Type::Date),
        Type::Number => call(Func::FromSerial, vec![e], Type::Date),
        other => return Err(expected(Type::Date, other)),
    })
}

/// A moment; serial numbers, days and texts become moments.
pub(crate) fn instant(e: Expr) -> Result<Expr> {
    Ok(match e.ty {
        Type::DateTime | Type::Blank => e,
        Type::Number => call(Func::MomentFromSerial, vec![e], Type::DateTime),
        _ => moment(day(e)?),
    })
}

/// The expression in the unit of a field of type `want`.
pub(crate) fn fit(e: Expr, want: Type) -> Result<Expr> {
    use Type::{Blank, Bool, Date, DateTime, Money, Number, Text};
    match (e.ty, want) {
        (a, b) if a == b => Ok(e),
        (Blank, _) => Ok(Expr::new(e.node, want)),
        (Number, Money) => Ok(scale(e, 100, Money)),
        (Money, Number) => Ok(Expr::new(Node::Unscale(e.boxed(), 100), Number)),
        (Text, Money) => Ok(scale(number(e)?, 100, Money)),
        (Text | Bool, Number) => number(e),
        (Date, Number) | (DateTime, Number) => number(e),
        (Number | Text | DateTime, Date) => day(e),
        (Number | Text | Date, DateTime) => instant(e),
        (Number | Bool | Money, Text) => text(e),
        (Date | DateTime, Text) => text(e),
        (Number | Money, Bool) => condition(e),
        (got, want) => Err(expected(want, got)),
    }
}

/// A comparison of two values brought to one unit.
pub(crate) fn compare(op: CmpOp, l: Expr, r: Expr) -> Result<Expr> {
    // Against "" the question is whether anything is there, whatever the type.
    for (side, other) in [(&l, &r), (&r, &l)] {
        if matches!(side.node, Node::Blank) && matches!(op, CmpOp::Eq | CmpOp::Ne) {
            let is = is_blank(other.clone());
            return Ok(if op == CmpOp::Eq { is } else { Expr::new(Node::Not(is.boxed()), Type::Bool) });
        }
    }
    if l.ty == Type::Links || r.ty == Type::Links {
        return Err(mismatch(l.ty, r.ty));
    }
    let (l, r) = align(l, r)?;
    let (l, r) = (zero_if_blank(l), zero_if_blank(r));
    Ok(Expr::new(Node::Compare(op, l.boxed(), r.boxed()), Type::Bool))
}

/// Whether anything is there.
pub(crate) fn is_blank(e: Expr) -> Expr {
    let node = match e.ty {
        Type::Links => Node::Compare(CmpOp::Eq, crate::links::counted(e).boxed(), int(0).boxed()),
        _ => Node::IsBlank(e.boxed()),
    };
    Expr::new(node, Type::Bool)
}

/// Both sides in one unit.
pub(crate) fn align(l: Expr, r: Expr) -> Result<(Expr, Expr)> {
    use Type::{Blank, Bool, Date, DateTime, Money, Number, Text};
    Ok(match (l.ty, r.ty) {
        (a, b) if a == b => (l, r),
        (Blank, ty) => (fit(zeroed(l, ty), ty)?, r),
        (ty, Blank) => {
            let r = fit(zeroed(r, ty), ty)?;
            (l, r)
        }
        (Money, Number) => (l, scale(r, 100, Money)),
        (Number, Money) => (scale(l, 100, Money), r),
        (Date, DateTime) => (moment(l), r),
        (DateTime, Date) => (l, moment(r)),
        (Date | DateTime, Number) => (number(l)?, r),
        (Number, Date | DateTime) => (l, number(r)?),
        (Bool, Number) | (Number, Bool) => (quantity(l)?, quantity(r)?),
        (Bool, Money) => (scale(quantity(l)?, 100, Money), r),
        (Money, Bool) => (l, scale(quantity(r)?, 100, Money)),
        // A written day beside a date is meant as one.
        (Date | DateTime, Text) => align_day(l, r)?,
        (Text, Date | DateTime) => {
            let (r, l) = align_day(r, l)?;
            (l, r)
        }
        (Text, Number | Money) | (Number | Money, Text) => {
            return Err(fault(
                "文本和数字不能比较；请用 VALUE(…) 把文本变成数字，或给数字加双引号".into(),
                "Text and a number cannot be compared; use VALUE(…) for the text, or put the number in quotes".into(),
            ));
        }
        (a, b) => return Err(mismatch(a, b)),
    })
}

fn align_day(date: Expr, written: Expr) -> Result<(Expr, Expr)> {
    match written_day(&written) {
        Some(day) => align(date, day),
        None => Err(mismatch(date.ty, Type::Text)),
    }
}

/// A constant text that is a day, as one: `"2024-03-05"`, `"2024/3/5"`.
pub(crate) fn written_day(e: &Expr) -> Option<Expr> {
    let Node::Text(t) = &e.node else { return None };
    let mut parts = t.trim().split(['-', '/', '.', '年', '月']);
    let y = parts.next()?.trim().parse().ok().filter(|y| (1900..=9999).contains(y))?;
    let (m, d) = (parts.next()?.trim().parse().ok()?, parts.next()?.trim_end_matches('日').trim().parse().ok()?);
    let day = model::Date::new(y, m, d).filter(|_| parts.next().is_none())?;
    Some(Expr::new(Node::Int(day.0.into()), Type::Date))
}

/// A blank beside a number is 0, beside text empty.
fn zeroed(e: Expr, ty: Type) -> Expr {
    match e.node {
        Node::Blank if matches!(ty, Type::Number | Type::Money) => int(0),
        Node::Blank if ty == Type::Bool => Expr::new(Node::Bool(false), Type::Bool),
        _ => e,
    }
}

/// The union of the types of several branches, each brought to it.
pub(crate) fn unify_two(list: Vec<Expr>) -> Result<(Vec<Expr>, Type)> {
    use Type::{Blank, Bool, Date, DateTime, Money, Number, Text};
    let mut ty = Blank;
    for e in &list {
        ty = match (ty, e.ty) {
            (a, Blank) => a,
            (Blank, b) => b,
            (a, b) if a == b => a,
            (Money, Number) | (Number, Money) => Money,
            (Date, DateTime) | (DateTime, Date) => DateTime,
            (Bool, Number) | (Number, Bool) => Number,
            (Bool, Money) | (Money, Bool) => Money,
            (Text, Number | Money | Bool) | (Number | Money | Bool, Text) => Text,
            (a, b) => return Err(mismatch(a, b)),
        };
    }
    let fitted =
        list.into_iter().map(|e| if e.ty == Number && ty == Money { Ok(scale(e, 100, Money)) } else { branch(e, ty) });
    Ok((fitted.collect::<Result<_>>()?, ty))
}

/// A branch in the type of all; a blank one stays blank.
fn branch(e: Expr, ty: Type) -> Result<Expr> {
    match (e.ty, ty) {
        (Type::Bool, Type::Number) => Ok(e),
        (Type::Bool, Type::Money) => Ok(scale(quantity(e)?, 100, Type::Money)),
        _ => fit(e, ty),
    }
}

pub(crate) fn mismatch(a: Type, b: Type) -> Error {
    let ((az, ae), (bz, be)) = (a.names(), b.names());
    fault(
        format!("{az}和{bz}不能放在一起计算或比较；请检查两边的字段"),
        format!("{ae} and {be} cannot be combined or compared; check the fields on both sides"),
    )
}

pub(crate) fn expected(want: Type, got: Type) -> Error {
    let ((wz, we), (gz, ge)) = (want.names(), got.names());
    let (cure_zh, cure_en) = match got {
        Type::Links => crate::links::CURE,
        _ => ("", ""),
    };
    fault(format!("这里要{wz}，得到的是{gz}{cure_zh}"), format!("{we} is expected here, not {ge}{cure_en}"))
}
