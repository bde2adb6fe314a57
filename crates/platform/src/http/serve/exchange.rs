//! One request and its answer: what is wrong with the head, how much memory both hold, and who waits for whom.

use super::Peer;
use super::connection::{Connection, Exchange, SMALL};
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Request, Response, StatusCode, Version, header};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::Service;

/// The longest target of a request, in bytes.
const MAX_TARGET: usize = 8 * 1024;
/// What a request takes beside its head.
const FIXED: usize = 2 * 1024;
/// An HTTP/2 stream gets its answer in parts of this size, so that no more than one waits unseen in the codec.
const PART: usize = 16 * 1024;

/// What keeps a request from being answered; the edge says so in the words of its surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// No `Host`, several, or one that names none (RFC 9112, 3.2).
    Host,
    /// The target is too long.
    Target,
    /// Too much is under way for this address, or for everybody.
    Memory,
}

/// A request had to be let go in the middle of its body, because too much is under way.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many requests are under way")]
pub struct Overloaded;

impl Overloaded {
    /// Whether an error that reading a body ended with stands for it.
    pub fn caused(error: &(dyn std::error::Error + 'static)) -> bool {
        std::iter::successors(Some(error), |error| error.source()).any(|error| error.is::<Self>())
    }
}

pub(super) async fn answer(
    mut router: Router,
    connection: Arc<Connection>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<Answer>, Infallible> {
    connection.until_room().await;
    let (mut parts, body) = request.into_parts();
    let version = parts.version;
    let (mut exchange, has_memory) = Exchange::begin(connection.clone(), size(&parts));
    let flaw = flaw(&parts, &connection).or((!has_memory).then_some(Flaw::Memory));
    parts.extensions.insert(Peer(peer));
    if let Some(flaw) = flaw {
        parts.extensions.insert(flaw);
    }
    let body = if body.is_end_stream() {
        Body::empty()
    } else {
        Body::new(Upload {
            body,
            connection,
            held: 0,
            is_waiting: false,
            is_whole: false,
        })
    };
    let Ok(mut response) = router.call(Request::from_parts(parts, body)).await;
    let length = response.body().size_hint().lower();
    if !exchange.answered(usize::try_from(length).unwrap_or(usize::MAX)) {
        *response.body_mut() = Body::empty();
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_TYPE);
        let soon = HeaderValue::from_static("2");
        response.headers_mut().insert(header::RETRY_AFTER, soon);
    }
    // What the client goes on to send would be taken for its next request.
    let is_last = flaw.is_some() || response.status() == StatusCode::PAYLOAD_TOO_LARGE;
    if is_last && version < Version::HTTP_2 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    let is_cut = version == Version::HTTP_2;
    Ok(response.map(|body| Answer {
        body,
        is_cut,
        rest: Bytes::new(),
        _exchange: exchange,
    }))
}

/// About as much memory as the head takes.
fn size(parts: &Parts) -> usize {
    let headers = parts.headers.iter();
    let target = parts
        .uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    headers.fold(FIXED + target, |sum, (name, value)| {
        sum + name.as_str().len() + value.len()
    })
}

fn flaw(parts: &Parts, connection: &Connection) -> Option<Flaw> {
    let target = parts
        .uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if target > MAX_TARGET || connection.is_target_cut() {
        return Some(Flaw::Target);
    }
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let is_well = match (hosts.next(), hosts.next()) {
        (None, _) => parts.version != Version::HTTP_11,
        (Some(host), None) => is_host(host),
        (Some(_), Some(_)) => false,
    };
    (!is_well).then_some(Flaw::Host)
}

fn is_host(host: &HeaderValue) -> bool {
    // A target without an authority comes with an empty one.
    host.is_empty()
        || (!host.as_bytes().contains(&b'@') && Authority::try_from(host.as_bytes()).is_ok())
}

/// The body of a request. While it waits for its client nothing is at work.
struct Upload {
    body: Incoming,
    connection: Arc<Connection>,
    held: usize,
    is_waiting: bool,
    is_whole: bool,
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if self.is_waiting != frame.is_pending() {
            self.is_waiting = frame.is_pending();
            if self.is_waiting {
                self.connection.pause();
            } else {
                self.connection.resume();
            }
        }
        match frame {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => {
                self.is_whole = true;
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(axum::Error::new(error)))),
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                self.held += length;
                if !self.connection.hold(length) && self.held > SMALL {
                    return Poll::Ready(Some(Err(axum::Error::new(Overloaded))));
                }
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if self.is_waiting {
            self.connection.resume();
        }
        self.connection.release(self.held);
        if !self.is_whole && !self.body.is_end_stream() {
            self.connection.leave_body();
        }
    }
}

/// The body of an answer; the request is over when it is gone.
pub(super) struct Answer {
    body: Body,
    is_cut: bool,
    rest: Bytes,
    _exchange: Exchange,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.is_cut && self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                other => return other,
            }
        }
        if self.is_cut {
            let length = self.rest.len().min(PART);
            let part = self.rest.split_to(length);
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.rest.is_empty() {
            self.body.size_hint()
        } else {
            SizeHint::default()
        }
    }
}
