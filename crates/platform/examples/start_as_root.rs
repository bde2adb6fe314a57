//! How a server starts as root: drop first, then the runtime, then PostgreSQL, all as one unprivileged user.
//!
//! `cargo run --example start_as_root -- DATA_DIR` prints who it became and who PostgreSQL runs as.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use platform::private_postgres::{Options, PrivatePostgres, drop_privileges};

fn main() -> Result<(), Box<dyn Error>> {
    let data_dir = PathBuf::from(std::env::args_os().nth(1).ok_or("name a data folder")?);
    let dropped = drop_privileges(&data_dir)?;
    let is_still_root = rustix::thread::set_thread_uid(rustix::process::Uid::ROOT).is_ok();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let postgres = PrivatePostgres::start(Options {
            durable: false,
            ..Options::new(&data_dir)
        })
        .await?;
        let postmaster = fs::metadata(format!("/proc/{}", postgres.process_id()))?.uid();
        let worker = tokio::spawn(async { rustix::process::geteuid().as_raw() }).await?;
        let mut out = std::io::stdout();
        writeln!(
            out,
            "{dropped:?} root={is_still_root} worker={worker} postgres={postmaster}"
        )?;
        postgres.stop().await;
        Ok(())
    })
}
