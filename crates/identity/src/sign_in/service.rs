//! The story of signing in.

use super::device::{self, NOTICE};
use super::store::{self, Failure, Opening};
use crate::core::Core;
use crate::passwords::HashPoolError;
use crate::policy::{self, Refusal};
use crate::sessions::model::UserView;
use crate::tokens::keys::Subject;
use crate::users::Person;
use kernel::chance::{self, Alphabet};
use kernel::crypto::digest::token_hash;
use kernel::crypto::password::Password;
use kernel::text::EmailAddress;
use kernel::{Timestamp, UserId};
use platform::db::{Actor, DbError, Tx};
use platform::http::Origin;
use serde::Serialize;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use utoipa::ToSchema;

/// A failed sign-in takes at least this long for everyone, so that legacy hashes and unknown addresses look alike.
const FLOOR: Duration = Duration::from_millis(150);
/// A session that is not remembered ends after this long, used or not; sooner where idle sessions do.
const BRIEF_SECONDS: i64 = 86_400;

/// Tokens with their person, the answer of sign-in, refresh and exchange.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenPair {
    /// The person.
    user: UserView,
    /// The EdDSA access token.
    access_token: String,
    /// The refresh token, used once.
    refresh_token: String,
    /// Seconds until the access token expires.
    expires_in: i64,
    /// Always `Bearer`.
    token_type: &'static str,
}

impl TokenPair {
    pub(crate) fn new(
        user: &UserView,
        access_token: String,
        refresh_token: String,
        expires_in: i64,
    ) -> Self {
        Self {
            user: user.clone(),
            access_token,
            refresh_token,
            expires_in,
            token_type: "Bearer",
        }
    }

    /// The person.
    pub(crate) fn user(&self) -> &UserView {
        &self.user
    }
}

/// What somebody presents.
pub(crate) struct Attempt {
    pub(crate) email: EmailAddress,
    pub(crate) password: Password,
    pub(crate) device_id: Option<String>,
    pub(crate) device_name: Option<String>,
    pub(crate) is_remembered: bool,
}

impl Attempt {
    /// The device it is made on.
    pub(crate) fn into_device(self) -> Device {
        Device {
            id: self.device_id,
            name: self.device_name,
            is_remembered: self.is_remembered,
            ..Device::default()
        }
    }
}

/// A session that was opened.
pub(crate) struct Opened {
    pub(crate) token: String,
    pub(crate) pair: TokenPair,
    /// Life of the cookie in seconds; a browser session without.
    pub(crate) max_age_seconds: Option<i64>,
}

/// Why nobody is signed in.
#[derive(Debug)]
pub(crate) enum SignInError {
    WrongCredentials,
    Locked { remaining_seconds: i64 },
    Refused(Refusal),
    Db(DbError),
    Hash(HashPoolError),
    Signing(String),
}

impl From<DbError> for SignInError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<HashPoolError> for SignInError {
    fn from(error: HashPoolError) -> Self {
        Self::Hash(error)
    }
}

/// The person whose password it is, when they may have a session, and the stored hash that it matched.
pub(crate) async fn check(
    core: &Core,
    attempt: &Attempt,
    origin: &Origin,
) -> Result<(Person, String), SignInError> {
    let started = Instant::now();
    let once = core.db.once(&Actor::Service).await?;
    let credential = store::find_credential(&once, &attempt.email).await?;
    drop(once);
    if let Some(remaining_seconds) = remaining_lock(core, &credential) {
        let failure = failure(
            core,
            attempt,
            credential.user_id.as_deref(),
            "ACCOUNT_LOCKED",
            "locked",
            false,
        );
        fail(core, &failure, origin, started).await?;
        return Err(SignInError::Locked { remaining_seconds });
    }
    let (user_id, hash) = match check_password(core, attempt, &credential).await? {
        Some(matched) => matched,
        None => {
            let failure = failure(
                core,
                attempt,
                credential.user_id.as_deref(),
                "LOGIN_FAILURE",
                "password",
                true,
            );
            return Err(fail(core, &failure, origin, started)
                .await?
                .unwrap_or(SignInError::WrongCredentials));
        }
    };
    let person = crate::users::find(core, &user_id)
        .await?
        .ok_or(SignInError::WrongCredentials)?;
    let now = core.context.now();
    if let Err(refusal) =
        policy::may_hold_session(&person.standing, core.config.is_verification_required, now)
    {
        let failure = failure(
            core,
            attempt,
            Some(user_id.as_str()),
            "LOGIN_FAILURE",
            "refused",
            false,
        );
        fail(core, &failure, origin, started).await?;
        return Err(SignInError::Refused(refusal));
    }
    Ok((person, hash))
}

/// Opens the session of somebody whose first factor was checked.
pub(crate) async fn open_checked(
    core: &Core,
    person: &Person,
    device: &Device,
    method: Method,
    origin: &Origin,
) -> Result<Opened, SignInError> {
    match open(core, person, device, method, origin).await? {
        Some(opened) => Ok(opened),
        None if method != Method::Password => Err(SignInError::Refused(Refusal::Deleted)),
        // The account was locked or deleted while the password was being checked.
        None => Err(SignInError::Locked {
            remaining_seconds: core.config.lockout_seconds,
        }),
    }
}

/// Refuses a password that is no longer the right one; it stays so until the transaction ends.
pub(crate) async fn require_unchanged(
    tx: &Tx,
    user: &UserId,
    checked_hash: &str,
) -> Result<(), SignInError> {
    if store::hold_credential(tx, user, checked_hash).await? {
        Ok(())
    } else {
        Err(SignInError::WrongCredentials)
    }
}

/// Refuses an address that is locked by now.
pub(crate) async fn require_unlocked(core: &Core, email: &str) -> Result<(), SignInError> {
    let once = core.db.once(&Actor::Service).await?;
    let email = EmailAddress::stored(email.to_owned());
    let credential = store::find_credential(&once, &email).await?;
    match remaining_lock(core, &credential) {
        Some(remaining_seconds) => Err(SignInError::Locked { remaining_seconds }),
        None => Ok(()),
    }
}

fn remaining_lock(core: &Core, credential: &store::Credential) -> Option<i64> {
    let last = credential.last_failure?;
    let remaining = core.config.lockout_seconds - core.context.now().seconds_since(last);
    (credential.failures >= core.config.lockout_failures && remaining > 0).then_some(remaining)
}

/// The person whose password it is, with the stored hash; a hash is computed for unknown addresses too.
async fn check_password(
    core: &Core,
    attempt: &Attempt,
    credential: &store::Credential,
) -> Result<Option<(UserId, String)>, SignInError> {
    let (Some(user_id), Some(stored)) = (&credential.user_id, &credential.password) else {
        core.hashes.pretend(attempt.password.clone()).await?;
        return Ok(None);
    };
    let verdict = core
        .hashes
        .verify(attempt.password.clone(), stored.clone())
        .await?;
    if !verdict.is_match {
        return Ok(None);
    }
    let user = UserId::new(user_id.clone());
    if verdict.needs_rehash {
        let hash = core
            .hashes
            .hash(
                attempt.password.clone(),
                chance::bytes(core.context.random.as_ref()),
            )
            .await?;
        let once = core.db.once(&Actor::Service).await?;
        store::replace_password_hash(&once, user_id, stored, &hash, core.context.now()).await?;
        return Ok(Some((user, hash)));
    }
    Ok(Some((user, stored.clone())))
}

fn failure<'a>(
    core: &Core,
    attempt: &'a Attempt,
    user_id: Option<&'a str>,
    event_type: &'a str,
    reason: &str,
    counts: bool,
) -> Failure<'a> {
    Failure {
        email: &attempt.email,
        user_id,
        event_type,
        metadata: serde_json::json!({ "reason": reason }),
        counts,
        max_failures: core.config.lockout_failures,
        lock_horizon: lock_horizon(core, core.context.now()),
        event_id: core.context.new_uuid(),
        now: core.context.now(),
    }
}

/// Records a failure. Answers the lock when others of the same address filled it while this one was being checked.
async fn fail(
    core: &Core,
    failure: &Failure<'_>,
    origin: &Origin,
    started: Instant,
) -> Result<Option<SignInError>, SignInError> {
    let tx = core.db.tx(&Actor::Service).await?;
    if failure.counts {
        store::lock_attempts(&tx, failure.email).await?;
    }
    let known = store::record_failure(&tx, failure, origin).await?;
    tx.commit().await?;
    metrics::counter!("auth_sign_in_failures_total").increment(1);
    sleep_until(started + FLOOR).await;
    if !failure.counts || known.failures < core.config.lockout_failures {
        return Ok(None);
    }
    let last = known.last_failure.unwrap_or(failure.now);
    let remaining = core.config.lockout_seconds - failure.now.seconds_since(last);
    Ok(Some(SignInError::Locked {
        remaining_seconds: remaining.max(1),
    }))
}

/// The device a session is opened on.
#[derive(Default)]
pub(crate) struct Device {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) is_remembered: bool,
    /// It stands for the second factor.
    pub(crate) is_trusted: bool,
    /// The stored hash that the password matched. When it is another by then, the password is no longer the right one.
    pub(crate) checked_hash: Option<String>,
    /// The session whose place the new one takes: what was proved there stays proved.
    pub(crate) replaces: Option<String>,
}

/// How somebody signed in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Password,
    SignUp,
    PasswordChange,
    EmailLink,
    MagicLink,
    EmailCode,
    Passkey,
    SecondFactor,
    SecondFactorChange,
}

impl Method {
    fn label(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SignUp => "sign-up",
            Self::PasswordChange => "password-change",
            Self::EmailLink => "email-link",
            Self::MagicLink => "magic-link",
            Self::EmailCode => "email-code",
            Self::Passkey => "passkey",
            Self::SecondFactor => "second-factor",
            Self::SecondFactorChange => "second-factor-change",
        }
    }

    /// Whether nothing is left to prove: the second factor was, a passkey is two in one, there is none yet, or a session
    /// is replaced.
    fn is_enough(self) -> bool {
        match self {
            Self::SignUp
            | Self::PasswordChange
            | Self::Passkey
            | Self::SecondFactor
            | Self::SecondFactorChange => true,
            Self::Password | Self::EmailLink | Self::MagicLink | Self::EmailCode => false,
        }
    }

    /// Whether a factor beside password and mailbox was met with it.
    fn meets_factor(self) -> bool {
        matches!(self, Self::Passkey | Self::SecondFactor)
    }

    /// A session that a verification link opens, or that takes another's place, is no sign-in: what led to it has an event of
    /// its own.
    fn event_type(self) -> Option<&'static str> {
        match self {
            Self::EmailLink | Self::PasswordChange | Self::SecondFactorChange => None,
            Self::Passkey => Some("PASSKEY_LOGIN_SUCCESS"),
            Self::Password
            | Self::SignUp
            | Self::MagicLink
            | Self::EmailCode
            | Self::SecondFactor => Some("LOGIN_SUCCESS"),
        }
    }
}

/// Opens a session with its refresh family in one statement, when the policy lets the person have one. `None` when the
/// account is gone or locked by now.
pub(crate) async fn open(
    core: &Core,
    person: &Person,
    device: &Device,
    method: Method,
    origin: &Origin,
) -> Result<Option<Opened>, SignInError> {
    let now = core.context.now();
    policy::may_open_session(
        &person.standing,
        core.config.is_verification_required,
        method.is_enough() || device.is_trusted,
        now,
    )
    .map_err(SignInError::Refused)?;
    let random = core.context.random.as_ref();
    let token = chance::text(random, Alphabet::Alphanumeric, 32);
    let refresh_token = chance::opaque_token(random);
    let session_id = core.context.new_id();
    let sessions = &core.config.sessions;
    let limit = if device.is_remembered {
        sessions.absolute_seconds
    } else {
        BRIEF_SECONDS.min(sessions.absolute_seconds)
    };
    let life = limit.min(sessions.idle_seconds);
    // Only a remembered session is extended.
    let refresh_limit = if device.is_remembered { limit } else { life };
    let sighting = device::sighting(core, person, device, method, origin, now);
    let opening = Opening {
        email: &person.view.email,
        user_id: person.id.as_str(),
        session_id: &session_id,
        token_hash: &token_hash(&token),
        refresh_id: &core.context.new_id(),
        refresh_hash: &token_hash(&refresh_token),
        refresh_expires_at: now.plus_seconds(core.config.jwt.refresh_seconds.min(refresh_limit)),
        expires_at: now.plus_seconds(life),
        absolute_expires_at: now.plus_seconds(sessions.absolute_seconds),
        device_id: device.id.as_deref(),
        device_name: device.name.as_deref(),
        is_remembered: device.is_remembered,
        checks_lock: method == Method::Password,
        max_failures: core.config.lockout_failures,
        lock_horizon: lock_horizon(core, now),
        event_id: core.context.new_uuid(),
        event_type: method.event_type(),
        metadata: Some(serde_json::json!({ "method": method.label(), "sessionId": session_id })),
        checked_hash: device.checked_hash.as_deref(),
        fingerprint: sighting.fingerprint.as_deref(),
        notice_id: core.context.new_uuid(),
        notice_kind: NOTICE,
        notice: sighting.notice,
        factor_met_at: method.meets_factor().then_some(now),
        opened_by: method.label(),
        replaces: device.replaces.as_deref(),
        now,
    };
    let once = core.db.once(&Actor::Service).await?;
    let entered = store::open_session(&once, &opening, origin).await?;
    drop(once);
    if device.checked_hash.is_some() && !entered.is_unchanged {
        return Err(SignInError::WrongCredentials);
    }
    if !entered.is_open {
        return Ok(None);
    }
    if entered.is_told {
        core.mailer.wake();
    }
    let subject = Subject {
        user: &person.id,
        email: &person.view.email,
        role: &person.view.role,
        session: &session_id,
        tier: &person.view.access_tier,
    };
    let access_token = core
        .keys
        .issue(&subject)
        .map_err(|error| SignInError::Signing(error.to_string()))?;
    metrics::counter!("auth_sign_ins_total", "method" => method.label()).increment(1);
    Ok(Some(Opened {
        token,
        pair: TokenPair::new(
            &person.view,
            access_token,
            refresh_token,
            core.config.jwt.access_seconds,
        ),
        max_age_seconds: device.is_remembered.then_some(life),
    }))
}

/// Failures older than this no longer lock: the lock runs from the last of them.
fn lock_horizon(core: &Core, now: Timestamp) -> Timestamp {
    now.plus_seconds(-core.config.lockout_seconds)
}
