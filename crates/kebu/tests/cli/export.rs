//! What is exported is read again by openpyxl, and by ourselves into a fresh book.

use crate::support::{Place, TODAY, content, python, run};

fn filled(place: &Place, customers: u32, orders: u32) {
    let [c, o] = place.demo("csv", customers, orders);
    place.kebu(&["import", &c, &o]).exits(0);
}

#[test]
fn a_workbook_and_a_csv_of_a_table_hold_the_same_cells() {
    let place = Place::new();
    filled(&place, 400, 2_500);
    for (table, rows) in [("customers", 400), ("orders", 2_500), ("客户", 400)] {
        let (xlsx, csv) = (place.at(&format!("{table}.xlsx")), place.at(&format!("{table}.csv")));
        for out in [&xlsx, &csv] {
            let done = place.kebu(&["export", table, "-o", out]).exits(0).json();
            assert_eq!(done["rows"], rows);
        }
        let compared = python("workbook.py", &["same", &xlsx, &csv]);
        assert_eq!(compared["rows"][0], rows + 1, "{compared}");
        assert_eq!(compared["rows"][0], compared["rows"][1], "{compared}");
        assert_eq!(compared["different"], 0, "{table}: {compared}");
    }
}

#[test]
fn an_export_imported_into_a_fresh_book_gives_the_same_book() {
    let (first, second) = (Place::new(), Place::new());
    filled(&first, 400, 3_000);
    for ending in ["xlsx", "csv"] {
        let files = ["customers", "orders"].map(|t| second.at(&format!("{t}.{ending}")));
        for (table, file) in ["customers", "orders"].iter().zip(&files) {
            first.kebu(&["export", table, "-o", file]).exits(0);
        }
        let place = Place::new();
        let done = place.kebu(&["import", &files[0], &files[1]]).exits(0).json();
        assert_eq!(done["problem_count"], 0, "{ending}: {}", done["problems"]);
        assert_eq!(done["new_fields"].as_array().map(Vec::len), Some(0), "{ending}: {}", done["new_fields"]);
        assert_eq!(place.sound_counts(), (400, 3_000), "{ending}");
        let grades = |p: &Place| python("book.py", &["grades", &p.book().display().to_string()]);
        assert_eq!(grades(&first), grades(&place), "{ending}");
    }
}

#[test]
fn demonstration_data_is_the_same_every_time_and_can_be_taken_away() {
    let place = Place::new();
    place.demo("a", 300, 2_000);
    place.demo("b", 300, 2_000);
    assert!(content(&place.path("a")) == content(&place.path("b")), "two runs differ");

    let own = place.at("own.csv");
    std::fs::write(&own, "姓名,手机\n王小华,13800138000\n").expect("a file");
    place.kebu(&["import", &own]).exits(0);
    place.kebu(&["demo", "--customers", "200", "--orders", "900"]).exits(0);
    assert_eq!(place.sound_counts(), (201, 900));
    let file = place.at("talks.csv");
    place.kebu(&["export", "interactions", "-o", &file]).exits(0);
    let talks = std::fs::read_to_string(&file).expect("the interactions").lines().count() - 1;
    assert!(talks > 100, "{talks}");
    let removed = place.kebu(&["demo", "--remove"]).exits(0).json();
    assert_eq!(removed["removed"], 1_100 + talks);
    assert_eq!(place.sound_counts(), (1, 0));
    place.kebu(&["demo", "--remove"]).exits(1);
}

#[test]
fn an_export_that_cannot_be_written_is_an_error() {
    let place = Place::new();
    filled(&place, 20, 50);
    let nowhere = place.at("no/such/folder/out.xlsx");
    for table in ["customers", "planets"] {
        let out = if table == "customers" { nowhere.clone() } else { place.at("out.xlsx") };
        let data = place.at("data");
        let ran = run(&["--data", &data, "--as-of", TODAY, "export", table, "-o", &out]).exits(1);
        assert!(!ran.err.trim().is_empty());
    }
}

/// Cells of a column of a CSV file.
fn column(csv: &str, header: &str) -> Vec<String> {
    let mut lines = csv.trim_start_matches('\u{feff}').lines().map(|l| l.split(',').collect::<Vec<_>>());
    let at = lines.next().expect("a header").iter().position(|h| *h == header).expect("the column");
    lines.map(|l| l[at].to_owned()).collect()
}

#[test]
fn what_a_formula_gave_does_not_come_back_as_something_a_person_said() {
    let place = Place::new();
    filled(&place, 50, 300);
    for (lang, by_hand) in [("zh", "人工生命周期"), ("en", "Lifecycle set by hand")] {
        let other = Place::new();
        let (out, back) = (place.at(&format!("{lang}.csv")), other.at("back.csv"));
        place.kebu(&["--lang", lang, "export", "customers", "-o", &out]).exits(0);
        other.kebu(&["import", &out]).exits(0);
        other.kebu(&["--lang", lang, "export", "customers", "-o", &back]).exits(0);
        let text = std::fs::read_to_string(back).expect("the export");
        let set = column(&text, by_hand);
        assert!(set.iter().all(String::is_empty), "{lang}: the stage is now set by hand: {set:?}");
    }
}
