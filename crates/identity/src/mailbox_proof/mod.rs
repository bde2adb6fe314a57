//! Somebody proved that they read a mailbox, by a mailed link or code: the person it belongs to.
//!
//! Tables: updates `auth.users`, deletes from `auth.accounts`,
//! `auth.two_factor_auth` and `auth.passkeys`. An account whose address nobody had proved loses every
//! way in that came before the proof, because whoever made it need not be the mailbox's owner.

pub(crate) mod service;
mod store;
