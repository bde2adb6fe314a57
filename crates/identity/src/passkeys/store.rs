//! The SQL of passkeys.

use super::ceremony::{Asserted, Registered};
use kernel::{Timestamp, UserId};
use platform::db::{DbError, Once, Tx};
use platform::http::Origin;
use queries::client::Params;
use queries::queries::identity::passkeys as sql;

/// A passkey of a person.
#[derive(Clone, Debug)]
pub(crate) struct Passkey {
    pub(crate) id: String,
    pub(crate) user_id: UserId,
    pub(crate) name: Option<String>,
    /// base64url.
    pub(crate) credential_id: String,
    /// base64 of the COSE key.
    pub(crate) public_key: String,
    pub(crate) counter: i64,
    pub(crate) device_type: String,
    pub(crate) is_backed_up: bool,
    /// Comma list.
    pub(crate) transports: String,
    pub(crate) aaguid: Option<String>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    /// Set by a reset of the password; it signs nobody in until its person confirms it.
    pub(crate) suspended_at: Option<Timestamp>,
}

impl From<sql::Passkey> for Passkey {
    fn from(row: sql::Passkey) -> Self {
        Self {
            id: row.id,
            user_id: UserId::new(row.user_id),
            name: row.name,
            credential_id: row.credential_id,
            public_key: row.public_key,
            counter: row.counter,
            device_type: row.device_type,
            is_backed_up: row.backed_up,
            transports: row.transports.unwrap_or_default(),
            aaguid: row.aaguid,
            last_used_at: row.last_used_at.map(Into::into),
            created_at: row.created_at.into(),
            suspended_at: row.suspended_at.map(Into::into),
        }
    }
}

/// A person's passkeys, the oldest first.
pub(super) async fn list(once: &Once, user: &UserId) -> Result<Vec<Passkey>, DbError> {
    let rows = sql::list_passkeys()
        .bind(once, &user.as_str())
        .all()
        .await?;
    Ok(rows.into_iter().map(Passkey::from).collect())
}

/// What a sign-in needs to know of a credential.
pub(super) struct Known {
    pub(super) id: String,
    pub(super) user_id: UserId,
    pub(super) public_key: String,
    pub(super) blocked_until: Option<Timestamp>,
    pub(super) is_suspended: bool,
    /// base64url; what its authenticator calls the owner, when it was registered here.
    pub(super) user_handle: Option<String>,
}

pub(super) async fn find(once: &Once, credential_id: &str) -> Result<Option<Known>, DbError> {
    let row = sql::find_credential()
        .bind(once, &credential_id)
        .opt()
        .await?;
    Ok(row.map(|row| Known {
        id: row.id,
        user_id: UserId::new(row.user_id),
        public_key: row.public_key,
        blocked_until: row.blocked_until.map(Into::into),
        is_suspended: row.suspended_at.is_some(),
        user_handle: row.user_handle,
    }))
}

/// Where and when something happened, and the id of its event.
pub(super) struct Occasion<'a> {
    pub(super) event_id: uuid::Uuid,
    pub(super) origin: &'a Origin,
    pub(super) now: Timestamp,
}

/// What came of a registration.
pub(super) enum Insertion {
    Done,
    /// The credential is registered already.
    Taken,
    /// The session has ended meanwhile, or its person is gone.
    Ended,
    /// The person has a second factor, and none was met in the session.
    NotMet,
}

/// Keeps a passkey of somebody whose session still lives. It holds both: whoever ends the session waits, or went first.
pub(super) async fn insert(
    tx: &Tx,
    id: &str,
    (user, session): (&UserId, &str),
    (registered, user_handle): (&Registered, &str),
    name: Option<&str>,
    occasion: &Occasion<'_>,
) -> Result<Insertion, DbError> {
    let params = sql::InsertPasskeyParams {
        id,
        credential_id: registered.credential_id.as_str(),
        public_key: registered.public_key.as_str(),
        counter: i64::from(registered.counter),
        device_type: registered.device_type(),
        backed_up: registered.is_backed_up,
        transports: Some(registered.transports.as_str()),
        name,
        aaguid: registered.aaguid.as_str(),
        user_handle,
        now: occasion.now.into(),
        user_id: user.as_str(),
        session_id: session,
        event_id: occasion.event_id,
        ip_address: Some(occasion.origin.ip.as_str()),
        user_agent: Some(occasion.origin.user_agent.as_str()),
    };
    let row = sql::insert_passkey().params(tx, &params).one().await?;
    Ok(match (row.owners, row.met, row.passkeys) {
        (0, _, _) => Insertion::Ended,
        (_, 0, _) => Insertion::NotMet,
        (_, _, 0) => Insertion::Taken,
        _ => Insertion::Done,
    })
}

pub(super) async fn rename(
    tx: &Tx,
    id: &str,
    user: &UserId,
    name: &str,
) -> Result<Option<Passkey>, DbError> {
    let row = sql::rename_passkey()
        .bind(tx, &name, &id, &user.as_str())
        .opt()
        .await?;
    Ok(row.map(Passkey::from))
}

/// What came of a deletion.
pub(super) enum Deletion {
    Done,
    NotThere,
    /// Nothing else would let the person in.
    LastWayIn,
}

/// Deletes a passkey unless it is the last way in. Deletions of one person take turns, so that two cannot each count on
/// the other's passkey.
pub(super) async fn delete(
    tx: &Tx,
    id: &str,
    user: &UserId,
    has_other_way: bool,
) -> Result<Deletion, DbError> {
    sql::lock_owner().bind(tx, &user.as_str()).opt().await?;
    let row = sql::delete_passkey()
        .bind(tx, &id, &user.as_str(), &has_other_way)
        .one()
        .await?;
    Ok(match (row.is_deleted, row.was_there) {
        (true, _) => Deletion::Done,
        (false, true) => Deletion::LastWayIn,
        (false, false) => Deletion::NotThere,
    })
}

/// A passkey that a reset suspended.
pub(super) struct Suspended {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) created_at: Timestamp,
}

/// Suspends the passkeys that a person got since a moment.
pub(super) async fn suspend(
    tx: &Tx,
    user: &UserId,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<Suspended>, DbError> {
    let rows = sql::suspend_passkeys()
        .bind(tx, &now.into(), &user.as_str(), &since.into())
        .all()
        .await?;
    let suspended = |row: sql::Suspended| Suspended {
        id: row.id,
        name: row.name,
        created_at: row.created_at.into(),
    };
    Ok(rows.into_iter().map(suspended).collect())
}

/// What a session proves of its person.
pub(super) struct Proofs {
    /// There is a second factor, or a passkey from before those that were suspended.
    pub(super) has_factor: bool,
    /// One was met in the session.
    pub(super) is_met: bool,
    pub(super) is_by_password: bool,
    pub(super) began_at: Timestamp,
}

/// What is proved for a suspended passkey; passkeys that are older by so many seconds than its suspension count as factors.
pub(super) async fn find_proofs(
    tx: &Tx,
    (user, session): (&UserId, &str),
    id: &str,
    seconds: f64,
) -> Result<Option<Proofs>, DbError> {
    let row = sql::find_proofs()
        .bind(tx, &seconds, &id, &session, &user.as_str())
        .opt()
        .await?;
    Ok(row.map(|row| Proofs {
        has_factor: row.has_factor,
        is_met: row.is_met,
        is_by_password: row.is_by_password,
        began_at: row.created_at.into(),
    }))
}

/// Lets a suspended passkey sign in again; answers whether it was there.
pub(super) async fn confirm(tx: &Tx, user: &UserId, id: &str) -> Result<bool, DbError> {
    let confirmed = sql::confirm_passkey().bind(tx, &id, &user.as_str()).await?;
    Ok(confirmed > 0)
}

pub(super) async fn forget(tx: &Tx, user: &UserId) -> Result<(), DbError> {
    sql::forget_passkeys().bind(tx, &user.as_str()).await?;
    Ok(())
}

/// Notes a use; answers whether the authenticator's count went on.
pub(super) async fn note_use(
    once: &Once,
    id: &str,
    asserted: &Asserted,
    now: Timestamp,
) -> Result<bool, DbError> {
    let used = sql::use_passkey()
        .bind(
            once,
            &i64::from(asserted.counter),
            &asserted.is_backed_up,
            &now.into(),
            &id,
        )
        .await?;
    Ok(used > 0)
}

/// A refused use of a known credential.
pub(super) struct Failure<'a> {
    pub(super) passkey: &'a str,
    pub(super) event_type: &'a str,
    pub(super) reason: &'a str,
    /// Failures since then count together.
    pub(super) window_start: Timestamp,
    /// So many block the credential.
    pub(super) most: i32,
    pub(super) blocked_until: Timestamp,
}

pub(super) async fn note_failure(
    once: &Once,
    failure: &Failure<'_>,
    occasion: &Occasion<'_>,
) -> Result<(), DbError> {
    let params = sql::FailPasskeyParams {
        window_start: failure.window_start.into(),
        now: occasion.now.into(),
        most: failure.most,
        until: failure.blocked_until.into(),
        id: failure.passkey,
        event_id: occasion.event_id,
        event_type: failure.event_type,
        ip_address: Some(occasion.origin.ip.as_str()),
        user_agent: Some(occasion.origin.user_agent.as_str()),
        reason: failure.reason,
    };
    sql::fail_passkey().params(once, &params).await?;
    Ok(())
}
