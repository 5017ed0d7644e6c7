//! Kebu's own functions: birthdays, lunar dates, pinyin.

use super::bed::{Bed, Cell, schema};
use formula::ErrorValue;
use model::Date;

const TODAY: &str = "2026-11-21";

fn day(text: &str) -> Date {
    Date::from_iso(text).unwrap_or_else(|| panic!("{text}"))
}

/// A bed whose records hold the texts in T1.
fn with_texts(texts: &[&str]) -> Bed {
    let bed = Bed::new();
    let at = schema().tables[0].fields.iter().position(|f| f.key == *"t1").expect("the field");
    let width = schema().tables[0].fields.len();
    for (id, text) in (1..).zip(texts) {
        let mut row = vec![Cell::Null; width];
        row[at] = if text.is_empty() { Cell::Null } else { Cell::Text((*text).into()) };
        bed.insert("cells", id, &row);
    }
    bed
}

/// Asks a formula for every record; both engines must agree.
fn ask(bed: &Bed, today: &str, formula: &str, count: usize) -> Vec<(Cell, Option<i64>)> {
    let ids: Vec<i64> = (1..=count as i64).collect();
    let [a, b] = bed.ask_on(day(today), formula, &ids).unwrap_or_else(|e| panic!("{formula}: {e}"));
    assert_eq!(a, b, "{formula}");
    a
}

/// Today, birthday, age, next birthday (none: blank).
const BIRTHDAYS: &[(&str, &str, Option<i64>, Option<&str>)] = &[
    (TODAY, "1990-05-06", Some(36), Some("2027-05-06")),
    (TODAY, "1990-11-21", Some(36), Some("2026-11-21")),
    (TODAY, "1990-11-22", Some(35), Some("2026-11-22")),
    (TODAY, "05-06", None, Some("2027-05-06")),
    (TODAY, "11-21", None, Some("2026-11-21")),
    (TODAY, "2026-11-20", Some(0), Some("2027-11-20")),
    (TODAY, "2027-01-01", None, Some("2027-01-01")),
    (TODAY, "1992-02-29", Some(34), Some("2027-02-28")),
    (TODAY, "02-29", None, Some("2027-02-28")),
    ("2027-02-28", "1992-02-29", Some(35), Some("2027-02-28")),
    ("2027-02-27", "1992-02-29", Some(34), Some("2027-02-28")),
    ("2027-03-01", "1992-02-29", Some(35), Some("2028-02-29")),
    ("2028-02-28", "1992-02-29", Some(35), Some("2028-02-29")),
    // Mid-autumn was on the 25th of September 2026, and is on the 15th of September 2027.
    (TODAY, "农历1990-08-15", Some(36), Some("2027-09-15")),
    (TODAY, "农历08-15", None, Some("2027-09-15")),
    ("2026-09-24", "农历1990-08-15", Some(35), Some("2026-09-25")),
    ("2026-09-25", "农历1990-08-15", Some(36), Some("2026-09-25")),
    // Before the spring festival it is still the old year.
    ("2026-02-16", "农历1990-01-01", Some(35), Some("2026-02-17")),
    ("2026-02-17", "农历1990-01-01", Some(36), Some("2026-02-17")),
    ("2026-02-18", "农历1990-01-01", Some(36), Some("2027-02-06")),
    // The twelfth month of the lunar year 2026 has 29 days.
    (TODAY, "农历1990-12-30", Some(35), Some("2027-02-05")),
    // 2025 has a leap sixth month, 2026 none.
    ("2025-07-01", "农历1987-闰06-01", Some(37), Some("2025-07-25")),
    ("2025-07-01", "农历1987-06-01", Some(38), Some("2026-07-14")),
    ("2025-07-26", "农历闰06-01", None, Some("2026-07-14")),
    ("2033-12-01", "农历闰11-01", None, Some("2033-12-22")),
    ("2101-02-01", "农历01-01", None, None),
];

#[test]
fn ages_and_next_birthdays() {
    let texts: Vec<&str> = BIRTHDAYS.iter().map(|b| b.1).collect();
    let bed = with_texts(&texts);
    for (i, (today, birthday, age, next)) in BIRTHDAYS.iter().enumerate() {
        let whole = |n: Option<i64>| n.map_or(Cell::Null, Cell::Int);
        let ages = ask(&bed, today, "AGE([@T1])", texts.len());
        let wanted = age.map_or(Cell::Null, |n| Cell::Real(n as f64));
        assert_eq!(ages[i], (wanted, None), "AGE of {birthday} on {today}");
        let nexts = ask(&bed, today, "NEXTBIRTHDAY([@T1])", texts.len());
        assert_eq!(nexts[i], (whole(next.map(|d| day(d).0.into())), None), "next {birthday} from {today}");
    }
}

#[test]
fn what_is_no_birthday_is_an_error_and_a_blank_one_blank() {
    let texts =
        ["", "1990", "1990-5-6", "1990-13-01", "1990-00-10", "1990-02-30", "04-31", "农历08-31", "闰06-15", "去年"];
    let bed = with_texts(&texts);
    for formula in ["AGE([@T1])", "NEXTBIRTHDAY([@T1])"] {
        for (text, answer) in texts.iter().zip(ask(&bed, TODAY, formula, texts.len())) {
            let wanted = (!text.is_empty()).then(|| ErrorValue::Value.code());
            assert_eq!(answer, (Cell::Null, wanted), "{formula} of {text}");
        }
    }
    for (formula, wanted) in [
        ("AGE(DATE(1990,5,6))", Cell::Real(36.0)),
        ("AGE(\"\")", Cell::Null),
        ("NEXTBIRTHDAY(DATE(1990,5,6))-DATE(2027,5,6)", Cell::Real(0.0)),
        ("IF(NEXTBIRTHDAY(\"11-21\")=TODAY(),\"今天\",\"\")", Cell::Text("今天".into())),
        ("IFERROR(AGE(\"?\"),-1)", Cell::Real(-1.0)),
        ("AGE(\"05-06\")+1", Cell::Real(1.0)),
    ] {
        assert_eq!(ask(&bed, TODAY, formula, 1)[0], (wanted, None), "{formula}");
    }
    for wrong in ["AGE(5)", "AGE()", "NEXTBIRTHDAY(TRUE)", "PINYIN([@D1])"] {
        assert!(bed.ask(wrong, &[1]).is_err(), "{wrong}");
    }
}

#[test]
fn every_day_has_its_lunar_date() {
    let bed = with_texts(&["x"]);
    for (formula, wanted) in [
        ("LUNAR(DATE(2026,2,17))", "正月初一"),
        ("LUNAR(DATE(2025,7,25))", "闰六月初一"),
        ("LUNAR(DATE(2024,2,9))", "十二月三十"),
        ("LUNAR(DATE(2033,12,22))", "闰十一月初一"),
        ("LUNAR(\"2025-10-06\")", "八月十五"),
    ] {
        assert_eq!(ask(&bed, TODAY, formula, 1)[0], (Cell::Text(wanted.into()), None), "{formula}");
    }
    assert_eq!(ask(&bed, TODAY, "LUNAR([@D1])", 1)[0], (Cell::Null, None));
    for outside in ["LUNAR(DATE(1900,1,30))", "LUNAR(DATE(2101,1,29))"] {
        assert_eq!(ask(&bed, TODAY, outside, 1)[0], (Cell::Null, Some(ErrorValue::Num.code())), "{outside}");
    }
    for today in (day("1900-01-31").0..day("2101-01-29").0).step_by(97).map(Date) {
        let wanted = calendar::LunarDate::of(today).expect("a lunar date").to_string();
        assert_eq!(ask(&bed, &today.to_string(), "LUNAR(TODAY())", 1)[0], (Cell::Text(wanted), None), "{today}");
    }
}

#[test]
fn chinese_is_spelt() {
    let cases = [
        ("王小华", "wangxiaohua", "wxh"),
        ("单晓", "shanxiao", "sx"),
        ("孤单", "gudan", "gd"),
        ("曾国", "zengguo", "zg"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("尉", "wei", "w"),
        ("重庆小面", "chongqingxiaomian", "cqxm"),
        ("长沙", "changsha", "cs"),
        ("张大弓 Tom-3", "zhangdagong Tom-3", "zdg Tom-3"),
        ("𠮷野", "𠮷ye", "𠮷y"),
        ("Abc", "Abc", "Abc"),
        ("“引号”\\，\n换行", "“yinhao”\\，\nhuanxing", "“yh”\\，\nhx"),
        ("", "", ""),
    ];
    let texts: Vec<&str> = cases.iter().map(|c| c.0).collect();
    let bed = with_texts(&texts);
    let (full, initials) =
        (ask(&bed, TODAY, "PINYIN([@T1])", texts.len()), ask(&bed, TODAY, "INITIALS([@T1])", texts.len()));
    for (i, (text, spelt, first)) in cases.iter().enumerate() {
        assert_eq!(full[i], (Cell::Text((*spelt).into()), None), "{text}");
        assert_eq!(initials[i], (Cell::Text((*first).into()), None), "{text}");
    }
}
