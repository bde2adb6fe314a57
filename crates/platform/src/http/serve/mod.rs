//! The accept loop: how many connections there are, what each may hold and how long it may take, and their end in order.
//!
//! A client is never waited for without a limit, and never at the cost of others: at a limit of connections the one that
//! waits longest for its client gives way. All times are looked at by one walk over the connections a second.

mod connection;
mod exchange;
mod registry;
mod socket;

pub use exchange::{Flaw, Overloaded};

use super::client_ip::TrustedProxies;
use axum::Router;
use connection::{LAST_ANSWER, Order, TICK};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use registry::{Place, Registry};
use socket::Socket;
use std::future::{Future, poll_fn};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, MissedTickBehavior};

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Of the process.
    pub max_connections: usize,
    /// Of one client address, or one /64 of IPv6.
    pub max_per_address: usize,
}

/// Read ahead of one connection, and the largest head of a request.
const MAX_HEAD: usize = 32 * 1024;
/// HTTP/2: what a client may send ahead of being read, per stream and connection.
const WINDOW: u32 = 64 * 1024;
const MAX_STREAMS: u32 = 32;
const MAX_HEADER_LIST: u32 = 16 * 1024;
const MAX_RESETS: usize = 64;
const PING_EVERY: Duration = Duration::from_secs(30);
const PONG_WITHIN: Duration = Duration::from_secs(10);
/// A pause where accepting fails for a reason that does not pass by itself.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // The walk over the connections does this, without a timer for each request.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_send_buf_size(MAX_HEAD)
        .max_header_list_size(MAX_HEADER_LIST)
        .max_pending_accept_reset_streams(MAX_RESETS)
        .max_local_error_reset_streams(MAX_RESETS)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PONG_WITHIN);
    builder
}

/// Serves until `shutdown` resolves, then lets running requests finish for at most `drain`.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    proxies: TrustedProxies,
    shutdown: impl Future<Output = ()>,
    drain: Duration,
) {
    let builder = Arc::new(builder());
    let registry = Registry::new(bounds, proxies);
    let upkeep = tokio::spawn(upkeep(registry.clone()));
    let mut refusals = Refusals::default();
    tokio::pin!(shutdown);
    loop {
        // The end comes first: a flood of connections must not hide it.
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => match registry.admit(peer.ip()) {
                Some(place) => {
                    let connection = run(stream, peer.ip(), place, builder.clone(), router.clone());
                    tokio::spawn(connection);
                }
                None => refusals.note("every connection is at work"),
            },
            Err(error) if is_passing(&error) => {}
            Err(error) => {
                refusals.note(&error.to_string());
                registry.give_way();
                tokio::select! {
                    biased;
                    () = &mut shutdown => break,
                    () = tokio::time::sleep(ACCEPT_PAUSE) => {}
                }
            }
        }
    }
    drop(listener);
    registry.go_down();
    if tokio::time::timeout(drain, registry.until_empty())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish within the drain time");
    }
    upkeep.abort();
}

/// One connection that failed says nothing of the next one.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

/// Connections that found no place, told to the log at most once in ten seconds.
#[derive(Default)]
struct Refusals {
    count: u64,
    told_at: Option<Instant>,
}

impl Refusals {
    fn note(&mut self, why: &str) {
        const PAUSE: Duration = Duration::from_secs(10);
        self.count += 1;
        metrics::counter!("http_connections_refused_total").increment(1);
        if self.told_at.is_none_or(|at| at.elapsed() > PAUSE) {
            tracing::warn!(
                refused = self.count,
                why,
                "connections could not be accepted"
            );
            self.told_at = Some(Instant::now());
            self.count = 0;
        }
    }
}

/// Turns the clock, and looks at every connection once a second.
///
/// The clock loses what the process loses: after a pause nobody has waited longer than they were waited for.
async fn upkeep(registry: Arc<Registry>) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if registry.clock.advance().is_multiple_of(4) {
            registry.sweep();
        }
    }
}

async fn run(
    stream: TcpStream,
    peer: IpAddr,
    place: Place,
    builder: Arc<auto::Builder<TokioExecutor>>,
    router: Router,
) {
    let connection = &place.connection;
    // A client that says nothing costs no more than this.
    tokio::select! {
        biased;
        readable = stream.readable() => if readable.is_err() { return },
        _ = connection.told() => {
            tokio::task::yield_now().await;
            if !is_readable(&stream).await {
                return;
            }
            connection.remind();
        }
    }
    let _ = stream.set_nodelay(true);
    let socket = TokioIo::new(Socket::new(stream, connection.clone()));
    let service = hyper::service::service_fn(|request| {
        exchange::answer(router.clone(), place.connection.clone(), peer, request)
    });
    let mut http = Box::pin(builder.serve_connection(socket, service));
    loop {
        tokio::select! {
            biased;
            ended = &mut http => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                }
                return;
            }
            order = connection.told() => match order {
                Order::Finish => http.as_mut().graceful_shutdown(),
                Order::GiveWay => {
                    // Afterwards what the kernel holds for us is known, a request that crossed the order among it.
                    tokio::task::yield_now().await;
                    let is_over = poll_fn(|context| {
                        Poll::Ready(http.as_mut().poll(context).is_ready())
                    });
                    if !is_over.await && connection.is_at_work() {
                        http.as_mut().graceful_shutdown();
                        let _ = tokio::time::timeout(LAST_ANSWER, http).await;
                    }
                    return;
                }
                Order::Stop => return,
            },
        }
    }
}

/// Whether something came that was not read yet.
async fn is_readable(stream: &TcpStream) -> bool {
    poll_fn(|context| Poll::Ready(stream.poll_read_ready(context).is_ready())).await
}

#[cfg(test)]
mod tests;
