//! Making a cluster, running its postmaster, and waiting for it.

use std::future::Future;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls};

use super::binaries::Binaries;
use super::error::StartError;
use super::folder::{self, Folder, SUPERUSER_SECRET};
use super::{DATABASE, OWNER_ROLE, Options, SUPERUSER};

/// Recovery after a crash replays at most `max_wal_size`, so minutes are plenty.
const READY_SECONDS: u64 = 180;
const POLL: Duration = Duration::from_millis(20);

/// Small when idle: no replication, no JIT. Memory of `shared_buffers` is only taken as pages are used.
const SETTINGS: &[(&str, &str)] = &[
    ("unix_socket_permissions", "0700"),
    ("password_encryption", "scram-sha-256"),
    ("shared_buffers", "64MB"),
    ("huge_pages", "off"),
    ("max_connections", "100"),
    ("max_wal_size", "512MB"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_logical_replication_workers", "0"),
    ("jit", "off"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_checkpoints", "off"),
    ("lc_messages", "C"),
];
const UNSAFE_SETTINGS: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("synchronous_commit", "off"),
];

/// Makes a cluster with role and database beside the place it will have, and moves it there when complete.
pub(super) async fn create(
    folder: &Folder,
    binaries: &Binaries,
    superuser_password: &SecretString,
    owner_password: &SecretString,
    durable: bool,
) -> Result<(), StartError> {
    let draft = folder.path().join("postgres.new");
    folder::remove_tree(&draft)?;
    // initdb reads the password from a file; write it anew, as a restored one may have other ends of line.
    let password_file = folder.secrets().join(SUPERUSER_SECRET);
    folder.write_private(
        &password_file,
        superuser_password.expose_secret().as_bytes(),
    )?;

    let mut initdb = command(folder, binaries, "initdb");
    initdb
        .arg("--pgdata")
        .arg(&draft)
        .args([
            "--username",
            SUPERUSER,
            "--auth",
            "scram-sha-256",
            "--data-checksums",
        ])
        .args(["--encoding", "UTF8", "--locale", "C.UTF-8"])
        .arg("--pwfile")
        .arg(&password_file);
    if !durable {
        initdb.arg("--no-sync");
    }
    run(initdb, "initdb", "").await?;

    let mut single = command(folder, binaries, "postgres");
    single
        .arg("--single")
        .arg("-D")
        .arg(&draft)
        .args(["-c", "exit_on_error=true"])
        .arg("postgres");
    let password = owner_password.expose_secret();
    let sql = format!(
        "CREATE ROLE {OWNER_ROLE} LOGIN CREATEROLE CREATEDB PASSWORD '{password}'\n\
         CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}\n"
    );
    run(single, "postgres --single", &sql).await?;
    folder::rename(&draft, &folder.cluster())
}

/// Starts the postmaster as our child, in a process group of its own: Ctrl-C on a terminal is for the
/// server, which lets its requests finish before it stops PostgreSQL.
pub(super) fn spawn(
    folder: &Folder,
    binaries: &Binaries,
    socket_dir: &Path,
    options: &Options,
) -> Result<Child, StartError> {
    let log = folder.open_log()?;
    let errors = log
        .try_clone()
        .map_err(StartError::io("open", &folder.log()))?;
    let mut postgres = command(folder, binaries, "postgres");
    postgres.arg("-D").arg(folder.cluster());
    let mut set = |name: &str, value: &std::ffi::OsStr| {
        let mut setting = std::ffi::OsString::from(format!("{name}="));
        setting.push(value);
        postgres.arg("-c").arg(setting);
    };
    // A list of names: quoted, a comma or space in the path is part of the one name.
    let mut quoted = std::ffi::OsString::from("\"");
    quoted.push(socket_dir);
    quoted.push("\"");
    set("unix_socket_directories", &quoted);
    set(
        "listen_addresses",
        if options.tcp.is_some() {
            "127.0.0.1"
        } else {
            ""
        }
        .as_ref(),
    );
    set("port", options.port().to_string().as_ref());
    let unsafe_settings = if options.durable {
        &[]
    } else {
        UNSAFE_SETTINGS
    };
    for (name, value) in SETTINGS.iter().chain(unsafe_settings) {
        set(name, value.as_ref());
    }
    for (name, value) in &options.settings {
        set(name, value.as_ref());
    }
    postgres
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .spawn()
        .map_err(StartError::io("run", &binaries.program("postgres")))
}

/// Connects until it succeeds; ends at once when PostgreSQL ends or refuses for good.
pub(super) async fn wait_until_ready(
    config: &Config,
    exited: impl Future<Output = String>,
    folder: &Folder,
) -> Result<(), StartError> {
    let attempts = async {
        loop {
            match config.connect(NoTls).await {
                Ok(_) => return Ok(()),
                Err(error) => match error.as_db_error() {
                    Some(refusal) if *refusal.code() != SqlState::CANNOT_CONNECT_NOW => {
                        return Err(StartError::Refused(refusal.to_string()));
                    }
                    _ => tokio::time::sleep(POLL).await,
                },
            }
        }
    };
    tokio::select! {
        result = tokio::time::timeout(Duration::from_secs(READY_SECONDS), attempts) => match result {
            Ok(result) => result,
            Err(_) => Err(StartError::NotReady { seconds: READY_SECONDS, log: folder.log_tail() }),
        },
        _ = exited => Err(StartError::Died { log: folder.log_tail() }),
    }
}

/// How to connect through the socket.
pub(super) fn config(socket_dir: &Path, port: u16, role: &str, password: &SecretString) -> Config {
    let mut config = Config::new();
    config
        .host_path(socket_dir)
        .port(port)
        .user(role)
        .password(password.expose_secret())
        .dbname(SUPERUSER)
        .application_name("mana-auth");
    config
}

/// A tool of PostgreSQL as the unprivileged user, without our environment: it holds secrets and `PG…` settings.
fn command(folder: &Folder, binaries: &Binaries, program: &str) -> Command {
    let mut command = Command::new(binaries.program(program));
    command
        .env_clear()
        .env("LC_ALL", "C")
        .env("PATH", "/usr/bin:/bin")
        .current_dir(folder.path());
    if let Some(account) = folder.account() {
        command.uid(account.uid).gid(account.gid);
    }
    command
}

/// Runs a tool to its end with `input` as its standard input; its words are the error.
pub(super) async fn run(mut command: Command, name: &str, input: &str) -> Result<(), StartError> {
    let failed = |output: String| StartError::Tool {
        program: name.to_owned(),
        output,
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        let written = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        // A tool that ends before reading says why itself.
        if let Err(error) = written
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            return Err(failed(error.to_string()));
        }
    }
    let output = child
        .wait_with_output()
        .await
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(format!("{} ({})", said.trim(), output.status)))
}
