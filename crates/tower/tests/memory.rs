//! What a request costs in memory: the reason why strangers can't fill it with requests that wait.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use bytes::Bytes;
use http_body::Frame;
use http_body_util::Full;
use online_contact_tower::VerifyLayer;
use support::{BODY, BodyFn, signed, verifier};
use tower::{Layer as _, Service as _, service_fn};

/// What hyper calls and spawns is one future: its size, and all that it holds on the heap.
#[tokio::test]
async fn a_request_that_waits_for_its_body_takes_about_a_kibibyte() {
    let never_called = service_fn(|_| async {
        Ok::<_, std::convert::Infallible>(http::Response::new(Full::<Bytes>::default()))
    });
    let mut service = VerifyLayer::new(verifier()).layer(never_called);
    let mut sent = vec![Bytes::from_static(&BODY[..20])];
    let body = BodyFn(move |_: &mut Context<'_>| match sent.pop() {
        Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
        None => Poll::Pending,
    });
    let future = service.call(signed(BODY).body(body).unwrap());
    let size = size_of_val(&future) as u64;
    let mut future = pin!(future);
    let polled = measure(|| {
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    });
    let held = size + u64::try_from(polled.bytes_current).unwrap();
    // Optimised it is less than 1,024: that is a row of the benchmarks.
    assert!(held <= 1200, "{held} bytes, {size} of them in the future");
}
