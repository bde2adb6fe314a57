//! Who may send a request, and where it may lead (contract better-auth §2.5).

use super::call::Call;
use super::error::{
    CROSS_SITE_NAVIGATION_LOGIN_BLOCKED, INVALID_CALLBACK_URL, INVALID_ERROR_CALLBACK_URL,
    INVALID_NEW_USER_CALLBACK_URL, INVALID_ORIGIN, INVALID_REDIRECT_URL, MISSING_OR_NULL_ORIGIN,
    NativeError, Refused,
};
use super::fields::{Fields, is_truthy};
use crate::sign_in::known;
use http::{HeaderMap, header};
use platform::http::headers::text;
use platform::http::origin::origin_of_referer;
use serde_json::Value;
use std::borrow::Cow;

/// What every request that may change something passes before its fields are looked at.
pub(super) fn check(call: &Call) -> Result<(), NativeError> {
    if has_cookies(call) {
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

/// Whether a request has cookies. That of a known device says who nobody is: a program that keeps it after it signed out
/// may go on without an Origin.
fn has_cookies(call: &Call) -> bool {
    let of_device = format!("{}=", call.core().cookies.name(known::COOKIE));
    let is_of_device = |pair: &[u8]| pair.trim_ascii_start().starts_with(of_device.as_bytes());
    let mut values = call.headers().get_all(header::COOKIE).iter();
    values.any(|value| {
        !value
            .as_bytes()
            .split(|byte| *byte == b';')
            .all(is_of_device)
    })
}

/// A browser must not be signed in by a page of somebody else, cookies or not; programs send none of these headers.
pub(super) fn check_form(call: &Call) -> Result<(), NativeError> {
    let headers = call.headers();
    if has_cookies(call) {
        // Checked already.
        return Ok(());
    }
    let of = |name| text(headers, name).unwrap_or_default();
    let site = of("sec-fetch-site");
    let mode = of("sec-fetch-mode");
    if site.is_empty() && mode.is_empty() && of("sec-fetch-dest").is_empty() {
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
    if let Some(requested) = requested_origin(call) {
        return if call.trusted_origins().allows(&requested) {
            Ok(())
        } else {
            Err(INVALID_ORIGIN.into())
        };
    }
    let claimed = claimed_origin(call.headers());
    if claimed.is_empty() || claimed == "null" {
        return Err(MISSING_OR_NULL_ORIGIN.into());
    }
    // The real server takes an origin with the slash of its root for the origin too.
    let claimed = match claimed.strip_suffix('/') {
        Some(origin) if !origin.ends_with('/') => origin,
        _ => &claimed,
    };
    if call.trusted_origins().allows(claimed) {
        Ok(())
    } else {
        Err(INVALID_ORIGIN.into())
    }
}

/// Pages that send no referrer make their forms' `Origin` null. When the browser says that such a request stays on one site,
/// its origin is the one it was sent to.
fn requested_origin(call: &Call) -> Option<String> {
    let of = |name| text(call.headers(), name).unwrap_or_default();
    if of("origin") != "null" || of("sec-fetch-site") != "same-origin" {
        return None;
    }
    let scheme = call.core().config.base_url.scheme();
    let host = call.host()?.to_ascii_lowercase();
    Some(format!("{scheme}://{host}"))
}

/// `Origin`, or the origin of `Referer` when that is empty; a Referer that names no page stays as it is.
fn claimed_origin(headers: &HeaderMap) -> Cow<'_, str> {
    match text(headers, header::ORIGIN).unwrap_or_default() {
        origin if !origin.is_empty() => origin,
        _ => origin_of_referer(headers).map_or_else(
            || text(headers, header::REFERER).unwrap_or_default(),
            Cow::Owned,
        ),
    }
}
