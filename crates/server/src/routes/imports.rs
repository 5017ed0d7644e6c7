//! Imports: upload, plan, check, run, history; demonstration data.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult, malformed};
use crate::shapes::Started;
use crate::tasks::Prepared;
use axum::Json;
use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use exchange::SheetPlan;
use exchange::read::Limits;
use exchange::recognise::Override;
use jobs::demo::Demo;
use jobs::import::{Import, Problems, TableCounts};
use model::{Access, Error, ErrorCode, Scope, TableKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use store::MatchKey;
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

/// Most bytes of one uploaded file.
const MOST_BYTES: u64 = 512 << 20;
/// Most files in one import.
const MOST_FILES: usize = 50;

/// A file of an import.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileTaken {
    name: String,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// An import being prepared.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
pub(crate) struct Prepare {
    /// Its name in the addresses.
    import: String,
    files: Vec<FileTaken>,
    sheets: Vec<SheetPlan>,
    #[serde(rename = "match")]
    match_key: MatchKey,
    /// The day that dates without a year are read by: `2026-11-21`.
    today: String,
}

fn show(name: &str, import: &Import, scope: &Scope) -> Prepare {
    let files = import
        .files
        .iter()
        .map(|f| FileTaken { name: f.name.clone(), error: f.error.as_ref().map(|e| e.message(scope.lang).to_owned()) });
    Prepare {
        import: name.to_owned(),
        files: files.collect(),
        sheets: import.sheets.clone(),
        match_key: import.match_key,
        today: import.today.to_string(),
    }
}

/// Takes files and proposes how to import them; at most 50 of 512 MB.
#[utoipa::path(
    post, path = "/imports", tag = "imports", operation_id = "startImport",
    request_body(content = crate::shapes::Upload, content_type = "multipart/form-data"),
    responses((status = 200, description = "The answer.", body = Prepare)),
)]
pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    parts: Result<Multipart, MultipartRejection>,
) -> ApiResult<Json<Prepare>> {
    caller.require(Access::Own)?;
    let mut parts = parts.map_err(malformed)?;
    let name = app.imports.name();
    let folder = app.data.temp()?.join(&name);
    std::fs::create_dir_all(&folder).map_err(Error::internal)?;
    let taken = take_files(&mut parts, &folder).await;
    let files = match taken {
        Ok(files) if !files.is_empty() => files,
        Ok(_) => {
            let _ = std::fs::remove_dir_all(&folder);
            return Err(malformed("file"));
        }
        Err(e) => {
            let _ = std::fs::remove_dir_all(&folder);
            return Err(e);
        }
    };
    let out = blocking(&app, move |app| {
        let today = app.clock.today();
        let import = Import::inspect(&files, &app.book().schema(), today, Limits::default());
        let shown = show(&name, &import, &caller.scope);
        app.imports.keep(&name, Prepared { owner: caller.scope.user, folder, import: Mutex::new(import) });
        Ok(shown)
    })
    .await?;
    Ok(Json(out))
}

async fn take_files(parts: &mut Multipart, folder: &std::path::Path) -> ApiResult<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(malformed)? {
        if part.name() != Some("file") {
            continue;
        }
        if files.len() >= MOST_FILES {
            return Err(too_large(
                format!("一次最多 {MOST_FILES} 个文件"),
                format!("At most {MOST_FILES} files at once"),
            ));
        }
        // Only the name is the user's; the path is ours.
        let shown = part.file_name().unwrap_or("file").rsplit(['/', '\\']).next().unwrap_or("file").to_owned();
        let path = folder.join(files.len().to_string());
        take_file(part, &path, &shown).await?;
        files.push((path, shown));
    }
    Ok(files)
}

async fn take_file(mut part: Field<'_>, path: &std::path::Path, shown: &str) -> ApiResult<()> {
    let mut file = tokio::fs::File::create(path).await.map_err(Error::internal)?;
    let mut bytes = 0_u64;
    while let Some(chunk) = part.chunk().await.map_err(malformed)? {
        bytes += chunk.len() as u64;
        if bytes > MOST_BYTES {
            return Err(too_large(
                format!("文件“{shown}”超过 512 MB；请拆开，或在命令行用 kebu import"),
                format!("“{shown}” is over 512 MB; split it, or use kebu import on the command line"),
            ));
        }
        file.write_all(&chunk).await.map_err(Error::internal)?;
    }
    file.flush().await.map_err(Error::internal)?;
    Ok(())
}

fn too_large(zh: String, en: String) -> ApiError {
    ApiError(Error::new(ErrorCode::TooLarge, zh, en))
}

/// What a person changed in the plan.
#[derive(Deserialize, ToSchema)]
#[schema(as = ImportPlan)]
pub(crate) struct Plan {
    #[serde(default, rename = "match")]
    match_key: Option<MatchKey>,
    #[serde(default)]
    sheets: Vec<SheetChange>,
}

/// Changes of one sheet.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SheetChange {
    /// The sheet's number in the import.
    index: usize,
    #[serde(flatten)]
    change: Override,
}

/// Changes the plan of an import.
#[utoipa::path(
    put, path = "/imports/{id}", tag = "imports", operation_id = "planImport",
    params(("id" = String, Path)),
    request_body = Plan,
    responses((status = 200, description = "The answer.", body = Prepare)),
)]
pub(crate) async fn plan(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<Plan>, JsonRejection>,
) -> ApiResult<Json<Prepare>> {
    let Json(plan) = body.map_err(malformed)?;
    caller.require(Access::Own)?;
    let out = blocking(&app, move |app| {
        let prepared = app.imports.find(&caller.scope, &id)?;
        let mut import = prepared.plan();
        if let Some(m) = plan.match_key {
            import.match_key = m;
        }
        for s in &plan.sheets {
            import.change(s.index, &s.change, &app.book().schema())?;
        }
        let shown = show(&id, &import, &caller.scope);
        *prepared.import.lock().unwrap_or_else(PoisonError::into_inner) = import;
        Ok(shown)
    })
    .await?;
    Ok(Json(out))
}

async fn start(app: Arc<App>, caller: Caller, id: String, dry_run: bool) -> ApiResult<Json<Started>> {
    caller.require(Access::Own)?;
    let prepared = app.imports.find(&caller.scope, &id)?;
    let kind = if dry_run { "check" } else { "import" };
    let (inner, scope) = (Arc::clone(&app), caller.scope.clone());
    let job = app.tasks.start(&caller.scope, kind, move |control| {
        let mut problems = Problems::create(&prepared.problems())?;
        let report = prepared.plan().run(inner.book(), &scope, dry_run, control, &mut problems)?;
        problems.finish()?;
        serde_json::to_value(&report).map_err(Error::internal)
    });
    Ok(Json(Started { job }))
}

/// Runs an import without keeping anything.
#[utoipa::path(
    post, path = "/imports/{id}/check", tag = "imports", operation_id = "checkImport",
    params(("id" = String, Path)),
    responses((status = 200, description = "The answer.", body = Started)),
)]
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Started>> {
    start(app, caller, id, true).await
}

/// Runs an import.
#[utoipa::path(
    post, path = "/imports/{id}/run", tag = "imports", operation_id = "runImport",
    params(("id" = String, Path)),
    responses((status = 200, description = "The answer.", body = Started)),
)]
pub(crate) async fn run(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Started>> {
    start(app, caller, id, false).await
}

/// Forgets the files of an import.
#[utoipa::path(
    delete, path = "/imports/{id}", tag = "imports", operation_id = "forgetImport",
    params(("id" = String, Path)),
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn forget(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    app.imports.forget(&caller.scope, &id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an import notes of itself.
#[derive(Deserialize, Default)]
struct About {
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    tables: BTreeMap<TableKey, BTreeMap<String, u64>>,
    #[serde(default)]
    own_tables: BTreeMap<TableKey, String>,
}

/// An import or generation of data in the past.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastImport {
    change: i64,
    /// Seconds since 1970 UTC.
    at: i64,
    /// `import` or `demo`.
    origin: String,
    files: Vec<String>,
    tables: BTreeMap<TableKey, TableCounts>,
    /// Own tables that took rows: key and name.
    own_tables: BTreeMap<TableKey, String>,
    undone: bool,
}

/// What was imported before, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastImports {
    imports: Vec<PastImport>,
}

/// What was imported before.
#[utoipa::path(
    get, path = "/imports", tag = "imports", operation_id = "pastImports",
    responses((status = 200, description = "The answer.", body = PastImports)),
)]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<Json<PastImports>> {
    let out = blocking(&app, move |app| {
        let shown = |e: store::ImportEntry| {
            let about = e.about.as_deref().and_then(|a| serde_json::from_str(a).ok());
            let About { files, tables, own_tables } = about.unwrap_or_default();
            let counts = |n: BTreeMap<String, u64>| {
                let of = |what| n.get(what).copied().unwrap_or_default();
                let (created, updated) = (of("created"), of("updated"));
                TableCounts { created, updated, unchanged: of("unchanged"), rejected: of("rejected") }
            };
            let tables = tables.into_iter().map(|(table, n)| (table, counts(n))).collect();
            PastImport { change: e.change, at: e.at, origin: e.origin, files, tables, own_tables, undone: e.undone }
        };
        Ok(PastImports { imports: app.book().imports(&caller.scope)?.into_iter().map(shown).collect() })
    })
    .await?;
    Ok(Json(out))
}

/// How much to generate.
#[derive(Deserialize, ToSchema)]
pub(crate) struct DemoSize {
    /// At most 1,000,000.
    customers: u64,
    /// At most 10,000,000.
    orders: u64,
}

/// Generates demonstration data.
#[utoipa::path(
    post, path = "/demo", tag = "imports", operation_id = "makeDemo",
    request_body = DemoSize,
    responses((status = 200, description = "The answer.", body = Started)),
)]
pub(crate) async fn demo(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Result<Json<DemoSize>, JsonRejection>,
) -> ApiResult<Json<Started>> {
    let Json(size) = body.map_err(malformed)?;
    caller.require(Access::Own)?;
    if size.customers == 0 || size.customers > 1_000_000 || size.orders > 10_000_000 {
        return Err(malformed("customers, orders"));
    }
    if blocking(&app, |app| app.book().demo_change()).await?.is_some() {
        return Err(Error::new(
            ErrorCode::Conflict,
            "已经有演示数据了，请先移除",
            "There is demonstration data already; remove it first",
        )
        .into());
    }
    let (inner, scope) = (Arc::clone(&app), caller.scope.clone());
    let job = app.tasks.start(&caller.scope, "demo", move |control| {
        let demo = Demo { customers: size.customers, orders: size.orders, today: inner.clock.today() };
        let change = demo.fill(inner.book(), &scope, control)?;
        Ok(json!({ "change": change }))
    });
    Ok(Json(Started { job }))
}

/// What removing the generated data did.
#[derive(Serialize, ToSchema)]
pub(crate) struct DemoRemoved {
    deleted: u64,
    /// Records people have changed since.
    kept: u64,
}

/// Removes the demonstration data.
#[utoipa::path(
    delete, path = "/demo", tag = "imports", operation_id = "removeDemo",
    responses((status = 200, description = "The answer.", body = DemoRemoved)),
)]
pub(crate) async fn remove_demo(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<Json<DemoRemoved>> {
    caller.require(Access::Own)?;
    let out = blocking(&app, move |app| {
        let change = app
            .book()
            .demo_change()?
            .ok_or_else(|| Error::new(ErrorCode::NotFound, "没有演示数据", "There is no demonstration data"))?;
        let u = app.book().undo(&caller.scope, change, &mut |_, _| Ok(()))?;
        Ok(DemoRemoved { deleted: u.removed, kept: u.kept })
    })
    .await?;
    Ok(Json(out))
}
