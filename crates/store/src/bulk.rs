//! One thing done to all records of a view, or to some of its rows: contents given, labels added, text
//! replaced, records removed.
//!
//! The records are written in parts, each a transaction of its own, so that others write in between; all parts
//! are one change of the log and one step of undo. A record that a rule refuses is left as it is and told of.

use crate::apply::Writing;
use crate::cells::from_sql;
use crate::conn::{Conn, params};
use crate::dialect::quote;
use crate::snapshots::ViewId;
use crate::store::{Store, require};
use model::parse::{self, Cell, Ctx};
use model::{
    Access, CellEdit, Date, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Holds, Origin, RecordId, Result, Scope,
    TableDef, Value,
};
use std::ops::Range;

/// Records of one part.
const PART: usize = 2_000;
/// Refused records after which the work stops: something is wrong with what is asked.
const MOST_REFUSED: usize = 100;
/// Examples in a preview.
const SAMPLES: usize = 5;

/// What is done to every record.
#[derive(Clone, Debug, PartialEq)]
pub enum Bulk {
    /// These contents are given.
    Edit(Vec<(FieldKey, Value)>),
    /// Labels are added to a field of several, others taken from it.
    Tag {
        /// The field.
        field: FieldKey,
        /// Labels to add.
        add: Vec<String>,
        /// Labels to take away.
        remove: Vec<String>,
    },
    /// A text is replaced by another.
    Replace(Replace),
    /// The records are removed.
    Delete,
}

/// A text to look for and what comes in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Replace {
    /// Where to look; empty for every field of text that can be written.
    pub fields: Vec<FieldKey>,
    /// The text.
    pub find: String,
    /// What comes in its place.
    pub with: String,
    /// Only where it is the whole content.
    pub whole: bool,
    /// Capital and small letters differ.
    pub case: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BulkDone {
    /// The change it became; None when there was nothing to change.
    pub change: Option<i64>,
    /// Records changed or removed.
    pub records: u64,
    /// Records left as they are because a rule refused, with what it says; at most the first hundred.
    pub refused: Vec<(RecordId, Error)>,
    /// Whether it was stopped on the way: by hand, by its undo, or for too many refusals.
    pub stopped: bool,
}

/// What a replacement would change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BulkPreview {
    /// Records.
    pub records: u64,
    /// Cells.
    pub cells: u64,
    /// The first cells, before and after.
    pub samples: Vec<(RecordId, FieldKey, String, String)>,
}

impl Store {
    /// Does one thing to the records of an open view; of `rows`, when given, those at these places alone.
    /// `progress` gets records done and all; when it says `cancelled`, what was done stays.
    ///
    /// # Errors
    /// `forbidden`, `not_found` for the view or a field, `invalid` for what cannot be done to a field.
    pub fn bulk(
        &self,
        scope: &Scope,
        view: &ViewId,
        rows: Option<&[Range<u64>]>,
        act: &Bulk,
        progress: &mut dyn FnMut(u64, u64) -> Result<()>,
    ) -> Result<BulkDone> {
        require(scope, Access::Write)?;
        let view = self.views.find(scope, view)?;
        let ids = picked(&view.ids, rows);
        let table = view.table.key.clone();
        act.check(self.schema().require(&table)?)?;
        let (mut done, total) = (BulkDone::default(), ids.len() as u64);
        for (n, part) in ids.chunks(PART).enumerate() {
            match progress((n * PART) as u64, total) {
                Err(e) if e.code == ErrorCode::Cancelled => done.stopped = true,
                other => other?,
            }
            if done.stopped {
                break;
            }
            self.bulk_part(scope, &table, part, act, &mut done)?;
        }
        Ok(done)
    }

    /// What a replacement would change, without changing it.
    ///
    /// # Errors
    /// As [`Store::bulk`].
    pub fn preview_replace(
        &self,
        scope: &Scope,
        view: &ViewId,
        rows: Option<&[Range<u64>]>,
        replace: &Replace,
    ) -> Result<BulkPreview> {
        require(scope, Access::Read)?;
        let view = self.views.find(scope, view)?;
        let schema = self.schema();
        let def = schema.require(&view.table.key)?;
        let fields = replace.fields(def)?;
        let ids = picked(&view.ids, rows);
        let mut out = BulkPreview::default();
        self.engine.read(|conn| {
            for part in ids.chunks(PART) {
                for (id, cells) in contents(conn, def, &fields, part)? {
                    let cells_before = out.cells;
                    for (field, value) in fields.iter().zip(cells) {
                        let Some(text) = value.as_text() else { continue };
                        let Some(new) = replace.applied(text) else { continue };
                        out.cells += 1;
                        if out.samples.len() < SAMPLES {
                            out.samples.push((RecordId(id), field.key.clone(), text.to_owned(), new));
                        }
                    }
                    out.records += u64::from(out.cells > cells_before);
                }
            }
            Ok(out)
        })
    }

    fn bulk_part(&self, scope: &Scope, table: &str, ids: &[i64], act: &Bulk, done: &mut BulkDone) -> Result<()> {
        let change = done.change;
        let written = self.write(|conn, now| {
            let shape = std::sync::Arc::clone(&now.shape);
            let def = shape.schema.require(table)?;
            let cells = act.cells(conn, def, now.today, ids)?;
            if cells.is_empty() && *act != Bulk::Delete {
                return Ok(None);
            }
            let mut w = match change {
                None => Writing::begin(conn, now, scope, Origin::Edit)?,
                Some(change) => match Writing::go_on(conn, now, scope, change)? {
                    Some(w) => w,
                    None => return Ok(Some((change, None))),
                },
            };
            let records = match act {
                Bulk::Delete => w.delete(&def.key, ids)?,
                _ => w.edit_cells(&def.key, cells)?.len() as u64,
            };
            w.finish(&mut |_, _| Ok(()))?;
            w.check_written()?;
            Ok(Some((w.change, Some(records))))
        });
        match written {
            Ok(None) => Ok(()),
            // It was undone while it went on.
            Ok(Some((_, None))) => {
                done.stopped = true;
                Ok(())
            }
            Ok(Some((change, Some(records)))) => {
                done.change = Some(change);
                done.records += records;
                Ok(())
            }
            Err(e) if !refusal(&e) => Err(e),
            Err(e) if ids.len() == 1 => {
                done.refused.push((RecordId(ids[0]), e));
                done.stopped |= done.refused.len() >= MOST_REFUSED;
                Ok(())
            }
            Err(_) => {
                let (a, b) = ids.split_at(ids.len() / 2);
                for half in [a, b] {
                    if !done.stopped {
                        self.bulk_part(scope, table, half, act, done)?;
                    }
                }
                Ok(())
            }
        }
    }
}

/// Whether an error is about the record at hand, so that others may do better.
fn refusal(e: &Error) -> bool {
    matches!(e.code, ErrorCode::Invalid | ErrorCode::Conflict)
}

fn picked(ids: &[i64], rows: Option<&[Range<u64>]>) -> Vec<i64> {
    let Some(rows) = rows else { return ids.to_vec() };
    let place = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(ids.len());
    let mut out: Vec<i64> = Vec::new();
    for r in rows {
        let (from, to) = (place(r.start), place(r.end));
        out.extend(ids.get(from..to.max(from)).unwrap_or_default());
    }
    out
}

/// Some fields of those records that are there.
fn contents(conn: &Conn, def: &TableDef, fields: &[&FieldDef], ids: &[i64]) -> Result<Vec<(i64, Vec<Value>)>> {
    let columns: String = fields.iter().flat_map(|f| [", ".to_owned(), quote(&f.key)]).collect();
    let among = conn.dialect().among_ids("id");
    let sql = ["SELECT id", &columns, " FROM ", &quote(&def.key), " WHERE ", &among].concat();
    conn.all(&sql, params![ids], |r| {
        let cells = fields.iter().enumerate().map(|(i, f)| Ok(from_sql(&f.kind, r.at(i + 1)?)));
        Ok((r.get(0)?, cells.collect::<Result<Vec<_>>>()?))
    })
}

impl Bulk {
    /// Whether it can be done to records of a table at all.
    fn check(&self, def: &TableDef) -> Result<()> {
        match self {
            Self::Delete => Ok(()),
            Self::Edit(cells) => cells.iter().try_for_each(|(key, _)| def.require(key).map(drop)),
            Self::Tag { field, .. } => {
                let f = def.require(field)?;
                if matches!(f.kind, FieldKind::Tags | FieldKind::Choices { .. }) && !f.derived() {
                    return Ok(());
                }
                Err(unfit(f, "不是标签或多选字段", "is no field of tags or several choices"))
            }
            Self::Replace(replace) => {
                if replace.find.is_empty() {
                    return Err(Error::new(ErrorCode::Invalid, "请填要查找的内容", "Say what to find").on("find"));
                }
                replace.fields(def).map(drop)
            }
        }
    }

    /// The cells it gives to records that are there.
    fn cells(&self, conn: &Conn, def: &TableDef, today: Date, ids: &[i64]) -> Result<Vec<CellEdit>> {
        match self {
            Self::Delete => Ok(Vec::new()),
            Self::Edit(given) => {
                let there = contents(conn, def, &[], ids)?;
                let cells = there.iter().flat_map(|(id, _)| {
                    given.iter().map(|(field, value)| CellEdit {
                        id: RecordId(*id),
                        field: field.clone(),
                        value: value.clone(),
                    })
                });
                Ok(cells.collect())
            }
            Self::Tag { field, add, remove } => {
                let mut out = Vec::new();
                for (id, cells) in contents(conn, def, &[def.require(field)?], ids)? {
                    let before = match cells.into_iter().next() {
                        Some(Value::Tags(list)) => list,
                        _ => Vec::new(),
                    };
                    let mut after: Vec<String> = before.iter().filter(|t| !remove.contains(t)).cloned().collect();
                    after.extend(add.iter().filter(|t| !before.contains(t)).cloned());
                    if after != before {
                        let value = if after.is_empty() { Value::Null } else { Value::Tags(after) };
                        out.push(CellEdit { id: RecordId(id), field: field.clone(), value });
                    }
                }
                Ok(out)
            }
            Self::Replace(replace) => {
                let fields = replace.fields(def)?;
                let ctx = Ctx { today, year: Some(today.ymd().0) };
                let mut out = Vec::new();
                for (id, cells) in contents(conn, def, &fields, ids)? {
                    for (f, value) in fields.iter().zip(cells) {
                        let Some(new) = value.as_text().and_then(|text| replace.applied(text)) else { continue };
                        let read = parse::cell(&f.kind, &Cell::Text(&new), &ctx).map_err(|p| {
                            Error::new(
                                ErrorCode::Invalid,
                                format!("{}：{}。{}", f.label.zh, p.reason.zh, p.cure.zh),
                                format!("{}: {}. {}", f.label.en, p.reason.en, p.cure.en),
                            )
                            .on(&f.key)
                        })?;
                        out.push(CellEdit { id: RecordId(id), field: f.key.clone(), value: read.value });
                    }
                }
                Ok(out)
            }
        }
    }
}

fn unfit(f: &FieldDef, zh: &str, en: &str) -> Error {
    Error::new(ErrorCode::Invalid, format!("“{}”{zh}", f.label.zh), format!("“{}” {en}", f.label.en)).on(&f.key)
}

impl Replace {
    /// Whether a field holds text that can be replaced.
    fn can(f: &FieldDef) -> bool {
        f.kind.holds() == Holds::Text && f.kind.stored() && !f.derived() && !matches!(f.kind, FieldKind::Code(_))
    }

    fn fields<'d>(&self, def: &'d TableDef) -> Result<Vec<&'d FieldDef>> {
        if self.fields.is_empty() {
            return Ok(def.fields.iter().filter(|f| Self::can(f)).collect());
        }
        let asked = self.fields.iter().map(|key| {
            let f = def.require(key)?;
            if Self::can(f) { Ok(f) } else { Err(unfit(f, "的内容不能替换", "holds nothing to replace")) }
        });
        asked.collect()
    }

    /// The text with all that is found replaced; None when nothing is.
    fn applied(&self, text: &str) -> Option<String> {
        // One character for one, so that places in the folded text are those in the text.
        let fold = |c: char| if self.case { c } else { c.to_lowercase().next().unwrap_or(c) };
        let chars: Vec<char> = text.chars().collect();
        let folded: Vec<char> = chars.iter().map(|c| fold(*c)).collect();
        let find: Vec<char> = self.find.chars().map(fold).collect();
        if find.is_empty() || self.whole && folded != find {
            return None;
        }
        let (mut out, mut at, mut found) = (String::with_capacity(text.len()), 0, false);
        while at < chars.len() {
            if folded[at..].starts_with(&find) {
                out.push_str(&self.with);
                at += find.len();
                found = true;
            } else {
                out.push(chars[at]);
                at += 1;
            }
        }
        (found && out != text).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::Replace;

    #[test]
    fn texts_are_replaced_as_in_a_spreadsheet() {
        for (text, find, with, whole, case, after) in [
            ("长沙市岳麓区", "长沙", "株洲", false, false, Some("株洲市岳麓区")),
            ("aXAxa", "a", "b", false, false, Some("bXbxb")),
            ("aXAxa", "A", "b", false, true, Some("aXbxa")),
            ("aaa", "aa", "b", false, false, Some("ba")),
            ("长沙", "长沙", "", true, false, Some("")),
            ("长沙市", "长沙", "", true, false, None),
            ("İstanbul", "i", "I", false, false, Some("Istanbul")),
            ("一样", "一样", "一样", false, false, None),
            ("什么", "", "x", false, false, None),
            ("", "a", "x", false, false, None),
        ] {
            let replace = Replace { fields: Vec::new(), find: find.into(), with: with.into(), whole, case };
            assert_eq!(replace.applied(text).as_deref(), after, "{text} {find} {whole} {case}");
        }
    }
}
