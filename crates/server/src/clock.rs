//! Today, in the zone of the book.

use model::{Date, DateTime};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Offset of Asia/Shanghai, which has had no daylight saving since 1991.
const OFFSET: i64 = 8 * 3600;

fn wall_seconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64) + OFFSET
}

/// Today's date in Asia/Shanghai.
pub fn today_in_shanghai() -> Date {
    Date(i32::try_from(wall_seconds().div_euclid(86_400)).unwrap_or_default())
}

/// The day the program goes by.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The real one.
    Real,
    /// Always this day.
    Fixed(Date),
}

impl Clock {
    /// Today.
    pub fn today(self) -> Date {
        match self {
            Self::Real => today_in_shanghai(),
            Self::Fixed(d) => d,
        }
    }

    /// The moment on the wall clock of the book, of the day the program goes by.
    pub(crate) fn now(self) -> DateTime {
        DateTime(self.today().start().0 + wall_seconds().rem_euclid(86_400))
    }

    /// The wall clock of the book at a moment gone by, in seconds since 1970 (UTC); now for one to come.
    pub(crate) fn at(self, unix: i64) -> DateTime {
        let ago = (wall_seconds() - OFFSET).saturating_sub(unix).max(0);
        DateTime(self.now().0 - ago)
    }

    /// How long until the day turns.
    pub(crate) fn until_tomorrow(self) -> Duration {
        Duration::from_secs((86_400 - wall_seconds().rem_euclid(86_400)).unsigned_abs() + 1)
    }
}
