//! `GET /api/v1/credits/usage-stats`.

use super::store::{UsageDay, list_days};
use crate::calendar::Calendar;
use crate::front::Credits;
use axum::Json;
use axum::extract::State;
use platform::db::Actor;
use platform::http::{ApiError, Caller, Problem, Query};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const DEFAULT_DAYS: i64 = 30;
const MAX_DAYS: i64 = 366;
/// So much may the sums of apps by their names take.
const NAMED_BYTES: i64 = 512 * 1024;

pub(crate) fn router() -> OpenApiRouter<Credits> {
    OpenApiRouter::new().routes(routes!(get_usage_stats))
}

/// How far back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StatsQuery {
    /// Calendar days including today, 30 unless said otherwise.
    #[param(minimum = 1, maximum = 366)]
    days: Option<i64>,
}

/// A sum.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Sum {
    /// Credits spent.
    credits_used: i64,
    /// In how many uses.
    uses: i64,
}

impl Sum {
    fn add(&mut self, row: &UsageDay) {
        self.credits_used = self.credits_used.saturating_add(row.credits_used);
        self.uses = self.uses.saturating_add(row.uses);
    }
}

/// An app's sum.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AppSum {
    /// The app.
    app_id: String,
    /// What it spent.
    #[serde(flatten)]
    sum: Sum,
}

/// A day's sum.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DaySum {
    /// The calendar day, `YYYY-MM-DD`.
    date: String,
    /// What was spent on it.
    #[serde(flatten)]
    sum: Sum,
    /// The same by app.
    apps: Vec<AppSum>,
}

/// What the caller spent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StatsAnswer {
    /// The first day counted, `YYYY-MM-DD`.
    from: String,
    /// The last day counted: today.
    to: String,
    /// All together.
    total: Sum,
    /// By app, the largest spender first.
    apps: Vec<AppSum>,
    /// By day, the newest first; days without a use are left out.
    days: Vec<DaySum>,
}

/// Sums what the caller spent, by app and by day. Where apps are so many that their names would fill 512 KiB, those that
/// spent least are one, `other`.
#[utoipa::path(
    get,
    path = "/api/v1/credits/usage-stats",
    operation_id = "get_usage_stats",
    tag = "credits", security(("bearer" = []), ("cookie" = [])),
    params(StatsQuery),
    responses(
        (status = 200, description = "The sums", body = StatsAnswer),
        (status = 400, description = "`VALIDATION`, naming the parameter", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`UNAUTHORIZED`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`SERVICE_UNAVAILABLE`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn get_usage_stats(
    State(credits): State<Credits>,
    caller: Caller,
    Query(query): Query<StatsQuery>,
) -> Result<Json<StatsAnswer>, ApiError> {
    let days = query.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(ApiError::field("days", "must be from 1 to 366"));
    }
    let calendar = credits.calendar();
    let now = credits.context().now();
    let back = u64::try_from(days.saturating_sub(1)).unwrap_or_default();
    let since = calendar.day_start_before(now, back);
    let once = credits
        .db()
        .once(&Actor::User(caller.user_id.clone()))
        .await?;
    let rows = list_days(&once, &caller.user_id, since, NAMED_BYTES).await?;
    Ok(Json(StatsAnswer {
        from: calendar.day(since).to_string(),
        to: calendar.day(now).to_string(),
        ..sum_up(&rows, calendar)
    }))
}

fn sum_up(rows: &[UsageDay], calendar: Calendar) -> StatsAnswer {
    let mut total = Sum::default();
    let mut apps: BTreeMap<&str, Sum> = BTreeMap::new();
    let mut days: Vec<DaySum> = Vec::new();
    for row in rows {
        total.add(row);
        apps.entry(&row.app_id).or_default().add(row);
        let date = calendar.day(row.date).to_string();
        if days.last().is_none_or(|day| day.date != date) {
            days.push(DaySum {
                date,
                sum: Sum::default(),
                apps: Vec::new(),
            });
        }
        if let Some(day) = days.last_mut() {
            day.sum.add(row);
            day.apps.push(app_sum(
                &row.app_id,
                Sum {
                    credits_used: row.credits_used,
                    uses: row.uses,
                },
            ));
        }
    }
    let mut apps: Vec<AppSum> = apps
        .into_iter()
        .map(|(app, sum)| app_sum(app, sum))
        .collect();
    apps.sort_by_key(|app| std::cmp::Reverse(app.sum.credits_used));
    StatsAnswer {
        from: String::new(),
        to: String::new(),
        total,
        apps,
        days,
    }
}

fn app_sum(app_id: &str, sum: Sum) -> AppSum {
    AppSum {
        app_id: app_id.to_owned(),
        sum,
    }
}
