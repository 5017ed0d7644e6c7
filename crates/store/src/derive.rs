//! Derived columns: the statements that compute them set-wise.
//!
//! One statement computes the columns of one phase for a set of records: the aggregates over other
//! records first, each table gathered once, then layer upon layer of expressions over what lies below.

mod names;

pub(crate) use names::LayerNames;

use crate::dialect::Dialect;
use crate::expr::{Lower, Names, Rendered, Subselects, as_value, constant_for_all, stored, whole};
use crate::fails::{Fails, error_column};
use crate::relations::{Overall, Relation, overalls, relations};
use crate::sql::{Stmt, ids_place, range_places};
use formula::{Column, Local, Node, Phase, Program, Rank, Rollup, Tie};
use model::{Error, ErrorCode, FieldKey, FieldKind, Result, Schema, TableKey};
use sea_query::{Alias, Asterisk, CommonTableExpression, Expr, ExprTrait, Query, SelectStatement, WithClause};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

/// Which records a statement works on.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reach {
    /// A bound list of ids.
    Ids,
    /// A bound range of ids, both ends included.
    Range,
}

/// What a statement does with the columns it computes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Goal {
    /// Stores them where they differ.
    Store,
    /// Returns (id, then stored and computed value of each column, then stored and computed error of each
    /// that can fail) where they differ.
    Compare,
    /// Returns id and every computed value, then the errors of those that can fail.
    Read,
}

type Wanted = (usize, Vec<FieldKey>, Reach, Goal);

/// The program of a book with its statements, made when first needed.
pub(crate) struct Derivation {
    pub program: Program,
    pub relations: Vec<Relation>,
    pub overalls: Vec<Overall>,
    /// Columns that can be errors.
    pub fails: Fails,
    pub dialect: Dialect,
    schema: Arc<Schema>,
    statements: Mutex<HashMap<Wanted, Arc<Stmt>>>,
}

impl Derivation {
    pub(crate) fn new(schema: Arc<Schema>, dialect: Dialect) -> Result<Self> {
        let program = Program::compile(&schema)?;
        let relations = relations(&program);
        let overalls = overalls(&program);
        // Formulas whose SQL would be out of all proportion are refused here, when they are written.
        let fails = Fails::find(&schema, &program, dialect)?;
        Ok(Self { program, relations, overalls, fails, dialect, schema, statements: Mutex::default() })
    }

    /// The statement for some columns of a phase.
    pub(crate) fn statement(&self, phase: usize, columns: &HashSet<FieldKey>, reach: Reach, goal: Goal) -> Arc<Stmt> {
        let part: Vec<&Column> =
            self.program.phases[phase].columns.iter().filter(|c| columns.contains(&c.field)).collect();
        let key = (phase, part.iter().map(|c| c.field.clone()).collect(), reach, goal);
        let mut cache = self.statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let made = cache.entry(key).or_insert_with(|| {
            let table = &self.program.phases[phase].table;
            Arc::new(Layers::of(self, table, &part, reach).statement(goal))
        });
        Arc::clone(made)
    }

    /// All columns of a phase.
    pub(crate) fn all(phase: &Phase) -> HashSet<FieldKey> {
        phase.columns.iter().map(|c| c.field.clone()).collect()
    }
}

/// The refusal of a formula whose SQL would be too large.
pub(crate) fn too_complex() -> Error {
    Error::new(
        ErrorCode::Formula,
        "公式太复杂，请拆成几个字段",
        "The formula is too complex; split it over several fields",
    )
}

/// A statement under construction.
struct Layers<'a> {
    schema: &'a Schema,
    fails: &'a Fails,
    dialect: Dialect,
    table: &'a TableKey,
    columns: &'a [&'a Column],
    reach: Reach,
    gathers: Vec<Gather<'a>>,
    ranks: Vec<&'a Rank>,
}

/// Roll-ups over one table tied the same way, gathered by one GROUP BY.
struct Gather<'a> {
    tie: Tie,
    rollups: Vec<&'a Rollup>,
}

fn alias(name: &str) -> Alias {
    Alias::new(name)
}

fn layer_name(n: usize) -> Alias {
    Alias::new(format!("l{n}"))
}

fn computed(key: &str) -> Alias {
    Alias::new(format!("x_{key}"))
}

impl<'a> Layers<'a> {
    fn of(d: &'a Derivation, table: &'a TableKey, columns: &'a [&'a Column], reach: Reach) -> Self {
        let (gathers, ranks) = (gathers(columns), ranks(columns));
        Self { schema: &d.schema, fails: &d.fails, dialect: d.dialect, table, columns, reach, gathers, ranks }
    }

    /// The columns that are filled: those asked for, then the errors of those that can fail.
    fn filled(&self) -> impl Iterator<Item = String> {
        let errors = self.columns.iter().filter(|c| self.fails.has(self.table, &c.field));
        self.columns.iter().map(|c| c.field.to_string()).chain(errors.map(|c| error_column(&c.field)))
    }

    fn names(&self, layer: usize, source: Alias) -> LayerNames<'_> {
        let (gathers, ranks) = (&self.gathers[..], &self.ranks[..]);
        let Self { schema, fails, table, columns, .. } = *self;
        LayerNames { schema, fails, table, columns, layer, source, gathers, ranks }
    }

    fn lower<'n>(&self, names: &'n LayerNames<'n>) -> Lower<'n> {
        Lower::new(self.dialect, names)
    }

    fn statement(&self, goal: Goal) -> Stmt {
        let alone = self.gathers.is_empty() && self.ranks.is_empty();
        if goal == Goal::Store && alone && self.columns.iter().all(|c| c.layer == 0) {
            return self.store_directly();
        }
        let mut with = WithClause::new();
        with.cte(self.layer(0, self.base(), false));
        let depth = self.columns.iter().map(|c| c.layer).max().unwrap_or(0) + 1;
        for layer in 0..depth {
            let names = self.names(layer, layer_name(layer));
            let mut select = Query::select();
            select.column((layer_name(layer), Asterisk)).from(layer_name(layer));
            for c in self.columns.iter().filter(|c| c.layer == layer) {
                let made = self.made(c, &names);
                select.expr_as(made.value, computed(&c.field));
                if let Some(error) = made.error {
                    select.expr_as(error, computed(&error_column(&c.field)));
                }
            }
            // The last one is joined with the table, which is then read by its key.
            let joined = layer + 1 == depth && goal != Goal::Read;
            with.cte(self.layer(layer + 1, select, joined));
        }
        match goal {
            Goal::Store => self.store(with, depth),
            Goal::Compare | Goal::Read => self.read(with, depth, goal),
        }
    }

    /// A layer by its number, which the next one reads. No engine may put its expressions in place of their names,
    /// or they would be computed over and over. PostgreSQL keeps the rows; SQLite hands them on one by one, unless they
    /// are to be kept, since nothing is merged with what has an offset (rule 14 of its query flattener).
    fn layer(&self, number: usize, mut select: SelectStatement, kept: bool) -> CommonTableExpression {
        let kept = kept || self.dialect == Dialect::Postgres;
        if !kept {
            select.limit(i64::MAX.unsigned_abs()).offset(0);
        }
        let mut cte = CommonTableExpression::new();
        cte.table_name(layer_name(number)).materialized(kept).query(select);
        cte.to_owned()
    }

    /// A column's value in its stored form: money is whole 分, a number without decimals is whole; and its
    /// error, if it can fail.
    fn made(&self, column: &Column, names: &LayerNames<'_>) -> Rendered {
        let kind = names.kind(&column.field).cloned().unwrap_or(FieldKind::Text);
        let made = stored(self.dialect, &column.expr, &kind, names).rendered();
        let value = if made.rep == crate::expr::Rep::Cond { as_value(made.value) } else { made.value };
        Rendered { value, ..made }
    }

    /// Columns that read nothing but stored cells are set in place, which costs a third of the layered way.
    fn store_directly(&self) -> Stmt {
        let names = self.names(0, alias(self.table));
        let mut update = Query::update();
        update.table(alias(self.table));
        for c in self.columns {
            let made = self.made(c, &names);
            update.value(alias(&c.field), made.value);
            if let Some(error) = made.error {
                update.value(alias(&error_column(&c.field)), error);
            }
        }
        update.and_where(self.in_reach(Expr::col((alias(self.table), alias("id")))));
        Stmt::update(&update)
    }

    fn differs(&self, depth: usize) -> Expr {
        let mut parts = self.filled().map(|c| {
            let stored = Expr::col((self.table.to_string(), c.clone()));
            let new = Expr::col((layer_name(depth), computed(&c)));
            stored.binary(sea_query::BinOper::Custom("IS DISTINCT FROM"), new)
        });
        let first = parts.next().unwrap_or_else(|| whole(0));
        parts.fold(first, |acc, e| acc.or(e))
    }

    fn same_record(&self, depth: usize) -> Expr {
        Expr::col((self.table.to_string(), "id")).eq(Expr::col((layer_name(depth), "id")))
    }

    fn store(&self, with: WithClause, depth: usize) -> Stmt {
        let mut update = Query::update();
        update.table(alias(self.table));
        for c in self.filled() {
            update.value(alias(&c), Expr::col((layer_name(depth), computed(&c))));
        }
        update.from(layer_name(depth)).and_where(self.same_record(depth)).and_where(self.differs(depth));
        Stmt::with(&update.with(with))
    }

    fn read(&self, with: WithClause, depth: usize, goal: Goal) -> Stmt {
        let mut select = Query::select();
        select.column((layer_name(depth), alias("id"))).from(layer_name(depth));
        for c in self.filled() {
            if goal == Goal::Compare {
                select.column((self.table.to_string(), c.clone()));
            }
            select.column((layer_name(depth), computed(&c)));
        }
        if goal == Goal::Compare {
            select.inner_join(alias(self.table), self.same_record(depth)).and_where(self.differs(depth));
        }
        Stmt::with(&select.with(with))
    }

    /// Stored inputs and aggregates of the records in reach.
    fn base(&self) -> SelectStatement {
        let own: HashSet<&FieldKey> = self.columns.iter().map(|c| &c.field).collect();
        let mut inputs: Vec<&FieldKey> = Vec::new();
        for c in self.columns {
            c.expr.visit(&mut |e| {
                if let Node::Field(f) = &e.node
                    && !own.contains(f)
                    && !inputs.contains(&f)
                {
                    inputs.push(f);
                }
            });
        }
        for f in self.gathers.iter().filter_map(|g| match &g.tie.local {
            Local::Field(f) => Some(f),
            Local::Id | Local::Links(_) => None,
        }) {
            if !inputs.contains(&f) {
                inputs.push(f);
            }
        }
        let mut select = Query::select();
        select.column((alias("c"), alias("id"))).from_as(alias(self.table), alias("c"));
        for f in inputs {
            select.column((alias("c"), alias(f)));
            if self.fails.has(self.table, f) {
                select.column((alias("c"), alias(&error_column(f))));
            }
        }
        let names = self.names(0, alias("c"));
        for (g, gather) in self.gathers.iter().enumerate() {
            let name = format!("g{g}");
            for (r, rollup) in gather.rollups.iter().enumerate() {
                select.column((name.clone(), format!("g{g}_{r}")));
                if Subselects::errors(&names, rollup, "t").is_some() {
                    select.column((name.clone(), error_column(&format!("g{g}_{r}"))));
                }
            }
            let local = match &gather.tie.local {
                Local::Id | Local::Links(_) => Expr::col((alias("c"), alias("id"))),
                Local::Field(f) => Expr::col((alias("c"), alias(f))),
            };
            let on = Expr::col((alias(&name), alias("k"))).eq(local);
            select.join_subquery(sea_query::JoinType::LeftJoin, self.gather(g, gather), alias(&name), on);
        }
        for (r, rank) in self.ranks.iter().enumerate() {
            let name = format!("rk{r}");
            for part in RANK_PARTS {
                select.expr_as(Expr::col((alias(&name), alias(part))), rank_column(r, part));
            }
            let Node::Field(of) = &rank.of.node else { continue };
            let on = Expr::col((alias(&name), alias("k"))).eq(Expr::col((alias("c"), alias(of))));
            select.join_subquery(sea_query::JoinType::LeftJoin, self.rank_table(rank), alias(&name), on);
        }
        select.and_where(self.in_reach(Expr::col((alias("c"), alias("id")))));
        select
    }

    /// Each value of a column with how many are below and above it, and there at all.
    fn rank_table(&self, rank: &Rank) -> SelectStatement {
        let mut select = Query::select();
        let field = || Expr::col(alias(&rank.field));
        select.expr_as(field(), alias("k")).from(alias(&rank.table));
        for (part, sql) in RANK_PARTS.iter().zip(self.dialect.rank_counts(&rank.field)) {
            select.expr_as(Expr::cust(sql), alias(part));
        }
        select.and_where(field().is_not_null()).group_by_col(alias(&rank.field));
        select
    }

    fn in_reach(&self, id: Expr) -> Expr {
        match self.reach {
            Reach::Range => {
                let (from, to) = range_places();
                id.between(from, to)
            }
            Reach::Ids => self.dialect.among(id, ids_place()),
        }
    }

    fn gather(&self, g: usize, gather: &Gather<'_>) -> SelectStatement {
        // Through the index of links the tie is a side of it.
        let side = match &gather.tie.local {
            Local::Links(_) => Some("source"),
            _ => gather.tie.listed.then_some("target"),
        };
        let tie = || match side {
            Some(side) => Expr::col((alias("x"), alias(side))),
            None => Expr::col((alias("t"), alias(&gather.tie.field))),
        };
        let names = self.names(0, alias("t"));
        let lower = self.lower(&names);
        let mut select = Query::select();
        select.expr_as(tie(), alias("k")).from_as(alias(&gather.rollups[0].table), alias("t"));
        for (r, rollup) in gather.rollups.iter().enumerate() {
            let of = Subselects::gathered(&lower, rollup, "t");
            let of = meeting(&lower, rollup, &gather.tie.field, of);
            select.expr_as(Subselects::aggregate(&lower, rollup, of), alias(&format!("g{g}_{r}")));
            if let Some(errors) = Subselects::errors(&names, rollup, "t") {
                let errors = meeting(&lower, rollup, &gather.tie.field, errors);
                select.expr_as(Subselects::least(errors), alias(&error_column(&format!("g{g}_{r}"))));
            }
        }
        if side.is_some() {
            self.through_links(&mut select, gather);
        }
        let scope = match &gather.tie.local {
            Local::Id | Local::Links(_) => self.in_reach(tie()),
            Local::Field(f) => {
                let mut keys = Query::select();
                keys.column(alias(f)).from(alias(self.table)).and_where(self.in_reach(Expr::col(alias("id"))));
                tie().in_subquery(keys)
            }
        };
        select.and_where(scope);
        match side {
            Some(side) => select.group_by_col((alias("x"), alias(side))),
            None => select.group_by_col((alias("t"), alias(&gather.tie.field))),
        };
        select
    }

    /// Joins the index of links to the gathered records, called `x`.
    fn through_links(&self, select: &mut SelectStatement, gather: &Gather<'_>) {
        let (side, of, table, field) = match &gather.tie.local {
            Local::Links(f) => ("target", &gather.tie.field, self.table, f),
            _ => ("source", &formula::ID.into(), &gather.rollups[0].table, &gather.tie.field),
        };
        let on = Expr::col((alias("x"), alias(side))).eq(Expr::col((alias("t"), alias(of))));
        select.join_as(sea_query::JoinType::InnerJoin, alias("_links"), alias("x"), on);
        for (column, value) in [("table_key", table.as_str()), ("field", field.as_str())] {
            select.and_where(Expr::col((alias("x"), alias(column))).eq(value));
        }
    }
}

fn gathers<'a>(columns: &'a [&'a Column]) -> Vec<Gather<'a>> {
    let mut out: Vec<Gather<'a>> = Vec::new();
    for c in columns {
        c.expr.visit(&mut |e| {
            let Node::Rollup(r) = &e.node else { return };
            if !groupable(r) || own_inputs(columns, r) {
                return;
            }
            let Some(tie) = r.tie() else { return };
            match out.iter_mut().find(|g| g.rollups[0].table == r.table && g.tie == tie) {
                Some(g) if g.rollups.contains(&&**r) => {}
                Some(g) => g.rollups.push(r),
                None => out.push(Gather { tie, rollups: vec![r] }),
            }
        });
    }
    out
}

/// Whether what ties a roll-up is itself computed by the statement, so that it is not stored yet.
fn own_inputs(columns: &[&Column], r: &Rollup) -> bool {
    matches!(r.tie(), Some(Tie { local: Local::Field(f), .. }) if columns.iter().any(|c| c.field == f))
}

/// Ranks of stored cells, which one pass over the column serves.
fn ranks<'a>(columns: &'a [&'a Column]) -> Vec<&'a Rank> {
    let mut out: Vec<&'a Rank> = Vec::new();
    for c in columns {
        c.expr.visit(&mut |e| {
            let Node::Rank(r) = &e.node else { return };
            let Node::Field(f) = &r.of.node else { return };
            let same = |x: &&Rank| x.table == r.table && x.field == r.field && x.of == r.of;
            if !columns.iter().any(|c| c.field == *f) && !out.iter().any(same) {
                out.push(r);
            }
        });
    }
    out
}

const RANK_PARTS: [&str; 3] = ["below", "above", "n"];

fn rank_column(r: usize, part: &str) -> Alias {
    Alias::new(format!("rk{r}_{part}"))
}

/// Whether every criterion but the tie is the same for all records, so that one GROUP BY serves.
fn groupable(r: &Rollup) -> bool {
    let Some(Tie { field: tie, .. }) = r.tie() else { return false };
    r.criteria.iter().filter(|c| c.field != tie).all(|c| constant_for_all(&c.value))
        && r.criteria.iter().filter(|c| c.field == tie).count() == 1
}

/// What is gathered of a record, NULL where it does not meet the criteria besides the tie.
fn meeting(lower: &Lower<'_>, r: &Rollup, tie: &FieldKey, value: Expr) -> Expr {
    let others = r.criteria.iter().filter(|c| c.field != *tie);
    let conditions: Vec<Expr> = others.map(|c| Subselects::meets(lower, r, c, "t")).collect();
    match conditions.into_iter().reduce(ExprTrait::and) {
        Some(c) => Expr::Case(Box::new(sea_query::CaseStatement::new().case(c, value))),
        None => value,
    }
}
