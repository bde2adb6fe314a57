//! Second factors: codes of an authenticator app, codes by mail, backup codes, trusted devices (contract better-auth §3.4).
//!
//! Tables: `auth.two_factor_auth`; challenges, mailed codes and trusted devices are rows of `auth.verification` under hashes.
//! Every check of a code holds the lock on the person's row: parallel guesses are counted one after the other, a time step
//! and a backup code work once. Five wrong codes end a challenge, ten in a row lock the factors for 15 minutes.

pub(crate) mod challenge;
mod check;
pub(crate) mod service;
mod store;
mod totp;
pub(crate) mod trust;
