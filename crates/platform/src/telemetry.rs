//! Logs and metrics.

use crate::config::LogFormat;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

/// Buckets of `http_request_duration_seconds` (contract F.3).
const BUCKETS: &[f64] = &[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0];

/// Libraries that talk at every start; a filter of one's own (`debug,refinery_core=info`) hears them.
const QUIET: &str = ",refinery_core=warn,tokio_postgres=warn";

static METRICS: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts logging to standard error. A second call changes nothing.
pub fn init_logging(level: &str, format: LogFormat) {
    let is_plain = !level.contains(['=', ',']);
    let wanted = if is_plain {
        format!("{level}{QUIET}")
    } else {
        level.to_owned()
    };
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(BoxMakeWriter::new(std::io::stderr));
    let _ = match format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_target(false).try_init(),
    };
}

/// The metrics of this process; one recorder however many servers it runs.
pub fn metrics() -> Option<&'static PrometheusHandle> {
    METRICS
        .get_or_init(|| {
            PrometheusBuilder::new()
                .set_buckets_for_metric(
                    Matcher::Full("http_request_duration_seconds".to_owned()),
                    BUCKETS,
                )
                .and_then(PrometheusBuilder::install_recorder)
                .ok()
        })
        .as_ref()
}
