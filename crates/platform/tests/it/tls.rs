//! TLS to an operator's PostgreSQL: `sslmode=verify-full` accepts its own authority for its own name, and nothing else.

use crate::private_postgres::Scratch;
use kernel::{ExposeSecret, SecretString};
use platform::db::{DbError, DirectDb};
use platform::private_postgres::{Options, PrivatePostgres};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

fn openssl(folder: &Path, arguments: &[&str]) {
    let made = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
}

/// An authority and a certificate of it for `localhost`, readable by PostgreSQL's user.
pub(crate) fn certificates(folder: &Path) {
    openssl(
        folder,
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=Test authority",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
        ],
    );
    openssl(
        folder,
        &[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-keyout",
            "server.key",
            "-out",
            "server.csr",
        ],
    );
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost").unwrap();
    openssl(
        folder,
        &[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "names",
            "-out",
            "server.pem",
        ],
    );
    std::fs::set_permissions(
        folder.join("server.key"),
        std::fs::Permissions::from_mode(0o600),
    )
    .unwrap();
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn with(url: &SecretString, host: &str, query: &str) -> SecretString {
    SecretString::from(format!(
        "{}?{query}",
        url.expose_secret().replace("127.0.0.1", host)
    ))
}

async fn connect(url: &SecretString) -> Result<bool, DbError> {
    let client = DirectDb::new(url)?.connect().await?;
    let row = client
        .query_one(
            "select ssl from pg_stat_ssl where pid = pg_backend_pid()",
            &[],
        )
        .await?;
    Ok(row.get(0))
}

#[tokio::test]
async fn verify_full_checks_authority_and_name() {
    let scratch = Scratch::new();
    let folder: PathBuf = scratch.0.join("tls");
    std::fs::create_dir(&folder).unwrap();
    certificates(&folder);
    // The cluster's first start tells which user it runs as; the key has to be that user's.
    let data = scratch.0.join("data");
    let plain = PrivatePostgres::start(Options {
        durable: false,
        ..Options::new(&data)
    })
    .await
    .unwrap();
    plain.stop().await;
    let owner =
        std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(data.join("postgres")).unwrap());
    for name in ["server.key", "server.pem"] {
        chown(folder.join(name), Some(owner), None).unwrap();
    }
    let path = |name: &str| folder.join(name).display().to_string();
    let options = Options {
        durable: false,
        tcp: Some(free_port()),
        settings: vec![
            ("ssl".to_owned(), "on".to_owned()),
            ("ssl_cert_file".to_owned(), path("server.pem")),
            ("ssl_key_file".to_owned(), path("server.key")),
        ],
        ..Options::new(&data)
    };
    let postgres = match PrivatePostgres::start(options).await {
        Ok(postgres) => postgres,
        // The PostgreSQL of the PyPI wheel is built without OpenSSL; distributions build with it.
        Err(error)
            if error
                .to_string()
                .contains("SSL is not supported by this build") =>
        {
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let url = postgres.tcp_url().unwrap();
    let ca = format!("sslmode=verify-full&sslrootcert={}", path("ca.pem"));
    assert!(
        connect(&with(&url, "localhost", &ca)).await.unwrap(),
        "its own authority and name"
    );
    assert!(
        connect(&with(&url, "localhost", "sslmode=require"))
            .await
            .unwrap(),
        "encrypted, unchecked"
    );
    assert!(
        !connect(&with(&url, "localhost", "sslmode=disable"))
            .await
            .unwrap(),
        "in clear when asked"
    );
    let unknown = connect(&with(&url, "localhost", "sslmode=verify-full")).await;
    assert!(
        matches!(unknown, Err(DbError::Unavailable(_))),
        "an authority the machine does not know: {unknown:?}"
    );
    let wrong_name = connect(&with(&url, "127.0.0.1", &ca)).await;
    assert!(
        matches!(wrong_name, Err(DbError::Unavailable(_))),
        "a name the certificate does not have: {wrong_name:?}"
    );
    postgres.stop().await;
}
