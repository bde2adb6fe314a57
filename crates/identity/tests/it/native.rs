//! Identity behind the edge, and browsers that speak the Better Auth surface.

use axum::Router;
use identity::Identity;
use kernel::crypto::seal::SealKeys;
use platform::Context;
use platform::config::{Config, Source};
use platform::http::edge::{self, Edge};
use platform::http::{Limits, TrustedOrigins, TrustedProxies};
use platform::jobs::Jobs;
use platform::mail::Mailer;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use testkit::{Answer, Client, ManualClock, TestDatabase};
use tokio_postgres::Client as Postgres;

pub(crate) const BASE: &str = "http://localhost:3001";
pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const NEXT: &str = "another fine password";

pub(crate) struct World {
    database: TestDatabase,
    pub(crate) client: Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let database = TestDatabase::new().await;
        let context = testkit::context(&ManualClock::at("2026-06-01T12:00:00Z"));
        let kek = data_encoding::BASE64.encode(&[7; 32]);
        let mut pairs = vec![
            ("ENVIRONMENT", "development"),
            ("BASE_URL", BASE),
            (
                "BETTER_AUTH_SECRET",
                "0123456789abcdef0123456789abcdef-secret-x",
            ),
            ("MANA_AUTH_KEK", kek.as_str()),
            ("RATE_LIMIT_ENABLED", "false"),
        ];
        pairs.retain(|(name, _)| settings.iter().all(|(other, _)| other != name));
        pairs.extend(settings);
        let config = Arc::new(Config::read(Source::from_pairs(&pairs), &context).unwrap());
        let router = routes(&database, &context, config).await;
        Self {
            database,
            client: Client::new(router).with("origin", BASE),
        }
    }

    /// Another browser.
    pub(crate) fn browser(&self) -> Client {
        self.client.fresh().with("origin", BASE)
    }

    pub(crate) async fn sign_up(&self, email: &str) -> Client {
        let browser = self.browser();
        let body = json!({"name": "Ada", "email": email, "password": PASSWORD});
        browser
            .post("/api/auth/sign-up/email", body)
            .await
            .expect(200);
        browser
    }

    pub(crate) async fn sign_in(&self, email: &str) -> Client {
        let browser = self.browser();
        attempt(&browser, email, PASSWORD).await.expect(200);
        browser
    }

    pub(crate) async fn postgres(&self) -> Postgres {
        self.database.superuser().await
    }
}

async fn routes(database: &TestDatabase, context: &Context, config: Arc<Config>) -> Router {
    let jobs = Arc::new(Jobs::new(database.db.clone(), context.clone()));
    let secrets = &config.secrets;
    let seal = SealKeys::new(secrets.kek.clone(), secrets.keks_previous.clone());
    let mailer = Mailer::new(
        config.mail.clone(),
        false,
        jobs,
        Arc::new(seal),
        context.clock.clone(),
    );
    let identity = Identity::new(identity::Deps {
        context: context.clone(),
        db: database.db.clone(),
        config: config.clone(),
        user_data: Vec::new(),
        mailer: Arc::new(mailer.unwrap()),
    });
    let identity = identity.await.unwrap();
    let edge = Edge {
        context: context.clone(),
        proxies: TrustedProxies::default(),
        origins: Arc::new(TrustedOrigins::new(&config.base_url, &config.cors_origins)),
        limits: Arc::new(Limits::new(
            context.clock.clone(),
            config.is_rate_limited,
            10_000,
            60,
        )),
        authenticator: identity.authenticator(),
        timeout: Duration::from_secs(30),
        is_https: false,
    };
    edge::protect(identity.router().split_for_parts().0, Arc::new(edge))
}

pub(crate) async fn attempt(browser: &Client, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    browser.post("/api/auth/sign-in/email", body).await
}

pub(crate) async fn session(browser: &Client) -> Value {
    browser
        .get("/api/auth/get-session")
        .await
        .expect(200)
        .json()
}

pub(crate) async fn count(postgres: &Postgres, query: &str) -> i64 {
    postgres.query_one(query, &[]).await.unwrap().get(0)
}
