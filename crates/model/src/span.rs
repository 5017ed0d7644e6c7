//! Days named by their distance from today: this week, the last 30 days.

use crate::Date;
use std::fmt;
use std::str::FromStr;

/// Most days of [`Span::Last`] and [`Span::Next`].
const MOST_DAYS: u32 = 3_660;

/// Days relative to today. Written `today`, `this_week`, `last_month`, `next_quarter`, `last_30_days` ….
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// One day: 0 for today, 1 for tomorrow, -1 for yesterday.
    Day(i32),
    /// A week from Monday to Sunday: 0 for this one, 1 for the next, -1 for the last.
    Week(i32),
    /// A calendar month.
    Month(i32),
    /// A quarter of the calendar year.
    Quarter(i32),
    /// A calendar year.
    Year(i32),
    /// So many days up to and with today.
    Last(u32),
    /// So many days from today on, today included.
    Next(u32),
}

impl Span {
    /// The first and the last day, both included.
    pub fn days(self, today: Date) -> (Date, Date) {
        let (year, month, _) = today.ymd();
        // Months are counted from year 0; a month later and one day back is a month's end.
        let month = year * 12 + month as i32 - 1;
        let first = |m: i32| Date::new(m.div_euclid(12), m.rem_euclid(12) as u32 + 1, 1).unwrap_or(today);
        let months = |from: i32, n: i32| (first(from), Date(first(from + n).0 - 1));
        match self {
            Self::Day(n) => (Date(today.0 + n), Date(today.0 + n)),
            Self::Week(n) => {
                // 1970-01-01 was a Thursday.
                let monday = today.0 - (today.0 + 3).rem_euclid(7) + 7 * n;
                (Date(monday), Date(monday + 6))
            }
            Self::Month(n) => months(month + n, 1),
            Self::Quarter(n) => months((month.div_euclid(3) + n) * 3, 3),
            Self::Year(n) => months((year + n) * 12, 12),
            Self::Last(n) => (Date(today.0 - n as i32 + 1), today),
            Self::Next(n) => (today, Date(today.0 + n as i32 - 1)),
        }
    }
}

impl FromStr for Span {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        match s {
            "yesterday" => return Ok(Self::Day(-1)),
            "today" => return Ok(Self::Day(0)),
            "tomorrow" => return Ok(Self::Day(1)),
            _ => {}
        }
        let (which, unit) = s.split_once('_').ok_or(())?;
        if let Some(n) = unit.strip_suffix("_days") {
            let n = n.parse().ok().filter(|n| (1..=MOST_DAYS).contains(n)).ok_or(())?;
            return match which {
                "last" => Ok(Self::Last(n)),
                "next" => Ok(Self::Next(n)),
                _ => Err(()),
            };
        }
        let n = match which {
            "last" => -1,
            "this" => 0,
            "next" => 1,
            _ => return Err(()),
        };
        Ok(match unit {
            "week" => Self::Week(n),
            "month" => Self::Month(n),
            "quarter" => Self::Quarter(n),
            "year" => Self::Year(n),
            _ => return Err(()),
        })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let which = |n: &i32| match n {
            -1 => "last",
            0 => "this",
            _ => "next",
        };
        match self {
            Self::Day(-1) => f.write_str("yesterday"),
            Self::Day(0) => f.write_str("today"),
            Self::Day(_) => f.write_str("tomorrow"),
            Self::Week(n) => write!(f, "{}_week", which(n)),
            Self::Month(n) => write!(f, "{}_month", which(n)),
            Self::Quarter(n) => write!(f, "{}_quarter", which(n)),
            Self::Year(n) => write!(f, "{}_year", which(n)),
            Self::Last(n) => write!(f, "last_{n}_days"),
            Self::Next(n) => write!(f, "next_{n}_days"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_calendar_ones_around_today() {
        // 2026-11-22 is a Sunday, 2024-02-29 a Thursday.
        for (today, span, from, to) in [
            ("2026-11-22", "today", "2026-11-22", "2026-11-22"),
            ("2026-11-22", "yesterday", "2026-11-21", "2026-11-21"),
            ("2026-11-22", "tomorrow", "2026-11-23", "2026-11-23"),
            ("2026-11-22", "this_week", "2026-11-16", "2026-11-22"),
            ("2026-11-23", "this_week", "2026-11-23", "2026-11-29"),
            ("2026-11-22", "last_week", "2026-11-09", "2026-11-15"),
            ("2026-11-22", "next_week", "2026-11-23", "2026-11-29"),
            ("2026-11-22", "this_month", "2026-11-01", "2026-11-30"),
            ("2026-12-05", "next_month", "2027-01-01", "2027-01-31"),
            ("2026-01-31", "last_month", "2025-12-01", "2025-12-31"),
            ("2024-02-29", "this_month", "2024-02-01", "2024-02-29"),
            ("2026-11-22", "this_quarter", "2026-10-01", "2026-12-31"),
            ("2026-02-22", "last_quarter", "2025-10-01", "2025-12-31"),
            ("2026-11-22", "next_quarter", "2027-01-01", "2027-03-31"),
            ("2026-11-22", "last_year", "2025-01-01", "2025-12-31"),
            ("2026-11-22", "last_30_days", "2026-10-24", "2026-11-22"),
            ("2026-11-22", "next_7_days", "2026-11-22", "2026-11-28"),
            ("1969-12-31", "this_week", "1969-12-29", "1970-01-04"),
        ] {
            let (today, parsed) = (Date::from_iso(today).unwrap(), span.parse::<Span>().unwrap());
            let (a, b) = parsed.days(today);
            assert_eq!((a.to_string().as_str(), b.to_string().as_str()), (from, to), "{span}");
            assert_eq!(parsed.to_string(), span);
        }
        for bad in ["", "week", "this", "this_day", "last_0_days", "last_99999_days", "next_x_days", "some_7_days"] {
            assert!(bad.parse::<Span>().is_err(), "{bad}");
        }
    }
}
