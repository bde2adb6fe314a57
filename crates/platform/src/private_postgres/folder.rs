//! The data folder: what lies where, who owns it, and who holds it now.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::account::Account;
use super::error::StartError;

pub(super) const SUPERUSER_SECRET: &str = "postgres-superuser-password";
pub(super) const OWNER_SECRET: &str = "postgres-owner-password";

const LOCK: &str = "mana-auth.lock";
const CLUSTER: &str = "postgres";
const SECRETS: &str = "secrets";
const OURS: [&str; 3] = [LOCK, CLUSTER, SECRETS];
/// The kernel's limit for a unix socket's path, without the closing zero.
const SOCKET_PATH_LIMIT: usize = 107;
const LOG_LIMIT_BYTES: u64 = 10 * 1024 * 1024;
const LOG_TAIL_BYTES: usize = 2000;

/// An existing data folder that belongs to the user PostgreSQL runs as.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    data_dir: PathBuf,
    account: Option<Account>,
}

impl Folder {
    /// Makes the folder when missing; as root also gives it to the unprivileged user.
    pub(super) fn open(data_dir: &Path) -> Result<Self, StartError> {
        let account = Account::choose(data_dir)?;
        fs::create_dir_all(data_dir).map_err(StartError::io("make the data folder", data_dir))?;
        let data_dir = data_dir
            .canonicalize()
            .map_err(StartError::io("find the data folder", data_dir))?;
        let names: Vec<_> = fs::read_dir(&data_dir)
            .map_err(StartError::io("read the data folder", &data_dir))?
            .filter_map(Result::ok)
            .map(|entry| entry.file_name())
            .filter(|name| name != "lost+found")
            .collect();
        let is_ours = names
            .iter()
            .any(|name| OURS.iter().any(|ours| name == ours));
        if names.is_empty() {
            set_mode(&data_dir, 0o700)?;
        }
        if let Some(account) = &account {
            account.check_reach(&data_dir)?;
            let metadata = fs::metadata(&data_dir).map_err(StartError::io("look at", &data_dir))?;
            // Once given away it is not walked again: its owner could plant links for root to follow.
            if metadata.uid() == 0 {
                if !names.is_empty() && !is_ours {
                    return Err(StartError::NotOurs { data_dir });
                }
                own_tree(account, &data_dir)?;
            }
        }
        Ok(Self { data_dir, account })
    }

    pub(super) fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    pub(super) fn path(&self) -> &Path {
        &self.data_dir
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.data_dir.join(CLUSTER)
    }

    pub(super) fn secrets(&self) -> PathBuf {
        self.data_dir.join(SECRETS)
    }

    pub(super) fn log(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    /// Where `upgrade` and `restore` put together the next cluster, as a data folder of its own.
    pub(super) fn staging(&self, command: &str) -> PathBuf {
        self.data_dir.join(format!("{command}.unfinished"))
    }

    /// Where `upgrade` leaves the cluster of the old major version.
    pub(super) fn kept(&self, major: u32) -> PathBuf {
        self.data_dir.join(format!("{CLUSTER}.{major}.kept"))
    }

    /// Major version of the cluster, or `None` when there is none yet.
    pub(super) fn major(&self) -> Result<Option<u32>, StartError> {
        let path = self.cluster().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => match text.trim().parse() {
                Ok(major) => Ok(Some(major)),
                Err(_) => Err(StartError::Io {
                    action: "understand",
                    path,
                    source: std::io::ErrorKind::InvalidData.into(),
                }),
            },
            Err(error)
                if error.kind() == std::io::ErrorKind::NotFound && !self.cluster().exists() =>
            {
                Ok(None)
            }
            Err(source) => Err(StartError::Io {
                action: "read",
                path,
                source,
            }),
        }
    }

    /// Socket folder and port of the cluster that another process runs: lines 5 and 4 of its pid file.
    pub(super) fn running_address(&self) -> Result<(PathBuf, u16), StartError> {
        let path = self.cluster().join("postmaster.pid");
        let text = fs::read_to_string(&path).map_err(StartError::io("read", &path))?;
        let mut lines = text.lines().skip(3);
        let port = lines.next().and_then(|line| line.trim().parse().ok());
        match (lines.next(), port) {
            (Some(socket_dir), Some(port)) => Ok((PathBuf::from(socket_dir), port)),
            _ => Err(StartError::Io {
                action: "understand",
                path,
                source: std::io::ErrorKind::InvalidData.into(),
            }),
        }
    }

    /// A crash between the two renames of an upgrade leaves no cluster: takes the new one in.
    /// A half-done restore is refused, never papered over with an empty cluster.
    pub(super) fn finish_interrupted_move(&self) -> Result<(), StartError> {
        if self.cluster().exists() {
            return Ok(());
        }
        let upgraded = self.staging("upgrade").join(CLUSTER);
        let is_kept = fs::read_dir(&self.data_dir)
            .map_err(StartError::io("read the data folder", &self.data_dir))?
            .filter_map(Result::ok)
            .any(|entry| entry.file_name().to_string_lossy().ends_with(".kept"));
        if is_kept && upgraded.exists() {
            return rename(&upgraded, &self.cluster());
        }
        let restoring = self.staging("restore");
        if restoring.exists() {
            return Err(StartError::Unfinished {
                path: restoring,
                command: "restore",
            });
        }
        Ok(())
    }

    /// Reads a password, or makes one while there is no cluster yet.
    pub(super) fn secret(&self, name: &str) -> Result<SecretString, StartError> {
        let path = self.secrets().join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.trim().to_owned().into()),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StartError::Io {
                action: "read",
                path,
                source: error,
            }),
            Err(_) if self.cluster().exists() => Err(StartError::SecretMissing { path }),
            Err(_) => {
                self.make_private_dir(&self.secrets())?;
                let password = new_password()?;
                self.write_private(&path, password.expose_secret().as_bytes())?;
                Ok(password)
            }
        }
    }

    /// A folder of mode 0700 that belongs to the user PostgreSQL runs as.
    pub(super) fn make_private_dir(&self, path: &Path) -> Result<(), StartError> {
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => self.own(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            Err(source) => Err(StartError::Io {
                action: "make the folder",
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// Writes a file of mode 0600 whole or not at all.
    pub(super) fn write_private(&self, path: &Path, content: &[u8]) -> Result<(), StartError> {
        let draft = path.with_extension("new");
        let failed = |source| StartError::Io {
            action: "write",
            path: path.to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .map_err(failed)?;
        file.write_all(content).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        self.own(&draft)?;
        rename(&draft, path)
    }

    pub(super) fn own(&self, path: &Path) -> Result<(), StartError> {
        self.account
            .as_ref()
            .map_or(Ok(()), |account| account.own(path))
    }

    pub(super) fn own_tree(&self, path: &Path) -> Result<(), StartError> {
        self.account
            .as_ref()
            .map_or(Ok(()), |account| own_tree(account, path))
    }

    /// Opens the log for PostgreSQL to write to; one earlier log is kept once it is over 10 MiB.
    pub(super) fn open_log(&self) -> Result<File, StartError> {
        let path = self.log();
        if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LOG_LIMIT_BYTES) {
            rename(&path, &path.with_extension("log.1"))?;
        }
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(StartError::io("open", &path))?;
        self.own(&path)?;
        Ok(file)
    }

    pub(super) fn log_tail(&self) -> String {
        let text = fs::read(self.log()).unwrap_or_default();
        let tail = text
            .get(text.len().saturating_sub(LOG_TAIL_BYTES)..)
            .unwrap_or_default();
        String::from_utf8_lossy(tail).into_owned()
    }

    /// The private folder for the socket: `run/` here, or one with a short name when that path is too long.
    pub(super) fn socket_dir(&self, port: u16) -> Result<PathBuf, StartError> {
        let near = self.data_dir.join("run");
        let socket = near.join(format!(".s.PGSQL.{port}")).into_os_string();
        // PostgreSQL reads a list of quoted names, so a quote must not be in one.
        if socket.len() <= SOCKET_PATH_LIMIT && !socket.as_encoded_bytes().contains(&b'"') {
            self.make_private_dir(&near)?;
            return Ok(near);
        }
        let digest = Sha256::digest(self.data_dir.as_os_str().as_encoded_bytes());
        let name = HEXLOWER.encode(digest.get(..8).unwrap_or_default());
        let short = PathBuf::from(format!("/tmp/mana-auth-{name}"));
        self.make_private_dir(&short)?;
        let metadata = fs::symlink_metadata(&short).map_err(StartError::io("look at", &short))?;
        let owner = self
            .account
            .as_ref()
            .map_or(rustix::process::geteuid().as_raw(), |account| account.uid);
        if !metadata.is_dir() || metadata.uid() != owner || metadata.mode() & 0o077 != 0 {
            return Err(StartError::SocketFolder { path: short });
        }
        Ok(short)
    }

    /// Removes the folder of a stopped cluster's socket; kept when something is in it.
    pub(super) fn remove_socket_dir(&self, socket_dir: &Path) {
        if let Err(error) = fs::remove_dir(socket_dir) {
            tracing::debug!(%error, "kept the socket folder");
        }
    }
}

/// Exclusive use of a data folder, released by the kernel however the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Closing alone would not do while another thread starts a process: until it executes, the child has the file too.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::debug!(%error, "the data folder's lock was not released");
        }
    }
}

impl Lock {
    pub(super) fn take(folder: &Folder) -> Result<Self, StartError> {
        let path = folder.path().join(LOCK);
        let failed = |source| StartError::Io {
            action: "lock",
            path: path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let is_read = file
                    .read_to_string(&mut holder)
                    .is_ok_and(|length| length > 0);
                return Err(StartError::Locked {
                    data_dir: folder.path().to_owned(),
                    holder: if is_read {
                        holder.trim().to_owned()
                    } else {
                        "unknown".to_owned()
                    },
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0).map_err(failed)?;
        writeln!(file, "{}", std::process::id()).map_err(failed)?;
        folder.own(&path)?;
        Ok(Self { file })
    }
}

/// Sockets of a dead postmaster; the caller has made sure that none lives.
pub(super) fn remove_stale_sockets(socket_dir: &Path) -> Result<(), StartError> {
    let entries = fs::read_dir(socket_dir).map_err(StartError::io("read", socket_dir))?;
    for entry in entries.filter_map(Result::ok) {
        if entry.file_name().to_string_lossy().starts_with(".s.PGSQL.") {
            fs::remove_file(entry.path()).map_err(StartError::io("remove", &entry.path()))?;
        }
    }
    Ok(())
}

/// Renames, and makes the new name survive a power cut.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), StartError> {
    fs::rename(from, to).map_err(StartError::io("rename", from))?;
    if let Some(parent) = to.parent() {
        File::open(parent)
            .and_then(|dir| dir.sync_all())
            .map_err(StartError::io("sync", parent))?;
    }
    Ok(())
}

/// Removes a folder with everything in it, if it is there.
pub(super) fn remove_tree(path: &Path) -> Result<(), StartError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StartError::Io {
            action: "remove",
            path: path.to_owned(),
            source: error,
        }),
        _ => Ok(()),
    }
}

fn own_tree(account: &Account, path: &Path) -> Result<(), StartError> {
    let metadata = fs::symlink_metadata(path).map_err(StartError::io("look at", path))?;
    if metadata.is_dir() {
        let entries = fs::read_dir(path).map_err(StartError::io("read", path))?;
        for entry in entries.filter_map(Result::ok) {
            own_tree(account, &entry.path())?;
        }
    } else if metadata.nlink() > 1 {
        // A second name of some other file: giving it away would give that file away.
        return Ok(());
    }
    account.own(path)
}

fn set_mode(path: &Path, mode: u32) -> Result<(), StartError> {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(StartError::io("change the mode of", path))
}

/// 32 random bytes from the kernel: the launcher runs before the server's own source of chance exists.
fn new_password() -> Result<SecretString, StartError> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0_u8; 32];
    File::open(source)
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(StartError::io("read", source))?;
    Ok(BASE64URL_NOPAD.encode(&bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_released_while_a_child_that_is_being_started_still_has_the_file() {
        let scratch = std::env::temp_dir().join(format!("mana-lock-{}", std::process::id()));
        let folder = Folder::open(&scratch.join("data")).unwrap();
        let lock = Lock::take(&folder).unwrap();
        let inherited = lock.file.try_clone().unwrap();
        assert!(matches!(
            Lock::take(&folder),
            Err(StartError::Locked { .. })
        ));
        drop(lock);
        Lock::take(&folder).unwrap();
        drop(inherited);
        fs::remove_dir_all(&scratch).unwrap();
    }
}
