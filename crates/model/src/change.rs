//! What to write.

use crate::{FieldKey, Label, RecordId, TableKey, Value};

/// A change to the book, applied whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// New records, each a list of cells; automatic codes are given where none is.
    Create {
        /// The table.
        table: TableKey,
        /// Cells of each record.
        records: Vec<Vec<(FieldKey, Value)>>,
    },
    /// Edits of cells.
    Edit {
        /// The table.
        table: TableKey,
        /// The edits.
        cells: Vec<CellEdit>,
    },
    /// Records added to and taken from what one cell of linked records names, on either side of a link.
    Relink {
        /// The table.
        table: TableKey,
        /// The record.
        id: RecordId,
        /// The field: linked records, or the other side of a link.
        field: FieldKey,
        /// Records to name as well.
        add: Vec<RecordId>,
        /// Records to name no more.
        remove: Vec<RecordId>,
    },
    /// Several changes as one.
    Several(Vec<Change>),
    /// Records removed. Orders of a removed customer stay, without a customer.
    Delete {
        /// The table.
        table: TableKey,
        /// Which.
        ids: Vec<RecordId>,
    },
}

/// A new content for one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellEdit {
    /// Record.
    pub id: RecordId,
    /// Field.
    pub field: FieldKey,
    /// New content.
    pub value: Value,
}

/// Where a change came from; kept in the change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The sheet or the record page.
    Edit,
    /// An import of files.
    Import,
    /// Generated demonstration data.
    Demo,
    /// Sample rows of a template.
    Template,
    /// Undo of an earlier change.
    Undo,
    /// Undo of an undo.
    Redo,
    /// Records brought back from the recycle bin, or a record set back to an earlier moment.
    Restore,
    /// The API.
    Api,
    /// A form's public address, by somebody without a login.
    Form,
}

impl Origin {
    /// The name kept in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Import => "import",
            Self::Demo => "demo",
            Self::Template => "template",
            Self::Undo => "undo",
            Self::Redo => "redo",
            Self::Restore => "restore",
            Self::Api => "api",
            Self::Form => "form",
        }
    }
}

/// What a change did.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ChangeOutcome {
    /// Its number in the change log.
    pub change: i64,
    /// Ids of created records, in the order given.
    pub created: Vec<RecordId>,
    /// Records whose stored content changed, edited ones only.
    pub edited: Vec<RecordId>,
    /// How many records were removed.
    pub deleted: u64,
    /// Rules that do not hold but only warn.
    pub warnings: Vec<Warning>,
}

/// A rule that does not hold for a cell that was written all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Record.
    pub id: RecordId,
    /// Field.
    pub field: FieldKey,
    /// What the rule says.
    pub message: Label,
}
