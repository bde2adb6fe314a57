//! Changing a profile or a password, listing and unlinking ways to sign in, deleting an account.

use super::store::{self, NewPassword, NewProfile};
use crate::core::Core;
use crate::password_reset::service as password_reset;
use crate::passwords::HashPoolError;
use crate::users;
use kernel::crypto::password::Password;
use kernel::{Timestamp, UserId, chance};
use platform::db::{Actor, DbError};
use platform::http::Origin;
use serde::Serialize;

/// Why a password was not accepted or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordChangeError {
    /// The person signs in without a password.
    #[error("there is no password")]
    NoPassword,
    /// The present password is another one.
    #[error("the password is wrong")]
    WrongPassword,
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The password could not be checked now.
    #[error(transparent)]
    Hash(#[from] HashPoolError),
}

/// Checks a person's password.
pub(crate) async fn verify_password(
    core: &Core,
    user: &UserId,
    password: Password,
) -> Result<(), PasswordChangeError> {
    checked_hash(core, user, password).await.map(drop)
}

/// The stored hash, when the password matches it.
async fn checked_hash(
    core: &Core,
    user: &UserId,
    password: Password,
) -> Result<String, PasswordChangeError> {
    let once = core.db.once(&Actor::User(user.clone())).await?;
    let stored = store::find_password(&once, user).await?;
    drop(once);
    let Some(stored) = stored else {
        return Err(PasswordChangeError::NoPassword);
    };
    let verdict = core.hashes.verify(password, stored.clone()).await?;
    if verdict.is_match {
        Ok(stored)
    } else {
        Err(PasswordChangeError::WrongPassword)
    }
}

/// Changes a password. Every session but `kept_session` ends, and links that were mailed no longer work.
pub(crate) async fn change_password(
    core: &Core,
    user: &UserId,
    kept_session: Option<&str>,
    passwords: (Password, Password),
    origin: &Origin,
) -> Result<(), PasswordChangeError> {
    let (current, new) = passwords;
    let old = checked_hash(core, user, current).await?;
    let salt = chance::bytes(core.context.random.as_ref());
    let new = core.hashes.hash(new, salt).await?;
    let now = core.context.now();
    let change = NewPassword {
        user,
        old: &old,
        new: &new,
        event_id: core.context.new_uuid(),
        now,
    };
    let person = users::find(core, user).await?;
    let person = person.ok_or(PasswordChangeError::NoPassword)?;
    // As the server: a person's own transaction does not see the links that are to be voided.
    let tx = core.db.tx(&Actor::Service).await?;
    if !store::change_password(&tx, &change, origin).await? {
        // Somebody changed it while it was being checked: what was presented is no longer the password.
        return Err(PasswordChangeError::WrongPassword);
    }
    password_reset::after_password_change(core, &tx, &person, kept_session, origin).await?;
    tx.commit().await?;
    core.mailer.wake();
    core.live.forget(user);
    Ok(())
}

/// What to change of a profile; what is absent stays.
#[derive(Debug, Default)]
pub(crate) struct ProfileChange {
    /// How the person is addressed.
    pub(crate) name: Option<String>,
    /// A picture's URL; `Some(None)` takes it away.
    pub(crate) image: Option<Option<String>>,
}

/// Changes a profile; answers whether the person is still there.
pub(crate) async fn update_profile(
    core: &Core,
    user: &UserId,
    change: &ProfileChange,
    origin: &Origin,
) -> Result<bool, DbError> {
    let row = NewProfile {
        user,
        name: change.name.as_deref(),
        sets_image: change.image.is_some(),
        image: change.image.as_ref().and_then(Option::as_deref),
        event_id: core.context.new_uuid(),
        now: core.context.now(),
    };
    let once = core.db.once(&Actor::User(user.clone())).await?;
    let is_changed = store::update_profile(&once, &row, origin).await?;
    core.live.forget(user);
    Ok(is_changed)
}

/// A way to sign in, as the native surface shows it: without tokens and password.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountView {
    pub(crate) id: String,
    pub(crate) account_id: String,
    pub(crate) provider_id: String,
    pub(crate) user_id: UserId,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) scopes: Vec<String>,
}

/// A person's ways to sign in.
pub(crate) async fn list_accounts(core: &Core, user: &UserId) -> Result<Vec<AccountView>, DbError> {
    let once = core.db.once(&Actor::User(user.clone())).await?;
    let linked = store::list_accounts(&once, user).await?;
    let scopes = |scope: Option<String>| {
        let scope = scope.unwrap_or_default();
        let parts = scope.split(',').map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(ToOwned::to_owned)
            .collect()
    };
    let view = |row: store::Linked| AccountView {
        id: row.id,
        account_id: row.account_id,
        provider_id: row.provider_id,
        user_id: user.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        scopes: scopes(row.scope),
    };
    Ok(linked.into_iter().map(view).collect())
}

/// Why a way to sign in stays.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnlinkError {
    /// It is the only one.
    #[error("the last way to sign in cannot be unlinked")]
    Last,
    /// The person has none of that id.
    #[error("no such account")]
    Unknown,
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Takes away a way to sign in, never the last one, however many requests come at once.
pub(crate) async fn unlink(core: &Core, user: &UserId, id: &str) -> Result<(), UnlinkError> {
    let tx = core.db.tx(&Actor::User(user.clone())).await?;
    store::lock_user(&tx, user).await?;
    let linked = store::list_accounts(&tx, user).await?;
    if linked.len() < 2 {
        return Err(UnlinkError::Last);
    }
    if !linked.iter().any(|account| account.id == id) {
        return Err(UnlinkError::Unknown);
    }
    store::delete_account(&tx, id, user).await?;
    tx.commit().await?;
    Ok(())
}
