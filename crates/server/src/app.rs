//! What all requests share, and the routes.

use crate::auth::{Guesses, same_origin};
use crate::clock::Clock;
use crate::error::{ApiResult, answer_errors};
use crate::live::Live;
use crate::tasks::{Imports, Tasks};
use crate::{assets, routes};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use axum::routing::{delete, get, patch, post, put};
use model::{Error, Result};
use std::sync::{Arc, Mutex};
use store::{DataFolder, Store};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::set_header::SetResponseHeaderLayer;

/// What all requests share.
pub struct App {
    pub(crate) data: Arc<DataFolder>,
    pub(crate) clock: Clock,
    /// The code for the first user; gone once used.
    pub(crate) code: Mutex<Option<String>>,
    pub(crate) guesses: Guesses,
    /// Bounds how many passwords are hashed at once: each takes 19 MiB.
    pub(crate) hashing: tokio::sync::Semaphore,
    pub(crate) tasks: Tasks,
    pub(crate) imports: Imports,
    pub(crate) live: Live,
}

impl App {
    /// The application over an open data folder. Without any user it makes a set-up code.
    ///
    /// # Errors
    /// When the control database cannot be read.
    pub fn new(data: Arc<DataFolder>, clock: Clock) -> Result<Arc<Self>> {
        data.clear_temp();
        let code = if data.system.has_users()? { None } else { Some(crate::auth::new_code()?) };
        let tasks = Tasks::new(Arc::clone(&data))?;
        Ok(Arc::new(Self {
            data,
            clock,
            code: Mutex::new(code),
            guesses: Guesses::default(),
            hashing: tokio::sync::Semaphore::new(2),
            tasks,
            imports: Imports::default(),
            live: Live::default(),
        }))
    }

    /// The set-up code, while nobody has used it.
    pub fn setup_code(&self) -> Option<String> {
        self.code.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub(crate) fn book(&self) -> &Store {
        &self.data.book
    }
}

/// Runs blocking work off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> Result<T> + Send + 'static,
) -> ApiResult<T> {
    let app = Arc::clone(app);
    Ok(tokio::task::spawn_blocking(move || work(&app)).await.map_err(Error::internal)??)
}

/// Every route, as (method, path), in the order of the API document; the tests hold it against the
/// authorisation matrix.
pub fn router(app: Arc<App>) -> Router {
    use routes::{
        bulk, changes, charts, events, exports, files, imports, jobs, records, saved, search, session, shape, views,
    };
    let api = Router::new()
        .route("/status", get(session::status))
        .route("/setup", post(session::setup))
        .route("/login", post(session::login))
        .route("/logout", post(session::logout))
        .route("/schema", get(records::schema))
        .route("/tables", post(shape::add_table))
        .route("/tables/{table}", patch(shape::change_table).delete(shape::remove_table))
        .route("/tables/{table}/fields", post(shape::add_field))
        .route("/tables/{table}/fields/order", put(shape::order_fields))
        .route("/tables/{table}/fields/{field}", patch(shape::change_field).delete(shape::remove_field))
        .route("/tables/{table}/fields/{field}/convert", post(shape::convert))
        .route("/tables/{table}/formula/check", post(shape::check_formula))
        .route("/tables/{table}/marks", post(shape::marks))
        .route("/functions", get(shape::functions))
        .route("/members", get(shape::members))
        .route("/places", get(shape::places))
        .route("/files", post(files::put).layer(DefaultBodyLimit::disable()))
        .route("/files/{id}", get(files::get))
        .route("/views", post(views::open))
        .route("/views/{view}/rows", get(views::rows))
        .route("/views/{view}/summary", get(views::summary))
        .route("/views/{view}/export", get(exports::view))
        .route("/views/{view}/bulk", post(bulk::run))
        .route("/views/{view}/bulk/preview", post(bulk::preview))
        .route("/tables/{table}/saved", get(saved::list).post(saved::create))
        .route("/tables/{table}/saved/order", put(saved::order))
        .route("/saved/{id}", patch(saved::change).delete(saved::remove))
        .route("/tables/{table}/fields/{field}/values", get(views::values))
        .route("/tables/{table}/records/{id}", get(records::one))
        .route("/tables/{table}/records/{id}/history", get(records::history))
        .route("/tables/{table}/records", post(records::create).patch(records::edit).delete(records::remove))
        .route("/tables/{table}/records/{id}/restore", post(changes::set_back))
        .route("/undo", post(changes::undo))
        .route("/redo", post(changes::redo))
        .route("/changes", get(changes::list))
        .route("/changes/{change}", get(changes::one))
        .route("/changes/{change}/undo", post(changes::undo_one))
        .route("/trash", get(changes::trash))
        .route("/trash/restore", post(changes::restore))
        .route("/customers/{id}/card", get(records::card))
        .route("/imports", get(imports::list).post(imports::upload).layer(DefaultBodyLimit::disable()))
        .route("/imports/{id}", put(imports::plan).delete(imports::forget))
        .route("/imports/{id}/check", post(imports::check))
        .route("/imports/{id}/run", post(imports::run))
        .route("/imports/{id}/problems.xlsx", get(exports::problems))
        .route("/jobs/{job}", get(jobs::state))
        .route("/jobs/{job}/cancel", post(jobs::cancel))
        .route("/search", get(search::all))
        .route("/events", get(events::stream))
        .route("/presence", post(events::presence))
        .route("/charts/overview", get(charts::overview))
        .route("/demo", post(imports::demo))
        .route("/demo", delete(imports::remove_demo))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(from_fn(same_origin));
    let set = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    Router::new()
        .nest("/api/v1", api)
        .fallback(assets::page)
        .with_state(app)
        .layer(from_fn(answer_errors))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "same-origin"))
        .layer(set(header::CONTENT_SECURITY_POLICY, POLICY))
}

/// Most bytes of a request that is no upload: room for 50,000 pasted cells. Uploads count their own.
const MOST_BODY: usize = 32 << 20;

/// Nothing from elsewhere; styles may be inline because the component library makes them so.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
