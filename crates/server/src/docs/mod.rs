//! The OpenAPI description at `/openapi.json` and its reader at `/docs`: HTML made here, without scripts and without
//! any outside host.

mod errors;
mod reader;
mod schema;

pub use errors::markdown as errors_markdown;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, OpenApi};

/// The groups in the order a newcomer meets them.
const TAGS: &[(&str, &str)] = &[
    ("sign-in", "Making an account and getting in."),
    ("sessions", "The session behind a cookie, and its end."),
    ("tokens", "Access tokens, their renewal and their keys."),
    (
        "account",
        "What one person sees and changes of their own account.",
    ),
    ("credits", "What a person has, spends and has spent."),
    (
        "better-auth",
        "The surface the Better Auth client speaks, under `/api/auth`.",
    ),
    ("operations", "For load balancers and operators."),
];

/// Where the pages find their style sheet.
const STYLE_PATH: &str = "/docs/style.css";

const STYLE: &str = include_str!("style.css");

/// Nothing but our own style sheet may be loaded, and nothing may run.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Names the service, its groups and the ways to authenticate.
pub(crate) fn complete(openapi: &mut OpenApi) {
    openapi.info = utoipa::openapi::InfoBuilder::new()
        .title("Mana Auth")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Identity and credits for a family of apps."))
        .build();
    let used = |tag: &str| {
        openapi.paths.paths.values().any(|item| {
            [&item.get, &item.post, &item.put, &item.patch, &item.delete]
                .into_iter()
                .flatten()
                .flat_map(|operation| operation.tags.iter().flatten())
                .any(|name| name == tag)
        })
    };
    let tags = TAGS.iter().filter(|(name, _)| used(name));
    openapi.tags = Some(
        tags.map(|(name, text)| {
            TagBuilder::new()
                .name(*name)
                .description(Some(*text))
                .build()
        })
        .collect(),
    );
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The access token that signing in returns."))
        .build();
    let cookie = ApiKeyValue::with_description(
        "mana.session_token",
        "The session cookie that signing in sets; `__Secure-` stands before its name on https. \
         Requests that change something also need a trusted `Origin`.",
    );
    let components = openapi.components.get_or_insert_with(Components::new);
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
}

/// The description as JSON, as it is served and kept in `docs/openapi.json`.
pub fn description(openapi: &OpenApi) -> Value {
    let mut value = serde_json::to_value(openapi).unwrap_or_default();
    clean(&mut value);
    value
}

/// Notes for the people who build the server are not for those who call it.
fn clean(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" || name == "summary" => {
                        while let Some((before, rest)) = text.split_once(" (contract ")
                            && let Some((_, after)) = rest.split_once(')')
                        {
                            *text = format!("{before}{after}");
                        }
                    }
                    other => clean(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

/// What the pages are made of; they are made when first asked for, and every answer shares them.
struct Reader {
    json: Bytes,
    base: String,
    operations: OnceLock<Bytes>,
    errors: OnceLock<Bytes>,
}

impl Reader {
    fn description(&self) -> Value {
        serde_json::from_slice(&self.json).unwrap_or_default()
    }
}

/// `/openapi.json` and the reader. `base` is where people reach this server, for the examples.
pub(crate) fn router(openapi: &OpenApi, base: &str) -> Router {
    Router::new()
        .route("/openapi.json", get(get_description))
        .route("/docs", get(get_operations))
        .route("/docs/errors", get(get_errors))
        .route(STYLE_PATH, get(get_style))
        .with_state(Arc::new(Reader {
            json: Bytes::from(description(openapi).to_string()),
            base: base.trim_end_matches('/').to_owned(),
            operations: OnceLock::new(),
            errors: OnceLock::new(),
        }))
}

async fn get_description(State(reader): State<Arc<Reader>>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, reader.json.clone()).into_response()
}

async fn get_operations(State(reader): State<Arc<Reader>>) -> Response {
    let make = || Bytes::from(reader::page(&reader.description(), &reader.base));
    page(reader.operations.get_or_init(make).clone())
}

async fn get_errors(State(reader): State<Arc<Reader>>) -> Response {
    let make = || Bytes::from(errors::page(&reader.description()));
    page(reader.errors.get_or_init(make).clone())
}

async fn get_style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, STYLE).into_response()
}

fn page(html: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, html).into_response()
}
