//! Sample rows: read as a person would have typed them, written as one change.

use model::parse::{self, Cell, Ctx};
use model::{
    Birthday, Date, DateTime, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Label, Lang, Origin, RecordId, Result,
    Scope, TableKey, Value, builtin,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Added, Batch, BatchOptions, MatchKey, Store, Template, TemplateTable};

/// Writes the sample rows of a template that was added; how many.
pub(super) fn write(store: &Store, scope: &Scope, id: &str, template: &Template, added: &Added) -> Result<u64> {
    let options =
        BatchOptions { origin: Origin::Template, match_key: MatchKey::None, dry_run: false, expected_orders: 0 };
    let work = |b: &mut Batch<'_>| {
        let mut w =
            Samples { added, lang: scope.lang, today: store.today(), named: HashMap::new(), counts: BTreeMap::new() };
        in_order(template).into_iter().try_for_each(|t| w.table(b, t))?;
        let made = w.counts.values().sum::<u64>();
        let tables: serde_json::Map<_, _> =
            w.counts.iter().map(|(t, n)| (t.to_string(), serde_json::json!({ "created": n }))).collect();
        b.describe(&serde_json::json!({ "template": id, "tables": tables }).to_string())?;
        Ok(made)
    };
    if template.tables.iter().all(|t| t.rows.is_empty()) {
        return Ok(0);
    }
    Ok(store.batch(scope, options, work, &mut |_, _, _| Ok(()))?.1)
}

/// Tables with rows; those that others link to first.
fn in_order(template: &Template) -> Vec<&TemplateTable> {
    let rank = |t: &&TemplateTable| match &*t.table {
        builtin::CUSTOMERS => 0,
        builtin::PRODUCTS => 1,
        builtin::ORDERS => 3,
        builtin::INTERACTIONS => 4,
        _ => 2,
    };
    let mut out: Vec<&TemplateTable> = template.tables.iter().filter(|t| !t.rows.is_empty()).collect();
    out.sort_by_key(rank);
    out
}

struct Samples<'a> {
    added: &'a Added,
    lang: Lang,
    today: Date,
    /// Rows by the book's key of their table and their name.
    named: HashMap<(TableKey, String), RecordId>,
    counts: BTreeMap<TableKey, u64>,
}

impl Samples<'_> {
    fn table(&mut self, b: &mut Batch<'_>, t: &TemplateTable) -> Result<()> {
        let table = self.added.tables.get(&t.table).unwrap_or(&t.table).clone();
        let wanted: BTreeSet<&FieldKey> = t.rows.iter().flat_map(|r| r.keys()).collect();
        let def = b.schema().require(&table)?.clone();
        let mut columns: Vec<(&FieldKey, FieldDef)> = Vec::new();
        for key in wanted {
            let at = (t.table.clone(), key.clone());
            // A field that was left out takes its cells with it.
            let known = self.added.fields.get(&at).or(Some(key)).and_then(|k| def.field(k));
            columns.extend(known.filter(|f| !f.fixed() && f.kind.stored()).map(|f| (key, f.clone())));
        }
        let keys: Vec<FieldKey> = columns.iter().map(|(_, f)| f.key.clone()).collect();
        let handle = b.columns(&table, &keys)?;
        for (n, row) in t.rows.iter().enumerate() {
            let cell = |(key, field): &(&FieldKey, FieldDef)| {
                let text = row.get(*key).map_or("", |l| l.get(self.lang));
                self.cell(field, text).map_err(|e| e.on(&format!("{}.rows[{n}].{key}", t.table)))
            };
            let mut values = columns.iter().map(cell).collect::<Result<Vec<Value>>>()?;
            let id = self.row(b, &table, handle, &keys, &mut values, n)?;
            for name in row.get("name").into_iter().flat_map(|l: &Label| [&l.zh, &l.en]) {
                self.named.insert((table.clone(), name.to_string()), id);
            }
        }
        *self.counts.entry(table).or_default() += t.rows.len() as u64;
        Ok(())
    }

    fn row(
        &self,
        b: &mut Batch<'_>,
        table: &str,
        handle: usize,
        keys: &[FieldKey],
        values: &mut [Value],
        n: usize,
    ) -> Result<RecordId> {
        let done = match table {
            builtin::CUSTOMERS => b.customer(handle, values)?,
            builtin::ORDERS => {
                let place = keys.iter().position(|k| *k == *"customer");
                let customer = place.and_then(|i| if let Value::Link(id) = values[i] { Some(id) } else { None });
                let number = format!("SAMPLE{:03}-{:03}", b.change(), n + 1);
                b.order(handle, values, customer, || number)?
            }
            _ => b.own(handle, values)?,
        };
        Ok(done.id())
    }

    fn cell(&self, field: &FieldDef, text: &str) -> Result<Value> {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        let unread = || {
            Error::new(
                ErrorCode::Invalid,
                format!("示例“{text}”填不进“{}”", field.label.zh),
                format!("The sample “{text}” does not fit “{}”", field.label.en),
            )
        };
        if let FieldKind::Link { table } | FieldKind::Links { table } = &field.kind {
            let id = self.named.get(&(table.clone(), text.to_owned())).copied().ok_or_else(unread)?;
            let several = matches!(field.kind, FieldKind::Links { .. });
            return Ok(if several { Value::Links(vec![id]) } else { Value::Link(id) });
        }
        if let Some(value) = relative(&field.kind, text, self.today) {
            return Ok(value);
        }
        let ctx = Ctx { today: self.today, year: Some(self.today.ymd().0) };
        parse::cell(&field.kind, &Cell::Text(text), &ctx).map(|read| read.value).map_err(|_| unread())
    }
}

/// A day, moment or birthday told by its distance from today: `today-3`, `today-3 18:30`, `1992 today+3`.
fn relative(kind: &FieldKind, text: &str, today: Date) -> Option<Value> {
    let (before, after) = text.split_once("today")?;
    let (days, clock) = after.split_once(' ').unwrap_or((after, ""));
    let day = Date(today.0 + if days.is_empty() { 0 } else { days.parse::<i32>().ok()? });
    match kind {
        FieldKind::Date if before.is_empty() && clock.is_empty() => Some(Value::Date(day)),
        FieldKind::DateTime if before.is_empty() => {
            let (hour, minute) = if clock.is_empty() { ("0", "0") } else { clock.split_once(':')? };
            let seconds = hour.parse::<i64>().ok()? * 3_600 + minute.parse::<i64>().ok()? * 60;
            (0..86_400).contains(&seconds).then(|| Value::DateTime(DateTime(day.start().0 + seconds)))
        }
        FieldKind::Birthday if clock.is_empty() => {
            let year = before.trim();
            let year = if year.is_empty() { None } else { Some(year.parse().ok()?) };
            let (_, month, of_month) = day.ymd();
            // The 29th of February is not in every year.
            Birthday::new(year, month, of_month.min(28), false, false).map(|b| Value::Text(b.to_string()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_by_their_distance() {
        let today = Date::from_iso("2026-11-21").unwrap();
        let read = |kind: &FieldKind, text: &str| relative(kind, text, today);
        assert_eq!(read(&FieldKind::Date, "today"), Some(Value::Date(today)));
        assert_eq!(read(&FieldKind::Date, "today-21"), Date::from_iso("2026-10-31").map(Value::Date));
        let moment = DateTime::from_iso("2026-11-22T18:30:00").unwrap();
        assert_eq!(read(&FieldKind::DateTime, "today+1 18:30"), Some(Value::DateTime(moment)));
        assert_eq!(read(&FieldKind::Birthday, "1992 today+3"), Some(Value::Text("1992-11-24".into())));
        assert_eq!(read(&FieldKind::Birthday, "today+3"), Some(Value::Text("11-24".into())));
        for wrong in ["today+x", "2026-11-21", "today 25:00", "yesterday"] {
            assert_eq!(read(&FieldKind::Date, wrong), None, "{wrong}");
        }
    }
}
