//! What is refused, where, and how it says so.

use crate::{Type, check, compile};
use model::{ErrorCode, FieldKind, builtin};

fn typed(text: &str) -> model::Result<Type> {
    let s = builtin::schema();
    check(&s, s.table("customers").unwrap(), text).map(|e| e.ty)
}

#[test]
fn good_formulas_have_their_types() {
    use Type::*;
    for (text, ty) in [
        ("1+2", Number),
        ("=1+2", Number),
        ("＝ＳＵＭ（１，２）", Number),
        ("IF（[@订单数]＞＝5，“多”，\"少，\"）", Text),
        ("[@累计金额]/[@订单数]", Money),
        ("[@累计金额]/[@客单价]", Number),
        ("[@累计金额]*[@累计金额]", Number),
        ("[@累计金额]*2+1", Money),
        ("[@下次联系]+7", Date),
        ("[@下次联系]+0.5", DateTime),
        ("[@下次联系]-TODAY()", Number),
        ("[@客户名称]&[@订单数]", Text),
        ("\"12\"+1", Number),
        ("[下次联系]>TODAY()", Bool),
        ("{订单数}+1", Number),
        ("客户[@订单数]+1", Number),
        ("客户[[#This Row],[订单数]]+1", Number),
        ("-2^2%", Number),
        ("--[@客户名称]", Number),
        ("--([@订单数]>0)", Number),
        ("SUMIFS(订单[金额],订单[数量],\">10%\")", Money),
        ("IF([@订单数]=0,\"无\",[@订单数])", Text),
        ("[@下次联系]>\"2024-01-31\"", Bool),
        ("#N/A", Blank),
        ("SUM(订单[金额])", Money),
        ("SUMIFS(订单[金额],订单[客户],[@客户编号])", Money),
        ("_xlfn.IFS([@订单数]>1,1)", Number),
    ] {
        assert_eq!(typed(text).unwrap_or_else(|e| panic!("{text}: {}", e.zh)), ty, "{text}");
    }
}

/// (formula, the characters the error is about, a part of the Chinese message).
const BAD: &[(&str, &str, &str)] = &[
    ("SUNIFS(订单[金额],订单[客户],1)", "SUNIFS(订单[金额],订单[客户],1)", "是不是“SUMIFS”"),
    ("1+[@累计金鹅]", "累计金鹅", "是不是“累计金额”"),
    ("SUM(定单[金额])", "定单", "是不是“订单”"),
    ("SUM(订单[金鹅])", "金鹅", "是不是“金额”"),
    ("IF([@订单数]>1,2", "(", "右括号"),
    ("(1+2))", ")", "多了一个右括号"),
    ("1 2", "2", "少了一个运算符"),
    ("1+", "", "没有写完"),
    ("1+*2", "*", "前面少了"),
    ("\"abc", "\"abc", "双引号"),
    ("[@订单数", "[@订单数", "少了“]”"),
    ("订单数+1", "订单数", "[@订单数]"),
    ("订单[金额]+1", "订单[金额]", "一整列"),
    ("A1:B2", ":", "区域"),
    ("$A$1+1", "$A$1", "看不懂"),
    ("Sheet1!A1", "!", "工作表"),
    ("[@客户名称]>5", "[@客户名称]>5", "VALUE"),
    ("[@下次联系]&\"\"", "[@下次联系]", "TEXT("),
    ("IF(1)", "IF(1)", "参数个数"),
    ("MATCH(1,产品[单价],0)", "MATCH(1,产品[单价],0)", "INDEX"),
    ("VLOOKUP([@备注],产品,2)", "产品", "FALSE"),
    ("TEXT(1,\"qq\")", "\"qq\"", "格式"),
    ("DATEDIF(TODAY(),TODAY(),\"X\")", "\"X\"", "单位"),
    ("SUM(订单[产品])", "订单[产品]", "数字"),
    ("1 @ 2", "@", "看不懂"),
    ("", "", "空"),
    ("SUMIFS(订单[金额],产品[名称],1)", "名称", "产品名称"),
    (
        "COUNTIF(订单[数量],COUNTIF(订单[数量],COUNTIF(订单[数量],COUNTIF(订单[数量],COUNTIF(订单[数量],1)))))",
        "COUNTIF(订单[数量],COUNTIF(订单[数量],COUNTIF(订单[数量],COUNTIF(订单[数量],COUNTIF(订单[数量],1)))))",
        "最多再套",
    ),
    ("WEEKDAY(TODAY(),4)", "WEEKDAY(TODAY(),4)", "第二个参数"),
];

#[test]
fn bad_formulas_say_where_and_how_to_mend() {
    for (text, at, zh) in BAD {
        let e = typed(text).expect_err(text);
        assert_eq!(e.code, ErrorCode::Formula, "{text}");
        assert!(e.zh.contains(zh), "{text}: {}", e.zh);
        assert!(!e.en.is_empty(), "{text}");
        let (from, to) = e.at.unwrap_or_default();
        let got: String = text.chars().skip(from).take(to - from).collect();
        assert_eq!(&got, at, "{text}: {}", e.zh);
    }
}

#[test]
fn absurd_formulas_are_refused_without_harm() {
    let nested = |n: usize| format!("{}1{}", "(".repeat(n), ")".repeat(n));
    let calls = |n: usize| format!("{}1{}", "ABS(".repeat(n), ")".repeat(n));
    let texts = [
        nested(10_000),
        calls(10_000),
        "(".repeat(10_000),
        "-".repeat(10_000) + "1",
        "1+".repeat(5_000) + "1",
        "1^".repeat(5_000) + "1",
        "1".to_owned() + &"%".repeat(5_000),
        "a".repeat(1 << 20),
        nested(500_000),
        "\"".repeat(9_999),
        "[@".repeat(5_000),
        "SUM(".to_owned() + &"1,".repeat(5_000) + "1)",
    ];
    for text in texts {
        let start: String = text.chars().take(12).collect();
        match typed(&text) {
            Ok(_) => assert!(start.starts_with('-'), "{start}"),
            Err(e) => assert!(!e.zh.is_empty(), "{start}"),
        }
    }
    for text in [nested(60), calls(60), "1+".repeat(150) + "1", "\"a\"&".repeat(1_500) + "\"a\""] {
        typed(&text).unwrap_or_else(|e| panic!("{}", e.zh));
    }
}

#[test]
fn a_formula_must_fit_its_field() {
    let s = builtin::schema();
    let t = s.table("customers").unwrap();
    for (text, kind, fits) in [
        ("[@订单数]", FieldKind::Money, true),
        ("\"12\"", FieldKind::number(0), true),
        ("[@订单数]", FieldKind::Text, true),
        ("[@下次联系]", FieldKind::DateTime, true),
        ("[@下次联系]", FieldKind::Text, false),
        ("[@客户名称]", FieldKind::Bool, false),
        ("NA()", FieldKind::Money, true),
    ] {
        assert_eq!(compile(&s, t, text, &kind).is_ok(), fits, "{text}");
    }
}
