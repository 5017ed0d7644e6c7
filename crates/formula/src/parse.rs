//! From tokens to a syntax tree.

use crate::lex::{Kind, Reference, Span, Token, fault, tokens};
use crate::tree::{CmpOp, ErrorValue};
use model::Result;

/// Deepest nesting of brackets and functions; Excel allows 64.
const MAX_NESTING: usize = 64;
/// Most steps from the top of the tree to its bottom, chains of operators included.
const MAX_DEPTH: usize = 160;

/// A node of the syntax tree.
#[derive(Clone, Debug)]
pub(crate) struct Ast {
    pub node: Syntax,
    pub at: Span,
    depth: usize,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Syntax {
    Number(f64),
    Text(String),
    Bool(bool),
    Error(ErrorValue),
    /// An argument left out.
    Omitted,
    /// A table named as a whole.
    Table(String),
    Reference(Reference),
    Call {
        name: String,
        args: Vec<Ast>,
    },
    Negative(Box<Ast>),
    Percent(Box<Ast>),
    Binary(Binary, Box<Ast>, Box<Ast>),
    /// Parts joined by `&`.
    Concat(Vec<Ast>),
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Concat,
    Compare(CmpOp),
}

/// The tree of a formula.
pub(crate) fn parse(text: &str) -> Result<Ast> {
    let mut p = Parser { tokens: tokens(text)?, next: 0, nesting: 0 };
    if p.peek() == &Kind::End {
        return Err(fault("公式是空的".into(), "The formula is empty".into()));
    }
    let ast = p.expression(0)?;
    if p.peek() != &Kind::End {
        return Err(p.stray());
    }
    Ok(ast)
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    nesting: usize,
}

/// An operator and how tightly it binds.
fn operator(kind: &Kind) -> Option<(Binary, u8)> {
    let Kind::Sign(sign) = kind else { return None };
    Some(match *sign {
        "=" => (Binary::Compare(CmpOp::Eq), 1),
        "<>" => (Binary::Compare(CmpOp::Ne), 1),
        "<" => (Binary::Compare(CmpOp::Lt), 1),
        "<=" => (Binary::Compare(CmpOp::Le), 1),
        ">" => (Binary::Compare(CmpOp::Gt), 1),
        ">=" => (Binary::Compare(CmpOp::Ge), 1),
        "&" => (Binary::Concat, 2),
        "+" => (Binary::Add, 3),
        "-" => (Binary::Sub, 3),
        "*" => (Binary::Mul, 4),
        "/" => (Binary::Div, 4),
        "^" => (Binary::Pow, 5),
        _ => return None,
    })
}

impl Parser {
    fn peek(&self) -> &Kind {
        &self.tokens[self.next].kind
    }

    fn place(&self) -> Span {
        self.tokens[self.next].at
    }

    fn take(&mut self) -> Token {
        let token = self.tokens[self.next].clone();
        if self.next + 1 < self.tokens.len() {
            self.next += 1;
        }
        token
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Kind::Sign(s) if *s == sign)
    }

    fn enter(&mut self) -> Result<()> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            let (from, to) = self.place();
            return Err(fault(
                format!("公式嵌套太深（最多 {MAX_NESTING} 层）；请拆成几个字段"),
                format!(
                    "The formula is nested too deeply (at most {MAX_NESTING} levels); split it over several fields"
                ),
            )
            .within(from, to));
        }
        Ok(())
    }

    fn made(&self, node: Syntax, at: Span, below: usize) -> Result<Ast> {
        if below >= MAX_DEPTH {
            return Err(fault(
                format!("公式太长了，一串运算最多 {MAX_DEPTH} 个；请用 SUM 或拆成几个字段"),
                format!("Too many operations in a row (at most {MAX_DEPTH}); use SUM or split it over several fields"),
            )
            .within(at.0, at.1));
        }
        Ok(Ast { node, at, depth: below + 1 })
    }

    fn expression(&mut self, tightness: u8) -> Result<Ast> {
        let mut left = self.prefixed()?;
        while let Some((op, binds)) = operator(self.peek()).filter(|(_, b)| *b > tightness) {
            self.take();
            let right = self.expression(binds)?;
            let at = (left.at.0, right.at.1);
            let below = left.depth.max(right.depth);
            left = match (op, left.node) {
                (Binary::Concat, Syntax::Concat(mut parts)) => {
                    parts.push(right);
                    self.made(Syntax::Concat(parts), at, below - 1)?
                }
                (Binary::Concat, node) => {
                    let first = Ast { node, ..left };
                    self.made(Syntax::Concat(vec![first, right]), at, below)?
                }
                (op, node) => {
                    let first = Ast { node, ..left };
                    self.made(Syntax::Binary(op, Box::new(first), Box::new(right)), at, below)?
                }
            };
        }
        Ok(left)
    }

    /// A value with the signs before and the per cents after it; a sign binds tighter than `^`, as in Excel. Any two
    /// minus signs are as good as `--`, which makes a number of what is behind it.
    fn prefixed(&mut self) -> Result<Ast> {
        let (mut minus, mut signed) = (0_usize, None);
        while self.is("-") || self.is("+") {
            signed.get_or_insert(self.place().0);
            minus += usize::from(self.is("-"));
            self.take();
        }
        let mut value = self.primary()?;
        while self.is("%") {
            let end = self.take().at.1;
            let (at, below) = ((value.at.0, end), value.depth);
            value = self.made(Syntax::Percent(Box::new(value)), at, below)?;
        }
        let Some(from) = signed else { return Ok(value) };
        for _ in 0..minus.min(2 - minus % 2) {
            let (at, below) = ((from, value.at.1), value.depth);
            value = self.made(Syntax::Negative(Box::new(value)), at, below)?;
        }
        Ok(value)
    }

    fn primary(&mut self) -> Result<Ast> {
        let Token { kind, at } = self.take();
        match kind {
            Kind::Number(n) => self.made(Syntax::Number(n), at, 0),
            Kind::Text(t) => self.made(Syntax::Text(t), at, 0),
            Kind::Error(e) => self.made(Syntax::Error(e), at, 0),
            Kind::Reference(r) => self.made(Syntax::Reference(r), at, 0),
            Kind::Name(name) if self.is("(") => self.call(name, at),
            Kind::Name(name) => match name.to_ascii_uppercase().as_str() {
                "TRUE" => self.made(Syntax::Bool(true), at, 0),
                "FALSE" => self.made(Syntax::Bool(false), at, 0),
                _ => self.made(Syntax::Table(name), at, 0),
            },
            Kind::Sign("(") => {
                self.enter()?;
                let mut inner = self.expression(0)?;
                self.nesting -= 1;
                if !self.is(")") {
                    return Err(self.unclosed(at));
                }
                inner.at = (at.0, self.take().at.1);
                // Brackets end a chain of `&`: what follows them is joined to the whole.
                if matches!(inner.node, Syntax::Concat(_)) {
                    let (at, below) = (inner.at, inner.depth);
                    return self.made(Syntax::Concat(vec![inner]), at, below);
                }
                Ok(inner)
            }
            Kind::End => Err(fault(
                "公式没有写完；末尾少了一个数、文字或字段".into(),
                "The formula is not finished; a number, text or field is missing at its end".into(),
            )
            .within(at.0, at.1)),
            Kind::Sign(sign) => Err(fault(
                format!("“{sign}”前面少了一个数、文字或字段"),
                format!("A number, text or field is missing before “{sign}”"),
            )
            .within(at.0, at.1)),
        }
    }

    fn call(&mut self, name: String, at: Span) -> Result<Ast> {
        let open = self.take().at;
        self.enter()?;
        let mut args: Vec<Ast> = Vec::new();
        let mut below = 0;
        if self.is(")") {
            self.nesting -= 1;
            let end = self.take().at.1;
            return self.made(Syntax::Call { name, args }, (at.0, end), 0);
        }
        loop {
            let here = self.place();
            let arg = if self.is(",") || self.is(")") {
                self.made(Syntax::Omitted, (here.0, here.0), 0)?
            } else {
                self.expression(0)?
            };
            below = below.max(arg.depth);
            args.push(arg);
            if self.is(",") {
                self.take();
            } else if self.is(")") {
                self.nesting -= 1;
                let end = self.take().at.1;
                return self.made(Syntax::Call { name, args }, (at.0, end), below);
            } else {
                return Err(self.unclosed(open));
            }
        }
    }

    fn unclosed(&self, open: Span) -> model::Error {
        if self.peek() != &Kind::End {
            return self.stray();
        }
        fault(
            "少了一个右括号“)”；请在末尾或该结束的地方补上".into(),
            "A closing bracket “)” is missing; add it where the part should end".into(),
        )
        .within(open.0, open.1)
    }

    fn stray(&self) -> model::Error {
        let (from, to) = self.place();
        let (zh, en) = match self.peek() {
            Kind::Sign(")") => ("多了一个右括号“)”，请删去或补上左括号".into(), "A closing bracket “)” too many; remove it or add the opening one".into()),
            Kind::Sign(",") => ("这里的逗号不在函数里；请检查括号".into(), "This comma is not inside a function; check the brackets".into()),
            Kind::Sign("!" | ":") => (
                "不能引用单元格区域或工作表；本行的格子写作 [@字段名]，一整列写作 表[列]".into(),
                "Cell ranges and sheets cannot be referred to; a cell of this record is written [@Field], a whole column Table[Column]".into(),
            ),
            _ => (
                "这里少了一个运算符或逗号，例如 +、&、,".to_owned(),
                "An operator or comma is missing here, such as + & ,".to_owned(),
            ),
        };
        fault(zh, en).within(from, to)
    }
}
