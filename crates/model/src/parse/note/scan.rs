//! A line as it is looked at: narrow and lower-case, character by character.

use crate::{Date, DateTime};

/// A line with the moment it was written.
pub(super) struct Scan<'a> {
    /// As written.
    raw: &'a [char],
    /// The same, one for one, narrow and lower-case.
    c: Vec<char>,
    pub now: DateTime,
}

/// Whether a word is of Latin letters, so that it ends where they end.
pub(super) fn english(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic())
}

impl<'a> Scan<'a> {
    pub(super) fn new(raw: &'a [char], now: DateTime) -> Self {
        let narrow = |c: char| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            c => c,
        };
        Self { raw, c: raw.iter().map(|c| narrow(*c).to_ascii_lowercase()).collect(), now }
    }

    pub(super) fn len(&self) -> usize {
        self.raw.len()
    }

    pub(super) fn today(&self) -> Date {
        self.now.date()
    }

    pub(super) fn at(&self, i: usize) -> Option<char> {
        self.c.get(i).copied()
    }

    /// The character before a place.
    pub(super) fn before(&self, i: usize) -> Option<char> {
        i.checked_sub(1).and_then(|i| self.at(i))
    }

    /// Whether the characters from a place on are these.
    pub(super) fn starts(&self, i: usize, word: &str) -> bool {
        word.chars().zip(i..).all(|(w, n)| self.at(n) == Some(w))
    }

    /// As [`Scan::starts`]; a Latin word as a whole.
    pub(super) fn word(&self, i: usize, word: &str) -> bool {
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        self.starts(i, word) && (!english(word) || !letter(self.before(i)) && !letter(self.at(i + word.len())))
    }

    /// The first of some words that stands at a place: where it ends, and what goes with it.
    pub(super) fn one_of<T: Copy>(&self, i: usize, words: &[(&str, T)]) -> Option<(usize, T)> {
        let (word, what) = words.iter().find(|(w, _)| self.word(i, w))?;
        Some((i + word.chars().count(), *what))
    }

    /// Whether a sign or space stands at a place.
    pub(super) fn separates(&self, i: usize) -> bool {
        self.at(i).is_some_and(|c| c.is_whitespace() || "，,。.；;、：:！!？?—…~".contains(c))
    }

    /// Whether there is nothing but signs and spaces between two places.
    pub(super) fn blank(&self, from: usize, to: usize) -> bool {
        (from..to).all(|i| self.separates(i))
    }

    /// Whether there is nothing but spaces between two places.
    pub(super) fn spaces(&self, from: usize, to: usize) -> bool {
        (from..to).all(|i| self.at(i).is_some_and(char::is_whitespace))
    }

    /// The place behind spaces.
    pub(super) fn skip(&self, mut i: usize) -> usize {
        while self.at(i).is_some_and(char::is_whitespace) {
            i += 1;
        }
        i
    }

    /// Digits at a place, at most so many: where they end, and their number.
    pub(super) fn digits(&self, i: usize, most: usize) -> Option<(usize, u32)> {
        let n = (i..).take_while(|n| self.at(*n).is_some_and(|c| c.is_ascii_digit())).count();
        if n == 0 || n > most {
            return None;
        }
        let number = self.c[i..i + n].iter().fold(0, |sum, c| sum * 10 + c.to_digit(10).unwrap_or(0));
        Some((i + n, number))
    }

    /// A number in digits or in Chinese, up to 99.
    pub(super) fn number(&self, i: usize) -> Option<(usize, u32)> {
        if self.before(i).is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | '第')) {
            return None;
        }
        if let found @ Some(_) = self.digits(i, 2) {
            return found;
        }
        let numeral = |i: usize| {
            let c = self.at(i)?;
            if c == '两' {
                Some(2)
            } else {
                "零一二三四五六七八九".chars().position(|n| n == c).map(|n| n as u32)
            }
        };
        match (numeral(i), self.at(i), self.at(i + 1)) {
            (Some(tens), _, Some('十')) => match numeral(i + 2) {
                Some(ones) => Some((i + 3, tens * 10 + ones)),
                None => Some((i + 2, tens * 10)),
            },
            (None, Some('十'), _) => match numeral(i + 1) {
                Some(ones) => Some((i + 2, 10 + ones)),
                None => Some((i + 1, 10)),
            },
            (Some(n), ..) => Some((i + 1, n)),
            _ => None,
        }
    }
}
