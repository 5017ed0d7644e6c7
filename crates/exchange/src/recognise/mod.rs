//! Proposes what a sheet is: its header row, the meaning of its columns, and what a person should know.

mod assign;
mod columns;
mod head;
pub(crate) mod header;
mod own;
mod profile;
mod role;
pub(crate) mod synonyms;

#[cfg(test)]
mod tests;

use crate::read::Book;
use crate::{OwnTable, Profile, Role, SheetPlan, Target};
use assign::{Left, Sheet};
use columns::Column;
use head::Head;
use model::builtin::ORDERS;
use model::parse::{Ctx, Note};
use model::{FieldKey, FieldKind, Result, Schema, TableDef, TableKey};
use serde::Deserialize;

/// What a person changed in a plan, as the import wizard sends it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, utoipa::ToSchema)]
#[schema(as = SheetChoice)]
pub struct Override {
    /// Another role.
    #[serde(default)]
    pub role: Option<Role>,
    /// The table for [`Role::Own`]; a new one named like the sheet when nothing is said.
    #[serde(default)]
    pub own: Option<OwnTable>,
    /// Another header row (from 1); 0 for no header.
    #[serde(default)]
    pub header_row: Option<u32>,
    /// The year of dates without one; 0 for the latest such day that is not after today.
    #[serde(default)]
    pub year: Option<i32>,
    /// Other targets. After a change of role or header row only those that differ from the old plan
    /// count, for the rest is recognised anew.
    #[serde(default)]
    pub columns: Vec<ColumnChoice>,
}

/// Where a person sends a column.
#[derive(Clone, Debug, PartialEq, Deserialize, utoipa::ToSchema)]
pub struct ColumnChoice {
    /// Position in the sheet, from 0.
    pub index: usize,
    /// The table; none leaves the column out.
    #[serde(default)]
    pub table: Option<TableKey>,
    /// The field; may be missing for a new field.
    #[serde(default)]
    pub field: Option<FieldKey>,
    /// Make a new text field named like the header.
    #[serde(default)]
    pub new_field: bool,
}

impl ColumnChoice {
    fn target(&self) -> Option<Target> {
        let table = self.table.clone()?;
        match &self.field {
            Some(field) => Some(Target { table, field: field.clone(), new_field: self.new_field }),
            None if self.new_field => {
                Some(Target { table, field: format!("new_{}", self.index).into(), new_field: true })
            }
            None => None,
        }
    }
}

/// Recognises a sheet.
///
/// # Errors
/// What reading the file gives.
pub fn recognise(book: &mut Book, sheet: usize, schema: &Schema, ctx: &Ctx) -> Result<SheetPlan> {
    plan(book, sheet, schema, ctx, None, None, None)
}

/// Recognises a sheet again after a person changed something.
///
/// # Errors
/// What reading the file gives.
pub fn replan(book: &mut Book, old: &SheetPlan, change: &Override, schema: &Schema, ctx: &Ctx) -> Result<SheetPlan> {
    let role = change.role.filter(|r| *r != old.role);
    let header = change.header_row.filter(|h| *h != old.header_row);
    let table = |own: &Option<OwnTable>| own.as_ref().map(|o| o.table.clone());
    let moved = change.own.is_some() && table(&change.own) != table(&old.own);
    let anew = role.is_some() || header.is_some() || moved;
    let mut new = if anew {
        let own = change.own.clone().or_else(|| old.own.clone());
        let row = header.or(Some(old.header_row).filter(|row| role.is_none() || *row > 0));
        plan(book, old.sheet_index, schema, ctx, role.or(Some(old.role)), row, own)?
    } else {
        old.clone()
    };
    if let (Some(own), Some(name)) = (&mut new.own, change.own.as_ref().and_then(|o| o.name.clone()))
        && own.name.is_some()
    {
        own.name = Some(name);
    }
    new.index = old.index;
    let lacks = if anew { new.year_needed || new.year.is_some() } else { old.year_needed || old.year.is_some() };
    new.year = change.year.or(old.year).filter(|y| *y != 0);
    new.year_needed = lacks && new.year.is_none();
    for choice in &change.columns {
        let target = choice.target();
        let before = old.columns.iter().find(|c| c.index == choice.index);
        if before.is_some_and(|c| c.target == target) {
            continue;
        }
        if let Some(column) = new.columns.iter_mut().find(|c| c.index == choice.index) {
            column.target = target;
            column.confidence = 1.0;
        }
    }
    Ok(new)
}

fn plan(
    book: &mut Book,
    sheet: usize,
    schema: &Schema,
    ctx: &Ctx,
    role: Option<Role>,
    header_row: Option<u32>,
    own: Option<OwnTable>,
) -> Result<SheetPlan> {
    let head = Head::read(book, sheet)?;
    let header = match header_row {
        Some(row) => head.position(row),
        None if role == Some(Role::Own) => head.find_header(schema).or_else(|| head.heading()),
        None => head.find_header(schema),
    };
    let second = header.is_some_and(|h| head.second_head(h, schema));
    let first_data = header.map_or(0, |h| h + 1 + usize::from(second));
    let columns = columns::columns(&head, header, first_data, schema);
    let keys: Vec<String> = columns.iter().map(|c| c.key.clone()).collect();
    let profile = profile::detect(&keys);
    let known = if role.is_none() && profile.is_none() { own::table_of(&columns, schema) } else { None };
    let role = match role {
        Some(role) => role,
        None if known.is_some() => Role::Own,
        None if header.is_none() => headless_role(&head, &columns),
        None => role::of(&columns, profile),
    };
    let name = book.sheets().get(sheet).map(|s| s.name.clone()).unwrap_or_default();
    let own = (role == Role::Own).then(|| {
        let known = known.map(|table| OwnTable { table, name: None });
        let chosen = own.filter(|o| o.name.is_some() || schema.table(&o.table).is_some_and(TableDef::takes_sheets));
        known.or(chosen).unwrap_or_else(|| own::to_make(book.file(), &name))
    });
    let found = Sheet { head: &head, first_data, role, profile, schema, ctx };
    let (plans, left) = match &own {
        Some(own) => own::assign(&found, &columns, own),
        None => found.assign(&columns),
    };
    let mut plan = SheetPlan {
        file: book.file().to_owned(),
        sheet: name,
        own,
        index: sheet,
        sheet_index: sheet,
        role,
        rows_estimate: None,
        header_row: header.map_or(0, |h| head.rows[h].number),
        head_end: header.map_or(0, |h| head.rows[h + usize::from(second)].number),
        profile,
        year_needed: false,
        year: ctx.year,
        columns: plans,
        constants: profile.map(Profile::constants).unwrap_or_default(),
        merged: Vec::new(),
        merges_unknown: !book.knows_merges(),
        notes: Vec::new(),
    };
    plan.rows_estimate = if head.complete {
        let data = head.rows.iter().skip(first_data);
        Some(data.filter(|r| !crate::convert::is_total(r.cells.iter().map(head::Kept::cell))).count() as u64)
    } else {
        book.rows_estimate(sheet).map(|n| n.saturating_sub(u64::from(plan.head_end)))
    };
    if matches!(role, Role::Customers | Role::Both) {
        plan.merged = book.merged(sheet);
    }
    let dates = plan.columns.iter().filter(|c| is_date(schema, c.target.as_ref()));
    let lacks = dates.map(|c| c.index).any(|i| columns::lacks_year(columns::cells(&head, first_data, i), ctx));
    plan.year_needed = lacks && plan.year.is_none();
    let valueless = book.formulas_without_value(sheet, 200);
    plan.notes = Findings { plan: &plan, head: &head, header, second, left: &left, valueless }.notes();
    Ok(plan)
}

/// Without a header, contents alone decide: a column of mobile numbers makes a sheet of customers.
fn headless_role(head: &Head, columns: &[Column]) -> Role {
    let has_mobile =
        columns.iter().any(|c| c.filled >= 3 && columns::mobile_share(columns::cells(head, 0, c.index)) > 0.8);
    if has_mobile { Role::Customers } else { Role::Ignore }
}

fn is_date(schema: &Schema, target: Option<&Target>) -> bool {
    let field = target.filter(|t| !t.new_field).and_then(|t| schema.table(&t.table)?.field(&t.field));
    field.is_some_and(|f| matches!(f.kind, FieldKind::Date | FieldKind::DateTime))
}

/// Headers in a list, a few of them.
fn listed(headers: &[String]) -> String {
    let shown: Vec<&str> = headers.iter().take(12).map(String::as_str).collect();
    let more = if headers.len() > 12 { format!(" … ({})", headers.len()) } else { String::new() };
    shown.join("、") + &more
}

/// Everything the notes are made of.
struct Findings<'a> {
    plan: &'a SheetPlan,
    head: &'a Head,
    header: Option<usize>,
    second: bool,
    left: &'a Left,
    /// Columns of formulas without stored values.
    valueless: Vec<usize>,
}

impl Findings<'_> {
    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        self.of_rows(&mut notes);
        if self.plan.role == Role::Ignore {
            notes.push(Note::new(
                "没有认出客户、订单或产品的列，这张表不导入；想留下它，可以在上面选“新建一张表”",
                "No columns of customers, orders or products were recognised: the sheet is left out. To keep it, choose “A new table” above",
            ));
            return notes;
        }
        self.of_columns(&mut notes);
        self.of_customers(&mut notes);
        notes
    }

    fn of_rows(&self, notes: &mut Vec<Note>) {
        let plan = self.plan;
        match self.header {
            None if plan.role != Role::Ignore => {
                notes.push(Note::new(
                    "没有找到表头，只按内容识别",
                    "No header row was found; only contents were looked at",
                ));
            }
            Some(h) if h > 0 => notes.push(Note::new(
                format!("第 {} 行是表头，上面 {h} 行标题没有读入", plan.header_row),
                format!("Row {} is the header; {h} title rows above it are left out", plan.header_row),
            )),
            _ => {}
        }
        if self.second {
            notes.push(Note::new(
                format!("第 {} 行是第二行表头，没有读入", plan.head_end),
                format!("Row {} is a second header and left out", plan.head_end),
            ));
        }
        let total = |r: &&head::KeptRow| crate::convert::is_total(r.cells.iter().map(head::Kept::cell));
        if let Some(row) = self.head.rows.iter().rev().find(total).filter(|_| self.head.complete) {
            notes.push(Note::new(
                format!("第 {} 行是合计，没有读入", row.number),
                format!("Row {} holds totals and is left out", row.number),
            ));
        }
    }

    fn of_columns(&self, notes: &mut Vec<Note>) {
        let left = self.left;
        let valueless = self.plan.columns.iter().filter(|c| self.valueless.contains(&c.index));
        let valueless: Vec<String> = valueless.map(|c| c.header.clone()).collect();
        let lists = [
            (&left.derived, "由客簿计算的列不读入", "Columns that Kebu computes are left out"),
            (&left.doubles, "与已选的列意思相同，没有读入", "Left out, for another column has the same meaning"),
            (&left.misfits, "内容与列名不符，没有读入", "Left out, for the contents are not what the header says"),
            (
                &left.shop,
                "平台自己的列没有读入，需要时可以选",
                "Columns of the shop's own are left out; choose them if you need them",
            ),
            (
                &valueless,
                "这些列是公式但文件里没有存计算结果，按空白读入；用 Excel 或 WPS 打开并保存一次即可带上结果",
                "These columns are formulas without stored values and read as empty; opening and saving the file in Excel or WPS stores them",
            ),
        ];
        for (headers, zh, en) in lists {
            if !headers.is_empty() {
                notes.push(Note::new(format!("{zh}：{}", listed(headers)), format!("{en}: {}", listed(headers))));
            }
        }
    }

    fn of_customers(&self, notes: &mut Vec<Note>) {
        let plan = self.plan;
        if plan.role == Role::Orders && plan.profile == Some(Profile::Pdd) {
            notes.push(Note::new(
                "这种导出没有买家，只导入订单，不产生客户",
                "This export names no buyers: its orders are taken, no customers are made",
            ));
        }
        if plan.role == Role::Both && plan.merged.iter().any(|m| m.last_row > plan.head_end) {
            notes.push(Note::new(
                "合并的客户单元格按每一行订单向下沿用",
                "Merged customer cells are carried down to each of their orders",
            ));
        }
    }
}

/// Whether orders of the plan name their customer by code alone.
pub(crate) fn refers_by_code(plan: &SheetPlan) -> bool {
    let column =
        plan.columns.iter().find(|c| c.target.as_ref().is_some_and(|t| t.table == *ORDERS && t.field == "customer"));
    column.is_some_and(|c| {
        let key = header::normal(&c.header);
        let says_code = header::named_code(&key);
        says_code || assign::refers_by_code(&c.samples)
    })
}
