//! A body that is sent slowly.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// The number of pieces of a body.
pub(super) const PIECES: usize = 8;

/// The speed at which the pieces of a body are sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// `true` if the length is declared. Otherwise the body is sent in chunks.
    pub(super) declared: bool,
    /// The pause after the first piece.
    pub(super) first_pause: Duration,
    /// The pause after each other piece.
    pub(super) pause: Duration,
    /// `true` if the second half is never sent.
    pub(super) stalls: bool,
}

impl Pace {
    const NONE: Self =
        Self { declared: true, first_pause: Duration::ZERO, pause: Duration::ZERO, stalls: false };
    pub(super) const CHUNKED: Self = Self { declared: false, ..Self::NONE };
    pub(super) const STALLED: Self = Self { stalls: true, ..Self::NONE };

    pub(super) const fn trickle(pause: Duration) -> Self {
        Self { first_pause: pause, pause, ..Self::NONE }
    }

    /// Pauses after the first piece. A server that rejects the rest unread closes the connection, and
    /// bytes that are still on their way then would destroy the response.
    pub(super) const fn hesitant(pause: Duration) -> Self {
        Self { first_pause: pause, ..Self::NONE }
    }

    pub(super) const fn in_chunks(self) -> Self {
        Self { declared: false, ..self }
    }
}

/// A body that is sent in pieces.
pub(super) struct Paced {
    pieces: VecDeque<Bytes>,
    pace: Pace,
    /// The pause after the next piece.
    pause: Duration,
    waiting: Pin<Box<Sleep>>,
    length: u64,
}

impl Paced {
    pub(super) fn new(body: &Bytes, pace: Pace) -> Self {
        let mut pieces = cut(body);
        if pace.stalls {
            pieces.truncate(pieces.len() / 2);
        }
        Self {
            pieces,
            pace,
            pause: pace.first_pause,
            waiting: Box::pin(sleep(Duration::ZERO)),
            length: body.len() as u64,
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
                self.pause = self.pace.pause;
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            None if !self.pace.stalls => Poll::Ready(None),
            // Never woken: the body is dropped with the request.
            None => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        !self.pace.stalls && self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if self.pace.declared { SizeHint::with_exact(self.length) } else { SizeHint::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::Instant;

    use super::*;

    /// The time of each piece in milliseconds, and its length.
    async fn pieces_of(body: &'static [u8], pace: Pace) -> Vec<(u128, usize)> {
        let started = Instant::now();
        let mut body = Paced::new(&Bytes::from_static(body), pace);
        let mut pieces = Vec::new();
        while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            pieces.push((started.elapsed().as_millis(), length));
        }
        pieces
    }

    #[tokio::test(start_paused = true)]
    async fn a_response_can_come_before_the_second_piece() {
        let pieces = pieces_of(&[0; 1_600], Pace::hesitant(Duration::from_millis(300))).await;
        assert_eq!(pieces.len(), PIECES);
        assert_eq!(pieces.first(), Some(&(0, 200)));
        // The runtime wakes a sleeper up to one millisecond late, here once for all pieces.
        assert!(pieces.iter().skip(1).all(|piece| (300..310).contains(&piece.0)), "{pieces:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_trickle_pauses_after_each_piece() {
        let pieces = pieces_of(&[0; 1_600], Pace::trickle(Duration::from_millis(100))).await;
        let (last, _) = pieces.last().copied().unwrap_or_default();
        assert!((700..=710).contains(&last), "{pieces:?}");
    }
}
