//! Reading on after a refusal, so that it reaches a client that sends before it reads.

use http_body::Body;
use online_contact::Verifier;

#[cfg(feature = "tokio")]
pub(crate) use with_timer::Discard;

#[cfg(not(feature = "tokio"))]
#[derive(Debug)]
pub(crate) enum Discard {}

#[cfg(not(feature = "tokio"))]
impl Discard {
    pub(crate) fn of<B: Body>(_body: B, _verifier: &Verifier) -> Option<Self> {
        None
    }
}

#[cfg(feature = "tokio")]
mod with_timer {
    use std::fmt;
    use std::future::poll_fn;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker, ready};
    use std::thread;

    use bytes::Buf;
    use online_contact::Verification;
    use tokio::runtime::Handle;

    use super::{Body, Verifier};
    use crate::deadline::Deadline;

    /// The unread rest of a body. When this is dropped a task reads it to its end, within the
    /// verifier's discard limit and body timeout.
    ///
    /// Not before: the first read makes hyper send `100 Continue` to a client that waits for leave
    /// to send its body, which it should not get. Once the refusal is on its way, it does not.
    pub(crate) struct Discard(Option<Box<dyn Unread>>);

    impl Discard {
        pub(crate) fn of<B>(body: B, verifier: &Verifier) -> Option<Self>
        where
            B: Body + Send + Unpin + 'static,
            B::Data: Send,
        {
            let left = verifier.discard_limit();
            let rest = Rest { body, left, deadline: Deadline::after(verifier.body_timeout()) };
            (left > 0).then(|| Self(Some(Box::new(rest))))
        }
    }

    impl Drop for Discard {
        fn drop(&mut self) {
            let (Some(mut unread), Ok(runtime)) = (self.0.take(), Handle::try_current()) else {
                return;
            };
            // A short body has mostly arrived by now, and needs no task.
            let mut nobody = Context::from_waker(Waker::noop());
            if thread::panicking() || unread.poll_end(&mut nobody).is_pending() {
                runtime.spawn(async move { poll_fn(|cx| unread.poll_to_the_end(cx)).await });
            }
        }
    }

    impl fmt::Debug for Discard {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Discard(..)")
        }
    }

    /// A body of any type that nobody wants.
    trait Unread: Send {
        /// Reads what there is. However it ends, the body is dropped then, and the connection with it
        /// if need be.
        fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()>;

        /// The same with a deadline, which needs a runtime with a timer.
        fn poll_to_the_end(&mut self, cx: &mut Context<'_>) -> Poll<()>;
    }

    struct Rest<B> {
        body: B,
        left: u64,
        deadline: Deadline,
    }

    impl<B> Unread for Rest<B>
    where
        B: Body + Send + Unpin,
        B::Data: Send,
    {
        fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
            for _ in 0..Verification::PIECES_PER_TURN {
                let Some(Ok(frame)) = ready!(Pin::new(&mut self.body).poll_frame(cx)) else {
                    return Poll::Ready(());
                };
                let bytes = frame.data_ref().map_or(0, Buf::remaining) as u64;
                let Some(left) = self.left.checked_sub(bytes) else {
                    return Poll::Ready(());
                };
                self.left = left;
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        }

        fn poll_to_the_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
            match self.poll_end(cx) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => self.deadline.poll(cx),
            }
        }
    }
}
