//! Several people on one device: each session has a cookie of its own beside the active one (contract better-auth §3.9,
//! multi-session).

use super::call::Call;
use super::endpoint::{Answer, get, json, post, status_true};
use super::error::{INVALID_SESSION_TOKEN, NativeError};
use super::session::Session;
use crate::cookies::{DEVICE_COOKIES, device_cookie};
use crate::core::Core;
use crate::sessions::service as sessions;
use axum::Router;
use kernel::UserId;
use platform::db::DbError;
use serde_json::{Value, json as object};
use std::sync::Arc;

/// A device holds this many sessions; a further one is active but not kept.
const MOST: usize = 5;

pub(super) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route("/multi-session/list-device-sessions", get(list))
        .route("/multi-session/set-active", post(set_active))
        .route("/multi-session/revoke", post(revoke))
}

/// Gives a session that an answer sets its own cookie. An older session of the same person on this device ends.
pub(super) async fn remember(call: &Call, user: &UserId, token: &str) {
    if let Err(error) = try_remember(call, user, token).await {
        tracing::warn!(%error, "the sessions of a device could not be put in order");
    }
}

async fn try_remember(call: &Call, user: &UserId, token: &str) -> Result<(), DbError> {
    let core = call.core();
    let own = device_cookie(token);
    let cookies = core
        .cookies
        .signed_with_prefix(call.headers(), DEVICE_COOKIES);
    if cookies.iter().any(|(name, _)| *name == own) {
        return Ok(());
    }
    let mut ended = 0;
    for (name, value) in &cookies {
        let Some(other) = value else { continue };
        let Some(live) = sessions::by_token(core, other).await? else {
            continue;
        };
        if live.stored.user_id == *user {
            sessions::revoke(core, &live.stored.session.id, &call.origin()).await?;
            call.add_cookie(core.cookies.clear(name));
            ended += 1;
        }
    }
    if cookies.len() - ended < MOST {
        let life = Some(core.config.sessions.idle_seconds);
        call.add_cookie(core.cookies.set_signed(&own, token, life));
    }
    Ok(())
}

/// Ends every session of the device and takes their cookies away.
pub(super) async fn forget_all(call: &Call) -> Result<(), NativeError> {
    let core = call.core();
    for (name, value) in core
        .cookies
        .signed_with_prefix(call.headers(), DEVICE_COOKIES)
    {
        let Some(token) = value else { continue };
        if let Some(live) = sessions::by_token(core, &token).await? {
            sessions::revoke(core, &live.stored.session.id, &call.origin()).await?;
        }
        call.add_cookie(core.cookies.clear(&name));
    }
    Ok(())
}

/// The live sessions of the device's cookies, in the cookies' order.
async fn live_sessions(call: &Call) -> Result<Vec<Session>, NativeError> {
    let core = call.core();
    let mut found = Vec::new();
    for (_, value) in core
        .cookies
        .signed_with_prefix(call.headers(), DEVICE_COOKIES)
    {
        let Some(token) = value else { continue };
        if let Some(live) = sessions::by_token(core, &token).await? {
            found.push(Session { live, token });
        }
    }
    Ok(found)
}

/// Session and person of a session whose token the browser holds.
pub(super) fn view(session: &Session) -> Value {
    let mut shown = session.live.stored.session.clone();
    shown.token.clone_from(&session.token);
    object!({"session": shown, "user": session.live.stored.user})
}

async fn list(call: Call) -> Answer {
    let mut views = Vec::new();
    let mut seen: Vec<UserId> = Vec::new();
    for session in live_sessions(&call).await? {
        if !seen.contains(session.user_id()) {
            seen.push(session.user_id().clone());
            views.push(view(&session));
        }
    }
    Ok(json(&views))
}

/// The token of the device's cookie that a token names.
fn held(call: &Call, token: &str) -> Result<(String, String), NativeError> {
    let name = device_cookie(token);
    let cookies = call
        .core()
        .cookies
        .signed_with_prefix(call.headers(), DEVICE_COOKIES);
    let found = cookies.into_iter().find(|(other, _)| *other == name);
    let token = found.and_then(|(_, value)| value);
    Ok((name, token.ok_or(INVALID_SESSION_TOKEN)?))
}

async fn set_active(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let wanted = fields.string("sessionToken");
    fields.finish()?;
    let (name, token) = held(&call, &wanted)?;
    let Some(live) = sessions::by_token(call.core(), &token).await? else {
        call.add_cookie(call.core().cookies.clear(&name));
        return Err(INVALID_SESSION_TOKEN.into());
    };
    let session = Session { live, token };
    call.set_session_again(&session);
    Ok(json(&view(&session)))
}

async fn revoke(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let wanted = fields.string("sessionToken");
    fields.finish()?;
    let active = call.session().await?;
    let (name, token) = held(&call, &wanted)?;
    let core = call.core();
    if let Some(live) = sessions::by_token(core, &token).await? {
        sessions::revoke(core, &live.stored.session.id, &call.origin()).await?;
    }
    call.add_cookie(core.cookies.clear(&name));
    if active.token == token {
        match live_sessions(&call).await?.first() {
            Some(next) => call.set_session_again(next),
            None => call.clear_session(),
        }
    }
    Ok(status_true())
}
