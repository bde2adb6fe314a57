//! `/api/v1/auth/passkeys/*`.

use super::service::{self, Begun, COOKIE, Demand, LIFE_SECONDS, NAME_CHARACTERS, Passkey};
use super::service::{PasskeyError, Wish};
use crate::core::Core;
use crate::policy::Refusal;
use crate::sessions::routes::append_cookies;
use crate::sessions::service as sessions;
use crate::sign_in::routes::LoginBody;
use crate::sign_in::service::{self as sign_in, Device, Method, SignInError};
use crate::users;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use kernel::Timestamp;
use platform::db::DbError;
use platform::http::{ApiError, Caller, Code, Json, OptionalJson, Origin, Path, Problem, limits};
use platform::limited;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new()
        .routes(routes!(passkey_capability))
        .routes(routes!(begin_passkey_registration).layer(limited!(limits::PASSKEY_OPTIONS)))
        .routes(routes!(register_passkey))
        .routes(routes!(begin_passkey_sign_in).layer(limited!(limits::PASSKEY_OPTIONS)))
        .routes(routes!(sign_in_with_passkey).layer(limited!(limits::SIGN_IN)))
        .routes(routes!(list_passkeys))
        .routes(routes!(rename_passkey, delete_passkey))
        .routes(routes!(confirm_passkey))
}

impl From<PasskeyError> for ApiError {
    fn from(error: PasskeyError) -> Self {
        match error {
            PasskeyError::NoChallenge | PasskeyError::ForeignChallenge => {
                Self::new(Code::TokenInvalid)
                    .detail("The challenge is unknown, used or expired; begin again.")
                    .about("challengeId")
            }
            PasskeyError::Ceremony(cause) => {
                Self::new(Code::PasskeyVerificationFailed).cause(cause)
            }
            PasskeyError::CounterRegress => {
                Self::new(Code::PasskeyVerificationFailed).cause("counter")
            }
            PasskeyError::Unknown | PasskeyError::Refused(Refusal::Deleted) => {
                Self::new(Code::PasskeyVerificationFailed).cause("unknown passkey")
            }
            PasskeyError::Taken => Self::new(Code::Conflict)
                .detail("This passkey is registered already.")
                .about("credential"),
            PasskeyError::Ended => Self::new(Code::Unauthorized),
            PasskeyError::Blocked { remaining_seconds } => Self::new(Code::RateLimited)
                .retry_after(u64::try_from(remaining_seconds).unwrap_or(1).max(1)),
            PasskeyError::Refused(refusal) => SignInError::Refused(refusal).into(),
            PasskeyError::LastWayIn => Self::new(Code::Conflict)
                .detail("This is the last way to sign in; set a password or add a passkey first."),
            PasskeyError::Suspended => Self::new(Code::PasskeySuspended),
            PasskeyError::NotMet => Self::new(Code::TwoFactorRequired)
                .status(StatusCode::FORBIDDEN)
                .detail("Sign in with your second factor or another passkey first."),
            PasskeyError::NotFresh => Self::new(Code::SessionNotFresh),
            PasskeyError::NotFound => Self::new(Code::NotFound),
            PasskeyError::Db(error) => error.into(),
        }
    }
}

fn require_enabled(core: &Core) -> Result<(), ApiError> {
    if core.config.passkeys.is_enabled {
        Ok(())
    } else {
        Err(ApiError::new(Code::PasskeyNotEnabled))
    }
}

/// Whether passkeys can be used here.
#[derive(Serialize, ToSchema)]
pub(crate) struct Capability {
    /// Whether they are switched on.
    enabled: bool,
    /// Whether a browser may offer them while a form is filled in.
    #[serde(rename = "conditionalUIAvailable")]
    conditional_ui_available: bool,
    /// The domain they are bound to.
    #[serde(rename = "rpId")]
    rp_id: String,
}

/// Whether passkeys can be used here, for sign-in forms.
#[utoipa::path(get, path = "/api/v1/auth/passkeys/capability", tag = "passkeys", responses((status = 200, body = Capability)))]
pub(crate) async fn passkey_capability(State(core): State<Arc<Core>>) -> axum::Json<Capability> {
    let passkeys = &core.config.passkeys;
    axum::Json(Capability {
        enabled: passkeys.is_enabled,
        conditional_ui_available: passkeys.is_enabled,
        rp_id: passkeys.rp_id.clone(),
    })
}

/// Nothing to say.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginRequest {}

/// What a browser needs for a ceremony.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BeginBody {
    /// For `navigator.credentials`, as JSON (WebAuthn L3 §5.4, §5.5).
    #[schema(value_type = Object)]
    options: Value,
    /// To send back with the browser's answer, once, within five minutes.
    challenge_id: String,
}

/// The challenge's id also goes out as a cookie, for clients that send the browser's answer alone.
fn begun(core: &Core, begun: Begun) -> Response {
    let cookie = core
        .cookies
        .set_signed(COOKIE, &begun.id, Some(LIFE_SECONDS));
    let body = BeginBody {
        options: begun.options,
        challenge_id: begun.id,
    };
    let mut response = axum::Json(body).into_response();
    append_cookies(&mut response, cookie);
    response
}

/// A new passkey asks for a person who signed in not long ago.
async fn require_fresh(core: &Core, caller: &Caller) -> Result<(), ApiError> {
    let live = sessions::by_id(core, caller.session_id.as_str()).await?;
    let live = live.ok_or_else(|| ApiError::new(Code::Unauthorized))?;
    if sessions::is_fresh(core, &live) {
        Ok(())
    } else {
        Err(ApiError::new(Code::SessionNotFresh))
    }
}

/// Begins the registration of a passkey. The session must not be older than `SESSION_FRESH_AGE`.
#[utoipa::path(post, path = "/api/v1/auth/passkeys/register/options", tag = "passkeys", security(("bearer" = []), ("cookie" = [])), request_body = Option<BeginRequest>, responses(
    (status = 200, body = BeginBody), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn begin_passkey_registration(
    State(core): State<Arc<Core>>,
    caller: Caller,
    OptionalJson(_request): OptionalJson<BeginRequest>,
) -> Result<Response, ApiError> {
    require_enabled(&core)?;
    require_fresh(&core, &caller).await?;
    service::require_met(&core, &caller.user_id, caller.session_id.as_str()).await?;
    let person = users::find(&core, &caller.user_id).await?;
    let person = person.ok_or_else(|| ApiError::new(Code::Unauthorized))?;
    let begin = service::begin_registration(&core, &person, Wish::default(), Demand::Required);
    Ok(begun(&core, begin.await?))
}

/// The browser's answer to the options of a registration.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = RegisterPasskeyRequest)]
pub(crate) struct RegisterRequest {
    /// As the options came with; the cookie counts when absent.
    challenge_id: Option<String>,
    /// `RegistrationResponseJSON`.
    #[schema(value_type = Option<Object>)]
    credential: Option<Value>,
    /// The same, as some clients call it.
    #[schema(value_type = Option<Object>)]
    response: Option<Value>,
    /// What to call it, at most 100 characters.
    #[schema(example = "Laptop")]
    friendly_name: Option<String>,
    /// The same, as some clients call it.
    name: Option<String>,
}

/// A passkey that was registered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisteredBody {
    /// Its id here.
    id: String,
    /// Its id for browsers.
    credential_id: String,
    /// singleDevice or multiDevice.
    device_type: String,
    /// Its name.
    friendly_name: Option<String>,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

fn checked_name(field: &str, name: Option<String>) -> Result<Option<String>, ApiError> {
    let name = name.map(|name| name.trim().to_owned());
    match name {
        Some(name) if name.chars().count() > NAME_CHARACTERS => {
            Err(ApiError::field(field, "is longer than 100 characters"))
        }
        Some(name) if name.chars().any(char::is_control) => {
            Err(ApiError::field(field, "has control characters"))
        }
        other => Ok(other),
    }
}

/// The one of two spellings that is there.
fn either<T>(first: (&str, Option<T>), second: (&str, Option<T>)) -> Result<Option<T>, ApiError> {
    match (first.1, second.1) {
        (Some(_), Some(_)) => Err(ApiError::field(
            second.0,
            format!("means the same as {}; send one", first.0),
        )),
        (one, other) => Ok(one.or(other)),
    }
}

fn credential_of(credential: Option<Value>, response: Option<Value>) -> Result<Value, ApiError> {
    let given = either(("credential", credential), ("response", response))?;
    match given {
        Some(value) if value.is_object() => Ok(value),
        Some(_) => Err(ApiError::field("credential", "must be an object")),
        None => Err(ApiError::field("credential", "is required")),
    }
}

async fn challenge_of(
    core: &Core,
    given: Option<String>,
    headers: &HeaderMap,
) -> Result<Option<String>, DbError> {
    match given {
        Some(id) => Ok(Some(id)),
        None => service::of_cookies(core, headers).await,
    }
}

/// Registers a passkey. The authenticator has to verify its person, because the passkey will sign in alone.
#[utoipa::path(post, path = "/api/v1/auth/passkeys/register/verify", tag = "passkeys", security(("bearer" = []), ("cookie" = [])), request_body = RegisterRequest, responses(
    (status = 200, body = RegisteredBody), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn register_passkey(
    State(core): State<Arc<Core>>,
    caller: Caller,
    origin: Origin,
    headers: HeaderMap,
    Json(body): Json<RegisterRequest>,
) -> Result<axum::Json<RegisteredBody>, ApiError> {
    require_enabled(&core)?;
    let name = either(("friendlyName", body.friendly_name), ("name", body.name))?;
    let name = checked_name("friendlyName", name)?;
    let credential = credential_of(body.credential, body.response)?;
    require_fresh(&core, &caller).await?;
    let challenge = challenge_of(&core, body.challenge_id, &headers).await?;
    let (name, challenge) = (name.as_deref(), challenge.as_deref());
    let owner = (&caller.user_id, caller.session_id.as_str());
    let made = service::register(&core, owner, challenge, &credential, name, &origin).await;
    let made = made.map_err(|error| match error {
        // Signed in, but the passkey is not good: the caller's fault, not a missing credential.
        PasskeyError::Ceremony(cause) => ApiError::new(Code::PasskeyVerificationFailed)
            .status(StatusCode::BAD_REQUEST)
            .detail(format!("The passkey could not be verified: {cause}."))
            .about("credential"),
        error => error.into(),
    })?;
    Ok(axum::Json(RegisteredBody {
        id: made.id,
        credential_id: made.credential_id,
        device_type: made.device_type,
        friendly_name: made.name,
        created_at: made.created_at,
    }))
}

/// Begins a sign-in with any passkey of this server; a form may offer it while it is filled in.
#[utoipa::path(post, path = "/api/v1/auth/passkeys/authenticate/options", tag = "passkeys", request_body = Option<BeginRequest>, responses(
    (status = 200, body = BeginBody), (status = 400, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn begin_passkey_sign_in(
    State(core): State<Arc<Core>>,
    OptionalJson(_request): OptionalJson<BeginRequest>,
) -> Result<Response, ApiError> {
    require_enabled(&core)?;
    let begin = service::begin_sign_in(&core, None, Demand::Required).await?;
    Ok(begun(&core, begin))
}

/// The browser's answer to the options of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AuthenticateRequest {
    /// As the options came with; the cookie counts when absent.
    challenge_id: Option<String>,
    /// `AuthenticationResponseJSON`.
    #[schema(value_type = Option<Object>)]
    credential: Option<Value>,
    /// The same, as some clients call it.
    #[schema(value_type = Option<Object>)]
    response: Option<Value>,
}

/// Signs in with a passkey; sets the session cookie. No second factor is asked for: the authenticator verified its person.
#[utoipa::path(post, path = "/api/v1/auth/passkeys/authenticate/verify", tag = "passkeys", request_body = AuthenticateRequest, responses(
    (status = 200, body = LoginBody), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn sign_in_with_passkey(
    State(core): State<Arc<Core>>,
    origin: Origin,
    headers: HeaderMap,
    Json(body): Json<AuthenticateRequest>,
) -> Result<Response, ApiError> {
    require_enabled(&core)?;
    let credential = credential_of(body.credential, body.response)?;
    let challenge = challenge_of(&core, body.challenge_id, &headers).await?;
    let person = service::authenticate(&core, challenge.as_deref(), &credential, &origin).await?;
    let device = Device {
        is_remembered: true,
        ..Device::default()
    };
    let opened = sign_in::open(&core, &person, &device, Method::Passkey, &origin).await?;
    // The account was deleted meanwhile.
    let opened = opened.ok_or_else(|| ApiError::new(Code::PasskeyVerificationFailed))?;
    let cookies = &core.cookies;
    let opening = cookies.open_session(&headers, &opened.token, opened.max_age_seconds);
    let mut response = axum::Json(LoginBody::new(opened)).into_response();
    append_cookies(&mut response, opening);
    append_cookies(&mut response, cookies.clear(COOKIE));
    Ok(response)
}

/// A passkey of the caller.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyBody {
    /// Its id here.
    id: String,
    /// Its id for browsers.
    credential_id: String,
    /// singleDevice or multiDevice.
    device_type: String,
    /// Whether it is kept on more than one device.
    backed_up: bool,
    /// Its name.
    friendly_name: Option<String>,
    /// When it last signed in.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Whether it signs nobody in until it is confirmed, because the password was reset by mail.
    suspended: bool,
}

impl From<Passkey> for PasskeyBody {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id,
            credential_id: passkey.credential_id,
            device_type: passkey.device_type,
            backed_up: passkey.is_backed_up,
            friendly_name: passkey.name,
            last_used_at: passkey.last_used_at,
            created_at: passkey.created_at,
            suspended: passkey.suspended_at.is_some(),
        }
    }
}

/// The caller's passkeys, the oldest first.
#[utoipa::path(get, path = "/api/v1/auth/passkeys", tag = "passkeys", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, body = Vec<PasskeyBody>), (status = 401, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn list_passkeys(
    State(core): State<Arc<Core>>,
    caller: Caller,
) -> Result<axum::Json<Vec<PasskeyBody>>, ApiError> {
    require_enabled(&core)?;
    let passkeys = service::list(&core, &caller.user_id).await?;
    Ok(axum::Json(
        passkeys.into_iter().map(PasskeyBody::from).collect(),
    ))
}

/// A passkey's new name, in either spelling.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RenameRequest {
    /// 1 to 100 characters.
    #[schema(example = "Phone")]
    friendly_name: Option<String>,
    /// The same, as some clients call it.
    name: Option<String>,
}

/// What renaming answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct Renamed {
    /// Always true.
    success: bool,
}

/// Gives a passkey another name.
#[utoipa::path(patch, path = "/api/v1/auth/passkeys/{id}", tag = "passkeys", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path, description = "The passkey")), request_body = RenameRequest, responses(
    (status = 200, body = Renamed), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn rename_passkey(
    State(core): State<Arc<Core>>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
    Json(body): Json<RenameRequest>,
) -> Result<axum::Json<Renamed>, ApiError> {
    require_enabled(&core)?;
    let name = either(("friendlyName", body.friendly_name), ("name", body.name))?;
    let name = checked_name("friendlyName", name)?.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| ApiError::field("friendlyName", "is required"))?;
    service::rename(&core, &caller.user_id, &id, &name, &origin).await?;
    Ok(axum::Json(Renamed { success: true }))
}

/// Deletes a passkey; 409 when it is the last way to sign in.
#[utoipa::path(delete, path = "/api/v1/auth/passkeys/{id}", tag = "passkeys", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path, description = "The passkey")), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn delete_passkey(
    State(core): State<Arc<Core>>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    require_enabled(&core)?;
    let owner = (&caller.user_id, caller.session_id.as_str());
    service::delete(&core, owner, &id, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a suspended passkey sign in again. The session must not be older than `SESSION_FRESH_AGE` and must have met a second
/// factor or another passkey, where there is one; otherwise it must have begun with the password.
#[utoipa::path(post, path = "/api/v1/auth/passkeys/{id}/confirm", tag = "passkeys", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path, description = "The passkey")), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn confirm_passkey(
    State(core): State<Arc<Core>>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    require_enabled(&core)?;
    let owner = (&caller.user_id, caller.session_id.as_str());
    service::confirm(&core, owner, &id, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
