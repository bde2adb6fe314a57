//! The SQL of refresh tokens and signing keys.

use crate::policy::Standing;
use crate::sessions::model::{UserView, person_of};
use kernel::{Timestamp, UserId};
use platform::db::{Actor, Db, DbError, Once, Tx};
use platform::http::Origin;
use queries::client::{GenericClient, Params};
use queries::queries::identity::{keys as key_sql, tokens as sql};

/// A signing key as it is stored.
pub(super) struct StoredKey {
    pub(super) kid: String,
    pub(super) public_key: String,
    pub(super) private_key: String,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
}

/// A signing key to store.
pub(super) struct NewKey<'a> {
    pub(super) kid: &'a str,
    pub(super) public: &'a str,
    pub(super) private: &'a str,
}

pub(super) async fn list_keys(db: &Db, now: Timestamp) -> Result<Vec<StoredKey>, DbError> {
    let once = db.once(&Actor::Service).await?;
    let rows = key_sql::list_keys().bind(&once, &now.into()).all().await?;
    let stored = |row: key_sql::Key| StoredKey {
        kid: row.id,
        public_key: row.public_key,
        private_key: row.private_key,
        created_at: row.created_at.into(),
        expires_at: row.expires_at.map(Into::into),
    };
    Ok(rows.into_iter().map(stored).collect())
}

/// Locks the keys for this transaction; answers whether there is a signing key.
pub(super) async fn lock_keys(tx: &Tx, now: Timestamp) -> Result<bool, DbError> {
    key_sql::lock_keys().bind(tx).one().await?;
    let rows = key_sql::list_keys().bind(tx, &now.into()).all().await?;
    Ok(rows.iter().any(|row| row.expires_at.is_none()))
}

pub(super) async fn replace_key(
    tx: &Tx,
    key: &NewKey<'_>,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), DbError> {
    key_sql::retire_keys().bind(tx, &until.into()).await?;
    key_sql::insert_key()
        .bind(tx, &key.kid, &key.public, &key.private, &now.into())
        .await?;
    Ok(())
}

/// What a rotation found.
pub(super) struct Rotated {
    pub(super) user_id: UserId,
    pub(super) session_id: String,
    pub(super) family_id: String,
    pub(super) user: UserView,
    pub(super) standing: Standing,
}

pub(super) struct Rotation<'a> {
    pub(super) token_hash: &'a str,
    pub(super) child_id: &'a str,
    pub(super) child_hash: &'a str,
    /// Unless the session's own end comes first.
    pub(super) child_expires_at: Timestamp,
    /// Where a remembered session ends then, unless its absolute end comes first.
    pub(super) session_expires_at: Timestamp,
    pub(super) grace_start: Timestamp,
    pub(super) now: Timestamp,
}

pub(super) async fn rotate<C: GenericClient>(
    client: &C,
    rotation: &Rotation<'_>,
) -> Result<Option<Rotated>, DbError> {
    let params = sql::RotateParams {
        now: rotation.now.into(),
        token_hash: rotation.token_hash,
        grace_start: rotation.grace_start.into(),
        child_id: rotation.child_id,
        child_hash: rotation.child_hash,
        child_expires_at: rotation.child_expires_at.into(),
        session_expires_at: rotation.session_expires_at.into(),
    };
    let found = sql::rotate().params(client, &params).opt().await?;
    Ok(found.map(|row| {
        let (user, standing) = person_of!(row);
        Rotated {
            user_id: UserId::new(row.user_id),
            session_id: row.session_id,
            family_id: row.family_id,
            standing,
            user,
        }
    }))
}

/// A refresh token that was not rotated.
pub(super) struct Spent {
    pub(super) session_id: String,
    pub(super) family_id: String,
    pub(super) expires_at: Timestamp,
    pub(super) is_used: bool,
    /// It, or its session.
    pub(super) is_revoked: bool,
    pub(super) session_expires_at: Timestamp,
    pub(super) absolute_expires_at: Option<Timestamp>,
}

pub(super) async fn find_refresh(once: &Once, token_hash: &str) -> Result<Option<Spent>, DbError> {
    let found = sql::find_refresh().bind(once, &token_hash).opt().await?;
    Ok(found.map(|row| Spent {
        session_id: row.session_id,
        family_id: row.family_id,
        expires_at: row.expires_at.into(),
        is_used: row.used_at.is_some(),
        is_revoked: row.revoked_at.is_some() || row.session_revoked_at.is_some(),
        session_expires_at: row.session_expires_at.into(),
        absolute_expires_at: row.absolute_expires_at.map(Into::into),
    }))
}

/// Revokes a family with its session; answers whose it was when anything was left to revoke.
pub(super) async fn revoke_family(
    once: &Once,
    family_id: &str,
    now: Timestamp,
    event: (uuid::Uuid, &str),
    origin: &Origin,
) -> Result<Option<UserId>, DbError> {
    let (event_id, event_type) = event;
    let params = sql::RevokeFamilyParams {
        family_id,
        now: now.into(),
        event_id,
        event_type,
        ip_address: Some(origin.ip.as_str()),
        user_agent: Some(origin.user_agent.as_str()),
    };
    let found = sql::revoke_family().params(once, &params).all().await?;
    Ok(found.into_iter().next().map(|row| UserId::new(row.user_id)))
}

/// A refresh token that begins a family of a session that is there.
pub(super) struct Exchange<'a> {
    pub(super) id: &'a str,
    pub(super) session_id: &'a str,
    pub(super) token_hash: &'a str,
    /// Unless the session's own end comes first.
    pub(super) expires_at: Timestamp,
    pub(super) event_id: uuid::Uuid,
    pub(super) now: Timestamp,
}

/// Gives a session another refresh token; answers whether the session was alive.
pub(super) async fn exchange(
    once: &Once,
    exchange: &Exchange<'_>,
    origin: &Origin,
) -> Result<bool, DbError> {
    let params = sql::ExchangeParams {
        expires_at: exchange.expires_at.into(),
        session_id: exchange.session_id,
        now: exchange.now.into(),
        id: exchange.id,
        token_hash: exchange.token_hash,
        event_id: exchange.event_id,
        ip_address: Some(origin.ip.as_str()),
        user_agent: Some(origin.user_agent.as_str()),
    };
    Ok(sql::exchange().params(once, &params).await? > 0)
}
