//! The SQL of claiming an account by its mailbox.

use crate::users::Person;
use kernel::Timestamp;
use platform::db::{DbError, Tx};
use platform::http::Origin;
use queries::queries::identity::mailbox_proof as sql;

/// Marks an unproved address as proved and takes the account's ways to sign in; answers whether it was unproved.
pub(super) async fn claim_unproved(
    tx: &Tx,
    person: &Person,
    event_id: uuid::Uuid,
    origin: &Origin,
    now: Timestamp,
) -> Result<bool, DbError> {
    let claimed = sql::claim_unproved()
        .bind(
            tx,
            &now.into(),
            &person.id.as_str(),
            &person.view.email.as_str(),
            &event_id,
            &Some(origin.ip.as_str()),
            &Some(origin.user_agent.as_str()),
        )
        .opt()
        .await?;
    Ok(claimed.is_some())
}
