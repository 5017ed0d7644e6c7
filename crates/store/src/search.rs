//! Search text of customers: kept in step with their cells, and asked.

use crate::sqlite;
use crate::tokens::{Searched, is_han, is_word, tokens};
use model::Result;
use roaring::RoaringTreemap;
use rusqlite::Connection;

/// Customer fields the search text is made of.
pub(crate) const FIELDS: [&str; 8] = ["name", "company", "mobile", "phone", "code", "wechat", "email", "account"];

const ROWS: &str = "SELECT id, name, company, mobile, phone, code, wechat, email, account FROM customers WHERE id ";

/// Makes the search text of the given customers anew.
pub(crate) fn index(
    conn: &Connection,
    ids: &RoaringTreemap,
    fresh: bool,
    progress: crate::recalc::Progress<'_>,
) -> Result<()> {
    use crate::derive::Reach;
    if fresh && ids.len() > 10_000 {
        // A larger in-memory table means fewer merges while a great many rows come in.
        conn.execute("INSERT INTO _search (_search, rank) VALUES ('hashsize', 16777216)", []).map_err(sqlite)?;
    }
    crate::recalc::for_chunks(ids, false, progress, |reach, list, range| match reach {
        Reach::Range => {
            let sql = [ROWS, "BETWEEN ?1 AND ?2"].concat();
            index_rows(conn, &sql, rusqlite::params![range.0, range.1], fresh)
        }
        Reach::Ids => {
            let sql = [ROWS, "IN (SELECT value FROM rarray(?1))"].concat();
            index_rows(conn, &sql, rusqlite::params![crate::sql::id_list(list)], fresh)
        }
    })
}

fn index_rows(conn: &Connection, sql: &str, params: impl rusqlite::Params, fresh: bool) -> Result<()> {
    let mut rows = conn.prepare_cached(sql).map_err(sqlite)?;
    let verb = if fresh { "INSERT" } else { "INSERT OR REPLACE" };
    let mut put =
        conn.prepare_cached(&[verb, " INTO _search (rowid, tokens) VALUES (?1, ?2)"].concat()).map_err(sqlite)?;
    let mut rows = rows.query(params).map_err(sqlite)?;
    while let Some(row) = rows.next().map_err(sqlite)? {
        let text = |i: usize| -> Result<&str> {
            Ok(row.get_ref(i).map_err(sqlite)?.as_str_or_null().map_err(crate::failure)?.unwrap_or(""))
        };
        let made = tokens(Searched {
            name: text(1)?,
            company: text(2)?,
            phones: [text(3)?, text(4)?],
            words: [text(5)?, text(6)?, text(7)?, text(8)?],
        });
        put.execute((row.get::<_, i64>(0).map_err(sqlite)?, made)).map_err(sqlite)?;
    }
    Ok(())
}

/// Forgets removed customers.
pub(crate) fn forget(conn: &Connection, ids: &[i64]) -> Result<()> {
    let mut s = conn.prepare_cached("DELETE FROM _search WHERE rowid = ?1").map_err(sqlite)?;
    for id in ids {
        s.execute([id]).map_err(sqlite)?;
    }
    Ok(())
}

/// A search as a full-text expression, and the longer texts to look for in the rows found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// FTS5 expression.
    pub expression: String,
    /// Texts the name or company must hold as they are.
    pub recheck: Vec<String>,
}

/// What a person typed, as a question to the index; None when it holds nothing to look for.
pub(crate) fn wanted(typed: &str) -> Option<Wanted> {
    let mut parts: Vec<String> = Vec::new();
    let mut recheck = Vec::new();
    for piece in pieces(typed) {
        let chars: Vec<char> = piece.chars().collect();
        if is_han(chars[0]) {
            match chars.len() {
                1 => parts.push(format!("\"{piece}\"*")),
                2 => parts.push(format!("\"{piece}\"")),
                n => {
                    parts.extend((0..n - 1).map(|i| format!("\"{}{}\"", chars[i], chars[i + 1])));
                    recheck.push(piece);
                }
            }
        } else if chars.iter().all(char::is_ascii_alphabetic) {
            let cut: String = piece.chars().take(12).collect();
            parts.push(format!("(\"{piece}\"* OR \"{cut}\"* OR \"_{cut}\"*)"));
        } else {
            parts.push(format!("\"{piece}\"*"));
        }
    }
    (!parts.is_empty()).then(|| Wanted { expression: parts.join(" AND "), recheck })
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
            assert_eq!(wanted(typed).map(|w| w.expression).as_deref(), Some(expression), "{typed}");
        }
        for nothing in ["", "  ", "\"*", "-"] {
            assert_eq!(wanted(nothing), None, "{nothing:?}");
        }
        assert_eq!(wanted("王小华").unwrap().recheck, ["王小华"]);
    }
}
