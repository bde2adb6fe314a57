//! Keeping a data folder in one file, and moving it to a newer PostgreSQL.
//!
//! A backup is a tar file of mode 0600: `manifest.json`, `roles.sql`, `database.dump` (pg_dump's own
//! format) and `secrets/`. Dumps rather than copied files, so that any machine and any later major
//! version can take them in; an upgrade is a dump and a restore beside each other.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::process::Command;
use tokio_postgres::NoTls;

use super::binaries::{self, Binaries};
use super::error::{DataError, StartError};
use super::folder::{self, Folder, Lock, SUPERUSER_SECRET};
use super::{DATABASE, OWNER_ROLE, Options, PrivatePostgres, SUPERUSER, cluster};

const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const ROLES: &str = "roles.sql";
const DUMP: &str = "database.dump";
/// From this major on a grant remembers who gave it, and that one must hold the ADMIN option.
const GRANTORS_SINCE: u32 = 16;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    postgres_major: u32,
}

/// Where a running cluster answers its superuser.
struct Address {
    socket_dir: PathBuf,
    port: u16,
    password: SecretString,
}

/// Writes cluster and secrets into `out_file`, replacing it only when complete.
///
/// Works beside a running server, and starts PostgreSQL itself when none runs. Run as root it needs no
/// [`super::drop_privileges`]: PostgreSQL alone runs unprivileged.
///
/// # Errors
/// [`DataError`]; an earlier `out_file` is then untouched.
pub async fn backup(options: Options, out_file: &Path) -> Result<(), DataError> {
    let folder = Folder::open(&options.data_dir)?;
    let lock = match Lock::take(&folder) {
        Ok(lock) => Some(lock),
        Err(StartError::Locked { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    if lock.is_some() {
        folder.finish_interrupted_move()?;
    }
    let Some(major) = folder.major()? else {
        return Err(DataError::NoCluster {
            data_dir: folder.path().to_owned(),
        });
    };
    let binaries = find(&options, Some(major)).await?;
    let work = beside(out_file, "work");
    folder::remove_tree(&work)?;
    DirBuilder::new()
        .mode(0o700)
        .create(&work)
        .map_err(StartError::io("make the folder", &work))?;
    let dumped = match lock {
        Some(lock) => {
            let running =
                PrivatePostgres::start_with(folder.clone(), lock, &binaries, &options).await?;
            let dumped = dump(&running.address()?, &binaries, &work).await;
            running.stop().await;
            dumped
        }
        None => dump(&Address::of_running(&folder)?, &binaries, &work).await,
    };
    let packed = dumped.and_then(|()| pack(&work, &folder.secrets(), major, out_file));
    folder::remove_tree(&work)?;
    packed.map_err(DataError::from)
}

/// Makes the data folder of `options` from a backup; the folder must hold no cluster.
///
/// Secrets without a cluster are moved to `secrets.before-restore`: reading the configuration makes some
/// on an empty machine, and others may be in use with an external database.
///
/// # Errors
/// [`DataError`]; the folder then holds no cluster, and the command can be repeated.
pub async fn restore(file: &Path, options: Options) -> Result<(), DataError> {
    let folder = Folder::open(&options.data_dir)?;
    let _lock = Lock::take(&folder)?;
    let staging = folder.staging("restore");
    let aside = folder.path().join("secrets.before-restore");
    if folder.cluster().exists() {
        return Err(DataError::NotEmpty {
            data_dir: folder.path().to_owned(),
        });
    }
    if staging.exists() {
        // Cut off earlier: these are the backup's, or made since.
        folder::remove_tree(&folder.secrets())?;
    } else if folder.secrets().exists() {
        if aside.exists() {
            return Err(DataError::NotEmpty { data_dir: aside });
        }
        folder::rename(&folder.secrets(), &aside)?;
    }
    folder::remove_tree(&staging)?;
    folder.make_private_dir(&staging)?;
    let restored = restore_into(file, &folder, &staging, &options).await;
    if restored.is_err() && !folder.secrets().exists() {
        folder::remove_tree(&staging)?;
        if aside.exists() {
            folder::rename(&aside, &folder.secrets())?;
        }
    }
    restored
}

async fn restore_into(
    file: &Path,
    folder: &Folder,
    staging: &Path,
    options: &Options,
) -> Result<(), DataError> {
    let manifest = unpack(file, staging)?;
    folder.own_tree(staging)?;
    let binaries = find(options, None).await?;
    if binaries.major < manifest.postgres_major {
        return Err(DataError::NewerBackup {
            backup: manifest.postgres_major,
            found: binaries.major,
        });
    }
    build_staged(
        staging,
        staging,
        manifest.postgres_major,
        &binaries,
        options,
    )
    .await?;
    let staged = Folder::open(staging)?;
    folder::rename(&staged.secrets(), &folder.secrets())?;
    folder::rename(&staged.cluster(), &folder.cluster())?;
    folder::remove_tree(staging)?;
    Ok(())
}

/// Moves the cluster to the newest PostgreSQL found. Returns the folder in which the old cluster is kept.
///
/// # Errors
/// [`DataError`]; the cluster is then as it was.
pub async fn upgrade(options: Options) -> Result<PathBuf, DataError> {
    let folder = Folder::open(&options.data_dir)?;
    let lock = Lock::take(&folder)?;
    folder.finish_interrupted_move()?;
    let Some(old_major) = folder.major()? else {
        return Err(DataError::NoCluster {
            data_dir: folder.path().to_owned(),
        });
    };
    let new = find(&options, None).await?;
    if new.major <= old_major {
        return Err(DataError::NothingNewer { folder: old_major });
    }
    // PG_BIN names the new one; the old one is then where the machine keeps it.
    let anywhere = Options {
        binaries: None,
        ..options.clone()
    };
    let old = find(&anywhere, Some(old_major)).await?;
    let staging = folder.staging("upgrade");
    folder::remove_tree(&staging)?;
    folder.make_private_dir(&staging)?;

    let running = PrivatePostgres::start_with(folder.clone(), lock, &old, &options).await?;
    // The newer pg_dump knows how to write an older server's data for its own version.
    let dumped = match running.address() {
        Ok(address) => dump(&address, &new, &staging).await,
        Err(error) => Err(error),
    };
    let _lock = running.stop_keeping_lock().await;
    dumped?;
    copy_secrets(&folder, &staging)?;
    folder.own_tree(&staging)?;
    build_staged(&staging, &staging, old_major, &new, &options).await?;

    let kept = folder.kept(old_major);
    folder::remove_tree(&kept)?;
    folder::rename(&folder.cluster(), &kept)?;
    folder::rename(&Folder::open(&staging)?.cluster(), &folder.cluster())?;
    folder::remove_tree(&staging)?;
    Ok(kept)
}

async fn find(options: &Options, major: Option<u32>) -> Result<Binaries, StartError> {
    let found = binaries::find(options.binaries.as_deref(), options.search_path.as_deref()).await;
    binaries::choose(found, major)
}

impl PrivatePostgres {
    fn address(&self) -> Result<Address, StartError> {
        Ok(Address {
            socket_dir: self.socket_dir.clone(),
            port: self.port,
            password: self.folder.secret(SUPERUSER_SECRET)?,
        })
    }
}

impl Address {
    fn of_running(folder: &Folder) -> Result<Self, StartError> {
        let (socket_dir, port) = folder.running_address()?;
        Ok(Self {
            socket_dir,
            port,
            password: folder.secret(SUPERUSER_SECRET)?,
        })
    }

    fn tool(&self, binaries: &Binaries, program: &str) -> Command {
        let mut command = Command::new(binaries.program(program));
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("PGPASSWORD", self.password.expose_secret())
            .arg("--host")
            .arg(&self.socket_dir)
            .args([
                "--port",
                &self.port.to_string(),
                "--username",
                SUPERUSER,
                "--no-password",
            ]);
        command
    }
}

async fn dump(address: &Address, binaries: &Binaries, out: &Path) -> Result<(), StartError> {
    let mut roles = address.tool(binaries, "pg_dumpall");
    roles
        .args(["--globals-only", "--database", "postgres", "--file"])
        .arg(out.join(ROLES));
    cluster::run(roles, "pg_dumpall", "").await?;
    let mut database = address.tool(binaries, "pg_dump");
    database
        .args(["--format", "custom", "--dbname", DATABASE, "--file"])
        .arg(out.join(DUMP));
    cluster::run(database, "pg_dump", "").await
}

/// Fills a new cluster in the data folder `staging` (which has secrets already) from the dump in `from`.
async fn build_staged(
    staging: &Path,
    from: &Path,
    dumped_major: u32,
    binaries: &Binaries,
    options: &Options,
) -> Result<(), StartError> {
    let folder = Folder::open(staging)?;
    let lock = Lock::take(&folder)?;
    let options = Options {
        data_dir: staging.to_owned(),
        tcp: None,
        ..options.clone()
    };
    let running = PrivatePostgres::start_with(folder, lock, binaries, &options).await?;
    let filled = fill(&running, from, dumped_major, binaries).await;
    running.stop().await;
    filled
}

async fn fill(
    running: &PrivatePostgres,
    from: &Path,
    dumped_major: u32,
    binaries: &Binaries,
) -> Result<(), StartError> {
    let roles = from.join(ROLES);
    let sql = fs::read_to_string(&roles).map_err(StartError::io("read", &roles))?;
    let sql = adapted_roles(&sql, dumped_major);
    let (client, connection) = running
        .superuser_config()?
        .connect(NoTls)
        .await
        .map_err(|error| StartError::Refused(error.to_string()))?;
    let connection = tokio::spawn(connection);
    let done = client.batch_execute(&sql).await;
    drop(client);
    // The task ends with its client; how is already known from the statement.
    let _ = connection.await;
    done.map_err(|error| StartError::Tool {
        program: ROLES.to_owned(),
        output: error
            .as_db_error()
            .map_or_else(|| error.to_string(), ToString::to_string),
    })?;
    let mut restore = running.address()?.tool(binaries, "pg_restore");
    restore
        .args([
            "--exit-on-error",
            "--clean",
            "--if-exists",
            "--create",
            "--dbname",
            "postgres",
        ])
        .arg(from.join(DUMP));
    cluster::run(restore, "pg_restore", "").await
}

/// Makes pg_dumpall's roles fit a cluster that already has its superuser and owner.
fn adapted_roles(sql: &str, dumped_major: u32) -> String {
    let existing = [
        format!("CREATE ROLE {SUPERUSER};"),
        format!("CREATE ROLE {OWNER_ROLE};"),
    ];
    let mut out = String::new();
    let mut made = Vec::new();
    for line in sql.lines() {
        // `\restrict` is for psql alone.
        if line.starts_with('\\') || existing.iter().any(|known| line == known) {
            continue;
        }
        if let Some(role) = line
            .strip_prefix("CREATE ROLE ")
            .and_then(|rest| rest.strip_suffix(';'))
        {
            made.push(role);
        }
        match line.split_once(" GRANTED BY ") {
            Some((grant, _)) if dumped_major < GRANTORS_SINCE && line.starts_with("GRANT ") => {
                out.push_str(grant);
                out.push(';');
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    if dumped_major < GRANTORS_SINCE {
        // There CREATEROLE alone let the owner manage them; a newer server wants the ADMIN option.
        for role in made {
            out.push_str(&format!(
                "GRANT {role} TO {OWNER_ROLE} WITH ADMIN OPTION;\n"
            ));
        }
    }
    out
}

fn pack(work: &Path, secrets: &Path, major: u32, out_file: &Path) -> Result<(), StartError> {
    let draft = beside(out_file, "partial");
    let failed = |source| StartError::Io {
        action: "write",
        path: out_file.to_owned(),
        source,
    };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    let manifest = serde_json::to_vec(&Manifest {
        format: FORMAT,
        postgres_major: major,
    })
    .map_err(|error| failed(error.into()))?;
    let manifest_file = work.join(MANIFEST);
    fs::write(&manifest_file, manifest).map_err(failed)?;
    let mut archive = tar::Builder::new(file);
    archive.follow_symlinks(false);
    for name in [MANIFEST, ROLES, DUMP] {
        archive
            .append_path_with_name(work.join(name), name)
            .map_err(failed)?;
    }
    for path in regular_files(secrets)? {
        if let Some(name) = path.file_name() {
            archive
                .append_path_with_name(&path, Path::new("secrets").join(name))
                .map_err(failed)?;
        }
    }
    archive
        .into_inner()
        .and_then(|file| file.sync_all())
        .map_err(failed)?;
    folder::rename(&draft, out_file)
}

fn unpack(file: &Path, into: &Path) -> Result<Manifest, DataError> {
    let broken = |reason: String| DataError::NotABackup {
        file: file.to_owned(),
        reason,
    };
    let source = File::open(file).map_err(StartError::io("open", file))?;
    let secrets = into.join("secrets");
    DirBuilder::new()
        .mode(0o700)
        .create(&secrets)
        .map_err(StartError::io("make the folder", &secrets))?;
    let mut archive = tar::Archive::new(source);
    for entry in archive
        .entries()
        .map_err(|error| broken(error.to_string()))?
    {
        let mut entry = entry.map_err(|error| broken(error.to_string()))?;
        let name = entry
            .path()
            .map_err(|error| broken(error.to_string()))?
            .into_owned();
        if !entry.header().entry_type().is_file() || !is_expected(&name) {
            return Err(broken(format!("unexpected entry {}", name.display())));
        }
        let path = into.join(&name);
        let mut out = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(StartError::io("write", &path))?;
        io::copy(&mut entry, &mut out).map_err(|error| broken(error.to_string()))?;
        out.flush()
            .and_then(|()| out.sync_all())
            .map_err(StartError::io("write", &path))?;
    }
    let manifest =
        fs::read(into.join(MANIFEST)).map_err(|error| broken(format!("{MANIFEST}: {error}")))?;
    let manifest: Manifest = serde_json::from_slice(&manifest)
        .map_err(|error| broken(format!("{MANIFEST}: {error}")))?;
    if manifest.format != FORMAT {
        return Err(broken(format!(
            "format {} is not known to this version",
            manifest.format
        )));
    }
    for name in [ROLES, DUMP] {
        if !into.join(name).is_file() {
            return Err(broken(format!("{name} is missing")));
        }
    }
    Ok(manifest)
}

fn is_expected(name: &Path) -> bool {
    let mut parts = name.components();
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Component::Normal(only)), None, None) => {
            [MANIFEST, ROLES, DUMP].iter().any(|known| only == *known)
        }
        (Some(Component::Normal(dir)), Some(Component::Normal(_)), None) => dir == "secrets",
        _ => false,
    }
}

fn copy_secrets(folder: &Folder, staging: &Path) -> Result<(), StartError> {
    let target = staging.join("secrets");
    folder.make_private_dir(&target)?;
    for path in regular_files(&folder.secrets())? {
        if let Some(name) = path.file_name() {
            let content = fs::read(&path).map_err(StartError::io("read", &path))?;
            folder.write_private(&target.join(name), &content)?;
        }
    }
    Ok(())
}

fn regular_files(dir: &Path) -> Result<Vec<PathBuf>, StartError> {
    let entries = fs::read_dir(dir).map_err(StartError::io("read", dir))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    Ok(paths)
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_four_kinds_of_entry_are_unpacked() {
        for good in ["manifest.json", "roles.sql", "database.dump", "secrets/kek"] {
            assert!(is_expected(Path::new(good)), "{good}");
        }
        for bad in [
            "/etc/passwd",
            "../x",
            "secrets/../x",
            "secrets/a/b",
            "secrets",
            "other",
        ] {
            assert!(!is_expected(Path::new(bad)), "{bad}");
        }
    }

    #[test]
    fn old_grants_are_rewritten_for_newer_servers() {
        let sql = "\\restrict abc\nCREATE ROLE postgres;\nCREATE ROLE mana_app;\nCREATE ROLE mana_owner;\n\
                   GRANT mana_app TO mana_owner GRANTED BY mana_owner;\n";
        assert_eq!(
            adapted_roles(sql, 15),
            "CREATE ROLE mana_app;\nGRANT mana_app TO mana_owner;\nGRANT mana_app TO mana_owner WITH ADMIN OPTION;\n"
        );
        assert_eq!(
            adapted_roles(sql, 16),
            "CREATE ROLE mana_app;\nGRANT mana_app TO mana_owner GRANTED BY mana_owner;\n"
        );
    }
}
