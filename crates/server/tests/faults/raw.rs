//! Requests byte by byte, as no HTTP library sends them, and the memory of the server meanwhile.

use crate::support::{Done, Home, PATIENCE, Server};
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;
use testkit::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// A real server on a database of its own, with limits on.
pub(crate) struct Target {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
    _home: Home,
    _database: TestDatabase,
}

impl Target {
    pub(crate) async fn new(settings: &[(&str, &str)]) -> Self {
        raise_descriptors();
        let home = Home::new();
        let database = TestDatabase::new().await;
        let mut command = home.command(&["serve"]);
        command
            .env("DATABASE_URL", database.url.expose_secret())
            .envs(settings.iter().copied());
        Self::of(&mut command, home, database)
    }

    fn of(command: &mut Command, home: Home, database: TestDatabase) -> Self {
        let server = Server::of(command);
        let address = server.base.trim_start_matches("http://").parse().unwrap();
        Self {
            server,
            address,
            _home: home,
            _database: database,
        }
    }

    /// Resident memory of the process in MiB.
    pub(crate) fn resident_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.pid()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.map(|text| text.trim().trim_end_matches(" kB"));
        kib.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) / 1024
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends and reads until the server closes.
    pub(crate) async fn exchange(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        let _ = stream.write_all(request).await;
        read_all(&mut stream).await
    }
}

/// Connects from another address of the loopback network, with little room for what comes back.
pub(crate) async fn connect_from(last: u8, address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    socket.bind(SocketAddr::from(([127, 0, 0, last], 0)))?;
    socket.connect(address).await
}

pub(crate) async fn read_all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    let text = String::from_utf8_lossy(&answer).into_owned();
    assert!(read.is_ok(), "the server does not close: {text}");
    text
}

/// Thousands of sockets need as many descriptors on this side.
fn raise_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, raised).unwrap();
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("an empty reply")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_refused_by_an_answer() {
    let target = Target::new(&[]).await;
    let many = "x-a: 1\r\n".repeat(200);
    let long = "a".repeat(100_000);
    let cases: &[(&str, String, &str)] = &[
        ("two hundred headers", format!("GET /health HTTP/1.1\r\nhost: a\r\n{many}\r\n"), "431"),
        ("a long header", format!("GET /health HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n"), "431"),
        ("a long cookie", format!("GET /api/v1/auth/session HTTP/1.1\r\nhost: a\r\ncookie: {long}\r\n\r\n"), "431"),
        ("a target of 9 kB", format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", &long[..9_000]), "414"),
        ("a target of 20 kB", format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", &long[..20_000]), "414"),
        ("a target of 100 kB", format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n"), "414"),
        ("a query of 100 kB", format!("GET /api/v1/auth/session?x={long} HTTP/1.1\r\nhost: a\r\n\r\n"), "414"),
        ("no length", "POST /api/v1/auth/login HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n".into(), "400"),
        ("a negative length", "POST /api/v1/auth/login HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n".into(), "400"),
        ("a length with a sign", "POST /api/v1/auth/login HTTP/1.1\r\nhost: a\r\ncontent-length: +5\r\n\r\nhello".into(), "400"),
        ("a length past all numbers", "POST /api/v1/auth/login HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999999\r\n\r\n".into(), "400"),
        ("two lengths", "POST /api/v1/auth/login HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}".into(), "400"),
        ("an unknown coding", "POST /api/v1/auth/login HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n".into(), "400"),
        ("a header without a colon", "GET /health HTTP/1.1\r\nhost: a\r\nbroken\r\n\r\n".into(), "400"),
        ("a header with a blank in its name", "GET /health HTTP/1.1\r\nhost: a\r\nx y: 1\r\n\r\n".into(), "400"),
        ("a folded header", "GET /health HTTP/1.1\r\nhost: a\r\nx: 1\r\n 2\r\n\r\n".into(), "400"),
        ("a header with U+0000", "GET /health HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n".into(), "400"),
        ("no method", " /health HTTP/1.1\r\nhost: a\r\n\r\n".into(), "400"),
        ("a blank in the target", "GET /hea lth HTTP/1.1\r\nhost: a\r\n\r\n".into(), "400"),
        ("another protocol", "GET /health SPDY/9\r\nhost: a\r\n\r\n".into(), "400"),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{0}".into(), "400"),
        ("no host", "GET /health HTTP/1.1\r\n\r\n".into(), "400"),
        ("two hosts", "GET /health HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n".into(), "400"),
        ("two hosts, one of them far down", "GET /health HTTP/1.1\r\nHost: a\r\nx: 1\r\nHOST: b\r\n\r\n".into(), "400"),
        ("a host with a path", "GET /health HTTP/1.1\r\nhost: a/b\r\n\r\n".into(), "400"),
        ("a host with a person", "GET /health HTTP/1.1\r\nhost: a@b\r\n\r\n".into(), "400"),
        ("a host with a blank", "GET /health HTTP/1.1\r\nhost: a b\r\n\r\n".into(), "400"),
        ("an old client without a host", "GET /health HTTP/1.0\r\n\r\n".into(), "200"),
        ("an address with a port", "GET /health HTTP/1.1\r\nhost: [::1]:3001\r\nconnection: close\r\n\r\n".into(), "200"),
    ];
    for (what, request, expected) in cases {
        let answer = target.exchange(request.as_bytes()).await;
        assert_eq!(status(&answer), *expected, "{what}: {answer:.300}");
    }
    let answer = target
        .exchange(b"GET /api/v1/auth/session HTTP/1.1\r\n\r\n")
        .await;
    assert!(
        answer.contains("content-type: application/problem+json"),
        "{answer}"
    );
    assert!(answer.contains("\"field\":\"Host\""), "{answer}");
    let long = format!("GET /api/v1/auth/{long} HTTP/1.1\r\nhost: a\r\n\r\n");
    let answer = target.exchange(long.as_bytes()).await;
    assert!(
        answer.contains("\"code\":\"URI_TOO_LONG\""),
        "{answer:.600}"
    );
    target.server.get("/health", None).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_over_the_limit_is_413_on_both_surfaces_announced_or_in_chunks() {
    let target = Target::new(&[]).await;
    let part = "x".repeat(10_000);
    let chunk = format!("{:x}\r\n{part}\r\n", part.len());
    for path in [
        "/api/v1/auth/login",
        "/api/v1/auth/logout",
        "/api/auth/sign-in/email",
        "/api/auth/sign-out",
        "/api/auth/update-user",
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {0}\r\norigin: {1}\r\ncontent-type: application/json\r\n",
            target.address, "http://localhost:3001"
        );
        // What the limit allows in one piece, a little over it, and far over it.
        for parts in [27, 40, 1000] {
            let length = parts * part.len();
            let announced = format!(
                "{head}content-length: {length}\r\n\r\n{}",
                part.repeat(parts)
            );
            let chunked = format!(
                "{head}transfer-encoding: chunked\r\n\r\n{}0\r\n\r\n",
                chunk.repeat(parts)
            );
            for (how, request) in [("announced", announced), ("chunked", chunked)] {
                let answer = target.exchange(request.as_bytes()).await;
                assert_eq!(
                    status(&answer),
                    "413",
                    "{path} {parts} {how}: {answer:.300}"
                );
                assert!(
                    answer.contains("connection: close"),
                    "{path} {how}: {answer:.300}"
                );
            }
        }
        // Without the body: a careful client asks first.
        let careful = format!("{head}content-length: 10000000\r\nexpect: 100-continue\r\n\r\n");
        let answer = target.exchange(careful.as_bytes()).await;
        assert_eq!(status(&answer), "413", "{path}: {answer:.300}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pipelined_requests_are_answered_in_order() {
    let target = Target::new(&[]).await;
    let mut request = String::new();
    for number in 0..100 {
        request += &format!(
            "GET /nowhere HTTP/1.1\r\nhost: a\r\nx-request-id: pipelined-{number:03}\r\n\r\n"
        );
    }
    request += "GET /nowhere HTTP/1.1\r\nhost: a\r\nx-request-id: the-last-one\r\nconnection: close\r\n\r\n";
    let answer = target.exchange(request.as_bytes()).await;
    let mut last = 0;
    for number in 0..100 {
        let id = format!("x-request-id: pipelined-{number:03}");
        let at = answer
            .find(&id)
            .unwrap_or_else(|| panic!("{id} is missing"));
        assert!(at >= last, "{id} is out of order");
        last = at;
    }
    assert!(answer.contains("x-request-id: the-last-one"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_connections_at_the_limit_give_way_and_sigterm_is_heard() {
    let mut target = Target::new(&[
        ("MAX_CONNECTIONS", "100"),
        ("MAX_CONNECTIONS_PER_ADDRESS", "60"),
    ])
    .await;
    let mut silent = Vec::new();
    for last in [2, 3, 4].repeat(100) {
        silent.push(connect_from(last, target.address).await.unwrap());
    }
    for _ in 0..20 {
        let answer = target
            .exchange(b"GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await;
        assert_eq!(status(&answer), "200", "{answer}");
    }
    // The oldest went first: the newest are still there.
    let mut byte = [0];
    let gone = timeout(PATIENCE, silent[0].read(&mut byte)).await.unwrap();
    assert!(matches!(gone, Ok(0) | Err(_)), "{gone:?}");
    let newest = silent.last_mut().unwrap();
    assert!(
        timeout(Duration::from_millis(50), newest.read(&mut byte))
            .await
            .is_err()
    );
    target.server.terminate();
    assert_eq!(
        target.server.end().code(),
        Some(0),
        "{}",
        target.server.log()
    );
    drop(silent);
}

/// The command with few file descriptors: the soft limit first, which the process may raise to the hard one.
fn with_few_descriptors(home: &Home, database: &TestDatabase, argument: &str) -> Command {
    let plain = home.command(&[]);
    let given = plain.get_envs();
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            "ulimit -Sn 64 && ulimit -Hn 200 && exec \"$0\" \"$1\"",
        ])
        .arg(plain.get_program())
        .arg(argument)
        .env_clear()
        .envs(given.filter_map(|(name, value)| Some((name, value?))))
        .env("DATABASE_URL", database.url.expose_secret())
        .current_dir(home.path());
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_descriptors_leave_room_for_fewer_connections_and_stop_nothing() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    Done::of(&mut with_few_descriptors(&home, &database, "doctor"))
        .fails()
        .says("FAIL  files       200 file descriptors, room for 120 connections");
    let mut command = with_few_descriptors(&home, &database, "serve");
    let mut target = Target::of(&mut command, home, database);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", target.server.pid())).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = line.unwrap().split_whitespace().nth(3);
    assert_eq!(soft, Some("200"), "{limits}");
    let mut silent = Vec::new();
    for last in [2, 3, 4].repeat(100) {
        silent.push(connect_from(last, target.address).await.unwrap());
    }
    for _ in 0..20 {
        let answer = target
            .exchange(b"GET /health/ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await;
        assert_eq!(status(&answer), "200", "{answer}");
    }
    target.server.terminate();
    assert_eq!(target.server.end().code(), Some(0));
    assert!(
        target.server.log().contains("fewer connections"),
        "{}",
        target.server.log()
    );
}
