//! `GET /api/v1/credits/transactions`.

use super::store::{Position, Transaction, list_transactions};
use crate::front::Credits;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use kernel::page::Cursor;
use platform::db::Actor;
use platform::http::{ApiError, Caller, Problem, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const NEXT_CURSOR: HeaderName = HeaderName::from_static("x-next-cursor");
const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;
const MAX_OFFSET: i64 = 1_000_000;

pub(crate) fn router() -> OpenApiRouter<Credits> {
    OpenApiRouter::new().routes(routes!(list_credit_transactions))
}

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// How many, 50 unless said otherwise; more than 200 gives 200.
    #[param(minimum = 1)]
    limit: Option<i64>,
    /// How many to pass over, up to 1000000. Use `cursor` to walk through a long list.
    #[param(minimum = 0, maximum = 1_000_000)]
    offset: Option<i64>,
    /// The `X-Next-Cursor` of the page before; not together with `offset`.
    cursor: Option<String>,
}

impl ListQuery {
    fn limit(&self) -> Result<i64, ApiError> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            limit if limit < 1 => Err(ApiError::field("limit", "must be at least 1")),
            limit => Ok(limit.min(MAX_LIMIT)),
        }
    }

    fn position(&self) -> Result<Position, ApiError> {
        match (self.offset, self.cursor.as_deref()) {
            (Some(_), Some(_)) => Err(ApiError::field("cursor", "excludes offset")),
            (None, Some(cursor)) => Cursor::decode(cursor)
                .and_then(|cursor| {
                    Some(Position::After(
                        cursor.created_at,
                        cursor.id.parse::<Uuid>().ok()?,
                    ))
                })
                .ok_or_else(|| ApiError::field("cursor", "is not one that this list gave")),
            (offset, None) => match offset.unwrap_or(0) {
                offset @ 0..=MAX_OFFSET => Ok(Position::Offset(offset)),
                _ => Err(ApiError::field("offset", "must be from 0 to 1000000")),
            },
        }
    }
}

/// Lists what happened to the caller's credits, newest first.
///
/// While there is more, `X-Next-Cursor` leads to the next page; new transactions do not shift it. A page of 512 KiB is
/// full, however many transactions were asked for.
#[utoipa::path(
    get,
    path = "/api/v1/credits/transactions",
    operation_id = "list_credit_transactions",
    tag = "credits", security(("bearer" = []), ("cookie" = [])),
    params(ListQuery),
    responses(
        (status = 200, description = "A page", body = Vec<Transaction>,
            headers(("X-Next-Cursor" = String, description = "The `cursor` of the next page, absent on the last"))),
        (status = 400, description = "`VALIDATION`, naming the parameter", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`UNAUTHORIZED`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`SERVICE_UNAVAILABLE`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn list_credit_transactions(
    State(credits): State<Credits>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Response, ApiError> {
    let (limit, position) = (query.limit()?, query.position()?);
    let once = credits
        .db()
        .once(&Actor::User(caller.user_id.clone()))
        .await?;
    // One more than asked for tells whether there is a next page.
    let page =
        list_transactions(&once, &caller.user_id, limit.saturating_add(1), &position).await?;
    let mut rows = page.rows;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = page.is_cut || rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows
        .last()
        .filter(|_| has_more)
        .map(|row| row.cursor().encode());
    let mut response = Json(rows).into_response();
    if let Some(next) = next.and_then(|next| HeaderValue::try_from(next).ok()) {
        response.headers_mut().insert(NEXT_CURSOR, next);
    }
    Ok(response)
}
