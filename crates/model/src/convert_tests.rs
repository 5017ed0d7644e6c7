use super::*;
use crate::{DateTime, FileRef, Money, RecordId, UserId};

const CTX: Ctx = Ctx { today: Date(20_778), year: None };

/// Contents of a kind: the first is what it usually holds.
fn samples(kind: &FieldKind) -> Vec<Value> {
    use FieldKind as K;
    let tags = |t: &[&str]| Value::Tags(t.iter().map(|t| (*t).to_owned()).collect());
    let file = |name: &str, media: &str| FileRef { id: "0".into(), name: name.into(), media: media.into(), size: 1 };
    let moment = |t: &str| Value::DateTime(DateTime::from_iso(t).unwrap());
    match kind {
        K::Text | K::LongText => {
            vec!["某某".into(), "12.5".into(), "2024-03-05 14:20".into(), "是".into(), "无".into()]
        }
        K::Number { .. } => vec![Value::Number(12.5), Value::Number(4.0), Value::Number(-0.25)],
        K::Money => vec![Value::Money(Money(1250)), Value::Money(Money(-9_007_199_254_740_991))],
        K::Percent => vec![Value::Number(0.805), Value::Number(1.5)],
        K::Date => vec![Value::Date(Date(19_787)), Value::Date(Date(-40_000))],
        K::DateTime | K::CreatedTime | K::UpdatedTime => vec![moment("2024-03-05T14:20:00"), moment("2024-03-05")],
        K::Bool => vec![Value::Bool(true), Value::Bool(false)],
        K::Choice { .. } => vec!["老客".into(), "5".into()],
        K::Choices { .. } | K::Tags => vec![tags(&["老客", "宝妈"]), tags(&["5"])],
        K::Phone => vec!["13800138000".into(), "138****8000".into()],
        K::Email => vec!["a@example.com".into()],
        K::Url => vec!["https://example.com/a".into()],
        K::Address => vec!["浙江省 杭州市 西湖区 文三路1号".into()],
        K::Birthday => vec!["1990-05-06".into(), "05-06".into(), "农历1990-08-15".into()],
        K::Person | K::CreatedBy | K::UpdatedBy => vec![Value::Person(UserId(3))],
        K::Link { .. } => vec![Value::Link(RecordId(3))],
        K::Links { .. } | K::Backlinks { .. } => vec![Value::Links(vec![RecordId(3), RecordId(5)])],
        K::Attachment { .. } => vec![Value::Files(vec![file("a.png", "image/png"), file("b.pdf", "application/pdf")])],
        K::Rating { .. } => vec![Value::Int(4)],
        K::Progress => vec![Value::Number(0.6), Value::Number(1.0)],
        K::Code(_) => vec!["K000001".into()],
    }
}

fn mark(c: &Converted) -> char {
    match c.loss {
        None => '=',
        Some(Loss::Part) => '~',
        Some(Loss::All) => 'x',
    }
}

/// What becomes of the usual content of each kind as each kind, in the order of [`FieldKind::all`]:
/// `=` kept, `~` lost in part, `x` lost, `n` by names, `.` cannot be.
const USUAL: &[(&str, &str)] = &[
    ("text", "==xxxxxx====xx=xnnn..xx=...."),
    ("long_text", "==xxxxxx====xx=xnnn..xx=...."),
    ("number", "=====xxx====xx=xnnn..x==...."),
    ("money", "=====xxx====xx=xnnn..x==...."),
    ("percent", "===~=xxx====xx=xnnn..~==...."),
    ("date", "=======x====xx==nnn..xx=...."),
    ("date_time", "===~=~=x====xx=~nnn..xx=...."),
    ("bool", "=====xx=====xx=xnnn..===...."),
    ("choice", "==xxxxxx====xx=xnnn..xx=...."),
    ("choices", "==xxxxxx~==~xx=xnnn..xx=...."),
    ("tags", "==xxxxxx~==~xx=xnnn..xx=...."),
    ("phone", "=====xxx====xx=xnnn..xx=...."),
    ("email", "==xxxxxx=====x=xnnn..xx=...."),
    ("url", "==xxxxxx====x==xnnn..xx=...."),
    ("address", "==xxxxxx====xx=xnnn..xx=...."),
    ("birthday", "==xxx==x====xx==nnn..xx=...."),
    ("person", "nnnnnnnnnnnnnnnn=nn..nnn...."),
    ("link", "nnnnnnnnnnnnnnnnn==..nnn...."),
    ("links", "nnnnnnnnnnnnnnnnn~=..nnn...."),
    ("backlinks", "...................=........"),
    ("attachment", "~~xxxxxx~~~~xx~xnnn.=xx~...."),
    ("rating", "=====xxx====xx=xnnn..===...."),
    ("progress", "=====xxx====xx=xnnn..~==...."),
    ("code", "==xxxxxx====xx=xnnn..xx=...."),
    ("created_time", "===~=~=x====xx=~nnn..xx=...."),
    ("updated_time", "===~=~=x====xx=~nnn..xx=...."),
    ("created_by", "nnnnnnnnnnnnnnnn=nn..nnn...."),
    ("updated_by", "nnnnnnnnnnnnnnnn=nn..nnn...."),
];

#[test]
fn the_usual_content_of_every_kind_as_every_kind() {
    let kinds = FieldKind::all();
    let mut found = String::new();
    for from in &kinds {
        let row: String = kinds
            .iter()
            .map(|to| match way(from, to) {
                Way::Names => 'n',
                Way::Never => '.',
                _ => mark(&convert(&samples(from)[0], from, to, &CTX)),
            })
            .collect();
        found.push_str(&format!("    (\"{}\", \"{row}\"),\n", from.name()));
    }
    let expected: String = USUAL.iter().map(|(kind, row)| format!("    (\"{kind}\", \"{row}\"),\n")).collect();
    assert!(found == expected, "found:\n{found}");
}

#[test]
fn every_content_as_every_kind_fits_it() {
    for from in FieldKind::all() {
        for to in FieldKind::all() {
            if way(&from, &to) == Way::Names {
                continue;
            }
            for v in samples(&from).iter().chain([&Value::Null]) {
                let c = convert(v, &from, &to, &CTX);
                assert_eq!(c.value.clone().fit(&to).as_ref(), Some(&c.value), "{v:?} as {}", to.name());
                assert_eq!(c.loss == Some(Loss::All), c.value.is_blank() && !v.is_blank(), "{v:?} as {}", to.name());
                if way(&from, &to) == Way::Same {
                    assert_eq!(c, Converted::whole(v.clone()), "{} as {}", from.name(), to.name());
                }
            }
        }
    }
}

#[test]
fn contents_that_need_care() {
    use FieldKind as K;
    let choice = K::Choice { options: Vec::new() };
    for (value, from, to, expected, loss) in [
        (Value::from("1.2万"), K::Text, K::Money, "12000.00", '='),
        (Value::from("￥9,999.9"), K::Text, K::number(2), "9999.9", '='),
        (Value::from("12.5"), K::Text, K::number(0), "13", '~'),
        (Value::from("80%"), K::Text, K::Percent, "80%", '='),
        (Value::from("2024年3月5日"), K::Text, K::Date, "2024-03-05", '='),
        (Value::from("2024-03-05 14:20"), K::Text, K::Date, "2024-03-05", '~'),
        (Value::from("3月5日"), K::Text, K::Date, "", 'x'),
        (Value::from("138 0013 8000"), K::Text, K::Phone, "13800138000", '='),
        (Value::from("138****8000"), K::Text, K::Phone, "138****8000", '='),
        (Value::from("杭州市西湖区文三路1号"), K::Text, K::Address, "浙江省 杭州市 西湖区 文三路1号", '='),
        (Value::from("无"), K::Text, K::number(0), "", 'x'),
        (Value::from("老客，宝妈"), K::Text, K::Tags, "老客、宝妈", '='),
        (Value::from("老客，宝妈"), K::Text, choice.clone(), "老客，宝妈", '='),
        (Value::Number(5.0), K::number(2), K::Percent, "500%", '='),
        (Value::Number(60.0), K::number(2), K::Progress, "60%", '='),
        (Value::Number(12.0), K::number(2), K::Rating { max: 5 }, "", 'x'),
        (Value::Number(20_240_305.0), K::number(2), K::Date, "2024-03-05", '='),
        (Value::Date(Date(19_787)), K::Date, K::number(0), "45356", '='),
        (Value::Money(Money(1250)), K::Money, K::number(0), "13", '~'),
        (Value::Number(0.1), K::number(2), K::Money, "0.10", '='),
        (Value::Number(0.125), K::number(3), K::Money, "0.13", '~'),
    ] {
        let c = convert(&value, &from, &to, &CTX);
        assert_eq!(
            (&*parse::written(&c.value, &to, Lang::Zh), mark(&c)),
            (expected, loss),
            "{value:?} as {}",
            to.name()
        );
    }
}

#[test]
fn an_error_is_lost_whatever_it_becomes() {
    for kind in FieldKind::all() {
        for e in crate::ErrorValue::ALL {
            let value = Value::Error(e);
            assert_eq!(convert(&value, &FieldKind::Money, &kind, &CTX), Converted::LOST, "{}", kind.name());
            assert_eq!(value.fit(&kind), None, "nobody writes one");
        }
    }
    assert!(!Value::Error(crate::ErrorValue::Na).is_blank());
}
