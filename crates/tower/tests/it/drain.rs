//! The rest of a body after a rejection.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use online_contact::Verifier;
use tokio::task::yield_now;
use tokio::time::advance;
use tower::ServiceExt;

use crate::support::{BODY, BodyFn, builder, echo, signed};

const CHUNK: u64 = 16;

/// Returns a body of N chunks of 16 bytes, which counts those that are read. The body holds a reference to
/// the counter until it is dropped.
fn counted(
    chunks: u64,
    read: &Arc<AtomicU64>,
) -> impl Body<Data = Bytes, Error = io::Error> + Send + 'static {
    let read = Arc::clone(read);
    BodyFn(move |_: &mut Context<'_>| {
        let more = read.load(Ordering::Relaxed) < chunks;
        Poll::Ready(more.then(|| {
            read.fetch_add(1, Ordering::Relaxed);
            Ok(Frame::data(Bytes::from_static(&[b'x'; 16])))
        }))
    })
}

/// Returns the response to an unsigned request.
async fn reject<B>(verifier: Verifier, version: Version, body: B) -> Response<impl Sized>
where
    B: Body<Data = Bytes, Error = io::Error> + Send + 'static,
{
    let request = Request::post("/").version(version).body(body).unwrap();
    echo(verifier).oneshot(request).await.unwrap()
}

/// Returns how many chunks are read after the response.
async fn read_after(verifier: Verifier, version: Version, chunks: u64) -> u64 {
    let read = Arc::default();
    let response = reject(verifier, version, counted(chunks, &read)).await;
    yield_now().await;
    assert_eq!(read.load(Ordering::Relaxed), 0, "read before the response");
    drop(response);
    yield_now().await;
    assert_eq!(Arc::strong_count(&read), 1, "the body was not dropped");
    read.load(Ordering::Relaxed)
}

#[tokio::test]
async fn over_http_1_the_rest_is_read_after_the_answer() {
    for version in [Version::HTTP_10, Version::HTTP_11] {
        let verifier = builder().build().unwrap();
        assert_eq!(read_after(verifier, version, 5).await, 5);
    }
}

#[tokio::test]
async fn the_drain_limit_is_observed() {
    let verifier = builder().drain_limit(4 * CHUNK).build().unwrap();
    assert_eq!(read_after(verifier, Version::HTTP_11, 4).await, 4);
    // The chunk that exceeds the limit has been read when it is counted.
    let verifier = builder().drain_limit(4 * CHUNK).build().unwrap();
    assert_eq!(read_after(verifier, Version::HTTP_11, 1000).await, 5);
}

#[tokio::test]
async fn a_limit_of_zero_turns_draining_off() {
    let verifier = builder().drain_limit(0).build().unwrap();
    assert_eq!(read_after(verifier, Version::HTTP_11, 5).await, 0);
}

#[tokio::test]
async fn over_http_2_nothing_is_read_after_the_answer() {
    let verifier = builder().build().unwrap();
    assert_eq!(read_after(verifier, Version::HTTP_2, 5).await, 0);
}

#[tokio::test]
async fn row_09_the_rest_of_a_body_that_is_too_large_is_drained() {
    let read = Arc::default();
    let verifier = builder().body_limit(2 * CHUNK).build().unwrap();
    let request = signed(BODY).body(counted(9, &read)).unwrap();
    let response = echo(verifier).oneshot(request).await.unwrap();
    assert_eq!(read.load(Ordering::Relaxed), 3);
    drop(response);
    yield_now().await;
    assert_eq!(read.load(Ordering::Relaxed), 9);
}

#[tokio::test(start_paused = true)]
async fn a_stalled_rest_is_dropped_at_the_deadline() {
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

#[tokio::test(start_paused = true)]
async fn rows_11_and_12_a_body_that_failed_is_not_drained() {
    let verifier = builder().build().unwrap();
    for fails in [false, true] {
        let polled = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&polled);
        let body = BodyFn(move |_: &mut Context<'_>| {
            counter.fetch_add(1, Ordering::Relaxed);
            if fails { Poll::Ready(Some(Err(io::Error::other("gone")))) } else { Poll::Pending }
        });
        let request = signed(BODY).body(body).unwrap();
        let response = echo(verifier.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.headers()["connection"], "close");
        let before = polled.load(Ordering::Relaxed);
        drop(response);
        yield_now().await;
        advance(Duration::from_secs(60)).await;
        yield_now().await;
        assert_eq!(polled.load(Ordering::Relaxed), before, "fails: {fails}");
        assert_eq!(Arc::strong_count(&polled), 1, "the body is dropped");
    }
}

#[tokio::test]
async fn a_response_says_close_if_the_body_is_not_at_its_end() {
    let close = async |version, body: &'static [u8]| {
        let verifier = builder().build().unwrap();
        let response = reject(
            verifier,
            version,
            http_body_util::Full::new(Bytes::from_static(body))
                .map_err(|never: std::convert::Infallible| match never {}),
        )
        .await;
        response.headers().get("connection").is_some()
    };
    assert!(close(Version::HTTP_11, b"{}").await);
    assert!(!close(Version::HTTP_11, b"").await);
    assert!(!close(Version::HTTP_2, b"{}").await);
}
