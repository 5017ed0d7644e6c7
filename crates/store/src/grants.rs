//! API tokens: what a user lets programs do in their name. Only the digest of a token's secret is kept.

use crate::conn::{Row, params};
use crate::log::now;
use crate::system::{System, access_of, rank};
use model::{Access, Error, ErrorCode, Result, UserId};

/// A token as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Names it in the list: the first 16 signs of the digest, which tell nothing of the secret.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do; never more than its user may.
    pub access: Access,
    /// When it was made, in seconds since 1970 UTC.
    pub created: i64,
    /// When it ends, None for never.
    pub expires: Option<i64>,
    /// When it was last used, to the minute.
    pub used: Option<i64>,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub access: Access,
    /// When it ends, in seconds since 1970 UTC; None for never.
    pub expires: Option<i64>,
}

/// Signs of a digest that name a token.
const ID: usize = 16;
/// Most characters of a name.
const MOST_NAME: usize = 40;
/// Most tokens of one user.
const MOST: u64 = 100;

impl System {
    /// Keeps a new token of a user by the digest of its secret.
    ///
    /// # Errors
    /// `invalid` for its name, `too_large` when the user has too many.
    pub fn add_token(&self, digest: &str, user: UserId, new: &NewToken) -> Result<Token> {
        let name = checked_name(&new.name)?;
        self.engine.transaction(|c| {
            c.run("DELETE FROM sessions WHERE expires < ?1", params![now()])?;
            let n: u64 = c.one("SELECT count(*) FROM sessions WHERE \"user\" = ?1 AND token = 1", params![user.0])?;
            if n >= MOST {
                return Err(Error::new(
                    ErrorCode::TooLarge,
                    format!("最多 {MOST} 个令牌，请先撤销不用的"),
                    format!("At most {MOST} tokens; revoke some that are not used"),
                ));
            }
            let (access, at) = (rank(new.access), now());
            c.run(
                "INSERT INTO sessions (digest, \"user\", token, label, created, expires, access)
                 VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6)",
                params![digest, user.0, name, at, new.expires, access],
            )?;
            let id = digest.chars().take(ID).collect();
            Ok(Token { id, name: name.to_owned(), access: new.access, created: at, expires: new.expires, used: None })
        })
    }

    /// The tokens of a user that are still good, newest first.
    pub fn tokens(&self, user: UserId) -> Result<Vec<Token>> {
        self.engine.read(|c| {
            // One of an earlier version has no scope of its own: it may do what its user may.
            let sql = "SELECT substr(s.digest, 1, 16), s.label,
                         CASE WHEN s.access < u.access THEN s.access ELSE u.access END, s.created, s.expires, s.used
                       FROM sessions s JOIN users u ON u.id = s.\"user\"
                       WHERE s.\"user\" = ?1 AND s.token = 1 AND (s.expires IS NULL OR s.expires >= ?2)
                       ORDER BY s.created DESC, s.digest";
            c.all(sql, params![user.0, now()], read)
        })
    }

    /// Ends a token of a user.
    ///
    /// # Errors
    /// `not_found` when the user has no such token.
    pub fn revoke_token(&self, user: UserId, id: &str) -> Result<()> {
        self.engine.transaction(|c| {
            let sql = "DELETE FROM sessions WHERE \"user\" = ?1 AND token = 1 AND substr(digest, 1, 16) = ?2";
            if c.run(sql, params![user.0, id])? > 0 {
                return Ok(());
            }
            Err(Error::new(ErrorCode::NotFound, "没有这个令牌", "There is no such token"))
        })
    }

    /// Notes that a token is in use; to be called when [`crate::Session::stale`] says so.
    pub fn note_use(&self, digest: &str) -> Result<()> {
        self.engine.transaction(|c| {
            c.run("UPDATE sessions SET used = ?2 WHERE digest = ?1", params![digest, now()])?;
            Ok(())
        })
    }
}

fn read(r: &Row<'_>) -> Result<Token> {
    Ok(Token {
        id: r.get(0)?,
        name: r.get(1)?,
        access: access_of(r.get(2)?),
        created: r.get(3)?,
        expires: r.get(4)?,
        used: r.get(5)?,
    })
}

/// A name of what a user hands out.
pub(crate) fn checked_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if (1..=MOST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(name);
    }
    Err(Error::new(
        ErrorCode::Invalid,
        format!("请填名称，最多 {MOST_NAME} 个字"),
        format!("Enter a name of at most {MOST_NAME} characters"),
    )
    .on("name"))
}
