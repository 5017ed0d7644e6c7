//! Conditions, choices, comparisons, and what is asked of errors.

use super::ir::{Bounds, Rep, Sql};
use super::lower::{common, sign, union};
use super::{Lower, Out};
use crate::dialect::holding;
use formula::{Caught, CmpOp, Expr as Typed, Func, Node, Type};

impl Lower<'_> {
    pub(super) fn is_blank(&self, a: &Typed) -> Out {
        let out = self.expr(a);
        // An error is something, not nothing.
        let v = self.blank_test(a.ty, &out.v);
        match out.e {
            Some(e) => Out::sure(Sql::made("{0} AND {1} IS NULL", vec![v, e], Rep::Cond, false)),
            None => Out::sure(v),
        }
    }

    pub(super) fn blank_test(&self, ty: Type, v: &Sql) -> Sql {
        match (ty, v.rep()) {
            (Type::Text, _) | (_, Rep::Text) if !v.null() => Sql::made("{0} = ''", vec![v.clone()], Rep::Cond, false),
            (Type::Text, _) | (_, Rep::Text) => Sql::made("coalesce({0}, '') = ''", vec![v.clone()], Rep::Cond, false),
            (_, Rep::Cond) => Sql::made("({0}) IS NULL", vec![v.clone()], Rep::Cond, false),
            _ => Sql::made("{0} IS NULL", vec![v.clone()], Rep::Cond, false),
        }
    }

    pub(super) fn is_error(&self, a: Out, caught: Caught) -> Out {
        let Some(e) = a.e else { return Out::sure(self.int(0)) };
        let text = match caught {
            Caught::Any => "{0} IS NOT NULL",
            Caught::Na => "coalesce({0}, 0) = 7",
            Caught::NotNa => "coalesce({0}, 7) <> 7",
        };
        Out::sure(Sql::made(text, vec![e], Rep::Cond, false))
    }

    pub(super) fn if_error(&self, a: Out, b: Out, caught: Caught) -> Out {
        let Some(e) = a.e.clone() else { return a };
        let [av, bv] = [self.value(a.v.clone()), self.value(b.v.clone())];
        let rep = common([&av, &bv].into_iter());
        let [av, bv] = [self.as_rep(av, rep), self.as_rep(bv, rep)];
        let bounds = union(av.bounds(), bv.bounds());
        let null = av.null() || bv.null();
        if caught == Caught::Any && a.strict && !av.null() && b.e.is_none() {
            return Out::sure(Sql::made("coalesce({0}, {1})", vec![av, bv], rep, null).bounded(bounds));
        }
        let test = if caught == Caught::Any { "{0} IS NOT NULL" } else { "{0} = 7" };
        let v = Sql::made(format!("CASE WHEN {test} THEN {{1}} ELSE {{2}} END"), vec![e.clone(), bv, av], rep, null)
            .bounded(bounds);
        let be = b.e.unwrap_or_else(|| self.no_error());
        let own = match caught {
            Caught::Any if b.strict && be.constant().is_none() => {
                Sql::made("CASE WHEN {0} IS NOT NULL THEN {1} END", vec![e, be], Rep::Int, true)
            }
            Caught::Any => {
                return Out {
                    v,
                    e: Some(Sql::made("CASE WHEN {0} IS NOT NULL THEN {1} END", vec![e, be], Rep::Int, true)),
                    strict: false,
                };
            }
            _ => Sql::made("CASE WHEN {0} = 7 THEN {1} ELSE {0} END", vec![e, be], Rep::Int, true),
        };
        Out { v, e: Some(own.within(0.0, 9.0)), strict: false }
    }

    pub(super) fn no_error(&self) -> Sql {
        Sql::made(self.dialect.null(Rep::Int), Vec::new(), Rep::Int, true).within(0.0, 1.0)
    }

    pub(super) fn not(&self, a: &Typed) -> Out {
        if let Node::Call(Func::IsNumber, args) = &a.node
            && let Some(v) = self.holds(&args[0], true)
        {
            return Out::sure(v);
        }
        let out = self.expr(a);
        let c = self.cond(&out);
        // A blank condition counts as no, so its negation is yes.
        let text = if c.null() || out.e.is_some() { "({0}) IS NOT TRUE" } else { "NOT ({0})" };
        self.loosely(Sql::made(text, vec![c], Rep::Cond, false), &[out])
    }

    /// `ISNUMBER(SEARCH("text",x))`: one LIKE instead of three functions.
    pub(super) fn holds(&self, search: &Typed, not: bool) -> Option<Sql> {
        let Node::Call(Func::Search, args) = &search.node else { return None };
        let (Node::Text(part), Node::Int(1)) = (&args[0].node, &args.get(2)?.node) else { return None };
        if part.contains(['*', '?', '~']) {
            return None;
        }
        let out = self.expr(&args[1]);
        if out.e.is_some() {
            return None;
        }
        let text = if not { self.filled(out.v) } else { out.v };
        let pattern = self.literal(&holding(part));
        Some(Sql::made(self.dialect.like(not), vec![text, pattern], Rep::Cond, false))
    }

    /// Text, empty where it is blank.
    pub(super) fn filled(&self, v: Sql) -> Sql {
        if v.is_null() {
            return self.literal("");
        }
        if v.null() { Sql::made("coalesce({0}, '')", vec![v], Rep::Text, false) } else { v }
    }

    pub(super) fn joined(&self, list: &[Typed], word: &'static str) -> Out {
        let args: Vec<Out> = list.iter().map(|e| self.expr(e)).collect();
        let parts: Vec<Sql> = args.iter().map(|a| self.cond(a)).collect();
        if let [one] = &parts[..] {
            return self.loosely(one.clone(), &args);
        }
        let places: Vec<String> = (0..parts.len()).map(|i| format!("{{{i}}}")).collect();
        self.loosely(self.made(places.join(word), parts, Rep::Cond), &args)
    }

    /// A value in the form of its siblings.
    pub(super) fn as_rep(&self, v: Sql, rep: Rep) -> Sql {
        match (v.rep(), rep) {
            (a, b) if a == b => v,
            _ if v.is_null() => self.blank(rep),
            (Rep::Int, Rep::Real) => self.real(v),
            _ => v,
        }
    }

    pub(super) fn cases(&self, cases: &[(Typed, Typed)], otherwise: &Typed) -> Out {
        let conditions: Vec<Out> = cases.iter().map(|(c, _)| self.expr(c)).collect();
        let tests: Vec<Sql> = conditions.iter().map(|c| self.cond(c)).collect();
        let mut values = Vec::with_capacity(cases.len() + 1);
        let before = self.known.mark();
        for (condition, value) in cases {
            let here = self.known.mark();
            self.known.learn(condition, true);
            values.push(self.number(value));
            self.known.forget(here);
            self.known.learn(condition, false);
        }
        values.push(self.number(otherwise));
        self.known.forget(before);
        self.chosen(conditions, tests, values)
    }

    pub(super) fn switch(&self, on: &Typed, cases: &[(Typed, Typed)], otherwise: &Typed) -> Out {
        let of = self.number(on);
        let mut conditions = vec![];
        let mut tests = vec![];
        for (key, _) in cases {
            let to = self.number(key);
            let out = self.compared(CmpOp::Eq, (on, &of), (key, &to));
            tests.push(self.cond(&out));
            conditions.push(out);
        }
        let values = cases.iter().map(|(_, v)| v).chain([otherwise]).map(|v| self.number(v)).collect();
        self.chosen(conditions, tests, values)
    }

    /// The value beside the first test that holds; there is one value more than tests.
    pub(super) fn chosen(&self, conditions: Vec<Out>, tests: Vec<Sql>, values: Vec<Out>) -> Out {
        let rep = common(values.iter().map(|o| &o.v));
        let parts: Vec<Sql> = values.iter().map(|o| self.as_rep(o.v.clone(), rep)).collect();
        let known = parts.iter().filter(|p| !p.is_null());
        let bounds = known.map(Sql::bounds).reduce(union).unwrap_or(Bounds::new(0.0, 0.0));
        let null = parts.iter().any(Sql::null);
        let n = tests.len();
        let mut text = String::from("CASE");
        for i in 0..n {
            text.push_str(&format!(" WHEN {{{i}}} THEN {{{}}}", n + i));
        }
        text.push_str(&format!(" ELSE {{{}}} END", 2 * n));
        let v = Sql::made(text, tests.iter().cloned().chain(parts).collect(), rep, null).bounded(bounds);
        let fails = conditions.iter().any(|c| c.e.is_some());
        if !fails && values.iter().all(|o| o.e.is_none()) {
            return Out::sure(v);
        }
        let strict = !fails && values.iter().all(|o| o.e.is_none() || o.strict);
        let (mut text, mut parts) = (String::from("CASE"), Vec::new());
        for (i, value) in values.iter().enumerate() {
            if let Some(e) = conditions.get(i).and_then(|c| c.e.clone()) {
                text.push_str(&format!(" WHEN {{{0}}} IS NOT NULL THEN {{{0}}}", parts.len()));
                parts.push(e);
            }
            let own = value.e.clone().unwrap_or_else(|| self.no_error());
            match tests.get(i) {
                Some(test) => {
                    text.push_str(&format!(" WHEN {{{}}} THEN {{{}}}", parts.len(), parts.len() + 1));
                    parts.extend([test.clone(), own]);
                }
                None => {
                    text.push_str(&format!(" ELSE {{{}}} END", parts.len()));
                    parts.push(own);
                }
            }
        }
        Out { v, e: Some(Sql::made(text, parts, Rep::Int, true).within(0.0, 9.0)), strict }
    }

    pub(super) fn compare(&self, op: CmpOp, a: &Typed, b: &Typed) -> Out {
        let (x, y) = (self.number(a), self.number(b));
        self.compared(op, (a, &x), (b, &y))
    }

    pub(super) fn compared(&self, op: CmpOp, (a, x): (&Typed, &Out), (b, y): (&Typed, &Out)) -> Out {
        let args = [x.clone(), y.clone()];
        if x.v.rep() != Rep::Text && y.v.rep() != Rep::Text {
            let text = format!("{{0}} {} {{1}}", sign(op));
            return self.loosely(self.made(text, vec![x.v.clone(), y.v.clone()], Rep::Cond), &args);
        }
        // Text is empty where it is blank, as in Excel, and the case of letters is no difference.
        let caseless =
            [a, b].iter().any(|e| matches!(&e.node, Node::Text(t) if !t.bytes().any(|c| c.is_ascii_alphabetic())));
        let side = |e: &Typed, v: &Sql| match &e.node {
            Node::Text(t) => self.literal(&t.to_ascii_lowercase()),
            _ if caseless => self.filled(v.clone()),
            _ => self.made(self.dialect.cased(true), vec![self.filled(v.clone())], Rep::Text),
        };
        let text = match op {
            CmpOp::Eq | CmpOp::Ne => format!("{{0}} {} {{1}}", sign(op)).into(),
            _ => self.dialect.text_order(sign(op)),
        };
        self.loosely(Sql::made(text, vec![side(a, &x.v), side(b, &y.v)], Rep::Cond, false), &args)
    }

    pub(super) fn is_something(&self, a: &Typed) -> Out {
        if let Some(v) = self.holds(a, false) {
            return Out::sure(Sql::made("({0}) IS TRUE", vec![v], Rep::Cond, false));
        }
        let out = self.expr(a);
        let blank = self.blank_test(a.ty, &out.v);
        match out.e {
            Some(e) => Out::sure(Sql::made("NOT ({0}) AND {1} IS NULL", vec![blank, e], Rep::Cond, false)),
            None => Out::sure(Sql::made("NOT ({0})", vec![blank], Rep::Cond, false)),
        }
    }

    pub(super) fn xor(&self, args: &[Typed]) -> Out {
        let outs: Vec<Out> = args.iter().map(|e| self.expr(e)).collect();
        let mut sum = self.int(0);
        for o in &outs {
            let v = self.value(self.cond(o));
            sum = self.made("{0} + {1}", vec![sum, v], Rep::Int);
        }
        self.loosely(Sql::made("{0} % 2 = 1", vec![sum], Rep::Cond, false), &outs)
    }
}
