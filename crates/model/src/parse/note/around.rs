//! What the words around a time make of it.

use super::scan::Scan;

/// Nothing is to be done.
const NOT: &[(&str, ())] = &[
    ("不用", ()),
    ("不必", ()),
    ("不要", ()),
    ("不需要", ()),
    ("无需", ()),
    ("无须", ()),
    ("别", ()),
    ("no need", ()),
    ("don't", ()),
    ("do not", ()),
    ("not", ()),
];

impl Scan<'_> {
    /// Whether a time comes again and again: `每月15号`, `每周五下午3点`, `every friday`.
    pub(super) fn repeats(&self, i: usize) -> bool {
        const PARTS: &str =
            "0123456789零一二三四五六七八九十两半个月周天日年星期礼拜末底初号的和到或、隔早晚上下午中点";
        // 明天 and 下周三 are days of their own.
        let own = match self.at(i) {
            Some('上' | '下') => self.at(i + 1) != Some('午'),
            Some(c) => "今明后昨前大本这去当".contains(c),
            None => false,
        };
        if own {
            return false;
        }
        let mut n = i;
        while self.before(n).is_some_and(|c| c.is_whitespace() || PARTS.contains(c)) {
            n -= 1;
        }
        self.before(n) == Some('每') || self.every(i)
    }

    /// As [`Scan::repeats`], in English.
    fn every(&self, mut i: usize) -> bool {
        const BETWEEN: &[&str] = &[
            "day",
            "week",
            "month",
            "year",
            "other",
            "on",
            "at",
            "and",
            "the",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ];
        loop {
            while self.before(i).is_some_and(char::is_whitespace) {
                i -= 1;
            }
            let end = i;
            while self.before(i).is_some_and(|c| c.is_ascii_alphabetic()) {
                i -= 1;
            }
            if ["every", "each", "daily", "weekly", "monthly"].iter().any(|w| self.word(i, w)) {
                return true;
            }
            if i == end || !BETWEEN.iter().any(|w| self.word(i, w)) {
                return false;
            }
        }
    }

    /// Whether what is behind a time says that nothing is to be done: `明天不用联系`; 明天别忘了 is the opposite.
    pub(super) fn negated(&self, to: usize) -> bool {
        let at = self.skip(to);
        let Some((end, ())) = self.one_of(at, NOT) else { return false };
        let other = self.at(at) == Some('别') && self.at(end).is_some_and(|c| "的人处家样".contains(c));
        !other && self.at(end) != Some('忘')
    }

    /// Whether what comes at a place is not to be done: 不用打电话; 分别打电话 is.
    pub(super) fn refused(&self, i: usize) -> bool {
        let word = |w: &str| i.checked_sub(w.chars().count()).filter(|from| self.starts(*from, w));
        let no = ["不用", "不必", "不要", "无需", "无须"].into_iter().any(|w| word(w).is_some());
        no || word("别").is_some_and(|from| !self.before(from).is_some_and(|c| "特分个级区".contains(c)))
    }

    /// The place behind a time that something is to be done by: 月底前, 周五之前; 明天前台 is another word.
    pub(super) fn until(&self, to: usize) -> usize {
        match self.one_of(to, &[("之前", true), ("以前", true), ("前", false)]) {
            Some((end, whole)) if whole || !self.at(end).is_some_and(|c| "台面往期门天后者方排".contains(c)) => {
                end
            }
            _ => to,
        }
    }
}
