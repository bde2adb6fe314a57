//! What faults do to the real binary: kills, a stopped database, shutdown, replicas, and the commands end to end.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests: a panic is the report, and processes get their settings from here"
)]

mod bodies;
mod commands;
mod database;
mod hostile;
mod kill;
mod raw;
mod replicas;
mod shutdown;
mod support;
