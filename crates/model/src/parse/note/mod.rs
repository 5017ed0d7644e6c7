//! A note in one line: what was said, and what is to be done when.
//!
//! `明天下午电话 确认尺码` is a plan: call tomorrow at 14:00, to confirm the size. Times that lie ahead are
//! follow-ups, times gone by say when it was. Only words at the ends of the line that are understood whole leave the
//! text; everything else stays in it word for word.

mod around;
mod clock;
mod day;
mod scan;
#[cfg(test)]
mod tests;

use crate::builtin::{FEEDBACK, PLAN, TALK};
use crate::{Date, DateTime};
use scan::{Scan, english};

/// The hour of a day to come that names none.
pub const DAY_HOUR: u32 = 9;

/// What not to look for, because a person took it away again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Without {
    /// Times ahead.
    pub ahead: bool,
    /// Times gone by.
    pub past: bool,
    /// Ways of talking.
    pub way: bool,
    /// Kinds of interactions.
    pub kind: bool,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineNote {
    /// When it was, where the line says so.
    pub at: Option<DateTime>,
    /// The kind of the interaction: an option of the field `kind`.
    pub kind: &'static str,
    /// How they talked: an option of the field `way`.
    pub way: Option<&'static str>,
    /// When to follow up.
    pub follow_up: Option<DateTime>,
    /// How to follow up: an option of the field `follow_up_way`.
    pub follow_up_way: Option<&'static str>,
    /// The rest of the line, a part of it as written.
    pub content: String,
}

/// Something understood in a line, from one character to before another.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Token {
    from: usize,
    to: usize,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Ahead(DateTime),
    Past(DateTime),
    Way(&'static str),
    Kind(&'static str),
}

/// Words for ways of talking, longer ones first, and the option each stands for.
const WAYS: &[(&str, &str)] = &[
    ("打了个电话", "电话"),
    ("打过电话", "电话"),
    ("打了电话", "电话"),
    ("打个电话", "电话"),
    ("视频会议", "会议"),
    ("打电话", "电话"),
    ("回电话", "电话"),
    ("通电话", "电话"),
    ("来电话", "电话"),
    ("发微信", "微信"),
    ("发短信", "短信"),
    ("发邮件", "邮件"),
    ("来店里", "到店"),
    ("到店里", "到店"),
    ("上门", "上门"),
    ("拜访", "上门"),
    ("登门", "上门"),
    ("家访", "上门"),
    ("电话", "电话"),
    ("致电", "电话"),
    ("来电", "电话"),
    ("回电", "电话"),
    ("通话", "电话"),
    ("微信", "微信"),
    ("到店", "到店"),
    ("来店", "到店"),
    ("进店", "到店"),
    ("短信", "短信"),
    ("邮件", "邮件"),
    ("会议", "会议"),
    ("开会", "会议"),
];

/// English words for ways of talking.
const ENGLISH_WAYS: &[(&str, &str)] = &[
    ("in store", "到店"),
    ("phoned", "电话"),
    ("called", "电话"),
    ("call", "电话"),
    ("phone", "电话"),
    ("ring", "电话"),
    ("wechat", "微信"),
    ("visited", "上门"),
    ("visit", "上门"),
    ("text", "短信"),
    ("sms", "短信"),
    ("e-mail", "邮件"),
    ("email", "邮件"),
    ("mail", "邮件"),
    ("meeting", "会议"),
    ("meet", "会议"),
];

/// Words that name the kind of an interaction when the line begins with them.
const KINDS: &[(&str, &str)] = &[
    ("投诉", FEEDBACK[1]),
    ("反馈", FEEDBACK[0]),
    ("回访", "回访"),
    ("complaint", FEEDBACK[1]),
    ("feedback", FEEDBACK[0]),
];

/// Beginnings that make a line a plan wherever its time stands.
const REMINDERS: &[&str] = &["记得", "提醒", "待办", "别忘", "remember", "remind", "todo"];

/// The day a text begins with, as people say it, and how many characters that takes.
pub(super) fn day_at_start(text: &[char], today: Date) -> Option<(usize, Date)> {
    let day = Scan::new(text, today.start()).day(0).filter(|d| d.part.is_none())?;
    Some((day.to, day.date))
}

/// Reads a line written at a moment of the wall clock.
///
/// A day without a time of day is 9:00; 早上 is 8:00, 上午 (morning) 10:00, 中午 (noon) 12:00, 下午 (afternoon) 14:00,
/// 傍晚 18:00, 晚上 (evening, night) 20:00; a day gone by is its noon. An hour from 1 to 6 without a part of the day is
/// in the afternoon. Of a date without its year the nearest is meant.
pub fn note(line: &str, now: DateTime, without: Without) -> LineNote {
    let raw: Vec<char> = line.chars().collect();
    let scan = Scan::new(&raw, now);
    let tokens = tokens(&scan, without);
    let (from, to) = kept(&scan, &tokens);
    let mut out = LineNote {
        at: None,
        kind: TALK,
        way: None,
        follow_up: None,
        follow_up_way: None,
        content: raw[from..to].iter().collect::<String>().trim().to_owned(),
    };
    for t in &tokens {
        match t.what {
            What::Ahead(at) => out.follow_up = Some(at),
            What::Past(at) => out.at = Some(at),
            What::Kind(kind) => out.kind = kind,
            // What comes behind a time ahead says how to follow up.
            What::Way(way) if out.follow_up.is_some() => out.follow_up_way = out.follow_up_way.or(Some(way)),
            What::Way(way) => out.way = out.way.or(Some(way)),
        }
    }
    let reminded = REMINDERS.iter().any(|w| scan.starts(0, w));
    let planned = begins_ahead(&scan, &tokens) || reminded && out.follow_up.is_some();
    if planned && out.at.is_none() {
        out.kind = PLAN;
        // Nobody has talked yet: whatever way is named is that of the follow-up.
        out.follow_up_way = out.follow_up_way.or(out.way.take());
    }
    out
}

/// Whether a line begins with a time ahead, or with a way and its time: call tomorrow.
fn begins_ahead(scan: &Scan<'_>, tokens: &[Token]) -> bool {
    let begins = tokens.first().is_some_and(|t| scan.blank(0, t.from));
    begins
        && match tokens {
            [Token { what: What::Ahead(_), .. }, ..] => true,
            [way, time, ..] => {
                matches!((way.what, time.what), (What::Way(_), What::Ahead(_))) && scan.spaces(way.to, time.from)
            }
            _ => false,
        }
}

/// What is understood, in its order: one time ahead, one gone by, at most two ways, one kind.
fn tokens(scan: &Scan<'_>, without: Without) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut i = 0;
    while i < scan.len() {
        if let Some(to) = no_plan(scan, i) {
            i = to;
            continue;
        }
        let found = token_at(scan, i, without, &out);
        match found {
            Some(token) => {
                i = token.to;
                out.push(token);
            }
            None => i += 1,
        }
    }
    out
}

/// Where something ends that says nothing of this note: a time that comes again and again, or one at which nothing is to
/// be done, or a way not to be taken.
fn no_plan(scan: &Scan<'_>, i: usize) -> Option<usize> {
    match scan.when(i) {
        Some((to, at)) => (scan.repeats(i) || at > scan.now && scan.negated(to)).then_some(to),
        None => way_at(scan, i).filter(|_| scan.refused(i)).map(|(to, _)| to),
    }
}

fn token_at(scan: &Scan<'_>, i: usize, without: Without, before: &[Token]) -> Option<Token> {
    let token = |to: usize, what: What| Some(Token { from: i, to, what });
    let has = |test: fn(&What) -> bool| before.iter().any(|t| test(&t.what));
    if let Some((to, at)) = scan.when(i) {
        let ahead = at > scan.now;
        let known = if ahead { has(|w| matches!(w, What::Ahead(_))) } else { has(|w| matches!(w, What::Past(_))) };
        if !known && !(if ahead { without.ahead } else { without.past }) {
            return token(scan.until(to), if ahead { What::Ahead(at) } else { What::Past(at) });
        }
    }
    if !without.kind
        && before.iter().all(|t| matches!(t.what, What::Past(_)))
        && scan.blank(before.last().map_or(0, |t| t.to), i)
        && let Some((word, kind)) = KINDS.iter().find(|(w, _)| scan.word(i, w))
    {
        return token(i + word.chars().count(), What::Kind(kind));
    }
    if !without.way
        && let Some((to, way)) = way_at(scan, i)
    {
        return token(to, What::Way(way));
    }
    None
}

fn way_at(scan: &Scan<'_>, i: usize) -> Option<(usize, &'static str)> {
    let (word, way) =
        WAYS.iter().find(|(w, _)| scan.starts(i, w)).or_else(|| ENGLISH_WAYS.iter().find(|(w, _)| scan.word(i, w)))?;
    let to = i + word.chars().count();
    // 微信号, 电话号码 and 电话费 are no talks.
    let thing = !english(word) && matches!(scan.at(to), Some('号' | '费' | '群' | '本'));
    (!thing).then_some((to, *way))
}

/// The part of the line that is kept as text: what was understood is taken from its beginning, and from its end where
/// it stands apart.
fn kept(scan: &Scan<'_>, tokens: &[Token]) -> (usize, usize) {
    let (mut from, mut to) = (0, scan.len());
    let mut timed = false;
    for (n, t) in tokens.iter().enumerate() {
        if !scan.blank(from, t.from) {
            break;
        }
        timed |= matches!(t.what, What::Ahead(_) | What::Past(_));
        // A way alone is often the beginning of a sentence: 微信问了价格.
        let joined = tokens.get(n + 1).is_some_and(|next| next.from == t.to);
        let apart = joined || t.to == scan.len() || scan.separates(t.to);
        if !timed && !apart {
            break;
        }
        from = t.to;
    }
    let mut end = to;
    let mut ahead = false;
    for t in tokens.iter().rev().filter(|t| t.from >= from) {
        if t.to != end && !scan.spaces(t.to, end) {
            break;
        }
        end = t.from;
        ahead |= matches!(t.what, What::Ahead(_));
        if ahead && end > from && scan.separates(end - 1) {
            to = end;
        }
    }
    while from > 0 && from < to && scan.separates(from) {
        from += 1;
    }
    while to > from && to < scan.len() && scan.separates(to - 1) {
        to -= 1;
    }
    (from, to)
}
