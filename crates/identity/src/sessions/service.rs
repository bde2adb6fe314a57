//! Finding, extending and ending sessions.

use super::live::{Live, Rendered};
use super::model::{SessionView, Stored};
use super::store;
use crate::core::Core;
use crate::policy::{self, Refusal};
use crate::tokens::keys::Subject;
use bytes::Bytes;
use kernel::crypto::digest::{constant_time_eq, hmac_sha256, sha256, token_hash};
use kernel::{Timestamp, UserId};
use platform::db::{Actor, DbError};
use platform::http::{ApiError, Origin};
use std::collections::HashMap;
use std::sync::Arc;

/// A JWT sent along with get-session is at most this old.
const RENDER_SECONDS: i64 = 60;

/// The live session of a session token, from memory or the database.
pub(crate) async fn by_token(core: &Core, token: &str) -> Result<Option<Arc<Live>>, DbError> {
    if let Some(live) = remembered(core, token) {
        return Ok(Some(live));
    }
    Ok(read(core, &[token]).await?.remove(&token_hash(token)))
}

/// The live session of each of several tokens, in their order: what memory does not have is read at once.
pub(crate) async fn by_tokens(
    core: &Core,
    tokens: &[String],
) -> Result<Vec<Option<Arc<Live>>>, DbError> {
    let mut lives: Vec<_> = tokens.iter().map(|token| remembered(core, token)).collect();
    let unknown =
        |(token, live): (&'_ String, &Option<Arc<Live>>)| live.is_none().then(|| token.clone());
    let unknown: Vec<String> = tokens.iter().zip(&lives).filter_map(unknown).collect();
    if unknown.is_empty() {
        return Ok(lives);
    }
    let found = read(core, &unknown).await?;
    for (token, live) in tokens.iter().zip(&mut lives) {
        if live.is_none() {
            *live = found.get(&token_hash(token)).cloned();
        }
    }
    Ok(lives)
}

/// A session with the token that opened it.
pub(crate) struct Held {
    pub(crate) live: Arc<Live>,
    pub(crate) token: String,
}

impl Held {
    /// Whose it is.
    pub(crate) fn user_id(&self) -> &UserId {
        &self.live.stored.user_id
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        &self.live.stored.session.id
    }
}

/// The sessions that are alive among those of several tokens, in the tokens' order.
pub(crate) async fn alive_of(core: &Core, tokens: Vec<String>) -> Result<Vec<Held>, DbError> {
    let lives = match tokens.as_slice() {
        [] => Vec::new(),
        [token] => vec![by_token(core, token).await?],
        tokens => by_tokens(core, tokens).await?,
    };
    let held = |(token, live): (String, Option<Arc<Live>>)| live.map(|live| Held { live, token });
    Ok(tokens.into_iter().zip(lives).filter_map(held).collect())
}

fn remembered(core: &Core, token: &str) -> Option<Arc<Live>> {
    let hash = sha256(token.as_bytes());
    let live = core.live.by_token(&hash)?;
    still_alive(core, live)
}

/// The live sessions of tokens as the database has them, by the hash of their token.
async fn read<T: AsRef<str>>(
    core: &Core,
    tokens: &[T],
) -> Result<HashMap<String, Arc<Live>>, DbError> {
    let hashes: Vec<String> = tokens
        .iter()
        .map(|token| token_hash(token.as_ref()))
        .collect();
    let epoch = core.live.epoch();
    let once = core.db.once(&Actor::Service).await?;
    let found = store::find_by_tokens(&once, &hashes).await?;
    drop(once);
    let keys: HashMap<&str, [u8; 32]> = hashes
        .iter()
        .zip(tokens)
        .map(|(hash, token)| (hash.as_str(), sha256(token.as_ref().as_bytes())))
        .collect();
    let mut lives = HashMap::new();
    for (hash, stored) in found {
        let key = keys.get(hash.as_str()).copied();
        if let Some(live) = admit(core, stored, epoch, key) {
            lives.insert(hash, live);
        }
    }
    Ok(lives)
}

/// The live session of a `sid`, from memory or the database.
pub(crate) async fn by_id(core: &Core, id: &str) -> Result<Option<Arc<Live>>, DbError> {
    if let Some(live) = core.live.by_id(id).and_then(|live| still_alive(core, live)) {
        return Ok(Some(live));
    }
    let epoch = core.live.epoch();
    let once = core.db.once(&Actor::Service).await?;
    let found = store::find_by_id(&once, id).await?;
    Ok(found.and_then(|stored| admit(core, stored, epoch, None)))
}

/// What memory holds may have ended there and been extended since, by a refresh or another server: then the database is asked.
fn still_alive(core: &Core, live: Arc<Live>) -> Option<Arc<Live>> {
    let now = core.context.now();
    if !live.stored.is_alive(now) || !may_continue(&live.stored, now) {
        return None;
    }
    core.live.note_activity(&live, now);
    Some(live)
}

fn admit(core: &Core, stored: Stored, epoch: u64, hash: Option<[u8; 32]>) -> Option<Arc<Live>> {
    let now = core.context.now();
    if !stored.is_alive(now) || !may_continue(&stored, now) {
        return None;
    }
    let live = core.live.keep(stored, epoch, hash);
    core.live.note_activity(&live, now);
    Some(live)
}

/// A session that was issued goes on while the person is neither deleted nor banned.
fn may_continue(stored: &Stored, now: Timestamp) -> bool {
    policy::may_hold_session(&stored.standing, false, now).is_ok()
}

/// Whether a session began not long ago; a configured 0 switches the question off.
pub(crate) fn is_fresh(core: &Core, live: &Live) -> bool {
    let limit = core.config.sessions.fresh_age_seconds;
    let began = live.stored.session.created_at;
    limit == 0 || core.context.now().seconds_since(began) < limit
}

/// Whether a live session may get tokens, or go to another browser, now.
pub(crate) fn may_issue(core: &Core, live: &Live) -> Result<(), Refusal> {
    policy::may_hold_session(
        &live.stored.standing,
        core.config.is_verification_required,
        core.context.now(),
    )
}

/// Whether a session's last extension is old enough for another, and there is something left to extend it by.
pub(crate) fn is_due(core: &Core, live: &Live) -> bool {
    let stored = &live.stored;
    let now = core.context.now();
    let wanted = now.plus_seconds(core.config.sessions.idle_seconds);
    let until = stored
        .absolute_expires_at
        .map_or(wanted, |end| end.min(wanted));
    stored.is_remembered
        && stored.session.expires_at <= due_before(core, now)
        && stored.session.expires_at < until
}

/// A session that ends by then was extended longer ago than the update age.
fn due_before(core: &Core, now: Timestamp) -> Timestamp {
    let sessions = &core.config.sessions;
    now.plus_seconds(sessions.idle_seconds - sessions.update_age_seconds)
}

/// Extends a session that is due and may still live; answers whether this call did it.
pub(crate) async fn extend_when_due(core: &Core, live: &Live) -> Result<bool, DbError> {
    if !is_due(core, live) {
        return Ok(false);
    }
    let now = core.context.now();
    let until = now.plus_seconds(core.config.sessions.idle_seconds);
    let id = &live.stored.session.id;
    let once = core.db.once(&Actor::Service).await?;
    let extended = store::extend(&once, id, now, until, due_before(core, now)).await?;
    // Also when another server was quicker: what memory holds is old.
    core.live.forget(&live.stored.user_id);
    Ok(extended.is_some())
}

/// A handle of a session: revokes it and nothing else (contract decision 14).
pub(crate) fn handle(core: &Core, session_id: &str) -> String {
    let code = hmac_sha256(
        core.derivation_key.as_slice(),
        format!("session-handle|{session_id}").as_bytes(),
    );
    data_encoding::HEXLOWER.encode(code.get(..16).unwrap_or_default())
}

/// The body of get-session and a fresh JWT, where the policy allows one, kept for the next request of the same session.
pub(crate) fn render(core: &Core, live: &Live, token: Option<&str>) -> Result<Rendered, ApiError> {
    let now = core.context.now();
    let shown = token.map_or_else(|| handle(core, &live.stored.session.id), ToOwned::to_owned);
    if let Some(rendered) = live.rendered()
        && rendered.token == shown
        && now.seconds_since(rendered.made_at) < RENDER_SECONDS
    {
        return Ok(rendered);
    }
    let mut session = live.stored.session.clone();
    session.token.clone_from(&shown);
    let body = serde_json::json!({"session": session, "user": live.stored.user});
    let jwt = match may_issue(core, live) {
        Ok(()) => {
            let jwt = core.keys.issue(&subject(live));
            let jwt = jwt.map_err(ApiError::internal)?;
            Some(http::HeaderValue::from_str(&jwt).map_err(ApiError::internal)?)
        }
        Err(_) => None,
    };
    let rendered = Rendered {
        token: shown,
        made_at: now,
        body: Bytes::from(body.to_string()),
        jwt,
    };
    live.keep_rendered(rendered.clone());
    Ok(rendered)
}

/// For whom a session's tokens are.
pub(crate) fn subject(live: &Live) -> Subject<'_> {
    Subject {
        user: &live.stored.user_id,
        email: &live.stored.user.email,
        role: &live.stored.user.role,
        session: &live.stored.session.id,
        tier: &live.stored.user.access_tier,
    }
}

/// Ends one session; ending it again is no error. Answers whose it was when it was alive.
pub(crate) async fn revoke(
    core: &Core,
    session_id: &str,
    origin: &Origin,
) -> Result<Option<UserId>, DbError> {
    let mut users = revoke_many(core, [session_id], origin).await?;
    Ok(users.pop())
}

/// Ends several sessions at once; answers whose those were that were alive.
pub(crate) async fn revoke_many(
    core: &Core,
    session_ids: impl IntoIterator<Item = &str>,
    origin: &Origin,
) -> Result<Vec<UserId>, DbError> {
    let named = session_ids.into_iter();
    let named: Vec<_> = named.map(|id| (id, core.context.new_uuid())).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let once = core.db.once(&Actor::Service).await?;
    let users = store::revoke(&once, &named, core.context.now(), origin).await?;
    for user in &users {
        core.live.forget(user);
    }
    Ok(users)
}

/// A session as its person's list shows it.
pub(crate) struct Listed {
    /// The session; its token is a handle.
    pub(crate) view: SessionView,
    pub(crate) device_id: Option<String>,
    /// The name the app gave, or what the user agent says.
    pub(crate) device_name: Option<String>,
    pub(crate) last_activity_at: Timestamp,
}

/// A person's live sessions, newest first. Each token is a handle: a list hands out no credential.
pub(crate) async fn list(core: &Core, user: &UserId) -> Result<Vec<Listed>, DbError> {
    let once = core.db.once(&Actor::User(user.clone())).await?;
    let rows = store::list_live(&once, user, core.context.now()).await?;
    let listed = |row: store::Listed| {
        let mut view = row.view;
        view.token = handle(core, &view.id);
        Listed {
            device_id: row.device_id,
            device_name: row.device_name.or_else(|| device_of(&view.user_agent)),
            last_activity_at: row.last_activity_at,
            view,
        }
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// "Firefox on Windows 11", when the user agent is a known one.
pub(crate) fn device_of(user_agent: &str) -> Option<String> {
    let parser = woothee::parser::Parser::new();
    let found = parser.parse(user_agent)?;
    let is_known = |text: &str| !text.is_empty() && text != "UNKNOWN";
    match (is_known(found.name), is_known(found.os)) {
        (true, true) => Some(format!("{} on {}", found.name, found.os)),
        (true, false) => Some(found.name.to_owned()),
        (false, true) => Some(found.os.to_owned()),
        (false, false) => None,
    }
}

/// Ends the session of a person that a token or handle names and answers its id; anything else is no error, and nothing
/// happens.
pub(crate) async fn revoke_named(
    core: &Core,
    user: &UserId,
    name: &str,
    origin: &Origin,
) -> Result<Option<String>, DbError> {
    let named = match by_token(core, name).await? {
        Some(live) => (live.stored.user_id == *user).then(|| live.stored.session.id.clone()),
        None => list(core, user)
            .await?
            .into_iter()
            .map(|session| session.view)
            .find(|view| constant_time_eq(view.token.as_bytes(), name.as_bytes()))
            .map(|view| view.id),
    };
    if let Some(id) = &named {
        revoke(core, id, origin).await?;
    }
    Ok(named)
}

/// Ends a session of a person by its id; answers whether they had it.
pub(crate) async fn revoke_own(
    core: &Core,
    user: &UserId,
    session_id: &str,
    origin: &Origin,
) -> Result<bool, DbError> {
    let live = by_id(core, session_id).await?;
    if live.is_none_or(|live| live.stored.user_id != *user) {
        return Ok(false);
    }
    Ok(revoke(core, session_id, origin).await?.is_some())
}

/// Ends a person's sessions, all of them or all but one.
pub(crate) async fn revoke_all(
    core: &Core,
    user: &UserId,
    kept: Option<&str>,
    origin: &Origin,
) -> Result<(), DbError> {
    let once = core.db.once(&Actor::Service).await?;
    let now = core.context.now();
    store::revoke_all(&once, user, kept, now, core.context.new_uuid(), origin).await?;
    core.live.forget(user);
    Ok(())
}
