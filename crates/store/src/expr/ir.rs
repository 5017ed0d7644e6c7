//! SQL under construction: a graph of small pieces that knows the form of every value in the database.
//!
//! A piece used in several places is written once: the text binds it in a sub-select, `(SELECT … FROM
//! (SELECT … AS b0 LIMIT 1 OFFSET 0) AS v0)`, where the OFFSET keeps both engines from unfolding it.

use sea_query::Expr;
use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

/// The form of a value in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rep {
    /// A whole number, BIGINT.
    Int,
    /// DOUBLE PRECISION.
    Real,
    /// TEXT.
    Text,
    /// A condition: not a value everywhere.
    Cond,
    /// NULL of any type.
    Null,
}

/// Bounds of a number, as far as is known without looking at data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub lo: f64,
    pub hi: f64,
    /// The least magnitude besides 0.
    pub tiny: f64,
}

/// Whole numbers beyond these are computed as real ones.
pub(crate) const INT_MOST: f64 = 9.0e18;
/// No real number grows beyond this, or comes closer to 0 than its inverse.
pub(crate) const REAL_MOST: f64 = 1e300;

impl Bounds {
    pub(crate) const fn new(lo: f64, hi: f64) -> Self {
        Self { lo, hi, tiny: 1.0 }
    }

    pub(crate) fn most(self) -> f64 {
        self.lo.abs().max(self.hi.abs())
    }
}

/// A piece of SQL; clones are the same piece.
#[derive(Clone)]
pub(crate) struct Sql(Rc<Piece>);

struct Piece {
    form: Form,
    rep: Rep,
    /// May be blank even where nothing is wrong.
    null: bool,
    bounds: Bounds,
}

enum Form {
    /// A column, a constant, a place: as cheap as its name.
    Atom(Expr),
    /// A finished expression that costs something.
    Leaf(Expr),
    /// A text with `{0}`, `{1}` … for its parts.
    Made(Cow<'static, str>, Vec<Sql>),
}

impl Sql {
    fn of(form: Form, rep: Rep, null: bool) -> Self {
        let bounds = match rep {
            Rep::Int => Bounds::new(-9.3e18, 9.3e18),
            Rep::Real => Bounds { lo: -REAL_MOST, hi: REAL_MOST, tiny: 1.0 / REAL_MOST },
            _ => Bounds::new(0.0, 1.0),
        };
        Self(Rc::new(Piece { form, rep, null, bounds }))
    }

    pub(crate) fn atom(e: Expr, rep: Rep, null: bool) -> Self {
        Self::of(Form::Atom(e), rep, null)
    }

    pub(crate) fn leaf(e: Expr, rep: Rep, null: bool) -> Self {
        Self::of(Form::Leaf(e), rep, null)
    }

    pub(crate) fn made(text: impl Into<Cow<'static, str>>, parts: Vec<Sql>, rep: Rep, null: bool) -> Self {
        Self::of(Form::Made(text.into(), parts), rep, null)
    }

    /// The same piece with its bounds known.
    pub(crate) fn within(self, lo: f64, hi: f64) -> Self {
        self.bounded(Bounds::new(lo, hi))
    }

    pub(crate) fn bounded(self, bounds: Bounds) -> Self {
        match Rc::try_unwrap(self.0) {
            Ok(piece) => Self(Rc::new(Piece { bounds, ..piece })),
            Err(shared) => Self(shared),
        }
    }

    pub(crate) fn rep(&self) -> Rep {
        self.0.rep
    }

    pub(crate) fn null(&self) -> bool {
        self.0.null
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.0.bounds
    }

    /// The constant this number is, if it is one.
    pub(crate) fn constant(&self) -> Option<f64> {
        let b = self.0.bounds;
        (matches!(self.0.rep, Rep::Int | Rep::Real) && !self.0.null && b.lo == b.hi).then_some(b.lo)
    }

    /// Whether it is the constant NULL.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.0.form, Form::Made(t, parts) if parts.is_empty() && (t == "NULL" || t.starts_with("CAST(NULL")))
    }

    fn key(&self) -> *const Piece {
        Rc::as_ptr(&self.0)
    }

    fn parts(&self) -> &[Sql] {
        match &self.0.form {
            Form::Made(_, parts) => parts,
            _ => &[],
        }
    }

    /// The whole as one expression.
    pub(crate) fn finish(&self) -> Expr {
        match &self.0.form {
            Form::Atom(e) | Form::Leaf(e) => e.clone(),
            Form::Made(..) => Writer::new(self).write(self),
        }
    }
}

/// Pieces at least so costly are bound when they are used more than once.
const WORTH: usize = 3;

/// Turns a graph into text.
struct Writer {
    /// Bound pieces: their level and number.
    bound: HashMap<*const Piece, (usize, usize)>,
    /// Bound pieces by level.
    levels: Vec<Vec<Sql>>,
}

impl Writer {
    fn new(root: &Sql) -> Self {
        let mut uses: HashMap<*const Piece, usize> = HashMap::new();
        let mut order = Vec::new();
        count(root, &mut uses, &mut order);
        let mut out = Self { bound: HashMap::new(), levels: Vec::new() };
        // Cost, and the level from which a piece can be written, of every piece below.
        let mut known: HashMap<*const Piece, (usize, usize)> = HashMap::new();
        let mut number = 0;
        for piece in &order {
            let used = |n: usize, k: *const Piece| n.saturating_mul(uses.get(&k).copied().unwrap_or(1));
            let (mut cost, mut level) = match &piece.0.form {
                Form::Atom(_) => (0, 0),
                Form::Leaf(_) => (WORTH, 0),
                Form::Made(text, parts) => {
                    let mut cost = 1_usize;
                    let mut level = 0;
                    for (i, part) in parts.iter().enumerate() {
                        let (c, l) = known.get(&part.key()).copied().unwrap_or((0, 0));
                        cost = cost.saturating_add(c.saturating_mul(places(text, i)));
                        level = level.max(l);
                    }
                    (cost, level)
                }
            };
            let shared = used(1, piece.key()) > 1 && cost >= WORTH && piece.0.rep != Rep::Cond;
            if shared && piece.key() != root.key() {
                out.bound.insert(piece.key(), (level, number));
                number += 1;
                while out.levels.len() <= level {
                    out.levels.push(Vec::new());
                }
                out.levels[level].push(piece.clone());
                (cost, level) = (0, level + 1);
            }
            known.insert(piece.key(), (cost, level));
        }
        out
    }

    fn write(&self, root: &Sql) -> Expr {
        let (mut text, mut values) = (String::new(), Vec::new());
        if self.levels.is_empty() {
            self.put(root, false, &mut text, &mut values);
            return Expr::cust_with_exprs(text, values);
        }
        // The innermost select comes last in the text, and so do its values.
        text.push_str("(SELECT ");
        self.put(root, false, &mut text, &mut values);
        for (level, pieces) in self.levels.iter().enumerate().rev() {
            text.push_str(" FROM (SELECT ");
            if level > 0 {
                text.push_str(&format!("v{}.*, ", level - 1));
            }
            for (i, piece) in pieces.iter().enumerate() {
                if i > 0 {
                    text.push_str(", ");
                }
                self.form(piece, &mut text, &mut values);
                text.push_str(&format!(" AS b{}", self.bound[&piece.key()].1));
            }
        }
        for level in 0..self.levels.len() {
            text.push_str(&format!(" LIMIT 1 OFFSET 0) AS v{level}"));
        }
        text.push(')');
        Expr::cust_with_exprs(text, values)
    }

    /// Writes a piece, by its name where it is bound.
    fn put(&self, piece: &Sql, inner: bool, text: &mut String, values: &mut Vec<Expr>) {
        if let Some((_, number)) = self.bound.get(&piece.key()) {
            text.push_str(&format!("b{number}"));
            return;
        }
        let loose = matches!(&piece.0.form, Form::Made(t, _) if !tight(t));
        if inner && loose {
            text.push('(');
        }
        self.form(piece, text, values);
        if inner && loose {
            text.push(')');
        }
    }

    fn form(&self, piece: &Sql, text: &mut String, values: &mut Vec<Expr>) {
        match &piece.0.form {
            Form::Atom(e) | Form::Leaf(e) => {
                text.push('?');
                values.push(e.clone());
            }
            Form::Made(template, parts) => {
                let mut rest = &**template;
                while let Some(open) = rest.find('{') {
                    let close = rest[open..].find('}').map_or(rest.len() - 1, |c| open + c);
                    text.push_str(&rest[..open]);
                    if let Some(part) = rest[open + 1..close].parse::<usize>().ok().and_then(|i| parts.get(i)) {
                        self.put(part, true, text, values);
                    }
                    rest = &rest[close + 1..];
                }
                text.push_str(rest);
            }
        }
    }
}

/// How often a template names a part.
fn places(template: &str, part: usize) -> usize {
    template.matches(&format!("{{{part}}}")).count()
}

/// Counts the uses of each piece, and lists pieces below those that use them.
fn count(root: &Sql, uses: &mut HashMap<*const Piece, usize>, order: &mut Vec<Sql>) {
    if let Form::Made(template, parts) = &root.0.form {
        for (i, part) in parts.iter().enumerate() {
            let times = places(template, i);
            if times == 0 {
                continue;
            }
            let seen = uses.contains_key(&part.key());
            *uses.entry(part.key()).or_default() += times;
            if !seen {
                count(part, uses, order);
            }
        }
    }
    order.push(root.clone());
}

/// Whether a template needs no brackets around it: a call, a CASE, or a lone constant.
fn tight(template: &str) -> bool {
    if template.starts_with("CASE ") && template.ends_with(" END") {
        return true;
    }
    if template.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':')) {
        return true;
    }
    let Some(open) = template.find('(') else { return false };
    if !template[..open].chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return false;
    }
    let mut depth = 0_i32;
    for (i, c) in template.char_indices().skip(open) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i + 1 == template.len();
        }
    }
    false
}

impl Sql {
    /// How many sub-selects deep, and how many pieces the text has: what is too much is refused.
    pub(crate) fn weight(&self) -> (usize, usize) {
        let mut uses = HashMap::new();
        let mut order = Vec::new();
        count(self, &mut uses, &mut order);
        (Writer::new(self).levels.len(), order.iter().map(|p| 1 + p.parts().len()).sum())
    }
}
