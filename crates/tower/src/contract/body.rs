use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use online_contact::EnvelopePolicy;
use pin_project_lite::pin_project;

use super::BoxError;
use crate::BufferedBody;

pin_project! {
    /// The body of a [`Envelope`](crate::Envelope) service's answer.
    ///
    /// A body that panics while it streams breaks off with an error: its own stream ends, and not the
    /// whole connection.
    #[derive(Debug)]
    pub struct EnvelopeBody<B> {
        #[pin]
        kind: Kind<B>,
    }
}

pin_project! {
    #[project = KindProj]
    #[derive(Debug)]
    enum Kind<B> {
        Inner { #[pin] body: B, contract: EnvelopePolicy },
        Buffered { #[pin] body: BufferedBody },
        Panicked,
    }
}

impl<B> EnvelopeBody<B> {
    pub(super) const fn inner(contract: EnvelopePolicy, body: B) -> Self {
        Self { kind: Kind::Inner { body, contract } }
    }

    pub(super) const fn buffered(body: BufferedBody) -> Self {
        Self { kind: Kind::Buffered { body } }
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
        let mut kind = self.project().kind;
        match kind.as_mut().project() {
            KindProj::Inner { body, contract } => match contract.guard(|| body.poll_frame(cx)) {
                Ok(polled) => polled.map_err(Into::into),
                Err(failure) => {
                    kind.set(Kind::Panicked);
                    Poll::Ready(Some(Err(failure.into())))
                }
            },
            KindProj::Buffered { body } => body.poll_frame(cx).map_err(|never| match never {}),
            KindProj::Panicked => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body, .. } => body.is_end_stream(),
            Kind::Buffered { body } => body.is_end_stream(),
            Kind::Panicked => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body, .. } => body.size_hint(),
            Kind::Buffered { body } => body.size_hint(),
            Kind::Panicked => SizeHint::with_exact(0),
        }
    }
}
