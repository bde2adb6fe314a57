//! The command line.

use crate::commands;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Identity and credits for your apps, self-hosted.
#[derive(Parser)]
#[command(name = "mana-auth", version, about)]
pub struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start the server (with its own PostgreSQL unless DATABASE_URL is set)
    Serve,
    /// Bring the database schema up to date and exit
    Migrate,
    /// Check database, roles, secrets, clock, disk, migrations and keys: one line each
    Doctor,
    /// Look at the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// The keys that sign access tokens
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// The ledger of credits
    Ledger {
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// The people
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// The private database folder
    Data {
        #[command(subcommand)]
        command: DataCommand,
    },
    /// Write the private database and its secrets into one file
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Make a data folder from a backup file
    Restore {
        /// The file that `backup` made
        file: PathBuf,
    },
    /// Print the OpenAPI description
    Openapi,
}

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Name every wrong or unknown setting
    Check,
    /// Print every setting with default and meaning, as Markdown
    Reference,
}

#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// List the published keys
    List,
    /// Sign with a new key from now on; old tokens stay valid
    Rotate,
}

#[derive(Subcommand)]
pub(crate) enum LedgerCommand {
    /// Check every invariant and the hash chain; exits non-zero on a difference
    Verify,
}

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Make an account
    Create {
        /// The address
        #[arg(long)]
        email: String,
        /// The password; asked for on standard input when absent
        #[arg(long)]
        password: Option<String>,
        /// How the person is addressed
        #[arg(long)]
        name: Option<String>,
        /// user, admin or service
        #[arg(long, default_value = "user")]
        role: String,
        /// The address counts as proved
        #[arg(long)]
        verified: bool,
    },
    /// List the newest people
    List {
        /// How many
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Print a one-time link that makes the first administrator
    AdminLink,
    /// Give a person another role
    SetRole {
        /// The address
        email: String,
        /// user, admin or service
        role: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum DataCommand {
    /// Move the private database to the newest PostgreSQL on this machine
    Upgrade,
}

/// Runs a command.
pub fn run(arguments: Arguments) -> ExitCode {
    commands::run(arguments.command)
}
