//! The body on its way in: each frame is hashed and kept as it comes.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body::{Body, Frame};
use online_contact::{Conclusion, Rejection, Verification};

use crate::BufferedBody;
use crate::deadline::Deadline;

/// A body that is being read. It gives its [`Collected`] once and is not to be polled after that.
pub(crate) struct Collect<B> {
    incoming: Option<Incoming<B>>,
    deadline: Deadline,
}

struct Incoming<B> {
    body: B,
    verification: Verification,
    buffered: BufferedBody,
}

/// What came of a body: the verdict and the body, or the reason to refuse it and, where there may be
/// more of it to come, the body that was not read to its end.
pub(crate) type Collected<B> = Result<(Conclusion, BufferedBody), (Rejection, Option<B>)>;

impl<B> Collect<B> {
    pub(crate) fn new(verification: Verification, body: B, timeout: Duration) -> Self {
        let incoming = Incoming { body, verification, buffered: BufferedBody::default() };
        Self { incoming: Some(incoming), deadline: Deadline::after(timeout) }
    }
}

impl<B> Collect<B>
where
    B: Body + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Collected<B>> {
        for _ in 0..Verification::PIECES_PER_TURN {
            let Some(incoming) = &mut self.incoming else { return Poll::Pending };
            match Pin::new(&mut incoming.body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Err(rejection) = incoming.take(frame) {
                        let unread = self.incoming.take().map(|incoming| incoming.body);
                        return Poll::Ready(Err((rejection, unread)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Err((incoming.verification.body_unreadable(error), None)));
                }
                Poll::Ready(None) => {
                    let Some(incoming) = self.incoming.take() else { return Poll::Pending };
                    let conclusion = incoming.verification.conclude();
                    return Poll::Ready(Ok((conclusion, incoming.buffered)));
                }
                Poll::Pending => {
                    ready!(self.deadline.poll(cx));
                    return Poll::Ready(Err((incoming.verification.body_timed_out(), None)));
                }
            }
        }
        // Others get their turn, and the deadline holds however fast the pieces come.
        if let (Poll::Ready(()), Some(incoming)) = (self.deadline.poll(cx), &self.incoming) {
            return Poll::Ready(Err((incoming.verification.body_timed_out(), None)));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<B: Body> Incoming<B> {
    fn take(&mut self, frame: Frame<B::Data>) -> Result<(), Rejection> {
        self.buffered.take(frame, |bytes| self.verification.update(bytes))
    }
}
