//! Health: alive, ready, and why not (contract F.5).

use crate::disk::{FULL_MIB, free_mib};
use axum::Extension;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::Timestamp;
use platform::Context;
use platform::db::{Db, DirectDb, migrate};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const PATIENCE: Duration = Duration::from_secs(2);
/// So long one look at the database answers for all who ask.
const FRESH: Duration = Duration::from_millis(250);

/// Whether the server is up, and whether it is going down.
pub struct Health {
    context: Context,
    started_at: Timestamp,
    is_draining: AtomicBool,
    is_migrated: AtomicBool,
    db: Db,
    direct: DirectDb,
    /// The folder of the private database, when there is one.
    folder: Option<PathBuf>,
    seen: Mutex<Option<(Instant, Checks)>>,
}

impl Health {
    pub(crate) fn new(context: Context, db: Db, direct: DirectDb, folder: Option<PathBuf>) -> Self {
        let started_at = context.now();
        Self {
            folder,
            seen: Mutex::new(None),
            context,
            started_at,
            is_draining: AtomicBool::new(false),
            is_migrated: AtomicBool::new(false),
            db,
            direct,
        }
    }

    /// From now on readiness answers 503.
    pub fn drain(&self) {
        self.is_draining.store(true, Ordering::SeqCst);
    }

    /// Every check, looked at by one request for all that ask within a moment.
    async fn check(&self) -> Checks {
        let mut seen = self.seen.lock().await;
        if let Some((at, checks)) = &*seen
            && at.elapsed() < FRESH
        {
            return checks.clone();
        }
        let (database, migrations, isolation) = tokio::join!(
            self.check_database(),
            self.check_migrations(),
            self.check_isolation()
        );
        let mut checks = BTreeMap::from([
            ("database", database),
            ("migrations", migrations),
            ("isolation", isolation),
        ]);
        if let Some(folder) = &self.folder {
            checks.insert("disk", check_disk(folder));
        }
        *seen = Some((Instant::now(), checks.clone()));
        checks
    }

    async fn check_database(&self) -> Check {
        let started = Instant::now();
        match timeout(PATIENCE, self.db.ping()).await {
            Ok(Ok(())) => Check::ok(started),
            Ok(Err(error)) => Check::failed(started, &error.to_string()),
            Err(_) => Check::failed(started, "no answer within 2 s"),
        }
    }

    /// A probe without an actor must see no row.
    async fn check_isolation(&self) -> Check {
        let started = Instant::now();
        match timeout(PATIENCE, self.db.sees_rows_without_actor()).await {
            Ok(Ok(false)) => Check::ok(started),
            Ok(Ok(true)) => Check::failed(started, "row-level security is not in force"),
            Ok(Err(error)) => Check::failed(started, &error.to_string()),
            Err(_) => Check::failed(started, "no answer within 2 s"),
        }
    }

    async fn check_migrations(&self) -> Check {
        let started = Instant::now();
        if self.is_migrated.load(Ordering::Relaxed) {
            return Check::ok(started);
        }
        match timeout(PATIENCE, migrate::status(&self.direct)).await {
            Ok(Ok((known, applied))) if applied >= known => {
                self.is_migrated.store(true, Ordering::Relaxed);
                Check::ok(started)
            }
            Ok(Ok((known, applied))) => {
                Check::failed(started, &format!("{applied} of {known} migrations applied"))
            }
            Ok(Err(error)) => Check::failed(started, &error.to_string()),
            Err(_) => Check::failed(started, "no answer within 2 s"),
        }
    }
}

type Checks = BTreeMap<&'static str, Check>;

fn check_disk(folder: &Path) -> Check {
    let started = Instant::now();
    match free_mib(folder) {
        Ok(free) if free < FULL_MIB => Check::failed(started, "the disk is full"),
        Ok(_) => Check::ok(started),
        Err(error) => Check::failed(started, &error.to_string()),
    }
}

/// One dependency.
#[derive(Clone, Serialize, ToSchema)]
struct Check {
    /// `ok` or `error`.
    status: &'static str,
    /// Milliseconds it took.
    latency: u64,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Check {
    fn ok(started: Instant) -> Self {
        Self {
            status: "ok",
            latency: millis(started),
            error: None,
        }
    }

    fn failed(started: Instant, error: &str) -> Self {
        Self {
            status: "error",
            latency: millis(started),
            error: Some(error.to_owned()),
        }
    }
}

fn millis(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// How the server is.
#[derive(Serialize, ToSchema)]
struct HealthBody {
    /// `ok` or `error`.
    status: &'static str,
    /// Always `mana-auth`.
    service: &'static str,
    /// Now.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// Seconds since the start.
    uptime: i64,
    /// Each dependency, on `/health/ready`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    checks: BTreeMap<&'static str, Check>,
}

pub(crate) fn router() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_health))
        .routes(routes!(get_liveness))
        .routes(routes!(get_readiness))
}

fn answer(health: &Health, checks: BTreeMap<&'static str, Check>, is_well: bool) -> Response {
    let now = health.context.now();
    let body = HealthBody {
        status: if is_well { "ok" } else { "error" },
        service: "mana-auth",
        timestamp: now,
        uptime: now.seconds_since(health.started_at),
        checks,
    };
    let mut response = axum::Json(body).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !is_well {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}

/// The process answers.
#[utoipa::path(get, path = "/health", tag = "operations", responses((status = 200, body = HealthBody)))]
async fn get_health(Extension(health): Extension<Arc<Health>>) -> Response {
    answer(&health, BTreeMap::new(), true)
}

/// The process answers.
#[utoipa::path(get, path = "/health/live", tag = "operations", responses((status = 200, body = HealthBody)))]
async fn get_liveness(Extension(health): Extension<Arc<Health>>) -> Response {
    answer(&health, BTreeMap::new(), true)
}

/// Traffic is welcome: the database answers, is migrated, and row-level security is in force.
#[utoipa::path(get, path = "/health/ready", tag = "operations", responses(
    (status = 200, body = HealthBody), (status = 503, body = HealthBody)))]
async fn get_readiness(Extension(health): Extension<Arc<Health>>) -> Response {
    let mut checks = health.check().await;
    if health.is_draining.load(Ordering::SeqCst) {
        checks.insert(
            "shutdown",
            Check {
                status: "error",
                latency: 0,
                error: Some("the server is shutting down".to_owned()),
            },
        );
    }
    let is_well = checks.values().all(|check| check.status == "ok");
    answer(&health, checks, is_well)
}
