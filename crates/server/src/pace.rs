//! How often something may be asked: so many times in a while, counted by key. Each server process counts for itself.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Keys counted before those that have been quiet are forgotten.
const MANY: usize = 1_000;

/// When each key was asked of late.
type Seen = HashMap<String, VecDeque<Instant>>;

/// A limit on how often.
pub(crate) struct Pace {
    most: usize,
    within: Duration,
    seen: Mutex<Seen>,
}

impl Pace {
    /// At most so many times within any span of so many seconds.
    pub(crate) fn new(most: usize, seconds: u64) -> Self {
        Self { most, within: Duration::from_secs(seconds), seen: Mutex::default() }
    }

    /// Counts one time of a key.
    ///
    /// # Errors
    /// The seconds after which it may be asked again, at least one; this time is not counted.
    pub(crate) fn take(&self, key: &str) -> Result<(), u64> {
        self.take_at(key, Instant::now())
    }

    /// Whether a key may be asked now; nothing is counted.
    ///
    /// # Errors
    /// As [`Pace::take`].
    pub(crate) fn check(&self, key: &str) -> Result<(), u64> {
        self.left(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner), key, Instant::now()).map(drop)
    }

    fn take_at(&self, key: &str, now: Instant) -> Result<(), u64> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        self.left(&mut seen, key, now).map(|times| times.push_back(now))
    }

    /// The times of a key that still count, when there is room for another.
    fn left<'a>(&self, seen: &'a mut Seen, key: &str, now: Instant) -> Result<&'a mut VecDeque<Instant>, u64> {
        let gone = |at: &Instant| now.saturating_duration_since(*at) >= self.within;
        if seen.len() >= MANY {
            seen.retain(|_, times| times.back().is_some_and(|at| !gone(at)));
        }
        let times = seen.entry(key.to_owned()).or_default();
        while times.front().is_some_and(gone) {
            times.pop_front();
        }
        match times.front() {
            Some(first) if times.len() >= self.most => {
                let left = self.within.saturating_sub(now.saturating_duration_since(*first));
                Err(left.as_secs().max(1))
            }
            _ => Ok(times),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_times_in_a_while_by_key() {
        let pace = Pace::new(2, 60);
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!((pace.take_at("a", at(0)), pace.take_at("a", at(10))), (Ok(()), Ok(())));
        assert_eq!(pace.take_at("a", at(20)), Err(40));
        assert_eq!(pace.take_at("b", at(20)), Ok(()), "another key has its own count");
        assert_eq!(pace.take_at("a", at(60)), Ok(()), "the first is forgotten, the refused one was not counted");
        assert_eq!(pace.take_at("a", at(61)), Err(9));
    }
}
