//! Migrations: forward only, embedded, under an advisory lock with a deadline.

use super::{DbError, DirectDb};
use std::time::Duration;

mod embedded {
    refinery::embed_migrations!("../../migrations");
}

/// Why the schema is not up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Another server held the migration lock beyond the deadline.
    #[error(
        "another migration has held the lock for {0} s; see pg_locks, or raise MIGRATION_TIMEOUT"
    )]
    Deadline(u64),
    /// A migration failed; nothing of it was kept.
    #[error("migration failed: {0}")]
    Refinery(#[from] refinery::Error),
}

/// The same number every server of a database locks.
const LOCK: i64 = 0x6d61_6e61_6175_7468;

/// Brings the schema up to date; a second run is a no-op, and of two at once one waits.
/// Answers how many migrations ran.
///
/// # Errors
/// [`MigrateError`].
pub async fn run(db: &DirectDb, deadline_seconds: u64) -> Result<usize, MigrateError> {
    let mut client = db.connect().await?;
    let wait = format!(
        "set lock_timeout = '{deadline_seconds}s'; select pg_advisory_lock({LOCK}); set lock_timeout = '30s'"
    );
    if let Err(error) = client.batch_execute(&wait).await {
        if error.code() == Some(&tokio_postgres::error::SqlState::LOCK_NOT_AVAILABLE) {
            return Err(MigrateError::Deadline(deadline_seconds));
        }
        return Err(DbError::from(error).into());
    }
    client
        .batch_execute("create schema if not exists platform; set search_path = platform, public")
        .await
        .map_err(DbError::from)?;
    let report = tokio::time::timeout(
        Duration::from_secs(deadline_seconds.max(1)),
        embedded::migrations::runner()
            .set_abort_divergent(true)
            .run_async(&mut client),
    )
    .await
    .map_err(|_| MigrateError::Deadline(deadline_seconds))??;
    Ok(report.applied_migrations().len())
}

/// How many migrations the binary knows and how many the database has, for `doctor` and readiness.
///
/// # Errors
/// [`MigrateError`].
pub async fn status(db: &DirectDb) -> Result<(usize, usize), MigrateError> {
    let mut client = db.connect().await?;
    client
        .batch_execute("set search_path = platform, public")
        .await
        .map_err(DbError::from)?;
    let known = embedded::migrations::runner().get_migrations().len();
    let applied = embedded::migrations::runner()
        .get_applied_migrations_async(&mut client)
        .await?
        .len();
    Ok((known, applied))
}
