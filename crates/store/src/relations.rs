//! Which records a change touches beyond the changed ones.

use formula::{Node, Program, Tie};
use model::{FieldKey, TableKey};
use std::collections::HashSet;

/// How changed records of one table touch derived columns of another (or of its own).
#[derive(Debug)]
pub(crate) struct Relation {
    pub from: TableKey,
    pub tie: Tie,
    pub to: TableKey,
    /// Fields of `from` whose change matters.
    pub reads: HashSet<FieldKey>,
    /// Columns of `to` that are touched.
    pub columns: HashSet<FieldKey>,
}

/// Columns of one table that read a column of another (or of its own) as a whole: whenever it changes,
/// all their records are touched.
#[derive(Debug)]
pub(crate) struct Overall {
    pub from: TableKey,
    pub to: TableKey,
    /// Fields of `from` whose change matters.
    pub reads: HashSet<FieldKey>,
    /// Columns of `to` that are touched.
    pub columns: HashSet<FieldKey>,
}

/// The relations of a program.
pub(crate) fn relations(program: &Program) -> Vec<Relation> {
    let mut out: Vec<Relation> = Vec::new();
    for column in program.columns() {
        column.expr.visit(&mut |e| {
            let Node::Rollup(r) = &e.node else { return };
            let Some(tie) = r.tie() else { return };
            let reads = r.criteria.iter().map(|c| c.field.clone()).chain(r.value.clone());
            let found = out.iter_mut().find(|x| x.from == r.table && x.tie == tie && x.to == column.table);
            match found {
                Some(x) => {
                    x.reads.extend(reads);
                    x.columns.insert(column.field.clone());
                }
                None => out.push(Relation {
                    from: r.table.clone(),
                    tie,
                    to: column.table.clone(),
                    reads: reads.collect(),
                    columns: HashSet::from([column.field.clone()]),
                }),
            }
        });
    }
    out
}

/// The columns of a program that read others as a whole.
pub(crate) fn overalls(program: &Program) -> Vec<Overall> {
    let mut out: Vec<Overall> = Vec::new();
    for column in program.columns() {
        column.expr.visit(&mut |e| {
            let (from, reads): (_, HashSet<FieldKey>) = match &e.node {
                Node::Rollup(r) if r.tie().is_none() => {
                    (&r.table, r.criteria.iter().map(|c| c.field.clone()).chain(r.value.clone()).collect())
                }
                Node::Rank(r) => (&r.table, HashSet::from([r.field.clone()])),
                _ => return,
            };
            let columns = HashSet::from([column.field.clone()]);
            out.push(Overall { from: from.clone(), to: column.table.clone(), reads, columns });
        });
    }
    out
}
