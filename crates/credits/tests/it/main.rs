//! Credits over HTTP on a real PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is the report"
)]

mod balance;
mod chaos;
mod erasure;
mod flood;
mod ledger;
mod metadata;
mod security;
mod support;
mod transactions;
mod usage;
mod verify;
