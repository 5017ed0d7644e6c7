//! Formulas looked at before they are kept: their type, their faults, what they give.

use crate::cells::or_error;
use crate::derive::Derivation;
use crate::dialect::Dialect;
use crate::probe::Probe;
use crate::sql::{Fill, Stmt};
use crate::store::{Store, require};
use formula::{Aggregate, Expr, Node, Type};
use model::{Access, Check, Error, FieldDef, FieldKind, Label, RecordId, Result, Schema, Scope, TableDef, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// What is known of a formula.
#[derive(Clone, Debug)]
pub struct FormulaCheck {
    /// The type of its result, in words.
    pub type_name: Label,
    /// The kind of field that suits it.
    pub kind: FieldKind,
    /// What it gives on some records: id, name, value or error.
    pub preview: Vec<(RecordId, String, Value)>,
}

/// Records a preview shows.
const SHOWN: usize = 5;

impl Store {
    /// Checks a formula of a table and computes it for a few records; `field` is the field it is for.
    ///
    /// # Errors
    /// `formula`, with the place; `not_found` for the table.
    pub fn check_formula(&self, scope: &Scope, table: &str, text: &str, field: Option<&str>) -> Result<FormulaCheck> {
        require(scope, Access::Read)?;
        let (shape, today) = (self.shape(), self.today());
        let mut schema = (*shape.schema).clone();
        let def = schema.require(table)?.clone();
        let expr = formula::check(&schema, &def, text)?;
        let kind = kind_of(&schema, &def, &expr);
        // Under its own key a formula that leads back to itself is found.
        let own = schema.tables.iter_mut().find(|t| t.key == *table);
        if let Some(f) = own.and_then(|t| t.fields.iter_mut().find(|f| Some(f.key.as_str()) == field && f.derived())) {
            (f.formula, f.kind) = (Some(text.into()), kind.clone());
            Derivation::new(Arc::new(schema.clone()), self.engine.dialect())?;
        }
        let (fails, dialect) = (&shape.derivation.fails, self.engine.dialect());
        let stmt = Stmt::select(&crate::preview::select(&schema, fails, dialect, &def, &expr, &kind)?);
        let (zh, en) = expr.ty.names();
        let preview = self.engine.read(|conn| {
            let label = name_column(&def);
            let sql =
                ["SELECT id, ", &label, " FROM ", &crate::dialect::quote(table), " ORDER BY id DESC LIMIT 5"].concat();
            let rows: Vec<(i64, String)> = conn.all(&sql, &[], |r| Ok((r.get(0)?, r.text(1)?.to_owned())))?;
            let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
            let mut values = HashMap::new();
            stmt.each(conn, &Fill::ids(today, &ids), &mut |r| {
                values.insert(r.get::<i64>(0)?, or_error(&kind, r.at(1)?, r.at(2)?));
                Ok(())
            })?;
            let row = |(id, name): (i64, String)| {
                let value = values.remove(&id).unwrap_or_default();
                (RecordId(id), name, value)
            };
            Ok(rows.into_iter().map(row).take(SHOWN).collect())
        })?;
        Ok(FormulaCheck { type_name: Label::new(zh, en), kind, preview })
    }
}

/// The column that names a record to people.
fn name_column(def: &TableDef) -> String {
    let named = ["name", "order_no", "code"].into_iter().find(|k| def.field(k).is_some());
    named.map_or_else(|| "''".to_owned(), crate::dialect::quote)
}

/// The kind of field that suits a result.
fn kind_of(schema: &Schema, def: &TableDef, expr: &Expr) -> FieldKind {
    // A column handed on keeps its kind: a percentage stays one.
    let handed = match &expr.node {
        Node::Field(key) => def.field(key).map(|f| f.kind.clone()),
        Node::Rollup(r) => {
            let same = matches!(r.aggregate, Aggregate::Sum | Aggregate::Min | Aggregate::Max | Aggregate::Average);
            let field = r.value.as_ref().filter(|_| same);
            field.and_then(|k| schema.table(&r.table)?.field(k)).map(|f| f.kind.clone())
        }
        _ => None,
    };
    let plain = |k: &FieldKind| matches!(k, FieldKind::Number { .. } | FieldKind::Percent | FieldKind::Progress);
    if let Some(kind) = handed.filter(|k| plain(k) && expr.ty == Type::Number) {
        return kind;
    }
    match expr.ty {
        Type::Bool => FieldKind::Bool,
        Type::Number => FieldKind::number(if counts(expr) { 0 } else { 2 }),
        Type::Money => FieldKind::Money,
        Type::Date => FieldKind::Date,
        Type::DateTime => FieldKind::DateTime,
        Type::Text | Type::Blank | Type::Link | Type::Links => FieldKind::Text,
    }
}

/// Whether an expression counts something, so that it has no decimals.
fn counts(expr: &Expr) -> bool {
    match &expr.node {
        Node::Int(_) => true,
        Node::Rollup(r) => {
            matches!(r.aggregate, Aggregate::Count | Aggregate::CountFilled | Aggregate::CountNumbers)
        }
        _ => false,
    }
}

/// Refuses a field whose formula, default or rules do not compile. The formula itself may lead back to the
/// field only by way of others, which is a cycle; a default and a rule may name it.
pub(crate) fn refuse_formulas(schema: &Schema, table: &TableDef, field: &FieldDef, dialect: Dialect) -> Result<()> {
    if field.derived() {
        crate::derive::Derivation::new(Arc::new(schema.clone()), dialect)?;
    }
    if let Some(text) = &field.default {
        let places = |e: Error| e.on("default");
        Probe::new(schema, &table.key, &[(text.clone(), field.kind.clone())], dialect).map_err(places)?;
    }
    for rule in &field.rules {
        let Check::Expression { formula } = &rule.check else { continue };
        Probe::new(schema, &table.key, &[(formula.clone(), FieldKind::Bool)], dialect).map_err(|e| e.on("rules"))?;
    }
    Ok(())
}
