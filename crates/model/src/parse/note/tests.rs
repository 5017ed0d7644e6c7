//! Lines as sellers write them. All are written on Sunday, 22 November 2026 at 10:30.

use super::{LineNote, Without, note};
use crate::DateTime;

fn now() -> DateTime {
    DateTime::from_iso("2026-11-22T10:30").unwrap()
}

fn read(line: &str) -> LineNote {
    note(line, now(), Without::default())
}

fn at(text: &str) -> Option<DateTime> {
    let year = if text.len() > 11 { text.to_owned() } else { format!("2026-{text}") };
    (!text.is_empty()).then(|| DateTime::from_iso(&year).unwrap())
}

#[test]
fn times_ahead() {
    // (line, when to follow up, what is left)
    for (line, follow_up, content) in [
        ("明天 确认尺码", "11-23 09:00", "确认尺码"),
        ("明天下午 确认尺码", "11-23 14:00", "确认尺码"),
        ("明天上午确认尺码", "11-23 10:00", "确认尺码"),
        ("明天早上确认尺码", "11-23 08:00", "确认尺码"),
        ("明早确认尺码", "11-23 08:00", "确认尺码"),
        ("明天中午确认尺码", "11-23 12:00", "确认尺码"),
        ("明天傍晚确认尺码", "11-23 18:00", "确认尺码"),
        ("明晚确认尺码", "11-23 20:00", "确认尺码"),
        ("今晚确认尺码", "11-22 20:00", "确认尺码"),
        ("今晚8点确认尺码", "11-22 20:00", "确认尺码"),
        ("今天下午 确认尺码", "11-22 14:00", "确认尺码"),
        ("后天 送样品", "11-24 09:00", "送样品"),
        ("大后天送样品", "11-25 09:00", "送样品"),
        ("明天3点 送样品", "11-23 15:00", "送样品"),
        ("明天下午3点半 送样品", "11-23 15:30", "送样品"),
        ("明天下午三点半送样品", "11-23 15:30", "送样品"),
        ("明天下午三点一刻送样品", "11-23 15:15", "送样品"),
        ("明天下午3点20分送样品", "11-23 15:20", "送样品"),
        ("明天下午3点20 送样品", "11-23 15:20", "送样品"),
        ("明天上午九点整送样品", "11-23 09:00", "送样品"),
        ("明天10点送样品", "11-23 10:00", "送样品"),
        ("明天 15:30 送样品", "11-23 15:30", "送样品"),
        ("明天３：３０送样品", "11-23 15:30", "送样品"),
        ("明天晚上七点半送样品", "11-23 19:30", "送样品"),
        ("下午3点半送样品", "11-22 15:30", "送样品"),
        ("15:30 送样品", "11-22 15:30", "送样品"),
        ("下午送样品", "", "下午送样品"),
        ("下午 送样品", "11-22 14:00", "送样品"),
        ("下周一 对账", "11-23 09:00", "对账"),
        ("下周三上午对账", "11-25 10:00", "对账"),
        ("下个星期五对账", "11-27 09:00", "对账"),
        ("下礼拜天对账", "11-29 09:00", "对账"),
        ("下下周二对账", "12-01 09:00", "对账"),
        ("周五对账", "11-27 09:00", "对账"),
        ("周3对账", "11-25 09:00", "对账"),
        ("星期六下午2点对账", "11-28 14:00", "对账"),
        ("下周末对账", "11-28 09:00", "对账"),
        ("下周 对账", "11-23 09:00", "对账"),
        ("3天后 看回款", "11-25 09:00", "看回款"),
        ("三天后看回款", "11-25 09:00", "看回款"),
        ("十五天之后看回款", "12-07 09:00", "看回款"),
        ("过两天看回款", "11-24 09:00", "看回款"),
        ("过几天看回款", "11-25 09:00", "看回款"),
        ("再过三天看回款", "11-25 09:00", "看回款"),
        ("一周后看回款", "11-29 09:00", "看回款"),
        ("两个星期后看回款", "12-06 09:00", "看回款"),
        ("半个月后看回款", "12-07 09:00", "看回款"),
        ("1个月后看回款", "12-22 09:00", "看回款"),
        ("三个月后看回款", "2027-02-22T09:00", "看回款"),
        ("半年后看回款", "2027-05-22T09:00", "看回款"),
        ("半小时后看回款", "11-22 11:00", "看回款"),
        ("2个小时后看回款", "11-22 12:30", "看回款"),
        ("20分钟后看回款", "11-22 10:50", "看回款"),
        ("待会儿看回款", "11-22 11:30", "看回款"),
        ("月底结账", "11-30 09:00", "结账"),
        ("下月底结账", "12-31 09:00", "结账"),
        ("下个月初结账", "12-01 09:00", "结账"),
        ("月初结账", "12-01 09:00", "结账"),
        ("年底结账", "12-31 09:00", "结账"),
        ("下个月3号结账", "12-03 09:00", "结账"),
        ("下月15日下午结账", "12-15 14:00", "结账"),
        ("下个月 结账", "12-01 09:00", "结账"),
        ("这个月28号结账", "11-28 09:00", "结账"),
        ("11月30日结账", "11-30 09:00", "结账"),
        ("11月30号下午3点结账", "11-30 15:00", "结账"),
        ("十一月三十日结账", "11-30 09:00", "结账"),
        ("12月底结账", "12-31 09:00", "结账"),
        ("1月5日结账", "2027-01-05T09:00", "结账"),
        ("11-30 结账", "11-30 09:00", "结账"),
        ("12/5 结账", "12-05 09:00", "结账"),
        ("2026-12-05 结账", "12-05 09:00", "结账"),
        ("2027年3月8日结账", "2027-03-08T09:00", "结账"),
        ("明年3月5日结账", "2027-03-05T09:00", "结账"),
        ("25号结账", "11-25 09:00", "结账"),
        ("3号结账", "12-03 09:00", "结账"),
        ("tomorrow check the size", "11-23 09:00", "check the size"),
        ("Tomorrow afternoon check the size", "11-23 14:00", "check the size"),
        ("tomorrow at 3pm check the size", "11-23 15:00", "check the size"),
        ("at 3:30 pm tomorrow check the size", "11-23 15:30", "check the size"),
        ("tonight check the size", "11-22 20:00", "check the size"),
        ("day after tomorrow: check the size", "11-24 09:00", "check the size"),
        ("next monday check the size", "11-23 09:00", "check the size"),
        ("on friday check the size", "11-27 09:00", "check the size"),
        ("in 3 days check the size", "11-25 09:00", "check the size"),
        ("in a week check the size", "11-29 09:00", "check the size"),
        ("2 weeks later check the size", "12-06 09:00", "check the size"),
        ("in 20 minutes check the size", "11-22 10:50", "check the size"),
        ("next week check the size", "11-23 09:00", "check the size"),
        ("next month check the size", "12-01 09:00", "check the size"),
        ("nov 30 check the size", "11-30 09:00", "check the size"),
        ("November 30th at 10:00 check the size", "11-30 10:00", "check the size"),
        ("5 dec check the size", "12-05 09:00", "check the size"),
    ] {
        let got = read(line);
        assert_eq!((got.follow_up, got.content.as_str()), (at(follow_up), content), "{line}");
        assert_eq!(got.at, None, "{line}");
        assert_eq!(got.kind, if follow_up.is_empty() { "沟通" } else { "计划" }, "{line}");
    }
}

#[test]
fn ways_and_what_was() {
    // (line, when it was, kind, way, when and how to follow up, what is left)
    for (line, was, kind, way, (follow_up, by), content) in [
        ("明天下午电话 确认尺码", "", "计划", "", ("11-23 14:00", "电话"), "确认尺码"),
        ("明天下午打电话确认尺码", "", "计划", "", ("11-23 14:00", "电话"), "确认尺码"),
        ("后天上门送货", "", "计划", "", ("11-24 09:00", "上门"), "送货"),
        ("下周一微信 发新款图", "", "计划", "", ("11-23 09:00", "微信"), "发新款图"),
        ("明天下午电话", "", "计划", "", ("11-23 14:00", "电话"), ""),
        ("call tomorrow about the size", "", "计划", "", ("11-23 09:00", "电话"), "about the size"),
        ("电话明天下午问尺码", "", "计划", "", ("11-23 14:00", "电话"), "问尺码"),
        ("电话沟通过，明天下午再联系", "", "沟通", "电话", ("11-23 14:00", ""), "电话沟通过，明天下午再联系"),
        ("tomorrow call about the size", "", "计划", "", ("11-23 09:00", "电话"), "about the size"),
        ("明天给她打电话问尺码", "", "计划", "", ("11-23 09:00", "电话"), "给她打电话问尺码"),
        ("记得明天打电话问尺码", "", "计划", "", ("11-23 09:00", "电话"), "记得明天打电话问尺码"),
        ("刚打过电话，说过两天再看", "", "沟通", "电话", ("11-24 09:00", ""), "刚打过电话，说过两天再看"),
        ("要大码，喜欢红色", "", "沟通", "", ("", ""), "要大码，喜欢红色"),
        ("微信问了价格", "", "沟通", "微信", ("", ""), "微信问了价格"),
        ("微信 问了价格", "", "沟通", "微信", ("", ""), "问了价格"),
        ("昨天来店里看了两款", "11-21 12:00", "沟通", "到店", ("", ""), "看了两款"),
        ("昨天下午来店里，看了两款", "11-21 14:00", "沟通", "到店", ("", ""), "看了两款"),
        ("昨晚微信聊了价格", "11-21 20:00", "沟通", "微信", ("", ""), "聊了价格"),
        ("前天上门量了尺寸", "11-20 12:00", "沟通", "上门", ("", ""), "量了尺寸"),
        ("三天前电话，没接", "11-19 12:00", "沟通", "电话", ("", ""), "没接"),
        ("上周五拜访，谈了合作", "11-13 12:00", "沟通", "上门", ("", ""), "谈了合作"),
        ("11月3日发短信通知", "11-03 12:00", "沟通", "短信", ("", ""), "通知"),
        ("今天上午9点打电话，定了两箱", "11-22 09:00", "沟通", "电话", ("", ""), "定了两箱"),
        ("今天打电话问了尺码", "", "沟通", "电话", ("", ""), "今天打电话问了尺码"),
        (
            "昨天来店里看了两款，下周一再联系",
            "11-21 12:00",
            "沟通",
            "到店",
            ("11-23 09:00", ""),
            "看了两款，下周一再联系",
        ),
        ("昨天来店里看了两款，下周一打电话", "11-21 12:00", "沟通", "到店", ("11-23 09:00", "电话"), "看了两款"),
        ("客户要红色 下周一打电话", "", "沟通", "", ("11-23 09:00", "电话"), "客户要红色"),
        ("她说明天下午再来", "", "沟通", "", ("11-23 14:00", ""), "她说明天下午再来"),
        ("投诉 包装破了", "", "投诉", "", ("", ""), "包装破了"),
        ("投诉：包装破了，明天补发", "", "投诉", "", ("11-23 09:00", ""), "包装破了，明天补发"),
        ("昨天反馈 面膜过敏", "11-21 12:00", "反馈", "", ("", ""), "面膜过敏"),
        ("回访 用着不错", "", "回访", "", ("", ""), "用着不错"),
        ("明天回访 问尺码", "", "计划", "", ("11-23 09:00", ""), "回访 问尺码"),
        ("yesterday visited the shop", "11-21 12:00", "沟通", "上门", ("", ""), "the shop"),
        ("complaint: the box was broken", "", "投诉", "", ("", ""), "the box was broken"),
        ("wechat, asked for prices", "", "沟通", "微信", ("", ""), "asked for prices"),
    ] {
        let way_of = |w: &'static str| (!w.is_empty()).then_some(w);
        let want = LineNote {
            at: at(was),
            kind,
            way: way_of(way),
            follow_up: at(follow_up),
            follow_up_way: way_of(by),
            content: content.to_owned(),
        };
        assert_eq!(read(line), want, "{line}");
    }
}

#[test]
fn what_is_no_time_or_way_stays_text() {
    for line in [
        "喜欢下午茶",
        "有3点要求",
        "说了两点",
        "买5-6个",
        "38号鞋",
        "3号店自提",
        "第3天就坏了",
        "每周五固定要货",
        "一周一次",
        "目前天气太热",
        "今后天天要货",
        "用过三天就掉色",
        "16:9的屏幕",
        "微信号是abc123",
        "电话号码换了",
        "价格1/2",
        "2.5折",
        "订单20261130不对",
        "may need a bigger size",
        "the texture is nice",
        "recall issued",
        "",
        "   ",
        "。。。",
    ] {
        let got = read(line);
        assert_eq!((got.at, got.way, got.follow_up), (None, None, None), "{line}");
        assert_eq!(got.content, line.trim(), "{line}");
    }
}

#[test]
fn what_is_taken_away_is_text_again() {
    let line = "明天下午电话 确认尺码";
    let without = |ahead, way| note(line, now(), Without { ahead, way, ..Without::default() });
    let got = without(true, false);
    assert_eq!((got.follow_up, got.way, got.content.as_str()), (None, Some("电话"), line));
    let got = without(false, true);
    assert_eq!((got.follow_up, got.follow_up_way, &*got.content), (at("11-23 14:00"), None, "电话 确认尺码"));
    let got = without(true, true);
    assert_eq!((got.follow_up, got.way, got.kind, got.content.as_str()), (None, None, "沟通", line));
    let line = "昨天来店里看了两款，下周一再联系";
    let got = note(line, now(), Without { past: true, ..Without::default() });
    assert_eq!((got.at, got.follow_up, got.content.as_str()), (None, at("11-23 09:00"), line));
    let got = note("投诉 破了", now(), Without { kind: true, ..Without::default() });
    assert_eq!((got.kind, got.content.as_str()), ("沟通", "投诉 破了"));
}

/// Pieces of lines thrown together never make it fail, and nothing that was not understood is lost.
#[test]
fn no_text_is_lost() {
    const PIECES: [&str; 40] = [
        "明天", "后天", "下周", "一", "周", "3", "点", "半", "月", "底", "号", "年", "12", "31", "-", "/", ":", "：",
        "下午", "电话", "微信", "投诉", "过", "两天", "后", "in", " ", "，", "pm", "next", "monday", "nov", "at",
        "9999", "😀", "前天", "个", "零", "十", "２",
    ];
    let mut seed = 7_u64;
    let mut below = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % n
    };
    for _ in 0..60_000 {
        let line: String = (0..1 + below(7)).map(|_| PIECES[below(PIECES.len())]).collect();
        let got = read(&line);
        assert!(line.contains(&got.content), "{line:?} {got:?}");
        // What the ends lost says nothing but what was understood.
        if got.content.is_empty() {
            let said = got.at.is_some() || got.follow_up.is_some() || got.way.is_some() || got.kind != "沟通";
            let signs = line.chars().all(|c| " ，:：-/".contains(c));
            assert!(said || got.follow_up_way.is_some() || signs, "{line:?} {got:?}");
        }
        let kept = note(&line, now(), Without { ahead: true, past: true, way: true, kind: true });
        assert_eq!(kept.content, line.trim(), "{line:?}");
    }
}
