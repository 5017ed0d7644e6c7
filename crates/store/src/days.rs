//! The records of a view by the day they stand on, for calendars.

use crate::order::select_scanning;
use crate::snapshots::ViewId;
use crate::sql::{Fill, Stmt};
use crate::store::Store;
use model::{Condition, Date, Error, ErrorCode, Filter, Holds, Op, Result, Scope, Value};
use sea_query::{Alias, Expr};
use std::time::Instant;

/// Most days asked for at once: the weeks that two months touch.
const MOST_DAYS: i64 = 70;
/// Most records of a day that come with it.
const MOST_EACH: usize = 20;

/// Some days of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct Days {
    /// Days on which there is a record, in order, with how many.
    pub days: Vec<(Date, u64)>,
    /// The first records of each day, in the form of [`Store::page`].
    pub rows: Vec<u8>,
}

/// The earliest of one day, by the moment they stand at.
#[derive(Default)]
struct Day {
    count: u64,
    first: Vec<(i64, i64)>,
}

impl Day {
    fn add(&mut self, at: i64, id: i64, each: usize) {
        self.count += 1;
        let new = (at, id);
        if self.first.len() < each || self.first.last().is_some_and(|last| new < *last) {
            let place = self.first.partition_point(|held| *held < new);
            self.first.insert(place, new);
            self.first.truncate(each);
        }
    }
}

impl Store {
    /// How many records of a view stand on each day from `from` to before `to` (at most 70) by a field that holds
    /// days or moments, and the first `each` (at most 20) of every day, earliest first. As the book is now, and
    /// not as it was when the view was opened.
    ///
    /// # Errors
    /// `not_found` for a view that was dropped or an unknown field, `invalid` for a field that is no date, for
    /// too many days, or for days that end before they begin.
    pub fn days(&self, scope: &Scope, id: &ViewId, field: &str, from: Date, to: Date, each: usize) -> Result<Days> {
        let view = self.views.find(scope, id)?;
        let shape = self.shape();
        let table = shape.schema.require(&view.table.key)?;
        let field = table.require(field)?;
        let length = i64::from(to.0) - i64::from(from.0);
        let (start, width) = match field.kind.holds() {
            Holds::Date => (i64::from(from.0), 1),
            Holds::DateTime => (from.start().0, 86_400),
            _ => {
                let e = Error::new(ErrorCode::Invalid, "这个字段不是日期", "This field is no date");
                return Err(e.on(&field.key));
            }
        };
        if !(1..=MOST_DAYS).contains(&length) {
            return Err(Error::new(
                ErrorCode::Invalid,
                format!("一次最多查看 {MOST_DAYS} 天"),
                format!("At most {MOST_DAYS} days are shown at once"),
            ));
        }
        let bound = |op, day| Filter::Is(Condition { field: field.key.clone(), op, values: vec![Value::Date(day)] });
        let mut query = view.query.clone();
        query.filter = Filter::All(vec![query.filter, bound(Op::Ge, from), bound(Op::Lt, to)]);
        let mut days: Vec<Day> = (0..length).map(|_| Day::default()).collect();
        self.engine.read(|conn| {
            let plan = self.plan(conn, &shape, table, &query.filter)?;
            let mut select = select_scanning(conn.dialect(), &shape, table, &query, &plan.scanned)?;
            select.expr(Expr::col((Alias::new("c"), Alias::new(field.key.as_str()))));
            let began = Instant::now();
            Stmt::select(&select).each(conn, &Fill::today(Date(0)), &mut |row| {
                let at: i64 = row.get(1)?;
                if let Some(day) = usize::try_from((at - start) / width).ok().and_then(|n| days.get_mut(n)) {
                    day.add(at, row.get(0)?, each.min(MOST_EACH));
                }
                Ok(())
            })?;
            self.opened_in(table, plan, began.elapsed());
            Ok(())
        })?;
        let ids: Vec<i64> = days.iter().flat_map(|d| d.first.iter().map(|(_, id)| *id)).collect();
        let days = (from.0..).zip(&days).filter(|(_, d)| d.count > 0).map(|(n, d)| (Date(n), d.count)).collect();
        Ok(Days { days, rows: self.json_rows(&view, &ids)? })
    }
}
