//! Derived columns: the statements that compute them set-wise.
//!
//! One statement computes the columns of one phase for a set of records: the aggregates over other
//! records first, each table gathered once, then layer upon layer of expressions over what lies below.

use crate::dialect::{self, Dialect};
use crate::expr_sql::{Names, compare, render, whole};
use crate::sql::{Stmt, ids_place, range_places};
use formula::{Aggregate, Column, Expr as Typed, Func, Local, Node, Phase, Program, Rollup, Type};
use model::{FieldKey, FieldKind, Result, Schema, TableKey};
use sea_query::{
    Alias, Asterisk, CommonTableExpression, Expr, ExprTrait, Func as SqlFunc, Query, SelectStatement, WithClause,
};
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
    /// Returns (id, then stored and computed value of each column) where they differ.
    Compare,
    /// Returns id and every computed value.
    Read,
}

type Wanted = (usize, Vec<FieldKey>, Reach, Goal);

/// The program of a book with its statements, made when first needed.
pub(crate) struct Derivation {
    pub program: Program,
    pub relations: Vec<Relation>,
    schema: Arc<Schema>,
    dialect: Dialect,
    statements: Mutex<HashMap<Wanted, Arc<Stmt>>>,
}

/// How changed records of one table touch derived columns of another (or of its own).
#[derive(Debug)]
pub(crate) struct Relation {
    pub from: TableKey,
    pub tie: FieldKey,
    pub to: TableKey,
    pub local: Local,
    /// Fields of `from` whose change matters.
    pub reads: HashSet<FieldKey>,
    /// Columns of `to` that are touched.
    pub columns: HashSet<FieldKey>,
}

impl Derivation {
    pub(crate) fn new(schema: Arc<Schema>, dialect: Dialect) -> Result<Self> {
        let program = Program::compile(&schema)?;
        let relations = relations(&program);
        Ok(Self { program, relations, schema, dialect, statements: Mutex::default() })
    }

    /// The statement for some columns of a phase.
    pub(crate) fn statement(&self, phase: usize, columns: &HashSet<FieldKey>, reach: Reach, goal: Goal) -> Arc<Stmt> {
        let part: Vec<&Column> =
            self.program.phases[phase].columns.iter().filter(|c| columns.contains(&c.field)).collect();
        let key = (phase, part.iter().map(|c| c.field.clone()).collect(), reach, goal);
        let mut cache = self.statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let made = cache.entry(key).or_insert_with(|| {
            let table = &self.program.phases[phase].table;
            Arc::new(
                Layers { dialect: self.dialect, schema: &self.schema, table, columns: &part, reach }.statement(goal),
            )
        });
        Arc::clone(made)
    }

    /// All columns of a phase.
    pub(crate) fn all(phase: &Phase) -> HashSet<FieldKey> {
        phase.columns.iter().map(|c| c.field.clone()).collect()
    }
}

fn relations(program: &Program) -> Vec<Relation> {
    let mut out: Vec<Relation> = Vec::new();
    for column in program.columns() {
        column.expr.visit(&mut |e| {
            let Node::Rollup(r) = &e.node else { return };
            let Some((tie, local)) = r.tie() else { return };
            let reads = r.criteria.iter().map(|c| c.field.clone()).chain(r.value.clone());
            let found =
                out.iter_mut().find(|x| x.from == r.table && x.tie == *tie && x.to == column.table && x.local == local);
            match found {
                Some(x) => {
                    x.reads.extend(reads);
                    x.columns.insert(column.field.clone());
                }
                None => out.push(Relation {
                    from: r.table.clone(),
                    tie: tie.clone(),
                    to: column.table.clone(),
                    local,
                    reads: reads.collect(),
                    columns: HashSet::from([column.field.clone()]),
                }),
            }
        });
    }
    out
}

/// A statement under construction.
struct Layers<'a> {
    dialect: Dialect,
    schema: &'a Schema,
    table: &'a TableKey,
    columns: &'a [&'a Column],
    reach: Reach,
}

/// Roll-ups over one table tied the same way, gathered by one GROUP BY.
struct Gather<'a> {
    tie: FieldKey,
    local: Local,
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

impl Layers<'_> {
    fn statement(&self, goal: Goal) -> Stmt {
        let gathers = self.gathers();
        if goal == Goal::Store && gathers.is_empty() && self.columns.iter().all(|c| c.layer == 0) {
            return self.store_directly();
        }
        let mut with = WithClause::new();
        let mut base = CommonTableExpression::new();
        base.table_name(layer_name(0)).materialized(true).query(self.base(&gathers));
        with.cte(base);
        let depth = self.columns.iter().map(|c| c.layer).max().unwrap_or(0) + 1;
        for layer in 0..depth {
            let names = LayerNames { columns: self.columns, layer, source: layer_name(layer), gathers: &gathers };
            let mut select = Query::select();
            select.column((layer_name(layer), Asterisk)).from(layer_name(layer));
            for c in self.columns.iter().filter(|c| c.layer == layer) {
                select.expr_as(self.value(c, &names), computed(&c.field));
            }
            let mut cte = CommonTableExpression::new();
            cte.table_name(layer_name(layer + 1)).materialized(true).query(select);
            with.cte(cte);
        }
        match goal {
            Goal::Store => self.store(with, depth),
            Goal::Compare | Goal::Read => self.read(with, depth, goal),
        }
    }

    /// A column's value in its stored form: money is whole 分, a number without decimals is whole.
    fn value(&self, column: &Column, names: &LayerNames<'_>) -> Expr {
        let sql = render(&column.expr, names);
        if column.expr.ty == Type::Bool && false {
            // As a condition it is left at the first part that settles it; as a value all would be computed.
            return Expr::Case(Box::new(sea_query::CaseStatement::new().case(sql, whole(1)).finally(whole(0))));
        }
        let kind = self.schema.table(self.table).and_then(|t| t.field(&column.field)).map(|f| &f.kind);
        if matches!(kind, Some(FieldKind::Money | FieldKind::Number { decimals: 0 })) && !whole_number(&column.expr) {
            let rounded = SqlFunc::cust(alias("round")).arg(sql);
            return SqlFunc::cast_as(rounded, alias("BIGINT")).into();
        }
        sql
    }

    /// Columns that read nothing but stored cells are set in place, which costs a third of the layered way.
    fn store_directly(&self) -> Stmt {
        let names = LayerNames { columns: self.columns, layer: 0, source: alias(self.table), gathers: &[] };
        let mut update = Query::update();
        update.table(alias(self.table));
        for c in self.columns {
            update.value(alias(&c.field), self.value(c, &names));
        }
        update.and_where(self.in_reach(Expr::col((alias(self.table), alias("id")))));
        Stmt::update(&update)
    }

    fn differs(&self, depth: usize) -> Expr {
        let mut parts = self.columns.iter().map(|c| {
            let stored = Expr::col((self.table.to_string(), c.field.to_string()));
            let new = Expr::col((layer_name(depth), computed(&c.field)));
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
        for c in self.columns {
            update.value(alias(&c.field), Expr::col((layer_name(depth), computed(&c.field))));
        }
        update.from(layer_name(depth)).and_where(self.same_record(depth)).and_where(self.differs(depth));
        Stmt::with(&update.with(with))
    }

    fn read(&self, with: WithClause, depth: usize, goal: Goal) -> Stmt {
        let mut select = Query::select();
        select.column((layer_name(depth), alias("id"))).from(layer_name(depth));
        for c in self.columns {
            if goal == Goal::Compare {
                select.column((self.table.to_string(), c.field.to_string()));
            }
            select.column((layer_name(depth), computed(&c.field)));
        }
        if goal == Goal::Compare {
            select.inner_join(alias(self.table), self.same_record(depth)).and_where(self.differs(depth));
        }
        Stmt::with(&select.with(with))
    }

    /// Stored inputs and aggregates of the records in reach.
    fn base(&self, gathers: &[Gather<'_>]) -> SelectStatement {
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
        for f in gathers.iter().filter_map(|g| match &g.local {
            Local::Field(f) => Some(f),
            Local::Id => None,
        }) {
            if !inputs.contains(&f) {
                inputs.push(f);
            }
        }
        let mut select = Query::select();
        select.column((alias("c"), alias("id"))).from_as(alias(self.table), alias("c"));
        for f in inputs {
            select.column((alias("c"), alias(f)));
        }
        for (g, gather) in gathers.iter().enumerate() {
            let name = format!("g{g}");
            for r in 0..gather.rollups.len() {
                select.column((name.clone(), format!("g{g}_{r}")));
            }
            let local = match &gather.local {
                Local::Id => Expr::col((alias("c"), alias("id"))),
                Local::Field(f) => Expr::col((alias("c"), alias(f))),
            };
            let on = Expr::col((alias(&name), alias("k"))).eq(local);
            select.join_subquery(sea_query::JoinType::LeftJoin, self.gather(g, gather), alias(&name), on);
        }
        select.and_where(self.in_reach(Expr::col((alias("c"), alias("id")))));
        select
    }

    fn in_reach(&self, id: Expr) -> Expr {
        match self.reach {
            Reach::Range => {
                let (from, to) = range_places();
                id.between(from, to)
            }
            Reach::Ids => match self.dialect {
                Dialect::Sqlite => {
                    let mut list = Query::select();
                    list.column(alias("value")).from_function(dialect::id_rows(ids_place()), alias("r"));
                    id.in_subquery(list)
                }
                Dialect::Postgres => id.eq(SqlFunc::cust(alias("ANY")).arg(ids_place())),
            },
        }
    }

    fn gather(&self, g: usize, gather: &Gather<'_>) -> SelectStatement {
        let tie = || Expr::col(alias(&gather.tie));
        let mut select = Query::select();
        select.expr_as(tie(), alias("k")).from(alias(&gather.rollups[0].table));
        for (r, rollup) in gather.rollups.iter().enumerate() {
            select.expr_as(aggregate(rollup, &gather.tie), alias(&format!("g{g}_{r}")));
        }
        let scope = match &gather.local {
            Local::Id => self.in_reach(tie()),
            Local::Field(f) => {
                let mut keys = Query::select();
                keys.column(alias(f)).from(alias(self.table)).and_where(self.in_reach(Expr::col(alias("id"))));
                tie().in_subquery(keys)
            }
        };
        select.and_where(scope).group_by_col(alias(&gather.tie));
        select
    }

    fn gathers(&self) -> Vec<Gather<'_>> {
        let mut out: Vec<Gather<'_>> = Vec::new();
        for c in self.columns {
            c.expr.visit(&mut |e| {
                let Node::Rollup(r) = &e.node else { return };
                if !groupable(r) {
                    return;
                }
                let Some((tie, local)) = r.tie() else { return };
                match out.iter_mut().find(|g| g.rollups[0].table == r.table && g.tie == *tie && g.local == local) {
                    Some(g) if g.rollups.contains(&&**r) => {}
                    Some(g) => g.rollups.push(r),
                    None => out.push(Gather { tie: tie.clone(), local, rollups: vec![r] }),
                }
            });
        }
        out
    }
}

/// Whether every criterion but the tie is the same for all records, so that one GROUP BY serves.
fn groupable(r: &Rollup) -> bool {
    let Some((tie, _)) = r.tie() else { return false };
    r.criteria.iter().filter(|c| c.field != *tie).all(|c| {
        let mut constant = true;
        c.value.visit(&mut |e| constant &= !matches!(e.node, Node::Field(_) | Node::RecordId | Node::Rollup(_)));
        constant
    })
}

/// The names of gathered records inside their own subquery.
struct Plain;

impl Names for Plain {
    fn field(&self, key: &str) -> Expr {
        Expr::col(alias(key))
    }
    fn id(&self) -> Expr {
        Expr::col(alias("id"))
    }
    fn rollup(&self, _: &Rollup) -> Expr {
        Expr::null()
    }
}

fn aggregate(r: &Rollup, tie: &FieldKey) -> Expr {
    let others = r.criteria.iter().filter(|c| c.field != *tie);
    let conditions: Vec<Expr> =
        others.map(|c| compare(c.op, Expr::col(alias(&c.field)), render(&c.value, &Plain))).collect();
    let value = r.value.as_ref().map_or_else(|| whole(1), |v| Expr::col(alias(v)));
    let value = match conditions.into_iter().reduce(ExprTrait::and) {
        Some(c) => Expr::Case(Box::new(sea_query::CaseStatement::new().case(c, value))),
        None => value,
    };
    gathered(r.aggregate, value)
}

fn gathered(a: Aggregate, value: Expr) -> Expr {
    let name = match a {
        Aggregate::Count => "count",
        Aggregate::Sum => "sum",
        Aggregate::Average => "avg",
        Aggregate::Min => "min",
        Aggregate::Max => "max",
    };
    let e: Expr = SqlFunc::cust(alias(name)).arg(value).into();
    if a == Aggregate::Sum { SqlFunc::cast_as(e, alias("BIGINT")).into() } else { e }
}

/// Names inside one layer.
struct LayerNames<'a> {
    columns: &'a [&'a Column],
    layer: usize,
    source: Alias,
    gathers: &'a [Gather<'a>],
}

impl Names for LayerNames<'_> {
    fn field(&self, key: &str) -> Expr {
        let below = self.columns.iter().any(|c| c.field == *key && c.layer < self.layer);
        let name = if below { computed(key) } else { alias(key) };
        Expr::col((self.source.clone(), name))
    }

    fn id(&self) -> Expr {
        Expr::col((self.source.clone(), alias("id")))
    }

    fn rollup(&self, r: &Rollup) -> Expr {
        for (g, gather) in self.gathers.iter().enumerate() {
            if let Some(i) = gather.rollups.iter().position(|x| **x == *r) {
                let col = Expr::col((self.source.clone(), alias(&format!("g{g}_{i}"))));
                return if matches!(r.aggregate, Aggregate::Count | Aggregate::Sum) {
                    SqlFunc::coalesce([col, whole(0)]).into()
                } else {
                    col
                };
            }
        }
        self.correlated(r)
    }
}

impl LayerNames<'_> {
    /// A roll-up whose criteria differ from record to record: one indexed look-up each.
    fn correlated(&self, r: &Rollup) -> Expr {
        let mut select = Query::select();
        let value = r.value.as_ref().map_or_else(|| whole(1), |v| Expr::col((alias("t"), alias(v))));
        let sum = gathered(r.aggregate, value);
        let sum = if r.aggregate == Aggregate::Sum { SqlFunc::coalesce([sum, whole(0)]).into() } else { sum };
        select.expr(sum).from_as(alias(&r.table), alias("t"));
        for c in &r.criteria {
            let left = Expr::col((alias("t"), alias(&c.field)));
            select.and_where(compare(c.op, left, render(&c.value, self)));
        }
        Expr::SubQuery(None, Box::new(select.into()))
    }
}

/// Whether the SQL of an expression is a whole number as it stands.
fn whole_number(e: &Typed) -> bool {
    let mut whole = true;
    e.visit(&mut |e| {
        whole &= !matches!(
            &e.node,
            Node::Arith(formula::ArithOp::Div, ..) | Node::Unscale(..) | Node::Number(_) | Node::Call(Func::Round, _)
        ) && !matches!(&e.node, Node::Rollup(r) if r.aggregate == Aggregate::Average)
            && !matches!(&e.node, Node::Arith(formula::ArithOp::Mul, a, b) if a.ty != b.ty);
    });
    whole
}
