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
    pub(super) is_session_revoked: bool,
    pub(super) absolute_expires_at: Option<Timestamp>,
}

pub(super) struct Rotation<'a> {
    pub(super) token_hash: &'a str,
    pub(super) child_id: &'a str,
    pub(super) child_hash: &'a str,
    pub(super) child_expires_at: Timestamp,
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
            is_session_revoked: row.session_revoked_at.is_some(),
            absolute_expires_at: row.absolute_expires_at.map(Into::into),
        }
    }))
}

/// A refresh token that was not rotated.
pub(super) struct Spent {
    pub(super) session_id: String,
    pub(super) family_id: String,
    pub(super) expires_at: Timestamp,
    pub(super) is_used: bool,
    pub(super) is_revoked: bool,
}

pub(super) async fn find_refresh(once: &Once, token_hash: &str) -> Result<Option<Spent>, DbError> {
    let found = sql::find_refresh().bind(once, &token_hash).opt().await?;
    Ok(found.map(|row| Spent {
        session_id: row.session_id,
        family_id: row.family_id,
        expires_at: row.expires_at.into(),
        is_used: row.used_at.is_some(),
        is_revoked: row.revoked_at.is_some(),
    }))
}

/// Revokes a family with its session; answers whose it was when anything was left to revoke.
pub(super) async fn revoke_family(
    once: &Once,
    family_id: &str,
    now: Timestamp,
    event_id: uuid::Uuid,
    origin: &Origin,
) -> Result<Option<UserId>, DbError> {
    let found = sql::revoke_family()
        .bind(
            once,
            &now.into(),
            &family_id,
            &event_id,
            &Some(origin.ip.as_str()),
            &Some(origin.user_agent.as_str()),
        )
        .all()
        .await?;
    Ok(found.into_iter().next().map(|row| UserId::new(row.user_id)))
}

pub(super) async fn insert_refresh(
    once: &Once,
    id: &str,
    session_id: &str,
    user: &UserId,
    token_hash: &str,
    times: (Timestamp, Timestamp),
) -> Result<(), DbError> {
    let (expires_at, now) = times;
    sql::insert_refresh()
        .bind(
            once,
            &id,
            &session_id,
            &user.as_str(),
            &token_hash,
            &expires_at.into(),
            &now.into(),
        )
        .await?;
    Ok(())
}
