//! The `/api/auth/*` surface: what the unmodified Better Auth client speaks (contract better-auth §0 to §3).
//!
//! No SQL and no rules of its own: every endpoint calls the services that `/api/v1` calls. What is special here is the
//! form alone: order of checks, bodies, messages, cookies. An endpoint is a function of a [`call::Call`]; [`endpoint`]
//! wraps it with body parsing and origin checks before, and cookies and `set-auth-token` after.

pub(crate) mod call;
mod devices;
mod email_otp;
pub(crate) mod endpoint;
pub(crate) mod error;
pub(crate) mod fields;
mod magic_link;
mod one_time_token;
mod origin;
mod passkey;
mod password;
mod reset;
mod session;
mod sessions;
mod sign;
mod site;
mod two_factor;
mod user;
mod verify;

use crate::core::Core;
use axum::Router;
use platform::config::Config;
use std::sync::Arc;

/// Every endpoint under `/api/auth`, none of them in the OpenAPI description. What is switched off is not there.
pub(crate) fn router(config: &Config) -> Router<Arc<Core>> {
    let mut endpoints = Router::new()
        .merge(site::router())
        .merge(sign::router())
        .merge(sessions::router())
        .merge(user::router())
        .merge(password::router())
        .merge(reset::router())
        .merge(verify::router())
        .merge(two_factor::router())
        .merge(devices::router())
        .merge(one_time_token::router());
    if config.has_magic_links {
        endpoints = endpoints.merge(magic_link::router());
    }
    if config.passkeys.is_enabled {
        endpoints = endpoints.merge(passkey::router());
    }
    if config.has_email_codes {
        endpoints = endpoints.merge(email_otp::router());
    }
    Router::new().nest("/api/auth", endpoints)
}
