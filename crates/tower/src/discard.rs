//! Reading on after a rejection, so that it reaches a client that sends before it reads.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::thread;
use std::time::Duration;

use bytes::Buf;
use http_body::Body;
use online_contact::{Verification, Verifier};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// The unread rest of a body. When this is dropped a task reads it to its end, within the verifier's
/// discard limit and body timeout.
///
/// Not before: the first read makes hyper send `100 Continue` to a client that waits for leave to send
/// its body, which it should not get. Once the rejection is on its way, it does not.
pub(crate) struct Discard {
    unread: Option<Box<dyn Unread>>,
    timeout: Duration,
}

impl Discard {
    pub(crate) fn of<B>(body: B, verifier: &Verifier) -> Option<Self>
    where
        B: Body + Send + Unpin + 'static,
        B::Data: Send,
    {
        let left = verifier.drain_limit();
        (left > 0).then(|| Self {
            unread: Some(Box::new(Rest { body, left })),
            timeout: verifier.body_timeout(),
        })
    }
}

impl Drop for Discard {
    fn drop(&mut self) {
        let (Some(mut unread), Ok(runtime)) = (self.unread.take(), Handle::try_current()) else {
            return;
        };
        // A short body has mostly arrived by now, and needs no task.
        let mut nobody = Context::from_waker(Waker::noop());
        if thread::panicking() || unread.poll_end(&mut nobody).is_pending() {
            let patience = self.timeout;
            runtime.spawn(async move {
                // Late or not, the body is dropped then.
                let _ = timeout(patience, poll_fn(|cx| unread.poll_end(cx))).await;
            });
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
    /// Reads what there is. However it ends, the body is dropped then, and the connection with it if
    /// need be.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

struct Rest<B> {
    body: B,
    left: u64,
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
}
