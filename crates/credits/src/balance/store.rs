//! Reads the wallet.

use crate::ledger::Moment;
use kernel::{Timestamp, UserId};
use platform::db::DbError;
use queries::client::GenericClient;
use queries::queries::credits::balance as sql;

/// A wallet as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Balance {
    /// Paid credits.
    pub(crate) paid: i64,
    /// Free credits.
    pub(crate) free: i64,
    /// Free credits per day.
    pub(crate) daily: i64,
    /// When the last daily grant was given.
    pub(crate) last_daily_reset_at: Option<Timestamp>,
    /// Earned in all; grants do not count.
    pub(crate) total_earned: i64,
    /// Spent in all.
    pub(crate) total_spent: i64,
}

impl Balance {
    /// Whether today's grant was given, as far as the wallet tells. A grant in the future, from a clock that was ahead, tells
    /// nothing of today.
    pub(crate) fn is_granted(&self, moment: Moment) -> bool {
        self.last_daily_reset_at
            .is_some_and(|at| (moment.day_start..=moment.now).contains(&at))
    }
}

/// A person's wallet, `None` when they have none.
pub(crate) async fn find_balance<C: GenericClient>(
    client: &C,
    user_id: &UserId,
) -> Result<Option<Balance>, DbError> {
    let row = sql::find_balance()
        .bind(client, &user_id.as_str())
        .opt()
        .await?;
    Ok(row.map(|row| Balance {
        paid: row.balance,
        free: row.free_credits_remaining,
        daily: row.daily_free_credits,
        last_daily_reset_at: row.last_daily_reset_at.map(Timestamp::from),
        total_earned: row.total_earned,
        total_spent: row.total_spent,
    }))
}
