//! Identity alone behind the real edge, on a database of its own.

use async_trait::async_trait;
use identity::{Deps, Identity, KeysError};
use kernel::UserId;
use kernel::crypto::seal::SealKeys;
use platform::Context;
use platform::config::Config;
use platform::db::{DbError, Tx};
use platform::http::edge::{self, Edge};
use platform::http::{Limits, TrustedOrigins, TrustedProxies};
use platform::jobs::{Jobs, Registry};
use platform::mail::{Mail, Mailer};
use platform::ports::{NewUser, UserData};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use testkit::{Answer, Client, ManualClock, TestDatabase};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const WRONG: &str = "battery horse correct";
pub(crate) const ADA: &str = "ada@example.com";

pub(crate) struct House {
    pub(crate) client: Client,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) config: Arc<Config>,
    pub(crate) context: Context,
    pub(crate) database: Arc<TestDatabase>,
    pub(crate) identity: Identity,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) mailer: Arc<Mailer>,
    stop: CancellationToken,
    following: Option<JoinHandle<()>>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Another domain that cannot make what an account needs.
pub(crate) struct Broken;

#[async_trait]
impl UserData for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    async fn created(&self, _: &Tx, _: &NewUser) -> Result<(), DbError> {
        Err(DbError::Unavailable("no wallet today".to_owned()))
    }

    async fn export(&self, _: &UserId) -> Result<Box<RawValue>, DbError> {
        Ok(RawValue::NULL.to_owned())
    }

    async fn erase(&self, _: &Tx, _: &UserId) -> Result<(), DbError> {
        Ok(())
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let database = Arc::new(TestDatabase::new().await);
        let clock = ManualClock::at("2026-06-01T12:00:00Z");
        Self::on(database, clock, testkit::config(settings), Vec::new())
            .await
            .unwrap()
    }

    /// Another server on the same database, as after a restart or on another machine.
    pub(crate) async fn again(&self) -> Self {
        self.again_with(&[]).await.unwrap()
    }

    pub(crate) async fn again_with(&self, settings: &[(&str, &str)]) -> Result<Self, KeysError> {
        let config = if settings.is_empty() {
            self.config.clone()
        } else {
            testkit::config(settings)
        };
        Self::on(
            self.database.clone(),
            self.clock.clone(),
            config,
            Vec::new(),
        )
        .await
    }

    pub(crate) async fn on(
        database: Arc<TestDatabase>,
        clock: Arc<ManualClock>,
        config: Arc<Config>,
        user_data: Vec<Arc<dyn UserData>>,
    ) -> Result<Self, KeysError> {
        let context = testkit::context(&clock);
        let jobs = Arc::new(Jobs::new(database.db.clone(), context.clone()));
        let secrets = &config.secrets;
        let seal = SealKeys::new(secrets.kek.clone(), secrets.keks_previous.clone());
        let mailer = Mailer::new(
            config.mail.clone(),
            config.is_production,
            jobs.clone(),
            Arc::new(seal),
            context.clock.clone(),
        );
        let mailer = Arc::new(mailer.unwrap());
        let identity = Identity::new(Deps {
            context: context.clone(),
            db: database.db.clone(),
            config: config.clone(),
            user_data,
            mailer: mailer.clone(),
        })
        .await?;
        let edge = Edge {
            context: context.clone(),
            proxies: TrustedProxies::default(),
            origins: Arc::new(TrustedOrigins::new(&config.base_url, &config.cors_origins)),
            limits: Arc::new(Limits::new(
                context.clock.clone(),
                config.is_rate_limited,
                100,
                60,
            )),
            authenticator: identity.authenticator(),
            timeout: Duration::from_secs(30),
            is_https: config.is_https(),
        };
        let (router, _) = identity.router().split_for_parts();
        let stop = CancellationToken::new();
        let (follower, direct, token) = (identity.clone(), database.direct.clone(), stop.clone());
        let following = tokio::spawn(async move { follower.follow_changes(direct, token).await });
        Ok(Self {
            client: Client::new(edge::protect(router, Arc::new(edge))),
            clock,
            config,
            context,
            database,
            identity,
            jobs,
            mailer,
            stop,
            following: Some(following),
        })
    }

    /// Stops following changes, after which gathered activity has been written.
    pub(crate) async fn shut_down(&mut self) {
        self.stop.cancel();
        self.following.take().unwrap().await.unwrap();
    }

    /// Asks something as nobody, from a client with an empty jar.
    pub(crate) async fn ask(&self, path: &str, body: Value) -> Answer {
        self.client
            .fresh()
            .post(&format!("/api/v1/auth/{path}"), body)
            .await
    }

    /// Registers a person; answers their id.
    pub(crate) async fn register(&self, email: &str) -> String {
        let body = json!({"email": email, "password": PASSWORD});
        let json = self.ask("register", body).await.expect(200).json();
        json["id"].as_str().unwrap().to_owned()
    }

    /// Tries to sign in.
    pub(crate) async fn try_login(&self, email: &str, password: &str) -> Answer {
        self.ask("login", json!({"email": email, "password": password}))
            .await
    }

    /// Signs a person in; answers a client with the cookie and a trusted Origin, and the body.
    pub(crate) async fn login(&self, email: &str) -> (Client, Value) {
        let client = self.client.fresh().with("origin", testkit::BASE_URL);
        let body = json!({"email": email, "password": PASSWORD});
        let answer = client.post("/api/v1/auth/login", body).await.expect(200);
        (client, answer.json())
    }

    /// Registers and signs in.
    pub(crate) async fn person(&self, email: &str) -> (String, Client, Value) {
        let id = self.register(email).await;
        let (client, body) = self.login(email).await;
        (id, client, body)
    }

    /// Refreshes by token.
    pub(crate) async fn refresh(&self, token: &Value) -> Answer {
        self.ask("refresh", json!({"refreshToken": token})).await
    }

    /// Whether our endpoints accept an access token now.
    pub(crate) async fn is_valid(&self, token: &Value) -> bool {
        let answer = self.ask("validate", json!({"token": token})).await;
        answer.expect(200).json()["valid"] == true
    }

    /// Does what is due.
    pub(crate) async fn do_jobs(&self) {
        let mut registry = Registry::default();
        self.mailer.register(&mut registry);
        self.identity.jobs(&mut registry);
        while self.jobs.run_due(&registry).await.unwrap() > 0 {}
        let (_, dead) = self.jobs.counts().await.unwrap();
        assert_eq!(dead, 0);
    }

    /// Does what is due and answers the mails that went to an address, oldest first.
    pub(crate) async fn mails(&self, to: &str) -> Vec<Mail> {
        self.do_jobs().await;
        let all = self.mailer.mailbox().unwrap().list();
        let theirs = all.into_iter().map(|(_, mail)| mail);
        theirs.filter(|mail| mail.to == to).collect()
    }

    /// Past row-level security: runs statements.
    pub(crate) async fn sql(&self, statements: &str) {
        let root = self.database.superuser().await;
        root.batch_execute(statements).await.unwrap();
    }

    /// Past row-level security: one number.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        let root = self.database.superuser().await;
        root.query_one(query, &[]).await.unwrap().get(0)
    }

    /// Past row-level security: one text.
    pub(crate) async fn text(&self, query: &str) -> String {
        let root = self.database.superuser().await;
        root.query_one(query, &[]).await.unwrap().get(0)
    }
}

/// A bearer client of a login's or refresh's body.
pub(crate) fn bearer(house: &House, body: &Value) -> Client {
    house.client.bearer(body["accessToken"].as_str().unwrap())
}

/// The fields a problem names.
pub(crate) fn fields(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array();
    errors
        .into_iter()
        .flatten()
        .map(|error| error["field"].as_str().unwrap())
        .collect()
}
