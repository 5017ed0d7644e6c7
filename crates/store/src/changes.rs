//! The change log as people read it: who did what and when, by table, record, field, person and action.

use crate::cells::from_log;
use crate::conn::{Param, Row, params};
use crate::forms::form_of;
use crate::stack::{NOT_EMPTY, Summary, summary};
use crate::store::{Store, require};
use crate::turn::Past;
use model::{Access, Error, ErrorCode, FieldKind, Result, Scope, Value};

/// What of the log is wanted.
#[derive(Clone, Debug, Default)]
pub struct LogQuery {
    /// Only what touched this table.
    pub table: Option<String>,
    /// Only what touched this record of the table.
    pub record: Option<i64>,
    /// Only edits of this field of the table.
    pub field: Option<String>,
    /// Only changes by this user.
    pub user: Option<i64>,
    /// Only `create`, `edit` or `delete`, or of an origin such as `import`, `undo`, `restore`.
    pub action: Option<String>,
    /// Only changes with a smaller number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// Its number.
    pub change: i64,
    /// When, in seconds since 1970 UTC.
    pub at: i64,
    /// Who (0 is Kebu itself).
    pub user: i64,
    /// Where it came from.
    pub origin: String,
    /// The form it was entered through, by its name then.
    pub form: Option<String>,
    /// Whether it was undone.
    pub undone: bool,
    /// What it did, counted.
    pub summary: Summary,
}

/// One edited cell of an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct LogCell {
    /// The table.
    pub table: String,
    /// The record.
    pub record: i64,
    /// The field.
    pub field: String,
    /// Content before.
    pub before: Value,
    /// Content after.
    pub after: Value,
}

/// Cells of an entry shown at most.
const CELLS_SHOWN: i64 = 500;

/// An entry, not counted yet, from its columns behind some others.
fn entry(change: i64, r: &Row<'_>, from: usize) -> Result<LogEntry> {
    Ok(LogEntry {
        change,
        at: r.get(from)?,
        user: r.get(from + 1)?,
        origin: r.get(from + 2)?,
        undone: r.get(from + 3)?,
        form: form_of(r.get::<Option<String>>(from + 4)?.as_deref()),
        summary: Summary::default(),
    })
}

impl Store {
    /// Entries of the change log, newest first.
    ///
    /// # Errors
    /// `forbidden` without the right to read.
    pub fn changes(&self, scope: &Scope, wanted: &LogQuery) -> Result<Vec<LogEntry>> {
        require(scope, Access::Read)?;
        let mut sql = [
            "SELECT c.id, c.at, c.\"user\", c.origin, c.undone_by IS NOT NULL, c.about FROM _changes c WHERE ",
            NOT_EMPTY,
        ]
        .concat();
        let mut values: Vec<Param<'_>> = Vec::new();
        let mut and = |text: &str, value: Param<'static>| {
            values.push(value);
            sql.push_str(" AND ");
            sql.push_str(&text.replace('$', &format!("?{}", values.len())));
        };
        if let Some(before) = wanted.before {
            and("c.id < $", Param::Int(before));
        }
        if let Some(user) = wanted.user {
            and("c.\"user\" = $", Param::Int(user));
        }
        let kind = match wanted.action.as_deref() {
            Some(kind @ ("create" | "edit" | "delete")) => Some(kind),
            Some(origin) => {
                and("c.origin = $", Param::Owned(origin.to_owned()));
                None
            }
            None => None,
        };
        // Made, edited and removed records stand in three places; each that may hold what is wanted is looked into.
        let mut places = Vec::new();
        let mut narrow = |text: &str, value: Param<'static>| {
            values.push(value);
            text.replace('$', &format!("?{}", values.len()))
        };
        let table = wanted.table.clone().map(|t| narrow(" AND x.table_key = $", Param::Owned(t))).unwrap_or_default();
        let record = wanted.record.map(|r| narrow("$", Param::Int(r)));
        let field = wanted.field.clone().map(|f| narrow(" AND x.field = $", Param::Owned(f)));
        if kind.is_none_or(|k| k == "edit") {
            let record = record.as_ref().map(|r| format!(" AND x.record = {r}")).unwrap_or_default();
            let field = field.clone().unwrap_or_default();
            places.push(format!("SELECT 1 FROM _change_cells x WHERE x.change = c.id{table}{record}{field}"));
        }
        if kind.is_none_or(|k| k == "create") && field.is_none() {
            let record = record.as_ref().map(|r| format!(" AND x.low <= {r} AND x.high >= {r}")).unwrap_or_default();
            places.push(format!("SELECT 1 FROM _change_ranges x WHERE x.change = c.id{table}{record}"));
        }
        if kind.is_none_or(|k| k == "delete") && field.is_none() {
            let record = record.as_ref().map(|r| format!(" AND x.record = {r}")).unwrap_or_default();
            places.push(format!("SELECT 1 FROM _change_rows x WHERE x.change = c.id{table}{record}"));
        }
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = places.into_iter().map(|p| format!("EXISTS ({p})")).collect();
        sql.push_str(&format!(
            " AND ({}) ORDER BY c.id DESC LIMIT {}",
            places.join(" OR "),
            wanted.limit.clamp(1, 200)
        ));
        let schema = self.schema();
        self.engine.read(|conn| {
            let mut found = conn.all(&sql, &values, |r| entry(r.get(0)?, r, 1))?;
            for e in &mut found {
                e.summary = summary(conn, &schema, e.change)?;
            }
            Ok(found)
        })
    }

    /// One entry of the log with its first 500 edited cells.
    ///
    /// # Errors
    /// `not_found` when there is no such change.
    pub fn change(&self, scope: &Scope, change: i64) -> Result<(LogEntry, Vec<LogCell>)> {
        require(scope, Access::Read)?;
        let shape = self.shape();
        let schema = &shape.schema;
        self.engine.read(|conn| {
            let sql = "SELECT at, \"user\", origin, undone_by IS NOT NULL, about FROM _changes WHERE id = ?1";
            let Some(mut found) = conn.first(sql, params![change], |r| entry(change, r, 0))? else {
                return Err(Error::new(ErrorCode::NotFound, "没有这次修改", "There is no such change"));
            };
            let sql = "SELECT table_key, record, field, before, after FROM _change_cells
                       WHERE change = ?1 ORDER BY rowid LIMIT ?2";
            let cells: Vec<(String, i64, String, String, String)> =
                conn.all(sql, params![change, CELLS_SHOWN], |r| {
                    Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
                })?;
            let past = Past { conn, shape: &shape, today: self.today() };
            let cell = |(table, record, field, before, after): (String, i64, String, String, String)| {
                let known = schema.table(&table).and_then(|d| Some((d, d.field(&field)?)));
                let (before, after) = match known {
                    Some((def, f)) => past.edit(&def.key, f, change, (&before, &after))?,
                    // Of a field that is gone the kind is not known any more; text tells most.
                    None => (from_log(&FieldKind::Text, &before), from_log(&FieldKind::Text, &after)),
                };
                Ok(LogCell { table, record, field, before, after })
            };
            let cells = cells.into_iter().map(cell).collect::<Result<_>>()?;
            found.summary = summary(conn, schema, change)?;
            Ok((found, cells))
        })
    }
}
