//! The rows of the protocol that need a key source, a body or a replay guard.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future as _;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Version};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full, LengthLimitError};
use online_contact::{
    BufferBudget, ClaimFuture, KeyFuture, KeyRequest, KeyRing, KeySource, MemoryReplayGuard,
    Reason, Rejection, ReplayClaim, ReplayError, ReplayGuard, SecurityKey, Verifier,
};
use online_contact_test_kit::{Stuck, logs};
use online_contact_tower::{BufferedBody, OnlineContactLayer, VerifyLayer};
use tokio::sync::Semaphore;
use tokio::time::{Instant, advance, sleep};
use tower::{Layer as _, Service, ServiceBuilder, ServiceExt};

use crate::support::{
    BODY, BodyFn, KEY, NOW, PolledFrame, builder, chunks, detail, echo, full, poll, signed,
    stalled, verifier,
};

/// Returns the status, and the reason of a rejection.
async fn verdict<B>(verifier: &Verifier, request: Request<B>) -> (u16, String)
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let response = echo(verifier.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let reason = if status == StatusCode::OK { String::new() } else { detail(response).await };
    (status.as_u16(), reason)
}

fn passed() -> (u16, String) {
    (200, String::new())
}

fn rejected(status: u16, reason: &str) -> (u16, String) {
    (status, reason.to_owned())
}

fn honest() -> Request<Full<Bytes>> {
    signed(BODY).body(full(BODY)).unwrap()
}

/// Knows the tenant `acme` by its host. Responds once for each permit.
#[derive(Clone, Debug)]
struct Source(Arc<Semaphore>);

impl KeySource for Source {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.host().unwrap_or_default().to_owned()
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        let Self(permits) = self.clone();
        KeyFuture::new(async move {
            permits.acquire().await?.forget();
            let ring = || KeyRing::new([("acme", SecurityKey::new(KEY)?)]).map_err(Into::into);
            (tenant == "acme").then(ring).transpose()
        })
    }
}

fn with_source(permits: usize) -> online_contact::VerifierBuilder {
    let source = Source(Arc::new(Semaphore::new(permits)));
    Verifier::builder().key_source(source).clock(NOW)
}

#[tokio::test]
async fn row_08_the_tenant_is_found_by_the_host_of_either_protocol() {
    let verifier = with_source(9).build().unwrap();
    let http1 = signed(BODY).header("host", "acme").body(full(BODY)).unwrap();
    assert_eq!(verdict(&verifier, http1).await, passed());
    let http2 = signed(BODY).uri("https://acme/customer").body(full(BODY)).unwrap();
    assert_eq!(verdict(&verifier, http2).await, passed());
    let unknown = signed(BODY).header("host", "unknown").body(full(BODY)).unwrap();
    assert_eq!(verdict(&verifier, unknown).await, rejected(403, "signature_mismatch"));
}

#[tokio::test(start_paused = true)]
async fn row_08_a_key_source_has_three_seconds_and_the_body_is_not_read_before() {
    let verifier = with_source(0).build().unwrap();
    let started = Instant::now();
    let body = BodyFn(|_: &mut Context<'_>| panic!("the body was read before there were keys"));
    let request = signed(BODY).header("host", "acme").version(Version::HTTP_2).body(body).unwrap();
    assert_eq!(verdict(&verifier, request).await, rejected(500, "key_source_unavailable"));
    assert_eq!(started.elapsed(), Duration::from_secs(3));
}

#[tokio::test]
async fn row_09_the_limit_is_checked_after_the_keys_are_known() {
    let verifier = with_source(9).body_limit(4).build().unwrap();
    let request = signed(BODY).header("host", "acme").body(full(BODY)).unwrap();
    assert_eq!(verdict(&verifier, request).await, rejected(400, "body_too_large"));
}

/// Returns a verifier whose limit is the length of [`BODY`].
fn limited() -> Verifier {
    builder().body_limit(BODY.len() as u64).drain_limit(0).build().unwrap()
}

#[tokio::test]
async fn row_09_an_undeclared_body_at_the_limit_passes() {
    let body = chunks(BODY.chunks(5).map(Bytes::from_static));
    assert_eq!(verdict(&limited(), signed(BODY).body(body).unwrap()).await, passed());
}

#[tokio::test]
async fn row_09_an_undeclared_body_is_read_no_further_than_the_limit() {
    let sent = Arc::new(AtomicU32::new(0));
    let body = BodyFn({
        let sent = Arc::clone(&sent);
        move |_: &mut Context<'_>| {
            sent.fetch_add(1, Ordering::Relaxed);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))))
        }
    });
    let request = signed(BODY).body(body).unwrap();
    assert_eq!(verdict(&limited(), request).await, rejected(400, "body_too_large"));
    let limit = u32::try_from(BODY.len()).unwrap();
    assert_eq!(sent.load(Ordering::Relaxed), limit + 1);
}

/// A body with a declared length that ends at once, and counts its polls.
struct Declared {
    bytes: u64,
    polls: Arc<AtomicU32>,
}

impl Body for Declared {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: std::pin::Pin<&mut Self>, _cx: &mut Context<'_>) -> PolledFrame {
        self.polls.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(None)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes)
    }
}

#[tokio::test]
async fn row_09_a_body_declared_over_the_limit_is_never_polled() {
    let limit = BODY.len() as u64;
    for (bytes, reason, polled) in [
        (limit, "body_unreadable", 1),
        (limit + 1, "body_too_large", 0),
        (u64::MAX, "body_too_large", 0),
    ] {
        let polls = Arc::default();
        let body = Declared { bytes, polls: Arc::clone(&polls) };
        let request = signed(BODY).body(body).unwrap();
        assert_eq!(verdict(&limited(), request).await, rejected(400, reason), "{bytes}");
        assert_eq!(polls.load(Ordering::Relaxed), polled, "{bytes}");
    }
}

#[tokio::test]
async fn rows_01_to_07_a_rejection_by_the_headers_never_polls_the_body() {
    let polls = Arc::default();
    let body = Declared { bytes: 2, polls: Arc::clone(&polls) };
    // HTTP/2 can reset one stream, so nothing is read after the rejection either.
    let request = Request::post("/").version(Version::HTTP_2).body(body).unwrap();
    assert_eq!(verdict(&verifier(), request).await, rejected(400, "timestamp_missing"));
    assert_eq!(polls.load(Ordering::Relaxed), 0);
}

/// tower-http's `RequestBodyLimitLayer` around the verifier limits the body with such an error.
#[tokio::test]
async fn row_09_a_limit_of_an_outer_layer_is_body_too_large() {
    let limited = http_body_util::Limited::new(full(BODY), 10);
    let request = signed(BODY).body(limited).unwrap();
    let response = echo(verifier()).oneshot(request).await.unwrap();
    let rejection: &Rejection = response.extensions().get().unwrap();
    assert_eq!(rejection.reason(), Reason::BodyTooLarge);
    assert!(rejection.source().unwrap().is::<LengthLimitError>());
    assert_eq!(detail(response).await, "body_too_large");
}

/// Nothing of a body is counted up to 8 KiB, and every byte beyond until the client hangs up.
#[tokio::test]
async fn row_10_a_full_budget_rejects_large_bodies_and_no_lookup() {
    let budget = BufferBudget::new(10_000);
    let verifier = builder().body_limit(10_000).buffer_budget(budget.clone()).build().unwrap();
    let free = BufferBudget::FREE_PER_BODY;
    let large: &'static [u8] = vec![b'x'; usize::try_from(free).unwrap() + 900].leak();

    let mut waiting: Vec<_> = (1..=11)
        .map(|client| {
            let request = signed(BODY).body(stalled(large)).unwrap();
            let mut response = Box::pin(echo(verifier.clone()).oneshot(request));
            assert!(poll(response.as_mut()).is_pending());
            assert_eq!(budget.used(), 900 * client);
            response
        })
        .collect();

    let late = signed(large).body(full(large)).unwrap();
    assert_eq!(verdict(&verifier, late).await, rejected(500, "overloaded"));
    assert_eq!(verdict(&verifier, honest()).await, passed());
    waiting.clear();
    assert_eq!(budget.used(), 0);
    let late = signed(large).body(full(large)).unwrap();
    assert_eq!(verdict(&verifier, late).await, passed());
    assert_eq!(budget.used(), 0);
}

const DEFAULT: Duration = Duration::from_secs(10);
const MILLI: Duration = Duration::from_millis(1);

/// Returns [`BODY`] in chunks of `size` bytes, with a pause before each, and one before the end.
fn dripping(size: usize, pause: Duration) -> impl Body<Data = Bytes, Error = io::Error> + Send {
    let mut chunks = BODY.chunks(size);
    let mut waiting = Box::pin(sleep(pause));
    BodyFn(move |cx: &mut Context<'_>| {
        std::task::ready!(waiting.as_mut().poll(cx));
        waiting.set(sleep(pause));
        let chunk = chunks.next().map(Bytes::from_static);
        Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk))))
    })
}

#[tokio::test(start_paused = true)]
async fn row_11_a_body_that_does_not_come_is_rejected_at_the_deadline() {
    let custom = Duration::from_millis(1234);
    for (verifier, timeout) in
        [(verifier(), DEFAULT), (builder().body_timeout(custom).build().unwrap(), custom)]
    {
        let started = Instant::now();
        let request = signed(BODY).body(stalled(b"")).unwrap();
        assert_eq!(verdict(&verifier, request).await, rejected(400, "body_timeout"));
        assert_eq!(started.elapsed(), timeout);
    }
}

#[tokio::test(start_paused = true)]
async fn row_11_a_dripping_body_does_not_extend_the_deadline() {
    for pause in [MILLI * 400, Duration::from_secs(4), DEFAULT - MILLI] {
        let started = Instant::now();
        let request = signed(BODY).body(dripping(1, pause)).unwrap();
        assert_eq!(verdict(&verifier(), request).await, rejected(400, "body_timeout"));
        assert_eq!(started.elapsed(), DEFAULT, "a byte every {pause:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_11_a_slow_body_that_comes_in_time_passes() {
    // Two chunks and the end: three pauses.
    let pause = (DEFAULT - MILLI) / 3;
    let request = signed(BODY).body(dripping(BODY.len() / 2, pause)).unwrap();
    let started = Instant::now();
    let response = echo(verifier()).oneshot(request).await.unwrap();
    assert!(started.elapsed() >= pause * 3 && started.elapsed() < DEFAULT);
    assert_eq!(response.status(), 200);
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), BODY);
}

#[tokio::test(start_paused = true)]
async fn row_11_empty_frames_without_end_are_rejected_at_the_deadline() {
    let body = BodyFn(|_: &mut Context<'_>| Poll::Ready(Some(Ok(Frame::data(Bytes::new())))));
    let request = signed(BODY).body(body).unwrap();
    let response = tokio::spawn(echo(verifier()).oneshot(request));

    // Other tasks run in between, for one this test.
    tokio::task::yield_now().await;
    advance(DEFAULT - MILLI).await;
    assert!(!response.is_finished());
    advance(MILLI).await;
    tokio::task::yield_now().await;
    assert!(response.is_finished());
    assert_eq!(detail(response.await.unwrap().unwrap()).await, "body_timeout");
}

#[tokio::test]
async fn row_12_a_body_that_fails_is_unreadable() {
    // The bytes before the failure are signed, so that an adapter that takes them for the whole body passes.
    let mut came = Some(Bytes::from_static(BODY));
    let body = BodyFn(move |_: &mut Context<'_>| {
        let failed = || Err(io::Error::other("peer 10.0.0.7 hung up"));
        Poll::Ready(Some(came.take().map_or_else(failed, |bytes| Ok(Frame::data(bytes)))))
    });
    let response = echo(verifier()).oneshot(signed(BODY).body(body).unwrap()).await.unwrap();
    assert_eq!(response.status(), 400);

    let rejection: &Rejection = response.extensions().get().unwrap();
    assert_eq!(rejection.reason(), Reason::BodyUnreadable);
    assert_eq!(rejection.source().unwrap().to_string(), "peer 10.0.0.7 hung up");

    let envelope = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(
        envelope,
        r#"{"error":{"code":"40008","message":"The request body did not arrive whole.","detail":"body_unreadable"}}"#,
    );
}

#[tokio::test]
async fn row_12_a_body_that_ends_before_its_declared_length_is_unreadable() {
    /// Declares one byte more than it yields.
    struct Short(Full<Bytes>);

    impl Body for Short {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            std::pin::Pin::new(&mut self.0).poll_frame(cx)
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(BODY.len() as u64 + 1)
        }
    }

    let request = signed(BODY).body(Short(full(BODY))).unwrap();
    assert_eq!(verdict(&verifier(), request).await, rejected(400, "body_unreadable"));
}

#[tokio::test]
async fn row_14_the_same_request_passes_once() {
    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    assert_eq!(verdict(&verifier, honest()).await, passed());
    assert_eq!(verdict(&verifier, honest()).await, rejected(403, "replayed"));
}

/// Accepts one claim for each permit, and responds after a while.
#[derive(Debug)]
struct Later(Arc<Semaphore>);

impl ReplayGuard for Later {
    fn claim(&self, _claim: ReplayClaim) -> ClaimFuture {
        let permits = Arc::clone(&self.0);
        ClaimFuture::new(async move {
            tokio::task::yield_now().await;
            let permit = permits.try_acquire().map(tokio::sync::SemaphorePermit::forget);
            permit.map_err(|_| ReplayError::Replayed)
        })
    }
}

#[tokio::test]
async fn row_14_a_guard_that_responds_later_is_waited_for() {
    let verifier = builder().replay_guard(Later(Arc::new(Semaphore::new(1)))).build().unwrap();
    assert_eq!(verdict(&verifier, honest()).await, passed());
    assert_eq!(verdict(&verifier, honest()).await, rejected(403, "replayed"));
}

#[tokio::test]
async fn row_14_a_key_source_and_a_guard_work_together() {
    let guard = Later(Arc::new(Semaphore::new(1)));
    let verifier = with_source(9).replay_guard(guard).build().unwrap();
    let request = || signed(BODY).header("host", "acme").body(full(BODY)).unwrap();
    assert_eq!(verdict(&verifier, request()).await, passed());
    assert_eq!(verdict(&verifier, request()).await, rejected(403, "replayed"));
}

#[tokio::test(start_paused = true)]
async fn row_15_a_guard_has_three_seconds_unless_set_otherwise() {
    let guarded = |seconds, open| {
        let timeout = Duration::from_secs(seconds);
        let builder = builder().replay_guard(Stuck).replay_guard_timeout(timeout);
        builder.dangerously_pass_without_replay_guard(open).build().unwrap()
    };
    let unavailable = rejected(500, "replay_guard_unavailable");
    let started = Instant::now();
    let default = builder().replay_guard(Stuck).build().unwrap();
    assert_eq!(verdict(&default, honest()).await, unavailable);
    assert_eq!(started.elapsed(), Duration::from_secs(3));
    assert_eq!(verdict(&guarded(5, false), honest()).await, unavailable);
    assert_eq!(started.elapsed(), Duration::from_secs(8));
    assert_eq!(verdict(&guarded(1, true), honest()).await, passed());
    assert_eq!(started.elapsed(), Duration::from_secs(9));
}

/// A layer that was left in place within the combined one must not reject every honest request.
#[test]
fn row_14_a_request_that_is_verified_twice_passes_with_a_warning() {
    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    let handler = tower::service_fn(|request: Request<BufferedBody>| {
        std::future::ready(Ok::<_, Infallible>(Response::new(request.into_body())))
    });
    let service = ServiceBuilder::new()
        .layer(OnlineContactLayer::new(verifier.clone()))
        .layer(VerifyLayer::new(verifier))
        .service(handler);
    let status = || {
        let Poll::Ready(response) = poll(pin!(service.clone().oneshot(honest()))) else {
            panic!("nothing to wait for")
        };
        response.unwrap().status()
    };
    let (first, lines) = logs::of(status);
    assert_eq!(first, 200);
    let warning = "request verified twice by one verifier; remove one of the two layers";
    assert!(lines.iter().any(|line| line.message() == warning), "{lines:?}");
    // A copy is still a copy.
    assert_eq!(status(), 403);
}

/// Online Contact signs every lookup again, so an honest client does not repeat a request.
#[tokio::test]
async fn row_14_a_request_whose_client_left_after_the_claim_is_replayed() {
    /// Is never ready.
    #[derive(Clone)]
    struct Busy;

    impl Service<Request<BufferedBody>> for Busy {
        type Response = Response<BufferedBody>;
        type Error = Infallible;
        type Future = std::future::Pending<Result<Self::Response, Infallible>>;

        fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Pending
        }

        fn call(&mut self, _: Request<BufferedBody>) -> Self::Future {
            panic!("called though not ready")
        }
    }

    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    let busy = VerifyLayer::new(verifier.clone()).layer(Busy);
    assert!(poll(pin!(busy.oneshot(honest()))).is_pending());
    assert_eq!(verdict(&verifier, honest()).await, rejected(403, "replayed"));
}

/// Without tokio's timer a request that has to wait is rejected.
#[test]
fn row_11_without_a_timer_a_body_is_not_waited_for() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for guard in [None, Some(runtime.enter())] {
        let (response, lines) = logs::of(|| {
            let request = signed(BODY).body(stalled(b"")).unwrap();
            let Poll::Ready(response) = poll(pin!(echo(verifier()).oneshot(request))) else {
                panic!("it waits without a timer")
            };
            response.unwrap()
        });
        assert_eq!(response.status(), 400);
        let logged = lines.iter().any(|line| line.message().starts_with("no tokio runtime"));
        assert!(logged, "{lines:?}");
        drop(guard);
    }
}
