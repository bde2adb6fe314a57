//! Passkeys: WebAuthn credentials that sign in alone (contract accounts §1.4, better-auth §3.6; WebAuthn L3).
//!
//! Tables: `auth.passkeys`; a challenge is a row of `auth.verification` under the hash of its id, for five minutes and one
//! use. Because a passkey stands alone, the authenticator has to know its person (user verification), at registration and
//! at every sign-in. Ten failures of one credential within a minute block it for five. A password that is
//! reset by mail suspends the passkeys of the last 30 days: they sign nobody in until their person confirms them, from a
//! session that proves more than the mailbox.

mod authenticator_data;
pub(crate) mod ceremony;
mod edwards;
mod public_key;
pub(crate) mod routes;
pub(crate) mod service;
mod store;
