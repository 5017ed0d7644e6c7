//! Arithmetic and the functions of numbers.
//!
//! Excel knows one kind of number. Here whole numbers stay whole while they surely fit 64 bits, which keeps
//! money exact, and are real otherwise; what could leave the range of real numbers is guarded and `#NUM!`.

use super::ir::{Bounds, INT_MOST, REAL_MOST, Rep, Sql};
use super::lower::{DAYS, SECONDS, union};
use super::{Lower, Out};
use crate::dialect::Rounding;
use formula::{ArithOp, ErrorValue, Expr as Typed, Func, Type};

/// Bounds of a product or quotient of magnitudes.
fn spread(most: f64, tiny: f64) -> Bounds {
    Bounds { lo: -most, hi: most, tiny }
}

impl Lower<'_> {
    /// `sure` says that the right side is not 0.
    pub(super) fn arith(&self, op: ArithOp, ty: Type, a: Out, b: Out, sure: bool) -> Out {
        let out = match op {
            ArithOp::Add | ArithOp::Sub => self.sum(op, a, b),
            ArithOp::Mul => self.product(a, b),
            ArithOp::Div => self.quotient(a, b, sure),
        };
        match ty {
            Type::Date => self.in_range(self.to_whole(out), DAYS),
            Type::DateTime => self.in_range(self.to_whole(out), SECONDS),
            _ => out,
        }
    }

    /// A day or moment that may have left the calendar: `#NUM!` where it did.
    pub(super) fn in_range(&self, out: Out, (lo, hi): (f64, f64)) -> Out {
        let b = out.v.bounds();
        if b.lo >= lo && b.hi <= hi {
            return out;
        }
        let (from, to) = (self.int(lo as i64), self.int(hi as i64));
        let v =
            Sql::made("CASE WHEN {0} BETWEEN {1} AND {2} THEN {0} END", vec![out.v.clone(), from, to], Rep::Int, true);
        let mut out = self.or_fail(v.within(lo, hi), &[out], ErrorValue::Num);
        out.strict = true;
        out
    }

    /// A real number rounded to a whole one; beyond 64 bits it is NULL.
    pub(super) fn to_whole(&self, out: Out) -> Out {
        if out.v.rep() != Rep::Real {
            return out;
        }
        let b = out.v.bounds();
        let near = self.made(self.dialect.nearest(), vec![out.v.clone()], Rep::Real);
        if b.most() < INT_MOST {
            let v = self.made("CAST({0} AS BIGINT)", vec![near], Rep::Int).within(b.lo - 1.0, b.hi + 1.0);
            return Out { v, ..out };
        }
        let limit = self.float(INT_MOST);
        let v = Sql::made(
            "CASE WHEN abs({1}) < {2} THEN CAST({0} AS BIGINT) END",
            vec![near, out.v.clone(), limit],
            Rep::Int,
            true,
        );
        self.or_fail(v.within(-INT_MOST, INT_MOST), &[out], ErrorValue::Num)
    }

    fn sum(&self, op: ArithOp, a: Out, b: Out) -> Out {
        let (x, y) = (a.v.bounds(), b.v.bounds());
        let (text, lo, hi) = match op {
            ArithOp::Add => ("{0} + {1}", x.lo + y.lo, x.hi + y.hi),
            _ => ("{0} - {1}", x.lo - y.hi, x.hi - y.lo),
        };
        let whole = a.v.rep() == Rep::Int && b.v.rep() == Rep::Int;
        let most = lo.abs().max(hi.abs());
        if whole && most < INT_MOST {
            let v = self.made(text, vec![a.v.clone(), b.v.clone()], Rep::Int).within(lo, hi);
            return self.strictly(v, &[a, b]);
        }
        // Cancelling leaves no less than the last bit of the smaller side.
        let bounds = Bounds { lo, hi, tiny: x.tiny.min(y.tiny) * 1e-17 };
        let parts = vec![self.real(a.v.clone()), self.real(b.v.clone())];
        if most <= REAL_MOST {
            return self.strictly(self.made(text, parts, Rep::Real).bounded(bounds), &[a, b]);
        }
        let limit = self.float(REAL_MOST);
        let half = if op == ArithOp::Add { "+" } else { "-" };
        let text = format!("CASE WHEN abs({{0}} / 2 {half} {{1}} / 2) <= {{2}} / 2 THEN {{0}} {half} {{1}} END");
        let v = Sql::made(text, parts.into_iter().chain([limit]).collect(), Rep::Real, true)
            .bounded(spread(REAL_MOST, bounds.tiny));
        self.or_fail(v, &[a, b], ErrorValue::Num)
    }

    fn product(&self, a: Out, b: Out) -> Out {
        let (x, y) = (a.v.bounds(), b.v.bounds());
        let corners = [x.lo * y.lo, x.lo * y.hi, x.hi * y.lo, x.hi * y.hi];
        let lo = corners.iter().copied().fold(f64::INFINITY, f64::min);
        let hi = corners.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let bounds = Bounds { lo, hi, tiny: x.tiny * y.tiny };
        if a.v.rep() == Rep::Int && b.v.rep() == Rep::Int && bounds.most() < INT_MOST {
            let v = self.made("{0} * {1}", vec![a.v.clone(), b.v.clone()], Rep::Int).within(lo, hi);
            return self.strictly(v, &[a, b]);
        }
        let parts = vec![self.real(a.v.clone()), self.real(b.v.clone())];
        if bounds.most() <= REAL_MOST && bounds.tiny >= 1.0 / REAL_MOST {
            return self.strictly(self.made("{0} * {1}", parts, Rep::Real).bounded(bounds), &[a, b]);
        }
        let text = "CASE WHEN {0} = 0 OR {1} = 0 THEN {2} WHEN ln(abs({0})) + ln(abs({1})) > 690 THEN NULL \
                    WHEN ln(abs({0})) + ln(abs({1})) < -690 THEN {2} ELSE {0} * {1} END";
        self.guarded(text, parts, a, b)
    }

    fn quotient(&self, a: Out, b: Out, sure: bool) -> Out {
        let (x, y) = (a.v.bounds(), b.v.bounds());
        let safe = x.most() / y.tiny <= REAL_MOST && x.tiny / y.most().max(1.0) >= 1.0 / REAL_MOST;
        let constant = b.v.constant().is_some_and(|n| n != 0.0);
        let apart = y.lo > 0.0 || y.hi < 0.0;
        let least = if apart { y.lo.abs().min(y.hi.abs()) } else { y.tiny };
        let bounds = spread(x.most() / least, x.tiny / y.most().max(1.0));
        let parts = vec![self.real(a.v.clone()), b.v.clone()];
        if safe && (constant || apart) {
            return self.strictly(self.made("{0} / {1}", parts, Rep::Real).bounded(bounds), &[a, b]);
        }
        // The value guards itself all the same: engines may compute it where its branch is not taken.
        let zero = (!sure).then(|| self.error_when("{0} = 0", vec![b.v.clone()], ErrorValue::Div0));
        let mut out = if safe {
            let v = Sql::made("{0} / nullif({1}, 0)", parts, Rep::Real, a.v.null() || b.v.null()).bounded(bounds);
            self.strictly(v, &[a, b])
        } else {
            let text = "CASE WHEN {1} = 0 THEN NULL WHEN {0} = 0 THEN {2} \
                        WHEN ln(abs({0})) - ln(abs({1})) > 690 THEN NULL \
                        WHEN ln(abs({0})) - ln(abs({1})) < -690 THEN {2} ELSE {0} / {1} END";
            let parts = vec![parts[0].clone(), self.real(b.v.clone())];
            let args = [a.clone(), b.clone()];
            let mut out = self.guarded(text, parts, a, b);
            // Division by zero comes before a result out of range.
            let own = out.e.take();
            out.e = self.first_error(args.into_iter().map(|o| o.e).chain([zero, own]));
            return out;
        };
        out.e = self.first_error([out.e, zero]);
        out
    }

    fn guarded(&self, text: &'static str, parts: Vec<Sql>, a: Out, b: Out) -> Out {
        let zero = self.float(0.0);
        let v = Sql::made(text, parts.into_iter().chain([zero]).collect(), Rep::Real, true);
        self.or_fail(v, &[a, b], ErrorValue::Num)
    }

    pub(super) fn scaled(&self, a: Out, n: i64, ty: Type) -> Out {
        let b = self.int(n);
        let out = self.product(a, Out::sure(b));
        match ty {
            Type::DateTime => self.to_whole(out),
            _ => out,
        }
    }

    pub(super) fn divided(&self, a: Out, n: i64) -> Out {
        let b = a.v.bounds();
        let n_ = n as f64;
        let v = self.made("{0} / {1}", vec![self.real(a.v.clone()), self.int(n)], Rep::Real);
        let v = v.bounded(Bounds { lo: b.lo / n_, hi: b.hi / n_, tiny: b.tiny / n_ });
        Out { v, ..a }
    }

    /// MIN, MAX, AVERAGE, COUNT and COUNTA of several values of one row; blanks are left out.
    pub(super) fn several(&self, f: Func, args: &[Typed], ty: Type) -> Out {
        let outs = self.numbers(args);
        if matches!(f, Func::CountNumbers | Func::CountFilled) {
            return self.counted(f, args, &outs);
        }
        let real = outs.iter().any(|o| o.v.rep() == Rep::Real) || f == Func::Average;
        let values: Vec<Sql> = outs.iter().map(|o| if real { self.real(o.v.clone()) } else { o.v.clone() }).collect();
        if f == Func::Average {
            return self.average(&outs, &values);
        }
        let sure = values.iter().all(|v| !v.null()) && outs.iter().all(|o| o.e.is_none());
        let parts: Vec<Sql> = (0..values.len())
            .map(|i| {
                if sure {
                    return values[i].clone();
                }
                let others = std::iter::once(i).chain((0..values.len()).filter(|j| *j != i));
                let list: Vec<Sql> = others.map(|j| values[j].clone()).collect();
                let places: Vec<String> = (0..list.len()).map(|i| format!("{{{i}}}")).collect();
                let null = list.iter().all(Sql::null);
                Sql::made(format!("coalesce({})", places.join(", ")), list, values[i].rep(), null)
            })
            .collect();
        let places: Vec<String> = (0..parts.len()).map(|i| format!("{{{i}}}")).collect();
        let text = format!("{}({})", self.dialect.extreme(f == Func::Min), places.join(", "));
        let null = values.iter().all(Sql::null);
        let rep = if real { Rep::Real } else { Rep::Int };
        let all: Vec<Bounds> = values.iter().map(Sql::bounds).collect();
        let mut bounds = all.iter().copied().reduce(union).unwrap_or(Bounds::new(0.0, 0.0));
        if sure {
            let lows = all.iter().map(|b| b.lo);
            let highs = all.iter().map(|b| b.hi);
            if f == Func::Min {
                bounds.hi = highs.fold(f64::INFINITY, f64::min);
            } else {
                bounds.lo = lows.fold(f64::NEG_INFINITY, f64::max);
            }
        }
        let _ = ty;
        self.loosely(Sql::made(text, parts, rep, null).bounded(bounds), &outs)
    }

    fn average(&self, outs: &[Out], values: &[Sql]) -> Out {
        let mut sum = self.float(0.0);
        let mut count = self.int(0);
        let (one, zero) = (self.int(1), self.int(0));
        for v in values {
            let part = if v.null() {
                Sql::made("coalesce({0}, 0)", vec![v.clone()], Rep::Real, false).bounded(v.bounds())
            } else {
                v.clone()
            };
            sum = self.sum(ArithOp::Add, Out::sure(sum), Out::sure(part)).v;
            let there = if v.null() {
                Sql::made(
                    "CASE WHEN {0} IS NULL THEN {1} ELSE {2} END",
                    vec![v.clone(), zero.clone(), one.clone()],
                    Rep::Int,
                    false,
                )
            } else {
                one.clone()
            };
            count = Sql::made("{0} + {1}", vec![count, there], Rep::Int, false).within(0.0, 1000.0);
        }
        let b = sum.bounds();
        let v = Sql::made("{0} / nullif({1}, 0)", vec![sum, count.clone()], Rep::Real, false).bounded(b);
        let none = self.error_when("{0} = 0", vec![count], ErrorValue::Div0);
        let e = self.first_error(outs.iter().map(|o| o.e.clone()).chain([Some(none)]));
        Out { v, e, strict: outs.iter().all(|o| o.e.is_none()) }
    }

    fn counted(&self, f: Func, args: &[Typed], outs: &[Out]) -> Out {
        let mut count = self.int(0);
        for (e, out) in args.iter().zip(outs) {
            if f == Func::CountNumbers && matches!(e.ty, Type::Text | Type::Bool | Type::Blank | Type::Link) {
                continue;
            }
            let blank = self.blank_test(e.ty, &out.v);
            let test = match (&out.e, f) {
                // COUNT leaves errors out, COUNTA counts them.
                (Some(e), Func::CountNumbers) => {
                    Sql::made("{0} OR {1} IS NOT NULL", vec![blank, e.clone()], Rep::Cond, false)
                }
                (Some(e), _) => Sql::made("{0} AND {1} IS NULL", vec![blank, e.clone()], Rep::Cond, false),
                (None, _) => blank,
            };
            let parts = vec![count, test, self.int(0), self.int(1)];
            count = Sql::made("{0} + CASE WHEN {1} THEN {2} ELSE {3} END", parts, Rep::Int, false);
        }
        Out::sure(count.within(0.0, 1000.0))
    }

    pub(super) fn math(&self, f: Func, args: &[Typed], ty: Type) -> Out {
        let outs = self.numbers(args);
        match f {
            Func::Pi => Out::sure(self.float(std::f64::consts::PI)),
            Func::Abs => {
                let a = &outs[0];
                let b = a.v.bounds();
                let v = self.made("abs({0})", vec![a.v.clone()], a.v.rep());
                self.strictly(v.bounded(Bounds { lo: 0.0, hi: b.most(), tiny: b.tiny }), &outs)
            }
            Func::Floor => self.floor(&outs),
            Func::Sign => {
                let parts = vec![outs[0].v.clone(), self.int(1), self.int(-1), self.int(0)];
                let text = "CASE WHEN {0} > 0 THEN {1} WHEN {0} < 0 THEN {2} WHEN {0} = 0 THEN {3} END";
                self.strictly(self.made(text, parts, Rep::Int).within(-1.0, 1.0), &outs)
            }
            Func::Round | Func::RoundUp | Func::RoundDown => self.rounded(f, &outs),
            Func::Mod => self.remainder(&outs),
            Func::CeilTo | Func::FloorTo => self.multiple(f == Func::CeilTo, &outs),
            Func::Power => self.power(&outs),
            _ => {
                let _ = ty;
                self.curve(f, &outs)
            }
        }
    }

    fn floor(&self, outs: &[Out]) -> Out {
        let v = &outs[0].v;
        if v.rep() == Rep::Int {
            return outs[0].clone();
        }
        let b = v.bounds();
        let floor = self.made("floor({0})", vec![v.clone()], Rep::Real);
        if b.most() < INT_MOST {
            let v = self.made("CAST({0} AS BIGINT)", vec![floor], Rep::Int).within(b.lo.floor(), b.hi);
            return self.strictly(v, outs);
        }
        self.strictly(floor.bounded(Bounds { lo: b.lo - 1.0, hi: b.hi, tiny: 1.0 }), outs)
    }

    fn rounded(&self, f: Func, outs: &[Out]) -> Out {
        let how = match f {
            Func::Round => Rounding::Nearest,
            Func::RoundUp => Rounding::Up,
            _ => Rounding::Down,
        };
        let digits = &outs[1].v;
        if outs[0].v.rep() == Rep::Int && digits.constant().is_some_and(|n| n >= 0.0) {
            return outs[0].clone();
        }
        let n = self.clamped(digits.clone(), -20, 20);
        let b = outs[0].v.bounds();
        let v = self.made(self.dialect.round(how), vec![self.real(outs[0].v.clone()), n], Rep::Real);
        let v = v.bounded(spread((b.most() + 1e20).min(REAL_MOST), 1e-20));
        self.strictly(v, outs)
    }

    /// A whole number cut to a range, decimals dropped.
    pub(super) fn clamped(&self, v: Sql, lo: i64, hi: i64) -> Sql {
        let b = v.bounds();
        let whole = match v.rep() {
            Rep::Real => {
                let (from, to) = (self.float(lo as f64), self.float(hi as f64));
                let parts = vec![v, from, to];
                let text = "CASE WHEN {0} < {1} THEN {1} WHEN {0} > {2} THEN {2} WHEN {0} < 0 THEN -floor(-{0}) ELSE floor({0}) END";
                let real = self.made(text, parts, Rep::Real);
                self.made("CAST({0} AS BIGINT)", vec![real], Rep::Int).within(lo as f64, hi as f64)
            }
            _ => v,
        };
        if b.lo >= lo as f64 && b.hi <= hi as f64 || whole.bounds().lo >= lo as f64 && whole.bounds().hi <= hi as f64 {
            return whole;
        }
        let parts = vec![whole, self.int(lo), self.int(hi)];
        self.made("CASE WHEN {0} < {1} THEN {1} WHEN {0} > {2} THEN {2} ELSE {0} END", parts, Rep::Int)
            .within(lo as f64, hi as f64)
    }

    fn remainder(&self, outs: &[Out]) -> Out {
        let (a, b) = (&outs[0].v, &outs[1].v);
        let zero = self.error_when("{0} = 0", vec![b.clone()], ErrorValue::Div0);
        let most = b.bounds().most();
        let v = if a.rep() == Rep::Int && b.rep() == Rep::Int && a.bounds().most() < INT_MOST && most < 4e18 {
            let text = "({0} % nullif({1}, 0) + {1}) % nullif({1}, 0)";
            self.made(text, vec![a.clone(), b.clone()], Rep::Int).within(-most, most)
        } else {
            let (x, y) = (self.real(a.clone()), self.real(b.clone()));
            let snapped = Sql::made(self.dialect.snapped(), vec![self.quotient_of(&x, &y)], Rep::Real, true);
            // Too many times the divisor for what 15 digits can tell: Excel gives up as well.
            let text = "CASE WHEN abs({2}) < 1e13 THEN {0} - {1} * floor({2}) END";
            Sql::made(text, vec![x, y, snapped], Rep::Real, true)
        };
        let mut out = if v.rep() == Rep::Int {
            self.strictly(v, outs)
        } else {
            let own = self.failed(&v, &[a, b], ErrorValue::Num);
            let e = self.first_error([zero.clone(), own].map(Some));
            let strict = outs.iter().all(|a| a.e.is_none() || a.strict);
            return Out { v, e: self.first_error([self.errors(outs), e]), strict };
        };
        if !b.constant().is_some_and(|n| n != 0.0) {
            out.e = self.first_error([out.e, Some(zero)]);
        }
        out
    }

    /// A quotient that is NULL where it cannot be.
    fn quotient_of(&self, x: &Sql, y: &Sql) -> Sql {
        self.quotient(Out::sure(x.clone()), Out::sure(y.clone()), false).v
    }

    /// CEILING and FLOOR to a multiple.
    fn multiple(&self, up: bool, outs: &[Out]) -> Out {
        let (x, step) = (self.real(outs[0].v.clone()), self.real(outs[1].v.clone()));
        let times = Sql::made(self.dialect.snapped(), vec![self.quotient_of(&x, &step)], Rep::Real, true);
        let round = if up { "ceil" } else { "floor" };
        // A positive number has no multiple of a negative step.
        let zero = if up { "{1} = 0" } else { "{0} = 0 AND {1} = 0" };
        let text = format!(
            "CASE WHEN {zero} THEN {{3}} WHEN {{0}} > 0 AND {{1}} < 0 THEN NULL WHEN abs({{2}}) < 1e15 THEN {round}({{2}}) * {{1}} END"
        );
        let parts = vec![x.clone(), step.clone(), times, self.float(0.0)];
        let b = x.bounds();
        let most = (b.most() + step.bounds().most()).min(REAL_MOST);
        let v = Sql::made(text, parts, Rep::Real, x.null() || step.null()).bounded(spread(most, step.bounds().tiny));
        let mut out = self.or_fail(v, outs, ErrorValue::Num);
        if !up {
            let none = self.error_when("{0} <> 0 AND {1} = 0", vec![x, step], ErrorValue::Div0);
            out.e = self.first_error([self.errors(outs), Some(none), out.e]);
        }
        out
    }

    fn power(&self, outs: &[Out]) -> Out {
        let (x, y) = (self.real(outs[0].v.clone()), self.real(outs[1].v.clone()));
        let zero = self.error_when("{0} = 0 AND {1} < 0", vec![x.clone(), y.clone()], ErrorValue::Div0);
        let text = "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN {0} = 0 AND {1} > 0 THEN {2} WHEN {0} = 0 THEN NULL \
                    WHEN {0} < 0 AND {1} <> floor({1}) THEN NULL WHEN {1} * ln(abs({0})) > 690 THEN NULL \
                    WHEN {1} * ln(abs({0})) < -690 THEN {2} ELSE power({0}, {1}) END";
        let parts = vec![x.clone(), y.clone(), self.float(0.0)];
        let mut bounds = spread(REAL_MOST, 1.0 / REAL_MOST);
        if let Some(n) = y.constant().filter(|n| (1.0..=8.0).contains(n)) {
            bounds = spread(
                x.bounds().most().max(1.0).powf(n).min(REAL_MOST),
                x.bounds().tiny.min(1.0).powf(n).max(1.0 / REAL_MOST),
            );
        }
        let v = Sql::made(text, parts, Rep::Real, x.null() || y.null()).bounded(bounds);
        let own = self.failed(&v, &[&x, &y], ErrorValue::Num);
        let strict = outs.iter().all(|a| a.e.is_none() || a.strict);
        Out { v, e: self.first_error([self.errors(outs), Some(zero), Some(own)]), strict }
    }

    fn curve(&self, f: Func, outs: &[Out]) -> Out {
        let x = self.real(outs[0].v.clone());
        let null = x.null();
        let known = |text: &'static str, parts: Vec<Sql>, most: f64| {
            Sql::made(text, parts, Rep::Real, null).bounded(spread(most, 1e-20))
        };
        let v = match f {
            Func::Sqrt => {
                let b = x.bounds();
                let v = Sql::made("CASE WHEN {0} >= 0 THEN sqrt({0}) END", vec![x], Rep::Real, null);
                v.bounded(Bounds { lo: 0.0, hi: b.most().sqrt(), tiny: b.tiny.sqrt() })
            }
            Func::Exp => {
                let zero = self.float(0.0);
                let v = Sql::made(
                    "CASE WHEN {0} > 690 THEN NULL WHEN {0} < -690 THEN {1} ELSE exp({0}) END",
                    vec![x, zero],
                    Rep::Real,
                    null,
                );
                v.bounded(Bounds { lo: 0.0, hi: REAL_MOST, tiny: 1.0 / REAL_MOST })
            }
            Func::Ln => known("CASE WHEN {0} > 0 THEN ln({0}) END", vec![x], 700.0),
            Func::Log10 => known("CASE WHEN {0} > 0 THEN ln({0}) / 2.302585092994046 END", vec![x], 310.0),
            _ => {
                let base = self.real(outs[1].v.clone());
                // A base of 1 divides by zero.
                let v = Sql::made(
                    "CASE WHEN {0} > 0 AND {1} > 0 AND {1} <> 1 THEN ln({0}) / nullif(ln({1}), 0) END",
                    vec![x, base.clone()],
                    Rep::Real,
                    null || base.null(),
                );
                let one = self.error_when("{0} = 1", vec![base], ErrorValue::Div0);
                let mut out = self.or_fail(v.bounded(spread(1e20, 1e-20)), outs, ErrorValue::Num);
                out.e = self.first_error([self.errors(outs), Some(one), out.e]);
                return out;
            }
        };
        self.or_fail(v, outs, ErrorValue::Num)
    }
}
