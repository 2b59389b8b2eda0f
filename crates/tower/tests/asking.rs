//! Requests whose verdict has to ask somebody: a key source, a replay guard, the buffer budget.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body::{Body, Frame};
use http_body_util::Full;
use online_contact::{
    BufferBudget, Claimed, KeyFuture, KeyRequest, KeyRing, KeySource, MemoryReplayGuard,
    ReplayClaim, ReplayGuard, SecurityKey, Verifier,
};
use support::{BODY, BodyFn, KEY, NOW, builder, detail, echo, full, signed};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tower::ServiceExt;

async fn answer<B>(verifier: &Verifier, request: Request<B>) -> (StatusCode, String)
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let response = echo(verifier.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let reason = if status == StatusCode::OK { String::new() } else { detail(response).await };
    (status, reason)
}

fn honest() -> Request<Full<Bytes>> {
    signed(BODY).body(full(BODY)).unwrap()
}

/// Knows the tenant `acme` by its host; answers once it is let.
#[derive(Clone, Debug)]
struct Source(Arc<Semaphore>);

impl KeySource for Source {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.host().unwrap_or_default().to_owned()
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        let Self(answers) = self.clone();
        Box::pin(async move {
            answers.acquire().await?.forget();
            let ring = || KeyRing::new([("acme", SecurityKey::new(KEY)?)]).map_err(Into::into);
            (tenant == "acme").then(ring).transpose()
        })
    }
}

fn with_source(answers: usize) -> Verifier {
    let source = Source(Arc::new(Semaphore::new(answers)));
    Verifier::builder().key_source(source).clock(NOW).build().unwrap()
}

#[tokio::test]
async fn the_tenant_is_told_by_the_host_of_either_protocol() {
    let verifier = with_source(9);
    let http1 = signed(BODY).header("host", "acme").body(full(BODY)).unwrap();
    assert_eq!(answer(&verifier, http1).await.0, StatusCode::OK);
    let http2 = signed(BODY).uri("https://acme/customer").body(full(BODY)).unwrap();
    assert_eq!(answer(&verifier, http2).await.0, StatusCode::OK);
    let nobody = signed(BODY).header("host", "nobody").body(full(BODY)).unwrap();
    let rejected = answer(&verifier, nobody).await;
    assert_eq!(rejected, (StatusCode::FORBIDDEN, "signature_mismatch".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_does_not_answer_is_waited_for_three_seconds() {
    let verifier = with_source(0);
    let started = Instant::now();
    let body = BodyFn(move |_: &mut Context<'_>| {
        assert!(!started.elapsed().is_zero(), "the body was read before there were keys");
        Poll::Ready(None)
    });
    let request = signed(BODY).header("host", "acme").body(body).unwrap();
    let rejected = answer(&verifier, request).await;
    assert_eq!(rejected, (StatusCode::INTERNAL_SERVER_ERROR, "key_source_unavailable".to_owned()));
    assert_eq!(started.elapsed(), Duration::from_secs(3));
}

#[tokio::test]
async fn a_body_over_the_limit_is_rejected_after_the_keys_are_known() {
    let source = Source(Arc::new(Semaphore::new(9)));
    let verifier = Verifier::builder().key_source(source).body_limit(4).clock(NOW).build().unwrap();
    let request = signed(BODY).header("host", "acme").body(full(BODY)).unwrap();
    assert_eq!(answer(&verifier, request).await.1, "body_too_large");
}

#[tokio::test]
async fn a_request_that_came_before_is_rejected() {
    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    assert_eq!(answer(&verifier, honest()).await.0, StatusCode::OK);
    let rejected = answer(&verifier, honest()).await;
    assert_eq!(rejected, (StatusCode::FORBIDDEN, "replayed".to_owned()));
}

/// Passes the first request it is asked for, after a while.
#[derive(Debug)]
struct Later(Arc<Semaphore>);

impl ReplayGuard for Later {
    fn claim(&self, _claim: ReplayClaim) -> Claimed {
        let answers = Arc::clone(&self.0);
        Claimed::Later(Box::pin(async move {
            tokio::task::yield_now().await;
            let first = answers.try_acquire().map(tokio::sync::SemaphorePermit::forget);
            first.map_err(|_| online_contact::ReplayError::Replayed)
        }))
    }
}

#[tokio::test]
async fn a_guard_that_answers_later_is_waited_for() {
    let guard = Later(Arc::new(Semaphore::new(1)));
    let verifier = builder().replay_guard(guard).build().unwrap();
    assert_eq!(answer(&verifier, honest()).await.0, StatusCode::OK);
    assert_eq!(answer(&verifier, honest()).await.1, "replayed");
}

/// Never answers.
#[derive(Debug)]
struct Stuck;

impl ReplayGuard for Stuck {
    fn claim(&self, _claim: ReplayClaim) -> Claimed {
        Claimed::Later(Box::pin(std::future::pending()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_guard_that_does_not_answer_is_waited_for_three_seconds() {
    let guarded = |seconds, open| {
        let timeout = Duration::from_secs(seconds);
        let builder = builder().replay_guard(Stuck).replay_guard_timeout(timeout);
        builder.dangerously_pass_without_replay_guard(open).build().unwrap()
    };
    let started = Instant::now();
    let default = builder().replay_guard(Stuck).build().unwrap();
    assert_eq!(answer(&default, honest()).await.1, "replay_guard_unavailable");
    assert_eq!(started.elapsed(), Duration::from_secs(3));
    assert_eq!(answer(&guarded(5, false), honest()).await.1, "replay_guard_unavailable");
    assert_eq!(started.elapsed(), Duration::from_secs(8));
    assert_eq!(answer(&guarded(1, true), honest()).await.0, StatusCode::OK);
    assert_eq!(started.elapsed(), Duration::from_secs(9));
}

#[tokio::test]
async fn a_source_and_a_guard_work_together() {
    let source = Source(Arc::new(Semaphore::new(9)));
    let guard = Later(Arc::new(Semaphore::new(1)));
    let builder = Verifier::builder().key_source(source).replay_guard(guard);
    let verifier = builder.clock(NOW).build().unwrap();
    let request = || signed(BODY).header("host", "acme").body(full(BODY)).unwrap();
    assert_eq!(answer(&verifier, request()).await.0, StatusCode::OK);
    assert_eq!(answer(&verifier, request()).await.1, "replayed");
}

#[tokio::test]
async fn bytes_count_until_the_client_goes_away() {
    let budget = BufferBudget::new(100);
    let verifier = builder().body_limit(100).buffer_budget(budget.clone()).build().unwrap();
    let mut pieces = vec![Bytes::from_static(&[b'x'; 90])];
    let stalled = BodyFn(move |_: &mut Context<'_>| match pieces.pop() {
        Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
        None => Poll::Pending,
    });
    let stalled = signed(BODY).body(stalled).unwrap();
    let mut stalled = Box::pin(echo(verifier.clone()).oneshot(stalled));
    tokio::select! {
        biased;
        _ = &mut stalled => panic!("the body has no end"),
        () = tokio::task::yield_now() => {}
    }
    assert_eq!(budget.used(), 90);

    let rejected = answer(&verifier, honest()).await;
    assert_eq!(rejected, (StatusCode::INTERNAL_SERVER_ERROR, "overloaded".to_owned()));
    drop(stalled);
    assert_eq!(budget.used(), 0);
    assert_eq!(answer(&verifier, honest()).await.0, StatusCode::OK);
    assert_eq!(budget.used(), 0);
}
