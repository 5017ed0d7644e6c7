//! Days and moments as people and spreadsheets write them.

use super::text::{is_nothing, narrowed, tidy};
use super::{Cell, Ctx, Note, Problem, ProblemKind, Read};
use crate::{Date, DateTime, Value};

/// Day number of Excel's 1900 system for 1970-01-01.
const EXCEL_EPOCH: i32 = 25_569;
/// Excel day numbers taken for dates: 1927-05-18 to 2199-12-31.
const SERIALS: std::ops::RangeInclusive<i32> = 10_000..=109_574;

fn no_date() -> Problem {
    Problem::new(
        "看不懂这个日期",
        "This is not a date",
        "写成 2024-03-05 或 2024年3月5日 这样的日期",
        "Write a date such as 2024-03-05",
    )
}

fn no_such_day() -> Problem {
    Problem::new(
        "没有这一天",
        "There is no such day",
        "检查月和日，例如 2 月没有 30 日",
        "Check month and day; February has no 30th, for example",
    )
}

fn year_missing() -> Problem {
    Problem {
        kind: ProblemKind::YearMissing,
        reason: Note::new("日期没有写年份", "The date lacks its year"),
        cure: Note::new("在导入时选择年份，或在表中补上年份", "Choose the year when importing, or add it in the sheet"),
    }
}

/// Reads a day; a time of day is dropped.
pub(super) fn day(cell: &Cell<'_>, ctx: &Ctx) -> Result<Read, Problem> {
    let read = moment(cell, ctx)?;
    let value = match read.value {
        Value::DateTime(d) => Value::Date(d.date()),
        other => other,
    };
    Ok(Read { value, note: read.note })
}

/// Reads a moment; a day alone is its midnight.
pub(super) fn moment(cell: &Cell<'_>, ctx: &Ctx) -> Result<Read, Problem> {
    match cell {
        Cell::DateTime(d) => Read::plain(Value::DateTime(*d)),
        Cell::Number(n) => {
            if let Some(d) = from_serial(*n) {
                return Read::plain(Value::DateTime(d));
            }
            compact_digits(&super::number_text(*n)).ok_or_else(no_date).and_then(|d| Read::plain(Value::DateTime(d)))
        }
        Cell::Text(raw) => {
            let t = tidy(raw);
            if let Some(d) = iso(t.as_bytes()) {
                return Read::plain(Value::DateTime(d));
            }
            if is_nothing(t) {
                return Ok(Read::NULL);
            }
            written(t, ctx)
        }
        _ => Err(no_date()),
    }
}

/// The moment of an Excel day number of the 1900 system, rounded to seconds.
pub(super) fn from_serial(n: f64) -> Option<DateTime> {
    if !SERIALS.contains(&(n.floor().clamp(0.0, 1e9) as i32)) {
        return None;
    }
    let seconds = (n * 86_400.0).round() as i64;
    Some(DateTime(seconds - i64::from(EXCEL_EPOCH) * 86_400))
}

fn two(b: &[u8]) -> Option<u32> {
    let (hi, lo) = (b[0].wrapping_sub(b'0'), b[1].wrapping_sub(b'0'));
    (hi < 10 && lo < 10).then(|| u32::from(hi) * 10 + u32::from(lo))
}

/// `2024-03-05`, `2024/03/05`, and the same with ` 14:20` or `T14:20:30` behind.
fn iso(b: &[u8]) -> Option<DateTime> {
    if b.len() < 10 || !matches!(b[4], b'-' | b'/') || b[7] != b[4] {
        return None;
    }
    let date = civil(two(b)? as i32 * 100 + two(&b[2..])? as i32, two(&b[5..])?, two(&b[8..])?)?;
    let (h, m, s) = match b.len() {
        10 => return Some(date.start()),
        16 => (two(&b[11..])?, two(&b[14..])?, 0),
        19 if b[16] == b':' => (two(&b[11..])?, two(&b[14..])?, two(&b[17..])?),
        _ => return None,
    };
    if !matches!(b[10], b' ' | b'T') || b[13] != b':' {
        return None;
    }
    DateTime::new(date, h, m, s)
}

/// The day of a year, month and day of month. The days-from-civil rule of Howard Hinnant's
/// "chrono-compatible low-level date algorithms" rather than a library call, for it runs on every row.
pub(super) fn civil(year: i32, month: u32, day: u32) -> Option<Date> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if day == 0 || day > last || !(1800..=9999).contains(&year) {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month as i32 + 9) % 12) + 2) / 5 + day as i32 - 1;
    Some(Date(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468))
}

/// A run of digits that is a whole date: 20240305, 202403051420, 20240305142030.
fn compact_digits(t: &str) -> Option<DateTime> {
    let b = t.as_bytes();
    if !matches!(b.len(), 8 | 12 | 14) || !b.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let year = two(b)? as i32 * 100 + two(&b[2..])? as i32;
    let date = civil(year, two(&b[4..])?, two(&b[6..])?)?;
    let part = |at: usize| if b.len() > at { two(&b[at..]) } else { Some(0) };
    DateTime::new(date, part(8)?, part(10)?, part(12)?)
}

/// The words of relative days, as days from today.
const RELATIVE: &[(&str, i32)] = &[
    ("今天", 0),
    ("今日", 0),
    ("昨天", -1),
    ("昨日", -1),
    ("前天", -2),
    ("明天", 1),
    ("明日", 1),
    ("后天", 2),
    ("today", 0),
    ("yesterday", -1),
    ("tomorrow", 1),
];

fn written(t: &str, ctx: &Ctx) -> Result<Read, Problem> {
    let lower = narrowed(t).trim().to_lowercase();
    if let Some((word, days)) = RELATIVE.iter().find(|(w, _)| lower.starts_with(w)) {
        let (h, m, s) = time_of(&lower[word.len()..]).ok_or_else(no_date)?;
        let at = DateTime::new(Date(ctx.today.0 + days), h, m, s).ok_or_else(no_date)?;
        return Read::plain(Value::DateTime(at));
    }
    if let Some(d) = compact_digits(&lower) {
        return Read::plain(Value::DateTime(d));
    }
    if let Some(d) = lower.parse().ok().and_then(from_serial) {
        return Read::plain(Value::DateTime(d));
    }
    let Some((groups, rest)) = date_groups(&lower) else {
        return said(t, ctx).ok_or_else(no_date).and_then(|d| Read::plain(Value::DateTime(d)));
    };
    let (h, m, s) = time_of(rest).ok_or_else(no_date)?;
    let (date, note) = assemble(&groups, ctx)?;
    let at = DateTime::new(date, h, m, s).ok_or_else(no_date)?;
    Ok(Read { value: Value::DateTime(at), note })
}

/// A day as people say it, alone or before a time of day: 下周一, 月底, 3天后, 下周三 14:30. A weekday alone is the next one.
/// Only where somebody writes now, whose year is known: in a sheet from elsewhere 周三 is a day of delivery, no date.
fn said(t: &str, ctx: &Ctx) -> Option<DateTime> {
    ctx.year?;
    let raw: Vec<char> = narrowed(t).trim().to_lowercase().chars().collect();
    let (to, date) = super::note::day_at_start(&raw, ctx.today)?;
    let rest: String = raw[to..].iter().collect();
    let (h, m, s) = time_of(&rest)?;
    DateTime::new(date, h, m, s)
}

/// Digit groups of a date, each with its count of digits, and how many there are.
struct Groups {
    value: [u32; 3],
    digits: [usize; 3],
    count: usize,
    /// 年 or 月 was written.
    words: bool,
}

/// Splits the date part from a text: its groups and what follows.
fn date_groups(t: &str) -> Option<(Groups, &str)> {
    let mut g = Groups { value: [0; 3], digits: [0; 3], count: 0, words: false };
    let mut rest = t;
    while g.count < 3 {
        let n = rest.bytes().take_while(u8::is_ascii_digit).count();
        if n == 0 || n > 4 {
            break;
        }
        // Digits before a colon are an hour.
        if g.count >= 2 && rest[n..].starts_with(':') {
            break;
        }
        g.value[g.count] = rest[..n].parse().ok()?;
        g.digits[g.count] = n;
        g.count += 1;
        rest = &rest[n..];
        let after = rest.trim_start();
        let Some(c) = after.chars().next() else {
            rest = "";
            break;
        };
        match c {
            '年' | '月' => {
                g.words = true;
                rest = after[c.len_utf8()..].trim_start();
            }
            '日' | '号' => {
                rest = &after[c.len_utf8()..];
                break;
            }
            '-' | '/' | '.' if g.count < 3 => rest = after[1..].trim_start(),
            _ => break,
        }
    }
    (g.count >= 2).then_some((g, rest))
}

fn assemble(g: &Groups, ctx: &Ctx) -> Result<(Date, Option<Note>), Problem> {
    let [a, b, c] = g.value;
    let found = |y: i32, m: u32, d: u32| civil(y, m, d).ok_or_else(no_such_day);
    if g.count == 2 {
        if g.digits[0] == 4 {
            let note = Note::new("只写了年月，按当月 1 日读入", "Only year and month: read as the first of the month");
            return Ok((found(a as i32, b, 1)?, Some(note)));
        }
        // Refuse 13月5日 before asking for a year.
        found(2000, a, b)?;
        let year = ctx.year.ok_or_else(year_missing)?;
        return Ok((found(year, a, b)?, None));
    }
    if g.digits[0] == 4 {
        return Ok((found(a as i32, b, c)?, None));
    }
    if g.digits[2] == 4 {
        let (month, day) = if a > 12 { (b, a) } else { (a, b) };
        let note = if a <= 12 && b <= 12 && a != b {
            Some(Note::new("按“月/日/年”读入", "Read as month/day/year"))
        } else {
            None
        };
        return Ok((found(c as i32, month, day)?, note));
    }
    if g.digits[0] == 2 {
        let year = if a < 70 { 2000 + a } else { 1900 + a };
        return Ok((found(year as i32, b, c)?, None));
    }
    Err(no_date())
}

/// The time of day in what follows a date; midnight for nothing. Zones and weekdays are skipped, for
/// the wall clock is what counts. None if it is something else.
fn time_of(t: &str) -> Option<(u32, u32, u32)> {
    let mut t = t.trim_start_matches([' ', 't', ',', '(', '日', '-']);
    if let Some(after) = t.strip_prefix("星期").or_else(|| t.strip_prefix('周')) {
        t = after.trim_start_matches(['一', '二', '三', '四', '五', '六', '日', '天', ')', ' ']);
    }
    let (mut afternoon, mut morning) = (false, false);
    for (word, pm) in
        [("上午", false), ("早上", false), ("凌晨", false), ("下午", true), ("晚上", true), ("中午", true)]
    {
        if let Some(after) = t.strip_prefix(word) {
            (afternoon, morning, t) = (pm, !pm, after.trim_start());
        }
    }
    t = t.trim_end();
    if t.is_empty() {
        return Some((0, 0, 0));
    }
    let mut parts = [0u32; 3];
    let mut count = 0;
    while count < 3 {
        let n = t.bytes().take_while(u8::is_ascii_digit).count();
        if n == 0 || n > 2 {
            break;
        }
        parts[count] = t[..n].parse().ok()?;
        count += 1;
        t = &t[n..];
        match t.chars().next() {
            Some(c @ (':' | '时' | '点' | '分' | '秒')) => t = &t[c.len_utf8()..],
            _ => break,
        }
    }
    if count == 0 {
        return None;
    }
    if let Some(fraction) = t.strip_prefix('.') {
        t = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    t = t.trim_start();
    for (word, pm) in [("am", false), ("pm", true), ("上午", false), ("下午", true)] {
        if let Some(after) = t.strip_prefix(word) {
            (afternoon, morning, t) = (pm, !pm, after);
        }
    }
    let zone =
        t.trim_start().strip_prefix(['+', '-']).is_some_and(|z| z.bytes().all(|b| b.is_ascii_digit() || b == b':'));
    if !(t.trim().is_empty() || t.trim() == "z" || t.trim() == "utc" || t.trim() == "半" || zone) {
        return None;
    }
    if t.trim() == "半" {
        parts[1] = 30;
    }
    match parts[0] {
        12 if morning => parts[0] = 0,
        h if afternoon && h < 12 => parts[0] = h + 12,
        _ => {}
    }
    Some((parts[0], parts[1], parts[2]))
}
