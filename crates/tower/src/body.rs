use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use online_contact::BodyBuffer;
use pin_project_lite::pin_project;

use crate::rejection::RejectionBody;

/// The body of a verified request: the bytes that came, then the trailers.
///
/// A body that came in one piece is not copied; [`BodyBuffer`] tells what becomes of one that came in
/// many. It can't fail: it is all there. `Debug` shows its length and not what is in it.
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
    pub(crate) pieces: BodyBuffer,
    // They are rare, and a map of headers is larger than all the rest.
    pub(crate) trailers: Option<Box<HeaderMap>>,
}

impl BufferedBody {
    /// How many bytes are left to be read.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.pieces.len()
    }

    /// Whether no byte is left to be read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// All bytes in one piece: without a copy if they came in one. Trailers are dropped.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.pieces.into_bytes()
    }

    pub(crate) fn take<D: Buf>(&mut self, frame: Frame<D>) {
        let bytes = data(frame, &mut self.trailers);
        self.pieces.push(bytes);
    }
}

/// The data of a frame: none of one with trailers, which are put aside.
///
/// Of a body whose data are `Bytes` this is the very handle that came: nothing is copied.
pub(crate) fn data<D: Buf>(frame: Frame<D>, trailers: &mut Option<Box<HeaderMap>>) -> Bytes {
    match frame.into_data() {
        Ok(mut data) => data.copy_to_bytes(data.remaining()),
        Err(frame) => {
            *trailers = frame.into_trailers().ok().map(Box::new);
            Bytes::new()
        }
    }
}

impl From<Bytes> for BufferedBody {
    fn from(bytes: Bytes) -> Self {
        Self { pieces: bytes.into(), trailers: None }
    }
}

impl Body for BufferedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = self.pieces.pop().map(Frame::data);
        Poll::Ready(
            data.or_else(|| self.trailers.take().map(|trailers| Frame::trailers(*trailers)))
                .map(Ok),
        )
    }

    fn is_end_stream(&self) -> bool {
        self.is_empty() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.len())
    }
}

pin_project! {
    /// The body of a [`Verify`](crate::Verify) service's answer: the inner service's, or a rejection.
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
        RejectionBody { rejection: RejectionBody },
    }
}

impl<B> ResponseBody<B> {
    pub(crate) const fn inner(body: B) -> Self {
        Self { kind: Kind::Inner { body } }
    }

    pub(crate) const fn rejection(rejection: RejectionBody) -> Self {
        Self { kind: Kind::RejectionBody { rejection } }
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
            KindProj::RejectionBody { rejection } => {
                Poll::Ready(rejection.take_envelope().map(|bytes| Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body } => body.is_end_stream(),
            Kind::RejectionBody { rejection } => rejection.envelope().is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body } => body.size_hint(),
            Kind::RejectionBody { rejection } => {
                SizeHint::with_exact(rejection.envelope().len() as u64)
            }
        }
    }
}
