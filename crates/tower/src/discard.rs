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
    use std::pin::Pin;
    use std::time::Duration;

    use bytes::Buf;
    use tokio::runtime::Handle;

    use super::{Body, Verifier};

    /// The unread rest of a body. When this is dropped a task reads it to its end, within the
    /// verifier's discard limit and body timeout.
    ///
    /// Not before: the first read makes hyper send `100 Continue` to a client that waits for leave
    /// to send its body, which it should not get. Once the refusal is on its way, it does not.
    pub(crate) struct Discard(Option<Pin<Box<dyn Future<Output = ()> + Send>>>);

    impl Discard {
        pub(crate) fn of<B>(body: B, verifier: &Verifier) -> Option<Self>
        where
            B: Body + Send + Unpin + 'static,
            B::Data: Send,
        {
            let limit = verifier.discard_limit();
            let reading = read(body, limit, verifier.body_timeout());
            (limit > 0).then(|| Self(Some(Box::pin(reading))))
        }
    }

    impl Drop for Discard {
        fn drop(&mut self) {
            if let (Some(reading), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
                runtime.spawn(reading);
            }
        }
    }

    impl fmt::Debug for Discard {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Discard(..)")
        }
    }

    async fn read<B: Body + Unpin>(mut body: B, limit: u64, timeout: Duration) {
        let mut left = limit;
        let reading = async {
            while let Some(Ok(frame)) = next_frame(&mut body).await {
                let bytes = frame.data_ref().map_or(0, Buf::remaining) as u64;
                let Some(rest) = left.checked_sub(bytes) else {
                    break;
                };
                left = rest;
            }
        };
        // However it ends, the body is dropped and the connection with it, if need be.
        let _ = tokio::time::timeout(timeout, reading).await;
    }

    async fn next_frame<B: Body + Unpin>(
        body: &mut B,
    ) -> Option<Result<http_body::Frame<B::Data>, B::Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await
    }
}
