//! The server: composition of the domains, commands, health, metrics and documentation.

pub mod app;
pub mod cli;
mod commands;
pub mod database;
mod descriptors;
mod disk;
pub mod docs;
mod doctor;
mod edge_answers;
mod health;
mod mailbox;
mod observe;
mod serve;
mod text;

pub use app::App;
