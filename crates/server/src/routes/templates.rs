//! Templates: shown with pictures, compared with the book, added, taken away, made of a book.

use crate::app::{App, blocking};
use crate::auth::{Caller, digest};
use crate::error::{ApiResult, malformed};
use crate::pictures::{TemplatePicture, pictures};
use crate::upkeep::start_fill;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use jobs::{Control, templates};
use model::{Access, Error, ErrorCode, FieldKey, Label, LabelWrite, Result, Scope, TableKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use store::{AddOptions, ExportTable, Template, TemplateCounts, TemplatePlan};
use utoipa::ToSchema;

type Body<T> = std::result::Result<Json<T>, JsonRejection>;

/// Most bytes of a request with a document: what stands around it besides.
pub(crate) const MOST_DOCUMENT: usize = store::MOST_TEMPLATE_BYTES + (64 << 10);
/// So many records are computed while the caller waits.
const AT_ONCE: u64 = 5_000;

/// The picture on a card.
fn cover(t: &Template, pictures: &[TemplatePicture]) -> Option<TemplatePicture> {
    let (table, view) = t.cover()?;
    pictures.iter().find(|p| p.table == *table && p.view == view.key).cloned()
}

/// A template in the gallery.
#[derive(Serialize, ToSchema)]
pub(crate) struct TemplateCard {
    /// What it is kept under.
    id: String,
    label: Label,
    /// Who it is for; empty for one that came from a file.
    description: Label,
    /// How much it brings; left out for one that came from a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<TemplateCounts>,
    /// It was added, and some of it is still there.
    added: bool,
    /// Its sample rows are in the book.
    samples: bool,
    /// The view that pictures it.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<TemplatePicture>,
}

/// The gallery.
#[derive(Serialize, ToSchema)]
pub(crate) struct TemplateCards {
    templates: Vec<TemplateCard>,
    /// The caller may add and remove.
    may: bool,
    /// Customers in the book: sample rows are offered first where there are none.
    customers: u64,
}

/// The templates that ship with Kebu, and others the book has taken up.
#[utoipa::path(
    get, path = "/templates", tag = "templates", operation_id = "templates",
    responses((status = 200, description = "The answer.", body = TemplateCards)),
)]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<Json<TemplateCards>> {
    let out = blocking(&app, move |app| {
        let (scope, today) = (&caller.scope, app.clock.today());
        let (mut added, samples) = (app.book().templates_added(scope)?, app.book().template_samples(scope)?);
        let sampled = |id: &str| samples.iter().any(|(_, of)| of == id);
        let mut cards = Vec::new();
        for (id, t) in templates::shipped()? {
            let pictures = app.gallery.pictures(scope, id, t, today)?;
            cards.push(TemplateCard {
                id: (*id).to_owned(),
                label: t.label.clone(),
                description: t.description.clone(),
                counts: Some(t.counts()),
                added: added.remove(*id).is_some(),
                samples: sampled(id),
                picture: cover(t, &pictures),
            });
        }
        cards.extend(added.into_iter().map(|(id, b)| TemplateCard {
            label: b.label.unwrap_or_else(|| Label::same(&id)),
            description: Label::same(""),
            counts: None,
            added: true,
            samples: sampled(&id),
            picture: None,
            id,
        }));
        let customers = app.book().counts(scope)?.customers;
        Ok(TemplateCards { templates: cards, may: scope.access >= Access::Own, customers })
    })
    .await?;
    Ok(Json(out))
}

/// A template with all that is to be known before it is added.
#[derive(Serialize, ToSchema)]
pub(crate) struct TemplateDetail {
    /// What it is kept under.
    id: String,
    template: Template,
    counts: TemplateCounts,
    /// What adding it to the book would come to.
    plan: TemplatePlan,
    /// Its views.
    pictures: Vec<TemplatePicture>,
    added: bool,
    samples: bool,
}

fn detail(
    app: &App,
    scope: &Scope,
    id: String,
    template: &Template,
    drawn: &[TemplatePicture],
) -> Result<TemplateDetail> {
    let book = app.book();
    Ok(TemplateDetail {
        plan: book.plan_template(scope, &id, template, &[])?,
        template: template.clone(),
        counts: template.counts(),
        pictures: drawn.to_vec(),
        added: book.templates_added(scope)?.contains_key(&id),
        samples: book.template_samples(scope)?.iter().any(|(_, of)| *of == id),
        id,
    })
}

fn shipped(id: &str) -> Result<&'static Template> {
    let found = templates::shipped()?.iter().find(|(known, _)| *known == id);
    found.map(|(_, t)| t).ok_or_else(|| Error::new(ErrorCode::NotFound, "没有这个模板", "There is no such template"))
}

/// A template that ships with Kebu, and what adding it would come to.
#[utoipa::path(
    get, path = "/templates/{id}", tag = "templates", operation_id = "template",
    params(("id" = String, Path, description = "What a template is kept under.")),
    responses((status = 200, description = "The answer.", body = TemplateDetail)),
)]
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<TemplateDetail>> {
    let out = blocking(&app, move |app| {
        let template = shipped(&id)?;
        let drawn = app.gallery.pictures(&caller.scope, &id, template, app.clock.today())?;
        detail(app, &caller.scope, id, template, &drawn)
    })
    .await?;
    Ok(Json(out))
}

/// A document to be looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateCheck {
    /// As it came from the export.
    #[schema(value_type = Template)]
    document: Value,
}

/// Reads a document: what it is kept under follows from what it says.
fn read(document: &Value) -> Result<(String, Template)> {
    let template = Template::read(document)?;
    let text = serde_json::to_string(&template).map_err(Error::internal)?;
    let short: String = digest(&text).chars().take(12).collect();
    Ok((["own-", &short].concat(), template))
}

/// Checks a document, at most 1 MB, and says what adding it would come to. Nothing is kept.
#[utoipa::path(
    post, path = "/templates/check", tag = "templates", operation_id = "checkTemplate",
    request_body = TemplateCheck,
    responses((status = 200, description = "The answer.", body = TemplateDetail)),
)]
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Body<TemplateCheck>,
) -> ApiResult<Json<TemplateDetail>> {
    caller.require(Access::Own)?;
    let Json(wanted) = body.map_err(malformed)?;
    let out = blocking(&app, move |app| {
        let (id, template) = read(&wanted.document)?;
        let drawn = pictures(&caller.scope, &template, app.clock.today())?;
        detail(app, &caller.scope, id, &template, &drawn)
    })
    .await?;
    Ok(Json(out))
}

/// A field by the keys of a template.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateFieldAt {
    table: TableKey,
    field: FieldKey,
}

/// A template to be added: one that ships with Kebu, by `id`, or a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateAdd {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Template>)]
    document: Option<Value>,
    /// Its sample rows as well.
    #[serde(default)]
    samples: bool,
    /// Fields to leave out, with what needs them.
    #[serde(default)]
    skip: Vec<TemplateFieldAt>,
}

/// What adding a template did.
#[derive(Serialize, ToSchema)]
pub(crate) struct TemplateDone {
    id: String,
    plan: TemplatePlan,
    /// The number of its first view, the one to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    view: Option<i64>,
    /// The table of that view.
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<TableKey>,
    /// Sample rows made.
    samples: u64,
    /// The job that computes what is still to be computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
}

/// Adds a template to the book: what is there is used and stays as it is, and nothing comes twice.
#[utoipa::path(
    post, path = "/templates/add", tag = "templates", operation_id = "addTemplate",
    request_body = TemplateAdd,
    responses((status = 200, description = "The answer.", body = TemplateDone)),
)]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Body<TemplateAdd>,
) -> ApiResult<Json<TemplateDone>> {
    caller.require(Access::Own)?;
    let Json(wanted) = body.map_err(malformed)?;
    let scope = caller.scope.clone();
    let (mut done, much) = blocking(&app, move |app| {
        let (id, template) = match (&wanted.id, &wanted.document) {
            (Some(id), None) => (id.clone(), shipped(id)?.clone()),
            (None, Some(document)) => {
                let (id, template) = read(document)?;
                pictures(&caller.scope, &template, app.clock.today())?;
                (id, template)
            }
            _ => return Err(malformed("id, document").0),
        };
        let skip = wanted.skip.into_iter().map(|at| (at.table, at.field)).collect();
        let done = templates::add(app.book(), &caller.scope, &id, &template, &AddOptions { skip }, wanted.samples)?;
        let left = app.book().filling()?.map_or(0, |f| f.left);
        if left > 0 && left <= AT_ONCE {
            app.book().fill(&mut |_, _| Ok(()))?;
        }
        let first = template.tables.iter().find_map(|t| Some((&t.table, &t.views.first()?.key)));
        let (view, table) = first.map_or((None, None), |(t, v)| {
            let added = &done.added;
            (added.views.get(&(t.clone(), v.clone())).copied(), added.tables.get(t).cloned())
        });
        Ok((TemplateDone { id, plan: done.added.plan, view, table, samples: done.samples, job: None }, left > AT_ONCE))
    })
    .await?;
    done.job = much.then(|| start_fill(&app, &scope));
    Ok(Json(done))
}

/// What taking a template away did.
#[derive(Serialize, ToSchema)]
pub(crate) struct TemplateGone {
    tables: u64,
    fields: u64,
    views: usize,
    /// Sample rows removed.
    rows: u64,
    /// Sample rows that stay, because they were changed or used since.
    rows_kept: u64,
    /// Names of what stays, because it was filled in, changed or used since.
    kept: Vec<Label>,
}

/// Takes away what a template brought, its sample rows first. What was filled in, changed or used since stays, and
/// is said.
#[utoipa::path(
    delete, path = "/templates/{id}", tag = "templates", operation_id = "removeTemplate",
    params(("id" = String, Path, description = "What a template is kept under.")),
    responses((status = 200, description = "The answer.", body = TemplateGone)),
)]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<TemplateGone>> {
    caller.require(Access::Own)?;
    let scope = caller.scope.clone();
    let (out, left) = blocking(&app, move |app| {
        let (book, scope) = (app.book(), &caller.scope);
        let rows = match templates::remove_samples(book, scope, &id, &Control::default()) {
            Err(e) if e.code == ErrorCode::NotFound => store::Undone::default(),
            done => done?,
        };
        // A view with an address of its own is read by somebody.
        let mut held = Vec::new();
        for kind in [super::feeds::KIND, super::forms::KIND] {
            held.extend(app.data.system.secrets(scope, kind, None)?.into_iter().map(|s| s.about));
        }
        let gone = book.remove_template(scope, &id, &held)?;
        let out = TemplateGone {
            tables: gone.tables,
            fields: gone.fields,
            views: gone.views.len(),
            rows: rows.removed,
            rows_kept: rows.kept,
            kept: gone.kept,
        };
        Ok((out, book.filling()?.is_some()))
    })
    .await?;
    if left {
        start_fill(&app, &scope);
    }
    Ok(Json(out))
}

/// What removing the sample rows did.
#[derive(Serialize, ToSchema)]
pub(crate) struct SamplesGone {
    deleted: u64,
    /// Rows people have changed or use since.
    kept: u64,
}

/// Removes the sample rows of a template.
#[utoipa::path(
    delete, path = "/templates/{id}/samples", tag = "templates", operation_id = "removeSamples",
    params(("id" = String, Path, description = "What a template is kept under.")),
    responses((status = 200, description = "The answer.", body = SamplesGone)),
)]
pub(crate) async fn remove_samples(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<SamplesGone>> {
    caller.require(Access::Own)?;
    let work = move |app: &App| {
        let done = templates::remove_samples(app.book(), &caller.scope, &id, &Control::default())?;
        Ok(SamplesGone { deleted: done.removed, kept: done.kept })
    };
    Ok(Json(blocking(&app, work).await?))
}

/// What of a table goes into a template of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplatePart {
    table: TableKey,
    /// Fields of one's own; those that formulas and views name come along.
    #[serde(default)]
    fields: Vec<FieldKey>,
    /// Views, by number.
    #[serde(default)]
    views: Vec<i64>,
}

/// A template to be made of the book.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateExport {
    #[schema(value_type = LabelWrite)]
    label: Label,
    /// Who it is for.
    #[schema(value_type = LabelWrite)]
    description: Label,
    tables: Vec<TemplatePart>,
}

/// A template made of the book.
#[derive(Serialize, ToSchema)]
pub(crate) struct TemplateMade {
    template: Template,
    /// Names of views that are left out: they ask for certain records or members.
    left: Vec<String>,
}

/// Makes a document of fields and views of the book. No record comes along.
#[utoipa::path(
    post, path = "/templates/export", tag = "templates", operation_id = "exportTemplate",
    request_body = TemplateExport,
    responses((status = 200, description = "The answer.", body = TemplateMade)),
)]
pub(crate) async fn export(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Body<TemplateExport>,
) -> ApiResult<Json<TemplateMade>> {
    caller.require(Access::Own)?;
    let Json(wanted) = body.map_err(malformed)?;
    let work = move |app: &App| {
        let part = |p: TemplatePart| ExportTable { table: p.table, fields: p.fields, views: p.views };
        let parts: Vec<ExportTable> = wanted.tables.into_iter().map(part).collect();
        let made = app.book().export_template(&caller.scope, wanted.label, wanted.description, &parts)?;
        Ok(TemplateMade { template: made.template, left: made.left })
    };
    Ok(Json(blocking(&app, work).await?))
}
