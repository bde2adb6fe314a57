//! The SQL of quotas.

use kernel::Timestamp;
use platform::db::{DbError, Tx};
use platform::http::limits::Rule;
use queries::client::Params;
use queries::queries::identity::mail_quota as sql;

/// Takes one from a subject's quota; answers whether there was one left.
pub(super) async fn take(
    tx: &Tx,
    subject: &str,
    rule: Rule,
    now: Timestamp,
) -> Result<bool, DbError> {
    let params = sql::TakeParams {
        subject,
        now: now.into(),
        interval_seconds: f64::from(rule.window_seconds) / f64::from(rule.limit),
        horizon: now.plus_seconds(rule.window_seconds.into()).into(),
    };
    Ok(sql::take().params(tx, &params).opt().await?.is_some())
}
