//! The nodes of the language.

use super::ir::{Bounds, Rep, Sql};
use super::{Lower, Out};
use formula::{CmpOp, ErrorValue, Expr as Typed, Func, Node, Type};
use model::{FieldKind, Holds};
use sea_query::Expr;

/// Days from year 1 to 9999.
pub(super) const DAYS: (f64, f64) = (-719_162.0, 2_932_896.0);
/// Seconds of those days.
pub(super) const SECONDS: (f64, f64) = (DAYS.0 * 86_400.0, DAYS.1 * 86_400.0 + 86_399.0);
/// Whole numbers people may type, and amounts in 分.
pub(super) const TYPED: f64 = 9.007_2e15;
/// Real numbers in cells: up to this, and down to its inverse.
const CELL: f64 = 1e100;

impl Lower<'_> {
    pub(super) fn made(&self, text: impl Into<std::borrow::Cow<'static, str>>, parts: Vec<Sql>, rep: Rep) -> Sql {
        let null = parts.iter().any(Sql::null);
        Sql::made(text, parts, rep, null)
    }

    pub(super) fn int(&self, n: i64) -> Sql {
        Sql::made(self.dialect.int(n), Vec::new(), Rep::Int, false).within(n as f64, n as f64)
    }

    pub(super) fn float(&self, n: f64) -> Sql {
        let tiny = if n == 0.0 { 1.0 } else { n.abs() };
        Sql::made(self.dialect.real(n), Vec::new(), Rep::Real, false).bounded(Bounds { lo: n, hi: n, tiny })
    }

    pub(super) fn literal(&self, t: &str) -> Sql {
        let atom = Sql::atom(Expr::val(t), Rep::Text, false);
        match self.dialect.collated() {
            Some(template) => Sql::made(template, vec![atom], Rep::Text, false),
            None => atom,
        }
    }

    pub(super) fn blank(&self, rep: Rep) -> Sql {
        let rep = if rep == Rep::Cond { Rep::Int } else { rep };
        Sql::made(self.dialect.null(rep), Vec::new(), rep, true).within(0.0, 0.0)
    }

    /// The error of a constant.
    pub(super) fn code(&self, e: ErrorValue) -> Sql {
        self.int(e.code())
    }

    /// An error where a condition holds.
    pub(super) fn error_when(&self, condition: &'static str, parts: Vec<Sql>, e: ErrorValue) -> Sql {
        let n = parts.len();
        let text = format!("CASE WHEN {condition} THEN {{{n}}} END");
        let parts = parts.into_iter().chain([self.code(e)]).collect();
        Sql::made(text, parts, Rep::Int, true).within(0.0, 9.0)
    }

    /// The error of a value that is NULL though none of what it is made of is.
    pub(super) fn failed(&self, v: &Sql, of: &[&Sql], e: ErrorValue) -> Sql {
        let mut text = String::from("CASE WHEN {0} IS NULL");
        let mut parts = vec![v.clone()];
        for p in of.iter().filter(|p| p.null()) {
            text.push_str(&format!(" AND {{{}}} IS NOT NULL", parts.len()));
            parts.push((*p).clone());
        }
        text.push_str(&format!(" THEN {{{}}} END", parts.len()));
        parts.push(self.code(e));
        Sql::made(text, parts, Rep::Int, true).within(0.0, 9.0)
    }

    /// The first of several errors.
    pub(super) fn first_error(&self, list: impl IntoIterator<Item = Option<Sql>>) -> Option<Sql> {
        let parts: Vec<Sql> = list.into_iter().flatten().collect();
        match parts.len() {
            0 => None,
            1 => parts.into_iter().next(),
            n => {
                let places: Vec<String> = (0..n).map(|i| format!("{{{i}}}")).collect();
                let text = format!("coalesce({})", places.join(", "));
                Some(Sql::made(text, parts, Rep::Int, true).within(0.0, 9.0))
            }
        }
    }

    /// The errors of arguments.
    pub(super) fn errors(&self, list: &[Out]) -> Option<Sql> {
        self.first_error(list.iter().map(|o| o.e.clone()))
    }

    /// A value made of arguments by SQL that gives NULL when one of them is NULL.
    pub(super) fn strictly(&self, v: Sql, args: &[Out]) -> Out {
        let strict = args.iter().all(|a| a.e.is_none() || a.strict);
        Out { v, e: self.errors(args), strict }
    }

    /// As [`Self::strictly`], with an error of its own where the value is NULL and no argument is.
    pub(super) fn or_fail(&self, v: Sql, args: &[Out], e: ErrorValue) -> Out {
        let of: Vec<&Sql> = args.iter().map(|a| &a.v).collect();
        let own = self.failed(&v, &of, e);
        let strict = args.iter().all(|a| a.e.is_none() || a.strict);
        Out { v, e: self.first_error(args.iter().map(|a| a.e.clone()).chain([Some(own)])), strict }
    }

    /// A value made without regard to NULL.
    pub(super) fn loosely(&self, v: Sql, args: &[Out]) -> Out {
        let e = self.errors(args);
        Out { v, strict: e.is_none(), e }
    }

    pub(super) fn rep_of(&self, ty: Type) -> Rep {
        match ty {
            Type::Text => Rep::Text,
            Type::Number => Rep::Real,
            Type::Bool => Rep::Cond,
            _ => Rep::Int,
        }
    }

    pub(crate) fn expr(&self, e: &Typed) -> Out {
        match &e.node {
            Node::Blank => Out::sure(self.blank(self.rep_of(e.ty))),
            Node::Bool(b) => Out::sure(self.int((*b).into())),
            Node::Int(n) => Out::sure(self.int(*n)),
            Node::Number(n) => Out::sure(self.float(*n)),
            Node::Text(t) => Out::sure(self.literal(t)),
            Node::Error(code) => Out { v: self.blank(self.rep_of(e.ty)), e: Some(self.code(*code)), strict: true },
            Node::Today => Out::sure(Sql::atom(crate::sql::today_place(), Rep::Int, false).within(0.0, 100_000.0)),
            // A stored cell is blank where it is an error.
            Node::Field(f) => {
                Out { e: self.error_of(f), ..Out::sure(self.column(self.names.field(f), self.names.kind(f))) }
            }
            Node::RecordId => Out::sure(Sql::atom(self.names.id(), Rep::Int, false).within(0.0, TYPED)),
            Node::Neg(a) => self.negative(self.expr(a)),
            Node::Arith(op, a, b) => self.arith(*op, e.ty, self.number(a), self.number(b), self.known.holds(b)),
            Node::Compare(op, a, b) => self.compare(*op, a, b),
            Node::IsBlank(a) => self.is_blank(a),
            Node::IsError(a, caught) => self.is_error(self.expr(a), *caught),
            Node::IfError(a, b, caught) => self.if_error(self.number(a), self.number(b), *caught),
            Node::Not(a) => self.not(a),
            Node::All(list) => self.joined(list, " AND "),
            Node::Any(list) => self.joined(list, " OR "),
            Node::Cases(cases, otherwise) => self.cases(cases, otherwise),
            Node::Switch(on, cases, otherwise) => self.switch(on, cases, otherwise),
            Node::Scale(a, n) => self.scaled(self.number(a), *n, e.ty),
            Node::Unscale(a, n) => self.divided(self.number(a), *n),
            Node::DayOf(a) => self.day_of(self.expr(a)),
            Node::OrElse(a, n) => self.or_else(self.number(a), *n),
            Node::Call(f, args) => self.call(*f, args, e.ty),
            Node::Rollup(r) => self.rollup(r, e.ty),
            Node::Rank(r) => self.rank(r),
        }
    }

    /// A stored cell.
    pub(super) fn column(&self, e: Expr, kind: Option<&FieldKind>) -> Sql {
        let (rep, lo, hi) = match kind.map(|k| (k, k.holds())) {
            Some((_, Holds::Date)) => (Rep::Int, DAYS.0, DAYS.1),
            Some((_, Holds::DateTime)) => (Rep::Int, SECONDS.0, SECONDS.1),
            Some((_, Holds::Bool)) => (Rep::Int, 0.0, 1.0),
            Some((_, Holds::Link)) => (Rep::Int, 0.0, TYPED),
            Some((kind, _)) => match self.dialect.rep(kind) {
                Rep::Int => (Rep::Int, -TYPED, TYPED),
                Rep::Real => (Rep::Real, -CELL, CELL),
                rep => (rep, 0.0, 0.0),
            },
            None => (Rep::Text, 0.0, 0.0),
        };
        let tiny = if rep == Rep::Real { 1.0 / CELL } else { 1.0 };
        Sql::atom(e, rep, true).bounded(Bounds { lo, hi, tiny })
    }

    /// The error of a field of the record at hand.
    fn error_of(&self, field: &str) -> Option<Sql> {
        self.names.error(field).map(|e| self.error_column(e))
    }

    /// A stored error.
    pub(super) fn error_column(&self, e: Expr) -> Sql {
        Sql::atom(e, Rep::Int, true).within(0.0, 9.0)
    }

    /// A condition as 1 or 0; anything else as it is.
    pub(super) fn value(&self, v: Sql) -> Sql {
        if v.rep() != Rep::Cond {
            return v;
        }
        let (one, zero) = (self.int(1), self.int(0));
        Sql::made("CASE WHEN {0} THEN {1} ELSE {2} END", vec![v, one, zero], Rep::Int, false).within(0.0, 1.0)
    }

    /// A value as a condition; blank is no more than not true.
    pub(super) fn cond(&self, out: &Out) -> Sql {
        match out.v.rep() {
            Rep::Cond => out.v.clone(),
            _ => self.made("{0} <> 0", vec![out.v.clone()], Rep::Cond),
        }
    }

    /// A number, with conditions as 1 and 0.
    pub(super) fn number(&self, e: &Typed) -> Out {
        let out = self.expr(e);
        Out { v: self.value(out.v), ..out }
    }

    pub(super) fn numbers(&self, list: &[Typed]) -> Vec<Out> {
        list.iter().map(|e| self.number(e)).collect()
    }

    /// A whole number as a real one.
    pub(super) fn real(&self, v: Sql) -> Sql {
        match v.rep() {
            Rep::Int => {
                let b = v.bounds();
                self.made("CAST({0} AS DOUBLE PRECISION)", vec![v], Rep::Real).bounded(b)
            }
            Rep::Null => self.blank(Rep::Real),
            _ => v,
        }
    }

    fn negative(&self, a: Out) -> Out {
        let v = self.value(a.v.clone());
        let b = v.bounds();
        let rep = v.rep();
        let v = self.made("-{0}", vec![v], rep).bounded(Bounds { lo: -b.hi, hi: -b.lo, tiny: b.tiny });
        Out { v, ..a }
    }

    fn or_else(&self, a: Out, n: i64) -> Out {
        if !a.v.null() && a.e.is_none() {
            return a;
        }
        let (rep, b) = (a.v.rep(), a.v.bounds());
        let other = if rep == Rep::Real { self.float(n as f64) } else { self.int(n) };
        let n = n as f64;
        let v = Sql::made("coalesce({0}, {1})", vec![a.v, other], rep, false).bounded(Bounds {
            lo: b.lo.min(n),
            hi: b.hi.max(n),
            tiny: b.tiny,
        });
        Out { v, strict: a.e.is_none(), e: a.e }
    }

    /// The value as a field of some kind keeps it: whole where the field is, within what it can hold.
    pub(crate) fn stored(&self, out: Out, ty: Type, rep: Rep) -> Out {
        let v = self.value(out.v.clone());
        if v.is_null() && v.rep() != rep {
            return Out { v: self.blank(rep), ..out };
        }
        let b = v.bounds();
        match (v.rep(), rep) {
            (Rep::Real, Rep::Int) => {
                let most = match ty {
                    Type::Date => DAYS.1,
                    Type::DateTime => SECONDS.1,
                    _ => TYPED,
                };
                let near = self.made(self.dialect.nearest(), vec![v.clone()], Rep::Real);
                if b.most() <= most {
                    let v = self.made("CAST({0} AS BIGINT)", vec![near], Rep::Int).within(-most, most);
                    return Out { v, ..out };
                }
                let limit = self.float(most);
                let v = Sql::made(
                    "CASE WHEN abs({1}) <= {2} THEN CAST({0} AS BIGINT) END",
                    vec![near, v, limit],
                    Rep::Int,
                    true,
                );
                self.or_fail(v.within(-most, most), &[out], ErrorValue::Num)
            }
            (Rep::Int, Rep::Real) => Out { v: self.real(v), ..out },
            (Rep::Real, Rep::Real) if b.most() > CELL || b.tiny < 1.0 / CELL => {
                let (most, least) = (self.float(CELL), self.float(1.0 / CELL));
                let zero = self.float(0.0);
                let text = "CASE WHEN abs({0}) > {1} THEN NULL WHEN abs({0}) < {2} THEN {3} ELSE {0} END";
                let kept = Sql::made(text, vec![v, most, least, zero], Rep::Real, true);
                self.or_fail(kept, &[out], ErrorValue::Num)
            }
            _ => Out { v, ..out },
        }
    }

    fn call(&self, f: Func, args: &[Typed], ty: Type) -> Out {
        use Func as F;
        match f {
            F::IsNumber | F::IsText => self.is_something(&args[0]),
            F::Xor => self.xor(args),
            F::Min | F::Max | F::Average | F::CountNumbers | F::CountFilled => self.several(f, args, ty),
            F::Round
            | F::RoundUp
            | F::RoundDown
            | F::Floor
            | F::Abs
            | F::Sign
            | F::Sqrt
            | F::Exp
            | F::Ln
            | F::Log
            | F::Log10
            | F::Power
            | F::Mod
            | F::Pi
            | F::CeilTo
            | F::FloorTo => self.math(f, args, ty),
            F::Year
            | F::Month
            | F::Day
            | F::Hour
            | F::Minute
            | F::Second
            | F::Weekday
            | F::Weeknum
            | F::Date
            | F::EDate
            | F::EoMonth
            | F::DateDif
            | F::DateValue
            | F::NetworkDays
            | F::Serial
            | F::FromSerial
            | F::MomentFromSerial
            | F::FormatMoment => self.date_call(f, args),
            F::Age | F::NextBirthday => self.birthday(f, args),
            F::Lunar => self.lunar(&args[0]),
            F::Pinyin | F::Initials => self.spelt(f, &args[0]),
            _ => self.text_call(f, args),
        }
    }
}

pub(super) fn sign(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq | CmpOp::Like => "=",
        CmpOp::Ne | CmpOp::Unlike => "<>",
        CmpOp::Lt => "<",
        CmpOp::Le => "<=",
        CmpOp::Gt => ">",
        CmpOp::Ge => ">=",
    }
}

/// The form several values have together.
pub(super) fn common<'a>(list: impl Iterator<Item = &'a Sql>) -> Rep {
    list.filter(|v| !v.is_null()).fold(Rep::Null, |rep, v| match (rep, v.rep()) {
        (Rep::Text, _) | (_, Rep::Text) => Rep::Text,
        (Rep::Real, _) | (_, Rep::Real) => Rep::Real,
        _ => Rep::Int,
    })
}

pub(super) fn union(a: Bounds, b: Bounds) -> Bounds {
    Bounds { lo: a.lo.min(b.lo), hi: a.hi.max(b.hi), tiny: a.tiny.min(b.tiny) }
}
