//! The search text of records: kept in step with their cells, and asked.
//!
//! One index holds the texts of all tables. A table has a number of its own, which stands above the
//! record's in the row's (`number << 40 | id`), so that the records of one table lie together; customers
//! have number 0 and stand under their own ids.

use crate::conn::{Conn, Param, params};
use crate::dialect::{Dialect, quote};
use crate::tokens::{Part, is_han, is_word, tokens};
use model::{FieldDef, FieldKey, FieldKind, Result, TableDef, TableKey, builtin};
use roaring::RoaringTreemap;
use std::collections::BTreeMap;

/// Bits of a row's number that are the record's.
const SHIFT: u32 = 40;

/// Records whose search text is to be made anew.
pub(crate) type Searchable = BTreeMap<TableKey, RoaringTreemap>;

/// How a field is searched; None for one that is not.
pub(crate) fn part(table: &TableDef, field: &FieldDef) -> Option<Part> {
    if field.derived() {
        return None;
    }
    match (&*table.key, &*field.key) {
        (builtin::CUSTOMERS, "company") => Some(Part::Company),
        (builtin::CUSTOMERS, "mobile" | "phone") => Some(Part::Phone),
        (builtin::CUSTOMERS, "wechat" | "email" | "account") => Some(Part::Word),
        (_, "code") => Some(Part::Word),
        (_, "name") => Some(Part::Name),
        (_, "note") if table.builtin => Some(Part::Text),
        (builtin::INTERACTIONS, "content") => Some(Part::Text),
        _ if table.builtin => None,
        _ => match field.kind {
            FieldKind::Text | FieldKind::LongText | FieldKind::Url | FieldKind::Address => Some(Part::Text),
            FieldKind::Phone => Some(Part::Phone),
            FieldKind::Email | FieldKind::Code(_) => Some(Part::Word),
            _ => None,
        },
    }
}

/// The fields of a table that are searched.
pub(crate) fn fields(table: &TableDef) -> Vec<(FieldKey, Part)> {
    table.fields.iter().filter_map(|f| Some((f.key.clone(), part(table, f)?))).collect()
}

/// The numbers that the rows of a table have in the index, first and last.
pub(crate) fn rows_of(table: &str) -> Option<(i64, i64)> {
    let number = match table {
        builtin::CUSTOMERS => 0,
        builtin::ORDERS => 1,
        builtin::PRODUCTS => 2,
        builtin::INTERACTIONS => 3,
        own => 16 + i64::from(own.strip_prefix('t')?.parse::<u16>().ok()?),
    };
    let first = number << SHIFT;
    Some((first, first + (1 << SHIFT) - 1))
}

/// Makes the search text of the given records of a table anew; `fresh` says that they have none yet.
pub(crate) fn index(
    conn: &Conn,
    table: &TableDef,
    ids: &RoaringTreemap,
    fresh: bool,
    progress: crate::recalc::Progress<'_>,
) -> Result<()> {
    use crate::derive::Reach;
    let fields = fields(table);
    let Some((first, _)) = rows_of(&table.key).filter(|_| !fields.is_empty()) else { return Ok(()) };
    let mut rows = String::from("SELECT id");
    let mut some = String::new();
    for (key, _) in &fields {
        rows.push_str(&[", ", &quote(key)].concat());
        some.push_str(&[if some.is_empty() { "" } else { " OR " }, &quote(key), " IS NOT NULL"].concat());
    }
    rows.push_str(&[" FROM ", &quote(&table.key), " WHERE "].concat());
    // Rows without any text take no room; one that lost its texts must be looked at.
    let some = if fresh { [" AND (", &some, ")"].concat() } else { String::new() };
    let parts: Vec<Part> = fields.into_iter().map(|(_, part)| part).collect();
    let put = Put { conn, first, parts: &parts, fresh };
    crate::recalc::for_chunks(ids, false, progress, |reach, list, range| match reach {
        Reach::Range => put.rows(&[&rows[..], "id BETWEEN ?1 AND ?2", &some].concat(), params![range.0, range.1]),
        Reach::Ids => put.rows(&[&rows[..], &conn.dialect().among_ids("id"), &some].concat(), params![list]),
    })
}

/// Says that the search text of many records comes now, `fresh` beside those `there` already; whether it is to be
/// [settled](settle) behind them. Meanwhile parts of SQLite's index are made as large as memory allows and not merged,
/// as bit by bit each row would be written several times.
pub(crate) fn many_come(conn: &Conn, fresh: u64, there: u64) -> Result<bool> {
    let many = fresh >= MANY && fresh >= there / 4 && conn.dialect() == Dialect::Sqlite;
    if many {
        conn.batch(MANY_COME)?;
    }
    Ok(many)
}

/// From so many records on parts of the index are worth making large.
const MANY: u64 = 10_000;
const MANY_COME: &str = "
INSERT INTO _search (_search, rank) VALUES ('hashsize', 16777216);
INSERT INTO _search (_search, rank) VALUES ('automerge', 0);
INSERT INTO _search (_search, rank) VALUES ('crisismerge', 1000);";
/// As FTS5 has them by itself.
const FEW_COME: &str = "
INSERT INTO _search (_search, rank) VALUES ('hashsize', 1048576);
INSERT INTO _search (_search, rank) VALUES ('automerge', 4);
INSERT INTO _search (_search, rank) VALUES ('crisismerge', 16);";
/// Pages of the index merged at once.
const MERGED_AT_ONCE: i64 = 2000;

/// Merges all parts of the index into one, which is searched quickest. What were left unmerged would be merged by
/// whoever edits next, and take them seconds.
pub(crate) fn settle(conn: &Conn, going_on: &mut dyn FnMut() -> Result<()>) -> Result<()> {
    let changed = || conn.one::<i64>("SELECT total_changes()", &[]);
    // A negative number takes all parts, whatever their size.
    let mut pages = -MERGED_AT_ONCE;
    loop {
        let before = changed()?;
        conn.run("INSERT INTO _search (_search, rank) VALUES ('merge', ?1)", params![pages])?;
        // The statement itself counts as a change.
        if changed()? - before < 2 {
            return conn.batch(FEW_COME);
        }
        pages = MERGED_AT_ONCE;
        going_on()?;
    }
}

/// Where the texts of rows go.
struct Put<'c> {
    conn: &'c Conn,
    /// The number of the table's record 0.
    first: i64,
    parts: &'c [Part],
    fresh: bool,
}

impl Put<'_> {
    fn rows(&self, sql: &str, params: &[Param<'_>]) -> Result<()> {
        let (mut rows, mut texts, mut empty): (Vec<i64>, Vec<String>, Vec<i64>) = Default::default();
        let sqlite = self.conn.dialect() == Dialect::Sqlite;
        let verb = if self.fresh { "INSERT" } else { "INSERT OR REPLACE" };
        let insert = [verb, " INTO _search (rowid, tokens) VALUES (?1, ?2)"].concat();
        self.conn.each(sql, params, &mut |row| {
            let at = self.first + row.get::<i64>(0)?;
            let mut parts = Vec::with_capacity(self.parts.len());
            for (i, part) in self.parts.iter().enumerate() {
                parts.push((*part, row.text(i + 1)?));
            }
            let words = tokens(parts);
            if words.is_empty() {
                empty.push(at);
            } else if sqlite {
                self.conn.run(&insert, params![at, words])?;
            } else {
                rows.push(at);
                texts.push(words);
            }
            Ok(())
        })?;
        if !rows.is_empty() {
            let put = "INSERT INTO _search (rowid, tokens)
                       SELECT id, array_to_tsvector(array_remove(string_to_array(words, ' '), ''))
                       FROM unnest(?1, ?2) AS x (id, words)
                       ON CONFLICT (rowid) DO UPDATE SET tokens = excluded.tokens";
            self.conn.run(put, params![rows.as_slice(), texts.as_slice()])?;
        }
        if self.fresh { Ok(()) } else { forget_rows(self.conn, &empty) }
    }
}

/// Forgets removed records of a table.
pub(crate) fn forget(conn: &Conn, table: &str, ids: &[i64]) -> Result<()> {
    let Some((first, _)) = rows_of(table) else { return Ok(()) };
    forget_rows(conn, &ids.iter().map(|id| first + id).collect::<Vec<_>>())
}

fn forget_rows(conn: &Conn, rows: &[i64]) -> Result<()> {
    rows.iter().try_for_each(|row| conn.run("DELETE FROM _search WHERE rowid = ?1", params![*row]).map(drop))
}

/// Forgets the records of a table from one id to another.
pub(crate) fn forget_range(conn: &Conn, table: &str, low: i64, high: i64) -> Result<()> {
    let Some((first, _)) = rows_of(table) else { return Ok(()) };
    let sql = "DELETE FROM _search WHERE rowid BETWEEN ?1 AND ?2";
    conn.run(sql, params![first + low, first + high]).map(drop)
}

/// Forgets a whole table.
pub(crate) fn forget_table(conn: &Conn, table: &str) -> Result<()> {
    forget_range(conn, table, 0, (1 << SHIFT) - 1)
}

/// What a person typed, as a question to the index.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Each must be met by one of its tokens: as it is, or any that starts so.
    parts: Vec<Vec<(String, bool)>>,
    /// Texts that a name, company or note must hold as they are.
    pub recheck: Vec<String>,
}

impl Wanted {
    /// The expression of FTS5 or of `tsquery`. Tokens hold neither quotes nor backslashes.
    pub(crate) fn expression(&self, dialect: Dialect) -> String {
        let token = |(token, prefix): &(String, bool)| match (dialect, prefix) {
            (Dialect::Sqlite, false) => format!("\"{token}\""),
            (Dialect::Sqlite, true) => format!("\"{token}\"*"),
            (Dialect::Postgres, false) => format!("'{token}'"),
            (Dialect::Postgres, true) => format!("'{token}':*"),
        };
        let (or, and) = if dialect == Dialect::Sqlite { (" OR ", " AND ") } else { (" | ", " & ") };
        let any = |list: &Vec<(String, bool)>| match &list[..] {
            [one] => token(one),
            several => format!("({})", several.iter().map(token).collect::<Vec<_>>().join(or)),
        };
        self.parts.iter().map(any).collect::<Vec<_>>().join(and)
    }

    /// Which of a record's texts answers the question, by its place; None when they do not, taken together.
    pub(crate) fn answer(&self, texts: &[(Part, &str)]) -> Option<usize> {
        let of_each: Vec<String> = texts.iter().map(|text| tokens([*text])).collect();
        let mut met = vec![0; texts.len()];
        for any in &self.parts {
            let fits = |word: &str| any.iter().any(|(t, prefix)| word == t || *prefix && word.starts_with(&**t));
            let mut found = false;
            for (n, words) in of_each.iter().enumerate().filter(|(_, words)| words.split(' ').any(fits)) {
                met[n] += usize::from(!words.is_empty());
                found = true;
            }
            if !found {
                return None;
            }
        }
        let held = |text: &String| texts.iter().any(|(_, t)| t.to_lowercase().contains(text));
        if !self.recheck.iter().all(held) {
            return None;
        }
        // The first of those that answer most of it.
        (0..texts.len()).rev().max_by_key(|n| met[*n])
    }
}

impl Wanted {
    /// Where a lower-case text first holds one of the tokens, in characters.
    pub(crate) fn places_in(&self, text: &str) -> Option<usize> {
        let tokens = self.parts.iter().flatten().map(|(token, _)| token);
        let at = tokens.filter_map(|token| text.find(&**token)).min()?;
        Some(text[..at].chars().count())
    }
}

/// What a person typed, as a question to the index; None when it holds nothing to look for.
pub(crate) fn wanted(typed: &str) -> Option<Wanted> {
    let mut parts: Vec<Vec<(String, bool)>> = Vec::new();
    let mut recheck = Vec::new();
    for piece in pieces(typed) {
        let chars: Vec<char> = piece.chars().collect();
        if is_han(chars[0]) {
            match chars.len() {
                1 | 2 => parts.push(vec![(piece, chars.len() == 1)]),
                _ => {
                    parts.extend(chars.windows(2).map(|two| vec![(two.iter().collect(), false)]));
                    recheck.push(piece);
                }
            }
        } else if chars.iter().all(char::is_ascii_alphabetic) {
            let cut: String = piece.chars().take(12).collect();
            let initials = format!("_{cut}");
            parts.push([piece, cut, initials].map(|t| (t, true)).into());
        } else {
            parts.push(vec![(piece, true)]);
        }
    }
    (!parts.is_empty()).then_some(Wanted { parts, recheck })
}

/// Runs of Chinese characters and other words, lower-case; spaces and hyphens inside numbers are dropped.
fn pieces(typed: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last_han = None;
    let lower = typed.trim().to_lowercase();
    let number = lower.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+'));
    for c in lower.chars().take(64) {
        if !is_word(c) {
            if !number {
                last_han = None;
            }
            continue;
        }
        let han = is_han(c);
        match out.last_mut() {
            Some(piece) if last_han == Some(han) => piece.push(c),
            _ => out.push(c.to_string()),
        }
        last_han = Some(han);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_becomes_a_question() {
        for (typed, expression) in [
            ("王", "\"王\"*"),
            ("小华", "\"小华\""),
            ("王小华", "\"王小\" AND \"小华\""),
            ("wxh", "(\"wxh\"* OR \"wxh\"* OR \"_wxh\"*)"),
            ("8000", "\"8000\"*"),
            ("138 0013-8000", "\"13800138000\"*"),
            ("王 8000", "\"王\"* AND \"8000\"*"),
            ("K000012", "\"k000012\"*"),
        ] {
            let got = wanted(typed).map(|w| w.expression(Dialect::Sqlite));
            assert_eq!(got.as_deref(), Some(expression), "{typed}");
        }
        let got = wanted("王小华 wxh").map(|w| w.expression(Dialect::Postgres));
        assert_eq!(got.as_deref(), Some("'王小' & '小华' & ('wxh':* | 'wxh':* | '_wxh':*)"));
        for nothing in ["", "  ", "\"*", "-"] {
            assert_eq!(wanted(nothing), None, "{nothing:?}");
        }
        assert_eq!(wanted("王小华").unwrap().recheck, ["王小华"]);
    }

    #[test]
    fn what_many_rows_leave_behind_is_merged() {
        let conn = Conn::memory().unwrap();
        let schema = crate::layout::open(&conn).unwrap();
        let table = schema.require(builtin::CUSTOMERS).unwrap();
        let parts = || conn.one::<i64>("SELECT count(DISTINCT segid) FROM _search_idx", &[]).unwrap();
        let come = |from: u64, to: u64| {
            let rows = "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                        INSERT INTO customers (id, code, name, note) SELECT i, 'K' || i, '王' || i, hex(randomblob(20)) FROM n";
            conn.run(rows, params![from as i64, to as i64]).unwrap();
            let many = many_come(&conn, to + 1 - from, from - 1).unwrap();
            let middle = from.midpoint(to);
            for part in [from..=middle, middle + 1..=to] {
                let ids = RoaringTreemap::from_sorted_iter(part).unwrap();
                index(&conn, table, &ids, true, &mut |_, _| Ok(())).unwrap();
                // What is in memory becomes a part.
                conn.batch("SAVEPOINT a; RELEASE a").unwrap();
            }
            (many, parts())
        };
        let mut merged = 0;
        let (many, before) = come(1, MANY);
        assert!(many && before > 1, "{before} parts");
        settle(&conn, &mut || {
            merged += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!((parts(), merged > 0), (1, true));
        assert!(!come(MANY + 1, MANY + 10).0, "a few more come");
        let found = "SELECT count(*) FROM _search WHERE _search MATCH '\"王\"*'";
        assert_eq!(conn.one::<u64>(found, &[]).unwrap(), MANY + 10);
        let stopped = settle(&conn, &mut || Err(crate::failure("stop")));
        assert!(stopped.is_err());
    }

    #[test]
    fn the_text_that_answers_is_named() {
        let texts = [
            (Part::Name, "王小华"),
            (Part::Phone, "13800138000"),
            (Part::Word, "K000012"),
            (Part::Text, "要大码，王姐介绍"),
        ];
        for (typed, answer) in [
            ("王", Some(0)),
            ("小华", Some(0)),
            ("wxh", Some(0)),
            ("xiaohua", Some(0)),
            ("8000", Some(1)),
            ("138 0013", Some(1)),
            ("k0000", Some(2)),
            ("大码", Some(3)),
            ("王 大码", Some(3)),
            ("王 8000", Some(0)),
            ("要大码", Some(3)),
            ("大码王", None),
            ("李", None),
            ("王 李", None),
            ("9000", None),
        ] {
            assert_eq!(wanted(typed).unwrap().answer(&texts), answer, "{typed}");
        }
    }

    #[test]
    fn tables_lie_apart() {
        let customers = rows_of("customers").unwrap();
        let (first, last) = rows_of("t1").unwrap();
        assert_eq!(customers.0, 0);
        assert!(first > rows_of("products").unwrap().1 && last < rows_of("t2").unwrap().0);
        assert_eq!(rows_of("t"), None);
    }
}
