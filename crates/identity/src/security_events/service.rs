//! Recording and reading security events.

use super::store::{self, Event, NewEvent};
use crate::core::Core;
use kernel::{Timestamp, UserId};
use platform::db::{Actor, DbError, Tx};
use platform::http::Origin;

/// Records an event of a person.
pub(crate) async fn record(
    core: &Core,
    user: &UserId,
    event_type: &str,
    origin: &Origin,
    metadata: Option<serde_json::Value>,
) -> Result<(), DbError> {
    let once = core.db.once(&Actor::Service).await?;
    let event = NewEvent {
        id: core.context.new_uuid(),
        user,
        event_type,
        metadata,
        now: core.context.now(),
    };
    store::insert(&once, &event, origin).await
}

/// Records an event of a person in a transaction.
pub(crate) async fn record_in(
    core: &Core,
    tx: &Tx,
    user: &UserId,
    event_type: &str,
    origin: &Origin,
    metadata: Option<serde_json::Value>,
) -> Result<(), DbError> {
    let event = NewEvent {
        id: core.context.new_uuid(),
        user,
        event_type,
        metadata,
        now: core.context.now(),
    };
    store::insert(tx, &event, origin).await
}

/// A page of a person's events, newest first, from before a moment and id.
pub(crate) async fn list(
    core: &Core,
    user: &UserId,
    before: Option<(Timestamp, uuid::Uuid)>,
    limit: i64,
) -> Result<Vec<Event>, DbError> {
    let end_of_time =
        Timestamp::from_millis(253_402_300_799_000).unwrap_or_else(|| core.context.now());
    let before = before.unwrap_or((end_of_time, uuid::Uuid::max()));
    let once = core.db.once(&Actor::User(user.clone())).await?;
    store::list(&once, user, before, limit).await
}
