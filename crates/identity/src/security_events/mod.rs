//! Security events: what happened to an account, when, from where.
//!
//! Tables: `auth.security_events`. A person reads their own, newest first.

pub(crate) mod routes;
pub(crate) mod service;
mod store;
