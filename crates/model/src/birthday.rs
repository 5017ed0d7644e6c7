//! Birthdays as Chinese sellers write them: solar or lunar, often without a year.

use crate::Date;
use std::fmt;

/// A birthday. Its text form is what is stored: `1990-05-06`, `05-06`, `农历1990-08-15`,
/// `农历08-15`, and `农历1990-闰06-15` for a leap month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birthday {
    /// Year, if known. For a lunar birthday the lunar year.
    pub year: Option<i32>,
    /// Month 1–12.
    pub month: u8,
    /// Day 1–31, or 1–30 in the lunar calendar.
    pub day: u8,
    /// In the lunar calendar.
    pub lunar: bool,
    /// In a leap month (lunar only).
    pub leap: bool,
}

impl Birthday {
    /// A birthday whose parts fit together; None otherwise.
    pub fn new(year: Option<i32>, month: u32, day: u32, lunar: bool, leap: bool) -> Option<Self> {
        let ok = if lunar {
            (1..=12).contains(&month) && (1..=30).contains(&day)
        } else {
            !leap && Date::new(year.unwrap_or(2000), month, day).is_some()
        };
        ok.then_some(Self { year, month: month as u8, day: day as u8, lunar, leap })
    }

    /// Reads the stored form only; see [`crate::parse`] for what people write.
    pub fn from_stored(s: &str) -> Option<Self> {
        let (lunar, rest) = s.strip_prefix("农历").map_or((false, s), |r| (true, r));
        let (rest, day) = rest.rsplit_once('-')?;
        let (year, month) = rest.rsplit_once('-').map_or((None, rest), |(y, m)| (Some(y), m));
        let year = year.map(str::parse).transpose().ok()?;
        let (leap, month) = month.strip_prefix('闰').map_or((false, month), |m| (true, m));
        Self::new(year, month.parse().ok()?, day.parse().ok()?, lunar, leap)
    }
}

impl fmt::Display for Birthday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lunar {
            f.write_str("农历")?;
        }
        if let Some(y) = self.year {
            write!(f, "{y:04}-")?;
        }
        write!(f, "{}{:02}-{:02}", if self.leap { "闰" } else { "" }, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_forms_round_trip() {
        for s in ["1990-05-06", "05-06", "02-29", "农历1990-08-15", "农历08-15", "农历2025-闰06-30"] {
            assert_eq!(Birthday::from_stored(s).unwrap().to_string(), s);
        }
        for bad in ["1990-02-30", "13-01", "闰06-15", "农历08-31", "1990", "", "a-b"] {
            assert_eq!(Birthday::from_stored(bad), None, "{bad}");
        }
    }
}
