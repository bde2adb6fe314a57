//! How much is mailed to one address because somebody asked for it, so that nobody floods a mailbox and nobody keeps its
//! owner from their mails.
//!
//! Tables: `auth.mail_quotas`, one row per budget; it counts over all replicas, client addresses and kinds of mail. What
//! strangers ask for has one budget, in which `a+1@` and `a+2@` are one mailbox; a device that the owner signed in on, and a
//! live session of theirs, have budgets that strangers cannot use up. Past them nothing is mailed and the answer stays as it
//! is: it must not tell who has an account. Notices of what happened count apart.

mod routes;
pub(crate) mod service;
mod store;
