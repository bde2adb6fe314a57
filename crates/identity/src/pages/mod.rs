//! Small pages of our own, where mailed links lead when no app is configured, and what all pages share. Plain HTML, no
//! scripts, nothing from outside. Nothing of a query is shown.

mod deletion;
pub(crate) mod layout;
mod outcome;
mod passkeys;
mod reset;
pub(crate) mod routes;
