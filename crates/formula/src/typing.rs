//! From a syntax tree to a typed one.

use crate::functions;
use crate::lex::{Reference, fault};
use crate::parse::{Ast, Binary, Syntax, parse};
use crate::suggest;
use crate::tree::{Aggregate, ArithOp, Expr, Func, Node, Type};
use crate::units::{blank, compare, int, scale, text, unify_two, whole};
use model::{FieldDef, FieldKind, Result, Schema, TableDef};

/// Parses and types a formula of one table. `kind` is the kind of the field it fills; the result has
/// its unit.
///
/// # Errors
/// A `formula` error that names the place and a cure.
pub fn compile(schema: &Schema, table: &TableDef, text: &str, kind: &FieldKind) -> Result<Expr> {
    crate::units::fit(check(schema, table, text)?, Type::of(kind))
}

/// Parses and types a formula of one table, whatever its type: for editors.
///
/// # Errors
/// A `formula` error that names the place and a cure.
pub fn check(schema: &Schema, table: &TableDef, text: &str) -> Result<Expr> {
    let typer = Typer { schema, table };
    let ast = parse(text)?;
    let e = typer.expr(&ast)?;
    if e.ty == Type::Links { Err(crate::links::no_value().within(ast.at.0, ast.at.1)) } else { Ok(e) }
}

pub(crate) struct Typer<'a> {
    pub schema: &'a Schema,
    pub table: &'a TableDef,
}

impl Typer<'_> {
    /// Types a node; an error without a place is about this one.
    pub(crate) fn expr(&self, ast: &Ast) -> Result<Expr> {
        self.node(ast).map_err(|e| e.within(ast.at.0, ast.at.1))
    }

    fn node(&self, ast: &Ast) -> Result<Expr> {
        Ok(match &ast.node {
            Syntax::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => int(*n as i64),
            Syntax::Number(n) => Expr::new(Node::Number(*n), Type::Number),
            Syntax::Text(t) if t.is_empty() => blank(),
            Syntax::Text(t) => Expr::new(Node::Text(t.clone()), Type::Text),
            Syntax::Bool(b) => Expr::new(Node::Bool(*b), Type::Bool),
            Syntax::Error(e) => Expr::new(Node::Error(*e), Type::Blank),
            Syntax::Omitted => blank(),
            Syntax::Reference(r) => self.cell(r)?,
            Syntax::Table(name) => return Err(self.bare(name)),
            Syntax::Call { name, args } => functions::call(self, name, args)?,
            Syntax::Negative(inner) => self.negative(inner)?,
            Syntax::Percent(inner) => {
                Expr::new(Node::Unscale(self.number(self.expr(inner)?)?.boxed(), 100), Type::Number)
            }
            Syntax::Binary(op, l, r) => self.binary(*op, self.expr(l)?, self.expr(r)?)?,
            Syntax::Concat(parts) => {
                let list = parts.iter().map(|p| text(self.expr(p)?).map_err(|e| e.within(p.at.0, p.at.1)));
                Expr::new(Node::Call(Func::Concat, list.collect::<Result<_>>()?), Type::Text)
            }
        })
    }

    /// A cell of the record at hand.
    fn cell(&self, r: &Reference) -> Result<Expr> {
        if let Some(table) = &r.table
            && (!r.this_row || self.schema.named(&table.text).is_some_and(|t| t.key != self.table.key))
        {
            return Err(fault(
                format!("一整列（{}[…]）只能放在 SUMIFS、XLOOKUP 这类函数里；本行的格子写作 [@字段名]", table.text),
                format!(
                    "A whole column ({}[…]) only fits inside functions such as SUMIFS and XLOOKUP; a cell of this record is written [@Field]",
                    table.text
                ),
            ));
        }
        let [name] = &r.columns[..] else {
            return Err(fault(
                "这里只能写一个字段，例如 [@金额]".into(),
                "One field is expected here, such as [@Amount]".into(),
            ));
        };
        let f = self.named(self.table, name)?;
        let plain = || Expr::new(Node::Field(f.key.clone()), Type::of(&f.kind));
        Ok(crate::links::cell(self.schema, f)?.unwrap_or_else(plain))
    }

    fn named<'t>(&self, table: &'t TableDef, name: &crate::lex::Name) -> Result<&'t FieldDef> {
        table.named(&name.text).ok_or_else(|| {
            let labels = table.fields.iter().flat_map(|f| [&*f.label.zh, &*f.label.en]);
            let (zh, en) = suggest::cure(&name.text, labels, ("请检查字段名", "check the name"));
            fault(
                format!("表“{}”没有字段“{}”；{zh}", table.label.zh, name.text),
                format!("Table “{}” has no field “{}”; {en}", table.label.en, name.text),
            )
            .within(name.at.0, name.at.1)
        })
    }

    /// A table by the name written in a formula.
    pub(crate) fn named_table(&self, name: &str) -> Result<&TableDef> {
        self.schema.named(name).ok_or_else(|| {
            let labels = self.schema.tables.iter().flat_map(|t| [&*t.label.zh, &*t.label.en]);
            let (zh, en) = suggest::cure(name, labels, ("请检查表名", "check the name"));
            fault(format!("没有名为“{name}”的表；{zh}"), format!("There is no table called “{name}”; {en}"))
        })
    }

    /// A word that is neither a function with brackets nor in brackets itself.
    fn bare(&self, name: &str) -> model::Error {
        if self.table.named(name).is_some() {
            return fault(
                format!("字段要写在方括号里：[@{name}]"),
                format!("Fields are written in square brackets: [@{name}]"),
            );
        }
        if functions::known(name) {
            return fault(
                format!("{name} 是函数，后面要有括号：{name}()"),
                format!("{name} is a function and needs brackets: {name}()"),
            );
        }
        if self.schema.named(name).is_some() {
            return fault(
                format!("“{name}”是表；一整列写作 {name}[列名]，用在 SUMIFS 这类函数里"),
                format!(
                    "“{name}” is a table; a whole column is written {name}[Column], inside functions such as SUMIFS"
                ),
            );
        }
        fault(
            format!("看不懂“{name}”；文字要放在双引号里（\"{name}\"），本行的格子写作 [@字段名]"),
            format!(
                "“{name}” is not understood; put text between double quotes (\"{name}\"), a cell of this record is written [@Field]"
            ),
        )
    }

    /// `表[列]` as table and field, for functions that take a column.
    pub(crate) fn column(&self, ast: &Ast) -> Result<(&TableDef, &FieldDef)> {
        self.whole_column(ast).map_err(|e| e.within(ast.at.0, ast.at.1))
    }

    fn whole_column(&self, ast: &Ast) -> Result<(&TableDef, &FieldDef)> {
        if let Syntax::Reference(Reference { table: Some(name), columns, this_row: false }) = &ast.node
            && let [column] = &columns[..]
        {
            let table = self.named_table(&name.text).map_err(|e| e.within(name.at.0, name.at.1))?;
            let field = self.named(table, column)?;
            return if field.kind.stored() { Ok((table, field)) } else { Err(crate::links::no_column(field)) };
        }
        Err(fault(
            "这里要写一整列，例如 订单[金额]".into(),
            "A whole column is expected here, such as Orders[Amount]".into(),
        ))
    }

    /// `表`, or `表[[列]:[列]]`: a table and the first and last of its columns meant.
    pub(crate) fn columns(&self, ast: &Ast) -> Result<(&TableDef, usize, usize)> {
        let place = |table: &TableDef, f: &FieldDef| table.fields.iter().position(|x| x.key == f.key).unwrap_or(0);
        match &ast.node {
            Syntax::Table(name) => {
                let table = self.named_table(name).map_err(|e| e.within(ast.at.0, ast.at.1))?;
                Ok((table, 0, table.fields.len().saturating_sub(1)))
            }
            Syntax::Reference(Reference { table: Some(name), columns, this_row: false }) => {
                let table = self.named_table(&name.text).map_err(|e| e.within(name.at.0, name.at.1))?;
                let ends = columns.iter().map(|c| self.named(table, c).map(|f| place(table, f)));
                let ends = ends.collect::<Result<Vec<_>>>()?;
                let (Some(first), Some(last)) = (ends.first(), ends.last()) else {
                    return Ok((table, 0, table.fields.len().saturating_sub(1)));
                };
                Ok((table, *first.min(last), *first.max(last)))
            }
            _ => Err(fault(
                "这里要写一张表或几列，例如 产品 或 产品[[产品名称]:[单价]]".into(),
                "A table or some of its columns is expected here, such as Products or Products[[Name]:[Price]]".into(),
            )
            .within(ast.at.0, ast.at.1)),
        }
    }

    fn negative(&self, inner: &Ast) -> Result<Expr> {
        let e = self.expr(inner)?;
        Ok(match e.node {
            Node::Int(n) => int(-n),
            Node::Number(n) => Expr::new(Node::Number(-n), e.ty),
            Node::Neg(inner) => *inner,
            _ => {
                let e = self.amount(e)?;
                let ty = e.ty;
                Expr::new(Node::Neg(e.boxed()), ty)
            }
        })
    }

    pub(crate) fn binary(&self, op: Binary, l: Expr, r: Expr) -> Result<Expr> {
        match op {
            Binary::Add => self.sum(ArithOp::Add, l, r),
            Binary::Sub => self.sum(ArithOp::Sub, l, r),
            Binary::Mul => self.product(l, r),
            Binary::Div => self.quotient(l, r),
            Binary::Pow => Ok(Expr::new(Node::Call(Func::Power, vec![self.number(l)?, self.number(r)?]), Type::Number)),
            Binary::Concat => Ok(Expr::new(Node::Call(Func::Concat, vec![text(l)?, text(r)?]), Type::Text)),
            Binary::Compare(c) => compare(c, l, r),
        }
    }

    fn sum(&self, op: ArithOp, l: Expr, r: Expr) -> Result<Expr> {
        use Type::{Date, DateTime, Money, Number};
        let (mut l, mut r) = (self.quantity(l)?, self.quantity(r)?);
        let (of_l, of_r) = (l.ty, r.ty);
        for (side, other) in [(&mut l, of_r), (&mut r, of_l)] {
            // Beside a date, money is a number of days like any other.
            if side.ty == Money && matches!(other, Date | DateTime) {
                *side = self.number(side.clone())?;
            }
        }
        let (l, r, ty) = match (l.ty, r.ty) {
            (Number, Number) | (Money, Money) => {
                let ty = l.ty;
                (l, r, ty)
            }
            (Money, Number) => (l, scale(r, 100, Money), Money),
            (Number, Money) => (scale(l, 100, Money), r, Money),
            (Date, Number) if self.is_whole(&r) => (l, r, Date),
            (Number, Date) if op == ArithOp::Add && self.is_whole(&l) => (l, r, Date),
            (Date, Date) if op == ArithOp::Sub => (l, r, Number),
            (Date | DateTime, Number) => (moment(l), scale(r, 86_400, Number), DateTime),
            (Number, Date | DateTime) if op == ArithOp::Add => (scale(l, 86_400, Number), moment(r), DateTime),
            (Date | DateTime, Date | DateTime) if op == ArithOp::Sub => {
                let seconds = Expr::new(Node::Arith(op, moment(l).boxed(), moment(r).boxed()), Number);
                return Ok(Expr::new(Node::Unscale(seconds.boxed(), 86_400), Number));
            }
            _ => (self.number(l)?, self.number(r)?, Number),
        };
        Ok(Expr::new(Node::Arith(op, l.boxed(), r.boxed()), ty))
    }

    fn product(&self, l: Expr, r: Expr) -> Result<Expr> {
        let (l, r) = (self.amount(l)?, self.amount(r)?);
        let (l, r, ty) = match (l.ty, r.ty) {
            (Type::Money, Type::Money) => (self.number(l)?, self.number(r)?, Type::Number),
            (Type::Money, _) | (_, Type::Money) => (l, r, Type::Money),
            _ => (l, r, Type::Number),
        };
        Ok(Expr::new(Node::Arith(ArithOp::Mul, l.boxed(), r.boxed()), ty))
    }

    fn quotient(&self, l: Expr, r: Expr) -> Result<Expr> {
        let (l, r) = (self.amount(l)?, self.amount(r)?);
        let (r, ty) = match (l.ty, r.ty) {
            (Type::Money, Type::Number) => (r, Type::Money),
            (Type::Number, Type::Money) => (Expr::new(Node::Unscale(r.boxed(), 100), Type::Number), Type::Number),
            _ => (r, Type::Number),
        };
        Ok(Expr::new(Node::Arith(ArithOp::Div, l.boxed(), r.boxed()), ty))
    }

    /// An operand of sums: a number, money, date or moment; blank cells count as 0, except dates, where
    /// blank stays blank.
    pub(crate) fn quantity(&self, e: Expr) -> Result<Expr> {
        crate::units::quantity(e)
    }

    /// A number or money; dates are Excel's serial numbers.
    fn amount(&self, e: Expr) -> Result<Expr> {
        let e = self.quantity(e)?;
        if e.ty == Type::Money { Ok(e) } else { self.number(e) }
    }

    /// A plain number: money is turned into yuan, a date into Excel's serial number.
    pub(crate) fn number(&self, e: Expr) -> Result<Expr> {
        crate::units::number(e)
    }

    /// Whether a number has no decimals, as far as can be told.
    pub(crate) fn is_whole(&self, e: &Expr) -> bool {
        match &e.node {
            Node::Int(_) | Node::Bool(_) | Node::Blank | Node::Today => true,
            Node::Field(key) => self
                .table
                .field(key)
                .is_some_and(|f| matches!(f.kind, FieldKind::Number { decimals: 0, .. } | FieldKind::Date)),
            Node::Neg(a) | Node::OrElse(a, _) => self.is_whole(a),
            Node::Arith(op, a, b) => *op != ArithOp::Div && self.is_whole(a) && self.is_whole(b),
            Node::Cases(list, other) => list.iter().all(|(_, v)| self.is_whole(v)) && self.is_whole(other),
            Node::Rollup(r) => {
                matches!(r.aggregate, Aggregate::Count | Aggregate::CountFilled | Aggregate::CountNumbers)
            }
            Node::Call(f, args) => match f {
                Func::Floor | Func::Len | Func::Year | Func::Month | Func::Day | Func::Weekday | Func::Hour => true,
                Func::Minute | Func::Second | Func::Weeknum | Func::DateDif | Func::NetworkDays | Func::Sign => true,
                Func::Age => true,
                Func::Round | Func::RoundUp | Func::RoundDown => matches!(args[1].node, Node::Int(n) if n <= 0),
                Func::Min | Func::Max | Func::Abs | Func::Mod => args.iter().all(|a| self.is_whole(a)),
                _ => false,
            },
            _ => false,
        }
    }
}

fn moment(e: Expr) -> Expr {
    crate::units::moment(e)
}

pub(crate) fn conditional(cases: Vec<(Expr, Expr)>, otherwise: Expr) -> Result<Expr> {
    let (conditions, mut values): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    values.push(otherwise);
    let (mut values, ty) = unify_two(values)?;
    let otherwise = values.pop().unwrap_or_else(blank);
    let cases = conditions.into_iter().zip(values).collect();
    Ok(Expr::new(Node::Cases(cases, otherwise.boxed()), ty))
}

/// A whole constant, for arguments that must be one.
pub(crate) fn constant(e: &Expr) -> Option<i64> {
    whole(e)
}
