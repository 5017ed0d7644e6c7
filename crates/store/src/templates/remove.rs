//! What templates brought to a book, and taking it away again. What was filled in or changed since stays.

use crate::conn::{Conn, params};
use crate::dialect::quote;
use crate::reshape::{drop_field, drop_table_if_unused, in_use};
use crate::store::{Store, require};
use crate::{events, failure, layout, segments};
use model::{Access, Error, ErrorCode, FieldKey, Holds, Label, Result, Schema, Scope, TableKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a template brought to a book and is still there, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brought {
    /// What the template is called.
    pub label: Option<Label>,
    /// The book's keys of its tables.
    pub tables: BTreeMap<TableKey, TableKey>,
    /// Fields: table and key of the template, table and key of the book.
    pub fields: Vec<(TableKey, FieldKey, TableKey, FieldKey)>,
    /// Views: table and key of the template, number, and when it was made, in seconds since 1970 UTC.
    pub views: Vec<(TableKey, String, i64, i64)>,
}

impl Brought {
    pub(super) fn field(&self, table: &TableKey, key: &FieldKey) -> Option<(&TableKey, &FieldKey)> {
        self.fields.iter().find(|(t, k, ..)| t == table && k == key).map(|(_, _, t, k)| (t, k))
    }

    pub(super) fn view(&self, table: &TableKey, key: &str) -> Option<i64> {
        self.views.iter().rev().find(|(t, k, ..)| t == table && k == key).map(|(_, _, id, _)| *id)
    }

    fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.fields.is_empty() && self.views.is_empty()
    }
}

/// What taking a template away did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateRemoved {
    /// Views removed.
    pub views: Vec<i64>,
    /// Fields removed.
    pub fields: u64,
    /// Tables removed.
    pub tables: u64,
    /// Names of what stays, because it was filled in, changed or used since.
    pub kept: Vec<Label>,
}

/// Where the book notes what a template brought.
fn note(id: &str) -> String {
    ["template.", id].concat()
}

/// What a template brought; None when it was never added, or was taken away.
pub(super) fn brought(conn: &Conn, id: &str) -> Result<Option<Brought>> {
    layout::meta(conn, &note(id))?.map(|text| serde_json::from_str(&text).map_err(failure)).transpose()
}

pub(super) fn note_brought(conn: &Conn, id: &str, brought: &Brought) -> Result<()> {
    layout::set_meta(conn, &note(id), &serde_json::to_string(brought).map_err(failure)?)
}

impl Store {
    /// The templates that were added to the book, by what they are kept under.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn templates_added(&self, scope: &Scope) -> Result<BTreeMap<String, Brought>> {
        require(scope, Access::Read)?;
        self.engine.read(|conn| {
            let sql = "SELECT key, value FROM _meta WHERE key >= 'template.' AND key < 'template/'";
            let all = conn.all(sql, &[], |r| {
                let id = r.text(0)?.trim_start_matches("template.").to_owned();
                Ok((id, serde_json::from_str(r.text(1)?).map_err(failure)?))
            })?;
            Ok(all.into_iter().collect())
        })
    }

    /// Changes that made sample rows of templates and were not taken back: the change, and the template it is of.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn template_samples(&self, scope: &Scope) -> Result<Vec<(i64, String)>> {
        #[derive(Deserialize)]
        struct About {
            template: String,
        }
        require(scope, Access::Read)?;
        self.engine.read(|conn| {
            let sql = "SELECT id, about FROM _changes WHERE origin = 'template' AND undone_by IS NULL ORDER BY id";
            conn.all(sql, &[], |r| {
                let about: About = serde_json::from_str(r.text(1)?).map_err(failure)?;
                Ok((r.get(0)?, about.template))
            })
        })
    }

    /// Takes away what a template brought: views nobody changed or uses (`held`: those with addresses of their own),
    /// fields nobody filled in and no formula or view names, tables without records. The rest stays, and is said.
    ///
    /// # Errors
    /// `forbidden`; `not_found` when it is not in the book.
    pub fn remove_template(&self, scope: &Scope, id: &str, held: &[i64]) -> Result<TemplateRemoved> {
        require(scope, Access::Own)?;
        self.reshape(|conn, _| {
            let Some(mut b) = brought(conn, id)? else {
                return Err(Error::new(ErrorCode::NotFound, "客簿里没有这个模板", "The template is not in the book"));
            };
            let mut out = TemplateRemoved::default();
            remove_views(conn, &mut b, held, &mut out)?;
            remove_fields(conn, &mut b, &mut out)?;
            remove_tables(conn, &mut b, &mut out)?;
            if b.is_empty() {
                conn.run("DELETE FROM _meta WHERE key = ?1", params![note(id)])?;
            } else {
                note_brought(conn, id, &b)?;
            }
            Ok(out)
        })
    }
}

fn remove_views(conn: &Conn, b: &mut Brought, held: &[i64], out: &mut TemplateRemoved) -> Result<()> {
    // Those that name others come behind them.
    for (table, key, id, made) in std::mem::take(&mut b.views).into_iter().rev() {
        let sql = "SELECT table_key, name, changed FROM _views WHERE id = ?1 AND owner IS NULL";
        let known: Option<(String, String, i64)> =
            conn.first(sql, params![id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        let Some((of, name, changed)) = known else { continue };
        if changed != made || held.contains(&id) || segments::refuse_used(conn, &of, id, None).is_err() {
            out.kept.push(Label::same(&name));
            b.views.insert(0, (table, key, id, made));
            continue;
        }
        conn.run("DELETE FROM _views WHERE id = ?1", params![id])?;
        events::views_changed(conn, &of, None)?;
        out.views.push(id);
    }
    Ok(())
}

fn remove_fields(conn: &Conn, b: &mut Brought, out: &mut TemplateRemoved) -> Result<()> {
    let mut rest = std::mem::take(&mut b.fields);
    // A formula goes before what it names, so it may take several rounds.
    loop {
        let before = rest.len();
        let mut kept = Vec::new();
        for at in rest.into_iter().rev() {
            let schema = layout::load_schema(conn)?;
            match removable(conn, &schema, &at.2, &at.3)? {
                None => {}
                Some(true) => {
                    drop_field(conn, &schema, &at.2, &at.3)?;
                    out.fields += 1;
                }
                Some(false) => kept.insert(0, at),
            }
        }
        rest = kept;
        if rest.len() == before {
            break;
        }
    }
    let schema = layout::load_schema(conn)?;
    let label = |t: &TableKey, k: &FieldKey| Some(schema.table(t)?.field(k)?.label.clone());
    out.kept.extend(rest.iter().filter_map(|(_, _, t, k)| label(t, k)));
    b.fields = rest;
    Ok(())
}

/// Whether a field can go: nobody filled it in, and no formula or view names it. None when it is gone.
fn removable(conn: &Conn, schema: &Schema, table: &TableKey, key: &FieldKey) -> Result<Option<bool>> {
    let Some(field) = schema.table(table).and_then(|t| t.field(key)) else { return Ok(None) };
    // Another template, or a person, may have built on it.
    let shown = ["%\"", key, "\"%"].concat();
    let named = "SELECT 1 FROM _views WHERE table_key = ?1 AND def LIKE ?2 LIMIT 1";
    if in_use(schema, table, key) || conn.exists(named, params![table.as_str(), shown])? {
        return Ok(Some(false));
    }
    // What Kebu computes or keeps by itself is nobody's work.
    if field.fixed() || !field.kind.stored() {
        return Ok(Some(true));
    }
    // Nor is a text that its default filled in.
    let text = field.default.as_deref().and_then(|d| d.trim().strip_prefix('"')?.strip_suffix('"'));
    let text = text.filter(|_| matches!(field.kind.holds(), Holds::Text));
    let (table, column) = (quote(table), quote(key));
    let filled = ["SELECT 1 FROM ", &table, " WHERE ", &column, " IS NOT NULL"].concat();
    let filled = match text {
        Some(text) => conn.exists(&[&filled, " AND ", &column, " <> ?1 LIMIT 1"].concat(), params![text])?,
        None => conn.exists(&[&filled, " LIMIT 1"].concat(), &[])?,
    };
    Ok(Some(!filled))
}

fn remove_tables(conn: &Conn, b: &mut Brought, out: &mut TemplateRemoved) -> Result<()> {
    for (key, table) in std::mem::take(&mut b.tables) {
        let schema = layout::load_schema(conn)?;
        let Some(def) = schema.table(&table) else { continue };
        let views = conn.exists("SELECT 1 FROM _views WHERE table_key = ?1 LIMIT 1", params![table.as_str()])?;
        // Beyond the four that every table of one's own has, its fields are somebody's.
        if !views && def.fields.len() <= 4 && drop_table_if_unused(conn, &schema, def)? {
            out.tables += 1;
        } else {
            out.kept.push(def.label.clone());
            b.tables.insert(key, table);
        }
    }
    Ok(())
}
