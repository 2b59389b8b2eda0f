use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use online_contact::EnvelopePolicy;
use pin_project_lite::pin_project;

use super::BoxError;
use crate::BufferedBody;

pin_project! {
    /// The response body of an [`Envelope`](crate::Envelope) service.
    ///
    /// A body that panics while it streams ends with an error, which resets its stream and not the whole
    /// connection. Its `Default` is an empty body.
    #[derive(Debug)]
    pub struct EnvelopeBody<B> {
        start: BufferedBody,
        #[pin]
        rest: Rest<B>,
    }
}

pin_project! {
    /// The part of a body that was not read.
    #[project = RestProj]
    #[derive(Debug)]
    enum Rest<B> {
        None,
        Inner { #[pin] body: B },
        // A body that was polled cannot move out of its box.
        Boxed { body: Pin<Box<B>> },
    }
}

impl<B> EnvelopeBody<B> {
    /// A body that was not read.
    pub(super) fn inner(body: B) -> Self {
        Self { start: BufferedBody::default(), rest: Rest::Inner { body } }
    }

    /// A body that was read to its end.
    pub(super) fn whole(body: BufferedBody) -> Self {
        Self { start: body, rest: Rest::None }
    }

    /// A body of which the start was read.
    pub(super) fn started(start: BufferedBody, body: Pin<Box<B>>) -> Self {
        Self { start, rest: Rest::Boxed { body } }
    }
}

impl<B> Default for EnvelopeBody<B> {
    fn default() -> Self {
        Self::whole(BufferedBody::default())
    }
}

impl<B> Body for EnvelopeBody<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut this = self.project();
        if !this.start.is_end_stream() {
            return Pin::new(this.start).poll_frame(cx).map_err(|never| match never {});
        }
        let polled = EnvelopePolicy::catch_panic(|| match this.rest.as_mut().project() {
            RestProj::None => Poll::Ready(None),
            RestProj::Inner { body } => body.poll_frame(cx),
            RestProj::Boxed { body } => body.as_mut().poll_frame(cx),
        });
        match polled {
            Ok(polled) => polled.map_err(Into::into),
            Err(failure) => {
                this.rest.set(Rest::None);
                Poll::Ready(Some(Err(failure.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.start.is_end_stream()
            && match &self.rest {
                Rest::None => true,
                Rest::Inner { body } => body.is_end_stream(),
                Rest::Boxed { body } => body.is_end_stream(),
            }
    }

    fn size_hint(&self) -> SizeHint {
        let start = self.start.len();
        let rest = match &self.rest {
            Rest::None => return SizeHint::with_exact(start),
            Rest::Inner { body } => body.size_hint(),
            Rest::Boxed { body } => body.size_hint(),
        };
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(start));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(start));
        }
        hint
    }
}
