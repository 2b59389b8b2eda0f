//! One deadline for a whole body.

#[cfg(feature = "tokio")]
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

#[cfg(feature = "tokio")]
pub(crate) struct Deadline {
    timeout: Duration,
    // Made when the body first keeps us waiting: one that is already there needs no timer. Boxed, for
    // it is large, and a future is moved about before it is polled.
    sleep: Option<Pin<Box<tokio::time::Sleep>>>,
}

/// Without a timer there is no deadline; the feature's documentation says so.
#[cfg(not(feature = "tokio"))]
pub(crate) struct Deadline;

impl Deadline {
    #[cfg(feature = "tokio")]
    pub(crate) const fn after(timeout: Duration) -> Self {
        Self { timeout, sleep: None }
    }

    #[cfg(not(feature = "tokio"))]
    pub(crate) const fn after(_timeout: Duration) -> Self {
        Self
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timeout = self.timeout;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(timeout)));
        sleep.as_mut().poll(cx)
    }

    #[cfg(not(feature = "tokio"))]
    pub(crate) fn poll(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}
