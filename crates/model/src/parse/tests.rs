use super::*;
use crate::builtin;

mod days;

const CTX: Ctx = Ctx { today: Date(20_778), year: Some(2025) };

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Number(n) => n.to_string(),
        Value::Money(m) => m.to_string(),
        Value::Date(d) => d.to_string(),
        Value::DateTime(d) => d.to_string(),
        Value::Text(t) => t.clone(),
        Value::Tags(t) => t.join("|"),
        Value::Link(id) => id.0.to_string(),
        Value::Links(l) => l.len().to_string(),
        Value::Person(id) => id.0.to_string(),
        Value::Files(f) => f.len().to_string(),
        Value::Error(e) => e.sign().into(),
    }
}

/// `!` stands for a problem, a `*` behind for a note.
fn shown(kind: &FieldKind, c: Cell<'_>, ctx: &Ctx) -> String {
    match cell(kind, &c, ctx) {
        Err(_) => "!".into(),
        Ok(r) => text_of(&r.value) + if r.note.is_some() { "*" } else { "" },
    }
}

fn check(kind: &FieldKind, cases: &[(&str, &str)]) {
    for (given, expected) in cases {
        assert_eq!(shown(kind, Cell::Text(given), &CTX), *expected, "{kind:?} {given:?}");
    }
}

#[test]
fn money() {
    check(
        &FieldKind::Money,
        &[
            ("12", "12.00"),
            ("12.5", "12.50"),
            ("-12.50", "-12.50"),
            ("0.07", "0.07"),
            ("1,234.50", "1234.50"),
            ("￥9,999.9", "9999.90"),
            ("¥98", "98.00"),
            ("$12.30", "12.30"),
            ("5000元", "5000.00"),
            ("1.2万", "12000.00"),
            ("1.2 万元", "12000.00"),
            ("3千", "3000.00"),
            ("0.5亿", "50000000.00"),
            ("１２．５０", "12.50"),
            ("(12.00)", "-12.00"),
            ("-¥12", "-12.00"),
            ("¥-12", "-12.00"),
            ("499.00（系统计算中，该值仅供参考）", "499.00*"),
            ("12.345", "12.35*"),
            ("-12.345", "-12.35*"),
            ("119.69999999999999", "119.70"),
            ("RMB 12", "12.00"),
            ("-", "null"),
            ("N/A", "null"),
            ("abc", "!"),
            ("12abc", "!"),
            ("1 234.5", "1234.50"),
            ("1,0000元", "10000.00"),
            ("1,2", "!"),
            ("100\n200", "!"),
            ("3 50元", "!"),
            ("99999999999999999999", "!"),
        ],
    );
    for (n, expected) in [
        (119.7, "119.70"),
        (119.699_999_999_999_99, "119.70"),
        (0.125, "0.13*"),
        (1.005, "1.01*"),
        (-1.005, "-1.01*"),
        (f64::NAN, "!"),
    ] {
        assert_eq!(shown(&FieldKind::Money, Cell::Number(n), &CTX), expected);
    }
}

#[test]
fn numbers_and_percentages() {
    check(
        &FieldKind::number(0),
        &[
            ("3", "3"),
            ("3件", "3"),
            ("30岁", "30"),
            ("1,200", "1200"),
            ("2.6", "3*"),
            ("x", "!"),
            ("1 200", "1200"),
            ("1,0000", "10000"),
            ("12 13", "!"),
            ("12\n13", "!"),
            ("1,2", "!"),
            ("3\n件", "3"),
        ],
    );
    check(&FieldKind::number(1), &[("3.5", "3.5"), ("1e3", "1000"), ("-0.1", "-0.1")]);
    check(
        &FieldKind::Percent,
        &[
            ("80%", "0.8"),
            ("0.8", "0.8"),
            ("80", "0.8"),
            ("１００％", "1"),
            ("1", "1"),
            ("12.3%", "0.123"),
            ("0.1%", "0.001"),
            ("12.3", "0.123"),
            ("高", "!"),
        ],
    );
    check(
        &FieldKind::Bool,
        &[("是", "true"), ("否", "false"), ("√", "true"), ("×", "false"), ("YES", "true"), ("0", "false"), ("啊", "!")],
    );
}

#[test]
fn phones_and_who_is_known_by_them() {
    for (given, expected, identity) in [
        ("13815908301", "13815908301", true),
        ("'13815908301", "13815908301", true),
        ("\t13815908301", "13815908301", true),
        ("170-9960-3082", "17099603082", true),
        ("+86 17351819093", "17351819093", true),
        ("0086-138 1590 8301", "13815908301", true),
        ("86-13815908301", "13815908301", true),
        ("8613815908301", "13815908301", true),
        ("１３８１５９０８３０１", "13815908301", true),
        ("=\"13815908301\"", "13815908301", true),
        ("1.3815908301E+10", "13815908301", true),
        ("1.38159E+10", "1.38159E+10*", false),
        ("138****8301", "138****8301*", false),
        ("138xxxxxx", "138xxxxxx*", false),
        ("13815908301-1234", "13815908301-1234*", false),
        ("13815908301转1234", "13815908301转1234*", false),
        ("021-58888888", "021-58888888", false),
        ("+1 415 555 2671", "+1 415 555 2671", false),
        ("1381590830", "1381590830*", false),
        ("12815908301", "12815908301", false),
        ("-", "null", false),
    ] {
        assert_eq!(shown(&FieldKind::Phone, Cell::Text(given), &CTX), expected, "{given:?}");
        assert_eq!(mobile_identity(given).is_some(), identity, "{given:?}");
    }
    assert_eq!(shown(&FieldKind::Phone, Cell::Number(13_815_908_301.0), &CTX), "13815908301");
    for (given, expected) in [
        ("WX_abc", Some("wx_abc")),
        ("淘宝:TB", Some("淘宝:tb")),
        ("无", None),
        ("淘宝:", None),
        ("a", None),
        ("t**b", None),
        ("已添加", None),
    ] {
        assert_eq!(account_identity(given).as_deref(), expected, "{given}");
    }
}

#[test]
fn addresses_of_mail() {
    check(
        &FieldKind::Email,
        &[
            ("C1@Example.com", "c1@example.com"),
            (" mailto:a@b.cn ", "a@b.cn"),
            ("ａ＠ｂ．ｃｎ", "a@b.cn"),
            ("138***@**", "138***@***"),
            ("c9@@example", "!"),
            ("a@b", "!"),
            ("无", "null"),
        ],
    );
    assert_eq!(email_identity("A@B.cn").as_deref(), Some("a@b.cn"));
    assert_eq!(email_identity("1**@b.cn"), None);
}

#[test]
fn choices_and_tags() {
    let schema = builtin::schema();
    let customers = schema.table(builtin::CUSTOMERS).unwrap();
    for (field, given, expected) in [
        ("gender", "先生", "男"),
        ("gender", "Female", "女"),
        ("gender", "未知", "null"),
        ("recommend", "会", "愿意"),
        ("recommend", "愿意推荐", "愿意"),
        ("recommend", "否", "不愿意"),
        ("recommend", "一般", "一般"),
        ("status", "potential", "潜在客户"),
        ("status", "潜在", "潜在客户"),
        ("status", "黑名单", "黑名单"),
        ("lifecycle_set", "忠实客户", "忠实"),
        ("lifecycle_set", "流失客户", "流失"),
        ("lifecycle_set", "新客户", "新客"),
    ] {
        assert_eq!(shown(&customers.field(field).unwrap().kind, Cell::Text(given), &CTX), expected, "{field} {given}");
    }
    check(&FieldKind::Tags, &[("老客,宝妈", "老客|宝妈"), ("a、b；a", "a|b"), ("#新 客", "新 客"), ("-", "null")]);
}

#[test]
fn texts() {
    check(
        &FieldKind::Text,
        &[
            (" 张三\u{3000}", "张三"),
            ("\t240110-0001", "240110-0001"),
            ("=\"3300000000000007000\"", "3300000000000007000"),
            ("'00123", "00123"),
            ("'hello", "'hello"),
            ("a\tb\r\nc", "a b\nc"),
            ("-", "null"),
            ("无", "无"),
        ],
    );
    for (n, expected) in [(123.0, "123"), (0.5, "0.5"), (1e14, "100000000000000"), (1e21, "1000000000000000000000")] {
        assert_eq!(shown(&FieldKind::Text, Cell::Number(n), &CTX), expected);
    }
}

#[test]
fn guarded_texts_come_back_exactly() {
    let parts = [
        "",
        "'",
        "''",
        "=",
        "+",
        "-",
        "@",
        "＝",
        "＠",
        "1",
        "+86 138",
        "-5",
        "+8613800138000",
        "a",
        "1.5.",
        "'=",
        "SUM(A1)",
    ];
    for a in parts {
        for b in parts {
            for c in parts {
                let text = format!("{a}{b}{c}");
                let guarded = guard_formula(&text);
                assert_eq!(tidy(&guarded), tidy_stored(&text), "{text:?} as {guarded:?}");
                let first = guarded.chars().next();
                let harmless = text.strip_prefix(['-', '+']).is_some_and(|r| r.parse::<f64>().is_ok());
                assert!(harmless || !first.is_some_and(|c| "=+-@＝＋－＠".contains(c)), "{guarded:?}");
            }
        }
    }
}

/// A stored text is already trimmed.
fn tidy_stored(t: &str) -> &str {
    t.trim()
}

#[test]
fn frequencies_in_words() {
    for (given, expected) in [
        ("每月一次", 1.0),
        ("每月2次", 2.0),
        ("每月2-3次", 2.5),
        ("每月两到三次", 2.5),
        ("每周一次", 30.0 / 7.0),
        ("每季度一次", 1.0 / 3.0),
        ("每年2次", 1.0 / 6.0),
        ("每2个月一次", 0.5),
        ("每月4次以上", 4.0),
        ("4", 4.0),
        ("3次", 3.0),
    ] {
        let n = purchases_a_month(given).unwrap();
        assert!((n - expected).abs() < 1e-9, "{given}: {n}");
    }
    for bad in ["经常", "高", "", "每月"] {
        assert_eq!(purchases_a_month(bad).is_some(), bad == "每月", "{bad}");
    }
}

#[test]
fn no_text_whatever_makes_a_reader_panic() {
    let pieces = [
        "1",
        "20",
        "2024",
        "99999999999",
        "-",
        "/",
        ".",
        ":",
        "年",
        "月",
        "日",
        "时",
        "农历",
        "闰",
        "初",
        "廿",
        "万",
        "元",
        "％",
        "%",
        "¥",
        "(",
        ")",
        "（",
        "*",
        "+86",
        "@",
        "e",
        "'",
        "=\"",
        "\"",
        " ",
        "\t",
        "\u{3000}",
        "今天",
        "下午",
        "每",
        "个",
        "周",
        "一",
        "次",
        "é",
        "\u{1f600}",
        "转",
    ];
    let tables = builtin::schema().tables;
    let kinds: Vec<&FieldKind> = tables.iter().flat_map(|t| &t.fields).map(|f| &f.kind).collect();
    // A linear congruential generator: the same texts in every run.
    let mut state = 1u64;
    let mut next = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    for _ in 0..30_000 {
        let text: String = (0..=next(6)).map(|_| pieces[next(pieces.len())]).collect();
        let _ = cell(kinds[next(kinds.len())], &Cell::Text(&text), &CTX);
        let _ = (purchases_a_month(&text), mobile_identity(&text), email_identity(&text), account_identity(&text));
        assert_eq!(tidy(&guard_formula(tidy(&text))), tidy(&text), "{text:?}");
    }
    for n in [f64::NAN, f64::INFINITY, -1e300, 1e300, -0.0, 45_000.999_999_9, i64::MAX as f64] {
        for kind in &kinds {
            let _ = cell(kind, &Cell::Number(n), &CTX);
        }
    }
}

#[test]
fn stars_progress_pages_places() {
    use FieldKind as K;
    check(
        &K::Rating { max: 5 },
        &[
            ("4", "4"),
            ("4星", "4"),
            ("★★★★☆", "4"),
            ("4/5", "4"),
            ("５分", "5"),
            ("0", "null"),
            ("6", "!"),
            ("-1", "!"),
            ("好", "!"),
        ],
    );
    check(
        &K::Progress,
        &[("60%", "0.6"), ("60", "0.6"), ("0.6", "0.6"), ("100", "1"), ("0", "0"), ("120", "!"), ("-5%", "!")],
    );
    check(
        &K::Url,
        &[
            ("https://example.com/a?b=1", "https://example.com/a?b=1"),
            ("example.com", "https://example.com"),
            ("HTTP://Example.com", "http://Example.com"),
            ("example.com:8080/x", "https://example.com:8080/x"),
            ("//example.com", "https://example.com"),
            ("无", "null"),
            ("javascript:alert(1)", "!"),
            ("java\nscript:alert(1)", "!"),
            ("data:text/html,x", "!"),
            ("两个 词", "!"),
            ("某某", "!"),
        ],
    );
    check(
        &K::Address,
        &[
            ("浙江杭州西湖区文三路1号", "浙江省 杭州市 西湖区 文三路1号"),
            ("某小区 3 栋", "某小区 3 栋*"),
            ("-", "null"),
        ],
    );
    let list =
        ["老客", "宝妈/宝爸"].map(|v| crate::ChoiceOption { value: v.into(), en: "x".into(), tone: "grey".into() });
    check(
        &K::Choices { options: list.to_vec() },
        &[("老客、vip，老客", "老客|vip"), ("宝妈/宝爸", "宝妈/宝爸"), ("", "null")],
    );
    check(&K::Attachment { images: true }, &[("a.png", "!"), (" ", "null")]);
}

#[test]
fn what_is_written_reads_back() {
    use FieldKind as K;
    for (value, kind, text) in [
        (Value::Number(0.805), K::Percent, "80.5%"),
        (Value::Number(1.5), K::Percent, "150%"),
        (Value::Number(0.07), K::Percent, "7%"),
        (Value::Number(0.6), K::Progress, "60%"),
        (Value::Number(12.25), K::number(2), "12.25"),
        (Value::Int(-3), K::number(0), "-3"),
        (Value::Money(crate::Money(1250)), K::Money, "12.50"),
        (Value::Bool(false), K::Bool, "否"),
        (Value::Tags(vec!["老客".into(), "宝妈".into()]), K::Tags, "老客、宝妈"),
        (Value::Int(4), K::Rating { max: 5 }, "4"),
        (Value::from("农历08-15"), K::Birthday, "农历08-15"),
        (Value::from("浙江省 杭州市 某路"), K::Address, "浙江省 杭州市 某路"),
    ] {
        assert_eq!(written(&value, &kind, crate::Lang::Zh), text);
        assert_eq!(cell(&kind, &Cell::Text(text), &CTX).unwrap().value, value, "{text}");
    }
}
