//! A body that takes its time.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::draft::Pace;

/// Into so many pieces a body is cut.
pub(super) const PIECES: usize = 8;

/// A body in pieces.
pub(super) struct Paced {
    pieces: VecDeque<Bytes>,
    pause: Duration,
    waiting: Pin<Box<Sleep>>,
    declared: Option<u64>,
    ends: bool,
}

impl Paced {
    pub(super) fn new(body: &Bytes, pace: Pace) -> Self {
        let pause = if let Pace::Trickle(pause) = pace { pause } else { Duration::ZERO };
        let mut pieces = cut(body);
        if pace == Pace::Stalled {
            pieces.truncate(pieces.len() / 2);
        }
        Self {
            pieces,
            pause,
            waiting: Box::pin(sleep(Duration::ZERO)),
            declared: (pace != Pace::Chunked).then_some(body.len() as u64),
            ends: pace != Pace::Stalled,
        }
    }
}

fn cut(body: &Bytes) -> VecDeque<Bytes> {
    let longest = body.len().div_ceil(PIECES).max(1);
    body.chunks(longest).map(|piece| body.slice_ref(piece)).collect()
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        ready!(self.waiting.as_mut().poll(cx));
        match self.pieces.pop_front() {
            Some(piece) => {
                self.waiting = Box::pin(sleep(self.pause));
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            None if self.ends => Poll::Ready(None),
            // Nobody wakes it: it is dropped with the request.
            None => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ends && self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.declared.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
