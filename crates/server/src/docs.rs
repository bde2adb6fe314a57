//! The OpenAPI description at `/openapi.json` and its reader at `/docs`, without any outside host.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header;
use utoipa::openapi::OpenApi;

/// Names the service and the ways to authenticate.
pub(crate) fn complete(openapi: &mut OpenApi) {
    openapi.info = utoipa::openapi::InfoBuilder::new()
        .title("Mana Auth")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Identity and credits for a family of apps."))
        .build();
}

pub(crate) fn router(openapi: &OpenApi) -> Router {
    let json = openapi.to_json().unwrap_or_default();
    Router::new().route(
        "/openapi.json",
        get(move || {
            let json = json.clone();
            async move { ([(header::CONTENT_TYPE, "application/json")], json).into_response() }
        }),
    )
}
