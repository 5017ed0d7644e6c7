//! A view as a file.

use crate::Control;
use exchange::write::{CsvTable, LiveFormula, XlsxTable};
use model::{FieldDef, FieldKey, FieldKind, Holds, Label, Lang, Query, Result, Schema, Scope, TableKey, UserId, Value};
use std::path::Path;
use store::{Store, ViewId};

/// The form of an exported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Excel workbook.
    Xlsx,
    /// CSV, UTF-8 with BOM.
    Csv,
}

/// The file to write.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Where.
    pub path: &'a Path,
    /// Its form.
    pub format: Format,
    /// Names of the members of the workspace.
    pub members: &'a [(UserId, String)],
    /// Where passing files go; the system's place for them when None.
    pub temp: Option<&'a Path>,
}

enum Out {
    Xlsx(Box<XlsxTable>),
    Csv(Box<CsvTable>),
}

/// Writes the rows of an open view; in a workbook, formulas over its own columns live on. A link becomes two
/// columns: the code, by which it is found again on import, and the name (of several records, all of them); a
/// member becomes their name.
///
/// # Errors
/// `cancelled`, `too_large` for a workbook beyond Excel's rows, `bad_file` when it cannot be written.
pub fn view(store: &Store, scope: &Scope, id: &ViewId, file: &File<'_>, control: &Control) -> Result<u64> {
    let File { path, format, members, temp } = *file;
    let (table, columns, total) = store.view_shape(scope, id)?;
    control.phase("write", total);
    let fields = with_names(&columns);
    let mut out = match format {
        Format::Xlsx => {
            let live = live(&store.schema(), &table.key, &fields, scope.lang);
            Out::Xlsx(Box::new(XlsxTable::create(path, table.label.get(scope.lang), &fields, live, scope.lang, temp)?))
        }
        Format::Csv => Out::Csv(Box::new(CsvTable::create(path, &fields, scope.lang)?)),
    };
    let mut rows = 0;
    let mut row: Vec<Value> = Vec::with_capacity(fields.len());
    store.each_row(scope, id, |_, values, links| {
        fill(&mut row, &columns, values, links, members);
        rows += 1;
        if rows % 1_000 == 0 {
            control.done(rows)?;
        }
        match &mut out {
            Out::Xlsx(x) => x.row(&row),
            Out::Csv(c) => c.row(&row),
        }
    })?;
    match out {
        Out::Xlsx(x) => x.finish()?,
        Out::Csv(c) => c.finish()?,
    }
    Ok(rows)
}

/// The cells of a file's row: of each link the code and the name, of a member the name.
pub(crate) fn fill(
    row: &mut Vec<Value>,
    columns: &[FieldDef],
    values: &[Value],
    links: &[Option<(String, String)>],
    members: &[(UserId, String)],
) {
    row.clear();
    let mut links = links.iter();
    for (f, v) in columns.iter().zip(values) {
        if f.kind.linked().is_some() {
            let linked = links.next().and_then(Option::as_ref);
            row.push(linked.map_or(Value::Null, |(code, _)| Value::from(code.as_str())));
            row.push(linked.map_or(Value::Null, |(_, name)| Value::from(name.as_str())));
        } else {
            row.push(match v {
                Value::Person(id) => Value::from(named(members, *id)),
                v => v.clone(),
            });
        }
    }
}

/// Opens a view of a whole table with all its fields.
///
/// # Errors
/// `not_found` for an unknown table.
pub fn whole_table(store: &Store, scope: &Scope, table: &str) -> Result<ViewId> {
    let schema = store.schema();
    let def = match schema.table(table).or_else(|| schema.named(table)) {
        Some(def) => def,
        None => schema.require(table)?,
    };
    let columns: Vec<_> = def.fields.iter().map(|f| f.key.clone()).collect();
    Ok(store.open_view(scope, &Query::all(def.key.clone()), &columns)?.id)
}

/// The name of a member; 0 is Kebu itself.
fn named(members: &[(UserId, String)], id: UserId) -> &str {
    let known = members.iter().find(|(m, _)| *m == id).map(|(_, name)| name.as_str());
    known.unwrap_or(if id.0 == 0 { "Kebu" } else { "" })
}

/// The formulas that live on in a workbook: those that read nothing but other columns of it.
fn live(schema: &Schema, table: &TableKey, fields: &[FieldDef], lang: Lang) -> Vec<Option<LiveFormula>> {
    let Some(def) = schema.table(table) else { return Vec::new() };
    let place = |key: &FieldKey| fields.iter().position(|f| f.key == *key);
    let one = |field: &FieldDef| {
        let made = formula::excel(schema, def, def.field(&field.key)?, lang)?;
        let inputs = made.inputs.iter().map(place).collect::<Option<Vec<usize>>>()?;
        let days = inputs.into_iter().filter(|i| matches!(fields[*i].kind.holds(), Holds::Date | Holds::DateTime));
        Some(LiveFormula { days: days.collect(), text: made.text, empty_text: made.empty_text })
    };
    fields.iter().map(one).collect()
}

/// The columns of a file: behind each link the name of the linked record.
pub(crate) fn with_names(columns: &[FieldDef]) -> Vec<FieldDef> {
    let mut out = Vec::with_capacity(columns.len() + 1);
    for f in columns {
        out.push(f.clone());
        if f.kind.linked().is_some() {
            let label =
                Label::new(&format!("{}名称", f.label.get(Lang::Zh)), &format!("{} name", f.label.get(Lang::En)));
            out.push(FieldDef { key: format!("{}_name", f.key).into(), label, kind: FieldKind::Text, ..f.clone() });
        }
    }
    out
}
