//! Signing in with e-mail and password, and opening sessions.
//!
//! Tables: `auth.login_attempts`, and it inserts into `auth.sessions` and `auth.refresh_tokens` in the one statement
//! that opens a session. Five failures from one place within 15 minutes lock it out of an address for 30, known or not; a
//! lock that fell while a password was being checked still counts, because opening the session asks again.

pub(crate) mod device;
pub(crate) mod known;
pub(crate) mod routes;
pub(crate) mod service;
pub(crate) mod store;
