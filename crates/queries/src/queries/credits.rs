// This file was generated with `cornucopia`. Do not modify.

pub mod balance;
pub mod invariants;
pub mod ledger;
pub mod transactions;
pub mod usage_stats;
