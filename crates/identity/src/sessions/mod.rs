//! Sessions: one row per sign-in, its id (`sid`) constant over refreshes, the token stored as a hash.
//!
//! Tables: `auth.sessions`. Checks are answered from memory; the revocation feed keeps that true within a second,
//! and while the feed is down every check asks the database.

pub(crate) mod feed;
pub(crate) mod hand_over;
pub(crate) mod live;
pub(crate) mod model;
pub(crate) mod routes;
pub(crate) mod service;
mod store;

pub(crate) use live::Live;
