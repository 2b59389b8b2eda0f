//! One deadline for a whole body.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

#[cfg(feature = "tokio")]
pin_project_lite::pin_project! {
    pub(crate) struct Deadline {
        timeout: Duration,
        // Made when the body first keeps us waiting: one that is already there needs no timer.
        #[pin]
        sleep: Option<tokio::time::Sleep>,
    }
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
    pub(crate) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if this.sleep.is_none() {
            this.sleep.set(Some(tokio::time::sleep(*this.timeout)));
        }
        this.sleep.as_pin_mut().map_or(Poll::Pending, |sleep| sleep.poll(cx))
    }

    #[cfg(not(feature = "tokio"))]
    pub(crate) fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}
