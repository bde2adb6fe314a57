//! `/api/v1/auth/refresh`, `/validate` and the JWKS document on its three paths.

use super::keys::Claims;
use super::service::{self, VerifyError};
use crate::authenticator::Found;
use crate::core::Core;
use crate::sign_in::service::TokenPair;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::request::Parts;
use http::{HeaderValue, header};
use platform::http::{ApiError, Code, Json, OptionalJson, Origin, Problem, require_trusted_origin};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new()
        .routes(routes!(refresh_token))
        .routes(routes!(validate_token))
        .routes(routes!(get_jwks))
        .route("/api/auth/jwks", get(get_jwks))
        .route("/api/oidc/jwks", get(get_jwks))
}

/// A refresh token; without one the session cookie counts.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefreshRequest {
    /// The refresh token, used once; its successor is in the answer.
    #[schema(example = "<refresh token>")]
    refresh_token: Option<String>,
}

/// Gives a new access token and rotates the refresh token. Parallel calls with one token get the same successor.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "tokens", security((), ("cookie" = [])), request_body = Option<RefreshRequest>, responses(
    (status = 200, body = TokenPair), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn refresh_token(
    State(core): State<Arc<Core>>,
    origin: Origin,
    parts: Parts,
    OptionalJson(body): OptionalJson<RefreshRequest>,
) -> Result<axum::Json<TokenPair>, ApiError> {
    if let Some(token) = body.unwrap_or_default().refresh_token {
        return Ok(axum::Json(service::refresh(&core, &token, &origin).await?));
    }
    match core.find_caller(&parts.headers).await {
        Found::Cookie { live, .. } => {
            require_trusted_origin(&parts)?;
            Ok(axum::Json(service::exchange(&core, &live, &origin).await?))
        }
        Found::Unavailable(cause) => Err(ApiError::unavailable(cause)),
        Found::DeadCookie => {
            Err(ApiError::new(Code::TokenExpired).detail("The session has ended."))
        }
        Found::None | Found::Bearer { .. } | Found::BadBearer(_) => Err(ApiError::field(
            "refreshToken",
            "is required unless a session cookie is sent",
        )),
    }
}

/// A token to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValidateRequest {
    /// The access token; absent counts as not valid.
    #[schema(example = "<access token>")]
    token: Option<String>,
}

/// What a token amounts to.
#[derive(Serialize, ToSchema)]
pub(crate) struct Validation {
    /// Whether it is good now: its session is alive, and role, tier and address are still its person's.
    valid: bool,
    /// All claims of a valid token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Claims>)]
    payload: Option<Arc<Claims>>,
    /// Why it is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Whether an access token is valid now, its session included. A bad token is 200 with `valid: false`, and so is one
/// that says a role, tier or address which its person no longer has: it has to be refreshed.
#[utoipa::path(post, path = "/api/v1/auth/validate", tag = "tokens", request_body = ValidateRequest, responses(
    (status = 200, body = Validation), (status = 400, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn validate_token(
    State(core): State<Arc<Core>>,
    Json(body): Json<ValidateRequest>,
) -> Result<axum::Json<Validation>, ApiError> {
    let Some(token) = body.token else {
        return Ok(axum::Json(Validation {
            valid: false,
            payload: None,
            error: Some("No token provided".to_owned()),
        }));
    };
    match service::verify_claims(&core, &token).await {
        Ok(claims) => Ok(axum::Json(Validation {
            valid: true,
            payload: Some(claims),
            error: None,
        })),
        Err(VerifyError::Token(error)) => Ok(axum::Json(Validation {
            valid: false,
            payload: None,
            error: Some(error.to_string()),
        })),
        Err(VerifyError::Db(error)) => Err(error.into()),
    }
}

/// A set of public keys (RFC 7517).
#[derive(Serialize, ToSchema)]
pub(crate) struct Jwks {
    /// The keys, newest first.
    keys: Vec<serde_json::Value>,
}

/// The public keys of access tokens, also at `/api/auth/jwks` and `/api/oidc/jwks`.
#[utoipa::path(get, path = "/api/v1/auth/jwks", tag = "tokens", responses((status = 200, body = Jwks)))]
pub(crate) async fn get_jwks(State(core): State<Arc<Core>>) -> Response {
    let mut response = core.keys.document().into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=60"),
    );
    response
}
