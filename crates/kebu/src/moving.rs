//! `kebu move`: a whole book from a folder to a database, back, or to another of its kind.

use crate::cli::Move;
use crate::commands::Context;
use crate::output::{say, with_progress};
use model::{Error, ErrorCode, Lang, Result};
use serde_json::json;
use std::path::PathBuf;
use store::DataFolder;

/// A data folder, or a database with a folder for passing files.
struct Place {
    path: PathBuf,
    database: Option<String>,
    // Removed with the place.
    _passing: Option<tempfile::TempDir>,
}

impl Place {
    fn of(text: &str) -> Result<Self> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Ok(Self { path: text.into(), database: None, _passing: None });
        }
        let passing = tempfile::tempdir().map_err(Error::internal)?;
        Ok(Self { path: passing.path().to_owned(), database: Some(text.to_owned()), _passing: Some(passing) })
    }

    fn open(&self, c: &Context) -> Result<DataFolder> {
        DataFolder::open(&self.path, self.database.as_deref(), c.today())
    }
}

pub(crate) fn run(c: &Context, m: &Move) -> Result<u8> {
    let (from, to) = (Place::of(&m.from)?, Place::of(&m.to)?);
    if !DataFolder::holds(&from.path, from.database.as_deref())? {
        return Err(Error::new(
            ErrorCode::NotFound,
            "要搬的地方没有客簿数据；请检查 --from 后面的文件夹或地址",
            "There is no book to move; check the folder or address after --from",
        ));
    }
    let (source, target) = (from.open(c)?, to.open(c)?);
    let carried = with_progress(!c.json, c.lang, |control| {
        store::carry(&source, &target, &mut |done, _| control.report("write", done, 0))
    })?;
    let rows: u64 = carried.iter().map(|t| t.rows).sum();
    c.print(&json!({ "tables": carried, "rows": rows }), || {
        for t in carried.iter().filter(|t| t.rows > 0) {
            say(&format!("  {:<16} {:>12}  {}", t.table, t.rows, t.digest));
        }
        say(&match c.lang {
            Lang::Zh => format!("搬好了 {rows} 行，两边的校验值一致；原来的地方没有改动"),
            Lang::En => {
                format!("{rows} rows were moved, the digests of both places agree. The first place was left as it was.")
            }
        });
    });
    Ok(0)
}
