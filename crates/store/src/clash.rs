//! Whose later change an undo would trample, in words.

use crate::apply::Writing;
use crate::conn::params;
use crate::dialect::quote;
use crate::log::AHEAD;
use crate::related;
use model::{DateTime, Error, ErrorCode, FieldDef, RecordId, Result, TableDef, UserId, Value};

/// Users by id and name.
pub type Names = [(UserId, String)];

/// Who, and when in seconds since 1970 UTC.
type Author = (i64, i64);

/// A field or table of the change is not there any more.
pub(crate) fn no_field() -> Error {
    Error::new(
        ErrorCode::Conflict,
        "这一步改过的字段或表后来被删除了，所以不能撤销或重做",
        "A field or table of this step was removed since, so it cannot be undone or done again",
    )
}

/// The content of a removed record is not kept any more.
pub(crate) fn expired() -> Error {
    Error::new(
        ErrorCode::Conflict,
        format!("删除已超过 {} 天，内容已经清除，不能恢复", crate::trash::KEPT_DAYS),
        format!("Removed more than {} days ago; its content is no longer kept", crate::trash::KEPT_DAYS),
    )
}

/// A removed record holds what only one record may have, and another has it.
pub(crate) fn taken(field: &FieldDef, text: &str) -> Error {
    let (zh, en) = (&field.label.zh, &field.label.en);
    Error::new(
        ErrorCode::Conflict,
        format!("另一条记录的“{zh}”已经是“{text}”，这一项不能重复；先改掉那一条，再恢复"),
        format!("Another record has “{text}” as “{en}”, which only one may have; change that one first"),
    )
    .on(&field.key)
}

fn name(names: &Names, user: i64) -> &str {
    names.iter().find(|(id, _)| id.0 == user).map_or("Kebu", |(_, name)| name.as_str())
}

/// A refusal: what happened, by whom and when.
fn refusal(names: &Names, author: Option<Author>, zh: (&str, &str), en: (&str, &str)) -> Error {
    let (by_zh, by_en) = author.map_or_else(Default::default, |(user, at)| {
        let (who, at) = (name(names, user), DateTime(at + AHEAD));
        (format!("{who} 在 {at} "), format!(" by {who} at {at}"))
    });
    Error::new(
        ErrorCode::Conflict,
        format!("{}{by_zh}{}；为了不盖掉它，这一步没有动", zh.0, zh.1),
        format!("{}{}{by_en}; to keep that, nothing was touched", en.0, en.1),
    )
}

impl Writing<'_> {
    /// A record as people call it: its name, else its code, else its id.
    pub(crate) fn called(&self, def: &TableDef, record: i64) -> Result<String> {
        let [code, name] = related::labels(def, "t");
        let sql = ["SELECT ", &name, ", ", &code, " FROM ", &quote(&def.key), " t WHERE t.id = ?1"].concat();
        let found: Option<(Option<String>, Option<String>)> =
            self.conn.first(&sql, params![record], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let (name, code) = found.unwrap_or_default();
        Ok(name.or(code).unwrap_or_else(|| format!("#{record}")))
    }

    fn author(&self, sql: &str, table: &str, record: i64, change: i64) -> Result<Option<Author>> {
        let sql = ["SELECT c.\"user\", c.at FROM ", sql, " AND c.id > ?3 ORDER BY c.id DESC LIMIT 1"].concat();
        self.conn.first(&sql, params![table, record, change], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// A cell, or any of a record, was edited after a change.
    pub(crate) fn edited_since(
        &self,
        names: &Names,
        def: &TableDef,
        record: i64,
        field: Option<&FieldDef>,
        change: i64,
    ) -> Result<Error> {
        const BY: &str = "_change_cells x JOIN _changes c ON c.id = x.change WHERE x.table_key = ?1 AND x.record = ?2";
        let author = match field {
            Some(f) => {
                let sql =
                    ["SELECT c.\"user\", c.at FROM ", BY, " AND c.id > ?3 AND x.field = ?4 ORDER BY c.id DESC LIMIT 1"];
                let values = params![def.key.as_str(), record, change, f.key.as_str()];
                self.conn.first(&sql.concat(), values, |r| Ok((r.get(0)?, r.get(1)?)))?
            }
            None => self.author(BY, &def.key, record, change)?,
        };
        let called = self.called(def, record)?;
        let (zh, en) = field.map_or_else(
            || (format!("“{called}”"), format!("“{called}”")),
            |f| (format!("“{called}”的“{}”", f.label.zh), format!("“{}” of “{called}”", f.label.en)),
        );
        Ok(refusal(names, author, (&zh, "又改过"), (&en, " was changed again")))
    }

    /// A record was removed after a change.
    pub(crate) fn removed_since(&self, names: &Names, def: &TableDef, record: i64, change: i64) -> Result<Error> {
        let by = "_change_rows x JOIN _changes c ON c.id = x.change WHERE x.table_key = ?1 AND x.record = ?2";
        let author = self.author(by, &def.key, record, change)?;
        let (zh, en) =
            (format!("“{}”里的第 {record} 号记录", def.label.zh), format!("Record {record} of “{}”", def.label.en));
        Ok(refusal(names, author, (&zh, "删除了"), (&en, " was removed")))
    }

    /// A removed record is there again.
    pub(crate) fn there_again(&self, def: &TableDef, record: i64) -> Result<Error> {
        let called = self.called(def, record)?;
        Ok(Error::new(
            ErrorCode::Conflict,
            format!("“{called}”已经恢复过了"),
            format!("“{called}” was brought back already"),
        ))
    }

    /// A record that the cell named before was removed since.
    pub(crate) fn target_removed(
        &self,
        names: &Names,
        def: &TableDef,
        record: i64,
        field: &FieldDef,
        before: &Value,
    ) -> Result<Error> {
        let mut author = None;
        if let Some(to) = field.kind.links_to() {
            for id in crate::relink::listed(before) {
                if !self.exists(to, id)? {
                    let by =
                        "_change_rows x JOIN _changes c ON c.id = x.change WHERE x.table_key = ?1 AND x.record = ?2";
                    author = self.author(by, to, id.0, 0)?;
                    break;
                }
            }
        }
        let called = self.called(def, record)?;
        let (zh, en) = (
            format!("“{called}”的“{}”原来关联的记录，", field.label.zh),
            format!("What “{}” of “{called}” linked to", field.label.en),
        );
        Ok(refusal(names, author, (&zh, "删除了"), (&en, " was removed")))
    }

    /// A record made by the change was edited since, or others link to it.
    pub(crate) fn used_since(&self, names: &Names, def: &TableDef, record: i64, change: i64) -> Result<Error> {
        let edited = "SELECT 1 FROM _change_cells x JOIN _changes c ON c.id = x.change
             WHERE x.table_key = ?1 AND x.record = ?2 AND c.id > ?3 AND c.undone_by IS NULL AND c.origin <> 'undo'";
        if self.conn.exists(edited, params![def.key.as_str(), record, change])? {
            return self.edited_since(names, def, record, None, change);
        }
        let called = self.called(def, RecordId(record).0)?;
        Ok(Error::new(
            ErrorCode::Conflict,
            format!("“{called}”后来被别的记录关联了；为了不断开它们，这一步没有动"),
            format!("Other records link to “{called}” since; to keep these links, nothing was touched"),
        ))
    }
}
