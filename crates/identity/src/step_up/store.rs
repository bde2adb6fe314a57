//! The SQL of sessions that change factors.

use kernel::UserId;
use platform::db::{DbError, Tx};
use queries::client::GenericClient;
use queries::queries::identity::step_up as sql;

/// What a session may do with its person's factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A factor was met there, or there is none to meet.
    Met,
    /// The person has one, and it was not met.
    NotMet,
    /// It is over.
    Ended,
}

pub(crate) async fn standing<C: GenericClient>(
    client: &C,
    user: &UserId,
    session: &str,
) -> Result<Standing, DbError> {
    let found = sql::session_standing()
        .bind(client, &session, &user.as_str())
        .opt()
        .await?;
    Ok(match found {
        Some(found) if found.is_on && !found.is_met => Standing::NotMet,
        Some(_) => Standing::Met,
        None => Standing::Ended,
    })
}

/// Forgets an app that waits for its first code: it was asked for with a password that no longer is one.
pub(crate) async fn forget_pending(tx: &Tx, user: &UserId) -> Result<(), DbError> {
    sql::forget_pending().bind(tx, &user.as_str()).await?;
    Ok(())
}
