//! Not being root: PostgreSQL refuses to run as root, and the server has no need to.

use std::fs;
use std::os::unix::fs::{MetadataExt, lchown};
use std::path::Path;

use rustix::process::{Gid, Uid};

use super::error::StartError;
use super::folder::Folder;

const CANDIDATES: [&str; 3] = ["mana-auth", "postgres", "nobody"];

/// What [`drop_privileges`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// The process was unprivileged already.
    NotRoot,
    /// The process now runs as this user, for good.
    Became {
        /// Its name.
        user: String,
    },
}

/// An unprivileged user of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// Whom PostgreSQL runs as; `None` when this process is unprivileged, which then stays who it is.
    ///
    /// The owner of an existing folder comes first, so that a user added later changes nothing.
    pub(super) fn choose(data_dir: &Path) -> Result<Option<Self>, StartError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        if let Ok(metadata) = fs::metadata(data_dir)
            && metadata.uid() != 0
        {
            let known = accounts(&passwd).find(|account| account.uid == metadata.uid());
            return Ok(Some(known.unwrap_or_else(|| Self {
                name: metadata.uid().to_string(),
                uid: metadata.uid(),
                gid: metadata.gid(),
            })));
        }
        CANDIDATES
            .iter()
            .find_map(|name| accounts(&passwd).find(|account| account.name == *name))
            .map(Some)
            .ok_or(StartError::NoUser)
    }

    /// Gives a file or folder to this user; a link is given itself, never what it points to.
    pub(super) fn own(&self, path: &Path) -> Result<(), StartError> {
        lchown(path, Some(self.uid), Some(self.gid))
            .map_err(StartError::io("change the owner of", path))
    }

    /// Refuses a path that this user cannot reach.
    pub(super) fn check_reach(&self, path: &Path) -> Result<(), StartError> {
        for folder in path
            .ancestors()
            .skip(1)
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            let metadata = fs::metadata(folder).map_err(StartError::io("look at", folder))?;
            let bit = if metadata.uid() == self.uid {
                0o100
            } else if metadata.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            if metadata.mode() & bit == 0 {
                return Err(StartError::Unreachable {
                    user: self.name.clone(),
                    blocked: folder.to_owned(),
                });
            }
        }
        Ok(())
    }
}

fn accounts(passwd: &str) -> impl Iterator<Item = Account> {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        (uid != 0).then_some(Account { name, uid, gid })
    })
}

/// Started as root: makes the data folder, gives it to an unprivileged user (its owner, else `mana-auth`,
/// `postgres` or `nobody`, the first that exists) and becomes that user for good. Otherwise does nothing.
///
/// Call it before the async runtime: the kernel drops the calling thread alone, and threads started
/// later inherit. Read what only root may read (`.env`, certificates) and bind low ports before.
///
/// # Errors
/// [`StartError`] when no such user exists, when it cannot reach the folder, or when threads already run.
pub fn drop_privileges(data_dir: &Path) -> Result<Dropped, StartError> {
    let folder = Folder::open(data_dir)?;
    let Some(account) = folder.account() else {
        return Ok(Dropped::NotRoot);
    };
    if threads() != Some(1) {
        return Err(StartError::TooLate);
    }
    let (uid, gid) = (Uid::from_raw(account.uid), Gid::from_raw(account.gid));
    let failed = |source: rustix::io::Errno| StartError::Drop {
        user: account.name.clone(),
        source: source.into(),
    };
    rustix::thread::set_thread_groups(&[gid]).map_err(failed)?;
    rustix::thread::set_thread_res_gid(gid, gid, gid).map_err(failed)?;
    rustix::thread::set_thread_res_uid(uid, uid, uid).map_err(failed)?;
    Ok(Dropped::Became {
        user: account.name.clone(),
    })
}

fn threads() -> Option<usize> {
    fs::read_dir("/proc/self/task").ok().map(Iterator::count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_and_broken_lines_are_no_candidates() {
        let passwd = "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nbroken\nnobody:x:65534:65533:n:/:/bin/false\n";
        let found: Vec<Account> = accounts(passwd).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].name.as_str(), found[0].uid, found[0].gid),
            ("nobody", 65534, 65533)
        );
    }
}
