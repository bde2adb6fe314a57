//! `/api/v1/auth/resend-verification` and `/change-email`.

use super::service;
use crate::core::Core;
use crate::mail_quota::service::Asker;
use axum::extract::State;
use kernel::text::EmailAddress;
use platform::http::{ApiError, Caller, Code, Json, Problem, limits};
use platform::limited;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new()
        .routes(routes!(resend_verification).layer(limited!(limits::VERIFICATION_SEND)))
        .routes(routes!(change_email).layer(limited!(limits::PASSWORD_CHANGE)))
}

/// That something was done, or would have been.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {
    /// Always true.
    pub(crate) success: bool,
    /// For people.
    pub(crate) message: &'static str,
}

/// Whose address to verify.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ResendRequest {
    /// The address.
    email: String,
    /// The app that the link leads back to.
    source_app_url: Option<String>,
}

/// Mails the verification link again; answers alike for unknown and verified addresses.
#[utoipa::path(post, path = "/api/v1/auth/resend-verification", tag = "account", request_body = ResendRequest, responses(
    (status = 200, body = Done), (status = 400, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn resend_verification(
    State(core): State<Arc<Core>>,
    asker: Asker,
    Json(body): Json<ResendRequest>,
) -> Result<axum::Json<Done>, ApiError> {
    let email = EmailAddress::parse(&body.email)
        .ok_or_else(|| ApiError::field("email", "is not an e-mail address"))?;
    let callback = service::allowed_link(&core, body.source_app_url.as_deref());
    service::resend(&core, &email, callback.as_deref(), &asker).await?;
    Ok(axum::Json(Done {
        success: true,
        message: "If the address needs verifying, a mail is on its way.",
    }))
}

/// Which address the account shall have.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangeEmailRequest {
    /// The new address.
    new_email: String,
    /// Where the links lead.
    #[serde(rename = "callbackURL")]
    callback_url: Option<String>,
}

/// Starts a change of address: a proved old address is asked first, then the new one is proved.
#[utoipa::path(post, path = "/api/v1/auth/change-email", tag = "account", request_body = ChangeEmailRequest, responses(
    (status = 200, body = Done), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 429, body = Problem), (status = 503, body = Problem)), security(("bearer" = []), ("cookie" = [])))]
pub(crate) async fn change_email(
    State(core): State<Arc<Core>>,
    asker: Asker,
    caller: Caller,
    Json(body): Json<ChangeEmailRequest>,
) -> Result<axum::Json<Done>, ApiError> {
    let email = EmailAddress::parse(&body.new_email)
        .ok_or_else(|| ApiError::field("newEmail", "is not an e-mail address"))?;
    if email == caller.email {
        return Err(ApiError::field(
            "newEmail",
            "is the address the account has",
        ));
    }
    let callback = service::allowed_link(&core, body.callback_url.as_deref());
    let (user, callback) = (&caller.user_id, callback.as_deref());
    if !service::request_change(&core, user, &email, callback, &asker).await? {
        return Err(ApiError::new(Code::Unauthorized));
    }
    Ok(axum::Json(Done {
        success: true,
        message: "A mail with the next step is on its way.",
    }))
}
