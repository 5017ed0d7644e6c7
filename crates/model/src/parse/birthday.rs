//! Birthdays, solar or lunar, with or without a year.

use super::text::{is_nothing, narrowed, tidy};
use super::{Cell, Problem, Read, date};
use crate::{Birthday, Value};

fn no_birthday() -> Problem {
    Problem::new(
        "看不懂这个生日",
        "This is not a birthday",
        "写成 1990-05-06、5月6日 或 农历八月十五 这样的生日",
        "Write a birthday such as 1990-05-06, 05-06 or 农历八月十五",
    )
}

/// Reads a birthday into its stored text form.
pub(super) fn birthday(cell: &Cell<'_>) -> Result<Read, Problem> {
    let day = match cell {
        Cell::DateTime(d) => Some(d.date()),
        // Older people were born before the range of dates taken for orders.
        Cell::Number(n) if (1.0..10_000.0).contains(n) => Some(crate::Date(n.floor() as i32 - 25_569)),
        Cell::Number(n) => date::from_serial(*n).map(crate::DateTime::date),
        _ => None,
    };
    if let Some(day) = day {
        let (y, m, d) = day.ymd();
        return stored(Birthday::new(Some(y), m, d, false, false));
    }
    let text = match cell {
        Cell::Text(raw) => tidy(raw).to_owned(),
        Cell::Number(n) => super::number_text(*n),
        _ => return Err(no_birthday()),
    };
    if is_nothing(&text) {
        return Ok(Read::NULL);
    }
    let t = narrowed(&text);
    let mut body = t.to_string();
    let mut lunar = false;
    for (word, is_lunar) in
        [("农历", true), ("阴历", true), ("旧历", true), ("公历", false), ("阳历", false), ("新历", false)]
    {
        if let Some(at) = body.find(word) {
            lunar |= is_lunar;
            body.replace_range(at..at + word.len(), "");
        }
    }
    let body = body.trim_matches([' ', ':', '(', ')', '生'].as_slice()).trim_end_matches('日');
    // 正月, 冬月, 腊月 and days such as 初三 exist in the lunar calendar only.
    let lunar = lunar || ["正月", "腊月", "冬月", "初", "廿", "闰"].iter().any(|w| t.contains(w));
    stored(parts(body, lunar))
}

fn stored(b: Option<Birthday>) -> Result<Read, Problem> {
    match b {
        Some(b) if b.year.is_none_or(|y| (1880..=2100).contains(&y)) => Read::plain(Value::Text(b.to_string())),
        _ => Err(no_birthday()),
    }
}

/// Reads `1990年八月初三`, `1990-8-3`, `8-3`, `八月十五`, `闰四月初三`, `19900803`.
fn parts(t: &str, lunar: bool) -> Option<Birthday> {
    let leap = t.contains('闰');
    let t = t.replace('闰', "");
    if let Some((before, day)) = t.split_once('月') {
        let (year, month) = match before.split_once('年') {
            Some((y, m)) => (Some(year_number(y)?), m),
            None => (None, before.trim_start_matches(['-', '/', '.'])),
        };
        let (year, month) = match month.rsplit_once(['-', '/', '.']) {
            Some((y, m)) => (Some(year_number(y)?), m),
            None => (year, month),
        };
        return Birthday::new(year, month_number(month.trim())?, day_number(day.trim())?, lunar, leap);
    }
    if t.len() == 8 && t.bytes().all(|b| b.is_ascii_digit()) {
        return Birthday::new(Some(t[..4].parse().ok()?), t[4..6].parse().ok()?, t[6..].parse().ok()?, lunar, leap);
    }
    if t.len() == 4 && t.bytes().all(|b| b.is_ascii_digit()) {
        return Birthday::new(None, t[..2].parse().ok()?, t[2..].parse().ok()?, lunar, leap);
    }
    // A time of day behind the date says nothing about a birthday.
    let t = t.split([' ', 'T']).next().unwrap_or(&t);
    let mut groups = t.split(['-', '/', '.', '年']).map(|g| g.trim_end_matches('日').parse::<u32>().ok());
    let (a, b, c) = (groups.next()??, groups.next()??, groups.next());
    match c {
        None => Birthday::new(None, a, b, lunar, leap),
        Some(Some(day)) => Birthday::new(Some(full_year(a)), b, day, lunar, leap),
        Some(None) => None,
    }
}

/// Two digits are of the last hundred years.
fn full_year(y: u32) -> i32 {
    match y {
        0..=29 => 2000 + y as i32,
        30..=99 => 1900 + y as i32,
        _ => y as i32,
    }
}

fn year_number(t: &str) -> Option<i32> {
    let t = t.trim();
    if let Ok(n) = t.parse::<u32>() {
        return Some(full_year(n));
    }
    let digits: Option<String> =
        t.chars().map(|c| "〇一二三四五六七八九".chars().position(|d| d == c).map(|d| d.to_string())).collect();
    digits?.parse().ok().filter(|y| *y > 1000)
}

fn month_number(t: &str) -> Option<u32> {
    match t {
        "正" => Some(1),
        "冬" => Some(11),
        "腊" => Some(12),
        _ => small_number(t),
    }
}

fn day_number(t: &str) -> Option<u32> {
    let t = t.trim_end_matches(['日', '号', ' ']);
    let t = t.split([' ', '(']).next()?;
    match t.strip_prefix('初') {
        Some(rest) => small_number(rest),
        None => small_number(t),
    }
}

/// 1 to 39 in digits or Chinese numerals, 廿 and 卅 included.
fn small_number(t: &str) -> Option<u32> {
    if let Ok(n) = t.parse() {
        return Some(n);
    }
    let digit = |c: char| "零一二三四五六七八九".chars().position(|d| d == c).map(|d| d as u32);
    let chars: Vec<char> = t.chars().collect();
    match chars.as_slice() {
        ['十'] => Some(10),
        ['廿'] => Some(20),
        ['卅'] => Some(30),
        [a] => digit(*a).filter(|n| *n > 0),
        ['十', b] => Some(10 + digit(*b)?),
        ['廿', b] => Some(20 + digit(*b)?),
        ['卅', b] => Some(30 + digit(*b)?),
        [a, '十'] => Some(digit(*a)? * 10),
        [a, '十', b] => Some(digit(*a)? * 10 + digit(*b)?),
        _ => None,
    }
}
