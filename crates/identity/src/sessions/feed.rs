//! The revocation feed: NOTIFY on the direct connection reaches every replica within a second.

use super::store;
use crate::core::Core;
use kernel::UserId;
use platform::db::{Actor, DbError, DirectDb, Tx};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

/// The message that says the signing keys changed.
pub(crate) const KEYS_CHANGED: &str = "keys";

const HEARTBEAT: Duration = Duration::from_millis(400);
const SILENCE: Duration = Duration::from_millis(500);
const RECONNECT: Duration = Duration::from_millis(250);
/// The longest until changes are listened to, or it is tried again.
const CONNECT: Duration = Duration::from_secs(10);
/// Named, so that an operator tells the feed from other connections.
const LISTEN: &str = "set application_name = 'mana-auth feed'; listen mana_auth";
/// How old the signing keys may be while nobody tells of changes.
const UNTOLD: Duration = Duration::from_millis(750);
const FLUSH: Duration = Duration::from_secs(15);

/// Says with the transaction's commit that something changed, to every replica.
pub(crate) async fn notify(tx: &Tx, message: &str) -> Result<(), DbError> {
    store::notify_in(tx, message).await
}

/// Follows the feed until `stop`; while it is down, memory answers nothing.
pub(crate) async fn follow(core: &Core, direct: DirectDb, stop: CancellationToken) {
    let mut is_outage_told = false;
    loop {
        let followed = tokio::select! {
            () = stop.cancelled() => return,
            followed = follow_once(core, &direct) => followed,
        };
        is_outage_told &= !core.live.is_fed();
        core.live.set_fed(false);
        core.keys.ask_for_reload();
        if let Err(error) = followed
            && !is_outage_told
        {
            is_outage_told = true;
            tracing::warn!(%error, "the revocation feed is down; every session check asks the database");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RECONNECT) => {}
        }
    }
}

async fn follow_once(core: &Core, direct: &DirectDb) -> Result<(), DbError> {
    let listening = async {
        let (client, messages) = direct.listen().await?;
        client.batch_execute(LISTEN).await?;
        Ok::<_, DbError>((client, messages))
    };
    let (client, messages) = tokio::time::timeout(CONNECT, listening)
        .await
        .map_err(|_| DbError::Unavailable("no answer to LISTEN".to_owned()))??;
    // From here on nothing is missed; what was missed before counts nowhere, because everything is read anew.
    core.live.set_fed(true);
    core.keys.ask_for_reload();
    let beating = async {
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        loop {
            heartbeat.tick().await;
            match tokio::time::timeout(SILENCE, client.simple_query("")).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error.into(),
                Err(_) => return DbError::Unavailable("no answer to a heartbeat".to_owned()),
            }
        }
    };
    tokio::select! {
        ended = drain(core, messages) => Err(ended),
        silent = beating => Err(silent),
    }
}

/// Applies what comes in. Nothing here waits for anything, so that no change is late because of another.
async fn drain(core: &Core, mut messages: UnboundedReceiver<String>) -> DbError {
    while let Some(message) = messages.recv().await {
        if let Some(user) = message.strip_prefix("user:") {
            core.live.forget(&UserId::new(user));
        } else if message == KEYS_CHANGED {
            core.keys.ask_for_reload();
        }
    }
    DbError::Unavailable("the connection ended".to_owned())
}

/// Reads the signing keys when the feed says so, after it was down, and often while it is, until `stop`.
pub(crate) async fn keep_keys(core: &Core, stop: CancellationToken) {
    let mut is_trouble_told = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = core.keys.reload_asked() => {}
            () = tokio::time::sleep(UNTOLD), if !core.live.is_fed() => {}
        }
        let reloaded = tokio::select! {
            () = stop.cancelled() => return,
            reloaded = core.keys.reload() => reloaded,
        };
        let Err(error) = reloaded else {
            is_trouble_told = false;
            continue;
        };
        if !is_trouble_told {
            is_trouble_told = true;
            tracing::warn!(%error, "the signing keys could not be read again; trying on");
        }
        core.keys.ask_for_reload();
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RECONNECT) => {}
        }
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
