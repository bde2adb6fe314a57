//! The story of a mailed code.

use super::store;
use crate::core::Core;
use crate::mail_quota::service as mail_quota;
use crate::mails::{self, CodeUse};
use crate::typed_code::typed;
use crate::users::{self, Person};
use crate::verification::service::{LinkError, locale_of, take_new};
use crate::verification::store::{self as links, NewToken};
use kernel::chance::{self, Alphabet};
use kernel::crypto::digest::{constant_time_eq, hmac_sha256, sha256_hex, token_hash};
use kernel::text::{EmailAddress, Locale};
use platform::db::{Actor, DbError};
use platform::http::Origin;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

const LIFE_SECONDS: i64 = 300;
const ATTEMPTS: u32 = 3;
const KIND: &str = "email-code";
/// Asking answers no sooner, so that time does not tell who has an account.
const FLOOR: Duration = Duration::from_millis(150);

/// What a code is for. A code of one purpose is none of another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    VerifyEmail,
    SignIn,
    ResetPassword,
    ChangeEmail,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::VerifyEmail => "email-verification",
            Self::SignIn => "sign-in",
            Self::ResetPassword => "forget-password",
            Self::ChangeEmail => "change-email",
        }
    }

    fn wording(self) -> CodeUse {
        match self {
            Self::VerifyEmail => CodeUse::VerifyEmail,
            Self::SignIn => CodeUse::SignIn,
            Self::ResetPassword => CodeUse::ResetPassword,
            Self::ChangeEmail => CodeUse::ChangeEmail,
        }
    }
}

/// Why a code does nothing.
#[derive(Debug)]
pub(crate) enum CodeError {
    /// Wrong, used, or never mailed.
    Invalid,
    Expired,
    /// Three wrong guesses came before.
    TooMany,
    /// The proved address has to be asked first.
    OldRequired,
    Db(DbError),
}

impl From<DbError> for CodeError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    code: String,
    attempts: u32,
}

/// Whose code: an address, or an address that is to become another.
fn identifier(purpose: Purpose, subject: &str) -> String {
    let hash = token_hash(&format!("otp-{subject}"));
    format!("{}:{hash}", purpose.label())
}

/// Six digits are too few for a plain digest: without our key nobody finds them from the table.
fn digest(core: &Core, identifier: &str, code: &str) -> String {
    let message = format!("email-code:{identifier}:{code}");
    sha256_hex(&hmac_sha256(
        core.derivation_key.as_ref(),
        message.as_bytes(),
    ))
}

fn change_subject(person: &Person, new_email: &EmailAddress) -> String {
    format!("{}-{new_email}", person.view.email)
}

/// Mails a code. Only signing in writes to addresses that nobody has; for other purposes a code is kept that nobody gets, so
/// that neither answers nor counted guesses tell who has an account.
pub(crate) async fn send(
    core: &Core,
    email: &EmailAddress,
    purpose: Purpose,
    browser: Option<Locale>,
) -> Result<(), DbError> {
    let started = Instant::now();
    let found = users::find_by_email(core, email).await?;
    let is_unknown = found.is_none();
    let person = found.filter(|person| !person.standing.is_deleted);
    let letter = Envelope {
        to: email,
        is_sent: person.is_some() || is_unknown && purpose == Purpose::SignIn,
        person: person.as_ref(),
        browser,
    };
    mail(core, purpose, email.as_str(), &letter).await?;
    sleep_until(started + FLOOR).await;
    Ok(())
}

/// Mails a code to an address that a person wants to have. Answers alike when it is taken. A proved address is asked
/// first, by a code of its own, as on the way by links: else a stolen session would be enough to take the account.
pub(crate) async fn request_change(
    core: &Core,
    person: &Person,
    new_email: &EmailAddress,
    old_code: Option<&str>,
    browser: Option<Locale>,
) -> Result<(), CodeError> {
    if person.standing.is_email_verified {
        let code = old_code.filter(|code| !code.is_empty());
        let code = code.ok_or(CodeError::OldRequired)?;
        redeem(core, &person.address(), Purpose::VerifyEmail, code).await?;
    }
    let started = Instant::now();
    let letter = Envelope {
        to: new_email,
        is_sent: users::find_by_email(core, new_email).await?.is_none(),
        person: Some(person),
        browser,
    };
    let subject = change_subject(person, new_email);
    mail(core, Purpose::ChangeEmail, &subject, &letter).await?;
    sleep_until(started + FLOOR).await;
    Ok(())
}

struct Envelope<'a> {
    to: &'a EmailAddress,
    /// Whether the code leaves this server.
    is_sent: bool,
    person: Option<&'a Person>,
    browser: Option<Locale>,
}

async fn mail(
    core: &Core,
    purpose: Purpose,
    subject: &str,
    envelope: &Envelope<'_>,
) -> Result<(), DbError> {
    let code = chance::text(core.context.random.as_ref(), Alphabet::Digits, 6);
    let identifier = identifier(purpose, subject);
    let locale = match envelope.person {
        Some(person) => locale_of(core, person, envelope.browser),
        None => envelope.browser.unwrap_or(core.config.default_locale),
    };
    // Whoever has the new address need not be the person.
    let greeted = envelope.person.filter(|_| purpose != Purpose::ChangeEmail);
    let name = greeted.map(Person::greeted);
    let letter = mails::code(locale, name.unwrap_or_default(), purpose.wording(), &code);
    let now = core.context.now();
    let stored = Stored {
        code: digest(core, &identifier, &code),
        attempts: 0,
    };
    let new = NewToken {
        id: &core.context.new_id(),
        identifier: &identifier,
        value: &serde_json::to_string(&stored).unwrap_or_default(),
        user: envelope.person.map(|person| &person.id),
        address: envelope.person.is_none().then_some(envelope.to),
        kind: KIND,
        expires_at: now.plus_seconds(LIFE_SECONDS),
        now,
    };
    let tx = core.db.tx(&Actor::Service).await?;
    // Past the quota the code that was mailed last stays good. Purposes count apart, lest codes that nobody gets use up those
    // that somebody waits for.
    let quota = format!("{KIND}:{}", purpose.label());
    if !mail_quota::admits(core, &tx, &quota, envelope.to).await? {
        return Ok(());
    }
    store::forget_codes(&tx, &identifier).await?;
    links::insert(&tx, &new).await?;
    if envelope.is_sent {
        core.mailer.post(&tx, envelope.to, locale, &letter).await?;
    }
    tx.commit().await?;
    core.mailer.wake();
    Ok(())
}

/// Looks at a code of an address without using it up; a wrong one counts.
pub(crate) async fn check(
    core: &Core,
    email: &EmailAddress,
    purpose: Purpose,
    code: &str,
) -> Result<(), CodeError> {
    present(core, &identifier(purpose, email.as_str()), code, false).await
}

/// Uses a code of an address up. Of parallel uses one wins.
pub(crate) async fn redeem(
    core: &Core,
    email: &EmailAddress,
    purpose: Purpose,
    code: &str,
) -> Result<(), CodeError> {
    present(core, &identifier(purpose, email.as_str()), code, true).await
}

async fn present(
    core: &Core,
    identifier: &str,
    code: &str,
    uses_up: bool,
) -> Result<(), CodeError> {
    let now = core.context.now();
    let tx = core.db.tx(&Actor::Service).await?;
    let kept = store::lock_code(&tx, identifier)
        .await?
        .ok_or(CodeError::Invalid)?;
    let mut stored: Stored = serde_json::from_str(&kept.value).map_err(|_| CodeError::Invalid)?;
    let verdict = if kept.expires_at <= now {
        Err(CodeError::Expired)
    } else if stored.attempts >= ATTEMPTS {
        Err(CodeError::TooMany)
    } else {
        let presented = digest(core, identifier, &typed(code));
        if constant_time_eq(presented.as_bytes(), stored.code.as_bytes()) {
            Ok(())
        } else {
            Err(CodeError::Invalid)
        }
    };
    match &verdict {
        Ok(()) if !uses_up => {}
        Ok(()) | Err(CodeError::Expired | CodeError::TooMany) => {
            store::forget_codes(&tx, identifier).await?;
        }
        Err(_) => {
            stored.attempts += 1;
            let value = serde_json::to_string(&stored).unwrap_or_default();
            store::count_attempt(&tx, &kept.id, &value, now).await?;
        }
    }
    tx.commit().await?;
    verdict
}

/// Marks an address as proved after its code was used.
pub(crate) async fn prove(core: &Core, person: &Person, origin: &Origin) -> Result<(), DbError> {
    if person.standing.is_email_verified {
        return Ok(());
    }
    let email = person.address();
    let tx = core.db.tx(&Actor::Service).await?;
    let event_id = core.context.new_uuid();
    links::verify_email(
        &tx,
        &person.id,
        &email,
        event_id,
        origin,
        core.context.now(),
    )
    .await?;
    tx.commit().await?;
    core.live.forget(&person.id);
    Ok(())
}

/// Why an address did not change.
#[derive(Debug)]
pub(crate) enum ChangeError {
    Code(CodeError),
    /// Somebody else has the new address.
    Taken,
}

impl From<DbError> for ChangeError {
    fn from(error: DbError) -> Self {
        Self::Code(error.into())
    }
}

/// Gives a person the address whose code they present. Every session but `session` ends.
pub(crate) async fn change(
    core: &Core,
    person: &Person,
    new_email: &EmailAddress,
    code: &str,
    session: &str,
    origin: &Origin,
) -> Result<(), ChangeError> {
    let identifier = identifier(Purpose::ChangeEmail, &change_subject(person, new_email));
    present(core, &identifier, code, true)
        .await
        .map_err(ChangeError::Code)?;
    let tx = core.db.tx(&Actor::Service).await?;
    match take_new(core, tx, person, new_email, Some(session), origin).await {
        Ok(()) => Ok(()),
        Err(LinkError::Taken) => Err(ChangeError::Taken),
        Err(LinkError::Db(error)) => Err(error.into()),
        Err(LinkError::Invalid | LinkError::Expired) => Err(ChangeError::Code(CodeError::Invalid)),
    }
}
