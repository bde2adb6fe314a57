//! Recurring work: retention, deletions whose grace is over, and key rotation.

mod store;

use crate::account::deletion;
use crate::core::Core;
use platform::jobs::{JobError, Registry};
use std::sync::Arc;

/// How long things are kept beyond their end: name, days, meaning. The documentation is written from it.
pub const RETENTION: &[(&str, i64, &str)] = &[
    (
        "auth.sessions",
        30,
        "after a session expired or was revoked",
    ),
    (
        "auth.refresh_tokens",
        30,
        "after a refresh token expired or was revoked",
    ),
    ("auth.verification", 1, "after it expired"),
    ("auth.login_attempts", 1, "after the attempt"),
    ("auth.security_events", 365, "after the event"),
    (
        "auth.known_devices",
        365,
        "after the last sign-in on the device",
    ),
    ("auth.mail_quotas", 1, "after nothing counts any more"),
    ("auth.jwks", 30, "after the key stopped being published"),
];

pub(crate) fn register(core: &Arc<Core>, registry: &mut Registry) {
    let cleaner = core.clone();
    registry.every("identity.retention", 3600, move || {
        let core = cleaner.clone();
        async move { store::clean(&core).await.map_err(JobError::from) }
    });
    let eraser = core.clone();
    registry.every("identity.erase-deleted", 3600, move || {
        let core = eraser.clone();
        async move { deletion::erase_due(&core).await.map_err(JobError::from) }
    });
    let rotator = core.clone();
    registry.every("identity.rotate-keys", 3600, move || {
        let core = rotator.clone();
        async move {
            core.keys
                .rotate_when_due()
                .await
                .map_err(|error| JobError::Retry(error.to_string()))
        }
    });
}
