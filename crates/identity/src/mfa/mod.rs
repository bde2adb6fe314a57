//! Second factors: codes of an authenticator app, codes by mail, backup codes, trusted devices (contract better-auth §3.4).
//!
//! Tables: `auth.two_factor_auth`; challenges, mailed codes and trusted devices are rows of `auth.verification` under hashes.
//! Every check of a code holds the lock on the person's row: parallel guesses are counted one after the other, a time step
//! and a backup code work once. Five wrong codes end a challenge, ten in a row lock the factors for 15 minutes; those of
//! people who are signed in count apart and lock no sign-in.
//!
//! A new app counts after its first right code. What changes factors asks for a session in which one was met
//! (`auth.sessions.factor_met_at`), or for a code along with it. A password that the mailbox set is the mailbox until
//! another factor was met with it (`auth.accounts.set_by_mail_at`): a mailed code does not complete it beside an app.

pub(crate) mod challenge;
mod check;
pub(crate) mod service;
mod store;
mod totp;
pub(crate) mod trust;
