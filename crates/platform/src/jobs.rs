//! The job queue: work written in the transaction that needs it, done at least once, retried with backoff, dead letters visible.

use crate::Context;
use crate::db::{Actor, Db, DbError, Tx};
use dashmap::DashMap;
use futures_util::future::BoxFuture;
use kernel::Timestamp;
use queries::queries::platform::jobs as sql;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Why a job did not get done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may work later.
    #[error("{0}")]
    Retry(String),
    /// It will never work; it becomes a dead letter at once.
    #[error("{0}")]
    Never(String),
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<tokio_postgres::Error> for JobError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Retry(error.to_string())
    }
}

type Handler = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync>;

/// A job that comes round by itself.
struct Schedule {
    kind: &'static str,
    every_seconds: i64,
}

/// Which job is done by whom. Every domain registers its own.
#[derive(Default)]
pub struct Registry {
    handlers: HashMap<&'static str, Handler>,
    schedules: Vec<Schedule>,
}

impl Registry {
    /// Does jobs of a kind with `handler`, which must be idempotent.
    pub fn on<F, R>(&mut self, kind: &'static str, handler: F)
    where
        F: Fn(Value) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.handlers
            .insert(kind, Arc::new(move |payload| Box::pin(handler(payload))));
    }

    /// Does a job every so many seconds, once over all replicas.
    pub fn every<F, R>(&mut self, kind: &'static str, every_seconds: i64, handler: F)
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.schedules.push(Schedule {
            kind,
            every_seconds,
        });
        self.on(kind, move |_| handler());
    }
}

const BATCH: i64 = 16;
const LEASE_SECONDS: i64 = 120;
/// No job is put off so long: one that seems to be was written by a clock that was ahead, and is due.
const NEVER_SECONDS: i64 = 86_400;
const IDLE: Duration = Duration::from_secs(2);
/// How long jobs that failed for good stay visible.
pub const DEAD_LETTER_DAYS: i64 = 90;

/// The queue.
pub struct Jobs {
    db: Db,
    context: Context,
    wake: Notify,
    count: AtomicU32,
    slots: DashMap<&'static str, i64>,
}

impl Jobs {
    /// The queue over a database.
    pub fn new(db: Db, context: Context) -> Self {
        Self {
            db,
            context,
            wake: Notify::new(),
            count: AtomicU32::new(0),
            slots: DashMap::new(),
        }
    }

    /// Writes a job in a transaction; it runs after `run_at`. Of two with one `dedupe_key` only the first is kept.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn enqueue<P: Serialize + Sync>(
        &self,
        tx: &Tx,
        kind: &str,
        payload: &P,
        dedupe_key: Option<&str>,
        run_at: Timestamp,
    ) -> Result<(), DbError> {
        let payload = serde_json::to_value(payload).unwrap_or(Value::Null);
        let id = self.next_id();
        sql::enqueue()
            .bind(
                tx,
                &id,
                &kind,
                &payload,
                &dedupe_key,
                &run_at.into(),
                &self.context.now().into(),
            )
            .await?;
        Ok(())
    }

    /// An id later than those before it, within one millisecond too (RFC 9562 §6.2, method 1): mails of one moment leave
    /// in their order.
    fn next_id(&self) -> Uuid {
        let [.., high, low] = self.count.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let mut bytes = self.context.new_uuid().into_bytes();
        let [_, _, _, _, _, _, version, count, ..] = &mut bytes;
        *version = (*version & 0xf0) | (high & 0x0f);
        *count = low;
        Uuid::from_bytes(bytes)
    }

    /// Looks for work at once instead of at the next tick; call it after a commit.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Works until `stop` is cancelled; the job in hand is finished first.
    pub async fn run(&self, registry: &Registry, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let found = match self.run_due(registry).await {
                Ok(found) => found,
                Err(error) => {
                    tracing::debug!(%error, "the job queue is out of reach");
                    0
                }
            };
            if found == 0 {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.wake.notified() => {}
                    () = tokio::time::sleep(IDLE) => {}
                }
            }
        }
    }

    /// Does what is due now and answers how many jobs that were.
    ///
    /// # Errors
    /// [`DbError`] when the queue cannot be read.
    pub async fn run_due(&self, registry: &Registry) -> Result<usize, DbError> {
        self.schedule(registry).await?;
        let now = self.context.now();
        let once = self.db.once(&Actor::Service).await?;
        let mut due = sql::claim_due()
            .bind(
                &once,
                &now.plus_seconds(LEASE_SECONDS).into(),
                &now.into(),
                &now.plus_seconds(NEVER_SECONDS).into(),
                &BATCH,
            )
            .all()
            .await?;
        drop(once);
        due.sort_by_key(|job| job.id);
        let mut done = 0;
        let mut due = due.into_iter();
        while let Some(job) = due.next() {
            let outcome = match registry.handlers.get(job.kind.as_str()) {
                Some(handler) => handler(job.payload.clone()).await,
                None => Err(JobError::Retry(format!(
                    "no handler for `{}` in this version",
                    job.kind
                ))),
            };
            self.settle(&job, outcome).await?;
            done += 1;
            if self.context.now().seconds_since(now) > LEASE_SECONDS / 2 {
                self.give_back(due.as_slice()).await?;
                break;
            }
        }
        Ok(done)
    }

    /// Lets go of claimed jobs before their lease runs out in a queue behind slow ones, as if they had not been claimed.
    async fn give_back(&self, jobs: &[sql::DueJob]) -> Result<(), DbError> {
        let ids: Vec<Uuid> = jobs.iter().map(|job| job.id).collect();
        let once = self.db.once(&Actor::Service).await?;
        sql::give_back().bind(&once, &ids).await?;
        Ok(())
    }

    async fn settle(
        &self,
        job: &sql::DueJob,
        outcome: Result<(), JobError>,
    ) -> Result<(), DbError> {
        let now = self.context.now();
        let once = self.db.once(&Actor::Service).await?;
        match outcome {
            Ok(()) => {
                sql::finish().bind(&once, &job.id).await?;
            }
            Err(JobError::Retry(error)) if job.attempts < job.max_attempts => {
                tracing::warn!(kind = job.kind, attempt = job.attempts, %error, "a job will be tried again");
                let wait = 5_i64.saturating_mul(1 << job.attempts.clamp(0, 10));
                sql::retry()
                    .bind(&once, &now.plus_seconds(wait).into(), &error, &job.id)
                    .await?;
            }
            Err(error) => {
                tracing::error!(kind = job.kind, %error, "a job is dead");
                metrics::counter!("jobs_dead_total", "kind" => job.kind.clone()).increment(1);
                sql::bury()
                    .bind(&once, &now.into(), &error.to_string(), &job.id)
                    .await?;
            }
        }
        Ok(())
    }

    /// Writes the recurring jobs whose slot has begun; every replica tries, the table keeps one.
    async fn schedule(&self, registry: &Registry) -> Result<(), DbError> {
        let now = self.context.now();
        for Schedule {
            kind,
            every_seconds,
        } in &registry.schedules
        {
            let slot = now.seconds().div_euclid(*every_seconds);
            if self.slots.get(kind).is_some_and(|known| *known == slot) {
                continue;
            }
            let once = self.db.once(&Actor::Service).await?;
            sql::claim_slot()
                .bind(&once, kind, &slot, &self.context.new_uuid(), &now.into())
                .await?;
            self.slots.insert(*kind, slot);
        }
        Ok(())
    }

    /// How many jobs wait and how many are dead, for metrics.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn counts(&self) -> Result<(i64, i64), DbError> {
        let once = self.db.once(&Actor::Service).await?;
        let counts = sql::count_waiting().bind(&once).one().await?;
        Ok((counts.waiting, counts.dead))
    }

    /// Forgets dead letters after their retention.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn clean(&self) -> Result<(), DbError> {
        let before = self.context.now().plus_seconds(-DEAD_LETTER_DAYS * 86_400);
        let once = self.db.once(&Actor::Service).await?;
        sql::delete_dead().bind(&once, &before.into()).await?;
        Ok(())
    }
}
