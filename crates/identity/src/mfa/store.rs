//! The SQL of second factors.

use kernel::{Timestamp, UserId};
use platform::db::{DbError, Tx};
use queries::client::GenericClient;
use queries::queries::identity::mfa as sql;

/// What a person has.
pub(super) struct Factors {
    /// Sealed.
    pub(super) secret: Option<String>,
    pub(super) is_verified: bool,
    /// Sealed.
    pub(super) backup_codes: Option<String>,
    pub(super) locked_until: Option<Timestamp>,
}

impl From<sql::Factors> for Factors {
    fn from(row: sql::Factors) -> Self {
        Self {
            secret: row.secret,
            is_verified: row.verified,
            backup_codes: row.backup_codes,
            locked_until: row.locked_until.map(Into::into),
        }
    }
}

pub(super) async fn find<C: GenericClient>(
    client: &C,
    user: &UserId,
) -> Result<Option<Factors>, DbError> {
    let row = sql::find_factors()
        .bind(client, &user.as_str())
        .opt()
        .await?;
    Ok(row.map(Factors::from))
}

/// The same, held until the transaction ends: checks of one person take turns.
pub(super) async fn lock(tx: &Tx, user: &UserId) -> Result<Option<Factors>, DbError> {
    let row = sql::lock_factors().bind(tx, &user.as_str()).opt().await?;
    Ok(row.map(Factors::from))
}

pub(super) async fn keep_row(
    tx: &Tx,
    user: &UserId,
    id: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::keep_row()
        .bind(tx, &user.as_str(), &id, &now.into())
        .await?;
    Ok(())
}

/// Keeps a new secret with new backup codes, both sealed.
pub(super) async fn keep_secret(
    tx: &Tx,
    user: &UserId,
    id: &str,
    sealed: (&str, &str),
    now: Timestamp,
) -> Result<(), DbError> {
    let (secret, backup_codes) = sealed;
    sql::keep_secret()
        .bind(tx, &user.as_str(), &id, &secret, &backup_codes, &now.into())
        .await?;
    Ok(())
}

/// Uses a time step up, with those before it; answers whether it was still unused.
pub(super) async fn use_step(
    tx: &Tx,
    user: &UserId,
    step: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    let used = sql::use_step()
        .bind(tx, &step, &now.into(), &user.as_str())
        .await?;
    Ok(used > 0)
}

pub(super) async fn confirm_secret(tx: &Tx, user: &UserId, now: Timestamp) -> Result<(), DbError> {
    sql::confirm_secret()
        .bind(tx, &now.into(), &user.as_str())
        .await?;
    Ok(())
}

/// Replaces the sealed backup codes; answers whether the old ones were still those.
pub(super) async fn replace_backup_codes(
    tx: &Tx,
    user: &UserId,
    old: &str,
    new: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let replaced = sql::replace_backup_codes()
        .bind(tx, &new, &now.into(), &user.as_str(), &old)
        .await?;
    Ok(replaced > 0)
}

/// Counts a wrong code; at the `most`th in a row the factors are locked `until`.
pub(super) async fn count_failure(
    tx: &Tx,
    user: &UserId,
    most: i32,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::count_failure()
        .bind(tx, &most, &until.into(), &now.into(), &user.as_str())
        .await?;
    Ok(())
}

pub(super) async fn forget_failures(tx: &Tx, user: &UserId, now: Timestamp) -> Result<(), DbError> {
    sql::forget_failures()
        .bind(tx, &now.into(), &user.as_str())
        .await?;
    Ok(())
}

pub(super) async fn delete(tx: &Tx, user: &UserId) -> Result<(), DbError> {
    sql::delete_factors().bind(tx, &user.as_str()).await?;
    Ok(())
}

/// Switches the second factor on or off, on every replica; answers whether that was news.
pub(super) async fn switch(
    tx: &Tx,
    user: &UserId,
    is_on: bool,
    now: Timestamp,
) -> Result<bool, DbError> {
    let switched = sql::switch()
        .bind(tx, &is_on, &now.into(), &user.as_str())
        .opt()
        .await?;
    Ok(switched.is_some())
}

/// Notes a try in the row of a challenge or a mailed code.
pub(super) async fn count_try(
    tx: &Tx,
    identifier: &str,
    value: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::count_try()
        .bind(tx, &value, &now.into(), &identifier)
        .await?;
    Ok(())
}
