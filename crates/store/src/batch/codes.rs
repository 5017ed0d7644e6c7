//! Automatic codes given out by a batch.

use crate::conn::{Conn, params};
use crate::dialect::{Dialect, quote};
use model::{CodePattern, Date, Result, TableDef};
use std::collections::HashSet;

/// How many codes are looked up at once where the book is a round trip away.
const WINDOW: i64 = 1_000;

/// The counter of a table's codes.
pub(crate) struct Codes {
    /// Number of the next code.
    pub next: i64,
    /// Numbers below this were looked up; those in use are in `taken`.
    known_to: i64,
    taken: HashSet<String>,
}

impl From<i64> for Codes {
    fn from(next: i64) -> Self {
        Self { next, known_to: next, taken: HashSet::new() }
    }
}

impl Codes {
    /// Moves the counter past a code given by a file.
    pub(super) fn skip(&mut self, given: &str, pattern: &CodePattern, today: Date) {
        if let Some(n) = pattern.number_in(given, today)
            && n >= self.next
            && n < 1_000_000_000_000
        {
            self.next = n + 1;
        }
    }

    /// The next code nobody has. Codes given by the batch's own rows are behind the counter by
    /// [`Codes::skip`], so only those in the book before it matter.
    pub(crate) fn free(
        &mut self,
        conn: &Conn,
        def: &TableDef,
        field: &str,
        pattern: &CodePattern,
        today: Date,
    ) -> Result<String> {
        let written = |n: i64| pattern.render(n, today);
        loop {
            let code = written(self.next);
            let taken = match conn.dialect() {
                Dialect::Sqlite => {
                    let sql = ["SELECT 1 FROM ", &quote(&def.key), " WHERE ", &quote(field), " = ?1"].concat();
                    conn.exists(&sql, params![&code])?
                }
                Dialect::Postgres => {
                    if self.next >= self.known_to {
                        let window: Vec<String> = (self.next..self.next + WINDOW).map(written).collect();
                        let column = quote(field);
                        let sql = ["SELECT ", &column, " FROM ", &quote(&def.key), " WHERE ", &column, " = ANY (?1)"]
                            .concat();
                        self.taken = conn.all(&sql, params![window.as_slice()], |r| r.get(0))?.into_iter().collect();
                        self.known_to = self.next + WINDOW;
                    }
                    self.taken.contains(&code)
                }
            };
            self.next += 1;
            if !taken {
                return Ok(code);
            }
        }
    }
}
