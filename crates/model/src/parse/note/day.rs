//! Days as people say them, in Chinese and English.

use super::scan::Scan;
use crate::Date;

/// A day: where it ends, which it is, and the hour of the part of the day it names (今晚).
pub(super) struct Day {
    pub to: usize,
    pub date: Date,
    pub part: Option<u32>,
}

/// Words for days near today; the hour where they name a part of the day.
const WORDS: &[(&str, (i32, Option<u32>))] = &[
    ("大后天", (3, None)),
    ("大前天", (-3, None)),
    ("后天", (2, None)),
    ("前天", (-2, None)),
    ("今晚", (0, Some(20))),
    ("今早", (0, Some(8))),
    ("明晚", (1, Some(20))),
    ("明早", (1, Some(8))),
    ("昨晚", (-1, Some(20))),
    ("今天", (0, None)),
    ("今日", (0, None)),
    ("今儿", (0, None)),
    ("明天", (1, None)),
    ("明日", (1, None)),
    ("明儿", (1, None)),
    ("昨天", (-1, None)),
    ("昨日", (-1, None)),
    ("the day after tomorrow", (2, None)),
    ("day after tomorrow", (2, None)),
    ("tomorrow night", (1, Some(20))),
    ("tomorrow", (1, None)),
    ("yesterday", (-1, None)),
    ("tonight", (0, Some(20))),
    ("today", (0, None)),
];

/// Units of days, weeks and months.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Days(i32),
    Months(i32),
}

const UNITS: &[(&str, Unit)] = &[
    ("个星期", Unit::Days(7)),
    ("个礼拜", Unit::Days(7)),
    ("个月", Unit::Months(1)),
    ("星期", Unit::Days(7)),
    ("礼拜", Unit::Days(7)),
    ("天", Unit::Days(1)),
    ("日", Unit::Days(1)),
    ("周", Unit::Days(7)),
    ("年", Unit::Months(12)),
];

const ENGLISH_UNITS: &[(&str, Unit)] = &[
    ("days", Unit::Days(1)),
    ("day", Unit::Days(1)),
    ("weeks", Unit::Days(7)),
    ("week", Unit::Days(7)),
    ("months", Unit::Months(1)),
    ("month", Unit::Months(1)),
    ("years", Unit::Months(12)),
    ("year", Unit::Months(12)),
];

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const SHORT_DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Days past Monday.
fn weekday(d: Date) -> i32 {
    (d.0 + 3).rem_euclid(7)
}

/// The first of the month so many months on.
fn month_on(d: Date, months: i32) -> Option<Date> {
    let (y, m, _) = d.ymd();
    let n = y * 12 + m as i32 - 1 + months;
    Date::new(n.div_euclid(12), n.rem_euclid(12) as u32 + 1, 1)
}

/// The last day of the month of a day.
fn month_end(d: Date) -> Option<Date> {
    Some(Date(month_on(d, 1)?.0 - 1))
}

/// The same day so many months on, or the last of that month.
fn months_on(d: Date, months: i32) -> Option<Date> {
    let first = month_on(d, months)?;
    let day = d.ymd().2 as i32;
    Some(Date((first.0 + day - 1).min(month_end(first)?.0)))
}

impl Scan<'_> {
    /// The day written at a place.
    pub(super) fn day(&self, i: usize) -> Option<Day> {
        if let Some((to, (days, part))) = self.one_of(i, WORDS) {
            // 目前天气, 今后天天
            let inside = matches!(self.before(i), Some(c) if "目之以提今然最先天前后年月周".contains(c));
            let short = self.starts(i, "前天") || self.starts(i, "后天");
            return (!short || !inside).then_some(Day { to, date: Date(self.today().0 + days), part });
        }
        let found = (self.span(i))
            .or_else(|| self.of_week(i))
            .or_else(|| self.of_month(i))
            .or_else(|| self.written(i))
            .or_else(|| self.english_day(i));
        found.map(|(to, date)| Day { to, date, part: None })
    }

    /// A number, or a word for one: `3`, `三`, `a`, `two`.
    pub(super) fn count(&self, i: usize) -> Option<(usize, u32)> {
        const WORDS: &[(&str, u32)] = &[
            ("an", 1),
            ("a", 1),
            ("one", 1),
            ("two", 2),
            ("three", 3),
            ("four", 4),
            ("five", 5),
            ("six", 6),
            ("ten", 10),
        ];
        self.number(i).or_else(|| self.one_of(i, WORDS))
    }

    fn moved(&self, unit: Unit, n: i32) -> Option<Date> {
        match unit {
            Unit::Days(days) => Some(Date(self.today().0 + days * n)),
            Unit::Months(months) => months_on(self.today(), months * n),
        }
    }

    /// `3天后`, `过两天`, `半个月后`, `两周前`, `in 3 days`, `2 weeks ago`.
    fn span(&self, i: usize) -> Option<(usize, Date)> {
        if self.word(i, "in") {
            let (to, n) = self.count(self.skip(i + 2))?;
            let (to, unit) = self.one_of(self.skip(to), ENGLISH_UNITS)?;
            return Some((to, self.moved(unit, n as i32)?));
        }
        let over = self.starts(i, "再过") || self.starts(i, "过");
        // 用过三天 is no span to come.
        if over && !self.starts(i, "再") && self.before(i).is_some_and(|c| "用打买来去吃试见谈聊住穿超".contains(c))
        {
            return None;
        }
        let from = if self.starts(i, "再过") { i + 2 } else { i + usize::from(over) };
        let (to, unit, n) = self.amount(from)?;
        if over {
            return Some((to, self.moved(unit, n)?));
        }
        if let Some((to, ())) = self.one_of(to, &[("之后", ()), ("以后", ()), ("后", ())]) {
            return Some((to, self.moved(unit, n)?));
        }
        let behind = self.skip(to);
        if let Some((to, ())) = self.one_of(behind, &[("from now", ()), ("later", ())]) {
            return Some((to, self.moved(unit, n)?));
        }
        let (to, ()) = self.one_of(behind, &[("之前", ()), ("以前", ()), ("前", ()), ("ago", ())])?;
        Some((to, self.moved(unit, -n)?))
    }

    /// So many days, weeks, months: where it ends, the unit, how many.
    fn amount(&self, i: usize) -> Option<(usize, Unit, i32)> {
        for (word, unit, n) in [("半个月", Unit::Days(15), 1), ("半年", Unit::Months(6), 1), ("几天", Unit::Days(1), 3)]
        {
            if self.starts(i, word) {
                return Some((i + word.chars().count(), unit, n));
            }
        }
        let (to, n) = self.number(i)?;
        let at = self.skip(to);
        let (to, unit) = self.one_of(at, UNITS).or_else(|| self.one_of(at, ENGLISH_UNITS))?;
        Some((to, unit, n as i32))
    }

    /// `周五`, `下周一`, `本周五`, `上个星期三`, `这周末`, `下周`.
    fn of_week(&self, i: usize) -> Option<(usize, Date)> {
        const WHICH: &[(&str, i32)] = &[("下下", 2), ("上上", -2), ("下", 1), ("上", -1), ("本", 0), ("这", 0)];
        let which = self.one_of(i, WHICH);
        let at = which.map_or(i, |(to, _)| to);
        let at = if which.is_some() && self.at(at) == Some('个') { at + 1 } else { at };
        let (to, long) = self.one_of(at, &[("星期", true), ("礼拜", true), ("周", false)])?;
        let counted =
            self.before(i).is_some_and(|c| c.is_ascii_digit() || "每半一两二三四五六七八九十几个".contains(c));
        if which.is_none() && counted {
            return None;
        }
        let today = self.today();
        let monday = today.0 - weekday(today);
        let week = which.map(|(_, w)| w);
        let name = self.at(to)?;
        let n = match name {
            '天' if long || week.is_some() => Some(6),
            '日' => Some(6),
            '1'..='7' if !self.at(to + 1).is_some_and(|c| c.is_ascii_digit()) => Some(name as i32 - '1' as i32),
            _ => "一二三四五六".chars().position(|c| c == name).map(|n| n as i32),
        };
        match (n, week) {
            (Some(n), Some(week)) => Some((to + 1, Date(monday + 7 * week + n))),
            (Some(n), None) => Some((to + 1, Date(today.0 + (n - weekday(today)).rem_euclid(7)))),
            // A weekend that has begun goes on today.
            (None, week) if name == '末' => {
                let saturday = monday + 7 * week.unwrap_or(0) + 5;
                Some((to + 1, Date(if week.unwrap_or(0) == 0 { saturday.max(today.0) } else { saturday })))
            }
            (None, Some(week @ 1..)) => Some((to, Date(monday + 7 * week))),
            _ => None,
        }
    }

    /// `月底`, `下个月3号`, `本月25日`, `下月初`, `年底`.
    fn of_month(&self, i: usize) -> Option<(usize, Date)> {
        const WHICH: &[(&str, i32)] =
            &[("下个月", 1), ("下月", 1), ("这个月", 0), ("本月", 0), ("当月", 0), ("上个月", -1), ("上月", -1)];
        let today = self.today();
        if let Some((to, months)) = self.one_of(i, WHICH) {
            let first = month_on(today, months)?;
            return match self.at(to) {
                Some('底') => Some((to + 1, month_end(first)?)),
                Some('初') => Some((to + 1, first)),
                _ => match self.number(to).filter(|(end, _)| matches!(self.at(*end), Some('号' | '日'))) {
                    Some((end, day)) => {
                        let (y, m, _) = first.ymd();
                        Some((end + 1, Date::new(y, m, day)?))
                    }
                    None => (months > 0).then_some((to, first)),
                },
            };
        }
        let bare = !self.before(i).is_some_and(|c| c.is_ascii_digit() || "个一二三四五六七八九十明去今".contains(c));
        match self.one_of(i, &[("月底", 0), ("月末", 0), ("月初", 1), ("年底", 2)]).filter(|_| bare)? {
            (to, 0) => Some((to, month_end(today)?)),
            (to, 1) => Some((to, if today.ymd().2 == 1 { today } else { month_on(today, 1)? })),
            (to, _) => Some((to, Date::new(today.ymd().0, 12, 31)?)),
        }
    }

    /// `2026-11-30`, `2026年11月30日`, `明年3月5日`, `11月30日`, `11月底`, `11-30`, `25号`.
    fn written(&self, i: usize) -> Option<(usize, Date)> {
        if self.before(i).is_some_and(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | '.' | '第' | '¥' | '￥')) {
            return None;
        }
        const YEARS: &[(&str, i32)] = &[("明年", 1), ("今年", 0), ("去年", -1), ("后年", 2)];
        let this = self.today().ymd().0;
        if let Some((to, years)) = self.one_of(i, YEARS) {
            return self.month_day(to, Some(this + years));
        }
        if let Some((to, year)) = self.digits(i, 4).filter(|(to, _)| *to == i + 4) {
            return match self.at(to) {
                Some('年') => self.month_day(to + 1, Some(year as i32)),
                Some(sign @ ('-' | '/' | '.')) => self.signed(to + 1, sign, Some(year as i32)),
                _ => None,
            };
        }
        self.month_day(i, None).or_else(|| self.signed(i, '-', None)).or_else(|| self.signed(i, '/', None)).or_else(
            || {
                let (to, day) = self.number(i)?;
                // 3号店 and 38号 are no days.
                let thing = self.at(to + 1).is_some_and(|c| "楼线店码院门房车机色链库柜桌".contains(c));
                if self.at(to) != Some('号') || thing {
                    return None;
                }
                let months = (-1..=1).filter_map(|m| month_on(self.today(), m).map(Date::ymd));
                Some((to + 1, self.nearest(months.filter_map(|(y, m, _)| Date::new(y, m, day)))?))
            },
        )
    }

    /// `11月30日`, `11月底`.
    fn month_day(&self, i: usize, year: Option<i32>) -> Option<(usize, Date)> {
        let (to, month) = self.number(i)?;
        if self.at(to) != Some('月') {
            return None;
        }
        let to = to + 1;
        let dates = |day: &dyn Fn(i32) -> Option<Date>| match year {
            Some(y) => day(y),
            None => self.nearest(self.years().filter_map(day)),
        };
        match self.at(to)? {
            '底' | '末' => Some((to + 1, dates(&|y| month_end(Date::new(y, month, 1)?))?)),
            '初' => Some((to + 1, dates(&|y| Date::new(y, month, 1))?)),
            _ => {
                let (to, day) = self.number(to)?;
                let date = dates(&|y| Date::new(y, month, day))?;
                Some((to + usize::from(matches!(self.at(to), Some('号' | '日'))), date))
            }
        }
    }

    /// `11-30`, `11/30`; without a year it must stand apart, for 5-6 is more often a number.
    fn signed(&self, i: usize, sign: char, year: Option<i32>) -> Option<(usize, Date)> {
        let (to, month) = self.digits(i, 2)?;
        if self.at(to) != Some(sign) {
            return None;
        }
        let (to, day) = self.digits(to + 1, 2)?;
        if let Some(y) = year {
            return Some((to, Date::new(y, month, day)?));
        }
        let begins = i == 0 || self.separates(i - 1);
        let ends =
            to == self.len() || self.at(to).is_some_and(|c| c.is_whitespace() || "，,。；;上下中早晚".contains(c));
        let date = self.nearest(self.years().filter_map(|y| Date::new(y, month, day)))?;
        (begins && ends).then_some((to, date))
    }

    /// Last year, this one and the next.
    fn years(&self) -> std::ops::RangeInclusive<i32> {
        let this = self.today().ymd().0;
        this - 1..=this + 1
    }

    /// The day nearest to today.
    fn nearest(&self, dates: impl Iterator<Item = Date>) -> Option<Date> {
        dates.min_by_key(|d| (d.0 - self.today().0).abs())
    }

    /// `next monday`, `on friday`, `this weekend`, `next week`, `nov 30`, `30 november`, `end of month`.
    fn english_day(&self, i: usize) -> Option<(usize, Date)> {
        if !self.at(i)?.is_ascii_alphanumeric() || self.before(i).is_some_and(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        let today = self.today();
        let monday = today.0 - weekday(today);
        const WHICH: &[(&str, i32)] = &[("next", 1), ("this", 0), ("last", -1), ("on", 9)];
        let which = self.one_of(i, WHICH);
        let at = which.map_or(i, |(to, _)| self.skip(to));
        let named =
            |list: &[&str]| (0..list.len()).find(|n| self.word(at, list[*n])).map(|n| (at + list[n].len(), n as i32));
        let day = named(&WEEKDAYS).or_else(|| which.and_then(|_| named(&SHORT_DAYS)));
        if let Some((to, n)) = day {
            return Some(match which {
                Some((_, week)) if week < 9 => (to, Date(monday + 7 * week + n)),
                _ => (to, Date(today.0 + (n - weekday(today)).rem_euclid(7))),
            });
        }
        match which.map(|(_, w)| w) {
            Some(week @ 0..=1) if self.word(at, "weekend") => {
                return Some((at + 7, Date((monday + 7 * week + 5).max(today.0))));
            }
            Some(1) if self.word(at, "week") => return Some((at + 4, Date(monday + 7))),
            Some(1) if self.word(at, "month") => return Some((at + 5, month_on(today, 1)?)),
            _ => {}
        }
        if let Some((to, ())) = self.one_of(at, &[("end of the month", ()), ("end of month", ())]) {
            return Some((to, month_end(today)?));
        }
        self.english_date(at)
    }

    fn english_date(&self, i: usize) -> Option<(usize, Date)> {
        let month = |i: usize| {
            let found = |(n, name): (usize, &&str)| {
                let word = [name, &name[..3]].into_iter().find(|w| self.word(i, w))?;
                Some((i + word.len(), n as u32 + 1))
            };
            MONTHS.iter().enumerate().find_map(found)
        };
        let day = |i: usize| {
            let (to, n) = self.digits(i, 2)?;
            let ordinal = ["st", "nd", "rd", "th"].into_iter().any(|w| self.starts(to, w));
            Some((to + if ordinal { 2 } else { 0 }, n))
        };
        let (to, month, day) = match month(i) {
            Some((to, m)) => day(self.skip(to)).map(|(to, d)| (to, m, d))?,
            None => {
                let (to, d) = day(i)?;
                month(self.skip(to)).map(|(to, m)| (to, m, d))?
            }
        };
        if self.at(to).is_some_and(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        Some((to, self.nearest(self.years().filter_map(|y| Date::new(y, month, day)))?))
    }
}
