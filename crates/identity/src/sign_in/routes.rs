//! `POST /api/v1/auth/login`.

use super::service::{Attempt, Opened, SignInError, TokenPair};
use crate::cookies::FORGOTTEN;
use crate::core::Core;
use crate::mfa::challenge::{self as mfa, Outcome, TrustCookie};
use crate::mfa::trust;
use crate::policy::Refusal;
use crate::sessions::model::UserView;
use crate::sessions::routes::append_cookies;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use kernel::crypto::password::Password;
use kernel::text::EmailAddress;
use platform::http::{ApiError, Code, Json, Origin, Problem, limits};
use platform::limited;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};
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

impl LoginBody {
    pub(crate) fn new(opened: Opened) -> Self {
        Self {
            pair: opened.pair,
            token: opened.token,
            redirect: false,
        }
    }
}

/// A right password that is not enough: prove the second factor under `/api/auth/two-factor/`, with the cookie set here.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChallengeBody {
    /// Always true.
    two_factor_redirect: bool,
    /// What meets the challenge: `totp`, `otp`.
    #[schema(value_type = Vec<String>)]
    two_factor_methods: Vec<&'static str>,
    /// Nobody is signed in yet.
    user: Option<UserView>,
    /// Empty.
    access_token: &'static str,
    /// Empty.
    refresh_token: &'static str,
    /// 0.
    expires_in: i64,
}

impl ChallengeBody {
    fn new(two_factor_methods: Vec<&'static str>) -> Self {
        Self {
            two_factor_redirect: true,
            two_factor_methods,
            user: None,
            access_token: "",
            refresh_token: "",
            expires_in: 0,
        }
    }
}

/// A session, or a question for the second factor.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum LoginAnswer {
    /// Signed in.
    Opened(Box<LoginBody>),
    /// The second factor is asked for.
    Challenged(Box<ChallengeBody>),
}

/// Signs in with e-mail and password; sets the session cookie.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "sign-in", request_body = LoginRequest, responses(
    (status = 200, body = LoginAnswer), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn login(
    State(core): State<Arc<Core>>,
    origin: Origin,
    headers: HeaderMap,
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
    let is_remembered = attempt.is_remembered;
    let trusted = trust::of_cookies(&core, &headers).await?;
    let entry = mfa::sign_in(&core, attempt, trusted.as_deref(), &origin).await?;
    let cookies = &core.cookies;
    let (body, set) = match entry.outcome {
        Outcome::Opened(opened) => {
            let set = cookies.open_session(&headers, &opened.token, opened.max_age_seconds);
            let body = LoginBody::new(*opened);
            (LoginAnswer::Opened(Box::new(body)), set)
        }
        Outcome::Challenged { challenge, methods } => {
            let life = Some(mfa::LIFE_SECONDS);
            let mut set = Vec::from_iter(cookies.set_signed(mfa::COOKIE, &challenge, life));
            if !is_remembered {
                set.extend(cookies.set_signed(FORGOTTEN, "true", None));
            }
            let body = Box::new(ChallengeBody::new(methods));
            (LoginAnswer::Challenged(body), set)
        }
    };
    let mut response = axum::Json(body).into_response();
    append_cookies(&mut response, set);
    if is_remembered && cookies.is_sent(&headers, FORGOTTEN) {
        append_cookies(&mut response, cookies.clear(FORGOTTEN));
    }
    match entry.trust {
        TrustCookie::Keep => {}
        TrustCookie::Replace(value) => {
            let life = Some(trust::LIFE_SECONDS);
            append_cookies(
                &mut response,
                cookies.set_signed(trust::COOKIE, &value, life),
            );
        }
        TrustCookie::Clear => append_cookies(&mut response, cookies.clear(trust::COOKIE)),
    }
    Ok(response)
}

/// Lets what opens a session have the answer set the cookie of its device.
pub(crate) async fn set_device_cookie(mut request: Request, next: Next) -> Response {
    let answer = Arc::new(OnceLock::<HeaderValue>::new());
    request.extensions_mut().insert(answer.clone());
    let mut response = next.run(request).await;
    if let Some(cookie) = answer.get() {
        let headers = response.headers_mut();
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    response
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
            // The predecessor's words, which clients compare.
            SignInError::WrongCredentials | SignInError::Refused(Refusal::Deleted) => {
                Self::new(Code::InvalidCredentials).detail("Invalid credentials")
            }
            SignInError::Locked { remaining_seconds } => Self::new(Code::AccountLocked)
                .retry_after(u64::try_from(remaining_seconds).unwrap_or(1).max(1)),
            SignInError::Refused(Refusal::Banned) => Self::new(Code::AccountBanned),
            SignInError::Refused(Refusal::Unverified) => Self::new(Code::EmailNotVerified),
            SignInError::Refused(Refusal::SecondFactor) => Self::new(Code::TwoFactorRequired),
            SignInError::Db(error) => error.into(),
            SignInError::Hash(error) => error.into(),
            SignInError::Signing(cause) => Self::unavailable(cause),
        }
    }
}
