//! Everything the domains share: configuration, database, jobs, the HTTP edge, telemetry and the ports between them.

pub mod config;
pub mod context;
pub mod db;
pub mod http;
pub mod jobs;
pub mod mail;
pub mod ports;
pub mod private_postgres;
pub mod telemetry;

pub use context::Context;
