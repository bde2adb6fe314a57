//! Forgotten passwords: a mailed link, single use, one hour.
//!
//! Tables: `auth.verification` through `verification::store`. A reset ends every session, clears the lockout, voids
//! outstanding links and tells the person.

pub(crate) mod routes;
pub(crate) mod service;
