//! Contents of attachment cells, by their digest: files in a folder beside a book's own file, parts of text
//! in the schema of a book on PostgreSQL, so that no process holds anything the others lack.

use crate::conn::{Conn, params};
use crate::dialect::quote;
use crate::layout;
use crate::store::{Store, require};
use model::{Access, Error, ErrorCode, FieldKind, Result, Schema, Scope};
use std::collections::HashSet;
use std::path::PathBuf;

/// Most bytes of one file.
pub const MOST_BYTES: usize = 50 << 20;
/// Bytes of one part in the database; a multiple of three, so that parts end where base64 does.
const PART: usize = 768 << 10;

impl Store {
    /// Keeps a content under its digest (64 hexadecimal digits). The same content is kept once.
    ///
    /// # Errors
    /// `forbidden`, `too_large`; `internal` when the disk refuses.
    pub fn put_file(&self, scope: &Scope, id: &str, bytes: &[u8]) -> Result<()> {
        require(scope, Access::Write)?;
        if bytes.len() > MOST_BYTES {
            return Err(Error::new(ErrorCode::TooLarge, "文件超过 50 MB", "The file is over 50 MB"));
        }
        if !is_digest(id) {
            return Err(crate::failure("a file without a digest"));
        }
        if let Some(path) = self.file_path(id) {
            if path.exists() {
                return self.engine.transaction(|conn| wanted_again(conn, id));
            }
            let folder = path.parent().map(PathBuf::from).unwrap_or_default();
            std::fs::create_dir_all(&folder).map_err(crate::failure)?;
            // Under another name until it is whole.
            let passing = folder.join(format!("{id}.{}", std::process::id()));
            let written = std::fs::write(&passing, bytes).and_then(|()| std::fs::rename(&passing, &path));
            return written.map_err(crate::failure);
        }
        self.engine.transaction(|conn| {
            if conn.exists("SELECT 1 FROM _file_parts WHERE id = ?1 LIMIT 1", params![id])? {
                return wanted_again(conn, id);
            }
            let parts = if bytes.is_empty() { vec![bytes] } else { bytes.chunks(PART).collect() };
            for (n, part) in (0i64..).zip(parts) {
                let sql = "INSERT INTO _file_parts (id, part, content) VALUES (?1, ?2, ?3)";
                conn.run(sql, params![id, n, encode(part)])?;
            }
            Ok(())
        })
    }

    /// A kept content; None when there is none of that digest.
    ///
    /// # Errors
    /// `forbidden`; `internal` when the disk refuses.
    pub fn file(&self, scope: &Scope, id: &str) -> Result<Option<Vec<u8>>> {
        require(scope, Access::Read)?;
        if !is_digest(id) {
            return Ok(None);
        }
        if let Some(path) = self.file_path(id) {
            return match std::fs::read(path) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(e) => Err(crate::failure(e)),
            };
        }
        let sql = "SELECT content FROM _file_parts WHERE id = ?1 ORDER BY part";
        let parts: Vec<String> = self.engine.read(|conn| conn.all(sql, params![id], |r| r.get(0)))?;
        if parts.is_empty() {
            return Ok(None);
        }
        let mut out = Vec::new();
        for part in parts {
            decode(&part, &mut out).ok_or_else(|| crate::failure("a damaged file"))?;
        }
        Ok(Some(out))
    }

    /// Removes contents that no cell and no entry of the change log names, and none did on an earlier day
    /// either; how many. What was uploaded lately may not be in its cell yet.
    ///
    /// # Errors
    /// When the book or the folder cannot be read.
    pub fn sweep_files(&self) -> Result<u64> {
        let kept = self.kept_files()?;
        let mut removed = 0;
        self.write(|conn, now| {
            let before = layout::meta(conn, UNUSED)?.unwrap_or_default();
            let day = now.today.to_string();
            if before.starts_with(&day) {
                return Ok(());
            }
            let used = if kept.is_empty() { HashSet::new() } else { used_files(conn, &now.shape.schema)? };
            let unused: Vec<String> = kept.into_iter().filter(|id| !used.contains(id)).collect();
            let (old, new): (Vec<String>, Vec<String>) =
                unused.into_iter().partition(|id| before.contains(id.as_str()));
            for id in &old {
                match self.file_path(id) {
                    Some(path) => std::fs::remove_file(path).map_err(crate::failure)?,
                    None => conn.run("DELETE FROM _file_parts WHERE id = ?1", params![id]).map(drop)?,
                }
            }
            removed = old.len() as u64;
            if !(before.is_empty() && new.is_empty()) {
                layout::set_meta(conn, UNUSED, &[&day, " ", &new.join(" ")].concat())?;
            }
            Ok(())
        })?;
        Ok(removed)
    }

    /// The digests of all kept contents.
    pub(crate) fn kept_files(&self) -> Result<Vec<String>> {
        let Some(folder) = &self.files else {
            return self.engine.read(|conn| conn.all("SELECT DISTINCT id FROM _file_parts", &[], |r| r.get(0)));
        };
        let mut out = Vec::new();
        let parts = match std::fs::read_dir(folder) {
            Ok(parts) => parts,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(out),
            Err(e) => return Err(crate::failure(e)),
        };
        for part in parts {
            for file in std::fs::read_dir(part.map_err(crate::failure)?.path()).map_err(crate::failure)? {
                let name = file.map_err(crate::failure)?.file_name().to_string_lossy().into_owned();
                out.extend(Some(name).filter(|n| is_digest(n)));
            }
        }
        Ok(out)
    }

    fn file_path(&self, id: &str) -> Option<PathBuf> {
        Some(self.files.as_ref()?.join(&id[..2]).join(id))
    }
}

/// Where the book notes when contents were last swept and which of them nothing named.
const UNUSED: &str = "unused_files";

/// A content that may have been unused is on its way into a cell.
fn wanted_again(conn: &Conn, id: &str) -> Result<()> {
    match layout::meta(conn, UNUSED)? {
        Some(list) if list.contains(id) => layout::set_meta(conn, UNUSED, &list.replace(id, "")),
        _ => Ok(()),
    }
}

/// The digests that cells and the change log name.
fn used_files(conn: &Conn, schema: &Schema) -> Result<HashSet<String>> {
    let mut out = HashSet::new();
    let mut texts = |sql: &str| {
        conn.each(sql, &[], &mut |r| {
            digests(r.text(0)?, &mut out);
            Ok(())
        })
    };
    for table in &schema.tables {
        let files = table.fields.iter().filter(|f| matches!(f.kind, FieldKind::Attachment { .. }));
        for field in files {
            let column = quote(&field.key);
            texts(&["SELECT ", &column, " FROM ", &quote(&table.key), " WHERE ", &column, " IS NOT NULL"].concat())?;
        }
    }
    // Whatever a removed field or record held can come back as long as the log has it.
    texts("SELECT before FROM _change_cells WHERE length(before) > 64")?;
    texts("SELECT after FROM _change_cells WHERE length(after) > 64")?;
    texts("SELECT content FROM _change_rows WHERE length(content) > 64")?;
    Ok(out)
}

/// Collects the runs of 64 hexadecimal digits in a text.
fn digests(text: &str, into: &mut HashSet<String>) {
    for run in text.split(|c: char| !c.is_ascii_hexdigit()).filter(|run| is_digest(run)) {
        into.insert(run.to_owned());
    }
}

fn is_digest(id: &str) -> bool {
    id.len() == 64 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding (RFC 4648, section 4).
fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let n = (0..3).fold(0u32, |n, i| n << 8 | u32::from(three.get(i).copied().unwrap_or(0)));
        for i in 0..4 {
            let sign = SIGNS[(n >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= three.len() { sign as char } else { '=' });
        }
    }
    out
}

fn decode(text: &str, out: &mut Vec<u8>) -> Option<()> {
    for four in text.as_bytes().chunks(4) {
        let mut n = 0u32;
        let signs = four.iter().take_while(|b| **b != b'=').count();
        for b in four.iter().take(signs) {
            n = n << 6 | SIGNS.iter().position(|s| s == b)? as u32;
        }
        n <<= 6 * (4 - signs as u32);
        out.extend(n.to_be_bytes()[1..].iter().take(signs.checked_sub(1)?));
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_rfc_4648() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(plain.as_bytes()), text);
            let mut back = Vec::new();
            decode(text, &mut back).unwrap();
            assert_eq!(back, plain.as_bytes());
        }
        let all: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let mut back = Vec::new();
        decode(&encode(&all), &mut back).unwrap();
        assert_eq!(back, all);
        assert!(decode("Zm9*", &mut back).is_none());
    }
}
