//! Several people on one device: each session has a cookie of its own beside the active one (contract better-auth §3.9,
//! multi-session).

use super::call::{Call, Kept};
use super::endpoint::{Answer, get, json, post, status_true};
use super::error::INVALID_SESSION_TOKEN;
use super::session::Session;
use crate::cookies::{DEVICE_COOKIES, device_cookie};
use crate::core::Core;
use crate::sessions::{Live, service as sessions};
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

/// A cookie that keeps a session beside the active one.
struct Device {
    name: String,
    /// What it holds, when we signed it for this name.
    token: Option<String>,
    /// What it opens.
    live: Option<Arc<Live>>,
}

impl Device {
    fn session(self) -> Option<Session> {
        let (live, token) = (self.live?, self.token?);
        Some(Session { live, token })
    }
}

/// The names of the device's cookies, each with the token that we signed for it.
fn cookies(call: &Call) -> Vec<(String, Option<String>)> {
    let cookies = &call.core().cookies;
    let mut found = cookies.signed_with_prefix(call.headers(), DEVICE_COOKIES);
    for (name, value) in &mut found {
        value.take_if(|token| device_cookie(token) != *name);
    }
    found
}

/// The tokens that the device's cookies hold.
pub(super) fn tokens(call: &Call) -> Vec<String> {
    let held = cookies(call).into_iter();
    held.filter_map(|(_, token)| token).collect()
}

/// The device's cookies with what they open, in their order. Of several with one name the first that opens something
/// counts.
async fn devices(call: &Call) -> Result<Vec<Device>, DbError> {
    let lives = sessions::by_tokens(call.core(), &tokens(call)).await?;
    let mut lives = lives.into_iter();
    let mut found: Vec<Device> = Vec::new();
    for (name, token) in cookies(call) {
        let live = token.as_ref().and_then(|_| lives.next()).flatten();
        match found.iter_mut().find(|device| device.name == name) {
            Some(known) if known.live.is_none() && live.is_some() => {
                (known.token, known.live) = (token, live);
            }
            Some(_) => {}
            None => found.push(Device { name, token, live }),
        }
    }
    Ok(found)
}

/// Gives a session that an answer sets its own cookie. An older session of the same person on this device ends, and what
/// opens nothing any more is taken back.
pub(super) async fn remember(call: &Call, session: &Kept) {
    if let Err(error) = try_remember(call, session).await {
        tracing::warn!(%error, "the sessions of a device could not be put in order");
    }
}

async fn try_remember(call: &Call, session: &Kept) -> Result<(), DbError> {
    let core = call.core();
    let own = device_cookie(&session.token);
    let is_kept = |(name, token): &(String, Option<String>)| *name == own && token.is_some();
    if cookies(call).iter().any(is_kept) {
        return Ok(());
    }
    let mut kept = 0;
    let mut ended = Vec::new();
    for device in devices(call).await? {
        match &device.live {
            Some(live) if live.stored.user_id != session.user => {
                kept += 1;
                continue;
            }
            Some(live) => ended.push(live.clone()),
            None => {}
        }
        if device.name != own {
            call.add_cookie(core.cookies.clear(&device.name));
        }
    }
    let ids = ended.iter().map(|live| live.stored.session.id.as_str());
    sessions::revoke_many(core, ids, &call.origin()).await?;
    if kept < MOST {
        // It ends with the browser where the session's own cookie does.
        let life = session
            .is_remembered
            .then_some(core.config.sessions.idle_seconds);
        call.add_cookie(core.cookies.set_signed(&own, &session.token, life));
    }
    Ok(())
}

/// Takes every cookie of the device away.
pub(super) fn forget_all(call: &Call) {
    let mut cleared: Vec<String> = Vec::new();
    for (name, _) in cookies(call) {
        if !cleared.contains(&name) {
            call.add_cookie(call.core().cookies.clear(&name));
            cleared.push(name);
        }
    }
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
    for device in devices(&call).await? {
        if device.live.is_none() {
            call.add_cookie(call.core().cookies.clear(&device.name));
        }
        let Some(session) = device.session() else {
            continue;
        };
        if !seen.contains(session.user_id()) {
            seen.push(session.user_id().clone());
            views.push(view(&session));
        }
    }
    Ok(json(&views))
}

async fn set_active(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let wanted = device_cookie(&fields.string("sessionToken"));
    fields.finish()?;
    let mut devices = devices(&call).await?.into_iter();
    let device = devices.find(|device| device.name == wanted);
    match device.and_then(Device::session) {
        Some(session) => {
            call.set_session_again(&session);
            Ok(json(&view(&session)))
        }
        None => {
            if cookies(&call).iter().any(|(name, _)| *name == wanted) {
                call.add_cookie(call.core().cookies.clear(&wanted));
            }
            Err(INVALID_SESSION_TOKEN.into())
        }
    }
}

async fn revoke(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let wanted = device_cookie(&fields.string("sessionToken"));
    fields.finish()?;
    let active = call.session().await?;
    let (named, others): (Vec<_>, Vec<_>) = devices(&call)
        .await?
        .into_iter()
        .partition(|device| device.name == wanted);
    let named = named.into_iter().find(|device| device.token.is_some());
    let named = named.ok_or(INVALID_SESSION_TOKEN)?;
    let core = call.core();
    if let Some(live) = &named.live {
        sessions::revoke(core, &live.stored.session.id, &call.origin()).await?;
    }
    call.add_cookie(core.cookies.clear(&named.name));
    if named.token.as_ref() == Some(&active.token) {
        match others.into_iter().find_map(Device::session) {
            Some(next) => call.set_session_again(&next),
            None => call.clear_session(),
        }
    }
    Ok(status_true())
}
