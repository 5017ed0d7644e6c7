//! From text to tokens. Places are counted in characters of the text as it was written.

use crate::tree::ErrorValue;
use model::{Error, ErrorCode, Result};

/// A range of characters: the first one, and one past the last.
pub(crate) type Span = (usize, usize);

/// A token with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub kind: Kind,
    pub at: Span,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Number(f64),
    Text(String),
    /// A bare word: a function, a table, TRUE.
    Name(String),
    /// `[…]` with or without a table's name before it.
    Reference(Reference),
    Error(ErrorValue),
    /// An operator or bracket in its ASCII form.
    Sign(&'static str),
    End,
}

/// A structured reference.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reference {
    /// The table named before the bracket.
    pub table: Option<Name>,
    /// The columns named; two of a range.
    pub columns: Vec<Name>,
    /// `@` or `#This Row`: the cell of the record at hand.
    pub this_row: bool,
}

/// A name inside a reference, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name {
    pub text: String,
    pub at: Span,
}

/// Longest formula text, in characters, as in Excel (8,192) and some more.
const MAX_TEXT: usize = 16_000;

pub(crate) fn fault(zh: String, en: String) -> Error {
    Error::new(ErrorCode::Formula, zh, en)
}

/// All tokens of a formula, an `End` last. A leading `=` is skipped.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>> {
    // Counting stops early: a megabyte of text is refused without being looked at.
    if text.len() > MAX_TEXT && text.chars().nth(MAX_TEXT).is_some() {
        return Err(fault(
            format!("公式太长，最多 {MAX_TEXT} 个字；请拆成几个字段"),
            format!("The formula is too long, at most {MAX_TEXT} characters; split it over several fields"),
        ));
    }
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0 };
    lexer.blanks();
    if lexer.peek() == Some('=') {
        lexer.at += 1;
    }
    let mut out = Vec::new();
    loop {
        lexer.blanks();
        let from = lexer.at;
        let kind = lexer.token()?;
        let last = kind == Kind::End;
        out.push(Token { kind, at: (from, lexer.at) });
        if last {
            return Ok(out);
        }
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

/// Signs, longest first.
const SIGNS: [&str; 18] = ["<>", "<=", ">=", "+", "-", "*", "/", "^", "&", "=", "<", ">", "%", "(", ")", ",", ":", "!"];

/// A full-width sign typed with a Chinese keyboard as its ASCII form.
fn folded(c: char) -> char {
    match c {
        '　' | '\u{a0}' => ' ',
        '、' => ',',
        '；' | ';' => ',',
        '≥' | '≤' | '≠' => c,
        '【' => '[',
        '】' => ']',
        '×' => '*',
        '÷' => '/',
        '－' | '−' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied().map(folded)
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn token(&mut self) -> Result<Kind> {
        let Some(c) = self.peek() else { return Ok(Kind::End) };
        match c {
            '"' | '“' | '”' => self.quoted(),
            '0'..='9' | '.' => self.number(),
            '[' | '{' => self.reference(None),
            '#' => self.error_value(),
            '≥' => self.sign_of(">="),
            '≤' => self.sign_of("<="),
            '≠' => self.sign_of("<>"),
            '\'' => Ok(Kind::Name(self.quoted_name()?)),
            _ if word(c) || c == '$' => self.word(),
            _ => self.sign(),
        }
    }

    fn sign_of(&mut self, sign: &'static str) -> Result<Kind> {
        self.at += 1;
        Ok(Kind::Sign(sign))
    }

    fn sign(&mut self) -> Result<Kind> {
        for sign in SIGNS {
            let fits =
                sign.chars().enumerate().all(|(i, s)| self.chars.get(self.at + i).copied().map(folded) == Some(s));
            if fits {
                self.at += sign.len();
                return Ok(Kind::Sign(sign));
            }
        }
        let c = self.chars[self.at];
        let (zh, en) = match folded(c) {
            ']' | '}' => (
                format!("多了一个“{c}”；请检查方括号是否成对"),
                format!("A “{c}” too many; check that square brackets are paired"),
            ),
            _ => (
                format!("看不懂“{c}”；文字要放在双引号里，例如 \"{c}\""),
                format!("“{c}” is not understood; put text between double quotes, such as \"{c}\""),
            ),
        };
        Err(fault(zh, en).within(self.at, self.at + 1))
    }

    /// `"text"`, or text between Chinese quotation marks; a doubled mark stands for itself.
    fn quoted(&mut self) -> Result<Kind> {
        let from = self.at;
        let close = if self.peek() == Some('"') { '"' } else { '”' };
        self.at += 1;
        let mut out = String::new();
        while let Some(&c) = self.chars.get(self.at) {
            self.at += 1;
            let ends = c == close || close == '"' && c == '＂';
            if !ends {
                out.push(c);
            } else if close == '"' && self.peek() == Some('"') {
                out.push('"');
                self.at += 1;
            } else {
                return Ok(Kind::Text(out));
            }
        }
        Err(fault(
            "文字少了后面的双引号；请在文字末尾补上 \"".into(),
            "The text lacks its closing quotation mark; add \" at its end".into(),
        )
        .within(from, self.at))
    }

    /// `'name'`, as Excel writes sheet names.
    fn quoted_name(&mut self) -> Result<String> {
        let from = self.at;
        self.at += 1;
        let mut out = String::new();
        while let Some(&c) = self.chars.get(self.at) {
            self.at += 1;
            if c == '\'' {
                return Ok(out);
            }
            out.push(c);
        }
        Err(fault(
            "少了后面的单引号；文字要用双引号，例如 \"文字\"".into(),
            "The closing ' is missing; text is written with double quotes, such as \"text\"".into(),
        )
        .within(from, self.at))
    }

    fn number(&mut self) -> Result<Kind> {
        let from = self.at;
        let mut text = String::new();
        self.digits(&mut text);
        if self.peek() == Some('.') {
            text.push('.');
            self.at += 1;
            self.digits(&mut text);
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            let mut next = self.at + 1;
            if matches!(self.chars.get(next).copied().map(folded), Some('+' | '-')) {
                next += 1;
            }
            if self.chars.get(next).copied().map(folded).is_some_and(|c| c.is_ascii_digit()) {
                text.extend(self.chars[self.at..next].iter().copied().map(folded));
                self.at = next;
                self.digits(&mut text);
            }
        }
        match text.parse::<f64>() {
            Ok(n) if n == 0.0 || (1e-100..=1e100).contains(&n.abs()) => Ok(Kind::Number(n)),
            _ => Err(fault(format!("“{text}”不是能用的数字"), format!("“{text}” is not a number that can be used"))
                .within(from, self.at)),
        }
    }

    fn digits(&mut self, out: &mut String) {
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            out.push(c);
            self.at += 1;
        }
    }

    fn word(&mut self) -> Result<Kind> {
        let mut name = String::new();
        let from = self.at;
        while let Some(c) = self.peek().filter(|c| word(*c) || matches!(c, '$' | '.')) {
            name.push(c);
            self.at += 1;
        }
        if self.peek() == Some('[') {
            return self.reference(Some(Name { text: name, at: (from, self.at) }));
        }
        Ok(Kind::Name(name))
    }

    fn error_value(&mut self) -> Result<Kind> {
        let from = self.at;
        for value in ErrorValue::ALL {
            let sign = value.sign();
            let len = sign.chars().count();
            let written: String =
                self.chars[from..(from + len).min(self.chars.len())].iter().copied().map(folded).collect();
            if written.eq_ignore_ascii_case(sign) {
                self.at += len;
                return Ok(Kind::Error(value));
            }
        }
        Err(fault(
            "看不懂“#”；错误值写作 #N/A、#VALUE! 等".into(),
            "“#” is not understood; error values are written #N/A, #VALUE! and so on".into(),
        )
        .within(from, from + 1))
    }

    /// What follows a table's name, or a bare bracket: `[@列]`, `[@[列]]`, `[列]`, `[[#This Row],[列]]`,
    /// `[[列]:[列]]`, and `{列}`.
    fn reference(&mut self, table: Option<Name>) -> Result<Kind> {
        let from = table.as_ref().map_or(self.at, |t| t.at.0);
        let close = if self.peek() == Some('{') { '}' } else { ']' };
        self.at += 1;
        self.blanks();
        let mut out = Reference { this_row: table.is_none(), table, columns: Vec::new() };
        if self.peek() == Some('@') {
            out.this_row = true;
            self.at += 1;
        }
        if self.peek() == Some('[') && close == ']' {
            loop {
                self.at += 1;
                let name = self.column(']', from)?;
                match name.text.to_ascii_lowercase().as_str() {
                    "#this row" | "#此行" => out.this_row = true,
                    "#data" | "#all" | "#数据" | "#全部" => {}
                    _ => out.columns.push(name),
                }
                self.blanks();
                if !matches!(self.peek(), Some(',' | ':')) {
                    break;
                }
                self.at += 1;
                self.blanks();
                if self.peek() != Some('[') {
                    return Err(self.unclosed(from, ']'));
                }
            }
            if self.peek() != Some(']') {
                return Err(self.unclosed(from, ']'));
            }
            self.at += 1;
        } else {
            out.columns.push(self.column(close, from)?);
        }
        Ok(Kind::Reference(out))
    }

    /// A column's name up to its closing bracket; `'` keeps the next character from its meaning.
    fn column(&mut self, close: char, from: usize) -> Result<Name> {
        let mut text = String::new();
        let start = self.at;
        while let Some(&c) = self.chars.get(self.at) {
            self.at += 1;
            if c == '\'' && matches!(self.chars.get(self.at), Some('[' | ']' | '#' | '\'' | '@')) {
                text.push(self.chars[self.at]);
                self.at += 1;
            } else if folded(c) == close {
                let lead = text.chars().take_while(|c| c.is_whitespace()).count();
                let name = text.trim().to_owned();
                let end = start + lead + (self.at - 1 - start).saturating_sub(lead + trailing(&text));
                return Ok(Name { text: name, at: (start + lead, end) });
            } else if matches!(c, '[' | '\n') {
                break;
            } else {
                text.push(c);
            }
        }
        Err(self.unclosed(from, close))
    }

    fn unclosed(&self, from: usize, close: char) -> Error {
        fault(
            format!("少了“{close}”；本行的格子写作 [@字段名]"),
            format!("A “{close}” is missing; a cell of this record is written [@Field]"),
        )
        .within(from, self.at)
    }
}

fn trailing(text: &str) -> usize {
    if text.trim().is_empty() { 0 } else { text.chars().rev().take_while(|c| c.is_whitespace()).count() }
}

/// Whether a character may stand in a bare word.
fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
