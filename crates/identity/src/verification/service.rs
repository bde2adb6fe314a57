//! Proving and changing addresses.

use super::store::{self, NewToken};
use crate::core::Core;
use crate::mail_quota::service as mail_quota;
use crate::mails;
use crate::users::{self, Person};
use kernel::UserId;
use kernel::chance;
use kernel::crypto::cookie::percent_encode;
use kernel::crypto::digest::token_hash;
use kernel::text::{EmailAddress, Locale};
use platform::db::{Actor, DbError, Tx};
use platform::http::{Origin, TrustedOrigins};
use platform::mail::Letter;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A verification link lives as long as its mail says.
const LIFE_SECONDS: i64 = 86_400;
/// Requests that mail something answer no sooner, so that time does not tell who has an account.
const FLOOR: Duration = Duration::from_millis(150);

const VERIFY: &str = "verify-email";
const CHANGE: &str = "change-email";

/// Links, and sign-ins half done, that a changed password or address voids.
pub(crate) const VOIDABLE: &[&str] = &[
    VERIFY,
    "reset-password",
    CHANGE,
    "magic-link",
    "email-code",
    "delete-account",
    "two-factor",
    "two-factor-code",
    "trusted-device",
];

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Step {
    /// Prove the address of the account.
    Verify,
    /// The old address agrees to the change.
    ConfirmChange,
    /// Prove the new address and take it.
    TakeNew,
}

#[derive(Serialize, Deserialize)]
struct Claim {
    step: Step,
    user: String,
    email: String,
    #[serde(default)]
    new_email: Option<String>,
    #[serde(default)]
    callback: Option<String>,
}

/// What following a link did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Followed {
    /// The address is proved; `is_news` when it was not before.
    Verified { user: UserId, is_news: bool },
    /// The old address agreed; the new one was written to.
    ChangeConfirmed,
    /// The account has the new address.
    EmailChanged { user: UserId },
}

/// Why a link does nothing.
#[derive(Debug)]
pub(crate) enum LinkError {
    Invalid,
    Expired,
    /// Somebody else has the new address by now.
    Taken,
    Db(DbError),
}

impl From<DbError> for LinkError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

fn identifier(token: &str) -> String {
    format!("email-link:{}", token_hash(token))
}

/// The language to write to a person in: their own, else the browser's, else that of the service (contract decision 17).
pub(crate) fn locale_of(core: &Core, person: &Person, browser: Option<Locale>) -> Locale {
    let known = person.locale.or(browser);
    known.unwrap_or(core.config.default_locale)
}

/// Writes to a person in their language, in the transaction that is the reason. The letter is made from language and name.
pub(crate) async fn tell(
    core: &Core,
    tx: &Tx,
    person: &Person,
    browser: Option<Locale>,
    letter: impl FnOnce(Locale, &str) -> Letter,
) -> Result<(), DbError> {
    let locale = locale_of(core, person, browser);
    let letter = letter(locale, person.greeted());
    core.mailer
        .post(tx, &person.address(), locale, &letter)
        .await
}

/// A link that asked for one of our apps, or nothing: other places are not led to.
pub(crate) fn allowed_link(core: &Core, link: Option<&str>) -> Option<String> {
    let origins = TrustedOrigins::new(&core.config.base_url, &core.config.cors_origins);
    link.filter(|link| origins.allows_link(link))
        .map(ToOwned::to_owned)
}

fn link_to(core: &Core, token: &str, callback: Option<&str>, page: &str) -> String {
    let callback = core.target(callback, core.frontend_link(), page);
    format!(
        "{}/api/auth/verify-email?token={}&callbackURL={}",
        core.config.base(),
        percent_encode(token),
        percent_encode(&callback)
    )
}

async fn remember(core: &Core, tx: &Tx, claim: &Claim, kind: &str) -> Result<String, DbError> {
    let token = chance::opaque_token(core.context.random.as_ref());
    let now = core.context.now();
    let value = serde_json::to_string(claim).unwrap_or_default();
    let user = UserId::new(claim.user.clone());
    let new = NewToken {
        id: &core.context.new_id(),
        identifier: &identifier(&token),
        value: &value,
        user: Some(&user),
        address: None,
        kind,
        expires_at: now.plus_seconds(LIFE_SECONDS),
        now,
    };
    store::insert(tx, &new).await?;
    Ok(token)
}

/// Writes the verification mail of a person into a transaction.
pub(crate) async fn post(
    core: &Core,
    tx: &Tx,
    person: &Person,
    callback: Option<&str>,
    browser: Option<Locale>,
) -> Result<(), DbError> {
    let claim = Claim {
        step: Step::Verify,
        user: person.id.to_string(),
        email: person.view.email.clone(),
        new_email: None,
        callback: callback.map(ToOwned::to_owned),
    };
    let token = remember(core, tx, &claim, VERIFY).await?;
    let link = link_to(core, &token, callback, "/verified");
    tell(core, tx, person, browser, |locale, name| {
        mails::verify_email(locale, name, &link)
    })
    .await
}

/// Mails the verification link again. Answers alike, and as slowly, for addresses nobody has.
pub(crate) async fn resend(
    core: &Core,
    email: &EmailAddress,
    callback: Option<&str>,
    browser: Option<Locale>,
) -> Result<(), DbError> {
    let started = Instant::now();
    let person = users::find_by_email(core, email).await?;
    if let Some(person) =
        person.filter(|person| !person.standing.is_email_verified && !person.standing.is_deleted)
    {
        let tx = core.db.tx(&Actor::Service).await?;
        if mail_quota::admits(core, &tx, VERIFY, email).await? {
            post(core, &tx, &person, callback, browser).await?;
            tx.commit().await?;
            core.mailer.wake();
        }
    }
    sleep_until(started + FLOOR).await;
    Ok(())
}

/// Starts a change of address: the old address is asked first when it is proved, else the new one is written to.
/// Answers alike when the new address is taken.
pub(crate) async fn request_change(
    core: &Core,
    user: &UserId,
    new_email: &EmailAddress,
    callback: Option<&str>,
    origin: &Origin,
) -> Result<(), DbError> {
    let started = Instant::now();
    let Some(person) = users::find(core, user).await? else {
        return Ok(());
    };
    if users::find_by_email(core, new_email).await?.is_none() {
        let old = person.address();
        let (step, to) = if person.standing.is_email_verified {
            (Step::ConfirmChange, &old)
        } else {
            (Step::TakeNew, new_email)
        };
        let tx = core.db.tx(&Actor::Service).await?;
        if mail_quota::admits(core, &tx, CHANGE, to).await? {
            let wish = Wish {
                new_email,
                callback,
                browser: origin.locale,
            };
            post_change(core, &tx, &person, step, &wish).await?;
            tx.commit().await?;
            core.mailer.wake();
        }
    }
    crate::security_events::service::record(core, user, "EMAIL_CHANGE_REQUESTED", origin, None)
        .await?;
    sleep_until(started + FLOOR).await;
    Ok(())
}

/// Which address somebody wants, where the links lead, and what their browser speaks.
struct Wish<'a> {
    new_email: &'a EmailAddress,
    callback: Option<&'a str>,
    browser: Option<Locale>,
}

async fn post_change(
    core: &Core,
    tx: &Tx,
    person: &Person,
    step: Step,
    wish: &Wish<'_>,
) -> Result<(), DbError> {
    let Wish {
        new_email,
        callback,
        browser,
    } = *wish;
    let claim = Claim {
        step,
        user: person.id.to_string(),
        email: person.view.email.clone(),
        new_email: Some(new_email.to_string()),
        callback: callback.map(ToOwned::to_owned),
    };
    let token = remember(core, tx, &claim, CHANGE).await?;
    let page = match step {
        Step::ConfirmChange => "/change-confirmed",
        Step::Verify | Step::TakeNew => "/verified",
    };
    let link = link_to(core, &token, callback, page);
    if step == Step::ConfirmChange {
        tell(core, tx, person, browser, |locale, name| {
            mails::confirm_email_change(locale, name, new_email.as_str(), &link)
        })
        .await
    } else {
        let locale = locale_of(core, person, browser);
        // Whoever has the new address need not be the person.
        let letter = mails::verify_new_email(locale, "", &link);
        core.mailer.post(tx, new_email, locale, &letter).await
    }
}

/// Follows a mailed link. Steps of a change work once; proving an address again is no error. When the address changes,
/// every session of the person but `session` ends, that of the browser that follows.
pub(crate) async fn follow(
    core: &Core,
    token: &str,
    session: Option<&str>,
    origin: &Origin,
) -> Result<Followed, LinkError> {
    if token.is_empty() || token.len() > 200 {
        return Err(LinkError::Invalid);
    }
    let identifier = identifier(token);
    let now = core.context.now();
    let tx = core.db.tx(&Actor::Service).await?;
    let found = store::find(&tx, &identifier)
        .await?
        .ok_or(LinkError::Invalid)?;
    let claim: Claim = serde_json::from_str(&found.value).map_err(|_| LinkError::Invalid)?;
    if found.expires_at <= now {
        return Err(LinkError::Expired);
    }
    let user = UserId::new(claim.user.clone());
    if claim.step == Step::Verify {
        let email = EmailAddress::stored(claim.email);
        let is_news =
            store::verify_email(&tx, &user, &email, core.context.new_uuid(), origin, now).await?;
        tx.commit().await?;
        core.live.forget(&user);
        let person = users::find(core, &user).await?.ok_or(LinkError::Invalid)?;
        // An address that changed since is no longer what this link proves.
        if person.view.email != email.as_str() || person.standing.is_deleted {
            return Err(LinkError::Invalid);
        }
        return Ok(Followed::Verified { user, is_news });
    }
    store::consume(&tx, &identifier)
        .await?
        .ok_or(LinkError::Invalid)?;
    follow_change(core, tx, claim, session, origin).await
}

async fn follow_change(
    core: &Core,
    tx: Tx,
    claim: Claim,
    session: Option<&str>,
    origin: &Origin,
) -> Result<Followed, LinkError> {
    let user = UserId::new(claim.user.clone());
    let person = users::lock(&tx, &user)
        .await?
        .filter(|person| person.view.email == claim.email);
    let person = person.ok_or(LinkError::Invalid)?;
    let new_email = claim
        .new_email
        .as_deref()
        .and_then(EmailAddress::parse)
        .ok_or(LinkError::Invalid)?;
    if claim.step == Step::ConfirmChange {
        let wish = Wish {
            new_email: &new_email,
            callback: claim.callback.as_deref(),
            browser: origin.locale,
        };
        post_change(core, &tx, &person, Step::TakeNew, &wish).await?;
        tx.commit().await?;
        core.mailer.wake();
        return Ok(Followed::ChangeConfirmed);
    }
    take_new(core, tx, &person, &new_email, session, origin).await?;
    Ok(Followed::EmailChanged { user })
}

/// Gives a person the address they proved just now. Links mailed before are void, every session but the kept one ends, and
/// the old address is told.
pub(crate) async fn take_new(
    core: &Core,
    tx: Tx,
    person: &Person,
    new_email: &EmailAddress,
    kept_session: Option<&str>,
    origin: &Origin,
) -> Result<(), LinkError> {
    let user = &person.id;
    let now = core.context.now();
    let old = person.address();
    let changed = store::change_email(
        &tx,
        user,
        (&old, new_email),
        core.context.new_uuid(),
        origin,
        now,
    )
    .await;
    match changed {
        Ok(true) => {}
        Ok(false) => return Err(LinkError::Invalid),
        Err(error) if error.constraint() == Some("users_email_key") => {
            return Err(LinkError::Taken);
        }
        Err(error) => return Err(error.into()),
    }
    store::end_sessions(&tx, user, kept_session, now).await?;
    store::void_links(&tx, user, VOIDABLE).await?;
    // To the old address: the person is as they were before.
    tell(core, &tx, person, origin.locale, |locale, name| {
        mails::email_changed(locale, name, new_email.as_str())
    })
    .await?;
    tx.commit().await?;
    core.mailer.wake();
    core.live.forget(user);
    Ok(())
}
