//! `POST /api/v1/credits/use`.

use super::gatherer::{UseError, Used};
use super::model::{self, UseAnswer, UseRequest};
use crate::front::Credits;
use crate::ledger::Debit;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::{Credits as Amount, UserId};
use platform::http::{ApiError, Caller, Code, Json, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

pub(crate) fn router() -> OpenApiRouter<Credits> {
    OpenApiRouter::new().routes(routes!(use_credits))
}

/// Spends credits: free ones first, then paid ones.
///
/// With an idempotency key the use happens once however often it is sent; repetitions within 7 days get the first
/// answer byte for byte and the header `Idempotency-Replayed: true`.
#[utoipa::path(
    post,
    path = "/api/v1/credits/use",
    operation_id = "use_credits",
    tag = "credits", security(("bearer" = []), ("cookie" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes repetitions safe, 1 to 255 characters")),
    request_body = UseRequest,
    responses(
        (status = 200, description = "Debited, now or by an earlier request with this key", body = UseAnswer,
            headers(("Idempotency-Replayed" = String, description = "`true` when an earlier request did it"))),
        (status = 400, description = "`VALIDATION`, naming the field", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`UNAUTHORIZED`", body = Problem, content_type = "application/problem+json"),
        (status = 402, description = "`INSUFFICIENT_CREDITS` with `details: {required, available}`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`NOT_FOUND`: no balance", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`IDEMPOTENCY_KEY_REUSED`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`SERVICE_UNAVAILABLE`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn use_credits(
    State(credits): State<Credits>,
    caller: Caller,
    headers: HeaderMap,
    Json(request): Json<UseRequest>,
) -> Result<Response, ApiError> {
    let debit = debit_of(&caller, &headers, request)?;
    let Used { body, is_replayed } = match credits.gatherer().debit(debit).await {
        Ok(used) => used,
        Err(UseError::NoWallet) => return Err(no_wallet(&credits, &caller.user_id).await?),
        Err(error) => return Err(refusal(error)),
    };
    let json = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let mut response = ([json], body).into_response();
    if is_replayed {
        response
            .headers_mut()
            .insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn debit_of(caller: &Caller, headers: &HeaderMap, request: UseRequest) -> Result<Debit, ApiError> {
    let amount = Amount::positive(request.amount)
        .ok_or_else(|| ApiError::field("amount", "must be a whole number from 1 to 1000000000"))?;
    check_text("appId", &request.app_id, 100)?;
    check_text("description", &request.description, 1000)?;
    let about_metadata = |fault| ApiError::field("metadata", fault);
    let claim = match key_of(headers, request.idempotency_key.as_deref())? {
        Some(key) => Some(request.claim(key).map_err(about_metadata)?),
        None => {
            request.canonical_metadata().map_err(about_metadata)?;
            None
        }
    };
    Ok(Debit {
        transfer_id: Uuid::nil(),
        amount,
        caller: model::caller_of(&caller.user_id),
        user_id: caller.user_id.clone(),
        claim,
        metadata: request.metadata,
        app_id: request.app_id,
        description: request.description,
        answer_head: String::new(),
    })
}

/// The header and the field mean the same; both may be given when they agree.
fn key_of(headers: &HeaderMap, field: Option<&str>) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let header = values
        .next()
        .map(|value| {
            value.to_str().map_err(|_| {
                ApiError::field("Idempotency-Key", "may only have visible ASCII characters")
            })
        })
        .transpose()?;
    if values.next().is_some() {
        return Err(ApiError::field("Idempotency-Key", "is given twice"));
    }
    if let (Some(header), Some(field)) = (header, field)
        && header != field
    {
        return Err(ApiError::field(
            "idempotencyKey",
            "differs from the header Idempotency-Key",
        ));
    }
    let name = if header.is_some() {
        "Idempotency-Key"
    } else {
        "idempotencyKey"
    };
    let key = header.or(field);
    if let Some(key) = key {
        check_text(name, key, 255)?;
    }
    Ok(key.map(ToOwned::to_owned))
}

fn check_text(field: &str, text: &str, longest: usize) -> Result<(), ApiError> {
    if text.is_empty() || text.chars().count() > longest {
        let message = format!("must have 1 to {longest} characters");
        return Err(ApiError::field(field, message));
    }
    if text.contains('\0') {
        return Err(ApiError::field(field, "must not contain U+0000"));
    }
    Ok(())
}

/// A wallet opens at registration, or at an imported person's first look at their balance.
async fn no_wallet(credits: &Credits, user: &UserId) -> Result<ApiError, ApiError> {
    Ok(if credits.is_there(user).await? {
        refusal(UseError::NoWallet)
    } else {
        ApiError::new(Code::Unauthorized)
    })
}

fn refusal(error: UseError) -> ApiError {
    match error {
        UseError::Insufficient {
            required,
            available,
        } => ApiError::new(Code::InsufficientCredits).details(serde_json::json!({
            "required": required,
            "available": available,
        })),
        UseError::NoWallet => ApiError::new(Code::NotFound).detail("User balance not found"),
        UseError::KeyReused => ApiError::new(Code::IdempotencyKeyReused),
        UseError::Unavailable(cause) => ApiError::unavailable(cause),
        UseError::Internal(cause) => ApiError::internal(cause),
    }
}
