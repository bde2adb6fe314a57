//! Asking the quota.

use super::store;
use crate::core::Core;
use kernel::crypto::digest::token_hash;
use kernel::text::EmailAddress;
use platform::db::{DbError, Tx};
use platform::http::limits::MAIL_TO_ADDRESS;

/// Whether one more mail of a kind may go to an address, and counts it when so. A transaction that is given up counts
/// nothing. Kinds count apart: who asks for resets must not use up the codes that somebody signs in with.
pub(crate) async fn admits(
    core: &Core,
    tx: &Tx,
    kind: &str,
    address: &EmailAddress,
) -> Result<bool, DbError> {
    if !core.config.is_rate_limited {
        return Ok(true);
    }
    let subject = format!("{kind}:{}", token_hash(address.as_str()));
    let is_admitted = store::take(tx, &subject, MAIL_TO_ADDRESS, core.context.now()).await?;
    if !is_admitted {
        metrics::counter!("rate_limited_total", "rule" => MAIL_TO_ADDRESS.name).increment(1);
    }
    Ok(is_admitted)
}
