//! The SQL of accounts.

use crate::sign_in::known::Place;
use crate::sign_in::store::LockRule;
use kernel::{Timestamp, UserId};
use platform::db::{DbError, Once, Tx};
use platform::http::Origin;
use queries::client::{GenericClient, Params};
use queries::queries::identity::account as sql;

/// A person's password, and until when their session may not present it.
pub(super) struct Stored {
    pub(super) email: String,
    pub(super) hash: Option<String>,
    pub(super) locked_until: Option<Timestamp>,
}

pub(super) async fn find_password(
    once: &Once,
    user: &UserId,
    place: &Place,
    rule: LockRule,
) -> Result<Option<Stored>, DbError> {
    let found = sql::find_password()
        .bind(
            once,
            &place.name(),
            &rule.now.into(),
            &rule.max_failures,
            &rule.lock_seconds,
            &user.as_str(),
        )
        .opt()
        .await?;
    Ok(found.map(|row| Stored {
        email: row.email,
        hash: row.password,
        locked_until: row.locked_until.map(Into::into),
    }))
}

/// A password to store in place of a known one.
pub(super) struct NewPassword<'a> {
    pub(super) user: &'a UserId,
    pub(super) old: &'a str,
    pub(super) new: &'a str,
    pub(super) event_id: uuid::Uuid,
    pub(super) now: Timestamp,
}

/// Answers whether the old one was still the stored one.
pub(super) async fn change_password(
    tx: &Tx,
    change: &NewPassword<'_>,
    origin: &Origin,
) -> Result<bool, DbError> {
    let params = sql::ChangePasswordParams {
        password: change.new,
        now: change.now.into(),
        user_id: change.user.as_str(),
        old_password: change.old,
        event_id: change.event_id,
        ip_address: Some(origin.ip.as_str()),
        user_agent: Some(origin.user_agent.as_str()),
    };
    Ok(sql::change_password().params(tx, &params).await? > 0)
}

/// What to change of a profile.
pub(super) struct NewProfile<'a> {
    pub(super) user: &'a UserId,
    pub(super) name: Option<&'a str>,
    pub(super) sets_image: bool,
    pub(super) image: Option<&'a str>,
    pub(super) event_id: uuid::Uuid,
    pub(super) now: Timestamp,
}

pub(super) async fn update_profile(
    once: &Once,
    change: &NewProfile<'_>,
    origin: &Origin,
) -> Result<bool, DbError> {
    let params = sql::UpdateProfileParams {
        name: change.name,
        sets_image: change.sets_image,
        image: change.image,
        now: change.now.into(),
        id: change.user.as_str(),
        event_id: change.event_id,
        ip_address: Some(origin.ip.as_str()),
        user_agent: Some(origin.user_agent.as_str()),
    };
    let changed = sql::update_profile().params(once, &params).opt().await?;
    Ok(changed.is_some())
}

/// Takes the person's row with everything that hangs on it; answers whether there was one.
pub(super) async fn delete_user(
    tx: &Tx,
    user: &UserId,
    event_id: uuid::Uuid,
    now: Timestamp,
) -> Result<bool, DbError> {
    let gone = sql::delete_user()
        .bind(tx, &user.as_str(), &event_id, &now.into())
        .opt()
        .await?;
    Ok(gone.is_some())
}

/// Marks a person as deleted and ends their sessions; answers whether they were there.
pub(super) async fn mark_deleted(
    tx: &Tx,
    user: &UserId,
    event_id: uuid::Uuid,
    origin: &Origin,
    now: Timestamp,
) -> Result<bool, DbError> {
    let params = sql::MarkDeletedParams {
        now: now.into(),
        id: user.as_str(),
        event_id,
        ip_address: Some(origin.ip.as_str()),
        user_agent: Some(origin.user_agent.as_str()),
    };
    Ok(sql::mark_deleted()
        .params(tx, &params)
        .opt()
        .await?
        .is_some())
}

/// People who were marked as deleted before then, the earliest first.
pub(super) async fn list_due_deletions(
    once: &Once,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<UserId>, DbError> {
    let ids = sql::list_due_deletions()
        .bind(once, &before.into(), &limit)
        .all()
        .await?;
    Ok(ids.into_iter().map(UserId::new).collect())
}

/// A way to sign in.
pub(super) struct Linked {
    pub(super) id: String,
    pub(super) account_id: String,
    pub(super) provider_id: String,
    pub(super) scope: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

pub(super) async fn list_accounts<C: GenericClient>(
    client: &C,
    user: &UserId,
) -> Result<Vec<Linked>, DbError> {
    let rows = sql::list_accounts()
        .bind(client, &user.as_str())
        .all()
        .await?;
    let linked = |row: sql::Linked| Linked {
        id: row.id,
        account_id: row.account_id,
        provider_id: row.provider_id,
        scope: row.scope,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    };
    Ok(rows.into_iter().map(linked).collect())
}

/// Lets one change of a person's ways to sign in go at a time.
/// Holds the person's sessions until the transaction ends.
pub(super) async fn lock_sessions(tx: &Tx, user: &UserId) -> Result<(), DbError> {
    sql::lock_sessions().bind(tx, &user.as_str()).all().await?;
    Ok(())
}

pub(super) async fn lock_user(tx: &Tx, user: &UserId) -> Result<(), DbError> {
    sql::lock_user().bind(tx, &user.as_str()).opt().await?;
    Ok(())
}

pub(super) async fn delete_account(tx: &Tx, id: &str, user: &UserId) -> Result<(), DbError> {
    sql::delete_account().bind(tx, &id, &user.as_str()).await?;
    Ok(())
}
