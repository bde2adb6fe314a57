//! Prepaid balances in a double-entry ledger (contract credits A.1 to A.4, decisions 9 and 21).
//!
//! `ledger` is the only writer: every change of a balance is one call of one of its database functions
//! (docs/adr/0003-ledger.md). `usage` gathers concurrent debits into such calls, `balance`, `transactions` and
//! `usage_stats` read, `invariants` proves that the book is right.
#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic)]

mod balance;
mod calendar;
mod front;
mod invariants;
mod ledger;
mod transactions;
mod usage;
mod usage_stats;

pub use calendar::{Calendar, UnknownTimeZone};
pub use front::{Credits, Deps, RECEIPT_DAYS};
pub use invariants::{Check, CheckpointKeys, Difference, Report, verify};
