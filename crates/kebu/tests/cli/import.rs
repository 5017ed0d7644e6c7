//! Importing sheets as sellers have them: counts, trial runs, repeats, problems, exit codes.

use crate::support::{Place, fixture, python, run};
use serde_json::{Value, json};

struct Sheet {
    file: &'static str,
    customers: u64,
    orders: u64,
    problems: u64,
    /// Words that some problem must say, in Chinese.
    says: &'static [&'static str],
}

/// What facts.json promises of each sheet, and the problems a person is told of.
const SHEETS: [Sheet; 8] = [
    Sheet {
        file: "电商客户管理分类表.xlsx", customers: 30, orders: 0, problems: 2, says: &["遮盖", "邮箱"]
    },
    Sheet {
        file: "微商客户与订单一张表.xlsx", customers: 25, orders: 69, problems: 1, says: &["晚于今天"]
    },
    Sheet { file: "客户等级表.csv", customers: 40, orders: 0, problems: 0, says: &[] },
    Sheet { file: "ExportOrderList202409.csv", customers: 55, orders: 120, problems: 0, says: &[] },
    Sheet { file: "有赞客户导出.xlsx", customers: 35, orders: 0, problems: 13, says: &["遮盖"] },
    Sheet { file: "客户追踪表.xls", customers: 40, orders: 150, problems: 12, says: &["KH0041"] },
    Sheet { file: "带公式的客户表.xlsx", customers: 20, orders: 80, problems: 0, says: &[] },
    Sheet { file: "拼多多订单.csv", customers: 0, orders: 60, problems: 4, says: &["订单号中的日期"] },
];

fn created(report: &Value) -> (u64, u64) {
    let n = |t: &str| report["tables"][t]["created"].as_u64().expect("a count");
    (n("customers"), n("orders"))
}

/// Counts without what differs between a trial and the real thing.
fn counts(report: &Value) -> Value {
    json!([report["tables"], report["problem_count"], report["problems"], report["new_fields"]])
}

#[test]
fn every_sheet_gives_the_counts_of_its_facts_and_a_repeat_changes_nothing() {
    let facts: Value =
        serde_json::from_str(&std::fs::read_to_string(fixture("facts.json")).expect("facts")).expect("JSON");
    assert_eq!(facts.as_object().expect("an object").len(), SHEETS.len(), "a sheet of facts.json is not tried here");
    for s in &SHEETS {
        let place = Place::new();
        let path = fixture(s.file);
        let import = ["import", &path, "--year", "2026"];
        let trial = place.kebu(&[&import[..], &["--dry-run"]].concat()).exits(0).json();
        assert_eq!(trial["dry_run"], true);
        assert_eq!(place.sound_counts(), (0, 0), "{}: a trial keeps nothing", s.file);

        let done = place.kebu(&import).exits(0).json();
        assert_eq!(counts(&trial), counts(&done), "{}: a trial tells what will happen", s.file);
        assert_eq!(created(&done), (s.customers, s.orders), "{}: {done}", s.file);
        let fact = |key: &str| facts[s.file][key].as_u64().unwrap_or(0);
        assert_eq!((s.customers, s.orders), (fact("customers"), fact("orders")), "{}", s.file);
        assert_eq!(done["problem_count"], s.problems, "{}: {}", s.file, done["problems"]);
        let told = done["problems"].to_string();
        for word in s.says {
            assert!(told.contains(word), "{}: nothing says {word}: {told}", s.file);
        }
        assert_eq!(place.sound_counts(), (s.customers, s.orders), "{}", s.file);

        let again = place.kebu(&import).exits(0).json();
        assert_eq!(created(&again), (0, 0), "{}: a repeat makes nothing: {again}", s.file);
        assert_eq!(place.sound_counts(), (s.customers, s.orders), "{}", s.file);
    }
}

#[test]
fn orders_that_do_not_count_stay_and_count_for_nothing() {
    let place = Place::new();
    place.kebu(&["import", &fixture("ExportOrderList202409.csv")]).exits(0);
    let out = place.at("orders.csv");
    place.kebu(&["export", "orders", "-o", &out]).exits(0);
    let text = std::fs::read_to_string(out).expect("the export");
    let header: Vec<&str> = text.trim_start_matches('\u{feff}').lines().next().expect("a header").split(',').collect();
    let at = header.iter().position(|h| *h == "计入").expect("the column");
    let counted = |word: &str| text.lines().skip(1).filter(|l| l.split(',').nth(at) == Some(word)).count();
    assert_eq!((counted("是"), counted("否")), (96, 24));
}

#[test]
fn several_files_go_in_at_once_and_customers_are_recognised_across_them() {
    let place = Place::new();
    let [customers, orders] = place.demo("csv", 300, 2_000);
    // Orders first: the files' order does not matter.
    let done = place.kebu(&["import", &orders, &customers]).exits(0).json();
    assert_eq!(created(&done), (300, 2_000));
    assert_eq!(done["problem_count"], 0);
    let again = place.kebu(&["import", &customers, &orders]).exits(0).json();
    assert_eq!(created(&again), (0, 0));
    assert_eq!(
        (&again["tables"]["customers"]["unchanged"], &again["tables"]["orders"]["unchanged"]),
        (&json!(300), &json!(2_000)),
        "{again}"
    );
    assert_eq!(place.sound_counts(), (300, 2_000));
}

const MIXED: &str = "姓名,手机,下次联系,备注\n王小华,138 0013 8000,2026-12-01,好\n,,,没有姓名也没有手机\n李四,13900139000,某天,坏日期\n";

#[test]
fn unreadable_cells_never_overwrite_good_ones_and_problems_come_back_as_a_workbook() {
    let place = Place::new();
    let (good, mixed, problems) = (place.at("good.csv"), place.at("mixed.csv"), place.at("problems.xlsx"));
    std::fs::write(&good, "姓名,手机,下次联系\n李四,13900139000,2026-11-30\n").expect("a file");
    std::fs::write(&mixed, MIXED).expect("a file");
    place.kebu(&["import", &good]).exits(0);
    let done = place.kebu(&["import", &mixed, "--errors", &problems]).exits(3).json();
    assert_eq!(
        done["tables"]["customers"],
        json!({ "created": 1, "updated": 1, "unchanged": 0, "rejected": 1 }),
        "{done}"
    );

    let book = python("workbook.py", &["rows", &problems]);
    let rejected = &book.as_object().and_then(|b| b.values().find(|s| s.to_string().contains("没有姓名也没有手机")));
    let rejected = rejected.and_then(Value::as_array).unwrap_or_else(|| panic!("the rejected row is missing: {book}"));
    assert_eq!(rejected.len(), 2, "a header and the row: {rejected:?}");
    assert!(rejected[1].as_array().is_some_and(|r| r.len() > 4), "a reason stands beside the row: {rejected:?}");
    assert!(book.to_string().contains("某天"), "the cell that was left out is told too: {book}");

    let out = place.at("out.csv");
    place.kebu(&["export", "customers", "-o", &out]).exits(0);
    let text = std::fs::read_to_string(out).expect("the export");
    assert!(text.contains("2026-11-30"), "the good date is still there: {text}");
    assert!(text.contains("坏日期"), "the rest of the row was taken: {text}");
}

#[test]
fn a_trial_with_rejected_rows_says_so_too() {
    let place = Place::new();
    let mixed = place.at("mixed.csv");
    std::fs::write(&mixed, MIXED).expect("a file");
    let trial = place.kebu(&["import", &mixed, "--dry-run"]).exits(3).json();
    assert_eq!(created(&trial), (2, 0));
    assert_eq!(place.sound_counts(), (0, 0));
}

#[test]
fn wrong_use_exits_with_two_and_says_what_is_wrong() {
    let place = Place::new();
    let data = place.at("data");
    let cases: [&[&str]; 9] = [
        &[],
        &["fly"],
        &["import"],
        &["import", "a.csv", "--match", "face"],
        &["--as-of", "2026-13-40", "check"],
        &["export", "customers"],
        &["export", "customers", "-o", "out.pdf"],
        &["demo", "--customers", "0"],
        &["grade", "a.csv"],
    ];
    for case in cases {
        let ran = run(&[&["--data", &data][..], case].concat()).exits(2);
        assert!(!ran.err.trim().is_empty(), "{case:?} says nothing");
    }
    for (lang, word) in [("zh", "客户簿"), ("en", "customer book")] {
        assert!(run(&["--lang", lang, "--help"]).exits(0).out.contains(word));
    }
}

#[test]
fn failures_speak_the_language_asked_for() {
    let place = Place::new();
    let data = place.at("data");
    for (lang, word) in [("zh", "出错"), ("en", "error")] {
        let ran = run(&["--data", &data, "--lang", lang, "import", "/nowhere/a.csv"]).exits(1);
        assert!(ran.err.contains(word) && ran.err.contains("a.csv"), "{}", ran.err);
    }
    let json = run(&["--data", &data, "--json", "import", "/nowhere/a.csv"]).exits(1).json();
    assert!(json["error"]["code"].is_string() && json["error"]["message"].is_string(), "{json}");
}
