//! `/api/v1/auth/forgot-password` and `/reset-password`.

use super::service::{self, ResetError};
use crate::core::Core;
use crate::mail_quota::service::Asker;
use crate::registration::routes::weak;
use crate::verification::routes::Done;
use crate::verification::service::allowed_link;
use axum::extract::State;
use kernel::crypto::password::Password;
use kernel::text::EmailAddress;
use platform::http::{ApiError, Code, Json, Origin, Problem, limits};
use platform::limited;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new()
        .routes(routes!(forgot_password).layer(limited!(limits::PASSWORD_FORGOT)))
        .routes(routes!(reset_password).layer(limited!(limits::PASSWORD_RESET)))
}

/// Who forgot their password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ForgotRequest {
    /// The address.
    email: String,
    /// The app's page for a new password; it gets `?token=`.
    redirect_to: Option<String>,
}

/// Mails a link to a new password; answers alike for unknown addresses.
#[utoipa::path(post, path = "/api/v1/auth/forgot-password", tag = "account", request_body = ForgotRequest, responses(
    (status = 200, body = Done), (status = 400, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn forgot_password(
    State(core): State<Arc<Core>>,
    asker: Asker,
    Json(body): Json<ForgotRequest>,
) -> Result<axum::Json<Done>, ApiError> {
    let email = EmailAddress::parse(&body.email)
        .ok_or_else(|| ApiError::field("email", "is not an e-mail address"))?;
    let redirect_to = allowed_link(&core, body.redirect_to.as_deref());
    service::request(&core, &email, redirect_to.as_deref(), &asker).await?;
    Ok(axum::Json(Done {
        success: true,
        message: "If there is an account, a mail with a link is on its way.",
    }))
}

/// A new password with the mailed token.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ResetRequest {
    /// The mailed token.
    token: String,
    /// 8 to 128 characters.
    new_password: String,
}

/// Sets a new password with the mailed token; every session ends.
#[utoipa::path(post, path = "/api/v1/auth/reset-password", tag = "account", request_body = ResetRequest, responses(
    (status = 200, body = Done), (status = 400, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn reset_password(
    State(core): State<Arc<Core>>,
    origin: Origin,
    Json(body): Json<ResetRequest>,
) -> Result<axum::Json<Done>, ApiError> {
    let password = Password::new(&body.new_password).map_err(|error| weak("newPassword", error))?;
    service::reset(&core, &body.token, password, &origin).await?;
    Ok(axum::Json(Done {
        success: true,
        message: "The password was changed; sign in with the new one.",
    }))
}

impl From<ResetError> for ApiError {
    fn from(error: ResetError) -> Self {
        match error {
            ResetError::Invalid => Self::new(Code::TokenInvalid)
                .detail("Invalid or expired reset token")
                .about("token"),
            ResetError::Db(error) => error.into(),
            ResetError::Hash(error) => error.into(),
        }
    }
}
