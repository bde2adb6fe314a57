//! The server's own PostgreSQL: what runs when no `DATABASE_URL` is given.
//!
//! A small launcher of the PostgreSQL binaries found on the machine. The data folder holds:
//!
//! | name | what |
//! |---|---|
//! | `mana-auth.lock` | held while a server uses the folder; a second one is refused |
//! | `postgres/` | the cluster, made once, moved into place only when complete |
//! | `secrets/` | passwords of the two roles (files of mode 0600) and the server's own secrets |
//! | `run/` | the unix socket, unless its path would be too long |
//! | `postgres.log` | what PostgreSQL says |
//!
//! The server connects as `mana_owner`, which may create roles and databases but is no superuser,
//! as on a managed PostgreSQL. The superuser serves `backup`, `restore` and `upgrade` alone.

mod account;
mod archive;
mod binaries;
mod cluster;
mod error;
mod folder;
mod orphans;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

pub use account::{Dropped, drop_privileges};
pub use archive::{backup, restore, upgrade};
pub use error::{DataError, StartError};

use binaries::Binaries;
use folder::{Folder, Lock};

/// The role the server migrates and connects as: CREATEROLE and CREATEDB, no superuser.
pub const OWNER_ROLE: &str = "mana_owner";
/// The database of a private cluster.
pub const DATABASE: &str = "mana_auth";

const SUPERUSER: &str = "postgres";
const DEFAULT_PORT: u16 = 5432;
const FAST_SHUTDOWN: Duration = Duration::from_secs(60);
const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(10);

/// How to start a private cluster.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder of cluster, secrets and lock; made when missing.
    pub data_dir: PathBuf,
    /// `PG_BIN`: folder of `postgres` and `initdb`; when given, no other is looked at.
    pub binaries: Option<PathBuf>,
    /// The `PATH` variable, searched for binaries before the distributions' folders.
    pub search_path: Option<OsString>,
    /// False only for tests: a crash of the machine may then lose the cluster.
    pub durable: bool,
    /// Further PostgreSQL settings, which win over the launcher's own.
    pub settings: Vec<(String, String)>,
    /// Also listen on 127.0.0.1 at this port (tests and benchmarks).
    pub tcp: Option<u16>,
}

impl Options {
    /// A durable cluster in `data_dir`, reachable through its unix socket alone.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            binaries: None,
            search_path: None,
            durable: true,
            settings: Vec::new(),
            tcp: None,
        }
    }

    fn port(&self) -> u16 {
        self.tcp.unwrap_or(DEFAULT_PORT)
    }
}

/// URL of the cluster that another process, a serving one, runs in this data folder: for commands beside it.
///
/// # Errors
/// [`StartError`] when none runs there, or when this user may not read its secrets.
pub fn url_of_running(data_dir: &Path) -> Result<SecretString, StartError> {
    let folder = Folder::open(data_dir)?;
    let (socket_dir, port) = folder.running_address()?;
    let password = folder.secret(folder::OWNER_SECRET)?;
    let host = percent_encoded(&socket_dir);
    Ok(owner_url(&password, &format!("{host}:{port}")))
}

fn owner_url(password: &SecretString, address: &str) -> SecretString {
    let password = password.expose_secret();
    format!("postgresql://{OWNER_ROLE}:{password}@{address}/{DATABASE}").into()
}

/// A running private cluster. Dropped without [`PrivatePostgres::stop`], it is told to shut down, unwaited.
#[derive(Debug)]
pub struct PrivatePostgres {
    folder: Folder,
    lock: Option<Lock>,
    socket_dir: PathBuf,
    port: u16,
    is_tcp: bool,
    major: u32,
    owner_password: SecretString,
    pid: Pid,
    exit: watch::Receiver<Option<String>>,
    is_running: bool,
}

impl PrivatePostgres {
    /// Makes the cluster on first use, recovers it after a crash, and returns once it answers.
    ///
    /// # Errors
    /// [`StartError`], whose text tells the operator what to do.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let folder = Folder::open(&options.data_dir)?;
        let lock = Lock::take(&folder)?;
        folder.finish_interrupted_move()?;
        let found =
            binaries::find(options.binaries.as_deref(), options.search_path.as_deref()).await;
        let binaries = binaries::choose(found, folder.major()?)?;
        Self::start_with(folder, lock, &binaries, &options).await
    }

    async fn start_with(
        folder: Folder,
        lock: Lock,
        binaries: &Binaries,
        options: &Options,
    ) -> Result<Self, StartError> {
        let superuser_password = folder.secret(folder::SUPERUSER_SECRET)?;
        let owner_password = folder.secret(folder::OWNER_SECRET)?;
        if folder.major()?.is_none() {
            cluster::create(
                &folder,
                binaries,
                &superuser_password,
                &owner_password,
                options.durable,
            )
            .await?;
        } else {
            orphans::stop(&folder.cluster()).await?;
        }
        let socket_dir = folder.socket_dir(options.port())?;
        folder::remove_stale_sockets(&socket_dir)?;
        let mut child = cluster::spawn(&folder, binaries, &socket_dir, options)?;
        let pid = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        let Some(pid) = pid else {
            return Err(StartError::Died {
                log: folder.log_tail(),
            });
        };
        let (sender, exit) = watch::channel(None);
        tokio::spawn(async move {
            let said = match child.wait().await {
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            };
            sender.send_replace(Some(said));
        });
        let running = Self {
            folder,
            lock: Some(lock),
            socket_dir,
            port: options.port(),
            is_tcp: options.tcp.is_some(),
            major: binaries.major,
            owner_password,
            pid,
            exit,
            is_running: true,
        };
        let mut config = running.config(OWNER_ROLE, &running.owner_password);
        config.dbname(DATABASE);
        match cluster::wait_until_ready(&config, running.exited(), &running.folder).await {
            Ok(()) => Ok(running),
            Err(error) => {
                running.stop().await;
                Err(error)
            }
        }
    }

    /// URL of the server's database for its owner, through the unix socket, with the password.
    pub fn url(&self) -> SecretString {
        let host = percent_encoded(&self.socket_dir);
        self.url_at(&format!("{host}:{}", self.port))
    }

    /// The same database through 127.0.0.1, when [`Options::tcp`] asked for it.
    pub fn tcp_url(&self) -> Option<SecretString> {
        self.is_tcp
            .then(|| self.url_at(&format!("127.0.0.1:{}", self.port)))
    }

    /// URL of the superuser without a database, over TCP when asked for: for tests that look past row-level security.
    ///
    /// # Errors
    /// [`StartError::SecretMissing`] when its password is gone.
    pub fn superuser_url(&self) -> Result<SecretString, StartError> {
        let password = self.folder.secret(folder::SUPERUSER_SECRET)?;
        let host = if self.is_tcp {
            "127.0.0.1".to_owned()
        } else {
            percent_encoded(&self.socket_dir)
        };
        Ok(format!(
            "postgresql://{SUPERUSER}:{}@{host}:{}",
            password.expose_secret(),
            self.port
        )
        .into())
    }

    /// The major version that runs, such as 15.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// Process id of the postmaster.
    pub fn process_id(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Resolves when PostgreSQL has ended, whoever ended it, with its exit status in words.
    pub fn exited(&self) -> impl Future<Output = String> + Send + 'static {
        let mut exit = self.exit.clone();
        async move {
            match exit.wait_for(Option::is_some).await {
                Ok(said) => said.clone().unwrap_or_default(),
                Err(_) => "its watcher ended".to_owned(),
            }
        }
    }

    /// Fast shutdown: clients are disconnected, a checkpoint is written. Returns when PostgreSQL has ended.
    pub async fn stop(self) {
        self.stop_keeping_lock().await;
    }

    async fn stop_keeping_lock(mut self) -> Option<Lock> {
        self.is_running = false;
        for (signal, patience) in [
            (Signal::INT, FAST_SHUTDOWN),
            (Signal::QUIT, IMMEDIATE_SHUTDOWN),
        ] {
            if self.exit.borrow().is_some() {
                break;
            }
            signal_unless_gone(self.pid, signal);
            if tokio::time::timeout(patience, self.exited()).await.is_ok() {
                break;
            }
            tracing::warn!(?signal, "PostgreSQL did not stop in {patience:?}");
        }
        self.folder.remove_socket_dir(&self.socket_dir);
        self.lock.take()
    }

    fn superuser_config(&self) -> Result<tokio_postgres::Config, StartError> {
        let password = self.folder.secret(folder::SUPERUSER_SECRET)?;
        Ok(self.config(SUPERUSER, &password))
    }

    fn config(&self, role: &str, password: &SecretString) -> tokio_postgres::Config {
        cluster::config(&self.socket_dir, self.port, role, password)
    }

    fn url_at(&self, address: &str) -> SecretString {
        owner_url(&self.owner_password, address)
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if self.is_running && self.exit.borrow().is_none() {
            signal_unless_gone(self.pid, Signal::INT);
        }
    }
}

fn signal_unless_gone(pid: Pid, signal: Signal) {
    if let Err(error) = kill_process(pid, signal)
        && error != rustix::io::Errno::SRCH
    {
        tracing::warn!(?pid, ?signal, %error, "cannot signal PostgreSQL");
    }
}

fn percent_encoded(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;

    let mut out = String::new();
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(byte) {
            out.push(char::from(*byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_path_survives_the_url() {
        let encoded = percent_encoded(Path::new("/srv/my data/run"));
        assert_eq!(encoded, "%2Fsrv%2Fmy%20data%2Frun");
        let config: tokio_postgres::Config = format!("postgresql://u:p@{encoded}:5432/d")
            .parse()
            .unwrap();
        let host = tokio_postgres::config::Host::Unix("/srv/my data/run".into());
        assert_eq!(config.get_hosts(), [host]);
    }
}
