//! What a person does with their own account: profile, password, ways to sign in, deletion.
//!
//! Tables: changes `auth.users` and `auth.accounts`. A changed password ends the other sessions and voids mailed links
//! in the same transaction; deletion erases what every domain keeps, in one transaction.

pub(crate) mod deletion;
pub(crate) mod routes;
pub(crate) mod service;
mod store;
