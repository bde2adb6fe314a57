//! The profile: what a person shows of themselves.

pub(crate) mod routes;
