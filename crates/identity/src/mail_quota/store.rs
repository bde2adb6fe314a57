//! The SQL of budgets.

use kernel::Timestamp;
use platform::db::{DbError, Tx};
use platform::http::limits::Rule;
use queries::client::Params;
use queries::queries::identity::mail_quota as sql;

/// Whose budget counts: that of a device when its owner signed in there, else everybody's.
pub(super) struct Subject<'a> {
    pub(super) owner: Option<&'a str>,
    pub(super) fingerprint: &'a str,
    pub(super) of_device: &'a str,
    pub(super) of_everybody: &'a str,
}

impl<'a> Subject<'a> {
    /// The same whoever asks.
    pub(super) fn one(subject: &'a str) -> Self {
        Self {
            owner: None,
            fingerprint: "",
            of_device: subject,
            of_everybody: subject,
        }
    }
}

/// Takes one from a subject's budget; answers whether there was one left.
pub(super) async fn take(
    tx: &Tx,
    subject: &Subject<'_>,
    rule: Rule,
    now: Timestamp,
) -> Result<bool, DbError> {
    let params = sql::TakeParams {
        user_id: subject.owner,
        fingerprint: subject.fingerprint,
        of_device: subject.of_device,
        of_everybody: subject.of_everybody,
        now: now.into(),
        interval_seconds: f64::from(rule.window_seconds) / f64::from(rule.limit),
        horizon: now.plus_seconds(rule.window_seconds.into()).into(),
    };
    Ok(sql::take().params(tx, &params).opt().await?.is_some())
}
