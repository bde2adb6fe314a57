//! Spending credits: `POST /api/v1/credits/use` (contract A.1.2, A.2, decision 9).
//!
//! A use is free credits first, then paid; it happens at most once per idempotency key, and a client that goes away
//! cannot stop it half way. Concurrent uses are gathered into one call of the ledger, each with its own answer.

mod gatherer;
mod metadata;
mod model;
mod routes;

pub(crate) use gatherer::{Flight, Gatherer};
pub(crate) use routes::router;
