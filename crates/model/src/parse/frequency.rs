//! How often somebody buys, in words.

use super::number;
use super::text::{narrowed, tidy};

/// Purchases a month from words such as `每月2-3次`, `每周一次`, `每季度一次`, `一年两次`, `4`. A range gives
/// its middle. None if it is nothing of the kind.
pub fn purchases_a_month(text: &str) -> Option<f64> {
    let t = narrowed(tidy(text)).to_lowercase();
    let t: String = t.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(n) = number::number_in(&t) {
        return Some(n);
    }
    // (words of the period, periods a month)
    const PERIODS: &[(&str, f64)] = &[
        ("每半年", 1.0 / 6.0),
        ("半年", 1.0 / 6.0),
        ("每半个月", 2.0),
        ("半个月", 2.0),
        ("每半月", 2.0),
        ("每两周", 15.0 / 7.0),
        ("每季度", 1.0 / 3.0),
        ("每季", 1.0 / 3.0),
        ("每个月", 1.0),
        ("每月", 1.0),
        ("每星期", 30.0 / 7.0),
        ("每周", 30.0 / 7.0),
        ("每年", 1.0 / 12.0),
        ("每天", 30.0),
        ("每日", 30.0),
        ("一季度", 1.0 / 3.0),
        ("一个月", 1.0),
        ("一月", 1.0),
        ("一周", 30.0 / 7.0),
        ("一年", 1.0 / 12.0),
        ("weekly", 30.0 / 7.0),
        ("monthly", 1.0),
        ("quarterly", 1.0 / 3.0),
        ("yearly", 1.0 / 12.0),
        ("daily", 30.0),
    ];
    if let Some((every, rest)) = every_n(&t) {
        return Some(times(rest)? * every);
    }
    let (word, a_month) = PERIODS.iter().find(|(w, _)| t.starts_with(w))?;
    Some(times(&t[word.len()..])? * a_month)
}

/// `每2个月`, `每3周`: the periods a month and what follows.
fn every_n(t: &str) -> Option<(f64, &str)> {
    let rest = t.strip_prefix('每')?;
    let end = rest.find(['个', '周', '天', '月', '年'])?;
    let n = count(&rest[..end])?;
    let rest = rest[end..].trim_start_matches('个');
    let (unit, after) = rest.split_at(rest.chars().next()?.len_utf8());
    let months = match unit {
        "月" => 1.0,
        "周" => 7.0 / 30.0,
        "天" => 1.0 / 30.0,
        "年" => 12.0,
        _ => return None,
    };
    Some((1.0 / (n * months), after))
}

/// `一次`, `2-3次`, `两到三次`, `至少4次`, nothing: the number of times.
fn times(t: &str) -> Option<f64> {
    let t = t.trim_start_matches(['购', '买', '约', '大', '下', '单', '至', '少', '消', '费']);
    let t = t.trim_end_matches(['左', '右', '以', '上', '购', '买']).trim_end_matches(['次', '单', '回', '笔']);
    if t.is_empty() {
        return Some(1.0);
    }
    match t.split_once(['-', '~', '到', '至']) {
        Some((a, b)) => Some(f64::midpoint(count(a.trim_end_matches('次'))?, count(b)?)),
        None => count(t),
    }
}

fn count(t: &str) -> Option<f64> {
    if let Ok(n) = t.parse::<f64>() {
        return (n.is_finite() && n > 0.0).then_some(n);
    }
    let digit = |c: char| match c {
        '两' => Some(2),
        c => "零一二三四五六七八九十".chars().position(|d| d == c),
    };
    let chars: Vec<char> = t.chars().collect();
    let n = match chars.as_slice() {
        [a] => digit(*a)?,
        ['十', b] => 10 + digit(*b)?,
        [a, '十'] => digit(*a)? * 10,
        _ => return None,
    };
    (n > 0).then_some(n as f64)
}
