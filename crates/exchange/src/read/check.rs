//! Errors of files, and the check of packed sizes before anything is unpacked.

use super::Limits;
use model::{Error, ErrorCode, Result};
use std::fs::File;
use std::io::{self, Read};
use zip::ZipArchive;

/// Parts that unpack beyond this are held to the ratio limit.
const SMALL: u64 = 64 << 20;
/// No deflate stream unpacks to more than this many times its size.
const DEFLATE_MOST: u64 = 1_032;

/// A `bad_file` error: what is wrong and what to do.
pub(super) fn bad(file: &str, zh: &str, en: &str, cure_zh: &str, cure_en: &str) -> Error {
    Error::new(ErrorCode::BadFile, format!("“{file}”{zh}：{cure_zh}"), format!("“{file}” {en}: {cure_en}"))
}

pub(super) fn damaged(file: &str, cause: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorCode::BadFile,
        format!("“{file}”已损坏，读不出来：请用 Excel 或 WPS 打开后另存为 .xlsx 再试（{cause}）"),
        format!(
            "“{file}” is damaged and cannot be read: open it in Excel or WPS, save it as .xlsx and try again ({cause})"
        ),
    )
}

pub(super) fn encrypted(file: &str) -> Error {
    bad(
        file,
        "有密码保护",
        "is protected by a password",
        "请在 Excel 或 WPS 中打开，去掉密码后另存",
        "open it in Excel or WPS and save it without the password",
    )
}

pub(super) fn io(file: &str, cause: &io::Error) -> Error {
    if cause.kind() == io::ErrorKind::NotFound {
        return Error::new(
            ErrorCode::NotFound,
            format!("找不到文件“{file}”：请检查路径"),
            format!("There is no file “{file}”: check its path"),
        );
    }
    Error::new(ErrorCode::BadFile, format!("读不了“{file}”：{cause}"), format!("“{file}” cannot be read: {cause}"))
}

/// Sizes as people say them.
fn size(bytes: u64) -> String {
    if bytes >= 1 << 30 { format!("{} GB", bytes >> 30) } else { format!("{} MB", bytes >> 20) }
}

pub(super) fn too_large(file: &str, limit: u64) -> Error {
    Error::new(
        ErrorCode::TooLarge,
        format!("“{file}”超过了 {} 的上限：请拆成几个文件，或另存为 CSV 用命令行导入", size(limit)),
        format!(
            "“{file}” exceeds the limit of {}: split it, or save it as CSV and import it on the command line",
            size(limit)
        ),
    )
}

pub(super) fn too_many(file: &str, zh: &str, en: &str, limit: u64) -> Error {
    Error::new(
        ErrorCode::TooLarge,
        format!("“{file}”超过 {limit} {zh}：请删去多余的部分或拆成几个文件"),
        format!("“{file}” has more than {limit} {en}: remove what is not needed or split it"),
    )
}

fn bomb(file: &str) -> Error {
    bad(
        file,
        "解压后大得不正常",
        "unpacks to an abnormal size",
        "请用 Excel 或 WPS 打开后另存为 .xlsx 再试",
        "open it in Excel or WPS, save it as .xlsx and try again",
    )
}

/// Whether calamine holds this part in memory while it reads the workbook.
fn is_loaded(name: &str) -> bool {
    !name.starts_with("xl/worksheets/sheet")
        && (name.starts_with("xl/") || name == "content.xml" || name.starts_with('['))
        && !name.starts_with("xl/media/")
}

/// Checks what the archive says of its parts, and for parts held in memory what they really hold.
pub(super) fn archive(file: &str, zip: &mut ZipArchive<impl Read + io::Seek>, limits: &Limits) -> Result<()> {
    if zip.len() > 10_000 {
        return Err(bomb(file));
    }
    let mut total = 0u64;
    for i in 0..zip.len() {
        let part = zip.by_index_raw(i).map_err(|e| damaged(file, e))?;
        let (packed, unpacked, loaded) =
            (part.compressed_size(), part.size(), part.name().is_ok_and(|n| is_loaded(&n)));
        drop(part);
        total = total.saturating_add(unpacked);
        if total > limits.unpacked_bytes || (loaded && unpacked > limits.loaded_bytes) {
            return Err(too_large(file, limits.unpacked_bytes.min(limits.loaded_bytes)));
        }
        if unpacked > SMALL && unpacked / packed.max(1) > limits.ratio {
            return Err(bomb(file));
        }
        // The sizes above are claims; small parts cannot hold more than deflate can pack into them.
        if loaded && packed.saturating_mul(DEFLATE_MOST) > limits.loaded_bytes {
            let mut part = zip.by_index(i).map_err(|e| damaged(file, e))?.take(limits.loaded_bytes + 1);
            let real = io::copy(&mut part, &mut io::sink()).map_err(|e| damaged(file, e))?;
            if real > limits.loaded_bytes {
                return Err(bomb(file));
            }
        }
    }
    Ok(())
}

pub(super) fn open_file(path: &std::path::Path, file: &str) -> Result<File> {
    File::open(path).map_err(|e| io(file, &e))
}
