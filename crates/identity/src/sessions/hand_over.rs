//! Carrying a session to another browser: a one-time token that opens it once, within three minutes.
//!
//! The session's own token is kept nowhere in clear: it is sealed under a key that only the one-time token gives.

use super::live::Live;
use super::{service, store};
use crate::core::Core;
use crate::policy::Refusal;
use kernel::chance::{self, Alphabet};
use kernel::crypto::digest::{derive_key, token_hash};
use kernel::crypto::seal::{SealError, SealKeys};
use platform::db::{Actor, DbError};
use std::sync::Arc;

const LIFE_SECONDS: i64 = 180;
const PURPOSE: &str = "one-time-token";

/// Why a one-time token opens nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandOverError {
    /// Unknown, used or too old.
    #[error("the one-time token is not valid")]
    Invalid,
    /// The session has ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// The policy says no.
    #[error("the session may not go on elsewhere: {0:?}")]
    Refused(Refusal),
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The token could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Makes a one-time token of 32 letters and digits for a session token.
pub(crate) async fn create(core: &Core, session_token: &str) -> Result<String, HandOverError> {
    let token = chance::text(core.context.random.as_ref(), Alphabet::Alphanumeric, 32);
    let identifier = identifier(&token);
    let now = core.context.now();
    let value = keys(&token).seal(PURPOSE, &identifier, session_token.as_bytes())?;
    let row = store::HandOver {
        id: &core.context.new_id(),
        identifier: &identifier,
        value: &value,
        expires_at: now.plus_seconds(LIFE_SECONDS),
        now,
    };
    let once = core.db.once(&Actor::Service).await?;
    store::insert_hand_over(&once, &row).await?;
    Ok(token)
}

/// Uses a one-time token: the live session with its token. Of parallel uses one wins.
pub(crate) async fn redeem(core: &Core, token: &str) -> Result<(Arc<Live>, String), HandOverError> {
    let identifier = identifier(token);
    let once = core.db.once(&Actor::Service).await?;
    let value = store::take_hand_over(&once, &identifier, core.context.now())
        .await?
        .ok_or(HandOverError::Invalid)?;
    drop(once);
    let session_token = keys(token).open(PURPOSE, &identifier, &value)?;
    let session_token =
        String::from_utf8(session_token.to_vec()).map_err(|_| HandOverError::Invalid)?;
    match service::by_token(core, &session_token).await? {
        Some(live) => {
            service::may_issue(core, &live).map_err(HandOverError::Refused)?;
            Ok((live, session_token))
        }
        None => Err(HandOverError::Ended),
    }
}

fn identifier(token: &str) -> String {
    format!("{PURPOSE}:{}", token_hash(token))
}

fn keys(token: &str) -> SealKeys {
    let key = derive_key(token.as_bytes(), PURPOSE);
    SealKeys::new(("once".to_owned(), key), Vec::new())
}
