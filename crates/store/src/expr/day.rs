//! Days and moments: days since 1970-01-01 and seconds since its beginning. A blank date stays blank.

use super::ir::{Rep, Sql};
use super::lower::{DAYS, SECONDS};
use super::{Lower, Out};
use formula::format::{MomentPart, moment_format};
use formula::{ErrorValue, Expr as Typed, Func, Node};

/// Excel's serial number of 1970-01-01.
const EPOCH: i64 = 25_569;
/// A whole number of weeks that lifts every day above zero.
const WEEKS: i64 = 7_000_000;

impl Lower<'_> {
    pub(super) fn date_call(&self, f: Func, args: &[Typed]) -> Out {
        use Func as F;
        match f {
            F::DateValue => self.date_value(&args[0]),
            F::Date => self.date(args),
            F::FormatMoment => self.format_moment(args),
            F::FromSerial | F::MomentFromSerial => self.of_serial(f, &args[0]),
            _ => {
                let outs = self.numbers(args);
                self.of_days(f, args, outs)
            }
        }
    }

    fn of_days(&self, f: Func, args: &[Typed], outs: Vec<Out>) -> Out {
        use Func as F;
        let d = outs[0].v.clone();
        let v = match f {
            F::Year => self.date_part('y', d),
            F::Month => self.date_part('m', d),
            F::Day => self.date_part('d', d),
            F::Hour | F::Minute | F::Second => self.clock(f, d),
            F::Weekday => self.weekday(d, number(&args[1])),
            F::Weeknum => self.week(d, number(&args[1])),
            F::Serial => return self.serial(&args[0], outs),
            F::NetworkDays => self.network_days(&outs[0].v, &outs[1].v),
            F::DateDif => return self.difference(args, outs),
            _ => return self.months_on(f == F::EoMonth, outs),
        };
        self.strictly(v, &outs)
    }

    pub(super) fn whole(&self, text: &'static str, parts: Vec<Sql>, (lo, hi): (f64, f64)) -> Sql {
        self.made(text, parts, Rep::Int).within(lo, hi)
    }

    pub(super) fn date_part(&self, part: char, d: Sql) -> Sql {
        let most = match part {
            'y' => 9999.0,
            'm' => 12.0,
            _ => 31.0,
        };
        self.made(self.dialect.date_part(part), vec![d], Rep::Int).within(1.0, most)
    }

    fn clock(&self, f: Func, t: Sql) -> Sql {
        // Moments before 1970 are lifted above zero by whole days.
        let lift = self.int(86_400 * 1_000_000);
        let second = self.whole("({0} + {1}) % 86400", vec![t, lift], (0.0, 86_399.0));
        match f {
            Func::Hour => self.whole("{0} / 3600", vec![second], (0.0, 23.0)),
            Func::Minute => self.whole("{0} / 60 % 60", vec![second], (0.0, 59.0)),
            _ => self.whole("{0} % 60", vec![second], (0.0, 59.0)),
        }
    }

    /// The day of a moment, floored.
    pub(super) fn day_of(&self, a: Out) -> Out {
        let parts = vec![a.v.clone(), self.int(86_400 * 20_000_000), self.int(20_000_000)];
        let v = self.whole("({0} + {1}) / 86400 - {2}", parts, DAYS);
        Out { v, ..a }
    }

    /// Day of the week from Monday, 0 to 6.
    fn weekday_index(&self, d: Sql) -> Sql {
        self.whole("({0} + {1}) % 7", vec![d, self.int(WEEKS + 3)], (0.0, 6.0))
    }

    fn weekday(&self, d: Sql, kind: i64) -> Sql {
        let monday = self.weekday_index(d);
        match kind {
            3 => monday,
            _ => {
                let parts = vec![monday, self.int(7 - week_start(kind))];
                self.whole("({0} + {1}) % 7 + 1", parts, (1.0, 7.0))
            }
        }
    }

    /// The first day of a month: months since year 0, less two so that years begin in March.
    pub(super) fn month_start(&self, month: Sql) -> Sql {
        let march = self.whole("{0} - 2", vec![month], (0.0, 130_000.0));
        self.whole(
            "365 * ({0} / 12) + {0} / 48 - {0} / 1200 + {0} / 4800 + (153 * ({0} % 12) + 2) / 5 - 719468",
            vec![march],
            (-800_000.0, 3_000_000.0),
        )
    }

    /// Months since year 0.
    fn month_index(&self, d: &Sql) -> Sql {
        let (y, m) = (self.date_part('y', d.clone()), self.date_part('m', d.clone()));
        self.whole("{0} * 12 + {1} - 1", vec![y, m], (12.0, 120_000.0))
    }

    pub(super) fn next(&self, v: Sql, by: i64) -> Sql {
        let b = v.bounds();
        let n = by as f64;
        self.whole("{0} + {1}", vec![v, self.int(by)], (b.lo + n, b.hi + n))
    }

    fn week(&self, d: Sql, kind: i64) -> Sql {
        if kind == 21 {
            // The week of a day is that of its Thursday.
            let monday = self.weekday_index(d.clone());
            let thursday = self.whole("{0} - {1} + 3", vec![d, monday], DAYS);
            let year = self.date_part('y', thursday.clone());
            let january = self.month_start(self.whole("{0} * 12", vec![year], (12.0, 120_000.0)));
            return self.whole("({0} - {1}) / 7 + 1", vec![thursday, january], (1.0, 53.0));
        }
        let year = self.date_part('y', d.clone());
        let january = self.month_start(self.whole("{0} * 12", vec![year], (12.0, 120_000.0)));
        let first = self.weekday_index(january.clone());
        let start = self.int(7 - week_start(kind));
        self.whole("({0} - {1} + ({2} + {3}) % 7) / 7 + 1", vec![d, january, first, start], (1.0, 54.0))
    }

    /// Excel's serial number of a day or moment.
    fn serial(&self, e: &Typed, outs: Vec<Out>) -> Out {
        let v = outs[0].v.clone();
        let v = if e.ty == formula::Type::DateTime {
            let b = v.bounds();
            let real = self.real(v);
            let epoch = self.float(EPOCH as f64);
            self.made("{0} / 86400 + {1}", vec![real, epoch], Rep::Real).bounded(super::ir::Bounds {
                lo: b.lo / 86_400.0 + 25_569.0,
                hi: b.hi / 86_400.0 + 25_569.0,
                tiny: 1e-12,
            })
        } else {
            self.next(v, EPOCH)
        };
        self.strictly(v, &outs)
    }

    fn of_serial(&self, f: Func, e: &Typed) -> Out {
        let out = self.number(e);
        let x = self.real(out.v.clone());
        let (least, most) = (self.float(0.0), self.float(2_958_466.0));
        let ok =
            Sql::made("CASE WHEN {0} >= {1} AND {0} < {2} THEN {0} END", vec![x, least, most], Rep::Real, out.v.null());
        let v = if f == Func::FromSerial {
            let parts = vec![ok, self.int(EPOCH)];
            Sql::made("CAST(floor({0}) AS BIGINT) - {1}", parts, Rep::Int, out.v.null()).within(-25_569.0, DAYS.1)
        } else {
            let seconds = Sql::made("{0} * 86400", vec![ok], Rep::Real, out.v.null());
            let near = Sql::made(self.dialect.nearest(), vec![seconds], Rep::Real, out.v.null());
            let parts = vec![near, self.int(EPOCH * 86_400)];
            Sql::made("CAST({0} AS BIGINT) - {1}", parts, Rep::Int, out.v.null())
                .within(-25_569.0 * 86_400.0, SECONDS.1)
        };
        self.or_fail(v, &[out], ErrorValue::Num)
    }

    fn date_value(&self, e: &Typed) -> Out {
        let out = self.expr(e);
        let t = if out.v.rep() == Rep::Text { out.v.clone() } else { self.blank(Rep::Text) };
        let v = match self.dialect.date_parts() {
            None => Sql::made("kebu_date({0})", vec![t.clone()], Rep::Int, true),
            Some((parts, pattern)) => {
                let pattern = self.literal(pattern);
                let [y, m, d] =
                    parts.map(|p| Sql::made(p, vec![t.clone(), pattern.clone()], Rep::Int, true).within(0.0, 9999.0));
                let month =
                    Sql::made("{0} * 12 + {1} - 1", vec![y.clone(), m.clone()], Rep::Int, true).within(0.0, 120_100.0);
                let start = self.month_start(month.clone());
                let end = self.month_start(self.next(month, 1));
                let text = "CASE WHEN {0} >= 1900 AND {1} BETWEEN 1 AND 12 AND {2} BETWEEN 1 AND {4} - {3} THEN {3} + {2} - 1 END";
                Sql::made(text, vec![y, m, d, start, end], Rep::Int, true)
            }
        };
        let v = v.within(DAYS.0, DAYS.1);
        // A blank text is a blank date.
        let blank = self.blank_test(formula::Type::Text, &t);
        let text = "CASE WHEN {0} IS NULL AND NOT ({1}) THEN {2} END";
        let own = Sql::made(text, vec![v.clone(), blank, self.code(ErrorValue::Value)], Rep::Int, true);
        let strict = out.e.is_none() || out.strict;
        Out { v, e: self.first_error([out.e, Some(own)]), strict }
    }

    /// DATE: months and days beyond their range run over into the next.
    fn date(&self, args: &[Typed]) -> Out {
        let outs = self.numbers(args);
        let [y, m, d] = [0, 1, 2].map(|i| self.clamped(outs[i].v.clone(), -4_000_000, 4_000_000));
        let year = self.whole("CASE WHEN {0} BETWEEN 0 AND 1899 THEN {0} + 1900 ELSE {0} END", vec![y], (-4e6, 4e6));
        let month = self.whole("{0} * 12 + {1} - 1", vec![year.clone(), m], (-6e7, 6e7));
        let in_calendar = self.clamped(month.clone(), 12, 120_011);
        let start = self.month_start(in_calendar);
        let day = self.whole("{0} + {1} - 1", vec![start, d], (-5e6, 8e6));
        let (least, most) = (self.int(1 - EPOCH), self.int(DAYS.1 as i64));
        let text = "CASE WHEN {0} >= 0 AND {1} BETWEEN 12 AND 120011 AND {2} BETWEEN {3} AND {4} THEN {2} END";
        let v = Sql::made(text, vec![year, month, day, least, most], Rep::Int, outs.iter().any(|o| o.v.null()));
        self.or_fail(v.within(1.0 - EPOCH as f64, DAYS.1), &outs, ErrorValue::Num)
    }

    /// EDATE and EOMONTH.
    fn months_on(&self, end: bool, outs: Vec<Out>) -> Out {
        let d = outs[0].v.clone();
        let n = self.clamped(outs[1].v.clone(), -200_000, 200_000);
        let month = self.whole("{0} + {1}", vec![self.month_index(&d), n], (-4e5, 4e5));
        let inside = self.clamped(month.clone(), 12, 119_999);
        let (start, next) = (self.month_start(inside.clone()), self.month_start(self.next(inside, 1)));
        let null = outs.iter().any(|o| o.v.null());
        let text = if end {
            "CASE WHEN {0} BETWEEN 12 AND 119987 THEN {2} - 1 WHEN {0} = 119987 THEN {2} - 1 END"
        } else {
            "CASE WHEN {0} BETWEEN 12 AND 119987 THEN {1} + CASE WHEN {3} < {2} - {1} THEN {3} ELSE {2} - {1} END - 1 END"
        };
        let day = self.date_part('d', d);
        let v = Sql::made(text, vec![month, start, next, day], Rep::Int, null).within(DAYS.0, DAYS.1);
        self.or_fail(v, &outs, ErrorValue::Num)
    }

    fn difference(&self, args: &[Typed], outs: Vec<Out>) -> Out {
        let Node::Text(unit) = &args[2].node else { return outs[0].clone() };
        let (a, b) = (outs[0].v.clone(), outs[1].v.clone());
        let (da, db) = (self.date_part('d', a.clone()), self.date_part('d', b.clone()));
        let (ma, mb) = (self.month_index(&a), self.month_index(&b));
        let months = self.whole(
            "{0} - {1} - CASE WHEN {2} < {3} THEN 1 ELSE 0 END",
            vec![mb.clone(), ma.clone(), db.clone(), da.clone()],
            (-2e5, 2e5),
        );
        let text_days = (-4e6, 4e6);
        let days = match unit.as_str() {
            "Y" => self.whole("{0} / 12", vec![months], (-2e5, 2e5)),
            "M" => months,
            "YM" => self.whole("{0} % 12", vec![months], (-12.0, 12.0)),
            "MD" => {
                // Days since the same day of this month, or of the one before.
                let before =
                    self.whole("{0} - CASE WHEN {1} < {2} THEN 1 ELSE 0 END", vec![mb, db, da.clone()], (0.0, 1.3e5));
                let start = self.month_start(self.clamped(before, 12, 120_000));
                self.whole("{0} - ({1} + {2} - 1)", vec![b.clone(), start, da], text_days)
            }
            "YD" => {
                // Days since the anniversary, in this year or the one before.
                let whole_years = self.whole("{0} / 12 * 12", vec![months], (-2e5, 2e5));
                let month = self.whole("{0} + {1}", vec![ma, whole_years], (-3e5, 3e5));
                let start = self.month_start(self.clamped(month, 12, 120_000));
                self.whole("{0} - ({1} + {2} - 1)", vec![b.clone(), start, da], text_days)
            }
            _ => self.whole("{0} - {1}", vec![b.clone(), a.clone()], text_days),
        };
        let null = a.null() || b.null();
        let v = Sql::made("CASE WHEN {0} <= {1} THEN {2} END", vec![a, b, days], Rep::Int, null).within(-4e6, 4e6);
        self.or_fail(v, &outs[..2], ErrorValue::Num)
    }

    /// Working days of both ends and between, with the State Council's holidays and make-up days.
    fn network_days(&self, a: &Sql, b: &Sql) -> Sql {
        let low = self.made("CASE WHEN {0} <= {1} THEN {0} ELSE {1} END", vec![a.clone(), b.clone()], Rep::Int);
        let high = self.made("CASE WHEN {0} <= {1} THEN {1} ELSE {0} END", vec![a.clone(), b.clone()], Rep::Int);
        let until = |d: Sql, more: i64| {
            let z = self.whole("{0} + {1}", vec![d, self.int(WEEKS + 3 + more)], (1e6, 1.2e7));
            self.whole("{0} / 7 * 5 + CASE WHEN {0} % 7 < 5 THEN {0} % 7 + 1 ELSE 5 END", vec![z], (1e6, 1.2e7))
        };
        let days: Vec<String> =
            formula::workdays::special().map(|(day, change)| format!("({day}, {change})")).collect();
        let adjusted = format!(
            "coalesce((SELECT sum(s.column2) FROM (VALUES {}) AS s WHERE s.column1 BETWEEN {{0}} AND {{1}}), 0)",
            days.join(", ")
        );
        let adjusted = self.made(adjusted, vec![low.clone(), high.clone()], Rep::Int);
        let parts = vec![until(high, 0), until(low, -1), adjusted, a.clone(), b.clone()];
        let text = "CASE WHEN {3} <= {4} THEN CAST({0} - {1} + {2} AS BIGINT) ELSE CAST({1} - {0} - {2} AS BIGINT) END";
        self.made(text, parts, Rep::Int).within(-4e6, 4e6)
    }

    fn format_moment(&self, args: &[Typed]) -> Out {
        let out = self.number(&args[0]);
        let Node::Text(format) = &args[1].node else { return out };
        let parts = moment_format(format).unwrap_or_default();
        let day = self.day_of(out.clone()).v;
        let monday = self.weekday_index(day.clone());
        let mut texts: Vec<Sql> = Vec::new();
        for part in &parts {
            texts.push(self.moment_part(part, &out.v, &day, &monday));
        }
        let places: Vec<String> = (0..texts.len()).map(|i| format!("{{{i}}}")).collect();
        let v = if texts.len() == 1 { texts[0].clone() } else { self.made(places.join(" || "), texts, Rep::Text) };
        self.strictly(v, &[out])
    }

    fn moment_part(&self, part: &MomentPart, t: &Sql, day: &Sql, monday: &Sql) -> Sql {
        use MomentPart as P;
        let padded = |v: Sql, digits: u8| match digits {
            1 => self.made("CAST({0} AS TEXT)", vec![v], Rep::Text),
            n => {
                let width = Sql::made(n.to_string(), Vec::new(), Rep::Int, false);
                self.made(self.dialect.padded(), vec![v, width], Rep::Text)
            }
        };
        let clock = |f: Func| self.clock(f, t.clone());
        match part {
            P::Text(s) => self.literal(s),
            P::Year(2) => padded(self.whole("{0} % 100", vec![self.date_part('y', day.clone())], (0.0, 99.0)), 2),
            P::Year(n) => padded(self.date_part('y', day.clone()), *n),
            P::Month(n) => padded(self.date_part('m', day.clone()), *n),
            P::Day(n) => padded(self.date_part('d', day.clone()), *n),
            P::Minute(n) => padded(clock(Func::Minute), *n),
            P::Second(n) => padded(clock(Func::Second), *n),
            P::Hour(n, false) => padded(clock(Func::Hour), *n),
            P::Hour(n, true) => padded(self.whole("({0} + 11) % 12 + 1", vec![clock(Func::Hour)], (1.0, 12.0)), *n),
            P::Half => self.made("CASE WHEN {0} < 12 THEN 'AM' ELSE 'PM' END", vec![clock(Func::Hour)], Rep::Text),
            P::MonthName(long) => self.picked(self.date_part('m', day.clone()), 1, &MONTHS, *long),
            P::DayName(long) => self.picked(monday.clone(), 0, &WEEKDAYS, *long),
            P::Weekday(long) => {
                let sign = self.picked(monday.clone(), 0, &["一", "二", "三", "四", "五", "六", "日"], true);
                if *long { self.made("{1} || {0}", vec![sign, self.literal("星期")], Rep::Text) } else { sign }
            }
        }
    }

    /// A name from a list by number; the first three letters unless `long`.
    fn picked(&self, n: Sql, from: i64, names: &[&str], long: bool) -> Sql {
        let mut text = String::from("CASE {0}");
        let mut parts = vec![n];
        for (i, name) in names.iter().enumerate() {
            text.push_str(&format!(" WHEN {} THEN {{{}}}", i as i64 + from, parts.len()));
            parts.push(self.literal(if long { name } else { &name[..3] }));
        }
        text.push_str(" END");
        self.made(text, parts, Rep::Text)
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn number(e: &Typed) -> i64 {
    match e.node {
        Node::Int(n) => n,
        _ => 1,
    }
}

/// The day weeks begin with, from Monday, of Excel's types 1, 2 and 11 to 17.
fn week_start(kind: i64) -> i64 {
    match kind {
        1 => 6,
        2 => 0,
        kind => (kind - 11).rem_euclid(7),
    }
}
