//! The expression language: Excel's formula syntax with structured references, parsed, typed and
//! analysed. It computes nothing; the store compiles the typed tree to SQL.
//!
//! `[@字段]` is a cell of the record at hand, `表[字段]` a column of a table. Fields and tables are named
//! by their Chinese or English label or by their key. Units are settled here: in a typed tree the two
//! sides of a comparison always have the same unit (money in 分, dates in days, moments in seconds).

mod criteria;
mod functions;
mod language;
mod program;
mod tree;
mod typing;

pub use language::in_language;
pub use program::{Column, Phase, Program};
pub use tree::{Aggregate, ArithOp, CmpOp, Criterion, Expr, Func, Local, Node, Rollup, Type};
pub use typing::compile;
