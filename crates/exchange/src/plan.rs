//! What is known and decided about one sheet before its rows are read.

use model::builtin::{CUSTOMERS, ORDERS, PRODUCTS};
use model::parse::Note;
use model::{FieldKey, FieldKind, TableKey, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the rows of a sheet are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// One customer a row.
    Customers,
    /// One order line a row; the customer is only referred to.
    Orders,
    /// One product a row.
    Products,
    /// One order line a row, with columns that describe its buyer.
    Both,
    /// One record a row, of a table of the seller's own.
    Own,
    /// Nothing to take.
    Ignore,
}

/// The seller's own table that takes the rows of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnTable {
    /// Its key; [`NEW_TABLE`] until a table to be made is there.
    pub table: TableKey,
    /// Set for a table that is to be made: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Stands for the key of a table that is to be made.
pub const NEW_TABLE: &str = "new";

/// The shop or program whose export a sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// 淘宝 or 天猫 orders.
    Taobao,
    /// 1688 orders.
    #[serde(rename = "1688")]
    Alibaba,
    /// 京东 orders.
    Jd,
    /// 拼多多 orders, which hold no buyer.
    Pdd,
    /// 抖店 orders.
    Douyin,
    /// 有赞 orders.
    Youzan,
    /// 有赞 customers.
    YouzanCustomers,
    /// 微店 orders.
    Weidian,
    /// 企业微信 customers.
    Wecom,
    /// Shopify orders.
    Shopify,
    /// Shopify customers.
    ShopifyCustomers,
    /// WooCommerce customers.
    Woocommerce,
    /// An export of Kebu itself.
    Kebu,
}

/// Where the content of a column goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SheetTarget)]
pub struct Target {
    /// The table.
    pub table: TableKey,
    /// The field; for a new field the key it will have, which the caller may replace before
    /// converting (the schema given to the converter must then hold it).
    pub field: FieldKey,
    /// The field does not exist yet: a text field named like the header is to be made.
    #[serde(default)]
    pub new_field: bool,
}

impl Target {
    /// An existing field.
    pub fn field(table: &str, field: &str) -> Self {
        Self { table: table.into(), field: field.into(), new_field: false }
    }
}

/// One column of a sheet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = SheetColumn)]
pub struct ColumnPlan {
    /// Position in the sheet, 0 for column A.
    pub index: usize,
    /// The header as written, trimmed; may be empty.
    pub header: String,
    /// Up to five different contents, as text.
    pub samples: Vec<String>,
    /// Where it goes; nothing for a column left out. Several columns may go to one field: the first
    /// that is not blank counts, higher confidence first; long texts are joined.
    #[serde(flatten)]
    pub target: Option<Target>,
    /// How sure the recognition is, 0 to 1; 1 for what a person chose.
    pub confidence: f32,
    /// What a new field of it would hold; text when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_kind: Option<FieldKind>,
}

/// A value every row of the sheet gets, such as the channel of a shop export.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// Where it goes.
    pub target: Target,
    /// The value, given where the row itself has none.
    pub value: Value,
}

/// A merged region that spans several rows, one entry for each of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Column, from 0.
    pub column: usize,
    /// First row, as shown in a spreadsheet program (from 1).
    pub first_row: u32,
    /// Last row, included.
    pub last_row: u32,
}

/// The plan for one sheet: what was recognised, and what a person changed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ImportSheet)]
pub struct SheetPlan {
    /// File name without folder.
    pub file: String,
    /// Sheet name; for text files the file name without its ending.
    pub sheet: String,
    /// Number of the sheet in an import of several files. [`crate::recognise::recognise`] sets it to
    /// `sheet_index`; whoever imports several files numbers them anew.
    pub index: usize,
    /// Position of the sheet inside its file, from 0.
    pub sheet_index: usize,
    /// What the rows are.
    pub role: Role,
    /// The table of [`Role::Own`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnTable>,
    /// Rows below the header, if known or well estimated.
    #[serde(rename = "rows")]
    #[schema(required)]
    pub rows_estimate: Option<u64>,
    /// Row of the header as shown in a spreadsheet program (from 1); 0 if there is none.
    pub header_row: u32,
    /// Last row that belongs to the head (a second header line in another language); rows up to it
    /// hold no data.
    #[serde(skip)]
    pub head_end: u32,
    /// The shop export it was recognised as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// Some dates lack their year and `year` is not answered yet.
    pub year_needed: bool,
    /// The year of dates written without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// Its columns, in the order of the sheet.
    pub columns: Vec<ColumnPlan>,
    /// Values every row gets.
    #[serde(skip)]
    pub constants: Vec<Constant>,
    /// Merged cells that span rows.
    #[serde(skip)]
    pub merged: Vec<Merged>,
    /// The file kind cannot say which cells were merged (text files).
    #[serde(skip)]
    pub merges_unknown: bool,
    /// What a person should know.
    pub notes: Vec<Note>,
}

impl SheetPlan {
    /// The table that counts a row of the sheet: the one its records go to, or its orders.
    pub fn table(&self) -> Option<TableKey> {
        Some(match self.role {
            Role::Customers => CUSTOMERS.into(),
            Role::Products => PRODUCTS.into(),
            Role::Orders | Role::Both => ORDERS.into(),
            Role::Own => self.own.as_ref()?.table.clone(),
            Role::Ignore => return None,
        })
    }

    /// The columns that go to a new field, with the table and the key each proposes.
    pub fn new_fields(&self) -> impl Iterator<Item = (&ColumnPlan, &Target)> {
        self.columns.iter().filter_map(|c| c.target.as_ref().filter(|t| t.new_field).map(|t| (c, t)))
    }
}
