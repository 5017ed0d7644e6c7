//! Formulas as Excel computes them: written anew from the syntax tree, and only where Excel means the same.

use crate::catalogue::{Group, find};
use crate::parse::{Ast, Binary, Syntax, parse};
use crate::tree::{ArithOp, CmpOp, Expr, Func, Node, Type};
use crate::typing::{Typer, check};
use model::{FieldDef, FieldKey, Holds, Lang, Schema, TableDef};

/// A formula of a table's column that reads nothing but its own row.
#[derive(Clone, Debug, PartialEq)]
pub struct ExcelFormula {
    /// The text, with cells as `[@[字段]]`.
    pub text: String,
    /// The fields it reads.
    pub inputs: Vec<FieldKey>,
    /// Where it gives nothing, Excel gives the empty text: never an error, a 0 or FALSE.
    pub empty_text: bool,
}

/// Longest formula and longest text inside of one that Excel takes.
const LONGEST: (usize, usize) = (8_000, 255);

/// Functions that Excel does not know, or that say something else there.
const OTHERWISE: [&str; 3] = ["NOW", "NETWORKDAYS", "PROPER"];
/// Functions that tell an empty text from a blank cell in Excel.
const OF_BLANKS: [&str; 3] = ["ISBLANK", "ISTEXT", "COUNTA"];

/// The formula of a field for Excel, with labels of one language; None where Excel would not compute the
/// same: roll-ups, ranks, Kebu's own functions, fields that are written otherwise in a sheet.
pub fn excel(schema: &Schema, table: &TableDef, field: &FieldDef, lang: Lang) -> Option<ExcelFormula> {
    let text = field.formula.as_ref()?;
    let (ast, typed) = (parse(text).ok()?, check(schema, table, text).ok()?);
    let want = Type::of(&field.kind);
    let numbers = [Type::Number, Type::Money];
    if typed.ty != want && !(numbers.contains(&typed.ty) && numbers.contains(&want)) {
        return None;
    }
    let mut printer = Printer { table, lang, inputs: Vec::new(), values: 0, blanks: false };
    let mut text = printer.print(&ast)?;
    let derived = |key: &FieldKey| table.field(key).is_some_and(FieldDef::derived);
    if printer.blanks && printer.inputs.iter().any(derived) || !same_types(&typed, printer.values) {
        return None;
    }
    match field.kind.holds() {
        Holds::Money if parted(&typed) => text = format!("ROUND({text},2)"),
        Holds::Whole if !(Typer { schema, table }).is_whole(&typed) => text = format!("ROUND({text},0)"),
        Holds::Texts | Holds::Files | Holds::Link | Holds::Links | Holds::Person => return None,
        _ => {}
    }
    let fits = text.chars().count() <= LONGEST.0;
    fits.then(|| ExcelFormula { text, inputs: printer.inputs, empty_text: empty_text(&ast) })
}

/// Whether text and numbers become each other only where Excel does it: by VALUE, and when joined.
fn same_types(typed: &Expr, values: usize) -> bool {
    let (mut found, mut mixed) = (0, false);
    let of_number = |e: &Expr| matches!(&e.node, Node::Call(Func::TextOf, _));
    typed.visit(&mut |e| match &e.node {
        Node::Call(Func::Value, _) => found += 1,
        Node::Cases(list, other) | Node::Switch(_, list, other) => {
            mixed |= of_number(other) || list.iter().any(|(_, v)| of_number(v));
        }
        Node::IfError(a, b, _) => mixed |= of_number(a) || of_number(b),
        Node::Rollup(_) | Node::Rank(_) | Node::RecordId => mixed = true,
        _ => {}
    });
    found <= values && !mixed
}

/// Whether an amount may have parts of a 分.
fn parted(typed: &Expr) -> bool {
    let mut parted = typed.ty != Type::Money;
    typed.visit(&mut |e| {
        parted |= match &e.node {
            Node::Arith(op, ..) => matches!(op, ArithOp::Mul | ArithOp::Div),
            Node::Call(f, _) => !matches!(f, Func::Min | Func::Max | Func::Abs),
            Node::Number(_) | Node::Scale(..) => true,
            _ => false,
        };
    });
    parted
}

/// Whether it gives nothing only as the empty text.
fn empty_text(ast: &Ast) -> bool {
    match &ast.node {
        Syntax::Text(_) => true,
        Syntax::Concat(parts) => parts.iter().all(never_fails),
        Syntax::Call { name, args } if name.eq_ignore_ascii_case("IF") && args.len() == 3 => {
            never_fails(&args[0]) && empty_text(&args[1]) && empty_text(&args[2])
        }
        _ => false,
    }
}

fn never_fails(ast: &Ast) -> bool {
    match &ast.node {
        Syntax::Text(_) | Syntax::Number(_) | Syntax::Bool(_) | Syntax::Reference(_) => true,
        Syntax::Concat(parts) => parts.iter().all(never_fails),
        Syntax::Binary(Binary::Compare(_), a, b) => never_fails(a) && never_fails(b),
        Syntax::Call { name, args } => {
            let safe = ["AND", "OR", "NOT", "LEN", "TRIM", "UPPER", "LOWER", "IF"];
            safe.iter().any(|s| name.eq_ignore_ascii_case(s)) && args.iter().all(never_fails)
        }
        _ => false,
    }
}

/// Writes a syntax tree as Excel reads it.
struct Printer<'a> {
    table: &'a TableDef,
    lang: Lang,
    inputs: Vec<FieldKey>,
    /// How many times VALUE is written.
    values: usize,
    /// Some function tells an empty text from a blank cell.
    blanks: bool,
}

impl Printer<'_> {
    fn print(&mut self, ast: &Ast) -> Option<String> {
        Some(match &ast.node {
            Syntax::Number(n) => n.to_string(),
            Syntax::Text(t) if t.chars().count() > LONGEST.1 => return None,
            Syntax::Text(t) => format!("\"{}\"", t.replace('"', "\"\"")),
            Syntax::Bool(b) => if *b { "TRUE" } else { "FALSE" }.to_owned(),
            Syntax::Error(e) => e.sign().to_owned(),
            Syntax::Omitted => String::new(),
            Syntax::Table(_) => return None,
            Syntax::Reference(_) => self.cell(ast)?,
            Syntax::Call { name, args } => self.call(name, args)?,
            Syntax::Negative(a) => format!("(-{})", self.print(a)?),
            Syntax::Percent(a) => format!("({}%)", self.print(a)?),
            Syntax::Binary(op, a, b) => format!("({}{}{})", self.print(a)?, sign(*op)?, self.print(b)?),
            Syntax::Concat(parts) => {
                let parts = parts.iter().map(|p| self.print(p)).collect::<Option<Vec<_>>>()?;
                format!("({})", parts.join("&"))
            }
        })
    }

    fn cell(&mut self, ast: &Ast) -> Option<String> {
        let Syntax::Reference(r) = &ast.node else { return None };
        let [column] = &r.columns[..] else { return None };
        let field = self.table.named(&column.text).filter(|_| r.table.is_none() || r.this_row)?;
        let label = field.label.get(self.lang);
        let plain = !label.is_empty() && !label.contains(|c: char| c.is_control() || "[]#'@\"".contains(c));
        use Holds as H;
        if !plain || matches!(field.kind.holds(), H::Texts | H::Files | H::Link | H::Links | H::Person) {
            return None;
        }
        if !self.inputs.contains(&field.key) {
            self.inputs.push(field.key.clone());
        }
        Some(format!("[@[{label}]]"))
    }

    fn call(&mut self, name: &str, args: &[Ast]) -> Option<String> {
        let upper = name.to_ascii_uppercase();
        let name = upper.strip_prefix("_XLFN.").unwrap_or(&upper);
        let known =
            matches!(find(name)?.group, Group::Logic | Group::Information | Group::Math | Group::Text | Group::Date);
        if !known || OTHERWISE.contains(&name) {
            return None;
        }
        self.values += usize::from(name == "VALUE");
        self.blanks |= OF_BLANKS.contains(&name);
        let args = args.iter().map(|a| self.print(a)).collect::<Option<Vec<_>>>()?;
        Some(format!("{name}({})", args.join(",")))
    }
}

fn sign(op: Binary) -> Option<&'static str> {
    Some(match op {
        Binary::Add => "+",
        Binary::Sub => "-",
        Binary::Mul => "*",
        Binary::Div => "/",
        Binary::Pow => "^",
        Binary::Concat => "&",
        Binary::Compare(CmpOp::Eq) => "=",
        Binary::Compare(CmpOp::Ne) => "<>",
        Binary::Compare(CmpOp::Lt) => "<",
        Binary::Compare(CmpOp::Le) => "<=",
        Binary::Compare(CmpOp::Gt) => ">",
        Binary::Compare(CmpOp::Ge) => ">=",
        Binary::Compare(CmpOp::Like | CmpOp::Unlike) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{FieldKind, Label, builtin};

    #[test]
    fn formulas_of_one_row_are_written_for_excel() {
        let schema = builtin::schema();
        let table = schema.table("customers").expect("the table");
        for (kind, text, wanted) in [
            (FieldKind::Text, "IF（[@总评分]＞=12，“好”，\"\"）", Some("IF(([@[总评分]]>=12),\"好\",\"\")")),
            (FieldKind::Text, "{客户名称}&\"!\"", Some("([@[客户名称]]&\"!\")")),
            (FieldKind::Money, "[@累计金额]/3", Some("ROUND(([@[累计金额]]/3),2)")),
            (FieldKind::Money, "[@累计金额]-[@客单价]", Some("([@[累计金额]]-[@[客单价]])")),
            (FieldKind::number(0), "[@月均购买]", Some("ROUND([@[月均购买]],0)")),
            (FieldKind::number(0), "LEN([@客户名称])", Some("LEN([@[客户名称]])")),
            (FieldKind::Text, "IF([@订单数]>1,\"a\",2)", None),
            (FieldKind::number(2), "SUM([@备注])", None),
            (FieldKind::Text, "MASK([@手机])", None),
            (FieldKind::Text, "[@标签]&\"\"", None),
            (FieldKind::DateTime, "NOW()", None),
            (FieldKind::Bool, "ISBLANK([@生日])", Some("ISBLANK([@[生日]])")),
            (FieldKind::Bool, "ISBLANK([@总评分])", None),
            (FieldKind::number(0), "COUNTIFS(订单[客户],[@客户编号])", None),
            (FieldKind::number(0), "RANK([@累计金额],客户[累计金额])", None),
        ] {
            let field = FieldDef { formula: Some(text.into()), ..FieldDef::new("x", Label::new("x", "x"), kind) };
            let made = excel(&schema, table, &field, Lang::Zh).map(|e| e.text);
            assert_eq!(made.as_deref(), wanted, "{text}");
        }
    }
}
