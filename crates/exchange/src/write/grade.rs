//! The graded workbook of `kebu grade`.

use super::fast::{self, FastSheet, Spec, SpecColumn};
use super::summary::{self, Summary};
use super::{MOST_ROWS, cell, failed, formula, too_many_rows};
use model::{Error, FieldDef, FieldKind, Lang, Result, Value};
use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, DataValidationErrorStyle, Format,
    IgnoreError, Workbook, Worksheet, XlsxError,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A column of the graded workbook.
#[derive(Clone, Debug, PartialEq)]
pub struct GradeColumn {
    /// The field; its label in the workbook's language is the header.
    pub field: FieldDef,
    /// A live formula in Excel's structured form with the labels of that language, for instance
    /// `IF([@总评分]>=12,"VIP客户","普通客户")`; none for plain values. The value given with a row is
    /// stored as the formula's result.
    pub formula: Option<String>,
}

impl GradeColumn {
    /// A column of plain values.
    pub fn plain(field: FieldDef) -> Self {
        Self { field, formula: None }
    }
}

/// The workbook: make its sheets, fill them (each on a thread of its own if you like), and finish.
pub struct GradeBook {
    path: PathBuf,
    lang: Lang,
    temp: Option<PathBuf>,
    specs: Vec<(Spec, u32)>,
    /// The column of grades as a reference, `客户[客户等级]`.
    grade: Option<String>,
}

/// A sheet of the graded workbook, filled row by row; it may move to another thread.
pub struct GradeSheet {
    path: PathBuf,
    name: String,
    sheet: FastSheet,
    rows: u32,
}

impl GradeBook {
    /// Begins a workbook; rows spill to `temp` (the system's folder if none) until it is finished.
    pub fn create(path: &Path, lang: Lang, temp: Option<&Path>) -> Self {
        Self { path: path.to_owned(), lang, temp: temp.map(Path::to_owned), specs: Vec::new(), grade: None }
    }

    /// Begins a sheet that is an Excel table of exactly `rows` rows, named like `name` (客户, 订单), to
    /// which the formulas refer. Sheets stand in the workbook in the order they are begun.
    ///
    /// # Errors
    /// `too_large` beyond the rows of a sheet, `bad_file` if the spill cannot be written.
    pub fn sheet(&mut self, name: &str, columns: &[GradeColumn], rows: u32) -> Result<GradeSheet> {
        if rows > MOST_ROWS {
            return Err(too_many_rows());
        }
        let lang = self.lang;
        let spec_columns = columns.iter().map(|c| SpecColumn {
            header: cell::label(&c.field, lang).to_owned(),
            format: cell::format(&c.field.kind),
            width: cell::width(&c.field.kind, cell::label(&c.field, lang)),
            formula: c.formula.as_deref().map(|f| formula::stored(f, name)),
        });
        let dressed: Vec<FieldDef> = columns.iter().map(|c| c.field.clone()).collect();
        let dress = move |sheet: &mut Worksheet, rows: u32| {
            (0u16..).zip(&dressed).try_for_each(|(i, field)| dress(sheet, i, field, rows, lang))
        };
        let spec = Spec {
            name: name.to_owned(),
            columns: spec_columns.collect(),
            table: Some(name.to_owned()),
            frozen: 2.min(columns.len() as u16),
            dress: Arc::new(dress),
        };
        if self.grade.is_none() && rows > 0 {
            let grade = columns.iter().find(|c| c.field.key == "grade");
            self.grade = grade.map(|c| format!("{name}[{}]", cell::label(&c.field, lang)));
        }
        self.specs.push((spec, rows));
        let sheet = FastSheet::begin(&self.specs, lang, self.temp.as_deref()).map_err(|e| failed(&self.path, e))?;
        Ok(GradeSheet { path: self.path.clone(), name: name.to_owned(), sheet, rows })
    }

    /// Completes the file: the sheets in the order they were begun, then the summary with its charts.
    ///
    /// # Errors
    /// `internal` if a sheet is missing or got fewer rows than announced, `bad_file` if the file cannot
    /// be written.
    pub fn finish(self, sheets: Vec<GradeSheet>, summary: &Summary) -> Result<()> {
        let names = |n: &[&str]| n.join(", ");
        let begun: Vec<&str> = self.specs.iter().map(|(s, _)| s.name.as_str()).collect();
        let given: Vec<&str> = sheets.iter().map(|s| s.name.as_str()).collect();
        if begun != given {
            return Err(Error::internal(format!("sheets {} were begun, {} given", names(&begun), names(&given))));
        }
        if let Some(s) = sheets.iter().find(|s| s.sheet.rows != s.rows) {
            return Err(Error::internal(format!("sheet {} got {} of {} rows", s.name, s.sheet.rows, s.rows)));
        }
        let specs: Vec<Spec> = self.specs.into_iter().map(|(s, _)| s).collect();
        let fast = sheets.into_iter().map(|s| s.sheet).collect();
        let more = |book: &mut Workbook| summary::add(book, summary, self.lang, self.grade.as_deref());
        fast::assemble(&self.path, &specs, fast, more).map_err(|e| failed(&self.path, e))
    }
}

/// Validation, colours and silence about numbers stored as text for one column.
fn dress(sheet: &mut Worksheet, at: u16, field: &FieldDef, rows: u32, lang: Lang) -> Result<(), XlsxError> {
    let FieldKind::Choice { options } = &field.kind else {
        if matches!(field.kind, FieldKind::Phone | FieldKind::Code { .. } | FieldKind::Text | FieldKind::Link { .. }) {
            sheet.ignore_error_range(1, at, rows, at, IgnoreError::NumberStoredAsText)?;
        }
        return Ok(());
    };
    if field.key == "grade" {
        for o in options {
            let (ink, ground) = tone(&o.tone);
            let format = Format::new().set_font_color(Color::RGB(ink)).set_background_color(Color::RGB(ground));
            let rule = ConditionalFormatCell::new()
                .set_rule(ConditionalFormatCellRule::EqualTo(o.value.to_string()))
                .set_format(format);
            sheet.add_conditional_format(1, at, rows, at, &rule)?;
        }
    } else if !field.fixed() {
        let values: Vec<&str> = options.iter().map(|o| &*o.value).collect();
        // Other values are allowed, as they are in the book.
        let (title, text) = if lang == Lang::Zh {
            ("不在选项中", "仍要使用这个值吗？")
        } else {
            ("Not in the list", "Use this value all the same?")
        };
        let validation = DataValidation::new()
            .allow_list_strings(&values)?
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title(title)?
            .set_error_message(text)?;
        sheet.add_data_validation(1, at, rows, at, &validation)?;
    }
    Ok(())
}

/// Ink and ground of a badge's tone.
fn tone(name: &str) -> (u32, u32) {
    match name {
        "gold" => (0x7A_5A_0C, 0xF6_E9_C5),
        "slate" => (0x3B_4A_59, 0xE3_E8_EC),
        "sand" => (0x6B_5D_3F, 0xF3_EC_DD),
        "green" => (0x1F_5E_3A, 0xDD_EE_E2),
        "red" => (0x8C_2A_18, 0xF9_DE_D7),
        "blue" => (0x1F_4E_79, 0xDC_E8_F3),
        _ => (0x55_55_55, 0xEA_EA_EA),
    }
}

impl GradeSheet {
    /// Writes a row; values are aligned with the columns, links given as text.
    ///
    /// # Errors
    /// `internal` beyond the rows announced, `bad_file` if it cannot be written.
    pub fn row(&mut self, values: &[Value]) -> Result<()> {
        if self.sheet.rows >= self.rows {
            return Err(Error::internal(format!("sheet {} has more than {} rows", self.name, self.rows)));
        }
        self.sheet.row(values).map_err(|e| failed(&self.path, e))
    }
}
