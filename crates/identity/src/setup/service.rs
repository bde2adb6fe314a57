//! The story of the first administrator.

use super::store::{self, Kept};
use crate::core::Core;
use crate::registration::service as registration;
use crate::registration::{NewAccount, RegisterError};
use crate::{Identity, users};
use kernel::crypto::digest::token_hash;
use kernel::{Timestamp, chance};
use platform::db::{Actor, DbError};

const LIFE_SECONDS: i64 = 24 * 3600;

/// Whether a link may still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It may.
    Open,
    /// It was never printed, or a newer one took its place.
    Unknown,
    /// Its 24 hours are over.
    Expired,
    /// Somebody administers the server already.
    Done,
}

/// Why no administrator was made.
pub(super) enum SetupError {
    /// The link does not count.
    Link(Standing),
    /// The account could not be made; the link still counts.
    Account(RegisterError),
    /// The database did not answer.
    Db(DbError),
}

impl From<DbError> for SetupError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl Identity {
    /// A link that makes the first administrator, once, within 24 hours; the links before it are void. `None` when
    /// somebody administers this server already. Print it for the operator; never log it.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn make_admin_link(&self) -> Result<Option<String>, DbError> {
        let core = &self.core;
        if users::has_admin(core).await? {
            return Ok(None);
        }
        let token = chance::opaque_token(core.context.random.as_ref());
        let now = core.context.now();
        keep(core, &token, now.plus_seconds(LIFE_SECONDS)).await?;
        Ok(Some(format!("{}/setup?token={token}", core.config.base())))
    }
}

async fn keep(core: &Core, token: &str, expires_at: Timestamp) -> Result<(), DbError> {
    let once = core.db.once(&Actor::Service).await?;
    let kept = Kept {
        id: &core.context.new_id(),
        hash: &token_hash(token),
        expires_at,
        now: core.context.now(),
    };
    store::replace(&once, &kept).await
}

/// Looks at a link without using it up.
pub(super) async fn look(core: &Core, token: &str) -> Result<Standing, DbError> {
    if users::has_admin(core).await? {
        return Ok(Standing::Done);
    }
    let once = core.db.once(&Actor::Service).await?;
    Ok(match store::find(&once, &token_hash(token)).await? {
        None => Standing::Unknown,
        Some(until) if until <= core.context.now() => Standing::Expired,
        Some(_) => Standing::Open,
    })
}

/// Uses the link up and makes the account; a refused account puts the link back.
pub(super) async fn make(core: &Core, token: &str, account: NewAccount) -> Result<(), SetupError> {
    match look(core, token).await? {
        Standing::Open => {}
        standing => return Err(SetupError::Link(standing)),
    }
    let taken = {
        let once = core.db.once(&Actor::Service).await?;
        store::take(&once, &token_hash(token), core.context.now()).await?
    };
    let Some(expires_at) = taken else {
        return Err(SetupError::Link(Standing::Unknown));
    };
    if let Err(error) = registration::create(core, account).await {
        keep(core, token, expires_at).await?;
        return Err(SetupError::Account(error));
    }
    Ok(())
}
