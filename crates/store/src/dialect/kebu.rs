//! What birthdays and spelling need of the engines.

use super::Dialect;

impl Dialect {
    /// A stored birthday as one number, NULL of any other text: the year (0 when unknown) × 1,000,000 +
    /// (0 solar, 1 lunar, 2 in a leap month) × 10,000 + month × 100 + day. {1} to {4} are
    /// [`Self::birthday_patterns`].
    pub(crate) fn birthday(self) -> &'static str {
        self.pick(
            "kebu_birthday({0})",
            "CASE WHEN {0} ~ {1} THEN coalesce(CAST(substring({0} FROM {2}) AS BIGINT), 0) * 1000000 + \
             CASE WHEN strpos({0}, {3}) > 0 THEN 20000 WHEN strpos({0}, {4}) > 0 THEN 10000 ELSE 0 END + \
             CAST(left(right({0}, 5), 2) AS BIGINT) * 100 + CAST(right({0}, 2) AS BIGINT) END",
        )
    }

    /// The form of a birthday, that of its year, and the marks of leap months and lunar dates.
    pub(crate) fn birthday_patterns(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => {
                &["^(([0-9]{4}-)?[0-9]{2}-[0-9]{2}|农历([0-9]{4}-)?闰?[0-9]{2}-[0-9]{2})$", "([0-9]{4})-", "闰", "农历"]
            }
        }
    }

    /// The characters of the text `{0}` as rows of `s` with `c` and `place` from 1: the code point of one,
    /// the rows, and how what they become (`{1}`) is put together.
    pub(crate) fn characters(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Sqlite => (
                "unicode(s.c)",
                "(SELECT value AS c, key + 1 AS place FROM json_each(kebu_characters({0}))) AS s",
                "group_concat({1}, '' ORDER BY s.place)",
            ),
            Self::Postgres => (
                "ascii(s.c)",
                "unnest(string_to_array({0}, NULL)) WITH ORDINALITY AS s (c, place)",
                "string_agg({1}, '' ORDER BY s.place)",
            ),
        }
    }
}
