//! Who asks, of a request.

use super::service::Asker;
use axum::extract::FromRequestParts;
use http::request::Parts;

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}
