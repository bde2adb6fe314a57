//! Small pages of our own, where mailed links lead when no app is configured. Plain HTML, no scripts, nothing from outside.

pub(crate) mod routes;
