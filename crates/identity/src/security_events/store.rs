//! The SQL of security events.

use kernel::{Timestamp, UserId};
use platform::db::{DbError, Once};
use platform::http::Origin;
use queries::client::GenericClient;
use queries::queries::identity::security_events as sql;

pub(super) use sql::Event;

pub(super) struct NewEvent<'a> {
    pub(super) id: uuid::Uuid,
    pub(super) user: &'a UserId,
    pub(super) event_type: &'a str,
    pub(super) metadata: Option<serde_json::Value>,
    pub(super) now: Timestamp,
}

pub(super) async fn insert<C: GenericClient>(
    client: &C,
    event: &NewEvent<'_>,
    origin: &Origin,
) -> Result<(), DbError> {
    sql::insert()
        .bind(
            client,
            &event.id,
            &Some(event.user.as_str()),
            &event.event_type,
            &Some(origin.ip.as_str()),
            &Some(origin.user_agent.as_str()),
            &event.metadata,
            &event.now.into(),
        )
        .await?;
    Ok(())
}

pub(super) async fn list(
    once: &Once,
    user: &UserId,
    before: (Timestamp, uuid::Uuid),
    limit: i64,
) -> Result<Vec<Event>, DbError> {
    Ok(sql::list()
        .bind(once, &user.as_str(), &before.0.into(), &before.1, &limit)
        .all()
        .await?)
}
