//! Colour rules: what they say, which of them hold of a view's records, and what becomes of them when fields go.

use crate::conn::{Conn, params};
use crate::derive::{LayerNames, too_complex};
use crate::dialect::Dialect;
use crate::reshape::renamed;
use crate::saved::SavedDef;
use crate::saved_filters::{names_view, note, prune};
use crate::sql::{Fill, Stmt, ids_place};
use crate::store::Shape;
use crate::{events, expr, failure, filter};
use model::{
    Date, Error, ErrorCode, FieldKey, FieldKind, Label, MOST_COLOURS, Result, Schema, TONES, TableDef, TableKey, When,
};
use sea_query::{Alias, CaseStatement, Expr, ExprTrait, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A colour rule of a view. Of those that hold of a record the first gives its colour; rules for one field come
/// before those for the whole row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColourRule {
    /// When it holds.
    pub when: ColourWhen,
    /// The field whose cells are coloured. None: the whole row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldKey>,
    /// The colour.
    #[schema(value_type = model::Tone)]
    pub tone: String,
}

/// When a colour rule holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColourWhen {
    /// A formula over the record, such as `[@总金额]>1000`; blank and errors count as no.
    Formula(String),
    /// Conditions, as the API writes filters.
    Filter(Json),
}

/// The SQL condition of a formula; blank and errors count as no.
///
/// # Errors
/// `formula`, saying what is wrong.
pub(crate) fn holds(dialect: Dialect, shape: &Shape, table: &TableDef, text: &str) -> Result<Expr> {
    let typed = formula::check(&shape.schema, table, text)?;
    if !matches!(typed.ty, formula::Type::Bool | formula::Type::Blank) {
        return Err(no_condition());
    }
    let names = LayerNames::of_row(&shape.schema, &table.key, &shape.derivation.fails, "c");
    if expr::stored(dialect, &typed, &FieldKind::Bool, &names).heavy() {
        return Err(too_complex());
    }
    Ok(expr::condition(dialect, &typed, &names))
}

fn no_condition() -> Error {
    Error::new(
        ErrorCode::Formula,
        "公式要得出“是”或“否”，例如 [@总金额]>1000",
        "The formula must give true or false, such as [@总金额]>1000",
    )
}

/// The conditions that come with a view's rows, ready to be asked of some records.
pub(crate) struct Tints {
    stmt: Stmt,
}

impl Tints {
    /// Compiles conditions; None where there are none. Filters are as on a day already.
    ///
    /// # Errors
    /// `invalid` for too many or for a filter that does not fit, `formula` for a wrong one; the message says which.
    pub(crate) fn new(dialect: Dialect, shape: &Shape, table: &TableDef, rules: &[When]) -> Result<Option<Self>> {
        if rules.len() > MOST_COLOURS {
            return Err(too_many());
        }
        let mut bits: Option<Expr> = None;
        for (n, rule) in rules.iter().enumerate() {
            let condition = match rule {
                When::Formula(text) => holds(dialect, shape, table, text).map(Some),
                When::Filter(f) => filter::condition(dialect, shape, table, f),
            };
            let condition = condition.map_err(|e| numbered(n, e))?.unwrap_or_else(|| Expr::cust("1 = 1"));
            let bit = CaseStatement::new().case(condition, expr::whole(1 << n)).finally(expr::whole(0));
            let bit = Expr::Case(Box::new(bit));
            bits = Some(match bits {
                Some(before) => before.add(bit),
                None => bit,
            });
        }
        Ok(bits.map(|bits| Self { stmt: Stmt::select(&select(dialect, table, bits)) }))
    }

    /// Which conditions hold of some records: the first is 1, the second 2, the third 4, added up.
    pub(crate) fn of(&self, conn: &Conn, today: Date, ids: &[i64]) -> Result<HashMap<i64, i64>> {
        let mut out = HashMap::with_capacity(ids.len());
        self.stmt.each(conn, &Fill::ids(today, ids), &mut |r| {
            out.insert(r.get(0)?, r.get(1)?);
            Ok(())
        })?;
        Ok(out)
    }
}

fn select(dialect: Dialect, table: &TableDef, bits: Expr) -> SelectStatement {
    let id = || Expr::col((Alias::new("c"), Alias::new("id")));
    let mut out = Query::select();
    out.expr(id()).expr(bits).from_as(Alias::new(table.key.as_str()), Alias::new("c"));
    out.and_where(dialect.among(id(), ids_place()));
    out
}

fn too_many() -> Error {
    Error::new(
        ErrorCode::Invalid,
        format!("一个视图最多 {MOST_COLOURS} 条颜色规则"),
        format!("A view has at most {MOST_COLOURS} colour rules"),
    )
    .on("colours")
}

/// An error with the number of the rule it is of.
fn numbered(n: usize, e: Error) -> Error {
    let (zh, en) = (format!("第 {} 条颜色规则：{}", n + 1, e.zh), format!("Colour rule {}: {}", n + 1, e.en));
    Error { zh, en, field: Some(format!("colours.{n}")), ..e }
}

/// Refuses rules for fields the table lacks, and colours that are none. Their conditions are checked with the
/// question they belong to.
pub(crate) fn check(table: &TableDef, rules: &[ColourRule]) -> Result<()> {
    if rules.len() > MOST_COLOURS {
        return Err(too_many());
    }
    for (n, rule) in rules.iter().enumerate() {
        if let Some(key) = &rule.field {
            table.require(key).map_err(|e| numbered(n, e))?;
        }
        if !TONES.contains(&rule.tone.as_str()) {
            let (zh, en) = (format!("没有颜色“{}”", rule.tone), format!("There is no colour “{}”", rule.tone));
            return Err(numbered(n, Error::new(ErrorCode::Invalid, zh, en)));
        }
    }
    Ok(())
}

/// Leaves out rules that name what is gone, naming it: the field, or the formula that does not compile any more.
pub(crate) fn without_missing(
    rules: &mut Vec<ColourRule>,
    schema: &Schema,
    table: Option<&TableDef>,
    missing: &mut Vec<String>,
) {
    let has = |key: &str| table.is_some_and(|t| t.field(key).is_some());
    rules.retain(|rule| {
        if let Some(key) = rule.field.as_deref().filter(|k| !has(k)) {
            note(missing, key);
            return false;
        }
        match &rule.when {
            // A rule that has lost a part would colour what was never meant.
            ColourWhen::Filter(f) => {
                let mut lost = Vec::new();
                prune(f, &|key, c| names_view(c) || has(key), &mut lost);
                lost.iter().for_each(|key| note(missing, key));
                lost.is_empty()
            }
            ColourWhen::Formula(text) => {
                let fits = table.is_some_and(|t| formula::check(schema, t, text).is_ok());
                if !fits {
                    note(missing, text);
                }
                fits
            }
        }
    });
}

/// Carries the new name of a field, or with no `field` of a table, into the colour rules of every saved view;
/// `before` is the schema with the old one.
pub(crate) fn rename(
    conn: &Conn,
    before: &Schema,
    table: &TableKey,
    field: Option<&FieldKey>,
    to: &Label,
) -> Result<()> {
    let sql = "SELECT id, table_key, def FROM _views WHERE def LIKE '%\"colours\"%'";
    let kept: Vec<(i64, String, String)> = conn.all(sql, &[], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let mut told = Vec::new();
    for (id, of, text) in kept {
        let Some(own) = before.table(&of) else { continue };
        let mut def: SavedDef = serde_json::from_str(&text).map_err(failure)?;
        let mut changed = false;
        for rule in &mut def.colours {
            if let ColourWhen::Formula(text) = &mut rule.when
                && let Some(next) = renamed(before, own, text, table, field, to)?
            {
                *text = next;
                changed = true;
            }
        }
        if changed {
            let def = serde_json::to_string(&def).map_err(failure)?;
            conn.run("UPDATE _views SET def = ?2 WHERE id = ?1", params![id, def])?;
            note(&mut told, &of);
        }
    }
    told.iter().try_for_each(|of| events::views_changed(conn, of, None))
}
