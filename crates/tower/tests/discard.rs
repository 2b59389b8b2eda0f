//! What becomes of the rest of a body after a rejection.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body::{Body, Frame};
use online_contact::Verifier;
use support::{BODY, BodyFn, builder, echo, signed};
use tokio::task::yield_now;
use tokio::time::advance;
use tower::ServiceExt;

const PIECE: u64 = 16;

/// A body of so many pieces of 16 bytes, which counts those that are read. Whether the body is still
/// there can be seen from the count's owners.
fn counted(
    pieces: u64,
    read: &Arc<AtomicU64>,
) -> impl Body<Data = Bytes, Error = io::Error> + Send + Unpin + 'static {
    let read = Arc::clone(read);
    BodyFn(move |_: &mut Context<'_>| {
        let more = read.load(Ordering::Relaxed) < pieces;
        Poll::Ready(more.then(|| {
            read.fetch_add(1, Ordering::Relaxed);
            Ok(Frame::data(Bytes::from_static(&[b'x'; 16])))
        }))
    })
}

/// An unsigned request's answer.
async fn reject<B>(verifier: Verifier, version: Version, body: B) -> Response<impl Sized>
where
    B: Body<Data = Bytes, Error = io::Error> + Send + Unpin + 'static,
{
    let request = Request::post("/").version(version).body(body).unwrap();
    echo(verifier).oneshot(request).await.unwrap()
}

/// How many pieces are read once the server is done with the answer.
async fn read_behind(verifier: Verifier, version: Version, pieces: u64) -> u64 {
    let read = Arc::default();
    let response = reject(verifier, version, counted(pieces, &read)).await;
    yield_now().await;
    assert_eq!(read.load(Ordering::Relaxed), 0, "read before the answer");
    drop(response);
    yield_now().await;
    assert_eq!(Arc::strong_count(&read), 1, "the body is still there");
    read.load(Ordering::Relaxed)
}

#[tokio::test]
async fn over_http_1_the_rest_is_read_behind_the_answer() {
    for version in [Version::HTTP_10, Version::HTTP_11] {
        let verifier = builder().build().unwrap();
        assert_eq!(read_behind(verifier, version, 5).await, 5);
    }
}

#[tokio::test]
async fn no_more_is_read_than_the_limit_allows() {
    let verifier = builder().drain_limit(4 * PIECE).build().unwrap();
    assert_eq!(read_behind(verifier, Version::HTTP_11, 4).await, 4);
    // The piece that goes too far has been read when it is seen to.
    let verifier = builder().drain_limit(4 * PIECE).build().unwrap();
    assert_eq!(read_behind(verifier, Version::HTTP_11, 1000).await, 5);
}

#[tokio::test]
async fn a_limit_of_zero_turns_it_off() {
    let verifier = builder().drain_limit(0).build().unwrap();
    assert_eq!(read_behind(verifier, Version::HTTP_11, 5).await, 0);
}

#[tokio::test]
async fn over_http_2_nothing_is_read_behind_the_answer() {
    let verifier = builder().build().unwrap();
    assert_eq!(read_behind(verifier, Version::HTTP_2, 5).await, 0);
}

#[tokio::test]
async fn the_rest_of_a_body_that_is_too_large_is_read_on() {
    let read = Arc::default();
    let verifier = builder().body_limit(2 * PIECE).build().unwrap();
    let request = signed(BODY).body(counted(9, &read)).unwrap();
    let response = echo(verifier).oneshot(request).await.unwrap();
    assert_eq!(read.load(Ordering::Relaxed), 3);
    drop(response);
    yield_now().await;
    assert_eq!(read.load(Ordering::Relaxed), 9);
}

#[tokio::test(start_paused = true)]
async fn a_rest_that_does_not_come_is_given_up_at_the_deadline() {
    let timeout = Duration::from_secs(3);
    let verifier = builder().body_timeout(timeout).build().unwrap();
    let alive = Arc::new(());
    let held = Arc::clone(&alive);
    let body = BodyFn(move |_: &mut Context<'_>| {
        let _held = &held;
        Poll::Pending
    });
    drop(reject(verifier, Version::HTTP_11, body).await);

    yield_now().await;
    advance(timeout - Duration::from_millis(1)).await;
    yield_now().await;
    assert_eq!(Arc::strong_count(&alive), 2);
    advance(Duration::from_millis(1)).await;
    yield_now().await;
    assert_eq!(Arc::strong_count(&alive), 1);
}
