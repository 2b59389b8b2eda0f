use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Stream;

use crate::rejection::Rejection;
use crate::rejection::reason::Reason;
use crate::verifier::Verifier;
use crate::verify::head::RequestHead;
use crate::verify::timer::Timer;
use crate::verify::verified::Verified;

impl Verifier {
    /// Verifies a request whose body is in memory.
    ///
    /// Polls [`verify`](Self::verify) once and never waits: a [`KeySource`](crate::KeySource) that has to
    /// be waited for is [`Reason::KeySourceUnavailable`], and such a replay guard, as one on Redis is,
    /// [`Reason::ReplayGuardUnavailable`].
    ///
    /// # Errors
    ///
    /// Returns the first check that fails, as a [`Rejection`]. [`reject`](Self::reject) renders it.
    ///
    /// ```
    /// # use online_contact::{RequestHead, SecurityKey, Timestamp, Verifier};
    /// # let verifier = Verifier::builder()
    /// #     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
    /// #     .clock(Timestamp::from_millis(1_732_400_000_000))
    /// #     .build()?;
    /// let head = RequestHead::new("/customer")
    ///     .header("X-TC-Timestamp", b"1732400000000")
    ///     .header("Authorization", b"YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=")
    ///     .header("Accept", b"*/*"); // ignored
    /// let rejection = verifier.verify_bytes(&head, b"{}").unwrap_err();
    /// assert_eq!(rejection.reason().as_str(), "signature_mismatch");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify_bytes(&self, head: &RequestHead<'_>, body: &[u8]) -> Result<Verified, Rejection> {
        let mut body = InMemory(Some(body));
        let polled = {
            let verify = pin!(self.verify(head, &mut body, &NoTimer));
            verify.poll(&mut Context::from_waker(Waker::noop()))
        };
        match polled {
            Poll::Ready(verdict) => verdict,
            Poll::Pending => {
                // The body never waits, so what waits comes before it or after it.
                let before = body.0.is_some();
                let waiting = if before {
                    Reason::KeySourceUnavailable
                } else {
                    Reason::ReplayGuardUnavailable
                };
                let rejection = Rejection::from(waiting);
                Err(rejection.with_source("`verify_bytes` does not wait; call `verify`"))
            }
        }
    }
}

/// A body of one chunk that is there.
struct InMemory<'a>(Option<&'a [u8]>);

impl<'a> Stream for InMemory<'a> {
    type Item = Result<&'a [u8], Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// The timer of a caller that does not wait.
struct NoTimer;

impl Timer for NoTimer {
    fn sleep(&self, _duration: Duration) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}
