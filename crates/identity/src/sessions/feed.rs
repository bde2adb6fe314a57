//! The revocation feed: NOTIFY on the direct connection reaches every replica within a second.

use super::store;
use crate::core::Core;
use kernel::UserId;
use platform::db::{Actor, DbError, DirectDb, Tx};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The message that says the signing keys changed.
pub(crate) const KEYS_CHANGED: &str = "keys";

const HEARTBEAT: Duration = Duration::from_millis(400);
const SILENCE: Duration = Duration::from_millis(500);
const RECONNECT: Duration = Duration::from_millis(250);
const FLUSH: Duration = Duration::from_secs(15);

/// Says with the transaction's commit that something changed, to every replica.
pub(crate) async fn notify(tx: &Tx, message: &str) -> Result<(), DbError> {
    store::notify_in(tx, message).await
}

/// Follows the feed until `stop`; while it is down, memory answers nothing.
pub(crate) async fn follow(core: &Core, direct: DirectDb, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let followed = tokio::select! {
            () = stop.cancelled() => return,
            followed = follow_once(core, &direct) => followed,
        };
        core.live.set_fed(false);
        if let Err(error) = followed {
            tracing::warn!(%error, "the revocation feed is down; every session check asks the database");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(RECONNECT) => {}
        }
    }
}

async fn follow_once(core: &Core, direct: &DirectDb) -> Result<(), DbError> {
    let (client, mut messages) = direct.listen().await?;
    client.batch_execute("listen mana_auth").await?;
    core.live.set_fed(true);
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    loop {
        tokio::select! {
            message = messages.recv() => match message {
                Some(message) => apply(core, &message).await,
                None => return Err(DbError::Unavailable("the connection ended".to_owned())),
            },
            _ = heartbeat.tick() => {
                tokio::time::timeout(SILENCE, client.simple_query(""))
                    .await
                    .map_err(|_| DbError::Unavailable("no answer to a heartbeat".to_owned()))??;
            }
        }
    }
}

async fn apply(core: &Core, message: &str) {
    if let Some(user) = message.strip_prefix("user:") {
        core.live.forget(&UserId::new(user));
    } else if message == KEYS_CHANGED
        && let Err(error) = core.keys.reload().await
    {
        tracing::warn!(%error, "the signing keys could not be reloaded");
    }
}

/// Writes gathered last-activity times in batches until `stop`, and once more then.
pub(crate) async fn flush_activity(core: &Core, stop: CancellationToken) {
    loop {
        let is_last = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(FLUSH) => false,
        };
        if let Err(error) = flush(core).await {
            tracing::debug!(%error, "last activity could not be written");
        }
        if is_last {
            return;
        }
    }
}

pub(crate) async fn flush(core: &Core) -> Result<(), DbError> {
    let seen = core.live.take_activity();
    if seen.is_empty() {
        return Ok(());
    }
    let once = core.db.once(&Actor::Service).await?;
    store::touch(&once, &seen).await
}
