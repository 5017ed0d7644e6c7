//! The rules and defaults of every table, compiled once for each shape of a book and day.

use crate::dialect::Dialect;
use crate::probe::Probe;
use model::{Check, Checker, Date, FieldDef, FieldKey, FieldKind, Label, Level, Schema, TableDef, TableKey};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The rules of a book, made ready.
#[derive(Default)]
pub(crate) struct Checks(HashMap<TableKey, TableChecks>);

/// The rules of one table.
#[derive(Default)]
pub(super) struct TableChecks {
    pub(super) cells: HashMap<FieldKey, Checker>,
    pub(super) unique: Vec<(FieldKey, Level, Label)>,
    pub(super) expressions: Option<(Probe, Vec<Expression>)>,
    /// Defaults of fields, by the field.
    pub(super) defaults: Option<(Probe, Vec<FieldKey>)>,
}

impl TableChecks {
    /// Whether any rule needs more than the cell.
    pub(super) fn more(&self) -> bool {
        !self.unique.is_empty() || self.expressions.is_some()
    }
}

pub(super) struct Expression {
    pub(super) field: FieldKey,
    pub(super) level: Level,
    pub(super) message: Label,
    /// Fields whose change asks for the rule again, its own among them.
    pub(super) reads: HashSet<FieldKey>,
}

impl Checks {
    /// Makes the rules of a schema ready. A rule that no longer makes sense (its formula names a field that
    /// is gone) is left out: it was refused while someone could mend it.
    pub(crate) fn new(schema: &Schema, today: Date, dialect: Dialect) -> Self {
        let tables = schema.tables.iter().filter(|t| t.fields.iter().any(ruled)).map(|t| {
            let checks = TableChecks {
                cells: t.fields.iter().filter_map(|f| checker(f, today)).collect(),
                unique: t.fields.iter().flat_map(unique).collect(),
                expressions: expressions(schema, t, dialect),
                defaults: defaults(schema, t, dialect),
            };
            (t.key.clone(), checks)
        });
        Self(tables.collect())
    }

    pub(super) fn of(&self, table: &str) -> Option<&TableChecks> {
        self.0.get(table)
    }
}

fn ruled(f: &FieldDef) -> bool {
    !f.rules.is_empty() || f.default.is_some()
}

fn checker(f: &FieldDef, today: Date) -> Option<(FieldKey, Checker)> {
    if f.rules.is_empty() {
        return None;
    }
    Checker::new(f, today).ok().filter(|c| !c.is_empty()).map(|c| (f.key.clone(), c))
}

/// Codes are kept unique by themselves.
fn unique(f: &FieldDef) -> Vec<(FieldKey, Level, Label)> {
    if matches!(f.kind, FieldKind::Code(_)) {
        return Vec::new();
    }
    let rules = f.rules.iter().filter(|r| r.check == Check::Unique);
    rules.map(|r| (f.key.clone(), r.level, r.says(f))).collect()
}

/// The formulas of a table compiled together; where one no longer makes sense, without it.
fn probed<T>(
    schema: &Schema,
    t: &TableDef,
    dialect: Dialect,
    mut list: Vec<(Arc<str>, FieldKind, T)>,
) -> Option<(Probe, Vec<T>)> {
    let compiled = |list: &[(Arc<str>, FieldKind, T)]| {
        let formulas: Vec<_> = list.iter().map(|(text, kind, _)| (text.clone(), kind.clone())).collect();
        Probe::new(schema, &t.key, &formulas, dialect)
    };
    if list.is_empty() {
        return None;
    }
    let probe = compiled(&list).or_else(|_| {
        list.retain(|one| Probe::new(schema, &t.key, &[(one.0.clone(), one.1.clone())], dialect).is_ok());
        compiled(&list)
    });
    let list: Vec<T> = list.into_iter().map(|(.., what)| what).collect();
    Some((probe.ok()?, list)).filter(|(_, list)| !list.is_empty())
}

fn expressions(schema: &Schema, t: &TableDef, dialect: Dialect) -> Option<(Probe, Vec<Expression>)> {
    let mut formulas = Vec::new();
    for f in &t.fields {
        for r in &f.rules {
            let Check::Expression { formula } = &r.check else { continue };
            let e = Expression { field: f.key.clone(), level: r.level, message: r.says(f), reads: HashSet::new() };
            formulas.push((formula.clone(), FieldKind::Bool, e));
        }
    }
    let (probe, mut list) = probed(schema, t, dialect, formulas)?;
    for (n, e) in list.iter_mut().enumerate() {
        e.reads = probe.reads(n);
        e.reads.insert(e.field.clone());
    }
    Some((probe, list))
}

fn defaults(schema: &Schema, t: &TableDef, dialect: Dialect) -> Option<(Probe, Vec<FieldKey>)> {
    let with = t.fields.iter().filter_map(|f| Some((f.default.clone()?, f.kind.clone(), f.key.clone())));
    probed(schema, t, dialect, with.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Label, Rule};

    /// A field with a rule and a default by the same formula.
    fn field(key: &str, formula: &str) -> FieldDef {
        let check = Check::Expression { formula: [formula, "<100"].concat().into() };
        let rule = Rule { check, level: Level::Refuse, message: None };
        let field = FieldDef::new(key, Label::same(key), FieldKind::number(0));
        FieldDef { rules: vec![rule], default: Some(formula.into()), ..field }
    }

    #[test]
    fn one_that_makes_no_sense_any_more_switches_off_no_other() {
        let mut def = TableDef::own("t1".into(), Label::same("样品"));
        def.fields.extend([field("u8", "[@没有]*2"), field("u9", "LEN([@名称])")]);
        let schema = Schema { tables: vec![def.clone()] };
        let (_, rules) = expressions(&schema, &def, Dialect::Sqlite).expect("a rule");
        assert_eq!(rules.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["u9"]);
        let (_, defaults) = defaults(&schema, &def, Dialect::Sqlite).expect("a default");
        assert_eq!(defaults, ["u9"]);
    }
}
