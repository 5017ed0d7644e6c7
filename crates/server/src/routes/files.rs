//! Files of attachment cells: taken, looked at, given out.

use crate::app::{App, blocking};
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult, malformed};
use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::{Access, Error, ErrorCode, FileRef};
use serde::Deserialize;
use std::sync::Arc;
use store::MOST_FILE_BYTES;
use utoipa::IntoParams;

/// Takes a file for an attachment cell, at most 50 MB.
#[utoipa::path(
    post, path = "/files", tag = "files", operation_id = "putFile",
    request_body(content = crate::shapes::Upload, content_type = "multipart/form-data"),
    responses((status = 200, description = "The answer.", body = FileRef)),
)]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    parts: Result<Multipart, MultipartRejection>,
) -> ApiResult<Json<FileRef>> {
    caller.require(Access::Write)?;
    let mut parts = parts.map_err(malformed)?;
    while let Some(mut part) = parts.next_field().await.map_err(malformed)? {
        if part.name() != Some("file") {
            continue;
        }
        // Only the name is the user's; what it is called on the disk is ours.
        let name = part.file_name().unwrap_or("file").rsplit(['/', '\\']).next().unwrap_or("file").to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(malformed)? {
            if bytes.len() + chunk.len() > MOST_FILE_BYTES {
                return Err(refused(
                    ErrorCode::TooLarge,
                    format!("文件“{name}”超过 50 MB"),
                    format!("“{name}” is over 50 MB"),
                ));
            }
            bytes.extend_from_slice(&chunk);
        }
        if program(&bytes) {
            return Err(refused(
                ErrorCode::BadFile,
                format!("“{name}”是程序文件，不能存到客簿里"),
                format!("“{name}” is a program and is not kept"),
            ));
        }
        let (media, size) = (media_type(&bytes, &name).to_owned(), bytes.len() as u64);
        let id = blocking(&app, move |app| {
            let id = crate::auth::digest_of(&bytes);
            app.book().put_file(&caller.scope, &id, &bytes)?;
            Ok(id)
        })
        .await?;
        return Ok(Json(FileRef { id, name, media, size }));
    }
    Err(malformed("file"))
}

fn refused(code: ErrorCode, zh: String, en: String) -> ApiError {
    ApiError(Error::new(code, zh, en))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Named {
    /// What the file is called on its way out.
    #[serde(default)]
    name: Option<String>,
}

/// Gives a file out.
#[utoipa::path(
    get, path = "/files/{id}", tag = "files", operation_id = "getFile",
    params(("id" = String, Path), Named),
    responses((status = 200, description = "The file: a picture to be shown, anything else to be saved.", content(
        (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"),
        (Vec<u8> = "application/octet-stream"),
    ))),
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    named: Result<Query<Named>, QueryRejection>,
) -> ApiResult<Response> {
    let Query(named) = named.map_err(malformed)?;
    let bytes = blocking(&app, move |app| app.book().file(&caller.scope, &id)).await?;
    let bytes = bytes.ok_or_else(|| Error::new(ErrorCode::NotFound, "没有这个文件", "There is no such file"))?;
    let name = named.name.unwrap_or_else(|| "file".to_owned());
    let kind = media_type(&bytes, &name);
    // Pictures that can hold no script are shown; everything else is only ever saved.
    let shown = PICTURES.contains(&kind);
    let how = if shown { "inline" } else { "attachment" };
    let disposition = format!("{how}; filename*=UTF-8''{}", super::exports::percent(&name));
    let mut response = bytes.into_response();
    let h = response.headers_mut();
    let sent = if shown { kind } else { "application/octet-stream" };
    h.insert(header::CONTENT_TYPE, HeaderValue::from_static(sent));
    h.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(Error::internal)?);
    // Named by its content, so it never changes.
    h.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    Ok(response)
}

const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// Whether a content would run by itself: Windows, Linux and macOS programs, scripts with a first line for
/// the shell.
fn program(bytes: &[u8]) -> bool {
    const FIRST: [&[u8]; 6] = [b"MZ", b"\x7fELF", b"#!", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe"];
    FIRST.iter().any(|f| bytes.starts_with(f))
}

/// The media type a content shows by its first bytes. Names decide only among packed documents.
pub(crate) fn media_type(bytes: &[u8], name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'%', b'P', b'D', b'F', b'-', ..] => "application/pdf",
        [b'P', b'K', 3, 4, ..] => match ending.as_str() {
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            _ => "application/zip",
        },
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [b'I', b'D', b'3', ..] => "audio/mpeg",
        _ if std::str::from_utf8(bytes).is_ok_and(|t| !t.contains('\0')) => "text/plain",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_tell_what_they_are() {
        for (bytes, name, kind) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], "a.txt", "image/png"),
            (b"\xff\xd8\xff\xe0", "a", "image/jpeg"),
            (b"RIFF....WEBPVP8 ", "a.webp", "image/webp"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "text/plain"),
            (b"<script>alert(1)</script>", "a.png", "text/plain"),
            (b"PK\x03\x04", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (b"PK\x03\x04", "a.png", "application/zip"),
            (b"\0\x01", "a.png", "application/octet-stream"),
            (b"", "a.png", "text/plain"),
        ] {
            assert_eq!(media_type(bytes, name), kind, "{name}");
        }
        assert!(program(b"MZ\x90") && program(b"#!/bin/sh") && !program(b"%PDF-1.7"));
    }
}
