//! What the API's document says of JSON that is written and read as text here: cells, rows, filters.
//!
//! The types stand for nothing but their schemas; cells come from `store::to_json` and its kin, and are read
//! by [`crate::wire`].

use crate::routes::bulk::BulkDone;
use jobs::import::Report;
use model::{ErrorValue, FieldKey, FieldKind, FileRef, MAX_LINKS};
use serde::Serialize;
use serde_json::json;
use std::borrow::Cow;
use std::collections::BTreeMap;
use store::{Reason, RecordGroup};
use utoipa::openapi::{Object, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Schemas written as JSON: a name with its marker, what else it needs, and the text.
macro_rules! described {
    ($($(#[doc = $doc:literal])* $name:ident $([$($needs:ty),+])? = $json:tt;)+) => {
        $(
            $(#[doc = $doc])*
            pub(crate) struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    // The text itself is put in by `written`.
                    Object::new().into()
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                #[allow(unused_variables)]
                fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                    $($(
                        schemas.push((<$needs as ToSchema>::name().into(), <$needs as PartialSchema>::schema()));
                        <$needs as ToSchema>::schemas(schemas);
                    )+)?
                }
            }
        )+

        /// The schemas above by name.
        pub(crate) fn written() -> Vec<(&'static str, serde_json::Value)> {
            vec![$((stringify!($name), {
                let mut schema = json!($json);
                schema["description"] = concat!($($doc, "\n"),*).trim().into();
                schema
            })),+]
        }
    };
}

described! {
    /// A linked record: `[id, code, name]`, or `[id]` alone when it is gone.
    LinkValue = {
        "type": "array", "prefixItems": [
            { "type": "integer" }, { "type": ["string", "null"] }, { "type": ["string", "null"] },
        ], "minItems": 1, "maxItems": 3
    };

    /// What a formula gives in place of a value, as Excel shows it. None can be written.
    CellError = {
        "type": "object", "required": ["error"],
        "properties": { "error": { "type": "string", "enum": (ErrorValue::ALL.map(ErrorValue::sign)) } }
    };

    /// The records that link to one: how many, and the first 20 of them.
    Backlinks [LinkValue] = {
        "type": "object", "required": ["count", "first"],
        "properties": {
            "count": { "type": "integer" },
            "first": { "type": "array", "items": { "$ref": "#/components/schemas/LinkValue" } }
        }
    };

    /// The content of a cell, by the kind of its field: text, a number (`money` in 分, a whole number), a day
    /// `2026-11-21`, a moment `2026-11-21T10:30:00`, true or false, several texts, a linked record, several
    /// of them, the other side of a link, a member's id, files; null when there is nothing.
    Content [LinkValue, Backlinks, FileRef] = {
        "anyOf": [
            { "type": "string" }, { "type": "number" }, { "type": "boolean" },
            { "type": "array", "items": { "type": "string" } },
            { "$ref": "#/components/schemas/LinkValue" },
            { "type": "array", "items": { "$ref": "#/components/schemas/LinkValue" } },
            { "$ref": "#/components/schemas/Backlinks" },
            { "type": "array", "items": { "$ref": "#/components/schemas/FileRef" } },
            { "type": "null" },
        ]
    };

    /// A cell as it is read.
    Value [Content, CellError] = {
        "anyOf": [{ "$ref": "#/components/schemas/Content" }, { "$ref": "#/components/schemas/CellError" }]
    };

    /// A cell as a live link gives it: a number (money in yuan), true or false, text, or null when there is nothing.
    FeedCell = { "type": ["number", "boolean", "string", "null"] };

    /// Records to add to a cell of several and to take from it, by id or as a person names them.
    Relinked = {
        "type": "object", "additionalProperties": false,
        "properties": {
            "add": { "type": "array", "items": { "type": ["integer", "string"] }, "maxItems": MAX_LINKS },
            "remove": { "type": "array", "items": { "type": "integer" }, "maxItems": MAX_LINKS }
        }
    };

    /// What a person typed, read by the rules of imports: `{"text":"1.2万"}`.
    Typed = {
        "type": "object", "required": ["text"], "properties": { "text": { "type": "string" } }
    };

    /// A cell as it is written: content of its kind, what a person typed, or links to add and to remove.
    Written [Content, Typed, Relinked] = {
        "anyOf": [
            { "$ref": "#/components/schemas/Content" }, { "$ref": "#/components/schemas/Typed" },
            { "$ref": "#/components/schemas/Relinked" },
            { "type": "array", "items": { "type": ["integer", "string"] } },
        ]
    };

    /// A row of a view: `[id, value, …]` in the order of its columns; `[id]` alone is a record removed since. Where
    /// colour rules were asked, the last item says which of them hold: 1 the first, 2 the second, 4 the third, added up.
    WireRow [Value] = {
        "type": "array", "prefixItems": [{ "type": "integer" }],
        "items": { "$ref": "#/components/schemas/Value" }, "minItems": 1
    };

    /// A comparison.
    Op = { "type": "string", "enum": (crate::wire::OPS.map(|(name, _)| name)) };

    /// Which records: all of some parts, any of them, those of which a part does not hold, those of the filter of a
    /// saved view of the table, or one condition. Nested at most 16 deep, filters of views included.
    Filter [Op, Value] = {
        "oneOf": [
            {
                "type": "object", "required": ["all"], "additionalProperties": false,
                "properties": { "all": { "type": "array", "items": { "$ref": "#/components/schemas/Filter" } } }
            },
            {
                "type": "object", "required": ["any"], "additionalProperties": false,
                "properties": { "any": { "type": "array", "items": { "$ref": "#/components/schemas/Filter" } } }
            },
            {
                "type": "object", "required": ["not"], "additionalProperties": false,
                "properties": { "not": { "$ref": "#/components/schemas/Filter" } }
            },
            {
                "type": "object", "required": ["segment"], "additionalProperties": false,
                "properties": { "segment": { "type": "integer" } }
            },
            {
                "type": "object", "required": ["field", "op"], "additionalProperties": false,
                "properties": {
                    "field": { "type": "string" },
                    "op": { "$ref": "#/components/schemas/Op" },
                    "values": { "type": "array", "items": { "$ref": "#/components/schemas/Value" } }
                }
            },
        ]
    };

    /// Settings of a kind, as they may come in a change of a field; another `kind` brings all of its own.
    KindChange [FieldKind] = {
        "type": "object",
        "properties": {
            "kind": { "$ref": "#/components/schemas/FieldKind" },
            "decimals": { "type": "integer", "minimum": 0 },
            "unit": { "type": "string" },
            "options": { "type": "array", "items": { "$ref": "#/components/schemas/ChoiceOption" } },
            "table": { "type": "string" }, "field": { "type": "string" }, "images": { "type": "boolean" },
            "max": { "type": "integer", "minimum": 1 }, "pattern": { "type": "string" }
        }
    };

    /// Provinces with their cities with their districts: `[name, [[name, [name, …]], …]]`.
    Places = {
        "type": "array", "items": {
            "type": "array", "minItems": 2, "maxItems": 2, "prefixItems": [{ "type": "string" }, {
                "type": "array", "items": {
                    "type": "array", "minItems": 2, "maxItems": 2,
                    "prefixItems": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
                }
            }]
        }
    };

    /// Where a job stands.
    JobState = { "type": "string", "enum": ["waiting", "running", "done", "failed", "cancelled"] };

    /// What a job leaves: of `check` and `import` a report, of `bulk` what it did, of others an object of its own.
    JobResult [Report, BulkDone] = {
        "anyOf": [
            { "$ref": "#/components/schemas/Report" }, { "$ref": "#/components/schemas/BulkDone" }, { "type": "object" },
        ]
    };

    /// What a line of a record's history tells of.
    HistoryKind = { "type": "string", "enum": ["create", "edit", "delete"] };

    /// What is lost when a cell is turned into another kind.
    LossName = { "type": "string", "enum": ["part", "all"] };

    /// A page of a view, or, when `ids` or `fits` were asked, some records of it.
    RowsOfView [ViewRows, ViewRecords] = {
        "anyOf": [{ "$ref": "#/components/schemas/ViewRows" }, { "$ref": "#/components/schemas/ViewRecords" }]
    };

    /// Files, each a part named `file`.
    Upload = {
        "type": "object", "required": ["file"],
        "properties": { "file": { "type": "array", "items": { "type": "string", "format": "binary" } } }
    };
}

/// [`Value`] under a name that the derive does not take for any JSON.
pub(crate) type Cell = Value;

/// A job that was started.
#[derive(Serialize, ToSchema)]
pub(crate) struct Started {
    pub job: String,
}

// Answers whose text the store writes.

/// A record with its cells by field.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct RecordOut {
    id: i64,
    values: BTreeMap<FieldKey, Cell>,
}

/// A view just opened, with its first 100 rows.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct ViewOpened {
    /// Names it in the addresses.
    view: String,
    total: u64,
    columns: Vec<FieldKey>,
    /// Where groups were asked for: those of the outermost level, in the order of the rows. The rows of one follow
    /// on those of the one before.
    groups: Option<Vec<RecordGroup>>,
    rows: Vec<WireRow>,
}

/// Rows of a view.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct ViewRows {
    offset: u64,
    rows: Vec<WireRow>,
}

/// Rows of some records of a view.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct ViewRecords {
    rows: Vec<WireRow>,
    /// Records among those asked for that the view would hold if it were opened now.
    fits: Vec<i64>,
}

/// A day on which a view has records.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct DayOfView {
    #[schema(format = Date)]
    day: String,
    count: u64,
}

/// Records of a view by the day they stand on.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct DaysOfView {
    /// Days with records, in order.
    days: Vec<DayOfView>,
    /// The first of each day.
    rows: Vec<WireRow>,
}

/// Why a record was found.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct FoundBy {
    /// The field that answers.
    field: FieldKey,
    /// What it says; of a long text the part that answers.
    text: String,
}

/// What was found in one table.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct SearchGroup {
    table: String,
    columns: Vec<FieldKey>,
    /// The closest first.
    rows: Vec<WireRow>,
    /// Of each row.
    found: Vec<FoundBy>,
    /// Whether there are more.
    more: bool,
}

/// What a search found, by table.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct SearchAnswer {
    groups: Vec<SearchGroup>,
}

/// What is to be said of a cell that was written.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct CellNote {
    id: i64,
    field: FieldKey,
    message: String,
}

/// What an edit did.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct Patched {
    change: i64,
    /// The records made, in the order given.
    ids: Vec<i64>,
    /// What was dropped or assumed in reading cells, and rules that warn.
    notes: Vec<CellNote>,
    /// The first 500 records edited, as they are now, by id.
    rows: BTreeMap<String, BTreeMap<FieldKey, Cell>>,
}

/// What the customer panel shows.
#[derive(ToSchema)]
#[allow(dead_code)]
pub(crate) struct Card {
    id: i64,
    values: BTreeMap<FieldKey, Cell>,
    /// Why this grade.
    reasons: Vec<Reason>,
    /// Newest first, at most 200.
    orders: Vec<RecordOut>,
    order_total: u64,
}
