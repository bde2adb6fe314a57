//! The launcher against the PostgreSQL of this machine, as root or not.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use platform::db::{DirectDb, migrate};
use platform::private_postgres::{Options, PrivatePostgres, StartError, url_of_running};
use rustix::process::{Pid, Signal, kill_process};
use secrecy::ExposeSecret;
use tokio_postgres::{Client, NoTls};

/// A folder of its own that an unprivileged user can reach, removed at the end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(format!("/tmp/mana-it-{}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }

    pub(crate) fn options(&self, name: &str) -> Options {
        Options {
            durable: false,
            ..Options::new(self.0.join(name))
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) async fn connect(url: &secrecy::SecretString) -> Client {
    let (client, connection) = tokio_postgres::connect(url.expose_secret(), NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

async fn number(postgres: &PrivatePostgres, sql: &str) -> i32 {
    connect(&postgres.url())
        .await
        .query_one(sql, &[])
        .await
        .unwrap()
        .get(0)
}

async fn text(postgres: &PrivatePostgres, sql: &str) -> String {
    connect(&postgres.url())
        .await
        .query_one(sql, &[])
        .await
        .unwrap()
        .get(0)
}

#[tokio::test]
async fn starts_serves_its_owner_and_stops() {
    let scratch = Scratch::new();
    let postgres = PrivatePostgres::start(Options::new(scratch.0.join("data")))
        .await
        .unwrap();
    assert_eq!(
        text(&postgres, "SELECT current_user::text").await,
        "mana_owner"
    );
    assert_eq!(
        text(&postgres, "SELECT current_database()::text").await,
        "mana_auth"
    );
    assert_eq!(text(&postgres, "SHOW fsync").await, "on");
    assert_eq!(text(&postgres, "SHOW listen_addresses").await, "");
    assert_eq!(text(&postgres, "SHOW server_encoding").await, "UTF8");
    let is_super = "SELECT rolsuper::int FROM pg_roles WHERE rolname = current_user";
    assert_eq!(number(&postgres, is_super).await, 0);
    let client = connect(&postgres.url()).await;
    client
        .batch_execute("CREATE ROLE mana_probe NOLOGIN; GRANT mana_probe TO mana_owner; SET ROLE mana_probe; RESET ROLE")
        .await
        .unwrap();

    let secrets = scratch.0.join("data/secrets");
    for path in [
        scratch.0.join("data"),
        secrets.clone(),
        scratch.0.join("data/run"),
        scratch.0.join("data/postgres"),
    ] {
        assert_eq!(
            fs::metadata(&path).unwrap().mode() & 0o777,
            0o700,
            "{}",
            path.display()
        );
        assert_ne!(fs::metadata(&path).unwrap().uid(), 0, "{}", path.display());
    }
    for entry in fs::read_dir(secrets).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().mode() & 0o777, 0o600);
    }
    let exited = postgres.exited();
    postgres.stop().await;
    assert!(exited.await.contains('0'));
}

/// As on a managed server, where nobody is a superuser. Run twice, the second time there is nothing to do.
#[tokio::test]
async fn the_migrations_run_as_an_owner_without_superuser_rights() {
    let scratch = Scratch::new();
    let postgres = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap();
    let direct = DirectDb::new(&postgres.url()).unwrap();
    for _ in 0..2 {
        migrate::run(&direct, 60).await.unwrap();
    }
    let client = connect(&postgres.url()).await;
    client.batch_execute("SET ROLE mana_app").await.unwrap();
    postgres.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_refused_by_scram() {
    let scratch = Scratch::new();
    let postgres = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap();
    let url = postgres
        .url()
        .expose_secret()
        .replace("mana_owner:", "mana_owner:x");
    let error = tokio_postgres::connect(&url, NoTls).await.err().unwrap();
    assert_eq!(error.code().unwrap().code(), "28P01");
    postgres.stop().await;
}

#[tokio::test]
async fn a_restart_keeps_the_data_and_tcp_is_given_on_request() {
    let scratch = Scratch::new();
    let postgres = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap();
    assert!(postgres.tcp_url().is_none());
    connect(&postgres.url())
        .await
        .batch_execute("CREATE TABLE kept AS SELECT 7 AS n")
        .await
        .unwrap();
    postgres.stop().await;

    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let settings = vec![("max_connections".to_owned(), "33".to_owned())];
    let options = Options {
        tcp: Some(port),
        settings,
        ..scratch.options("data")
    };
    let postgres = PrivatePostgres::start(options).await.unwrap();
    assert_eq!(number(&postgres, "SELECT n FROM kept").await, 7);
    assert_eq!(text(&postgres, "SHOW max_connections").await, "33");
    let client = connect(&postgres.tcp_url().unwrap()).await;
    assert_eq!(
        client
            .query_one("SELECT n FROM kept", &[])
            .await
            .unwrap()
            .get::<_, i32>(0),
        7
    );
    postgres.stop().await;
}

#[tokio::test]
async fn a_long_or_odd_path_still_gets_a_socket() {
    let scratch = Scratch::new();
    for name in ["deep".repeat(25), "a, b \"c%".to_owned()] {
        let postgres = PrivatePostgres::start(scratch.options(&name))
            .await
            .unwrap();
        assert_eq!(number(&postgres, "SELECT 1").await, 1);
        postgres.stop().await;
    }
}

#[tokio::test]
async fn the_death_of_postgres_is_noticed_and_recovered() {
    let scratch = Scratch::new();
    let postgres = PrivatePostgres::start(Options::new(scratch.0.join("data")))
        .await
        .unwrap();
    connect(&postgres.url())
        .await
        .batch_execute("CREATE TABLE kept AS SELECT 7 AS n")
        .await
        .unwrap();
    let exited = postgres.exited();
    kill_process(Pid::from_raw(postgres.process_id()).unwrap(), Signal::KILL).unwrap();
    let said = tokio::time::timeout(Duration::from_secs(10), exited)
        .await
        .unwrap();
    assert!(said.contains("signal: 9"), "{said}");
    drop(postgres);

    let postgres = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap();
    assert_eq!(number(&postgres, "SELECT n FROM kept").await, 7);
    postgres.stop().await;
}

/// Not a test: the body of the process that the next test kills. Takes the data folder on its input.
#[tokio::test]
#[ignore = "run by another test"]
async fn hold() {
    let mut data_dir = String::new();
    std::io::stdin().read_line(&mut data_dir).unwrap();
    let options = Options {
        durable: false,
        ..Options::new(data_dir.trim())
    };
    let postgres = PrivatePostgres::start(options).await.unwrap();
    connect(&postgres.url())
        .await
        .batch_execute("CREATE TABLE kept AS SELECT 7 AS n")
        .await
        .unwrap();
    println!("\nheld {}", postgres.process_id());
    std::future::pending::<()>().await;
}

fn holder(data_dir: &Path) -> (Child, i32) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "private_postgres::hold",
            "--ignored",
            "--nocapture",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", data_dir.display()).unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let held = lines
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("held ").map(|id| id.parse().unwrap()));
    (child, held.unwrap())
}

#[tokio::test]
async fn kill_9_of_the_server_leaves_nothing_in_the_way() {
    let scratch = Scratch::new();
    let data_dir = scratch.0.join("data");
    let (mut server, postmaster) = holder(&data_dir);

    let error = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, StartError::Locked { holder, .. } if *holder == server.id().to_string()),
        "{error}"
    );
    assert!(error.to_string().contains("another mana-auth"), "{error}");

    // A command beside the server joins its cluster.
    let client = connect(&url_of_running(&data_dir).unwrap()).await;
    let row = client.query_one("SELECT n FROM kept", &[]).await.unwrap();
    assert_eq!(row.get::<_, i32>(0), 7);

    server.kill().unwrap();
    server.wait().unwrap();
    assert!(
        Path::new(&format!("/proc/{postmaster}")).exists(),
        "the postmaster is an orphan now"
    );
    let postgres = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap();
    assert_ne!(postgres.process_id(), postmaster);
    assert!(!Path::new(&format!("/proc/{postmaster}/cwd")).exists());
    assert_eq!(number(&postgres, "SELECT n FROM kept").await, 7);
    postgres.stop().await;
}

#[tokio::test]
async fn a_pid_file_that_names_a_stranger_is_no_hindrance() {
    let scratch = Scratch::new();
    PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap()
        .stop()
        .await;
    let cluster = scratch.0.join("data/postgres");
    // A recycled number: process 1 lives and is not ours.
    fs::write(
        cluster.join("postmaster.pid"),
        format!("1\n{}\n0\n5432\n", cluster.display()),
    )
    .unwrap();
    PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap()
        .stop()
        .await;
}

#[tokio::test]
async fn a_cut_off_initdb_is_begun_again() {
    let scratch = Scratch::new();
    let data_dir = scratch.0.join("data");
    fs::create_dir_all(data_dir.join("postgres.new/base")).unwrap();
    fs::create_dir_all(data_dir.join("secrets")).unwrap();
    PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap()
        .stop()
        .await;
    assert!(!data_dir.join("postgres.new").exists());
}

#[tokio::test]
async fn another_major_is_refused_with_the_way_out() {
    let scratch = Scratch::new();
    PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap()
        .stop()
        .await;
    fs::write(scratch.0.join("data/postgres/PG_VERSION"), "12\n").unwrap();
    let error = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, StartError::OtherMajor { folder: 12, .. }),
        "{error}"
    );
    assert!(
        error.to_string().contains("mana-auth data upgrade"),
        "{error}"
    );
}

#[tokio::test]
async fn missing_binaries_and_lost_secrets_say_what_to_do() {
    let scratch = Scratch::new();
    let options = Options {
        binaries: Some(scratch.0.clone()),
        ..scratch.options("data")
    };
    let error = PrivatePostgres::start(options)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("PG_BIN=/tmp/mana-it"), "{error}");
    assert!(error.contains("apt-get install postgresql"), "{error}");

    PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap()
        .stop()
        .await;
    fs::remove_file(scratch.0.join("data/secrets/postgres-owner-password")).unwrap();
    let error = PrivatePostgres::start(scratch.options("data"))
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::SecretMissing { .. }), "{error}");
}

#[tokio::test]
async fn a_folder_with_other_things_is_not_taken_from_root() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let scratch = Scratch::new();
    fs::write(scratch.0.join("someone's"), "").unwrap();
    let error = PrivatePostgres::start(Options::new(&scratch.0))
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::NotOurs { .. }), "{error}");
    assert_eq!(fs::metadata(&scratch.0).unwrap().uid(), 0);

    let closed = scratch.0.join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let error = PrivatePostgres::start(Options::new(closed.join("data")))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, StartError::Unreachable { blocked, .. } if *blocked == closed),
        "{error}"
    );
}

/// Dropping concerns a whole process that has one thread, so it is an example that is run here.
#[test]
fn a_server_started_as_root_becomes_someone_else_for_good() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let scratch = Scratch::new();
    let data_dir = scratch.0.join("data");
    // `cargo test` builds it beside this program, `cargo test --test it` does not.
    let built = std::env::current_exe()
        .unwrap()
        .parent()
        .unwrap()
        .join("../examples/start_as_root");
    let mut command = if built.exists() {
        Command::new(built)
    } else {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "run",
            "--quiet",
            "--locked",
            "--package",
            "platform",
            "--example",
            "start_as_root",
            "--",
        ]);
        cargo
    };
    let output = command.arg(&data_dir).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let owner = fs::metadata(&data_dir).unwrap().uid();
    assert_ne!(owner, 0);
    assert!(
        said.starts_with("Became"),
        "{said} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        said.ends_with(&format!("root=false worker={owner} postgres={owner}\n")),
        "{said}"
    );
}
