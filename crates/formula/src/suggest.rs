//! The nearest known name to a misspelt one.

/// How to mend a name that is not known: the nearest one that is, or the given words.
pub(crate) fn cure<'a>(name: &str, known: impl Iterator<Item = &'a str>, otherwise: (&str, &str)) -> (String, String) {
    match nearest(name, known) {
        Some(near) => (format!("是不是“{near}”？"), format!("did you mean “{near}”?")),
        None => (otherwise.0.to_owned(), otherwise.1.to_owned()),
    }
}

/// The known name that differs least, if it differs little.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.trim().to_lowercase().chars().take(64).collect();
    if wanted.is_empty() {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for k in known {
        let candidate: Vec<char> = k.to_lowercase().chars().collect();
        let contained = wanted.len() >= 2 && k.to_lowercase().contains(&wanted.iter().collect::<String>());
        let distance = if contained { 1 } else { distance(&wanted, &candidate) };
        let allowed = wanted.len().max(candidate.len()).div_ceil(3).clamp(1, 3);
        if distance <= allowed && distance < wanted.len() && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, k));
        }
    }
    best.map(|(_, k)| k)
}

/// Levenshtein's distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let now = (before + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            before = std::mem::replace(&mut row[j + 1], now);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_offered() {
        let known = ["SUMIFS", "SUMIF", "COUNTIFS", "金额", "下单时间", "累计金额"];
        for (name, want) in [
            ("SUNIFS", Some("SUMIFS")),
            ("COUNTIF", Some("COUNTIFS")),
            ("金鹅", Some("金额")),
            ("下单时", Some("下单时间")),
            ("累计", Some("累计金额")),
            ("完全不同", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), want, "{name}");
        }
    }
}
