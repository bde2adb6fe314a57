//! Tokens: EdDSA access tokens, refresh token families with derived children, JWKS, validation.
//!
//! Tables: `auth.refresh_tokens`, `auth.jwks`. A refresh token is used once; within a grace the same child comes back,
//! because it is derived from its parent and not stored. Reuse after the grace revokes the family, other sessions stay.

pub mod keys;
pub(crate) mod routes;
pub(crate) mod service;
mod store;
