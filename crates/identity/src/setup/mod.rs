//! The first administrator: a link that is printed once where only an operator reads, and the page it leads to.
//!
//! Tables: `auth.verification` (identifier `setup-admin`, the token as a hash). Only the newest link works, for 24 hours,
//! once, and only while nobody administers the server. The token is printed, never logged.

mod page;
pub(crate) mod routes;
mod service;
mod store;
