//! The front of this crate: what the server composes.

use crate::calendar::Calendar;
use crate::invariants::{self, CheckpointKeys};
use crate::transactions::{Position, Transaction};
use crate::usage::{Flight, Gatherer};
use crate::{balance, ledger, transactions, usage, usage_stats};
use async_trait::async_trait;
use kernel::{Timestamp, UserId};
use platform::Context;
use platform::config::CreditsConfig;
use platform::db::{Actor, Db, DbError, Tx};
use platform::jobs::{JobError, Registry};
use platform::ports::{NewUser, People, UserData};
use queries::client::GenericClient;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// How long receipts of idempotency keys live (contract decision 9).
pub const RECEIPT_DAYS: i64 = 7;
/// Rows per page of an export.
const EXPORT_PAGE: i64 = 200;

/// What credits stand on.
pub struct Deps {
    /// The database.
    pub db: Db,
    /// Time and chance.
    pub context: Context,
    /// Bonus and daily grant.
    pub config: CreditsConfig,
    /// Days in `CREDITS_TIMEZONE`.
    pub calendar: Calendar,
    /// Who is there.
    pub people: Arc<dyn People>,
    /// What signs checkpoints of the book.
    pub checkpoint_keys: CheckpointKeys,
}

struct Inner {
    db: Db,
    context: Context,
    config: CreditsConfig,
    calendar: Calendar,
    people: Arc<dyn People>,
    checkpoint_keys: CheckpointKeys,
    gatherer: Gatherer,
}

/// Credits: the routes, the jobs and what other domains may ask. Cheap to clone.
#[derive(Clone)]
pub struct Credits(Arc<Inner>);

impl Credits {
    /// Starts the task that gathers debits, so it must be called on a tokio runtime.
    pub fn new(deps: Deps) -> Self {
        let gatherer = Gatherer::start(Flight {
            db: deps.db.clone(),
            context: deps.context.clone(),
            calendar: deps.calendar,
        });
        Self(Arc::new(Inner {
            db: deps.db,
            context: deps.context,
            config: deps.config,
            calendar: deps.calendar,
            people: deps.people,
            checkpoint_keys: deps.checkpoint_keys,
            gatherer,
        }))
    }

    /// The routes under `/api/v1/credits`, with their part of the OpenAPI description.
    pub fn router(&self) -> OpenApiRouter {
        balance::router()
            .merge(usage::router())
            .merge(transactions::router())
            .merge(usage_stats::router())
            .with_state(self.clone())
    }

    /// Clean-up of receipts, checkpoints of the book, and the daily proof of its invariants.
    pub fn jobs(&self, registry: &mut Registry) {
        let credits = self.clone();
        registry.every("credits.delete_receipts", 3600, move || {
            let credits = credits.clone();
            async move { credits.delete_receipts().await.map_err(JobError::from) }
        });
        let credits = self.clone();
        registry.every("credits.seal_checkpoint", 3600, move || {
            let credits = credits.clone();
            async move { credits.seal_checkpoint().await.map_err(JobError::from) }
        });
        let credits = self.clone();
        registry.every("credits.verify", 86_400, move || {
            let credits = credits.clone();
            async move { credits.verify().await.map_err(JobError::from) }
        });
    }

    /// Waits until no debit is under way: before the database is shut down.
    pub async fn drain(&self) {
        self.0.gatherer.drain().await;
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn context(&self) -> &Context {
        &self.0.context
    }

    pub(crate) fn calendar(&self) -> Calendar {
        self.0.calendar
    }

    pub(crate) fn people(&self) -> &dyn People {
        self.0.people.as_ref()
    }

    /// Whether a person is there and not deleted.
    pub(crate) async fn is_there(&self, user_id: &UserId) -> Result<bool, DbError> {
        let tx = self.0.db.tx(&Actor::User(user_id.clone())).await?;
        self.0.people.hold(&tx, user_id).await
    }

    pub(crate) fn gatherer(&self) -> &Gatherer {
        &self.0.gatherer
    }

    /// Opens a person's wallet with the signup bonus; does nothing when they have one. In the transaction that makes the
    /// person, or that holds them ([`People::hold`]).
    pub(crate) async fn open_wallet<C: GenericClient>(
        &self,
        client: &C,
        user_id: &UserId,
        now: Timestamp,
    ) -> Result<(), DbError> {
        // The wallet's id goes into entries that outlive the person, so it must tell nothing: not even when it was made.
        let account_id =
            uuid::Builder::from_random_bytes(kernel::chance::bytes(self.0.context.random.as_ref()))
                .into_uuid();
        let CreditsConfig {
            signup_bonus,
            daily_free,
            ..
        } = self.0.config;
        let transfer_id = self.0.context.new_uuid();
        ledger::open_wallet(
            client,
            account_id,
            transfer_id,
            user_id,
            signup_bonus,
            daily_free,
            now,
        )
        .await?;
        Ok(())
    }

    async fn delete_receipts(&self) -> Result<(), DbError> {
        let before = self
            .0
            .context
            .now()
            .plus_seconds(RECEIPT_DAYS.saturating_mul(-86_400));
        let once = self.0.db.once(&Actor::Service).await?;
        let deleted = ledger::delete_receipts(&once, before).await?;
        tracing::debug!(deleted, "old receipts are gone");
        Ok(())
    }

    async fn seal_checkpoint(&self) -> Result<(), DbError> {
        let tx = self.0.db.tx(&Actor::Service).await?;
        let heads = ledger::fold_heads(&tx).await?;
        let (key_id, seal) = self.0.checkpoint_keys.seal(&heads);
        let now = self.0.context.now();
        ledger::insert_checkpoint(&tx, &heads, key_id, &seal, now).await?;
        tx.commit().await
    }

    async fn verify(&self) -> Result<(), DbError> {
        let tx = self.0.db.tx(&Actor::Service).await?;
        let report = invariants::verify(&tx, &self.0.checkpoint_keys, self.people()).await?;
        tx.commit().await?;
        for check in &report.checks {
            let count = u32::try_from(check.differences.len()).unwrap_or(u32::MAX);
            metrics::gauge!("ledger_differences", "check" => check.name).set(f64::from(count));
            for difference in &check.differences {
                tracing::error!(
                    check = check.name,
                    subject = difference.subject,
                    detail = difference.detail,
                    "the ledger is inconsistent"
                );
            }
        }
        Ok(())
    }

    async fn export_transactions(&self, user: &UserId) -> Result<Vec<Transaction>, DbError> {
        let mut all: Vec<Transaction> = Vec::new();
        let mut position = Position::Offset(0);
        loop {
            let once = self.0.db.once(&Actor::User(user.clone())).await?;
            let page = transactions::list_transactions(&once, user, EXPORT_PAGE, &position).await?;
            match page.rows.last() {
                Some(last) => position = last.position(),
                None => return Ok(all),
            }
            all.extend(page.rows);
        }
    }
}

/// What is kept about a person.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Export {
    balance: Option<Value>,
    transactions: Vec<Transaction>,
    usage_stats: Vec<Value>,
}

#[async_trait]
impl UserData for Credits {
    fn name(&self) -> &'static str {
        "credits"
    }

    async fn created(&self, tx: &Tx, user: &NewUser) -> Result<(), DbError> {
        self.open_wallet(tx, &user.id, user.created_at).await
    }

    async fn export(&self, user: &UserId) -> Result<Box<RawValue>, DbError> {
        let actor = Actor::User(user.clone());
        let balance = {
            let once = self.0.db.once(&actor).await?;
            balance::find_balance(&once, user).await?
        };
        let usage = {
            let once = self.0.db.once(&actor).await?;
            let ever = Timestamp::new(chrono::DateTime::UNIX_EPOCH);
            usage_stats::list_days(&once, user, ever, i64::MAX).await?
        };
        let export = Export {
            balance: balance.map(|balance| {
                json!({
                    "balance": balance.paid,
                    "freeCreditsRemaining": balance.free,
                    "dailyFreeCredits": balance.daily,
                    "lastDailyResetAt": balance.last_daily_reset_at,
                    "totalEarned": balance.total_earned,
                    "totalSpent": balance.total_spent,
                })
            }),
            transactions: self.export_transactions(user).await?,
            usage_stats: usage
                .iter()
                .map(|day| {
                    json!({
                        "date": self.0.calendar.day(day.date).to_string(),
                        "appId": day.app_id,
                        "creditsUsed": day.credits_used,
                        "uses": day.uses,
                    })
                })
                .collect(),
        };
        to_raw_value(&export).map_err(|error| DbError::Fault(error.to_string()))
    }

    async fn erase(&self, tx: &Tx, user: &UserId) -> Result<(), DbError> {
        let ids = (self.0.context.new_uuid(), self.0.context.new_uuid());
        ledger::erase_wallet(tx, user, ids, self.0.context.now()).await?;
        Ok(())
    }
}
