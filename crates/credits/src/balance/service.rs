//! Reads a balance, after the daily grant if one is due.

use super::store::{self, Balance};
use crate::front::Credits;
use crate::ledger::{self, Moment};
use kernel::UserId;
use platform::db::{Actor, DbError};

/// A person's balance as of now, `None` when they are no longer there. One read, unless the daily grant is due or, for
/// an imported person, the wallet is still to be opened.
pub(crate) async fn read_balance(
    credits: &Credits,
    user_id: &UserId,
) -> Result<Option<Balance>, DbError> {
    let now = credits.context().now();
    let moment = Moment {
        now,
        day_start: credits.calendar().day_start(now),
    };
    match find(credits, user_id).await? {
        Some(balance) if balance.is_granted(moment) => return Ok(Some(balance)),
        Some(_) => {
            let once = credits.db().once(&Actor::User(user_id.clone())).await?;
            ledger::grant_daily(&once, user_id, moment).await?;
        }
        None => {}
    }
    // A wallet that was there a moment ago may have been erased meanwhile.
    if let Some(balance) = find(credits, user_id).await? {
        return Ok(Some(balance));
    }
    let tx = credits.db().tx(&Actor::User(user_id.clone())).await?;
    if !credits.people().hold(&tx, user_id).await? {
        return Ok(None);
    }
    credits.open_wallet(&tx, user_id, now).await?;
    let opened = store::find_balance(&tx, user_id).await?;
    tx.commit().await?;
    Ok(opened)
}

async fn find(credits: &Credits, user_id: &UserId) -> Result<Option<Balance>, DbError> {
    let once = credits.db().once(&Actor::User(user_id.clone())).await?;
    store::find_balance(&once, user_id).await
}
