//! What all requests share, and the routes.

use crate::auth::{Guesses, same_origin};
use crate::clock::Clock;
use crate::error::{ApiResult, answer_errors};
use crate::live::Live;
use crate::pictures::Gallery;
use crate::routes::feeds::Bounds;
use crate::routes::forms::{MOST_SENT, Paces};
use crate::routes::templates::MOST_DOCUMENT;
use crate::tasks::{Imports, Tasks};
use crate::{assets, openapi};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use model::{Error, Result};
use std::sync::{Arc, Mutex};
use store::{DataFolder, Store};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

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
    pub(crate) feeds: Bounds,
    pub(crate) forms: Paces,
    pub(crate) gallery: Gallery,
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
            feeds: Bounds::default(),
            forms: Paces::default(),
            gallery: Gallery::default(),
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

/// Every route with its place in the API's document; the tests hold it against the authorisation matrix.
pub(crate) fn api() -> OpenApiRouter<Arc<App>> {
    use crate::routes::{
        bulk, changes, charts, comments, consents, events, exports, feeds, files, forms, imports, jobs, lookup, notes,
        pages, records, saved, search, session, shape, templates, timeline, tokens, undo, views, writes,
    };
    OpenApiRouter::new()
        .routes(routes!(openapi::openapi))
        .routes(routes!(session::status))
        .routes(routes!(session::setup))
        .routes(routes!(session::login))
        .routes(routes!(session::logout))
        .routes(routes!(records::schema))
        .routes(routes!(shape::add_table))
        .routes(routes!(shape::change_table, shape::remove_table))
        .routes(routes!(shape::add_field))
        .routes(routes!(shape::order_fields))
        .routes(routes!(shape::change_field, shape::remove_field))
        .routes(routes!(shape::convert))
        .routes(routes!(lookup::check_formula))
        .routes(routes!(lookup::marks))
        .routes(routes!(lookup::functions))
        .routes(routes!(lookup::members))
        .routes(routes!(lookup::places))
        .routes(routes!(files::put).layer(DefaultBodyLimit::disable()))
        .routes(routes!(files::get))
        .routes(routes!(views::open))
        .routes(routes!(views::rows))
        .routes(routes!(views::place))
        .routes(routes!(views::days))
        .routes(routes!(views::summary))
        .routes(routes!(exports::view))
        .routes(routes!(bulk::run))
        .routes(routes!(bulk::preview))
        .routes(routes!(saved::list, saved::create))
        .routes(routes!(saved::order))
        .routes(routes!(saved::change, saved::remove))
        .routes(routes!(feeds::of_view, feeds::create))
        .routes(routes!(feeds::list))
        .routes(routes!(feeds::revoke))
        .routes(routes!(feeds::read))
        .routes(routes!(forms::enter))
        .routes(routes!(forms::show, forms::send).layer(DefaultBodyLimit::max(MOST_SENT)))
        .routes(routes!(consents::list))
        .routes(routes!(consents::file))
        .routes(routes!(views::values))
        .routes(routes!(records::one))
        .routes(routes!(records::history))
        .routes(routes!(pages::list, writes::create, writes::edit, writes::remove))
        .routes(routes!(changes::set_back))
        .routes(routes!(undo::last))
        .routes(routes!(undo::redo))
        .routes(routes!(changes::list))
        .routes(routes!(changes::one))
        .routes(routes!(undo::any))
        .routes(routes!(changes::trash))
        .routes(routes!(changes::restore))
        .routes(routes!(records::card))
        .routes(routes!(timeline::timeline))
        .routes(routes!(comments::of_record, comments::begin))
        .routes(routes!(comments::commented))
        .routes(routes!(comments::reply))
        .routes(routes!(comments::resolve))
        .routes(routes!(comments::edit, comments::remove))
        .routes(routes!(comments::restore))
        .routes(routes!(comments::mentions))
        .routes(routes!(comments::see))
        .routes(routes!(notes::add))
        .routes(routes!(imports::list, imports::upload).layer(DefaultBodyLimit::disable()))
        .routes(routes!(imports::plan, imports::forget))
        .routes(routes!(imports::check))
        .routes(routes!(imports::run))
        .routes(routes!(exports::problems))
        .routes(routes!(jobs::state))
        .routes(routes!(jobs::cancel))
        .routes(routes!(search::all))
        .routes(routes!(events::stream))
        .routes(routes!(events::presence))
        .routes(routes!(charts::overview))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(imports::demo, imports::remove_demo))
        .routes(routes!(templates::list))
        .routes(routes!(templates::show, templates::remove))
        .routes(routes!(templates::remove_samples))
        .routes(routes!(templates::check).layer(DefaultBodyLimit::max(MOST_DOCUMENT)))
        .routes(routes!(templates::add).layer(DefaultBodyLimit::max(MOST_DOCUMENT)))
        .routes(routes!(templates::export))
}

/// The application as a service.
pub fn router(app: Arc<App>) -> Router {
    let (api, _) = api().split_for_parts();
    let api = api.layer(DefaultBodyLimit::max(MOST_BODY)).layer(from_fn(same_origin));
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
