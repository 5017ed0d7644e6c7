//! All derived columns of a book, in the order in which they are computed.

use crate::lex::fault;
use crate::tree::{Expr, Node};
use crate::typing::compile;
use model::{FieldKey, Label, Result, Schema, TableKey};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A derived column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its table.
    pub table: TableKey,
    /// Its field.
    pub field: FieldKey,
    /// What it is.
    pub expr: Expr,
    /// Its depth among the columns of its phase: it reads only columns of lower layers.
    pub layer: usize,
    /// Reads the as-of day, itself or through another column of its table.
    pub daily: bool,
}

/// Columns of one table that are computed in one statement. A phase reads other records only where an
/// earlier phase has finished with them.
#[derive(Clone, Debug)]
pub struct Phase {
    /// The table.
    pub table: TableKey,
    /// Its columns, lowest layer first.
    pub columns: Vec<Column>,
}

/// The compiled formulas of a book.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Phases in their order.
    pub phases: Vec<Phase>,
}

type Id = (TableKey, FieldKey);

impl Program {
    /// Compiles every formula of a schema and puts the columns in order.
    ///
    /// # Errors
    /// A `formula` error on the field whose formula is wrong, or the path of a cycle.
    pub fn compile(schema: &Schema) -> Result<Self> {
        let mut exprs: HashMap<Id, Expr> = HashMap::new();
        let mut order = Vec::new();
        for table in &schema.tables {
            for field in &table.fields {
                if let Some(text) = &field.formula {
                    let expr = compile(schema, table, text, &field.kind).map_err(|e| e.on(&field.key))?;
                    let id = (table.key.clone(), field.key.clone());
                    order.push(id.clone());
                    exprs.insert(id, expr);
                }
            }
        }
        let mut build =
            Builder { schema, exprs: &exprs, done: HashMap::new(), needs: HashMap::new(), path: Vec::new() };
        for id in &order {
            build.place(id)?;
        }
        build.gather();
        let mut groups: BTreeMap<(usize, usize), Vec<Column>> = BTreeMap::new();
        for id in &order {
            let place = build.place(id)?;
            let table = schema.tables.iter().position(|t| t.key == id.0).unwrap_or(0);
            groups.entry((place.phase, table)).or_default().push(Column {
                table: id.0.clone(),
                field: id.1.clone(),
                expr: exprs[id].clone(),
                layer: place.layer,
                daily: place.daily,
            });
        }
        let phases = groups
            .into_values()
            .map(|mut columns| {
                columns.sort_by_key(|c| c.layer);
                Phase { table: columns[0].table.clone(), columns }
            })
            .collect();
        Ok(Self { phases })
    }

    /// The phase of one table and its columns that must be recomputed when `changed` fields of the
    /// same record changed; `daily` adds those that read the as-of day.
    pub fn dependents(&self, table: &str, changed: &HashSet<FieldKey>, daily: bool) -> HashSet<FieldKey> {
        let mut dirty: HashSet<FieldKey> = changed.clone();
        let mut out = HashSet::new();
        for column in self.columns().filter(|c| c.table == *table) {
            let mut hit = daily && column.daily;
            column.expr.visit(&mut |e| {
                if let Node::Field(f) = &e.node {
                    hit |= dirty.contains(f);
                }
            });
            if hit {
                dirty.insert(column.field.clone());
                out.insert(column.field.clone());
            }
        }
        out
    }

    /// All columns in the order of computing.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.phases.iter().flat_map(|p| &p.columns)
    }
}

#[derive(Clone, Copy)]
struct Place {
    phase: usize,
    layer: usize,
    daily: bool,
}

struct Builder<'a> {
    schema: &'a Schema,
    exprs: &'a HashMap<Id, Expr>,
    done: HashMap<Id, Place>,
    /// The derived columns that one reads: of its own record, of others.
    needs: HashMap<Id, [Vec<Id>; 2]>,
    path: Vec<Id>,
}

impl Builder<'_> {
    /// A column as people call it.
    fn named(&self, (table, field): &Id, pick: fn(&Label) -> &str) -> String {
        match self.schema.table(table).and_then(|t| Some((t, t.field(field)?))) {
            Some((t, f)) => format!("{}·{}", pick(&t.label), pick(&f.label)),
            None => format!("{table}.{field}"),
        }
    }

    fn place(&mut self, id: &Id) -> Result<Place> {
        if let Some(p) = self.done.get(id) {
            return Ok(*p);
        }
        if self.path.contains(id) {
            let path = |pick: fn(&Label) -> &str| {
                let names: Vec<_> = self.path.iter().chain([id]).map(|id| self.named(id, pick)).collect();
                names.join(" → ")
            };
            return Err(fault(
                format!("公式互相引用成了环：{}；请去掉其中一处引用", path(|l| &l.zh)),
                format!("Formulas refer to each other in a circle: {}; remove one of the references", path(|l| &l.en)),
            )
            .on(&id.1));
        }
        self.path.push(id.clone());
        let mut same_row = Vec::new();
        let mut other_rows = Vec::new();
        let mut daily = false;
        self.exprs[id].visit(&mut |e| match &e.node {
            Node::Today => daily = true,
            Node::Field(f) => same_row.push((id.0.clone(), f.clone())),
            Node::Rollup(r) => {
                other_rows
                    .extend(r.criteria.iter().map(|c| &c.field).chain(&r.value).map(|f| (r.table.clone(), f.clone())));
            }
            Node::Rank(r) => other_rows.push((r.table.clone(), r.field.clone())),
            _ => {}
        });
        let mut phase = 0;
        for list in [&mut same_row, &mut other_rows] {
            list.retain(|d| self.exprs.contains_key(d));
        }
        for dep in &other_rows {
            let p = self.place(dep)?;
            phase = phase.max(p.phase + 1);
            daily |= p.daily;
        }
        let mut layer = 0;
        for dep in &same_row {
            let p = self.place(dep)?;
            daily |= p.daily;
            match p.phase.cmp(&phase) {
                std::cmp::Ordering::Greater => (phase, layer) = (p.phase, p.layer + 1),
                std::cmp::Ordering::Equal => layer = layer.max(p.layer + 1),
                std::cmp::Ordering::Less => {}
            }
        }
        self.path.pop();
        let place = Place { phase, layer, daily };
        self.done.insert(id.clone(), place);
        self.needs.insert(id.clone(), [same_row, other_rows]);
        Ok(place)
    }

    /// Moves columns to the last phase of their table that those who read them allow: the fewer phases a table has,
    /// the fewer times its rows are written.
    fn gather(&mut self) {
        let mut ids: Vec<Id> = self.done.keys().cloned().collect();
        ids.sort_by_key(|id| std::cmp::Reverse((self.done[id].phase, self.done[id].layer)));
        let mut phases: HashMap<TableKey, BTreeSet<usize>> = HashMap::new();
        for id in &ids {
            phases.entry(id.0.clone()).or_default().insert(self.done[id].phase);
        }
        let mut latest: HashMap<Id, usize> = HashMap::new();
        // Whoever reads a column comes before it.
        for id in &ids {
            let at = self.done[id].phase;
            let bound = latest.get(id).map_or(usize::MAX, |l| at.max(*l));
            let to = phases[&id.0].range(at..=bound).next_back().copied().unwrap_or(at);
            if let Some(place) = self.done.get_mut(id) {
                place.phase = to;
            }
            for (list, bound) in self.needs[id].iter().zip([to, to.saturating_sub(1)]) {
                for dep in list {
                    latest.entry(dep.clone()).and_modify(|l| *l = bound.min(*l)).or_insert(bound);
                }
            }
        }
        for id in ids.iter().rev() {
            let phase = self.done[id].phase;
            let below = self.needs[id][0].iter().map(|d| self.done[d]).filter(|p| p.phase == phase);
            let layer = below.map(|p| p.layer + 1).max().unwrap_or(0);
            if let Some(place) = self.done.get_mut(id) {
                place.layer = layer;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::builtin;

    #[test]
    fn builtin_columns_compile_in_dependency_order() {
        let p = Program::compile(&builtin::schema()).unwrap();
        let seen: Vec<String> = p
            .phases
            .iter()
            .map(|ph| {
                let cols: Vec<_> = ph.columns.iter().map(|c| format!("{}{}", c.field, c.layer)).collect();
                format!("{}: {}", ph.table, cols.join(" "))
            })
            .collect();
        assert_eq!(
            seen,
            [
                "orders: counted0",
                "interactions: pending0 talked0",
                "orders: purchase0",
                "customers: order_count0 last_talk0 open_follow_ups0 total1 first_order1 last_order1 monthly1 repurchase_rate1 average2 \
                 monthly_since_first2 days_since2 frequency_points2 amount_points2 loyalty_points2 points3 \
                 lifecycle3 grade4",
            ]
        );
    }

    #[test]
    fn dependents_follow_same_record_references() {
        let p = Program::compile(&builtin::schema()).unwrap();
        let changed = HashSet::from(["recommend".into()]);
        let got = p.dependents("customers", &changed, false);
        assert_eq!(got, HashSet::from(["loyalty_points".into(), "points".into(), "grade".into()]));
        let daily = p.dependents("customers", &HashSet::new(), true);
        for f in ["monthly", "days_since", "frequency_points", "grade", "lifecycle"] {
            assert!(daily.contains(f), "{f}");
        }
        assert!(!daily.contains("total"));
    }

    #[test]
    fn a_cycle_is_refused_with_its_path() {
        let mut s = builtin::schema();
        let f = s.tables[0].fields.iter_mut().find(|f| f.key == "order_count").unwrap();
        f.formula = Some("[@总评分]+1".into());
        let e = Program::compile(&s).unwrap_err();
        assert!(e.zh.contains("成了环"), "{}", e.zh);
        assert!(e.zh.contains("客户·总评分 →"), "{}", e.zh);
        assert!(!e.zh.contains("customers") && !e.en.contains("customers"), "{}", e.en);
    }
}
