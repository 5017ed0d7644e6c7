//! Forms: records entered through one, by members and, at a secret address, by anybody.
//!
//! Whoever knows an address sees what the form asks and nothing of the book. An entry is made with the rights its maker
//! has at the moment; when maker, view or address are gone, nothing says which.

use crate::app::{App, blocking};
use crate::auth::{Caller, digest};
use crate::error::{ApiResult, language, refused, too_often};
use crate::keyed::Keyed;
use crate::pace::Pace;
use crate::routes::entries::{Asked, Faults, Form, asked, together};
use crate::routes::writes::Key;
use crate::sender::Sender;
use crate::shapes;
use crate::wire::{self, raw};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::{
    Access, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Lang, Level, RecordId, Result, Scope, Value as Cell,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Entered, EntryForm, Once, SavedView, ViewKind};
use utoipa::ToSchema;

/// What the store knows these addresses as.
pub(crate) const KIND: &str = "form";
/// Most bytes of what is sent to a public form.
pub(crate) const MOST_SENT: usize = 64 << 10;
/// Most characters of one answer to a public form.
const MOST_TEXT: usize = 5_000;

/// What bounds the use of public forms.
pub(crate) struct Paces {
    /// Looks at a form by one sender.
    shown: Pace,
    /// Entries by one sender. A shop's guests share one address, so it is more than one person needs.
    sent: Pace,
    /// Entries by one sender that met what the book holds: the only thing that could tell who is in it.
    turned_away: Pace,
    /// Entries at one address, whoever sends them.
    at_form: Pace,
}

impl Default for Paces {
    fn default() -> Self {
        Self {
            shown: Pace::new(120, 600),
            sent: Pace::new(30, 600),
            turned_away: Pace::new(5, 600),
            at_form: Pace::new(500, 3_600),
        }
    }
}

/// Refuses an address for a view that has nothing to fill in without a login.
pub(crate) fn refuse_unshareable(app: &App, view: &SavedView) -> Result<()> {
    let ViewKind::Form(form) = &view.def.kind else {
        return Err(
            Error::new(ErrorCode::Invalid, "只有表单可以公开填写", "Only a form can be filled in by all").on("kind")
        );
    };
    if !asked(app.book().schema().require(&view.table)?, form, store::enterable_by_all).is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::Invalid,
        "表单里还没有可以公开填写的字段，请先添加",
        "The form asks for nothing yet that all may fill in; add fields first",
    )
    .on("kind"))
}

/// What was filled into a form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormEntry {
    /// Cells by field; fields the form does not ask for are refused.
    #[schema(value_type = BTreeMap<String, shapes::Written>)]
    values: BTreeMap<FieldKey, Value>,
    /// The text that was agreed to, word for word, where the form asks for it.
    #[serde(default)]
    consent: Option<String>,
}

/// The record of an entry.
#[derive(Serialize, ToSchema)]
pub(crate) struct FormEntered {
    id: RecordId,
    change: i64,
}

/// Enters a record through a form. 422 tells in `fields` of every field that is wrong.
#[utoipa::path(
    post, path = "/saved/{id}/entries", tag = "forms", operation_id = "enterForm",
    params(("id" = i64, Path, description = "The number of a saved view that is a form."), Key),
    request_body = FormEntry,
    responses((status = 200, description = "The answer.", body = FormEntered)),
)]
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(view): Path<i64>,
    Keyed { body, once }: Keyed<FormEntry>,
) -> ApiResult<Response> {
    caller.require(Access::Write)?;
    let done = blocking(&app, move |app| {
        let form = Form::of(app, caller.scope, view, store::enterable)?;
        let one = |def: &FieldDef, v: Value| Ok(wire::cell(app.book(), &form.scope, &[], def, &v)?.value);
        let (cells, consent) = match together(form.read(app, body.values, one)?, form.agreed(body.consent)?) {
            Ok(read) => read,
            Err(faults) => return Ok(Err(faults)),
        };
        let answer = |e: &Entered| json!(FormEntered { id: e.id, change: e.change }).to_string();
        app.book().enter(&form.scope, form.entry(cells, consent, false), once.as_ref(), answer).map(Ok)
    })
    .await?;
    Ok(match done {
        Ok(text) => raw(text.into_bytes()),
        Err(faults) => refused(faults),
    })
}

/// An option of a field of a public form.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicOption {
    /// What is sent.
    value: String,
    /// What is shown.
    label: String,
}

/// A field of a public form.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicField {
    key: FieldKey,
    label: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    help: String,
    required: bool,
    /// The kind of the field, as the schema names kinds.
    kind: &'static str,
    /// Of a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    options: Vec<PublicOption>,
    /// The most stars of a rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<u8>,
    /// What a number counts.
    #[serde(skip_serializing_if = "str::is_empty")]
    #[schema(value_type = String, required = false)]
    unit: Arc<str>,
}

/// What a public form shows.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicForm {
    title: String,
    intro: String,
    fields: Vec<PublicField>,
    /// What the button says; empty: whatever the page thinks fit.
    button: String,
    /// What has to be agreed to; empty: nothing.
    consent: String,
}

fn shown(form: &Form) -> PublicForm {
    let lang = form.scope.lang;
    let field = |asked: &Asked| {
        let kind = &asked.def.kind;
        let option = |o: &model::ChoiceOption| PublicOption {
            value: o.value.to_string(),
            label: if lang == Lang::En && !o.en.is_empty() { o.en.to_string() } else { o.value.to_string() },
        };
        PublicField {
            key: asked.def.key.clone(),
            label: asked.def.label.get(lang).to_owned(),
            help: asked.help.clone(),
            required: asked.required || (asked.def.default.is_none() && ruled(&asked.def)),
            kind: kind.name(),
            options: kind.options().unwrap_or_default().iter().map(option).collect(),
            max: if let FieldKind::Rating { max } = kind { Some(*max) } else { None },
            unit: if let FieldKind::Number { unit, .. } = kind { unit.clone() } else { "".into() },
        }
    };
    let EntryForm { title, intro, button, consent, .. } = form.form.clone();
    PublicForm {
        title: if title.trim().is_empty() { form.view.name.clone() } else { title },
        intro,
        fields: form.fields.iter().map(field).collect(),
        button,
        consent: if consent.trim().is_empty() { String::new() } else { consent },
    }
}

/// Whether a rule of the field refuses blank cells.
fn ruled(field: &FieldDef) -> bool {
    field.rules.iter().any(|r| r.check == model::Check::Required && r.level == Level::Refuse)
}

/// What the form at a secret address asks, in the language of the caller, without logging in. 429 tells in
/// `Retry-After` when to ask again.
#[utoipa::path(
    get, path = "/forms/{secret}", tag = "forms", operation_id = "publicForm", params(("secret" = String, Path)),
    responses((status = 200, description = "The answer.", body = PublicForm)),
)]
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Sender(from): Sender,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    if let Err(seconds) = app.forms.shown.take(&from) {
        return Ok(too_often(seconds));
    }
    let (digest, lang) = (digest(&secret), language(&headers));
    let form = blocking(&app, move |app| Ok(shown(&Form::at(app, &digest, lang)?))).await?;
    Ok(unseen(Json(form)))
}

/// An answer that nothing keeps and no engine lists.
fn unseen(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// An answer of a person.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Answered {
    /// As it was typed, or the value of an option.
    Text(String),
    /// Yes or no.
    Sure(bool),
    /// Of several choices or tags.
    Several(Vec<String>),
}

/// What was filled into a public form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormAnswers {
    /// Answers by field; fields the form does not ask for are refused.
    #[schema(value_type = BTreeMap<String, Answered>)]
    values: BTreeMap<FieldKey, Answered>,
    /// The text that was agreed to, word for word, where the form asks for it.
    #[serde(default)]
    consent: Option<String>,
    /// People see no such field and leave it empty; what comes with it is thanked for and not kept.
    #[serde(default)]
    homepage: String,
}

/// Thanks for an entry.
#[derive(Serialize, ToSchema)]
pub(crate) struct FormSent {
    /// What the form says; empty: whatever the page thinks fit.
    thanks: String,
}

/// Sends an entry to the form at a secret address, without logging in. 422 tells in `fields` of every field that is wrong,
/// 429 in `Retry-After` when to send again. At most 64 KiB.
#[utoipa::path(
    post, path = "/forms/{secret}", tag = "forms", operation_id = "sendForm",
    params(("secret" = String, Path), Key),
    request_body = FormAnswers,
    responses((status = 200, description = "The answer.", body = FormSent)),
)]
pub(crate) async fn send(
    State(app): State<Arc<App>>,
    Sender(from): Sender,
    Path(secret): Path<String>,
    headers: HeaderMap,
    Keyed { body, once }: Keyed<FormAnswers>,
) -> ApiResult<Response> {
    let paces = &app.forms;
    if let Err(seconds) = paces.turned_away.check(&from).and_then(|()| paces.sent.take(&from)) {
        return Ok(too_often(seconds));
    }
    let (digest, lang) = (digest(&secret), language(&headers));
    let at = digest.clone();
    let form = blocking(&app, move |app| Form::at(app, &at, lang)).await?;
    if let Err(seconds) = paces.at_form.take(&digest) {
        return Ok(too_often(seconds));
    }
    let thanks = json!(FormSent { thanks: form.form.thanks.clone() }).to_string();
    if !body.homepage.trim().is_empty() {
        return Ok(unseen(raw(thanks.into_bytes())));
    }
    let done = blocking(&app, move |app| sent(app, &form, body, once, &digest, &from, thanks)).await?;
    Ok(match done {
        Ok(text) => unseen(raw(text.into_bytes())),
        Err(faults) => refused(faults),
    })
}

/// Keeps what was sent to a public form; the answer, or what is wrong.
fn sent(
    app: &App,
    form: &Form,
    body: FormAnswers,
    once: Option<Once>,
    digest: &str,
    from: &str,
    thanks: String,
) -> Result<std::result::Result<String, Faults>> {
    let one = |def: &FieldDef, v: Answered| public_cell(app, &form.scope, def, v);
    let (cells, consent) = match together(form.read(app, body.values, one)?, form.agreed(body.consent)?) {
        Ok(read) => read,
        Err(faults) => return Ok(Err(faults)),
    };
    // Keys of strangers are apart from those of the maker's own programs.
    let once = once.map(|o| Once { key: format!("form {}: {}", form.view.id, o.key), ..o });
    let entry = form.entry(cells, consent, true);
    let text = app.book().enter(&form.scope, entry, once.as_ref(), |_| thanks).map_err(|e| match e.code {
        ErrorCode::Internal | ErrorCode::Busy => e,
        ErrorCode::Conflict if e.field.as_deref() == Some("Idempotency-Key") => received(),
        _ => {
            // Why is for the log alone: another record may be the reason, and nobody is to learn of it.
            tracing::info!(form = form.view.id, cause = %e, "an entry was turned away");
            let _ = app.forms.turned_away.take(from);
            turned_away()
        }
    })?;
    let noted = app.data.system.note_secret(digest);
    let _ = noted.inspect_err(|e| tracing::warn!(cause = %e, "the use of a form is not noted"));
    Ok(Ok(text))
}

/// Reads an answer as an import reads a cell; of a list, what it holds and nothing else.
fn public_cell(app: &App, scope: &Scope, field: &FieldDef, answer: Answered) -> Result<Cell> {
    let long = |t: &String| t.chars().count() > MOST_TEXT;
    let (json, long) = match answer {
        Answered::Text(t) => (json!({ "text": t }), long(&t)),
        Answered::Sure(b) => (json!(b), false),
        Answered::Several(list) => {
            let list: Vec<&str> = list.iter().map(|t| t.trim()).filter(|t| !t.is_empty()).collect();
            (json!(list), list.join("").chars().count() > MOST_TEXT)
        }
    };
    if long {
        return Err(Error::new(
            ErrorCode::Invalid,
            format!("最多 {MOST_TEXT} 个字"),
            format!("At most {MOST_TEXT} characters"),
        ));
    }
    let value = wire::cell(app.book(), scope, &[], field, &json)?.value;
    let known = |t: &str| field.kind.options().unwrap_or_default().iter().any(|o| *o.value == *t);
    let listed = match (&field.kind, &value) {
        (FieldKind::Choice { .. }, Cell::Text(t)) => known(t),
        (FieldKind::Choices { .. }, Cell::Tags(list)) => list.iter().all(|t| known(t)),
        _ => true,
    };
    if listed { Ok(value) } else { Err(Error::new(ErrorCode::Invalid, "请从列表里选", "Choose from the list")) }
}

/// One answer to all that only the book could explain.
fn turned_away() -> Error {
    Error::new(
        ErrorCode::Invalid,
        "这份信息没能收下，请检查后再试，或直接联系我们",
        "This could not be taken; please check it and try again, or contact us",
    )
}

fn received() -> Error {
    Error::new(
        ErrorCode::Conflict,
        "之前提交的那一份已经收到，这次改动没有保存",
        "What you sent before has been received; these changes were not kept",
    )
}
