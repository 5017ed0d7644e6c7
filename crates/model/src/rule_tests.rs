use super::*;
use crate::{DateTime, Money};

const TODAY: Date = Date(20_778); // 2026-11-21

fn field(kind: FieldKind, check: &str) -> FieldDef {
    let rule: Rule = serde_json::from_str(&format!(r#"{{"level":"refuse",{check}}}"#)).unwrap();
    FieldDef { rules: vec![rule], ..FieldDef::new("f", Label::new("字段", "Field"), kind) }
}

fn list() -> FieldKind {
    let option = |v: &str| crate::ChoiceOption { value: v.into(), en: v.into(), tone: "grey".into() };
    FieldKind::Choices { options: vec![option("甲"), option("乙")] }
}

#[test]
fn contents_against_rules() {
    use FieldKind as K;
    let tags = |t: &[&str]| Value::Tags(t.iter().map(|t| (*t).to_owned()).collect());
    let moment = |t: &str| Value::DateTime(DateTime::from_iso(t).unwrap());
    for (kind, check, good, bad) in [
        (K::Text, r#""check":"required""#, vec![Value::from("x")], vec![Value::Null, Value::from("")]),
        (
            K::Phone,
            r#""check":"pattern","pattern":"1[3-9]\\d{9}""#,
            vec![Value::from("13800138000"), Value::Null],
            vec![Value::from("138****8000"), Value::from("113800138000"), Value::from("13800138000 ")],
        ),
        (K::Text, r#""check":"pattern","pattern":"a|b""#, vec![Value::from("b")], vec![Value::from("ab")]),
        (
            K::Tags,
            r#""check":"pattern","pattern":"[一-龥]+""#,
            vec![tags(&["老客", "宝妈"])],
            vec![tags(&["老客", "vip"])],
        ),
        (
            K::number(0),
            r#""check":"range","min":"1","max":"1.2万""#,
            vec![Value::Int(1), Value::Int(12_000)],
            vec![Value::Int(0), Value::Int(12_001)],
        ),
        (
            K::Money,
            r#""check":"range","min":"0.01""#,
            vec![Value::Money(Money(1))],
            vec![Value::Money(Money(0)), Value::Money(Money(-500))],
        ),
        (
            K::DateTime,
            r#""check":"range","min":"2020-01-01","max":"今天""#,
            vec![moment("2020-01-01"), moment("2026-11-21T23:59:59")],
            vec![moment("2019-12-31T23:59:59"), moment("2026-11-22")],
        ),
        (K::Progress, r#""check":"range","max":"80%""#, vec![Value::Number(0.8)], vec![Value::Number(0.81)]),
        (K::Text, r#""check":"length","min":2,"max":4"#, vec![Value::from("四个汉字")], vec![Value::from("一")]),
        (K::Tags, r#""check":"length","max":1"#, vec![tags(&["a"])], vec![tags(&["a", "b"])]),
        (list(), r#""check":"in_list""#, vec![tags(&["甲", "乙"])], vec![tags(&["甲", "丙"])]),
        (K::Date, r#""check":"not_future""#, vec![Value::Date(TODAY)], vec![Value::Date(Date(TODAY.0 + 1))]),
        (K::DateTime, r#""check":"not_future""#, vec![moment("2026-11-21T23:00:00")], vec![moment("2026-11-22")]),
        (
            K::Birthday,
            r#""check":"not_future""#,
            vec![Value::from("1990-05-06"), Value::from("12-31"), Value::from("农历2026-12-08")],
            vec![Value::from("2026-11-22"), Value::from("农历2027-01-01")],
        ),
    ] {
        let f = field(kind, check);
        for v in good {
            assert_eq!(check_value(&f, &v, TODAY).unwrap(), None, "{check} {v:?}");
        }
        for v in bad {
            let violation = check_value(&f, &v, TODAY).unwrap();
            assert_eq!(violation.map(|v| v.level), Some(Level::Refuse), "{check} {v:?}");
        }
    }
}

#[test]
fn refusals_come_before_warnings_and_say_what_the_seller_says() {
    let mut f = field(FieldKind::Text, r#""check":"length","max":3"#);
    f.rules.insert(
        0,
        Rule {
            check: Check::Pattern { pattern: "[a-z]*".into() },
            level: Level::Warn,
            message: Some(Label::new("请用小写", "Small letters, please")),
        },
    );
    let first = check_value(&f, &Value::from("ABCD"), TODAY).unwrap().unwrap();
    assert_eq!((first.rule, first.level, &*first.message.zh), (1, Level::Refuse, "“字段”最多 3 个字"));
    let all = Checker::new(&f, TODAY).unwrap().check(&Value::from("ABCD"));
    assert_eq!(&*all[0].message.en, "Small letters, please");
    assert_eq!(all.len(), 2);
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    use FieldKind as K;
    for (kind, check, part) in [
        (K::Text, r#""check":"pattern","pattern":"(""#, "写得不对"),
        (K::Text, r#""check":"pattern","pattern":"a)|(b""#, "写得不对"),
        (K::number(0), r#""check":"pattern","pattern":"a""#, "不能用"),
        (K::Text, r#""check":"range","min":"1""#, "不能用"),
        (K::number(0), r#""check":"range","min":"很多""#, "很多"),
        (K::number(0), r#""check":"range","min":"5","max":"4""#, "下限"),
        (K::Text, r#""check":"length","min":5,"max":4"#, "下限"),
        (K::Text, r#""check":"in_list""#, "不能用"),
        (K::Text, r#""check":"not_future""#, "不能用"),
        (K::Bool, r#""check":"unique""#, "不能用"),
    ] {
        let f = field(kind, check);
        let e = f.rules[0].validate(&f, TODAY).unwrap_err();
        assert!(e.zh.contains(part), "{check}: {}", e.zh);
        assert_eq!(e.field.as_deref(), Some("rules"));
    }
}

#[test]
fn rules_of_the_built_in_fields_make_sense() {
    for t in crate::builtin::schema().tables {
        for f in &t.fields {
            for r in &f.rules {
                r.validate(f, TODAY).unwrap();
            }
        }
    }
}
