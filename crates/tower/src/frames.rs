use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http::HeaderMap;
use http_body::{Body, Frame};

/// The data of a body as a stream. Trailers are put aside.
pub(crate) struct Frames<B> {
    // Boxed, so that the rest of any body can move to the task that drains it.
    body: Pin<Box<B>>,
    trailers: Option<Box<HeaderMap>>,
    is_polled: bool,
}

impl<B: Body> Frames<B> {
    pub(crate) fn new(body: B) -> Self {
        Self { body: Box::pin(body), trailers: None, is_polled: false }
    }

    /// Returns the exact length of the body, if it is known.
    pub(crate) fn exact_length(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.body.is_end_stream()
    }

    /// Returns whether the body was polled, which makes hyper send `100 Continue`.
    pub(crate) const fn is_polled(&self) -> bool {
        self.is_polled
    }

    /// Returns the body, and the trailers that were put aside.
    pub(crate) fn into_parts(self) -> (Pin<Box<B>>, Option<Box<HeaderMap>>) {
        (self.body, self.trailers)
    }
}

impl<B: Body> Stream for Frames<B> {
    type Item = Result<Bytes, B::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.is_polled = true;
        if self.body.is_end_stream() {
            return Poll::Ready(None);
        }
        Poll::Ready(match ready!(self.body.as_mut().poll_frame(cx)) {
            Some(Ok(frame)) => Some(Ok(self.data(frame))),
            Some(Err(error)) => Some(Err(error)),
            None => None,
        })
    }
}

impl<B: Body> Frames<B> {
    /// Returns the data of a frame, without a copy if they are `Bytes`. Trailers have none.
    fn data(&mut self, frame: Frame<B::Data>) -> Bytes {
        match frame.into_data() {
            Ok(mut data) => data.copy_to_bytes(data.remaining()),
            Err(frame) => {
                self.trailers = frame.into_trailers().ok().map(Box::new);
                Bytes::new()
            }
        }
    }
}
