//! Registration: user, credential, settings, event and what other domains need, in one transaction.
//!
//! Tables: inserts into `auth.users`, `auth.accounts`, `auth.user_settings`, `auth.security_events`.

pub(crate) mod routes;
pub(crate) mod service;
mod store;

pub use service::{NewAccount, RegisterError};
