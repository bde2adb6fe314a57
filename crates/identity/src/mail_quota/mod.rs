//! How much is mailed to one address because somebody asked for it, so that nobody floods a mailbox.
//!
//! Tables: `auth.mail_quotas`, one row per kind of mail and address. It counts over all replicas and client addresses. Past
//! the limit nothing is mailed and the answer stays as it is: it must not tell who has an account.

pub(crate) mod service;
mod store;
