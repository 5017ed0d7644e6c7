//! The kinds of saved views beside the sheet, and their settings.

use crate::forms::EntryForm;
use crate::saved_filters::note;
use model::{Error, ErrorCode, FieldDef, FieldKey, FieldKind, Holds, Label, Result, TableDef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the records of a view are shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewKind {
    /// Rows and columns.
    #[default]
    Sheet,
    /// Cards in columns, one for each option of a choice.
    Kanban(Board),
    /// Records on the days of a month.
    Calendar(Month),
    /// Cards side by side, with a picture.
    Gallery(Gallery),
    /// Fields to fill in, a record at a time.
    Form(EntryForm),
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

/// The settings of a calendar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Month {
    /// The day or moment that says where a record stands.
    pub by: FieldKey,
    /// Fields shown behind the title, at most two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<FieldKey>,
    /// The single choice whose options give the colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<FieldKey>,
}

/// The settings of a gallery.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Gallery {
    /// The attachments whose first picture is shown; none: cards without pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<FieldKey>,
    /// Fields on a card under its title, at most six.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<FieldKey>,
}

/// What the field of a setting has to be.
struct Need {
    fits: fn(&FieldDef) -> bool,
    why: Label,
}

fn choice(zh: &str, en: &str) -> Need {
    Need { fits: |f| matches!(f.kind, FieldKind::Choice { .. }), why: Label::new(zh, en) }
}

/// The settings of a kind: the field without which it is a sheet, one that may be missing, and those on a card.
struct Parts<'a> {
    by: Option<(&'a FieldKey, Need)>,
    extra: Option<(&'a mut Option<FieldKey>, Need)>,
    cards: &'a mut Vec<FieldKey>,
    most: usize,
}

impl ViewKind {
    /// Whether it is the sheet, which is what a view is when it says nothing.
    pub(crate) fn is_sheet(&self) -> bool {
        *self == Self::Sheet
    }

    fn parts(&mut self) -> Option<Parts<'_>> {
        Some(match self {
            Self::Sheet | Self::Form(_) => return None,
            Self::Kanban(Board { by, cards, sum }) => {
                let money = Need {
                    fits: |f| matches!(f.kind, FieldKind::Money),
                    why: Label::new("看板各列只能合计金额字段", "The columns of a board sum a money field"),
                };
                let column = choice("看板要按单选字段分列", "The columns of a board come from a single choice");
                Parts { by: Some((by, column)), extra: Some((sum, money)), cards, most: 4 }
            }
            Self::Calendar(Month { by, cards, tone }) => {
                let day = Need {
                    fits: |f| matches!(f.kind.holds(), Holds::Date | Holds::DateTime),
                    why: Label::new("日历要按日期字段排列", "A calendar is laid out by a date"),
                };
                let colour = choice("日历的颜色要取自单选字段", "The colours of a calendar come from a single choice");
                Parts { by: Some((by, day)), extra: Some((tone, colour)), cards, most: 2 }
            }
            Self::Gallery(Gallery { cover, cards }) => {
                let files = Need {
                    fits: |f| f.kind.holds() == Holds::Files,
                    why: Label::new(
                        "画廊的封面要取自附件字段",
                        "The pictures of a gallery come from an attachment field",
                    ),
                };
                Parts { by: None, extra: Some((cover, files)), cards, most: 6 }
            }
        })
    }

    /// Leaves out fields that are gone or of another kind now, naming them; without the field it is laid out by
    /// it is a sheet.
    pub(crate) fn prune(&mut self, table: Option<&TableDef>, missing: &mut Vec<String>) {
        if let Self::Form(form) = self {
            return form.prune(table, missing);
        }
        let Some(parts) = self.parts() else { return };
        let mut keep = |key: &FieldKey, fits: fn(&FieldDef) -> bool| {
            let kept = table.and_then(|t| t.field(key)).is_some_and(fits);
            if !kept {
                note(missing, key);
            }
            kept
        };
        parts.cards.retain(|key| keep(key, |_| true));
        if let Some((field, need)) = parts.extra {
            field.take_if(|key| !keep(key, need.fits));
        }
        if parts.by.is_some_and(|(by, need)| !keep(by, need.fits)) {
            *self = Self::Sheet;
        }
    }

    /// Refuses fields the table lacks and those a setting cannot take.
    pub(crate) fn check(&self, table: &TableDef) -> Result<()> {
        if let Self::Form(form) = self {
            return form.check(table);
        }
        let mut own = self.clone();
        let Some(parts) = own.parts() else { return Ok(()) };
        let fit = |key: &FieldKey, need: Need| match table.require(key)? {
            field if (need.fits)(field) => Ok(()),
            _ => Err(Error::new(ErrorCode::Invalid, &*need.why.zh, &*need.why.en).on(key)),
        };
        if let Some((by, need)) = parts.by {
            fit(by, need)?;
        }
        if let Some((Some(field), need)) = parts.extra {
            fit(field, need)?;
        }
        let most = parts.most;
        if parts.cards.len() > most {
            return Err(Error::new(
                ErrorCode::Invalid,
                format!("一张卡片最多显示 {most} 个字段"),
                format!("A card shows at most {most} fields"),
            ));
        }
        parts.cards.iter().try_for_each(|key| table.require(key).map(drop))
    }
}
