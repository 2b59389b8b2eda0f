//! One deadline for the whole body, in a time that passes only in the test.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::convert::Infallible;
use std::future::Future as _;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use online_contact_tower::{BufferedBody, Verify};
use support::{BODY, BodyFn, builder, detail, echo, full, signed, verifier};
use tokio::time::{Instant, advance, sleep};
use tower::{ServiceExt, service_fn};

const DEFAULT: Duration = Duration::from_secs(10);
const MILLI: Duration = Duration::from_millis(1);

/// [`BODY`] in pieces of so many bytes, with a pause before each, and one before its end.
fn dripping(
    size: usize,
    pause: Duration,
) -> impl Body<Data = Bytes, Error = std::io::Error> + Send + Unpin {
    let mut pieces = BODY.chunks(size);
    let mut waiting = Box::pin(sleep(pause));
    BodyFn(move |cx: &mut Context<'_>| {
        std::task::ready!(waiting.as_mut().poll(cx));
        waiting.set(sleep(pause));
        let piece = pieces.next().map(Bytes::from_static);
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    })
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_rejected_at_the_deadline() {
    let custom = Duration::from_millis(1234);
    for (verifier, timeout) in
        [(verifier(), DEFAULT), (builder().body_timeout(custom).build().unwrap(), custom)]
    {
        let started = Instant::now();
        let body = BodyFn(|_: &mut Context<'_>| Poll::Pending);
        let request = signed(BODY).body(body).unwrap();
        let response = echo(verifier).oneshot(request).await.unwrap();
        assert_eq!(started.elapsed(), timeout);
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(detail(response).await, "body_timeout");
    }
}

#[tokio::test(start_paused = true)]
async fn a_dripping_body_does_not_put_the_deadline_off() {
    for pause in [MILLI * 400, Duration::from_secs(4), DEFAULT - MILLI] {
        let started = Instant::now();
        let request = signed(BODY).body(dripping(1, pause)).unwrap();
        let response = echo(verifier()).oneshot(request).await.unwrap();
        assert_eq!(started.elapsed(), DEFAULT, "a byte every {pause:?}");
        assert_eq!(detail(response).await, "body_timeout");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_that_comes_in_time_passes() {
    // Two pieces and the end: three pauses.
    let pause = (DEFAULT - MILLI) / 3;
    let request = signed(BODY).body(dripping(BODY.len() / 2, pause)).unwrap();
    let started = Instant::now();
    let response = echo(verifier()).oneshot(request).await.unwrap();
    assert!(started.elapsed() >= pause * 3 && started.elapsed() < DEFAULT);
    assert_eq!(response.status(), StatusCode::OK);
    let received = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(received, BODY);
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_empty_frames_without_end_is_rejected_at_the_deadline() {
    let body = BodyFn(|_: &mut Context<'_>| Poll::Ready(Some(Ok(Frame::data(Bytes::new())))));
    let request = signed(BODY).body(body).unwrap();
    let answer = tokio::spawn(echo(verifier()).oneshot(request));

    // It lets others run in between, this test for one.
    tokio::task::yield_now().await;
    advance(DEFAULT - MILLI).await;
    assert!(!answer.is_finished());
    advance(MILLI).await;
    tokio::task::yield_now().await;
    assert!(answer.is_finished());
    let response = answer.await.unwrap().unwrap();
    assert_eq!(detail(response).await, "body_timeout");
}

#[tokio::test(start_paused = true)]
async fn the_handler_may_take_longer_than_a_body() {
    let handler = service_fn(|_: Request<BufferedBody>| async {
        sleep(DEFAULT * 2).await;
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    });
    let started = Instant::now();
    let request = signed(BODY).body(full(BODY)).unwrap();
    let response = Verify::new(handler, verifier()).oneshot(request).await;
    assert_eq!(response.unwrap().status(), StatusCode::OK);
    assert_eq!(started.elapsed(), DEFAULT * 2);
}
