//! From text to a typed tree.

use crate::functions;
use crate::tree::{ArithOp, CmpOp, Expr, Func, Node, Type};
use formualizer_parse::parser::{ASTNode, ASTNodeType, ReferenceType, TableRowSpecifier, TableSpecifier};
use formualizer_parse::{BinaryOperator, LiteralValue, UnaryOperator};
use model::{Error, ErrorCode, FieldDef, FieldKind, Result, Schema, TableDef};

/// Longest formula text taken, in bytes.
const MAX_TEXT: usize = 16 * 1024;

/// Parses and types a formula of one table. `kind` is the kind of the field it fills; the result has
/// its unit.
///
/// # Errors
/// A `formula` error that names the place and a cure.
pub fn compile(schema: &Schema, table: &TableDef, text: &str, kind: &FieldKind) -> Result<Expr> {
    if text.len() > MAX_TEXT {
        return Err(fault(
            format!("公式太长（{} 字节），最多 {MAX_TEXT} 字节；请拆成几个字段", text.len()),
            format!("The formula is too long ({} bytes, at most {MAX_TEXT}); split it over several fields", text.len()),
        ));
    }
    let source = format!("={}", normalise(text.trim().trim_start_matches('=')));
    let ast = formualizer_parse::parser::parse(&source).map_err(|e| {
        let at = e.position.map_or(0, |p| source.get(..p).map_or(0, |s| s.chars().count()));
        fault(
            format!("公式第 {at} 个字符附近写法有误；请检查括号、引号和逗号是否成对"),
            format!(
                "The formula is not well formed near character {at}; check brackets, quotes and commas ({})",
                e.message
            ),
        )
    })?;
    let typer = Typer { schema, table };
    let expr = typer.expr(&ast)?;
    typer.fit(expr, Type::of(kind))
}

/// Full-width signs to ASCII outside of quoted text, so that formulas typed with a Chinese keyboard work.
fn normalise(text: &str) -> String {
    let mut quoted = false;
    text.chars()
        .map(|c| {
            if c == '"' {
                quoted = !quoted;
            }
            match c {
                _ if quoted => c,
                '（' => '(',
                '）' => ')',
                '，' => ',',
                '＝' => '=',
                '＞' => '>',
                '＜' => '<',
                '＋' => '+',
                '－' => '-',
                '＊' => '*',
                '／' => '/',
                '＆' => '&',
                '　' => ' ',
                _ => c,
            }
        })
        .collect()
}

pub(crate) fn fault(zh: String, en: String) -> Error {
    Error::new(ErrorCode::Formula, zh, en)
}

pub(crate) struct Typer<'a> {
    pub schema: &'a Schema,
    pub table: &'a TableDef,
}

impl Typer<'_> {
    pub(crate) fn expr(&self, ast: &ASTNode) -> Result<Expr> {
        match &ast.node_type {
            ASTNodeType::Literal(v) => literal(v),
            ASTNodeType::Reference { original, reference } => self.reference(original, reference),
            ASTNodeType::UnaryOp { op, expr } => self.unary(op, expr),
            ASTNodeType::BinaryOp { op, left, right } => self.binary(op, self.expr(left)?, self.expr(right)?),
            ASTNodeType::Function { name, args } => functions::call(self, name, args),
            ASTNodeType::Omitted => Ok(blank()),
            ASTNodeType::Call { .. } | ASTNodeType::Array(_) => {
                Err(fault("这里不支持数组和自定义函数".into(), "Arrays and lambda calls are not supported here".into()))
            }
        }
    }

    fn reference(&self, original: &str, reference: &ReferenceType) -> Result<Expr> {
        if let ReferenceType::Table(t) = reference
            && let Some(name) = this_row(t.specifier.as_ref())
        {
            return Ok(self.field(self.this_field(&name)?));
        }
        Err(fault(
            format!("看不懂“{original}”;本行的格子写作 [@字段名],整列只能用在 SUMIFS 这类函数里"),
            format!(
                "“{original}” is not understood; a cell of this record is written [@Field], a whole column only fits inside functions such as SUMIFS"
            ),
        ))
    }

    fn this_field(&self, name: &str) -> Result<&FieldDef> {
        self.table.named(name).ok_or_else(|| {
            fault(
                format!("表“{}”没有字段“{name}”;请检查字段名", self.table.label.zh),
                format!("Table “{}” has no field “{name}”; check the name", self.table.label.en),
            )
        })
    }

    fn field(&self, f: &FieldDef) -> Expr {
        Expr::new(Node::Field(f.key.clone()), Type::of(&f.kind))
    }

    /// `表[列]` as table and field, for functions that take a column.
    pub(crate) fn column(&self, ast: &ASTNode) -> Result<(&TableDef, &FieldDef)> {
        let wrong = || {
            fault(
                "这里要写一整列,例如 订单[金额]".into(),
                "A whole column is expected here, such as Orders[Amount]".into(),
            )
        };
        let ASTNodeType::Reference { reference: ReferenceType::Table(t), .. } = &ast.node_type else {
            return Err(wrong());
        };
        let Some(TableSpecifier::Column(column)) = &t.specifier else { return Err(wrong()) };
        let table = self.schema.named(&t.name).ok_or_else(|| {
            fault(format!("没有名为“{}”的表", t.name), format!("There is no table called “{}”", t.name))
        })?;
        let field = table.named(column).ok_or_else(|| {
            fault(
                format!("表“{}”没有字段“{column}”;请检查字段名", table.label.zh),
                format!("Table “{}” has no field “{column}”; check the name", table.label.en),
            )
        })?;
        Ok((table, field))
    }

    fn unary(&self, op: &UnaryOperator, inner: &ASTNode) -> Result<Expr> {
        let e = self.expr(inner)?;
        match op {
            UnaryOperator::Plus => Ok(e),
            UnaryOperator::Minus => match e.node {
                Node::Int(n) => Ok(int(-n)),
                Node::Number(n) => Ok(Expr::new(Node::Number(-n), e.ty)),
                _ => {
                    let e = self.quantity(e)?;
                    let ty = e.ty;
                    Ok(Expr::new(Node::Neg(e.boxed()), ty))
                }
            },
            UnaryOperator::Percent => {
                let e = self.number(e)?;
                Ok(Expr::new(Node::Unscale(e.boxed(), 100), Type::Number))
            }
            _ => Err(unsupported("@ / #")),
        }
    }

    pub(crate) fn binary(&self, op: &BinaryOperator, l: Expr, r: Expr) -> Result<Expr> {
        use BinaryOperator as B;
        match op {
            B::Add => self.sum(ArithOp::Add, l, r),
            B::Subtract => self.sum(ArithOp::Sub, l, r),
            B::Multiply => self.product(l, r),
            B::Divide => self.quotient(l, r),
            B::Concat => Ok(Expr::new(Node::Call(Func::Concat, vec![self.text(l)?, self.text(r)?]), Type::Text)),
            _ => match comparison(op) {
                Some(c) => self.compare(c, l, r),
                None => Err(unsupported("^ :")),
            },
        }
    }

    fn sum(&self, op: ArithOp, l: Expr, r: Expr) -> Result<Expr> {
        use Type::{Date, DateTime, Money, Number};
        let (l, r) = (self.quantity(l)?, self.quantity(r)?);
        let (l, r, ty) = match (l.ty, r.ty) {
            (Number, Number) | (Money, Money) => {
                let ty = l.ty;
                (l, r, ty)
            }
            (Money, Number) => (l, scale(r, 100, Money), Money),
            (Number, Money) => (scale(l, 100, Money), r, Money),
            (Date, Number) => (l, r, Date),
            (Number, Date) if op == ArithOp::Add => (l, r, Date),
            (Date, Date) if op == ArithOp::Sub => (l, r, Number),
            (DateTime, Number) => (l, scale(r, 86_400, Number), DateTime),
            (Date | DateTime, Date | DateTime) if op == ArithOp::Sub => {
                let seconds = Expr::new(Node::Arith(op, moment(l).boxed(), moment(r).boxed()), Number);
                return Ok(Expr::new(Node::Unscale(seconds.boxed(), 86_400), Number));
            }
            (a, b) => return Err(mismatch(a, b)),
        };
        Ok(Expr::new(Node::Arith(op, l.boxed(), r.boxed()), ty))
    }

    fn product(&self, l: Expr, r: Expr) -> Result<Expr> {
        let (l, r) = (self.quantity(l)?, self.quantity(r)?);
        let ty = match (l.ty, r.ty) {
            (Type::Number, Type::Number) => Type::Number,
            (Type::Money, Type::Number) | (Type::Number, Type::Money) => Type::Money,
            (a, b) => return Err(mismatch(a, b)),
        };
        Ok(Expr::new(Node::Arith(ArithOp::Mul, l.boxed(), r.boxed()), ty))
    }

    fn quotient(&self, l: Expr, r: Expr) -> Result<Expr> {
        let (l, r) = (self.quantity(l)?, self.quantity(r)?);
        let (r, ty) = match (l.ty, r.ty) {
            (Type::Number, Type::Number) | (Type::Money, Type::Money) => (r, Type::Number),
            (Type::Money, Type::Number) => (r, Type::Money),
            (Type::Number, Type::Money) => (Expr::new(Node::Unscale(r.boxed(), 100), Type::Number), Type::Number),
            (a, b) => return Err(mismatch(a, b)),
        };
        Ok(Expr::new(Node::Arith(ArithOp::Div, l.boxed(), r.boxed()), ty))
    }

    pub(crate) fn compare(&self, op: CmpOp, l: Expr, r: Expr) -> Result<Expr> {
        // Against "" the question is whether anything is there, whatever the type.
        for (side, other) in [(&l, &r), (&r, &l)] {
            if side.ty == Type::Blank && matches!(op, CmpOp::Eq | CmpOp::Ne) {
                let is = Expr::new(Node::IsBlank(other.clone().boxed()), Type::Bool);
                return Ok(if op == CmpOp::Eq { is } else { Expr::new(Node::Not(is.boxed()), Type::Bool) });
            }
        }
        let (l, r) = align(l, r)?;
        let (l, r) = (zero_if_blank(l), zero_if_blank(r));
        Ok(Expr::new(Node::Compare(op, l.boxed(), r.boxed()), Type::Bool))
    }

    /// An operand of arithmetic: a number, money, date or moment; blank cells count as 0, except dates,
    /// where blank stays blank.
    pub(crate) fn quantity(&self, e: Expr) -> Result<Expr> {
        match e.ty {
            Type::Number | Type::Money => Ok(zero_if_blank(e)),
            Type::Date | Type::DateTime => Ok(e),
            Type::Blank => Ok(int(0)),
            Type::Bool => Ok(Expr::new(Node::OrElse(e.boxed(), 0), Type::Number)),
            other => Err(expected(Type::Number, other)),
        }
    }

    /// A plain number; money is turned into yuan.
    pub(crate) fn number(&self, e: Expr) -> Result<Expr> {
        let e = self.quantity(e)?;
        match e.ty {
            Type::Number => Ok(e),
            Type::Money => Ok(Expr::new(Node::Unscale(e.boxed(), 100), Type::Number)),
            other => Err(expected(Type::Number, other)),
        }
    }

    /// A condition.
    pub(crate) fn condition(&self, e: Expr) -> Result<Expr> {
        match e.ty {
            Type::Bool => Ok(e),
            Type::Number => self.compare(CmpOp::Ne, e, int(0)),
            Type::Blank => Ok(Expr::new(Node::Bool(false), Type::Bool)),
            other => Err(expected(Type::Bool, other)),
        }
    }

    /// Text; whole numbers may be joined to text as they are.
    pub(crate) fn text(&self, e: Expr) -> Result<Expr> {
        match e.ty {
            Type::Text | Type::Blank | Type::Number => Ok(e),
            other => Err(expected(Type::Text, other)),
        }
    }

    /// The expression in the unit of a field of type `want`.
    pub(crate) fn fit(&self, e: Expr, want: Type) -> Result<Expr> {
        use Type::{Blank, Date, DateTime, Money, Number};
        match (e.ty, want) {
            (a, b) if a == b || a == Blank => Ok(e),
            (Number, Money) => Ok(scale(e, 100, Money)),
            (Money, Number) => Ok(Expr::new(Node::Unscale(e.boxed(), 100), Number)),
            (Date, DateTime) => Ok(moment(e)),
            (DateTime, Date) => Ok(Expr::new(Node::DayOf(e.boxed()), Date)),
            (got, want) => Err(expected(want, got)),
        }
    }
}

/// The field name of a this-row reference.
fn this_row(spec: Option<&TableSpecifier>) -> Option<String> {
    match spec? {
        TableSpecifier::Combination(parts) => {
            let mut current = false;
            let mut column = None;
            for p in parts {
                match &**p {
                    TableSpecifier::Row(TableRowSpecifier::Current) => current = true,
                    TableSpecifier::SpecialItem(formualizer_parse::parser::SpecialItem::ThisRow) => current = true,
                    TableSpecifier::Column(c) => column = Some(c.trim_start_matches('@').to_owned()),
                    _ => return None,
                }
            }
            current.then_some(column).flatten()
        }
        TableSpecifier::Column(c) => c.strip_prefix('@').map(str::to_owned),
        _ => None,
    }
}

fn literal(v: &LiteralValue) -> Result<Expr> {
    Ok(match v {
        LiteralValue::Int(n) => int(*n),
        LiteralValue::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => int(*n as i64),
        LiteralValue::Number(n) => Expr::new(Node::Number(*n), Type::Number),
        LiteralValue::Text(t) if t.is_empty() => blank(),
        LiteralValue::Text(t) => Expr::new(Node::Text(t.clone()), Type::Text),
        LiteralValue::Boolean(b) => Expr::new(Node::Bool(*b), Type::Bool),
        LiteralValue::Empty => blank(),
        _ => return Err(unsupported("#")),
    })
}

pub(crate) fn comparison(op: &BinaryOperator) -> Option<CmpOp> {
    use BinaryOperator as B;
    Some(match op {
        B::Equal => CmpOp::Eq,
        B::NotEqual => CmpOp::Ne,
        B::Less => CmpOp::Lt,
        B::LessEqual => CmpOp::Le,
        B::Greater => CmpOp::Gt,
        B::GreaterEqual => CmpOp::Ge,
        _ => return None,
    })
}

/// Both sides in one unit.
pub(crate) fn align(l: Expr, r: Expr) -> Result<(Expr, Expr)> {
    use Type::{Blank, Bool, Date, DateTime, Money, Number};
    Ok(match (l.ty, r.ty) {
        (a, b) if a == b || a == Blank || b == Blank => (l, r),
        (Money, Number) => (l, scale(r, 100, Money)),
        (Number, Money) => (scale(l, 100, Money), r),
        (Date, DateTime) => (moment(l), r),
        (DateTime, Date) => (l, moment(r)),
        // Excel compares dates with plain numbers as serial days.
        (Bool, Number) | (Number, Bool) => (l, r),
        (a, b) => return Err(mismatch(a, b)),
    })
}

/// The union of the types of several branches, each brought to it.
pub(crate) fn unify(list: Vec<Expr>) -> Result<(Vec<Expr>, Type)> {
    use Type::{Blank, Date, DateTime, Money, Number};
    let mut ty = Blank;
    for e in &list {
        ty = match (ty, e.ty) {
            (a, Blank) => a,
            (Blank, b) => b,
            (a, b) if a == b => a,
            (Money, Number) | (Number, Money) => Money,
            (Date, DateTime) | (DateTime, Date) => DateTime,
            (a, b) => return Err(mismatch(a, b)),
        };
    }
    let fitted = list
        .into_iter()
        .map(|e| match (e.ty, ty) {
            (Number, Money) => scale(e, 100, Money),
            (Date, DateTime) => moment(e),
            _ => e,
        })
        .collect();
    Ok((fitted, ty))
}

pub(crate) fn scale(e: Expr, factor: i64, ty: Type) -> Expr {
    match e.node {
        Node::Int(n) => Expr::new(Node::Int(n.saturating_mul(factor)), ty),
        _ => Expr::new(Node::Scale(e.boxed(), factor), ty),
    }
}

fn moment(e: Expr) -> Expr {
    if e.ty == Type::Date { Expr::new(Node::Scale(e.boxed(), 86_400), Type::DateTime) } else { e }
}

fn zero_if_blank(e: Expr) -> Expr {
    match (&e.node, e.ty) {
        (Node::Field(_) | Node::If(..) | Node::Rollup(_), Type::Number | Type::Money | Type::Bool) => {
            let ty = e.ty;
            Expr::new(Node::OrElse(e.boxed(), 0), ty)
        }
        _ => e,
    }
}

pub(crate) fn int(n: i64) -> Expr {
    Expr::new(Node::Int(n), Type::Number)
}

pub(crate) fn blank() -> Expr {
    Expr::new(Node::Blank, Type::Blank)
}

fn unsupported(what: &str) -> Error {
    fault(format!("公式里还不能用 {what}"), format!("{what} cannot be used in formulas yet"))
}

fn mismatch(a: Type, b: Type) -> Error {
    let ((az, ae), (bz, be)) = (a.names(), b.names());
    fault(
        format!("{az}和{bz}不能放在一起计算或比较;请检查两边的字段"),
        format!("{ae} and {be} cannot be combined or compared; check the fields on both sides"),
    )
}

pub(crate) fn expected(want: Type, got: Type) -> Error {
    let ((wz, we), (gz, ge)) = (want.names(), got.names());
    fault(format!("这里要{wz},得到的是{gz}"), format!("{we} is expected here, not {ge}"))
}
