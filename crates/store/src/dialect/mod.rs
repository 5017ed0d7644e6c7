//! What differs between database engines.
//!
//! Statements are rendered with sea-query's SQLite builder on both; everything written differently is
//! here. Texts with `{0}` are templates of the expression compiler.

mod functions;
mod kebu;
mod statements;

pub(crate) use functions::register;
pub(crate) use statements::{never, numbered};

use crate::expr::Rep;
use formula::format::NumberFormat;
use model::Period;
use sea_query::{Alias, Expr, ExprTrait, Func, FunctionCall, SqliteQueryBuilder};
use std::borrow::Cow;

/// The builder that renders statements.
pub(crate) const BUILDER: SqliteQueryBuilder = SqliteQueryBuilder;

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// SQLite, with the functions of [`register`].
    Sqlite,
    /// PostgreSQL 13 or newer, with nothing added.
    Postgres,
}

/// Ways to round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// To the nearest, halves away from zero.
    Nearest,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
}

type Template = Cow<'static, str>;

impl Dialect {
    fn pick(self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }

    /// The form in which a kind of field is stored.
    pub(crate) fn rep(self, kind: &model::FieldKind) -> Rep {
        match column_type(kind) {
            "INTEGER" => Rep::Int,
            "REAL" => Rep::Real,
            _ => Rep::Text,
        }
    }

    /// A whole constant with the type of a column.
    pub(crate) fn int(self, n: i64) -> String {
        match self {
            Self::Sqlite => n.to_string(),
            Self::Postgres if n < 0 => format!("CAST({n} AS BIGINT)"),
            Self::Postgres => format!("{n}::int8"),
        }
    }

    /// A real constant with the type of a column.
    pub(crate) fn real(self, n: f64) -> String {
        match self {
            Self::Sqlite => format!("{n:?}"),
            Self::Postgres => format!("CAST({n:?} AS DOUBLE PRECISION)"),
        }
    }

    /// NULL with the type of a form.
    pub(crate) fn null(self, rep: Rep) -> &'static str {
        match (self, rep) {
            (Self::Postgres, Rep::Int) => "CAST(NULL AS BIGINT)",
            (Self::Postgres, Rep::Real) => "CAST(NULL AS DOUBLE PRECISION)",
            (Self::Postgres, Rep::Text) => "CAST(NULL AS TEXT)",
            (Self::Postgres, Rep::Cond) => "CAST(NULL AS BOOLEAN)",
            _ => "NULL",
        }
    }

    /// A bound text, compared byte by byte; None where it needs nothing.
    pub(crate) fn collated(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("CAST({0} AS TEXT) COLLATE \"C\""),
        }
    }

    /// Two texts in order.
    pub(crate) fn text_order(self, op: &str) -> Template {
        match self {
            Self::Sqlite => format!("{{0}} {op} {{1}}").into(),
            Self::Postgres => format!("({{0}}) COLLATE \"C\" {op} {{1}}").into(),
        }
    }

    /// ASCII letters made small, or large.
    pub(crate) fn cased(self, lower: bool) -> &'static str {
        match (self, lower) {
            (Self::Sqlite, true) => "lower({0})",
            (Self::Sqlite, false) => "upper({0})",
            (Self::Postgres, true) => "lower(({0}) COLLATE \"C\")",
            (Self::Postgres, false) => "upper(({0}) COLLATE \"C\")",
        }
    }

    /// LIKE with `\` as its escape, without regard to the case of ASCII letters.
    pub(crate) fn like(self, not: bool) -> &'static str {
        match (self, not) {
            (Self::Sqlite, false) => "{0} LIKE {1} ESCAPE char(92)",
            (Self::Sqlite, true) => "{0} NOT LIKE {1} ESCAPE char(92)",
            // The backslash is its escape by itself.
            (Self::Postgres, false) => "({0}) COLLATE \"C\" ILIKE {1}",
            (Self::Postgres, true) => "({0}) COLLATE \"C\" NOT ILIKE {1}",
        }
    }

    /// The smallest or largest of several values of one row; the callers guard against blanks.
    pub(crate) fn extreme(self, smallest: bool) -> &'static str {
        match (self, smallest) {
            (Self::Sqlite, true) => "min",
            (Self::Sqlite, false) => "max",
            (Self::Postgres, true) => "least",
            (Self::Postgres, false) => "greatest",
        }
    }

    /// Position of a text inside another, 0 when absent: text, part.
    pub(crate) fn position(self) -> &'static str {
        self.pick("instr({0}, {1})", "CAST(strpos({0}, {1}) AS BIGINT)")
    }

    /// Characters of a text.
    pub(crate) fn length(self) -> &'static str {
        self.pick("length({0})", "CAST(length({0}) AS BIGINT)")
    }

    /// Part of a text: text, first, count (not negative).
    pub(crate) fn substr(self) -> &'static str {
        self.pick("substr({0}, {1}, {2})", "substr({0}, CAST({1} AS INTEGER), CAST({2} AS INTEGER))")
    }

    /// A text so many times.
    pub(crate) fn repeat(self) -> &'static str {
        self.pick(
            "CASE WHEN {1} IS NOT NULL THEN replace(hex(zeroblob({1})), '00', {0}) END",
            "repeat({0}, CAST({1} AS INTEGER))",
        )
    }

    /// A real number rounded to a whole one, halves away from zero, still real.
    pub(crate) fn nearest(self) -> &'static str {
        self.pick("round({0})", "trunc({0} + sign({0}) * 0.5)")
    }

    /// A number rounded to decimals, by its first 15 digits as Excel does.
    pub(crate) fn round(self, how: Rounding) -> &'static str {
        match (self, how) {
            (Self::Sqlite, Rounding::Nearest) => "kebu_round({0}, {1}, 0)",
            (Self::Sqlite, Rounding::Up) => "kebu_round({0}, {1}, 1)",
            (Self::Sqlite, Rounding::Down) => "kebu_round({0}, {1}, 2)",
            (Self::Postgres, Rounding::Nearest) => {
                "CAST(round(CAST({0} AS NUMERIC), CAST({1} AS INTEGER)) AS DOUBLE PRECISION)"
            }
            (Self::Postgres, Rounding::Down) => {
                "CAST(trunc(CAST({0} AS NUMERIC), CAST({1} AS INTEGER)) AS DOUBLE PRECISION)"
            }
            (Self::Postgres, Rounding::Up) => {
                "CAST(trunc(CAST({0} AS NUMERIC), CAST({1} AS INTEGER)) + CASE WHEN trunc(CAST({0} AS NUMERIC), \
                 CAST({1} AS INTEGER)) = CAST({0} AS NUMERIC) THEN 0 ELSE sign(CAST({0} AS NUMERIC)) * \
                 CAST(power(CAST(10 AS NUMERIC), -{1}) AS NUMERIC) END AS DOUBLE PRECISION)"
            }
        }
    }

    /// A real number by its first 15 digits.
    pub(crate) fn snapped(self) -> &'static str {
        self.pick("kebu_snap({0})", "CAST(CAST({0} AS NUMERIC) AS DOUBLE PRECISION)")
    }

    /// A real number as text with up to 15 digits.
    pub(crate) fn real_text(self) -> &'static str {
        self.pick("kebu_text({0})", "CAST(trim_scale(CAST({0} AS NUMERIC)) AS TEXT)")
    }

    /// Text as a real number, NULL where it is none; {1} to {3} are what [`Self::number_patterns`] gives.
    pub(crate) fn number(self) -> &'static str {
        self.pick(
            "kebu_number({0})",
            "CASE WHEN length({0}) <= 60 AND btrim({0}) ~ {1} THEN CAST(translate(btrim({0}), {2}, '') AS \
             DOUBLE PRECISION) / CASE WHEN btrim({0}) ~ {3} THEN 100 ELSE 1 END END",
        )
    }

    /// A form of numbers, the signs left out of it, and that of per cents.
    pub(crate) fn number_patterns(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => &[
                r"^[+-]?[¥￥$]?(([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?%?$",
                ",¥￥$%",
                "%$",
            ],
        }
    }

    /// Text as a day: year, month, day as whole numbers from `{0}` by the pattern `{1}`, NULL where it
    /// has another form; None where a function does all of it.
    pub(crate) fn date_parts(self) -> Option<([&'static str; 3], &'static str)> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some((
                [
                    "CAST((regexp_match({0}, {1}))[1] AS BIGINT)",
                    "CAST((regexp_match({0}, {1}))[2] AS BIGINT)",
                    "CAST((regexp_match({0}, {1}))[3] AS BIGINT)",
                ],
                "^ *([0-9]{4})[-/年]([0-9]{1,2})[-/月]([0-9]{1,2})日? *$",
            )),
        }
    }

    /// Year, month or day of month of a day.
    pub(crate) fn date_part(self, part: char) -> &'static str {
        match (self, part) {
            (Self::Sqlite, 'y') => "CAST(strftime('%Y', {0} * 86400, 'unixepoch') AS INTEGER)",
            (Self::Sqlite, 'm') => "CAST(strftime('%m', {0} * 86400, 'unixepoch') AS INTEGER)",
            (Self::Sqlite, _) => "CAST(strftime('%d', {0} * 86400, 'unixepoch') AS INTEGER)",
            (_, 'y') => "CAST(extract(year FROM DATE '1970-01-01' + CAST({0} AS INTEGER)) AS BIGINT)",
            (_, 'm') => "CAST(extract(month FROM DATE '1970-01-01' + CAST({0} AS INTEGER)) AS BIGINT)",
            _ => "CAST(extract(day FROM DATE '1970-01-01' + CAST({0} AS INTEGER)) AS BIGINT)",
        }
    }

    /// The first day of the month or year of a day.
    pub(crate) fn period_start(self, day: Expr, by: Period) -> Expr {
        let year = by == Period::Year;
        match self {
            Self::Sqlite if year => Expr::cust_with_exprs("kebu_year(?)", [day]),
            Self::Sqlite => Expr::cust_with_exprs("kebu_month(?)", [day]),
            Self::Postgres => {
                let text = "CAST(date_trunc('{}', CAST(DATE '1970-01-01' + CAST(? AS INTEGER) AS TIMESTAMP)) AS DATE) \
                            - DATE '1970-01-01'";
                Expr::cust_with_exprs(text.replace("{}", if year { "year" } else { "month" }), [day])
            }
        }
    }

    /// A whole number as text with at least so many digits: number (not negative), digits.
    pub(crate) fn padded(self) -> &'static str {
        self.pick(
            "CASE WHEN {0} IS NOT NULL THEN printf('%0*d', {1}, {0}) END",
            "lpad(CAST({0} AS TEXT), greatest(length(CAST({0} AS TEXT)), {1}), '0')",
        )
    }

    /// Words with capitals; `{1}` and `{2}` are what [`Self::proper_patterns`] gives.
    pub(crate) fn proper(self) -> &'static str {
        self.pick(
            "kebu_proper({0})",
            "replace(initcap(regexp_replace(lower(({0}) COLLATE \"C\"), {1}, {2}, 'g') COLLATE \"C\"), chr(1), '')",
        )
    }

    /// A digit before a letter, and a mark put between them.
    pub(crate) fn proper_patterns(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => &["([0-9])([a-z])", "\\1\u{1}\\2"],
        }
    }

    /// Without control characters; `{1}` is [`Self::control_pattern`].
    pub(crate) fn clean(self) -> &'static str {
        self.pick("kebu_clean({0})", "regexp_replace({0}, {1}, '', 'g')")
    }

    /// Control characters.
    pub(crate) fn control_pattern(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => &[r"[\u0001-\u001f]"],
        }
    }

    /// The n-th occurrence replaced: text, old, new, n (1 or more).
    pub(crate) fn substitute_nth(self) -> &'static str {
        self.pick(
            "kebu_substitute({0}, {1}, {2}, {3})",
            "CASE WHEN {1} = '' OR {3} > (length({0}) - length(replace({0}, {1}, ''))) / nullif(length({1}), 0) \
             THEN {0} ELSE array_to_string((string_to_array({0}, {1}))[1:CAST({3} AS INTEGER)], {1}) || {2} || \
             array_to_string((string_to_array({0}, {1}))[CAST({3} AS INTEGER) + 1:], {1}) END",
        )
    }

    /// Place of the first fit of a pattern of [`Self::wild_pattern`] in a text, 0 of none: text, pattern.
    pub(crate) fn wild_position(self) -> &'static str {
        self.pick(
            "kebu_wild({0}, {1})",
            "coalesce(CAST(strpos(lower({0} COLLATE \"C\"), substring(lower({0} COLLATE \"C\") FROM {1})) AS BIGINT), 0)",
        )
    }

    /// Excel's wildcards in the engine's own form, in small letters.
    pub(crate) fn wild_pattern(self, text: &str) -> String {
        let text = text.to_ascii_lowercase();
        let Self::Postgres = self else { return text };
        let mut out = String::from("(");
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '~' if matches!(chars.peek(), Some('*' | '?' | '~')) => {
                    out.push('\\');
                    out.extend(chars.next());
                }
                '*' => out.push_str("[^\u{1}]*?"),
                '?' => out.push_str("[^\u{1}]"),
                c if c.is_ascii_punctuation() => {
                    out.push('\\');
                    out.push(c);
                }
                c => out.push(c),
            }
        }
        out.push(')');
        out
    }

    /// A number by a format, sign included: the number, what stands before the digits (`{P}`), and on
    /// PostgreSQL a pattern and its replacement for groups of thousands.
    pub(crate) fn formatted(self, f: &NumberFormat) -> (Template, &'static [&'static str]) {
        match self {
            Self::Sqlite => {
                let (d, least, digits) = (f.decimals, f.fixed, f.digits);
                let flags = u8::from(f.grouped) + 2 * u8::from(f.percent);
                (format!("kebu_format({{0}}, {d}, {least}, {digits}, {flags}, {{P}})").into(), &[])
            }
            Self::Postgres => postgres_format(f),
        }
    }

    /// Whether an id is among a bound list of them.
    pub(crate) fn among(self, id: Expr, list: Expr) -> Expr {
        match self {
            Self::Sqlite => {
                let mut rows = sea_query::Query::select();
                rows.column(Alias::new("value")).from_function(id_rows(list), Alias::new("r"));
                id.in_subquery(rows)
            }
            Self::Postgres => Expr::cust_with_exprs("? = ANY(?)", [id, list]),
        }
    }

    /// The sum of a column of whole numbers, whole as well: exact within what a cell can hold, and never
    /// beyond what a number can be. SQLite's `sum` would raise there; `total` adds whole numbers just as
    /// exactly and gives the nearest real one.
    pub(crate) fn sum_of_ints(self, value: Expr) -> Expr {
        match self {
            Self::Sqlite => Expr::cust_with_exprs("CAST(max(-9e18, min(9e18, total(?))) AS INTEGER)", [value]),
            Self::Postgres => Expr::cust_with_exprs(
                "CAST(CAST(CASE WHEN sum(?) > 9000000000000000000 THEN 9000000000000000000 \
                 WHEN sum(?) < -9000000000000000000 THEN -9000000000000000000 ELSE sum(?) END \
                 AS DOUBLE PRECISION) AS BIGINT)",
                [value.clone(), value.clone(), value],
            ),
        }
    }

    /// The mean of a column, real.
    pub(crate) fn mean(self, value: Expr) -> Expr {
        match self {
            Self::Sqlite => Func::cust(Alias::new("avg")).arg(value).into(),
            Self::Postgres => Expr::cust_with_exprs("CAST(avg(?) AS DOUBLE PRECISION)", [value]),
        }
    }

    /// Of a column grouped by its values: how many records are below, above, and there at all.
    pub(crate) fn rank_counts(self, field: &str) -> [String; 3] {
        let order = format!("OVER (ORDER BY {} ROWS BETWEEN", quote(field));
        let whole = |s: String| match self {
            Self::Sqlite => s,
            Self::Postgres => format!("CAST({s} AS BIGINT)"),
        };
        [
            whole(format!("coalesce(sum(count(*)) {order} UNBOUNDED PRECEDING AND 1 PRECEDING), 0)")),
            whole(format!("coalesce(sum(count(*)) {order} 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0)")),
            whole("sum(count(*)) OVER ()".to_owned()),
        ]
    }
}

/// Whole part, decimals and sign put together from a NUMERIC.
fn postgres_format(f: &NumberFormat) -> (Template, &'static [&'static str]) {
    let value = if f.percent { "CAST({0} AS NUMERIC) * 100" } else { "CAST({0} AS NUMERIC)" };
    let rounded = format!("round({value}, {})", f.decimals);
    let all = format!("CAST(abs({rounded}) AS TEXT)");
    let whole = format!("split_part({all}, '.', 1)");
    let mut shown = match f.digits {
        0 => format!("ltrim({whole}, '0')"),
        1 => whole,
        d => format!("lpad({whole}, greatest(length({whole}), {d}), '0')"),
    };
    let patterns: &'static [&'static str] = if f.grouped {
        shown = format!("regexp_replace({shown}, {{1}}, {{2}}, 'g')");
        &["([0-9])(?=([0-9]{3})+$)", "\\1,"]
    } else {
        &[]
    };
    let fraction = if f.decimals == 0 {
        String::new()
    } else {
        let digits = format!("split_part({all}, '.', 2)");
        let kept = if f.fixed == f.decimals {
            digits
        } else {
            let (fixed, d) = (f.fixed, f.decimals);
            format!("left({digits}, {fixed}) || rtrim(right({digits}, {}), '0')", d - fixed)
        };
        if f.fixed == 0 {
            format!(" || CASE WHEN {kept} = '' THEN '.' ELSE '.' || {kept} END")
        } else {
            format!(" || '.' || {kept}")
        }
    };
    let percent = if f.percent { " || '%'" } else { "" };
    (format!("CASE WHEN {rounded} < 0 THEN '-' ELSE '' END || {{P}} || {shown}{fraction}{percent}").into(), patterns)
}

/// A set-returning call that turns a bound list of ids into rows with a column `value`, in its order.
pub(crate) fn id_rows(list: Expr) -> FunctionCall {
    Func::cust(Alias::new("rarray")).arg(list)
}

/// A pattern of LIKE for text that holds another.
pub(crate) fn holding(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The column type of a kind of field.
pub(crate) fn column_type(kind: &model::FieldKind) -> &'static str {
    use model::Holds as H;
    match kind.holds() {
        H::Whole | H::Money | H::Date | H::DateTime | H::Bool | H::Link | H::Person => "INTEGER",
        H::Number => "REAL",
        H::Text | H::Texts | H::Links | H::Files => "TEXT",
    }
}

/// A quoted identifier. Identifiers come from the schema, never from a request; quoting keeps user-made
/// ones harmless all the same.
pub(crate) fn quote(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    out.push('"');
    for c in name.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    out.push('"');
    out
}
