//! `GET /api/v1/auth/security-events`.

use super::service;
use crate::core::Core;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use kernel::Timestamp;
use kernel::page::Cursor;
use platform::http::{ApiError, Caller, Problem, Query};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new().routes(routes!(list_security_events))
}

/// Which events.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsQuery {
    /// 1 to 200, 50 when absent.
    limit: Option<i64>,
    /// What the header `X-Next-Cursor` of the page before said.
    cursor: Option<String>,
}

/// Something that happened to the account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventView {
    /// Its id.
    id: String,
    /// What happened, in capitals.
    event_type: String,
    /// From where.
    ip_address: Option<String>,
    /// With what.
    user_agent: Option<String>,
    /// More about it.
    metadata: Option<serde_json::Value>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// The moment and id that a cursor of ours names.
fn position(cursor: &str) -> Option<(Timestamp, uuid::Uuid)> {
    let cursor = Cursor::decode(cursor)?;
    Some((cursor.created_at, cursor.id.parse().ok()?))
}

/// The caller's security events, newest first. `X-Next-Cursor` names the next page.
#[utoipa::path(get, path = "/api/v1/auth/security-events", tag = "account", security(("bearer" = []), ("cookie" = [])), params(EventsQuery), responses(
    (status = 200, body = Vec<EventView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn list_security_events(
    State(core): State<Arc<Core>>,
    caller: Caller,
    Query(query): Query<EventsQuery>,
) -> Result<Response, ApiError> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(ApiError::field("limit", "must be from 1 to 200"));
    }
    let before = match query.cursor.as_deref().map(position) {
        Some(None) => return Err(ApiError::field("cursor", "is not one of ours")),
        other => other.flatten(),
    };
    let events = service::list(&core, &caller.user_id, before, limit).await?;
    // A full page, or one that was cut because its events are long.
    let shown = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let next = events
        .last()
        .filter(|event| event.found == limit || event.found > shown);
    let next = next.map(|event| {
        Cursor {
            created_at: event.created_at.into(),
            id: event.id.to_string(),
        }
        .encode()
    });
    let views: Vec<EventView> = events
        .into_iter()
        .map(|event| EventView {
            id: event.id.to_string(),
            event_type: event.event_type,
            ip_address: event.ip_address,
            user_agent: event.user_agent,
            metadata: event.metadata,
            created_at: event.created_at.into(),
        })
        .collect();
    let mut response = axum::Json(views).into_response();
    if let Some(value) = next.and_then(|next| HeaderValue::from_str(&next).ok()) {
        response.headers_mut().insert("x-next-cursor", value);
    }
    Ok(response)
}
