//! The body on its way in: each frame is hashed and kept.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Body;
use online_contact::{Conclusion, Reason, Rejection, Verification, Verifier};

use crate::BufferedBody;
use crate::body::data;

/// A body that is being read.
pub(crate) struct Collect<B> {
    body: B,
    verification: Verification,
    buffered: BufferedBody,
}

/// What came of a body: the verdict and the body, or the reason to reject it and, where there may be
/// more of it to come, the body that was not read to its end.
pub(crate) type Collected<B> = Result<(Conclusion, BufferedBody), (Rejection, Option<B>)>;

impl<B> Collect<B> {
    /// Goes on with a body of which so much is there.
    pub(crate) const fn new(verification: Verification, body: B, buffered: BufferedBody) -> Self {
        Self { body, verification, buffered }
    }

    pub(crate) const fn verifier(&self) -> &Verifier {
        self.verification.verifier()
    }

    pub(crate) fn timed_out(&self) -> Rejection {
        self.verification.body_timed_out()
    }

    /// What it comes to, now that it has been read.
    pub(crate) fn collected(self, read: Result<(), Rejection>) -> Collected<B> {
        match read {
            Ok(()) => Ok((self.verification.conclude(), self.buffered)),
            Err(rejection) => Err(rejected(rejection, self.body)),
        }
    }
}

impl<B> Collect<B>
where
    B: Body + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    /// Takes the frames that are there. The deadline is the caller's.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Rejection>> {
        let Self { body, verification, buffered } = self;
        let BufferedBody { pieces, trailers } = buffered;
        verification.poll_body(cx, |cx| next(body, trailers, cx), |piece| pieces.push(piece))
    }
}

/// A rejection, and the body, if more of it can be waited for.
pub(crate) fn rejected<B>(rejection: Rejection, body: B) -> (Rejection, Option<B>) {
    let is_over = matches!(rejection.reason(), Reason::BodyTimeout | Reason::BodyUnreadable);
    (rejection, (!is_over).then_some(body))
}

/// The next piece of data.
pub(crate) fn next<B: Body + Unpin>(
    body: &mut B,
    trailers: &mut Option<Box<HeaderMap>>,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Bytes, B::Error>>> {
    if body.is_end_stream() {
        return Poll::Ready(None);
    }
    let frame = ready!(Pin::new(body).poll_frame(cx));
    Poll::Ready(frame.map(|frame| frame.map(|frame| data(frame, trailers))))
}
