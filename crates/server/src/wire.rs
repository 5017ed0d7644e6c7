//! Values, filters and queries as JSON.

use crate::error::{ApiResult, malformed};
use model::parse::{self, Cell, Ctx};
use model::{
    Condition, Date, DateTime, Error, ErrorCode, ErrorValue, FieldDef, FieldKey, FieldKind, FileRef, Filter,
    GroupLevel, Holds, Money, Op, Query, RecordId, Result, Scope, Sort, TableDef, UserId, Value, When,
};
use serde::Deserialize;
use serde_json::Value as Json;
use store::{ColourWhen, Store};
use utoipa::ToSchema;

/// A value for a cell, with what was dropped or assumed in reading it.
pub(crate) struct Read {
    pub value: Value,
    pub note: Option<parse::Note>,
}

/// Reads a cell of a request: a value of the field's kind, or `{"text": …}` as a person typed it.
pub(crate) fn cell(
    store: &Store,
    scope: &Scope,
    members: &[(UserId, String)],
    field: &FieldDef,
    json: &Json,
) -> Result<Read> {
    if let Some(text) = json.get("text").and_then(Json::as_str) {
        return typed(store, scope, members, field, text);
    }
    if let (FieldKind::Links { table } | FieldKind::Backlinks { table, .. }, Json::Array(list)) = (&field.kind, json) {
        return several(store, scope, field, table, list);
    }
    if let Some((add, _)) = relinked(store, scope, field, json)? {
        return Ok(Read { value: Value::Links(add), note: None });
    }
    let mut value = plain(&field.kind, json).ok_or_else(|| unfit(field))?;
    if let Value::Files(files) = &mut value {
        known_files(store, scope, field, files)?;
    }
    Ok(Read { value, note: None })
}

/// Takes type and size of files from what is kept, not from who asks.
fn known_files(store: &Store, scope: &Scope, field: &FieldDef, files: &mut [FileRef]) -> Result<()> {
    for f in files {
        let bytes = store.file(scope, &f.id)?.ok_or_else(|| {
            Error::new(
                ErrorCode::Invalid,
                format!("文件“{}”没有上传成功，请重新选择", f.name),
                format!("The file “{}” was not uploaded; choose it again", f.name),
            )
            .on(&field.key)
        })?;
        f.media = crate::routes::files::media_type(&bytes, &f.name).to_owned();
        f.size = bytes.len() as u64;
    }
    Ok(())
}

fn typed(store: &Store, scope: &Scope, members: &[(UserId, String)], field: &FieldDef, text: &str) -> Result<Read> {
    if let FieldKind::Link { table } = &field.kind {
        if text.trim().is_empty() {
            return Ok(Read { value: Value::Null, note: None });
        }
        return Ok(Read { value: Value::Link(meant(store, scope, field, table, text)?), note: None });
    }
    if let FieldKind::Links { table } | FieldKind::Backlinks { table, .. } = &field.kind {
        // A name may itself hold what stands between two.
        if let Some(id) = store.meant(scope, table, text)? {
            return Ok(Read { value: Value::Links(vec![id]), note: None });
        }
        let parts = text.split(parse::BETWEEN).map(str::trim).filter(|p| !p.is_empty());
        let list = parts.map(|p| meant(store, scope, field, table, p)).collect::<Result<Vec<_>>>()?;
        return Ok(Read { value: Value::Links(list), note: None });
    }
    if matches!(field.kind, FieldKind::Person) {
        return member(members, field, text);
    }
    let year = store.today().ymd().0;
    let ctx = Ctx { today: store.today(), year: Some(year) };
    match parse::cell(&field.kind, &Cell::Text(text), &ctx) {
        Ok(read) => Ok(Read { value: read.value, note: read.note }),
        Err(p) => Err(Error::new(
            ErrorCode::Invalid,
            format!("{}：{}。{}", field.label.zh, p.reason.zh, p.cure.zh),
            format!("{}: {}. {}", field.label.en, p.reason.en, p.cure.en),
        )
        .on(&field.key)),
    }
}

/// The record of a code, or of a name that only one has.
fn meant(store: &Store, scope: &Scope, field: &FieldDef, table: &str, text: &str) -> Result<RecordId> {
    let text = text.trim();
    store.meant(scope, table, text)?.ok_or_else(|| {
        Error::new(
            ErrorCode::Invalid,
            format!("没有编号为“{text}”的记录，叫这个名称的也不止一条或没有；请填编号，例如 K000001"),
            format!("No record has the code “{text}”, nor is it the name of just one; enter a code such as K000001"),
        )
        .on(&field.key)
    })
}

/// Several records, each by its id, as it is sent (`[id, …]`), or by code or name.
fn several(store: &Store, scope: &Scope, field: &FieldDef, table: &str, list: &[Json]) -> Result<Read> {
    Ok(Read { value: Value::Links(records(store, scope, field, table, list)?), note: None })
}

fn records(store: &Store, scope: &Scope, field: &FieldDef, table: &str, list: &[Json]) -> Result<Vec<RecordId>> {
    let one = |json: &Json| match json {
        Json::Array(shown) => shown.first().and_then(Json::as_i64).map(RecordId).ok_or_else(|| unfit(field)),
        Json::String(text) => meant(store, scope, field, table, text),
        json => json.as_i64().map(RecordId).ok_or_else(|| unfit(field)),
    };
    list.iter().map(one).collect()
}

/// Records to add to a cell of several, and to take from it.
type Relinked = (Vec<RecordId>, Vec<RecordId>);

/// What `{"add": […], "remove": […]}` asks of a cell of several records; None for any other value.
pub(crate) fn relinked(store: &Store, scope: &Scope, field: &FieldDef, json: &Json) -> Result<Option<Relinked>> {
    let (FieldKind::Links { table } | FieldKind::Backlinks { table, .. }, Json::Object(object)) = (&field.kind, json)
    else {
        return Ok(None);
    };
    if object.is_empty() || object.keys().any(|k| k != "add" && k != "remove") {
        return Ok(None);
    }
    let list = |key: &str| match object.get(key) {
        Some(Json::Array(list)) => records(store, scope, field, table, list),
        Some(_) => Err(unfit(field)),
        None => Ok(Vec::new()),
    };
    Ok(Some((list("add")?, list("remove")?)))
}

/// The member of a name.
fn member(members: &[(UserId, String)], field: &FieldDef, text: &str) -> Result<Read> {
    let name = text.trim();
    if name.is_empty() {
        return Ok(Read { value: Value::Null, note: None });
    }
    let mut found = members.iter().filter(|(_, n)| n.trim() == name);
    match (found.next(), found.next()) {
        (Some((id, _)), None) => Ok(Read { value: Value::Person(*id), note: None }),
        _ => Err(Error::new(
            ErrorCode::Invalid,
            format!("没有叫“{name}”的成员，请从列表里选"),
            format!("No member is called “{name}”; choose from the list"),
        )
        .on(&field.key)),
    }
}

fn unfit(field: &FieldDef) -> Error {
    Error::new(
        ErrorCode::Invalid,
        format!("“{}”填的内容不合适，请检查格式", field.label.zh),
        format!("The content does not fit “{}”; check its form", field.label.en),
    )
    .on(&field.key)
}

/// A JSON value of a kind; None when it is not one.
fn plain(kind: &FieldKind, json: &Json) -> Option<Value> {
    use FieldKind as K;
    Some(match (kind, json) {
        (_, Json::Null) => Value::Null,
        (K::Number { .. } | K::Percent | K::Progress | K::Rating { .. }, Json::Number(n)) => match n.as_i64() {
            Some(i) => Value::Int(i),
            None => Value::Number(n.as_f64()?),
        },
        (K::Money, Json::Number(n)) => Value::Money(Money(n.as_i64()?)),
        (K::Bool, Json::Bool(b)) => Value::Bool(*b),
        (K::Date, Json::String(s)) => Value::Date(Date::from_iso(s)?),
        (K::DateTime, Json::String(s)) => Value::DateTime(DateTime::from_iso(s)?),
        (K::Link { .. }, Json::Number(n)) => Value::Link(RecordId(n.as_i64()?)),
        (K::Link { .. }, Json::Array(a)) => Value::Link(RecordId(a.first()?.as_i64()?)),
        (K::Person, Json::Number(n)) => Value::Person(UserId(n.as_i64()?)),
        (K::Attachment { .. }, Json::Array(_)) => Value::Files(serde_json::from_value(json.clone()).ok()?),
        (K::Tags | K::Choices { .. }, Json::Array(a)) => {
            Value::Tags(a.iter().map(|t| t.as_str().map(str::to_owned)).collect::<Option<_>>()?)
        }
        (K::CreatedTime | K::UpdatedTime, Json::String(s)) => Value::DateTime(DateTime::from_iso(s)?),
        (K::CreatedBy | K::UpdatedBy, Json::Number(n)) => Value::Person(UserId(n.as_i64()?)),
        (kind, Json::String(s)) if kind.holds() == Holds::Text => Value::Text(s.clone()),
        _ => return None,
    })
}

/// A query as the API takes it.
#[derive(Deserialize, ToSchema)]
#[schema(as = ViewRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueryJson {
    /// The key of the table.
    pub table: String,
    /// Which records; all of them when left out.
    #[serde(default)]
    #[schema(value_type = Option<crate::shapes::Filter>)]
    pub filter: Option<Json>,
    /// What a person typed into the search box.
    #[serde(default)]
    pub search: String,
    /// What they are grouped by, the outermost level first, at most three.
    #[serde(default)]
    pub group: Vec<GroupLevel>,
    /// Fields whose figures every group has.
    #[serde(default)]
    pub figures: Vec<FieldKey>,
    /// Their order; by id when left out.
    #[serde(default)]
    pub sort: Vec<SortJson>,
    /// Conditions whose outcome comes with every row, at most twenty.
    #[serde(default)]
    pub colours: Vec<ColourWhen>,
    /// The columns, by the keys of their fields.
    pub columns: Vec<FieldKey>,
}

/// One key of an order.
#[derive(Deserialize, ToSchema)]
#[schema(as = Sort)]
#[serde(deny_unknown_fields)]
pub(crate) struct SortJson {
    pub field: FieldKey,
    /// Largest first.
    #[serde(default)]
    pub desc: bool,
}

impl QueryJson {
    /// The query for a table.
    pub(crate) fn read(self, store: &Store, scope: &Scope, table: &TableDef) -> ApiResult<Query> {
        let filter = self.filter.map_or(Ok(Filter::All(Vec::new())), |f| filter(store, scope, table, &f))?;
        let sort = self.sort.into_iter().map(|s| Sort { field: s.field, desc: s.desc }).collect();
        let colours = self.colours.iter().map(|c| when(store, scope, table, c)).collect::<ApiResult<_>>()?;
        Ok(Query { table: table.key.clone(), filter, search: self.search, group: self.group, sort, colours })
    }
}

/// The condition of a colour rule.
pub(crate) fn when(store: &Store, scope: &Scope, table: &TableDef, json: &ColourWhen) -> ApiResult<When> {
    Ok(match json {
        ColourWhen::Formula(text) => When::Formula(text.as_str().into()),
        ColourWhen::Filter(json) => When::Filter(filter(store, scope, table, json)?),
    })
}

/// Deepest nesting of a filter.
const DEEPEST: usize = 16;

/// Most conditions that come of the views a filter names.
const MOST_NAMED: usize = 500;

/// The filter a request carries; where it names a saved view, that of the view, if the caller sees it.
pub(crate) fn filter(store: &Store, scope: &Scope, table: &TableDef, json: &Json) -> ApiResult<Filter> {
    FilterReader { store, scope, table, within: Vec::new(), named: 0 }.read(json, 0)
}

struct FilterReader<'a> {
    store: &'a Store,
    scope: &'a Scope,
    table: &'a TableDef,
    /// The saved views whose filters are being read, each named by the one before.
    within: Vec<(i64, String)>,
    /// Conditions read from saved views.
    named: usize,
}

impl FilterReader<'_> {
    fn read(&mut self, json: &Json, depth: usize) -> ApiResult<Filter> {
        if depth > DEEPEST {
            return Err(malformed("filter"));
        }
        if let Some(parts) = json.get("all") {
            return Ok(Filter::All(self.list(parts, depth)?));
        }
        if let Some(parts) = json.get("any") {
            return Ok(Filter::Any(self.list(parts, depth)?));
        }
        if let Some(part) = json.get("not") {
            return Ok(Filter::Not(Box::new(self.read(part, depth + 1)?)));
        }
        if let Some(view) = json.get("segment") {
            let view = view.as_i64().ok_or_else(|| malformed("filter.segment"))?;
            return self.segment(view, depth);
        }
        self.condition(json).map(Filter::Is)
    }

    fn list(&mut self, parts: &Json, depth: usize) -> ApiResult<Vec<Filter>> {
        let parts = parts.as_array().ok_or_else(|| malformed("filter"))?;
        parts.iter().map(|p| self.read(p, depth + 1)).collect()
    }

    fn condition(&mut self, json: &Json) -> ApiResult<Condition> {
        if !self.within.is_empty() {
            self.named += 1;
            if self.named > MOST_NAMED {
                return Err(too_many_named().into());
            }
        }
        let key = json.get("field").and_then(Json::as_str).ok_or_else(|| malformed("filter.field"))?;
        let field = self.table.require(key)?;
        let op = json.get("op").and_then(Json::as_str).and_then(op).ok_or_else(|| malformed("filter.op"))?;
        let values = json.get("values").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let values = values.iter().map(|v| filter_value(field, op, v)).collect::<Result<_>>()?;
        Ok(Condition { field: field.key.clone(), op, values })
    }

    /// The filter of a saved view of the same table; every record of one without.
    fn segment(&mut self, id: i64, depth: usize) -> ApiResult<Filter> {
        let view = self.store.saved_view(self.scope, id).map_err(|e| e.on("filter"))?;
        if view.table != self.table.key {
            return Err(no_segment().into());
        }
        if view.loose {
            return Err(loose(&view.name).into());
        }
        let again = self.within.iter().any(|(known, _)| *known == id);
        self.within.push((id, view.name));
        if again {
            // Saving refuses it; two who save at once on different servers might still bring it about.
            return Err(circle(&self.within).into());
        }
        let read = match &view.def.filter {
            Some(filter) => self.read(filter, depth + 1)?,
            None => Filter::All(Vec::new()),
        };
        self.within.pop();
        Ok(read)
    }
}

fn no_segment() -> Error {
    Error::new(ErrorCode::Invalid, "筛选用到的视图不属于这张表", "The filter names a view of another table")
        .on("filter")
}

fn loose(name: &str) -> Error {
    Error::new(
        ErrorCode::Conflict,
        format!("视图“{name}”的筛选用到了已删除的字段，请先打开它检查筛选并保存"),
        format!("The filter of “{name}” names a field that is gone; open it, check its filter and save it"),
    )
    .on("filter")
}

fn circle(within: &[(i64, String)]) -> Error {
    let way = within.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" → ");
    Error::new(
        ErrorCode::Invalid,
        format!("视图不能绕回自己：{way}"),
        format!("A view cannot lead back to itself: {way}"),
    )
    .on("filter")
}

fn too_many_named() -> Error {
    Error::new(
        ErrorCode::TooLarge,
        format!("筛选用到的视图合起来超过 {MOST_NAMED} 个条件，请简化"),
        format!("The views a filter names come to more than {MOST_NAMED} conditions; simplify them"),
    )
    .on("filter")
}

fn filter_value(field: &FieldDef, op: Op, json: &Json) -> Result<Value> {
    // A tag is looked for by one text; a moment may be compared with a day.
    let value = match (&field.kind, json) {
        (_, Json::String(s)) if op == Op::Within => Some(Value::Text(s.clone())),
        (FieldKind::Tags | FieldKind::Choices { .. }, Json::String(s)) => Some(Value::Text(s.clone())),
        (FieldKind::Links { .. } | FieldKind::Backlinks { .. }, Json::Number(n)) => {
            n.as_i64().map(RecordId).map(Value::Link)
        }
        (FieldKind::Links { .. } | FieldKind::Backlinks { .. }, Json::Array(a)) => {
            a.first().and_then(Json::as_i64).map(RecordId).map(Value::Link)
        }
        (FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::UpdatedTime, Json::String(s)) if s.len() == 10 => {
            Date::from_iso(s).map(Value::Date)
        }
        (_, Json::String(s)) if op == Op::Contains => Some(Value::Text(s.clone())),
        // Errors are asked for, never written.
        (_, Json::Object(o)) if field.derived() => {
            o.get("error").and_then(Json::as_str).and_then(ErrorValue::signed).map(Value::Error)
        }
        (kind, json) => plain(kind, json),
    };
    value.ok_or_else(|| unfit(field))
}

/// The comparisons by name.
pub(crate) const OPS: [(&str, Op); 11] = [
    ("eq", Op::Eq),
    ("ne", Op::Ne),
    ("lt", Op::Lt),
    ("le", Op::Le),
    ("gt", Op::Gt),
    ("ge", Op::Ge),
    ("contains", Op::Contains),
    ("in", Op::In),
    ("blank", Op::Blank),
    ("filled", Op::Filled),
    ("within", Op::Within),
];

fn op(name: &str) -> Option<Op> {
    OPS.iter().find(|(n, _)| *n == name).map(|(_, op)| *op)
}

/// Ready-made JSON text as an answer.
pub(crate) fn raw(body: Vec<u8>) -> axum::response::Response {
    use axum::response::IntoResponse;
    let mut r = body.into_response();
    r.headers_mut().insert(axum::http::header::CONTENT_TYPE, axum::http::HeaderValue::from_static("application/json"));
    r
}
