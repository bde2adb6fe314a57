//! The composition: which domain gets what, and the router they make together.

use crate::docs;
use crate::edge_answers;
use crate::health::{self, Health};
use crate::mailbox;
use crate::observe;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse, Response};
use credits::{Calendar, CheckpointKeys, Credits};
use http::{Method, StatusCode, header};
use identity::{Identity, KeysError};
use kernel::crypto::seal::SealKeys;
use platform::Context;
use platform::config::Config;
use platform::db::{Db, DirectDb};
use platform::http::edge::{self, Edge};
use platform::http::extract::MAX_BODY_BYTES;
use platform::http::location::location;
use platform::http::{ApiError, Code, Limits, TrustedOrigins, TrustedProxies};
use platform::jobs::{Jobs, Registry};
use platform::mail::{MailSetupError, Mailer};
use platform::ports::UserData;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Why the server cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The signing keys are not to be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Mail cannot be set up.
    #[error(transparent)]
    Mail(#[from] MailSetupError),
    /// `CREDITS_TIMEZONE` is no time zone.
    #[error("CREDITS_TIMEZONE: {0}")]
    Calendar(#[from] credits::UnknownTimeZone),
}

/// Everything a running server is made of.
pub struct App {
    /// All routes behind the edge.
    pub router: Router,
    /// Who people are.
    pub identity: Identity,
    /// What they may spend.
    pub credits: Credits,
    /// Work that waits.
    pub jobs: Arc<Jobs>,
    /// Who does it.
    pub registry: Arc<Registry>,
    /// Whether the server is up, and whether it is going down.
    pub health: Arc<Health>,
    limits: Arc<Limits>,
}

/// The domains over a database, without routes: what the commands work with.
pub struct Domains {
    /// Who people are.
    pub identity: Identity,
    /// What they may spend.
    pub credits: Credits,
    /// Work that waits.
    pub jobs: Arc<Jobs>,
    /// Mails that wait.
    pub mailer: Arc<Mailer>,
}

/// What signs checkpoints of the book.
pub fn checkpoint_keys(config: &Config) -> CheckpointKeys {
    CheckpointKeys::new(&config.secrets.kek, &config.secrets.keks_previous)
}

impl Domains {
    /// Opens the domains.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn open(config: &Arc<Config>, context: &Context, db: &Db) -> Result<Self, AppError> {
        let credits = Credits::new(credits::Deps {
            db: db.clone(),
            context: context.clone(),
            config: config.credits.clone(),
            calendar: Calendar::new(&config.credits.timezone)?,
            people: Arc::new(identity::users::People),
            checkpoint_keys: checkpoint_keys(config),
        });
        let user_data: Vec<Arc<dyn UserData>> = vec![Arc::new(credits.clone())];
        let jobs = Arc::new(Jobs::new(db.clone(), context.clone()));
        let secrets = &config.secrets;
        let seal = SealKeys::new(secrets.kek.clone(), secrets.keks_previous.clone());
        let mailer = Arc::new(Mailer::new(
            config.mail.clone(),
            config.is_production,
            jobs.clone(),
            Arc::new(seal),
            context.clock.clone(),
        )?);
        let identity = Identity::new(identity::Deps {
            context: context.clone(),
            db: db.clone(),
            config: config.clone(),
            user_data,
            mailer: mailer.clone(),
        })
        .await?;
        Ok(Self {
            identity,
            credits,
            jobs,
            mailer,
        })
    }
}

/// The routes and their OpenAPI description.
fn routes(domains: &Domains) -> (Router, OpenApi) {
    let (router, mut openapi) = OpenApiRouter::new()
        .merge(domains.identity.router())
        .merge(domains.credits.router())
        .merge(health::router())
        .split_for_parts();
    docs::complete(&mut openapi);
    edge_answers::complete(&mut openapi);
    (router, openapi)
}

impl App {
    /// Puts the server together over a migrated database.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn build(
        config: Arc<Config>,
        context: Context,
        db: Db,
        direct: DirectDb,
    ) -> Result<Self, AppError> {
        let domains = Domains::open(&config, &context, &db).await?;
        let jobs = domains.jobs.clone();
        let limits = Arc::new(Limits::new(
            context.clock.clone(),
            config.is_rate_limited,
            config.rate_limit_max,
            config.rate_limit_window_seconds,
        ));
        let folder = config
            .database_url
            .is_none()
            .then(|| config.data_dir.clone());
        let health = Arc::new(Health::new(context.clone(), db.clone(), direct, folder));
        let mut registry = Registry::default();
        domains.identity.jobs(&mut registry);
        domains.credits.jobs(&mut registry);
        domains.mailer.register(&mut registry);
        let cleaner = jobs.clone();
        registry.every("platform.clean-jobs", 86_400, move || {
            let jobs = cleaner.clone();
            async move { Ok(jobs.clean().await?) }
        });
        let (router, openapi) = routes(&domains);
        let observed = observe::Observed {
            identity: domains.identity.clone(),
            jobs: jobs.clone(),
            db,
            token: config.metrics_token.clone(),
        };
        let edge = Arc::new(Edge {
            context: context.clone(),
            proxies: TrustedProxies::new(config.trusted_proxies.clone()),
            origins: Arc::new(TrustedOrigins::new(&config.base_url, &config.cors_origins)),
            limits: limits.clone(),
            authenticator: domains.identity.authenticator(),
            timeout: Duration::from_secs(config.request_timeout_seconds),
            is_https: config.is_https(),
        });
        let router = router
            .merge(docs::router(&openapi, &config.base()))
            .merge(observe::router(observed))
            .merge(mailbox::router(domains.mailer.mailbox()))
            .layer(axum::Extension(health.clone()))
            .fallback(not_found)
            .method_not_allowed_fallback(wrong_method)
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
        let router = edge::protect(router, edge);
        Ok(Self {
            router,
            identity: domains.identity,
            credits: domains.credits,
            jobs,
            registry: Arc::new(registry),
            health,
            limits,
        })
    }

    /// Forgets idle rate limit subjects and keeps histograms small, until `stop`.
    pub async fn upkeep(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(10)) => {}
            }
            self.limits.sweep();
            if let Some(metrics) = platform::telemetry::metrics() {
                metrics.run_upkeep();
            }
        }
    }
}

/// The OpenAPI description alone, as `/openapi.json` serves it.
pub fn openapi(domains: &Domains) -> serde_json::Value {
    docs::description(&routes(domains).1)
}

/// Nothing here. A trailing slash leads to the path without it (contract accounts.md §0.1).
async fn not_found(request: Request) -> Response {
    let path = request.uri().path();
    if is_native(path) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let trimmed = path.trim_end_matches('/');
    let may_redirect = matches!(*request.method(), Method::GET | Method::HEAD) && trimmed.len() > 1;
    if may_redirect
        && trimmed.len() < path.len()
        && !trimmed.starts_with("//")
        && !trimmed.contains('\\')
    {
        let target = request
            .uri()
            .query()
            .map_or_else(|| trimmed.to_owned(), |query| format!("{trimmed}?{query}"));
        // 301 as the predecessor sent it; GET and HEAD alone come here, so no body can get lost.
        let place = [(header::LOCATION, location(&target))];
        return (StatusCode::MOVED_PERMANENTLY, place).into_response();
    }
    ApiError::new(Code::NotFound).into_response()
}

async fn wrong_method(request: Request) -> Response {
    if is_native(request.uri().path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    ApiError::new(Code::MethodNotAllowed).into_response()
}

/// Whether the Better Auth surface answers: it knows neither 405 nor bodies of its 404.
fn is_native(path: &str) -> bool {
    path == "/api/auth" || path.starts_with("/api/auth/")
}
