//! The timeline of a customer.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::shapes;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use model::{FieldKey, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Done, Happening, TimelineItem, TimelineKind, TimelineWanted, to_json};
use utoipa::{IntoParams, ToSchema};

/// Items of a page when nobody says how many.
const USUAL: usize = 30;

/// What of a timeline is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only these, separated by commas: `order`, `talk`, `feedback`, `change`.
    kinds: Option<String>,
    /// 30 when left out, at most 100.
    limit: Option<usize>,
    /// Where the page before ended: its `next`.
    cursor: Option<String>,
}

/// What an entry of a timeline is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EntryKind {
    /// An order.
    Order,
    /// An interaction.
    Talk,
    /// Edited cells of the customer.
    Edit,
    /// The customer came into the book.
    Made,
    /// The customer moved to another grade, stage or the like, in the course of a day.
    Moved,
}

/// An edited cell.
#[derive(Serialize, ToSchema)]
pub(crate) struct EditedCell {
    field: FieldKey,
    #[schema(value_type = shapes::Cell)]
    before: Value,
    #[schema(value_type = shapes::Cell)]
    after: Value,
}

/// Something that happened with a customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimelineEntry {
    kind: EntryKind,
    /// When, on the wall clock of the book; absent for an order without a time, the end of the day for a move.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// The order, the interaction, or the change; of a move, the day, counted from 1970.
    id: i64,
    /// Cells of an order or interaction that hold something.
    #[schema(value_type = BTreeMap<String, shapes::Cell>)]
    values: BTreeMap<FieldKey, Value>,
    /// Of an edit or a move.
    cells: Vec<EditedCell>,
    /// Who edited or made it; empty otherwise.
    user: String,
    /// Of an edit, or how the customer came: `edit`, `import`, `demo` and so on; empty otherwise.
    origin: String,
}

/// A page of a timeline.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimelinePage {
    /// Open follow-ups, the earliest first, at most 50; on the first page only.
    open: Vec<TimelineEntry>,
    /// Newest first.
    entries: Vec<TimelineEntry>,
    /// Where to go on; null at the end.
    #[schema(required)]
    next: Option<String>,
}

/// What happened with a customer: orders, interactions, edits, moves between grades, and how they came into the book.
#[utoipa::path(
    get, path = "/customers/{id}/timeline", tag = "records", operation_id = "timeline",
    params(("id" = i64, Path), Wanted),
    responses((status = 200, description = "The answer.", body = TimelinePage)),
)]
pub(crate) async fn timeline(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<i64>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> ApiResult<Json<TimelinePage>> {
    let Query(w) = wanted.map_err(malformed)?;
    let named = w.kinds.as_deref().unwrap_or_default().split(',').filter(|k| !k.is_empty());
    let kinds = named.map(|k| TimelineKind::named(k).ok_or("kinds"));
    let kinds = kinds.collect::<Result<_, _>>().map_err(malformed)?;
    let wanted = TimelineWanted { kinds, limit: w.limit.unwrap_or(USUAL), cursor: w.cursor };
    let page = blocking(&app, move |app| {
        let page = app.book().timeline(&caller.scope, RecordId(id), &wanted)?;
        let names = app.data.system.user_names()?.into_iter().map(|(id, name)| (id.0, name)).collect();
        let entries =
            |list: Vec<TimelineItem>| list.into_iter().map(|i| entry(i, &names)).collect::<model::Result<_>>();
        Ok(TimelinePage { open: entries(page.open)?, entries: entries(page.items)?, next: page.next })
    })
    .await?;
    Ok(Json(page))
}

fn entry(item: TimelineItem, names: &BTreeMap<i64, String>) -> model::Result<TimelineEntry> {
    let at = item.at.map(|t| t.to_string().replace(' ', "T"));
    let of = |kind, id| TimelineEntry {
        kind,
        at,
        id,
        values: BTreeMap::new(),
        cells: Vec::new(),
        user: String::new(),
        origin: String::new(),
    };
    let who = |done: &Done| names.get(&done.user).map_or("Kebu", String::as_str).to_owned();
    let values = |cells: Vec<(FieldKey, model::Value)>| {
        cells.into_iter().map(|(k, v)| Ok((k, to_json(&v)?))).collect::<model::Result<BTreeMap<_, _>>>()
    };
    let cells = |list: Vec<(FieldKey, model::Value, model::Value)>| -> model::Result<Vec<EditedCell>> {
        let cell =
            |(field, before, after)| Ok(EditedCell { field, before: to_json(&before)?, after: to_json(&after)? });
        list.into_iter().map(cell).collect()
    };
    Ok(match item.what {
        Happening::Order(id, cells) => TimelineEntry { values: values(cells)?, ..of(EntryKind::Order, id.0) },
        Happening::Talk(id, cells) => TimelineEntry { values: values(cells)?, ..of(EntryKind::Talk, id.0) },
        Happening::Edit(done, list) => {
            TimelineEntry { cells: cells(list)?, user: who(&done), ..of(EntryKind::Edit, done.change) }.from(done)
        }
        Happening::Moved(day, list) => TimelineEntry { cells: cells(list)?, ..of(EntryKind::Moved, day.0.into()) },
        Happening::Made(done) => TimelineEntry { user: who(&done), ..of(EntryKind::Made, done.change) }.from(done),
    })
}

impl TimelineEntry {
    fn from(self, done: Done) -> Self {
        Self { origin: done.origin, ..self }
    }
}
