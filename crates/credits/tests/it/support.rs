//! A database, the routes, and people who are signed in by a header.

use async_trait::async_trait;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use credits::{Calendar, CheckpointKeys, Credits, Deps, Report};
use kernel::text::EmailAddress;
use kernel::{SessionId, UserId};
use platform::Context;
use platform::config::CreditsConfig;
use platform::db::{Actor, Db, DbError, Tx};
use platform::ports::{Caller, Credential, NewUser, People, Role, UserData, Via};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{Answer, Client, ManualClock, TestDatabase};

pub(crate) struct World {
    pub(crate) database: TestDatabase,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) context: Context,
    pub(crate) credits: Credits,
    client: Client,
}

/// Everybody is there but those whose id begins so.
pub(crate) const GONE: &str = "gone-";

struct Everyone;

#[async_trait]
impl People for Everyone {
    async fn hold(&self, _: &Tx, user: &UserId) -> Result<bool, DbError> {
        Ok(!user.as_str().starts_with(GONE))
    }

    async fn missing(&self, _: &Tx, users: &[UserId]) -> Result<Vec<UserId>, DbError> {
        let missing = users.iter().filter(|user| user.as_str().starts_with(GONE));
        Ok(missing.cloned().collect())
    }
}

pub(crate) fn keys() -> CheckpointKeys {
    CheckpointKeys::new(&("test".to_owned(), [7; 32]), &[])
}

pub(crate) fn config(bonus: i64, daily: i64) -> CreditsConfig {
    CreditsConfig {
        signup_bonus: bonus,
        daily_free: daily,
        timezone: "UTC".to_owned(),
    }
}

pub(crate) fn credits_on(db: &Db, context: &Context, config: CreditsConfig) -> Credits {
    Credits::new(Deps {
        db: db.clone(),
        context: context.clone(),
        calendar: Calendar::new(&config.timezone).unwrap(),
        config,
        people: Arc::new(Everyone),
        checkpoint_keys: keys(),
    })
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(config(150, 5)).await
    }

    pub(crate) async fn with(config: CreditsConfig) -> Self {
        let database = TestDatabase::new().await;
        let clock = ManualClock::at("2026-06-01T12:00:00Z");
        let context = testkit::context(&clock);
        let credits = credits_on(&database.db, &context, config);
        let client = Client::new(app(&credits));
        Self {
            database,
            clock,
            context,
            credits,
            client,
        }
    }

    /// Makes a person's wallet as registration does, and a client signed in as them.
    pub(crate) async fn register(&self, id: &str) -> Client {
        let tx = self.database.db.tx(&Actor::Service).await.unwrap();
        let user = NewUser {
            id: UserId::new(id),
            created_at: self.context.now(),
        };
        self.credits.created(&tx, &user).await.unwrap();
        tx.commit().await.unwrap();
        self.sign_in(id)
    }

    pub(crate) fn sign_in(&self, id: &str) -> Client {
        self.client.fresh().with("x-test-user", id)
    }

    pub(crate) fn nobody(&self) -> Client {
        self.client.fresh()
    }

    pub(crate) async fn report(&self) -> Report {
        let tx = self.database.db.tx(&Actor::Service).await.unwrap();
        credits::verify(&tx, &keys(), &Everyone).await.unwrap()
    }

    pub(crate) async fn assert_clean(&self) {
        let report = self.report().await;
        assert!(report.is_clean(), "{report:?}");
    }

    /// Puts paid credits into a wallet, as a purchase will.
    pub(crate) async fn buy(&self, id: &str, amount: i64) {
        let superuser = self.database.superuser().await;
        superuser
            .execute(
                "with booked as (select credits.post_transfer(a.id, 'paid', $2, '00000000-0000-4000-8000-000000000002',
                     $3, 'purchase', 'system', 'test', null, $4) from credits.accounts a where a.owner_id = $1)
                 insert into credits.transactions (id, user_id, type, status, amount, balance_before, balance_after, app_id, description, created_at, completed_at, transfer_id)
                 select $3, $1, 'purchase', 'completed', $2, a.paid + a.free, a.paid + a.free + $2, 'test', 'test', $4, $4, $3
                 from credits.accounts a, booked where a.owner_id = $1",
                &[&id, &amount, &self.context.new_uuid(), &self.context.now().utc()],
            )
            .await
            .unwrap();
    }
}

pub(crate) fn app(credits: &Credits) -> Router {
    let (router, _) = credits.router().split_for_parts();
    router.layer(middleware::from_fn(sign_in_by_header))
}

async fn sign_in_by_header(mut request: Request, next: Next) -> Response {
    if let Some(id) = request.headers().get("x-test-user") {
        let id = id.to_str().unwrap().to_owned();
        request
            .extensions_mut()
            .insert(Credential::Live(Arc::new(Caller {
                user_id: UserId::new(id),
                session_id: SessionId::new("s"),
                role: Role::User,
                email: EmailAddress::parse("person@example.com").unwrap(),
                via: Via::Bearer,
            })));
    }
    next.run(request).await
}

pub(crate) fn use_body(amount: i64) -> Value {
    json!({"amount": amount, "appId": "chat", "description": "A message"})
}

pub(crate) async fn spend(client: &Client, amount: i64) -> Answer {
    client.post("/api/v1/credits/use", use_body(amount)).await
}

pub(crate) async fn balance(client: &Client) -> Value {
    client
        .get("/api/v1/credits/balance")
        .await
        .expect(200)
        .json()
}
