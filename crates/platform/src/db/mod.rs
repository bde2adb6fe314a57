//! PostgreSQL: the pool, transactions as an actor, and one-statement transactions in a single flight.
//!
//! Every transaction runs as role `mana_app` and as one [`Actor`], set locally, so that row-level security bites and
//! transaction pooling works. BEGIN, role and actor travel with the first statement in one flight; each statement is
//! prepared before anything is sent, because a pipelined statement on a cold cache would run outside its transaction.

mod connect;
mod hold;
pub mod migrate;
mod tx;

pub use connect::{Connector, DirectDb};
pub use hold::watch;
pub use tx::{Once, Tx};

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use kernel::{SecretString, UserId};
use queries::client::GenericClient;
use std::error::Error;
use std::io;
use std::time::Duration;
use tokio_postgres::error::SqlState;

/// On whose behalf a transaction runs; row-level security shows each only what is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person, for their own rows.
    User(UserId),
    /// An administrator, who reads everyone's rows.
    Admin(UserId),
    /// The server itself: sign-in before anyone is known, and jobs.
    Service,
    /// No one, for the probe that proves that no one sees no row.
    Nobody,
}

impl Actor {
    /// The value policies compare with (`mana.actor`).
    pub fn setting(&self) -> String {
        match self {
            Self::User(id) => format!("user:{id}"),
            Self::Admin(id) => format!("admin:{id}"),
            Self::Service => "service".to_owned(),
            Self::Nobody => String::new(),
        }
    }
}

/// Why the database gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database cannot be reached, is shutting down or has no connection free: 503 with Retry-After.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The statement was refused, or its answer is not what we read it as: a fault of ours, or a constraint (see
    /// [`DbError::constraint`]).
    #[error("a statement failed: {}", describe(.0))]
    Statement(#[source] tokio_postgres::Error),
    /// Work around the statements broke off by a fault of ours.
    #[error("work on the database broke off: {0}")]
    Fault(String),
}

impl DbError {
    /// The name of the violated constraint, when one was.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Statement(error) => error.as_db_error().and_then(|error| error.constraint()),
            Self::Unavailable(_) | Self::Fault(_) => None,
        }
    }

    /// Whether the database refused the statement, so that nothing of its transaction was kept. Otherwise it may have
    /// been carried out.
    pub fn is_refusal(&self) -> bool {
        self.sql_state().is_some()
    }

    /// Whether the same statement may go through when it is sent again: it lost a race against another.
    pub fn is_lost_race(&self) -> bool {
        self.is_collision() || self.sql_state() == Some(&SqlState::UNIQUE_VIOLATION)
    }

    /// Whether the statement and another one stood in each other's way; nothing was kept, and asking again helps.
    pub(crate) fn is_collision(&self) -> bool {
        self.sql_state().is_some_and(|state| {
            [
                SqlState::T_R_DEADLOCK_DETECTED,
                SqlState::T_R_SERIALIZATION_FAILURE,
            ]
            .contains(state)
        })
    }

    pub(crate) fn sql_state(&self) -> Option<&SqlState> {
        match self {
            Self::Statement(error) => error.code(),
            Self::Unavailable(_) | Self::Fault(_) => None,
        }
    }
}

/// What a log may say of a failed statement: never the row's values.
fn describe(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(db), _) => format!(
            "{} {} (constraint {:?})",
            db.code().code(),
            db.message(),
            db.constraint()
        ),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}

/// Whether the connection is at fault and not the statement. The driver reports what it cannot write or read as
/// input errors, which would fail alike on any connection.
fn is_outage(error: &tokio_postgres::Error) -> bool {
    error.is_closed()
        || error
            .source()
            .and_then(|cause| cause.downcast_ref::<io::Error>())
            .is_some_and(|cause| {
                !matches!(
                    cause.kind(),
                    io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData
                )
            })
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        if is_disk_full(&error) {
            return Self::Unavailable(format!("the disk is full: {}", describe(&error)));
        }
        let Some(state) = error.code() else {
            return if is_outage(&error) {
                Self::Unavailable(describe(&error))
            } else {
                Self::Statement(error)
            };
        };
        let transient = state.code().starts_with("08")
            || state.code().starts_with("57P")
            || state.code().starts_with("53")
            || [
                SqlState::READ_ONLY_SQL_TRANSACTION,
                SqlState::QUERY_CANCELED,
            ]
            .contains(state);
        if transient {
            Self::Unavailable(error.to_string())
        } else {
            Self::Statement(error)
        }
    }
}

impl From<tokio::task::JoinError> for DbError {
    fn from(error: tokio::task::JoinError) -> Self {
        if error.is_panic() {
            Self::Fault(error.to_string())
        } else {
            Self::Unavailable(error.to_string())
        }
    }
}

/// PostgreSQL has a code for it, and where it writes a file of its own only the system's words.
fn is_disk_full(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|error| {
        *error.code() == SqlState::DISK_FULL || error.message().contains("No space left on device")
    })
}

impl From<PoolError> for DbError {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// How the pool behaves.
#[derive(Clone, Debug)]
pub struct PoolSettings {
    /// Most connections.
    pub size: usize,
    /// How long a request waits for a connection, in seconds.
    pub wait_seconds: u64,
    /// The longest a statement may run, in seconds.
    pub statement_timeout_seconds: u64,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            size: 16,
            wait_seconds: 5,
            statement_timeout_seconds: 10,
        }
    }
}

/// The pooled database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
}

impl Db {
    /// Makes the pool; connects only when first used.
    ///
    /// # Errors
    /// When the URL or its TLS settings cannot be read.
    pub fn new(url: &SecretString, settings: &PoolSettings) -> Result<Self, DbError> {
        let connector = Connector::new(url)?;
        let manager = Manager::from_connect(
            connector.config().clone(),
            connector,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let wait = Duration::from_secs(settings.wait_seconds);
        let session = format!(
            "set statement_timeout = '{}s'; set idle_in_transaction_session_timeout = '30s'",
            settings.statement_timeout_seconds
        );
        let pool = Pool::builder(manager)
            .max_size(settings.size)
            .wait_timeout(Some(wait))
            .create_timeout(Some(wait))
            .recycle_timeout(Some(wait))
            .runtime(Runtime::Tokio1)
            .post_create(Hook::async_fn(move |client, _| {
                let session = session.clone();
                Box::pin(async move {
                    client
                        .batch_execute(&session)
                        .await
                        .map_err(HookError::Backend)
                })
            }))
            .build()
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        Ok(Self { pool })
    }

    /// A transaction as an actor. Nothing is sent until the first statement; dropping it rolls back.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when no connection is to be had.
    pub async fn tx(&self, actor: &Actor) -> Result<Tx, DbError> {
        Tx::open(self.connection().await?, actor).await
    }

    /// A transaction of exactly one statement, committed in the same flight.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when no connection is to be had.
    pub async fn once(&self, actor: &Actor) -> Result<Once, DbError> {
        Once::open(self.connection().await?, actor).await
    }

    /// Whether the database answers, for readiness.
    ///
    /// # Errors
    /// [`DbError`] when it does not.
    pub async fn ping(&self) -> Result<(), DbError> {
        let connection = self.connection().await?;
        connection.simple_query("select 1").await?;
        Ok(())
    }

    /// Whether a transaction without an actor sees a row of a table that always has one: it must not.
    ///
    /// # Errors
    /// [`DbError`] when the database does not answer, or the role `mana_app` is not ours to take.
    pub async fn sees_rows_without_actor(&self) -> Result<bool, DbError> {
        let tx = self.tx(&Actor::Nobody).await?;
        let statement = tx.prepare("select id from auth.jwks limit 1").await?;
        let rows = tx.query(&statement, &[]).await?;
        Ok(!rows.is_empty())
    }

    /// What the database's clock shows, in milliseconds since the Unix epoch, for `doctor`.
    ///
    /// # Errors
    /// [`DbError`] when the database does not answer.
    pub async fn clock_millis(&self) -> Result<i64, DbError> {
        let connection = self.connection().await?;
        let row = connection
            .query_one(
                "select (extract(epoch from clock_timestamp()) * 1000)::bigint",
                &[],
            )
            .await?;
        Ok(row.try_get(0)?)
    }

    /// Connections in use and the most there may be.
    pub fn usage(&self) -> (usize, usize) {
        let status = self.pool.status();
        (
            status.size.saturating_sub(status.available),
            status.max_size,
        )
    }

    /// Closes every connection; waiting requests get [`DbError::Unavailable`].
    pub fn close(&self) {
        self.pool.close();
    }

    async fn connection(&self) -> Result<Object, DbError> {
        hold::refuse_second();
        Ok(self.pool.get().await?)
    }
}
