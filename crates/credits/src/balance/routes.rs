//! `GET /api/v1/credits/balance`.

use super::service::read_balance;
use crate::front::Credits;
use axum::Json;
use axum::extract::State;
use platform::http::{ApiError, Caller, Code, Problem};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Credits> {
    OpenApiRouter::new().routes(routes!(get_balance))
}

/// What a person has.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BalanceAnswer {
    /// Paid credits.
    balance: i64,
    /// Free credits, spent first.
    free_credits_remaining: i64,
    /// Bought or otherwise earned in all; bonus and daily credits do not count.
    total_earned: i64,
    /// Spent in all.
    total_spent: i64,
    /// Free credits given once per calendar day.
    daily_free_credits: i64,
}

/// Shows what the caller has, after giving today's free credits if they are due.
#[utoipa::path(
    get,
    path = "/api/v1/credits/balance",
    operation_id = "get_balance",
    tag = "credits", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The balance", body = BalanceAnswer),
        (status = 401, description = "`UNAUTHORIZED`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`SERVICE_UNAVAILABLE`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn get_balance(
    State(credits): State<Credits>,
    caller: Caller,
) -> Result<Json<BalanceAnswer>, ApiError> {
    let balance = read_balance(&credits, &caller.user_id)
        .await?
        .ok_or_else(|| ApiError::new(Code::Unauthorized))?;
    Ok(Json(BalanceAnswer {
        balance: balance.paid,
        free_credits_remaining: balance.free,
        total_earned: balance.total_earned,
        total_spent: balance.total_spent,
        daily_free_credits: balance.daily,
    }))
}
