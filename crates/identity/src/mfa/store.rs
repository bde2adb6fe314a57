//! The SQL of second factors.

use kernel::{Timestamp, UserId};
use platform::db::{DbError, Tx};
use queries::client::GenericClient;
use queries::queries::identity::mfa as sql;

/// What a person has.
pub(super) struct Factors {
    /// Sealed; that of the app in use.
    pub(super) secret: Option<String>,
    /// Sealed.
    pub(super) backup_codes: Option<String>,
    /// Sealed; that of an app whose first code is awaited.
    pub(super) pending_secret: Option<String>,
    pub(super) locked_until: Option<Timestamp>,
    /// The same for people who are signed in.
    pub(super) step_up_locked_until: Option<Timestamp>,
}

impl From<sql::Factors> for Factors {
    fn from(row: sql::Factors) -> Self {
        Self {
            secret: row.secret,
            backup_codes: row.backup_codes,
            pending_secret: row.pending_secret,
            locked_until: row.locked_until.map(Into::into),
            step_up_locked_until: row.step_up_locked_until.map(Into::into),
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

/// Keeps a new secret with new backup codes, both sealed, beside those in use.
pub(super) async fn keep_pending(
    tx: &Tx,
    user: &UserId,
    id: &str,
    sealed: (&str, &str),
    now: Timestamp,
) -> Result<(), DbError> {
    let (secret, backup_codes) = sealed;
    sql::keep_pending()
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

/// The pending secret and its backup codes take the place of those in use; the step of the code is used up.
pub(super) async fn confirm_pending(
    tx: &Tx,
    user: &UserId,
    step: i64,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::confirm_pending()
        .bind(tx, &now.into(), &step, &user.as_str())
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

/// The same for somebody signed in; it locks no sign-in.
pub(super) async fn count_step_up_failure(
    tx: &Tx,
    user: &UserId,
    most: i32,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::count_step_up_failure()
        .bind(tx, &most, &until.into(), &now.into(), &user.as_str())
        .await?;
    Ok(())
}

pub(super) async fn forget_step_up_failures(
    tx: &Tx,
    user: &UserId,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::forget_step_up_failures()
        .bind(tx, &now.into(), &user.as_str())
        .await?;
    Ok(())
}

/// Notes in a session that a factor was met there.
pub(super) async fn meet_factor(
    tx: &Tx,
    user: &UserId,
    session: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::meet_factor()
        .bind(tx, &now.into(), &session, &user.as_str())
        .await?;
    Ok(())
}

/// What a first factor leaves to prove.
#[derive(Clone, Copy, Default)]
pub(super) struct Ways {
    pub(super) has_app: bool,
    /// The password came out of the mailbox, and no other factor was met with it since.
    pub(super) is_set_by_mail: bool,
}

pub(super) async fn find_ways<C: GenericClient>(
    client: &C,
    user: &UserId,
) -> Result<Ways, DbError> {
    let row = sql::find_ways().bind(client, &user.as_str()).opt().await?;
    Ok(row.map_or_else(Ways::default, |row| Ways {
        has_app: row.has_app,
        is_set_by_mail: row.is_set_by_mail,
    }))
}

/// The password no longer counts as the mailbox once more.
pub(super) async fn trust_password(tx: &Tx, user: &UserId) -> Result<(), DbError> {
    sql::trust_password().bind(tx, &user.as_str()).await?;
    Ok(())
}

/// Gives a trusted device its next id; answers whether it was this person's and is still trusted.
pub(super) async fn renew_trust<C: GenericClient>(
    client: &C,
    user: &UserId,
    (kind, old, new): (&str, &str, &str),
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, DbError> {
    let renewed = sql::renew_trust()
        .bind(
            client,
            &new,
            &expires_at.into(),
            &now.into(),
            &old,
            &user.as_str(),
            &kind,
        )
        .await?;
    Ok(renewed > 0)
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
