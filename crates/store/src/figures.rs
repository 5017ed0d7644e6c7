//! Figures for charts.

use crate::conn::Conn;
use crate::dialect::Dialect;
use crate::store::{Store, require};
use formula::{Node, Phase};
use model::{Access, Date, FieldKey, Money, Result, Scope};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;

/// Customers of one grade.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GradeFigure {
    /// The grade.
    pub grade: String,
    /// Customers.
    pub count: u64,
    /// Their total, in 分.
    pub total: Money,
}

/// Counted orders of one month.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MonthFigure {
    /// `2026-01`.
    pub month: String,
    /// Purchases.
    pub orders: u64,
    /// Amount, in 分.
    pub amount: Money,
}

/// Customers of one province.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProvinceFigure {
    /// The province; empty when unknown.
    pub province: String,
    /// Customers.
    pub count: u64,
    /// Their total, in 分.
    pub total: Money,
}

/// Most provinces that are told.
const MOST_PROVINCES: usize = 10;

/// The overview page's figures.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Overview {
    /// By grade, best first.
    pub grades: Vec<GradeFigure>,
    /// The last 24 months with their gaps filled, oldest first.
    pub months: Vec<MonthFigure>,
    /// The ten provinces with the largest total.
    pub provinces: Vec<ProvinceFigure>,
    /// Customers in all.
    pub customers: u64,
    /// Counted purchases in all.
    pub orders: u64,
    /// Counted amount in all, in 分.
    pub amount: Money,
}

impl Store {
    /// Figures for the overview. They are kept until the next change or the turn of the day, because at
    /// ten million orders counting them takes seconds.
    pub fn overview(&self, scope: &Scope) -> Result<Overview> {
        require(scope, Access::Read)?;
        let today = self.today();
        self.engine.read(|conn| {
            let change: i64 = conn.one("SELECT coalesce(max(id), 0) FROM _changes", &[])?;
            let key = (change, today);
            let mut kept = self.overview.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some((at, figures)) = &*kept
                && *at == key
            {
                return Ok(figures.clone());
            }
            let figures = self.count_overview(conn, today)?;
            *kept = Some((key, figures.clone()));
            Ok(figures)
        })
    }

    fn count_overview(&self, conn: &Conn, today: Date) -> Result<Overview> {
        let mut grades = heaps(conn, "grade")?;
        grades.sort_by(|a, b| b.points.cmp(&a.points).then_with(|| a.name.cmp(&b.name)));
        let grade = |h: Heap| GradeFigure { grade: h.name, count: h.count, total: Money(h.total) };
        let (months, orders, amount) = count_orders(conn, today)?;
        Ok(Overview {
            customers: grades.iter().map(|g| g.count).sum(),
            grades: grades.into_iter().map(grade).collect(),
            months,
            provinces: provinces_on(conn)?,
            orders,
            amount,
        })
    }

    /// Customers and their totals by province, the ten largest.
    pub fn provinces(&self, scope: &Scope) -> Result<Vec<ProvinceFigure>> {
        require(scope, Access::Read)?;
        self.engine.read(provinces_on)
    }
}

fn provinces_on(conn: &Conn) -> Result<Vec<ProvinceFigure>> {
    let mut all = heaps(conn, "province")?;
    let size = |h: &Heap| std::cmp::Reverse((h.total, h.count));
    all.sort_by(|a, b| size(a).cmp(&size(b)).then_with(|| a.name.cmp(&b.name)));
    all.truncate(MOST_PROVINCES);
    let figure = |h: Heap| ProvinceFigure { province: h.name, count: h.count, total: Money(h.total) };
    Ok(all.into_iter().map(figure).collect())
}

/// Customers with the same content of a field.
struct Heap {
    name: String,
    count: u64,
    total: i64,
    points: i64,
}

/// All customers by a field of text; those without content are under an empty name.
fn heaps(conn: &Conn, field: &str) -> Result<Vec<Heap>> {
    if conn.dialect() == Dialect::Postgres {
        let sums = ", count(*), coalesce(sum(total), 0), coalesce(max(points), 0) FROM customers GROUP BY 1";
        return conn.all(&["SELECT coalesce(", field, ", '')", sums].concat(), &[], |r| {
            Ok(Heap { name: r.get(0)?, count: r.get(1)?, total: r.get(2)?, points: r.get(3)? })
        });
    }
    // SQLite sorts what it groups; counting as they come takes a third of that.
    let mut found: HashMap<String, Heap> = HashMap::new();
    conn.each(&["SELECT ", field, ", total, points FROM customers"].concat(), &[], &mut |r| {
        let (name, total, points) = (r.text(0)?, r.get::<Option<i64>>(1)?, r.get::<Option<i64>>(2)?);
        if !found.contains_key(name) {
            found.insert(name.to_owned(), Heap { name: name.to_owned(), count: 0, total: 0, points: 0 });
        }
        if let Some(heap) = found.get_mut(name) {
            heap.count += 1;
            heap.total = heap.total.saturating_add(total.unwrap_or(0));
            heap.points = heap.points.max(points.unwrap_or(0));
        }
        Ok(())
    })?;
    Ok(found.into_values().collect())
}

/// One pass over the counted orders: the 24 months up to the as-of day's (months without orders are
/// zero), and purchases and amount in all.
fn count_orders(conn: &Conn, today: Date) -> Result<(Vec<MonthFigure>, u64, Money)> {
    let (y, m, _) = today.ymd();
    let first = y * 12 + m as i32 - 1 - 23;
    let starts: Vec<Date> = (0..=24)
        .filter_map(|i| Date::new((first + i).div_euclid(12), (first + i).rem_euclid(12) as u32 + 1, 1))
        .collect();
    let mut months: Vec<MonthFigure> = starts
        .iter()
        .take(24)
        .map(|d| MonthFigure { month: d.to_string()[..7].to_owned(), orders: 0, amount: Money(0) })
        .collect();
    // The columns are those of the index by customer, which is a third of the table.
    let (mut orders, mut amount) = (0, Money(0));
    conn.each("SELECT time, purchase, amount FROM orders WHERE counted = 1", &[], &mut |r| {
        let purchase = r.get::<Option<u64>>(1)?.unwrap_or(0);
        let paid = r.get::<Option<i64>>(2)?.unwrap_or(0);
        orders += purchase;
        amount.0 += paid;
        let Some(time) = r.get::<Option<i64>>(0)? else { return Ok(()) };
        let day = model::DateTime(time).date();
        let after = starts.partition_point(|d| *d <= day);
        if let Some(m) = after.checked_sub(1).and_then(|i| months.get_mut(i)) {
            m.orders += purchase;
            m.amount.0 += paid;
        }
        Ok(())
    })?;
    Ok((months, orders, amount))
}

impl Store {
    /// Grades everyone from the stored orders, without storing anything: how many customers each grade
    /// would have if recency, frequency, amount and grade of all were computed now.
    pub fn computed_grades(&self, scope: &Scope) -> Result<std::collections::BTreeMap<String, u64>> {
        use crate::derive::{Goal, Reach};
        require(scope, Access::Read)?;
        let (shape, today) = (self.shape(), self.today());
        let d = &shape.derivation;
        let mut out = std::collections::BTreeMap::new();
        let Some(i) = d.program.phases.iter().rposition(|p| p.columns.iter().any(|c| c.field == "grade")) else {
            return Ok(out);
        };
        let phase = &d.program.phases[i];
        let columns = needed(phase, &["days_since", "grade"]);
        let at =
            phase.columns.iter().filter(|c| columns.contains(&c.field)).position(|c| c.field == "grade").unwrap_or(0)
                + 1;
        let stmt = d.statement(i, &columns, Reach::Range, Goal::Read);
        self.engine.read(|conn| {
            stmt.each(conn, &crate::sql::Fill::range(today, 0, i64::MAX), &mut |r| {
                let grade = r.text(at)?;
                match out.get_mut(grade) {
                    Some(n) => *n += 1,
                    None => drop(out.insert(grade.to_owned(), 1)),
                }
                Ok(())
            })
        })?;
        Ok(out)
    }
}

/// The columns of a phase that some of them are computed from, and these.
fn needed(phase: &Phase, wanted: &[&str]) -> HashSet<FieldKey> {
    let mut out: HashSet<FieldKey> = wanted.iter().map(|key| FieldKey::from(*key)).collect();
    // Columns stand behind those they read.
    for column in phase.columns.iter().rev() {
        if out.contains(&column.field) {
            column.expr.visit(&mut |e| {
                if let Node::Field(field) = &e.node {
                    out.insert(field.clone());
                }
            });
        }
    }
    out
}
