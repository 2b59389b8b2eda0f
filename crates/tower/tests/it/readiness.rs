//! The inner service is polled for readiness once a request is verified, and not before.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use online_contact_tower::{BufferedBody, Verify};
use tokio::sync::Notify;
use tower::limit::ConcurrencyLimit;
use tower::{Service, ServiceExt, service_fn};

use crate::support::{BODY, builder, channel, chunks, detail, full, poll, signed, verifier};

/// The calls of a [`Probe`] and all its clones.
#[derive(Debug, Default)]
struct Counts {
    polled: AtomicU32,
    called_ready: AtomicU32,
    called_unready: AtomicU32,
}

impl Counts {
    /// Returns how often the service was polled for readiness, called when ready, and called when not.
    fn read(&self) -> (u32, u32, u32) {
        let read = |count: &AtomicU32| count.load(Ordering::Relaxed);
        let Self { polled, called_ready, called_unready } = self;
        (read(polled), read(called_ready), read(called_unready))
    }
}

/// Counts its calls. As with `ConcurrencyLimit`, a clone of a ready service is not ready.
#[derive(Default)]
struct Probe {
    counts: Arc<Counts>,
    ready: bool,
    busy_for: u32,
}

impl Clone for Probe {
    fn clone(&self) -> Self {
        Self { counts: Arc::clone(&self.counts), ready: false, busy_for: self.busy_for }
    }
}

impl Service<Request<BufferedBody>> for Probe {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.counts.polled.fetch_add(1, Ordering::Relaxed);
        if let Some(left) = self.busy_for.checked_sub(1) {
            self.busy_for = left;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: Request<BufferedBody>) -> Self::Future {
        let count = if std::mem::take(&mut self.ready) {
            &self.counts.called_ready
        } else {
            &self.counts.called_unready
        };
        count.fetch_add(1, Ordering::Relaxed);
        ready(Ok(Response::default()))
    }
}

#[tokio::test]
async fn it_is_always_ready_and_does_not_poll_the_inner_service() {
    let probe = Probe::default();
    let mut service = Verify::new(probe.clone(), verifier());
    let ready = ServiceExt::<Request<Full<Bytes>>>::ready(&mut service).await;
    assert!(ready.is_ok());
    assert_eq!(probe.counts.read(), (0, 0, 0));
}

#[tokio::test]
async fn the_inner_service_is_polled_after_the_verdict() {
    let probe = Probe::default();
    let (sender, body) = channel();
    let request = signed(BODY).body(body).unwrap();
    let mut response = pin!(Verify::new(probe.clone(), verifier()).oneshot(request));

    assert!(poll(response.as_mut()).is_pending());
    for byte in BODY.chunks(1) {
        sender.send(Bytes::copy_from_slice(byte)).unwrap();
        assert!(poll(response.as_mut()).is_pending());
        assert_eq!(probe.counts.read(), (0, 0, 0));
    }
    drop(sender);
    assert!(poll(response.as_mut()).is_ready());
    assert_eq!(probe.counts.read(), (1, 1, 0));
}

/// No executor polls a completed future, but doing so must not pass a rejected request.
#[tokio::test]
async fn a_rejected_request_does_not_pass_when_polled_again() {
    let probe = Probe::default();
    let unsigned = Request::post("/customer").body(full(BODY)).unwrap();
    let wrong = signed(b"something else").body(full(BODY)).unwrap();
    for request in [unsigned, wrong] {
        let mut rejected = pin!(Verify::new(probe.clone(), verifier()).call(request));
        assert!(poll(rejected.as_mut()).is_ready());
        assert!(poll(rejected.as_mut()).is_pending());
    }
    assert_eq!(probe.counts.read(), (0, 0, 0));
}

#[tokio::test]
async fn the_service_that_was_ready_is_called() {
    let probe = Probe { busy_for: 3, ..Probe::default() };
    let request = signed(BODY).body(full(BODY)).unwrap();
    let service = Verify::new(probe.clone(), verifier());
    let response = service.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(probe.counts.read(), (4, 1, 0));
}

#[tokio::test]
async fn the_probe_notices_a_call_of_an_unready_clone() {
    let mut probe = Probe::default();
    let counts = Arc::clone(&probe.counts);
    let clone = probe.ready().await.unwrap().clone();
    let _ = { clone }.call(Request::default()).await;
    assert_eq!(counts.read(), (1, 0, 1));
}

#[tokio::test]
async fn for_a_rejected_request_the_inner_service_is_not_polled() {
    let probe = Probe::default();
    let service = Verify::new(probe.clone(), builder().body_limit(64).build().unwrap());

    let unsigned = Request::post("/").body(full(BODY)).unwrap();
    let response = service.clone().oneshot(unsigned).await.unwrap();
    assert_eq!(detail(response).await, "timestamp_missing");

    let tampered = signed(BODY).body(full(b"{}")).unwrap();
    let response = service.clone().oneshot(tampered).await.unwrap();
    assert_eq!(detail(response).await, "signature_mismatch");

    let body = chunks([Bytes::from_static(BODY), Bytes::from_static(&[b' '; 64])]);
    let too_long = signed(BODY).body(body).unwrap();
    let response = service.oneshot(too_long).await.unwrap();
    assert_eq!(detail(response).await, "body_too_large");

    assert_eq!(probe.counts.read(), (0, 0, 0));
}

#[tokio::test]
async fn a_dripping_client_takes_no_slot() {
    let handler = service_fn(|_: Request<BufferedBody>| async {
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    });
    let service = Verify::new(ConcurrencyLimit::new(handler, 1), verifier());

    let (sender, body) = channel();
    let dripping = signed(BODY).body(body).unwrap();
    let mut dripping = pin!(service.clone().oneshot(dripping));
    sender.send(Bytes::from_static(b"{")).unwrap();
    assert!(poll(dripping.as_mut()).is_pending());

    for _ in 0..3 {
        let request = signed(BODY).body(full(BODY)).unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(poll(dripping.as_mut()).is_pending());
    }
}

#[tokio::test]
async fn a_verified_request_waits_for_its_slot() {
    let leave = Arc::new(Notify::new());
    let handler = {
        let leave = Arc::clone(&leave);
        service_fn(move |_: Request<BufferedBody>| {
            let leave = Arc::clone(&leave);
            async move {
                leave.notified().await;
                Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
            }
        })
    };
    let service = Verify::new(ConcurrencyLimit::new(handler, 1), verifier());
    let request = || signed(BODY).body(full(BODY)).unwrap();

    let mut first = Box::pin(service.clone().oneshot(request()));
    let mut second = pin!(service.clone().oneshot(request()));
    assert!(poll(first.as_mut()).is_pending());
    assert!(poll(second.as_mut()).is_pending());

    // The first has the slot, so the notification is for it.
    leave.notify_one();
    assert!(poll(second.as_mut()).is_pending());
    assert!(poll(first.as_mut()).is_ready());
    drop(first);

    assert!(poll(second.as_mut()).is_pending());
    leave.notify_one();
    assert!(poll(second.as_mut()).is_ready());
}

/// A service that has failed.
#[derive(Clone)]
struct Broken;

impl Service<Request<BufferedBody>> for Broken {
    type Response = Response<Full<Bytes>>;
    type Error = &'static str;
    type Future = Ready<Result<Self::Response, &'static str>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Err("out of order"))
    }

    fn call(&mut self, _request: Request<BufferedBody>) -> Self::Future {
        ready(Err("called though not ready"))
    }
}

#[tokio::test]
async fn the_error_of_readiness_is_returned() {
    let service = Verify::new(Broken, verifier());
    let passed = signed(BODY).body(full(BODY)).unwrap();
    let error = service.clone().oneshot(passed).await.unwrap_err();
    assert_eq!(error, "out of order");

    let rejected = signed(BODY).body(full(b"{}")).unwrap();
    let response = service.oneshot(rejected).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_error_of_a_call_is_returned() {
    let handler = service_fn(|_: Request<BufferedBody>| async {
        Err::<Response<Full<Bytes>>, _>("the handler failed")
    });
    let request = signed(BODY).body(full(BODY)).unwrap();
    let error = Verify::new(handler, verifier()).oneshot(request).await;
    assert_eq!(error.unwrap_err(), "the handler failed");
}
