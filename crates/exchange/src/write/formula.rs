//! Formula texts for the file: what Excel stores is stricter than what it shows.

use rust_xlsxwriter::Formula;

/// Rewrites a formula of a table column as Excel stores it: `[@总评分]` becomes
/// `客户[[#This Row],[总评分]]`, special column names are bracketed twice; the library adds the
/// prefix that newer functions carry in files.
pub(super) fn stored(text: &str, table: &str) -> Formula {
    Formula::new(qualified(text.trim_start_matches('='), table))
}

fn qualified(text: &str, table: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '"' => {
                // A quote inside is doubled, which reads as two literals: the same to us.
                let end = after.find('"').map_or(rest.len(), |i| i + 2);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
            '[' => {
                let (inner, tail) = bracketed(rest);
                if let Some(column) = inner.strip_prefix('@') {
                    let column = column.strip_prefix('[').and_then(|c| c.strip_suffix(']')).unwrap_or(column);
                    out.push_str(&format!("{table}[[#This Row],[{column}]]"));
                } else if needs_brackets(inner) {
                    out.push_str(&format!("[[{inner}]]"));
                } else {
                    out.push_str(&format!("[{inner}]"));
                }
                rest = tail;
            }
            c => {
                out.push(c);
                rest = after;
            }
        }
    }
    out
}

/// What stands between a `[` at the start and its matching `]`, and what follows.
fn bracketed(text: &str) -> (&str, &str) {
    let mut depth = 0;
    for (i, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => {
                depth -= 1;
                if depth == 0 {
                    return (&text[1..i], &text[i + 1..]);
                }
            }
            _ => {}
        }
    }
    (text.get(1..).unwrap_or_default(), "")
}

fn needs_brackets(column: &str) -> bool {
    !column.starts_with(['[', '#']) && column.chars().any(|c| " \t,:.#'\"{}$^&*+=-></()".contains(c))
}

#[cfg(test)]
mod tests {
    use super::qualified;

    #[test]
    fn formulas_are_stored_as_excel_stores_them() {
        for (text, stored) in [
            ("IF([@总评分]>=12,\"VIP客户\",\"[@x]\")", "IF(客户[[#This Row],[总评分]]>=12,\"VIP客户\",\"[@x]\")"),
            ("[@[单 价]]*2", "客户[[#This Row],[单 价]]*2"),
            (
                "COUNTIFS(订单[客户],[@客户编号],订单[计次],1)",
                "COUNTIFS(订单[客户],客户[[#This Row],[客户编号]],订单[计次],1)",
            ),
            ("SUM(Orders[Order no])", "SUM(Orders[[Order no]])"),
            ("A&\"a\"\"[@b]\"\"\"", "A&\"a\"\"[@b]\"\"\""),
        ] {
            assert_eq!(qualified(text, "客户"), stored);
        }
    }
}
