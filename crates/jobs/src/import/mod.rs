//! Import: files are inspected, the plan is shown and changed, a dry run tells what would happen, and
//! the run does exactly that in one transaction.

mod breaches;
mod made;
mod problems;
mod report;
mod rows;
mod writer;

pub use problems::{ProblemRow, Problems, write_problems};
pub use report::{FileName, Problem, Report, TableCounts};

use crate::Control;
use exchange::recognise::{Override, recognise, replan};
use exchange::{Ctx, Role, SheetPlan, read};
use model::{Date, Result, Schema, Scope};
use serde::Serialize;
use std::path::{Path, PathBuf};
use store::{MatchKey, Store};

/// A file of an import.
#[derive(Clone, Debug, Serialize)]
pub struct SourceFile {
    /// Its name as the user knows it.
    pub name: String,
    /// Where it lies.
    #[serde(skip)]
    pub path: PathBuf,
    /// Why it cannot be read, if it cannot: (简体中文, English).
    #[serde(skip)]
    pub error: Option<model::Error>,
}

/// An import being prepared: its files, what was recognised in them, and what a person decided.
#[derive(Clone, Debug)]
pub struct Import {
    /// The files.
    pub files: Vec<SourceFile>,
    /// The sheets of all files; `index` is the position here.
    pub sheets: Vec<SheetPlan>,
    /// Which file each sheet is of.
    sources: Vec<usize>,
    /// How customers are matched.
    pub match_key: MatchKey,
    /// Today, for words such as 昨天.
    pub today: Date,
    limits: read::Limits,
}

impl Import {
    /// Inspects files given as (path, name shown). A file that cannot be read is kept with its error.
    pub fn inspect(files: &[(PathBuf, String)], schema: &Schema, today: Date, limits: read::Limits) -> Self {
        let mut import = Self {
            files: Vec::new(),
            sheets: Vec::new(),
            sources: Vec::new(),
            match_key: MatchKey::default(),
            today,
            limits,
        };
        for (path, name) in files {
            let found = import.sheets_of(path, name, schema);
            let source = import.files.len();
            let error = match found {
                Ok(plans) => {
                    for mut plan in plans {
                        plan.index = import.sheets.len();
                        import.sheets.push(plan);
                        import.sources.push(source);
                    }
                    None
                }
                Err(e) => Some(e),
            };
            import.files.push(SourceFile { name: name.clone(), path: path.clone(), error });
        }
        import
    }

    fn sheets_of(&self, path: &Path, name: &str, schema: &Schema) -> Result<Vec<SheetPlan>> {
        let mut book = read::open_named(path, name, &self.limits)?;
        let ctx = self.ctx();
        (0..book.sheets().len()).map(|i| recognise(&mut book, i, schema, &ctx)).collect()
    }

    fn ctx(&self) -> Ctx {
        Ctx { today: self.today, year: None }
    }

    /// Takes over what a person changed in the plan of one sheet.
    ///
    /// # Errors
    /// `not_found` for a sheet or field that does not exist, or what reading the file gives.
    pub fn change(&mut self, index: usize, change: &Override, schema: &Schema) -> Result<()> {
        let (Some(old), Some(source)) = (self.sheets.get(index), self.sources.get(index)) else {
            return Err(model::Error::new(
                model::ErrorCode::NotFound,
                format!("没有第 {} 张表", index + 1),
                format!("There is no sheet {}", index + 1),
            ));
        };
        let file = &self.files[*source];
        let mut book = read::open_named(&file.path, &file.name, &self.limits)?;
        let mut plan = replan(&mut book, old, change, schema, &self.ctx())?;
        plan.index = index;
        self.sheets[index] = plan;
        Ok(())
    }

    /// Does the import, or with `dry_run` everything but keep it. Problem rows go to `problems`.
    ///
    /// # Errors
    /// `cancelled`, `bad_file` when nothing is recognised or a file cannot be read to its end, or what the store says; the book
    /// is then as it was.
    pub fn run(
        &self,
        store: &Store,
        scope: &Scope,
        dry_run: bool,
        control: &Control,
        problems: &mut Problems,
    ) -> Result<Report> {
        if self.order().is_empty() {
            return Err(model::Error::new(
                model::ErrorCode::BadFile,
                "没有认出客户、订单或产品的列，什么都没有导入；请检查表头，或在网页导入时自己指定每一列",
                "No columns of customers, orders or products were recognised and nothing was imported; check the \
                 header row, or choose the columns yourself when importing on the page",
            ));
        }
        writer::run(self, store, scope, dry_run, control, problems)
    }

    /// The sheets in the order in which they are taken: customers before the orders that speak of them.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.sheets.len()).filter(|i| self.sheets[*i].role != Role::Ignore).collect();
        order.sort_by_key(|i| match self.sheets[*i].role {
            Role::Customers => 0,
            Role::Products => 1,
            Role::Both => 2,
            Role::Orders => 3,
            // Own tables may link to any of them.
            Role::Own | Role::Ignore => 4,
        });
        order
    }

    fn rows_expected(&self) -> u64 {
        self.sheets.iter().filter(|s| s.role != Role::Ignore).filter_map(|s| s.rows_estimate).sum()
    }

    fn orders_expected(&self) -> u64 {
        let orders = |s: &&SheetPlan| matches!(s.role, Role::Orders | Role::Both);
        self.sheets.iter().filter(orders).filter_map(|s| s.rows_estimate).sum()
    }

    /// Whether a code that nobody has yet makes a customer: only when no sheet brings the customers.
    fn codes_make_customers(&self) -> bool {
        !self.sheets.iter().any(|s| s.role == Role::Customers)
    }
}

#[cfg(test)]
mod tests;
