use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use online_contact::{BodyBuffer, Recorded};
use pin_project_lite::pin_project;

use crate::frames::Frames;
use crate::rejection::RejectionBody;

/// The body of a verified request: the bytes that came, then the trailers.
///
/// A body that came in one chunk is not copied; see [`BodyBuffer`] for one that came in several. It is in
/// memory and cannot fail. `Debug` prints its length, not its bytes.
///
/// ```
/// use online_contact_tower::BufferedBody;
///
/// let body = BufferedBody::from(bytes::Bytes::from_static(b"{}"));
/// assert_eq!(body.len(), 2);
/// assert_eq!(body.into_bytes(), "{}");
/// ```
#[derive(Clone, Debug, Default)]
pub struct BufferedBody {
    chunks: BodyBuffer,
    // Rare, and a map of headers is larger than all the rest.
    trailers: Option<Box<HeaderMap>>,
}

impl BufferedBody {
    /// Returns the number of bytes that are left.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.chunks.len()
    }

    /// Returns whether no bytes are left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Returns all bytes in one chunk, without a copy if they came in one. Trailers are dropped.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.chunks.into_bytes()
    }

    pub(crate) const fn new(chunks: BodyBuffer, trailers: Option<Box<HeaderMap>>) -> Self {
        Self { chunks, trailers }
    }

    /// Returns a body that was read to its end.
    pub(crate) fn recorded<B: Body>(body: Recorded<Frames<B>>) -> Self {
        let (frames, chunks) = body.into_parts();
        Self { chunks, trailers: frames.into_parts().1 }
    }
}

impl From<Bytes> for BufferedBody {
    fn from(bytes: Bytes) -> Self {
        Self { chunks: bytes.into(), trailers: None }
    }
}

impl From<BodyBuffer> for BufferedBody {
    fn from(chunks: BodyBuffer) -> Self {
        Self { chunks, trailers: None }
    }
}

impl From<BufferedBody> for Bytes {
    fn from(body: BufferedBody) -> Self {
        body.into_bytes()
    }
}

#[cfg(feature = "axum")]
impl From<BufferedBody> for axum::body::Body {
    fn from(body: BufferedBody) -> Self {
        Self::new(body)
    }
}

impl Body for BufferedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = self.chunks.pop().map(Frame::data);
        let frame =
            data.or_else(|| self.trailers.take().map(|trailers| Frame::trailers(*trailers)));
        Poll::Ready(frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.is_empty() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.len())
    }
}

pin_project! {
    /// The response body of a [`Verify`](crate::Verify) service: the inner service's, or a rejection.
    ///
    /// Its `Default` is an empty body.
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
        Rejection { rejection: RejectionBody },
    }
}

impl<B> ResponseBody<B> {
    pub(crate) const fn inner(body: B) -> Self {
        Self { kind: Kind::Inner { body } }
    }

    pub(crate) const fn rejection(rejection: RejectionBody) -> Self {
        Self { kind: Kind::Rejection { rejection } }
    }
}

impl<B> Default for ResponseBody<B> {
    fn default() -> Self {
        Self::rejection(RejectionBody::default())
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
            KindProj::Rejection { rejection } => {
                Poll::Ready(rejection.take_envelope().map(|bytes| Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body } => body.is_end_stream(),
            Kind::Rejection { rejection } => rejection.envelope().is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body } => body.size_hint(),
            Kind::Rejection { rejection } => {
                SizeHint::with_exact(rejection.envelope().len() as u64)
            }
        }
    }
}
