//! Request bodies that follow a script.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

/// One poll of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A chunk.
    Chunk(Vec<u8>),
    /// Pending once, and woken.
    Pause,
    /// Pending for ever.
    Stall,
    /// An error.
    Error,
}

/// Returns a chunk with these bytes.
pub fn chunk(bytes: impl Into<Vec<u8>>) -> Step {
    Step::Chunk(bytes.into())
}

/// A body that follows a script, and ends after its last step.
#[derive(Clone, Debug)]
pub struct Script(VecDeque<Step>);

impl Script {
    /// Creates a body.
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// Returns the number of steps that were not polled.
    #[must_use]
    pub fn left(&self) -> usize {
        self.0.len()
    }
}

impl Stream for Script {
    type Item = io::Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.0.pop_front() {
            Some(Step::Chunk(bytes)) => Poll::Ready(Some(Ok(bytes))),
            Some(Step::Pause) => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Step::Stall) => {
                self.0.push_front(Step::Stall);
                Poll::Pending
            }
            Some(Step::Error) => Poll::Ready(Some(Err(io::Error::other("connection reset")))),
            None => Poll::Ready(None),
        }
    }
}
