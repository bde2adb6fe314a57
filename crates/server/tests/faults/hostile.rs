//! Clients that want the server's memory, its connections or its time, all at once; somebody else is served meanwhile.

use crate::raw::{Target, connect_from};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const MOST_MIB: u64 = 150;
/// How long the attack goes on once everybody has begun.
const ATTACK: Duration = Duration::from_secs(8);
const ROUNDS_OF_THE_GUEST: usize = 40;

/// What the attackers share: where to, and how many of them have done their worst.
#[derive(Clone)]
struct Field {
    address: SocketAddr,
    begun: Arc<AtomicUsize>,
}

impl Field {
    async fn connect(&self, last: u8) -> Option<TcpStream> {
        connect_from(last, self.address).await.ok()
    }

    /// Sends, and stops where the server takes no more.
    async fn send(&self, stream: &mut TcpStream, bytes: &[u8]) {
        let _ = tokio::time::timeout(Duration::from_secs(2), stream.write_all(bytes)).await;
    }

    fn has_begun(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }
}

async fn hold(stream: Option<TcpStream>) {
    let _stream = stream;
    std::future::pending::<()>().await;
}

/// Asks for large pages without end and reads nothing.
async fn pipeline(field: Field, path: &'static str) {
    let Some(mut stream) = field.connect(2).await else {
        return;
    };
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").repeat(20_000);
    field.send(&mut stream, request.as_bytes()).await;
    field.has_begun();
    hold(Some(stream)).await;
}

/// Bodies that nobody reads, with answers that have none: both must not pile up.
async fn pipeline_bodies(field: Field) {
    let Some(mut stream) = field.connect(3).await else {
        return;
    };
    let one = "POST /api/auth/nowhere HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx";
    field.send(&mut stream, one.repeat(20_000).as_bytes()).await;
    field.has_begun();
    hold(Some(stream)).await;
}

/// One byte after the other.
async fn drip(field: Field, request: &'static [u8]) {
    field.has_begun();
    loop {
        if let Some(mut stream) = field.connect(4).await {
            for byte in request {
                if stream.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

/// A header that never ends.
async fn huge_header(field: Field) {
    let Some(mut stream) = field.connect(5).await else {
        return;
    };
    let head = format!(
        "GET /health HTTP/1.1\r\nhost: a\r\nx: {}",
        "a".repeat(1_000_000)
    );
    field.send(&mut stream, head.as_bytes()).await;
    field.has_begun();
    hold(Some(stream)).await;
}

/// Most of a large body, and then nothing.
async fn slow_body(field: Field) {
    let Some(mut stream) = field.connect(6).await else {
        return;
    };
    let head = "POST /api/v1/auth/login HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
                content-length: 262000\r\n\r\n";
    field.send(&mut stream, head.as_bytes()).await;
    field.send(&mut stream, &vec![b' '; 261_000]).await;
    field.has_begun();
    hold(Some(stream)).await;
}

async fn silent(field: Field, last: u8) {
    let stream = field.connect(last).await;
    field.has_begun();
    hold(stream).await;
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// The preface and the client's settings.
fn hello(settings: &[(u16, u32)]) -> Vec<u8> {
    let mut payload = Vec::new();
    for (name, value) in settings {
        payload.extend(name.to_be_bytes());
        payload.extend(value.to_be_bytes());
    }
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend(frame(4, 0, 0, &payload));
    bytes
}

/// GET of a path, its header block in literals of HPACK.
fn get(stream: u32, path: &str, extra: usize) -> Vec<u8> {
    let mut block = vec![
        0x82,
        0x86,
        0x01,
        1,
        b'a',
        0x04,
        u8::try_from(path.len()).unwrap(),
    ];
    block.extend(path.as_bytes());
    for number in 0..extra {
        // A literal that is not indexed, 100 bytes long.
        block.extend([
            0x00,
            3,
            b'x',
            b'-',
            b'a' + u8::try_from(number % 26).unwrap(),
            100,
        ]);
        block.extend([b'v'; 100]);
    }
    frame(1, 0x5, stream, &block)
}

/// HTTP/2 requests that are taken back at once.
async fn rapid_resets(field: Field) {
    field.has_begun();
    loop {
        let Some(mut stream) = field.connect(7).await else {
            continue;
        };
        let mut bytes = hello(&[]);
        for id in (1..4_000).step_by(2) {
            bytes.extend(get(id, "/api/v1/auth/session", 0));
            bytes.extend(frame(3, 0, id, &8_u32.to_be_bytes()));
        }
        field.send(&mut stream, &bytes).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// HTTP/2 answers that may not be sent, or one byte of them.
async fn zero_window(field: Field, window: u32, path: &'static str) {
    let Some(mut stream) = field.connect(8).await else {
        return;
    };
    let mut bytes = hello(&[(4, window)]);
    bytes.extend(frame(4, 1, 0, &[]));
    for id in (1..200).step_by(2) {
        bytes.extend(get(id, path, 40));
    }
    field.send(&mut stream, &bytes).await;
    field.has_begun();
    // It answers what keeps the connection alive, and asks on.
    let mut space = [0; 4096];
    let mut id = 201;
    while let Ok(length) = stream.read(&mut space).await
        && length > 0
    {
        let ping = frame(6, 0, 0, &[0; 8]);
        let more = get(id, path, 0);
        id += 2;
        if stream.write_all(&[ping, more].concat()).await.is_err() {
            return;
        }
    }
    hold(None).await;
}

/// HTTP/2 header blocks without an end.
async fn endless_continuation(field: Field) {
    let Some(mut stream) = field.connect(9).await else {
        return;
    };
    let mut bytes = hello(&[]);
    bytes.extend(frame(1, 0x1, 1, &[0x82, 0x86, 0x84]));
    let part = frame(9, 0, 1, &[0; 16_000]);
    for _ in 0..100 {
        bytes.extend(&part);
    }
    field.send(&mut stream, &bytes).await;
    field.has_begun();
    hold(Some(stream)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_clients_cost_no_memory_keep_nobody_out_and_do_not_hold_up_the_end() {
    let mut target = Target::new(&[
        ("RATE_LIMIT_ENABLED", "true"),
        ("RATE_LIMIT_MAX", "1000000"),
        ("MAX_CONNECTIONS", "4000"),
    ])
    .await;
    let field = Field {
        address: target.address,
        begun: Arc::default(),
    };
    let mut attackers = JoinSet::new();
    for number in 0..3_600_u32 {
        let last = u8::try_from(20 + number % 4).unwrap();
        attackers.spawn(silent(field.clone(), last));
    }
    for _ in 0..20 {
        attackers.spawn(pipeline(field.clone(), "/docs"));
        attackers.spawn(pipeline(field.clone(), "/openapi.json"));
        attackers.spawn(pipeline(field.clone(), "/metrics"));
        attackers.spawn(pipeline_bodies(field.clone()));
        attackers.spawn(drip(
            field.clone(),
            b"GET /health HTTP/1.1\r\nhost: a\r\nx: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ));
        attackers.spawn(drip(field.clone(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        attackers.spawn(huge_header(field.clone()));
        attackers.spawn(zero_window(field.clone(), 0, "/docs"));
        attackers.spawn(zero_window(field.clone(), 1, "/openapi.json"));
        attackers.spawn(zero_window(field.clone(), 0, "/metrics"));
        attackers.spawn(endless_continuation(field.clone()));
    }
    for _ in 0..200 {
        attackers.spawn(slow_body(field.clone()));
    }
    for _ in 0..4 {
        attackers.spawn(rapid_resets(field.clone()));
    }
    let expected = attackers.len();
    let most = AtomicU64::new(0);
    let (mut rounds, mut slowest) = (0, Duration::ZERO);
    let mut all_begun = None;
    loop {
        let asked = Instant::now();
        target.server.get("/health", None).await.expect(200);
        target
            .server
            .get("/api/v1/auth/jwks", None)
            .await
            .expect(200);
        slowest = slowest.max(asked.elapsed());
        rounds += 1;
        most.fetch_max(target.resident_mib(), Ordering::Relaxed);
        if all_begun.is_none() && field.begun.load(Ordering::Relaxed) >= expected {
            all_begun = Some(Instant::now());
        }
        if rounds >= ROUNDS_OF_THE_GUEST && all_begun.is_some_and(|at| at.elapsed() > ATTACK) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let most = most.load(Ordering::Relaxed);
    println!("{most} MiB at most, the slowest of {rounds} rounds took {slowest:?}");
    assert!(most < MOST_MIB, "{most} MiB");
    assert!(slowest < Duration::from_secs(20), "{slowest:?}");
    let told = Instant::now();
    target.server.terminate();
    assert_eq!(
        target.server.end().code(),
        Some(0),
        "{}",
        target.server.log()
    );
    assert!(
        told.elapsed() < Duration::from_secs(20),
        "{:?}",
        told.elapsed()
    );
    attackers.shutdown().await;
}
