//! Comments on cells and records, and who is mentioned in them.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use crate::keyed::Keyed;
use crate::routes::lookup::Ids;
use crate::routes::shape::Body;
use crate::routes::writes::Key;
use crate::wire::raw;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::{Access, FieldKey, Lang, RecordId, Result, TableKey, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use store::{CellComments, Comment, CommentOn, Commented, Mention, NewComment, Once, Thread};
use utoipa::ToSchema;

/// Somebody who is mentioned.
#[derive(Serialize, ToSchema)]
pub(crate) struct Mentioned {
    user: i64,
    /// As it stands in the text behind an `@`.
    name: String,
}

/// A comment.
#[derive(Serialize, ToSchema)]
#[schema(as = Comment)]
pub(crate) struct CommentOut {
    id: i64,
    /// Who wrote it.
    user: i64,
    /// What its author is called now.
    author: String,
    /// Seconds since 1970 UTC.
    at: i64,
    /// Plain text.
    text: String,
    /// When it was last edited; null when it never was.
    #[schema(required)]
    edited: Option<i64>,
    mentions: Vec<Mentioned>,
}

/// When a thread was resolved, and by whom.
#[derive(Serialize, ToSchema)]
pub(crate) struct Resolved {
    /// Seconds since 1970 UTC.
    at: i64,
    by: String,
}

/// What is said about a cell or a record.
#[derive(Serialize, ToSchema)]
#[schema(as = Thread)]
pub(crate) struct ThreadOut {
    id: i64,
    /// Null for a thread about the record, or about a column that was removed.
    #[schema(required)]
    field: Option<FieldKey>,
    /// What the column was called that was removed; null otherwise.
    #[schema(required)]
    was: Option<String>,
    /// Null while it is open.
    #[schema(required)]
    resolved: Option<Resolved>,
    /// At least one, the oldest first.
    comments: Vec<CommentOut>,
}

/// The threads of a record, the oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Threads {
    threads: Vec<ThreadOut>,
}

type Names = HashMap<i64, String>;

fn names(app: &App) -> Result<Names> {
    Ok(app.data.system.user_names()?.into_iter().map(|(id, name)| (id.0, name)).collect())
}

fn name_of(names: &Names, user: UserId) -> String {
    names.get(&user.0).map_or("Kebu", String::as_str).to_owned()
}

fn thread_out(thread: Thread, names: &Names, lang: Lang) -> ThreadOut {
    let comment = |c: Comment| CommentOut {
        id: c.id,
        user: c.user.0,
        author: name_of(names, c.user),
        at: c.at,
        text: c.text,
        edited: c.edited,
        mentions: c.mentions.into_iter().map(|(user, name)| Mentioned { user: user.0, name }).collect(),
    };
    ThreadOut {
        id: thread.id,
        field: thread.field,
        was: thread.was.map(|label| label.get(lang).to_owned()),
        resolved: thread.resolved.map(|(at, by)| Resolved { at, by: name_of(names, by) }),
        comments: thread.comments.into_iter().map(comment).collect(),
    }
}

/// What is said about a record and its cells, resolved threads included.
#[utoipa::path(
    get, path = "/tables/{table}/records/{id}/comments", tag = "comments", operation_id = "comments",
    params(("table" = String, Path, description = "The key of a table."), ("id" = i64, Path)),
    responses((status = 200, description = "The answer.", body = Threads)),
)]
pub(crate) async fn of_record(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, id)): Path<(String, i64)>,
) -> ApiResult<Json<Threads>> {
    let lang = caller.scope.lang;
    let threads = blocking(&app, move |app| {
        let names = names(app)?;
        let found = app.book().threads(&caller.scope, &table, RecordId(id))?;
        Ok(found.into_iter().map(|t| thread_out(t, &names, lang)).collect())
    })
    .await?;
    Ok(Json(Threads { threads }))
}

/// A cell with open threads.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommentedCell {
    id: RecordId,
    /// Null for threads about the record, or about a column that was removed.
    #[schema(required)]
    field: Option<FieldKey>,
    /// How many comments they hold together.
    count: u64,
}

/// Cells with open threads.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommentedCells {
    cells: Vec<CommentedCell>,
}

/// The cells of some records that carry open threads.
#[utoipa::path(
    post, path = "/tables/{table}/commented", tag = "comments", operation_id = "commented",
    params(("table" = String, Path, description = "The key of a table.")),
    request_body = Ids,
    responses((status = 200, description = "The answer.", body = CommentedCells)),
)]
pub(crate) async fn commented(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(table): Path<String>,
    body: Body<Ids>,
) -> ApiResult<Json<CommentedCells>> {
    let Json(Ids { ids }) = body.map_err(malformed)?;
    let cells = blocking(&app, move |app| app.book().commented(&caller.scope, &table, &ids)).await?;
    let cell = |CellComments { record, field, count }| CommentedCell { id: record, field, count };
    Ok(Json(CommentedCells { cells: cells.into_iter().map(cell).collect() }))
}

/// What somebody says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommentText {
    /// Plain text.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// Members who are mentioned. Each stands in the text by name behind an `@`, as in `@王芳 看一下`; others are left
    /// out.
    #[serde(default)]
    mentions: Vec<i64>,
}

impl CommentText {
    fn read(self, names: &Names) -> NewComment {
        let known = |id: i64| names.get(&id).map(|name| (UserId(id), name.clone()));
        NewComment { text: self.text, mentions: self.mentions.into_iter().filter_map(known).collect() }
    }
}

/// A new thread.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewThread {
    /// The field of the cell it is about; about the record when left out.
    #[serde(default)]
    field: Option<FieldKey>,
    /// Plain text.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// As in a further comment.
    #[serde(default)]
    mentions: Vec<i64>,
}

/// A comment that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommentMade {
    thread: i64,
    comment: i64,
}

async fn say(
    app: &Arc<App>,
    caller: Caller,
    on: CommentOn,
    text: CommentText,
    once: Option<Once>,
) -> ApiResult<Response> {
    caller.require(Access::Write)?;
    let body = blocking(app, move |app| {
        let new = text.read(&names(app)?);
        let answer = |Commented { thread, comment }| json!(CommentMade { thread, comment }).to_string();
        app.book().comment(&caller.scope, on, &new, once.as_ref(), answer)
    })
    .await?;
    Ok(raw(body.into_bytes()))
}

/// Begins a thread about a cell or a record.
#[utoipa::path(
    post, path = "/tables/{table}/records/{id}/comments", tag = "comments", operation_id = "comment",
    params(("table" = String, Path, description = "The key of a table."), ("id" = i64, Path), Key),
    request_body = NewThread,
    responses((status = 200, description = "The answer.", body = CommentMade)),
)]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((table, id)): Path<(TableKey, i64)>,
    Keyed { body, once }: Keyed<NewThread>,
) -> ApiResult<Response> {
    let NewThread { field, text, mentions } = body;
    let on = CommentOn::Record(table, RecordId(id), field);
    say(&app, caller, on, CommentText { text, mentions }, once).await
}

/// Adds a comment to a thread. A resolved one is open again.
#[utoipa::path(
    post, path = "/threads/{id}/comments", tag = "comments", operation_id = "reply",
    params(("id" = i64, Path), Key),
    request_body = CommentText,
    responses((status = 200, description = "The answer.", body = CommentMade)),
)]
pub(crate) async fn reply(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<i64>,
    Keyed { body, once }: Keyed<CommentText>,
) -> ApiResult<Response> {
    say(&app, caller, CommentOn::Thread(id), body, once).await
}

/// What to change about a thread.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThreadPatch {
    resolved: bool,
}

/// Resolves a thread, or opens it again.
#[utoipa::path(
    patch, path = "/threads/{id}", tag = "comments", operation_id = "resolveThread",
    params(("id" = i64, Path)),
    request_body = ThreadPatch,
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn resolve(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<i64>,
    body: Body<ThreadPatch>,
) -> ApiResult<StatusCode> {
    let Json(ThreadPatch { resolved }) = body.map_err(malformed)?;
    blocking(&app, move |app| app.book().resolve_thread(&caller.scope, id, resolved)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a comment of one's own another text.
#[utoipa::path(
    patch, path = "/comments/{id}", tag = "comments", operation_id = "editComment",
    params(("id" = i64, Path)),
    request_body = CommentText,
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<i64>,
    body: Body<CommentText>,
) -> ApiResult<StatusCode> {
    let Json(text) = body.map_err(malformed)?;
    blocking(&app, move |app| app.book().edit_comment(&caller.scope, id, &text.read(&names(app)?))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a comment of one's own. It can be brought back for 90 days.
#[utoipa::path(
    delete, path = "/comments/{id}", tag = "comments", operation_id = "removeComment",
    params(("id" = i64, Path)),
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn remove(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<i64>) -> ApiResult<StatusCode> {
    blocking(&app, move |app| app.book().take_comment(&caller.scope, id, true)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a comment of one's own back that was removed.
#[utoipa::path(
    post, path = "/comments/{id}/restore", tag = "comments", operation_id = "restoreComment",
    params(("id" = i64, Path)),
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn restore(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<i64>) -> ApiResult<StatusCode> {
    blocking(&app, move |app| app.book().take_comment(&caller.scope, id, false)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where the caller is mentioned.
#[derive(Serialize, ToSchema)]
#[schema(as = Mention)]
pub(crate) struct MentionOut {
    comment: i64,
    thread: i64,
    table: TableKey,
    record: RecordId,
    /// The record's code; null when it has none.
    #[schema(required)]
    code: Option<String>,
    /// The record's name likewise.
    #[schema(required)]
    name: Option<String>,
    /// As in a thread.
    #[schema(required)]
    field: Option<FieldKey>,
    /// Who wrote it.
    author: String,
    /// Seconds since 1970 UTC.
    at: i64,
    text: String,
    /// The thread was opened since.
    seen: bool,
}

/// Where the caller is mentioned, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct MentionList {
    /// How many were not seen yet, of all.
    unseen: u64,
    /// At most 50.
    mentions: Vec<MentionOut>,
}

/// Where the caller is mentioned.
#[utoipa::path(
    get, path = "/mentions", tag = "comments", operation_id = "mentions",
    responses((status = 200, description = "The answer.", body = MentionList)),
)]
pub(crate) async fn mentions(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<Json<MentionList>> {
    let list = blocking(&app, move |app| {
        let names = names(app)?;
        let found = app.book().mentions(&caller.scope)?;
        let mention = |m: Mention| MentionOut {
            comment: m.comment,
            thread: m.thread,
            table: m.table,
            record: m.record,
            code: m.code,
            name: m.name,
            field: m.field,
            author: name_of(&names, m.user),
            at: m.at,
            text: m.text,
            seen: m.seen,
        };
        Ok(MentionList { unseen: found.unseen, mentions: found.list.into_iter().map(mention).collect() })
    })
    .await?;
    Ok(Json(list))
}

/// Which mentions were seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    /// Those in this thread; all of them when left out.
    #[serde(default)]
    thread: Option<i64>,
}

/// Marks mentions of the caller as seen.
#[utoipa::path(
    post, path = "/mentions/seen", tag = "comments", operation_id = "seeMentions",
    request_body = Seen,
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn see(State(app): State<Arc<App>>, caller: Caller, body: Body<Seen>) -> ApiResult<StatusCode> {
    let Json(Seen { thread }) = body.map_err(malformed)?;
    blocking(&app, move |app| app.book().see_mentions(&caller.scope, thread)).await?;
    Ok(StatusCode::NO_CONTENT)
}
