//! Typed expressions to SQL.

use crate::dialect;
use crate::sql::today_place;
use formula::{ArithOp, CmpOp, Expr as Typed, Func, Node, Type};
use sea_query::{Alias, BinOper, CaseStatement, Expr, ExprTrait, Func as SqlFunc, Value};

/// How the parts of an expression are named in the statement around it.
pub(crate) trait Names {
    /// A field of the record at hand.
    fn field(&self, key: &str) -> Expr;
    /// The id of the record at hand.
    fn id(&self) -> Expr;
    /// A roll-up.
    fn rollup(&self, rollup: &formula::Rollup) -> Expr;
}

fn boolean(e: &Typed) -> bool {
    matches!(e.node, Node::Compare(..) | Node::IsBlank(_) | Node::Not(_) | Node::All(_) | Node::Any(_))
}

pub(crate) fn condition(e: &Typed, names: &dyn Names) -> Expr {
    if boolean(e) { natural(e, names) } else { natural(e, names).ne(whole(0)) }
}

/// The SQL of an expression; blank is NULL.
pub(crate) fn render(e: &Typed, names: &dyn Names) -> Expr {
    if boolean(e) {
        return Expr::Case(Box::new(CaseStatement::new().case(natural(e, names), whole(1)).finally(whole(0))));
    }
    natural(e, names)
}

pub(crate) fn no() -> Expr {
    Expr::Constant(Value::Bool(Some(false)))
}

fn natural(e: &Typed, names: &dyn Names) -> Expr {
    let sub = |e: &Typed| render(e, names);
    match &e.node {
        Node::Blank => Expr::null(),
        Node::Bool(b) => whole((*b).into()),
        Node::Int(n) => whole(*n),
        Node::Number(n) => Expr::Constant(Value::Double(Some(*n))),
        Node::Text(t) => Expr::val(t.clone()),
        Node::Today => today_place(),
        Node::Field(f) => names.field(f),
        Node::RecordId => names.id(),
        Node::Neg(a) => whole(0).sub(sub(a)),
        Node::Arith(op, a, b) => arith(*op, sub(a), sub(b)),
        Node::Compare(op, a, b) => compare(*op, text_or_self(a, sub(a)), text_or_self(b, sub(b))),
        Node::IsBlank(a) => is_blank(a, sub(a)),
        // A blank condition counts as no, so its negation is yes.
        Node::Not(a) => {
            found(a, names).unwrap_or_else(|| Expr::expr(SqlFunc::coalesce([condition(a, names), no()])).not())
        }
        Node::All(list) => join(list, names, BinOper::And),
        Node::Any(list) => join(list, names, BinOper::Or),
        Node::If(c, a, b) => {
            let case = CaseStatement::new().case(condition(c, names).into_condition_expr(), sub(a)).finally(sub(b));
            Expr::Case(Box::new(case))
        }
        Node::Scale(a, n) => sub(a).mul(whole(*n)),
        Node::Unscale(a, n) => real(sub(a)).div(whole(*n)),
        // Moments before 1970 are floored, not cut: 86,400 × 20,000,000 days lifts every one above zero.
        Node::DayOf(a) => sub(a).add(whole(86_400 * 20_000_000)).div(whole(86_400)).sub(whole(20_000_000)),
        Node::OrElse(a, n) => coalesce(sub(a), *n),
        Node::Call(f, args) => call(*f, args, names),
        Node::Rollup(r) => names.rollup(r),
    }
}

/// `ISNUMBER(SEARCH("text",x))`, which arrives as "not blank": one LIKE instead of three functions.
fn found(inner: &Typed, names: &dyn Names) -> Option<Expr> {
    let Node::IsBlank(search) = &inner.node else { return None };
    let Node::Call(Func::Search, args) = &search.node else { return None };
    let [part, text] = &args[..] else { return None };
    let Node::Text(part) = &part.node else { return None };
    (!part.is_empty()).then(|| dialect::holds(render(text, names), part))
}

/// A constant written into the statement's text, so that equal formulas give equal texts.
pub(crate) fn whole(n: i64) -> Expr {
    Expr::Constant(Value::BigInt(Some(n)))
}

trait Conditional {
    fn into_condition_expr(self) -> sea_query::Condition;
}

impl Conditional for Expr {
    fn into_condition_expr(self) -> sea_query::Condition {
        sea_query::Condition::all().add(self)
    }
}

fn coalesce(e: Expr, n: i64) -> Expr {
    SqlFunc::coalesce([e, whole(n)]).into()
}

fn real(e: Expr) -> Expr {
    SqlFunc::cast_as(e, Alias::new("DOUBLE PRECISION")).into()
}

/// Text compares as empty where it is blank, as in Excel; other types stay blank, and a comparison with
/// blank is false.
fn text_or_self(e: &Typed, sql: Expr) -> Expr {
    match (&e.node, e.ty) {
        (Node::Text(_), _) => sql,
        (_, Type::Text) => SqlFunc::coalesce([sql, Expr::val("")]).into(),
        _ => sql,
    }
}

fn is_blank(e: &Typed, sql: Expr) -> Expr {
    if e.ty == Type::Text {
        let text: Expr = SqlFunc::coalesce([sql, Expr::val("")]).into();
        text.eq(Expr::val(""))
    } else {
        sql.is_null()
    }
}

fn arith(op: ArithOp, a: Expr, b: Expr) -> Expr {
    match op {
        ArithOp::Add => a.add(b),
        ArithOp::Sub => a.sub(b),
        ArithOp::Mul => a.mul(b),
        ArithOp::Div => {
            let divisor = Expr::expr(SqlFunc::cust(Alias::new("nullif")).arg(b).arg(whole(0)));
            real(a).div(divisor)
        }
    }
}

/// A comparison; the caller sees NULL as false.
pub(crate) fn compare(op: CmpOp, a: Expr, b: Expr) -> Expr {
    match op {
        CmpOp::Eq => a.eq(b),
        CmpOp::Ne => a.ne(b),
        CmpOp::Lt => a.lt(b),
        CmpOp::Le => a.lte(b),
        CmpOp::Gt => a.gt(b),
        CmpOp::Ge => a.gte(b),
    }
}

fn join(list: &[Typed], names: &dyn Names, op: BinOper) -> Expr {
    let mut parts = list
        .iter()
        .map(|e| if decided(e) { condition(e, names) } else { SqlFunc::coalesce([condition(e, names), no()]).into() });
    let first = parts.next().unwrap_or_else(|| Expr::Constant(Value::Bool(Some(true))));
    parts.fold(first, |acc, e| acc.binary(op, e))
}

/// Whether a condition is always yes or no, never blank. Left bare, it lets the database stop early.
fn decided(e: &Typed) -> bool {
    let sure = |side: &Typed| side.ty == Type::Text || never_blank(side);
    match &e.node {
        Node::Bool(_) | Node::IsBlank(_) | Node::Not(_) | Node::All(_) | Node::Any(_) => true,
        Node::Compare(_, a, b) => sure(a) && sure(b),
        _ => false,
    }
}

fn call(f: Func, args: &[Typed], names: &dyn Names) -> Expr {
    let mut list = args.iter().map(|a| render(a, names));
    let mut next = || list.next().unwrap_or_else(Expr::null);
    let named = |name: &str, args: Vec<Expr>| -> Expr { SqlFunc::cust(Alias::new(name)).args(args).into() };
    match f {
        Func::Min | Func::Max => extreme(f == Func::Min, args, names),
        Func::Round => {
            let (value, digits) = (next(), next());
            named("round", vec![value, digits])
        }
        Func::Floor => named("floor", vec![next()]),
        Func::Abs => named("abs", vec![next()]),
        Func::Len => named("length", vec![empty_if_blank(next())]),
        Func::Left => {
            let (text, n) = (next(), next());
            named("substr", vec![empty_if_blank(text), whole(1), n])
        }
        Func::Right => {
            let (text, n) = (next(), next());
            named("substr", vec![empty_if_blank(text), whole(0).sub(n)])
        }
        Func::Lower => named("lower", vec![next()]),
        Func::Upper => named("upper", vec![next()]),
        Func::Trim => named("trim", vec![next()]),
        Func::Search => {
            let (part, text) = (named("lower", vec![next()]), named("lower", vec![next()]));
            named("nullif", vec![dialect::position(text, part), whole(0)])
        }
        Func::Concat => {
            let mut parts = args.iter().map(|a| empty_if_blank(render(a, names)));
            let first = parts.next().unwrap_or_else(|| Expr::val(""));
            parts.fold(first, |acc, e| acc.binary(BinOper::Custom("||"), e))
        }
    }
}

fn empty_if_blank(e: Expr) -> Expr {
    SqlFunc::coalesce([e, Expr::val("")]).into()
}

/// MIN and MAX of several values leave blanks out: each is replaced by one of the others.
fn extreme(smallest: bool, args: &[Typed], names: &dyn Names) -> Expr {
    let rendered: Vec<Expr> = args.iter().map(|a| render(a, names)).collect();
    let sure = args.iter().all(never_blank);
    let list = (0..rendered.len()).map(|i| {
        if sure {
            return rendered[i].clone();
        }
        let others = std::iter::once(i).chain((0..rendered.len()).filter(|j| *j != i));
        SqlFunc::coalesce(others.map(|j| rendered[j].clone()).collect::<Vec<_>>()).into()
    });
    let list: Vec<Expr> = list.collect();
    if let [a, b] = &list[..] {
        let c = if smallest { a.clone().lte(b.clone()) } else { a.clone().gte(b.clone()) };
        return Expr::Case(Box::new(CaseStatement::new().case(c, a.clone()).finally(b.clone())));
    }
    SqlFunc::cust(dialect::extreme(smallest)).args(list).into()
}

fn never_blank(e: &Typed) -> bool {
    match &e.node {
        Node::Int(_) | Node::Number(_) | Node::OrElse(..) | Node::Today => true,
        Node::If(_, a, b) => never_blank(a) && never_blank(b),
        Node::Scale(a, _) => never_blank(a),
        _ => false,
    }
}
