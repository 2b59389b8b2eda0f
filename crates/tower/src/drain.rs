//! Reads the unread rest of a rejected body after the response, so that the response reaches a client that
//! sends before it reads.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Buf;
use http_body::Body;
use online_contact::Verifier;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// Frames read before other tasks get their turn.
const FRAMES_PER_TURN: u32 = 128;

/// The unread rest of a body. When this is dropped, a task reads it to its end, within the verifier's drain
/// limit and body timeout.
///
/// The server drops it when the response is on its way. To read earlier would make hyper send
/// `100 Continue`.
pub(crate) struct Drain {
    // A mutex makes it `Sync`. It is never locked.
    unread: Mutex<Option<Pin<Box<dyn Unread + Send>>>>,
    timeout: Duration,
}

impl Drain {
    pub(crate) fn new<B>(body: Pin<Box<B>>, verifier: &Verifier) -> Self
    where
        B: Body + Send + 'static,
        B::Data: Send,
    {
        let rest = Rest { body, left: verifier.drain_limit() };
        Self { unread: Mutex::new(Some(Box::pin(rest))), timeout: verifier.body_timeout() }
    }
}

impl Drop for Drain {
    fn drop(&mut self) {
        let unread = self.unread.get_mut().ok().and_then(Option::take);
        let (Some(mut unread), Ok(runtime)) = (unread, Handle::try_current()) else { return };
        let limit = self.timeout;
        runtime.spawn(async move {
            // However it ends, the body is dropped then, and the connection is closed.
            let _ = timeout(limit, poll_fn(|cx| unread.as_mut().poll_end(cx))).await;
        });
    }
}

impl fmt::Debug for Drain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drain").finish_non_exhaustive()
    }
}

/// An unread body of any type.
trait Unread {
    /// Reads to the end, an error or the limit.
    fn poll_end(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
}

struct Rest<B> {
    body: Pin<Box<B>>,
    left: u64,
}

impl<B: Body> Unread for Rest<B> {
    fn poll_end(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        for _ in 0..FRAMES_PER_TURN {
            let Some(Ok(frame)) = ready!(self.body.as_mut().poll_frame(cx)) else {
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
