//! Who may send a request, and where it may lead (contract better-auth §2.5).

use super::call::Call;
use super::error::{
    CROSS_SITE_NAVIGATION_LOGIN_BLOCKED, INVALID_CALLBACK_URL, INVALID_ERROR_CALLBACK_URL,
    INVALID_NEW_USER_CALLBACK_URL, INVALID_ORIGIN, INVALID_REDIRECT_URL, MISSING_OR_NULL_ORIGIN,
    NativeError, Refused,
};
use super::fields::{Fields, is_truthy};
use http::{HeaderMap, HeaderName, header};
use platform::http::TrustedOrigins;
use serde_json::Value;
use url::Url;

/// What every request that may change something passes before its fields are looked at.
pub(super) fn check(call: &Call) -> Result<(), NativeError> {
    if call.headers().contains_key(header::COOKIE) {
        require_trusted(call)?;
    }
    let query = Fields::of_query(call.query());
    let of_body = |name: &str| call.body().and_then(|body| body.get(name));
    let callback = of_body("callbackURL")
        .filter(|value| is_truthy(Some(value)))
        .or_else(|| query.raw("callbackURL"));
    check_link(call, callback, "callbackURL", INVALID_CALLBACK_URL)?;
    check_link(
        call,
        of_body("redirectTo"),
        "redirectURL",
        INVALID_REDIRECT_URL,
    )?;
    check_link(
        call,
        of_body("errorCallbackURL"),
        "errorCallbackURL",
        INVALID_ERROR_CALLBACK_URL,
    )?;
    check_link(
        call,
        of_body("newUserCallbackURL"),
        "newUserCallbackURL",
        INVALID_NEW_USER_CALLBACK_URL,
    )
}

fn check_link(
    call: &Call,
    link: Option<&Value>,
    label: &str,
    refused: Refused,
) -> Result<(), NativeError> {
    if !is_truthy(link) {
        return Ok(());
    }
    match link {
        Some(Value::String(link)) if call.trusted_origins().allows_link(link) => Ok(()),
        Some(Value::String(_)) => Err(refused.into()),
        _ => Err(NativeError::without_code(format!(
            "Invalid {label}: expected a string"
        ))),
    }
}

/// A browser must not be signed in by a page of somebody else, cookies or not; programs send none of these headers.
pub(super) fn check_form(call: &Call) -> Result<(), NativeError> {
    let headers = call.headers();
    if headers.contains_key(header::COOKIE) {
        // Checked already.
        return Ok(());
    }
    let site = text(headers, "sec-fetch-site");
    let mode = text(headers, "sec-fetch-mode");
    let destination = text(headers, "sec-fetch-dest");
    if site.is_empty() && mode.is_empty() && destination.is_empty() {
        return if claimed_origin(headers).is_empty() {
            Ok(())
        } else {
            require_trusted(call)
        };
    }
    if site == "cross-site" && mode == "navigate" {
        return Err(CROSS_SITE_NAVIGATION_LOGIN_BLOCKED.into());
    }
    require_trusted(call)
}

fn require_trusted(call: &Call) -> Result<(), NativeError> {
    let claimed = claimed_origin(call.headers());
    if claimed.is_empty() || claimed == "null" {
        return Err(MISSING_OR_NULL_ORIGIN.into());
    }
    if is_trusted(call.trusted_origins(), claimed) {
        Ok(())
    } else {
        Err(INVALID_ORIGIN.into())
    }
}

fn is_trusted(trusted: &TrustedOrigins, claimed: &str) -> bool {
    Url::parse(claimed).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && trusted.allows(&url.origin().ascii_serialization())
    })
}

/// `Origin`, or `Referer` when that is empty.
fn claimed_origin(headers: &HeaderMap) -> &str {
    match text(headers, header::ORIGIN) {
        "" => text(headers, header::REFERER),
        origin => origin,
    }
}

fn text(headers: &HeaderMap, name: impl TryInto<HeaderName>) -> &str {
    name.try_into()
        .ok()
        .and_then(|name| headers.get(name))
        .and_then(|value| value.to_str().ok())
        .map(str::trim)
        .unwrap_or_default()
}
