//! Secret addresses: what a member lets whoever knows one reach without logging in. Only the digest of the secret
//! is kept. What an address gives is for its `kind` to say; what it may is what its owner may at the moment.

use crate::conn::{Row, params};
use crate::grants::checked_name;
use crate::log::now;
use crate::system::{System, access_of};
use model::{Access, Error, ErrorCode, Lang, Result, Scope, UserId};

/// The table, from version 4 of the control database on.
pub(crate) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS secrets (
  digest TEXT PRIMARY KEY, kind TEXT NOT NULL, about INTEGER NOT NULL,
  owner INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL, lang TEXT NOT NULL, created INTEGER NOT NULL, used INTEGER, uses INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS secrets_about ON secrets (kind, about);
";

/// A secret address as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Names it in the list: the first 16 signs of the digest, which tell nothing of the secret.
    pub id: String,
    /// The number of what it gives.
    pub about: i64,
    /// Whose it is.
    pub owner: UserId,
    /// What its owner is called.
    pub owner_name: String,
    /// What it is for.
    pub name: String,
    /// When it was made, in seconds since 1970 UTC.
    pub created: i64,
    /// When it was last used.
    pub used: Option<i64>,
    /// How often it was used.
    pub uses: u64,
}

/// A secret address to be made.
#[derive(Clone, Debug)]
pub struct NewSecret {
    /// What sort of thing it gives.
    pub kind: &'static str,
    /// The number of what it gives.
    pub about: i64,
    /// Whose it is.
    pub owner: UserId,
    /// What it is for.
    pub name: String,
    /// The language it answers in.
    pub lang: Lang,
}

/// What a secret address opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The number of what it gives.
    pub about: i64,
    /// Its owner as they are now, in the language of the address.
    pub scope: Scope,
}

/// Signs of a digest that name an address.
const ID: usize = 16;
/// Most addresses of one user and kind.
const MOST: u64 = 100;

const COLUMNS: &str = "SELECT substr(s.digest, 1, 16), s.about, s.owner, u.name, s.name, s.created, s.used, s.uses
                       FROM secrets s JOIN users u ON u.id = s.owner ";

impl System {
    /// Keeps a new address by the digest of its secret.
    ///
    /// # Errors
    /// `invalid` for its name, `too_large` when its owner has too many.
    pub fn add_secret(&self, digest: &str, new: &NewSecret) -> Result<Secret> {
        let name = checked_name(&new.name)?;
        self.engine.transaction(|c| {
            let count = "SELECT count(*) FROM secrets WHERE kind = ?1 AND owner = ?2";
            if c.one::<u64>(count, params![new.kind, new.owner.0])? >= MOST {
                return Err(Error::new(
                    ErrorCode::TooLarge,
                    format!("最多 {MOST} 个链接，请先停用不用的"),
                    format!("At most {MOST} links; revoke some that are not used"),
                ));
            }
            let lang = if new.lang == Lang::En { "en" } else { "zh" };
            c.run(
                "INSERT INTO secrets (digest, kind, about, owner, name, lang, created, uses)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
                params![digest, new.kind, new.about, new.owner.0, name, lang, now()],
            )?;
            let id: String = digest.chars().take(ID).collect();
            let sql = [COLUMNS, "WHERE s.digest = ?1"].concat();
            c.first(&sql, params![digest], read)?.ok_or_else(|| crate::failure(format!("the address {id} is gone")))
        })
    }

    /// What an address opens; None where there is none, or its owner is gone.
    pub fn open_secret(&self, kind: &str, digest: &str) -> Result<Option<Opened>> {
        self.engine.read(|c| {
            let sql = "SELECT s.about, u.id, u.access, s.lang FROM secrets s JOIN users u ON u.id = s.owner
                       WHERE s.digest = ?1 AND s.kind = ?2";
            c.first(sql, params![digest, kind], |r| {
                let lang = if r.text(3)? == "en" { Lang::En } else { Lang::Zh };
                let access = access_of(r.get(2)?);
                Ok(Opened { about: r.get(0)?, scope: Scope { user: UserId(r.get(1)?), access, lang } })
            })
        })
    }

    /// The addresses of a kind a caller may see, newest first: their own, and everybody's with [`Access::Own`]; of
    /// one thing, or of all.
    pub fn secrets(&self, scope: &Scope, kind: &str, about: Option<i64>) -> Result<Vec<Secret>> {
        self.engine.read(|c| {
            let sql = [
                COLUMNS,
                "WHERE s.kind = ?1 AND (?2 = 0 OR s.owner = ?2) AND (?3 = 0 OR s.about = ?3)
                 ORDER BY s.created DESC, s.digest",
            ];
            c.all(&sql.concat(), params![kind, whose(scope), about.unwrap_or(0)], read)
        })
    }

    /// Ends an address: one's own, or anybody's with [`Access::Own`].
    ///
    /// # Errors
    /// `not_found`.
    pub fn revoke_secret(&self, scope: &Scope, kind: &str, id: &str) -> Result<()> {
        self.engine.transaction(|c| {
            let sql = "DELETE FROM secrets WHERE kind = ?1 AND (?2 = 0 OR owner = ?2) AND substr(digest, 1, 16) = ?3";
            if c.run(sql, params![kind, whose(scope), id])? > 0 {
                return Ok(());
            }
            Err(Error::new(ErrorCode::NotFound, "没有这个链接，可能已停用", "There is no such link; it may be revoked"))
        })
    }

    /// Ends every address of a thing that goes.
    pub fn forget_secrets(&self, kind: &str, about: i64) -> Result<()> {
        self.engine.transaction(|c| {
            c.run("DELETE FROM secrets WHERE kind = ?1 AND about = ?2", params![kind, about]).map(drop)
        })
    }

    /// Notes that an address was used.
    pub fn note_secret(&self, digest: &str) -> Result<()> {
        self.engine.transaction(|c| {
            c.run("UPDATE secrets SET used = ?2, uses = uses + 1 WHERE digest = ?1", params![digest, now()]).map(drop)
        })
    }
}

/// The user whose addresses a caller sees; 0 for everybody's.
fn whose(scope: &Scope) -> i64 {
    if scope.access >= Access::Own { 0 } else { scope.user.0 }
}

fn read(r: &Row<'_>) -> Result<Secret> {
    Ok(Secret {
        id: r.get(0)?,
        about: r.get(1)?,
        owner: UserId(r.get(2)?),
        owner_name: r.get(3)?,
        name: r.get(4)?,
        created: r.get(5)?,
        used: r.get(6)?,
        uses: r.get(7)?,
    })
}
