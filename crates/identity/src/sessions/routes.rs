//! `/api/v1/auth/session`, `/session-to-token` and `/logout`.

use super::service;
use crate::authenticator::Found;
use crate::core::Core;
use crate::sign_in::service::TokenPair;
use crate::tokens::service as tokens;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, header};
use platform::http::{ApiError, Code, OptionalJson, Origin, Problem, require_trusted_origin};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new()
        .routes(routes!(get_session))
        .routes(routes!(exchange_session))
        .routes(routes!(logout))
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
#[utoipa::path(get, path = "/api/v1/auth/session", tag = "sessions", responses(
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
            append_cookie(&mut response, core.cookies.clear("session_token"));
            return Ok(response);
        }
        Found::BadBearer(error) => {
            return Err(ApiError::new(Code::Unauthorized).detail(error.to_string()));
        }
        Found::Unavailable(cause) => return Err(ApiError::unavailable(cause)),
    };
    let rendered = service::render(&core, &live, token.as_deref())?;
    let mut response = json_body(Body::from(rendered.body));
    response.headers_mut().insert("set-auth-jwt", rendered.jwt);
    if let (Some(token), Some(_)) = (token, service::extend_when_due(&core, &live).await?) {
        let cookie = core.cookies.set_signed(
            "session_token",
            &token,
            Some(core.config.sessions.idle_seconds),
        );
        append_cookie(&mut response, cookie);
    }
    Ok(response)
}

/// Exchanges the shared session cookie for tokens: how an app on a sibling domain signs in silently.
#[utoipa::path(post, path = "/api/v1/auth/session-to-token", tag = "sessions", responses(
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
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "sessions", request_body = Option<LogoutRequest>, responses(
    (status = 200, body = LoggedOut), (status = 400, body = Problem), (status = 403, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn logout(
    State(core): State<Arc<Core>>,
    origin: Origin,
    parts: Parts,
    OptionalJson(body): OptionalJson<LogoutRequest>,
) -> Result<Response, ApiError> {
    let named = match core.find_caller(&parts.headers).await {
        Found::Cookie { live, .. } => {
            require_trusted_origin(&parts)?;
            Some(live.stored.session.id.clone())
        }
        Found::Bearer { live, .. } => Some(live.stored.session.id.clone()),
        Found::Unavailable(cause) => return Err(ApiError::unavailable(cause)),
        Found::None | Found::DeadCookie | Found::BadBearer(_) => None,
    };
    let refresh = body.unwrap_or_default().refresh_token;
    let session = match (named, refresh) {
        (Some(session), _) => Some(session),
        (None, Some(token)) => tokens::session_of_refresh_token(&core, &token).await?,
        (None, None) => None,
    };
    if let Some(session) = session {
        service::revoke(&core, &session, &origin).await?;
    }
    let mut response = axum::Json(LoggedOut {
        success: true,
        message: "Signed out successfully",
    })
    .into_response();
    append_cookie(&mut response, core.cookies.clear("session_token"));
    append_cookie(&mut response, core.cookies.clear("session_data"));
    append_cookie(&mut response, core.cookies.clear("dont_remember"));
    Ok(response)
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

pub(crate) fn append_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
