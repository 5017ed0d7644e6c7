//! Interactions of the demonstration data: what was talked about, and what is planned.

use super::lists::{FEEDBACKS, PLANS, TALKS};
use super::{Demo, Random};
use model::builtin::{FEEDBACK, INTERACTIONS, PLAN, TALK};
use model::{Date, DateTime, FieldKey, RecordId, Result, Value};
use store::Batch;

/// Fields of a generated interaction.
const FIELDS: [&str; 10] =
    ["customer", "time", "kind", "way", "content", "satisfaction", "follow_up", "follow_up_way", "done", "done_at"];
/// Customers who were talked to: enough to look at, whatever the size of the book.
const TALKED_TO: u64 = 1_000;

impl Demo {
    /// Writes the interactions of the first customers; how many. An open follow-up stands on the day of their next
    /// contact.
    pub(super) fn talk(&self, b: &mut Batch<'_>, customers: &[RecordId]) -> Result<u64> {
        let columns = b.columns(INTERACTIONS, &FIELDS.map(FieldKey::from))?;
        let mut made = 0;
        for (n, id) in (0..self.customers.min(TALKED_TO)).zip(customers) {
            for mut row in self.talks_of(n, *id) {
                b.own(columns, &mut row)?;
                made += 1;
            }
        }
        Ok(made)
    }

    fn talks_of(&self, n: u64, customer: RecordId) -> Vec<[Value; FIELDS.len()]> {
        let mut r = Random(n.wrapping_mul(0x9e6c_63d0_876a_3f35) ^ 0x7a1c);
        let mut out = Vec::new();
        let next = self.customer(n).into_iter().find_map(|v| if let Value::Date(day) = v { Some(day) } else { None });
        if !r.chance(0.45) && next.is_none() {
            return out;
        }
        for _ in 0..1 + r.below(4) {
            let at = moment(Date(self.today.0 - 2 - r.below(200) as i32), 9 + r.below(11), &mut r);
            out.push(if r.chance(0.25) { feedback(&mut r, customer, at) } else { self.talked(&mut r, customer, at) });
        }
        if let Some(day) = next {
            let (way, what) = r.pick(&PLANS);
            let due = moment(day, 9 + r.below(9), &mut r);
            let noted = moment(Date(day.0.min(self.today.0) - 4 - r.below(20) as i32), 10 + r.below(8), &mut r);
            let mut row = plain(customer, noted, PLAN, None, what);
            row[6] = Value::DateTime(due);
            row[7] = text(way);
            out.push(row);
        }
        out
    }

    /// A talk; now and then with a follow-up that was done since.
    fn talked(&self, r: &mut Random, customer: RecordId, at: DateTime) -> [Value; FIELDS.len()] {
        let (way, what) = r.pick(&TALKS);
        let mut row = plain(customer, at, TALK, Some(way), what);
        let due = moment(Date(at.date().0 + 1), 14, r);
        if r.chance(0.3) && due.date() < self.today {
            row[6] = Value::DateTime(due);
            row[7] = text(way);
            row[8] = Value::Bool(true);
            row[9] = Value::DateTime(DateTime(due.0 + 1_500));
        }
        row
    }
}

fn feedback(r: &mut Random, customer: RecordId, at: DateTime) -> [Value; FIELDS.len()] {
    let (what, stars) = r.pick(&FEEDBACKS);
    let kind = if stars <= 2 { FEEDBACK[1] } else { FEEDBACK[0] };
    let mut row = plain(customer, at, kind, Some("微信"), what);
    row[5] = Value::Int(stars);
    row
}

fn plain(customer: RecordId, at: DateTime, kind: &str, way: Option<&str>, what: &str) -> [Value; FIELDS.len()] {
    let mut row: [Value; FIELDS.len()] = Default::default();
    row[0] = Value::Link(customer);
    row[1] = Value::DateTime(at);
    row[2] = text(kind);
    row[3] = way.map_or(Value::Null, text);
    row[4] = text(what);
    row
}

fn text(t: &str) -> Value {
    Value::Text(t.to_owned())
}

/// A moment of a day in an hour, to five minutes.
fn moment(day: Date, hour: u64, r: &mut Random) -> DateTime {
    DateTime(day.start().0 + (hour * 3600 + r.below(12) * 300) as i64)
}
