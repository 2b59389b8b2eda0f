//! The body: taken out of the request, hashed, and put back.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::rt::{task, time};
use bytes::Bytes;
use futures_core::Stream;
use online_contact::{BodyBuffer, Conclusion, Rejection, Verification};

/// Reads the whole body within one deadline and keeps it.
pub(crate) async fn collect(
    mut verification: Verification,
    payload: &mut Payload,
    timeout: Duration,
) -> Result<(Conclusion, BodyBuffer), Rejection> {
    let reading = async {
        let mut body = BodyBuffer::default();
        let mut turn = 0..Verification::PIECES_PER_TURN;
        while let Some(piece) = next(payload).await {
            if turn.next().is_none() {
                // Here the deadline is looked at too.
                task::yield_now().await;
                turn = 0..Verification::PIECES_PER_TURN;
            }
            let piece = piece.map_err(|error| verification.body_unreadable(error))?;
            verification.update(&piece)?;
            body.push(piece);
        }
        Ok::<_, Rejection>(body)
    };
    let body = match time::timeout(timeout, reading).await {
        Ok(read) => read?,
        Err(_) => return Err(verification.body_timed_out()),
    };
    Ok((verification.conclude(), body))
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

async fn next(payload: &mut Payload) -> Option<Result<Bytes, PayloadError>> {
    poll_fn(|cx| Pin::new(&mut *payload).poll_next(cx)).await
}
