//! Turns the rows of a planned sheet into values of the model.
//!
//! A [`Converter`] is fed the rows of one sheet in their order, for it carries merged cells down and
//! follows the lines of one order.

mod address;
mod carry;
mod reader;
mod slots;
mod status;
mod totals;

#[cfg(test)]
mod tests;

use crate::read::Row;
use crate::{Profile, Role, SheetPlan};
pub(crate) use totals::is_total;

use carry::Carry;
use model::builtin::{CUSTOMERS, ORDERS};
use model::parse::{Cell, Ctx, Note, tidy};
use model::{FieldKey, IDENTITY_FIELDS, Identity, IdentityKind, Schema, Value};
use reader::RowReader;
use slots::{Slots, Source};

/// Why a row holds no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Nothing in it that was asked for.
    Blank,
    /// Title, header or a header repeated inside the sheet.
    Title,
    /// A row of totals.
    Total,
}

/// Whose order a row is, as the sheet says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerRef {
    /// The customer's code.
    pub code: Option<String>,
    /// Identities: mobile number, WeChat, e-mail, shop account.
    pub identities: Vec<Identity>,
    /// The name, which alone identifies nobody for sure.
    pub name: Option<String>,
}

impl CustomerRef {
    fn is_empty(&self) -> bool {
        self.code.is_none() && self.identities.is_empty() && self.name.is_none()
    }

    /// What to keep as the buyer "as written" when nobody is found.
    pub fn written(&self) -> Option<&str> {
        self.name.as_deref().or(self.code.as_deref()).or_else(|| self.identities.first().map(|i| i.value.as_str()))
    }
}

/// A cell that could not be taken as it is, or a row that could not.
#[derive(Clone, Debug, PartialEq)]
pub struct CellProblem {
    /// Column from 0; none when it concerns the whole row.
    pub column: Option<usize>,
    /// Its header.
    pub header: String,
    /// The content as written, shortened.
    pub text: String,
    /// Why.
    pub reason: Note,
    /// How to mend it.
    pub cure: Note,
    /// The row is rejected; otherwise it is taken without the cell, or with what was read.
    pub fatal: bool,
}

/// What one row gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowOut {
    /// Set for a row without data.
    pub skip: Option<Skip>,
    /// Values of a customer, aligned with [`Converter::customer_fields`].
    pub customer: Option<Vec<Value>>,
    /// Values of an order line, aligned with [`Converter::order_fields`].
    pub order: Option<Vec<Value>>,
    /// Values of a product or a record of an own table, aligned with [`Converter::record_fields`].
    pub record: Option<Vec<Value>>,
    /// Whose order it is.
    pub customer_ref: Option<CustomerRef>,
    /// What could not be read, or only in part.
    pub problems: Vec<CellProblem>,
}

impl RowOut {
    /// Whether the row must not be stored.
    pub fn rejected(&self) -> bool {
        self.problems.iter().any(|p| p.fatal)
    }

    fn skipped(why: Skip) -> Self {
        Self { skip: Some(why), ..Self::default() }
    }
}

/// Converts the rows of one sheet.
pub struct Converter {
    role: Role,
    profile: Option<Profile>,
    head_end: u32,
    /// Headers by column, to tell a header repeated inside the sheet.
    headers: Vec<String>,
    ctx: Ctx,
    customers: Slots,
    orders: Slots,
    records: Slots,
    /// The column that refers to the customer of an order, and whether it holds codes alone.
    refers: Option<(Source, bool)>,
    customer_carry: Carry,
    order_carry: Carry,
    has_merges: bool,
    last_order_no: Option<String>,
}

impl Converter {
    /// A converter for a planned sheet. The schema must hold the plan's fields; new fields that it does
    /// not hold are read as text.
    pub fn new(plan: &SheetPlan, schema: &Schema, ctx: Ctx) -> Self {
        let ctx = Ctx { year: plan.year.or(ctx.year), ..ctx };
        let width = plan.columns.iter().map(|c| c.index + 1).max().unwrap_or(0);
        let mut headers = vec![String::new(); width];
        for c in &plan.columns {
            headers[c.index].clone_from(&c.header);
        }
        let slots = |table: &str, wanted: bool| {
            if wanted { Slots::of(plan, schema, table, ctx.today) } else { Slots::default() }
        };
        let (c, o) = match plan.role {
            Role::Customers => (true, false),
            Role::Orders => (false, true),
            Role::Both => (true, true),
            Role::Products | Role::Own | Role::Ignore => (false, false),
        };
        let records = plan.table().filter(|_| matches!(plan.role, Role::Products | Role::Own));
        let customers = slots(CUSTOMERS, c);
        let orders = slots(ORDERS, o);
        let refers = slots::column_of(plan, ORDERS, "customer").map(|s| (s, crate::recognise::refers_by_code(plan)));
        Self {
            role: plan.role,
            profile: plan.profile,
            head_end: plan.head_end,
            headers,
            ctx,
            customer_carry: Carry::new(&customers, plan),
            order_carry: Carry::new(&orders, plan),
            customers,
            orders,
            records: records.map(|t| slots(&t, true)).unwrap_or_default(),
            refers: refers.filter(|_| o),
            has_merges: plan.merged.iter().any(|m| m.last_row > plan.head_end),
            last_order_no: None,
        }
    }

    /// Fields of [`RowOut::customer`].
    pub fn customer_fields(&self) -> &[FieldKey] {
        &self.customers.fields
    }

    /// Fields of [`RowOut::order`]; the link to the customer is not among them, see
    /// [`RowOut::customer_ref`].
    pub fn order_fields(&self) -> &[FieldKey] {
        &self.orders.fields
    }

    /// Fields of [`RowOut::record`].
    pub fn record_fields(&self) -> &[FieldKey] {
        &self.records.fields
    }

    /// Converts one row of [`crate::read::Book::for_each_row`].
    pub fn row(&mut self, row: Row<'_>) -> RowOut {
        self.convert(row.number, row.cells)
    }

    /// Converts one row; rows must come in the order of the sheet.
    pub fn convert(&mut self, row_no: u32, cells: &[Cell<'_>]) -> RowOut {
        if row_no <= self.head_end || self.role == Role::Ignore {
            return RowOut::skipped(Skip::Title);
        }
        if let Some(why) = self.without_data(cells) {
            return RowOut::skipped(why);
        }
        let mut out = RowOut::default();
        match self.role {
            Role::Customers => self.customer_row(row_no, cells, &mut out),
            Role::Products => self.product_row(cells, &mut out),
            Role::Own => out.record = Some(self.record_row(cells, &mut out.problems)),
            _ => self.order_row(row_no, cells, &mut out),
        }
        if out.rejected() {
            (out.customer, out.order, out.record, out.customer_ref) = (None, None, None, None);
        }
        out
    }

    fn without_data(&self, cells: &[Cell<'_>]) -> Option<Skip> {
        let refers = self.refers.as_ref().is_some_and(|(s, _)| s.filled(cells));
        if !refers && !self.customers.filled(cells) && !self.orders.filled(cells) && !self.records.filled(cells) {
            return Some(Skip::Blank);
        }
        if is_total(cells.iter().copied()) {
            return Some(Skip::Total);
        }
        let (first, text) = cells.iter().enumerate().find_map(|(i, c)| match c {
            Cell::Text(t) if !c.is_blank() => Some((i, *t)),
            _ => None,
        })?;
        let repeats = |i: usize, t: &str| self.headers.get(i).is_some_and(|h| !h.is_empty() && h == tidy(t));
        let all = || cells.iter().enumerate().all(|(i, c)| c.is_blank() || repeats(i, &c.to_text()));
        (repeats(first, text) && all()).then_some(Skip::Title)
    }

    fn customer_row(&mut self, row_no: u32, cells: &[Cell<'_>], out: &mut RowOut) {
        let mut values =
            RowReader { slots: &self.customers, ctx: &self.ctx, fatal: &[] }.read(cells, &mut out.problems);
        self.customer_carry.fill(row_no, &mut values);
        let who = self.reference(&values);
        if who.is_empty() {
            out.problems.push(nobody());
        }
        self.customer_carry.keep(&values);
        out.customer = Some(values);
        out.customer_ref = Some(who);
    }

    fn record_row(&self, cells: &[Cell<'_>], problems: &mut Vec<CellProblem>) -> Vec<Value> {
        RowReader { slots: &self.records, ctx: &self.ctx, fatal: &[] }.read(cells, problems)
    }

    fn product_row(&mut self, cells: &[Cell<'_>], out: &mut RowOut) {
        let values = self.record_row(cells, &mut out.problems);
        let named = |key: &str| self.records.at(key).is_some_and(|i| !values[i].is_blank());
        if !named("name") && !named("code") {
            out.problems.push(row_problem(
                "这一行没有产品名称，也没有编号",
                "The row has neither a product name nor a code",
                "补上产品名称",
                "Add the product's name",
            ));
        }
        out.record = Some(values);
    }

    fn order_row(&mut self, row_no: u32, cells: &[Cell<'_>], out: &mut RowOut) {
        let has_customer = self.customers.filled(cells);
        if has_customer && !self.orders.filled(cells) {
            // A customer who has not bought anything yet.
            self.customer_row(row_no, cells, out);
            return;
        }
        let fatal = &["time", "amount"];
        let mut order = RowReader { slots: &self.orders, ctx: &self.ctx, fatal }.read(cells, &mut out.problems);
        self.order_carry.fill(row_no, &mut order);
        let order_no = self.orders.at("order_no").and_then(|i| order[i].as_text());
        let same_order = order_no.is_some() && order_no == self.last_order_no.as_deref();
        if same_order {
            self.order_carry.fill_field("time", &mut order);
        }
        self.complete_order(&mut order, same_order, &mut out.problems);
        if self.role == Role::Both {
            self.buyer(row_no, cells, has_customer, same_order, out);
        } else if let Some((source, by_code)) = &self.refers {
            out.customer_ref = referred(&source.text(cells), *by_code);
        }
        if !same_order {
            self.last_order_no = self.orders.at("order_no").and_then(|i| order[i].as_text().map(str::to_owned));
        }
        self.order_carry.keep(&order);
        out.order = Some(order);
    }

    /// The customer columns of an order row; blank ones under a filled one belong to the same customer.
    fn buyer(&mut self, row_no: u32, cells: &[Cell<'_>], has_customer: bool, same_order: bool, out: &mut RowOut) {
        let values = if has_customer {
            let mut values =
                RowReader { slots: &self.customers, ctx: &self.ctx, fatal: &[] }.read(cells, &mut out.problems);
            self.customer_carry.fill(row_no, &mut values);
            self.customer_carry.keep(&values);
            values
        } else {
            let carries = same_order || self.has_merges || self.orders.at("order_no").is_none();
            match self.customer_carry.last().filter(|_| carries) {
                Some(values) => values.to_vec(),
                None => return,
            }
        };
        let who = self.reference(&values);
        if who.is_empty() {
            return;
        }
        out.customer_ref = Some(who);
        out.customer = Some(values);
    }

    /// Takes a missing time from the order number and checks that the order says something.
    fn complete_order(&self, order: &mut [Value], same_order: bool, problems: &mut Vec<CellProblem>) {
        let blank = |order: &[Value], key: &str| self.orders.at(key).is_none_or(|i| order[i].is_blank());
        if problems.iter().any(|p| p.fatal) {
            return;
        }
        if let Some(at) = self.orders.at("time").filter(|_| blank(order, "time"))
            && let Some(moment) =
                self.orders.at("order_no").and_then(|i| order[i].as_text()).and_then(|n| self.date_in(n))
        {
            order[at] = moment;
            problems.push(CellProblem {
                fatal: false,
                ..row_problem(
                    "没有下单时间，已按订单号中的日期读入",
                    "No time: the date in the order number was taken",
                    "需要准确时间时在原表补上",
                    "Add the time in the sheet if it matters",
                )
            });
        }
        if !same_order && blank(order, "time") && blank(order, "amount") {
            problems.push(row_problem(
                "这一行没有时间，也没有金额",
                "The row has neither a time nor an amount",
                "补上下单时间和金额",
                "Add the order's time and amount",
            ));
        }
    }

    /// The day in an order number such as `260517-123456789012345`.
    fn date_in(&self, number: &str) -> Option<Value> {
        let (day, rest) = number.split_once('-')?;
        if day.len() != 6 || rest.len() < 6 || !day.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let part = |r: std::ops::Range<usize>| day[r].parse::<u32>().ok();
        let date = model::Date::new(2000 + part(0..2)? as i32, part(2..4)?, part(4..6)?)?;
        (date <= model::Date(self.ctx.today.0 + 1)).then(|| Value::DateTime(date.start()))
    }

    /// Who a customer's values say they are.
    fn reference(&self, values: &[Value]) -> CustomerRef {
        let text = |key: &str| self.customers.at(key).and_then(|i| values[i].as_text());
        CustomerRef {
            code: text("code").map(str::to_owned),
            identities: IDENTITY_FIELDS.iter().filter_map(|f| Identity::of_field(f, text(f)?)).collect(),
            name: text("name").or_else(|| text("company")).map(str::to_owned),
        }
    }

    /// The export the sheet was recognised as.
    pub fn profile(&self) -> Option<Profile> {
        self.profile
    }
}

/// A customer referred to by one cell of an order sheet.
fn referred(text: &str, by_code: bool) -> Option<CustomerRef> {
    let t = tidy(text);
    if t.is_empty() || matches!(t, "-" | "—" | "无" | "/") {
        return None;
    }
    if by_code {
        return Some(CustomerRef { code: Some(t.to_owned()), ..CustomerRef::default() });
    }
    let mobile = model::parse::mobile_identity(t).map(|value| Identity { kind: IdentityKind::Mobile, value });
    Some(CustomerRef { code: Some(t.to_owned()), identities: mobile.into_iter().collect(), name: Some(t.to_owned()) })
}

fn row_problem(zh: &'static str, en: &'static str, cure_zh: &'static str, cure_en: &'static str) -> CellProblem {
    CellProblem {
        column: None,
        header: String::new(),
        text: String::new(),
        reason: Note::new(zh, en),
        cure: Note::new(cure_zh, cure_en),
        fatal: true,
    }
}

fn nobody() -> CellProblem {
    row_problem(
        "这一行没有名称、编号，也没有手机等联系方式，不知道是谁",
        "The row has no name, no code and no number to tell who it is",
        "补上客户名称或手机号",
        "Add the customer's name or mobile number",
    )
}
