//! A view as text for programs that ask for it again and again: CSV as in exported files, or JSON. Made part by
//! part, so that neither rows nor a connection wait for whoever reads slowly.

use crate::export::{fill, with_names};
use exchange::write::CsvText;
use model::{Error, FieldDef, FieldKey, Lang, Query, Result, Scope, UserId, Value, parse};
use std::collections::HashSet;
use store::{MOST_PART, Store, Through};

/// The form of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// CSV, UTF-8 with BOM; no cell begins a formula.
    Csv,
    /// An array of objects, by the names of the fields.
    Json,
}

/// A text being made.
pub struct Feed {
    through: Through,
    /// The columns with those of the names of linked records.
    fields: Vec<FieldDef>,
    /// `"name":` of each, in JSON.
    keys: Vec<Vec<u8>>,
    form: Form,
    members: Vec<(UserId, String)>,
    lang: Lang,
    next: u64,
    begun: bool,
    /// Whether a row has been written.
    written: bool,
}

impl Feed {
    /// Asks the question; the first part is then [`Feed::part`]'s.
    ///
    /// # Errors
    /// As [`Store::open_view`].
    pub fn begin(
        store: &Store,
        scope: &Scope,
        query: &Query,
        columns: &[FieldKey],
        form: Form,
        members: Vec<(UserId, String)>,
    ) -> Result<Self> {
        let through = store.through(scope, query, columns)?;
        let fields = with_names(through.columns());
        let keys = keys(&fields, scope.lang)?;
        Ok(Self { through, fields, keys, form, members, lang: scope.lang, next: 0, begun: false, written: false })
    }

    /// The next part of the text, of at most a few hundred rows; None when it is whole.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn part(&mut self, store: &Store) -> Result<Option<Vec<u8>>> {
        let first = !self.begun;
        self.begun = true;
        if !first && self.next >= self.through.total() {
            return Ok(None);
        }
        let mut rows: Vec<Vec<Value>> = Vec::with_capacity(MOST_PART as usize);
        store.through_part(&self.through, self.next, &mut |_, values, links| {
            let mut row = Vec::with_capacity(self.fields.len());
            fill(&mut row, self.through.columns(), values, links, &self.members);
            rows.push(row);
            Ok(())
        })?;
        let from = self.next;
        self.next += MOST_PART;
        match self.form {
            Form::Csv => self.csv(first, &rows).map(Some),
            Form::Json => Ok(Some(self.json(from, &rows))),
        }
    }

    fn csv(&self, first: bool, rows: &[Vec<Value>]) -> Result<Vec<u8>> {
        let out = Vec::with_capacity(rows.len() * self.fields.len() * 12);
        let mut text = match first {
            true => CsvText::begin(out, &self.fields, self.lang).map_err(Error::internal)?,
            false => CsvText::go_on(out, self.lang),
        };
        rows.iter().try_for_each(|row| text.row(row)).map_err(Error::internal)?;
        text.finish().map_err(Error::internal)
    }

    /// A part of the array. Rows removed meanwhile leave no comma behind: it stands before each row but the first.
    fn json(&mut self, from: u64, rows: &[Vec<Value>]) -> Vec<u8> {
        let mut out = Vec::with_capacity(rows.len() * self.fields.len() * 24);
        if from == 0 {
            out.push(b'[');
        }
        for row in rows {
            out.extend_from_slice(if self.written { b",\n{" } else { b"\n{" });
            self.written = true;
            for (n, (key, value)) in self.keys.iter().zip(row).enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(key);
                cell(&mut out, value, self.lang);
            }
            out.push(b'}');
        }
        if self.next >= self.through.total() {
            out.extend_from_slice(b"\n]\n");
        }
        out
    }
}

/// The names of columns as keys; one that comes again is numbered.
fn keys(fields: &[FieldDef], lang: Lang) -> Result<Vec<Vec<u8>>> {
    let mut seen = HashSet::new();
    let mut key = |f: &FieldDef| {
        let label = f.label.get(lang);
        let mut name = label.to_owned();
        let mut n = 1;
        while !seen.insert(name.clone()) {
            n += 1;
            name = format!("{label} {n}");
        }
        let mut out = serde_json::to_vec(&name).map_err(Error::internal)?;
        out.push(b':');
        Ok(out)
    };
    fields.iter().map(&mut key).collect()
}

/// A value in JSON: numbers, money in yuan, yes and no as such, nothing as null, all else as text.
fn cell(out: &mut Vec<u8>, value: &Value, lang: Lang) {
    match value {
        v if v.is_blank() => out.extend_from_slice(b"null"),
        Value::Number(n) if !n.is_finite() => out.extend_from_slice(b"null"),
        Value::Bool(b) => out.extend_from_slice(if *b { b"true" } else { b"false" }),
        v @ (Value::Int(_) | Value::Number(_) | Value::Money(_)) => {
            out.extend_from_slice(parse::plain(v, lang).as_bytes());
        }
        v => out.extend(serde_json::Value::from(&*parse::plain(v, lang)).to_string().into_bytes()),
    }
}
