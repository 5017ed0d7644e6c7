//! Solar and lunar dates.
//!
//! The lunar calendar is known for the lunar years 1900 to 2100, that is from 1900-01-31 to 2101-01-28.

mod table;

use model::Date;
use std::fmt;
use table::{FIRST_DAY, FIRST_YEAR, YEARS};

/// The names of the months, the first one first.
pub const MONTHS: [&str; 12] =
    ["正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"];

/// The names of the days of a month, the first one first.
pub const DAYS: [&str; 30] = [
    "初一", "初二", "初三", "初四", "初五", "初六", "初七", "初八", "初九", "初十", "十一", "十二", "十三", "十四",
    "十五", "十六", "十七", "十八", "十九", "二十", "廿一", "廿二", "廿三", "廿四", "廿五", "廿六", "廿七", "廿八",
    "廿九", "三十",
];

/// A month of a lunar year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LunarMonth {
    /// Its first day.
    pub first: Date,
    /// The lunar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// The leap month behind the month of that number.
    pub leap: bool,
    /// 29 or 30.
    pub days: u8,
}

/// A day of the lunar calendar. Shown as `正月初一`, `闰六月初一`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LunarDate {
    /// The lunar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// In the leap month of that number.
    pub leap: bool,
    /// 1 to 30.
    pub day: u8,
}

/// Every month that is known, in order.
pub fn months() -> impl Iterator<Item = LunarMonth> {
    let mut first = FIRST_DAY;
    (FIRST_YEAR..).zip(YEARS).flat_map(of_year).map(move |mut m| {
        m.first = Date(first);
        first += i32::from(m.days);
        m
    })
}

/// The months of a year, without their first days.
fn of_year((year, bits): (i32, u32)) -> impl Iterator<Item = LunarMonth> {
    let leap = (bits >> 13) as u8;
    let months = (1..=12u8).flat_map(move |m| [(m, false), (m, true)]).filter(move |(m, l)| !l || *m == leap);
    months.enumerate().map(move |(i, (month, leap))| {
        let days = 29 + (bits >> i & 1) as u8;
        LunarMonth { first: Date(FIRST_DAY), year, month, leap, days }
    })
}

impl LunarDate {
    /// The lunar date of a day; None outside the years that are known.
    pub fn of(day: Date) -> Option<Self> {
        let m = months().take_while(|m| m.first <= day).last()?;
        let day = u8::try_from(day.0 - m.first.0).ok().filter(|d| *d < m.days)? + 1;
        Some(Self { year: m.year, month: m.month, leap: m.leap, day })
    }

    /// The day it is; None when there is no such date, or it is not known.
    pub fn solar(self) -> Option<Date> {
        let m = months().find(|m| (m.year, m.month, m.leap) == (self.year, self.month, self.leap))?;
        (1..=m.days).contains(&self.day).then(|| Date(m.first.0 + i32::from(self.day) - 1))
    }
}

impl fmt::Display for LunarDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |list: &[&'static str], n: u8| list.get(usize::from(n).wrapping_sub(1)).copied().unwrap_or_default();
        let leap = if self.leap { "闰" } else { "" };
        write!(f, "{leap}{}{}", name(&MONTHS, self.month), name(&DAYS, self.day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_are_known_in_both_calendars() {
        for (solar, (year, month, leap, day), name) in [
            ("1900-01-31", (1900, 1, false, 1), "正月初一"),
            ("1949-10-01", (1949, 8, false, 10), "八月初十"),
            ("1976-10-01", (1976, 8, true, 8), "闰八月初八"),
            ("2000-01-01", (1999, 11, false, 25), "十一月廿五"),
            ("2020-05-23", (2020, 4, true, 1), "闰四月初一"),
            ("2023-01-22", (2023, 1, false, 1), "正月初一"),
            ("2023-03-22", (2023, 2, true, 1), "闰二月初一"),
            ("2024-02-09", (2023, 12, false, 30), "十二月三十"),
            ("2025-01-28", (2024, 12, false, 29), "十二月廿九"),
            ("2025-07-25", (2025, 6, true, 1), "闰六月初一"),
            ("2025-10-06", (2025, 8, false, 15), "八月十五"),
            ("2026-02-17", (2026, 1, false, 1), "正月初一"),
            ("2033-12-22", (2033, 11, true, 1), "闰十一月初一"),
            ("2034-02-19", (2034, 1, false, 1), "正月初一"),
            ("2101-01-28", (2100, 12, false, 29), "十二月廿九"),
        ] {
            let lunar = LunarDate { year, month, leap, day };
            let date = Date::from_iso(solar);
            assert_eq!(date.and_then(LunarDate::of), Some(lunar), "{solar}");
            assert_eq!(lunar.solar(), date, "{solar}");
            assert_eq!(lunar.to_string(), name);
        }
    }

    #[test]
    fn what_does_not_exist_or_is_not_known_is_none() {
        for day in ["1900-01-30", "2101-01-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(Date::from_iso(day).and_then(LunarDate::of), None, "{day}");
        }
        for (year, month, leap, day) in [
            (2025, 5, true, 1),
            (2024, 6, true, 1),
            (2024, 12, false, 30),
            (2025, 0, false, 1),
            (2025, 13, false, 1),
            (2025, 1, false, 0),
            (2025, 1, false, 31),
            (1899, 12, false, 1),
            (2101, 1, false, 1),
        ] {
            assert_eq!(LunarDate { year, month, leap, day }.solar(), None, "{year} {month} {leap} {day}");
        }
    }

    #[test]
    fn the_table_is_what_tyme_computes() {
        use tyme4rs::tyme::lunar::LunarMonth as Computed;
        let known: Vec<LunarMonth> = months().collect();
        assert_eq!(known.len(), 201 * 12 + 74);
        for m in &known {
            let of = |leap: bool| Computed::new(m.year as isize, m.month as isize * if leap { -1 } else { 1 });
            let computed = of(m.leap).expect("the month exists");
            // Julian days begin at noon.
            let first = (computed.get_first_julian_day().get_day() - 2_440_587.5).floor() as i32;
            assert_eq!((m.first.0, usize::from(m.days)), (first, computed.get_day_count()), "{m:?}");
            let twin = known.iter().any(|o| (o.year, o.month) == (m.year, m.month) && o.leap != m.leap);
            assert_eq!(of(!m.leap).is_ok(), twin || m.leap, "{m:?}");
        }
    }
}
