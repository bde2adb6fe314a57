//! `/verified` and `/signed-in`: how a mailed link ended, in German and English.

use crate::core::Core;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, header};
use kernel::text::Locale;
use std::sync::Arc;

const POLICY: &str =
    "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route("/verified", get(verified))
        .route("/signed-in", get(signed_in))
}

async fn verified(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let locale = language(&core, &headers);
    let (title, text) = match locale {
        Locale::De => ("Adresse bestätigt", "Du kannst diese Seite schließen."),
        Locale::En => ("Address verified", "You can close this page."),
    };
    outcome(locale, query.as_deref(), title, text)
}

async fn signed_in(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let locale = language(&core, &headers);
    let (title, text) = match locale {
        Locale::De => ("Du bist angemeldet", "Du kannst diese Seite schließen."),
        Locale::En => ("You are signed in", "You can close this page."),
    };
    outcome(locale, query.as_deref(), title, text)
}

fn language(core: &Core, headers: &HeaderMap) -> Locale {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(Locale::from_accept_language)
        .unwrap_or(core.config.default_locale)
}

/// The page of a success, or of the refusal that `?error=` names. Nothing of the query is shown.
fn outcome(locale: Locale, query: Option<&str>, title: &str, text: &str) -> Response {
    let query = query.unwrap_or_default().as_bytes();
    let error = url::form_urlencoded::parse(query).find(|(name, _)| name == "error");
    let (title, text) = match error {
        None => (title, text),
        Some((_, code)) => refusal(locale, &code),
    };
    let language = locale.code();
    let html = format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    );
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept-language"),
    ];
    (headers, html).into_response()
}

fn refusal(locale: Locale, code: &str) -> (&'static str, &'static str) {
    match (locale, code) {
        (Locale::De, "INVALID_TOKEN" | "TOKEN_EXPIRED") => (
            "Dieser Link gilt nicht",
            "Er ist falsch, abgelaufen oder wurde schon benutzt. Fordere einen neuen an.",
        ),
        (Locale::En, "INVALID_TOKEN" | "TOKEN_EXPIRED") => (
            "This link does not work",
            "It is wrong, expired or was used already. Ask for a new one.",
        ),
        (Locale::De, "USER_ALREADY_EXISTS") => (
            "Die Adresse ist vergeben",
            "Ein anderes Konto hat diese Adresse inzwischen.",
        ),
        (Locale::En, "USER_ALREADY_EXISTS") => (
            "The address is taken",
            "Another account has this address by now.",
        ),
        (Locale::De, _) => (
            "Das hat nicht geklappt",
            "Versuche es noch einmal, oder wende dich an den Betreiber.",
        ),
        (Locale::En, _) => (
            "That did not work",
            "Try again, or turn to whoever runs this service.",
        ),
    }
}
