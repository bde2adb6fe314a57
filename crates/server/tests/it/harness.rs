//! A whole server on a database of its own.

use platform::config::Config;
use serde_json::{Value, json};
use server::App;
use std::sync::Arc;
use testkit::{Client, ManualClock, TestDatabase};
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// A server; it stops when it is dropped.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) client: Client,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) config: Arc<Config>,
    pub(crate) database: Arc<TestDatabase>,
    _stop: DropGuard,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let database = Arc::new(TestDatabase::new().await);
        let clock = ManualClock::at("2026-06-01T12:00:00Z");
        Self::on(database, clock, testkit::config(settings)).await
    }

    /// Another server on the same database, as after a restart or on another machine.
    pub(crate) async fn again(&self) -> Self {
        Self::on(
            self.database.clone(),
            self.clock.clone(),
            self.config.clone(),
        )
        .await
    }

    pub(crate) async fn on(
        database: Arc<TestDatabase>,
        clock: Arc<ManualClock>,
        config: Arc<Config>,
    ) -> Self {
        platform::telemetry::metrics();
        let app = App::build(
            config.clone(),
            testkit::context(&clock),
            database.db.clone(),
            database.direct.clone(),
        )
        .await
        .unwrap();
        let stop = CancellationToken::new();
        let (identity, direct, token) =
            (app.identity.clone(), database.direct.clone(), stop.clone());
        tokio::spawn(async move { identity.follow_changes(direct, token).await });
        Self {
            client: Client::new(app.router.clone()),
            app,
            clock,
            config,
            database,
            _stop: stop.drop_guard(),
        }
    }

    /// Registers a person; answers their id.
    pub(crate) async fn register(&self, email: &str) -> String {
        let body = json!({"email": email, "password": PASSWORD});
        let client = self.client.fresh();
        let answer = client.post("/api/v1/auth/register", body).await;
        let json = answer.expect(200).json();
        json["id"].as_str().unwrap().to_owned()
    }

    /// Signs a person in; answers a client with the cookie, and the body.
    pub(crate) async fn login(&self, email: &str) -> (Client, Value) {
        let client = self.client.fresh();
        let body = json!({"email": email, "password": PASSWORD});
        let answer = client.post("/api/v1/auth/login", body).await.expect(200);
        (client, answer.json())
    }

    /// A person with an access token.
    pub(crate) async fn person(&self, email: &str) -> (String, Client) {
        let id = self.register(email).await;
        let (_, body) = self.login(email).await;
        let bearer = self.client.bearer(body["accessToken"].as_str().unwrap());
        (id, bearer)
    }
}
