//! The store: every read and write of a book, and all SQL.
//!
//! One door in ([`Store::apply`], and [`Store::batch`] for imports), one door out ([`Store::open_view`],
//! [`Store::page`], [`Store::record`] and the figures). Derived columns, identities, search text and the
//! change log are written in the transaction of the change itself.

mod apply;
mod batch;
mod bulk;
mod cells;
mod changes;
mod check;
mod clash;
mod collate;
mod comments;
mod conn;
mod cursor;
mod days;
mod derive;
mod dialect;
mod engine;
mod events;
mod expr;
mod fails;
mod figures;
mod files;
mod fill;
mod filter;
mod find;
mod folder;
mod follow;
mod forms;
mod grants;
mod group;
mod indexes;
mod jobs;
mod json;
mod kinds;
mod layout;
mod links;
mod log;
mod lookups;
mod matching;
mod moves;
mod order;
mod plan;
mod preview;
mod probe;
mod read;
mod recalc;
mod related;
mod relations;
mod relink;
mod reshape;
mod rows;
mod saved;
mod saved_filters;
mod search;
mod secrets;
mod segments;
mod snapshots;
mod sql;
mod stack;
mod store;
mod summary;
mod system;
mod templates;
mod through;
mod timeline;
mod tint;
mod tokens;
mod transfer;
mod trash;
mod turn;
mod undo;
mod validate;
mod view;
mod within;

pub use batch::{Batch, BatchOptions, Buyer, Upsert};
pub use bulk::{Bulk, BulkDone, BulkPreview, Replace};
pub use changes::{LogCell, LogEntry, LogQuery};
pub use check::CheckReport;
pub use clash::Names;
pub use comments::{CellComments, Comment, CommentOn, Commented, Mention, Mentions, NewComment, Thread};
pub use cursor::{MOST_PAGE, PageWanted, RecordPage};
pub use days::Days;
pub use events::{Event, Heard, Since};
pub use figures::{GradeFigure, MonthFigure, Overview, ProvinceFigure};
pub use files::MOST_BYTES as MOST_FILE_BYTES;
pub use fill::Filling;
pub use find::{Group, Hit};
pub use folder::DataFolder;
pub use forms::{Consent, Entered, Entry, EntryField, EntryForm, MOST_CONSENTS, enterable, enterable_by_all};
pub use grants::{NewToken, Token};
pub use group::RecordGroup;
pub use indexes::{IndexPolicy, IndexesTended};
pub use jobs::{JobRow, SILENCE};
pub use kinds::{Board, Gallery, Month, ViewKind};
pub use log::{AHEAD as ZONE_SECONDS, HistoryEntry, ImportEntry};
pub use matching::{CustomerKey, MatchKey};
pub use read::{Card, FieldValue, Reason, to_json};
pub use reshape::{FieldPatch, FormulaCheck, Patched};
pub use rows::{Once, RowDone, RowWrite, Rows, RowsDone};
pub use saved::{Figure, RowHeight, SavedColumn, SavedDef, SavedPatch, SavedSort, SavedView};
pub use saved_filters::prune;
pub use secrets::{NewSecret, Opened, Secret};
pub use snapshots::ViewId;
pub use stack::{Step, Summary};
pub use store::{Counts, Store, StoreOptions};
pub use summary::ColumnSummary;
pub use system::{BookInfo, Session, System, User};
pub use templates::{
    AddOptions, Added, Brought, ExportTable, Exported, FieldFate, KeptRule, MOST_TEMPLATE_BYTES, PlannedField,
    PlannedRule, PlannedTable, PlannedView, RuleFate, TEMPLATE_FORMAT, Template, TemplateCounts, TemplateField,
    TemplatePlan, TemplateRemoved, TemplateTable, TemplateView, ViewFate,
};
pub use through::{MOST_PART, RowWork, Through};
pub use timeline::{Done, Happening, Timeline, TimelineItem, TimelineKind, TimelineWanted};
pub use tint::{ColourRule, ColourWhen};
pub use transfer::{Carried, carry};
pub use trash::{KEPT_DAYS, Removed, Restored, SetBack};
pub use turn::{Preview, Sample, Turn};
pub use undo::{Meeting, Undone};
pub use validate::{Breach, Mark};
pub use view::{OpenedView, PlaceInView};

use model::Error;

/// An inner failure; the cause goes to the log, once, here.
pub(crate) fn failure(cause: impl std::fmt::Display) -> Error {
    let text = cause.to_string();
    tracing::error!(cause = %text, "store failure");
    Error::internal(text)
}
