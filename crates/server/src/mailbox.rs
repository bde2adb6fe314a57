//! `/dev/mailbox`: the mails of a development server, as a page and as JSON, for this machine alone: for others there is
//! nothing here. Production has no such route.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::uri::Authority;
use http::{HeaderValue, header};
use platform::config::is_home;
use platform::http::headers::text;
use platform::http::{ApiError, ClientIp, Code};
use platform::mail::Mailbox;
use std::sync::Arc;

const STYLE: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

pub(crate) fn router(mailbox: Option<Arc<Mailbox>>) -> Router {
    match mailbox {
        Some(mailbox) => Router::new()
            .route("/dev/mailbox", get(show_mailbox))
            .with_state(mailbox),
        None => Router::new(),
    }
}

/// Whether somebody on this machine asks, by one of its own names: a page elsewhere may give itself our address, and a
/// tunnel or proxy brings strangers in.
fn is_at_home(request: &Request) -> bool {
    let headers = request.headers();
    let is_near = request
        .extensions()
        .get::<ClientIp>()
        .is_some_and(|ip| ip.0.is_loopback());
    let is_forwarded = ["x-forwarded-for", "x-forwarded-host", "forwarded"]
        .iter()
        .any(|name| headers.contains_key(*name));
    let is_own_name = match (request.uri().host(), text(headers, header::HOST)) {
        (Some(host), _) => is_home(host),
        (None, Some(host)) => host
            .parse::<Authority>()
            .is_ok_and(|host| is_home(host.host())),
        (None, None) => true,
    };
    is_near && !is_forwarded && is_own_name
}

async fn show_mailbox(State(mailbox): State<Arc<Mailbox>>, request: Request) -> Response {
    if !is_at_home(&request) {
        return ApiError::new(Code::NotFound).into_response();
    }
    let headers = request.headers();
    let accept = text(headers, header::ACCEPT).unwrap_or_default();
    let mails = mailbox.list();
    if accept.contains("application/json") {
        let mails: Vec<_> = mails.into_iter().map(|(_, mail)| mail).collect();
        return axum::Json(mails).into_response();
    }
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Mailbox</title><style>\
         body{background:Canvas;color:CanvasText;font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}\
         article{border-top:1px solid #8884;padding:1rem 0}pre{white-space:pre-wrap;word-break:break-word;font:inherit}\
         small{opacity:.7}</style><h1>Mailbox</h1><p>Mails this development server would have sent, newest first.</p>",
    );
    if mails.is_empty() {
        page.push_str("<p>No mail yet.</p>");
    }
    for (at, mail) in mails.iter().rev() {
        page.push_str(&format!(
            "<article><h2>{}</h2><small>to {} at {at}</small><pre>{}</pre></article>",
            escape(&mail.subject),
            escape(&mail.to),
            with_links(&mail.text)
        ));
    }
    let mut response = Html(page).into_response();
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(STYLE),
    );
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Escaped text whose addresses can be clicked.
fn with_links(text: &str) -> String {
    let linked = |word: &str| {
        let escaped = escape(word);
        if word.starts_with("http://") || word.starts_with("https://") {
            format!("<a href=\"{escaped}\" rel=\"noreferrer\">{escaped}</a>")
        } else {
            escaped
        }
    };
    text.split_inclusive(char::is_whitespace)
        .map(|piece| {
            let word = piece.trim_end();
            format!(
                "{}{}",
                linked(word),
                &escape(piece.get(word.len()..).unwrap_or_default())
            )
        })
        .collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_can_be_clicked_and_nothing_else_is_markup() {
        let text = "Reset:\nhttps://a.example/x?a=1&b=2\n<b>\"javascript:x\"</b>";
        assert_eq!(
            with_links(text),
            "Reset:\n<a href=\"https://a.example/x?a=1&amp;b=2\" rel=\"noreferrer\">https://a.example/x?a=1&amp;b=2</a>\n\
             &lt;b&gt;&quot;javascript:x&quot;&lt;/b&gt;"
        );
    }
}
