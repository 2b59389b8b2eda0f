//! The body that the inner service gets.

use std::error::Error;
use std::io;
use std::pin::pin;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use online_contact_tower::{BufferedBody, ResponseBody};
use tower::ServiceExt;

use crate::support::{BODY, channel, chunks, echo, frames, poll, signed, verifier};

type Echoed = Response<ResponseBody<BufferedBody>>;

/// Returns the response of the echo service to a signed request with this body.
async fn respond<B>(signed_body: &[u8], body: B) -> Echoed
where
    B: Body<Error: Into<Box<dyn Error + Send + Sync>>, Data: Send> + Send + Unpin + 'static,
{
    let request = signed(signed_body).body(body).unwrap();
    echo(verifier()).oneshot(request).await.unwrap()
}

/// Returns the data frames that the handler got.
async fn data_of(response: Echoed) -> Vec<Bytes> {
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body();
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        frames.push(frame.unwrap().into_data().unwrap());
    }
    frames
}

/// Returns the address of each chunk. That of a copy differs.
fn places(chunks: &[Bytes]) -> Vec<(*const u8, usize)> {
    let place = |chunk: &Bytes| (chunk.as_ptr(), chunk.len());
    chunks.iter().map(place).collect()
}

#[tokio::test]
async fn large_frames_are_not_copied() {
    let sent: Vec<_> = (0..200_u8).map(|n| Bytes::from(vec![n; 4096])).collect();
    let response = respond(&sent.concat(), chunks(sent.clone())).await;
    assert_eq!(places(&data_of(response).await), places(&sent));
}

#[tokio::test]
async fn a_body_in_one_chunk_is_not_copied() {
    let sent = Bytes::from(BODY.to_vec());
    let request = signed(BODY).body(Full::new(sent.clone())).unwrap();
    let response = echo(verifier()).oneshot(request).await.unwrap();
    let received = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(places(&[received]), places(&[sent]));
}

#[tokio::test]
async fn many_tiny_frames_are_joined() {
    let whole: Vec<_> = (0..10_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let tiny: Vec<_> = whole.chunks(1).map(Bytes::copy_from_slice).collect();
    let received = data_of(respond(&whole, chunks(tiny)).await).await;
    assert_eq!(received.concat(), whole);
    assert!(received.len() <= 64, "{} frames", received.len());
}

#[tokio::test]
async fn tiny_frames_between_large_ones_keep_their_order() {
    let sent: Vec<_> = (0..600_u32)
        .map(|n| {
            let size = if n % 7 == 0 { 7_000 } else { 3 };
            Bytes::from(vec![n.to_le_bytes()[0]; size])
        })
        .collect();
    let received = data_of(respond(&sent.concat(), chunks(sent.clone())).await).await;
    assert_eq!(received.concat(), sent.concat());
    assert!(received.len() < 300, "{} frames", received.len());
}

#[tokio::test]
async fn empty_frames_are_dropped() {
    let sent = ["", "a", "", "", "b", ""].map(Bytes::from);
    let received = data_of(respond(b"ab", chunks(sent)).await).await;
    assert_eq!(received, ["a", "b"]);
}

/// Servers cut frames from the blocks that they read into.
#[tokio::test]
async fn small_chunks_do_not_keep_the_block_that_they_were_cut_from() {
    let blocks: Vec<_> = (0..100_u8).map(|n| Bytes::from(vec![n; 8192])).collect();
    let cut: Vec<_> = blocks.iter().map(|block| block.slice(..500)).collect();
    let whole = cut.concat();
    let response = respond(&whole, chunks(cut)).await;
    let kept = blocks.iter().filter(|block| !block.is_unique()).count();
    assert_eq!(kept, 1, "only that of the first chunk, which came at once");
    assert_eq!(data_of(response).await.concat(), whole);
}

#[tokio::test]
async fn trailers_follow_the_data() {
    let mut trailers = HeaderMap::new();
    trailers.append("x-checksum", HeaderValue::from_static("1"));
    trailers.append("x-checksum", HeaderValue::from_static("2"));
    for data in [BODY, b""] {
        let sent = [Frame::data(Bytes::from_static(data)), Frame::trailers(trailers.clone())];
        let mut body = respond(data, frames(sent)).await.into_body();
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
async fn the_size_hint_is_exact() {
    let sent = [vec![b'a'; 7_000], vec![b'b'; 6_000], vec![b'c'; 3]].map(Bytes::from);
    let mut body = respond(&sent.concat(), chunks(sent)).await.into_body();
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
    let body = respond(b"", chunks([])).await.into_body();
    assert!(body.is_end_stream());
    assert_eq!(body.size_hint().exact(), Some(0));
}

#[tokio::test]
async fn data_of_another_type_than_bytes_are_converted() {
    let body = Full::new(io::Cursor::new(BODY));
    assert_eq!(data_of(respond(BODY, body).await).await, [BODY]);
}

/// A chunk of one byte would otherwise hold the block of 8 KiB that the server read it into.
#[tokio::test]
async fn a_small_first_chunk_that_is_waited_for_does_not_keep_its_block() {
    let block = Bytes::from(vec![b'x'; 8192]);
    let (sender, body) = channel();
    let request = signed(b"x").body(body).unwrap();
    let mut response = pin!(echo(verifier()).oneshot(request));
    sender.send(block.slice(..1)).unwrap();
    assert!(poll(response.as_mut()).is_pending());
    assert!(block.is_unique());
    drop(sender);
    assert_eq!(data_of(response.await.unwrap()).await.concat(), b"x");
}
