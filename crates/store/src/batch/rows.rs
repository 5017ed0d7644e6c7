//! The rows of a batch: matched, inserted or merged one by one.

use super::{Batch, Upsert};
use crate::apply::{add_identity, remove_identity};
use crate::cells::{from_sql, param};
use crate::conn::{Param, params};
use crate::dialect::quote;
use crate::links;
use crate::matching::{Found, MatchKey, find, name_of};
use model::{FieldKey, FieldKind, Identity, RecordId, Result, TableDef, Value, builtin};

impl Batch<'_> {
    /// Takes a customer row: a new customer, or new content for one in the book. Blank cells never
    /// overwrite; the name of a person found by anything but the code is kept.
    pub fn customer(&mut self, columns: usize, row: &mut [Value]) -> Result<Upsert> {
        let c = &self.columns[columns];
        let key = c.key(row);
        let by = self.options.match_key;
        self.lookup.customers(std::slice::from_ref(&key))?;
        let found = match self.aliases.get(key.code) {
            Some(id) => Ok(Found::ByCode(*id)),
            None => find(self.lookup.conn(), &key, by, true),
        };
        let found = match found? {
            // Codes are unique whatever the match key, so a known code always means that customer.
            Found::Nobody if by != MatchKey::Identity && !key.code.is_empty() => {
                find(self.lookup.conn(), &key, MatchKey::Code, true)?
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
                let name = name_of(self.lookup.conn(), other)?;
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
    fn stored_line(&mut self, number: &str, product: Option<&Value>) -> Result<(Option<i64>, i64)> {
        self.lookup.orders([number])?;
        let before = self.next.get(builtin::ORDERS).map_or(0, |(first, _)| *first);
        let (mut best, mut lines) = (None, 0);
        let sql = "SELECT id, line, product FROM orders WHERE order_no = ?1 ORDER BY line";
        self.lookup.conn().each(sql, params![number], &mut |r| {
            let id: i64 = r.get(0)?;
            lines = lines.max(r.get::<Option<i64>>(1)?.unwrap_or(1));
            if id >= before || self.matched_orders.contains(id.unsigned_abs()) {
                return Ok(());
            }
            let same = product.and_then(Value::as_text) == r.at(2)?.text();
            match best {
                None => best = Some((id, same)),
                Some((_, false)) if same => best = Some((id, true)),
                _ => {}
            }
            Ok(())
        })?;
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
        let (code, name) = (c.text("code", row), c.text("name", row));
        self.lookup.product(code, name)?;
        let (sql, value) = if code.is_empty() {
            ("SELECT id FROM products WHERE name = ?1 ORDER BY id LIMIT 1", name)
        } else {
            ("SELECT id FROM products WHERE code = ?1 ORDER BY id LIMIT 1", code)
        };
        let found: Option<i64> = self.lookup.conn().first(sql, params![value], |r| r.get(0))?;
        match found {
            Some(id) => self.merge(columns, id, row, false),
            None => Ok(Upsert::Created(self.create(columns, row, &[])?)),
        }
    }

    pub(super) fn create(&mut self, columns: usize, row: &mut [Value], own: &[(&str, Value)]) -> Result<RecordId> {
        let conn = self.conn();
        let today = self.writing.today;
        let c = &mut self.columns[columns];
        let code_place = c.places.get("code").copied();
        let mut code = None;
        if let Some(FieldKind::Code(pattern)) = c.def.field("code").map(|f| f.kind.clone()) {
            let Some(codes) = self.codes.get_mut(&c.def.key) else {
                return Err(crate::failure("a table without codes"));
            };
            match code_place.map(|i| &row[i]).and_then(Value::as_text) {
                Some(given) if !given.is_empty() => codes.skip(given, &pattern, today),
                _ => code = Some(Value::Text(codes.free(conn, &c.def, "code", &pattern, today)?)),
            }
        }
        if let (Some(i), Some(code)) = (code_place, &code) {
            row[i] = code.clone();
        }
        let Some(next) = self.next.get_mut(&c.def.key) else { return Err(crate::failure("a table without ids")) };
        let id = next.1;
        next.1 += 1;
        let own = |k: &&'static str| match own.iter().find(|(name, _)| name == k) {
            Some((_, v)) => v,
            None => code.as_ref().filter(|_| *k == "code").unwrap_or(&Value::Null),
        };
        let number = Value::Int(id);
        match &mut c.load {
            Some(load) => load.push(std::iter::once(&number).chain(&*row).chain(c.own.iter().map(own)))?,
            None => {
                let mut values = Vec::with_capacity(1 + row.len() + c.own.len());
                values.push(Param::Int(id));
                values.extend(row.iter().map(param));
                values.extend(c.own.iter().map(|k| param(own(k))));
                conn.run(&c.insert, &values)?;
            }
        }
        let c = &self.columns[columns];
        self.lookup.created(&c.def.key, id, &|k| match c.places.get(k) {
            Some(i) => row[*i].clone(),
            None => c.own.iter().find(|o| **o == k).map_or(Value::Null, |k| own(k).clone()),
        })?;
        if c.def.key == *builtin::CUSTOMERS {
            self.identify(columns, id, row)?;
        }
        Ok(RecordId(id))
    }

    /// Keeps the identities of a new customer.
    fn identify(&mut self, columns: usize, id: i64, row: &[Value]) -> Result<()> {
        let c = &self.columns[columns];
        for k in model::IDENTITY_FIELDS {
            let Some(value) = c.places.get(k).map(|i| &row[*i]) else { continue };
            let Some(load) = &mut self.identities else {
                add_identity(self.writing.conn, id, k, value)?;
                continue;
            };
            if let Some(identity) = value.as_text().and_then(|t| Identity::of_field(k, t)) {
                let kind = Value::Int(identity.kind as i64);
                load.push([&kind, &Value::Text(identity.value.clone()), &Value::Int(id)])?;
                self.lookup.identity(&identity, id)?;
            }
        }
        Ok(())
    }

    /// Brings new records into the index of links; edits of others are in it already.
    pub(super) fn index_links(&self) -> Result<()> {
        for (table, (first, next)) in self.next.iter().filter(|(_, (first, next))| next > first) {
            for f in links::lists(self.schema.require(table)?) {
                links::index(self.conn(), table, &f.key, *first, next - 1)?;
            }
        }
        Ok(())
    }

    /// New content for a stored record; blank cells are left out.
    pub(super) fn merge(&mut self, columns: usize, id: i64, row: &[Value], keep_name: bool) -> Result<Upsert> {
        let table = self.columns[columns].def.key.clone();
        let created_here = self.next.get(&table).is_some_and(|(first, _)| id >= *first);
        if created_here {
            self.flush()?;
        }
        let c = &self.columns[columns];
        let before = self.conn().first(&c.select, params![id], |r| {
            c.kinds.iter().enumerate().map(|(i, k)| Ok(from_sql(k, r.at(i)?))).collect::<Result<Vec<Value>>>()
        })?;
        let before = before.ok_or_else(|| crate::failure("a matched record is gone"))?;
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
        if created_here {
            // A later row of the same file adds to a record the batch made: part of making it, not an edit.
            self.complete(columns, id, &before, row, &changes)?;
            self.lookup.changed(&table, id)?;
            return Ok(Upsert::Unchanged(RecordId(id)));
        }
        let (def, fields) = (c.def.clone(), c.fields.clone());
        self.remember(&def, id)?;
        let list: Vec<_> = changes.iter().map(|&i| (&fields[i], &before[i], &row[i])).collect();
        self.writing.update(&def, id, &list)?;
        self.lookup.changed(&table, id)?;
        Ok(Upsert::Updated(RecordId(id)))
    }

    fn complete(&mut self, columns: usize, id: i64, before: &[Value], row: &[Value], changes: &[usize]) -> Result<()> {
        let c = &self.columns[columns];
        let sets: Vec<String> = changes.iter().map(|&i| [&quote(&c.fields[i]), " = ?"].concat()).collect();
        let sql = ["UPDATE ", &quote(&c.def.key), " SET ", &sets.join(", "), " WHERE id = ?"].concat();
        let mut values: Vec<Param<'_>> = changes.iter().map(|&i| param(&row[i])).collect();
        values.push(Param::Int(id));
        self.conn().run(&sql, &values)?;
        if c.def.key == *builtin::CUSTOMERS {
            for &i in changes {
                remove_identity(self.conn(), id, &c.fields[i], &before[i])?;
                add_identity(self.conn(), id, &c.fields[i], &row[i])?;
            }
        }
        Ok(())
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
