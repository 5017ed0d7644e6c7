//! The formats of TEXT.

/// A format of numbers: `#,##0.00`, `0%`, `¥0.00`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberFormat {
    /// Decimals shown.
    pub decimals: u8,
    /// Decimals beyond these are dropped when they are zeros.
    pub fixed: u8,
    /// Digits shown before the point at least.
    pub digits: u8,
    /// Thousands are set apart.
    pub grouped: bool,
    /// Times 100, with the sign after it.
    pub percent: bool,
    /// What stands before.
    pub prefix: String,
    /// What stands after.
    pub suffix: String,
}

/// A part of a format of moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MomentPart {
    /// Text as it is.
    Text(String),
    /// Year with four digits, or two.
    Year(u8),
    /// Month with so many digits at least.
    Month(u8),
    /// Month's English name: 3 letters, or whole.
    MonthName(bool),
    /// Day with so many digits at least.
    Day(u8),
    /// English day of the week: 3 letters, or whole.
    DayName(bool),
    /// Chinese day of the week: 一, or 星期一.
    Weekday(bool),
    /// Hour with so many digits at least; of twelve.
    Hour(u8, bool),
    /// Minute with so many digits at least.
    Minute(u8),
    /// Second with so many digits at least.
    Second(u8),
    /// AM or PM.
    Half,
}

/// Reads a format of numbers; None if it is not one.
pub fn number_format(text: &str) -> Option<NumberFormat> {
    let first = text.find(['0', '#'])?;
    let (prefix, rest) = text.split_at(first);
    let end = rest.rfind(['0', '#']).map_or(0, |i| i + 1);
    let (body, suffix) = rest.split_at(end);
    let (whole, decimals) = body.split_once('.').unwrap_or((body, ""));
    let plain = |s: &str, also: &str| s.chars().all(|c| matches!(c, '0' | '#') || also.contains(c));
    if !plain(whole, ",") || !plain(decimals, "") || decimals.len() > 15 || whole.len() > 20 {
        return None;
    }
    let (suffix, percent) = match suffix.strip_suffix('%') {
        Some("") => (String::new(), true),
        _ => (words(suffix)?, false),
    };
    Some(NumberFormat {
        decimals: decimals.len() as u8,
        fixed: decimals.rfind('0').map_or(0, |i| i + 1) as u8,
        digits: whole.chars().filter(|c| *c == '0').count() as u8,
        grouped: whole.contains(','),
        percent,
        prefix: words(prefix)?,
        suffix,
    })
}

/// Text around the digits: quoted, or signs without a meaning.
fn words(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => out.push(c),
            '¥' | '￥' | '$' | '€' | ' ' | '元' | '-' | '+' | '(' | ')' | ':' => out.push(c),
            c if !c.is_ascii() => out.push(c),
            _ => return None,
        }
    }
    (!quoted).then_some(out)
}

/// Reads a format of moments; None if it is not one. `m` is a minute after hours or before seconds.
pub fn moment_format(text: &str) -> Option<Vec<MomentPart>> {
    let chars: Vec<char> = text.chars().collect();
    let twelve = text.to_ascii_uppercase().contains("AM/PM");
    let (mut out, mut i, mut any) = (Vec::new(), 0, false);
    while i < chars.len() {
        let c = chars[i].to_ascii_lowercase();
        let run = chars[i..].iter().take_while(|x| x.to_ascii_lowercase() == c).count();
        let upper: String = chars[i..].iter().take(5).collect::<String>().to_ascii_uppercase();
        let n = run.min(9) as u8;
        let mut used = run;
        let part = match c {
            _ if upper == "AM/PM" => {
                used = 5;
                MomentPart::Half
            }
            'y' => MomentPart::Year(if n <= 2 { 2 } else { 4 }),
            'm' if minutes(&out, &chars[i + run..]) && n <= 2 => MomentPart::Minute(n),
            'm' if n <= 2 => MomentPart::Month(n),
            'm' if n <= 4 => MomentPart::MonthName(n == 4),
            'd' if n <= 2 => MomentPart::Day(n),
            'd' if n <= 4 => MomentPart::DayName(n == 4),
            'a' if n == 3 || n == 4 => MomentPart::Weekday(n == 4),
            'h' if n <= 2 => MomentPart::Hour(n, twelve),
            's' if n <= 2 => MomentPart::Second(n),
            '"' => {
                let end = chars[i + 1..].iter().position(|x| *x == '"')?;
                used = end + 2;
                MomentPart::Text(chars[i + 1..i + 1 + end].iter().collect())
            }
            '\\' if i + 1 < chars.len() => {
                used = 2;
                MomentPart::Text(chars[i + 1].to_string())
            }
            '-' | '/' | ':' | ' ' | '.' | ',' | '_' => MomentPart::Text(chars[i..i + run].iter().collect()),
            c if !c.is_ascii() => MomentPart::Text(chars[i..i + run].iter().collect()),
            _ => return None,
        };
        any |= !matches!(part, MomentPart::Text(_));
        out.push(part);
        i += used;
    }
    any.then_some(out)
}

/// Whether an `m` here is a minute: the last part before it is an hour, or the next one after it a second.
fn minutes(before: &[MomentPart], after: &[char]) -> bool {
    let last = before.iter().rev().find(|p| !matches!(p, MomentPart::Text(_)));
    let next = after.iter().find(|c| c.is_ascii_alphabetic());
    matches!(last, Some(MomentPart::Hour(..))) || matches!(next, Some('s' | 'S'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read() {
        use MomentPart as P;
        let f = number_format("¥#,##0.00").unwrap();
        assert_eq!((f.decimals, f.digits, f.grouped, &*f.prefix), (2, 1, true, "¥"));
        assert!(number_format("0%").unwrap().percent);
        assert_eq!(number_format("yyyy"), None);
        let text = |s: &str| P::Text(s.into());
        for (format, want) in [
            ("yyyy年m月d日", vec![P::Year(4), text("年"), P::Month(1), text("月"), P::Day(1), text("日")]),
            ("hh:mm", vec![P::Hour(2, false), text(":"), P::Minute(2)]),
            ("mm:ss", vec![P::Minute(2), text(":"), P::Second(2)]),
            ("yy-mm", vec![P::Year(2), text("-"), P::Month(2)]),
            ("aaaa", vec![P::Weekday(true)]),
        ] {
            assert_eq!(moment_format(format), Some(want), "{format}");
        }
        assert_eq!(moment_format("0.00"), None);
    }
}
