//! The mail about a sign-in on a new device: a job that the sign-in's own statement writes.

use crate::core::Core;
use crate::mail_quota::service as mail_quota;
use crate::mails;
use crate::sign_in::device::{NOTICE, Notice};
use crate::users;
use crate::verification::service as verification;
use kernel::{Timestamp, UserId};
use platform::db::Actor;
use platform::jobs::{JobError, Registry};
use serde_json::Value;
use std::sync::Arc;

/// Registers the job.
pub(crate) fn register(core: &Arc<Core>, registry: &mut Registry) {
    let core = core.clone();
    registry.on(NOTICE, move |payload| {
        let core = core.clone();
        async move { tell(&core, payload).await }
    });
}

async fn tell(core: &Core, payload: Value) -> Result<(), JobError> {
    let notice: Notice =
        serde_json::from_value(payload).map_err(|error| JobError::Never(error.to_string()))?;
    let person = users::find(core, &UserId::new(notice.user.clone())).await?;
    let Some(person) = person.filter(|person| !person.standing.is_deleted) else {
        return Ok(());
    };
    let at = Timestamp::from_millis(notice.at)
        .ok_or_else(|| JobError::Never("no such time".to_owned()))?;
    let device = notice.device.as_deref();
    let tx = core.db.tx(&Actor::Service).await?;
    // Whoever knows the password makes new devices at will: the other notices have to get through.
    if !mail_quota::admits_notice(core, &tx, "new-device", &person.address()).await? {
        return Ok(());
    }
    verification::tell(core, &tx, &person, notice.locale, |locale, name| {
        mails::new_device(locale, name, device, &notice.ip, at)
    })
    .await?;
    tx.commit().await?;
    core.mailer.wake();
    Ok(())
}
