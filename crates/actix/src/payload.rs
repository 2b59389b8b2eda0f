//! The request body: put back for the handler, or discarded.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::rt::task;
use bytes::Bytes;
use futures_core::Stream;
use online_contact::BodyBuffer;

/// Chunks discarded at once.
const CHUNKS_PER_TURN: u32 = 128;

/// Returns a payload of these chunks, as if it had just arrived.
pub(crate) fn put_back(mut ended: Payload, mut body: BodyBuffer) -> Payload {
    match (body.pop(), &mut ended) {
        (None, Payload::H1 { .. }) => ended,
        (None, _) => Payload::None,
        (Some(chunk), Payload::H1 { payload }) if body.is_empty() => {
            payload.unread_data(chunk);
            ended
        }
        (Some(chunk), _) if body.is_empty() => Payload::from(chunk),
        (first, _) => Payload::Stream { payload: Box::pin(Chunks { first, rest: body }) },
    }
}

/// A body of several chunks.
struct Chunks {
    first: Option<Bytes>,
    rest: BodyBuffer,
}

impl Stream for Chunks {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let first = self.first.take();
        Poll::Ready(first.or_else(|| self.rest.pop()).map(Ok))
    }
}

/// Discards what has arrived of a rejected body, and does not wait for more. Returns whether the body has
/// ended, so that actix-web can keep the connection.
pub(crate) async fn discard_arrived(payload: &mut Payload) -> bool {
    // actix-web takes a body from the socket only after the service was first polled.
    task::yield_now().await;
    poll_fn(|cx| {
        for _ in 0..CHUNKS_PER_TURN {
            match Pin::new(&mut *payload).poll_next(cx) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(end) => return Poll::Ready(end.is_none()),
                Poll::Pending => break,
            }
        }
        Poll::Ready(false)
    })
    .await
}
