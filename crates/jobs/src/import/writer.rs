//! Writing the rows of an import into the book.

use super::breaches::Origins;
use super::made::make;
use super::report::{LISTED, Problem, Report, TableCounts};
use super::rows::{Row, RowProblems, Step, start};
use super::{Import, Problems};
use crate::Control;
use exchange::convert::CustomerRef;
use exchange::{Note, Role, SheetPlan, Target};
use model::{FieldKey, IdentityKind, Origin, RecordId, Result, Scope, TableKey, Value, builtin};
use roaring::RoaringTreemap;
use std::collections::BTreeMap;
use std::time::Instant;
use store::{Batch, BatchOptions, Buyer, CustomerKey, Store, Upsert};

/// Most cells told of that break rules over more than the cell; the rest is counted.
const MOST_BREACHES: usize = 100_000;

/// Fields of a customer made from an order's reference alone.
const REFERENCE: [&str; 6] = ["code", "name", "mobile", "wechat", "email", "account"];

pub(super) fn run(
    import: &Import,
    store: &Store,
    scope: &Scope,
    dry_run: bool,
    control: &Control,
    problems: &mut Problems,
) -> Result<Report> {
    let started = Instant::now();
    control.phase("write", import.rows_expected());
    let options = BatchOptions {
        origin: Origin::Import,
        match_key: import.match_key,
        dry_run,
        expected_orders: import.orders_expected(),
    };
    let mut breaches = Vec::new();
    let mut more = 0_u64;
    let (change, (mut report, origins, plans)) = store.batch_telling(
        scope,
        options,
        |batch| {
            let mut plans = import.sheets.clone();
            let made = make(batch, &mut plans)?;
            let steps = start(import.clone(), plans.clone(), std::sync::Arc::new(batch.schema().clone()));
            let mut w = Writer {
                batch,
                plans: &plans,
                sheet: None,
                reference: None,
                codes_make_customers: import.codes_make_customers(),
                report: Report::new(dry_run, made),
                seen: BTreeMap::new(),
                problems,
                origins: Origins::default(),
                unread: Vec::new(),
            };
            let mut done = 0;
            for step in steps {
                match step {
                    Step::Sheet { index, customer, order, record } => w.begin(index, &customer, &order, &record)?,
                    Step::Rows(rows) => {
                        w.announce(&rows)?;
                        for row in rows {
                            done += 1;
                            w.row(row)?;
                        }
                        control.done(done)?;
                    }
                    Step::Failed(e) => return Err(e),
                }
            }
            let (report, origins) = w.finish();
            batch.describe(&about(import, &report))?;
            Ok((report, origins, plans))
        },
        &mut |b| {
            more += 1;
            if breaches.len() < MOST_BREACHES {
                breaches.push(b);
            }
        },
        &mut |phase, done, total| control.report(phase, done, total),
    )?;
    report.problem_count += more;
    let schema = store.schema();
    for b in breaches {
        let (problem, row) = origins.problem(&plans, &schema, b);
        if report.problems.len() < LISTED {
            report.problems.push(problem);
        }
        if let Some(row) = row {
            problems.push(&row)?;
        }
    }
    report.change = change;
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// What the list of imports says of this one.
fn about(import: &Import, report: &Report) -> String {
    let files: Vec<&str> = import.files.iter().filter(|f| f.error.is_none()).map(|f| f.name.as_str()).collect();
    serde_json::json!({ "files": files, "tables": report.tables, "own_tables": report.own_tables }).to_string()
}

/// Records of one table that were in the book, or made, before a row spoke of them.
#[derive(Default)]
struct Fates {
    /// Ids from here on were made by this import.
    first_new: Option<i64>,
    updated: RoaringTreemap,
    unchanged: RoaringTreemap,
}

/// The sheet being written.
struct Sheet {
    index: usize,
    customer: usize,
    order: usize,
    /// Columns of a product, or of a record of an own table.
    record: usize,
    /// The table of those.
    table: TableKey,
    /// Where an order keeps its buyer as written.
    buyer: usize,
    brings_buyer: bool,
    /// Rows of customers get the code of the order's reference as their last cell.
    by_code: bool,
}

struct Writer<'a, 'c> {
    batch: &'a mut Batch<'c>,
    plans: &'a [SheetPlan],
    sheet: Option<Sheet>,
    reference: Option<usize>,
    codes_make_customers: bool,
    report: Report,
    seen: BTreeMap<TableKey, Fates>,
    problems: &'a mut Problems,
    origins: Origins,
    /// Where the cells of the row at hand go that have problems.
    unread: Vec<Target>,
}

impl Writer<'_, '_> {
    fn begin(&mut self, index: usize, customer: &[FieldKey], order: &[FieldKey], record: &[FieldKey]) -> Result<()> {
        // A row that describes its buyer may name the customer by code in the order's own column.
        let mut customer = customer.to_vec();
        let by_code = self.plans[index].role == Role::Both && !customer.iter().any(|f| *f == "code");
        if by_code {
            customer.push("code".into());
        }
        let mut order = order.to_vec();
        let at = order.iter().position(|f| *f == "buyer");
        if at.is_none() {
            order.push("buyer".into());
        }
        // Plans that bring no records of a table of their own have no columns for it.
        let table =
            self.plans[index].table().filter(|_| !record.is_empty()).unwrap_or_else(|| builtin::PRODUCTS.into());
        self.sheet = Some(Sheet {
            index,
            customer: self.batch.columns(builtin::CUSTOMERS, &customer)?,
            by_code,
            record: self.batch.columns(&table, record)?,
            table,
            buyer: at.unwrap_or(order.len() - 1),
            brings_buyer: at.is_some(),
            order: self.batch.columns(builtin::ORDERS, &order)?,
        });
        Ok(())
    }

    /// Tells the book what a block of rows may match.
    fn announce(&mut self, rows: &[Row]) -> Result<()> {
        let Some(sheet) = &self.sheet else { return Ok(()) };
        let customers: Vec<_> = rows.iter().filter_map(|r| Some((sheet.customer, r.customer.as_deref()?))).collect();
        let orders: Vec<_> = rows.iter().filter_map(|r| Some((sheet.order, r.order.as_deref()?))).collect();
        let buyers: Vec<_> = rows.iter().filter_map(|r| r.buyer.as_ref().map(named)).collect();
        self.batch.announce(&customers, &buyers, &orders)
    }

    fn row(&mut self, mut row: Row) -> Result<()> {
        let rejected = row.problems.as_ref().is_some_and(|p| p.rejected);
        self.unread.clear();
        if let Some(mut p) = row.problems.take() {
            self.unread = std::mem::take(&mut p.cells);
            self.note(*p)?;
        }
        let Some(sheet) = &self.sheet else { return Ok(()) };
        if rejected {
            let table = self.plans[sheet.index].table().unwrap_or_else(|| builtin::ORDERS.into());
            self.report.tables.entry(table).or_default().rejected += 1;
            return Ok(());
        }
        let (customer, order, by_code) = (sheet.customer, sheet.order, sheet.by_code);
        if let Some(values) = row.record.take() {
            self.record(&row, values)?;
        }
        let mut buyer = None;
        if let Some(mut values) = row.customer.take() {
            if by_code {
                let code = row.buyer.as_ref().and_then(|b| b.code.as_deref());
                values.push(code.map_or(Value::Null, Value::from));
            }
            self.links(&row, customer, &mut values)?;
            let done = self.batch.customer(customer, &mut values)?;
            self.fate(&builtin::CUSTOMERS.into(), &done, row.number);
            match &done {
                Upsert::CreatedSharing(_, other) => self.shared(&row, other)?,
                Upsert::CreatedRecoded(_, code) => self.recoded(&row, code)?,
                _ => {}
            }
            buyer = Some(done.id());
        }
        if let Some(values) = row.order.take() {
            self.order(order, row, values, buyer)?;
        }
        Ok(())
    }

    fn order(&mut self, columns: usize, row: Row, mut values: Vec<Value>, mut buyer: Option<RecordId>) -> Result<()> {
        let (at, brings) = self.sheet.as_ref().map_or((0, true), |s| (s.buyer, s.brings_buyer));
        if !brings {
            values.push(Value::Null);
        }
        if buyer.is_none()
            && let Some(r) = &row.buyer
        {
            buyer = self.refer(r, &row)?;
            if buyer.is_none() && values[at].is_blank() {
                values[at] = r.written().map_or(Value::Null, Value::from);
            }
        }
        self.links(&row, columns, &mut values)?;
        let number = unnumbered(&values, buyer);
        let done = self.batch.order(columns, &mut values, buyer, || format!("自动-{number:016x}"))?;
        self.fate(&builtin::ORDERS.into(), &done, row.number);
        Ok(())
    }

    /// The customer an order refers to; made when the reference says enough.
    fn refer(&mut self, r: &CustomerRef, row: &Row) -> Result<Option<RecordId>> {
        let key = named(r);
        match self.batch.find_customer(&key)? {
            Buyer::One(id) => return Ok(Some(id)),
            Buyer::Several => {
                let name = key.name.to_owned();
                self.remark(
                    row,
                    Note::new(
                        format!("有好几位客户都叫“{name}”，分不清是谁，订单已收下但没有关联客户"),
                        format!("Several customers are called “{name}”; the order was taken without a customer"),
                    ),
                    Note::new(
                        "补上手机号或客户编号后重新导入",
                        "Add a mobile number or customer code and import again",
                    ),
                )?;
                return Ok(None);
            }
            Buyer::Nobody => {}
        }
        let only_code = !key.code.is_empty() && key.name.is_empty() && r.identities.is_empty();
        if only_code && !self.codes_make_customers {
            let code = key.code.to_owned();
            self.remark(
                row,
                Note::new(
                    format!("客户编号“{code}”不在客簿里，订单已收下但没有关联客户"),
                    format!("No customer has the code “{code}”; the order was taken without a customer"),
                ),
                Note::new("把这位客户加入客户表后重新导入订单", "Add this customer and import the orders again"),
            )?;
            return Ok(None);
        }
        let columns = match self.reference {
            Some(c) => c,
            None => {
                let fields: Vec<FieldKey> = REFERENCE.iter().map(|f| FieldKey::from(*f)).collect();
                let c = self.batch.columns(builtin::CUSTOMERS, &fields)?;
                self.reference = Some(c);
                c
            }
        };
        let text = |s: &str| if s.is_empty() { Value::Null } else { Value::from(s) };
        let name = if only_code { key.code } else { key.name };
        let mut values =
            [text(key.code), text(name), text(key.mobile), text(key.wechat), text(key.email), text(key.account)];
        let done = self.batch.customer(columns, &mut values)?;
        self.fate(&builtin::CUSTOMERS.into(), &done, row.number);
        Ok(Some(done.id()))
    }

    /// A product, or a record of an own table.
    fn record(&mut self, row: &Row, mut values: Vec<Value>) -> Result<()> {
        let Some(sheet) = &self.sheet else { return Ok(()) };
        let (columns, table) = (sheet.record, sheet.table.clone());
        self.links(row, columns, &mut values)?;
        let done = if table == *builtin::PRODUCTS {
            self.batch.product(columns, &mut values)?
        } else {
            self.batch.own(columns, &mut values)?
        };
        self.fate(&table, &done, row.number);
        if let Upsert::CreatedRecoded(_, code) = &done {
            self.remark(
                row,
                Note::new(
                    format!("编号“{code}”出现了不止一次，已按新记录保存并另编了号"),
                    format!("The code “{code}” comes more than once; kept as a new record under a new code"),
                ),
                Note::new(
                    "需要时在原表改正编号后重新导入",
                    "Mend the code in the sheet and import again if it matters",
                ),
            )?;
        }
        Ok(())
    }

    /// Finds the records that link fields name.
    fn links(&mut self, row: &Row, columns: usize, values: &mut [Value]) -> Result<()> {
        for text in self.batch.link(columns, values)? {
            self.remark(
                row,
                Note::new(
                    format!("没有找到（或不止一条）叫“{text}”的记录，这一格没有关联"),
                    format!("No record, or more than one, is called “{text}”; the cell was left without a link"),
                ),
                Note::new(
                    "填对方的编号，或先导入对方那张表",
                    "Give the other record's code, or import its table first",
                ),
            )?;
        }
        Ok(())
    }

    fn fate(&mut self, table: &TableKey, done: &Upsert, row: u32) {
        if self.batch.keeps_rows(table)
            && let Some(sheet) = &self.sheet
        {
            self.origins.note(table, done.id().0, sheet.index, row);
        }
        // The report says that they were not imported.
        for t in self.unread.iter().filter(|t| t.table == *table) {
            self.batch.leave_blank(table, done.id(), &t.field);
        }
        let f = self.seen.entry(table.clone()).or_default();
        let id = done.id().0;
        match done {
            Upsert::Created(_) | Upsert::CreatedSharing(..) | Upsert::CreatedRecoded(..) => {
                f.first_new.get_or_insert(id);
                self.report.tables.entry(table.clone()).or_default().created += 1;
            }
            Upsert::Updated(_) => {
                f.updated.insert(id.unsigned_abs());
            }
            Upsert::Unchanged(_) => {
                f.unchanged.insert(id.unsigned_abs());
            }
        }
    }

    fn finish(mut self) -> (Report, Origins) {
        for (table, f) in &self.seen {
            let counts: &mut TableCounts = self.report.tables.entry(table.clone()).or_default();
            let old = f.first_new.map_or(u64::MAX, i64::unsigned_abs);
            counts.updated = f.updated.len();
            counts.unchanged = (&f.unchanged - &f.updated).iter().take_while(|id| *id < old).count() as u64;
        }
        (self.report, self.origins)
    }

    fn note(&mut self, p: RowProblems) -> Result<()> {
        for problem in p.listed {
            self.list(problem);
        }
        self.problems.push(&p.row)
    }

    fn list(&mut self, problem: Problem) {
        self.report.problem_count += 1;
        if self.report.problems.len() < LISTED {
            self.report.problems.push(problem);
        }
    }

    fn shared(&mut self, row: &Row, other: &str) -> Result<()> {
        let who = if other.is_empty() { "另一位客户".to_owned() } else { format!("“{other}”") };
        self.remark(
            row,
            Note::new(
                format!("手机号和{who}相同但姓名不同，按两位客户分别保存"),
                format!("The mobile belongs to “{other}” too, under another name; kept as two customers"),
            ),
            Note::new(
                "如果是同一个人，请把姓名改成一致后重新导入",
                "If they are one person, give both rows one name and import again",
            ),
        )
    }

    fn recoded(&mut self, row: &Row, code: &str) -> Result<()> {
        self.remark(
            row,
            Note::new(
                format!("编号“{code}”在客簿里是另一位客户（姓名和手机都不同），已按新客户保存并另编了号"),
                format!("The code “{code}” is another customer's (name and mobile both differ); kept as a new customer under a new code"),
            ),
            Note::new("如果是同一个人，请把姓名或手机改成一致后重新导入", "If they are one person, make the name or the mobile agree and import again"),
        )
    }

    /// A remark on a row that was taken.
    fn remark(&mut self, row: &Row, reason: Note, cure: Note) -> Result<()> {
        let Some(sheet) = &self.sheet else { return Ok(()) };
        let plan = &self.plans[sheet.index];
        let note = super::ProblemRow::note;
        let kept = super::ProblemRow {
            sheet: plan.index,
            row: row.number,
            rejected: false,
            cells: Vec::new(),
            problems: vec![(String::new(), note(&reason), note(&cure))],
        };
        let problem = Problem {
            file: plan.file.clone(),
            sheet: plan.sheet.clone(),
            row: row.number,
            column: None,
            cell: None,
            rejected: false,
            reason,
            cure,
        };
        self.list(problem);
        self.problems.push(&kept)
    }
}

/// How an order names its customer.
fn named(r: &CustomerRef) -> CustomerKey<'_> {
    let identity = |kind| r.identities.iter().find(|i| i.kind == kind).map_or("", |i| i.value.as_str());
    CustomerKey {
        code: r.code.as_deref().unwrap_or(""),
        name: r.name.as_deref().unwrap_or(""),
        mobile: identity(IdentityKind::Mobile),
        wechat: identity(IdentityKind::Wechat),
        email: identity(IdentityKind::Email),
        account: identity(IdentityKind::Account),
    }
}

/// A number for an order that has none, from its content (FNV-1a, 64 bits): the same content gives the
/// same number on every machine and in every version.
fn unnumbered(values: &[Value], buyer: Option<RecordId>) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |bytes: &[u8]| {
        for b in bytes {
            hash = (hash ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    eat(&buyer.map_or(0, |id| id.0).to_le_bytes());
    for v in values {
        match v {
            Value::Null => eat(&[0]),
            Value::Text(t) => eat(t.as_bytes()),
            Value::Money(m) => eat(&m.0.to_le_bytes()),
            Value::DateTime(t) => eat(&t.0.to_le_bytes()),
            Value::Date(d) => eat(&d.0.to_le_bytes()),
            Value::Int(n) => eat(&n.to_le_bytes()),
            Value::Number(n) => eat(&n.to_bits().to_le_bytes()),
            Value::Bool(b) => eat(&[u8::from(*b)]),
            Value::Link(id) => eat(&id.0.to_le_bytes()),
            Value::Links(list) => list.iter().for_each(|id| eat(&id.0.to_le_bytes())),
            Value::Tags(t) => t.iter().for_each(|t| eat(t.as_bytes())),
            Value::Person(id) => eat(&id.0.to_le_bytes()),
            Value::Files(f) => f.iter().for_each(|f| eat(f.id.as_bytes())),
            Value::Error(e) => eat(e.sign().as_bytes()),
        }
        eat(&[0x1f]);
    }
    hash
}
