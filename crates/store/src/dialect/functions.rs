//! Functions added to SQLite connections. Each has its twin of plain SQL for PostgreSQL beside its use
//! in [`super::Dialect`]; the random comparison of both engines holds them together.

use model::Date;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

/// A number by its first 15 digits, as Excel sees it: digits × 10^exponent.
struct Decimal {
    negative: bool,
    digits: u128,
    exponent: i32,
}

impl Decimal {
    fn of(x: f64) -> Option<Self> {
        if !x.is_finite() {
            return None;
        }
        let text = format!("{:.14e}", x.abs());
        let (mantissa, exponent) = text.split_once('e')?;
        let digits: u128 = mantissa.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()?;
        Some(Self { negative: x < 0.0, digits, exponent: exponent.parse::<i32>().ok()? - 14 })
    }

    /// Rounded to decimals: 0 to the nearest with halves away from zero, 1 away from zero, 2 towards it.
    fn rounded(mut self, decimals: i32, how: i64) -> Self {
        let drop = -decimals - self.exponent;
        if drop <= 0 {
            return self;
        }
        // 15 digits at most: whatever is dropped beyond 30 leaves nothing.
        let power = 10_u128.pow(drop.min(30).unsigned_abs());
        let (kept, rest) = (self.digits / power, self.digits % power);
        let up = match how {
            0 => rest * 2 >= power,
            1 => rest > 0,
            _ => false,
        };
        self.digits = kept + u128::from(up);
        self.exponent = -decimals;
        self
    }

    fn value(&self) -> f64 {
        let x: f64 = format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(0.0);
        if self.negative && x != 0.0 { -x } else { x }
    }

    /// Digits before and after the point.
    fn split(&self) -> (String, String) {
        let digits = self.digits.to_string();
        match usize::try_from(self.exponent) {
            Ok(zeros) if self.digits > 0 => (digits + &"0".repeat(zeros), String::new()),
            Ok(_) => (digits, String::new()),
            Err(_) => {
                let places = self.exponent.unsigned_abs() as usize;
                let padded = format!("{digits:0>width$}", width = places + 1);
                let (whole, fraction) = padded.split_at(padded.len() - places);
                (whole.to_owned(), fraction.to_owned())
            }
        }
    }
}

fn real(ctx: &Context<'_>, i: usize) -> Option<f64> {
    match ctx.get_raw(i) {
        ValueRef::Integer(n) => Some(n as f64),
        ValueRef::Real(x) => Some(x),
        _ => None,
    }
}

fn whole(ctx: &Context<'_>, i: usize) -> Option<i64> {
    real(ctx, i).map(|x| x as i64)
}

fn text<'a>(ctx: &'a Context<'_>, i: usize) -> Option<&'a str> {
    ctx.get_raw(i).as_str().ok()
}

fn days(ctx: &Context<'_>, i: usize) -> Option<i32> {
    match ctx.get_raw(i) {
        ValueRef::Integer(n) => i32::try_from(n).ok(),
        _ => None,
    }
}

fn month_start(d: Date) -> Date {
    let (_, _, day) = d.ymd();
    Date(d.0 - day as i32 + 1)
}

fn year_start(d: Date) -> Date {
    let (year, _, _) = d.ymd();
    Date::new(year, 1, 1).unwrap_or(d)
}

type Curve = fn(f64) -> f64;

/// Adds the functions to a connection.
pub(crate) fn register(conn: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    // The bundled SQLite is built without its functions of mathematics.
    let curves: [(&str, Curve); 5] =
        [("floor", f64::floor), ("ceil", f64::ceil), ("sqrt", f64::sqrt), ("exp", f64::exp), ("ln", f64::ln)];
    for (name, f) in curves {
        conn.create_scalar_function(name, 1, flags, move |c| Ok(real(c, 0).map(f)))?;
    }
    conn.create_scalar_function("power", 2, flags, |c| Ok(real(c, 0).zip(real(c, 1)).map(|(x, y)| x.powf(y))))?;
    conn.create_scalar_function("kebu_round", 3, flags, |c| {
        let parts = real(c, 0).and_then(Decimal::of).zip(whole(c, 1)).zip(whole(c, 2));
        Ok(parts.map(|((d, n), how)| d.rounded(n.clamp(-400, 400) as i32, how).value()))
    })?;
    conn.create_scalar_function("kebu_snap", 1, flags, |c| Ok(real(c, 0).and_then(Decimal::of).map(|d| d.value())))?;
    conn.create_scalar_function("kebu_text", 1, flags, |c| Ok(real(c, 0).and_then(Decimal::of).map(|d| shown(&d))))?;
    conn.create_scalar_function("kebu_number", 1, flags, |c| Ok(text(c, 0).and_then(number)))?;
    conn.create_scalar_function("kebu_date", 1, flags, |c| Ok(text(c, 0).and_then(date)))?;
    conn.create_scalar_function("kebu_format", 6, flags, |c| {
        let Some(d) = real(c, 0).and_then(Decimal::of) else { return Ok(None) };
        let part = |i| whole(c, i).unwrap_or(0);
        Ok(Some(formatted(d, [part(1), part(2), part(3), part(4)], text(c, 5).unwrap_or(""))))
    })?;
    conn.create_scalar_function("kebu_proper", 1, flags, |c| Ok(text(c, 0).map(proper)))?;
    conn.create_scalar_function("kebu_clean", 1, flags, |c| {
        Ok(text(c, 0).map(|t| t.chars().filter(|c| *c >= ' ').collect::<String>()))
    })?;
    conn.create_scalar_function("kebu_substitute", 4, flags, |c| {
        let parts = text(c, 0).zip(text(c, 1)).zip(text(c, 2)).zip(whole(c, 3));
        Ok(parts.map(|(((t, old), new), n)| substitute(t, old, new, n)))
    })?;
    for (name, first) in [("kebu_month", month_start as fn(Date) -> Date), ("kebu_year", year_start)] {
        conn.create_scalar_function(name, 1, flags, move |c| Ok(days(c, 0).map(|d| first(Date(d)).0)))?;
    }
    conn.create_scalar_function("kebu_birthday", 1, flags, |c| Ok(text(c, 0).and_then(birthday)))?;
    conn.create_scalar_function("kebu_characters", 1, flags, |c| Ok(text(c, 0).map(characters)))?;
    conn.create_scalar_function("kebu_wild", 2, flags, |c| {
        Ok(text(c, 0).zip(text(c, 1)).map(|(t, p)| wild(&t.to_ascii_lowercase(), p)))
    })
}

/// Plain digits without trailing zeros.
fn shown(d: &Decimal) -> String {
    let (whole, fraction) = d.split();
    let fraction = fraction.trim_end_matches('0');
    let sign = if d.negative && d.digits > 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Decimals, decimals kept, digits before the point, 1 for groups of thousands + 2 for per cent.
fn formatted(mut d: Decimal, [decimals, fixed, digits, flags]: [i64; 4], prefix: &str) -> String {
    if flags & 2 != 0 {
        d.exponent += 2;
    }
    let d = d.rounded(decimals as i32, 0);
    let (mut whole, mut fraction) = d.split();
    let (decimals, fixed, digits) = (decimals as usize, fixed as usize, digits as usize);
    fraction = format!("{fraction:0<decimals$}");
    fraction.truncate(decimals);
    while fraction.len() > fixed && fraction.ends_with('0') {
        fraction.pop();
    }
    if digits == 0 {
        whole = whole.trim_start_matches('0').to_owned();
    }
    whole = format!("{whole:0>digits$}");
    if flags & 1 != 0 {
        whole = grouped(&whole);
    }
    let sign = if d.negative && d.digits > 0 { "-" } else { "" };
    let point = if decimals > 0 { "." } else { "" };
    let percent = if flags & 2 != 0 { "%" } else { "" };
    format!("{sign}{prefix}{whole}{point}{fraction}{percent}")
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Text as a number: `-1,234.5`, `12%`, `¥5`, `1e3`.
fn number(text: &str) -> Option<f64> {
    if text.chars().count() > 60 {
        return None;
    }
    let t = text.trim_matches(' ');
    let (t, percent) = t.strip_suffix('%').map_or((t, false), |t| (t, true));
    let (negative, t) = match t.strip_prefix('-') {
        Some(t) => (true, t),
        None => (false, t.strip_prefix('+').unwrap_or(t)),
    };
    let t = t.strip_prefix(['¥', '￥', '$']).unwrap_or(t);
    let (mantissa, exponent) = t.split_once(['e', 'E']).map_or((t, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (1..=3).contains(&first.len()) && rest.iter().all(|g| g.len() == 3 && digits(g));
    let shaped = digits(first) && grouped && fraction.is_none_or(digits);
    if !shaped || whole.is_empty() && fraction.is_none_or(str::is_empty) {
        return None;
    }
    if let Some(e) = exponent {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        if !(1..=2).contains(&e.len()) || !digits(e) {
            return None;
        }
    }
    let plain: String = t.chars().filter(|c| *c != ',').collect();
    let x: f64 = plain.parse().ok()?;
    let x = if percent { x / 100.0 } else { x };
    Some(if negative { -x } else { x })
}

/// Text as a day: `2024-3-5`, `2024/03/05`, `2024年3月5日`.
fn date(text: &str) -> Option<i64> {
    let t = text.trim_matches(' ');
    let t = t.strip_suffix('日').unwrap_or(t);
    let (year, rest) = t.split_once(['-', '/', '年'])?;
    let (month, day) = rest.split_once(['-', '/', '月'])?;
    let part = |s: &str, least: usize, most: usize| {
        let fits = (least..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        if fits { s.parse::<u32>().ok() } else { None }
    };
    let year = part(year, 4, 4).filter(|y| *y >= 1900)?;
    model::Date::new(year as i32, part(month, 1, 2)?, part(day, 1, 2)?).map(|d| d.0.into())
}

/// A birthday as it is stored, as one number; see [`super::Dialect::birthday`].
fn birthday(text: &str) -> Option<i64> {
    let (lunar, rest) = text.strip_prefix("农历").map_or((false, text), |rest| (true, rest));
    let (year, rest) = match rest.get(..5).and_then(|y| y.strip_suffix('-')) {
        Some(year) if rest.len() > 5 => (digits(year)?, &rest[5..]),
        _ => (0, rest),
    };
    let (leap, rest) = rest.strip_prefix('闰').filter(|_| lunar).map_or((false, rest), |rest| (true, rest));
    let (month, day) = rest.split_once('-').filter(|(m, d)| m.len() == 2 && d.len() == 2)?;
    let kind = i64::from(lunar) + i64::from(leap);
    Some(year * 1_000_000 + kind * 10_000 + digits(month)? * 100 + digits(day)?)
}

/// A number written in digits alone.
fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The characters of a text as a list in JSON.
fn characters(text: &str) -> String {
    let list: Vec<String> = text.chars().map(String::from).collect();
    serde_json::Value::from(list).to_string()
}

/// Words with capitals: a letter after anything but a letter is large, all others small.
fn proper(text: &str) -> String {
    let mut after = false;
    text.chars()
        .map(|c| {
            let out = if after { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
            after = c.is_ascii_alphabetic();
            out
        })
        .collect()
}

fn substitute(text: &str, old: &str, new: &str, n: i64) -> String {
    let nth = usize::try_from(n - 1).ok();
    match nth.filter(|_| !old.is_empty()).and_then(|n| text.match_indices(old).nth(n)) {
        Some((at, _)) => [&text[..at], new, &text[at + old.len()..]].concat(),
        None => text.to_owned(),
    }
}

/// Place of the first fit of a pattern with `*`, `?` and `~`, in characters from 1; 0 of none.
fn wild(text: &str, pattern: &str) -> i64 {
    #[derive(Clone, Copy)]
    enum Part {
        Any,
        One,
        Char(char),
    }
    let mut parts = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        parts.push(match c {
            '~' if matches!(chars.peek(), Some('*' | '?' | '~')) => Part::Char(chars.next().unwrap_or('~')),
            '*' => Part::Any,
            '?' => Part::One,
            c => Part::Char(c),
        });
    }
    // Places of the pattern reached after each character, all starts at once.
    let chars: Vec<char> = text.chars().collect();
    (0..=chars.len())
        .find(|&start| {
            let mut reached = vec![false; parts.len() + 1];
            let spread = |r: &mut Vec<bool>| {
                for i in 0..parts.len() {
                    if r[i] && matches!(parts[i], Part::Any) {
                        r[i + 1] = true;
                    }
                }
            };
            reached[0] = true;
            spread(&mut reached);
            for c in &chars[start..] {
                if reached[parts.len()] {
                    break;
                }
                let mut next = vec![false; parts.len() + 1];
                for (i, part) in parts.iter().enumerate().filter(|(i, _)| reached[*i]) {
                    match part {
                        Part::Any => next[i] = true,
                        Part::One => next[i + 1] = true,
                        Part::Char(p) => next[i + 1] |= p == c,
                    }
                }
                reached = next;
                spread(&mut reached);
            }
            reached[parts.len()]
        })
        .map_or(0, |start| start as i64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_by_their_first_digits() {
        for (x, n, how, want) in [
            (2.675, 2, 0, 2.68),
            (-2.5, 0, 0, -3.0),
            (1234.5, -2, 0, 1200.0),
            (0.1 + 0.2, 1, 1, 0.3),
            (1.01, 1, 1, 1.1),
            (-1.99, 0, 2, -1.0),
            (5.0, -3, 0, 0.0),
            (1e-300, 2, 1, 0.01),
        ] {
            assert_eq!(Decimal::of(x).unwrap().rounded(n, how).value(), want, "{x} {n} {how}");
        }
        for (x, want) in [(0.1 + 0.2, "0.3"), (1.0, "1"), (-0.5, "-0.5"), (1e20, "100000000000000000000"), (0.0, "0")] {
            assert_eq!(shown(&Decimal::of(x).unwrap()), want);
        }
    }

    #[test]
    fn texts_become_numbers_and_days() {
        for (t, want) in [
            ("12", Some(12.0)),
            (" -1,234.5 ", Some(-1234.5)),
            ("12%", Some(0.12)),
            ("¥5", Some(5.0)),
            ("1e3", Some(1000.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("1,23", None),
            (".", None),
            ("e5", None),
            ("1e999", None),
            ("abc", None),
            ("inf", None),
        ] {
            assert_eq!(number(t), want, "{t}");
        }
        assert_eq!(date("2024年3月5日"), model::Date::new(2024, 3, 5).map(|d| d.0.into()));
        assert_eq!(date("2024-02-30"), None);
        for (t, want) in [
            ("1990-05-06", Some(1_990_000_506)),
            ("05-06", Some(506)),
            ("农历1990-08-15", Some(1_990_010_815)),
            ("农历08-15", Some(10_815)),
            ("农历2025-闰06-30", Some(2_025_020_630)),
            ("农历闰06-30", Some(20_630)),
            ("闰06-30", None),
            ("1990-5-6", None),
            ("+990-05-06", None),
            ("1990-05-06 ", None),
            ("1990-", None),
            ("", None),
        ] {
            assert_eq!(birthday(t), want, "{t}");
        }
        assert_eq!(wild("abcdef", "c?e"), 3);
        assert_eq!(wild("abcdef", "b*f"), 2);
        assert_eq!(wild("a*b", "~*"), 2);
        assert_eq!(wild("abc", "x"), 0);
    }
}
