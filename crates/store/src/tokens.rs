//! Search tokens of a record: Chinese bigrams, pinyin, initials, digits of numbers.
//!
//! Two characters are the commonest search and trigram indexes cannot answer them, so every bigram is a
//! token, and the last single character; the pinyin of a name is joined from each syllable on, its
//! initials likewise behind a `_`; a phone is kept whole, without its first three digits, and as its
//! last four. The same text serves any full-text index.

use pinyin::{ToPinyin, ToPinyinMulti};

/// Longest joined pinyin token, in letters.
const MAX_PINYIN: usize = 12;
/// Characters of a name or word that are indexed.
const MAX_CHARS: usize = 64;
/// Characters of a note that are indexed.
const MAX_NOTE_CHARS: usize = 200;

/// How a text is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A name: bigrams, pinyin and initials.
    Name,
    /// A company: bigrams and initials.
    Company,
    /// A phone number: whole, without its first three digits, its last four.
    Phone,
    /// A code, WeChat id, e-mail or shop account: from its beginning.
    Word,
    /// A note: bigrams of its beginning.
    Text,
}

/// The tokens of a record's texts, separated by spaces.
pub(crate) fn tokens<'t>(texts: impl IntoIterator<Item = (Part, &'t str)>) -> String {
    let mut out = String::with_capacity(160);
    for (part, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        match part {
            Part::Name | Part::Company => {
                text_tokens(text, MAX_CHARS, &mut out);
                pinyin_tokens(text, part == Part::Name, &mut out);
            }
            Part::Phone => phone_tokens(text, &mut out),
            Part::Word => text.split(|c: char| !is_word(c)).for_each(|word| push_lower(word, &mut out)),
            Part::Text => text_tokens(text, MAX_NOTE_CHARS, &mut out),
        }
    }
    out
}

/// Whether a character is Chinese (or another unspaced script), searched by bigrams.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c as u32, 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x323af | 0x3040..=0x30ff)
}

/// Whether a character belongs to a word as the index splits them.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '@' | '.')
}

fn push(token: &str, out: &mut String) {
    if !token.is_empty() {
        out.push_str(token);
        out.push(' ');
    }
}

fn push_lower(token: &str, out: &mut String) {
    let before = out.len();
    out.extend(token.chars().take(MAX_CHARS).flat_map(char::to_lowercase));
    if out.len() > before {
        out.push(' ');
    }
}

fn text_tokens(text: &str, most: usize, out: &mut String) {
    let mut previous: Option<char> = None;
    let mut word_start: Option<usize> = None;
    let end = text.char_indices().nth(most).map_or(text.len(), |(i, _)| i);
    let text = &text[..end];
    for (i, c) in text.char_indices() {
        if is_han(c) {
            if let Some(start) = word_start.take() {
                push_lower(&text[start..i], out);
            }
            if let Some(p) = previous {
                out.push(p);
                out.push(c);
                out.push(' ');
            }
            previous = Some(c);
            continue;
        }
        last_single(&mut previous, out);
        if is_word(c) {
            word_start.get_or_insert(i);
        } else if let Some(start) = word_start.take() {
            push_lower(&text[start..i], out);
        }
    }
    last_single(&mut previous, out);
    if let Some(start) = word_start {
        push_lower(&text[start..], out);
    }
}

fn last_single(previous: &mut Option<char>, out: &mut String) {
    if let Some(p) = previous.take() {
        out.push(p);
        out.push(' ');
    }
}

fn phone_tokens(phone: &str, out: &mut String) {
    let digits: String = phone.chars().filter(char::is_ascii_digit).take(24).collect();
    if digits.len() < 4 {
        return;
    }
    push(&digits, out);
    if digits.len() > 7 {
        push(&digits[3..], out);
    }
    if digits.len() > 4 {
        push(&digits[digits.len() - 4..], out);
    }
}

/// Readings that general tables get wrong at the head of a name: surnames first, then a few places.
pub(crate) const HEADS: &[(&str, &[&str])] = &[
    ("尉迟", &["yu", "chi"]),
    ("万俟", &["mo", "qi"]),
    ("长孙", &["zhang", "sun"]),
    ("澹台", &["tan", "tai"]),
    ("令狐", &["ling", "hu"]),
    ("单于", &["chan", "yu"]),
    ("重庆", &["chong", "qing"]),
    ("长沙", &["chang", "sha"]),
    ("长春", &["chang", "chun"]),
    ("厦门", &["xia", "men"]),
    ("六安", &["lu", "an"]),
    ("蚌埠", &["beng", "bu"]),
    ("单", &["shan"]),
    ("仇", &["qiu"]),
    ("曾", &["zeng"]),
    ("解", &["xie"]),
    ("任", &["ren"]),
    ("华", &["hua"]),
    ("区", &["ou"]),
    ("查", &["zha"]),
    ("朴", &["piao"]),
    ("盖", &["ge"]),
    ("缪", &["miao"]),
    ("翟", &["zhai"]),
    ("员", &["yun"]),
    ("乐", &["yue"]),
    ("种", &["chong"]),
    ("繁", &["po"]),
    ("折", &["she"]),
    ("冼", &["xian"]),
    ("覃", &["qin"]),
    ("葛", &["ge"]),
    ("燕", &["yan"]),
    ("盛", &["sheng"]),
    ("俞", &["yu"]),
    ("车", &["che"]),
];

/// The common reading of a character, without its tone.
pub(crate) fn reading(c: char) -> Option<&'static str> {
    c.to_pinyin().map(|p| p.plain())
}

/// Pinyin of the first run of Chinese characters: joined pinyin from each syllable when `joined`, and
/// initials from each syllable.
fn pinyin_tokens(text: &str, joined: bool, out: &mut String) {
    let run: Vec<char> = text.chars().skip_while(|c| !is_han(*c)).take_while(|c| is_han(*c)).take(16).collect();
    if run.is_empty() {
        return;
    }
    let readings = syllables(&run);
    if joined {
        for from in 0..readings.len() {
            joined_token(readings[from], &readings[from + 1..], out);
        }
        for other in other_readings(run[0], readings[0]) {
            joined_token(other, &readings[1..], out);
        }
    }
    for from in 0..readings.len() {
        out.push('_');
        out.extend(readings[from..].iter().take(MAX_PINYIN).filter_map(|r| r.chars().next()));
        out.push(' ');
    }
}

fn joined_token(first: &str, rest: &[&str], out: &mut String) {
    let start = out.len();
    for r in std::iter::once(&first).chain(rest) {
        let room = MAX_PINYIN - (out.len() - start);
        out.push_str(&r[..r.len().min(room)]);
        if r.len() >= room {
            break;
        }
    }
    if out.len() > start {
        out.push(' ');
    }
}

/// One reading a character; characters without one are left out.
fn syllables(run: &[char]) -> Vec<&'static str> {
    let head = HEADS.iter().find(|(h, _)| {
        let mut it = run.iter();
        h.chars().all(|c| it.next() == Some(&c))
    });
    let (mut out, skip) = match head {
        Some((h, r)) => (r.to_vec(), h.chars().count()),
        None => (Vec::with_capacity(run.len()), 0),
    };
    out.extend(run[skip..].iter().filter_map(|c| reading(*c)));
    if out.is_empty() { vec![""] } else { out }
}

fn other_readings(c: char, known: &str) -> Vec<&'static str> {
    let mut out: Vec<&'static str> = Vec::new();
    if let Some(multi) = c.to_pinyin_multi() {
        for p in multi {
            let plain = p.plain();
            if plain != known && !out.contains(&plain) {
                out.push(plain);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, token: &str) -> bool {
        text.split(' ').any(|t| t == token)
    }

    #[test]
    fn a_name_is_found_by_characters_pinyin_and_initials() {
        let t = tokens([(Part::Name, "王小华")]);
        for token in ["王小", "小华", "华", "wangxiaohua", "xiaohua", "hua", "_wxh", "_xh", "_h"] {
            assert!(has(&t, token), "{token} in {t}");
        }
    }

    #[test]
    fn surnames_have_their_own_readings_and_the_common_ones() {
        for (name, wanted) in [
            ("单晓", vec!["shanxiao", "danxiao", "_sx"]),
            ("仇英", vec!["qiuying", "chouying"]),
            ("曾国", vec!["zengguo", "cengguo"]),
            ("尉迟恭", vec!["yuchigong", "_ycg"]),
            ("重庆小面", vec!["chongqingxia", "_cqxm"]),
        ] {
            let t = tokens([(Part::Name, name)]);
            for w in wanted {
                assert!(has(&t, w), "{w} in {t}");
            }
        }
    }

    #[test]
    fn phones_words_and_rare_characters() {
        let t = tokens([
            (Part::Name, "𠮷野 Tom"),
            (Part::Company, "长沙某某公司"),
            (Part::Phone, "138 0013-8000"),
            (Part::Word, "K000012"),
            (Part::Word, "Abc_12"),
            (Part::Word, "a.b@x.com"),
            (Part::Text, "要大码，Nike"),
        ]);
        for token in [
            "𠮷野",
            "野",
            "tom",
            "长沙",
            "_csmmgs",
            "13800138000",
            "00138000",
            "8000",
            "k000012",
            "abc_12",
            "a.b@x.com",
            "要大",
            "nike",
        ] {
            assert!(has(&t, token), "{token} in {t}");
        }
        assert!(!t.contains("changsha"), "companies are found by initials: {t}");
        assert!(!t.contains("_ydm"), "notes are not found by pinyin: {t}");
        assert_eq!(tokens([(Part::Name, ""), (Part::Text, "")]), "");
        let long = ["甲".repeat(199), "乙丙丁".into()].concat();
        let t = tokens([(Part::Text, long.as_str())]);
        assert!(has(&t, "甲乙") && !has(&t, "乙丙"), "only the beginning of a note is indexed");
    }
}
