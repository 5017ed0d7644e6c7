//! The typed tree.

pub use model::ErrorValue;
use model::{FieldKey, FieldKind, Holds, TableKey};

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
    /// Several records of another table. No value to compute with: criteria and counts know it.
    Links,
}

impl Type {
    /// The type of a field's content.
    pub fn of(kind: &FieldKind) -> Self {
        match kind.holds() {
            // A member is their number: names of members are kept elsewhere.
            Holds::Whole | Holds::Number | Holds::Person => Self::Number,
            Holds::Money => Self::Money,
            Holds::Date => Self::Date,
            Holds::DateTime => Self::DateTime,
            Holds::Bool => Self::Bool,
            Holds::Link => Self::Link,
            Holds::Links => Self::Links,
            Holds::Text | Holds::Texts | Holds::Files => Self::Text,
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
            Self::Links => ("多条关联记录", "several linked records"),
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
            Node::Unscale(a, _) | Node::OrElse(a, _) | Node::IsError(a, _) => a.visit(f),
            Node::Arith(_, a, b) | Node::Compare(_, a, b) | Node::IfError(a, b, _) => {
                a.visit(f);
                b.visit(f);
            }
            Node::Cases(list, otherwise) => {
                for (c, v) in list {
                    c.visit(f);
                    v.visit(f);
                }
                otherwise.visit(f);
            }
            Node::Switch(of, list, otherwise) => {
                of.visit(f);
                for (c, v) in list {
                    c.visit(f);
                    v.visit(f);
                }
                otherwise.visit(f);
            }
            Node::All(list) | Node::Any(list) | Node::Call(_, list) => list.iter().for_each(|e| e.visit(f)),
            Node::Rollup(r) => r.criteria.iter().for_each(|c| c.value.visit(f)),
            Node::Rank(r) => r.of.visit(f),
            _ => {}
        }
    }
}

/// Which errors a test or a substitute is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caught {
    /// Every error.
    Any,
    /// `#N/A` only.
    Na,
    /// Every error but `#N/A`.
    NotNa,
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
    /// An error.
    Error(ErrorValue),
    /// The as-of day.
    Today,
    /// A field of the record at hand.
    Field(FieldKey),
    /// The id of the record at hand.
    RecordId,
    /// Negation.
    Neg(Box<Expr>),
    /// Arithmetic on numbers of one unit; division is real division.
    Arith(ArithOp, Box<Expr>, Box<Expr>),
    /// Comparison of two values of one type; texts without regard to the case of ASCII letters; false
    /// when a date is blank.
    Compare(CmpOp, Box<Expr>, Box<Expr>),
    /// Whether it is blank or empty text.
    IsBlank(Box<Expr>),
    /// Whether it is an error.
    IsError(Box<Expr>, Caught),
    /// The first, or the second where the first is an error.
    IfError(Box<Expr>, Box<Expr>, Caught),
    /// Logical not; a blank counts as no.
    Not(Box<Expr>),
    /// All hold.
    All(Vec<Expr>),
    /// Some hold.
    Any(Vec<Expr>),
    /// The value beside the first condition that holds, else the last one.
    Cases(Vec<(Expr, Expr)>, Box<Expr>),
    /// The value beside the first constant the first expression equals, else the last one.
    Switch(Box<Expr>, Vec<(Expr, Expr)>, Box<Expr>),
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
    /// The place of a number among those of a column.
    Rank(Box<Rank>),
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
    /// Text that fits a pattern (of roll-ups only): the right side is a pattern of SQL's LIKE.
    Like,
    /// Text that does not.
    Unlike,
}

/// Functions the store writes in SQL one by one. Arguments are typed: text is text, a number is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // They are Excel's; the catalogue says what each does.
pub enum Func {
    Min,
    Max,
    Average,
    CountNumbers,
    CountFilled,
    IsNumber,
    IsText,
    Round,
    RoundUp,
    RoundDown,
    Floor,
    Abs,
    Sign,
    Sqrt,
    Exp,
    Ln,
    Log,
    Log10,
    Power,
    Mod,
    Pi,
    /// CEILING and FLOOR: up or down to a multiple.
    CeilTo,
    FloorTo,
    Xor,
    Concat,
    Len,
    Left,
    Right,
    Mid,
    Lower,
    Upper,
    Proper,
    Trim,
    Clean,
    Search,
    Find,
    Exact,
    Rept,
    Substitute,
    Replace,
    /// TEXTJOIN: separator, whether to skip blanks, then the texts.
    TextJoin,
    /// A number as text, as it is joined to text.
    TextOf,
    /// Text as a number.
    Value,
    /// A number by a format; a moment by one.
    FormatNumber,
    FormatMoment,
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    /// Day of the week, with its type as a constant.
    Weekday,
    Weeknum,
    Date,
    EDate,
    EoMonth,
    DateDif,
    DateValue,
    NetworkDays,
    /// Between Excel's serial numbers and days or moments.
    Serial,
    FromSerial,
    MomentFromSerial,
    /// A text in which no character has a meaning for LIKE.
    Escaped,
    /// A personal mark with its middle covered.
    Mask,
    /// Chinese characters by their readings, or the first letters of these.
    Pinyin,
    Initials,
    /// A day in the lunar calendar.
    Lunar,
    /// Of a birthday as it is stored, and today.
    Age,
    NextBirthday,
}

/// A rank over a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Rank {
    /// The table whose column it is.
    pub table: TableKey,
    /// The column.
    pub field: FieldKey,
    /// Its type; the ranked number has the same unit.
    pub ty: Type,
    /// The number ranked.
    pub of: Expr,
    /// What is asked.
    pub kind: RankKind,
}

/// What is asked of a rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RankKind {
    /// 1 for the largest; equals share.
    Descending,
    /// 1 for the smallest; equals share.
    Ascending,
    /// The share of smaller numbers among the others, cut to three decimals.
    Percent,
    /// 1 to 5 by fifths from below; equals share.
    Quintile,
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
    /// Mean; `#DIV/0!` of none.
    Average,
    /// Smallest; blank of none.
    Min,
    /// Largest; blank of none.
    Max,
    /// Number of records whose field is a number.
    CountNumbers,
    /// Number of records whose field is not blank.
    CountFilled,
    /// The field of the first record; `#N/A` of none.
    First,
}

/// The field that stands for a record's own id in a [`Criterion`]; no field of a table has this key.
pub const ID: &str = "id";

/// One criterion: a field of the gathered table against a value of the record at hand. Where one side is of
/// [`Type::Links`], “equal” means that the list holds the other side.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// Field of the gathered table, or [`ID`].
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
    /// One of the records a field of the record at hand names.
    Links(FieldKey),
}

/// What ties gathered records to the record at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// Field of the gathered table, or [`ID`].
    pub field: FieldKey,
    /// The field names several records; one of them is meant.
    pub listed: bool,
    /// What it equals.
    pub local: Local,
}

impl Rollup {
    /// The equality that ties gathered records to the record at hand. None when the roll-up gathers over
    /// the whole table.
    pub fn tie(&self) -> Option<Tie> {
        self.criteria.iter().filter(|c| c.op == CmpOp::Eq).find_map(|c| {
            let local = match &c.value.node {
                Node::RecordId => Local::Id,
                Node::Field(f) if c.value.ty == Type::Links => Local::Links(f.clone()),
                Node::Field(f) => Local::Field(f.clone()),
                _ => return None,
            };
            Some(Tie { field: c.field.clone(), listed: c.ty == Type::Links, local })
        })
    }
}
