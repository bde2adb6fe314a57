//! Somebody proved that they read a mailbox, by a mailed link or code: the person it belongs to.
//!
//! Tables: updates `auth.users`, deletes from `auth.accounts`, `auth.two_factor_auth` and `auth.known_devices`. An account
//! whose address nobody had proved loses every way in that came before the proof, passkeys among them, because whoever made
//! it need not be the mailbox's owner. A verification link proves alone, and its mail offers that to who did not ask for it.

pub(crate) mod service;
mod store;
