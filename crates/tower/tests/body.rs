//! The body: what is handed on, how much of it is taken, and how long it is waited for.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Version};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use online_contact::{Reason, Rejection};
use online_contact_tower::{BufferedBody, ResponseBody};
use support::{BODY, BodyFn, PolledFrame, builder, detail, echo, frames, pieces, signed, verifier};
use tower::ServiceExt;

type Answer = Response<ResponseBody<BufferedBody>>;

/// What the echo service says to a signed request with this body.
async fn answer<B>(signed_body: &[u8], body: B) -> Answer
where
    B: Body<Error: Into<Box<dyn Error + Send + Sync>>, Data: Send> + Send + Unpin + 'static,
{
    let request = signed(signed_body).body(body).unwrap();
    echo(verifier()).oneshot(request).await.unwrap()
}

/// The frames of data that the handler was given.
async fn data_of(response: Answer) -> Vec<Bytes> {
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body();
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        frames.push(frame.unwrap().into_data().unwrap());
    }
    frames
}

/// Where each piece lies: a copy lies elsewhere.
fn places(pieces: &[Bytes]) -> Vec<(*const u8, usize)> {
    let place = |piece: &Bytes| (piece.as_ptr(), piece.len());
    pieces.iter().map(place).collect()
}

#[tokio::test]
async fn large_frames_are_handed_on_as_they_came_however_many() {
    let sent: Vec<_> = (0..200_u8).map(|n| Bytes::from(vec![n; 4096])).collect();
    let response = answer(&sent.concat(), pieces(sent.clone())).await;
    assert_eq!(places(&data_of(response).await), places(&sent));
}

#[tokio::test]
async fn a_body_in_one_piece_comes_out_whole_without_a_copy() {
    let sent = Bytes::from(BODY.to_vec());
    let request = signed(BODY).body(Full::new(sent.clone())).unwrap();
    let response = echo(verifier()).oneshot(request).await.unwrap();
    let received = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(places(&[received]), places(&[sent]));
}

#[tokio::test]
async fn very_many_tiny_frames_are_put_together() {
    let whole: Vec<_> = (0..10_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let tiny: Vec<_> = whole.chunks(1).map(Bytes::copy_from_slice).collect();
    let received = data_of(answer(&whole, pieces(tiny)).await).await;
    assert_eq!(received.concat(), whole);
    assert!(received.len() <= 64, "{} frames", received.len());
}

#[tokio::test]
async fn tiny_frames_between_large_ones_stay_in_their_place() {
    let sent: Vec<_> = (0..600_u32)
        .map(|n| {
            let size = if n % 7 == 0 { 7_000 } else { 3 };
            Bytes::from(vec![n.to_le_bytes()[0]; size])
        })
        .collect();
    let received = data_of(answer(&sent.concat(), pieces(sent.clone())).await).await;
    assert_eq!(received.concat(), sent.concat());
    assert!(received.len() < 300, "{} frames", received.len());
}

#[tokio::test]
async fn empty_frames_are_no_part_of_the_body() {
    let sent = ["", "a", "", "", "b", ""].map(Bytes::from);
    let received = data_of(answer(b"ab", pieces(sent)).await).await;
    assert_eq!(received, ["a", "b"]);
}

/// Servers cut frames from the blocks that they read into.
#[tokio::test]
async fn what_is_small_does_not_keep_the_block_that_it_was_cut_from() {
    let blocks: Vec<_> = (0..100_u8).map(|n| Bytes::from(vec![n; 8192])).collect();
    let cut: Vec<_> = blocks.iter().map(|block| block.slice(..500)).collect();
    let whole = cut.concat();
    let response = answer(&whole, pieces(cut)).await;
    let kept = blocks.iter().filter(|block| !block.is_unique()).count();
    assert_eq!(kept, 1, "of the first piece, which is not copied");
    assert_eq!(data_of(response).await.concat(), whole);
}

#[tokio::test]
async fn trailers_are_handed_on_behind_the_data() {
    let mut trailers = HeaderMap::new();
    trailers.append("x-checksum", HeaderValue::from_static("1"));
    trailers.append("x-checksum", HeaderValue::from_static("2"));
    for data in [BODY, b""] {
        let sent = [Frame::data(Bytes::from_static(data)), Frame::trailers(trailers.clone())];
        let mut body = answer(data, frames(sent)).await.into_body();
        assert!(!body.is_end_stream());
        if !data.is_empty() {
            let first = body.frame().await.unwrap().unwrap();
            assert_eq!(first.into_data().unwrap(), data);
            assert!(!body.is_end_stream());
        }
        let last = body.frame().await.unwrap().unwrap();
        assert_eq!(last.into_trailers().unwrap(), trailers);
        assert!(body.is_end_stream());
        assert!(body.frame().await.is_none());
    }
}

#[tokio::test]
async fn the_size_is_known_and_shrinks_as_the_body_is_read() {
    let sent = [vec![b'a'; 7_000], vec![b'b'; 6_000], vec![b'c'; 3]].map(Bytes::from);
    let mut body = answer(&sent.concat(), pieces(sent)).await.into_body();
    for left in [13_003, 6_003, 3] {
        assert_eq!(body.size_hint().exact(), Some(left));
        assert!(!body.is_end_stream());
        body.frame().await.unwrap().unwrap();
    }
    assert_eq!(body.size_hint().exact(), Some(0));
    assert!(body.is_end_stream());
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn an_empty_body_is_at_its_end() {
    let body = answer(b"", pieces([])).await.into_body();
    assert!(body.is_end_stream());
    assert_eq!(body.size_hint().exact(), Some(0));
}

#[tokio::test]
async fn data_need_not_be_bytes() {
    let body = Full::new(io::Cursor::new(BODY));
    assert_eq!(data_of(answer(BODY, body).await).await, [BODY]);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_unreadable_and_not_short() {
    // What came before the break is signed, so that an adapter that takes it for the whole passes.
    let mut came = Some(Bytes::from_static(BODY));
    let body = BodyFn(move |_: &mut Context<'_>| {
        let broken = || Err(io::Error::other("peer 10.0.0.7 hung up"));
        Poll::Ready(Some(came.take().map_or_else(broken, |bytes| Ok(Frame::data(bytes)))))
    });
    let response = answer(BODY, body).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);

    let rejection: &Rejection = response.extensions().get().expect("the rejection");
    assert_eq!(rejection.reason(), Reason::BodyUnreadable);
    let source = rejection.source().expect("a source").to_string();
    assert_eq!(source, "peer 10.0.0.7 hung up");

    let envelope = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(
        envelope,
        r#"{"error":{"code":"40008","message":"The body did not arrive whole.","detail":"body_unreadable"}}"#,
    );
}

/// What the echo service, whose limit is the length of [`BODY`], says to this body.
async fn limited<B>(body: B) -> Answer
where
    B: Body<Data = Bytes, Error = io::Error> + Send + Unpin + 'static,
{
    let limit = BODY.len() as u64;
    let verifier = builder().body_limit(limit).drain_limit(0).build();
    let request = signed(BODY).body(body).unwrap();
    echo(verifier.unwrap()).oneshot(request).await.unwrap()
}

#[tokio::test]
async fn an_undeclared_body_at_the_limit_passes() {
    let response = limited(pieces(BODY.chunks(5).map(Bytes::from_static))).await;
    assert_eq!(data_of(response).await.concat(), BODY);
}

#[tokio::test]
async fn an_undeclared_body_over_the_limit_is_not_read_on() {
    let sent = Arc::new(AtomicU32::new(0));
    let body = BodyFn({
        let sent = Arc::clone(&sent);
        move |_: &mut Context<'_>| {
            sent.fetch_add(1, Ordering::Relaxed);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))))
        }
    });
    let response = limited(body).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(detail(response).await, "body_too_large");
    let limit = u32::try_from(BODY.len()).unwrap();
    assert_eq!(sent.load(Ordering::Relaxed), limit + 1);
}

/// A body that says how long it is, and counts how often it is asked.
struct Declared {
    bytes: u64,
    polls: Arc<AtomicU32>,
}

impl Body for Declared {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> PolledFrame {
        self.polls.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(None)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes)
    }
}

#[tokio::test]
async fn a_body_declared_over_the_limit_is_never_polled() {
    let limit = BODY.len() as u64;
    for (bytes, expected, polled) in [
        (limit, "signature_mismatch", 1),
        (limit + 1, "body_too_large", 0),
        (u64::MAX, "body_too_large", 0),
    ] {
        let polls = Arc::default();
        let body = Declared { bytes, polls: Arc::clone(&polls) };
        assert_eq!(detail(limited(body).await).await, expected);
        assert_eq!(polls.load(Ordering::Relaxed), polled);
    }
}

#[tokio::test]
async fn a_body_is_never_polled_where_its_headers_are_rejected() {
    let polls = Arc::default();
    let body = Declared { bytes: 2, polls: Arc::clone(&polls) };
    // HTTP/2 can end one stream, so nothing is read after the rejection either.
    let request = Request::post("/").version(Version::HTTP_2).body(body);
    let response = echo(verifier()).oneshot(request.unwrap()).await.unwrap();
    assert_eq!(detail(response).await, "timestamp_missing");
    assert_eq!(polls.load(Ordering::Relaxed), 0);
}
