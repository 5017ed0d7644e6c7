//! Search text of customers: kept in step with their cells, and asked.

use crate::conn::{Conn, Param, Row, params};
use crate::dialect::Dialect;
use crate::tokens::{Searched, is_han, is_word, tokens};
use model::Result;
use roaring::RoaringTreemap;

/// Customer fields the search text is made of.
pub(crate) const FIELDS: [&str; 8] = ["name", "company", "mobile", "phone", "code", "wechat", "email", "account"];

const ROWS: &str = "SELECT id, name, company, mobile, phone, code, wechat, email, account FROM customers WHERE id ";

/// Makes the search text of the given customers anew.
pub(crate) fn index(
    conn: &Conn,
    ids: &RoaringTreemap,
    fresh: bool,
    progress: crate::recalc::Progress<'_>,
) -> Result<()> {
    use crate::derive::Reach;
    if fresh && ids.len() > 10_000 && conn.dialect() == Dialect::Sqlite {
        // A larger in-memory table means fewer merges while a great many rows come in.
        conn.batch("INSERT INTO _search (_search, rank) VALUES ('hashsize', 16777216)")?;
    }
    crate::recalc::for_chunks(ids, false, progress, |reach, list, range| match reach {
        Reach::Range => index_rows(conn, &[ROWS, "BETWEEN ?1 AND ?2"].concat(), params![range.0, range.1], fresh),
        Reach::Ids => {
            let rows = [&ROWS[..ROWS.len() - "id ".len()], &conn.dialect().among_ids("id")].concat();
            index_rows(conn, &rows, params![list], fresh)
        }
    })
}

fn index_rows(conn: &Conn, sql: &str, params: &[Param<'_>], fresh: bool) -> Result<()> {
    match conn.dialect() {
        Dialect::Sqlite => {
            let verb = if fresh { "INSERT" } else { "INSERT OR REPLACE" };
            let put = [verb, " INTO _search (rowid, tokens) VALUES (?1, ?2)"].concat();
            conn.each(sql, params, &mut |row| {
                let id: i64 = row.get(0)?;
                conn.run(&put, params![id, tokens(searched(row)?)]).map(drop)
            })
        }
        Dialect::Postgres => {
            let (mut ids, mut texts): (Vec<i64>, Vec<String>) = (Vec::new(), Vec::new());
            conn.each(sql, params, &mut |row| {
                ids.push(row.get(0)?);
                texts.push(tokens(searched(row)?));
                Ok(())
            })?;
            let put = "INSERT INTO _search (rowid, tokens)
                       SELECT id, array_to_tsvector(array_remove(string_to_array(words, ' '), ''))
                       FROM unnest(?1, ?2) AS x (id, words)
                       ON CONFLICT (rowid) DO UPDATE SET tokens = excluded.tokens";
            conn.run(put, params![ids.as_slice(), texts.as_slice()]).map(drop)
        }
    }
}

fn searched<'r>(row: &'r Row<'_>) -> Result<Searched<'r>> {
    Ok(Searched {
        name: row.text(1)?,
        company: row.text(2)?,
        phones: [row.text(3)?, row.text(4)?],
        words: [row.text(5)?, row.text(6)?, row.text(7)?, row.text(8)?],
    })
}

/// Forgets removed customers.
pub(crate) fn forget(conn: &Conn, ids: &[i64]) -> Result<()> {
    for id in ids {
        conn.run("DELETE FROM _search WHERE rowid = ?1", params![*id])?;
    }
    Ok(())
}

/// A search as a full-text expression, and the longer texts to look for in the rows found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Expression of FTS5 or of `tsquery`.
    pub expression: String,
    /// Texts the name or company must hold as they are.
    pub recheck: Vec<String>,
}

/// How an engine writes a question to its index.
struct Asked(Dialect);

impl Asked {
    /// A token as it is, or any that starts so. Tokens hold neither quotes nor backslashes.
    fn token(&self, token: &str, prefix: bool) -> String {
        match (&self.0, prefix) {
            (Dialect::Sqlite, false) => format!("\"{token}\""),
            (Dialect::Sqlite, true) => format!("\"{token}\"*"),
            (Dialect::Postgres, false) => format!("'{token}'"),
            (Dialect::Postgres, true) => format!("'{token}':*"),
        }
    }

    fn any(&self, tokens: [String; 3]) -> String {
        let or = if self.0 == Dialect::Sqlite { " OR " } else { " | " };
        format!("({})", tokens.join(or))
    }

    fn all(&self, parts: &[String]) -> String {
        parts.join(if self.0 == Dialect::Sqlite { " AND " } else { " & " })
    }
}

/// What a person typed, as a question to the index; None when it holds nothing to look for.
pub(crate) fn wanted(dialect: Dialect, typed: &str) -> Option<Wanted> {
    let asked = Asked(dialect);
    let mut parts: Vec<String> = Vec::new();
    let mut recheck = Vec::new();
    for piece in pieces(typed) {
        let chars: Vec<char> = piece.chars().collect();
        if is_han(chars[0]) {
            match chars.len() {
                1 | 2 => parts.push(asked.token(&piece, chars.len() == 1)),
                _ => {
                    parts.extend(chars.windows(2).map(|two| asked.token(&two.iter().collect::<String>(), false)));
                    recheck.push(piece);
                }
            }
        } else if chars.iter().all(char::is_ascii_alphabetic) {
            let cut: String = piece.chars().take(12).collect();
            let forms = [&piece, &cut, &format!("_{cut}")].map(|t| asked.token(t, true));
            parts.push(asked.any(forms));
        } else {
            parts.push(asked.token(&piece, true));
        }
    }
    (!parts.is_empty()).then(|| Wanted { expression: asked.all(&parts), recheck })
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
            let got = wanted(Dialect::Sqlite, typed).map(|w| w.expression);
            assert_eq!(got.as_deref(), Some(expression), "{typed}");
        }
        let got = wanted(Dialect::Postgres, "王小华 wxh").map(|w| w.expression);
        assert_eq!(got.as_deref(), Some("'王小' & '小华' & ('wxh':* | 'wxh':* | '_wxh':*)"));
        for nothing in ["", "  ", "\"*", "-"] {
            assert_eq!(wanted(Dialect::Sqlite, nothing), None, "{nothing:?}");
        }
        assert_eq!(wanted(Dialect::Sqlite, "王小华").unwrap().recheck, ["王小华"]);
    }
}
