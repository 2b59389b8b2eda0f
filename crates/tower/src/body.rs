use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::refusal::Refusal;

/// A frame below this is small: the handle to it takes a good part of what it holds.
const SMALL_FRAME: usize = 512;

/// So many frames are handed on as they came, however small.
const FRAMES_AS_THEY_CAME: usize = 32;

/// The body of a verified request: the very frames that came, then the trailers.
///
/// A body that came in one piece is not copied. Where a sender cuts its body into many tiny frames,
/// those beyond the first 32 are put together, or the handles would take many times the room of the
/// bytes. It can't fail: it is all there.
///
/// ```
/// use online_contact_tower::BufferedBody;
///
/// let body = BufferedBody::from(bytes::Bytes::from_static(b"{}"));
/// assert_eq!(body.len(), 2);
/// assert_eq!(body.into_bytes(), "{}");
/// ```
#[derive(Clone, Default)]
pub struct BufferedBody {
    // Apart from the others, so that the usual body of one frame needs no allocation.
    first: Option<Bytes>,
    others: VecDeque<Bytes>,
    small: BytesMut,
    trailers: Option<HeaderMap>,
    len: u64,
}

impl BufferedBody {
    /// How many bytes are left to be read.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether no byte is left to be read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All bytes in one piece: without a copy if they came in one. Trailers are dropped.
    #[must_use]
    pub fn into_bytes(mut self) -> Bytes {
        match (self.next_bytes(), self.is_empty()) {
            (None, _) => Bytes::new(),
            (Some(only), true) => only,
            (Some(first), false) => {
                let mut whole = BytesMut::from(first);
                while let Some(bytes) = self.next_bytes() {
                    whole.extend_from_slice(&bytes);
                }
                whole.freeze()
            }
        }
    }

    pub(crate) fn push(&mut self, bytes: Bytes) {
        if bytes.is_empty() {
            return;
        }
        self.len += bytes.len() as u64;
        if self.first.is_none() && self.others.is_empty() {
            self.first = Some(bytes);
        } else if bytes.len() < SMALL_FRAME && self.others.len() + 1 >= FRAMES_AS_THEY_CAME {
            self.small.extend_from_slice(&bytes);
        } else {
            self.flush_small();
            self.others.push_back(bytes);
        }
    }

    pub(crate) fn set_trailers(&mut self, trailers: HeaderMap) {
        self.trailers = Some(trailers);
    }

    fn flush_small(&mut self) {
        if !self.small.is_empty() {
            self.others.push_back(self.small.split().freeze());
        }
    }

    fn next_bytes(&mut self) -> Option<Bytes> {
        let bytes = self
            .first
            .take()
            .or_else(|| self.others.pop_front())
            .or_else(|| {
                self.flush_small();
                self.others.pop_front()
            })?;
        self.len -= bytes.len() as u64;
        Some(bytes)
    }
}

impl From<Bytes> for BufferedBody {
    fn from(bytes: Bytes) -> Self {
        let mut body = Self::default();
        body.push(bytes);
        body
    }
}

impl Body for BufferedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = self.next_bytes().map(Frame::data);
        Poll::Ready(
            data.or_else(|| self.trailers.take().map(Frame::trailers))
                .map(Ok),
        )
    }

    fn is_end_stream(&self) -> bool {
        self.is_empty() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.len)
    }
}

/// Says how long it is and not what is in it: a customer's data does not belong in a log.
impl fmt::Debug for BufferedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufferedBody")
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// The body of a [`Verify`](crate::Verify) service's answer: the inner service's, or a refusal.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        #[pin]
        kind: Kind<B>,
    }
}

pin_project! {
    #[project = KindProj]
    #[derive(Debug)]
    enum Kind<B> {
        Inner { #[pin] body: B },
        Refusal { refusal: Refusal },
    }
}

impl<B> ResponseBody<B> {
    pub(crate) const fn inner(body: B) -> Self {
        Self {
            kind: Kind::Inner { body },
        }
    }

    pub(crate) const fn refusal(refusal: Refusal) -> Self {
        Self {
            kind: Kind::Refusal { refusal },
        }
    }
}

impl<B: Body<Data = Bytes>> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().kind.project() {
            KindProj::Inner { body } => body.poll_frame(cx),
            KindProj::Refusal { refusal } => {
                Poll::Ready(refusal.take_envelope().map(|bytes| Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body } => body.is_end_stream(),
            Kind::Refusal { refusal } => refusal.envelope().is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body } => body.size_hint(),
            Kind::Refusal { refusal } => SizeHint::with_exact(refusal.envelope().len() as u64),
        }
    }
}
