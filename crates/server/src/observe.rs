//! `/metrics` in Prometheus' text form (contract F.3), with gauges read when asked and at most every ten seconds.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, header};
use identity::Identity;
use kernel::crypto::digest::constant_time_eq;
use metrics::gauge;
use platform::db::Db;
use platform::http::headers::bearer;
use platform::http::{ApiError, Code};
use platform::jobs::Jobs;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// What the gauges look at.
pub(crate) struct Observed {
    pub(crate) identity: Identity,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) db: Db,
    pub(crate) token: Option<String>,
}

struct Observer {
    seen: Observed,
    refreshed_at: Mutex<Option<Instant>>,
}

const REFRESH: Duration = Duration::from_secs(10);
/// A scrape tells of a database that hangs; it does not hang with it.
const PATIENCE: Duration = Duration::from_millis(500);

pub(crate) fn router(seen: Observed) -> Router {
    Router::new()
        .route("/metrics", get(get_metrics))
        .with_state(Arc::new(Observer {
            seen,
            refreshed_at: Mutex::new(None),
        }))
}

async fn get_metrics(
    State(observer): State<Arc<Observer>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(token) = &observer.seen.token {
        let given = bearer(&headers).unwrap_or_default();
        if !constant_time_eq(given.as_bytes(), token.as_bytes()) {
            return Err(ApiError::new(Code::Unauthorized));
        }
    }
    let Some(metrics) = platform::telemetry::metrics() else {
        return Err(ApiError::unavailable(
            "another recorder of metrics is installed",
        ));
    };
    refresh(&observer).await;
    let mut response = metrics.render().into_response();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

async fn refresh(observer: &Observer) {
    let Observed {
        identity, jobs, db, ..
    } = &observer.seen;
    let (in_use, size) = db.usage();
    gauge!("auth_db_pool_in_use").set(float(in_use));
    gauge!("auth_db_pool_size").set(float(size));
    let (waiting, threads, cached) = identity.gauges();
    gauge!("auth_hash_pool_waiting").set(float(waiting));
    gauge!("auth_hash_pool_threads").set(float(threads));
    gauge!("auth_session_cache_entries").set(float(usize::try_from(cached).unwrap_or(usize::MAX)));
    let mut refreshed_at = observer.refreshed_at.lock().await;
    if refreshed_at.is_some_and(|at| at.elapsed() < REFRESH) {
        return;
    }
    match timeout(PATIENCE, identity.count_users()).await {
        Ok(Ok(counts)) => {
            gauge!("auth_users_total").set(whole(counts.total));
            gauge!("auth_users_verified").set(whole(counts.verified));
            gauge!("auth_users_created_today").set(whole(counts.today));
            gauge!("auth_users_created_this_week").set(whole(counts.this_week));
            gauge!("auth_users_created_this_month").set(whole(counts.this_month));
            gauge!("auth_db_up").set(1.0);
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "user gauges could not be read");
            gauge!("auth_db_up").set(0.0);
        }
        Err(_) => gauge!("auth_db_up").set(0.0),
    }
    if let Ok(Ok((waiting, dead))) = timeout(PATIENCE, jobs.counts()).await {
        gauge!("auth_jobs_waiting").set(whole(waiting));
        gauge!("auth_jobs_dead").set(whole(dead));
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes =
            resident.and_then(|text| text.trim().trim_end_matches(" kB").parse::<i64>().ok());
        gauge!("auth_process_resident_memory_bytes")
            .set(whole(kilobytes.unwrap_or(0).saturating_mul(1024)));
    }
    *refreshed_at = Some(Instant::now());
}

fn float(count: usize) -> f64 {
    whole(i64::try_from(count).unwrap_or(i64::MAX))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "Prometheus knows floats alone"
)]
fn whole(count: i64) -> f64 {
    count as f64
}
