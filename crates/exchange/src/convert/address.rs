//! Chinese addresses in one cell: `姓名，86-手机号，省 市 区 地址` and parts of it.

use std::borrow::Cow;

/// The parts of an address; blank where the text has none.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Parts<'a> {
    pub name: &'a str,
    pub mobile: String,
    pub province: Cow<'a, str>,
    pub city: Cow<'a, str>,
    pub district: Cow<'a, str>,
    /// Street and house, or the whole text if it could not be taken apart.
    pub rest: &'a str,
}

/// The provinces: the name people write and the full name.
const PROVINCES: &[(&str, &str)] = &[
    ("北京", "北京市"),
    ("天津", "天津市"),
    ("上海", "上海市"),
    ("重庆", "重庆市"),
    ("河北", "河北省"),
    ("山西", "山西省"),
    ("辽宁", "辽宁省"),
    ("吉林", "吉林省"),
    ("黑龙江", "黑龙江省"),
    ("江苏", "江苏省"),
    ("浙江", "浙江省"),
    ("安徽", "安徽省"),
    ("福建", "福建省"),
    ("江西", "江西省"),
    ("山东", "山东省"),
    ("河南", "河南省"),
    ("湖北", "湖北省"),
    ("湖南", "湖南省"),
    ("广东", "广东省"),
    ("海南", "海南省"),
    ("四川", "四川省"),
    ("贵州", "贵州省"),
    ("云南", "云南省"),
    ("陕西", "陕西省"),
    ("甘肃", "甘肃省"),
    ("青海", "青海省"),
    ("台湾", "台湾省"),
    ("内蒙古", "内蒙古自治区"),
    ("广西", "广西壮族自治区"),
    ("西藏", "西藏自治区"),
    ("宁夏", "宁夏回族自治区"),
    ("新疆", "新疆维吾尔自治区"),
    ("香港", "香港特别行政区"),
    ("澳门", "澳门特别行政区"),
];

/// Cities that are provinces at once.
const MUNICIPALITIES: [&str; 4] = ["北京市", "天津市", "上海市", "重庆市"];

/// Takes an address apart.
pub(super) fn split(text: &str) -> Parts<'_> {
    let (name, mobile, address) = person(text);
    let mut parts = Parts { name, mobile, rest: address, ..Parts::default() };
    let Some((province, after)) = province(address) else { return parts };
    parts.province = Cow::Borrowed(province);
    let mut rest = after;
    if let Some((city, after)) = place(rest, CITY) {
        // 北京市朝阳区: the province is the city.
        parts.city = Cow::Borrowed(city);
        rest = after;
    } else if MUNICIPALITIES.contains(&province) {
        parts.city = Cow::Borrowed(province);
        // 上海 上海 浦东新区
        rest = rest
            .trim_start()
            .strip_prefix(province.trim_end_matches('市'))
            .filter(|r| r.starts_with(' '))
            .unwrap_or(rest);
    }
    if let Some((district, after)) = place(rest, DISTRICT) {
        parts.district = Cow::Borrowed(district);
        rest = after;
    }
    parts.rest = rest.trim_start_matches([' ', ',', '，', '-', '/']);
    parts
}

/// `姓名，86-手机号，…`: (name, mobile, the address behind); blank and the whole text otherwise.
fn person(text: &str) -> (&str, String, &str) {
    let mut pieces = text.splitn(3, ['，', ',']);
    let (Some(name), Some(phone), Some(rest)) = (pieces.next(), pieces.next(), pieces.next()) else {
        return ("", String::new(), text);
    };
    match model::parse::mobile_identity(phone) {
        Some(mobile) if name.chars().count() <= 20 => (name.trim(), mobile, rest.trim()),
        _ => ("", String::new(), text),
    }
}

fn province(text: &str) -> Option<(&'static str, &str)> {
    let t = text.trim_start().strip_prefix("中国").unwrap_or(text).trim_start();
    let (short, full) = PROVINCES.iter().find(|(short, _)| t.starts_with(short))?;
    let after = t.strip_prefix(full).or_else(|| {
        let rest = &t[short.len()..];
        rest.strip_prefix('省')
            .or_else(|| rest.strip_prefix("自治区"))
            .or_else(|| rest.strip_prefix('市'))
            .or(Some(rest))
    })?;
    // 吉林市 alone is a city of 吉林省, and 海南 is in many names: what follows decides nothing, the
    // text began with a province either way.
    Some((full, after))
}

/// Endings of places, and characters that cannot stand inside their names.
const CITY: &[&str] = &["自治州", "地区", "盟", "市"];
const DISTRICT: &[&str] = &["自治县", "自治旗", "新区", "区", "县", "旗", "市"];

/// A place at the start of the text, of at most twelve characters and ending as given.
fn place<'a>(text: &'a str, endings: &[&str]) -> Option<(&'a str, &'a str)> {
    let t = text.trim_start_matches([' ', ',', '，', '-', '/']);
    // Separated parts are taken whole.
    let piece = t.split([' ', ',', '，', '/']).next().unwrap_or(t);
    let mut best: Option<usize> = None;
    for ending in endings {
        // The name before the ending has at least one character: 市北区 is a district.
        let first = piece.char_indices().nth(1).map_or(piece.len(), |(i, _)| i);
        if let Some(at) = piece.get(first..).and_then(|p| p.find(ending)) {
            let end = first + at + ending.len();
            if piece[..end].chars().count() <= 12
                && best.is_none_or(|b| end < b || (end > b && piece[b..end].chars().count() <= 1))
            {
                best = Some(end);
            }
        }
    }
    let end = best?;
    let name = &t[..end];
    // A street or a number inside means the ending belongs to something further on.
    if name.chars().any(|c| c.is_ascii_digit()) || ["路", "街", "号", "镇", "乡"].iter().any(|w| name.contains(w))
    {
        return None;
    }
    Some((name, &t[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fall_into_their_places() {
        for (text, province, city, district, rest) in [
            ("新疆维吾尔自治区乌鲁木齐市天山区某路1号", "新疆维吾尔自治区", "乌鲁木齐市", "天山区", "某路1号"),
            ("上海市上海市浦东新区某路5号", "上海市", "上海市", "浦东新区", "某路5号"),
            ("上海市浦东新区某路5号", "上海市", "上海市", "浦东新区", "某路5号"),
            ("上海 上海市 浦东新区 某路5号", "上海市", "上海市", "浦东新区", "某路5号"),
            ("广东省 广州市 天河区 某街道1号", "广东省", "广州市", "天河区", "某街道1号"),
            ("浙江杭州市西湖区文三路1号", "浙江省", "杭州市", "西湖区", "文三路1号"),
            ("山东省青岛市市北区台东路", "山东省", "青岛市", "市北区", "台东路"),
            ("江苏省苏州市昆山市某路", "江苏省", "苏州市", "昆山市", "某路"),
            ("四川省凉山彝族自治州西昌市某路", "四川省", "凉山彝族自治州", "西昌市", "某路"),
            ("内蒙古自治区锡林郭勒盟苏尼特左旗某路", "内蒙古自治区", "锡林郭勒盟", "苏尼特左旗", "某路"),
            ("某路1号", "", "", "", "某路1号"),
            ("", "", "", "", ""),
        ] {
            let p = split(text);
            assert_eq!((&*p.province, &*p.city, &*p.district, p.rest), (province, city, district, rest), "{text}");
        }
        let p = split("张三，86-13800138000，广东省 广州市 天河区 某路1号");
        assert_eq!((p.name, p.mobile.as_str(), &*p.city, p.rest), ("张三", "13800138000", "广州市", "某路1号"));
    }
}
