//! Registering passkeys, signing in with them, and looking after them.

use super::ceremony::{CeremonyError, Credential, Expected};
use super::public_key::ALGORITHMS;
use super::store::{self, Deletion, Failure, Insertion, Known, Occasion};
use crate::core::Core;
use crate::mails::{self, PasskeyChange};
use crate::policy::{self, Refusal};
use crate::security_events::service as events;
use crate::step_up::{self, Standing};
use crate::users::{self, Person};
use crate::verification::service::{first_alive, tell};
use crate::verification::store::{self as verification, NewToken};
use data_encoding::BASE64URL_NOPAD;
use http::HeaderMap;
use kernel::chance::{self, Alphabet};
use kernel::crypto::digest::{hmac_sha256, token_hash};
use kernel::text::shown_email;
use kernel::{Timestamp, UserId};
use platform::db::{Actor, DbError, Tx};
use platform::http::Origin;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use super::store::Passkey;

/// The challenge cookie's name past the prefix of all cookies.
pub(crate) const COOKIE: &str = "better-auth-passkey";
/// How long a challenge and its cookie live, in seconds.
pub(crate) const LIFE_SECONDS: i64 = 300;
/// How long a browser may ask its person, in milliseconds.
const TIMEOUT_MILLIS: u32 = 60_000;
/// The longest name of a passkey, in characters.
pub(crate) const NAME_CHARACTERS: usize = 100;
const FAILURE_WINDOW_SECONDS: i64 = 60;
const MOST_FAILURES: i32 = 10;
const BLOCK_SECONDS: i64 = 300;
/// A reset by mail suspends passkeys that are younger, in seconds.
const SUSPECT_SECONDS: u32 = 30 * 86_400;
/// The page that asks to confirm suspended passkeys.
pub(crate) const CONFIRM_PATH: &str = "/passkeys/confirm";

/// Why a ceremony or a change came to nothing.
#[derive(Debug)]
pub(crate) enum PasskeyError {
    /// The challenge is unknown, used, expired, or of the other ceremony.
    NoChallenge,
    /// The challenge was made for somebody else.
    ForeignChallenge,
    Ceremony(CeremonyError),
    /// No passkey has this credential, or its person is gone.
    Unknown,
    /// The credential is registered already.
    Taken,
    /// The session that registers it has ended.
    Ended,
    /// Too many failures of this credential.
    Blocked {
        remaining_seconds: i64,
    },
    /// The authenticator's count did not go on: it may have been cloned.
    CounterRegress,
    Refused(Refusal),
    /// Nothing else would let the person in.
    LastWayIn,
    /// It signs nobody in until its person confirms it.
    Suspended,
    /// No factor was met in the session.
    NotMet,
    /// The session began too long ago.
    NotFresh,
    NotFound,
    Db(DbError),
}

impl From<DbError> for PasskeyError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<CeremonyError> for PasskeyError {
    fn from(error: CeremonyError) -> Self {
        Self::Ceremony(error)
    }
}

#[derive(Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Ceremony {
    Registration,
    Authentication,
}

/// A challenge as its row keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    ceremony: Ceremony,
    challenge: String,
    user: Option<String>,
}

/// How much an authenticator has to be able to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// As Better Auth words it; what cannot verify its person is still refused at the end.
    Preferred,
    /// The browser says at once what is missing.
    Required,
}

impl Demand {
    fn word(self) -> &'static str {
        match self {
            Self::Preferred => "preferred",
            Self::Required => "required",
        }
    }
}

/// What an app may ask of a registration.
#[derive(Default)]
pub(crate) struct Wish {
    /// What the person sees the account as; their address when absent.
    pub(crate) name: Option<String>,
    pub(crate) attachment: Option<&'static str>,
}

/// A ceremony that has begun: the id of its challenge, and what the browser is given.
pub(crate) struct Begun {
    pub(crate) id: String,
    pub(crate) options: Value,
}

/// The challenge that the cookies of a request name.
pub(crate) async fn of_cookies(
    core: &Core,
    headers: &HeaderMap,
) -> Result<Option<String>, DbError> {
    let ids = core.cookies.read_all(headers, COOKIE);
    first_alive(core, ids, identifier).await
}

fn identifier(id: &str) -> String {
    format!("passkey:{}", token_hash(id))
}

/// Keeps a new challenge; answers its id and the challenge itself.
async fn challenge(
    core: &Core,
    ceremony: Ceremony,
    user: Option<&UserId>,
) -> Result<(String, String), DbError> {
    let random = core.context.random.as_ref();
    let id = chance::text(random, Alphabet::Alphanumeric, 32);
    let challenge = BASE64URL_NOPAD.encode(&chance::bytes::<32>(random));
    let kept = Kept {
        ceremony,
        challenge: challenge.clone(),
        user: user.map(ToString::to_string),
    };
    let now = core.context.now();
    let row = NewToken {
        id: &core.context.new_id(),
        identifier: &identifier(&id),
        value: &serde_json::to_string(&kept).unwrap_or_default(),
        user,
        address: None,
        kind: "passkey",
        expires_at: now.plus_seconds(LIFE_SECONDS),
        now,
    };
    let once = core.db.once(&Actor::Service).await?;
    verification::insert(&once, &row).await?;
    Ok((id, challenge))
}

/// Uses a challenge up, whatever comes after.
async fn take(core: &Core, id: Option<&str>, ceremony: Ceremony) -> Result<Kept, PasskeyError> {
    let id = id.filter(|id| !id.is_empty() && id.len() <= 100);
    let id = id.ok_or(PasskeyError::NoChallenge)?;
    let once = core.db.once(&Actor::Service).await?;
    let found = verification::consume(&once, &identifier(id)).await?;
    let now = core.context.now();
    found
        .filter(|row| row.expires_at > now)
        .and_then(|row| serde_json::from_str::<Kept>(&row.value).ok())
        .filter(|kept| kept.ceremony == ceremony)
        .ok_or(PasskeyError::NoChallenge)
}

fn expected<'a>(core: &'a Core, kept: &'a Kept) -> Expected<'a> {
    let passkeys = &core.config.passkeys;
    Expected {
        rp_id: &passkeys.rp_id,
        origins: &passkeys.origins,
        challenge: &kept.challenge,
    }
}

/// The same for one person always, and nothing that names them (WebAuthn L3 §14.6.1).
fn user_handle(core: &Core, user: &UserId) -> String {
    let text = format!("passkey-user|{}", user.as_str());
    let bytes = hmac_sha256(core.derivation_key.as_slice(), text.as_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

fn descriptors(passkeys: &[Passkey]) -> Vec<Value> {
    let one = |passkey: &Passkey| {
        let mut descriptor = json!({"id": passkey.credential_id, "type": "public-key"});
        if let (Some(fields), false) = (descriptor.as_object_mut(), passkey.transports.is_empty()) {
            let transports: Vec<&str> = passkey.transports.split(',').collect();
            fields.insert("transports".to_owned(), transports.into());
        }
        descriptor
    };
    passkeys.iter().map(one).collect()
}

/// Begins a registration: `PublicKeyCredentialCreationOptionsJSON` (WebAuthn L3 §5.4).
pub(crate) async fn begin_registration(
    core: &Core,
    person: &Person,
    wish: Wish,
    demand: Demand,
) -> Result<Begun, DbError> {
    let existing = list(core, &person.id).await?;
    let (id, challenge) = challenge(core, Ceremony::Registration, Some(&person.id)).await?;
    let mut selection = json!({
        "residentKey": demand.word(),
        "userVerification": demand.word(),
        "requireResidentKey": demand == Demand::Required,
    });
    if let (Some(fields), Some(attachment)) = (selection.as_object_mut(), wish.attachment) {
        fields.insert("authenticatorAttachment".to_owned(), attachment.into());
    }
    let email = &*shown_email(&person.view.email);
    let name = wish.name.filter(|name| !name.is_empty());
    let passkeys = &core.config.passkeys;
    let options = json!({
        "challenge": challenge,
        "rp": {"name": passkeys.rp_name, "id": passkeys.rp_id},
        "user": {
            "id": user_handle(core, &person.id),
            "name": name.as_deref().unwrap_or(email),
            "displayName": email,
        },
        "pubKeyCredParams": ALGORITHMS.map(|alg| json!({"alg": alg, "type": "public-key"})),
        "timeout": TIMEOUT_MILLIS,
        "attestation": "none",
        "excludeCredentials": descriptors(&existing),
        "authenticatorSelection": selection,
        "extensions": {"credProps": true},
        "hints": [],
    });
    Ok(Begun { id, options })
}

/// Ends a registration of a person in a session of theirs: keeps the credential under a name.
pub(crate) async fn register(
    core: &Core,
    (user, session): (&UserId, &str),
    challenge: Option<&str>,
    credential: &Value,
    name: Option<&str>,
    origin: &Origin,
) -> Result<Passkey, PasskeyError> {
    let kept = take(core, challenge, Ceremony::Registration).await?;
    if kept.user.as_deref() != Some(user.as_str()) {
        return Err(PasskeyError::ForeignChallenge);
    }
    let registered = Credential::parse(credential)?.register(&expected(core, &kept))?;
    let (id, now) = (core.context.new_id(), core.context.now());
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let person = users::find(core, user).await?;
    let person = person.ok_or(PasskeyError::Ended)?;
    // The server's own, because it also writes a mail.
    let tx = core.db.tx(&Actor::Service).await?;
    let occasion = occasion(core, origin, now);
    let owner = (user, session);
    let handle = user_handle(core, user);
    let new = (&registered, handle.as_str());
    match store::insert(&tx, &id, owner, new, name, &occasion).await? {
        Insertion::Done => {}
        Insertion::NotMet => return Err(PasskeyError::NotMet),
        Insertion::Taken => return Err(PasskeyError::Taken),
        Insertion::Ended => return Err(PasskeyError::Ended),
    }
    tell(core, &tx, &person, origin.locale, |locale, name| {
        mails::passkey_changed(locale, name, PasskeyChange::Added)
    })
    .await?;
    tx.commit().await?;
    core.mailer.wake();
    Ok(Passkey {
        id,
        user_id: user.clone(),
        device_type: registered.device_type().to_owned(),
        name: name.map(ToOwned::to_owned),
        credential_id: registered.credential_id,
        public_key: registered.public_key,
        counter: i64::from(registered.counter),
        is_backed_up: registered.is_backed_up,
        transports: registered.transports,
        aaguid: Some(registered.aaguid),
        last_used_at: None,
        created_at: now,
        suspended_at: None,
    })
}

/// Begins a sign-in: `PublicKeyCredentialRequestOptionsJSON` (WebAuthn L3 §5.5). Without a person any passkey will do.
pub(crate) async fn begin_sign_in(
    core: &Core,
    user: Option<&UserId>,
    demand: Demand,
) -> Result<Begun, DbError> {
    let mut allowed = match user {
        Some(user) => list(core, user).await?,
        None => Vec::new(),
    };
    allowed.retain(|passkey| passkey.suspended_at.is_none());
    let (id, challenge) = challenge(core, Ceremony::Authentication, None).await?;
    let mut options = json!({
        "rpId": core.config.passkeys.rp_id,
        "challenge": challenge,
        "timeout": TIMEOUT_MILLIS,
        "userVerification": demand.word(),
    });
    if let (Some(fields), false) = (options.as_object_mut(), allowed.is_empty()) {
        let allowed = descriptors(&allowed);
        fields.insert("allowCredentials".to_owned(), allowed.into());
    }
    Ok(Begun { id, options })
}

/// The person whose passkey it is, when they may have a session.
pub(crate) async fn authenticate(
    core: &Core,
    challenge: Option<&str>,
    credential: &Value,
    origin: &Origin,
) -> Result<Person, PasskeyError> {
    let kept = take(core, challenge, Ceremony::Authentication).await?;
    let id = credential.get("id").and_then(Value::as_str);
    let id = id.filter(|id| id.len() <= 1400).unwrap_or_default();
    let once = core.db.once(&Actor::Service).await?;
    let known = store::find(&once, id).await?;
    drop(once);
    let known = known.ok_or(PasskeyError::Unknown)?;
    let now = core.context.now();
    if let Some(until) = known.blocked_until.filter(|until| *until > now) {
        return Err(PasskeyError::Blocked {
            remaining_seconds: until.seconds_since(now).max(1),
        });
    }
    let owned = (known.public_key.as_str(), known.user_handle.as_deref());
    let asserted = Credential::parse(credential)
        .and_then(|credential| credential.assert(&expected(core, &kept), owned));
    let asserted = match asserted {
        Ok(asserted) => asserted,
        Err(error) => {
            fail(core, &known, LOGIN_FAILURE, &error.to_string(), origin).await?;
            return Err(error.into());
        }
    };
    let person = users::find(core, &known.user_id).await?;
    let person = person.ok_or(PasskeyError::Unknown)?;
    let required = core.config.is_verification_required;
    if let Err(refusal) = policy::may_hold_session(&person.standing, required, now) {
        let metadata = json!({"passkeyId": known.id, "reason": "refused"});
        events::record(core, &person.id, LOGIN_FAILURE, origin, Some(metadata)).await?;
        return Err(PasskeyError::Refused(refusal));
    }
    if known.is_suspended {
        let metadata = json!({"passkeyId": known.id, "reason": "suspended"});
        events::record(core, &person.id, LOGIN_FAILURE, origin, Some(metadata)).await?;
        return Err(PasskeyError::Suspended);
    }
    let once = core.db.once(&Actor::Service).await?;
    let went_on = store::note_use(&once, &known.id, &asserted, now).await?;
    drop(once);
    if !went_on {
        tracing::warn!(user = %person.id, "a passkey's counter did not go on; it may have been cloned");
        let event = "PASSKEY_COUNTER_REGRESS";
        fail(core, &known, event, "counter", origin).await?;
        return Err(PasskeyError::CounterRegress);
    }
    Ok(person)
}

const LOGIN_FAILURE: &str = "PASSKEY_LOGIN_FAILURE";

fn occasion<'a>(core: &Core, origin: &'a Origin, now: Timestamp) -> Occasion<'a> {
    Occasion {
        event_id: core.context.new_uuid(),
        origin,
        now,
    }
}

async fn fail(
    core: &Core,
    known: &Known,
    event_type: &str,
    reason: &str,
    origin: &Origin,
) -> Result<(), DbError> {
    let now = core.context.now();
    let failure = Failure {
        passkey: &known.id,
        event_type,
        reason,
        window_start: now.plus_seconds(-FAILURE_WINDOW_SECONDS),
        most: MOST_FAILURES,
        blocked_until: now.plus_seconds(BLOCK_SECONDS),
    };
    let once = core.db.once(&Actor::Service).await?;
    store::note_failure(&once, &failure, &occasion(core, origin, now)).await?;
    metrics::counter!("auth_sign_in_failures_total").increment(1);
    Ok(())
}

/// A person's passkeys, the oldest first.
pub(crate) async fn list(core: &Core, user: &UserId) -> Result<Vec<Passkey>, DbError> {
    let once = core.db.once(&Actor::User(user.clone())).await?;
    store::list(&once, user).await
}

/// Gives one's passkey another name.
pub(crate) async fn rename(
    core: &Core,
    user: &UserId,
    id: &str,
    name: &str,
    origin: &Origin,
) -> Result<Passkey, PasskeyError> {
    let tx = core.db.tx(&Actor::User(user.clone())).await?;
    let renamed = store::rename(&tx, id, user, name).await?;
    let renamed = renamed.ok_or(PasskeyError::NotFound)?;
    let metadata = Some(json!({ "passkeyId": id }));
    events::record_in(core, &tx, user, "PASSKEY_RENAMED", origin, metadata).await?;
    tx.commit().await?;
    Ok(renamed)
}

/// Deletes one's passkey, unless nothing else would let the person in.
pub(crate) async fn delete(
    core: &Core,
    (user, session): (&UserId, &str),
    id: &str,
    origin: &Origin,
) -> Result<(), PasskeyError> {
    let config = &core.config;
    let has_mail = core.mailer.is_enabled() && (config.has_magic_links || config.has_email_codes);
    let person = users::find(core, user).await?;
    let person = person.ok_or(PasskeyError::NotFound)?;
    let tx = core.db.tx(&Actor::Service).await?;
    met(step_up::standing(&tx, user, session).await?)?;
    match store::delete(&tx, id, user, has_mail).await? {
        Deletion::Done => {}
        Deletion::NotThere => return Err(PasskeyError::NotFound),
        Deletion::LastWayIn => return Err(PasskeyError::LastWayIn),
    }
    let metadata = Some(json!({ "passkeyId": id }));
    events::record_in(core, &tx, user, "PASSKEY_DELETED", origin, metadata).await?;
    tell(core, &tx, &person, origin.locale, |locale, name| {
        mails::passkey_changed(locale, name, PasskeyChange::Deleted)
    })
    .await?;
    tx.commit().await?;
    core.mailer.wake();
    Ok(())
}

/// Refuses to begin a registration in a session without the second factor that it will ask for.
pub(crate) async fn require_met(
    core: &Core,
    user: &UserId,
    session: &str,
) -> Result<(), PasskeyError> {
    let once = core.db.once(&Actor::Service).await?;
    met(step_up::standing(&once, user, session).await?)
}

fn met(standing: Standing) -> Result<(), PasskeyError> {
    match standing {
        Standing::Met => Ok(()),
        Standing::NotMet => Err(PasskeyError::NotMet),
        Standing::Ended => Err(PasskeyError::Ended),
    }
}

/// Suspends what a thief may have registered before the owner took the account back by mail, and tells which it is.
pub(crate) async fn suspend_recent(
    core: &Core,
    tx: &Tx,
    person: &Person,
    origin: &Origin,
) -> Result<(), DbError> {
    let now = core.context.now();
    let since = now.plus_seconds(-i64::from(SUSPECT_SECONDS));
    let suspended = store::suspend(tx, &person.id, since, now).await?;
    if suspended.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = suspended
        .iter()
        .map(|passkey| passkey.id.as_str())
        .collect();
    let metadata = Some(json!({ "passkeyIds": ids }));
    events::record_in(core, tx, &person.id, "PASSKEYS_SUSPENDED", origin, metadata).await?;
    let named: Vec<_> = suspended
        .iter()
        .map(|passkey| (passkey.name.as_deref(), passkey.created_at))
        .collect();
    let link = format!("{}{CONFIRM_PATH}", core.config.base());
    tell(core, tx, person, origin.locale, |locale, name| {
        mails::passkeys_suspended(locale, name, &named, &link)
    })
    .await
}

/// Lets a suspended passkey sign in again. The session has to prove more than the mailbox: a second factor or another
/// passkey where there is one, else the new password. Whoever has that much could register a passkey as well.
pub(crate) async fn confirm(
    core: &Core,
    owner: (&UserId, &str),
    id: &str,
    origin: &Origin,
) -> Result<(), PasskeyError> {
    let (user, _) = owner;
    let person = users::find(core, user).await?;
    let person = person.ok_or(PasskeyError::NotFound)?;
    let tx = core.db.tx(&Actor::Service).await?;
    let proofs = store::find_proofs(&tx, owner, id, f64::from(SUSPECT_SECONDS)).await?;
    let proofs = proofs.ok_or(PasskeyError::NotFound)?;
    if !(proofs.is_met || !proofs.has_factor && proofs.is_by_password) {
        return Err(PasskeyError::NotMet);
    }
    let limit = core.config.sessions.fresh_age_seconds;
    if limit != 0 && core.context.now().seconds_since(proofs.began_at) >= limit {
        return Err(PasskeyError::NotFresh);
    }
    if !store::confirm(&tx, user, id).await? {
        return Err(PasskeyError::NotFound);
    }
    let metadata = Some(json!({ "passkeyId": id }));
    events::record_in(core, &tx, user, "PASSKEY_CONFIRMED", origin, metadata).await?;
    tell(core, &tx, &person, origin.locale, |locale, name| {
        mails::passkey_changed(locale, name, PasskeyChange::Confirmed)
    })
    .await?;
    tx.commit().await?;
    core.mailer.wake();
    Ok(())
}

/// Takes all passkeys of a person whose mailbox nobody had proved: whoever registered them need not be its owner. A
/// statement of its own, after those that wait for the person's row: it sees what was kept while they waited.
pub(crate) async fn forget(tx: &Tx, user: &UserId) -> Result<(), DbError> {
    store::forget(tx, user).await
}
