//! `kebu grade`: files in, graded workbook out, through a scratch book that is thrown away.

use crate::Control;
use crate::import::{Import, Problems, Report};
use exchange::write::{GradeBook, GradeColumn, GradeSheet, MOST_ROWS, Summary};
use model::{Date, Error, ErrorCode, FieldDef, Lang, Query, Result, Schema, Scope, Value, builtin};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::{OpenedView, Overview, Store, StoreOptions};

/// Up to so many orders the workbook counts and sums with live formulas; with more, Excel would take
/// minutes to recalculate.
pub const LIVE_ORDERS: u64 = 20_000;

/// What is to be graded.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The workbook to write.
    pub out: PathBuf,
    /// The as-of day.
    pub today: Date,
    /// Put the orders into the workbook, if they fit.
    pub with_orders: bool,
    /// Language of labels.
    pub lang: Lang,
}

/// What was graded.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Graded {
    /// What reading the files gave.
    pub import: Report,
    /// Customers of each grade.
    pub grades: BTreeMap<String, u64>,
    /// The orders are in the workbook.
    pub with_orders: bool,
    /// Wall time of everything.
    pub seconds: f64,
}

/// Grades files.
///
/// # Errors
/// `bad_file` for a file that cannot be read or an output that cannot be written, `invalid` when there
/// is no customer in the files.
pub fn run(wanted: &Wanted, control: &Control, problems: &mut Problems) -> Result<Graded> {
    let started = std::time::Instant::now();
    let folder = tempfile::tempdir().map_err(Error::internal)?;
    let store = Store::open(&folder.path().join("scratch.db"), StoreOptions { today: wanted.today, scratch: true })?;
    let scope = Scope::system(wanted.lang);
    let report = take_files(wanted, &store, &scope, control, problems)?;
    let counts = store.counts(&scope)?;
    if counts.customers == 0 {
        return Err(Error::new(
            ErrorCode::Invalid,
            "这些文件里没有读到客户；请检查表头里有没有姓名、手机或客户编号",
            "No customer was found in these files; check that the header names a name, mobile or customer code",
        ));
    }
    let overview = store.overview(&scope)?;
    let with_orders = wanted.with_orders && counts.orders > 0 && counts.orders <= u64::from(MOST_ROWS);
    write(wanted, &store, &scope, &overview, with_orders, folder.path(), control)?;
    Ok(Graded {
        import: report,
        grades: overview.grades.into_iter().map(|g| (g.grade, g.count)).collect(),
        with_orders,
        seconds: started.elapsed().as_secs_f64(),
    })
}

fn take_files(
    wanted: &Wanted,
    store: &Store,
    scope: &Scope,
    control: &Control,
    problems: &mut Problems,
) -> Result<Report> {
    let named = |p: &PathBuf| (p.clone(), p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default());
    let files: Vec<_> = wanted.files.iter().map(named).collect();
    let import = Import::inspect(&files, &store.schema(), wanted.today, exchange::read::Limits::local());
    if let Some(e) = import.files.iter().find_map(|f| f.error.clone()) {
        return Err(e);
    }
    import.run(store, scope, false, control, problems)
}

fn write(
    wanted: &Wanted,
    store: &Store,
    scope: &Scope,
    overview: &Overview,
    with_orders: bool,
    temp: &Path,
    control: &Control,
) -> Result<()> {
    let schema = store.schema();
    let customers = open(store, scope, &schema, builtin::CUSTOMERS)?;
    let orders = open(store, scope, &schema, builtin::ORDERS)?;
    let live = with_orders && orders.total <= LIVE_ORDERS;
    if customers.total > u64::from(MOST_ROWS) {
        return Err(Error::new(
            ErrorCode::TooLarge,
            format!("客户有 {} 位，超过一张 Excel 表的 {MOST_ROWS} 行；请分批分级", customers.total),
            format!("{} customers exceed the {MOST_ROWS} rows of a sheet; grade them in parts", customers.total),
        ));
    }
    control.phase("workbook", customers.total + if with_orders { orders.total } else { 0 });
    let mut book = GradeBook::create(&wanted.out, wanted.lang, Some(temp));
    // The rules over figures are always live; figures over orders only while Excel can bear it.
    let columns = columns(&schema, builtin::CUSTOMERS, &customers, wanted.lang, |f| &*f.group == "grade" || live)?;
    let label = |table: &str| schema.require(table).map(|t| t.label.get(wanted.lang).to_owned());
    let mut sheet = book.sheet(&label(builtin::CUSTOMERS)?, &columns, customers.total as u32)?;
    if !with_orders {
        rows(store, scope, &customers, &mut sheet, control)?;
        return book.finish(vec![sheet], &summary(overview, wanted.lang));
    }
    let order_columns = columns_of_orders(&schema, &orders, wanted.lang)?;
    let mut order_sheet = book.sheet(&label(builtin::ORDERS)?, &order_columns, orders.total as u32)?;
    // One thread a sheet: together they are nearly all the work left.
    std::thread::scope(|s| {
        let other = s.spawn(|| rows(store, scope, &orders, &mut order_sheet, control));
        rows(store, scope, &customers, &mut sheet, control)?;
        other.join().map_err(|_| Error::internal("the thread of the orders' sheet stopped"))?
    })?;
    book.finish(vec![sheet, order_sheet], &summary(overview, wanted.lang))
}

/// Opens the fields of a table that hold anything, and those the formulas need.
fn open(store: &Store, scope: &Scope, schema: &Schema, table: &str) -> Result<OpenedView> {
    let def = schema.require(table)?;
    let all: Vec<_> = def.fields.iter().map(|f| f.key.clone()).collect();
    let view = store.open_view(scope, &Query::all(def.key.clone()), &all)?;
    let filled = store.summary(scope, &view.id, &[])?;
    let kept: Vec<_> = def
        .fields
        .iter()
        .filter(|f| {
            let needed =
                f.derived() || matches!(f.group.as_ref(), "figures" | "grade") || NEEDED.contains(&f.key.as_str());
            !TALKS.contains(&f.key.as_str()) && (needed || filled.get(&f.key).is_some_and(|s| s.filled > 0))
        })
        .map(|f| f.key.clone())
        .collect();
    store.open_view(scope, &Query::all(def.key.clone()), &kept)
}

/// What interactions come to: files that are graded hold none, and the workbook has no sheet of them.
const TALKS: [&str; 2] = ["last_talk", "open_follow_ups"];
/// Fields that formulas speak of.
const NEEDED: [&str; 10] =
    ["code", "name", "recommend", "order_no", "line", "customer", "time", "amount", "status", "quantity"];

fn columns(
    schema: &Schema,
    table: &str,
    view: &OpenedView,
    lang: Lang,
    live: impl Fn(&FieldDef) -> bool,
) -> Result<Vec<GradeColumn>> {
    let def = schema.require(table)?;
    view.columns
        .iter()
        .map(|key| {
            let field = def.require(key)?.clone();
            let formula = match &field.formula {
                Some(text) if live(&field) => Some(formula::in_language(schema, def, text, lang)?),
                _ => None,
            };
            Ok(GradeColumn { field, formula })
        })
        .collect()
}

/// The orders are plain values: their own formulas are cheap to keep but slow to recalculate.
fn columns_of_orders(schema: &Schema, view: &OpenedView, lang: Lang) -> Result<Vec<GradeColumn>> {
    columns(schema, builtin::ORDERS, view, lang, |_| false)
}

fn rows(store: &Store, scope: &Scope, view: &OpenedView, sheet: &mut GradeSheet, control: &Control) -> Result<()> {
    let mut row: Vec<Value> = Vec::with_capacity(view.columns.len());
    let mut n = 0;
    store.each_row(scope, &view.id, |_, values, links| {
        row.clear();
        let mut links = links.iter();
        for (key, v) in view.columns.iter().zip(values) {
            // The one link there is: an order's customer, shown by its code as the formulas expect.
            row.push(if *key == "customer" {
                let linked = links.next().and_then(Option::as_ref);
                linked.map_or(Value::Null, |(code, _)| Value::from(code.as_str()))
            } else {
                v.clone()
            });
        }
        n += 1;
        if n % 4_096 == 0 {
            control.done(n)?;
        }
        sheet.row(&row)
    })
}

fn summary(o: &Overview, lang: Lang) -> Summary {
    let say = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    let per = |n: u64| if o.customers == 0 { 0.0 } else { n as f64 * 100.0 / o.customers as f64 };
    let mut figures = vec![
        (say("客户数", "Customers"), o.customers.to_string()),
        (say("计入订单数", "Counted orders"), o.orders.to_string()),
        (say("计入金额（元）", "Counted amount (yuan)"), o.amount.to_string()),
    ];
    for g in &o.grades {
        figures.push((format!("{} %", g.grade), format!("{:.1}%", per(g.count))));
    }
    Summary {
        figures,
        grades: o.grades.iter().map(|g| (g.grade.clone(), g.count)).collect(),
        months: o.months.iter().map(|m| (m.month.clone(), m.orders, m.amount)).collect(),
        provinces: o
            .provinces
            .iter()
            .filter(|p| !p.province.is_empty())
            .map(|p| (p.province.clone(), p.count, p.total))
            .collect(),
    }
}
