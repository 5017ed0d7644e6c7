//! Imports: upload, plan, check, run, history; demonstration data.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult, malformed};
use crate::tasks::Prepared;
use axum::Json;
use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use exchange::read::Limits;
use exchange::recognise::Override;
use jobs::demo::Demo;
use jobs::import::{Import, Problems};
use model::{Access, Error, ErrorCode, Scope};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use store::MatchKey;
use tokio::io::AsyncWriteExt;

/// Most bytes of one uploaded file.
const MOST_BYTES: u64 = 512 << 20;
/// Most files in one import.
const MOST_FILES: usize = 50;

fn show(name: &str, import: &Import, scope: &Scope) -> Value {
    let files: Vec<Value> = import
        .files
        .iter()
        .map(|f| match &f.error {
            Some(e) => json!({ "name": f.name, "error": e.message(scope.lang) }),
            None => json!({ "name": f.name }),
        })
        .collect();
    json!({
        "import": name, "files": files, "sheets": import.sheets, "match": import.match_key,
        "today": import.today.to_string(),
    })
}

pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    parts: Result<Multipart, MultipartRejection>,
) -> ApiResult<Json<Value>> {
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

#[derive(Deserialize)]
pub(crate) struct Plan {
    #[serde(default, rename = "match")]
    match_key: Option<MatchKey>,
    #[serde(default)]
    sheets: Vec<SheetChange>,
}

#[derive(Deserialize)]
pub(crate) struct SheetChange {
    index: usize,
    #[serde(flatten)]
    change: Override,
}

pub(crate) async fn plan(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<Plan>, JsonRejection>,
) -> ApiResult<Json<Value>> {
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

async fn start(app: Arc<App>, caller: Caller, id: String, dry_run: bool) -> ApiResult<Json<Value>> {
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
    Ok(Json(json!({ "job": job })))
}

pub(crate) async fn check(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Value>> {
    start(app, caller, id, true).await
}

pub(crate) async fn run(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    start(app, caller, id, false).await
}

pub(crate) async fn forget(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    app.imports.forget(&caller.scope, &id)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<Json<Value>> {
    let out = blocking(&app, move |app| {
        let entries = app.book().imports(&caller.scope)?;
        let list: Vec<Value> = entries
            .iter()
            .map(|e| {
                let about: Value = e.about.as_deref().and_then(|a| serde_json::from_str(a).ok()).unwrap_or(json!({}));
                json!({
                    "change": e.change, "at": e.at, "origin": e.origin, "files": about["files"],
                    "tables": about["tables"], "own_tables": about.get("own_tables").unwrap_or(&json!({})), "undone": e.undone,
                })
            })
            .collect();
        Ok(json!({ "imports": list }))
    })
    .await?;
    Ok(Json(out))
}

#[derive(Deserialize)]
pub(crate) struct DemoSize {
    customers: u64,
    orders: u64,
}

pub(crate) async fn demo(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Result<Json<DemoSize>, JsonRejection>,
) -> ApiResult<Json<Value>> {
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
    Ok(Json(json!({ "job": job })))
}

pub(crate) async fn remove_demo(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<Json<Value>> {
    caller.require(Access::Own)?;
    let out = blocking(&app, move |app| {
        let change = app
            .book()
            .demo_change()?
            .ok_or_else(|| Error::new(ErrorCode::NotFound, "没有演示数据", "There is no demonstration data"))?;
        let u = app.book().undo(&caller.scope, change, &mut |_, _| Ok(()))?;
        Ok(json!({ "deleted": u.removed, "kept": u.kept }))
    })
    .await?;
    Ok(Json(out))
}
