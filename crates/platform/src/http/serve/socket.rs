//! The socket of a connection: it says what the client does, and takes nothing new from a client that takes nothing.

use super::connection::Connection;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A request line is cut after this; the rest of the target is thrown away, so that the answer can say what was wrong.
const MAX_LINE: usize = 16 * 1024;
/// After a refusal so much of the request is still taken, so that the refusal reaches its client.
const MAX_DRAINED: usize = 16 * 1024 * 1024;
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n";

/// Where in a request line the reading is.
enum Line {
    /// In no line that matters.
    Elsewhere,
    /// So far into it.
    Inside(usize),
    /// In the part of the target that is thrown away.
    Cutting,
}

pub(super) struct Socket {
    stream: TcpStream,
    connection: Arc<Connection>,
    line: Line,
    is_new: bool,
    is_blocked: bool,
    /// Somebody wanted to read meanwhile.
    is_read_held: bool,
    is_shut: bool,
    drained: usize,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, connection: Arc<Connection>) -> Self {
        Self {
            stream,
            connection,
            line: Line::Elsewhere,
            is_new: true,
            is_blocked: false,
            is_read_held: false,
            is_shut: false,
            drained: 0,
        }
    }

    /// Looks at what came in after `start`, and cuts the target of a request line that is too long.
    fn inspect(&mut self, buffer: &mut ReadBuf<'_>, start: usize) {
        let filled = buffer.filled_mut();
        let Some(new) = filled.get_mut(start..) else {
            return;
        };
        if self.is_new {
            self.is_new = false;
            if new.starts_with(HTTP2.get(..new.len().min(HTTP2.len())).unwrap_or_default()) {
                self.connection.speak_http2();
                return;
            }
        }
        if self.connection.read() {
            self.line = Line::Inside(0);
        }
        let kept = match self.line {
            Line::Elsewhere => return,
            Line::Inside(before) => match new.iter().position(|byte| *byte == b'\n') {
                Some(end) if before + end <= MAX_LINE => {
                    self.line = Line::Elsewhere;
                    return;
                }
                None if before + new.len() <= MAX_LINE => {
                    self.line = Line::Inside(before + new.len());
                    return;
                }
                _ => {
                    self.connection.cut_target();
                    self.line = Line::Cutting;
                    MAX_LINE - before
                }
            },
            Line::Cutting => 0,
        };
        let rest = new.get(kept..).unwrap_or_default();
        let end = rest.iter().position(|byte| matches!(byte, b' ' | b'\n'));
        let mut length = kept;
        if let Some(end) = end {
            self.line = Line::Elsewhere;
            length += rest.len() - end;
            new.copy_within(kept + end.., kept);
        }
        buffer.set_filled(start + length);
    }

    fn wrote(
        &mut self,
        result: Poll<io::Result<usize>>,
        context: &Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match &result {
            Poll::Pending => {
                if !self.is_blocked {
                    self.is_blocked = true;
                    self.connection.block();
                }
            }
            Poll::Ready(_) => {
                if self.is_blocked {
                    self.is_blocked = false;
                    self.connection.unblock();
                    if std::mem::take(&mut self.is_read_held) {
                        context.waker().wake_by_ref();
                    }
                }
            }
        }
        result
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_blocked {
            self.is_read_held = true;
            return Poll::Pending;
        }
        let start = buffer.filled().len();
        loop {
            ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
            if buffer.filled().len() == start {
                return Poll::Ready(Ok(()));
            }
            self.inspect(buffer, start);
            // Nothing left would look like the end of the stream.
            if buffer.filled().len() > start {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(result, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(result, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Asked for only when everything was written.
        self.connection.flushed();
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Ends our side, and reads on while the client is still sending: many look for an answer only when all is sent,
    /// and would find a reset connection instead.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_shut {
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            self.is_shut = true;
        }
        let mut space = [0; 8192];
        while self.drained < MAX_DRAINED {
            let mut buffer = ReadBuf::new(&mut space);
            match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    self.drained += buffer.filled().len();
                    self.connection.drained();
                }
                Poll::Pending if self.connection.lingers() => return Poll::Pending,
                _ => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}
