//! Turning a field into another kind: a column beside the old one is filled part by part while people
//! go on working; then the two change places in one short transaction.

use crate::cells::{from_sql, param};
use crate::conn::{Conn, Param, params};
use crate::dialect::{Dialect, column_type, quote};
use crate::store::{Now, Store, require};
use crate::{fill, layout, links, reshape, saved_filters};
use model::parse::written;
use model::{
    Access, ChoiceOption, Date, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Lang, Loss, Result, Schema, Scope,
    TONES, TableDef, UserId, Value, Way, way,
};
use roaring::RoaringTreemap;
use std::collections::BTreeMap;
use std::sync::Arc;

mod past;
mod turner;

pub(crate) use past::{Past, Turns, forget};
use turner::Turner;

/// What a conversion would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Records with content in the field.
    pub total: u64,
    /// Cells that read otherwise afterwards.
    pub changed: u64,
    /// Cells that lose a part of their content.
    pub partly: u64,
    /// Cells that become blank.
    pub lost: u64,
    /// Some contents, those that lose something first.
    pub samples: Vec<Sample>,
}

/// One content before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// As it reads now.
    pub before: String,
    /// As it will read; None when it is lost.
    pub after: Option<String>,
    /// What is lost of it.
    pub loss: Option<Loss>,
}

/// What a field is to become.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// Its kind.
    pub kind: FieldKind,
    /// Options whose names change in the cells, old to new; of a kind that stores cells as before.
    pub renamed: BTreeMap<String, String>,
}

impl From<FieldKind> for Turn {
    fn from(kind: FieldKind) -> Self {
        Self { kind, renamed: BTreeMap::new() }
    }
}

/// Contents shown.
const SAMPLES: usize = 20;
/// Records of one part.
const PART: usize = 20_000;
/// Most options a conversion makes of what it finds.
const MOST_OPTIONS: usize = 200;

impl Store {
    /// What turning a field into another kind would do. `members` are the people of the workspace.
    ///
    /// # Errors
    /// As [`Store::turn`].
    pub fn preview_turn(
        &self,
        scope: &Scope,
        table: &str,
        key: &str,
        to: &FieldKind,
        members: &[(UserId, String)],
    ) -> Result<Preview> {
        require(scope, Access::Own)?;
        let (shape, today) = (self.shape(), self.today());
        let field = shape.schema.require(table)?.require(key)?;
        intended(&shape.schema, table, key, to, today, self.engine.dialect())?;
        let column = quote(key);
        let sql = [
            "SELECT ",
            &column,
            ", count(*) FROM ",
            &quote(table),
            " WHERE ",
            &column,
            " IS NOT NULL GROUP BY ",
            &column,
        ]
        .concat();
        self.engine.read(|conn| {
            let to = &Turn::from(to.clone());
            let mut turner = Turner::new(&field.kind, to, today, members);
            let (mut out, mut kept) = (Preview::default(), Vec::new());
            // Looking names up asks the same connection, so the contents are taken first.
            let contents: Vec<(Value, u64)> =
                conn.all(&sql, &[], |r| Ok((from_sql(&field.kind, r.at(0)?), r.get(1)?)))?;
            for (value, count) in contents {
                let t = turner.turn(conn, &value)?;
                let after = written(&t.value, &to.kind, Lang::Zh).into_owned();
                out.total += count;
                out.changed += if after == t.before && t.loss.is_none() { 0 } else { count };
                match t.loss {
                    Some(Loss::Part) => out.partly += count,
                    Some(Loss::All) => out.lost += count,
                    None => {}
                }
                let after = (t.loss != Some(Loss::All)).then_some(after);
                let list = if t.loss.is_some() { &mut out.samples } else { &mut kept };
                if list.len() < SAMPLES {
                    list.push(Sample { before: t.before, after, loss: t.loss });
                }
            }
            out.samples.sort_by_key(|s| s.loss != Some(Loss::All));
            kept.retain(|s| s.after.as_deref() != Some(s.before.as_str()));
            out.samples.extend(kept);
            out.samples.truncate(SAMPLES);
            Ok(out)
        })
    }

    /// Turns a field into another kind, or carries new names of options into its cells. People go on working
    /// meanwhile; their edits are turned too.
    ///
    /// # Errors
    /// `forbidden`, `not_found`; `invalid` for a field or kind that cannot be turned; `formula` when a
    /// formula would no longer fit; `conflict` while the field is being turned already. Whatever `progress`
    /// returns stops the work and leaves the field as it was.
    pub fn turn(
        &self,
        scope: &Scope,
        table: &str,
        key: &str,
        to: impl Into<Turn>,
        members: &[(UserId, String)],
        progress: &mut dyn FnMut(u64, u64) -> Result<()>,
    ) -> Result<FieldDef> {
        require(scope, Access::Own)?;
        let to = to.into();
        let begun = self.reshape(|conn, now| begin(conn, now, table, key, &to))?;
        let Some(mut work) = begun else {
            return Ok(self.shape().schema.require(table)?.require(key)?.clone());
        };
        let done = self.go_on(&mut work, members, progress).and_then(|()| self.swap(&work, members));
        if done.is_err() {
            self.reshape(|conn, _| abandon(conn, &work))?;
        }
        let field = done?;
        self.fill(progress)?;
        Ok(field)
    }

    fn go_on(
        &self,
        work: &mut Work,
        members: &[(UserId, String)],
        progress: &mut dyn FnMut(u64, u64) -> Result<()>,
    ) -> Result<()> {
        let mut done = 0;
        loop {
            let part = self.write(|conn, now| {
                let Some((last, count)) = fill::part_of(conn, &work.table, work.next)? else { return Ok(None) };
                work.range(conn, now.today, members, work.next, last)?;
                work.next = last + 1;
                // That it goes on, for whoever wants to convert the same field.
                layout::set_meta(conn, &note(&work.table, &work.key), &Store::now().to_string())?;
                Ok(Some(count))
            })?;
            let Some(count) = part else { return Ok(()) };
            done += count;
            progress(done.min(work.total), work.total)?;
        }
    }

    /// Turns what came or changed since, then lets the columns change places.
    fn swap(&self, work: &Work, members: &[(UserId, String)]) -> Result<FieldDef> {
        self.reshape(|conn, now| {
            work.range(conn, now.today, members, work.next, i64::MAX)?;
            work.again(conn, now.today, members)?;
            let mut next = (*now.shape.schema).clone();
            let mut field = next.require(&work.table)?.require(&work.key)?.clone();
            field.kind = with_options(conn, work)?;
            if let Some(slot) = next
                .tables
                .iter_mut()
                .find(|t| t.key == *work.table)
                .and_then(|t| t.fields.iter_mut().find(|f| f.key == *work.key))
            {
                *slot = field.clone();
            }
            let derivation = crate::derive::Derivation::new(Arc::new(next.clone()), conn.dialect())?;
            reshape::drop_column(conn, &work.table, &work.key)?;
            reshape::rename_column(conn, &work.table, &work.column(), &work.key)?;
            reshape::keep_index(conn, &work.table, None, &field)?;
            match field.kind {
                FieldKind::Links { .. } => links::index(conn, &work.table, &work.key, 0, i64::MAX)?,
                _ => links::forget(conn, &work.table, &work.key, 0, i64::MAX)?,
            }
            saved_filters::rename(conn, &work.table, &work.key, &work.to.renamed)?;
            past::turned(conn, work, members)?;
            reshape::put(conn, &now.shape.schema, &next)?;
            let table = next.require(&work.table)?;
            fill::queue(conn, &derivation, &[(table.key.clone(), field.key.clone())])?;
            if crate::search::part(table, &field).is_some() {
                fill::queue_work(conn, fill::Work::Search, &table.key, &field.key)?;
            }
            done_with(conn, work)?;
            Ok(field)
        })
    }
}

/// A conversion under way.
struct Work {
    table: String,
    key: FieldKey,
    from: FieldKind,
    to: Turn,
    /// Records with smaller ids are turned.
    next: i64,
    /// Changes after this one may have touched them since.
    since: i64,
    total: u64,
}

fn turnable<'a>(def: &'a TableDef, key: &str, to: &FieldKind) -> Result<&'a FieldDef> {
    let field = def.require(key)?;
    let refused = |zh: &str, en: &str| Err(Error::new(ErrorCode::Invalid, zh, en).on(key));
    if field.builtin {
        return refused("自带字段的类型不能改", "The kind of a built-in field is fixed");
    }
    if field.derived() {
        return refused(
            "公式字段不用转换，改公式或显示方式就行",
            "A formula field is not converted; change its formula",
        );
    }
    if way(&field.kind, to) == Way::Never || matches!(to, FieldKind::Code(_)) {
        return refused("不能转换成这种类型", "It cannot be turned into this kind");
    }
    Ok(field)
}

/// The book as it would be. Settings, rules, defaults and formulas must still fit before any work is done.
fn intended(schema: &Schema, table: &str, key: &str, to: &FieldKind, today: Date, dialect: Dialect) -> Result<Schema> {
    let def = schema.require(table)?;
    let field = turnable(def, key, to)?;
    let changed = FieldDef { kind: to.clone(), ..field.clone() };
    // Shown in the other table, it stays a link to it.
    if changed.kind.links_to() != field.kind.links_to() {
        reshape::refuse_shown(schema, def, field)?;
    }
    let mut next = schema.clone();
    for t in next.tables.iter_mut().filter(|t| t.key == def.key) {
        t.fields.iter_mut().filter(|f| f.key == field.key).for_each(|f| *f = changed.clone());
    }
    reshape::refuse_senseless(&next, def, &changed, today)?;
    reshape::refuse_broken(schema, &next, &def.key, &field.key)?;
    crate::derive::Derivation::new(Arc::new(next.clone()), dialect)?;
    Ok(next)
}

/// Where a book notes what is being turned.
fn note(table: &str, key: &str) -> String {
    ["turning.", table, ".", key].concat()
}

/// Makes the new column; None when the kind changes without touching a cell.
fn begin(conn: &Conn, now: Now, table: &str, key: &str, to: &Turn) -> Result<Option<Work>> {
    let schema = &now.shape.schema;
    let field = schema.require(table)?.require(key)?;
    let next = intended(schema, table, key, &to.kind, now.today, conn.dialect())?;
    let changed = next.require(table)?.require(key)?;
    let to = Turn { renamed: reshape::new_names(changed, &to.renamed)?, ..to.clone() };
    if way(&field.kind, &to.kind) == Way::Same && to.renamed.is_empty() {
        reshape::put(conn, schema, &next)?;
        return Ok(None);
    }
    let work = Work {
        table: table.to_owned(),
        key: field.key.clone(),
        from: field.kind.clone(),
        to,
        next: 0,
        since: conn.one("SELECT coalesce(max(id), 0) FROM _changes", &[])?,
        total: conn.one(&["SELECT count(*) FROM ", &quote(table)].concat(), &[])?,
    };
    if layout::meta(conn, &note(table, key))?
        .is_some_and(|at| at.parse::<i64>().is_ok_and(|at| at + STALE > Store::now()))
    {
        return Err(Error::new(
            ErrorCode::Conflict,
            "这个字段正在转换，请等它完成",
            "The field is being converted; wait until that is done",
        )
        .on(key));
    }
    // What an interrupted conversion left behind.
    if layout::meta(conn, &note(table, key))?.is_some() {
        reshape::drop_column(conn, table, &work.column())?;
    }
    layout::set_meta(conn, &note(table, key), &Store::now().to_string())?;
    reshape::add_column(conn, table, &work.column(), column_type(&work.to.kind))?;
    Ok(Some(work))
}

/// Seconds without a finished part after which a conversion counts as interrupted.
const STALE: i64 = 120;

fn done_with(conn: &Conn, work: &Work) -> Result<()> {
    conn.run("DELETE FROM _meta WHERE key = ?1", params![note(&work.table, &work.key)]).map(drop)
}

fn abandon(conn: &Conn, work: &Work) -> Result<()> {
    reshape::drop_column(conn, &work.table, &work.column())?;
    done_with(conn, work)
}

impl Work {
    /// The column beside the old one. No field has such a key.
    fn column(&self) -> String {
        ["turned ", &self.key].concat()
    }

    /// Turns the cells of a range of records.
    fn range(&self, conn: &Conn, today: Date, members: &[(UserId, String)], low: i64, high: i64) -> Result<()> {
        let column = quote(&self.key);
        let sql = [
            "SELECT id, ",
            &column,
            " FROM ",
            &quote(&self.table),
            " WHERE id BETWEEN ?1 AND ?2 AND ",
            &column,
            " IS NOT NULL",
        ]
        .concat();
        let cells = conn.all(&sql, params![low, high], |r| Ok((r.get(0)?, from_sql(&self.from, r.at(1)?))))?;
        self.write(conn, today, members, cells)
    }

    /// Turns cells again whose records were changed, made or brought back since the work began.
    fn again(&self, conn: &Conn, today: Date, members: &[(UserId, String)]) -> Result<()> {
        let mut ids = RoaringTreemap::new();
        let edited = "SELECT DISTINCT record FROM _change_cells WHERE change > ?1 AND table_key = ?2 AND field = ?3";
        conn.each(edited, params![self.since, &self.table, self.key.as_str()], &mut |r| {
            ids.insert(r.get(0)?);
            Ok(())
        })?;
        let made: Vec<(i64, i64)> = conn.all(
            "SELECT low, high FROM _change_ranges WHERE change > ?1 AND table_key = ?2",
            params![self.since, &self.table],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        for (low, high) in made {
            ids.insert_range(low.unsigned_abs()..=high.unsigned_abs());
        }
        let list: Vec<i64> = ids.iter().map(|id| id as i64).collect();
        for part in list.chunks(PART) {
            let among = conn.dialect().among_ids("id");
            let clear =
                ["UPDATE ", &quote(&self.table), " SET ", &quote(&self.column()), " = NULL WHERE ", &among].concat();
            conn.run(&clear, params![part])?;
            let column = quote(&self.key);
            let sql = [
                "SELECT id, ",
                &column,
                " FROM ",
                &quote(&self.table),
                " WHERE ",
                &among,
                " AND ",
                &column,
                " IS NOT NULL",
            ]
            .concat();
            let cells = conn.all(&sql, params![part], |r| Ok((r.get(0)?, from_sql(&self.from, r.at(1)?))))?;
            self.write(conn, today, members, cells)?;
        }
        Ok(())
    }

    fn write(&self, conn: &Conn, today: Date, members: &[(UserId, String)], cells: Vec<(i64, Value)>) -> Result<()> {
        let mut turner = Turner::new(&self.from, &self.to, today, members);
        let mut turned = Vec::with_capacity(cells.len());
        for (id, value) in cells {
            let t = turner.turn(conn, &value)?;
            if !t.value.is_blank() {
                turned.push((id, t.value));
            }
        }
        let (table, column) = (quote(&self.table), quote(&self.column()));
        match conn.dialect() {
            Dialect::Sqlite => {
                let sql = ["UPDATE ", &table, " SET ", &column, " = ?1 WHERE id = ?2"].concat();
                for (id, value) in &turned {
                    conn.run(&sql, &[param(value), (*id).into()])?;
                }
            }
            // A round trip for each record would take minutes.
            Dialect::Postgres => {
                let stored = match column_type(&self.to.kind) {
                    "INTEGER" => "BIGINT",
                    "REAL" => "DOUBLE PRECISION",
                    _ => "TEXT",
                };
                let sql = [
                    "UPDATE ",
                    &table,
                    " SET ",
                    &column,
                    " = CAST(v.x AS ",
                    stored,
                    ") FROM (SELECT unnest(?1) AS id, unnest(?2) AS x) v WHERE ",
                    &table,
                    ".id = v.id",
                ]
                .concat();
                let ids: Vec<i64> = turned.iter().map(|(id, _)| *id).collect();
                let texts: Vec<String> = turned.iter().map(|(_, v)| as_text(v)).collect();
                conn.run(&sql, &[Param::Ids(&ids), Param::Texts(&texts)])?;
            }
        }
        Ok(())
    }
}

/// A stored cell as text that the engine casts back.
fn as_text(v: &Value) -> String {
    match param(v) {
        Param::Int(n) => n.to_string(),
        Param::Real(n) => format!("{n:?}"),
        Param::Text(t) => t.to_owned(),
        Param::Owned(t) => t,
        _ => String::new(),
    }
}

/// The kind with an option for each content that has none, while they are few.
fn with_options(conn: &Conn, work: &Work) -> Result<FieldKind> {
    let Some(options) = work.to.kind.options() else { return Ok(work.to.kind.clone()) };
    let column = quote(&work.column());
    let sql = [
        "SELECT ",
        &column,
        " FROM ",
        &quote(&work.table),
        " WHERE ",
        &column,
        " IS NOT NULL GROUP BY ",
        &column,
        " ORDER BY count(*) DESC, ",
        &column,
        " LIMIT 1000",
    ]
    .concat();
    let mut options = options.to_vec();
    let found: Vec<String> = conn.all(&sql, &[], |r| r.get(0))?;
    for value in found.iter().flat_map(|t| t.split('\n')) {
        if options.len() >= MOST_OPTIONS || options.iter().any(|o| *o.value == *value) {
            continue;
        }
        let tone = TONES[options.len() % TONES.len()];
        options.push(ChoiceOption { value: value.into(), en: value.into(), tone: tone.into() });
    }
    Ok(match &work.to.kind {
        FieldKind::Choice { .. } => FieldKind::Choice { options },
        FieldKind::Choices { .. } => FieldKind::Choices { options },
        other => other.clone(),
    })
}
