//! Who calls: passwords, sessions, tokens, the set-up code, and where writes may come from.

use crate::app::App;
use crate::error::{ApiError, language};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::{Access, Error, ErrorCode, Result, Scope};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::{Session, User};

/// Name of the session cookie.
const COOKIE: &str = "kebu_session";
/// How long a session lasts, in seconds.
pub(crate) const SESSION_SECONDS: i64 = 30 * 86_400;
/// Fewest characters of a password.
const MIN_PASSWORD: usize = 8;

/// The hash of a new password.
///
/// # Errors
/// `invalid` when it is too short or absurdly long.
pub fn hash_password(password: &str) -> Result<String> {
    let length = password.chars().count();
    if !(MIN_PASSWORD..=1_000).contains(&length) {
        return Err(Error::new(
            ErrorCode::Invalid,
            format!("密码至少 {MIN_PASSWORD} 个字符"),
            format!("A password has at least {MIN_PASSWORD} characters"),
        )
        .on("password"));
    }
    Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()).map_err(Error::internal)
}

/// Whether a password fits its hash.
pub(crate) fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
}

/// A new secret and its digest, which is what is kept.
///
/// # Errors
/// When the system gives no random bytes.
pub fn new_token() -> Result<(String, String)> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    let secret = ["kebu_", &hex(&bytes)].concat();
    let digest = digest(&secret);
    Ok((secret, digest))
}

/// A new secret that is part of an address, and its digest: 24 random bytes, shorter than a token's as people see
/// it and no easier to guess.
pub(crate) fn new_address() -> Result<(String, String)> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    let secret = hex(&bytes);
    let digest = digest(&secret);
    Ok((secret, digest))
}

pub(crate) fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// The digest of a content.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |s, b| s + &format!("{b:02x}"))
}

/// A set-up code people can type: eight signs without look-alikes.
pub(crate) fn new_code() -> Result<String> {
    const SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    let signs: String = bytes.iter().map(|b| SIGNS[usize::from(b % 32)] as char).collect();
    Ok([&signs[..4], "-", &signs[4..]].concat())
}

/// Slows guessing: at most ten failures a minute for one key.
#[derive(Default)]
pub(crate) struct Guesses(Mutex<HashMap<String, Vec<Instant>>>);

impl Guesses {
    /// Refuses when there were too many failures lately.
    pub(crate) fn check(&self, key: &str) -> Result<()> {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.retain(|_, times| {
            times.retain(|t| t.elapsed() < Duration::from_secs(60));
            !times.is_empty()
        });
        if map.get(key).is_some_and(|t| t.len() >= 10) {
            return Err(Error::new(
                ErrorCode::Busy,
                "输错太多次了，请一分钟后再试",
                "Too many wrong attempts; try again in a minute",
            ));
        }
        Ok(())
    }

    /// Notes a failure.
    pub(crate) fn failed(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key.to_owned()).or_default().push(Instant::now());
    }
}

/// The cookie that carries a session.
pub(crate) fn session_cookie(secret: &str, seconds: i64) -> HeaderValue {
    let text = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|v| v.split(';')).find_map(|c| c.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// The secret a request carries, from its token or its cookie.
pub(crate) fn secret(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    bearer.or_else(|| cookie(headers))
}

async fn session(app: &Arc<App>, headers: &HeaderMap) -> Result<Option<Session>, ApiError> {
    let Some(secret) = secret(headers) else { return Ok(None) };
    let digest = digest(secret);
    let session = if app.data.system.at_hand() {
        app.data.system.session(&digest)?
    } else {
        let digest = digest.clone();
        crate::app::blocking(app, move |app| app.data.system.session(&digest)).await?
    };
    if session.as_ref().is_some_and(|s| s.stale) {
        let app = Arc::clone(app);
        // Nobody waits for the note.
        tokio::task::spawn_blocking(move || {
            let noted = app.data.system.note_use(&digest);
            noted.inspect_err(|e| tracing::warn!(cause = %e, "the use of a token is not noted"))
        });
    }
    Ok(session)
}

/// The caller, when a session is a must.
pub(crate) struct Caller {
    pub user: User,
    pub scope: Scope,
    /// When the session or token ends, in seconds since 1970 UTC.
    pub expires: Option<i64>,
    /// It is a token.
    pub token: bool,
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let session = session(app, &parts.headers)
            .await?
            .ok_or_else(|| Error::new(ErrorCode::Unauthorized, "请先登录", "Log in first"))?;
        let scope = Scope { user: session.user.id, access: session.user.access, lang: language(&parts.headers) };
        Ok(Self { user: session.user, scope, expires: session.expires, token: session.token })
    }
}

/// The caller, if there is one.
pub(crate) struct MaybeCaller(pub Option<Caller>);

impl FromRequestParts<Arc<App>> for MaybeCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        match Caller::from_request_parts(parts, app).await {
            Ok(c) => Ok(Self(Some(c))),
            Err(ApiError(e)) if e.code == ErrorCode::Unauthorized => Ok(Self(None)),
            Err(e) => Err(e),
        }
    }
}

impl Caller {
    /// Refuses a caller without an access.
    pub(crate) fn require(&self, access: Access) -> Result<()> {
        if self.scope.access >= access {
            return Ok(());
        }
        Err(Error::new(ErrorCode::Forbidden, "没有权限做这件事", "You may not do this"))
    }
}

/// Refuses writes that a browser sends for another site. A token in a header cannot be sent by another
/// site, so it is exempt; programs other than browsers send neither header.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || headers.contains_key(header::AUTHORIZATION) || from_here(headers) {
        return next.run(request).await;
    }
    ApiError(Error::new(
        ErrorCode::Forbidden,
        "请求来自别的网站，已拒绝",
        "The request comes from another site and was refused",
    ))
    .into_response()
}

fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match (text("origin"), text("sec-fetch-site")) {
        (Some(origin), _) => {
            let host = text("host").unwrap_or("");
            origin.split_once("://").is_some_and(|(_, o)| o.eq_ignore_ascii_case(host))
        }
        (None, Some(site)) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
    }
}
