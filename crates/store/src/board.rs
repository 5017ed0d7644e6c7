//! The kinds of saved views beside the sheet, and their settings.

use crate::saved::note;
use model::{Error, ErrorCode, FieldDef, FieldKey, FieldKind, Result, TableDef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most fields on a card besides its title.
const MOST_ON_CARD: usize = 4;

/// How the records of a view are shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewKind {
    /// Rows and columns.
    #[default]
    Sheet,
    /// Cards in columns, one for each option of a choice.
    Kanban(Board),
}

/// The settings of a kanban board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// The single choice whose options are the columns; records without one have a column of their own.
    pub by: FieldKey,
    /// Fields on a card under its title, at most four.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<FieldKey>,
    /// The money field whose sum heads each column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<FieldKey>,
}

fn is_choice(field: &FieldDef) -> bool {
    matches!(field.kind, FieldKind::Choice { .. })
}

fn is_money(field: &FieldDef) -> bool {
    matches!(field.kind, FieldKind::Money)
}

impl ViewKind {
    /// Whether it is the sheet, which is what a view is when it says nothing.
    pub(crate) fn is_sheet(&self) -> bool {
        *self == Self::Sheet
    }

    /// Leaves out fields that are gone or of another kind now, naming them; a board without its choice is a sheet.
    pub(crate) fn prune(&mut self, table: Option<&TableDef>, missing: &mut Vec<String>) {
        let Self::Kanban(board) = self else { return };
        let mut keep = |key: &FieldKey, fits: fn(&FieldDef) -> bool| {
            let kept = table.and_then(|t| t.field(key)).is_some_and(fits);
            if !kept {
                note(missing, key);
            }
            kept
        };
        board.cards.retain(|key| keep(key, |_| true));
        board.sum.take_if(|key| !keep(key, is_money));
        if !keep(&board.by, is_choice) {
            *self = Self::Sheet;
        }
    }

    /// Refuses fields the table lacks and those a setting cannot take.
    pub(crate) fn check(&self, table: &TableDef) -> Result<()> {
        let Self::Kanban(board) = self else { return Ok(()) };
        if !is_choice(table.require(&board.by)?) {
            return Err(Error::new(
                ErrorCode::Invalid,
                "看板要按单选字段分列",
                "The columns of a board come from a single choice",
            )
            .on(&board.by));
        }
        if let Some(sum) = &board.sum
            && !is_money(table.require(sum)?)
        {
            return Err(Error::new(
                ErrorCode::Invalid,
                "看板各列只能合计金额字段",
                "The columns of a board sum a money field",
            )
            .on(sum));
        }
        if board.cards.len() > MOST_ON_CARD {
            return Err(Error::new(
                ErrorCode::Invalid,
                format!("一张卡片最多显示 {MOST_ON_CARD} 个字段"),
                format!("A card shows at most {MOST_ON_CARD} fields"),
            ));
        }
        board.cards.iter().try_for_each(|key| table.require(key).map(drop))
    }
}
