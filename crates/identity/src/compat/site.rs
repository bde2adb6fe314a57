//! The probe and the page that failed links lead to (contract better-auth §1.5).

use super::call::Call;
use super::endpoint::{Answer, get, json_bytes};
use super::fields::Fields;
use crate::core::Core;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, header};
use serde_json::Value;
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route("/ok", get(ok))
        .route("/error", get(error))
}

async fn ok(_: Call) -> Answer {
    Ok(json_bytes(Bytes::from_static(br#"{"ok":true}"#)))
}

/// In production too, so that no mailed link ends in a 404.
async fn error(call: Call) -> Answer {
    let query = Fields::of_query(call.query());
    let of = |name| query.raw(name).and_then(Value::as_str).unwrap_or_default();
    let code = of("error");
    let is_harmless = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_'-".contains(&byte))
    };
    let code = if is_harmless(code) { code } else { "UNKNOWN" };
    let description: String = of("error_description").chars().take(300).collect();
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"robots\" content=\"noindex\">\
         <title>Error</title></head><body><main><h1>Something went wrong</h1><p>{}</p><p>Code: {}</p></main></body></html>",
        escape(&description),
        escape(code),
    );
    let mut response = Response::new(Body::from(page));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    Ok(response)
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
