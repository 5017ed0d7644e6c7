//! Secret addresses of saved views: live links, a view as CSV or JSON for programs that cannot log in, and public forms
//! ([`super::forms`]).
//!
//! An address gives what its maker may read at the moment, and nothing when the maker, the view or the link is
//! gone; which of them, it does not say.

use crate::app::{App, blocking};
use crate::auth::{Caller, digest, new_address};
use crate::error::{ApiError, ApiResult, malformed, too_often};
use crate::pace::Pace;
use crate::routes::exports::percent;
use crate::routes::saved;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jobs::feed::{Feed, Form};
use model::{Access, Error, ErrorCode, FieldKey, Result, Scope, TableDef};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;
use store::{NewSecret, Opened, SavedView, Secret, Store};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use utoipa::ToSchema;

/// What the store knows these addresses as.
pub(crate) const KIND: &str = "feed";
/// How often one link may be asked in an hour.
const AN_HOUR: usize = 120;
/// How many links are read through at once.
const AT_ONCE: usize = 4;
/// How long a part waits for whoever reads.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of a part that are gathered before they are sent.
const CHUNK: usize = 64 << 10;

/// What bounds the reading of links.
pub(crate) struct Bounds {
    pace: Pace,
    lines: Arc<Semaphore>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { pace: Pace::new(AN_HOUR, 3_600), lines: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// What a link gives.
#[derive(Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LinkKind {
    /// The records of the view, to read.
    #[default]
    Feed,
    /// The form of the view, to fill in.
    Form,
}

impl LinkKind {
    const ALL: [Self; 2] = [Self::Feed, Self::Form];

    /// What the store knows these addresses as.
    fn name(self) -> &'static str {
        match self {
            Self::Feed => KIND,
            Self::Form => super::forms::KIND,
        }
    }
}

/// A link. Its secret is nowhere: only its digest is kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct Link {
    id: String,
    kind: LinkKind,
    /// What it is for.
    name: String,
    /// The number of the view.
    view: i64,
    /// The table of the view; null when the view is gone, and the link gives nothing.
    #[schema(required)]
    table: Option<String>,
    /// What the view is called; null when it is gone, or another member's own.
    #[schema(required)]
    view_name: Option<String>,
    /// Who made it, and what it gives is theirs to read.
    owner: i64,
    owner_name: String,
    /// Seconds since 1970 UTC.
    created: i64,
    /// When it was last asked; null when it never was.
    #[schema(required)]
    used: Option<i64>,
    /// How often it was asked.
    uses: u64,
}

/// Links the caller may see: their own, and everybody's for an owner of the book.
#[derive(Serialize, ToSchema)]
pub(crate) struct Links {
    links: Vec<Link>,
}

/// A link to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkWrite {
    /// What it is for: 1 to 40 characters; the name of the view when left out.
    #[serde(default)]
    name: Option<String>,
    /// `form` only where the view is one.
    #[serde(default)]
    kind: LinkKind,
}

/// A link just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkMade {
    /// Where it is asked, with `.csv` or `.json` behind it, or the page of the form; shown this once.
    path: String,
    link: Link,
}

/// The links of a saved view.
#[utoipa::path(
    get, path = "/saved/{id}/links", tag = "links", operation_id = "viewLinks", params(("id" = i64, Path)),
    responses((status = 200, description = "The answer.", body = Links)),
)]
pub(crate) async fn of_view(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<i64>,
) -> ApiResult<Json<Links>> {
    let links = blocking(&app, move |app| {
        app.book().saved_view(&caller.scope, view)?;
        secrets(app, &caller.scope, Some(view))
    })
    .await?;
    Ok(Json(Links { links }))
}

/// All links the caller may see.
#[utoipa::path(
    get, path = "/links", tag = "links", operation_id = "links",
    responses((status = 200, description = "The answer.", body = Links)),
)]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<Json<Links>> {
    let links = blocking(&app, move |app| secrets(app, &caller.scope, None)).await?;
    Ok(Json(Links { links }))
}

/// Makes a link of a saved view. Who asks a live link reads what its maker may read of the view at that moment; what is
/// sent to a form is entered with the rights its maker has then.
#[utoipa::path(
    post, path = "/saved/{id}/links", tag = "links", operation_id = "makeLink", params(("id" = i64, Path)),
    request_body = LinkWrite,
    responses((status = 200, description = "The answer.", body = LinkMade)),
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<i64>,
    body: std::result::Result<Json<LinkWrite>, JsonRejection>,
) -> ApiResult<Response> {
    let Json(write) = body.map_err(malformed)?;
    if caller.token && caller.expires.is_some() {
        return Err(Error::new(
            ErrorCode::Forbidden,
            "会到期的令牌不能建立长期有效的链接",
            "A token that expires cannot make a link that does not",
        )
        .into());
    }
    let kind = write.kind;
    if kind == LinkKind::Form {
        caller.require(Access::Write)?;
    }
    let (secret, digest) = new_address()?;
    let link = blocking(&app, move |app| {
        let scope = caller.scope;
        let view = app.book().saved_view(&scope, view)?;
        if kind == LinkKind::Form {
            super::forms::refuse_unshareable(app, &view)?;
        }
        let name = write.name.unwrap_or(view.name);
        let new = NewSecret { kind: kind.name(), about: view.id, owner: scope.user, name, lang: scope.lang };
        let made = app.data.system.add_secret(&digest, &new)?;
        shown(app, &scope, kind, vec![made])
    })
    .await?;
    let link = link.into_iter().next().ok_or_else(|| Error::internal("the link is gone"))?;
    let path = match kind {
        LinkKind::Feed => format!("/api/v1/feeds/{secret}"),
        LinkKind::Form => format!("/f/{secret}"),
    };
    let made = LinkMade { path, link };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(made)).into_response())
}

/// Revokes a link: one's own, or anybody's for an owner of the book.
#[utoipa::path(
    delete, path = "/links/{id}", tag = "links", operation_id = "revokeLink", params(("id" = String, Path)),
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    blocking(&app, move |app| {
        let revoke = |kind: LinkKind| app.data.system.revoke_secret(&caller.scope, kind.name(), &id);
        match revoke(LinkKind::Feed) {
            Err(e) if e.code == ErrorCode::NotFound => revoke(LinkKind::Form),
            done => done,
        }
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Links of every kind, newest first: of one view, or of all.
fn secrets(app: &App, scope: &Scope, view: Option<i64>) -> Result<Vec<Link>> {
    let mut links = Vec::new();
    for kind in LinkKind::ALL {
        links.extend(shown(app, scope, kind, app.data.system.secrets(scope, kind.name(), view)?)?);
    }
    links.sort_by_key(|l| std::cmp::Reverse(l.created));
    Ok(links)
}

/// Links with the views they give.
fn shown(app: &App, scope: &Scope, kind: LinkKind, secrets: Vec<Secret>) -> Result<Vec<Link>> {
    let ids: Vec<i64> = secrets.iter().map(|s| s.about).collect();
    let names = app.book().view_names(scope, &ids)?;
    let views: HashMap<i64, _> = names.into_iter().map(|(id, table, name)| (id, (table, name))).collect();
    let link = |s: Secret| {
        let view = views.get(&s.about);
        Link {
            id: s.id,
            kind,
            name: s.name,
            view: s.about,
            table: view.map(|(table, _)| table.to_string()),
            view_name: view.and_then(|(_, name)| name.clone()),
            owner: s.owner.0,
            owner_name: s.owner_name,
            created: s.created,
            used: s.used,
            uses: s.uses,
        }
    };
    Ok(secrets.into_iter().map(link).collect())
}

/// A saved view at its secret address, `{secret}.csv` or `{secret}.json`, without logging in. Send the `ETag` of the
/// last answer as `If-None-Match`; 304 says that nothing has changed. 429 tells in `Retry-After` when to ask again.
#[utoipa::path(
    get, path = "/feeds/{file}", tag = "links", operation_id = "feed",
    params(("file" = String, Path, description = "The secret with its ending, `.csv` or `.json`.")),
    responses(
        (status = 200, description = "All records of the view in its columns and order: CSV in UTF-8 with a byte order mark, \
            or an array of objects by the names of the fields.",
            content((String = "text/csv"), (Vec<std::collections::BTreeMap<String, crate::shapes::FeedCell>> = "application/json"))),
        (status = 304, description = "Nothing has changed since the answer of that `ETag`."),
    ),
)]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let (secret, form) = match file.rsplit_once('.') {
        Some((secret, "csv")) => (secret, Form::Csv),
        Some((secret, "json")) => (secret, Form::Json),
        _ => return Err(gone().into()),
    };
    let digest = digest(secret);
    let opened = match asked(&app, digest).await? {
        Ok(opened) => opened,
        Err(seconds) => return Ok(too_often(seconds)),
    };
    let (found, mark) = blocking(&app, move |app| find(app, &opened, form)).await?;
    let tag = HeaderValue::from_str(&mark).map_err(Error::internal)?;
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    let mut response = if known.flat_map(|v| v.split(',')).any(|v| v.trim() == mark) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let line = Arc::clone(&app.feeds.lines).try_acquire_owned().map_err(|_| busy())?;
        whole(&app, found, form, line).await?
    };
    let h = response.headers_mut();
    h.insert(header::ETAG, tag);
    // A program that asks again is to ask here, not to show what it has.
    h.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    h.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    Ok(response)
}

/// Counts a use of an address: what it opens, or the seconds to wait when it was asked too often.
async fn asked(app: &Arc<App>, digest: String) -> ApiResult<std::result::Result<Opened, u64>> {
    let (digest, known) = blocking(app, move |app| {
        let known = app.data.system.open_secret(KIND, &digest)?;
        Ok((digest, known))
    })
    .await?;
    let opened = known.ok_or_else(gone)?;
    if let Err(seconds) = app.feeds.pace.take(&digest) {
        return Ok(Err(seconds));
    }
    let app = Arc::clone(app);
    // Nobody waits for the note.
    tokio::task::spawn_blocking(move || {
        let noted = app.data.system.note_secret(&digest);
        noted.inspect_err(|e| tracing::warn!(cause = %e, "the use of a link is not noted"))
    });
    Ok(Ok(opened))
}

/// What is read through for an answer.
struct Found {
    scope: Scope,
    view: SavedView,
}

/// The view of an address, with the rights of its maker, and the mark of what it gives.
fn find(app: &App, opened: &Opened, form: Form) -> Result<(Found, String)> {
    // It reads, whatever else its maker may.
    let scope = Scope { access: Access::Read, ..opened.scope };
    // Taken first: what comes meanwhile is in the answer and not in its mark, so it is asked for again.
    let state = app.book().state_mark()?;
    let mut view = app.book().saved_view(&scope, opened.about).map_err(hidden)?;
    saved::fitting(app, &scope, &mut view)?;
    if view.loose {
        return Err(Error::new(
            ErrorCode::Conflict,
            "这个视图的筛选用到了已删除的字段或视图，为免多给数据，链接暂停；请在客簿里打开视图，检查筛选并保存",
            "The view's filter names a field or view that is gone. The link gives nothing rather than too much: open the \
             view in Kebu, check its filter and save it",
        ));
    }
    let mut hasher = DefaultHasher::new();
    (view.id, view.changed, form == Form::Csv, env!("CARGO_PKG_VERSION")).hash(&mut hasher);
    for (id, name) in app.data.system.user_names()? {
        (id.0, name).hash(&mut hasher);
    }
    let mark = format!("W/\"{state}-{:016x}\"", hasher.finish());
    Ok((Found { scope, view }, mark))
}

/// The whole answer, made while it is sent.
async fn whole(app: &Arc<App>, found: Found, form: Form, line: OwnedSemaphorePermit) -> ApiResult<Response> {
    let name = found.view.name.clone();
    let feed = blocking(app, move |app| {
        let schema = app.book().schema();
        let table = schema.require(&found.view.table)?;
        let query = saved::question(app.book(), &found.scope, table, &found.view)?;
        let members = app.data.system.user_names()?;
        Feed::begin(app.book(), &found.scope, &query, &columns(table, &found.view), form, members)
    })
    .await?;
    let (parts, mut taken) = mpsc::channel::<std::io::Result<Vec<u8>>>(2);
    tokio::spawn(send(Arc::clone(app), feed, parts, line));
    // What packs it asks again behind the end.
    let body = Body::from_stream(futures_util::stream::poll_fn(move |cx| taken.poll_recv(cx)));
    let (kind, shown) = match form {
        Form::Csv => ("text/csv; charset=utf-8", format!("attachment; filename*=UTF-8''{}.csv", percent(&name))),
        Form::Json => ("application/json", "inline".to_owned()),
    };
    let mut response = body.into_response();
    let h = response.headers_mut();
    h.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    h.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&shown).map_err(Error::internal)?);
    Ok(response)
}

/// Makes part after part as they are taken. Between two nothing of the book is held but the order of the records;
/// whoever takes none for a while is let go.
async fn send(
    app: Arc<App>,
    mut feed: Feed,
    parts: mpsc::Sender<std::io::Result<Vec<u8>>>,
    _line: OwnedSemaphorePermit,
) {
    loop {
        let inner = Arc::clone(&app);
        let made = tokio::task::spawn_blocking(move || {
            let made = gather(&mut feed, inner.book());
            (feed, made)
        });
        let part = match made.await {
            Ok((_, Ok(part))) if part.is_empty() => return,
            Ok((back, part)) => {
                feed = back;
                part.map_err(std::io::Error::other)
            }
            Err(e) => {
                let _ = parts.send_timeout(Err(std::io::Error::other(e)), PATIENCE).await;
                return;
            }
        };
        let failed = part.is_err();
        if parts.send_timeout(part, PATIENCE).await.is_err() || failed {
            return;
        }
    }
}

/// Parts worth sending; empty at the end.
fn gather(feed: &mut Feed, book: &Store) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    while out.len() < CHUNK {
        let Some(part) = feed.part(book)? else { break };
        out.extend(part);
    }
    Ok(out)
}

/// The columns of a view; those of the table when it names none.
fn columns(table: &TableDef, view: &SavedView) -> Vec<FieldKey> {
    match &view.def.columns {
        Some(columns) => columns.iter().map(|c| c.field.clone()).collect(),
        None => table.fields.iter().filter(|f| f.shown).map(|f| f.key.clone()).collect(),
    }
}

/// One answer to all that is not there any more, or never was.
pub(crate) fn gone() -> Error {
    Error::new(ErrorCode::NotFound, "没有这个链接，或已停用", "There is no such link, or it is revoked")
}

/// What a maker may no longer see is not there.
fn hidden(e: Error) -> Error {
    if matches!(e.code, ErrorCode::NotFound | ErrorCode::Forbidden) { gone() } else { e }
}

fn busy() -> ApiError {
    Error::new(ErrorCode::Busy, "同时读取链接的太多，请稍后再试", "Too many links are being read; try again shortly")
        .into()
}
