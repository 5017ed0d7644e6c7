//! China's legal holidays and make-up working days.
//!
//! From the State Council's yearly notices for 2024, 2025 and 2026; other years count Monday to Friday.

/// Year; weekdays that are holidays; days of weekends that are worked; each as month × 100 + day.
type Year = (i32, &'static [u32], &'static [u32]);

const YEARS: &[Year] = &[
    (
        2024,
        &[101, 212, 213, 214, 215, 216, 404, 405, 501, 502, 503, 610, 916, 917, 1001, 1002, 1003, 1004, 1007],
        &[204, 218, 407, 428, 511, 914, 929, 1012],
    ),
    (
        2025,
        &[101, 128, 129, 130, 131, 203, 204, 404, 501, 502, 505, 602, 1001, 1002, 1003, 1006, 1007, 1008],
        &[126, 208, 427, 928, 1011],
    ),
    (
        2026,
        &[101, 102, 216, 217, 218, 219, 220, 223, 406, 501, 504, 505, 619, 925, 1001, 1002, 1005, 1006, 1007],
        &[104, 214, 228, 509, 920, 1010],
    ),
];

/// First and last year whose holidays are known.
pub const KNOWN: (i32, i32) = (YEARS[0].0, YEARS[YEARS.len() - 1].0);

/// Days on which work differs from the weekday, as days since 1970-01-01: -1 off, +1 worked.
pub fn special() -> impl Iterator<Item = (i32, i32)> {
    YEARS.iter().flat_map(|(year, off, worked)| {
        let day = |md: u32| model::Date::new(*year, md / 100, md % 100).map_or(0, |d| d.0);
        off.iter().map(move |d| (day(*d), -1)).chain(worked.iter().map(move |d| (day(*d), 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_are_weekdays_and_make_up_days_weekends() {
        for (day, change) in special() {
            let from_monday = (day + 3).rem_euclid(7);
            assert_eq!(from_monday < 5, change < 0, "{}", model::Date(day));
        }
        assert_eq!(KNOWN, (2024, 2026));
    }
}
