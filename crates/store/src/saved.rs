//! Saved views: questions with a name, and how their sheet is laid out. A view is everybody's or one member's own.
//!
//! What a view says is kept as it was written; a field that is gone, or a condition that no longer fits its
//! field, is left out when the view is read, so that nothing a member saved ever turns into an error.

use crate::conn::{Conn, Row, params};
use crate::kinds::ViewKind;
use crate::saved_filters::{names_view, note, prune};
use crate::store::{Store, counter, require};
use crate::tint::{self, ColourRule};
use crate::{events, failure, group, layout, log, segments};
use model::{Access, Error, ErrorCode, FieldKey, GroupLevel, Result, Schema, Scope, TableDef, TableKey, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Where they are kept. Books of a format that lacks it get it when they are opened.
pub(crate) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS _views (
  id ROWNUMBER PRIMARY KEY, table_key TEXT NOT NULL, name TEXT NOT NULL, owner INTEGER,
  position INTEGER NOT NULL, def TEXT NOT NULL, changed INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS _views_name ON _views (table_key, COALESCE(owner, 0), name);
";

/// Most characters of a name.
const MOST_NAME: usize = 40;
/// Most views of one owner on one table.
const MOST_VIEWS: u64 = 200;
/// Most bytes of what a view says.
const MOST_BYTES: usize = 64 << 10;
/// Narrowest and widest column, in pixels.
const WIDTHS: std::ops::RangeInclusive<u32> = 20..=2_000;

/// What a saved view shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SavedDef {
    /// How they are shown.
    #[serde(skip_serializing_if = "ViewKind::is_sheet")]
    pub kind: ViewKind,
    /// The columns, in order; the others are hidden. None: as the table shows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<SavedColumn>>,
    /// So many of the first columns stay in sight. None: as the table does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen: Option<u32>,
    /// Which records, as the API writes filters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Json>,
    /// Their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<SavedSort>,
    /// What they are grouped by, the outermost level first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<GroupLevel>,
    /// Which records and cells are coloured.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub colours: Vec<ColourRule>,
    /// How high rows are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<RowHeight>,
    /// The figure shown under a column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub summaries: BTreeMap<String, Figure>,
}

/// A column of a saved view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedColumn {
    /// The field.
    pub field: FieldKey,
    /// Its width in pixels; None: what suits its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
}

/// One key of a saved order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedSort {
    /// The field.
    pub field: FieldKey,
    /// Largest first.
    #[serde(default)]
    pub desc: bool,
}

/// How high rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowHeight {
    /// More rows on a screen.
    Low,
    /// As ever.
    Normal,
    /// Room around the text.
    High,
}

/// A figure of a column over all records of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FigureName)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// How many records.
    Count,
    /// How many cells are not blank.
    Filled,
    /// Their sum.
    Sum,
    /// Their mean.
    Average,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// How many different ones.
    Distinct,
}

/// A saved view as one caller sees it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SavedView {
    /// Its number; none comes twice.
    pub id: i64,
    /// The table.
    pub table: TableKey,
    /// What it is called.
    pub name: String,
    /// Everybody sees it.
    pub shared: bool,
    /// The caller may change and delete it.
    pub editable: bool,
    /// When it was last changed, in seconds since 1970 (UTC).
    pub changed: i64,
    /// What it shows, without what is gone.
    #[serde(flatten)]
    pub def: SavedDef,
    /// Fields that it names and that are gone or do not fit it any more; formulas of colour rules that name such;
    /// `segment 7` of a view that is gone.
    pub missing: Vec<String>,
    /// A condition of its filter was left out, so that it holds more records than was meant.
    #[serde(skip)]
    pub loose: bool,
}

/// Changes of a saved view; what is None stays.
#[derive(Clone, Debug, Default)]
pub struct SavedPatch {
    /// Another name.
    pub name: Option<String>,
    /// For everybody, or for the caller alone.
    pub shared: Option<bool>,
    /// What it shows from now on.
    pub def: Option<SavedDef>,
}

impl SavedDef {
    /// Leaves out what names fields the table lacks, and answers which.
    fn without_missing(&mut self, schema: &Schema, table: Option<&TableDef>) -> Vec<String> {
        let mut missing = Vec::new();
        let has = |key: &str| table.is_some_and(|t| t.field(key).is_some());
        let mut keep = |key: &str| {
            let there = has(key);
            if !there {
                note(&mut missing, key);
            }
            there
        };
        if let Some(columns) = &mut self.columns {
            columns.retain(|c| keep(&c.field));
        }
        self.sort.retain(|s| keep(&s.field));
        self.summaries.retain(|key, _| keep(key));
        let filter = self.filter.take();
        self.filter = filter.and_then(|f| prune(&f, &|key, c| names_view(c) || has(key), &mut missing));
        self.group.retain(|l| {
            let kept = table.and_then(|t| t.field(&l.field)).is_some_and(group::groups);
            if !kept {
                note(&mut missing, &l.field);
            }
            kept
        });
        tint::without_missing(&mut self.colours, schema, table, &mut missing);
        self.kind.prune(table, &mut missing);
        missing
    }

    /// Refuses what the table lacks, and what is no width.
    pub(crate) fn check(&self, table: &TableDef) -> Result<()> {
        let columns = self.columns.iter().flatten();
        for c in columns.clone() {
            if let Some(width) = c.width.filter(|w| !WIDTHS.contains(w)) {
                return Err(invalid(
                    format!("列宽 {width} 不合适，应在 {} 到 {} 之间", WIDTHS.start(), WIDTHS.end()),
                    format!("A width of {width} does not fit; it is from {} to {}", WIDTHS.start(), WIDTHS.end()),
                )
                .on(&c.field));
            }
        }
        let named = columns.map(|c| &*c.field).chain(self.sort.iter().map(|s| &*s.field));
        for key in named.chain(self.summaries.keys().map(String::as_str)) {
            table.require(key)?;
        }
        group::check(table, &self.group)?;
        tint::check(table, &self.colours)?;
        self.kind.check(table)
    }
}

impl Store {
    /// The views of a table that a caller sees: those for everybody, then the caller's own, each in their order.
    ///
    /// # Errors
    /// `not_found` for an unknown table.
    pub fn saved_views(&self, scope: &Scope, table: &str) -> Result<Vec<SavedView>> {
        require(scope, Access::Read)?;
        let schema = self.schema();
        schema.require(table)?;
        self.engine.read(|conn| {
            let sql = [
                COLUMNS,
                "WHERE table_key = ?1 AND (owner IS NULL OR owner = ?2) \
                 ORDER BY CASE WHEN owner IS NULL THEN 0 ELSE 1 END, position, id",
            ]
            .concat();
            conn.all(&sql, params![table, scope.user.0], |r| Kept::read(r)?.seen(scope, &schema))
        })
    }

    /// Some views whoever's they are, as (number, table, name); the name of another member's own view is None.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn view_names(&self, scope: &Scope, ids: &[i64]) -> Result<Vec<(i64, TableKey, Option<String>)>> {
        require(scope, Access::Read)?;
        self.engine.read(|conn| {
            let sql =
                ["SELECT id, table_key, name, owner FROM _views WHERE ", &conn.dialect().among_ids("id")].concat();
            conn.all(&sql, params![ids], |r| {
                let owner: Option<i64> = r.get(3)?;
                let seen = owner.is_none_or(|o| o == scope.user.0);
                let name: String = r.get(2)?;
                Ok((r.get(0)?, r.text(1)?.into(), seen.then_some(name)))
            })
        })
    }

    /// One view, which is everybody's or the caller's own.
    ///
    /// # Errors
    /// `not_found`.
    pub fn saved_view(&self, scope: &Scope, id: i64) -> Result<SavedView> {
        require(scope, Access::Read)?;
        let schema = self.schema();
        self.engine.read(|conn| find(conn, scope, id)?.seen(scope, &schema))
    }

    /// Saves a view behind the others.
    ///
    /// # Errors
    /// `forbidden` without [`Access::Write`], for a shared one without [`Access::Own`]; `conflict` when the name is
    /// taken; `invalid` for an unfit name, or a filter that names a view it may not.
    pub fn save_view(&self, scope: &Scope, table: &str, name: &str, shared: bool, def: &SavedDef) -> Result<SavedView> {
        require(scope, needed(shared))?;
        let name = fit_name(name)?;
        self.write(|conn, now| {
            let schema = &now.shape.schema;
            let (id, _) = insert_view(conn, scope, schema, table, name, shared, def)?;
            find(conn, scope, id)?.seen(scope, schema)
        })
    }

    /// Changes a view.
    ///
    /// # Errors
    /// As [`Store::save_view`], and `not_found`; `conflict` for one that is no longer to be shared while shared
    /// views use its filter.
    pub fn change_view(&self, scope: &Scope, id: i64, patch: &SavedPatch) -> Result<SavedView> {
        require(scope, Access::Write)?;
        let name = patch.name.as_deref().map(fit_name).transpose()?;
        self.write(|conn, now| {
            let schema = &now.shape.schema;
            let kept = find(conn, scope, id)?;
            let shared = patch.shared.unwrap_or(kept.owner.is_none());
            require(scope, needed(kept.owner.is_none() || shared))?;
            if let Some(def) = &patch.def {
                def.check(schema.require(&kept.table)?)?;
            }
            let (name, owner) = (name.unwrap_or(&kept.name), owner(scope, shared));
            refuse_taken(conn, &kept.table, owner, name, Some(id))?;
            let filter = match &patch.def {
                Some(def) => def.filter.clone(),
                None => serde_json::from_str::<SavedDef>(&kept.def).map_err(failure)?.filter,
            };
            // A condition that is left out by now does not keep a view from its new name.
            if patch.def.is_some() || owner != kept.owner {
                segments::refuse_unfit(conn, scope.user, &kept.table, shared, Some(id), filter.as_ref())?;
            }
            if owner.is_some() && kept.owner.is_none() {
                segments::refuse_used(conn, &kept.table, id, None)?;
            }
            let def = patch.def.as_ref().map_or_else(|| Ok(kept.def.clone()), written)?;
            let sql = "UPDATE _views SET name = ?2, owner = ?3, def = ?4, changed = ?5 WHERE id = ?1";
            conn.run(sql, params![id, name, owner, def, log::now()])?;
            // One that was everybody's and is a person's own now goes from everybody's list.
            events::views_changed(conn, &kept.table, if kept.owner.is_none() { None } else { owner })?;
            find(conn, scope, id)?.seen(scope, schema)
        })
    }

    /// Deletes a view; no record is touched.
    ///
    /// # Errors
    /// `not_found`, `forbidden`; `conflict` while shared views, or the caller's own, use its filter.
    pub fn delete_view(&self, scope: &Scope, id: i64) -> Result<()> {
        require(scope, Access::Write)?;
        self.write(|conn, _| {
            let kept = find(conn, scope, id)?;
            require(scope, needed(kept.owner.is_none()))?;
            segments::refuse_used(conn, &kept.table, id, Some(scope.user.0))?;
            conn.run("DELETE FROM _views WHERE id = ?1", params![id])?;
            events::views_changed(conn, &kept.table, kept.owner)
        })
    }

    /// Puts views of a table into an order; those not named keep theirs.
    ///
    /// # Errors
    /// `not_found` for a view of another table or member, `forbidden` for a shared one without [`Access::Own`].
    pub fn order_views(&self, scope: &Scope, table: &str, ids: &[i64]) -> Result<()> {
        require(scope, Access::Write)?;
        self.write(|conn, now| {
            now.shape.schema.require(table)?;
            let mut shared = false;
            for (position, id) in (1i64..).zip(ids) {
                let kept = find(conn, scope, *id)?;
                if kept.table != *table {
                    return Err(gone());
                }
                require(scope, needed(kept.owner.is_none()))?;
                shared |= kept.owner.is_none();
                conn.run("UPDATE _views SET position = ?2 WHERE id = ?1", params![*id, position])?;
            }
            events::views_changed(conn, table, if shared { None } else { Some(scope.user.0) })
        })
    }
}

/// Keeps a new view behind the others: its number, and when it was made.
pub(crate) fn insert_view(
    conn: &Conn,
    scope: &Scope,
    schema: &Schema,
    table: &str,
    name: &str,
    shared: bool,
    def: &SavedDef,
) -> Result<(i64, i64)> {
    def.check(schema.require(table)?)?;
    let owner = owner(scope, shared);
    refuse_taken(conn, table, owner, name, None)?;
    segments::refuse_unfit(conn, scope.user, table, shared, None, def.filter.as_ref())?;
    let count = "SELECT count(*) FROM _views WHERE table_key = ?1 AND COALESCE(owner, 0) = ?2";
    if conn.one::<u64>(count, params![table, owner.unwrap_or(0)])? >= MOST_VIEWS {
        return Err(invalid(
            format!("一张表最多存 {MOST_VIEWS} 个视图，请先删掉不用的"),
            format!("A table holds at most {MOST_VIEWS} views; delete some you do not use"),
        ));
    }
    let last = "SELECT COALESCE(max(position), 0) FROM _views WHERE table_key = ?1";
    let position: i64 = conn.one(last, params![table])?;
    let (id, at) = (next_id(conn)?, log::now());
    let sql = "INSERT INTO _views (id, table_key, name, owner, position, def, changed) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    conn.run(sql, params![id, table, name, owner, position + 1, written(def)?, at])?;
    events::views_changed(conn, table, owner)?;
    Ok((id, at))
}

/// A number for a view. None comes twice, not even that of a view that is gone: links and other views name it.
fn next_id(conn: &Conn) -> Result<i64> {
    const COUNTER: &str = "next_view";
    let most: i64 = conn.one("SELECT COALESCE(max(id), 0) FROM _views", &[])?;
    let id = counter(conn, COUNTER)?.max(most + 1);
    layout::set_meta(conn, COUNTER, &(id + 1).to_string())?;
    Ok(id)
}

/// Removes the views of a table that goes.
pub(crate) fn forget(conn: &Conn, table: &str) -> Result<()> {
    conn.run("DELETE FROM _views WHERE table_key = ?1", params![table]).map(drop)
}

const COLUMNS: &str = "SELECT id, table_key, name, owner, def, changed FROM _views ";

/// A row as it is kept.
struct Kept {
    id: i64,
    table: TableKey,
    name: String,
    owner: Option<i64>,
    def: String,
    changed: i64,
}

impl Kept {
    fn read(r: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: r.get(0)?,
            table: r.text(1)?.into(),
            name: r.get(2)?,
            owner: r.get(3)?,
            def: r.get(4)?,
            changed: r.get(5)?,
        })
    }

    fn seen(self, scope: &Scope, schema: &Schema) -> Result<SavedView> {
        let mut def: SavedDef = serde_json::from_str(&self.def).map_err(failure)?;
        let filter = def.filter.clone();
        let missing = def.without_missing(schema, schema.table(&self.table));
        let loose = filter != def.filter;
        let shared = self.owner.is_none();
        Ok(SavedView {
            id: self.id,
            table: self.table,
            name: self.name,
            shared,
            editable: scope.access >= needed(shared),
            changed: self.changed,
            def,
            missing,
            loose,
        })
    }
}

/// A view the caller sees.
fn find(conn: &Conn, scope: &Scope, id: i64) -> Result<Kept> {
    let sql = [COLUMNS, "WHERE id = ?1 AND (owner IS NULL OR owner = ?2)"].concat();
    conn.first(&sql, params![id, scope.user.0], Kept::read)?.ok_or_else(gone)
}

fn needed(shared: bool) -> Access {
    if shared { Access::Own } else { Access::Write }
}

fn owner(scope: &Scope, shared: bool) -> Option<i64> {
    let UserId(id) = scope.user;
    (!shared).then_some(id)
}

fn written(def: &SavedDef) -> Result<String> {
    let text = serde_json::to_string(def).map_err(failure)?;
    if text.len() > MOST_BYTES {
        return Err(Error::new(
            ErrorCode::TooLarge,
            "这个视图的内容太多，请减少筛选里的值",
            "The view says too much; take values out of its filter",
        ));
    }
    Ok(text)
}

pub(crate) fn fit_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if (1..=MOST_NAME).contains(&name.chars().count()) {
        return Ok(name);
    }
    Err(invalid(
        format!("视图名称要有 1 到 {MOST_NAME} 个字"),
        format!("The name of a view has 1 to {MOST_NAME} characters"),
    )
    .on("name"))
}

fn refuse_taken(conn: &Conn, table: &str, owner: Option<i64>, name: &str, but: Option<i64>) -> Result<()> {
    let sql = "SELECT 1 FROM _views WHERE table_key = ?1 AND COALESCE(owner, 0) = ?2 AND name = ?3 AND id <> ?4";
    if !conn.exists(sql, params![table, owner.unwrap_or(0), name, but.unwrap_or(0)])? {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::Conflict,
        format!("已经有叫“{name}”的视图，请换个名称"),
        format!("There is a view called “{name}” already; choose another name"),
    )
    .on("name"))
}

fn gone() -> Error {
    Error::new(ErrorCode::NotFound, "没有这个视图，可能已被删除", "There is no such view; it may have been deleted")
}

fn invalid(zh: String, en: String) -> Error {
    Error::new(ErrorCode::Invalid, zh, en)
}
