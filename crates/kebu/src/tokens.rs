//! `kebu token`: API tokens from the command line.

use crate::cli::TokenCommand;
use crate::commands::Context;
use crate::output::{say, tr};
use model::{Access, Error, ErrorCode, Result, UserId};
use serde_json::json;
use store::{DataFolder, NewToken, Store};

pub(crate) fn run(c: &Context, command: TokenCommand) -> Result<u8> {
    let data = c.folder()?;
    match command {
        TokenCommand::Create { user, label, scope, days } => {
            let id = owner(&data, user)?;
            let (secret, digest) = server::new_token()?;
            let expires = days.map(|d| Store::now() + i64::from(d) * 86_400);
            let token = data.system.add_token(&digest, id, &NewToken { name: label, access: scope.into(), expires })?;
            c.print(&json!({ "token": secret, "id": token.id }), || say(&secret));
        }
        TokenCommand::List { user } => {
            let tokens = data.system.tokens(owner(&data, user)?)?;
            let listed: Vec<_> = tokens
                .iter()
                .map(|t| {
                    json!({ "id": t.id, "name": t.name, "scope": scope_name(t.access), "created": t.created,
                        "expires": t.expires, "used": t.used })
                })
                .collect();
            c.print(&json!({ "tokens": listed }), || {
                for t in &tokens {
                    let used = if t.used.is_some() { "" } else { tr(c.lang, "(没用过)", "(never used)") };
                    say(&format!("{}  {:5}  {} {used}", t.id, scope_name(t.access), t.name));
                }
            });
        }
        TokenCommand::Revoke { id, user } => {
            data.system.revoke_token(owner(&data, user)?, &id)?;
            c.print(&json!({ "revoked": id }), || say(&format!("{} {id}", tr(c.lang, "已撤销", "Revoked"))));
        }
    }
    Ok(0)
}

fn scope_name(access: Access) -> &'static str {
    match access {
        Access::Read => "read",
        Access::Write => "write",
        Access::Own => "own",
    }
}

/// The user of a login, or the first.
fn owner(data: &DataFolder, login: Option<String>) -> Result<UserId> {
    let id = match login {
        Some(login) => data.system.user(&login)?.map(|(u, _)| u.id),
        None => data.system.user_names()?.first().map(|(id, _)| *id),
    };
    id.ok_or_else(|| {
        Error::new(
            ErrorCode::NotFound,
            "没有这个用户；请先用 kebu user add 添加",
            "There is no such user; add one with kebu user add",
        )
    })
}
