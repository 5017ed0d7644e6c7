//! Conditions on days relative to today; of birthdays, on the days they come round.

use crate::dialect::Dialect;
use calendar::LunarDate;
use model::{Date, FieldKind, Holds, Span};
use sea_query::{BinOper, Expr, ExprTrait};

/// Whether a field lies within a span; None for a field that holds no days.
pub(crate) fn within(
    dialect: Dialect,
    kind: &FieldKind,
    column: impl Fn() -> Expr,
    span: Span,
    today: Date,
) -> Option<Expr> {
    let (from, to) = span.days(today);
    match kind.holds() {
        Holds::Date => Some(column().gte(i64::from(from.0)).and(column().lte(i64::from(to.0)))),
        Holds::DateTime => Some(column().gte(from.start().0).and(column().lt(Date(to.0 + 1).start().0))),
        Holds::Text if matches!(kind, FieldKind::Birthday) => Some(comes_round(dialect, column, from, to)),
        _ => None,
    }
}

/// Whether a stored birthday comes round between two days, both included.
fn comes_round(dialect: Dialect, column: impl Fn() -> Expr, from: Date, to: Date) -> Expr {
    // Every birthday comes round within a year.
    if to.0 - from.0 >= 365 {
        return column().is_not_null().and(column().ne(""));
    }
    let (mut solar, mut lunar, mut leap) = (Vec::new(), Vec::new(), Vec::new());
    for day in (from.0..=to.0).map(Date) {
        let (year, m, d) = day.ymd();
        solar.push(tail(m, d));
        if (m, d) == (2, 28) && Date::new(year, 2, 29).is_none() {
            solar.push(tail(2, 29));
        }
        let Some(l) = LunarDate::of(day) else { continue };
        // Who was born on a 30th has the last day of a short month.
        let last = LunarDate { day: l.day + 1, ..l }.solar().is_none();
        let days = if l.day == 29 && last { 29..=30 } else { l.day..=l.day };
        let own_leap = LunarDate { leap: true, day: 1, ..l }.solar().is_some();
        for d in days {
            let t = tail(l.month.into(), d.into());
            if !l.leap {
                lunar.push(t.clone());
            }
            // A leap month comes round as the plain one in years without it.
            if l.leap || !own_leap {
                leap.push(t);
            }
        }
    }
    let like = |pattern: &str| column().binary(BinOper::Like, Expr::val(pattern.to_owned()));
    let among = |list: Vec<String>| dialect.last_five(column()).is_in(list);
    (like("农历%").not().and(among(solar)))
        .or(like("农历%").and(like("%闰%").not()).and(among(lunar)))
        .or(like("%闰%").and(among(leap)))
}

/// Month and day as stored birthdays end.
fn tail(month: u32, day: u32) -> String {
    format!("{month:02}-{day:02}")
}
