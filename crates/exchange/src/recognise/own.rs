//! Sheets that go into a table of the seller's own: one that is there, or one made for them.

use super::assign::{Left, Sheet};
use super::columns::Column;
use super::head::Kept;
use super::header::{normal, written_in_files};
use super::synonyms;
use crate::{ColumnPlan, NEW_TABLE, OwnTable, Target};
use model::parse::{self, Cell, Ctx, tidy};
use model::{ChoiceOption, FieldDef, FieldKind, Label, Schema, TONES, TableDef, TableKey, Value};
use std::collections::HashSet;

/// The table a sheet that nothing else takes would make: named like the sheet, or else like the file.
pub(super) fn to_make(file: &str, sheet: &str) -> OwnTable {
    let plain = |n: &str| {
        let n = normal(n);
        n.is_empty() || ["sheet", "工作表", "表"].iter().any(|w| n.trim_end_matches(|c: char| c.is_ascii_digit()) == *w)
    };
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let name = if plain(sheet) { stem } else { sheet };
    OwnTable { table: NEW_TABLE.into(), name: Some(tidy(name).chars().take(40).collect()) }
}

/// The table most of whose fields a sheet names, if its headers say little else.
pub(super) fn table_of(columns: &[Column], schema: &Schema) -> Option<TableKey> {
    let named: Vec<&Column> = columns.iter().filter(|c| !c.key.is_empty()).collect();
    let share = |t: &TableDef| named.iter().filter(|c| field_of(t, &c.key).is_some()).count();
    let own = schema.tables.iter().filter(|t| t.takes_sheets());
    let (n, table) = own.map(|t| (share(t), t)).max_by_key(|(n, _)| *n)?;
    let telling =
        named.iter().any(|c| field_of(table, &c.key).is_some_and(|f| f.builtin == table.builtin && !f.fixed()));
    // What reads as customers or orders just as well is left to a person.
    let elsewhere = named.iter().filter(|c| !c.candidates.is_empty()).count();
    (n >= 2 && telling && n > elsewhere && n * 5 >= named.len() * 4).then(|| table.key.clone())
}

fn field_of<'t>(table: &'t TableDef, key: &str) -> Option<&'t FieldDef> {
    table.fields.iter().find(|f| normal(&f.label.zh) == key || normal(&f.label.en) == key)
}

/// Gives the columns their fields: those that bear their names, new ones for the rest.
pub(super) fn assign(sheet: &Sheet<'_>, columns: &[Column], own: &OwnTable) -> (Vec<ColumnPlan>, Left) {
    let made = TableDef::own(own.table.clone(), Label::same(""));
    let table = sheet.schema.table(&own.table).unwrap_or(&made);
    let mut left = Left::default();
    let mut taken: HashSet<String> = HashSet::new();
    // Totals are no records.
    let rows = sheet.head.rows.get(sheet.first_data..).unwrap_or_default().iter().map(|r| r.cells.as_slice());
    let rows: Vec<&[Kept]> = rows.filter(|r| !crate::convert::is_total(r.iter().map(Kept::cell))).collect();
    let mut plans: Vec<ColumnPlan> = columns
        .iter()
        .map(|c| {
            let cells: Vec<&Kept> =
                rows.iter().filter_map(|r| r.get(c.index)).filter(|k| !k.cell().is_blank()).collect();
            let target = target(table, c, cells.len(), &mut taken, &mut left);
            let new = target.as_ref().is_some_and(|t| t.new_field);
            ColumnPlan {
                index: c.index,
                header: c.header.clone(),
                samples: c.samples.clone(),
                confidence: if new { 0.5 } else { 1.0 },
                new_kind: new.then(|| guess(c, &cells, sheet.ctx)),
                target,
            }
        })
        .collect();
    if own.name.is_some() && !taken.contains("name") {
        // What the rows are called: the first column of words.
        let words = |c: &&mut ColumnPlan| c.new_kind == Some(FieldKind::Text) && !c.header.is_empty();
        if let Some(first) = plans.iter_mut().find(words) {
            first.target = Some(Target::field(&own.table, "name"));
            first.new_kind = None;
            first.confidence = 1.0;
        }
    }
    while plans.last().is_some_and(|p| p.header.is_empty() && p.samples.is_empty()) {
        plans.pop();
    }
    (plans, left)
}

fn target(table: &TableDef, c: &Column, filled: usize, taken: &mut HashSet<String>, left: &mut Left) -> Option<Target> {
    if filled == 0 || synonyms::JUNK.contains(&c.key.as_str()) {
        return None;
    }
    let new = Target { table: table.key.clone(), field: format!("new_{}", c.index).into(), new_field: true };
    let Some(f) = field_of(table, &c.key) else { return Some(new) };
    if !written_in_files(f) {
        left.derived.push(c.header.clone());
        return None;
    }
    // Codes tell records apart; a column that repeats itself is something else.
    if matches!(f.kind, FieldKind::Code(_)) && c.distinct < filled.min(50) {
        left.misfits.push(c.header.clone());
        return None;
    }
    if !taken.insert(f.key.to_string()) {
        left.doubles.push(c.header.clone());
        return None;
    }
    Some(Target::field(&table.key, &f.key))
}

/// Cells a guess needs, where it is more than text.
const ENOUGH: usize = 2;
/// Longest text of an option, in characters.
const OPTION: usize = 12;

/// What a new field for a column holds: the narrowest kind that reads all of its contents.
fn guess(column: &Column, cells: &[&Kept], ctx: &Ctx) -> FieldKind {
    if cells.len() < ENOUGH {
        return long_or_short(cells);
    }
    let header = column.header.to_lowercase();
    let named = |words: &[&str]| words.iter().any(|w| header.contains(w));
    // Whatever was dropped or looked odd in reading speaks against a kind.
    let reads = |kind: &FieldKind| {
        cells.iter().all(|c| parse::cell(kind, &c.cell(), ctx).is_ok_and(|r| r.note.is_none() && !r.value.is_blank()))
    };
    let texts = |test: &dyn Fn(&str) -> bool| cells.iter().all(|c| test(tidy(&c.cell().to_text())));
    let figures = texts(&is_figure);
    if figures {
        if texts(&|t| parse::mobile_identity(t).is_some()) || named(&["电话", "手机", "phone", "mobile"]) {
            return FieldKind::Phone;
        }
        if named(&["编号", "编码", "单号", "id", "code", "邮编", "证"]) || !texts(&is_quantity) {
            return FieldKind::Text;
        }
        if texts(&|t| t.ends_with('%')) && reads(&FieldKind::Percent) {
            return FieldKind::Percent;
        }
        let money = ["金额", "价", "费", "款", "元", "收入", "成本", "利润", "amount", "price", "cost", "fee"];
        if named(&money) && reads(&FieldKind::Money) {
            return FieldKind::Money;
        }
        let decimals = if texts(&|t| !t.contains('.')) { 0 } else { 2 };
        let number = FieldKind::number(decimals);
        return if reads(&number) { number } else { FieldKind::Text };
    }
    let moments = cells.iter().all(|c| matches!(c.cell(), Cell::DateTime(_) | Cell::Text(_)));
    if moments && texts(&|t| t.bytes().any(|b| b.is_ascii_digit())) {
        let at = |c: &&Kept| match parse::cell(&FieldKind::DateTime, &c.cell(), ctx) {
            Ok(parse::Read { value: Value::DateTime(t), note: None }) => Some(t),
            _ => None,
        };
        match cells.iter().map(at).collect::<Option<Vec<_>>>() {
            Some(list) if list.iter().all(|t| t.date().start() == *t) => return FieldKind::Date,
            Some(_) => return FieldKind::DateTime,
            None => {}
        }
    }
    if texts(&|t| t.contains('@')) && reads(&FieldKind::Email) {
        return FieldKind::Email;
    }
    if texts(&|t| t.contains("://")) && reads(&FieldKind::Url) {
        return FieldKind::Url;
    }
    if column.distinct <= 2 && reads(&FieldKind::Bool) {
        return FieldKind::Bool;
    }
    options(cells).unwrap_or_else(|| long_or_short(cells))
}

/// Digits, perhaps with a sign, separators, a currency or per cent sign.
fn is_figure(t: &str) -> bool {
    t.bytes().any(|b| b.is_ascii_digit()) && t.chars().all(|c| c.is_ascii_digit() || "+-.,，%¥￥$ ".contains(c))
        && !t.chars().skip(1).any(|c| c == '-') // 2026-11-22, 021-12345678
        || t.strip_suffix('元').is_some_and(|rest| is_figure(rest.trim_end()))
}

/// A number people count with: no leading zero, not longer than a number can be.
fn is_quantity(t: &str) -> bool {
    let digits: String = t.chars().filter(char::is_ascii_digit).collect();
    let zeros = t.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.len() <= 15 && !(zeros.len() > 1 && zeros.starts_with('0') && !zeros.starts_with("0."))
}

/// Few short texts again and again are a choice.
fn options(cells: &[&Kept]) -> Option<FieldKind> {
    let mut seen: Vec<String> = Vec::new();
    for c in cells {
        let text = tidy(&c.cell().to_text()).to_owned();
        if text.chars().count() > OPTION || text.contains([',', '，', '、', ';', '；', '\n']) {
            return None;
        }
        if !seen.contains(&text) {
            seen.push(text);
        }
        if seen.len() > 12 {
            return None;
        }
    }
    if cells.len() < 8 || seen.len() * 3 > cells.len() {
        return None;
    }
    let option = |(i, text): (usize, &String)| {
        let value: std::sync::Arc<str> = text.as_str().into();
        ChoiceOption { en: value.clone(), value, tone: TONES[i % TONES.len()].into() }
    };
    Some(FieldKind::Choice { options: seen.iter().enumerate().map(option).collect() })
}

fn long_or_short(cells: &[&Kept]) -> FieldKind {
    let long = |c: &&&Kept| {
        let cell = c.cell();
        let text = cell.to_text();
        text.trim().contains('\n') || text.chars().count() > 60
    };
    if cells.iter().any(|c| long(&c)) { FieldKind::LongText } else { FieldKind::Text }
}

#[cfg(test)]
mod tests {
    use super::super::{Override, recognise, replan};
    use super::*;
    use crate::read::{Limits, open};
    use crate::{Role, SheetPlan};
    use model::{Date, builtin};

    const CTX: Ctx = Ctx { today: Date(20_778), year: None };

    fn plans(text: &str, schema: &Schema) -> (SheetPlan, SheetPlan) {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("跟进记录.csv");
        std::fs::write(&path, text).unwrap();
        let mut book = open(&path, &Limits::default()).unwrap();
        let plan = recognise(&mut book, 0, schema, &CTX).unwrap();
        let change = Override { role: Some(Role::Own), ..Override::default() };
        let own = replan(&mut book, &plan, &change, schema, &CTX).unwrap();
        (plan, own)
    }

    fn kinds(plan: &SheetPlan) -> Vec<String> {
        let shown = |c: &ColumnPlan| match (&c.target, &c.new_kind) {
            (None, _) => "-".to_owned(),
            (Some(t), None) => t.field.to_string(),
            (_, Some(FieldKind::Number { decimals, .. })) => format!("number{decimals}"),
            (_, Some(FieldKind::Choice { options })) => format!("choice{}", options.len()),
            (_, Some(k)) => k.name().to_owned(),
        };
        plan.columns.iter().map(shown).collect()
    }

    #[test]
    fn a_sheet_of_anything_becomes_a_table_with_fitting_kinds() {
        let mut text =
            "序号,课程,开课日,签到时间,老师电话,学费,人数,时长,折扣,教室,邮编,网址,说明,公开,单号\n".to_owned();
        for i in 0..12 {
            let long = if i == 3 { "很长的说明".repeat(20) } else { "短".into() };
            text += &format!(
                "{i},瑜伽{i},2026-03-{:02},2026-03-01 09:{:02},1380013800{},\"1,{i}99.00\",{},1.{i},9{}%,{}教室,0{i}1000,https://a.cn/{i},{long},{},20260301000000000{i:03}\n",
                i + 1,
                i,
                i % 10,
                i + 5,
                i % 10,
                ["A", "B", "C"][i % 3],
                if i % 2 == 0 { "是" } else { "否" },
            );
        }
        text += "合计,,,,,\"9,999.00\",99,,,,,,,,\n";
        let (_, own) = plans(&text, &builtin::schema());
        assert_eq!(own.own, Some(OwnTable { table: NEW_TABLE.into(), name: Some("跟进记录".into()) }));
        let expected = [
            "-",
            "name",
            "date",
            "date_time",
            "phone",
            "money",
            "number0",
            "number2",
            "percent",
            "choice3",
            "text",
            "url",
            "long_text",
            "bool",
            "text",
        ];
        assert_eq!(kinds(&own), expected);
    }

    #[test]
    fn contents_that_one_kind_cannot_hold_stay_text() {
        let rows = ["2026-03-01,12,13800138000", "待定,约20,无号码,", "2026-04-01,3,13900139000"];
        let (_, own) = plans(&format!("日子,数目,手机号码备注\n{}\n", rows.join("\n")), &builtin::schema());
        assert_eq!(kinds(&own)[..3], ["name", "text", "text"]);
    }

    #[test]
    fn a_sheet_that_names_the_fields_of_an_own_table_goes_there() {
        let mut schema = builtin::schema();
        let mut table = TableDef::own("t1".into(), Label::same("课程"));
        table.fields.push(FieldDef::new("u3", Label::same("老师"), FieldKind::Text));
        table.fields.push(FieldDef::new("u4", Label::same("价格"), FieldKind::Money));
        schema.tables.push(table);
        let (plan, _) = plans(
            "编号,名称,老师,价格,创建时间\nC1,瑜伽,王老师,99,2026-01-01\nC2,普拉提,李老师,129,2026-01-02\n",
            &schema,
        );
        assert_eq!((plan.role, plan.own.unwrap().table.as_str()), (Role::Own, "t1"));
        let fields: Vec<_> = plan.columns.iter().map(|c| c.target.as_ref().map(|t| t.field.to_string())).collect();
        let some = |t: &str| Some(t.to_owned());
        assert_eq!(fields, [some("code"), some("name"), some("u3"), some("u4"), None], "Kebu fills the times itself");
        let (customers, _) = plans("姓名,手机,老师\n王芳,13800138000,李\n", &schema);
        assert_eq!(customers.role, Role::Customers);
    }

    #[test]
    fn a_sheet_of_interactions_goes_to_them() {
        let text = "客户,时间,类型,方式,内容,跟进时间,跟进方式,已完成\n\
                    K000001,2026-11-20 10:00,沟通,电话,问尺码,2026-11-25 14:00,电话,否\n\
                    K000002,2026-11-19 09:30,投诉,微信,包装破了,,,\n";
        let (plan, _) = plans(text, &builtin::schema());
        assert_eq!((plan.role, plan.own.as_ref().unwrap().table.as_str()), (Role::Own, builtin::INTERACTIONS));
        let want = ["customer", "time", "kind", "way", "content", "follow_up", "follow_up_way", "done"];
        assert_eq!(kinds(&plan), want);
    }

    #[test]
    fn a_table_is_named_like_the_sheet_or_else_the_file() {
        for (file, sheet, name) in [
            ("课程.xlsx", "Sheet1", "课程"),
            ("2026.3 课程.xlsx", "工作表 2", "2026.3 课程"),
            ("a.xlsx", "跟进", "跟进"),
            ("a.xlsx", "表1", "a"),
        ] {
            assert_eq!(to_make(file, sheet).name.as_deref(), Some(name));
        }
    }
}
