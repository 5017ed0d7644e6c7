//! `kebu grade` against an independent recomputation, openpyxl and LibreOffice.

use crate::support::{Place, TODAY, fixture, python, recalculated, run, system_day};
use serde_json::{Value, json};

fn grade(place: &Place, day: &str, files: &[&str], out: &str) -> Value {
    let mut args = vec!["grade"];
    args.extend_from_slice(files);
    args.extend_from_slice(&["-o", out]);
    place.as_of(day, &args).exits(0).json()
}

#[test]
fn every_grade_equals_an_independent_recomputation_from_the_raw_files() {
    let place = Place::new();
    let [customers, orders] = place.demo("csv", 2_000, 15_000);
    let mut seen = Vec::new();
    for day in [TODAY, "2026-08-15"] {
        let out = place.at(&format!("{day}.xlsx"));
        let done = grade(&place, day, &[&customers, &orders], &out);
        assert_eq!(done["with_orders"], true);
        let compared = python("regrade.py", &[&customers, &orders, &out, day]);
        assert_eq!(compared["customers"], 2_000);
        assert_eq!((&compared["missing"], &compared["different"]), (&json!(0), &json!(0)), "{day}: {compared}");
        assert_eq!(compared["grades"], done["grades"], "{day}");
        assert!(done["grades"].as_object().is_some_and(|g| g.len() == 3), "all three grades occur: {done}");
        seen.push(done["grades"].clone());
    }
    assert_ne!(seen[0], seen[1], "grades depend on the as-of day");
    assert!(!place.path("data").exists(), "grading touches no book");
}

#[test]
fn the_book_gives_the_grades_of_the_workbook() {
    let place = Place::new();
    let [customers, orders] = place.demo("csv", 500, 4_000);
    let out = place.at("graded.xlsx");
    let done = grade(&place, TODAY, &[&customers, &orders], &out);
    place.kebu(&["import", &customers, &orders]).exits(0);
    let tally = |stored: &Value| {
        let mut grades = std::collections::BTreeMap::<String, u64>::new();
        for row in stored.as_object().expect("customers").values() {
            *grades.entry(row[0].as_str().expect("a grade").to_owned()).or_default() += 1;
        }
        json!(grades)
    };
    let stored = || python("book.py", &["grades", &place.book().display().to_string()]);
    assert_eq!(tally(&stored()), done["grades"]);

    // Another day turns the stored columns, and back.
    let now = stored();
    place.as_of("2027-03-01", &["check"]).exits(0);
    let later = stored();
    assert_ne!(now, later);
    place.kebu(&["check"]).exits(0);
    assert_eq!(now, stored());
}

#[test]
fn the_workbook_has_tables_charts_lists_and_colours() {
    let place = Place::new();
    let [customers, orders] = place.demo("csv", 600, 3_000);
    let out = place.at("graded.xlsx");
    grade(&place, TODAY, &[&customers, &orders], &out);
    let shape = python("workbook.py", &["shape", &out]);
    let sheet = &shape["客户"];
    assert_eq!(sheet["tables"]["客户"][2], true, "a table with a filter: {shape}");
    assert_eq!(shape["订单"]["tables"]["订单"][0].as_str().map(|r| r.ends_with("3001")), Some(true), "{shape}");
    assert!(sheet["frozen"].is_string() && sheet["widths"].as_u64() > Some(5), "{sheet}");
    assert_eq!(sheet["phone"], "@", "telephone numbers are text");
    assert!(sheet["validations"].as_array().is_some_and(|v| v.len() >= 3), "{sheet}");
    assert!(sheet["conditional"].as_array().is_some_and(|c| !c.is_empty()), "{sheet}");
    assert!(sheet["formulas"].as_array().is_some_and(|f| f.len() >= 14), "live formulas: {sheet}");
    assert_eq!(shape["汇总"]["charts"], json!(["PieChart", "LineChart", "BarChart"]));

    let flat = place.at("flat.xlsx");
    let done = place.kebu(&["grade", &customers, &orders, "-o", &flat, "--with-orders", "false"]).exits(0).json();
    assert_eq!(done["with_orders"], false);
    let shape = python("workbook.py", &["shape", &flat]);
    assert!(shape["订单"].is_null(), "{shape}");
    assert_eq!(
        shape["客户"]["formulas"].as_array().map(Vec::len),
        Some(6),
        "points, total, grade and stage stay live: {shape}"
    );
}

#[test]
fn one_sheet_of_totals_and_one_flat_sheet_can_be_graded() {
    for (file, customers) in [("客户等级表.csv", 40), ("微商客户与订单一张表.xlsx", 25)] {
        let place = Place::new();
        let done = grade(&place, TODAY, &[&fixture(file)], &place.at("out.xlsx"));
        let graded: u64 = done["grades"].as_object().expect("grades").values().filter_map(Value::as_u64).sum();
        assert_eq!(graded, customers, "{file}: {done}");
    }
}

#[test]
fn files_without_customers_are_refused_and_no_workbook_is_left() {
    let place = Place::new();
    let (csv, out) = (place.at("plain.csv"), place.at("out.xlsx"));
    std::fs::write(&csv, "颜色,形状\n红,圆\n").expect("a file");
    let ran = run(&["grade", &csv, "-o", &out, "--lang", "en"]).exits(1);
    assert!(!ran.err.trim().is_empty());
    assert!(!place.path("out.xlsx").exists());
}

#[test]
fn libreoffice_recalculates_the_live_formulas_to_the_stored_values() {
    let place = Place::new();
    let day = system_day();
    let [customers, orders] = place.demo("csv", 200, 1_500);
    let out = place.at("graded.xlsx");
    grade(&place, &day, &[&customers, &orders], &out);
    let again = recalculated(&place, &out);
    if day != system_day() {
        return; // Midnight passed between the two programs.
    }
    let compared = python("workbook.py", &["recalculated", &out, &again]);
    assert!(compared["cells"].as_u64() >= Some(200 * 15), "{compared}");
    assert_eq!(compared["different"], 0, "{compared}");
}

#[test]
fn a_file_that_is_read_is_never_written_over() {
    let place = Place::new();
    let [customers, orders] = place.demo("csv", 20, 60);
    let before = std::fs::read(&customers).expect("the sheet");
    // Under another name of the same file too.
    let same = place.at("csv/../csv/customers.csv");
    for args in [
        vec!["grade", &customers, &orders, "-o", &same],
        vec!["grade", &customers, &orders, "-o", &place.at("out.xlsx"), "--errors", &customers],
        vec!["import", &customers, "--errors", &same, "--dry-run"],
    ] {
        let ran = place.as_of(TODAY, &args).exits(2);
        assert!(ran.json()["error"]["message"].as_str().is_some_and(|m| m.contains("customers.csv")), "{}", ran.out);
        assert_eq!(std::fs::read(&customers).expect("the sheet"), before, "{args:?}");
    }
}
