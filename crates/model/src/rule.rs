//! What the content of a field must be: rules the seller sets, checked on every way in.

use crate::parse::{self, Cell, Ctx};
use crate::{Birthday, Date, Error, ErrorCode, FieldDef, FieldKind, Holds, Label, Result, Value};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::sync::Arc;
use utoipa::ToSchema;

/// A rule of a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rule {
    /// What is checked.
    #[serde(flatten)]
    pub check: Check,
    /// What happens when it does not hold.
    pub level: Level,
    /// What to say then, in the seller's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Label>,
}

/// What a rule checks. Blank cells satisfy every check but [`Check::Required`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "snake_case")]
pub enum Check {
    /// Not blank.
    Required,
    /// No other record of the table has the same content. Needs the table.
    Unique,
    /// The whole text matches a regular expression; of several texts, each.
    Pattern {
        /// The expression, in the syntax of the `regex` crate.
        pattern: Arc<str>,
    },
    /// Not below `min`, not above `max`.
    Range {
        /// Smallest, as a person writes it: `0`, `2020-01-01`, `今天`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Arc<str>>,
        /// Largest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Arc<str>>,
    },
    /// Characters of a text, or how many tags, linked records or files.
    Length {
        /// Fewest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<u32>,
        /// Most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u32>,
    },
    /// One of the field's options.
    InList,
    /// Not after today.
    NotFuture,
    /// A formula that must be true. Needs the record.
    Expression {
        /// The formula.
        formula: Arc<str>,
    },
}

/// What happens when a rule does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The change is refused.
    Refuse,
    /// The change is made and the cell marked.
    Warn,
}

/// A rule that does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Place of the rule among the field's rules.
    pub rule: usize,
    /// What happens.
    pub level: Level,
    /// What to say.
    pub message: Label,
}

/// The rules of a field that need only the cell, made ready: patterns compiled, bounds read.
#[derive(Clone, Debug)]
pub struct Checker {
    rules: Vec<(usize, Level, Label, Ready)>,
    today: Date,
}

#[derive(Clone, Debug)]
enum Ready {
    Required,
    Pattern(regex_lite::Regex),
    Range(Option<Value>, Option<Value>),
    Length(u32, u32),
    List(Vec<Arc<str>>),
    NotFuture,
}

impl Check {
    /// The names of all checks, as in the API.
    pub const NAMES: [&str; 8] =
        ["required", "unique", "pattern", "range", "length", "in_list", "not_future", "expression"];
}

impl Rule {
    /// What to say when the rule does not hold: the seller's words, or what the check says by itself.
    pub fn says(&self, field: &FieldDef) -> Label {
        if let Some(own) = &self.message {
            return own.clone();
        }
        let (zh, en) = (&field.label.zh, &field.label.en);
        let l = |a: String, b: String| Label::new(&a, &b);
        match &self.check {
            Check::Required => l(format!("“{zh}”不能为空"), format!("“{en}” cannot be empty")),
            Check::Unique => {
                l(format!("“{zh}”和另一条记录重复"), format!("“{en}” is the same as that of another record"))
            }
            Check::Pattern { .. } => l(format!("“{zh}”的格式不对"), format!("“{en}” does not have the expected form")),
            Check::Range { min: Some(a), max: Some(b) } => {
                l(format!("“{zh}”应在 {a} 到 {b} 之间"), format!("“{en}” must be between {a} and {b}"))
            }
            Check::Range { min: Some(a), .. } => {
                l(format!("“{zh}”不能小于 {a}"), format!("“{en}” must be at least {a}"))
            }
            Check::Range { max, .. } => {
                let b = max.as_deref().unwrap_or_default();
                l(format!("“{zh}”不能大于 {b}"), format!("“{en}” must be at most {b}"))
            }
            Check::Length { min: Some(a), max: Some(b) } if a == b => {
                l(format!("“{zh}”应为 {a} 个字"), format!("“{en}” must have {a} characters"))
            }
            Check::Length { min: Some(a), max: Some(b) } => {
                l(format!("“{zh}”应为 {a} 到 {b} 个字"), format!("“{en}” must have {a} to {b} characters"))
            }
            Check::Length { min: Some(a), .. } => {
                l(format!("“{zh}”至少 {a} 个字"), format!("“{en}” must have at least {a} characters"))
            }
            Check::Length { max, .. } => {
                let b = max.unwrap_or(u32::MAX);
                l(format!("“{zh}”最多 {b} 个字"), format!("“{en}” must have at most {b} characters"))
            }
            Check::InList => l(format!("“{zh}”里没有这个选项"), format!("This is not an option of “{en}”")),
            Check::NotFuture => l(format!("“{zh}”不能晚于今天"), format!("“{en}” cannot be after today")),
            Check::Expression { formula } => {
                l(format!("“{zh}”不符合规则 {formula}"), format!("“{en}” does not satisfy {formula}"))
            }
        }
    }

    /// Checks that the rule makes sense for its field.
    ///
    /// # Errors
    /// `invalid` on `rules`, saying what is wrong: a pattern that cannot be read, bounds that are no
    /// content of the field or the wrong way round, a check the kind does not know.
    pub fn validate(&self, field: &FieldDef, today: Date) -> Result<()> {
        self.ready(field, today).map(|_| ())
    }

    /// The rule made ready; None if it needs more than the cell.
    fn ready(&self, field: &FieldDef, today: Date) -> Result<Option<Ready>> {
        let holds = field.kind.holds();
        let fits = match &self.check {
            _ if !field.kind.stored() => false,
            Check::Required | Check::Expression { .. } => true,
            Check::Unique => !matches!(holds, Holds::Bool | Holds::Files),
            Check::Pattern { .. } => matches!(holds, Holds::Text | Holds::Texts),
            Check::Length { .. } => matches!(holds, Holds::Text | Holds::Texts | Holds::Links | Holds::Files),
            Check::Range { .. } => {
                matches!(holds, Holds::Whole | Holds::Number | Holds::Money | Holds::Date | Holds::DateTime)
            }
            Check::InList => field.kind.options().is_some(),
            Check::NotFuture => {
                matches!(holds, Holds::Date | Holds::DateTime) || matches!(field.kind, FieldKind::Birthday)
            }
        };
        if !fits {
            return Err(invalid(
                format!("“{}”这种字段不能用这条规则", field.label.zh),
                format!("This rule does not suit the kind of field “{}” is", field.label.en),
            ));
        }
        Ok(Some(match &self.check {
            Check::Required => Ready::Required,
            Check::Unique | Check::Expression { .. } => return Ok(None),
            Check::Pattern { pattern } => Ready::Pattern(compile(pattern)?),
            Check::Range { min, max } => {
                let (min, max) = (bound(field, min.as_deref(), today)?, bound(field, max.as_deref(), today)?);
                ordered(min.as_ref().zip(max.as_ref()).is_some_and(|(a, b)| compare(a, b) == Some(Ordering::Greater)))?;
                Ready::Range(min, max)
            }
            Check::Length { min, max } => {
                let (min, max) = (min.unwrap_or(0), max.unwrap_or(u32::MAX));
                ordered(min > max)?;
                Ready::Length(min, max)
            }
            Check::InList => {
                Ready::List(field.kind.options().unwrap_or_default().iter().map(|o| o.value.clone()).collect())
            }
            Check::NotFuture => Ready::NotFuture,
        }))
    }
}

fn invalid(zh: impl Into<String>, en: impl Into<String>) -> Error {
    Error::new(ErrorCode::Invalid, zh, en).on("rules")
}

fn ordered(wrong: bool) -> Result<()> {
    if wrong {
        Err(invalid("规则的下限大于上限", "The smallest allowed is above the largest"))
    } else {
        Ok(())
    }
}

/// Longest pattern, in bytes.
const LONGEST_PATTERN: usize = 500;

fn compile(pattern: &str) -> Result<regex_lite::Regex> {
    if pattern.len() > LONGEST_PATTERN {
        return Err(invalid("格式表达式太长", "The pattern is too long"));
    }
    // The pattern must read by itself too, so that no bracket of its own closes ours.
    regex_lite::Regex::new(pattern)
        .and_then(|_| regex_lite::RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(1 << 20).build())
        .map_err(|e| invalid(format!("格式“{pattern}”写得不对：{e}"), format!("The pattern “{pattern}” is wrong: {e}")))
}

fn bound(field: &FieldDef, text: Option<&str>, today: Date) -> Result<Option<Value>> {
    let Some(text) = text.filter(|t| !t.trim().is_empty()) else { return Ok(None) };
    let ctx = Ctx { today, year: Some(today.ymd().0) };
    // A limit is a number of any kind, though a rating or a share holds only some.
    let kind = match field.kind {
        FieldKind::Rating { .. } => FieldKind::number(0),
        FieldKind::CreatedTime | FieldKind::UpdatedTime => FieldKind::DateTime,
        FieldKind::Progress => FieldKind::Percent,
        _ => field.kind.clone(),
    };
    match parse::cell(&kind, &Cell::Text(text), &ctx) {
        Ok(read) if !read.value.is_blank() => Ok(Some(read.value)),
        _ => Err(invalid(
            format!("规则里的“{text}”不是“{}”能填的内容", field.label.zh),
            format!("“{text}” in the rule is no content of “{}”", field.label.en),
        )),
    }
}

/// The order of two contents of one field; None for what has no order.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    let number = |v: &Value| match v {
        Value::Int(n) => Some(*n as f64),
        Value::Number(n) => Some(*n),
        _ => None,
    };
    match (a, b) {
        (Value::Money(a), Value::Money(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}

impl Checker {
    /// Makes the rules of a field ready; those that need the table or the record are left to the store.
    ///
    /// # Errors
    /// As [`Rule::validate`].
    pub fn new(field: &FieldDef, today: Date) -> Result<Self> {
        let mut rules = Vec::with_capacity(field.rules.len());
        for (i, rule) in field.rules.iter().enumerate() {
            if let Some(ready) = rule.ready(field, today)? {
                rules.push((i, rule.level, rule.says(field), ready));
            }
        }
        Ok(Self { rules, today })
    }

    /// Whether there is nothing to check.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Every rule that does not hold for a content.
    pub fn check(&self, value: &Value) -> Vec<Violation> {
        self.rules
            .iter()
            .filter(|(.., ready)| !ready.holds(value, self.today))
            .map(|(rule, level, message, _)| Violation { rule: *rule, level: *level, message: message.clone() })
            .collect()
    }
}

impl Ready {
    fn holds(&self, value: &Value, today: Date) -> bool {
        if value.is_blank() {
            return !matches!(self, Ready::Required);
        }
        match self {
            Ready::Required => true,
            Ready::Pattern(r) => texts(value, |t| r.is_match(t)),
            Ready::List(list) => texts(value, |t| list.iter().any(|o| **o == *t)),
            Ready::Length(min, max) => {
                let n = match value {
                    Value::Text(t) => t.chars().count(),
                    Value::Tags(t) => t.len(),
                    Value::Links(l) => l.len(),
                    Value::Files(f) => f.len(),
                    _ => return true,
                };
                (*min as usize..=*max as usize).contains(&n)
            }
            Ready::Range(min, max) => {
                let below = min.as_ref().is_some_and(|m| compare(value, m) == Some(Ordering::Less));
                // A day as the last moment means its end.
                let above = max.as_ref().is_some_and(|m| match (value, m) {
                    (Value::DateTime(v), Value::DateTime(m)) if *m == m.date().start() => v.date() > m.date(),
                    _ => compare(value, m) == Some(Ordering::Greater),
                });
                !below && !above
            }
            Ready::NotFuture => match value {
                Value::Date(d) => *d <= today,
                Value::DateTime(t) => t.date() <= today,
                Value::Text(t) => !Birthday::from_stored(t).is_some_and(|b| to_come(&b, today)),
                _ => true,
            },
        }
    }
}

fn texts(value: &Value, holds: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::Text(t) => holds(t),
        Value::Tags(t) => t.iter().all(|t| holds(t)),
        _ => true,
    }
}

/// Whether a birthday is still to come. A lunar year begins after the solar one of the same number, so
/// its number alone is enough to tell.
fn to_come(b: &Birthday, today: Date) -> bool {
    let Some(year) = b.year else { return false };
    if b.lunar {
        return year > today.ymd().0;
    }
    Date::new(year, b.month.into(), b.day.into()).is_some_and(|d| d > today)
}

/// The first rule of a field that does not hold, refusals before warnings; only rules that need
/// nothing but the cell.
///
/// # Errors
/// As [`Rule::validate`].
pub fn check_value(field: &FieldDef, value: &Value, today: Date) -> Result<Option<Violation>> {
    let mut all = Checker::new(field, today)?.check(value);
    all.sort_by_key(|v| v.level == Level::Warn);
    Ok(all.into_iter().next())
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
