//! The summary sheet: figures and the charts that read them.

use super::cell;
use model::{Lang, Money};
use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartLegendPosition, ChartPoint, ChartSolidFill, ChartType, Color, Format, Formula,
    Workbook, Worksheet, XlsxError,
};

/// The figures of the summary sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Single figures: what and how much, as text, in their order.
    pub figures: Vec<(String, String)>,
    /// Grades with their customers, best first.
    pub grades: Vec<(String, u64)>,
    /// Months (`2026-01`) with orders and amount, oldest first.
    pub months: Vec<(String, u64, Money)>,
    /// Provinces with customers and amount, largest first.
    pub provinces: Vec<(String, u64, Money)>,
}

/// Colours of the grades, best first: gold, slate, sand, grey.
const GRADE_COLORS: [u32; 4] = [0xB8_8A_1E, 0x5B_6B_7B, 0xD2_C3_A5, 0xA0_A0_A0];
const ACCENT: u32 = 0xC2_3B_22;

/// Where a block of figures begins and ends, rows from 0.
#[derive(Clone, Copy)]
struct Block {
    first: u32,
    last: u32,
}

/// Adds the sheet. `grade_column` is the live column of grades as `客户[客户等级]`, if there is one.
pub(super) fn add(
    book: &mut Workbook,
    summary: &Summary,
    lang: Lang,
    grade_column: Option<&str>,
) -> Result<(), XlsxError> {
    let say = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let name = say("汇总", "Summary");
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_column_width(0, 18)?.set_column_width(1, 12)?.set_column_width(2, 16)?;
    let title = Format::new().set_bold().set_font_size(14);
    sheet.write_string_with_format(0, 0, say("客户汇总", "Customers at a glance"), &title)?;
    let mut row = 2;
    for (what, value) in &summary.figures {
        sheet.write_string(row, 0, what)?.write_string(row, 1, value)?;
        row += 1;
    }
    let heads = [say("客户等级", "Grade"), say("客户数", "Customers")];
    let grades = grade_rows(sheet, row + 1, &heads, &summary.grades, grade_column)?;
    let heads = [say("月份", "Month"), say("订单数", "Orders"), say("销售额", "Sales")];
    let months = rows(sheet, grades.last + 2, &heads, &summary.months)?;
    let heads = [say("省份", "Province"), say("客户数", "Customers"), say("消费额", "Sales")];
    let provinces = rows(sheet, months.last + 2, &heads, &summary.provinces)?;
    // A chart without data is none to Excel.
    if !summary.grades.is_empty() {
        sheet.insert_chart(1, 4, &pie(name, say("客户等级", "Grades"), grades, summary.grades.len()))?;
    }
    if !summary.months.is_empty() {
        let chart = series(ChartType::Line, name, say("每月销售额", "Sales by month"), months, 2);
        sheet.insert_chart(1, 12, &chart)?;
    }
    if !summary.provinces.is_empty() {
        let chart = series(ChartType::Bar, name, say("客户最多的省份", "Top provinces"), provinces, 1);
        sheet.insert_chart(18, 4, &chart)?;
    }
    Ok(())
}

fn header(sheet: &mut Worksheet, row: u32, texts: &[&str]) -> Result<(), XlsxError> {
    let format = cell::header_format();
    for (i, text) in (0u16..).zip(texts) {
        sheet.write_string_with_format(row, i, *text, &format)?;
    }
    Ok(())
}

/// Grades and their counts, live where the column of grades is.
fn grade_rows(
    sheet: &mut Worksheet,
    first: u32,
    heads: &[&str],
    grades: &[(String, u64)],
    column: Option<&str>,
) -> Result<Block, XlsxError> {
    header(sheet, first, heads)?;
    let mut row = first;
    for (grade, count) in grades {
        row += 1;
        sheet.write_string(row, 0, grade)?;
        match column {
            Some(column) => {
                let formula = Formula::new(format!("COUNTIF({column},A{})", row + 1));
                sheet.write_formula(row, 1, formula.set_result(count.to_string()))?;
            }
            None => {
                sheet.write_number(row, 1, *count as f64)?;
            }
        }
    }
    Ok(Block { first: first + 1, last: row })
}

/// Lines of a name, a count and an amount.
fn rows(sheet: &mut Worksheet, first: u32, heads: &[&str], lines: &[(String, u64, Money)]) -> Result<Block, XlsxError> {
    header(sheet, first, heads)?;
    let money = Format::new().set_num_format("#,##0.00");
    let mut row = first;
    for (name, count, amount) in lines {
        row += 1;
        sheet.write_string(row, 0, name)?.write_number(row, 1, *count as f64)?;
        sheet.write_number_with_format(row, 2, amount.0 as f64 / 100.0, &money)?;
    }
    Ok(Block { first: first + 1, last: row })
}

fn pie(sheet: &str, title: &str, block: Block, count: usize) -> Chart {
    let mut chart = Chart::new(ChartType::Pie);
    let points: Vec<ChartPoint> = (0..count)
        .map(|i| ChartPoint::new().set_format(ChartSolidFill::new().set_color(Color::RGB(GRADE_COLORS[i.min(3)]))))
        .collect();
    chart
        .add_series()
        .set_categories((sheet, block.first, 0, block.last, 0))
        .set_values((sheet, block.first, 1, block.last, 1))
        .set_points(&points)
        .set_data_label(ChartDataLabel::new().show_percentage().show_category_name());
    chart.title().set_name(title);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.set_width(460).set_height(320);
    chart
}

fn series(kind: ChartType, sheet: &str, title: &str, block: Block, column: u16) -> Chart {
    let mut chart = Chart::new(kind);
    let series = chart
        .add_series()
        .set_categories((sheet, block.first, 0, block.last, 0))
        .set_values((sheet, block.first, column, block.last, column))
        .set_name(title);
    if kind == ChartType::Line {
        series.set_format(rust_xlsxwriter::ChartLine::new().set_color(Color::RGB(ACCENT)).set_width(2.25));
    } else {
        series.set_format(ChartSolidFill::new().set_color(Color::RGB(ACCENT))).set_gap(60);
    }
    if kind == ChartType::Bar {
        // The largest on top, as in the list.
        chart.y_axis().set_reverse();
    }
    chart.title().set_name(title);
    chart.legend().set_hidden();
    chart.set_width(620).set_height(320);
    chart
}
