//! The SQL of proving a mailbox.

use crate::users::Person;
use kernel::{Timestamp, UserId};
use platform::db::{DbError, Tx};
use platform::http::Origin;
use queries::queries::identity::mailbox_proof as sql;

/// Marks an address as proved; answers whether that was news.
pub(super) async fn prove(
    tx: &Tx,
    person: &Person,
    event_id: uuid::Uuid,
    origin: &Origin,
    now: Timestamp,
) -> Result<bool, DbError> {
    let proved = sql::prove()
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
    Ok(proved.is_some())
}

/// Takes a person's passwords, providers, second factors and known devices.
pub(super) async fn strip(tx: &Tx, user: &UserId, now: Timestamp) -> Result<(), DbError> {
    sql::strip().bind(tx, &now.into(), &user.as_str()).await?;
    Ok(())
}
