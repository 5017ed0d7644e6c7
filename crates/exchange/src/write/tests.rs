use super::*;
use crate::convert::CellProblem;
use crate::read::{Limits, open};
use model::parse::{Cell, Note};
use model::{Date, DateTime, FieldDef, FieldKind, Label, Lang, Money, Value, builtin};
use std::ops::ControlFlow;
use std::path::Path;
use tempfile::TempDir;

fn fields(table: &str, keys: &[&str]) -> Vec<FieldDef> {
    let schema = builtin::schema();
    keys.iter().map(|k| schema.table(table).unwrap().field(k).unwrap().clone()).collect()
}

fn read_back(path: &Path, sheet: usize) -> Vec<Vec<String>> {
    let mut book = open(path, &Limits::default()).unwrap();
    let mut out = Vec::new();
    book.for_each_row(sheet, |row| {
        out.push(row.cells.iter().map(|c| c.to_text().into_owned()).collect());
        ControlFlow::Continue(())
    })
    .unwrap();
    out
}

const KEYS: &[&str] = &[
    "code",
    "name",
    "mobile",
    "birthday",
    "tags",
    "next_contact",
    "note",
    "stated_total",
    "stated_rate",
    "age",
    "last_order",
];

/// Rows with everything that has ever gone wrong in a cell.
fn rows() -> Vec<Vec<Value>> {
    let texts = [
        "=1+1",
        "+SUM(A1)",
        "-2+3",
        "@x",
        "＝1",
        "'=1",
        "''=1",
        "'",
        "a & b < c > \"d\"",
        "  ",
        "_x000D_",
        "=cmd|' /C calc'!A0",
        "两\n行",
        "\u{1f600}",
        "-5",
        "+8613800138000",
        "0012",
    ];
    let row = |text: &str| {
        vec![
            Value::from("K000001"),
            Value::from(text),
            Value::from("13800138000"),
            Value::from("农历08-15"),
            Value::Tags(vec!["老客".into(), "宝妈".into()]),
            Value::Date(Date::from_iso("2024-03-05").unwrap()),
            Value::from(text),
            Value::Money(Money(-1_234_567)),
            Value::Number(0.125),
            Value::Int(30),
            Value::DateTime(DateTime::from_iso("2024-03-05T14:20:07").unwrap()),
        ]
    };
    let mut rows: Vec<Vec<Value>> = texts.iter().map(|t| row(t)).collect();
    rows.push(vec![Value::Null; KEYS.len()]);
    rows
}

#[test]
fn csv_goes_out_and_comes_back_exactly() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.csv");
    let fields = fields("customers", KEYS);
    let mut out = CsvTable::create(&path, &fields, Lang::Zh).unwrap();
    for row in rows() {
        out.row(&row).unwrap();
    }
    out.finish().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.starts_with("\u{feff}客户编号,客户名称,手机".as_bytes()) && bytes.ends_with(b"\r\n"));
    let ctx = model::parse::Ctx { today: Date(0), year: None };
    for (cells, row) in read_back(&path, 0).iter().skip(1).zip(rows()) {
        assert!(!cells[1].starts_with(['=', '@', '＝']), "{cells:?}");
        for ((cell, value), field) in cells.iter().zip(&row).zip(&fields) {
            let read = model::parse::cell(&field.kind, &Cell::Text(cell), &ctx).unwrap().value;
            let blank = value.as_text().is_some_and(|t| t.trim().is_empty());
            assert_eq!(read, if blank { Value::Null } else { value.clone() }, "{cell:?}");
        }
    }
}

#[test]
fn a_workbook_keeps_text_text_and_numbers_numbers() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.xlsx");
    let fields = fields("customers", KEYS);
    let mut out = XlsxTable::create(&path, "客户/视图", &fields, Vec::new(), Lang::Zh, Some(dir.path())).unwrap();
    for row in rows() {
        out.row(&row).unwrap();
    }
    out.finish().unwrap();
    assert_eq!(open(&path, &Limits::default()).unwrap().sheets()[0].name, "客户 视图");
    let found = read_back(&path, 0);
    assert_eq!(found[0][..3], ["客户编号", "客户名称", "手机"]);
    for (cells, row) in found.iter().skip(1).zip(rows()) {
        assert_eq!(cells[1], row[1].as_text().unwrap());
        assert_eq!(cells[2..4], ["13800138000", "农历08-15"]);
        assert_eq!(cells[4..6], ["老客、宝妈", "2024-03-05"]);
        assert_eq!(cells[7..], ["-12345.67", "0.125", "30", "2024-03-05 14:20:07"]);
    }
    let empty = dir.path().join("empty.xlsx");
    XlsxTable::create(&empty, "", &fields, Vec::new(), Lang::En, None).unwrap().finish().unwrap();
    assert_eq!(read_back(&empty, 0)[0][..2], ["Customer code", "Name"]);
}

#[test]
fn problem_rows_come_back_with_their_reasons() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("p.xlsx");
    let headers = ["姓名".to_owned(), "金额".to_owned()];
    let problem = |fatal| CellProblem {
        column: Some(1),
        header: "金额".into(),
        text: "很贵".into(),
        reason: Note::new("看不懂这个金额", "not money"),
        cure: Note::new("写成 12.50", "write 12.50"),
        fatal,
    };
    let mut out = ProblemBook::create(&path, Lang::Zh, None).unwrap();
    let cells = [Cell::Text("=张三"), Cell::Text("很贵")];
    for (n, fatal) in [(3, false), (7, true), (9, true)] {
        out.row(&ProblemRow {
            file: "a.csv",
            sheet: "a",
            row: n,
            headers: &headers,
            cells: &cells,
            problems: &[problem(fatal)],
        })
        .unwrap();
    }
    out.finish().unwrap();
    let book = open(&path, &Limits::default()).unwrap();
    assert_eq!(book.sheets().iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["没有导入的行", "缺了格的行"]);
    assert_eq!(
        read_back(&path, 0),
        [
            ["原因", "怎么改", "原行号", "姓名", "金额"],
            ["金额：看不懂这个金额", "金额：写成 12.50", "7", "=张三", "很贵"],
            ["金额：看不懂这个金额", "金额：写成 12.50", "9", "=张三", "很贵"],
        ]
    );
    let none = dir.path().join("none.xlsx");
    ProblemBook::create(&none, Lang::En, None).unwrap().finish().unwrap();
    assert_eq!(read_back(&none, 0), [["No problems"]]);
}

fn graded(dir: &TempDir, customers: u32, orders: u32) -> std::path::PathBuf {
    let path = dir.path().join("graded.xlsx");
    let live = |f: FieldDef| GradeColumn { formula: f.formula.as_ref().map(ToString::to_string), field: f };
    let of_customers: Vec<GradeColumn> = fields(
        "customers",
        &[
            "code",
            "name",
            "mobile",
            "status",
            "stated_total",
            "stated_rate",
            "recommend",
            "order_count",
            "total",
            "repurchase_rate",
            "amount_points",
            "grade",
        ],
    )
    .into_iter()
    .map(|f| {
        if f.key == "grade" {
            GradeColumn { formula: Some("IF([@金额分]>=5,\"VIP客户\",\"潜在客户\")".into()), field: f }
        } else {
            live(f)
        }
    })
    .collect();
    let of_orders: Vec<GradeColumn> =
        fields("orders", &["order_no", "customer", "time", "amount", "counted", "purchase"])
            .into_iter()
            .map(GradeColumn::plain)
            .collect();
    let mut book = GradeBook::create(&path, Lang::Zh, Some(dir.path()));
    let mut c = book.sheet("客户", &of_customers, customers).unwrap();
    let mut o = book.sheet("订单", &of_orders, orders).unwrap();
    for i in 0..i64::from(customers) {
        let code = Value::Text(format!("K{i:06}"));
        let total = i64::from(i == 0) * 2 * 600_000;
        let of_grade = if total >= 1_000_000 { "VIP客户" } else { "潜在客户" };
        let row = [
            code,
            Value::from("=张三"),
            Value::from("13800138000"),
            Value::from("老客户"),
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Int(i64::from(i == 0) * 2),
            Value::Money(Money(total)),
            Value::Number(if i == 0 { 0.5 } else { 0.0 }),
            Value::Int(if total > 0 { 5 } else { 1 }),
            Value::from(of_grade),
        ];
        c.row(&row).unwrap();
    }
    for i in 0..i64::from(orders) {
        let time = Value::DateTime(DateTime(1_700_000_000 + i * 86_400));
        o.row(&[
            Value::Text(format!("D{i}")),
            Value::from("K000000"),
            time,
            Value::Money(Money(600_000)),
            Value::Bool(true),
            Value::Int(1),
        ])
        .unwrap();
    }
    let summary = Summary {
        figures: vec![("客户数".into(), customers.to_string())],
        grades: vec![("VIP客户".into(), 1), ("普通客户".into(), 0), ("潜在客户".into(), u64::from(customers) - 1)],
        months: vec![("2025-01".into(), 2, Money(1_200_000))],
        provinces: vec![("广东省".into(), 3, Money(1_200_000))],
    };
    book.finish(vec![c, o], &summary).unwrap();
    path
}

#[test]
fn a_graded_workbook_holds_tables_formulas_and_charts() {
    let dir = TempDir::new().unwrap();
    let path = graded(&dir, 3, 2);
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let mut part = |name: &str| std::io::read_to_string(zip.by_name(name).unwrap()).unwrap();
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<f>COUNTIFS(订单[客户],客户[[#This Row],[客户编号]],订单[计次],1)</f><v>2</v>"), "{sheet}");
    assert!(
        sheet.contains("t=\"str\"><f>IF(客户[[#This Row],[金额分]]&gt;=5,\"VIP客户\",\"潜在客户\")</f><v>VIP客户</v>"),
        "{sheet}"
    );
    assert!(sheet.contains("<dataValidation ") && sheet.contains("<conditionalFormatting sqref=\"L2:L4\">"));
    assert!(
        part("xl/tables/table1.xml").contains("ref=\"A1:L4\"")
            && part("xl/tables/table2.xml").contains("ref=\"A1:F3\"")
    );
    assert!((1..=3).all(|n| part(&format!("xl/charts/chart{n}.xml")).contains("汇总")));
    assert_eq!(read_back(&path, 0)[1][1], "=张三");
    assert_eq!(read_back(&path, 0)[1][11], "VIP客户");
    assert_eq!(read_back(&path, 2)[3][..2], ["VIP客户", "1"]);
}

#[test]
fn a_graded_workbook_must_get_the_rows_announced() {
    let dir = TempDir::new().unwrap();
    let columns = [GradeColumn::plain(fields("customers", &["name"]).remove(0))];
    let mut book = GradeBook::create(&dir.path().join("x.xlsx"), Lang::En, None);
    let mut sheet = book.sheet("Customers", &columns, 1).unwrap();
    assert!(book.sheet("More", &columns, MOST_ROWS + 1).is_err());
    sheet.row(&[Value::from("a")]).unwrap();
    assert!(sheet.row(&[Value::from("b")]).is_err());
    book.finish(vec![sheet], &Summary::default()).unwrap();
    assert_eq!(read_back(&dir.path().join("x.xlsx"), 0), [["Name"], ["a"]]);
    let mut book = GradeBook::create(&dir.path().join("y.xlsx"), Lang::En, None);
    let sheet = book.sheet("Customers", &columns, 2).unwrap();
    assert!(book.finish(vec![sheet], &Summary::default()).is_err());
}

/// What a reader that is not ours finds, printed by a small script.
fn python(path: &Path, script: &str) -> Option<String> {
    let out = std::process::Command::new("python3").arg("-c").arg(script).arg(path).output().ok()?;
    let error = String::from_utf8_lossy(&out.stderr).into_owned();
    if error.contains("No module named") {
        return None;
    }
    assert!(out.status.success(), "{error}");
    Some(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

#[test]
fn another_reader_opens_the_graded_workbook() {
    let dir = TempDir::new().unwrap();
    let path = graded(&dir, 3, 2);
    let script = "import sys,openpyxl\nb=openpyxl.load_workbook(sys.argv[1])\nc=b['客户']\nprint(b.sheetnames,[t.ref for t in c.tables.values()],c.freeze_panes,c['C2'].value,c['C2'].number_format,c['B2'].data_type,len(b['汇总']._charts),c['I2'].number_format)";
    let Some(found) = python(&path, script) else { return };
    assert_eq!(found, "['客户', '订单', '汇总'] ['A1:L4'] C2 13800138000 @ s 3 #,##0.00");
}

/// What each kind of field usually holds, but for those whose text only their book can read.
fn content(kind: &FieldKind) -> Option<Value> {
    use FieldKind as K;
    Some(match kind {
        K::Text | K::LongText | K::Choice { .. } => "某某".into(),
        K::Number { .. } => Value::Number(12.5),
        K::Money => Value::Money(Money(1250)),
        K::Percent => Value::Number(0.805),
        K::Date => Value::Date(Date(19_787)),
        K::DateTime | K::CreatedTime | K::UpdatedTime => {
            Value::DateTime(DateTime::from_iso("2024-03-05T14:20:07").unwrap())
        }
        K::Bool => Value::Bool(true),
        K::Choices { .. } | K::Tags => Value::Tags(vec!["老客".into(), "宝妈".into()]),
        K::Phone => "13800138000".into(),
        K::Email => "a@example.com".into(),
        K::Url => "https://example.com/a?b=1".into(),
        K::Address => "浙江省 杭州市 西湖区 文三路1号".into(),
        K::Birthday => "农历1990-08-15".into(),
        K::Rating { .. } => Value::Int(4),
        K::Progress => Value::Number(0.6),
        K::Code(_) => "K000001".into(),
        K::Person | K::CreatedBy | K::UpdatedBy | K::Link { .. } => return None,
        K::Links { .. } | K::Backlinks { .. } | K::Attachment { .. } => return None,
    })
}

#[test]
fn every_kind_of_field_goes_out_and_comes_back() {
    let dir = TempDir::new().unwrap();
    let (fields, row): (Vec<FieldDef>, Vec<Value>) = FieldKind::all()
        .into_iter()
        .filter_map(|k| Some((FieldDef::new(k.name(), Label::same(k.name()), k.clone()), content(&k)?)))
        .unzip();
    let (csv, xlsx) = (dir.path().join("a.csv"), dir.path().join("a.xlsx"));
    let mut out = CsvTable::create(&csv, &fields, Lang::Zh).unwrap();
    out.row(&row).unwrap();
    out.finish().unwrap();
    let mut out = XlsxTable::create(&xlsx, "表", &fields, Vec::new(), Lang::Zh, Some(dir.path())).unwrap();
    out.row(&row).unwrap();
    out.finish().unwrap();
    let ctx = model::parse::Ctx { today: Date(0), year: None };
    for path in [csv, xlsx] {
        let mut book = open(&path, &Limits::default()).unwrap();
        let mut found = Vec::new();
        book.for_each_row(0, |r| {
            found = r
                .cells
                .iter()
                .zip(&fields)
                .map(|(c, f)| model::parse::cell(&f.kind, c, &ctx).map_or(Value::Null, |r| r.value))
                .collect();
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(found, row, "{path:?}");
    }
}

#[test]
fn a_unit_stands_behind_the_number_and_leaves_it_one() {
    let kind = FieldKind::Number { decimals: 1, unit: "\"件\"".into() };
    assert_eq!(cell::format(&kind), rust_xlsxwriter::Format::new().set_num_format("0.0\"件\""));
}

#[test]
fn errors_go_out_as_excel_writes_them() {
    let live = super::xml::Column { style: String::new(), letters: "B".into(), formula: Some("1/A2".into()) };
    for (error, sign) in model::ErrorValue::ALL.map(|e| (Value::Error(e), e.sign())) {
        for (is_live, formula) in [(true, "<f>1/A2</f>"), (false, "")] {
            let mut out = Vec::new();
            super::xml::write_cell(&mut out, &live, b"2", &error, is_live, Lang::Zh);
            let expected = format!("<c r=\"B2\" t=\"e\">{formula}<v>{sign}</v></c>");
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
        assert_eq!(cell::csv_text(&error, Lang::Zh), sign);
    }
    let dir = TempDir::new().unwrap();
    let (fields, row) =
        (fields("customers", &["average", "code"]), [Value::Error(model::ErrorValue::Div0), "K1".into()]);
    let (csv, xlsx) = (dir.path().join("a.csv"), dir.path().join("a.xlsx"));
    let mut out = CsvTable::create(&csv, &fields, Lang::Zh).unwrap();
    out.row(&row).unwrap();
    out.finish().unwrap();
    let mut out = XlsxTable::create(&xlsx, "表", &fields, Vec::new(), Lang::Zh, Some(dir.path())).unwrap();
    out.row(&row).unwrap();
    out.finish().unwrap();
    for path in [csv, xlsx] {
        assert_eq!(read_back(&path, 0)[1], ["#DIV/0!", "K1"], "{path:?}");
    }
}
