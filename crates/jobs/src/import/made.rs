//! Tables and fields an import makes before its first row.

use exchange::{Role, SheetPlan};
use model::{FieldKind, Result, TableKey};
use std::collections::{BTreeMap, HashSet};
use store::Batch;

/// What the plans of an import asked to be made.
#[derive(Default)]
pub(super) struct Made {
    /// Names of fields, those of new tables left out.
    pub fields: Vec<String>,
    /// Own tables that take rows: key and name.
    pub tables: BTreeMap<TableKey, String>,
}

/// Makes the tables and fields the plans ask for and puts their keys into the plans.
pub(super) fn make(batch: &mut Batch<'_>, plans: &mut [SheetPlan]) -> Result<Made> {
    let mut made = Made::default();
    for plan in plans.iter_mut().filter(|p| p.role != Role::Ignore) {
        let fresh = make_table(batch, plan)?;
        if let Some(table) = plan.own.as_ref().map(|o| &o.table) {
            made.tables.insert(table.clone(), batch.schema().require(table)?.label.zh.to_string());
        }
        // Two columns of one name in a sheet are two fields.
        let mut used: HashSet<String> = HashSet::new();
        for column in &mut plan.columns {
            let Some(target) = column.target.as_mut().filter(|t| t.new_field) else { continue };
            let base =
                if column.header.is_empty() { format!("列{}", column.index + 1) } else { column.header.clone() };
            let name = (1..)
                .map(|n| if n == 1 { base.clone() } else { format!("{base} {n}") })
                .find(|n| used.insert(format!("{}.{n}", target.table)))
                .unwrap_or(base);
            let before = batch.schema().require(&target.table)?.named(&name).is_some();
            let kind = column.new_kind.clone().unwrap_or(FieldKind::Text);
            target.field = batch.add_field(&target.table, &name, kind)?;
            target.new_field = false;
            if !before && !fresh {
                made.fields.push(name);
            }
        }
    }
    Ok(made)
}

/// Makes the table a plan asks for, its records called as the sheet calls them; whether there was one to make.
fn make_table(batch: &mut Batch<'_>, plan: &mut SheetPlan) -> Result<bool> {
    let Some(own) = plan.own.as_mut().filter(|o| o.name.is_some()) else { return Ok(false) };
    let name = own.name.take().unwrap_or_default();
    let fresh = !batch.schema().tables.iter().any(|t| !t.builtin && *t.label.zh == *name);
    own.table = batch.add_table(&name)?;
    for column in &mut plan.columns {
        let Some(target) = &mut column.target else { continue };
        target.table = own.table.clone();
        if fresh && target.field == "name" && !column.header.is_empty() {
            batch.rename_field(&own.table, "name", &column.header)?;
        }
    }
    Ok(fresh)
}
