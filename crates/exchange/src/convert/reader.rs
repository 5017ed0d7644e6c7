//! Reads the slots of one row.

use super::address;
use super::slots::{How, Slot, Slots, Source, text};
use super::status;
use super::{CellProblem, Note};
use model::parse::{self, Cell, Ctx, Problem, ProblemKind, Read, tidy};
use model::{Checker, FieldKind, Level, Money, Value};
use std::borrow::Cow;

pub(super) struct RowReader<'a> {
    pub slots: &'a Slots,
    pub ctx: &'a Ctx,
    /// Fields whose unreadable cells reject the row.
    pub fatal: &'a [&'a str],
}

impl RowReader<'_> {
    /// The values of the row, aligned with the fields.
    pub(super) fn read(&self, cells: &[Cell<'_>], problems: &mut Vec<CellProblem>) -> Vec<Value> {
        let mut values = vec![Value::Null; self.slots.slots.len()];
        for (i, slot) in self.slots.slots.iter().enumerate() {
            if let [source] = slot.sources.as_slice()
                && source.how == How::Plain
                && slot.prefix.is_none()
            {
                // Nearly every field: one column, read as its kind says.
                values[i] = self.plain(i, slot, source, source.cell(cells), problems);
            } else if !slot.sources.is_empty() {
                self.special(i, slot, cells, &mut values, problems);
            }
            if !slot.constant.is_blank() && values[i].is_blank() {
                values[i] = slot.constant.clone();
            }
            if let Some(checker) = &slot.checker {
                ruled(slot, checker, &mut values[i], cells, problems);
            }
        }
        values
    }

    fn plain(&self, at: usize, slot: &Slot, source: &Source, cell: Cell<'_>, problems: &mut Vec<CellProblem>) -> Value {
        match parse::cell(&slot.kind, &cell, self.ctx).or_else(|p| self.without_year(at, slot, &cell, p)) {
            Ok(Read { value, note: None }) => value,
            Ok(Read { value, note: Some(note) }) => {
                problems.push(noted(source, &cell, note));
                value
            }
            Err(problem) => {
                let fatal = self.fatal.iter().any(|f| self.slots.fields[at] == **f);
                problems.push(unreadable(source, &cell, problem, fatal));
                Value::Null
            }
        }
    }

    /// A date without its year, when nobody said which: the latest such day that is not in the future (for
    /// the next contact the next one that is not past), with a remark that says so.
    fn without_year(&self, at: usize, slot: &Slot, cell: &Cell<'_>, problem: Problem) -> Result<Read, Problem> {
        if problem.kind != ProblemKind::YearMissing {
            return Err(problem);
        }
        let this_year = self.ctx.today.ymd().0;
        // What is planned lies ahead. Nine years are enough for a 29 February.
        let ahead = self.slots.fields[at] == "next_contact";
        let years = (0..9).map(|n| if ahead { this_year + n } else { this_year - n });
        for year in years {
            let ctx = Ctx { year: Some(year), ..*self.ctx };
            let Ok(read) = parse::cell(&slot.kind, cell, &ctx) else { continue };
            let day = match read.value {
                Value::Date(d) => d,
                Value::DateTime(t) => t.date(),
                _ => return Err(problem),
            };
            if ahead && day >= self.ctx.today || !ahead && day <= self.ctx.today {
                let note = Note::new(
                    format!("日期没有写年份，按 {year} 年读入"),
                    format!("The date lacks its year; read as {year}"),
                );
                return Ok(Read { value: read.value, note: Some(note) });
            }
        }
        Err(problem)
    }

    /// Fields of several columns and of columns with a meaning of their own.
    fn special(
        &self,
        at: usize,
        slot: &Slot,
        cells: &[Cell<'_>],
        values: &mut [Value],
        problems: &mut Vec<CellProblem>,
    ) {
        let joins = slot.kind == FieldKind::LongText || slot.sources.iter().all(|s| s.how == How::NamePart);
        let mut tags: Vec<String> = Vec::new();
        let mut texts: Vec<String> = Vec::new();
        for source in &slot.sources {
            let cell = source.cell(cells);
            if cell.is_blank() {
                continue;
            }
            let value = match source.how {
                How::Address => {
                    self.address(&cell, at, values);
                    return;
                }
                How::Refund | How::CancelledAt => {
                    status::append(&mut values[at], source.how, &text(&cell));
                    continue;
                }
                How::Frequency => self.frequency(source, &cell, problems),
                How::TenThousands => times_ten_thousand(self.plain(at, slot, source, cell, problems), &cell),
                How::Plain | How::NamePart => self.plain(at, slot, source, cell, problems),
            };
            match value {
                Value::Null => {}
                Value::Tags(more) => tags.extend(more),
                Value::Text(t) if joins => texts.push(t),
                value => {
                    if values[at].is_blank() {
                        values[at] = prefixed(value, slot.prefix);
                    }
                    // Refund columns come behind and still have their say.
                    if !slot.sources.iter().any(|s| matches!(s.how, How::Refund | How::CancelledAt)) {
                        return;
                    }
                }
            }
        }
        if !texts.is_empty() {
            texts.dedup();
            let between = if slot.kind == FieldKind::LongText { "\n" } else { " " };
            values[at] = Value::Text(texts.join(between));
        }
        if !tags.is_empty() {
            let mut seen = std::collections::HashSet::new();
            tags.retain(|t| seen.insert(t.clone()));
            values[at] = Value::Tags(tags);
        }
    }

    fn frequency(&self, source: &Source, cell: &Cell<'_>, problems: &mut Vec<CellProblem>) -> Value {
        if let Cell::Number(n) = cell {
            return Value::Number(*n);
        }
        let written = text(cell);
        if let Some(n) = parse::purchases_a_month(&written) {
            return Value::Number(n);
        }
        if matches!(tidy(&written), "-" | "—" | "无" | "/" | "N/A" | "不详" | "未知") {
            return Value::Null;
        }
        problems.push(CellProblem {
            column: Some(source.column),
            header: source.header.clone(),
            text: short(&written),
            reason: Note::new("看不懂这个购买频率", "This is not a frequency of purchase"),
            cure: Note::new("写成每月2次、每周一次，或每月的次数", "Write 每月2次, or the number of purchases a month"),
            fatal: false,
        });
        Value::Null
    }

    /// Takes an address apart into its places and the rest.
    fn address(&self, cell: &Cell<'_>, at: usize, values: &mut [Value]) {
        let written = text(cell);
        let parts = address::split(tidy(&written));
        if let Some(places) = self.slots.places {
            for (i, place) in places.into_iter().zip([parts.province, parts.city, parts.district]) {
                if !place.is_empty() {
                    values[i] = Value::Text(place.into_owned());
                }
            }
        }
        let mut fill = |field: &str, found: &str| {
            if let Some(i) = self.slots.at(field).filter(|_| !found.is_empty())
                && values[i].is_blank()
            {
                values[i] = Value::from(found);
            }
        };
        fill("name", parts.name);
        fill("mobile", &parts.mobile);
        if !parts.rest.is_empty() {
            values[at] = Value::from(parts.rest);
        }
    }
}

fn prefixed(value: Value, prefix: Option<&'static str>) -> Value {
    match (value, prefix) {
        (Value::Text(t), Some(p)) if !t.contains(':') => Value::Text(format!("{p}:{t}")),
        (value, _) => value,
    }
}

/// Amounts under a header that says 万元, unless the cell says 万 itself.
fn times_ten_thousand(value: Value, cell: &Cell<'_>) -> Value {
    match value {
        Value::Money(m) if !text(cell).contains(['万', '元']) => Value::Money(Money(m.0.saturating_mul(10_000))),
        value => value,
    }
}

/// The content of a cell, short enough to show.
pub(super) fn short(t: &str) -> String {
    t.chars().take(80).collect()
}

/// Holds a value to the rules of its field: what they refuse is left out, what they doubt is told.
fn ruled(slot: &Slot, checker: &Checker, value: &mut Value, cells: &[Cell<'_>], problems: &mut Vec<CellProblem>) {
    let Some(source) = slot.sources.iter().find(|s| s.filled(cells)) else { return };
    for v in checker.check(value) {
        let refused = v.level == Level::Refuse;
        // One remark on a cell is enough to have it looked at.
        if !refused && problems.iter().any(|p| p.column == Some(source.column)) {
            continue;
        }
        let cure = if refused {
            Note::new("这一格没有导入；改正后再导入", "The cell was left out; mend it and import again")
        } else {
            Note::new("已照原样导入，请核对", "Taken as written; look it over")
        };
        let reason = Note::new(v.message.zh.to_string(), v.message.en.to_string());
        problems.push(CellProblem { cure, ..noted(source, &source.cell(cells), reason) });
        if refused {
            *value = Value::Null;
        }
    }
}

fn noted(source: &Source, cell: &Cell<'_>, note: Note) -> CellProblem {
    CellProblem {
        column: Some(source.column),
        header: source.header.clone(),
        text: short(&text(cell)),
        reason: note,
        cure: Note {
            zh: Cow::Borrowed("这一格已照此读入；需要时在原表改正后重新导入"),
            en: Cow::Borrowed("The cell was taken like that; mend it in the sheet and import again if it matters"),
        },
        fatal: false,
    }
}

fn unreadable(source: &Source, cell: &Cell<'_>, problem: Problem, fatal: bool) -> CellProblem {
    CellProblem {
        column: Some(source.column),
        header: source.header.clone(),
        text: short(&text(cell)),
        reason: problem.reason,
        cure: problem.cure,
        fatal,
    }
}
