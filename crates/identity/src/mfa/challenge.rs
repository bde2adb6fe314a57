//! Signing in with a password, and what is asked for when that is not enough.

use super::{store, trust};
use crate::core::Core;
use crate::policy::{self, Refusal};
use crate::sign_in::service::{self as sign_in, Attempt, Device, Method, Opened, SignInError};
use crate::users::Person;
use crate::verification::service::first_alive;
use crate::verification::store::{self as verification, NewToken};
use http::HeaderMap;
use kernel::chance::{self, Alphabet};
use kernel::crypto::digest::token_hash;
use platform::db::{Actor, DbError};
use platform::http::Origin;
use queries::client::GenericClient;
use serde::{Deserialize, Serialize};

/// The cookie's name past the prefix of all cookies.
pub(crate) const COOKIE: &str = "two_factor";
/// How long a challenge and its cookie live, in seconds.
pub(crate) const LIFE_SECONDS: i64 = 600;
pub(super) const KIND: &str = "two-factor";

/// A sign-in that waits for its second factor.
#[derive(Serialize, Deserialize)]
pub(super) struct Challenge {
    pub(super) user: String,
    /// Wrong codes of app and backup so far.
    pub(super) tries: u32,
    is_remembered: bool,
    device_id: Option<String>,
    device_name: Option<String>,
    /// The mailbox was the first factor, or set the password that was: a mailed code would be the same one again.
    #[serde(default)]
    pub(super) is_by_mail: bool,
    /// The first factor was the password.
    #[serde(default)]
    pub(super) is_by_password: bool,
}

impl Challenge {
    /// The row's text when one more wrong code was presented.
    pub(super) fn after_a_try(&self) -> String {
        let next = Self {
            user: self.user.clone(),
            tries: self.tries + 1,
            is_remembered: self.is_remembered,
            device_id: self.device_id.clone(),
            device_name: self.device_name.clone(),
            is_by_mail: self.is_by_mail,
            is_by_password: self.is_by_password,
        };
        serde_json::to_string(&next).unwrap_or_default()
    }

    /// The device that signs in.
    pub(super) fn device(&self) -> Device {
        Device {
            id: self.device_id.clone(),
            name: self.device_name.clone(),
            is_remembered: self.is_remembered,
            ..Device::default()
        }
    }
}

pub(super) fn identifier(id: &str) -> String {
    format!("{KIND}:{}", token_hash(id))
}

/// The challenge that the cookies of a request name.
pub(crate) async fn of_cookies(
    core: &Core,
    headers: &HeaderMap,
) -> Result<Option<String>, DbError> {
    let ids = core.cookies.read_all(headers, COOKIE);
    first_alive(core, ids, identifier).await
}

/// The challenge of a cookie while it is alive.
pub(super) async fn find<C: GenericClient>(
    core: &Core,
    client: &C,
    id: &str,
) -> Result<Option<Challenge>, DbError> {
    let found = verification::find(client, &identifier(id)).await?;
    Ok(found
        .filter(|row| row.expires_at > core.context.now())
        .and_then(|row| serde_json::from_str(&row.value).ok()))
}

/// What came of a right first factor.
pub(crate) enum Outcome {
    /// A session.
    Opened(Box<Opened>),
    /// A challenge, for the cookie, and the methods that meet it.
    Challenged {
        challenge: String,
        methods: Vec<&'static str>,
    },
}

/// What to do with the cookie of a trusted device.
pub(crate) enum TrustCookie {
    Keep,
    Replace(String),
    Clear,
}

/// A sign-in with a right first factor.
pub(crate) struct Entry {
    pub(crate) outcome: Outcome,
    pub(crate) trust: TrustCookie,
}

/// Signs in with e-mail and password. A person with a second factor gets a session on a trusted device alone.
pub(crate) async fn sign_in(
    core: &Core,
    attempt: Attempt,
    trust_cookie: Option<&str>,
    origin: &Origin,
) -> Result<Entry, SignInError> {
    let checked = sign_in::check(core, &attempt, origin).await?;
    let mut device = attempt.into_device();
    device.checked_hash = Some(checked.hash);
    device.place = Some(checked.place);
    enter(
        core,
        &checked.person,
        device,
        Method::Password,
        trust_cookie,
        origin,
    )
    .await
}

/// Signs a person in who proved one factor, or asks for the second.
pub(crate) async fn enter(
    core: &Core,
    person: &Person,
    mut device: Device,
    method: Method,
    trust_cookie: Option<&str>,
    origin: &Origin,
) -> Result<Entry, SignInError> {
    policy::may_hold_session(
        &person.standing,
        core.config.is_verification_required,
        core.context.now(),
    )
    .map_err(SignInError::Refused)?;
    let mut trust = TrustCookie::Keep;
    if person.standing.has_second_factor {
        let renewed = match trust_cookie {
            Some(cookie) => trust::renew(core, &person.id, cookie).await?,
            None => None,
        };
        let Some(cookie) = renewed else {
            let outcome = challenge(core, person, device, method).await?;
            let trust = trust_cookie.map_or(TrustCookie::Keep, |_| TrustCookie::Clear);
            return Ok(Entry { outcome, trust });
        };
        trust = TrustCookie::Replace(cookie);
        device.is_trusted = true;
    }
    let opened = sign_in::open_checked(core, person, &device, method, origin).await?;
    Ok(Entry {
        outcome: Outcome::Opened(Box::new(opened)),
        trust,
    })
}

async fn challenge(
    core: &Core,
    person: &Person,
    device: Device,
    method: Method,
) -> Result<Outcome, SignInError> {
    let is_by_password = method == Method::Password;
    if let Some(place) = device.place.as_ref().filter(|_| is_by_password) {
        // A lock that fell while the password was being checked: the answer must not tell that it was right.
        sign_in::require_unlocked(core, &person.view.email, place).await?;
    }
    let id = format!(
        "2fa-{}",
        chance::text(core.context.random.as_ref(), Alphabet::Alphanumeric, 20)
    );
    let now = core.context.now();
    let tx = core.db.tx(&Actor::Service).await?;
    if let Some(hash) = &device.checked_hash {
        sign_in::require_unchanged(&tx, &person.id, hash).await?;
    }
    let mut methods = Vec::new();
    let ways = store::find_ways(&tx, &person.id).await?;
    // Whoever has nothing but the mailbox for a second factor would never get in again after a reset.
    let is_by_mail = !is_by_password || ways.is_set_by_mail && ways.has_app;
    if ways.has_app {
        methods.push("totp");
    }
    if may_mail(core, ways.has_app) && !is_by_mail {
        methods.push("otp");
    }
    if is_by_mail && methods.is_empty() {
        // The mailbox is their second factor; the first is the password.
        return Err(SignInError::Refused(Refusal::SecondFactor));
    }
    let challenge = Challenge {
        user: person.id.to_string(),
        tries: 0,
        is_remembered: device.is_remembered,
        device_id: device.id,
        device_name: device.name,
        is_by_mail,
        is_by_password,
    };
    let row = NewToken {
        id: &core.context.new_id(),
        identifier: &identifier(&id),
        value: &serde_json::to_string(&challenge).unwrap_or_default(),
        user: Some(&person.id),
        address: None,
        kind: KIND,
        expires_at: now.plus_seconds(LIFE_SECONDS),
        now,
    };
    verification::insert(&tx, &row).await?;
    tx.commit().await?;
    Ok(Outcome::Challenged {
        challenge: id,
        methods,
    })
}

/// Whether a mailed code meets a challenge. Where operators switched that off, it still does for people without an app:
/// they would be locked out.
pub(super) fn may_mail(core: &Core, has_app: bool) -> bool {
    core.mailer.is_enabled() && (core.config.has_mailed_factor || !has_app)
}
