//! Somebody proved that they read a mailbox, by a mailed link or code: the person it belongs to.
//!
//! Tables: updates `auth.users`, deletes from `auth.accounts` and `auth.two_factor_auth`. An account whose address nobody
//! had proved loses every way in that came before the proof, passkeys among them, because whoever made it need not be the
//! mailbox's owner.

pub(crate) mod service;
mod store;
