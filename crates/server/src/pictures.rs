//! Pictures of templates: every view, looked at in a book of its own with the sample rows in it.

use crate::routes::saved;
use crate::shapes::WireRow;
use jobs::templates;
use model::{Date, Error, FieldDef, FieldKey, Label, Lang, Query, Result, Scope, TableKey};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::{SavedView, Template, TemplateTable, TemplateView, ViewKind};
use utoipa::ToSchema;

/// Rows of a picture.
const PICTURED: u64 = 6;

/// A view of a template as it looks with the sample rows, computed columns and all.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct TemplatePicture {
    /// The template's key of its table.
    pub table: TableKey,
    /// What the table is called.
    table_label: Label,
    /// The template's key of the view.
    pub view: String,
    label: Label,
    /// The fields shown.
    columns: Vec<FieldDef>,
    /// `sheet`, `kanban`, `calendar`, `gallery` or `form`.
    kind: &'static str,
    /// The field it is laid out by.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<FieldKey>,
    /// Sample records it holds.
    total: u64,
    /// Some of them: number and cells.
    #[schema(value_type = Vec<WireRow>)]
    rows: Value,
}

/// The pictures of a template, and the day they were drawn.
type Drawn = (Date, Arc<Vec<TemplatePicture>>);

/// Pictures once drawn: by template and language, English or not.
#[derive(Default)]
pub(crate) struct Gallery(Mutex<HashMap<(String, bool), Drawn>>);

impl Gallery {
    /// The pictures of a template that ships with Kebu.
    pub(crate) fn pictures(
        &self,
        scope: &Scope,
        id: &str,
        template: &Template,
        today: Date,
    ) -> Result<Arc<Vec<TemplatePicture>>> {
        let key = (id.to_owned(), scope.lang == Lang::En);
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, drawn)) = known().get(&key).filter(|(day, _)| *day == today) {
            return Ok(Arc::clone(drawn));
        }
        let drawn = Arc::new(pictures(scope, template, today)?);
        known().insert(key, (today, Arc::clone(&drawn)));
        Ok(drawn)
    }
}

/// Adds a template to an empty book that nobody sees and looks at every view: what cannot be asked is found out here,
/// before anything comes near the book.
pub(crate) fn pictures(scope: &Scope, template: &Template, today: Date) -> Result<Vec<TemplatePicture>> {
    let scope = Scope::system(scope.lang);
    let trial = templates::trial(&scope, template, today)?;
    let mut out = Vec::new();
    for (n, t) in template.tables.iter().enumerate() {
        for (i, v) in t.views.iter().enumerate() {
            let drawn = picture(&scope, &trial, t, v).map_err(|e| placed(&format!("tables[{n}].views[{i}]"), e))?;
            out.push(drawn);
        }
    }
    Ok(out)
}

fn placed(place: &str, e: Error) -> Error {
    Error { zh: format!("{place}：{}", e.zh), en: format!("{place}: {}", e.en), field: Some(place.to_owned()), ..e }
}

fn picture(scope: &Scope, trial: &templates::Trial, t: &TemplateTable, v: &TemplateView) -> Result<TemplatePicture> {
    let book = &trial.store;
    let id = trial.added.views.get(&(t.table.clone(), v.key.clone())).copied();
    let id = id.ok_or_else(|| Error::internal("a view of a template is not in its trial"))?;
    let view = book.saved_view(scope, id)?;
    saved::check(book, scope, &view.table, &view.def)?;
    let schema = book.schema();
    let table = schema.require(&view.table)?;
    let columns: Vec<FieldKey> = shown(table, &view).into_iter().filter(|k| table.field(k).is_some()).collect();
    let query = Query { group: view.def.group.clone(), ..saved::question(book, scope, table, &view)? };
    let opened = book.open_view(scope, &query, &columns)?;
    let rows = serde_json::from_slice(&book.page(scope, &opened.id, 0, PICTURED)?).map_err(Error::internal)?;
    let (kind, by) = match &view.def.kind {
        ViewKind::Sheet => ("sheet", view.def.group.first().map(|l| l.field.clone())),
        ViewKind::Kanban(b) => ("kanban", Some(b.by.clone())),
        ViewKind::Calendar(m) => ("calendar", Some(m.by.clone())),
        ViewKind::Gallery(_) => ("gallery", None),
        ViewKind::Form(_) => ("form", None),
    };
    Ok(TemplatePicture {
        table: t.table.clone(),
        table_label: table.label.clone(),
        view: v.key.clone(),
        label: v.label.clone(),
        columns: columns.iter().filter_map(|k| table.field(k)).cloned().collect(),
        kind,
        by,
        total: opened.total,
        rows,
    })
}

/// The fields a view shows, the one that names a record first where it shows cards.
fn shown(table: &model::TableDef, view: &SavedView) -> Vec<FieldKey> {
    let named = ["name", "customer", "code"].into_iter().find(|k| table.field(k).is_some());
    let title = || named.map(FieldKey::from).into_iter();
    let all = match &view.def.kind {
        ViewKind::Sheet => {
            let own = view.def.columns.iter().flatten().map(|c| c.field.clone());
            let own: Vec<FieldKey> = own.chain(view.def.group.iter().map(|l| l.field.clone())).collect();
            let all = table.fields.iter().filter(|f| f.shown && f.kind.stored()).map(|f| f.key.clone());
            if view.def.columns.is_some() { own } else { all.collect() }
        }
        ViewKind::Kanban(b) => title().chain([b.by.clone()]).chain(b.cards.clone()).chain(b.sum.clone()).collect(),
        ViewKind::Calendar(m) => title().chain([m.by.clone()]).chain(m.cards.clone()).chain(m.tone.clone()).collect(),
        ViewKind::Gallery(g) => title().chain(g.cards.clone()).collect(),
        ViewKind::Form(f) => f.fields.iter().map(|f| f.field.clone()).collect(),
    };
    let mut seen = std::collections::HashSet::new();
    all.into_iter().filter(|k| seen.insert(k.clone())).collect()
}
