//! What the contract layer leaves alone: rejections of the verifier, and services that have failed.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::convert::Infallible;
use std::future::Ready;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use online_contact::{Reason, Rejection};
use online_contact_tower::{EnvelopeLayer, OnlineContactLayer};
use support::{BODY, BodyFn, builder, full, poll, signed};
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

/// Headers, and whether the answer says that it is a rejection.
struct Answer {
    status: u16,
    content_type: &'static str,
    rejection: bool,
}

/// How often the body of an answer is asked for a frame before the answer is there, and after.
async fn asked(answer: Answer) -> (usize, usize, u16) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let inner = service_fn(move |_: Request<()>| {
        let counter = Arc::clone(&counter);
        let mut frames = [Bytes::from_static(b"no envelope")].into_iter().map(Frame::data);
        let body = BodyFn(move |_: &mut Context<'_>| {
            counter.fetch_add(1, Ordering::SeqCst);
            Poll::Ready(frames.next().map(Ok::<_, io::Error>))
        });
        let mut response = Response::new(body);
        *response.status_mut() = answer.status.try_into().unwrap();
        response.headers_mut().insert("content-type", answer.content_type.parse().unwrap());
        if answer.rejection {
            response.extensions_mut().insert(Rejection::from(Reason::Replayed));
        }
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let response = EnvelopeLayer::new().layer(inner).oneshot(Request::new(())).await.unwrap();
    let before = asked.load(Ordering::SeqCst);
    let status = response.status().as_u16();
    response.into_body().collect().await.unwrap();
    (before, asked.load(Ordering::SeqCst) - before, status)
}

const JSON: &str = "application/json; charset=utf-8";

/// It keeps the contract by its making, so a flood of bad requests is not read and parsed again.
#[tokio::test]
async fn a_rejection_leaves_unread() {
    let rejected = Answer { status: 403, content_type: JSON, rejection: true };
    assert_eq!(asked(rejected).await, (0, 2, 403));
}

#[tokio::test]
async fn what_says_nothing_of_a_rejection_is_read() {
    let answered = Answer { status: 403, content_type: JSON, rejection: false };
    assert_eq!(asked(answered).await, (2, 0, 403));
}

/// A layer between may have made a rejection into something else and left its extensions.
#[tokio::test]
async fn a_rejection_that_was_changed_on_its_way_is_read() {
    for (status, content_type, leaves) in [(429, JSON, 400), (403, "text/html", 403)] {
        let (before, ..) = asked(Answer { status, content_type, rejection: true }).await;
        assert_eq!(before, 2, "{status} {content_type}");
        let changed = Answer { status, content_type, rejection: true };
        assert_eq!(asked(changed).await.2, leaves);
    }
}

#[tokio::test]
async fn a_rejection_behind_the_endpoint_layer_is_what_the_verifier_said() {
    let verifier = builder().build().unwrap();
    let echo = service_fn(|request: Request<online_contact_tower::BufferedBody>| async move {
        Ok::<_, Infallible>(Response::new(request.into_body()))
    });
    let endpoint = OnlineContactLayer::new(verifier).layer(echo);
    let tampered = signed(BODY).body(full(b"{}")).unwrap();
    let response = endpoint.oneshot(tampered).await.unwrap();
    assert_eq!(response.status(), 403);
    assert!(response.extensions().get::<Rejection>().is_some());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(*body, *Rejection::from(Reason::SignatureMismatch).to_failure().to_json());
}

/// Fails when it is asked for room, and must not be asked for anything after that.
#[derive(Clone)]
struct Failed(Arc<AtomicUsize>);

impl Service<Request<()>> for Failed {
    type Response = Response<online_contact_tower::BufferedBody>;
    type Error = io::Error;
    type Future = Ready<Result<Self::Response, io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Err(io::Error::other("the pool is closed")))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        panic!("it was not ready");
    }
}

#[tokio::test]
async fn a_service_that_failed_is_not_asked_again() {
    let asked = Arc::new(AtomicUsize::new(0));
    let mut service = EnvelopeLayer::new().layer(Failed(Arc::clone(&asked)));
    // Whoever asks for room may ask again before the call: `Buffer` and `Balance` do.
    for _ in 0..3 {
        service.ready().await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let answer = std::pin::pin!(service.call(Request::new(())));
    let Poll::Ready(Ok(response)) = poll(answer) else { panic!("an answer") };
    assert_eq!(response.status(), 500);
}
