//! `POST /api/v1/auth/login`.

use super::service::{self, Attempt, SignInError, TokenPair};
use crate::core::Core;
use crate::policy::Refusal;
use crate::sessions::routes::append_cookie;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::crypto::password::Password;
use kernel::text::EmailAddress;
use platform::http::{ApiError, Code, Json, Origin, Problem, limits};
use platform::limited;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new().routes(routes!(login).layer(limited!(limits::SIGN_IN)))
}

/// Who signs in, and on which device.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LoginRequest {
    /// The address.
    #[schema(example = "ada@example.com")]
    email: String,
    /// The password.
    #[schema(example = "correct horse battery")]
    password: String,
    /// An id of the device, at most 255 characters.
    device_id: Option<String>,
    /// A name of the device, at most 255 characters.
    device_name: Option<String>,
    /// Whether the session outlives the browser; true when absent.
    remember_me: Option<bool>,
}

/// What a sign-in answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoginBody {
    /// Person and tokens.
    #[serde(flatten)]
    pair: TokenPair,
    /// The session token, also in the cookie.
    token: String,
    /// Always false: nothing to follow.
    redirect: bool,
}

/// Signs in with e-mail and password; sets the session cookie.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "sign-in", request_body = LoginRequest, responses(
    (status = 200, body = LoginBody), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn login(
    State(core): State<Arc<Core>>,
    origin: Origin,
    Json(body): Json<LoginRequest>,
) -> Result<Response, ApiError> {
    let email = EmailAddress::parse(&body.email)
        .ok_or_else(|| ApiError::field("email", "is not an e-mail address"))?;
    let attempt = Attempt {
        email,
        password: Password::presented(&body.password),
        device_id: bounded("deviceId", body.device_id)?,
        device_name: bounded("deviceName", body.device_name)?,
        is_remembered: body.remember_me.unwrap_or(true),
    };
    let opened = service::sign_in(&core, attempt, &origin).await?;
    let cookie = core
        .cookies
        .set_signed("session_token", &opened.token, opened.max_age_seconds);
    let mut response = axum::Json(LoginBody {
        pair: opened.pair,
        token: opened.token,
        redirect: false,
    })
    .into_response();
    append_cookie(&mut response, cookie);
    if opened.max_age_seconds.is_none() {
        append_cookie(
            &mut response,
            core.cookies.set_signed("dont_remember", "true", None),
        );
    }
    Ok(response)
}

fn bounded(field: &str, value: Option<String>) -> Result<Option<String>, ApiError> {
    match value {
        Some(value) if value.chars().count() > 255 => {
            Err(ApiError::field(field, "is longer than 255 characters"))
        }
        Some(value) if value.contains('\0') => {
            Err(ApiError::field(field, "must not contain U+0000"))
        }
        Some(value) if value.chars().any(char::is_control) => {
            Err(ApiError::field(field, "has control characters"))
        }
        other => Ok(other),
    }
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::WrongCredentials => Self::new(Code::InvalidCredentials),
            SignInError::Locked { remaining_seconds } => Self::new(Code::AccountLocked)
                .retry_after(u64::try_from(remaining_seconds).unwrap_or(1).max(1)),
            SignInError::Refused(Refusal::Deleted) => Self::new(Code::InvalidCredentials),
            SignInError::Refused(Refusal::Banned) => Self::new(Code::AccountBanned),
            SignInError::Refused(Refusal::Unverified) => Self::new(Code::EmailNotVerified),
            SignInError::Db(error) => error.into(),
            SignInError::Hash(error) => error.into(),
            SignInError::Signing(cause) => Self::unavailable(cause),
        }
    }
}
