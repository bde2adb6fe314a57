//! Changing a profile or a password, listing and unlinking ways to sign in, deleting an account.

use super::store::{self, NewPassword, NewProfile};
use crate::core::Core;
use crate::password_reset::service as password_reset;
use crate::passwords::{HashPoolError, Seat};
use crate::sign_in::known::Place;
use crate::sign_in::service::lock_rule;
use crate::sign_in::store::{self as guesses, Failure, LockRule};
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
    /// Too many wrong ones in this session.
    #[error("the session may not present passwords for a while")]
    Locked {
        /// For how long.
        remaining_seconds: i64,
    },
    /// The person was deleted meanwhile.
    #[error("the person is gone")]
    Gone,
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The password could not be checked now.
    #[error(transparent)]
    Hash(#[from] HashPoolError),
}

/// A password that somebody who is signed in presents again.
pub(crate) struct Presented<'a> {
    pub(crate) password: Password,
    /// The session it is presented in; wrong ones count under it.
    pub(crate) session: &'a str,
    pub(crate) origin: &'a Origin,
}

/// Checks the password of a person who is signed in: the one way for every route that asks for it.
pub(crate) async fn verify_password(
    core: &Core,
    user: &UserId,
    presented: Presented<'_>,
) -> Result<(), PasswordChangeError> {
    checked_hash(core, user, presented).await.map(drop)
}

/// The stored hash, when the password matches it. Whoever has no more than the session cannot guess on: wrong ones lock the
/// session out, and no other.
async fn checked_hash(
    core: &Core,
    user: &UserId,
    presented: Presented<'_>,
) -> Result<String, PasswordChangeError> {
    let place = Place::session(presented.session);
    let rule = lock_rule(core);
    let once = core.db.once(&Actor::Service).await?;
    let found = store::find_password(&once, user, &place, rule).await?;
    drop(once);
    let Some((stored, hash)) = found.and_then(|mut found| {
        let hash = found.hash.take()?;
        Some((found, hash))
    }) else {
        return Err(PasswordChangeError::NoPassword);
    };
    let locked = |until: Timestamp| PasswordChangeError::Locked {
        remaining_seconds: until.seconds_since(rule.now).max(1),
    };
    let guess = Guess {
        user,
        email: &stored.email,
        place: &place,
        rule,
        origin: presented.origin,
    };
    if let Some(until) = stored.locked_until {
        guess.fail(core, "ACCOUNT_LOCKED", false).await?;
        return Err(locked(until));
    }
    let seat = Seat::known(place.name());
    let (verdict, _) = core
        .hashes
        .verify(seat, presented.password, hash.clone())
        .await?;
    // A lock that fell while the password was being checked counts, for a right one too: parallel guesses learn no more.
    let lock = if verdict.is_match {
        guess.succeed(core).await?
    } else {
        guess.fail(core, "PASSWORD_CHECK_FAILURE", true).await?
    };
    match lock {
        Some(until) => Err(locked(until)),
        None if verdict.is_match => Ok(hash),
        None => Err(PasswordChangeError::WrongPassword),
    }
}

/// A password that was checked in a session.
struct Guess<'a> {
    user: &'a UserId,
    email: &'a str,
    place: &'a Place,
    rule: LockRule,
    origin: &'a Origin,
}

impl Guess<'_> {
    /// Answers the lock that was there before.
    async fn fail(
        &self,
        core: &Core,
        event_type: &str,
        counts: bool,
    ) -> Result<Option<Timestamp>, DbError> {
        let failure = Failure {
            email: self.email,
            user_id: Some(self.user.as_str()),
            place: self.place,
            event_type,
            metadata: serde_json::json!({ "reason": "password" }),
            counts,
            rule: self.rule,
            event_id: core.context.new_uuid(),
        };
        let tx = core.db.tx(&Actor::Service).await?;
        guesses::lock_attempts(&tx, self.email).await?;
        let lock = guesses::record_failure(&tx, &failure, self.origin).await?;
        tx.commit().await?;
        Ok(lock)
    }

    async fn succeed(&self, core: &Core) -> Result<Option<Timestamp>, DbError> {
        let tx = core.db.tx(&Actor::Service).await?;
        guesses::lock_attempts(&tx, self.email).await?;
        let lock = guesses::clear_failures(&tx, self.email, self.place, self.rule).await?;
        tx.commit().await?;
        Ok(lock)
    }
}

/// Changes a password. Every session but the present one ends, and links that were mailed no longer work.
pub(crate) async fn change_password(
    core: &Core,
    user: &UserId,
    current: Presented<'_>,
    new: Password,
) -> Result<(), PasswordChangeError> {
    let origin = current.origin;
    let kept_session = Some(current.session);
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
    // As the server: a person's own transaction does not see the links that are to be voided.
    let tx = core.db.tx(&Actor::Service).await?;
    let person = users::lock(&tx, user).await?;
    let person = person.filter(|person| !person.standing.is_deleted);
    let person = person.ok_or(PasswordChangeError::Gone)?;
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

/// The most bytes of a picture's URL.
const PICTURE_BYTES: usize = 2048;

/// Whether a text is the URL of a picture that browsers fetch from elsewhere: no script, no data.
pub(crate) fn is_picture(link: &str) -> bool {
    let has_scheme = |scheme: &str| {
        let beginning = link.get(..scheme.len());
        beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme))
    };
    link.len() <= PICTURE_BYTES
        && (has_scheme("http://") || has_scheme("https://"))
        && !link.chars().any(|c| c.is_control() || c.is_whitespace())
        && url::Url::parse(link).is_ok_and(|url| url.has_host())
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
