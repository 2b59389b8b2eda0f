//! The responses that the envelope layer reads, passes or replaces.

use std::convert::Infallible;
use std::future::Ready;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use online_contact::{EnvelopePolicy, Reason, Rejection};
use online_contact_tower::{EnvelopeLayer, OnlineContactLayer};
use tokio::time::{Instant, advance};
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

use crate::support::{BODY, BodyFn, builder, full, poll, signed, stalled};

/// The head of a response, with or without a rejection in its extensions.
struct Head {
    status: u16,
    content_type: &'static str,
    rejection: bool,
}

/// Returns how often the body is polled before the response, and after, and the status.
async fn polled(head: Head) -> (usize, usize, u16) {
    let polled = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&polled);
    let inner = service_fn(move |_: Request<()>| {
        let counter = Arc::clone(&counter);
        let mut frames = [Bytes::from_static(b"no envelope")].into_iter().map(Frame::data);
        let body = BodyFn(move |_: &mut Context<'_>| {
            counter.fetch_add(1, Ordering::SeqCst);
            Poll::Ready(frames.next().map(Ok::<_, io::Error>))
        });
        let mut response = Response::new(body);
        *response.status_mut() = head.status.try_into().unwrap();
        response.headers_mut().insert("content-type", head.content_type.parse().unwrap());
        if head.rejection {
            response.extensions_mut().insert(Rejection::from(Reason::Replayed));
        }
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let response = EnvelopeLayer::new().layer(inner).oneshot(Request::new(())).await.unwrap();
    let before = polled.load(Ordering::SeqCst);
    let status = response.status().as_u16();
    response.into_body().collect().await.unwrap();
    (before, polled.load(Ordering::SeqCst) - before, status)
}

const JSON: &str = "application/json; charset=utf-8";

/// A rejection is an envelope already, so a flood of bad requests is not parsed again.
#[tokio::test]
async fn a_rejection_passes_unread() {
    let rejected = Head { status: 403, content_type: JSON, rejection: true };
    assert_eq!(polled(rejected).await, (0, 2, 403));
}

#[tokio::test]
async fn another_failure_is_read() {
    let failed = Head { status: 403, content_type: JSON, rejection: false };
    assert_eq!(polled(failed).await, (2, 0, 403));
}

/// A layer in between may have changed a rejection and left its extensions.
#[tokio::test]
async fn a_rejection_that_another_layer_changed_is_read() {
    for (status, content_type, sent) in [(429, JSON, 500), (403, "text/html", 403)] {
        let (before, ..) = polled(Head { status, content_type, rejection: true }).await;
        assert_eq!(before, 2, "{status} {content_type}");
        let changed = Head { status, content_type, rejection: true };
        assert_eq!(polled(changed).await.2, sent);
    }
}

#[tokio::test]
async fn a_rejection_passes_the_combined_layer_unchanged() {
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

/// Fails when it is polled for readiness, and must not be used after that.
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
async fn a_service_that_failed_is_not_polled_again() {
    let polled = Arc::new(AtomicUsize::new(0));
    let mut service = EnvelopeLayer::new().layer(Failed(Arc::clone(&polled)));
    for _ in 0..2 {
        // `Buffer` and `Balance` poll for readiness more than once before a call.
        for _ in 0..3 {
            service.ready().await.unwrap();
        }
        assert_eq!(polled.load(Ordering::SeqCst), 1);
        let called = std::pin::pin!(service.call(Request::new(())));
        let Poll::Ready(Ok(response)) = poll(called) else { panic!("not ready") };
        assert_eq!(response.status(), 500);
    }
}

/// Returns a response of the inner service through the layer, and the time that it took.
async fn through<B>(
    layer: EnvelopeLayer,
    response: impl FnOnce() -> Response<B>,
) -> (Response<Bytes>, Duration)
where
    B: Body<Data = Bytes, Error = io::Error> + Send + 'static,
{
    let response = std::sync::Mutex::new(Some(response()));
    let inner = service_fn(|_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.lock().unwrap().take().unwrap()))
    });
    let started = Instant::now();
    let response = layer.layer(inner).oneshot(Request::new(())).await.unwrap();
    let took = started.elapsed();
    let (parts, body) = response.into_parts();
    let body =
        if parts.status == 200 { Bytes::new() } else { body.collect().await.unwrap().to_bytes() };
    (Response::from_parts(parts, body), took)
}

/// The length that a stalled body declares.
struct Sized<B>(B, Option<u64>);

impl<B: Body<Data = Bytes, Error = io::Error> + Unpin> Body for Sized<B> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> crate::support::PolledFrame {
        std::pin::Pin::new(&mut self.0).poll_frame(cx)
    }

    fn size_hint(&self) -> SizeHint {
        self.1.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_is_waited_for_300_ms() {
    assert_eq!(EnvelopePolicy::READ_TIMEOUT, Duration::from_millis(300));
    for (status, length, sent, read) in [
        (502, None, 500, true),
        (502, Some(9), 500, true),
        (201, Some(9), 500, true),
        // A success that streams passes unread.
        (200, None, 200, false),
        // So does a short one that stalls, unless the layer is strict.
        (200, Some(9), 200, true),
        // A 1xx response has no body.
        (101, None, 500, false),
    ] {
        let respond = || {
            let body = Sized(stalled(b"x"), length);
            Response::builder().status(status).body(body).unwrap()
        };
        let (response, took) = through(EnvelopeLayer::new(), respond).await;
        let expected = if read { EnvelopePolicy::READ_TIMEOUT } else { Duration::ZERO };
        assert_eq!((response.status().as_u16(), took), (sent, expected), "{status} {length:?}");
    }
    let respond = || Response::new(Sized(stalled(b"x"), Some(9)));
    let (response, _) = through(EnvelopeLayer::new().strict(true), respond).await;
    assert_eq!(response.status(), 500);
}

#[tokio::test(start_paused = true)]
async fn empty_frames_without_end_yield_to_other_tasks() {
    let respond = || {
        let body = BodyFn(|_: &mut Context<'_>| Poll::Ready(Some(Ok(Frame::data(Bytes::new())))));
        Response::builder().status(502).body(body).unwrap()
    };
    let through = tokio::spawn(through(EnvelopeLayer::new(), respond));
    tokio::task::yield_now().await;
    advance(EnvelopePolicy::READ_TIMEOUT).await;
    assert_eq!(through.await.unwrap().0.status(), 500);
}

/// A proxied server that breaks off must not look like one that answered.
#[tokio::test]
async fn a_body_that_fails_while_it_is_read_is_a_server_error() {
    for (status, length) in [(200, Some(9)), (403, None), (404, Some(9)), (502, None)] {
        let respond = || {
            let mut frames = [Ok(Frame::data(Bytes::from_static(b"{")))]
                .into_iter()
                .chain([Err(io::Error::other("connection reset"))]);
            let body = BodyFn(move |_: &mut Context<'_>| {
                Poll::Ready(Some(frames.next().expect("polled after its error")))
            });
            Response::builder().status(status).body(Sized(body, length)).unwrap()
        };
        let (response, _) = through(EnvelopeLayer::new(), respond).await;
        assert_eq!(response.status(), 500, "{status} {length:?}");
        let failure =
            r#"{"error":{"code":"50000","message":"The server failed to respond.","detail":null}}"#;
        assert_eq!(response.body(), failure);
    }
}

#[tokio::test]
async fn a_body_in_the_coding_identity_is_read() {
    for (coding, sent) in [("identity", 200), ("Identity", 200), ("gzip", 500)] {
        let respond = || {
            let body = full(br#"{"data":{}}"#).map_err(|never| match never {});
            let response = Response::builder().status(201).header("content-encoding", coding);
            response.body(body).unwrap()
        };
        assert_eq!(through(EnvelopeLayer::new(), respond).await.0.status(), sent, "{coding}");
    }
}

#[tokio::test]
async fn a_timeout_and_a_rate_limit_of_the_server_are_a_server_error() {
    for status in [408, 429, 503, 504] {
        let respond = || {
            let body = full(b"").map_err(|never| match never {});
            Response::builder().status(status).body(body).unwrap()
        };
        assert_eq!(through(EnvelopeLayer::new(), respond).await.0.status(), 500, "{status}");
    }
}

#[tokio::test]
async fn the_representation_headers_of_a_replaced_body_are_removed() {
    let respond = || {
        let mut response = Response::new(full(b"no").map_err(|never| match never {}));
        *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
        for name in EnvelopePolicy::REPRESENTATION_HEADERS {
            response.headers_mut().insert(*name, "x".parse().unwrap());
        }
        response.headers_mut().insert("x-request-id", "1".parse().unwrap());
        response
    };
    let (response, _) = through(EnvelopeLayer::new(), respond).await;
    let mut names: Vec<_> = response.headers().keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-type", "x-request-id"]);
    for name in ["content-digest", "repr-digest", "digest", "content-md5", "accept-ranges"] {
        assert!(EnvelopePolicy::REPRESENTATION_HEADERS.contains(&name), "{name}");
    }
}
