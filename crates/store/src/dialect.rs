//! What differs between database engines. SQLite only, so far.

use sea_query::{Alias, Expr, ExprTrait, Func, FunctionCall, SqliteQueryBuilder};

/// The builder that renders statements.
pub(crate) const BUILDER: SqliteQueryBuilder = SqliteQueryBuilder;

/// A set-returning call that turns a bound list of ids into rows with a column `value`, in its order.
pub(crate) fn id_rows(list: Expr) -> FunctionCall {
    Func::cust(Alias::new("rarray")).arg(list)
}

/// The smallest or largest of several values in one row; the callers guard against blanks.
pub(crate) fn extreme(smallest: bool) -> Alias {
    Alias::new(if smallest { "min" } else { "max" })
}

/// Position of a text inside another, 0 when absent: (text, part).
pub(crate) fn position(text: Expr, part: Expr) -> Expr {
    Func::cust(Alias::new("instr")).arg(text).arg(part).into()
}

/// Whether a text holds another without regard to ASCII case; blank when the text is.
pub(crate) fn holds(text: Expr, part: &str) -> Expr {
    let mut pattern = String::from("%");
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    text.like(sea_query::LikeExpr::new(pattern).escape('\\'))
}

/// The column type of a kind of field.
pub(crate) fn column_type(kind: &model::FieldKind) -> &'static str {
    use model::FieldKind as K;
    match kind {
        K::Number { decimals: 0 } | K::Money | K::Date | K::DateTime | K::Bool | K::Link { .. } => "INTEGER",
        K::Number { .. } | K::Percent => "REAL",
        _ => "TEXT",
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
