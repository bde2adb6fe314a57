//! `/change-confirmed`, `/signed-in`, `/account-deleted`, `/reset-password` and `/delete-account`, in German and English.

use super::deletion::{self, Question};
use super::outcome::{self, Outcome};
use super::{layout, reset};
use crate::account::deletion as account;
use crate::authenticator::Found;
use crate::core::Core;
use crate::password_reset::service::{self as password_reset, ResetError};
use crate::sessions::Live;
use crate::sessions::routes::append_cookies;
use crate::verification::service::allowed_link;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderName, StatusCode, header};
use kernel::crypto::password::Password;
use kernel::text::{Locale, shown_email};
use platform::http::headers::text;
use platform::http::location::location;
use platform::http::{ApiError, Code, Origin, accepted_locale, limits, request_origin};
use platform::limited;
use std::collections::HashMap;
use std::sync::Arc;
use url::Url;

/// Forms have few short fields.
const MAX_FORM_BYTES: usize = 8 * 1024;

pub(crate) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route("/change-confirmed", get(change_confirmed))
        .route("/signed-in", get(signed_in))
        .route("/account-deleted", get(deleted))
        .route(
            reset::PATH,
            post(set_password).layer(limited!(limits::PASSWORD_RESET)),
        )
        .route(reset::PATH, get(ask_password))
        .route("/reset-password/done", get(password_set))
        .route(
            deletion::PATH,
            post(delete_account).layer(limited!(limits::ACCOUNT_DELETE)),
        )
        .route(deletion::PATH, get(ask_deletion))
        .merge(super::passkeys::routes::router())
        .route(layout::STYLE_PATH, get(show_style))
}

/// The language of the browser, else of the service.
pub(crate) fn language(core: &Core, headers: &HeaderMap) -> Locale {
    accepted_locale(headers).unwrap_or(core.config.default_locale)
}

/// A page as it is sent: from nowhere else, to nowhere else, kept nowhere.
pub(crate) fn page(status: StatusCode, html: String) -> Response {
    page_leading_to(None, status, html)
}

/// The same, with a form whose end may lead to another origin.
pub(crate) fn page_leading_to(origin: Option<&str>, status: StatusCode, html: String) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self'{}{}; base-uri 'none'; frame-ancestors 'none'",
        if origin.is_some() { " " } else { "" },
        origin.unwrap_or_default()
    );
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, &policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept-language"),
    ];
    (status, headers, html).into_response()
}

/// The pairs of a query or form; of a repeated name the first counts.
pub(crate) fn pairs(bytes: &[u8]) -> HashMap<String, String> {
    let mut pairs = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(bytes) {
        pairs.entry(name.into_owned()).or_insert(value.into_owned());
    }
    pairs
}

/// The pairs of a form that was sent from a page of ours.
///
/// # Errors
/// 403 for a form of another site, 413 for one that is too long.
pub(crate) fn own_form(
    core: &Core,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<HashMap<String, String>, ApiError> {
    if is_foreign(&core.config.base_url, headers) {
        return Err(ApiError::new(Code::InvalidOrigin));
    }
    let body = body.map_err(|_| ApiError::new(Code::PayloadTooLarge))?;
    if body.len() > MAX_FORM_BYTES {
        return Err(ApiError::new(Code::PayloadTooLarge));
    }
    Ok(pairs(&body))
}

/// Our pages send no referrer, and with it browsers make the Origin of their forms `null`: then the site says it.
fn is_foreign(base: &Url, headers: &HeaderMap) -> bool {
    if let Some(site) = text(headers, "sec-fetch-site") {
        return site != "same-origin";
    }
    request_origin(headers).is_some_and(|origin| origin != base.origin().ascii_serialization())
}

/// A value, empty when it is absent.
pub(crate) fn value<'a>(pairs: &'a HashMap<String, String>, name: &str) -> &'a str {
    pairs.get(name).map_or("", String::as_str)
}

pub(crate) fn refused(core: &Core, locale: Locale, code: &str) -> Response {
    let html = outcome::refusal(locale, code).page(locale, core.mailer.brand(), None);
    page(StatusCode::BAD_REQUEST, html)
}

/// The news that an address is proved, or the refusal that `?error=` names.
pub(crate) fn show_verified(core: &Core, query: Option<&str>, headers: &HeaderMap) -> Response {
    show(core, query, headers, outcome::verified)
}

async fn change_confirmed(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    show(&core, query.as_deref(), &headers, outcome::change_confirmed)
}

async fn signed_in(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    show(&core, query.as_deref(), &headers, outcome::signed_in)
}

async fn deleted(State(core): State<Arc<Core>>, headers: HeaderMap) -> Response {
    show(&core, None, &headers, outcome::deleted)
}

async fn password_set(State(core): State<Arc<Core>>, headers: HeaderMap) -> Response {
    show(&core, None, &headers, outcome::password_set)
}

/// The page of a success, or of the refusal that `?error=` names.
fn show(
    core: &Core,
    query: Option<&str>,
    headers: &HeaderMap,
    success: fn(Locale) -> Outcome,
) -> Response {
    let locale = language(core, headers);
    let query = pairs(query.unwrap_or_default().as_bytes());
    let shown = match query.get("error") {
        None => success(locale),
        Some(code) => outcome::refusal(locale, code),
    };
    let app = core.frontend_link();
    let html = shown.page(locale, core.mailer.brand(), app.as_deref());
    page(StatusCode::OK, html)
}

async fn ask_password(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let query = pairs(query.unwrap_or_default().as_bytes());
    let token = value(&query, "token");
    if !password_reset::is_usable(&core, token).await? {
        return Ok(refused(&core, locale, "INVALID_TOKEN"));
    }
    let html = reset::form(locale, core.mailer.brand(), token, &[]);
    Ok(page(StatusCode::OK, html))
}

async fn set_password(
    State(core): State<Arc<Core>>,
    origin: Origin,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let given = own_form(&core, &headers, body)?;
    let token = value(&given, "token");
    let again = |status, error: (&'static str, &'static str)| {
        let html = reset::form(locale, core.mailer.brand(), token, &[error]);
        Ok(page(status, html))
    };
    let password = match Password::new(value(&given, "password")) {
        Ok(password) => password,
        // A wrong link is not told what is wrong with the password.
        Err(_) if !password_reset::is_usable(&core, token).await? => {
            return Ok(refused(&core, locale, "INVALID_TOKEN"));
        }
        Err(error) => {
            let text = layout::refused_password(locale, &error);
            return again(StatusCode::BAD_REQUEST, ("password", text));
        }
    };
    match password_reset::reset(&core, token, password, &origin).await {
        Ok(_) => Ok(see_other("/reset-password/done")),
        Err(ResetError::Invalid) => Ok(refused(&core, locale, "INVALID_TOKEN")),
        Err(ResetError::Db(error)) => Err(error.into()),
        Err(ResetError::Hash(_)) => {
            again(StatusCode::SERVICE_UNAVAILABLE, ("", layout::busy(locale)))
        }
    }
}

pub(crate) fn see_other(place: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location(place));
    response
}

/// The session of the browser's cookie.
pub(crate) async fn session(
    core: &Core,
    headers: &HeaderMap,
) -> Result<Option<Arc<Live>>, ApiError> {
    match core.find_caller(headers).await {
        Found::Cookie { live, .. } => Ok(Some(live)),
        Found::Unavailable(cause) => Err(ApiError::unavailable(cause)),
        Found::None | Found::DeadCookie | Found::BadBearer(_) | Found::Bearer { .. } => Ok(None),
    }
}

async fn ask_deletion(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let query = pairs(query.unwrap_or_default().as_bytes());
    let token = value(&query, "token");
    let Some(live) = session(&core, &headers).await? else {
        let html = deletion::stranger(locale, core.mailer.brand());
        return Ok(page(StatusCode::UNAUTHORIZED, html));
    };
    if !account::is_usable(&core, &live.stored.user_id, token).await? {
        return Ok(refused(&core, locale, "INVALID_TOKEN"));
    }
    let callback = allowed_link(&core, Some(value(&query, "callbackURL"))).unwrap_or_default();
    let question = Question {
        email: &shown_email(&live.stored.user.email),
        grace_days: core.config.deletion_grace_days,
        token,
        callback: &callback,
    };
    let html = deletion::form(locale, core.mailer.brand(), &question);
    let target = form_target(&callback);
    Ok(page_leading_to(target.as_deref(), StatusCode::OK, html))
}

/// Browsers hold a form's redirect to the policy too: an origin, or an app's scheme.
pub(crate) fn form_target(callback: &str) -> Option<String> {
    let target = Url::parse(callback).ok()?;
    Some(match target.scheme() {
        "http" | "https" => target.origin().ascii_serialization(),
        scheme => format!("{scheme}:"),
    })
}

async fn delete_account(
    State(core): State<Arc<Core>>,
    origin: Origin,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let given = own_form(&core, &headers, body)?;
    let Some(live) = session(&core, &headers).await? else {
        let html = deletion::stranger(locale, core.mailer.brand());
        return Ok(page(StatusCode::UNAUTHORIZED, html));
    };
    let user = live.stored.user_id.clone();
    if !account::confirm(core.clone(), user, value(&given, "token"), origin).await? {
        return Ok(refused(&core, locale, "INVALID_TOKEN"));
    }
    let callback = allowed_link(&core, Some(value(&given, "callbackURL")));
    let mut response = see_other(callback.as_deref().unwrap_or("/account-deleted"));
    append_cookies(&mut response, core.cookies.clear_session());
    Ok(response)
}

async fn show_style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, layout::STYLE).into_response()
}
