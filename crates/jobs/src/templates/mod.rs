//! The templates that ship with Kebu, and templates added with their sample rows.

mod samples;

use crate::Control;
use model::{Date, Error, ErrorCode, Result, Scope};
use std::sync::LazyLock;
use store::{AddOptions, Added, Store, StoreOptions, Template, Undone};

/// What each is kept under, and its document.
const DOCUMENTS: [(&str, &str); 5] = [
    ("marketing", include_str!("../../templates/marketing.json")),
    ("grades", include_str!("../../templates/grades.json")),
    ("tracking", include_str!("../../templates/tracking.json")),
    ("shop", include_str!("../../templates/shop.json")),
    ("wechat", include_str!("../../templates/wechat.json")),
];

static SHIPPED: LazyLock<Result<Vec<(&'static str, Template)>>> = LazyLock::new(|| {
    let read = |(id, text): &(&'static str, &str)| {
        let document = serde_json::from_str(text).map_err(Error::internal)?;
        Ok((*id, Template::read(&document)?))
    };
    DOCUMENTS.iter().map(read).collect()
});

/// The templates that ship with Kebu, in their order, each with what it is kept under.
///
/// # Errors
/// When one cannot be read, which the tests rule out.
pub fn shipped() -> Result<&'static [(&'static str, Template)]> {
    SHIPPED.as_ref().map(Vec::as_slice).map_err(Clone::clone)
}

/// What adding a template did.
#[derive(Clone, Debug)]
pub struct TemplateAdded {
    /// Tables, fields and views.
    pub added: Added,
    /// Sample rows made.
    pub samples: u64,
}

/// Adds a template, and sample rows where they are wanted and not in the book already: the first is one transaction,
/// the second another, which can be undone by itself.
///
/// # Errors
/// As [`Store::add_template`]; `invalid` for a sample row that cannot be read.
pub fn add(
    store: &Store,
    scope: &Scope,
    id: &str,
    template: &Template,
    options: &AddOptions,
    samples: bool,
) -> Result<TemplateAdded> {
    let added = store.add_template(scope, id, template, options)?;
    let there = store.template_samples(scope)?.iter().any(|(_, of)| of == id);
    let samples = if samples && !there { samples::write(store, scope, id, template, &added)? } else { 0 };
    Ok(TemplateAdded { added, samples })
}

/// Removes the sample rows of a template; what was changed since, or is used, stays and is counted.
///
/// # Errors
/// `not_found` when there are none.
pub fn remove_samples(store: &Store, scope: &Scope, id: &str, control: &Control) -> Result<Undone> {
    let mut out: Option<Undone> = None;
    let all = store.template_samples(scope)?;
    for (change, _) in all.iter().rev().filter(|(_, of)| of == id) {
        let done = store.undo(scope, *change, &mut |done, total| control.report("write", done, total))?;
        let so_far = out.get_or_insert_default();
        (so_far.change, so_far.removed, so_far.kept) =
            (done.change, so_far.removed + done.removed, so_far.kept + done.kept);
    }
    out.ok_or_else(|| {
        Error::new(ErrorCode::NotFound, "客簿里没有这个模板的示例行", "The book has no sample rows of this template")
    })
}

/// A book of its own with a template and its sample rows, thrown away with the folder.
pub struct Trial {
    /// The book.
    pub store: Store,
    /// What is where in it.
    pub added: Added,
    _folder: tempfile::TempDir,
}

/// Adds a template to an empty book that nobody sees: what cannot be added anywhere is found out here.
///
/// # Errors
/// As [`add`].
pub fn trial(scope: &Scope, template: &Template, today: Date) -> Result<Trial> {
    let folder = tempfile::tempdir().map_err(Error::internal)?;
    let store = Store::open(&folder.path().join("trial.db"), StoreOptions { today, scratch: true })?;
    let done = add(&store, scope, "trial", template, &AddOptions::default(), true)?;
    Ok(Trial { store, added: done.added, _folder: folder })
}
