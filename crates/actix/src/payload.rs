//! The body: taken out of the request, hashed, and put back.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::rt::task;
use actix_web::rt::time;
use bytes::Bytes;
use futures_core::Stream;
use online_contact::{BodyBuffer, Conclusion, Rejection, Verification};

/// Reads the rest of a body, within one deadline; each piece is hashed and kept as it comes.
pub(crate) async fn read(
    mut verification: Verification,
    payload: &mut Payload,
    body: &mut BodyBuffer,
) -> Result<Conclusion, Rejection> {
    let mut deadline = pin!(time::sleep(verification.verifier().body_timeout()));
    let read = poll_fn(|cx| {
        match verification.poll_body(cx, |cx| next(payload, cx), |piece| body.push(piece)) {
            Poll::Ready(read) => Poll::Ready(read),
            Poll::Pending => {
                deadline.as_mut().poll(cx).map(|()| Err(verification.body_timed_out()))
            }
        }
    });
    read.await?;
    Ok(verification.conclude())
}

/// The next piece. A stream that has ended is let go, for it may panic when it is polled again.
pub(crate) fn next(
    payload: &mut Payload,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Bytes, PayloadError>>> {
    let piece = ready!(Pin::new(&mut *payload).poll_next(cx));
    if piece.is_none() && !matches!(payload, Payload::H1 { .. }) {
        *payload = Payload::None;
    }
    Poll::Ready(piece)
}

/// A payload of these pieces, as if it had just come in.
pub(crate) fn put_back(mut drained: Payload, mut body: BodyBuffer) -> Payload {
    let Some(first) = body.pop() else { return drained };
    match &mut drained {
        // One that has given all it had takes a piece back, and needs no other in its place.
        Payload::H1 { payload } if body.is_empty() => {
            payload.unread_data(first);
            drained
        }
        _ if body.is_empty() => Payload::from(first),
        _ => Payload::Stream { payload: Box::pin(Pieces { first: Some(first), rest: body }) },
    }
}

/// A body of several pieces.
struct Pieces {
    first: Option<Bytes>,
    rest: BodyBuffer,
}

impl Stream for Pieces {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let first = self.first.take();
        Poll::Ready(first.or_else(|| self.rest.pop()).map(Ok))
    }
}

/// Throws away what has arrived of a rejected body, without waiting for more: with a body read to its
/// end actix-web can keep the connection.
pub(crate) async fn discard_ready(payload: &mut Payload) {
    // actix-web takes a body from the socket only after the service was first polled.
    task::yield_now().await;
    poll_fn(|cx| {
        for _ in 0..Verification::PIECES_PER_TURN {
            let Poll::Ready(Some(Ok(_))) = next(payload, cx) else { break };
        }
        Poll::Ready(())
    })
    .await;
}
