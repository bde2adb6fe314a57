//! Reads a balance, after the daily grant if one is due.

use super::store::{self, Balance};
use crate::front::Credits;
use crate::ledger::{self, Moment};
use kernel::UserId;
use platform::db::{Actor, DbError};

/// A person's balance as of now. One read, unless the daily grant is due or, for an imported person, the wallet is
/// still to be opened.
pub(crate) async fn read_balance(credits: &Credits, user_id: &UserId) -> Result<Balance, DbError> {
    let actor = Actor::User(user_id.clone());
    let now = credits.context().now();
    let moment = Moment {
        now,
        day_start: credits.calendar().day_start(now),
    };
    let found = {
        let once = credits.db().once(&actor).await?;
        store::find_balance(&once, user_id).await?
    };
    match found {
        Some(balance)
            if balance
                .last_daily_reset_at
                .is_none_or(|at| at >= moment.day_start) =>
        {
            return Ok(balance);
        }
        Some(_) => {
            let once = credits.db().once(&actor).await?;
            ledger::grant_daily(&once, user_id, moment).await?;
        }
        None => {
            let once = credits.db().once(&actor).await?;
            credits.open_wallet(&once, user_id, now).await?;
        }
    }
    let once = credits.db().once(&actor).await?;
    store::find_balance(&once, user_id)
        .await?
        .ok_or_else(|| DbError::Unavailable("the wallet was closed meanwhile".to_owned()))
}
