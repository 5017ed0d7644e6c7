//! The rows of a batch: matched, inserted or merged one by one.

use super::{Batch, Upsert};
use crate::apply::add_identity;
use crate::cells::{Cell, from_sql};
use crate::dialect::quote;
use crate::matching::{CustomerKey, Found, MatchKey, find, name_of, text};
use crate::sqlite;
use model::{FieldKey, FieldKind, RecordId, Result, TableDef, Value, builtin};
use rusqlite::Connection;

impl Batch<'_> {
    /// Takes a customer row: a new customer, or new content for one in the book. Blank cells never
    /// overwrite; the name of a person found by anything but the code is kept.
    pub fn customer(&mut self, columns: usize, row: &mut [Value]) -> Result<Upsert> {
        let c = &self.columns[columns];
        let at = |k: &str| text(c.places.get(k).map(|i| &row[*i]));
        let key = CustomerKey {
            code: at("code"),
            name: at("name"),
            mobile: at("mobile"),
            wechat: at("wechat"),
            email: at("email"),
            account: at("account"),
        };
        let by = self.options.match_key;
        let found = match self.aliases.get(key.code) {
            Some(id) => Ok(Found::ByCode(*id)),
            None => find(self.conn(), &key, by, true),
        };
        let found = match found? {
            // Codes are unique whatever the match key, so a known code always means that customer.
            Found::Nobody if by != MatchKey::Identity && !key.code.is_empty() => {
                find(self.conn(), &key, MatchKey::Code, true)?
            }
            found => found,
        };
        match found {
            Found::ByCode(id) => self.merge(columns, id, row, false),
            Found::One(id) => self.merge(columns, id, row, true),
            Found::CodeTaken => {
                let code = key.code.to_owned();
                if let Some(i) = c.places.get("code") {
                    row[*i] = Value::Null;
                }
                let id = self.create(columns, row, &[])?;
                // Later rows and orders of this batch that name the code mean the new customer.
                self.aliases.insert(code.clone(), id.0);
                Ok(Upsert::CreatedRecoded(id, code))
            }
            Found::SharedMobile(other) => {
                let name = name_of(self.conn(), other)?;
                Ok(Upsert::CreatedSharing(self.create(columns, row, &[])?, name))
            }
            Found::Nobody | Found::SeveralNames => Ok(Upsert::Created(self.create(columns, row, &[])?)),
        }
    }

    /// Takes an order row (one line of an order). `unnumbered` is the number it gets when it has none: the
    /// same content gives the same number, so that a sheet taken twice is not doubled.
    pub fn order(
        &mut self,
        columns: usize,
        row: &mut [Value],
        customer: Option<RecordId>,
        unnumbered: impl FnOnce() -> String,
    ) -> Result<Upsert> {
        let c = &self.columns[columns];
        let given = c.places.get("order_no").map(|i| &row[*i]).and_then(Value::as_text).unwrap_or("");
        let customer = customer.map_or(Value::Null, Value::Link);
        if !given.is_empty() {
            let number = given.to_owned();
            let (old, lines) = self.stored_line(&number, c.places.get("product").map(|i| &row[*i]))?;
            return self.order_line(columns, row, &number, old, lines + 1, customer);
        }
        // Equal rows without a number are separate orders: the second gets a suffix.
        let base = unnumbered();
        for n in 1.. {
            let number = if n == 1 { base.clone() } else { format!("{base}-{n}") };
            let (old, lines) = self.stored_line(&number, None)?;
            if old.is_some() || lines == 0 {
                return self.order_line(columns, row, &number, old, 1, customer);
            }
        }
        unreachable!("the loop above ends at the first free number")
    }

    /// A line of this order stored before the batch and not matched yet, one of the same product first;
    /// and how many lines there are.
    fn stored_line(&self, number: &str, product: Option<&Value>) -> Result<(Option<i64>, i64)> {
        let before = self.next.get(builtin::ORDERS).map_or(0, |(first, _)| *first);
        let mut s = self
            .conn()
            .prepare_cached("SELECT id, line, product FROM orders WHERE order_no = ?1 ORDER BY line")
            .map_err(sqlite)?;
        let mut rows = s.query([number]).map_err(sqlite)?;
        let (mut best, mut lines) = (None, 0);
        while let Some(r) = rows.next().map_err(sqlite)? {
            let id: i64 = r.get(0).map_err(sqlite)?;
            lines = lines.max(r.get::<_, Option<i64>>(1).map_err(sqlite)?.unwrap_or(1));
            if id >= before || self.matched_orders.contains(id.unsigned_abs()) {
                continue;
            }
            let same = product.and_then(Value::as_text) == crate::apply::text_of(r.get_ref(2).map_err(sqlite)?);
            match best {
                None => best = Some((id, same)),
                Some((_, false)) if same => best = Some((id, true)),
                _ => {}
            }
        }
        Ok((best.map(|(id, _)| id), lines))
    }

    fn order_line(
        &mut self,
        columns: usize,
        row: &mut [Value],
        number: &str,
        old: Option<i64>,
        line: i64,
        customer: Value,
    ) -> Result<Upsert> {
        let place = self.columns[columns].places.get("customer").copied();
        if let Some(i) = place {
            row[i] = customer.clone();
        }
        if let Some(id) = old {
            self.matched_orders.insert(id.unsigned_abs());
            let done = self.merge(columns, id, row, false)?;
            return if place.is_none() && self.relink(columns, id, &customer)? {
                Ok(Upsert::Updated(done.id()))
            } else {
                Ok(done)
            };
        }
        let number = Value::Text(number.to_owned());
        let own: [(&str, Value); 3] =
            [("order_no", number.clone()), ("line", Value::Int(line)), ("customer", customer)];
        if let Some(i) = self.columns[columns].places.get("order_no") {
            row[*i] = number;
        }
        Ok(Upsert::Created(self.create(columns, row, &own)?))
    }

    /// Links a stored order to its customer when it had none or another.
    fn relink(&mut self, columns: usize, id: i64, customer: &Value) -> Result<bool> {
        if customer.is_blank() {
            return Ok(false);
        }
        let def = self.columns[columns].def.clone();
        let key = FieldKey::from("customer");
        let Some(before) = self.writing.content(&def, id, &[&key])? else { return Ok(false) };
        if before[0] == *customer {
            return Ok(false);
        }
        self.remember(&def, id)?;
        self.writing.update(&def, id, &[(&key, &before[0], customer)])?;
        Ok(true)
    }

    /// Takes a product row, known by its code or else its name.
    pub fn product(&mut self, columns: usize, row: &mut [Value]) -> Result<Upsert> {
        let c = &self.columns[columns];
        let at = |k: &str| text(c.places.get(k).map(|i| &row[*i]));
        let (code, name) = (at("code"), at("name"));
        let (sql, value) = if code.is_empty() {
            ("SELECT id FROM products WHERE name = ?1 ORDER BY id LIMIT 1", name)
        } else {
            ("SELECT id FROM products WHERE code = ?1 ORDER BY id LIMIT 1", code)
        };
        let mut s = self.conn().prepare_cached(sql).map_err(sqlite)?;
        let mut rows = s.query([value]).map_err(sqlite)?;
        let found: Option<i64> = match rows.next().map_err(sqlite)? {
            Some(r) => Some(r.get(0).map_err(sqlite)?),
            None => None,
        };
        match found {
            Some(id) => self.merge(columns, id, row, false),
            None => Ok(Upsert::Created(self.create(columns, row, &[])?)),
        }
    }

    fn create(&mut self, columns: usize, row: &mut [Value], own: &[(&str, Value)]) -> Result<RecordId> {
        let conn = self.conn();
        let c = &self.columns[columns];
        let code_place = c.places.get("code").copied();
        let mut code = None;
        if let Some(FieldKind::Code { prefix, width }) = c.def.field("code").map(|f| f.kind.clone()) {
            let counter = self.next_code.entry(c.def.key.clone()).or_insert(1);
            match code_place.map(|i| &row[i]).and_then(Value::as_text) {
                Some(given) if !given.is_empty() => skip_code(counter, given, &prefix),
                _ => code = Some(free_code(conn, &c.def, counter, &prefix, width)?),
            }
        }
        if let (Some(i), Some(code)) = (code_place, &code) {
            row[i] = Value::Text(code.clone());
        }
        let Some(next) = self.next.get_mut(&c.def.key) else { return Err(crate::failure("a table without ids")) };
        let id = next.1;
        next.1 += 1;
        let mut s = conn.prepare_cached(&c.insert).map_err(sqlite)?;
        s.raw_bind_parameter(1, id).map_err(sqlite)?;
        for (i, v) in row.iter().enumerate() {
            s.raw_bind_parameter(i + 2, Cell(v)).map_err(sqlite)?;
        }
        for (i, k) in c.own.iter().enumerate() {
            let at = row.len() + 2 + i;
            match (own.iter().find(|(name, _)| name == k), &code) {
                (Some((_, v)), _) => s.raw_bind_parameter(at, Cell(v)),
                (None, Some(code)) if *k == "code" => s.raw_bind_parameter(at, code),
                _ => s.raw_bind_parameter(at, rusqlite::types::Null),
            }
            .map_err(sqlite)?;
        }
        s.raw_execute().map_err(sqlite)?;
        if c.def.key == *builtin::CUSTOMERS {
            for k in model::IDENTITY_FIELDS {
                if let Some(i) = c.places.get(k) {
                    add_identity(conn, id, k, &row[*i])?;
                }
            }
        }
        Ok(RecordId(id))
    }

    /// New content for a stored record; blank cells are left out.
    fn merge(&mut self, columns: usize, id: i64, row: &[Value], keep_name: bool) -> Result<Upsert> {
        let c = &self.columns[columns];
        let mut s = self.conn().prepare_cached(&c.select).map_err(sqlite)?;
        let before: Vec<Value> = s
            .query_row([id], |r| c.kinds.iter().enumerate().map(|(i, k)| Ok(from_sql(k, r.get_ref(i)?))).collect())
            .map_err(sqlite)?;
        let changes: Vec<usize> = (0..row.len())
            .filter(|&i| {
                let kept = c.fields[i] == "code" && !before[i].is_blank()
                    || keep_name && c.fields[i] == "name" && !before[i].is_blank();
                !row[i].is_blank() && !kept && !same(&row[i], &before[i])
            })
            .collect();
        if changes.is_empty() {
            return Ok(Upsert::Unchanged(RecordId(id)));
        }
        let def = c.def.clone();
        let fields = c.fields.clone();
        let created_here = self.next.get(&def.key).is_some_and(|(first, _)| id >= *first);
        if created_here {
            // A later row of the same file adds to a record the batch made: part of making it, not an edit.
            return self.complete(columns, id, row, &changes);
        }
        self.remember(&def, id)?;
        let list: Vec<_> = changes.iter().map(|&i| (&fields[i], &before[i], &row[i])).collect();
        self.writing.update(&def, id, &list)?;
        Ok(Upsert::Updated(RecordId(id)))
    }

    fn complete(&mut self, columns: usize, id: i64, row: &[Value], changes: &[usize]) -> Result<Upsert> {
        let c = &self.columns[columns];
        let sets: Vec<String> = changes.iter().map(|&i| [&quote(&c.fields[i]), " = ?"].concat()).collect();
        let sql = ["UPDATE ", &quote(&c.def.key), " SET ", &sets.join(", "), " WHERE id = ?"].concat();
        let mut s = self.conn().prepare_cached(&sql).map_err(sqlite)?;
        for (n, &i) in changes.iter().enumerate() {
            s.raw_bind_parameter(n + 1, Cell(&row[i])).map_err(sqlite)?;
        }
        s.raw_bind_parameter(changes.len() + 1, id).map_err(sqlite)?;
        s.raw_execute().map_err(sqlite)?;
        if c.def.key == *builtin::CUSTOMERS {
            for &i in changes {
                add_identity(self.conn(), id, &c.fields[i], &row[i])?;
            }
        }
        Ok(Upsert::Unchanged(RecordId(id)))
    }

    fn remember(&mut self, def: &TableDef, id: i64) -> Result<()> {
        let shape = std::sync::Arc::clone(&self.writing.shape);
        self.writing.touched.remember(self.writing.conn, &shape.derivation, &def.key, &[id])
    }
}

/// Whether two cells hold the same, whole numbers and numbers taken together.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Number(b)) | (Value::Number(b), Value::Int(a)) => *a as f64 == *b,
        _ => a == b,
    }
}

/// Moves a code counter past a code given by a file.
fn skip_code(counter: &mut i64, given: &str, prefix: &str) {
    if let Some(n) = given.strip_prefix(prefix).and_then(|n| n.parse::<i64>().ok())
        && n >= *counter
        && n < 1_000_000_000_000
    {
        *counter = n + 1;
    }
}

fn free_code(conn: &Connection, def: &TableDef, counter: &mut i64, prefix: &str, width: u8) -> Result<String> {
    let sql = ["SELECT 1 FROM ", &quote(&def.key), " WHERE code = ?1"].concat();
    let mut s = conn.prepare_cached(&sql).map_err(sqlite)?;
    loop {
        let code = format!("{prefix}{counter:0width$}", width = usize::from(width));
        *counter += 1;
        if !s.exists([&code]).map_err(sqlite)? {
            return Ok(code);
        }
    }
}
