//! Patterns of automatic codes: `K{000000}`, `DD{yyyyMMdd}-{000}`.

use crate::{Date, Error, ErrorCode, Result};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};
use std::sync::Arc;

/// How automatic codes of a field look: text, parts of today's date and one counter of so many digits.
/// Where the pattern holds a date, the counter starts anew with each of its dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct CodePattern {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Arc<str>),
    /// `yyyy`, `yy`, `MM` and `dd` in any order, with `-`, `/`, `.` and `_` between.
    Date(Arc<str>),
    /// Digits at least.
    Counter(u8),
}

/// The stored form. Books of version 0.1 hold a prefix and a width.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    #[serde(default, skip_serializing)]
    prefix: Option<String>,
    #[serde(default, skip_serializing)]
    width: Option<u8>,
}

impl TryFrom<Stored> for CodePattern {
    type Error = Error;
    fn try_from(s: Stored) -> Result<Self> {
        match (s.pattern, s.width) {
            (Some(p), _) => Self::parse(&p),
            (None, Some(width)) => Ok(Self::simple(s.prefix.as_deref().unwrap_or_default(), width)),
            (None, None) => Err(no_counter()),
        }
    }
}

impl From<CodePattern> for Stored {
    fn from(p: CodePattern) -> Self {
        Self { pattern: Some(p.to_string()), prefix: None, width: None }
    }
}

fn invalid(zh: impl Into<String>, en: impl Into<String>) -> Error {
    Error::new(ErrorCode::Invalid, zh, en).on("pattern")
}

fn no_counter() -> Error {
    invalid(
        "编号格式要有且只有一个计数部分，例如 K{000000}",
        "The pattern needs exactly one counter, for example K{000000}",
    )
}

/// Longest pattern, in bytes.
const LONGEST: usize = 60;

impl CodePattern {
    /// A prefix and a counter of so many digits.
    pub fn simple(prefix: &str, width: u8) -> Self {
        let counter = Piece::Counter(width.max(1));
        let pieces = if prefix.is_empty() { vec![counter] } else { vec![Piece::Text(prefix.into()), counter] };
        Self { pieces }
    }

    /// Reads a pattern such as `DD{yyyyMMdd}-{000}`.
    ///
    /// # Errors
    /// `invalid` for unknown parts, no counter or more than one, or a pattern too long.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > LONGEST {
            return Err(invalid("编号格式太长", "The pattern is too long"));
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let at = rest.find(['{', '}']).unwrap_or(rest.len());
            if at > 0 {
                pieces.push(Piece::Text(rest[..at].into()));
            }
            rest = &rest[at..];
            let Some(inner) = rest.strip_prefix('{') else {
                if rest.is_empty() {
                    break;
                }
                return Err(invalid("编号格式里的“}”没有对应的“{”", "A “}” in the pattern has no “{”"));
            };
            let Some((part, after)) = inner.split_once('}') else {
                return Err(invalid("编号格式里的“{”没有对应的“}”", "A “{” in the pattern has no “}”"));
            };
            pieces.push(piece(part)?);
            rest = after;
        }
        if pieces.iter().filter(|p| matches!(p, Piece::Counter(_))).count() != 1 {
            return Err(no_counter());
        }
        Ok(Self { pieces })
    }

    /// The code with a number on a day.
    pub fn render(&self, n: i64, today: Date) -> String {
        let mut out = String::with_capacity(16);
        for p in &self.pieces {
            match p {
                Piece::Text(t) => out.push_str(t),
                Piece::Date(f) => dated(&mut out, f, today),
                // Writing to a string cannot fail.
                Piece::Counter(width) => {
                    let _ = write!(out, "{n:0width$}", width = usize::from(*width));
                }
            }
        }
        out
    }

    /// What tells one run of the counter from the next: the date parts of a day; empty without any.
    pub fn run(&self, today: Date) -> String {
        let mut out = String::new();
        for p in &self.pieces {
            if let Piece::Date(f) = p {
                dated(&mut out, f, today);
            }
        }
        out
    }

    /// The number inside a code of this pattern on a day.
    pub fn number_in(&self, code: &str, today: Date) -> Option<i64> {
        let at = self.pieces.iter().position(|p| matches!(p, Piece::Counter(_)))?;
        let side = |pieces: &[Piece]| {
            let mut out = String::new();
            for p in pieces {
                match p {
                    Piece::Text(t) => out.push_str(t),
                    Piece::Date(f) => dated(&mut out, f, today),
                    Piece::Counter(_) => {}
                }
            }
            out
        };
        let digits = code.strip_prefix(&*side(&self.pieces[..at]))?.strip_suffix(&*side(&self.pieces[at + 1..]))?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok()
    }
}

fn piece(part: &str) -> Result<Piece> {
    if !part.is_empty() && part.bytes().all(|b| b == b'0') && part.len() <= 12 {
        return Ok(Piece::Counter(part.len() as u8));
    }
    let mut rest = part;
    let mut known = 0;
    while !rest.is_empty() {
        if let Some(r) = ["yyyy", "yy", "MM", "dd"].iter().find_map(|w| rest.strip_prefix(w)) {
            (rest, known) = (r, known + 1);
        } else if let Some(r) = rest.strip_prefix(['-', '/', '.', '_']) {
            rest = r;
        } else {
            known = 0;
            break;
        }
    }
    if known > 0 {
        return Ok(Piece::Date(part.into()));
    }
    Err(invalid(
        format!("看不懂编号格式里的“{{{part}}}”；可用 {{yyyyMMdd}}、{{yyMM}} 和 {{0000}}"),
        format!("“{{{part}}}” in the pattern is unknown; use {{yyyyMMdd}}, {{yyMM}} and {{0000}}"),
    ))
}

fn dated(out: &mut String, format: &str, today: Date) {
    let (y, m, d) = today.ymd();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        // Writing to a string cannot fail.
        let (_, taken) = if rest.starts_with("yyyy") {
            (write!(out, "{y:04}"), 4)
        } else if rest.starts_with("yy") {
            (write!(out, "{:02}", y.rem_euclid(100)), 2)
        } else if rest.starts_with("MM") {
            (write!(out, "{m:02}"), 2)
        } else if rest.starts_with("dd") {
            (write!(out, "{d:02}"), 2)
        } else {
            (out.write_char(c), c.len_utf8())
        };
        rest = &rest[taken..];
    }
}

impl fmt::Display for CodePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for p in &self.pieces {
            match p {
                Piece::Text(t) => f.write_str(t)?,
                Piece::Date(d) => write!(f, "{{{d}}}")?,
                Piece::Counter(width) => write!(f, "{{{}}}", "0".repeat(usize::from(*width)))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_render_and_read_back() {
        let day = Date::from_iso("2026-03-05").unwrap();
        for (pattern, n, code, run) in [
            ("K{000000}", 7, "K000007", ""),
            ("{0}", 123, "123", ""),
            ("DD{yyyyMMdd}-{000}", 12, "DD20260305-012", "20260305"),
            ("{yy/MM}第{00}号", 3, "26/03第03号", "26/03"),
        ] {
            let p = CodePattern::parse(pattern).unwrap();
            assert_eq!(p.to_string(), pattern);
            assert_eq!(p.render(n, day), code);
            assert_eq!(p.run(day), run);
            assert_eq!(p.number_in(code, day), Some(n));
        }
        let p = CodePattern::simple("K", 6);
        assert_eq!(p.to_string(), "K{000000}");
        for other in ["X000001", "K", "K00x", "K-1"] {
            assert_eq!(p.number_in(other, day), None, "{other}");
        }
    }

    #[test]
    fn wrong_patterns_are_refused() {
        for bad in ["", "K", "K{00", "K}00{", "{00}{00}", "{hh}{00}", "{}{0}", "{0000000000000}", "K{000}}"] {
            assert!(CodePattern::parse(bad).is_err(), "{bad}");
        }
    }
}
