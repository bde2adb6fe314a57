//! The SQL of mailed codes.

use kernel::Timestamp;
use platform::db::{DbError, Tx};
use queries::queries::identity::email_codes as sql;

/// A code that was mailed.
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) value: String,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// The newest code of an identifier. Whoever asks at the same time waits for this transaction.
pub(super) async fn lock_code(tx: &Tx, identifier: &str) -> Result<Option<Kept>, DbError> {
    let found = sql::lock_code().bind(tx, &identifier).opt().await?;
    Ok(found.map(|row| Kept {
        id: row.id,
        value: row.value,
        created_at: row.created_at.into(),
        expires_at: row.expires_at.into(),
    }))
}

pub(super) async fn count_attempt(
    tx: &Tx,
    id: &str,
    value: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::count_attempt()
        .bind(tx, &value, &now.into(), &id)
        .await?;
    Ok(())
}

/// Lets a code live on.
pub(super) async fn renew(
    tx: &Tx,
    id: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), DbError> {
    sql::renew_code()
        .bind(tx, &expires_at.into(), &now.into(), &id)
        .await?;
    Ok(())
}

pub(super) async fn forget_codes(tx: &Tx, identifier: &str) -> Result<(), DbError> {
    sql::forget_codes().bind(tx, &identifier).await?;
    Ok(())
}
