//! Everything the domains share: configuration, database, jobs, the HTTP edge, telemetry and the ports between them.

pub mod context;
pub mod db;

pub use context::Context;
