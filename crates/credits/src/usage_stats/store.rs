//! Reads the daily sums.

use kernel::{Timestamp, UserId};
use platform::db::DbError;
use queries::client::GenericClient;
use queries::queries::credits::usage_stats as sql;

/// What one app spent on one day.
#[derive(Clone, Debug)]
pub(crate) struct UsageDay {
    /// When the day began.
    pub(crate) date: Timestamp,
    /// The app.
    pub(crate) app_id: String,
    /// Credits spent.
    pub(crate) credits_used: i64,
    /// In how many uses.
    pub(crate) uses: i64,
}

/// A person's daily sums since a moment, newest day first. The apps that spent most keep their names while their sums
/// take no more than `named_bytes`; the others are one, `other`.
pub(crate) async fn list_days<C: GenericClient>(
    client: &C,
    user_id: &UserId,
    since: Timestamp,
    named_bytes: i64,
) -> Result<Vec<UsageDay>, DbError> {
    let rows = sql::list_days()
        .bind(client, &named_bytes, &user_id.as_str(), &since.into())
        .all()
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| UsageDay {
            date: row.date.into(),
            app_id: row.app_id,
            credits_used: row.credits_used,
            uses: row.uses,
        })
        .collect())
}
