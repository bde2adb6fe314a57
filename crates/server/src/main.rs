//! `mana-auth`: identity and credits in one binary.

use clap::Parser;
use server::cli::{Arguments, run};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    run(Arguments::parse())
}
