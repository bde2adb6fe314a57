//! The SQL of sessions.

use super::model::{SessionView, Stored, UserView};
use crate::policy::Standing;
use kernel::UserId;
use platform::db::{DbError, Once, Tx};
use queries::client::GenericClient;
use queries::queries::identity::sessions as sql;
use std::collections::HashMap;

pub(super) async fn find_by_token(
    once: &Once,
    token_hash: &str,
) -> Result<Option<Stored>, DbError> {
    Ok(sql::find_by_token()
        .bind(once, &token_hash)
        .opt()
        .await?
        .map(stored))
}

pub(super) async fn find_by_id(once: &Once, id: &str) -> Result<Option<Stored>, DbError> {
    Ok(sql::find_by_id().bind(once, &id).opt().await?.map(stored))
}

pub(super) async fn extend(
    once: &Once,
    id: &str,
    now: kernel::Timestamp,
    expires_at: kernel::Timestamp,
) -> Result<bool, DbError> {
    Ok(sql::extend()
        .bind(once, &expires_at.into(), &now.into(), &id)
        .await?
        > 0)
}

pub(super) async fn touch(
    once: &Once,
    seen: &HashMap<String, kernel::Timestamp>,
) -> Result<(), DbError> {
    let (ids, moments): (Vec<&str>, Vec<_>) = seen
        .iter()
        .map(|(id, at)| {
            (
                id.as_str(),
                chrono::DateTime::<chrono::FixedOffset>::from(*at),
            )
        })
        .unzip();
    sql::touch().bind(once, &ids, &moments).await?;
    Ok(())
}

pub(super) async fn revoke(
    once: &Once,
    id: &str,
    now: kernel::Timestamp,
    event_id: uuid::Uuid,
    origin: &platform::http::Origin,
) -> Result<Option<UserId>, DbError> {
    let found = sql::revoke()
        .bind(
            once,
            &now.into(),
            &id,
            &event_id,
            &Some(origin.ip.as_str()),
            &Some(origin.user_agent.as_str()),
        )
        .opt()
        .await?;
    Ok(found.map(|row| UserId::new(row.user_id)))
}

pub(super) async fn notify<C: GenericClient>(client: &C, message: &str) -> Result<(), DbError> {
    sql::notify().bind(client, &message).one().await?;
    Ok(())
}

/// Kept so that a caller with a transaction names the type it passes.
pub(super) async fn notify_in(tx: &Tx, message: &str) -> Result<(), DbError> {
    notify(tx, message).await
}

fn stored(row: sql::SessionUser) -> Stored {
    let user_id = UserId::new(row.user_id.clone());
    Stored {
        session: SessionView {
            id: row.id,
            user_id: row.user_id.clone(),
            token: String::new(),
            expires_at: row.expires_at.into(),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            ip_address: row.ip_address.unwrap_or_default(),
            user_agent: row.user_agent.unwrap_or_default(),
        },
        user: UserView {
            id: row.user_id,
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            created_at: row.user_created_at.into(),
            updated_at: row.user_updated_at.into(),
            role: row.role,
            access_tier: row.access_tier,
            two_factor_enabled: row.two_factor_enabled,
        },
        standing: Standing {
            is_deleted: row.deleted_at.is_some(),
            is_banned: row.banned,
            ban_expires_at: row.ban_expires.map(Into::into),
            is_email_verified: row.email_verified,
        },
        is_remembered: row.remember_me,
        absolute_expires_at: row.absolute_expires_at.map(Into::into),
        last_activity_at: row.last_activity_at.into(),
        is_revoked: row.revoked_at.is_some(),
        user_id,
    }
}
