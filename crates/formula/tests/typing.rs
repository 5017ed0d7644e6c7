//! Formulas typed, and the errors a user sees for wrong ones.

use formula::{Node, Type, compile};
use model::{FieldKind, builtin};

fn number() -> FieldKind {
    FieldKind::number(0)
}

#[test]
fn results_have_the_unit_of_their_field() {
    let schema = builtin::schema();
    let t = schema.table("customers").unwrap();
    for (text, kind, want) in [
        ("1+2*3", number(), Type::Number),
        ("[@累计金额]/[@订单数]", FieldKind::Money, Type::Money),
        ("[@累计金额]/[@客单价]", number(), Type::Number),
        ("12.5", FieldKind::Money, Type::Money),
        ("[@累计金额]+100", FieldKind::Money, Type::Money),
        ("TODAY()-[@下次联系]", number(), Type::Number),
        ("[@下次联系]+7", FieldKind::Date, Type::Date),
        ("INT([@最近购买])", FieldKind::Date, Type::Date),
        ("[@Name]&\"!\"", FieldKind::Text, Type::Text),
        ("IF（[@订单数]＞=4，“x”，\"\")", FieldKind::Text, Type::Text),
        ("[@[订单数]]", number(), Type::Number),
        ("=LEFT([@手机],3)", FieldKind::Text, Type::Text),
        // Text becomes a number where one is needed, as in Excel; a roll-up may go over the whole table.
        ("[@客户名称]+1", number(), Type::Number),
        ("COUNTIFS(订单[下单时间],\">\"&TODAY())", number(), Type::Number),
    ] {
        let text = text.replace(['“', '”'], "\"");
        match compile(&schema, t, &text, &kind) {
            Ok(e) => assert_eq!(e.ty, want, "{text}"),
            Err(e) => panic!("{text}: {}", e.zh),
        }
    }
}

#[test]
fn wrong_formulas_are_refused_with_a_reason() {
    let schema = builtin::schema();
    let t = schema.table("customers").unwrap();
    for (text, part) in [
        ("IF([@订单数]>1", "括号"),
        ("[@没有的字段]", "没有的字段"),
        ("SUMIFS(订单[金额])", "参数个数"),
        ("SUMIFS(仓库[金额],仓库[客户],1)", "仓库"),
        ("FOO(1)", "FOO"),
        ("A1+1", "A1"),
        ("[@累计金额]>[@客户名称]", "不能比较"),
        ("[@标签]>[@下次联系]", "不能放在一起"),
    ] {
        let e = compile(&schema, t, text, &number()).unwrap_err();
        assert!(e.zh.contains(part), "{text}: {}", e.zh);
    }
}

#[test]
fn absurd_texts_are_errors_not_crashes() {
    let schema = builtin::schema();
    let t = schema.table("customers").unwrap();
    let deep = format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(compile(&schema, t, &deep, &number()).is_err());
    assert!(compile(&schema, t, &"1+".repeat(600_000), &number()).is_err());
}

#[test]
fn a_link_compared_with_the_code_is_a_comparison_of_ids() {
    let schema = builtin::schema();
    let t = schema.table("customers").unwrap();
    let e = compile(&schema, t, "COUNTIFS(订单[客户],[@客户编号],订单[金额],\">=5000\")", &number()).unwrap();
    let Node::Rollup(r) = e.node else { panic!() };
    assert_eq!(r.criteria[0].value.node, Node::RecordId);
    // 5000 yuan in 分.
    assert_eq!(r.criteria[1].value.node, Node::Int(500_000));
}
