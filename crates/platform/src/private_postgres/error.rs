//! What can go wrong, said so that an operator knows what to do next.

use std::io;
use std::path::{Path, PathBuf};

/// Why the private PostgreSQL does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Nothing to run.
    #[error(
        "no PostgreSQL {minimum} or newer found{}. Install one (Debian: `apt-get install postgresql`), run \
         `script/bootstrap`, name its folder in PG_BIN, or set DATABASE_URL to a server you run",
        .looked_in.as_ref().map(|dir| format!(" in PG_BIN={}", dir.display())).unwrap_or_default(),
        minimum = super::binaries::MINIMUM_MAJOR
    )]
    NoBinaries {
        /// The folder of `PG_BIN`, when it was given.
        looked_in: Option<PathBuf>,
    },
    /// The cluster needs binaries of another major version.
    #[error(
        "the data folder holds a PostgreSQL {folder} cluster, but only version {} was found. Install \
         PostgreSQL {folder} again; to move to a newer major keep both installed and run `mana-auth data upgrade`",
        joined(.found)
    )]
    OtherMajor {
        /// Major version of the folder.
        folder: u32,
        /// Major versions found on the machine.
        found: Vec<u32>,
    },
    /// Another server uses the folder.
    #[error("another mana-auth (process {holder}) is using the data folder {}; stop it or choose another DATA_DIR", .data_dir.display())]
    Locked {
        /// The folder.
        data_dir: PathBuf,
        /// Process id written by the holder, or `unknown`.
        holder: String,
    },
    /// Started as root on a folder that holds other things.
    #[error("{} belongs to root and holds files that are not Mana Auth's; give DATA_DIR a folder of its own", .data_dir.display())]
    NotOurs {
        /// The folder.
        data_dir: PathBuf,
    },
    /// The unprivileged user cannot get at the folder.
    #[error(
        "PostgreSQL does not run as root, and the user `{user}` cannot enter {}, which is above the data folder; \
         set DATA_DIR to a folder it can reach, such as /var/lib/mana-auth", .blocked.display()
    )]
    Unreachable {
        /// The user PostgreSQL would run as.
        user: String,
        /// The closed folder.
        blocked: PathBuf,
    },
    /// Root without anyone to become.
    #[error(
        "started as root, but none of the users mana-auth, postgres and nobody exists; create one: `adduser --system mana-auth`"
    )]
    NoUser,
    /// The process is no longer alone in its first thread.
    #[error("privileges can only be dropped before threads are started")]
    TooLate,
    /// The operating system refuses the drop.
    #[error("cannot become the user `{user}`: {source}")]
    Drop {
        /// The user.
        user: String,
        /// What the system said.
        source: io::Error,
    },
    /// A password of an existing cluster is gone.
    #[error("{} is missing, and the cluster cannot be opened without it; put it back from a backup", .path.display())]
    SecretMissing {
        /// The file.
        path: PathBuf,
    },
    /// The fallback folder for the socket is someone else's.
    #[error("{} is not a private folder of this user; remove it, or use a shorter DATA_DIR", .path.display())]
    SocketFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A restore or upgrade stopped half way.
    #[error("{} shows that `mana-auth {command}` did not finish; run it again", .path.display())]
    Unfinished {
        /// The folder left behind.
        path: PathBuf,
        /// The command to repeat.
        command: &'static str,
    },
    /// Processes of an earlier run that do not end.
    #[error("PostgreSQL of an earlier run still uses {} and does not stop (processes {processes:?})", .cluster.display())]
    Orphans {
        /// The cluster.
        cluster: PathBuf,
        /// Their ids.
        processes: Vec<i32>,
    },
    /// A tool of PostgreSQL failed.
    #[error("{program} failed: {output}")]
    Tool {
        /// Its name.
        program: String,
        /// What it said.
        output: String,
    },
    /// PostgreSQL ended instead of answering.
    #[error("PostgreSQL ended while starting; its log ends with:\n{log}")]
    Died {
        /// The log's last lines.
        log: String,
    },
    /// PostgreSQL runs but does not let us in.
    #[error("PostgreSQL refuses the connection: {0}")]
    Refused(String),
    /// PostgreSQL runs but does not answer in time.
    #[error("PostgreSQL does not answer after {seconds} s; its log ends with:\n{log}")]
    NotReady {
        /// How long it was given.
        seconds: u64,
        /// The log's last lines.
        log: String,
    },
    /// A file or folder cannot be used.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl StartError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

/// Why a backup, a restore or an upgrade did not happen. The data folder is then as it was before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// PostgreSQL or the folder does not play along.
    #[error(transparent)]
    Start(#[from] StartError),
    /// No cluster to keep.
    #[error("{} holds no cluster; an external PostgreSQL (DATABASE_URL) is backed up with its own tools", .data_dir.display())]
    NoCluster {
        /// The folder.
        data_dir: PathBuf,
    },
    /// Restoring would overwrite data.
    #[error("{} already holds data; restore into an empty folder", .data_dir.display())]
    NotEmpty {
        /// The folder.
        data_dir: PathBuf,
    },
    /// The file is something else.
    #[error("{} is no backup of Mana Auth: {reason}", .file.display())]
    NotABackup {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The backup is of a newer PostgreSQL.
    #[error(
        "the backup is of PostgreSQL {backup}, but the newest found is {found}; install PostgreSQL {backup} or newer"
    )]
    NewerBackup {
        /// Major version of the backup.
        backup: u32,
        /// Newest major version found.
        found: u32,
    },
    /// No newer PostgreSQL on the machine.
    #[error(
        "the cluster is of PostgreSQL {folder} and no newer one was found; install it beside the old one first"
    )]
    NothingNewer {
        /// Major version of the cluster.
        folder: u32,
    },
}

fn joined(majors: &[u32]) -> String {
    let words: Vec<String> = majors.iter().map(u32::to_string).collect();
    words.join(", ")
}
