//! `/api/v1/auth/register` and `/signup-status`.

use super::service::{self, NewAccount, RegisterError};
use crate::core::Core;
use crate::sessions::model::UserView;
use crate::verification::service::allowed_link;
use axum::extract::State;
use kernel::crypto::password::{Password, PasswordError};
use kernel::text::{EmailAddress, shown_email};
use platform::http::{ApiError, Code, FieldError, Json, Origin, Problem, limits};
use platform::limited;
use platform::ports::Role;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    let register = routes!(register).layer(limited!(limits::REGISTER_DAY));
    OpenApiRouter::new()
        .routes(register.layer(limited!(limits::REGISTER)))
        .routes(routes!(get_signup_status))
}

/// Who registers. Privileged fields that some clients send are ignored (contract decision 2).
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RegisterRequest {
    /// The address.
    #[schema(example = "ada@example.com")]
    email: String,
    /// 8 to 128 characters.
    #[schema(example = "correct horse battery")]
    password: String,
    /// At most 255 characters; the local part of the address when absent.
    name: Option<String>,
    /// The app the person registers from, for the link in the verification mail.
    source_app_url: Option<String>,
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
    #[serde(default, rename = "rememberMe")]
    #[schema(ignore)]
    _remember_me: IgnoredAny,
    #[serde(default, rename = "deviceId")]
    #[schema(ignore)]
    _device_id: IgnoredAny,
    #[serde(default, rename = "deviceName")]
    #[schema(ignore)]
    _device_name: IgnoredAny,
}

/// What registering answers; signing in is a second call.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisterBody {
    /// The new person's id.
    id: String,
    /// Their address.
    email: String,
    /// How they are addressed.
    name: String,
    /// The whole person.
    user: UserView,
    /// Always null: signing in is a second call.
    token: Option<String>,
    /// Whether the address has to be verified before signing in.
    needs_verification: bool,
}

/// Makes an account with its wallet and signup bonus.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "sign-in", request_body = RegisterRequest, responses(
    (status = 200, body = RegisterBody), (status = 400, body = Problem), (status = 409, body = Problem),
    (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn register(
    State(core): State<Arc<Core>>,
    origin: Origin,
    Json(body): Json<RegisterRequest>,
) -> Result<axum::Json<RegisterBody>, ApiError> {
    let mut account = check(body, origin)?;
    account.callback = allowed_link(&core, account.callback.as_deref());
    // A person's disconnect must not cut the transaction that makes their wallet.
    let worker = core.clone();
    let id = tokio::spawn(async move { service::create(&worker, account).await })
        .await
        .map_err(cut_short)??;
    let person = crate::users::find(&core, &id)
        .await?
        .ok_or_else(|| ApiError::new(Code::NotFound))?;
    Ok(axum::Json(RegisterBody {
        id: person.view.id.clone(),
        email: shown_email(&person.view.email).into_owned(),
        name: person.view.name.clone(),
        needs_verification: core.config.is_verification_required && !person.view.email_verified,
        token: None,
        user: person.view,
    }))
}

/// A server that goes down drops its tasks; that is no fault of the request.
fn cut_short(error: tokio::task::JoinError) -> ApiError {
    if error.is_cancelled() {
        ApiError::unavailable(error)
    } else {
        ApiError::internal(error)
    }
}

/// Every wrong field is named at once.
fn check(body: RegisterRequest, origin: Origin) -> Result<NewAccount, ApiError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: &str| {
        errors.push(FieldError {
            field: field.into(),
            message: message.into(),
        })
    };
    let email = EmailAddress::parse(&body.email);
    if email.is_none() {
        wrong("email", "is not an e-mail address");
    }
    let name = body
        .name
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty());
    if name.as_ref().is_some_and(|name| name.chars().count() > 255) {
        wrong("name", "is longer than 255 characters");
    }
    if name
        .as_ref()
        .is_some_and(|name| name.chars().any(char::is_control))
    {
        wrong("name", "has control characters");
    }
    if let Some(link) = &body.source_app_url
        && (link.chars().count() > 255 || url::Url::parse(link).is_err())
    {
        wrong("sourceAppUrl", "is not a URL of at most 255 characters");
    }
    let Some(email) = email.filter(|_| errors.is_empty()) else {
        return Err(ApiError::fields(errors));
    };
    let password = Password::new(&body.password).map_err(|error| weak("password", error))?;
    Ok(NewAccount {
        email,
        password: Some(password),
        name,
        image: None,
        locale: origin.locale,
        role: Role::User,
        is_verified: false,
        callback: body.source_app_url,
        origin,
    })
}

/// A refused password, naming the field.
pub(crate) fn weak(field: &str, error: PasswordError) -> ApiError {
    let detail = match error {
        PasswordError::TooShort => "The password must have at least 8 characters.",
        PasswordError::TooLong => "The password must have at most 128 characters.",
    };
    ApiError::new(Code::WeakPassword)
        .detail(detail)
        .about(field)
}

impl From<RegisterError> for ApiError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::EmailTaken => Self::new(Code::EmailAlreadyRegistered),
            RegisterError::LimitReached(seconds) => {
                Self::new(Code::SignupLimitReached).retry_after(u64::try_from(seconds).unwrap_or(1))
            }
            RegisterError::Db(error) => error.into(),
            RegisterError::Hash(error) => error.into(),
        }
    }
}

/// Whether registration is open today.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignupStatusBody {
    /// Whether another account can be made now.
    registration_open: bool,
    /// How many; null when unlimited.
    spots_remaining: Option<i64>,
    /// How many registered today, UTC; 0 when unlimited.
    total_today: i64,
    /// The limit; 0 when unlimited.
    limit: i64,
    /// When the count starts again; empty when unlimited.
    resets_at: String,
}

/// Whether registration is open, and for how many.
#[utoipa::path(get, path = "/api/v1/auth/signup-status", tag = "sign-in", responses(
    (status = 200, body = SignupStatusBody), (status = 503, body = Problem)))]
pub(crate) async fn get_signup_status(
    State(core): State<Arc<Core>>,
) -> Result<axum::Json<SignupStatusBody>, ApiError> {
    let status = service::status(&core).await?;
    let is_limited = status.limit > 0;
    let remaining = (status.limit - status.total_today).max(0);
    Ok(axum::Json(SignupStatusBody {
        registration_open: !is_limited || remaining > 0,
        spots_remaining: is_limited.then_some(remaining),
        total_today: status.total_today,
        limit: status.limit,
        resets_at: if is_limited {
            status.resets_at.to_string()
        } else {
            String::new()
        },
    }))
}
