//! Groups of a view: which records share their content, in which order groups come, and their figures.
//!
//! What a record is grouped by is read with its id, so that a group has just the records the view shows under it.
//! Figures are added up by the database, for the innermost groups; those of outer ones are put together from them.

use crate::collate;
use crate::conn::{Conn, Row, ValueRef, params};
use crate::dialect::{Dialect, quote};
use crate::fails::error_column;
use crate::failure;
use crate::json;
use crate::order::{Key, select_scanning};
use crate::related::{self, Named};
use crate::sql::{Fill, Stmt};
use crate::store::Shape;
use crate::summary::{ColumnSummary, Figured};
use model::{
    Date, Error, ErrorCode, FieldDef, FieldKey, FieldKind, GroupLevel, Holds, MOST_LEVELS, Period, Query, Result,
    TableDef,
};
use sea_query::{Alias, Expr, SelectStatement};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// Most groups of a view, those of all levels together.
pub(crate) const MOST_GROUPS: usize = 10_000;

/// Records of the same content, which stand together in a view.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RecordGroup {
    /// The content as cells show it: a linked record with its code and name, of days the first one; null of none.
    pub value: Json,
    /// How many records.
    pub count: u64,
    /// Figures of the fields that were asked for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, ColumnSummary>,
    /// The groups of the next level.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub groups: Vec<RecordGroup>,
}

/// Whether records can be grouped by a field: those of several contents in a cell would be in several groups.
pub(crate) fn groups(field: &FieldDef) -> bool {
    field.kind.stored() && !matches!(field.kind.holds(), Holds::Links | Holds::Texts | Holds::Files)
}

/// Refuses more levels than there can be, a field twice, and fields that give no groups.
pub(crate) fn check(table: &TableDef, levels: &[GroupLevel]) -> Result<()> {
    if levels.len() > MOST_LEVELS {
        return Err(invalid(
            format!("最多按 {MOST_LEVELS} 个字段分组"),
            format!("Records are grouped by at most {MOST_LEVELS} fields"),
        )
        .on("group"));
    }
    for (n, level) in levels.iter().enumerate() {
        let field = table.require(&level.field)?;
        let (zh, en) = (&field.label.zh, &field.label.en);
        if levels[..n].iter().any(|l| l.field == level.field) {
            return Err(
                invalid(format!("“{zh}”已经在分组里了"), format!("“{en}” is among the groups already")).on(&field.key)
            );
        }
        if !groups(field) {
            return Err(invalid(
                format!("不能按“{zh}”分组，一格里有多项内容"),
                format!("“{en}” holds several things in a cell and gives no groups"),
            )
            .on(&field.key));
        }
    }
    Ok(())
}

fn invalid(zh: String, en: String) -> Error {
    Error::new(ErrorCode::Invalid, zh, en)
}

/// What a group is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Cell {
    Int(i64),
    /// The bits of a number.
    Real(u64),
    Text(Box<str>),
    Error(i64),
    Blank,
}

/// A level with the contents met so far, each numbered.
struct Level<'a> {
    field: &'a FieldDef,
    desc: bool,
    /// Of days and moments.
    by: Option<Period>,
    fails: bool,
    cells: Vec<Cell>,
    numbers: HashMap<Cell, u32>,
    texts: HashMap<Box<str>, u32>,
}

impl<'a> Level<'a> {
    fn new(field: &'a FieldDef, level: &GroupLevel, fails: bool) -> Self {
        let days = matches!(field.kind.holds(), Holds::Date | Holds::DateTime);
        let by = days.then_some(level.by);
        let (cells, numbers, texts) = (Vec::new(), HashMap::new(), HashMap::new());
        Self { field, desc: level.desc, by, fails, cells, numbers, texts }
    }

    fn expr(&self, dialect: Dialect) -> Expr {
        let col = Expr::col((Alias::new("c"), Alias::new(self.field.key.as_str())));
        let day = match self.field.kind.holds() {
            // Moments before 1970 are lifted above zero by whole days, so that division floors.
            Holds::DateTime => Expr::cust_with_exprs("((? + 1728000000000) / 86400 - 20000000)", [col]),
            _ => col,
        };
        match self.by {
            Some(by @ (Period::Month | Period::Year)) => dialect.period_start(day, by),
            _ => day,
        }
    }

    /// The number of a content.
    fn number(&mut self, v: ValueRef<'_>, error: ValueRef<'_>) -> Result<u32> {
        let cell = match (error, v) {
            (ValueRef::Integer(code), _) => Cell::Error(code),
            (_, ValueRef::Integer(n)) => Cell::Int(n),
            // Negative zero is zero.
            (_, ValueRef::Real(x)) => Cell::Real((x + 0.0).to_bits()),
            (_, ValueRef::Text(t)) if !t.is_empty() => {
                let text = String::from_utf8_lossy(t);
                if let Some(n) = self.texts.get(&*text) {
                    return Ok(*n);
                }
                let n = self.next(Cell::Text((*text).into()))?;
                self.texts.insert((*text).into(), n);
                return Ok(n);
            }
            _ => Cell::Blank,
        };
        if let Some(n) = self.numbers.get(&cell) {
            return Ok(*n);
        }
        let n = self.next(cell.clone())?;
        self.numbers.insert(cell, n);
        Ok(n)
    }

    fn next(&mut self, cell: Cell) -> Result<u32> {
        self.cells.push(cell);
        u32::try_from(self.cells.len() - 1).map_err(failure)
    }

    /// The linked records of a level of links by code and name.
    fn named(&self, conn: &Conn, shape: &Shape) -> Result<HashMap<i64, Named>> {
        let FieldKind::Link { table } = &self.field.kind else { return Ok(HashMap::new()) };
        let def = shape.schema.require(table)?;
        let ids: Vec<i64> =
            self.cells.iter().filter_map(|c| if let Cell::Int(n) = c { Some(*n) } else { None }).collect();
        let [code, name] = related::labels(def, "t");
        let among = conn.dialect().among_ids("t.id");
        let sql = ["SELECT t.id, ", &code, ", ", &name, " FROM ", &quote(&def.key), " t WHERE ", &among].concat();
        let list = conn.all(&sql, params![ids.as_slice()], |r| Ok((r.get(0)?, (r.get(1)?, r.get(2)?))))?;
        Ok(list.into_iter().collect())
    }

    /// What a content is sorted by: contents, then errors, then blanks.
    fn key(&self, cell: &Cell, named: &HashMap<i64, Named>) -> (u8, Key) {
        let key = match cell {
            Cell::Int(n) if matches!(self.field.kind, FieldKind::Link { .. }) => {
                let label = named.get(n).and_then(|(code, name)| name.as_ref().or(code.as_ref()));
                Key::Text(collate::key(label.map_or("", String::as_str)))
            }
            Cell::Int(n) => Key::Number(*n as f64),
            Cell::Real(bits) => Key::Number(f64::from_bits(*bits)),
            Cell::Text(t) => Key::read(&self.field.kind, ValueRef::Text(t.as_bytes())),
            Cell::Error(code) => return (1, Key::Number(*code as f64)),
            Cell::Blank => return (2, Key::Blank),
        };
        (0, key)
    }

    /// The place of each content in the order of the level.
    fn places(&self, named: &HashMap<i64, Named>) -> Vec<u32> {
        let keys: Vec<(u8, Key)> = self.cells.iter().map(|c| self.key(c, named)).collect();
        let mut order: Vec<u32> = (0..self.cells.len() as u32).collect();
        order.sort_by(|a, b| {
            let ((x, a), (y, b)) = (&keys[*a as usize], &keys[*b as usize]);
            x.cmp(y).then_with(|| a.compare(b, self.desc))
        });
        inverse(&order)
    }

    fn value(&self, cell: &Cell, named: &HashMap<i64, Named>) -> Result<Json> {
        let day = FieldKind::Date;
        let kind = if self.by.is_some() { &day } else { &self.field.kind };
        let mut out = Vec::new();
        let blank = ValueRef::Null;
        match cell {
            Cell::Int(n) if matches!(kind, FieldKind::Link { .. }) => {
                return Ok(named.get(n).map_or_else(|| json!([n]), |(code, name)| json!([n, code, name])));
            }
            Cell::Int(n) => json::cell(&mut out, kind, ValueRef::Integer(*n)),
            Cell::Real(bits) => json::cell(&mut out, kind, ValueRef::Real(f64::from_bits(*bits))),
            Cell::Text(t) => json::cell(&mut out, kind, ValueRef::Text(t.as_bytes())),
            Cell::Error(code) => json::cell_or_error(&mut out, kind, blank, ValueRef::Integer(*code)),
            Cell::Blank => return Ok(Json::Null),
        }
        serde_json::from_slice(&out).map_err(failure)
    }
}

/// Where each number stands in a list of them.
fn inverse(order: &[u32]) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (place, n) in (0..).zip(order) {
        places[*n as usize] = place;
    }
    places
}

/// The contents of an innermost group, by level.
type Path = [u32; MOST_LEVELS];

/// The groups of a query while its records are read.
pub(crate) struct Grouping<'a> {
    table: &'a TableDef,
    levels: Vec<Level<'a>>,
    /// The innermost groups, numbered as they are met.
    leaves: HashMap<Path, u32>,
    paths: Vec<Path>,
    counts: Vec<u64>,
}

/// The order of the groups.
pub(crate) struct Sorted {
    /// The place of each innermost group.
    pub places: Vec<u32>,
    order: Vec<u32>,
    named: Vec<HashMap<i64, Named>>,
}

impl<'a> Grouping<'a> {
    /// Groups of a table by some levels.
    ///
    /// # Errors
    /// As [`check`].
    pub(crate) fn new(shape: &Shape, table: &'a TableDef, levels: &[GroupLevel]) -> Result<Self> {
        check(table, levels)?;
        let level = |l: &GroupLevel| {
            let field = table.require(&l.field)?;
            Ok(Level::new(field, l, shape.derivation.fails.has(&table.key, &field.key)))
        };
        let levels = levels.iter().map(level).collect::<Result<Vec<_>>>()?;
        Ok(Self { table, levels, leaves: HashMap::new(), paths: Vec::new(), counts: Vec::new() })
    }

    /// How many columns tell the group of a record.
    pub(crate) fn width(&self) -> usize {
        self.levels.iter().map(|l| 1 + usize::from(l.fails)).sum()
    }

    /// Adds these columns to a statement over `c`.
    pub(crate) fn select(&self, dialect: Dialect, select: &mut SelectStatement) {
        for l in &self.levels {
            select.expr(l.expr(dialect));
            if l.fails {
                select.column((Alias::new("c"), Alias::new(error_column(&l.field.key))));
            }
        }
    }

    /// Counts a record in; the number of its innermost group. Its columns begin at `at`.
    ///
    /// # Errors
    /// `too_large` for more groups than can be shown.
    pub(crate) fn leaf(&mut self, row: &Row<'_>, at: usize) -> Result<u32> {
        let leaf = self.of(row, at)?;
        self.counts[leaf as usize] += 1;
        Ok(leaf)
    }

    fn of(&mut self, row: &Row<'_>, mut at: usize) -> Result<u32> {
        let mut path = Path::default();
        for (l, number) in self.levels.iter_mut().zip(&mut path) {
            let v = row.at(at)?;
            let error = if l.fails { row.at(at + 1)? } else { ValueRef::Null };
            at += 1 + usize::from(l.fails);
            *number = l.number(v, error)?;
        }
        if let Some(leaf) = self.leaves.get(&path) {
            return Ok(*leaf);
        }
        if self.paths.len() == MOST_GROUPS {
            return Err(self.too_many());
        }
        let leaf = u32::try_from(self.paths.len()).map_err(failure)?;
        self.leaves.insert(path, leaf);
        self.paths.push(path);
        self.counts.push(0);
        Ok(leaf)
    }

    /// Names the level with the most contents, and what would help.
    fn too_many(&self) -> Error {
        let Some(level) = self.levels.iter().max_by_key(|l| l.cells.len()) else {
            return failure("groups without a level");
        };
        let label = &level.field.label;
        let (zh, en) = match level.by {
            Some(Period::Day) => ("请改为按月或按年分组，或先筛选", "group by month or year, or filter first"),
            Some(Period::Month) => ("请改为按年分组，或先筛选", "group by year, or filter first"),
            _ => ("请先筛选，或换一个取值较少的字段", "filter first, or choose a field of fewer values"),
        };
        Error::new(
            ErrorCode::TooLarge,
            format!("按“{}”分组会超过 {MOST_GROUPS} 个组，{zh}", label.zh),
            format!("Grouping by “{}” gives more than {MOST_GROUPS} groups; {en}", label.en),
        )
        .on(&level.field.key)
    }

    /// Puts the groups into their order.
    pub(crate) fn sorted(&self, conn: &Conn, shape: &Shape) -> Result<Sorted> {
        let named = self.levels.iter().map(|l| l.named(conn, shape)).collect::<Result<Vec<_>>>()?;
        let places: Vec<Vec<u32>> = self.levels.iter().zip(&named).map(|(l, named)| l.places(named)).collect();
        let at = |leaf: u32, level: usize| places[level][self.paths[leaf as usize][level] as usize];
        let mut order: Vec<u32> = (0..self.paths.len() as u32).collect();
        order.sort_by(|a, b| {
            let by_level = (0..places.len()).map(|l| at(*a, l).cmp(&at(*b, l)));
            by_level.fold(Ordering::Equal, Ordering::then)
        });
        Ok(Sorted { places: inverse(&order), order, named })
    }

    /// The groups with figures of some fields.
    ///
    /// # Errors
    /// `too_large` for more groups than can be shown.
    pub(crate) fn tree(
        &mut self,
        conn: &Conn,
        shape: &Shape,
        query: &Query,
        sorted: &Sorted,
        fields: &[FieldDef],
        scanned: &[FieldKey],
    ) -> Result<Vec<RecordGroup>> {
        if self.levels.is_empty() {
            return Ok(Vec::new());
        }
        let fails = &shape.derivation.fails;
        let figured: Vec<Figured<'_>> =
            fields.iter().map(|f| Figured::new(f, fails.has(&self.table.key, &f.key), false)).collect();
        let sums = self.sums(conn, shape, query, &figured, scanned)?;
        let keys: Vec<&FieldKey> = figured.iter().map(Figured::key).collect();
        let mut left = MOST_GROUPS;
        let out = self.build(&sorted.order, 0, &mut Built { sorted, sums: &sums, keys: &keys, left: &mut left })?;
        Ok(out)
    }

    /// Figures of the innermost groups, in the order they were met.
    fn sums(
        &mut self,
        conn: &Conn,
        shape: &Shape,
        query: &Query,
        figured: &[Figured<'_>],
        scanned: &[FieldKey],
    ) -> Result<Vec<Vec<Sums>>> {
        let mut sums = vec![vec![Sums::default(); figured.len()]; self.paths.len()];
        if figured.is_empty() {
            return Ok(sums);
        }
        let mut select = select_scanning(conn.dialect(), shape, self.table, query, scanned)?;
        select.clear_selects();
        self.select(conn.dialect(), &mut select);
        let width = self.width();
        select.add_group_by((1..=width).map(|n| Expr::cust(n.to_string())));
        figured.iter().try_for_each(|f| f.select(&shape.schema, self.table, &mut select))?;
        Stmt::select(&select).each(conn, &Fill::today(Date(0)), &mut |row| {
            // One of a record that came a moment ago is not of this view.
            let leaf = self.of(row, 0)? as usize;
            let mut at = width;
            for (n, f) in figured.iter().enumerate() {
                let (summary, counted) = f.read(row, &mut at)?;
                if let Some(sums) = sums.get_mut(leaf) {
                    sums[n].add(&Sums { counted, summary });
                }
            }
            Ok(())
        })?;
        Ok(sums)
    }

    fn build(&self, leaves: &[u32], level: usize, built: &mut Built<'_>) -> Result<Vec<RecordGroup>> {
        let number = |leaf: u32| self.paths[leaf as usize][level];
        let mut out = Vec::new();
        for part in leaves.chunk_by(|a, b| number(*a) == number(*b)) {
            *built.left = built.left.checked_sub(1).ok_or_else(|| self.too_many())?;
            let l = &self.levels[level];
            let mut figures = BTreeMap::new();
            for (n, key) in built.keys.iter().enumerate() {
                let mut whole = Sums::default();
                part.iter().for_each(|leaf| whole.add(&built.sums[*leaf as usize][n]));
                figures.insert(key.to_string(), whole.summary);
            }
            let inner = level + 1 < self.levels.len();
            out.push(RecordGroup {
                value: l.value(&l.cells[number(part[0]) as usize], &built.sorted.named[level])?,
                count: part.iter().map(|leaf| self.counts[*leaf as usize]).sum(),
                figures,
                groups: if inner { self.build(part, level + 1, built)? } else { Vec::new() },
            });
        }
        Ok(out)
    }
}

/// What groups are built from.
struct Built<'a> {
    sorted: &'a Sorted,
    sums: &'a [Vec<Sums>],
    keys: &'a [&'a FieldKey],
    /// How many groups there may still be.
    left: &'a mut usize,
}

/// Figures of a column and how many cells they are of.
#[derive(Clone, Default)]
struct Sums {
    summary: ColumnSummary,
    counted: u64,
}

impl Sums {
    /// Puts the figures of more records to these.
    fn add(&mut self, other: &Self) {
        fn of<T>(a: Option<T>, b: Option<T>, both: fn(T, T) -> T) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(both(a, b)),
                (a, b) => a.or(b),
            }
        }
        let (s, o) = (&mut self.summary, &other.summary);
        self.counted += other.counted;
        s.filled += o.filled;
        s.sum = of(s.sum, o.sum, |a, b| a + b);
        s.min = of(s.min, o.min, f64::min);
        s.max = of(s.max, o.max, f64::max);
        // Written as ISO 8601 does they are in the order of time.
        s.earliest = of(s.earliest.take(), o.earliest.clone(), Ord::min);
        s.latest = of(s.latest.take(), o.latest.clone(), Ord::max);
        s.average = s.sum.filter(|_| self.counted > 0).map(|sum| sum / self.counted as f64);
    }
}
