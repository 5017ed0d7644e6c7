//! First set-up, log-in, log-out, status.

use crate::app::{App, blocking};
use crate::auth::{
    Caller, MaybeCaller, SESSION_SECONDS, digest, hash_password, new_token, secret, session_cookie, verify_password,
};
use crate::error::{ApiResult, malformed};
use crate::live::Told;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Access, Error, ErrorCode, Result, Scope};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError};
use store::User;
use utoipa::ToSchema;

/// The first user, and the name of the book.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Setup {
    /// The code printed in the terminal.
    code: String,
    login: String,
    /// At least 8 characters.
    password: String,
    /// The name shown; the login when left out.
    #[serde(default)]
    name: String,
    /// What the book is called.
    #[serde(default)]
    book: String,
}

/// Who logs in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Login {
    login: String,
    password: String,
}

/// The caller.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    id: i64,
    login: String,
    name: String,
}

/// The book, counted.
#[derive(Serialize, ToSchema)]
pub(crate) struct BookNow {
    name: String,
    customers: u64,
    orders: u64,
    products: u64,
    /// It holds generated data.
    demo: bool,
    /// The templates whose sample rows it holds, by what they are kept under.
    samples: Vec<String>,
}

/// What the server says of itself, of the caller and of the book.
#[derive(Serialize, ToSchema)]
pub(crate) struct Status {
    version: String,
    /// Nobody can log in yet.
    setup_needed: bool,
    /// Null without a session.
    #[schema(required)]
    user: Option<Me>,
    /// Null without a session.
    #[schema(required)]
    book: Option<BookNow>,
    /// The newest event of the book: whoever begins to listen behind it misses nothing. Null without a session.
    #[schema(required)]
    seq: Option<i64>,
}

fn describe(app: &App, caller: Option<(&User, &Scope)>) -> Result<Status> {
    let (mut user, mut book) = (None, None);
    if let Some((u, scope)) = caller {
        user = Some(Me { id: u.id.0, login: u.login.clone(), name: u.name.clone() });
        let c = app.book().counts(scope)?;
        let name = app.book().note("name")?.unwrap_or_else(|| app.data.info.name.clone());
        let demo = app.book().demo_change()?.is_some();
        let samples = app.book().template_samples(scope)?.into_iter().map(|(_, id)| id).collect();
        book = Some(BookNow { name, customers: c.customers, orders: c.orders, products: c.products, demo, samples });
    }
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let seq = caller.map(|_| app.book().newest_event()).transpose()?;
    Ok(Status { version, setup_needed: app.setup_code().is_some(), user, book, seq })
}

/// What the server says of itself and of the caller.
#[utoipa::path(
    get, path = "/status", tag = "session", operation_id = "status",
    responses((status = 200, description = "The answer.", body = Status)),
)]
pub(crate) async fn status(State(app): State<Arc<App>>, MaybeCaller(caller): MaybeCaller) -> ApiResult<Json<Status>> {
    Ok(Json(blocking(&app, move |app| describe(app, caller.as_ref().map(|c| (&c.user, &c.scope)))).await?))
}

async fn hashed<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> Result<T> + Send + 'static,
) -> ApiResult<T> {
    let _permit = app.hashing.acquire().await.map_err(Error::internal)?;
    blocking(app, work).await
}

/// Opens a session and answers with the status and its cookie.
async fn enter(app: &Arc<App>, user: User, lang: model::Lang) -> ApiResult<Response> {
    let (secret, digest) = new_token()?;
    let body = blocking(app, move |app| {
        app.data.system.add_session(&digest, user.id, false, "browser", Some(SESSION_SECONDS))?;
        let scope = Scope { user: user.id, access: user.access, lang };
        describe(app, Some((&user, &scope)))
    })
    .await?;
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::SET_COOKIE, session_cookie(&secret, SESSION_SECONDS));
    Ok(response)
}

/// Makes the first user; once.
#[utoipa::path(
    post, path = "/setup", tag = "session", operation_id = "setUp",
    request_body = Setup,
    responses((status = 200, description = "The answer.", body = Status)),
)]
pub(crate) async fn setup(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Json<Setup>, JsonRejection>,
) -> ApiResult<Response> {
    let Json(s) = body.map_err(malformed)?;
    app.guesses.check("setup")?;
    let wanted = app
        .setup_code()
        .ok_or_else(|| Error::new(ErrorCode::Conflict, "已经设置过了，请直接登录", "Set-up was done before; log in"))?;
    let plain = |c: &str| c.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    if plain(&s.code) != plain(&wanted) {
        app.guesses.failed("setup");
        return Err(Error::new(
            ErrorCode::Invalid,
            "设置码不对；请看启动客簿的终端里打印的设置码",
            "The set-up code is wrong; see the terminal in which Kebu was started",
        )
        .on("code")
        .into());
    }
    let user = hashed(&app, move |app| {
        let hash = hash_password(&s.password)?;
        app.data.system.add_user(&s.login, &s.name, &hash, Access::Own, true)?;
        if !s.book.trim().is_empty() {
            app.data.system.rename_book(app.data.info.id, s.book.trim())?;
            app.book().set_note("name", s.book.trim())?;
        }
        let found = app.data.system.user(&s.login)?;
        found.map(|(u, _)| u).ok_or_else(|| Error::internal("the new user is missing"))
    })
    .await?;
    *app.code.lock().unwrap_or_else(PoisonError::into_inner) = None;
    enter(&app, user, crate::error::language(&headers)).await
}

/// Opens a session, whose cookie comes with the answer.
#[utoipa::path(
    post, path = "/login", tag = "session", operation_id = "logIn",
    request_body = Login,
    responses((status = 200, description = "The answer.", body = Status)),
)]
pub(crate) async fn login(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Json<Login>, JsonRejection>,
) -> ApiResult<Response> {
    let Json(l) = body.map_err(malformed)?;
    let key = l.login.trim().to_lowercase();
    app.guesses.check(&key)?;
    let user = hashed(&app, move |app| {
        let found = app.data.system.user(&l.login)?;
        // An unknown login costs the same time as a wrong password.
        let hash = found.as_ref().map_or(NOBODY, |(_, h)| h.as_str());
        let right = verify_password(&l.password, hash);
        Ok(found.filter(|_| right).map(|(u, _)| u))
    })
    .await?;
    let Some(user) = user else {
        app.guesses.failed(&key);
        return Err(Error::new(ErrorCode::Unauthorized, "登录名或密码不对", "The login or password is wrong").into());
    };
    enter(&app, user, crate::error::language(&headers)).await
}

/// The hash of a password nobody has.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$3dWGyJpXcGMxQbRzJ5QPQYMnVTw2dN3T1gUsE4Hq1ZM";

/// Ends the session.
#[utoipa::path(
    post, path = "/logout", tag = "session", operation_id = "logOut",
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn logout(State(app): State<Arc<App>>, _: Caller, headers: HeaderMap) -> ApiResult<Response> {
    if let Some(secret) = secret(&headers) {
        let digest = digest(secret);
        let ended: Arc<str> = digest.as_str().into();
        blocking(&app, move |app| app.data.system.end_session(&digest)).await?;
        app.live.tell(Told::Ended(ended));
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, session_cookie("", 0));
    Ok(response)
}
