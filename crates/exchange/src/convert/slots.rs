//! Which columns fill which field, prepared once for a sheet.

use crate::recognise::{header, synonyms};
use crate::{Role, SheetPlan};
use model::builtin::{CUSTOMERS, ORDERS};
use model::parse::{Cell, tidy};
use model::{Checker, Date, FieldKey, FieldKind, Schema, Value};
use std::borrow::Cow;

/// How the content of a column becomes the field's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// As its kind says.
    Plain,
    /// Purchases a month, often in words.
    Frequency,
    /// How a return or refund went; counts only if money went back.
    Refund,
    /// A time that is filled when the order was cancelled.
    CancelledAt,
    /// Amounts in 万元.
    TenThousands,
    /// An address to take apart.
    Address,
    /// A part of a Western name.
    NamePart,
}

/// A column that fills a field.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub column: usize,
    pub header: String,
    pub how: How,
}

impl Source {
    pub(super) fn cell<'c>(&self, cells: &[Cell<'c>]) -> Cell<'c> {
        cells.get(self.column).copied().unwrap_or(Cell::Empty)
    }

    pub(super) fn filled(&self, cells: &[Cell<'_>]) -> bool {
        cells.get(self.column).is_some_and(|c| !c.is_blank())
    }

    pub(super) fn text(&self, cells: &[Cell<'_>]) -> String {
        tidy(&self.cell(cells).to_text()).to_owned()
    }
}

/// A field and what fills it.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub kind: FieldKind,
    /// Best first. Several fill the field by the first that is not blank, long texts by all of them.
    pub sources: Vec<Source>,
    /// Given when no source holds anything.
    pub constant: Value,
    /// Put before an account name.
    pub prefix: Option<&'static str>,
    /// The rules of the field that need only the cell.
    pub checker: Option<Checker>,
}

/// The fields of one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    pub fields: Vec<FieldKey>,
    pub slots: Vec<Slot>,
    /// Positions of province, city and district, filled from the address.
    pub places: Option<[usize; 3]>,
}

/// The column planned for a field.
pub(super) fn column_of(plan: &SheetPlan, table: &str, field: &str) -> Option<Source> {
    let is = |t: &crate::Target| t.table == *table && t.field == *field && !t.new_field;
    plan.columns.iter().find(|c| c.target.as_ref().is_some_and(is)).map(|c| Source {
        column: c.index,
        header: c.header.clone(),
        how: How::Plain,
    })
}

impl Slots {
    /// The slots of one table.
    pub(super) fn of(plan: &SheetPlan, schema: &Schema, table: &str, today: Date) -> Self {
        let mut slots = Self::default();
        let mut columns: Vec<_> =
            plan.columns.iter().filter_map(|c| Some((c, c.target.as_ref().filter(|t| t.table == *table)?))).collect();
        columns.sort_by(|a, b| b.0.confidence.total_cmp(&a.0.confidence).then(a.0.index.cmp(&b.0.index)));
        for (column, target) in columns {
            if table == ORDERS && target.field == "customer" {
                continue;
            }
            let def = schema.table(table).and_then(|t| t.field(&target.field));
            if def.is_some_and(model::FieldDef::fixed) {
                continue;
            }
            let kind = def.map_or(FieldKind::Text, |f| f.kind.clone());
            let how = how(table, &target.field, &column.header, &kind);
            let at = slots.slot(&target.field, kind);
            // Whether a cell is missing is no reason to leave anything out.
            let rules = def.map(|f| model::FieldDef { rules: told(&f.rules), ..f.clone() });
            slots.slots[at].checker = rules.and_then(|f| Checker::new(&f, today).ok()).filter(|c| !c.is_empty());
            slots.slots[at].sources.push(Source { column: column.index, header: column.header.clone(), how });
        }
        slots.order_name_parts();
        for slot in &mut slots.slots {
            // What happened to the order is added to the status it has.
            slot.sources.sort_by_key(|s| matches!(s.how, How::Refund | How::CancelledAt));
        }
        for c in plan.constants.iter().filter(|c| c.target.table == *table) {
            let at = slots.slot(&c.target.field, FieldKind::Text);
            slots.slots[at].constant = c.value.clone();
        }
        if table == CUSTOMERS && plan.role != Role::Ignore {
            slots.add_places(schema);
            if let Some(at) = slots.at("account") {
                slots.slots[at].prefix = plan.profile.and_then(crate::Profile::account_channel);
            }
        }
        slots
    }

    /// Position of a field.
    pub(super) fn at(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|f| *f == *field)
    }

    fn slot(&mut self, field: &FieldKey, kind: FieldKind) -> usize {
        if let Some(at) = self.at(field) {
            return at;
        }
        self.fields.push(field.clone());
        self.slots.push(Slot { kind, sources: Vec::new(), constant: Value::Null, prefix: None, checker: None });
        self.fields.len() - 1
    }

    /// An address in one cell also gives province, city and district, unless they have columns.
    fn add_places(&mut self, schema: &Schema) {
        let Some(address) = self.at("address") else { return };
        if self.at("province").is_some() || self.at("city").is_some() {
            return;
        }
        let known = |f: &str| schema.table(CUSTOMERS).is_some_and(|t| t.field(f).is_some());
        if !["province", "city", "district"].into_iter().all(known) || self.slots[address].sources.is_empty() {
            return;
        }
        self.slots[address].sources[0].how = How::Address;
        self.places = Some(["province", "city", "district"].map(|f| self.slot(&f.into(), FieldKind::Text)));
    }

    /// First name before last name, whichever column comes first.
    fn order_name_parts(&mut self) {
        let Some(at) = self.at("name") else { return };
        let sources = &mut self.slots[at].sources;
        let rank = |s: &Source| synonyms::NAME_PARTS.iter().position(|p| *p == header::normal(&s.header)).unwrap_or(0);
        if sources.iter().filter(|s| s.how == How::NamePart).count() >= 2 {
            sources.retain(|s| s.how == How::NamePart);
            sources.sort_by_key(rank);
        }
    }

    /// Whether any column of these fields holds something in the row.
    pub(super) fn filled(&self, cells: &[Cell<'_>]) -> bool {
        self.slots.iter().any(|s| s.sources.iter().any(|src| src.filled(cells)))
    }
}

/// The rules that say something about a cell that holds something.
fn told(rules: &[model::Rule]) -> Vec<model::Rule> {
    rules.iter().filter(|r| r.check != model::Check::Required).cloned().collect()
}

fn how(table: &str, field: &str, header_text: &str, kind: &FieldKind) -> How {
    let key = header::normal(header_text);
    match (table, field) {
        (CUSTOMERS, "stated_monthly") => How::Frequency,
        (ORDERS, "status") if synonyms::REFUND.contains(&key.as_str()) => How::Refund,
        (ORDERS, "status") if key == "cancelledat" => How::CancelledAt,
        (CUSTOMERS, "name") if synonyms::NAME_PARTS.contains(&key.as_str()) => How::NamePart,
        _ if *kind == FieldKind::Money && header_text.contains("万元") => How::TenThousands,
        _ => How::Plain,
    }
}

/// The text of a cell without allocation where it is text already.
pub(super) fn text<'c>(cell: &'c Cell<'c>) -> Cow<'c, str> {
    cell.to_text()
}
