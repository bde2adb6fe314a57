//! `test_cluster COMMAND ARG…`: starts a throw-away PostgreSQL through the server's own launcher, runs the
//! command with `TEST_DATABASE_URL`, stops PostgreSQL and ends as the command ended. Without a command it
//! prints the URL and waits for Ctrl-C. An existing `TEST_DATABASE_URL` is used as it is.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use platform::private_postgres::{Options, PrivatePostgres};
use secrecy::ExposeSecret;
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

const INTERRUPTED: u8 = 130;
const URL: &str = "TEST_DATABASE_URL";

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let command: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some(url) = environment(URL) {
        return until_done(command, url).await;
    }
    let data_dir = PathBuf::from(format!("/tmp/mana-auth-tests-{}", std::process::id()));
    // Free now; in the unlikely case that it is taken a moment later, PostgreSQL says so and the run ends.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let options = Options {
        binaries: environment("PG_BIN").map(PathBuf::from),
        search_path: environment("PATH"),
        durable: false,
        settings: vec![("max_connections".to_owned(), "300".to_owned())],
        tcp: Some(port),
        ..Options::new(&data_dir)
    };
    let postgres = PrivatePostgres::start(options).await?;
    let url = postgres.superuser_url()?;
    let ended = until_done(command, url.expose_secret().into()).await;
    postgres.stop().await;
    std::fs::remove_dir_all(&data_dir)?;
    ended
}

async fn until_done(command: Vec<OsString>, url: OsString) -> Result<ExitCode, Box<dyn Error>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut arguments = command.into_iter();
    let Some(program) = arguments.next() else {
        writeln!(std::io::stdout(), "{URL}={}", url.display())?;
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        return Ok(ExitCode::SUCCESS);
    };
    let mut child = Command::new(program)
        .args(arguments)
        .env(URL, url)
        .kill_on_drop(true)
        .spawn()?;
    tokio::select! {
        status = child.wait() => {
            let code = status?.code().and_then(|code| u8::try_from(code).ok());
            Ok(ExitCode::from(code.unwrap_or(INTERRUPTED)))
        }
        _ = interrupt.recv() => Ok(ExitCode::from(INTERRUPTED)),
        _ = terminate.recv() => Ok(ExitCode::from(INTERRUPTED)),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a tool of the tests, which have no configuration"
)]
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
