//! The SQL of signing in.

use kernel::text::EmailAddress;
use kernel::{Timestamp, UserId};
use platform::db::{DbError, Once, Tx};
use platform::http::Origin;
use queries::client::{GenericClient, Params};
use queries::queries::identity::sign_in as sql;

/// What is known of an address.
pub(super) struct Credential {
    pub(super) user_id: Option<String>,
    pub(super) password: Option<String>,
    pub(super) last_failure: Option<Timestamp>,
    pub(super) failures: i64,
}

pub(super) async fn find_credential(
    once: &Once,
    email: &EmailAddress,
) -> Result<Credential, DbError> {
    let row = sql::find_credential()
        .bind(once, &email.as_str())
        .one()
        .await?;
    Ok(Credential {
        user_id: row.user_id,
        password: row.password,
        last_failure: row.last_failure.map(Into::into),
        failures: row.failures,
    })
}

/// A failed sign-in.
pub(super) struct Failure<'a> {
    pub(super) email: &'a EmailAddress,
    pub(super) user_id: Option<&'a str>,
    pub(super) event_type: &'a str,
    pub(super) metadata: serde_json::Value,
    pub(super) counts: bool,
    pub(super) max_failures: i64,
    pub(super) lock_horizon: Timestamp,
    pub(super) event_id: uuid::Uuid,
    pub(super) now: Timestamp,
}

/// What was known of an address before a failure was recorded.
pub(super) struct Recorded {
    pub(super) failures: i64,
    pub(super) last_failure: Option<Timestamp>,
}

/// Failures of one address take turns, so that parallel guesses cannot pass the lock together.
pub(super) async fn lock_attempts(tx: &Tx, email: &EmailAddress) -> Result<(), DbError> {
    sql::lock_attempts().bind(tx, &email.as_str()).one().await?;
    Ok(())
}

pub(super) async fn record_failure<C: GenericClient>(
    client: &C,
    failure: &Failure<'_>,
    origin: &Origin,
) -> Result<Recorded, DbError> {
    let params = sql::RecordFailureParams {
        email: failure.email.as_str(),
        lock_horizon: failure.lock_horizon.into(),
        ip_address: Some(origin.ip.as_str()),
        method: "password",
        now: failure.now.into(),
        counts: failure.counts,
        max_failures: failure.max_failures,
        event_id: failure.event_id,
        user_id: failure.user_id,
        event_type: failure.event_type,
        user_agent: Some(origin.user_agent.as_str()),
        metadata: Some(failure.metadata.clone()),
    };
    let row = sql::record_failure().params(client, &params).one().await?;
    Ok(Recorded {
        failures: row.failures,
        last_failure: row.last_failure.map(Into::into),
    })
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
    pub(super) checks_lock: bool,
    pub(super) max_failures: i64,
    pub(super) lock_horizon: Timestamp,
    pub(super) event_id: uuid::Uuid,
    /// None for what is no sign-in.
    pub(super) event_type: Option<&'a str>,
    pub(super) metadata: Option<serde_json::Value>,
    /// The stored hash that was checked; another one by now opens nothing.
    pub(super) checked_hash: Option<&'a str>,
    /// The device, when it is to be remembered.
    pub(super) fingerprint: Option<&'a str>,
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
    let params = sql::OpenSessionParams {
        email: opening.email,
        lock_horizon: opening.lock_horizon.into(),
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
        checks_lock: opening.checks_lock,
        max_failures: opening.max_failures,
        refresh_id: opening.refresh_id,
        refresh_hash: opening.refresh_hash,
        refresh_expires_at: opening.refresh_expires_at.into(),
        event_id: opening.event_id,
        event_type: opening.event_type,
        metadata: opening.metadata.clone(),
        checked_hash: opening.checked_hash,
        fingerprint: opening.fingerprint,
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
