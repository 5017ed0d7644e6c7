//! The typed tree.

use model::{FieldKey, FieldKind, TableKey};

/// The type, and with it the unit, of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Always blank; fits every type.
    Blank,
    /// Yes or no.
    Bool,
    /// A plain number.
    Number,
    /// Money in 分.
    Money,
    /// Text.
    Text,
    /// A day, as days since 1970-01-01.
    Date,
    /// A moment, as seconds since 1970-01-01T00:00:00.
    DateTime,
    /// A record of another table, as its id.
    Link,
}

impl Type {
    /// The type of a field's content.
    pub fn of(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Number { .. } | FieldKind::Percent => Self::Number,
            FieldKind::Money => Self::Money,
            FieldKind::Date => Self::Date,
            FieldKind::DateTime => Self::DateTime,
            FieldKind::Bool => Self::Bool,
            FieldKind::Link { .. } => Self::Link,
            _ => Self::Text,
        }
    }

    /// Chinese and English names, for messages.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Blank => ("空白", "blank"),
            Self::Bool => ("是/否", "yes/no"),
            Self::Number => ("数字", "a number"),
            Self::Money => ("金额", "money"),
            Self::Text => ("文本", "text"),
            Self::Date => ("日期", "a date"),
            Self::DateTime => ("时间", "a date and time"),
            Self::Link => ("关联记录", "a linked record"),
        }
    }
}

/// A typed expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub node: Node,
    /// Its type.
    pub ty: Type,
}

impl Expr {
    /// An expression from its parts.
    pub fn new(node: Node, ty: Type) -> Self {
        Self { node, ty }
    }

    pub(crate) fn boxed(self) -> Box<Self> {
        Box::new(self)
    }

    /// Calls `f` on this expression and all below it, criteria of roll-ups included.
    pub fn visit<'a>(&'a self, f: &mut dyn FnMut(&'a Expr)) {
        f(self);
        match &self.node {
            Node::Neg(a) | Node::Not(a) | Node::IsBlank(a) | Node::Scale(a, _) | Node::DayOf(a) => a.visit(f),
            Node::Unscale(a, _) | Node::OrElse(a, _) => a.visit(f),
            Node::Arith(_, a, b) | Node::Compare(_, a, b) => {
                a.visit(f);
                b.visit(f);
            }
            Node::If(a, b, c) => {
                a.visit(f);
                b.visit(f);
                c.visit(f);
            }
            Node::All(list) | Node::Any(list) | Node::Call(_, list) => list.iter().for_each(|e| e.visit(f)),
            Node::Rollup(r) => r.criteria.iter().for_each(|c| c.value.visit(f)),
            _ => {}
        }
    }
}

/// A node of the tree. Blank is SQL's NULL throughout.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Blank.
    Blank,
    /// A constant yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// The as-of day.
    Today,
    /// A field of the record at hand.
    Field(FieldKey),
    /// The id of the record at hand.
    RecordId,
    /// Negation.
    Neg(Box<Expr>),
    /// Arithmetic on numbers of one unit; division is real division and blank when dividing by zero.
    Arith(ArithOp, Box<Expr>, Box<Expr>),
    /// Comparison of two values of one type; false when either is blank.
    Compare(CmpOp, Box<Expr>, Box<Expr>),
    /// Whether it is blank or empty text.
    IsBlank(Box<Expr>),
    /// Logical not; a blank counts as no.
    Not(Box<Expr>),
    /// All hold.
    All(Vec<Expr>),
    /// Some hold.
    Any(Vec<Expr>),
    /// Then or else.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Times a whole factor: yuan to 分, days to seconds.
    Scale(Box<Expr>, i64),
    /// Divided by a whole factor as a real number: 分 to yuan.
    Unscale(Box<Expr>, i64),
    /// The day of a moment.
    DayOf(Box<Expr>),
    /// The value, or the number when blank: a blank cell is 0 in arithmetic, as in Excel.
    OrElse(Box<Expr>, i64),
    /// Another function.
    Call(Func, Vec<Expr>),
    /// An aggregate over records of a table.
    Rollup(Box<Rollup>),
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithOp {
    /// Sum.
    Add,
    /// Difference.
    Sub,
    /// Product.
    Mul,
    /// Quotient.
    Div,
}

/// Comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CmpOp {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// Functions the store knows how to write in SQL one for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Func {
    /// Smallest of its arguments, blanks left out.
    Min,
    /// Largest of its arguments, blanks left out.
    Max,
    /// Rounded half away from zero to so many decimals.
    Round,
    /// Largest whole number not above.
    Floor,
    /// Absolute value.
    Abs,
    /// Texts joined; blanks are empty.
    Concat,
    /// Length in characters.
    Len,
    /// The first n characters.
    Left,
    /// The last n characters.
    Right,
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
    /// Without spaces at either end.
    Trim,
    /// 1-based place of a text in another without regard to case, blank when absent.
    Search,
}

/// An aggregate over the records of a table that meet criteria (SUMIFS and its kin).
#[derive(Clone, Debug, PartialEq)]
pub struct Rollup {
    /// The table gathered from.
    pub table: TableKey,
    /// How values are gathered.
    pub aggregate: Aggregate,
    /// The field gathered; None for a count.
    pub value: Option<FieldKey>,
    /// What a record must meet.
    pub criteria: Vec<Criterion>,
}

/// How a roll-up gathers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// Number of records.
    Count,
    /// Sum; 0 of none.
    Sum,
    /// Mean; blank of none.
    Average,
    /// Smallest; blank of none.
    Min,
    /// Largest; blank of none.
    Max,
}

/// One criterion: a field of the gathered table against a value of the record at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// Field of the gathered table.
    pub field: FieldKey,
    /// Its type.
    pub ty: Type,
    /// The comparison, field on the left.
    pub op: CmpOp,
    /// The right side, in the field's unit; may use fields of the record at hand.
    pub value: Expr,
}

/// How a record at hand is tied to the records it gathers: their `field` equals this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Local {
    /// The id of the record at hand.
    Id,
    /// A field of the record at hand.
    Field(FieldKey),
}

impl Rollup {
    /// The equality that ties gathered records to the record at hand: (field of the gathered table,
    /// what it equals). None when the roll-up gathers over the whole table.
    pub fn tie(&self) -> Option<(&FieldKey, Local)> {
        self.criteria.iter().filter(|c| c.op == CmpOp::Eq).find_map(|c| match &c.value.node {
            Node::RecordId => Some((&c.field, Local::Id)),
            Node::Field(f) => Some((&c.field, Local::Field(f.clone()))),
            _ => None,
        })
    }
}
