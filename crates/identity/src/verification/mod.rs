//! Mailed links: proving an address and changing it.
//!
//! Tables: `auth.verification` (tokens as hashes), and it updates `auth.users`. A changed password or address voids a
//! person's outstanding links. Proving an address twice is no error, because mail scanners open links first; for the same
//! reason a link that moves an account acts alone only where its person is signed in, and asks on a page elsewhere.
//!
//! Whoever changes a person and their links locks the person first, so that of two changes at once the later sees the
//! earlier one.

pub(crate) mod mailed;
pub(crate) mod routes;
pub(crate) mod service;
pub(crate) mod store;
