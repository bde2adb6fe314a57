//! The SQL of retention.

use super::RETENTION;
use crate::core::Core;
use chrono::{DateTime, FixedOffset};
use platform::db::{Actor, DbError};
use queries::queries::identity::{keys as key_sql, retention as sql};

pub(super) async fn clean(core: &Core) -> Result<(), DbError> {
    let now = core.context.now();
    for (table, days, _) in RETENTION {
        let before: DateTime<FixedOffset> = now.plus_seconds(-days * 86_400).into();
        let once = core.db.once(&Actor::Service).await?;
        match *table {
            "auth.sessions" => sql::delete_sessions().bind(&once, &before).await?,
            "auth.refresh_tokens" => sql::delete_refresh_tokens().bind(&once, &before).await?,
            "auth.verification" => sql::delete_verifications().bind(&once, &before).await?,
            "auth.login_attempts" => sql::delete_attempts().bind(&once, &before).await?,
            "auth.known_devices" => sql::delete_devices().bind(&once, &before).await?,
            "auth.mail_quotas" => sql::delete_quotas().bind(&once, &before).await?,
            "auth.security_events" => sql::delete_events().bind(&once, &before).await?,
            _ => key_sql::delete_expired_keys().bind(&once, &before).await?,
        };
    }
    let once = core.db.once(&Actor::Service).await?;
    sql::delete_password_kinds().bind(&once).await?;
    Ok(())
}
