//! The whole server over a real PostgreSQL, in process.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is the report"
)]

mod bodies;
mod causes;
mod database;
mod edge;
mod erasure;
mod fixtures;
mod flow;
mod harness;
mod headers;
mod input;
mod jobs;
mod limits;
mod logs;
mod mailbox;
mod matrix;
mod openapi;
mod rls;
mod setup;
mod sso;
