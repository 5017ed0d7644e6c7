//! Birthdays, lunar dates and pinyin, by the tables of [`crate::lookups`].

use super::ir::{Rep, Sql};
use super::lower::DAYS;
use super::{Lower, Out};
use crate::lookups::{BLOCK, WIDTH};
use formula::{ErrorValue, Expr as Typed, Func, Type};

/// The parts of a birthday. Year 0 is unknown; of the kinds 0 is solar, 1 lunar, 2 in a leap month.
struct Parts {
    code: Sql,
    year: Sql,
    kind: Sql,
    month: Sql,
    day: Sql,
}

impl Lower<'_> {
    /// AGE and NEXTBIRTHDAY: a birthday, and the as-of day.
    pub(super) fn birthday(&self, f: Func, args: &[Typed]) -> Out {
        let (out, today) = (self.expr(&args[0]), self.expr(&args[1]).v);
        let t = if out.v.rep() == Rep::Text { out.v.clone() } else { self.blank(Rep::Text) };
        let b = self.birthday_parts(&t);
        let v = if f == Func::Age { self.age(&b, today) } else { self.next_birthday(&b, today) };
        let blank = self.blank_test(Type::Text, &t);
        let text = "CASE WHEN {0} IS NULL AND NOT ({1}) THEN {2} END";
        let own = Sql::made(text, vec![b.code, blank, self.code(ErrorValue::Value)], Rep::Int, true).within(0.0, 9.0);
        let strict = out.e.is_none() || out.strict;
        Out { v, e: self.first_error([out.e, Some(own)]), strict }
    }

    /// A stored birthday taken apart; NULL where the text is none.
    fn birthday_parts(&self, t: &Sql) -> Parts {
        let patterns = self.dialect.birthday_patterns().iter().map(|p| self.literal(p));
        let parts = std::iter::once(t.clone()).chain(patterns).collect();
        let most = 9999.0 * 1e6 + 21_231.0;
        let shaped = Sql::made(self.dialect.birthday(), parts, Rep::Int, true).within(0.0, most);
        let part = |code: &Sql, template: &'static str, most| {
            Sql::made(template, vec![code.clone()], Rep::Int, true).within(0.0, most)
        };
        let text = "CASE WHEN {1} BETWEEN 1 AND 12 AND {2} BETWEEN 1 AND CASE WHEN {3} > 0 THEN 30 WHEN {1} = 2 THEN 29 \
                    WHEN {1} IN (4, 6, 9, 11) THEN 30 ELSE 31 END THEN {0} END";
        let (month, day) = (part(&shaped, "{0} / 100 % 100", 99.0), part(&shaped, "{0} % 100", 99.0));
        let kind = part(&shaped, "{0} / 10000 % 100", 2.0);
        let code = Sql::made(text, vec![shaped, month, day, kind], Rep::Int, true).within(0.0, most);
        Parts {
            year: part(&code, "{0} / 1000000", 9999.0),
            kind: part(&code, "{0} / 10000 % 100", 2.0),
            month: part(&code, "{0} / 100 % 100", 12.0),
            day: part(&code, "{0} % 100", 31.0),
            code,
        }
    }

    /// The birthday in a solar year: the 29th of February is the 28th in common years.
    fn solar_birthday(&self, b: &Parts, year: Sql) -> Sql {
        let month = self.whole("{0} * 12 + {1} - 1", vec![year, b.month.clone()], (0.0, 130_000.0));
        let (start, next) = (self.month_start(month.clone()), self.month_start(self.next(month, 1)));
        let text = "{0} + CASE WHEN {2} < {1} - {0} THEN {2} ELSE {1} - {0} END - 1";
        self.made(text, vec![start, next, b.day.clone()], Rep::Int).within(DAYS.0, DAYS.1)
    }

    /// The birthday in a lunar year: a leap month is the plain one in years without it, the 30th the last
    /// day of a short month.
    fn lunar_birthday(&self, b: &Parts, year: &Sql) -> Sql {
        let text = "(SELECT lm.first + CASE WHEN {1} < lm.days THEN {1} ELSE lm.days END - 1 FROM _months AS lm \
                    WHERE lm.year = {3} AND lm.month = {0} AND lm.leap <= {2} - 1 ORDER BY lm.leap DESC LIMIT 1)";
        let parts = vec![b.month.clone(), b.day.clone(), b.kind.clone(), year.clone()];
        Sql::made(text, parts, Rep::Int, true).within(DAYS.0, DAYS.1)
    }

    /// The lunar year of a day.
    fn lunar_year(&self, day: &Sql) -> Sql {
        let text = "(SELECT ly.year FROM _months AS ly WHERE ly.first <= {0} ORDER BY ly.first DESC LIMIT 1)";
        Sql::made(text, vec![day.clone()], Rep::Int, true).within(0.0, 9999.0)
    }

    /// Full years, counted in the birthday's own calendar; blank without a year, and before the birth.
    fn age(&self, b: &Parts, today: Sql) -> Sql {
        let (year, lunar_year) = (self.date_part('y', today.clone()), self.lunar_year(&today));
        let (solar, lunar) = (self.solar_birthday(b, year.clone()), self.lunar_birthday(b, &lunar_year));
        let years = |of: Sql, birthday: Sql| {
            let parts = vec![of, b.year.clone(), today.clone(), birthday];
            self.whole("{0} - {1} - CASE WHEN {2} < {3} THEN 1 ELSE 0 END", parts, (-1e4, 1e4))
        };
        let parts = vec![b.kind.clone(), years(year, solar), years(lunar_year, lunar)];
        let age = Sql::made("CASE WHEN {0} = 0 THEN {1} ELSE {2} END", parts, Rep::Int, true).within(-1e4, 1e4);
        let text = "CASE WHEN {0} > 0 AND {1} >= 0 THEN {1} END";
        Sql::made(text, vec![b.year.clone(), age], Rep::Int, true).within(0.0, 1e4)
    }

    /// The next birthday from the as-of day on.
    fn next_birthday(&self, b: &Parts, today: Sql) -> Sql {
        let (year, lunar_year) = (self.date_part('y', today.clone()), self.lunar_year(&today));
        let after = [self.next(year.clone(), 1), self.next(lunar_year.clone(), 1)];
        let parts = vec![
            b.kind.clone(),
            today,
            self.solar_birthday(b, year),
            self.solar_birthday(b, after[0].clone()),
            self.lunar_birthday(b, &lunar_year),
            self.lunar_birthday(b, &after[1]),
        ];
        let text = "CASE WHEN {0} = 0 THEN CASE WHEN {2} >= {1} THEN {2} ELSE {3} END \
                    WHEN {4} >= {1} THEN {4} ELSE {5} END";
        Sql::made(text, parts, Rep::Int, true).within(DAYS.0, DAYS.1)
    }

    /// Month and day in the lunar calendar.
    pub(super) fn lunar(&self, e: &Typed) -> Out {
        let out = self.number(e);
        let known = calendar::months();
        let (low, high) = known.fold((i64::MAX, i64::MIN), |(low, high), m| {
            (low.min(m.first.0.into()), high.max(i64::from(m.first.0) + i64::from(m.days) - 1))
        });
        // Names of months are cut from a text of three characters each, those of days of two.
        let months: String =
            calendar::MONTHS.iter().map(|m| [m, "  "].concat().chars().take(3).collect::<String>()).collect();
        let parts = vec![
            out.v.clone(),
            self.int(low),
            self.int(high),
            self.literal("闰"),
            self.literal(&months),
            self.literal(&calendar::DAYS.concat()),
        ];
        let text = "CASE WHEN {0} BETWEEN {1} AND {2} THEN (SELECT CASE WHEN lm.leap = 1 THEN {3} ELSE '' END || \
                    trim(substr({4}, CAST(lm.month * 3 - 2 AS INTEGER), 3)) || \
                    substr({5}, CAST(({0} - lm.first) * 2 + 1 AS INTEGER), 2) \
                    FROM _months AS lm WHERE lm.first <= {0} ORDER BY lm.first DESC LIMIT 1) END";
        let v = Sql::made(text, parts, Rep::Text, out.v.null());
        self.or_fail(v, &[out], ErrorValue::Num)
    }

    /// Text with its Chinese characters spelt out, or by the first letters of that.
    pub(super) fn spelt(&self, f: Func, e: &Typed) -> Out {
        let out = self.text(e);
        let (code, rows, all) = self.dialect.characters();
        let cut = if f == Func::Initials { "1" } else { "6" };
        let head = "SELECT lh.reading FROM _heads AS lh WHERE lh.place = s.place AND \
                    lh.head IN (substr({0}, 1, 1), substr({0}, 1, 2)) ORDER BY length(lh.head) DESC LIMIT 1";
        let common = format!("substr(lc.readings, CAST({code} % {BLOCK} * {WIDTH} + 1 AS INTEGER), {WIDTH})");
        let one = format!(
            "coalesce(nullif(trim(substr(coalesce(CASE WHEN s.place <= 2 THEN ({head}) END, {common}), 1, {cut})), ''), s.c)"
        );
        let all = all.replace("{1}", &one);
        let text =
            format!("coalesce((SELECT {all} FROM {rows} LEFT JOIN _chars AS lc ON lc.block = {code} / {BLOCK}), '')");
        let v = Sql::made(text, vec![out.v.clone()], Rep::Text, false);
        self.loosely(v, &[out])
    }
}
