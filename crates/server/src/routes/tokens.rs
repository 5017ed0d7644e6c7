//! API tokens of the caller: made, listed, revoked.

use crate::app::{App, blocking};
use crate::auth::{Caller, new_token};
use crate::error::{ApiResult, malformed};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Access, Error, ErrorCode};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{NewToken, Store};
use utoipa::ToSchema;

/// What a token may do.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// Read.
    Read,
    /// Read and write records.
    Write,
    /// All that its owner may, the schema and imports included.
    Own,
}

impl From<Scope> for Access {
    fn from(s: Scope) -> Self {
        match s {
            Scope::Read => Self::Read,
            Scope::Write => Self::Write,
            Scope::Own => Self::Own,
        }
    }
}

impl From<Access> for Scope {
    fn from(a: Access) -> Self {
        match a {
            Access::Read => Self::Read,
            Access::Write => Self::Write,
            Access::Own => Self::Own,
        }
    }
}

/// A token. Its secret is nowhere: only its digest is kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct Token {
    id: String,
    name: String,
    scope: Scope,
    /// Seconds since 1970 UTC.
    created: i64,
    /// Null for never.
    #[schema(required)]
    expires: Option<i64>,
    /// When it was last used, to the minute; null when it never was.
    #[schema(required)]
    used: Option<i64>,
}

impl From<store::Token> for Token {
    fn from(t: store::Token) -> Self {
        let scope = t.access.into();
        Self { id: t.id, name: t.name, scope, created: t.created, expires: t.expires, used: t.used }
    }
}

/// The caller's tokens, and what a new one may do at most.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tokens {
    tokens: Vec<Token>,
    most: Scope,
}

/// The caller's API tokens.
#[utoipa::path(
    get, path = "/tokens", tag = "access", operation_id = "tokens",
    responses((status = 200, description = "The answer.", body = Tokens)),
)]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<Json<Tokens>> {
    let most = caller.scope.access.into();
    let tokens = blocking(&app, move |app| app.data.system.tokens(caller.scope.user)).await?;
    Ok(Json(Tokens { tokens: tokens.into_iter().map(Token::from).collect(), most }))
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenWrite {
    /// What it is for: 1 to 40 characters.
    name: String,
    scope: Scope,
    /// Days it is good for, at most 3,650; for ever when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3650)]
    days: Option<u32>,
}

/// A token just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenMade {
    /// To be sent as `Authorization: Bearer <secret>`; shown this once.
    secret: String,
    token: Token,
}

/// Makes an API token, which may do no more and last no longer than what it is made with.
#[utoipa::path(
    post, path = "/tokens", tag = "access", operation_id = "makeToken", request_body = TokenWrite,
    responses((status = 200, description = "The answer.", body = TokenMade)),
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Result<Json<TokenWrite>, JsonRejection>,
) -> ApiResult<Json<TokenMade>> {
    let Json(t) = body.map_err(malformed)?;
    let access = Access::from(t.scope);
    caller.require(access)?;
    if t.days.is_some_and(|d| !(1..=3_650).contains(&d)) {
        return Err(malformed("days").on("days"));
    }
    let expires = t.days.map(|d| Store::now() + i64::from(d) * 86_400);
    // A session of a browser ends by itself; what it makes may stay.
    let longest = caller.expires.filter(|_| caller.token);
    if longest.is_some_and(|most| expires.is_none_or(|e| e > most)) {
        return Err(Error::new(
            ErrorCode::Forbidden,
            "新令牌的有效期不能超过现在用的令牌",
            "A new token cannot outlast the token it is made with",
        )
        .on("days")
        .into());
    }
    let (secret, digest) = new_token()?;
    let new = NewToken { name: t.name, access, expires };
    let token = blocking(&app, move |app| app.data.system.add_token(&digest, caller.scope.user, &new)).await?;
    Ok(Json(TokenMade { secret, token: token.into() }))
}

/// Revokes an API token of the caller.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "access", operation_id = "revokeToken", params(("id" = String, Path)),
    responses((status = 204, description = "Done.")),
)]
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    blocking(&app, move |app| app.data.system.revoke_token(caller.scope.user, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
