//! Reads the unread rest of a rejected body after the response, so that the response reaches a client that
//! sends before it reads.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Buf;
use http_body::{Body, Frame};
use online_contact::Verifier;
use tokio::runtime::Handle;
use tokio::task::coop::consume_budget;
use tokio::time::timeout;

/// The unread rest of a body. When this is dropped, a task reads it to its end, within the verifier's drain
/// limit and body timeout.
///
/// The server drops it when the response is on its way. To read earlier would make hyper send
/// `100 Continue`.
pub(crate) struct Drain {
    // A mutex makes it `Sync`. It is never locked.
    rest: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    timeout: Duration,
}

impl Drain {
    pub(crate) fn new<B>(body: Pin<Box<B>>, verifier: &Verifier) -> Self
    where
        B: Body + Send + 'static,
        B::Data: Send,
    {
        let rest = read(body, verifier.drain_limit());
        Self { rest: Mutex::new(Some(Box::pin(rest))), timeout: verifier.body_timeout() }
    }
}

impl Drop for Drain {
    fn drop(&mut self) {
        let rest = self.rest.get_mut().ok().and_then(Option::take);
        let (Some(rest), Ok(runtime)) = (rest, Handle::try_current()) else { return };
        let limit = self.timeout;
        runtime.spawn(async move {
            // However it ends, the body is dropped then, and the connection is closed.
            let _ = timeout(limit, rest).await;
        });
    }
}

impl fmt::Debug for Drain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drain").finish_non_exhaustive()
    }
}

/// Reads a body to its end, an error or the limit.
async fn read<B: Body>(mut body: Pin<Box<B>>, limit: u64) {
    let mut left = limit;
    while let Some(bytes) = poll_fn(|cx| body.as_mut().poll_frame(cx).map(length)).await {
        match left.checked_sub(bytes) {
            Some(rest) => left = rest,
            None => return,
        }
        // Other tasks get their turn.
        consume_budget().await;
    }
}

/// Returns the bytes of data in a frame, if there is one.
fn length<D: Buf, E>(frame: Option<Result<Frame<D>, E>>) -> Option<u64> {
    let frame = frame?.ok()?;
    Some(frame.data_ref().map_or(0, Buf::remaining) as u64)
}
