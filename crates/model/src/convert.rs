//! What becomes of a content when its field turns into another kind.

use crate::parse::{self, Cell, Ctx};
use crate::{Date, FieldKind, Holds, Lang, Value};

/// How a field can turn into another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Every cell keeps its stored form.
    Same,
    /// Each cell by [`convert`].
    Cells,
    /// Through the names of records or members: the names are text, which is then converted.
    Names,
    /// Not at all: what Kebu fills itself, and files, have no other source.
    Never,
}

/// How much of a content is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Some of it: a time of day, decimals, all tags or linked records but one.
    Part,
    /// All of it: the cell becomes blank.
    All,
}

/// A converted content.
#[derive(Clone, Debug, PartialEq)]
pub struct Converted {
    /// The new content.
    pub value: Value,
    /// What was lost, if anything.
    pub loss: Option<Loss>,
}

impl Converted {
    const LOST: Self = Self { value: Value::Null, loss: Some(Loss::All) };

    fn whole(value: Value) -> Self {
        Self { value, loss: None }
    }

    fn part(value: Value) -> Self {
        Self { value, loss: Some(Loss::Part) }
    }
}

/// How a field of one kind can turn into another.
pub fn way(from: &FieldKind, to: &FieldKind) -> Way {
    let files = |k: &FieldKind| matches!(k, FieldKind::Attachment { .. });
    if to.system() || (files(to) && !files(from)) {
        return Way::Never;
    }
    // Nothing is stored for the other side of a link; it may only look at another field.
    match (from.stored(), to.stored()) {
        (true, true) => {}
        (false, false) => return Way::Same,
        _ => return Way::Never,
    }
    if from == to {
        return Way::Same;
    }
    // Other settings of the same kind: options, decimals beyond the first, a unit.
    let one_kind = from.name() == to.name() && !(from.linked().is_some() || files(from));
    if one_kind && from.holds() == to.holds() && !matches!(from, FieldKind::Rating { .. }) {
        return Way::Same;
    }
    match (from.holds(), to.holds()) {
        (Holds::Person, Holds::Person) | (Holds::Texts, Holds::Texts) => Way::Same,
        (Holds::Link | Holds::Links, Holds::Link | Holds::Links) if from.linked() == to.linked() => Way::Cells,
        (Holds::Link | Holds::Links | Holds::Person, _) | (_, Holds::Link | Holds::Links | Holds::Person) => Way::Names,
        _ => Way::Cells,
    }
}

/// A content of one kind as another. What names records or members is taken as text here and lost
/// otherwise; see [`Way::Names`].
pub fn convert(value: &Value, from: &FieldKind, to: &FieldKind, ctx: &Ctx) -> Converted {
    if value.is_blank() {
        return Converted::whole(Value::Null);
    }
    if matches!(value, Value::Error(_)) {
        return Converted::LOST;
    }
    match way(from, to) {
        Way::Same => return Converted::whole(value.clone()),
        Way::Never => return Converted::LOST,
        Way::Names | Way::Cells => {}
    }
    match value {
        Value::Link(id) if matches!(to, FieldKind::Links { .. }) && from.linked() == to.linked() => {
            Converted::whole(Value::Links(vec![*id]))
        }
        Value::Links(list) if matches!(to, FieldKind::Link { .. }) && from.linked() == to.linked() => {
            let first = list.first().map_or(Value::Null, |id| Value::Link(*id));
            if list.len() > 1 { Converted::part(first) } else { Converted::whole(first) }
        }
        Value::Link(_) | Value::Links(_) | Value::Person(_) => Converted::LOST,
        Value::Files(f) if matches!(to, FieldKind::Attachment { images: true }) => {
            let images: Vec<_> = f.iter().filter(|f| f.media.starts_with("image/")).cloned().collect();
            match images.len() {
                0 => Converted::LOST,
                n if n < f.len() => Converted::part(Value::Files(images)),
                _ => Converted::whole(Value::Files(images)),
            }
        }
        Value::Files(f) if matches!(to, FieldKind::Attachment { .. }) => Converted::whole(Value::Files(f.clone())),
        // Only their names are left.
        Value::Files(_) => match by_text(value, from, to, ctx) {
            c if c.loss.is_none() => Converted::part(c.value),
            c => c,
        },
        Value::Tags(t) if matches!(to, FieldKind::Choice { .. }) => {
            let first = Value::Text(t.first().cloned().unwrap_or_default());
            if t.len() > 1 { Converted::part(first) } else { Converted::whole(first) }
        }
        Value::Text(t) if to.holds() == Holds::Text && free(to) => Converted::whole(Value::Text(t.clone())),
        Value::DateTime(t) if *to == FieldKind::Date => {
            let day = Value::Date(t.date());
            if *t == t.date().start() { Converted::whole(day) } else { Converted::part(day) }
        }
        Value::DateTime(t) if *to == FieldKind::Birthday && *t != t.date().start() => {
            Converted::part(by_text(&Value::Date(t.date()), &FieldKind::Date, to, ctx).value)
        }
        Value::Date(d) if *to == FieldKind::DateTime => Converted::whole(Value::DateTime(d.start())),
        _ => match (number(value), to.holds()) {
            (Some(n), Holds::Whole | Holds::Number | Holds::Money | Holds::Bool) => as_number(value, n, to),
            _ => by_text(value, from, to, ctx),
        },
    }
}

/// Kinds that keep whatever text they are given.
fn free(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text | FieldKind::LongText | FieldKind::Code(_) | FieldKind::Choice { .. })
}

/// The number behind a content; a day is the one Excel shows for it.
fn number(value: &Value) -> Option<f64> {
    const EXCEL: f64 = 25_569.0;
    Some(match value {
        Value::Int(n) => *n as f64,
        Value::Number(n) => *n,
        Value::Money(m) => m.0 as f64 / 100.0,
        Value::Bool(b) => f64::from(u8::from(*b)),
        Value::Date(d) => f64::from(d.0) + EXCEL,
        Value::DateTime(t) => t.0 as f64 / 86_400.0 + EXCEL,
        _ => return None,
    })
}

fn as_number(value: &Value, n: f64, to: &FieldKind) -> Converted {
    match to {
        FieldKind::Percent => Converted::whole(Value::Number(n)),
        FieldKind::Progress if (0.0..=1.0).contains(&n) => Converted::whole(Value::Number(n)),
        FieldKind::Progress if (1.0..=100.0).contains(&n) => Converted::whole(Value::Number(n / 100.0)),
        FieldKind::Progress => Converted::LOST,
        FieldKind::Bool if n == 0.0 || n == 1.0 => Converted::whole(Value::Bool(n == 1.0)),
        FieldKind::Bool => Converted::LOST,
        FieldKind::Rating { max } => {
            let stars = n.round();
            if !(1.0..=f64::from(*max)).contains(&stars) {
                return Converted::LOST;
            }
            let value = Value::Int(stars as i64);
            if stars == n { Converted::whole(value) } else { Converted::part(value) }
        }
        // Money stays exact as text; the float of an amount would do, but for the largest.
        _ => {
            let text = match value {
                Value::Money(m) => m.to_string(),
                _ => parse::number_text(n),
            };
            read(to, &Cell::Text(&text), &text, &Ctx { today: Date(0), year: None })
        }
    }
}

fn by_text(value: &Value, from: &FieldKind, to: &FieldKind, ctx: &Ctx) -> Converted {
    let text = parse::written(value, from, Lang::Zh);
    match (to, value) {
        // Numbers of dates are those of Excel; small ones are no birthdays.
        (FieldKind::Birthday, v) if number(v).is_some_and(|n| n < 10_000.0) && from.holds() != Holds::Date => {
            Converted::LOST
        }
        (FieldKind::Date | FieldKind::DateTime | FieldKind::Birthday, Value::Int(n)) => {
            read(to, &Cell::Number(*n as f64), &text, ctx)
        }
        (FieldKind::Date | FieldKind::DateTime | FieldKind::Birthday, Value::Number(n)) => {
            read(to, &Cell::Number(*n), &text, ctx)
        }
        // The reader of days drops a time without a word.
        (FieldKind::Date, _) => {
            let moment = read(&FieldKind::DateTime, &Cell::Text(&text), &text, ctx);
            let Value::DateTime(t) = moment.value else { return moment };
            let day = Value::Date(t.date());
            let kept = t == t.date().start() && moment.loss.is_none();
            if kept { Converted::whole(day) } else { Converted::part(day) }
        }
        (FieldKind::Choices { .. }, Value::Text(t)) if matches!(from, FieldKind::Choice { .. }) => {
            Converted::whole(Value::Tags(vec![t.clone()]))
        }
        _ => read(to, &Cell::Text(&text), &text, ctx),
    }
}

/// Reads a written content. What the reader changed with a remark has lost something, unless the text is
/// kept as it was.
fn read(to: &FieldKind, cell: &Cell<'_>, text: &str, ctx: &Ctx) -> Converted {
    match parse::cell(to, cell, ctx) {
        Err(_) => Converted::LOST,
        Ok(r) if r.value.is_blank() => Converted::LOST,
        Ok(r) if r.note.is_some() && parse::written(&r.value, to, Lang::Zh) != parse::tidy(text) => {
            Converted::part(r.value)
        }
        Ok(r) => Converted::whole(r.value),
    }
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
