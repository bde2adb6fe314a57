//! The story of a reset.

use crate::core::Core;
use crate::mail_quota::service as mail_quota;
use crate::mails;
use crate::passkeys::service as passkeys;
use crate::passwords::HashPoolError;
use crate::step_up;
use crate::users::{self, Person};
use crate::verification::service::{VOIDABLE, tell};
use crate::verification::store::{self, NewToken};
use kernel::UserId;
use kernel::chance::{self, Alphabet};
use kernel::crypto::cookie::percent_encode;
use kernel::crypto::digest::token_hash;
use kernel::crypto::password::Password;
use kernel::text::EmailAddress;
use platform::db::{Actor, DbError, Tx};
use platform::http::Origin;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

const LIFE_SECONDS: i64 = 3600;
const KIND: &str = "reset-password";
const FLOOR: Duration = Duration::from_millis(150);

/// Why no password was set.
#[derive(Debug)]
pub(crate) enum ResetError {
    Invalid,
    Db(DbError),
    Hash(HashPoolError),
}

impl From<DbError> for ResetError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

fn identifier(token: &str) -> String {
    format!("{KIND}:{}", token_hash(token))
}

/// Mails a reset link when somebody has the address. Answers alike, and as slowly, when nobody has.
pub(crate) async fn request(
    core: &Core,
    email: &EmailAddress,
    redirect_to: Option<&str>,
    origin: &Origin,
) -> Result<(), DbError> {
    let started = Instant::now();
    let person = users::find_by_email(core, email).await?;
    if let Some(person) = person.filter(|person| !person.standing.is_deleted) {
        let token = chance::text(core.context.random.as_ref(), Alphabet::Alphanumeric, 24);
        let now = core.context.now();
        let app = core.config.frontend_url.as_ref();
        let app = app.and_then(|url| url.join("reset-password").ok());
        let callback = core.target(redirect_to, app.map(String::from), "/reset-password");
        let link = format!(
            "{}/api/auth/reset-password/{token}?callbackURL={}",
            core.config.base(),
            percent_encode(&callback)
        );
        let tx = core.db.tx(&Actor::Service).await?;
        if !mail_quota::admits(core, &tx, KIND, email).await? {
            drop(tx);
            sleep_until(started + FLOOR).await;
            return Ok(());
        }
        let new = NewToken {
            id: &core.context.new_id(),
            identifier: &identifier(&token),
            value: person.id.as_str(),
            user: Some(&person.id),
            address: None,
            kind: KIND,
            expires_at: now.plus_seconds(LIFE_SECONDS),
            now,
        };
        store::insert(&tx, &new).await?;
        tell(core, &tx, &person, origin.locale, |locale, name| {
            mails::reset_password(locale, name, &link)
        })
        .await?;
        crate::security_events::service::record_in(
            core,
            &tx,
            &person.id,
            "PASSWORD_RESET_REQUESTED",
            origin,
            None,
        )
        .await?;
        tx.commit().await?;
        core.mailer.wake();
    }
    sleep_until(started + FLOOR).await;
    Ok(())
}

/// Whether a reset token would still work; it stays usable.
pub(crate) async fn is_usable(core: &Core, token: &str) -> Result<bool, DbError> {
    let once = core.db.once(&Actor::Service).await?;
    let found = store::find(&once, &identifier(token)).await?;
    Ok(found.is_some_and(|found| found.expires_at > core.context.now()))
}

/// Sets a new password with a mailed token. Every session ends.
pub(crate) async fn reset(
    core: &Core,
    token: &str,
    password: Password,
    origin: &Origin,
) -> Result<UserId, ResetError> {
    // An unusable token must not cost a hash.
    if token.is_empty() || token.len() > 100 || !is_usable(core, token).await? {
        return Err(ResetError::Invalid);
    }
    let hash = core
        .hashes
        .hash(password, chance::bytes(core.context.random.as_ref()))
        .await
        .map_err(ResetError::Hash)?;
    let now = core.context.now();
    let tx = core.db.tx(&Actor::Service).await?;
    let taken = store::consume(&tx, &identifier(token))
        .await?
        .filter(|found| found.expires_at > now);
    let user = UserId::new(taken.ok_or(ResetError::Invalid)?.value);
    let person = users::lock(&tx, &user)
        .await?
        .filter(|person| !person.standing.is_deleted);
    let person = person.ok_or(ResetError::Invalid)?;
    finish(core, tx, &person, &hash, origin).await?;
    Ok(user)
}

/// Sets a new password of a person who proved their mailbox. Every session ends.
pub(crate) async fn replace(
    core: &Core,
    person: &Person,
    password: Password,
    origin: &Origin,
) -> Result<(), ResetError> {
    let salt = chance::bytes(core.context.random.as_ref());
    let hash = core
        .hashes
        .hash(password, salt)
        .await
        .map_err(ResetError::Hash)?;
    let tx = core.db.tx(&Actor::Service).await?;
    finish(core, tx, person, &hash, origin).await?;
    Ok(())
}

async fn finish(
    core: &Core,
    tx: Tx,
    person: &Person,
    hash: &str,
    origin: &Origin,
) -> Result<(), DbError> {
    let user = &person.id;
    let now = core.context.now();
    store::set_password(&tx, &core.context.new_id(), user, hash, now).await?;
    after_password_change(core, &tx, person, None, origin).await?;
    if person.standing.is_email_verified {
        passkeys::suspend_recent(core, &tx, person, origin).await?;
    } else {
        passkeys::forget(&tx, user).await?;
    }
    crate::security_events::service::record_in(
        core,
        &tx,
        user,
        "PASSWORD_RESET_COMPLETED",
        origin,
        None,
    )
    .await?;
    tx.commit().await?;
    core.mailer.wake();
    core.live.forget(user);
    Ok(())
}

/// What every new password brings: other sessions end, links are void, the lockout is cleared, the person is told.
pub(crate) async fn after_password_change(
    core: &Core,
    tx: &Tx,
    person: &Person,
    kept_session: Option<&str>,
    origin: &Origin,
) -> Result<(), DbError> {
    let now = core.context.now();
    store::end_sessions(tx, &person.id, kept_session, now).await?;
    store::void_links(tx, &person.id, VOIDABLE).await?;
    step_up::forget_pending(tx, &person.id).await?;
    store::clear_attempts(tx, &person.view.email).await?;
    tell(core, tx, person, origin.locale, mails::password_changed).await
}
