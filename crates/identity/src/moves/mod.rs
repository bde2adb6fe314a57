//! Accounts that move to another mailbox, or into the hands of their mailbox's owner: following mailed links, and the pages
//! that ask first.
//!
//! Tables: through `verification::store` and `mailbox_proof`. A link acts alone only where its person is signed in; nobody is
//! signed in by the buttons.

mod moving;
mod not_me;
pub(crate) mod routes;
pub(crate) mod service;
