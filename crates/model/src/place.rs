//! The national list of provinces, cities and districts, and addresses read with its help.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// A province with its cities, in the list's order.
#[derive(Debug)]
pub struct Province {
    /// Full name: 广东省.
    pub name: &'static str,
    /// Its cities; a municipality is its own only city.
    pub cities: Vec<City>,
}

/// A city, prefecture or county directly under a province.
#[derive(Debug)]
pub struct City {
    /// Full name: 广州市.
    pub name: &'static str,
    /// Districts, counties and towns below it; may be none.
    pub districts: Vec<&'static str>,
}

static PROVINCES: LazyLock<Vec<Province>> = LazyLock::new(|| {
    let mut out: Vec<Province> = Vec::with_capacity(34);
    for line in include_str!("../data/divisions.txt").lines() {
        match (line.strip_prefix('\t'), out.last_mut()) {
            (Some(city), Some(province)) => {
                let mut names = city.split(' ');
                let name = names.next().unwrap_or_default();
                province.cities.push(City { name, districts: names.collect() });
            }
            _ => out.push(Province { name: line, cities: Vec::new() }),
        }
    }
    out
});

/// Cities and districts by their names: places in the list as (province, city).
static BY_NAME: LazyLock<HashMap<&'static str, Vec<(usize, usize)>>> = LazyLock::new(|| {
    let mut out: HashMap<&'static str, Vec<(usize, usize)>> = HashMap::new();
    for (p, province) in PROVINCES.iter().enumerate() {
        for (c, city) in province.cities.iter().enumerate() {
            for name in city.districts.iter().chain([&city.name]) {
                out.entry(name).or_default().push((p, c));
            }
        }
    }
    out
});

/// All provinces.
pub fn provinces() -> &'static [Province] {
    &PROVINCES
}

/// An address taken apart; blank where the text has none. Shown as its stored text: the parts separated
/// by single spaces, the city left out where it is the province (上海市 浦东新区 世纪大道1号).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// Full name of the province.
    pub province: &'static str,
    /// Full name of the city.
    pub city: &'static str,
    /// Full name of the district.
    pub district: &'static str,
    /// Street and house, or the whole text if it could not be taken apart.
    pub detail: String,
}

/// What stands between the parts of a written address.
const BETWEEN: [char; 9] = [' ', '\u{3000}', ',', '，', '-', '/', '\t', '\n', '、'];

/// What makes a name in front of it the name of a street: 北京路, 上海大道.
const STREETS: [&str; 10] = ["路", "街", "大道", "大街", "东路", "西路", "南路", "北路", "中路", "巷"];

impl Address {
    /// Takes a text apart with the national list. What is left out above a known place is completed:
    /// 杭州市西湖区 is in 浙江省, 昆山市 is in 苏州市.
    pub fn read(text: &str) -> Self {
        let t = text.trim_matches(BETWEEN);
        let t = t.strip_prefix("中国").unwrap_or(t).trim_start_matches(BETWEEN);
        let whole = Self { detail: tidy(t), ..Self::default() };
        let Some((p, rest)) = province(t) else { return without_province(t).unwrap_or(whole) };
        let province = &PROVINCES[p];
        let mut out = Self { province: province.name, ..Self::default() };
        let (city, rest) = match city(province, rest) {
            Some((c, rest)) => (Some(c), rest),
            None => (None, rest),
        };
        let rest = out.below(province, city, rest);
        out.detail = tidy(rest);
        out
    }

    /// Fills city and district from what follows the province; the rest of the text.
    fn below<'t>(&mut self, province: &Province, city: Option<usize>, rest: &'t str) -> &'t str {
        let single = (province.cities.len() == 1).then_some(0);
        if let Some(c) = city.or(single) {
            let city = &province.cities[c];
            self.city = city.name;
            if let Some((d, rest)) = named(&city.districts, rest) {
                self.district = d;
                return rest;
            }
            return rest;
        }
        // A county without its city: 江苏省昆山市.
        for city in &province.cities {
            if let Some((d, after)) = named(&city.districts, rest) {
                (self.city, self.district) = (city.name, d);
                return after;
            }
        }
        rest
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let city = if self.city == self.province { "" } else { self.city };
        let mut first = true;
        for part in [self.province, city, self.district, &self.detail] {
            if part.is_empty() {
                continue;
            }
            if !first {
                f.write_str(" ")?;
            }
            first = false;
            f.write_str(part)?;
        }
        Ok(())
    }
}

/// The detail on one line.
fn tidy(t: &str) -> String {
    t.trim_matches(BETWEEN).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name people use for a province: 广东, 内蒙古, 新疆.
fn short(province: &'static str) -> &'static str {
    let chars = if province.starts_with("内蒙古") || province.starts_with("黑龙江") { 3 } else { 2 };
    let end = province.char_indices().nth(chars).map_or(province.len(), |(i, _)| i);
    &province[..end]
}

/// The rest behind a name that ends here: the next part begins, and it is no street of that name.
fn after<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(name)?;
    if STREETS.iter().any(|s| rest.starts_with(s)) {
        return None;
    }
    Some(rest.trim_start_matches(BETWEEN))
}

fn province(text: &str) -> Option<(usize, &str)> {
    for (i, p) in PROVINCES.iter().enumerate() {
        if let Some(rest) = text.strip_prefix(p.name) {
            return Some((i, rest.trim_start_matches(BETWEEN)));
        }
    }
    for (i, p) in PROVINCES.iter().enumerate() {
        let Some(rest) = after(text, short(p.name)) else { continue };
        // 吉林市 and 海南区 are places of their own: a full name of a city or district wins.
        if leading(text).is_some_and(|(name, _)| name.len() > short(p.name).len()) {
            continue;
        }
        let rest = ["省", "自治区", "市"].iter().find_map(|s| rest.strip_prefix(s)).unwrap_or(rest);
        return Some((i, rest.trim_start_matches(BETWEEN)));
    }
    None
}

/// A full name of a city or district at the start of a text.
fn leading(text: &str) -> Option<(&'static str, &[(usize, usize)])> {
    // Names have 2 to 15 characters; the longest that fits is meant.
    let ends: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).skip(2).take(14).collect();
    ends.into_iter().rev().find_map(|e| BY_NAME.get_key_value(&text[..e]).map(|(k, v)| (*k, v.as_slice())))
}

fn city<'t>(province: &'static Province, text: &'t str) -> Option<(usize, &'t str)> {
    for (i, c) in province.cities.iter().enumerate() {
        if let Some(rest) = text.strip_prefix(c.name) {
            return Some((i, rest.trim_start_matches(BETWEEN)));
        }
    }
    province.cities.iter().enumerate().find_map(|(i, c)| {
        let short = c.name.strip_suffix('市')?;
        let rest = text.strip_prefix(short)?;
        // Without its 市 a name counts where the part ends, or a district of it follows.
        (rest.is_empty() || rest.starts_with(BETWEEN) || named(&c.districts, rest).is_some())
            .then(|| (i, rest.trim_start_matches(BETWEEN)))
    })
}

/// A district at the start of a text, by its full name or, as a part of its own, without 区 or 县.
fn named<'t>(districts: &[&'static str], text: &'t str) -> Option<(&'static str, &'t str)> {
    let full = districts.iter().filter(|d| text.starts_with(**d)).max_by_key(|d| d.len());
    if let Some(d) = full {
        return Some((d, text[d.len()..].trim_start_matches(BETWEEN)));
    }
    districts.iter().find_map(|d| {
        let short = d.strip_suffix(['区', '县', '市']).filter(|s| s.chars().count() > 1)?;
        let rest = text.strip_prefix(short)?;
        (rest.is_empty() || rest.starts_with(BETWEEN)).then(|| (*d, rest.trim_start_matches(BETWEEN)))
    })
}

/// An address that begins with a city, or with a district of which there is only one.
fn without_province(text: &str) -> Option<Address> {
    let (name, places) = leading(text)?;
    let city = places.iter().find(|(p, c)| PROVINCES[*p].cities[*c].name == name);
    let &(p, c) = city.or(if places.len() == 1 { places.first() } else { None })?;
    let province = &PROVINCES[p];
    let mut out = Address { province: province.name, ..Address::default() };
    let rest = if city.is_some() { &text[name.len()..] } else { text };
    let rest = out.below(province, Some(c), rest.trim_start_matches(BETWEEN));
    out.detail = tidy(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        assert_eq!(provinces().len(), 34);
        let cities: usize = provinces().iter().map(|p| p.cities.len()).sum();
        let districts: usize = provinces().iter().flat_map(|p| &p.cities).map(|c| c.districts.len()).sum();
        assert!(cities > 340 && districts > 3_000, "{cities} {districts}");
        for p in provinces() {
            assert!(!p.cities.is_empty(), "{}", p.name);
        }
    }

    #[test]
    fn addresses_fall_into_their_places_and_read_back() {
        for (text, province, city, district, detail) in [
            ("新疆维吾尔自治区乌鲁木齐市天山区某路1号", "新疆维吾尔自治区", "乌鲁木齐市", "天山区", "某路1号"),
            ("上海市上海市浦东新区某路5号", "上海市", "上海市", "浦东新区", "某路5号"),
            ("上海 上海 浦东新区 某路5号", "上海市", "上海市", "浦东新区", "某路5号"),
            ("上海浦东新区某路5号", "上海市", "上海市", "浦东新区", "某路5号"),
            ("广东省 广州市 天河区 某街道1号 2栋", "广东省", "广州市", "天河区", "某街道1号 2栋"),
            ("广东 广州 天河 某街道1号", "广东省", "广州市", "天河区", "某街道1号"),
            ("浙江杭州西湖区文三路1号", "浙江省", "杭州市", "西湖区", "文三路1号"),
            ("杭州市西湖区文三路1号", "浙江省", "杭州市", "西湖区", "文三路1号"),
            ("山东省青岛市市北区台东路", "山东省", "青岛市", "市北区", "台东路"),
            ("江苏省昆山市某路", "江苏省", "苏州市", "昆山市", "某路"),
            ("昆山市某路", "江苏省", "苏州市", "昆山市", "某路"),
            ("内蒙古锡林郭勒盟苏尼特左旗某路", "内蒙古自治区", "锡林郭勒盟", "苏尼特左旗", "某路"),
            ("吉林省吉林市昌邑区", "吉林省", "吉林市", "昌邑区", ""),
            ("吉林市昌邑区", "吉林省", "吉林市", "昌邑区", ""),
            ("重庆万州区", "重庆市", "重庆市", "万州区", ""),
            ("河南省济源市某路", "河南省", "济源市", "", "某路"),
            ("北京路12号", "", "", "", "北京路12号"),
            ("朝阳区某路", "", "", "", "朝阳区某路"),
            ("某路1号", "", "", "", "某路1号"),
            ("", "", "", "", ""),
        ] {
            let a = Address::read(text);
            assert_eq!((a.province, a.city, a.district, &*a.detail), (province, city, district, detail), "{text}");
            assert_eq!(Address::read(&a.to_string()), a, "{text}");
        }
        assert_eq!(Address::read("上海浦东新区世纪大道1号").to_string(), "上海市 浦东新区 世纪大道1号");
    }
}
