//! The database a command works on: the operator's, or the private one of the data folder.

use kernel::SecretString;
use platform::Context;
use platform::config::Config;
use platform::db::migrate::{self, MigrateError};
use platform::db::{Connector, Db, DbError, DirectDb, PoolSettings};
use platform::private_postgres::{Options, PrivatePostgres, StartError, url_of_running};
use std::time::Duration;

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The private one does not start.
    #[error(transparent)]
    Private(#[from] StartError),
    /// It does not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The schema is not to be had.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The pooler hands one client's statements to another.
    #[error(
        "the connection pooler in front of PostgreSQL mixes up prepared statements and would give people each other's data; use PgBouncer 1.21 or newer with max_prepared_statements > 0, or session mode"
    )]
    Pooler,
}

/// An open database; stop it last.
pub struct Database {
    /// The pool.
    pub db: Db,
    /// Past a pooler.
    pub direct: DirectDb,
    /// The private cluster, when it is ours.
    pub private: Option<PrivatePostgres>,
}

/// The launcher's options as the settings have them.
#[expect(
    clippy::disallowed_methods,
    reason = "PATH is the machine's, not a setting of ours"
)]
pub fn private_options(config: &Config) -> Options {
    Options {
        binaries: config.pg_bin.clone(),
        search_path: std::env::var_os("PATH"),
        ..Options::new(config.data_dir.clone())
    }
}

const PATIENCE: u32 = 30;

impl Database {
    /// Opens the operator's database, or starts the private one.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub async fn open(config: &Config) -> Result<Self, DatabaseError> {
        let settings = PoolSettings {
            size: config.database_pool_size,
            ..PoolSettings::default()
        };
        let Some(url) = &config.database_url else {
            let private = PrivatePostgres::start(private_options(config)).await?;
            let url = private.url();
            return Ok(Self {
                db: Db::new(&url, &settings)?,
                direct: DirectDb::new(&url)?,
                private: Some(private),
            });
        };
        let direct = DirectDb::new(config.database_direct_url.as_ref().unwrap_or(url))?;
        wait_for(&direct).await?;
        if config.database_direct_url.is_some() {
            check_pooler(url).await?;
        }
        Ok(Self {
            db: Db::new(url, &settings)?,
            direct,
            private: None,
        })
    }

    /// Opens the same for a command: the private one also while a server runs on it.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub async fn join(config: &Config) -> Result<Self, DatabaseError> {
        match Self::open(config).await {
            Err(DatabaseError::Private(StartError::Locked { .. })) => {
                let url = url_of_running(&config.data_dir)?;
                Ok(Self {
                    db: Db::new(&url, &PoolSettings::default())?,
                    direct: DirectDb::new(&url)?,
                    private: None,
                })
            }
            opened => opened,
        }
    }

    /// Brings the schema up to date; answers how many migrations ran.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub async fn migrate(&self, config: &Config) -> Result<usize, DatabaseError> {
        Ok(migrate::run(&self.direct, config.migration_timeout_seconds).await?)
    }

    /// Closes the pool and stops the private cluster.
    pub async fn close(self) {
        self.db.close();
        if let Some(private) = self.private {
            private.stop().await;
        }
    }
}

/// A database that starts beside us may need a moment.
async fn wait_for(direct: &DirectDb) -> Result<(), DbError> {
    let mut tries = 0;
    loop {
        match direct.connect().await {
            Ok(_) => return Ok(()),
            Err(error) if tries < PATIENCE => {
                if tries == 0 {
                    tracing::warn!(%error, "waiting for the database");
                }
                tries += 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Two connections prepare different statements under the same name; each must get its own answer.
async fn check_pooler(url: &SecretString) -> Result<(), DatabaseError> {
    let connector = Connector::new(url)?;
    let (first, _) = connector.connect_once().await.map_err(DbError::from)?;
    let (second, _) = connector.connect_once().await.map_err(DbError::from)?;
    let one = first
        .prepare("select 1")
        .await
        .map_err(|_| DatabaseError::Pooler)?;
    let two = second
        .prepare("select 2")
        .await
        .map_err(|_| DatabaseError::Pooler)?;
    for _ in 0..20 {
        let (a, b) = tokio::join!(first.query_one(&one, &[]), second.query_one(&two, &[]));
        let answers = (
            a.map(|row| row.get::<_, i32>(0)).ok(),
            b.map(|row| row.get::<_, i32>(0)).ok(),
        );
        if answers != (Some(1), Some(2)) {
            return Err(DatabaseError::Pooler);
        }
    }
    Ok(())
}

/// Time and chance of a real server.
pub fn context() -> Context {
    Context::system()
}
