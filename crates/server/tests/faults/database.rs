//! A database that stops, hangs or dies under a serving process.

use crate::kill;
use crate::support::{
    Answer, Home, PASSWORD, PATIENCE, Person, Server, eventually, free_port, signal,
};
use platform::private_postgres::{Options, PrivatePostgres};
use rustix::process::Signal;
use secrecy::ExposeSecret;
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use testkit::TestDatabase;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A second, and one more for a busy machine.
const BACK: Duration = Duration::from_secs(2);

fn cluster_options(home: &Home, port: u16) -> Options {
    Options {
        binaries: std::env::var_os("PG_BIN").map(Into::into),
        search_path: std::env::var_os("PATH"),
        durable: false,
        tcp: Some(port),
        ..Options::new(home.path().join("cluster"))
    }
}

/// Everything that needs the database answers 503; nobody is told that they are not signed in.
async fn check_unavailable(server: &Server, person: &Person) {
    let access = Some(person.access.as_str());
    let sign_in = |password: &str| json!({"email": person.email, "password": password});
    let new = json!({"email": "late@example.com", "password": PASSWORD});
    let spend = json!({"amount": 1, "appId": "faults", "description": "a use"});
    let refresh = json!({"refreshToken": person.refresh});
    let token = json!({"token": person.access});
    let posts = [
        ("/api/v1/auth/login", None, sign_in(PASSWORD)),
        ("/api/v1/auth/register", None, new),
        ("/api/v1/auth/refresh", None, refresh),
        ("/api/v1/auth/validate", None, token),
        ("/api/v1/auth/logout", access, json!({})),
        ("/api/v1/credits/use", access, spend),
    ];
    for (path, token, body) in posts {
        server.post(path, token, body).await.says_unavailable(path);
    }
    // More often than the lockout allows.
    for _ in 0..8 {
        let body = sign_in("not the password");
        let answer = server.post("/api/v1/auth/login", None, body).await;
        answer.says_unavailable("a wrong password");
    }
    for path in [
        "/api/v1/credits/balance",
        "/api/v1/credits/transactions",
        "/api/v1/auth/session",
    ] {
        server.get(path, access).await.says_unavailable(path);
    }
    let answer = server
        .get_with_cookie("/api/v1/auth/session", &person.cookie)
        .await;
    answer.says_unavailable("a session cookie");
}

/// What needs no database goes on, and readiness says what is missing.
async fn check_alive_but_not_ready(server: &Server) {
    for path in [
        "/health",
        "/health/live",
        "/metrics",
        "/openapi.json",
        "/api/v1/auth/jwks",
    ] {
        server.get(path, None).await.expect(200);
    }
    let ready = server.get("/health/ready", None).await.expect(503);
    assert!(ready.headers.contains_key("retry-after"));
    assert_eq!(ready.json["status"], "error");
    assert_eq!(
        ready.json["checks"]["database"]["status"], "error",
        "{ready:?}"
    );
}

async fn is_ready(server: &Server) -> Option<()> {
    (server.get("/health/ready", None).await.status == 200).then_some(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_database_is_503_and_its_return_needs_no_restart() {
    let home = Home::new();
    let port = free_port();
    let cluster = PrivatePostgres::start(cluster_options(&home, port))
        .await
        .unwrap();
    let url = cluster.tcp_url().unwrap();
    let mut command = home.command(&["serve"]);
    let server = Server::of(command.env("DATABASE_URL", url.expose_secret()));
    let person = server.person().await;
    server
        .get("/api/v1/credits/balance", Some(&person.access))
        .await
        .expect(200);

    cluster.stop().await;
    check_unavailable(&server, &person).await;
    check_alive_but_not_ready(&server).await;

    let cluster = PrivatePostgres::start(cluster_options(&home, port))
        .await
        .unwrap();
    let returned = Instant::now();
    eventually("balances are shown again", BACK, async || {
        let answer = server
            .get("/api/v1/credits/balance", Some(&person.access))
            .await;
        assert!(matches!(answer.status, 200 | 503), "{answer:?}");
        (answer.status == 200).then_some(())
    })
    .await;
    eventually("the server is ready", BACK, async || {
        is_ready(&server).await
    })
    .await;
    assert!(returned.elapsed() < BACK, "{:?}", returned.elapsed());
    // None of the refused attempts counted.
    let again = server.sign_in(&person.email, &person.id).await;
    let spend = json!({"amount": 1, "appId": "faults", "description": "a use"});
    server
        .post("/api/v1/credits/use", Some(&again.access), spend)
        .await
        .expect(200);
    server
        .get_with_cookie("/api/v1/auth/session", &person.cookie)
        .await
        .expect(200);
    drop(server);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_is_503_in_time_and_its_return_needs_no_restart() {
    let home = Home::new();
    let database = TestDatabase::empty().await;
    let (url, stall) = stalling(database.url.expose_secret()).await;
    let mut command = home.command(&["serve"]);
    command.env("DATABASE_URL", url).env("REQUEST_TIMEOUT", "3");
    let server = Server::of(&mut command);
    let person = server.person().await;
    let access = Some(person.access.as_str());

    stall.send_replace(true);
    let spend = json!({"amount": 1, "appId": "faults", "description": "a use"});
    let sign_in = json!({"email": person.email, "password": PASSWORD});
    // At once, as a hanging database meets more requests than there are connections.
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..20 {
        for request in [
            server.request("/api/v1/credits/use", access, &spend),
            server.request("/api/v1/auth/login", None, &sign_in),
        ] {
            waiting.spawn(async move {
                let sent = Instant::now();
                let answer = Answer::of(request).await;
                (answer, sent.elapsed())
            });
        }
    }
    while let Some(waited) = waiting.join_next().await {
        let (answer, elapsed) = waited.unwrap();
        answer.says_unavailable("while the database hangs");
        assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    }
    // Not in memory once the feed has noticed the silence: the database is asked, in vain.
    let sent = Instant::now();
    server
        .get("/api/v1/credits/balance", access)
        .await
        .says_unavailable("a bearer");
    let answer = server
        .get_with_cookie("/api/v1/auth/session", &person.cookie)
        .await;
    answer.says_unavailable("a cookie");
    assert!(
        sent.elapsed() < Duration::from_secs(8),
        "{:?}",
        sent.elapsed()
    );
    check_alive_but_not_ready(&server).await;

    stall.send_replace(false);
    eventually("balances are shown again", BACK, async || {
        let answer = server.get("/api/v1/credits/balance", access).await;
        assert!(matches!(answer.status, 200 | 503), "{answer:?}");
        (answer.status == 200).then_some(())
    })
    .await;
    server.sign_in(&person.email, &person.id).await;
}

/// The URL through a proxy that forwards nothing while the switch is on.
async fn stalling(url: &str) -> (String, watch::Sender<bool>) {
    let config: tokio_postgres::Config = url.parse().unwrap();
    let Some(tokio_postgres::config::Host::Tcp(host)) = config.get_hosts().first() else {
        panic!("TEST_DATABASE_URL has a TCP address");
    };
    let target = format!("{host}:{}", config.get_ports().first().unwrap_or(&5432));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let through = url.replacen(&target, &address.to_string(), 1);
    assert_ne!(through, url, "the URL names host and port");
    let (switch, stalled) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (target, stalled) = (target.clone(), stalled.clone());
            tokio::spawn(async move {
                let Ok(server) = TcpStream::connect(target).await else {
                    return;
                };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::join!(
                    forward(from_client, to_server, stalled.clone()),
                    forward(from_server, to_client, stalled)
                );
            });
        }
    });
    (through, switch)
}

async fn forward(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut stalled: watch::Receiver<bool>,
) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(length) = from.read(&mut buffer).await else {
            return;
        };
        if stalled.wait_for(|stalled| !stalled).await.is_err() {
            return;
        }
        if length == 0 || to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_private_database_dies_the_server_ends_for_its_supervisor_to_start_it_again() {
    let home = Home::new();
    let mut server = Server::start(&home);
    let person = server.person().await;
    let notes = kill::Notes::default();
    let clients: Vec<_> = (0..8)
        .map(|_| tokio::spawn(kill::live((*server).clone(), notes.clone())))
        .collect();
    eventually("clients are at work", PATIENCE, async || {
        notes.lock().unwrap().has_uses().then_some(())
    })
    .await;
    signal(home.postmaster().unwrap(), Signal::KILL);
    let status = server.end();
    for client in clients {
        client.await.unwrap();
    }
    // Until the end they were told to try again, and nothing else.
    assert_eq!(notes.lock().unwrap().wrong, Vec::<String>::new());
    assert_eq!(status.code(), Some(1), "{status}");
    let log = server.log();
    assert!(log.contains("the private PostgreSQL ended"), "{log}");

    let server = Server::start(&home);
    server.sign_in(&person.email, &person.id).await;
}
