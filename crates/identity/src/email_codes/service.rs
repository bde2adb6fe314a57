//! The story of a mailed code.

use super::store;
use crate::core::Core;
use crate::mail_quota::service::{self as mail_quota, Asker, Mailbox};
use crate::mails::{self, CodeUse};
use crate::moves::service::{LinkError, take_new};
use crate::typed_code::typed;
use crate::users::{self, Person};
use crate::verification::mailed;
use crate::verification::service::{disown_link, disown_token, locale_of};
use crate::verification::store::{self as links, NewToken};
use kernel::UserId;
use kernel::chance::Alphabet;
use kernel::crypto::digest::{constant_time_eq, hmac_sha256, sha256_hex, token_hash};
use kernel::text::EmailAddress;
use platform::db::{Actor, DbError, Tx};
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
    asker: &Asker,
) -> Result<(), DbError> {
    let started = Instant::now();
    let found = users::find_by_email(core, email).await?;
    let is_unknown = found.is_none();
    let person = found.filter(|person| !person.standing.is_deleted);
    let envelope = Envelope {
        purpose,
        subject: email.as_str(),
        to: email,
        is_sent: person.is_some() || is_unknown && purpose == Purpose::SignIn,
        person: person.as_ref(),
    };
    mail(core, &envelope, asker).await?;
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
    asker: &Asker,
) -> Result<(), CodeError> {
    if person.standing.is_email_verified {
        let code = old_code.filter(|code| !code.is_empty());
        let code = code.ok_or(CodeError::OldRequired)?;
        redeem(core, &person.address(), Purpose::VerifyEmail, code).await?;
    }
    let started = Instant::now();
    let subject = change_subject(person, new_email);
    let envelope = Envelope {
        purpose: Purpose::ChangeEmail,
        subject: &subject,
        to: new_email,
        is_sent: users::find_by_email(core, new_email).await?.is_none(),
        person: Some(person),
    };
    mail(core, &envelope, asker).await?;
    sleep_until(started + FLOOR).await;
    Ok(())
}

struct Envelope<'a> {
    purpose: Purpose,
    /// Whose code.
    subject: &'a str,
    to: &'a EmailAddress,
    /// Whether the code leaves this server.
    is_sent: bool,
    person: Option<&'a Person>,
}

impl Envelope<'_> {
    /// The person whose address it goes to: whoever has the new address of a change need not be them.
    fn owner(&self) -> Option<&Person> {
        self.person.filter(|_| self.purpose != Purpose::ChangeEmail)
    }
}

async fn mail(core: &Core, envelope: &Envelope<'_>, asker: &Asker) -> Result<(), DbError> {
    let tx = core.db.tx(&Actor::Service).await?;
    if let Some(person) = envelope.person
        && users::lock(&tx, &person.id).await?.is_none()
    {
        return Ok(());
    }
    let identifier = identifier(envelope.purpose, envelope.subject);
    let live = find_live(core, &tx, &identifier).await?;
    let mailbox = Mailbox {
        address: envelope.to,
        owner: envelope.owner(),
    };
    if !mail_quota::admits(core, &tx, asker, mailbox, live.is_some()).await? {
        return Ok(());
    }
    let code = give(core, &tx, envelope, &identifier, live).await?;
    if envelope.is_sent {
        post(core, &tx, envelope, &code, asker).await?;
    }
    tx.commit().await?;
    core.mailer.wake();
    Ok(())
}

async fn post(
    core: &Core,
    tx: &Tx,
    envelope: &Envelope<'_>,
    code: &str,
    asker: &Asker,
) -> Result<(), DbError> {
    let browser = asker.origin.locale;
    let locale = match envelope.person {
        Some(person) => locale_of(core, person, browser),
        None => browser.unwrap_or(core.config.default_locale),
    };
    let name = envelope.owner().map(Person::greeted);
    let wording = envelope.purpose.wording();
    let mut letter = mails::code(locale, name.unwrap_or_default(), wording, code);
    // Whoever types the code proves what somebody else may have made.
    if envelope.purpose == Purpose::VerifyEmail
        && let Some(person) = envelope.person
        && !person.standing.is_email_verified
        && let Some(made) = links::find_made(tx, &person.id).await?
    {
        let token = disown_token(core, tx, person, envelope.to).await?;
        mails::offer_disowning(locale, &mut letter, &made, &disown_link(core, &token));
    }
    core.mailer.post(tx, envelope.to, locale, &letter).await
}

/// A code that was mailed and lives.
struct LiveCode {
    row: String,
    code: String,
}

fn code_of(core: &Core, row: &str) -> String {
    mailed::derived(core, KIND, row, Alphabet::Digits, 6)
}

/// The code to mail again: one that bears guesses yet, and is not older than codes live.
async fn find_live(core: &Core, tx: &Tx, identifier: &str) -> Result<Option<LiveCode>, DbError> {
    let now = core.context.now();
    let kept = store::lock_code(tx, identifier).await?;
    let live = kept
        .filter(|kept| kept.expires_at > now && kept.created_at.plus_seconds(LIFE_SECONDS) > now);
    Ok(live.and_then(|kept| {
        let stored: Stored = serde_json::from_str(&kept.value).ok()?;
        let code = code_of(core, &kept.id);
        let is_known = digest(core, identifier, &code) == stored.code;
        (is_known && stored.attempts < ATTEMPTS).then_some(LiveCode { row: kept.id, code })
    }))
}

/// The code that lives, with the guesses made at it, or a new one.
async fn give(
    core: &Core,
    tx: &Tx,
    envelope: &Envelope<'_>,
    identifier: &str,
    live: Option<LiveCode>,
) -> Result<String, DbError> {
    let now = core.context.now();
    let expires_at = now.plus_seconds(LIFE_SECONDS);
    if let Some(live) = live {
        store::renew(tx, &live.row, expires_at, now).await?;
        return Ok(live.code);
    }
    let row = core.context.new_id();
    let code = code_of(core, &row);
    let stored = Stored {
        code: digest(core, identifier, &code),
        attempts: 0,
    };
    let new = NewToken {
        id: &row,
        identifier,
        value: &serde_json::to_string(&stored).unwrap_or_default(),
        user: envelope.person.map(|person| &person.id),
        address: envelope.person.is_none().then_some(envelope.to),
        kind: KIND,
        expires_at,
        now,
    };
    store::forget_codes(tx, identifier).await?;
    links::insert(tx, &new).await?;
    Ok(code)
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
    match take(core, &person.id, new_email, session, origin).await {
        Ok(()) => Ok(()),
        Err(LinkError::Taken) => Err(ChangeError::Taken),
        Err(LinkError::Db(error)) => Err(error.into()),
        Err(LinkError::Invalid | LinkError::Expired) => Err(ChangeError::Code(CodeError::Invalid)),
    }
}

async fn take(
    core: &Core,
    user: &UserId,
    new_email: &EmailAddress,
    session: &str,
    origin: &Origin,
) -> Result<(), LinkError> {
    let tx = core.db.tx(&Actor::Service).await?;
    let person = users::lock(&tx, user).await?;
    let person = person.filter(|person| !person.standing.is_deleted);
    let person = person.ok_or(LinkError::Invalid)?;
    take_new(core, &tx, &person, new_email, Some(session), origin).await?;
    tx.commit().await?;
    core.mailer.wake();
    core.live.forget(user);
    Ok(())
}
