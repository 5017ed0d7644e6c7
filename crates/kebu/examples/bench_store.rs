//! What the store does that no command asks for yet, timed for `make bench`: grades of everyone computed
//! from the stored orders, a changed rule, a new formula, customers by province. The data folder is changed and should be
//! a bench's own.
//!
//! Prints one JSON object, for each measure `{"wall_ms", "cpu_ms", "runs"}`: the mean of the runs.

use model::{Date, FieldDef, FieldKind, Label, Lang, Scope, builtin};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Instant;
use store::DataFolder;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The rule for points by amount with other cuts than the built-in ones.
const OTHER_CUTS: &str = "IF([@累计金额]>=20000,5,IF([@累计金额]>=2000,3,1))";

/// User and system time of this process in ms; the kernel counts in steps of 10.
fn cpu_ms() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |i: usize| -> Outcome<f64> { Ok(fields.get(i).ok_or("a short /proc/self/stat")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) * 10.0)
}

fn timed(runs: u32, mut work: impl FnMut() -> Outcome<()>) -> Outcome<Value> {
    let (cpu, started) = (cpu_ms()?, Instant::now());
    for _ in 0..runs {
        work()?;
    }
    let wall = started.elapsed().as_secs_f64() * 1000.0;
    Ok(json!({ "wall_ms": wall / f64::from(runs), "cpu_ms": (cpu_ms()? - cpu) / f64::from(runs), "runs": runs }))
}

fn main() -> Outcome<()> {
    let folder = std::env::args().nth(1).ok_or("usage: bench_store DATA [RUNS]")?;
    let runs = std::env::args().nth(2).map_or(Ok(3), |n| n.parse())?;
    let today = Date::from_iso("2026-11-21").ok_or("no date")?;
    let data = DataFolder::open(Path::new(&folder), std::env::var("KEBU_DATABASE").ok().as_deref(), today)?;
    let (book, scope) = (&data.book, Scope::system(Lang::Zh));
    let schema = book.schema();
    let built_in = schema.require(builtin::CUSTOMERS)?.require("amount_points")?.formula.clone().ok_or("no formula")?;

    let mut out = Map::new();
    let mut grades = std::collections::BTreeMap::new();
    book.computed_grades(&scope)?; // warm
    out.insert(
        "grades".into(),
        timed(runs, || {
            grades = book.computed_grades(&scope)?;
            Ok(())
        })?,
    );
    out.insert(
        "provinces".into(),
        timed(runs * 5, || {
            book.provinces(&scope)?;
            Ok(())
        })?,
    );
    out.insert(
        "overview".into(),
        timed(runs, || {
            book.overview(&scope)?;
            Ok(())
        })?,
    );
    let mut cuts = [OTHER_CUTS, &built_in].into_iter().cycle();
    out.insert(
        "rule".into(),
        timed(2, || {
            let formula = cuts.next().ok_or("no formula")?;
            Ok(book.set_formula(&scope, builtin::CUSTOMERS, "amount_points", formula, &mut |_, _| Ok(()))?)
        })?,
    );
    let half = FieldDef {
        formula: Some("[@累计金额]/2+LEN([@客户名称])".into()),
        ..FieldDef::new("", Label::same("半数"), FieldKind::number(2))
    };
    out.insert(
        "formula".into(),
        timed(1, || {
            book.add_field(&scope, builtin::CUSTOMERS, half.clone())?;
            Ok(book.fill(&mut |_, _| Ok(()))?)
        })?,
    );
    out.insert("customers_by_grade".into(), json!(grades));
    let mut stdout = std::io::stdout();
    std::io::Write::write_all(&mut stdout, format!("{}\n", Value::Object(out)).as_bytes())?;
    Ok(())
}
