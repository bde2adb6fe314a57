//! The story of signing in.

use super::device::{self, NOTICE};
use super::known::{Evidence, Mark, Place};
use super::store::{self, Failure, LockRule, Opening};
use crate::core::Core;
use crate::passwords::{FLOOR, HashPoolError, Seat};
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
use tokio::time::{Instant, sleep_until};
use utoipa::ToSchema;

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

/// A right password.
pub(crate) struct Checked {
    pub(crate) person: Person,
    /// The stored hash that it matched.
    pub(crate) hash: String,
    /// Where it came from.
    pub(crate) place: Place,
}

/// The person whose password it is, when they may have a session.
pub(crate) async fn check(
    core: &Core,
    attempt: &Attempt,
    origin: &Origin,
) -> Result<Checked, SignInError> {
    let started = Instant::now();
    let evidence = Evidence::of(core, origin, attempt.device_id.as_deref());
    let rule = lock_rule(core);
    let once = core.db.once(&Actor::Service).await?;
    let credential = store::find_credential(&once, &attempt.email, &evidence, rule).await?;
    drop(once);
    let failing = Failing {
        core,
        attempt,
        credential: &credential,
        rule,
        origin,
    };
    if let Some(until) = credential.locked_until {
        failing.record("ACCOUNT_LOCKED", "locked", false).await?;
        sleep_until(started + FLOOR).await;
        return Err(locked(until, rule));
    }
    let (matched, began) = check_password(core, attempt, &credential, origin).await?;
    let Some((user_id, hash)) = matched else {
        // Counted before anything else is waited for: whoever hangs up then has had their guess.
        let lock = failing.record("LOGIN_FAILURE", "password", true).await?;
        let floor = core.hashes.floor(&credential.kinds, &attempt.password);
        sleep_until(began + floor.await?).await;
        return Err(lock.map_or(SignInError::WrongCredentials, |until| locked(until, rule)));
    };
    let person = crate::users::find(core, &user_id)
        .await?
        .ok_or(SignInError::WrongCredentials)?;
    if let Err(refusal) = policy::may_hold_session(
        &person.standing,
        core.config.is_verification_required,
        rule.now,
    ) {
        failing.record("LOGIN_FAILURE", "refused", false).await?;
        sleep_until(began + FLOOR).await;
        return Err(SignInError::Refused(refusal));
    }
    Ok(Checked {
        person,
        hash,
        place: credential.place,
    })
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

/// Refuses an address that is locked by now for the place the password came from.
pub(crate) async fn require_unlocked(
    core: &Core,
    email: &str,
    place: &Place,
) -> Result<(), SignInError> {
    let once = core.db.once(&Actor::Service).await?;
    let rule = lock_rule(core);
    match store::find_lock(&once, email, place, rule).await? {
        Some(until) => Err(locked(until, rule)),
        None => Ok(()),
    }
}

/// When guesses are refused, now.
pub(crate) fn lock_rule(core: &Core) -> LockRule {
    LockRule {
        max_failures: core.config.lockout_failures,
        lock_seconds: core.config.lockout_seconds,
        now: core.context.now(),
    }
}

fn locked(until: Timestamp, rule: LockRule) -> SignInError {
    SignInError::Locked {
        remaining_seconds: until.seconds_since(rule.now).max(1),
    }
}

/// The person whose password it is, with the stored hash, and when the check began. A hash is computed for unknown
/// addresses too.
async fn check_password(
    core: &Core,
    attempt: &Attempt,
    credential: &store::Credential,
    origin: &Origin,
) -> Result<(Option<(UserId, String)>, Instant), SignInError> {
    let seat = if credential.is_known {
        Seat::known(credential.place.name())
    } else {
        Seat::stranger(origin)
    };
    let password = &attempt.password;
    let (Some(user_id), Some(stored)) = (&credential.user_id, &credential.password) else {
        return Ok((None, core.hashes.pretend(seat, password.clone()).await?));
    };
    let (verdict, began) = core
        .hashes
        .verify(seat.clone(), password.clone(), stored.clone())
        .await?;
    if !verdict.is_match {
        return Ok((None, began));
    }
    let user = UserId::new(user_id.clone());
    if verdict.needs_rehash
        && let Some(hash) = rehash(core, user_id, stored, password, seat).await?
    {
        return Ok((Some((user, hash)), began));
    }
    Ok((Some((user, stored.clone())), began))
}

/// Replaces a hash by one of today's. On a busy server the old one stays until the next sign-in.
async fn rehash(
    core: &Core,
    user_id: &str,
    stored: &str,
    password: &Password,
    seat: Seat,
) -> Result<Option<String>, SignInError> {
    let salt = chance::bytes(core.context.random.as_ref());
    let hash = match core.hashes.hash_for(seat, password.clone(), salt).await {
        Ok(hash) => hash,
        Err(HashPoolError::Full) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let once = core.db.once(&Actor::Service).await?;
    store::replace_password_hash(&once, user_id, stored, &hash, core.context.now()).await?;
    Ok(Some(hash))
}

/// A sign-in that opens nothing.
struct Failing<'a> {
    core: &'a Core,
    attempt: &'a Attempt,
    credential: &'a store::Credential,
    rule: LockRule,
    origin: &'a Origin,
}

impl Failing<'_> {
    /// Answers the lock when others from the same place filled it while this one was being checked.
    async fn record(
        &self,
        event_type: &str,
        reason: &str,
        counts: bool,
    ) -> Result<Option<Timestamp>, SignInError> {
        let core = self.core;
        let failure = Failure {
            email: self.attempt.email.as_str(),
            user_id: self.credential.user_id.as_deref(),
            place: &self.credential.place,
            event_type,
            metadata: serde_json::json!({ "reason": reason }),
            counts,
            rule: self.rule,
            event_id: core.context.new_uuid(),
        };
        let tx = core.db.tx(&Actor::Service).await?;
        if counts {
            store::lock_attempts(&tx, failure.email).await?;
        }
        let lock = store::record_failure(&tx, &failure, self.origin).await?;
        tx.commit().await?;
        metrics::counter!("auth_sign_in_failures_total").increment(1);
        Ok(lock.filter(|_| counts))
    }
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
    /// Where the password came from; when that is locked by then, nothing opens.
    pub(crate) place: Option<Place>,
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
    let mark = sighting
        .fingerprint
        .as_ref()
        .and_then(|_| Mark::of(core, origin));
    let mark_print = mark.as_ref().map(Mark::print);
    let evidence = Evidence::of(core, origin, device.id.as_deref());
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
        checks_lock: device.place.as_ref().filter(|_| method == Method::Password),
        rule: lock_rule(core),
        evidence: &evidence,
        event_id: core.context.new_uuid(),
        event_type: method.event_type(),
        metadata: Some(serde_json::json!({ "method": method.label(), "sessionId": session_id })),
        checked_hash: device.checked_hash.as_deref(),
        fingerprint: sighting.fingerprint.as_deref(),
        mark: mark_print.as_deref(),
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
    if let Some(mark) = mark {
        mark.set(core, origin, device.is_remembered);
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
