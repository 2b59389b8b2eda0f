//! Requests that are all right but for having come before, and the claims that a verifier makes of
//! them.

use std::convert::Infallible;
use std::error::Error;
use std::mem;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{FutureExt as _, stream};
use online_contact::{
    ClaimFuture, Clock, Rejection, ReplayClaim, ReplayError, ReplayGuard, RequestHead, SecurityKey,
    SignedHeaders, SystemClock, Timer, Timestamp, Verified, Verifier, VerifierBuilder,
};
use online_contact_redis::RedisReplayGuard;
use online_contact_test_kit::{PATH, signer};

pub(crate) struct Request {
    body: String,
    signed: SignedHeaders,
}

impl Request {
    /// Each number makes another request.
    pub(crate) fn new(number: usize) -> Self {
        Self::signed_at(number, SystemClock.now())
    }

    pub(crate) fn signed_at(number: usize, at: Timestamp) -> Self {
        let body = format!(r#"{{"callNum":"{number}"}}"#);
        let signed = signer().sign(PATH, body.as_bytes(), at);
        Self { body, signed }
    }

    pub(crate) async fn send(&self, verifier: &Verifier) -> Result<Verified, Rejection> {
        let [(_, timestamp), (_, authorization)] = self.signed.headers();
        let head = RequestHead::new(PATH)
            .timestamp(timestamp.as_bytes())
            .authorization(authorization.as_bytes());
        let mut body = stream::iter([Ok::<_, Infallible>(&self.body)]);
        verifier.verify(&head, &mut body, &TokioTimer).await
    }
}

struct TokioTimer;

impl Timer for TokioTimer {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}

pub(crate) fn builder() -> VerifierBuilder {
    Verifier::builder().key(key())
}

pub(crate) fn verifier(guard: &RedisReplayGuard) -> Verifier {
    builder().replay_guard(guard.clone()).build().unwrap()
}

/// The claims of so many requests: only a verifier makes them.
pub(crate) fn claims(count: usize) -> Vec<ReplayClaim> {
    #[derive(Clone, Debug, Default)]
    struct Collector(Arc<Mutex<Vec<ReplayClaim>>>);

    impl ReplayGuard for Collector {
        fn claim(&self, claim: ReplayClaim) -> ClaimFuture {
            self.0.lock().unwrap().push(claim);
            ClaimFuture::ready(Ok(()))
        }
    }

    let collector = Collector::default();
    let verifier = builder().replay_guard(collector.clone()).build().unwrap();
    for number in 0..count {
        let _ = Request::new(number).send(&verifier).now_or_never();
    }
    mem::take(&mut *collector.0.lock().unwrap())
}

pub(crate) fn claim() -> ReplayClaim {
    claims(1)[0]
}

pub(crate) async fn ask(guard: &RedisReplayGuard, claim: ReplayClaim) -> Result<(), ReplayError> {
    guard.claim(claim).await
}

pub(crate) async fn assert_passes(guard: &RedisReplayGuard, claim: ReplayClaim) {
    ask(guard, claim).await.unwrap_or_else(|error| panic!("{}", chain(&error)));
}

pub(crate) async fn assert_replayed(guard: &RedisReplayGuard, claim: ReplayClaim) {
    let answer = ask(guard, claim).await;
    assert!(matches!(answer, Err(ReplayError::Replayed)), "{answer:?}");
}

/// The text of the error, as the log has it.
pub(crate) async fn assert_unavailable(guard: &RedisReplayGuard, claim: ReplayClaim) -> String {
    match ask(guard, claim).await {
        Err(ReplayError::Unavailable(error)) => chain(&*error),
        answer => panic!("{answer:?}"),
    }
}

/// An error with all that is underneath.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let errors = std::iter::successors(Some(error), |&error| error.source());
    errors.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn key() -> SecurityKey {
    online_contact_test_kit::key(online_contact_test_kit::KEY)
}
