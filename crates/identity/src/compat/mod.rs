//! The `/api/auth/*` surface: what the unmodified Better Auth client speaks (contract better-auth §0 to §3).
//!
//! No SQL and no rules of its own: every endpoint calls the services that `/api/v1` calls. What is special here is the
//! form alone: order of checks, bodies, messages, cookies. An endpoint is a function of a [`call::Call`]; [`endpoint`]
//! wraps it with body parsing and origin checks before, and cookies and `set-auth-token` after.

pub(crate) mod call;
mod devices;
pub(crate) mod endpoint;
pub(crate) mod error;
pub(crate) mod fields;
mod one_time_token;
mod origin;
mod password;
mod reset;
mod session;
mod sessions;
mod sign;
mod site;
mod user;
mod verify;

use crate::core::Core;
use axum::Router;
use std::sync::Arc;

/// Every endpoint under `/api/auth`, none of them in the OpenAPI description.
pub(crate) fn router() -> Router<Arc<Core>> {
    let endpoints = Router::new()
        .merge(site::router())
        .merge(sign::router())
        .merge(sessions::router())
        .merge(user::router())
        .merge(password::router())
        .merge(reset::router())
        .merge(verify::router())
        .merge(devices::router())
        .merge(one_time_token::router());
    Router::new().nest("/api/auth", endpoints)
}
