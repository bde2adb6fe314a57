//! The SQL of signing in.

use super::known::{Evidence, Place};
use kernel::text::EmailAddress;
use kernel::{Timestamp, UserId};
use platform::db::{DbError, Once, Tx};
use platform::http::Origin;
use queries::client::{GenericClient, Params};
use queries::queries::identity::sign_in as sql;

/// When guesses are refused.
#[derive(Clone, Copy)]
pub(crate) struct LockRule {
    pub(crate) max_failures: i64,
    pub(crate) lock_seconds: i64,
    pub(crate) now: Timestamp,
}

/// What is known of an address, and of the place somebody guesses from.
pub(super) struct Credential {
    pub(super) user_id: Option<String>,
    pub(super) password: Option<String>,
    /// A device of the person's.
    pub(super) is_known: bool,
    pub(super) place: Place,
    pub(super) locked_until: Option<Timestamp>,
    /// The kinds of hashes that are in use.
    pub(super) kinds: Vec<String>,
}

pub(super) async fn find_credential(
    once: &Once,
    email: &EmailAddress,
    evidence: &Evidence,
    rule: LockRule,
) -> Result<Credential, DbError> {
    let params = sql::FindCredentialParams {
        email: email.as_str(),
        prints: evidence.prints.as_slice(),
        nears: evidence.column(|place| &place.near),
        wides: evidence.column(|place| &place.wide),
        wholes: evidence.column(|place| &place.whole),
        now: rule.now.into(),
        max_failures: rule.max_failures,
        lock_seconds: rule.lock_seconds,
    };
    let row = sql::find_credential().params(once, &params).one().await?;
    Ok(Credential {
        user_id: row.user_id,
        password: row.password,
        is_known: row.is_known,
        place: Place {
            near: row.near,
            wide: row.wide,
            whole: row.whole,
        },
        locked_until: row.locked_until.map(Into::into),
        kinds: row.kinds,
    })
}

/// Until when guesses at an address are refused from a place.
pub(super) async fn find_lock(
    once: &Once,
    email: &str,
    place: &Place,
    rule: LockRule,
) -> Result<Option<Timestamp>, DbError> {
    let row = sql::find_lock()
        .bind(
            once,
            &email,
            &place.near.as_str(),
            &place.wide.as_str(),
            &place.whole.as_str(),
            &rule.now.into(),
            &rule.max_failures,
            &rule.lock_seconds,
        )
        .one()
        .await?;
    Ok(row.locked_until.map(Into::into))
}

/// A wrong password, or a right one that opens nothing.
pub(crate) struct Failure<'a> {
    pub(crate) email: &'a str,
    pub(crate) user_id: Option<&'a str>,
    pub(crate) place: &'a Place,
    pub(crate) event_type: &'a str,
    pub(crate) metadata: serde_json::Value,
    pub(crate) counts: bool,
    pub(crate) rule: LockRule,
    pub(crate) event_id: uuid::Uuid,
}

/// Failures of one address take turns, so that parallel guesses cannot pass the lock together.
pub(crate) async fn lock_attempts(tx: &Tx, email: &str) -> Result<(), DbError> {
    sql::lock_attempts().bind(tx, &email).one().await?;
    Ok(())
}

/// Answers the lock that was there before.
pub(crate) async fn record_failure<C: GenericClient>(
    client: &C,
    failure: &Failure<'_>,
    origin: &Origin,
) -> Result<Option<Timestamp>, DbError> {
    let params = sql::RecordFailureParams {
        email: failure.email,
        near: failure.place.near.as_str(),
        wide: failure.place.wide.as_str(),
        whole: failure.place.whole.as_str(),
        now: failure.rule.now.into(),
        max_failures: failure.rule.max_failures,
        lock_seconds: failure.rule.lock_seconds,
        ip_address: Some(origin.ip.as_str()),
        method: "password",
        counts: failure.counts,
        event_id: failure.event_id,
        user_id: failure.user_id,
        event_type: failure.event_type,
        user_agent: Some(origin.user_agent.as_str()),
        metadata: Some(failure.metadata.clone()),
    };
    let row = sql::record_failure().params(client, &params).one().await?;
    Ok(row.locked_until.map(Into::into))
}

/// Starts a place's count anew, unless it is locked: then answers until when.
pub(crate) async fn clear_failures(
    tx: &Tx,
    email: &str,
    place: &Place,
    rule: LockRule,
) -> Result<Option<Timestamp>, DbError> {
    let params = sql::ClearFailuresParams {
        email,
        near: place.near.as_str(),
        wide: place.wide.as_str(),
        whole: place.whole.as_str(),
        now: rule.now.into(),
        max_failures: rule.max_failures,
        lock_seconds: rule.lock_seconds,
    };
    let row = sql::clear_failures().params(tx, &params).one().await?;
    Ok(row.locked_until.map(Into::into))
}

/// Whether any of these is a device that a person signed in on.
pub(super) async fn is_known_device<C: GenericClient>(
    client: &C,
    user: &UserId,
    prints: &[String],
) -> Result<bool, DbError> {
    Ok(sql::is_known_device()
        .bind(client, &user.as_str(), &prints)
        .one()
        .await?)
}

/// A session to open.
pub(super) struct Opening<'a> {
    pub(super) email: &'a str,
    pub(super) user_id: &'a str,
    pub(super) session_id: &'a str,
    pub(super) token_hash: &'a str,
    pub(super) refresh_id: &'a str,
    pub(super) refresh_hash: &'a str,
    pub(super) refresh_expires_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) absolute_expires_at: Timestamp,
    pub(super) device_id: Option<&'a str>,
    pub(super) device_name: Option<&'a str>,
    pub(super) is_remembered: bool,
    /// The place whose lock counts.
    pub(super) checks_lock: Option<&'a Place>,
    pub(super) rule: LockRule,
    /// The places whose counts start anew.
    pub(super) evidence: &'a Evidence,
    pub(super) event_id: uuid::Uuid,
    /// None for what is no sign-in.
    pub(super) event_type: Option<&'a str>,
    pub(super) metadata: Option<serde_json::Value>,
    /// The stored hash that was checked; another one by now opens nothing.
    pub(super) checked_hash: Option<&'a str>,
    /// The device, when it is to be remembered.
    pub(super) fingerprint: Option<&'a str>,
    /// The mark in the device's cookie.
    pub(super) mark: Option<&'a str>,
    pub(super) notice_id: uuid::Uuid,
    pub(super) notice_kind: &'a str,
    /// What to tell when the device is new and not the person's first.
    pub(super) notice: Option<serde_json::Value>,
    /// When a second factor or a passkey was met, if it was.
    pub(super) factor_met_at: Option<Timestamp>,
    pub(super) opened_by: &'a str,
    /// The session whose proofs go over to this one.
    pub(super) replaces: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// What became of a session to open.
pub(super) struct Entered {
    pub(super) is_open: bool,
    /// The checked hash is still the stored one.
    pub(super) is_unchanged: bool,
    /// A mail about a new device is on its way.
    pub(super) is_told: bool,
}

/// Opens a session unless the account is gone or locked by now.
pub(super) async fn open_session(
    once: &Once,
    opening: &Opening<'_>,
    origin: &Origin,
) -> Result<Entered, DbError> {
    let place = |part: fn(&Place) -> &str| opening.checks_lock.map(part).unwrap_or_default();
    let params = sql::OpenSessionParams {
        email: opening.email,
        near: place(|place| &place.near),
        wide: place(|place| &place.wide),
        whole: place(|place| &place.whole),
        lock_seconds: opening.rule.lock_seconds,
        origins: opening.evidence.column(|place| &place.near),
        session_id: opening.session_id,
        token_hash: opening.token_hash,
        expires_at: opening.expires_at.into(),
        absolute_expires_at: opening.absolute_expires_at.into(),
        ip_address: Some(origin.ip.as_str()),
        user_agent: Some(origin.user_agent.as_str()),
        device_id: opening.device_id,
        device_name: opening.device_name,
        remember_me: opening.is_remembered,
        now: opening.now.into(),
        user_id: opening.user_id,
        checks_lock: opening.checks_lock.is_some(),
        max_failures: opening.rule.max_failures,
        refresh_id: opening.refresh_id,
        refresh_hash: opening.refresh_hash,
        refresh_expires_at: opening.refresh_expires_at.into(),
        event_id: opening.event_id,
        event_type: opening.event_type,
        metadata: opening.metadata.clone(),
        checked_hash: opening.checked_hash,
        fingerprint: opening.fingerprint,
        mark: opening.mark,
        notice_id: opening.notice_id,
        notice_kind: opening.notice_kind,
        notice: opening.notice.clone(),
        factor_met_at: opening.factor_met_at.map(Into::into),
        opened_by: opening.opened_by,
        replaces: opening.replaces,
    };
    let row = sql::open_session().params(once, &params).one().await?;
    Ok(Entered {
        is_open: row.sessions > 0,
        is_unchanged: row.credentials > 0,
        is_told: row.notices > 0,
    })
}

/// Whether a hash is still the stored one; it stays so until the transaction ends.
pub(super) async fn hold_credential(
    tx: &Tx,
    user: &UserId,
    checked_hash: &str,
) -> Result<bool, DbError> {
    let held = sql::hold_credential()
        .bind(tx, &user.as_str(), &checked_hash)
        .opt()
        .await?;
    Ok(held.is_some())
}

pub(super) async fn replace_password_hash(
    once: &Once,
    user_id: &str,
    old: &str,
    new: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::replace_password_hash()
        .bind(once, &new, &now.into(), &user_id, &old)
        .await?;
    Ok(())
}
