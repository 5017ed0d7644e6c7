//! Merged cells: their content stands in their first row and holds for all of them.

use super::slots::Slots;
use crate::SheetPlan;
use model::{FieldKey, Value};

/// Fields that are never carried: an amount merged over three lines was paid once.
const NEVER: &[&str] = &["amount", "quantity"];

/// The last values of a table, and where merged cells repeat them.
pub(super) struct Carry {
    fields: Vec<FieldKey>,
    last: Option<Vec<Value>>,
    /// For each field the merged rows of its columns, ascending, and how far they are behind us.
    spans: Vec<(Vec<(u32, u32)>, usize)>,
}

impl Carry {
    pub(super) fn new(slots: &Slots, plan: &SheetPlan) -> Self {
        let spans = slots
            .slots
            .iter()
            .zip(&slots.fields)
            .map(|(slot, field)| {
                let mine = |m: &&crate::Merged| {
                    slot.sources.iter().any(|s| s.column == m.column) && m.last_row > plan.head_end
                };
                let mut rows: Vec<(u32, u32)> =
                    plan.merged.iter().filter(mine).map(|m| (m.first_row, m.last_row)).collect();
                rows.sort_unstable();
                if NEVER.contains(&field.as_str()) {
                    rows.clear();
                }
                (rows, 0)
            })
            .collect();
        Self { fields: slots.fields.clone(), last: None, spans }
    }

    /// Fills blank values that stand inside a merged cell from the row above.
    pub(super) fn fill(&mut self, row: u32, values: &mut [Value]) {
        let Some(last) = &self.last else { return };
        for (i, (spans, at)) in self.spans.iter_mut().enumerate() {
            while spans.get(*at).is_some_and(|(_, end)| *end < row) {
                *at += 1;
            }
            let inside = spans.get(*at).is_some_and(|(first, _)| *first < row);
            if inside && values[i].is_blank() {
                values[i] = last[i].clone();
            }
        }
    }

    /// Fills one blank field from the row above.
    pub(super) fn fill_field(&self, field: &str, values: &mut [Value]) {
        if let (Some(i), Some(last)) = (self.fields.iter().position(|f| *f == *field), &self.last)
            && values[i].is_blank()
        {
            values[i] = last[i].clone();
        }
    }

    pub(super) fn keep(&mut self, values: &[Value]) {
        match &mut self.last {
            Some(last) => last.clone_from_slice(values),
            None => self.last = Some(values.to_vec()),
        }
    }

    pub(super) fn last(&self) -> Option<&[Value]> {
        self.last.as_deref()
    }
}
