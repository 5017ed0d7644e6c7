//! Days and wall-clock moments.

use std::fmt;

/// A day, as days since 1970-01-01 (proleptic Gregorian). Shown as `2024-03-05`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(pub i32);

/// A wall-clock moment in the workspace's zone, as seconds since 1970-01-01T00:00:00 on that clock.
/// Shown as `2024-03-05 14:20:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime(pub i64);

const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

impl Date {
    /// The day of a year, month (1–12) and day of month; None if there is no such day.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let d = jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
            .ok()?;
        Some(Self::from_civil(d))
    }

    /// From jiff's type.
    pub fn from_civil(d: jiff::civil::Date) -> Self {
        // Two civil dates are at most some seven million days apart.
        Self(d.since(EPOCH).map_or(0, |s| s.get_days()))
    }

    /// To jiff's type; days outside years -9999 to 9999 are clamped to the nearest one.
    pub fn civil(self) -> jiff::civil::Date {
        EPOCH.saturating_add(jiff::Span::new().days(self.0.clamp(-4_371_587, 2_932_896)))
    }

    /// (year, month 1–12, day of month).
    pub fn ymd(self) -> (i32, u32, u32) {
        let d = self.civil();
        (d.year().into(), d.month().unsigned_abs().into(), d.day().unsigned_abs().into())
    }

    /// The moment this day begins.
    pub fn start(self) -> DateTime {
        DateTime(i64::from(self.0) * 86_400)
    }

    /// Reads `2024-03-05`, nothing else; see [`crate::parse`] for what people write.
    pub fn from_iso(s: &str) -> Option<Self> {
        let b = s.as_bytes();
        if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
            return None;
        }
        Self::new(s.get(..4)?.parse().ok()?, s.get(5..7)?.parse().ok()?, s.get(8..)?.parse().ok()?)
    }
}

impl DateTime {
    /// A moment of a day; None past 23:59:59.
    pub fn new(date: Date, hour: u32, minute: u32, second: u32) -> Option<Self> {
        (hour < 24 && minute < 60 && second < 60)
            .then(|| Self(date.start().0 + i64::from(hour * 3600 + minute * 60 + second)))
    }

    /// Its day.
    pub fn date(self) -> Date {
        Date(i32::try_from(self.0.div_euclid(86_400)).unwrap_or(i32::MAX))
    }

    /// (hour, minute, second).
    pub fn hms(self) -> (u32, u32, u32) {
        let s = self.0.rem_euclid(86_400).unsigned_abs() as u32;
        (s / 3600, s / 60 % 60, s % 60)
    }

    /// Reads `2024-03-05T14:20:00` or the same with a space, seconds optional.
    pub fn from_iso(s: &str) -> Option<Self> {
        let date = Date::from_iso(s.get(..10)?)?;
        let rest = s.get(10..)?;
        if rest.is_empty() {
            return Some(date.start());
        }
        let mut parts = rest.strip_prefix(['T', ' '])?.split(':').map(|p| p.parse::<u32>().ok());
        let (h, m) = (parts.next()??, parts.next()??);
        let s = parts.next().map_or(Some(0), |s| s)?;
        Self::new(date, h, m, s)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.ymd();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (h, m, s) = self.hms();
        write!(f, "{} {h:02}:{m:02}:{s:02}", self.date())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_round_trip_and_impossible_days_are_refused() {
        for (iso, days) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-02-29", 11_016),
            ("2026-11-21", 20_778),
            ("1900-01-01", -25_567),
        ] {
            let d = Date::from_iso(iso).unwrap();
            assert_eq!(d.0, days, "{iso}");
            assert_eq!(d.to_string(), iso);
        }
        for bad in ["2023-02-29", "2024-13-01", "2024-00-10", "20240305", "2024-3-5", ""] {
            assert_eq!(Date::from_iso(bad), None, "{bad}");
        }
    }

    #[test]
    fn moments_round_trip() {
        for (iso, shown) in [
            ("2024-03-05T14:20:07", "2024-03-05 14:20:07"),
            ("2024-03-05 14:20", "2024-03-05 14:20:00"),
            ("1969-12-31T23:59:59", "1969-12-31 23:59:59"),
            ("2024-03-05", "2024-03-05 00:00:00"),
        ] {
            assert_eq!(DateTime::from_iso(iso).unwrap().to_string(), shown);
        }
        for bad in ["2024-03-05T24:00:00", "2024-03-05 1", "x"] {
            assert_eq!(DateTime::from_iso(bad), None, "{bad}");
        }
    }
}
