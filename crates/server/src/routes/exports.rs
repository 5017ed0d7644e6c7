//! Files out: views and problem rows.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiResult, malformed};
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jobs::Control;
use jobs::export::{File, Format};
use model::{Error, ErrorCode, Lang, Result};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use store::ViewId;
use tokio::io::AsyncReadExt;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Form {
    /// `xlsx` (when left out) or `csv`.
    #[serde(default)]
    format: Option<String>,
}

/// An open view as a file.
#[utoipa::path(
    get, path = "/views/{view}/export", tag = "views", operation_id = "exportView",
    params(("view" = String, Path, description = "The name of an open view."), Form),
    responses((status = 200, description = "The file.", content(
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "text/csv"),
    ))),
)]
pub(crate) async fn view(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<String>,
    form: std::result::Result<Query<Form>, QueryRejection>,
) -> ApiResult<Response> {
    let Query(form) = form.map_err(malformed)?;
    let (format, ending) = match form.format.as_deref() {
        None | Some("xlsx") => (Format::Xlsx, "xlsx"),
        Some("csv") => (Format::Csv, "csv"),
        Some(other) => return Err(malformed(other)),
    };
    let (path, name) = blocking(&app, move |app| {
        let id = ViewId(view);
        let scope = &caller.scope;
        let (table, ..) = app.book().view_shape(scope, &id)?;
        let path = passing_file(app, ending)?;
        let members = app.data.system.user_names()?;
        let temp = app.data.temp()?;
        let file = File { path: &path, format, members: &members, temp: Some(&temp) };
        let written = jobs::export::view(app.book(), scope, &id, &file, &Control::default());
        written.inspect_err(|_| drop(std::fs::remove_file(&path)))?;
        Ok((path, format!("{}-{}.{ending}", table.label.get(scope.lang), app.clock.today())))
    })
    .await?;
    download(path, &name).await
}

/// The rows with problems as a workbook.
#[utoipa::path(
    get, path = "/imports/{id}/problems.xlsx", tag = "imports", operation_id = "importProblems",
    params(("id" = String, Path)),
    responses((
        status = 200, description = "The workbook.", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )),
)]
pub(crate) async fn problems(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Response> {
    let lang = caller.scope.lang;
    let path = blocking(&app, move |app| {
        let prepared = app.imports.find(&caller.scope, &id)?;
        let file = prepared.problems();
        if !file.exists() {
            return Err(Error::new(
                ErrorCode::NotFound,
                "还没有检查过，没有问题行",
                "Nothing was checked yet; there are no problem rows",
            ));
        }
        let path = passing_file(app, "xlsx")?;
        jobs::import::write_problems(&prepared.plan(), &file, &path, caller.scope.lang, Some(&app.data.temp()?))
            .inspect_err(|_| drop(std::fs::remove_file(&path)))?;
        Ok(path)
    })
    .await?;
    download(path, if lang == Lang::Zh { "问题行.xlsx" } else { "problem rows.xlsx" }).await
}

fn passing_file(app: &App, ending: &str) -> Result<PathBuf> {
    let (secret, _) = crate::auth::new_token()?;
    Ok(app.data.temp()?.join(format!("{}.{ending}", &secret[5..21])))
}

/// Sends a file and removes it: once open it stays readable until the last byte is sent.
async fn download(path: PathBuf, name: &str) -> ApiResult<Response> {
    let file = tokio::fs::File::open(&path).await.map_err(Error::internal)?;
    let length = file.metadata().await.map_err(Error::internal)?.len();
    let _ = tokio::fs::remove_file(&path).await;
    let stream = tokio_stream(file);
    let mut response = Body::from_stream(stream).into_response();
    let kind = if name.ends_with(".csv") {
        "text/csv; charset=utf-8"
    } else {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    };
    let disposition = format!("attachment; filename*=UTF-8''{}", percent(name));
    let h = response.headers_mut();
    h.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    h.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    h.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(Error::internal)?);
    // A workbook is compressed already.
    h.insert(header::CONTENT_ENCODING, HeaderValue::from_static("identity"));
    Ok(response)
}

fn tokio_stream(file: tokio::fs::File) -> impl futures_core::Stream<Item = std::io::Result<Vec<u8>>> {
    futures_util::stream::try_unfold(file, |mut file| async move {
        let mut part = vec![0; 64 * 1024];
        let n = file.read(&mut part).await?;
        part.truncate(n);
        Ok((n > 0).then_some((part, file)))
    })
}

pub(crate) fn percent(name: &str) -> String {
    name.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._".contains(&b) { (b as char).to_string() } else { format!("%{b:02X}") }
        })
        .collect()
}
