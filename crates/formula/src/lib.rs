//! The expression language: Excel's formula syntax with structured references, parsed, typed and
//! analysed. It computes nothing; the store compiles the typed tree to SQL.
//!
//! `[@字段]` is a cell of the record at hand, `表[字段]` a column of a table. Fields and tables are named
//! by their Chinese or English label or by their key. Units are settled here: in a typed tree the two
//! sides of a comparison always have the same unit (money in 分, dates in days, moments in seconds).

#[cfg(test)]
mod tests;

mod catalogue;
mod criteria;
mod dates;
mod excel;
pub mod format;
mod functions;
mod gather;
mod language;
mod lex;
mod links;
mod parse;
mod program;
mod suggest;
mod tree;
mod typing;
mod units;
pub mod workdays;

pub use catalogue::{Entry, Group, catalogue};
pub use excel::{ExcelFormula, excel};
pub use language::{Named, in_language, references, rename};
pub use program::{Column, Phase, Program};
pub use tree::{
    Aggregate, ArithOp, Caught, CmpOp, Criterion, ErrorValue, Expr, Func, ID, Local, Node, Rank, RankKind, Rollup, Tie,
    Type,
};
pub use typing::{check, compile};
