//! Refreshing, exchanging and validating tokens.

use super::keys::{Claims, Subject, TokenError};
use super::store;
use crate::core::Core;
use crate::policy::{self, Refusal};
use crate::sessions::{Live, service as sessions};
use crate::sign_in::service::TokenPair;
use kernel::chance;
use kernel::crypto::digest::{hmac_sha256, sha256, token_hash};
use platform::db::{Actor, DbError};
use platform::http::{ApiError, Code, Origin};
use std::sync::Arc;

/// Within this long after its first use a refresh token gives the same child again: tabs, retries, lost answers.
const GRACE_SECONDS: i64 = 30;
const MAX_REFRESH_BYTES: usize = 256;

/// A checked access token with its live session.
pub(crate) struct Verified {
    pub(crate) claims: Arc<Claims>,
    pub(crate) live: Arc<Live>,
}

/// Why a token is not accepted.
pub(crate) enum VerifyError {
    Token(TokenError),
    Db(DbError),
}

/// Checks an access token: signature and claims once per token, the session every time.
pub(crate) async fn verify(core: &Core, token: &str) -> Result<Verified, VerifyError> {
    let key = sha256(token.as_bytes());
    let known = core.verified.get(&key);
    let checked = match known.filter(|checked| core.keys.still_counts(checked)) {
        Some(checked) => checked,
        None => {
            let checked = Arc::new(core.keys.verify(token).await.map_err(VerifyError::Token)?);
            core.verified.insert(key, checked.clone());
            checked
        }
    };
    let claims = checked.claims.clone();
    match sessions::by_id(core, &claims.sid).await {
        Ok(Some(live)) if live.stored.user_id.as_str() == claims.sub => {
            Ok(Verified { claims, live })
        }
        Ok(_) => Err(VerifyError::Token(TokenError::Invalid)),
        Err(error) => Err(VerifyError::Db(error)),
    }
}

/// Checks an access token for somebody who believes what it says: role, tier and address have to be its person's now.
/// Our own endpoints take these from the session instead.
pub(crate) async fn verify_claims(core: &Core, token: &str) -> Result<Arc<Claims>, VerifyError> {
    let Verified { claims, live } = verify(core, token).await?;
    let now = sessions::subject(&live);
    let is_current =
        claims.role == now.role && claims.tier == now.tier && claims.email == now.email;
    if is_current {
        Ok(claims)
    } else {
        Err(VerifyError::Token(TokenError::Stale))
    }
}

/// Rotates a refresh token: one conditional statement. Its child is derived, so parallel calls get the same one.
pub(crate) async fn refresh(
    core: &Core,
    token: &str,
    origin: &Origin,
) -> Result<TokenPair, ApiError> {
    if token.is_empty() || token.len() > MAX_REFRESH_BYTES {
        return Err(invalid_refresh());
    }
    let now = core.context.now();
    let child = derive_child(core, token);
    let child_hash = token_hash(&child);
    let parent_hash = token_hash(token);
    let rotation = store::Rotation {
        token_hash: &parent_hash,
        child_id: &core.context.new_id(),
        child_hash: &child_hash,
        child_expires_at: now.plus_seconds(core.config.jwt.refresh_seconds),
        session_expires_at: now.plus_seconds(core.config.sessions.idle_seconds),
        grace_start: now.plus_seconds(-GRACE_SECONDS),
        now,
    };
    let once = core.db.once(&Actor::Service).await?;
    let rotated = store::rotate(&once, &rotation).await?;
    drop(once);
    let Some(rotated) = rotated else {
        return Err(explain_refusal(core, &parent_hash, origin).await);
    };
    if let Err(refusal) =
        policy::may_hold_session(&rotated.standing, core.config.is_verification_required, now)
    {
        let once = core.db.once(&Actor::Service).await?;
        let event = (core.context.new_uuid(), "LOGOUT");
        store::revoke_family(&once, &rotated.family_id, now, event, origin).await?;
        return Err(refused(refusal));
    }
    let subject = Subject {
        user: &rotated.user_id,
        email: &rotated.user.email,
        role: &rotated.user.role,
        session: &rotated.session_id,
        tier: &rotated.user.access_tier,
    };
    let access_token = core.keys.issue(&subject).map_err(ApiError::unavailable)?;
    Ok(TokenPair::new(
        &rotated.user,
        access_token,
        child,
        core.config.jwt.access_seconds,
    ))
}

fn derive_child(core: &Core, parent: &str) -> String {
    let code = hmac_sha256(
        core.derivation_key.as_slice(),
        format!("refresh-child|{parent}").as_bytes(),
    );
    data_encoding::BASE64URL_NOPAD.encode(&code)
}

/// Tells an expired token from an unknown one, and a reused one revokes its family.
async fn explain_refusal(core: &Core, hash: &str, origin: &Origin) -> ApiError {
    match explain(core, hash, origin).await {
        Ok(error) => error,
        Err(error) => error.into(),
    }
}

async fn explain(core: &Core, hash: &str, origin: &Origin) -> Result<ApiError, DbError> {
    let once = core.db.once(&Actor::Service).await?;
    let now = core.context.now();
    let Some(spent) = store::find_refresh(&once, hash).await? else {
        return Ok(invalid_refresh());
    };
    drop(once);
    let is_over = spent.absolute_expires_at.is_some_and(|end| end <= now);
    if spent.is_revoked || is_over {
        return Ok(invalid_refresh());
    }
    if spent.session_expires_at <= now {
        return Ok(ApiError::new(Code::TokenExpired).detail("The session has ended."));
    }
    if spent.is_used {
        let once = core.db.once(&Actor::Service).await?;
        let event = (core.context.new_uuid(), "REFRESH_TOKEN_REUSED");
        let user = store::revoke_family(&once, &spent.family_id, now, event, origin).await?;
        if let Some(user) = user {
            tracing::warn!(%user, "a used refresh token came back; its family is revoked");
            core.live.forget(&user);
        }
        return Ok(invalid_refresh());
    }
    if spent.expires_at <= now {
        return Ok(ApiError::new(Code::TokenExpired).detail("Refresh token expired"));
    }
    Ok(invalid_refresh())
}

fn invalid_refresh() -> ApiError {
    ApiError::new(Code::TokenInvalid)
        .status(http::StatusCode::UNAUTHORIZED)
        .detail("Invalid refresh token")
}

/// A refusal of the policy as the REST surface says it.
pub(crate) fn refused(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Deleted => ApiError::new(Code::TokenInvalid)
            .status(http::StatusCode::UNAUTHORIZED)
            .detail("User not found"),
        Refusal::Banned => ApiError::new(Code::AccountBanned),
        Refusal::Unverified => ApiError::new(Code::EmailNotVerified),
        Refusal::SecondFactor => ApiError::new(Code::TwoFactorRequired),
    }
}

/// Tokens for a live session: a new refresh family of the same session.
pub(crate) async fn exchange(
    core: &Core,
    live: &Live,
    origin: &Origin,
) -> Result<TokenPair, ApiError> {
    let now = core.context.now();
    sessions::may_issue(core, live).map_err(refused)?;
    let refresh_token = chance::opaque_token(core.context.random.as_ref());
    let expires_at = now.plus_seconds(core.config.jwt.refresh_seconds);
    let once = core.db.once(&Actor::Service).await?;
    let exchange = store::Exchange {
        id: &core.context.new_id(),
        session_id: &live.stored.session.id,
        token_hash: &token_hash(&refresh_token),
        expires_at,
        event_id: core.context.new_uuid(),
        now,
    };
    if !store::exchange(&once, &exchange, origin).await? {
        return Err(ApiError::new(Code::Unauthorized).detail("The session has ended."));
    }
    drop(once);
    let access_token = core
        .keys
        .issue(&sessions::subject(live))
        .map_err(ApiError::unavailable)?;
    Ok(TokenPair::new(
        &live.stored.user,
        access_token,
        refresh_token,
        core.config.jwt.access_seconds,
    ))
}

/// The session a refresh token belongs to, for logout.
pub(crate) async fn session_of_refresh_token(
    core: &Core,
    token: &str,
) -> Result<Option<String>, ApiError> {
    if token.len() > MAX_REFRESH_BYTES {
        return Ok(None);
    }
    let once = core.db.once(&Actor::Service).await?;
    Ok(store::find_refresh(&once, &token_hash(token))
        .await?
        .map(|spent| spent.session_id))
}
