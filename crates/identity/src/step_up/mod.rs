//! What a session proves beyond its sign-in: whether factors may be changed in it.
//!
//! Tables: `auth.sessions` (`factor_met_at`), `auth.two_factor_auth` (what waits for its first code).

mod store;

pub(crate) use store::{Standing, forget_pending, standing};
