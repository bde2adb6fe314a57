//! `POST /api/v1/auth/profile`, `/change-password` and `DELETE /api/v1/auth/account`.

use super::deletion;
use super::service::{self, PasswordChangeError, Presented, ProfileChange};
use crate::core::Core;
use crate::sessions::routes::append_cookies;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::crypto::password::{Password, PasswordError};
use kernel::text::shown_email;
use platform::http::{ApiError, Caller, Code, Json, Origin, Problem, limits};
use platform::limited;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new()
        .routes(routes!(update_profile))
        .routes(routes!(change_password).layer(limited!(limits::PASSWORD_CHANGE)))
        .routes(routes!(delete_account).layer(limited!(limits::ACCOUNT_DELETE)))
}

impl From<PasswordChangeError> for ApiError {
    fn from(error: PasswordChangeError) -> Self {
        match error {
            PasswordChangeError::NoPassword => {
                Self::new(Code::NotFound).detail("This account has no password.")
            }
            PasswordChangeError::WrongPassword => {
                Self::new(Code::InvalidCredentials).detail("The password is wrong.")
            }
            PasswordChangeError::Locked { remaining_seconds } => Self::new(Code::AccountLocked)
                .detail("Too many wrong passwords in this session; it may try again later.")
                .retry_after(u64::try_from(remaining_seconds).unwrap_or(1).max(1)),
            PasswordChangeError::Gone => Self::new(Code::Unauthorized),
            PasswordChangeError::Db(error) => error.into(),
            PasswordChangeError::Hash(error) => error.into(),
        }
    }
}

/// What to change; what is absent stays. Privileged fields that some clients send are ignored (contract decision 2).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProfileRequest {
    /// 2 to 100 characters.
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// A picture's http or https URL; null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "https://images.example/ada.png")]
    image: Option<Option<String>>,
    #[serde(default, rename = "role")]
    #[schema(ignore)]
    _role: IgnoredAny,
    #[serde(default, rename = "tier")]
    #[schema(ignore)]
    _tier: IgnoredAny,
    #[serde(default, rename = "accessTier")]
    #[schema(ignore)]
    _access_tier: IgnoredAny,
    #[serde(default, rename = "kind")]
    #[schema(ignore)]
    _kind: IgnoredAny,
    #[serde(default, rename = "emailVerified")]
    #[schema(ignore)]
    _email_verified: IgnoredAny,
}

/// Tells a null from an absent field.
fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(input).map(Some)
}

/// What changing a profile answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProfileBody {
    /// Always true.
    success: bool,
    /// The person as they are now.
    user: ProfileUser,
}

/// A person, as their profile shows them.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProfileUser {
    /// Their id.
    id: String,
    /// How they are addressed.
    name: String,
    /// Their address.
    email: String,
    /// A picture's URL.
    image: Option<String>,
}

/// Changes name and picture of the caller.
#[utoipa::path(post, path = "/api/v1/auth/profile", tag = "account", security(("bearer" = []), ("cookie" = [])), request_body = ProfileRequest, responses(
    (status = 200, body = ProfileBody), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 404, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn update_profile(
    State(core): State<Arc<Core>>,
    caller: Caller,
    origin: Origin,
    Json(body): Json<ProfileRequest>,
) -> Result<axum::Json<ProfileBody>, ApiError> {
    let change = check(body)?;
    if !service::update_profile(&core, &caller.user_id, &change, &origin).await? {
        return Err(ApiError::new(Code::Unauthorized));
    }
    let person = crate::users::find(&core, &caller.user_id).await?;
    let view = person
        .ok_or_else(|| ApiError::new(Code::Unauthorized))?
        .view;
    Ok(axum::Json(ProfileBody {
        success: true,
        user: ProfileUser {
            id: view.id,
            name: view.name,
            email: shown_email(&view.email).into_owned(),
            image: view.image,
        },
    }))
}

fn check(body: ProfileRequest) -> Result<ProfileChange, ApiError> {
    let name = body.name.map(|name| name.trim().to_owned());
    if let Some(name) = &name
        && (!(2..=100).contains(&name.chars().count()) || name.chars().any(char::is_control))
    {
        return Err(ApiError::field(
            "name",
            "must have 2 to 100 characters and no control characters",
        ));
    }
    if let Some(Some(image)) = &body.image
        && !service::is_picture(image)
    {
        return Err(ApiError::field(
            "image",
            "must be an http or https URL of at most 2048 characters",
        ));
    }
    if name.is_none() && body.image.is_none() {
        return Err(ApiError::field("name", "or image is required"));
    }
    Ok(ProfileChange {
        name,
        image: body.image,
    })
}

/// The present password and the one to come.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangePasswordRequest {
    /// The present password.
    current_password: String,
    /// 8 to 128 characters.
    new_password: String,
}

/// That it is done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {
    /// Always true.
    success: bool,
    /// For people.
    message: &'static str,
}

/// Changes the caller's password. Their other sessions end, and reset links that were mailed no longer work.
#[utoipa::path(post, path = "/api/v1/auth/change-password", tag = "account", security(("bearer" = []), ("cookie" = [])), request_body = ChangePasswordRequest, responses(
    (status = 200, body = Done), (status = 400, body = Problem), (status = 401, body = Problem), (status = 404, body = Problem),
    (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn change_password(
    State(core): State<Arc<Core>>,
    caller: Caller,
    origin: Origin,
    Json(body): Json<ChangePasswordRequest>,
) -> Result<axum::Json<Done>, ApiError> {
    let new = Password::new(&body.new_password).map_err(weak)?;
    let current = Presented {
        password: Password::presented(&body.current_password),
        session: caller.session_id.as_str(),
        origin: &origin,
    };
    service::change_password(&core, &caller.user_id, current, new).await?;
    Ok(axum::Json(Done {
        success: true,
        message: "Password changed successfully",
    }))
}

fn weak(error: PasswordError) -> ApiError {
    let detail = match error {
        PasswordError::TooShort => "The new password must have at least 8 characters.",
        PasswordError::TooLong => "The new password must have at most 128 characters.",
    };
    ApiError::new(Code::WeakPassword)
        .detail(detail)
        .about("newPassword")
}

/// The password, so that nobody else deletes the account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteAccountRequest {
    /// The present password.
    password: String,
    /// Why, at most 500 characters; not kept.
    reason: Option<String>,
}

/// Deletes the caller's account with everything that is kept about them, at once or after the grace of the service.
#[utoipa::path(delete, path = "/api/v1/auth/account", tag = "account", security(("bearer" = []), ("cookie" = [])), request_body = DeleteAccountRequest, responses(
    (status = 200, body = Done), (status = 400, body = Problem), (status = 401, body = Problem), (status = 404, body = Problem),
    (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn delete_account(
    State(core): State<Arc<Core>>,
    caller: Caller,
    origin: Origin,
    Json(body): Json<DeleteAccountRequest>,
) -> Result<Response, ApiError> {
    if body
        .reason
        .is_some_and(|reason| reason.chars().count() > 500)
    {
        return Err(ApiError::field("reason", "is longer than 500 characters"));
    }
    let presented = Presented {
        password: Password::presented(&body.password),
        session: caller.session_id.as_str(),
        origin: &origin,
    };
    service::verify_password(&core, &caller.user_id, presented).await?;
    deletion::delete(core.clone(), caller.user_id.clone(), origin).await?;
    let mut response = axum::Json(Done {
        success: true,
        message: "Account deleted successfully",
    })
    .into_response();
    append_cookies(&mut response, core.cookies.clear_session());
    Ok(response)
}
