//! Roll-ups, look-ups and ranks: what other records say.

use super::ir::{Bounds, INT_MOST, Rep, Sql};
use super::lower::{TYPED, sign};
use super::{Lower, Names, Out};
use crate::fails::error_column;
use formula::{Aggregate, CmpOp, Criterion, ErrorValue, Expr as Typed, ID, Node, Rank, RankKind, Rollup, Type};
use model::FieldKind;
use sea_query::{Alias, CaseStatement, Expr, ExprTrait, Func as SqlFunc, Query};

/// The SQL of aggregates, shared with the statements that gather many records at once.
pub(crate) struct Subselects;

fn alias(name: &str) -> Alias {
    Alias::new(name)
}

impl Subselects {
    /// The aggregate of a roll-up over a value, NULL of no records; a first record is its id.
    pub(crate) fn aggregate(lower: &Lower<'_>, r: &Rollup, value: Expr) -> Expr {
        let call = |name: &str, value: Expr| -> Expr { SqlFunc::cust(alias(name)).arg(value).into() };
        match r.aggregate {
            Aggregate::Count | Aggregate::CountFilled | Aggregate::CountNumbers => call("count", value),
            Aggregate::Sum if Self::rep(lower, r) == Rep::Int => lower.dialect.sum_of_ints(value),
            Aggregate::Sum => call("sum", value),
            Aggregate::Average => lower.dialect.mean(value),
            Aggregate::Min | Aggregate::First => call("min", value),
            Aggregate::Max => call("max", value),
        }
    }

    /// What is gathered: a field of the table called `of`, its id for a first record, 1 for a count.
    pub(crate) fn gathered(lower: &Lower<'_>, r: &Rollup, of: &str) -> Expr {
        let column = |name: &str| Expr::col((alias(of), alias(name)));
        match (r.aggregate, &r.value) {
            (Aggregate::First, _) => column("id"),
            (Aggregate::CountNumbers, Some(v)) if Self::rep(lower, r) == Rep::Text || Self::is_flag(lower, r) => {
                let _ = v;
                Expr::null()
            }
            // An error is something.
            (Aggregate::CountFilled, Some(v)) if lower.names.fails(&r.table, v) => {
                let there = match Self::rep(lower, r) {
                    Rep::Text => column(v).is_not_null().and(column(v).ne("")),
                    _ => column(v).is_not_null(),
                };
                let there = there.or(column(&error_column(v)).is_not_null());
                Expr::Case(Box::new(CaseStatement::new().case(there, super::whole(1))))
            }
            // Empty text is blank as well.
            (Aggregate::CountFilled, Some(v)) if Self::rep(lower, r) == Rep::Text => {
                SqlFunc::cust(alias("nullif")).arg(column(v)).arg(Expr::cust("''")).into()
            }
            (_, Some(v)) => column(v),
            (_, None) => super::whole(1),
        }
    }

    /// The column of errors, in the table called `of`, that spoil an aggregate; None when there are none.
    pub(crate) fn errors(names: &dyn Names, r: &Rollup, of: &str) -> Option<Expr> {
        let spoilt = matches!(r.aggregate, Aggregate::Sum | Aggregate::Average | Aggregate::Min | Aggregate::Max);
        let value = r.value.as_ref().filter(|v| spoilt && names.fails(&r.table, v))?;
        Some(Expr::col((alias(of), alias(&error_column(value)))))
    }

    /// The least of the errors of several cells: the same on every engine, whatever their order.
    pub(crate) fn least(errors: Expr) -> Expr {
        SqlFunc::cust(alias("min")).arg(errors).into()
    }

    fn kind<'k>(lower: &'k Lower<'_>, r: &Rollup) -> Option<&'k FieldKind> {
        let field = lower.names.schema().table(&r.table)?.field(r.value.as_ref()?)?;
        Some(&field.kind)
    }

    fn is_flag(lower: &Lower<'_>, r: &Rollup) -> bool {
        matches!(Self::kind(lower, r), Some(FieldKind::Bool | FieldKind::Link { .. } | FieldKind::Links { .. }))
    }

    fn rep(lower: &Lower<'_>, r: &Rollup) -> Rep {
        Self::kind(lower, r).map_or(Rep::Int, |k| lower.dialect.rep(k))
    }

    /// Whether a record of the table called `of` meets a criterion; NULL counts as no.
    pub(crate) fn meets(lower: &Lower<'_>, r: &Rollup, c: &Criterion, of: &str) -> Expr {
        let kind = lower.names.schema().table(&r.table).and_then(|t| t.field(&c.field)).map(|f| &f.kind);
        let fails = lower.names.fails(&r.table, &c.field);
        let error = fails.then(|| lower.error_column(Expr::col((alias(of), alias(&error_column(&c.field))))));
        let id = |name: &str| Sql::atom(Expr::col((alias(of), alias(name))), Rep::Int, true).within(0.0, TYPED);
        let column = match kind {
            None => id(ID),
            kind => lower.column(Expr::col((alias(of), alias(&c.field))), kind),
        };
        // One side is a list of links: the index knows whether the other is in it.
        let (named, source, target) = match &c.value.node {
            Node::Field(f) if c.value.ty == Type::Links => {
                let own = Sql::atom(lower.names.id(), Rep::Int, false).within(0.0, TYPED);
                ((lower.names.table(), f), own, column)
            }
            _ if c.ty == Type::Links && !matches!(c.value.node, Node::Blank) => {
                ((&r.table, &c.field), id(ID), lower.number(&c.value).masked())
            }
            _ => return lower.criterion(column, error, c).finish(),
        };
        let [table, field] = [named.0.as_str(), named.1.as_str()].map(|t| Sql::atom(Expr::val(t), Rep::Text, false));
        let not = if c.op == CmpOp::Ne { "NOT " } else { "" };
        let text = format!(
            "{not}EXISTS (SELECT 1 FROM _links x WHERE x.table_key = {{0}} AND x.field = {{1}} \
             AND x.source = {{2}} AND x.target = {{3}})"
        );
        Sql::made(text, vec![table, field, source, target], Rep::Cond, false).finish()
    }
}

impl Lower<'_> {
    /// As in Excel, an error meets nothing but being different from a value, and not being blank.
    fn criterion(&self, column: Sql, error: Option<Sql>, c: &Criterion) -> Sql {
        if matches!(c.value.node, Node::Blank) {
            let mut blank = self.blank_test(c.ty, &column);
            if let Some(e) = error {
                blank = Sql::made("{0} AND {1} IS NULL", vec![blank, e], Rep::Cond, false);
            }
            return match c.op {
                CmpOp::Eq => blank,
                CmpOp::Ne => Sql::made("NOT ({0})", vec![blank], Rep::Cond, false),
                _ => Sql::made("{0} IS NULL AND {0} IS NOT NULL", vec![column], Rep::Cond, false),
            };
        }
        let out = self.number(&c.value);
        let value = self.value(out.masked());
        match c.op {
            CmpOp::Unlike if error.is_some() => {
                let v = self.filled(column);
                let unlike = self.made(self.dialect.like(true), vec![v, value], Rep::Cond);
                let parts = vec![unlike, error.unwrap_or_else(|| self.no_error())];
                Sql::made("{0} OR {1} IS NOT NULL", parts, Rep::Cond, true)
            }
            CmpOp::Like | CmpOp::Unlike => {
                let v = if c.op == CmpOp::Unlike { self.filled(column) } else { column };
                self.made(self.dialect.like(c.op == CmpOp::Unlike), vec![v, value], Rep::Cond)
            }
            // A blank cell differs from everything but a blank, as in Excel.
            CmpOp::Ne if value.null() => {
                let sides = match c.ty {
                    Type::Text => vec![self.filled(column), self.filled(value)],
                    _ => vec![column, value],
                };
                let differs = self.made("{0} IS DISTINCT FROM {1}", sides, Rep::Cond);
                match error {
                    Some(e) => Sql::made("({0} OR {1} IS NOT NULL)", vec![differs, e], Rep::Cond, false),
                    None => differs,
                }
            }
            _ if c.ty == Type::Text => self.text_criterion(column, c, value),
            CmpOp::Ne => self.made("({0} <> {1} OR {0} IS NULL)", vec![column, value], Rep::Cond),
            op => self.made(format!("{{0}} {} {{1}}", sign(op)), vec![column, value], Rep::Cond),
        }
    }

    /// Written texts are compared without regard to case, cells exactly, so that an index serves them.
    fn text_criterion(&self, column: Sql, c: &Criterion, value: Sql) -> Sql {
        let letters = matches!(&c.value.node, Node::Text(t) if t.bytes().any(|b| b.is_ascii_alphabetic()));
        let (column, value) = match &c.value.node {
            Node::Text(t) if letters => {
                (self.made(self.dialect.cased(true), vec![column], Rep::Text), self.literal(&t.to_ascii_lowercase()))
            }
            _ => (column, value),
        };
        match c.op {
            CmpOp::Ne => self.made("({0} <> {1} OR {0} IS NULL)", vec![column, value], Rep::Cond),
            CmpOp::Eq => self.made("{0} = {1}", vec![column, value], Rep::Cond),
            op => self.made(self.dialect.text_order(sign(op)), vec![column, value], Rep::Cond),
        }
    }

    pub(super) fn rollup(&self, r: &Rollup, ty: Type) -> Out {
        let bare = self.names.gathered(r).unwrap_or_else(|| self.correlated(r));
        let kind = Subselects::kind(self, r);
        let plain = self.column(Expr::null(), kind);
        let rep = plain.rep();
        let leaf = |rep, null| match self.names.gathered(r) {
            Some(e) => Sql::atom(e, rep, null),
            None => Sql::leaf(bare.clone(), rep, null),
        };
        let errors = self.first_error(r.criteria.iter().map(|c| self.expr(&c.value).e));
        let cells = self.cell_errors(r);
        let masked = errors.is_some() || cells.is_some();
        let (v, own) = match r.aggregate {
            Aggregate::Count | Aggregate::CountFilled | Aggregate::CountNumbers => {
                (Sql::made("coalesce({0}, 0)", vec![leaf(Rep::Int, true)], Rep::Int, false).within(0.0, 1e12), None)
            }
            Aggregate::Sum => {
                let rep = if rep == Rep::Int { Rep::Int } else { Rep::Real };
                let b = plain.bounds();
                let bounds = match rep {
                    Rep::Int => Bounds::new(-INT_MOST, INT_MOST),
                    _ => Bounds { lo: b.lo * 1e12, hi: b.hi * 1e12, tiny: b.tiny * 1e-17 },
                };
                (Sql::made("coalesce({0}, 0)", vec![leaf(rep, true)], rep, false).bounded(bounds), None)
            }
            Aggregate::Average => {
                let v = leaf(Rep::Real, false).bounded(Bounds { tiny: plain.bounds().tiny * 1e-17, ..plain.bounds() });
                let own = self.error_when("{0} IS NULL", vec![v.clone()], ErrorValue::Div0);
                (v, Some(own))
            }
            Aggregate::Min | Aggregate::Max => (leaf(rep, true).bounded(plain.bounds()), None),
            Aggregate::First => {
                let id = leaf(Rep::Int, true);
                let none = self.error_when("{0} IS NULL", vec![id.clone()], ErrorValue::Na);
                let found = r.value.as_ref().filter(|v| self.names.fails(&r.table, v)).map(|v| {
                    let plain = self.error_column(Expr::null());
                    self.field_of(r, &error_column(v), id.clone(), &plain)
                });
                let value = r.value.as_ref().map_or("id", |v| v.as_str());
                (self.field_of(r, value, id, &plain), self.first_error([Some(none), found]))
            }
        };
        let _ = ty;
        let e = self.first_error([errors, cells, own]);
        Out { v, strict: !masked, e }
    }

    /// The least error of the cells gathered.
    fn cell_errors(&self, r: &Rollup) -> Option<Sql> {
        let column = Subselects::errors(self.names, r, "t")?;
        let least = match self.names.gathered_error(r) {
            Some(e) => Sql::atom(e, Rep::Int, true),
            None => Sql::leaf(self.over(r, Subselects::least(column)), Rep::Int, true),
        };
        Some(least.within(0.0, 9.0))
    }

    /// A column of a record known by its id.
    fn field_of(&self, r: &Rollup, value: &str, id: Sql, plain: &Sql) -> Sql {
        let quote = crate::dialect::quote;
        let text = format!("(SELECT w.{} FROM {} AS w WHERE w.id = {{0}})", quote(value), quote(&r.table));
        Sql::made(text, vec![id], plain.rep(), true).bounded(plain.bounds())
    }

    /// A roll-up whose criteria differ from record to record: one look-up each.
    fn correlated(&self, r: &Rollup) -> Expr {
        let value = Subselects::gathered(self, r, "t");
        self.over(r, Subselects::aggregate(self, r, value))
    }

    /// An aggregate over the records, called `t`, that meet the criteria.
    fn over(&self, r: &Rollup, aggregate: Expr) -> Expr {
        let mut select = Query::select();
        select.expr(aggregate).from_as(alias(&r.table), alias("t"));
        for c in &r.criteria {
            select.and_where(Subselects::meets(self, r, c, "t"));
        }
        Expr::SubQuery(None, Box::new(select.into()))
    }

    /// Places of numbers in a column, from how many are smaller, larger, and there at all.
    pub(super) fn rank(&self, r: &Rank) -> Out {
        let of = self.number(&r.of);
        let gathered = self.names.ranked(r);
        let known = gathered.is_some();
        let [below, above, n] = match gathered {
            Some(list) => list.map(|e| Sql::atom(e, Rep::Int, true).within(0.0, 1e12)),
            None => self.counted_ranks(r, &of.v),
        };
        // A blank or absent number has no place: blank, or #N/A.
        let there = if known { below.clone() } else { self.rank_found(r, &of.v) };
        let v = match r.kind {
            RankKind::Descending => {
                Sql::made("CASE WHEN {1} IS NOT NULL THEN {0} + 1 END", vec![above, there.clone()], Rep::Int, true)
            }
            RankKind::Ascending => {
                Sql::made("CASE WHEN {1} IS NOT NULL THEN {0} + 1 END", vec![below, there.clone()], Rep::Int, true)
            }
            RankKind::Quintile => Sql::made(
                "CASE WHEN {2} IS NOT NULL THEN {0} * 5 / nullif({1}, 0) + 1 END",
                vec![below, n, there.clone()],
                Rep::Int,
                true,
            ),
            RankKind::Percent => {
                let parts = vec![below, n, self.float(1000.0), self.float(1.0), there.clone()];
                let text = "CASE WHEN {4} IS NULL THEN NULL WHEN {1} = 1 THEN {3} \
                            ELSE CAST({0} * 1000 / nullif({1} - 1, 0) AS DOUBLE PRECISION) / {2} END";
                Sql::made(text, parts, Rep::Real, true)
            }
        };
        let v = if r.kind == RankKind::Percent {
            v.bounded(Bounds { lo: 0.0, hi: 1.0, tiny: 1e-3 })
        } else {
            v.within(1.0, 1e12)
        };
        let own = self.failed(&v, &[&of.v], ErrorValue::Na);
        let strict = of.e.is_none() || of.strict;
        Out { v, e: self.first_error([of.e, Some(own)]), strict }
    }

    fn counted_ranks(&self, r: &Rank, of: &Sql) -> [Sql; 3] {
        let (table, field) = (crate::dialect::quote(&r.table), crate::dialect::quote(&r.field));
        let count = |condition: &str| {
            let text = format!("(SELECT count(*) FROM {table} AS t WHERE t.{field} {condition})");
            Sql::made(text, vec![of.clone()], Rep::Int, false).within(0.0, 1e12)
        };
        [count("< {0}"), count("> {0}"), count("IS NOT NULL")]
    }

    fn rank_found(&self, r: &Rank, of: &Sql) -> Sql {
        let (table, field) = (crate::dialect::quote(&r.table), crate::dialect::quote(&r.field));
        let text = format!("(SELECT min(t.id) FROM {table} AS t WHERE t.{field} = {{0}})");
        Sql::made(text, vec![of.clone()], Rep::Int, true)
    }
}

/// Whether a roll-up's value is the same for all records of a table: no criterion reads the record at hand.
pub(crate) fn constant_for_all(e: &Typed) -> bool {
    let mut constant = true;
    e.visit(&mut |e| {
        constant &= !matches!(e.node, Node::Field(_) | Node::RecordId | Node::Rollup(_) | Node::Rank(_));
    });
    constant
}
