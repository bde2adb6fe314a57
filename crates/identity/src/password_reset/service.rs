//! The story of a reset.

use crate::core::Core;
use crate::mail_quota::service::{Asker, Mailbox};
use crate::mailbox_proof::service as mailbox_proof;
use crate::mails;
use crate::passkeys::service as passkeys;
use crate::passwords::HashPoolError;
use crate::security_events::service as events;
use crate::sign_in::known::present_mark;
use crate::step_up;
use crate::users::{self, Person};
use crate::verification::mailed::{self, Form, Wish};
use crate::verification::service::{VOIDABLE, tell};
use crate::verification::store;
use kernel::UserId;
use kernel::chance::{self, Alphabet};
use kernel::crypto::cookie::percent_encode;
use kernel::crypto::password::Password;
use kernel::text::EmailAddress;
use platform::db::{Actor, DbError, Tx};
use platform::http::Origin;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

const FLOOR: Duration = Duration::from_millis(150);

/// A reset link lives as long as its mail says.
const RESETTING: Form = Form {
    kind: "reset-password",
    prefix: "reset-password",
    alphabet: Alphabet::Alphanumeric,
    length: 24,
    life_seconds: 3600,
};

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

/// Mails a reset link when somebody has the address. Answers alike, and as slowly, when nobody has.
pub(crate) async fn request(
    core: &Core,
    email: &EmailAddress,
    redirect_to: Option<&str>,
    asker: &Asker,
) -> Result<(), DbError> {
    let started = Instant::now();
    let person = users::find_by_email(core, email).await?;
    if let Some(person) = person.filter(|person| !person.standing.is_deleted) {
        post(core, &person, redirect_to, asker).await?;
    }
    sleep_until(started + FLOOR).await;
    Ok(())
}

async fn post(
    core: &Core,
    person: &Person,
    redirect_to: Option<&str>,
    asker: &Asker,
) -> Result<(), DbError> {
    let tx = core.db.tx(&Actor::Service).await?;
    if users::lock(&tx, &person.id).await?.is_none() {
        return Ok(());
    }
    let address = person.address();
    let wish = wish(&person.id, &address, Some(person));
    let token = mailed::obtain(core, &tx, &RESETTING, &wish, asker, |_| true).await?;
    let Some(token) = token else {
        return Ok(());
    };
    let app = core.config.frontend_url.as_ref();
    let app = app.and_then(|url| url.join("reset-password").ok());
    let callback = core.target(redirect_to, app.map(String::from), "/reset-password");
    let link = format!(
        "{}/api/auth/reset-password/{token}?callbackURL={}",
        core.config.base(),
        percent_encode(&callback)
    );
    let origin = &asker.origin;
    tell(core, &tx, person, origin.locale, |locale, name| {
        mails::reset_password(locale, name, &link)
    })
    .await?;
    let event = "PASSWORD_RESET_REQUESTED";
    events::record_in(core, &tx, &person.id, event, origin, None).await?;
    tx.commit().await?;
    core.mailer.wake();
    Ok(())
}

fn wish<'a>(user: &'a UserId, address: &'a EmailAddress, owner: Option<&'a Person>) -> Wish<'a> {
    Wish {
        to: Mailbox { address, owner },
        person: Some(user),
        value: user.to_string(),
    }
}

/// A token for somebody who proved their mailbox just now, in the transaction of the proof.
pub(crate) async fn grant(
    core: &Core,
    tx: &Tx,
    user: &UserId,
    address: &EmailAddress,
) -> Result<String, DbError> {
    mailed::keep(core, tx, &RESETTING, &wish(user, address, None)).await
}

async fn find_usable(core: &Core, token: &str) -> Result<Option<UserId>, DbError> {
    if token.is_empty() || token.len() > 100 {
        return Ok(None);
    }
    let once = core.db.once(&Actor::Service).await?;
    let found = store::find(&once, &RESETTING.identifier(token)).await?;
    let live = found.filter(|found| found.expires_at > core.context.now());
    Ok(live.map(|found| UserId::new(found.value)))
}

/// Whether a reset token would still work; it stays usable.
pub(crate) async fn is_usable(core: &Core, token: &str) -> Result<bool, DbError> {
    Ok(find_usable(core, token).await?.is_some())
}

/// Sets a new password with a mailed token, which proves the mailbox. Every session ends.
pub(crate) async fn reset(
    core: &Core,
    token: &str,
    password: Password,
    origin: &Origin,
) -> Result<UserId, ResetError> {
    // An unusable token must not cost a hash.
    let user = find_usable(core, token).await?.ok_or(ResetError::Invalid)?;
    let hash = hash(core, password).await?;
    let tx = core.db.tx(&Actor::Service).await?;
    let person = lock(&tx, &user).await?;
    store::consume(&tx, &RESETTING.identifier(token))
        .await?
        .filter(|found| found.expires_at > core.context.now())
        .ok_or(ResetError::Invalid)?;
    finish(core, tx, person, &hash, origin).await?;
    Ok(user)
}

/// Sets a new password of a person who proved their mailbox just now by a code. Every session ends.
pub(crate) async fn replace(
    core: &Core,
    user: &UserId,
    password: Password,
    origin: &Origin,
) -> Result<(), ResetError> {
    let hash = hash(core, password).await?;
    let tx = core.db.tx(&Actor::Service).await?;
    let person = lock(&tx, user).await?;
    finish(core, tx, person, &hash, origin).await?;
    Ok(())
}

async fn hash(core: &Core, password: Password) -> Result<String, ResetError> {
    let salt = chance::bytes(core.context.random.as_ref());
    let hashed = core.hashes.hash(password, salt).await;
    hashed.map_err(ResetError::Hash)
}

async fn lock(tx: &Tx, user: &UserId) -> Result<Person, ResetError> {
    let person = users::lock(tx, user).await?;
    let person = person.filter(|person| !person.standing.is_deleted);
    person.ok_or(ResetError::Invalid)
}

async fn finish(
    core: &Core,
    tx: Tx,
    person: Person,
    hash: &str,
    origin: &Origin,
) -> Result<(), DbError> {
    let person = mailbox_proof::prove_in(core, &tx, person, origin).await?;
    let user = &person.id;
    let (id, now) = (core.context.new_id(), core.context.now());
    store::set_password(&tx, &id, user, hash, now).await?;
    after_password_change(core, &tx, &person, None, origin).await?;
    passkeys::suspend_recent(core, &tx, &person, origin).await?;
    let event = "PASSWORD_RESET_COMPLETED";
    events::record_in(core, &tx, user, event, origin, None).await?;
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
    let kept = kept_session.and_then(|_| present_mark(core, origin));
    store::forget_devices(tx, &person.id, kept.as_deref()).await?;
    tell(core, tx, person, origin.locale, mails::password_changed).await
}
