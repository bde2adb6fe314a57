//! Signing in by a mailed link (contract better-auth §3.5, accounts §1.6).
//!
//! Tables: `auth.verification` (tokens as hashes). A link works once, within ten minutes, whoever else opens it at the
//! same time; an address that nobody has becomes an account then, not before.

pub(crate) mod service;
