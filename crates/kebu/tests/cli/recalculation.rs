//! Formula columns of a user's own in an exported workbook, computed anew by LibreOffice.

use crate::support::{Place, python, recalculated, system_day};
use model::{Date, FieldDef, FieldKind, Label, Lang, Scope};
use store::{Store, StoreOptions};

/// Kind, formula, and whether it lives on in the file.
fn columns() -> Vec<(FieldKind, &'static str, bool)> {
    let number = || FieldKind::number(2);
    vec![
        (FieldKind::Money, "[@累计金额]*0.88/3", true),
        (FieldKind::Money, "IFERROR([@累计金额]/([@订单数]-1),0)", true),
        (number(), "IF([@订单数]>3,[@订单数]^2,-1)", true),
        // An error in some rows, and a column that reads it.
        (number(), "100/([@订单数]-2)", true),
        (number(), "[@列4]+1", true),
        (FieldKind::number(0), "[@累计金额]/7", true),
        (number(), "ROUND([@累计金额]/3,1)+MOD([@订单数],3)+CEILING([@客单价],10)+SQRT([@订单数])", true),
        (
            number(),
            "IFS([@订单数]>8,1,[@订单数]>4,2,TRUE,3)+SWITCH([@客户等级],\"VIP客户\",10,\"普通客户\",20,30)",
            true,
        ),
        (FieldKind::Text, "IF([@性别]=\"男\",\"先生\",\"女士\")&[@客户名称]", true),
        (FieldKind::Text, "IF（[@订单数]＞5，“常客”，\"\"）", true),
        (FieldKind::Text, "TEXTJOIN(\"-\",TRUE,[@省份],[@城市])&TEXT([@累计金额],\"#,##0.00\")", true),
        (FieldKind::Text, "CONCAT(UPPER(LEFT([@客户编号],3)),MID([@手机],4,4),LEN([@客户名称]))", true),
        (FieldKind::Text, "TEXT([@最近购买],\"yyyy年m月d日\")", true),
        (FieldKind::Text, "[@备注]", true),
        (FieldKind::Date, "EDATE([@最近购买],3)", true),
        (FieldKind::Date, "EOMONTH([@首次购买],0)+1", true),
        (FieldKind::DateTime, "[@最近购买]+1/24", true),
        (number(), "DATEDIF([@首次购买],[@最近购买],\"D\")+WEEKDAY([@最近购买],2)*1000", true),
        (number(), "TODAY()-INT([@最近购买])", true),
        (FieldKind::Bool, "XOR([@订单数]>2,[@累计金额]>1000)", true),
        (FieldKind::Text, "PINYIN([@客户名称])", false),
        (FieldKind::number(0), "NEXTBIRTHDAY([@生日])-TODAY()", false),
        (FieldKind::Money, "MAXIFS(订单[金额],订单[客户],[@客户编号])", false),
        (number(), "QUINTILE([@累计金额])", false),
    ]
}

fn with_columns(place: &Place, today: &str) {
    let [customers, orders] = place.demo("csv", 150, 900);
    place.as_of(today, &["import", &customers, &orders]).exits(0);
    let today = Date::from_iso(today).expect("a day");
    let store = Store::open(&place.book(), StoreOptions { today, scratch: false }).expect("the book");
    let scope = Scope::system(Lang::Zh);
    for (n, (kind, formula, _)) in columns().into_iter().enumerate() {
        let label = Label::same(&format!("列{}", n + 1));
        let field = FieldDef { formula: Some(formula.into()), ..FieldDef::new("", label, kind) };
        store.add_field(&scope, "customers", field).unwrap_or_else(|e| panic!("{formula}: {}", e.zh));
    }
    store.fill(&mut |_, _| Ok(())).expect("filled");
}

#[test]
fn a_formula_column_computes_the_same_in_an_exported_workbook() {
    let place = Place::new();
    let day = system_day();
    with_columns(&place, &day);
    let files = ["xlsx", "csv"].map(|ending| place.at(&format!("customers.{ending}")));
    for file in &files {
        place.as_of(&day, &["export", "customers", "-o", file]).exits(0);
    }
    let again = recalculated(&place, &files[0]);
    if day != system_day() {
        return; // Midnight passed between the programs.
    }
    let compared = python("workbook.py", &["recalculated", &files[0], &again]);
    assert_eq!(compared["different"], 0, "{compared}");
    assert!(compared["cells"].as_u64() >= Some(150 * 12), "{compared}");
    // What Kebu says of every cell, formula or not, is what LibreOffice shows.
    let shown = python("workbook.py", &["same", &again, &files[1]]);
    assert_eq!(shown["different"], 0, "{shown}");
    assert_eq!(shown["rows"], serde_json::json!([151, 151]));

    let live = python("workbook.py", &["formulas", &files[0]]);
    for (n, (_, formula, lives)) in columns().into_iter().enumerate() {
        let cells = live[format!("列{}", n + 1)].as_u64().unwrap_or(0);
        assert_eq!(cells > 0, lives, "{formula}: {cells} formulas");
    }
    let shape = python("workbook.py", &["shape", &files[0]]);
    assert_eq!(shape["客户"]["tables"]["客户"][1][0], "客户编号", "{shape}");
}
