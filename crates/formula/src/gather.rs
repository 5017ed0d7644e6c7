//! Functions over columns: SUMIFS and its kin, look-ups, ranks.

use crate::criteria::{criterion, equal_to, equals};
use crate::functions::arity_error;
use crate::lex::fault;
use crate::parse::{Ast, Syntax};
use crate::tree::{Aggregate, Caught, Criterion, Expr, Node, Rank, RankKind, Rollup, Type};
use crate::typing::{Typer, constant};
use crate::units::{align, expected, unify_two};
use model::{FieldDef, FieldKey, Result, TableDef, TableKey};

/// Whether an argument is written as a whole column.
pub(crate) fn is_column(ast: &Ast) -> bool {
    matches!(&ast.node, Syntax::Reference(r) if r.table.is_some() && !r.this_row)
}

/// The arguments of an aggregate: cells as they are, whole columns gathered.
pub(crate) fn values(t: &Typer<'_>, args: &[Ast], aggregate: Aggregate) -> Result<Vec<Expr>> {
    args.iter().map(|a| if is_column(a) { whole(t, a, aggregate) } else { t.expr(a) }).collect()
}

/// A whole column gathered.
pub(crate) fn whole(t: &Typer<'_>, column: &Ast, aggregate: Aggregate) -> Result<Expr> {
    let (table, field) = t.column(column)?;
    let ty = result(aggregate, field).map_err(|e| e.within(column.at.0, column.at.1))?;
    rollup(&table.key, aggregate, Some(&field.key), Vec::new(), ty)
}

/// Most roll-ups inside the criteria of another.
const MOST_INSIDE: usize = 3;

fn rollup(
    table: &TableKey,
    aggregate: Aggregate,
    value: Option<&FieldKey>,
    criteria: Vec<Criterion>,
    ty: Type,
) -> Result<Expr> {
    let mut inside = 0;
    for c in &criteria {
        c.value.visit(&mut |e| inside += usize::from(matches!(e.node, Node::Rollup(_) | Node::Rank(_))));
    }
    if inside > MOST_INSIDE {
        return Err(fault(
            format!("汇总函数的条件里最多再套 {MOST_INSIDE} 个汇总函数；请把里面的做成单独的字段"),
            format!(
                "At most {MOST_INSIDE} roll-ups fit inside the criteria of another; make the inner ones fields of their own"
            ),
        ));
    }
    let r = Rollup { table: table.clone(), aggregate, value: value.cloned(), criteria };
    Ok(Expr::new(Node::Rollup(Box::new(r)), ty))
}

/// The type an aggregate of a field has.
fn result(aggregate: Aggregate, field: &FieldDef) -> Result<Type> {
    use Aggregate as A;
    let ty = Type::of(&field.kind);
    match (aggregate, ty) {
        (A::Count | A::CountFilled | A::CountNumbers, _) => Ok(Type::Number),
        (A::First, Type::Links) => Err(crate::links::no_value()),
        (A::First, ty) | (_, ty @ (Type::Number | Type::Money)) => Ok(ty),
        (A::Min | A::Max, ty @ (Type::Date | Type::DateTime)) => Ok(ty),
        (_, other) => Err(expected(Type::Number, other)),
    }
}

pub(crate) fn ifs(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let aggregate = match name {
        "COUNTIFS" => Aggregate::Count,
        "SUMIFS" => Aggregate::Sum,
        "AVERAGEIFS" => Aggregate::Average,
        "MINIFS" => Aggregate::Min,
        _ => Aggregate::Max,
    };
    let (value, pairs) = if aggregate == Aggregate::Count { (None, args) } else { (Some(&args[0]), &args[1..]) };
    gathered(t, name, aggregate, value, pairs)
}

/// COUNTIF, SUMIF and AVERAGEIF: the criterion first, then the column gathered, which may be left out.
pub(crate) fn single_if(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let aggregate = match name {
        "COUNTIF" => Aggregate::Count,
        "SUMIF" => Aggregate::Sum,
        _ => Aggregate::Average,
    };
    let value = (aggregate != Aggregate::Count).then(|| args.get(2).unwrap_or(&args[0]));
    gathered(t, name, aggregate, value, &args[..2])
}

fn gathered(t: &Typer<'_>, name: &str, aggregate: Aggregate, value: Option<&Ast>, pairs: &[Ast]) -> Result<Expr> {
    if pairs.is_empty() || !pairs.len().is_multiple_of(2) {
        return Err(arity_error(name));
    }
    let (table, field) = match value {
        Some(v) => t.column(v).map(|(t, f)| (t, Some((f, v.at))))?,
        None => (t.column(&pairs[0])?.0, None),
    };
    let ty = match field {
        Some((f, at)) => result(aggregate, f).map_err(|e| e.within(at.0, at.1))?,
        None => Type::Number,
    };
    let criteria = pairs.chunks(2).map(|p| criterion(t, &table.key, &p[0], &p[1])).collect::<Result<Vec<_>>>()?;
    rollup(&table.key, aggregate, field.map(|(f, _)| &f.key), criteria, ty)
}

/// The field of the first record of a table whose other field equals a value.
fn first(table: &TableDef, value: &FieldDef, criterion: Criterion) -> Result<Expr> {
    let ty = result(Aggregate::First, value)?;
    rollup(&table.key, Aggregate::First, Some(&value.key), vec![criterion], ty)
}

pub(crate) fn xlookup(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    if let Some(mode) = args.get(4)
        && constant(&t.expr(mode)?) != Some(0)
    {
        return Err(exact_only(mode));
    }
    let (table, value) = t.column(&args[2])?;
    let tie = equals(t, &table.key, &args[1], t.expr(&args[0])?)?;
    let found = first(table, value, tie.clone())?;
    let Some(alternative) = args.get(3).filter(|a| !matches!(a.node, Syntax::Omitted)) else { return Ok(found) };
    let (mut list, ty) = unify_two(vec![found, t.expr(alternative)?])?;
    let alternative = list.pop().unwrap_or_else(crate::units::blank);
    let found = list.pop().unwrap_or_else(crate::units::blank);
    if value.derived() {
        // What is found may itself be #N/A, which no alternative replaces.
        let there = rollup(&table.key, Aggregate::First, None, vec![tie], Type::Number)?;
        let missing = Expr::new(Node::IsError(there.boxed(), Caught::Na), Type::Bool);
        return Ok(Expr::new(Node::Cases(vec![(missing, alternative)], found.boxed()), ty));
    }
    Ok(Expr::new(Node::IfError(found.boxed(), alternative.boxed(), Caught::Na), ty))
}

fn exact_only(at: &Ast) -> model::Error {
    fault(
        "只支持精确匹配；VLOOKUP 最后写 FALSE，MATCH 和 XLOOKUP 的匹配方式写 0".into(),
        "Only exact matches are supported; end VLOOKUP with FALSE, give MATCH and XLOOKUP the match type 0".into(),
    )
    .within(at.at.0, at.at.1)
}

pub(crate) fn vlookup(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    match args.get(3) {
        Some(mode) if constant(&t.expr(mode)?) == Some(0) => {}
        Some(mode) => return Err(exact_only(mode)),
        None => return Err(exact_only(&args[1])),
    }
    let (table, from, to) = t.columns(&args[1])?;
    let n =
        constant(&t.expr(&args[2])?).and_then(|n| usize::try_from(n).ok()).filter(|n| (1..=to - from + 1).contains(n));
    let Some(n) = n else {
        let most = to - from + 1;
        return Err(fault(
            format!("VLOOKUP 的第三个参数要直接写第几列，1 到 {most}"),
            format!("The third argument of VLOOKUP is the number of a column, 1 to {most}"),
        )
        .within(args[2].at.0, args[2].at.1));
    };
    let key = &table.fields[from];
    let tie = equal_to(t, &table.key, key, t.expr(&args[0])?).map_err(|e| e.within(args[0].at.0, args[0].at.1))?;
    first(table, &table.fields[from + n - 1], tie)
}

/// `INDEX(表[列],MATCH(x,表[键],0))`.
pub(crate) fn index(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let Syntax::Call { name: inner, args: found } = &args[1].node else { return match_(t, name, args) };
    if !inner.eq_ignore_ascii_case("MATCH") || !(2..=3).contains(&found.len()) {
        return match_(t, name, args);
    }
    match found.get(2) {
        Some(mode) if constant(&t.expr(mode)?) == Some(0) => {}
        Some(mode) => return Err(exact_only(mode)),
        None => return Err(exact_only(&args[1])),
    }
    let (table, value) = t.column(&args[0])?;
    let tie = equals(t, &table.key, &found[1], t.expr(&found[0])?)?;
    first(table, value, tie)
}

/// Records have no row numbers: MATCH only finds its way inside INDEX.
pub(crate) fn match_(_: &Typer<'_>, _: &str, _: &[Ast]) -> Result<Expr> {
    Err(fault(
        "INDEX 和 MATCH 要合着用：INDEX(表[要取的列],MATCH([@值],表[查找的列],0))；或用 XLOOKUP".into(),
        "INDEX and MATCH go together: INDEX(Table[Wanted],MATCH([@Value],Table[Searched],0)); or use XLOOKUP".into(),
    ))
}

fn ranked(of: Expr, table: &TableDef, field: &FieldDef, kind: RankKind) -> Result<Expr> {
    let ty = Type::of(&field.kind);
    if !matches!(ty, Type::Number | Type::Money | Type::Date | Type::DateTime) {
        return Err(expected(Type::Number, ty));
    }
    let column = Expr::new(Node::Field(field.key.clone()), ty);
    let (kept, of) = align(column.clone(), of)?;
    let of = if kept == column { of } else { crate::units::fit(of, ty)? };
    let rank = Rank { table: table.key.clone(), field: field.key.clone(), ty, of, kind };
    Ok(Expr::new(Node::Rank(Box::new(rank)), Type::Number))
}

/// `RANK(数,表[列],[次序])` and `PERCENTRANK(表[列],数)`.
pub(crate) fn rank(t: &Typer<'_>, name: &str, args: &[Ast]) -> Result<Expr> {
    let percent = name.starts_with("PERCENT");
    let (number, column) = if percent { (&args[1], &args[0]) } else { (&args[0], &args[1]) };
    let kind = match args.get(2) {
        _ if percent => RankKind::Percent,
        None => RankKind::Descending,
        Some(order) => match constant(&t.expr(order)?) {
            Some(0) => RankKind::Descending,
            Some(_) => RankKind::Ascending,
            None => {
                return Err(fault(
                    "RANK 的次序要直接写 0（从大到小）或 1（从小到大）".into(),
                    "The order of RANK is written 0 (largest first) or 1 (smallest first)".into(),
                )
                .within(order.at.0, order.at.1));
            }
        },
    };
    let (table, field) = t.column(column)?;
    ranked(t.expr(number)?, table, field, kind).map_err(|e| e.within(number.at.0, number.at.1))
}

/// `QUINTILE([@列])`, over the column of the cell.
pub(crate) fn quintile(t: &Typer<'_>, _: &str, args: &[Ast]) -> Result<Expr> {
    let of = t.expr(&args[0])?;
    let Node::Field(key) = &of.node else {
        return Err(fault(
            "QUINTILE 里要写本行的一个字段，例如 QUINTILE([@累计金额])".into(),
            "QUINTILE takes a field of this record, such as QUINTILE([@Total])".into(),
        )
        .within(args[0].at.0, args[0].at.1));
    };
    let field = t.table.require(key)?;
    ranked(of.clone(), t.table, field, RankKind::Quintile).map_err(|e| e.within(args[0].at.0, args[0].at.1))
}
