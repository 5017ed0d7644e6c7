//! Times of day, and times so many hours from now.

use super::DAY_HOUR;
use super::scan::Scan;
use crate::{Date, DateTime};

/// Parts of the day by the hour that stands for them.
const PARTS: &[(&str, u32)] = &[
    ("凌晨", 6),
    ("清晨", 8),
    ("早晨", 8),
    ("早上", 8),
    ("一早", 8),
    ("上午", 10),
    ("中午", 12),
    ("午后", 14),
    ("下午", 14),
    ("傍晚", 18),
    ("晚上", 20),
    ("晚间", 20),
    ("夜里", 20),
    ("in the morning", 10),
    ("in the afternoon", 14),
    ("in the evening", 20),
    ("morning", 10),
    ("at noon", 12),
    ("noon", 12),
    ("afternoon", 14),
    ("evening", 20),
    ("night", 20),
];

/// The hour of a day gone by that names none.
const GONE: u32 = 12;

/// A time of day: where it ends, hour and minute, and whether a clock was read rather than a part of the day.
pub(super) struct Clock {
    pub to: usize,
    pub hour: u32,
    pub minute: u32,
    pub exact: bool,
}

impl Scan<'_> {
    /// The moment written at a place and where it ends. Today alone is no moment.
    pub(super) fn when(&self, i: usize) -> Option<(usize, DateTime)> {
        if let found @ Some(_) = self.hours_on(i) {
            return found;
        }
        if let Some(day) = self.day(i) {
            let clock = self.clock(self.joined(day.to), day.part);
            return match clock {
                Some(c) => Some((c.to, DateTime::new(day.date, c.hour, c.minute, 0)?)),
                None if day.date == self.today() && day.part.is_none() => None,
                None => Some((day.to, DateTime::new(day.date, day.part.unwrap_or(self.usual(day.date)), 0, 0)?)),
            };
        }
        let c = self.clock(i, None).filter(|c| self.stands_alone(i, c))?;
        // A day may come behind the time: at 3pm tomorrow.
        if let Some(day) = self.day(self.joined(c.to)).filter(|d| d.part.is_none()) {
            return Some((day.to, DateTime::new(day.date, c.hour, c.minute, 0)?));
        }
        Some((c.to, DateTime::new(self.today(), c.hour, c.minute, 0)?))
    }

    fn usual(&self, date: Date) -> u32 {
        if date < self.today() { GONE } else { DAY_HOUR }
    }

    /// The place behind what may stand between a day and its time.
    fn joined(&self, i: usize) -> usize {
        let i = self.skip(i);
        let (to, ()) = self.one_of(i, &[("的", ()), ("at", ()), ("on", ())]).unwrap_or((i, ()));
        self.skip(to)
    }

    /// `半小时后`, `2个小时后`, `in 20 minutes`, `待会`.
    fn hours_on(&self, i: usize) -> Option<(usize, DateTime)> {
        let moment = |to: usize, seconds: i64| Some((to, DateTime(self.now.0 + seconds)));
        if let Some((to, ())) = self.one_of(i, &[("待会儿", ()), ("待会", ()), ("稍后", ())]) {
            return moment(to, 3600);
        }
        const UNITS: &[(&str, i64)] =
            &[("个小时", 3600), ("小时", 3600), ("个钟头", 3600), ("钟头", 3600), ("分钟", 60), ("刻钟", 900)];
        const ENGLISH: &[(&str, i64)] =
            &[("hours", 3600), ("hour", 3600), ("minutes", 60), ("minute", 60), ("mins", 60), ("min", 60)];
        if self.word(i, "in") {
            let (to, n) = self.count(self.skip(i + 2))?;
            let (to, unit) = self.one_of(self.skip(to), ENGLISH)?;
            return moment(to, i64::from(n) * unit);
        }
        let (to, halves) = match self.at(i) {
            Some('半') => (i + 1, 1),
            _ => self.number(i).map(|(to, n)| (to, n * 2))?,
        };
        let (to, unit) = self.one_of(self.skip(to), UNITS)?;
        let seconds = i64::from(halves) * unit / 2;
        if let Some((to, ())) = self.one_of(to, &[("之后", ()), ("以后", ()), ("后", ())]) {
            return moment(to, seconds);
        }
        let (to, ()) = self.one_of(to, &[("之前", ()), ("以前", ()), ("前", ())])?;
        moment(to, -seconds)
    }

    /// The time of day at a place; `part` is the part of the day that the day named itself (今晚).
    fn clock(&self, i: usize, part: Option<u32>) -> Option<Clock> {
        let named = self.one_of(i, PARTS);
        let (at, part) = match named {
            Some((to, hour)) => (self.skip(to), Some(hour)),
            None => (i, part),
        };
        if let Some(c) = self.reading(at, part) {
            return Some(c);
        }
        let (to, hour) = named?;
        Some(Clock { to, hour, minute: 0, exact: false })
    }

    /// `3点半`, `三点一刻`, `15:30`, `3pm`, `at 3`.
    fn reading(&self, i: usize, part: Option<u32>) -> Option<Clock> {
        let (i, said) = self.one_of(i, &[("at", true)]).map_or((i, false), |(to, said)| (self.skip(to), said));
        let (to, hour) = self.number(i)?;
        let clock = |to: usize, hour: u32, minute: u32| {
            (hour < 24 && minute < 60).then_some(Clock { to, hour, minute, exact: true })
        };
        if self.at(to) == Some(':') {
            let (end, minute) = self.digits(to + 1, 2).filter(|(end, _)| *end == to + 3)?;
            if let Some((end, after)) = self.half_day(end) {
                return clock(end, twelve(hour, after)?, minute);
            }
            // 03:30 is the night, 3:30 the afternoon.
            let two = to == i + 2;
            return clock(end, if two && part.is_none() { hour } else { meant(hour, part) }, minute);
        }
        if let Some((end, after)) = self.half_day(to) {
            return clock(end, twelve(hour, after)?, 0);
        }
        if !matches!(self.at(to), Some('点' | '时')) || self.starts(to, "时候") {
            return if said { clock(to, meant(hour, part), 0) } else { None };
        }
        let (end, minute) = self.minutes(to + 1);
        clock(end, meant(hour, part), minute)
    }

    /// What comes behind 点: where it ends, and the minutes.
    fn minutes(&self, i: usize) -> (usize, u32) {
        if let Some(found) = self.one_of(i, &[("半", 30), ("一刻", 15), ("三刻", 45), ("钟", 0), ("整", 0)]) {
            return found;
        }
        match self.number(i) {
            Some((to, n)) if self.at(to) == Some('分') => (to + 1, n),
            // 三点二十: two characters that count nothing.
            Some((to, n)) if to == i + 2 && !self.at(to).is_some_and(|c| "个人件盒斤元块点".contains(c)) => {
                (to, n)
            }
            _ => (i, 0),
        }
    }

    /// `am` or `pm`: where it ends, and whether it is after noon.
    fn half_day(&self, i: usize) -> Option<(usize, bool)> {
        let i = self.skip(i);
        let (word, after) = [("am", false), ("pm", true)].into_iter().find(|(w, _)| self.starts(i, w))?;
        let ends = !self.at(i + word.len()).is_some_and(|c| c.is_ascii_alphanumeric());
        ends.then_some((i + word.len(), after))
    }

    /// Whether a time of day without a day is meant as one: 下午茶 and 说了3点 are not.
    fn stands_alone(&self, i: usize, c: &Clock) -> bool {
        let begins = i == 0 || self.separates(i - 1);
        let ends = c.to == self.len() || self.separates(c.to) || super::way_at(self, c.to).is_some();
        let named = self.one_of(i, PARTS).is_some();
        let colon = (i..c.to).any(|n| self.at(n) == Some(':'));
        let halved = matches!(self.before(c.to), Some('半' | '钟' | '整' | '刻' | '分' | 'm'));
        match c.exact {
            true if named || halved || colon => true,
            true => begins,
            false => begins && ends,
        }
    }
}

/// The hour of a twelve-hour clock.
fn twelve(hour: u32, after_noon: bool) -> Option<u32> {
    (1..=12).contains(&hour).then_some(hour % 12 + if after_noon { 12 } else { 0 })
}

/// The hour that is meant in a part of the day, or without one.
fn meant(hour: u32, part: Option<u32>) -> u32 {
    match (part, hour) {
        (Some(6), 12) => 0,
        (Some(12), 1..=3) => hour + 12,
        (Some(14..), 1..=11) | (None, 1..=6) => hour + 12,
        _ => hour,
    }
}
