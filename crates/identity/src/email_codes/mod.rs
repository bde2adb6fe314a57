//! Six digits by mail: signing in, proving and changing an address, setting a password (contract better-auth §3.9).
//!
//! Tables: `auth.verification` (codes under a key of ours, one per address and purpose). A code lives five minutes, works
//! once, and bears three wrong guesses.

pub(crate) mod service;
mod store;
