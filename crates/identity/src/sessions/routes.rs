//! `/api/v1/auth/session`, `/session-to-token`, `/logout` and `/sessions`.

use super::service::{self, Held};
use crate::authenticator::Found;
use crate::cookies::{SESSION, device_cookie};
use crate::core::Core;
use crate::sign_in::service::TokenPair;
use crate::tokens::service as tokens;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use kernel::Timestamp;
use platform::http::{
    ApiError, Caller, Code, OptionalJson, Origin, Path, Problem, Query, require_trusted_origin,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new()
        .routes(routes!(get_session))
        .routes(routes!(exchange_session))
        .routes(routes!(logout))
        .routes(routes!(list_sessions, revoke_sessions))
        .routes(routes!(revoke_session))
}

/// A session with its person.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionBody {
    /// The session.
    session: super::model::SessionView,
    /// The person.
    user: super::model::UserView,
}

/// The session of the cookie or bearer; `null` without a credential or with a dead cookie. The header
/// `set-auth-jwt` carries an access token.
#[utoipa::path(get, path = "/api/v1/auth/session", tag = "sessions", security((), ("bearer" = []), ("cookie" = [])), responses(
    (status = 200, body = Option<SessionBody>), (status = 401, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn get_session(
    State(core): State<Arc<Core>>,
    parts: Parts,
) -> Result<Response, ApiError> {
    let (live, token) = match core.find_caller(&parts.headers).await {
        Found::Cookie { live, token } => (live, Some(token)),
        Found::Bearer { live, token } => (live, token),
        Found::None => return Ok(json_body(Body::from("null"))),
        Found::DeadCookie => {
            let mut response = json_body(Body::from("null"));
            append_cookies(&mut response, core.cookies.clear(SESSION));
            return Ok(response);
        }
        Found::BadBearer(error) => {
            return Err(ApiError::new(Code::Unauthorized).detail(error.to_string()));
        }
        Found::Unavailable(cause) => return Err(ApiError::unavailable(cause)),
    };
    let rendered = service::render(&core, &live, token.as_deref())?;
    let mut response = json_body(Body::from(rendered.body));
    if let Some(jwt) = rendered.jwt {
        response.headers_mut().insert("set-auth-jwt", jwt);
    }
    Ok(response)
}

/// Exchanges the shared session cookie for tokens: how an app on a sibling domain signs in silently.
#[utoipa::path(post, path = "/api/v1/auth/session-to-token", tag = "sessions", security(("cookie" = [])), responses(
    (status = 200, body = TokenPair), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn exchange_session(
    State(core): State<Arc<Core>>,
    origin: Origin,
    parts: Parts,
) -> Result<Response, ApiError> {
    match core.find_caller(&parts.headers).await {
        Found::Cookie { live, .. } => {
            require_trusted_origin(&parts)?;
            let pair = tokens::exchange(&core, &live, &origin).await?;
            Ok(axum::Json(pair).into_response())
        }
        Found::Bearer {
            live,
            token: Some(_),
        } => {
            let pair = tokens::exchange(&core, &live, &origin).await?;
            Ok(axum::Json(pair).into_response())
        }
        Found::Unavailable(cause) => Err(ApiError::unavailable(cause)),
        Found::None => Err(ApiError::new(Code::Unauthorized).detail("No session cookie found.")),
        Found::DeadCookie | Found::BadBearer(_) | Found::Bearer { .. } => {
            Err(ApiError::new(Code::Unauthorized).detail("The session is not valid, or no longer."))
        }
    }
}

/// What may name the session to end besides cookie and bearer.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LogoutRequest {
    /// A refresh token of the session.
    refresh_token: Option<String>,
}

/// What `logout` answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoggedOut {
    /// Always true.
    success: bool,
    /// For people.
    message: &'static str,
}

/// Ends the session that the bearer, the cookie or the refresh token names; only that one. Ending it twice is no error.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "sessions", security((), ("bearer" = []), ("cookie" = [])), request_body = Option<LogoutRequest>, responses(
    (status = 200, body = LoggedOut), (status = 400, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn logout(
    State(core): State<Arc<Core>>,
    origin: Origin,
    parts: Parts,
    OptionalJson(body): OptionalJson<LogoutRequest>,
) -> Result<Response, ApiError> {
    let held = core.find_held(&parts.headers).await;
    let held = held.map_err(ApiError::unavailable)?;
    // Whoever holds the session's bearer too asks for themselves.
    let is_only_cookie = |session: &Held| Some(session.id()) != held.by_bearer.as_deref();
    if held.by_cookie.iter().any(is_only_cookie) {
        require_trusted_origin(&parts)?;
    }
    let by_refresh = match body.unwrap_or_default().refresh_token {
        Some(token) => tokens::session_of_refresh_token(&core, &token).await?,
        None => None,
    };
    let ended = held.by_cookie.iter().map(Held::id);
    let ended = ended.chain(held.by_bearer.as_deref());
    let ended = ended.chain(by_refresh.as_deref());
    service::revoke_many(&core, ended, &origin).await?;
    let mut response = axum::Json(LoggedOut {
        success: true,
        message: "Signed out successfully",
    })
    .into_response();
    append_cookies(&mut response, core.cookies.clear_session());
    for session in &held.by_cookie {
        let device = device_cookie(&session.token);
        append_cookies(&mut response, core.cookies.clear(&device));
    }
    Ok(response)
}

/// A session of the caller.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionItem {
    /// Its id, the `sid` claim.
    id: String,
    /// The address it was opened from.
    ip_address: String,
    /// The user agent it was opened with.
    user_agent: String,
    /// The id the app gave its device.
    device_id: Option<String>,
    /// The name the app gave its device, or what the user agent says.
    device_name: Option<String>,
    /// Whether this request belongs to it.
    is_current: bool,
    /// When it was last used, to the minute.
    #[schema(value_type = String, format = DateTime)]
    last_activity_at: Timestamp,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it ends unless it is used.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// The caller's live sessions, newest first.
#[utoipa::path(get, path = "/api/v1/auth/sessions", tag = "sessions", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, body = Vec<SessionItem>), (status = 401, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn list_sessions(
    State(core): State<Arc<Core>>,
    caller: Caller,
) -> Result<axum::Json<Vec<SessionItem>>, ApiError> {
    let listed = service::list(&core, &caller.user_id).await?;
    let item = |listed: service::Listed| SessionItem {
        is_current: listed.view.id == caller.session_id.as_str(),
        id: listed.view.id,
        ip_address: listed.view.ip_address,
        user_agent: listed.view.user_agent,
        device_id: listed.device_id,
        device_name: listed.device_name,
        last_activity_at: listed.last_activity_at,
        created_at: listed.view.created_at,
        expires_at: listed.view.expires_at,
    };
    Ok(axum::Json(listed.into_iter().map(item).collect()))
}

/// Ends one session of the caller; 404 for one that is not theirs or has ended.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", tag = "sessions", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path, description = "The session")), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn revoke_session(
    State(core): State<Arc<Core>>,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if service::revoke_own(&core, &caller.user_id, &id, &origin).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::new(Code::NotFound))
    }
}

/// Which sessions to end.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RevokeQuery {
    /// The current one too; false when absent.
    #[serde(default)]
    include_current: bool,
}

/// Ends the caller's other sessions, or all of them.
#[utoipa::path(delete, path = "/api/v1/auth/sessions", tag = "sessions", security(("bearer" = []), ("cookie" = [])), params(RevokeQuery), responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn revoke_sessions(
    State(core): State<Arc<Core>>,
    caller: Caller,
    origin: Origin,
    Query(query): Query<RevokeQuery>,
) -> Result<StatusCode, ApiError> {
    let kept = (!query.include_current).then_some(caller.session_id.as_str());
    service::revoke_all(&core, &caller.user_id, kept, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn json_body(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Sends cookies along.
pub(crate) fn append_cookies(
    response: &mut Response,
    cookies: impl IntoIterator<Item = HeaderValue>,
) {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
