//! Mailed links: proving an address and changing it.
//!
//! Tables: `auth.verification` (tokens as hashes), and it updates `auth.users`. A changed password or address voids a
//! person's outstanding links. Proving an address twice is no error, because mail scanners open links first.

pub(crate) mod routes;
pub(crate) mod service;
pub(crate) mod store;
