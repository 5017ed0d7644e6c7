//! Writes tables as CSV and as workbooks.
//!
//! Rows are pushed one by one and go to the file (or its spill) at once, so the memory used does not
//! grow with them. No text of a user becomes a formula: CSV cells that could are marked with an
//! apostrophe, which reading takes away again; workbook cells are written as text.

mod cell;
mod csv;
mod fast;
mod formula;
mod grade;
mod problems;
mod summary;
mod table;
mod xml;

#[cfg(test)]
mod tests;

pub use self::csv::{CsvTable, CsvText};
pub use grade::{GradeBook, GradeColumn, GradeSheet};
pub use problems::{ProblemBook, ProblemRow};
pub use summary::Summary;
pub use table::{LiveFormula, XlsxTable};

use model::{Error, ErrorCode};
use std::path::Path;

/// Rows below the header that fit a sheet of Excel.
pub const MOST_ROWS: u32 = 1_048_575;

fn failed(path: &Path, cause: impl std::fmt::Display) -> Error {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Error::new(
        ErrorCode::BadFile,
        format!("写不了文件“{name}”：{cause}。请检查文件夹是否可写、磁盘是否已满"),
        format!("File “{name}” cannot be written: {cause}. Check that the folder is writable and the disk not full"),
    )
}

fn too_many_rows() -> Error {
    Error::new(
        ErrorCode::TooLarge,
        format!("一张 Excel 表最多 {MOST_ROWS} 行：请先筛选，或导出为 CSV"),
        format!("A sheet of Excel holds {MOST_ROWS} rows at most: filter first, or export as CSV"),
    )
}
