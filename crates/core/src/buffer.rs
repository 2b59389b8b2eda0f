//! The chunks of a body on its way to a verdict.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

/// A chunk below this length is small. Servers cut chunks from the blocks that they read into, and a chunk
/// keeps its block: those of hyper have 8 KiB at least.
const SMALL: usize = 4 * 1024;

/// The length at which a run of small chunks ends.
const RUN: usize = 32 * 1024;

/// A stream that keeps the chunks that it yields.
///
/// [`Verifier::verify`](crate::Verifier::verify) forgets the chunks of a body; an adapter records them to
/// hand the body on. The stream is fused: after its end or an error it is not polled again.
///
/// ```
/// use bytes::Bytes;
/// use futures_util::{StreamExt, stream};
/// use online_contact::Recorded;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let body = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{}"))]);
/// let mut body = Recorded::new(body);
/// while let Some(_chunk) = body.next().await {}
/// assert_eq!(body.into_parts().1.into_bytes(), "{}");
/// # }
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Recorded<S> {
    stream: S,
    buffer: BodyBuffer,
    is_ended: bool,
}

impl<S> Recorded<S> {
    /// Creates a recorder of this stream.
    pub fn new(stream: S) -> Self {
        Self { stream, buffer: BodyBuffer::default(), is_ended: false }
    }

    /// Returns the stream.
    pub const fn get_ref(&self) -> &S {
        &self.stream
    }

    /// Returns whether the stream has ended or failed.
    pub const fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Returns the stream and the recorded chunks.
    pub fn into_parts(self) -> (S, BodyBuffer) {
        (self.stream, self.buffer)
    }
}

impl<S, E> Stream for Recorded<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    type Item = Result<Bytes, E>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_ended {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut self.stream).poll_next(cx);
        match &polled {
            Poll::Ready(Some(Ok(chunk))) => self.buffer.push(chunk.clone()),
            Poll::Ready(_) => self.is_ended = true,
            Poll::Pending => self.buffer.detach(),
        }
        polled
    }
}

/// A buffer for the chunks of a body, for an adapter to hand on once the request is verified.
///
/// A body of one chunk is not copied and needs no allocation. Small chunks (below 4 KiB) after the first
/// are copied together: otherwise a client that cuts its body into many would take up many times the room
/// of the bytes.
///
/// ```
/// use bytes::Bytes;
/// use online_contact::BodyBuffer;
///
/// let mut buffer = BodyBuffer::default();
/// buffer.push(Bytes::from_static(br#"{"callNum":"#));
/// buffer.push(Bytes::from_static(br#""1"}"#));
/// assert_eq!(buffer.len(), 15);
/// assert_eq!(buffer.pop().as_deref(), Some(&br#"{"callNum":"#[..]));
/// assert_eq!(buffer.into_bytes(), r#""1"}"#);
/// ```
#[derive(Clone, Default)]
pub struct BodyBuffer {
    // Apart from the others, so that the usual body of one chunk needs no allocation.
    first: Option<Bytes>,
    others: Option<Box<Others>>,
    len: u64,
    /// `true` if the first chunk is a copy.
    detached: bool,
}

/// The chunks after the first.
#[derive(Clone, Default)]
struct Others {
    chunks: VecDeque<Bytes>,
    /// A run of small chunks.
    small: BytesMut,
}

impl BodyBuffer {
    /// Adds a chunk at the end.
    pub fn push(&mut self, chunk: Bytes) {
        if chunk.is_empty() {
            return;
        }
        let is_first = self.is_empty();
        self.len += chunk.len() as u64;
        if is_first {
            self.first = Some(chunk);
            self.detached = false;
        } else {
            self.others.get_or_insert_default().push(chunk);
        }
    }

    /// Removes and returns the first chunk.
    pub fn pop(&mut self) -> Option<Bytes> {
        let chunk = self.first.take().or_else(|| self.others.as_mut()?.pop())?;
        self.len -= chunk.len() as u64;
        Some(chunk)
    }

    /// Copies a small first chunk, so that it does not keep the block that it was read into.
    ///
    /// Call it before waiting for more of the body. The other small chunks are copies already.
    pub fn detach(&mut self) {
        if let Some(first) = self.first.as_mut().filter(|first| first.len() < SMALL)
            && !self.detached
        {
            *first = Bytes::copy_from_slice(first);
            self.detached = true;
        }
    }

    /// Returns the number of bytes.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Returns whether there are no bytes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns all bytes in one chunk, without a copy if there is only one.
    #[must_use]
    pub fn into_bytes(mut self) -> Bytes {
        let first = self.pop().unwrap_or_default();
        if self.is_empty() {
            return first;
        }
        let mut whole = BytesMut::from(first);
        while let Some(chunk) = self.pop() {
            whole.extend_from_slice(&chunk);
        }
        whole.freeze()
    }
}

impl Others {
    fn push(&mut self, chunk: Bytes) {
        if chunk.len() >= SMALL {
            self.settle();
            self.chunks.push_back(chunk);
            return;
        }
        if self.small.len() >= RUN {
            self.settle();
        }
        self.small.extend_from_slice(&chunk);
    }

    fn pop(&mut self) -> Option<Bytes> {
        self.chunks.pop_front().or_else(|| {
            self.settle();
            self.chunks.pop_front()
        })
    }

    /// Ends the run of small chunks.
    fn settle(&mut self) {
        if !self.small.is_empty() {
            self.chunks.push_back(self.small.split().freeze());
        }
    }
}

impl From<Bytes> for BodyBuffer {
    fn from(chunk: Bytes) -> Self {
        let mut buffer = Self::default();
        buffer.push(chunk);
        buffer
    }
}

/// Prints the length, not the bytes, which are a customer's data.
impl fmt::Debug for BodyBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyBuffer").field("len", &self.len).finish_non_exhaustive()
    }
}
