//! Notes on a customer in one line, read for when and how to follow up.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::ApiResult;
use crate::keyed::Keyed;
use axum::Json;
use axum::extract::{Path, State};
use model::builtin::{CUSTOMERS, INTERACTIONS};
use model::parse::note::{LineNote, Without, note};
use model::{Access, Change, ChangeOutcome, DateTime, Error, ErrorCode, FieldKey, RecordId, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;

/// How long a note may have waited, in seconds.
const WAITED: i64 = 366 * 86_400;
/// Longest line, in characters.
const LONGEST: usize = 2_000;

/// A part of a note that may be left as text.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum NotePart {
    /// Times ahead.
    Ahead,
    /// Times gone by.
    Past,
    /// Ways of talking.
    Way,
    /// Kinds of interactions.
    Kind,
}

/// A note in one line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNote {
    /// For instance `明天下午电话 确认尺码`; at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// Only say what was understood.
    #[serde(default)]
    preview: bool,
    /// What is to stay text, because a person took it away.
    #[serde(default)]
    without: Vec<NotePart>,
    /// When it was written, in seconds since 1970 (UTC), where a program kept it for a while: `明天` is the day after,
    /// and the interaction was then. Now when left out; at most a year ago.
    written: Option<i64>,
}

/// What was understood of a note, and without `preview` the interaction it became.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoteRead {
    /// When it was, where the line says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// An option of the field `kind`: `计划` (plan) when all lies ahead.
    kind: String,
    /// An option of the field `way`.
    #[serde(skip_serializing_if = "Option::is_none")]
    way: Option<String>,
    /// When to follow up.
    #[serde(skip_serializing_if = "Option::is_none")]
    follow_up: Option<String>,
    /// An option of the field `follow_up_way`.
    #[serde(skip_serializing_if = "Option::is_none")]
    follow_up_way: Option<String>,
    /// The rest of the line, as written.
    content: String,
    /// The interaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<RecordId>,
    /// The change that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<i64>,
}

/// Keeps a note as an interaction of the customer; a time ahead becomes its follow-up.
#[utoipa::path(
    post, path = "/customers/{id}/notes", tag = "records", operation_id = "addNote",
    params(("id" = i64, Path), super::writes::Key),
    request_body = NewNote,
    responses((status = 200, description = "The answer.", body = NoteRead)),
)]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<i64>,
    Keyed { body: n, once }: Keyed<NewNote>,
) -> ApiResult<Json<NoteRead>> {
    caller.require(Access::Write)?;
    if n.text.trim().is_empty() {
        return Err(Error::new(ErrorCode::Invalid, "先写点什么", "Write something first").on("text").into());
    }
    if n.text.chars().count() > LONGEST {
        return Err(Error::new(
            ErrorCode::TooLarge,
            format!("一条最多 {LONGEST} 个字；请分成几条"),
            format!("A note has at most {LONGEST} characters; split it"),
        )
        .on("text")
        .into());
    }
    let left = |part| n.without.contains(&part);
    let without = Without {
        ahead: left(NotePart::Ahead),
        past: left(NotePart::Past),
        way: left(NotePart::Way),
        kind: left(NotePart::Kind),
    };
    let (now, written) = (app.clock.now(), n.written.map(|at| app.clock.at(at)));
    if written.is_some_and(|at| now.0 - at.0 > WAITED) {
        return Err(Error::new(ErrorCode::Invalid, "写下的时间最早一年前", "Written at most a year ago")
            .on("written")
            .into());
    }
    let mut read = note(&n.text, written.unwrap_or(now), without);
    let mut out = said(&read);
    read.at = read.at.or(written);
    let made = blocking(&app, move |app| {
        if n.preview {
            app.book().record(&caller.scope, CUSTOMERS, RecordId(id))?;
            return Ok(None);
        }
        let change = Change::Create { table: INTERACTIONS.into(), records: vec![cells(RecordId(id), read)] };
        let answer = |done: &ChangeOutcome| json!([done.created, done.change]).to_string();
        app.book().apply_once(&caller.scope, change, once.as_ref(), answer).map(Some)
    })
    .await?;
    if let Some(made) = made {
        let (created, change): (Vec<RecordId>, i64) = serde_json::from_str(&made).map_err(Error::internal)?;
        out.id = created.first().copied();
        out.change = Some(change);
    }
    Ok(Json(out))
}

fn said(n: &LineNote) -> NoteRead {
    let moment = |t: Option<DateTime>| t.map(|t| t.to_string().replace(' ', "T"));
    NoteRead {
        at: moment(n.at),
        kind: n.kind.to_owned(),
        way: n.way.map(str::to_owned),
        follow_up: moment(n.follow_up),
        follow_up_way: n.follow_up_way.map(str::to_owned),
        content: n.content.clone(),
        id: None,
        change: None,
    }
}

/// The cells of the interaction.
fn cells(customer: RecordId, n: LineNote) -> Vec<(FieldKey, Value)> {
    let text = |t: &str| Value::Text(t.to_owned());
    let optional = [
        ("time", n.at.map(Value::DateTime)),
        ("way", n.way.map(text)),
        ("follow_up", n.follow_up.map(Value::DateTime)),
        ("follow_up_way", n.follow_up_way.map(text)),
        ("content", Some(Value::Text(n.content))),
    ];
    let mut out = vec![("customer".into(), Value::Link(customer)), ("kind".into(), text(n.kind))];
    out.extend(optional.into_iter().filter_map(|(k, v)| Some((k.into(), v?))));
    out
}
