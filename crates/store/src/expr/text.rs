//! The functions of texts. Blank text is empty; characters are counted, not bytes.

use super::ir::{Rep, Sql};
use super::{Lower, Out};
use formula::{ErrorValue, Expr as Typed, Func, Type};

/// Longest text a function makes, as in Excel.
const LONGEST: i64 = 32_767;
/// Longest text in a cell.
const CELL: i64 = 100_000;

impl Lower<'_> {
    /// An argument as text.
    pub(super) fn text(&self, e: &Typed) -> Out {
        let out = self.expr(e);
        if out.v.rep() != Rep::Text {
            let v = if matches!(e.ty, Type::Blank) { self.literal("") } else { self.blank(Rep::Text) };
            return Out { v, ..out };
        }
        Out { v: self.filled(out.v), strict: out.e.is_none(), e: out.e }
    }

    fn length(&self, v: &Sql) -> Sql {
        self.made(self.dialect.length(), vec![v.clone()], Rep::Int).within(0.0, 1e9)
    }

    pub(super) fn text_call(&self, f: Func, args: &[Typed]) -> Out {
        use Func as F;
        match f {
            F::TextOf => self.text_of(&args[0]),
            F::Value => self.value_of(&args[0]),
            F::FormatNumber => self.format_number(args),
            F::Concat => {
                let outs: Vec<Out> = args.iter().map(|a| self.text(a)).collect();
                let places: Vec<String> = (0..outs.len()).map(|i| format!("{{{i}}}")).collect();
                let parts: Vec<Sql> = outs.iter().map(|o| o.v.clone()).collect();
                let one = parts.len() == 1;
                let v = if one { parts[0].clone() } else { Sql::made(places.join(" || "), parts, Rep::Text, false) };
                self.loosely(v, &outs)
            }
            F::TextJoin => self.join(args),
            F::Left | F::Right | F::Mid => self.part(f, args),
            F::Search | F::Find => self.find(f, args),
            F::Rept => self.repeat(args),
            F::Replace => self.replace(args),
            F::Substitute => self.substitute(args),
            _ => self.plain_text(f, args),
        }
    }

    fn plain_text(&self, f: Func, args: &[Typed]) -> Out {
        use Func as F;
        let outs: Vec<Out> = args.iter().map(|a| self.text(a)).collect();
        let t = outs[0].v.clone();
        let patterns = |list: &[&str]| list.iter().map(|p| self.literal(p)).collect::<Vec<_>>();
        let with = |t: Sql, more: Vec<Sql>| std::iter::once(t).chain(more).collect::<Vec<_>>();
        let text = |template: &'static str, parts| Sql::made(template, parts, Rep::Text, false);
        let v = match f {
            F::Len => self.length(&t),
            F::Lower => text(self.dialect.cased(true), vec![t]),
            F::Upper => text(self.dialect.cased(false), vec![t]),
            F::Proper => text(self.dialect.proper(), with(t, patterns(self.dialect.proper_patterns()))),
            F::Clean => text(self.dialect.clean(), with(t, patterns(self.dialect.control_pattern()))),
            F::Trim => {
                // Pairs of spaces are told apart by a mark, and runs of both fall together.
                let mark = self.literal("\u{1}");
                text("replace(replace(replace(trim({0}), '  ', ' ' || {1}), {1} || ' ', ''), {1}, '')", vec![t, mark])
            }
            F::Exact => {
                let v = Sql::made("{0} = {1}", vec![t, outs[1].v.clone()], Rep::Cond, false);
                return self.loosely(v, &outs);
            }
            F::Escaped => {
                let (slash, two) = (self.literal("\\"), self.literal("\\\\"));
                let (percent, line) = (self.literal("\\%"), self.literal("\\_"));
                text("replace(replace(replace({0}, {1}, {2}), '%', {3}), '_', {4})", vec![t, slash, two, percent, line])
            }
            F::Mask => self.masked_text(t),
            _ => t,
        };
        self.loosely(v, &outs)
    }

    /// The middle covered: of long numbers all but 6 and 4, of phones all but 3 and 4, of names all but
    /// the first and, from three characters on, the last.
    fn masked_text(&self, t: Sql) -> Sql {
        let n = self.length(&t);
        let stars = self.literal(&"*".repeat(100));
        let cut =
            |from: Sql, count: Sql| Sql::made(self.dialect.substr(), vec![t.clone(), from, count], Rep::Text, false);
        let covered = |less: i64| {
            let count = self.made("{0} - {1}", vec![n.clone(), self.int(less)], Rep::Int).within(-1e3, 1e9);
            let count = self.clamped(count, 0, 100);
            Sql::made(self.dialect.substr(), vec![stars.clone(), self.int(1), count], Rep::Text, false)
        };
        let end = |count: i64| {
            let from = self.made("{0} - {1}", vec![n.clone(), self.int(count - 1)], Rep::Int).within(-1e3, 1e9);
            cut(self.clamped(from, 1, CELL), self.int(count))
        };
        let start = |count: i64| cut(self.int(1), self.int(count));
        let text = "CASE WHEN {0} >= 15 THEN {1} || {2} || {3} WHEN {0} >= 7 THEN {4} || {5} || {3} \
                    WHEN {0} >= 3 THEN {6} || {7} || {8} WHEN {0} = 2 THEN {6} || '*' ELSE {9} END";
        let parts = vec![
            n.clone(),
            start(6),
            covered(10),
            end(4),
            start(3),
            covered(7),
            start(1),
            covered(2),
            end(1),
            t.clone(),
        ];
        Sql::made(text, parts, Rep::Text, false)
    }

    /// A number or yes/no as it is joined to text.
    fn text_of(&self, e: &Typed) -> Out {
        let out = self.expr(e);
        if e.ty == Type::Bool {
            let c = self.cond(&out);
            let v = if out.v.rep() == Rep::Cond {
                Sql::made("CASE WHEN {0} THEN 'TRUE' ELSE 'FALSE' END", vec![c], Rep::Text, false)
            } else {
                Sql::made("CASE WHEN {0} THEN 'TRUE' WHEN NOT ({0}) THEN 'FALSE' END", vec![c], Rep::Text, out.v.null())
            };
            return self.strictly(v, &[out]);
        }
        let v = match out.v.rep() {
            Rep::Real => self.made(self.dialect.real_text(), vec![out.v.clone()], Rep::Text),
            _ => self.made("CAST({0} AS TEXT)", vec![out.v.clone()], Rep::Text),
        };
        self.strictly(v, &[out])
    }

    /// Text as a number; empty text is 0, as a blank cell is.
    fn value_of(&self, e: &Typed) -> Out {
        let out = self.text(e);
        let patterns = self.dialect.number_patterns().iter().map(|p| self.literal(p));
        let parts = std::iter::once(out.v.clone()).chain(patterns).collect();
        let number = Sql::made(self.dialect.number(), parts, Rep::Real, true);
        let zero = self.float(0.0);
        let v =
            Sql::made("CASE WHEN {0} = '' THEN {1} ELSE {2} END", vec![out.v.clone(), zero, number], Rep::Real, false);
        let v = v.bounded(super::ir::Bounds { lo: -1e160, hi: 1e160, tiny: 1e-160 });
        self.or_fail(v, &[out], ErrorValue::Value)
    }

    fn format_number(&self, args: &[Typed]) -> Out {
        let out = self.number(&args[0]);
        let formula::Node::Text(format) = &args[1].node else { return out };
        let Some(format) = formula::format::number_format(format) else { return out };
        let zero = self.float(0.0);
        let x = self.real(out.v.clone());
        let x = if x.null() { Sql::made("coalesce({0}, {1})", vec![x, zero], Rep::Real, false) } else { x };
        let (template, patterns) = self.dialect.formatted(&format);
        let mut parts = vec![x];
        parts.extend(patterns.iter().map(|p| self.literal(p)));
        let template = template.replace("{P}", &format!("{{{}}}", parts.len()));
        parts.push(self.literal(&format.prefix));
        let mut v = Sql::made(template, parts, Rep::Text, false);
        if !format.suffix.is_empty() {
            v = Sql::made("{0} || {1}", vec![v, self.literal(&format.suffix)], Rep::Text, false);
        }
        self.loosely(v, &[out])
    }

    fn join(&self, args: &[Typed]) -> Out {
        let separator = self.text(&args[0]);
        let skip = self.expr(&args[1]);
        let texts: Vec<Out> = args[2..].iter().map(|a| self.text(a)).collect();
        let constant = skip.v.constant();
        let test = self.cond(&skip);
        let mut parts = vec![separator.v.clone(), test];
        let mut pieces = Vec::new();
        for t in &texts {
            let n = parts.len();
            parts.push(t.v.clone());
            pieces.push(match constant {
                Some(0.0) => format!("{{0}} || {{{n}}}"),
                Some(_) => format!("CASE WHEN {{{n}}} = '' THEN '' ELSE {{0}} || {{{n}}} END"),
                None => format!("CASE WHEN {{1}} AND {{{n}}} = '' THEN '' ELSE {{0}} || {{{n}}} END"),
            });
        }
        let all = Sql::made(pieces.join(" || "), parts, Rep::Text, false);
        let from = self.made("{0} + 1", vec![self.length(&separator.v)], Rep::Int).within(1.0, 1e9);
        let count = self.length(&all);
        let v = Sql::made(self.dialect.substr(), vec![all, from, count], Rep::Text, false);
        let mut outs = vec![separator, skip];
        outs.extend(texts);
        self.loosely(v, &outs)
    }

    /// A count or place of characters: a whole number within what a text can have.
    fn count(&self, out: &Out) -> Sql {
        self.clamped(out.v.clone(), -1, 1_000_000)
    }

    fn part(&self, f: Func, args: &[Typed]) -> Out {
        let t = self.text(&args[0]);
        let numbers = self.numbers(&args[1..]);
        let n = self.count(&numbers[numbers.len() - 1]);
        let most = self.clamped(n.clone(), 0, 1_000_000);
        let (from, bad) = match f {
            Func::Left => (self.int(1), None),
            Func::Right => {
                let length = self.length(&t.v);
                let from = self.made("{0} - {1} + 1", vec![length, most.clone()], Rep::Int).within(-1e9, 1e9);
                (self.clamped(from, 1, 1_000_000), None)
            }
            _ => {
                let from = self.count(&numbers[0]);
                (self.clamped(from.clone(), 1, 1_000_000), Some(from))
            }
        };
        let v = Sql::made(
            self.dialect.substr(),
            vec![t.v.clone(), from, most],
            Rep::Text,
            numbers.iter().any(|o| o.v.null()),
        );
        let mut own = Vec::new();
        if n.bounds().lo < 0.0 {
            own.push(Some(self.error_when("{0} < 0", vec![n], ErrorValue::Value)));
        }
        if let Some(from) = bad.filter(|b| b.bounds().lo < 1.0) {
            own.push(Some(self.error_when("{0} < 1", vec![from], ErrorValue::Value)));
        }
        let outs: Vec<Out> = std::iter::once(t).chain(numbers).collect();
        let e = self.first_error(std::iter::once(self.errors(&outs)).chain(own));
        Out { v, strict: e.is_none(), e }
    }

    fn find(&self, f: Func, args: &[Typed]) -> Out {
        let (mut part, text) = (self.text(&args[0]), self.text(&args[1]));
        let from = self.number(&args[2]);
        let mut template = self.dialect.position();
        let mut hay = text.v.clone();
        if f == Func::Search {
            let lower = |v: &Sql| Sql::made(self.dialect.cased(true), vec![v.clone()], Rep::Text, false);
            match &args[0].node {
                formula::Node::Text(t) if t.contains(['*', '?', '~']) => {
                    part.v = self.literal(&self.dialect.wild_pattern(t));
                    template = self.dialect.wild_position();
                }
                formula::Node::Text(t) => {
                    part.v = self.literal(&t.to_ascii_lowercase());
                    hay = lower(&hay);
                }
                _ => {
                    part.v = lower(&part.v);
                    hay = lower(&hay);
                }
            }
        }
        let outs = [part.clone(), text, from.clone()];
        if from.v.constant() == Some(1.0) {
            let at = Sql::made(template, vec![hay, part.v], Rep::Int, false);
            let v = Sql::made("nullif({0}, 0)", vec![at], Rep::Int, false).within(1.0, 1e9);
            return self.or_fail(v, &outs, ErrorValue::Value);
        }
        let start = self.count(&from);
        let start_ = self.clamped(start.clone(), 1, 1_000_000);
        let length = self.length(&hay);
        let rest = Sql::made(self.dialect.substr(), vec![hay, start_.clone(), length.clone()], Rep::Text, false);
        let at = Sql::made(template, vec![rest, part.v], Rep::Int, false);
        let text = "CASE WHEN {0} > 0 AND {1} >= 1 AND {1} <= {2} + 1 THEN {0} + {1} - 1 END";
        let v = Sql::made(text, vec![at, start, length], Rep::Int, from.v.null()).within(1.0, 1e9);
        self.or_fail(v, &outs, ErrorValue::Value)
    }

    fn repeat(&self, args: &[Typed]) -> Out {
        let (t, n) = (self.text(&args[0]), self.number(&args[1]));
        let times = self.clamped(n.v.clone(), -1, 1_000_000);
        let length = self.length(&t.v);
        let most = self.int(LONGEST);
        let bounded = Sql::made(
            "CASE WHEN {0} >= 0 AND {0} * {1} <= {2} AND {0} <= {2} THEN {0} END",
            vec![times, length, most],
            Rep::Int,
            n.v.null(),
        );
        let v =
            Sql::made(self.dialect.repeat(), vec![t.v.clone(), bounded.within(0.0, 32_767.0)], Rep::Text, n.v.null());
        self.or_fail(v, &[t, n], ErrorValue::Value)
    }

    fn replace(&self, args: &[Typed]) -> Out {
        let (t, new) = (self.text(&args[0]), self.text(&args[3]));
        let numbers = self.numbers(&args[1..3]);
        let (from, count) = (self.count(&numbers[0]), self.count(&numbers[1]));
        let (from_, count_) = (self.clamped(from.clone(), 1, 1_000_000), self.clamped(count.clone(), 0, 1_000_000));
        let length = self.length(&t.v);
        let before = self.made("{0} - 1", vec![from_.clone()], Rep::Int).within(0.0, 1e6);
        let after = self.made("{0} + {1}", vec![from_, count_], Rep::Int).within(1.0, 2e6);
        let head = Sql::made(self.dialect.substr(), vec![t.v.clone(), self.int(1), before], Rep::Text, false);
        let tail = Sql::made(self.dialect.substr(), vec![t.v.clone(), after, length], Rep::Text, false);
        let null = numbers.iter().any(|o| o.v.null());
        let v = Sql::made("{0} || {1} || {2}", vec![head, new.v.clone(), tail], Rep::Text, null);
        let own = [("{0} < 1", from), ("{0} < 0", count)]
            .map(|(test, v)| Some(self.error_when(test, vec![v], ErrorValue::Value)));
        let outs: Vec<Out> = [t, new].into_iter().chain(numbers).collect();
        let e = self.first_error(std::iter::once(self.errors(&outs)).chain(own));
        Out { v, strict: false, e }
    }

    fn substitute(&self, args: &[Typed]) -> Out {
        let mut outs: Vec<Out> = args[..3].iter().map(|a| self.text(a)).collect();
        let mut parts: Vec<Sql> = outs.iter().map(|o| o.v.clone()).collect();
        let Some(nth) = args.get(3) else {
            return self.loosely(Sql::made("replace({0}, {1}, {2})", parts, Rep::Text, false), &outs);
        };
        let nth = self.number(nth);
        let n = self.count(&nth);
        parts.push(self.clamped(n.clone(), 1, 1_000_000));
        let v = Sql::made(self.dialect.substitute_nth(), parts, Rep::Text, false);
        let own = self.error_when("{0} < 1", vec![n], ErrorValue::Value);
        outs.push(nth);
        let e = self.first_error([self.errors(&outs), Some(own)]);
        Out { v, strict: false, e }
    }
}
