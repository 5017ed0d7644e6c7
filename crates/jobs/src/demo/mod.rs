//! Demonstration data: plausible Chinese customers and orders, the same for the same numbers and day.
//!
//! Purchases are heavy-tailed (a few customers buy a great deal), follow the seasons of Chinese shops
//! (618, double eleven, the weeks before Spring Festival), hours of the day, and stop: many customers
//! have left by the as-of day.

mod lists;
mod talks;

use crate::Control;
use lists::{CHANNELS, GIVEN, PLACES, PRODUCTS, SOURCES, STATUSES, SURNAMES, TAGS};
use model::{Date, DateTime, FieldKey, Money, Origin, RecordId, Result, Scope, Value, builtin};
use std::io::Write;
use store::{BatchOptions, MatchKey, Store};

/// Days of history.
const DAYS: i32 = 730;

/// SplitMix64 (Steele, Lea, Flood 2014): small, and its numbers never change between versions.
#[derive(Clone)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between 0 and 1, 1 excluded.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n.max(1))) >> 64) as u64
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
}

/// A set of demonstration data.
#[derive(Clone, Copy, Debug)]
pub struct Demo {
    /// Customers.
    pub customers: u64,
    /// Orders.
    pub orders: u64,
    /// The last day with orders.
    pub today: Date,
}

/// Fields of a generated customer.
pub const CUSTOMER_FIELDS: [&str; 16] = [
    "code",
    "name",
    "gender",
    "birthday",
    "mobile",
    "wechat",
    "province",
    "city",
    "district",
    "address",
    "source",
    "status",
    "recommend",
    "tags",
    "next_contact",
    "note",
];
/// Fields of a generated order; the first is the customer's code in files.
pub const ORDER_FIELDS: [&str; 9] =
    ["order_no", "time", "product", "category", "quantity", "amount", "channel", "status", "note"];

impl Demo {
    /// The values of a customer, aligned with [`CUSTOMER_FIELDS`]. `n` counts from 0.
    pub fn customer(&self, n: u64) -> [Value; 16] {
        let mut r = Random(n.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0xc0ff_ee00);
        let female = r.chance(0.62);
        let surname = SURNAMES[(r.unit().powi(2) * SURNAMES.len() as f64) as usize];
        let mut name = surname.to_owned();
        for _ in 0..if r.chance(0.8) { 2 } else { 1 } {
            name.push_str(r.pick(&GIVEN));
        }
        let (province, cities) = &PLACES[(r.unit().powf(1.6) * PLACES.len() as f64) as usize];
        let (city, districts) = r.pick(cities);
        let text = |t: &str| Value::Text(t.to_owned());
        let birthday = if r.chance(0.6) {
            let month = 1 + r.below(12);
            let day = 1 + r.below(28);
            let lunar = r.chance(0.15);
            let year = 1958 + r.below(48);
            Value::Text(format!("{}{year}-{month:02}-{day:02}", if lunar { "农历" } else { "" }))
        } else {
            Value::Null
        };
        let status = if r.chance(0.25) {
            "潜在客户"
        } else {
            r.pick(&["意向客户", "成交客户", "成交客户", "老客户"])
        };
        let recommend = match r.below(10) {
            0..=3 => text("愿意"),
            4..=5 => text("一般"),
            6 => text("不愿意"),
            _ => Value::Null,
        };
        let tags = if r.chance(0.35) { Value::Tags(vec![r.pick(&TAGS).to_owned()]) } else { Value::Null };
        let next = if r.chance(0.08) { Value::Date(Date(self.today.0 - 3 + r.below(30) as i32)) } else { Value::Null };
        [
            Value::Text(format!("K{:06}", n + 1)),
            Value::Text(name),
            text(if female { "女" } else { "男" }),
            birthday,
            Value::Text(mobile(n)),
            if r.chance(0.7) {
                Value::Text(format!("wx_{:07x}", n.wrapping_mul(2_654_435_761) & 0xfff_ffff))
            } else {
                Value::Null
            },
            text(province),
            text(city),
            text(r.pick(districts)),
            Value::Text(format!(
                "{}路{}号",
                r.pick(&["人民", "解放", "中山", "建设", "和平", "新华"]),
                1 + r.below(800)
            )),
            text(r.pick(&SOURCES)),
            text(status),
            recommend,
            tags,
            next,
            if r.chance(0.1) {
                text(r.pick(&["喜欢清淡香型", "周末联系", "只要顺丰", "老客户介绍来的", "对价格敏感"]))
            } else {
                Value::Null
            },
        ]
    }

    /// Calls `each` with (number of the customer, values aligned with [`ORDER_FIELDS`]) for every order,
    /// oldest first.
    pub fn each_order(&self, mut each: impl FnMut(u64, [Value; 9]) -> Result<()>) -> Result<()> {
        let mut r = Random(0x5eed_0f0d ^ self.orders.rotate_left(17) ^ self.customers);
        let weights: Vec<f64> = (0..DAYS).map(|d| season(Date(self.today.0 - DAYS + 1 + d))).collect();
        let total: f64 = weights.iter().sum();
        let mut made = 0_u64;
        let mut cumulative = 0.0;
        for (d, w) in weights.iter().enumerate() {
            cumulative += w;
            let until =
                if d + 1 == weights.len() { self.orders } else { (self.orders as f64 * cumulative / total) as u64 };
            let day = Date(self.today.0 - DAYS + 1 + d as i32);
            let mut second = 0;
            let today = until.saturating_sub(made);
            while made < until {
                // Seconds of the day grow through a curve that is flat at night and steep in the evening.
                let position = (made - (until - today)) as f64 / today as f64;
                second = Ord::max(second, hour_curve(position));
                let customer = self.buyer(&mut r, d as i32);
                each(customer, self.order(&mut r, made, day, second))?;
                made += 1;
            }
        }
        Ok(())
    }

    /// Who buys on a day: customers of low rank far more often, and only between joining and leaving.
    fn buyer(&self, r: &mut Random, day: i32) -> u64 {
        let mut candidate = 0;
        for _ in 0..6 {
            let rank = (r.unit().powf(2.4) * self.customers as f64) as u64;
            candidate = scatter(rank, self.customers);
            let mut own = Random(candidate ^ 0x1eaf);
            let joined = (own.unit() * f64::from(DAYS) * 0.9) as i32;
            // Three in ten stay for good; the others leave after a time that is usually short.
            let stay = if own.chance(0.3) { DAYS } else { 20 + (own.unit().powi(2) * 600.0) as i32 };
            if day >= joined && day <= joined + stay {
                break;
            }
        }
        candidate
    }

    fn order(&self, r: &mut Random, n: u64, day: Date, second: i64) -> [Value; 9] {
        let (product, category, price) = r.pick(&PRODUCTS);
        let quantity = 1 + (r.unit().powi(3) * 5.0) as i64;
        let discount = [100, 100, 100, 95, 90, 85][r.below(6) as usize];
        let amount = price * quantity * discount;
        let status = match r.below(100) {
            0..=3 => "交易关闭",
            4..=5 => "退款成功",
            6 => "待付款",
            7..=12 => "已发货",
            _ => r.pick(&STATUSES),
        };
        let text = |t: &str| Value::Text(t.to_owned());
        let (y, m, d) = day.ymd();
        [
            Value::Text(format!("{y}{m:02}{d:02}{:010}", n + 1)),
            Value::DateTime(DateTime(day.start().0 + second)),
            text(product),
            text(category),
            Value::Int(quantity),
            Value::Money(Money(amount)),
            text(r.pick(&CHANNELS)),
            text(status),
            Value::Null,
        ]
    }

    /// Puts the data into a book; the number of the change.
    ///
    /// # Errors
    /// `cancelled`, or what the store says; the book is then as it was.
    pub fn fill(&self, store: &Store, scope: &Scope, control: &Control) -> Result<i64> {
        let keys = |list: &[&str]| list.iter().map(|k| FieldKey::from(*k)).collect::<Vec<_>>();
        let options = BatchOptions {
            origin: Origin::Demo,
            match_key: MatchKey::None,
            dry_run: false,
            expected_orders: self.orders,
        };
        control.phase("write", self.customers + self.orders);
        let (change, ()) = store.batch(
            scope,
            options,
            |b| {
                let columns = b.columns(builtin::CUSTOMERS, &keys(&CUSTOMER_FIELDS))?;
                let mut ids = Vec::with_capacity(self.customers as usize);
                for n in 0..self.customers {
                    let mut values = self.customer(n);
                    // The book's own codes, so that a book with customers can take the demonstration too.
                    values[0] = Value::Null;
                    ids.push(b.customer(columns, &mut values)?.id());
                    if n % 512 == 0 {
                        control.done(n)?;
                    }
                }
                let columns = b.columns(builtin::ORDERS, &keys(&ORDER_FIELDS))?;
                let mut n = 0;
                self.each_order(|customer, mut values| {
                    if let Value::Text(no) = &mut values[0] {
                        no.insert_str(0, "DEMO");
                    }
                    let id: Option<RecordId> = ids.get(customer as usize).copied();
                    b.order(columns, &mut values, id, String::new)?;
                    n += 1;
                    if n % 512 == 0 { control.done(self.customers + n) } else { Ok(()) }
                })?;
                let talks = self.talk(b, &ids)?;
                let about = serde_json::json!({ "files": [], "tables": {
                    "customers": { "created": self.customers }, "orders": { "created": self.orders },
                    "interactions": { "created": talks } } });
                b.describe(&about.to_string())
            },
            &mut |phase, done, total| control.report(phase, done, total),
        )?;
        Ok(change.unwrap_or_default())
    }

    /// Writes `customers.csv` and `orders.csv` with Chinese headers, as a seller would have them.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_csv(&self, folder: &std::path::Path) -> std::io::Result<()> {
        let schema = builtin::schema();
        let header = |table: &str, fields: &[&str], first: Option<&str>| {
            let labels = fields.iter().filter_map(|f| schema.table(table)?.field(f)).map(|f| f.label.zh.to_string());
            first.map(str::to_owned).into_iter().chain(labels).collect::<Vec<_>>().join(",")
        };
        std::fs::create_dir_all(folder)?;
        let mut out = std::io::BufWriter::with_capacity(1 << 20, std::fs::File::create(folder.join("customers.csv"))?);
        writeln!(out, "{}", header(builtin::CUSTOMERS, &CUSTOMER_FIELDS, None))?;
        for n in 0..self.customers {
            line(&mut out, None, &self.customer(n))?;
        }
        out.flush()?;
        let mut out = std::io::BufWriter::with_capacity(1 << 20, std::fs::File::create(folder.join("orders.csv"))?);
        writeln!(out, "{}", header(builtin::ORDERS, &ORDER_FIELDS, Some("客户编号")))?;
        let mut failed = None;
        let _ = self.each_order(|customer, values| {
            line(&mut out, Some(&format!("K{:06}", customer + 1)), &values).map_err(|e| {
                let text = e.to_string();
                failed = Some(e);
                model::Error::internal(text)
            })
        });
        match failed {
            Some(e) => Err(e),
            None => out.flush(),
        }
    }
}

fn line(out: &mut impl Write, first: Option<&str>, values: &[Value]) -> std::io::Result<()> {
    if let Some(f) = first {
        out.write_all(f.as_bytes())?;
    }
    for (i, v) in values.iter().enumerate() {
        if i > 0 || first.is_some() {
            out.write_all(b",")?;
        }
        match v {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Link(_) | Value::Person(_) => {}
            Value::Links(_) | Value::Files(_) | Value::Error(_) => {}
            Value::Text(t) => out.write_all(t.as_bytes())?,
            Value::Int(n) => write!(out, "{n}")?,
            Value::Money(m) => write!(out, "{m}")?,
            Value::Date(d) => write!(out, "{d}")?,
            Value::DateTime(t) => write!(out, "{t}")?,
            Value::Tags(t) => out.write_all(t.join("、").as_bytes())?,
        }
    }
    out.write_all(b"\n")
}

/// A mobile number that no two customers share.
fn mobile(n: u64) -> String {
    const PREFIXES: [u64; 10] = [138, 139, 136, 150, 158, 186, 187, 177, 199, 135];
    let tail = n.wrapping_mul(48_271).wrapping_add(11_113) % 100_000_000;
    format!("{}{tail:08}", PREFIXES[(n % 10) as usize])
}

/// A permutation of 0..n that spreads neighbours.
fn scatter(rank: u64, n: u64) -> u64 {
    ((u128::from(rank) * 2_654_435_761) % u128::from(n.max(1))) as u64
}

/// How busy a day is.
fn season(day: Date) -> f64 {
    let (_, month, d) = day.ymd();
    let weekend = if matches!((day.0 + 4).rem_euclid(7), 0 | 6) { 1.25 } else { 1.0 };
    let sale = match (month, d) {
        (11, 1..=11) | (6, 10..=18) => 2.6,
        (12, 8..=12) | (3, 5..=8) | (9, 1..=9) => 1.5,
        (1, 5..=25) => 1.8,
        (2, 1..=14) => 0.5,
        _ => 1.0,
    };
    weekend * sale
}

/// The second of the day by which a share of the day's orders has come.
fn hour_curve(share: f64) -> i64 {
    // Orders an hour, midnight first: lunch and evening peaks.
    const HOURS: [f64; 24] = [
        1.5, 0.7, 0.3, 0.2, 0.2, 0.4, 0.9, 1.8, 3.0, 4.2, 5.0, 5.4, 6.0, 5.5, 4.6, 4.4, 4.5, 4.6, 5.0, 6.6, 8.6, 9.6,
        8.2, 4.8,
    ];
    let total: f64 = HOURS.iter().sum();
    let mut left = share * total;
    for (h, w) in HOURS.iter().enumerate() {
        if left < *w {
            return h as i64 * 3600 + (left / w * 3600.0) as i64;
        }
        left -= w;
    }
    86_399
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn demo() -> Demo {
        Demo { customers: 500, orders: 5_000, today: Date::from_iso("2026-11-21").unwrap() }
    }

    #[test]
    fn the_same_numbers_give_the_same_data() {
        let collect = || {
            let mut out = Vec::new();
            demo()
                .each_order(|c, v| {
                    out.push((c, v));
                    Ok(())
                })
                .unwrap();
            out
        };
        let a = collect();
        assert_eq!(a.len(), 5_000);
        assert_eq!(a, collect());
        assert_eq!(demo().customer(7), demo().customer(7));
    }

    #[test]
    fn purchases_are_heavy_tailed_and_in_order_of_time() {
        let mut counts: HashMap<u64, u32> = HashMap::new();
        let mut last = DateTime(i64::MIN);
        demo()
            .each_order(|c, v| {
                *counts.entry(c).or_default() += 1;
                let Value::DateTime(t) = v[1] else { panic!() };
                assert!(t >= last);
                last = t;
                Ok(())
            })
            .unwrap();
        let mut sorted: Vec<u32> = counts.values().copied().collect();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        let top: u32 = sorted.iter().take(50).sum();
        assert!(top > 1_500, "a tenth of the customers buys {top} of 5,000");
        assert!(counts.len() > 200, "{}", counts.len());
    }

    #[test]
    fn mobiles_are_valid_and_unshared() {
        let mut seen = std::collections::HashSet::new();
        for n in 0..200_000 {
            let m = mobile(n);
            assert_eq!(m.len(), 11);
            assert!(seen.insert(m));
        }
    }
}
