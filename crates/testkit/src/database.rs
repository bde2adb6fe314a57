//! A database per test, cloned from a template that is migrated once.

use kernel::SecretString;
use platform::db::{Actor, Db, DirectDb, PoolSettings, migrate};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

/// A database of one test; dropped with the cluster.
pub struct TestDatabase {
    /// Its URL, as a role like that of a managed PostgreSQL: CREATEROLE, no superuser, so that row-level security
    /// bites whatever runs outside a transaction's role.
    pub url: SecretString,
    /// The pool.
    pub db: Db,
    /// The direct connection.
    pub direct: DirectDb,
    name: String,
}

/// Connections of a test's pool.
const POOL_SIZE: usize = 8;
/// Who owns test databases.
const OWNER: &str = "mana_test_owner";

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The server of `TEST_DATABASE_URL`, which `script/test` starts.
fn server() -> String {
    std::env::var("TEST_DATABASE_URL")
        .expect("TEST_DATABASE_URL names a PostgreSQL superuser URL without a database; script/test starts one")
        .trim_end_matches('/')
        .to_owned()
}

fn url(name: &str) -> String {
    let server = server();
    match server.split_once('?') {
        Some((base, query)) => format!("{base}/{name}?{query}"),
        None => format!("{server}/{name}"),
    }
}

/// The same database as its owner.
fn owner_url(name: &str) -> String {
    let url = url(name);
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{OWNER}:{OWNER}@{host}")
}

async fn connect(name: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(&url(name), NoTls)
        .await
        .expect("the test cluster answers");
    tokio::spawn(connection);
    client
}

/// Named after the migrations, so that test binaries share it and an edit makes a new one.
fn template_name() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        digest.update(file.to_string_lossy().as_bytes());
        digest.update(std::fs::read(file).unwrap());
    }
    let hex: String = digest
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("mana_template_{hex}")
}

async fn template() -> &'static str {
    TEMPLATE
        .get_or_init(|| async {
            let name = template_name();
            let admin = connect("postgres").await;
            admin.batch_execute("select pg_advisory_lock(77001)").await.unwrap();
            let is_owner = format!("select 1 from pg_roles where rolname = '{OWNER}'");
            if admin.query_opt(&is_owner, &[]).await.unwrap().is_none() {
                let make = format!("create role {OWNER} login createrole createdb password '{OWNER}'");
                admin.batch_execute(&make).await.unwrap();
            }
            let ready = format!("select 1 from pg_database where datname = '{name}' and datistemplate");
            forget_ended_runs();
            if admin.query_opt(&ready, &[]).await.unwrap().is_none() {
                admin.batch_execute(&format!("drop database if exists {name}")).await.unwrap();
                admin.batch_execute(&format!("create database {name} owner {OWNER}")).await.unwrap();
                let direct = DirectDb::new(&SecretString::from(owner_url(&name))).unwrap();
                migrate::run(&direct, 60).await.expect("the migrations run");
                let end = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
                admin.query(&end, &[]).await.unwrap();
                admin.batch_execute(&format!("alter database {name} is_template true")).await.unwrap();
            }
            admin.batch_execute("select pg_advisory_unlock(77001)").await.unwrap();
            name
        })
        .await
}

/// Drops the databases of test processes that have ended, so that a developer's cluster stays small. Each drop is a
/// checkpoint, so it happens beside the tests, by one process at a time; what is not reached is left to the next run.
fn forget_ended_runs() {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let admin = connect("postgres").await;
            let alone = "select pg_try_advisory_lock(77002)";
            if !admin.query_one(alone, &[]).await.unwrap().get::<_, bool>(0) {
                return;
            }
            let names = "select datname from pg_database where datname ~ '^mana_(test|empty)_[0-9]+_[0-9]+$'";
            for row in admin.query(names, &[]).await.unwrap() {
                let name: String = row.get(0);
                let process = name.split('_').nth(2).unwrap();
                if !std::path::Path::new("/proc").join(process).exists() {
                    let drop = format!("drop database if exists {name}");
                    // Somebody may still be connected; the next run tries again.
                    let _ = admin.batch_execute(&drop).await;
                }
            }
        });
    });
}

impl TestDatabase {
    /// A migrated, empty database of its own.
    pub async fn new() -> Self {
        let name = format!(
            "mana_test_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let template = template().await;
        let admin = connect("postgres").await;
        admin
            .batch_execute(&format!("drop database if exists {name}"))
            .await
            .unwrap();
        admin
            .batch_execute(&format!(
                "create database {name} template {template} owner {OWNER}"
            ))
            .await
            .unwrap();
        Self::open(&name)
    }

    /// A database without any schema.
    pub async fn empty() -> Self {
        let name = format!(
            "mana_empty_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let admin = connect("postgres").await;
        admin
            .batch_execute(&format!("drop database if exists {name}"))
            .await
            .unwrap();
        admin
            // Nobody can be connected to template0, which would refuse the copy.
            .batch_execute(&format!(
                "create database {name} template template0 owner {OWNER}"
            ))
            .await
            .unwrap();
        Self::open(&name)
    }

    fn open(name: &str) -> Self {
        let url = SecretString::from(owner_url(name));
        let settings = PoolSettings {
            size: POOL_SIZE,
            ..PoolSettings::default()
        };
        Self {
            db: Db::new(&url, &settings).unwrap(),
            direct: DirectDb::new(&url).unwrap(),
            url,
            name: name.to_owned(),
        }
    }

    /// Ends the connections that hear of revocations and lets no new connection in, until [`Self::let_in`]. The pool goes on
    /// with what it has, all that it may have.
    pub async fn cut_feed(&self) {
        let mut held = Vec::new();
        for _ in 0..POOL_SIZE {
            held.push(self.db.tx(&Actor::Service).await.unwrap());
        }
        drop(held);
        let name = &self.name;
        let shut = format!("alter database {name} connection limit 0");
        connect(name).await.batch_execute(&shut).await.unwrap();
        self.end_feeds().await;
    }

    /// Ends the connections that hear of revocations.
    pub async fn end_feeds(&self) {
        let admin = connect(&self.name).await;
        let cut = "select pg_terminate_backend(pid, 5000) from pg_stat_activity \
             where datname = current_database() and application_name = 'mana-auth feed'";
        let cut = admin.query(cut, &[]).await.unwrap();
        assert!(!cut.is_empty(), "nobody heard of revocations");
    }

    /// Lets connections in again.
    pub async fn let_in(&self) {
        let open = format!("alter database {} connection limit -1", self.name);
        connect(&self.name)
            .await
            .batch_execute(&open)
            .await
            .unwrap();
    }

    /// How many connections hear of revocations now.
    pub async fn feeds(&self) -> i64 {
        let feeds = "select count(*) from pg_stat_activity \
             where datname = current_database() and application_name = 'mana-auth feed'";
        let admin = connect(&self.name).await;
        admin.query_one(feeds, &[]).await.unwrap().get(0)
    }

    /// A superuser's connection past row-level security, to look and to tamper.
    pub async fn superuser(&self) -> Client {
        connect(&self.name).await
    }
}
