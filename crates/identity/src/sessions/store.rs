//! The SQL of sessions.

use super::model::{SessionView, Stored, person_of, session_of};
use kernel::UserId;
use platform::db::{DbError, Once, Tx};
use queries::client::{GenericClient, Params};
use queries::queries::identity::sessions as sql;
use std::collections::HashMap;

/// The sessions of several tokens, each with its token's hash, in no order.
pub(super) async fn find_by_tokens(
    once: &Once,
    token_hashes: &[String],
) -> Result<Vec<(String, Stored)>, DbError> {
    let rows = sql::find_by_tokens()
        .bind(once, &token_hashes)
        .all()
        .await?;
    let found = |mut row: sql::SessionUser| (std::mem::take(&mut row.token), stored(row));
    Ok(rows.into_iter().map(found).collect())
}

pub(super) async fn find_by_id(once: &Once, id: &str) -> Result<Option<Stored>, DbError> {
    Ok(sql::find_by_id().bind(once, &id).opt().await?.map(stored))
}

/// Extends a session that is alive and due; answers its new end. Of parallel callers one extends it.
pub(super) async fn extend(
    once: &Once,
    id: &str,
    now: kernel::Timestamp,
    expires_at: kernel::Timestamp,
    due_before: kernel::Timestamp,
) -> Result<Option<kernel::Timestamp>, DbError> {
    let params = sql::ExtendParams {
        expires_at: expires_at.into(),
        now: now.into(),
        id,
        due_before: due_before.into(),
    };
    let extended = sql::extend().params(once, &params).opt().await?;
    Ok(extended.map(Into::into))
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

/// Ends sessions, each with the id of its event; answers whose they were when they were alive.
pub(super) async fn revoke(
    once: &Once,
    named: &[(&str, uuid::Uuid)],
    now: kernel::Timestamp,
    origin: &platform::http::Origin,
) -> Result<Vec<UserId>, DbError> {
    let (ids, event_ids): (Vec<&str>, Vec<uuid::Uuid>) = named.iter().copied().unzip();
    let found = sql::revoke()
        .bind(
            once,
            &ids,
            &event_ids,
            &now.into(),
            &Some(origin.ip.as_str()),
            &Some(origin.user_agent.as_str()),
        )
        .all()
        .await?;
    Ok(found
        .into_iter()
        .map(|row| UserId::new(row.user_id))
        .collect())
}

/// A session as a list shows it.
pub(super) struct Listed {
    pub(super) view: SessionView,
    pub(super) device_id: Option<String>,
    pub(super) device_name: Option<String>,
    pub(super) last_activity_at: kernel::Timestamp,
}

/// A person's live sessions, newest first.
pub(super) async fn list_live(
    once: &Once,
    user: &UserId,
    now: kernel::Timestamp,
) -> Result<Vec<Listed>, DbError> {
    let rows = sql::list_live()
        .bind(once, &user.as_str(), &now.into())
        .all()
        .await?;
    let listed = |row: sql::Listed| Listed {
        view: session_of!(row),
        device_id: row.device_id,
        device_name: row.device_name,
        last_activity_at: row.last_activity_at.into(),
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// Ends a person's sessions but the kept one.
pub(super) async fn revoke_all(
    once: &Once,
    user: &UserId,
    kept: Option<&str>,
    now: kernel::Timestamp,
    event_id: uuid::Uuid,
    origin: &platform::http::Origin,
) -> Result<(), DbError> {
    let params = sql::RevokeAllParams {
        now: now.into(),
        user_id: user.as_str(),
        kept_session_id: kept,
        event_id,
        ip_address: Some(origin.ip.as_str()),
        user_agent: Some(origin.user_agent.as_str()),
    };
    sql::revoke_all().params(once, &params).opt().await?;
    Ok(())
}

/// A session on its way to another browser.
pub(super) struct HandOver<'a> {
    pub(super) id: &'a str,
    pub(super) identifier: &'a str,
    pub(super) value: &'a str,
    pub(super) expires_at: kernel::Timestamp,
    pub(super) now: kernel::Timestamp,
}

pub(super) async fn insert_hand_over(once: &Once, row: &HandOver<'_>) -> Result<(), DbError> {
    let params = sql::InsertHandOverParams {
        id: row.id,
        identifier: row.identifier,
        value: row.value,
        expires_at: row.expires_at.into(),
        now: row.now.into(),
    };
    sql::insert_hand_over().params(once, &params).await?;
    Ok(())
}

/// Takes a hand-over, so that nobody else can.
pub(super) async fn take_hand_over(
    once: &Once,
    identifier: &str,
    now: kernel::Timestamp,
) -> Result<Option<String>, DbError> {
    Ok(sql::take_hand_over()
        .bind(once, &identifier, &now.into())
        .opt()
        .await?)
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
    let session = session_of!(row);
    let (user, standing) = person_of!(row);
    Stored {
        user_id: UserId::new(row.user_id),
        session,
        user,
        standing,
        is_remembered: row.remember_me,
        absolute_expires_at: row.absolute_expires_at.map(Into::into),
        last_activity_at: row.last_activity_at.into(),
        is_revoked: row.revoked_at.is_some(),
    }
}
