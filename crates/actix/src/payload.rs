//! The body: taken out of the request, hashed, and put back.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::rt::task;
use actix_web::rt::time::{self, Sleep};
use bytes::Bytes;
use futures_core::Stream;
use online_contact::{BodyBuffer, Rejection, Verification};

/// Reads a body to its end, within one deadline; each piece is hashed and kept as it comes.
pub(crate) async fn collect(
    verification: &mut Verification,
    payload: &mut Payload,
    timeout: Duration,
) -> Result<BodyBuffer, Rejection> {
    let mut body = BodyBuffer::default();
    // Made when the body first keeps us waiting: one that is already there needs no timer.
    let mut deadline = None;
    poll_fn(|cx| {
        for _ in 0..Verification::PIECES_PER_TURN {
            match Pin::new(&mut *payload).poll_next(cx) {
                Poll::Ready(Some(Ok(piece))) => {
                    verification.update(&piece)?;
                    body.push(piece);
                }
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Err(verification.body_unreadable(error)));
                }
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    ready!(at(&mut deadline, timeout).poll(cx));
                    return Poll::Ready(Err(verification.body_timed_out()));
                }
            }
        }
        // Others get their turn, and the deadline holds however fast the pieces come.
        cx.waker().wake_by_ref();
        at(&mut deadline, timeout).poll(cx).map(|()| Err(verification.body_timed_out()))
    })
    .await?;
    Ok(body)
}

fn at(deadline: &mut Option<Pin<Box<Sleep>>>, timeout: Duration) -> Pin<&mut Sleep> {
    deadline.get_or_insert_with(|| Box::pin(time::sleep(timeout))).as_mut()
}

/// A payload of these pieces, as if it had just come in.
pub(crate) fn put_back(mut body: BodyBuffer) -> Payload {
    let first = body.pop().unwrap_or_default();
    if body.is_empty() {
        return Payload::from(first);
    }
    Payload::Stream { payload: Box::pin(Pieces { first: Some(first), rest: body }) }
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

/// Throws away what has arrived of a refused body, without waiting for more: with a body read to its
/// end actix-web can keep the connection.
pub(crate) async fn discard_ready(payload: &mut Payload) {
    // actix-web takes a body from the socket only after the service was first polled.
    task::yield_now().await;
    poll_fn(|cx| {
        for _ in 0..Verification::PIECES_PER_TURN {
            let Poll::Ready(Some(Ok(_))) = Pin::new(&mut *payload).poll_next(cx) else { break };
        }
        Poll::Ready(())
    })
    .await;
}
