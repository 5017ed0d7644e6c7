//! Many rows at once for PostgreSQL.

use super::Param;
use super::postgres::without_nul;
use crate::dialect::quote;
use crate::failure;
use model::{Result, Value};

/// Rows on their way into a table by COPY, in PostgreSQL's binary form.
pub(crate) struct Copy {
    sql: String,
    columns: Vec<Stored>,
    data: Vec<u8>,
    /// How many there are.
    pub rows: usize,
}

/// The stored form of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stored {
    Integer,
    Real,
    Text,
}

impl Copy {
    /// An empty load of a table's columns, each given as (name, SQL type).
    pub(crate) fn new(table: &str, columns: &[(String, &str)]) -> Self {
        let names: Vec<String> = columns.iter().map(|(n, _)| quote(n)).collect();
        let columns = columns
            .iter()
            .map(|(_, t)| match *t {
                "INTEGER" => Stored::Integer,
                "REAL" => Stored::Real,
                _ => Stored::Text,
            })
            .collect();
        let sql = format!("COPY {} ({}) FROM STDIN BINARY", quote(table), names.join(", "));
        Self { sql, columns, data: header(), rows: 0 }
    }

    /// Adds a row, one value a column.
    pub(crate) fn push<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) -> Result<()> {
        self.push_params(values.into_iter().map(crate::cells::param))
    }

    /// Adds a row of values as they are bound, one a column.
    pub(crate) fn push_params<'v>(&mut self, values: impl IntoIterator<Item = Param<'v>>) -> Result<()> {
        self.data.extend_from_slice(&(self.columns.len() as i16).to_be_bytes());
        let mut n = 0;
        for (column, value) in self.columns.iter().zip(values) {
            put(&mut self.data, *column, &value)?;
            n += 1;
        }
        debug_assert_eq!(n, self.columns.len());
        self.rows += 1;
        Ok(())
    }

    /// The statement and its data to the end.
    pub(super) fn finished(self) -> (String, Vec<u8>) {
        let mut data = self.data;
        data.extend_from_slice(&(-1_i16).to_be_bytes());
        (self.sql, data)
    }

    /// Takes what was gathered, leaving an empty load of the same columns.
    pub(crate) fn take(&mut self) -> Self {
        Self {
            sql: self.sql.clone(),
            columns: self.columns.clone(),
            data: std::mem::replace(&mut self.data, header()),
            rows: std::mem::take(&mut self.rows),
        }
    }
}

/// What every binary COPY starts with: signature, flags, length of the extension.
fn header() -> Vec<u8> {
    let mut out = b"PGCOPY\n\xff\r\n\0".to_vec();
    out.extend_from_slice(&[0; 8]);
    out
}

fn put(out: &mut Vec<u8>, column: Stored, value: &Param<'_>) -> Result<()> {
    let mut eight = |bytes: [u8; 8]| {
        out.extend_from_slice(&8_i32.to_be_bytes());
        out.extend_from_slice(&bytes);
    };
    match (column, value) {
        (_, Param::Null) => out.extend_from_slice(&(-1_i32).to_be_bytes()),
        (Stored::Integer, Param::Int(n)) => eight(n.to_be_bytes()),
        (Stored::Real, Param::Int(n)) => eight((*n as f64).to_be_bytes()),
        (Stored::Real, Param::Real(n)) => eight(n.to_be_bytes()),
        (Stored::Text, Param::Text(t)) => put_text(out, t),
        (Stored::Text, Param::Owned(t)) => put_text(out, t),
        (column, value) => return Err(failure(format!("{value:?} does not fit a column of {column:?}"))),
    }
    Ok(())
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    let text = without_nul(text);
    out.extend_from_slice(&(text.len() as i32).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}
